"""Is everything in the box of a manifest store that is neither the store nor its framing named, to the last byte?"""

from __future__ import annotations

import struct
from typing import Any

import cbor2
import pytest

from provenance.credentials.binding.base import Match
from provenance.formats import Kind, read_layout
from tests.support.authority import make_signer, sign
from tests.support.media.bmff_files import (
    C2PA,
    FULL,
    NEW,
    Film,
    Item,
    Pictures,
    at,
    av1,
    c2pa_box,
    codes,
    content,
    digest,
    ftyp,
    full,
    held,
    video,
)
from tests.support.media.crafting import Draft, actions, box, sha256, store, superbox
from tests.support.media.forms import jxl

STORE = store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions")))
FOREIGN = {"integrity.store.foreign"}
FILLED = {"integrity.padding.filled"}
ROW = c2pa_box(b"", b"merkle")[:-8] + cbor2.dumps({"uniqueId": 1, "localId": 1, "location": 0})
ROW = struct.pack(">I", len(ROW)) + ROW[4:]


def carrying(*boxes: bytes, after: bytes = b"") -> bytes:
    return Film(tracks=[video(70)], before=b"".join(boxes), after=after).build()


def kinds(data: bytes) -> set[Kind]:
    return {region.kind for region in read_layout(data).regions}


def test_the_box_as_it_is_written_is_the_stores_own() -> None:
    data = carrying(c2pa_box(STORE))
    assert codes(data) == FULL
    assert read_layout(data).stores == (STORE,)
    start = data.index(b"uuid") - 4
    assert [region for region in read_layout(data).regions if region.kind is Kind.MANIFEST] == [
        (start, start + len(c2pa_box(STORE)), Kind.MANIFEST, "manifest")
    ]


def test_zeros_behind_the_store_are_padding() -> None:
    data = carrying(c2pa_box(STORE + bytes(300)))
    assert codes(data) == FULL
    assert read_layout(data).stores == (STORE,)


@pytest.mark.parametrize("filled", [b"<html>", bytes(200) + b"%PDF", b"\0\0\0\x08free" + b"x" * 10])
def test_anything_else_behind_the_store_is_no_padding(filled: bytes) -> None:
    data = carrying(c2pa_box(STORE + filled))
    assert codes(data) == FILLED
    (doubt,) = read_layout(data).doubts
    assert data[doubt.start : doubt.end] == filled.lstrip(b"\0")


@pytest.mark.parametrize("head", [b"\1\0\0\0", b"\0\0\0\1", b"html"])
def test_a_version_or_flags_that_nobody_writes_are_foreign(head: bytes) -> None:
    assert codes(carrying(c2pa_box(STORE, head=head))) == FOREIGN


@pytest.mark.parametrize("purpose", [b"manifest", b"original", b"update"])
def test_the_place_of_the_first_row_is_nothing_or_right(purpose: bytes) -> None:
    assert codes(carrying(c2pa_box(STORE, purpose))) == FULL
    assert codes(carrying(c2pa_box(STORE, purpose, place=1))) == FOREIGN
    assert codes(carrying(c2pa_box(STORE, purpose, place=0x3C68746D6C3E0000))) == FOREIGN
    both = carrying(c2pa_box(STORE, purpose), after=ROW * 2)
    first = both.index(ROW)
    right = carrying(c2pa_box(STORE, purpose, place=first), after=ROW * 2)
    second = carrying(c2pa_box(STORE, purpose, place=first + len(ROW)), after=ROW * 2)
    assert {Kind.FOREIGN in kinds(data) for data in (both, right)} == {False}
    assert Kind.FOREIGN in kinds(second)


def test_a_long_form_of_the_size_says_the_same() -> None:
    plain = c2pa_box(STORE)
    long = struct.pack(">I", 1) + b"uuid" + struct.pack(">Q", len(plain) + 8) + plain[8:]
    data = carrying(long)
    assert codes(data) == FULL
    assert read_layout(data).stores == (STORE,)


def test_a_size_to_the_end_of_the_file_is_none_that_is_written() -> None:
    open_end = bytes(4) + c2pa_box(STORE)[4:]
    assert codes(carrying(after=open_end)) == FOREIGN


@pytest.mark.parametrize("purpose", [b"", b"Manifest", b"junk", b"merkle2", b"x" * 40])
def test_a_box_for_no_purpose_that_is_known_is_not_harmless(purpose: bytes) -> None:
    assert codes(carrying(box(b"uuid", C2PA + bytes(4) + purpose + b"\0" + STORE))) == {
        "integrity.coverage.other_excluded"
    }


def test_two_stores_are_two() -> None:
    assert len(read_layout(carrying(c2pa_box(STORE), c2pa_box(STORE))).stores) == 2


def test_an_original_and_its_update_are_one_store_of_one_description() -> None:
    update = store(superbox(b"c2um", "n", superbox(b"c2as", "c2pa.assertions")))
    data = carrying(c2pa_box(STORE, b"original"), after=c2pa_box(update, b"update"))
    (joined,) = read_layout(data).stores
    assert joined[8:] == STORE[8:] + update[8 + struct.unpack(">I", update[8:12])[0] :]
    other = update.replace(b"\x03c2pa\0", b"\x03htm>\0")
    assert len(read_layout(carrying(c2pa_box(STORE, b"original"), after=c2pa_box(other, b"update"))).stores) == 2


@pytest.mark.parametrize("kind", [b"free", b"skip"])
def test_free_space_between_boxes_of_the_store_is_empty(kind: bytes) -> None:
    def data(content: bytes) -> bytes:
        return carrying(c2pa_box(STORE), box(kind, content), ROW)

    assert "integrity.padding.filled" not in {doubt.code for doubt in read_layout(data(bytes(50))).doubts}
    assert {doubt.code for doubt in read_layout(data(b"\0<html>")).doubts} == FILLED


def test_free_space_beside_the_store_holds_what_other_programs_wrote() -> None:
    # Packagers leave their names there, and what they moved: nothing shows it, and it is said to be left out.
    data = carrying(box(b"free", b"IsoMedia File Produced with a packager"), c2pa_box(STORE), box(b"skip", b"old"))
    found = held(data)
    assert found.codes[1:] == ("integrity.coverage.full",)
    assert {one.name for one in found.excluded} == {"ftyp", "free", "skip"}


def test_a_table_that_leads_into_free_space_or_the_store_fails() -> None:
    for room in (box(b"free", b"\xff" * 90), c2pa_box(STORE + bytes(90))):
        data = Film(tracks=[video(70)], before=room).build()
        back = len(data) - 70 - data.index(room) - len(room) + 80
        inside = Film(tracks=[video(70)], before=room, places={0: [-back]}).build()
        assert "integrity.coverage.media_excluded" not in codes(data)
        assert "integrity.coverage.media_excluded" in codes(inside)


def test_a_picture_that_lies_in_the_store_fails_by_any_method() -> None:
    room = c2pa_box(STORE + bytes(400))
    good = Pictures(items=[Item(kind=b"av01", content=av1())], after=room)
    far = len(good.build()) - good.build().index(b"mdat") - 4 - 300
    for item in (
        Item(kind=b"av01", content=av1(), places=[(far, 100)]),
        Item(kind=b"av01", content=av1(), places=[(0, 50), (far, 100)]),
        # Of no length: all that follows.
        Item(kind=b"av01", content=av1(), places=[(0, 0)]),
    ):
        for version in (0, 1, 2):
            shown = Pictures(items=[item], after=room, version=version).build()
            assert "integrity.coverage.media_excluded" in codes(shown)
    inside = Pictures(items=[Item(kind=b"av01", content=av1(), places=[(0, 900)])], in_box=True, after=room).build()
    assert "integrity.coverage.media_excluded" in codes(inside)


def test_the_store_of_a_jpeg_xl_file_is_framed_by_its_own_box() -> None:
    signer = make_signer()
    data = sign(signer, jxl(), media_type="image/jxl")
    layout = read_layout(data)
    assert Kind.FOREIGN not in kinds(data)
    assert len(layout.stores) == 1
    start = data.index(b"jumb") - 4
    whole = Draft(signer=signer, assertions=[actions()])
    tail = data[:12] + ftyp(b"jxl ") + box(b"jxlc", b"\xff\x0a") + bytes(4) + store(whole.build())[4:]
    assert Kind.FOREIGN in kinds(tail)
    assert layout.manifest_runs() == ((start, start + struct.unpack(">I", data[start : start + 4])[0]),)


# Merkle boxes.


def row(location: int = 0, **more: object) -> bytes:
    return c2pa_row({"uniqueId": 1, "localId": 0, "location": location} | more)


def c2pa_row(content: object, padding: bytes = b"") -> bytes:
    return box(b"uuid", C2PA + bytes(4) + b"merkle\0" + cbor2.dumps(content) + padding)


def blocks(data: bytes, *, rows: int) -> tuple[dict[str, Any], list[bytes]]:
    """A hash with a tree over two blocks of the only `mdat`, of which so many rows are kept, and its leaves."""
    ((start, end),) = at(data, "/mdat")
    middle = (start + 16 + end) // 2 + 1
    leaves = [sha256(data[start + 16 : middle]), sha256(data[middle:end])]
    kept = leaves if rows == 2 else [sha256(leaves[0] + leaves[1])]
    rules = [*NEW, {"xpath": "/mdat", "subset": [{"offset": 16, "length": 0}]}]
    sizes = {"variableBlockSizes": [middle - start - 16, end - middle]}
    tree = {"uniqueId": 1, "localId": 0, "count": 2, "alg": "sha256", "hashes": kept} | sizes
    return content(data, rules) | {"merkle": [tree]}, leaves


def test_rows_that_a_tree_needs_are_the_stores_own() -> None:
    made, leaves = blocks(carrying(), rows=1)
    needed = row(0, hashes=[leaves[1]]) + row(1, hashes=[leaves[0]])
    assert codes(carrying(after=needed), assertion=made) == FULL
    padded = c2pa_row({"uniqueId": 1, "localId": 0, "location": 0, "hashes": [leaves[1]]}, bytes(40))
    assert codes(carrying(after=padded + row(1, hashes=[leaves[0]])), assertion=made) == FULL
    whole, _ = blocks(carrying(), rows=2)
    assert codes(carrying(), assertion=whole) == codes(carrying(after=row(0) + row(1)), assertion=whole) == FULL


def test_rows_that_hold_more_than_a_tree_needs_are_foreign() -> None:
    made, leaves = blocks(carrying(), rows=1)
    page = b"<html>".ljust(32)
    longer = row(0, hashes=[leaves[1], page]) + row(1, hashes=[leaves[0]])
    assert codes(carrying(after=longer), assertion=made) == FOREIGN
    # A field that is not known is no accusation, and nothing is known then.
    fuller = row(0, hashes=[leaves[1]], more=page) + row(1, hashes=[leaves[0]])
    assert held(carrying(after=fuller), assertion=made).match is Match.UNSUPPORTED
    needed = row(0, hashes=[leaves[1]]) + row(1, hashes=[leaves[0]])
    other = c2pa_row({"uniqueId": 2, "localId": 0, "location": 0, "hashes": [page]})
    assert codes(carrying(after=needed + other), assertion=made) == FOREIGN
    whole, _ = blocks(carrying(), rows=2)
    assert codes(carrying(after=row(0, hashes=[page]) + row(1)), assertion=whole) == FOREIGN


def test_rows_without_a_tree_are_foreign_whatever_they_hold() -> None:
    assert codes(carrying(after=row())) == FOREIGN
    assert codes(carrying(after=c2pa_row({}))) == FOREIGN
    assert codes(carrying(after=box(b"uuid", C2PA + bytes(4) + b"merkle\0" + b"<html>"))) == FOREIGN


def test_a_fragments_row_is_held_to_its_tree_too() -> None:
    init = Film(tracks=[video()], more=box(b"mvex", b""), brands=(b"iso6",)).build()
    init = init[: init.index(b"mdat") - 4]

    def piece(head: bytes) -> bytes:
        return head + box(b"moof", full(b"mfhd", bytes(4))) + box(b"mdat", b"x" * 20)

    for extra, wanted in ((row(0), FULL), (row(0, hashes=[b"<html>"]), FOREIGN)):
        tree = {"uniqueId": 1, "localId": 0, "count": 1, "alg": "sha256", "hashes": [digest(piece(extra))]}
        made = {"exclusions": NEW, "alg": "sha256", "merkle": [tree | {"initHash": digest(init)}]}
        assert codes(init, assertion=made, fragments=[piece(extra)]) == wanted
        assert codes(init + row(0), assertion=made, fragments=[piece(extra)]) >= FOREIGN
