"""Does `vouchmark check` do what every option says, with the documented exit code and nothing left behind?"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.support import authority as made
from tests.support import command
from tests.support.command import AT, Command
from tests.support.media.identities import actor, attach, by_certificate
from vouchmark.report import Line

TRUST = ("--trust", "root.pem", "--at", AT)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file for every exit code; tests that write use a folder of their own."""
    folder = tmp_path_factory.mktemp("shelf")
    command.write(folder)
    return folder


@pytest.fixture
def run(shelf: Path, tmp_path: Path) -> Command:
    return Command(folder=shelf, home=tmp_path / "home")


@pytest.fixture
def own(tmp_path: Path) -> Command:
    """In a new folder."""
    folder = tmp_path / "own"
    folder.mkdir()
    return Command(folder=folder, home=tmp_path / "home")


class TestExitCodes:
    @pytest.mark.parametrize(
        ("name", "code", "answer"),
        [
            ("signed.jpg", 0, "signed.jpg: signed by Test Camera (Camera 1), certified under your own list"),
            ("altered.jpg", 1, "altered.jpg: does not match its credentials"),
            ("plain.jpg", 3, "plain.jpg: nothing here proves where it comes from"),
            ("empty.jpg", 4, "empty.jpg: could not be read: it is empty"),
            ("missing.jpg", 4, "missing.jpg: could not be read: there is no such file"),
        ],
    )
    def test_every_answer_has_its_code_in_every_format(self, name: str, code: int, answer: str, run: Command) -> None:
        for form in ("text", "json", "jsonl"):
            done = run("check", name, "--format", form, *TRUST)
            assert (done.code, done.stderr) == (code, "")
            if form == "text":
                assert done.stdout.startswith(answer)
            else:
                assert done.json["media"]["name"] == name
                assert done.json["schema"] == "vouchmark.report/2"

    def test_an_unlisted_signer_is_inconclusive(self, run: Command) -> None:
        done = run("check", "signed.jpg", "-q")
        assert done.code == 3
        assert "unknown signer using the name “Test Camera (Camera 1)”" in done.stdout

    @pytest.mark.parametrize(
        ("files", "code"),
        [
            (("signed.jpg", "signed.jpg"), 0),
            (("signed.jpg", "plain.jpg"), 3),
            (("plain.jpg", "empty.jpg", "signed.jpg"), 4),
            (("empty.jpg", "plain.jpg", "altered.jpg", "signed.jpg"), 1),
        ],
    )
    def test_over_many_files_the_worst_code_wins(self, files: tuple[str, ...], code: int, run: Command) -> None:
        done = run("check", *files, "-q", *TRUST)
        assert done.code == code
        assert [line.split(":")[0] for line in done.lines] == list(files)

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (("check",), "missing argument 'FILE|FOLDER|-…'"),
            (("check", ""), "got an empty name, expected a file"),
            (("check", "-", "-"), "standard input (-) was named twice, and can be read once"),
            (("check", "x", "--format", "xml"), "'xml' is not one of 'text', 'json', 'jsonl'"),
            (("check", "x", "--only", "SIGNER"), "'SIGNER' is not one of 'integrity', 'signer'"),
            (("check", "x", "--require", "truth"), "'truth' is not one of 'integrity', 'signer'"),
            (("check", "x", "--fail-on", "maybe"), "'maybe' is not one of 'allow', 'label', 'review', 'block'"),
            (("check", "x", "--engine", "mine"), "'mine' is not one of 'c2pa-rs', 'encypher-c2pa'"),
            (("check", "x", "--at", "2026-11-21T12:00:00"), "without a zone, expected one: add Z for UTC"),
            (("check", "x", "--at", "yesterday"), "got 'yesterday', expected a time such as"),
            (("check", "x", "--jobs", "0"), "0 is not in the range 1<=x<=64"),
            (("check", "x", "--max-size", "0"), "0 is not in the range 1<=x"),
            (("check", "x", "--max-pixels", "99999999999999999999"), "is not in the range 1<=x"),
            (("check", "x", "--time-limit", "nan"), "got nan, expected a number"),
            (("check", "x", "--time-limit", "inf"), "inf is not in the range"),
            (("check", "x", "--memory-limit", "1"), "1 is not in the range 64<=x"),
            (("check", "x", "--trust", "none.pem"), "none.pem: no such file"),
            (("check", "x", "--trust", "plain.jpg"), "plain.jpg: "),
            (("check", "x", "--tsa-trust", "none.pem"), "none.pem: no such file"),
            (("check", "x", "--cawg-trust", "none.pem"), "none.pem: no such file"),
            (("check", "x", "--policy", "none.toml"), "policy none.toml: cannot be read"),
            (("check", "x", "--manifest", "none.c2pa"), "the manifest store none.c2pa cannot be read"),
            (("check", "x", "--manifest", "."), "the manifest store . cannot be read: it is a folder"),
            (("check", "x", "y", "--manifest", "root.pem"), "--manifest was given with several files"),
            (("check", ".", "--manifest", "root.pem"), "--manifest was given with several files"),
            (("check", "x", "-o", "."), "'.' is a directory"),
            (("check", "x", "-o", "none/report.json"), "cannot write to "),
            (("check", "x", "--score"), "no such option '--score'"),
        ],
    )
    def test_a_wrong_command_line_is_code_2_with_one_clear_error(
        self, words: tuple[str, ...], error: str, run: Command
    ) -> None:
        done = run(*words)
        first, *rest = done.stderr.splitlines()
        assert (done.code, done.stdout) == (2, "")
        assert first.startswith("error: ")
        assert error in first
        assert all(line.startswith("hint: ") for line in rest), rest
        assert len(rest) <= 1


class TestWhatIsRead:
    def test_standard_input_is_a_file_without_a_name(self, run: Command) -> None:
        data = command.media()["signed.jpg"]
        report = run("check", "-", "--format", "json", *TRUST, stdin=data).json
        assert report["media"]["name"] == "-"
        assert report["media"]["sha256"] == hashlib.sha256(data).hexdigest()
        assert run("check", "-", "-q", *TRUST, stdin=data).code == 0

    def test_nothing_on_standard_input_is_an_error_and_not_an_absence(self, run: Command) -> None:
        assert run("check", "-", "-q").code == 4

    def test_a_file_named_like_a_dash_can_be_named(self, own: Command) -> None:
        (own.folder / "-").write_bytes(command.media()["plain.jpg"])
        assert run_names(own, "./-") == ["-"]

    def test_a_folder_is_an_array_in_the_order_of_names_with_hidden_files(self, own: Command) -> None:
        command.write(own.folder / "in" / "deep", "plain.jpg")
        command.write(own.folder / "in", "altered.jpg")
        (own.folder / "in" / ".hidden.jpg").write_bytes(command.media()["plain.jpg"])
        done = own("check", "in", "--format", "json")
        assert command.names(done.json) == [".hidden.jpg", "altered.jpg", "plain.jpg"]
        assert done.code == 1

    def test_a_folder_with_one_file_is_still_an_array(self, own: Command) -> None:
        command.write(own.folder / "in", "plain.jpg")
        assert run_names(own, "in") == ["plain.jpg"]

    def test_an_empty_folder_is_no_report_and_inconclusive(self, own: Command) -> None:
        for form, written in (("text", ""), ("json", "[]\n"), ("jsonl", "")):
            done = own("check", ".", "--format", form)
            assert (done.code, done.stdout, done.stderr) == (3, written, "there is no file in what you named\n")

    def test_a_file_named_twice_is_reported_twice(self, run: Command) -> None:
        done = run("check", "plain.jpg", "plain.jpg", "./plain.jpg", "--format", "jsonl", "--at", AT)
        assert len(done.lines) == 3
        assert len(set(done.lines)) == 1

    def test_every_input_yields_one_record_also_where_it_cannot_be_read(self, own: Command) -> None:
        command.write(own.folder, "plain.jpg")
        os.mkfifo(own.folder / "pipe")
        (own.folder / "loop").symlink_to("loop")
        done = own("check", ".", "missing", "--format", "jsonl")
        reports = [json.loads(line) for line in done.lines]
        assert command.names(reports) == ["loop", "pipe", "plain.jpg", "missing"]
        assert [report["media"]["sha256"] is None for report in reports] == [True, True, False, True]
        assert [report["evidence"]["integrity"]["status"] for report in reports] == [
            "error",
            "error",
            "absent",
            "error",
        ]
        assert done.code == 4

    def test_what_may_not_be_read_says_so(self, own: Command) -> None:
        command.write(own.folder, "plain.jpg")
        (own.folder / "plain.jpg").chmod(0)
        done = own("check", "plain.jpg", "-q", before=command.as_anybody())
        assert (done.code, done.stdout) == (4, "plain.jpg: could not be read: you may not read it\n")

    def test_a_name_that_is_no_text_is_shown_harmlessly_in_every_format(self, own: Command) -> None:
        name = os.fsdecode(b"bad\xff\x1b[31m.jpg")
        for form in ("text", "json", "jsonl"):
            done = own("check", name, "--format", form)
            assert done.code == 4
            assert "\x1b" not in done.stdout

    def test_a_manifest_store_given_by_hand_is_used(self, own: Command) -> None:
        command.write(own.folder, "root.pem")
        (own.folder / "bare.jpg").write_bytes(made.picture())
        (own.folder / "kept").write_bytes(made.sign_detached(command.SIGNER, made.picture()))
        assert own("check", "bare.jpg", "-q", *TRUST).code == 3
        report = own("check", "bare.jpg", "--manifest", "kept", "--format", "json", *TRUST).json
        assert report["evidence"]["signer"]["status"] == "pass"


def run_names(run: Command, *words: str) -> list[str]:
    """Names in the JSON of a run, as an array or not."""
    value = run("check", *words, "--format", "json").json
    return command.names(value if isinstance(value, list) else [value])


class TestOptions:
    def test_only_checks_and_requires_exactly_those_lines(self, run: Command) -> None:
        done = run("check", "signed.jpg", "--only", "signer", "--only", "ai", "--format", "json", *TRUST)
        statuses = {line: evidence["status"] for line, evidence in done.json["evidence"].items()}
        assert set(statuses) == {str(line) for line in Line}
        assert {line for line, status in statuses.items() if status != "skipped"} == {"signer", "ai"}
        assert done.json["inputs"]["options"]["only"] == ["signer", "ai"]
        assert done.code == 0
        assert run("check", "altered.jpg", "--only", "history", "-q", *TRUST).code == 3

    def test_require_moves_the_line_that_must_pass(self, run: Command) -> None:
        assert run("check", "signed.jpg", "--require", "integrity", "-q", "--at", AT).code == 0
        assert run("check", "signed.jpg", "--require", "integrity", "--require", "time", "-q", *TRUST).code == 3
        assert run("check", "altered.jpg", "--require", "ai", "-q", *TRUST).code == 1

    @pytest.mark.parametrize(
        ("name", "reached", "not_reached"),
        [("signed.jpg", "allow", "label"), ("plain.jpg", "label", "review"), ("altered.jpg", "review", None)],
    )
    def test_the_verdict_changes_the_code_only_where_asked(
        self, name: str, reached: str, not_reached: str | None, run: Command
    ) -> None:
        assert run("check", name, "-q", "--fail-on", reached, *TRUST).code == 1
        if not_reached:
            plain = run("check", name, "-q", *TRUST).code
            assert plain != 1
            assert run("check", name, "-q", "--fail-on", not_reached, *TRUST).code == 0
            lines = ("--require", "integrity", "--require", "signer")
            assert run("check", name, "-q", "--fail-on", not_reached, *lines, *TRUST).code == plain

    def test_a_policy_of_ones_own_gives_the_verdict(self, own: Command) -> None:
        command.write(own.folder, "plain.jpg")
        rules = b"""name = "desk"
otherwise = "allow"
[[rules]]
when = { line = "integrity", status = "absent" }
outcome = "block"
"""
        (own.folder / "desk.toml").write_bytes(rules)
        done = own("check", "plain.jpg", "--policy", "desk.toml", "--format", "json")
        assert done.json["verdict"]["outcome"] == "block"
        assert done.json["verdict"]["policy"] == {"name": "desk", "sha256": hashlib.sha256(rules).hexdigest()}
        assert done.code == 3
        assert own("check", "plain.jpg", "--policy", "desk.toml", "--fail-on", "block", "-q").code == 1

    @pytest.mark.parametrize(
        ("rules", "where"),
        [
            (b"= 1\n", "line 2"),
            (b'[[rules]]\nwhen = { line = "truth" }\noutcome = "block"\n', "rules[0].when.line"),
            (b'[[rules]]\nwhen = { code = "ai.generated" }\noutcome = "explode"\n', "line 4, rules[0].outcome"),
            (b'[[rules]]\nwhen = { code = "ai.genrated" }\noutcome = "label"\n', "rules[0].when.code"),
        ],
    )
    def test_a_mistake_in_a_policy_is_named_by_its_place(self, rules: bytes, where: str, own: Command) -> None:
        (own.folder / "desk.toml").write_bytes(b'otherwise = "allow"\n' + rules)
        done = own("check", "x", "--policy", "desk.toml")
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr.startswith("error: policy ")
        assert where in done.stderr.splitlines()[0]

    def test_at_judges_expiry_at_another_time(self, run: Command) -> None:
        later = "2099-01-01"
        report = run("check", "signed.jpg", "--trust", "root.pem", "--at", later, "--format", "json").json
        assert report["inputs"]["at"] == "2099-01-01T00:00:00Z"
        assert report["evidence"]["signer"]["status"] != "pass"
        assert report["evidence"]["integrity"]["status"] == "pass"
        zoned = run("check", "plain.jpg", "--at", "2026-11-21T02:00:00+02:00", "--format", "json").json
        assert zoned["inputs"]["at"] == "2026-11-21T00:00:00Z"

    def test_no_default_trust_leaves_kept_lists_out_for_one_run(self, own: Command) -> None:
        command.write(own.folder, "root.pem", "signed.jpg")
        assert own("trust", "import", "root.pem", "--kind", "signer").code == 0
        assert own("check", "signed.jpg", "-q").code == 0
        assert own("check", "signed.jpg", "-q", "--no-default-trust").code == 3
        done = own("check", "signed.jpg", "--no-default-trust", *TRUST, "--format", "json")
        assert (done.code, len(done.json["inputs"]["trust_lists"])) == (0, 1)

    def test_a_damaged_kept_list_stops_the_run_and_says_what_to_do(self, own: Command) -> None:
        command.write(own.folder, "root.pem", "signed.jpg")
        own("trust", "import", "root.pem", "--kind", "signer")
        (kept,) = (own.home / "trust" / "lists").iterdir()
        kept.write_text("changed")
        done = own("check", "signed.jpg")
        assert (done.code, done.stdout) == (4, "")
        assert done.stderr.splitlines()[1].startswith("hint: run: vouchmark trust show")
        assert own("check", "signed.jpg", "-q", "--no-default-trust", *TRUST).code == 0

    def test_lists_for_signers_do_not_vouch_for_time_stamps_and_the_other_way_round(self, run: Command) -> None:
        assert run("check", "signed.jpg", "-q", "--tsa-trust", "root.pem", "--at", AT).code == 3
        report = run("check", "signed.jpg", "--tsa-trust", "root.pem", "--at", AT, "--format", "json").json
        assert [item["kind"] for item in report["inputs"]["trust_lists"]] == ["tsa"]

    def test_a_list_for_identities_vouches_for_those_alone(self, own: Command) -> None:
        desk = made.make_root("Harbour Press")
        (own.folder / "desk.pem").write_text(desk.pem)
        (own.folder / "attached.jpg").write_bytes(attach(made.make_signer(desk), by_certificate(actor(desk))))
        words = ("check", "attached.jpg", "--no-default-trust", "--at", AT, "--format", "json")
        before, after = own(*words).json, own(*words, "--cawg-trust", "desk.pem").json
        found = [
            [(one["code"], one["status"]) for one in report["evidence"]["signer"]["findings"]]
            for report in (before, after)
        ]
        assert ("signer.unknown", "unknown") in found[0]
        assert ("signer.unknown", "unknown") in found[1]
        assert ("cawg.identity.trusted", "pass") not in found[0]
        assert ("cawg.identity.trusted", "pass") in found[1]

    def test_one_engine_can_be_asked_alone(self, run: Command) -> None:
        report = run("check", "signed.jpg", "--engine", "c2pa-rs", "--format", "json", *TRUST).json
        codes = [finding["code"] for finding in report["evidence"]["engines"]["findings"]]
        assert "engines.agree" not in codes
        gaps = [(gap["what"], gap["why"]) for gap in report["not_checked"]]
        assert ("a second, independent engine", "not asked for") in gaps

    def test_in_process_and_several_workers_give_the_same_bytes(self, run: Command) -> None:
        files = ("signed.jpg", "altered.jpg", "plain.jpg", "empty.jpg", "missing.jpg", "generated.jpg")
        plain = run("check", *files, "--format", "json", *TRUST)
        assert command.names(plain.json) == list(files)
        for words in (("--in-process",), ("--jobs", "3")):
            done = run("check", *files, "--format", "json", *TRUST, *words)
            assert (done.code, done.stdout) == (plain.code, plain.stdout), words

    def test_a_file_over_the_size_limit_is_an_error(self, own: Command) -> None:
        with (own.folder / "large.jpg").open("wb") as file:
            file.truncate(1024 * 1024 + 1)
        done = own("check", "large.jpg", "--max-size", "1", "-q")
        assert (done.code, done.stdout) == (4, "large.jpg: could not be read: it is over the size limit (--max-size)\n")
        with (own.folder / "large.jpg").open("wb") as file:
            file.truncate(1024 * 1024)
        assert own("check", "large.jpg", "--max-size", "1", "-q").code == 3

    def test_a_picture_over_the_pixel_limit_is_not_measured(self, own: Command) -> None:
        (own.folder / "wide.png").write_bytes(made.picture("PNG", size=(2000, 600)))
        measured = own("check", "wide.png", "--format", "json").json["media"]
        assert (measured["width"], measured["height"]) == (2000, 600)
        limited = own("check", "wide.png", "--max-pixels", "1", "--format", "json").json["media"]
        assert limited["width"] is None

    def test_quiet_is_the_answer_alone_and_verbose_every_finding(self, run: Command) -> None:
        quiet = run("check", "generated.jpg", "-q", *TRUST).stdout
        normal = run("check", "generated.jpg", *TRUST).stdout
        verbose = run("check", "generated.jpg", "-v", *TRUST).stdout
        details = run("check", "generated.jpg", "-vv", *TRUST).stdout
        assert quiet.count("\n") == 1
        assert "  not shown: " in normal
        assert "ai.generated" not in normal
        assert "ai.generated" in verbose
        assert "trainedAlgorithmicMedia" not in verbose
        assert "trainedAlgorithmicMedia" in details


class TestOutput:
    def test_output_goes_to_a_file_whole(self, own: Command) -> None:
        command.write(own.folder, "plain.jpg")
        straight = own("check", "plain.jpg", "--format", "json", "--at", AT)
        done = own("check", "plain.jpg", "--format", "json", "--at", AT, "-o", "report.json")
        assert (done.code, done.stdout, done.stderr) == (3, "", "")
        assert (own.folder / "report.json").read_text(encoding="utf-8") == straight.stdout
        assert done.files == ("plain.jpg", "report.json")

    @pytest.mark.parametrize("words", [("--policy", "none"), ("--at", "never"), ("--trust", "none")])
    def test_an_error_leaves_an_earlier_report_as_it_was(self, words: tuple[str, ...], own: Command) -> None:
        (own.folder / "report.json").write_text("earlier")
        done = own("check", "x", "-o", "report.json", *words)
        assert (done.code, done.files) == (2, ("report.json",))
        assert (own.folder / "report.json").read_text() == "earlier"

    def test_the_report_is_not_among_the_files_of_the_folder_it_is_written_to(self, own: Command) -> None:
        command.write(own.folder, "plain.jpg")
        words = ("check", ".", "--format", "json", "--at", AT, "-o", "report.json")
        own(*words)
        first = (own.folder / "report.json").read_bytes()
        done = own(*words)
        assert (own.folder / "report.json").read_bytes() == first
        assert b"report.json" not in first
        assert done.files == ("plain.jpg", "report.json")

    def test_a_link_is_written_through_and_a_device_stays_a_device(self, own: Command) -> None:
        (own.folder / "link").symlink_to("report.txt")
        assert own("check", "missing", "-q", "-o", "link").files == ("link", "report.txt")
        assert (own.folder / "link").is_symlink()
        os.mkfifo(own.folder / "pipe")
        reader = os.open(own.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        try:
            own("check", "missing", "-q", "-o", "pipe")
            assert os.read(reader, 4096).startswith(b"missing: could not be read")
        finally:
            os.close(reader)
        assert (own.folder / "pipe").is_fifo()

    def test_what_is_read_is_never_written_over(self, own: Command) -> None:
        command.write(own.folder, "signed.jpg", "root.pem")
        (own.folder / "link.jpg").symlink_to("signed.jpg")
        before = {path.name: path.read_bytes() for path in own.folder.iterdir()}
        for words in (("-o", "signed.jpg"), ("-o", "link.jpg"), ("-o", "root.pem", "--trust", "root.pem")):
            done = own("check", "signed.jpg", *words)
            assert (done.code, done.stdout) == (2, "")
            assert "is one of the files that are read" in done.stderr
        assert {path.name: path.read_bytes() for path in own.folder.iterdir()} == before

    def test_what_nobody_can_make_again_is_never_written_over(self, own: Command) -> None:
        (own.folder / "key.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
        done = own("check", "missing", "-q", "-o", "key.pem")
        assert done.said == (2, "error: key.pem: is a private key, and never overwritten")
        assert (own.folder / "key.pem").read_bytes().startswith(b"-----BEGIN")

    def test_a_dash_is_standard_output(self, own: Command) -> None:
        done = own("check", "missing", "-q", "-o", "-")
        assert done.stdout.startswith("missing: ")
        assert done.files == ()

    def test_a_folder_that_may_not_be_written_to_is_a_usage_error(self, own: Command) -> None:
        own.folder.chmod(0o500)
        done = own("check", "x", "-o", "report.json", before=command.as_anybody())
        assert (done.code, done.files) == (2, ())
        assert done.stderr.startswith("error: cannot write to ")
        assert done.stderr.endswith("hint: name a file in a folder that you may write to\n")

    def test_json_is_utf_8_whatever_the_terminal_speaks(self, own: Command) -> None:
        odd = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
        done = own("check", "naïve.jpg", "--format", "json", "--at", AT, env=odd)
        assert done.stdout == own("check", "naïve.jpg", "--format", "json", "--at", AT).stdout
        text = own("check", "naïve.jpg", env=odd).stdout
        assert text.isascii()
