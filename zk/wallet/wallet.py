"""How does a person hold credentials and speak with them, once for each slot, without being known?

A wallet trusts its issuer with nothing but its signatures: it computes header and messages itself and refuses others,
pins the issuer's entropy, and checks every version of issuer.json against the one before.

Everything that must not be lost (the nyms, a request, a used slot) is on the disk before anything leaves the wallet.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from zk.bbs.encoding import dcbor_encode
from zk.bbs.pseudonym import proof_gen_with_nym
from zk.errors import RefusedError, SlotTakenError, StorageError, UntrustedError
from zk.profile.codes import Code
from zk.profile.exchange import EnrolmentResponse
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import (
    DISCLOSED_INDEXES,
    Binding,
    BindingKind,
    CredentialClass,
    PresentationHeader,
    Scope,
    Stance,
    Vouch,
    check_seal,
    check_session,
    check_slot,
    context_id,
    header,
    issuer_messages,
    period_of,
)
from zk.storage.marks import Marks
from zk.storage.vault import DEFAULT_LOG_COST, Passphrase, Vault, locked
from zk.wallet.holding import HeldCredential, HeldMembership, held_of
from zk.wallet.restored import declared_current, noticed, require_known, settled
from zk.wallet.state import Membership, Use, WalletState
from zk.wallet.steps import accepted, pending_of, refreshed, requested, token_code, updated

__all__ = ["WALLET_KIND", "HeldCredential", "HeldMembership", "Wallet"]

WALLET_KIND: Final = "wallet"
"""Kind of the vault."""

_DIRECTORY_MODE: Final = 0o700


class Wallet:
    """An opened wallet. Safe between processes: each change reads, changes and writes under a lock."""

    def __init__(self, vault: Vault, marks: Path | None = None) -> None:
        self._vault = vault
        self._marks = Marks(vault.path.parent if marks is None else marks)

    def __repr__(self) -> str:
        return f"Wallet({str(self._vault.path)!r})"

    @classmethod
    def create(
        cls, path: Path, passphrase: Passphrase, *, log_cost: int = DEFAULT_LOG_COST, marks: Path | None = None
    ) -> Self:
        """Make an empty wallet, mode 0600; folders on the way are made too, mode 0700.

        `marks` is the folder that remembers how far the wallet has come, best one that no backup of the wallet takes
        along; beside the wallet if it is not given. Raises RefusedError if there is a file or the passphrase is short,
        or StorageError.
        """
        path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow a link in the last part
        try:
            path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{path.parent}: cannot create: {error.strerror}") from error
        state = WalletState()
        wallet = cls(Vault.create(path, WALLET_KIND, passphrase, state.encode(), log_cost=log_cost), marks)
        wallet._marks.write(state.id, state.count)
        return wallet

    @classmethod
    def open(cls, path: Path, passphrase: Passphrase, *, marks: Path | None = None) -> Self:
        """Open a wallet; `marks` as in `create`.

        Raises StorageError (not there, wrong passphrase, open to others) or EncodingError.
        """
        wallet = cls(Vault.open(path, WALLET_KIND, passphrase), marks)
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
        if code.kind.is_renewal:
            raise RefusedError("code: is for a renewal")
        with self._changing(at) as change:
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
        self,
        code: Code | None = None,
        *,
        at: datetime,
        issuer_id: bytes | None = None,
        newer: IssuerInfo | None = None,
    ) -> bytes:
        """Return the request for the present epoch if there is no credential for it yet, else for the next.

        Without a code the renewal token that came with the last answer is used up. `newer` is a later issuer.json.
        Without `issuer_id` the wallet must hold one issuer. Raises as `request` does.
        """
        if code is not None and not code.kind.is_renewal:
            raise RefusedError(f"code: is not for a renewal but to {code.kind.value}")
        with self._changing(at) as change:
            membership = _the_membership(change.state, issuer_id or (newer.id if newer else None))
            membership = refreshed(membership, newer)
            length = membership.info.epoch_length
            epoch = length.epoch_at(at)
            if membership.credential(CredentialClass.LASTING, epoch) is not None:
                epoch = length.next_epoch(epoch)
            by = token_code(membership, int(at.timestamp())) if code is None else code
            membership, request = requested(membership, by, epoch)
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
        nothing_said_since: bool = False,
    ) -> Vouch:
        """Return a vouch for one binding, in slot 0, which every reader counts, unless another one is given.

        The stance is signed: `for` unless one is given, and `note` where there is a statement, which nobody judges. The
        slot is written down before the proof is made. The same binding, statement and stance again get the same slot
        and a fresh proof; a slot used for others is refused. A wallet that was put back from an older copy is refused
        in class `epoch` until the next epoch, and in class `lasting` unless its owner says that it has vouched for
        nothing else in this scope since (`nothing_said_since`). A proof for a meeting has no stance, and only the forms
        that `zk.call` makes: ask through that, which asks the wallet's owner. One for a seal has no stance either,
        and nothing else that is said. Raises RefusedError, UntrustedError,
        EncodingError or StorageError.
        """
        if binding.kind.is_session:
            check_session(credential_class, scope, slot or 0, binding.digest)
        elif binding.kind is BindingKind.SEAL:
            check_seal(credential_class, scope, slot or 0)
        elif stance is None:
            stance = Stance.FOR if statement is None else Stance.NOTE
        presented = PresentationHeader(
            binding=binding, pdq=pdq, audience=audience, nonce=nonce, statement=statement, stance=stance
        )
        with self._changing(at) as change:
            # A key that was withdrawn is seen before anything is said with it.
            held = _the_membership(change.state, issuer_id)
            membership = refreshed(held, None)
            if membership != held:
                change.state = change.state.with_membership(membership)
            info = membership.info
            epoch = info.epoch_length.epoch_at(at)
            credential = membership.credential(credential_class, epoch)
            if credential is None:
                raise RefusedError(f"wallet: no {credential_class} credential of this issuer for epoch {epoch}")
            if info.key_for(epoch) != credential.public_key:
                raise UntrustedError(
                    f"epoch {epoch}: the issuer has replaced its key, ask it to approve the request again",
                    hint="send your last request to the issuer again: it answers it once more, with the new key",
                )
            contexts = _contexts(info, credential_class, scope, epoch, binding)
            slot, is_new = _choose_slot(membership, contexts, presented.content_digest, slot)
            if is_new:
                require_known(membership, credential_class, epoch, nothing_said_since=nothing_said_since)
                use = Use(context=_sha256(contexts[slot]), content=presented.content_digest, file=file_digest(binding))
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

    def has_vouched_for(self, binding: Binding) -> bool:
        """Return whether the wallet knows that it has vouched for this media, in whatever scope and words.

        Not of vouches that were made by version 0.2.0 or before. Raises StorageError or EncodingError.
        """
        file = file_digest(binding)
        return any(each.has_vouched_for(file) for each in self._state().memberships)

    def held(self, *, at: datetime) -> tuple[HeldMembership, ...]:
        """Return what the wallet holds, without its secrets. Raises StorageError or EncodingError."""
        state = self._state()
        state = settled(noticed(state, self._marks.read(state.id)), at)
        return tuple(held_of(membership, at) for membership in state.memberships)

    def refresh(self, newer: IssuerInfo | None = None, *, issuer_id: bytes | None = None) -> IssuerInfo:
        """Take a later issuer.json, or look for one in the file that the first came from; return what is held then.

        Raises RefusedError (nothing is held of this issuer), UntrustedError (not a later version of what is held),
        StorageError or EncodingError.
        """
        with self._changing() as change:
            membership = _the_membership(change.state, newer.id if newer else issuer_id)
            membership = refreshed(membership, newer)
            change.state = change.state.with_membership(membership)
        return membership.info

    def declare_current(self) -> None:
        """Take this copy for the newest: for an owner who moved the wallet, and put back no older one.

        Raises StorageError or EncodingError.
        """
        with self._changing() as change:
            change.state = declared_current(change.state)

    def forget(self, issuer_id: bytes) -> None:
        """Forget all that is held of an issuer: nyms, credentials, requests and used slots.

        The person's lasting voice with this issuer is lost with it; only a reset gives another. Raises RefusedError,
        StorageError or EncodingError.
        """
        with self._changing() as change:
            change.state = change.state.without_membership(_the_membership(change.state, issuer_id).info.id)

    def change_passphrase(self, passphrase: Passphrase) -> None:
        """Encrypt the wallet with another passphrase; copies of it keep the old one.

        Raises RefusedError (too short), StorageError or EncodingError.
        """
        with locked(self._vault.path):
            self._vault.rekey(passphrase)

    def _state(self) -> WalletState:
        return WalletState.decode(self._vault.read())

    @contextmanager
    def _changing(self, at: datetime | None = None) -> Iterator[_Change]:
        """Read under the lock, let the block change the state, and write it if it did so without raising.

        That an older copy was put back is written down first, whatever the block does.
        """
        with locked(self._vault.path):
            before = self._state()
            state = noticed(before, self._marks.read(before.id))
            state = state if at is None else settled(state, at)
            if state != before:
                state = self._save(state)
            change = _Change(state)
            yield change
            if change.state != state:
                self._save(change.state)

    def _save(self, state: WalletState) -> WalletState:
        """Write the state, and only then the mark: after a crash between them the wallet is ahead, never behind."""
        counted = replace(state, count=state.count + 1)
        self._vault.write(counted.encode())
        self._marks.write(counted.id, counted.count)
        return counted


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
            raise SlotTakenError(
                f"slot {slot}: used for another file or statement; it counts once in this scope and period"
            )
        return slot, taken[slot] is None
    if content in taken:
        return taken.index(content), False
    if taken[0] is None:
        return 0, True
    more = f"; the issuer gives slots 0 to {len(contexts) - 1}: name one" if None in taken else ""
    raise SlotTakenError(f"slot 0: used for another file or statement; it counts once in this scope and period{more}")


def file_digest(binding: Binding) -> bytes:
    """Return the digest by which a wallet knows a piece of media again, 32 octets."""
    return _sha256(dcbor_encode(["vouchmark-wallet/file", binding.kind.value, binding.digest]))


def _sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()
