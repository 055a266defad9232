"""Where do the tables of an ISO BMFF file say that media lies, to its last byte?

Offset tables name starts and other tables the lengths: a chunk that begins inside what is signed may run on into a part
that is not. Bounded; what cannot be read is said and never taken for nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from provenance.formats.bmff.boxes import Table
from provenance.formats.parts import BmffBox, find_boxes

MAX_POINTERS: Final = 500_000
"""Runs of media read from all tables of a file: two hours of video have about 200,000 chunks."""
MAX_SAMPLES: Final = 4_000_000
"""Sizes of samples read from all tables of a file: two hours of video and sound have about 600,000."""

STBL: Final = "mdia/minf/stbl"
"""Where a track keeps its tables."""
_BASE, _DESCRIPTION, _DURATION, _SIZE, _FROM_MOOF = 0x1, 0x2, 0x8, 0x10, 0x20000
"""Flags of a track fragment's header (ISO/IEC 14496-12, section 8.8.7)."""
_OFFSET, _FIRST_FLAGS, _SAMPLE_SIZE = 0x1, 0x4, 0x200
"""Flags of a run (section 8.8.8)."""
_PER_SAMPLE: Final = (0x100, 0x200, 0x400, 0x800)


class Run(NamedTuple):
    """Media as one entry of a table names it."""

    start: int
    length: int
    """0 where no table tells."""


class Budget:
    """Counts samples and runs over the whole file."""

    def __init__(self) -> None:
        """Begin with none."""
        self.samples, self.runs = MAX_SAMPLES, MAX_POINTERS

    def take(self, count: int) -> int:
        """The same number of samples; IndexError where the file has too many."""
        self.samples -= count
        if self.samples < 0:
            raise IndexError("got more samples than any real file has")
        return count

    def counted(self, runs: Iterator[Run]) -> Iterator[Run]:
        """The same runs; IndexError where the file has too many."""
        return (run for run in runs if self.count())

    def count(self) -> bool:
        """One more run: true; IndexError where the file has too many."""
        self.runs -= 1
        if self.runs < 0:
            raise IndexError("got more runs of media than any real file has")
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many bytes each sample of a track has (sections 8.7.3.2 and 8.7.3.3)."""

    same: int = 0
    """The size of all of them; 0 where each has its own."""
    count: int = 0
    sums: array[int] | None = None
    """Bytes before each sample, and behind the last; None where all are of one size, or no table tells."""

    def between(self, first: int, number: int) -> int:
        """Bytes of so many samples from a place on."""
        if self.same:
            return self.same * max(0, min(number, self.count - first))
        if self.sums is None:
            return 0
        last = len(self.sums) - 1
        return self.sums[min(last, first + number)] - self.sums[min(last, first)]


def sizes(data: bytes, tables: BmffBox, budget: Budget) -> Sizes:
    """The sizes that a track's tables tell. Raises IndexError."""
    for box in _only(tables, ("stsz", "stz2")):
        table = Table(data, box)
        table.take(4)
        if box.type == "stsz":
            same, count = table.take(4), table.take(4)
            return Sizes(same=same, count=count) if same else summed(table.numbers(budget.take(count)))
        table.take(3)
        bits, count = table.take(1), budget.take(table.take(4))
        if bits in (8, 16):
            return summed([table.take(bits // 8) for _ in range(count)])
        pairs = [table.take(1) for _ in range((count + 1) // 2)]
        return summed([half for pair in pairs for half in (pair >> 4, pair & 15)][:count])
    return Sizes()


def _only(tables: BmffBox, names: Sequence[str]) -> list[BmffBox]:
    """The one table of those kinds, or none; IndexError where there are two: readers differ in which one they take."""
    found = [box for box in tables.children if box.type in names]
    if len(found) > 1:
        raise IndexError("got two tables of one kind")
    return found


def summed(each: Sequence[int]) -> Sizes:
    """Sizes of which each has its own."""
    return Sizes(count=len(each), sums=array("Q", accumulate(each, initial=0)))


def _samples_of_chunks(data: bytes, tables: BmffBox) -> Iterator[int]:
    """Samples in each chunk, the last number for all that follow (section 8.7.4)."""
    number, chunk = 1, 1
    for box in _only(tables, ("stsc",)):
        table = Table(data, box)
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


class Chunk(NamedTuple):
    """Samples of a track that lie together."""

    start: int
    first: int
    """Number of its first sample, from 0."""
    samples: int


def chunks(data: bytes, tables: BmffBox) -> Iterator[Chunk]:
    """A track's chunks in the order of their table (section 8.7.5). Raises IndexError."""
    for box in _only(tables, ("stco", "co64")):
        table, counts = Table(data, box), _samples_of_chunks(data, tables)
        table.take(4)
        first, number = 0, table.take(4)
        places = table.numbers(number) if box.type == "stco" else (table.take(8) for _ in range(number))
        for place, count in zip(places, counts, strict=False):
            yield Chunk(place, first, count)
            first += count


def chunk_runs(data: bytes, tables: BmffBox, budget: Budget) -> Iterator[Run]:
    """A track's chunks as runs. Raises IndexError."""
    known = sizes(data, tables, budget)
    for chunk in chunks(data, tables):
        yield Run(chunk.start, known.between(chunk.first, chunk.samples))


def defaults(data: bytes, boxes: Sequence[BmffBox]) -> dict[int, int]:
    """The size of a sample by track, where a fragment says none (section 8.8.3). Raises IndexError."""
    found: dict[int, int] = {}
    for box in find_boxes(boxes, "/moov/mvex/trex"):
        table = Table(data, box)
        table.take(4)
        track = table.take(4)
        table.take(8)
        found[track] = table.take(4)
    return found


def fragment_runs(data: bytes, moof: BmffBox, known: Mapping[int, int], budget: Budget) -> Iterator[Run]:
    """The runs of a movie fragment (sections 8.8.7 and 8.8.8). Raises IndexError."""
    following = moof.start
    for traf in find_boxes(moof.children, "traf"):
        # Without an offset of its own a track's data follows on the one before, unless it says otherwise.
        base, size = following, 0
        for header in _only(traf, ("tfhd",)):
            table = Table(data, header)
            flags = table.take(4)
            size = known.get(table.take(4), 0)
            base = moof.start if flags & _FROM_MOOF else base
            base = table.take(8) if flags & _BASE else base
            table.take(4 * bool(flags & _DESCRIPTION) + 4 * bool(flags & _DURATION))
            size = table.take(4) if flags & _SIZE else size
        position = base
        yield from _auxiliary(data, traf, base)
        for run in find_boxes(traf.children, "trun"):
            table = Table(data, run)
            flags, count = table.take(4), table.take(4)
            if flags & _OFFSET:
                offset = table.take(4)
                position = max(0, base + (offset - (1 << 32) if offset >> 31 else offset))
            table.take(4 * bool(flags & _FIRST_FLAGS))
            length = size * count
            if flags & _SAMPLE_SIZE:
                width = sum(bool(flags & flag) for flag in _PER_SAMPLE)
                length = sum(table.numbers(width * budget.take(count))[bool(flags & 0x100) :: width])
            yield Run(position, length)
            position += length
        following = position


def auxiliary_runs(data: bytes, tables: BmffBox) -> Iterator[Run]:
    """What a track's tables keep beside its samples, such as how they are encrypted (section 8.7.9)."""
    return _auxiliary(data, tables, 0)


def _auxiliary(data: bytes, parent: BmffBox, base: int) -> Iterator[Run]:
    lengths: dict[bytes, int] = {}
    offsets: list[tuple[bytes, int, Table]] = []
    for box in parent.children:
        if box.type not in ("saiz", "saio"):
            continue
        table = Table(data, box)
        version, flags = table.take(1), table.take(3)
        kind = table.raw(8 * (flags & 1))
        if box.type == "saiz":
            same, count = table.take(1), table.take(4)
            lengths[kind] = same * count if same else sum(table.raw(count))
        else:
            offsets.append((kind, 8 if version else 4, table))
    for kind, size, table in offsets:
        count = table.take(4)
        for _ in range(count):
            # Where there are several, each begins the information of one run or chunk: the start is what is known.
            yield Run(base + table.take(size), lengths.get(kind, 0) if count == 1 else 0)
