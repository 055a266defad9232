"""To what does a holder bind a proof, and what do they say with it? (The drafts' presentation header.)"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from zk.bbs.encoding import CborValue, dcbor_decode_map, dcbor_encode, require_octets
from zk.errors import EncodingError
from zk.profile.constants import ID_OCTETS, PROFILE, check_profile

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

_HEADER_MEMBERS: Final = frozenset({"profile", "binding", "pdq", "audience", "nonce", "statement"})
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Stance(StrEnum):
    """Where a holder stands on the media: signed with the rest, so that nobody has to judge a text."""

    FOR = "for"
    """They stand behind it."""
    AGAINST = "against"
    """They speak against it: it counts as no support."""
    NOTE = "note"
    """They say something about it, and neither."""


class BindingKind(StrEnum):
    """To what a vouch is bound."""

    MANIFEST = "c2pa-manifest"
    """SHA-256 of a Content Credentials manifest's content."""
    FILE = "file"
    """SHA-256 of the file's octets."""
    SESSION = "session"
    """SHA-256 of a call's meeting, answered over a connection whose both ends are bound in the challenge."""
    SESSION_UNBOUND = "session-unbound"
    """The same, answered over a channel of which nothing is known: a relay is not excluded."""
    SEAL = "seal"
    """SHA-256 of the pre-authentication encoding (DSSE) of a statement that is sealed: never of a file."""

    @property
    def is_session(self) -> bool:
        """Whether it is about a call and not about media."""
        return self in (BindingKind.SESSION, BindingKind.SESSION_UNBOUND)

    @property
    def is_media(self) -> bool:
        """Whether it is about media: what a person may stand for or against, and say something about."""
        return self in (BindingKind.MANIFEST, BindingKind.FILE)


_KINDS: Final = "expected kind " + ", ".join(BindingKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The one piece of media, the one meeting, or the one sealed statement that a vouch is about."""

    kind: BindingKind
    digest: bytes
    """32 octets."""

    def __post_init__(self) -> None:
        """Refuse what is no binding, wherever it comes from."""
        if not isinstance(self.kind, BindingKind):
            raise EncodingError(f"binding: {_KINDS}")
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
    stance: Stance | None = None
    """Where the holder stands; None in vouches from before there were stances."""

    @property
    def effective_stance(self) -> Stance:
        """The signed one; without it `for` where nothing is said, and `note` where a text is: nobody judges texts."""
        if self.stance is not None:
            return self.stance
        return Stance.FOR if self.statement is None else Stance.NOTE

    def __post_init__(self) -> None:
        """Refuse over-long parts and texts that would not show as what they are."""
        if self.pdq is not None:
            require_octets(self.pdq, "pdq", length=PDQ_OCTETS)
        if self.nonce is not None:
            require_octets(self.nonce, "nonce", most=MAX_NONCE_OCTETS)
            if not self.nonce:
                raise EncodingError("nonce: expected at least one octet, got none")
        check_texts(statement=self.statement, audience=self.audience)
        if self.stance is not None and not isinstance(self.stance, Stance):
            raise EncodingError("stance: expected for, against or note")
        if self.binding.kind.is_session:
            self._check_session()
        if self.binding.kind is BindingKind.SEAL and self._said != (None,) * 5:
            raise EncodingError("seal: expected neither statement nor stance, pdq, audience nor nonce")

    @property
    def _said(self) -> tuple[object, ...]:
        return self.statement, self.stance, self.pdq, self.audience, self.nonce

    def _check_session(self) -> None:
        """An answer in a call says nothing but that it answers: to whom and to what is signed, and nothing else."""
        if (self.statement, self.stance, self.pdq) != (None, None, None):
            raise EncodingError("session: expected neither statement nor stance nor pdq")
        if self.audience != call_id(self.binding.digest) or self.nonce is None or len(self.nonce) != ID_OCTETS:
            raise EncodingError("session: expected the call id as audience and the digest of a challenge as nonce")

    @property
    def content_digest(self) -> bytes:
        """SHA-256(dCBOR[binding, statement]), 32 octets: what a ledger keeps, and what one voice may be used for.

        With a stance, SHA-256(dCBOR[binding, statement, stance]): who changed their mind has spoken twice.
        """
        said: list[CborValue] = [self.binding._value(), self.statement]
        return hashlib.sha256(dcbor_encode(said if self.stance is None else [*said, self.stance.value])).digest()

    def encode(self) -> bytes:
        """Return the canonical CBOR."""
        members: dict[str, CborValue] = {
            "profile": PROFILE,
            "binding": self.binding._value(),
            "pdq": self.pdq,
            "audience": self.audience,
            "nonce": self.nonce,
            "statement": self.statement,
        }
        return dcbor_encode(members if self.stance is None else members | {"stance": self.stance.value})

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the canonical CBOR. Raises EncodingError or UnsupportedError (another profile)."""
        members = dcbor_decode_map(
            octets,
            "presentation header",
            _HEADER_MEMBERS,
            MAX_PRESENTATION_HEADER_OCTETS,
            optional=frozenset({"stance"}),
        )
        check_profile(members["profile"])
        binding = members["binding"]
        if not isinstance(binding, dict) or binding.keys() != {"kind", "digest"}:
            raise EncodingError("binding: expected exactly kind and digest")
        kind = binding["kind"]
        if not isinstance(kind, str) or kind not in BindingKind.__members__.values():
            raise EncodingError(f"binding: {_KINDS}")
        return cls(
            binding=Binding(kind=BindingKind(kind), digest=require_octets(binding["digest"], "binding digest")),
            pdq=_optional_octets(members["pdq"], "pdq"),
            audience=_optional_text(members["audience"], "audience"),
            nonce=_optional_octets(members["nonce"], "nonce"),
            statement=_optional_text(members["statement"], "statement"),
            stance=_stance(members["stance"]) if "stance" in members else None,
        )


def call_id(digest: bytes) -> str:
    """Return the id of the call whose meeting has this digest: its 32 octets in lower-case base 32, unpadded."""
    octets = require_octets(digest, "meeting digest", length=ID_OCTETS)
    return base64.b32encode(octets).decode("ascii").rstrip("=").lower()


def _stance(value: CborValue) -> Stance:
    """A stance that is written; there is no other way to have none than to leave it out."""
    if not isinstance(value, str) or value not in Stance.__members__.values():
        raise EncodingError("stance: expected for, against or note")
    return Stance(value)


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
