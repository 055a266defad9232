"""How does something get into an index so that a crash at any moment loses nothing that was there?

A writer holds a lock, writes a new segment whole, makes sure that it is on disk, and only then puts a new list in the
place of the old one, in one step: a crash leaves either the old list or the new one, and no half entry in either.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from provenance.files import system
from provenance.files.system import sync_folder
from provenance.hashes.errors import BusyIndexError, DamagedIndexError
from provenance.hashes.index.entry import Entry, encode_entry
from provenance.hashes.index.listing import FORMAT, LIST, Listing, Part, read_list, write_list
from provenance.hashes.index.lookup import as_words
from provenance.hashes.index.segment import MAX_HASHES, Parts, Segment, write_segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOCK: Final = "lock"
NEW_LIST: Final = f"{LIST}.new"
"""The next list, before it is put in the place of the one before."""
TIERS: Final = 8
"""Segments of about one size that are merged into one: each hash is written so often as its index grows eightfold."""


class Recorder:
    """The one writer of an index. A context manager; what is not committed when it ends is not in the index."""

    def __init__(self, folder: Path) -> None:
        """Open an index for writing, and make it where there is nothing.

        Raises:
            BusyIndexError: somebody else is writing to it.
            ForeignIndexError, DamagedIndexError: what is there cannot be added to; it is left as it is.
            OSError: the system does not let us.
        """
        self.folder = folder
        if not _is_blank(folder):
            read_list(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | system.NOFOLLOW | system.CLOEXEC, 0o666)
        try:
            self._take()
            self._listing = Listing(format=FORMAT, generation=0, parts=())
            if (folder / LIST).exists():
                self._listing = read_list(folder)[0]
                self._tidy()
            else:
                self._publish(self._listing)
        except BaseException:
            os.close(self._lock)
            raise
        self._clear()

    def _clear(self) -> None:
        """Begin a new part."""
        self._hashes: list[bytes] = []
        self._counts: list[int] = []
        self._records: dict[bytes, int] = {}
        """Each record that is different from those before, with its offset."""
        self._offsets: list[int] = []
        self._size = 0
        self._digests: dict[bytes, int] = {}
        self._thumbnails = False

    def _take(self) -> None:
        try:
            system.try_lock(self._lock)
        except OSError as error:
            raise BusyIndexError(f"another run is writing to {self.folder.name}") from error

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the lock go."""
        os.close(self._lock)

    @property
    def pending(self) -> int:
        """Entries that are not in the index yet."""
        return len(self._counts)

    def add(self, entry: Entry, hashes: Sequence[bytes]) -> None:
        """Remember one file, from the next `commit` on.

        Raises:
            ValueError: the entry is too large, or has another number of hashes than bits are given for.
        """
        if len(entry.hashes) != len(hashes) or any(len(bits) != 32 for bits in hashes):
            raise ValueError(
                f"got {len(hashes)} hashes for an entry of {len(entry.hashes)}, expected 32 bytes for each"
            )
        record = encode_entry(entry)
        if entry.sha256:
            self._digests[entry.sha256] = len(self._counts)
        # A list of a million hashes says the same of most of them, and that is stored once.
        offset = self._records.setdefault(record, self._size)
        self._size += len(record) if offset == self._size else 0
        self._offsets.append(offset)
        self._counts.append(len(hashes))
        self._hashes.extend(hashes)
        self._thumbnails = self._thumbnails or bool(entry.thumbnail)

    def add_many(self, entry: Entry, hashes: NDArray[np.uint64]) -> None:
        """Put a list of bare hashes into the index at once, all with the same entry. Commits.

        Args:
            entry: what each of them is remembered as; it says of one hash what it is of.
            hashes: n x 4 of 64 bits.

        Raises:
            ValueError: the entry has another number of hashes than one, or a digest.
        """
        if len(entry.hashes) != 1 or entry.sha256:
            raise ValueError("got an entry for one file, expected one for a list of bare hashes")
        self.commit()
        record = encode_entry(entry)
        count = len(hashes)
        self._append(
            Parts(
                hashes=hashes,
                first=np.arange(count + 1, dtype="<u4"),
                offsets=np.zeros(count, dtype="<u8"),
                records=[record],
                digests=np.empty(0, dtype="<u8"),
                owners=np.empty(0, dtype="<u4"),
            ),
            entries=count,
            hashes=count,
            thumbnails=bool(entry.thumbnail),
        )

    def commit(self) -> None:
        """Put what was added into the index, all of it or nothing.

        Raises:
            OSError: the disk is full or goes away; the index is as it was.
        """
        if not self._counts:
            return
        self._append(
            Parts(
                hashes=as_words(b"".join(self._hashes)),
                first=np.cumsum([0, *self._counts]),
                offsets=np.array(self._offsets, dtype="<u8"),
                records=self._records,
                digests=np.frombuffer(b"".join(digest[:8] for digest in self._digests), dtype="<u8"),
                owners=np.array(list(self._digests.values()), dtype="<u4"),
            ),
            entries=len(self._counts),
            hashes=len(self._hashes),
            thumbnails=self._thumbnails,
        )
        self._clear()

    def _append(self, parts: Parts, *, entries: int, hashes: int, thumbnails: bool) -> None:
        part = self._write(parts, entries=entries, hashes=hashes, thumbnails=thumbnails)
        self._add((*self._listing.parts, part))
        while len(tail := self._mergeable()) > 1:
            merged = self._merge(tail)
            self._add((*self._listing.parts[: -len(tail)], merged))

    def _add(self, parts: tuple[Part, ...]) -> None:
        """Publish a list that ends in a new part; where that is cut off before anybody relies on it, the part goes."""
        try:
            self._publish(self._next(parts))
        except BaseException:
            if parts[-1] not in read_list(self.folder)[0].parts:
                (self.folder / parts[-1].file).unlink(missing_ok=True)
            raise

    def _next(self, parts: tuple[Part, ...]) -> Listing:
        return Listing(format=FORMAT, generation=self._listing.generation + 1, parts=parts)

    def _write(self, parts: Parts, *, entries: int, hashes: int, thumbnails: bool) -> Part:
        name = f"part-{secrets.token_hex(8)}.vmx"
        try:
            digest = write_segment(self.folder / name, parts)
        except BaseException:
            (self.folder / name).unlink(missing_ok=True)
            raise
        return Part(file=name, entries=entries, hashes=hashes, thumbnails=thumbnails, sha256=digest)

    def _publish(self, listing: Listing) -> None:
        """Put a list in the place of the one before, in one step, and remove what it names no more."""
        temporary = self.folder / NEW_LIST
        temporary.unlink(missing_ok=True)  # it may be a link to somebody's file
        try:
            write_list(listing, temporary)
            sync_folder(self.folder)  # the segments' names, before the list that relies on them
            temporary.replace(self.folder / LIST)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)
        gone = {part.file for part in self._listing.parts} - {part.file for part in listing.parts}
        self._listing = listing
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Remove what runs that were cut off have left behind."""
        named = {part.file for part in self._listing.parts}
        for path in self.folder.glob("part-*.vmx"):
            if path.name not in named:
                path.unlink(missing_ok=True)
        (self.folder / NEW_LIST).unlink(missing_ok=True)

    def _mergeable(self) -> tuple[Part, ...]:
        """The last parts that should be one: `TIERS` of them of which none is much larger than the rest together."""
        parts = self._listing.parts
        size = 0
        for count, part in enumerate(reversed(parts), start=1):
            weight = part.hashes + part.entries
            if size and weight > size * TIERS:
                return parts[len(parts) - count + 1 :] if count > TIERS else ()
            size += weight
        return parts if len(parts) > TIERS else ()

    def _merge(self, tail: tuple[Part, ...]) -> Part:
        """Several parts as one; their records are taken over as they are."""
        if sum(part.hashes for part in tail) > MAX_HASHES:
            raise DamagedIndexError(f"got more than {MAX_HASHES} hashes in one part")
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(Segment(self.folder / part.file, expected=part.sha256)) for part in tail]
            for segment in opened:
                segment.verify()  # a copy with new checksums would make damage look sound
            parts = _joined(opened)
            return self._write(
                parts,
                entries=sum(part.entries for part in tail),
                hashes=sum(part.hashes for part in tail),
                thumbnails=any(part.thumbnails for part in tail),
            )


def _is_blank(folder: Path) -> bool:
    """Whether nothing is there, or no more than a run that was cut off before its first list."""
    if not folder.exists():
        return True
    return folder.is_dir() and {path.name for path in folder.iterdir()} <= {LOCK, NEW_LIST}


def _joined(segments: Sequence[Segment]) -> Parts:
    first, offsets, owners = [np.zeros(1, dtype="<u4")], [], []
    hashes_before = entries_before = bytes_before = 0
    for segment in segments:
        header = segment.header
        ends = segment.first[1:] if segment.first is not None else np.arange(1, header.entries + 1, dtype="<u4")
        first.append(ends + np.uint32(hashes_before))
        offsets.append(segment.offsets + np.uint64(bytes_before))
        owners.append(segment.owners + np.uint32(entries_before))
        hashes_before += header.hashes
        entries_before += header.entries
        bytes_before += len(segment.records())
    return Parts(
        hashes=np.concatenate([segment.hashes for segment in segments]),
        first=np.concatenate(first),
        offsets=np.concatenate(offsets),
        records=_pieces(segments),
        digests=np.concatenate([segment.digests for segment in segments]),
        owners=np.concatenate(owners),
    )


def _pieces(segments: Iterable[Segment]) -> Iterator[bytes]:
    """The records of some segments, a MiB at a time."""
    for segment in segments:
        records = segment.records()
        for start in range(0, len(records), 1 << 20):
            yield bytes(records[start : start + (1 << 20)])
