"""When does a wallet answer a challenge? After its owner said yes to this call, and over the connection that it is for.

A state machine without input or output: what was received is given, and what is to be sent is returned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from zk.call.asking import Asker
from zk.call.messages import Answer, Challenge, Link, Meeting
from zk.call.refusals import (
    DeclinedError,
    EpochOverError,
    LevelTooLowError,
    OtherChannelError,
    OtherEpochError,
    OtherIssuerError,
    OtherMeetingError,
    OtherModeError,
    ReflectedError,
    ReplayedError,
    RoleSwappedError,
)
from zk.errors import EncodingError, SlotTakenError
from zk.profile.personhood import CredentialClass, IssuerInfo, Level

if TYPE_CHECKING:
    from zk.wallet.wallet import Wallet

MAX_ANSWERED: Final = 4096
"""Challenges that are remembered as answered in one call: two weeks of one every five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a wallet's owner is asked before the first answer of a call."""

    challenge: Challenge
    issuer: IssuerInfo
    """As the wallet has it."""
    level: Level
    """That of the credential, which the answer shows."""
    crowd: int | None
    """Among how many the answer hides at least; None is to be taken for one."""


Confirm: TypeAlias = "Callable[[Asked], bool]"
"""Asks the person; only True is a yes."""


class Answerer:
    """One end of one connection, answering with one wallet. Its owner is asked once for each call."""

    def __init__(self, wallet: Wallet, link: Link, confirm: Confirm, *, asker: Asker | None = None) -> None:
        """Take the wallet, this end's own view of the channel, and how its owner is asked.

        `asker` is the same person's other half, by which one's own question that comes back is known.
        """
        self._wallet, self._link, self._confirm, self._asker = wallet, link, confirm, asker
        self._meeting: Meeting | None = None
        self._answered: list[bytes] = []

    def answer(self, challenge: bytes, *, at: datetime) -> bytes:
        """Return the answer to a challenge that came over this connection.

        Raises an error of `zk.call.refusals`, or what `zk.wallet.wallet.Wallet.present` raises.
        """
        asked = Challenge.decode(challenge)
        self._admit(asked)
        told = self._about(asked, at)
        if asked.nonce in self._answered:
            raise ReplayedError("challenge: was answered already")
        if self._meeting is None and self._confirm(told) is not True:
            raise DeclinedError("call: the wallet's owner did not agree to answer in it")
        answer = self._prove(asked, at)
        self._meeting = asked.meeting
        self._answered = [*self._answered, asked.nonce][-MAX_ANSWERED:]
        if self._asker is not None:
            self._asker.know_own(answer.pseudonym)
        return answer.encode()

    def _admit(self, asked: Challenge) -> None:
        """Refuse what is not for this end of this connection."""
        if self._asker is not None and self._asker.has_asked(asked.nonce):
            raise ReflectedError("challenge: is one's own")
        if asked.mode is not self._link.mode:
            raise OtherModeError(f"challenge: expected mode {self._link.mode}, got {asked.mode}")
        if asked.prover is not self._link.role:
            raise RoleSwappedError(f"challenge: asks the {asked.prover}, and this is the {self._link.role}")
        if self._meeting not in (None, asked.meeting):
            raise OtherMeetingError("challenge: is for another meeting than those before it")
        if asked.channel != self._link.answering(asked.meeting):
            raise OtherChannelError("challenge: is for another connection than this one")

    def _about(self, asked: Challenge, at: datetime) -> Asked:
        """Find the credential that the meeting asks for."""
        meeting = asked.meeting
        held = next((each for each in self._wallet.held(at=at) if each.info.id == meeting.issuer), None)
        if held is None:
            raise OtherIssuerError(f"wallet: holds nothing of issuer {meeting.issuer.hex()[:16]}")
        _check_epoch(held.info, meeting, at)
        for each in held.credentials:
            if each.credential_class is CredentialClass.EPOCH and each.epoch == meeting.epoch:
                if each.level < meeting.least_level:
                    raise LevelTooLowError(f"level: expected at least {meeting.least_level}, got {each.level}")
                return Asked(challenge=asked, issuer=held.info, level=each.level, crowd=held.crowd)
        raise OtherEpochError(f"wallet: no credential of this issuer for epoch {meeting.epoch}")

    def _prove(self, asked: Challenge, at: datetime) -> Answer:
        meeting = asked.meeting
        try:
            made = self._wallet.present(
                scope=meeting.scope,
                binding=meeting.binding(asked.mode),
                at=at,
                credential_class=CredentialClass.EPOCH,
                issuer_id=meeting.issuer,
                slot=0,
                audience=meeting.call_id,
                nonce=asked.digest,
            )
        except SlotTakenError as error:
            raise OtherMeetingError("wallet: has answered this call id for another meeting or mode") from error
        return Answer(
            mode=asked.mode,
            meeting=meeting.digest,
            nonce=asked.nonce,
            prover=asked.prover,
            issuer=meeting.issuer,
            epoch=meeting.epoch,
            level=made.level,
            proof=made.proof,
            pseudonym=made.pseudonym,
        )


def _check_epoch(info: IssuerInfo, meeting: Meeting, at: datetime) -> None:
    """The meeting's epoch is this issuer's, and it is now. Raises OtherEpochError or EpochOverError."""
    try:
        _, end = info.epoch_length.epoch_bounds(meeting.epoch)
    except EncodingError as error:
        raise OtherEpochError("epoch: is none of this issuer's") from error
    if at >= end:
        raise EpochOverError(f"epoch {meeting.epoch}: is over, and with it the meeting")
    if info.epoch_length.epoch_at(at) != meeting.epoch:
        raise OtherEpochError(f"epoch {meeting.epoch}: has not begun")
