"""Over many files and with a ledger: does each person count once, whatever the order, the day and the race?"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from json import loads as parse
from pathlib import Path
from typing import Any

import pytest

from provenance.files.home import HomeFolder
from tests.support import authority as made
from tests.support import command
from tests.support.command import Command, as_anybody
from tests.support.people import world
from tests.support.people.private_postgres import PostgresMissingError, private_postgres
from tests.vouchmark import people
from tests.vouchmark.people import AT, CAFE, CLUB, EPOCH, PLAIN, TOWN, codes, issuer_json, line, look, put, somebody
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.persons import run as persons
from vouchmark.persons.issuers import IssuerFolder
from vouchmark.render import json
from vouchmark.report import Exit, Line, Report, Status
from zk.errors import StorageError
from zk.profile.personhood import CredentialClass
from zk.storage.ledger import NullifierLedger, open_ledger
from zk.verifier import reader

PASS, FAIL, UNKNOWN, ABSENT = "pass", "fail", "unknown", "absent"
OTHER = made.picture(shade=40)
BORROWED = world.Issuer(name="HARBOUR press Club", epochs=people.EPOCHS)


def run(sources: Iterable[Any], **options: Any) -> list[Report]:
    """The reports of one run."""
    settings = make_settings(
        at=options.pop("at", AT),
        trust=people.TRUST,
        **({"issuers": issuer_json(CLUB, TOWN), "scopes": [CAFE]} | options),
    )
    return list(examine_all(sources, settings, pool=None))


def break_ledger(path: Path) -> None:
    """Take away the table of voices."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE vouchmark_ledger_nullifier")
        other.commit()


def dying(call: Any, steps: Iterator[int], at: int) -> Any:
    """The same function, but the process dies before the step with that number."""

    def step(*arguments: Any) -> None:
        if next(steps) == at:
            raise KeyboardInterrupt
        call(*arguments)

    return step


def said(reports: list[Report]) -> list[list[tuple[str, str]]]:
    return [codes(report.evidence[Line.PERSON]) for report in reports]


class TestOneRun:
    def test_one_person_for_two_files_counts_for_neither_whatever_the_order(self, tmp_path: Path) -> None:
        person = somebody()
        paths = [
            put(tmp_path, "a.jpg", PLAIN, [people.vouch(PLAIN, by=person)]),
            put(tmp_path, "b.jpg", OTHER, [people.vouch(OTHER, by=person)]),
            put(tmp_path, "c.jpg", OTHER, [people.vouch(OTHER)]),
        ]
        for order in itertools.permutations(paths):
            found = dict(zip(order, said(run(order)), strict=True))
            assert found[paths[0]] == found[paths[1]] == [("person.duplicate", UNKNOWN)]
            assert found[paths[2]] == [("person.voice.unchecked", PASS)]

    def test_with_a_ledger_too_and_nothing_of_a_duplicate_is_recorded(self, tmp_path: Path) -> None:
        person = somebody()
        paths = [
            put(tmp_path, "a.jpg", PLAIN, [people.vouch(PLAIN, by=person)]),
            put(tmp_path, "b.jpg", OTHER, [people.vouch(OTHER, by=person)]),
        ]
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            assert said(run(paths, ledger=ledger)) == [[("person.duplicate", UNKNOWN)]] * 2
            assert said(run(paths[:1], ledger=ledger)) == [[("person.voice.new", PASS)]]
            assert said(run(paths, ledger=ledger)) == [[("person.voice.seen", PASS)], [("person.duplicate", UNKNOWN)]]

    def test_the_same_file_twice_is_the_same_voice(self, tmp_path: Path) -> None:
        octets = people.vouch(PLAIN)
        paths = [put(tmp_path, name, PLAIN, [octets]) for name in ("a.jpg", "b.jpg")]
        assert said(run(paths)) == [[("person.voice.unchecked", PASS)]] * 2

    def test_reports_stay_in_order(self, tmp_path: Path) -> None:
        paths = []
        for number in range(12):
            vouches = [people.vouch(PLAIN)] if number % 3 == 1 else []
            paths.append(put(tmp_path, f"{number:02}.jpg", PLAIN, vouches))
        paths.insert(5, tmp_path / "missing.jpg")
        reports = run(paths)
        assert [report.media.name for report in reports] == [path.name for path in paths]
        statuses = [str(report.evidence[Line.PERSON].status) for report in reports]
        assert statuses == [
            "absent",
            "pass",
            "absent",
            "absent",
            "pass",
            "skipped",
            *["absent", "absent", "pass"] * 2,
            "absent",
        ]

    def test_without_a_vouch_in_play_nothing_waits(self, tmp_path: Path) -> None:
        plain = [put(tmp_path, f"{number}.jpg", PLAIN) for number in range(5)]
        junk = put(tmp_path, "junk.jpg", PLAIN, [b"junk"])
        taken: list[Path] = []

        def sources() -> Iterable[Path]:
            for path in [*plain, junk]:
                taken.append(path)
                yield path

        settings = make_settings(at=AT, trust=people.TRUST, issuers=issuer_json(CLUB), scopes=[CAFE])
        for number, _ in enumerate(examine_all(sources(), settings, pool=None), start=1):
            assert len(taken) == number

    def test_vouches_that_cannot_meet_are_verified_in_bounded_batches(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(persons, "BATCH_VOUCHES", 3)
        paths = [put(tmp_path, f"{number}.jpg", PLAIN, [people.vouch(PLAIN)]) for number in range(8)]
        taken: list[Path] = []

        def sources() -> Iterable[Path]:
            for path in paths:
                taken.append(path)
                yield path

        settings = make_settings(at=AT, trust=people.TRUST, issuers=issuer_json(CLUB))
        waiting = [len(taken) for _ in examine_all(sources(), settings, pool=None)]
        assert waiting == [3, 3, 3, 6, 6, 6, 8, 8]

    def test_where_nobody_is_trusted_nothing_waits(self, tmp_path: Path) -> None:
        paths = [put(tmp_path, f"{number}.jpg", PLAIN, [people.vouch(PLAIN)]) for number in range(3)]
        taken: list[Path] = []

        def sources() -> Iterable[Path]:
            for path in paths:
                taken.append(path)
                yield path

        settings = make_settings(at=AT, trust=people.TRUST, issuers=[], scopes=[CAFE])
        assert [len(taken) for _ in examine_all(sources(), settings, pool=None)] == [1, 2, 3]

    def test_a_flood_of_vouches_is_settled_in_parts_and_that_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(persons, "MAX_WAITING", 3)
        person = somebody()
        first, last = people.vouch(PLAIN, by=person), people.vouch(OTHER, by=person)
        paths = [put(tmp_path, "0.jpg", PLAIN, [first])]
        paths += [put(tmp_path, f"{number}.jpg", PLAIN, [people.vouch(PLAIN)]) for number in (1, 2, 3)]
        paths.append(put(tmp_path, "4.jpg", OTHER, [last]))
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            reports = run(paths, ledger=ledger)
        assert [codes(report.evidence[Line.PERSON])[0][0] for report in reports] == [
            *["person.voice.new"] * 4,
            "person.duplicate",
        ]
        said = "whether the same person vouched for something else in another part of this run"
        assert said in {gap.what for gap in reports[0].not_checked}
        assert said in {gap.what for gap in reports[3].not_checked}

    def test_alone_or_among_others_a_file_has_the_same_report(self, tmp_path: Path) -> None:
        paths = [put(tmp_path, f"{number}.jpg", PLAIN, [people.vouch(PLAIN)]) for number in range(3)]
        together = [json.dumps(report) for report in run(paths)]
        assert together == [json.dumps(report) for path in paths for report in run([path])]


class TestLedger:
    def test_new_then_seen_then_duplicate(self, tmp_path: Path) -> None:
        person = somebody()
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            first = people.vouch(PLAIN, by=person, statement="Cold.")
            new = line(PLAIN, vouches=[first], ledger=ledger)
            assert codes(new) == [("person.voice.new", PASS)]
            assert "recorded_at" not in new.findings[0].detail
            again = people.vouch(PLAIN, by=person, statement="Cold.", nonce=b"other")
            told = line(PLAIN, vouches=[again], ledger=ledger)
            assert codes(told) == [("person.voice.seen", PASS)]
            detail = told.findings[0].detail
            assert (detail["time_basis"], detail["recorded_at"]) == ("recorded", detail["time"])
            for octets in (people.vouch(PLAIN, by=person, statement="Warm."), people.vouch(PLAIN, by=person)):
                assert codes(line(PLAIN, vouches=[octets], ledger=ledger)) == [("person.duplicate", FAIL)]
            other = people.vouch(OTHER, by=person)
            assert codes(line(OTHER, vouches=[other], ledger=ledger)) == [("person.duplicate", FAIL)]

    def test_what_does_not_count_is_not_recorded(self, tmp_path: Path) -> None:
        person = somebody()
        octets = people.vouch(PLAIN, by=person)
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            for options in ({"scopes": []}, {"issuers": []}, {"nonce": b"1"}, {"audience": "x"}):
                line(PLAIN, vouches=[octets], ledger=ledger, **options)
            line(OTHER, vouches=[octets], ledger=ledger)
            line(OTHER, vouches=[people.vouch(OTHER, by=person)], ledger=ledger, only=["integrity"])
            assert codes(line(PLAIN, vouches=[octets], ledger=ledger)) == [("person.voice.new", PASS)]

    def test_another_day_only_reads(self, tmp_path: Path) -> None:
        octets = people.vouch(PLAIN)
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            past = AT - dt.timedelta(hours=3)
            if past.month == AT.month:
                report = look(PLAIN, vouches=[octets], ledger=ledger, at=past)
                assert codes(report.evidence[Line.PERSON]) == [("person.voice.unrecorded", PASS)]
                assert any("the ledger was only read" in gap.why for gap in report.not_checked)
            assert codes(line(PLAIN, vouches=[octets], ledger=ledger)) == [("person.voice.new", PASS)]

    def test_an_old_voice_that_was_recorded_in_time_still_counts(self, tmp_path: Path) -> None:
        person = somebody(credential_class=CredentialClass.EPOCH)
        octets = people.vouch(PLAIN, by=person)
        later = AT + dt.timedelta(days=70)
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            line(PLAIN, vouches=[octets], ledger=ledger)
            late = line(PLAIN, vouches=[octets], ledger=ledger, at=later)
        assert codes(late) == [("person.voice.seen", PASS)]
        assert late.summary.endswith(f", one voice each in {EPOCH}.")
        assert codes(line(PLAIN, vouches=[octets], at=later)) == [("person.epoch.closed", FAIL)]

    def test_a_run_of_hours_records_as_a_short_one_does(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Both clocks stand in the midst of an epoch: three hours before its end the run would not be like a short one.
        hours, monotonic, began = 3.0, time.monotonic, AT.replace(day=15)
        monkeypatch.setattr(NullifierLedger, "now", lambda _self: began)
        monkeypatch.setattr(reader, "our_clock", lambda: began)
        path = put(tmp_path, "a.jpg", PLAIN, [people.vouch(PLAIN)])

        def slowly() -> Iterator[Path]:
            monkeypatch.setattr(time, "monotonic", lambda: monotonic() + hours * 3600)
            monkeypatch.setattr(NullifierLedger, "now", lambda _self: began + dt.timedelta(hours=hours))
            monkeypatch.setattr(reader, "our_clock", lambda: began + dt.timedelta(hours=hours))
            yield path

        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            assert said(run(slowly(), ledger=ledger, at=began)) == [[("person.voice.new", "pass")]]
            assert said(run([path], ledger=ledger, at=began)) == [[("person.voice.seen", "pass")]]

    @pytest.mark.parametrize("off", [-2, 2, 30])
    @pytest.mark.parametrize("elapsed", [0.0, 3.0])
    def test_a_ledger_whose_clock_is_wrong_is_an_error_of_the_line_with_both_times(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: int, elapsed: float
    ) -> None:
        """Also where the run has lasted hours, after which the time at which it began is no longer now."""
        now, monotonic, ours = NullifierLedger.now, time.monotonic, reader.our_clock
        paths = [put(tmp_path, "a.jpg", PLAIN, [people.vouch(PLAIN)]), put(tmp_path, "b.jpg", OTHER, [])]
        later = dt.timedelta(hours=elapsed)

        def slowly() -> Iterator[Path]:
            monkeypatch.setattr(time, "monotonic", lambda: monotonic() + later.total_seconds())
            monkeypatch.setattr(reader, "our_clock", lambda: ours() + later)
            monkeypatch.setattr(NullifierLedger, "now", lambda self: now(self) + later + dt.timedelta(hours=off))
            yield from paths

        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            vouched, bare = run(slowly(), ledger=ledger, at=ours())
            evidence = vouched.evidence[Line.PERSON]
            assert said([vouched, bare]) == [[("person.clock", "error")], [("person.absent", "absent")]]
            assert re.fullmatch(
                r"Nothing was judged or recorded: ledger sqlite:\S+: its clock shows \S+Z and ours \S+Z: more than 10 "
                r"minutes apart\.",
                evidence.summary,
            )
            assert vouched.exit_code is Exit.ERROR
            monkeypatch.undo()
            assert said(run(paths[:1], ledger=ledger, at=ours())) == [[("person.voice.new", "pass")]]

    def test_a_reports_ledger_is_named(self, tmp_path: Path) -> None:
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            options = look(PLAIN, ledger=ledger).inputs.options["person"]
        assert isinstance(options, dict)
        assert options["ledger"] == {"name": "sqlite:ledger.sqlite", "read_only": False}

    def test_a_ledger_that_fails_ends_the_run_and_is_asked_again(self, tmp_path: Path) -> None:
        octets = people.vouch(PLAIN)
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            break_ledger(tmp_path / "ledger.sqlite")
            with pytest.raises(StorageError):
                line(PLAIN, vouches=[octets], ledger=ledger)


@pytest.fixture
def shell(tmp_path: Path) -> Command:
    """A folder with an issuer's file, a picture and vouches for it; the issuer is trusted, the scope named."""
    folder = tmp_path / "desk"
    put(folder, "a.jpg", PLAIN, [people.vouch(PLAIN)])
    (folder / "issuer.json").write_bytes(issuer_json(CLUB)[0])
    return Command(folder=folder, home=tmp_path / "home")


COUNT = ("--only", "person", "--issuer", "issuer.json", "--scope", CAFE, "-q")


class TestCommand:
    def test_counts_and_ends_with_0(self, shell: Command) -> None:
        done = shell("check", "a.jpg", *COUNT)
        assert (done.code, done.stderr) == (0, "")
        assert (
            done.stdout
            == f"a.jpg: person only: 1 person enrolled by “Harbour Press Club”, for {CAFE}, one voice each for ever\n"
        )

    def test_a_folder_has_a_record_for_each_file_and_none_for_its_vouches(self, shell: Command) -> None:
        put(shell.folder, "b.jpg", PLAIN)
        (shell.folder / "c.jpg.vouch").write_bytes(people.vouch(PLAIN))
        (shell.folder / "b.jpg.vouch").write_bytes(OTHER)
        done = shell("check", ".", "--format", "jsonl", *COUNT[:-1], "--jobs", "2")
        listed = [parse(record)["media"]["name"] for record in done.lines]
        # A vouch of nothing, and a picture that calls itself a vouch, are files like any other.
        assert listed == ["a.jpg", "b.jpg", "b.jpg.vouch", "c.jpg.vouch", "issuer.json"]

    def test_a_vouch_of_a_file_with_a_longer_name_is_that_files(self, shell: Command) -> None:
        put(shell.folder, "a", OTHER)
        put(shell.folder, "a.jpg.small.jpg", OTHER, [people.vouch(OTHER)])
        done = shell("check", "a", "a.jpg", "a.jpg.small.jpg", "--format", "jsonl", *COUNT[:-1])
        found = [parse(record)["evidence"]["person"]["findings"] for record in done.lines]
        assert [next(finding["code"] for finding in one) for one in found] == [
            "person.absent",
            "person.voice.unchecked",
            "person.voice.unchecked",
        ]
        assert [len(one) for one in found] == [1, 2, 2]

    def test_a_vouch_given_by_hand_belongs_to_one_file(self, shell: Command) -> None:
        assert shell("check", "a.jpg", "--vouch", "a.jpg.vouch", *COUNT).code == 0
        done = shell("check", "a.jpg", "a.jpg", "--vouch", "a.jpg.vouch")
        assert done.said == (2, "error: --vouch was given with several files, and belongs to one")
        done = shell("check", "a.jpg", "--vouch", "missing.vouch")
        assert done.said == (2, "error: --vouch missing.vouch: there is no such file")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--scope", "review"), "--scope: expected authority:path, such as public:review/cafe-harbour"),
            (("--issuer", "a.jpg"), "--issuer a.jpg: not JSON in UTF-8"),
            (("--issuer", "missing.json"), "--issuer missing.json: there is no such file"),
            (("--nonce", "zz"), "--nonce: expected 1 to 64 octets in hex"),
            (("--ledger", "mysql://x/y"), "--ledger: "),
            (("--audience", ""), "--audience: expected a name"),
        ],
    )
    def test_a_mistake_is_told_before_a_file_is_looked_at(
        self, words: tuple[str, ...], message: str, shell: Command
    ) -> None:
        done = shell("check", "a.jpg", *words)
        assert done.code == 2
        assert done.stdout == ""
        assert done.said[1].startswith(f"error: {message}")
        assert done.stderr.count("\nhint: ") == 1

    def test_a_forged_issuer_is_refused(self, shell: Command) -> None:
        text = (shell.folder / "issuer.json").read_text()
        (shell.folder / "issuer.json").write_text(text.replace("Harbour Press Club", "Harbour Press Klub"))
        assert shell("check", "a.jpg", *COUNT).code == 2

    def test_a_challenge_that_is_not_answered_fails_what_was_given(self, shell: Command) -> None:
        assert shell("check", "a.jpg", *COUNT, "--nonce", "00").code == 1
        assert shell("check", "a.jpg", *COUNT, "--audience", "desk.example").code == 1

    def test_a_ledger_records_once(self, shell: Command) -> None:
        words = ("--ledger", "voices.sqlite", "--format", "json")
        first, second = (shell("check", "a.jpg", *COUNT[:-1], *words).json for _ in range(2))
        found = [report["evidence"]["person"]["findings"][0]["code"] for report in (first, second)]
        assert found == ["person.voice.new", "person.voice.seen"]

    def test_a_race_has_one_winner(self, shell: Command) -> None:
        person = somebody()
        pictures = [made.picture(shade=shade) for shade in range(6)]
        for number, data in enumerate(pictures):
            put(shell.folder, f"race{number}.jpg", data, [people.vouch(data, by=person)])
        words = (*COUNT[:-1], "--ledger", "voices.sqlite", "--format", "json")
        started = [
            shell.start("check", f"race{number}.jpg", *words, stdout=-1, stderr=-1) for number in range(len(pictures))
        ]
        found = []
        for process in started:
            output, errors = process.communicate(timeout=300)
            assert errors == b""
            found.append(parse(output)["evidence"]["person"]["findings"][0]["code"])
        assert sorted(found) == ["person.duplicate"] * 5 + ["person.voice.new"]

    def test_a_damaged_ledger_is_one_clear_error(self, shell: Command) -> None:
        (shell.folder / "voices.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        (shell.folder / "voices.sqlite").chmod(0o600)
        done = shell("check", "a.jpg", *COUNT, "--ledger", "voices.sqlite")
        assert done.code == 4
        assert done.stdout == ""
        assert done.said[1].startswith("error: ledger sqlite:")

    def test_a_ledger_that_breaks_during_the_run_is_one_clear_error(self, shell: Command) -> None:
        assert shell("check", "a.jpg", *COUNT, "--ledger", "voices.sqlite").code == 0
        break_ledger(shell.folder / "voices.sqlite")
        done = shell("check", "a.jpg", *COUNT, "--ledger", "voices.sqlite")
        assert done.code == 4
        assert done.stdout == ""
        assert done.said[1].startswith("error: ledger sqlite:voices.sqlite: cannot ")
        assert "seen when you run it again" in done.stderr

    def test_a_ledger_that_cannot_be_written_loses_nothing(self, shell: Command) -> None:
        assert shell("check", "a.jpg", *COUNT, "--ledger", "voices.sqlite").code == 0
        put(shell.folder, "b.jpg", OTHER, [people.vouch(OTHER)])
        before = as_anybody()
        (shell.folder / "voices.sqlite").chmod(0o400)
        shell.folder.chmod(0o500)
        try:
            done = shell("check", "b.jpg", *COUNT, "--ledger", "voices.sqlite", before=before)
        finally:
            shell.folder.chmod(0o700)
        assert done.code == 4, done.stdout
        assert done.said[1].startswith("error: ledger sqlite:")
        (shell.folder / "voices.sqlite").chmod(0o600)
        done = shell("check", "a.jpg", *COUNT[:-1], "--ledger", "voices.sqlite", "--format", "json")
        assert done.json["evidence"]["person"]["findings"][0]["code"] == "person.voice.seen"

    def test_a_ledger_in_a_folder_that_may_not_be_written_says_so(self, shell: Command) -> None:
        before = as_anybody()
        folder = shell.folder / "ledger"
        folder.mkdir()
        assert shell("check", "a.jpg", *COUNT, "--ledger", "ledger/voices.sqlite").code == 0
        folder.chmod(0o500)
        try:
            done = shell("check", "a.jpg", *COUNT, "--ledger", "ledger/voices.sqlite", before=before)
        finally:
            folder.chmod(0o700)
        assert (done.code, done.stdout) == (4, "")
        assert "you must be allowed to write in its folder" in done.stderr

    def test_a_server_that_is_down_is_one_clear_error_without_the_password(self, shell: Command) -> None:
        pytest.importorskip("psycopg")
        location = "postgresql://me:SECRET@127.0.0.1:1/voices?sslmode=disable"
        done = shell("check", "a.jpg", *COUNT, "--ledger", location)
        assert (done.code, done.stdout) == (4, "")
        error, hint = done.stderr.splitlines()
        assert error.startswith("error: ledger postgresql://127.0.0.1/voices: cannot open: ")
        assert hint.startswith("hint: is the server up")
        assert "SECRET" not in done.stderr

    def test_another_time_needs_a_ledger_that_is_there(self, shell: Command) -> None:
        done = shell("check", "a.jpg", *COUNT, "--ledger", "none.sqlite", "--at", "2026-01-01")
        assert done.code == 4
        assert "none.sqlite" not in done.files
        assert "only read" in done.stderr

    def test_help_and_a_check_without_vouches_load_no_curve(self, shell: Command) -> None:
        (shell.folder / "alone").mkdir()
        shutil.copy(shell.folder / "a.jpg", shell.folder / "alone" / "a.jpg")
        script = (
            "import sys\nfrom vouchmark.cli import main\n"
            "try:\n    main(sys.argv[1:])\nfinally:\n"
            "    print(sorted(m for m in sys.modules if m.split('.')[0] in ('zk', 'sqlalchemy')), file=sys.stderr)\n"
        )
        for words in (["check", "--help"], ["check", "alone/a.jpg", "-q", "--in-process"]):
            done = subprocess.run(
                [sys.executable, "-c", script, *words],
                cwd=shell.folder,
                env=command.environment(shell.home),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stderr == "[]\n", words

    def test_a_ledger_on_another_machine_is_named_without_who_opens_it(self, shell: Command) -> None:
        pytest.importorskip("psycopg", reason="psycopg is not installed (extra [postgres])")
        try:
            with private_postgres() as url:
                words = (*COUNT[:-1], "--ledger", url, "--format", "json")
                first, second = (shell("check", "a.jpg", *words).json for _ in range(2))
        except PostgresMissingError as missing:
            pytest.skip(str(missing))
        found = [report["evidence"]["person"]["findings"][0]["code"] for report in (first, second)]
        assert found == ["person.voice.new", "person.voice.seen"]
        name = first["inputs"]["options"]["person"]["ledger"]["name"]
        assert name.startswith("postgresql://")
        assert "@" not in name
        done = shell("check", "a.jpg", *COUNT, "--ledger", "postgresql://me:secret@localhost:1/none")
        assert done.code == 4
        assert "secret" not in done.stderr


class TestTrustIssuer:
    def test_what_is_added_counts_from_then_on(self, shell: Command) -> None:
        words = ("--only", "person", "--scope", CAFE, "-q")
        assert shell("check", "a.jpg", *words).code == 3
        added = shell("trust", "issuer", "add", "issuer.json", "--at", "2026-11-21")
        assert (added.code, added.stderr) == (0, "")
        assert added.lines[0] == f"“Harbour Press Club”: added, serial 1, issuer {CLUB.info.id.hex()}"
        assert shell("check", "a.jpg", *words).code == 0
        assert shell("check", "a.jpg", *words, "--no-default-trust").code == 3
        assert shell("trust", "issuer", "show").lines[0] == "“Harbour Press Club”: serial 1, dated 2026-11-21"
        assert shell("trust", "issuer", "add", "issuer.json").lines[0].startswith("“Harbour Press Club”: unchanged")
        assert shell("trust", "issuer", "remove", "Harbour Press Club").code == 2  # what it calls itself names it not
        assert shell("trust", "issuer", "remove", CLUB.info.id.hex()[:8]).code == 0
        assert shell("check", "a.jpg", *words).code == 3
        assert shell("trust", "issuer", "remove", CLUB.info.id.hex()).code == 2

    def test_a_later_serial_replaces_and_an_older_or_another_is_refused(self, shell: Command) -> None:
        later = replace(CLUB, serial=2)
        other = replace(CLUB, serial=2, compromised=frozenset({EPOCH}))
        assert shell("trust", "issuer", "add", "issuer.json").code == 0
        for name, issuer in (("later.json", later), ("other.json", other)):
            (shell.folder / name).write_bytes(issuer_json(issuer)[0])
        assert (
            shell("trust", "issuer", "add", "later.json")
            .lines[0]
            .startswith("“Harbour Press Club”: replaced serial 1, serial 2")
        )
        for name in ("issuer.json", "other.json"):
            done = shell("trust", "issuer", "add", name)
            assert done.code == 1, done.stdout
            assert done.stdout == ""
        shown = shell("trust", "issuer", "show", "--format", "json").json
        assert [row["serial"] for row in shown["issuers"]] == [2]

    def test_the_same_values_in_other_bytes_are_not_the_same_file(self, shell: Command) -> None:
        assert shell("trust", "issuer", "add", "issuer.json").code == 0
        (shell.folder / "spaced.json").write_bytes((shell.folder / "issuer.json").read_bytes() + b"\n")
        assert shell("trust", "issuer", "add", "spaced.json").code == 1

    @pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 100_000])
    def test_what_is_no_issuer_is_refused(self, content: bytes, shell: Command) -> None:
        (shell.folder / "bad.json").write_bytes(content)
        done = shell("trust", "issuer", "add", "bad.json")
        assert done.code == 2
        assert done.stderr.startswith("error: bad.json: ")

    def test_an_issuer_that_borrows_a_name_is_told_apart(self, shell: Command) -> None:
        assert shell("trust", "issuer", "add", "issuer.json").stderr == ""
        (shell.folder / "other.json").write_bytes(issuer_json(BORROWED)[0])
        done = shell("trust", "issuer", "add", "other.json")
        assert "no later version of it" in done.stderr
        assert CLUB.info.id.hex() in done.stderr
        assert done.code == 0

    def test_a_writer_killed_at_any_step_leaves_one_version_and_the_next_add_works(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, new = issuer_json(CLUB)[0], issuer_json(replace(CLUB, serial=2))[0]
        for step in range(3):
            folder = IssuerFolder(tmp_path / str(step))
            folder.add(old, at=AT)
            steps = iter(range(3))
            for name in ("write", "move"):
                monkeypatch.setattr(HomeFolder, name, dying(getattr(HomeFolder, name), steps, step))
            with pytest.raises(KeyboardInterrupt):
                folder.add(new, at=AT)
            monkeypatch.undo()
            assert [file.octets for file in folder.files()] == [new if step == 2 else old]
            folder.add(new, at=AT)
            assert [file.octets for file in folder.files()] == [new]

    def test_a_version_that_comes_while_it_is_read_is_no_damage(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, new = issuer_json(CLUB)[0], issuer_json(replace(CLUB, serial=2))[0]
        folder = IssuerFolder(tmp_path)
        folder.add(old, at=AT)
        rows, read = folder.rows(), IssuerFolder.rows
        IssuerFolder(tmp_path).add(new, at=AT)
        answers = iter([rows])
        monkeypatch.setattr(IssuerFolder, "rows", lambda self: next(answers, None) or read(self))
        assert [file.octets for file in folder.files()] == [new]

    def test_a_kept_file_that_was_changed_is_an_error(self, shell: Command) -> None:
        shell("trust", "issuer", "add", "issuer.json")
        (kept,) = [path for path in (shell.home / "issuers").glob("*.json") if path.name != "index.json"]
        kept.write_bytes(kept.read_bytes() + b" ")
        done = shell("check", "a.jpg", "--only", "person")
        assert done.code == 4
        assert "was changed since it was added" in done.stderr
        (shell.home / "issuers" / "index.json").write_text("{}")
        assert shell("trust", "issuer", "show").code == 4

    def test_a_persons_line_of_a_kept_issuer_is_the_same_as_of_a_given_one(self, shell: Command) -> None:
        fixed = ("--only", "person", "--scope", CAFE, "--format", "json", "--at", command.AT)
        given = shell("check", "a.jpg", *fixed, "--issuer", "issuer.json").stdout
        shell("trust", "issuer", "add", "issuer.json")
        assert shell("check", "a.jpg", *fixed).stdout == given
        assert Status.PASS in given
