"""Keeping a wallet: the four words, a copy that was put back, another passphrase, forgetting, a newer issuer.json."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.vouchmark.persons_cli import NOVEMBER, Desk, refusal

CAFE = "public:review/cafe-harbour"


@pytest.fixture
def member(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.enrol()
    for name, colour in (("a", "red"), ("b", "blue")):
        Image.new("RGB", (8, 8), colour).save(tmp_path / f"{name}.png")
    return desk


def vouch(desk: Desk, file: str, *options: str, code: int = 0, **keywords: str | None) -> object:
    arguments = ["vouch", "make", desk.path(file), "--scope", CAFE, "-y", "--no-pdq", "--at", NOVEMBER, *options]
    return desk.run(*arguments, code=code, **keywords)


def wallet_file(desk: Desk) -> Path:
    return desk.home / "data" / "wallet.vault"


def test_the_person_reads_out_four_words_and_only_their_request_is_signed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.run("wallet", "init")
    code = desk.invite()
    words = desk.request(code, "--json").stdout.partition('"words": "')[2].partition('"')[0]
    reviewed = desk.json("issuer", "review", desk.path("club"), desk.path("request.vmr"), "--at", NOVEMBER)
    assert (reviewed["words"], reviewed["kind"], reviewed["signed"]) == (words, "enrol", False)
    error, _ = refusal(desk.approve("--words", "zoo zoo zoo zoo", code=2))
    assert "not those of this request" in error
    refusal(desk.approve("--words", "zoo", code=2))
    desk.approve("--words", words.upper())
    text = desk.run("issuer", "review", desk.path("club"), desk.path("request.vmr"), "--at", NOVEMBER).stdout
    assert "signed before" in text


def test_a_second_request_under_a_code_voids_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.run("wallet", "init")
    desk.run("wallet", "init", "--wallet", desk.path("thief"))
    code = desk.invite()
    desk.request(code)
    desk.run("issuer", "review", desk.path("club"), desk.path("request.vmr"), "--at", NOVEMBER)
    first = (tmp_path / "request.vmr").read_bytes()
    desk.request(code, "--wallet", desk.path("thief"))
    assert "two different requests" in refusal(desk.approve(code=2))[0]
    (tmp_path / "request.vmr").write_bytes(first)
    assert "two different requests" in refusal(desk.approve(code=2))[0]


def test_a_wallet_put_back_is_told_before_a_vouch_voids_another(member: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zk.wallet.restored.our_clock", lambda: dt.datetime.fromisoformat(NOVEMBER))
    copy = wallet_file(member).read_bytes()
    vouch(member, "a.png")
    vouch(member, "a.png", "--per", "epoch", "-o", member.path("epoch.vouch"))
    wallet_file(member).write_bytes(copy)
    result = member.run("vouch", "make", member.path("b.png"), "--scope", CAFE, "-y", "--at", NOVEMBER, code=2)
    assert "older copy" in result.stderr
    assert "--nothing-said-since" in result.stderr.splitlines()[-1]
    assert not (member.home / "b.png.vouch").exists()
    result = vouch(member, "b.png", "--per", "epoch", "--nothing-said-since", code=2)
    assert "waits until 2026-12" in result.stderr  # type: ignore[attr-defined]
    assert "older copy of the wallet was put back in 2026-11" in member.run("wallet", "show", "--at", NOVEMBER).stdout
    vouch(member, "b.png", "--nothing-said-since")


def test_a_wallet_that_was_moved_is_said_to_be_the_newest(member: Desk) -> None:
    vouch(member, "a.png", "--per", "epoch")
    shutil.rmtree(member.home / "data" / "state")  # as on another machine
    vouch(member, "b.png", "--per", "epoch", code=2)
    error, hint = refusal(member.run("wallet", "current", code=2))
    assert "left as it is" in error
    assert "-y" in hint
    member.run("wallet", "current", "-y")
    member.run(
        "vouch", "make", member.path("b.png"), "--scope", "public:other", "-y", "--per", "epoch", "--at", NOVEMBER
    )


def test_another_passphrase_for_wallet_and_issuer(member: Desk) -> None:
    new = "four other words here"
    (member.home / "new").write_text(f"{new}\n")
    member.run("wallet", "passphrase", "--new-passphrase-file", member.path("new"))
    refusal(member.run("wallet", "show", code=4))
    member.run("wallet", "show", VOUCHMARK_PASSPHRASE=new)
    done = member.json("issuer", "passphrase", member.path("club"), VOUCHMARK_NEW_PASSPHRASE=new)
    assert [Path(path).name for path in done["changed"]] == ["secrets.vault", "identity.vault"]
    member.run("issuer", "rotate", member.path("club"), "--at", NOVEMBER, VOUCHMARK_PASSPHRASE=new)
    error, hint = refusal(member.run("wallet", "passphrase", code=2, VOUCHMARK_PASSPHRASE=new))
    assert "no passphrase for the wallet" in error
    assert "VOUCHMARK_NEW_PASSPHRASE" in hint


@pytest.mark.parametrize("short", ["x", "1234567"])
def test_a_short_passphrase_is_refused_for_anything_new(tmp_path: Path, short: str) -> None:
    desk = Desk(tmp_path)
    for arguments in (["wallet", "init"], ["issuer", "init", desk.path("new"), "--name", "Club"]):
        error, _ = refusal(desk.run(*arguments, code=2, VOUCHMARK_PASSPHRASE=short))
        assert error == "error: passphrase: expected at least 8 characters"
    assert not (tmp_path / "new").exists()


def test_whoever_types_a_new_passphrase_is_told_an_estimate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vouchmark.cli.person.somebody_types", lambda: True)
    desk = Desk(tmp_path)
    result = desk.run("wallet", "init", VOUCHMARK_PASSPHRASE=None, stdin="password1\npassword1\n")
    assert "guesses by a simple estimate" in result.stderr
    assert "four words or more" in result.stderr
    assert "password1" not in result.stderr


def test_forgetting_asks_first_and_says_what_is_lost(member: Desk) -> None:
    error, hint = refusal(member.run("wallet", "forget", "--issuer", "Harbour Press Club", "-y", code=2))
    assert "0 of the wallet's issuers are meant" in error  # what it calls itself names it not
    assert "“Harbour Press Club”" in hint
    member.run("trust", "issuer", "add", member.path("club/issuer.json"), "--as", "club")
    error, hint = refusal(member.run("wallet", "forget", "--issuer", "club", code=2))
    assert (error, hint) == ("error: nothing was forgotten", "hint: -y forgets it without asking")
    assert "Harbour" in member.run("wallet", "show", "--at", NOVEMBER).stdout
    member.run("wallet", "forget", "--issuer", "club", "-y")
    assert "holds no credential yet" in member.run("wallet", "show", "--at", NOVEMBER).stdout
    refusal(member.run("wallet", "forget", "--issuer", "club", "-y", code=2))


def test_refresh_takes_a_newer_issuer_json_and_shows_its_digest(member: Desk) -> None:
    before = member.json("wallet", "refresh", "--at", NOVEMBER)["issuers"][0]
    assert before["serial"] == before["before"]
    member.run("issuer", "rotate", member.path("club"), "--at", NOVEMBER)
    (after,) = member.json("wallet", "refresh", "--issuer", member.path("club/issuer.json"), "--at", NOVEMBER)[
        "issuers"
    ]
    assert (after["serial"], after["before"]) == (before["serial"] + 1, before["serial"])
    assert after["sha256"] != before["sha256"]
    again = member.run("wallet", "refresh", "--at", NOVEMBER).stdout
    assert f"SHA-256 {after['sha256']}" in again
    assert "as before" in again
