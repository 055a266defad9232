"""What is taken out of a file as its metadata, and within which bounds?"""

from __future__ import annotations

import zlib
from typing import Final

from provenance.metadata.model import MAX_BLOCK, MAX_BLOCKS, MAX_TEXT, MAX_TOTAL, Block

MAX_OF_KIND: Final = 32
"""Blocks of one kind: more XMP packets or EXIF structures than any real file has, but for a PDF's pictures."""
MAX_PARTS: Final = 200_000
"""Segments, chunks, boxes or frames that are walked: as many as `provenance.formats` allows."""
_BLANKS: Final = "\0 \t\r\n"


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
