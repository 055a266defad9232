"""Where do pixels, metadata and manifest lie in TIFF files and the raw formats built on TIFF?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered, join, trimmed
from provenance.formats.shown import PREVIEW, photoshop_shows, xmp_shows
from provenance.formats.tiff.directories import MANIFEST, OFFSET_TYPES, Directories, Directory, Entry
from provenance.formats.tiff.pixels import places_of

MAX_NAMED: Final = 8
"""Doubts of one kind that are named with their places: more say nothing more."""

_XMP: Final = 700
_IPTC: Final = 33723
_PHOTOSHOP: Final = 34377
_METADATA: Final = {
    _XMP: "XMP", _IPTC: "IPTC", _PHOTOSHOP: "Photoshop", 270: "description", 305: "software", 306: "date",
    315: "artist", 33432: "copyright", 37500: "maker note", 50740: "maker data",
}  # fmt: skip
_NUMBERS: Final = (range(254, 348), range(512, 533), range(33432, 34909), range(36864, 42241), range(50706, 52601))
"""Tags of TIFF, Exif and DNG whose whole numbers are no places in the file, but for those followed by name."""
_OFFSETS: Final = frozenset({288, 50933})
"""Tags in those ranges that are places all the same: free bytes, further camera profiles."""
_LASTING: Final = frozenset({MANIFEST, 700, 273, 279, 324, 325, 34675})
"""Tags whose values writers keep right: the store, XMP, places and lengths of strips and tiles, colour profile."""
_MAKER_DATA: Final = 50740
"""DNG private data; four octets in it are the place of a maker's own directory (Sony)."""
_PADDED: Final = 64
"""Bytes up to which zeros may follow the end of a JPEG stream."""
_MISREAD: Final = 0x00080000
"""Where Pillow looks for the first directory of a big-endian BigTIFF, which it takes for a classic one."""
_RAW: Final = frozenset({50706, 33422})
"""Tags of raw files: DNG version, pattern of the colour filters."""


class _Tiff:
    """Collects what the tables of one file lead to."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tables = Directories(data)
        self.regions: list[Region] = [Region(0, self.tables.header, Kind.MEDIA, "header")]
        self.stores: list[bytes] = []
        self.pixels: list[Region] = []
        self.shown: list[Region] = []
        self.doubts: list[Doubt] = []
        self.reach = 0
        """Up to where pixels and values go that the tables name."""
        self.unsure: list[tuple[int, int]] = []
        """Where only some readers of raw files go on to."""
        self.is_raw = any(tag in directory.by_tag for directory in self.tables for tag in _RAW)

    def read(self) -> Layout:
        """The whole layout."""
        for directory in self.tables:
            self._directory(directory)
        runs = join((r.start, r.end) for r in self.regions if r.kind in (Kind.MANIFEST, Kind.FOREIGN))
        self._hold_against(runs)
        if not self.tables.complete:
            self._doubt("integrity.tables", "directories or values that cannot be read")
        regions = from_scattered(
            len(self.data), [*self.regions, *self.pixels], rest=Kind.OTHER, rest_name="unreferenced"
        )
        return Layout(
            format="tiff",
            size=len(self.data),
            regions=regions,
            stores=tuple(self.stores),
            # Apart too: they may lie inside what another tag calls metadata or manifest.
            pointers=(*self.pixels, *(region for region in self.regions if region.kind is Kind.MEDIA)),
            shown=tuple(self.shown),
            doubts=tuple(self.doubts),
            announced=self.reach,
            complete=self.tables.complete,
        )

    def _doubt(self, code: str, what: str, start: int = 0, end: int = 0) -> None:
        if sum(doubt.code == code for doubt in self.doubts) < MAX_NAMED:
            self.doubts.append(Doubt(code, what, start, end))

    def _directory(self, directory: Directory) -> None:
        kind = Kind.MEDIA if directory.is_image else Kind.METADATA
        name = "image" if directory.is_image else "EXIF"
        cut = directory.position
        for entry in directory.by_tag.get(MANIFEST, ()):
            # The count of the manifest's entry changes with the manifest, and writers exclude it.
            count = entry.position + 4
            self.regions.append(Region(cut, count, kind, name))
            cut = count + self.tables.offset_size
            self.regions.append(Region(count, cut, Kind.STRUCTURE, "manifest length"))
        self.regions.append(Region(cut, directory.end, kind, name))
        for entry in directory.entries:
            if entry.tag in _LASTING and directory.role == "image":
                self.reach = max(self.reach, entry.end)
            if entry.tag == MANIFEST:
                self._manifest(entry)
            elif entry.end <= len(self.data) and entry.end > entry.value:
                self._values(entry, kind, name)
        if not directory.is_image:
            if self.is_raw:
                self.shown.append(Region(directory.position, directory.end, kind, "EXIF of a raw picture"))
            return
        if any(len(entries) > 1 for tag, entries in directory.by_tag.items() if tag != MANIFEST):
            self._doubt("integrity.tables", "a tag that is there twice", directory.position, directory.end)
        self._pixels(directory)

    def _manifest(self, entry: Entry) -> None:
        """The store, which is all of the entry's values but for zeros behind it (C2PA 2.4, section A.3.5)."""
        end = entry.value + entry.number
        if entry.kind != 7 or end > len(self.data):
            self._doubt("integrity.tables", "an entry for the Content Credentials of another form", entry.position, end)
            end = min(entry.end, len(self.data))
        raw = self.data[entry.value : end]
        size = int.from_bytes(raw[:4], "big")
        stop = entry.value + size if 8 <= size <= len(raw) else end
        behind = Kind.MANIFEST if not raw[stop - entry.value :].strip(b"\0") else Kind.FOREIGN
        self.regions.append(Region(entry.value, stop, Kind.MANIFEST, "manifest"))
        self.regions.append(Region(stop, end, behind, "behind the manifest"))
        self.stores.append(trimmed(raw))

    def _values(self, entry: Entry, kind: Kind, name: str) -> None:
        known = _METADATA.get(entry.tag)
        region = Region(entry.value, entry.end, Kind.METADATA if known else kind, known or name)
        self.regions.append(region)
        content = memoryview(self.data)[entry.value : entry.end]
        if entry.tag in (37500, _MAKER_DATA) or (kind is Kind.METADATA and self.is_raw):
            self.shown.append(region)
        elif known:
            self.shown += [region._replace(name=name) for name in _shows(entry.tag, bytes(content))]

    def _pixels(self, directory: Directory) -> None:
        places = places_of(self.tables, directory)
        for what in places.oddities:
            self._doubt("integrity.tables", what, directory.position, directory.end)
        for start, end, is_sure in places.pixels:
            self.reach = max(self.reach, end)
            if not is_sure:
                self.unsure.append((start, end))
            elif start < min(end, len(self.data)):
                self.pixels.append(Region(start, min(end, len(self.data)), Kind.MEDIA, "image"))
                if places.need_ends and not self.data[max(start, end - _PADDED) : end].rstrip(b"\0").endswith(
                    b"\xff\xd9"
                ):
                    self._doubt("integrity.tables", "pixels that do not end", start, end)

    def _hold_against(self, runs: tuple[tuple[int, int], ...]) -> None:
        """Doubts where something other than its own entry leads into the store."""
        if not runs:
            return
        own = (Kind.MANIFEST, Kind.FOREIGN)
        for region in (*self.pixels, *(region for region in self.regions if region.kind not in own)):
            if _meets(runs, region.start, region.end):
                self._doubt("integrity.pointer.store", f"{region.name} by its tables", region.start, region.end)
        if self.tables.big and self.tables.mark == ">" and _meets(runs, _MISREAD, _MISREAD + 1):
            self._doubt("integrity.tables", "a first directory that some readers look for in the Content Credentials")
        for start, end in self.unsure:
            if _meets(runs, start, end):
                self._doubt("integrity.tables", "pixels that are shorter than their picture", start, end)
        for directory in self.tables:
            for entry, value in self._unknown(directory.entries):
                if _meets(runs, value, value + 1):
                    what = f"tag {entry.tag}, which is not known here and may name a place in the Content Credentials"
                    self._doubt("integrity.tables", what, entry.position, entry.end)

    def _unknown(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, int]]:
        """Whole numbers that could be places in the file for a reader who knows the tag."""
        for entry in entries:
            if entry.tag == _MAKER_DATA and entry.number == 4:
                yield entry, self.tables.number_at(entry.value, "I")
            is_known = entry.tag == MANIFEST or any(entry.tag in numbers for numbers in _NUMBERS)
            if entry.kind in OFFSET_TYPES and entry.kind != 3 and (entry.tag in _OFFSETS or not is_known):
                yield from ((entry, value) for value in self.tables.numbers(entry))


def _shows(tag: int, content: bytes) -> tuple[str, ...]:
    """What a value of metadata decides of how the picture is shown; empty where it is neutral."""
    if tag == _XMP:
        return xmp_shows(content)
    if tag == _PHOTOSHOP:
        return photoshop_shows(content)
    return ("IPTC preview",) if tag == _IPTC and PREVIEW in content else ()


def _meets(runs: tuple[tuple[int, int], ...], start: int, end: int) -> bool:
    """Whether a range has an octet in any of the (joined) runs."""
    number = bisect_right(runs, (end - 1, 1 << 63)) - 1
    return start < end and number >= 0 and runs[number][1] > start


def read_tiff(data: bytes) -> Layout:
    """Directories, values and pixels of TIFF and the raw formats built on it; bytes nobody points to are `other`."""
    return _Tiff(data).read()
