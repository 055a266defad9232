"""Does the disclosure give the four statutory facts, each with what was found or "not established"?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support import command
from tests.support.attacks import CAMERA, LISTED, examine
from tests.support.authority import change_pixels, created, definition, make_signer, picture, sign, sign_edit
from tests.support.command import AT, Command
from tests.vouchmark.any_report import reports
from vouchmark.render import disclosure
from vouchmark.render.disclosure import AVAILABLE, DOES_NOT_HOLD, NOT_ESTABLISHED
from vouchmark.report import Report

FACTS: Final = ("provenance_data", "made_by", "digital_signatures", "inspect")
MODEL: Final = {"action": "c2pa.created", "softwareAgent": {"name": "Dream Machine 3"}}
GENERATED: Final = sign(CAMERA, manifest=definition(created("trainedAlgorithmicMedia") | MODEL))
CAPTURED: Final = sign(CAMERA, manifest=definition(created("digitalCapture")))


def told(data: bytes) -> dict[str, Any]:
    return disclosure.to_dict(examine(data, LISTED))


def findings(found: dict[str, Any]) -> list[str]:
    return [found[name]["finding"] for name in FACTS]


def test_a_generated_file_names_the_system_that_its_signer_names() -> None:
    found = told(GENERATED)
    assert findings(found) == [AVAILABLE] * 4
    made = found["made_by"]
    assert (made["kind"], made["name"], made["signer_vouched_for"]) == ("generative system", ["Dream Machine 3"], True)
    assert found["provenance_data"]["standard"] == disclosure.STANDARD
    assert found["inspect"]["where"] == "in the file itself"


def test_a_capture_whose_device_nobody_names_says_so() -> None:
    made = told(CAPTURED)["made_by"]
    assert (made["finding"], made["kind"], made["name"]) == (AVAILABLE, "capture device", NOT_ESTABLISHED)


def test_an_unknown_signer_is_vouched_for_by_nobody() -> None:
    found = told(sign(make_signer(), manifest=definition(created("trainedAlgorithmicMedia") | MODEL)))
    assert found["digital_signatures"]["finding"] == AVAILABLE
    assert not found["digital_signatures"]["signer_vouched_for"]
    assert not found["made_by"]["signer_vouched_for"]


def test_an_altered_file_names_nothing() -> None:
    found = told(change_pixels(GENERATED))
    assert findings(found) == [DOES_NOT_HOLD, NOT_ESTABLISHED, DOES_NOT_HOLD, AVAILABLE]
    assert "name" not in found["made_by"]


@pytest.mark.parametrize("data", [picture(), b"", b"GIF89a"])
def test_what_is_not_found_is_not_established_and_never_denied(data: bytes) -> None:
    found = told(data)
    assert findings(found) == [NOT_ESTABLISHED] * 4
    assert "may still be so" in found["not_shown"]


def test_what_an_earlier_file_is_declared_to_be_is_not_said_of_this_one() -> None:
    assert told(sign_edit(CAMERA, GENERATED))["made_by"]["finding"] == NOT_ESTABLISHED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_any_report_gives_four_facts_in_harmless_ascii(report: Report) -> None:
    text = disclosure.dumps(report)
    assert text.isascii()
    assert not set("<>&") & set(text)
    found = json.loads(text)
    assert set(findings(found)) <= {AVAILABLE, DOES_NOT_HOLD, NOT_ESTABLISHED}
    ids = {one.id for one in report.findings()}
    assert {id_ for name in FACTS for id_ in found[name].get("rests_on", ())} <= ids


def test_the_command_writes_an_object_for_one_file_and_an_array_for_several(tmp_path: Path) -> None:
    command.write(tmp_path / "in", "generated.jpg", "plain.jpg", "root.pem")
    run = Command(folder=tmp_path / "in", home=tmp_path / "home")
    words = ("--format", "disclosure", "--trust", "root.pem", "--at", AT)
    one = run("check", "generated.jpg", *words)
    assert (one.code, one.json["schema"], one.json["provenance_data"]["finding"]) == (0, disclosure.SCHEMA, AVAILABLE)
    both = run("check", "generated.jpg", "plain.jpg", *words)
    assert [found["media"]["name"] for found in both.json] == ["generated.jpg", "plain.jpg"]


def test_the_page_on_the_law_is_dated_and_names_every_field_and_finding() -> None:
    page = (Path(__file__).parents[2] / "docs/law.md").read_text(encoding="utf-8")
    assert re.search(r"As of \d{4}-\d\d-\d\d\. This is no legal advice", page)
    for name in (*FACTS, AVAILABLE, DOES_NOT_HOLD, NOT_ESTABLISHED):
        assert f"`{name}`" in page
