"""How is a worker process started, before its parent has imported anything that takes time?

Imports next to nothing: the worker loads its engines while the parent is still loading the rest of itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

KEPT_VARIABLES: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What a worker's environment keeps: no PYTHON* variable, which could run other code, and no engine's settings."""


class Child:
    """A started worker process and what it writes to standard error."""

    def __init__(self, memory: int) -> None:
        """Start a worker that may use that many bytes beyond what it has after loading (0: no limit)."""
        # Appending, so that it can be emptied between jobs while the worker goes on writing.
        self.stderr: IO[bytes] = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 - lives with the process
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-m", "provenance.credentials.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            env=_environment(memory),
            cwd="/" if os.name == "posix" else None,
        )


def _environment(memory: int) -> dict[str, str]:
    """A worker's environment: what the system needs, the memory limit, and where this very package lies."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    kept["ENCYPHER_C2PA_TELEMETRY"] = "off"
    kept["VOUCHMARK_WORKER_MEMORY"] = str(memory)
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    # A library that looks for the user's home finds none; without a name it would ask the system over a socket.
    kept["HOME"] = "/nonexistent"
    root = Path(__file__).resolve().parents[2]
    if root.name not in ("site-packages", "dist-packages"):
        # A checkout that is on this process's path: the worker must run the same code.
        kept["PYTHONPATH"] = str(root)
    return kept
