"""Does a file of one type read as a file of another, by the rules that readers of that other type use?

A viewer of another type refuses an original; it has to refuse every mutant too.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from tests.viewers.model import RefusedError, View, Viewer
from tests.viewers.viewing.libraries import MOVING, digest, pdfium, pillow, pyav, refusing

ZIPS: Final = frozenset(
    (
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
)
SNIFFED: Final = 1445
"""Bytes in which a browser looks for signs of HTML (WHATWG MIME Sniffing, section 7)."""
_SIGN: Final = re.compile(
    rb"<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]", re.IGNORECASE
)


def _zip_by_directory(data: bytes, _: str) -> View:
    """As Python and most desktops read it; the store aside."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = [
            f"{info.filename} {digest(archive.read(info))}"
            for info in archive.infolist()
            if not info.filename.endswith(".c2pa")
        ]
    if not lines:
        raise RefusedError("nothing in it")
    return tuple(lines)


def _entries(data: bytes) -> Iterator[str]:
    position = 0
    while data[position : position + 4] == b"PK\x03\x04":
        method, _, _, _, size, _, name, extra = struct.unpack("<HHHIIIHH", data[position + 8 : position + 30])
        begin = position + 30 + name + extra
        packed = data[begin : begin + size]
        content = zlib.decompress(packed, -15) if method == 8 else packed
        called = data[position + 30 : position + 30 + name].decode("utf-8", "replace")
        if not called.endswith(".c2pa"):
            yield f"{called} {digest(content)}"
        position = begin + size


def _zip_by_stream(data: bytes, _: str) -> View:
    """As readers of streams do: from one local header to the next."""
    lines = tuple(_entries(data))
    if not lines:
        raise RefusedError("no local header at the start")
    return lines


def _zip_of_others(data: bytes, media_type: str) -> View:
    if media_type in ZIPS:
        raise RefusedError("no stranger")
    return _zip_by_directory(data, media_type)


def _pdf_of_others(data: bytes, media_type: str) -> View:
    if media_type == "application/pdf" or b"%PDF-" not in data[:1024]:
        raise RefusedError("no PDF")
    return pdfium(data, media_type)


def _picture_of_others(data: bytes, media_type: str) -> View:
    if media_type.startswith("image/"):
        raise RefusedError("no stranger")
    return pillow(data, media_type)


def _clip_of_others(data: bytes, media_type: str) -> View:
    """Films and sounds in files that are none, by what FFmpeg's probes find anywhere near the beginning."""
    if media_type in MOVING or media_type.startswith("image/"):
        raise RefusedError("no stranger")
    return pyav(data, media_type)


def _archive_of_others(data: bytes, _: str) -> View:
    """Archives by their first bytes; RAR within a megabyte, where its readers look behind a program."""
    at = data.find(b"Rar!\x1a\x07", 0, 1 << 20)
    if at < 0 and not data.startswith((b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        raise RefusedError("no archive")
    return (f"archive at {at}",)


def _page(data: bytes, media_type: str) -> View:
    if media_type == "image/svg+xml" or media_type in ZIPS:
        raise RefusedError("no stranger")
    found = _SIGN.search(data[:SNIFFED])
    if not found:
        raise RefusedError("no sign of HTML where browsers look for it")
    return (found.group().decode("latin-1"),)


def _script(data: bytes, _: str) -> View:
    if not data.startswith((b"#!", b"<?php", b"%!PS")):
        raise RefusedError("no script")
    return (data[:20].decode("latin-1"),)


def stranger_viewers() -> list[Viewer]:
    """Two readings of ZIP archives by their own rules, and every stranger."""
    return [
        Viewer(name="zipfile", look=refusing(_zip_by_directory), formats=ZIPS),
        Viewer(name="ZIP stream", look=refusing(_zip_by_stream), formats=ZIPS),
        Viewer(name="as ZIP", look=refusing(_zip_of_others), is_stranger=True),
        Viewer(name="as PDF", look=refusing(_pdf_of_others), is_stranger=True),
        Viewer(name="as picture", look=refusing(_picture_of_others), is_stranger=True),
        Viewer(name="as clip", look=refusing(_clip_of_others), is_stranger=True),
        Viewer(name="as archive", look=refusing(_archive_of_others), is_stranger=True),
        Viewer(name="as HTML", look=refusing(_page), is_stranger=True),
        Viewer(name="as script", look=refusing(_script), is_stranger=True),
    ]
