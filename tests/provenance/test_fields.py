"""Does a binding's field that nobody knows here end in doubt and never in an accusation, and what is known count?"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage, measure
from provenance.credentials.binding.fields import MERKLE_BOX, check_fields
from provenance.credentials.binding.merkle import read_proofs
from provenance.credentials.errors import MalformedCredentialsError, UnknownFieldError, UnsupportedCredentialsError
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import read_layout
from tests.support.attacks import FAIL, PASS, UNKNOWN, codes, examine
from tests.support.authority import (
    join_jpeg,
    jpeg_segment,
    jpeg_segments,
    list_of,
    make_root,
    make_signer,
    picture,
    store_of,
    with_manifest_store,
)
from tests.support.media.crafting import Draft, actions, bind, box, sha256, store
from vouchmark.report import Line, Report

ROOT = make_root()
SIGNER = make_signer(ROOT)
LISTED = store_of(list_of(ROOT))
NOTE: Final = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + b"n" * 64 + b"</x:xmpmeta>"
HOLE: Final = {"start": 4 + NOTE.index(b"n" * 64), "length": 64, "boxIndex": 0}

Groups = list[dict[str, Any]]


def noted() -> bytes:
    segments, scan = jpeg_segments(picture())
    return join_jpeg([*segments[:1], jpeg_segment(0xE1, NOTE), *segments[1:]], scan)


def boxed(
    holes: Mapping[str, list[dict[str, Any]]] | None = None,
    *,
    more: Callable[[Groups], Groups] = lambda groups: groups,
    together: int = 1,
    **fields: Any,
) -> bytes:
    """A JPEG with a box hash over each of its boxes, or over so many at once, but for the holes in those named."""
    media = noted()
    layout = read_layout(with_manifest_store(media, store(Draft(signer=SIGNER).build())))
    whole = with_manifest_store(media, store(Draft(signer=SIGNER).build()))
    groups, rest = Groups(), list(layout.boxes)
    while rest:
        size = 1
        while size < min(together, len(rest)) and all(one.name != "C2PA" for one in rest[: size + 1]):
            size += 1
        taken, rest = rest[:size], rest[size:]
        found = (holes or {}).get(taken[0].name, [])
        runs, position = b"", taken[0].start
        for hole in found:
            at = taken[hole["boxIndex"]].start + hole["start"]
            runs, position = runs + whole[position:at], at + hole["length"]
        digest = b"\0" if taken[0].name == "C2PA" else sha256(runs + whole[position : taken[-1].end])
        entry = {"names": [one.name for one in taken], "hash": digest, "pad": b"", "alg": "sha256"}
        groups.append(entry | ({"exclusions": found} if found else {}))
    content = {"alg": "sha256", "boxes": more(groups)} | fields
    built = Draft(signer=SIGNER, assertions=[actions(), ("c2pa.hash.boxes", content)])
    return with_manifest_store(media, store(built.build()))


def integrity(data: bytes) -> Report:
    return examine(data, LISTED)


def test_what_a_box_hash_leaves_out_is_named_and_may_change() -> None:
    whole = boxed({"APP1": [HOLE]})
    changed = whole.replace(b"n" * 64, b"m" * 64)
    for data in (whole, changed):
        report = integrity(data)
        assert report.evidence[Line.INTEGRITY].status is PASS, codes(report, Line.INTEGRITY)
        assert codes(report, Line.INTEGRITY) == ["assertion.boxesHash.match", "integrity.coverage.metadata_excluded"]
        (excluded,) = report.evidence[Line.INTEGRITY].findings[1].detail["excluded"]  # type: ignore[misc]
        assert (excluded["end"] - excluded["start"], excluded["name"]) == (64, "XMP")  # type: ignore[index, operator]


def test_a_byte_beside_what_a_box_hash_leaves_out_is_a_change() -> None:
    whole = boxed({"APP1": [HOLE]})
    report = integrity(whole.replace(b"n" * 64 + b"</x", b"n" * 64 + b"</y"))
    assert report.evidence[Line.INTEGRITY].status is FAIL


def test_a_hole_counts_from_the_box_that_it_names() -> None:
    whole = boxed({"APP1": [HOLE | {"boxIndex": 0}]}, together=3)
    assert integrity(whole).evidence[Line.INTEGRITY].status is PASS
    # The group before the store is the file's start and JFIF: four octets of the second.
    before = boxed({"SOI": [{"start": 12, "length": 4, "boxIndex": 1}]}, together=2)
    found = measured(before)
    assert found.match is Match.MATCH
    assert [(one.start, one.end, one.name) for one in found.excluded] == [(14, 18, "JFIF")]


def test_media_that_a_box_hash_leaves_out_fails() -> None:
    report = integrity(boxed({"SOS": [{"start": 40, "length": 60, "boxIndex": 0}]}))
    assert report.evidence[Line.INTEGRITY].status is FAIL
    assert "integrity.coverage.media_excluded" in codes(report, Line.INTEGRITY)


@pytest.mark.parametrize(
    ("holes", "match"),
    [
        ([HOLE | {"boxIndex": 1}], Match.MALFORMED),
        ([HOLE | {"boxIndex": -1}], Match.MALFORMED),
        ([{"start": 4, "length": 5}], Match.MALFORMED),
        ([{"start": 20, "length": 4, "boxIndex": 0}, {"start": 10, "length": 4, "boxIndex": 0}], Match.MALFORMED),
        ([{"start": 10, "length": 9, "boxIndex": 0}, {"start": 12, "length": 4, "boxIndex": 0}], Match.MALFORMED),
        ([], Match.MALFORMED),
        ([{"start": 10, "length": 5_000, "boxIndex": 0}], Match.MISMATCH),
        ([HOLE | {"end": 9}], Match.UNSUPPORTED),
    ],
)
def test_holes_that_break_the_rules_are_their_issuers_fault(holes: list[dict[str, Any]], match: Match) -> None:
    def put(groups: Groups) -> Groups:
        return [group | ({"exclusions": holes} if group["names"] == ["APP1"] else {}) for group in groups]

    assert measured(boxed(more=put)).match is match


def measured(data: bytes) -> Coverage:
    layout = read_layout(data)
    manifest = parse_store(layout.stores[0]).active
    binding = next(one for one in manifest.assertions if one.label.startswith("c2pa.hash"))
    return measure(binding, data, layout, manifest=manifest.label, algorithm="sha256", verified=manifest.assertions)


# Fields that are not known.


def unknown_in_boxes(groups: Groups) -> Groups:
    return [group | ({"includes": [1]} if group["names"] == ["APP1"] else {}) for group in groups]


@pytest.mark.parametrize(
    "build",
    [
        lambda: boxed(more=unknown_in_boxes),
        lambda: boxed(scope="all"),
        lambda: boxed({"APP1": [HOLE]}, more=lambda groups: [one | {"x": 1} for one in groups]),
    ],
)
def test_a_field_that_nobody_knows_here_is_doubt_whether_the_rest_fits_or_not(build: Callable[[], bytes]) -> None:
    whole = build()
    for data in (whole, whole.replace(b"n" * 64, b"m" * 64)):
        assert measured(data).match is Match.UNSUPPORTED
        assert measured(data).has_unknown_field
        report = integrity(data)
        found = codes(report, Line.INTEGRITY)
        assert report.evidence[Line.INTEGRITY].status is UNKNOWN, found
        assert "integrity.coverage.unknown" in found
        assert not [code for code in found if code.endswith("mismatch")]


def test_an_engine_that_calls_it_a_change_is_quoted_and_not_believed() -> None:
    whole = boxed(more=unknown_in_boxes)
    report = integrity(whole.replace(b"n" * 64, b"m" * 64))
    (doubt,) = [one for one in report.evidence[Line.INTEGRITY].findings if one.code == "integrity.unconfirmed"]
    assert doubt.statement == (
        "One verifier says that the bytes changed; the signed hash has a field that is not known here."
    )


def data_hash(**fields: Any) -> bytes:
    class Odd(Draft):
        def references(self) -> list[dict[str, Any]]:
            self.assertions = [
                (label, content | fields if label == "c2pa.hash.data" else content)
                for label, content in self.assertions
            ]
            return super().references()

    return bind(Odd(signer=SIGNER, assertions=[actions()]), picture())


def test_a_data_hash_with_a_field_that_nobody_knows_here_is_doubt() -> None:
    assert integrity(data_hash()).evidence[Line.INTEGRITY].status is PASS
    report = integrity(data_hash(order="reversed"))
    assert report.evidence[Line.INTEGRITY].status is UNKNOWN
    assert "integrity.coverage.unknown" in codes(report, Line.INTEGRITY)


KNOWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "c2pa.hash.data": {
        "alg": "sha256", "hash": b"", "name": "n", "pad": b"", "pad2": b"", "url": None,
        "exclusions": [{"start": 1, "length": 2, "bmff_offset": None}],
    },
    "c2pa.hash.data.part": {"alg": "sha256", "hash": b"", "pad": b"", "exclusions": [{"start": 1, "length": 2}]},
    "c2pa.hash.boxes": {
        "alg": "sha256",
        "boxes": [
            {
                "names": ["SOI"], "alg": "sha256", "hash": b"", "excluded": False, "pad": b"",
                "exclusions": [{"start": 1, "length": 1, "boxIndex": 0}],
            }
        ],
    },
    "c2pa.hash.bmff": {
        "alg": "sha256", "hash": b"", "name": "n", "pad": b"",
        "exclusions": [
            {
                "xpath": "/ftyp", "length": None, "version": None, "flags": None, "exact": None,
                "data": [{"offset": 8, "value": b""}], "subset": [{"offset": 1, "length": 2}],
            }
        ],
        "merkle": [
            {
                "uniqueId": 0, "localId": 0, "count": 1, "alg": "sha256", "initHash": b"", "hashes": [b""],
                "fixedBlockSize": 2, "variableBlockSizes": None,
            }
        ],
    },
    "c2pa.hash.collection.data": {
        "alg": "sha256", "zip_central_directory_hash": b"",
        "uris": [{"uri": "a", "hash": b"", "size": 1, "dc:format": "text/plain", "data_types": []}],
    },
    "c2pa.hash.multi-asset": {
        "pad": b"", "pad2": b"",
        "parts": [
            {
                "location": {"byteOffset": 0, "length": 1, "bmffBox": "/mpvd"}, "optional": True,
                "hashAssertion": {"url": "u", "hash": b"", "alg": "sha256"},
            }
        ],
    },
    MERKLE_BOX: {"uniqueId": 0, "localId": 0, "location": 0, "hashes": [b""]},
}  # fmt: skip


def maps_in(value: Any) -> list[dict[Any, Any]]:
    """Every map in decoded CBOR, the outermost first."""
    if isinstance(value, dict):
        return [value, *(inner for one in value.values() for inner in maps_in(one))]
    return [inner for one in value for inner in maps_in(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("binding", KNOWN)
def test_every_field_of_the_specification_is_known_and_no_other(binding: str) -> None:
    check_fields(KNOWN[binding], binding)
    for number in range(len(maps_in(KNOWN[binding]))):
        for key in ("another", 1, b"x"):
            content = cbor2.loads(cbor2.dumps(KNOWN[binding]))
            maps_in(content)[number][key] = 1
            with pytest.raises(UnknownFieldError):
                check_fields(content, binding)


def test_files_of_a_collection_may_be_a_map_by_name() -> None:
    check_fields({"uris": {"word/document.xml": {"hash": b"", "size": 1}}}, "c2pa.hash.collection.data")
    with pytest.raises(UnknownFieldError):
        check_fields({"uris": {"word/document.xml": {"hash": b"", "skip": 1}}}, "c2pa.hash.collection.data")


@pytest.mark.parametrize("binding", ["c2pa.hash.data", "c2pa.hash.bmff"])
def test_a_hash_of_what_is_kept_elsewhere_says_nothing_of_the_file(binding: str) -> None:
    with pytest.raises(UnsupportedCredentialsError):
        check_fields({"url": "https://example.org/elsewhere"}, binding)


def test_a_merkle_box_with_a_field_that_nobody_knows_here_is_doubt() -> None:
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

    def boxed_proof(**fields: Any) -> bytes:
        content = cbor2.dumps({"uniqueId": 0, "localId": 0, "location": 0, "hashes": None} | fields)
        proof = box(b"uuid", uuid + bytes(4) + b"merkle\0" + content)
        return box(b"ftyp", b"isom" + struct.pack(">I", 0)) + proof + box(b"mdat", bytes(32))

    plain = boxed_proof()
    assert len(read_proofs(plain, read_layout(plain).bmff)) == 1
    odd = boxed_proof(another=1)
    with pytest.raises(UnknownFieldError):
        read_proofs(odd, read_layout(odd).bmff)
    for value in (cbor2.CBORTag(0x4142434445464748, 0), 0.5, True):
        loose = boxed_proof(localId=value)
        with pytest.raises(MalformedCredentialsError):
            read_proofs(loose, read_layout(loose).bmff)
