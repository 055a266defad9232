"""Which media do we know already? A folder of segments, of which a list says which count.

Readers take the list and open what it names: a snapshot that no writer changes. A writer holds a lock, writes a new
segment whole, makes sure that it is on disk, and only then puts a new list in the place of the old one, in one step: a
crash at any moment leaves either the old list or the new one, and no half entry in either.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec
import numpy as np
from msgspec import Struct

from provenance.hashes.entry import Entry, encode_entry
from provenance.hashes.errors import BusyIndexError, DamagedIndexError, ForeignIndexError, NoIndexError
from provenance.hashes.lookup import as_words, search
from provenance.hashes.segment import MAX_HASHES, Parts, Segment, write_segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT: Final = "vouchmark-index/1"
LIST: Final = "index.json"
"""The list of the segments that count; everything else in the folder is theirs or left behind."""
LOCK: Final = "lock"
MAX_LIST: Final = 4 * 1024 * 1024
"""Bytes of the list; segments are merged long before it has a hundredth."""
MAX_HITS: Final = 100
"""Hits that are told one by one; a picture that is like more of an index than that is like everything."""
TIERS: Final = 8
"""Segments of about one size that are merged into one: each hash is written so often as its index grows eightfold."""
TRIES: Final = 5
"""Times that the list is read again when a segment has been merged away meanwhile."""


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One segment, as the list names it."""

    file: str
    entries: int
    hashes: int
    thumbnails: bool
    """Whether any of its entries has a small picture to compare with."""
    sha256: str
    """Of its header."""


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list itself."""

    format: str
    generation: int
    """Counts up with every change."""
    parts: tuple[Part, ...]


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
            self.listing, self.sha256 = _read_list(folder)
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
        seen: set[tuple[int, int]] = set()
        for part, query, number, distance in found.tolist():
            if len(hits) == limit:
                break
            segment = self._segments[part]
            segment.check("hashes", number)
            owner, place = segment.owner_of(number)
            if (part, owner) in seen:
                continue
            seen.add((part, owner))
            entry = _entry(segment, owner)
            if entry.thumbnail or not with_thumbnail:
                hits.append(Hit(entry=entry, query=query, place=place, distance=distance, ref=(part, owner)))
        return hits

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


def _read_list(folder: Path) -> tuple[Listing, str]:
    """The list of an index and its SHA-256.

    Raises:
        NoIndexError, ForeignIndexError, DamagedIndexError, OSError: as for `KnownMedia`.
    """
    if not folder.exists():
        raise NoIndexError(f"there is no index {folder.name}")
    if not folder.is_dir():
        raise ForeignIndexError(f"{folder.name} is a file; an index is a folder")
    try:
        with (folder / LIST).open("rb") as file:
            content = file.read(MAX_LIST + 1)
    except FileNotFoundError as error:
        raise ForeignIndexError(f"{folder.name} is a folder, and no index of known media") from error
    body, tail = content[:-66], content[-66:]
    if not content.startswith(b'{"format":"vouchmark-index/'):
        raise ForeignIndexError(f"the list in {folder.name} is not one of an index of known media")
    if not content.startswith(b'{"format":"' + FORMAT.encode() + b'"'):
        raise ForeignIndexError(f"{folder.name} is an index of another version than {FORMAT}")
    digest = hashlib.sha256(body).hexdigest()
    if tail != b"\n" + digest.encode() + b"\n":
        raise DamagedIndexError("the list of the index is not what was written")
    try:
        listing = msgspec.json.decode(body, type=Listing)
    except msgspec.MsgspecError as error:
        raise DamagedIndexError("the list of the index has another shape") from error
    if any(os.sep in part.file or part.file.startswith(".") for part in listing.parts):
        raise DamagedIndexError("the list of the index names files outside it")
    return listing, digest


def _open_all(folder: Path, listing: Listing) -> list[Segment]:
    segments: list[Segment] = []
    try:
        for part in listing.parts:
            segments.append(Segment(folder / part.file, expected=part.sha256))
    except BaseException:
        for segment in segments:
            segment.close()
        raise
    return segments


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
        fresh = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
        if not fresh:
            _read_list(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._take()
            self._listing = Listing(format=FORMAT, generation=0, parts=())
            if (folder / LIST).exists():
                self._listing = _read_list(folder)[0]
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
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
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

    def knows(self, sha256: bytes) -> bool:
        """Whether a file of that digest is waiting for the next commit."""
        return sha256 in self._digests

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
        self._publish(self._next((*self._listing.parts, part)))
        while len(tail := self._mergeable()) > 1:
            merged = self._merge(tail)
            self._publish(self._next((*self._listing.parts[: -len(tail)], merged)))

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
        body = msgspec.json.encode(listing)
        temporary = self.folder / f"{LIST}.new"
        with temporary.open("wb") as file:
            file.write(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self.folder)  # the segments' names, before the list that relies on them
        temporary.replace(self.folder / LIST)
        _sync_folder(self.folder)
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
        (self.folder / f"{LIST}.new").unlink(missing_ok=True)

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


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
