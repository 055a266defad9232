"""Where do pixels, metadata and manifest lie in TIFF files and the raw formats built on TIFF?"""

from __future__ import annotations

from typing import Final, NamedTuple

from provenance.formats.parts import Kind, Layout, Region, from_scattered

MAX_DIRECTORIES: Final = 128
"""Image directories of one TIFF; raw files have up to ten, scans one a page."""
MAX_ENTRIES: Final = 100_000
"""Entries of all directories."""
MAX_STRIPS: Final = 500_000
"""Strips and tiles of one TIFF."""

_TIFF_SIZES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_TIFF_C2PA: Final = 0xCD41
_TIFF_METADATA: Final = {
    700: "XMP", 33723: "IPTC", 34377: "Photoshop", 270: "description", 305: "software", 306: "date", 315: "artist",
    33432: "copyright", 37500: "maker note", 50740: "maker data",
}  # fmt: skip
_TIFF_DIRECTORIES: Final = {330: "image", 34665: "EXIF", 34853: "EXIF", 40965: "EXIF"}
_STRIPS: Final = ((273, 279), (324, 325), (513, 514))


class _Entry(NamedTuple):
    tag: int
    kind: int
    number: int
    """Of values."""
    value: int
    """Offset of the values, in the entry itself where they fit."""
    position: int
    """Of the entry."""


class _Tiff:
    """Reads classic and big TIFF directories (TIFF 6.0; BigTIFF)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = "little" if data[:2] == b"II" else "big"
        self.big = self._int(2, 2) == 43
        self.offset_size = 8 if self.big else 4
        self.regions: list[Region] = [Region(0, 16 if self.big else 8, Kind.MEDIA, "header")]
        self.stores: list[bytes] = []
        self.pixels: list[Region] = []
        self.seen: set[int] = set()
        self.entries = 0
        self.strips = 0
        self.complete = True

    def _int(self, position: int, size: int) -> int:
        return int.from_bytes(self.data[position : position + size], "little" if self.order == "little" else "big")

    def walk(self) -> None:
        """Every directory, each once."""
        queue = [(self._int(8 if self.big else 4, self.offset_size), "image")]
        while queue:
            position, name = queue.pop(0)
            if position in self.seen or not position:
                continue
            if len(self.seen) >= MAX_DIRECTORIES or position + 8 > len(self.data):
                self.complete = False
                return
            self.seen.add(position)
            queue += self._directory(position, name)

    def _directory(self, position: int, name: str) -> list[tuple[int, str]]:
        count_size, entry_size = (8, 20) if self.big else (2, 12)
        count = self._int(position, count_size)
        end = position + count_size + count * entry_size + self.offset_size
        self.entries += count
        if end > len(self.data) or self.entries > MAX_ENTRIES:
            self.complete = False
            return []
        kind = Kind.METADATA if name == "EXIF" else Kind.MEDIA
        entries = [self._entry(position + count_size + number * entry_size) for number in range(count)]
        by_tag = {entry.tag: entry for entry in entries}
        following: list[tuple[int, str]] = []
        stored = [entry for entry in entries if entry.tag == _TIFF_C2PA]
        cut = position
        for entry in stored:
            # The count of the manifest's entry changes with the manifest, and writers exclude it.
            field = entry.position + 4
            self.regions.append(Region(cut, field, kind, name))
            cut = field + self.offset_size
            self.regions.append(Region(field, cut, Kind.STRUCTURE, "manifest length"))
        self.regions.append(Region(cut, end, kind, name))
        for entry in entries:
            following += self._values(entry, kind, name)
        for offsets, lengths in _STRIPS:
            if offsets in by_tag and lengths in by_tag:
                self._pixels(by_tag[offsets], by_tag[lengths])
        if name == "image":
            following.append((self._int(end - self.offset_size, self.offset_size), "image"))
        return following

    def _entry(self, position: int) -> _Entry:
        kind, count = self._int(position + 2, 2), self._int(position + 4, self.offset_size)
        value = position + 4 + self.offset_size
        if count * _TIFF_SIZES.get(kind, 1) > self.offset_size:
            value = self._int(value, self.offset_size)
        return _Entry(self._int(position, 2), kind, count, value, position)

    def _values(self, entry: _Entry, kind: Kind, name: str) -> list[tuple[int, str]]:
        end = entry.value + entry.number * _TIFF_SIZES.get(entry.kind, 1)
        if end > len(self.data):
            self.complete = False
            return []
        if entry.tag == _TIFF_C2PA:
            self.regions.append(Region(entry.value, end, Kind.MANIFEST, "manifest"))
            self.stores.append(self.data[entry.value : end])
        elif entry.tag in _TIFF_METADATA:
            self.regions.append(Region(entry.value, end, Kind.METADATA, _TIFF_METADATA[entry.tag]))
        else:
            self.regions.append(Region(entry.value, end, kind, name))
        if entry.tag not in _TIFF_DIRECTORIES:
            return []
        size = _TIFF_SIZES.get(entry.kind, 4)
        positions = [
            self._int(entry.value + number * size, size) for number in range(min(entry.number, MAX_DIRECTORIES))
        ]
        return [(position, _TIFF_DIRECTORIES[entry.tag]) for position in positions]

    def _pixels(self, offsets: _Entry, lengths: _Entry) -> None:
        self.strips += offsets.number
        if offsets.number != lengths.number or self.strips > MAX_STRIPS:
            self.complete = False
            return
        sizes = _TIFF_SIZES.get(offsets.kind, 4), _TIFF_SIZES.get(lengths.kind, 4)
        for number in range(offsets.number):
            start = self._int(offsets.value + number * sizes[0], sizes[0])
            length = self._int(lengths.value + number * sizes[1], sizes[1])
            if start < (end := min(len(self.data), start + length)):
                self.pixels.append(Region(start, end, Kind.MEDIA, "image"))


def read_tiff(data: bytes) -> Layout:
    """Directories, values and pixels of TIFF and the raw formats built on it; bytes nobody points to are `other`."""
    tiff = _Tiff(data)
    tiff.walk()
    # Pixels and tables stand apart as pointers too: they may lie inside what another tag calls metadata or manifest.
    regions = from_scattered(len(data), [*tiff.regions, *tiff.pixels], rest=Kind.OTHER, rest_name="unreferenced")
    return Layout(
        format="tiff",
        size=len(data),
        regions=regions,
        stores=tuple(tiff.stores),
        pointers=(*tiff.pixels, *(region for region in tiff.regions if region.kind is Kind.MEDIA)),
        complete=tiff.complete,
    )
