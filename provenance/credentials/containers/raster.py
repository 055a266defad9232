"""Where do pixels, metadata and manifest lie in JPEG, PNG, GIF and RIFF files?"""

from __future__ import annotations

import re
from typing import Final

from provenance.credentials.containers.parts import MAX_PARTS, Kind, Layout, NamedBox, Parts, printable
from provenance.credentials.errors import CredentialsLimitError

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
_PNG_METADATA: Final = {
    b"tEXt": "text", b"zTXt": "text", b"iTXt": "text", b"eXIf": "EXIF", b"zxIf": "EXIF", b"tIME": "time",
    b"pHYs": "resolution",
}  # fmt: skip
_PNG_MEDIA: Final = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI",
    b"mDCv", b"cLLi", b"bKGD", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER",
)  # fmt: skip
_RIFF_METADATA: Final = {
    b"EXIF": "EXIF", b"XMP ": "XMP", b"_PMX": "XMP", b"bext": "broadcast metadata", b"iXML": "iXML", b"axml": "XML",
    b"id3 ": "ID3", b"ID3 ": "ID3", b"cart": "cart", b"LIST": "LIST INFO",
}  # fmt: skip
_RIFF_MEDIA: Final = (
    b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"fmt ", b"data", b"fact", b"cue ", b"smpl",
    b"ds64", b"idx1", b"avih", b"strh", b"strf", b"slnt", b"wavl", b"JUNK", b"PAD ",
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


def read_png(data: bytes) -> Layout:
    """Chunks of a PNG file (ISO/IEC 15948, section 5)."""
    parts, stores = Parts(len(data)), []
    parts.add(0, 8, Kind.MEDIA, "image")
    parts.box("PNGh", 0, 8)
    position, complete = 8, False
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            break
        if name == b"caBX":
            stores.append(data[position + 8 : end - 4])
            parts.add(position, end, Kind.MANIFEST, "manifest")
            parts.box("C2PA", position, end)
        else:
            is_media, named = name in _PNG_MEDIA, _PNG_METADATA.get(name)
            kind = Kind.MEDIA if is_media else Kind.METADATA if named else Kind.OTHER
            text = data[position + 8 : position + 26]
            label = "XMP" if text.startswith(b"XML:com.adobe.xmp") else named
            parts.add(position, end, kind, "image" if is_media else label or printable(name))
            parts.box(name.decode("latin-1"), position, end)
        position = end
        if name == b"IEND":
            complete = True
            break
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    return Layout(
        format="png", size=len(data), regions=regions, stores=tuple(stores), boxes=tuple(parts.boxes), complete=complete
    )


def read_riff(data: bytes) -> Layout:
    """Chunks of WebP, WAV and AVI files; a long AVI has several RIFF parts in a row."""
    parts, stores, position, complete = Parts(len(data)), [], 0, True
    while data[position : position + 4] in (b"RIFF", b"RF64", b"BW64") and position + 12 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        stop = min(len(data), position + 8 + size)
        complete = complete and position + 8 + size <= len(data)
        parts.add(position, position + 12, Kind.STRUCTURE, "RIFF header")
        position += 12
        while position + 8 <= stop:
            name = data[position : position + 4]
            length = int.from_bytes(data[position + 4 : position + 8], "little")
            end = min(position + 8 + length + (length & 1), len(data))
            if position + 8 + length > len(data):
                complete = False
                break
            if name == b"C2PA":
                stores.append(data[position + 8 : position + 8 + length])
                parts.add(position, end, Kind.MANIFEST, "manifest")
            else:
                parts.add(position, end, *_riff_kind(name, data[position + 8 : position + 12]))
            position = end
        position = max(position, stop + (stop & 1)) if complete else len(data)
    tail = Kind.TRAILING if complete else Kind.OTHER
    regions = parts.finish(tail, "after the file" if complete else "unreadable")
    return Layout(format="riff", size=len(data), regions=regions, stores=tuple(stores), complete=complete)


def _riff_kind(name: bytes, form: bytes) -> tuple[Kind, str]:
    if name in _RIFF_MEDIA or (name == b"LIST" and form != b"INFO"):
        return Kind.MEDIA, "media"
    if name in _RIFF_METADATA:
        return Kind.METADATA, _RIFF_METADATA[name]
    return Kind.OTHER, printable(name)


def _sub_blocks(data: bytes, position: int) -> int:
    """The end of a run of GIF sub-blocks; the file's end where they break off."""
    while position < len(data):
        length = data[position]
        position += 1 + length
        if length == 0:
            return position
    return len(data) + 1


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_extension(data: bytes, position: int, end: int) -> tuple[Kind, str, str]:
    """(kind, name, box name) of an extension block."""
    label, application = data[position + 1], data[position + 3 : position + 14]
    if label == 0xFF and application == b"C2PA_GIF\x01\x00\x00":
        return Kind.MANIFEST, "manifest", "C2PA"
    if label == 0xFF and application == b"XMP DataXMP":
        return Kind.METADATA, "XMP", "21FF"
    if label == 0xFF and application in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
        return Kind.MEDIA, "image", "21FF"
    if label in (0xF9, 0x01):
        return Kind.MEDIA, "image", f"21{label:02X}"
    return (Kind.METADATA, "comment", "21FE") if label == 0xFE else (Kind.OTHER, "extension", f"21{label:02X}")


def _gif_store(data: bytes, position: int, end: int) -> bytes:
    pieces, position = [], position + 14
    while position < end and data[position]:
        pieces.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return b"".join(pieces)


def read_gif(data: bytes) -> Layout:
    """Blocks of a GIF file (GIF89a specification)."""
    parts, stores, complete = Parts(len(data)), [], False
    position = min(len(data), 13 + (_colours(data[10]) if len(data) > 10 else 0))
    parts.add(0, position, Kind.MEDIA, "image")
    parts.box("GIF89a", 0, 6)
    parts.box("LSD", 6, position)
    while position + 1 < len(data) or data[position : position + 1] == b";":
        introducer = data[position]
        if introducer == 0x3B:
            parts.add(position, position + 1, Kind.MEDIA, "image")
            parts.box("3B", position, position + 1)
            complete = True
            break
        if introducer == 0x21:
            end = _sub_blocks(data, position + 2)
            kind, name, box = _gif_extension(data, position, end)
        elif introducer == 0x2C and position + 10 <= len(data):
            after = position + 10 + _colours(data[position + 9])
            parts.box("2C", position, after)
            parts.add(position, after, Kind.MEDIA, "image")
            position, end = after, _sub_blocks(data, after + 1)
            kind, name, box = Kind.MEDIA, "image", "TBID"
        else:
            break
        if end > len(data):
            break
        if kind is Kind.MANIFEST:
            stores.append(_gif_store(data, position, end))
        parts.add(position, end, kind, name)
        parts.box(box, position, end)
        position = end
    regions = parts.finish(Kind.TRAILING if complete else Kind.OTHER, "after the image" if complete else "unreadable")
    return Layout(
        format="gif", size=len(data), regions=regions, stores=tuple(stores), boxes=tuple(parts.boxes), complete=complete
    )
