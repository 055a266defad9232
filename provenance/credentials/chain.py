"""Does a certificate lead to one of these anchors, at this moment?

`cryptography`'s verifier builds the path; where a key is RSASSA-PSS or Ed25519, which it refuses and C2PA allows,
`pyhanko-certvalidator` does, offline. Both only propose: every path is looked over again here (validity, CA flag, path
length, key usage), so that neither library's defaults decide alone. Which purpose a certificate serves is not asked
here but by `signer.py` and `timestamp.py`, and the anchors handed in are those of one kind of list only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.keys import load_certificate, public_key, unwarned
from provenance.credentials.model import CertificateInfo

if TYPE_CHECKING:
    from cryptography import x509

MAX_DEPTH: Final = 8
"""Certificates between signer and anchor; real chains have one or two."""
MAX_SLOW_HINTS: Final = 5
"""Certificates beside the signer's that the slower builder is given: it tries every order in which they could stand."""
CACHED_PATHS: Final = 256
"""Answers kept: the ancestors of one file, and the files of one folder, mostly share a signer."""

_ECDSA: Final = "1.2.840.10045.4."
_PLAIN_KEYS: Final = ("1.2.840.113549.1.1.1", "1.2.840.10045.2.1")
# TLS server and client, code signing, time stamping, OCSP: a CA limited to these issues no claim signer.
_OTHER_TRADES: Final = frozenset(f"1.3.6.1.5.5.7.3.{number}" for number in (1, 2, 3, 8, 9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A path that holds at the moment asked for, or would hold but for dates."""

    certificates: tuple[bytes, ...] = field(repr=False)
    """DER, the signer's first, the anchor last."""
    outside: tuple[str, ...] = ()
    """SHA-256 of those certificates that were not valid at the moment."""

    @property
    def holds(self) -> bool:
        """Whether every certificate on it was valid at the moment."""
        return not self.outside

    @property
    def anchor(self) -> str:
        """SHA-256 of the anchor, lower-case hex."""
        return fingerprint(self.certificates[-1])


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, lower-case hex."""
    return hashlib.sha256(der).hexdigest()


_CURVE_ORDERS: Final = (
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    int(
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        16,
    ),
)
"""Orders of P-256, P-384 and P-521 (SEC 2, version 2.0)."""


@lru_cache(maxsize=256)
def fingerprints(der: bytes) -> frozenset[str]:
    """Every SHA-256 under which the same certificate can be shown.

    From an ECDSA signature (r, s) whoever sees it makes another good one, (r, n - s): the certificate stays valid and
    has another digest. Enough to slip past somebody who distrusts one by its digest.
    """
    found = {fingerprint(der)}
    try:
        certificate = load_certificate(der)
        if certificate.signature_algorithm_oid.dotted_string.startswith(_ECDSA):
            found |= {fingerprint(twin) for twin in _twins(der, certificate.signature)}
    except (CredentialsError, ValueError, TypeError):
        return frozenset(found)
    return frozenset(found)


def _twins(der: bytes, signature: bytes) -> list[bytes]:
    """The same certificate with the other signature, for each curve that its issuer's key may be on."""
    from asn1crypto import core
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    r, s = decode_dss_signature(signature)
    made = []
    for order in _CURVE_ORDERS:
        if 0 < s < order:
            twin = asn1_x509.Certificate.load(der, strict=True)
            twin["signature_value"] = core.OctetBitString(encode_dss_signature(r, order - s))
            made.append(twin.dump())
    return made


def names(name: x509.Name) -> dict[str, str]:
    """A distinguished name's attributes by short name; the first counts where one repeats."""
    result: dict[str, str] = {}
    for attribute in name:
        value = attribute.value if isinstance(attribute.value, str) else attribute.value.hex()
        result.setdefault(attribute.rfc4514_attribute_name, value)
    return result


@lru_cache(maxsize=256)
def describe(der: bytes) -> CertificateInfo:
    """What a certificate says of itself. Raises MalformedCredentialsError."""
    from provenance.credentials.errors import MalformedCredentialsError

    certificate = load_certificate(der)
    try:
        with unwarned():
            return CertificateInfo(
                subject=names(certificate.subject),
                issuer=names(certificate.issuer),
                serial=f"{certificate.serial_number:x}",
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
            )
    except (ValueError, TypeError) as error:
        raise MalformedCredentialsError("got a certificate whose names cannot be read") from error


def _usable(der: bytes) -> x509.Certificate | None:
    """A certificate whose key can be used; None where it cannot, for it then leads nowhere."""
    try:
        certificate = load_certificate(der)
        public_key(certificate)
        certificate.subject.public_bytes()
        certificate.issuer.public_bytes()
        return certificate if certificate.not_valid_before_utc <= certificate.not_valid_after_utc else None
    except (CredentialsError, ValueError, TypeError):
        # Names and dates are parsed only when they are asked for.
        return None


@lru_cache(maxsize=1024)
def _subject(der: bytes) -> bytes:
    certificate = load_certificate(der)
    return certificate.subject.public_bytes()


@lru_cache(maxsize=64)
def _relevant(anchors: tuple[bytes, ...]) -> dict[bytes, tuple[bytes, ...]]:
    """Anchors by subject name: only those named as an issuer can end a path."""
    by_name: dict[bytes, tuple[bytes, ...]] = {}
    for der in anchors:
        by_name[_subject(der)] = (*by_name.get(_subject(der), ()), der)
    return by_name


def _candidates(chain: Sequence[x509.Certificate], anchors: tuple[bytes, ...]) -> tuple[bytes, ...]:
    by_name = _relevant(anchors)
    found = [anchor for certificate in chain for anchor in by_name.get(certificate.issuer.public_bytes(), ())]
    return tuple(dict.fromkeys(found))


def _is_valid(certificate: x509.Certificate, at: dt.datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _moment_of_validity(certificates: Sequence[x509.Certificate]) -> dt.datetime:
    """A moment at which the signer's certificate was valid, and as many of the others as can be."""
    leaf = certificates[0]
    start = max(certificate.not_valid_before_utc for certificate in certificates)
    end = min(certificate.not_valid_after_utc for certificate in certificates)
    return start if start <= end else leaf.not_valid_before_utc


def _by_cryptography(
    leaf: x509.Certificate, between: Sequence[x509.Certificate], anchors: Sequence[bytes], at: dt.datetime
) -> list[bytes] | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import verification

    policy = verification.ExtensionPolicy
    agnostic = verification.Criticality.AGNOSTIC
    issuers = policy.permit_all().require_present(x509.BasicConstraints, agnostic, None)
    builder = verification.PolicyBuilder().store(verification.Store([load_certificate(der) for der in anchors]))
    builder = builder.time(at).max_chain_depth(MAX_DEPTH)
    verifier = builder.extension_policies(ca_policy=issuers, ee_policy=policy.permit_all()).build_client_verifier()
    try:
        path = verifier.verify(leaf, list(between)).chain
    except (verification.VerificationError, ValueError):
        return None
    return [certificate.public_bytes(Encoding.DER) for certificate in path]


def _by_pyhanko(leaf: bytes, between: Sequence[bytes], anchors: Sequence[bytes], at: dt.datetime) -> list[bytes] | None:
    """The same question for RSASSA-PSS and Ed25519 keys. Nothing is fetched, and so nothing is ever awaited."""
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    try:
        load = asn1_x509.Certificate.load
        context = ValidationContext(
            trust_roots=[load(der) for der in anchors],
            other_certs=[load(der) for der in between],
            moment=at,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        steps = CertificateValidator(
            load(leaf), [load(der) for der in between], validation_context=context
        ).async_validate_path()
        try:
            steps.send(None)
        except StopIteration as done:
            return [certificate.dump() for certificate in reversed(list(done.value))]
        finally:
            steps.close()
    except (PathError, ValidationError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return None


def _needs_pyhanko(certificates: Sequence[x509.Certificate]) -> bool:
    return any(certificate.public_key_algorithm_oid.dotted_string not in _PLAIN_KEYS for certificate in certificates)


def _extension(certificate: x509.Certificate, kind: Any) -> Any:
    """An extension's value; None where it is absent or cannot be read (which the profile check names)."""
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return None


def _may_issue(path: Sequence[x509.Certificate]) -> bool:
    """Every certificate above the first is a CA that may sign certificates, within its path length (RFC 5280, 6.1)."""
    from cryptography import x509

    below = 0
    for certificate in path[1:]:
        constraints = _extension(certificate, x509.BasicConstraints)
        usage = _extension(certificate, x509.KeyUsage)
        if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
            return False
        if constraints.path_length is not None and constraints.path_length < below:
            return False
        if certificate.subject != certificate.issuer:
            below += 1
    return True


def _purposes_fit(path: Sequence[x509.Certificate]) -> bool:
    """No CA between signer and anchor is limited to purposes of another trade, none of which the signer's has.

    Only the well-known other trades count: makers limit their CAs to private purposes that their signers do not carry.
    """
    from cryptography import x509

    own = {oid.dotted_string for oid in _extension(path[0], x509.ExtendedKeyUsage) or ()}
    for certificate in path[1:-1]:
        named = {oid.dotted_string for oid in _extension(certificate, x509.ExtendedKeyUsage) or ()}
        if named and named <= _OTHER_TRADES and not own & named:
            return False
    return True


def _build(
    chain: Sequence[x509.Certificate], anchors: Sequence[bytes], at: dt.datetime
) -> list[x509.Certificate] | None:
    from cryptography.hazmat.primitives.serialization import Encoding

    # Self-signed certificates lead nowhere, and an old one's SHA-1 signature would refuse the whole chain.
    between = [certificate for certificate in chain[1:] if certificate.subject != certificate.issuer]
    loaded_anchors = [load_certificate(der) for der in anchors]
    path = _by_cryptography(chain[0], between, anchors, at)
    if path is None and _needs_pyhanko([*chain, *loaded_anchors]):
        ders = [certificate.public_bytes(Encoding.DER) for certificate in (chain[0], *between)]
        path = _by_pyhanko(ders[0], ders[1 : 1 + MAX_SLOW_HINTS], anchors, at)
    if path is None or path[-1] not in anchors:
        return None
    loaded = [load_certificate(der) for der in path]
    return loaded if _may_issue(loaded) and _purposes_fit(loaded) else None


@lru_cache(maxsize=CACHED_PATHS)
def find_path(chain: tuple[bytes, ...], anchors: tuple[bytes, ...], at: dt.datetime) -> Path | None:
    """The path from the first certificate of `chain` to one of `anchors` (DER, of one kind and label) at `at` (UTC).

    The other certificates of `chain` are hints in any order. None where there is no path at any time; one that does
    not hold where only dates stand against it. A leaf that is itself an anchor is the caller's business.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    loaded = [certificate for der in chain if (certificate := _usable(der)) is not None]
    if not loaded or _usable(chain[0]) is None:
        return None
    candidates = _candidates(loaded, anchors)
    if not candidates:
        return None
    path = _build(loaded, candidates, at)
    holds = path is not None
    if path is None:
        hints = [*loaded, *(load_certificate(der) for der in candidates)]
        path = _build(loaded, candidates, _moment_of_validity(hints)) or _build(
            loaded, candidates, _moment_of_validity(loaded)
        )
    if path is None:
        return None
    outside = [certificate for certificate in path if not _is_valid(certificate, at)]
    if not holds and not outside:
        return None
    ders = tuple(certificate.public_bytes(Encoding.DER) for certificate in path)
    marked = tuple(fingerprint(certificate.public_bytes(Encoding.DER)) for certificate in outside)
    return Path(certificates=ders, outside=marked)
