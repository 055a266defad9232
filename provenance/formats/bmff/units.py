"""Of which units is coded video made, and at which places can a row of them begin?

H.264 and HEVC in ISO BMFF are NAL units, each behind its length (ISO/IEC 14496-15, section 4.3.3); AV1 is a row of OBUs
that carry theirs (AV1 specification, section 5.3). So a sample or a picture cannot lie just anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Protocol

from provenance.formats.parts import BmffBox

MAX_STEPS: Final = 100_000
"""Units looked at in any file, however small: below a tenth of a second."""
BYTES_PER_STEP: Final = 16
"""Bytes of a file for each more. Units of real films have some hundreds, and few other places look like one."""
NAL_CODECS: Final = {"avc1": (b"avcC", 4), "avc3": (b"avcC", 4), "hvc1": (b"hvcC", 21), "hev1": (b"hvcC", 21)}
"""Codecs in NAL units: the box that describes them, and where in it the size of lengths stands."""
_LENGTH: Final = 4
"""Bytes of a NAL unit's length. One and two are allowed, and hardly anybody writes them."""
_SEQUENCE: Final = re.compile(rb"(?=(?:\x12\0)?\x0a)")
"""A sequence header, or a temporal delimiter and one."""


class Steps:
    """Counts units over the whole file."""

    def __init__(self, size: int) -> None:
        """Begin with none; `size` is the file's."""
        self.left = MAX_STEPS + size // BYTES_PER_STEP

    def take(self) -> None:
        """One more; IndexError where the file has too many."""
        self.left -= 1
        if self.left < 0:
            raise IndexError("got more units than any real film has")


class Units(Protocol):
    """One kind of unit."""

    def after(self, data: bytes, at: int, end: int) -> int:
        """Where the unit at a place ends; -1 where none fits there."""

    def starts(self, data: bytes, start: int, end: int) -> Iterator[int]:
        """Every place in between at which a row could begin, by its first bytes alone."""


class Nal:
    """NAL units behind lengths of four bytes."""

    def __init__(self, longest: int) -> None:
        """`longest` is the size in bytes of the longest row."""
        most = max(0, longest - _LENGTH).to_bytes(_LENGTH, "big")
        zeros = next((number for number, byte in enumerate(most) if byte), _LENGTH - 1)
        # Literal bytes come first: the library then goes over all others at many times the speed.
        rest = b"[^\\0]" if zeros < _LENGTH - 1 else b"(?!)"
        for behind in range(1, _LENGTH - 1 - zeros):
            rest = b"(?:[^\\0]" + b"." * behind + rb"|\0" + rest + b")"
        head = b"[\\x01-" + re.escape(most[zeros : zeros + 1]) + b"]"
        self._pattern = re.compile(rb"\0" * zeros + b"(?:" + head + rb"|\0" + rest + b")", re.DOTALL)

    def after(self, data: bytes, at: int, end: int) -> int:
        """Where the unit at a place ends; -1 where none fits there."""
        length = int.from_bytes(data[at : at + _LENGTH], "big")
        return at + _LENGTH + length if 0 < length <= end - at - _LENGTH else -1

    def starts(self, data: bytes, start: int, end: int) -> Iterator[int]:
        """Every place in between with a length that a row of that size can have."""
        search = self._pattern.search
        while found := search(data, start, end):
            start = found.start()
            yield start
            start += 1


class Obu:
    """OBUs with sizes of their own, from a sequence header on."""

    def after(self, data: bytes, at: int, end: int) -> int:
        """Where the unit at a place ends; -1 where none fits there."""
        if at >= end or data[at] & 0x83 != 2:
            # Forbidden and reserved bits are zero, and the size is given.
            return -1
        at += 2 if data[at] & 4 else 1
        size = shift = 0
        for byte in data[at : min(end, at + 8)]:
            size |= (byte & 0x7F) << shift
            shift += 7
            at += 1
            if byte < 0x80:
                return at + size if size <= end - at else -1
        return -1

    def starts(self, data: bytes, start: int, end: int) -> Iterator[int]:
        """Every place in between with a sequence header, or a temporal delimiter and one."""
        return (found.start() for found in _SEQUENCE.finditer(data, start, end))


def ends(units: Units, data: bytes, start: int, end: int, steps: Steps) -> Iterator[int]:
    """Where each unit of a row ends, as far as there are whole ones. Raises IndexError."""
    while start < end:
        steps.take()
        start = units.after(data, start, end)
        if start < 0:
            return
        yield start


def has_long_lengths(data: bytes, within: BmffBox, codec: str) -> bool:
    """Whether a box with the descriptions of a codec says that lengths have four bytes, and says it once."""
    name, place = NAL_CODECS.get(codec, (b"", 0))
    if not name or data.count(name, within.start, within.end) != 1:
        return False
    at = data.index(name, within.start, within.end) + len(name) + place
    return at < within.end and data[at] & 3 == _LENGTH - 1
