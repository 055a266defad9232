"""Where do sound, tags and manifest lie in a FLAC file (RFC 9639)?"""

from __future__ import annotations

from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Parts, Region, Sized
from provenance.formats.sound.id3 import Tag
from provenance.formats.stores.scan import STORE

_PADDING: Final = 1
_APPLICATION: Final = 2
_COMMENTS: Final = 4
_PICTURE: Final = 6
_NO_MEDIA: Final = (_PADDING, _COMMENTS, _PICTURE)
_COMMENTS_SHOWN: Final = (
    (b"metadata_block_picture", "cover picture"), (b"coverart", "cover picture"), (b"replaygain", "loudness"),
    (b"waveformatextensible_channel_mask", "channels"), (b"cuesheet", "chapters"), (b"chapter", "chapters"),
)  # fmt: skip
"""Comments by which players show or play a file (RFC 9639, section 8.6.2; and in use)."""


def _comments_show(content: bytes) -> tuple[str, ...]:
    words = content.lower()
    return tuple(sorted({what for word, what in _COMMENTS_SHOWN if word in words}))


class _Blocks:
    """Metadata blocks (RFC 9639, section 8)."""

    def __init__(self, data: bytes, tag: Tag, parts: Parts) -> None:
        self.data = data
        self.tag = tag
        self.parts = parts

    def block(self, kind: int, start: int, end: int) -> None:
        """One block, from its header on."""
        content = start + 4
        if kind == _APPLICATION and STORE.match(self.data, content + 8, end):
            # Identifier of the application, store: where no engine looks.
            self.parts.sized.append(Sized(start, content, end, Kind.MANIFEST, "manifest"))
            self.tag.stores.append(self.parts.carry(self.data, start, content + 4, end))
            return
        if kind in _NO_MEDIA:
            # Its header says how long it is, and whether the sound comes next.
            self.tag.shown.append(Region(start, content, Kind.STRUCTURE, "header of a block"))
        if kind == _PADDING:
            self.parts.add(start, end, Kind.STRUCTURE, "padding")
            if self.data[content:end].strip(b"\0"):
                self.tag.doubts.append(Doubt("integrity.padding.filled", "a padding block", content, end))
        elif kind == _COMMENTS:
            self.parts.add(start, end, Kind.METADATA, "comments")
            names = _comments_show(self.data[content:end])
            self.tag.shown += (Region(start, end, Kind.METADATA, name) for name in names)
        elif kind == _PICTURE:
            self.parts.add(start, end, Kind.METADATA, "cover")
            self.tag.shown.append(Region(start, end, Kind.METADATA, "cover picture"))
        else:
            self.parts.add(start, end, Kind.MEDIA, "sound")


def read_flac(data: bytes) -> Layout:
    """A FLAC file (RFC 9639): perhaps an ID3v2 tag, metadata blocks, frames."""
    parts = Parts(len(data))
    tag = Tag(data, parts)
    blocks, position = _Blocks(data, tag, parts), tag.end
    complete = data[position : position + 4] == b"fLaC"
    parts.add(position, position + 4, Kind.MEDIA, "sound")
    position += 4
    while complete and position + 4 <= len(data):
        head, size = data[position], int.from_bytes(data[position + 1 : position + 4], "big")
        end = position + 4 + size
        if end > len(data):
            complete = False
            break
        blocks.block(head & 0x7F, position, end)
        position = end
        if head & 0x80:
            break
    regions = parts.finish(Kind.MEDIA if complete else Kind.OTHER, "sound" if complete else "unreadable")
    return Layout(
        format="flac",
        size=len(data),
        regions=regions,
        stores=tuple(tag.stores),
        shown=tuple(tag.shown),
        sized=tuple(parts.sized),
        doubts=tuple(tag.doubts),
        complete=complete,
    )
