"""What is a file made of, byte by byte, as far as a hard binding cares? The shared words of all container readers."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from provenance.credentials.errors import CredentialsLimitError

MAX_PARTS: Final = 200_000
"""Chunks, segments, blocks, boxes or frames in one file. A 512 MiB PNG with 8 KiB chunks has 65,536."""


OFFSETS: Final = "offsets"
"""Name of tables that say where media lies: left out of a hash, they may be moved within what it covers."""


class Kind(enum.StrEnum):
    """What bytes are for."""

    MANIFEST = "manifest"
    """The manifest store and what wraps it."""
    METADATA = "metadata"
    """EXIF, XMP, IPTC, comments: shown beside the media, never as the media."""
    MEDIA = "media"
    """What is seen or heard, and the headers and tables that decide how."""
    STRUCTURE = "structure"
    """Wrapping that decides nothing on its own: brands, padding, indexes, length fields."""
    TRAILING = "trailing"
    """After the end that the format itself marks."""
    FOREIGN = "foreign"
    """Among the manifest store's own bytes, and neither the store nor its framing as a writer makes it."""
    OTHER = "other"
    """Of a kind that is not known here: never counted as harmless."""


class Region(NamedTuple):
    """Bytes `start` to `end` (exclusive)."""

    start: int
    end: int
    kind: Kind
    name: str
    """Short and ours, or a chunk's own four characters made printable."""


class Doubt(NamedTuple):
    """Something in a container for which no hash can answer, by a code of the integrity line."""

    code: str
    """`integrity.brands`, `integrity.pointer.store`, `integrity.padding.filled`, `integrity.references.outside`,
    `integrity.script`, `integrity.tables`, `integrity.text.unseen`; `integrity.references.listed` for what leads out of
    the file and decides nothing of what is shown, which is no doubt."""
    what: str
    """Short and ours, for the middle of a sentence: `the brand avif beside an image sequence`."""
    start: int = 0
    end: int = 0
    """Where it lies; both 0 where it has no one place."""
    number: int = 0
    """How many of them there are; 0 where they are not counted."""


class Sized(NamedTuple):
    """A part of a container whose own header says where it ends."""

    start: int
    body: int
    """Where its header ends."""
    end: int
    kind: Kind
    name: str


class NamedBox(NamedTuple):
    """A box as the box hash names them (C2PA 2.4, section 9.2.2)."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BmffBox:
    """One ISO BMFF box."""

    type: str
    start: int
    end: int
    header: int
    """Bytes of the header: 8, 16 with a 64-bit size, 16 more for a `uuid`."""
    children: tuple[BmffBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A whole file's parts. The regions lie in order, without gap or overlap."""

    format: str
    """`jpeg`, `png`, `riff`, `gif`, `tiff`, `bmff`, `jxl`, `pdf`, `svg`, `mp3`, `flac`, `zip`, `text`,
    `structured text`, `html`, `sfnt`, `ogg`, or empty."""
    size: int
    regions: tuple[Region, ...]
    stores: tuple[bytes, ...] = field(default=(), repr=False)
    """Every manifest store found, in file order, as raw JUMBF. More than one is for the caller to refuse."""
    addresses: tuple[str, ...] = ()
    """Where the file says that its Content Credentials are kept, where its format has a place for that (text)."""
    boxes: tuple[NamedBox, ...] = field(default=(), repr=False)
    """Named boxes for box hashes; empty where the format has none."""
    bmff: tuple[BmffBox, ...] = field(default=(), repr=False)
    """Top-level boxes of a BMFF file."""
    pointers: tuple[Region, ...] = field(default=(), repr=False)
    """Where tables of offsets say that media lies, apart from any box (BMFF)."""
    shown: tuple[Region, ...] = field(default=(), repr=False)
    """Parts that count as metadata or structure and yet decide what is shown, where they are not neutral: an EXIF
    orientation other than 1, an embedded thumbnail, a table of further pictures. Outside the hash they are in doubt."""
    sized: tuple[Sized, ...] = field(default=(), repr=False)
    """Parts that are no media, and whose headers say where they end. One whose header lies outside the hash and whose
    content lies within took in, by another length, what was signed as something else."""
    doubts: tuple[Doubt, ...] = field(default=(), repr=False)
    """What no hash can answer for, whatever it covers."""
    announced: int = 0
    """Up to where the file goes by its own tables of pixels, samples and further pictures; 0 where they do not say."""
    complete: bool = True
    """False where the container breaks off or is not read to the end: the rest is `other`."""

    @property
    def is_known(self) -> bool:
        """Whether media can be told from the rest."""
        return bool(self.format)

    def of_kind(self, kind: Kind) -> Iterator[Region]:
        """The regions of one kind, in order."""
        return (region for region in self.regions if region.kind is kind)

    def manifest_runs(self) -> tuple[tuple[int, int], ...]:
        """The manifest's bytes as runs, touching ones joined."""
        return join((region.start, region.end) for region in self.of_kind(Kind.MANIFEST))


def find_boxes(boxes: Iterable[BmffBox], path: str) -> Iterator[BmffBox]:
    """Every box at a path such as `/moov/trak/mdia`, in file order."""
    head, _, rest = path.strip("/").partition("/")
    for box in boxes:
        if box.type == head:
            if rest:
                yield from find_boxes(box.children, rest)
            else:
                yield box


def join(runs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Runs in order, overlapping and touching ones joined, empty ones dropped."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class Parts:
    """Collects regions while a container is read, joining neighbours of one kind and name."""

    def __init__(self, size: int) -> None:
        """`size` is the file's length in bytes."""
        self.size = size
        self.regions: list[Region] = []
        self.boxes: list[NamedBox] = []
        self.sized: list[Sized] = []
        self.count = 0

    def add(self, start: int, end: int, kind: Kind, name: str) -> None:
        """The next region; a gap before it becomes `other`. Raises CredentialsLimitError."""
        self.count += 1
        if self.count > MAX_PARTS:
            raise CredentialsLimitError(f"got more than {MAX_PARTS} parts in one file")
        last = self.regions[-1] if self.regions else None
        position = last.end if last else 0
        start, end = max(start, position), min(end, self.size)
        if end <= start:
            return
        if start > position:
            self.regions.append(Region(position, start, Kind.OTHER, "between"))
            last = None
        if last and last.kind is kind and last.name == name:
            self.regions[-1] = last._replace(end=end)
        else:
            self.regions.append(Region(start, end, kind, name))

    def carry(self, data: bytes, start: int, store: int, end: int) -> bytes:
        """The next region brings a manifest store from `store` on, in framing that is as it must be before it.

        What is there has to be a superbox, and behind it only zeros may fill up what is left: the rest is foreign.

        Returns:
            The store, or whatever is there.
        """
        size = int.from_bytes(data[store : store + 4], "big")
        if size == 1:
            size = int.from_bytes(data[store + 8 : store + 16], "big")
        if data[store + 4 : store + 8] != b"jumb" or not 8 <= size <= end - store:
            self.add(start, end, Kind.FOREIGN, "no store")
            return data[store:end]
        stop = store + size if data[store + size : end].strip(b"\0") else end
        self.add(start, stop, Kind.MANIFEST, "manifest")
        self.add(stop, end, Kind.FOREIGN, "behind the store")
        return data[store : store + size]

    def box(self, name: str, start: int, end: int) -> None:
        """A named box; touching ones of the manifest are one."""
        if name == "C2PA" and self.boxes and self.boxes[-1].name == name and self.boxes[-1].end == start:
            self.boxes[-1] = self.boxes[-1]._replace(end=end)
        else:
            self.boxes.append(NamedBox(name, start, end))

    def finish(self, kind: Kind, name: str) -> tuple[Region, ...]:
        """All regions; what is left of the file becomes the last."""
        position = self.regions[-1].end if self.regions else 0
        self.add(position, self.size, kind, name)
        return tuple(self.regions)


def trimmed(store: bytes) -> bytes:
    """A manifest store without the zeros that its container may put behind the superbox; anything else is kept."""
    size = int.from_bytes(store[:4], "big")
    return store[:size] if 8 <= size <= len(store) and not store[size:].strip(b"\0") else store


def printable(raw: bytes) -> str:
    """A chunk's own name with anything unprintable made visible."""
    return "".join(chr(byte) if 32 < byte < 127 else f"\\x{byte:02x}" for byte in raw)


def from_scattered(size: int, known: Iterable[Region], *, rest: Kind, rest_name: str) -> tuple[Region, ...]:
    """A partition from regions that may come in any order and overlap: the earlier start wins, gaps are `rest`."""
    parts = Parts(size)
    for region in sorted(known, key=lambda one: (one.start, -one.end)):
        position = parts.regions[-1].end if parts.regions else 0
        if region.start > position:
            parts.add(position, region.start, rest, rest_name)
        parts.add(*region)
    return parts.finish(rest, rest_name)
