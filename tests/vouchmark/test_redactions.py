"""Is what a later signer removed told on the line on which it may have stood, and nothing moved by what is not gone?"""

from __future__ import annotations

import functools
import json
from typing import Any, Final

import pytest

from tests.support.attacks import CAMERA, LISTED, examine, other, said
from tests.support.authority import picture
from tests.support.media.crafting import Draft, actions, bind, superbox
from tests.support.media.histories import PARENT, edited, removed_later
from tests.support.media.histories import earlier as earlier_version
from vouchmark import Policy
from vouchmark.report import Finding, Line, Report, Status

STRANGER: Final = other("Somebody Ltd")
WHO: Final = "removed by a signer using the name “Somebody Ltd (Camera 1)”, who signed later: "
ASKED: Final = {"claim_place": "50.45,30.52,5", "claim_time": "2026-01-02"}
EXIF: Final = json.dumps({"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, "exif:GPSLatitude": "50,27.0N"})
IPTC: Final = json.dumps({"@context": {"a": "http://example.com/"}, "a:AISystemUsed": "Any"})
UNKNOWN, ABSENT, PASS = Status.UNKNOWN, Status.ABSENT, Status.PASS

# label of what is removed: its content, the kind, what the first line says, the lines that cannot tell any more
REMOVED: Final[dict[str, tuple[Any, str, str, set[Line]]]] = {
    "c2pa.ai-disclosure": ({"modelType": "c2pa.types.model"}, "ai", "what was signed about AI", {Line.AI}),
    "com.adobe.generative-ai": ({"description": "Any"}, "ai", "what was signed about AI", {Line.AI}),
    "com.example.digitalSourceType": ({"is": "any"}, "ai", "what was signed about AI", {Line.AI}),
    "com.example.genai__2": ({"is": "any"}, "ai", "what was signed about AI", {Line.AI}),
    "cawg.training-mining": (
        {"entries": {"cawg.ai_training": {"use": "notAllowed"}}}, "training",
        "what was signed about the training of AI", {Line.AI},
    ),
    "c2pa.ingredient.v3": (
        {"relationship": "inputTo", "dc:title": "prompt"}, "ingredient",
        "what was signed about something that it was made from", {Line.AI, Line.HISTORY},
    ),
    "c2pa.ingredient.v3__7": (
        {"relationship": "componentOf", "dc:title": "face"}, "ingredient",
        "what was signed about something that it was made from", {Line.AI, Line.HISTORY},
    ),
    "c2pa.metadata": (EXIF, "metadata", "what was signed about place, time or rights", {Line.AI, Line.CLAIM}),
    "stds.iptc__1": (IPTC, "metadata", "what was signed about place, time or rights", {Line.AI, Line.CLAIM}),
    "stds.exif": (EXIF, "metadata", "what was signed about place, time or rights", {Line.CLAIM}),
    "c2pa.location": (
        {"latitude": 50.45, "longitude": 30.52}, "metadata", "what was signed about place, time or rights", {Line.CLAIM}
    ),
    "com.example.copyrightNotice": (
        {"is": "any"}, "metadata", "what was signed about place, time or rights", {Line.CLAIM}
    ),
    "c2pa.time-stamp": ({"urn:x": b"any"}, "time", "a time stamp", {Line.TIME}),
    "cawg.identity": ({"is": "any"}, "identity", "an identity that was attached", set()),
    "org.example.note": ({"is": "any"}, "done", "a statement (“org.example.note”)", set()),
    "c2pa.thumbnail.claim": (b"any", "picture", "", set()),
}  # fmt: skip
TOLD: Final = {Line.AI: "ai.redacted", Line.CLAIM: "claim.redacted", Line.TIME: "time.redacted"}


@functools.cache
def removed(name: str) -> Report:
    return examine(removed_later(name, REMOVED[name][0], by=STRANGER), LISTED, **ASKED)


def found(report: Report, line: Line, code: str) -> Finding | None:
    return next((one for one in report.evidence[line].findings if one.code == code), None)


@pytest.mark.parametrize("name", list(REMOVED))
def test_every_line_on_which_it_may_have_stood_cannot_tell(name: str) -> None:
    _, kind, _, lines = REMOVED[name]
    report = removed(name)
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert report.evidence[Line.SIGNER].status is PASS
    gone = found(report, Line.HISTORY, f"history.redaction.{kind}")
    assert gone is not None
    assert (gone.detail["of"], gone.detail["removed"]) == ("this file", kind)
    for line, code in TOLD.items():
        told = found(report, line, code)
        assert (told is not None) is (line in lines), (line, report.evidence[line])
        assert (report.evidence[line].status is UNKNOWN) is (line in lines), (line, report.evidence[line])
    assert (report.evidence[Line.HISTORY].status is UNKNOWN) is (Line.HISTORY in lines)


@pytest.mark.parametrize("name", list(REMOVED))
def test_the_first_line_and_a_label_say_so(name: str) -> None:
    _, kind, words, _ = REMOVED[name]
    report = removed(name)
    assert report.verdict is not None
    assert ("statement-removed" in report.verdict.labels) is bool(words)
    assert (f"{WHO}{words}" in said(report)) if words else ("removed" not in said(report))
    named = Policy.parse(
        f'otherwise = "allow"\n[[rules]]\nwhen = {{ code = "history.redaction.{kind}" }}\noutcome = "block"\n'.encode(),
        "named",
    )
    assert str(named.decide(report).outcome) == "block"


def test_an_identity_that_is_gone_is_told_on_the_signers_line_and_moves_nothing() -> None:
    report = removed("cawg.identity")
    told = found(report, Line.SIGNER, "signer.identity.redacted")
    assert told is not None
    assert told.status is UNKNOWN
    assert report.evidence[Line.SIGNER].status is PASS


def test_what_was_removed_of_place_is_told_without_being_asked() -> None:
    report = examine(removed_later("c2pa.location", {"latitude": 1.5, "longitude": 2.5}, by=STRANGER), LISTED)
    assert report.evidence[Line.CLAIM].status is UNKNOWN
    assert report.evidence[Line.CLAIM].summary.startswith(
        "A signer using the name “Somebody Ltd (Camera 1)” signed later, and removed "
    )


def test_captured_is_no_answer_where_metadata_that_may_have_spoken_of_ai_is_gone() -> None:
    before = removed_later("stds.iptc", IPTC, by=STRANGER, keep=True, url="self#jumbf=/c2pa/x/c2pa.assertions/none")
    after = removed_later("stds.iptc", IPTC, by=STRANGER)
    assert "ai.used" in {one.code for one in examine(before, LISTED).evidence[Line.AI].findings}
    evidence = examine(after, LISTED).evidence[Line.AI]
    assert (evidence.status, evidence.findings[0].code) == (UNKNOWN, "ai.redacted")
    assert "gone with it" in evidence.summary


class TestForbidden:
    @pytest.mark.parametrize("name", ["c2pa.actions.v2__3", "c2pa.actions", "c2pa.actions.v2__1"])
    def test_actions_under_any_spelling_of_their_label_must_not_go(self, name: str) -> None:
        more = {"actions": [{"action": "c2pa.edited"}]}
        report = examine(removed_later(name, more, by=STRANGER), LISTED)
        told = found(report, Line.HISTORY, "history.redaction.forbidden")
        assert told is not None
        assert report.evidence[Line.HISTORY].status is Status.FAIL
        assert report.evidence[Line.AI].status is not PASS

    def test_nor_does_a_manifest_remove_what_is_its_own(self) -> None:
        url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/org.example.note"
        note = ("org.example.note", {"is": "any"})
        draft = Draft(signer=CAMERA, label=PARENT, assertions=[actions(), note], claim={"redacted_assertions": [url]})
        report = examine(bind(draft, picture()), LISTED)
        assert found(report, Line.HISTORY, "history.redaction.forbidden") is not None


class TestNothing:
    """Whoever signs an update can declare any redaction: of what was never there nothing is in doubt."""

    @pytest.mark.parametrize(
        "url",
        [
            f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.ai-disclosure",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.ingredient.v3__9",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.metadata",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.time-stamp",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.actions.v2__3",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.databoxes/c2pa.ingredient.v3",
            f"self#jumbf=/c2pa/{PARENT}/c2pa.credentials/c2pa.ai-disclosure",
        ],
    )
    def test_what_was_never_there_moves_no_line_and_no_label(self, url: str) -> None:
        note = {"is": "any"}
        report = examine(removed_later("org.example.note", note, by=STRANGER, url=url, keep=True), LISTED, **ASKED)
        assert found(report, Line.HISTORY, "history.redaction.nothing") is not None
        statuses = {line: report.evidence[line].status for line in (Line.HISTORY, Line.AI, Line.TIME, Line.CLAIM)}
        assert statuses == {Line.HISTORY: ABSENT, Line.AI: PASS, Line.TIME: ABSENT, Line.CLAIM: ABSENT}
        assert report.verdict is not None
        assert "statement-removed" not in report.verdict.labels
        assert "removed" not in said(report)

    def test_what_is_still_there_after_an_update_is_read_as_before(self) -> None:
        place = {"latitude": 50.45, "longitude": 30.52}
        media = removed_later("c2pa.location", place, by=STRANGER, keep=True)
        report = examine(media, LISTED, claim_place="50.45,30.52,5")
        told = found(report, Line.HISTORY, "history.redaction.not_done")
        assert told is not None
        assert told.status is ABSENT
        assert report.evidence[Line.CLAIM].status is PASS
        assert report.evidence[Line.HISTORY].status is ABSENT

    @pytest.mark.parametrize("name", ["org.example.note", "c2pa.metadata"])
    def test_a_redaction_of_something_else_excuses_no_opening_without_a_file(self, name: str) -> None:
        opened = ({"action": "c2pa.opened"},)
        report = examine(removed_later(name, {"is": "any"}, by=STRANGER, acts=opened), LISTED)
        told = found(report, Line.HISTORY, "history.actions")
        assert told is not None
        assert report.evidence[Line.HISTORY].status is UNKNOWN

    def test_of_an_opening_whose_file_was_removed_the_removal_is_told_alone(self) -> None:
        parent = {"relationship": "parentOf", "dc:title": "before"}
        opened = ({"action": "c2pa.opened"},)
        report = examine(removed_later("c2pa.ingredient.v3", parent, by=STRANGER, acts=opened), LISTED)
        assert found(report, Line.HISTORY, "history.actions") is None
        assert found(report, Line.HISTORY, "history.redaction.ingredient") is not None


def test_nothing_is_said_of_an_update_where_the_content_says_nothing_of_ai() -> None:
    media = removed_later("org.example.note", {"is": "any"}, by=STRANGER, acts=({"action": "c2pa.edited"},))
    none = found(examine(media, LISTED), Line.AI, "ai.none")
    assert none is not None
    assert (none.subject, none.detail["of"]) == (PARENT, "this file")


def test_what_an_edit_removed_from_an_earlier_version_is_of_that_version() -> None:
    name = "c2pa.ai-disclosure"
    draft = earlier_version(CAMERA, PARENT, (name, {"modelType": "c2pa.types.model"}))
    kept = [one for one in draft.assertions if one[0] != name]
    signed = draft.parts()
    draft.assertions = kept
    left = draft.parts()

    parent = superbox(draft.kind, draft.label, left[0], signed[1], signed[2])
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/{name}"
    report = examine(edited(parent, before=(parent,), claim={"redacted_assertions": [url]}), LISTED)
    told = found(report, Line.AI, "ai.redacted")
    assert told is not None
    assert told.detail["of"] == "earlier file"
    assert report.evidence[Line.AI].status is UNKNOWN


def test_whoever_signs_an_update_that_breaks_a_rule_moves_nothing_of_the_content() -> None:
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/c2pa.ai-disclosure"
    media = removed_later("org.example.note", {"is": "any"}, by=STRANGER, url=url, keep=True)
    report = examine(media, LISTED)
    told = found(report, Line.INTEGRITY, "integrity.update.rule")
    assert told is not None
    assert (told.status, told.detail["of"]) == (ABSENT, "update")
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert said(report) == said(examine(removed_later("org.example.note", {"is": "any"}, by=STRANGER, url=url[:-1],
                                                      keep=True), LISTED))  # fmt: skip


def test_an_update_by_which_something_is_gone_that_must_stay_breaks_the_content() -> None:
    media = removed_later("c2pa.actions.v2__3", {"actions": [{"action": "c2pa.edited"}]}, by=STRANGER)
    report = examine(media, LISTED)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert said(report).startswith("a later update of its credentials was malformed by whoever signed it")
    malformed = found(report, Line.INTEGRITY, "integrity.malformed")
    assert malformed is not None
    assert malformed.detail["of"] == "update"
