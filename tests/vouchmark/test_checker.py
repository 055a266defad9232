"""Does a checker say what `check` says, from many threads and tasks, with no more at a time than it has room for?"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.workers.pool import Pool
from tests.support import authority as made
from tests.support.attacks import LISTED
from tests.support.authority import NOW, make_signer, picture, sign
from tests.vouchmark import people
from vouchmark import check, to_json
from vouchmark.examination.checker import Checker, CheckerClosedError
from vouchmark.options import Options
from vouchmark.report import Evidence, Line, Report, Status
from zk.storage.ledger import open_ledger

OPTIONS = Options(trust=LISTED, at=NOW, snapshot=False)
SIGNED = sign(make_signer(), made.picture())
PLAIN = picture()


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(OPTIONS, workers=2) as running:
        yield running


def without_engines(report: Report) -> Report:
    """The report with no word on engines, and with nobody named who established a finding."""
    evidence = {
        line: replace(one, findings=tuple(replace(finding, source="") for finding in one.findings))
        for line, one in report.evidence.items()
    }
    evidence[Line.ENGINES] = Evidence(status=Status.SKIPPED, summary="", findings=())
    return replace(report, evidence=evidence, inputs=replace(report.inputs, engines={}))


@pytest.mark.parametrize(
    "data", [SIGNED, made.change_pixels(SIGNED), SIGNED[:-200], PLAIN + SIGNED, PLAIN + b"c2pa", b"words", b""]
)
def test_where_there_may_be_something_to_read_it_is_the_report_of_check(checker: Checker, data: bytes) -> None:
    assert to_json(checker.check(data)) == to_json(check(data, OPTIONS))


def test_where_there_is_nothing_only_the_engines_line_is_another(checker: Checker) -> None:
    ours, theirs = checker.check(PLAIN), check(PLAIN, OPTIONS)
    assert without_engines(ours) == without_engines(theirs)
    assert (ours.exit_code, ours.verdict) == (theirs.exit_code, theirs.verdict)
    line = ours.evidence[Line.ENGINES]
    assert line.status is Status.ABSENT
    assert [finding.code for finding in line.findings] == ["engines.nothing"]
    assert "No verifier was asked" in line.summary
    assert ours.inputs.engines == {}
    # Nobody is named who has not looked.
    assert all(finding.source.startswith("vouchmark") for finding in ours.findings())


def test_every_engine_is_asked_always_where_the_reader_says_so() -> None:
    with Checker(OPTIONS, look_first=False) as running:
        assert to_json(running.check(PLAIN)) == to_json(check(PLAIN, OPTIONS))


def test_one_engine_alone_has_nothing_to_read_either() -> None:
    with Checker(OPTIONS, engines=("c2pa-rs",)) as running:
        report = running.check(PLAIN)
    assert [finding.code for finding in report.evidence[Line.ENGINES].findings] == ["engines.nothing"]
    assert any(gap.what == "a second, independent engine" for gap in report.not_checked)


def test_threads_may_share_it(checker: Checker) -> None:
    files = [SIGNED, PLAIN, made.change_pixels(SIGNED), b"words"] * 6
    expected = [to_json(checker.check(data)) for data in files[:4]] * 6
    with ThreadPoolExecutor(8) as threads:
        assert [to_json(report) for report in threads.map(checker.check, files)] == expected


def test_tasks_wait_for_it_and_others_go_on_meanwhile(checker: Checker) -> None:
    async def run() -> tuple[list[Report], int]:
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0.001)

        ticking = asyncio.create_task(tick())
        reports = await asyncio.gather(*(checker.acheck(data) for data in (SIGNED, PLAIN) * 6))
        ticking.cancel()
        return reports, turns

    reports, turns = asyncio.run(run())
    assert [report.media.sha256 for report in reports] == [checker.check(d).media.sha256 for d in (SIGNED, PLAIN)] * 6
    assert turns > 1
    # Another loop is as good.
    assert asyncio.run(checker.acheck(PLAIN)) == checker.check(PLAIN)


def test_no_more_files_are_taken_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()
    real = Pool.examine_stream

    def counted(self, *arguments, **options):  # type: ignore[no-untyped-def]
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        try:
            yield from real(self, *arguments, **options)
        finally:
            with lock:
                at_work -= 1

    monkeypatch.setattr(Pool, "examine_stream", counted)
    with Checker(OPTIONS, waiting=2) as running, ThreadPoolExecutor(8) as threads:
        list(threads.map(running.check, [PLAIN, SIGNED] * 6))

        async def run() -> None:
            await asyncio.gather(*(running.acheck(PLAIN) for _ in range(12)))

        asyncio.run(run())
    assert 1 <= most <= 2


def test_many_come_in_order_and_are_taken_as_they_are_needed(checker: Checker, tmp_path: Path) -> None:
    for number, data in enumerate((SIGNED, PLAIN, b"words")):
        (tmp_path / f"{number}.jpg").write_bytes(data)
    assert [report.media.name for report in checker.many([tmp_path])] == ["0.jpg", "1.jpg", "2.jpg"]
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield PLAIN

    reports = checker.many(endless())
    assert next(reports).media.sha256 == checker.check(PLAIN).media.sha256
    reports.close()  # type: ignore[attr-defined]
    assert taken < 20


def test_a_voice_is_counted_once_whichever_thread_is_first(tmp_path: Path) -> None:
    vouch = people.vouch(people.PLAIN)
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        options = Options(
            trust=people.TRUST, at=people.AT, issuers=people.issuer_json(people.CLUB), scopes=[people.CAFE],
            ledger=ledger, vouches=[vouch],
        )  # fmt: skip
        with Checker(options, workers=2) as running, ThreadPoolExecutor(4) as threads:
            reports = list(threads.map(running.check, [people.PLAIN] * 6))
    codes = sorted(finding.code for one in reports for finding in one.evidence[Line.PERSON].findings)
    assert codes.count("person.voice.new") == 1


def test_a_run_is_judged_at_its_own_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    from vouchmark.examination import settings

    with Checker(trust=LISTED) as running:
        first = running.check(PLAIN).inputs.at
        later = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
        monkeypatch.setattr(settings, "_now", lambda: later)
        assert running.check(PLAIN).inputs.at == "2031-01-01T00:00:00Z" != first


def test_it_has_to_be_open_and_mistakes_show_at_once() -> None:
    closed = Checker(OPTIONS)
    with pytest.raises(CheckerClosedError):
        closed.check(PLAIN)
    with closed:
        closed.check(PLAIN)
    with pytest.raises(CheckerClosedError):
        closed.check(PLAIN)
    with pytest.raises(CheckerClosedError):
        closed.many([PLAIN])
    with pytest.raises(ValueError, match="room for 0"):
        Checker(OPTIONS, waiting=0)
    with pytest.raises(ValueError, match="without a zone"):
        Checker(at=dt.datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="workers"):
        Checker(OPTIONS, workers=0, waiting=1)
