"""How does an issuer keep a copy that is safe to keep, and take up again from one when its disk is lost?

A copy knows nothing of the enrolments after it, and no published file can show that it is an old one. So nothing here
relies on that: a copy made by `back_up` is marked and does not open; `recover` withdraws the keys of every open epoch,
so that what the lost books had signed counts no more, and publishes as possible resets how many persons may be missing.

The order of `recover` lets it be repeated after a crash: new keys are on the disk, then issuer.json takes its place,
then the books commit to it and their mark goes, and only then are withdrawn secret keys destroyed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.errors import ForeignRowError, RolledBackError, StorageError, ZkError
from zk.issuer.books_schema import BUSY_SECONDS
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.epochs import refuse_jump
from zk.issuer.folder import (
    BOOKS,
    IDENTITY_VAULT,
    ISSUER_JSON,
    PUBLIC_MODE,
    SECRETS_KIND,
    SECRETS_VAULT,
    made_whole,
    seconds,
)
from zk.issuer.publishing import missing_keys, signed, unlock_books, unlock_identity, with_compromised
from zk.issuer.seals import SealKeys
from zk.issuer.secrets import IssuerSecrets
from zk.profile.constants import CredentialClass
from zk.profile.issuer_info import HolderCount, IssuerInfo, read_info
from zk.storage import system
from zk.storage.vault import PRIVATE_MODE, Passphrase, Vault, locked, write_private

SERIAL_JUMP: Final = 65_536
"""By how much a recovery raises the serial: past every version that was published and is not known any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a recovery changed, and what it cannot make good."""

    info: IssuerInfo
    """The issuer's public part as it is now: to be published at once."""
    withdrawn: tuple[str, ...]
    """Epochs whose key was withdrawn: their members ask for the new key's signature, or are invited again."""
    added: tuple[str, ...]
    """Epochs that got a new key."""
    lost: int
    """How many persons of the last publication may be missing in the books: published as resets.

    Whoever was enrolled after that publication is missing too, and can be counted by nobody.
    """


def back_up(directory: Path, copy: Path, passphrase: Passphrase) -> Path:
    """Make a copy of an issuer in a folder that is not there; return its absolute path.

    In it are identity key (where it lies in the folder), pepper and entropy key under the same passphrase, and the
    books, marked as a copy; no epoch key, so that those destroyed for good stay so. Raises RefusedError or
    StorageError; RolledBackError where the issuer itself should be recovered first.
    """
    with locked(directory / ISSUER_JSON):
        info = read_info(directory / ISSUER_JSON)
        vault = Vault.open(directory / SECRETS_VAULT, SECRETS_KIND, passphrase)
        books = EnrolmentBooks.open(directory / BOOKS)
        try:
            own = unlock_books(books, vault)
            books.check(info)
        finally:
            books.close()
        with made_whole(copy) as building:
            if (directory / IDENTITY_VAULT).exists():
                shutil.copyfile(directory / IDENTITY_VAULT, building / IDENTITY_VAULT)
                (building / IDENTITY_VAULT).chmod(PRIVATE_MODE)
            keyless = own.with_keys(()).encode()
            Vault.create(building / SECRETS_VAULT, SECRETS_KIND, passphrase, keyless, log_cost=vault.log_cost)
            _copy_books(directory / BOOKS, building / BOOKS, own.seal_keys)
            write_private(building / ISSUER_JSON, info.to_json(), mode=PUBLIC_MODE)
    return copy.absolute()


def recover(
    directory: Path,
    passphrase: Passphrase,
    *,
    published: IssuerInfo,
    at: datetime,
    identity: Path | None = None,
    after_gap: bool = False,
) -> Recovery:
    """Take up an issuer again from a copy, or from books or an issuer.json that were put back to an earlier state.

    `published` is the last issuer.json that anybody has: whatever was published after it, readers refuse what comes
    now. Keys of every open epoch are withdrawn and replaced, codes for first enrolments and resets are void, the serial
    jumps. Safe to repeat. Raises RefusedError, UntrustedError (`published` is of another issuer, or older than what is
    here and no version of it), EncodingError or StorageError.
    """
    with locked(directory / ISSUER_JSON):
        base = _newest(directory, published)
        refuse_jump(base, at, after_gap=after_gap)
        root = unlock_identity(identity or directory / IDENTITY_VAULT, passphrase, base.identity_key)
        vault = Vault.open(directory / SECRETS_VAULT, SECRETS_KIND, passphrase)
        books = EnrolmentBooks.open(directory / BOOKS)
        try:
            return _Desk(directory=directory, root=root, vault=vault, books=books).take_up(base, published, at)
        finally:
            books.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What a recovery works with."""

    directory: Path
    root: Ed25519PrivateKey
    vault: Vault
    books: EnrolmentBooks

    def take_up(self, base: IssuerInfo, published: IssuerInfo, at: datetime) -> Recovery:
        own = IssuerSecrets.decode(self.vault.read())
        if own.issuer != base.id:
            raise StorageError(f"{self.vault.path}: of another issuer than the published issuer.json")
        own = self._unlocked(base)
        if base.serial >= published.serial + SERIAL_JUMP and self._is_whole(base):
            self._destroy_withdrawn(own, base)  # taken up already, but for this
            return Recovery(info=base, withdrawn=(), added=(), lost=0)
        withdrawn = {
            key.epoch for key in base.keys if not key.compromised and base.epoch_length.epoch_bounds(key.epoch)[1] > at
        }
        keys = with_compromised(base.keys, withdrawn)
        known = {key.public_key for key in keys}
        # A key that is not published may have been so after this copy was made: none is taken for a new one.
        own = own.with_keys(tuple(key for key in own.keys if key.public_key in known))
        own, added = missing_keys(keys, own, base.epoch_length, base.suite, at)
        made = self.books.draft(base.id, base.serial, jump=SERIAL_JUMP, previous=base.books)
        counts, kept = self.books.counts(), self.books.resets()
        # What a recovery from an older publication left has a higher serial than the last one, and lacks its counts.
        # Whoever was enrolled after a publication stands for nobody whom that one counted.
        missing = [
            (known, lost_persons(known.counts, self.books.counts(until=known.serial))) for known in (base, published)
        ]
        lost = max(number for _, number in missing)
        resets = max(number + max(known.resets, kept) for known, number in missing)
        self._store(own)
        newer = signed(
            self.root,
            base,
            keys=(*keys, *(key.publish() for key in added)),
            counts=counts,
            resets=resets,
            made=made,
        )
        write_private(self.directory / ISSUER_JSON, newer.to_json(), mode=PUBLIC_MODE)
        self.books.take_up(made, more_resets=resets - kept, at=seconds(at))
        self._destroy_withdrawn(own, newer)
        return Recovery(
            info=newer, withdrawn=tuple(sorted(withdrawn)), added=tuple(key.epoch for key in added), lost=lost
        )

    def _unlocked(self, base: IssuerInfo) -> IssuerSecrets:
        """Open the books for writing, without the rows that somebody else wrote."""
        try:
            return unlock_books(self.books, self.vault)
        except ForeignRowError:
            own = IssuerSecrets.decode(self.vault.read())
            self.books.mend(own.seal_keys, base.id, base.serial)
            return own

    def _is_whole(self, info: IssuerInfo) -> bool:
        try:
            self.books.check(info)
        except RolledBackError:
            return False
        return True

    def _destroy_withdrawn(self, own: IssuerSecrets, info: IssuerInfo) -> None:
        bad = {key.public_key for key in info.keys if key.compromised}
        self._store(own.with_keys(tuple(key for key in own.keys if key.public_key not in bad)))

    def _store(self, own: IssuerSecrets) -> None:
        with locked(self.vault.path):
            self.vault.write(own.encode())


def lost_persons(published: Iterable[HolderCount], kept: Iterable[HolderCount]) -> int:
    """Return how many persons of the published counts the kept books may lack, at most.

    Each of them holds a lasting credential that was published and is not in the books; how many credentials one person
    held is not known, so that each missing one may be another person's.
    """
    holders = {(one.epoch, one.level): one.holders for one in kept if one.credential_class is CredentialClass.LASTING}
    return sum(
        max(0, one.holders - holders.get((one.epoch, one.level), 0))
        for one in published
        if one.credential_class is CredentialClass.LASTING
    )


def _newest(directory: Path, published: IssuerInfo) -> IssuerInfo:
    """Return the later of the published issuer.json and the folder's own, if that can be read.

    Raises UntrustedError where neither is a version of the other.
    """
    try:
        own = read_info(directory / ISSUER_JSON)
    except ZkError:
        return published
    if own.serial > published.serial:
        own.supersedes(published)
        return own
    published.supersedes(own)
    return published


def _copy_books(source: Path, copy: Path, keys: SealKeys) -> None:
    """Copy a database as it is at one moment, and mark the copy. Raises StorageError."""
    try:
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL | system.CLOEXEC, PRIVATE_MODE))
        with closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{copy}: cannot copy the books: {error}") from error
    books = EnrolmentBooks.open(copy)
    try:
        books.unlock(keys)
        books.mark_as_copy()
    finally:
        books.close()
