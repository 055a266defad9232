"""Where can a reader of a TIFF file look for the pixels of one directory?

Readers disagree on lengths too: for what is not compressed some read as much as the picture's measures ask for, and
never look at the lengths that the file names. So the longer of both counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple

from provenance.formats.tiff.directories import OFFSET_TYPES, Directories, Directory, Entry

_PLACES: Final = ((273, 279), (324, 325), (513, 514), (52541, 52542))
"""Tags of offsets and of lengths: strips, tiles, an old-style JPEG stream, big tables (TIFF 6.0; DNG 1.7)."""
_TABLES: Final = {519: 64, 520: 16 + 256, 521: 16 + 256}
"""Tags of offsets of an old-style JPEG's quantisation and Huffman tables, and the most bytes of one."""
_TILES: Final = 324
_STRIPS: Final = 273
_CFA: Final = 32803
"""Photometric interpretation of a sensor's own values; makers pack them in ways that no tag tells."""
_LINEAR: Final = 34892
"""Photometric interpretation of a raw picture without a mosaic (DNG 1.7)."""
_YCBCR: Final = 6
_JPEG: Final = frozenset({6, 7, 34892})
"""Compressions that are JPEG streams (TIFF 6.0, technical note 2; DNG 1.7)."""


class Pixels(NamedTuple):
    """Bytes that a reader may show."""

    start: int
    end: int
    is_sure: bool = True
    """False where they are longer than the file says, and only some readers of some raw files would go on so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All of them in one directory."""

    pixels: tuple[Pixels, ...]
    oddities: tuple[str, ...]
    """What readers can take in different ways, for the middle of a sentence."""
    need_ends: bool
    """Whether they are JPEG streams of a raw picture: raw converters read those on to their end, whatever their length
    in the tables."""


class _Measures:
    """What a directory says of its picture; of a repeated tag the value that asks for most."""

    def __init__(self, tables: Directories, directory: Directory) -> None:
        def values(tag: int, default: int) -> tuple[int, ...]:
            found = [value for entry in directory.by_tag.get(tag, ()) for value in tables.numbers(entry)[:64]]
            return tuple(found) or (default,)

        self.width, self.height = max(values(256, 0)), max(values(257, 0))
        self.rows = max(values(278, self.height)) or self.height
        self.tile = max(values(322, 0)) * max(values(323, 0))
        self.samples = max(values(277, 1))
        self.bits = values(258, 1)
        self.is_planar = 2 in values(284, 1)
        compressions, photometric = values(259, 1), values(262, 0)
        self.is_plain = 1 in compressions
        self.need_ends = bool(_JPEG & set(compressions)) and bool({_CFA, _LINEAR} & set(photometric))
        self.is_sensor = _CFA in photometric
        sub = values(530, 2)
        self.blocks = (sub[0] or 1, sub[-1] or 1) if _YCBCR in photometric else None

    def length(self, number: int, *, tiled: bool) -> int:
        """Bytes that strip or tile `number` must have where nothing is compressed; 0 where it cannot be told."""
        if not self.is_plain:
            return 0
        if tiled:
            return (self.tile * self._depth(number) + 7) // 8
        strips = -(-self.height // self.rows) if self.rows else 0
        if not strips:
            return 0
        plane, row = divmod(number, strips) if self.is_planar else (0, number)
        rows = min(self.rows, self.height - row * self.rows)
        if rows <= 0:
            return 0
        if self.blocks and not self.is_planar:
            across, down = self.blocks
            return -(-self.width // across) * -(-rows // down) * (across * down + 2) * max(self.bits) // 8
        return rows * ((self.width * self._depth(plane) + 7) // 8)

    def _depth(self, plane: int) -> int:
        """Bits of one pixel in one plane."""
        if self.is_planar:
            return self.bits[min(plane, len(self.bits) - 1)]
        return sum(self.bits) if len(self.bits) == self.samples else max(self.bits) * self.samples


def places_of(tables: Directories, directory: Directory) -> Places:
    """Everything in a directory that says where pixels lie. Linear in the number of its strips and tiles."""
    measures = _Measures(tables, directory)
    pixels, oddities = list[Pixels](), list[str]()
    for tag, lengths in _PLACES:
        offsets = directory.by_tag.get(tag, [])
        if not offsets:
            continue
        sizes = _longest(tables, directory.by_tag.get(lengths, []))
        for entry in offsets:
            if entry.kind not in OFFSET_TYPES:
                oddities.append("places of pixels in a type for other things")
            starts = tables.numbers(entry)
            if len(sizes) < len(starts):
                oddities.append("pixels without a length")
            pixels += _pixels(starts, sizes, measures, tag)
    for tag, size in _TABLES.items():
        for entry in directory.by_tag.get(tag, ()):
            pixels += (Pixels(start, start + size) for start in tables.numbers(entry) if start)
    if any(end <= start for start, end, _ in pixels):
        oddities.append("pixels without a length")
    return Places(
        pixels=tuple(one if one.end > one.start else one._replace(end=one.start + 1) for one in pixels),
        oddities=tuple(dict.fromkeys(oddities)),
        need_ends=measures.need_ends,
    )


def _longest(tables: Directories, entries: list[Entry]) -> list[int]:
    """The longest length that any of the entries names, by number of strip."""
    return [max(row) for row in zip_longest(*(tables.numbers(entry) for entry in entries), fillvalue=0)]


def _pixels(starts: tuple[int, ...], sizes: list[int], measures: _Measures, tag: int) -> Iterator[Pixels]:
    for number, start in enumerate(starts):
        said = sizes[number] if number < len(sizes) else 0
        asked = measures.length(number, tiled=tag == _TILES) if tag in (_STRIPS, _TILES) else 0
        if not start and not said:
            # A tile that was never written: readers fill it in.
            continue
        if asked > said and measures.is_sensor and said:
            yield Pixels(start + said, start + asked, is_sure=False)
            asked = said
        yield Pixels(start, start + max(said, asked))
