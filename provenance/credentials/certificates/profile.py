"""Does a claim signer's certificate keep to C2PA's certificate profile, and what does it say of its assurance?

C2PA 2.4, section 14.5.1, and the C2PA Certificate Policy for the assurance level and the product record. What is broken
is named by a word; which purposes are accepted depends on the kind of list that vouches.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from provenance.credentials.certificates.algorithms import key_problems, signature_problems
from provenance.credentials.certificates.path_rules import ASSURANCE, KNOWN_CRITICAL, RECORD
from provenance.credentials.trust.view import LEGACY_PURPOSES

if TYPE_CHECKING:
    from cryptography import x509

_ANY_PURPOSE: Final = "2.5.29.37.0"
_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_LEVELS: Final[Mapping[bytes, int]] = {
    bytes.fromhex("060a2b0601040183e85e030a"): 1,
    bytes.fromhex("060a2b0601040183e85e0314"): 2,
}
"""DER of 1.3.6.1.4.1.62558.3.10 and .20."""


def purposes(certificate: x509.Certificate) -> frozenset[str]:
    """The extended key usages; empty where there are none or they cannot be read."""
    from cryptography import x509

    try:
        value = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return frozenset()
    return frozenset(oid.dotted_string for oid in value)


def policies(certificate: x509.Certificate) -> frozenset[str]:
    """The certificate policies; empty where there are none or they cannot be read."""
    from cryptography import x509

    try:
        value = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return frozenset()
    return frozenset(policy.policy_identifier.dotted_string for policy in value)


def _purpose_violations(found: frozenset[str], yours: frozenset[str]) -> list[str]:
    if not found:
        return ["no-purpose"]
    broken = []
    if _ANY_PURPOSE in found:
        broken.append("any-purpose")
    if not found & (LEGACY_PURPOSES | yours):
        broken.append("wrong-purpose")
    if found & {_TIME_STAMPING, _OCSP_SIGNING}:
        broken.append("mixed-purposes")
    return broken


def _extension_violations(extensions: x509.Extensions) -> list[str]:
    from cryptography import x509

    broken = []
    by_class = {type(extension.value): extension.value for extension in extensions}
    constraints, usage = by_class.get(x509.BasicConstraints), by_class.get(x509.KeyUsage)
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        broken.append("is-ca")
    if not isinstance(usage, x509.KeyUsage):
        broken.append("no-key-usage")
    else:
        if not usage.digital_signature:
            broken.append("no-digital-signature")
        if usage.key_cert_sign:
            broken.append("key-cert-sign")
    if x509.AuthorityKeyIdentifier not in by_class:
        broken.append("no-authority-key-id")
    if any(extension.critical and extension.oid.dotted_string not in KNOWN_CRITICAL for extension in extensions):
        broken.append("unknown-critical-extension")
    return broken


def _has_unique_ids(certificate: x509.Certificate) -> bool:
    """Whether issuer or subject have a unique identifier ([1] or [2] of TBSCertificate), which the profile forbids."""
    tbs = certificate.tbs_certificate_bytes

    def header(offset: int) -> tuple[int, int, int]:
        tag, length, start = tbs[offset], tbs[offset + 1], offset + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(tbs[start : start + size], "big"), start + size
        return tag, start, length

    _, offset, _ = header(0)
    while offset < len(tbs):
        tag, start, length = header(offset)
        if tag & 0xDF in (0x81, 0x82):
            return True
        offset = start + length
    return False


@lru_cache(maxsize=256)
def violations(certificate: x509.Certificate, *, your_purposes: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What of the profile a claim signer's certificate breaks, each by a word; empty where nothing.

    Dates are not part of it, and which purposes a list accepts is not either: only purposes that none
    accepts, not even the reader's own (`your_purposes`).
    """
    from cryptography import x509

    broken: list[str] = []
    if certificate.version is not x509.Version.v3:
        broken.append("version")
    broken += [one.value for one in (*signature_problems(certificate), *key_problems(certificate))]
    try:
        extensions = certificate.extensions
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return (*broken, "unreadable-extensions")
    broken += _extension_violations(extensions)
    broken += _purpose_violations(purposes(certificate), your_purposes)
    if _has_unique_ids(certificate):
        broken.append("unique-id")
    return tuple(broken)


def _raw_extension(certificate: x509.Certificate, oid: str) -> bytes:
    from cryptography import x509

    try:
        value = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(oid)).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return b""
    return value.value if isinstance(value, x509.UnrecognizedExtension) else b""


@lru_cache(maxsize=256)
def assurance_level(certificate: x509.Certificate) -> int | None:
    """The C2PA assurance level that the certificate claims; None where it claims none that is known."""
    return _LEVELS.get(_raw_extension(certificate, ASSURANCE))


@lru_cache(maxsize=256)
def product_record(certificate: x509.Certificate) -> str:
    """The conforming-products record id in the certificate, empty where there is none."""
    raw = _raw_extension(certificate, RECORD)
    is_text = len(raw) == 38 and raw[:2] == b"\x0c\x24"
    return raw[2:].decode("ascii", "replace") if is_text else ""
