"""Does a report keep its shape, and do its statuses give the exit codes of the manual?"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchmark import samples
from vouchmark.report import (
    EXIT_ORDER,
    QUESTIONS,
    SERIOUSNESS,
    Evidence,
    Exit,
    Line,
    Report,
    Status,
    exit_code,
    most_serious,
    overall_exit,
)


def with_statuses(*, required: tuple[Line, ...] = (Line.INTEGRITY, Line.SIGNER), **statuses: Status) -> Report:
    """A report whose lines have those statuses; the others pass."""
    base = samples.signed()
    evidence = {line: Evidence(status=statuses.get(line, Status.PASS), summary="") for line in Line}
    return replace(base, evidence=evidence, required=required)


class TestShape:
    def test_every_line_has_a_question(self) -> None:
        assert tuple(QUESTIONS) == tuple(Line)
        assert all(question.endswith("?") for question in QUESTIONS.values())

    def test_refuses_a_missing_line(self) -> None:
        report = samples.signed()
        with pytest.raises(ValueError, match="expected all nine"):
            replace(report, evidence={line: report.evidence[line] for line in list(Line)[:-1]})

    def test_refuses_lines_in_another_order(self) -> None:
        report = samples.signed()
        with pytest.raises(ValueError, match="in order"):
            replace(report, evidence=dict(reversed(report.evidence.items())))

    def test_refuses_findings_that_are_numbered_otherwise(self) -> None:
        report = samples.signed()
        finding = replace(report.evidence[Line.AI].findings[0], id="ai.7")
        lines = dict(report.evidence)
        lines[Line.AI] = replace(lines[Line.AI], findings=(finding,))
        with pytest.raises(ValueError, match=r"ai\.7"):
            replace(report, evidence=lines)

    def test_nobody_changes_a_report(self) -> None:
        with pytest.raises(FrozenInstanceError):
            samples.signed().verdict = None  # type: ignore[misc]

    def test_gives_every_finding_in_the_order_of_the_lines(self) -> None:
        ids = [finding.id for finding in samples.signed().findings()]
        assert ids == ["integrity.1", "signer.1", "time.1", "history.1", "ai.1", "engines.1"]


class TestSeriousness:
    def test_every_status_has_its_place(self) -> None:
        assert set(SERIOUSNESS) == set(Status)

    def test_the_most_serious_wins_in_any_order(self) -> None:
        assert most_serious([Status.PASS, Status.FAIL, Status.ERROR]) is Status.FAIL
        assert most_serious([Status.ABSENT, Status.PASS]) is Status.PASS
        assert most_serious([]) is Status.SKIPPED

    @given(st.lists(st.sampled_from(Status)), st.sampled_from(Status))
    def test_one_more_finding_never_makes_a_line_milder(self, statuses: list[Status], more: Status) -> None:
        before, after = most_serious(statuses), most_serious([*statuses, more])
        assert SERIOUSNESS.index(after) <= SERIOUSNESS.index(before)


class TestExitCode:
    def test_everything_required_passed(self) -> None:
        assert exit_code(with_statuses()) is Exit.OK

    @pytest.mark.parametrize("line", Line)
    def test_any_line_that_fails_is_one_whether_required_or_not(self, line: Line) -> None:
        assert exit_code(with_statuses(**{line: Status.FAIL})) is Exit.FAILED

    @pytest.mark.parametrize("status", [Status.UNKNOWN, Status.ABSENT, Status.SKIPPED])
    def test_a_required_line_without_an_answer_is_three(self, status: Status) -> None:
        assert exit_code(with_statuses(signer=status)) is Exit.INCONCLUSIVE

    @pytest.mark.parametrize("status", [Status.UNKNOWN, Status.ABSENT, Status.SKIPPED, Status.ERROR])
    def test_a_line_that_nobody_requires_does_not_matter(self, status: Status) -> None:
        assert exit_code(with_statuses(ai=status)) is Exit.OK

    def test_a_required_error_is_four_before_three(self) -> None:
        assert exit_code(with_statuses(integrity=Status.ERROR, signer=Status.UNKNOWN)) is Exit.ERROR

    def test_failure_comes_before_error(self) -> None:
        assert exit_code(with_statuses(integrity=Status.ERROR, history=Status.FAIL)) is Exit.FAILED

    def test_other_lines_can_be_required(self) -> None:
        assert exit_code(with_statuses(required=(Line.AI,), ai=Status.ABSENT)) is Exit.INCONCLUSIVE
        assert exit_code(with_statuses(required=(Line.AI,), signer=Status.UNKNOWN)) is Exit.OK

    def test_over_many_files_one_before_four_before_three_before_none(self) -> None:
        assert overall_exit([Exit.OK, Exit.INCONCLUSIVE, Exit.ERROR, Exit.FAILED]) is Exit.FAILED
        assert overall_exit([Exit.OK, Exit.INCONCLUSIVE, Exit.ERROR]) is Exit.ERROR
        assert overall_exit([Exit.OK, Exit.INCONCLUSIVE]) is Exit.INCONCLUSIVE
        assert overall_exit([Exit.OK]) is Exit.OK

    def test_no_file_at_all_is_inconclusive(self) -> None:
        assert overall_exit([]) is Exit.INCONCLUSIVE

    def test_every_exit_code_but_usage_has_its_place(self) -> None:
        assert set(EXIT_ORDER) == set(Exit) - {Exit.USAGE}
