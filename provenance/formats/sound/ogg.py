"""Which pages of an Ogg file carry sound, and which its Content Credentials (RFC 3533; C2PA 2.4, annex A.3)?

The store is the one packet of a logical bitstream of its own, behind the letters `c2pa`. No hash covers its pages, so
that they have to be as a writer makes them, to the last field.
"""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

from provenance.formats.parts import Doubt, Kind, Layout, Parts

CAPTURE: Final = b"OggS"
PACKET: Final = b"\0c2pa"
"""With what the packet of a store begins."""

_HEAD: Final = 27
"""Bytes of a page in front of its table of lengths."""
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_NO_POSITION: Final = (bytes(8), b"\xff" * 8)
"""Positions of a page in which no sound ends."""
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Page(NamedTuple):
    start: int
    end: int
    flags: int
    serial: bytes
    number: int
    lengths: bytes
    body: int
    """Where its segments begin."""


def read_ogg(data: bytes) -> Layout:
    """An Ogg file, page by page. Linear. Raises CredentialsLimitError for more pages than any file has."""
    parts, pages, position = Parts(len(data)), list[_Page](), 0
    by_stream: dict[bytes, list[_Page]] = {}
    while (page := _page(data, position)) is not None:
        pages.append(page)
        by_stream.setdefault(page.serial, []).append(page)
        position = page.end
    streams = {page.serial: data.startswith(PACKET, page.body) for page in pages if page.flags & _FIRST}
    stores, foreign = list[bytes](), set[bytes]()
    for serial in (serial for serial, is_store in streams.items() if is_store):
        own = by_stream[serial]
        packet = b"".join(data[page.body : page.end] for page in own)
        stores.append(packet[len(PACKET) :])
        if not _is_plain(data, own, packet):
            foreign.add(serial)
    for page in pages:
        if not streams.get(page.serial):
            parts.add(page.start, page.end, Kind.MEDIA, "sound")
        elif page.serial in foreign:
            parts.add(page.start, page.end, Kind.FOREIGN, "pages of another form")
        else:
            parts.add(page.start, page.end, Kind.MANIFEST, "manifest")
    is_whole = bool(pages) and not _is_left_open(pages) and not data.startswith(CAPTURE, position)
    doubts = (Doubt("integrity.tables", "pages of a stream that does not begin"),) if _is_stray(pages, streams) else ()
    return Layout(
        format="ogg",
        size=len(data),
        regions=parts.finish(*((Kind.TRAILING, "trailing") if is_whole else (Kind.OTHER, "unreadable"))),
        stores=tuple(stores),
        doubts=doubts,
        complete=is_whole,
    )


def _page(data: bytes, start: int) -> _Page | None:
    """The page that begins there; None where none does, or it breaks off."""
    head = data[start : start + _HEAD]
    if len(head) < _HEAD or head[:5] != CAPTURE + b"\0":
        return None
    lengths = data[start + _HEAD : start + _HEAD + head[26]]
    body = start + _HEAD + head[26]
    end = body + sum(lengths)
    if len(lengths) < head[26] or end > len(data):
        return None
    return _Page(start, end, head[5], head[14:18], int.from_bytes(head[18:22], "little"), lengths, body)


def _is_plain(data: bytes, pages: list[_Page], packet: bytes) -> bool:
    """Whether the pages of a store are numbered, flagged and summed up as they must be, and hold nothing else."""
    last = len(pages) - 1
    for number, page in enumerate(pages):
        flags = (_FIRST if not number else _CONTINUED) | (_LAST if number == last else 0)
        is_full = page.lengths[:-1].strip(b"\xff") == b"" and bool(page.lengths)
        ends = page.lengths[-1:] != b"\xff"
        if (page.flags, page.number) != (flags, number) or not is_full or ends != (number == last):
            return False
        if data[page.start + 6 : page.start + 14] not in _NO_POSITION or not _is_summed(data, page):
            return False
    size = int.from_bytes(packet[len(PACKET) : len(PACKET) + 4], "big")
    return packet[len(PACKET) + 4 : len(PACKET) + 8] == b"jumb" and size == len(packet) - len(PACKET)


def _is_summed(data: bytes, page: _Page) -> bool:
    """Whether a page's checksum is right: 32 bits from the left, from zero, over the page with zeros in its place."""
    content = data[page.start : page.start + 22] + bytes(4) + data[page.start + 26 : page.end]
    found = zlib.crc32(content.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{found:032b}"[::-1], 2) == int.from_bytes(data[page.start + 22 : page.start + 26], "little")


def _is_left_open(pages: list[_Page]) -> bool:
    """Whether a stream has no last page: then the file breaks off."""
    ends = {page.serial: bool(page.flags & _LAST) for page in pages}
    return not all(ends.values())


def _is_stray(pages: list[_Page], streams: dict[bytes, bool]) -> bool:
    """Whether there are pages of a stream of which no first page was seen."""
    return any(page.serial not in streams for page in pages)
