"""`vouchmark wallet`: what each command says, writes and refuses, with its exit code."""

import ctypes
import json
import os
import re
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.vouchmark.persons_cli import DECEMBER, NAME, NOVEMBER, PASSPHRASE, Desk, refusal
from vouchmark.cli import main
from vouchmark.cli.wallet.opening import FILE_NAME
from zk.profile.exchange import EnrolmentRequest
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import Binding, BindingKind, Scope
from zk.profile.words import words_of
from zk.storage.vault import Passphrase
from zk.wallet.wallet import Wallet

TIME = r"2026-1[12]-[0-9]{2}T[0-9:]{8}\+00:00"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.issuer()
    return made


@pytest.fixture
def member(desk: Desk) -> Desk:
    desk.enrol()
    return desk


def issuer_id(desk: Desk) -> str:
    return IssuerInfo.from_json((desk.home / "club" / "issuer.json").read_bytes()).id.hex()


def test_init_makes_a_private_file_in_the_data_folder(desk: Desk) -> None:
    path = desk.home / "data" / FILE_NAME
    assert desk.run("wallet", "init").stdout == f"{path}: made\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    error, hint = refusal(desk.run("wallet", "init", code=2))
    assert error.endswith("already there, and never overwritten")
    assert "move the old one away" in hint


def test_a_command_that_holds_secrets_leaves_no_core_file(desk: Desk) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        desk.run("wallet", "init")
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, before[1])
        if sys.platform.startswith("linux"):  # and no image where core_pattern names a programme
            assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0  # PR_GET_DUMPABLE
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def test_the_wallet_is_named_by_option_or_environment(desk: Desk) -> None:
    one, two = desk.path("one"), desk.path("two")
    assert desk.json("wallet", "init", "--wallet", one) == {"wallet": one}
    assert desk.json("wallet", "init", VOUCHMARK_WALLET=two) == {"wallet": two}
    assert desk.json("wallet", "show", "--wallet", one, VOUCHMARK_WALLET=two)["wallet"] == one
    desk.run("wallet", "init", "--wallet", desk.path("three"), "--scrypt-cost", "14", code=2)
    desk.run("wallet", "init", "--wallet", desk.path("three"), code=2, VOUCHMARK_SCRYPT_COST="3")


def test_request_writes_a_private_file_and_says_what_to_do(desk: Desk) -> None:
    desk.run("wallet", "init")
    code = desk.invite()
    result = desk.request(code)
    path = desk.home / "request.vmr"
    words = " ".join(words_of(EnrolmentRequest.decode(path.read_bytes()).digest))
    assert result.stdout.splitlines() == [
        f"{path}: request for 2026-11; give it to the issuer",
        f"  its four words, if the issuer asks: {words}",
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    assert json.loads(desk.request(code, "--json").stdout) == {
        "request": str(path),
        "issuer": issuer_id(desk),
        "epoch": "2026-11",
        "words": words,
    }
    assert path.read_bytes() == first
    desk.request(code, "--next")
    assert EnrolmentRequest.decode(path.read_bytes()).epoch == "2026-12"


def test_a_code_comes_by_option_environment_file_or_standard_input(desk: Desk) -> None:
    desk.run("wallet", "init")
    code = desk.invite()
    (desk.home / "code").write_text(f"{code.upper()}\n")
    base = ["wallet", "request", "--issuer", desk.path("club/issuer.json"), "-o", desk.path("r"), "--at", NOVEMBER]
    requests = []
    for arguments, keywords in (
        (["--code", code], {}),
        (["--code-file", desk.path("code")], {}),
        (["--code-file", "-"], {"stdin": f"{code}\n"}),
        ([], {"stdin": f"  {code}\n"}),
        ([], {"VOUCHMARK_CODE": code}),
    ):
        desk.run(*base, *arguments, **keywords)  # type: ignore[arg-type]
        requests.append((desk.home / "r").read_bytes())
    assert len(set(requests)) == 1
    error, hint = refusal(desk.run(*base, code=2, stdin=""))
    assert error == "error: standard input: expected a line of text, got none"
    assert "issuer invite" in hint
    error, _ = refusal(desk.run(*base, "--code", "vm1-enrol-0-oops", code=2))
    assert "oops" not in error


def test_request_refuses_what_cannot_be(member: Desk) -> None:
    error, _ = refusal(member.request(member.invite(person="other"), code=2))
    assert error == "error: wallet: holds a credential of this issuer already: it can be renewed"
    error, hint = refusal(member.request(member.invite("--renew"), code=2))
    assert error == "error: code: is for a renewal"
    assert "wallet renew" in hint
    (member.home / "club" / "issuer.json").write_text("{}")
    error, _ = refusal(member.request("vm1-enrol-0-" + "a" * 26, code=2))
    assert error.startswith(f"error: {member.home / 'club' / 'issuer.json'}: signature: ")
    (member.home / "club" / "issuer.json").unlink()
    member.request("vm1-enrol-0-" + "a" * 26, code=4)


def test_accept_verifies_and_says_what_it_got(desk: Desk) -> None:
    desk.run("wallet", "init")
    desk.request(desk.invite("--level", "3"))
    desk.approve()
    first, renewal = desk.accept().stdout.splitlines()
    assert first == f"{NAME}: credentials for 2026-11, level 3: lasting, epoch"
    assert re.fullmatch(rf"  renew from {TIME} on, without a new code before 2027-11-01T00:00:00\+00:00", renewal)
    accepted = json.loads(desk.accept("--json").stdout)
    assert re.fullmatch(TIME, accepted.pop("renew_from"))
    assert accepted.pop("renewable_until") == "2027-11-01T00:00:00+00:00"
    assert accepted == {
        "issuer": issuer_id(desk),
        "name": NAME,
        "epoch": "2026-11",
        "level": 3,
        "classes": ["lasting", "epoch"],
    }


def test_accept_refuses_what_was_not_asked_for(member: Desk) -> None:
    member.run("wallet", "init", "--wallet", member.path("other"))
    error, hint = refusal(member.accept("--wallet", member.path("other"), code=2))
    assert error == "error: response: answers no request of this wallet"
    assert "do not use it" in hint
    octets = bytearray((member.home / "response.vma").read_bytes())
    octets[-40] ^= 1
    (member.home / "response.vma").write_bytes(octets)
    refusal(member.accept(code=2))
    (member.home / "response.vma").write_bytes(b"\xff" * 100)
    refusal(member.accept(code=2))
    (member.home / "response.vma").unlink()
    member.accept(code=4)


def renew(desk: Desk, *options: str, at: str = DECEMBER) -> None:
    code = desk.invite("--renew", at=at)
    desk.run("wallet", "renew", "--code", code, "-o", desk.path("request.vmr"), "--at", at, *options)
    desk.approve(at=at)
    desk.accept(at=at)


def test_renewal_keeps_the_voice_through_key_rotation(member: Desk) -> None:
    pseudonyms = [pseudonym(member, NOVEMBER)]
    for at in (DECEMBER, "2027-01-20"):
        member.run("issuer", "rotate", member.path("club"), "--at", at)
        renew(member, at=at)
        pseudonyms.append(pseudonym(member, at))
    assert len(set(pseudonyms)) == 1


def pseudonym(desk: Desk, at: str) -> bytes:
    from vouchmark.cli.common import Instant

    wallet = Wallet.open(desk.home / "data" / FILE_NAME, Passphrase.of(PASSPHRASE), marks=desk.home / "data" / "state")
    return wallet.present(
        scope=Scope.parse("public:review/cafe-harbour"),
        binding=Binding(kind=BindingKind.FILE, digest=bytes(32)),
        at=Instant().convert(at, None, None),
    ).pseudonym


def test_renew_takes_a_later_issuer_json_by_option(member: Desk) -> None:
    for at in (DECEMBER, "2027-01-20"):
        member.run("issuer", "rotate", member.path("club"), "--at", at)
    published = member.home / "club" / "issuer.json"
    (member.home / "elsewhere.json").write_bytes(published.read_bytes())
    published.rename(member.home / "club" / "hidden")
    (member.home / "club" / "issuer.json").symlink_to(member.home / "club" / "hidden")
    renew(member, "--issuer", member.path("elsewhere.json"), at="2027-01-20")
    shown = member.json("wallet", "show", "--at", "2027-01-20")
    assert shown["issuers"][0]["serial"] == 3


def test_accept_says_where_a_missing_key_comes_from(member: Desk) -> None:
    state = (member.home / "club" / "issuer.json").read_bytes()
    (member.home / "published.json").write_bytes(state)
    member.run("wallet", "init", "--wallet", member.path("second"))
    wallet = ["--wallet", member.path("second")]
    code = member.invite(person="other")
    published = ["--issuer", member.path("published.json"), "--code", code]
    member.run("wallet", "request", *published, "-o", member.path("request.vmr"), "--at", NOVEMBER, *wallet)
    member.approve()
    member.accept(*wallet)
    for at in (DECEMBER, "2027-01-20"):
        member.run("issuer", "rotate", member.path("club"), "--at", at)
    renewal = ["--code", member.invite("--renew", person="other", at="2027-01-20"), "-o", member.path("request.vmr")]
    member.run("wallet", "renew", *renewal, "--at", "2027-01-20", *wallet)
    member.approve(at="2027-01-20")
    error, hint = refusal(member.accept(*wallet, at="2027-01-20", code=2))
    assert "no key for epoch 2027-01" in error
    assert "issuer.json" in hint
    member.accept(*wallet, "--issuer", member.path("club/issuer.json"), at="2027-01-20")


def test_renew_refuses_other_codes(member: Desk) -> None:
    arguments = ["wallet", "renew", "-o", member.path("r"), "--at", NOVEMBER]
    error, hint = refusal(member.run(*arguments, "--code", member.invite(person="other"), code=2))
    assert error == "error: code: is not for a renewal but to enrol"
    assert "--renew" in hint
    assert not (member.home / "r").exists()


def test_reset_gives_a_lost_wallet_a_new_start(member: Desk) -> None:
    (member.home / "data" / FILE_NAME).unlink()
    member.run("wallet", "init")
    code = member.invite("--reset")
    assert code.startswith("vm1-reset-1-")
    member.request(code)
    error, _ = refusal(member.approve(code=2))
    assert error == "error: reset: this person has a lasting credential for epoch 2026-11: reset for a later one"
    member.request(code, "--next")
    member.approve()
    member.accept()
    error, _ = refusal(
        member.run("issuer", "invite", member.path("club"), "--person", "ID-4711", "--reset", "--at", DECEMBER, code=2)
    )
    assert error == "error: reset: before its time, the next one is possible from 2027-11-10"
    member.run("issuer", "rotate", member.path("club"), "--at", DECEMBER)
    assert member.json("issuer", "show", member.path("club"))["resets"] == 1


def test_show_tells_everything_but_secrets(member: Desk) -> None:
    member.run("issuer", "rotate", member.path("club"), "--at", NOVEMBER)
    code = member.invite("--renew")
    member.run("wallet", "renew", "--code", code, "-o", member.path("r"), "--at", NOVEMBER)
    words = " ".join(words_of(EnrolmentRequest.decode((member.home / "r").read_bytes()).digest))
    lines = member.run("wallet", "show", "--at", NOVEMBER).stdout.splitlines()
    assert lines[:-1] == [
        f"{NAME}: issuer {issuer_id(member)}",
        "  class lasting, epoch 2026-11, level 1, current",
        "  class epoch, epoch 2026-11, level 1, current",
        f"  request for 2026-12: no answer yet; its four words: {words}",
        "  you hide among nobody else, as the issuer last published in 2026-11",
        "  slots used: 0",
    ]
    assert re.fullmatch(rf"  renew from {TIME} on, without a new code before 2027-11-01T00:00:00\+00:00", lines[-1])
    shown = member.json("wallet", "show", "--at", "2026-11-30T23:59:59Z")["issuers"][0]
    assert shown.pop("renew_from")
    assert shown.pop("renewable_until") == "2027-11-01T00:00:00+00:00"
    assert shown == {
        "issuer": issuer_id(member),
        "name": NAME,
        "serial": 2,
        "credentials": [
            {"class": "lasting", "epoch": "2026-11", "level": 1, "current": True},
            {"class": "epoch", "epoch": "2026-11", "level": 1, "current": True},
        ],
        "open_requests": ["2026-12"],
        "open_request_words": [words],
        "restored_in": None,
        "used_slots": 0,
        "crowd": 1,
        "renewal_due": True,
    }


def test_show_of_an_empty_or_missing_wallet(desk: Desk) -> None:
    error, hint = refusal(desk.run("wallet", "show", code=4))
    assert error.endswith(f"{FILE_NAME}: cannot read: No such file or directory")
    assert hint == "hint: 'vouchmark wallet init' makes one"
    desk.run("wallet", "init")
    assert desk.run("wallet", "show").stdout == f"{desk.home / 'data' / FILE_NAME}: holds no credential yet\n"


def test_a_wrong_passphrase_is_said_and_not_repeated(desk: Desk) -> None:
    desk.run("wallet", "init")
    error, hint = refusal(desk.run("wallet", "show", code=4, VOUCHMARK_PASSPHRASE="wrong one"))
    assert "wrong passphrase" in error
    assert "wrong one" not in error
    assert "VOUCHMARK_PASSPHRASE" in hint
    refusal(desk.run("wallet", "show", code=2, VOUCHMARK_PASSPHRASE=None))
    refusal(desk.run("wallet", "init", "--wallet", desk.path("x"), code=2, VOUCHMARK_PASSPHRASE=""))


def test_refuses_a_wallet_that_others_can_read(desk: Desk) -> None:
    desk.run("wallet", "init")
    (desk.home / "data" / FILE_NAME).chmod(0o644)
    error, _ = desk.run("wallet", "show", code=4).stderr.splitlines()
    assert "open to others (mode 644)" in error


@pytest.mark.parametrize("command", ["init", "request", "renew", "accept", "show"])
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, ["wallet", command, "--help"])
    assert result.exit_code == 0
    assert "--wallet" in result.stdout
    assert "--json" in result.stdout


def test_help_loads_no_curve_and_no_database() -> None:
    script = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from vouchmark.cli import main\n"
        "for group in ('wallet', 'issuer'):\n"
        "    assert CliRunner().invoke(main, [group, '--help']).exit_code == 0\n"
        "slow = {'py_arkworks_bls12381', 'py_ecc', 'sqlalchemy', 'c2pa', 'numpy', 'cryptography'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONWARNINGS": "error"})


def test_the_whole_way_from_one_shell_to_another(tmp_path: Path) -> None:
    """The commands of the manual, each in a process of its own."""
    environment = {
        **os.environ,
        "VOUCHMARK_PASSPHRASE": PASSPHRASE,
        "VOUCHMARK_HOME": str(tmp_path / "data"),
        "VOUCHMARK_SCRYPT_COST": "15",
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "vouchmark", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    run("issuer", "init", "club", "--name", NAME)
    code = json.loads(run("issuer", "invite", "club", "--person", "ID-4711", "--json"))["code"]
    run("wallet", "init")
    run("wallet", "request", "--issuer", "club/issuer.json", "--code", code, "-o", "request.vmr")
    run("issuer", "approve", "club", "request.vmr", "-o", "response.vma")
    assert "credentials for" in run("wallet", "accept", "response.vma")
    assert NAME in run("wallet", "show")
