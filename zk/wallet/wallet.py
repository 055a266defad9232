"""How does a person hold credentials and speak with them, once for each slot, without being known?

A wallet trusts its issuer with nothing but its signatures: it computes header and messages itself and refuses others,
pins the issuer's entropy, and checks every version of issuer.json against the one before.

Everything that must not be lost (the nyms, a request, a used slot) is on the disk before anything leaves the wallet.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from zk.bbs.pseudonym import proof_gen_with_nym
from zk.errors import RefusedError, StorageError, UntrustedError
from zk.profile.codes import Code, CodeKind
from zk.profile.exchange import EnrolmentResponse
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import (
    DISCLOSED_INDEXES,
    Binding,
    CredentialClass,
    Level,
    PresentationHeader,
    Scope,
    Stance,
    Vouch,
    check_slot,
    context_id,
    header,
    issuer_messages,
    period_of,
)
from zk.storage.vault import DEFAULT_LOG_COST, Passphrase, Vault, locked
from zk.wallet.state import Membership, Use, WalletState
from zk.wallet.steps import accepted, pending_of, refreshed, requested, updated

WALLET_KIND: Final = "wallet"
"""Kind of the vault."""

_DIRECTORY_MODE: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """What can be told of a credential without its secrets."""

    credential_class: CredentialClass
    epoch: str
    level: Level
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMembership:
    """What can be told of an issuer's part of a wallet."""

    info: IssuerInfo
    credentials: tuple[HeldCredential, ...]
    open_requests: tuple[str, ...]
    """Epochs for which a request was made and no credential accepted yet."""
    used_slots: int
    renew_from: datetime | None
    """When to ask for the next epoch, a random moment, so that asking does not show when one speaks."""
    crowd: int | None
    """Holders that the issuer publishes for the current lasting credential: the crowd that it hides in."""


class Wallet:
    """An opened wallet. Safe between processes: each change reads, changes and writes under a lock."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __repr__(self) -> str:
        return f"Wallet({str(self._vault.path)!r})"

    @classmethod
    def create(cls, path: Path, passphrase: Passphrase, *, log_cost: int = DEFAULT_LOG_COST) -> Self:
        """Make an empty wallet, mode 0600; folders on the way are made too, mode 0700.

        Raises RefusedError if there is a file, or StorageError.
        """
        path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow a link in the last part
        try:
            path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{path.parent}: cannot create: {error.strerror}") from error
        return cls(Vault.create(path, WALLET_KIND, passphrase, WalletState().encode(), log_cost=log_cost))

    @classmethod
    def open(cls, path: Path, passphrase: Passphrase) -> Self:
        """Open a wallet. Raises StorageError (not there, wrong passphrase, open to others) or EncodingError."""
        wallet = cls(Vault.open(path, WALLET_KIND, passphrase))
        WalletState.decode(wallet._vault.read())
        return wallet

    def request(
        self,
        issuer: IssuerInfo,
        code: Code,
        *,
        at: datetime,
        ahead: bool = False,
        source: Path | None = None,
    ) -> bytes:
        """Return the request for a first enrolment, or after a reset, for the present epoch or (`ahead`) the next.

        The same code for the same epoch gives the same request again. `source` is the file that `issuer` was read
        from. Raises RefusedError (a renewal's code; enrolled already), UntrustedError, EncodingError, StorageError.
        """
        if code.kind is CodeKind.RENEW:
            raise RefusedError("code: is for a renewal")
        with self._changing() as change:
            membership = change.state.membership(issuer.id) or Membership(info=issuer)
            membership = updated(membership, issuer)
            if source is not None:
                membership = replace(membership, source=os.path.abspath(source))  # noqa: PTH100 - a link is kept
            epoch = issuer.epoch_length.epoch_at(at)
            if ahead:
                epoch = issuer.epoch_length.next_epoch(epoch)
            membership, request = requested(membership, code, epoch)
            change.state = change.state.with_membership(membership)
        return request

    def renew(
        self, code: Code, *, at: datetime, issuer_id: bytes | None = None, newer: IssuerInfo | None = None
    ) -> bytes:
        """Return the request for the present epoch if there is no credential for it yet, else for the next.

        `newer` is a later issuer.json. Without `issuer_id` the wallet must hold one issuer. Raises as `request` does.
        """
        if code.kind is not CodeKind.RENEW:
            raise RefusedError(f"code: is not for a renewal but to {code.kind.value}")
        with self._changing() as change:
            membership = _the_membership(change.state, issuer_id or (newer.id if newer else None))
            membership = refreshed(membership, newer)
            length = membership.info.epoch_length
            epoch = length.epoch_at(at)
            if membership.credential(CredentialClass.LASTING, epoch) is not None:
                epoch = length.next_epoch(epoch)
            membership, request = requested(membership, code, epoch)
            change.state = change.state.with_membership(membership)
        return request

    def accept(self, response: bytes, *, newer: IssuerInfo | None = None) -> tuple[HeldCredential, ...]:
        """Verify an issuer's response and keep both credentials; return what they are.

        May be repeated. Raises RefusedError (no such request), SignatureError (signed something else than header and
        messages as the wallet computes them, or switched entropy), UntrustedError, EncodingError or StorageError.
        """
        answer = EnrolmentResponse.decode(response)
        with self._changing() as change:
            membership = change.state.membership(answer.issuer)
            pending = None if membership is None else pending_of(membership, answer)
            if membership is None or pending is None:
                raise RefusedError("response: answers no request of this wallet")
            membership = refreshed(membership, newer)
            membership = accepted(membership, pending, answer)
            change.state = change.state.with_membership(membership)
        return tuple(
            HeldCredential(credential_class=each, epoch=answer.epoch, level=answer.level, is_current=False)
            for each in CredentialClass
        )

    def present(
        self,
        *,
        scope: Scope,
        binding: Binding,
        at: datetime,
        credential_class: CredentialClass = CredentialClass.LASTING,
        issuer_id: bytes | None = None,
        slot: int | None = None,
        statement: str | None = None,
        stance: Stance | None = None,
        audience: str | None = None,
        nonce: bytes | None = None,
        pdq: bytes | None = None,
    ) -> Vouch:
        """Return a vouch for one binding, in a free slot taken at random unless one is given.

        The stance is signed: `for` unless one is given, and `note` where there is a statement, which nobody judges. The
        slot is written down before the proof is made. The same binding, statement and stance again get the same slot
        and a fresh proof; a slot used for others is refused. Raises RefusedError, UntrustedError, EncodingError or
        StorageError.
        """
        presented = PresentationHeader(
            binding=binding,
            pdq=pdq,
            audience=audience,
            nonce=nonce,
            statement=statement,
            stance=stance or (Stance.FOR if statement is None else Stance.NOTE),
        )
        with self._changing() as change:
            membership = _the_membership(change.state, issuer_id)
            info = membership.info
            epoch = info.epoch_length.epoch_at(at)
            credential = membership.credential(credential_class, epoch)
            if credential is None:
                raise RefusedError(f"wallet: no {credential_class} credential of this issuer for epoch {epoch}")
            if info.key_for(epoch) != credential.public_key:
                raise UntrustedError(
                    f"epoch {epoch}: the issuer has replaced its key, ask it to approve the request again"
                )
            contexts = _contexts(info, credential_class, scope, epoch, binding)
            slot, is_new = _choose_slot(membership, contexts, presented.content_digest, slot)
            if is_new:
                use = Use(context=_sha256(contexts[slot]), content=presented.content_digest)
                change.state = change.state.with_membership(membership.with_use(use))
        ph = presented.encode()
        proof, pseudonym = proof_gen_with_nym(
            credential.public_key,
            credential.signature,
            header(info, credential_class, epoch),
            ph,
            credential.nym_secrets,
            contexts[slot],
            issuer_messages(info, credential_class, epoch, credential.level),
            [],
            DISCLOSED_INDEXES,
            [],
            credential.blind,
            suite=info.suite,
        )
        return Vouch(
            suite=info.suite,
            issuer=info.id,
            credential_class=credential_class,
            epoch=epoch,
            level=credential.level,
            scope=scope,
            period=period_of(credential_class, epoch),
            slot=slot,
            proof=proof,
            pseudonym=pseudonym,
            presentation_header=ph,
        )

    def held(self, *, at: datetime) -> tuple[HeldMembership, ...]:
        """Return what the wallet holds, without its secrets. Raises StorageError or EncodingError."""
        return tuple(_held(membership, at) for membership in self._state().memberships)

    def _state(self) -> WalletState:
        return WalletState.decode(self._vault.read())

    @contextmanager
    def _changing(self) -> Iterator[_Change]:
        """Read under the lock, let the block change the state, and write it if it did so without raising."""
        with locked(self._vault.path):
            before = self._state()
            change = _Change(before)
            yield change
            if change.state != before:
                self._vault.write(change.state.encode())


class _Change:
    def __init__(self, state: WalletState) -> None:
        self.state = state


def _the_membership(state: WalletState, issuer_id: bytes | None) -> Membership:
    if issuer_id is None:
        if len(state.memberships) == 1:
            return state.memberships[0]
        raise RefusedError(f"wallet: holds {len(state.memberships)} issuers, name the one that is meant")
    membership = state.membership(issuer_id)
    if membership is None:
        raise RefusedError(f"wallet: holds nothing of issuer {issuer_id.hex()[:16]}")
    return membership


def _contexts(
    info: IssuerInfo, credential_class: CredentialClass, scope: Scope, epoch: str, binding: Binding
) -> list[bytes]:
    period = period_of(credential_class, epoch)
    return [context_id(info.id, credential_class, scope, period, slot, binding.digest) for slot in range(info.slots)]


def _choose_slot(membership: Membership, contexts: list[bytes], content: bytes, slot: int | None) -> tuple[int, bool]:
    """Return a slot and whether it is taken now for the first time. Raises RefusedError or EncodingError."""
    uses = {use.context: use.content for use in membership.uses}
    taken = [uses.get(_sha256(context)) for context in contexts]
    if slot is not None:
        check_slot(slot, len(contexts))
        if taken[slot] not in (None, content):
            raise RefusedError(
                f"slot {slot}: used for another file or statement; it counts once in this scope and period"
            )
        return slot, taken[slot] is None
    if content in taken:
        return taken.index(content), False
    free = [index for index, used in enumerate(taken) if used is None]
    if not free:
        raise RefusedError("wallet: every slot of this scope and period is used for another file or statement")
    return secrets.choice(free), True


def _held(membership: Membership, at: datetime) -> HeldMembership:
    info = membership.info
    epoch = info.epoch_length.epoch_at(at)
    credentials = tuple(
        HeldCredential(
            credential_class=each.credential_class,
            epoch=each.epoch,
            level=each.level,
            is_current=each.epoch == epoch,
        )
        for each in membership.credentials
    )
    issued = {each.epoch for each in credentials}
    current = membership.credential(CredentialClass.LASTING, epoch)
    return HeldMembership(
        info=info,
        credentials=credentials,
        open_requests=tuple(each.epoch for each in membership.pending if each.epoch not in issued),
        used_slots=len(membership.uses),
        renew_from=None if membership.renew_from is None else datetime.fromtimestamp(membership.renew_from, UTC),
        crowd=None if current is None else info.holders(CredentialClass.LASTING, epoch, current.level),
    )


def _sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()
