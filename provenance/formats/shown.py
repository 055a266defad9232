"""Does a picture's metadata decide how it is shown?

Viewers turn pictures by an orientation in EXIF or XMP, show embedded thumbnails in their stead, read colours by a
colour space, scale by a resolution, brighten by a gain map, play a film that XMP announces. Metadata that says none of
it, or only what holds without it too, is neutral: decoded with it and without, the picture is the same.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from provenance.formats.parts import Region

MAX_DIRECTORIES: Final = 8
"""Directories of one block: main, EXIF, GPS, interoperability and thumbnail are five."""
MAX_ENTRIES: Final = 2_000
"""Entries of all directories; cameras write two hundred."""

UNREADABLE: Final = "EXIF that cannot be read"
UNREADABLE_XMP: Final = "XMP that cannot be read"
THUMBNAIL: Final = "EXIF thumbnail"
SECOND: Final = "second EXIF block"
ORIENTATION: Final = b"Orientation"
"""What XMP calls it, in whatever namespace."""
APPLE: Final = b"Apple iOS\0"
"""Begins the maker note that says how bright an Apple gain map is shown."""

_EXIF: Final = re.compile(rb"exif\0", re.IGNORECASE)
_ORIENTATION: Final = 0x0112
_X_RESOLUTION: Final = 0x011A
_Y_RESOLUTION: Final = 0x011B
_UNIT: Final = 0x0128
_WIDTH: Final = 0xA002
_HEIGHT: Final = 0xA003
_COLOUR_SPACE: Final = 0xA001
_INTEROPERABILITY: Final = 0x0001
_FOLLOWED: Final = (0x8769, 0xA005, 0x8825)
"""The EXIF, interoperability and GPS directories."""
_SHOWN: Final = {
    0x0111: THUMBNAIL, 0x0144: THUMBNAIL, 0x0201: THUMBNAIL, 0x014A: THUMBNAIL, 0xA500: "EXIF gamma",
    0x8773: "EXIF colour profile", 0x02BC: "XMP within EXIF",
}  # fmt: skip
"""Tags that are never neutral: strips, tiles and JPEG thumbnails, further directories, colours."""
_DPI: Final = 72
"""A resolution in dots per inch at which a picture keeps its size."""


class _Entry(NamedTuple):
    tag: int
    kind: int
    length: int
    value: bytes
    """The four bytes of the field itself."""


class _Unreadable(Exception):
    pass


def exif_shows(block: bytes, *, size: tuple[int, int] | None = None) -> tuple[str, ...]:
    """What an EXIF block (from its byte order mark on) decides of how its picture is shown; empty where it is neutral.

    `size` is the picture's own width and height in pixels, where they are known. Linear; never raises.
    """
    if not block.strip(b"\0"):
        return ()
    try:
        found = set(_Block(block).shows(size))
    except _Unreadable:
        return (UNREADABLE,)
    if b"\xff\xd8\xff" in block:
        # Maker notes keep previews of their own, in ways of their own.
        found.add(THUMBNAIL)
    if _EXIF.search(block):
        # Some readers look for these letters, and read from there.
        found.add(SECOND)
    if b"<x:xmpmeta" in block or b"<rdf:RDF" in block:
        found.add("XMP within EXIF")
    return tuple(sorted(found))


class _Block:
    def __init__(self, block: bytes) -> None:
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
        if order is None or len(block) < 8:
            raise _Unreadable
        self.block, self.order = block, order

    def shows(self, size: tuple[int, int] | None) -> Iterator[str]:
        entries, has_thumbnail = self._walk()
        if has_thumbnail:
            yield THUMBNAIL
        values = dict[int, float]()
        for entry in entries:
            if entry.tag in _SHOWN:
                yield _SHOWN[entry.tag]
            elif entry.tag == _ORIENTATION and not self._is_upright(entry):
                yield "EXIF orientation"
            elif self._is_wide(entry):
                yield "EXIF colour space"
            elif entry.tag in (_X_RESOLUTION, _Y_RESOLUTION, _UNIT, _WIDTH, _HEIGHT):
                values[entry.tag] = self._number(entry)
        if _is_scaled(values, size):
            yield "EXIF resolution"

    def _walk(self) -> tuple[list[_Entry], bool]:
        """All entries, and whether a further picture's directory follows."""
        queue, visited, found = [self._long(self.block[4:8])], set[int](), list[_Entry]()
        follows = False
        while queue:
            position = queue.pop()
            if position in visited:
                continue
            visited.add(position)
            if len(visited) > MAX_DIRECTORIES or position + 2 > len(self.block):
                raise _Unreadable
            (count,) = struct.unpack_from(f"{self.order}H", self.block, position)
            end = position + 2 + 12 * count
            if end > len(self.block) or len(found) + count > MAX_ENTRIES:
                raise _Unreadable
            for at in range(position + 2, end, 12):
                tag, kind, number = struct.unpack_from(f"{self.order}HHI", self.block, at)
                entry = _Entry(tag, kind, number, self.block[at + 8 : at + 12])
                found.append(entry)
                if tag in _FOLLOWED:
                    queue.append(self._long(entry.value))
            if len(visited) == 1:
                # What follows other directories is often no number at all.
                follows = self.block[end : end + 4].strip(b"\0") != b""
        return found, follows

    def _long(self, field: bytes) -> int:
        return int(struct.unpack(f"{self.order}I", field)[0])

    def _short(self, entry: _Entry) -> int:
        """The value of a single SHORT or LONG; -1 for anything else."""
        if entry.length != 1 or entry.kind not in (3, 4):
            return -1
        return self._long(entry.value) if entry.kind == 4 else int(struct.unpack_from(f"{self.order}H", entry.value)[0])

    def _is_upright(self, entry: _Entry) -> bool:
        """1 is upright, and so is what no reader knows: 0. Only as the one SHORT that everybody reads alike."""
        return entry.kind == 3 and self._short(entry) in (0, 1)

    def _is_wide(self, entry: _Entry) -> bool:
        """Whether colours are said to be other than sRGB: by the number of the space, or Adobe RGB's own name (R03)."""
        if entry.tag == _INTEROPERABILITY:
            return entry.value.startswith(b"R03")
        return entry.tag == _COLOUR_SPACE and self._short(entry) not in (1, 0xFFFF)

    def _number(self, entry: _Entry) -> float:
        if entry.kind != 5:
            return float(self._short(entry))
        at = self._long(entry.value)
        if at + 8 > len(self.block):
            return -1.0
        above, below = struct.unpack_from(f"{self.order}II", self.block, at)
        return above / below if below else -1.0


def _is_scaled(values: dict[int, float], size: tuple[int, int] | None) -> bool:
    """Whether browsers show the picture in another size: resolution and stated pixels agree on one (HTML, images)."""
    width, height = values.get(_WIDTH, 0), values.get(_HEIGHT, 0)
    across, down = values.get(_X_RESOLUTION, 0), values.get(_Y_RESOLUTION, 0)
    if values.get(_UNIT) != 2 or min(width, height, across, down) <= 0:
        return False
    if size is None:
        return (across, down) != (_DPI, _DPI)
    fitting = abs(size[0] * _DPI / across - width) <= 1 and abs(size[1] * _DPI / down - height) <= 1
    return fitting and (width, height) != size


class Carrier(NamedTuple):
    """A part of a file that carries metadata, and what that decides."""

    region: Region
    """Named by what it carries: `EXIF`, `XMP`, …"""
    shows: tuple[str, ...]
    """Empty where it is neutral, taken by itself."""
    orients: bool = False
    """Whether it says anything about the orientation of a picture, be it that it is upright."""


def together(carriers: Sequence[Carrier]) -> tuple[Region, ...]:
    """Parts that decide what is shown, each under the name of what it decides.

    Metadata that is neutral by itself is not where another block of its kind says something: readers take the first, or
    the last, and one hides the other. Nor is an upright orientation in EXIF where XMP has another, or the other way
    round.
    """
    number = Counter(one.region.name for one in carriers)
    loud = {one.region.name for one in carriers if one.shows}
    found = [one.region._replace(name=name) for one in carriers for name in one.shows]
    for one in carriers:
        name = one.region.name
        rivals = {"EXIF": "XMP", "XMP": "EXIF"}.get(name, "")
        if not one.shows and (
            (number[name] > 1 and (name in loud or name == "EXIF")) or (one.orients and rivals in loud)
        ):
            found.append(one.region)
    return tuple(found)


MAX_RESOURCES: Final = 2_000
"""Resources of one Photoshop block; Photoshop writes about fifty."""

_XMP_SHOWN: Final = (
    (b"hdr-gain-map", "gain map"), (b"HDRGainMap", "gain map"), (b"HDRToneMap", "gain map"),
    (b"photos/1.0/container", "table of further pictures"), (b"photos/1.0/camera", "motion photo"),
    (b"MicroVideo", "motion photo"), (b"MotionPhoto", "motion photo"),
    (b"photos/1.0/panorama", "panorama"), (b"photos/1.0/image", "further picture in XMP"),
    (b"photos/1.0/audio", "sound in XMP"), (b"photos/1.0/depthmap", "depth map"), (b"xap/1.0/g/img/", "XMP thumbnail"),
    (b"camera-raw-settings", "Camera Raw settings"),
)  # fmt: skip
"""Namespaces of parts that viewers show, or show a picture by."""
_REFERENCE: Final = re.compile(rb"&#(?:x0{0,6}([0-9a-fA-F]{1,2})|0{0,6}([0-9]{1,3}));")
_UPRIGHT: Final = re.compile(
    rb"""Orientation(?:\s{0,8}=\s{0,8}["'][01]?["']|\s{0,8}>\s{0,8}[01]?\s{0,8}</[^<>]{1,64}>|\s{0,8}/>)"""
)
"""An orientation that leaves the picture as it is, as attribute or element."""

_RESOURCES_SHOWN: Final = {
    0x0409: "Photoshop thumbnail", 0x040C: "Photoshop thumbnail", 0x040F: "colour profile in a Photoshop block",
    0x0422: "EXIF in a Photoshop block", 0x0423: "EXIF in a Photoshop block", 0x0424: "XMP in a Photoshop block",
}  # fmt: skip
_IPTC: Final = 0x0404
PREVIEW: Final = b"\x1c\x02\xca"
"""Dataset 2:202 of IPTC: a preview picture."""


def _character(found: re.Match[bytes]) -> bytes:
    value = int(found[1], 16) if found[1] else int(found[2])
    return bytes((value,)) if value < 128 else b"?"


def xmp_shows(packet: bytes) -> tuple[str, ...]:
    """What an XMP packet decides of how its picture is shown; empty where it is neutral. Linear; never raises."""
    if b"\0" in packet.rstrip(b"\0") or b"<!" in packet:
        # UTF-16, a document type or a comment: names can be written in ways that a search does not see.
        return (UNREADABLE_XMP,)
    if b"&#" in packet:
        packet = _REFERENCE.sub(_character, packet)
    found = {name for word, name in _XMP_SHOWN if word in packet}
    if ORIENTATION in packet and ORIENTATION in _UPRIGHT.sub(b"", packet):
        found.add("XMP orientation")
    return tuple(sorted(found))


def photoshop_shows(block: bytes) -> tuple[str, ...]:
    """What a Photoshop block (from `8BIM` on) decides of how its picture is shown; empty where it is neutral.

    Adobe, "Photoshop File Formats", image resource blocks. Linear; never raises.
    """
    found, position = set[str](), 0
    for _ in range(MAX_RESOURCES):
        if position >= len(block):
            return tuple(sorted(found))
        # Signature, number, a name as a Pascal string padded to an even length, the size, the content.
        name = position + 6
        start = name + (block[name] + 2 & ~1 if name < len(block) else len(block))
        size = int.from_bytes(block[start : start + 4], "big")
        end = start + 4 + size
        if block[position : position + 4] != b"8BIM" or start + 4 > len(block) or end > len(block):
            break
        kind = int.from_bytes(block[position + 4 : name], "big")
        if kind in _RESOURCES_SHOWN:
            found.add(_RESOURCES_SHOWN[kind])
        elif kind == _IPTC and PREVIEW in block[start + 4 : end]:
            found.add("IPTC preview")
        position = end + (size & 1)
    return tuple(sorted({*found, "Photoshop block that cannot be read"}))
