"""When was a seal there, by the word of a time-stamping authority (RFC 3161)? Asked only when somebody says so."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.signing.time_stamping import TimeStampFetchError, ask_authority, check_address

if TYPE_CHECKING:
    from provenance.credentials.trust.view import TrustView

NONCE_BITS: Final = 64
GRANTED: Final = ("granted", "granted_with_mods")


def stamp(data: bytes, authority: str) -> tuple[bytes, dt.datetime]:
    """(an authority's whole answer over some octets, the time in it). Goes to that one address and no other.

    Raises:
        TimeStampFetchError: it gave none, or one for something else.
    """
    from asn1crypto import tsp

    nonce = secrets.randbits(NONCE_BITS - 1)
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(data).digest(),
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    answer = ask_authority(check_address(authority), request.dump())
    try:
        read = read_stamp(answer, data)
        info = _info(answer)
    except CredentialsError as error:
        raise TimeStampFetchError(f"{authority}: {error}") from error
    if info["nonce"].native != nonce:
        raise TimeStampFetchError(f"{authority}: its answer is one to another question")
    return answer, read.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an answer says, whose own signature holds over the octets."""

    time: dt.datetime
    token: bytes


def read_stamp(answer: bytes, data: bytes) -> Read:
    """The time in an authority's answer.

    Raises:
        CredentialsError: it is none, does not hold, or stamps something else.
    """
    from provenance.credentials.certificates import timestamp

    token = _token(answer)
    found = timestamp.read_stamp(token, (data,))
    return Read(time=found.time, token=token)


def _token(answer: bytes) -> bytes:
    """The token in an answer that grants one, which ends where its DER ends."""
    from asn1crypto import tsp

    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        token = bytes(response["time_stamp_token"].dump()) if status in GRANTED else b""
        if not token:
            raise ValueError(f"the answer is {status}")
    except (ValueError, TypeError, KeyError) as error:
        raise CredentialsError(f"got no time stamp: {str(error)[:100]}", hint="ask the authority again") from error
    return token


def _info(answer: bytes) -> Any:
    from asn1crypto import cms

    return cms.ContentInfo.load(_token(answer))["content"]["encap_content_info"]["content"].parsed


def assess(answer: bytes, data: bytes, trust: TrustView, *, at: dt.datetime) -> tuple[dt.datetime, str, str]:
    """(the time of a stamp that holds, the label of the list that names its authority, its authority's own name).

    The label is empty where no list of the reader's vouches for it.

    Raises:
        CredentialsError: as `read_stamp`.
    """
    from provenance.credentials.certificates import timestamp
    from provenance.credentials.certificates.time_trust import assess_stamp

    found = timestamp.read_stamp(_token(answer), (data,))
    said = assess_stamp(found, trust, at=at)
    name = said.authority.subject.get("CN", "") if said.authority is not None else ""
    return found.time, str(said.label) if said.is_trusted else "", name
