"""What does a reader of another type look at, and what does it find?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provenance.files.window import matches
from provenance.formats.parts import Kind, Layout, join

Runs = tuple[tuple[int, int], ...]

HEAD: Final = 4_096
"""Bytes at the start that every search goes over, whatever they are; the longest prologue of a reader is 1,024."""
TAIL: Final = 65_557
"""Bytes at the end within which a ZIP archive ends (a record of 22 bytes with the longest comment)."""
EARLY: Final = 65_536
"""Bytes over which readers of what has no signature look for a beginning: mpg123 passes over 1,024 of them, FFmpeg and
VLC over more, a browser over the first block of headers."""
OVERLAP: Final = 64
"""Bytes around a run that are searched with it, so that nothing hides across its edge; longer than any signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """Something in a file that readers of another type take for one of theirs."""

    media_type: str
    """What those readers call it."""
    start: int
    end: int
    """Exclusive; the end of the file where it has none of its own."""
    is_behind: bool = False
    """Whether it is a whole file of its own behind the end of this one, which its readers find only when it is cut."""
    fragment: int = 0
    """In which of the other files of a stream, counted from 1; 0 for the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Where the file's own format says that other files lie in it. Runs, joined."""

    files: Runs = ()
    """Of any type: entries of an archive, attachments of a document."""
    texts: Runs = ()
    """Signed words, which may speak of anything, tags too: there a whole page is one, and a tag alone is none."""
    drawings: Runs = ()
    """Signed drawings, which are written in tags: those of pages and scripts count there, a drawing's own do not."""
    media: Runs = ()
    """Further pictures and films: behind a photo, as an index or its metadata say."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file as the readers see it; runs are put together once, however many readers go over them."""

    data: bytes
    media_type: str
    layout: Layout
    declared: Declared

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    @cached_property
    def everywhere(self) -> Runs:
        """All of the file but declared files."""
        return without(((0, self.size),), self.declared.files)

    @cached_property
    def loose(self) -> Runs:
        """What is not the file's own coded media, the first bytes in any case, but no declared file.

        Coded media of other pictures in it (thumbnails in its manifest store) is looked through, whoever signed it: it
        stands in front of the file's own, where players look for streams before they come to that.
        Documents are searched whole: their media is text as much as anything.
        """
        if self.layout.format not in _CODED:
            return self.everywhere
        around = join(
            (max(0, region.start - OVERLAP), min(region.end + OVERLAP, self.size))
            for region in self.layout.regions
            if region.kind is not Kind.MEDIA
        )
        return without(join(((0, min(HEAD, self.size)), *around)), self.declared.files)

    @cached_property
    def early(self) -> Runs:
        """The same near the start: interpreters and players give up on a file that is nothing of theirs for long."""
        return tuple((start, min(end, EARLY)) for start, end in self.loose if start < EARLY)

    @cached_property
    def behind(self) -> Runs:
        """What lies behind the end that the format itself marks, but nothing that it declares."""
        after = join((region.start, region.end) for region in self.layout.of_kind(Kind.TRAILING))
        return without(after, join((*self.declared.files, *self.declared.media)))

    def found(self, media_type: str, start: int, end: int = 0) -> SecondReading:
        """A reading from `start`, to the end of the file where it has no end of its own."""
        return SecondReading(media_type=media_type, start=start, end=end or self.size)


_CODED: Final = frozenset({"jpeg", "png", "riff", "gif", "tiff", "bmff", "jxl", "mp3", "flac", "zip", "ogg", "sfnt"})
"""Containers whose media is compressed or sampled."""


def without(runs: Runs, others: Runs) -> Runs:
    """What of some (joined) runs is in none of the others. Linear."""
    found, number = [], 0
    for start, end in runs:
        position = start
        while number < len(others) and others[number][1] <= position:
            number += 1
        at = number
        while at < len(others) and others[at][0] < end:
            if others[at][0] > position:
                found.append((position, others[at][0]))
            position = max(position, others[at][1])
            at += 1
        if position < end:
            found.append((position, end))
    return tuple(found)


def inside(position: int, runs: Runs) -> bool:
    """Whether a byte lies in one of some runs."""
    return any(start <= position < end for start, end in runs)


def search(pattern: re.Pattern[bytes], data: bytes, runs: Runs) -> Iterator[re.Match[bytes]]:
    """Every match within the runs, in order."""
    for start, end in runs:
        yield from matches(pattern, data, start, end)


def number(data: bytes, at: int, size: int) -> int:
    """A little-endian number; what lies behind the end counts as nothing."""
    return int.from_bytes(data[at : at + size], "little")
