"""Which secrets does an issuer keep, and what is computed from them?"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from typing import Final, Self

from zk.bbs.bbs import key_gen, sk_to_pk
from zk.bbs.ciphersuite import Suite
from zk.bbs.encoding import (
    CborValue,
    dcbor_decode_map,
    dcbor_encode,
    octets_to_scalar,
    require_octets,
    require_text,
    scalar_to_octets,
)
from zk.bbs.hashing import hash_to_scalar
from zk.errors import EncodingError, RefusedError
from zk.issuer.identifiers import forms, loose
from zk.issuer.seals import SealKeys
from zk.profile.codes import CODE_OCTETS
from zk.profile.personhood import ID_OCTETS, CredentialClass, IssuerKey
from zk.profile.possession import prove_possession
from zk.storage.vault import MAX_CONTENT_OCTETS

SECRET_OCTETS: Final = 32
"""Octets of each HMAC key and of a secret BBS key."""

MAX_SECRET_KEYS: Final = 16
"""Secret BBS keys at once: of this epoch and the next, and of epochs whose destruction is overdue."""

ENTROPY_DST: Final = b"VOUCHMARK_NYM_ENTROPY_V1_H2S_"
"""After suite_id: the domain separation tag of signer_nym_entropy."""

_FORMAT: Final = "vouchmark-issuer-secrets/1"
_MEMBERS: Final = frozenset({"format", "issuer", "pepper", "entropy", "reset_days", "keys"})
_SEALED: Final = "sealed"
_OPTIONAL: Final = frozenset({"codes", _SEALED})
"""`codes`, a key under which earlier versions kept codes, is dropped at the next write; `sealed` is what they lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """A BBS secret key and the epoch that it signs for."""

    epoch: str
    octets: bytes = field(repr=False)
    """32 octets."""
    public_key: bytes

    @classmethod
    def draw(cls, epoch: str, suite: Suite) -> Self:
        """Return a fresh key."""
        octets = key_gen(secrets.token_bytes(48), suite=suite)
        return cls(epoch=epoch, octets=octets, public_key=sk_to_pk(octets))

    def publish(self) -> IssuerKey:
        """Return the public part with its proof of possession."""
        return IssuerKey(epoch=self.epoch, public_key=self.public_key, possession=prove_possession(self.octets))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSecrets:
    """Everything secret but the identity key. Pepper and entropy key live as long as the issuer."""

    issuer: bytes
    """Issuer id, 32 octets."""
    pepper: bytes = field(repr=False)
    """Key of the tags."""
    entropy_key: bytes = field(repr=False)
    """Key of signer_nym_entropy."""
    reset_days: int
    """How long after a reset a person may have the next."""
    keys: tuple[SecretKey, ...]
    sealed: bool = True
    """Whether the books were ever sealed: from then on, ones that are not are somebody else's work."""

    @classmethod
    def draw(cls, issuer: bytes, *, reset_days: int, keys: tuple[SecretKey, ...]) -> Self:
        """Return fresh secrets for a new issuer."""
        return cls(
            issuer=issuer,
            pepper=secrets.token_bytes(SECRET_OCTETS),
            entropy_key=secrets.token_bytes(SECRET_OCTETS),
            reset_days=reset_days,
            keys=keys,
        )

    def with_keys(self, keys: tuple[SecretKey, ...]) -> Self:
        """Return the same secrets with other BBS keys."""
        return replace(self, keys=keys)

    @property
    def seal_keys(self) -> SealKeys:
        """With what the books are sealed."""
        return SealKeys.derive(self.issuer, self.pepper + self.entropy_key)

    def tag(self, identifier: str) -> bytes:
        """Return HMAC-SHA-256(pepper, canonical identifier), all that is kept of an identifier."""
        return self.tags(identifier)[0]

    def tags(self, identifier: str) -> tuple[bytes, ...]:
        """Return the tags under which a person may be in the books, the one that counts now first.

        Raises EncodingError.
        """
        return tuple(hmac.digest(self.pepper, form.encode("utf-8"), "sha256") for form in forms(identifier))

    def near(self, identifier: str) -> tuple[bytes, ...]:
        """Return keyed hashes of what an identifier may be mistaken for by, 32 octets each. Raises EncodingError."""
        # No canonical identifier holds a NUL, so that none of these is a tag.
        return tuple(
            hmac.digest(self.pepper, b"\x00near\x00" + form.encode("utf-8"), "sha256") for form in loose(identifier)
        )

    def renewal_secret(self, request: bytes) -> bytes:
        """Return the 16 octets of the renewal token that answers a request, given its digest: always the same ones."""
        # A text at the beginning: nym_entropy's lists begin with octets.
        return hmac.digest(self.entropy_key, dcbor_encode(["vouchmark-renewal/1", request]), "sha256")[:CODE_OCTETS]

    def nym_entropy(self, tag: bytes, credential_class: CredentialClass, period: str | int, *, suite: Suite) -> bytes:
        """Return signer_nym_entropy, a scalar: H2S(HMAC(entropy key, dCBOR[tag, class, epoch or generation])).

        Always the same for the same person, class and epoch (class `epoch`) or generation (class `lasting`), so that
        renewals keep the nym secrets.
        """
        octets = hmac.digest(self.entropy_key, dcbor_encode([tag, credential_class.value, period]), hashlib.sha256)
        entropy = scalar_to_octets(hash_to_scalar(octets, suite.suite_id + ENTROPY_DST, suite))
        octets_to_scalar(entropy, "signer nym entropy")  # zero, once in 2^255, is refused
        return entropy

    def encode(self) -> bytes:
        """Return the content of the issuer's vault. Raises RefusedError where that could not be read again."""
        if len(self.keys) > MAX_SECRET_KEYS:
            raise RefusedError(f"issuer: {len(self.keys)} secret keys, and can hold {MAX_SECRET_KEYS} at most")
        return dcbor_encode(
            {
                "format": _FORMAT,
                "issuer": self.issuer,
                "pepper": self.pepper,
                "entropy": self.entropy_key,
                "reset_days": self.reset_days,
                "keys": [[key.epoch, key.octets] for key in self.keys],
                **({_SEALED: True} if self.sealed else {}),
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the content of the issuer's vault. Raises EncodingError."""
        members = dcbor_decode_map(octets, "issuer secrets", _MEMBERS, MAX_CONTENT_OCTETS, optional=_OPTIONAL)
        keys = members["keys"]
        reset_days = members["reset_days"]
        if members["format"] != _FORMAT or not isinstance(keys, list) or len(keys) > MAX_SECRET_KEYS:
            raise EncodingError(f"issuer secrets: expected format {_FORMAT}")
        if not isinstance(reset_days, int):
            raise EncodingError("issuer secrets: expected a number of days")
        if members.get(_SEALED, True) is not True:
            raise EncodingError("issuer secrets: expected that the books are sealed, or no word of it")
        return cls(
            sealed=_SEALED in members,
            issuer=require_octets(members["issuer"], "issuer id", length=ID_OCTETS),
            pepper=require_octets(members["pepper"], "pepper", length=SECRET_OCTETS),
            entropy_key=require_octets(members["entropy"], "entropy key", length=SECRET_OCTETS),
            reset_days=reset_days,
            keys=tuple(_secret_key(item) for item in keys),
        )


def _secret_key(item: CborValue) -> SecretKey:
    if not isinstance(item, list) or len(item) != 2:
        raise EncodingError("issuer secrets: expected epoch and key")
    octets = require_octets(item[1], "secret key", length=SECRET_OCTETS)
    return SecretKey(epoch=require_text(item[0], "epoch"), octets=octets, public_key=sk_to_pk(octets))
