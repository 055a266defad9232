"""Are the boxes around what is signed exactly as C2PA writes them?

Box headers and description boxes of the store, of its manifests and of their parts are hashed by nothing. So each has
to be of the one form that its place leaves it (ISO/IEC 19566-5; C2PA 2.4, section 11.1), and nothing may stand beside
what belongs there but empty padding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.credentials.store.boxes import HEADER, LARGE_HEADER
from provenance.credentials.store.octets.found import Place

_TAIL: Final = bytes.fromhex("00110010800000aa00389b71")
_REQUESTABLE: Final = 0x03
"""The toggles of every box of C2PA: requestable, labelled, and nothing else (ISO/IEC 19566-5, section A.3)."""
_SALTED: Final = 0x13
_SALTS: Final = (16, 32)
"""Octets of a salt (C2PA 2.4, section 8.4.2.3)."""
_PAYLOADS: Final = frozenset({b"cbor", b"json", b"bfdb", b"bidb", b"uuid", b"jp2c"})
_TOGGLES: Final = 16
"""Where the toggles stand in a description, behind the type."""

Found = Iterator[tuple[Place, int]]
"""Places with the octets that lie there."""


class RawBox(NamedTuple):
    """One box as it lies there."""

    type: bytes
    payload: memoryview
    is_short: bool
    """Whether its header has eight octets, the only form that a size below 4 GiB needs."""

    @property
    def size(self) -> int:
        """Octets of the box with a short header."""
        return HEADER + len(self.payload)

    @property
    def described(self) -> bytes:
        """The payload of a superbox' description box; empty where this is none."""
        first = next(split(self.payload), None) if self.type == b"jumb" else None
        return bytes(first.payload) if first is not None and first.type == b"jumd" else b""

    @property
    def label(self) -> str:
        """A superbox' label."""
        return self.described[_TOGGLES + 1 :].partition(b"\0")[0].decode("utf-8", "replace")

    @property
    def kind(self) -> bytes:
        """The four characters of a superbox' type; empty where it has none."""
        described = self.described
        return described[:4] if described[4:_TOGGLES] == _TAIL else b""

    @property
    def contents(self) -> list[RawBox]:
        """A superbox' boxes behind its description."""
        return list(split(self.payload))[1:]


def split(run: memoryview) -> Iterator[RawBox]:
    """The boxes of a run that the parser has read already."""
    position = 0
    while position + HEADER <= len(run):
        size, start = int.from_bytes(run[position : position + 4], "big"), HEADER
        is_short = size >= HEADER
        if size == 1:
            size, start = int.from_bytes(run[position + HEADER : position + LARGE_HEADER], "big"), LARGE_HEADER
        end = position + max(size, start) if size else len(run)
        yield RawBox(bytes(run[position + 4 : position + HEADER]), run[position + start : end], is_short)
        position = end


def described(kind: bytes, label: str) -> bytes:
    """A description box's payload as C2PA writes it."""
    return kind + _TAIL + bytes([_REQUESTABLE]) + label.encode() + b"\0"


def header(box: RawBox) -> Found:
    """A box header, which nothing hashes."""
    if not box.is_short:
        yield Place.HEADER, LARGE_HEADER


def superbox(box: RawBox, kind: bytes, *labels: str) -> Found:
    """A superbox' header and its description, which nothing hashes."""
    yield from header(box)
    first = next(split(box.payload))
    yield from header(first)
    if bytes(first.payload) not in [described(kind, label) for label in labels]:
        yield Place.DESCRIPTION, len(first.payload)


def spare(box: RawBox) -> Found:
    """A box that nothing needs: empty padding may stand anywhere."""
    if box.type != b"free":
        yield Place.BOX, box.size
        return
    yield from header(box)
    if bytes(box.payload).strip(b"\0"):
        yield Place.PADDING, box.size


def holder(box: RawBox, kind: bytes, content: bytes, *labels: str) -> Found:
    """A superbox around one content box, whose octets are looked at elsewhere."""
    yield from superbox(box, kind, *labels)
    is_there = False
    for inner in box.contents:
        if inner.type == content and not is_there:
            is_there = True
            yield from header(inner)
        else:
            yield from spare(inner)


def is_blank(box: RawBox) -> bool:
    """Whether an assertion was redacted by zeros (C2PA 2.4, section 6.8), and nothing else is in it."""
    payload, label = box.described, box.label.encode() + b"\0"
    toggles, rest = payload[_TOGGLES : _TOGGLES + 1], payload[_TOGGLES + 1 :].removeprefix(label)
    is_salted = (
        toggles == bytes([_SALTED])
        and rest[:HEADER] == len(rest).to_bytes(4, "big") + b"c2sh"
        and len(rest) - HEADER in _SALTS
    )
    if not box.is_short or not (is_salted or (toggles == bytes([_REQUESTABLE]) and not rest)):
        return False
    return all(one.is_short and one.type in _PAYLOADS and not bytes(one.payload).strip(b"\0") for one in box.contents)
