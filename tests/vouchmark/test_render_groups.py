"""Does every report fall into the group that its worst or most telling fact asks for, and into no other?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vouchmark import samples
from vouchmark.render.csv import COLUMNS, cell, head, row
from vouchmark.render.groups import NAMES, Group, group_of, worst_first
from vouchmark.report import Evidence, Line, Report, Status

GALLERY = samples.gallery()
EXPECTED = {
    "signed": Group.RECOGNISED,
    "unknown": Group.UNKNOWN_SIGNER,
    "altered": Group.MISMATCH,
    "laundered": Group.HISTORY_BROKEN,
    "generated": Group.AI_DECLARED,
    "without": Group.NOTHING,
    "unreadable": Group.ERROR,
}


def having(line: Line, status: Status) -> Report:
    """The signed sample with another status of one line."""
    report = GALLERY["signed"]
    return replace(report, evidence={**report.evidence, line: Evidence(status=status, summary="So it is.")})


@pytest.mark.parametrize("name", EXPECTED)
def test_samples_fall_where_they_belong(name: str) -> None:
    assert group_of(GALLERY[name]) is EXPECTED[name]


@pytest.mark.parametrize(
    ("line", "status", "group"),
    [
        (Line.SIGNER, Status.FAIL, Group.SIGNER_REFUSED),
        (Line.SIGNER, Status.ERROR, Group.ERROR),
        (Line.TIME, Status.FAIL, Group.FAILED),
        (Line.PERSON, Status.FAIL, Group.FAILED),
        (Line.INTEGRITY, Status.UNKNOWN, Group.CANNOT_TELL),
        (Line.AI, Status.UNKNOWN, Group.RECOGNISED),
        (Line.INTEGRITY, Status.SKIPPED, Group.CANNOT_TELL),
        (Line.SIGNER, Status.ABSENT, Group.UNKNOWN_SIGNER),
        (Line.INTEGRITY, Status.ABSENT, Group.NOTHING),
    ],
)
def test_one_line_moves_a_file_to_its_group(line: Line, status: Status, group: Group) -> None:
    assert group_of(having(line, status)) is group


def test_a_file_that_could_not_be_read_is_never_without_credentials() -> None:
    report = replace(having(Line.INTEGRITY, Status.ERROR), required=(Line.AI,))
    assert group_of(report) is Group.ERROR


def test_what_only_looks_like_ai_is_not_counted_as_declared() -> None:
    report = GALLERY["generated"]
    unsigned = replace(report.evidence[Line.AI], status=Status.UNKNOWN)
    assert group_of(replace(report, evidence={**report.evidence, Line.AI: unsigned})) is not Group.AI_DECLARED


def test_a_failure_is_worse_than_anything_else_and_nothing_comes_last() -> None:
    places = {name: worst_first(GALLERY[name]) for name in EXPECTED}
    assert sorted(places, key=places.__getitem__)[0] == "altered"
    assert sorted(places, key=places.__getitem__)[-1] == "without"


def test_every_group_has_words_that_judge_nothing() -> None:
    assert set(NAMES) == set(Group)
    assert not [words for words in NAMES.values() if any(word in words for word in ("real", "fake", "authentic"))]


def test_a_row_has_every_column_and_a_hostile_name_begins_no_formula() -> None:
    assert head().count('","') == len(COLUMNS) - 1
    written = row(GALLERY["hostile"])
    assert written.count("\r\n") == 1
    assert "\u202e" not in written
    assert "\x1b" not in written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("a;=1", "a;'=1"),
        ('a; "-2', "a; \"'-2"),
        ("a|@x", "a|'@x"),
        ("a; b", "a; b"),
        ("2026-11-21", "2026-11-21"),
    ],
)
def test_a_cell_begins_no_formula_wherever_a_line_is_cut(text: str, shown: str) -> None:
    assert cell(text) == shown
