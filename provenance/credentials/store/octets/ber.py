"""How does what is written in BER read in DER?

CMS may be written in BER (RFC 5652, section 2), and some time-stamping authorities do so: lengths are left open, and
octet strings come in pieces. What stands in DER already, certificates above all, stays as it is, octet for octet.
"""

from __future__ import annotations

from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.der import OCTET_STRING

MAX_DEPTH: Final = 32
"""Elements within each other; a token with its certificates has some 15."""

_CONSTRUCTED: Final = 0x20
_OPEN: Final = 0x80
_END: Final = b"\0\0"


def written(tag: int, content: bytes) -> bytes:
    """An element in DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _OPEN | len(length)]) + length + content


def to_der(data: bytes) -> bytes:
    """One element with every length settled and every octet string whole.

    Raises MalformedCredentialsError where it breaks off, holds more than one element, or is nested too deeply.
    """
    der, end = _element(data, 0, len(data), MAX_DEPTH)
    if end != len(data):
        raise MalformedCredentialsError(f"got {len(data) - end} bytes after a BER element")
    return der


def _element(data: bytes, position: int, limit: int, depth: int) -> tuple[bytes, int]:
    """(in DER, where it ends) of the element at a position."""
    if position + 2 > limit or data[position] & 0x1F == 0x1F or not depth:
        raise MalformedCredentialsError("got a BER element that breaks off, with a long tag, or nested too deeply")
    tag, size, start = data[position], data[position + 1], position + 2
    is_open = size == _OPEN
    if size > _OPEN:
        count = size & 0x7F
        size, start = int.from_bytes(data[start : start + count], "big"), start + count
    end = limit if is_open else start + size
    if end > limit or start > limit or (is_open and not tag & _CONSTRUCTED):
        raise MalformedCredentialsError("got a BER element that breaks off, or an open length where none may be")
    if not tag & _CONSTRUCTED:
        return data[position:end], end
    parts, changed = list[bytes](), is_open or tag == OCTET_STRING | _CONSTRUCTED
    at = start
    while at < end and not (is_open and data[at : at + 2] == _END):
        part, following = _element(data, at, end, depth - 1)
        changed = changed or part != data[at:following]
        parts.append(part)
        at = following
    if is_open:
        if at >= end:
            raise MalformedCredentialsError("got a BER element without an end")
        end = at + 2
    if not changed:
        return data[position:end], end
    if tag == OCTET_STRING | _CONSTRUCTED:
        return written(OCTET_STRING, b"".join(map(_piece, parts))), end
    return written(tag, b"".join(parts)), end


def _piece(part: bytes) -> bytes:
    """The content of one piece of an octet string."""
    if part[0] != OCTET_STRING:
        raise MalformedCredentialsError("got a piece of an octet string that is none")
    return part[2 + (part[1] & 0x7F if part[1] & _OPEN else 0) :]
