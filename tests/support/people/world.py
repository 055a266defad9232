"""Issuers, people and vouches for the verifier's tests, made straight from the core, as a wallet or an attacker would.

Everything here is built from the drafts' functions, so that a test may also make what no honest wallet makes.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.bbs import bbs, pseudonym
from zk.bbs.ciphersuite import BLS12_381_SHA_256, Suite
from zk.bbs.core import draw_scalars
from zk.bbs.curve import R
from zk.bbs.encoding import scalar_to_octets
from zk.profile.personhood import (
    DISCLOSED_INDEXES,
    Binding,
    BindingKind,
    CredentialClass,
    EpochLength,
    IssuerInfo,
    IssuerKey,
    Level,
    PresentationHeader,
    Scope,
    Stance,
    Vouch,
    context_id,
    header,
    issuer_messages,
    period_of,
    prove_possession,
)
from zk.verifier.verifier import Presented

EPOCHS = ("2026-10", "2026-11", "2026-12")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CAFE = Scope.parse("public:review/cafe-harbour")
DESK = Scope.parse("news.example:corrections")
MEDIA = Scope.parse("public:media")
LASTING, EPOCH = CredentialClass.LASTING, CredentialClass.EPOCH


def binding(name: str = "photo", kind: BindingKind = BindingKind.FILE) -> Binding:
    """The binding of a file with this content."""
    return Binding(kind=kind, digest=hashlib.sha256(name.encode()).digest())


PHOTO = binding()


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An issuer with a BBS key for each epoch."""

    name: str
    suite: Suite = BLS12_381_SHA_256
    n: int = 4
    slots: int = 3
    epochs: tuple[str, ...] = EPOCHS
    length: EpochLength = EpochLength.MONTH
    compromised: frozenset[str] = frozenset()
    serial: int = 1

    def key(self, epoch: str) -> bytes:
        """The secret BBS key of an epoch."""
        return bbs.key_gen(hashlib.sha256(f"{self.name}/{epoch}".encode()).digest(), suite=self.suite)

    @property
    def info(self) -> IssuerInfo:
        """The public part, signed."""
        return _info(self)


@cache
def _info(issuer: Issuer) -> IssuerInfo:
    keys = [
        IssuerKey(
            epoch=epoch,
            public_key=bbs.sk_to_pk(issuer.key(epoch)),
            possession=prove_possession(issuer.key(epoch)),
            compromised=epoch in issuer.compromised,
        )
        for epoch in issuer.epochs
    ]
    return IssuerInfo.sign(
        Ed25519PrivateKey.from_private_bytes(hashlib.sha256(issuer.name.encode()).digest()),
        name=issuer.name,
        suite=issuer.suite,
        n=issuer.n,
        epoch_length=issuer.length,
        slots=issuer.slots,
        serial=issuer.serial,
        keys=keys,
        counts=[],
        resets=0,
    )


CLUB = Issuer(name="Harbour Press Club")
TOWN = Issuer(name="Town Hall")


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person's nym secrets at one issuer, for one class."""

    issuer: Issuer = CLUB
    credential_class: CredentialClass = LASTING
    nyms: tuple[bytes, ...] = field(repr=False)
    entropy: bytes = field(repr=False)

    def vouch(
        self,
        *,
        scope: Scope = CAFE,
        slot: int = 0,
        bound: Binding = PHOTO,
        statement: str | None = None,
        stance: Stance | None = None,
        epoch: str = "2026-11",
        level: Level = Level.TWO,
        nonce: bytes | None = None,
        audience: str | None = None,
        pdq: bytes | None = None,
        proved_scope: Scope | None = None,
        proved_slot: int | None = None,
        proved_header: PresentationHeader | None = None,
        self_signed: bool = False,
    ) -> Vouch:
        """Return a vouch; `proved_…` prove something else than the vouch then claims.

        `self_signed`: over a signature that the holder made with a key of their own, so that all fits but the pairing.
        """
        info = self.issuer.info
        secrets, blind, signature, public_key = _credential(self, epoch, level, self_signed=self_signed)
        shown = PresentationHeader(
            binding=bound, pdq=pdq, statement=statement, stance=stance, nonce=nonce, audience=audience
        )
        period = period_of(self.credential_class, epoch)
        proof, nym = pseudonym.proof_gen_with_nym(
            public_key,
            signature,
            header(info, self.credential_class, epoch),
            (proved_header or shown).encode(),
            secrets,
            context_id(
                info.id,
                self.credential_class,
                proved_scope or scope,
                period,
                slot if proved_slot is None else proved_slot,
                bound.digest,
            ),
            issuer_messages(info, self.credential_class, epoch, level),
            [],
            DISCLOSED_INDEXES,
            [],
            blind,
            suite=info.suite,
        )
        return Vouch(
            suite=info.suite,
            issuer=info.id,
            credential_class=self.credential_class,
            epoch=epoch,
            level=level,
            scope=scope,
            period=period,
            slot=slot,
            proof=proof,
            pseudonym=nym,
            presentation_header=shown.encode(),
        )


def person(issuer: Issuer = CLUB, credential_class: CredentialClass = LASTING) -> Person:
    """Return somebody new."""
    *nyms, entropy = (scalar_to_octets(scalar) for scalar in draw_scalars(issuer.n + 1))
    return Person(issuer=issuer, credential_class=credential_class, nyms=tuple(nyms), entropy=entropy)


@cache
def _credential(
    holder: Person, epoch: str, level: Level, *, self_signed: bool
) -> tuple[tuple[bytes, ...], bytes, bytes, bytes]:
    """Return nym secrets, prover blind, signature and public key: the same secrets for every epoch."""
    info = holder.issuer.info
    public_key = bbs.sk_to_pk(holder.issuer.key(epoch))
    secret_key = bbs.key_gen(bytes(32), suite=info.suite) if self_signed else holder.issuer.key(epoch)
    signed = header(info, holder.credential_class, epoch)
    messages = issuer_messages(info, holder.credential_class, epoch, level)
    commitment, blind = pseudonym.commit_with_nym(holder.nyms, [], suite=info.suite)
    signature = pseudonym.blind_sign_with_nym(
        secret_key, public_key, commitment, info.n, holder.entropy, signed, messages, suite=info.suite
    )
    last = (int.from_bytes(holder.nyms[-1], "big") + int.from_bytes(holder.entropy, "big")) % R
    return (*holder.nyms[:-1], scalar_to_octets(last)), blind, signature, public_key


def presented(vouch: Vouch, *bindings: Binding, time_stamp: datetime | None = None) -> Presented:
    """Return a vouch as found beside the media it names, unless bindings are given."""
    return Presented(vouch=vouch.encode(), bindings=bindings or (vouch.presentation.binding,), time_stamp=time_stamp)


def changed(vouch: Vouch, **fields: object) -> Vouch:
    """Return a vouch that claims something else for the same proof."""
    return replace(vouch, **fields)  # type: ignore[arg-type]


def in_epoch(epoch: str) -> datetime:
    """Return a time within a month."""
    return EpochLength.MONTH.epoch_bounds(epoch)[0] + timedelta(days=10)
