"""What does a wallet remember, and how is that written inside its vault?

Every secret of the holder is here and nowhere else. What was vouched for is kept as digests: enough to refuse a second
use of a slot, and no diary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Self, TypeVar

from zk.bbs.encoding import CborValue, dcbor_decode, dcbor_encode, require_octets
from zk.errors import EncodingError, RefusedError
from zk.profile.codes import check_generation
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import CredentialClass, Level, check_class, check_level
from zk.storage.marks import ID_OCTETS, draw_id
from zk.storage.vault import MAX_CONTENT_OCTETS

MAX_ISSUERS: Final = 100
"""Issuers of one wallet at most."""

MAX_PENDING: Final = 16
"""Requests kept for one issuer; the oldest give way. They stay after acceptance, as a key may have to be replaced."""

MAX_CREDENTIALS: Final = 64
"""Credentials kept for one issuer: 32 epochs of both classes; the oldest give way."""

MAX_USES: Final = 20_000
"""Used slots kept for one issuer, 110 octets each; there is no giving way, since that would allow a second voice."""

_FORMAT: Final = "vouchmark-wallet/3"
_SECOND_FORMAT: Final = "vouchmark-wallet/2"  # without the file of a used slot
_FIRST_FORMAT: Final = "vouchmark-wallet/1"  # without an id and a count: nothing is known of its copies
_MEMBERS: Final = frozenset({"format", "id", "count", "restored", "issuers"})
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """The nyms of class `lasting`, from one reset to the next."""

    generation: int
    nyms: tuple[bytes, ...] = field(repr=False)
    """N scalars of 32 octets."""
    entropy: bytes | None = field(default=None, repr=False)
    """The issuer's, pinned when the first credential was accepted: an issuer that switches it could link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A request that was made, with what is needed to finish it."""

    digest: bytes
    """SHA-256 of the request."""
    code: bytes
    """The code's id: the same code for the same epoch gives the same request."""
    epoch: str
    generation: int
    request: bytes = field(repr=False)
    lasting_blind: bytes = field(repr=False)
    epochal_blind: bytes = field(repr=False)
    epochal_nyms: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A verified blind signature and what it takes to present it."""

    credential_class: CredentialClass
    epoch: str
    level: Level
    generation: int
    public_key: bytes = field(repr=False)
    """The issuer's key that signed it, 96 octets."""
    signature: bytes = field(repr=False)
    entropy: bytes = field(repr=False)
    nym_secrets: tuple[bytes, ...] = field(repr=False)
    blind: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A slot that is taken."""

    context: bytes
    """SHA-256 of the context id, which holds class, scope, period and slot."""
    content: bytes
    """Digest of binding and statement."""
    file: bytes | None = None
    """Digest of the binding alone (`zk.wallet.wallet.file_digest`); None where version 0.2.0 took the slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A renewal token as it came with an answer."""

    secret: bytes = field(repr=False)
    generation: int
    until: int
    """Seconds since 1970."""
    epoch: str
    """The epoch of the credentials with which it came: it is for later ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a wallet holds of one issuer."""

    info: IssuerInfo
    source: str | None = None
    """The file that issuer.json was read from: looked at again when a newer one is needed."""
    lasting: tuple[Lasting, ...] = ()
    pending: tuple[Pending, ...] = field(default=(), repr=False)
    credentials: tuple[Credential, ...] = ()
    uses: tuple[Use, ...] = field(default=(), repr=False)
    renew_from: int | None = None
    """A random moment of the last half of the latest epoch, seconds since 1970: when to renew in advance."""
    token: Token | None = None
    """With what the next epochs can be asked for without a new code; None where the issuer wants to see the person."""
    restored_in: str | None = None
    """The epoch in which an older copy of the wallet was put back; None where it never was. What had been vouched for
    after that copy was made is not known: in class `epoch` until that epoch is over, in class `lasting` for ever."""

    def lasting_of(self, generation: int) -> Lasting | None:
        """Return the nyms of a generation, or None."""
        return next((lasting for lasting in self.lasting if lasting.generation == generation), None)

    def credential(self, credential_class: CredentialClass, epoch: str) -> Credential | None:
        """Return the credential of a class and epoch, or None."""
        for credential in self.credentials:
            if (credential.credential_class, credential.epoch) == (credential_class, epoch):
                return credential
        return None

    def has_vouched_for(self, file: bytes) -> bool:
        """Return whether a slot is used for a file (`zk.wallet.wallet.file_digest`), whatever was said of it."""
        return any(use.file == file for use in self.uses)

    def with_lasting(self, lasting: Lasting) -> Self:
        """Add or replace the nyms of a generation."""
        others = tuple(other for other in self.lasting if other.generation != lasting.generation)
        return replace(self, lasting=(*others, lasting))

    def with_pending(self, pending: Pending) -> Self:
        """Add a request."""
        return replace(self, pending=(*self.pending, pending)[-MAX_PENDING:])

    def with_credential(self, credential: Credential) -> Self:
        """Add or replace the credential of a class and epoch."""
        key = (credential.credential_class, credential.epoch)
        others = [other for other in self.credentials if (other.credential_class, other.epoch) != key]
        kept = sorted([*others, credential], key=lambda each: each.epoch)[-MAX_CREDENTIALS:]
        return replace(self, credentials=tuple(kept))

    def with_use(self, use: Use) -> Self:
        """Take a slot. Raises RefusedError if the wallet is full."""
        if len(self.uses) >= MAX_USES:
            raise RefusedError(f"wallet: holds {MAX_USES} vouches of this issuer, and can remember no more")
        return replace(self, uses=(*self.uses, use))


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletState:
    """The whole content of a wallet."""

    memberships: tuple[Membership, ...] = ()
    id: bytes = field(default_factory=draw_id)
    """16 random octets, by which the mark of `zk.storage.marks` finds this wallet."""
    count: int = 0
    """How often it was written."""
    restored: bool = False
    """Whether an older copy was put back, and no clock has yet said in which epoch."""

    def membership(self, issuer: bytes) -> Membership | None:
        """Return what is held of an issuer, or None."""
        return next((each for each in self.memberships if each.info.id == issuer), None)

    def with_membership(self, membership: Membership) -> Self:
        """Add or replace what is held of an issuer. Raises RefusedError if there are too many."""
        others = tuple(each for each in self.memberships if each.info.id != membership.info.id)
        if len(others) >= MAX_ISSUERS:
            raise RefusedError(f"wallet: holds {MAX_ISSUERS} issuers, and can hold no more")
        return replace(self, memberships=(*others, membership))

    def without_membership(self, issuer: bytes) -> Self:
        """Return the state without what is held of an issuer."""
        return replace(self, memberships=tuple(each for each in self.memberships if each.info.id != issuer))

    def encode(self) -> bytes:
        """Return the content of the vault."""
        return dcbor_encode(
            {
                "format": _FORMAT,
                "id": self.id,
                "count": self.count,
                "restored": self.restored,
                "issuers": [_membership_value(each) for each in self.memberships],
            }
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Parse the content of the vault. Raises EncodingError, or what `IssuerInfo.from_json` raises."""
        value = dcbor_decode(octets, max_size=MAX_CONTENT_OCTETS)
        if isinstance(value, dict) and value.keys() == {"format", "issuers"} and value["format"] == _FIRST_FORMAT:
            return cls(memberships=_each(value["issuers"], _first_membership))
        if not isinstance(value, dict) or value.keys() != _MEMBERS or value["format"] not in _FORMATS:
            raise EncodingError(f"wallet: expected content of format {_FORMAT}")
        if not isinstance(value["restored"], bool):
            raise EncodingError("wallet: expected true or false")
        return cls(
            memberships=_each(value["issuers"], _FORMATS[value["format"]]),
            id=require_octets(value["id"], "wallet id", length=ID_OCTETS),
            count=_integer(value["count"]),
            restored=value["restored"],
        )


def _membership_value(membership: Membership) -> CborValue:
    return [
        membership.info.to_json(),
        membership.source,
        membership.renew_from,
        [[each.generation, list(each.nyms), each.entropy] for each in membership.lasting],
        [
            [
                each.digest,
                each.code,
                each.epoch,
                each.generation,
                each.request,
                each.lasting_blind,
                each.epochal_blind,
                list(each.epochal_nyms),
            ]
            for each in membership.pending
        ],
        [
            [
                each.credential_class.value,
                each.epoch,
                int(each.level),
                each.generation,
                each.public_key,
                each.signature,
                each.entropy,
                list(each.nym_secrets),
                each.blind,
            ]
            for each in membership.credentials
        ],
        [[each.context, each.content, each.file] for each in membership.uses],
        membership.restored_in,
        None if membership.token is None else _token_value(membership.token),
    ]


def _token_value(token: Token) -> CborValue:
    return [token.secret, token.generation, token.until, token.epoch]


def _first_membership(value: CborValue) -> Membership:
    return _second_membership([*_row(value, 7), None, None])


def _second_membership(value: CborValue) -> Membership:
    row = _row(value, 9)
    uses = row[6] if isinstance(row[6], list) else [row[6]]
    return _membership([*row[:6], [[*_row(use, 2), None] for use in uses], *row[7:]])


def _membership(value: CborValue) -> Membership:
    info, source, renew_from, lasting, pending, credentials, uses, restored_in, token = _row(value, 9)
    return Membership(
        info=IssuerInfo.from_json(_octets(info), check_keys=False),
        source=None if source is None else _text(source),
        renew_from=None if renew_from is None else _integer(renew_from),
        lasting=_each(lasting, _lasting),
        pending=_each(pending, _pending),
        credentials=_each(credentials, _credential),
        uses=_each(uses, _use),
        restored_in=None if restored_in is None else _text(restored_in),
        token=None if token is None else _token(token),
    )


_FORMATS: Final[dict[CborValue, Callable[[CborValue], Membership]]] = {
    _FORMAT: _membership,
    _SECOND_FORMAT: _second_membership,
}
"""How a membership is read, by the format that a wallet is in."""


def _token(value: CborValue) -> Token:
    secret, generation, until, epoch = _row(value, 4)
    return Token(
        secret=_octets(secret), generation=check_generation(generation), until=_integer(until), epoch=_text(epoch)
    )


def _lasting(value: CborValue) -> Lasting:
    generation, nyms, entropy = _row(value, 3)
    return Lasting(
        generation=check_generation(generation),
        nyms=_each(nyms, _octets),
        entropy=None if entropy is None else _octets(entropy),
    )


def _pending(value: CborValue) -> Pending:
    digest, code, epoch, generation, request, lasting_blind, epochal_blind, epochal_nyms = _row(value, 8)
    return Pending(
        digest=_octets(digest),
        code=_octets(code),
        epoch=_text(epoch),
        generation=check_generation(generation),
        request=_octets(request),
        lasting_blind=_octets(lasting_blind),
        epochal_blind=_octets(epochal_blind),
        epochal_nyms=_each(epochal_nyms, _octets),
    )


def _credential(value: CborValue) -> Credential:
    credential_class, epoch, level, generation, public_key, signature, entropy, nym_secrets, blind = _row(value, 9)
    return Credential(
        credential_class=check_class(credential_class),
        epoch=_text(epoch),
        level=check_level(level),
        generation=check_generation(generation),
        public_key=_octets(public_key),
        signature=_octets(signature),
        entropy=_octets(entropy),
        nym_secrets=_each(nym_secrets, _octets),
        blind=_octets(blind),
    )


def _use(value: CborValue) -> Use:
    context, content, file = _row(value, 3)
    return Use(context=_octets(context), content=_octets(content), file=None if file is None else _octets(file))


def _row(value: CborValue, size: int) -> list[CborValue]:
    if not isinstance(value, list) or len(value) != size:
        raise EncodingError(f"wallet: expected a row of {size}")
    return value


def _each(value: CborValue, parse: Callable[[CborValue], _Item]) -> tuple[_Item, ...]:
    if not isinstance(value, list):
        raise EncodingError("wallet: expected a list")
    return tuple(parse(item) for item in value)


def _octets(value: CborValue) -> bytes:
    return require_octets(value, "wallet entry")


def _text(value: CborValue) -> str:
    if not isinstance(value, str):
        raise EncodingError("wallet: expected text")
    return value


def _integer(value: CborValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EncodingError("wallet: expected a whole number")
    return value
