"""Is the type told by the content, whatever a file is called and however it lies?"""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.media_type import UNKNOWN, disagrees, named_type, recognise
from tests.support.authority import picture
from tests.support.effort import costs_at_most


def ftyp(*brands: bytes) -> bytes:
    body = brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(16)


def tiff(*entries: tuple[int, int, int, int], order: str = "<", tail: bytes = b"") -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(entries))
    return head + b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries) + bytes(4) + tail


def raw(make: bytes, order: str = "<") -> bytes:
    entries = [(0x00FE, 4, 1, 1), (0x010F, 2, len(make), 8 + 2 + 24 + 4)]
    return tiff(*entries, order=order, tail=make)


def archive(*names: str, mimetype: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return target.getvalue()


def frames(header: bytes, length: int, count: int = 3) -> bytes:
    return (header + bytes(length - len(header))) * count


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

CONTENTS = [
    (picture("JPEG"), "image/jpeg"),
    (picture("PNG"), "image/png"),
    (picture("GIF"), "image/gif"),
    (picture("WEBP"), "image/webp"),
    (picture("TIFF"), "image/tiff"),
    (picture("AVIF"), "image/avif"),
    (picture("BMP"), "image/bmp"),
    (ftyp(b"heic", b"mif1"), "image/heic"),
    (ftyp(b"mif1", b"heic"), "image/heic"),
    (ftyp(b"mif1", b"avif"), "image/avif"),
    (ftyp(b"mif1"), "image/heif"),
    (ftyp(b"isom", b"mp41"), "video/mp4"),
    (ftyp(b"qt  "), "video/quicktime"),
    (b"\0\0\0\x10wide" + bytes(8) + b"\0\0\0\x08mdat", "video/quicktime"),
    (ftyp(b"M4A "), "audio/mp4"),
    (ftyp(b"crx "), "image/x-canon-cr3"),
    (b"\0\0\0\x18stypmsdh" + bytes(16), "video/iso.segment"),
    (b"\0\0\0\x10moof" + bytes(16), "video/iso.segment"),
    (b"\xff\x0a" + bytes(16), "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n" + ftyp(b"jxl "), "image/jxl"),
    (tiff((0xC612, 1, 4, 0x0401)), "image/x-adobe-dng"),
    (tiff((0xC612, 1, 4, 0x0401), order=">"), "image/x-adobe-dng"),
    (raw(b"NIKON CORPORATION\0"), "image/x-nikon-nef"),
    (raw(b"SONY\0", ">") + bytes(64), "image/x-sony-arw"),
    (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
    (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
    (b"fLaC" + bytes(38), "audio/flac"),
    (b"ID3\x04\0\0\0\0\0\x02\0\0fLaC" + bytes(38), "audio/flac"),
    (b"ID3\x04\0\0\0\0\0\x02\0\0\xff\xfb\x90\0", "audio/mpeg"),
    (frames(b"\xff\xfb\x90\x00", 417), "audio/mpeg"),
    (frames(b"\xff\xf3\x40\xc0", 104), "audio/mpeg"),
    (b"OggS" + bytes(24), "audio/ogg"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\0" * 1000 + b"%PDF-1.7\n", "application/pdf"),
    (b"\0\0\0\x40jumb\0\0\0\x1ejumdc2pa" + bytes(40), "application/c2pa"),
    (archive("a.txt"), "application/zip"),
    (archive(), "application/zip"),
    (archive("[Content_Types].xml", "word/document.xml"), WORD),
    (archive("[Content_Types].xml", "xl/workbook.xml"), SHEET),
    (archive(mimetype="application/epub+zip"), "application/epub+zip"),
    (archive(mimetype="application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    (b"\xef\xbb\xbf <?xml version='1.0'?><!-- a - b --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<s:svg>", "image/svg+xml"),
    ("Ein Hafen im Morgenlicht, über dem Möwen kreisen.\n".encode(), "text/plain"),
    (b"x" * 70_000 + "é".encode() * 10, "text/plain"),
    ("text".encode("utf-16"), "text/plain"),
    (b"", UNKNOWN),
    (bytes(100), UNKNOWN),
    (b"\xff\xfb\x90\x00" + b"noise, not a frame" * 100, UNKNOWN),
    (b"words and a \0 byte", UNKNOWN),
    (b"caf\xe9", UNKNOWN),
]


@pytest.mark.parametrize(("data", "expected"), CONTENTS)
def test_tells_the_type_by_the_content(data: bytes, expected: str) -> None:
    assert recognise(data) == expected
    assert recognise(data, name="harbour.jpg") == expected


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (tiff((0x0100, 3, 1, 8)), "a.NEF", "image/x-nikon-nef"),
        (tiff((0x0100, 3, 1, 8)), "a.jpg", "image/tiff"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (b"a,b\n1,2\n", "a.png", "text/plain"),
        (
            archive("[Content_Types].xml", "word/document.xml"),
            "a.docm",
            "application/vnd.ms-word.document.macroenabled.12",
        ),
        (archive("[Content_Types].xml", "word/document.xml"), "a.xlsx", WORD),
    ],
)
def test_a_name_decides_only_among_types_whose_content_looks_alike(data: bytes, name: str, expected: str) -> None:
    assert recognise(data, name=name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", "image/jpeg"),
        ("a.b.png", "image/png"),
        ("a", ""),
        (".jpg", ""),
        ("a.unknown", ""),
        ("a.", ""),
        ("", ""),
    ],
)
def test_a_names_ending_claims_a_type(name: str, expected: str) -> None:
    assert named_type(name) == expected


@pytest.mark.parametrize(
    ("content", "named", "expected"),
    [
        ("image/png", "image/jpeg", True),
        ("text/plain", "image/jpeg", True),
        ("image/png", "", False),
        ("image/png", "image/png", False),
        ("video/mp4", "video/quicktime", False),
        ("image/heic", "image/heif", False),
        ("image/avif", "image/heic", True),
        (UNKNOWN, "image/jpeg", True),
    ],
)
def test_a_wrong_name_is_told_from_a_loose_one(content: str, named: str, expected: bool) -> None:
    assert disagrees(content, named) is expected


@given(st.binary(max_size=4096), st.sampled_from([b"", *sorted({data[:16] for data, _type in CONTENTS})]))
def test_any_bytes_have_some_type(noise: bytes, start: bytes) -> None:
    assert "/" in recognise(start + noise, name="a.docx")


@pytest.mark.parametrize(
    "part",
    [
        b"<!--",
        b"<!---",
        b"<?",
        b" ",
        b"<!DOCTYPE",
        b"<!DOCTYPE [",
        b"<? ?>",
        b"<!DOCTYPE a>",
        b"<!-- -->",
        b"<!DOCTYPE ",
    ],
)
def test_looking_for_svg_takes_no_time_however_its_prologue_goes_on(part: bytes) -> None:
    for data in (part * 16_000, part + b" " * 65_000, part * 100 + b"-" * 60_000):
        assert costs_at_most(0.5, lambda data=data: recognise(data))


@pytest.mark.parametrize("data", [data for data, expected in CONTENTS if expected != UNKNOWN][:40])
def test_a_cut_file_is_recognised_or_unknown_and_never_a_crash(data: bytes) -> None:
    for cut in {*range(min(len(data), 64)), len(data) // 2}:
        assert "/" in recognise(data[:cut])
