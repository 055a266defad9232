"""How does a file appear whole or not at all? Written beside its place, and put there once it is complete.

Several programs may write to one place at the same moment, and nobody locks a folder of pictures: so a file that must
not take another's place is put there by a link, which fails where another one came in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from provenance.files import system

STALE_SECONDS: Final = 3600.0
"""Age of a leftover whose writer is surely dead: no write takes an hour."""
_unfinished: Final[set[Path]] = set()
"""What is being written in this process, under its temporary name."""


@contextlib.contextmanager
def whole_file(path: Path, *, mode: int, durable: bool = False, overwrite: bool = True) -> Iterator[BinaryIO]:
    """A file to be filled, which appears at `path` when the block ends and is gone where the block raises.

    Args:
        path: where it appears.
        mode: its permissions.
        durable: whether content and name are on the disk when the block has ended, for what has to outlast a crash of
            the machine.
        overwrite: whether it may take another file's place.

    Raises:
        FileExistsError: There is a file, and it may not be overwritten.
        OSError: It cannot be made, filled or put in place.
    """
    prefix = f".vouchmark-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}-"
    temporary = path.with_name(f"{prefix}{secrets.token_hex(8)}.tmp")
    _sweep(path.parent, prefix)
    _unfinished.add(temporary)
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            system.set_mode(handle, temporary, mode)
            if durable:
                os.fsync(handle)
        if overwrite:
            temporary.replace(path)
        else:
            _put_new(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        _unfinished.discard(temporary)
    if durable:
        system.sync_folder(path.parent)


def remove_unfinished() -> None:
    """Remove what this process has begun and not finished: for one that ends without unwinding."""
    for temporary in tuple(_unfinished):
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
