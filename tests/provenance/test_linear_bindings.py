"""Does holding a file against its hash take its share of time and no more, whatever whoever signed it wrote down?"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Any

import cbor2
import pytest

from provenance.credentials.binding import bmff as bmff_binding
from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage, measure
from provenance.credentials.store import jumbf
from provenance.formats import read_layout
from provenance.formats.bmff import C2PA_UUID
from tests.support.media.crafting import assertion_box, box, sha256, store, superbox
from tests.support.shares import in_its_share

HEAD = box(b"ftyp", b"isom\0\0\0\0isom")


def held(label: str, content: dict[str, Any], data: bytes, fragments: Sequence[bytes] = ()) -> Coverage:
    """The coverage of an assertion, within its share of time for all bytes that are looked at."""
    raw = store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", assertion_box(label, content))))
    assertion = jumbf.parse_store(raw).active.assertions[0]
    layout = read_layout(data)
    size = len(data) + len(raw) + sum(map(len, fragments))
    return in_its_share(
        size, lambda: measure(assertion, data, layout, manifest="m", algorithm="sha256", fragments=fragments)
    )


def digest(data: bytes, left_out: Sequence[bytes], start: int = 0, end: int | None = None) -> bytes:
    """A BMFF digest as the specification has it, over the top-level boxes that begin between two offsets."""
    state, position = hashlib.sha256(), start
    while position < (len(data) if end is None else end):
        (size,) = struct.unpack(">I", data[position : position + 4])
        if data[position + 4 : position + 8] not in left_out:
            state.update(struct.pack(">Q", position) + data[position : position + size])
        position += size
    return state.digest()


def loose(boxes: int, kind: bytes = b"free", size: int = 0) -> bytes:
    """A film with so many boxes of one kind."""
    return HEAD + box(b"moov", bytes(8)) + box(kind, bytes(size)) * boxes + box(b"mdat", b"p" * 100)


def test_one_rule_said_ten_thousand_times_is_one_rule() -> None:
    data = loose(50_000)
    content = {"exclusions": [{"xpath": "/free"}] * 10_000, "hash": digest(data, [b"free"])}
    assert held("c2pa.hash.bmff.v2", content, data).match is Match.MATCH
    assert held("c2pa.hash.bmff.v2", content, data[:-1] + b"q").match is Match.MISMATCH


@pytest.mark.parametrize(
    "rules",
    [
        [{"xpath": "/free", "length": number} for number in range(8, 10_008)],
        [{"xpath": "/free", "version": number} for number in range(10_000)],
        [{"xpath": "/free", "data": [{"offset": number, "value": b"x"}]} for number in range(10_000)],
        [{"xpath": "/free", "data": [{"offset": 0, "value": b"x"}] * 10_000}] * 2,
        [{"xpath": "/free", "subset": [{"offset": n, "length": 1} for n in range(10_000)]}] * 2,
        [{"xpath": f"/free[{number}]", "version": version} for number in range(1, 101) for version in range(100)],
    ],
    ids=["lengths", "versions", "patterns", "many patterns", "subsets", "positions"],
)
def test_ten_thousand_rules_over_as_many_boxes_are_not_all_held_against_all(rules: list[dict[str, Any]]) -> None:
    data = loose(20_000, size=2)
    found = held("c2pa.hash.bmff.v2", {"exclusions": rules, "hash": bytes(32)}, data)
    assert found.match in (Match.UNSUPPORTED, Match.MISMATCH)


def test_where_there_are_more_rules_than_are_tried_the_coverage_is_not_known() -> None:
    data = loose(20_000, size=2)
    rules = [{"xpath": "/free", "length": number} for number in range(8, 108)]
    found = held("c2pa.hash.bmff.v2", {"exclusions": rules, "hash": digest(data, [b"free"])}, data)
    assert found.match is Match.UNSUPPORTED
    assert "integrity.coverage.unknown" in found.codes


def test_a_rule_with_a_long_pattern_is_not_compared_with_every_box() -> None:
    data = loose(20_000, size=32)
    rules = [{"xpath": "/free", "data": [{"offset": 8, "value": bytes(800_000)}]}]
    found = held("c2pa.hash.bmff.v2", {"exclusions": rules, "hash": bytes(32)}, data)
    assert found.match is Match.UNSUPPORTED


def test_ways_to_say_one_path_are_not_followed_one_by_one() -> None:
    inner = box(b"free", b"") * 5_000
    for _ in range(12):
        inner = box(b"moov", inner)
    data = HEAD + inner + box(b"mdat", b"p")
    paths = [
        "/".join(["", *(("moov", "moov[1]")[number >> bit & 1] for bit in range(12)), "free"]) for number in range(4096)
    ]
    found = held("c2pa.hash.bmff.v2", {"exclusions": [{"xpath": path} for path in paths], "hash": bytes(32)}, data)
    assert found.match is Match.UNSUPPORTED


def test_positions_count_from_one_and_slashes_too_many_are_none() -> None:
    data = HEAD + box(b"moov", box(b"trak", b"a" * 8) + box(b"trak", b"b" * 8)) + box(b"mdat", b"p" * 100)
    whole, second = hashlib.sha256(), data.index(b"b" * 8) - 8
    moov = len(HEAD)
    mdat = data.index(b"mdat") - 4
    whole.update(struct.pack(">Q", moov) + data[moov:second] + struct.pack(">Q", mdat) + data[mdat:])
    for path in ("/moov/trak[2]", "//moov//trak[02]/", "/moov[1]/trak[2]"):
        content = {"exclusions": [{"xpath": "/ftyp"}, {"xpath": path}], "hash": whole.digest()}
        assert held("c2pa.hash.bmff.v2", content, data).match is Match.MATCH
    for path in ("/moov/trak[0]", "/moov/trak[x]", "/moov/trak[\u00b2]", "moov", "/moov/trak[1234567]"):
        content = {"exclusions": [{"xpath": path}], "hash": whole.digest()}
        assert held("c2pa.hash.bmff.v2", content, data).match is Match.MALFORMED


def tree(number: int, hashes: Sequence[bytes], **more: Any) -> dict[str, Any]:
    return {"uniqueId": number, "localId": 1, "count": len(hashes), "hashes": list(hashes)} | more


def proof(number: int, location: int) -> bytes:
    content = cbor2.dumps({"uniqueId": number, "localId": 1, "location": location})
    return box(b"uuid", C2PA_UUID + bytes(4) + b"merkle\0" + content)


def test_thousands_of_trees_over_one_first_part_hash_it_once() -> None:
    data = HEAD + box(b"moov", bytes(1_000_000))
    first = digest(data, [b"ftyp"])
    trees = [tree(number, [bytes(32)], initHash=first) for number in range(9_000)]
    found = held("c2pa.hash.bmff.v2", {"exclusions": [{"xpath": "/ftyp"}], "merkle": trees}, data)
    assert "integrity.fragments.missing" in found.codes


def test_thousands_of_fragments_in_one_file_are_proved_one_by_one() -> None:
    number = 5_000
    pieces = [
        proof(1, place) + box(b"moof", bytes(8)) + box(b"free", b"") + box(b"mdat", b"p") for place in range(number)
    ]
    head = HEAD + box(b"moov", bytes(8))
    data = head + b"".join(pieces)
    left_out = [b"ftyp", b"uuid", b"free"]
    starts = [at for at in range(len(head), len(data)) if data[at + 4 : at + 8] == b"moof"]
    ends = [*starts[1:], len(data)]
    leaves = [digest(data, left_out, start, end) for start, end in zip(starts, ends, strict=True)]
    rules = [{"xpath": f"/{kind.decode()}"} for kind in left_out]
    content = {"exclusions": rules, "merkle": [tree(1, leaves, initHash=digest(data, left_out, 0, starts[0]))]}
    found = held("c2pa.hash.bmff.v2", content, data)
    assert found.match is Match.MATCH
    assert held("c2pa.hash.bmff.v2", content, data[:-1] + b"q").match is Match.MISMATCH


def test_trees_of_one_name_are_not_proved_by_the_same_boxes() -> None:
    data = HEAD + box(b"moov", bytes(8)) + b"".join(proof(1, n) + box(b"moof", bytes(8)) for n in range(3_000))
    first = digest(data, [b"ftyp", b"uuid"], 0, data.index(b"moof") - 4)
    trees = [tree(1, [bytes(32)] * 3_000, initHash=first)] * 30
    rules = [{"xpath": "/ftyp"}, {"xpath": "/uuid"}]
    assert held("c2pa.hash.bmff.v2", {"exclusions": rules, "merkle": trees}, data).match is Match.MALFORMED


def test_thousands_of_proofs_in_one_fragment_hash_it_once() -> None:
    first = HEAD + box(b"moov", bytes(8))
    rules = [{"xpath": "/ftyp"}, {"xpath": "/uuid"}]
    rest = box(b"moof", bytes(8)) + box(b"mdat", bytes(1_000_000))
    heads = b"".join(proof(number, 0) for number in range(5_000))
    fragment = heads + rest
    leaf = digest(fragment, [b"uuid"])
    init = digest(first, [b"ftyp"])
    trees = [tree(number, [leaf], initHash=init) for number in range(5_000)]
    content = {"exclusions": rules, "merkle": trees}
    found = held("c2pa.hash.bmff.v2", content, first, fragments=[fragment])
    assert found.match is Match.MATCH
    assert (found.fragments, found.fragments_missing) == (5_000, 0)


@pytest.mark.parametrize("size", [1_900_000, 3_000_000])
def test_blocks_of_two_bytes_are_hashed_in_time_or_not_at_all(size: int) -> None:
    data = HEAD + box(b"moov", bytes(8)) + box(b"mdat", bytes(size))
    one = tree(1, [bytes(32)], fixedBlockSize=2, count=min(1_000_000, (size - 8) // 2))
    found = held("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/ftyp"}], "merkle": [one]}, data)
    assert found.match is (Match.MISMATCH if size < 2_000_000 else Match.UNSUPPORTED)


def test_the_blocks_of_all_trees_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bmff_binding, "MAX_LEAVES", 150)
    data = HEAD + box(b"moov", bytes(8)) + box(b"mdat", bytes(208)) * 2
    row = [sha256(bytes(2))] * 100
    trees = [tree(number, row, fixedBlockSize=2) for number in range(2)]
    found = held("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/ftyp"}], "merkle": trees}, data)
    assert found.match is Match.UNSUPPORTED
    monkeypatch.setattr(bmff_binding, "MAX_LEAVES", 200)
    found = held("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/ftyp"}], "merkle": trees}, data)
    assert found.match is Match.MATCH


def in_parts(parts: Sequence[tuple[int, dict[str, Any]]]) -> list[tuple[str, Any]]:
    """A data hash that does not match, the hashes of optional parts (length, content), and the list that names them."""
    found: list[tuple[str, Any]] = [("c2pa.hash.data", {"hash": bytes(32), "alg": "sha256", "exclusions": []})]
    listed, position = [], 0
    for number, (length, content) in enumerate(parts):
        label = f"c2pa.hash.data.part__{number}"
        found.append((label, content))
        reference = {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": sha256(assertion_box(label, content)[8:])}
        location = {"byteOffset": position, "length": length}
        listed.append({"location": location, "hashAssertion": reference, "optional": True})
        position += length
    return [*found, ("c2pa.hash.multi-asset", {"parts": listed})]


def held_in_parts(assertions: Sequence[tuple[str, Any]], data: bytes) -> Coverage:
    boxes = b"".join(assertion_box(label, content) for label, content in assertions)
    raw = store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", boxes)))
    verified = jumbf.parse_store(raw).active.assertions
    layout = read_layout(data)
    work = lambda: measure(verified[0], data, layout, manifest="m", algorithm="sha256", verified=verified)  # noqa: E731
    return in_its_share(len(data) + len(raw), work)


def test_a_thousand_parts_that_are_gone_are_not_each_looked_for_in_the_whole_file() -> None:
    data = bytes(2_000_000)
    found = held_in_parts(in_parts([(len(data), {"hash": bytes(32), "exclusions": []})] * 1_000), data)
    assert found.match is Match.UNSUPPORTED
    assert found.codes == ("integrity.coverage.unknown",)


def test_exclusions_of_parts_are_read_once() -> None:
    data = bytes(100_000)
    content = {"hash": bytes(32), "exclusions": [{"start": 9 * n, "length": 1} for n in range(5_000)]}
    found = held_in_parts(in_parts([(len(data), content)] * 1_000), data)
    assert found.match is Match.UNSUPPORTED
