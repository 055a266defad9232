"""Which files and codes pass between a wallet and its issuer when somebody enrols or renews?

They work offline: a code from the issuer to the person, a request from the wallet, a response from the issuer. A
request holds the code and so belongs on a private way; a response is of no use without the wallet that asked.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from zk.bbs.ciphersuite import Suite, by_name
from zk.bbs.core import SIGNATURE_OCTETS
from zk.bbs.curve import G1_OCTETS
from zk.bbs.encoding import CborValue, dcbor_decode_map, dcbor_encode, octets_to_scalar, require_octets, require_text
from zk.errors import EncodingError, UnsupportedError
from zk.profile.continuity import commitment_octets, continuity_octets
from zk.profile.personhood import DRAFTS, ID_OCTETS, MAX_N, Level, check_level, is_epoch

CODE_OCTETS: Final = 16
"""Random octets of a code: 128 bits, not to be guessed."""

MAX_GENERATION: Final = 999
"""Resets of one person at most: at one in twelve months more than a life."""

MAX_REQUEST_OCTETS: Final = 4096
"""Octets of a request: two commitments and a proof with MAX_N nym secrets take about 2,400."""

MAX_RESPONSE_OCTETS: Final = 2048
"""Octets of a response: about 700."""

REQUEST_FORMAT: Final = "vouchmark-request/1"
RESPONSE_FORMAT: Final = "vouchmark-response/1"

_MAX_CODE_CHARACTERS: Final = 64  # with the white space that copying brings along
_CODE: Final = re.compile(r"vm1-(enrol|renew|reset)-(0|[1-9][0-9]{0,2})-([a-z2-7]{26})")


class CodeKind(StrEnum):
    """What a code allows."""

    ENROL = "enrol"
    """A first credential."""
    RENEW = "renew"
    """One for another epoch, with the same lasting nym secrets."""
    RESET = "reset"
    """One with fresh nym secrets, for a person who lost the wallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An enrolment code. Its text is shown by `reveal` alone, never by repr or in an error."""

    kind: CodeKind
    generation: int
    """How often this person's nym secrets have been reset, this code's reset included."""
    secret: bytes = field(repr=False)
    """128 random bits."""

    @classmethod
    def draw(cls, kind: CodeKind, generation: int) -> Self:
        """Return a fresh code."""
        return cls(kind=kind, generation=generation, secret=secrets.token_bytes(CODE_OCTETS))

    @classmethod
    def parse(cls, code: str) -> Self:
        """Parse a code as a person types it: case and white space around it do not matter. Raises EncodingError."""
        match = (
            _CODE.fullmatch(code.strip().lower())
            if isinstance(code, str) and len(code) <= _MAX_CODE_CHARACTERS
            else None
        )
        if match is None:
            raise EncodingError("code: expected vm1-enrol-…, vm1-renew-… or vm1-reset-… in full")
        secret = base64.b32decode(match[3].upper() + "======")
        parsed = cls(kind=CodeKind(match[1]), generation=int(match[2]), secret=secret)
        if parsed.reveal() != match[0]:
            raise EncodingError("code: a character is wrong")
        return parsed

    def reveal(self) -> str:
        """Return the text to hand to the person."""
        characters = base64.b32encode(self.secret).decode("ascii").rstrip("=").lower()
        return f"vm1-{self.kind.value}-{self.generation}-{characters}"

    @property
    def octets(self) -> bytes:
        """The text as octets, as it goes into hashes."""
        return self.reveal().encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """What a wallet asks for: two blind signatures, one of each class, for one epoch."""

    issuer: bytes
    """Issuer id, 32 octets."""
    suite: Suite
    code: Code
    epoch: str
    lasting: bytes = field(repr=False)
    """commitment_with_proof to the lasting nyms."""
    epochal: bytes = field(repr=False)
    """commitment_with_proof to this epoch's nyms."""
    tag: bytes | None = field(repr=False)
    """Continuity tag T, 48 octets; None in a renewal, where the issuer takes it from its books."""
    proof: bytes = field(repr=False)
    """Continuity proof."""

    def __post_init__(self) -> None:
        """Refuse what no N could explain; whether it fits the issuer's N is for the issuer to check."""
        require_octets(self.issuer, "issuer id", length=ID_OCTETS)
        if not is_epoch(self.epoch):
            raise EncodingError("epoch: expected a canonical epoch such as 2026-11")
        for name, value in (("lasting", self.lasting), ("epochal", self.epochal)):
            require_octets(value, f"{name} commitment", most=commitment_octets(MAX_N))
        require_octets(self.proof, "continuity proof", most=continuity_octets(MAX_N))
        if (self.tag is None) != (self.code.kind is CodeKind.RENEW):
            raise EncodingError("continuity tag: expected with every request but a renewal's")
        if self.tag is not None:
            require_octets(self.tag, "continuity tag", length=G1_OCTETS)

    def encode(self) -> bytes:
        """Return the canonical CBOR, the content of a request file."""
        return dcbor_encode(
            {
                "format": REQUEST_FORMAT,
                "drafts": list(DRAFTS),
                "issuer": self.issuer,
                "suite": self.suite.name,
                "code": self.code.reveal(),
                "epoch": self.epoch,
                "lasting": self.lasting,
                "epochal": self.epochal,
                "tag": self.tag,
                "proof": self.proof,
            }
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the request, 32 octets: the one that is signed again if it comes again."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse a request. Raises EncodingError or UnsupportedError."""
        members = dcbor_decode_map(octets, "request", _REQUEST_MEMBERS, MAX_REQUEST_OCTETS)
        _check_format(members["format"], REQUEST_FORMAT)
        _check_drafts(members["drafts"])
        tag = members["tag"]
        code = require_text(members["code"], "code")
        parsed = Code.parse(code)
        if parsed.reveal() != code:
            raise EncodingError("code: expected canonical form")
        return cls(
            issuer=require_octets(members["issuer"], "issuer id"),
            suite=by_name(require_text(members["suite"], "suite")),
            code=parsed,
            epoch=require_text(members["epoch"], "epoch"),
            lasting=require_octets(members["lasting"], "lasting commitment"),
            epochal=require_octets(members["epochal"], "epochal commitment"),
            tag=None if tag is None else require_octets(tag, "continuity tag"),
            proof=require_octets(members["proof"], "continuity proof"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSignature:
    """What the issuer returns for one class."""

    signature: bytes = field(repr=False)
    """80 octets, over header, messages and what the commitment hides."""
    entropy: bytes = field(repr=False)
    """signer_nym_entropy, a scalar of 32 octets."""

    def __post_init__(self) -> None:
        """Refuse wrong lengths and scalars out of range."""
        require_octets(self.signature, "signature", length=SIGNATURE_OCTETS)
        octets_to_scalar(self.entropy, "signer nym entropy")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentResponse:
    """What an issuer answers: both signatures. Header and messages are not in it; the wallet computes them."""

    issuer: bytes
    request: bytes
    """Digest of the request that this answers."""
    epoch: str
    generation: int
    level: Level
    lasting: BlindSignature
    epochal: BlindSignature

    def __post_init__(self) -> None:
        """Refuse wrong lengths and numbers out of range."""
        require_octets(self.issuer, "issuer id", length=ID_OCTETS)
        require_octets(self.request, "request digest", length=ID_OCTETS)
        if not is_epoch(self.epoch):
            raise EncodingError("epoch: expected a canonical epoch such as 2026-11")
        check_generation(self.generation)
        check_level(self.level)

    def encode(self) -> bytes:
        """Return the canonical CBOR, the content of a response file."""
        return dcbor_encode(
            {
                "format": RESPONSE_FORMAT,
                "drafts": list(DRAFTS),
                "issuer": self.issuer,
                "request": self.request,
                "epoch": self.epoch,
                "generation": self.generation,
                "level": int(self.level),
                "lasting": [self.lasting.signature, self.lasting.entropy],
                "epochal": [self.epochal.signature, self.epochal.entropy],
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse a response. Raises EncodingError or UnsupportedError."""
        members = dcbor_decode_map(octets, "response", _RESPONSE_MEMBERS, MAX_RESPONSE_OCTETS)
        _check_format(members["format"], RESPONSE_FORMAT)
        _check_drafts(members["drafts"])
        return cls(
            issuer=require_octets(members["issuer"], "issuer id"),
            request=require_octets(members["request"], "request digest"),
            epoch=require_text(members["epoch"], "epoch"),
            generation=check_generation(members["generation"]),
            level=check_level(members["level"]),
            lasting=_blind_signature(members["lasting"]),
            epochal=_blind_signature(members["epochal"]),
        )


_REQUEST_MEMBERS: Final = frozenset(
    {"format", "drafts", "issuer", "suite", "code", "epoch", "lasting", "epochal", "tag", "proof"}
)
_RESPONSE_MEMBERS: Final = frozenset(
    {"format", "drafts", "issuer", "request", "epoch", "generation", "level", "lasting", "epochal"}
)


def check_generation(value: object) -> int:
    """Return a generation of 0 to MAX_GENERATION. Raises EncodingError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_GENERATION:
        raise EncodingError(f"generation: expected 0 to {MAX_GENERATION}")
    return value


def _blind_signature(value: CborValue) -> BlindSignature:
    if not isinstance(value, list) or len(value) != 2:
        raise EncodingError("credential: expected signature and entropy")
    return BlindSignature(
        signature=require_octets(value[0], "signature"), entropy=require_octets(value[1], "signer nym entropy")
    )


def _check_format(value: CborValue, expected: str) -> None:
    if value != expected:
        raise EncodingError(f"file: expected format {expected}")


def _check_drafts(value: CborValue) -> None:
    if value != list(DRAFTS):
        raise UnsupportedError("file: made for other drafts than this version's")
