"""`vouchmark issuer`: what each command says, writes and refuses, with its exit code."""

import json
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.vouchmark.persons_cli import DECEMBER, NAME, NOVEMBER, PASSPHRASE, Desk, refusal
from vouchmark import check
from vouchmark import options as library
from vouchmark.cli import common, main, person
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256
from zk.profile.constants import EpochLength
from zk.profile.issuer_info import IssuerInfo
from zk.storage import vault


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def club(desk: Desk) -> Desk:
    desk.issuer()
    return desk


def info(desk: Desk) -> IssuerInfo:
    return IssuerInfo.from_json((desk.home / "club" / "issuer.json").read_bytes())


def test_init_says_what_to_publish(desk: Desk) -> None:
    result = desk.run("issuer", "init", desk.path("club"), "--name", NAME, "--at", NOVEMBER)
    assert result.stdout.splitlines() == [
        f"{NAME}: issuer {info(desk).id.hex()}",
        "  keys for 2026-Q4, 2027-Q1",
        f"  publish {desk.path('club/issuer.json')}; keep the rest of {desk.path('club')} to yourself",
        "  'vouchmark issuer backup' makes copies that are safe to keep",
    ]
    assert result.stderr == ""


def test_init_takes_what_is_fixed_for_life(desk: Desk) -> None:
    options = ["--epoch", "week", "--slots", "3", "--suite", "shake-256", "--reset-days", "90", "--at", NOVEMBER]
    made = desk.json("issuer", "init", desk.path("club"), "--name", "Café Haus", *options)
    issued = info(desk)
    assert made == {
        "id": issued.id.hex(),
        "name": "Café Haus",
        "suite": BLS12_381_SHAKE_256.name,
        "n": 4,
        "epoch_length": "week",
        "slots": 3,
        "serial": 1,
        "issuer_json": desk.path("club/issuer.json"),
        "epochs": ["2026-W46", "2026-W47"],
    }
    assert (issued.epoch_length, issued.slots, issued.suite) == (EpochLength.WEEK, 3, BLS12_381_SHAKE_256)


def test_init_defaults_to_a_quarter_one_slot_and_sha_256_now(desk: Desk) -> None:
    made = desk.json("issuer", "init", desk.path("club"), "--name", NAME)
    assert (made["epoch_length"], made["slots"], made["suite"]) == ("quarter", 1, BLS12_381_SHA_256.name)
    assert made["epochs"][0] == EpochLength.QUARTER.epoch_at(datetime.now().astimezone())


@pytest.mark.parametrize("suite", ["SHAKE-256", "BLS12-381-SHAKE-256", "BLS12_381_SHAKE_256"])
def test_init_knows_the_suites_by_all_their_names(desk: Desk, suite: str) -> None:
    made = desk.json("issuer", "init", desk.path("club"), "--name", NAME, "--suite", suite)
    assert made["suite"] == BLS12_381_SHAKE_256.name


@pytest.mark.parametrize(
    "options",
    [
        ["--epoch", "decade"],
        ["--slots", "0"],
        ["--slots", "1025"],
        ["--suite", "md5"],
        ["--reset-days", "1"],
        ["--at", "yesterday"],
        ["--at", "2026-11-10T09:30:00"],
        ["--scrypt-cost", "14"],
    ],
    ids=" ".join,
)
def test_init_refuses_options_out_of_range(desk: Desk, options: list[str]) -> None:
    desk.run("issuer", "init", desk.path("club"), "--name", NAME, *options, code=2)
    assert not (desk.home / "club").exists()


def test_the_environment_cannot_lower_the_cost_below_the_floor(desk: Desk) -> None:
    desk.run("issuer", "init", desk.path("club"), "--name", NAME, code=2, VOUCHMARK_SCRYPT_COST="1")
    assert (person.LEAST_COST, person.DEFAULT_COST, person.MOST_COST) == (
        vault.LEAST_LOG_COST,
        vault.DEFAULT_LOG_COST,
        vault.MOST_LOG_COST,
    )


def test_init_refuses_a_folder_that_is_there_and_a_name_that_is_none(club: Desk) -> None:
    error, hint = refusal(club.run("issuer", "init", club.path("club"), "--name", NAME, code=2))
    assert error.endswith("club: already there, and never overwritten")
    assert "not there yet" in hint
    refusal(club.run("issuer", "init", club.path("other"), "--name", "", code=2))
    club.run("issuer", "init", club.path("other"), code=2)  # no name
    refusal(club.run("issuer", "init", club.path("none/other"), "--name", NAME, code=4))


def test_invite_gives_a_code_and_its_time(club: Desk) -> None:
    invitation = club.json("issuer", "invite", club.path("club"), "--person", "ID-4711", "--at", NOVEMBER)
    assert re.fullmatch(r"vm1-enrol-0-[a-z2-7]{26}", invitation.pop("code"))
    assert invitation == {"kind": "enrol", "expires": "2026-11-17T09:30:00+00:00"}
    result = club.run("issuer", "invite", club.path("club"), "--person", "ID-4711", "--at", NOVEMBER, "--days", "2")
    code, note = result.stdout.splitlines()
    assert re.fullmatch(r"vm1-enrol-0-[a-z2-7]{26}", code)
    assert note == "  enrol, until 2026-11-12T09:30:00+00:00; for this person alone, by a private way"


def test_invite_takes_the_person_from_standard_input(club: Desk) -> None:
    club.run("issuer", "invite", club.path("club"), "--person", "-", "--at", NOVEMBER, stdin="ID-4711\n")
    refusal(club.run("issuer", "invite", club.path("club"), "--person", "-", "--at", NOVEMBER, stdin="", code=2))


def test_invite_refuses_what_the_books_forbid(club: Desk) -> None:
    for option in ("--renew", "--reset"):
        arguments = ["--person", "ID-4711", "--at", NOVEMBER, option]
        error, hint = refusal(club.run("issuer", "invite", club.path("club"), *arguments, code=2))
        assert error == f"error: this person is not enrolled: nothing to {option[2:]}"
        assert hint.startswith("hint: --renew for a further epoch")
    club.enrol()
    error, _ = refusal(club.run("issuer", "invite", club.path("club"), "--person", "id-4711", code=2))
    assert error == "error: this person is enrolled already: renewal and reset need codes of their own"
    both = ["--person", "x", "--renew", "--reset"]
    refusal(club.run("issuer", "invite", club.path("club"), *both, code=2))
    for options in (["--level", "4"], ["--days", "91"], ["--days", "0"]):
        club.run("issuer", "invite", club.path("club"), "--person", "x", *options, code=2)
    club.run("issuer", "invite", club.path("club"), code=2)  # no person


def test_approve_answers_and_says_for_when(club: Desk) -> None:
    club.run("wallet", "init")
    club.request(club.invite("--level", "2"))
    result = club.approve()
    assert result.stdout == f"{club.path('response.vma')}: credentials for 2026-11, level 2\n"
    assert stat.S_IMODE((club.home / "response.vma").stat().st_mode) == 0o600
    first = (club.home / "response.vma").read_bytes()
    assert json.loads(club.approve("--json").stdout) == {
        "response": club.path("response.vma"),
        "epoch": "2026-11",
        "level": 2,
    }
    assert (club.home / "response.vma").read_bytes() == first


def test_approve_works_as_a_filter(club: Desk) -> None:
    club.run("wallet", "init")
    club.request(club.invite())
    octets = (club.home / "request.vmr").read_bytes()
    result = club.run("issuer", "approve", club.path("club"), "-", "-o", "-", "--at", NOVEMBER, stdin=octets)
    assert result.stderr == "-: credentials for 2026-11, level 1\n"
    (club.home / "response.vma").write_bytes(result.stdout_bytes)
    club.accept()


def test_approve_refuses_with_one_line_and_a_hint(club: Desk) -> None:
    club.run("wallet", "init")
    code = club.invite()
    club.request(code)
    error, hint = refusal(club.approve(at="2026-11-18", code=2))
    assert error == "error: code: expired"
    assert "issuer invite" in hint
    error, _ = refusal(club.approve(at=DECEMBER, code=2))
    assert error == "error: epoch 2026-11: expected 2026-12, or 2027-01 ahead"
    (club.home / "request.vmr").write_bytes(b"something else")
    error, _ = refusal(club.approve(code=2))
    assert error.startswith("error: request: ")
    (club.home / "request.vmr").write_bytes(bytes(5000))
    refusal(club.approve(code=2))
    (club.home / "request.vmr").unlink()
    error, _ = club.approve(code=4).stderr.splitlines()
    assert error.endswith("request.vmr: cannot read: No such file or directory")
    assert not (club.home / "response.vma").exists()


def test_approve_refuses_a_used_code(club: Desk) -> None:
    club.run("wallet", "init")
    code = club.invite()
    club.request(code)
    club.approve()
    club.run("wallet", "init", "--wallet", club.path("second"))
    club.request(code, "--wallet", club.path("second"))
    error, _ = refusal(club.approve(code=2))
    assert error.startswith("error: code: already used for another request;")


def test_rotate_publishes_destroys_and_may_be_repeated(club: Desk) -> None:
    club.enrol()
    result = club.run("issuer", "rotate", club.path("club"), "--at", DECEMBER)
    assert result.stdout == (
        f"{NAME}: issuer.json has serial 2\n  new keys for 2027-01\n  destroyed secret keys of 2026-11\n"
    )
    again = club.json("issuer", "rotate", club.path("club"), "--at", DECEMBER)
    assert (again["serial"], again["added"], again["destroyed"]) == (2, [], [])
    assert info(club).counts[0].holders == 1


def test_rotate_withdraws_a_key(club: Desk) -> None:
    done = club.json("issuer", "rotate", club.path("club"), "--at", NOVEMBER, "--compromised", "2026-11")
    assert (done["added"], done["destroyed"]) == (["2026-11"], ["2026-11"])
    arguments = ["--at", NOVEMBER, "--compromised", "2025-01"]
    error, hint = refusal(club.run("issuer", "rotate", club.path("club"), *arguments, code=2))
    assert error == "error: epoch 2025-01: has no key that could be withdrawn"
    assert "issuer show" in hint


def test_rotate_finds_the_identity_key_elsewhere(club: Desk) -> None:
    (club.home / "club" / "identity.vault").rename(club.home / "stick")
    club.run("issuer", "rotate", club.path("club"), "--at", DECEMBER, code=4)
    club.run("issuer", "rotate", club.path("club"), "--at", DECEMBER, "--identity", club.path("stick"))


def test_show_needs_no_passphrase(club: Desk) -> None:
    club.enrol()
    club.invite(person="somebody else")
    club.run("issuer", "rotate", club.path("club"), "--at", NOVEMBER, "--compromised", "2026-12")
    result = club.run("issuer", "show", club.path("club"), "--at", NOVEMBER, VOUCHMARK_PASSPHRASE=None)
    assert result.stdout == (
        f"{NAME}: issuer {info(club).id.hex()}\n"
        "  epoch length month, slots 1, serial 2\n"
        "  BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_, 4 nym secrets\n"
        "  key 2026-11\n"
        "  key 2026-12 (compromised)\n"
        "  key 2026-12\n"
        "  1 holder: class epoch, epoch 2026-11, level 1\n"
        "  1 holder: class lasting, epoch 2026-11, level 1\n"
        "  resets: 0, codes that may still be used: 1\n"
    )
    shown = club.json("issuer", "show", club.path("club"), "--at", NOVEMBER)
    assert shown["keys"][1] == {"epoch": "2026-12", "compromised": True}
    assert shown["counts"][1] == {"class": "lasting", "epoch": "2026-11", "level": 1, "holders": 1}
    assert (shown["resets"], shown["open_codes"]) == (0, 1)


@pytest.mark.parametrize("command", [["invite", "--person", "x"], ["rotate"], ["approve", "none", "-o", "x"]])
def test_a_wrong_passphrase_or_folder_is_said_clearly(club: Desk, command: list[str]) -> None:
    name, *rest = command
    (club.home / "request.vmr").write_bytes(b"")
    if name == "approve":
        rest[0] = club.path("request.vmr")
    error, hint = refusal(club.run("issuer", name, club.path("club"), *rest, code=4, VOUCHMARK_PASSPHRASE="wrong one"))
    assert "wrong passphrase" in error
    assert "wrong one" not in error
    assert "VOUCHMARK_PASSPHRASE" in hint
    club.run("issuer", name, club.path("nowhere"), *rest, code=4)


def test_a_passphrase_comes_from_a_file_or_is_asked_for(club: Desk) -> None:
    file = club.home / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    arguments = ["issuer", "invite", club.path("club"), "--person", "x", "--passphrase-file", str(file)]
    club.run(*arguments, VOUCHMARK_PASSPHRASE=None)
    club.run(*arguments, VOUCHMARK_PASSPHRASE="wrong")  # the option goes first
    error, hint = refusal(club.run(*arguments[:-2], code=2, VOUCHMARK_PASSPHRASE=None))
    assert error.startswith("error: no passphrase for the issuer in ")
    assert "--passphrase-file" in hint
    file.write_text("\n")
    refusal(club.run(*arguments, code=2))
    club.run(*arguments[:-1], club.path("none"), code=4)


@pytest.mark.parametrize("command", ["init", "invite", "approve", "rotate", "show"])
def test_every_command_explains_itself_without_a_curve(command: str) -> None:
    result = CliRunner().invoke(main, ["issuer", command, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
    assert "--json" in result.stdout
    assert "--at" in result.stdout


def test_output_and_errors_never_show_a_secret(club: Desk) -> None:
    code = club.invite()
    club.run("wallet", "init")
    outputs = [club.request(code).output, club.approve().output, club.accept().output]
    outputs.append(club.run("wallet", "show", "--at", NOVEMBER).output)
    outputs.append(club.run("issuer", "show", club.path("club")).output)
    for output in outputs:
        assert PASSPHRASE not in output
        assert code not in output
        assert code.rpartition("-")[2] not in output


# Clocks, copies, recoveries


EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31T23:59:59Z", "9991-01-01"]


@pytest.mark.parametrize("edge", EDGES)
def test_a_time_at_the_calendars_edge_is_one_clear_error_of_every_command(club: Desk, edge: str) -> None:
    club.run("wallet", "init")
    picture = club.home / "x.png"
    picture.write_bytes(b"")
    commands = [
        ["check", str(picture)],
        ["issuer", "init", club.path("other"), "--name", "x"],
        ["issuer", "invite", club.path("club"), "--person", "x"],
        ["issuer", "rotate", club.path("club")],
        ["issuer", "show", club.path("club")],
        ["issuer", "recover", club.path("club"), "--published", club.path("club/issuer.json")],
        ["wallet", "show"],
        ["doctor"],
    ]
    for command in commands:
        result = club.run(*command, "--at", edge, code=2)
        assert "expected a time of the years 2 to 9990" in " ".join(result.stderr.split())


def test_check_by_the_library_refuses_the_calendars_edges() -> None:
    for edge in (datetime.min, datetime.max):
        for zone in (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))):
            with pytest.raises(ValueError, match="expected one of 2 to 9990"):
                check(b"", at=edge.replace(tzinfo=zone))
    assert (common.FIRST_YEAR, common.LAST_YEAR) == (library.FIRST_YEAR, library.LAST_YEAR)


@pytest.mark.parametrize("command", [["rotate"], ["invite", "--person", "x"]])
def test_a_clock_that_jumps_is_refused_until_it_is_told_to_be_right(club: Desk, command: list[str]) -> None:
    word, *options = command
    arguments = ["issuer", word, club.path("club"), *options, "--at", "2036-01-05"]
    error, hint = refusal(club.run(*arguments, code=2))
    assert error == (
        "error: clock: shows 2036-01-05, epoch 2036-01, and the last published epoch is 2026-12: "
        "more than one epoch later"
    )
    assert hint == "hint: set this machine's clock; where it is right, after a pause, say so with --after-gap"
    club.run(*arguments, "--after-gap")


def test_invite_tells_by_tag_who_may_be_mistaken_for_a_new_person(club: Desk) -> None:
    club.enrol()
    arguments = ["issuer", "invite", club.path("club"), "--person", "ID 47ll", "--at", NOVEMBER]
    error, hint = refusal(club.run(*arguments, code=2))
    assert re.fullmatch(r"error: identifier: may be mistaken for that of [0-9a-f]{16}, who is in the books", error)
    assert hint == "hint: look at whom you have; where this is another person, say so with --is-other"
    club.run(*arguments, "--is-other")
    same = ["issuer", "invite", club.path("club"), "--person", "id\u20114711.", "--at", NOVEMBER]
    error, _ = refusal(club.run(*same, code=2))
    assert "enrolled already" in error


def test_a_copy_is_taken_up_after_a_lost_disk(club: Desk) -> None:
    club.enrol()
    club.run("issuer", "rotate", club.path("club"), "--at", NOVEMBER)
    told = club.run("issuer", "backup", club.path("club"), club.path("copy")).stdout.splitlines()
    assert (
        told[0] == f"{club.path('copy')}: a copy of the issuer in {club.path('club')}, without the keys of its epochs"
    )
    shutil.copy(club.home / "club" / "issuer.json", club.home / "published.json")
    shutil.rmtree(club.home / "club")
    (club.home / "copy").rename(club.home / "club")
    error, hint = refusal(club.run("issuer", "invite", club.path("club"), "--person", "x", "--at", NOVEMBER, code=4))
    assert error.startswith("error: books: a backup's")
    assert hint.startswith("hint: vouchmark issuer recover DIR --published FILE")
    arguments = ["issuer", "recover", club.path("club"), "--published", club.path("published.json"), "--at", NOVEMBER]
    assert club.run(*arguments).stdout.splitlines() == [
        f"{NAME}: issuer.json has serial 65538; publish it now",
        "  withdrew the keys of 2026-11, 2026-12; new keys for 2026-11, 2026-12",
        "  persons of the last publication who may be missing: at most 0; resets are now 0",
        "  enrolments since that publication are not excluded: those persons can be enrolled a second time",
        "  members send their last request again; whoever is refused is missing, and is to be invited",
        "  revocations since the copy was made are lost: revoke again who has left since",
    ]
    club.approve()
    club.accept("--issuer", club.path("club/issuer.json"))
    assert club.run(*arguments).stdout == f"{NAME}: was taken up already, issuer.json has serial 65538\n"
    assert club.json(*arguments)["withdrawn"] == []


def test_recover_and_backup_refuse_with_one_line_and_a_hint(club: Desk) -> None:
    error, _ = refusal(club.run("issuer", "backup", club.path("club"), club.path("club"), code=2))
    assert "already there" in error
    none = ["issuer", "recover", club.path("club"), "--published", club.path("none.json"), "--at", NOVEMBER]
    refusal(club.run(*none, code=4))
    club.run("issuer", "init", club.path("other"), "--name", "Other", "--at", NOVEMBER)
    other = ["issuer", "recover", club.path("club"), "--published", club.path("other/issuer.json"), "--at", NOVEMBER]
    error, _ = refusal(club.run(*other, code=2))
    assert error.startswith("error: issuer: expected ")


def test_what_somebody_wrote_into_the_books_is_refused_and_taken_out_by_a_recovery(club: Desk) -> None:
    club.enrol()
    club.run("issuer", "rotate", club.path("club"), "--at", NOVEMBER)
    with closing(sqlite3.connect(club.home / "club" / "enrolment.sqlite")) as books:
        books.execute("UPDATE code SET level = 3")
        books.commit()
    for act in (["invite", club.path("club"), "--person", "x"], ["rotate", club.path("club")]):
        error, hint = refusal(club.run("issuer", *act, "--at", NOVEMBER, code=4))
        assert error == "error: books: a row of code was not written with the passphrase"
        assert hint.startswith("hint: put back the books of the latest backup, or take out what does not hold: ")
    recover = ["issuer", "recover", club.path("club"), "--published", club.path("club/issuer.json"), "--at", NOVEMBER]
    assert club.json(*recover)["lost_at_most"] == 0  # a code is nobody
    club.run("issuer", "invite", club.path("club"), "--person", "x", "--at", NOVEMBER)


# A club's year


def test_status_says_what_is_due_and_how_the_issuer_stands(club: Desk) -> None:
    club.enrol()
    lines = club.run("issuer", "status", club.path("club"), "--at", DECEMBER, VOUCHMARK_PASSPHRASE=None).stdout
    assert lines.splitlines() == [
        f"{NAME}: issuer {info(club).id.hex()}",
        "  published: serial 1, 2026-11-10",
        "  due: rotate, for keys for 2027-01 and counts that have changed",
        "  crowd: 1 holder, 0 published: class epoch, epoch 2026-11, level 1",
        "  crowd: 1 holder, 0 published: class lasting, epoch 2026-11, level 1",
        "  open: 0 codes, 1 renewals; resets: 0",
        "  revoked: 0 persons; keys withdrawn: none",
    ]
    seen = club.json("issuer", "status", club.path("club"), "--at", NOVEMBER)
    assert (seen["due"], seen["missing_keys"], seen["open_renewals"]) == (False, [], 1)


def test_rotate_if_due_does_nothing_and_asks_nothing_where_nothing_is_due(club: Desk) -> None:
    arguments = ["issuer", "rotate", club.path("club"), "--if-due", "--at"]
    result = club.run(*arguments, NOVEMBER, VOUCHMARK_PASSPHRASE=None)
    assert result.stdout == f"{NAME}: nothing is due before 2026-12-01\n"
    assert info(club).serial == 1
    club.run(*arguments, DECEMBER, code=4, VOUCHMARK_PASSPHRASE="wrong")
    assert "new keys for 2027-01" in club.run(*arguments, DECEMBER).stdout
    assert "nothing is due" in club.run(*arguments, DECEMBER).stdout


def test_revoke_voids_a_renewal_and_tells_when_there_is_nobody(club: Desk) -> None:
    club.enrol()
    arguments = ["issuer", "revoke", club.path("club"), "--at", NOVEMBER, "--person"]
    assert club.run(*arguments, "ID-4711").stdout == "void: 1 code or token; credentials end with their epoch\n"
    assert club.json(*arguments, "id-4711") == {"void": 0}
    refusal(club.run(*arguments, "nobody", code=2))
    club.run("issuer", "rotate", club.path("club"), "--at", DECEMBER)
    club.run("wallet", "renew", "-o", club.path("request.vmr"), "--at", DECEMBER)
    error, _ = refusal(club.approve(at=DECEMBER, code=2))
    assert error == "error: code: unknown, or replaced by a later one"


def test_a_member_renews_by_command_without_a_code(club: Desk) -> None:
    club.enrol()
    club.run("issuer", "rotate", club.path("club"), "--at", DECEMBER)
    club.run("wallet", "renew", "-o", club.path("request.vmr"), "--at", DECEMBER)
    club.approve(at=DECEMBER)
    assert "credentials for 2026-12" in club.accept(at=DECEMBER).stdout


def test_errors_point_to_the_role_that_can_mend_them(club: Desk) -> None:
    renew = ["wallet", "renew", "-o", club.path("request.vmr"), "--at", "2027-01-05"]
    _, hint = club.run(*renew, code=4).stderr.splitlines()
    assert hint == "hint: 'vouchmark wallet init' makes one"
    club.enrol()
    # The first epoch without a rotation: the member can do nothing, the secretary has to.
    club.run(*renew)
    error, hint = refusal(club.approve(at="2027-01-05", code=2))
    assert error == "error: epoch 2027-01: this issuer has published no good key for it yet"
    assert hint.startswith("hint: run 'vouchmark issuer rotate DIR' first")
    club.run("issuer", "rotate", club.path("club"), "--at", "2027-01-05")
    club.approve(at="2027-01-05")
    for command, words in (
        (["wallet", "show"], "ask the issuer for a reset"),
        (["issuer", "invite", club.path("club"), "--person", "x"], "nobody can restore, and copies have it too"),
    ):
        result = club.run(*command, code=4, VOUCHMARK_PASSPHRASE="another passphrase")
        assert words in result.stderr.splitlines()[1]
    code = "vm1-reset-1-" + "a" * 26
    club.request(code, at="2027-01-05")
    error, hint = refusal(club.approve(at="2027-01-05", code=2))
    assert (error, "issuer invite" in hint) == ("error: code: unknown, or replaced by a later one", True)
