"""Which of ten million hashes lie within a few bits of this one? All of them, without looking at all.

Multi-index hashing (Norouzi, Punjani and Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", 2014):
two hashes that differ in at most 31 of 256 bits have at least one of their 16 words of 16 bits in common up to one bit
(else each differed in two, 32 together). So the 17 words next to each of 16 are looked up, and only what is found there
is compared. Beyond 47 bits everything is compared, which is exact as well.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from provenance.hashes.errors import DamagedIndexError
from provenance.hashes.index.segment import VALUES, WORDS, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_FLIPS: Final = 2
"""Bits by which a word may differ and still be looked up; with three, 697 values, comparing everything is as fast."""
_CHUNK: Final = 1 << 15
"""Hashes compared at a time: 1 MiB, which stays in a core's cache."""
_ONES: Final = np.array([value.bit_count() for value in range(1 << 16)], dtype=np.uint8)


def as_words(hashes: bytes) -> NDArray[np.uint64]:
    """Hashes of 32 bytes, one after the other, as n x 4 of 64 bits.

    Raises:
        ValueError: their length is no multiple of 32.
    """
    if len(hashes) % 32:
        raise ValueError(f"got {len(hashes)} bytes of hashes, expected a multiple of 32")
    return np.frombuffer(hashes, dtype="<u8").reshape(-1, 4)


def search(segment: Segment, queries: NDArray[np.uint64], radius: int) -> NDArray[np.int64]:
    """Every hash of a segment within so many bits of any of some. Whoever reports one checks it first.

    Args:
        segment: open.
        queries: n x 4 of 64 bits.
        radius: bits, 0 to 256.

    Returns:
        A row for each: which of the queries, which of the segment's hashes, bits by which they differ; sorted.

    Raises:
        DamagedIndexError: the tables lead outside.
    """
    flips = radius // WORDS
    if not len(segment.tables) or flips > MAX_FLIPS:
        return _scan(segment.hashes, queries, radius)
    rows = []
    for place, query in enumerate(queries):
        candidates = _candidates(segment, query, flips)
        if candidates is None:
            found = _scan(segment.hashes, query[None], radius)
            found[:, 0] = place
        else:
            near = _distances(segment.hashes.take(candidates, axis=0), query)
            close = np.flatnonzero(near <= radius)
            found = np.unique(_rows(place, candidates[close], near[close]), axis=0)
        rows.append(found)
    return np.concatenate(rows) if rows else np.empty((0, 3), dtype=np.int64)


def _rows(query: int, numbers: NDArray[np.integer[Any]], distances: NDArray[np.uint32]) -> NDArray[np.int64]:
    rows = np.empty((len(numbers), 3), dtype=np.int64)
    rows[:, 0], rows[:, 1], rows[:, 2] = query, numbers, distances
    return rows


@functools.cache
def _masks(flips: int) -> NDArray[np.uint16]:
    """Every value of 16 bits with at most so many ones."""
    bits = [1 << place for place in range(16)]
    chosen = [sum(some) for count in range(flips + 1) for some in itertools.combinations(bits, count)]
    return np.array(chosen, dtype=np.uint16)


def _candidates(segment: Segment, query: NDArray[np.uint64], flips: int) -> NDArray[np.uint32] | None:
    """The hashes that share a word with a query up to some bits; None where that is no shorter than all of them."""
    values = query.view("<u2")[:, None] ^ _masks(flips)
    begin = (values + np.arange(WORDS, dtype=np.int64)[:, None] * (VALUES + 1)).ravel()
    low, high = segment.starts[begin].astype(np.int64), segment.starts[begin + 1].astype(np.int64)
    count = segment.header.hashes
    if (low > high).any() or (high > count).any():
        raise DamagedIndexError("the tables of a part of the index are not what was written")
    if int((high - low).sum()) > max(count // 4, _CHUNK):
        return None
    base = np.repeat(np.arange(WORDS, dtype=np.int64) * count, values.shape[1])
    tables = segment.tables
    pieces = [
        tables[start:end]
        for start, end in zip((base + low).tolist(), (base + high).tolist(), strict=True)
        if end > start
    ]
    candidates = np.concatenate(pieces) if pieces else tables[:0]
    if len(candidates) and int(candidates.max()) >= count:
        raise DamagedIndexError("the tables of a part of the index are not what was written")
    return candidates


def _distances(hashes: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Bits by which each of some hashes differs from one."""
    if hasattr(np, "bitwise_count"):
        # Four counts of at most 64 in four bytes, added up pairwise in lanes that are wide enough for 256.
        ones: NDArray[np.uint32] = np.bitwise_count(hashes ^ query).view("<u4").ravel()
        ones = (ones & 0x00FF00FF) + (ones >> 8 & 0x00FF00FF)
        return (ones & 0xFFFF) + (ones >> 16)
    total: NDArray[np.uint32] = _ONES[(hashes ^ query).view("<u2")].sum(axis=1, dtype=np.uint32)
    return total


def _scan(hashes: NDArray[np.uint64], queries: NDArray[np.uint64], radius: int) -> NDArray[np.int64]:
    """Compare everything with everything."""
    rows = [np.empty((0, 3), dtype=np.int64)]
    for start in range(0, len(hashes), _CHUNK):
        part = hashes[start : start + _CHUNK]
        for place, query in enumerate(queries):
            near = _distances(part, query)
            close = np.flatnonzero(near <= radius)
            if len(close):
                rows.append(_rows(place, close + start, near[close]))
    found = np.concatenate(rows)
    return found[np.lexsort((found[:, 1], found[:, 0]))]
