"""What does somebody put among the boxes of a BMFF file or a JPEG XL container, where nobody hashes it?"""

from __future__ import annotations

import struct
from functools import lru_cache

import brotli

from tests.viewers.carriers import C2PA_UUID
from tests.viewers.makers import documents, raster
from tests.viewers.mutators.strangers import HTML, RAR, Pieces, exif_blocks, other, small_mp3, small_pdf, small_zip


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


@lru_cache
def for_bmff() -> Pieces:
    """Boxes that no binding covers, with things in them, and boxes that decide what is shown."""
    moving = raster.encoded(raster.scene(3, (32, 24)), "AVIF")
    uuid = C2PA_UUID + bytes(4)
    return {
        "free": box(b"free", bytes(40)),
        "free with HTML": box(b"free", HTML),
        "free with PDF": box(b"free", small_pdf()),
        "free with ZIP": box(b"free", small_zip()),
        "free with MP3": box(b"free", small_mp3()),
        "free with RAR": box(b"free", RAR),
        "skip with a picture": box(b"skip", moving),
        "wide": box(b"wide", b""),
        **{
            f"ftyp {brand.decode()}": box(b"ftyp", brand + bytes(4) + brand + more)
            for brand, more in (
                (b"avif", b"mif1"), (b"avis", b"msf1"), (b"heic", b"mif1"), (b"hevc", b"msf1"), (b"mif1", b"avif"),
                (b"qt  ", b"qt  "), (b"isom", b"mp42"), (b"M4A ", b"mp42"), (b"dash", b"iso6"), (b"jpg ", b"crx "),
            )
        },
        "mfra": box(b"mfra", box(b"tfra", struct.pack(">IIII", 0, 1, 0x3F, 1) + struct.pack(">IIIII", 0, 9, 1, 1, 1))
                    + box(b"mfro", struct.pack(">II", 0, 60))),
        "Merkle": box(b"uuid", uuid + b"merkle\0" + bytes(20)),
        "C2PA of no purpose": box(b"uuid", uuid + b"other\0" + HTML),
        "C2PA with a picture": box(b"uuid", uuid + b"manifest\0" + bytes(8) + moving),
        "XMP": box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x:xmpmeta/>"),
        "spherical": box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd") + HTML),
        "meta": moving[moving.index(b"meta") - 4 : moving.index(b"mdat") - 4],
        "moov": box(b"moov", box(b"mvhd", bytes(100))),
        "moov free": box(b"moov", box(b"free", b"")),
        "mdat": box(b"mdat", bytes(50)),
        "moof": box(b"moof", box(b"mfhd", bytes(8))),
        "sidx": box(b"sidx", struct.pack(">IIIIIHH", 0, 1, 1000, 0, 0, 0, 1) + struct.pack(">III", 100, 1000, 0)),
        "pdin": box(b"pdin", bytes(12)),
    }  # fmt: skip


@lru_cache
def for_words() -> Pieces:
    """What may stand in user data: a cover, chapters, a title, and boxes that players read wherever they are."""
    cover = box(b"data", struct.pack(">II", 13, 0) + other("JPEG"))
    listed = box(b"ilst", box(b"covr", cover) + box(b"\xa9nam", box(b"data", struct.pack(">II", 1, 0) + b"fell")))
    handler = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    chapters = box(b"chpl", bytes((1, 0, 0, 0, 0, 0, 0, 0, 1)) + bytes(8) + b"\4fell")
    words = (b"mean", b"com.apple.iTunes"), (b"name", b"iTunSMPB"), (b"data", b" 00000000 00001800 00000200")
    own = b"".join(box(kind, bytes(8 if kind == b"data" else 4) + content) for kind, content in words)
    fragment = struct.pack(">IIQ", 1, 1, 40), struct.pack(">IIiII", 0x301, 1, 0, 512, 20)
    track = box(b"traf", box(b"tfhd", fragment[0]) + box(b"trun", fragment[1]))
    return {
        "cover": box(b"meta", bytes(4) + handler + listed),
        "chapters": chapters,
        "kind": box(b"kind", bytes(9)),
        "samples cut off": box(b"meta", bytes(4) + handler + box(b"ilst", box(b"----", own))),
        "colours": box(b"colr", b"nclx" + struct.pack(">HHHB", 9, 16, 9, 0x80)),
        "shape": box(b"pasp", struct.pack(">II", 3, 1)),
        "fragment": box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 512, 0, 0))
        + box(b"moof", box(b"mfhd", struct.pack(">II", 0, 1)) + track),
    }


@lru_cache
def for_jxl() -> Pieces:
    found = {
        **{name: box(b"Exif", bytes(4) + block[6:]) for name, block in exif_blocks().items()},
        "xml": box(b"xml ", b"<x:xmpmeta/>"),
        "free": box(b"free", HTML),
        "ftyp": box(b"ftyp", b"jxl \0\0\0\0jxl "),
        "level": box(b"jxll", b"\x0a"),
        "reconstruction": box(b"jbrd", bytes(30)),
        "brob": box(b"brob", b"Exif" + bytes(12)),
        **{
            f"packed {name}": box(b"brob", b"Exif" + brotli.compress(bytes(4) + block[6:]))
            for name, block in exif_blocks().items()
        },
        "part": box(b"jxlp", struct.pack(">I", 0x80000000) + b"\xff\x0a" + bytes(30)),
        "other store": box(b"jumb", box(b"jumd", b"c2pa" + bytes(12) + b"\3c2pa\0")),
    }
    try:
        bare = documents.jxl("-d", "3")
    except (OSError, ValueError):
        return found
    start = bare.index(b"jxlc") - 4
    return found | {"picture": bare[start:]}
