"""Does a run over many files tell what came of it, in the order asked for, and keep what was done at Ctrl-C?"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support import command
from tests.support.command import AT, Command
from tests.vouchmark.test_cli_main import wait_until_reading
from vouchmark.cli.check.command import FORMATS, SORTED_BY
from vouchmark.cli.check.sorting import SORTS
from vouchmark.cli.common import so_far
from vouchmark.render.groups import NAMES, Group

WORST_FIRST = ["b/altered.jpg", "empty.jpg", "generated.jpg", "a/signed.jpg", "plain.jpg"]


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """In a folder with `in/`, which has folders of its own."""
    command.write(tmp_path / "here/in", "empty.jpg", "generated.jpg", "plain.jpg")
    command.write(tmp_path / "here/in/a", "signed.jpg")
    command.write(tmp_path / "here/in/b", "altered.jpg")
    command.write(tmp_path / "here/other", "plain.jpg")
    (tmp_path / "here/root.pem").write_bytes(command.media()["root.pem"])
    return Command(folder=tmp_path / "here", home=tmp_path / "home")


def check(run: Command, *words: str) -> command.Done:
    return run("check", *words, "--trust", "root.pem", "--at", AT, "--in-process")


class TestTotals:
    def test_files_are_counted_by_their_answer_worst_first(self, run: Command) -> None:
        done = check(run, "in", "-q")
        assert done.stderr.splitlines() == [
            "",
            "5 files",
            f"  1  {NAMES[Group.MISMATCH]}",
            f"  1  {NAMES[Group.ERROR]}",
            f"  1  {NAMES[Group.AI_DECLARED]}",
            f"  1  {NAMES[Group.RECOGNISED]}",
            f"  1  {NAMES[Group.NOTHING]}",
        ]
        assert len(done.lines) == 5

    @pytest.mark.parametrize("words", [("in/plain.jpg",), ("in", "--format", "jsonl"), ("in", "--format", "csv")])
    def test_one_file_and_data_have_none(self, words: tuple[str, ...], run: Command) -> None:
        assert check(run, *words).stderr == ""


class TestOrder:
    def test_the_command_knows_every_order(self) -> None:
        assert set(SORTED_BY) == set(SORTS)

    def test_worst_first_and_by_name(self, run: Command) -> None:
        def shown(*words: str) -> list[str]:
            return [line.split(":")[0] for line in check(run, "in", "-q", *words).lines]

        assert shown("--sort", "worst") == WORST_FIRST
        assert shown("--sort", "name") == sorted(WORST_FIRST)
        assert sorted(shown()) == sorted(WORST_FIRST)

    @pytest.mark.parametrize("form", ["json", "jsonl", "csv", "text", "crjson"])
    def test_an_order_changes_nothing_else(self, form: str, run: Command) -> None:
        straight, turned = check(run, "in", "--format", form), check(run, "in", "--format", form, "--sort", "worst")
        assert straight.code == turned.code
        if form in ("json", "crjson"):
            assert sorted(map(json.dumps, straight.json)) == sorted(map(json.dumps, turned.json))
        else:
            assert sorted(straight.lines) == sorted(turned.lines)


class TestPlaces:
    def test_every_format_shows_the_path_below_the_folder(self, run: Command) -> None:
        for form in FORMATS:
            shown = check(run, "in", "--format", form).stdout
            assert "b/altered.jpg" in shown, form
            assert "in/b/altered.jpg" not in shown, form

    def test_a_file_that_was_named_has_no_path_but_its_name(self, run: Command) -> None:
        media = check(run, "in/b/altered.jpg", "--format", "json").json["media"]
        assert (media["name"], media["path"]) == ("altered.jpg", None)

    def test_of_several_folders_each_is_named(self, run: Command) -> None:
        found = check(run, "in/b", "other", "in/plain.jpg", "--format", "json").json
        assert [one["media"]["path"] for one in found] == ["b/altered.jpg", "other/plain.jpg", None]

    def test_the_folder_s_own_place_is_not_in_the_report(self, run: Command) -> None:
        here = check(run, "in", "--format", "jsonl").stdout
        (run.folder / "in").rename(run.folder / "moved")
        assert check(run, "moved", "--format", "jsonl").stdout == here


class TestSpreadsheet:
    def test_every_file_is_a_row(self, run: Command) -> None:
        done = check(run, "in", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        assert {row["file"]: row["group"] for row in rows}["b/altered.jpg"] == "mismatch"
        assert {row["integrity"] for row in rows} == {"fail", "error", "pass", "absent"}
        assert done.code == 1

    def test_no_file_is_still_a_table(self, run: Command) -> None:
        (run.folder / "none").mkdir()
        done = check(run, "none", "--format", "csv")
        assert (done.code, len(done.lines)) == (3, 1)

    def test_no_name_becomes_a_formula_wherever_the_line_is_cut(self, run: Command) -> None:
        names = ("=1+1.jpg", "+cmd|' C'!A0", "@SUM(1)", "a;=HYPERLINK(1).jpg", 'b"; -2+3.jpg', "c,=1", "tab\t=1")
        (run.folder / "odd").mkdir()
        for name in names:
            (run.folder / "odd" / name).write_bytes(b"")
        shown = run("check", "odd", "--format", "csv", "--in-process").stdout
        for separator in ",;|\t":
            for row in csv.reader(io.StringIO(shown, newline=""), delimiter=separator):
                assert not [cell for cell in row if cell.lstrip(" \"'")[:1] in tuple("=+@") and cell[:1] != "'"], row
            for part in shown.split(separator):
                assert part.strip(' "')[:1] not in tuple("=+@"), part

    def test_it_goes_to_a_file_as_it_goes_to_a_pipe(self, run: Command) -> None:
        piped = subprocess.run(
            command.arguments("check", "in", "--format", "csv", "--at", AT, "--in-process"),
            cwd=run.folder,
            env=command.environment(run.home),
            capture_output=True,
            check=False,
        ).stdout
        run("check", "in", "--format", "csv", "--at", AT, "--in-process", "-o", "table.csv")
        assert (run.folder / "table.csv").read_bytes() == piped
        assert piped.count(b"\r\n") == 6
        assert b"\r\r" not in piped


class TestInterrupt:
    @pytest.mark.parametrize("form", ["jsonl", "json", "csv", "text", "html"])
    def test_what_was_done_is_said_and_kept_to_the_last_whole_record(self, form: str, run: Command) -> None:
        place = f"report.{form}"
        process = run.start(
            "check",
            "in/plain.jpg",
            "-",
            "--in-process",
            "--format",
            form,
            "-o",
            place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            wait_until_reading(process)
            os.kill(process.pid, signal.SIGINT)
            code = process.wait(command.SECONDS)
            said = process.stderr.read().decode() if process.stderr else ""
        finally:
            process.kill()
            process.communicate()
        assert code == 130
        assert said.splitlines()[-1] == f"interrupted: 1 file was checked; what was found is in {place}"
        kept = (run.folder / place).read_text(encoding="utf-8")
        assert "plain.jpg" in kept
        if form == "json":
            assert [one["media"]["name"] for one in json.loads(kept)] == ["plain.jpg"]
        elif form == "jsonl":
            assert kept.endswith("}\n")
        elif form == "html":
            assert kept.endswith("</html>\n")


@pytest.mark.parametrize(
    ("done", "among", "seconds", "words"),
    [
        (120, 5000, 3.0, "120 of 5,000 checked, 40 a second, 2 min left"),
        (2, 3, 20.0, "2 of 3 checked, 10.0 s each, 10 s left"),
        (2, None, 20.0, "2 checked, 10.0 s each"),
        (1000, 1_000_000, 10.0, "1,000 of 1,000,000 checked, 100 a second, 2 h 46 min left"),
        (5, 3, 2.5, "5 checked, 2 a second"),
        (3, 3, 3.0, "3 of 3 checked, 1.0 s each"),
    ],
)
def test_progress_has_total_rate_and_time_left(done: int, among: int | None, seconds: float, words: str) -> None:
    assert so_far(done, among, seconds) == words
