"""Does `vouchmark vouch make` say what it will show before it proves, and refuse what must not be vouched for?"""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import Result

from tests.support import authority as made
from tests.support import command
from tests.vouchmark import people
from tests.vouchmark.persons_cli import NAME, NOVEMBER, PASSPHRASE, Desk, refusal
from vouchmark.demo.pictures import harbour
from vouchmark.vouching import vouch as vouches
from vouchmark.vouching.files import VouchFile, read_vouch
from zk.profile.personhood import MAX_VOUCH_OCTETS, Vouch

CAFE: Final = "public:review/cafe-harbour"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.enrol()
    command.write(tmp_path, "plain.jpg", "signed.jpg", "altered.jpg", "empty.jpg")
    return desk


def make(desk: Desk, *words: str, file: str = "plain.jpg", scope: str = CAFE, code: int = 0, **env: Any) -> Result:
    fixed = ["vouch", "make", desk.path(file), "--scope", scope, "--at", NOVEMBER]
    return desk.run(*fixed, *words, code=code, **env)


def read(desk: Desk, name: str = "plain.jpg.vouch") -> Vouch:
    return Vouch.decode((desk.home / name).read_bytes())


class TestMake:
    def test_writes_a_vouch_beside_the_file_that_everybody_may_read(self, desk: Desk) -> None:
        done = make(desk, "--statement", "The fish was cold.", "--audience", "desk.example", "--nonce", "00ff")
        said = read(desk).presentation
        assert said.binding == people.file_binding((desk.home / "plain.jpg").read_bytes())
        assert (said.statement, said.audience, said.nonce) == ("The fish was cold.", "desk.example", b"\x00\xff")
        assert (desk.home / "plain.jpg.vouch").stat().st_mode & 0o777 == 0o644
        assert "bound to the file's bytes" in done.stdout

    def test_is_bound_to_intact_content_credentials_where_there_are_any(self, desk: Desk) -> None:
        done = make(desk, file="signed.jpg")
        assert read(desk, "signed.jpg.vouch").presentation.binding.kind == "c2pa-manifest"
        assert "bound to the file's Content Credentials" in done.stdout

    def test_says_scope_and_who_learns_what_before_it_proves(self, desk: Desk) -> None:
        words = make(desk, "--statement", "Cold.").stderr
        assert f"in the scope {CAFE}, for ever, as somebody enrolled by “{NAME}” (" in words
        assert "and reads: “Cold.”" in words
        assert "challenge" not in words
        assert "assume that you are the only one, and that the issuer can tell who you are" in words
        assert "obody learns" not in words
        assert "the file's digest" in words
        assert "you cannot take it back" in words

    def test_says_for_whom_it_is_and_that_who_asked_may_know(self, desk: Desk) -> None:
        words = make(desk, "--audience", "desk.example", "--nonce", "00ff").stderr
        assert "that it is for “desk.example”" in words
        assert "whoever gave that to you alone knows that it is you" in words

    def test_says_when_a_set_of_one_hides_nobody(self, desk: Desk) -> None:
        desk.run("issuer", "rotate", desk.path("club"), "--at", NOVEMBER)
        desk.run("wallet", "renew", "--code", desk.invite("--renew"), "-o", desk.path("r.vmr"), "--at", NOVEMBER)
        words = make(desk).stderr
        assert "nobody else with such a credential (in 2026-11): then it can tell who you are" in words
        assert "obody learns" not in words
        issuer = ["--issuer", desk.path("club/issuer.json")]
        shown = desk.run("vouch", "show", desk.path("plain.jpg.vouch"), *issuer).stdout
        assert "a set of one hides nobody" in shown
        assert "obody learns" not in shown

    def test_the_check_of_everybody_else_reads_it(self, desk: Desk) -> None:
        make(desk, "--statement", "Cold.", "--stance", "for")
        fixed = ["--only", "person", "--at", NOVEMBER, "--in-process", "-q"]
        issuer = desk.path("club/issuer.json")
        done = desk.run("check", desk.path("plain.jpg"), *fixed, "--issuer", issuer, "--scope", CAFE)
        assert done.stdout == (
            f"plain.jpg: person only: 1 person enrolled by “{NAME}”, for {CAFE}, one voice each for ever. "
            "They say: “Cold.”\n"
        )

    @pytest.mark.parametrize(
        ("words", "stance"),
        [((), "for"), (("--statement", "Cold."), "note"), (("--statement", "Cold.", "--stance", "against"), "against")],
    )
    def test_the_stance_is_signed_and_a_text_alone_is_a_note(
        self, desk: Desk, words: tuple[str, ...], stance: str
    ) -> None:
        done = make(desk, *words)
        assert read(desk).presentation.stance == stance
        stands = {"for": "behind it", "note": "neither behind it nor against it", "against": "against it"}[stance]
        assert f"that you stand {stands}" in done.stderr
        assert f"stands    {stands}" in desk.run("vouch", "show", desk.path("plain.jpg.vouch")).stdout

    def test_once_an_epoch(self, desk: Desk) -> None:
        make(desk, "--per", "epoch")
        assert (read(desk).credential_class, read(desk).period) == ("epoch", "2026-11")

    @pytest.mark.parametrize(
        ("file", "why"), [("altered.jpg", "not the bytes that were signed"), ("empty.jpg", "empty")]
    )
    def test_refuses_a_file_that_does_not_hold(self, desk: Desk, file: str, why: str) -> None:
        message, _ = refusal(make(desk, file=file, code=2))
        assert why in message
        assert not (desk.home / f"{file}.vouch").exists()

    def test_refuses_a_file_that_is_not_there(self, desk: Desk) -> None:
        message, hint = refusal(make(desk, file="missing.jpg", code=2))
        assert message.endswith("missing.jpg: there is no such file")
        assert "check the name" in hint

    def test_never_writes_over_a_file(self, desk: Desk) -> None:
        (desk.home / "plain.jpg.vouch").write_bytes(b"somebody else's")
        message, hint = refusal(make(desk, code=2))
        assert message.endswith("there is a file")
        assert "-o " in hint
        assert (desk.home / "plain.jpg.vouch").read_bytes() == b"somebody else's"
        make(desk, "-o", desk.path("plain.jpg.2.vouch"))
        assert read(desk, "plain.jpg.2.vouch").scope.path == "review/cafe-harbour"

    def test_the_wallet_refuses_a_second_use_and_repeats_the_first(self, desk: Desk) -> None:
        make(desk, "--statement", "Cold.")
        for words in (("--statement", "Warm."), ()):
            result = make(desk, *words, "-o", desk.path("again.vouch"), code=2)
            assert "used for another file or statement" in result.stderr
            assert "hint: the same file and words give the same vouch again" in result.stderr
            assert not (desk.home / "again.vouch").exists()
        result = make(desk, "--statement", "Cold.", "-o", desk.path("other.vouch"), file="signed.jpg", code=2)
        assert "used for another file or statement" in result.stderr
        make(desk, "--statement", "Cold.", "-o", desk.path("again.vouch"))
        assert read(desk, "again.vouch").pseudonym == read(desk).pseudonym
        assert read(desk, "again.vouch").proof != read(desk).proof

    def test_another_scope_is_another_voice(self, desk: Desk) -> None:
        make(desk)
        make(desk, "-o", desk.path("b.vouch"), scope="public:review/other", file="signed.jpg")
        assert read(desk, "b.vouch").pseudonym != read(desk).pseudonym

    @pytest.mark.parametrize(
        ("words", "scope", "message"),
        [
            ((), "review", "error: scope: expected authority:path"),
            (("--nonce", "xyz"), CAFE, "error: --nonce: expected 1 to 64 octets in hex"),
            (("--slot", "1"), CAFE, "error: slot: "),
            (("--statement", ""), CAFE, "error: statement: "),
            (("--statement", "a\u202eb"), CAFE, "error: statement: holds a control character"),
            (("--issuer", "Other"), CAFE, "error: --issuer: 0 of the wallet's issuers are meant"),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, desk: Desk, words: tuple[str, ...], scope: str, message: str) -> None:
        result = make(desk, *words, scope=scope, code=2)
        assert message in result.stderr
        assert not (desk.home / "plain.jpg.vouch").exists()

    def test_what_is_wrong_with_a_text_is_said_before_the_wallet_is_opened(self, desk: Desk) -> None:
        result = make(desk, "--statement", "two\nlines", code=2, VOUCHMARK_PASSPHRASE="wrong")
        assert "one line of text" in refusal(result)[1]

    def test_one_letter_typed_in_two_ways_is_one_statement(self, desk: Desk) -> None:
        make(desk, "--statement", "Cafe\u0301.")
        make(desk, "--statement", "Caf\u00e9.", "-o", desk.path("again.vouch"))
        assert read(desk).presentation.content_digest == read(desk, "again.vouch").presentation.content_digest

    def test_a_folder_that_is_not_there_is_said_before_the_wallet_is_opened(self, desk: Desk) -> None:
        result = make(desk, "-o", desk.path("none/a.vouch"), code=2, VOUCHMARK_PASSPHRASE="wrong")
        assert "no such folder" in result.stderr

    def test_a_link_that_leads_nowhere_is_a_file_too(self, desk: Desk) -> None:
        (desk.home / "plain.jpg.vouch").symlink_to("nowhere")
        assert "there is a file" in refusal(make(desk, code=2))[0]

    def test_who_keeps_files_to_themselves_keeps_vouches_too(self, desk: Desk) -> None:
        before = os.umask(0o077)
        try:
            make(desk)
        finally:
            os.umask(before)
        assert (desk.home / "plain.jpg.vouch").stat().st_mode & 0o777 == 0o600

    def test_the_issuer_may_be_named(self, desk: Desk) -> None:
        desk.run("trust", "issuer", "add", desk.path("club/issuer.json"), "--as", "club")
        make(desk, "--issuer", "club")
        assert "0 of the wallet's issuers" in refusal(make(desk, "--issuer", NAME, "-o", desk.path("x"), code=2))[0]
        make(desk, "--issuer", read(desk).issuer.hex()[:8], "-o", desk.path("again.vouch"))

    def test_a_wrong_passphrase_is_said_and_never_shown(self, desk: Desk) -> None:
        result = make(desk, code=4, VOUCHMARK_PASSPHRASE="not that one")
        assert "not that one" not in result.output
        assert PASSPHRASE not in make(desk).output

    def test_a_picture_s_hint_is_in_it_unless_it_is_left_out(self, desk: Desk) -> None:
        harbour().save(desk.home / "harbour.jpg")
        make(desk, file="harbour.jpg")
        make(desk, "--no-pdq", "-o", desk.path("without.vouch"), file="harbour.jpg")
        make(desk, "-o", desk.path("text.vouch"), "--slot", "0", file="club/issuer.json", scope="public:other")
        pdq = read(desk, "harbour.jpg.vouch").presentation.pdq
        assert pdq is not None
        assert len(pdq) == 32
        assert read(desk, "without.vouch").presentation.pdq is None
        assert read(desk, "text.vouch").presentation.pdq is None

    def test_json_is_the_vouch_in_words_for_machines(self, desk: Desk) -> None:
        values = json.loads(make(desk, "--json").stdout)
        assert values["vouch"] == desk.path("plain.jpg.vouch")
        assert (values["scope"], values["slot"], values["issuer_name"]) == (CAFE, 0, NAME)

    def test_slots_are_explained_where_there_are_several(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.run(
            "issuer", "init", desk.path("club"), "--name", NAME, "--epoch", "month", "--at", NOVEMBER, "--slots", "3"
        )
        desk.enrol()
        command.write(tmp_path, "plain.jpg", "signed.jpg")
        done = make(desk)
        slot = read(desk).slot
        assert f"slot {slot} of 0 to 2; readers count slot 0 alone unless they say --slots 3" in done.stdout
        assert "3 slots" in done.stderr
        make(desk, "--slot", str((slot + 1) % 3), "-o", desk.path("b.vouch"), file="signed.jpg")
        assert read(desk, "b.vouch").slot == (slot + 1) % 3

    @pytest.mark.parametrize(("answer", "made_one"), [(b"n\n", False), (b"y\n", True)])
    def test_asks_on_a_terminal_before_it_proves(self, desk: Desk, answer: bytes, made_one: bool) -> None:
        ours, theirs = pty.openpty()
        words = ("vouch", "make", "plain.jpg", "--scope", CAFE, "--at", NOVEMBER)
        secret = {"VOUCHMARK_PASSPHRASE": PASSPHRASE}
        run = command.Command(folder=desk.home, home=desk.home / "data")
        process = run.start(*words, env=secret, stdin=theirs, stdout=-1, stderr=-1)
        os.close(theirs)
        os.write(ours, answer)
        _, errors = process.communicate(timeout=command.SECONDS)
        os.close(ours)
        assert b"Vouch for plain.jpg?" in errors
        assert (desk.home / "plain.jpg.vouch").exists() is made_one
        assert process.returncode == (0 if made_one else 2)
        assert (b"nothing was made" in errors) is not made_one

    def test_asks_before_a_files_first_vouch_alone(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("vouchmark.cli.vouch.command.somebody_types", lambda: True)
        question = "Vouch for"

        def asked(*words: str, file: str = "plain.jpg", scope: str = CAFE, stdin: str = "", code: int = 0) -> bool:
            out = desk.path(f"{len(list(desk.home.iterdir()))}.vouch")
            done = make(desk, "-o", out, *words, file=file, scope=scope, stdin=stdin, code=code)
            assert "You are about to vouch" in done.stderr  # that is told every time
            return question in done.stderr

        assert asked(stdin="n\n", code=2)
        assert asked(stdin="n\n", code=2)  # nothing was made, so this is the first still
        assert asked(stdin="y\n")
        assert not asked()  # the same again
        assert not asked(scope="public:other")
        assert not asked("--statement", "Cold.", scope="public:third")
        assert not asked("--per", "epoch", "--stance", "against")
        assert asked(file="signed.jpg", scope="public:fourth", stdin="n\n", code=2)
        assert not asked("-y", file="signed.jpg", scope="public:fourth")
        assert not asked(file="signed.jpg", scope="public:fifth")


class TestShow:
    def test_says_who_learns_what(self, desk: Desk) -> None:
        make(desk, "--statement", "Cold.", "--audience", "desk.example")
        text = desk.run("vouch", "show", desk.path("plain.jpg.vouch")).stdout
        assert "nothing of it was verified here" in text
        assert f"scope     {CAFE}, for ever, slot 0" in text
        assert "saying    “Cold.”" in text
        assert "for       “desk.example”" in text
        assert "how many they are is not known here: assume that it is one" in text
        assert "What they say, the file itself, and when and where it appears may tell more." in text
        assert "challenge" not in text
        assert NAME not in text

    def test_says_that_who_asked_may_know_who_answers(self, desk: Desk) -> None:
        make(desk, "--nonce", "00ff")
        text = desk.run("vouch", "show", desk.path("plain.jpg.vouch")).stdout
        assert "answering the challenge 00ff" in text
        assert "Whoever set the challenge may know to whom they gave it." in text

    def test_knows_the_issuer_by_its_file_or_from_the_trusted_ones(self, desk: Desk) -> None:
        make(desk)
        issuer = desk.path("club/issuer.json")
        assert "assume that it is one" in desk.run("vouch", "show", desk.path("plain.jpg.vouch")).stdout
        known = desk.run("vouch", "show", desk.path("plain.jpg.vouch"), "--issuer", issuer).stdout
        assert NAME in known
        assert "how many they are is not known here" in known
        desk.run("trust", "issuer", "add", issuer)
        assert NAME in desk.run("vouch", "show", desk.path("plain.jpg.vouch")).stdout
        values = desk.json("vouch", "show", desk.path("plain.jpg.vouch"))
        assert values["issuer_name"] == NAME
        assert values["binding"]["kind"] == "file"

    @pytest.mark.parametrize("octets", [b"", b"\xff", b"{}", b"\xa0", bytes(MAX_VOUCH_OCTETS + 1)])
    def test_refuses_what_is_no_vouch(self, desk: Desk, octets: bytes) -> None:
        (desk.home / "x.vouch").write_bytes(octets)
        refusal(desk.run("vouch", "show", desk.path("x.vouch"), code=2))

    def test_text_of_strangers_is_shown_as_text(self, desk: Desk) -> None:
        octets = people.vouch(made.picture(), statement="=1+1” and more", audience="“quoted”")
        (desk.home / "x.vouch").write_bytes(octets)
        text = desk.run("vouch", "show", desk.path("x.vouch")).stdout
        assert "saying    “'=1+1\" and more”" in text


def test_a_vouch_file_is_read_without_waiting_and_up_to_its_bound(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.vouch")
    (tmp_path / "most.vouch").write_bytes(bytes(MAX_VOUCH_OCTETS))
    (tmp_path / "more.vouch").write_bytes(bytes(MAX_VOUCH_OCTETS + 1))
    found = {name: read_vouch(tmp_path / f"{name}.vouch") for name in ("fifo", "most", "more", "missing")}
    assert {name: (one.trouble, len(one.octets)) for name, one in found.items()} == {
        "fifo": ("not-a-file", 0),
        "most": ("", MAX_VOUCH_OCTETS),
        "more": ("too-large", 0),
        "missing": ("not-found", 0),
    }
    assert isinstance(found["most"], VouchFile)


def test_a_vouch_lies_beside_its_file_by_default() -> None:
    assert vouches.vouch_path(Path("a/photo.jpg")) == Path("a/photo.jpg.vouch")
