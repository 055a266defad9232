"""Which files do the tests have that two readers take for two types? Each is whole in both, and built here."""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from tests.support.authority import join_jpeg, join_png, jpeg_segment, jpeg_segments, picture, png_chunks
from tests.support.media.crafting import box
from tests.support.media.forms import PDF, dng, film, jxl, mp3

PAGE = b"<!doctype html><html><body><h1>Another page</h1></body></html>"
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(bytes(20))) + bytes(20)
RAR = b"Rar!\x1a\x07\x01\0" + bytes(32)
PACKETS = (b"G\x40\x11\x10" + bytes(184)) * 20
MHTML = (
    b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n"
    b"Another page\r\n--x--\r\n"
)


def with_comment(text: bytes, media: bytes | None = None) -> bytes:
    """A JPEG with a comment in front of its other segments."""
    segments, scan = jpeg_segments(picture() if media is None else media)
    return join_jpeg([jpeg_segment(0xFE, text), *segments], scan)


def with_text(text: bytes) -> bytes:
    """A PNG with a text behind its header."""
    header, *rest = png_chunks(picture("PNG"))
    return join_png([header, (b"tEXt", b"Comment\0" + text), *rest])


def archive(*, stored: bytes = b"words", name: str = "page.txt") -> bytes:
    """A ZIP archive of one stored file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(zipfile.ZipInfo(name), stored)
    return target.getvalue()


def archive_with_a_pdf() -> bytes:
    """A ZIP archive whose entry has a PDF for an extra field."""
    target = io.BytesIO()
    about = zipfile.ZipInfo("page.txt")
    about.extra = struct.pack("<HH", 0x7075, len(PDF)) + PDF
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(about, b"words")
    front, _, behind = target.getvalue().partition(b"PK\x01\x02")
    # In the directory the field holds blanks.
    return front + b"PK\x01\x02" + behind.replace(PDF, b" " * len(PDF))


def archive_by_its_offset() -> bytes:
    """A ZIP archive whose directory lies where the end record says, and is said to be longer than it is."""
    whole = archive()
    end = whole.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", whole, end + 16)
    before = picture()
    front = bytearray(before + whole)
    struct.pack_into("<I", front, len(before) + end + 12, 3)
    struct.pack_into("<I", front, len(before) + end + 16, len(before) + offset)
    return bytes(front)


def jpeg_that_is_a_tar() -> bytes:
    """The first block is a comment whose bytes are those of a header with a right checksum."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as made:
        made.addfile(tarfile.TarInfo("x" * 8))
    block = bytearray(target.getvalue()[:512])
    block[:6] = b"\xff\xd8\xff\xfe" + struct.pack(">H", 1020)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    whole = bytes(block) + bytes(1024 - len(block))
    segments, scan = jpeg_segments(picture())
    return whole + join_jpeg(segments, scan)[2:]


def jpeg_that_is_a_script() -> bytes:
    """The length of its first comment reads as the start of a comment in JavaScript."""
    text = b"*/=0;alert(1);/*" + b" " * (0x2F2A - 18)
    segments, scan = jpeg_segments(picture())
    return join_jpeg([jpeg_segment(0xE9, text), *segments], scan)


def gif_that_is_a_script() -> bytes:
    """Its width reads as the start of a comment in JavaScript."""
    whole = picture("GIF")
    return whole[:6] + b"/*" + whole[8:] + b"*/=1;alert(1);"


def tiff_that_is_dicom() -> bytes:
    """The preamble of DICOM takes any bytes, and the first directory of a TIFF may lie behind it."""
    tags = ((256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 400), (277, 1), (278, 8), (279, 64))
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = (b"II*\0" + struct.pack("<I", 132)).ljust(128, b"\0") + b"DICM"
    return (head + directory + bytes(4)).ljust(400, b"\0") + bytes(range(64))


def mp4_with(text: bytes) -> bytes:
    """A film with a free box behind its brands."""
    plain = film()
    (length,) = struct.unpack(">I", plain[:4])
    return plain[:length] + plain[length:] + box(b"free", text)


def jxl_with_a_film() -> bytes:
    """A picture in boxes with the boxes of a film behind them."""
    plain = film()
    return jxl() + plain[int.from_bytes(plain[:4], "big") :]


def prefixed(start: bytes) -> bytes:
    """A PDF behind other bytes; readers accept its header within the first 1,024."""
    return start + b"\n" * 8 + PDF


POLYGLOTS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "PDF in a comment": (lambda: with_comment(PDF), "image/jpeg", "application/pdf"),
    "PDF header at byte 1,024": (
        lambda: with_comment(b" " * 1018 + b"%PDF-1.4\n"), "image/jpeg", "application/pdf"
    ),
    "PDF without a header, far in": (
        lambda: with_comment(b" " * 5000 + PDF[9:]), "image/jpeg", "application/pdf"
    ),
    "PDF of objects alone, with comments in them": (
        lambda: with_comment(b" " * 5000 + re.sub(rb"0 obj\n", b"0" + b" " * 40 + b"obj%\n", PDF[9:])), "image/jpeg",
        "application/pdf",
    ),
    "PDF in front of an entry's content": (archive_with_a_pdf, "application/zip", "application/pdf"),
    "PDF behind a film": (lambda: mp4_with(b" " * 5000 + PDF), "video/mp4", "application/pdf"),
    "PDF by its other header": (
        lambda: with_text(b"%!PS-Adobe-3.0 PDF-1.4\n"), "image/png", "application/pdf"
    ),
    "HTML in a comment": (lambda: with_comment(PAGE), "image/jpeg", "text/html"),
    "HTML in a text": (lambda: with_text(b"<ScRiPt>alert(1)</sCrIpT>"), "image/png", "text/html"),
    "HTML of small tags": (lambda: with_comment(b"<b>Another page</b>"), "image/jpeg", "text/html"),
    "HTML that leads elsewhere": (
        lambda: with_comment(b'<meta http-equiv="refresh" content="0;url=//other.example">'), "image/jpeg", "text/html"
    ),
    "HTML of a name of its own": (lambda: with_text(b"<x-y a=1 onmouseover=alert(1)>"), "image/png", "text/html"),
    "HTML in front of a PDF": (lambda: prefixed(b" \n<!-- x --><p>Another page</p>"), "application/pdf", "text/html"),
    "HTML without a type": (lambda: b"<h1>words</h1>\n", "text/plain", "text/html"),
    "a drawing that leaves itself": (
        lambda: b'<!-- x --><svg xmlns="http://www.w3.org/2000/svg"><h1>Another</h1></svg>', "image/svg+xml",
        "text/html",
    ),
    "a comment that ends early": (
        lambda: b'<!--><h1>Another</h1> --><svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", "text/html"
    ),
    "PHP": (lambda: with_text(b"<?php system('id'); ?>"), "image/png", "application/x-httpd-php"),
    "PHP in short": (lambda: with_text(b"<?=`id`?>"), "image/png", "application/x-httpd-php"),
    "ZIP behind a JPEG": (lambda: picture() + archive(), "image/jpeg", "application/zip"),
    "ZIP in a comment": (lambda: with_comment(archive()), "image/jpeg", "application/zip"),
    "ZIP in a text": (lambda: with_text(archive()), "image/png", "application/zip"),
    "ZIP behind a PDF": (lambda: PDF + archive(), "application/pdf", "application/zip"),
    "ZIP by its offset": (archive_by_its_offset, "image/jpeg", "application/zip"),
    "an empty ZIP": (lambda: picture() + b"PK\x05\x06" + bytes(18), "image/jpeg", "application/zip"),
    "RAR": (lambda: picture() + RAR, "image/jpeg", "application/vnd.rar"),
    "7z": (lambda: with_comment(SEVEN_ZIP), "image/jpeg", "application/x-7z-compressed"),
    "tar": (jpeg_that_is_a_tar, "image/jpeg", "application/x-tar"),
    "ISO 9660": (
        lambda: with_comment(b"\0" * 0x7FFA + b"\x01CD001\x01" + bytes(2048)), "image/jpeg",
        "application/x-iso9660-image",
    ),
    "DICOM": (tiff_that_is_dicom, "image/tiff", "application/dicom"),
    "a program in front of a PDF": (
        lambda: prefixed(b"MZ" + bytes(62)), "application/pdf", "application/vnd.microsoft.portable-executable"
    ),
    "a shell script in front of a PDF": (
        lambda: prefixed(b"#!/bin/sh\necho hello\nexit\n"), "application/pdf", "text/x-shellscript"
    ),
    "a batch file": (lambda: with_comment(b"\r\n@echo off\r\ncalc\r\n"), "image/jpeg", "application/x-bat"),
    "JavaScript by a length": (jpeg_that_is_a_script, "image/jpeg", "text/javascript"),
    "JavaScript by a width": (gif_that_is_a_script, "image/gif", "text/javascript"),
    "MHTML": (lambda: with_comment(MHTML), "image/jpeg", "multipart/related"),
    "MP3": (lambda: with_comment(mp3()), "image/jpeg", "audio/mpeg"),
    "MPEG transport stream": (lambda: with_comment(PACKETS), "image/jpeg", "video/mp2t"),
    "a film beside a picture": (jxl_with_a_film, "image/jxl", "video/mp4"),
    "a film in front of a PDF": (lambda: box(b"free", PDF[:9]) + film(), "application/pdf", "video/mp4"),
    "a second JPEG": (lambda: picture() + picture(shade=90), "image/jpeg", "image/jpeg"),
    "a PNG behind a JPEG": (lambda: picture() + picture("PNG"), "image/jpeg", "image/png"),
    "a JPEG behind a PNG": (lambda: picture("PNG") + picture(), "image/png", "image/jpeg"),
    "a film behind a JPEG": (lambda: picture() + film(), "image/jpeg", "video/mp4"),
    "a GIF behind a GIF": (lambda: picture("GIF") + picture("GIF"), "image/gif", "image/gif"),
    "a WebP behind a PNG": (lambda: picture("PNG") + picture("WEBP"), "image/png", "image/webp"),
    "a raw photo that is a PDF": (lambda: dng() + b" " * 40 + PDF, "image/x-adobe-dng", "application/pdf"),
}  # fmt: skip
"""What it is: how it is built, what it is recognised as, and what else readers take it for."""
