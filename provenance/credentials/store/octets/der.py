"""What are the elements of a DER run, where every octet must belong to one?

X.690 as RFC 5280, RFC 5652, RFC 6960 and RFC 3161 use it: low tag numbers, definite lengths in their shortest form. It
knows no types: what may stand where is the caller's, who therefore sees every octet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.credentials.errors import MalformedCredentialsError

BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OID: Final = 0x06
UTF8_STRING: Final = 0x0C
SEQUENCE: Final = 0x30
SET: Final = 0x31
_CONSTRUCTED: Final = 0x20


class Element(NamedTuple):
    """One element."""

    tag: int
    content: bytes
    raw: bytes
    """Tag, length and content as they stand there."""

    @property
    def children(self) -> list[Element]:
        """The elements inside a constructed one. Raises MalformedCredentialsError."""
        if not self.tag & _CONSTRUCTED:
            raise MalformedCredentialsError("got a primitive DER element, expected a constructed one")
        return elements(self.content)


def elements(data: bytes) -> list[Element]:
    """All elements of a run; nothing may be left over. Raises MalformedCredentialsError."""
    found, position = [], 0
    while position < len(data):
        start, end = _content(data, position)
        found.append(Element(data[position], data[start:end], data[position:end]))
        position = end
    return found


def only(data: bytes, tag: int = SEQUENCE) -> Element:
    """The one element that a run is. Raises MalformedCredentialsError."""
    found = elements(data)
    if len(found) != 1 or found[0].tag != tag:
        raise MalformedCredentialsError(f"got {len(found)} DER elements, expected one of tag {tag:#x}")
    return found[0]


def of_tags(parts: list[Element], *tags: int) -> list[Element]:
    """The same elements, which must have exactly these tags. Raises MalformedCredentialsError."""
    if [part.tag for part in parts] != list(tags):
        raise MalformedCredentialsError("got DER elements of other kinds than expected")
    return parts


def primitives(data: bytes) -> Iterator[Element]:
    """Every primitive element at any depth of a run. Raises MalformedCredentialsError."""
    waiting = elements(data)
    while waiting:
        element = waiting.pop()
        if element.tag & _CONSTRUCTED:
            waiting += elements(element.content)
        else:
            yield element


def _content(data: bytes, position: int) -> tuple[int, int]:
    """(begin, end) of the content of the element at a position."""
    if position + 2 > len(data) or data[position] & 0x1F == 0x1F:
        raise MalformedCredentialsError("got a DER element that breaks off, or with a long tag")
    size, start = data[position + 1], position + 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[start : start + count], "big"), start + count
        # The shortest form, and none without a length: else one value could be written in many ways.
        if not 1 <= count <= 4 or size < 0x80 or start > len(data) or data[position + 2] == 0:
            raise MalformedCredentialsError("got a DER length that is not in its shortest form")
    if start + size > len(data):
        raise MalformedCredentialsError("got a DER element that breaks off")
    return start, start + size
