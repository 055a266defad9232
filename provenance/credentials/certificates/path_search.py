"""Which paths lead from a certificate over those sent along to an anchor, by names and signatures alone?

Whether one holds is not asked here (`path_rules.py`). What was sent along and stands on no path is looked at and left:
it can neither make nor break one. RFC 4158 calls this building in the forward direction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

MAX_DEPTH: Final = 8
"""Certificates between signer and anchor; real chains have one or two."""
MAX_CHECKS: Final = 1_000
"""Signatures of certificates checked in one search. Ten certificates, each by each, and as many anchors of one name as
any list has, are some 200; then the search ends, so that its time grows with neither."""
MAX_VISITS: Final = 200
"""Beginnings of paths looked at in one search: nine certificates beside the signer's, crossed in the worst way, have
less than a hundred."""

Paths = Iterator[tuple["x509.Certificate", ...]]


@lru_cache(maxsize=1024)
def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key made the signature on the certificate (RFC 5280, section 6.1.3, (a)(1) and (a)(4))."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=1024)
def _entity(certificate: x509.Certificate) -> bytes:
    """Whose certificate it is: name and key. A path on which one stands twice is a detour (RFC 4158, section 2.4.1)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.subject.public_bytes() + key


def paths(leaf: x509.Certificate, between: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]) -> Paths:
    """Paths from `leaf` to one of `anchors` over some of `between`, whose order does not matter, the shortest first.

    Every certificate on one names the next as its issuer and is signed by its key; their keys and names can be read.
    """
    sent, listed = _by_subject(sorted(set(between), key=_der)), _by_subject(anchors)
    begun = deque[tuple["x509.Certificate", ...]]([(leaf,)])
    checks = visits = 0
    while begun and visits < MAX_VISITS and checks < MAX_CHECKS:
        path, visits = begun.popleft(), visits + 1
        name, taken = path[-1].issuer.public_bytes(), set(map(_entity, path))
        above = [(one, True) for one in listed.get(name, ())]
        above += [(one, False) for one in sent.get(name, ()) if len(path) <= MAX_DEPTH]
        for issuer, is_anchor in above[: MAX_CHECKS - checks]:
            checks += 1
            if _entity(issuer) in taken or not _is_issued_by(path[-1], issuer):
                continue
            if is_anchor:
                yield (*path, issuer)
            else:
                begun.append((*path, issuer))


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _by_subject(certificates: Iterable[x509.Certificate]) -> dict[bytes, list[x509.Certificate]]:
    found: dict[bytes, list[x509.Certificate]] = {}
    for certificate in certificates:
        found.setdefault(certificate.subject.public_bytes(), []).append(certificate)
    return found
