"""Does the command make, check, hand on and show bundles, with one clear error for whatever cannot be done?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import command
from tests.support.command import AT, Command
from tests.support.no_network import command as without_network
from tests.support.no_network import why_not
from tests.vouchmark.bundles import cases


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    command.write(folder, "signed.jpg", "plain.jpg", "root.pem")
    cases.new_key(folder)
    return Command(folder=folder, home=tmp_path / "home")


READER = ("--trust", "root.pem", "--at", AT, "--in-process")


def test_from_making_to_a_cut_log(run: Command) -> None:
    made = run("bundle", "make", "signed.jpg", "-o", "case", "--seal", "ed25519.key", "--note", "x", *READER)
    assert (made.code, len(made.stdout)) == (0, 65), made.stderr
    digest = made.stdout.strip()
    known = ("--digest", digest, "--key", "ed25519.pub")
    assert run("bundle", "verify", "case", *known, *READER).code == 0
    # By other lists the same bundle concludes less, and what it brings changes nothing of that.
    assert run("bundle", "verify", "case", *known, "--at", AT, "--in-process").code == 3
    again = run("bundle", "verify", "case", "--format", "json", "--at", AT, "--in-process").json
    assert again["files"][0]["theirs"]["lines"]["signer"] == "pass"
    assert again["files"][0]["yours"]["lines"]["signer"] == "unknown"
    court = ("--receive", "--by", "court", "--sign", "ed25519.key", "--receipt-out", "receipt")
    received = run("bundle", "verify", "case", *court, *READER)
    assert (received.code, received.stderr.startswith("received: line 2")) == (0, True), received.stderr
    copied = run("bundle", "make", "--from", "case", "-o", "copy.zip", "--by", "archive", "--in-process")
    assert (copied.code, copied.stdout.strip()) == (0, digest)
    both = run("bundle", "verify", "case", "copy.zip", "--receipt", "receipt", *READER)
    assert both.code == 0, both.stderr
    assert "Both are the same bundle" in both.stdout
    shown = run("bundle", "show", "copy.zip", "-o", "page.html", *READER)
    assert (shown.code, "page.html" in shown.files) == (0, True), shown.stderr
    log = run.folder / "case" / "custody.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    cases.tags_again(run.folder / "case")
    assert run("bundle", "verify", "case", *READER).code == 1


def test_of_several_files_the_exit_code_is_by_the_readers_lists(run: Command) -> None:
    assert run("bundle", "make", "signed.jpg", "plain.jpg", "-o", "case", *READER).code == 0
    assert run("bundle", "verify", "case", *READER).code == 3
    assert run("bundle", "verify", "case", "--require", "ai", *READER).code in (0, 3)


def test_what_cannot_be_done_is_one_clear_error_with_a_hint(run: Command) -> None:
    assert run("bundle", "make", "plain.jpg", "-o", "case", *READER).code == 0
    (run.folder / "junk.key").write_bytes(b"junk")
    for words, code in (
        (("make", "-o", "x"), 2),
        (("make", "plain.jpg"), 2),
        (("make", "", "-o", "x"), 2),
        (("make", "none.jpg", "-o", "x"), 2),
        (("make", "plain.jpg", "-o", "case"), 2),
        (("make", "plain.jpg", "-o", "none/case"), 2),
        (("make", "plain.jpg", "-o", "a b.zip"), 2),
        (("make", "plain.jpg", "-o", "x", "--tsa", "http://127.0.0.1:1/"), 2),
        (("make", "plain.jpg", "-o", "x", "--seal", "ed25519.key", "--tsa", "ftp://x"), 4),
        (("make", "plain.jpg", "-o", "x", "--seal", "ed25519.key", "--tsa", "http://127.0.0.1:1/"), 4),
        (("make", "plain.jpg", "-o", "x", "--seal", "junk.key"), 2),
        (("make", "plain.jpg", "-o", "x", "--seal", "none.key"), 2),
        (("make", "plain.jpg", "-o", "x", "--policy", "junk.key"), 2),
        (("make", "plain.jpg", "-o", "x", "--trust", "junk.key"), 2),
        (("make", "plain.jpg", "-o", "x", "--attach", "none"), 2),
        (("make", "plain.jpg", "-o", "x", "--note", "y" * 3000), 2),
        (("make", "plain.jpg", "-o", "x", "--only", "everything"), 2),
        (("make", "plain.jpg", "signed.jpg", "-o", "x", "--manifest", "root.pem"), 2),
        (("make", "plain.jpg", "-o", "x", "--withhold", "1"), 2),
        (("make", "--from", "case", "-o", "x", "--withhold", "7"), 2),
        (("make", "--from", "none", "-o", "x"), 4),
        (("make", "--from", "case", "plain.jpg", "-o", "x"), 2),
        (("make", "--from", "case", "-o", "x", "--note", "y"), 2),
        (("verify", "none"), 4),
        (("verify", "plain.jpg"), 4),
        (("verify", "case", "--digest", "12"), 2),
        (("verify", "case", "--key", "junk.key"), 2),
        (("verify", "case", "--by", "x"), 2),
        (("verify", "case", "--receive", "--receipt-out", "y"), 2),
        (("verify", "case", "case", "case"), 2),
        (("verify", "case", "case", "--receive"), 2),
        (("show", "none", "-o", "x"), 4),
    ):
        done = run("bundle", *words, "--in-process")
        assert done.code == code, (words, done.stderr)
        assert done.stderr.startswith("error: "), words
        assert done.stdout == "", words
        assert "x" not in done.files, words


def test_nothing_goes_out_but_for_a_stamp_that_was_asked_for(run: Command) -> None:
    if reason := why_not():
        pytest.skip(reason)
    before = without_network([])
    assert run("bundle", "make", "signed.jpg", "-o", "case", "--seal", "ed25519.key", *READER, before=before).code == 0
    assert run("bundle", "verify", "case", *READER, before=before).code == 0
    assert run("bundle", "show", "case", "-o", "page.html", *READER, before=before).code == 0


def test_json_of_an_altered_bundle_names_what_was_altered(run: Command) -> None:
    assert run("bundle", "make", "plain.jpg", "-o", "case", *READER).code == 0
    (run.folder / "case/data/files/0001/plain.jpg").write_bytes(b"x")
    done = run("bundle", "verify", "case", "--format", "json", *READER)
    assert done.code == 1
    told = json.loads(done.stdout)
    (check,) = (one for one in told["checks"] if one["code"] == "bundle.files")
    assert any(words.startswith("data/files/0001/plain.jpg: ") for words in check["details"])
    assert told["files"] == []
