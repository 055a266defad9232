"""A meeting of people with wallets, for the tests of calls: who asks, who answers, and over which connection."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.people.club import NOVEMBER, Club
from zk.call.answering import Answerer, Confirm
from zk.call.asking import Asker, Heard
from zk.call.messages import Link, Meeting, Role
from zk.profile.personhood import IssuerInfo
from zk.wallet.wallet import Wallet

CALLER, CALLEE = Role.CALLER, Role.CALLEE


def certificate(name: str) -> bytes:
    """The fingerprint of somebody's certificate."""
    return hashlib.sha256(name.encode()).digest()


def meeting_of(info: IssuerInfo, *, at: datetime = NOVEMBER, level: int = 1) -> Meeting:
    """A new meeting of an issuer's present epoch."""
    return Meeting.open(info.id, info.epoch_length.epoch_at(at), level)  # type: ignore[arg-type]


def wire(near: str = "anna", far: str = "ben") -> tuple[Link, Link]:
    """Both ends of an honest connection: the caller's view and the callee's."""
    return (
        Link(role=CALLER, own=certificate(near), peer=certificate(far)),
        Link(role=CALLEE, own=certificate(far), peer=certificate(near)),
    )


UNBOUND = (Link(role=CALLER), Link(role=CALLEE))


@dataclass
class Host:
    """Somebody who opened a meeting and asks each of the others."""

    club: Club
    meeting: Meeting
    asker: Asker
    now: float = 1000.0
    at: datetime = NOVEMBER
    answerers: dict[str, Answerer] = field(default_factory=dict)

    @classmethod
    def of(cls, club: Club, *, level: int = 1) -> Host:
        """A host with a new meeting."""
        meeting = meeting_of(club.info, level=level)
        return cls(club, meeting, Asker(meeting, club.info))

    def seat(self, peer: str, wallet: Wallet, confirm: Confirm = lambda _: True) -> None:
        """Put a wallet where a peer sits."""
        self.answerers[peer] = Answerer(wallet, wire("host", peer)[1], confirm)

    def ask(self, peer: str) -> bytes:
        """Ask over the connection to a peer."""
        return self.asker.ask(peer, wire("host", peer)[0], now=self.now, at=self.at)

    def hear(self, peer: str, answer: bytes) -> Heard:
        """Hear what came over it."""
        return self.asker.hear(peer, answer, now=self.now, at=self.at)

    def round(self, peer: str) -> Heard:
        """Ask, let the peer's wallet answer, hear."""
        return self.hear(peer, self.answerers[peer].answer(self.ask(peer), at=self.at))
