"""Which pictures, films and documents does a document or archive hold packed, and what are they unpacked?

Only what begins like a file that can carry Content Credentials is unpacked to its end; words and tables are not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from provenance.credentials.errors import CredentialsError
from provenance.credentials.store.boxes import BoxReader
from provenance.formats.parts import BmffBox, Layout
from provenance.formats.zip.directory import ZipEntry, number, zip_directory

MAX_UNPACKED: Final = 128 * 1024 * 1024
"""Bytes to which all parts of one file may unfold together: bounds an archive bomb."""
FREE_UNPACKED: Final = 16 * 1024 * 1024
"""Bytes to which they may unfold however small the file is."""
TIMES: Final = 4
"""By how many times its length more: pictures are packed already, documents in documents unfold to two or three times
as much."""
MAX_PARTS: Final = 4_096
"""Parts that are looked into; a large presentation has some hundreds."""

_DEFLATED: Final = 8
"""The method of nearly all packed entries (APPNOTE 6.3.10, section 4.4.5); those of others are not unpacked."""
_ENCRYPTED: Final = 1
_BEGINS: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF....|RF64....|ID3[\3\4]|fLaC|II[*+]\0|MM\0[*+]|%PDF-|....ftyp|OggS|"
    rb"\0\0\0\x0cJXL |....jumb",
    re.DOTALL,
)
"""Files that can carry a manifest store, by their first bytes."""
_FIRST: Final = 256
"""Packed bytes after which a file of interest has begun."""
_STEP: Final = 64 * 1024
_ATTACHED: Final = re.compile(rb"/Type\s{0,9}/EmbeddedFile\b")
_STREAM: Final = re.compile(rb"stream\r?\n")
STREAM_WITHIN: Final = 2_048
"""Bytes of a stream's dictionary behind its type; real ones have a few hundred."""


class Unpacked(NamedTuple):
    """One part of a file, unpacked."""

    name: str
    """In the archive; empty for an attachment, whose name is not read."""
    content: bytes


@dataclass(slots=True)
class Room:
    """How much may still be unpacked, and whether something had to be left."""

    left: int
    is_cut: bool = False


def room_for(data: bytes) -> Room:
    """What a file of that length may unfold to."""
    return Room(left=min(MAX_UNPACKED, FREE_UNPACKED + TIMES * len(data)))


def unpacked(data: bytes, layout: Layout, room: Room) -> Iterator[Unpacked]:
    """Packed parts of a ZIP archive, attachments of a PDF and boxes of a JPEG XL file that can carry a manifest store.

    Args:
        data: the whole file.
        layout: its parts.
        room: is used up; `is_cut` then says that something was left, as it does of what is packed in other ways.
    """
    if layout.format == "zip":
        found = [one for one in zip_directory(data).entries if number(data, one.record + 10, 2)]
        room.is_cut = len(found) > MAX_PARTS
        for entry in found[:MAX_PARTS]:
            yield from _entry(data, entry, room)
    elif layout.format in ("jxl", "bmff"):
        reader = BoxReader()
        yield from (_brotli(data, box, reader, room) for box in layout.bmff if _is_packed_jumbf(data, box))
    elif layout.format == "pdf":
        for at, (start, end) in enumerate(attachments(data)):
            if at >= MAX_PARTS:
                room.is_cut = True
                return
            # Without a filter it is found where it lies; a zlib stream begins so (RFC 1950, section 2.2).
            if data[start : start + 1] == b"\x78":
                yield from _part("", data, start, end, zlib.MAX_WBITS, room)


def _entry(data: bytes, entry: ZipEntry, room: Room) -> Iterator[Unpacked]:
    if number(data, entry.record + 10, 2) != _DEFLATED or number(data, entry.record + 8, 2) & _ENCRYPTED:
        room.is_cut = True
        return
    yield from _part(entry_name(entry), data, entry.data, entry.stop, -zlib.MAX_WBITS, room)


def _part(name: str, data: bytes, start: int, end: int, bits: int, room: Room) -> Iterator[Unpacked]:
    """One part where it begins like a file of interest; what it takes up and unfolds to is taken from the room."""
    inflater = zlib.decompressobj(bits)
    pieces, position = list[bytes](), start
    try:
        while position < end and not inflater.eof and room.left > 0:
            fed = data[position : min(end, position + (_STEP if pieces else _FIRST))]
            position += len(fed)
            pieces.append(inflater.decompress(fed, room.left))
            if len(pieces) == 1 and not _BEGINS.match(pieces[0]):
                return
            room.left -= max(len(fed), len(pieces[-1]))
    except zlib.error:
        # What is there up to the fault is looked at all the same.
        pass
    room.is_cut |= room.left <= 0
    yield Unpacked(name, b"".join(pieces))


def _is_packed_jumbf(data: bytes, box: BmffBox) -> bool:
    return box.type == "brob" and data[box.start + box.header : box.start + box.header + 4] == b"jumb"


def _brotli(data: bytes, box: BmffBox, reader: BoxReader, room: Room) -> Unpacked:
    """A superbox out of a box of brotli (ISO/IEC 18181-2, `brob`), with its header again."""
    try:
        content = bytes(reader.inflate(memoryview(data)[box.start + box.header + 4 : box.end]))
    except CredentialsError:
        room.is_cut, content = True, b""
    return Unpacked("", (8 + len(content)).to_bytes(4, "big") + b"jumb" + content)


def entry_name(entry: ZipEntry) -> str:
    """As the directory gives it; what is no UTF-8 reads as U+FFFD."""
    return entry.name.decode("utf-8", "replace")


def attachments(data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of the streams of a PDF's embedded files (ISO 32000-2, section 7.11.4)."""
    position = 0
    while found := _ATTACHED.search(data, position):
        position = found.end()
        stream = _STREAM.search(data, position, position + STREAM_WITHIN)
        if stream is None or b"endobj" in data[position : stream.start()]:
            continue
        end = data.find(b"endstream", stream.end())
        if end < 0:
            return
        yield stream.end(), end
        position = end
