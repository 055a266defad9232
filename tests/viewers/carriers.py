"""Where does each container keep the manifest store, and how is another one put in its place?

The range is the one that the usual binding leaves out: what stands there is hashed by nobody.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.viewers.structure.parse import blocks, boxes, chunks, directories, directory, riff, segments

C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
GIF_HEAD: Final = b"\x21\xff\x0bC2PA_GIF\x01\0\0"
ZIP_NAME: Final = b"META-INF/content_credential.c2pa"
_SVG: Final = re.compile(rb"<c2pa:manifest[^<>]*>([A-Za-z0-9+/=]+)</c2pa:manifest>")
SPLIT_COST: Final = 20
"""Bytes that one more APP11 segment needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A manifest store in its container."""

    family: str
    start: int
    end: int
    store: bytes


def _raw(data: bytes, family: str) -> Carrier:
    start = data.index(b"jumdc2pa") - 12
    size = int.from_bytes(data[start : start + 4], "big")
    return Carrier(family=family, start=start, end=start + size, store=data[start : start + size])


def carrier_of(data: bytes, family: str) -> Carrier:
    """The first store of a file."""
    if family == "jpeg":
        own = [one for one in segments(data) if one.kind == b"\xeb" and data[one.start + 4 : one.start + 6] == b"JP"]
        store = b"".join(data[one.start + (12 if n == 0 else 20) : one.end] for n, one in enumerate(own))
        return Carrier(family=family, start=own[0].start, end=own[-1].end, store=store)
    if family == "png":
        (own,) = (one for one in chunks(data) if one.kind == b"caBX")
        return Carrier(family=family, start=own.start, end=own.end, store=data[own.start + 8 : own.end - 4])
    if family == "gif":
        (own,) = (one for one in blocks(data) if one.kind == b"C2PA_GIF")
        pieces, position = [], own.start + 14
        while data[position]:
            pieces.append(data[position + 1 : position + 1 + data[position]])
            position += 1 + data[position]
        return Carrier(family=family, start=own.start, end=own.end, store=b"".join(pieces))
    if family == "riff":
        (own,) = (one for one in riff(data) if one.kind == b"C2PA")
        size = int.from_bytes(data[own.start + 4 : own.start + 8], "little")
        return Carrier(family=family, start=own.start, end=own.end, store=data[own.start + 8 : own.start + 8 + size])
    if family == "svg":
        found = _SVG.search(data)
        assert found
        return Carrier(family=family, start=found.start(1), end=found.end(1), store=base64.b64decode(found[1]))
    if family == "bmff":
        own_box = next(one for one in boxes(data) if data[one.start + 8 : one.start + 24] == C2PA_UUID)
        store = data[own_box.start + 45 : own_box.end]
        size = int.from_bytes(store[:4], "big")
        return Carrier(family=family, start=own_box.start, end=own_box.end, store=store[:size])
    return _raw(data, family)


def framed(family: str, store: bytes, cuts: Sequence[int] = ()) -> list[bytes]:
    """The pieces that carry a store; JPEG takes more than one, cut where it is said."""
    if family == "jpeg":
        places = [8, *sorted(cuts), len(store)]
        head = [b"JP" + struct.pack(">HI", 0x0211, number) + store[:8] for number in range(1, len(places))]
        return [
            b"\xff\xeb" + struct.pack(">H", 2 + len(first) + stop - start) + first + store[start:stop]
            for first, start, stop in zip(head, places[:-1], places[1:], strict=True)
        ]
    if family == "png":
        return [png_chunk(b"caBX", store)]
    if family == "gif":
        runs = [store[at : at + 255] for at in range(0, len(store), 255)]
        return [GIF_HEAD + b"".join(bytes((len(run),)) + run for run in runs) + b"\0"]
    if family == "riff":
        return [riff_chunk(b"C2PA", store)]
    if family == "svg":
        return [base64.b64encode(store)]
    if family == "bmff":
        return [c2pa_box(b"manifest", bytes(8) + store)]
    return [store]


def cost(family: str, size: int, pieces: int = 1) -> int:
    """Bytes of a store of that size with all that carries it."""
    if family == "jpeg":
        return size + 12 + SPLIT_COST * (pieces - 1)
    if family == "gif":
        return size + len(GIF_HEAD) + (size + 254) // 255 + 1
    if family == "svg":
        return (size + 2) // 3 * 4
    return size + {"png": 12, "riff": 8 + (size & 1), "bmff": 45}.get(family, 0)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk with its padding byte."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)


def c2pa_box(purpose: bytes, content: bytes) -> bytes:
    """A `uuid` box of C2PA."""
    body = C2PA_UUID + bytes(4) + purpose + b"\0" + content
    return struct.pack(">I", 8 + len(body)) + b"uuid" + body


def with_store(data: bytes, family: str, store: bytes) -> bytes:
    """The file with another store of the same size in place of its own."""
    found = carrier_of(data, family)
    if len(store) != len(found.store):
        raise ValueError(f"got a store of {len(store)} bytes, expected {len(found.store)}")
    whole = data[: found.start] + b"".join(framed(family, store)) + data[found.end :]
    if len(whole) != len(data):
        raise ValueError("got a file of another size")
    return with_checksum(whole) if family == "zip" else whole


def with_checksum(data: bytes) -> bytes:
    """A ZIP archive whose entry for the store has the right checksum."""
    entry = next(one for one in directory(data)[0] if one.name == ZIP_NAME)
    whole, checksum = bytearray(data), struct.pack("<I", zlib.crc32(data[entry.data_start : entry.data_end]))
    whole[entry.local + 14 : entry.local + 18] = checksum
    whole[entry.record + 16 : entry.record + 20] = checksum
    return bytes(whole)


def tiff_count(data: bytes) -> int:
    """Where the entry of a TIFF's store keeps its length."""
    return next(field.at + 4 for _, fields in directories(data) for field in fields if field.tag == 0xCD41)
