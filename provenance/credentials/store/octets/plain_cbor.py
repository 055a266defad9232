"""What does CBOR hold in which nothing can hide between the values?

For headers and proofs that nobody signed. Tags, strings in pieces and values beside numbers, strings, lists, maps and
null are refused: a decoder drops them without a word. Lengths may be written longer than they need be, for writers that
keep a fixed place for them, and maps and lists may be open-ended: neither leaves anything to choose.
"""

from __future__ import annotations

from typing import Any, Final

from provenance.credentials.errors import MalformedCredentialsError

MAX_DEPTH: Final = 6
"""Nested lists and maps. A list of time stamps in a header is four deep."""
MAX_ITEMS: Final = 1_000
"""Values in one header; real ones have some twenty."""

_BREAK: Final = 0xFF
_OPEN: Final = 31
_LIST: Final = 4
_MAP: Final = 5
_NULL: Final = (7, 22)


class _Reader:
    def __init__(self, data: bytes, position: int) -> None:
        self.data, self.position, self.items = data, position, 0

    def take(self, size: int) -> bytes:
        piece = self.data[self.position : self.position + size]
        if len(piece) != size:
            raise MalformedCredentialsError("got CBOR that breaks off")
        self.position += size
        return piece

    def head(self) -> tuple[int, int | None]:
        """(major type, argument) of the next value; None for an open end."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise MalformedCredentialsError(f"got more than {MAX_ITEMS} CBOR values in a header")
        first = self.take(1)[0]
        major, short = first >> 5, first & 0x1F
        if short < 24:
            return major, short
        if short == _OPEN and major in (_LIST, _MAP):
            return major, None
        if short > 27:
            raise MalformedCredentialsError("got CBOR of a form that is not read in a header")
        return major, int.from_bytes(self.take(1 << (short - 24)), "big")

    def value(self, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise MalformedCredentialsError(f"got CBOR nested deeper than {MAX_DEPTH} in a header")
        major, argument = self.head()
        if major == _LIST:
            return list(self.several(argument, depth))
        if major == _MAP:
            pairs = self.several(argument, depth, twice=True)
            found = dict(zip(pairs[::2], pairs[1::2], strict=True))
            if len(found) * 2 != len(pairs):
                raise MalformedCredentialsError("got a CBOR map with a key that is there twice")
            return found
        if (major, argument) == _NULL:
            return None
        if argument is None or major > _MAP:
            raise MalformedCredentialsError("got a CBOR tag, float or simple value in a header")
        if major < 2:
            return argument if major == 0 else -1 - argument
        raw = self.take(argument)
        return raw if major == 2 else raw.decode("utf-8")

    def several(self, count: int | None, depth: int, *, twice: bool = False) -> list[Any]:
        """The values of a list, or keys and values of a map in turn."""
        found: list[Any] = []
        while count is None or len(found) < count * (2 if twice else 1):
            if count is None and self.data[self.position : self.position + 1] == bytes([_BREAK]):
                self.position += 1
                break
            found.append(self.value(depth + 1))
        return found


def read(data: bytes, position: int) -> tuple[Any, int]:
    """The value that begins at a position, and where it ends.

    Numbers, byte strings, texts, lists, maps and null. Raises MalformedCredentialsError for anything else in it.
    """
    reader = _Reader(data, position)
    try:
        value = reader.value()
    except (ValueError, TypeError) as error:
        raise MalformedCredentialsError("got a CBOR map with keys that are none") from error
    return value, reader.position
