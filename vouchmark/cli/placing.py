"""How does a finished file get to its place: whole or not at all, and over nothing that nobody can make again?

Several commands may write to one place at the same moment, and nobody locks a folder of pictures: so a file that must
not be overwritten is put there by a link, which fails where another one came in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import time
from pathlib import Path
from typing import Final

from vouchmark.cli.common import fail_usage

STALE_SECONDS: Final = 3600.0
"""Age of a leftover whose writer is surely dead: no write takes an hour."""
_HEAD: Final = 1024  # octets that show what a file is: a vault's header has some 200
_PRECIOUS: Final = (
    (b"vouchmark-vault/1", "a vault with secrets that are nowhere else"),
    (b"SQLite format 3\0", "a database"),
    (b"PRIVATE KEY-----", "a private key"),
)
"""What no command overwrites, whatever it is told, by something in its first octets."""


def may_write(output: Path, *, overwrite: bool, hint: str = "name another one, or say --overwrite") -> None:
    """Leave before anything is done where a file would be overwritten that nobody said should be, or never should."""
    if not overwrite and os.path.lexists(output):
        fail_usage(f"{output}: there is a file", hint=hint)
    if not output.parent.is_dir():
        fail_usage(f"{output.parent}: no such folder")
    if what := precious(output):
        fail_usage(f"{output}: is {what}, and never overwritten", hint="name another one")


def precious(path: Path) -> str:
    """What a file is that nobody can make again; empty where it is nothing of the kind, or cannot be looked into."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        head = os.read(descriptor, _HEAD) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    return next((words for mark, words in _PRECIOUS if mark in head), "")


def place(path: Path, octets: bytes, *, mode: int, overwrite: bool) -> None:
    """Put a file in place, whole or not at all, flushed to the disk.

    Args:
        path: where to.
        octets: what it holds.
        mode: its permissions.
        overwrite: whether it may take another's place; else one that came in between stays.

    Raises:
        zk.errors.RefusedError: There is a file that stays.
        zk.errors.StorageError: It cannot be written.
    """
    from zk.errors import RefusedError, StorageError
    from zk.vault import sync_directory

    if what := precious(path):
        raise RefusedError(f"{path}: is {what}, and never overwritten")
    prefix = f".vouchmark-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}-"
    temporary = path.with_name(f"{prefix}{secrets.token_hex(8)}.tmp")
    try:
        _sweep(path.parent, prefix)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            _put_new(temporary, path)
        sync_directory(path.parent)
    except FileExistsError as error:
        raise RefusedError(f"{path}: a file came in between, and stays") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot write: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _put_new(temporary: Path, path: Path) -> None:
    """Give a file its name where nothing has it. Raises FileExistsError where something has."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        temporary.replace(path)


def _sweep(folder: Path, prefix: str) -> None:
    """Remove what writers of the same name left behind that were killed; another that is at work is left alone."""
    for stale in folder.glob(f"{prefix}{'?' * 16}.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - stale.stat().st_mtime > STALE_SECONDS:
                stale.unlink()
