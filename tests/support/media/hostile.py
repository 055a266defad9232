"""Which files try to crash, stall, exhaust or mislead whoever reads them? Made on the fly, each a few kilobytes.

Every builder says what it attacks. `CASES` gives each its name and what a report must come to.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from PIL import Image

from tests.support.authority import (
    Identity,
    join_jpeg,
    join_png,
    jpeg_segment,
    jpeg_segments,
    make_root,
    make_signer,
    manifest_store,
    picture,
    png_chunks,
    remove_manifest,
    sign,
    with_manifest_store,
)
from vouchmark.report import Status

GIB: Final = 1024**3
HUGE: Final = 0xFFFFFFF0
"""A size that no file here has, close to what 32 bits hold."""


@lru_cache(maxsize=1)
def signer() -> Identity:
    """Whoever signs the files that are then made hostile."""
    return make_signer(make_root("Hostile Authority"))


@lru_cache(maxsize=16)
def signed(form: str = "JPEG") -> bytes:
    """A small signed picture."""
    return sign(signer(), picture(form), media_type=f"image/{form.lower()}")


@lru_cache(maxsize=16)
def silence(seconds: float = 0.1) -> bytes:
    """A WAV file without sound."""
    body = bytes(2 * int(44100 * seconds))
    format_ = struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16)
    chunks = b"fmt " + struct.pack("<I", len(format_)) + format_ + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def signed_wav(seconds: float = 0.1) -> bytes:
    """A signed WAV file."""
    return sign(signer(), silence(seconds), media_type="audio/wav")


# RIFF: sizes that lead out of the file.


def riff_over_the_end() -> bytes:
    """A RIFF header that announces four gigabytes."""
    return signed_wav()[:4] + struct.pack("<I", HUGE) + signed_wav()[8:]


def riff_chunk_over_the_end() -> bytes:
    """A credentials chunk that announces four gigabytes."""
    data = signed_wav()
    place = data.index(b"C2PA")
    return data[: place + 4] + struct.pack("<I", HUGE) + data[place + 8 :]


def riff_of_nothing() -> bytes:
    """A RIFF header that announces zero bytes, before chunks without length."""
    return b"RIFF\0\0\0\0WAVE" + b"C2PA\0\0\0\0" * 20_000


def webp_over_the_end() -> bytes:
    """A WebP whose first chunk ends beyond the file."""
    data = signed("WEBP")
    return data[:16] + struct.pack("<I", HUGE) + data[20:]


# TIFF: counts, offsets and directories that lead out of the file or in a circle.


def _tiff(*entries: tuple[int, int, int, int], following: int = 0, count: int | None = None) -> bytes:
    head = b"II*\0" + struct.pack("<IH", 8, len(entries) if count is None else count)
    return head + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", following)


def tiff_credentials_over_the_end() -> bytes:
    """The credentials' tag with four gigabytes behind it."""
    return _tiff((0x0100, 3, 1, 8), (0x0101, 3, 1, 8), (0xCD41, 7, HUGE, 64)) + bytes(256)


def tiff_of_many_entries() -> bytes:
    """A directory that announces 65,535 entries and has one."""
    return _tiff((0x0100, 4, HUGE, HUGE), count=0xFFFF)


def tiff_in_a_circle() -> bytes:
    """A directory that names itself as the next one, and as its own child."""
    return _tiff((0x014A, 4, 1, 8), (0x8769, 4, 1, 8), following=8) + bytes(64)


def tiff_offset_over_the_end() -> bytes:
    """A first directory beyond the file."""
    return b"MM\0*" + struct.pack(">I", HUGE) + bytes(64)


# BMFF: depth, endless boxes, sizes of 64 bits.


def _ftyp(brand: bytes = b"mp42") -> bytes:
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, brand)


def boxes_in_boxes(depth: int = 1000) -> bytes:
    """`moov` in `moov`, a thousand deep."""
    body = b""
    for _ in range(depth):
        body = struct.pack(">I4s", len(body) + 8, b"moov") + body
    return _ftyp() + body


def box_of_sixty_four_bits() -> bytes:
    """A box that announces more bytes than any disk has."""
    return _ftyp() + struct.pack(">I4sQ", 1, b"moov", 0x7FFF_FFFF_FFFF_FFFF) + bytes(64)


def box_smaller_than_its_header() -> bytes:
    """A box of four bytes, which a careless reader visits for ever."""
    return _ftyp() + struct.pack(">I4s", 4, b"moov") * 1000


def sample_table_of_billions() -> bytes:
    """Track tables that announce four billion entries."""
    stco = struct.pack(">I4sII", 16, b"stco", 0, HUGE)
    body = stco
    for kind in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        body = struct.pack(">I4s", len(body) + 8, kind) + body
    return _ftyp() + body


def heif_of_many_items() -> bytes:
    """An item table that announces 65,535 items without any."""
    iloc = struct.pack(">I4sIHH", 16, b"iloc", 0, 0x4444, 0xFFFF)
    meta = struct.pack(">I4sI", len(iloc) + 12, b"meta", 0) + iloc
    return _ftyp(b"heic") + meta


# JUMBF: what stands inside the manifest store.


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _described(kind: bytes, label: str, content: bytes) -> bytes:
    about = kind + bytes.fromhex("00110010800000aa00389b71") + b"\x03" + label.encode() + b"\0"
    return _box(b"jumb", _box(b"jumd", about) + content)


def _store(content: bytes, form: str = "JPEG") -> bytes:
    return with_manifest_store(signed(form), _described(b"c2pa", "c2pa", content))


def jumbf_in_jumbf(depth: int = 1000) -> bytes:
    """Superboxes in superboxes, a thousand deep."""
    content = b""
    for number in range(depth):
        content = _described(b"c2ma", f"urn:c2pa:{number}", content)
    return _store(content)


def jumbf_over_the_end() -> bytes:
    """A manifest that announces four gigabytes."""
    store = manifest_store(signed())
    place = store.index(b"jumb", 12) - 4
    return with_manifest_store(signed(), store[:place] + struct.pack(">I", HUGE) + store[place + 4 :])


def jumbf_without_a_label() -> bytes:
    """A description box whose label never ends."""
    kind = b"c2ma" + bytes.fromhex("00110010800000aa00389b71")
    return _store(_box(b"jumb", _box(b"jumd", kind + b"\x03" + b"A" * 4000)))


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    """Two gigabytes of zeros as brotli: a stream of copies, made without unfolding it here."""
    compressor = brotli.Compressor(lgwin=24, quality=1)
    part = bytes(16 * 1024 * 1024)
    packed = b"".join(compressor.process(part) for _ in range(2 * GIB // len(part)))
    return packed + compressor.finish()


def brotli_bomb() -> bytes:
    """A signed file whose manifest is replaced by one that unfolds to two gigabytes."""
    return _store(_described(b"c2cm", "urn:c2pa:bomb", _box(b"brob", _bomb())))


def brotli_bomb_under_the_manifests_name() -> bytes:
    """The same under the label of the manifest that was signed."""
    store = manifest_store(signed())
    start = store.index(b"urn:c2pa:")
    label = store[start : store.index(b"\0", start)].decode()
    return _store(_described(b"c2cm", label, _box(b"brob", _bomb())))


def claim_of_nested_arrays(depth: int = 200_000) -> bytes:
    """A claim of CBOR arrays in arrays."""
    claim = _described(b"c2cl", "c2pa.claim.v2", _box(b"cbor", b"\x81" * depth + b"\0"))
    return _store(_described(b"c2ma", "urn:c2pa:deep", claim))


def claim_of_a_huge_array() -> bytes:
    """A claim that announces an array of four billion entries, and one of a text as long."""
    claim = b"\xa2\x61a\x9a\xff\xff\xff\xff\x61b\x7a\xff\xff\xff\xff"
    return _store(_described(b"c2ma", "urn:c2pa:huge", _described(b"c2cl", "c2pa.claim.v2", _box(b"cbor", claim))))


# Pictures and their containers.


def jpeg_of_endless_packets() -> bytes:
    """Credentials in 4,000 packets with numbers at random, each announcing a store of four gigabytes."""
    segments, scan = jpeg_segments(picture())
    head = struct.pack(">I4s", HUGE, b"jumb")
    packets = [
        jpeg_segment(0xEB, b"JP" + struct.pack(">HI", 0x0211, number * 7919 % 65_521) + head) for number in range(4000)
    ]
    return join_jpeg([*segments[:1], *packets, *segments[1:]], scan)


def png_chunk_over_the_end() -> bytes:
    """A credentials chunk that announces two gigabytes."""
    data = signed("PNG")
    place = data.index(b"caBX") - 4
    return data[:place] + struct.pack(">I", 0x7FFF_FFFF) + data[place + 4 :]


def png_bomb(width: int = 100_000, height: int = 100_000) -> bytes:
    """A PNG of a few kilobytes whose header announces ten thousand million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return join_png([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(4096))), (b"IEND", b"")])


def png_text_bomb() -> bytes:
    """A PNG with text that unfolds to half a gigabyte."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(512)) + packer.flush()
    chunks = png_chunks(picture("PNG"))
    return join_png([chunks[0], (b"zTXt", b"XML:com.adobe.xmp\0\0" + packed), *chunks[1:]])


def gif_without_an_end() -> bytes:
    """A GIF whose extension goes on until the file does."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    return head + b"!\xff\x0bC2PA_GIF\x01\0\0" + b"\xff".ljust(256, b"A") * 400


def mp3_tag_over_the_end() -> bytes:
    """An ID3 tag of 256 megabytes in a file of one kilobyte, with a frame as large in it."""
    return b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"GEOB\x7f\x7f\x7f\x7f\0\0" + bytes(1024)


def svg_of_laughs() -> bytes:
    """Entities that unfold to thousands of millions of words."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE svg [<!ENTITY l0 "laugh">{entities}]>'
    return f'<?xml version="1.0"?>{doctype}<svg xmlns="http://www.w3.org/2000/svg"><text>&l9;</text></svg>'.encode()


def svg_of_depth(depth: int = 100_000) -> bytes:
    """Groups in groups."""
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * depth + b"</g>" * depth + b"</svg>"


def pdf_of_depth(depth: int = 100_000) -> bytes:
    """Arrays in arrays, and a table of objects that names itself as the one before."""
    body = b"%PDF-1.7\n1 0 obj\n" + b"[" * depth + b"]" * depth + b"\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return body + table % (len(body), len(body))


def zip_of_many_entries() -> bytes:
    """A ZIP archive that announces 65,535 entries in four gigabytes of directory."""
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, HUGE, 30, 0)
    return b"PK\x03\x04" + bytes(26) + end


def jxl_bomb() -> bytes:
    """A JPEG XL whose metadata is a brotli bomb."""
    return b"\0\0\0\x0cJXL \r\n\x87\n" + _ftyp(b"jxl ") + _box(b"brob", b"jumb" + _bomb())


# Files that are not what they are called.


def text() -> bytes:
    return b"This is not a picture.\n" * 40


def nothing() -> bytes:
    return b""


def noise() -> bytes:
    """Bytes without any form."""
    state, parts = 1, bytearray()
    for _ in range(4096):
        state = state * 1103515245 + 12345 & 0x7FFF_FFFF
        parts.append(state >> 16 & 0xFF)
    return bytes(parts)


def polyglot() -> bytes:
    """A signed JPEG that is a ZIP archive as well."""
    archive = io.BytesIO()
    Image.new("RGB", (1, 1)).save(archive, "PNG")
    return signed() + b"PK\x03\x04" + bytes(26) + archive.getvalue() + b"PK\x05\x06" + bytes(18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One hostile file and what must come of it."""

    name: str
    build: Callable[[], bytes]
    integrity: Status
    """What the line must be. `fail` stands only where what was signed really was changed, `pass` nowhere."""
    reason: str = ""
    """The stable word beside an error."""


def _case(build: Callable[[], bytes], ending: str, integrity: Status, reason: str = "") -> Case:
    return Case(name=f"{build.__name__}.{ending}", build=build, integrity=integrity, reason=reason)


CASES: Final = (
    # The announced size is among the signed bytes.
    _case(riff_over_the_end, "wav", Status.FAIL),
    _case(riff_chunk_over_the_end, "wav", Status.ERROR, "asset"),
    _case(riff_of_nothing, "wav", Status.ABSENT),
    _case(webp_over_the_end, "webp", Status.UNKNOWN),
    _case(tiff_credentials_over_the_end, "tif", Status.UNKNOWN),
    _case(tiff_of_many_entries, "tif", Status.UNKNOWN),
    _case(tiff_in_a_circle, "tif", Status.UNKNOWN, "asset"),
    _case(tiff_offset_over_the_end, "tif", Status.UNKNOWN),
    _case(boxes_in_boxes, "mp4", Status.ERROR),
    _case(box_of_sixty_four_bits, "mp4", Status.ERROR, "asset"),
    _case(box_smaller_than_its_header, "mp4", Status.ERROR, "asset"),
    _case(sample_table_of_billions, "mp4", Status.ABSENT),
    _case(heif_of_many_items, "heic", Status.ABSENT),
    _case(jumbf_in_jumbf, "jpg", Status.ERROR, "parts"),
    # One engine reads on where the announced size should stop it; the raw store is not what it says it read.
    _case(jumbf_over_the_end, "jpg", Status.UNKNOWN),
    _case(jumbf_without_a_label, "jpg", Status.ERROR, "store"),
    _case(brotli_bomb, "jpg", Status.ERROR, "parts"),
    _case(brotli_bomb_under_the_manifests_name, "jpg", Status.ERROR, "parts"),
    _case(claim_of_nested_arrays, "jpg", Status.ERROR, "store"),
    _case(claim_of_a_huge_array, "jpg", Status.ERROR, "store"),
    _case(jpeg_of_endless_packets, "jpg", Status.ABSENT),
    _case(png_chunk_over_the_end, "png", Status.UNKNOWN),
    _case(png_bomb, "png", Status.ERROR, "too-many-pixels"),
    _case(png_text_bomb, "png", Status.ABSENT),
    _case(gif_without_an_end, "gif", Status.UNKNOWN),
    _case(mp3_tag_over_the_end, "mp3", Status.UNKNOWN),
    _case(svg_of_laughs, "svg", Status.ABSENT),
    _case(svg_of_depth, "svg", Status.ABSENT),
    _case(pdf_of_depth, "pdf", Status.ABSENT),
    _case(zip_of_many_entries, "zip", Status.UNKNOWN),
    _case(jxl_bomb, "jxl", Status.UNKNOWN),
    _case(text, "jpg", Status.ABSENT),
    _case(nothing, "jpg", Status.ERROR, "empty"),
    _case(noise, "jpg", Status.UNKNOWN),
    _case(polyglot, "jpg", Status.FAIL),
)
"""Every hostile file, each under a name of its own."""


def write_all(folder: Path) -> None:
    """Put every case into a folder, and beside them what is no file to read."""
    for case in CASES:
        (folder / case.name).write_bytes(case.build())
    (folder / "png-by-another-name.jpg").write_bytes(signed("PNG"))
    os.mkfifo(folder / "fifo.jpg")
    (folder / "dangling.jpg").symlink_to("nowhere")
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "empty").mkdir()
    with (folder / "sparse.mp4").open("wb") as file:
        file.truncate(3 * GIB)


OTHERS: Final = {
    "png-by-another-name.jpg": Status.UNKNOWN,
    "fifo.jpg": Status.ERROR,
    "dangling.jpg": Status.ERROR,
    "loop.jpg": Status.ERROR,
    "sparse.mp4": Status.ERROR,
}
"""What else `write_all` makes, with what `integrity` must be."""


def with_remote_address(signed_jpeg: bytes, address: str) -> bytes:
    """The JPEG without its credentials, and with XMP that names an address where they are said to be kept."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' dcterms:provenance="{address}"/></rdf:RDF></x:xmpmeta>'
    ).encode()
    segments, scan = jpeg_segments(remove_manifest(signed_jpeg))
    return join_jpeg([*segments, jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)], scan)


def movie(size: int) -> bytes:
    """An MP4 file with so many bytes of nothing in it, of which an engine can make a signed one."""
    times = struct.pack(">IIII", 0, 0, 1000, 0) + struct.pack(">IH", 0x10000, 0x100) + bytes(10)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = _box(b"mvhd", bytes(4) + times + matrix + bytes(24) + struct.pack(">I", 1))
    return _ftyp() + _box(b"moov", header) + _box(b"mdat", bytes(size))
