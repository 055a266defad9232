"""How are the variants of each hard binding made? The engine's file, with a store of ours of the same size.

Data hashes that leave out more, box hashes, and BMFF hashes of every version with the exclusions that older rules had.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from tests.support.authority import Identity
from tests.support.media.crafting import sha256
from tests.viewers.carriers import C2PA_UUID, carrier_of, tiff_count, with_store
from tests.viewers.stores import rewritten
from tests.viewers.structure.parse import Box, all_boxes, blocks, boxes, chunks, segments

Range = tuple[int, int]

UUID: Final = {"xpath": "/uuid", "data": [{"offset": 8, "value": C2PA_UUID}]}
TODAY: Final = (UUID, *({"xpath": path} for path in ("/ftyp", "/mfra", "/free", "/skip")))
"""What the engine leaves out today."""
TABLES: Final = tuple(
    {"xpath": path}
    for path in (
        "/meta/iloc",
        "/mfra/tfra",
        "/moov/trak/mdia/minf/stbl/stco",
        "/moov/trak/mdia/minf/stbl/co64",
    )
)
OLD: Final = (UUID, {"xpath": "/ftyp"}, *TABLES)
"""What older rules left out: the tables that a longer manifest moves."""
FRAGMENTS: Final = (*OLD, {"xpath": "/moof/traf/tfhd"}, {"xpath": "/moof/traf/trun"})


def complement(ranges: Sequence[Range], size: int) -> list[Range]:
    """What is left of a file (start, end)."""
    found, position = [], 0
    for start, end in sorted(ranges):
        if start > position:
            found.append((position, start))
        position = max(position, end)
    return [*found, (position, size)] if position < size else found


def by_data(
    signed: bytes, family: str, signer: Identity, more: Callable[[bytes], Sequence[Range]] = lambda _: ()
) -> bytes:
    """With a data hash that leaves out the store and those ranges (start, end)."""
    found = carrier_of(signed, family)
    left_out = [(found.start, found.end), *more(signed)]
    if family == "tiff":
        at = tiff_count(signed)
        left_out.append((at, at + 4))
    kept = b"".join(signed[start:end] for start, end in complement(left_out, len(signed)))
    content = {
        "exclusions": [{"start": start, "length": end - start} for start, end in sorted(left_out)],
        "alg": "sha256",
        "hash": sha256(kept),
        "pad": b"",
    }
    return _stored(signed, family, signer, "c2pa.hash.data", content)


def _stored(signed: bytes, family: str, signer: Identity, label: str, content: Mapping[str, Any]) -> bytes:
    size = len(carrier_of(signed, family).store)
    return with_store(signed, family, rewritten(signer, size, [(label, dict(content))]))


_JPEG_NAMES: Final = {0xC4: "DHT", 0xD8: "SOI", 0xD9: "EOI", 0xDA: "SOS", 0xDB: "DQT", 0xDD: "DRI", 0xFE: "COM"}


def named_parts(data: bytes, family: str) -> list[tuple[str, int, int]]:
    """(name, start, end) of the parts that a box hash names."""
    own = carrier_of(data, family)
    if family == "jpeg":
        found = []
        for kind, start, end in segments(data):
            marker = kind[0]
            name = _JPEG_NAMES.get(marker) or (f"APP{marker - 0xE0}" if marker >= 0xE0 else f"SOF{marker - 0xC0}")
            if own.start <= start < own.end:
                name, end = "C2PA", own.end
                if start != own.start:
                    continue
            found.append((name, start, end))
        return found
    if family == "png":
        named = [(one.kind.decode("latin-1"), one.start, one.end) for one in chunks(data)]
        return [("PNGh", 0, 8), *(("C2PA" if name == "caBX" else name, start, end) for name, start, end in named)]
    first, *rest = blocks(data)
    found = [("GIF89a", 0, 6), ("LSD", 6, first.end)]
    for kind, start, end in rest:
        if kind == b"2C":
            flags = data[start + 9]
            cut = start + 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
            found += [("2C", start, cut), ("TBID", cut, end)]
        elif kind == b"3B":
            found.append(("3B", start, end))
        else:
            found.append(("C2PA" if kind == b"C2PA_GIF" else f"21{data[start + 1]:02X}", start, end))
    return found


def by_boxes(signed: bytes, family: str, signer: Identity) -> bytes:
    """With a box hash over every part but the store's."""
    parts = [
        {
            "names": [name],
            "alg": "sha256",
            "hash": b"\0" if name == "C2PA" else sha256(signed[start:end]),
            "pad": b"",
        }
        for name, start, end in named_parts(signed, family)
    ]
    return _stored(signed, family, signer, "c2pa.hash.boxes", {"boxes": parts})


def _is_left_out(data: bytes, box: Box, rules: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        rule["xpath"] == box.path
        and all(
            data[box.start + p["offset"] : box.start + p["offset"] + len(p["value"])] == p["value"]
            for p in rule.get("data", ())
        )
        for rule in rules
    )


def left_out_boxes(data: bytes, rules: Sequence[Mapping[str, Any]]) -> list[Box]:
    """The boxes that rules name."""
    return [box for box in all_boxes(boxes(data)) if _is_left_out(data, box, rules)]


def bmff_digest(data: bytes, rules: Sequence[Mapping[str, Any]], version: int) -> bytes:
    """The digest of a BMFF hash: from version 2 on with the offset of every top-level box that counts in front."""
    taken = [(box.start, box.end) for box in left_out_boxes(data, rules)]
    tops = [box.start for box in boxes(data) if (box.start, box.end) not in taken] if version > 1 else []
    parts = []
    for start, end in complement(taken, len(data)):
        places = [start, *(top for top in tops if start < top < end), end]
        for low, high in pairwise(places):
            parts += [struct.pack(">Q", low)] if low in tops else []
            parts.append(data[low:high])
    return sha256(b"".join(parts))


def by_bmff(signed: bytes, signer: Identity, rules: Sequence[Mapping[str, Any]], version: int) -> bytes:
    """With a BMFF hash of that version and those exclusions."""
    label = "c2pa.hash.bmff" + (f".v{version}" if version > 1 else "")
    digest = bmff_digest(signed, rules, version)
    content = {"exclusions": [dict(rule) for rule in rules], "alg": "sha256", "hash": digest, "name": "jumbf manifest"}
    return _stored(signed, "bmff", signer, label, content)
