"""Do the news desk and the forum come out as their examples say?"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vouchmark.report import Line, Report

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, Report]]]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    before = set(sys.modules)

    def run(name: str) -> dict[str, Report]:
        return dict(importlib.import_module(name).story(tmp_path / name))

    yield run
    for name in set(sys.modules) - before:
        if name in ("review_site", "newsroom_desk", "open_forum"):
            del sys.modules[name]


def said(reports: dict[str, Report]) -> list[tuple[str, Any, str]]:
    found = []
    for report in reports.values():
        assert report.verdict is not None
        found.append(
            (str(report.verdict.outcome), report.verdict.labels, report.evidence[Line.PERSON].findings[0].code)
        )
    return found


def test_the_news_desk_allows_what_a_member_answers_for_today(story: Callable[[str], dict[str, Report]]) -> None:
    assert said(story("newsroom_desk")) == [
        ("allow", ("person-vouched",), "person.voice.unchecked"),
        ("review", (), "person.absent"),
        ("review", ("person-proof-invalid",), "person.nonce.mismatch"),
        ("review", (), "person.lookalike"),
    ]


def test_the_forum_gives_each_person_three_posts_that_nobody_can_tell_to_be_theirs(
    story: Callable[[str], dict[str, Report]],
) -> None:
    reports = story("open_forum")
    assert said(reports) == [
        ("allow", (), "person.absent"),
        *[("allow", ("person-vouched",), "person.voice.new")] * 4,
    ]
    posts = [report.evidence[Line.PERSON].findings[0].detail for report in list(reports.values())[1:4]]
    assert sorted(int(str(detail["slot"])) for detail in posts) == [0, 1, 2]
    assert len({detail["voice"] for detail in posts}) == 3
