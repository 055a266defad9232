"""How is an ISO BMFF file cut into boxes?

ISO/IEC 14496-12, section 4.2; the containers of JPEG XL (ISO/IEC 18181-2) are cut in the same way.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.parts import MAX_PARTS, BmffBox

MAX_BOX_DEPTH: Final = 32
"""Nested boxes. `moov/trak/mdia/minf/stbl/…` is six; a thousand nested boxes only cost time."""
_CONTAINERS: Final = frozenset(
    ("moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf", "mfra", "udta", "sinf", "schi",
     "iprp", "ipco", "tref", "meta", "strk", "strd")
)  # fmt: skip


class Walker:
    """Cuts a file into boxes, and counts them over the whole file."""

    def __init__(self, data: bytes) -> None:
        """`data` is the whole file."""
        self.data = data
        self.count = 0
        self.complete = True
        """False where a box breaks off and what follows is not read."""

    def boxes(self, start: int, end: int, *, depth: int = 0, loose: bool = False) -> Iterator[BmffBox]:
        """The boxes between two offsets; stops where one breaks off. Raises CredentialsLimitError.

        In user data (`loose`) that is no fault: QuickTime ends the list with four zeros, and cameras put in their own.
        """
        while start + 8 <= end:
            self.count += 1
            if self.count > MAX_PARTS:
                raise CredentialsLimitError(f"got more than {MAX_PARTS} boxes in one file")
            size, name = int.from_bytes(self.data[start : start + 4], "big"), self.data[start + 4 : start + 8]
            header = 8
            if size == 1:
                size, header = int.from_bytes(self.data[start + 8 : start + 16], "big"), 16
            elif size == 0 and depth == 0:
                size = end - start
            if size < header or start + size > end:
                self.complete = self.complete and loose
                return
            box = name.decode("latin-1")
            if box == "uuid":
                header += 16
            inner = loose or box == "udta"
            children = tuple(self._children(box, start + header, start + size, depth=depth, loose=inner))
            yield BmffBox(type=box, start=start, end=start + size, header=header, children=children)
            start += size
        if 0 < end - start < 8:
            self.complete = self.complete and loose

    def _children(self, name: str, start: int, end: int, *, depth: int, loose: bool) -> Iterator[BmffBox]:
        if name not in _CONTAINERS:
            return iter(())
        if depth >= MAX_BOX_DEPTH:
            raise CredentialsLimitError(f"got boxes nested deeper than {MAX_BOX_DEPTH}")
        if name == "meta" and self.data[start + 4 : start + 8] != b"hdlr":
            # A full box (ISO), unless its handler follows at once (QuickTime).
            start += 4
        return self.boxes(start, end, depth=depth + 1, loose=loose)


class Table:
    """Reads big-endian integers within a box, or within a part of one."""

    def __init__(self, data: bytes, box: BmffBox, *, start: int = 0, end: int = 0) -> None:
        """From behind the box's header to its end, where no other places are given."""
        self.data, self.position, self.end = data, start or box.start + box.header, end or box.end

    @property
    def left(self) -> int:
        """Bytes that were not taken yet."""
        return self.end - self.position

    def take(self, size: int) -> int:
        """The next integer of that many bytes; IndexError past the end."""
        return int.from_bytes(self.raw(size), "big")

    def raw(self, size: int) -> bytes:
        """The next bytes; IndexError past the end."""
        if self.position + size > self.end:
            raise IndexError("got a table that breaks off")
        self.position += size
        return self.data[self.position - size : self.position]

    def text(self) -> str:
        """The next characters to a NUL, or to the end where there is none."""
        stop = self.data.find(b"\0", self.position, self.end)
        stop = self.end if stop < 0 else stop
        value = self.data[self.position : stop].decode("latin-1")
        self.position = min(self.end, stop + 1)
        return value

    def numbers(self, count: int) -> array[int]:
        """The next `count` integers of 32 bits; IndexError past the end."""
        found = array("I")
        found.frombytes(self.raw(4 * count))
        if sys.byteorder == "little":
            found.byteswap()
        return found
