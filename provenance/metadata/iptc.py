"""What do the few IPTC IIM datasets say that are asked for, and where does Photoshop keep them?

IPTC-NAA Information Interchange Model 4.2, record 2; Photoshop image resources as Adobe's file format describes them.
"""

from __future__ import annotations

from typing import Final

from provenance.metadata.model import MAX_TEXT, Field, Note, beyond, ignore

MAX_DATASETS: Final = 1_000
"""Datasets of one block; keywords repeat, real blocks have below 100."""
MAX_RESOURCES: Final = 1_000
"""Photoshop image resources of one block."""

_WANTED: Final = {
    (2, 40): "SpecialInstructions",
    (2, 55): "DateCreated",
    (2, 60): "TimeCreated",
    (2, 65): "OriginatingProgram",
    (2, 80): "By-line",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "CopyrightNotice",
    (2, 120): "Caption",
}
_UTF8: Final = b"\x1b%G"
"""Coded character set (1:90) of UTF-8."""


def fields(data: bytes, spans: tuple[tuple[int, int], ...], note: Note = ignore) -> list[Field]:
    """The wanted datasets as fields; `note` hears of what was left out. Never raises for what they hold."""
    found, position, encoding = list[Field](), 0, ""
    for _ in range(MAX_DATASETS):
        head = data[position : position + 5]
        if len(head) < 5 or head[0] != 0x1C:
            break
        key, length = (head[1], head[2]), int.from_bytes(head[3:5], "big")
        position += 5
        if length & 0x8000:  # an extended dataset: the length of the length
            more = min(length & 0x7FFF, 4)
            length = int.from_bytes(data[position : position + more], "big")
            position += more
        raw = data[position : position + length]
        position += length
        if key == (1, 90):
            encoding = "utf-8" if raw == _UTF8 else ""
        elif key in _WANTED and raw.strip(b"\0 "):
            if len(raw) > MAX_TEXT:
                note(beyond("characters of one field", MAX_TEXT))
            found.append(Field(f"IPTC {_WANTED[key]}", _decode(raw[:MAX_TEXT], encoding), spans))
    else:
        if data[position : position + 1] == b"\x1c":
            note(beyond("datasets of IPTC", MAX_DATASETS))
    return found


def _decode(raw: bytes, encoding: str) -> str:
    """UTF-8 where it is declared or fits, else Latin-1: most writers leave the declaration out."""
    try:
        return raw.decode(encoding or "utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return raw.decode("utf-8" if encoding else "latin-1", "replace").strip("\0 ")


def from_photoshop(data: bytes, note: Note = ignore) -> bytes:
    """The IIM block (resource 0x0404) of Photoshop image resources; empty where there is none.

    `note` hears of what was left out.
    """
    position = 0
    for _ in range(MAX_RESOURCES):
        if data[position : position + 4] != b"8BIM" or position + 12 > len(data):
            return b""
        identifier = int.from_bytes(data[position + 4 : position + 6], "big")
        name = data[position + 6]
        position += 6 + ((1 + name + 1) & ~1)
        length = int.from_bytes(data[position : position + 4], "big")
        position += 4
        if identifier == 0x0404:
            return data[position : position + length]
        position += length + (length & 1)
    if data[position : position + 4] == b"8BIM":
        note(beyond("resources of Photoshop", MAX_RESOURCES))
    return b""
