"""What does somebody put where nobody hashes? Pieces of each format that decide what a viewer shows, by name."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from tests.support.authority import jpeg_segment
from tests.viewers.carriers import png_chunk, riff_chunk
from tests.viewers.makers import documents, raster
from tests.viewers.mutators.foreign_boxes import for_bmff, for_jxl
from tests.viewers.mutators.strangers import HTML, RAR, Pieces, exif_blocks, other, small_mp3, small_pdf, small_zip
from tests.viewers.structure.parse import blocks, chunks, riff, segments


@lru_cache
def for_jpeg() -> Pieces:
    picture = other("JPEG")
    body = b"".join(picture[one.start : one.end] for one in segments(picture)[1:])
    tables = {one.kind: picture[one.start : one.end] for one in segments(picture)}
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><r xmlns:t="t" t:Orientation="3"/>'
    pages = raster.jpeg_pages()
    lit = raster.jpeg_gain_map()
    gain_map = next(lit[one.start : one.end] for one in segments(lit) if b"hdrgm" in lit[one.start : one.end])
    mpf = next(pages[one.start : one.end] for one in segments(pages) if pages[one.start + 4 : one.start + 7] == b"MPF")
    return {
        **{name: jpeg_segment(0xE1, block) for name, block in exif_blocks().items()},
        "JFIF": jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        **{f"Adobe {n}": jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes((n,))) for n in (0, 1, 2)},
        "ICC": jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + raster.swapped_profile()),
        "MPF": mpf,
        "quantisation": jpeg_segment(0xDB, b"\0" + bytes([40] * 64)),
        "Huffman": tables[b"\xc4"],
        "frame": jpeg_segment(0xC0, b"\x08\x00\x18\x00\x20\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"),
        "lines": jpeg_segment(0xDC, b"\0\x10"),
        "restart interval": jpeg_segment(0xDD, b"\0\x02"),
        "picture": body,
        "picture without its end": body[:-2],
        "end": b"\xff\xd9",
        "begin": b"\xff\xd8",
        "XMP": jpeg_segment(0xE1, xmp),
        "XMP of a gain map": gain_map,
        "XMP of a panorama": jpeg_segment(0xE1, gain_map[4:].replace(b"hdrgm:Version", b"GPano:UsePano")),
        "comment with PDF": jpeg_segment(0xFE, small_pdf()),
        "PDF": small_pdf(),
        "comment with HTML": jpeg_segment(0xFE, HTML),
        "comment with ZIP": jpeg_segment(0xFE, small_zip()),
        "fill": b"\xff" * 9,
        "garbage": b"\0" * 11,
        "other APP11": jpeg_segment(0xEB, b"JP\x09\x99\0\0\0\1" + struct.pack(">I", 24) + b"jumb" + bytes(16)),
        "later APP11": jpeg_segment(0xEB, b"JP\x02\x11\0\0\0\7" + struct.pack(">I", 24) + b"jumb" + raster.exif(6)),
    }


@lru_cache
def for_png() -> Pieces:
    picture, moving = other("PNG"), raster.png_animated()
    idat = b"".join(picture[one.start : one.end] for one in chunks(picture) if one.kind == b"IDAT")
    control = {one.kind: moving[one.start : one.end] for one in chunks(moving)}
    profile = b"x\0\0" + zlib.compress(raster.swapped_profile())
    chroma = struct.pack(">8I", 31270, 32900, 30000, 60000, 64000, 33000, 15000, 6000)
    return {
        **{name: png_chunk(b"eXIf", block[6:]) for name, block in exif_blocks().items()},
        "gamma": png_chunk(b"gAMA", struct.pack(">I", 200000)),
        "chromaticities": png_chunk(b"cHRM", chroma),
        "ICC": png_chunk(b"iCCP", profile),
        "cICP": png_chunk(b"cICP", bytes((9, 16, 0, 1))),
        "transparency": png_chunk(b"tRNS", struct.pack(">3H", 200, 60, 90)),
        "transparency of a palette": png_chunk(b"tRNS", bytes(8)),
        "palette": png_chunk(b"PLTE", bytes(range(48))),
        "background": png_chunk(b"bKGD", struct.pack(">3H", 9, 200, 9)),
        "significant bits": png_chunk(b"sBIT", b"\1\1\1"),
        "resolution": png_chunk(b"pHYs", struct.pack(">IIB", 1, 9, 0)),
        "offset": png_chunk(b"oFFs", struct.pack(">iiB", 9, 9, 0)),
        "header": png_chunk(b"IHDR", struct.pack(">IIBBBBB", 48, 64, 8, 2, 0, 0, 0)),
        "picture": idat,
        "picture and end": idat + png_chunk(b"IEND", b""),
        "end": png_chunk(b"IEND", b""),
        "animation": control[b"acTL"] + control[b"fcTL"],
        "animation of one": png_chunk(b"acTL", struct.pack(">II", 1, 0)) + control[b"fcTL"],
        "frame": control[b"fcTL"] + control[b"fdAT"],
        "comment with PDF": png_chunk(b"tEXt", b"Comment\0" + small_pdf()),
        "comment with HTML": png_chunk(b"tEXt", b"Comment\0" + HTML),
        "ZIP": small_zip(),
        "strange critical": png_chunk(b"ABCD", b"xyz"),
    }


@lru_cache
def for_gif() -> Pieces:
    picture = raster.encoded(raster.scene(3, (32, 24)).quantize(16), "GIF")
    image = next(picture[one.start : one.end] for one in blocks(picture) if one.kind == b"2C")
    colours = picture[13 : 13 + 48]
    own = image[:9] + bytes((image[9] | 0x83,)) + colours + image[10:]
    return {
        "transparency": b"\x21\xf9\x04\x01\x0a\0\x01\0",
        "delay": b"\x21\xf9\x04\x08\xff\0\0\0",
        "disposal": b"\x21\xf9\x04\x0c\x0a\0\0\0",
        "picture": image,
        "picture with colours": own,
        "picture and end": own + b";",
        "end": b";",
        "loop": b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0\0",
        "comment with HTML": b"\x21\xfe" + bytes((len(HTML),)) + HTML + b"\0",
        "plain text": b"\x21\x01\x0c" + struct.pack("<4H4B", 0, 0, 32, 8, 8, 8, 1, 2) + b"\x04fell\0",
        "XMP": b"\x21\xff\x0bXMP DataXMP\x05<x/>x\0",
    }


@lru_cache
def for_webp() -> Pieces:
    picture, moving = other("WEBP"), raster.webp_animated()
    frames = [moving[one.start : one.end] for one in riff(moving) if one.kind == b"ANMF"]
    return {
        **{name: riff_chunk(b"EXIF", block) for name, block in exif_blocks().items()},
        **{f"bare {name}": riff_chunk(b"EXIF", block[6:]) for name, block in exif_blocks().items()},
        "ICC": riff_chunk(b"ICCP", raster.swapped_profile()),
        "picture": b"".join(picture[one.start : one.end] for one in riff(picture)),
        "frame": frames[1],
        "frames": frames[1] + frames[2],
        "animation": riff_chunk(b"ANIM", struct.pack("<IH", 0xFF00FF00, 3)),
        "alpha": riff_chunk(b"ALPH", bytes(200)),
        "header": riff_chunk(b"VP8X", struct.pack("<I", 0x3E) + b"\x3f\0\0\x2f\0\0"),
        "comment": riff_chunk(b"XMP ", HTML),
        "ZIP": riff_chunk(b"zip ", small_zip()),
        "PDF": riff_chunk(b"pdf ", small_pdf()),
    }


@lru_cache
def for_wave() -> Pieces:
    return {
        "data": riff_chunk(b"data", bytes(range(200)) * 4),
        "format": riff_chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, 11_025, 44_100, 4, 16)),
        "format and data": riff_chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))
        + riff_chunk(b"data", bytes(range(100)) * 4),
        "list": riff_chunk(b"LIST", b"INFO" + riff_chunk(b"INAM", b"the bridge fell")),
        "samples": riff_chunk(b"smpl", bytes(36)),
        "count": riff_chunk(b"fact", struct.pack("<I", 50)),
        "silence": riff_chunk(b"slnt", struct.pack("<I", 5000)),
        "sizes": riff_chunk(b"ds64", struct.pack("<QQQI", 1 << 33, 400, 200, 0)),
        "tag": riff_chunk(b"id3 ", b"ID3\x03\0\0\0\0\0\x1eTPE1\0\0\0\x05\0\0\0fell" + bytes(20)),
    }


@lru_cache
def for_avi() -> Pieces:
    frame = riff_chunk(b"00dc", other("JPEG"))
    sound = riff_chunk(b"01wb", bytes(range(250)) * 2)
    movi = b"movi" + frame + sound
    old = b"00dc" + struct.pack("<III", 16, 4, len(frame) - 8)
    return {
        "frames": riff_chunk(b"LIST", movi),
        "frame": frame,
        "sound": sound,
        "index": riff_chunk(b"idx1", old * 3),
        "frames and index": riff_chunk(b"LIST", movi) + riff_chunk(b"idx1", old),
        "more": b"RIFF" + struct.pack("<I", 12 + len(movi)) + b"AVIX" + riff_chunk(b"LIST", movi),
        "junk": riff_chunk(b"JUNK", bytes(40)),
        "headers": riff_chunk(b"LIST", b"INFO" + riff_chunk(b"INAM", b"fell")),
    }


def _table(at: int) -> bytes:
    return b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 40/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (at, at)


@lru_cache
def for_pdf() -> Pieces:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 60]/Contents 33 0 R>>"
    content = b"33 0 obj\n<</Length 22>>stream\n1 0 0 rg 0 0 50 50 re f\nendstream\nendobj\n"
    objects = b"4 0 obj\n" + page + b"\nendobj\n5 0 obj\n<</Length 8>>stream\n1 0 0 rg\nendstream\nendobj\n" + content
    kids = b"2 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj\n"
    return {
        "objects": b"\nendstream\nendobj\n" + objects,
        "pages": b"\nendstream\nendobj\n" + kids + objects,
        "catalogue": b"\nendstream\nendobj\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" + kids + objects,
        "update": b"\nendstream\nendobj\n" + objects + _table(1000),
        "end": b"\nendstream\nendobj\n%%EOF\n",
        "start": b"\nstartxref\n0\n%%EOF\n",
        "other file": b"\n%PDF-1.7\n" + documents.pdf(1),
        "HTML": HTML,
        "ZIP": small_zip(),
        "MP3": small_mp3(),
    }


@lru_cache
def for_svg() -> Pieces:
    shape = b'<rect x="5" y="5" width="40" height="30" fill="#f0f"/>'
    opened, closed = b"<c2pa:manifest>", b"</c2pa:manifest>"
    return {
        "shape": closed + shape + opened,
        "shape outside": closed + b"</metadata>" + shape + b"<metadata>" + opened,
        "style": closed + b"</metadata><style>circle{fill:#000;r:30px}</style><metadata>" + opened,
        "style inside": closed + b"<style>circle{fill:#000;r:30px}</style>" + opened,
        "svg style": closed + b'<style xmlns="http://www.w3.org/2000/svg">circle{fill:#000}</style>' + opened,
        "script": closed + b'</metadata><script>document.documentElement.innerHTML=""</script><metadata>' + opened,
        "comment": b"<!--" + b"x" * 20 + b"-->",
        "element": b'<rect xmlns="http://www.w3.org/2000/svg" width="64" height="48" fill="#0ff"/>',
        "spaces": b" \n\t" * 9,
        "text": b"the bridge fell",
        "characters": b"<![CDATA[x]]>",
    }


@lru_cache
def for_zip() -> Pieces:
    record = small_zip()
    header = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, 0, 0, 0, 9, 0) + b"word/x.xm"
    return {"archive": record, "local header": header, "end": b"PK\x05\x06" + bytes(18), "HTML": HTML}


@lru_cache
def for_id3() -> Pieces:
    def frame(kind: bytes, content: bytes) -> bytes:
        return kind + len(content).to_bytes(4, "big") + b"\0\0" + content

    return {
        "cover": frame(b"APIC", b"\0image/jpeg\0\3\0" + other("JPEG")),
        "icon": frame(b"APIC", b"\0image/png\0\1\0" + other("PNG")),
        "title": frame(b"TIT2", b"\0the bridge fell"),
        "compressed": frame(b"TCMP", b"\x001"),
        "lyrics": frame(b"USLT", b"\0eng\0the bridge fell"),
        "sound": small_mp3()[-600:],
        "store": frame(b"GEOB", b"\0application/c2pa\0\0\0" + bytes(40)),
        "HTML": HTML,
        "ZIP": small_zip(),
    }


def for_raw() -> Pieces:
    return {
        "HTML": HTML,
        "PDF": small_pdf(),
        "ZIP": small_zip(),
        "RAR": RAR,
        "MP3": small_mp3(),
        "picture": other("JPEG"),
        "TIFF": other("TIFF"),
    }


FOREIGN: Final[Mapping[str, Callable[[], Pieces]]] = {
    "jpeg": for_jpeg,
    "png": for_png,
    "gif": for_gif,
    "bmff": for_bmff,
    "jxl": for_jxl,
    "pdf": for_pdf,
    "svg": for_svg,
    "zip": for_zip,
    "tiff": for_raw,
    "id3": for_id3,
}


def pieces(family: str, data: bytes) -> Pieces:
    """What can be put into a file of that family."""
    if family == "riff":
        return {b"WEBP": for_webp, b"WAVE": for_wave, b"AVI ": for_avi}[data[8:12]]()
    return FOREIGN[family]()


def chosen(rng: random.Random, family: str, data: bytes) -> tuple[str, bytes]:
    """One of them, or two together."""
    found = pieces(family, data)
    name = rng.choice(sorted(found))
    if rng.random() < 0.2:
        second = rng.choice(sorted(found))
        return f"{name} + {second}", found[name] + found[second]
    return name, found[name]
