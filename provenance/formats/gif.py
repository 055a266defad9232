"""Where do pixels, metadata and manifest lie in a GIF file (GIF89a specification)?"""

from __future__ import annotations

from provenance.formats.parts import Kind, Layout, Parts


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


def _gif_extension(data: bytes, position: int, end: int) -> tuple[Kind, str, str]:
    """(kind, name, box name) of an extension block."""
    label, application = data[position + 1], data[position + 3 : position + 14]
    if label == 0xFF and application == b"C2PA_GIF\x01\x00\x00":
        return Kind.MANIFEST, "manifest", "C2PA"
    if label == 0xFF and application == b"XMP DataXMP":
        return Kind.METADATA, "XMP", "21FF"
    if label == 0xFF and application in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
        return Kind.MEDIA, "image", "21FF"
    if label in (0xF9, 0x01):
        return Kind.MEDIA, "image", f"21{label:02X}"
    return (Kind.METADATA, "comment", "21FE") if label == 0xFE else (Kind.OTHER, "extension", f"21{label:02X}")


def _gif_store(data: bytes, position: int, end: int) -> bytes:
    pieces, position = [], position + 14
    while position < end and data[position]:
        pieces.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return b"".join(pieces)


def read_gif(data: bytes) -> Layout:
    """Blocks of a GIF file (GIF89a specification)."""
    parts, stores, complete = Parts(len(data)), [], False
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
            kind, name, box = _gif_extension(data, position, end)
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
        if kind is Kind.MANIFEST:
            stores.append(_gif_store(data, position, end))
        parts.add(position, end, kind, name)
        parts.box(box, position, end)
        position = end
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    return Layout(
        format="gif", size=len(data), regions=regions, stores=tuple(stores), boxes=tuple(parts.boxes), complete=complete
    )
