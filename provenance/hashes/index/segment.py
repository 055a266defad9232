"""How does a part of an index lie on disk: written once, checked by its header, read where it lies?

One file: a header of one page, then sections at page borders, little-endian. Opening reads the header and the block
checksums; everything else is memory-mapped and touched only where a search leads. Blocks are checked when a hit rests
on them, and all of the file by `verify`.

| section | content |
|---|---|
| hashes | 32 bytes for each perceptual hash, in the order of the entries |
| first | for each entry, and one past the end, its first hash; left out where each entry has exactly one |
| offsets | where each entry lies among the records |
| records | the entries |
| digests, owners | the first 8 bytes of every SHA-256, sorted, and whose it is |
| starts, tables | 16 tables: the hashes sorted by their nth 16 bits, and where each value begins; left out where few |
| blocks | CRC-32 of each 64 KiB of `hashes`, `first`, `offsets`, `digests` and `owners`, in that order |
"""

from __future__ import annotations

import hashlib
import mmap
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

import msgspec
import numpy as np
from msgspec import Struct

from provenance.hashes.errors import DamagedIndexError, ForeignIndexError
from provenance.hashes.index.entry import Entry, decode_entry
from provenance.hashes.index.listing import open_file
from provenance.nesting import check_nesting

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC: Final = b"VOUCHIDX"
VERSION: Final = 1
PAGE: Final = 4096
BLOCK: Final = 64 * 1024
"""Bytes under one checksum: read and checked in 20 microseconds."""
WORDS: Final = 16
"""16-bit words of a hash: one table for each."""
VALUES: Final = 1 << 16
MIN_TABLED: Final = 1 << 14
"""Hashes below which there are no tables: to look at all of them is faster, and the tables' starts alone take 4 MiB."""
MAX_HASHES: Final = 1 << 31
"""Hashes of one segment; tables hold 32-bit numbers."""
_CHECKED: Final = ("hashes", "first", "offsets", "digests", "owners")
_ALL: Final = (*_CHECKED, "records", "starts", "tables", "blocks")


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a section lies, and its digest."""

    offset: int
    size: int
    sha256: str


class Header(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a segment says of itself."""

    entries: int
    hashes: int
    size: int
    """Bytes of the file."""
    sections: dict[str, Section]


class Parts(Struct, frozen=True, kw_only=True):
    """What a new segment is made of."""

    hashes: object
    """n x 4 of 64 bits."""
    first: object
    """Entries + 1 of 32 bits."""
    offsets: object
    """Entries of 64 bits."""
    records: Iterable[bytes]
    """Pieces of the records section, in order."""
    digests: object
    """8 bytes of each digest, as 64 bits, in any order."""
    owners: object
    """The entry of each digest."""


def write_segment(path: Path, parts: Parts) -> str:
    """Write a segment whole and make sure that it is on disk.

    Returns:
        SHA-256 of its header, which holds the digests of everything else.

    Raises:
        OSError: the disk is full or goes away.
    """
    with path.open("xb") as file:
        digest = _write(file, parts)
        file.flush()
        os.fsync(file.fileno())
    return digest


def _write(file: BinaryIO, parts: Parts) -> str:
    hashes = np.ascontiguousarray(parts.hashes, dtype="<u8").reshape(-1, 4)
    first = np.ascontiguousarray(parts.first, dtype="<u4")
    offsets = np.ascontiguousarray(parts.offsets, dtype="<u8")
    digests = np.ascontiguousarray(parts.digests, dtype="<u8")
    owners = np.ascontiguousarray(parts.owners, dtype="<u4")
    order = np.argsort(digests, kind="stable")
    if len(hashes) == len(offsets) and np.array_equal(first, np.arange(len(offsets) + 1, dtype="<u4")):
        first = first[:0]
    arrays = {"hashes": hashes, "first": first, "offsets": offsets, "digests": digests[order], "owners": owners[order]}
    sections: dict[str, Section] = {}
    file.write(bytes(PAGE))
    checks: list[int] = []
    for name, array in arrays.items():
        view = _bytes_of(array)
        checks.extend(zlib.crc32(view[start : start + BLOCK]) for start in range(0, len(view), BLOCK))
        sections[name] = _put(file, [view])
    sections["records"] = _put(file, parts.records)
    tabled = len(hashes) >= MIN_TABLED
    starts = np.zeros((WORDS, VALUES + 1), dtype="<u4") if tabled else np.zeros(0, dtype="<u4")
    sections["tables"] = _put(file, _tables(hashes, starts) if tabled else ())
    sections["starts"] = _put(file, [_bytes_of(starts)])
    sections["blocks"] = _put(file, [_bytes_of(np.array(checks, dtype="<u4"))])
    header = Header(entries=len(offsets), hashes=len(hashes), size=file.tell(), sections=sections)
    content = _header_bytes(header)
    file.seek(0)
    file.write(content)
    return hashlib.sha256(content).hexdigest()


def _bytes_of(array: NDArray[Any]) -> memoryview:
    """An array's bytes, where they lie."""
    return memoryview(array.reshape(-1).view(np.uint8).data)


def _header_bytes(header: Header) -> bytes:
    body = msgspec.json.encode(header)
    content = MAGIC + VERSION.to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    content += hashlib.sha256(content).digest()
    return content.ljust(PAGE, b"\0")


def _put(file: BinaryIO, pieces: Iterable[bytes | memoryview]) -> Section:
    """Write a section at the next page border."""
    file.write(bytes(-file.tell() % PAGE))
    offset, digest, size = file.tell(), hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return Section(offset=offset, size=size, sha256=digest.hexdigest())


def _tables(hashes: NDArray[np.uint64], starts: NDArray[np.uint32]) -> Iterator[memoryview]:
    """The numbers of the hashes, sorted by each of their words in turn; fills in where each value begins."""
    words = hashes.view("<u2")
    for word in range(WORDS):
        column = np.ascontiguousarray(words[:, word])
        np.cumsum(np.bincount(column, minlength=VALUES), out=starts[word, 1:])
        yield _bytes_of(np.argsort(column, kind="stable").astype("<u4"))


class Segment:
    """An open segment. A context manager; what was read from it stays valid only as long as it is open."""

    def __init__(self, path: Path, *, expected: str | None = None) -> None:
        """Map a segment and check its header.

        Args:
            path: the file.
            expected: SHA-256 of its header; None to take what is there.

        Raises:
            FileNotFoundError: it is not there (any more).
            ForeignIndexError: it is no segment, or of a newer version.
            DamagedIndexError: it is truncated or changed.
            OSError: the system could not read it.
        """
        self.path = path
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            page = file.read(PAGE)
            self.header = _read_header(page, size)
            if expected is not None and hashlib.sha256(page).hexdigest() != expected:
                raise DamagedIndexError("a part of the index is not the one that its list names")
            self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map)
        count, entries = self.header.hashes, self.header.entries
        self.hashes: NDArray[np.uint64] = self._array("hashes", "<u8", count * 4).reshape(-1, 4)
        has_first = self.header.sections["first"].size > 0 or count != entries
        self.first: NDArray[np.uint32] | None = self._array("first", "<u4", entries + 1) if has_first else None
        self.offsets: NDArray[np.uint64] = self._array("offsets", "<u8", entries)
        self.digests: NDArray[np.uint64] = self._array("digests", "<u8", None)
        self.owners: NDArray[np.uint32] = self._array("owners", "<u4", len(self.digests))
        tabled = self.header.sections["tables"].size > 0
        self.starts: NDArray[np.uint32] = self._array("starts", "<u4", WORDS * (VALUES + 1) if tabled else 0)
        self.tables: NDArray[np.uint32] = self._array("tables", "<u4", WORDS * count if tabled else 0)
        self._blocks: NDArray[np.uint32] = self._array("blocks", "<u4", None)
        self._check_digest("blocks")
        if len(self._blocks) != sum(_block_count(self.header.sections[name].size) for name in _CHECKED):
            raise DamagedIndexError("a part of the index has another number of checksums")
        self._sound: set[int] = set()
        """Blocks that were looked at and found to be what was written."""

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self.close()

    def close(self) -> None:
        """Let the file go. Arrays that somebody still holds keep the map alive until they are gone."""
        del self.hashes, self.first, self.offsets, self.digests, self.owners, self.starts, self.tables, self._blocks
        try:
            self._view.release()
            self._map.close()
        except BufferError:
            return

    def _array(self, name: str, kind: str, length: int | None) -> NDArray[Any]:
        section = self.header.sections[name]
        width = np.dtype(kind).itemsize
        if section.size % width or (length is not None and section.size != length * width):
            raise DamagedIndexError(f"got {section.size} bytes of {name}, expected {length} x {width}")
        if not section.size:
            return np.empty(0, dtype=kind)
        return np.frombuffer(self._view[section.offset : section.offset + section.size], dtype=kind)

    def _check_digest(self, name: str) -> None:
        section = self.header.sections[name]
        content = self._view[section.offset : section.offset + section.size]
        if hashlib.sha256(content).hexdigest() != section.sha256:
            raise DamagedIndexError(f"the {name} of a part of the index are not what was written")

    def verify(self) -> None:
        """Look at all of it.

        Raises:
            DamagedIndexError: anything is not what was written.
        """
        for name in _ALL:
            self._check_digest(name)

    def check(self, name: str, number: int) -> None:
        """Make sure that the number-th value of a section is what was written.

        Raises:
            DamagedIndexError: it is not.
        """
        section = self.header.sections[name]
        width = {"hashes": 32, "first": 4, "offsets": 8, "digests": 8, "owners": 4}[name]
        before = _CHECKED[: _CHECKED.index(name)]
        base = sum(_block_count(self.header.sections[other].size) for other in before)
        place = number * width // BLOCK
        if base + place in self._sound:
            return
        start = section.offset + place * BLOCK
        end = min(start + BLOCK, section.offset + section.size)
        if not section.offset <= start < end or zlib.crc32(self._view[start:end]) != self._blocks[base + place]:
            raise DamagedIndexError(f"the {name} of a part of the index are not what was written")
        self._sound.add(base + place)

    def owner_of(self, number: int) -> tuple[int, int]:
        """The entry that the number-th hash belongs to, and its place among that entry's hashes.

        Raises:
            DamagedIndexError: what says so is not what was written.
        """
        if self.first is None:
            return number, 0
        entry = int(np.searchsorted(self.first, number, side="right")) - 1
        if not 0 <= entry < self.header.entries:
            raise DamagedIndexError("a hash belongs to no entry")
        self.check("first", entry)
        self.check("first", entry + 1)
        start, end = int(self.first[entry]), int(self.first[entry + 1])
        if not start <= number < end:
            raise DamagedIndexError("a hash belongs to no entry")
        return entry, number - start

    def entry(self, number: int) -> Entry:
        """The number-th entry, checked.

        Raises:
            DamagedIndexError: it is not what was written.
            IndexError: there is none.
        """
        return decode_entry(self.records(), self.record_of(number))

    def record_of(self, number: int) -> int:
        """Where the number-th entry lies among the records; entries of which the same is known share one.

        Raises:
            DamagedIndexError, IndexError: as for `entry`.
        """
        if not 0 <= number < self.header.entries:
            raise IndexError(f"got entry {number} of {self.header.entries}")
        self.check("offsets", number)
        return int(self.offsets[number])

    def records_of(self, numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Where the entries of some hashes lie among the records; unchecked."""
        entries = numbers
        if self.first is not None:
            entries = np.searchsorted(self.first, numbers, side="right") - 1
        if not len(self.offsets):
            return np.zeros(len(numbers), dtype="<u8")
        return self.offsets.take(np.clip(entries, 0, len(self.offsets) - 1))

    def hash_bytes(self, entry: int) -> list[bytes]:
        """The perceptual hashes of an entry, in its order.

        Raises:
            DamagedIndexError: they are not what was written.
        """
        start, end = entry, entry + 1
        if self.first is not None:
            self.check("first", entry)
            self.check("first", entry + 1)
            start, end = int(self.first[entry]), int(self.first[entry + 1])
            if not 0 <= start <= end <= self.header.hashes:
                raise DamagedIndexError("the hashes of an entry lie outside")
        for number in range(start, end):
            self.check("hashes", number)
        return [self.hashes[number].tobytes() for number in range(start, end)]

    def records(self) -> memoryview:
        """All records, unchecked."""
        section = self.header.sections["records"]
        return self._view[section.offset : section.offset + section.size]


def _block_count(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK


def _read_header(page: bytes, size: int) -> Header:
    """A segment's header.

    Raises:
        ForeignIndexError: there is none, or of a newer version.
        DamagedIndexError: it is truncated or changed.
    """
    if not page.startswith(MAGIC):
        raise ForeignIndexError("a part of it is no index of known media")
    if len(page) < PAGE:
        raise DamagedIndexError(f"a part of the index ends after {len(page)} bytes")
    version, length = (int.from_bytes(page[start : start + 4], "little") for start in (8, 12))
    if version != VERSION:
        raise ForeignIndexError(f"got an index of version {version}, expected {VERSION}")
    body, digest = page[16 : 16 + length], page[16 + length : 48 + length]
    if hashlib.sha256(page[: 16 + length]).digest() != digest:
        raise DamagedIndexError("the header of a part of the index is not what was written")
    try:
        check_nesting(body.decode())
        header = msgspec.json.decode(body, type=Header)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DamagedIndexError("the header of a part of the index has another shape") from error
    if header.size != size:
        raise DamagedIndexError(f"a part of the index has {size} bytes, expected {header.size}")
    if set(header.sections) != set(_ALL) or not 0 <= header.hashes <= MAX_HASHES or header.entries < 0:
        raise DamagedIndexError("the header of a part of the index has another shape")
    if any(not PAGE <= part.offset <= part.offset + part.size <= size for part in header.sections.values()):
        raise DamagedIndexError("a section of the index lies outside")
    return header
