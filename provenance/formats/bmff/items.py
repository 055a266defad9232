"""Which pictures and other items does a HEIF or AVIF file hold, and where do their bytes lie?

ISO/IEC 14496-12, section 8.11, and ISO/IEC 23008-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from provenance.formats.bmff.boxes import Table
from provenance.formats.bmff.tables import Run
from provenance.formats.parts import BmffBox, find_boxes

MAX_ITEMS: Final = 65_536
"""Items of one file: a picture of 100 megapixels in tiles of 512 has 400."""
MAX_EXTENTS: Final = 131_072
"""Extents of all items of one list of locations: nearly all real ones have one each."""
IN_FILE, IN_BOX, IN_ITEM = 0, 1, 2
"""How an extent is meant: from the file's start, within `idat`, within another item (section 8.11.3.3)."""
_DERIVED: Final = ("grid", "iden", "iovl", "tmap")
"""Items that are made of others (ISO/IEC 23008-12, section 6.6; ISO 21496-1)."""


class Place(NamedTuple):
    """An extent of an item."""

    item: int
    method: int
    source: int
    """Entry of the table of other files in which it lies, 0 for this file."""
    start: int
    """Within whatever `method` says."""
    length: int
    """0 for all of it."""


def places(data: bytes, iloc: BmffBox) -> Iterator[Place]:
    """The extents of all items (section 8.11.3). Raises IndexError where the table breaks off."""
    return located(Table(data, iloc))


def located(table: Table) -> Iterator[Place]:
    """The same from a table of which nothing was read yet, up to where it ends by its own account."""
    version = table.take(1)
    table.take(3)
    sizes, more = table.take(1), table.take(1)
    offset_size, length_size, base_size, index_size = sizes >> 4, sizes & 15, more >> 4, more & 15
    left = MAX_EXTENTS
    for _ in range(table.take(2 if version < 2 else 4)):
        item = table.take(2 if version < 2 else 4)
        method = table.take(2) & 15 if version else IN_FILE
        source, base = table.take(2), table.take(base_size)
        count = table.take(2)
        left -= count
        if left < 0:
            # They may take no bytes at all.
            raise IndexError("got more extents than any real file has")
        is_written = offset_size or length_size or (version and index_size)
        for _ in range(count if is_written else min(count, 1)):  # those that take no bytes are all the same
            if version and index_size:
                table.take(index_size)
            offset, length = table.take(offset_size), table.take(length_size)
            yield Place(item, method, source, base + offset, length)


def item_runs(data: bytes, meta: BmffBox) -> Iterator[Run]:
    """The bytes of all items that lie in the file. Raises IndexError.

    Those that are taken from another item's (method 2) lie where that item's do; those of another file are elsewhere.
    """
    box = next(find_boxes(meta.children, "idat"), None)
    for iloc in find_boxes(meta.children, "iloc"):
        for place in places(data, iloc):
            if place.method == IN_FILE:
                yield Run(place.start, place.length or max(0, len(data) - place.start))
            elif place.method == IN_BOX and box is not None:
                start = box.start + box.header + place.start
                yield Run(start, place.length or max(0, box.end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The items of a picture file."""

    primary: int
    """Number of the picture that is shown first; 0 where none is named."""
    types: dict[int, str]
    """What each item is: `av01`, `hvc1`, `grid`, `Exif`, `mime`, …"""
    mimes: dict[int, str]
    """Media type of each `mime` item."""
    parts: dict[int, tuple[int, ...]]
    """Of what each derived picture is made."""

    @property
    def codec(self) -> str:
        """How the primary picture is coded, through at most eight derivations; empty where that is not said."""
        number = self.primary
        for _ in range(8):
            if self.types.get(number, "") not in _DERIVED:
                break
            number = next(iter(self.parts.get(number, ())), 0)
        return self.types.get(number, "")


def picture_box(data: bytes, boxes: Sequence[BmffBox]) -> BmffBox | None:
    """The top-level `meta` box whose handler is that of pictures."""
    for meta in find_boxes(boxes, "meta"):
        for handler in find_boxes(meta.children, "hdlr"):
            if data[handler.start + handler.header + 8 : handler.start + handler.header + 12] == b"pict":
                return meta
    return None


def read_items(data: bytes, meta: BmffBox) -> Items:
    """What a `meta` box says of its items. Raises IndexError where a table breaks off or has no end."""
    types: dict[int, str] = {}
    mimes: dict[int, str] = {}
    primary = 0
    for box in find_boxes(meta.children, "pitm"):
        table = Table(data, box)
        version = table.take(4) >> 24
        primary = table.take(4 if version else 2)
    for box in find_boxes(meta.children, "iinf"):
        for number, kind, mime in _entries(data, box):
            if len(types) >= MAX_ITEMS:
                raise IndexError("got more items than any real file has")
            types.setdefault(number, kind)
            mimes.setdefault(number, mime)
    return Items(primary=primary, types=types, mimes=mimes, parts=_derivations(data, meta))


def _entries(data: bytes, iinf: BmffBox) -> Iterator[tuple[int, str, str]]:
    """(number, type, media type) of each item (section 8.11.6)."""
    table = Table(data, iinf)
    version = table.take(4) >> 24
    count = table.take(4 if version else 2)
    for _ in range(count):
        start = table.position
        end = start + table.take(4)
        if table.raw(4) != b"infe" or not start + 12 <= end <= table.end:
            raise IndexError("got a list of items that breaks off")
        entry = Table(data, iinf, start=start + 8, end=end)
        form = entry.take(4) >> 24
        number = entry.take(4 if form == 3 else 2)
        entry.take(2)
        kind = entry.raw(4).decode("latin-1") if form >= 2 else ""
        entry.text()
        yield number, kind, entry.text() if kind == "mime" or not kind else ""
        table.position = end


def _derivations(data: bytes, meta: BmffBox) -> dict[int, tuple[int, ...]]:
    """From each derived picture to those that it is made of (`dimg`, section 8.11.12)."""
    found: dict[int, tuple[int, ...]] = {}
    for box in find_boxes(meta.children, "iref"):
        table = Table(data, box)
        size = 4 if table.take(4) >> 24 else 2
        while table.left >= 8:
            end = table.position + table.take(4)
            kind = table.raw(4)
            number, count = table.take(size), table.take(2)
            made_of = tuple(table.take(size) for _ in range(count))
            if kind == b"dimg":
                found.setdefault(number, made_of)
            if not table.position <= end <= table.end:
                raise IndexError("got references between items that break off")
            table.position = end
    return found
