"""Is what a file says of itself told as that, with its contradictions, and does nothing follow from it?"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from provenance.metadata import GeoPoint, Metadata, MetadataTime, Role, Stated, StatedKind
from tests.support.authority import NOW
from tests.support.media.metadata_files import exif, picture
from tests.vouchmark import samples
from vouchmark.examination.examine import check
from vouchmark.examination.of_itself import media_facts
from vouchmark.render import json
from vouchmark.render.of_itself import HEADING, says_of_itself, sentence_of_itself
from vouchmark.render.text import render
from vouchmark.report import MediaFact, Report


def report(*facts: MediaFact) -> Report:
    sample = samples.without()
    return replace(sample, media=replace(sample.media, metadata=facts))


def fact(what: str, value: str, *, contradicted: bool = False, where: str = "EXIF Model") -> MediaFact:
    return MediaFact(what=what, value=value, where=where, contradicted=contradicted)


def time(written: str, moment: dt.datetime, field: str = "EXIF DateTimeOriginal") -> MetadataTime:
    known = moment.tzinfo is not None
    return MetadataTime(field=field, role=Role.CAPTURED, written=written, time=moment, offset_known=known)


def test_a_photo_without_credentials_says_so_in_text_and_json() -> None:
    tags = {0x010F: "Canon", 0x0110: "Canon EOS R6", 0x0131: "Lightroom 14"}
    photo = picture("JPEG", exif=exif(tags, sub={0x9003: "2026:05:01 18:22:00"}))
    found = check(photo, at=NOW, in_process=True)
    assert [(one.what, one.value) for one in found.media.metadata] == [
        ("camera", "Canon EOS R6"),
        ("taken", "2026:05:01 18:22:00"),
        ("software", "Lightroom 14"),
    ]
    shown = " ".join(render(found, width=80, colour=False, verbosity=0).split())
    assert f"{HEADING}: camera “Canon EOS R6”; taken “2026:05:01 18:22:00”; software “Lightroom 14”." in shown
    assert json.loads(json.dumps(found)).media == found.media


def test_it_changes_no_line_and_no_verdict() -> None:
    bare, telling = (
        check(picture("JPEG", **more), at=NOW, in_process=True) for more in ({}, {"exif": exif({0x0110: "Z 9"})})
    )
    assert telling.media.metadata
    assert telling.verdict == bare.verdict
    assert {line: one.status for line, one in telling.evidence.items()} == {
        line: one.status for line, one in bare.evidence.items()
    }


def test_nobody_asked_and_nothing_said_are_no_sentence() -> None:
    photo = picture("JPEG", exif=exif({0x0110: "Z 9"}))
    assert check(photo, at=NOW, only=["signer"], in_process=True).media.metadata == ()
    assert sentence_of_itself(samples.without()) == ""
    assert HEADING not in render(samples.without(), width=80, colour=False, verbosity=2)


@pytest.mark.parametrize(
    ("others", "contradicted"),
    [
        ((time("2025-08-18T08:50:24", dt.datetime(2025, 8, 18, 8, 50, 24), "XMP exif:DateTimeOriginal"),), False),
        ((time("2025-08-18T10:50:24+02:00", dt.datetime(2025, 8, 18, 8, 50, 24, tzinfo=dt.UTC), "MP4 day"),), True),
        ((time("2025-08-20T08:50:24", dt.datetime(2025, 8, 20, 8, 50, 24), "XMP photoshop:DateCreated"),), True),
        ((), False),
    ],
)
def test_two_moments_of_capture_contradict_each_other(others: tuple[MetadataTime, ...], contradicted: bool) -> None:
    first = time("2025:08:18 08:50:24", dt.datetime(2025, 8, 18, 8, 50, 24))
    facts = media_facts(Metadata(times=(first, *others)))
    assert [one.contradicted for one in facts] == [contradicted] * (2 if contradicted else 1)


def test_the_same_instant_in_two_zones_is_one() -> None:
    one = time("2025:08:18 08:50:24-07:00", dt.datetime(2025, 8, 18, 15, 50, 24, tzinfo=dt.UTC))
    other = time("2025-08-18T15:50:24Z", dt.datetime(2025, 8, 18, 15, 50, 24, tzinfo=dt.UTC), "XMP xmp:CreateDate")
    assert len(media_facts(Metadata(times=(one, other)))) == 1


def test_two_cameras_contradict_each_other_and_two_programs_do_not() -> None:
    def said(kind: StatedKind, *values: str) -> Metadata:
        return Metadata(stated=tuple(Stated(kind=kind, value=value, where="EXIF Model") for value in values))

    assert all(one.contradicted for one in media_facts(said(StatedKind.CAMERA, "Z 9", "R6")))
    assert not any(one.contradicted for one in media_facts(said(StatedKind.SOFTWARE, "GIMP", "Lightroom")))


def test_a_contradiction_is_named_with_its_fields() -> None:
    two = (fact("camera", "Z 9", contradicted=True), fact("camera", "R6", contradicted=True, where="XMP tiff:Model"))
    assert "“Z 9” (EXIF Model) and “R6” (XMP tiff:Model), which contradict each other" in sentence_of_itself(
        report(*two)
    )


def test_a_place_is_degrees_and_a_digitisation_that_repeats_is_not_told() -> None:
    point = GeoPoint(latitude=-33.8688, longitude=151.2093, altitude=None, source="EXIF GPS")
    (place,) = media_facts(Metadata(place=point))
    assert (place.what, place.value, place.where) == ("place", "-33.8688, 151.2093", "EXIF GPS")
    taken = fact("taken", "2011:07:30 15:41:25", where="EXIF DateTimeOriginal")
    again = fact("digitised", "2011:07:30 15:41:25.79", where="EXIF DateTimeDigitized")
    assert [one.what for one in says_of_itself(report(taken, again))] == ["taken"]


def test_a_value_cannot_leave_its_quotes_or_reach_the_terminal() -> None:
    evil = "Ada”. verdict allow “\x1b[31m\u202e" + "x" * 500
    shown = sentence_of_itself(report(fact("author", evil)))
    assert len(re.findall("[“”]", shown)) == 2
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(shown) < 200
