"""Does each line's value say what was found, and may policies, colours and signs go by it?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.attacks import CAMERA, LISTED, examine, other
from tests.support.authority import change_pixels, created, definition, picture, sign, sign_edit
from tests.vouchmark import samples
from vouchmark.codes.values import NOTHING, is_value, value_of, values
from vouchmark.policies.policy import Policy, PolicyError
from vouchmark.render import json as as_json
from vouchmark.render import text
from vouchmark.report import SCHEMA, Line, Outcome, Report, ReportError, Status


def shown(report: Report) -> dict[Line, str | int]:
    return {line: evidence.value for line, evidence in report.evidence.items()}


GENERATED = definition(created("trainedAlgorithmicMedia"))


@pytest.mark.parametrize(
    ("build", "line", "value"),
    [
        (lambda: sign(CAMERA), Line.INTEGRITY, "intact"),
        (lambda: change_pixels(sign(CAMERA)), Line.INTEGRITY, "altered"),
        (lambda: picture(), Line.INTEGRITY, "none"),
        (lambda: sign(CAMERA), Line.SIGNER, "yours"),
        (lambda: change_pixels(sign(CAMERA)), Line.SIGNER, "other-bytes"),
        (lambda: sign(other()), Line.SIGNER, "unknown"),
        (lambda: picture(), Line.SIGNER, "none"),
        (lambda: sign(CAMERA), Line.AI, "captured"),
        (lambda: sign(CAMERA, manifest=GENERATED), Line.AI, "generated"),
        (lambda: sign_edit(CAMERA, sign(CAMERA, manifest=GENERATED)), Line.AI, "inherited-generated"),
        (lambda: picture(), Line.AI, "none"),
        (lambda: sign(CAMERA), Line.HISTORY, 0),
        (lambda: sign_edit(CAMERA, sign(CAMERA)), Line.HISTORY, 1),
        (lambda: sign_edit(CAMERA, sign(other())), Line.HISTORY, "signer"),
        (lambda: sign(CAMERA), Line.KNOWN, "not-asked"),
        (lambda: sign(CAMERA), Line.ENGINES, "agree"),
    ],
)
def test_a_value_says_what_was_found(build, line: Line, value: str | int) -> None:  # type: ignore[no-untyped-def]
    assert shown(examine(build(), LISTED))[line] == value


def test_every_value_of_a_report_is_one_that_a_policy_may_name() -> None:
    for report in (examine(sign(CAMERA)), examine(change_pixels(sign(CAMERA))), examine(picture())):
        for line, value in shown(report).items():
            assert is_value(line, str(value)), (line, value)


@pytest.mark.parametrize("line", list(Line))
@pytest.mark.parametrize("status", list(Status))
def test_a_line_without_findings_has_a_value_for_every_status(line: Line, status: Status) -> None:
    value = value_of(line, status, ())
    assert is_value(line, str(value))
    assert set(NOTHING.values()) <= set(values(line))


def policy(when: str) -> Policy:
    words = (
        f'name = "one"\notherwise = "allow"\n[[rules]]\nwhen = {when}\noutcome = "label"\nlabels = ["ai-generated"]\n'
    )
    return Policy.parse(words.encode(), "one")


def test_a_policy_may_go_by_a_value() -> None:
    rule = policy('{ line = "ai", value = "generated" }')
    assert rule.decide(examine(sign(CAMERA, manifest=GENERATED))).outcome is Outcome.LABEL
    assert rule.decide(examine(sign(CAMERA))).outcome is Outcome.ALLOW
    # What is only inherited is another value.
    assert rule.decide(examine(sign_edit(CAMERA, sign(CAMERA, manifest=GENERATED)))).outcome is Outcome.ALLOW


def test_a_policy_may_go_by_a_number_of_versions_and_by_status_and_value_at_once() -> None:
    report = examine(sign_edit(CAMERA, sign(CAMERA)))
    assert policy('{ line = "history", value = 1 }').decide(report).outcome is Outcome.LABEL
    assert policy('{ line = "history", value = 2 }').decide(report).outcome is Outcome.ALLOW
    both = policy('{ line = "signer", status = "pass", value = ["official", "yours"] }')
    assert both.decide(report).outcome is Outcome.LABEL
    assert both.decide(examine(sign(other()))).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    "when",
    [
        '{ line = "ai", value = "genrated" }',
        '{ value = "generated" }',
        '{ line = "signer", value = "generated" }',
        '{ line = "ai", value = "generated", code = "ai.generated" }',
    ],
)
def test_a_value_that_a_line_cannot_have_is_refused(when: str) -> None:
    with pytest.raises(PolicyError):
        policy(when)


def test_a_declared_use_of_ai_has_no_tick_and_is_not_green() -> None:
    rows = text.render(samples.signed(ai=[samples.GENERATED]), width=200, colour=True, verbosity=0).splitlines()
    (row,) = [one for one in rows if "AI  " in one]
    assert "✔" not in row
    assert "\x1b[32m" not in row
    assert any("✔" in one and "\x1b[32m" in one for one in rows)


def test_a_report_of_the_older_schema_is_refused_with_words() -> None:
    older = as_json.dumps(samples.signed()).replace(SCHEMA, "vouchmark.report/1")
    with pytest.raises(ReportError, match="older schema"):
        as_json.loads(older)


def test_values_and_messages_survive_being_written_and_read() -> None:
    report = examine(sign_edit(CAMERA, sign(other())))
    again = as_json.loads(as_json.dumps(report))
    assert shown(again) == shown(report)
    assert again.evidence[Line.SIGNER].findings[0].message == report.evidence[Line.SIGNER].findings[0].message
    assert replace(again, pictures=(), crjson=None).evidence == report.evidence
