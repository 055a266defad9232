"""What in an ISO BMFF file decides what is shown, and is left out by some binding? Brands, tables, boxes."""

from __future__ import annotations

import random
import struct
from typing import NamedTuple

from tests.viewers.carriers import c2pa_box, carrier_of
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators.foreign_boxes import box, for_bmff
from tests.viewers.mutators.strangers import HTML
from tests.viewers.stores import resized
from tests.viewers.structure.parse import Box, all_boxes, boxes

BRANDS = (
    b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"isom", b"mp41", b"mp42", b"qt  ", b"M4A ",
    b"M4V ", b"dash", b"iso6", b"cmfc", b"crx ", b"3gp4", b"MiHB", b"MA1B", b"jpg ", b"\0\0\0\0",
)  # fmt: skip
UNCOVERED = (b"ftyp", b"free", b"skip", b"mfra", b"uuid")
"""Boxes that today's binding leaves out wherever they stand at the top."""


def brand(rng: random.Random, original: Original) -> Mutant | None:
    """Other brands in `ftyp`, which no binding covers; more or fewer of them."""
    data = original.data
    head = boxes(data)[0]
    if head.kind != b"ftyp":
        return None
    count = (head.end - head.start - 16) // 4
    own = [data[head.start + 16 + 4 * n : head.start + 20 + 4 * n] for n in range(count)]
    major = data[8:12]
    how = rng.choice(("major", "major and others", "without one", "one other", "all one", "version", "grown", "shrunk"))
    version = data[12:16]
    if how in ("major", "major and others"):
        major = rng.choice(BRANDS)
        own = [major if how != "major" and one == data[8:12] else one for one in own]
    elif how == "without one":
        own[rng.randrange(len(own))] = own[0]
    elif how == "one other":
        own[rng.randrange(len(own))] = rng.choice(BRANDS)
    elif how == "all one":
        major = rng.choice(BRANDS)
        own = [major] * count
    elif how == "version":
        version = rng.randbytes(4)
    elif how == "grown":
        own += [rng.choice(BRANDS) for _ in range(rng.choice((1, 2, 5)))]
    else:
        own = own[: rng.randrange(len(own))]
    changed = box(b"ftyp", major + version + b"".join(own))
    told = f"{how}: {major!r} {own!r}"
    return _fitted(original, head, changed, told)


def _fitted(original: Original, old: Box, new: bytes, told: str) -> Mutant | None:
    """One box replaced by another; the store's padding gives or takes what the size changes."""
    data, grown = original.data, len(new) - (old.end - old.start)
    if grown:
        found = carrier_of(data, "bmff")
        store = resized(found.store, len(found.store) - grown)
        if store is None:
            return None
        fresh = c2pa_box(b"manifest", bytes(8) + store)
        # Both boxes are excluded: what lies between them moves, unless they are neighbours.
        if found.start < old.start:
            data = data[: found.start] + fresh + data[found.end : old.start] + new + data[old.end :]
        else:
            data = data[: old.start] + new + data[old.end : found.start] + fresh + data[found.end :]
        return Mutant(mutator="brand", detail=told, data=data)
    return Mutant(mutator="brand", detail=told, data=data[: old.start] + new + data[old.end :])


def uncovered(rng: random.Random, original: Original) -> Mutant | None:
    """A box that the binding leaves out, put anywhere at the top; often the store gives the room for it."""
    names = [name for name, piece in for_bmff().items() if piece[4:8] in UNCOVERED]
    name = rng.choice(sorted(names))
    piece, found = for_bmff()[name], carrier_of(original.data, "bmff")
    data, tops = original.data, [one.start for one in boxes(original.data)]
    if rng.random() < 0.6:
        smaller = resized(found.store, len(found.store) - len(piece))
        if smaller is None:
            return None
        fresh = c2pa_box(b"manifest", bytes(8) + smaller)
        both = piece + fresh if rng.random() < 0.5 else fresh + piece
        where = rng.choice(("at the store", "first", "last"))
        if where == "at the store":
            data = data[: found.start] + both + data[found.end :]
        elif where == "first":
            data = piece + data[: found.start] + fresh + data[found.end :]
        else:
            data = data[: found.start] + fresh + data[found.end :] + piece
        return Mutant(mutator="gap", detail=f"{name} {where}, same size", data=data)
    at = rng.choice([*tops, len(data)])
    return Mutant(mutator="gap", detail=f"{name} at {at}", data=data[:at] + piece + data[at:])


def free_filled(rng: random.Random, original: Original) -> Mutant | None:
    """What stands in free boxes, changed."""
    found = [one for one in all_boxes(boxes(original.data)) if one.kind in (b"free", b"skip", b"wide")]
    found = [one for one in found if one.end - one.start > 8]
    if not found:
        return None
    one = rng.choice(found)
    size = one.end - one.start - 8
    content = rng.choice((rng.randbytes(size), (HTML + bytes(size))[:size], b"\xff" * size))
    kind = rng.choice((one.kind, b"free", b"skip", b"meta", b"mdat"))
    data = original.data[: one.start + 4] + kind + content + original.data[one.end :]
    return Mutant(mutator="padding", detail=f"{one.path} as {kind!r}", data=data)


def tables(rng: random.Random, original: Original) -> Mutant | None:
    """The tables that say where media lies: places swapped, moved, turned about, given other methods or items."""
    found = [one for one in all_boxes(boxes(original.data)) if one.kind in READERS]
    if not found:
        return None
    one = rng.choice(found)
    data = bytearray(original.data)
    told = READERS[one.kind](rng, data, one)
    if not told or bytes(data) == original.data:
        return None
    return Mutant(mutator="pointer", detail=f"{one.path}: {told}", data=bytes(data))


def interleaved(rng: random.Random, original: Original) -> Mutant | None:
    """The chunks of all tracks, or the parts of all items, taken to lie in another order; none lost, none used twice.

    Tables without the places leave several such orders: each table still goes through the media from front to back.
    """
    data = bytearray(original.data)
    found = chunks_of(original.data) or extents_of(original.data)
    if len(found) < 2:
        return None
    queues: dict[int, list[Chunk]] = {}
    for chunk in found:
        queues.setdefault(chunk.track, []).append(chunk)
    place, told = min(chunk.place for chunk in found), []
    if len(queues) == 1 or rng.random() < 0.3:
        queues = {number: [chunk] for number, chunk in enumerate(rng.sample(found, len(found)))}
    while queues:
        track = rng.choice(sorted(queues))
        chunk = queues[track].pop(0)
        if not queues[track]:
            del queues[track]
        data[chunk.at : chunk.at + chunk.width] = (place - chunk.base).to_bytes(chunk.width, "big")
        place += chunk.size
        told.append(str(track))
    if bytes(data) == original.data:
        return None
    return Mutant(mutator="pointer", detail=f"order {' '.join(told)[:60]}", data=bytes(data))


class Chunk(NamedTuple):
    """A run of media and where its place is written down."""

    track: int
    at: int
    width: int
    place: int
    size: int
    base: int = 0
    """What is added to the number that is written there."""


def chunks_of(data: bytes) -> list[Chunk]:
    """Chunks of all tracks (8.7.3 to 8.7.5), in the order of their tables."""
    found = []
    tables = [one for one in all_boxes(boxes(data)) if one.kind == b"stbl"]
    for track, table in enumerate(tables):
        own = {one.kind: one.start for one in table.inner}
        if b"stsz" not in own or b"stsc" not in own or not {b"stco", b"co64"} & own.keys():
            continue
        same, count = struct.unpack_from(">II", data, own[b"stsz"] + 12)
        if count > len(data):
            raise ValueError("got more samples than bytes")
        sizes = [same] * count if same else list(struct.unpack_from(f">{count}I", data, own[b"stsz"] + 20))
        (rows,) = struct.unpack_from(">I", data, own[b"stsc"] + 12)
        runs = [struct.unpack_from(">II", data, own[b"stsc"] + 16 + 12 * row) for row in range(rows)]
        width, start = (4, own[b"stco"]) if b"stco" in own else (8, own[b"co64"])
        (many,) = struct.unpack_from(">I", data, start + 12)
        many = min(many, (len(data) - start - 16) // width)  # a mutant of a mutant may count to anything
        sample = 0
        for number in range(1, many + 1):
            each = next((samples for first, samples in reversed(runs) if first <= number), 1)
            at = start + 16 + width * (number - 1)
            place = int.from_bytes(data[at : at + width], "big")
            found.append(Chunk(track, at, width, place, sum(sizes[sample : sample + each])))
            sample += each
    return found


def extents_of(data: bytes) -> list[Chunk]:
    """Extents of all items that lie in the file itself (8.11.3)."""
    found = []
    for one in all_boxes(boxes(data)):
        if one.kind != b"iloc":
            continue
        version, sizes, more = data[one.start + 8], data[one.start + 12], data[one.start + 13]
        position, wide = one.start + 14, 2 if version < 2 else 4
        count = int.from_bytes(data[position : position + wide], "big")
        position += wide
        for item in range(count):
            position += wide
            method = int.from_bytes(data[position : position + 2], "big") & 15 if version else 0
            position += (2 if version else 0) + 2
            base_at, base = position, int.from_bytes(data[position : position + (more >> 4)], "big")
            position += more >> 4
            (extents,) = struct.unpack_from(">H", data, position)
            position += 2
            for _ in range(extents):
                position += more & 15 if version else 0
                at, width = position, sizes >> 4
                offset = int.from_bytes(data[at : at + width], "big")
                length = int.from_bytes(data[at + width : at + width + (sizes & 15)], "big")
                position += width + (sizes & 15)
                if method == 0 and more >> 4 and extents == 1:
                    found.append(Chunk(item, base_at, more >> 4, base + offset, length, offset))
                elif method == 0 and width:
                    found.append(Chunk(item, at, width, base + offset, length, base))
    return found


def _chunk_table(rng: random.Random, data: bytearray, one: Box) -> str:
    """`stco` or `co64` (ISO/IEC 14496-12, 8.7.5)."""
    form, size = (">I", 4) if one.kind == b"stco" else (">Q", 8)
    start = one.start + 16
    (count,) = struct.unpack_from(">I", data, one.start + 12)
    places = [struct.unpack_from(form, data, start + size * n)[0] for n in range(count)]
    if not places:
        return ""
    how = rng.choice(("reversed", "swapped", "one moved", "all moved", "one twice", "into the store", "count"))
    if how == "reversed":
        places.reverse()
    elif how == "swapped":
        a, b = rng.randrange(count), rng.randrange(count)
        places[a], places[b] = places[b], places[a]
    elif how == "one moved":
        places[rng.randrange(count)] += rng.choice((-8, -1, 1, 4, 100))
    elif how == "all moved":
        by = rng.choice((-100, -1, 1, 16, 100))
        places = [place + by for place in places]
    elif how == "one twice":
        places[rng.randrange(count)] = places[rng.randrange(count)]
    elif how == "into the store":
        places[rng.randrange(count)] = bytes(data).index(b"jumdc2pa") + rng.randrange(200)
    else:
        struct.pack_into(">I", data, one.start + 12, max(0, count - 1))
    for number, place in enumerate(places):
        struct.pack_into(form, data, start + size * number, max(0, place))
    return how


def _items(rng: random.Random, data: bytearray, one: Box) -> str:
    """`iloc` (8.11.3): ids, methods, offsets and lengths by their places in the box."""
    version, sizes, more = data[one.start + 8], data[one.start + 12], data[one.start + 13]
    wide = 2 if version < 2 else 4
    position = one.start + 14
    count = int.from_bytes(data[position : position + wide], "big")
    position += wide
    fields: dict[str, list[tuple[int, int]]] = {"id": [], "method": [], "base": [], "offset": [], "length": []}
    for _ in range(count):
        fields["id"].append((position, wide))
        position += wide
        if version:
            fields["method"].append((position, 2))
            position += 2
        position += 2
        if more >> 4:
            fields["base"].append((position, more >> 4))
            position += more >> 4
        (extents,) = struct.unpack_from(">H", data, position)
        position += 2
        for _ in range(extents):
            position += more & 15 if version else 0
            fields["offset"].append((position, sizes >> 4))
            position += sizes >> 4
            fields["length"].append((position, sizes & 15))
            position += sizes & 15
    return _edited(rng, data, {name: rows for name, rows in fields.items() if rows and rows[0][1]})


def _edited(rng: random.Random, data: bytearray, fields: dict[str, list[tuple[int, int]]]) -> str:
    """Two fields of one kind swapped, or one changed."""
    name = rng.choice(sorted(fields))
    rows = fields[name]
    (first, size), (second, _) = rng.choice(rows), rng.choice(rows)
    if rng.random() < 0.6 and first != second:
        one, two = bytes(data[first : first + size]), bytes(data[second : second + size])
        data[first : first + size], data[second : second + size] = two, one
        return f"{name} swapped"
    old = int.from_bytes(data[first : first + size], "big")
    limit = (1 << 8 * size) - 1
    new = rng.choice((old + 1, old - 1, old + 16, 0, 1, 2, bytes(data).index(b"jumdc2pa") + 50, old * 2))
    data[first : first + size] = max(0, min(limit, new)).to_bytes(size, "big")
    return f"{name} {old} to {new}"


def _numbers(rng: random.Random, data: bytearray, one: Box) -> str:
    """Any 32-bit number of a small table."""
    size = one.end - one.start
    if size < 16:
        return ""
    at = one.start + 8 + 4 * rng.randrange((size - 8) // 4)
    (old,) = struct.unpack_from(">I", data, at)
    new = rng.choice((old + 1, old ^ 1, old ^ 0x100, 0, old + 100, max(0, old - 8), rng.randrange(1 << 16)))
    struct.pack_into(">I", data, at, new & 0xFFFFFFFF)
    return f"{old} to {new} at {at - one.start}"


READERS = {
    b"stco": _chunk_table,
    b"co64": _chunk_table,
    b"iloc": _items,
    **dict.fromkeys(
        (
            b"tfra", b"tfhd", b"trun", b"tfdt", b"sidx", b"saio", b"dref", b"pitm", b"elst", b"tkhd", b"mdhd", b"stsc",
            b"stsz", b"stts", b"ctts", b"irot", b"imir", b"ispe", b"ipma", b"iref", b"mvhd", b"trex", b"mfro", b"url ",
        ),
        _numbers,
    ),
}  # fmt: skip
