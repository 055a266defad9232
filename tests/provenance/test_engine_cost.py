"""Is an engine left alone with a file that would cost it more than the file's size justifies?"""

from __future__ import annotations

import time

import cbor2
import pytest

from provenance.credentials.engines.c2pa_rs import read
from provenance.credentials.engines.cost import FEW_RULES, is_too_much
from provenance.credentials.engines.model import Outcome
from tests.provenance.bmff_files import NEW, c2pa_box, ftyp
from tests.provenance.crafting import box


def film(rules: int, boxes: int, *, inside: int = 0) -> bytes:
    """A film with so many rules in its store, and so many boxes at its top and within its `moov`."""
    store = cbor2.dumps([{"xpath": "/free"}] * rules)
    moov = box(b"moov", box(b"free", b"") * inside)
    return ftyp(b"isom") + c2pa_box(store) + moov + box(b"free", b"") * boxes + box(b"mdat", b"p")


@pytest.mark.parametrize(("boxes", "inside"), [(10_000, 0), (0, 10_000)], ids=["at the top", "further in"])
def test_many_rules_over_many_boxes_are_too_much(boxes: int, inside: int) -> None:
    data = film(1_000, boxes, inside=inside)
    assert is_too_much(data)
    began = time.thread_time()
    reading = read(data, "video/mp4")
    assert (reading.outcome, reading.reason) == (Outcome.UNPARSABLE, "rules")
    assert time.thread_time() - began < 1


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
