"""Is an engine left alone with a file that would cost it more than the file's size justifies?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import brotli
import cbor2
import pytest

from provenance.credentials.engines.c2pa_rs import read
from provenance.credentials.engines.cost import FEW_RULES, has_too_many_parts, is_too_much
from provenance.credentials.engines.model import Outcome
from provenance.credentials.store.jumbf import parse_store
from tests.support.authority import make_root, make_signer, picture, with_manifest_store
from tests.support.effort import at_most
from tests.support.media.bmff_files import NEW, c2pa_box, ftyp
from tests.support.media.crafting import Draft, actions, box, link_to, store, superbox


def film(rules: int, boxes: int, *, inside: int = 0) -> bytes:
    """A film with so many rules in its store, and so many boxes at its top and within its `moov`."""
    store = cbor2.dumps([{"xpath": "/free"}] * rules)
    moov = box(b"moov", box(b"free", b"") * inside)
    return ftyp(b"isom") + c2pa_box(store) + moov + box(b"free", b"") * boxes + box(b"mdat", b"p")


@pytest.mark.parametrize(("boxes", "inside"), [(10_000, 0), (0, 10_000)], ids=["at the top", "further in"])
def test_many_rules_over_many_boxes_are_too_much(boxes: int, inside: int) -> None:
    data = film(1_000, boxes, inside=inside)
    assert is_too_much(data)
    reading = at_most(1, lambda: read(data, "video/mp4"))
    assert (reading.outcome, reading.reason) == (Outcome.UNPARSABLE, "rules")


@pytest.mark.parametrize(("rules", "boxes"), [(len(NEW), 50_000), (FEW_RULES, 50_000), (5_000, 100)])
def test_few_of_either_are_not(rules: int, boxes: int) -> None:
    assert not is_too_much(film(rules, boxes))


def test_the_words_count_where_the_rules_lie_and_nowhere_else() -> None:
    words = b"xpath" * 10_000
    assert not is_too_much(ftyp(b"isom") + box(b"mdat", words) + box(b"free", b"") * 10_000)
    assert not is_too_much(b"\xff\xd8\xff\xe0" + words)
    assert is_too_much(film(0, 10_000), store=words)
    assert not is_too_much(film(1_000, 10_000), store=b"")


def test_more_boxes_than_any_file_has_are_too_much_for_many_rules_alone() -> None:
    assert is_too_much(film(FEW_RULES + 1, 1_200_000))
    assert not is_too_much(film(FEW_RULES, 1_200_000))


@pytest.mark.parametrize("cut", [0, 4, 9, 30])
def test_files_that_break_off_are_counted_as_far_as_they_go(cut: int) -> None:
    assert not is_too_much(film(1_000, 10_000)[:cut])


SIGNER: Final = make_signer(make_root())
BINDING: Final = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})
ACTIVE: Final = "urn:c2pa:00000000-0000-4000-8000-00000000ffff"


def named(base: str, number: int) -> str:
    return f"{base}__{number}" if number else base


def active(*assertions: tuple[str, Any]) -> bytes:
    return Draft(signer=SIGNER, label=ACTIVE, assertions=[actions(), *assertions, BINDING]).build()


@cache
def part(number: int) -> tuple[str, bytes]:
    label = f"urn:c2pa:00000000-0000-4000-8000-{number:012x}"
    return label, Draft(signer=SIGNER, label=label, assertions=[actions(), BINDING], cose={"room": 1}).build()


def parts(count: int) -> bytes:
    """Each with a manifest of its own."""
    built = [part(number) for number in range(count)]
    links = [
        (named("c2pa.ingredient.v3", number), link_to(one, label, relationship="componentOf"))
        for number, (label, one) in enumerate(built)
    ]
    return store(*(one for _, one in built), active(*links))


def same(count: int) -> bytes:
    """All with one manifest."""
    label, one = part(0)
    link = link_to(one, label, relationship="componentOf")
    return store(one, active(*((named("c2pa.ingredient.v3", number), link) for number in range(count))))


def unsigned(count: int) -> bytes:
    """Each without Content Credentials."""
    one = {"relationship": "componentOf", "dc:title": "x"}
    return store(active(*((named("c2pa.ingredient.v3", number), one) for number in range(count))))


def notes(count: int) -> bytes:
    return store(active(*((named("org.test.note", number), {"n": number}) for number in range(count))))


def packed(count: int) -> bytes:
    """The same within a compressed manifest."""
    inner = active(*((named("org.test.note", number), {"n": 0}) for number in range(count)))
    return store(superbox(b"c2cm", ACTIVE, box(b"brob", brotli.compress(inner))))


@pytest.mark.parametrize(
    ("made", "count"), [(parts, 700), (same, 1_000), (unsigned, 1_000), (notes, 3_000), (packed, 3_000)]
)
def test_more_parts_than_an_engine_goes_through_in_time_are_too_many(made: Callable[[int], bytes], count: int) -> None:
    inside = made(count)
    data = with_manifest_store(picture(), inside)
    assert has_too_many_parts(parse_store(inside), len(data))
    reading = at_most(1, lambda: read(data, "image/jpeg", inside=inside))
    assert (reading.outcome, reading.reason) == (Outcome.UNPARSABLE, "parts")


def test_a_store_of_more_boxes_than_are_counted_has_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = notes(200)
    monkeypatch.setattr("provenance.credentials.store.boxes.MAX_BOXES", 100)
    assert read(with_manifest_store(picture(), inside), "image/jpeg", inside=inside).reason == "parts"


@pytest.mark.parametrize(("made", "count"), [(parts, 100), (same, 300), (unsigned, 400), (notes, 1_000)])
def test_as_many_parts_as_real_files_have_are_not(made: Callable[[int], bytes], count: int) -> None:
    inside = made(count)
    data = with_manifest_store(picture(), inside)
    assert not has_too_many_parts(parse_store(inside), len(data))
    assert read(data, "image/jpeg", inside=inside).outcome is Outcome.FOUND


def test_a_larger_file_may_have_more() -> None:
    inside = parse_store(unsigned(900))
    assert has_too_many_parts(inside, 1_000_000)
    assert not has_too_many_parts(inside, 4_000_000)


def test_the_parts_of_a_sidecar_count_as_well() -> None:
    assert read(picture(), "image/jpeg", sidecar=unsigned(1_000)).reason == "parts"
