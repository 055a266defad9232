"""Where does metadata lie in MP3 and FLAC files?"""

from __future__ import annotations

from typing import Final

from provenance.metadata.collector import Collector, decoded
from provenance.metadata.model import MAX_BLOCK

MAX_FRAMES: Final = 1_000
"""ID3 frames or comments of one file."""

_ENCODINGS: Final = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_TEXTS: Final = {b"TSSE": "TSSE", b"TENC": "TENC", b"TPE1": "TPE1", b"TDRC": "TDRC"}
_NAMES: Final = {
    name.casefold(): name
    for name in ("AIGC", "aigc_info", "comment", "software", "generator", "encoder", "prompt", "workflow", "parameters",
                 "DigitalSourceType", "digital_source_type")
}  # fmt: skip
"""Names of free fields that are looked at, by ourselves written."""


def mp3(data: bytes, found: Collector) -> None:
    """An ID3v2 tag before the sound."""
    id3(data, found)


def id3(data: bytes, found: Collector, *, at: int = 0) -> int:
    """The frames of an ID3v2 tag (id3.org, 2.3 and 2.4) that begins `at` in the file; returns where it ends."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    version, stop = data[3], min(len(data), 10 + _synchsafe(data[6:10]))
    position = 10
    if version not in (3, 4) or data[5] & 0x80:
        found.skip("metadata of this sound in a form of ID3 that is not read here")
        return stop
    if data[5] & 0x40:
        position += _synchsafe(data[10:14]) if version == 4 else 4 + int.from_bytes(data[10:14], "big")
    for _ in range(MAX_FRAMES):
        name, raw = data[position : position + 4], data[position + 4 : position + 8]
        if position + 10 > stop or not name.strip(b"\0"):
            break
        size = _synchsafe(raw) if version == 4 else int.from_bytes(raw, "big")
        end = min(stop, position + 10 + size)
        if size > MAX_BLOCK:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
        elif data[position + 9]:
            found.skip("metadata of this sound that is compressed, encrypted or grouped")
        else:
            _frame(name, data[position + 10 : end], (at + position, at + end), found)
        position = end
    else:
        if position + 10 <= stop and data[position : position + 4].strip(b"\0"):
            found.beyond("frames of a tag", MAX_FRAMES)
    return stop


def _frame(name: bytes, body: bytes, span: tuple[int, int], found: Collector) -> None:
    if name == b"PRIV" and body.startswith(b"XMP\0"):
        found.add("xmp", body[4:], span)
        return
    encoding = _ENCODINGS[body[0]] if body and body[0] < 4 else ""
    if not encoding:
        return
    if name in _TEXTS:
        found.text(f"ID3 {_TEXTS[name]}", decoded(body[1:], encoding), span)
    elif name == b"TXXX":
        key, _, text = decoded(body[1:], encoding).partition("\0")
        known = _NAMES.get(key.strip("\ufeff ").casefold())
        if known:
            found.text(f"ID3 {known}", text.lstrip("\ufeff"), span)
    elif name == b"COMM" and len(body) > 4:
        _, _, text = decoded(body[4:], encoding).partition("\0")
        found.text("ID3 comment", text.lstrip("\ufeff"), span)


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << (7 * (3 - place)) for place, byte in enumerate(raw[:4]))


def flac(data: bytes, found: Collector) -> None:
    """Vorbis comments of a FLAC file (RFC 9639, section 8.6), behind an ID3v2 tag perhaps."""
    position = id3(data, found)
    if data[position : position + 4] != b"fLaC":
        return
    position += 4
    for _ in range(MAX_FRAMES):
        head = data[position : position + 4]
        if len(head) < 4:
            return
        end = position + 4 + int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            _comments(data[position + 4 : end], (position, end), found)
        if head[0] & 0x80:
            return
        position = end
    if position + 4 <= len(data):
        found.beyond("blocks of metadata of a FLAC file", MAX_FRAMES)


def _comments(body: bytes, span: tuple[int, int], found: Collector) -> None:
    position = 4 + int.from_bytes(body[:4], "little")
    count = int.from_bytes(body[position : position + 4], "little")
    position += 4
    if count > MAX_FRAMES:
        found.beyond("comments", MAX_FRAMES)
    for _ in range(min(count, MAX_FRAMES)):
        length = int.from_bytes(body[position : position + 4], "little")
        if position + 4 + length > len(body):
            return
        key, _, text = decoded(body[position + 4 : position + 4 + length]).partition("=")
        known = _NAMES.get(key.casefold())
        if known:
            found.text(f"FLAC {known}", text, span)
        position += 4 + length
