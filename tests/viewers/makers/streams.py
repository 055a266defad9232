"""How is a film signed that comes in pieces: a first part with the manifest, and fragments with their proofs?"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import cbor2

from tests.support.authority import Identity
from tests.support.media.crafting import Draft, actions, store
from tests.viewers.carriers import c2pa_box
from tests.viewers.makers.clips import mp4_in_pieces
from tests.viewers.rebinding import TODAY, bmff_digest
from tests.viewers.structure.parse import boxes

TREE: Final = {"uniqueId": 1, "localId": 1, "alg": "sha256"}


def _boxed(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def pieces(data: bytes) -> tuple[bytes, list[bytes]]:
    """(first part, fragments) of a fragmented film, each fragment from its `moof` on."""
    tops = boxes(data)
    starts = [one.start for one in tops if one.kind == b"moof"]
    end = next((one.start for one in tops if one.kind == b"mfra"), len(data))
    ends = [*starts[1:], end]
    return data[: starts[0]], [data[start:stop] for start, stop in zip(starts, ends, strict=True)]


def signed_pieces(signer: Identity, rules: Sequence[dict[str, Any]] = TODAY) -> tuple[bytes, tuple[bytes, ...]]:
    """(first part with the manifest, fragments with their proofs) of a small film."""
    plain, bare = pieces(mp4_in_pieces())
    signed = []
    for number, fragment in enumerate(bare):
        proof = c2pa_box(b"merkle", cbor2.dumps({"uniqueId": 1, "localId": 1, "location": number}))
        signed.append(_boxed(b"styp", b"msdh\0\0\0\0msdhmsix") + proof + fragment)
    hashes = [bmff_digest(one, rules, 3) for one in signed]
    head = boxes(plain)[0].end
    first = plain
    for _ in range(3):
        tree = {**TREE, "count": len(signed), "hashes": hashes, "initHash": bmff_digest(first, rules, 3)}
        content = {"exclusions": [dict(rule) for rule in rules], "alg": "sha256", "merkle": [tree]}
        draft = Draft(signer=signer, assertions=[actions(), ("c2pa.hash.bmff.v3", content)])
        first = plain[:head] + c2pa_box(b"manifest", bytes(8) + store(draft.build())) + plain[head:]
    return first, tuple(signed)
