"""Do mutators do what they say: keep what is signed, keep the size, reach every pointer, do the same each time?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest

from tests.support.attacks import CAMERA
from tests.viewers.carriers import carrier_of, cost, framed, with_store
from tests.viewers.cases import EVERYWHERE, OF_FAMILY, Mutator, case
from tests.viewers.model import Mutant, Original
from tests.viewers.mutators import anywhere, bmff, gaps, openings, tables
from tests.viewers.mutators.foreign import pieces
from tests.viewers.opened import bindings, open_ranges
from tests.viewers.originals import originals
from tests.viewers.rebinding import OLD, bmff_digest, complement, left_out_boxes, named_parts
from tests.viewers.stores import pad_range, relabelled, resized, sign1_of, spare, with_pad
from tests.viewers.structure.parse import boxes, segments

NAMES = (
    "jpeg", "jpeg-data", "jpeg-without-words", "jpeg-boxes", "png", "png-exif", "png-boxes", "gif-animated",
    "gif-boxes", "mp4-free",
    "webp-animated", "wav", "avi", "tiff", "tiff-turned", "avif", "avif-animated", "heic-turned", "heic-old", "mp4",
    "mp4-old", "mp4-pieces", "mov", "mp3", "flac", "pdf", "pdf-updated", "svg", "docx", "epub",
)  # fmt: skip
"""One original at least of every family."""


@cache
def ground() -> dict[str, Original]:
    found, failed = originals(CAMERA, NAMES)
    assert not failed
    return {one.name: one for one in found}


def mutants(mutator: Mutator, *names: str, tries: int = 60) -> list[Mutant]:
    """What a mutator makes of some originals."""
    made = [mutator(random.Random(number), ground()[name]) for name in names for number in range(tries)]
    return [one for one in made if one is not None]


def test_every_original_is_there() -> None:
    assert set(ground()) == set(NAMES)
    assert {one.family for one in ground().values()} == {*OF_FAMILY, "gif", "svg"} - {"jxl"}


@pytest.mark.parametrize("name", NAMES)
class TestTheStore:
    def test_a_store_put_back_in_its_place_is_the_file(self, name: str) -> None:
        one = ground()[name]
        found = carrier_of(one.data, one.family)
        assert with_store(one.data, one.family, found.store) == one.data
        parts = framed(one.family, found.store)
        assert sum(map(len, parts)) == cost(one.family, len(found.store)) == found.end - found.start

    def test_a_smaller_store_has_the_same_signature(self, name: str) -> None:
        one = ground()[name]
        store = carrier_of(one.data, one.family).store
        smaller = resized(store, len(store) - 500)
        assert smaller is not None
        assert len(smaller) == len(store) - 500
        before, after = sign1_of(store), sign1_of(smaller)
        assert (before[0], before[2], before[3]) == (after[0], after[2], after[3])
        assert spare(smaller) == spare(store) - 500

    def test_what_is_put_into_the_padding_stands_there(self, name: str) -> None:
        one = ground()[name]
        store = carrier_of(one.data, one.family).store
        start, end = pad_range(store)
        assert store[start:end] == bytes(end - start)
        filled = with_pad(store, 7, b"the bridge fell")
        assert filled.index(b"the bridge fell") == start + 7
        named = relabelled(store, "x", b"the bridge fell")
        assert named is not None
        assert "pad" not in sign1_of(named)[1]
        assert len(named) == len(store)

    def test_the_binding_of_the_last_manifest_is_found(self, name: str) -> None:
        one = ground()[name]
        labels = [label for label, _ in bindings(carrier_of(one.data, one.family).store)]
        assert len(labels) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_gap_keeps_the_size_and_everything_outside_the_range(name: str) -> None:
    one = ground()[name]
    found = carrier_of(one.data, one.family)
    made = mutants(gaps.gap, name, tries=25)
    assert len({mutant.detail for mutant in made}) >= 3
    for mutant in made:
        assert len(mutant.data) == len(one.data)
        if one.family != "zip":  # whose directory has the store's checksum
            assert mutant.data[: found.start] == one.data[: found.start]
            assert mutant.data[found.end :] == one.data[found.end :]
        assert mutant.data != one.data


def test_a_piece_of_every_kind_fits_into_a_gap() -> None:
    details = " ".join(mutant.detail for mutant in mutants(gaps.gap, "jpeg", tries=400))
    assert {name for name in pieces("jpeg", b"") if name not in details} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_mutator_of_a_format_makes_something_of_it(name: str) -> None:
    one = ground()[name]
    apart = {tables.avi, tables.orientation, tables.exif_replaced, bmff.free_filled, bmff.interleaved, bmff.tables}
    for mutator in (
        {*EVERYWHERE, *OF_FAMILY.get(one.family, ())} - apart - {openings.opening, anywhere.parts, anywhere.size}
    ):
        assert mutants(mutator, name, tries=40), mutator


@pytest.mark.parametrize(
    ("mutator", "names"),
    [
        (tables.avi, ["avi"]),
        (tables.orientation, ["jpeg-data", "png-exif", "tiff-turned"]),
        (tables.exif_replaced, ["jpeg-data"]),
        (bmff.free_filled, ["mp4-free"]),
        (bmff.interleaved, ["mp4-old", "heic-old", "mov"]),
        (bmff.tables, ["mp4", "heic-turned", "avif", "mp4-pieces"]),
        (openings.opening, ["jpeg-without-words", "mp4", "heic-old"]),
        (anywhere.parts, ["jpeg", "png", "gif-animated", "avi", "mp4", "docx"]),
        (anywhere.size, ["jpeg", "png", "avi", "mp4", "docx", "mp3"]),
    ],
)
def test_a_mutator_of_some_structure_reaches_it(mutator: Mutator, names: Sequence[str]) -> None:
    for name in names:
        made = mutants(mutator, name, tries=80)
        assert made, name
        assert any(mutant.data != ground()[name].data for mutant in made)


def test_another_order_of_chunks_uses_the_same_bytes_once() -> None:
    data = ground()["mp4-old"].data
    before = sorted((one.place, one.size) for one in bmff.chunks_of(data))
    for mutant in mutants(bmff.interleaved, "mp4-old"):
        after = sorted((one.place, one.size) for one in bmff.chunks_of(mutant.data))
        assert sum(size for _, size in after) == sum(size for _, size in before)
        assert after[0][0] == before[0][0]
        assert all(start + size == following for (start, size), (following, _) in pairwise(after))
        assert bmff_digest(mutant.data, OLD, 1) == bmff_digest(data, OLD, 1)


def test_the_same_digest_does_not_hold_where_something_hashed_changed() -> None:
    data = ground()["mp4-old"].data
    assert bmff_digest(data, OLD, 1) != bmff_digest(data[:-1] + b"x", OLD, 1)
    assert {box.path for box in left_out_boxes(data, OLD)} == {"/ftyp", "/uuid", "/moov/trak/mdia/minf/stbl/stco"}


@pytest.mark.parametrize("name", ["jpeg-boxes", "png-boxes", "gif-boxes"])
def test_the_named_parts_of_a_picture_leave_no_gap(name: str) -> None:
    one = ground()[name]
    parts = named_parts(one.data, one.family)
    assert [start for _, start, _ in parts[1:]] == [end for *_, end in parts[:-1]]
    assert (parts[0][1], parts[-1][2]) == (0, len(one.data))
    assert [name for name, *_ in parts].count("C2PA") == 1


def test_what_a_signer_left_out_is_found() -> None:
    one = ground()["jpeg-without-words"]
    exif = next(part for part in segments(one.data) if part.kind == b"\xe1")
    assert open_ranges(one.data, "jpeg") == [(exif.start, exif.end)]
    assert open_ranges(ground()["jpeg"].data, "jpeg") == []
    head = boxes(ground()["avif"].data)[0]
    assert open_ranges(ground()["avif"].data, "bmff")[0] == (head.start, head.end)


def test_the_complement_of_ranges_is_the_rest() -> None:
    assert complement([(5, 7), (2, 3)], 10) == [(0, 2), (3, 5), (7, 10)]
    assert complement([(0, 10)], 10) == []


def test_a_store_whose_boxes_end_nowhere_ends_the_search_too() -> None:
    store = carrier_of(ground()["jpeg"].data, "jpeg").store
    start = store.index(b"c2as") - 16
    broken = store[:start] + bytes(4) + store[start + 4 :]
    assert list(bindings(broken)) == []
    with pytest.raises(ValueError, match="without a signature"):
        sign1_of(broken)


def test_the_same_number_makes_the_same_mutant() -> None:
    everything = list(ground().values())
    for number in range(200):
        first, second = (case(number, seed=9, ground=everything) for _ in range(2))
        assert first == second


def test_some_files_stay_as_they_are() -> None:
    everything = list(ground().values())
    made = [case(number, seed=3, ground=everything) for number in range(600)]
    untouched = [one for one in made if one.mutant.mutator == "none"]
    assert 5 <= len(untouched) <= 60
    assert all(one.mutant.data == one.original.data for one in untouched)
    kinds = {one.mutant.mutator for one in made}
    assert kinds >= {"gap", "padding", "pointer", "duplicate", "remove", "reorder", "brand", "size", "append", "prefix"}
    assert kinds >= {"polyglot", "orientation", "opening", "framing", "cut", "noise"}
