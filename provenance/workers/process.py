"""How is a worker process started, listened to and ended, and what did it die of?

The process inherits nothing that a folder of media could have planted: it starts in the root folder, ignores every
`PYTHON*` variable, does not look into the current folder for modules, and finds this package where the parent found it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from provenance.reasons import Reason

PIPE_BYTES: Final = 1024 * 1024
"""Capacity asked of each pipe: the next file lies in it while one is parsed. Linux gives anybody as much."""
MAX_NOISE: Final = 64 * 1024
"""Bytes read of what a dead worker wrote to standard error."""

_DROPPED: Final = ("PYTHON", "VOUCHMARK_", "C2PA_", "ENCYPHER_", "RUST_", "MALLOC_", "LD_", "DYLD_")
"""Variables by which an environment changes what the worker or an engine does; ours may hold passphrases and codes."""
_NOWHERE: Final = "/nonexistent"
"""The worker's home: a library that looks for files of the user finds none. Without a name it would ask the system for
one, which may open a socket."""

_BOOT: Final = (
    "import sys; home, *places = sys.argv[1:-1]; home in sys.path or sys.path.insert(0, home); "
    "sys.path.extend(place for place in places if place not in sys.path); "
    "from {module} import main; main()"
)
"""What `-m MODULE` does, but isolated and without `site`: no variable, no current folder, no
start-up file has a say in what runs. This very package comes first, and the parent's other places last."""


def _places() -> list[str]:
    """The folder of this package, then those of the parent's other modules, which no `site` of the worker may know.

    The current folder and those of PYTHONPATH are left out: what they hold beside this package is nobody's business.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    strange = {os.path.realpath(place) for place in (os.curdir, *named)}
    kept = [place for place in sys.path if Path(place).is_absolute() and os.path.realpath(place) not in strange]
    return [str(Path(__file__).resolve().parents[2]), *kept]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_DROPPED)}
    # One arena: others reserve address space, which the memory limit counts, without using it.
    return kept | {
        "ENCYPHER_C2PA_TELEMETRY": "off",
        "ENCYPHER_C2PA_ONLINE": "off",
        "MALLOC_ARENA_MAX": "1",
        # One thread for linear algebra: what is multiplied here is small, and there is a worker for each core.
        "OPENBLAS_NUM_THREADS": "1",
        "HOME": _NOWHERE,
    }


class WorkerProcess:
    """One running worker: its pipes, its standard error and its end."""

    def __init__(self, *, memory: int, module: str = "provenance.workers.worker") -> None:
        """Start it; it loads the engines on its own.

        Args:
            memory: Bytes that it may use beyond its loaded engines.
            module: What runs in it: a module of this package with a `main`.

        Raises:
            OSError: The system starts no more processes.
        """
        self._stderr = _scratch()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BOOT.replace("{module}", module), *_places(), str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                cwd=Path(sys.executable).anchor,
                env=_environment(),
                bufsize=-1,
            )
        except BaseException:
            self._stderr.close()
            raise
        self.stdin: BinaryIO = cast("BinaryIO", self._process.stdin)
        self.stdout: BinaryIO = cast("BinaryIO", self._process.stdout)
        self.killed_for: Reason | None = None
        """Why we ended it; None where we did not."""
        for pipe in (self.stdin, self.stdout):
            _widen(pipe)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def kill(self, reason: Reason) -> None:
        """End it at once; the first reason counts."""
        self.killed_for = self.killed_for or reason
        with contextlib.suppress(OSError):
            self._process.kill()

    def reap(self) -> Reason:
        """Wait for its end, free what it held, and say what it died of."""
        status = self._process.wait()
        noise = self._noise()
        with contextlib.suppress(OSError):
            self.stdin.close()
        self.stdout.close()
        self._stderr.close()
        if self.killed_for:
            return self.killed_for
        if status == -getattr(signal, "SIGALRM", 0):
            return Reason.TIME_LIMIT
        from provenance.workers.tasks import reason_in

        return Reason.MEMORY_LIMIT if reason_in(noise) is Reason.MEMORY_LIMIT else Reason.CRASH

    def _noise(self) -> bytes:
        try:
            size = os.fstat(self._stderr.fileno()).st_size
            self._stderr.seek(max(0, size - MAX_NOISE))
            return self._stderr.read(MAX_NOISE)
        except OSError:
            return b""


def _scratch() -> IO[bytes]:
    """A file without a name for standard error: the worker can look into it, and nobody has to drain it."""
    if hasattr(os, "memfd_create"):
        with contextlib.suppress(OSError):
            return os.fdopen(os.memfd_create("worker-stderr"), "w+b", buffering=0)
    import tempfile

    return cast("IO[bytes]", tempfile.TemporaryFile(buffering=0))


def _widen(pipe: BinaryIO) -> None:
    """Make a pipe wider where the system lets us; it is only faster then."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return
