"""Where do the tables in a JPEG say that further pictures and films lie, and does one lead where no hash looks?

The Multi-Picture Format (CIPA DC-007) and EXIF's thumbnail count from their own headers, and Google's container and
motion photos, in XMP, from the end of the first picture or of the file.
"""

from __future__ import annotations

import bisect
import itertools
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provenance.formats.parts import Doubt, Kind, Region, join

MAX_PICTURES: Final = 1_000
"""Entries of one table; phones write two to four, cameras for panoramas some dozens."""

NAMES: Final = {
    "MPF": "picture that MPF names",
    "XMP": "picture or film that XMP names",
    "EXIF": "thumbnail that EXIF names",
}
_THUMBNAIL: Final = 0x0201
_THUMBNAIL_SIZE: Final = 0x0202
_ENTRIES: Final = 0xB002
_CONTAINER: Final = (b"photos/1.0/container", b"MicroVideo", b"MotionPhoto")
_LENGTH: Final = re.compile(rb"""(?:MicroVideoOffset|Length)\s{0,8}(?:=\s{0,8}["']|>)\s{0,8}([0-9]{1,12})""")
_JPEG: Final = b"\xff\xd8\xff"
_FILM: Final = b"ftyp"


def further_pictures(
    data: bytes, metadata: Iterable[tuple[Region, bytes]], regions: Sequence[Region]
) -> tuple[tuple[Region, ...], tuple[Doubt, ...]]:
    """(places of pictures and films beside the first, doubts about tables that lead into the manifest store).

    A table that leads nowhere, because what it names was taken away or moved, shows nothing and is left alone.
    Linear; never raises.
    """
    stores = join((region.start, region.end) for region in regions if region.kind in (Kind.MANIFEST, Kind.FOREIGN))
    found, doubts = list[Region](), list[Doubt]()
    for region, payload in metadata:
        for start, end in _named(region, payload, data, regions):
            if not (data.startswith(_JPEG, start) or (region.name == "XMP" and data.startswith(_FILM, start + 4))):
                continue
            number = bisect.bisect_right(stores, (start, len(data))) - 1
            if number >= 0 and start < stores[number][1]:
                doubts.append(Doubt("integrity.pointer.store", f"a {NAMES[region.name]}", start, end))
            else:
                found.append(Region(start, end, Kind.MEDIA, NAMES[region.name]))
    return tuple(found), tuple(doubts)


def _named(region: Region, payload: bytes, data: bytes, regions: Sequence[Region]) -> Iterator[tuple[int, int]]:
    if region.name == "MPF":
        base = region.start + 8
        for offset, size in _multi_picture(payload[4:]):
            if base + offset < len(data):
                yield base + offset, min(base + offset + size, len(data))
    elif region.name == "EXIF":
        base, (offset, size) = region.start + 10, _thumbnail(payload[6:])
        # Within its own segment it is whatever the segment is.
        if region.end <= base + offset < len(data):
            yield base + offset, min(base + offset + size, len(data))
    elif region.name == "XMP" and any(word in payload for word in _CONTAINER):
        # Everything behind the picture is what the container names.
        if regions[-1].kind is Kind.TRAILING:
            yield regions[-1].start, regions[-1].end
        for found in itertools.islice(_LENGTH.finditer(payload), MAX_PICTURES):
            if 0 < int(found[1]) < len(data):
                start = len(data) - int(found[1])
                yield start, min(start + 8, len(data))


def announced(metadata: Iterable[tuple[Region, bytes]]) -> int:
    """Up to where the pictures go that a multi-picture table names; 0 where there is none."""
    named = (
        region.start + 8 + offset + size
        for region, payload in metadata
        if region.name == "MPF"
        for offset, size in _multi_picture(payload[4:])
    )
    return max(named, default=0)


def _entries(block: bytes, order: str, position: int) -> Iterator[tuple[int, int, int]]:
    """(tag, length, value) of a directory's entries, as far as they lie in the block."""
    if position + 2 > len(block):
        return
    (count,) = struct.unpack_from(f"{order}H", block, position)
    for at in range(position + 2, min(position + 2 + 12 * count, len(block) - 11), 12):
        tag, _, length, value = struct.unpack_from(f"{order}HHII", block, at)
        yield tag, length, value


def _first(block: bytes) -> tuple[str, int]:
    """(byte order, where the first directory lies); an empty order where it is no such block."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4], "")
    if not order or len(block) < 10:
        return "", 0
    return order, int(struct.unpack_from(f"{order}I", block, 4)[0])


def _thumbnail(block: bytes) -> tuple[int, int]:
    """(offset from the block's start, size) of the thumbnail that the second directory names; zeros where none is."""
    order, position = _first(block)
    if not order or position + 2 > len(block):
        return 0, 0
    (count,) = struct.unpack_from(f"{order}H", block, position)
    following = position + 2 + 12 * count
    if following + 4 > len(block):
        return 0, 0
    (second,) = struct.unpack_from(f"{order}I", block, following)
    fields = {tag: value for tag, _, value in _entries(block, order, second)} if second else {}
    return fields.get(_THUMBNAIL, 0), fields.get(_THUMBNAIL_SIZE, 0)


def _multi_picture(block: bytes) -> Iterator[tuple[int, int]]:
    """(offset from the block's start, size) of all pictures but the first, which is the file's own."""
    order, position = _first(block)
    if not order:
        return
    for tag, length, value in _entries(block, order, position):
        if tag != _ENTRIES:
            continue
        last = min(value + length, value + 16 * MAX_PICTURES, len(block))
        for entry in range(value, last - 15, 16):
            _, size, offset = struct.unpack_from(f"{order}III", block, entry)
            if offset:
                yield offset, size
