"""What can be done to any file: bytes in front and behind, another type's file joined to it, its parts moved about?"""

from __future__ import annotations

import random
import struct

from tests.viewers.carriers import carrier_of
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators.foreign import chosen
from tests.viewers.mutators.strangers import HTML, RAR, other, small_mp3, small_pdf, small_zip
from tests.viewers.structure.parse import Part, blocks, boxes, chunks, directory, frames, riff, segments


def none(_: random.Random, original: Original) -> Mutant | None:
    """Nothing: what must still pass."""
    return Mutant(mutator="none", detail="", data=original.data)


def append(rng: random.Random, original: Original) -> Mutant | None:
    """Bytes behind the end."""
    name, tail = rng.choice(
        (
            ("zeros", bytes(rng.choice((1, 16, 1000)))),
            ("noise", rng.randbytes(30)),
            ("itself", original.data),
            ("half of itself", original.data[len(original.data) // 2 :]),
            chosen(rng, original.family, original.data),
        )
    )
    return Mutant(mutator="append", detail=name, data=original.data + tail)


def prefix(rng: random.Random, original: Original) -> Mutant | None:
    """Bytes in front."""
    name, head = rng.choice(
        (
            ("zeros", bytes(rng.choice((1, 16, 128)))),
            ("script", b"#!/bin/sh\nexit\n"),
            ("MP3 tag", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)),
            ("free", b"\0\0\0\x10free" + bytes(8)),
            ("mark", b"\xef\xbb\xbf"),
            chosen(rng, original.family, original.data),
        )
    )
    return Mutant(mutator="prefix", detail=name, data=head + original.data)


def polyglot(rng: random.Random, original: Original) -> Mutant | None:
    """A file of another type joined to it."""
    name, piece = rng.choice(
        (
            ("PDF", small_pdf()), ("ZIP", small_zip()), ("HTML", HTML), ("JPEG", other("JPEG")), ("PNG", other("PNG")),
            ("RAR", RAR), ("MP3", small_mp3()),
            ("MP4", struct.pack(">I", 20) + b"ftypisom\0\0\0\0isom" + struct.pack(">I", 16) + b"mdat" + bytes(8)),
        )
    )  # fmt: skip
    if rng.random() < 0.5:
        return Mutant(mutator="polyglot", detail=f"{name} behind", data=original.data + piece)
    return Mutant(mutator="polyglot", detail=f"{name} in front", data=piece + original.data)


def parts_of(original: Original) -> list[Part]:
    """The top-level parts of its container; empty where it has none."""
    data, family = original.data, original.family
    if family == "zip":
        entries = directory(data)[0]
        return [Part(one.name, one.local, one.data_end) for one in entries]
    if family in ("bmff", "jxl"):
        return [Part(box.kind, box.start, box.end) for box in boxes(data)]
    reader = {"jpeg": segments, "png": chunks, "gif": blocks, "riff": riff, "id3": frames}.get(family)
    return reader(data) if reader else []


def parts(rng: random.Random, original: Original) -> Mutant | None:
    """One part twice, gone, or in another place."""
    found = parts_of(original)
    if len(found) < 3:
        return None
    data, one = original.data, rng.choice(found)
    other_one = rng.choice(found)
    piece, label = data[one.start : one.end], one.kind.decode("latin-1")
    how = rng.choice(("duplicate", "remove", "reorder"))
    if how == "duplicate":
        at = rng.choice((one.end, other_one.start, len(data)))
        return Mutant(mutator=how, detail=label, data=data[:at] + piece + data[at:])
    if how == "remove":
        return Mutant(mutator=how, detail=label, data=data[: one.start] + data[one.end :])
    first, second = sorted((one, other_one), key=lambda part: part.start)
    middle = data[first.end : second.start]
    swapped = data[second.start : second.end] + middle + data[first.start : first.end]
    if first == second:
        return None
    joined = data[: first.start] + swapped + data[second.end :]
    return Mutant(mutator=how, detail=f"{first.kind!r} {second.kind!r}", data=joined)


def size(rng: random.Random, original: Original) -> Mutant | None:
    """Another length in front of a part, or of the whole file."""
    data, family = bytearray(original.data), original.family
    found = parts_of(original)
    if not found and family != "riff":
        return None
    form, delta = ("<I" if family in ("riff", "zip") else ">I"), {"riff": 4, "zip": 18}.get(family, 0)
    if family == "riff" and rng.random() < 0.5:
        at = 4
    elif family == "jpeg":
        form, at = ">H", rng.choice(found[1:-1]).start + 2
    elif family == "id3":
        at = rng.choice((6, *(part.start + 4 for part in found)))
    else:
        at = rng.choice(found).start + delta
    if at + struct.calcsize(form) > len(data):
        return None
    (old,) = struct.unpack_from(form, data, at)
    new = rng.choice((old + 1, old - 1, old + 2, old - 8, old * 2, 0, 1, len(data), len(data) - at, old + 0x100))
    limit = (1 << 8 * struct.calcsize(form)) - 1
    struct.pack_into(form, data, at, max(0, min(limit, new)))
    return Mutant(mutator="size", detail=f"{old} to {new} at {at}", data=bytes(data))


def framing(rng: random.Random, original: Original) -> Mutant | None:
    """A byte of what stands around the store, within the range that carries it."""
    found, data = carrier_of(original.data, original.family), bytearray(original.data)
    near = [*range(found.start - 60, found.start + 48), *range(found.end - 8, found.end + 4)]
    at = rng.choice([place for place in near if 0 <= place < len(data)])
    old = data[at]
    data[at] = rng.choice((old ^ 1, old ^ 0x20, old ^ 0x80, 0, 0xFF, rng.randrange(256)))
    return Mutant(mutator="framing", detail=f"{old:02x} to {data[at]:02x} at {at - found.start}", data=bytes(data))


def cut(rng: random.Random, original: Original) -> Mutant | None:
    """The end cut off."""
    keep = len(original.data) - rng.choice((1, 2, 8, 12, 100, 1000, len(original.data) // 2))
    return Mutant(mutator="cut", detail=f"{len(original.data) - keep} bytes", data=original.data[: max(1, keep)])
