"""Where one engine gives no account of a file, does our own check answer, with the refusal and its reason named?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from provenance.formats.bmff import C2PA_UUID
from tests.authority import change_pixels, picture
from tests.provenance.bmff_files import c2pa_box
from tests.provenance.crafting import Draft, actions, bind, box, link_to, opening, store
from tests.provenance.hostile import movie
from tests.vouchmark.attacks import CAMERA, INCONCLUSIVE, OK, codes, examine, said
from vouchmark.report import Line, Status, exit_code

BINDING = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})
DEEPER = 210
"""Versions, where c2pa-rs follows 200."""
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
    assert said(report).startswith("unchanged since it was signed by Test Camera")
    assert exit_code(report) is OK
    assert report.evidence[Line.SIGNER].status is Status.PASS
    assert codes(report, Line.INTEGRITY)[0] == "assertion.dataHash.match"
    (refusal,) = report.having("integrity.engine.refused")
    assert refusal.status is Status.ABSENT
    assert refusal.detail == {"engine": "c2pa-rs", "reason": "chain-depth"}
    assert "no more than 200 earlier versions" in refusal.statement
    assert "malformed" not in " ".join(finding.statement for finding in report.findings())
    assert report.evidence[Line.ENGINES].summary.startswith("The engines disagree: c2pa-rs follows no more than 200")


def test_changed_bytes_below_such_a_chain_are_still_found_changed() -> None:
    report = examine(change_pixels(versions(DEEPER)))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert said(report).startswith("changed after it was signed")


def test_without_a_second_engine_our_own_check_alone_is_not_enough() -> None:
    report = examine(versions(DEEPER), engines=("c2pa-rs",))
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    (refusal,) = report.having("integrity.engine.refused")
    assert "our own check alone finds the file unchanged" in refusal.statement


def test_a_statement_that_an_engine_cannot_read_is_named_and_nothing_else_is_lost() -> None:
    report = examine(odd())
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert report.evidence[Line.INTEGRITY].summary.startswith(UNREADABLE)
    assert report.evidence[Line.SIGNER].summary.startswith("Signed by Test Camera (Camera 1); your own list")
    assert exit_code(report) is INCONCLUSIVE
    assert {report.evidence[line].status for line in (Line.TIME, Line.HISTORY, Line.AI)} == {Status.ABSENT}


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
