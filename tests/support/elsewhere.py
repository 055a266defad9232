"""How does a system look that lacks what only Unix has? Run before everything else in a process, workers too.

What Python's own library needs of it is imported first: there it is not this system's lack. Locks are Windows' own
(`msvcrt.locking`), stood in for by a lock of this system.
"""

import asyncio  # noqa: F401 - needs fcntl here, and something else elsewhere
import fcntl
import multiprocessing  # noqa: F401
import os
import subprocess  # noqa: F401 - asks for msvcrt to tell which system it is on
import sys
import types

MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog")
NAMES = (
    *("O_CLOEXEC", "O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY", "O_NOCTTY", "pread", "preadv", "fchmod", "sysconf"),
    *("memfd_create", "fork", "sched_getaffinity", "posix_fadvise", "getuid", "geteuid", "chown", "lchown", "statvfs"),
)


def _locking(handle: int, mode: int, count: int) -> None:
    assert (mode, count) == (1, 1)
    _flock(handle, _EXCLUSIVE)


_flock, _EXCLUSIVE = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
for _name in MODULES:
    sys.modules[_name] = None  # type: ignore[assignment]
for _name in NAMES:
    if hasattr(os, _name):
        delattr(os, _name)
_stand_in = types.ModuleType("msvcrt")
_stand_in.locking, _stand_in.LK_NBLCK = _locking, 1  # type: ignore[attr-defined]
sys.modules["msvcrt"] = _stand_in
