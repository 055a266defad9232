"""Where does metadata lie in TIFF, PDF and SVG files?"""

from __future__ import annotations

import re
from typing import Final

from provenance.metadata.blocks import Collector, decoded
from provenance.metadata.model import MAX_BLOCK, Block

MAX_PACKETS: Final = 32
"""XMP packets of one document that are read; each embedded picture of a PDF may bring one."""
HEAD: Final = 64 * 1024
"""Bytes in which an SVG's declarations of prefixes are looked for."""
MAX_DECLARED: Final = 32
"""Prefixes of an SVG that are taken over."""
MAX_ENTRIES: Final = 64
"""Entries of a PDF's document information that are looked at."""

_PACKET: Final = re.compile(rb"<x:xmpmeta[\s>]|<rdf:RDF[\s>]")
_ENDS: Final = {b"<x:": b"</x:xmpmeta>", b"<rd": b"</rdf:RDF>"}
_INFO: Final = re.compile(rb"/(Producer|Creator|CreationDate|ModDate|Keywords|Subject|AIGC)\s{0,8}(\(|<)")
_DECLARED: Final = re.compile(rb"xmlns:([A-Za-z][\w.-]{0,30})\s{0,8}=\s{0,8}[\"']([^\"'<>&]{1,200})[\"']")


def tiff(data: bytes, found: Collector) -> None:
    """A TIFF file is itself the structure that EXIF is; XMP and IPTC are tags of it. Not copied, so not counted."""
    found.blocks.append(Block("exif", data, ()))


def pdf(data: bytes, found: Collector) -> None:
    """XMP packets that lie plain in the file, and the document information (ISO 32000-1, section 14.3)."""
    _packets(data, found)
    for number, entry in enumerate(_INFO.finditer(data)):
        if number >= MAX_ENTRIES:
            break
        raw, end = _string(data, entry.end(), entry[2])
        found.text(f"PDF {entry[1].decode('ascii')}", raw, (entry.start(), end))
    if b"/ObjStm" in data or b"/Encrypt" in data:
        found.skip("metadata of this PDF in compressed or encrypted objects")


def _string(data: bytes, start: int, opening: bytes) -> tuple[str, int]:
    """A literal or hexadecimal PDF string (ISO 32000-1, section 7.3.4), at most 1,024 bytes of it."""
    body = data[start : start + 2048]
    if opening == b"<":
        digits, _, _ = body.partition(b">")
        try:
            raw = bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            raw = b""
        return _pdf_text(raw), start + len(digits) + 1
    text, depth, at = bytearray(), 1, 0
    while at < len(body) and len(text) < 1024:
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
    opening = b"".join(b" xmlns:%s='%s'" % pair for pair in list(declared.items())[:MAX_DECLARED])
    _packets(data, found, before=b"<x%s>" % opening, after=b"</x>")


def _packets(data: bytes, found: Collector, *, before: bytes = b"", after: bytes = b"") -> None:
    """XMP in plain text, from its opening to its closing tag."""
    position = 0
    for _ in range(MAX_PACKETS):
        start = _PACKET.search(data, position)
        if start is None:
            return
        closing = _ENDS[start.group()[:3]]
        end = data.find(closing, start.end(), start.end() + MAX_BLOCK)
        if end < 0:
            position = start.end()
            continue
        position = end + len(closing)
        found.add("xmp", before + data[start.start() : position] + after, (start.start(), position))
    found.skip("more XMP packets than the limit")
