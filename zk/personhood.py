"""What exactly is signed, proved and shown in the personhood profile: header, messages, scope, context, vouch?

Issuer, wallet and verifier each build header, messages and context here from what they know themselves; none takes
them from another. A `Vouch` says which issuer, class, epoch, scope and slot it was made for, so that a verifier
knows what to rebuild, and nothing in it is believed.

The names of the profile (`zk.profile`) and of the issuer's public part (`zk.issuer_info`) are given out here too.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from zk.ciphersuite import Suite, by_name
from zk.curve import G1_OCTETS
from zk.encoding import CborValue, dcbor_decode, dcbor_encode, require_octets
from zk.errors import EncodingError, UnsupportedError
from zk.issuer_info import HolderCount, IssuerInfo, IssuerKey, check_possession, issuer_id, prove_possession
from zk.profile import (
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
    check_slot,
    check_slots,
    is_epoch,
)

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
    "Vouch",
    "check_class",
    "check_level",
    "check_n",
    "check_possession",
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

MAX_SCOPE_OCTETS: Final = 200
"""Octets of a scope: names of places and topics fit, texts don't."""

MAX_AUDIENCE_OCTETS: Final = 200
"""Octets of an audience: a DNS name or a short URL."""

MAX_NONCE_OCTETS: Final = 64
"""Octets of a verifier's nonce."""

MAX_STATEMENT_OCTETS: Final = 1000
"""Octets of a statement: a few sentences."""

PDQ_OCTETS: Final = 32
"""Octets of a PDQ hash."""

MAX_PRESENTATION_HEADER_OCTETS: Final = 2048
"""Octets of a presentation header: the sum of its parts' bounds is about 1,500."""

MAX_VOUCH_OCTETS: Final = 8192
"""Octets of a vouch: with MAX_N nym secrets and the longest texts about 3,500."""

MEDIA: Final = "media"
"""The path that stands for the media itself: "one voice per person for this file"."""

PUBLIC: Final = "public"
"""The authority of scopes that belong to nobody."""

_PROOF_FLOOR: Final = 3 * G1_OCTETS + 4 * 32  # octets of a proof that hides nothing
_PATH: Final = re.compile(r"[a-z0-9._-]+(?:/[a-z0-9._-]+)*")
_DNS_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a vouch counts for: an authority and a path, `public:review/cafe-harbour`."""

    authority: str
    """A DNS name in lower case, or `public`."""
    path: str
    """Segments of `[a-z0-9._-]` with slashes between them; `media` alone stands for the media itself."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `authority:path`. Raises EncodingError; there is one form of each scope.

        Paths below `media/` are refused: they are what the verifier makes of `media` and a digest.
        """
        if not isinstance(text, str) or len(text.encode("utf-8", "replace")) > MAX_SCOPE_OCTETS:
            raise EncodingError(f"scope: expected text of at most {MAX_SCOPE_OCTETS} octets")
        authority, colon, path = text.partition(":")
        if not colon:
            raise EncodingError("scope: expected authority:path, such as public:review/cafe-harbour")
        if authority != PUBLIC and not _DNS_NAME.fullmatch(authority):
            raise EncodingError("scope: expected public or a DNS name in lower case before the colon")
        if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            raise EncodingError(
                "scope: expected segments of a-z, 0-9, '.', '_' or '-' with single slashes between them"
            )
        if path.startswith(MEDIA + "/"):
            raise EncodingError("scope: 'media' stands alone; the digest is inserted by the verifier")
        return cls(authority=authority, path=path)

    def __str__(self) -> str:
        return f"{self.authority}:{self.path}"

    @property
    def is_media(self) -> bool:
        """Whether the media itself is the scope."""
        return self.path == MEDIA

    def resolved(self, media_digest: bytes | None) -> str:
        """Return the scope as it goes into the context, with the binding's digest (32 octets) where it says `media`.

        Raises EncodingError where the digest is missing.
        """
        if not self.is_media:
            return str(self)
        if media_digest is None:
            raise EncodingError("scope: 'media' needs the digest of the binding")
        return f"{self}/{require_octets(media_digest, 'media digest', length=ID_OCTETS).hex()}"


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


def proof_octets(n: int) -> int:
    """Return the exact length of a proof with N nym secrets: the blinding factor and the nym secrets are hidden."""
    return _PROOF_FLOOR + 32 * (check_n(n) + 1)


class BindingKind(StrEnum):
    """To what a vouch is bound."""

    MANIFEST = "c2pa-manifest"
    """SHA-256 of a Content Credentials manifest's content."""
    FILE = "file"
    """SHA-256 of the file's octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The one piece of media that a vouch is about."""

    kind: BindingKind
    digest: bytes
    """32 octets."""

    def __post_init__(self) -> None:
        """Refuse what is no binding, wherever it comes from."""
        if not isinstance(self.kind, BindingKind):
            raise EncodingError("binding: expected kind c2pa-manifest or file")
        require_octets(self.digest, "binding digest", length=ID_OCTETS)

    def _value(self) -> dict[str, CborValue]:
        return {"kind": self.kind.value, "digest": self.digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationHeader:
    """What the holder binds a proof to. Equal content is `binding` and `statement`; the rest may differ."""

    binding: Binding
    pdq: bytes | None = None
    """A search hint for recompressed copies, 32 octets: it never binds."""
    audience: str | None = None
    """For whom the vouch was made, where the reader asks for that."""
    nonce: bytes | None = None
    """The reader's challenge, against replay."""
    statement: str | None = None
    """What the holder says about the media, in their own words."""

    def __post_init__(self) -> None:
        """Refuse over-long parts and texts that would not show as what they are."""
        if self.pdq is not None:
            require_octets(self.pdq, "pdq", length=PDQ_OCTETS)
        if self.nonce is not None:
            require_octets(self.nonce, "nonce", most=MAX_NONCE_OCTETS)
            if not self.nonce:
                raise EncodingError("nonce: expected at least one octet, got none")
        check_texts(statement=self.statement, audience=self.audience)

    @property
    def content_digest(self) -> bytes:
        """SHA-256(dCBOR[binding, statement]), 32 octets: what a ledger keeps, and what one voice may be used for."""
        return hashlib.sha256(dcbor_encode([self.binding._value(), self.statement])).digest()

    def encode(self) -> bytes:
        """Return the canonical CBOR."""
        return dcbor_encode(
            {
                "profile": PROFILE,
                "binding": self.binding._value(),
                "pdq": self.pdq,
                "audience": self.audience,
                "nonce": self.nonce,
                "statement": self.statement,
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the canonical CBOR. Raises EncodingError or UnsupportedError (another profile)."""
        members = decode_map(octets, "presentation header", _HEADER_MEMBERS, MAX_PRESENTATION_HEADER_OCTETS)
        _check_profile(members["profile"])
        binding = members["binding"]
        if not isinstance(binding, dict) or binding.keys() != {"kind", "digest"}:
            raise EncodingError("binding: expected exactly kind and digest")
        kind = binding["kind"]
        if not isinstance(kind, str) or kind not in BindingKind.__members__.values():
            raise EncodingError("binding: expected kind c2pa-manifest or file")
        return cls(
            binding=Binding(kind=BindingKind(kind), digest=require_octets(binding["digest"], "binding digest")),
            pdq=_optional_octets(members["pdq"], "pdq"),
            audience=_optional_text(members["audience"], "audience"),
            nonce=_optional_octets(members["nonce"], "nonce"),
            statement=_optional_text(members["statement"], "statement"),
        )


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
        members = decode_map(octets, "vouch", _VOUCH_MEMBERS, MAX_VOUCH_OCTETS)
        _check_profile(members["profile"])
        if members["drafts"] != list(DRAFTS):
            raise UnsupportedError("vouch: made for other drafts than this version's")
        return cls(
            suite=by_name(text(members["suite"], "suite")),
            issuer=require_octets(members["issuer"], "issuer id"),
            credential_class=check_class(members["class"]),
            epoch=text(members["epoch"], "epoch"),
            level=check_level(members["level"]),
            scope=Scope.parse(text(members["scope"], "scope")),
            period=text(members["period"], "period"),
            slot=check_slot(members["slot"]),
            proof=require_octets(members["proof"], "proof"),
            pseudonym=require_octets(members["pseudonym"], "pseudonym"),
            presentation_header=require_octets(members["header"], "presentation header"),
        )


_HEADER_MEMBERS: Final = frozenset({"profile", "binding", "pdq", "audience", "nonce", "statement"})
_VOUCH_MEMBERS: Final = frozenset(
    {"profile", "suite", "drafts", "issuer", "class", "epoch", "level", "scope", "period", "slot"}
    | {"proof", "pseudonym", "header"}
)


def decode_map(octets: bytes, what: str, names: frozenset[str], max_size: int) -> Mapping[str, CborValue]:
    """Decode a canonical CBOR map with exactly these keys. Raises EncodingError."""
    try:
        value = dcbor_decode(octets, max_size=max_size)
    except EncodingError as error:
        raise EncodingError(f"{what}: {error}") from error
    if not isinstance(value, dict):
        raise EncodingError(f"{what}: expected a map")
    if value.keys() != names:
        missing = ", ".join(sorted(names - value.keys())) or "none"
        raise EncodingError(f"{what}: missing {missing}, unknown {len(value.keys() - names)}")
    return value


def text(value: CborValue, what: str) -> str:
    """Return a decoded value that must be text of at most MAX_SCOPE_OCTETS characters. Raises EncodingError."""
    if not isinstance(value, str) or len(value) > MAX_SCOPE_OCTETS:
        raise EncodingError(f"{what}: expected text of at most {MAX_SCOPE_OCTETS} characters")
    return value


def _check_profile(value: CborValue) -> None:
    if not isinstance(value, str):
        raise EncodingError("profile: expected text")
    if value != PROFILE:
        raise UnsupportedError(f"profile: expected {PROFILE}, got {value[:40]!r}")


def _optional_octets(value: CborValue, what: str) -> bytes | None:
    return None if value is None else require_octets(value, what)


def _optional_text(value: CborValue, what: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise EncodingError(f"{what}: expected text or null")
    return value


def check_texts(*, statement: str | None, audience: str | None) -> None:
    """Check what a holder says and to whom; None where nothing. Raises EncodingError.

    Each is in NFC, of bounded length, and holds no control character and none that reorders what is around it.
    """
    _check_text(audience, "audience", MAX_AUDIENCE_OCTETS)
    _check_text(statement, "statement", MAX_STATEMENT_OCTETS)


def _check_text(value: str | None, what: str, most: int) -> None:
    """Refuse empty, over-long, unnormalised text, control characters and those that reorder what is around them."""
    if value is None:
        return
    if not isinstance(value, str) or not value or len(value.encode("utf-8", "replace")) > most:
        raise EncodingError(f"{what}: expected text of 1 to {most} octets")
    if value != unicodedata.normalize("NFC", value):
        raise EncodingError(f"{what}: expected text in Unicode form NFC")
    for character in value:
        # Cc control, Cs surrogate, Zl and Zp line ends, bidirectional controls: a report shows the text in its midst
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI_CONTROLS:
            raise EncodingError(f"{what}: holds a control character U+{ord(character):04X}")


_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
