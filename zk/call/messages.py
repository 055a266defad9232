"""What is a meeting, a channel, a challenge and an answer, octet by octet? (docs/specification/call.md)

All are ordered lists in deterministic CBOR: nothing is joined without its length, and nothing is sorted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self, TypeVar

from zk.bbs.curve import G1_OCTETS
from zk.bbs.encoding import CborValue, dcbor_decode, dcbor_encode, require_octets
from zk.call.refusals import MalformedCallError, OtherMeetingError, UnsupportedCallError
from zk.errors import EncodingError
from zk.profile.personhood import (
    ID_OCTETS,
    MAX_N,
    Binding,
    BindingKind,
    CredentialClass,
    Level,
    Scope,
    call_id,
    call_scope,
    check_level,
    is_epoch,
    proof_octets,
)
from zk.profile.words import words_of

HOST_NONCE_OCTETS: Final = 32
"""Octets by which a host makes a meeting its own."""

NONCE_OCTETS: Final = 16
"""Octets by which an asker makes a challenge its own."""

FINGERPRINT_OCTETS: Final = 32
"""Octets of a certificate's fingerprint: SHA-256."""

MAX_CHALLENGE_OCTETS: Final = 400
"""Octets of a challenge; one is about 300."""

MAX_ANSWER_OCTETS: Final = 1200
"""Octets of an answer; one with 4 nym secrets is about 720, with MAX_N about 1,100."""

_MAX_TEXT: Final = 4000  # characters of a pasted text, with line breaks that a chat put in
_MEETING: Final = "vouchmark-meeting/1"
_CHANNEL: Final = "vouchmark-call/1"
_CHALLENGE: Final = "vouchmark-challenge/1"
_ANSWER: Final = "vouchmark-answer/1"
_WORDS: Final = "vouchmark-call-words/1"
_CHALLENGE_TEXT: Final = "vmask1:"
_ANSWER_TEXT: Final = "vmans1:"
_SPACE: Final = re.compile(r"\s+")
_Kind = TypeVar("_Kind", bound=StrEnum)


class Mode(StrEnum):
    """What is known of the channel between two people."""

    UNBOUND = "unbound"
    """Nothing: a chat beside a call, a server in the middle."""
    CHANNEL = "channel"
    """The certificates of both its ends."""

    @property
    def binding_kind(self) -> BindingKind:
        """The kind of binding of a proof made in this mode; neither can be taken for the other."""
        return BindingKind.SESSION if self is Mode.CHANNEL else BindingKind.SESSION_UNBOUND


class Role(StrEnum):
    """Which end of a connection somebody is, through the whole call."""

    CALLER = "caller"
    """Who opened it."""
    CALLEE = "callee"
    """Who was called."""

    @property
    def other(self) -> Role:
        """The far end's."""
        return Role.CALLEE if self is Role.CALLER else Role.CALLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """In what one person has one voice: a host's number, an issuer, an epoch and a least level."""

    host_nonce: bytes
    issuer: bytes
    """Issuer id, 32 octets."""
    epoch: str
    least_level: Level

    def __post_init__(self) -> None:
        """Refuse what is no meeting, wherever it comes from. Raises EncodingError."""
        require_octets(self.host_nonce, "host nonce", length=HOST_NONCE_OCTETS)
        require_octets(self.issuer, "issuer id", length=ID_OCTETS)
        if not isinstance(self.epoch, str) or not is_epoch(self.epoch):
            raise EncodingError("epoch: expected a canonical epoch such as 2026-11")
        check_level(self.least_level)

    @classmethod
    def open(cls, issuer: bytes, epoch: str, least_level: Level = Level.ONE) -> Self:
        """Return a new meeting, with a fresh number."""
        nonce = secrets.token_bytes(HOST_NONCE_OCTETS)
        return cls(host_nonce=nonce, issuer=issuer, epoch=epoch, least_level=least_level)

    def _value(self) -> list[CborValue]:
        level = int(self.least_level)
        return [_MEETING, self.host_nonce, self.issuer, CredentialClass.EPOCH.value, self.epoch, 0, level]

    @classmethod
    def _of(cls, value: CborValue) -> Self:
        if not isinstance(value, list) or len(value) != 7 or value[0] != _MEETING:
            raise MalformedCallError("meeting: expected a list of 7")
        _, nonce, issuer, credential_class, epoch, slot, level = value
        if credential_class != CredentialClass.EPOCH or isinstance(slot, bool) or slot != 0:
            raise MalformedCallError("meeting: expected class epoch and slot 0")
        return cls(
            host_nonce=require_octets(nonce, "host nonce"),
            issuer=require_octets(issuer, "issuer id"),
            epoch=_text(epoch, "epoch"),
            least_level=check_level(level),
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the meeting, 32 octets."""
        return hashlib.sha256(dcbor_encode(self._value())).digest()

    @property
    def call_id(self) -> str:
        """The digest in lower-case base 32, 52 characters."""
        return call_id(self.digest)

    @property
    def scope(self) -> Scope:
        """The scope in which its answers count."""
        return call_scope(self.digest)

    def binding(self, mode: Mode) -> Binding:
        """What an answer is bound to: the meeting, so that one person is one voice over all their connections."""
        return Binding(kind=mode.binding_kind, digest=self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One end's own view of the channel to a peer. Fingerprints are those of the transport, never of the signalling."""

    role: Role
    """This end's."""
    own: bytes | None = None
    """SHA-256 of this end's certificate; None where nothing is known of the channel."""
    peer: bytes | None = None
    """SHA-256 of the certificate that the far end showed in the handshake."""

    def __post_init__(self) -> None:
        """Refuse half a channel. Raises EncodingError."""
        if (self.own is None) != (self.peer is None):
            raise EncodingError("channel: expected both fingerprints or none")
        for each in (self.own, self.peer):
            if each is not None:
                require_octets(each, "fingerprint", length=FINGERPRINT_OCTETS)

    @property
    def mode(self) -> Mode:
        """`channel` where both certificates are known."""
        return Mode.UNBOUND if self.own is None else Mode.CHANNEL

    def asking(self, meeting: Meeting) -> bytes | None:
        """The channel as this end sees it when it asks: the far end is to prove."""
        return self._digest(meeting, (self.role.other, self.role), (self.peer, self.own))

    def answering(self, meeting: Meeting) -> bytes | None:
        """The channel as this end sees it when it answers."""
        return self._digest(meeting, (self.role, self.role.other), (self.own, self.peer))

    def _digest(
        self, meeting: Meeting, roles: tuple[Role, Role], fingerprints: tuple[bytes | None, bytes | None]
    ) -> bytes | None:
        if self.mode is Mode.UNBOUND:
            return None
        value: list[CborValue] = [_CHANNEL, meeting.call_id, *(role.value for role in roles), *fingerprints]
        return hashlib.sha256(dcbor_encode(value)).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A question to whoever is at the other end."""

    mode: Mode
    meeting: Meeting
    nonce: bytes
    """16 random octets of the asker."""
    prover: Role
    """Of whoever is to answer; the asker has the other one."""
    channel: bytes | None
    """None only in the mode `unbound`."""

    def __post_init__(self) -> None:
        """Refuse what no asker makes. Raises EncodingError."""
        require_octets(self.nonce, "nonce", length=NONCE_OCTETS)
        if (self.channel is None) != (self.mode is Mode.UNBOUND):
            raise EncodingError("channel: expected one in the mode channel and none in the mode unbound")
        if self.channel is not None:
            require_octets(self.channel, "channel", length=ID_OCTETS)

    def encode(self) -> bytes:
        """Return the canonical CBOR."""
        meeting, roles = self.meeting, (self.prover.value, self.prover.other.value)
        return dcbor_encode(
            [_CHALLENGE, self.mode.value, meeting.call_id, meeting._value(), self.nonce, *roles, self.channel]
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the canonical CBOR.

        Raises MalformedCallError, UnsupportedCallError, or OtherMeetingError where the call id is not its meeting's.
        """
        _, mode, name, meeting, nonce, prover, verifier, channel = _row(octets, _CHALLENGE, 8, MAX_CHALLENGE_OCTETS)
        try:
            made = cls(
                mode=_one(Mode, mode, "mode"),
                meeting=Meeting._of(meeting),
                nonce=require_octets(nonce, "nonce"),
                prover=_one(Role, prover, "role"),
                channel=None if channel is None else require_octets(channel, "channel"),
            )
            asker = _one(Role, verifier, "role")
        except EncodingError as error:
            raise MalformedCallError(f"challenge: {error}") from error
        if asker is not made.prover.other:
            raise MalformedCallError("challenge: expected one caller and one callee")
        if name != made.meeting.call_id:
            raise OtherMeetingError("challenge: its call id is that of another meeting")
        return made

    @property
    def digest(self) -> bytes:
        """SHA-256 of the challenge: the nonce to which a proof is bound."""
        return hashlib.sha256(self.encode()).digest()

    @property
    def text(self) -> str:
        """The challenge to paste."""
        return _to_text(_CHALLENGE_TEXT, self.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A proof for one challenge. What stands beside the proof is a claim, by which a refusal can say why."""

    mode: Mode
    meeting: bytes
    """Digest of the meeting."""
    nonce: bytes
    """The challenge's."""
    prover: Role
    issuer: bytes
    epoch: str
    level: Level
    proof: bytes = field(repr=False)
    pseudonym: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the canonical CBOR."""
        named: list[CborValue] = [self.mode.value, self.meeting, self.nonce, self.prover.value, self.issuer, self.epoch]
        return dcbor_encode([_ANSWER, *named, int(self.level), self.proof, self.pseudonym])

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the canonical CBOR. Raises MalformedCallError or UnsupportedCallError."""
        row = _row(octets, _ANSWER, 10, MAX_ANSWER_OCTETS)
        _, mode, meeting, nonce, prover, issuer, epoch, level, proof, pseudonym = row
        try:
            return cls(
                mode=_one(Mode, mode, "mode"),
                meeting=require_octets(meeting, "meeting", length=ID_OCTETS),
                nonce=require_octets(nonce, "nonce", length=NONCE_OCTETS),
                prover=_one(Role, prover, "role"),
                issuer=require_octets(issuer, "issuer id", length=ID_OCTETS),
                epoch=_text(epoch, "epoch"),
                level=check_level(level),
                proof=require_octets(proof, "proof", most=proof_octets(MAX_N)),
                pseudonym=require_octets(pseudonym, "pseudonym", length=G1_OCTETS),
            )
        except EncodingError as error:
            raise MalformedCallError(f"answer: {error}") from error

    @property
    def text(self) -> str:
        """The answer to paste."""
        return _to_text(_ANSWER_TEXT, self.encode())


def challenge_octets(text: str) -> bytes:
    """Return the octets of a pasted challenge. Raises MalformedCallError."""
    return _from_text(_CHALLENGE_TEXT, text, "challenge")


def answer_octets(text: str) -> bytes:
    """Return the octets of a pasted answer. Raises MalformedCallError."""
    return _from_text(_ANSWER_TEXT, text, "answer")


def call_words(challenge: bytes, answer: bytes) -> tuple[str, ...]:
    """Return the four words that both read aloud: equal only if both saw the same challenge and the same answer."""
    return words_of(hashlib.sha256(dcbor_encode([_WORDS, challenge, answer])).digest())


def _to_text(prefix: str, octets: bytes) -> str:
    return prefix + base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _from_text(prefix: str, text: str, what: str) -> bytes:
    joined = _SPACE.sub("", text) if isinstance(text, str) and len(text) <= _MAX_TEXT else ""
    if not joined.startswith(prefix):
        raise MalformedCallError(f"{what}: expected a text that begins with {prefix}")
    body = joined.removeprefix(prefix)
    try:
        octets = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if not octets or _to_text(prefix, octets) != joined:
        raise MalformedCallError(f"{what}: a character is missing or wrong")
    return octets


def _row(octets: bytes, version: str, size: int, most: int) -> list[CborValue]:
    what = version.removeprefix("vouchmark-").partition("/")[0]
    try:
        row = dcbor_decode(octets, max_size=most)
    except EncodingError as error:
        raise MalformedCallError(f"{what}: {error}") from error
    if not isinstance(row, list) or not row or not isinstance(row[0], str):
        raise MalformedCallError(f"{what}: expected a list that begins with {version}")
    if row[0] != version:
        if row[0].startswith(version.partition("/")[0] + "/"):
            raise UnsupportedCallError(f"{what}: expected {version}, got another version")
        raise MalformedCallError(f"{what}: expected a list that begins with {version}")
    if len(row) != size:
        raise MalformedCallError(f"{what}: expected {size} elements")
    return row


def _text(value: CborValue, what: str) -> str:
    if not isinstance(value, str):
        raise EncodingError(f"{what}: expected text")
    return value


def _one(kind: type[_Kind], value: CborValue, what: str) -> _Kind:
    if not isinstance(value, str) or value not in kind.__members__.values():
        raise EncodingError(f"{what}: expected {' or '.join(kind)}")
    return kind(value)
