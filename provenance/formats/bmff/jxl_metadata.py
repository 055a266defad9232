"""What do the EXIF and XMP boxes of a JPEG XL file decide of how its picture is shown?

ISO/IEC 18181-2: the codestream has an orientation of its own, and a decoder goes by no other. But the JPEG file that
many of these carry is given back with the EXIF and XMP of the boxes in it (`jbrd`), and viewers read them for
themselves. Boxes may be packed with brotli (`brob`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.store.boxes import MAX_INFLATED_BYTES, BoxReader
from provenance.formats.parts import BmffBox, Kind, Region
from provenance.formats.shown import ORIENTATION, UNREADABLE, UNREADABLE_XMP, Carrier, exif_shows, together, xmp_shows

MAX_UNFOLDED: Final = 4 * 1024 * 1024
"""Bytes to which all packed boxes of a file may unfold; real metadata has some kilobytes."""


def metadata_shown(data: bytes, boxes: Sequence[BmffBox]) -> tuple[Region, ...]:
    """The boxes that decide something, each under the name of what it decides. Linear; never raises."""
    return together(tuple(_carriers(data, boxes)))


def _carriers(data: bytes, boxes: Sequence[BmffBox]) -> Iterator[Carrier]:
    reader = BoxReader()
    # What is left of the budget of a whole store.
    reader.inflated = MAX_INFLATED_BYTES - MAX_UNFOLDED
    for box in boxes:
        name, content = box.type, b""
        is_packed = name == "brob"
        if is_packed:
            name = data[box.start + box.header : box.start + box.header + 4].decode("latin-1")
        if name not in ("Exif", "xml "):
            continue
        try:
            start = box.start + box.header + 4 * is_packed
            content = data[start : box.end]
            content = bytes(reader.inflate(memoryview(content))) if is_packed else content
        except CredentialsError:
            shows = (UNREADABLE,) if name == "Exif" else (UNREADABLE_XMP,)
            yield Carrier(_region(box, name), shows, orients=True)
            continue
        if name == "Exif":
            yield Carrier(_region(box, name), _exif_shows(content), orients=True)
        else:
            yield Carrier(_region(box, name), xmp_shows(content), orients=ORIENTATION in content)


def _region(box: BmffBox, name: str) -> Region:
    return Region(box.start, box.end, Kind.METADATA, "EXIF" if name == "Exif" else "XMP")


def _exif_shows(content: bytes) -> tuple[str, ...]:
    """What the content of an `Exif` box shows: behind the offset of its byte order mark, which is zero.

    Where it is another, some readers go by it and some do not.
    """
    if content[:4] != bytes(4):
        return (UNREADABLE,)
    return exif_shows(content[4:])
