"""How do secrets lie on a disk: unreadable without the passphrase, unchanged, private, and whole after a crash?

A vault file is canonical CBOR: in the clear the format, the kind, the derivation's cost and salt, and a nonce; then
the secrets under ChaCha20-Poly1305 (RFC 8439) with the clear part as associated data. The key is
scrypt(passphrase) (RFC 7914). The content is padded, so that its size says little.

A write goes to a new file beside the old one, is flushed, takes its place by one rename, and the directory is flushed:
after a crash there is the old content or the new. Between processes a lock file orders the writers.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from zk.bbs.encoding import CborValue, dcbor_decode, dcbor_encode, require_octets
from zk.errors import EncodingError, RefusedError, StorageError
from zk.storage import system
from zk.storage.system import sync_directory

FORMAT: Final = "vouchmark-vault/1"

DEFAULT_LOG_COST: Final = 17
"""log2 of scrypt's cost N: 128 MiB and about 0.3 s for each guess (OWASP's recommendation with r = 8, p = 1)."""

LEAST_LOG_COST: Final = 15
"""Lowest cost that is written or read, 32 MiB: a file that asks for less was made to be guessed."""

MOST_LOG_COST: Final = 20
"""Highest cost that is read, 1 GiB: a file must not be able to exhaust the memory."""

BLOCK_SIZE: Final = 8
"""scrypt's r."""

PARALLELISM: Final = 1
"""scrypt's p."""

SALT_OCTETS: Final = 16
NONCE_OCTETS: Final = 12
KEY_OCTETS: Final = 32
TAG_OCTETS: Final = 16

PADDING: Final = 8192
"""Octets: content is filled up to a multiple of this."""

MAX_CONTENT_OCTETS: Final = 16 << 20
"""Octets of content at most: a wallet with a hundred issuers and ten thousand vouches needs 1 MiB."""

LEAST_PASSPHRASE_CHARACTERS: Final = 8
"""Characters of a passphrase that something is newly encrypted with (NIST SP 800-63B); older files still open."""

MAX_PASSPHRASE_OCTETS: Final = 1024
"""Octets of a passphrase at most."""

PRIVATE_MODE: Final = 0o600
"""Its owner alone reads and writes a vault."""

LOCK_SECONDS: Final = 30.0
"""How long a writer waits for another one: a write takes well under a second."""

_LOCK_POLL_SECONDS: Final = 0.02
_MAX_FILE_OCTETS: Final = MAX_CONTENT_OCTETS + PADDING + 1024
_MEMBERS: Final = frozenset({"format", "kind", "kdf", "aead", "log_cost", "r", "p", "salt", "nonce", "sealed"})


class WrongPassphraseError(StorageError):
    """The passphrase does not open the file, or the file was changed: which of them cannot be told."""

    hint = "check the passphrase; if it is right, put back a copy of the file"


@dataclass(frozen=True, slots=True)
class Passphrase:
    """A passphrase that no repr shows. Normalised (NFC), so that two keyboards give the same octets."""

    octets: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """Take a text. Raises RefusedError for an empty or over-long one."""
        try:
            octets = unicodedata.normalize("NFC", text).encode("utf-8")
        except UnicodeEncodeError as error:
            raise RefusedError("passphrase: not valid text") from error
        if not 0 < len(octets) <= MAX_PASSPHRASE_OCTETS:
            raise RefusedError(f"passphrase: expected 1 to {MAX_PASSPHRASE_OCTETS} octets")
        return cls(octets)

    def require_chosen_well(self) -> None:
        """Refuse one that is too short to encrypt anything with from now on. Raises RefusedError."""
        if len(self.octets.decode("utf-8")) < LEAST_PASSPHRASE_CHARACTERS:
            raise RefusedError(f"passphrase: expected at least {LEAST_PASSPHRASE_CHARACTERS} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    log_cost: int
    salt: bytes
    octets: bytes = field(repr=False)


class Vault:
    """One encrypted file: open it, read the content, write another. Safe between processes with `locked`."""

    def __init__(self, path: Path, kind: str, key: _Key) -> None:
        self._path = path
        self._kind = kind
        self._key = key

    def __repr__(self) -> str:
        return f"Vault({str(self._path)!r}, kind={self._kind!r})"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    @property
    def log_cost(self) -> int:
        """log2 of scrypt's cost."""
        return self._key.log_cost

    @classmethod
    def create(
        cls, path: Path, kind: str, passphrase: Passphrase, content: bytes, *, log_cost: int = DEFAULT_LOG_COST
    ) -> Self:
        """Write a new vault.

        Raises RefusedError if there is one, the passphrase is short or the cost out of bounds, or StorageError.
        """
        passphrase.require_chosen_well()
        if not LEAST_LOG_COST <= log_cost <= MOST_LOG_COST:
            raise RefusedError(f"scrypt cost: expected 2^{LEAST_LOG_COST} to 2^{MOST_LOG_COST}, got 2^{log_cost}")
        vault = cls(path, kind, _derive(passphrase, log_cost, secrets.token_bytes(SALT_OCTETS)))
        with locked(path):
            if os.path.lexists(path):
                raise RefusedError(f"{path}: already there, and never overwritten")
            vault.write(content)
        return vault

    @classmethod
    def open(cls, path: Path, kind: str, passphrase: Passphrase) -> Self:
        """Open a vault and check the passphrase. Raises StorageError or EncodingError (not a vault of this kind)."""
        path = Path(os.path.realpath(path))  # a rename must replace the file, not a link to it
        header, sealed = _split(read_private(path, most=_MAX_FILE_OCTETS), kind)
        key = _derive(passphrase, *_parameters(header))
        _unseal(path, header, sealed, key)
        return cls(path, kind, key)

    def rekey(self, passphrase: Passphrase) -> None:
        """Encrypt the content under another passphrase, with a fresh salt and the same cost; call it under `locked`.

        Copies of the file keep the old one. Raises RefusedError (too short), StorageError or EncodingError.
        """
        passphrase.require_chosen_well()
        content = self.read()
        key = _derive(passphrase, self._key.log_cost, secrets.token_bytes(SALT_OCTETS))
        type(self)(self._path, self._kind, key).write(content)
        self._key = key

    def moved_to(self, path: Path) -> Self:
        """Return the same vault after its file was moved; the key need not be derived again."""
        return type(self)(path, self._kind, self._key)

    def read(self) -> bytes:
        """Return the content as it is on the disk now. Raises StorageError or EncodingError."""
        header, sealed = _split(read_private(self._path, most=_MAX_FILE_OCTETS), self._kind)
        if _parameters(header) != (self._key.log_cost, self._key.salt):
            raise StorageError(f"{self._path}: was replaced by another vault, open it again")
        return _unseal(self._path, header, sealed, self._key)

    def write(self, content: bytes) -> None:
        """Replace the content: afterwards, and after a crash, the file is whole. Raises StorageError."""
        if len(content) > MAX_CONTENT_OCTETS:
            raise StorageError(f"{self._path}: expected at most {MAX_CONTENT_OCTETS} octets of content")
        header: dict[str, CborValue] = {
            "format": FORMAT,
            "kind": self._kind,
            "kdf": "scrypt",
            "aead": "chacha20-poly1305",
            "log_cost": self._key.log_cost,
            "r": BLOCK_SIZE,
            "p": PARALLELISM,
            "salt": self._key.salt,
            "nonce": secrets.token_bytes(NONCE_OCTETS),
        }
        sealed = ChaCha20Poly1305(self._key.octets).encrypt(_nonce(header), _pad(content), dcbor_encode(header))
        write_private(self._path, dcbor_encode({**header, "sealed": sealed}))


def _derive(passphrase: Passphrase, log_cost: int, salt: bytes) -> _Key:
    kdf = Scrypt(salt=salt, length=KEY_OCTETS, n=1 << log_cost, r=BLOCK_SIZE, p=PARALLELISM)
    try:
        return _Key(log_cost=log_cost, salt=salt, octets=kdf.derive(passphrase.octets))
    except MemoryError as error:
        raise StorageError(f"scrypt: not enough memory for a cost of 2^{log_cost}") from error


def _split(octets: bytes, kind: str) -> tuple[dict[str, CborValue], bytes]:
    value = dcbor_decode(octets, max_size=_MAX_FILE_OCTETS)
    if not isinstance(value, dict) or value.keys() != _MEMBERS or value["format"] != FORMAT:
        raise EncodingError(f"vault: expected a file of format {FORMAT}")
    if value["kind"] != kind:
        raise EncodingError(f"vault: expected one of kind {kind!r}")
    if (value["kdf"], value["aead"], value["r"], value["p"]) != (
        "scrypt",
        "chacha20-poly1305",
        BLOCK_SIZE,
        PARALLELISM,
    ):
        raise EncodingError("vault: encrypted in a way that this version does not know")
    sealed = require_octets(value.pop("sealed"), "vault content")
    require_octets(value["nonce"], "vault nonce", length=NONCE_OCTETS)
    if (len(sealed) - TAG_OCTETS) % PADDING or len(sealed) <= TAG_OCTETS:
        raise EncodingError("vault: content is cut off")
    return value, sealed


def _parameters(header: dict[str, CborValue]) -> tuple[int, bytes]:
    log_cost = header["log_cost"]
    if isinstance(log_cost, bool) or not isinstance(log_cost, int) or not LEAST_LOG_COST <= log_cost <= MOST_LOG_COST:
        raise EncodingError(f"vault: expected a scrypt cost of 2^{LEAST_LOG_COST} to 2^{MOST_LOG_COST}")
    return log_cost, require_octets(header["salt"], "vault salt", length=SALT_OCTETS)


def _nonce(header: dict[str, CborValue]) -> bytes:
    return require_octets(header["nonce"], "vault nonce", length=NONCE_OCTETS)


def _unseal(path: Path, header: dict[str, CborValue], sealed: bytes, key: _Key) -> bytes:
    try:
        padded = ChaCha20Poly1305(key.octets).decrypt(_nonce(header), sealed, dcbor_encode(header))
    except InvalidTag as error:
        raise WrongPassphraseError(f"{path}: wrong passphrase, or the file was changed") from error
    size = int.from_bytes(padded[:4], "big")
    if size > len(padded) - 4 or any(padded[4 + size :]):
        raise EncodingError("vault: padding is damaged")
    return padded[4 : 4 + size]


def _pad(content: bytes) -> bytes:
    framed = len(content).to_bytes(4, "big") + content
    return framed + bytes(-len(framed) % PADDING)


def read_private(path: Path, *, most: int) -> bytes:
    """Return the octets of a file that its owner alone may read. Raises StorageError; others' files are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | system.CLOEXEC | system.NONBLOCK)
        with open(descriptor, "rb") as file:
            check_private(path, os.fstat(file.fileno()))
            octets = file.read(most + 1)
    except OSError as error:
        raise StorageError(f"{path}: cannot read: {error.strerror}") from error
    if len(octets) > most:
        raise StorageError(f"{path}: expected at most {most} octets")
    return octets


def check_private(path: Path, status: os.stat_result) -> None:
    """Refuse what is no regular file, or one that others than its owner may use. Raises StorageError."""
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(f"{path}: not a regular file")
    if system.open_to_others(status):
        mode = stat.S_IMODE(status.st_mode)
        raise StorageError(f"{path}: open to others (mode {mode:o}), expected 600: chmod 600 it")


def write_private(path: Path, octets: bytes, *, mode: int = PRIVATE_MODE) -> None:
    """Put a file in place, whole or not at all, flushed to the disk, readable to its owner alone. Raises StorageError.

    Leftovers of writers that died are removed; call it under `locked` where others write too.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        for stale in path.parent.glob(f".{_escaped(path.name)}.{'?' * 16}.tmp"):
            stale.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.CLOEXEC, PRIVATE_MODE)
        with open(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            system.set_mode(file.fileno(), temporary, mode)
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise StorageError(f"{path}: cannot write: {error.strerror}") from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside a file (`.NAME.lock`) against other processes and threads; wait up to LOCK_SECONDS.

    The lock ends with the process that holds it, however that ends. Raises StorageError.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | system.CLOEXEC | system.NOFOLLOW, PRIVATE_MODE)
    except OSError as error:
        raise StorageError(f"{path}: cannot lock: {error.strerror}") from error
    try:
        _acquire(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            system.try_lock(descriptor)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise StorageError(f"{path}: in use by another process for {LOCK_SECONDS:.0f} s") from error
            time.sleep(_LOCK_POLL_SECONDS)
        except OSError as error:
            raise StorageError(f"{path}: cannot lock: {error.strerror}") from error
        else:
            return


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
