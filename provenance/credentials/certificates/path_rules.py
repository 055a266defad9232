"""Does a path hold, whatever the day (RFC 5280, section 6.1, and C2PA 2.4, section 14.5)?

One judge for every path, whichever keys stand on it and whatever else was sent along: neither of the libraries that
judge paths can (cryptography's refuses Ed25519 and RSASSA-PSS keys and directory names in constraints,
pyhanko-certvalidator passes over an anchor's constraints and over IP addresses). Tests hold it against both.

The steps keep the numbers of RFC 5280, section 6.1. Not here: (a)(1), the signatures, are checked while paths are
searched; (a)(2), the dates, by who asks for a moment; (a)(3), revocation, by `ocsp.py`; purposes of the signer's own
certificate by who asks for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.certificates.algorithms import key_problems, signature_problems
from provenance.credentials.certificates.name_constraints import check_path
from provenance.credentials.certificates.policies import policies_hold
from provenance.credentials.errors import CredentialsError

if TYPE_CHECKING:
    from cryptography import x509

ASSURANCE: Final = "1.3.6.1.4.1.62558.3"
"""The C2PA assurance level that a certificate claims."""
RECORD: Final = "1.3.6.1.4.1.62558.4"
"""The record id of a conforming product."""
KNOWN_CRITICAL: Final = frozenset(
    {
        "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.33",
        "2.5.29.35", "2.5.29.36", "2.5.29.37", "2.5.29.54", "1.3.6.1.5.5.7.1.1", ASSURANCE, RECORD,
    }
)  # fmt: skip
"""Extensions that are read here, or that say nothing on which a path depends; any other that is critical refuses."""
_OTHER_TRADES: Final = frozenset(f"1.3.6.1.5.5.7.3.{number}" for number in (1, 2, 3, 8, 9))
# TLS server and client, code signing, time stamping, OCSP: a CA limited to these issues no claim signer.


def why_refused(path: Sequence[x509.Certificate]) -> str:
    """What stands against a path whose signatures hold, by a word; empty where nothing does.

    Args:
        path: the signer's certificate first, the anchor last.
    """
    if any(_extensions(certificate) is None for certificate in path):
        return "unreadable-extensions"
    if any(map(key_problems, path)) or any(map(signature_problems, _signed_by_others(path))):
        return "algorithm"
    # 6.1.3 (b) and (c), 6.1.4 (g)
    try:
        check_path(path)
    except CredentialsError:
        return "name-constraints"
    # 6.1.3 (d) to (f), 6.1.4 (a), (b), (d) to (f), (h) to (j), 6.1.5 (a), (b), (g)
    if not policies_hold(path):
        return "policies"
    # 6.1.4 (k) to (n)
    if not _may_issue(path):
        return "not-an-issuer"
    if not _purposes_fit(path):
        return "purposes"
    # 6.1.4 (o), 6.1.5 (f)
    if any(_unknown_critical(certificate) for certificate in path):
        return "unknown-critical-extension"
    return ""


def _signed_by_others(path: Sequence[x509.Certificate]) -> Sequence[x509.Certificate]:
    """All but an anchor that is its own issuer: nobody relies on the signature on it."""
    return path[:-1] if path[-1].subject == path[-1].issuer else path


def _extensions(certificate: x509.Certificate) -> x509.Extensions | None:
    from cryptography import x509

    try:
        return certificate.extensions
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return None


def _extension(certificate: x509.Certificate, kind: Any) -> Any:
    """An extension's value; None where it is absent."""
    return next((one.value for one in _extensions(certificate) or () if isinstance(one.value, kind)), None)


def _may_issue(path: Sequence[x509.Certificate]) -> bool:
    """Every certificate above the first is a CA that may sign certificates, within its path length; the anchor too."""
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


def _unknown_critical(certificate: x509.Certificate) -> bool:
    found = _extensions(certificate) or ()
    return any(one.critical and one.oid.dotted_string not in KNOWN_CRITICAL for one in found)
