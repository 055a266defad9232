"""Do `vouch ask`, `answer` and `verify` show what an answer shows, a relay first, and refuse by a code and a hint?"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from tests.vouchmark.persons_cli import DECEMBER, NAME, NOVEMBER, Desk, refusal
from vouchmark.vouching import calls
from vouchmark.wording.catalogue import say
from zk.call import refusals
from zk.call.messages import Challenge, answer_octets, challenge_octets

RELAY = say("call.relay")


class Clock:
    """The asker's monotonic clock."""

    now = 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(calls, "clock", lambda: made.now)
    return made


@pytest.fixture
def anna(tmp_path: Path, clock: Clock) -> Desk:
    """Who asks; she trusts the club, and has no wallet."""
    desk = Desk(tmp_path / "anna")
    desk.home.mkdir()
    desk.issuer()
    desk.run("trust", "issuer", "add", desk.path("club/issuer.json"), "--as", "club", "--at", NOVEMBER)
    return desk


def member(anna: Desk, name: str) -> Desk:
    """Somebody with a wallet of the same club."""
    desk = Desk(anna.home.parent / name)
    desk.home.mkdir()
    (desk.home / "club").symlink_to(anna.home / "club", target_is_directory=True)
    desk.enrol(name)
    return desk


@pytest.fixture
def ben(anna: Desk) -> Desk:
    return member(anna, "ben")


def ask(desk: Desk, *words: str, at: str = NOVEMBER, **keywords: Any) -> str:
    return str(desk.run("vouch", "ask", *words, "--at", at, **keywords).stdout.strip())


def answer(desk: Desk, challenge: str, at: str = NOVEMBER) -> str:
    return str(desk.run("vouch", "answer", challenge, "-y", "--at", at).stdout.strip())


def verify(desk: Desk, text: str, *words: str, at: str = NOVEMBER, code: int = 0) -> Any:
    return desk.run("vouch", "verify", text, *words, "--at", at, code=code)


def code_of(result: Any) -> str:
    error, hint = refusal(result)
    assert hint != "hint: "
    found = re.search(r"\((call\.[a-z.]+)\)$", error)
    assert found, error
    return found[1]


class TestAnHonestCall:
    def test_says_a_relay_first_and_what_is_not_shown_last(self, anna: Desk, ben: Desk, clock: Clock) -> None:
        challenge = ask(anna, "--who", "Ben")
        clock.now += 31
        lines = verify(anna, answer(ben, challenge)).stdout.splitlines()
        assert lines[0] == RELAY
        assert lines[1].startswith(f"Somebody enrolled by “{NAME}” (")
        assert lines[1].endswith("answered this question, 31 seconds after it was asked; epoch 2026-11, level 1.")
        assert lines[2] == "In this meeting this voice is heard for the first time, as “Ben”."
        assert lines[3] == say("call.crowd.unknown")
        assert lines[4].startswith("Read these four words aloud to each other: ")
        assert lines[5:] == [say("call.not_shown")]

    def test_the_answer_is_one_line_under_1_kb_and_nothing_else_is_on_stdout(self, anna: Desk, ben: Desk) -> None:
        done = ben.run("vouch", "answer", ask(anna), "-y", "--at", NOVEMBER)
        assert re.fullmatch(r"vmans1:[A-Za-z0-9_-]+\n", done.stdout)
        assert len(done.stdout) < 1000
        assert done.stderr.splitlines()[0] == RELAY
        assert "as somebody enrolled by" in done.stderr.splitlines()[1]

    def test_both_read_the_same_words_and_others_where_the_chat_was_changed(self, anna: Desk, ben: Desk) -> None:
        challenge = ask(anna)
        mine = ben.json("vouch", "answer", challenge, "-y", "--at", NOVEMBER)
        yours = anna.json("vouch", "verify", mine["answer"], "--at", NOVEMBER)
        assert mine["words"] == yours["words"]
        assert len(yours["words"]) == 4
        other = ben.json("vouch", "answer", ask(anna), "-y", "--at", NOVEMBER)
        assert other["words"] != mine["words"]

    def test_json_has_the_sentences_by_their_ids(self, anna: Desk, ben: Desk) -> None:
        told = anna.json("vouch", "verify", answer(ben, ask(anna, "--who", "Ben")), "--at", NOVEMBER)
        assert [each["id"] for each in told["messages"]] == [
            "call.relay", "call.shown", "call.first", "call.crowd.unknown", "call.words", "call.not_shown",
        ]  # fmt: skip
        assert (told["mode"], told["who"], told["level"], told["again"]) == ("unbound", "Ben", 1, False)

    def test_again_in_the_same_meeting_and_from_standard_input(self, anna: Desk, ben: Desk) -> None:
        challenge = ask(anna)
        verify(anna, answer(ben, challenge))
        call = Challenge.decode(challenge_octets(challenge)).meeting.call_id
        again = ask(anna, "--call", call)
        text = ben.run("vouch", "answer", "-", "-y", "--at", NOVEMBER, stdin=again).stdout
        done = anna.run("vouch", "verify", "-", "--at", NOVEMBER, stdin=text)
        assert "It is the same voice that answered as “the other person” before" in done.stdout

    def test_ben_asks_back_in_the_same_meeting(self, anna: Desk, ben: Desk) -> None:
        carl = member(anna, "carl")
        challenge = ask(anna)
        verify(anna, answer(ben, challenge))
        back = ask(ben, "--call", challenge, "--issuer", ben.path("club/issuer.json"))
        verify(ben, answer(carl, back))
        assert Challenge.decode(challenge_octets(back)).meeting == Challenge.decode(challenge_octets(challenge)).meeting

    def test_a_qr_code_of_the_challenge(self, anna: Desk) -> None:
        done = anna.run("vouch", "ask", "--qr", "--at", NOVEMBER)
        assert sum(set(line) <= set(" ▀▄█") and len(line) > 40 for line in done.stderr.splitlines()) > 20
        assert challenge_octets(done.stdout)

    def test_what_is_kept_is_for_the_owner_alone(self, anna: Desk) -> None:
        ask(anna)
        folder = anna.home / "data" / "state" / "calls"
        assert folder.stat().st_mode & 0o777 == 0o700
        (kept,) = folder.glob("*.json")
        assert kept.stat().st_mode & 0o777 == 0o600


class TestRefusals:
    def test_twice_late_and_never_asked(self, anna: Desk, ben: Desk, clock: Clock) -> None:
        text = answer(ben, ask(anna))
        verify(anna, text)
        assert code_of(verify(anna, text, code=2)) == "call.replay"
        text = answer(ben, ask(anna))
        clock.now += 121
        assert code_of(verify(anna, text, code=2)) == "call.stale"
        assert code_of(verify(ben, text, code=2)) == "call.unasked"

    def test_a_question_from_before_the_machine_was_started_is_stale(
        self, anna: Desk, ben: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = answer(ben, ask(anna))
        monkeypatch.setattr(calls, "boot", lambda: "another start")
        assert code_of(verify(anna, text, code=2)) == "call.stale"

    def test_somebody_takes_over_and_one_person_is_there_twice(self, anna: Desk, ben: Desk) -> None:
        challenge = ask(anna, "--who", "Ben")
        call = Challenge.decode(challenge_octets(challenge)).meeting.call_id
        verify(anna, answer(ben, challenge))
        stranger = member(anna, "stranger")
        again = ask(anna, "--call", call, "--who", "Ben")
        assert code_of(verify(anna, answer(stranger, again), code=2)) == "call.takeover"
        dora = ask(anna, "--call", call, "--who", "Dora")
        assert code_of(verify(anna, answer(ben, dora), code=2)) == "call.twice"

    def test_ones_own_question_comes_back(self, anna: Desk, ben: Desk) -> None:
        mine = ask(ben, "--issuer", ben.path("club/issuer.json"))
        assert code_of(ben.run("vouch", "answer", mine, "-y", "--at", NOVEMBER, code=2)) == "call.reflection"

    def test_without_a_yes_nothing_is_proved(self, anna: Desk, ben: Desk) -> None:
        done = ben.run("vouch", "answer", ask(anna), "--at", NOVEMBER, code=2)
        assert done.stdout == ""
        assert "(call.declined)" in done.stderr

    def test_the_epoch_is_over(self, anna: Desk, ben: Desk) -> None:
        text = answer(ben, ask(anna))
        assert code_of(verify(anna, text, at=DECEMBER, code=2)) == "call.epoch.over"

    def test_what_was_cut_off_or_changed(self, anna: Desk, ben: Desk) -> None:
        challenge = ask(anna)
        assert code_of(ben.run("vouch", "answer", challenge[:-9], "-y", "--at", NOVEMBER, code=2)) == "call.malformed"
        text = answer(ben, challenge)
        assert code_of(verify(anna, text[:-2], code=2)) == "call.malformed"
        octets = bytearray(answer_octets(text))
        octets[-100] ^= 1
        changed = "vmans1:" + base64.urlsafe_b64encode(bytes(octets)).decode().rstrip("=")
        assert code_of(verify(anna, changed, code=2)) == "call.proof"
        verify(anna, text)

    def test_an_issuer_that_one_does_not_trust_and_a_call_that_there_is_not(self, anna: Desk, ben: Desk) -> None:
        error, hint = refusal(ben.run("vouch", "ask", code=2))
        assert "0 of the issuers that you trust are meant" in error
        assert "trust issuer add" in hint
        for call in ("a" * 52, "../etc", "x"):
            refusal(anna.run("vouch", "ask", "--call", call, code=2))
        refusal(anna.run("vouch", "ask", "--who", "a\nb", code=2))

    def test_a_wallet_of_nobody(self, anna: Desk, ben: Desk) -> None:
        ben.run("wallet", "forget", "--issuer", "club", "-y", code=2)  # 'club' is no petname of his
        (ben.home / "data" / "wallet.vault").unlink()
        ben.run("wallet", "init")
        done = ben.run("vouch", "answer", ask(anna), "-y", "--at", NOVEMBER, code=2)
        assert code_of(done) == "call.issuer"

    @pytest.mark.parametrize(
        "content", ["", "[]", "{}", '{"issuer": 1, "boot": "", "opened": [1], "voices": 1, "own": 1}']
    )
    def test_what_is_kept_was_damaged(self, anna: Desk, ben: Desk, content: str) -> None:
        text = answer(ben, ask(anna))
        (kept,) = (anna.home / "data" / "state" / "calls").glob("*.json")
        kept.write_text(content)
        error, hint = refusal(verify(anna, text, code=2))
        assert "is not what was written there" in error
        assert hint == "hint: remove it, and ask anew"

    def test_every_refusal_has_its_sentence(self) -> None:
        for one in vars(refusals).values():
            if getattr(one, "__module__", "") == refusals.__name__:
                assert calls.refusal(one("x")) == say(one.code)
