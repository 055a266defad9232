"""Which value stands at a place in a PDF (ISO 32000-2, sections 7.2 and 7.3)?

Tolerant as readers are: what makes no sense is skipped over, what does not end makes no value. Every call draws on one
budget, so that a file whose tables lead to the same bytes over and over costs no more than its length.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

MAX_DEPTH: Final = 500
"""Arrays and dictionaries inside each other; readers give up at 100 to 500."""

BYTES_FREE: Final = 6
"""A token of up to two to this many bytes costs one; longer ones cost by their length."""
_CLOSES: Final = {b"<<": b">>", b"[": b"]"}
_NAME, _WHOLE, _MARK, _STRING_OPENS, _OCTETS = 1, 2, 3, 4, 5
"""Groups of a token; the last one is a word."""
SPACE: Final = rb"[\0\t\n\f\r ]"
_SKIP: Final = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+")
_TOKEN: Final = re.compile(
    rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+"
    rb"(?:(/[^\0\t\n\f\r ()<>\[\]{}/%]*+)|([+-]?\d{1,20})(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)|(<<|>>|[\[\]{}])|(\()"
    rb"|<([^<>]*+)>|([^\0\t\n\f\r ()<>\[\]{}/%]++)|.)",
    re.DOTALL,
)
_STRING: Final = re.compile(rb"((?:[^()\\]++|\\.)*+)([()])", re.DOTALL)
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_REFERS: Final = re.compile(
    rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)++(?:\d{1,5}(?:[\0\t\n\f\r ]++|%[^\r\n]*+)++)?R(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)"
)
"""What follows the first or the second number of a reference."""
_STOPS: Final = frozenset({b"endobj", b"stream", b"obj", b"endstream", b"xref", b"startxref", b"trailer"})


class Name(bytes):
    """A name, without its slash and with its escapes resolved (section 7.3.5)."""


class String(NamedTuple):
    """A string; what it holds is not looked at."""

    start: int
    end: int


class Reference(NamedTuple):
    """A reference to an indirect object (section 7.3.10)."""

    number: int
    generation: int


class Dictionary(NamedTuple):
    """A dictionary: readers take the first or the last of equal keys, so all of them are kept (section 7.3.7)."""

    pairs: tuple[tuple[bytes, Any], ...]
    strays: tuple[Any, ...] = ()
    """What stands where a name should."""

    def all(self, key: bytes) -> list[Any]:
        """Every value under a key."""
        return [value for name, value in self.pairs if name == key]

    def get(self, key: bytes) -> Any:
        """The last value under a key; None where there is none."""
        return next(iter(self.all(key)[::-1]), None)

    @property
    def keys(self) -> frozenset[bytes]:
        """All keys."""
        return frozenset(name for name, _ in self.pairs)


class Keyword(bytes):
    """A word of its own: `true`, `null`, a real number, or what makes no sense."""


class BudgetError(Exception):
    """More has been read than the file's length allows."""


class Budget:
    """How many tokens may still be read."""

    def __init__(self, tokens: int) -> None:
        """`tokens` is for everything that is read of one file."""
        self.left = tokens

    def take(self, number: int = 1) -> None:
        """Raises BudgetError."""
        self.left -= number
        if self.left < 0:
            raise BudgetError("got more to read than the file is long")


def skip(data: bytes, position: int) -> int:
    """Behind white space and comments."""
    found = _SKIP.match(data, position)
    return found.end() if found else position


def value_at(data: bytes, position: int, budget: Budget) -> tuple[Any, int]:
    """(value, end) of what stands at a place; the value is None where there is none that ends.

    Dictionaries come as `Dictionary`, arrays as `list`, whole numbers as `int`. A reference is made of the two numbers
    before an `R`.

    Raises:
        BudgetError: The budget is used up.
    """
    open_values: list[tuple[list[Any], bytes]] = []
    items: list[Any] = []
    match = _TOKEN.match
    while True:
        found = match(data, position)
        end = found.end() if found else len(data)
        budget.take(1 + (end - position >> BYTES_FREE))
        if found is None:
            return None, end
        position, kind = end, found.lastindex
        text = found[kind] if kind else b"?"
        if kind == _MARK:
            if text in _CLOSES and len(open_values) < MAX_DEPTH:
                open_values.append((items, _CLOSES[text]))
                items = []
                continue
            if not open_values or open_values[-1][1] != text:
                return None, position
            done: Any = _dictionary(items) if text == b">>" else items
            items, _ = open_values.pop()
            items.append(done)
        elif kind == _STRING_OPENS:
            position = _string_end(data, position, budget)
            if position < 0:
                return None, len(data)
            items.append(String(end - 1, position))
        elif text in _STOPS:
            return None, end - len(text)
        else:
            _put(items, kind, text, end)
        if not open_values and not (isinstance(items[-1], int) and _may_refer(data, position)):
            return items[0] if len(items) > 1 else items[-1], position


def _put(items: list[Any], kind: int | None, text: bytes, end: int) -> None:
    """One more value that is neither open nor a string in round brackets."""
    if kind == _NAME:
        items.append(Name(_ESCAPED.sub(_unescape, text[1:]) if b"#" in text else text[1:]))
    elif kind == _WHOLE:
        items.append(int(text))
    elif kind == _OCTETS:
        items.append(String(end - len(text) - 2, end))
    elif text == b"R" and len(items) >= 2 and isinstance(items[-1], int) and isinstance(items[-2], int):
        items[-2:] = [Reference(items[-2], items[-1])]
    else:
        items.append(Keyword(text))


def _may_refer(data: bytes, position: int) -> bool:
    """Whether a number at the top is the first or second of a reference's."""
    return _REFERS.match(data, position) is not None


def _unescape(found: re.Match[bytes]) -> bytes:
    return bytes((int(found.group(1), 16),))


def _string_end(data: bytes, position: int, budget: Budget) -> int:
    """Behind a string whose first bracket is behind us; -1 where it does not end."""
    depth = 1
    while depth:
        found = _STRING.match(data, position)
        end = found.end() if found else len(data)
        budget.take(1 + (end - position >> BYTES_FREE))
        if found is None:
            return -1
        depth += 1 if found.group(2) == b"(" else -1
        position = end
    return position


def _dictionary(items: list[Any]) -> Dictionary:
    pairs, strays, number = list[tuple[bytes, Any]](), list[Any](), 0
    while number < len(items):
        key = items[number]
        if isinstance(key, Name) and number + 1 < len(items):
            pairs.append((bytes(key), items[number + 1]))
            number += 2
        else:
            strays.append(key)
            number += 1
    return Dictionary(tuple(pairs), tuple(strays))
