"""Which keys does an issuer need, and how does a new version of issuer.json come to be, whole and once?

The order is what survives a crash: new secret keys are on the disk, then the books commit to their rows, then
issuer.json takes its place, and only then are old secret keys destroyed. A writer that died anywhere between is
finished by the next one. Limits are checked before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.bbs.ciphersuite import Suite
from zk.errors import ForeignRowError, RefusedError
from zk.issuer.commitments import Publication
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.epochs import open_epochs
from zk.issuer.folder import IDENTITY_KIND, ISSUER_JSON, PUBLIC_MODE, seconds
from zk.issuer.secrets import IssuerSecrets, SecretKey
from zk.profile.constants import EpochLength
from zk.profile.issuer_info import MAX_KEYS, HolderCount, IssuerInfo, IssuerKey
from zk.storage.vault import Passphrase, Vault, locked, write_private


def unlock_identity(path: Path, passphrase: Passphrase, identity_key: bytes) -> Ed25519PrivateKey:
    """Return the issuer's offline root from its vault. Raises StorageError, or RefusedError for another issuer's."""
    root = Ed25519PrivateKey.from_private_bytes(Vault.open(path, IDENTITY_KIND, passphrase).read())
    if root.public_key().public_bytes_raw() != identity_key:
        raise RefusedError("identity key: of another issuer")
    return root


def unlock_books(books: EnrolmentBooks, vault: Vault) -> IssuerSecrets:
    """Open an issuer's books for writing, and return its secrets.

    Books of an earlier version are sealed as they are, once: then the vault says that they were. A writer that died
    between leaves books whose seals hold. Raises ForeignRowError, EncodingError or StorageError (another issuer's).
    """
    own = IssuerSecrets.decode(vault.read())
    try:
        if own.sealed:
            books.unlock(own.seal_keys)
            return own
        with locked(vault.path):
            own = replace(IssuerSecrets.decode(vault.read()), sealed=True)
            books.unlock(own.seal_keys, adopt=True)
            vault.write(own.encode())
    except ForeignRowError:
        books.require_of(own.issuer)  # another issuer's have seals of its own
        raise
    return own


def withdrawn(info: IssuerInfo, epoch: str | None) -> tuple[IssuerKey, ...]:
    """Return the published keys with that epoch's, if any is named, marked as compromised. Raises RefusedError."""
    if epoch is None:
        return info.keys
    if not any(key.epoch == epoch and not key.compromised for key in info.keys):
        raise RefusedError(f"epoch {epoch[:10]}: has no key that could be withdrawn")
    return with_compromised(info.keys, {epoch})


def with_compromised(keys: tuple[IssuerKey, ...], epochs: Collection[str]) -> tuple[IssuerKey, ...]:
    """Return the keys with those of these epochs marked as compromised."""
    return tuple(replace(key, compromised=key.compromised or key.epoch in epochs) for key in keys)


def missing_keys(
    published: tuple[IssuerKey, ...], own: IssuerSecrets, length: EpochLength, suite: Suite, at: datetime
) -> tuple[IssuerSecrets, tuple[SecretKey, ...]]:
    """Return the secrets with a key for each open epoch that has none published, and those keys.

    A key that was drawn before a writer died, and so is not published yet, is taken and not drawn again; one for an
    epoch that is no longer open was never used, and is dropped. Raises RefusedError where there would be too many.
    """
    known = {key.public_key for key in published}
    usable = {key.epoch for key in published if not key.compromised}
    unpublished = {key.epoch: key for key in own.keys if key.public_key not in known}
    added = [
        unpublished.get(epoch) or SecretKey.draw(epoch, suite)
        for epoch in open_epochs(length, at)
        if epoch not in usable
    ]
    if len(published) + len(added) > MAX_KEYS:
        raise RefusedError(f"issuer: has published {len(published)} keys, and can publish {MAX_KEYS} at most")
    kept = tuple(key for key in own.keys if key.public_key in known)
    return own.with_keys((*kept, *added)), tuple(added)


def publish(
    directory: Path,
    root: Ed25519PrivateKey,
    info: IssuerInfo,
    keys: tuple[IssuerKey, ...],
    books: EnrolmentBooks,
    *,
    at: datetime,
    least_serial: int,
) -> IssuerInfo:
    """Commit to the books and write the next issuer.json, with this serial or a later one. Call it under its lock.

    Raises StorageError; then the old issuer.json stands, and the next call starts again with another serial.
    """
    made, counts, resets = books.publish(info.id, least_serial, at=seconds(at))
    newer = signed(root, info, keys=keys, counts=counts, resets=resets, made=made)
    write_private(directory / ISSUER_JSON, newer.to_json(), mode=PUBLIC_MODE)
    books.published(newer.serial)
    return newer


def signed(
    root: Ed25519PrivateKey,
    info: IssuerInfo,
    *,
    keys: tuple[IssuerKey, ...],
    counts: Iterable[HolderCount],
    resets: int,
    made: Publication,
) -> IssuerInfo:
    """Return the next version of an issuer.json, which every reader of this one takes. Raises UntrustedError."""
    newer = IssuerInfo.sign(
        root,
        name=info.name,
        suite=info.suite,
        n=info.n,
        epoch_length=info.epoch_length,
        slots=info.slots,
        serial=made.serial,
        keys=keys,
        counts=counts,
        resets=resets,
        books=made.commitment,
    )
    newer.supersedes(info)
    return newer
