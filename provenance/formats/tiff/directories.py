"""Which directories can a reader of a TIFF file come to, and what do their entries say (TIFF 6.0; BigTIFF; DNG 1.7)?

Readers disagree: some take the first of two equal tags and some the last, some follow what others take for metadata.
Here everything is followed that any of them follows.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_DIRECTORIES: Final = 4_096
"""Image directories of one TIFF; raw files have up to ten, scanned books one a page."""
MAX_ENTRIES: Final = 200_000
"""Entries of all directories."""
MAX_VALUES: Final = 1_000_000
"""Numbers read from all entries: strips and tiles of a file with a hundred gigapixels."""

SIZES: Final = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1,
}  # fmt: skip
"""Bytes of a value by type (TIFF 6.0, section 2; BigTIFF; Exif 3.0, section 4.6.2)."""
_FORMATS: Final = {
    1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q", 129: "B",
}  # fmt: skip
OFFSET_TYPES: Final = frozenset({3, 4, 13, 16, 18})
"""Types in which readers agree that a value is a place in the file: SHORT, LONG, IFD, LONG8, IFD8."""

MANIFEST: Final = 0xCD41
"""Tag of the manifest store (C2PA 2.4, section A.3.5)."""
_CHILDREN: Final = {330: "image", 400: "private", 33424: "private", 34665: "EXIF", 34853: "EXIF", 40965: "EXIF"}
"""Tags that name directories: further images, parameters of fax and of one maker's raw files, Exif, GPS,
interoperability."""
_RANKS: Final = {"EXIF": 0, "private": 1, "image": 2}


class Entry(NamedTuple):
    """One entry of a directory."""

    tag: int
    kind: int
    number: int
    """Of values."""
    value: int
    """Offset of the values, in the entry itself where they fit."""
    position: int
    """Of the entry."""

    @property
    def end(self) -> int:
        """After the values; of an unknown type none are read."""
        return self.value + self.number * SIZES.get(self.kind, 0)


@dataclass(slots=True)
class Directory:
    """One directory."""

    position: int
    end: int
    """After the place of the next directory."""
    entries: tuple[Entry, ...]
    role: str
    """`image`, `private` or `EXIF`: the weightiest under which any table names it."""
    by_tag: dict[int, list[Entry]] = field(default_factory=dict)

    @property
    def is_image(self) -> bool:
        """Whether some reader can show it."""
        return self.role != "EXIF"


class Directories:
    """All directories that are reached from the header."""

    def __init__(self, data: bytes) -> None:
        """Reads them; nothing that the bytes hold raises."""
        self.data = data
        self.mark = "<" if data[:2] == b"II" else ">"
        self.big = self.number_at(2, "H") == 43
        self.offset_size = 8 if self.big else 4
        self.header = 16 if self.big else 8
        self.found: dict[int, Directory] = {}
        self.complete = data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
        self._entries = self._values = 0
        self._walk()

    def number_at(self, position: int, form: str) -> int:
        """One number; 0 behind the end of the file."""
        size = struct.calcsize("=" + form)
        if position < 0 or position + size > len(self.data):
            return 0
        return int(struct.unpack_from(self.mark + form, self.data, position)[0])

    def offset_at(self, position: int) -> int:
        """One offset of the size that the header says."""
        return self.number_at(position, "Q" if self.big else "I")

    def numbers(self, entry: Entry) -> tuple[int, ...]:
        """An entry's values where they are whole numbers; none where they are not, or too many."""
        form = _FORMATS.get(entry.kind)
        if form is None or entry.end > len(self.data):
            return ()
        self._values += entry.number
        if self._values > MAX_VALUES:
            self.complete = False
            return ()
        return struct.unpack_from(f"{self.mark}{entry.number}{form}", self.data, entry.value)

    def __iter__(self) -> Iterator[Directory]:
        return iter(self.found.values())

    def _walk(self) -> None:
        """Every directory once, and once more where it is found under a weightier name."""
        queue = deque([(self.offset_at(8 if self.big else 4), "image")])
        while queue:
            position, role = queue.popleft()
            known = self.found.get(position)
            if not position or (known and _RANKS[known.role] >= _RANKS[role]):
                continue
            if known:
                known.role = role
                directory = known
            else:
                if len(self.found) >= MAX_DIRECTORIES or (read := self._directory(position, role)) is None:
                    self.complete = False
                    continue
                directory = self.found[position] = read
                queue += self._children(directory)
            if role == "image":
                queue.append((self.offset_at(directory.end - self.offset_size), "image"))

    def _directory(self, position: int, role: str) -> Directory | None:
        count_size, entry_size = (8, 20) if self.big else (2, 12)
        if position + count_size > len(self.data):
            return None
        count = self.number_at(position, "Q" if self.big else "H")
        end = position + count_size + count * entry_size + self.offset_size
        self._entries += count
        if end > len(self.data) or self._entries > MAX_ENTRIES:
            return None
        entries = tuple(self._entry(position + count_size + number * entry_size) for number in range(count))
        directory = Directory(position, end, entries, role)
        for entry in entries:
            directory.by_tag.setdefault(entry.tag, []).append(entry)
            if entry.end > len(self.data):
                self.complete = False
        return directory

    def _entry(self, position: int) -> Entry:
        kind, count = self.number_at(position + 2, "H"), self.offset_at(position + 4)
        value = position + 4 + self.offset_size
        if count * SIZES.get(kind, 1) > self.offset_size:
            value = self.offset_at(value)
        return Entry(self.number_at(position, "H"), kind, count, value, position)

    def _children(self, directory: Directory) -> Iterator[tuple[int, str]]:
        for tag, role in _CHILDREN.items():
            for entry in directory.by_tag.get(tag, ()):
                if entry.number > MAX_DIRECTORIES or entry.kind not in OFFSET_TYPES:
                    self.complete = False
                else:
                    yield from ((position, role) for position in self.numbers(entry))
