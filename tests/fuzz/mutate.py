"""How is a file damaged? Bits, runs, blocks, lengths, boxes and halves of two files, chosen by a number alone."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 64
"""Bytes below which a file is damaged no further: there is nothing left to aim at."""
INTERESTING: Final = (0, 1, 2, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Lengths at which readers break."""
BOXES: Final = (
    b"jumb", b"jumd", b"cbor", b"moov", b"mdat", b"moof", b"uuid", b"free", b"meta", b"IHDR", b"IDAT", b"caBX", b"LIST",
    b"data", b"VP8 ", b"\xff\xeb", b"\xff\xda", b"PK\x03\x04", b"PK\x01\x02", b"ID3", b"obj",
)  # fmt: skip
"""Words in front of which a length, or behind which a box, is likely to stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A damaged file and how it came about."""

    kind: str
    data: bytes
    changed: tuple[int, int] | None
    """Where bytes were replaced by as many others (start, end); None where something was added, removed or moved."""


def _place(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]]) -> int:
    """Anywhere; half of the time in the media, where the rule that no change passes is put to the test."""
    if media and rng.random() < 0.5:
        start, end = rng.choice(media)
        return rng.randrange(start, end)
    return rng.randrange(len(data))


def _replaced(data: bytes, at: int, new: bytes, kind: str) -> Mutation:
    new = new[: len(data) - at]
    return Mutation(kind=kind, data=data[:at] + new + data[at + len(new) :], changed=(at, at + len(new)))


def _flip(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], _: bytes) -> Mutation:
    at = _place(rng, data, media)
    return _replaced(data, at, bytes((data[at] ^ (1 << rng.randrange(8)),)), "flip")


def _overwrite(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], _: bytes) -> Mutation:
    at, size = _place(rng, data, media), rng.choice((1, 2, 4, 8, 32, 200))
    fill = rng.choice((b"\0" * size, b"\xff" * size, rng.randbytes(size)))
    return _replaced(data, at, fill, "overwrite")


def _truncate(rng: random.Random, data: bytes, _m: object, _o: bytes) -> Mutation:
    return Mutation(kind="truncate", data=data[: rng.randrange(1, len(data))], changed=None)


def _append(rng: random.Random, data: bytes, _m: object, other: bytes) -> Mutation:
    tail = rng.choice((b"\0", rng.randbytes(20), other, data[rng.randrange(len(data)) :]))
    return Mutation(kind="append", data=data + tail, changed=None)


def _delete(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], _: bytes) -> Mutation:
    at, size = _place(rng, data, media), rng.choice((1, 2, 4, 16, 100, 1000))
    return Mutation(kind="delete", data=(data[:at] + data[at + size :]) or b"\0", changed=None)


def _insert(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], other: bytes) -> Mutation:
    at = _place(rng, data, media)
    piece = rng.choice((b"\0" * 8, rng.randbytes(rng.choice((1, 4, 64))), other[: rng.randrange(1, 4000)]))
    return Mutation(kind="insert", data=data[:at] + piece + data[at:], changed=None)


def _swap(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], _: bytes) -> Mutation:
    size = rng.choice((1, 4, 16, 256))
    first, second = sorted((_place(rng, data, media), _place(rng, data, media)))
    if first + size > second or second + size > len(data):
        return _flip(rng, data, media, b"")
    middle = data[first + size : second]
    swapped = data[second : second + size] + middle + data[first : first + size]
    return Mutation(kind="swap", data=data[:first] + swapped + data[second + size :], changed=None)


def _length(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], _: bytes) -> Mutation:
    """A number that may be a length, near a word that readers look for, made another one."""
    places = [at for word in BOXES for at in (data.find(word),) if at >= 4]
    form = rng.choice((">I", "<I", ">H", "<H", ">Q"))
    size = struct.calcsize(form)
    at = rng.choice(places) + rng.choice((-4, 2, 4, 8)) if places and rng.random() < 0.8 else _place(rng, data, media)
    at = max(0, min(at, len(data) - size))
    old = struct.unpack_from(form, data, at)[0]
    value = rng.choice((*INTERESTING, old + 1, old - 1, old * 2, len(data), rng.randrange(1 << 16)))
    return _replaced(data, at, struct.pack(form, value % (1 << (8 * size))), "length")


def _box(rng: random.Random, data: bytes, _m: object, other: bytes) -> Mutation:
    """A box doubled, moved or dropped, by its own length."""
    places = [at for word in BOXES for at in (data.find(word, 4),) if at >= 4]
    if not places:
        return _append(rng, data, _m, other)
    start = rng.choice(places) - 4
    size = struct.unpack_from(">I", data, start)[0]
    end = start + size if 8 <= size <= len(data) - start else min(len(data), start + rng.choice((12, 64, 500)))
    piece, rest = data[start:end], data[:start] + data[end:]
    at = rng.randrange(len(rest) + 1)
    whole = {
        "box-doubled": data[:end] + piece + data[end:],
        "box-moved": rest[:at] + piece + rest[at:],
        "box-dropped": rest or b"\0",
    }
    kind = rng.choice(tuple(whole))
    return Mutation(kind=kind, data=whole[kind], changed=None)


def _splice(rng: random.Random, data: bytes, _m: object, other: bytes) -> Mutation:
    head, tail = rng.randrange(1, len(data)), rng.randrange(len(other))
    return Mutation(kind="splice", data=data[:head] + other[tail:], changed=None)


def _several(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], other: bytes) -> Mutation:
    for _ in range(rng.randrange(2, 6)):
        if len(data) < LEAST:
            break
        one = rng.choice(KINDS[:-1])(rng, data, (), other)
        data = one.data
    return Mutation(kind="several", data=data, changed=None)


Kind = Callable[[random.Random, bytes, Sequence[tuple[int, int]], bytes], Mutation]
KINDS: Final[tuple[Kind, ...]] = (
    _flip, _flip, _overwrite, _overwrite, _truncate, _append, _delete, _insert, _swap, _length, _length, _box, _splice,
    _several,
)  # fmt: skip


def mutate(rng: random.Random, data: bytes, media: Sequence[tuple[int, int]], other: bytes) -> Mutation:
    """One damaged file: never empty, at most as long as both files together and a little."""
    found = rng.choice(KINDS)(rng, data, media, other)
    return found if found.data else _flip(rng, data, media, other)
