"""What exactly is signed, proved and shown in the personhood profile: header, messages, context, vouch?

Issuer, wallet and verifier each build header, messages and context here from what they know themselves; none takes
them from another. A `Vouch` says which issuer, class, epoch, scope and slot it was made for, so that a verifier
knows what to rebuild, and nothing in it is believed.

The names of the profile (`constants`), of the issuer's public part (`issuer_info`), of scopes (`scope`) and of what a
proof is bound to (`presentation`) are given out here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from zk.bbs.ciphersuite import Suite, by_name
from zk.bbs.curve import G1_OCTETS
from zk.bbs.encoding import CborValue, dcbor_decode_map, dcbor_encode, require_octets, require_text
from zk.errors import EncodingError, UnsupportedError
from zk.profile.constants import (
    DEFAULT_N,
    DEFAULT_SLOTS,
    DRAFTS,
    ID_OCTETS,
    MAX_N,
    MAX_SLOTS,
    PROFILE,
    CredentialClass,
    EpochLength,
    Level,
    check_class,
    check_level,
    check_n,
    check_profile,
    check_slot,
    check_slots,
    is_epoch,
)
from zk.profile.issuer_info import HolderCount, IssuerInfo, IssuerKey, issuer_id
from zk.profile.possession import check_possession, prove_possession
from zk.profile.presentation import (
    MAX_AUDIENCE_OCTETS,
    MAX_NONCE_OCTETS,
    MAX_PRESENTATION_HEADER_OCTETS,
    MAX_STATEMENT_OCTETS,
    PDQ_OCTETS,
    Binding,
    BindingKind,
    PresentationHeader,
    Stance,
    call_id,
    check_texts,
)
from zk.profile.scope import MAX_SCOPE_OCTETS, MEDIA, PUBLIC, Scope

__all__ = [
    "DEFAULT_N",
    "DEFAULT_SLOTS",
    "DISCLOSED_INDEXES",
    "DRAFTS",
    "EVER",
    "ID_OCTETS",
    "ISSUER_MESSAGES",
    "MAX_AUDIENCE_OCTETS",
    "MAX_N",
    "MAX_NONCE_OCTETS",
    "MAX_PRESENTATION_HEADER_OCTETS",
    "MAX_SCOPE_OCTETS",
    "MAX_SLOTS",
    "MAX_STATEMENT_OCTETS",
    "MAX_VOUCH_OCTETS",
    "PDQ_OCTETS",
    "PROFILE",
    "SEAL_SCOPE",
    "Binding",
    "BindingKind",
    "CredentialClass",
    "EpochLength",
    "HolderCount",
    "IssuerInfo",
    "IssuerKey",
    "Level",
    "PresentationHeader",
    "Scope",
    "Stance",
    "Vouch",
    "call_id",
    "call_scope",
    "check_class",
    "check_level",
    "check_n",
    "check_possession",
    "check_seal",
    "check_session",
    "check_slot",
    "check_slots",
    "check_texts",
    "class_of",
    "context_id",
    "header",
    "is_epoch",
    "issuer_id",
    "issuer_messages",
    "period_of",
    "proof_octets",
    "prove_possession",
]

ISSUER_MESSAGES: Final = 5
"""Messages that the issuer signs: profile version, issuer id, class, epoch, level (the drafts' L)."""

DISCLOSED_INDEXES: Final = (0, 1, 2, 3, 4)
"""A proof shows all of them, and nothing else."""

EVER: Final = "ever"
"""The period of class `lasting`; class `epoch` has its epoch as period."""

MAX_VOUCH_OCTETS: Final = 8192
"""Octets of a vouch: with MAX_N nym secrets and the longest texts about 3,500."""

_PROOF_FLOOR: Final = 3 * G1_OCTETS + 4 * 32  # octets of a proof that hides nothing


def period_of(credential_class: CredentialClass, epoch: str) -> str:
    """Return the period in which a credential counts once: `ever` for class `lasting`, else its epoch."""
    return EVER if credential_class is CredentialClass.LASTING else epoch


def class_of(period: str) -> CredentialClass:
    """Return the class that counts in a period: `lasting` for `ever`, `epoch` for an epoch. Raises EncodingError."""
    if period == EVER:
        return CredentialClass.LASTING
    if isinstance(period, str) and is_epoch(period):
        return CredentialClass.EPOCH
    raise EncodingError("period: expected 'ever' or an epoch such as 2026-11")


def header(issuer: IssuerInfo, credential_class: CredentialClass, epoch: str) -> bytes:
    """Return the signed header, equal for everybody of an issuer, class and epoch: canonical CBOR.

    Raises EncodingError for an epoch that is not one of this issuer.
    """
    issuer.epoch_length.epoch_bounds(epoch)
    return dcbor_encode(
        {
            "profile": PROFILE,
            "suite": issuer.suite.name,
            "issuer": issuer.id,
            "class": check_class(credential_class).value,
            "epoch": epoch,
            "n": issuer.n,
        }
    )


def issuer_messages(
    issuer: IssuerInfo, credential_class: CredentialClass, epoch: str, level: Level | int
) -> list[bytes]:
    """Return the ISSUER_MESSAGES messages that the issuer signs, each the canonical CBOR of one value.

    Profile version, issuer id, class, epoch, level. Raises EncodingError.
    """
    issuer.epoch_length.epoch_bounds(epoch)
    values: list[CborValue] = [
        PROFILE,
        issuer.id,
        check_class(credential_class).value,
        epoch,
        int(check_level(level)),
    ]
    return [dcbor_encode(value) for value in values]


def context_id(
    issuer_id: bytes,
    credential_class: CredentialClass,
    scope: Scope,
    period: str,
    slot: int,
    media_digest: bytes | None = None,
) -> bytes:
    """Return dCBOR["vouchmark/1", issuer id, class, scope, period, slot]: in it a person has one pseudonym.

    `media_digest` is the binding's, 32 octets, and used where the scope is `media`. Raises EncodingError; class and
    period must fit each other.
    """
    if class_of(period) is not check_class(credential_class):
        raise EncodingError(f"period: class {credential_class} does not count per {period[:10]}")
    return dcbor_encode(
        [
            PROFILE,
            require_octets(issuer_id, "issuer id", length=ID_OCTETS),
            credential_class.value,
            scope.resolved(media_digest),
            period,
            check_slot(slot),
        ]
    )


def call_scope(digest: bytes) -> Scope:
    """Return the scope `public:call/<call id>` of the meeting with this digest, 32 octets."""
    return Scope(authority=PUBLIC, path=f"call/{call_id(digest)}")


def check_session(credential_class: CredentialClass, scope: Scope, slot: int, digest: bytes) -> None:
    """Check that a proof bound to a meeting is of class `epoch`, in that call's own scope and slot 0.

    Never `lasting`, whose pseudonyms stay unlinkable for few contexts in a whole life. Raises EncodingError.
    """
    if credential_class is not CredentialClass.EPOCH:
        raise EncodingError("session: expected class epoch")
    if scope != call_scope(digest):
        raise EncodingError("session: expected the scope public:call/ and the call id of its meeting")
    if slot != 0:
        raise EncodingError("session: expected slot 0")


SEAL_SCOPE: Final = Scope(authority=PUBLIC, path=MEDIA)
"""What a sealed statement is vouched for in: itself, so that two seals of one person do not show that they are."""


def check_seal(credential_class: CredentialClass, scope: Scope, slot: int) -> None:
    """Check that a proof bound to a sealed statement is of class `epoch`, in SEAL_SCOPE and slot 0.

    One form for everybody, which says nothing but who enrolled whoever sealed it. Raises EncodingError.
    """
    if credential_class is not CredentialClass.EPOCH:
        raise EncodingError("seal: expected class epoch")
    if scope != SEAL_SCOPE:
        raise EncodingError(f"seal: expected the scope {SEAL_SCOPE}")
    if slot != 0:
        raise EncodingError("seal: expected slot 0")


def proof_octets(n: int) -> int:
    """Return the exact length of a proof with N nym secrets: the blinding factor and the nym secrets are hidden."""
    return _PROOF_FLOOR + 32 * (check_n(n) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch:
    """A personhood presentation bound to media, as it travels. Everything in it is a claim until it is verified."""

    suite: Suite
    issuer: bytes
    """Issuer id, 32 octets."""
    credential_class: CredentialClass
    epoch: str
    """Canonical epoch of the credential."""
    level: Level
    scope: Scope
    period: str
    """`ever` or an epoch; a verifier computes it from class and epoch."""
    slot: int
    proof: bytes = field(repr=False)
    pseudonym: bytes = field(repr=False)
    """48 octets."""
    presentation_header: bytes = field(repr=False)
    """Encoded, exactly as it was hashed into the proof."""
    presentation: PresentationHeader = field(init=False)
    """The same, parsed."""

    def __post_init__(self) -> None:
        """Refuse lengths and combinations that no honest wallet makes; parse the presentation header."""
        require_octets(self.issuer, "issuer id", length=ID_OCTETS)
        require_octets(self.pseudonym, "pseudonym", length=G1_OCTETS)
        require_octets(self.proof, "proof", most=proof_octets(MAX_N))
        if len(self.proof) < proof_octets(1) or (len(self.proof) - proof_octets(1)) % 32:
            raise EncodingError(f"proof: expected {proof_octets(1)} octets or a multiple of 32 more")
        if not is_epoch(self.epoch):
            raise EncodingError("epoch: expected a canonical epoch such as 2026-11")
        if self.period != period_of(check_class(self.credential_class), self.epoch):
            raise EncodingError("period: does not follow from class and epoch")
        check_slot(self.slot)
        check_level(self.level)
        object.__setattr__(self, "presentation", PresentationHeader.decode(self.presentation_header))
        if self.presentation.binding.kind.is_session:
            check_session(self.credential_class, self.scope, self.slot, self.media_digest)
        if self.presentation.binding.kind is BindingKind.SEAL:
            check_seal(self.credential_class, self.scope, self.slot)

    @property
    def media_digest(self) -> bytes:
        """The binding's digest, 32 octets."""
        return self.presentation.binding.digest

    def encode(self) -> bytes:
        """Return the canonical CBOR, the content of a `.vouch` file."""
        return dcbor_encode(
            {
                "profile": PROFILE,
                "suite": self.suite.name,
                "drafts": list(DRAFTS),
                "issuer": self.issuer,
                "class": self.credential_class.value,
                "epoch": self.epoch,
                "level": int(self.level),
                "scope": str(self.scope),
                "period": self.period,
                "slot": self.slot,
                "proof": self.proof,
                "pseudonym": self.pseudonym,
                "header": self.presentation_header,
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse a vouch. Raises EncodingError, or UnsupportedError for another profile, suite or other drafts."""
        members = dcbor_decode_map(octets, "vouch", _VOUCH_MEMBERS, MAX_VOUCH_OCTETS)
        check_profile(members["profile"])
        if members["drafts"] != list(DRAFTS):
            raise UnsupportedError("vouch: made for other drafts than this version's")
        return cls(
            suite=by_name(require_text(members["suite"], "suite")),
            issuer=require_octets(members["issuer"], "issuer id"),
            credential_class=check_class(members["class"]),
            epoch=require_text(members["epoch"], "epoch"),
            level=check_level(members["level"]),
            scope=Scope.parse(require_text(members["scope"], "scope")),
            period=require_text(members["period"], "period"),
            slot=check_slot(members["slot"]),
            proof=require_octets(members["proof"], "proof"),
            pseudonym=require_octets(members["pseudonym"], "pseudonym"),
            presentation_header=require_octets(members["header"], "presentation header"),
        )


_VOUCH_MEMBERS: Final = frozenset(
    {"profile", "suite", "drafts", "issuer", "class", "epoch", "level", "scope", "period", "slot"}
    | {"proof", "pseudonym", "header"}
)
