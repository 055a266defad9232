"""Where do a PDF's cross-reference tables and streams say that its objects lie (ISO 32000-2, section 7.5)?

All of them count: every `startxref` of the file, every earlier section, and the hybrid ones beside them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.formats.pdf.objects import Objects, PdfObject
from provenance.formats.pdf.syntax import Dictionary, Reference, skip, value_at

MAX_SECTIONS: Final = 10_000
"""Sections of one file: one an update."""

_START: Final = re.compile(rb"startxref(?:[\0\t\n\f\r ]++|%[^\r\n]{0,255}+[\r\n]){0,16}+([+-]?\d{1,20})")
_SECTION: Final = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+(\d{1,10})[\0\t\n\f\r ]++(\d{1,10})(?=[\0\t\n\f\r ])")
_ENTRY: Final = re.compile(rb"[\0\t\n\f\r ]*+(\d{1,20})[\0\t\n\f\r ]++(\d{1,10})[\0\t\n\f\r ]*+([nf])")
_TRAILER: Final = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+trailer")


class Placed(NamedTuple):
    """Where a table says that an object lies."""

    number: int
    offset: int


class Tables:
    """What all tables of one file say."""

    def __init__(self, objects: Objects, shift: int) -> None:
        """Follows them; `shift` is where the file's header is, from which some readers count. Raises BudgetError."""
        self.objects, self.data, self.shift = objects, objects.data, shift
        self.sections: list[int] = []
        """Where something says that a section lies."""
        self.placed: list[Placed] = []
        self.streams: set[int] = set()
        """Numbers of the object streams that something lies in."""
        self.trailers: list[Dictionary] = []
        self.is_sound = True
        """False where a table cannot be followed: readers then look for objects themselves, each in its own way."""
        self._visited: set[int] = set()
        self._follow()

    @property
    def is_encrypted(self) -> bool:
        """Whether what streams hold can be told only by who has the key."""
        return any(b"Encrypt" in trailer.keys for trailer in self.trailers)

    def _follow(self) -> None:
        starts = [int(found.group(1)) for found in _START.finditer(self.data)]
        queue = deque(start for start in starts if start)
        self.is_sound = bool(queue)
        while queue:
            offset = queue.popleft()
            self.sections.append(offset)
            if len(self.sections) > MAX_SECTIONS:
                self.is_sound = False
                return
            places = {offset, offset + self.shift}
            read = [self._section(place) for place in places if 0 <= place < len(self.data)]
            self.is_sound &= any(read)
            for trailer in read:
                if trailer is not None and trailer is not _KNOWN:
                    self.trailers.append(trailer)
                    queue += _further(trailer, self.objects)

    def _section(self, offset: int) -> Dictionary | None:
        """The trailer of the section at a place; None where there is none."""
        place = skip(self.data, offset)
        self.objects.budget.take(1 + (place - offset >> 6))
        if place in self._visited:
            return _KNOWN
        if self.data.startswith(b"xref", place):
            self._visited.add(place)
            return self._table(place + 4)
        one = self.objects.at(place)
        if one is None:
            return None
        self._visited.add(place)
        return self._stream(one)

    def _table(self, position: int) -> Dictionary | None:
        """A table in words (section 7.5.4)."""
        while head := _SECTION.match(self.data, position):
            number, count = int(head.group(1)), int(head.group(2))
            position = head.end()
            for at in range(number, number + count):
                entry = _ENTRY.match(self.data, position)
                self.objects.budget.take()
                if entry is None:
                    return None
                position = entry.end()
                if entry.group(3) == b"n":
                    self.placed.append(Placed(at, int(entry.group(1))))
        trailer = _TRAILER.match(self.data, position)
        if trailer is None:
            return None
        value, _ = value_at(self.data, trailer.end(), self.objects.budget)
        return value if isinstance(value, Dictionary) else None

    def _stream(self, one: PdfObject) -> Dictionary | None:
        """A table as a stream (section 7.5.8)."""
        head = one.dictionary
        widths = head.get(b"W")
        content = self.objects.content(one) if one.stream and head.get(b"Type") == b"XRef" else None
        if content is None or not isinstance(widths, list) or len(widths) < 3:
            return None
        if not all(isinstance(width, int) and 0 <= width <= 8 for width in widths):
            return None
        ranges = head.get(b"Index") or [0, head.get(b"Size")]
        if not isinstance(ranges, list) or not all(isinstance(number, int) for number in ranges):
            return None
        row, position = sum(widths), 0
        for number, count in zip(ranges[::2], ranges[1::2], strict=False):
            for at in range(number, number + count):
                if not row or position + row > len(content):
                    return None
                self.objects.budget.take()
                self._row(at, content[position : position + row], widths)
                position += row
        return head

    def _row(self, number: int, row: bytes, widths: list[int]) -> None:
        first, second = widths[0], widths[0] + widths[1]
        kind = int.from_bytes(row[:first], "big") if first else 1
        value = int.from_bytes(row[first:second], "big")
        if kind == 1:
            self.placed.append(Placed(number, value))
        elif kind == 2:
            self.streams.add(value)


_KNOWN: Final = Dictionary(())


def _further(trailer: Dictionary, objects: Objects) -> Iterator[int]:
    """Offsets of the earlier section and of the one beside it; -1 for what is none.

    Some readers take a reference for the number that it leads to, others for its own.
    """
    for key in (b"Prev", b"XRefStm"):
        for value in trailer.all(key):
            if isinstance(value, Reference):
                yield value.number
                yield objects.length(value)
            elif value != 0:
                yield value if isinstance(value, int) else -1
