"""Does a certificate lead to one of these anchors, at this moment?

Every path is searched (`certificates/path_search.py`) and judged (`certificates/path_rules.py`) by the same rules,
whatever kinds of key stand on it and whatever else was sent along. Which purpose a certificate serves is not asked here
but by `signer.py` and `timestamp.py`, and the anchors handed in are those of one kind of list only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from provenance.credentials.certificates.keys import load_certificate, public_key, unwarned
from provenance.credentials.certificates.path_rules import why_refused
from provenance.credentials.certificates.path_search import paths
from provenance.credentials.engines.model import CertificateInfo
from provenance.credentials.errors import CredentialsError

if TYPE_CHECKING:
    from cryptography import x509

CACHED_PATHS: Final = 256
"""Answers kept: the ancestors of one file, and the files of one folder, mostly share a signer."""

_ECDSA: Final = "1.2.840.10045.4."


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


@lru_cache(maxsize=64)
def _by_subject(anchors: tuple[bytes, ...]) -> dict[bytes, tuple[x509.Certificate, ...]]:
    """Usable anchors by subject name: only those named as an issuer can end a path."""
    by_name: dict[bytes, tuple[x509.Certificate, ...]] = {}
    for der in anchors:
        anchor = _usable(der)
        if anchor is not None:
            name = anchor.subject.public_bytes()
            by_name[name] = (*by_name.get(name, ()), anchor)
    return by_name


def _named(chain: Sequence[x509.Certificate], anchors: tuple[bytes, ...]) -> list[x509.Certificate]:
    by_name = _by_subject(anchors)
    found = [anchor for certificate in chain for anchor in by_name.get(certificate.issuer.public_bytes(), ())]
    return list(dict.fromkeys(found))


def _is_valid(certificate: x509.Certificate, at: dt.datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


@lru_cache(maxsize=CACHED_PATHS)
def find_path(chain: tuple[bytes, ...], anchors: tuple[bytes, ...], at: dt.datetime) -> Path | None:
    """The path from the first certificate of `chain` to one of `anchors` (DER, of one kind and label) at `at` (UTC).

    The other certificates of `chain` are hints in any order. None where there is no path at any time; one that does
    not hold where only dates stand against it. A leaf that is itself an anchor is the caller's business.
    """
    with unwarned():
        return _find_path(chain, anchors, at)


def _find_path(chain: tuple[bytes, ...], anchors: tuple[bytes, ...], at: dt.datetime) -> Path | None:
    leaf = _usable(chain[0]) if chain else None
    if leaf is None:
        return None
    between = [certificate for der in chain[1:] if der != chain[0] and (certificate := _usable(der)) is not None]
    late: Path | None = None
    for path in paths(leaf, between, _named([leaf, *between], anchors)):
        if why_refused(path):
            continue
        outside = tuple(map(_digest, (certificate for certificate in path if not _is_valid(certificate, at))))
        found = Path(certificates=tuple(map(_der, path)), outside=outside)
        if found.holds:
            return found
        late = late or found
    return late


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _digest(certificate: x509.Certificate) -> str:
    return fingerprint(_der(certificate))
