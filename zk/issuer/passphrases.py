"""How does an issuer get another passphrase, although its secrets lie in two files?"""

from __future__ import annotations

from pathlib import Path

from zk.errors import RefusedError
from zk.issuer.folder import IDENTITY_KIND, IDENTITY_VAULT, SECRETS_KIND, SECRETS_VAULT
from zk.storage.vault import Passphrase, Vault, WrongPassphraseError, locked


def change_passphrase(
    directory: Path, old: Passphrase, new: Passphrase, *, identity: Path | None = None
) -> tuple[Path, ...]:
    """Encrypt the issuer's secrets and its identity key with another passphrase; return the files that were changed.

    `identity` is where the identity key's vault lies, if not in the folder; one that is in neither place is left out.
    One file is changed after the other: if that was cut off, repeat it with the same two passphrases. Copies keep the
    old one. Raises RefusedError (too short), WrongPassphraseError, StorageError or EncodingError.
    """
    new.require_chosen_well()
    if not (directory / SECRETS_VAULT).is_file():
        raise RefusedError(f"{directory}: not an issuer's folder")
    root = identity or directory / IDENTITY_VAULT
    files = [(directory / SECRETS_VAULT, SECRETS_KIND)]
    if identity is not None or root.exists():
        files.append((root, IDENTITY_KIND))
    opened = [(path, _open(path, kind, old, new)) for path, kind in files]  # both, before either is changed
    return tuple(path for path, vault in opened if _rekey(vault, new))


def _open(path: Path, kind: str, old: Passphrase, new: Passphrase) -> Vault | None:
    """Return a vault that has the old passphrase, or None where it has the new one already."""
    try:
        return Vault.open(path, kind, old)
    except WrongPassphraseError:
        Vault.open(path, kind, new)
        return None


def _rekey(vault: Vault | None, new: Passphrase) -> bool:
    if vault is None:
        return False
    with locked(vault.path):
        vault.rekey(new)
    return True
