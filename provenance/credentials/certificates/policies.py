"""Are the certificate policies that a path's authorities insist on there (RFC 5280, section 6.1)?

The reader asks for no policy, so that policies count only where an authority requires one of all below it
(`requireExplicitPolicy`). Mappings between policies are not followed: a path that depends on one does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography import x509

_ANY: Final = "2.5.29.32.0"
_MAPPINGS: Final = "2.5.29.33"


def policies_hold(path: Sequence[x509.Certificate]) -> bool:
    """Whether, wherever one is required, all certificates so far name a common policy; the anchor is not asked.

    Args:
        path: the signer's certificate first, the anchor last; its extensions can be read.
    """
    # 6.1.2 (d), (e): counts of certificates after which a policy is required, and "any policy" no longer counts.
    required_after = any_until = len(path)
    common: frozenset[str] | None = None
    """None while every policy is common."""
    for place in range(len(path) - 2, -1, -1):
        certificate = path[place]
        is_inner_self_issued = place > 0 and certificate.subject == certificate.issuer
        # 6.1.3 (d), (e)
        named = _named(certificate, any_counts=any_until > 0 or is_inner_self_issued)
        common = named if common is None else common if named is None else common & named
        # 6.1.3 (f)
        if required_after == 0 and not _is_met(common):
            return False
        # 6.1.4 (a): whatever is mapped here is common to nothing below
        common = frozenset() if place and _maps(certificate) else common
        # 6.1.4 (h), 6.1.5 (a)
        if not is_inner_self_issued:
            required_after, any_until = max(0, required_after - 1), max(0, any_until - 1)
        # 6.1.4 (i), (j), 6.1.5 (b)
        required, inhibited = _limits(certificate)
        if required is not None and (place or required == 0):
            required_after = min(required_after, required)
        any_until = any_until if inhibited is None else min(any_until, inhibited)
    # 6.1.5 (g)
    return required_after > 0 or _is_met(common)


def _is_met(common: frozenset[str] | None) -> bool:
    return common is None or bool(common)


def _value(certificate: x509.Certificate, kind: Any) -> Any:
    return next((one.value for one in certificate.extensions if isinstance(one.value, kind)), None)


def _named(certificate: x509.Certificate, *, any_counts: bool) -> frozenset[str] | None:
    """The policies that a certificate names; None where it names any policy and that counts."""
    from cryptography import x509

    named = frozenset(
        one.policy_identifier.dotted_string for one in _value(certificate, x509.CertificatePolicies) or ()
    )
    return None if _ANY in named and any_counts else named - {_ANY}


def _maps(certificate: x509.Certificate) -> bool:
    return any(one.oid.dotted_string == _MAPPINGS for one in certificate.extensions)


def _limits(certificate: x509.Certificate) -> tuple[int | None, int | None]:
    """(requireExplicitPolicy, inhibitAnyPolicy), each None where absent."""
    from cryptography import x509

    constraints, inhibit = _value(certificate, x509.PolicyConstraints), _value(certificate, x509.InhibitAnyPolicy)
    return (constraints.require_explicit_policy if constraints else None, inhibit.skip_certs if inhibit else None)
