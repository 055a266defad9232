"""Does a JPEG, PNG, GIF or TIFF picture break off before its end?"""

from __future__ import annotations

import struct
from typing import Final

from provenance.formats.cut_off.model import CutOff, short_of, without
from provenance.formats.parts import Layout

UNREAD: Final = "unreadable"
"""Name of the last region where a reader could not go on."""
END_OF_PICTURE: Final = "the end of the picture"
_CHUNK: Final = 12
"""Bytes of a PNG chunk around its content, and all of those of the last one."""
_MOST: Final = 1 << 40
"""Bytes beyond which a table of pixels is a mistake, and no announcement."""


def _rest(data: bytes, layout: Layout) -> int:
    """Where what could not be read begins; the file's end where all was."""
    last = layout.regions[-1] if layout.regions else None
    return last.start if last is not None and last.name == UNREAD else len(data)


def jpeg(data: bytes, layout: Layout) -> CutOff | None:
    """By the marker at the end and the lengths of segments (ITU-T T.81, annex B); tables of further pictures (MPF)."""
    if layout.complete:
        # What a table of further pictures names behind it may have been taken away: programs leave such tables behind.
        return None
    size, rest = len(data), _rest(data, layout)
    stop = size
    if rest < size:
        length = int.from_bytes(data[rest + 2 : rest + 4], "big")
        if data[rest] != 0xFF or (rest + 4 <= size and (length < 2 or rest + 2 + length <= size)):
            return None
        stop = rest + 2 + length if rest + 4 <= size else size
    if layout.announced > stop:
        return short_of(size, layout.announced)
    return short_of(size, stop, is_least=True, lacks=END_OF_PICTURE) or without(size, END_OF_PICTURE)


def png(data: bytes, layout: Layout) -> CutOff | None:
    """By the last chunk and the lengths of the others (ISO/IEC 15948, sections 5.3 and 5.6)."""
    if layout.complete:
        return None
    rest, size = _rest(data, layout), len(data)
    name = data[rest + 4 : rest + 8]
    if size - rest >= 8 and not (name.isascii() and name.isalpha()):
        return None
    length = int.from_bytes(data[rest : rest + 4], "big") if size - rest >= 8 else 0
    if length >= 1 << 31:
        return None
    stop = rest + _CHUNK + length + (_CHUNK if name != b"IEND" else 0)
    if length:
        return short_of(size, stop, is_least=True, lacks=END_OF_PICTURE)
    return without(size, END_OF_PICTURE)


def gif(data: bytes, layout: Layout) -> CutOff | None:
    """By the trailer; blocks announce 255 bytes at most (GIF89a, section 27)."""
    if layout.complete:
        return None
    rest = _rest(data, layout)
    last = layout.boxes[-1] if layout.boxes else None
    in_image = last is not None and last.name == "2C" and last.end == rest
    is_block = in_image or rest >= len(data) or data[rest] in b"!,"
    return without(len(data), END_OF_PICTURE) if is_block else None


def tiff(data: bytes, layout: Layout) -> CutOff | None:
    """By the first directory, and the places and lengths of pixels and of what else is known (TIFF 6.0, section 2)."""
    size, order, is_big = len(data), "<" if data[:2] == b"II" else ">", data[2:4] in (b"+\0", b"\0+")
    if size < (16 if is_big else 8):
        return without(size, END_OF_PICTURE)
    (first,) = struct.unpack_from(f"{order}{'Q' if is_big else 'I'}", data, 8 if is_big else 4)
    stop = first + (8 if is_big else 2)
    if stop <= size:
        (count,) = struct.unpack_from(f"{order}{'Q' if is_big else 'H'}", data, first)
        stop += count * (20 if is_big else 12) + (8 if is_big else 4)
    announced = max(one for one in (stop, layout.announced, 0) if one < _MOST)
    return short_of(size, announced, is_least=True)
