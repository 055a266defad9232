"""Which small files with metadata do tests look at? Made on the fly, each from its format's own rules."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping

from PIL import Image

IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def picture(kind: str = "JPEG", **save: object) -> bytes:
    """A small picture, with whatever Pillow is told to save with it."""
    out = io.BytesIO()
    Image.new("RGB", (24, 16), (40, 90, 160)).save(out, kind, **save)
    return out.getvalue()


def xmp(inner: str = "", **properties: str) -> bytes:
    """An XMP packet with properties as attributes (`photoshop_Credit="…"`) and anything else as elements."""
    written = "".join(f' {name.replace("_", ":", 1)}="{value}"' for name, value in properties.items())
    return (
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'"
        " xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'"
        " xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' xmlns:TC260='http://www.tc260.org.cn/ns/AIGC/1.0/'"
        f"{written}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def exif(tags: Mapping[int, object] | None = None, sub: Mapping[int, object] | None = None) -> bytes:
    """An EXIF structure by Pillow: tags of the image, and of the EXIF directory."""
    made = Image.Exif()
    for tag, value in (tags or {}).items():
        made[tag] = value
    for tag, value in (sub or {}).items():
        made.get_ifd(0x8769)[tag] = value
    return made.tobytes()


def with_gps(north: float, east: float, *, metres: float = 12) -> bytes:
    """An EXIF structure with a position."""
    made = Image.Exif()
    gps = made.get_ifd(0x8825)

    def parts(value: float) -> tuple[float, float, float]:
        degrees = int(abs(value))
        minutes = int((abs(value) - degrees) * 60)
        return degrees, minutes, round(((abs(value) - degrees) * 60 - minutes) * 60, 4)

    gps.update({1: "N" if north >= 0 else "S", 2: parts(north), 3: "E" if east >= 0 else "W", 4: parts(east)})
    gps.update({5: b"\1" if metres < 0 else b"\0", 6: abs(metres), 7: (14.0, 5.0, 9.0), 29: "2025:03:04"})
    return made.tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    plain = picture("PNG")
    return plain[:33] + b"".join(chunks) + plain[33:]


def text_chunk(keyword: str, text: str) -> bytes:
    """A PNG `tEXt` chunk."""
    return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode())


def jpeg_with(marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    plain = picture("JPEG")
    return plain[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + plain[2:]
