"""Does `check --format html` write one page, whole, with the exit code and the words of every other format?"""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from tests.support import command
from tests.support.command import AT, Command
from tests.vouchmark.pages import parse
from vouchmark.render.html.markup import without_options

LISTS = ("--no-default-trust", "--trust", "root.pem", "--at", AT)


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    command.write(folder)
    return Command(folder=folder, home=tmp_path / "home")


@pytest.mark.parametrize("name", ["signed.jpg", "altered.jpg", "plain.jpg", "empty.jpg", "missing.jpg"])
def test_one_file_is_one_page_with_the_answer_and_the_exit_code_of_the_text(run: Command, name: str) -> None:
    text = run("check", name, *LISTS, "-q")
    page = run("check", name, *LISTS, "--format", "html")
    assert (page.code, page.stderr) == (text.code, "")
    root = parse(page.stdout)
    assert root.one("h1").text == f"{without_options(text.stdout.strip())}."
    assert not root.all("table")
    shown = [image.attributes["alt"] for image in root.all("img")]
    assert shown == (["The picture in the file, drawn anew and smaller."] if name in PICTURES else [])


PICTURES = frozenset({"signed.jpg", "altered.jpg", "plain.jpg"})


def test_the_digest_on_the_page_is_that_of_the_json_report(run: Command) -> None:
    page = run("check", "signed.jpg", *LISTS, "--format", "html")
    same = run("check", "signed.jpg", *LISTS, "--format", "json")
    assert same.json["sha256"] in parse(page.stdout).text


def test_the_same_run_gives_the_same_page(run: Command) -> None:
    words = ("check", "signed.jpg", "plain.jpg", *LISTS, "--format", "html")
    assert run(*words).stdout == run(*words).stdout


def test_several_files_are_one_page_with_a_table_and_the_worst_exit_code(run: Command) -> None:
    page = run("check", "signed.jpg", "altered.jpg", "missing.jpg", *LISTS, "--format", "html")
    assert page.code == 1
    root = parse(page.stdout)
    assert root.one("h1").text == "3 files"
    assert [row.one("a").text for row in root.one("tbody").all("tr")] == ["signed.jpg", "altered.jpg", "missing.jpg"]


def test_a_folder_without_files_is_a_page_that_says_so(run: Command) -> None:
    (run.folder / "none").mkdir()
    page = run("check", "none", *LISTS, "--format", "html")
    assert page.code == 3
    assert "There was no file" in parse(page.stdout).text


def test_the_page_in_a_checked_folder_is_not_checked_itself(run: Command) -> None:
    for _ in range(2):
        done = run("check", ".", *LISTS, "--format", "html", "-o", "page.html")
        assert done.stdout == ""
        rows = parse((run.folder / "page.html").read_text(encoding="utf-8")).one("tbody").all("tr")
        assert sorted(row.one("a").text for row in rows) == sorted(command.media())


def test_a_drawing_is_not_drawn_and_sound_is_no_picture(run: Command) -> None:
    (run.folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    header = b"fmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0"
    (run.folder / "sound.wav").write_bytes(b"RIFF\x24\0\0\0WAVE" + header + b"data" + bytes(4))
    for name, words in (("drawing.svg", "not run here"), ("sound.wav", "the file is sound")):
        root = parse(run("check", name, *LISTS, "--format", "html").stdout)
        assert not root.all("img")
        assert words in root.one(cls="pictures").text


def test_a_page_is_not_poured_into_a_terminal(run: Command) -> None:
    master, slave = pty.openpty()
    try:
        started = run.start("check", "plain.jpg", "--format", "html", stdout=slave, stderr=-1)
        _, stderr = started.communicate(timeout=command.SECONDS)
    finally:
        os.close(slave)
        os.close(master)
    assert started.returncode == 2
    assert stderr.decode().splitlines() == [
        "error: a page is for a browser, not for a terminal",
        "hint: name a file: -o report.html",
    ]


class TestFolder:
    def folder(self, run: Command, *words: str) -> command.Done:
        return run("check", "in", *LISTS, "--in-process", "--format", "html", "-o", "site/", *words)

    @pytest.fixture(autouse=True)
    def _files(self, run: Command) -> None:
        command.write(run.folder / "in", "altered.jpg", "plain.jpg")
        command.write(run.folder / "in/deep", "signed.jpg", "plain.jpg")

    def test_an_index_leads_to_one_page_for_each_file(self, run: Command) -> None:
        done = self.folder(run)
        assert (done.code, done.stdout) == (1, "")
        assert done.stderr.splitlines()[0] == "4 files"
        pages = {f"files/{path.name}": path for path in (run.folder / "site/files").iterdir()}
        index = parse((run.folder / "site/index.html").read_text(encoding="utf-8"), beside=frozenset(pages))
        rows = {row.one("a").text: row.one("a").attributes["href"] for row in index.all("tr") if row.all("a")}
        assert list(rows) == ["altered.jpg", "deep/signed.jpg", "deep/plain.jpg", "plain.jpg"]
        assert set(rows.values()) == set(pages)
        for name, href in rows.items():
            page = parse(pages[href].read_text(encoding="utf-8"), beside=frozenset({"../index.html"}))
            assert page.one("h1").text.startswith(f"{name}: ")
            assert page.one("nav").one("a").attributes["href"] == "../index.html"

    def test_the_next_run_takes_its_place_and_old_pages_go(self, run: Command) -> None:
        self.folder(run)
        (run.folder / "in/altered.jpg").unlink()
        assert self.folder(run).code == 3
        assert len(list((run.folder / "site/files").iterdir())) == 3

    def test_pages_inside_the_folder_that_is_checked_are_not_checked(self, run: Command) -> None:
        for _ in range(2):
            done = run("check", "in", *LISTS, "--in-process", "--format", "html", "-o", "in/site/")
            assert done.stderr.splitlines()[0] == "4 files"

    @pytest.mark.parametrize(
        ("place", "content"), [("site/index.html", "<p>mine</p>"), ("site/files/notes.txt", "mine"), ("site", "a file")]
    )
    def test_what_is_not_ours_stays(self, place: str, content: str, run: Command) -> None:
        (run.folder / place).parent.mkdir(parents=True, exist_ok=True)
        (run.folder / place).write_text(content)
        done = self.folder(run)
        assert done.code == 2
        assert "hint: " in done.stderr
        assert (run.folder / place).read_text() == content

    def test_a_page_is_never_written_through_a_link(self, run: Command) -> None:
        (run.folder / "site/files").mkdir(parents=True)
        (run.folder / "victim").write_text("kept")
        (run.folder / "site/files/000001-altered-jpg.html").symlink_to("../../victim")
        assert self.folder(run).code == 4
        assert (run.folder / "victim").read_text() == "kept"

    def test_a_folder_is_for_pages_alone(self, run: Command) -> None:
        done = run("check", "in", "-o", "site/")
        assert done.said == (2, "error: site/ is a folder, and a folder is written with pages")
        assert not (run.folder / "site").exists()

    def test_more_than_fifty_files_are_refused_before_anything_is_looked_at(self, run: Command) -> None:
        for number in range(50):
            (run.folder / "in" / f"{number}.txt").write_text("x")
        done = run("check", "in", "--format", "html", "-o", "page.html")
        assert done.said == (2, "error: a single page bears 50 files, and there are more")
        assert done.stderr.splitlines()[1].endswith("--format html -o FOLDER/")
        assert not (run.folder / "page.html").exists()
