"""What do revocation answers say, and may they be believed?

Stapled OCSP responses (RFC 6960; `rVals`, C2PA 2.4, section 10.3.2.6), and those that were asked for just now where
the reader allows it; nothing is fetched here. An answer counts only when it names this certificate, was signed by its
issuer or by a responder that the issuer appointed, and covers the moment that counts. A missing or unusable answer is
"not checked", never "not revoked".
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.certificates.algorithms import key_problems, problems
from provenance.credentials.certificates.keys import load_certificate, public_key, unwarned
from provenance.credentials.certificates.names import BrokenNames
from provenance.credentials.errors import CredentialsError
from provenance.credentials.store.octets.certificates import read_certificate
from provenance.credentials.store.octets.der import only

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.x509 import ocsp

MAX_RESPONSES: Final = 8
"""Answers about one certificate that are looked at; real signatures carry one, and later manifests keep one or two."""
MAX_QUESTIONS: Final = 4
"""Certificates of one path that are asked about; real paths have two or three."""
CLOCKS_DIFFER: Final = dt.timedelta(minutes=5)
"""How far a responder's clock may be ahead of the one by which its answer was fetched."""
UNTIL_NEXT: Final = dt.timedelta(hours=24)
"""How long a "good" is believed that does not say when the next answer is due; else an old one would count for ever."""
TOO_LARGE: Final = -1
"""In place of a serial number (RFC 5280, section 4.1.2.2: never negative)."""
MAX_RESPONSE_BYTES: Final = 256 * 1024
"""Bytes of one answer; real ones have about 2 KiB."""

_STRONG: Final = ("sha256", "sha384", "sha512")
_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_REMOVE_FROM_CRL: Final = "removeFromCRL"


class Revocation(enum.StrEnum):
    """What is known about revocation of one certificate."""

    GOOD = "good"
    """A believable answer for the moment that counts says it was not revoked."""
    REVOKED = "revoked"
    """A believable answer says it was revoked at or before the moment that counts."""
    NOT_CHECKED = "not-checked"
    """No answer, or none that may be believed for that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAssessment:
    """The outcome over all answers for one certificate."""

    state: Revocation
    revoked_at: dt.datetime | None = None
    reason: str = ""
    """RFC 5280's word for why, empty where none is given."""
    unusable: int = 0
    """Answers for this certificate that may not be believed."""
    is_cut: bool = False
    """Whether there are more answers than were looked at: then none of those that say "good" counts."""
    of_authority: bool = False
    """Whether it is an authority above the signer that was revoked, not the signer's own certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Answers that were asked for just now."""

    answers: tuple[bytes, ...] = field(repr=False)
    fetched: dt.datetime
    """Aware; when they were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What would be asked about one certificate, and where."""

    url: str
    """Of the responder, as the certificate's issuer wrote it (authority information access, RFC 5280, 4.2.2.1)."""
    request: bytes = field(repr=False)
    """DER of the OCSP request (RFC 6960, 4.1), without a nonce: many responders answer from a store."""


def questions(chain: Sequence[bytes]) -> tuple[Question, ...]:
    """What could be asked about a path's certificates, the signer's first; the last one is only an issuer."""
    found: list[Question] = []
    for leaf, issuer in itertools.pairwise(chain[: MAX_QUESTIONS + 1]):
        try:
            with unwarned():
                question = _question(load_certificate(leaf), load_certificate(issuer))
        except (CredentialsError, ValueError, TypeError):
            continue
        found += [question] if question is not None else []
    return tuple(found)


def _question(leaf: x509.Certificate, issuer: x509.Certificate) -> Question | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import AuthorityInformationAccessOID

    if leaf == issuer:
        return None
    try:
        access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return None
    places = [
        entry.access_location.value
        for entry in access
        if entry.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(entry.access_location, x509.UniformResourceIdentifier)
    ]
    if not places:
        return None
    # SHA-1 names the issuer here and protects nothing; it is what every responder knows (RFC 5019, 2.1.1).
    return Question(url=places[0], request=_asked(leaf, issuer, SHA1()).public_bytes(Encoding.DER))  # noqa: S303


def _asked(leaf: x509.Certificate, issuer: x509.Certificate, digest: Any) -> ocsp.OCSPRequest:
    """A request about a certificate (RFC 6960, section 4.1.1): its issuer's name and key, each by their digest."""
    from cryptography.hazmat.primitives.hashes import Hash
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    builder = ocsp.OCSPRequestBuilder()
    if not any(isinstance(one, BrokenNames) for one in (leaf, issuer)):
        return builder.add_certificate(leaf, issuer, digest).build()
    # The library takes no other certificates than its own; the name is digested as it was written.
    parts, digests = read_certificate(issuer.public_bytes(Encoding.DER)), list[bytes]()
    for data in (parts.subject, only(parts.key).children[1].content[1:]):
        made = Hash(digest)
        made.update(data)
        digests.append(made.finalize())
    return builder.add_certificate_by_hash(digests[0], digests[1], leaf.serial_number, digest).build()


def _responder(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> Any:
    """The key that may answer for `issuer`; None where the responder was not appointed by it (RFC 6960, 4.2.2.2)."""
    from cryptography import x509

    for certificate in (issuer, *response.certificates):
        named = response.responder_name is not None and certificate.subject == response.responder_name
        digest = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
        if not named and response.responder_key_hash != digest:
            continue
        if certificate == issuer:
            return None if key_problems(issuer) else public_key(issuer)
        if _is_appointed(certificate, issuer, response.this_update_utc):
            return public_key(certificate)
    return None


def _is_appointed(certificate: x509.Certificate, issuer: x509.Certificate, produced: dt.datetime) -> bool:
    """Whether `issuer` signed it for the purpose of answering, and it was valid when it answered."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if not certificate.not_valid_before_utc <= produced <= certificate.not_valid_after_utc:
        return False
    if problems(certificate) or key_problems(issuer):
        return False
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return _OCSP_SIGNING in {oid.dotted_string for oid in purposes}


def _verify(response: ocsp.OCSPResponse, key: Any) -> None:
    """The answer's signature. Raises InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    digest, message = response.signature_hash_algorithm, response.tbs_response_bytes
    if digest is not None and digest.name not in _STRONG:
        raise TypeError("got an answer signed with a weak digest")
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(response.signature, message)
    elif isinstance(key, ec.EllipticCurvePublicKey) and digest is not None:
        key.verify(response.signature, message, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and digest is not None:
        is_pss = response.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.10"
        scheme: Any = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO) if is_pss else padding.PKCS1v15()
        key.verify(response.signature, message, scheme, digest)
    else:
        raise TypeError("got a responder key of a kind that is not read here")


def _names(response: ocsp.OCSPResponse, leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    """The answer is about this certificate: serial number and both of the issuer's digests (RFC 6960, 4.1.1)."""
    request = _asked(leaf, issuer, response.hash_algorithm)
    return (
        response.serial_number == leaf.serial_number
        and response.issuer_name_hash == request.issuer_name_hash
        and response.issuer_key_hash == request.issuer_key_hash
    )


def _covers(response: ocsp.OCSPResponse, leaf: x509.Certificate, at: dt.datetime, fetched: dt.datetime | None) -> bool:
    """Whether "good" was said of the moment that counts.

    Revocation is for good, so that an answer of today also speaks for any moment before; but a responder may forget a
    certificate once that is out of date (RFC 6960, 4.4.4).
    """
    since = response.this_update_utc
    until = response.next_update_utc or since + UNTIL_NEXT
    if fetched is None:
        return since <= at <= until
    in_force = since <= fetched + CLOCKS_DIFFER and fetched <= until
    return in_force and at <= fetched + CLOCKS_DIFFER and since <= leaf.not_valid_after_utc


def _judge(
    der: bytes, leaf: x509.Certificate, issuer: x509.Certificate, at: dt.datetime, fetched: dt.datetime | None
) -> RevocationAssessment | None:
    """One answer; None where it is about another certificate."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.x509 import ExtensionNotFound, ocsp

    unusable = RevocationAssessment(state=Revocation.NOT_CHECKED, unusable=1)
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return unusable
        if not _names(response, leaf, issuer):
            return None
        key = _responder(response, issuer)
        if key is None:
            return unusable
        _verify(response, key)
        revoked_at = response.revocation_time_utc
        if response.certificate_status is ocsp.OCSPCertStatus.REVOKED and revoked_at is not None:
            reason = response.revocation_reason.value if response.revocation_reason is not None else ""
            if revoked_at <= at and reason != _REMOVE_FROM_CRL:
                return RevocationAssessment(state=Revocation.REVOKED, revoked_at=revoked_at, reason=reason)
            return RevocationAssessment(state=Revocation.GOOD, revoked_at=revoked_at, reason=reason)
        is_good = response.certificate_status is ocsp.OCSPCertStatus.GOOD
        if is_good and _covers(response, leaf, at, fetched):
            return RevocationAssessment(state=Revocation.GOOD)
    except (CredentialsError, InvalidSignature, UnsupportedAlgorithm, ExtensionNotFound, ValueError, TypeError):
        return unusable
    return unusable


@lru_cache(maxsize=256)
def _quietly_judge(
    der: bytes, leaf: x509.Certificate, issuer: x509.Certificate, at: dt.datetime, fetched: dt.datetime | None
) -> RevocationAssessment | None:
    with unwarned():
        return _judge(der, leaf, issuer, at, fetched)


def assess_revocation(
    answers: Sequence[bytes],
    chain: Sequence[bytes],
    at: dt.datetime,
    *,
    fresh: Fresh | None = None,
    kept: Mapping[int, Sequence[bytes]] | None = None,
) -> RevocationAssessment:
    """What the stapled answers, and those asked for just now, say about the first certificate of `chain` at `at`.

    The second certificate is its issuer; without one no answer can be believed. A believable "revoked" outweighs any
    "good": an attacker may staple an old answer beside the new one. `kept` are answers that later manifests keep, by
    the serial number that they speak of (`by_serial`).
    """
    nothing = RevocationAssessment(state=Revocation.NOT_CHECKED)
    if len(chain) < 2 or not (answers or fresh or kept):
        return nothing
    try:
        leaf, issuer = load_certificate(chain[0]), load_certificate(chain[1])
    except CredentialsError:
        return nothing
    with unwarned():
        number = leaf.serial_number
    stapled = [*answers, *(one for key in (number, TOO_LARGE) for one in (kept or {}).get(key, ()))]
    offered: list[tuple[bytes, dt.datetime | None]] = [(der, None) for der in stapled[:MAX_RESPONSES]]
    offered += [(der, fresh.fetched) for der in fresh.answers] if fresh is not None else []
    judged = [
        verdict
        for der, fetched in offered
        if len(der) <= MAX_RESPONSE_BYTES and (verdict := _quietly_judge(der, leaf, issuer, at, fetched)) is not None
    ]
    is_cut = len(stapled) > MAX_RESPONSES or any(len(der) > MAX_RESPONSE_BYTES for der in stapled)
    for state in (Revocation.REVOKED, Revocation.GOOD):
        found = next((verdict for verdict in judged if verdict.state is state), None)
        if found is not None and not (is_cut and state is Revocation.GOOD):
            return found
    return RevocationAssessment(state=Revocation.NOT_CHECKED, unusable=len(judged), is_cut=is_cut)


def by_serial(answers: Iterable[bytes]) -> dict[int, list[bytes]]:
    """Answers by the serial number that they speak of, in order; those that cannot be read are left out.

    Larger ones than are read may speak of any: they stand under TOO_LARGE.
    """
    from cryptography.x509 import ocsp

    found: dict[int, list[bytes]] = {}
    for der in dict.fromkeys(answers):
        if len(der) > MAX_RESPONSE_BYTES:
            found.setdefault(TOO_LARGE, []).append(der)
            continue
        try:
            with unwarned():
                response = ocsp.load_der_ocsp_response(der)
                if response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
                    found.setdefault(response.serial_number, []).append(der)
        except (ValueError, TypeError):
            continue
    return found
