"""Is each message read in one form only, and does each of its parts bind?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.people.meeting import CALLEE, CALLER, certificate, wire
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.call.messages import (
    Answer,
    Challenge,
    Link,
    Meeting,
    Mode,
    answer_octets,
    call_words,
    challenge_octets,
)
from zk.call.refusals import MalformedCallError, OtherMeetingError, UnsupportedCallError
from zk.errors import EncodingError
from zk.profile.personhood import Binding, BindingKind, Level, PresentationHeader, proof_octets

MEETING = Meeting(host_nonce=bytes(range(32)), issuer=bytes(32), epoch="2026-11", least_level=Level.ONE)
CHALLENGE = Challenge(mode=Mode.CHANNEL, meeting=MEETING, nonce=bytes(16), prover=CALLEE, channel=bytes(32))
ANSWER = Answer(
    mode=Mode.UNBOUND,
    meeting=MEETING.digest,
    nonce=bytes(16),
    prover=CALLEE,
    issuer=bytes(32),
    epoch="2026-11",
    level=Level.TWO,
    proof=bytes(proof_octets(4)),
    pseudonym=bytes(48),
)


def changed(octets: bytes, place: int, value: Any) -> bytes:
    """The same list with another element."""
    row = list(dcbor_decode(octets, max_size=4000))  # type: ignore[call-overload]
    row[place] = value
    return dcbor_encode(row)


def test_every_part_of_a_meeting_is_in_its_call_id() -> None:
    others = [
        MEETING,
        replace(MEETING, host_nonce=bytes(32)),
        replace(MEETING, issuer=bytes(31) + b"\1"),
        replace(MEETING, epoch="2026-12"),
        replace(MEETING, least_level=Level.TWO),
    ]
    assert len({each.call_id for each in others}) == len(others)
    assert all(re.fullmatch("[a-z2-7]{52}", each.call_id) for each in others)
    assert str(MEETING.scope) == f"public:call/{MEETING.call_id}"


def test_a_channel_is_one_for_both_ends_and_another_for_any_change() -> None:
    caller, callee = wire()
    assert caller.asking(MEETING) == callee.answering(MEETING)
    assert callee.asking(MEETING) == caller.answering(MEETING)
    assert caller.asking(MEETING) != caller.answering(MEETING)
    swapped = Link(role=CALLER, own=caller.peer, peer=caller.own)
    middle = Link(role=CALLER, own=caller.own, peer=certificate("mallory"))
    other = replace(MEETING, host_nonce=bytes(32))
    seen = {link.asking(MEETING) for link in (caller, callee, swapped, middle)} | {caller.asking(other)}
    assert len(seen) == 5
    assert Link(role=CALLER).asking(MEETING) is None


def test_half_a_channel_is_none() -> None:
    for wrong in ({"own": bytes(32)}, {"peer": bytes(32)}, {"own": bytes(31), "peer": bytes(32)}):
        with pytest.raises(EncodingError):
            Link(role=CALLER, **wrong)


@given(
    nonce=st.binary(min_size=16, max_size=16),
    prover=st.sampled_from([CALLER, CALLEE]),
    channel=st.none() | st.binary(min_size=32, max_size=32),
)
def test_a_challenge_comes_back_as_it_was(nonce: bytes, prover: Any, channel: bytes | None) -> None:
    mode = Mode.UNBOUND if channel is None else Mode.CHANNEL
    made = Challenge(mode=mode, meeting=MEETING, nonce=nonce, prover=prover, channel=channel)
    assert Challenge.decode(made.encode()) == made
    assert challenge_octets(made.text) == made.encode()
    assert challenge_octets(re.sub("(.{60})", "\\1\r\n ", made.text)) == made.encode()


def test_an_answer_comes_back_as_it_was_and_its_text_is_under_1_kb() -> None:
    assert Answer.decode(ANSWER.encode()) == ANSWER
    assert answer_octets(ANSWER.text) == ANSWER.encode()
    assert len(ANSWER.text) < 1000


@given(st.binary(max_size=600))
def test_whatever_is_no_message_is_refused_as_that(octets: bytes) -> None:
    for read in (Challenge.decode, Answer.decode):
        with pytest.raises((MalformedCallError, UnsupportedCallError, OtherMeetingError)):
            read(octets)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "vouchmark-answer/1"),
        (0, 1),
        (1, "both"),
        (1, "unbound"),
        (3, []),
        (3, ["vouchmark-meeting/1", bytes(32), bytes(32), "lasting", "2026-11", 0, 1]),
        (3, ["vouchmark-meeting/1", bytes(32), bytes(32), "epoch", "2026-11", 1, 1]),
        (3, ["vouchmark-meeting/1", bytes(32), bytes(32), "epoch", "2026-11", False, 1]),
        (3, ["vouchmark-meeting/1", bytes(32), bytes(32), "epoch", "2026-13", 0, 1]),
        (3, ["vouchmark-meeting/1", bytes(31), bytes(32), "epoch", "2026-11", 0, 1]),
        (4, bytes(15)),
        (5, "caller"),
        (6, "callee"),
        (7, None),
        (7, bytes(31)),
    ],
)
def test_a_challenge_that_no_asker_makes_is_malformed(place: int, value: Any) -> None:
    with pytest.raises(MalformedCallError):
        Challenge.decode(changed(CHALLENGE.encode(), place, value))


@pytest.mark.parametrize(
    ("place", "value"),
    [(1, "both"), (2, bytes(31)), (3, b""), (4, "host"), (5, "x"), (6, 1), (7, 4), (8, bytes(1000)), (9, bytes(47))],
)
def test_an_answer_that_no_wallet_makes_is_malformed(place: int, value: Any) -> None:
    with pytest.raises(MalformedCallError):
        Answer.decode(changed(ANSWER.encode(), place, value))


def test_another_version_is_told_as_that_and_more_elements_are_none() -> None:
    with pytest.raises(UnsupportedCallError):
        Challenge.decode(changed(CHALLENGE.encode(), 0, "vouchmark-challenge/2"))
    with pytest.raises(UnsupportedCallError):
        Answer.decode(changed(ANSWER.encode(), 0, "vouchmark-answer/2"))
    longer = dcbor_encode([*dcbor_decode(ANSWER.encode(), max_size=4000), 0])  # type: ignore[misc]
    with pytest.raises(MalformedCallError):
        Answer.decode(longer)


@pytest.mark.parametrize("text", ["", "vmask1:", "vmask1:A", "vmask1:=", "vmans1:AAAA", "vmask1:AA+/", "x" * 5000])
def test_a_text_that_was_not_copied_whole_is_malformed(text: str) -> None:
    with pytest.raises(MalformedCallError):
        challenge_octets(text)


def test_four_words_are_of_both_challenge_and_answer() -> None:
    seen = {call_words(b"a", b"b"), call_words(b"ab", b""), call_words(b"b", b"a"), call_words(b"a", b"c")}
    assert len(seen) == 4
    assert all(len(each) == 4 for each in seen)


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement": "it is me"},
        {"pdq": bytes(32)},
        {"stance": "for"},
        {"audience": None},
        {"audience": "desk.example"},
        {"nonce": None},
        {"nonce": bytes(31)},
    ],
    ids=str,
)
def test_a_proof_for_a_meeting_says_nothing_else(wrong: dict[str, Any]) -> None:
    right = {"binding": MEETING.binding(Mode.CHANNEL), "audience": MEETING.call_id, "nonce": bytes(32)}
    assert PresentationHeader.decode(PresentationHeader(**right).encode()).binding.kind is BindingKind.SESSION
    with pytest.raises(EncodingError):
        PresentationHeader(**{**right, **wrong})


def test_the_two_kinds_of_session_are_never_equal_content() -> None:
    one, two = (MEETING.binding(mode) for mode in Mode)
    assert {one.kind, two.kind} == {BindingKind.SESSION, BindingKind.SESSION_UNBOUND}
    made = [PresentationHeader(binding=each, audience=MEETING.call_id, nonce=bytes(32)) for each in (one, two)]
    assert made[0].content_digest != made[1].content_digest
    assert Binding(kind=BindingKind.FILE, digest=MEETING.digest) not in (one, two)
