"""Does a PDF, SVG, ZIP document, or a file that is told by its first bytes alone, break off before its end?"""

from __future__ import annotations

import re
import struct
from typing import Final

from provenance.formats.cut_off.model import CutOff, short_of, without
from provenance.formats.parts import Layout
from provenance.formats.zip.directory import END, LOCAL, number

_LINEARIZED: Final = re.compile(rb"<<[^>]{0,400}/Linearized\b[^>]{0,400}")
_LENGTH: Final = re.compile(rb"/L[\0\t\n\f\r ]+(\d{1,15})")
_HEAD: Final = 4_096
_OBJECT: Final = re.compile(rb"\d[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj\b")
_SVG_TAIL: Final = 4_096
_FAR: Final = 65_557
"""Bytes from the end in which the end record of an archive begins."""
_MOST_TABLES: Final = 256
_MOST: Final = 1 << 48
"""Bytes beyond which a length is a mistake, and no announcement."""


def pdf(data: bytes, _layout: Layout) -> CutOff | None:
    """By the length that a file for the web begins with, and the marker behind the last table (ISO 32000-2, 7.5.5)."""
    size = len(data)
    found = _LINEARIZED.search(data, 0, _HEAD)
    length = _LENGTH.search(found[0]) if found else None
    if length and (cut := short_of(size, int(length[1]))):
        return cut
    last = data.rfind(b"%%EOF")
    is_open = last < 0 or _OBJECT.search(data, last) is not None
    return without(size, "the end of the document") if is_open else None


def svg(data: bytes, layout: Layout) -> CutOff | None:
    """By the last tag (XML 1.0, section 2.1): nothing but space and comments follows it."""
    if layout.complete or re.search(rb"</(?:[\w.-]+:)?svg\s*>", data[-_SVG_TAIL:]):
        return None
    return without(len(data), "the end of the drawing")


def zip_archive(data: bytes, layout: Layout) -> CutOff | None:
    """By the directory at the end, and the length of the last part in front of it (APPNOTE 6.3.10, section 4.3)."""
    size, lacks = len(data), "the list of its parts"
    end = data.rfind(END, max(0, size - _FAR))
    if end >= 0:
        return short_of(size, end + 22 + (number(data, end + 20, 2) if end + 22 <= size else 0), is_least=True)
    if layout.complete:
        return None
    last = data.rfind(LOCAL)
    length = number(data, last + 18, 4) if last >= 0 and not number(data, last + 6, 2) & 8 else 0
    stop = last + 30 + number(data, last + 26, 2) + number(data, last + 28, 2) + length
    is_told = 0 < length < 0xFFFFFFFF
    return (short_of(size, stop, is_least=True, lacks=lacks) if is_told else None) or without(size, lacks)


def by_first_bytes(data: bytes, _layout: Layout) -> CutOff | None:
    """Files of other types by the length in their header: stores, bitmaps, fonts, Matroska."""
    size = len(data)
    if data[4:8] == b"jumb":
        length = int.from_bytes(data[:4], "big")
        return short_of(size, int.from_bytes(data[8:16], "big") if length == 1 else length)
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return short_of(size, int.from_bytes(data[2:6], "little"))
    if data[:5] in (b"OTTO\0", b"\0\1\0\0\0"):
        return _font(data)
    if data[:4] == b"\x1aE\xdf\xa3":
        return _matroska(data)
    if data[:4] == b"OggS":
        return _ogg(data)
    return None


def _font(data: bytes) -> CutOff | None:
    """By its list of tables (ISO/IEC 14496-22, section 4.3)."""
    count = min(int.from_bytes(data[4:6], "big"), _MOST_TABLES)
    ends = [0]
    for at in range(12, min(12 + 16 * count, len(data) - 15), 16):
        offset, length = struct.unpack_from(">II", data, at + 8)
        ends.append(offset + length)
    return short_of(len(data), max(*ends, 12 + 16 * count))


def _matroska(data: bytes) -> CutOff | None:
    """By the length of its one segment (RFC 8794, section 6; RFC 9559, section 4.5)."""
    head = _length(data, 4)
    if head is None:
        return None
    place = head[0] + head[1]
    segment = _length(data, place + 4) if data[place : place + 4] == b"\x18S\x80\x67" else None
    return short_of(len(data), segment[0] + segment[1]) if segment and segment[1] < _MOST else None


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """(where the content begins, its length); None where there is none, or it is not known."""
    if at >= len(data) or not data[at]:
        return None
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & (1 << 7 * width) - 1
    return None if value == (1 << 7 * width) - 1 or at + width > len(data) else (at + width, value)


def _ogg(data: bytes) -> CutOff | None:
    """By the lengths in its last page's header (RFC 3533, section 6)."""
    last = data.rfind(b"OggS\0")
    if last < 0 or last + 27 > len(data):
        return without(len(data), "the end of the sound") if last > 0 else None
    count = data[last + 26]
    table = data[last + 27 : last + 27 + count]
    return short_of(len(data), last + 27 + count + sum(table), is_least=True, lacks="the end of the sound")
