"""Where do content, metadata and manifest lie in PDF, SVG, MP3, FLAC and ZIP files?"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from provenance.credentials.containers.parts import Kind, Layout, Parts, Region, from_scattered, trimmed

MAX_ENTRIES: Final = 100_000
"""Entries of all TIFF directories, or of a ZIP directory."""
_JUMBF_STORE: Final = re.compile(rb"jumb....jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq", re.DOTALL)
_PDF_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)\Z")
"""What stands before a stream's bytes (ISO 32000-2, section 7.3.8.1; a lone return is not allowed, and written)."""
_PDF_OBJECT: Final = re.compile(rb"\d\s{1,4}\d{1,5}\s{1,4}obj\b")
"""What every object begins with (section 7.3.10)."""
_SVG_MANIFEST: Final = re.compile(
    rb"<c2pa:manifest[^<>]{0,1024}>([A-Za-z0-9+/=\s]{0,268435456})</c2pa:manifest\s{0,64}>"
)
_SVG_METADATA: Final = re.compile(rb"<metadata[\s>]|</metadata\s{0,64}>")
_ID3_MANIFEST_TYPES: Final = (b"application/x-c2pa-manifest-store", b"application/c2pa")
_ZIP_MANIFEST: Final = b"META-INF/content_credential.c2pa"


def read_pdf(data: bytes) -> Layout:
    """A PDF: everything is content but the manifest store, which lies uncompressed in an embedded file stream.

    It begins where a stream begins: the store of a signed picture on one of the pages lies further inside its own.
    """
    stores, known, position = [], [], 0
    while found := _JUMBF_STORE.search(data, position):
        start = found.start() - 4
        size = int.from_bytes(data[max(start, 0) : found.start()], "big")
        end = start + size
        if size < 33 or end > len(data) or not _PDF_STREAM.search(data, max(0, start - 16), max(0, start)):
            position = found.end()
            continue
        stores.append(data[start:end])
        hides = _PDF_OBJECT.search(data, start, end)
        # No hash covers the store: a page that is kept in it could be any other tomorrow.
        known.append(Region(start, end, *((Kind.OTHER, "objects") if hides else (Kind.MANIFEST, "manifest"))))
        position = end
    regions = from_scattered(len(data), known, rest=Kind.MEDIA, rest_name="document")
    return Layout(format="pdf", size=len(data), regions=regions, stores=tuple(stores))


def read_svg(data: bytes) -> Layout:
    """An SVG: the manifest is base64 text in `c2pa:manifest`, the rest draws.

    What stands between `metadata` tags is apart and not taken for harmless: a comment can hold either tag, what is in
    there can be drawn by reference, and a style sheet counts wherever it stands.
    """
    stores, known, complete = [], [], True
    for found in _SVG_MANIFEST.finditer(data):
        known.append(Region(found.start(1), found.end(1), Kind.MANIFEST, "manifest"))
        try:
            stores.append(binascii.a2b_base64(found.group(1)))
        except binascii.Error:
            complete = False
    depth, opened = 0, 0
    for found in _SVG_METADATA.finditer(data):
        closing = found.group().startswith(b"</")
        if closing and depth == 1:
            known += _around(opened, found.end(), [r for r in known if opened <= r.start < found.end()])
        if not closing and depth == 0:
            opened = found.start()
        depth = max(0, depth + (-1 if closing else 1))
    regions = from_scattered(len(data), known, rest=Kind.MEDIA, rest_name="drawing")
    return Layout(format="svg", size=len(data), regions=regions, stores=tuple(stores), complete=complete)


def _around(start: int, end: int, holes: list[Region]) -> list[Region]:
    pieces = []
    for hole in sorted(holes):
        pieces.append(Region(start, hole.start, Kind.OTHER, "metadata"))
        start = hole.end
    return [*pieces, Region(start, end, Kind.OTHER, "metadata")]


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << (7 * (3 - place)) for place, byte in enumerate(raw))


def _id3(data: bytes, parts: Parts, stores: list[bytes]) -> int:
    """The ID3v2 tag at the start (id3.org, 2.3 and 2.4); returns where it ends, 0 where there is none."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    version, stop = data[3], min(len(data), 10 + _synchsafe(data[6:10]))
    position = 10
    if data[5] & 0x40 and version >= 3:
        size = _synchsafe(data[10:14]) if version == 4 else 4 + int.from_bytes(data[10:14], "big")
        position += size
    parts.add(0, position, Kind.STRUCTURE, "ID3 header")
    while position + 10 <= stop and version >= 3 and data[position]:
        name, raw = data[position : position + 4], data[position + 4 : position + 8]
        size = _synchsafe(raw) if version == 4 else int.from_bytes(raw, "big")
        end = min(stop, position + 10 + size)
        body = data[position + 10 : end]
        if name == b"GEOB" and body[1:].split(b"\0", 1)[0] in _ID3_MANIFEST_TYPES:
            parts.add(position, end, Kind.MANIFEST, "manifest")
            found = _JUMBF_STORE.search(body)
            stores.append(trimmed(body[found.start() - 4 :]) if found and found.start() >= 4 else b"")
        else:
            parts.add(position, end, Kind.METADATA, "cover" if name == b"APIC" else "ID3")
        position = end
    parts.add(position, stop, Kind.STRUCTURE, "ID3 padding")
    return stop


def read_mp3(data: bytes) -> Layout:
    """An MP3: ID3v2 before, ID3v1 after, sound between."""
    parts, stores = Parts(len(data)), list[bytes]()
    _id3(data, parts, stores)
    tail = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    start = parts.regions[-1].end if parts.regions else 0
    parts.add(start, tail, Kind.MEDIA, "sound")
    regions = parts.finish(Kind.METADATA, "ID3v1")
    return Layout(format="mp3", size=len(data), regions=regions, stores=tuple(stores))


def read_flac(data: bytes) -> Layout:
    """A FLAC file (RFC 9639): perhaps an ID3v2 tag, metadata blocks, frames."""
    parts, stores = Parts(len(data)), list[bytes]()
    position = _id3(data, parts, stores)
    complete = data[position : position + 4] == b"fLaC"
    parts.add(position, position + 4, Kind.MEDIA, "sound")
    position += 4
    while complete and position + 4 <= len(data):
        head, size = data[position], int.from_bytes(data[position + 1 : position + 4], "big")
        end = position + 4 + size
        if end > len(data):
            complete = False
            break
        body = data[position + 4 : end]
        found = _JUMBF_STORE.search(body, 0, 64) if head & 0x7F == 2 else None
        if found and found.start() >= 4:
            parts.add(position, end, Kind.MANIFEST, "manifest")
            stores.append(trimmed(body[found.start() - 4 :]))
        else:
            names = {1: (Kind.STRUCTURE, "padding"), 4: (Kind.METADATA, "comments"), 6: (Kind.METADATA, "cover")}
            parts.add(position, end, *names.get(head & 0x7F, (Kind.MEDIA, "sound")))
        position = end
        if head & 0x80:
            break
    regions = parts.finish(Kind.MEDIA if complete else Kind.OTHER, "sound" if complete else "unreadable")
    return Layout(format="flac", size=len(data), regions=regions, stores=tuple(stores), complete=complete)


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
            found = _JUMBF_STORE.search(data, entry.start, entry.end)
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
