"""With which code may somebody ask, and how is it shown that they have it without giving it away?

A code is 128 random bits that the issuer hands to a person whom it has just checked. An Ed25519 key follows from it:
the wallet signs its request with that key, the issuer keeps the public half and the code's id. Neither a request nor
the issuer's books hold anything from which the code could be found.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zk.bbs.encoding import dcbor_encode
from zk.errors import EncodingError, SignatureError

CODE_OCTETS: Final = 16
"""Random octets of a code: 128 bits, not to be guessed."""

CODE_ID_OCTETS: Final = 16
"""Octets of a code's id."""

CODE_KEY_OCTETS: Final = 32
"""Octets of a code's public key and of the seed of its secret one (RFC 8032)."""

CODE_SIGNATURE_OCTETS: Final = 64
"""Octets of a signature made with a code's key (RFC 8032)."""

MAX_GENERATION: Final = 999
"""Resets of one person at most: at one in twelve months more than a life."""

_SEED_CONTEXT: Final = "vouchmark/code/1"
_MAX_CODE_CHARACTERS: Final = 64  # with the white space that copying brings along
_CODE: Final = re.compile(r"vm1-(enrol|renew|reset|token)-(0|[1-9][0-9]{0,2})-([a-z2-7]{26})")


class CodeKind(StrEnum):
    """What a code allows."""

    ENROL = "enrol"
    """A first credential."""
    RENEW = "renew"
    """One for another epoch, with the same lasting nym secrets."""
    RESET = "reset"
    """One with fresh nym secrets, for a person who lost the wallet."""
    TOKEN = "token"  # noqa: S105 - a kind's name
    """One for a later epoch without a new invitation, with the same lasting nym secrets: it comes with an answer."""

    @property
    def is_renewal(self) -> bool:
        """Whether the nym secrets of class `lasting` are those of before."""
        return self in (CodeKind.RENEW, CodeKind.TOKEN)


def check_kind(name: object) -> CodeKind:
    """Return the kind of that name. Raises EncodingError."""
    if isinstance(name, str) and name in CodeKind.__members__.values():
        return CodeKind(name)
    raise EncodingError("code kind: expected enrol, renew, reset or token")


def check_generation(value: object) -> int:
    """Return a generation of 0 to MAX_GENERATION. Raises EncodingError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_GENERATION:
        raise EncodingError(f"generation: expected 0 to {MAX_GENERATION}")
    return value


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

    def sign(self, octets: bytes) -> bytes:
        """Return the Ed25519 signature, 64 octets, of this code's key over `octets`."""
        return self._key().sign(octets)

    @property
    def public_key(self) -> bytes:
        """The public half of this code's Ed25519 key, 32 octets: what the issuer keeps."""
        return self._key().public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        """The first 16 octets of SHA-256 of the public key: by this a request names its code."""
        return code_id(self.public_key)

    def _key(self) -> Ed25519PrivateKey:
        """Return the key whose seed is HKDF-SHA-256 (RFC 5869) of the 128 bits: no salt; kind and generation as info.

        A code of which somebody changes the kind or the generation has another key, and is unknown.
        """
        info = dcbor_encode([_SEED_CONTEXT, self.kind.value, self.generation])
        seed = HKDF(algorithm=SHA256(), length=CODE_KEY_OCTETS, salt=None, info=info).derive(self.secret)
        return Ed25519PrivateKey.from_private_bytes(seed)


def code_id(public_key: bytes) -> bytes:
    """Return the id of the code with this public key."""
    return hashlib.sha256(public_key).digest()[:CODE_ID_OCTETS]


def check_code_signature(public_key: bytes, signature: bytes, octets: bytes) -> None:
    """Check that whoever has the code signed `octets`. Raises SignatureError."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, octets)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("request: not signed with its code, or changed on the way") from error
