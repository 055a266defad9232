"""How does somebody without a key win space among the Content Credentials, and what does he put there?

The padding of a COSE signature is signed by nobody: made smaller, it leaves room for a segment, chunk or block more in
the range that the hash leaves out. Every signature and every hash of the result still holds.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from typing import Final

from tests.support.authority import join_jpeg, join_png, jpeg_segment, jpeg_segments, manifest_store, png_chunks

CHUNK: Final = 60_000
"""Bytes of a store in one APP11 segment."""
FIRST: Final = 600
"""Bytes of it in the first."""
_PAD: Final = b"\x63pad\x59"
"""The label `pad` in CBOR, and the head of a byte string of 256 to 65,535 bytes."""


def shrunk(store: bytes, by: int) -> bytes | None:
    """The same store with so much less padding in its active manifest's signature; None where there is not so much."""
    at = store.rfind(_PAD)
    if at < 0:
        return None
    (length,) = struct.unpack(">H", store[at + 5 : at + 7])
    if length - by < 256 or store[at + 7 : at + 7 + length].strip(b"\0"):
        return None
    data = bytearray(store)
    for place in _around(store, at):
        (size,) = struct.unpack_from(">I", data, place)
        struct.pack_into(">I", data, place, size - by)
    struct.pack_into(">H", data, at + 5, length - by)
    del data[at + 7 : at + 7 + by]
    return bytes(data)


def _around(store: bytes, place: int) -> Iterator[int]:
    """Where the boxes begin in which a place lies, from the outside in."""
    position, end = 0, len(store)
    while position + 8 <= end:
        size, kind = struct.unpack(">I4s", store[position : position + 8])
        if position + size <= place:
            position += size
            continue
        yield position
        if kind != b"jumb":
            return
        position, end = position + 8, position + size


def pieces(store: bytes, *, first: int = FIRST, instance: int = 0x0211, start: int = 1) -> list[bytes]:
    """APP11 segments that carry a store, the first with only some of it."""
    cuts = [0, first, *range(first + CHUNK, len(store), CHUNK), len(store)]
    found = []
    for number, (low, high) in enumerate(itertools.pairwise(cuts)):
        head = b"JP" + struct.pack(">HI", instance, start + number) + (store[:8] if number else b"")
        found.append(jpeg_segment(0xEB, head + store[low:high]))
    return found


def jpeg_with(data: bytes, *foreign: bytes, where: str = "between", first: int = FIRST) -> bytes | None:
    """A signed JPEG with something put into the range of its store, whose size stays; None where there is no room.

    `where`: `between` (one behind each piece of the store), `before`, `behind`.
    """
    segments, scan = jpeg_segments(data)
    own = [number for number, segment in enumerate(segments) if segment[1] == 0xEB and segment[4:6] == b"JP"]
    room = sum(len(segments[number]) for number in own)
    store = manifest_store(data)
    if not own or own != list(range(own[0], own[-1] + 1)) or not store:
        return None
    smaller = shrunk(store, len(store) - (room - sum(map(len, foreign)) - _overhead(room, first)))
    if smaller is None:
        return None
    parts = pieces(smaller, first=first)
    if where == "between":
        assert len(parts) > len(foreign), "there is a gap behind every piece but the last"
        mixed = [one for number, part in enumerate(parts) for one in (part, *foreign[number : number + 1])]
    else:
        mixed = [*foreign, *parts] if where == "before" else [*parts, *foreign]
    result = join_jpeg([*segments[: own[0]], *mixed, *segments[own[-1] + 1 :]], scan)
    assert len(result) == len(data)
    return result


def _overhead(room: int, first: int) -> int:
    """Bytes of the segments' own for a store that with them fills so much."""
    number = 2
    while room - 12 - 20 * (number - 1) > first + CHUNK * (number - 1):
        number += 1
    return 12 + 20 * (number - 1)


def png_with(data: bytes, *foreign: tuple[bytes, bytes], where: str) -> bytes:
    """A signed PNG with chunks put before or behind its store, in the range that is left out for that."""
    chunks = png_chunks(data)
    place = next(number for number, chunk in enumerate(chunks) if chunk[0] == b"caBX")
    smaller = shrunk(chunks[place][1], sum(12 + len(content) for _, content in foreign))
    assert smaller is not None
    own = [(b"caBX", smaller)]
    mixed = [*foreign, *own] if where == "before" else [*own, *foreign]
    result = join_png([*chunks[:place], *mixed, *chunks[place + 1 :]])
    assert len(result) == len(data)
    return result


def riff_with(data: bytes, name: bytes, content: bytes, *, where: str) -> bytes:
    """A signed WebP, WAV or AVI with a chunk put before or behind its store; the content has an even length."""
    start = data.index(b"C2PA")
    (size,) = struct.unpack("<I", data[start + 4 : start + 8])
    if where == "behind" and size & 1:
        # The byte that fills up the store's chunk is signed, and fills up the last one of the two now.
        content += b" "
    smaller = shrunk(data[start + 8 : start + 8 + size], 8 + len(content))
    assert smaller is not None
    own = b"C2PA" + struct.pack("<I", len(smaller)) + smaller
    foreign = name + struct.pack("<I", len(content)) + content
    mixed = foreign + own if where == "before" else own + foreign
    assert len(mixed) == 8 + size
    return data[:start] + mixed + data[start + 8 + size :]


def gif_block(store: bytes, *, size: int = 255) -> bytes:
    """The application extension that carries a store, in sub-blocks of a size."""
    parts = [store[at : at + size] for at in range(0, len(store), size)]
    return b"!\xff\x0bC2PA_GIF\x01\0\0" + b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def gif_store(data: bytes) -> tuple[int, int, bytes]:
    """Where the extension with the store begins and ends in a GIF, and the store."""
    start = data.index(b"!\xff\x0bC2PA_GIF")
    position, store = start + 14, b""
    while data[position]:
        store += data[position + 1 : position + 1 + data[position]]
        position += 1 + data[position]
    return start, position + 1, store


def gif_with(data: bytes, foreign: bytes, *, where: str) -> bytes:
    """A signed GIF with blocks put before or behind the store's; a comment takes up the odd byte."""
    start, end, store = gif_store(data)
    for by in range(len(foreign), len(foreign) + 600):
        smaller = shrunk(store, by)
        assert smaller is not None
        left = end - start - len(gif_block(smaller)) - len(foreign)
        if left >= 5:
            filler = b"!\xfe" + bytes((left - 4,)) + bytes(left - 4) + b"\0"
            mixed = (
                [filler, foreign, gif_block(smaller)] if where == "before" else [gif_block(smaller), foreign, filler]
            )
            result = data[:start] + b"".join(mixed) + data[end:]
            assert len(result) == len(data)
            return result
    raise AssertionError("no room")


def behind_store(data: bytes, foreign: bytes) -> bytes:
    """A signed file whose store is followed, in the range left out, by something else: MP3, FLAC and others."""
    start = data.index(b"jumb", 0) - 4
    (size,) = struct.unpack(">I", data[start : start + 4])
    smaller = shrunk(data[start : start + size], len(foreign))
    assert smaller is not None
    return data[:start] + smaller + foreign + data[start + size :]


def exif(*entries: tuple[int, int, int, bytes], following: bytes = b"", order: str = ">") -> bytes:
    """An EXIF block, from its byte order mark on, of entries (tag, type, count, four bytes) and what follows them."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    body = b"".join(struct.pack(f"{order}HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    pointer = struct.pack(f"{order}I", 8 + 2 + len(body) + 4) if following else bytes(4)
    return mark + struct.pack(f"{order}IH", 8, len(entries)) + body + pointer + following


def orientation(value: int) -> bytes:
    """An EXIF block that says nothing but how the picture is turned."""
    return exif((0x0112, 3, 1, struct.pack(">HH", value, 0)))


def thumbnail(picture: bytes) -> bytes:
    """An EXIF block with a picture of its own in a second directory."""
    start = 8 + (2 + 12 + 4) + (2 + 2 * 12 + 4)
    fields = ((0x0201, start), (0x0202, len(picture)))
    entries = b"".join(struct.pack(">HHII", tag, 4, 1, value) for tag, value in fields)
    upright = (0x0112, 3, 1, struct.pack(">HH", 1, 0))
    return exif(upright, following=struct.pack(">H", 2) + entries + bytes(4) + picture)


def exif_segment(block: bytes) -> bytes:
    """An APP1 segment with an EXIF block."""
    return jpeg_segment(0xE1, b"Exif\0\0" + block)


JFIF: Final = jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
PAGE: Final = b"<html><body><h1>Another page</h1></body></html><!--"
