"""How do tests get a JPEG file in several parts, each with a signed hash of its own (C2PA 2.4, section 9.2.5)?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.authority import Identity, manifest_store, picture, with_manifest_store
from tests.support.media.crafting import Draft, actions, assertion_box, sha256, store

PARTS = 3
ROOM = 700
"""Bytes that a hash assertion is padded to, so that the layout does not move."""


def parted_jpeg(
    signer: Identity,
    *,
    optional: Sequence[bool] = (False, True, True),
    gap: int = 0,
    keep: Sequence[int] = (0, 1, 2),
    change: int | None = None,
) -> bytes:
    """Three pictures in a row, the first with the manifest; of them those in `keep`, one of those changed.

    Args:
        signer: who signs.
        optional: which parts may be gone.
        gap: bytes that the signed list leaves out between parts.
        keep: numbers of the parts that are left.
        change: number of the part whose last byte is another one.
    """
    others = [picture("JPEG", size=(24, 24)), picture("JPEG", size=(16, 16))]
    first, parts = picture(), list[bytes]()
    start, length = 0, 0
    for _ in range(4):
        parts = [first, *others]
        assertions = _assertions(parts, (start, length), optional, gap)
        draft = Draft(signer=signer, assertions=[actions(), *assertions])
        first = with_manifest_store(picture(), store(draft.build()))
        raw = manifest_store(first)
        start = first.index(b"\xff\xeb")
        length = len(first) - len(with_manifest_store(first, b""))
        assert raw
    kept = [parts_of(first, others)[number] for number in keep]
    if change is not None:
        place = list(keep).index(change)
        kept[place] = kept[place][:-1] + bytes((kept[place][-1] ^ 1,))
    return b"".join(kept)


def parts_of(first: bytes, others: Sequence[bytes]) -> list[bytes]:
    return [first, *others]


def _assertions(
    parts: Sequence[bytes], hole: tuple[int, int], optional: Sequence[bool], gap: int
) -> list[tuple[str, Any]]:
    """The hash over all, those of the parts, and the list that names them."""
    whole = b"".join(parts)
    found: list[tuple[str, Any]] = [("c2pa.hash.data", _hash(whole, hole))]
    listed, position = [], 0
    for number, part in enumerate(parts):
        label = "c2pa.hash.data.part" + (f"__{number}" if number else "")
        content = _hash(part, hole if number == 0 else (0, 0))
        found.append((label, content))
        reference = {
            "url": f"self#jumbf=c2pa.assertions/{label}",
            "hash": sha256(assertion_box(label, content)[8:]),
        }
        location = {"byteOffset": position, "length": len(part)}
        listed.append({"location": location, "hashAssertion": reference, "optional": optional[number]})
        position += len(part) + gap
    return [*found, ("c2pa.hash.multi-asset", {"parts": listed})]


def _hash(data: bytes, hole: tuple[int, int]) -> dict[str, Any]:
    import cbor2

    start, length = hole
    exclusions = [{"start": start, "length": length}] if length else []
    content = {"alg": "sha256", "hash": sha256(data[:start] + data[start + length :]), "exclusions": exclusions}
    spare = ROOM - len(cbor2.dumps(content | {"pad": bytes(300)})) + 300
    return content | {"pad": bytes(spare)}
