"""What lies in an issuer's folder, how does it come into being, and what does it show without a passphrase?

`issuer.json` is public and signed by the identity key; `identity.vault` holds that key, an offline root: needed to
publish, and not to approve; it may be kept elsewhere. `secrets.vault` holds all other secrets, and
`enrolment.sqlite` the books (`zk.issuer.enrolment`).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.errors import EncodingError, RefusedError, StorageError
from zk.issuer.commitments import Publication
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.secrets import IssuerSecrets
from zk.profile.issuer_info import HolderCount, IssuerInfo, read_info
from zk.storage.system import sync_directory
from zk.storage.vault import Passphrase, Vault, write_private

ISSUER_JSON: Final = "issuer.json"
IDENTITY_VAULT: Final = "identity.vault"
SECRETS_VAULT: Final = "secrets.vault"
BOOKS: Final = "enrolment.sqlite"

IDENTITY_KIND: Final = "issuer-identity"
SECRETS_KIND: Final = "issuer-secrets"

PUBLIC_MODE: Final = 0o644  # of issuer.json
_DIRECTORY_MODE: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What an issuer's folder shows without a passphrase."""

    info: IssuerInfo
    counts: tuple[HolderCount, ...]
    """As in the books; `issuer.json` has those of its last rotation."""
    resets: int
    open_codes: int


def build_folder(
    directory: Path,
    passphrase: Passphrase,
    *,
    info: IssuerInfo,
    identity: Ed25519PrivateKey,
    own: IssuerSecrets,
    first: Publication,
    at: datetime,
    log_cost: int,
) -> tuple[Path, Vault]:
    """Make the folder of a new issuer, whole or not at all; return its absolute path, and the vault of its secrets.

    Raises RefusedError where something is there already, or StorageError.
    """
    with made_whole(directory) as building:
        identity_octets = identity.private_bytes_raw()
        Vault.create(building / IDENTITY_VAULT, IDENTITY_KIND, passphrase, identity_octets, log_cost=log_cost)
        vault = Vault.create(building / SECRETS_VAULT, SECRETS_KIND, passphrase, own.encode(), log_cost=log_cost)
        EnrolmentBooks.create(building / BOOKS, first, own.seal_keys, at=seconds(at)).close()
        write_private(building / ISSUER_JSON, info.to_json(), mode=PUBLIC_MODE)
    directory = _absolute(directory)
    return directory, vault.moved_to(directory / SECRETS_VAULT)


@contextmanager
def made_whole(directory: Path) -> Iterator[Path]:
    """Fill a folder beside its place, which it takes at the end, whole or not at all; an empty one is replaced.

    Raises RefusedError where something is there already, or StorageError.
    """
    directory = _absolute(directory)
    building = directory.with_name(f".{directory.name}.{secrets.token_hex(8)}.new")
    try:
        building.mkdir(mode=_DIRECTORY_MODE, parents=False)
        try:
            yield building
            sync_directory(building)
            building.rename(directory)
            sync_directory(directory.parent)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
    except (FileExistsError, NotADirectoryError) as error:
        raise RefusedError(f"{directory}: already there, and never overwritten") from error
    except OSError as error:
        if directory.exists():
            raise RefusedError(f"{directory}: already there, and never overwritten") from error
        raise StorageError(f"{directory}: cannot create: {error.strerror}") from error


def _absolute(directory: Path) -> Path:
    return Path(os.path.abspath(directory))  # noqa: PTH100 - Path.resolve would follow a link in the last part


def overview(directory: Path, *, at: datetime) -> Overview:
    """Return what an issuer's folder shows without a passphrase. Raises StorageError or what `from_json` raises."""
    info = read_info(directory / ISSUER_JSON)
    books = EnrolmentBooks.open(directory / BOOKS)
    try:
        return Overview(
            info=info,
            counts=tuple(books.counts()),
            resets=books.resets(),
            open_codes=books.open_codes(seconds(at)),
        )
    finally:
        books.close()


def seconds(at: datetime) -> int:
    """Return a time as the books keep it: whole seconds since 1970, UTC. Raises EncodingError."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise EncodingError("time: expected a datetime with a time zone")
    return int(at.timestamp())
