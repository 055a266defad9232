"""Which small files with metadata do tests look at? Made on the fly, each from its format's own rules."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping

from PIL import Image

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


def box(kind: bytes, *parts: bytes) -> bytes:
    """An ISO BMFF box."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def movie(*inside: bytes, brand: bytes = b"mp42") -> bytes:
    """A film of nothing but its header and whatever `moov` is to hold."""
    return box(b"ftyp", brand, bytes(4), brand) + box(b"moov", *inside)


def uuid_xmp(packet: bytes) -> bytes:
    """The box in which MP4 and MOV files keep XMP."""
    return box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), packet)


def keyed(**values: str) -> bytes:
    """A QuickTime `meta` box of texts by key."""
    keys = b"".join(box(b"mdta", name.encode()) for name in values)
    items = b"".join(
        box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0), value.encode()))
        for number, value in enumerate(values.values(), start=1)
    )
    handler = box(b"hdlr", bytes(8), b"mdta", bytes(13))
    return box(b"meta", handler, box(b"keys", bytes(4), struct.pack(">I", len(values)), keys), box(b"ilst", items))


def still(packet: bytes, *, brand: bytes = b"heic") -> bytes:
    """A HEIF file whose only item is XMP, kept in `idat`."""
    entry = box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"mime", b"\0", b"application/rdf+xml\0")
    place = b"\1\0\0\0" + b"\x44\0" + struct.pack(">HHHHHII", 1, 1, 1, 0, 1, 0, len(packet))
    inner = (box(b"iinf", bytes(4), struct.pack(">H", 1), entry), box(b"iloc", place), box(b"idat", packet))
    return box(b"ftyp", brand, bytes(4), b"mif1") + box(b"meta", bytes(4), *inner)


def codestream(packet: bytes, *, compressed: bool) -> bytes:
    """A JPEG XL container with XMP, plain or by Brotli."""
    import brotli

    held = box(b"brob", b"xml ", brotli.compress(packet)) if compressed else box(b"xml ", packet)
    signature = box(b"JXL ", b"\r\n\x87\n")
    return signature + box(b"ftyp", b"jxl ", bytes(4), b"jxl ") + held + box(b"jxlc", b"\xff\x0a")


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A RIFF file of those chunks."""
    body = b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + form + body


def wave(*chunks: tuple[bytes, bytes]) -> bytes:
    """A sound of silence with more chunks."""
    shape = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    return riff(b"WAVE", (b"fmt ", shape), (b"data", bytes(160)), *chunks)


def tagged(*frames: tuple[bytes, bytes]) -> bytes:
    """An MP3 of one silent frame behind an ID3v2.3 tag."""
    body = b"".join(name + struct.pack(">IH", len(data), 0) + data for name, data in frames)
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + body + b"\xff\xfb\x90\x00" + bytes(413)


def flac(*comments: str) -> bytes:
    """A FLAC file of its header and Vorbis comments."""
    listed = b"".join(struct.pack("<I", len(text.encode())) + text.encode() for text in comments)
    block = struct.pack("<I", 0) + struct.pack("<I", len(comments)) + listed
    return b"fLaC\0" + (34).to_bytes(3, "big") + bytes(34) + b"\x84" + len(block).to_bytes(3, "big") + block


def document(packet: bytes, info: bytes = b"") -> bytes:
    """A PDF with plain XMP and document information."""
    stream = b"1 0 obj<</Type/Metadata/Subtype/XML/Length %d>>stream\n" % len(packet) + packet + b"\nendstream endobj\n"
    return b"%PDF-1.7\n" + stream + b"2 0 obj<<" + info + b">>endobj\ntrailer<</Info 2 0 R>>\n%%EOF\n"


def drawing(packet: bytes, *, declared: str = "") -> bytes:
    """An SVG with metadata."""
    return b"<svg xmlns='http://www.w3.org/2000/svg' %s><metadata>" % declared.encode() + packet + b"</metadata></svg>"


def iim(*datasets: tuple[int, str]) -> bytes:
    """Photoshop image resources with IPTC IIM datasets of record 2."""
    body = b"".join(
        b"\x1c\2" + bytes([number]) + struct.pack(">H", len(t.encode())) + t.encode() for number, t in datasets
    )
    resource = b"8BIM\4\4\0\0" + struct.pack(">I", len(body)) + body + bytes(len(body) & 1)
    return b"Photoshop 3.0\0" + resource


def edited_by_samsung(note: str) -> bytes:
    """A JPEG with the trailer of Samsung's editor."""
    name, body = b"PhotoEditor_Re_Edit_Data", note.encode()
    block = struct.pack("<HHI", 0, 0x0BA1, len(name)) + name + body
    directory = b"SEFH" + struct.pack("<II", 107, 1) + struct.pack("<HHII", 0, 0x0BA1, len(block), len(block))
    return picture("JPEG") + block + directory + struct.pack("<I", len(directory)) + b"SEFT"
