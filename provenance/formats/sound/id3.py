"""Where do sound, tags and manifest lie in an MP3 with ID3 tags (id3.org, 2.3 and 2.4)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.formats.parts import Doubt, Kind, Layout, Parts, Region, Sized
from provenance.formats.stores.scan import STORE

_TYPES: Final = (b"application/c2pa", b"application/x-c2pa-manifest-store")
"""Of a manifest store (C2PA 2.4, section A.3.4), and in files of before 2.0."""
_HEADS: Final = tuple(
    encoding + b"\0".join((kind, name, what, b""))
    for encoding in (b"\3", b"\0")
    for kind in _TYPES
    for name in (b"c2pa", b"")
    for what in (b"c2pa manifest store", b"")
)
"""What comes before a store in its frame: encoding (UTF-8 or ISO 8859-1, in which these texts are the same), type, file
name and description, as c2pa-rs writes the last two or empty; the specification leaves them free."""
_NAME: Final = re.compile(rb"[A-Z0-9]{3}[A-Z0-9 \0]")
"""Of a frame; some writers keep the three characters of version 2.2."""
_UNSYNCHRONISED: Final = 0x80
_EXTENDED: Final = 0x40
_FOOTER: Final = 0x10

_SHOWN: Final = {
    b"APIC": "cover picture", b"CHAP": "chapters", b"RVA2": "loudness", b"RVAD": "loudness", b"RVRB": "loudness",
    b"EQU2": "loudness", b"EQUA": "loudness", b"MLLT": "table of places in the sound", b"ASPI": "table of places in "
    "the sound", b"SEEK": "place of a further tag", b"ENCR": "encryption", b"AENC": "encryption",
    b"LINK": "link to another file",
}  # fmt: skip
"""Frames by which players show or play a file."""
_GAINS: Final = (b"replaygain", b"itunnorm", b"itunsmpb")
"""Texts by which players turn the sound up or down, or cut off its ends."""


class _Frame(NamedTuple):
    name: bytes
    start: int
    end: int
    flags: int


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << (7 * (3 - place)) for place, byte in enumerate(raw))


def announced_tag_end(data: bytes) -> int:
    """Where the ID3v2 tag at the start ends by its own header; 0 where there is none."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    return 10 + _synchsafe(data[6:10]) + (10 if data[5] & _FOOTER and data[3] >= 4 else 0)


def tag_end(data: bytes) -> int:
    """The same, and the file's end where that comes before."""
    return min(len(data), announced_tag_end(data))


def _frames(data: bytes, position: int, stop: int) -> Iterator[_Frame]:
    """The frames of a tag of version 2.3 or 2.4."""
    while position + 10 <= stop and _NAME.match(data, position):
        raw = data[position + 4 : position + 8]
        size = _synchsafe(raw) if data[3] == 4 else int.from_bytes(raw, "big")
        end = min(stop, position + 10 + size)
        yield _Frame(data[position : position + 4], position, end, int.from_bytes(data[position + 8 : position + 10]))
        position = end


def _frame_shows(name: bytes, body: bytes) -> str:
    """What a frame decides of how the sound is played or what is shown to it; empty where it is neutral."""
    if name in (b"TXXX", b"COMM") and any(word in body.lower().replace(b"\0", b"") for word in _GAINS):
        return "loudness"
    return _SHOWN.get(name, "")


def tag_shows(tag: bytes) -> tuple[str, ...]:
    """What a tag, kept in another container, decides of what is played or shown; empty where it is neutral."""
    if tag_end(tag) == 0 or tag[3] not in (3, 4) or tag[5]:
        return ("ID3 tag that cannot be read",)
    found = {_frame_shows(one.name, tag[one.start + 10 : one.end]) for one in _frames(tag, 10, tag_end(tag))}
    return tuple(sorted(found - {""}))


class Tag:
    """The ID3v2 tag at a file's start."""

    def __init__(self, data: bytes, parts: Parts) -> None:
        self.data = data
        self.parts = parts
        self.stores: list[bytes] = []
        self.shown: list[Region] = []
        self.doubts: list[Doubt] = []
        self.end = tag_end(data)
        if self.end:
            self._read()

    def _read(self) -> None:
        version, flags = self.data[3], self.data[5]
        # Where the tag ends the sound begins: its length decides what is heard.
        self.shown.append(Region(0, 10, Kind.STRUCTURE, "length of the ID3 tag"))
        if any(byte & 0x80 for byte in self.data[6:10]):
            self.doubts.append(Doubt("integrity.tables", "an ID3 tag whose length is written wrongly", 6, 10))
        if version not in (3, 4) or (flags & _UNSYNCHRONISED and version == 3):
            self.parts.add(0, 10, Kind.STRUCTURE, "ID3 header")
            self.parts.add(10, self.end, Kind.OTHER, "ID3 tag of another form")
            return
        position = 10
        if flags & _EXTENDED:
            raw = self.data[10:14]
            position += _synchsafe(raw) if version == 4 else 4 + int.from_bytes(raw, "big")
            # So does the length of a further header say where frames begin.
            self.shown.append(Region(10, min(position, self.end), Kind.STRUCTURE, "length of the ID3 tag"))
        footer = 10 if flags & _FOOTER and version == 4 else 0
        stop = max(position, self.end - footer)
        self.parts.add(0, min(position, self.end), Kind.STRUCTURE, "ID3 header")
        for frame in _frames(self.data, position, stop):
            self._frame(frame)
            position = frame.end
        if self.data[position:stop].strip(b"\0"):
            self.doubts.append(Doubt("integrity.padding.filled", "the padding of the ID3 tag", position, stop))
        self.parts.add(position, stop, Kind.STRUCTURE, "ID3 padding")
        self.parts.add(stop, self.end, Kind.STRUCTURE, "ID3 footer")

    def _frame(self, frame: _Frame) -> None:
        start, end = frame.start + 10, frame.end
        if self.data[3] == 4 and any(byte & 0x80 for byte in self.data[frame.start + 4 : frame.start + 8]):
            # Some players take these as plain numbers, and find other frames behind.
            self.doubts.append(Doubt("integrity.tables", "an ID3 frame whose length is written wrongly", start, end))
        if frame.name == b"GEOB" and self.data[start + 1 : start + 60].split(b"\0", 1)[0] in _TYPES:
            self.parts.sized.append(Sized(frame.start, start, end, Kind.MANIFEST, "manifest"))
            self._store(frame)
            return
        self.parts.sized.append(Sized(frame.start, start, end, Kind.METADATA, "a frame of the ID3 tag"))
        self.parts.add(frame.start, end, Kind.METADATA, "cover" if frame.name == b"APIC" else "ID3")
        if shows := _frame_shows(frame.name, self.data[start:end]):
            self.shown.append(Region(frame.start, end, Kind.METADATA, shows))

    def _store(self, frame: _Frame) -> None:
        """A manifest store in an encapsulated object; what is before it must be what a writer makes of it."""
        start, end = frame.start + 10, frame.end
        head = next((one for one in _HEADS if self.data.startswith(one, start)), b"")
        store = start + len(head)
        if not head or frame.flags:
            found = STORE.search(self.data, start, end)
            store = max(start, found.start() - 4) if found else end
            self.parts.add(frame.start, store, Kind.FOREIGN, "frame of the manifest")
        self.stores.append(self.parts.carry(self.data, frame.start, store, end))


def read_mp3(data: bytes) -> Layout:
    """An MP3: ID3v2 before, ID3v1 after, sound between."""
    parts = Parts(len(data))
    tag = Tag(data, parts)
    tail = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    parts.add(tag.end, tail, Kind.MEDIA, "sound")
    return Layout(
        format="mp3",
        size=len(data),
        regions=parts.finish(Kind.METADATA, "ID3v1"),
        stores=tuple(tag.stores),
        shown=tuple(tag.shown),
        sized=tuple(parts.sized),
        doubts=tuple(tag.doubts),
    )
