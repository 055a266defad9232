"""What does a ZIP archive's directory say of its parts (APPNOTE 6.3.10), and can it be read in more than one way?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_ENTRIES: Final = 100_000
"""Entries of a directory."""
MANIFEST: Final = b"META-INF/content_credential.c2pa"
"""Name of the part that carries the manifest store (C2PA 2.4, section A.6)."""

_NO_DIRECTORY: Final = -1
_ZIP64: Final = 1
"""Number of the extra field that holds what 32 bits cannot (APPNOTE 6.3.10, section 4.5.3)."""
_BIG: Final = 0xFFFFFFFF
"""What stands in a field of 32 bits whose value is in the ZIP64 field instead."""
_FAR: Final = 65_557
"""Bytes from the end in which the end record begins: its own 22, and the longest comment."""
END: Final = b"PK\x05\x06"
RECORD: Final = b"PK\x01\x02"
LOCAL: Final = b"PK\x03\x04"


class ZipEntry(NamedTuple):
    """One file of a ZIP archive."""

    name: bytes
    start: int
    """Of the local header."""
    end: int
    """After the compressed bytes and, where there is one, the data descriptor."""
    data: int = 0
    """Where the compressed bytes begin."""
    stop: int = 0
    """Where they end."""
    full_size: int = 0
    """Bytes of the part itself."""
    is_big: bool = False
    """Whether the local header has a ZIP64 field, so that the descriptor's sizes have 8 bytes each."""
    record: int = 0
    """Where the directory's own record of it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipDirectory:
    """A ZIP archive's central directory."""

    entries: tuple[ZipEntry, ...]
    start: int
    end: int
    """After the end record and its comment."""
    complete: bool
    records: tuple[tuple[int, int], ...] = ()
    """Where the record of each entry lies, in order."""
    oddities: tuple[str, ...] = field(default=())
    """What readers can take in different ways, for the middle of a sentence."""

    @property
    def manifest_checksum(self) -> tuple[int, int] | None:
        """Where the checksum of the manifest's entry lies: it cannot be known before the manifest is signed."""
        for entry, (start, _) in zip(self.entries, self.records, strict=False):
            if entry.name == MANIFEST:
                return start + 16, start + 20
        return None


def number(data: bytes, at: int, size: int) -> int:
    """A little-endian number; short of the file's end what there is."""
    return int.from_bytes(data[at : at + size], "little")


class _Ending(NamedTuple):
    """What the end records say."""

    entries: int
    start: int
    """Of the directory; -1 where it is not told."""
    stop: int
    """Of the directory: where the first end record begins."""
    oddities: tuple[str, ...]


def _ending(data: bytes, end: int) -> _Ending:
    """By the ZIP64 end record where the plain one has no room (APPNOTE 6.3.10, sections 4.3.14 and 4.3.15)."""
    here, count, size, start = (number(data, end + at, length) for at, length in ((8, 2), (10, 2), (12, 4), (16, 4)))
    odd = []
    if number(data, end + 4, 4) or here != count:
        odd.append("an archive on several disks")
    locator = end - 20
    if locator < 0 or data[locator : locator + 4] != b"PK\x06\x07":
        if start == _BIG:
            return _Ending(count, _NO_DIRECTORY, end, ())
        return _Ending(count, start, end, (*odd, *_misfit(start, size, end)))
    record = number(data, locator + 8, 8)
    if record + 56 > locator or data[record : record + 4] != b"PK\x06\x06":
        return _Ending(0, _NO_DIRECTORY, end, ())
    whole = tuple(number(data, record + at, 8) for at in (32, 40, 48))
    for plain, big, most in ((count, whole[0], 0xFFFF), (size, whole[1], _BIG), (start, whole[2], _BIG)):
        if plain not in (most, big):
            odd.append("two end records that differ")
    if number(data, record + 4, 8) + 12 != locator - record or number(data, record + 24, 8) != whole[0]:
        odd.append("an end record of another form")
    return _Ending(whole[0], whole[2], record, (*odd, *_misfit(whole[2], whole[1], record)))


def _misfit(start: int, size: int, stop: int) -> tuple[str, ...]:
    """Readers that count back from the end must come to the same directory."""
    return () if start + size == stop else ("a directory that does not end where its end record begins",)


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each extra field (APPNOTE 6.3.10, section 4.5.1); number -1 for what is no whole field."""
    position = 0
    while position < len(extra):
        length = number(extra, position + 2, 2)
        if position + 4 + length > len(extra):
            yield -1, extra[position:]
            return
        yield number(extra, position, 2), extra[position + 4 : position + 4 + length]
        position += 4 + length


def _zip64_field(extra: bytes) -> bytes | None:
    """The ZIP64 field among extra fields; None where there is none."""
    return next((content for kind, content in extra_fields(extra) if kind == _ZIP64), None)


def _sizes(data: bytes, position: int, extra: bytes | None) -> tuple[int, int, int] | None:
    """(compressed size, full size, place of the local header); None where a value is nowhere to be found."""
    values = {at: number(data, position + at, 4) for at in (24, 20, 42)}
    for at, value in values.items():
        if value == _BIG:
            if extra is None or len(extra) < 8:
                return None
            values[at], extra = number(extra, 0, 8), extra[8:]
    return values[20], values[24], values[42]


def zip_directory(data: bytes) -> ZipDirectory:
    """Entries in directory order (APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3)."""
    end = data.rfind(END, max(0, len(data) - _FAR))
    if end < 0 or end + 22 > len(data):
        return ZipDirectory(entries=(), start=len(data), end=len(data), complete=False)
    ending = _ending(data, end)
    entries, records = list[ZipEntry](), list[tuple[int, int]]()
    position, room = ending.start, len(data)
    for _ in range(min(ending.entries, MAX_ENTRIES + 1)):
        begin = position
        entry, position = _zip_entry(data, position)
        records.append((begin, position))
        room -= entry.data - entry.start if entry else 0
        # Headers that overlap could be read again and again.
        if entry is None or room < 0 or len(entries) >= MAX_ENTRIES:
            return ZipDirectory(entries=tuple(entries), start=max(0, ending.start), end=len(data), complete=False)
        entries.append(entry)
    stop = end + 22 + number(data, end + 20, 2)
    oddities = list(ending.oddities)
    if stop != len(data) or data.find(END, max(0, ending.start), end) >= 0:
        oddities.append("more than one end record, or none at the end")
    return ZipDirectory(
        entries=tuple(entries),
        start=max(0, ending.start),
        end=stop,
        complete=position == ending.stop,
        records=tuple(records),
        oddities=tuple(oddities),
    )


def _zip_entry(data: bytes, position: int) -> tuple[ZipEntry | None, int]:
    """One entry of the central directory and where the next begins; None where it cannot be read."""
    if position < 0 or data[position : position + 4] != RECORD:
        return None, position
    flags = number(data, position + 8, 2)
    lengths = [number(data, position + at, 2) for at in (28, 30, 32)]
    name_end = position + 46 + lengths[0]
    sizes = _sizes(data, position, _zip64_field(data[name_end : name_end + lengths[1]]))
    if sizes is None or data[sizes[2] : sizes[2] + 4] != LOCAL:
        return None, position
    size, full_size, local = sizes
    extra = local + 30 + number(data, local + 26, 2)
    begin = extra + number(data, local + 28, 2)
    stop = end = begin + size
    is_big = _zip64_field(data[extra:begin]) is not None
    if flags & 8:
        # The descriptor's sizes have 8 bytes each where the local header has a ZIP64 field (section 4.3.9.2).
        end += (20 if is_big else 12) + (4 if data[stop : stop + 4] == b"PK\x07\x08" else 0)
    entry = ZipEntry(data[position + 46 : name_end], local, end, begin, stop, full_size, is_big, position)
    return entry, position + 46 + sum(lengths)
