"""Where do pixels, metadata and manifest lie in a JPEG file (ITU-T T.81, annex B)?"""

from __future__ import annotations

import re
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.parts import MAX_PARTS, Kind, Layout, NamedBox, Parts, Region, Sized
from provenance.formats.pictures.mpf import announced, further_pictures
from provenance.formats.shown import (
    APPLE,
    ORIENTATION,
    UNREADABLE,
    Carrier,
    exif_shows,
    photoshop_shows,
    together,
    xmp_shows,
)

START: Final = "start of image"
_JUMBF: Final = b"JP"
"""Common identifier of APP11 segments that carry boxes (ISO/IEC 19566-5, annex D)."""
_C2PA_STORE: Final = b"jumdc2pa"
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NO_FILL: Final = re.compile(rb"[^\xff]")
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_JPEG_NAMES: Final = (
    {0xE0 + number: f"APP{number}" for number in range(16)}
    | {0xF0 + number: f"JPG{number}" for number in range(14)}
    | {0xC0 + number: f"SOF{number}" for number in range(16)}
    | {0xD0 + number: f"RST{number}" for number in range(8)}
    | {0xC4: "DHT", 0xC8: "JPG", 0xCC: "DAC", 0xD8: "SOI", 0xD9: "EOI", 0xDA: "SOS", 0xDB: "DQT", 0xDC: "DNL",
       0xDD: "DRI", 0xDE: "DHP", 0xDF: "EXP", 0xFE: "COM", 0x01: "TEM"}
)  # fmt: skip
_HEADER: Final = 4
"""Bytes of a segment's marker and length."""
_BARE_MARKERS: Final = (0x01, *range(0xD0, 0xDA))
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF: Final = b"Exif\0\0"
"""Begins an EXIF segment (Exif 3.0, section 4.7.2)."""
_LIKE_EXIF: Final = b"exif"
"""What some readers take for it, in any case and with other bytes behind it."""
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_IRB: Final = b"Photoshop 3.0\0"
_JPEG_METADATA: Final = (
    (0xE0, b"JFIF\0", "JFIF"), (0xE0, b"JFXX\0", "JFIF extension"), (0xE1, _EXIF, "EXIF"),
    (0xE1, _XMP, "XMP"), (0xE1, b"http://ns.adobe.com/xmp/extension/\0", "extended XMP"),
    (0xE2, b"MPF\0", "MPF"), (0xED, _IRB, "IPTC"),
)  # fmt: skip


def _jpeg_kind(marker: int, head: bytes) -> tuple[Kind, str]:
    """What a segment is for, by its marker and the first bytes of its content."""
    for wanted, prefix, name in _JPEG_METADATA:
        if marker == wanted and head.startswith(prefix):
            return Kind.METADATA, name
    if marker == 0xE1 and head[:4].lower() == _LIKE_EXIF:
        return Kind.METADATA, "EXIF"
    if marker == 0xFE:
        return Kind.METADATA, "comment"
    if marker == 0xE2 and head.startswith(b"ICC_PROFILE\0"):
        return Kind.MEDIA, "ICC profile"
    if marker == 0xE2 and head.startswith(b"urn:iso:std:iso:ts:21496"):
        return Kind.MEDIA, "gain map"
    if marker == 0xEE and head.startswith(b"Adobe"):
        return Kind.MEDIA, "colour transform"
    if 0xE0 <= marker <= 0xEF:
        # Some carry layers and maps that decide what is seen.
        return Kind.OTHER, _JPEG_NAMES[marker]
    return Kind.MEDIA, "image"


class _Store:
    """One manifest store, as its APP11 segments bring it (C2PA 2.4, section A.3.1; ISO/IEC 19566-5, annex D)."""

    def __init__(self, payload: bytes, start: int) -> None:
        self.instance = payload[2:4]
        self.header = payload[8:24] if payload[8:12] == b"\0\0\0\1" else payload[8:16]
        """LBox, TBox and perhaps XLBox: every further piece repeats them."""
        self.missing = int.from_bytes(self.header[8:] or self.header[:4], "big")
        self.number: int | None = None
        """Of the latest piece."""
        self.pieces: list[bytes] = []
        self.start, self.end = start, start
        """From the first segment to the end of the last one that bears the same instance number."""

    def take(self, payload: bytes, start: int, end: int) -> int:
        """The end of what of a segment carries the store, as a writer makes it; its start where nothing does."""
        self.end = end
        number = int.from_bytes(payload[4:8], "big")
        if self.number is None:
            # Writers count from 1; one (Bing, 2024) has its only piece as 0.
            lead, fits = 8, number in (0, 1)
        else:
            lead = 8 + len(self.header)
            fits = number == self.number + 1 and payload[8:lead] == self.header
        if not fits or len(payload) <= lead or not payload.startswith(_JUMBF):
            return start
        content = payload[lead : lead + self.missing]
        # Behind the store's end only zeros may fill up what a writer had kept for it.
        surplus = payload[lead + len(content) :]
        if surplus.strip(b"\0"):
            end -= len(surplus)
            if not content:
                return start
        self.number = number
        self.pieces.append(content)
        self.missing -= len(content)
        return end


def _starts_store(payload: bytes) -> bool:
    """Whether an APP11 segment begins the box of a manifest store."""
    header = 16 if payload[8:12] == b"\0\0\0\1" else 8
    is_store = payload[8 + header + 4 : 8 + header + 12] == _C2PA_STORE
    return payload.startswith(_JUMBF) and payload[12:16] == b"jumb" and is_store


def store_in_segments(data: bytes, start: int, end: int) -> bytes:
    """The store whose first piece lies in the APP11 segment at `start`, as far as its pieces follow each other there.

    Of a picture inside another file: empty where no segment begins a store.
    """
    payload = data[start + _HEADER : start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")]
    if data[start : start + 2] != b"\xff\xeb" or not _starts_store(payload):
        return b""
    store = _Store(payload, start)
    while store.missing > 0 and data[start : start + 2] == b"\xff\xeb":
        stop = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if stop > end or store.take(data[start + _HEADER : stop], start, stop) == start:
            break
        start = stop
    return b"".join(store.pieces)


class _Reader:
    """Goes through the segments once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parts = Parts(len(data))
        self.stores: list[_Store] = []
        self.metadata: list[tuple[Region, bytes]] = []
        """Metadata segments and their content."""
        self.frame = b""
        """Content of the first frame header."""
        self.transform: int | None = None
        """Colour transform of Adobe's segment."""

    def segment(self, marker: int, start: int, end: int, payload: bytes) -> None:
        """One segment, with the entropy-coded bytes that follow a scan's header."""
        if marker == 0xEB and self._carries_store(payload, start, end):
            return
        kind, name = _jpeg_kind(marker, payload[:40])
        if marker == 0xD8 and start == 0:
            # Its two bytes are what makes the file a JPEG: they can be no others.
            kind, name = Kind.STRUCTURE, START
        self.parts.add(start, end, kind, name)
        self.parts.box(_JPEG_NAMES.get(marker, f"{marker:02X}"), start, end)
        if kind is Kind.METADATA:
            self.metadata.append((Region(start, end, kind, name), payload))
            self.parts.sized.append(Sized(start, start + _HEADER, end, kind, name))
        elif marker in _FRAMES and not self.frame:
            self.frame = payload
        elif name == "colour transform" and len(payload) > 11:
            self.transform = payload[11]

    def _carries_store(self, payload: bytes, start: int, end: int) -> bool:
        store = self.stores[-1] if self.stores else None
        if store is None or payload[2:4] != store.instance or (not store.missing and _starts_store(payload)):
            if not _starts_store(payload):
                return False
            self.stores.append(store := _Store(payload, start))
        cut = store.take(payload, start, end)
        self.parts.add(start, cut, Kind.MANIFEST, "manifest")
        self.parts.add(cut, end, Kind.FOREIGN, "APP11")
        self.parts.box("C2PA" if cut > start else "APP11", start, end)
        self.parts.sized.append(Sized(start, start + _HEADER, end, Kind.MANIFEST, "manifest"))
        return True

    def regions(self, last: Kind, name: str) -> tuple[Region, ...]:
        """All regions; whatever lies between the pieces of a store is foreign to it."""
        found, number = list[Region](), 0
        for region in self.parts.finish(last, name):
            while number < len(self.stores) and self.stores[number].end <= region.start:
                number += 1
            inside = number < len(self.stores) and region.start >= self.stores[number].start
            found.append(region._replace(kind=Kind.FOREIGN) if inside and region.kind is not Kind.MANIFEST else region)
        return tuple(found)

    def shown(self) -> tuple[Region, ...]:
        """Metadata that decides how the picture is shown."""
        has_table = any(region.name == "MPF" for region, _ in self.metadata)
        width, height = int.from_bytes(self.frame[3:5], "big"), int.from_bytes(self.frame[1:3], "big")
        size = (width, height) if width and height else None
        found = list[Carrier]()
        for region, payload in self.metadata:
            orients, names = False, tuple[str, ...]()
            if region.name == "EXIF":
                orients, names = True, (UNREADABLE,)
                if payload.startswith(_EXIF):
                    names = exif_shows(payload[len(_EXIF) :], size=size)
                if has_table and APPLE in payload:
                    names = (*names, "gain map")
            elif region.name == "XMP":
                orients, names = ORIENTATION in payload, xmp_shows(payload[len(_XMP) :])
            elif region.name == "IPTC":
                names = photoshop_shows(payload[len(_IRB) :])
            elif region.name in ("MPF", "JFIF extension", "extended XMP"):
                names = (region.name,)
            elif region.name == "JFIF":
                names = self._jfif_shows(payload)
            found.append(Carrier(region, names, orients))
        return together(found)

    def _jfif_shows(self, payload: bytes) -> tuple[str, ...]:
        """A JFIF segment (ITU-T T.871) is neutral where its pixels are square and colours are read alike without it."""
        if len(payload) != 14 or payload[8:10] != payload[10:12] or payload[12:] != b"\0\0":
            return ("JFIF",)
        names = self.frame[6::3]
        if len(names) != 3:
            return ()
        # Decoders take three components as YCbCr, but for Adobe's word or the names R, G, B, which JFIF overrules.
        as_without = self.transform == 1 or (self.transform is None and names.upper() != b"RGB")
        return () if as_without else ("JFIF",)


def read_jpeg(data: bytes) -> Layout:
    """Segments of a JPEG file (ITU-T T.81, annex B); the scan's entropy-coded bytes belong to its SOS."""
    reader = _Reader(data)
    position, complete = 0, False
    while position + 2 <= len(data) and data[position] == 0xFF:
        marker, start = data[position + 1], position
        if marker == 0xFF:
            # Fill bytes may stand before any marker.
            found = _NO_FILL.search(data, position)
            position = found.start() - 1 if found else len(data)
            reader.parts.add(start, position, Kind.STRUCTURE, "fill")
            continue
        end = position + 2
        payload = b""
        if marker not in _BARE_MARKERS:
            length = int.from_bytes(data[end : end + 2], "big")
            if length < 2 or end + length > len(data):
                break
            payload, end = data[end + 2 : end + length], end + length
        if marker == 0xDA:
            found = _JPEG_MARKER.search(data, end)
            end = found.start() if found else len(data)
        reader.segment(marker, start, end, payload)
        position = end
        if marker == 0xD9:
            complete = True
            break
    regions = reader.regions(*((Kind.TRAILING, "after the image") if complete else (Kind.OTHER, "unreadable")))
    pointers, doubts = further_pictures(data, reader.metadata, regions)
    return Layout(
        format="jpeg",
        size=len(data),
        regions=regions,
        stores=tuple(b"".join(store.pieces) for store in reader.stores),
        boxes=tuple(reader.parts.boxes),
        pointers=pointers,
        shown=reader.shown(),
        sized=tuple(reader.parts.sized),
        doubts=doubts,
        announced=announced(reader.metadata),
        complete=complete,
    )


def with_restarts(data: bytes, boxes: tuple[NamedBox, ...]) -> tuple[NamedBox, ...]:
    """The boxes of a JPEG file with every restart marker after the scan that holds it, as c2pa-rs lists them.

    The specification counts restart markers to their scan; files signed by that engine name them all the same.
    """
    listed: list[NamedBox] = []
    for box in boxes:
        listed.append(box)
        if box.name == "SOS":
            for found in _RESTART.finditer(data, box.start, box.end):
                listed.append(NamedBox(f"RST{found.group()[1] - 0xD0}", found.start(), found.end()))
                if len(listed) > MAX_PARTS:
                    raise CredentialsLimitError(f"got more than {MAX_PARTS} restart markers in one file")
    return tuple(listed)
