"""Does an archiver find an archive in this file, or a machine a program?

Archivers look for their end record or signature where they may: ZIP within the last 65,557 bytes (APPNOTE 6.3.10,
section 4.3.16), self-extracting archives behind anything, tar, ISO 9660 and DICOM at their fixed places.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from provenance.readings.model import TAIL, SecondReading, Source, inside, number

MAX_ENDS: Final = 64
"""End records of ZIP that are tried, from the last: readers differ in which one they take."""

ZIP: Final = "application/zip"
_END: Final = b"PK\x05\x06"
_ENTRY: Final = b"PK\x01\x02"
_SIGNATURES: Final = (
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_TAR_BLOCK: Final = 512
_ISO_PLACES: Final = (0x8001, 0x8801, 0x9001)
"""Where volume descriptors of ISO 9660 lie: sectors 16 to 18, behind their type byte (ECMA-119, section 8.1)."""


def archives(source: Source) -> Iterator[SecondReading]:
    """Everything that archivers find."""
    yield from _zip(source)
    yield from _signed(source)
    data = source.data
    if _is_tar(data):
        yield source.found("application/x-tar", 0)
    if any(data[at : at + 5] == b"CD001" for at in _ISO_PLACES):
        yield source.found("application/x-iso9660-image", 0)
    if data[128:132] == b"DICM":
        yield source.found("application/dicom", 0)


def _zip(source: Source) -> Iterator[SecondReading]:
    if source.layout.format == "zip":
        return
    data, stop = source.data, source.size
    for _ in range(MAX_ENDS):
        end = data.rfind(_END, max(0, source.size - TAIL), stop)
        if end < 0:
            return
        stop = end + 3
        if inside(end, source.declared.files):
            continue
        found = _zip_before(data, end)
        if found is not None:
            yield source.found(ZIP, *found)
            return
    end = data.rfind(_END, max(0, source.size - TAIL), stop)
    if end >= 0:
        # More end records than are tried: one of them may belong to an archive.
        yield source.found(ZIP, end, source.size)


def _zip_before(data: bytes, end: int) -> tuple[int, int] | None:
    """(start, end) of the archive with that end record; None where no directory fits it.

    Readers take the directory to end where the end record starts, and what lies before the archive for a prefix; some
    go by the offset alone.
    """
    if end + 22 > len(data):
        return None
    count, size, offset = number(data, end + 10, 2), number(data, end + 12, 4), number(data, end + 16, 4)
    last, behind = end, end + 22 + number(data, end + 20, 2)
    if data[end - 20 : end - 16] == b"PK\x06\x07" and end >= 76:
        last = data.rfind(b"PK\x06\x06", max(0, end - 20 - TAIL), end - 20)
        if last < 0:
            return None
        count, size, offset = (number(data, last + at, 8) for at in (32, 40, 48))
    if not count and not size:
        return (end, behind) if behind == len(data) else None
    for directory in (last - size, offset):
        if 0 <= directory < last and data[directory : directory + 4] == _ENTRY:
            first = max(0, directory - offset) + number(data, directory + 42, 4)
            return (first if data[first : first + 4] == b"PK\x03\x04" else directory), min(behind, len(data))
    return None


def _signed(source: Source) -> Iterator[SecondReading]:
    """Archives that their readers find behind anything, as they do behind a program that unpacks them."""
    data, runs = source.data, source.loose
    for signature, kind in _SIGNATURES:
        # Mostly there is none, and backwards that is found out in half the time.
        runs_with = [run for run in runs if data.rfind(signature, *run) >= 0]
        found = (data.find(signature, start, end) for start, end in runs_with)
        for at in found:
            if kind != "application/x-7z-compressed" or _is_seven_zip(data, at):
                yield source.found(kind, at)
                break


def _is_seven_zip(data: bytes, start: int) -> bool:
    """Whether the first header's checksum holds (7zFormat.txt, "SignatureHeader")."""
    header = data[start + 12 : start + 32]
    return len(header) == 20 and zlib.crc32(header) == number(data, start + 8, 4)


def _is_tar(data: bytes) -> bool:
    """Whether the first block is a header whose checksum holds (POSIX.1-2017, pax, "ustar Interchange Format")."""
    block = data[:_TAR_BLOCK]
    stored = block[148:156].strip(b" \0")
    if len(block) < _TAR_BLOCK or not stored or not re.fullmatch(rb"[0-7]{1,7}", stored):
        return False
    return int(stored, 8) == sum(block) - sum(block[148:156]) + 8 * 32
