"""Where do content and manifest lie in a ZIP document (APPNOTE 6.3.10)?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from provenance.formats.jumbf_scan import STORE
from provenance.formats.parts import Kind, Layout, Region, from_scattered

MAX_ENTRIES: Final = 100_000
"""Entries of a directory."""
_ZIP_MANIFEST: Final = b"META-INF/content_credential.c2pa"


class ZipEntry(NamedTuple):
    """One file of a ZIP archive."""

    name: bytes
    start: int
    """Of the local header."""
    end: int
    """After the compressed bytes and, where there is one, the data descriptor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipDirectory:
    """A ZIP archive's central directory."""

    entries: tuple[ZipEntry, ...]
    start: int
    end: int
    complete: bool
    records: tuple[tuple[int, int], ...] = ()
    """Where the record of each entry lies, in order."""

    @property
    def manifest_checksum(self) -> tuple[int, int] | None:
        """Where the checksum of the manifest's entry lies: it cannot be known before the manifest is signed."""
        for entry, (start, _) in zip(self.entries, self.records, strict=False):
            if entry.name == _ZIP_MANIFEST:
                return start + 16, start + 20
        return None


_NO_DIRECTORY: Final = -1
_ZIP64: Final = 1
"""Number of the extra field that holds what 32 bits cannot (APPNOTE 6.3.10, section 4.5.3)."""
_BIG: Final = 0xFFFFFFFF
"""What stands in a field of 32 bits whose value is in the ZIP64 field instead."""


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _place_of_directory(data: bytes, end: int) -> tuple[int, int, int]:
    """(entries, start, end) of the central directory before the end record at `end`; start is -1 where it is not told.

    By the ZIP64 end record where the plain one has no room (APPNOTE 6.3.10, sections 4.3.14 and 4.3.15).
    """
    count, start = _number(data, end + 10, 2), _number(data, end + 16, 4)
    locator = end - 20
    if locator < 0 or data[locator : locator + 4] != b"PK\x06\x07":
        return count, _NO_DIRECTORY if start == _BIG else start, end
    record = _number(data, locator + 8, 8)
    if record + 56 > locator or data[record : record + 4] != b"PK\x06\x06":
        return 0, _NO_DIRECTORY, end
    return _number(data, record + 32, 8), _number(data, record + 48, 8), record


def _zip64_field(extra: bytes) -> bytes | None:
    """The ZIP64 field among extra fields; None where there is none."""
    position = 0
    while position + 4 <= len(extra):
        length = _number(extra, position + 2, 2)
        if _number(extra, position, 2) == _ZIP64:
            return extra[position + 4 : position + 4 + length]
        position += 4 + length
    return None


def _sizes(data: bytes, position: int, field: bytes | None) -> tuple[int, int] | None:
    """(compressed size, place of the local header) of an entry; None where a value is nowhere to be found."""
    values = {at: _number(data, position + at, 4) for at in (24, 20, 42)}
    for at, value in values.items():
        if value == _BIG:
            if field is None or len(field) < 8:
                return None
            values[at], field = _number(field, 0, 8), field[8:]
    return values[20], values[42]


def zip_directory(data: bytes) -> ZipDirectory:
    """Entries in directory order (APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3)."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        return ZipDirectory(entries=(), start=len(data), end=len(data), complete=False)
    count, start, stop = _place_of_directory(data, end)
    entries, records = list[ZipEntry](), list[tuple[int, int]]()
    position = start
    for _ in range(min(count, MAX_ENTRIES + 1)):
        begin = position
        entry, position = _zip_entry(data, position)
        records.append((begin, position))
        if entry is None or len(entries) >= MAX_ENTRIES:
            return ZipDirectory(entries=tuple(entries), start=max(0, start), end=len(data), complete=False)
        entries.append(entry)
    comment = _number(data, end + 20, 2)
    return ZipDirectory(
        entries=tuple(entries),
        start=max(0, start),
        end=end + 22 + comment,
        complete=position == stop,
        records=tuple(records),
    )


def _zip_entry(data: bytes, position: int) -> tuple[ZipEntry | None, int]:
    """One entry of the central directory and where the next begins; None where it cannot be read."""
    if position < 0 or data[position : position + 4] != b"PK\x01\x02":
        return None, position
    flags = _number(data, position + 8, 2)
    lengths = [_number(data, position + at, 2) for at in (28, 30, 32)]
    name_end = position + 46 + lengths[0]
    sizes = _sizes(data, position, _zip64_field(data[name_end : name_end + lengths[1]]))
    if sizes is None or data[sizes[1] : sizes[1] + 4] != b"PK\x03\x04":
        return None, position
    size, local = sizes
    extra = local + 30 + _number(data, local + 26, 2)
    begin = extra + _number(data, local + 28, 2)
    stop = begin + size
    if flags & 8:
        # The descriptor's sizes have 8 bytes each where the local header has a ZIP64 field (section 4.3.9.2).
        is_big = _zip64_field(data[extra:begin]) is not None
        stop += (20 if is_big else 12) + (4 if data[stop : stop + 4] == b"PK\x07\x08" else 0)
    return ZipEntry(data[position + 46 : name_end], local, stop), position + 46 + sum(lengths)


def _size_of(data: bytes, start: int) -> int:
    """What a box says of its length."""
    return int.from_bytes(data[start : start + 4], "big")


def _zip_stores(data: bytes, directory: ZipDirectory) -> Iterator[bytes]:
    for entry in directory.entries:
        if entry.name == _ZIP_MANIFEST:
            found = STORE.search(data, entry.start, entry.end)
            if found:
                start = found.start() - 4
                # What follows is the entry's own data descriptor.
                yield data[start : min(entry.end, start + _size_of(data, start))]


def _zip_kind(data: bytes, entry: ZipEntry) -> tuple[Kind, str]:
    if entry.name == _ZIP_MANIFEST:
        return Kind.MANIFEST, "manifest"
    head = 30 + _number(data, entry.start + 26, 2) + _number(data, entry.start + 28, 2)
    if entry.name.endswith(b"/") and entry.start + head >= entry.end:
        return Kind.STRUCTURE, "folder"
    return Kind.MEDIA, "content"


def _is_old_directory(data: bytes, start: int, end: int, directory: ZipDirectory) -> bool:
    """Whether these bytes are records that stand in the directory too: writers that add a file leave the old ones.

    The versions of the writer (bytes 4 to 8) may differ; nothing else may, so that nothing can be kept there.
    """
    known = {data[at : at + 4] + data[at + 8 : stop] for at, stop in directory.records}
    position = start
    while position + 46 <= end:
        stop = position + 46 + sum(_number(data, position + at, 2) for at in (28, 30, 32))
        if stop > end or data[position : position + 4] + data[position + 8 : stop] not in known:
            return False
        position = stop
    return position == end


def read_zip(data: bytes) -> Layout:
    """A ZIP document: each entry is content, the manifest is `META-INF/content_credential.c2pa`.

    The directory says under which name and how each entry is unpacked, and so is content too; but for the manifest's
    own checksum.
    """
    directory = zip_directory(data)
    known = [Region(entry.start, entry.end, *_zip_kind(data, entry)) for entry in directory.entries]
    at = directory.start
    if checksum := directory.manifest_checksum:
        known += [
            Region(at, checksum[0], Kind.MEDIA, "directory"),
            Region(*checksum, Kind.STRUCTURE, "manifest checksum"),
        ]
        at = checksum[1]
    known.append(Region(at, directory.end, Kind.MEDIA, "directory"))
    regions = tuple(
        region._replace(kind=Kind.STRUCTURE, name="old directory")
        if region.kind is Kind.OTHER and _is_old_directory(data, region.start, region.end, directory)
        else region
        for region in from_scattered(len(data), known, rest=Kind.OTHER, rest_name="between")
    )
    stores = tuple(_zip_stores(data, directory))
    # Content stands apart as pointers too: an entry may lie inside what another one calls the manifest.
    content = tuple(region for region in known if region.kind is Kind.MEDIA and region.name == "content")
    return Layout(
        format="zip",
        size=len(data),
        regions=regions,
        stores=stores,
        pointers=content,
        complete=directory.complete,
    )
