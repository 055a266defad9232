"""Does a report say that Content Credentials lie in a file where no engine looks, and never that there are none?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.support.attacks import INCONCLUSIVE, codes, examine, said
from tests.support.authority import picture, sign
from tests.support.media.forms import FORMS
from tests.support.media.hidden_stores import HIDES, SIGNER, a_picture, a_store, halves, in_document
from vouchmark.render.json import dumps
from vouchmark.report import Line, Status, exit_code

OTHERS = (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI)


@pytest.mark.parametrize(("place", "build"), HIDES.values(), ids=HIDES)
def test_a_store_out_of_place_is_told_with_its_place(place: str, build: Callable[[], bytes]) -> None:
    report = examine(build())
    assert codes(report, Line.INTEGRITY)[0] == "integrity.store.unreached"
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "Content Credentials lie in this file" in report.evidence[Line.INTEGRITY].summary
    assert place in report.evidence[Line.INTEGRITY].summary
    assert said(report).startswith("it holds credentials where the engines do not look")
    assert exit_code(report) is INCONCLUSIVE
    assert {report.evidence[line].status for line in OTHERS} == {Status.UNKNOWN}
    assert "no Content Credentials" not in dumps(report).replace("finds no Content Credentials", "")


def test_only_a_beginning_of_a_store_is_called_that() -> None:
    report = examine(halves()[0])
    assert report.evidence[Line.INTEGRITY].summary == (
        "What begins like Content Credentials lies in this file, and cannot be read: behind its end."
    )
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN


def test_a_file_of_a_type_that_nobody_reads_is_searched_too() -> None:
    report = examine(b"\x1aE\xdf\xa3" + bytes(range(256)) + a_picture())
    assert codes(report, Line.INTEGRITY) == ["integrity.store.unreached"]
    assert any(gap.why == "type of file not supported" for gap in report.not_checked)


def test_a_part_that_is_named_by_whoever_made_it_stays_within_its_quotes() -> None:
    target = io.BytesIO(FORMS["application/epub+zip"]())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("\u201d is real.\x1b[31m", a_picture())
    report = examine(target.getvalue())
    assert '(“" is real.\\x1b[31m”)' in report.evidence[Line.INTEGRITY].summary


def test_what_else_is_signed_inside_a_signed_document_is_said_not_to_be_looked_at() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    report = examine(sign(SIGNER, in_document(packed=False), media_type=kind))
    gaps = [gap.what for gap in report.not_checked]
    assert any("word/media/image1.jpeg" in gap and gap.startswith("further Content Credentials") for gap in gaps)
    assert "integrity.store.unreached" not in codes(report, Line.INTEGRITY)


def test_a_signed_picture_alone_has_no_such_gap() -> None:
    assert not any("further" in gap.what for gap in examine(a_picture()).not_checked)


def test_few_places_are_named_and_more_are_counted() -> None:
    tail = a_store() + a_picture() + a_picture("PNG") + a_store() * 9
    summary = examine(picture() + tail).evidence[Line.INTEGRITY].summary
    assert "behind its end, in a JPEG picture inside it, in a PNG picture inside it and 4 more." in summary


def test_a_document_that_is_not_unpacked_wholly_is_not_said_to_have_none() -> None:
    report = examine(in_document(packed=True, content=b"\xff\xd8\xff" + bytes(300_000_000)))
    assert codes(report, Line.INTEGRITY) == ["integrity.unsearched"]
    assert {report.evidence[line].status for line in (Line.INTEGRITY, *OTHERS)} == {Status.UNKNOWN}
    assert any(gap.why == "not all of it was searched" for gap in report.not_checked)


def test_a_part_that_is_packed_in_another_way_is_not_said_to_hold_none() -> None:
    target = io.BytesIO(FORMS["application/epub+zip"]())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("image.jpg", a_picture())
    assert codes(examine(target.getvalue()), Line.INTEGRITY) == ["integrity.unsearched"]
