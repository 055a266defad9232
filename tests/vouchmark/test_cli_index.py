"""Does `vouchmark index` remember, find, show, hand out and take in, and say in words what it cannot?"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from PIL import ImageOps

from provenance.hashes.index import entry
from provenance.hashes.index.exchange import FORMATS
from tests.support import command
from tests.support.command import Command
from vouchmark.cli.index import command as module
from vouchmark.demo.pictures import harbour


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    folder.mkdir()
    return Command(folder=folder, home=tmp_path / "home")


def picture(path: Path, change: object = None, **options: object) -> None:
    image = harbour().convert("RGB").resize((480, 360))
    target = io.BytesIO()
    (change(image) if callable(change) else image).save(target, "JPEG", **options)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(target.getvalue())


@pytest.fixture
def filled(run: Command) -> Command:
    command.write(run.folder / "media", "signed.jpg", "empty.jpg")
    picture(run.folder / "media" / "deep" / "harbour.jpg")
    done = run("index", "add", "media", "--index", "known", "--label", "archive")
    assert done.said == (4, "empty.jpg: could not be read")
    assert done.lines[0] == "2 added, 0 were there already, 1 could not be read"
    return run


def test_what_is_there_already_is_not_added_again(filled: Command) -> None:
    done = filled("index", "add", "media/deep", "media/deep/harbour.jpg", "--index", "known", "--json")
    assert (done.code, done.json) == (0, {"added": 0, "known": 2, "unreadable": 0, "without_look": 0})


def test_a_copy_further_on_in_the_same_run_is_added_once(run: Command) -> None:
    command.write(run.folder / "media", "plain.jpg")
    for number in range(module.BATCH):
        (run.folder / "media" / f"text {number:03}.txt").write_text(f"text {number}")
    (run.folder / "media" / "zz.jpg").write_bytes((run.folder / "media" / "plain.jpg").read_bytes())
    done = run("index", "add", "media", "--index", "known", "--json")
    assert (done.json["added"], done.json["known"]) == (module.BATCH + 1, 1)


def test_finds_a_mirrored_and_framed_copy(filled: Command) -> None:
    picture(filled.folder / "copy.jpg", lambda image: ImageOps.expand(ImageOps.mirror(image), 50, "white"), quality=60)
    done = filled("index", "search", "copy.jpg", "--index", "known")
    assert done.code == 0
    assert done.stdout.startswith("copy.jpg: looks like “archive”, “harbour.jpg” (")
    assert (
        "differ once it is mirrored left to right, without its border, their pixels lie upon each other)" in done.stdout
    )
    found = filled("index", "search", "copy.jpg", "--index", "known", "--json").json[0]
    assert (found["exact"], found["near"][0]["turn"]) == ([], "mirror")


def test_finds_the_same_file_and_nothing_for_others(filled: Command) -> None:
    assert filled("index", "search", "media/signed.jpg", "--index", "known").lines[0] == (
        "signed.jpg: the very same file as “archive”, “signed.jpg”"
    )
    (filled.folder / "other.txt").write_text("something else")
    done = filled("index", "search", "other.txt", "--index", "known")
    assert (done.code, done.stdout) == (
        3,
        "other.txt: nothing found; look-alikes were not looked for: only pictures and videos have look-alikes here\n",
    )
    assert filled("index", "search", "media/empty.jpg", "--index", "known").code == 4


def test_check_fills_the_known_line(filled: Command) -> None:
    picture(filled.folder / "copy.jpg", quality=40)
    done = filled("check", "copy.jpg", "--index", "known", "--format", "json", "--only", "known")
    assert done.code == 0
    assert done.json["evidence"]["known"]["findings"][0]["code"] == "known.near"
    assert done.json["inputs"]["options"]["index"]["name"] == "known"
    assert filled("check", "media/deep/harbour.jpg", "--index", "known", "--only", "known").code == 0
    (filled.folder / "other.txt").write_text("something else")
    assert filled("check", "other.txt", "--index", "known", "--only", "known").code == 3


def test_shows_what_it_holds(filled: Command) -> None:
    done = filled("index", "show", "--index", "known", "--verify", "--entries")
    assert done.code == 0
    assert done.lines[0].startswith("known: 2 entries with ")
    assert "every byte is what was written" in done.lines
    assert any(line.startswith("  archive (harbour.jpg): ") for line in done.lines)
    facts = filled("index", "show", "--index", "known", "--entries", "--json").json
    [harbour_entry] = [one for one in facts["list"] if one["name"] == "harbour.jpg"]
    assert harbour_entry["codes"][0]["value"].startswith("ISCC:KE")


@pytest.mark.parametrize("form", FORMATS)
def test_what_it_hands_out_another_one_takes_and_finds(filled: Command, form: str) -> None:
    assert filled("index", "export", "--index", "known", "--format", form, "-o", "list.txt").code == 0
    done = filled("index", "import", "list.txt", "--index", "other", "--json")
    assert (done.code, done.json) == (0, {"added": 1, "other_kinds": 0, "low_quality": 1})
    picture(filled.folder / "copy.jpg", quality=40)
    done = filled("index", "search", "copy.jpg", "--index", "other")
    assert done.stdout.startswith("copy.jpg: looks like “archive” (")
    on_stdout = filled("index", "export", "--index", "known", "--format", form)
    assert on_stdout.stdout == (filled.folder / "list.txt").read_text()


def test_a_pipe_to_which_hashes_are_written_stays_a_pipe(filled: Command) -> None:
    os.mkfifo(filled.folder / "pipe")
    reader = os.open(filled.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert filled("index", "export", "--index", "known", "-o", "pipe").code == 0
        assert os.read(reader, 4096).startswith(b"type,value")
    finally:
        os.close(reader)
    assert (filled.folder / "pipe").is_fifo()


def test_a_folder_to_which_hashes_cannot_be_written_is_a_usage_error(filled: Command) -> None:
    done = filled("index", "export", "--index", "known", "-o", "none/list.csv")
    assert done.code == 2
    assert done.stderr.startswith("error: cannot write to none/list.csv: No such file or directory\n")


def test_takes_a_list_from_standard_input_and_counts_what_it_leaves_out(run: Command) -> None:
    text = f"type,value,quality\npdq,{'0f' * 32},90\npdq,{'f0' * 32},12\nmd5,{'0' * 32},\n"
    done = run("index", "import", "-", "--index", "known", stdin=text.encode())
    assert (done.code, done.stdout) == (
        0,
        "1 hash added, 1 of other kinds passed over, 1 of low quality left out\n",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "error: the list list.csv cannot be taken: got the columns a, b"),
        (b"\xff\xfe\x00", "error: the list list.csv is no text in UTF-8"),
    ],
)
def test_says_what_is_wrong_with_a_list(run: Command, content: bytes, words: str) -> None:
    (run.folder / "list.csv").write_bytes(content)
    done = run("index", "import", "list.csv", "--index", "known")
    assert done.code == 2
    assert done.stderr.startswith(words)


def test_words_of_a_list_cannot_command_a_terminal(run: Command) -> None:
    (run.folder / "list\x1b[31m.csv").write_text("val\x1b[2Jue,la\u202ebel\n1,2\n")
    done = run("index", "import", "list\x1b[31m.csv", "--index", "known")
    assert done.code == 2
    assert "val\\x1b[2jue, la\\u202ebel" in done.stderr
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr


@pytest.mark.parametrize("label", ["x" * (module.MAX_LABEL + 1), "half \udcff"])
def test_a_label_that_cannot_be_kept_is_refused_or_made_whole(run: Command, label: str) -> None:
    (run.folder / "list.csv").write_text(f"pdq\n{'0f' * 32}\n")
    done = run("index", "import", "list.csv", "--index", "known", "--label", label)
    assert done.code == (2 if len(label) > module.MAX_LABEL else 0), done.stderr
    if done.code == 0:
        assert run("index", "show", "--entries", "--index", "known").lines[-1] == "  half ?: 1 hash"


def test_the_same_list_taken_twice_is_told_once(run: Command) -> None:
    picture(run.folder / "harbour.jpg")
    assert run("index", "add", "harbour.jpg", "--index", "own").code == 0
    assert run("index", "export", "--index", "own", "-o", "list.csv").code == 0
    for _ in range(2):
        assert run("index", "import", "list.csv", "--index", "known").code == 0
    done = run("check", "harbour.jpg", "--index", "known", "--only", "known", "--format", "json")
    assert [one["code"] for one in done.json["evidence"]["known"]["findings"]].count("known.near") <= 1


def test_refuses_what_is_no_index_and_changes_nothing_there(run: Command) -> None:
    command.write(run.folder, "plain.jpg")
    (run.folder / "folder").mkdir()
    (run.folder / "folder" / "mine.txt").write_text("mine")
    for words in (
        ("check", "plain.jpg", "--index", "nothing"),
        ("check", "plain.jpg", "--index", "folder"),
        ("check", "plain.jpg", "--index", "plain.jpg"),
        ("index", "search", "plain.jpg", "--index", "nothing"),
        ("index", "show", "--index", "folder"),
        ("index", "add", "plain.jpg", "--index", "folder"),
        ("index", "add", "plain.jpg", "--index", "plain.jpg"),
        ("index", "add", "missing.jpg", "--index", "known"),
        ("index", "import", "missing.csv", "--index", "known"),
    ):
        done = run(*words)
        assert done.code == 2, words
        assert done.stderr.startswith("error: "), words
    assert [path.name for path in (run.folder / "folder").iterdir()] == ["mine.txt"]


def test_a_truncated_index_is_refused_with_its_own_exit_code(filled: Command) -> None:
    part = next((filled.folder / "known").glob("part-*"))
    part.write_bytes(part.read_bytes()[:-1])
    for words in (("check", "media/signed.jpg", "--index", "known"), ("index", "show", "--index", "known")):
        done = filled(*words)
        assert done.code == 4
        assert done.stderr.startswith("error: the index known cannot be used: a part of the index has ")
        assert "hint: " in done.stderr


def test_verify_finds_what_only_a_look_at_all_of_it_finds(filled: Command) -> None:
    part = max((filled.folder / "known").glob("part-*"), key=lambda path: path.stat().st_size)
    content = bytearray(part.read_bytes())
    content[content.index(b"archive")] ^= 1
    part.write_bytes(content)
    assert filled("index", "show", "--index", "known").code == 0
    assert filled("index", "show", "--index", "known", "--verify").code == 4


def test_a_second_writer_is_told_to_wait(filled: Command) -> None:
    from provenance.hashes.index.recorder import Recorder

    with Recorder(filled.folder / "known"):
        done = filled("index", "add", "media", "--index", "known")
        assert done.code == 2
        assert "another run is writing to known" in done.stderr
        assert filled("index", "show", "--index", "known").code == 0


def test_an_index_inside_the_folder_is_not_added_to_itself(run: Command) -> None:
    picture(run.folder / "media" / "harbour.jpg")
    for _ in range(2):
        assert run("index", "add", "media", "--index", "media/known").code == 0
    assert run("index", "show", "--index", "media/known", "--json").json["entries"] == 1


def test_names_of_files_cannot_command_a_terminal(run: Command) -> None:
    picture(run.folder / "red\x1b[31m.jpg")
    assert run("index", "add", ".", "--index", "known").code == 0
    for words in (("index", "search", "red\x1b[31m.jpg"), ("index", "show", "--entries")):
        assert "\x1b" not in run(*words, "--index", "known").stdout


def test_an_old_label_stays_what_it_was(filled: Command) -> None:
    exported = filled("index", "export", "--index", "known", "--format", "json").stdout
    assert {row["label"] for row in json.loads(exported)["data"]} == {"archive"}


def test_the_bounds_that_help_needs_are_those_of_what_it_stands_for() -> None:
    assert (module.FORMATS, module.MAX_LABEL) == (FORMATS, entry.MAX_LABEL)
