"""Does what is signed of a making count no more than its signer, and no more where it does not hang together?"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Final

import pytest

from provenance.credentials.trust.lists import ListKind
from tests.support.attacks import CAMERA, LISTED, ROOT, examine, other, said
from tests.support.authority import DAY, NOW, created, list_of, make_signer, picture
from tests.support.media.crafting import Draft, actions, bind, link_to, make_authority, opening, stamper
from tests.support.media.histories import BINDING, PARENT, update_with
from vouchmark.report import Line, Report, Status

EDITOR: Final = make_signer(ROOT, organization="Other Camera")
STRANGER: Final = other("Somebody Ltd")
OPENED: Final = {"action": "c2pa.opened"}
GRAND: Final = "urn:c2pa:00000000-0000-4000-8000-00000000cccc"
UNKNOWN, ABSENT, PASS, FAIL = Status.UNKNOWN, Status.ABSENT, Status.PASS, Status.FAIL


def link(below: bytes, label: str = PARENT, **more: Any) -> tuple[str, Any]:
    return "c2pa.ingredient.v3", link_to(below, label, **more)


def edit(
    below: bytes, named: tuple[str, Any] | None = None, *, before: tuple[bytes, ...] = (), **options: Any
) -> bytes:
    """The listed camera's picture that was made from what lies below."""
    named = named or link(below)
    draft = Draft(signer=CAMERA, assertions=[opening(named), named], **options)
    return bind(draft, picture(), before=(*before, below))


def reasons(report: Report) -> list[tuple[str, str]]:
    """(reason, of) of all that does not hang together."""
    return [
        (str(one.detail["reason"]), str(one.detail["of"]))
        for one in report.evidence[Line.HISTORY].findings
        if one.code == "history.actions"
    ]


class TestBeginnings:
    def test_what_was_opened_by_an_earlier_signer_from_no_named_file_leaves_the_history_open(self) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(OPENED), BINDING]).build()
        report = examine(edit(below), LISTED)
        assert reasons(report) == [("opened-without-ingredient", "earlier file")]
        assert report.evidence[Line.HISTORY].status is UNKNOWN
        assert (
            "The signer of an earlier version says that an earlier file was opened"
            in report.evidence[Line.HISTORY].summary
        )

    def test_what_a_part_says_of_its_own_beginning_leaves_the_whole_alone(self) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(OPENED), BINDING]).build()
        named = link(below, relationship="componentOf")
        media = bind(Draft(signer=CAMERA, assertions=[actions(), named]), picture(), before=[below])
        assert not reasons(examine(media, LISTED))

    def test_created_anew_from_a_named_file_cannot_be(self) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(), BINDING]).build()
        named = link(below)
        media = bind(Draft(signer=CAMERA, assertions=[actions(created()), named]), picture(), before=[below])
        report = examine(media, LISTED)
        assert reasons(report) == [("created-with-parent", "this file")]
        assert report.evidence[Line.HISTORY].status is UNKNOWN

    def test_a_plain_edit_hangs_together(self) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(), BINDING]).build()
        report = examine(edit(below), LISTED)
        assert not reasons(report)
        assert report.evidence[Line.HISTORY].status is PASS


class TestRecorded:
    @pytest.mark.parametrize("code", ["signingCredential.revoked", "signingCredential.ocsp.revoked"])
    def test_a_certificate_that_a_later_signer_recorded_as_revoked_is_told_as_recorded(self, code: str) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(), BINDING]).build()
        seen = {"activeManifest": {"success": [], "informational": [], "failure": [{"code": code}]}}
        report = examine(edit(below, link(below, validationResults=seen)), LISTED)
        finding = report.evidence[Line.HISTORY].findings[0]
        assert (finding.code, finding.status) == ("history.parent.signer", UNKNOWN)
        assert (
            f"its signer recorded that the certificate of that file's signer was revoked (“{code}”)"
            in finding.statement
        )
        assert "its signer recorded that the certificate of the earlier file's signer was revoked" in said(report)

    def test_what_our_lists_settle_is_not_taken_from_a_record(self) -> None:
        below = Draft(signer=EDITOR, label=PARENT, assertions=[actions(), BINDING]).build()
        failure = [{"code": "signingCredential.untrusted"}, {"code": "signingCredential.expired"}]
        seen = {"activeManifest": {"success": [], "informational": [], "failure": failure}}
        report = examine(edit(below, link(below, validationResults=seen)), LISTED)
        assert report.evidence[Line.HISTORY].status is PASS

    def test_recorded_successes_count_for_nothing(self) -> None:
        below = Draft(signer=STRANGER, label=PARENT, assertions=[actions(), BINDING]).build()
        good = [{"code": "signingCredential.trusted"}, {"code": "claimSignature.validated"}]
        seen = {"activeManifest": {"success": good, "informational": [], "failure": []}}
        report = examine(edit(below, link(below, validationResults=seen)), LISTED)
        assert report.evidence[Line.HISTORY].status is UNKNOWN
        assert report.evidence[Line.AI].status is UNKNOWN


@functools.cache
def stated_late(by: str) -> Report:
    """A stamped picture whose earlier version is signed to have been made long after."""
    signer = {"listed": EDITOR, "unlisted": STRANGER}[by]
    made = created() | {"when": "2099-01-01T00:00:00Z"}
    below = Draft(signer=signer, label=PARENT, assertions=[actions(made), BINDING]).build()
    media = edit(below, cose={"stamp": stamper(make_authority(ROOT), NOW - DAY)})
    return examine(media, replace(LISTED, lists=(*LISTED.lists, list_of(ROOT, kind=ListKind.TSA))))


def test_a_time_that_cannot_be_fails_by_the_word_of_a_signer_for_whom_a_list_vouches() -> None:
    assert stated_late("listed").evidence[Line.TIME].status is FAIL


def test_by_any_other_earlier_signers_word_it_is_told_and_moves_nothing() -> None:
    evidence = stated_late("unlisted").evidence[Line.TIME]
    told = next(one for one in evidence.findings if one.code == "time.order.impossible")
    assert (told.status, evidence.status) == (ABSENT, PASS)
    assert told.statement.endswith(" No list that you use vouches for that signer.")


def test_a_refused_signer_far_below_is_named_and_what_rests_on_it_is_hearsay() -> None:
    from provenance.credentials.certificates.chain import fingerprint
    from provenance.credentials.trust.distrust import DistrustEntry

    guilty = make_signer(ROOT, organization="Guilty Camera")
    trust = replace(LISTED, distrust=(DistrustEntry(sha256=fingerprint(guilty.der), reason="leaked"),))
    deep = Draft(signer=guilty, label=GRAND, assertions=[actions(created()), BINDING]).build()
    named = link(deep, GRAND)
    between = Draft(signer=EDITOR, label=PARENT, assertions=[opening(named), named, BINDING]).build()
    report = examine(edit(between, before=(deep,)), trust)
    assert report.evidence[Line.HISTORY].status is FAIL
    assert report.evidence[Line.AI].status is UNKNOWN
    assert "you distrust the signer of the earlier file that it names" in said(report)
    assert report.verdict is not None
    assert "distrusted-signer" in report.verdict.labels


def test_an_update_by_the_same_signer_is_told_as_that_below_the_lines() -> None:
    from vouchmark.render.text import render

    media = update_with({"action": "c2pa.edited.metadata", "when": "2026-01-01T00:00:00Z"})
    lines = render(examine(media, LISTED), width=2000, colour=False, verbosity=0).splitlines()
    told = next(number for number, line in enumerate(lines) if line.startswith("  update "))
    assert "bears the signature of the same signer, Test Camera (Camera 1)" in lines[told]
    there = "says that it was there (“c2pa.edited.metadata”) on 2026-01-01"
    assert any(there in line for line in lines[told + 1 : told + 4])
    assert not any("update" in line for line in render(examine(bind(Draft(signer=CAMERA, assertions=[actions()]),
                   picture()), LISTED), width=2000, colour=False, verbosity=0).splitlines())  # fmt: skip


class TestBelowAPart:
    """An earlier version of a part is no earlier version of the file."""

    @staticmethod
    def report(signer: Any, *, recorded: str = "") -> Report:
        deep = Draft(signer=signer, label=GRAND, assertions=[actions(created()), BINDING]).build()
        failure = [{"code": recorded}] if recorded else []
        seen = {"activeManifest": {"success": [], "informational": [], "failure": failure}}
        named = link(deep, GRAND, validationResults=seen)
        part = Draft(signer=EDITOR, label=PARENT, assertions=[opening(named), named, BINDING]).build()
        used = link(part, relationship="componentOf")
        draft = Draft(signer=CAMERA, assertions=[actions(created()), used])
        return examine(bind(draft, picture(), before=[deep, part]), LISTED)

    def test_its_unknown_signer_is_the_parts(self) -> None:
        report = self.report(STRANGER)
        told = next(one for one in report.evidence[Line.HISTORY].findings if one.code == "history.parent.signer")
        assert told.detail["of"] == "part"
        assert told.statement.startswith("The signer of something used in it names “before” as what that was made from")
        assert "earlier version" not in said(report)
        assert report.verdict is not None
        assert "unknown-ancestor" not in report.verdict.labels

    def test_what_was_recorded_of_it_is_the_parts(self) -> None:
        report = self.report(EDITOR, recorded="assertion.dataHash.mismatch")
        assert (
            "its signer recorded that the credentials of an earlier version of something used in it did not hold"
            in said(report)
        )


def test_what_has_no_credentials_is_of_what_it_is() -> None:
    parent = ("c2pa.ingredient.v3", {"relationship": "parentOf", "dc:title": "before"})
    thing = ("c2pa.ingredient.v3__1", {"relationship": "inputTo", "dc:title": "prompt"})
    media = bind(Draft(signer=CAMERA, assertions=[opening(parent), parent, thing]), picture())
    findings = [one for one in examine(media, LISTED).evidence[Line.HISTORY].findings if one.code.endswith(".unsigned")]
    assert [one.detail["of"] for one in findings] == ["earlier file", "input"]


def test_a_time_that_is_only_passed_on_is_not_the_signers_clock() -> None:
    passed = ("c2pa.actions.v2__1", {"actions": [{"action": "c2pa.edited", "when": "2026-01-02T00:00:00Z"}]})
    draft = Draft(signer=CAMERA, assertions=[actions(created())], undeclared=[passed])
    draft.claim = {"gathered_assertions": Draft(signer=CAMERA, assertions=[passed]).references()}
    evidence = examine(bind(draft, picture()), LISTED).evidence[Line.TIME]
    assert evidence.status is ABSENT
    told = next(one for one in evidence.findings if one.code == "time.stated")
    assert told.statement.startswith("Somebody whose word the signer passes on says that it was edited")


def test_a_listed_signers_word_that_comes_through_another_is_hearsay_and_told_as_that() -> None:
    place = ("c2pa.location", {"latitude": 50.45, "longitude": 30.52})
    made = actions(created("trainedAlgorithmicMedia"))
    deep = Draft(signer=EDITOR, label=GRAND, assertions=[made, place, BINDING]).build()
    named = link(deep, GRAND)
    between = Draft(signer=STRANGER, label=PARENT, assertions=[opening(named), named, BINDING]).build()
    report = examine(edit(between, before=(deep,)), LISTED, claim_place="50.45,30.52,5")
    assert report.evidence[Line.AI].status is UNKNOWN
    told = next(one for one in report.evidence[Line.CLAIM].findings if one.code == "claim.place.agrees")
    assert told.status is UNKNOWN
    assert told.statement.endswith("rests on another signer as well, for whom nothing vouches.")
    assert report.verdict is not None
    assert {"ai-inherited", "unknown-ancestor"} <= set(report.verdict.labels)
