"""Where do the parts of a container lie? Small readers of their own: nothing of the product decides what is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

PNG: Final = b"\x89PNG\r\n\x1a\n"


class Part(NamedTuple):
    """One segment, chunk, block, box or frame."""

    kind: bytes
    start: int
    end: int


def segments(data: bytes) -> list[Part]:
    """Segments of a JPEG from SOI to EOI; a scan with its entropy-coded bytes is one."""
    found, position = [Part(b"\xd8", 0, 2)], 2
    while position + 2 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xD9:
            found.append(Part(b"\xd9", position, position + 2))
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA:
            while end + 1 < len(data) and (data[end] != 0xFF or data[end + 1] in (0, *range(0xD0, 0xD8))):
                end += 1
        found.append(Part(bytes((marker,)), position, end))
        position = end
    return found


def chunks(data: bytes) -> list[Part]:
    """Chunks of a PNG."""
    found, position = [], len(PNG)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        found.append(Part(data[position + 4 : position + 8], position, min(end, len(data))))
        position = end
    return found


def _sub_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += 1 + data[position]
    return position + 1


def blocks(data: bytes) -> list[Part]:
    """Blocks of a GIF: header with colours, extensions by their label, images as `2C`, the trailer as `3B`."""
    position = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    found = [Part(b"head", 0, position)]
    while position < len(data):
        if data[position] == 0x21:
            end, kind = _sub_blocks(data, position + 2), data[position + 1 : position + 2]
            kind = data[position + 3 : position + 11] if kind == b"\xff" else kind
        elif data[position] == 0x2C:
            flags = data[position + 9]
            end = _sub_blocks(data, position + 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0))
            kind = b"2C"
        else:
            found.append(Part(b"3B", position, position + 1))
            break
        found.append(Part(kind, position, end))
        position = end
    return found


def riff(data: bytes, start: int = 12, end: int | None = None) -> list[Part]:
    """Chunks of a RIFF file or of a list in it."""
    found, position, end = [], start, len(data) if end is None else end
    while position + 8 <= end:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        stop = min(end, position + 8 + size + (size & 1))
        found.append(Part(data[position : position + 4], position, stop))
        position = stop
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of a BMFF file with what lies in it."""

    kind: bytes
    start: int
    end: int
    header: int
    path: str
    inner: tuple[Box, ...] = ()


_NESTED: Final = frozenset(
    b"moov trak edts mdia minf dinf stbl mvex moof traf mfra udta iprp ipco meta dref grpl".split()
)
_FULL: Final = {b"meta": 4, b"dref": 8}


def boxes(data: bytes, start: int = 0, end: int | None = None, path: str = "") -> tuple[Box, ...]:
    """The boxes of a BMFF file or JPEG XL container, nested."""
    found, position, end = [], start, len(data) if end is None else end
    while position + 8 <= end:
        size, kind, header = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8], 8
        if size == 1:
            size, header = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        size = size or end - position
        if size < header or position + size > end:
            break
        name = f"{path}/{kind.decode('latin-1')}"
        inside = position + header + _FULL.get(kind, 0)
        if kind == b"meta" and data[position + header + 4 : position + header + 8] == b"hdlr":
            inside = position + header
        inner = boxes(data, inside, position + size, name) if kind in _NESTED and path.count("/") < 12 else ()
        found.append(Box(kind=kind, start=position, end=position + size, header=header, path=name, inner=inner))
        position += size
    return tuple(found)


def all_boxes(found: tuple[Box, ...]) -> Iterator[Box]:
    """Every box, each before what lies in it."""
    for box in found:
        yield box
        yield from all_boxes(box.inner)


class Field(NamedTuple):
    """One entry of a TIFF directory."""

    directory: int
    """Where its directory begins."""
    at: int
    tag: int
    kind: int
    count: int
    value: int
    """Where its values begin: in the entry itself where they fit."""
    size: int
    """Bytes of one value."""


_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def order(data: bytes) -> str:
    """`little` or `big`."""
    return "little" if data[:2] == b"II" else "big"


def number(data: bytes, at: int, size: int) -> int:
    """An integer in a TIFF's own order."""
    return int.from_bytes(data[at : at + size], "little" if data[:2] == b"II" else "big")


def directories(data: bytes) -> list[tuple[int, list[Field]]]:
    """Every directory of a classic TIFF with its entries, SubIFDs and EXIF among them."""
    queue, seen, found = [number(data, 4, 4)], set(), []
    while queue:
        start = queue.pop(0)
        if not start or start in seen or start + 6 > len(data):
            continue
        seen.add(start)
        count, fields = number(data, start, 2), []
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, many = number(data, at, 2), number(data, at + 2, 2), number(data, at + 4, 4)
            size = _SIZES.get(kind, 1)
            value = at + 8 if size * many <= 4 else number(data, at + 8, 4)
            fields.append(Field(start, at, tag, kind, many, value, size))
            if tag in (330, 34665, 34853):
                queue += [number(data, value + 4 * one, 4) for one in range(min(many, 8))]
        found.append((start, fields))
        queue.append(number(data, start + 2 + 12 * count, 4))
    return found


def frames(data: bytes) -> list[Part]:
    """Frames of the ID3v2 tag at the start."""
    if data[:3] != b"ID3":
        return []
    stop, position, found = 10 + synchsafe(data[6:10]), 10, []
    while position + 10 <= stop and data[position]:
        raw = data[position + 4 : position + 8]
        end = position + 10 + (synchsafe(raw) if data[3] == 4 else int.from_bytes(raw, "big"))
        found.append(Part(data[position : position + 4], position, min(end, stop)))
        position = end
    return found


def synchsafe(raw: bytes) -> int:
    """Seven bits of each byte."""
    return sum((byte & 0x7F) << (7 * (len(raw) - 1 - place)) for place, byte in enumerate(raw))


def as_synchsafe(value: int) -> bytes:
    """The inverse of `synchsafe`, four bytes."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


class Entry(NamedTuple):
    """One file of a ZIP archive as its directory has it."""

    name: bytes
    record: int
    record_end: int
    local: int
    data_start: int
    data_end: int


def directory(data: bytes) -> tuple[list[Entry], int, int]:
    """(entries, start of the directory, start of the end record) of a ZIP archive."""
    end = data.rfind(b"PK\x05\x06")
    count, start = _little(data, end + 10, 2), _little(data, end + 16, 4)
    found, position = [], start
    for _ in range(count):
        lengths = [_little(data, position + at, 2) for at in (28, 30, 32)]
        size, local = _little(data, position + 20, 4), _little(data, position + 42, 4)
        begin = local + 30 + _little(data, local + 26, 2) + _little(data, local + 28, 2)
        name = data[position + 46 : position + 46 + lengths[0]]
        found.append(Entry(name, position, position + 46 + sum(lengths), local, begin, begin + size))
        position += 46 + sum(lengths)
    return found, start, end


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
