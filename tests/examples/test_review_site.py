"""Does the whole story of the review site come out as designed: every person line, every exit code, every verdict?"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vouchmark.report import Line, Report, exit_code

EXAMPLE = Path(__file__).parents[2] / "examples" / "review_site.py"


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("review_site", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["review_site"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["review_site"]


@pytest.fixture(scope="module")
def scenes(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    found = list(example.story(tmp_path_factory.mktemp("story")))
    return {scene.title: scene.report for scene in found}


EXPECTED = {
    "a vouch inside the Content Credentials": ("pass", 0, ["person.voice.new"], "allow", ["person-vouched"]),
    "the same upload once more": ("pass", 0, ["person.voice.seen"], "allow", ["person-vouched"]),
    "a vouch beside the file": ("pass", 0, ["person.voice.new"], "allow", ["person-vouched"]),
    "a recompressed copy": ("unknown", 3, ["person.lookalike"], "label", ["x-not-counted"]),
    "a vouch that was moved to another photo": (
        "fail",
        1,
        ["person.binding.mismatch"],
        "review",
        ["x-not-counted", "person-proof-invalid"],
    ),
    "the first review of a third person": ("pass", 0, ["person.voice.new"], "allow", ["person-vouched"]),
    "a second review by the same person": (
        "fail",
        1,
        ["person.duplicate"],
        "review",
        ["x-not-counted", "duplicate-voice"],
    ),
    "a vouch that was shown elsewhere": (
        "fail",
        1,
        ["person.nonce.mismatch", "person.nonce.mismatch"],
        "review",
        ["x-not-counted", "person-proof-invalid"],
    ),
    "a person of an unknown issuer": ("unknown", 3, ["person.issuer.unknown"], "label", ["x-not-counted"]),
    "a vouch for this month": ("pass", 0, ["person.voice.new"], "allow", ["person-vouched"]),
    "the same, a month later: the ledger has it from then": (
        "pass",
        0,
        ["person.voice.seen"],
        "allow",
        ["person-vouched"],
    ),
    "one that is shown a month too late": ("fail", 1, ["person.epoch.closed"], "label", ["x-not-counted"]),
    "the first person again, after renewal and a new key": (
        "pass",
        0,
        ["person.voice.seen"],
        "allow",
        ["person-vouched"],
    ),
}


def outcome(report: Report) -> tuple[Any, ...]:
    evidence, verdict = report.evidence[Line.PERSON], report.verdict
    assert verdict is not None
    codes = [finding.code for finding in evidence.findings if finding.code != "person.bound"]
    return str(evidence.status), int(exit_code(report)), codes, str(verdict.outcome), list(verdict.labels)


def test_every_scene_is_there(scenes: dict[str, Report]) -> None:
    assert list(scenes) == list(EXPECTED)


@pytest.mark.parametrize("title", EXPECTED)
def test_a_scene_comes_out_as_designed(title: str, scenes: dict[str, Report]) -> None:
    assert outcome(scenes[title]) == EXPECTED[title]


def test_the_renewed_person_has_the_voice_of_before(scenes: dict[str, Report]) -> None:
    def voice(title: str) -> tuple[object, ...]:
        detail = scenes[title].evidence[Line.PERSON].findings[0].detail
        return detail["voice"], detail["epoch"], detail["recorded_at"]

    before = voice("the same upload once more")
    after = voice("the first person again, after renewal and a new key")
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert before[2] == after[2]


def test_no_two_people_have_one_voice_and_no_person_is_named(scenes: dict[str, Report]) -> None:
    voices = {
        str(finding.detail["voice"])
        for title in ("a vouch beside the file", "the same upload once more", "the first review of a third person")
        for finding in scenes[title].evidence[Line.PERSON].findings
        if "voice" in finding.detail
    }
    assert len(voices) == 3
    assert all("member" not in repr(report) for report in scenes.values())


def test_the_media_lines_of_the_photo_with_a_vouch_inside_are_its_makers(scenes: dict[str, Report]) -> None:
    report = scenes["a vouch inside the Content Credentials"]
    assert {str(line): str(report.evidence[line].status) for line in (Line.INTEGRITY, Line.SIGNER, Line.AI)} == {
        "integrity": "pass",
        "signer": "pass",
        "ai": "pass",
    }
    assert "Harbour Cameras" in report.evidence[Line.SIGNER].summary
    finding = report.evidence[Line.PERSON].findings[0]
    assert finding.detail["where"] == "embedded"
