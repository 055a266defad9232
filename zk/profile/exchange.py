"""Which files and codes pass between a wallet and its issuer when somebody enrols or renews?

They work offline: a code (`zk.profile.codes`) from the issuer to the person, a request from the wallet, a response from
the issuer. Whoever sees a request learns neither the code nor anything with which to ask in the person's place, and a
response is of no use without the wallet that asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from zk.bbs.ciphersuite import Suite, by_name
from zk.bbs.core import SIGNATURE_OCTETS
from zk.bbs.curve import G1_OCTETS
from zk.bbs.encoding import (
    CborValue,
    dcbor_decode,
    dcbor_decode_map,
    dcbor_encode,
    octets_to_scalar,
    require_octets,
    require_text,
)
from zk.errors import EncodingError, UnsupportedError
from zk.profile.codes import (
    CODE_ID_OCTETS,
    CODE_OCTETS,
    CODE_SIGNATURE_OCTETS,
    Code,
    CodeKind,
    check_code_signature,
    check_generation,
    check_kind,
)
from zk.profile.continuity import commitment_octets, continuity_octets
from zk.profile.personhood import DRAFTS, ID_OCTETS, MAX_N, Level, check_level, is_epoch

__all__ = [
    "MAX_REQUEST_OCTETS",
    "MAX_RESPONSE_OCTETS",
    "BlindSignature",
    "Code",
    "CodeKind",
    "EnrolmentRequest",
    "EnrolmentResponse",
    "RenewalToken",
]

MAX_REQUEST_OCTETS: Final = 4096
"""Octets of a request: two commitments and a proof with MAX_N nym secrets take about 2,400."""

MAX_RESPONSE_OCTETS: Final = 2048
"""Octets of a response: about 700."""

REQUEST_FORMAT: Final = "vouchmark-request/2"
RESPONSE_FORMAT: Final = "vouchmark-response/2"

MAX_TIME: Final = 253_402_300_799
"""Seconds since 1970 at most: the end of the year 9999."""

REQUEST_CONTEXT: Final = b"vouchmark-request/2\x00"
"""Stands before the octets that a code's key signs, so that its signatures mean one thing only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """What a wallet asks for: two blind signatures, one of each class, for one epoch."""

    issuer: bytes
    """Issuer id, 32 octets."""
    suite: Suite
    code_id: bytes
    """By which code it is made, 16 octets."""
    kind: CodeKind
    generation: int
    epoch: str
    lasting: bytes = field(repr=False)
    """commitment_with_proof to the lasting nyms."""
    epochal: bytes = field(repr=False)
    """commitment_with_proof to this epoch's nyms."""
    tag: bytes | None = field(repr=False)
    """Continuity tag T, 48 octets; None in a renewal, where the issuer takes it from its books."""
    proof: bytes = field(repr=False)
    """Continuity proof."""
    signature: bytes = field(default=bytes(CODE_SIGNATURE_OCTETS), repr=False)
    """Ed25519, 64 octets, by the code's key over REQUEST_CONTEXT and the canonical CBOR of everything above."""

    def __post_init__(self) -> None:
        """Refuse what no N could explain; whether it fits the issuer's N is for the issuer to check."""
        require_octets(self.issuer, "issuer id", length=ID_OCTETS)
        require_octets(self.code_id, "code id", length=CODE_ID_OCTETS)
        check_kind(self.kind)
        check_generation(self.generation)
        if not is_epoch(self.epoch):
            raise EncodingError("epoch: expected a canonical epoch such as 2026-11")
        for name, value in (("lasting", self.lasting), ("epochal", self.epochal)):
            require_octets(value, f"{name} commitment", most=commitment_octets(MAX_N))
        require_octets(self.proof, "continuity proof", most=continuity_octets(MAX_N))
        if (self.tag is None) != self.kind.is_renewal:
            raise EncodingError("continuity tag: expected with every request but a renewal's")
        if self.tag is not None:
            require_octets(self.tag, "continuity tag", length=G1_OCTETS)
        require_octets(self.signature, "request signature", length=CODE_SIGNATURE_OCTETS)

    def signed_by(self, code: Code) -> Self:
        """Return the request with the signature of its code's key."""
        return replace(self, signature=code.sign(self._signed_octets()))

    def check_signature(self, public_key: bytes) -> None:
        """Check that whoever has the code made this request, as it is. Raises SignatureError.

        `public_key` is that of the issuer's books: 32 octets, the code's whose id the request names.
        """
        check_code_signature(public_key, self.signature, self._signed_octets())

    def encode(self) -> bytes:
        """Return the canonical CBOR, the content of a request file."""
        return dcbor_encode({**self._members(), "signature": self.signature})

    @property
    def digest(self) -> bytes:
        """SHA-256 of the request, 32 octets: the one that is signed again if it comes again."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse a request. Raises EncodingError or UnsupportedError."""
        members = _members_of(octets, "request", REQUEST_FORMAT, _REQUEST_MEMBERS, most=MAX_REQUEST_OCTETS)
        _check_drafts(members["drafts"])
        tag = members["tag"]
        return cls(
            issuer=require_octets(members["issuer"], "issuer id"),
            suite=by_name(require_text(members["suite"], "suite")),
            code_id=require_octets(members["code"], "code id"),
            kind=check_kind(members["kind"]),
            generation=check_generation(members["generation"]),
            epoch=require_text(members["epoch"], "epoch"),
            lasting=require_octets(members["lasting"], "lasting commitment"),
            epochal=require_octets(members["epochal"], "epochal commitment"),
            tag=None if tag is None else require_octets(tag, "continuity tag"),
            proof=require_octets(members["proof"], "continuity proof"),
            signature=require_octets(members["signature"], "request signature"),
        )

    def _signed_octets(self) -> bytes:
        return REQUEST_CONTEXT + dcbor_encode(self._members())

    def _members(self) -> dict[str, Any]:
        return {
            "format": REQUEST_FORMAT,
            "drafts": list(DRAFTS),
            "issuer": self.issuer,
            "suite": self.suite.name,
            "code": self.code_id,
            "kind": self.kind.value,
            "generation": self.generation,
            "epoch": self.epoch,
            "lasting": self.lasting,
            "epochal": self.epochal,
            "tag": self.tag,
            "proof": self.proof,
        }


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
class RenewalToken:
    """With what the person may ask for the next epochs without a new invitation: once, and not for ever."""

    secret: bytes = field(repr=False)
    """128 bits: those of a code of kind `token`."""
    until: int
    """When it ends, seconds since 1970: at most a year after the issuer last checked the person."""

    def __post_init__(self) -> None:
        """Refuse a wrong length and a time that is none."""
        require_octets(self.secret, "renewal token", length=CODE_OCTETS)
        if isinstance(self.until, bool) or not isinstance(self.until, int) or not 0 < self.until <= MAX_TIME:
            raise EncodingError("renewal token: expected a time in seconds since 1970")

    def code(self, generation: int) -> Code:
        """Return the code that it is."""
        return Code(kind=CodeKind.TOKEN, generation=generation, secret=self.secret)


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
    renewal: RenewalToken | None = None
    """None where the person has to be checked again."""

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
                "renewal": None if self.renewal is None else [self.renewal.secret, self.renewal.until],
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse a response. Raises EncodingError or UnsupportedError."""
        members = _members_of(octets, "response", RESPONSE_FORMAT, _RESPONSE_MEMBERS, most=MAX_RESPONSE_OCTETS)
        _check_drafts(members["drafts"])
        return cls(
            issuer=require_octets(members["issuer"], "issuer id"),
            request=require_octets(members["request"], "request digest"),
            epoch=require_text(members["epoch"], "epoch"),
            generation=check_generation(members["generation"]),
            level=check_level(members["level"]),
            lasting=_blind_signature(members["lasting"]),
            epochal=_blind_signature(members["epochal"]),
            renewal=None if members["renewal"] is None else _renewal_token(members["renewal"]),
        )


_REQUEST_MEMBERS: Final = frozenset(
    {"format", "drafts", "issuer", "suite", "code", "kind", "generation", "epoch"}
    | {"lasting", "epochal", "tag", "proof", "signature"}
)
_RESPONSE_MEMBERS: Final = frozenset(
    {"format", "drafts", "issuer", "request", "epoch", "generation", "level", "lasting", "epochal", "renewal"}
)


def _blind_signature(value: CborValue) -> BlindSignature:
    if not isinstance(value, list) or len(value) != 2:
        raise EncodingError("credential: expected signature and entropy")
    return BlindSignature(
        signature=require_octets(value[0], "signature"), entropy=require_octets(value[1], "signer nym entropy")
    )


def _renewal_token(value: CborValue) -> RenewalToken:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], int):
        raise EncodingError("renewal token: expected secret and time")
    return RenewalToken(secret=require_octets(value[0], "renewal token"), until=value[1])


def _members_of(
    octets: bytes, what: str, expected: str, names: frozenset[str], *, most: int
) -> Mapping[str, CborValue]:
    """Return the members of a file; one of another version says so before its members are looked at."""
    try:
        members = dcbor_decode_map(octets, what, names, most)
    except EncodingError:
        found = _format_of(octets, most)
        if found.startswith(f"vouchmark-{what}/") and found != expected:
            raise UnsupportedError(
                f"{what}: expected format {expected}, got {found[:40]}: made by another version"
            ) from None
        raise
    if members["format"] != expected:
        raise EncodingError(f"{what}: expected format {expected}")
    return members


def _format_of(octets: bytes, most: int) -> str:
    """Return the format that a file names, or nothing."""
    try:
        members = dcbor_decode(octets, max_size=most)
    except EncodingError:
        return ""
    found = members.get("format") if isinstance(members, dict) else None
    return found if isinstance(found, str) and found.isprintable() else ""


def _check_drafts(value: CborValue) -> None:
    if value != list(DRAFTS):
        raise UnsupportedError("file: made for other drafts than this version's")
