"""Is what carries the manifest store in an ISO BMFF or JPEG XL file just that, byte for byte?

The `uuid` box of C2PA (C2PA 2.4, section A.5): version and flags of zero, what the box is for, the place of the first
Merkle box, the store, zeros. No hash covers any of it, so that whatever else stands there was put in by anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from provenance.formats.parts import BmffBox, Doubt, Kind, Region, trimmed

C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box of manifest stores and Merkle rows (C2PA 2.4, section A.5)."""
_STORE: Final = b"jumdc2pa"
"""With what the store's superbox begins; other JUMBF in JPEG XL is none."""
_STORES: Final = ("manifest", "original", "update")
_PURPOSES: Final = (*_STORES, "merkle")
"""What C2PA boxes are for (C2PA 2.4, section A.5.2)."""
_MAX_PURPOSE: Final = 16
"""Characters of the word for it."""
_NOT_ZERO: Final = re.compile(rb"[^\0]")


def c2pa_payload(data: bytes, box: BmffBox) -> tuple[str, bytes] | None:
    """(purpose, content) of a C2PA `uuid` box; None for any other box (C2PA 2.4, section A.5.1)."""
    if not _is_c2pa(data, box):
        return None
    name, at = _purpose(data, box)
    # A manifest's content starts with the offset of the first Merkle box.
    return name, data[at + 8 * (name in _STORES) : box.end] if at else b""


def _is_c2pa(data: bytes, box: BmffBox) -> bool:
    return box.type == "uuid" and data[box.start + box.header - 16 : box.start + box.header] == C2PA_UUID


def _purpose(data: bytes, box: BmffBox) -> tuple[str, int]:
    """(purpose, where the content behind it begins); nothing and 0 where it is no short word."""
    start = box.start + box.header + 4
    stop = data.find(b"\0", start, min(box.end, start + _MAX_PURPOSE + 1))
    return (data[start:stop].decode("latin-1"), stop + 1) if stop >= 0 else ("", 0)


class Stores:
    """Collects the boxes of the manifest store while a file's boxes are gone through."""

    def __init__(self, data: bytes, boxes: Sequence[BmffBox]) -> None:
        """`boxes` are the file's top-level boxes."""
        self.data = data
        self.found: list[tuple[str, bytes]] = []
        self.doubts: list[Doubt] = []
        rows = (box.start for box in boxes if _is_c2pa(data, box) and _purpose(data, box)[0] == "merkle")
        self.first_row = next(rows, 0)
        self.between = _enclosed(data, boxes)

    def regions(self, box: BmffBox, *, is_jxl: bool) -> Iterator[Region]:
        """What a top-level box holds of the store and its framing; nothing where it is none of theirs."""
        if _is_c2pa(self.data, box):
            yield from self._framed(box)
        elif is_jxl and box.type == "jumb" and self._is_store(box.start + box.header):
            yield from self._superbox(box)
        elif box.start in self.between and box.type in ("free", "skip"):
            self._padding(box.start + box.header, box.end)

    def _framed(self, box: BmffBox) -> Iterator[Region]:
        purpose, at = _purpose(self.data, box)
        if purpose not in _PURPOSES:
            # A box of that kind without a purpose that is known would be a place to keep anything in.
            yield Region(box.start, box.end, Kind.OTHER, "C2PA box of no known purpose")
            return
        body = box.start + box.header
        yield self._part(box.start, box.start + 4, is_right=bool(self._number(box.start, 4)))
        yield self._part(box.start + 4, body, is_right=True)
        yield self._part(body, body + 4, is_right=not self._number(body, 4))
        yield self._part(body + 4, at, is_right=True)
        if purpose == "merkle":
            yield self._part(at, box.end, is_right=True)
            return
        place = self._number(at, 8)
        yield self._part(at, min(box.end, at + 8), is_right=place in (0, self.first_row))
        yield self._part(at + 8, box.end, is_right=True)
        store = self.data[at + 8 : box.end]
        self.found.append((purpose, trimmed(store)))
        if 8 <= (size := _size_of(store)) <= len(store):
            self._padding(at + 8 + size, box.end)

    def _superbox(self, box: BmffBox) -> Iterator[Region]:
        yield self._part(box.start, box.start + 4, is_right=bool(self._number(box.start, 4)))
        yield self._part(box.start + 4, box.end, is_right=True)
        self.found.append(("manifest", self.data[box.start : box.end]))

    def _part(self, start: int, end: int, *, is_right: bool) -> Region:
        if is_right:
            return Region(start, end, Kind.MANIFEST, "manifest")
        return Region(start, end, Kind.FOREIGN, "among the Content Credentials")

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], "big")

    def _is_store(self, at: int) -> bool:
        return self.data[at + 4 : at + 12] == _STORE

    def _padding(self, start: int, end: int) -> None:
        """Nobody signs it, and nothing may stand there."""
        filled = _NOT_ZERO.search(self.data, start, end)
        if filled:
            what = "bytes behind the Content Credentials"
            self.doubts.append(Doubt("integrity.padding.filled", what, filled.start(), end))

    def stores(self) -> tuple[bytes, ...]:
        """Stores as they count: an original and its update are one (C2PA 2.4, section A.5.3), the rest stand alone."""
        by_purpose = dict(self.found)
        if len(self.found) == 2 and set(by_purpose) == {"original", "update"}:
            joined = _joined(by_purpose["original"], by_purpose["update"])
            if joined:
                return (joined,)
        return tuple(store for _, store in self.found)


def _size_of(store: bytes) -> int:
    """Of the store's superbox (ISO/IEC 19566-5), by its own account."""
    size = int.from_bytes(store[:4], "big")
    return int.from_bytes(store[8:16], "big") if size == 1 else size


def _enclosed(data: bytes, boxes: Sequence[BmffBox]) -> frozenset[int]:
    """Where free boxes begin that lie between two boxes of the store and beside nothing else."""
    found: set[int] = set()
    run: list[int] | None = None
    for box in boxes:
        if _is_c2pa(data, box):
            found.update(run or ())
            run = []
        elif box.type in ("free", "skip") and run is not None:
            run.append(box.start)
        else:
            run = None
    return frozenset(found)


def _joined(original: bytes, update: bytes) -> bytes:
    """The update's manifests behind the original's; empty where they are no plain stores of one description."""
    size = int.from_bytes(update[8:12], "big")
    plain = original[4:8] == update[4:8] == b"jumb" and update[12:16] == b"jumd" and 8 <= size <= len(update) - 8
    if not plain or original[8 : 8 + size] != update[8 : 8 + size]:
        return b""
    body = original[8:] + update[8 + size :]
    return (8 + len(body)).to_bytes(4, "big") + b"jumb" + body
