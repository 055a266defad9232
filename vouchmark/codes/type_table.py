"""Which types of file are checked by whom, and what of them is not looked at? The table of the manual.

The engines say themselves what they read; what our own check reads stands here, and tests hold both true. Types that
nobody reads are named, because a report on one of them says nothing about the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vouchmark.lines.integrity import formats

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
_MICROSOFT: Final = "application/vnd.ms-"
_MACROS: Final = ".macroenabled.12"


def _typed(start: str, *names: str, end: str = "") -> tuple[str, ...]:
    return tuple(f"{start}{name}{end}" for name in names)


FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "JPEG, PNG, WebP, GIF, TIFF, AVIF": _typed("image/", "jpeg", "png", "webp", "gif", "tiff", "avif"),
    "HEIC, HEIF, JPEG XL, DNG": _typed("image/", "heic", "heif", "jxl", "x-adobe-dng"),
    "sequences of HEIC and HEIF": _typed("image/", "heic-sequence", "heif-sequence"),
    "NEF, ARW": _typed("image/", "x-nikon-nef", "x-sony-arw"),
    "SVG": ("image/svg+xml",),
    "MP4, MOV, M4A": ("video/mp4", "application/mp4", "video/x-m4v", "video/quicktime", "audio/mp4"),
    "AVI, WAV, MP3, FLAC": ("video/x-msvideo", "audio/wav", "audio/mpeg", "audio/flac"),
    "Ogg, Opus": ("audio/ogg",),
    "PDF": ("application/pdf",),
    "DOCX, XLSX, PPTX, ODT, ODS, ODP, ODG": (
        *_typed(_OFFICE, "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"),
        *_typed(_OPEN, "text", "spreadsheet", "presentation", "graphics"),
        *_typed(_MICROSOFT, "word.document", "excel.sheet", "powerpoint.presentation", end=_MACROS),
    ),
    "EPUB": ("application/epub+zip",),
    "OXPS": ("application/oxps",),
    "templates and slide shows of Office, XLSB": (
        *_typed(_OFFICE, *(f"{one}.template" for one in ("wordprocessingml", "spreadsheetml", "presentationml"))),
        f"{_OFFICE}presentationml.slideshow",
        *_typed(_MICROSOFT, *(f"{one}.template" for one in ("word", "excel", "powerpoint")), end=_MACROS),
        *_typed(_MICROSOFT, "powerpoint.slideshow", "excel.sheet.binary", end=_MACROS),
    ),
    "Visio, XPS, ZIP": (
        *_typed(_MICROSOFT, "visio.drawing", "visio.stencil", "visio.template"),
        *_typed(_MICROSOFT, "visio.drawing", "visio.stencil", "visio.template", end=_MACROS),
        *("application/vnd.ms-xpsdocument", "application/zip", "application/x-zip-based"),
    ),
    "fonts": (*_typed("font/", "otf", "ttf", "sfnt"), *_typed("application/", "font-sfnt", "x-font-ttf")),
    "text, Markdown, CSV, TSV, JSON, YAML, TOML, XML, XHTML, CSS, JavaScript, Python": (
        *_typed("text/", "plain", "markdown", "csv", "tab-separated-values", "xml", "css", "x-python"),
        *_typed("application/", "json", "yaml", "toml", "xml", "xhtml+xml", "javascript"),
    ),
    "HTML": ("text/html",),
    "MKV, WebM, BMP, JPEG 2000, PSD, AIFF, FLV, WMV and all others": (
        *_typed("video/", "x-matroska", "webm", "x-flv", "x-ms-wmv"),
        *_typed("image/", "bmp", "jp2", "vnd.adobe.photoshop"),
        "audio/aiff",
    ),
}
"""Every type that an engine reads, and some that none does, in groups that are read alike."""

NOT_OURS: Final = frozenset({list(FAMILIES)[-1]})
"""Groups in which our own check does not tell media from the rest."""
NOT_MEASURED: Final = frozenset({"HEIC, HEIF, JPEG XL, DNG", "sequences of HEIC and HEIF", "NEF, ARW", "SVG"})
"""Pictures whose size is not read."""

_BYTES: Final = "which bytes are hashed, by our own check: integrity does not pass"
_NOTHING: Final = "everything but manifest stores in plain bytes"


def not_looked_at(name: str, *, is_read: bool) -> str:
    """What of a group is not looked at, in the report's words."""
    if not is_read:
        return _NOTHING
    found = [_BYTES] if name in NOT_OURS else []
    for media_type in FAMILIES[name]:
        found += [gap.what for gap in formats.gaps(media_type, measured=name not in NOT_MEASURED)]
    return "; ".join(dict.fromkeys(found))


def markdown(first: frozenset[str], second: frozenset[str]) -> str:
    """The table.

    Args:
        first: the types that the first engine reads, as it says.
        second: those of the second engine.
    """
    lines = ["| type | c2pa-rs | encypher-c2pa | our own check | what is not looked at |", "|---|---|---|---|---|"]
    for name, types in FAMILIES.items():
        reads = [bool(known & set(types)) for known in (first, second)]
        marks = ["yes" if one else "–" for one in (*reads, name not in NOT_OURS)]
        lines.append(f"| {' | '.join((name, *marks, not_looked_at(name, is_read=any(reads))))} |")
    return "".join(f"{line}\n" for line in lines)
