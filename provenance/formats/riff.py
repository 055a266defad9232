"""Where do pixels, sound, metadata and manifest lie in WebP, WAV and AVI files?"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator, Sequence
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.parts import Doubt, Kind, Layout, Parts, Region, Sized, join, printable
from provenance.formats.shown import ORIENTATION, Carrier, exif_shows, together, xmp_shows

MAX_STREAMS: Final = 100
"""Streams of one AVI; a film has one of pictures and some of sound."""

_RIFF_METADATA: Final = {
    b"EXIF": "EXIF", b"XMP ": "XMP", b"_PMX": "XMP", b"bext": "broadcast metadata", b"iXML": "iXML",
    b"id3 ": "ID3", b"ID3 ": "ID3", b"cart": "cart", b"LIST": "LIST INFO",
}  # fmt: skip
_RIFF_MEDIA: Final = (
    b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"fmt ", b"data", b"fact", b"cue ", b"smpl",
    b"ds64", b"idx1", b"avih", b"strh", b"strf", b"slnt", b"wavl", b"JUNK", b"PAD ",
)  # fmt: skip
_POINTER: Final = "frames that its index names"


def read_riff(data: bytes) -> Layout:
    """Chunks of WebP, WAV and AVI files; a long AVI has several RIFF parts in a row."""
    reader, position, complete = _Reader(data), 0, True
    while data[position : position + 4] in (b"RIFF", b"RF64", b"BW64") and position + 12 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        stop = min(len(data), position + 8 + size)
        complete = complete and position + 8 + size <= len(data)
        reader.parts.add(position, position + 12, Kind.STRUCTURE, "RIFF header")
        # Its length says where readers stop: what is behind they do not show.
        reader.shown.append(Region(position, position + 12, Kind.STRUCTURE, "length of the file"))
        position += 12
        while position + 8 <= stop:
            length = int.from_bytes(data[position + 4 : position + 8], "little")
            if position + 8 + length > len(data):
                complete = False
                break
            end = min(position + 8 + length + (length & 1), len(data))
            reader.chunk(position, position + 8 + length, end)
            position = end
        position = max(position, stop + (stop & 1)) if complete else len(data)
    tail = Kind.TRAILING if complete else Kind.OTHER
    regions = reader.parts.finish(tail, "after the file" if complete else "unreadable")
    pointers, doubts = _indexed(data, reader.lists, reader.indexes, regions)
    return Layout(
        format="riff",
        size=len(data),
        regions=regions,
        stores=tuple(reader.stores),
        shown=(*reader.shown, *together(reader.metadata)),
        sized=tuple(reader.parts.sized),
        pointers=pointers,
        doubts=(*reader.doubts, *doubts),
        complete=complete,
    )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parts = Parts(len(data))
        self.stores: list[bytes] = []
        self.shown: list[Region] = []
        self.metadata: list[Carrier] = []
        self.doubts: list[Doubt] = []
        self.lists: list[tuple[bytes, int, int]] = []
        """Form, start of the content and end of every list."""
        self.indexes: list[tuple[int, int]] = []
        """Content of the indexes of the old kind."""

    def chunk(self, start: int, stop: int, end: int) -> None:
        """One chunk: its content ends at `stop`, and it itself, with the byte that fills it up, at `end`."""
        name, form = self.data[start : start + 4], self.data[start + 8 : start + 12]
        if name == b"C2PA":
            # C2PA 2.4, section A.3.7: name, length, store, and a zero where the length is odd.
            self.stores.append(self.parts.carry(self.data, start, start + 8, stop))
            self.parts.sized.append(Sized(start, start + 8, stop, Kind.MANIFEST, "manifest"))
            kind = Kind.FOREIGN if self.data[stop:end].strip(b"\0") else Kind.MANIFEST
            self.parts.add(stop, end, kind, "manifest" if kind is Kind.MANIFEST else "padding")
            return
        kind, named = _riff_kind(name, form)
        self.parts.add(start, end, kind, named)
        if kind is Kind.METADATA:
            self.parts.sized.append(Sized(start, start + 8, stop, kind, named))
            content = self.data[start + 8 : stop]
            orients = named == "EXIF" or (named == "XMP" and ORIENTATION in content)
            self.metadata.append(Carrier(Region(start, end, kind, named), _shown(named, content), orients))
        elif name == b"LIST":
            self.lists.append((form, start + 12, stop))
        elif name == b"idx1":
            self.indexes.append((start + 8, stop))
        elif name == b"data" and start + 8 == stop:
            # Some players take an announced length of nothing for sound up to the end of the file.
            self.doubts.append(Doubt("integrity.tables", "sound of an announced length of nothing", start, stop))


def _riff_kind(name: bytes, form: bytes) -> tuple[Kind, str]:
    if name in _RIFF_MEDIA or (name == b"LIST" and form != b"INFO"):
        return Kind.MEDIA, "media"
    if name in _RIFF_METADATA:
        return Kind.METADATA, _RIFF_METADATA[name]
    return Kind.OTHER, printable(name)


def _shown(name: str, content: bytes) -> tuple[str, ...]:
    """What a chunk of metadata decides of how the media is shown; empty where it is neutral."""
    if name == "EXIF":
        return exif_shows(content.removeprefix(b"Exif\0\0"))
    if name == "XMP":
        return xmp_shows(content)
    if name == "ID3":
        from provenance.formats.sound.id3 import tag_shows

        return tag_shows(content)
    return ()


class _Index:
    """Goes through the indexes of an AVI, and keeps where they lead outside the lists of frames.

    The old index (`idx1`) counts from its list or from the file's start, as its first entry shows; the newer ones
    (OpenDML, `indx` and `ix##`) say where they count from. Linear in the indexes.
    """

    def __init__(self, data: bytes, lists: Sequence[tuple[bytes, int, int]]) -> None:
        self.data = data
        self.frames = join((start - 4, end) for form, start, end in lists if form == b"movi")
        self.found: list[tuple[int, int]] = []
        self.doubts: list[Doubt] = []
        self.budget = len(data)
        """Bytes of indexes that may still be read: where more are named, they overlap."""

    def old(self, start: int, end: int) -> None:
        """`idx1`: name, flags, place and size of every chunk (Microsoft, AVI RIFF file reference)."""
        name, place = self.data[start : start + 4], int.from_bytes(self.data[start + 8 : start + 12], "little")
        base = self.frames[0][0]
        bases = [one for one in (base, 0) if self.data[one + place : one + place + 4] == name]
        for one in bases[:1] or (base, 0):
            self._places(start, end, "4x4xII", one, 8)

    def new(self, start: int, end: int, *, is_inner: bool = False) -> None:
        """`indx` and `ix##`: of other indexes, or of chunks (OpenDML AVI file format extensions, section 3)."""
        self.budget -= end - start
        if self.budget < 0:
            self.doubts = [Doubt("integrity.tables", "indexes that overlap", start, end)]
            return
        kind, count = self.data[start + 3 : start + 4], int.from_bytes(self.data[start + 4 : start + 8], "little")
        if kind == b"\1":
            base = int.from_bytes(self.data[start + 12 : start + 20], "little")
            self._places(start + 24, min(end, start + 24 + 8 * count), "II", base, 0)
        elif not is_inner:
            for at in range(start + 24, min(end, start + 24 + 16 * count) - 15, 16):
                place, size = struct.unpack_from("<QI", self.data, at)
                self._keep(place, place + size)
                self.new(place + 8, min(place + size, len(self.data)), is_inner=True)

    def _places(self, start: int, end: int, form: str, base: int, more: int) -> None:
        """A table of places that count from `base`, and sizes without `more` bytes of header."""
        size = struct.calcsize(f"<{form}")
        for place, length in struct.iter_unpack(f"<{form}", self.data[start : end - (end - start) % size]):
            self._keep(base + place, base + place + more + (length & 0x7FFFFFFF))

    def _keep(self, start: int, end: int) -> None:
        number = bisect.bisect_right(self.frames, (start, self.frames[-1][1])) - 1
        if number < 0 or end > self.frames[number][1]:
            self.found.append((start, min(end, len(self.data))))


def _super_indexes(data: bytes, lists: Sequence[tuple[bytes, int, int]]) -> Iterator[tuple[int, int]]:
    """Content of the `indx` of every stream."""
    for form, start, end in lists:
        if form != b"hdrl":
            continue
        streams = [(low + 4, high) for name, low, high in _chunks(data, start, end) if name == b"LIST"]
        if len(streams) > MAX_STREAMS:
            raise CredentialsLimitError(f"got {len(streams)} streams, expected at most {MAX_STREAMS}")
        for low, high in streams:
            yield from ((at, stop) for name, at, stop in _chunks(data, low, high) if name == b"indx")


def _chunks(data: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of every chunk in a list."""
    while position + 8 <= end:
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], position + 8, min(position + 8 + length, end)
        position += 8 + length + (length & 1)


def _indexed(
    data: bytes, lists: Sequence[tuple[bytes, int, int]], old: Sequence[tuple[int, int]], regions: Sequence[Region]
) -> tuple[tuple[Region, ...], tuple[Doubt, ...]]:
    """(places outside the frames to which an AVI's indexes send its readers, doubts about those in the store)."""
    index = _Index(data, lists)
    if not index.frames:
        return (), ()
    for start, end in old:
        index.old(start, end)
    for start, end in _super_indexes(data, lists):
        index.new(start, end)
    stores = join((one.start, one.end) for one in regions if one.kind in (Kind.MANIFEST, Kind.FOREIGN))
    pointers = list[Region]()
    for start, end in join(index.found):
        number = bisect.bisect_left(stores, (end, end)) - 1
        if number >= 0 and start < stores[number][1]:
            index.doubts.append(Doubt("integrity.pointer.store", _POINTER, start, end))
        else:
            pointers.append(Region(start, end, Kind.MEDIA, _POINTER))
    return tuple(pointers), tuple(index.doubts)
