"""Is what somebody says about AI held against what is declared, by whose word, and is silence no answer?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.attacks import CAMERA, LISTED, examine
from tests.support.authority import change_pixels, created, definition, picture, sign, sign_edit
from tests.support.media.metadata_files import SOURCE, png_with, text_chunk
from tests.vouchmark.test_ai_line import A1111
from vouchmark.report import Evidence, Line, Root, Status, exit_code

GENERATED = sign(CAMERA, manifest=definition(created("trainedAlgorithmicMedia")))
CAPTURED = sign(CAMERA, manifest=definition(created("digitalCapture")))
WITH_AI = {"action": "c2pa.edited", "digitalSourceType": SOURCE + "compositeWithTrainedAlgorithmicMedia"}
EDITED = sign_edit(CAMERA, CAPTURED, actions=[WITH_AI])
FROM_GENERATED = sign_edit(CAMERA, GENERATED)
SAYS_SO = png_with(text_chunk("parameters", A1111))


def claim(data: bytes, *, said: bool | None, **more: Any) -> Evidence:
    return examine(data, LISTED, claim_ai=said, **more).evidence[Line.CLAIM]


@pytest.mark.parametrize(
    ("data", "said", "code", "status"),
    [
        (GENERATED, True, "claim.ai.agrees", Status.PASS),
        (GENERATED, False, "claim.ai.contradicts", Status.FAIL),
        (EDITED, False, "claim.ai.contradicts", Status.FAIL),
        (EDITED, True, "claim.ai.agrees", Status.PASS),
        (CAPTURED, False, "claim.ai.agrees", Status.PASS),
        (CAPTURED, True, "claim.ai.contradicts", Status.UNKNOWN),
        (FROM_GENERATED, False, "claim.ai.open", Status.UNKNOWN),
        (FROM_GENERATED, True, "claim.ai.open", Status.UNKNOWN),
        (SAYS_SO, True, "claim.ai.agrees", Status.UNKNOWN),
        (SAYS_SO, False, "claim.ai.contradicts", Status.UNKNOWN),
        (picture(), True, "claim.ai.none", Status.ABSENT),
        (picture(), False, "claim.ai.none", Status.ABSENT),
    ],
)
def test_a_word_on_ai_is_held_against_what_is_declared(data: bytes, said: bool, code: str, status: Status) -> None:
    evidence = claim(data, said=said)
    first = evidence.findings[0]
    assert (first.code, first.status, evidence.status) == (code, status, status)
    assert first.detail["said"] == ("yes" if said else "no")
    assert ("agrees" in first.statement) is (code == "claim.ai.agrees")


def test_what_nobody_signed_rests_on_that() -> None:
    assert claim(SAYS_SO, said=False).findings[0].root is Root.UNSIGNED_METADATA


def test_a_file_that_does_not_match_its_credentials_establishes_nothing() -> None:
    for said in (True, False):
        evidence = claim(change_pixels(GENERATED), said=said)
        assert evidence.status is not Status.PASS
        assert not [one for one in evidence.findings if one.status in (Status.PASS, Status.FAIL)]


def test_a_contradiction_fails_the_run_and_is_labelled() -> None:
    report = examine(GENERATED, LISTED, claim_ai=False)
    assert report.verdict is not None
    assert "claim-contradicted" in report.verdict.labels
    assert int(exit_code(report)) == 1


def test_without_a_word_nothing_is_asked_and_a_word_is_an_input() -> None:
    assert claim(GENERATED, said=None).status is Status.SKIPPED
    assert examine(GENERATED, LISTED, claim_ai=True).inputs.options["claim_ai"] == "yes"
    assert "claim_ai" not in examine(GENERATED, LISTED).inputs.options


def test_place_time_and_ai_are_asked_together() -> None:
    codes = {one.code for one in claim(GENERATED, said=True, claim_time="2026-01-02").findings}
    assert "claim.ai.agrees" in codes
    assert any(code.startswith("claim.time") for code in codes)
