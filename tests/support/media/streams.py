"""How do tests get a signed video in pieces: a first part with the manifest, and media segments with their proofs?"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cbor2
import msgspec

from provenance.formats.bmff import C2PA_UUID
from tests.support.authority import Identity
from tests.support.media.crafting import Draft, actions, box, store
from tests.support.media.hostile import movie
from vouchmark.examination.settings import Settings

LEFT_OUT: list[dict[str, Any]] = [
    {"xpath": "/uuid", "data": [{"offset": 8, "value": C2PA_UUID}]},
    {"xpath": "/ftyp"},
    {"xpath": "/mfra"},
]
"""The exclusions that every BMFF hash has (C2PA 2.4, section 9.2.3)."""


def _c2pa(purpose: bytes, content: bytes) -> bytes:
    return box(b"uuid", C2PA_UUID + bytes(4) + purpose + b"\0" + content)


def _digest(data: bytes, left_out: Sequence[bytes] = ()) -> bytes:
    """Offset and bytes of every top-level box that counts."""
    state, position = hashlib.sha256(), 0
    while position < len(data):
        (size,) = struct.unpack(">I", data[position : position + 4])
        if data[position + 4 : position + 8] not in (b"uuid", b"ftyp", *left_out):
            state.update(struct.pack(">Q", position) + data[position : position + size])
        position += size
    return state.digest()


def signed_stream(
    signer: Identity, media: Sequence[bytes], *, left_out: Sequence[bytes] = ()
) -> tuple[bytes, list[bytes]]:
    """(first part, segments) of a stream whose segments hold these bytes; boxes `left_out` count for nothing."""
    fragments = []
    for number, content in enumerate(media):
        place = {"uniqueId": 1, "localId": 1, "location": number}
        head = box(b"styp", b"msdh\0\0\0\0msdh") + _c2pa(b"merkle", cbor2.dumps(place))
        fragments.append(head + box(b"moof", box(b"mfhd", bytes(8))) + box(b"mdat", content))
    whole = movie(0)
    size = struct.unpack(">I", whole[:4])[0]
    head, rest = whole[:size], whole[size : whole.index(b"mdat") - 4]
    first = whole
    for _ in range(3):
        tree = {
            "uniqueId": 1,
            "localId": 1,
            "count": len(media),
            "alg": "sha256",
            "hashes": [_digest(fragment, left_out) for fragment in fragments],
            "initHash": _digest(first, left_out),
        }
        rules = [*LEFT_OUT, *({"xpath": f"/{kind.decode()}"} for kind in left_out)]
        hashes = {"exclusions": rules, "alg": "sha256", "merkle": [tree]}
        draft = Draft(signer=signer, assertions=[actions(), ("c2pa.hash.bmff.v3", hashes)])
        first = head + _c2pa(b"manifest", bytes(8) + store(draft.build())) + rest
    return first, fragments


def with_fragments(settings: Settings, fragments: tuple[bytes, ...]) -> Settings:
    """The same settings, for a stream with these pieces."""
    return replace(settings, options=msgspec.structs.replace(settings.options, fragments=fragments))
