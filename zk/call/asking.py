"""Did somebody enrolled answer this question, now, and are they the one of before and no one else in the meeting?

A state machine without input or output, and without a clock of its own: `now` is the asker's monotonic clock in
seconds, by which alone a challenge grows old; `at` is the time of day, by which an epoch is open.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from zk.call.messages import NONCE_OCTETS, Answer, Challenge, Link, Meeting, Mode
from zk.call.refusals import (
    EpochOverError,
    InvalidAnswerError,
    LevelTooLowError,
    OtherEpochError,
    OtherIssuerError,
    OtherMeetingError,
    OtherModeError,
    ReflectedError,
    ReplayedError,
    RoleSwappedError,
    SamePersonError,
    StaleError,
    TakenOverError,
    UnaskedError,
)
from zk.errors import EncodingError, ProofError, RefusedError, UnsupportedError, UntrustedError
from zk.profile.personhood import CredentialClass, IssuerInfo, Level, PresentationHeader, Vouch
from zk.verifier.verifier import verify

UNBOUND_SECONDS: Final = 120.0
"""How old a challenge may be when it is answered through people's hands."""

BOUND_SECONDS: Final = 10.0
"""How old a challenge may be when it is answered by the far end's program."""

MAX_OPEN: Final = 4096
"""Challenges that are remembered in one meeting; an answer to an older one answers none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A challenge that was asked."""

    peer: str
    challenge: Challenge
    since: float
    """By the asker's monotonic clock."""
    spent: bool = False
    """Whether a valid answer came."""
    newest: bool = True
    """Whether its peer was asked nothing since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an answer showed: somebody whom the issuer enrolled answered this question, so long after it was asked."""

    peer: str
    mode: Mode
    issuer: IssuerInfo
    """As the asker trusts it; name and numbers are from here."""
    epoch: str
    level: Level
    pseudonym: bytes
    age: float
    """Seconds from question to answer."""
    again: bool
    """Whether the same person had answered as this peer before."""


class Asker:
    """One person's questions to the others in one meeting, and who has answered."""

    def __init__(
        self,
        meeting: Meeting,
        issuer: IssuerInfo,
        *,
        opened: Mapping[bytes, Open] | None = None,
        voices: Mapping[str, bytes] | None = None,
        own: bytes | None = None,
    ) -> None:
        """Take the meeting and its issuer as this asker trusts it, and what was kept of an earlier run.

        Raises OtherIssuerError or OtherEpochError.
        """
        if issuer.id != meeting.issuer:
            raise OtherIssuerError(f"meeting: is of issuer {meeting.issuer.hex()[:16]}, and another one is trusted")
        try:
            self._bounds = issuer.epoch_length.epoch_bounds(meeting.epoch)
        except EncodingError as error:
            raise OtherEpochError("epoch: is none of this issuer's") from error
        self.meeting, self.issuer = meeting, issuer
        self._opened, self._voices, self._own = dict(opened or {}), dict(voices or {}), own

    @property
    def opened(self) -> Mapping[bytes, Open]:
        """Challenges by their nonce, oldest first."""
        return self._opened

    @property
    def voices(self) -> Mapping[str, bytes]:
        """The pseudonym of each peer who has answered."""
        return self._voices

    @property
    def own(self) -> bytes | None:
        """One's own pseudonym in this meeting, where it is known."""
        return self._own

    def has_asked(self, nonce: bytes) -> bool:
        """Return whether a challenge is one's own."""
        return nonce in self._opened

    def know_own(self, pseudonym: bytes) -> None:
        """Learn one's own pseudonym in this meeting, so that it is no peer's."""
        self._own = pseudonym

    def ask(self, peer: str, link: Link, *, now: float, at: datetime) -> bytes:
        """Return a new challenge for a peer; earlier ones to the same peer cannot be answered any more.

        Raises EpochOverError or OtherEpochError.
        """
        self._require_open(at)
        for nonce, each in self._opened.items():
            if each.peer == peer:
                self._opened[nonce] = replace(each, newest=False)
        challenge = Challenge(
            mode=link.mode,
            meeting=self.meeting,
            nonce=secrets.token_bytes(NONCE_OCTETS),
            prover=link.role.other,
            channel=link.asking(self.meeting),
        )
        self._opened[challenge.nonce] = Open(peer=peer, challenge=challenge, since=now)
        while len(self._opened) > MAX_OPEN:
            del self._opened[next(iter(self._opened))]
        return challenge.encode()

    def hear(self, peer: str, answer: bytes, *, now: float, at: datetime) -> Heard:
        """Say what an answer shows. What does not hold uses up no challenge; what holds does, whoever it is.

        Raises an error of `zk.call.refusals`.
        """
        said = Answer.decode(answer)
        found = self._opened.get(said.nonce)
        if found is None or found.peer != peer:
            raise UnaskedError("answer: to no question that this peer was asked")
        age = self._admit(said, found, now)
        self._require_open(at)
        if said.level < self.meeting.least_level:
            raise LevelTooLowError(f"level: expected at least {self.meeting.least_level}, got {said.level}")
        self._prove(said, found.challenge, at)
        self._opened[said.nonce] = replace(found, spent=True)
        again = self._recognise(peer, said.pseudonym)
        return Heard(
            peer=peer,
            mode=said.mode,
            issuer=self.issuer,
            epoch=self.meeting.epoch,
            level=said.level,
            pseudonym=said.pseudonym,
            age=age,
            again=again,
        )

    def _require_open(self, at: datetime) -> None:
        start, end = self._bounds
        if at >= end:
            raise EpochOverError(f"epoch {self.meeting.epoch}: is over, and with it the meeting")
        if at < start:
            raise OtherEpochError(f"epoch {self.meeting.epoch}: has not begun")

    def _admit(self, said: Answer, found: Open, now: float) -> float:
        """Compare what the answer claims with what was asked; return the challenge's age."""
        asked = found.challenge
        if found.spent:
            raise ReplayedError("answer: the question was answered already")
        if said.mode is not asked.mode:
            raise OtherModeError(f"answer: expected mode {asked.mode}, got {said.mode}")
        if said.meeting != asked.meeting.digest:
            raise OtherMeetingError("answer: is for another meeting")
        if said.prover is not asked.prover:
            raise RoleSwappedError(f"answer: by the {said.prover}, and the {asked.prover} was asked")
        if said.issuer != asked.meeting.issuer:
            raise OtherIssuerError(f"answer: of issuer {said.issuer.hex()[:16]}, and the meeting has another")
        if said.epoch != asked.meeting.epoch:
            raise OtherEpochError(f"answer: expected epoch {asked.meeting.epoch}")
        age, most = now - found.since, BOUND_SECONDS if asked.mode is Mode.CHANNEL else UNBOUND_SECONDS
        if not 0 <= age <= most:
            raise StaleError(f"answer: expected within {most:.0f} seconds of the question")
        if not found.newest:
            raise StaleError("answer: this peer was asked a newer question since")
        return age

    def _prove(self, said: Answer, asked: Challenge, at: datetime) -> None:
        """Verify the proof for what this asker has asked: nothing but level, proof and pseudonym is the answer's."""
        binding = self.meeting.binding(asked.mode)
        header = PresentationHeader(binding=binding, audience=self.meeting.call_id, nonce=asked.digest)
        try:
            vouch = Vouch(
                suite=self.issuer.suite,
                issuer=self.issuer.id,
                credential_class=CredentialClass.EPOCH,
                epoch=self.meeting.epoch,
                level=said.level,
                scope=self.meeting.scope,
                period=self.meeting.epoch,
                slot=0,
                proof=said.proof,
                pseudonym=said.pseudonym,
                presentation_header=header.encode(),
            )
            verify(
                vouch.encode(),
                bindings=[binding],
                issuers=[self.issuer],
                scopes=[self.meeting.scope],
                at=at,
                nonce=asked.digest,
                audience=self.meeting.call_id,
            )
        except (EncodingError, ProofError, RefusedError, UnsupportedError, UntrustedError) as error:
            raise InvalidAnswerError(f"answer: {error}") from error

    def _recognise(self, peer: str, pseudonym: bytes) -> bool:
        """Whose voice is it? Return whether this peer's of before. Raises where it is somebody else's."""
        if pseudonym == self._own:
            raise ReflectedError("answer: the voice is one's own")
        before = self._voices.get(peer)
        if before is not None and before != pseudonym:
            raise TakenOverError("answer: by another person than the one who answered as this peer before")
        if any(voice == pseudonym for other, voice in self._voices.items() if other != peer):
            raise SamePersonError("answer: by a person who is in the meeting already as another peer")
        self._voices[peer] = pseudonym
        return before is not None
