"""How does a test make sure that a command, with everything it starts, opens no connection?

    python tests/support/no_network.py COMMAND…

runs a command under a seccomp filter (Linux, x86_64 and aarch64) that ends any process at its first `socket`,
`connect` or `io_uring_setup`: the kernel sends SIGSYS, which nothing can catch its way around. The filter is inherited
over fork and exec, so that workers are under it too. `socketpair` stays: it leads nowhere but to the process itself.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_RET_KILL_PROCESS: Final = 0x80000000
_RET_ALLOW: Final = 0x7FFF0000
_LOAD: Final = 0x20
"""BPF_LD | BPF_W | BPF_ABS: a word of `struct seccomp_data` (number at 0, architecture at 4)."""
_EQUAL: Final = 0x15
"""BPF_JMP | BPF_JEQ | BPF_K."""
_AT_LEAST: Final = 0x35
"""BPF_JMP | BPF_JGE | BPF_K."""
_RETURN: Final = 0x06

_IO_URING_SETUP: Final = 425
_X32: Final = 0x40000000
"""From this number on stand x86_64's second set of calls, which would go around a check of the first."""
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 42, _IO_URING_SETUP)),
    "aarch64": (0xC00000B7, (198, 203, _IO_URING_SETUP)),
}
"""The architecture as the kernel's audit names it, and its numbers of `socket`, `connect` and `io_uring_setup`."""

SIGNAL: Final = 31
"""SIGSYS, by which a process ends that tried."""


def why_not() -> str:
    """Why this machine cannot forbid connections; empty where it can."""
    if not sys.platform.startswith("linux"):
        return f"seccomp is Linux's, this is {sys.platform}"
    if platform.machine() not in _MACHINES or struct.calcsize("P") != 8:
        return f"no filter is written for {platform.machine()}"
    probe = subprocess.run(command([sys.executable, "-c", ""]), capture_output=True, check=False)
    return "" if probe.returncode == 0 else f"the kernel refused the filter: {probe.stderr.decode(errors='replace')}"


def command(arguments: Sequence[str]) -> list[str]:
    """The same command under the filter."""
    return [sys.executable, "-I", str(Path(__file__).resolve()), *arguments]


def forbid() -> None:
    """Put this process, and everything it will start, under the filter for good.

    Raises:
        OSError: The kernel does not allow filters.
    """
    architecture, calls = _MACHINES[platform.machine()]
    # Jumps count from the next instruction; the last one kills, and the one before it allows.
    many = len(calls)
    program = [
        (_LOAD, 0, 0, 4),
        # Another architecture's numbers would mean other calls.
        (_EQUAL, 0, many + 3, architecture),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, many + 1, 0, _X32),
        *((_EQUAL, many - place, 0, number) for place, number in enumerate(calls)),
        (_RETURN, 0, 0, _RET_ALLOW),
        (_RETURN, 0, 0, _RET_KILL_PROCESS),
    ]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    instructions = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    held = Program(len(program), ctypes.cast(instructions, ctypes.c_void_p))
    _call(libc, _PR_SET_NO_NEW_PRIVS, 1, 0)
    _call(libc, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(held))


def _call(libc: Any, option: int, first: Any, second: Any) -> None:
    if libc.prctl(option, first, second, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


if __name__ == "__main__":
    forbid()
    os.execvp(sys.argv[1], sys.argv[1:])
