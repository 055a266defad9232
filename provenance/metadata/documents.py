"""Where does metadata lie in TIFF, PDF and SVG files?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provenance.metadata.collector import Collector, decoded
from provenance.metadata.model import MAX_BLOCK, Block

HEAD: Final = 64 * 1024
"""Bytes in which an SVG's declarations of prefixes are looked for."""
MAX_DECLARED: Final = 32
"""Prefixes of an SVG that are taken over."""
MAX_ENTRIES: Final = 64
"""Places at which one entry of a PDF's document information, or one form of XMP packet, is looked for."""

MAX_STRING: Final = 2_048
"""Bytes of one text of a PDF, as written."""

_PACKETS: Final = ((b"<x:xmpmeta", b"</x:xmpmeta>"), (b"<rdf:RDF", b"</rdf:RDF>"))
_INFO: Final = (b"Producer", b"Creator", b"CreationDate", b"ModDate", b"AIGC")
_STRING: Final = re.compile(rb"\s{0,8}(\(|<(?!<))")
_DECLARED: Final = re.compile(rb"xmlns:([A-Za-z][\w.-]{0,30})\s{0,8}=\s{0,8}[\"']([^\"'<>&]{1,200})[\"']")


def tiff(data: bytes, found: Collector) -> None:
    """A TIFF file is itself the structure that EXIF is; XMP and IPTC are tags of it. Not copied, so not counted."""
    found.blocks.append(Block("exif", data, ()))


def pdf(data: bytes, found: Collector) -> None:
    """XMP packets that lie plain in the file, and the document information (ISO 32000-1, section 14.3)."""
    _packets(data, found)
    for name in _INFO:
        for start in _places(data, b"/" + name, found):
            opening = _STRING.match(data, start + 1 + len(name))
            if opening:
                text, end = _string(data, opening.end(), opening[1], found)
                found.text(f"PDF {name.decode('ascii')}", text, (start, end))
    if b"/ObjStm" in data or b"/Encrypt" in data:
        found.skip("metadata of this PDF in compressed or encrypted objects")


def _places(data: bytes, words: bytes, found: Collector) -> Iterator[int]:
    """Where these bytes stand; a search for one word at a time is ten times as fast as one pattern for all."""
    start = data.find(words)
    for _ in range(MAX_ENTRIES):
        if start < 0:
            return
        yield start
        start = data.find(words, start + 1)
    if start >= 0:
        found.beyond("places of one kind of metadata", MAX_ENTRIES)


def _string(data: bytes, start: int, opening: bytes, found: Collector) -> tuple[str, int]:
    """A literal or hexadecimal PDF string (ISO 32000-1, section 7.3.4), at most MAX_STRING bytes as written of it."""
    body = data[start : start + MAX_STRING]
    if opening == b"<":
        digits, ending, _ = body.partition(b">")
        if not ending and len(body) == MAX_STRING:
            found.beyond("bytes of one text", MAX_STRING)
        try:
            raw = bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            raw = b""
        return _pdf_text(raw), start + len(digits) + 1
    text, depth, at = bytearray(), 1, 0
    while at < len(body):
        byte = body[at : at + 1]
        if byte == b"\\":
            text += {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(body[at + 1 : at + 2], body[at + 1 : at + 2])
            at += 2
            continue
        depth += (byte == b"(") - (byte == b")")
        at += 1
        if not depth:
            break
        text += byte
    else:
        if len(body) == MAX_STRING:
            found.beyond("bytes of one text", MAX_STRING)
    return _pdf_text(bytes(text)), start + at


def _pdf_text(raw: bytes) -> str:
    return raw[2:].decode("utf-16-be", "replace") if raw[:2] == b"\xfe\xff" else decoded(raw)


def svg(data: bytes, found: Collector) -> None:
    """RDF inside an SVG's `metadata`, and XMP packets."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found.skip("metadata of this SVG, which is not in UTF-8")
        return
    # Prefixes are often declared on the root: each packet gets those of the whole file's beginning around it.
    declared = dict(reversed(_DECLARED.findall(data[:HEAD])))
    if len(declared) > MAX_DECLARED:
        found.beyond("declared prefixes", MAX_DECLARED)
    opening = b"".join(b" xmlns:%s='%s'" % pair for pair in list(declared.items())[:MAX_DECLARED])
    _packets(data, found, before=b"<x%s>" % opening, after=b"</x>")


def _packets(data: bytes, found: Collector, *, before: bytes = b"", after: bytes = b"") -> None:
    """XMP in plain text, from its opening to its closing tag."""
    done = list[tuple[int, int]]()
    for opening, closing in _PACKETS:
        for start in _places(data, opening, found):
            if any(first <= start < last for first, last in done):
                continue
            end = data.find(closing, start, start + MAX_BLOCK)
            if end < 0 and start + MAX_BLOCK < len(data):
                found.beyond("bytes of one block of metadata", MAX_BLOCK)
            if end >= 0:
                end += len(closing)
                done.append((start, end))
                if found.fits(end - start, "xmp"):
                    found.blocks.append(Block("xmp", before + data[start:end] + after, ((start, end),)))
