"""Where do pixels, sound, metadata and manifest lie in WebP, WAV and AVI files?"""

from __future__ import annotations

from typing import Final

from provenance.formats.parts import Kind, Layout, Parts, printable

_RIFF_METADATA: Final = {
    b"EXIF": "EXIF", b"XMP ": "XMP", b"_PMX": "XMP", b"bext": "broadcast metadata", b"iXML": "iXML", b"axml": "XML",
    b"id3 ": "ID3", b"ID3 ": "ID3", b"cart": "cart", b"LIST": "LIST INFO",
}  # fmt: skip
_RIFF_MEDIA: Final = (
    b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"fmt ", b"data", b"fact", b"cue ", b"smpl",
    b"ds64", b"idx1", b"avih", b"strh", b"strf", b"slnt", b"wavl", b"JUNK", b"PAD ",
)  # fmt: skip


def read_riff(data: bytes) -> Layout:
    """Chunks of WebP, WAV and AVI files; a long AVI has several RIFF parts in a row."""
    parts, stores, position, complete = Parts(len(data)), [], 0, True
    while data[position : position + 4] in (b"RIFF", b"RF64", b"BW64") and position + 12 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        stop = min(len(data), position + 8 + size)
        complete = complete and position + 8 + size <= len(data)
        parts.add(position, position + 12, Kind.STRUCTURE, "RIFF header")
        position += 12
        while position + 8 <= stop:
            name = data[position : position + 4]
            length = int.from_bytes(data[position + 4 : position + 8], "little")
            end = min(position + 8 + length + (length & 1), len(data))
            if position + 8 + length > len(data):
                complete = False
                break
            if name == b"C2PA":
                stores.append(data[position + 8 : position + 8 + length])
                parts.add(position, end, Kind.MANIFEST, "manifest")
            else:
                parts.add(position, end, *_riff_kind(name, data[position + 8 : position + 12]))
            position = end
        position = max(position, stop + (stop & 1)) if complete else len(data)
    tail = Kind.TRAILING if complete else Kind.OTHER
    regions = parts.finish(tail, "after the file" if complete else "unreadable")
    return Layout(format="riff", size=len(data), regions=regions, stores=tuple(stores), complete=complete)


def _riff_kind(name: bytes, form: bytes) -> tuple[Kind, str]:
    if name in _RIFF_MEDIA or (name == b"LIST" and form != b"INFO"):
        return Kind.MEDIA, "media"
    if name in _RIFF_METADATA:
        return Kind.METADATA, _RIFF_METADATA[name]
    return Kind.OTHER, printable(name)
