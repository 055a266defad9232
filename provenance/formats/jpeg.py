"""Where do pixels, metadata and manifest lie in a JPEG file (ITU-T T.81, annex B)?"""

from __future__ import annotations

import re
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.parts import MAX_PARTS, Kind, Layout, NamedBox, Parts

_C2PA_STORE: Final = b"jumdc2pa"
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_JPEG_NAMES: Final = (
    {0xE0 + number: f"APP{number}" for number in range(16)}
    | {0xF0 + number: f"JPG{number}" for number in range(14)}
    | {0xC0 + number: f"SOF{number}" for number in range(16)}
    | {0xD0 + number: f"RST{number}" for number in range(8)}
    | {0xC4: "DHT", 0xC8: "JPG", 0xCC: "DAC", 0xD8: "SOI", 0xD9: "EOI", 0xDA: "SOS", 0xDB: "DQT", 0xDC: "DNL",
       0xDD: "DRI", 0xDE: "DHP", 0xDF: "EXP", 0xFE: "COM", 0x01: "TEM"}
)  # fmt: skip
_BARE_MARKERS: Final = (0x01, *range(0xD0, 0xDA))
_JPEG_METADATA: Final = (
    (0xE0, b"JFIF\0", "JFIF"), (0xE0, b"JFXX\0", "JFIF extension"), (0xE1, b"Exif\0", "EXIF"),
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0", "XMP"), (0xE1, b"http://ns.adobe.com/xmp/extension/\0", "XMP"),
    (0xE2, b"MPF\0", "MPF"), (0xED, b"Photoshop 3.0\0", "IPTC"),
)  # fmt: skip


def _jpeg_kind(marker: int, payload: memoryview) -> tuple[Kind, str]:
    """What a segment is for."""
    head = bytes(payload[:40])
    for wanted, prefix, name in _JPEG_METADATA:
        if marker == wanted and head.startswith(prefix):
            return Kind.METADATA, name
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


class _JpegStore:
    """Joins the APP11 segments of manifest stores (C2PA 2.4, section A.3.1)."""

    def __init__(self) -> None:
        self.stores: list[list[bytes]] = []
        self.instance = b""

    def take(self, payload: memoryview) -> bool:
        """Whether this APP11 payload belongs to a manifest store."""
        head = bytes(payload[:40])
        if len(head) < 16 or head[:2] != b"JP":
            return False
        instance, header = head[2:4], 16 if head[8:12] == b"\0\0\0\1" else 8
        if self.stores and instance == self.instance and int.from_bytes(head[4:8], "big") > 1:
            self.stores[-1].append(bytes(payload[8 + header :]))
            return True
        if head[12:16] == b"jumb" and head[8 + header + 4 : 8 + header + 12] == _C2PA_STORE:
            self.instance = instance
            self.stores.append([bytes(payload[8:])])
            return True
        return False


def read_jpeg(data: bytes) -> Layout:
    """Segments of a JPEG file (ITU-T T.81, annex B); the scan's entropy-coded bytes belong to its SOS."""
    parts, view, stores = Parts(len(data)), memoryview(data), _JpegStore()
    position, complete = 0, False
    while position + 2 <= len(data) and data[position] == 0xFF:
        marker, start = data[position + 1], position
        if marker == 0xFF:
            # Fill bytes may stand before any marker.
            position += 1
            parts.add(start, position, Kind.STRUCTURE, "fill")
            continue
        end = position + 2
        if marker not in _BARE_MARKERS:
            length = int.from_bytes(data[end : end + 2], "big")
            if length < 2 or end + length > len(data):
                break
            payload, end = view[end + 2 : end + length], end + length
        else:
            payload = view[end:end]
        if marker == 0xDA:
            found = _JPEG_MARKER.search(data, end)
            end = found.start() if found else len(data)
        is_manifest = marker == 0xEB and stores.take(payload)
        kind, name = (Kind.MANIFEST, "manifest") if is_manifest else _jpeg_kind(marker, payload)
        parts.add(start, end, kind, name)
        parts.box("C2PA" if is_manifest else _JPEG_NAMES.get(marker, f"{marker:02X}"), start, end)
        position = end
        if marker == 0xD9:
            complete = True
            break
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    joined = tuple(b"".join(store) for store in stores.stores)
    return Layout(
        format="jpeg", size=len(data), regions=regions, stores=joined, boxes=tuple(parts.boxes), complete=complete
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
