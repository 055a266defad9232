"""Is what is said about a picture held against what is signed, with the weaker root kept weak?"""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any, Final

import pytest
from PIL import Image

from provenance.credentials.own_check import examine_own
from provenance.credentials.trust.view import view_of
from tests.support.attacks import BY_LISTED, NONE, codes, examine, said
from tests.support.authority import DAY, NOW, change_pixels, created, picture
from tests.support.media.crafting import Draft, actions, bind, link_to, sha256, signed, stamper
from tests.support.media.forms import scan_of
from tests.vouchmark.test_lines_time import CAMERA, CLOCK, LISTS, OLDER, SIGNED_AT, UNLISTED, bare, picture_with, text
from vouchmark.examination.claimed import ClaimedError
from vouchmark.report import Exit, Finding, Line, Report, Root, Status, exit_code

STOCKHOLM: Final = {"exif:GPSLatitude": "59,19.758N", "exif:GPSLongitude": "18,4.116E"}
"""59.3293, 18.0686."""
PARIS: Final = {"exif:GPSLatitude": "48,51.396N", "exif:GPSLongitude": "2,21.132E"}
TAKEN: Final = SIGNED_AT - 10 * DAY
PASS, FAIL, UNKNOWN, ABSENT = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT


def metadata(values: dict[str, Any]) -> str:
    """As JSON-LD, which the engine wants with a context."""
    return json.dumps({"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, **values})


def taken(exif: dict[str, Any] | None = None, *, when: dt.datetime | None = None, stamp: bool = True) -> bytes:
    action = created() | ({"when": text(when)} if when else {})
    assertions = [actions(action), *([("c2pa.metadata", metadata(exif))] if exif else [])]
    return signed(CAMERA, assertions=assertions, cose={"stamp": stamper(CLOCK, SIGNED_AT)} if stamp else {})


def look(data: bytes, *, place: str | None = None, time: str | None = None, **options: Any) -> Report:
    return examine(data, options.pop("lists", LISTS), claim_place=place, claim_time=time, **options)


def first(report: Report) -> Finding:
    return report.evidence[Line.CLAIM].findings[0]


def unsigned(exif: Image.Exif) -> bytes:
    return signed(CAMERA, picture_with(exif))


def gps(north: float, east: float) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(
        {1: "N" if north >= 0 else "S", 2: (abs(north), 0, 0), 3: "E" if east >= 0 else "W", 4: (abs(east), 0, 0)}
    )
    return exif


def test_nothing_is_asked_for_by_default() -> None:
    report = look(taken(STOCKHOLM))
    evidence = report.evidence[Line.CLAIM]
    assert (evidence.status, evidence.summary, evidence.findings) == (Status.SKIPPED, "Not asked for.", ())
    assert "claim_place" not in report.inputs.options


class TestPlace:
    def test_a_signed_place_within_the_radius_agrees(self) -> None:
        report = look(taken(STOCKHOLM), place="59.33,18.07")
        assert (first(report).code, first(report).status, first(report).root) == (
            "claim.place.agrees",
            PASS,
            Root.CLAIM_SIGNATURE,
        )
        assert first(report).statement == "It was taken 111 m away, says the signer: that agrees with what is said."
        assert report.evidence[Line.CLAIM].status is PASS
        assert report.inputs.options["claim_place"] == "59.33000,18.07000,1"
        assert exit_code(report) is Exit.OK
        assert said(report).startswith(BY_LISTED)

    def test_one_far_away_contradicts_with_the_distance(self) -> None:
        report = look(taken(STOCKHOLM), place="48.8566,2.3522")
        assert (first(report).code, first(report).status) == ("claim.place.contradicts", FAIL)
        assert first(report).statement == ("It was taken 1544 km away, says the signer: that contradicts what is said.")
        assert first(report).detail["distance_m"] == pytest.approx(1_543_500, rel=0.001)
        assert exit_code(report) is Exit.FAILED
        assert "what is said about it does not agree with what is signed" in said(report)
        assert report.verdict is not None
        assert "claim-contradicted" in report.verdict.labels
        for line in (Line.INTEGRITY, Line.SIGNER, Line.TIME):
            assert report.evidence[line].status is PASS

    @pytest.mark.parametrize(("radius", "code"), [("1543", "contradicts"), ("1545", "agrees"), ("20016", "agrees")])
    def test_the_radius_is_the_readers(self, radius: str, code: str) -> None:
        assert first(look(taken(STOCKHOLM), place=f"48.8566,2.3522,{radius}")).code == f"claim.place.{code}"

    def test_across_the_date_line_is_near(self) -> None:
        fiji = {"exif:GPSLatitude": "16,0.0S", "exif:GPSLongitude": "179,59.9E"}
        assert first(look(taken(fiji), place="-16,-179.999")).code == "claim.place.agrees"

    def test_nothing_signed_and_nothing_else_is_absent(self) -> None:
        report = look(taken(), place="59.33,18.07")
        assert (first(report).code, report.evidence[Line.CLAIM].status) == ("claim.place.none", ABSENT)
        assert report.evidence[Line.CLAIM].summary == (
            "No statement of its signer says where it was taken, and its metadata does not either."
        )
        assert exit_code(report) is Exit.OK

    @pytest.mark.parametrize(
        ("place", "code", "end"),
        [
            ("59,18", "claim.place.agrees", "puts it 0 m away: that agrees with what is said."),
            ("48.8566,2.3522", "claim.place.contradicts", "km away: that contradicts what is said."),
        ],
    )
    @pytest.mark.parametrize("is_signed", [True, False])
    def test_unsigned_metadata_only_lets_one_wonder(self, place: str, code: str, end: str, is_signed: bool) -> None:
        exif = gps(59, 18)
        data = unsigned(exif) if is_signed else picture_with(exif)
        report = look(data, place=place)
        assert (first(report).code, first(report).status) == (code, UNKNOWN)
        assert first(report).root is Root.UNSIGNED_METADATA
        assert first(report).statement.startswith(
            "No statement of its signer says where it was taken; its metadata, which"
        )
        assert first(report).statement.endswith(end)
        assert exit_code(report) is (Exit.OK if is_signed else Exit.INCONCLUSIVE)

    def test_what_is_signed_outweighs_what_anybody_can_write(self) -> None:
        """EXIF moved to Paris, signed statement in Stockholm: the signed one decides."""
        data = signed(
            CAMERA, picture_with(gps(48.8566, 2.3522)), assertions=[actions(), ("c2pa.metadata", metadata(STOCKHOLM))]
        )
        assert first(look(data, place="59.33,18.07")).status is PASS
        assert first(look(data, place="48.8566,2.3522")).status is FAIL

    @pytest.mark.parametrize(
        "exif",
        [
            {"exif:GPSLatitude": "91,0N", "exif:GPSLongitude": "0,0E"},
            {"latitude": "NaN", "longitude": 1.0},
            {"latitude": "1e999", "longitude": "0"},
        ],
    )
    def test_a_signed_place_that_is_none_is_not_believed_and_said(self, exif: dict[str, Any]) -> None:
        report = look(taken(exif), place="59.33,18.07")
        assert set(codes(report, Line.CLAIM)) == {"claim.statement.unreadable"}
        assert report.evidence[Line.CLAIM].status is UNKNOWN
        assert first(report).statement.startswith("A place is signed that cannot be read")

    def test_changed_content_leaves_the_statement_about_something_else(self) -> None:
        for place in ("59.33,18.07", "48.8566,2.3522"):
            report = look(change_pixels(taken(STOCKHOLM)), place=place)
            assert first(report).status is UNKNOWN
            assert first(report).statement.endswith(". It is not established that this is about what you see.")

    def test_content_outside_the_signature_leaves_it_open_what_the_statement_is_about(self) -> None:
        draft = Draft(signer=CAMERA, assertions=[actions(), ("c2pa.metadata", metadata(STOCKHOLM))])
        report = look(bind(draft, picture(), extra=lambda whole: [scan_of(whole)]), place="59.33,18.07")
        assert first(report).status is UNKNOWN
        assert first(report).statement.endswith(". It is not established that this is about what you see.")

    def test_a_statement_that_no_claim_covers_is_not_signed(self) -> None:
        data = signed(CAMERA, undeclared=[("stds.exif", STOCKHOLM)])
        assert "claim.place.agrees" not in codes(look(data, place="59.33,18.07"), Line.CLAIM)
        assert not examine_own(data, "image/jpeg", None, trust=view_of(LISTS), at=NOW).declared
        declared = signed(CAMERA, assertions=[actions(), ("stds.exif", STOCKHOLM)])
        assert examine_own(declared, "image/jpeg", None, trust=view_of(LISTS), at=NOW).declared

    def test_an_unknown_signers_word_is_a_word_and_the_signers_line_says_whose(self) -> None:
        report = look(taken(STOCKHOLM), place="59.33,18.07", lists=NONE)
        assert first(report).status is PASS

    def test_an_earlier_version_speaks_too_and_is_said_to_be_that(self) -> None:
        report = look(edited(STOCKHOLM), place="48.8566,2.3522")
        assert first(report).statement == (
            "It was taken 1544 km away, says the signer of an earlier version: that contradicts what is said."
        )
        assert (first(report).status, first(report).root, first(report).subject) == (FAIL, Root.INGREDIENT, OLDER)

    def test_agreement_with_an_earlier_signer_is_told_as_theirs_in_the_first_line(self) -> None:
        agreed = "what is said about it agrees with what {} states"
        here = look(taken(STOCKHOLM), place="59.33,18.07")
        assert said(here).endswith(agreed.format("its signer"))
        before = look(edited(STOCKHOLM), place="59.33,18.07")
        assert before.evidence[Line.CLAIM].status is PASS
        assert agreed.format("the signer of an earlier version") in said(before)

    def test_what_was_only_used_in_it_says_nothing_about_the_whole(self) -> None:
        report = look(edited(STOCKHOLM, relationship="componentOf"), place="48.8566,2.3522")
        assert codes(report, Line.CLAIM) == ["claim.place.none"]


def edited(exif: dict[str, Any], *, relationship: str = "parentOf", when: dt.datetime | None = None) -> bytes:
    """An edit whose parent (or component) states a place."""
    binding = ("c2pa.hash.data", {"alg": "sha256", "hash": sha256(b"earlier"), "pad": b""})
    action = created() | ({"when": text(when)} if when else {})
    parent = Draft(
        signer=CAMERA, label=OLDER, assertions=[actions(action), ("c2pa.metadata", metadata(exif)), binding]
    ).build()
    opening = {"action": "c2pa.opened", "parameters": {"ingredients": []}}
    name = opening if relationship == "parentOf" else created("compositeCapture")
    link = link_to(parent, OLDER, relationship=relationship)
    draft = Draft(signer=CAMERA, assertions=[actions(name), ("c2pa.ingredient.v3", link)])
    return bind(draft, picture(), before=[parent])


class TestTime:
    @pytest.mark.parametrize(
        "time",
        [
            TAKEN.date().isoformat(),
            TAKEN.strftime("%Y-%m"),
            TAKEN.strftime("%Y"),
            text(TAKEN),
            text(TAKEN + dt.timedelta(minutes=4)),
            f"{(TAKEN - 3 * DAY).date()}/{(TAKEN + 3 * DAY).date()}",
        ],
        ids=["day", "month", "year", "second", "four minutes later", "span"],
    )
    def test_a_signed_time_within_what_is_said_agrees(self, time: str) -> None:
        report = look(taken(when=TAKEN), time=time)
        assert (first(report).code, first(report).status) == ("claim.time.agrees", PASS)
        assert first(report).statement.startswith(f"It was created on {TAKEN.date()}, says the signer: that agrees")
        assert report.inputs.options["claim_time"] == time
        assert exit_code(report) is Exit.OK

    @pytest.mark.parametrize(
        ("time", "words"),
        [
            ("2019", "years after “2019” (whatever the time zone), which contradicts what is said."),
            (text(TAKEN - 3 * DAY), f": 3 days after “{text(TAKEN - 3 * DAY)}”, which contradicts what is said."),
            (text(TAKEN + 2 * DAY), f": 2 days before “{text(TAKEN + 2 * DAY)}”, which contradicts what is said."),
        ],
        ids=["years", "days before", "days after"],
    )
    def test_another_time_contradicts_with_the_gap_in_words(self, time: str, words: str) -> None:
        report = look(taken(when=TAKEN), time=time)
        (finding,) = report.evidence[Line.CLAIM].findings
        assert (finding.code, finding.status) == ("claim.time.contradicts", FAIL)
        assert finding.statement.endswith(words)
        assert exit_code(report) is Exit.FAILED

    def test_nothing_is_taken_after_a_trusted_time_of_signing(self) -> None:
        report = look(taken(), time=(SIGNED_AT + 9 * DAY).date().isoformat())
        (finding,) = report.evidence[Line.CLAIM].findings
        assert (finding.code, finding.status, finding.root) == ("claim.time.contradicts", FAIL, Root.TIME_STAMP)
        assert finding.statement.startswith(
            f"A trusted time stamp says that it was signed on {SIGNED_AT.date()}, at least 7 days before “"
        ) or finding.statement.startswith(
            f"A trusted time stamp says that it was signed on {SIGNED_AT.date()}, at least 8 days before “"
        )

    def test_an_unlisted_authority_bounds_nothing(self) -> None:
        report = look(taken(), time=(SIGNED_AT + 9 * DAY).date().isoformat(), lists=UNLISTED)
        assert codes(report, Line.CLAIM) == ["claim.time.none"]

    def test_nothing_is_taken_after_it_is_signed_to_have_been_edited(self) -> None:
        edit = actions(created(), {"action": "c2pa.edited", "when": text(TAKEN)})
        report = look(signed(CAMERA, assertions=[edit]), time=text(TAKEN + 5 * DAY))
        (finding,) = report.evidence[Line.CLAIM].findings
        assert finding.status is FAIL
        assert f"It is signed that it was edited on {TAKEN.date()}, at least 5 days before" in finding.statement

    def test_that_it_was_signed_in_time_is_no_statement_on_when_it_was_taken(self) -> None:
        report = look(taken(), time=(SIGNED_AT - 9 * DAY).date().isoformat())
        assert (first(report).code, first(report).status) == ("claim.time.none", ABSENT)
        assert first(report).statement == (
            "No statement of its signer says when it was taken; "
            f"that it was signed on {SIGNED_AT.date()} does not contradict what is said."
        )

    @pytest.mark.parametrize(("off", "agrees"), [(20, True), (60, False)])
    def test_a_clock_without_a_zone_may_be_off_by_half_a_day(self, off: int, agrees: bool) -> None:
        exif = {"exif:DateTimeOriginal": bare(TAKEN)}
        moment = text(TAKEN + dt.timedelta(hours=off - 10))
        report = look(taken(exif), time=moment)
        assert (first(report).status is PASS) is agrees
        assert "(whatever the time zone)" in first(report).statement

    @pytest.mark.parametrize(("days", "code"), [(0, "claim.time.agrees"), (40, "claim.time.contradicts")])
    def test_unsigned_metadata_only_lets_one_wonder(self, days: int, code: str) -> None:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = bare(TAKEN)
        report = look(unsigned(exif), time=(TAKEN - days * DAY).date().isoformat())
        assert (first(report).code, first(report).status) == (code, UNKNOWN)
        assert first(report).root is Root.UNSIGNED_METADATA
        assert "its metadata (EXIF DateTimeOriginal), which anybody can write, says" in first(report).statement
        assert exit_code(report) is Exit.OK

    def test_a_scan_may_show_what_is_older_than_its_file_and_not_what_is_younger(self) -> None:
        scan = actions(created("print") | {"when": text(TAKEN)})
        exif = metadata({"xmp:CreateDate": text(TAKEN)})
        data = signed(CAMERA, assertions=[scan, ("c2pa.metadata", exif)])
        assert codes(look(data, time="1945"), Line.CLAIM) == ["claim.time.none"]
        later = look(data, time=text(TAKEN + 9 * DAY))
        assert {finding.code for finding in later.evidence[Line.CLAIM].findings} == {"claim.time.contradicts"}
        assert "It is signed that it was digitised on" in later.evidence[Line.CLAIM].findings[1].statement

    def test_unsigned_digitising_contradicts_nothing_older(self) -> None:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9004] = bare(TAKEN)
        assert codes(look(unsigned(exif), time="1945"), Line.CLAIM) == ["claim.time.none"]
        assert codes(look(unsigned(exif), time=text(TAKEN)), Line.CLAIM) == ["claim.time.agrees"]
        assert codes(look(unsigned(exif), time=text(TAKEN + 40 * DAY)), Line.CLAIM) == ["claim.time.contradicts"]

    def test_an_earlier_versions_capture_counts(self) -> None:
        report = look(edited({}, when=TAKEN), time=text(TAKEN - 400 * DAY))
        assert first(report).status is FAIL
        assert "says the signer of an earlier version: 400 days after" in first(report).statement


class TestTogether:
    def test_the_worse_of_both_is_said_first(self) -> None:
        data = taken(STOCKHOLM, when=TAKEN)
        report = look(data, place="59.33,18.07", time="2019")
        evidence = report.evidence[Line.CLAIM]
        assert evidence.status is FAIL
        assert evidence.summary.startswith("It was created on ")
        assert evidence.summary.endswith("It was taken 111 m away, says the signer: that agrees with what is said.")

    def test_no_credentials_and_no_metadata_say_nothing(self) -> None:
        report = look(picture(), place="59.33,18.07", time="2026")
        assert codes(report, Line.CLAIM) == ["claim.place.none", "claim.time.none"]
        assert exit_code(report) is Exit.INCONCLUSIVE

    def test_what_could_not_be_read_is_an_error_and_not_nothing(self) -> None:
        report = look(b"", place="59.33,18.07", time="2026")
        assert (first(report).code, first(report).status) == ("claim.unreadable", Status.ERROR)
        assert "claim.place.none" not in codes(report, Line.CLAIM)

    def test_the_line_can_be_asked_for_alone(self) -> None:
        report = look(taken(STOCKHOLM), place="59.33,18.07", only=["claim"])
        assert exit_code(report) is Exit.OK
        assert said(report) == "claim only: it was taken 111 m away, says the signer: that agrees with what is said"
        assert exit_code(look(taken(STOCKHOLM), only=["claim"])) is Exit.INCONCLUSIVE

    @pytest.mark.parametrize("options", [{"claim_place": "91,0"}, {"claim_time": "soon"}])
    def test_what_is_no_claim_is_refused(self, options: dict[str, Any]) -> None:
        with pytest.raises(ClaimedError):
            examine(picture(), **options)

    def test_says_the_same_every_time(self) -> None:
        data = taken(STOCKHOLM, when=TAKEN)
        one, two = (look(data, place="59.33,18.07", time="2019") for _ in range(2))
        assert list(one.findings()) == list(two.findings())
        assert one.inputs == two.inputs


def test_now_is_later_than_the_signing() -> None:
    """The other tests rest on it."""
    assert SIGNED_AT < NOW
    assert io.BytesIO(picture()).read(2) == b"\xff\xd8"
