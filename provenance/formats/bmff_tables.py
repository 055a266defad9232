"""Where do the tables of an ISO BMFF file say that media lies, to its last byte?

Offset tables name starts and other tables the lengths: a chunk that begins inside what is signed may run on into a part
that is not. Bounded; what cannot be read is said and never taken for nothing.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from provenance.formats.parts import BmffBox, Kind, Region, find_boxes, join

MAX_POINTERS: Final = 500_000
"""Runs of media read from all tables of a file: two hours of video have about 200,000 chunks."""
MAX_SAMPLES: Final = 4_000_000
"""Sizes of samples read from all tables of a file: two hours of video and sound have about 600,000."""

_STBL: Final = "/moov/trak/mdia/minf/stbl"
_BASE, _DESCRIPTION, _DURATION, _SIZE = 0x1, 0x2, 0x8, 0x10
"""Flags of a track fragment's header (ISO/IEC 14496-12, section 8.8.7)."""
_OFFSET, _FIRST_FLAGS, _SAMPLE_SIZE = 0x1, 0x4, 0x200
"""Flags of a run (section 8.8.8)."""
_PER_SAMPLE: Final = (0x100, 0x200, 0x400, 0x800)


class _Table:
    """Reads big-endian integers within a box."""

    def __init__(self, data: bytes, box: BmffBox) -> None:
        self.data, self.position, self.end = data, box.start + box.header, box.end

    def take(self, size: int) -> int:
        """The next integer of that many bytes; IndexError past the end."""
        if self.position + size > self.end:
            raise IndexError("got a table that breaks off")
        value = int.from_bytes(self.data[self.position : self.position + size], "big")
        self.position += size
        return value

    def numbers(self, count: int) -> array[int]:
        """The next `count` integers of 32 bits; IndexError past the end."""
        stop = self.position + 4 * count
        if stop > self.end:
            raise IndexError("got a table that breaks off")
        found = array("I")
        found.frombytes(self.data[self.position : stop])
        if sys.byteorder == "little":
            found.byteswap()
        self.position = stop
        return found


class _Budget:
    """Counts samples over the whole file."""

    def __init__(self) -> None:
        self.left = MAX_SAMPLES

    def take(self, count: int) -> int:
        """The same number; IndexError where the file has too many."""
        self.left -= count
        if self.left < 0:
            raise IndexError("got more samples than any real file has")
        return count


def _item_locations(data: bytes, box: BmffBox) -> Iterator[tuple[int, int]]:
    """(offset, length) of items kept in the file itself (ISO/IEC 14496-12, section 8.11.3)."""
    table = _Table(data, box)
    version = table.take(1)
    table.take(3)
    sizes, more = table.take(1), table.take(1)
    offset_size, length_size, base_size, index_size = sizes >> 4, sizes & 15, more >> 4, more & 15
    for _ in range(table.take(2 if version < 2 else 4)):
        table.take(2 if version < 2 else 4)
        method = table.take(2) & 15 if version else 0
        table.take(2)
        base = table.take(base_size)
        for _ in range(table.take(2)):
            if version and index_size:
                table.take(index_size)
            offset, length = table.take(offset_size), table.take(length_size)
            if method == 0:
                # A length of nothing means all of the file.
                yield base + offset, length or len(data)


def _sizes(data: bytes, tables: BmffBox, budget: _Budget) -> Callable[[int, int], int]:
    """How many bytes so many samples from a place on have (sections 8.7.3.2 and 8.7.3.3)."""
    for box in find_boxes(tables.children, "stsz"):
        table = _Table(data, box)
        table.take(4)
        same, count = table.take(4), table.take(4)
        if same:
            return lambda first, number: same * max(0, min(number, count - first))
        return _summed(table.numbers(budget.take(count)))
    for box in find_boxes(tables.children, "stz2"):
        table = _Table(data, box)
        table.take(7)
        bits, count = table.take(1), budget.take(table.take(4))
        if bits in (8, 16):
            return _summed([table.take(bits // 8) for _ in range(count)])
        pairs = [table.take(1) for _ in range((count + 1) // 2)]
        return _summed([half for pair in pairs for half in (pair >> 4, pair & 15)][:count])
    return lambda first, number: 0


def _summed(sizes: Iterable[int]) -> Callable[[int, int], int]:
    sums = array("Q", accumulate(sizes, initial=0))
    last = len(sums) - 1
    return lambda first, number: sums[min(last, first + number)] - sums[min(last, first)]


def _samples_of_chunks(data: bytes, tables: BmffBox) -> Iterator[int]:
    """Samples in each chunk, the last number for all that follow (section 8.7.4)."""
    number, chunk = 1, 1
    for box in find_boxes(tables.children, "stsc"):
        table = _Table(data, box)
        table.take(4)
        for _ in range(table.take(4)):
            first, following = table.take(4), table.take(4)
            table.take(4)
            while chunk < first:
                yield number
                chunk += 1
            number = following
    while True:
        yield number


def _chunks(data: bytes, tables: BmffBox, budget: _Budget) -> Iterator[tuple[int, int]]:
    """(offset, length) of a track's chunks (section 8.7.5)."""
    sizes = _sizes(data, tables, budget)
    for box in tables.children:
        if box.type not in ("stco", "co64"):
            continue
        table, counts = _Table(data, box), _samples_of_chunks(data, tables)
        table.take(4)
        first, chunks = 0, table.take(4)
        places = table.numbers(chunks) if box.type == "stco" else (table.take(8) for _ in range(chunks))
        for place, number in zip(places, counts, strict=False):
            yield place, sizes(first, number)
            first += number


def _defaults(data: bytes, boxes: tuple[BmffBox, ...]) -> dict[int, int]:
    """The size of a sample by track, where a fragment says none (section 8.8.3)."""
    found: dict[int, int] = {}
    for box in find_boxes(boxes, "/moov/mvex/trex"):
        table = _Table(data, box)
        table.take(4)
        track = table.take(4)
        table.take(8)
        found[track] = table.take(4)
    return found


def _runs(data: bytes, moof: BmffBox, defaults: Mapping[int, int], budget: _Budget) -> Iterator[tuple[int, int]]:
    """(offset, length) of the runs of a movie fragment (sections 8.8.7 and 8.8.8)."""
    for traf in find_boxes(moof.children, "traf"):
        base, size = moof.start, 0
        for header in find_boxes(traf.children, "tfhd"):
            table = _Table(data, header)
            flags = table.take(4)
            size = defaults.get(table.take(4), 0)
            base = table.take(8) if flags & _BASE else base
            table.take(4 * bool(flags & _DESCRIPTION) + 4 * bool(flags & _DURATION))
            size = table.take(4) if flags & _SIZE else size
        position = base
        for run in find_boxes(traf.children, "trun"):
            table = _Table(data, run)
            flags, count = table.take(4), table.take(4)
            if flags & _OFFSET:
                offset = table.take(4)
                position = max(0, base + (offset - (1 << 32) if offset >> 31 else offset))
            table.take(4 * bool(flags & _FIRST_FLAGS))
            length = size * count
            if flags & _SAMPLE_SIZE:
                width = sum(bool(flags & flag) for flag in _PER_SAMPLE)
                length = sum(table.numbers(width * budget.take(count))[bool(flags & 0x100) :: width])
            yield position, length
            position += length


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointers:
    """Media as the tables name it."""

    regions: tuple[Region, ...] = ()
    """A length that no table tells counts as one byte: the start at least must be covered."""
    readable: bool = True
    """Whether all tables could be read within bounds."""
    ordered: bool = True
    """Whether every table goes through the media in the order in which it lies, and all of it is used once: then no
    other offsets could be meant."""


def _is_ordered(boxes: Iterable[BmffBox], tables: Iterable[Sequence[Region]]) -> bool:
    runs = [run for table in tables for run in table]
    if any(one.end > after.start for table in tables for one, after in pairwise(table)):
        return False
    used = join((run.start, run.end) for run in runs)
    media = join((box.start + box.header, box.end) for box in boxes if box.type == "mdat")
    return used == media and sum(run.end - run.start for run in runs) == sum(end - start for start, end in used)


def pointers(data: bytes, boxes: tuple[BmffBox, ...]) -> Pointers:
    """Media as the tables of a file or fragment name it."""
    tables: list[list[Region]] = []
    budget, number, readable = _Budget(), 0, True
    try:
        defaults = _defaults(data, boxes)
        readers: list[tuple[str, Iterator[tuple[int, int]]]] = []
        readers += [(box.type, _item_locations(data, box)) for box in find_boxes(boxes, "/meta/iloc")]
        readers += [(box.type, _runs(data, box, defaults, budget)) for box in find_boxes(boxes, "/moof")]
        readers += [(box.type, _chunks(data, box, budget)) for box in find_boxes(boxes, _STBL)]
        for name, reader in readers:
            tables.append([])
            for offset, length in reader:
                number += 1
                if number > MAX_POINTERS:
                    raise IndexError("got more runs of media than any real file has")
                end = min(len(data), offset + (length or 1))
                if offset < end:
                    tables[-1].append(Region(offset, end, Kind.MEDIA, name))
    except IndexError:
        readable = False
    regions = tuple(run for table in tables for run in table)
    return Pointers(regions=regions, readable=readable, ordered=readable and _is_ordered(boxes, tables))
