"""Whatever a network does with the messages of a meeting, is what is heard always what was asked and answered?

Messages are reordered, dropped, doubled, delayed, forged, and carried to others than they are for. Whatever is then
heard as a person was answered by that very peer's wallet, to the newest question that it was asked, once and in time.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.club import NOVEMBER, Club, club
from tests.support.people.meeting import Host
from zk.call.asking import BOUND_SECONDS
from zk.call.messages import Answer, Challenge
from zk.call.refusals import SamePersonError, TakenOverError
from zk.errors import ZkError
from zk.wallet.wallet import Wallet

PEERS = ("anna", "ben", "carl")
Step = tuple[str, int, int, int]


@cache
def _people() -> tuple[Club, dict[str, Wallet]]:
    made = club(Path(tempfile.mkdtemp(prefix="call-")))
    return made, {name: made.member(name) for name in (*PEERS, "stranger")}


@dataclass
class Network:
    """A meeting whose every message an attacker holds, and delivers as they like."""

    host: Host
    wallets: dict[str, Wallet]
    seats: dict[str, str] = field(default_factory=lambda: {peer: peer for peer in PEERS})
    """Whose wallet sits where a peer does."""
    challenges: list[tuple[str, float, bytes]] = field(default_factory=list)
    """(peer, when, octets) of each question that was asked, in order."""
    answers: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """(wallet, challenge, octets) of each answer that a wallet made."""
    voices: dict[str, str] = field(default_factory=dict)
    """Whose voice was heard as a peer's first."""
    heard: set[bytes] = field(default_factory=set)
    """Nonces of answered challenges."""

    def take(self, step: Step) -> None:
        """Do one thing; a refusal is no failure, but what is accepted is held against all that was done."""
        what, first, second, third = step
        peer = PEERS[first % 3]
        if what == "ask":
            self.challenges.append((peer, self.host.now, self.host.ask(peer)))
        elif what == "wait":
            self.host.now += first / 2
        elif what == "sit":
            self.seats[peer] = (*PEERS, "stranger")[second % 4]
            self.host.seat(peer, self.wallets[self.seats[peer]])
        elif what == "answer" and self.challenges:
            self._answer(peer, self._bent(self.challenges[second % len(self.challenges)][2], third))
        elif what == "hear" and self.answers:
            self._hear(peer, *self.answers[second % len(self.answers)], third)

    def _bent(self, octets: bytes, bit: int) -> bytes:
        """The same, or with a bit turned."""
        if bit % 3:
            return octets
        place = bit % (8 * len(octets))
        return octets[: place // 8] + bytes([octets[place // 8] ^ 1 << place % 8]) + octets[place // 8 + 1 :]

    def _answer(self, peer: str, challenge: bytes) -> None:
        try:
            answer = self.host.answerers[peer].answer(challenge, at=NOVEMBER)
        except ZkError:
            return
        self.answers.append((self.seats[peer], challenge, answer))

    def _hear(self, peer: str, wallet: str, challenge: bytes, answer: bytes, bit: int) -> None:
        given_answer = self._bent(answer, bit)
        try:
            heard = self.host.hear(peer, given_answer)
        except (TakenOverError, SamePersonError):
            self._is_somebody_else(peer, wallet)
            self.heard.add(Challenge.decode(challenge).nonce)
            return
        except ZkError:
            return
        assert given_answer == answer
        nonce = Answer.decode(answer).nonce
        asked = [(when, octets) for to, when, octets in self.challenges if to == peer]
        when, newest = asked[-1]
        assert challenge == newest
        assert nonce not in self.heard
        assert 0 <= self.host.now - when <= BOUND_SECONDS
        assert heard.age == self.host.now - when
        assert self.voices.setdefault(peer, wallet) == wallet
        assert list(self.voices.values()).count(wallet) == 1
        self.heard.add(nonce)

    def _is_somebody_else(self, peer: str, wallet: str) -> None:
        others = {voice for other, voice in self.voices.items() if other != peer}
        assert self.voices.get(peer, wallet) != wallet or wallet in others


STEPS = st.tuples(
    st.sampled_from(["ask", "ask", "answer", "answer", "answer", "hear", "hear", "hear", "wait", "sit"]),
    st.integers(0, 29),
    st.integers(0, 1000),
    st.integers(0, 12_000),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=6, max_size=30))
def test_what_is_heard_was_asked_and_answered(steps: list[Step]) -> None:
    made, wallets = _people()
    network = Network(Host.of(made), wallets)
    for peer in PEERS:
        network.host.seat(peer, wallets[peer])
    for step in steps:
        network.take(step)


@settings(max_examples=20, deadline=None)
@given(
    st.permutations(PEERS), st.permutations(PEERS), st.lists(STEPS.filter(lambda step: step[0] == "hear"), max_size=6)
)
def test_an_honest_answer_is_heard_in_whatever_order_and_noise(
    asked: list[str], answered: list[str], noise: list[Step]
) -> None:
    made, wallets = _people()
    network = Network(Host.of(made), wallets)
    for peer in PEERS:
        network.host.seat(peer, wallets[peer])
    challenges = {peer: network.host.ask(peer) for peer in asked}
    network.challenges = [(peer, network.host.now, octets) for peer, octets in challenges.items()]
    answers = {peer: network.host.answerers[peer].answer(challenges[peer], at=NOVEMBER) for peer in answered}
    forged = [(peer, challenges[peer], answers[peer]) for peer in PEERS]
    for _, first, second, third in noise:
        peer, whose = PEERS[first % 3], second % 3
        if PEERS[whose] != peer:  # what is for somebody else
            network._hear(peer, *forged[whose], third)
    for peer in answered:
        assert network.host.hear(peer, answers[peer]).peer == peer
