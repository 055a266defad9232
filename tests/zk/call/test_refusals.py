"""Is each attack on a call refused, each by a code of its own, and what is honest not?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.people.club import DECEMBER, NOVEMBER, Club, club
from tests.support.people.meeting import CALLEE, CALLER, UNBOUND, Host, certificate, meeting_of, wire
from zk.call import refusals
from zk.call.answering import Answerer, Asked
from zk.call.asking import BOUND_SECONDS, UNBOUND_SECONDS, Asker
from zk.call.messages import Answer, Challenge, Link, Mode
from zk.errors import EncodingError, ZkError
from zk.profile.personhood import Binding, BindingKind, CredentialClass, Level, Scope
from zk.verifier.verifier import verify
from zk.verifier.voices import BindingMismatchError
from zk.wallet.wallet import Wallet


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ZkError) as caught:
        yield
    assert caught.value.code == code, repr(caught.value)
    assert caught.value.hint


@pytest.fixture
def clubhouse(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture
def host(clubhouse: Club) -> Host:
    made = Host.of(clubhouse)
    made.seat("ben", clubhouse.member("ben"))
    return made


def yes(_: Asked) -> bool:
    return True


class TestAsking:
    def test_an_honest_answer_shows_issuer_level_and_age(self, host: Host) -> None:
        challenge = host.ask("ben")
        host.now += 3
        heard = host.hear("ben", host.answerers["ben"].answer(challenge, at=NOVEMBER))
        assert (heard.issuer, heard.level, heard.age, heard.again) == (host.club.info, Level.ONE, 3.0, False)
        assert heard.mode is Mode.CHANNEL
        assert host.round("ben").again

    def test_one_challenge_one_answer(self, host: Host) -> None:
        challenge = host.ask("ben")
        answer = host.answerers["ben"].answer(challenge, at=NOVEMBER)
        host.hear("ben", answer)
        with refused("call.replay"):
            host.hear("ben", answer)

    def test_an_answer_to_nothing_or_asked_of_somebody_else(self, host: Host) -> None:
        answer = host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER)
        with refused("call.unasked"):
            host.hear("carl", answer)
        with refused("call.unasked"):
            host.hear("ben", replace(Answer.decode(answer), nonce=bytes(16)).encode())

    @pytest.mark.parametrize("late", [BOUND_SECONDS + 0.001, -0.001, 1e9])
    def test_stale_by_the_monotonic_clock_alone(self, host: Host, late: float) -> None:
        answer = host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER)
        host.now += late
        with refused("call.stale"):
            host.hear("ben", answer)
        host.now -= late - BOUND_SECONDS
        host.at -= timedelta(hours=5)  # the time of day may be set back; it makes nothing young or old
        assert host.hear("ben", answer).age == pytest.approx(BOUND_SECONDS)

    def test_an_older_question_cannot_be_answered_once_a_newer_one_stands(self, host: Host) -> None:
        older, newer = host.ask("ben"), host.ask("ben")
        with refused("call.stale"):
            host.hear("ben", host.answerers["ben"].answer(older, at=NOVEMBER))
        host.hear("ben", host.answerers["ben"].answer(newer, at=NOVEMBER))

    @pytest.mark.parametrize(
        ("claims", "code"),
        [
            ({"mode": Mode.UNBOUND}, "call.mode"),
            ({"meeting": bytes(32)}, "call.meeting"),
            ({"prover": CALLER}, "call.role"),
            ({"issuer": bytes(32)}, "call.issuer"),
            ({"epoch": "2026-12"}, "call.epoch"),
            ({"level": Level.TWO}, "call.proof"),
            ({"pseudonym": bytes(48)}, "call.proof"),
            ({"proof": bytes(544)}, "call.proof"),
            ({"proof": bytes(3)}, "call.proof"),
        ],
    )
    def test_what_an_answer_claims_is_believed_in_nothing(self, host: Host, claims: dict, code: str) -> None:
        answer = host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER)
        with refused(code):
            host.hear("ben", replace(Answer.decode(answer), **claims).encode())
        host.hear("ben", answer)  # a forgery uses nothing up

    def test_the_proof_is_for_this_very_challenge(self, host: Host) -> None:
        first = Answer.decode(host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER))
        second = Answer.decode(host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER))
        with refused("call.proof"):
            host.hear("ben", replace(first, nonce=second.nonce).encode())

    def test_less_than_the_level_that_is_asked_for(self, clubhouse: Club) -> None:
        host, ben = Host.of(clubhouse, level=2), clubhouse.member("ben")
        host.seat("ben", ben)
        challenge = host.ask("ben")
        with refused("call.level"):
            host.answerers["ben"].answer(challenge, at=NOVEMBER)
        low = Answer(
            mode=Mode.CHANNEL, meeting=host.meeting.digest, nonce=Challenge.decode(challenge).nonce, prover=CALLEE,
            issuer=host.meeting.issuer, epoch="2026-11", level=Level.ONE, proof=bytes(544), pseudonym=bytes(48),
        )  # fmt: skip
        with refused("call.level"):
            host.hear("ben", low.encode())

    def test_another_issuer_or_epoch_than_the_meetings(self, clubhouse: Club) -> None:
        with refused("call.issuer"):
            Asker(replace(meeting_of(clubhouse.info), issuer=bytes(32)), clubhouse.info)
        with refused("call.epoch"):
            Asker(replace(meeting_of(clubhouse.info), epoch="2026-Q4"), clubhouse.info)

    def test_the_epoch_is_over_or_has_not_begun(self, host: Host) -> None:
        answer = host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER)
        host.at = DECEMBER
        with refused("call.epoch.over"):
            host.ask("ben")
        with refused("call.epoch.over"):
            host.hear("ben", answer)
        host.at = NOVEMBER - timedelta(days=20)
        with refused("call.epoch"):
            host.ask("ben")

    def test_somebody_takes_over_and_one_person_is_there_twice(self, host: Host) -> None:
        host.round("ben")
        host.seat("ben", host.club.member("stranger"))
        with refused("call.takeover"):
            host.round("ben")
        with refused("call.takeover"):  # the peer stays who they were
            host.round("ben")

    def test_one_person_twice(self, host: Host) -> None:
        host.round("ben")
        host.answerers["carl"] = Answerer(host.answerers["ben"]._wallet, wire("host", "carl")[1], yes)
        with refused("call.twice"):
            host.round("carl")

    @pytest.mark.parametrize("octets", [b"", b"\x80", b"\xff" * 700, bytes(5000)])
    def test_what_is_no_answer(self, host: Host, octets: bytes) -> None:
        with refused("call.malformed"):
            host.hear("ben", octets)

    def test_another_version(self, host: Host) -> None:
        answer = host.answerers["ben"].answer(host.ask("ben"), at=NOVEMBER)
        with refused("call.unsupported"):
            host.hear("ben", answer.replace(b"vouchmark-answer/1", b"vouchmark-answer/2"))


class TestAnswering:
    def both_ways(self, clubhouse: Club) -> tuple[Asker, Answerer, Link]:
        """Anna's two halves: what she asks, and her wallet."""
        meeting = meeting_of(clubhouse.info)
        asker = Asker(meeting, clubhouse.info)
        link = wire("anna", "ben")[0]
        return asker, Answerer(clubhouse.member("anna"), link, yes, asker=asker), link

    def test_ones_own_question_comes_back(self, clubhouse: Club) -> None:
        asker, answerer, link = self.both_ways(clubhouse)
        with refused("call.reflection"):
            answerer.answer(asker.ask("ben", link, now=0, at=NOVEMBER), at=NOVEMBER)

    def test_ones_own_voice_comes_back(self, clubhouse: Club) -> None:
        """Anna's wallet runs on two machines of hers: that is nobody else."""
        asker, answerer, link = self.both_ways(clubhouse)
        back = wire("anna", "ben")[1]
        theirs = Asker(asker.meeting, clubhouse.info)
        answerer.answer(theirs.ask("anna", back, now=0, at=NOVEMBER), at=NOVEMBER)
        second = Answerer(answerer._wallet, back, yes)
        answer = second.answer(asker.ask("ben", link, now=0, at=NOVEMBER), at=NOVEMBER)
        with refused("call.reflection"):
            asker.hear("ben", answer, now=1, at=NOVEMBER)

    def test_the_roles_are_the_wrong_way_round(self, host: Host) -> None:
        caller = Answerer(host.answerers["ben"]._wallet, wire("host", "ben")[0], yes)
        with refused("call.role"):
            caller.answer(host.ask("ben"), at=NOVEMBER)

    def test_unbound_is_not_answered_where_the_channel_is_known_and_the_other_way_round(self, host: Host) -> None:
        unbound = host.asker.ask("ben", UNBOUND[0], now=host.now, at=NOVEMBER)
        with refused("call.mode"):
            host.answerers["ben"].answer(unbound, at=NOVEMBER)
        plain = Answerer(host.answerers["ben"]._wallet, UNBOUND[1], yes)
        with refused("call.mode"):
            plain.answer(host.ask("ben"), at=NOVEMBER)

    def test_an_unbound_proof_is_none_for_a_channel_whatever_it_claims(self, host: Host) -> None:
        bound = Challenge.decode(host.ask("ben"))
        unbound = replace(bound, mode=Mode.UNBOUND, channel=None)
        made = Answerer(host.club.member("eve"), UNBOUND[1], yes).answer(unbound.encode(), at=NOVEMBER)
        with refused("call.proof"):
            host.hear("ben", replace(Answer.decode(made), mode=Mode.CHANNEL).encode())

    def test_a_connection_with_somebody_in_the_middle(self, host: Host) -> None:
        challenge = host.ask("ben")
        middle = Link(role=CALLEE, own=certificate("ben"), peer=certificate("mallory"))
        with refused("call.channel"):
            Answerer(host.answerers["ben"]._wallet, middle, yes).answer(challenge, at=NOVEMBER)
        # Mallory writes a challenge that fits the connection to Ben: then it is not the one that was asked.
        fitting = replace(Challenge.decode(challenge), channel=middle.answering(host.meeting)).encode()
        answer = Answerer(host.answerers["ben"]._wallet, middle, yes).answer(fitting, at=NOVEMBER)
        with refused("call.proof"):
            host.hear("ben", answer)

    def test_a_challenge_is_answered_once(self, host: Host) -> None:
        challenge = host.ask("ben")
        host.answerers["ben"].answer(challenge, at=NOVEMBER)
        with refused("call.replay"):
            host.answerers["ben"].answer(challenge, at=NOVEMBER)

    def test_the_owner_is_asked_once_a_call_and_a_no_proves_nothing(self, host: Host) -> None:
        told: list[Asked] = []
        says = [False, True]

        def confirm(asked: Asked) -> bool:
            told.append(asked)
            return says[len(told) - 1]

        host.seat("ben", host.answerers["ben"]._wallet, confirm)
        before = host.answerers["ben"]._wallet.held(at=NOVEMBER)[0].used_slots
        with refused("call.declined"):
            host.round("ben")
        assert host.answerers["ben"]._wallet.held(at=NOVEMBER)[0].used_slots == before
        host.round("ben")
        host.round("ben")
        assert len(told) == 2
        assert (told[0].issuer, told[0].level, told[0].challenge.meeting) == (host.club.info, 1, host.meeting)

    @pytest.mark.parametrize("said", [1, "yes", None, object()])
    def test_only_true_is_a_yes(self, host: Host, said: object) -> None:
        host.seat("ben", host.answerers["ben"]._wallet, lambda _: said)  # type: ignore[arg-type,return-value]
        with refused("call.declined"):
            host.round("ben")

    def test_another_meeting_in_the_same_connection(self, host: Host) -> None:
        host.round("ben")
        other = meeting_of(host.club.info)
        asked = Asker(other, host.club.info).ask("ben", wire("host", "ben")[0], now=0, at=NOVEMBER)
        with refused("call.meeting"):
            host.answerers["ben"].answer(asked, at=NOVEMBER)

    def test_two_meetings_with_one_call_id(self, host: Host) -> None:
        other = meeting_of(host.club.info)
        asked = host.ask("ben").replace(host.meeting.host_nonce, other.host_nonce)
        with refused("call.meeting"):
            host.answerers["ben"].answer(asked, at=NOVEMBER)

    def test_the_vault_remembers_for_what_a_call_id_was_answered(
        self, host: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Were two meetings of one call id ever found, a wallet opened anew would still refuse the second."""
        host.round("ben")
        vault = host.answerers["ben"]._wallet._vault
        name, other = host.meeting.call_id, meeting_of(host.club.info)
        monkeypatch.setattr("zk.profile.personhood.call_id", lambda _: name)
        monkeypatch.setattr("zk.profile.presentation.call_id", lambda _: name)
        monkeypatch.setattr("zk.call.messages.call_id", lambda _: name)
        again = Answerer(Wallet(vault), wire("host", "ben")[1], yes)
        asked = Asker(other, host.club.info).ask("ben", wire("host", "ben")[0], now=0, at=NOVEMBER)
        with refused("call.meeting"):
            again.answer(asked, at=NOVEMBER)

    def test_a_call_is_answered_in_one_mode(self, host: Host) -> None:
        host.round("ben")
        plain = Answerer(host.answerers["ben"]._wallet, UNBOUND[1], yes)
        with refused("call.meeting"):
            plain.answer(host.asker.ask("ben", UNBOUND[0], now=host.now, at=NOVEMBER), at=NOVEMBER)

    def test_another_issuer_and_another_epoch(self, host: Host) -> None:
        asked = Challenge.decode(host.ask("ben"))
        link = wire("host", "ben")
        for meeting, code, at in (
            (replace(host.meeting, issuer=bytes(32)), "call.issuer", NOVEMBER),
            (replace(host.meeting, epoch="2026-12"), "call.epoch", NOVEMBER),
            (replace(host.meeting, epoch="2026-Q4"), "call.epoch", NOVEMBER),
            (replace(host.meeting, epoch="2026-12"), "call.epoch", DECEMBER),  # not renewed
            (host.meeting, "call.epoch.over", DECEMBER),
        ):
            challenge = replace(asked, meeting=meeting, channel=link[0].asking(meeting)).encode()
            with refused(code):
                host.answerers["ben"].answer(challenge, at=at)


class TestUnbound:
    def test_two_minutes_through_peoples_hands(self, host: Host) -> None:
        plain = Answerer(host.club.member("carl"), UNBOUND[1], yes)
        asked = host.asker.ask("carl", UNBOUND[0], now=0, at=NOVEMBER)
        answer = plain.answer(asked, at=NOVEMBER)
        with refused("call.stale"):
            host.asker.hear("carl", answer, now=UNBOUND_SECONDS + 0.001, at=NOVEMBER)
        heard = host.asker.hear("carl", answer, now=UNBOUND_SECONDS, at=NOVEMBER)
        assert heard.mode is Mode.UNBOUND


class TestTheVouchItself:
    def session(self, host: Host, **more: object) -> dict:
        right = {
            "scope": host.meeting.scope,
            "binding": host.meeting.binding(Mode.CHANNEL),
            "at": NOVEMBER,
            "credential_class": CredentialClass.EPOCH,
            "audience": host.meeting.call_id,
            "nonce": bytes(32),
        }
        return {**right, **more}

    def test_only_class_epoch_slot_0_and_the_calls_own_scope(self, host: Host) -> None:
        wallet = host.answerers["ben"]._wallet
        for wrong in (
            {"credential_class": CredentialClass.LASTING},
            {"scope": Scope.parse("public:call/other")},
            {"slot": 1},
            {"statement": "it is me"},
            {"nonce": None},
        ):
            with pytest.raises(EncodingError):
                wallet.present(**self.session(host, **wrong))
        assert wallet.held(at=NOVEMBER)[0].used_slots == 0

    def test_it_is_no_vouch_for_a_file(self, host: Host) -> None:
        made = host.answerers["ben"]._wallet.present(**self.session(host))
        for kind in (BindingKind.FILE, BindingKind.MANIFEST, BindingKind.SESSION_UNBOUND):
            with pytest.raises(BindingMismatchError):
                verify(
                    made.encode(),
                    bindings=[Binding(kind=kind, digest=host.meeting.digest)],
                    issuers=[host.club.info],
                    scopes=[host.meeting.scope],
                    at=NOVEMBER,
                )

    def test_a_file_vouched_for_in_a_calls_scope_is_no_answer_in_it(self, host: Host) -> None:
        wallet = host.answerers["ben"]._wallet
        photo = Binding(kind=BindingKind.FILE, digest=bytes(32))
        wallet.present(scope=host.meeting.scope, binding=photo, at=NOVEMBER, credential_class=CredentialClass.EPOCH)
        with refused("call.meeting"):
            host.round("ben")


def test_every_refusal_has_a_test_above() -> None:
    codes = {
        one.code for _, one in inspect.getmembers(refusals, inspect.isclass) if one.__module__ == refusals.__name__
    }
    assert set(re.findall(r'"(call\.[a-z.]+)"', Path(__file__).read_text("utf-8"))) == codes
