"""How does somebody without a key change a manifest store so that all that is signed in it holds?

The padding of a COSE signature lies in its unprotected header: it can be made smaller, filled, or named otherwise.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import cbor2

from tests.support.authority import Identity
from tests.support.media.crafting import Draft, actions
from tests.support.media.crafting import store as store_of

CLAIM_SIGNATURE: Final = b"c2cs"


def children(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """(type, begin of the box, its end) of the boxes in a range."""
    found, position = [], start
    while position + 8 <= end:
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8 or position + size > end:
            break
        found.append((data[position + 4 : position + 8], position, position + size))
        position += size
    return found


def signature_path(store: bytes) -> list[tuple[int, int]]:
    """Begin and end of the boxes from the store down to the content box of the last manifest's signature."""
    manifests = [box for box in children(store, 8, len(store)) if box[0] == b"jumb"]
    _, start, end = manifests[-1]
    for kind, low, high in children(store, start + 8, end):
        if kind == b"jumb" and store[low + 16 : low + 20] == CLAIM_SIGNATURE:
            content = next(box for box in children(store, low + 8, high) if box[0] == b"cbor")
            return [(0, len(store)), (start, end), (low, high), content[1:]]
    raise ValueError("got a store without a signature")


def sign1_of(store: bytes) -> tuple[bytes, dict[Any, Any], Any, bytes]:
    """(protected, unprotected, payload, signature) of the last manifest's signature."""
    start, end = signature_path(store)[-1]
    value = cbor2.loads(store[start + 8 : end])
    protected, unprotected, payload, signature = value.value
    return protected, dict(unprotected), payload, signature


def with_sign1(store: bytes, unprotected: dict[Any, Any], *, tail: bytes = b"") -> bytes:
    """The store with another unprotected header, and what one likes behind the signature's value."""
    protected, _, payload, signature = sign1_of(store)
    path = signature_path(store)
    start, end = path[-1]
    value = cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected, payload, signature])) + tail
    whole = bytearray(store[: start + 8] + value + store[end:])
    grown = len(whole) - len(store)
    for begin, stop in path:
        struct.pack_into(">I", whole, begin, stop - begin + grown)
    return bytes(whole)


def spare(store: bytes) -> int:
    """How many bytes of padding nobody signed; 0 where there are none."""
    pad = sign1_of(store)[1].get("pad", b"")
    return max(0, len(pad) - 300) if isinstance(pad, bytes) else 0


def resized(store: bytes, size: int, *, fill: bytes = b"") -> bytes | None:
    """The same store with so much padding that it has that size; None where no padding does it.

    `fill` takes the place of the first zeros.
    """
    unprotected = sign1_of(store)[1]
    pad = len(unprotected.get("pad", b"")) + size - len(store)
    for length in (pad, pad + 1, pad - 1, pad + 2, pad - 2):
        if length < len(fill):
            continue
        found = with_sign1(store, unprotected | {"pad": fill + bytes(length - len(fill))})
        if len(found) == size:
            return found
    return None


def relabelled(store: bytes, label: Any, content: bytes) -> bytes | None:
    """The store with its padding under another label and filled; None where it does not come out as long."""
    unprotected = sign1_of(store)[1]
    pad = unprotected.pop("pad", None)
    if not isinstance(pad, bytes) or len(content) > len(pad) - 40:
        return None
    for length in range(len(pad) - 40, len(pad) + 8):
        found = with_sign1(store, unprotected | {label: content + bytes(length - len(content))})
        if len(found) == len(store):
            return found
    return None


def rewritten(signer: Identity, size: int, assertions: Sequence[tuple[str, Any]], **options: Any) -> bytes:
    """A store of exactly that size with those assertions."""
    plain = Draft(signer=signer, assertions=[actions(), *assertions], cose={"room": 0}, **options)
    first = store_of(plain.build())
    start, end = signature_path(first)[-1]
    room = end - start - 8 + size - len(first)
    draft = Draft(signer=signer, assertions=[actions(), *assertions], cose={"room": room}, **options)
    found = store_of(draft.build())
    if len(found) != size:
        raise ValueError(f"got a store of {len(found)} bytes, expected {size}")
    return found


def pad_range(store: bytes) -> tuple[int, int]:
    """Where the padding of the last manifest's signature lies in the store; nothing where there is none."""
    pad = sign1_of(store)[1].get("pad", b"")
    if not isinstance(pad, bytes) or len(pad) < 256:
        return 0, 0
    start, end = signature_path(store)[-1]
    at = store.index(b"\x63pad\x59" + len(pad).to_bytes(2, "big"), start, end) + 7
    return at, at + len(pad)


def with_pad(store: bytes, at: int, content: bytes) -> bytes:
    """The store with bytes of its padding replaced, `at` counted from where the padding begins."""
    start, end = pad_range(store)
    if at < 0 or start + at + len(content) > end:
        raise ValueError(f"got {len(content)} bytes for a padding of {end - start}")
    return store[: start + at] + content + store[start + at + len(content) :]
