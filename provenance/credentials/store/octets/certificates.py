"""Which certificates that lie in an unsigned place does a chain account for?

What stands in an unprotected header or in a time stamp's bag of certificates was signed by its issuer at best. A
certificate counts where it is the signer's or issued one that counts, where nothing else hides in it, and where it is
not more than certificates are; one on a path to a list that the reader uses is the list's own business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.der import (
    BIT_STRING,
    OCTET_STRING,
    SEQUENCE,
    Element,
    elements,
    of_tags,
    only,
    primitives,
)
from provenance.credentials.store.octets.signatures import Verifier

MAX_UNVOUCHED: Final = 5
"""Certificates that no list vouches for: real chains have four at most."""
MAX_FREE: Final = 1_792
"""Bytes of such a certificate beside its key and signature: names, dates, extensions. Of 248 real ones of claim
signers, time-stamping authorities and responders the largest has 928; qualified ones of eIDAS may have half as much
again."""
MAX_VALUE: Final = 512
"""Bytes of one value among them. Real ones have 99; embedded proofs of certificate logs would have some hundreds."""
MAX_KEY: Final = 1_200
"""Bytes of a key: RSA of 8,192 bits has 1,062."""
MAX_SIGNATURE: Final = 1_024
"""Bytes of a signature by such a key."""

_INTEGER: Final = 0x02
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_VERSION_3: Final = bytes.fromhex("020102")
_KEY_ID: Final = bytes.fromhex("0603551d0e")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate's parts, as raw DER (RFC 5280, section 4.1)."""

    der: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    """TBSCertificate: what the issuer signed."""
    serial: bytes
    issuer: bytes
    subject: bytes
    key: bytes = field(repr=False)
    """SubjectPublicKeyInfo."""
    key_id: bytes
    """The subject key identifier's own octets; empty where there is none."""
    algorithm: Element = field(repr=False)
    signature: bytes = field(repr=False)


@lru_cache(maxsize=512)
def read_certificate(der: bytes) -> Certificate:
    """A certificate's parts, every octet of which is accounted for.

    Raises MalformedCredentialsError where it is no strict DER, or has parts that no certificate has any more.
    """
    signed, algorithm, signature = of_tags(only(der).children, SEQUENCE, SEQUENCE, BIT_STRING)
    parts = signed.children
    if parts and parts[0].tag == _VERSION:
        parts = parts[1:] if parts[0].content == _VERSION_3 else []
    extensions: list[Element] = []
    if parts and parts[-1].tag == _EXTENSIONS:
        extensions = only(parts[-1].content).children
        parts = parts[:-1]
    serial, inner, issuer, _, subject, key = of_tags(parts, _INTEGER, *[SEQUENCE] * 5)
    # Outside of what is signed the algorithm is named once more (RFC 5280, section 4.1.1.2).
    if inner.raw != algorithm.raw or signature.content[:1] != b"\0":
        raise MalformedCredentialsError("got a certificate whose unsigned part differs from its signed one")
    return Certificate(
        der=der,
        signed=signed.raw,
        serial=serial.raw,
        issuer=issuer.raw,
        subject=subject.raw,
        key=key.raw,
        key_id=_key_id(extensions),
        algorithm=algorithm,
        signature=signature.content[1:],
    )


def _key_id(extensions: list[Element]) -> bytes:
    named = next((one for one in extensions if one.content.startswith(_KEY_ID)), None)
    return only(named.children[-1].content, OCTET_STRING).content if named is not None else b""


@lru_cache(maxsize=512)
def is_plain(certificate: Certificate) -> bool:
    """Whether a certificate that no list vouches for is no larger, in any part, than certificates are."""
    free = len(certificate.der) - len(certificate.key) - len(certificate.signature)
    if free > MAX_FREE or len(certificate.key) > MAX_KEY or len(certificate.signature) > MAX_SIGNATURE:
        return False
    try:
        parts = [part for part in elements(certificate.signed)[0].children if part.raw != certificate.key]
        return all(len(one.content) <= MAX_VALUE for part in parts for one in primitives(part.raw))
    except MalformedCredentialsError:
        return False


def issued(child: Certificate, parent: Certificate, verifier: Verifier) -> bool:
    """Whether a certificate is signed by the key of another one, which bears its issuer's name."""
    if child.issuer != parent.subject:
        return False
    return verifier.holds(parent.key, child.algorithm, child.signature, child.signed)


def strays(chain: Sequence[bytes], verifier: Verifier, vouched: Collection[bytes] = ()) -> tuple[bytes, ...]:
    """The certificates of a chain, the signer's first, for which nothing accounts.

    Args:
        chain: DER, as sent.
        verifier: which verifies no more than it may.
        vouched: those of them that stand on a path to a list that the reader uses.

    The one at the top is believed to be what its key shows it to be: whoever issued it need not be here.
    """
    known: list[Certificate] = []
    for der in chain:
        try:
            known.append(read_certificate(der))
        except MalformedCredentialsError:
            continue
    accounted = set(vouched)
    if known and known[0].der == chain[0]:
        path = _path(known, verifier, vouched)
        if path[-1].issuer == path[-1].subject and not issued(path[-1], path[-1], verifier):
            path.pop()
        plain = [one.der for one in path if one.der not in accounted and is_plain(one)]
        accounted.update(plain[:MAX_UNVOUCHED])
    found, distinct = [], set[bytes]()
    for der in chain:
        if der not in accounted or der in distinct:
            found.append(der)
        distinct.add(der)
    return tuple(found)


def _path(known: list[Certificate], verifier: Verifier, vouched: Collection[bytes]) -> list[Certificate]:
    """From the first certificate upwards, as far as signatures lead; of two that fit the one on a list's path."""
    path, rest = known[:1], sorted(known[1:], key=lambda one: one.der not in vouched)
    while rest and path[-1].issuer != path[-1].subject:
        above = next((one for one in rest if issued(path[-1], one, verifier)), None)
        if above is None:
            break
        path.append(above)
        rest.remove(above)
    return path
