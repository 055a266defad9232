"""Where does metadata lie in each kind of file? Finds blocks and named texts and takes them out of what wraps them.

One reader a family of containers, chosen by the content. Each is linear in the number of parts, stops at the bounds of
`model.py`, and leaves out what breaks off: what a block means is for others.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final, TypeAlias

from provenance.metadata.model import MAX_BLOCK, MAX_BLOCKS, MAX_TEXT, MAX_TOTAL, Block

MAX_OF_KIND: Final = 32
"""Blocks of one kind: more XMP packets or EXIF structures than any real file has, but for a PDF's pictures."""
MAX_PARTS: Final = 200_000
"""Segments, chunks, boxes or frames that are walked: as many as `containers` allows."""


class Collector:
    """Blocks of one file within the bounds, and what was left out."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.blocks: list[Block] = []
        self.unread: dict[str, None] = {}
        self._total = 0
        self._of_kind: dict[str, int] = {}

    def fits(self, size: int, kind: str = "") -> bool:
        """Whether so many more bytes may be taken out of the file; asked before they are copied or inflated."""
        many = self._of_kind.get(kind, 0) if kind else 0
        if size > MAX_BLOCK or self._total + size > MAX_TOTAL or many >= MAX_OF_KIND or len(self.blocks) >= MAX_BLOCKS:
            self.skip("metadata beyond the limits on its size")
            return False
        if kind:
            self._of_kind[kind] = many + 1
        self._total += size
        return True

    def cut(self, kind: str, data: bytes, start: int, end: int, span: tuple[int, int]) -> None:
        """The bytes from `start` to `end` as one block that lies at `span`, wrapping included."""
        if self.fits(max(0, end - start), kind):
            self.blocks.append(Block(kind, data[start:end], (span,)))

    def add(self, kind: str, data: bytes, *spans: tuple[int, int]) -> None:
        """One block that was put together from several places, or inflated."""
        if self.fits(len(data), kind):
            self.blocks.append(Block(kind, data, spans))

    def text(self, name: str, text: str, *spans: tuple[int, int]) -> None:
        """One named text and where it lies in the file."""
        if text.strip(_BLANKS) and self.fits(min(len(text), MAX_TEXT)):
            self.blocks.append(Block("text", b"", spans, name, text[:MAX_TEXT].strip(_BLANKS)))

    def inflate(self, raw: bytes) -> bytes:
        """A zlib stream's content, up to the bound; empty where it is broken or the file has had its share."""
        try:
            content = zlib.decompressobj().decompress(raw, MAX_BLOCK)
        except zlib.error:
            return b""
        return content if self.fits(len(content)) else b""

    def skip(self, what: str) -> None:
        """Say that something was left out."""
        self.unread[what] = None


_BLANKS: Final = "\0 \t\r\n"

Reader: TypeAlias = Callable[[bytes, Collector], None]


def find_blocks(data: bytes, media_type: str) -> Collector:
    """Every block of metadata of one file. Never raises for what the file holds, but MemoryError."""
    found = Collector()
    reader = _reader(data, media_type)
    if reader is not None:
        reader(data, found)
    else:
        found.skip(f"metadata of {media_type}" if media_type else "metadata of this type")
    return found


def _reader(data: bytes, media_type: str) -> Reader | None:
    from provenance.metadata import boxes, documents, raster, sound

    head = data[:12]
    if head[:3] == b"\xff\xd8\xff":
        return raster.jpeg
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return raster.png
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return raster.riff
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return raster.gif
    if head == b"\0\0\0\x0cJXL \r\n\x87\n":
        return boxes.jxl
    if head[4:8] in (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"pnot", b"uuid"):
        return boxes.bmff
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"IIU\0"):
        return documents.tiff
    if media_type == "application/pdf":
        return documents.pdf
    if media_type == "image/svg+xml":
        return documents.svg
    if media_type == "audio/flac":
        return sound.flac
    if media_type == "audio/mpeg":
        return sound.mp3
    return None


def decoded(raw: bytes, encoding: str = "utf-8") -> str:
    """Bytes as text: in that encoding where they fit, else Latin-1, which everything fits."""
    cut = raw[: 4 * MAX_TEXT]
    try:
        return cut.decode(encoding)
    except UnicodeDecodeError as error:
        # A cut may fall within a letter.
        if len(raw) > len(cut) and error.start >= len(cut) - 4:
            return cut[: error.start].decode(encoding, "replace")
        return cut.decode("latin-1")
