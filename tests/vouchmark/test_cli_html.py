"""Does `check --format html` write one page, whole, with the exit code and the words of every other format?"""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from tests.vouchmark import command
from tests.vouchmark.command import AT, Command
from tests.vouchmark.pages import parse

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
    assert root.one("h1").text == f"{text.stdout.strip()}."
    assert not root.all("table")
    shown = [image.attributes["alt"] for image in root.one(cls="hero-picture").all("img")]
    assert shown == (["The picture in the file, drawn anew and smaller."] if name in PICTURES else [])


PICTURES = frozenset({"signed.jpg", "altered.jpg", "plain.jpg"})


def test_the_digest_on_the_page_is_that_of_the_json_report(run: Command) -> None:
    page = run("check", "signed.jpg", *LISTS, "--format", "html")
    assert run("check", "signed.jpg", *LISTS, "--format", "json").json["sha256"] in parse(page.stdout).text


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
        assert words in root.one(cls="hero-picture").text


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
