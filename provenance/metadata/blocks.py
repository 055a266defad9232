"""Where does metadata lie in each kind of file? Finds blocks and named texts and takes them out of what wraps them.

One reader a family of containers, chosen by the content. Each is linear in the number of parts, stops at the bounds of
`model.py`, and leaves out what breaks off: what a block means is for others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from provenance.metadata import boxes, documents, raster, sound
from provenance.metadata.collector import Collector

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
