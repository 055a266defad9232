"""What do systems do differently with open files: flags, locks, modes (POSIX and Windows)?

The one module of this package that asks; where a lock cannot be had at all, nothing is written. On Windows files have
no mode that says who may read them: they inherit from their folder, and the user's own is closed to others.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

CLOEXEC: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""For every file: not handed on to child processes, and bytes as they are (Windows would translate line ends)."""
NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
"""Not through a link; 0 where the system cannot refuse that."""
NONBLOCK: Final = getattr(os, "O_NONBLOCK", 0)
"""Not to wait for a FIFO's writer; there are none on Windows."""
IS_POSIX: Final = os.name == "posix"


def try_lock(handle: int) -> None:
    """Take the lock on an open file; it ends with the handle.

    Raises:
        BlockingIOError: somebody else has it.
        OSError: the system has no locks, or refuses.
    """
    try:
        import fcntl
    except ImportError:
        _lock_on_windows(handle)
        return
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_on_windows(handle: int) -> None:
    try:
        import msvcrt
    except ImportError as error:
        raise OSError(0, "this system has no locks on files") from error
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        raise BlockingIOError(error.errno or 0, "somebody else has the lock") from error


def open_to_others(status: os.stat_result) -> bool:
    """Whether others than the owner may use a file, as far as the system says so in its mode."""
    return IS_POSIX and bool(stat.S_IMODE(status.st_mode) & 0o077)


def set_mode(handle: int, path: Path, mode: int) -> None:
    """Set the permissions of an open file, as far as the system has any. Raises OSError."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
    elif IS_POSIX:
        path.chmod(mode)


def sync_directory(directory: Path) -> None:
    """Flush a directory's entries to the disk, where the system lets a directory be opened. Raises OSError."""
    if not IS_POSIX:
        return
    descriptor = os.open(directory, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
