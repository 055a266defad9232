"""Where do pixels, metadata and manifest lie in a PNG file (ISO/IEC 15948)?"""

from __future__ import annotations

from typing import Final

from provenance.formats.parts import Kind, Layout, Parts, printable

_PNG_METADATA: Final = {
    b"tEXt": "text", b"zTXt": "text", b"iTXt": "text", b"eXIf": "EXIF", b"zxIf": "EXIF", b"tIME": "time",
    b"pHYs": "resolution",
}  # fmt: skip
_PNG_MEDIA: Final = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI",
    b"mDCv", b"cLLi", b"bKGD", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER",
)  # fmt: skip


def read_png(data: bytes) -> Layout:
    """Chunks of a PNG file (ISO/IEC 15948, section 5)."""
    parts, stores = Parts(len(data)), []
    parts.add(0, 8, Kind.MEDIA, "image")
    parts.box("PNGh", 0, 8)
    position, complete = 8, False
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            break
        if name == b"caBX":
            stores.append(data[position + 8 : end - 4])
            parts.add(position, end, Kind.MANIFEST, "manifest")
            parts.box("C2PA", position, end)
        else:
            is_media, named = name in _PNG_MEDIA, _PNG_METADATA.get(name)
            kind = Kind.MEDIA if is_media else Kind.METADATA if named else Kind.OTHER
            text = data[position + 8 : position + 26]
            label = "XMP" if text.startswith(b"XML:com.adobe.xmp") else named
            parts.add(position, end, kind, "image" if is_media else label or printable(name))
            parts.box(name.decode("latin-1"), position, end)
        position = end
        if name == b"IEND":
            complete = True
            break
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    return Layout(
        format="png", size=len(data), regions=regions, stores=tuple(stores), boxes=tuple(parts.boxes), complete=complete
    )
