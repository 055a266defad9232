"""Which files inside a file does its own format declare: entries, attachments, further pictures, a film of a photo?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provenance.formats.packed import attachments
from provenance.formats.parts import Kind, Layout, join
from provenance.formats.zip import zip_directory
from provenance.readings.model import Declared, Runs, number

MAX_ITEMS: Final = 1_000
"""Pictures, films and records that one index of a photo lists; phones make two to twelve."""

_RICH_TEXT: Final = re.compile(rb"/R[CV]\s{0,9}\((?:[^()\\]|\\.)*+\)", re.DOTALL)
"""What a note in a document says, as XHTML (ISO 32000-2, section 12.7.4.4)."""

_ITEM: Final = re.compile(rb"<[\w-]{1,40}:Item\b([^<>]{0,2000})>|<rdf:li\b([^<>]{0,2000}Item:[^<>]{0,2000})>")
_LENGTH: Final = re.compile(rb"""Item:Length\s{0,9}=\s{0,9}["'](\d{1,12})["']""")
_PADDING: Final = re.compile(rb"""Item:Padding\s{0,9}=\s{0,9}["'](\d{1,12})["']""")
_MICRO_VIDEO: Final = re.compile(rb"""MicroVideoOffset(?:\s{0,9}=\s{0,9}["']|>)(\d{1,12})""")
_MP_ENTRIES: Final = 0xB002
"""Tag of the list of pictures (CIPA DC-007, section 5.2.3.3)."""
_MP_ENTRY: Final = 16
_SEF_ENTRY: Final = 12


def declared_parts(data: bytes, layout: Layout) -> Declared:
    """The parts that a file declares, by its format. Linear in its length."""
    if layout.format == "zip":
        # Their contents alone: names and extra fields in front of them are no files.
        entries = zip_directory(data).entries
        return Declared(files=join((_content(data, entry.start), entry.end) for entry in entries))
    if layout.format == "pdf":
        return Declared(files=join((*attachments(data), *(match.span() for match in _RICH_TEXT.finditer(data)))))
    if layout.format == "jpeg":
        return Declared(media=_of_photo(data, layout))
    return Declared()


def _content(data: bytes, start: int) -> int:
    """Where the content of an entry begins, behind its local header (APPNOTE 6.3.10, section 4.3.7)."""
    return start + 30 + number(data, start + 26, 2) + number(data, start + 28, 2)


def _of_photo(data: bytes, layout: Layout) -> Runs:
    """What lies behind a JPEG picture by its own indexes, where it looks like what they say."""
    end = next((region.start for region in layout.of_kind(Kind.TRAILING)), len(data))
    found = [*_samsung(data)]
    for region in layout.regions:
        if region.name == "MPF":
            found += _pictures(data, region.start, region.end)
        elif region.name == "XMP":
            found += _items(data[region.start : region.end], end, len(data))
    return join((start, stop) for start, stop in found if end <= start < stop <= len(data) and _begins(data, start))


def _begins(data: bytes, start: int) -> bool:
    """Whether a picture or a film begins there."""
    return data[start : start + 3] == b"\xff\xd8\xff" or data[start + 4 : start + 8] == b"ftyp"


def _pictures(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pictures of a multi-picture file (CIPA DC-007): offsets count from behind the segment's name."""
    base = data.find(b"MPF\0", start, end) + 4
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(data[base : base + 4])
    if base < 4 or order is None:
        return

    def read(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little" if order == "little" else "big")

    directory = base + read(base + 4, 4)
    for at in range(directory + 2, min(end, directory + 2 + 12 * read(directory, 2)), 12):
        if read(at, 2) != _MP_ENTRIES:
            continue
        first, count = base + read(at + 8, 4), read(at + 4, 4) // _MP_ENTRY
        for entry in range(first, first + _MP_ENTRY * min(count, MAX_ITEMS), _MP_ENTRY):
            size, offset = read(entry + 4, 4), read(entry + 8, 4)
            if offset:
                yield base + offset, base + offset + size


def _items(packet: bytes, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Items of a container directory (Ultra HDR, motion photos) and the film of older motion photos.

    They follow the first picture and its padding in order, or, where something else follows them, end with the file.
    """
    listed = [match[1] or match[2] or b"" for match in _ITEM.finditer(packet)][:MAX_ITEMS]
    lengths = [int(found[1]) if (found := _LENGTH.search(item)) else 0 for item in listed]
    pads = [int(found[1]) if (found := _PADDING.search(item)) else 0 for item in listed]
    for start in (end, size - sum(lengths[1:]) - sum(pads)):
        position = start + sum(pads[:1])
        for length, pad in zip(lengths[1:], pads[1:], strict=True):
            yield position, position + length
            position += length + pad
    for match in _MICRO_VIDEO.finditer(packet):
        yield size - int(match[1]), size


def _samsung(data: bytes) -> Iterator[tuple[int, int]]:
    """Records of Samsung's trailer: places count backwards from its directory; each has a name in front of its data."""
    directory = len(data) - 8 - number(data, len(data) - 8, 4)
    if data[-4:] != b"SEFT" or directory < 0 or data[directory : directory + 4] != b"SEFH":
        return
    count = min(number(data, directory + 8, 4), MAX_ITEMS)
    for at in range(directory + 12, directory + 12 + _SEF_ENTRY * count, _SEF_ENTRY):
        start = directory - number(data, at + 4, 4)
        yield start + 8 + number(data, start + 4, 4), start + number(data, at + 8, 4)
