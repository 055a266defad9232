"""Do the headers in front of an archive's parts say what its directory says of them, and does nothing lie between?

Some readers take the directory's word, some go from header to header and never come to the directory. What they see
must be one list of parts, each under one name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from provenance.formats.zip.directory import LOCAL, MANIFEST, RECORD, ZipDirectory, ZipEntry, extra_fields, number

DESCRIBED: Final = 8
"""Flag: checksum and sizes stand behind the part (APPNOTE 6.3.10, section 4.4.4)."""
_UTF8: Final = 0x800
_MEANT: Final = 0xFFFF & ~0b110
"""Flags that decide how a part is read: all but those that tell how hard it was compressed."""
_MASKED: Final = 0x2000
_UNICODE_PATH: Final = 0x7075
_ADDED: Final = (b"META-INF/", MANIFEST)
"""Parts that a signer adds behind the rest."""
_HARMLESS: Final = frozenset({0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xCAFE})
"""Extra fields with times, owners, or nothing in them (APPNOTE 6.3.10, section 4.6; Info-ZIP; the mark of a JAR)."""
MAX_HARMLESS: Final = 64
"""Bytes of such fields at a folder; real ones have up to 40."""


def extra_of(data: bytes, entry: ZipEntry) -> bytes:
    """The extra fields of an entry's local header."""
    return data[entry.start + 30 + number(data, entry.start + 26, 2) : entry.data]


def oddities(data: bytes, directory: ZipDirectory) -> Iterator[str]:
    """What readers can take in different ways, for the middle of a sentence."""
    if any(not _agree(data, entry) for entry in directory.entries):
        yield "parts whose two headers differ"
    names = [_folded(data, entry) for entry in directory.entries]
    if len(set(names)) < len(names):
        yield "parts that some readers hold for the same"
    places = sorted((entry.start, entry.end) for entry in directory.entries)
    if any(following[0] < before[1] for before, following in pairwise(places)):
        yield "parts that overlap"
    if places and places[-1][1] > directory.start:
        yield "parts that reach into the directory"
    if not _reaches_all(data, directory):
        yield "parts that only some readers come to"


def _agree(data: bytes, entry: ZipEntry) -> bool:
    """Whether a part's local header says what its record says."""
    local, record = entry.start, entry.record
    flags = number(data, record + 8, 2)
    if number(data, local + 26, 2) != len(entry.name) or flags & _MASKED:
        return False
    if data[local + 30 : local + 30 + len(entry.name)] != entry.name:
        return False
    if (number(data, local + 6, 2) ^ flags) & _MEANT or data[local + 8 : local + 10] != data[record + 10 : record + 12]:
        return False
    begin = record + 46 + len(entry.name)
    for extra in (extra_of(data, entry), data[begin : begin + number(data, record + 30, 2)]):
        kinds = [kind for kind, _ in extra_fields(extra)]
        if kinds.count(1) > 1 or any(k == _UNICODE_PATH and c[5:] != entry.name for k, c in extra_fields(extra)):
            return False
    here = _numbers_here(data, entry)
    told = (number(data, record + 16, 4), entry.stop - entry.data, entry.full_size)
    if not flags & DESCRIBED:
        return here == told
    return here in (told, (0, 0, 0)) and _described(data, entry) == told


def _numbers_here(data: bytes, entry: ZipEntry) -> tuple[int, int, int]:
    """(checksum, compressed size, full size) by the local header."""
    checksum, size, full = (number(data, entry.start + at, 4) for at in (14, 18, 22))
    field = next((content for kind, content in extra_fields(extra_of(data, entry)) if kind == 1), b"")
    if full == 0xFFFFFFFF and len(field) >= 8:
        full, field = number(field, 0, 8), field[8:]
    if size == 0xFFFFFFFF and len(field) >= 8:
        size = number(field, 0, 8)
    return checksum, size, full


def _described(data: bytes, entry: ZipEntry) -> tuple[int, int, int]:
    """The same by the data descriptor behind the part (section 4.3.9)."""
    at = entry.stop + (4 if data[entry.stop : entry.stop + 4] == b"PK\x07\x08" else 0)
    width = 8 if entry.is_big else 4
    return number(data, at, 4), number(data, at + 4, width), number(data, at + 4 + width, width)


def _folded(data: bytes, entry: ZipEntry) -> str:
    """A name as the most forgiving reader takes it: no case, one kind of slash, one form of each letter."""
    encoding = "utf-8" if number(data, entry.record + 8, 2) & _UTF8 else "cp437"
    try:
        name = entry.name.decode("utf-8")
    except UnicodeDecodeError:
        name = entry.name.decode(encoding, "replace")
    parts = unicodedata.normalize("NFKC", name).casefold().replace("\\", "/").split("/")
    folder = "/" if parts[-1] == "" else ""
    return "/".join(kept for part in parts if (kept := part.split("\0")[0].rstrip(". "))) + folder


def _reaches_all(data: bytes, directory: ZipDirectory) -> bool:
    """Whether a reader that goes from header to header comes to all parts, and to no other (section 4.3.2).

    It stops where a record begins: writers that add a part leave the old directory before it.
    """
    by_start = {entry.start: entry for entry in directory.entries}
    position, reached = 0, 0
    while (entry := by_start.get(position)) is not None and entry.end > position:
        position, reached = entry.end, reached + 1
    if data[position : position + 4] == LOCAL:
        return False
    behind = [entry for entry in directory.entries if entry.start >= position and entry.name not in _ADDED]
    return not behind and (position == directory.start or data[position : position + 4] == RECORD)


def is_as_written(data: bytes, entry: ZipEntry) -> bool:
    """Whether a header is the one that its record asks for, byte for byte and with nothing added."""
    fields = data[entry.record + 6 : entry.record + 30]
    return data[entry.start : entry.data] == LOCAL + fields + b"\0\0" + entry.name


def is_harmless_folder(data: bytes, entry: ZipEntry) -> bool:
    """Whether a folder's header, which no collection hash covers, has no room for anything that could be read."""
    extra = extra_of(data, entry)
    return (
        entry.name.endswith(b"/")
        and entry.end == entry.data
        and not entry.full_size
        and _agree(data, entry)
        and len(extra) <= MAX_HARMLESS
        and all(kind in _HARMLESS for kind, _ in extra_fields(extra))
    )
