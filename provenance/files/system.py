"""What do systems do differently with open files: flags, locks, reading at a place, modes (POSIX and Windows)?

The one module of this package that asks; what a system does not have is left out or done another way, and where a lock
cannot be had at all, nothing is written. `zk.storage.system` is its like for `zk`.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Final

CLOEXEC: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""For every file: not handed on to child processes, and bytes as they are (Windows would translate line ends)."""
NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
"""Not through a link; 0 where the system cannot refuse that."""
NONBLOCK: Final = getattr(os, "O_NONBLOCK", 0)
"""Not to wait for a FIFO's writer; there are none on Windows."""
IS_POSIX: Final = os.name == "posix"

_POLL: Final = 0.05
"""Seconds between two looks at a lock, where the system does not wait for us."""
_seeking: Final = threading.Lock()
"""Where reading at a place is seeking and reading, no other thread may seek between."""


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


def lock(handle: int) -> None:
    """The same, waiting for it. Raises OSError where the system has no locks."""
    while True:
        try:
            try_lock(handle)
        except BlockingIOError:
            time.sleep(_POLL)
        else:
            return


def _lock_on_windows(handle: int) -> None:
    try:
        import msvcrt
    except ImportError as error:
        raise OSError("this system has no locks on files") from error
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        raise BlockingIOError(error.errno or 0, "somebody else has the lock") from error


def read_at(handle: int, size: int, start: int) -> bytes:
    """At most so many bytes from a place on, as one read gives them. Raises OSError."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, start)
    with _seeking:
        os.lseek(handle, start, os.SEEK_SET)
        return os.read(handle, size)


def read_into(handle: int, room: memoryview, start: int) -> int:
    """Fill some room from a place on, as far as one read goes; how many bytes it was. Raises OSError."""
    if hasattr(os, "preadv"):
        return os.preadv(handle, [room], start)
    found = read_at(handle, len(room), start)
    room[: len(found)] = found
    return len(found)


def set_mode(handle: int, path: Path, mode: int) -> None:
    """Set the permissions of an open file, as far as the system has any. Raises OSError."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
    elif IS_POSIX:
        path.chmod(mode)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk, where a folder can be opened (POSIX). Raises OSError."""
    if not IS_POSIX:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def no_core_files() -> None:
    """Let no core file show what this process holds, where the system lets us say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
