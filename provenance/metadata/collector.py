"""What is taken out of a file as its metadata, and within which bounds?"""

from __future__ import annotations

import zlib
from typing import Final

from provenance.metadata.model import MAX_BLOCK, MAX_BLOCKS, MAX_TEXT, MAX_TOTAL, Block, beyond

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
        self.left_out: dict[str, None] = {}
        self._total = 0
        self._of_kind: dict[str, int] = {}

    def fits(self, size: int, kind: str = "") -> bool:
        """Whether so many more bytes may be taken out of the file; asked before they are copied or inflated."""
        many = self._of_kind.get(kind, 0) if kind else 0
        bounds = (
            ("bytes of one block of metadata", size, MAX_BLOCK),
            ("bytes of metadata", self._total + size, MAX_TOTAL),
            ("blocks of metadata of one kind", many + 1, MAX_OF_KIND),
            ("blocks of metadata", len(self.blocks) + 1, MAX_BLOCKS),
        )
        for what, found, most in bounds:
            if found > most:
                self.beyond(what, most)
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
        if len(text) > MAX_TEXT:
            self.beyond("characters of one field", MAX_TEXT)
        if text.strip(_BLANKS) and self.fits(min(len(text), MAX_TEXT)):
            self.blocks.append(Block("text", b"", spans, name, text[:MAX_TEXT].strip(_BLANKS)))

    def inflate(self, raw: bytes) -> bytes:
        """A zlib stream's content, up to the bound; empty where it is broken or the file has had its share."""
        try:
            machine = zlib.decompressobj()
            content = machine.decompress(raw, MAX_BLOCK)
        except zlib.error:
            self.left("a compressed text that cannot be read")
            return b""
        if machine.unconsumed_tail:
            self.beyond("bytes of one block of metadata", MAX_BLOCK)
        return content if self.fits(len(content)) else b""

    def skip(self, what: str) -> None:
        """Say that something is of a kind that is not read."""
        self.unread[what] = None

    def left(self, what: str) -> None:
        """Say, in words, that something was left out of what is read."""
        self.left_out[what] = None

    def beyond(self, what: str, most: int) -> None:
        """Say that something was left out because there is more of it than is read."""
        self.left(beyond(what, most))


def decoded(raw: bytes, encoding: str = "utf-8") -> str:
    """Bytes as text: in that encoding where they fit, else Latin-1, which everything fits."""
    cut = raw[: 4 * (MAX_TEXT + 1)]
    try:
        return cut.decode(encoding)
    except UnicodeDecodeError as error:
        # A cut may fall within a letter.
        if len(raw) > len(cut) and error.start >= len(cut) - 4:
            return cut[: error.start].decode(encoding, "replace")
        return cut.decode("latin-1")
