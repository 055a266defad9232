"""Does an ISO BMFF, JPEG XL or RIFF file break off before its end?"""

from __future__ import annotations

from typing import Final

from provenance.formats.cut_off.model import CutOff, short_of, without
from provenance.formats.parts import Layout

_BOXES: Final = frozenset(
    ("ftyp", "styp", "moov", "moof", "mdat", "meta", "uuid", "free", "skip", "wide", "mfra", "sidx", "ssix", "pdin",
     "prft", "emsg", "udta", "idat", "imda", "pnot", "jumb", "brob", "Exif", "xml ", "jxlc", "jxlp", "jxll", "jbrd")
)  # fmt: skip
"""Boxes that stand at the top of a file: whatever else looks like one may be something that was put behind its end."""
_CODESTREAMS: Final = frozenset(("jxlc", "jxlp"))
_TABLES: Final = frozenset(("moov", "meta", "moof", "sidx", "styp", "emsg", "prft"))
"""With at least one of them a file or a segment of a stream says what is in it."""
_MOST: Final = 1 << 48
"""Bytes beyond which a length is a mistake, and no announcement."""
_UNTOLD: Final = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF - 36, 0xFFFFFFFF - 36, 0x7FFFF000, 0x7FFFF024})
"""What programs write for a length that they do not know yet, when they send sound as it comes."""
_SLACK: Final = 8
"""Bytes by which writers miscount, who count a header in."""


def bmff(data: bytes, layout: Layout) -> CutOff | None:
    """By the sizes of boxes, tables of samples and items, and what a file must have (ISO/IEC 14496-12; 18181-2)."""
    size = len(data)
    rest = layout.bmff[-1].end if layout.bmff else 0
    length, name = int.from_bytes(data[rest : rest + 4], "big"), data[rest + 4 : rest + 8].decode("latin-1")
    if length == 1:
        length = int.from_bytes(data[rest + 8 : rest + 16], "big")
    announced = rest + length if name in _BOXES and length < _MOST else 0
    if layout.announced > max(announced, size) and layout.announced < _MOST:
        return short_of(size, layout.announced, is_least=True)
    if announced > size:
        return short_of(size, announced, is_least=True)
    found = {box.type for box in layout.bmff}
    if layout.format == "jxl":
        return None if found & _CODESTREAMS else without(size, "the picture")
    if 4 < size - rest < 8 and length > size - rest and any(one.startswith(name) for one in _BOXES):
        return short_of(size, rest + length, is_least=True)
    if found & _TABLES or size - rest >= 8:
        return None
    return without(size, "the list of what is in it")


def riff(data: bytes, layout: Layout) -> CutOff | None:
    """By the lengths of the file and of its chunks (Microsoft, RIFF; EBU Tech 3306 for RF64)."""
    size, start = len(data), 0
    announced = 0
    while data[start : start + 4] in (b"RIFF", b"RF64", b"BW64"):
        length = int.from_bytes(data[start + 4 : start + 8], "little")
        if length == 0xFFFFFFFF and data[start + 12 : start + 16] == b"ds64":
            length = int.from_bytes(data[start + 20 : start + 28], "little")
        elif length in _UNTOLD:
            return None
        announced = start + 8 + length
        start = announced + (length & 1)
    if announced > _MOST:
        return None
    # All chunks there, and a few bytes short: counted wrongly, and nothing is missing.
    slack = _SLACK if layout.complete or _ends_whole(data) else 0
    return short_of(size, announced) if announced > size + slack else None


def _ends_whole(data: bytes) -> bool:
    """Whether the chunks of the first part end where the file does."""
    position = 12
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + length + (length & 1)
    return position in (len(data), len(data) + 1)
