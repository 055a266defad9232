"""Where in a font do its tables and its Content Credentials lie (OpenType 1.9; C2PA 2.4, annex A.3, preliminary)?

A directory names each table with its place. The table `C2PA` holds the store behind a header of its own, or alone.
Checksums that depend on the store are told apart: who signs leaves them out.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final, NamedTuple

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered, printable

SIGNATURES: Final = (b"OTTO", b"\0\1\0\0", b"true")
"""With what a font of one face begins."""
MAX_TABLES: Final = 4_096
"""Tables of one font; real ones have about thirty."""

_HEAD: Final = 12
_RECORD: Final = struct.Struct(">4sIII")
"""Tag, checksum, offset, length."""
_CARRIER: Final = struct.Struct(">HHIHHII")
"""Version in two parts, offset and length of an address, reserved, offset and length of the store."""
_ADJUSTMENT: Final = (8, 12)
"""Where `head` holds the checksum of the whole font."""


class _Table(NamedTuple):
    tag: bytes
    record: int
    """Where its entry in the directory begins."""
    start: int
    end: int


def read_sfnt(data: bytes) -> Layout:
    """A font: tables are media; the store, its header and checksums are not. Linear but for sorting the tables.

    Raises:
        CredentialsLimitError: more tables than any font has.
    """
    tables, is_whole = _tables(data)
    directory = _HEAD + _RECORD.size * len(tables)
    known, stores = [Region(0, min(len(data), directory), Kind.MEDIA, "table directory")], list[bytes]()
    doubts = [Doubt("integrity.tables", "tables that lie outside the font")] if not is_whole else []
    carriers = [one for one in tables if one.tag == b"C2PA"]
    for one in tables:
        if one.tag == b"C2PA":
            parts, store = _carrier(data, one)
            known += parts
            stores.append(store)
            known.append(Region(one.record + 4, one.record + 8, Kind.STRUCTURE, "checksums"))
        else:
            known += _media(one)
    doubts += _crossing(tables, carriers, directory)
    regions = from_scattered(len(data), _cut(known), rest=Kind.OTHER, rest_name="between")
    regions = tuple(_padding(data, region) for region in regions)
    return Layout(
        format="sfnt",
        size=len(data),
        regions=regions,
        stores=tuple(store for store in stores if store),
        doubts=tuple(doubts),
        complete=is_whole,
    )


def _tables(data: bytes) -> tuple[list[_Table], bool]:
    """The tables in the order of the directory, and whether all of them lie in the file."""
    count = int.from_bytes(data[4:6], "big")
    if count > MAX_TABLES:
        raise CredentialsLimitError(f"got {count} tables in a font, expected at most {MAX_TABLES}")
    found, is_whole = list[_Table](), True
    for number in range(count):
        record = _HEAD + _RECORD.size * number
        if record + _RECORD.size > len(data):
            return found, False
        tag, _checksum, start, length = _RECORD.unpack_from(data, record)
        is_whole &= start + length <= len(data)
        found.append(_Table(tag, record, min(start, len(data)), min(start + length, len(data))))
    return found, is_whole


def _media(table: _Table) -> list[Region]:
    """A table of the font itself, the checksum of the whole font cut out."""
    name = printable(table.tag)
    if table.tag != b"head" or table.end - table.start < _ADJUSTMENT[1]:
        return [Region(table.start, table.end, Kind.MEDIA, name)]
    low, high = (table.start + at for at in _ADJUSTMENT)
    return [
        Region(table.start, low, Kind.MEDIA, name),
        Region(low, high, Kind.STRUCTURE, "checksums"),
        Region(high, table.end, Kind.MEDIA, name),
    ]


def _carrier(data: bytes, table: _Table) -> tuple[list[Region], bytes]:
    """The table that holds the store, part by part, and the store."""
    content = data[table.start : table.end]
    if content[4:8] == b"jumb":
        return _store(table.start, table.end, content)
    if len(content) < _CARRIER.size:
        return [Region(table.start, table.end, Kind.FOREIGN, "no store")], content
    _major, _minor, address, length, reserved, at, size = _CARRIER.unpack_from(content)
    if (address, length, reserved, at) != (0, 0, 0, _CARRIER.size) or at + size > len(content):
        return [Region(table.start, table.end, Kind.FOREIGN, "no store")], content[at : at + size]
    start = table.start + at
    parts, store = _store(start, start + size, content[at : at + size])
    rest = [Region(start + size, table.end, Kind.FOREIGN, "behind the store")] if start + size < table.end else []
    return [Region(table.start, start, Kind.MANIFEST, "manifest"), *parts, *rest], store


def _store(start: int, end: int, content: bytes) -> tuple[list[Region], bytes]:
    """A store and what lies behind it, of which only zeros fill up what is left."""
    size = int.from_bytes(content[:4], "big")
    if content[4:8] != b"jumb" or not 8 <= size <= len(content):
        return [Region(start, end, Kind.FOREIGN, "no store")], content
    if not content[size:].strip(b"\0"):
        return [Region(start, end, Kind.MANIFEST, "manifest")], content[:size]
    behind = Region(start + size, end, Kind.FOREIGN, "behind the store")
    return [Region(start, start + size, Kind.MANIFEST, "manifest"), behind], content[:size]


def _cut(known: list[Region]) -> list[Region]:
    """The directory in two where a checksum in it is apart."""
    directory, *others = known
    inside = sorted(one for one in others if one.name == "checksums" and one.end <= directory.end)
    found, position = list[Region](), directory.start
    for one in inside:
        found.append(directory._replace(start=position, end=one.start))
        position = one.end
    return [*found, directory._replace(start=position), *others]


def _crossing(tables: list[_Table], carriers: list[_Table], directory: int) -> list[Doubt]:
    """Tables that lie in the store, in each other or in the directory: the same bytes would be two things."""
    doubts = list[Doubt]()
    for one in tables:
        if one.tag != b"C2PA" and any(one.start < carrier.end and carrier.start < one.end for carrier in carriers[:1]):
            doubts.append(Doubt("integrity.pointer.store", f"the table {printable(one.tag)}", one.start, one.end))
    ordered = sorted((one for one in tables if one.start < one.end), key=lambda one: (one.start, one.end))
    crossed = any(left.end > right.start for left, right in pairwise(ordered))
    if crossed or any(one.start < directory for one in ordered):
        doubts.append(Doubt("integrity.tables", "tables that lie in each other"))
    if len({one.tag for one in tables}) < len(tables):
        doubts.append(Doubt("integrity.tables", "two tables of one name"))
    return doubts


def _padding(data: bytes, region: Region) -> Region:
    """Up to three zeros between tables, which the format asks for, are no more than that."""
    is_padding = region.name == "between" and region.end - region.start < 4
    if is_padding and not data[region.start : region.end].strip(b"\0"):
        return region._replace(kind=Kind.STRUCTURE, name="padding")
    return region
