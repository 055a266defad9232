"""Where do pixels, metadata and manifest lie in a GIF file (GIF89a specification)?"""

from __future__ import annotations

from typing import Final

from provenance.formats.parts import Kind, Layout, Parts, Region, Sized
from provenance.formats.shown import Carrier, together, xmp_shows

STORE: Final = b"!\xff\x0bC2PA_GIF\x01\0\0"
"""Application extension that carries a manifest store (C2PA 2.4, section A.3.6)."""
_XMP_TAIL: Final = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
"""In which readers of sub-blocks find their end, wherever they come in."""
_BLOCK: Final = 255
"""Bytes of a full sub-block."""


def _sub_blocks(data: bytes, position: int) -> int:
    """The end of a run of GIF sub-blocks; the file's end where they break off."""
    while position < len(data):
        length = data[position]
        position += 1 + length
        if length == 0:
            return position
    return len(data) + 1


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_extension(data: bytes, position: int) -> tuple[Kind, str, str]:
    """(kind, name, box name) of an extension block."""
    label, application = data[position + 1], data[position + 3 : position + 14]
    if data.startswith(STORE, position):
        return Kind.MANIFEST, "manifest", "C2PA"
    if label == 0xFF and application == b"XMP DataXMP":
        return Kind.METADATA, "XMP", "21FF"
    if label == 0xFF and application in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
        return Kind.MEDIA, "image", "21FF"
    if label in (0xF9, 0x01):
        return Kind.MEDIA, "image", f"21{label:02X}"
    return (Kind.METADATA, "comment", "21FE") if label == 0xFE else (Kind.OTHER, "extension", f"21{label:02X}")


def sub_blocks(data: bytes, position: int, end: int) -> list[bytes]:
    """The content of the sub-blocks that begin with a length at `position`, up to the empty one."""
    pieces = list[bytes]()
    while position < end and data[position]:
        pieces.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return pieces


def _store(data: bytes, start: int, end: int, parts: Parts) -> bytes:
    """The store in a block; the block is foreign where it is not cut in full sub-blocks and holds only the store."""
    pieces = sub_blocks(data, start + len(STORE), end)
    store = b"".join(pieces)
    size = int.from_bytes(store[:4], "big")
    is_cut = all(len(piece) == _BLOCK for piece in pieces[:-1])
    is_store = is_cut and store[4:8] == b"jumb" and 8 <= size <= len(store) and not store[size:].strip(b"\0")
    parts.add(start, end, *((Kind.MANIFEST, "manifest") if is_store else (Kind.FOREIGN, "extension")))
    return store[:size] if is_store else store


def _xmp_shows(content: bytes) -> tuple[str, ...]:
    """What XMP decides, which lies not in sub-blocks but as it is (XMP, part 3, section 1.1.2)."""
    packet = content.removesuffix(_XMP_TAIL)
    return xmp_shows(packet) if packet != content else ("XMP that cannot be read",)


def read_gif(data: bytes) -> Layout:
    """Blocks of a GIF file (GIF89a specification)."""
    parts, stores, shown, complete = Parts(len(data)), list[bytes](), list[Carrier](), False
    position = min(len(data), 13 + (_colours(data[10]) if len(data) > 10 else 0))
    parts.add(0, position, Kind.MEDIA, "image")
    parts.box("GIF89a", 0, 6)
    parts.box("LSD", 6, position)
    while position + 1 < len(data) or data[position : position + 1] == b";":
        introducer = data[position]
        if introducer == 0x3B:
            parts.add(position, position + 1, Kind.MEDIA, "image")
            parts.box("3B", position, position + 1)
            complete = True
            break
        if introducer == 0x21:
            end = _sub_blocks(data, position + 2)
            kind, name, box = _gif_extension(data, position)
        elif introducer == 0x2C and position + 10 <= len(data):
            after = position + 10 + _colours(data[position + 9])
            parts.box("2C", position, after)
            parts.add(position, after, Kind.MEDIA, "image")
            position, end = after, _sub_blocks(data, after + 1)
            kind, name, box = Kind.MEDIA, "image", "TBID"
        else:
            break
        if end > len(data):
            break
        if kind in (Kind.MANIFEST, Kind.METADATA):
            # Every sub-block has its own length.
            parts.sized.append(Sized(position, end, end, kind, name))
        if kind is Kind.MANIFEST:
            stores.append(_store(data, position, end, parts))
        else:
            parts.add(position, end, kind, name)
        if name == "XMP":
            shown.append(Carrier(Region(position, end, kind, name), _xmp_shows(data[position + 14 : end])))
        parts.box(box, position, end)
        position = end
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    return Layout(
        format="gif",
        size=len(data),
        regions=regions,
        stores=tuple(stores),
        boxes=tuple(parts.boxes),
        shown=together(shown),
        sized=tuple(parts.sized),
        complete=complete,
    )
