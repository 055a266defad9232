"""Where does each container keep its manifest store, and where else is one looked for? The table of the manual."""

from __future__ import annotations

from typing import Final, NamedTuple


class StorePlace(NamedTuple):
    """Where the store of some formats lies."""

    formats: tuple[str, ...]
    """By the manual's names."""
    place: str
    source: str
    """Section of C2PA 2.4."""


TEXT, STRUCTURED, PAGE = "text", "text with comments", "HTML"
"""Texts, by what carries their store, whatever they are called."""

FONT, OGG = "OTF, TTF", "Ogg"

PLACES: Final = (
    StorePlace(("JPEG",), "APP11 segments", "A.3.1"),
    StorePlace(("PNG",), "chunk `caBX`", "A.3.3"),
    StorePlace(("MP3", "FLAC"), "ID3 frame `GEOB` of type `application/c2pa`", "A.3.4"),
    StorePlace(("TIFF", "DNG"), "tag 52545", "A.3.5"),
    StorePlace(("GIF",), "application extension `C2PA_GIF`", "A.3.6"),
    StorePlace(("WebP", "WAV", "AVI"), "chunk `C2PA`", "A.3.7"),
    StorePlace(("JPEG XL",), "box `jumb`", "A.3"),
    StorePlace(("SVG",), "element `c2pa:manifest` in `metadata`, as base64", "A.3"),
    StorePlace(("PDF",), "embedded file stream", "A.4"),
    StorePlace(("MP4", "MOV", "M4A", "AVIF", "HEIC", "HEIF"), "box `uuid` d8fec3d6-1b0e-483c-9297-5828877ec481", "A.5"),
    StorePlace((OGG,), "a logical bitstream of its own, whose packet begins with `c2pa`", "A.3"),
    StorePlace((FONT,), "table `C2PA`", "A.3"),
    StorePlace((TEXT,), "variation selectors behind U+FEFF", "A.8"),
    StorePlace((STRUCTURED,), "block between `-----BEGIN C2PA MANIFEST-----` and its end, as base64", "A.9"),
    StorePlace((PAGE,), "element `script` of type `application/c2pa` in the head, as base64", "A.7"),
    StorePlace(("DOCX and its family", "EPUB", "ODT and its family"), "part `META-INF/content_credential.c2pa`", "A.6"),
)
"""What both verifiers and our own check read."""

ELSEWHERE: Final = (
    ("any type", "any other place, behind the end and in files inside the file too"),
    ("SVG, text", "anything in base64, on its own or in a picture"),
    ("DOCX, EPUB, ODT and their families", "pictures, films and documents that are packed by deflate"),
    ("PDF", "attachments that are packed by deflate"),
    ("JPEG XL", "a packed box (`brob`) of JUMBF"),
)
"""Where a store is found, told with its place, and not checked (`credentials/store/hidden.py`)."""


def markdown() -> str:
    """Both as one table."""
    rows = [(", ".join(one.formats), one.place, f"read (C2PA 2.4, {one.source})") for one in PLACES]
    rows += [(formats, place, "told, not checked") for formats, place in ELSEWHERE]
    head = "| format | place of the Content Credentials | what comes of it |\n|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
