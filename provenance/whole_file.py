"""How does a file appear whole or not at all? Written beside its place, and moved into it once it is complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, *, mode: int, durable: bool = False) -> Iterator[BinaryIO]:
    """A file to be filled, which takes the place of `path` when the block ends and is gone where the block raises.

    Args:
        path: where it appears; a file that lies there is replaced.
        mode: its permissions.
        durable: whether content and name are on the disk when the block has ended, for what has to outlast a crash of
            the machine.

    Raises:
        OSError: it cannot be made, filled or put in place.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(handle, mode)
            if durable:
                os.fsync(handle)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
