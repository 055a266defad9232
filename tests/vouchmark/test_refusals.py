"""Where one engine gives no account of a file, does our own check answer, with the refusal and its reason named?"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import pytest

from provenance.formats.bmff import C2PA_UUID
from tests.support.attacks import CAMERA, INCONCLUSIVE, OK, codes, examine, said
from tests.support.authority import change_pixels, picture
from tests.support.media.bmff_files import c2pa_box
from tests.support.media.crafting import Draft, actions, bind, box, link_to, opening, store
from tests.support.media.forms import FORMS
from tests.support.media.hidden_stores import a_store
from tests.support.media.hostile import movie
from vouchmark.report import Line, Status, exit_code

BINDING = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})
DEEPER = 210
"""Versions, where c2pa-rs follows 200."""
FOUR = (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI)
UNREADABLE = "c2pa-rs cannot read one of the signed statements"


def label(number: int) -> str:
    return f"urn:c2pa:00000000-0000-4000-9000-{number:012d}"


@lru_cache(maxsize=2)
def versions(number: int) -> bytes:
    """A picture with so many earlier versions, one made from the other."""
    built = [Draft(signer=CAMERA, label=label(0), assertions=[actions(), BINDING], cose={"room": 600}).build()]
    for place in range(1, number):
        link = ("c2pa.ingredient.v3", link_to(built[-1], label(place - 1)))
        draft = Draft(signer=CAMERA, label=label(place), assertions=[opening(link), link, BINDING], cose={"room": 600})
        built.append(draft.build())
    link = ("c2pa.ingredient.v3", link_to(built[-1], label(number - 1)))
    return bind(Draft(signer=CAMERA, assertions=[opening(link), link]), picture(), before=built)


def odd(**more: Any) -> bytes:
    """A picture whose actions are no list: one engine cannot read that statement."""
    return bind(Draft(signer=CAMERA, assertions=[("c2pa.actions.v2", {"actions": "none"})], **more), picture())


def test_a_chain_longer_than_an_engine_follows_is_read_by_our_own_check() -> None:
    report = examine(versions(DEEPER))
    assert "signed by Test Camera" in said(report)
    assert exit_code(report) is OK
    assert report.evidence[Line.SIGNER].status is Status.PASS
    assert codes(report, Line.INTEGRITY)[0] == "assertion.dataHash.match"
    (refusal,) = report.having("integrity.engine.refused")
    assert refusal.status is Status.ABSENT
    assert refusal.detail == {"engine": "c2pa-rs", "reason": "chain-depth"}
    assert "no more than 200 earlier versions" in refusal.statement
    assert "malformed" not in " ".join(finding.statement for finding in report.findings())
    assert report.evidence[Line.ENGINES].summary.endswith(
        "c2pa-rs follows no more than 200 earlier versions, and there are more."
    )


def test_changed_bytes_below_such_a_chain_are_still_found_changed() -> None:
    report = examine(change_pixels(versions(DEEPER)))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert said(report).startswith("does not match its credentials: changed after ")


def test_without_a_second_engine_our_own_check_alone_is_not_enough() -> None:
    report = examine(versions(DEEPER), engines=("c2pa-rs",))
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    (refusal,) = report.having("integrity.engine.refused")
    assert "our own check alone finds the file unchanged" in refusal.statement


def test_a_statement_that_an_engine_cannot_read_is_named_and_nothing_else_is_lost() -> None:
    report = examine(odd())
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert report.evidence[Line.INTEGRITY].summary.startswith(UNREADABLE)
    assert report.evidence[Line.SIGNER].summary.startswith("Signed by Test Camera (Camera 1), certified")
    assert exit_code(report) is INCONCLUSIVE
    assert {report.evidence[line].status for line in (Line.TIME, Line.HISTORY)} == {Status.ABSENT}
    # What stands where actions should be may have been meant to say anything.
    assert report.evidence[Line.AI].status is Status.UNKNOWN
    assert "actions that cannot be read" in report.evidence[Line.AI].summary


def test_a_refused_file_that_was_changed_is_changed() -> None:
    report = examine(change_pixels(odd()))
    assert codes(report, Line.INTEGRITY)[0] == "assertion.dataHash.mismatch"
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL


def test_what_a_refused_file_declares_about_ai_is_told() -> None:
    generated = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    entry = {"action": "c2pa.created", "digitalSourceType": generated}
    more = [actions(entry), ("c2pa.actions.v2__1", {"actions": "none"})]
    report = examine(bind(Draft(signer=CAMERA, assertions=more), picture()))
    assert "ai.generated" in codes(report, Line.AI)
    assert report.evidence[Line.INTEGRITY].summary.startswith(UNREADABLE)


def test_without_a_claim_that_can_be_read_nothing_is_signed_and_nothing_answers() -> None:
    whole = bind(
        Draft(signer=CAMERA, assertions=[actions()], claim_after=lambda claim: b"\x81" * len(claim)), picture()
    )
    report = examine(whole)
    assert not report.having("integrity.engine.refused")
    assert report.evidence[Line.INTEGRITY].status in (Status.ERROR, Status.FAIL)


@pytest.mark.parametrize("line", [Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI])
def test_no_line_of_a_refused_file_says_that_it_could_not_be_looked_at(line: Line) -> None:
    for data in (odd(), versions(DEEPER)):
        assert examine(data).evidence[line].status is not Status.ERROR


def test_an_engine_that_would_take_minutes_is_not_asked_and_our_own_check_answers() -> None:
    rules = [{"xpath": "/uuid", "data": [{"offset": 8, "value": C2PA_UUID}]}, {"xpath": "/ftyp"}]
    hashes = {"exclusions": rules + [{"xpath": "/free"}] * 2_000, "alg": "sha256", "hash": bytes(32)}
    draft = Draft(signer=CAMERA, assertions=[actions(), ("c2pa.hash.bmff.v3", hashes)])
    whole = movie(0)
    size = int.from_bytes(whole[:4], "big")
    held = c2pa_box(store(draft.build()))
    report = examine(whole[:size] + held + whole[size:] + box(b"free", b"") * 5_000)
    (refusal,) = report.having("integrity.engine.refused")
    assert refusal.detail == {"engine": "c2pa-rs", "reason": "rules"}
    assert "was not asked" in refusal.statement
    assert "c2pa-rs was not asked" in report.evidence[Line.ENGINES].summary
    assert report.evidence[Line.SIGNER].status is not Status.ERROR
    assert exit_code(report) is not OK


def with_parts(count: int, media: bytes | None = None) -> bytes:
    """A picture made from so many others, none of which has Content Credentials."""
    part = {"relationship": "componentOf", "dc:title": "a part"}
    parts = [(f"c2pa.ingredient.v3__{number}" if number else "c2pa.ingredient.v3", part) for number in range(count)]
    return bind(Draft(signer=CAMERA, assertions=[actions(), *parts]), media or picture())


class TestMorePartsThanAnEngineGoesThroughInTime:
    """It is not asked, which concerns no byte of the file; what the others find of those is told as ever."""

    MANY: Final = 800

    def test_what_both_others_find_unchanged_is_unchanged(self) -> None:
        report = examine(with_parts(self.MANY))
        assert report.evidence[Line.INTEGRITY].status is Status.PASS
        (refusal,) = report.having("integrity.engine.refused")
        assert refusal.detail == {"engine": "c2pa-rs", "reason": "parts"}
        assert "was not asked, because it would take too long over so many ingredients" in refusal.statement
        engines = report.evidence[Line.ENGINES]
        assert engines.summary.startswith("The verifiers cannot be compared: c2pa-rs was not asked, because")
        assert engines.summary.endswith("; encypher-c2pa says Valid.")
        assert engines.status is Status.UNKNOWN
        assert "verifier" not in said(report)
        assert report.evidence[Line.SIGNER].summary.startswith("Signed by Test Camera")

    def test_changed_bytes_are_found_changed(self) -> None:
        report = examine(change_pixels(with_parts(self.MANY)))
        assert codes(report, Line.INTEGRITY)[0] == "assertion.dataHash.mismatch"
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL

    def test_our_own_check_alone_is_not_enough(self) -> None:
        report = examine(with_parts(self.MANY), engines=("c2pa-rs",))
        assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
        assert "our own check alone" in report.having("integrity.engine.refused")[0].statement
        assert report.evidence[Line.ENGINES].summary.startswith("c2pa-rs was not asked")

    def test_fewer_are_gone_through(self) -> None:
        assert not examine(with_parts(100)).having("integrity.engine.refused")


class TestFilesThatAnEngineCannotParse:
    """Nothing is called malformed but what our own reading finds so, and then with what."""

    def test_a_film_without_its_first_box_is_read_by_us_and_only_refused(self) -> None:
        film = FORMS["video/quicktime"]()
        bare = b"\0\0\0\x08wide" + film[20:]
        report = examine(bare)
        assert report.evidence[Line.INTEGRITY].summary == (
            "c2pa-rs cannot parse the file; our own check and encypher-c2pa find no Content Credentials in it."
        )
        assert codes(report, Line.INTEGRITY) == ["integrity.engine.refused"]
        assert exit_code(report) is INCONCLUSIVE
        assert {report.evidence[line].status for line in FOUR} == {Status.UNKNOWN}
        assert "malformed" not in " ".join(finding.statement for finding in report.findings())

    def test_a_store_in_such_a_film_is_told(self) -> None:
        bare = b"\0\0\0\x08wide" + FORMS["video/quicktime"]()[20:] + a_store()
        report = examine(bare)
        assert "Content Credentials lie in this file" in report.evidence[Line.INTEGRITY].summary
        assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN

    @pytest.mark.parametrize(
        ("build", "what"),
        [
            (lambda: _png_with_a_chunk_without_a_name(), "from byte 33 on it is no PNG"),
            (
                lambda: FORMS["video/mp4"]()[:20] + b"\0\0\0\2moov" + bytes(60),
                "from byte 20 on it is no MP4, HEIC or AVIF",
            ),
            (lambda: FORMS["image/svg+xml"]().replace(b"<rect", b"<g><rect"), "it is no whole SVG"),
            (lambda: FORMS["application/epub+zip"]().replace(b"PK\1\2", b"PK\1\3"), "it is no whole ZIP document"),
        ],
        ids=["png", "mp4", "svg", "zip"],
    )
    def test_a_malformed_file_is_called_that_with_the_place(self, build: Callable[[], bytes], what: str) -> None:
        report = examine(build())
        assert report.evidence[Line.INTEGRITY].summary.startswith(f"The file is malformed: {what}; our own check")
        assert said(report).startswith(f"could not be read: the file is malformed: {what}")
        assert report.evidence[Line.INTEGRITY].status is Status.ERROR

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            (lambda whole: whole.replace(b"jumdc2ma", b"jumdXXXX", 1), "a manifest store without a readable manifest"),
            (lambda whole: whole.replace(b"jumdc2cl", b"jumdXXXX", 1), "the signed list of statements is missing"),
        ],
        ids=["manifest", "claim"],
    )
    def test_malformed_credentials_are_called_that_with_what(self, change: Callable[[bytes], bytes], what: str) -> None:
        report = examine(change(bind(Draft(signer=CAMERA, assertions=[actions()]), picture())))
        assert what in report.evidence[Line.INTEGRITY].summary
        assert report.evidence[Line.INTEGRITY].summary.startswith("Its Content Credentials are malformed: ")

    def test_a_store_that_you_gave_and_that_is_none_is_called_that(self) -> None:
        report = examine(picture(), manifest=b"noise")
        summary = report.evidence[Line.INTEGRITY].summary
        assert summary == "The Content Credentials that you gave are malformed: 5 bytes, expected a box header."


def _png_with_a_chunk_without_a_name() -> bytes:
    whole = picture("PNG")
    return whole[:33] + b"\x7f\xff\xff\xff\1\2\3\4" + whole[33:]


class TestRulesThatDoNotConcernTheBytes:
    def test_a_picture_without_a_list_of_actions_is_unchanged_and_breaks_a_rule(self) -> None:
        report = examine(bind(Draft(signer=CAMERA), picture()))
        assert report.evidence[Line.INTEGRITY].status is Status.PASS
        assert "signed by Test Camera (Camera 1)" in said(report)
        assert "break a rule of the specification" in said(report)
        (rule,) = report.having("integrity.rule")
        assert rule.statement == (
            "The Content Credentials break a rule of the specification: no list of actions says how the file came to "
            "be. No byte of the file is concerned."
        )
        assert rule.detail["from"] == "assertion.action.malformed"
        assert exit_code(report) is OK
        assert report.verdict is not None
        assert "malformed-credentials" in report.verdict.labels

    def test_with_a_changed_byte_it_is_changed(self) -> None:
        report = examine(change_pixels(bind(Draft(signer=CAMERA), picture())))
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        assert said(report).startswith("does not match its credentials: changed after ")

    def test_with_an_added_statement_the_record_was_changed(self) -> None:
        whole = bind(Draft(signer=CAMERA, undeclared=[("org.example.added", {"a": 1})]), picture())
        report = examine(whole)
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL

    def test_with_media_left_out_it_does_not_pass(self) -> None:
        whole = bind(Draft(signer=CAMERA), picture(), extra=lambda data: [(len(data) - 200, 100)])
        assert examine(whole).evidence[Line.INTEGRITY].status is Status.FAIL

    def test_a_list_of_actions_that_begins_otherwise_is_still_a_failure_and_says_with_what(self) -> None:
        report = examine(bind(Draft(signer=CAMERA, assertions=[actions({"action": "c2pa.cropped"})]), picture()))
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        (one,) = report.having("integrity.malformed")
        assert one.statement == (
            "The Content Credentials were malformed by their issuer: the list of actions is malformed; that is not a "
            "sign of a later change."
        )
