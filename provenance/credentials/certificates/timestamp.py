"""Which time does a token stamp, and does it stamp exactly these bytes?

RFC 3161 tokens over the counter-signature structure of a claim signature (C2PA 2.4, section 10.3.2.5). Whether its
authority is believed is another question (`time_trust.py`).
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from provenance.credentials.certificates.cms import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    TST_INFO,
    Signed,
    named_digest,
    read_info,
    read_signed,
)
from provenance.credentials.certificates.names import same_name
from provenance.credentials.errors import CredentialsError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.store.octets.certificates import Certificate, read_certificate
from provenance.credentials.store.octets.der import SEQUENCE, Element
from provenance.credentials.store.octets.signatures import HASHES, hashed_with, holds

MAX_KEPT: Final = 64 * 1024
"""Bytes that a token stamps of which the answer is kept: a claim of some hundreds of assertions."""

_STRONG: Final = ("sha256", "sha384", "sha512")
_KEY_ID: Final = 0x80


class Flaw(enum.StrEnum):
    """Why a token shows no time."""

    NONE = ""
    """It holds."""
    UNREADABLE = "unreadable"
    """It is no RFC 3161 token."""
    UNSUPPORTED = "unsupported"
    """It rests on a digest or a signature of a kind that is not accepted, or not verified here."""
    SEVERAL = "several"
    """There are several where one may be."""
    NO_CERTIFICATE = "no-certificate"
    """The certificate of whoever made it is not in it, or not named by it."""
    BROKEN = "broken"
    """Its own signature does not hold, or is not over its content."""
    OTHER_BYTES = "other-bytes"
    """It stamps something else than this signature or claim."""


class TimeStampError(CredentialsError):
    """A token that can be read and does not hold."""

    def __init__(self, message: str, *, code: str, flaw: Flaw) -> None:
        """`code` is the specification's."""
        super().__init__(message)
        self.code = code
        self.flaw = flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A token whose own signature holds and which stamps this very signature."""

    time: dt.datetime
    certificate: bytes = field(repr=False)
    """DER of the authority's certificate."""
    others: tuple[bytes, ...] = field(default=(), repr=False)


def _readable(certificates: tuple[bytes, ...]) -> Iterator[Certificate]:
    """The certificates whose parts can be told apart; the others sign nothing here, and break nothing."""
    for der in certificates:
        try:
            yield read_certificate(der)
        except MalformedCredentialsError:
            continue


def _of_signer(signed: Signed) -> Certificate:
    """The certificate that the signer info names (RFC 5652, section 5.3), wherever it lies among the others."""
    for certificate in _readable(signed.certificates):
        if _is_named(certificate, signed.named):
            return certificate
    raise TimeStampError(
        "the authority's certificate is not in the time stamp", code="timeStamp.untrusted", flaw=Flaw.NO_CERTIFICATE
    )


def _is_named(certificate: Certificate, named: Element) -> bool:
    if named.tag == _KEY_ID:
        return bool(named.content) and named.content == certificate.key_id
    if named.tag != SEQUENCE or not named.content.endswith(certificate.serial):
        return False
    parts = named.children
    return len(parts) == 2 and parts[1].raw == certificate.serial and same_name(parts[0].raw, certificate.issuer)


def _names_certificate(signed: Signed, der: bytes) -> None:
    """The signed attributes pin the certificate (RFC 3161, section 2.4.2; RFC 5816)."""
    pinned = named_digest(signed.values)
    if pinned is None:
        raise TimeStampError(
            "the time stamp does not name its certificate", code="timeStamp.malformed", flaw=Flaw.NO_CERTIFICATE
        )
    algorithm, stored = pinned
    name = "sha256" if algorithm is None else HASHES.get(algorithm, "")
    if name not in (*_STRONG, "sha1") or hashlib.new(name, der, usedforsecurity=False).digest() != stored:
        raise TimeStampError("the time stamp names another certificate", code="timeStamp.mismatch", flaw=Flaw.BROKEN)


def _strong(digest: bytes, what: str) -> str:
    """A digest's name by its object identifier. Raises UnsupportedCredentialsError for any but SHA-2."""
    name = HASHES.get(digest, digest.hex())
    if name not in _STRONG:
        raise UnsupportedCredentialsError(f"got a time stamp {what} {name}")
    return name


def _verify(signed: Signed, certificate: Certificate, digest: str) -> None:
    """The CMS signature over the signed attributes (RFC 5652, section 5.4)."""
    hashed = hashed_with(signed.algorithm, digest)
    if hashed not in (*_STRONG, "none"):
        raise UnsupportedCredentialsError("got a time stamp signed in a way that is not verified here")
    key, message = certificate.key, signed.attributes
    if not holds(key, signed.algorithm, signed.signature, message, digest=digest, may_be_raw=True):
        raise TimeStampError("the time stamp's signature does not hold", code="timeStamp.mismatch", flaw=Flaw.BROKEN)


@lru_cache(maxsize=32)
def _read_once(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    """The same, kept: versions of one picture carry the same ancestors, each with its stamp."""
    return _read(token, stamped)


def _read(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    signed = read_signed(token)
    # 1. The content is what the signer signed.
    digest = _strong(signed.digest, "digested with")
    recorded, kind = signed.values.get(MESSAGE_DIGEST), signed.values.get(CONTENT_TYPE)
    if recorded is None or kind is None or kind.content != TST_INFO:
        raise MalformedCredentialsError("got a time stamp without signed attributes")
    if not hmac.compare_digest(hashlib.new(digest, signed.info).digest(), recorded.content):
        raise TimeStampError("the time stamp's content was changed", code="timeStamp.mismatch", flaw=Flaw.BROKEN)
    # 2. The signature is the named certificate's.
    certificate = _of_signer(signed)
    _names_certificate(signed, certificate.der)
    _verify(signed, certificate, digest)
    # 3. It stamps exactly this signature.
    info = read_info(signed.info)
    name = _strong(info.digest, "over a digest by")
    if not any(hmac.compare_digest(hashlib.new(name, message).digest(), info.imprint) for message in stamped):
        raise TimeStampError("the time stamp belongs to other bytes", code="timeStamp.mismatch", flaw=Flaw.OTHER_BYTES)
    others = tuple(der for der in signed.certificates if der != certificate.der)
    return Stamp(time=info.time, certificate=certificate.der, others=others)


def read_stamp(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    """The content of a token that holds over one of the byte strings in `stamped`.

    Raises TimeStampError with the specification's code; MalformedCredentialsError, UnsupportedCredentialsError.
    """
    try:
        return (_read_once if sum(map(len, stamped)) <= MAX_KEPT else _read)(token, stamped)
    except CredentialsError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise MalformedCredentialsError("got bytes that are no time stamp") from error
