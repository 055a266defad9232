"""Where do pixels, metadata and manifest lie in a PNG file (ISO/IEC 15948)?"""

from __future__ import annotations

import re
import zlib
from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Parts, Region, Sized, printable
from provenance.formats.shown import ORIENTATION, Carrier, exif_shows, together, xmp_shows

_PNG_METADATA: Final = {
    b"tEXt": "text", b"zTXt": "text", b"iTXt": "text", b"eXIf": "EXIF", b"zxIf": "EXIF", b"tIME": "time",
    b"pHYs": "resolution",
}  # fmt: skip
_PNG_MEDIA: Final = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI",
    b"mDCv", b"cLLi", b"bKGD", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER",
)  # fmt: skip
_XMP: Final = b"XML:com.adobe.xmp\0"
_AS_TEXT: Final = "profile kept as text"
_RAW_PROFILE: Final = b"Raw profile type "
"""Keyword of text in which ImageMagick keeps EXIF, colour profiles and others as hexadecimal digits."""
_AS_PROPERTY: Final = "text that readers may take for a property"
_TEXTS: Final = frozenset(
    {b"Title", b"Author", b"Description", b"Copyright", b"Creation Time", b"Software", b"Disclaimer", b"Warning",
     b"Source", b"Comment", b"Collection", b"parameters", b"prompt", b"workflow", b"date:create", b"date:modify",
     b"date:timestamp"}
)  # fmt: skip
"""Keywords of the standard (11.3.3.2), of generators and of ImageMagick's dates, which change no picture."""
_ABOUT_TURNS: Final = re.compile(rb"exif|orientation|tiff:|app1|raw profile", re.IGNORECASE)
"""In keywords by which readers orient a picture as EXIF does."""


def _shown(name: bytes, body: bytes, size: tuple[int, int]) -> tuple[str, ...]:
    """What a chunk of metadata decides of how the picture is shown; empty where it is neutral."""
    if name == b"eXIf":
        return exif_shows(body.removeprefix(b"Exif\0\0"), size=size)
    if name == b"zxIf":
        return ("EXIF that cannot be read",)
    if name == b"pHYs":
        # Players stretch pixels that are not square.
        return () if len(body) == 9 and body[:4] == body[4:8] else ("pixel aspect",)
    if name in (b"tEXt", b"zTXt", b"iTXt"):
        if body.lower().startswith(_RAW_PROFILE.lower()):
            return (_AS_TEXT,)
        if body.startswith(_XMP):
            # Flag and method of compression, language and translated keyword come first (11.3.3.4).
            is_plain = name == b"iTXt" and body[len(_XMP) : len(_XMP) + 1] == b"\0"
            packet = body[len(_XMP) + 2 :].split(b"\0", 2)[-1]
            return xmp_shows(packet) if is_plain else ("XMP that cannot be read",)
        # Readers keep every text beside the properties of the picture's own, under its keyword: `exif` is the EXIF
        # block of one, `colorspace` and `tiff:Orientation` the colours and the orientation of another.
        return () if body.partition(b"\0")[0] in _TEXTS else (_AS_PROPERTY,)
    return ()


def _rival(body: bytes, shows: tuple[str, ...]) -> str:
    """Under what name a text that is no mere text hides others, and is hidden by them; empty for all else."""
    if shows == (_AS_TEXT,) or (shows == (_AS_PROPERTY,) and _ABOUT_TURNS.search(body.partition(b"\0")[0])):
        return "EXIF"
    return _AS_PROPERTY if shows == (_AS_PROPERTY,) else ""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parts = Parts(len(data))
        self.stores: list[bytes] = []
        self.metadata: list[Carrier] = []
        self.doubts: list[Doubt] = []
        self.size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
        self.last = b""
        """The latest chunk that is no store."""
        self.waiting: list[tuple[int, int]] = []
        """Stores behind it."""

    def chunk(self, name: bytes, start: int, end: int) -> None:
        """One chunk, from its length to its checksum."""
        if name == b"caBX":
            self._store(start, end)
            return
        if self.waiting and (not self.last or self.last == name == b"IDAT"):
            # The header has to come first, and the picture's data to stand together: readers disagree on what follows.
            what = "Content Credentials before or amid the picture's data"
            self.doubts += [Doubt("integrity.tables", what, *place) for place in self.waiting]
        self.waiting, self.last = [], name
        is_media, named = name in _PNG_MEDIA, _PNG_METADATA.get(name)
        kind = Kind.MEDIA if is_media else Kind.METADATA if named else Kind.OTHER
        label = "XMP" if self.data[start + 8 : start + 8 + len(_XMP)] == _XMP else named
        self.parts.add(start, end, kind, "image" if is_media else label or printable(name))
        self.parts.box(name.decode("latin-1"), start, end)
        if kind is Kind.METADATA:
            self.parts.sized.append(Sized(start, start + 8, end, kind, label or "chunk"))
            body = self.data[start + 8 : end - 4]
            shows = _shown(name, body, self.size)
            named = _rival(body, shows) or label or ""
            orients = named == "EXIF" or (named == "XMP" and ORIENTATION in body)
            self.metadata.append(Carrier(Region(start, end, kind, named), shows, orients))

    def _store(self, start: int, end: int) -> None:
        """A manifest store (C2PA 2.4, section A.3.3): length, name, store and the right checksum, and nothing else."""
        self.stores.append(self.parts.carry(self.data, start, start + 8, end - 4))
        checksum = zlib.crc32(self.data[start + 4 : end - 4]).to_bytes(4, "big")
        kind = Kind.MANIFEST if self.data[end - 4 : end] == checksum else Kind.FOREIGN
        self.parts.add(end - 4, end, kind, "manifest" if kind is Kind.MANIFEST else "checksum")
        self.parts.sized.append(Sized(start, start + 8, end, Kind.MANIFEST, "manifest"))
        self.parts.box("C2PA", start, end)
        self.waiting.append((start, end))


def read_png(data: bytes) -> Layout:
    """Chunks of a PNG file (ISO/IEC 15948, section 5)."""
    reader = _Reader(data)
    reader.parts.add(0, 8, Kind.MEDIA, "image")
    reader.parts.box("PNGh", 0, 8)
    position, complete = 8, False
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            break
        reader.chunk(name, position, end)
        position = end
        if name == b"IEND":
            complete = True
            break
    regions = reader.parts.finish(
        Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable"
    )
    return Layout(
        format="png",
        size=len(data),
        regions=regions,
        stores=tuple(reader.stores),
        boxes=tuple(reader.parts.boxes),
        shown=together(reader.metadata),
        sized=tuple(reader.parts.sized),
        doubts=tuple(reader.doubts),
        complete=complete,
    )
