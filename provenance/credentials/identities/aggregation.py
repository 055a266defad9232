"""Does an identity hold that a service vouches for, and what does that service say it has verified?

CAWG Identity Assertion 1.3, section 8.1: a W3C Verifiable Credential, signed with COSE by an aggregator that a DID
names. Only a DID that carries its own key (`did:jwk`) can be followed without the network; what a `did:web` would say
is not known here, and that is said.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from provenance.credentials.certificates.keys import ClaimSignatureError, verify_with
from provenance.credentials.certificates.time_trust import StampAssessment, assess_time
from provenance.credentials.cose import Envelope, Sign1, signed_bytes, split_sign1, stamps_of
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.identities.did import DidError, UnresolvableDidError, UnsupportedDidError, key_of
from provenance.credentials.identities.identity import (
    MAX_TEXT,
    UNDECIDED,
    IdentityCheck,
    Moment,
    Payload,
    VerifiedIdentity,
)
from provenance.credentials.trust.view import TrustView
from provenance.nesting import loads
from provenance.written.times import TimeTextError, read_time

CONTENT_TYPE: Final = "application/vc"
_CONTENT_TYPE_HEADER: Final = 3
KINDS: Final = ("VerifiableCredential", "IdentityClaimsAggregationCredential")
"""Types that such a credential has."""
MAX_CREDENTIAL_BYTES: Final = 256 * 1024
"""Bytes of one credential. Real ones have 1-3 KiB."""
MAX_VERIFIED: Final = 64
"""Verified identities of one credential that are read; real ones name a handful."""


class _InvalidError(Exception):
    """The payload is no Verifiable Credential of this kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credential:
    """A credential's parts that are looked at."""

    issuer: str
    subject: Mapping[str, Any]
    valid_from: object
    valid_until: object
    has_status: bool


def check(
    base: IdentityCheck, payload: Payload, signature: bytes, *, trust: TrustView, moment: Moment
) -> IdentityCheck:
    """The whole answer; `base` brings what was found before the signature. Never raises for what the bytes hold."""
    codes = list(base.codes)
    try:
        parts = split_sign1(signature)
    except CredentialsError:
        return replace(base, codes=(*codes, "cawg.ica.invalid_cose_sign1"))
    if not parts.algorithm:
        codes.append("cawg.ica.invalid_alg")
    if parts.protected.get(_CONTENT_TYPE_HEADER) != CONTENT_TYPE:
        codes.append("cawg.ica.invalid_content_type")
    try:
        credential = _parse(parts.payload)
    except _InvalidError:
        return replace(base, codes=(*codes, "cawg.ica.invalid_verifiable_credential"))
    codes += _issuer_codes(credential.issuer, parts)
    stamp = assess_time(_sign1(parts), b"", trust, at=moment.at)
    if "timeStamp.validated" in stamp.codes:
        codes.append("cawg.ica.time_stamp.validated")
    elif stamp.codes:
        codes.append("cawg.ica.time_stamp.invalid")
    codes += _dates(credential, stamp, moment)
    if credential.has_status:
        codes.append("cawg.ica.revocation.unsupported")
    if not _speaks_of(credential.subject.get("c2paAsset"), payload.content):
        codes.append("cawg.ica.signer_payload.mismatch")
    identities, more = _identities(credential.subject.get("verifiedIdentities"))
    return replace(
        base,
        codes=_concluded([*codes, *more]),
        name=_name(identities),
        issuer=credential.issuer[: 4 * MAX_TEXT],
        identities=identities,
        valid_from=_words(credential.valid_from),
        valid_until=_words(credential.valid_until),
        stamp=stamp,
        moment=moment.at,
        moment_by="asked",
    )


def _concluded(codes: list[str]) -> tuple[str, ...]:
    """With the overall code where nothing is against it but that nobody vouches for the aggregator."""
    unique = list(dict.fromkeys(codes))
    good = [code for code in unique if code == "cawg.ica.time_stamp.validated"]
    bad = sorted((code for code in unique if code not in good), key=UNDECIDED.__contains__)
    if set(bad) == {"cawg.ica.untrusted_issuer"}:
        good.insert(0, "cawg.identity.well-formed")
    return (*bad, *good)


def _sign1(parts: Envelope) -> Sign1:
    """For the functions that look at signed and stamped bytes; version 1 stamps are ignored (section 8.1)."""
    stamps = stamps_of(parts.unprotected)
    return Sign1(
        algorithm=parts.algorithm,
        protected=parts.raw_protected,
        signature=parts.signature,
        chain=(),
        chain_is_signed=False,
        time_stamps=stamps,
        time_stamp_version=2 if "sigTst2" in parts.unprotected else 0,
    )


def _no_constants(name: str) -> Any:
    raise _InvalidError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers could take two different values from it.
        raise _InvalidError
    return found


def _parse(payload: bytes | None) -> _Credential:
    """Raises _InvalidError."""
    if payload is None or len(payload) > MAX_CREDENTIAL_BYTES:
        raise _InvalidError
    try:
        value = loads(payload.decode("utf-8"), parse_constant=_no_constants, object_pairs_hook=_unique)
    except ValueError as error:
        raise _InvalidError from error
    if not isinstance(value, dict):
        raise _InvalidError
    kinds, subject, issuer = value.get("type"), value.get("credentialSubject"), value.get("issuer")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if not isinstance(kinds, list) or not all(kind in kinds for kind in KINDS) or not isinstance(subject, dict):
        raise _InvalidError
    return _Credential(
        issuer=issuer if isinstance(issuer, str) else "",
        subject=subject,
        valid_from=value.get("validFrom", value.get("issuanceDate")),
        valid_until=value.get("validUntil", value.get("expirationDate")),
        has_status=value.get("credentialStatus") is not None,
    )


def _issuer_codes(issuer: str, parts: Envelope) -> list[str]:
    """The aggregator's key and its signature. No list of aggregators exists, so that nobody vouches for any."""
    if not issuer.startswith("did:"):
        return ["cawg.ica.invalid_issuer"]
    try:
        key = key_of(issuer)
    except UnresolvableDidError:
        return ["cawg.ica.did_unavailable"]
    except UnsupportedDidError:
        return ["cawg.ica.did_unsupported_method"]
    except DidError:
        return ["cawg.ica.invalid_did_document"]
    if not parts.algorithm:
        return ["cawg.ica.untrusted_issuer"]
    try:
        verify_with(key, parts.algorithm, parts.signature, signed_bytes(_sign1(parts), parts.payload or b""))
    except ClaimSignatureError:
        return ["cawg.ica.signature_mismatch"]
    except UnsupportedCredentialsError:
        return ["cawg.ica.invalid_did_document"]
    return ["cawg.ica.untrusted_issuer"]


def _words(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _instant(value: object) -> dt.datetime | None:
    """An aware instant; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        span = read_time(value)
    except TimeTextError:
        return None
    return span.start if span.zoned else None


def _dates(credential: _Credential, stamp: StampAssessment, moment: Moment) -> list[str]:
    """Both ends against the instant asked for and against every stamp, also an unlisted authority's: a contradiction
    counts against the identity whoever brings it."""
    known = [when for when in (moment.at, moment.claim, stamp.time) if when is not None]
    codes = []
    if credential.valid_from is None:
        codes.append("cawg.ica.valid_from.missing")
    else:
        start = _instant(credential.valid_from)
        if start is None or any(when < start for when in known):
            codes.append("cawg.ica.valid_from.invalid")
    if credential.valid_until is not None:
        end = _instant(credential.valid_until)
        if end is None or any(end < when for when in known):
            codes.append("cawg.ica.valid_until.invalid")
    return codes


def _speaks_of(asset: object, payload: Mapping[str, Any]) -> bool:
    """Whether the credential's `c2paAsset` says the same as the signer payload (section 8.1.2.6)."""
    if not isinstance(asset, Mapping):
        return False
    ours, theirs = _plain(payload), _plain(asset)
    mine, other = ours.pop("referenced_assertions", None), theirs.pop("referenced_assertions", None)
    if ours != theirs or not isinstance(mine, list) or not isinstance(other, list) or len(mine) != len(other):
        return False
    return all(_same_reference(one, two) for one, two in zip(mine, other, strict=True))


def _same_reference(ours: Any, theirs: Any) -> bool:
    """References are the same where url and digest are; a missing algorithm contradicts none (the claim's counts)."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return False
    if ours.get("alg") is None or theirs.get("alg") is None:
        ours, theirs = ({k: v for k, v in one.items() if k != "alg"} for one in (ours, theirs))
    digests = {_digest(one.get("hash")) for one in (ours, theirs)}
    rest = [{k: v for k, v in one.items() if k != "hash"} for one in (ours, theirs)]
    return len(digests) == 1 and b"" not in digests and rest[0] == rest[1]


def _digest(value: object) -> bytes:
    """A digest as base64 text, as numbers, or as the numbers of base64 text (an old writer); empty where it is none."""
    if isinstance(value, list) and value and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        raw = bytes(value)
        return _decoded(raw) or raw
    return _decoded(value.encode()) if isinstance(value, str) and value.isascii() else b""


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """CBOR as JSON would say it: byte strings as base64."""
    found = _json(value)
    return found if isinstance(found, dict) else {}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _identities(value: object) -> tuple[tuple[VerifiedIdentity, ...], list[str]]:
    """(what the aggregator says it has verified, codes against it)."""
    if not isinstance(value, list) or not value:
        return (), ["cawg.ica.verified_identities.missing"]
    found, is_bad = list[VerifiedIdentity](), len(value) > MAX_VERIFIED
    for entry in value[:MAX_VERIFIED]:
        if not isinstance(entry, dict):
            is_bad = True
            continue
        provider = entry.get("provider")
        provider = provider if isinstance(provider, dict) else {}
        one = VerifiedIdentity(
            kind=_words(entry.get("type")),
            name=_words(entry.get("name")),
            username=_words(entry.get("username")),
            uri=_words(entry.get("uri")),
            provider=_words(provider.get("name")),
            verified_at=_words(entry.get("verifiedAt")),
        )
        # A web site is verified by the aggregator itself.
        has_provider = bool(one.provider) or one.kind == "cawg.web_site"
        is_bad = is_bad or not one.kind or not has_provider or _instant(entry.get("verifiedAt")) is None
        found.append(one)
    return tuple(found), ["cawg.ica.verified_identities.invalid"] if is_bad else []


def _name(identities: tuple[VerifiedIdentity, ...]) -> str:
    """The first name or user name that is given."""
    return next((one.name or one.username for one in identities if one.name or one.username), "")
