"""What in TIFF, AVI, PDF, ZIP and MP3 files points to what is shown, and where can it be made to point?"""

from __future__ import annotations

import random
import re
import struct

from tests.viewers.carriers import carrier_of, tiff_count
from tests.viewers.makers.raster import ORIENTATION, exif
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators.foreign import for_pdf
from tests.viewers.mutators.strangers import HTML, other
from tests.viewers.structure.parse import as_synchsafe, directories, directory, order, riff, segments, synchsafe


def tiff(rng: random.Random, original: Original) -> Mutant | None:
    """An entry of a TIFF directory changed: a tag, a count, an offset; most often the store's, which nobody hashes."""
    data = bytearray(original.data)
    little = order(original.data) == "little"
    form = "<I" if little else ">I"
    if rng.random() < 0.5:
        at = tiff_count(original.data)
        (old,) = struct.unpack_from(form, data, at)
        new = rng.choice((0, 1, 4, old + 1, old - 1, old * 2, 1 << 30, len(data)))
        struct.pack_into(form, data, at, new)
        return Mutant(mutator="pointer", detail=f"count of the store {old} to {new}", data=bytes(data))
    _, fields = rng.choice(directories(original.data))
    if not fields:
        return None
    field = rng.choice(fields)
    where = rng.choice((0, 2, 4, 8))
    width = 2 if where < 4 else 4
    old = int.from_bytes(data[field.at + where : field.at + where + width], "little" if little else "big")
    store = bytes(data).index(b"jumdc2pa")
    tag = rng.choice((273, 279, 274, 256, 330, 34675, 0xCD41))
    new = tag if where == 0 else rng.choice((old + 1, old ^ 1, store + 40, 1, 3, 6, 8))
    data[field.at + where : field.at + where + width] = (new & (256**width - 1)).to_bytes(
        width, "little" if little else "big"
    )
    return Mutant(mutator="pointer", detail=f"tag {field.tag} at {where}: {old} to {new}", data=bytes(data))


def tiff_store(rng: random.Random, original: Original) -> Mutant | None:
    """The padding of a TIFF's store filled with what could be strips."""
    found = carrier_of(original.data, "tiff")
    at = original.data.find(bytes(400), found.start, found.end)
    if at < 0:
        return None
    zeros = len(original.data[at : found.end]) - len(original.data[at : found.end].lstrip(b"\0"))
    start, size = at + rng.randrange(zeros // 2), rng.choice((16, 200, zeros // 2))
    size = min(size, at + zeros - start)
    data = original.data[:start] + rng.choice((b"\xff", b"\x80", b"U")) * size + original.data[start + size :]
    return Mutant(mutator="padding", detail=f"{size} bytes at {start}", data=data)


def orientation(rng: random.Random, original: Original) -> Mutant | None:
    """The orientation in EXIF or a TIFF directory, wherever it stands."""
    data = bytearray(original.data)
    found = [
        (match.start(), ">" if match[1] else "<")
        for match in re.finditer(rb"(\x01\x12\0\x03\0\0\0\x01)|\x12\x01\x03\0\x01\0\0\0", original.data)
    ]
    if not found:
        return None
    at, sign = rng.choice(found)
    (old,) = struct.unpack_from(f"{sign}H", data, at + 8)
    new = rng.choice([one for one in range(1, 9) if one != old])
    struct.pack_into(f"{sign}H", data, at + 8, new)
    assert ORIENTATION == 0x0112
    return Mutant(mutator="orientation", detail=f"{old} to {new}", data=bytes(data))


def exif_replaced(rng: random.Random, original: Original) -> Mutant | None:
    """The EXIF segment of a JPEG, all of it, by one of the same size."""
    if original.family != "jpeg":
        return None
    own = next((one for one in segments(original.data) if one.kind == b"\xe1"), None)
    if own is None:
        return None
    name, block = rng.choice(
        (
            ("turned", exif(rng.randrange(2, 9), words="a harbour at noon")),
            ("other words", exif(1, words="the bridge fell")),
            ("thumbnail", exif(1, words="a harbour", thumbnail=other("JPEG"))),
            ("XMP", b"http://ns.adobe.com/xap/1.0/\0" + HTML),
            ("noise", rng.randbytes(100)),
        )
    )
    room = own.end - own.start - 4
    if len(block) > room:
        return None
    data = original.data[: own.start + 4] + block + bytes(room - len(block)) + original.data[own.end :]
    return Mutant(mutator="orientation", detail=f"EXIF {name}", data=data)


def avi(rng: random.Random, original: Original) -> Mutant | None:
    """The index of an AVI: rows swapped, moved, dropped, other flags, into the store."""
    data = bytearray(original.data)
    own = next((one for one in riff(original.data) if one.kind == b"idx1"), None)
    if own is None:
        return None
    count = (own.end - own.start - 8) // 16
    row = own.start + 8 + 16 * rng.randrange(count)
    second = own.start + 8 + 16 * rng.randrange(count)
    how = rng.choice(("rows", "offsets", "moved", "flags", "into the store", "name", "size"))
    if how == "rows":
        data[row : row + 16], data[second : second + 16] = data[second : second + 16], data[row : row + 16]
    elif how == "offsets":
        data[row + 8 : row + 12], data[second + 8 : second + 12] = (
            data[second + 8 : second + 12],
            data[row + 8 : row + 12],
        )
    elif how == "moved":
        struct.pack_into("<I", data, row + 8, struct.unpack_from("<I", data, row + 8)[0] + rng.choice((2, 8, 100)))
    elif how == "flags":
        struct.pack_into("<I", data, row + 4, rng.choice((0, 1, 16, 256)))
    elif how == "into the store":
        struct.pack_into("<I", data, row + 8, original.data.index(b"jumdc2pa"))
    elif how == "name":
        data[row : row + 4] = rng.choice((b"00dc", b"01wb", b"JUNK"))
    else:
        struct.pack_into("<I", data, row + 12, rng.choice((0, 10, 1000)))
    return Mutant(mutator="pointer", detail=f"index: {how}", data=bytes(data))


def pdf(rng: random.Random, original: Original) -> Mutant | None:
    """`startxref`, a row of a table, `Prev`, or an update with tables of its own at the end."""
    data = original.data
    how = rng.choice(("startxref", "row", "rows", "prev", "update", "update of pages", "into the store"))
    if how in ("update", "update of pages"):
        piece = for_pdf()["catalogue" if how == "update of pages" else "objects"].removeprefix(b"\nendstream\nendobj\n")
        prev = re.findall(rb"startxref\s+(\d+)", data)
        table = len(data) + len(piece)
        at = len(data) + piece.index(b"4 0 obj")
        tail = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 40/Root 1 0 R/Prev %b>>\nstartxref\n%d\n%%%%EOF\n"
        joined = data + piece + tail % (at, prev[-1] if prev else b"0", table)
        return Mutant(mutator="pointer", detail=how, data=joined)
    pattern = {"startxref": rb"startxref\s+(\d+)", "prev": rb"/Prev (\d+)", "into the store": rb"startxref\s+(\d+)"}
    found = list(re.finditer(pattern.get(how, rb"(\d{10}) \d{5} n"), data))
    if not found:
        return None
    one, two = rng.choice(found), rng.choice(found)
    if how == "rows" and one.start() != two.start():
        changed = bytearray(data)
        changed[one.start(1) : one.end(1)], changed[two.start(1) : two.end(1)] = two[1], one[1]
        return Mutant(mutator="pointer", detail=how, data=bytes(changed))
    old = int(one[1])
    new = data.index(b"jumdc2pa") if how == "into the store" else rng.choice((old + 1, old - 1, 0, old // 2))
    digits = str(max(0, new)).zfill(len(one[1])).encode()
    if len(digits) != len(one[1]):
        return None
    changed_bytes = data[: one.start(1)] + digits + data[one.end(1) :]
    return Mutant(mutator="pointer", detail=f"{how}: {old} to {new}", data=changed_bytes)


def zips(rng: random.Random, original: Original) -> Mutant | None:
    """A field of a local header, of the directory or of the end record; a folder in front; something in between."""
    data = bytearray(original.data)
    entries, _, end = directory(original.data)
    entry = rng.choice(entries)
    own = next(one for one in entries if one.name.endswith(b".c2pa"))
    entry = own if rng.random() < 0.5 else entry
    how = rng.choice(("local", "record", "end", "name", "folder", "between", "comment", "swap", "longer name"))
    if how == "local":
        at, width = entry.local + rng.choice((4, 6, 8, 10, 14, 18, 22)), 2
        data[at : at + width] = rng.choice((b"\0\0", b"\1\0", b"\x08\0", b"\xff\xff", rng.randbytes(2)))
    elif how == "record":
        at = entry.record + rng.choice((4, 6, 8, 10, 16, 20, 24, 28, 30, 32, 36, 38, 42))
        data[at : at + 2] = rng.choice((b"\0\0", b"\1\0", b"\x08\0", b"\xff\xff", rng.randbytes(2)))
    elif how == "end":
        at = end + rng.choice((4, 6, 8, 10, 12, 16, 20))
        data[at : at + 2] = rng.choice((b"\0\0", b"\1\0", b"\5\0", rng.randbytes(2)))
    elif how == "name":
        at = entry.local + 30 + rng.randrange(max(1, len(entry.name)))
        data[at] ^= rng.choice((1, 0x20))
    elif how == "longer name":
        size = len(entry.name) + rng.choice((1, 20, 200))
        struct.pack_into("<H", data, entry.local + 26 + 2 * rng.randrange(2), size)
    elif how == "swap":
        first, second = rng.choice(entries), rng.choice(entries)
        data[first.record + 42 : first.record + 46], data[second.record + 42 : second.record + 46] = (
            data[second.record + 42 : second.record + 46],
            data[first.record + 42 : first.record + 46],
        )
    elif how == "comment":
        tail = rng.choice((HTML, bytes(20), b"PK\x05\x06" + bytes(18)))
        struct.pack_into("<H", data, end + 20, len(tail))
        data += tail
    else:
        return _inserted(rng, original, how)
    return Mutant(mutator="pointer", detail=f"{how} of {entry.name.decode('latin-1')}", data=bytes(data))


def _inserted(rng: random.Random, original: Original, how: str) -> Mutant:
    """A local header in front of an entry; the directory's places are moved along."""
    entries, start, end = directory(original.data)
    name = b"META-INF/" if how == "folder" else rng.choice((b"word/document.xml", b"content.xml", b"x"))
    content = b"" if how == "folder" else b"<p>The bridge fell.</p>"
    longer = rng.choice((0, 0, 40))
    piece = b"PK\x03\x04" + struct.pack(
        "<HHHHHIIIHH", 10, 0, 0, 0, 33, 0, len(content), len(content), len(name) + longer, 0
    )
    piece += name + content + bytes(rng.choice((0, 0, 7)))
    at = rng.choice([one.local for one in entries] + [start])
    data = bytearray(original.data[:at] + piece + original.data[at:])
    moved = len(piece)
    for one in entries:
        if one.local >= at:
            struct.pack_into("<I", data, one.record + moved + 42, one.local + moved)
    struct.pack_into("<I", data, end + moved + 16, start + moved)
    return Mutant(mutator="gap", detail=f"{how} {name!r} at {at}", data=bytes(data))


def zip_gap(rng: random.Random, original: Original) -> Mutant | None:
    """A local header within the room of the manifest's entry: the store made smaller, sizes and places as before."""
    from tests.viewers.carriers import ZIP_NAME, with_checksum
    from tests.viewers.stores import resized

    entries, _, _ = directory(original.data)
    own = next(one for one in entries if one.name == ZIP_NAME)
    name = rng.choice([one.name for one in entries])
    content = b"<p>The bridge fell.</p>"
    head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, len(content), len(content), len(name), 0)
    piece = b"PK\x03\x04" + head + name + content
    store = original.data[own.data_start : own.data_end]
    smaller = resized(store, len(store) - len(piece))
    if smaller is None:
        return None
    data = bytearray(original.data)
    where = rng.choice(("behind", "in front", "behind, size told"))
    body = piece + smaller if where == "in front" else smaller + piece
    data[own.data_start : own.data_end] = body
    if where == "behind, size told":
        struct.pack_into("<I", data, own.local + 18, len(smaller))
        struct.pack_into("<I", data, own.local + 22, len(smaller))
    return Mutant(mutator="gap", detail=f"{name!r} {where}", data=with_checksum(bytes(data)))


def id3(rng: random.Random, original: Original) -> Mutant | None:
    """The size of an ID3 tag, its padding and its flags; a picture or text in the tag's padding."""
    data = bytearray(original.data)
    old = synchsafe(bytes(data[6:10]))
    how = rng.choice(("size", "flags", "version", "padding", "tail"))
    if how == "size":
        new = max(0, old + rng.choice((-1000, -417, -10, 10, 417, 1000, 3000)))
        data[6:10] = as_synchsafe(new)
        return Mutant(mutator="size", detail=f"ID3 {old} to {new}", data=bytes(data))
    if how == "flags":
        data[5] ^= rng.choice((0x80, 0x40, 0x20, 0x10))
    elif how == "version":
        data[3] = rng.choice((2, 3, 4))
    elif how == "tail":
        return Mutant(mutator="append", detail="ID3v1", data=bytes(data) + b"TAGthe bridge fell" + bytes(110))
    else:
        frame = b"APIC" + len(other("JPEG")).to_bytes(4, "big") + b"\0\0" + other("JPEG")
        at = bytes(data).find(bytes(len(frame)), 10, 10 + old)
        if at < 0:
            return None
        data[at : at + len(frame)] = frame
    return Mutant(mutator="padding" if how == "padding" else "framing", detail=how, data=bytes(data))


def noise(rng: random.Random, original: Original) -> Mutant | None:
    """Bytes anywhere, most often where a length or a flag stands."""
    data = bytearray(original.data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(min(len(data), 400)) if rng.random() < 0.5 else rng.randrange(len(data))
        data[at] = rng.choice((data[at] ^ (1 << rng.randrange(8)), 0, 0xFF, rng.randrange(256)))
    return Mutant(mutator="noise", detail="", data=bytes(data))
