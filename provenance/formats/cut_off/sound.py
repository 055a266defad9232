"""Does an MP3 or FLAC break off before its end?"""

from __future__ import annotations

from typing import Final

from provenance.formats.cut_off.model import CutOff, short_of, without
from provenance.formats.parts import Layout
from provenance.formats.sound.id3 import announced_tag_end, tag_end
from provenance.media_type import frame_length

_SLACK: Final = 4_096
"""Bytes by which tables of MP3s are off: some count their own frame, or tags, and some do not."""
_WINDOW: Final = 3 * 2_881
"""Bytes before the end that hold the starts of at least three frames of an MP3."""
_CHAIN: Final = 3
"""Frames that have to follow each other to be taken for sound."""
_FLAC_WINDOW: Final = 512 * 1024
"""Bytes before the end in which the last frame of a FLAC begins: 65,535 samples of eight channels in 24 bits are more,
but compressed they are fewer."""
_STREAM_INFO: Final = 34
_BLOCK_SIZES: Final = {1: 192} | {n: 576 << (n - 2) for n in range(2, 6)} | {n: 256 << (n - 8) for n in range(8, 16)}
"""Samples of a frame by its code (RFC 9639, section 9.1.1)."""


def mp3(data: bytes, layout: Layout) -> CutOff | None:
    """By the length of its tag, of its sound (Xing, VBRI), and of its last frame."""
    size = len(data)
    tag = announced_tag_end(data)
    if tag > size:
        return short_of(size, tag, is_least=True)
    start = tag_end(data)
    said = _told(data, start)
    if said and start + said > size + _SLACK:
        return short_of(size, start + said)
    end = size - 128 if data[-128:-125] == b"TAG" else size
    return short_of(size, _last_frame(data, start, end), is_least=True) if end == size else None


def _told(data: bytes, start: int) -> int:
    """Bytes of the sound by the table in its first frame (Xing or Info, and VBRI); 0 where there is none."""
    header = data[start : start + 4]
    if not frame_length(header):
        return 0
    side = (32, 17) if header[1] >> 3 & 3 == 3 else (17, 9)
    place = start + 4 + side[header[3] >> 6 == 3]
    if data[place : place + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(data[place + 4 : place + 8], "big")
        at = place + 8 + 4 * (flags & 1)
        return int.from_bytes(data[at : at + 4], "big") if flags & 2 else 0
    return int.from_bytes(data[start + 46 : start + 50], "big") if data[start + 36 : start + 40] == b"VBRI" else 0


def _last_frame(data: bytes, start: int, end: int) -> int:
    """Where the frame ends that is the last one at the end; 0 where none reaches beyond it, or no frames are there."""
    beyond = 0
    first = data.find(b"\xff", max(start, end - _WINDOW), end)
    while first >= 0:
        position, count = first, 0
        while position < end and (length := frame_length(data[position : position + 4])):
            position, count = position + length, count + 1
        if position == end and count:
            return 0
        if position > end and count >= _CHAIN:
            beyond = beyond or position
        first = data.find(b"\xff", first + 1, end)
    return beyond


def flac(data: bytes, layout: Layout) -> CutOff | None:
    """By the lengths of its blocks, and by how many samples of how many its last frame ends (RFC 9639)."""
    size = len(data)
    tag = announced_tag_end(data)
    if tag > size:
        return short_of(size, tag, is_least=True)
    start = tag_end(data)
    if data[start : start + 4] != b"fLaC":
        return without(size, "the sound") if size - start < 4 and tag else None
    position, is_last = start + 4, False
    while not is_last:
        if position + 4 > size:
            return without(size, "the sound")
        length, is_last = int.from_bytes(data[position + 1 : position + 4], "big"), bool(data[position] & 0x80)
        position += 4 + length
        if position > size:
            return short_of(size, position, is_least=True)
    return _samples(data, start + 8, position)


def _samples(data: bytes, about: int, first: int) -> CutOff | None:
    """By the number of samples in the stream's own information (sections 8.2 and 9.1)."""
    if data[about - 4] & 0x7F or len(data) < about + _STREAM_INFO:
        return None
    packed = int.from_bytes(data[about + 10 : about + 18], "big")
    rate, total = packed >> 44, packed & (1 << 36) - 1
    fixed = int.from_bytes(data[about : about + 2], "big")
    if not total or not rate:
        return None
    reached = _reached(data, first, fixed)
    if reached is None or reached >= total:
        return None
    told = f"the sound from second {reached // rate} of {-(-total // rate)} on"
    return without(len(data), told)


def _reached(data: bytes, first: int, fixed: int) -> int | None:
    """The sample behind the last frame that begins near the end; None where no frame does."""
    place = len(data)
    low = max(first, len(data) - _FLAC_WINDOW)
    while (place := data.rfind(b"\xff", low, place)) >= 0:
        found = _frame(data[place : place + 16], fixed)
        if found is not None:
            return found
    return None


def _frame(header: bytes, fixed: int) -> int | None:
    """The sample behind a frame by its header, whose checksum has to hold (section 9.1)."""
    if len(header) < 6 or header[1] & 0xFE != 0xF8:
        return None
    code, rate, coded = header[2] >> 4, header[2] & 0x0F, _number(header[4:11])
    if coded is None or code == 0 or rate == 15:
        return None
    number, at = coded[0], 4 + coded[1]
    samples = _BLOCK_SIZES.get(code, 0)
    if code in (6, 7):
        samples = int.from_bytes(header[at : at + code - 5], "big") + 1
        at += code - 5
    at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if not samples or at >= len(header) or _crc8(header[:at]) != header[at]:
        return None
    return number + samples if header[1] & 1 else number * fixed + samples


def _number(raw: bytes) -> tuple[int, int] | None:
    """(number, its bytes) in the extended UTF-8 of frame headers (section 9.1.5); None where it is none."""
    lead = 8 - (raw[0] ^ 0xFF).bit_length()
    if lead == 0:
        return raw[0], 1
    if not 2 <= lead <= 7 or len(raw) < lead:
        return None
    value = raw[0] & (0x7F >> lead)
    for byte in raw[1:lead]:
        if byte & 0xC0 != 0x80:
            return None
        value = value << 6 | byte & 0x3F
    return value, lead


def _crc8(raw: bytes) -> int:
    """The checksum of a frame's header, polynomial 0x07 (section 9.1.8)."""
    value = 0
    for byte in raw:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1
    return value
