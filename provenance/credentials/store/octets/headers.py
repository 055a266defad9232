"""What lies in a claim signature that nobody signed?

A COSE_Sign1 (RFC 9052, section 4.2) is signed but for its unprotected header. C2PA has a few entries for that header
(2.4, sections 10.3.2.4 to 10.3.2.6 and 14.6): the chain of old writers, a time stamp, revocation answers, padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.cose import Sign1
from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets import answers, plain_cbor, tokens
from provenance.credentials.store.octets.certificates import MAX_SIGNATURE, strays
from provenance.credentials.store.octets.found import Place
from provenance.credentials.store.octets.signatures import Verifier
from provenance.credentials.store.octets.tokens import Vouching

MAX_ANSWERS: Final = 8
"""Revocation answers that are held against the chain; real signatures carry one."""

_ALGORITHM: Final = 1
_X5CHAIN: Final = (33, "x5chain")
_STAMPS: Final = ("sigTst", "sigTst2")
_PADS: Final = ("pad", "pad2")
_START: Final = 2
"""Octets of the tag and of the list's head."""

Found = Iterator[tuple[Place, int]]
"""Places with the octets that lie there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """By what a header's parts can be accounted for."""

    signers: Vouching
    """Which certificates of a chain stand on a path to a list of claim signers."""
    authorities: Vouching
    """The same for time-stamping authorities."""
    verifier: Verifier


def examine(data: bytes, sign1: Sign1, backing: Backing, *, is_signed: bool) -> Found:
    """What nobody signed in a claim signature that could be parsed.

    Args:
        data: COSE_Sign1, as it lies in the store.
        sign1: the same, parsed.
        backing: lists and a verifier.
        is_signed: whether the signature holds, so that its protected header and itself are what they are said to be.
    """
    try:
        _, start = plain_cbor.read(data, _START)
        header, _ = plain_cbor.read(data, start)
        protected = {} if is_signed else plain_cbor.read(sign1.protected, 0)[0]
    except MalformedCredentialsError:
        yield Place.HEADER_ENTRY, len(data)
        return
    if not is_signed and len(sign1.signature) > MAX_SIGNATURE:
        yield Place.HEADER_ENTRY, len(sign1.signature)
    for label, value in {**header, **protected}.items():
        if label == _ALGORITHM and label in protected and isinstance(value, int):
            continue
        if label in _X5CHAIN:
            yield from _chain(sign1, backing)
        elif label in _STAMPS:
            yield from _stamp(label, value, header, backing)
        elif label == "rVals":
            yield from _answers(value, sign1, backing)
        elif label in _PADS and isinstance(value, bytes):
            if value.strip(b"\0"):
                yield Place.PADDING, len(value)
        else:
            yield Place.HEADER_ENTRY, _size(label) + _size(value)


def _chain(sign1: Sign1, backing: Backing) -> Found:
    """A chain that nobody signed; the parser has made sure that there is no other one."""
    if strays(sign1.chain, backing.verifier):
        for der in strays(sign1.chain, backing.verifier, backing.signers(sign1.chain)):
            yield Place.CERTIFICATE, len(der)


def _stamp(label: str, value: Any, header: Mapping[Any, Any], backing: Backing) -> Found:
    """`{"tstTokens": [{"val": …}]}` with one token, of one of two versions (C2PA 2.4, section 10.3.2.5)."""
    entries = value.get("tstTokens") if isinstance(value, Mapping) and len(value) == 1 else None
    entry = entries[0] if isinstance(entries, list) and len(entries) == 1 else None
    token = entry.get("val") if isinstance(entry, Mapping) and len(entry) == 1 else None
    is_second = label == _STAMPS[0] and _STAMPS[1] in header
    is_token = isinstance(token, bytes) and tokens.is_accounted(token, backing.authorities, backing.verifier)
    if is_second or not is_token:
        yield Place.TIME_STAMP, _size(value)


def _answers(value: Any, sign1: Sign1, backing: Backing) -> Found:
    """`{"ocspVals": […]}` (C2PA 2.4, section 10.3.2.6)."""
    listed = value.get("ocspVals") if isinstance(value, Mapping) and len(value) == 1 else None
    if not isinstance(listed, list) or not all(isinstance(answer, bytes) for answer in listed):
        yield Place.REVOCATION, _size(value)
        return
    foreign = 0
    for number, answer in enumerate(listed):
        if number < MAX_ANSWERS and answers.is_accounted(answer, sign1.chain, backing.verifier):
            continue
        longer = (*sign1.chain, *backing.signers(sign1.chain)) if number < MAX_ANSWERS else ()
        if longer and answers.is_accounted(answer, longer, backing.verifier):
            continue
        # One may be by somebody who is not here, as roots are not: of a short form, in which nothing else fits.
        foreign += 1
        if not longer or foreign > 1 or not answers.is_accounted(answer, longer, backing.verifier, may_be_foreign=True):
            yield Place.REVOCATION, max(1, len(answer))


def _size(value: Any) -> int:
    """Octets of a header's value, with one for each CBOR head; the nesting is bounded where it is read."""
    if isinstance(value, bytes):
        return 1 + len(value)
    if isinstance(value, str):
        return 1 + len(value.encode())
    if isinstance(value, Mapping):
        return 1 + sum(_size(key) + _size(inner) for key, inner in value.items())
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1
