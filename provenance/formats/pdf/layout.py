"""Which bytes of a PDF are the manifest store, and which the document (ISO 32000-2; C2PA 2.4, section A.4)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered
from provenance.formats.pdf.actions import DOUBLE, LINK, OPENED, WORTH_READING, Actions, is_as_written, opens, refers_to
from provenance.formats.pdf.objects import GAP, HEADER, Objects, PdfObject, inside
from provenance.formats.pdf.syntax import Budget, BudgetError, skip, value_at
from provenance.formats.pdf.tables import Tables
from provenance.formats.stores.scan import STORE

MAX_STORES: Final = 8
"""Streams that hold a store: one is right, more are told."""
FREE_TOKENS: Final = 100_000
"""Tokens that may be read of however small a file; more by three quarters of its bytes."""

_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)\Z")
"""What stands before a stream's bytes (ISO 32000-2, section 7.3.8.1; a lone return is not allowed, and written)."""
_WORDS: Final = re.compile(
    rb"startxref|trailer" + GAP + rb"<<|xref" + GAP + rb"[+-]?\d|%PDF-|%%EOF|endstream|endobj",
)
"""What readers look for who mend a file, apart from objects."""
_BEHIND: Final = re.compile(rb"[\0\t\n\f\r ]{0,8}endstream")
_LINEARIZED: Final = re.compile(rb"/Linearized\b[^>]{0,400}")
_NUMBERS: Final = re.compile(rb"/[HT][\0\t\n\f\r ]*\[?[\0\t\n\f\r ]*(\d{1,19})")


def _stores(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of every store that begins where a stream begins.

    The store of a signed picture on one of the pages lies further inside its own.
    """
    found, position = list[tuple[int, int]](), 0
    while (store := STORE.search(data, position)) and len(found) < MAX_STORES:
        start = store.start() - 4
        size = int.from_bytes(data[max(start, 0) : store.start()], "big")
        if size < 33 or start + size > len(data) or not _STREAM.search(data, max(0, start - 16), max(0, start)):
            position = store.end()
            continue
        found.append((start, start + size))
        position = start + size
    return found


class _Pdf:
    """Holds one file's tables and objects against where its stores lie."""

    def __init__(self, data: bytes, stores: list[tuple[int, int]]) -> None:
        self.data, self.stores = data, stores
        self.objects = Objects(data, Budget(FREE_TOKENS + len(data) * 3 // 4))
        self.found: dict[int, PdfObject] = {}
        """Every object by the place of its header."""
        self.doubts: dict[Doubt, None] = {}

    def read(self) -> tuple[Doubt, ...]:
        """Everything that no hash answers for. Raises BudgetError."""
        self.found = {one.start: one for one in self.objects.scan()}
        tables = Tables(self.objects, max(0, self.data.find(b"%PDF-")))
        self._placed(tables)
        contents = self._unpacked([one for one in self.found.values() if self._is_packed(one, tables)])
        carriers = self._carriers(tables)
        self._numbers(tables)
        actions = Actions(carriers)
        for one in self.found.values():
            if one.value is not None:
                actions.read(one.number, one.value, is_stream=bool(one.stream))
        if self._mentions_in_ruins(carriers):
            actions.unclear.add(DOUBLE)
        for trailer in tables.trailers:
            actions.read(0, trailer)
        self._packed(contents, actions)
        return (*self.doubts, *actions.doubts())

    def _doubt(self, code: str, what: str, start: int = 0, end: int = 0) -> None:
        if sum(one.code == code for one in self.doubts) < 8:
            self.doubts[Doubt(code, what, start, end)] = None

    def _leads_in(self, place: int) -> bool:
        """Whether a place is inside a store; some readers count from the header, some in 32 bits."""
        shift = max(0, self.data.find(b"%PDF-", 0, 1024))
        return any(
            start <= one < end
            for start, end in self.stores
            for one in (place, place + shift, place & 0xFFFFFFFF, (place + shift) & 0xFFFFFFFF)
        )

    def _placed(self, tables: Tables) -> None:
        """Objects where the tables say that they are; one that is not there makes readers look for it."""
        missing = not tables.is_sound
        for number, offset in dict.fromkeys(tables.placed):
            if not offset or not number:
                continue
            places = {offset, offset + tables.shift}
            here = [one for place in places if (one := self._object_at(place)) is not None]
            self.found |= {one.start: one for one in here}
            missing |= not any(one.number == number for one in here)
        if missing:
            self._doubt("integrity.tables", "tables by which not every object is found")
        if tables.is_encrypted and any(self._is_packed(one, tables) for one in self.found.values()):
            self._doubt("integrity.tables", "parts of it that are encrypted")

    def _object_at(self, place: int) -> PdfObject | None:
        if not 0 <= place < len(self.data):
            return None
        start = skip(self.data, place)
        self.objects.budget.take(1 + (start - place >> 6))
        return self.found.get(start) or self.objects.at(start)

    def _is_packed(self, one: PdfObject, tables: Tables) -> bool:
        """Whether it is a stream of objects."""
        return bool(one.stream) and (one.dictionary.get(b"Type") == b"ObjStm" or one.number in tables.streams)

    def _unpacked(self, packed: list[PdfObject]) -> list[tuple[bytes, list[tuple[int, int]]]]:
        """Object streams; the whole numbers among their objects may be lengths of other streams."""
        contents = []
        for one in packed:
            content = self.objects.content(one) if one.stream else None
            places = inside(one, content) if content is not None else None
            if content is None or places is None:
                self._doubt("integrity.tables", "streams of objects that cannot be read", one.start, one.stream)
                continue
            self.objects.budget.take(len(places))
            for number, place in places:
                if whole := _WHOLE.match(content, place):
                    self.objects.know(number, int(whole.group(1)))
            contents.append((content, places))
        return contents

    def _carriers(self, tables: Tables) -> frozenset[int]:
        """Numbers of the objects whose streams the stores are, and what is wrong with those."""
        numbers = set[int]()
        for start, end in self.stores:
            owners = [one for one in self.found.values() if one.stream == start]
            numbers.update(one.number for one in owners)
            if len(owners) != 1:
                self._doubt("integrity.tables", "Content Credentials in no stream of their own", start, end)
            for one in owners:
                self._carrier(one, end, tables)
            for one in self.found.values():
                if one.stream and one.stream != start and one.start < end and self.objects.stop(one) > start:
                    self._doubt(
                        "integrity.pointer.store", "a stream that reaches into the Content Credentials", one.start, end
                    )
        return frozenset(numbers)

    def _carrier(self, one: PdfObject, end: int, tables: Tables) -> None:
        said = self.objects.said(one)
        if not is_as_written(one.dictionary) or said != end or not _BEHIND.match(self.data, end):
            self._doubt("integrity.tables", "Content Credentials in a stream of another form", one.start, end)
        is_table = one.number in tables.streams or any(self._is_at(one, place, tables) for place in tables.sections)
        if is_table or any(self._is_at(one, place, tables) for number, place in tables.placed if number != one.number):
            self._doubt("integrity.pointer.store", "a table that is the Content Credentials", one.start, end)
        if any(one.start < offset + shift < one.stream for _, offset in tables.placed for shift in (0, tables.shift)):
            self._doubt("integrity.pointer.store", "a table that leads beside an object", one.start, one.stream)

    def _is_at(self, one: PdfObject, place: int, tables: Tables) -> bool:
        return one.start in (place, place + tables.shift)

    def _numbers(self, tables: Tables) -> None:
        """Places that any table names."""
        for place in (*tables.sections, *(offset for _, offset in tables.placed)):
            if self._leads_in(place):
                self._doubt("integrity.pointer.store", "an object by its tables", place, place)
        for hints in _LINEARIZED.finditer(self.data, 0, 4096):
            if any(self._leads_in(int(one.group(1))) for one in _NUMBERS.finditer(hints.group())):
                self._doubt("integrity.pointer.store", "hints for its first page", *hints.span())

    def _mentions_in_ruins(self, carriers: frozenset[int]) -> bool:
        """Whether an object that does not end, which some readers mend, mentions the stream of a store."""
        pattern, starts = re.compile(refers_to(carriers)), sorted(self.found)
        ends = dict(zip(starts, [*starts[1:], len(self.data)], strict=False))
        return any(
            pattern.search(self.data, start, ends[start]) is not None
            for start, one in self.found.items()
            if one.value is None
        )

    def _packed(self, contents: list[tuple[bytes, list[tuple[int, int]]]], actions: Actions) -> None:
        worth = re.compile(WORTH_READING + b"|" + refers_to(actions.carriers))
        for content, places in contents:
            starts = sorted({place for _, place in places if place < len(content)})
            ends = dict(zip(starts, [*starts[1:], len(content)], strict=False))
            for number, place in places:
                if number in actions.carriers:
                    actions.unclear.add(DOUBLE)
                end = ends.pop(place, 0)
                # What does not end before the next one begins is read in pieces: no part of it is left out.
                while place < end and worth.search(content, place, end):
                    value, place = value_at(content, place, self.objects.budget)
                    actions.read(number, value)
                actions.listed["links"] += len(LINK.findall(content, place, end))
        opened = re.compile(opens(actions.specifications))
        if any(opened.search(content) for content, _ in contents):
            actions.unclear.add(OPENED)


_WHOLE: Final = re.compile(rb"[\0\t\n\f\r ]*+(\d{1,10})[\0\t\n\f\r ]*+(?=\Z|[^\0\t\n\f\r R])")


def _holds_objects(data: bytes, start: int, end: int) -> bool:
    """Whether a reader who mends the file would find something in the store."""
    return HEADER.search(data, start, end) is not None or _WORDS.search(data, start, end) is not None


def _regions(data: bytes, stores: list[tuple[int, int]]) -> Iterator[Region]:
    for start, end in stores:
        # No hash covers the store: a page that is kept in it could be any other tomorrow.
        hides = _holds_objects(data, start, end)
        yield Region(start, end, *((Kind.OTHER, "objects") if hides else (Kind.MANIFEST, "manifest")))


def read_pdf(data: bytes) -> Layout:
    """A PDF: everything is content but the manifest store, which lies uncompressed in an embedded file stream."""
    stores = _stores(data)
    try:
        doubts = _Pdf(data, stores).read()
    except BudgetError:
        doubts = (Doubt("integrity.tables", "more to read than it is long"),)
    return Layout(
        format="pdf",
        size=len(data),
        regions=from_scattered(len(data), _regions(data, stores), rest=Kind.MEDIA, rest_name="document"),
        stores=tuple(data[start:end] for start, end in stores),
        doubts=doubts,
    )
