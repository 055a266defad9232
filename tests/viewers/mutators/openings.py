"""What can be put where the signer's own binding leaves something out besides the store?"""

from __future__ import annotations

import random
import struct

from tests.support.authority import jpeg_segment
from tests.viewers.carriers import png_chunk, riff_chunk
from tests.viewers.makers.raster import exif
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators.foreign import pieces
from tests.viewers.mutators.foreign_boxes import for_words
from tests.viewers.mutators.strangers import HTML, other, small_pdf, small_zip
from tests.viewers.opened import open_ranges
from tests.viewers.structure.parse import chunks


def opening(rng: random.Random, original: Original) -> Mutant | None:
    """Some bytes of what is left out changed, or all of it replaced by something as long."""
    ranges = [one for one in open_ranges(original.data, original.family) if one[1] - one[0] < 20_000]
    if not ranges:
        return None
    start, end = rng.choice(ranges)
    old = original.data[start:end]
    told, new = _words(rng, old) if old[4:8] == b"udta" and rng.random() < 0.6 else _changed(rng, original, old)
    if new is None or len(new) != len(old) or new == old:
        return None
    data = original.data[:start] + new + original.data[end:]
    if original.family == "png" and rng.random() < 0.9:
        data = _with_checksums(data)
    return Mutant(mutator="opening", detail=f"{told} in {old[:8]!r}", data=data)


def _changed(rng: random.Random, original: Original, old: bytes) -> tuple[str, bytes | None]:
    how = rng.choice(("byte", "byte", "number", "number", "orientation", "piece", "body", "noise", "stranger"))
    whole = bytearray(old)
    if how == "byte":
        at = rng.randrange(len(old))
        whole[at] = rng.choice((old[at] ^ 1, old[at] ^ 2, old[at] + 1 & 255, 0, 0xFF, rng.randrange(9)))
        return f"byte {at}", bytes(whole)
    if how == "number" and len(old) >= 4:
        form = rng.choice((">H", ">I", "<H", "<I"))
        size = struct.calcsize(form)
        at = rng.randrange(0, len(old) - size + 1, 2 if size == 2 else 1)
        struct.pack_into(form, whole, at, rng.choice((0, 1, 2, 3, 6, 8, 90, 100, 0x100, 0x1000, 0x10000)) % 256**size)
        return f"number at {at}", bytes(whole)
    if how == "orientation":
        block = exif(rng.randrange(2, 9))
        block = block if old[4:8] == b"Exif" or original.family == "jpeg" else block[6:]
        skip = {"jpeg": 4, "png": 8, "riff": 8}.get(original.family, 0)
        room = len(old) - skip - (4 if original.family == "png" else 0)
        if len(block) > room:
            return how, None
        body = block + bytes(room - len(block))
        return how, old[:skip] + body + old[skip + room :]
    if how in ("piece", "stranger"):
        found = pieces(original.family, original.data)
        if how == "stranger":
            found = {"PDF": small_pdf(), "ZIP": small_zip(), "HTML": HTML, "JPEG": other("JPEG"), "PNG": other("PNG")}
        name = rng.choice(sorted(found))
        piece = found[name]
        if len(piece) > len(old):
            return name, None
        rest = filler(original.family, len(old) - len(piece))
        if rest is not None and rng.random() < 0.8:
            return f"{name} fitted", piece + rest
        at = rng.choice((0, len(old) - len(piece)))
        return name, old[:at] + piece + old[at + len(piece) :]
    size = max(1, len(old) - 8)
    return how, old[:8] + (rng.randbytes(size) if how == "noise" else old[8:][::-1])[: len(old) - 8]


def _words(rng: random.Random, old: bytes) -> tuple[str, bytes | None]:
    """User data of a film, all of it."""
    name, piece = rng.choice(sorted(for_words().items()))
    rest = filler("bmff", len(old) - 8 - len(piece)) if len(piece) <= len(old) - 8 else None
    return name, None if rest is None else old[:8] + piece + rest


def filler(family: str, size: int) -> bytes | None:
    """A part of that size that says nothing; None where there is none so small."""
    if not size:
        return b""
    if family == "jpeg" and size >= 4:
        return jpeg_segment(0xFE, bytes(size - 4))
    if family == "png" and size >= 14:
        return png_chunk(b"tEXt", b"a\0" + b"b" * (size - 14))
    if family == "riff" and size >= 8 and size % 2 == 0:
        return riff_chunk(b"JUNK", bytes(size - 8))
    if family in ("bmff", "jxl") and size >= 8:
        return size.to_bytes(4, "big") + b"free" + bytes(size - 8)
    if family == "id3" and size >= 11:
        return b"TXXX" + (size - 10).to_bytes(4, "big") + b"\0\0" + bytes(size - 10)
    if family == "gif" and size >= 4:
        # Sub-blocks of at most 255 bytes, an extension around them.
        room, blocks = size - 3, b""
        while room > 0:
            run = min(255, room - 1)
            if run == 0:
                return None
            blocks += bytes((run,)) + b"c" * run
            room -= run + 1
        return b"\x21\xfe" + blocks + b"\0"
    return b" " * size if family in ("svg", "pdf") else None


def _with_checksums(data: bytes) -> bytes:
    """A PNG whose checksums are right again."""
    whole, position = data[:8], 8
    for one in chunks(data):
        if one.end - one.start < 12:
            break
        whole += png_chunk(one.kind, data[one.start + 8 : one.end - 4])
        position = one.end
    return whole + data[position:]
