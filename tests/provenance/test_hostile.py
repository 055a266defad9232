"""Does no hostile file crash, stall, exhaust or mislead? Each gets one clear record and the documented exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import open_asset
from provenance.credentials.store.boxes import MAX_INFLATED_BYTES
from provenance.credentials.trust.lists import TrustLists
from provenance.workers.pool import Pool
from provenance.workers.task import Task
from tests.support.authority import NOW, picture, sign
from tests.support.command import Command
from tests.support.effort import ends
from tests.support.media import hostile
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.report import Exit, Line, Report, Status, exit_code

SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"
"""Seconds for any hostile file, on a busy machine; each takes a small part of one."""
MIB = 1024 * 1024
BOMB = f"compressed manifests of more than {MAX_INFLATED_BYTES} bytes"
OUR_FAULT = {"crash", "time-limit", "memory-limit", "panic", "failure", "not-started", "broken-answer"}
"""Reasons that would mean that a file got the better of us."""


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as running:
        yield running


def look(pool: Pool, source: bytes | Path) -> Report:
    return next(examine_all([source], make_settings(trust=TrustLists.empty()), pool=pool))


def first(report: Report) -> Any:
    return report.evidence[Line.INTEGRITY].findings[0]


def reasons(report: Report) -> set[str]:
    """Every reason that any engine gives for not having looked."""
    return {str(finding.detail.get("reason", "")) for finding in report.evidence[Line.ENGINES].findings}


@pytest.mark.parametrize("case", hostile.CASES, ids=lambda case: case.name)
def test_a_hostile_file_gets_its_record_in_time(pool: Pool, case: hostile.Case) -> None:
    data = case.build()
    with ends():  # a worker works: this process's own time says nothing
        report = look(pool, data)
    assert report.evidence[Line.INTEGRITY].status is case.integrity
    assert first(report).detail.get("reason", "") == case.reason or not case.reason
    assert not reasons(report) & OUR_FAULT
    documented = {Status.FAIL: Exit.FAILED, Status.ERROR: Exit.ERROR}
    assert exit_code(report) is documented.get(case.integrity, Exit.INCONCLUSIVE)


def test_no_hostile_file_costs_a_worker(pool: Pool) -> None:
    look(pool, picture())
    before = pool.pids
    for case in hostile.CASES:
        look(pool, case.build())
    assert pool.pids == before


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    hostile.write_all(made)
    return made


def test_the_command_goes_through_all_of_them_with_one_record_each(folder: Path, tmp_path: Path) -> None:
    run = Command(folder=folder, home=tmp_path)("check", ".", "--no-default-trust", "--format", "jsonl", "--jobs", "2")
    records = [json.loads(line) for line in run.stdout.splitlines()]
    wanted = {case.name: case.integrity for case in hostile.CASES} | hostile.OTHERS
    assert {record["media"]["name"]: record["evidence"]["integrity"]["status"] for record in records} == wanted
    assert len(records) == len(wanted)
    assert run.stderr == ""
    assert run.code == Exit.FAILED


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("brotli_bomb.jpg", f"could not be read: its Content Credentials are over a limit: {BOMB}", 4),
        ("png_bomb.png", "could not be read: the picture announces more pixels than the limit (--max-pixels)", 4),
        ("sparse.mp4", "could not be read: it is over the size limit (--max-size)", 4),
        ("fifo.jpg", "could not be read: it is not a file", 4),
        ("dangling.jpg", "could not be read: there is no such file", 4),
        (
            "text.jpg",
            "its name says image/jpeg, its content is text/plain; no Content Credentials",
            3,
        ),
        ("polyglot.jpg", "does not match its credentials: changed after signing, or taken from another file", 1),
    ],
)
def test_one_hostile_file_is_one_line_of_plain_words(
    folder: Path, tmp_path: Path, name: str, words: str, code: int
) -> None:
    run = Command(folder=folder, home=tmp_path)("check", "-q", "--no-default-trust", name)
    assert (run.code, run.lines, run.stderr) == (code, [f"{name}: {words}"], "")


def test_an_empty_folder_holds_nothing_to_look_at(folder: Path, tmp_path: Path) -> None:
    run = Command(folder=folder, home=tmp_path)("check", "empty")
    assert (run.code, run.stdout) == (Exit.INCONCLUSIVE, "")
    assert "no file" in run.stderr


def test_a_picture_under_another_types_name_is_checked_as_what_it_is_and_told(pool: Pool, folder: Path) -> None:
    report = look(pool, folder / "png-by-another-name.jpg")
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "integrity.name" in {finding.code for finding in report.evidence[Line.INTEGRITY].findings}


FORMS = ("JPEG", "PNG", "WEBP", "GIF", "WAV")


@pytest.mark.parametrize("form", FORMS)
def test_a_signed_file_cut_anywhere_never_passes(pool: Pool, form: str) -> None:
    if form == "WAV":
        whole = hostile.signed_wav(0.5)
    else:
        whole = sign(hostile.signer(), picture(form, size=(400, 300)), media_type=f"image/{form.lower()}")
    places = range(0, len(whole), 1024)
    step = 1 if SLOW else max(1, len(places) // 12)
    for place in [*places[::step], len(whole) - 1]:
        report = look(pool, whole[:place])
        assert report.evidence[Line.INTEGRITY].status is not Status.PASS, place
        assert not reasons(report) & OUR_FAULT, place


@pytest.fixture(scope="module")
def large() -> dict[str, bytes]:
    """Two files of 100 MB that nobody changed."""
    wav = sign(hostile.signer(), hostile.silence(1134), media_type="audio/wav")
    return {"wav": wav, "mp4": sign(hostile.signer(), hostile.movie(100_000_000), media_type="video/mp4")}


@pytest.mark.parametrize("form", ["wav", "mp4"])
@pytest.mark.parametrize("memory", [64, 100, 128, 160, 190] if SLOW else [64, 128])
def test_a_lack_of_memory_is_an_error_and_never_a_change(large: dict[str, bytes], form: str, memory: int) -> None:
    with Pool(1, memory=memory * MIB) as small:
        report = look(small, large[form])
        assert report.evidence[Line.INTEGRITY].status is Status.ERROR
        assert first(report).code == "integrity.error"
        assert first(report).detail["reason"] == "memory-limit"
        assert exit_code(report) is Exit.ERROR
        # The next file is none the worse for it.
        assert look(small, hostile.signed()).evidence[Line.INTEGRITY].status is Status.PASS


@pytest.mark.parametrize("form", ["wav", "mp4"])
def test_the_same_file_passes_with_the_memory_that_the_manual_names(large: dict[str, bytes], form: str) -> None:
    with Pool(1, memory=256 * MIB) as enough:
        assert look(enough, large[form]).evidence[Line.INTEGRITY].status is Status.PASS


def test_a_time_limit_is_an_error_and_never_a_change(large: dict[str, bytes]) -> None:
    with Pool(1, seconds=0.05) as hasty:
        report = look(hasty, large["wav"])
        assert first(report).detail["reason"] == "time-limit"
        assert exit_code(report) is Exit.ERROR


def test_the_command_says_that_the_memory_limit_was_hit(large: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "large.mp4").write_bytes(large["mp4"])
    run = Command(folder=tmp_path, home=tmp_path)("check", "-q", "large.mp4", "--memory-limit", "64")
    assert (run.code, run.stderr) == (Exit.ERROR, "")
    assert run.lines == ["large.mp4: could not be read: it is over the memory limit (--memory-limit)"]


@pytest.mark.skipif(not SLOW, reason="signs and checks 500 MB (VOUCHMARK_SLOW=1)")
def test_half_a_gigabyte_fits_the_limits_that_are_the_default(pool: Pool) -> None:
    data = sign(hostile.signer(), hostile.movie(500 * MIB), media_type="video/mp4")
    assert look(pool, data).evidence[Line.INTEGRITY].status is Status.PASS


READ_AS_NOBODY = """
import os, sys
import pickle, tempfile, zlib  # loaded late by a run, perhaps from a folder that nobody else may enter
from pathlib import Path
from provenance.credentials.trust.lists import TrustLists
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.render import text
from vouchmark.report import exit_code
settings = make_settings(trust=TrustLists.empty())
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
(report,) = examine_all([Path(sys.argv[1])], settings, pool=None)
print(int(exit_code(report)), report.evidence["integrity"].findings[0].code, end=" ")
print(report.evidence["integrity"].findings[0].detail["reason"])
"""


def test_a_file_that_may_not_be_read_is_an_error_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.mktemp("private")
    for parent in (base, *list(base.parents)[:2]):
        parent.chmod(0o755)
    (base / "private.jpg").write_bytes(picture())
    (base / "private.jpg").chmod(0)
    run = subprocess.run(
        [sys.executable, "-c", READ_AS_NOBODY, str(base / "private.jpg")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (run.stdout.split(), run.stderr) == (["4", "integrity.unreadable", "no-permission"], "")


def test_the_store_inside_a_bomb_is_never_unfolded_beyond_its_bound(pool: Pool) -> None:
    """Two gigabytes would not fit into this worker: it would say so."""
    task = Task(media_type="image/jpeg", at=NOW)
    with Pool(1, memory=256 * MIB) as small:
        examined = small.examine(open_asset(hostile.brotli_bomb()), task)
    assert {reading.reason for reading in examined.readings} == {"store"}
