"""Does a player or a viewer of pictures find a film, sound or another picture in this file?

Players try the first bytes (ISO/IEC 14496-12, section 4.2: boxes whose sizes lead from one to the next; ISO/IEC
11172-3, section 2.4.1: frames that follow each other) and resynchronise over what they do not know. What lies behind
the end of a picture is a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provenance.media_type import frame_length
from provenance.readings.model import SecondReading, Source, search
from provenance.readings.streams import streams

FRAMES: Final = 5
"""Frames that have to follow each other: five headers in their places are no chance."""
MAX_BOXES: Final = 64
"""Boxes at the start that are followed; a player finds `ftyp` or `moov` among the first."""

_MP3_HEADER: Final = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")

_STARTS: Final = (
    (re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"R(?:IFF|F64)....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "video/x-msvideo"),
    (re.compile(rb"\0\0..ftyp[ -~]{4}", re.DOTALL), "video/mp4"),
    (re.compile(rb"\0\0\0\x0cJXL \r\n\x87\n"), "image/jxl"),
    (re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n"), "image/jp2"),
    (re.compile(rb"\x1aE\xdf\xa3[\x01-\xff]"), "video/webm"),
    (re.compile(rb"OggS\0\x02"), "audio/ogg"),
    (re.compile(rb"fLaC[\0\x80]\0\0\x22"), "audio/flac"),
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"MSCF\0\0\0\0"), "application/vnd.ms-cab-compressed"),
    (re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01"), "application/x-executable"),
)
"""Signatures long enough to be looked for at any place."""
_FIRST: Final = (
    *_STARTS,
    (re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+"), "image/tiff"),
    (re.compile(rb"\xff\x0a"), "image/jxl"),
    (re.compile(rb"BM....\0\0\0\0.\0\0\0", re.DOTALL), "image/bmp"),
    (re.compile(rb"\0\0[\x01\x02]\0[\x01-\x20]\0"), "image/vnd.microsoft.icon"),
    (re.compile(rb"8BPS\0[\x01\x02]"), "image/vnd.adobe.photoshop"),
    (re.compile(rb"ID3[\x02-\x04]"), "audio/mpeg"),
    (re.compile(rb"\0\0\x01\xba"), "video/mpeg"),
    (re.compile(rb"MZ"), "application/vnd.microsoft.portable-executable"),
    (re.compile(rb"\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]"), "application/x-mach-binary"),
    (re.compile(rb"\0asm\x01\0\0\0"), "application/wasm"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "application/postscript"),
    (re.compile(rb"\{\\rtf"), "application/rtf"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "application/x-ole-storage"),
    (re.compile(rb"\x1f\x8b\x08"), "application/gzip"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "application/x-bzip2"),
    (re.compile(rb"\xfd7zXZ\0"), "application/x-xz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "application/zstd"),
    (re.compile(rb"PK\x03\x04"), "application/zip"),
)
"""Signatures that count at the first byte."""

_BOXED: Final = frozenset(
    {
        "video/mp4", "video/quicktime", "audio/mp4", "video/iso.segment", "image/heic", "image/heif", "image/avif",
        "image/x-canon-cr3",
    }
)  # fmt: skip
"""Types that are ISO BMFF, of which one may be another: a photo with its film."""
_FAMILIES: Final = (
    frozenset({"image/tiff", "image/x-adobe-dng", "image/x-nikon-nef", "image/x-sony-arw"}),
    frozenset({"audio/mpeg", "audio/flac", "audio/aac"}),
)
"""Types with the same first bytes: ID3 tags stand before any sound, raw photos are TIFF."""


def media(source: Source) -> Iterator[SecondReading]:
    """Everything that players and viewers find."""
    yield from _at_the_start(source)
    yield from _behind(source)
    if source.media_type not in _BOXED and _leads_to_a_film(source.data):
        yield source.found("video/mp4", 0)
    if source.media_type.startswith(("audio/", "video/")):
        # Tracks of sound within it are its own, in whichever coding.
        return
    start = _mpeg_sound(source)
    if start is not None:
        yield source.found("audio/mpeg", start)
    yield from streams(source)


def _at_the_start(source: Source) -> Iterator[SecondReading]:
    """Another type by the first bytes: a document may begin behind them."""
    for signature, kind in _FIRST:
        if signature.match(source.data):
            if not _is_own(source, kind):
                yield source.found(kind, 0)
            return


def _is_own(source: Source, kind: str) -> bool:
    own = source.media_type
    return (
        kind == own
        or any(kind in family and own in family for family in _FAMILIES)
        or (kind == "video/mp4" and own in _BOXED)
        or (kind == "application/zip" and source.layout.format == "zip")
    )


def _behind(source: Source) -> Iterator[SecondReading]:
    """Whole files behind the end of this one; one of each type."""
    if not source.behind:
        return
    for signature, kind in _STARTS:
        for match in search(signature, source.data, source.behind):
            if kind == "image/jpeg" and not _is_jpeg(source.data, match.start()):
                continue
            yield SecondReading(media_type=kind, start=match.start(), end=source.size, is_behind=True)
            break


def _is_jpeg(data: bytes, start: int) -> bool:
    """Whether the segment behind the first marker ends at another marker (ITU-T T.81, section B.1.1)."""
    end = start + 4 + int.from_bytes(data[start + 4 : start + 6], "big")
    return data[end : end + 1] == b"\xff"


def _leads_to_a_film(data: bytes) -> bool:
    """Whether box sizes lead from the first byte to `moov`, `moof` or `mdat` behind `ftyp`, whatever comes before."""
    position, named = 0, False
    for _ in range(MAX_BOXES):
        size, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        if kind in (b"moov", b"moof") or (named and kind == b"mdat"):
            return True
        named = named or kind in (b"ftyp", b"styp")
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16], "big")
        if size < 8:
            return False
        position += size
    # More boxes in their places than are followed: whatever comes behind them, a player goes on.
    return True


def _mpeg_sound(source: Source) -> int | None:
    """Where frames of MPEG audio begin to follow each other."""
    data = source.data
    for match in search(_MP3_HEADER, data, source.early):
        position, first = match.start(), match[0]
        for _ in range(FRAMES):
            header = data[position : position + 4]
            length = frame_length(header)
            # Version, layer and sampling rate stay what they are within a stream.
            if not length or header[1] != first[1] or (header[2] ^ first[2]) & 0x0C:
                break
            position += length
        else:
            return match.start()
    return None
