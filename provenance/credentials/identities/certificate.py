"""Does an identity that is signed with an X.509 certificate hold, and does a list for identities vouch for it?

CAWG Identity Assertion 1.3, section 8.2. Only the reader's lists for identities are looked at, and those of
publishers, as section 8.2.4.1 has it: a root that is listed for claim signers or time stamps vouches for no identity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provenance.credentials.certificates.chain import Path, describe, find_path, fingerprint
from provenance.credentials.certificates.keys import ClaimSignatureError, load_certificate
from provenance.credentials.certificates.ocsp import Revocation, assess_revocation
from provenance.credentials.certificates.profile import policies, purposes, violations
from provenance.credentials.certificates.signer import test_key_of
from provenance.credentials.certificates.time_trust import StampAssessment, assess_time
from provenance.credentials.cose import Sign1, parse_sign1, verify_claim
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.identities.identity import UNDECIDED, IdentityCheck, Moment, Payload
from provenance.credentials.trust.distrust import distrust_of
from provenance.credentials.trust.view import ORDER, Label, TrustView

if TYPE_CHECKING:
    from cryptography import x509

DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"
"""The purpose that makes an identity signer."""
EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"
_SMIME: Final = "2.23.140.1.5."
VALIDATED: Final = frozenset(f"{_SMIME}{kind}.{level}" for kind in (2, 3, 4) for level in (2, 3))
"""Policies of e-mail certificates for which somebody looked at who it is: organisation, sponsor or person validated,
multipurpose or strict (section 8.2, interim trust model). Mailbox-validated ones only prove a mailbox."""
INTERIM_ENDS: Final = dt.datetime(2027, 4, 1, tzinfo=dt.UTC)
"""From then on e-mail certificates make no identity signer, but on a list of the reader's own."""


def check(
    base: IdentityCheck, payload: Payload, signature: bytes, *, trust: TrustView, moment: Moment
) -> IdentityCheck:
    """The whole answer; `base` brings what was found before the signature. Never raises for what the bytes hold."""
    codes = list(base.codes)
    try:
        sign1 = parse_sign1(signature)
    except UnsupportedCredentialsError:
        return replace(base, codes=(*codes, "cawg.x509.algorithm.unsupported"))
    except CredentialsError:
        return replace(base, codes=(*codes, "cawg.x509.signature.mismatch"))
    try:
        signed = _verified(sign1, payload)
    except UnsupportedCredentialsError:
        signed, codes = b"", [*codes, "cawg.x509.algorithm.unsupported"]
    if signed is None:
        codes.append("cawg.x509.signature.mismatch")
    stamp = _stamp(sign1, signed or payload.encodings[0], trust, moment.at)
    codes += _stamp_codes(sign1, stamp)
    when, when_by = _moment(stamp, moment)
    found = replace(base, stamp=stamp, moment=when, moment_by=when_by, fingerprint=fingerprint(sign1.chain[0]))
    try:
        leaf, info = load_certificate(sign1.chain[0]), describe(sign1.chain[0])
    except CredentialsError:
        return replace(found, codes=(*codes, "cawg.x509.credential.invalid"))
    about = replace(found, certificate=info, name=_name(info.subject), codes=())
    judged = _credential(about, sign1, leaf, trust, when)
    codes += judged.codes
    if signed:
        codes.append("cawg.x509.signature.validated")
    return replace(judged, codes=_concluded(codes))


def _concluded(codes: list[str]) -> tuple[str, ...]:
    """With the overall code where nothing is against it but that nobody vouches."""
    unique = list(dict.fromkeys(codes))
    good = [code for code in unique if code in _FINE]
    bad = sorted((code for code in unique if code not in _FINE), key=UNDECIDED.__contains__)
    if not bad and "cawg.x509.credential.trusted" in good:
        return ("cawg.identity.trusted", *good)
    if set(bad) <= {"cawg.x509.credential.untrusted"} and "cawg.x509.signature.validated" in good:
        return (*bad, "cawg.identity.well-formed", *good)
    return (*bad, *good)


_FINE: Final = frozenset(
    {
        "cawg.x509.credential.trusted",
        "cawg.x509.signature.validated",
        "cawg.x509.time_stamp.validated",
        "cawg.x509.time_stamp.trusted",
        "cawg.x509.time_stamp.untrusted",
        "cawg.x509.ocsp.not_revoked",
    }
)
"""Codes that do not stand against an identity. An unlisted authority's time is not used, and no more."""


def _verified(sign1: Sign1, payload: Payload) -> bytes | None:
    """The encoding of the payload that was signed; None where none was.

    Raises:
        UnsupportedCredentialsError: a kind of key that is not read here.
    """
    for encoding in payload.encodings:
        try:
            verify_claim(sign1, encoding)
        except ClaimSignatureError:
            continue
        except UnsupportedCredentialsError:
            raise
        except CredentialsError:
            return None
        return encoding
    return None


def _stamp(sign1: Sign1, signed: bytes, trust: TrustView, at: dt.datetime) -> StampAssessment:
    """The identity's own time stamp; one of version 1 is no time stamp here (section 8.2)."""
    if sign1.time_stamp_version == 1:
        return StampAssessment(codes=())
    return assess_time(sign1, signed, trust, at=at)


def _stamp_codes(sign1: Sign1, stamp: StampAssessment) -> list[str]:
    if sign1.time_stamp_version == 1:
        return ["cawg.x509.time_stamp.malformed"]
    return [_STAMPS[code] for code in stamp.codes if code in _STAMPS]


_STAMPS: Final = {
    "timeStamp.validated": "cawg.x509.time_stamp.validated",
    "timeStamp.trusted": "cawg.x509.time_stamp.trusted",
    "timeStamp.untrusted": "cawg.x509.time_stamp.untrusted",
    "timeStamp.mismatch": "cawg.x509.time_stamp.mismatch",
    "timeStamp.malformed": "cawg.x509.time_stamp.malformed",
    "timeStamp.outsideValidity": "cawg.x509.time_stamp.outside_validity",
}


def _moment(stamp: StampAssessment, moment: Moment) -> tuple[dt.datetime, str]:
    """The identity's own trusted time, else the claim's, else the instant asked for (section 8.2)."""
    if stamp.is_trusted and stamp.time is not None:
        return stamp.time, "identity-time-stamp"
    if moment.claim is not None:
        return moment.claim, "claim-time-stamp"
    return moment.at, "asked"


def _name(subject: Mapping[str, str]) -> str:
    organisation, common = (subject.get(kind, "").strip() for kind in ("O", "CN"))
    if organisation and common and organisation.casefold() != common.casefold():
        return f"{organisation} ({common})"
    return organisation or common


def _credential(
    found: IdentityCheck, sign1: Sign1, leaf: x509.Certificate, trust: TrustView, when: dt.datetime
) -> IdentityCheck:
    """The certificate: profile, dates, revocation, lists."""
    label, path, is_late = _vouching(sign1.chain, leaf, when, trust)
    chain = path.certificates if path is not None else sign1.chain
    codes: list[str] = []
    broken = violations(leaf, your_purposes=trust.your_purposes | {DOCUMENT_SIGNING})
    if broken or not sign1.chain_is_signed:
        codes.append("cawg.x509.credential.invalid")
    if is_late or not leaf.not_valid_before_utc <= when <= leaf.not_valid_after_utc:
        codes.append("cawg.x509.signature.outside_validity")
    revocation = assess_revocation(sign1.ocsp, chain, when)
    if revocation.state is Revocation.REVOKED:
        codes.append("cawg.identity.credential_revoked")
    elif revocation.state is Revocation.GOOD:
        codes.append("cawg.x509.ocsp.not_revoked")
    entry = distrust_of(tuple(dict.fromkeys((*sign1.chain, *chain))), trust.distrust)
    test_key = test_key_of(sign1.chain)
    if entry is not None or (test_key and label is not Label.YOURS):
        label = Label.UNKNOWN
    codes.append("cawg.x509.credential.untrusted" if label is Label.UNKNOWN else "cawg.x509.credential.trusted")
    anchor = path.anchor if path is not None else fingerprint(sign1.chain[0])
    return replace(
        found,
        codes=tuple(codes),
        listed=label,
        is_said=any(trust.is_said(kind, label, anchor) for kind in ("cawg", "publisher")),
        distrusted=entry.describe() if entry is not None else "",
        test_key=test_key,
    )


def _vouching(
    chain: tuple[bytes, ...], leaf: x509.Certificate, at: dt.datetime, trust: TrustView
) -> tuple[Label, Path | None, bool]:
    """(the list that vouches, the path to it, whether only dates stand against a list's word)."""
    own = fingerprint(chain[0])
    for label in ORDER:
        if own in trust.identity_leaves.get(label, frozenset()) | trust.publisher_leaves.get(label, frozenset()):
            return label, None, False
        if not _serves(leaf, label, at, trust):
            continue
        path = find_path(chain, (*trust.identities.get(label, ()), *trust.publishers.get(label, ())), at)
        if path is None:
            continue
        if path.holds:
            return label, path, False
        return Label.UNKNOWN, path, True
    return Label.UNKNOWN, None, False


def _serves(leaf: x509.Certificate, label: Label, at: dt.datetime, trust: TrustView) -> bool:
    """Whether a certificate's purposes make an identity signer under a list of that label."""
    found = purposes(leaf)
    if DOCUMENT_SIGNING in found:
        return True
    if EMAIL_PROTECTION not in found:
        return False
    named = {policy for policy in policies(leaf) if policy.startswith(_SMIME)}
    if label is Label.YOURS and EMAIL_PROTECTION in trust.your_purposes:
        # An authority of the reader's own choice need not follow the rules for public e-mail certificates; one that
        # does says there what it looked at.
        return not named or bool(named & VALIDATED)
    return bool(named & VALIDATED) and at < INTERIM_ENDS
