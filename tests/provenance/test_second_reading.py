"""Is every other type found as which a file can be read, and nothing in files that are only themselves?"""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from provenance.formats import read_layout
from provenance.media_type import frame_length, recognise
from provenance.readings.second_reading import SecondReading, declared_parts, second_readings
from tests.support.authority import join_jpeg, join_png, jpeg_segment, jpeg_segments, picture, png_chunks
from tests.support.media.forms import FORMS, MEDIA, PDF, document
from tests.support.media.hostile import movie
from tests.support.media.polyglots import PAGE, POLYGLOTS, archive, jpeg_that_is_a_tar, with_comment, with_text
from tests.support.shares import in_its_share


def readings(data: bytes, media_type: str = "") -> tuple[SecondReading, ...]:
    kind = media_type or recognise(data)
    return second_readings(data, kind, read_layout(data, kind))


def kinds(data: bytes, media_type: str = "") -> set[str]:
    return {one.media_type for one in readings(data, media_type)}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_that_two_readers_take_for_two_types_is_found(name: str) -> None:
    build, own, other = POLYGLOTS[name]
    data = build()
    assert recognise(data) == own
    found = {one.media_type: one for one in readings(data)}
    assert other in found
    assert 0 <= found[other].start < found[other].end <= len(data)
    # A second file of the same type can only lie behind.
    assert found[other].is_behind or other != own


def test_readers_really_take_them_for_what_is_said() -> None:
    for name in ("ZIP behind a JPEG", "ZIP in a comment", "ZIP in a text", "ZIP behind a PDF"):
        data = POLYGLOTS[name][0]()
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            assert opened.read("page.txt") == b"words", name
    with tarfile.open(fileobj=io.BytesIO(jpeg_that_is_a_tar())) as opened:
        assert opened.getnames()
    assert Image.open(io.BytesIO(POLYGLOTS["DICOM"][0]())).size == (8, 8)
    for name in ("PDF in a comment", "JavaScript by a length", "tar", "MP3", "a second JPEG"):
        assert Image.open(io.BytesIO(POLYGLOTS[name][0]())).format == "JPEG", name


@pytest.mark.parametrize("media_type", [*FORMS])
def test_a_file_that_is_only_itself_has_no_second_reading(media_type: str) -> None:
    assert readings(FORMS[media_type](), media_type) == ()
    if media_type in MEDIA:
        assert readings(MEDIA[media_type](), media_type) == ()


def noise(size: int) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((size, size), 90).save(target, "PNG", compress_level=0)
    return target.getvalue()


def test_letters_among_pixels_are_no_document() -> None:
    chunks = png_chunks(noise(600))
    at = next(number for number, (kind, content) in enumerate(chunks) if kind == b"IDAT" and len(content) > 9_000)
    content = chunks[at][1]
    pixels = content[:8_000] + b"%PDF-1.4 1 0 obj" + content[8_016:]
    whole = join_png([*chunks[:at], (b"IDAT", pixels), *chunks[at + 1 :]])
    assert whole.index(b"%PDF") > 1024
    assert readings(whole) == ()


@pytest.mark.parametrize(
    "text",
    [
        b"x < html > y <b 1> <i>", b"obj <<", b"1 0 obj <<", b"@echo on", b"see mime-version:1.0", b"G" * 5000,
        b"<?=:<;8:;:;<9<?:>@=??:=85984896", b"PK\x05\x06" + b"\x01" * 18, b"7z\xbc\xaf\x27\x1c" + bytes(40),
        b"\xff\xfb\x90\x00" * 40, b"#!/bin/sh", b"CD001", b"\r\necho off",
    ],
)  # fmt: skip
def test_what_only_resembles_another_type_is_none(text: bytes) -> None:
    assert readings(with_comment(b"." + text)) == ()


def test_frames_of_different_streams_are_no_sound() -> None:
    rates = (b"\xff\xfb\x90\x00" + bytes(413), b"\xff\xfb\x94\x00" + bytes(380))
    assert [frame_length(one[:4]) == len(one) for one in rates] == [True, True]
    assert readings(with_comment(rates[0] * 8)) != ()
    assert readings(with_comment((rates[0] + rates[1]) * 4)) == ()


def test_four_bytes_behind_a_picture_are_no_second_one() -> None:
    for tail in (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe0\x00\x10" + bytes(40), b"GIF8", b"RIFF", b"%PDF"):
        assert readings(picture() + tail) == (), tail


def test_the_length_of_an_exif_block_that_looks_like_an_assignment_is_no_script() -> None:
    segments, scan = jpeg_segments(picture())
    exif = jpeg_segment(0xE1, b"Exif\0\0" + bytes(0x3D74 - 8))
    data = join_jpeg([exif, *segments], scan)
    assert data[3:8] == b"\xe1=tEx"
    assert readings(data) == ()


def test_a_flat_grey_picture_is_no_film() -> None:
    target = io.BytesIO()
    Image.new("L", (256, 256), 0x47).save(target, "TIFF")
    assert readings(target.getvalue()) == ()


def test_a_drawing_behind_a_comment_is_shown_alike_by_a_browser() -> None:
    assert readings(b'<!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>') == ()


def test_bytes_of_no_known_type_have_no_first_reading_to_differ_from() -> None:
    assert second_readings(b"\x01" + PAGE, "application/octet-stream", read_layout(b"\x01" + PAGE)) == ()


class TestDeclaredParts:
    """What the file itself declares, where it lies, and only as what it is declared."""

    def test_entries_of_an_archive_are_its_parts(self) -> None:
        for stored, name in ((PDF, "a.pdf"), (PAGE, "a.html"), (archive(), "a.zip")):
            data = archive(stored=stored, name=name)
            assert stored in data
            assert readings(data) == ()

    def test_what_lies_between_the_entries_is_none_of_them(self) -> None:
        data = document()
        at = data.index(b"PK\x01\x02")
        moved = bytearray(data[:at] + PAGE + data[at:])
        end = moved.rindex(b"PK\x05\x06")
        struct.pack_into("<I", moved, end + 16, at + len(PAGE))
        assert kinds(bytes(moved)) == {"text/html"}

    def test_attachments_and_rich_text_of_a_pdf_are_its_parts(self) -> None:
        held = b"4 0 obj\n<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        for content in (PAGE, archive()):
            data = PDF[:-6] + held % (len(content), content) + PDF[-6:]
            assert readings(data) == ()
            assert readings(data.replace(b"/EmbeddedFile", b"/EmbeddedFilm")) != ()
        note = PDF[:-6] + b"<</RC(<body><p>a note \\(short\\)</p></body>)>>" + PDF[-6:]
        assert readings(note) == ()
        assert kinds(note.replace(b"/RC", b"/RX")) == {"text/html"}

    @pytest.mark.parametrize("form", ["container", "element", "micro video", "samsung", "mpf"])
    def test_a_photos_second_picture_or_film_is_its_part_where_it_is_declared(self, form: str) -> None:
        data = photo(form, movie(256))
        assert readings(data) == ()
        # Declared in another place, or as long again: what lies there is no part.
        assert kinds(photo(form, movie(256), moved=40)) == {"video/mp4"}

    def test_what_is_declared_is_a_picture_or_a_film(self) -> None:
        assert kinds(photo("container", picture("PNG"))) == {"image/png"}
        assert kinds(photo("container", picture())) == set()

    def test_a_declared_film_is_a_film_and_no_archive(self) -> None:
        assert kinds(photo("container", movie(256) + archive())) == {"application/zip"}

    def test_bounds_are_those_of_the_index(self) -> None:
        data = photo("container", movie(256))
        (start, end) = declared_parts(data, read_layout(data)).media[0]
        assert (data[start + 4 : start + 8], end) == (b"ftyp", len(data))
        assert kinds(data + picture("PNG")) == {"image/png"}


XMP = b"http://ns.adobe.com/xap/1.0/\0"


def photo(form: str, film: bytes, *, moved: int = 0) -> bytes:
    """A JPEG with a film behind it that its metadata declare in that form; `moved` bytes from where it is."""
    size = len(film) - moved
    packets = {
        "container": b'<x:xmpmeta><rdf:li><C:Item Item:Mime="image/jpeg" Item:Length="0" Item:Padding="%d"/></rdf:li>'
        b'<rdf:li><C:Item Item:Mime="video/mp4" Item:Length="%d"/></rdf:li></x:xmpmeta>' % (moved, size),
        "element": b'<rdf:li Item:Mime="image/jpeg" Item:Padding="%d"/>'
        b'<rdf:li Item:Semantic="MotionPhoto" Item:Length="%d"/>' % (moved, size),
        "micro video": b'<rdf:Description GCamera:MicroVideoOffset="%d"/>' % size,
    }
    segments, scan = jpeg_segments(picture())
    if form in packets:
        return join_jpeg([*segments, jpeg_segment(0xE1, XMP + packets[form])], scan) + film
    if form == "samsung":
        record = struct.pack("<HHI", 0, 0x0A30, 16) + b"MotionPhoto_Data" + film
        entry = struct.pack("<HHII", 0, 0x0A30, len(record) - moved, len(record) - moved)
        directory = b"SEFH" + struct.pack("<II", 106, 1) + entry
        return picture() + record + directory + struct.pack("<I", len(directory)) + b"SEFT"
    length = len(join_jpeg([*segments, jpeg_segment(0xE2, b"MPF\0" + bytes(58))], scan))
    base = length - len(scan) - 58
    index = (
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0xB002, 7, 32, 26) + bytes(4)
        + struct.pack("<IIIHH", 0x030000, length, 0, 0, 0) + struct.pack("<IIIHH", 0, size, length + moved - base, 0, 0)
    )  # fmt: skip
    return join_jpeg([*segments, jpeg_segment(0xE2, b"MPF\0" + index)], scan) + film


MANY = 1_000_000
HOSTILE: dict[str, Callable[[], bytes]] = {
    "tags": lambda: b"<b>" * (MANY // 3),
    "open tags": lambda: b"<b>" + b"a" * MANY,
    "doctypes": lambda: b"<!doctype " * (MANY // 10),
    "short PHP": lambda: b"<?=a(" * (MANY // 5),
    "objects": lambda: b"obj<<" * (MANY // 5),
    "end records": lambda: b"PK\x05\x06" * (MANY // 4),
    "frames": lambda: b"\xff\xfb\x90" * (MANY // 3),
    "packets": lambda: b"G" * MANY,
    "echo": lambda: b"@echo off" * (MANY // 9),
    "versions": lambda: b"-version: 1.0" * (MANY // 13),
    "JPEGs": lambda: b"\xff\xd8\xff\xe0" * (MANY // 4),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" * (MANY // 6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_cost_no_more_than_their_length(name: str) -> None:
    inside = HOSTILE[name]()
    for data in (picture() + inside, picture("PNG") + inside, b"%PDF-1.4\n" + inside):
        kind = recognise(data)
        layout = read_layout(data, kind)
        in_its_share(len(data), lambda data=data, kind=kind, layout=layout: second_readings(data, kind, layout))


@pytest.mark.parametrize(
    "inside",
    [b"/Type/EmbeddedFile ", b"/Type/EmbeddedFile stream\n", b"/RC(", b"/RC(a)", b"/RC(\\"],
)
def test_hostile_attachments_cost_no_more_than_their_length(inside: bytes) -> None:
    data = b"%PDF-1.4\n" + inside * (MANY // len(inside))
    layout = read_layout(data, "application/pdf")
    in_its_share(len(data), lambda: declared_parts(data, layout))


def test_hostile_items_cost_no_more_than_their_length() -> None:
    packet = XMP + b"<a:Item " * 8_000
    segments, scan = jpeg_segments(picture())
    data = join_jpeg([jpeg_segment(0xE1, packet[:65_000])] * 15 + segments, scan)
    layout = read_layout(data)
    in_its_share(len(data), lambda: declared_parts(data, layout))


@given(st.binary(max_size=2048), st.sampled_from(sorted(FORMS)))
def test_any_bytes_behind_any_file_are_looked_at_without_a_fault(noise: bytes, media_type: str) -> None:
    data = FORMS[media_type]() + noise
    layout = read_layout(data, media_type)
    for one in second_readings(data, media_type, layout):
        assert 0 <= one.start <= one.end <= len(data)


def test_every_polyglot_is_only_one_where_the_second_reading_is_there() -> None:
    for form in ("JPEG", "PNG", "GIF", "TIFF", "WEBP"):
        assert readings(picture(form)) == (), form
    assert readings(with_text(b"words")) == readings(with_comment(b"words")) == ()
    assert re.search(rb"MZ", POLYGLOTS["a program in front of a PDF"][0]())
