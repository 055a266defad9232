"""Is a manifest store found wherever it lies, nothing else taken for one, and all of it in linear time?"""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from provenance.credentials.store.hidden import MAX_READ, MAX_TOLD, Hidden, find_hidden
from provenance.credentials.store.in_file import layout_of
from provenance.formats import packed
from provenance.media_type import recognise
from tests.support.authority import picture, sign
from tests.support.effort import at_most, costs_at_most
from tests.support.media.crafting import TAIL, box, store, superbox
from tests.support.media.forms import FORMS
from tests.support.media.hidden_stores import HIDES, SIGNER, a_large_picture, a_picture, a_store, halves, in_document

MARK = b"jumdc2pa" + TAIL


def found(data: bytes) -> Hidden:
    media_type = recognise(data)
    return find_hidden(data, media_type, layout_of(data, media_type))


@pytest.mark.parametrize(("place", "build"), HIDES.values(), ids=HIDES)
def test_a_store_is_found_in_every_place(place: str, build: Callable[[], bytes]) -> None:
    hidden = found(build())
    assert [one.is_whole for one in hidden.stores] == [True]
    assert not hidden.more
    assert not hidden.is_cut


@pytest.mark.parametrize("media_type", FORMS)
def test_a_store_in_its_place_is_no_hidden_one(media_type: str) -> None:
    assert found(sign(SIGNER, FORMS[media_type](), media_type=media_type)) == Hidden()


@pytest.mark.parametrize("media_type", FORMS)
def test_there_is_none_where_there_is_none(media_type: str) -> None:
    assert found(FORMS[media_type]()) == Hidden()


@pytest.mark.parametrize(
    "tail",
    [
        MARK,
        b"\0\0\1\0jumb\0\0\0\x1e" + MARK,
        b"\0\0\1\0jumb\0\0\0\x1e" + MARK + b"\3c2pb\0" + bytes(300),
        b"\0\0\1\0jumb\0\0\0\x1e" + MARK + b"\3c2pa\0" + bytes(300),
        b"\0\0\1\0jumb\xff\0\0\x1e" + MARK + b"\3c2pa\0" + bytes(300),
        superbox(b"json", "c2pa", box(b"json", b"{}")),
        superbox(b"c2pa", "c2pa"),
        superbox(b"c2pa", "other", superbox(b"c2ma", "x")),
        MARK * 50,
    ],
)
def test_what_only_looks_like_a_store_is_none(tail: bytes) -> None:
    assert found(picture() + tail) == Hidden()


def test_a_store_that_breaks_off_is_told_and_not_called_readable() -> None:
    broken, beginning = halves()
    (one,) = found(broken).stores
    assert not one.is_whole
    assert one.size == len(a_store())
    assert found(beginning) == Hidden()


def test_a_store_with_a_size_of_64_bits_or_of_none_is_found_too() -> None:
    content = a_store()[8:]
    large = b"\0\0\0\1jumb" + (16 + len(content)).to_bytes(8, "big") + content
    open_ended = b"\0\0\0\0jumb" + content
    for tail in (large, open_ended):
        (one,) = found(picture() + tail).stores
        assert (one.start, one.size, one.is_whole) == (len(picture()), len(tail), True)


def test_more_stores_than_are_told_are_counted() -> None:
    hidden = found(picture() + a_store() * (MAX_TOLD + 3))
    assert (len(hidden.stores), hidden.more) == (MAX_TOLD, 3)


def test_a_second_store_of_a_signed_file_is_found_beside_its_own() -> None:
    hidden = found(a_picture() + a_picture("PNG"))
    assert [one.inside for one in hidden.stores] == ["png"]


def test_a_store_in_several_segments_is_put_together() -> None:
    hidden = found(picture() + a_large_picture())
    assert [(one.inside, one.is_whole) for one in hidden.stores] == [("jpeg", True)]


def test_what_is_not_unpacked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED", 512)
    hidden = found(in_document(packed=True))
    assert hidden.is_cut


def test_more_beginnings_in_base64_than_are_looked_at_are_said() -> None:
    text = b" ".join([base64.b64encode(MARK + b"x")] * 300)
    hidden = found(b"<svg xmlns='http://www.w3.org/2000/svg'><desc>" + text + b"</desc></svg>")
    assert (hidden.stores, hidden.is_cut) == ((), True)


def test_a_bomb_unfolds_no_further_than_the_room() -> None:
    bomb = in_document(packed=True, content=b"\xff\xd8\xff" + bytes(300_000_000))
    assert at_most(1, lambda: found(bomb)).is_cut


@pytest.mark.parametrize(
    "tail",
    [
        lambda: (b"\x7f\0\0\0jumb\0\0\0\x1e" + MARK + b"\3c2pa\0") * 60_000,
        lambda: (b"\0\x20\0\0jumb\0\0\0\x1e" + MARK + b"\3c2pa\0\0\0\1\0jumb\0\0\0\x21jumdc2ma" + TAIL) * 40_000,
        lambda: MARK * 150_000,
    ],
    ids=["heads", "heads-with-manifests", "marks"],
)
def test_many_beginnings_cost_no_more_than_their_length(tail: Callable[[], bytes]) -> None:
    data = picture() + tail()
    assert costs_at_most(2, lambda: found(data))


def test_so_many_stores_are_read_and_more_only_by_their_beginning() -> None:
    hidden = found(picture() + a_store() * (MAX_READ + 1))
    assert len(hidden.stores) + hidden.more == MAX_READ + 1


def test_a_store_alone_is_nobodys_tail() -> None:
    assert found(store(superbox(b"c2ma", "x"))) == Hidden()
