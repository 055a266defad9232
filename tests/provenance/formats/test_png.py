"""Is every chunk of a PNG named for what it is, and a store in it only where its chunk is right?"""

from __future__ import annotations

import struct
import zlib

import pytest

from provenance.formats import Kind, read_layout
from tests.provenance.by_hand import STORE, leaving, named, whats, without
from tests.support.authority import join_png, picture, png_chunks
from tests.support.media.gaps import orientation, thumbnail

PROPERTY = "text that readers may take for a property"
XMP = b"XML:com.adobe.xmp\0"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunks(*own: tuple[bytes, bytes], at: int = 1) -> bytes:
    chunks = png_chunks(picture("PNG"))
    return join_png([*chunks[:at], *own, *chunks[at:]])


def test_a_store_is_its_chunk_and_nothing_else() -> None:
    data = with_chunks((b"caBX", STORE))
    assert read_layout(data).stores == (STORE,)
    assert named(without(data, chunk(b"caBX", STORE))) == ["integrity.coverage.full"]


@pytest.mark.parametrize(("tail", "foreign"), [(bytes(9), False), (b"tail", True), (bytes(9) + b"<html>", True)])
def test_zeros_may_fill_up_the_chunk_and_nothing_else_may(tail: bytes, foreign: bool) -> None:
    data = with_chunks((b"caBX", STORE + tail))
    assert read_layout(data).stores == (STORE,)
    found = named(without(data, chunk(b"caBX", STORE + tail)))
    assert ("integrity.store.foreign" in found) is foreign


@pytest.mark.parametrize("content", [b"", b"page", b"<html>" + STORE, STORE[:-1], bytes(40)])
def test_a_chunk_of_a_stores_name_that_holds_none_is_foreign(content: bytes) -> None:
    data = with_chunks((b"caBX", content))
    assert "integrity.store.foreign" in named(without(data, chunk(b"caBX", content)))


def test_a_wrong_checksum_is_foreign() -> None:
    data = with_chunks((b"caBX", STORE))
    right = chunk(b"caBX", STORE)
    wrong = right[:-4] + b"evil"
    assert "integrity.store.foreign" in named(without(data.replace(right, wrong), wrong))


@pytest.mark.parametrize(("at", "doubtful"), [(0, True), (1, False), (2, True), (3, False)])
def test_a_store_before_the_header_or_amid_the_pixels_is_a_matter_of_the_reader(at: int, doubtful: bool) -> None:
    pixels = b"".join(content for name, content in png_chunks(picture("PNG")) if name == b"IDAT")
    header = png_chunks(picture("PNG"))[0]
    chunks = [header, (b"IDAT", pixels[:50]), (b"IDAT", pixels[50:]), (b"IEND", b"")]
    chunks.insert(at, (b"caBX", STORE))
    found = without(join_png(chunks), chunk(b"caBX", STORE))
    assert named(found) == (["integrity.tables"] if doubtful else ["integrity.coverage.full"])
    assert whats(found) == (["Content Credentials before or amid the picture's data"] if doubtful else [])


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        (b"eXIf", orientation(6), "EXIF orientation"),
        (b"eXIf", b"Exif\0\0" + orientation(6), "EXIF orientation"),
        (b"eXIf", orientation(1) + b"Exif\0\0" + orientation(6), "second EXIF block"),
        (b"eXIf", b"Exif\0\1" + orientation(1), "EXIF that cannot be read"),
        (b"eXIf", thumbnail(picture(size=(8, 8))), "EXIF thumbnail"),
        (b"zxIf", b"anything", "EXIF that cannot be read"),
        (b"pHYs", struct.pack(">IIB", 1000, 1001, 1), "pixel aspect"),
        (b"tEXt", b"Raw profile type exif\0\nexif\n 4\n00", "profile kept as text"),
        (b"zTXt", b"Raw profile type icc\0\0", "profile kept as text"),
        (b"tEXt", b"tiff:Orientation\x006", PROPERTY),
        (b"zTXt", b"tiff:Orientation\0\0" + zlib.compress(b"6"), PROPERTY),
        (b"iTXt", b"exif:Orientation\0\0\0\0\x006", PROPERTY),
        (b"tEXt", b"Exif\0" + orientation(6), PROPERTY),
        (b"tEXt", b"exif" + orientation(6), PROPERTY),
        (b"tEXt", b"icc_profile\0profile", PROPERTY),
        (b"tEXt", b"xmp\0<r tiff:Orientation='8'/>", PROPERTY),
        (b"tEXt", b"transparency\0a", PROPERTY),
        (b"iTXt", b"colorspace\0\0\0\0\0CMYK", PROPERTY),
        (b"tEXt", b"xml:com.adobe.xmp\0<r/>", PROPERTY),
        (b"tEXt", b"a keyword that nobody knows\0text", PROPERTY),
        (b"tEXt", b"", PROPERTY),
        (b"iTXt", XMP + b"\0\0\0\0<r tiff:Orientation='8'/>", "XMP orientation"),
        (b"iTXt", XMP + b"\1\0\0\0" + zlib.compress(b"<r/>"), "XMP that cannot be read"),
        (b"zTXt", XMP + b"\0" + zlib.compress(b"<r/>"), "XMP that cannot be read"),
        (b"tEXt", XMP + b"<r/>", "XMP that cannot be read"),
    ],
)
def test_chunks_that_decide_what_is_shown_are_named_where_they_are_left_out(
    name: bytes, content: bytes, shown: str
) -> None:
    found = without(with_chunks((b"caBX", STORE), (name, content)), chunk(name, content))
    assert "integrity.shown.excluded" in named(found)
    assert found.shown_names == (shown,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"eXIf", orientation(1)),
        (b"tIME", bytes(7)),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"tEXt", b"Software\0paint"),
        (b"tEXt", b"Comment\0tiff:Orientation"),
        (b"iTXt", b"parameters\0\0\0\0\0steps: 20"),
        (b"iTXt", XMP + b"\0\0en\0\0<r tiff:Orientation='1'/>"),
    ],
)
def test_neutral_chunks_are_left_out_without_a_doubt(name: bytes, content: bytes) -> None:
    found = without(with_chunks((b"caBX", STORE), (name, content)), chunk(name, content))
    assert named(found) == ["integrity.coverage.metadata_excluded"]


@pytest.mark.parametrize(
    ("signed", "put_in", "shown"),
    [
        ((b"eXIf", orientation(6)), (b"eXIf", orientation(1)), ("EXIF",)),
        ((b"tEXt", b"Raw profile type exif\0\nexif\n 4\n00"), (b"eXIf", orientation(1)), ("EXIF",)),
        ((b"iTXt", XMP + b"\0\0\0\0<r tiff:Orientation='8'/>"), (b"eXIf", orientation(1)), ("EXIF",)),
        ((b"pHYs", struct.pack(">IIB", 1, 2, 0)), (b"pHYs", struct.pack(">IIB", 1, 1, 0)), ("resolution",)),
        ((b"eXIf", orientation(6)), (b"tEXt", b"Software\0paint"), ()),
        ((b"tEXt", b"tiff:Orientation\x006"), (b"eXIf", orientation(1)), ("EXIF",)),
        ((b"tEXt", b"gamma\x001"), (b"eXIf", orientation(1)), ()),
        ((b"tEXt", b"gamma\x001"), (b"tEXt", b"Software\0paint"), ()),
        ((b"eXIf", orientation(0)), (b"eXIf", orientation(1)), ("EXIF",)),
    ],
)
def test_what_is_neutral_by_itself_is_not_beside_what_it_may_hide(
    signed: tuple[bytes, bytes], put_in: tuple[bytes, bytes], shown: tuple[str, ...]
) -> None:
    found = without(with_chunks((b"caBX", STORE), put_in, signed), chunk(*put_in))
    assert found.shown_names == shown


@pytest.mark.parametrize(
    "name", [b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"bKGD", b"PLTE"]
)
def test_chunks_that_decide_colours_and_frames_are_media(name: bytes) -> None:
    found = without(with_chunks((b"caBX", STORE), (name, b"content")), chunk(name, b"content"))
    assert "integrity.coverage.media_excluded" in named(found)


def test_a_chunk_that_breaks_off_ends_what_is_read() -> None:
    whole = with_chunks((b"caBX", STORE))
    cut = whole[: whole.index(b"IDAT") + 10]
    layout = read_layout(cut)
    assert not layout.complete
    assert [one.name for one in layout.boxes] == ["PNGh", "IHDR", "C2PA"]
    start = whole.index(b"IDAT") - 4
    assert layout.regions[-1][:3] == (start, len(cut), Kind.OTHER)
    assert "integrity.coverage.unknown" in named(leaving(cut, (len(cut) - 3, len(cut))))
