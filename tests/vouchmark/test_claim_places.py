"""What comes of signed places that are no exact point, of two that differ, and of times that have not come yet?"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import pytest
from PIL import Image

from tests.support.attacks import CAMERA, LISTED, examine, said
from tests.support.authority import NOW, picture, sign
from tests.support.media.crafting import Draft, actions, bind
from tests.vouchmark.test_lines_time import picture_with
from vouchmark.report import Evidence, Line, Status

CONTEXT: Final = {"exif": "http://ns.adobe.com/exif/1.0/", "photoshop": "http://ns.adobe.com/photoshop/1.0/"}
KYIV: Final = {"exif:GPSLatitude": "50,27.0N", "exif:GPSLongitude": "30,31.4E"}
HERE: Final = "50.45,30.5233,5"
NEAR: Final = "50.60,30.5233,1"
"""17 km away."""
PASS, FAIL, UNKNOWN, ABSENT, SKIPPED = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT, Status.SKIPPED


def metadata(label: str = "c2pa.metadata", **fields: Any) -> tuple[str, Any]:
    named = {name.replace("__", ":"): value for name, value in fields.items()}
    return label, json.dumps({"@context": CONTEXT, **named})


def at(*assertions: tuple[str, Any], place: str | None = None, time: str | None = None) -> Evidence:
    media = bind(Draft(signer=CAMERA, assertions=[actions(), *assertions]), picture())
    return examine(media, LISTED, claim_place=place, claim_time=time).evidence[Line.CLAIM]


def codes(evidence: Evidence) -> list[tuple[str, Status]]:
    return [(one.code, one.status) for one in evidence.findings]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (None, FAIL, "claim.place.contradicts"),
        ("15000/1", FAIL, "claim.place.contradicts"),
        ("20000/1", PASS, "claim.place.agrees"),
        ("2e4", PASS, "claim.place.agrees"),
        ("5000000", UNKNOWN, "claim.place.vague"),
        ("some 20 km", UNKNOWN, "claim.place.vague"),
    ],
)
def test_a_positioning_error_widens_the_circle_until_it_says_nothing(
    error: str | None, status: Status, code: str
) -> None:
    more = {} if error is None else {"exif:GPSHPositioningError": error}
    evidence = at(metadata(**{key.replace(":", "__"): value for key, value in (KYIV | more).items()}), place=NEAR)
    assert (evidence.status, evidence.findings[0].code) == (status, code)


def test_a_named_place_is_told_beside_coordinates() -> None:
    fields = {"exif__GPSLatitude": "50,27.0N", "exif__GPSLongitude": "30,31.4E", "photoshop__City": "Paris"}
    evidence = at(metadata(**fields), place=HERE)
    assert evidence.status is PASS
    assert ("claim.place.named", ABSENT) in codes(evidence)
    assert any("named, as “Paris”, by the signer" in one.statement for one in evidence.findings)


def test_a_place_that_cannot_be_read_beside_one_that_agrees_leaves_it_open() -> None:
    other = metadata("stds.exif", exif__GPSLatitude="50,27.0,30,31.4", exif__GPSLongitude="30,31.4E")
    fields = {key.replace(":", "__"): value for key, value in KYIV.items()}
    assert at(metadata(**fields), place=HERE).status is PASS
    assert at(metadata(**fields), other, place=HERE).status is UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"photoshop__City": "Kyiv", "photoshop__Country": "Ukraine"}, {"photoshop__City": "Paris"}, True),
        ({"photoshop__City": "Kyiv", "photoshop__Country": "Ukraine"}, {"photoshop__City": "kyiv"}, False),
        ({"photoshop__City": "Kyiv", "photoshop__Country": "Ukraine"}, {"photoshop__Country": "Ukraine"}, False),
        ({"photoshop__Country": "Ukraine"}, {"photoshop__Country": "France"}, True),
    ],
)
def test_two_named_places_without_a_part_in_common_are_told_unasked(
    one: dict[str, str], other: dict[str, str], *, apart: bool
) -> None:
    evidence = at(metadata(**one), metadata("stds.iptc", **other))
    assert evidence.status is (UNKNOWN if apart else SKIPPED)
    assert (("claim.place.apart", UNKNOWN) in codes(evidence)) is apart


def test_two_positions_in_one_assertion_are_told_in_the_first_line() -> None:
    fields = {key.replace(":", "__"): value for key, value in KYIV.items()}
    fields |= {"EXIF__GPSLatitude": "48,51.0N", "EXIF__GPSLongitude": "2,21.0E"}
    media = bind(Draft(signer=CAMERA, assertions=[actions(), metadata(**fields)]), picture())
    assert "two places are signed as where it was taken, 2024 km from each other" in said(examine(media, LISTED))
    evidence = at(metadata(**fields), place=HERE)
    assert evidence.status is FAIL


def test_a_vague_position_contradicts_no_other() -> None:
    fields = {key.replace(":", "__"): value for key, value in KYIV.items()} | {"exif__GPSHPositioningError": "3000000"}
    assert at(metadata(**fields), ("c2pa.location", {"latitude": 48.85, "longitude": 2.35})).status is SKIPPED


def test_what_is_passed_on_is_nobodys_word_but_somebodys() -> None:
    fields = {key.replace(":", "__"): value for key, value in KYIV.items()}
    passed = metadata(**fields)
    draft = Draft(signer=CAMERA, assertions=[actions()], undeclared=[passed])
    draft.claim = {"gathered_assertions": Draft(signer=CAMERA, assertions=[passed]).references()}
    evidence = examine(bind(draft, picture()), LISTED, claim_place=HERE).evidence[Line.CLAIM]
    assert evidence.status is UNKNOWN
    assert "says somebody whose word the signer passes on" in evidence.findings[0].statement
    assert "says the signer:" not in evidence.findings[0].statement


def test_unsigned_times_that_have_not_come_agree_with_nothing() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = (NOW + dt.timedelta(days=400)).strftime("%Y:%m:%d %H:%M:%S")
    year = str((NOW + dt.timedelta(days=400)).year)
    report = examine(sign(CAMERA, picture_with(exif)), LISTED, claim_time=year)
    finding = report.evidence[Line.CLAIM].findings[0]
    assert (finding.code, finding.status) == ("claim.time.future", UNKNOWN)
    assert "agrees with nothing" in finding.statement
    assert "agrees" not in said(report)
