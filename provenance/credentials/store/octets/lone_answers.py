"""Is there room for anything in a revocation answer whose signature nobody here can verify?

Every octet of it could be chosen by whoever put it there. So it is held to the one form of RFC 6960 (section 4.2.1)
that says what is known already: which certificate of the chain it is about, and by whose issuer. Left free are dates,
a state, the digest of a key, and the two numbers of an ECDSA signature (RFC 3279, section 2.2.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.certificates import Certificate
from provenance.credentials.store.octets.der import OCTET_STRING, SEQUENCE, Element, of_tags, only
from provenance.credentials.store.octets.signatures import digest_name, digest_of, ecdsa_digest

MAX_NUMBER: Final = 67
"""Octets of one number of a signature: P-521 has 66, and a zero may stand in front."""

_INTEGER: Final = 0x02
_ENUMERATED: Final = 0x0A
_TIME: Final = 0x18
_GOOD, _REVOKED, _UNKNOWN = 0x80, 0xA1, 0x82
_NEXT: Final = 0xA0
_BY_NAME, _BY_KEY = 0xA1, 0xA2
_KEY_HASH: Final = 20
"""Octets of SHA-1: how a responder is named by its key."""
_DATE: Final = re.compile(rb"[0-9]{14}Z")


def has_no_room(said: Element, algorithm: Element, signature: bytes, chain: Sequence[Certificate]) -> bool:
    """Whether an answer holds nothing but what answers about a certificate of the chain hold.

    Args:
        said: ResponseData.
        algorithm: AlgorithmIdentifier of the signature.
        signature: the content of its bit string.
        chain: the certificates that could be read.

    Raises MalformedCredentialsError where it is no strict DER.
    """
    by, made, listed = of_tags(said.children, said.children[0].tag, _TIME, SEQUENCE)
    (one,) = of_tags(listed.children, SEQUENCE)
    identifier, state, *times = one.children
    subject = _about(identifier, chain)
    return (
        subject is not None
        and _is_by(by, subject)
        and _is_state(state)
        and _are_times([made, *times])
        and ecdsa_digest(algorithm) != ""
        and _are_numbers(signature)
    )


def _about(identifier: Element, chain: Sequence[Certificate]) -> Certificate | None:
    """The certificate that a CertID names, by its number and its issuer's name."""
    algorithm, name, key, serial = of_tags(identifier.children, SEQUENCE, OCTET_STRING, OCTET_STRING, _INTEGER)
    digest = digest_name(algorithm)
    for one in chain:
        if one.serial == serial.raw and digest_of(digest, one.issuer) == name.content:
            return one if len(key.content) == len(name.content) else None
    return None


def _is_by(by: Element, subject: Certificate) -> bool:
    """Whether the responder is named as the issuer, or by the digest of a key."""
    if by.tag == _BY_NAME:
        return by.content == subject.issuer
    return by.tag == _BY_KEY and len(only(by.content, OCTET_STRING).content) == _KEY_HASH


def _is_state(state: Element) -> bool:
    if state.tag != _REVOKED:
        return state.tag in (_GOOD, _UNKNOWN) and not state.content
    moment, *reason = state.children
    reasons = [only(one.content, _ENUMERATED).content for one in of_tags(reason, *[_NEXT] * len(reason))]
    return _are_times([moment]) and [len(one) for one in reasons] in ([], [1])


def _are_times(times: Sequence[Element]) -> bool:
    """Whether those are when it was made, from when it holds, and where it is said until when."""
    *plain, last = times
    if last.tag == _NEXT:
        last = only(last.content, _TIME)
    return len(times) <= 3 and all(one.tag == _TIME and _DATE.fullmatch(one.content) for one in (*plain, last))


def _are_numbers(signature: bytes) -> bool:
    """Whether a signature is two positive numbers in their shortest form."""
    try:
        numbers = [one.content for one in of_tags(only(signature).children, _INTEGER, _INTEGER)]
    except MalformedCredentialsError:
        return False
    return all(0 < len(one) <= MAX_NUMBER and one[0] < 0x80 and one.strip(b"\0") != b"" for one in numbers)
