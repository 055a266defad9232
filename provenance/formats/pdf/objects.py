"""Which objects lie in a PDF, one behind the other, and where do their streams end (ISO 32000-2, 7.3.8 and 7.3.10)?"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from provenance.formats.pdf.syntax import Budget, Dictionary, Reference, skip, value_at

MAX_OBJECTS: Final = 1_000_000
"""Objects of one file; a book of a thousand pages has a hundred thousand."""
MAX_RATIO: Final = 12
"""Bytes that are unpacked for each byte of the file: object streams pack to a fifth."""
MAX_FREE: Final = 4 * 1024 * 1024
"""Bytes that may be unpacked of however small a file."""

MAX_WIDTH: Final = 4_096
"""Bytes of a row before a predictor; those of tables have up to twenty."""

_S: Final = rb"(?:[\0\t\n\f\r ]++|%[^\r\n]{0,255}+[\r\n])"
_GAP: Final = _S + rb"{1,16}+"
GAP: Final = _S + rb"{0,16}+"
"""What may stand between words, or nothing."""
HEADER: Final = re.compile(rb"(\d{1,10})" + _GAP + rb"[+-]{0,2}+(\d{1,20})" + _S + rb"{0,16}+obj(?![A-Za-z])")
"""What every object begins with."""
_OBJ: Final = re.compile(rb"obj(?<=[\0\t\n\f\r \d]obj)(?![A-Za-z])")
"""How every header ends: to look for it takes a tenth of the time that looking for numbers takes."""
_PLAIN: Final = re.compile(rb"[\r\n](\d{1,10}) \d{1,5} \Z")
"""A header at the start of a line and without comments, up to its last word: no other header can hold this one."""
_PLAIN_BYTES: Final = 19
"""Bytes of the longest of these."""
_NUMBER: Final = re.compile(rb"obj" + _GAP + rb"\d{1,10}" + _GAP + rb"endobj")
"""An object that is a whole number, from the last word of its header on."""
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)?")
_CLOSED: Final = re.compile(rb"[\0\t\n\f\r ]{0,8}endstream")
_LENGTHS: Final = re.compile(
    rb"(\d{1,10})" + _GAP + rb"\d{1,5}" + _GAP + rb"obj" + _GAP + rb"(\d{1,10})" + _GAP + rb"endobj"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfObject:
    """One indirect object."""

    number: int
    start: int
    """Of its header."""
    value: Any
    """None where it does not end."""
    stream: int = 0
    """Where its stream's bytes begin; 0 where it has none."""

    @property
    def dictionary(self) -> Dictionary:
        """The value where it is a dictionary, else an empty one."""
        return self.value if isinstance(self.value, Dictionary) else Dictionary(())


class Objects:
    """Reads objects of one file, each from its own place."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        """`budget` is for everything that is read of the file."""
        self.data, self.budget = data, budget
        self.room = MAX_FREE + MAX_RATIO * len(data)
        self._lengths = dict[int, int]()
        for found in _whole_numbers(data):
            number, length = int(found.group(1)), int(found.group(2))
            self._lengths[number] = max(length, self._lengths.get(number, 0))
        self._last_end = data.rfind(b"endstream")

    def scan(self) -> Iterator[PdfObject]:
        """Every object from the first byte on, as a reader finds them that mends a file. Raises BudgetError."""
        position = 0
        while found := self._header(position):
            self.budget.take()
            one = self.read(found)
            yield one
            said = self.said(one)
            position = max(found.end(), said if self._is_closed(said) else one.stream)

    def _header(self, position: int) -> re.Match[bytes] | None:
        """The first header from a place on."""
        end = _OBJ.search(self.data, position)
        if end is None:
            return None
        plain = _plain(self.data, position, end.start())
        return HEADER.search(self.data, position) if plain < 0 else HEADER.match(self.data, plain)

    def at(self, position: int) -> PdfObject | None:
        """The object whose header stands at a place, white space aside. Raises BudgetError."""
        found = HEADER.match(self.data, skip(self.data, position))
        return self.read(found) if found else None

    def read(self, found: re.Match[bytes]) -> PdfObject:
        """The object behind a header. Raises BudgetError."""
        value, end = value_at(self.data, found.end(), self.budget)
        opened = _STREAM.match(self.data, skip(self.data, end)) if isinstance(value, Dictionary) else None
        stream = opened.end() if opened else 0
        return PdfObject(number=int(found.group(1)), start=found.start(), value=value, stream=stream)

    def said(self, one: PdfObject) -> int:
        """Where a stream ends by its Length, the longest that any object gives it; 0 where there is none."""
        return one.stream and one.stream + max(map(self.length, one.dictionary.all(b"Length")), default=0)

    def stop(self, one: PdfObject) -> int:
        """Where a stream ends at the latest by any reading, within the file. Raises BudgetError."""
        said = self.said(one)
        if not one.stream or self._is_closed(said):
            return said
        end = self.data.find(b"endstream", one.stream) if one.stream <= self._last_end else len(self.data)
        self.budget.take((max(end, one.stream) - one.stream) >> 10)
        return min(max(said, end), len(self.data))

    def know(self, number: int, length: int) -> None:
        """A number that an object stream holds, and that may be a Length."""
        self._lengths[number] = max(length, self._lengths.get(number, 0))

    def length(self, value: Any) -> int:
        """A whole number, of its own or in another object; 0 where there is none."""
        if isinstance(value, Reference):
            return self._lengths.get(value.number, 0)
        return value if isinstance(value, int) and value > 0 else 0

    def _is_closed(self, end: int) -> bool:
        """Whether a stream's end is followed by its keyword."""
        return bool(end) and _CLOSED.match(self.data, end) is not None

    def content(self, one: PdfObject) -> bytes | None:
        """A stream unpacked; None where it is packed in a way that is not followed here, or too large."""
        filters = [one.dictionary.get(b"Filter")]
        while len(filters) == 1 and isinstance(filters[0], list):
            filters = filters[0]
        raw = memoryview(self.data)[one.stream : self.stop(one)]
        if filters in ([], [None], [b"null"]):
            content = bytes(raw)
        elif filters in ([b"FlateDecode"], [b"Fl"]) and self.room > 0:
            unpacking = zlib.decompressobj()
            try:
                content = unpacking.decompress(raw, self.room)
            except zlib.error:
                return None
            self.room -= len(content)
            if unpacking.unconsumed_tail:
                return None
        else:
            return None
        parameters = one.dictionary.get(b"DecodeParms")
        if isinstance(parameters, Dictionary | list):
            self.budget.take(len(content) >> 1)
        return _unpredicted(content, parameters)


def _plain(data: bytes, start: int, end: int) -> int:
    """Where a plain header begins that ends in `obj` at `end`; -1 where none does from `start` on."""
    before = max(start, end - _PLAIN_BYTES)
    found = _PLAIN.search(data[before:end])
    return before + found.start(1) if found else -1


def _whole_numbers(data: bytes) -> Iterable[re.Match[bytes]]:
    """Every object that is a whole number."""
    plain = list[int]()
    for end in _NUMBER.finditer(data):
        plain.append(_plain(data, 0, end.start()))
        if plain[-1] < 0:
            return _LENGTHS.finditer(data)
    return (found for start in plain if (found := _LENGTHS.match(data, start)))


def inside(one: PdfObject, content: bytes) -> list[tuple[int, int]] | None:
    """(number, start) of each object in an object stream's content (section 7.5.7); None where that cannot be read."""
    first, count = one.dictionary.get(b"First"), one.dictionary.get(b"N")
    if not isinstance(first, int) or not isinstance(count, int) or not 0 <= first <= len(content):
        return None
    words = content[:first].replace(b"\0", b" ").split()
    if len(words) != 2 * count or not all(word.isdigit() and len(word) <= 10 for word in words):
        return None
    return [(int(number), first + int(place)) for number, place in zip(words[::2], words[1::2], strict=True)]


def _unpredicted(content: bytes, parameters: Any) -> bytes | None:
    """Rows as they were before a PNG predictor (section 7.4.4.4); None for another predictor."""
    while isinstance(parameters, list) and len(parameters) == 1:
        parameters = parameters[0]
    if not isinstance(parameters, Dictionary):
        return content if parameters is None or parameters == b"null" else None
    predictor, columns = parameters.get(b"Predictor"), parameters.get(b"Columns")
    if predictor in (None, 1):
        return content
    colours, bits = parameters.get(b"Colors") or 1, parameters.get(b"BitsPerComponent") or 8
    if not isinstance(predictor, int) or predictor < 10 or (colours, bits) != (1, 8):
        return None
    width = columns if isinstance(columns, int) and columns > 0 else 1
    if width > MAX_WIDTH:
        return None
    rows, before = bytearray(), bytes(width)
    for start in range(0, len(content), width + 1):
        kind, row = content[start], bytearray(content[start + 1 : start + 1 + width])
        for at in range(len(row)):
            left = row[at - 1] if at else 0
            over, corner = before[at], before[at - 1] if at else 0
            row[at] = row[at] + (0, left, over, (left + over) // 2, _paeth(left, over, corner))[min(kind, 4)] & 0xFF
        rows += row
        before = bytes(row).ljust(width, b"\0")
    return bytes(rows)


def _paeth(left: int, over: int, corner: int) -> int:
    """The Paeth predictor (PNG, section 9.4)."""
    guess = left + over - corner
    return min((left, over, corner), key=lambda one: abs(guess - one))
