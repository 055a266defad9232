"""Are reports on the same input the same bytes: in any process, folder and environment, at any hour?"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from pathlib import Path

import pytest

from tests.support import authority as made
from tests.support import command
from tests.support.command import AT, Command
from tests.support.corpus import SETTINGS, media, needs_corpus, trust

SLOW = bool(os.environ.get("VOUCHMARK_SLOW"))
MEASURED = "2026-11-21T00:00:00Z"
"""The day on which the corpus was measured."""

FILES = ("signed.jpg", "altered.jpg", "generated.jpg", "plain.jpg", "empty.jpg", "missing.jpg")
VARIETY: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    ((), {"PYTHONHASHSEED": "0"}),
    (("--jobs", "2"), {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}),
    (("--jobs", "3"), {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C", "COLUMNS": "47"}),
    (("--in-process",), {"PYTHONHASHSEED": "7", "NO_COLOR": "1", "LANG": "tr_TR.UTF-8"}),
)
"""Options and environments that must not show in a report."""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    command.write(folder)
    return Command(folder=folder, home=tmp_path / "home")


def test_every_process_writes_the_same_bytes(run: Command) -> None:
    words = ("check", *FILES, "--format", "jsonl", "--trust", "root.pem", "--at", AT)
    wanted = run(*words)
    assert len(wanted.lines) == len(FILES)
    for options, env in VARIETY * (5 if SLOW else 1):
        done = run(*words, *options, env=env)
        assert (done.code, done.stdout) == (wanted.code, wanted.stdout), (options, env)


def test_one_file_alone_and_among_others_reads_the_same(run: Command) -> None:
    fixed = ("--format", "jsonl", "--trust", "root.pem", "--at", AT)
    together = run("check", *FILES, *fixed).lines
    apart = [run("check", name, *fixed).stdout.rstrip("\n") for name in FILES]
    assert apart == together
    several = run("check", *FILES, "--format", "json", *fixed[2:]).json
    assert several == [json.loads(line) for line in together]


def test_folders_and_their_spelling_do_not_show(run: Command, tmp_path: Path) -> None:
    other = tmp_path / "an other place" / "deep"
    shutil.copytree(run.folder, other)
    (tmp_path / "link").symlink_to(other)
    fixed = ("--format", "jsonl", "--trust", str(run.folder / "root.pem"), "--at", AT)
    wanted = run("check", "signed.jpg", *fixed).stdout
    spelled = (
        "./signed.jpg",
        str(other / "signed.jpg"),
        "../here/../here/signed.jpg",
        str(tmp_path / "link/signed.jpg"),
    )
    for name in spelled:
        assert run("check", name, *fixed).stdout == wanted, name
    assert run("check", "here/signed.jpg", *fixed, cwd=tmp_path).stdout == wanted
    assert run("check", "signed.jpg", *fixed, cwd=other).stdout == wanted


def test_a_later_hour_does_not_show_even_where_a_certificate_runs_out_meanwhile(run: Command) -> None:
    end = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=6)
    signer = made.make_signer(command.ROOT, end=end)
    (run.folder / "soon.jpg").write_bytes(made.sign(signer))
    words = ("check", "soon.jpg", "--format", "json", "--trust", "root.pem", "--at", AT)
    before = run(*words)
    assert dt.datetime.now(dt.UTC) < end, "this machine was too slow to look before the certificate ran out"
    assert before.json["evidence"]["signer"]["status"] == "pass"
    time.sleep(max(0, (end - dt.datetime.now(dt.UTC)).total_seconds()) + 1.1)
    after = run(*words)
    assert (after.code, after.stdout) == (before.code, before.stdout)
    now = run(*words[:-1], dt.datetime.now(dt.UTC).isoformat())
    assert now.json["evidence"]["signer"]["status"] == "unknown"


def test_without_a_time_the_time_is_an_input_that_is_named(run: Command) -> None:
    report = run("check", "plain.jpg", "--format", "json").json
    again = run("check", "plain.jpg", "--format", "json", "--at", report["inputs"]["at"]).json
    assert again == report


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("setting", list(SETTINGS) if SLOW else ["official+interim"])
def test_real_files_read_the_same_in_every_process(setting: str, tmp_path: Path) -> None:
    run = Command(folder=tmp_path, home=tmp_path / "home")
    signers, authorities = SETTINGS[setting]
    lists = [word for name in signers for word in ("--trust", str(trust(name)))]
    lists += [word for name in authorities for word in ("--tsa-trust", str(trust(name)))]
    rows = media() if SLOW else media()[::12]
    words = ("check", *(row.path for row in rows), "--format", "jsonl", "--at", MEASURED, *lists)
    wanted = run(*words)
    assert len(wanted.lines) == len(rows)
    for number in range(19 if SLOW else 2):
        options, env = VARIETY[number % len(VARIETY)]
        done = run(*words, *options, env=env | {"PYTHONHASHSEED": str(number)})
        differ = [row.id for row, one, other in zip(rows, wanted.lines, done.lines, strict=True) if one != other]
        assert (differ, done.code) == ([], wanted.code), (options, env)
