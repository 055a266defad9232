"""Which media do we know already? A folder of segments, of which a list says which count.

Readers take the list and open what it names: a snapshot that no writer changes, however long it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from provenance.hashes.errors import DamagedIndexError
from provenance.hashes.index.entry import Entry
from provenance.hashes.index.listing import Listing, read_list
from provenance.hashes.index.lookup import as_words, search
from provenance.hashes.index.segment import Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_HITS: Final = 100
"""Hits that are told one by one; a picture that is like more of an index than that is like everything."""
MAX_TRIED: Final = 50_000
"""Hashes within reach that are looked at for that, nearest first: half a second. Only where one hash fills a list."""
TRIES: Final = 5
"""Times that the list is read again when a segment has been merged away meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One known file that a question led to."""

    entry: Entry
    query: int = 0
    """Which of the hashes that were asked for led here."""
    place: int = 0
    """Which of the entry's hashes it was."""
    distance: int = 0
    """Bits by which they differ."""
    ref: tuple[int, int] = (0, 0)
    """The same for the same entry of one open index."""


class KnownMedia:
    """An open index, as it was at one moment. A context manager."""

    def __init__(self, folder: Path) -> None:
        """Open an index for reading, which takes milliseconds however large it is.

        Raises:
            NoIndexError: nothing is there.
            ForeignIndexError: it is no index, or one of a newer version.
            DamagedIndexError: it is truncated or changed.
            OSError: the system could not read it.
        """
        self.folder = folder
        for attempt in range(TRIES):
            self.listing, self.sha256 = read_list(folder)
            try:
                self._segments = _open_all(folder, self.listing)
                return
            except FileNotFoundError as error:
                if attempt == TRIES - 1:
                    raise DamagedIndexError("a part of the index that its list names is missing") from error

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        self.close()

    def close(self) -> None:
        """Let the files go."""
        for segment in self._segments:
            segment.close()
        self._segments = []

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.folder.resolve().name

    @property
    def entries(self) -> int:
        """How many files it knows."""
        return sum(part.entries for part in self.listing.parts)

    @property
    def hashes(self) -> int:
        """How many perceptual hashes it holds."""
        return sum(part.hashes for part in self.listing.parts)

    def verify(self) -> None:
        """Look at every byte.

        Raises:
            DamagedIndexError: anything is not what was written.
        """
        for segment in self._segments:
            segment.verify()
            for number in range(segment.header.entries):
                segment.entry(number)
                segment.hash_bytes(number)

    def exact(self, sha256: bytes) -> list[Entry]:
        """Every entry with that digest, byte for byte the same file.

        Raises:
            ValueError: it has not 32 bytes.
            DamagedIndexError: what was found is not what was written.
        """
        if len(sha256) != 32:
            raise ValueError(f"got a digest of {len(sha256)} bytes, expected 32")
        start = np.frombuffer(sha256[:8], dtype="<u8")[0]
        found: list[Entry] = []
        for segment in self._segments:
            first = int(np.searchsorted(segment.digests, start, side="left"))
            while first < len(segment.digests) and segment.digests[first] == start and len(found) < MAX_HITS:
                segment.check("digests", first)
                segment.check("owners", first)
                entry = _entry(segment, int(segment.owners[first]))
                if entry.sha256 == sha256:
                    found.append(entry)
                first += 1
        return found

    def near(
        self, hashes: Sequence[bytes], radius: int, *, limit: int = MAX_HITS, with_thumbnail: bool = False
    ) -> list[Hit]:
        """The entries nearest to any of some hashes, each once, nearest first; exact up to `limit`.

        What a list holds twice, the same hash with the same words, is one entry; see `MAX_TRIED` too.

        Args:
            hashes: 32 bytes each.
            radius: bits by which they may differ.
            limit: entries that are returned at most.
            with_thumbnail: only those whose pixels can be compared.

        Raises:
            DamagedIndexError: what was found is not what was written.
        """
        queries = as_words(b"".join(hashes))
        rows = [
            np.insert(search(segment, queries, radius), 0, place, axis=1)
            for place, segment in enumerate(self._segments)
            if self.listing.parts[place].thumbnails or not with_thumbnail
        ]
        if not rows:
            return []
        found = np.concatenate(rows)
        found = found[np.lexsort((found[:, 1], found[:, 2], found[:, 0], found[:, 3]))]
        hits: list[Hit] = []
        visited: set[tuple[int, int]] = set()
        told: set[object] = set()
        for part, query, number, distance in self._distinct(found)[:MAX_TRIED].tolist():
            if len(hits) == limit:
                break
            segment = self._segments[part]
            segment.check("hashes", number)
            owner, place = segment.owner_of(number)
            same = part, segment.record_of(owner), segment.hashes[number].tobytes()
            if (part, owner) in visited or same in told:
                continue
            visited.add((part, owner))
            told.add(same)
            entry = _entry(segment, owner)
            if (entry, same[2]) in told:
                continue  # the same list, taken a second time
            told.add((entry, same[2]))
            if entry.thumbnail or not with_thumbnail:
                hits.append(Hit(entry=entry, query=query, place=place, distance=distance, ref=(part, owner)))
        return hits

    def _distinct(self, found: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of which the one before has not the same hash with the same words: lists repeat one by the million."""
        if len(found) <= MAX_HITS:
            return found
        same = np.zeros(len(found), bool)
        for place, segment in enumerate(self._segments):
            rows = np.flatnonzero(found[:, 0] == place)
            if len(rows) < 2:
                continue
            numbers = found[rows, 2]
            hashes = segment.hashes.take(numbers, axis=0)
            records = segment.records_of(numbers)
            alike = (hashes[1:] == hashes[:-1]).all(axis=1) & (records[1:] == records[:-1])
            same[rows[1:]] = alike & (found[rows[1:], 3] == found[rows[:-1], 3])
        return found[~same]

    def every(self) -> Iterator[tuple[Entry, list[bytes]]]:
        """All entries with their perceptual hashes, in the order in which they were added.

        Raises:
            DamagedIndexError: one is not what was written.
        """
        for segment in self._segments:
            for number in range(segment.header.entries):
                yield segment.entry(number), segment.hash_bytes(number)


def _entry(segment: Segment, number: int) -> Entry:
    try:
        return segment.entry(number)
    except IndexError as error:
        raise DamagedIndexError("a hash or digest belongs to no entry") from error


def _open_all(folder: Path, listing: Listing) -> list[Segment]:
    segments: list[Segment] = []
    try:
        for part in listing.parts:
            segment = Segment(folder / part.file, expected=part.sha256)
            segments.append(segment)
            if (segment.header.entries, segment.header.hashes) != (part.entries, part.hashes):
                raise DamagedIndexError("a part of the index has another number of entries than its list says")
    except BaseException:
        for segment in segments:
            segment.close()
        raise
    return segments
