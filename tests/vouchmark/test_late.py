"""Does the time limit hold for all that is done with a file, not only for what a worker does with it?"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from provenance.workers.pool import Pool
from tests.support.attacks import CAMERA, LISTED
from tests.support.authority import NOW, picture, sign
from tests.support.effort import PATIENCE, ends
from vouchmark.cli import main
from vouchmark.examination import asking, examine, gather, late
from vouchmark.examination.settings import make_settings
from vouchmark.lines.facts import Answer, Facts
from vouchmark.report import Line, Report, Status, exit_code

T = TypeVar("T")

LIMIT = 2.0
IN_TIME = late.in_time
TOO_LONG = "Reading it took longer than the time limit (--time-limit); that says nothing about the file."


def for_ever(_facts: object = None) -> Answer:
    """A loop that ends only where somebody ends it."""
    while True:
        pass


def asleep(_facts: object = None) -> Answer:
    time.sleep(2 * PATIENCE)
    return Answer(summary="Too late.")


def hasty(work: Callable[[], T], otherwise: Callable[[], T], *, seconds: float) -> T:
    """Less than what is left of a file's time, so that a busy machine has all of it to start a worker."""
    assert 0 < seconds <= PATIENCE
    return IN_TIME(work, otherwise, seconds=min(seconds, LIMIT))


def read(*sources: bytes, **more: object) -> list[Report]:
    settings = make_settings(trust=LISTED, at=NOW, **more)
    with Pool(seconds=PATIENCE) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(late, "in_time", hasty)
        return list(examine.examine_all(sources, settings, pool=pool))


def once(slow: Callable[[Facts], Answer], line: Line) -> Callable[[Facts], Answer]:
    """The line that is slow about a file that was read, and only about that."""
    usual = examine.LINES[line]
    return lambda facts: slow(facts) if facts.own is not None else usual(facts)


@pytest.mark.parametrize("slow", [for_ever, asleep])
@pytest.mark.parametrize("line", [Line.INTEGRITY, Line.HISTORY, Line.AI])
def test_a_line_that_does_not_end_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch, line: Line, slow: Callable[[Facts], Answer]
) -> None:
    monkeypatch.setitem(examine.LINES, line, once(slow, line))  # type: ignore[arg-type]
    with ends():
        (report,) = read(sign(CAMERA, picture()))
    (finding,) = report.evidence[Line.INTEGRITY].findings
    assert (finding.code, finding.status, finding.detail["reason"]) == ("integrity.error", Status.ERROR, "time-limit")
    assert report.evidence[Line.INTEGRITY].summary == TOO_LONG
    assert report.evidence[Line.SIGNER].status is Status.ERROR
    assert exit_code(report) == 4


def test_what_is_left_behind_does_not_go_on_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    monkeypatch.setitem(examine.LINES, Line.AI, once(for_ever, Line.AI))  # type: ignore[arg-type]
    read(sign(CAMERA, picture()))
    patience = time.monotonic() + PATIENCE
    while threading.active_count() > before and time.monotonic() < patience:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_the_file_behind_one_that_takes_too_long_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = examine.LINES[Line.AI]
    slow = lambda facts: for_ever() if facts.own and facts.media_type == "image/png" else usual(facts)  # noqa: E731
    monkeypatch.setitem(examine.LINES, Line.AI, slow)  # type: ignore[arg-type]
    found = read(sign(CAMERA, picture("PNG"), media_type="image/png"), sign(CAMERA, picture()))
    assert [report.evidence[Line.INTEGRITY].status for report in found] == [Status.ERROR, Status.PASS]


def test_a_look_at_the_index_that_does_not_end_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = gather._compared
    monkeypatch.setattr(
        gather, "_compared", lambda item, seen, *rest: for_ever() if seen and seen.own else usual(item, seen, *rest)
    )
    with ends():
        (report,) = read(sign(CAMERA, picture()))
    assert report.evidence[Line.INTEGRITY].summary == TOO_LONG


def test_a_second_look_has_no_more_time_than_the_first_one_left() -> None:
    asked: list[float] = []

    class Fake:
        def seconds_for(self, _asset: object) -> float:
            return 8.0

        def examine(self, _asset: object, _job: object, *, seconds: float) -> object:
            asked.append(seconds)
            return type("Examination", (), {"seconds_left": seconds - 3})

    look = asking.examine_by(Fake())  # type: ignore[arg-type]
    for _ in range(4):
        look(None, None)  # type: ignore[arg-type]
    assert asked == [8.0, 5.0, 2.0, asking.LEAST]


@pytest.mark.parametrize("form", ["json", "jsonl", "text", "crjson"])
def test_a_report_that_takes_too_long_to_be_written_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    from vouchmark.render import crjson, text
    from vouchmark.render import json as as_json

    names = {
        "json": (as_json, "dumps"),
        "jsonl": (as_json, "dumps_line"),
        "text": (text, "render"),
        "crjson": (crjson, "dumps"),
    }
    place, name = names[form]
    usual = getattr(place, name)
    slow = lambda report, **more: (  # noqa: E731
        for_ever() if report.evidence[Line.INTEGRITY].status is Status.ABSENT else usual(report, **more)
    )
    monkeypatch.setattr(place, name, slow)
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path))
    file = tmp_path / "plain.jpg"
    file.write_bytes(picture())
    with ends():
        done = CliRunner().invoke(main, ["check", str(file), "--format", form, "--time-limit", "1"])
    assert done.exit_code == 4
    if form in ("json", "jsonl"):
        assert json.loads(done.stdout)["evidence"]["integrity"]["summary"] == TOO_LONG
    else:
        assert ("time-limit" if form == "crjson" else "longer than the time limit") in done.stdout


def test_without_a_limit_nothing_is_left_behind() -> None:
    assert late.in_time(partial(pow, 2, 10), lambda: 0, seconds=float("inf")) == 1024
    assert late.in_time(lambda: threading.current_thread() is threading.main_thread(), bool, seconds=float("inf"))
