"""What can be put into the range that carries the manifest, and what into its padding? The file keeps its size.

The padding of the signature is made smaller, and in the room that this gives stands something else: before, behind or
between the pieces of the store. Or the padding stays and is filled.
"""

from __future__ import annotations

import random
import struct
from typing import Any

from tests.viewers.carriers import carrier_of, cost, framed, with_checksum, with_store
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators.foreign import chosen
from tests.viewers.mutators.strangers import HTML, other, small_pdf, small_zip
from tests.viewers.stores import pad_range, relabelled, resized, sign1_of, signature_path, spare, with_pad, with_sign1

LONGEST_FILL = 4


def _rest(family: str, length: int) -> bytes:
    """A few bytes that fill what is left."""
    return b" " * length if family in ("svg", "pdf") else bytes(length)


def gap(rng: random.Random, original: Original) -> Mutant | None:
    """Something foreign within the range, the store made smaller by as much."""
    family, found = original.family, carrier_of(original.data, original.family)
    name, foreign = chosen(rng, family, original.data)
    cuts = rng.choice((0, 0, 1, 1, 2, 3)) if family == "jpeg" else 0
    total = found.end - found.start
    for more in range(LONGEST_FILL + 1):
        filled = foreign + _rest(family, more)
        guess = len(found.store) - len(filled) - 20 * cuts
        for size in range(guess - 1, guess + 8 + len(filled) // 3):
            if cost(family, size, cuts + 1) + len(filled) != total:
                continue
            smaller = resized(found.store, size) if spare(found.store) > len(found.store) - size else None
            if smaller is None:
                continue
            places = [rng.randrange(60, len(smaller) - 60) for _ in range(cuts)]
            parts = framed(family, smaller, places)
            at = rng.randrange(len(parts) + 1)
            body = b"".join([*parts[:at], filled, *parts[at:]])
            data = original.data[: found.start] + body + original.data[found.end :]
            data = with_checksum(data) if family == "zip" else data
            return Mutant(mutator="gap", detail=f"{name} at {at} of {len(parts)}", data=data)
    return None


def split(rng: random.Random, original: Original) -> Mutant | None:
    """The store cut into several segments, and these put in another order or given other numbers."""
    if original.family != "jpeg":
        return None
    found = carrier_of(original.data, "jpeg")
    cuts = rng.choice((1, 2, 5))
    smaller = resized(found.store, len(found.store) - 20 * cuts)
    if smaller is None:
        return None
    parts = framed("jpeg", smaller, [rng.randrange(60, len(smaller) - 60) for _ in range(cuts)])
    what = rng.choice(("in order", "mixed", "numbers", "instance", "repeated"))
    if what == "mixed":
        rng.shuffle(parts)
    elif what == "numbers":
        parts = [part[:11] + bytes((rng.randrange(9),)) + part[12:] for part in parts]
    elif what == "instance":
        parts = [part[:6] + bytes((2, rng.randrange(17, 19))) + part[8:] for part in parts]
    elif what == "repeated":
        parts[-1] = parts[0] if len(parts[0]) == len(parts[-1]) else parts[-1]
    data = original.data[: found.start] + b"".join(parts) + original.data[found.end :]
    return Mutant(mutator="gap", detail=f"split {what}", data=data)


def fill(rng: random.Random, original: Original) -> Mutant | None:
    """The padding of the signature filled, renamed or moved behind it."""
    found = carrier_of(original.data, original.family)
    room = spare(found.store)
    if room < 1200:
        return None
    name, content = rng.choice(
        (
            ("noise", rng.randbytes(rng.choice((1, 40, 1000)))),
            ("HTML", HTML),
            ("PDF", small_pdf()),
            ("ZIP", small_zip()),
            ("picture", other("PNG")),
        )
    )
    content = content[: room - 200]
    how = rng.choice(
        ("filled", "other label", "number", "tail", "second", "zeros behind", "at its end", "stamp", "answer", "chain")
    )
    store: bytes | None = None
    if how in ("stamp", "answer", "chain"):
        store = _listed(found.store, how, content)
    elif how == "filled":
        store = resized(found.store, len(found.store), fill=content)
    elif how == "other label":
        store = relabelled(found.store, rng.choice(("x", "pad2", "sigTst3", "padding")), content)
    elif how == "number":
        store = relabelled(found.store, rng.choice((4, 5, 33, -70000)), content)
    else:
        store = _moved(found.store, how, content)
    if store is None or len(store) != len(found.store):
        return None
    data = with_store(original.data, original.family, store)
    return Mutant(mutator="padding", detail=f"{name} {how}", data=data)


def _listed(store: bytes, how: str, content: bytes) -> bytes | None:
    """What is no stamp, no revocation answer and no certificate, where those may stand unsigned."""
    header = sign1_of(store)[1]
    pad = len(header.pop("pad", b""))
    more: dict[Any, Any] = {
        "stamp": {"sigTst2": {"tstTokens": [{"val": content}]}},
        "answer": {"rVals": {"ocspVals": [content]}},
        "chain": {"x5chain": [content]},
    }[how]
    for length in range(max(0, pad - len(content) - 60), pad):
        found = with_sign1(store, header | more | {"pad": bytes(length)})
        if len(found) == len(store):
            return found
    return None


def _moved(store: bytes, how: str, content: bytes) -> bytes | None:
    """The padding made smaller, and as many bytes put behind the signature, into a second label or at the end."""
    header = sign1_of(store)[1]
    pad = header.get("pad", b"")
    if how == "at its end":
        return with_sign1(store, header | {"pad": bytes(len(pad) - len(content)) + content})
    if how == "second":
        for length in range(len(pad) - len(content) - 12, len(pad) - len(content)):
            found = with_sign1(store, header | {"pad": bytes(length), "pad2": content})
            if len(found) == len(store):
                return found
        return None
    tail = bytes(len(content)) if how == "zeros behind" else content
    return with_sign1(store, header | {"pad": bytes(len(pad) - len(tail))}, tail=tail)


def boxes_in_store(rng: random.Random, original: Original) -> Mutant | None:
    """A box that nobody signed among the boxes of the store, or zeros behind it."""
    found = carrier_of(original.data, original.family)
    name, piece = rng.choice(
        (
            ("free", b"\0\0\0\x30free" + bytes(40)),
            ("free with HTML", (8 + len(HTML)).to_bytes(4, "big") + b"free" + HTML),
            ("uuid", b"\0\0\0\x40uuid" + rng.randbytes(56)),
            ("json", b"\0\0\0\x20json" + b'{"a":"the bridge fell"} '),
        )
    )
    smaller = resized(found.store, len(found.store) - len(piece))
    if smaller is None:
        return None
    where = rng.choice(("last in the store", "last in the manifest", "behind the store", "zeros behind"))
    if where == "last in the store":
        store = len(found.store).to_bytes(4, "big") + smaller[4:] + piece
    elif where == "last in the manifest":
        start = 8 + int.from_bytes(smaller[8:12], "big")
        size = int.from_bytes(smaller[start : start + 4], "big") + len(piece)
        store = len(found.store).to_bytes(4, "big") + smaller[4:start] + size.to_bytes(4, "big")
        store += smaller[start + 4 :] + piece
    else:
        store = smaller + (bytes(len(piece)) if where == "zeros behind" else piece)
    data = with_store(original.data, original.family, store)
    return Mutant(mutator="padding", detail=f"{name} {where}", data=data)


def described(rng: random.Random, original: Original) -> Mutant | None:
    """More in the description of a box whose description nobody signs: an id, a digest, a private box."""
    found = carrier_of(original.data, original.family)
    level = rng.randrange(3)
    extra, bits = rng.choice(
        (
            (b"\0\0\0\7", 0x04),
            (rng.randbytes(32), 0x08),
            (struct.pack(">I", 8 + len(HTML)) + b"free" + HTML, 0x10),
            (struct.pack(">I", 8 + 16) + b"c2sh" + bytes(16), 0x10),
        )
    )
    smaller = resized(found.store, len(found.store) - len(extra))
    if smaller is None:
        return None
    path = signature_path(smaller)
    about = path[level][0] + 8
    end = about + int.from_bytes(smaller[about : about + 4], "big")
    whole = bytearray(smaller[:end] + extra + smaller[end:])
    whole[about + 24] |= bits
    for start in (*(begin for begin, _ in path[: level + 1]), about):
        size = int.from_bytes(whole[start : start + 4], "big") + len(extra)
        struct.pack_into(">I", whole, start, size)
    data = with_store(original.data, original.family, bytes(whole))
    return Mutant(mutator="padding", detail=f"description of level {level} with {bits:02x}", data=data)


def overwritten(rng: random.Random, original: Original) -> Mutant | None:
    """Bytes of the padding replaced, most often where something stands in it."""
    found = carrier_of(original.data, original.family)
    start, end = pad_range(found.store)
    if end - start < 300:
        return None
    pad = found.store[start:end]
    used = len(pad.rstrip(b"\0")) or 3000
    at = rng.randrange(min(used, len(pad) - 200))
    size = rng.choice((1, 8, 60, 200))
    content = rng.choice(
        (rng.randbytes(size), b"\xff" * size, b"\x80" * size, b"1" * size, pad[at + 1 : at + 1 + size])
    )
    data = with_store(original.data, original.family, with_pad(found.store, at, content))
    return Mutant(mutator="padding", detail=f"{size} bytes at {at} of {used}", data=data)
