"""How do tests run the installed command as a stranger would: a process of its own in a clean environment?"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

import vouchmark
from tests.support import authority as made
from tests.support.ready import CAN_FORK, server

CHECKOUT: Final = Path(vouchmark.__file__).resolve().parents[1]
"""Where the package under test lies: the new process must run the same one."""
SECONDS: Final = 300
"""For one command; far more than any takes, so that a hang ends as a failure."""
AT: Final = made.NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
"""The instant of a test run, inside the validity of every certificate made in it."""

ROOT: Final = made.make_root()
SIGNER: Final = made.make_signer(ROOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str
    files: tuple[str, ...]
    """Names in the current folder afterwards, hidden ones too."""

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()

    @property
    def said(self) -> tuple[int, str]:
        """Exit code and the first line of stderr."""
        return self.code, (self.stderr.splitlines() or [""])[0]


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A stranger's environment: a path, a home of its own, UTF-8, and no terminal."""
    clean = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "VOUCHMARK_HOME": str(home), "HOME": str(home)}
    if CHECKOUT.name not in ("site-packages", "dist-packages"):
        clean["PYTHONPATH"] = str(CHECKOUT)
    return clean | dict(more or {})


def arguments(*words: str | Path) -> list[str]:
    """The command line of a fresh process that runs the command."""
    return [sys.executable, "-P", "-m", "vouchmark", *map(str, words)]


@functools.cache
def _usual() -> tuple[tuple[str, str], ...]:
    """What the process that forks is started with: no home, as each run brings its own."""
    without = environment(Path("/nonexistent"))
    return tuple(sorted(without.items()))


def as_anybody() -> list[str]:
    """What to put before a command so that permissions count, for root too; skips the test where that cannot be had."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    if shutil.which("setpriv") is None or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("root may do everything, and there is no setpriv here that takes that away")
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Runs `vouchmark` in a folder."""

    folder: Path
    home: Path

    def __call__(
        self,
        *words: str | Path,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        before: Sequence[str] = (),
    ) -> Done:
        folder = cwd or self.folder
        wanted = environment(self.home, env)
        # Forked where nothing is asked of the interpreter itself.
        if CAN_FORK and not before and not any(name.startswith("PYTHON") for name in env or ()):
            run = server(_usual()).run
            ran = run([*map(str, words)], stdin=stdin, cwd=folder, env=wanted, seconds=SECONDS)
        else:
            ran = subprocess.run(
                [*before, *arguments(*words)],
                input=stdin,
                capture_output=True,
                cwd=folder,
                env=wanted,
                timeout=SECONDS,
                check=False,
            )
        done = Done(
            code=ran.returncode,
            stdout=ran.stdout.decode("utf-8"),
            stderr=ran.stderr.decode("utf-8"),
            files=tuple(sorted(path.name for path in folder.iterdir())),
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(
        self, *words: str | Path, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start it without waiting."""
        return subprocess.Popen(arguments(*words), cwd=self.folder, env=environment(self.home, env), **options)


@functools.cache
def media() -> Mapping[str, bytes]:
    """One file for every exit code, made once a run; `root.pem` vouches for the signer."""
    signed = made.sign(SIGNER, manifest=made.definition(made.created("digitalCapture")))
    return {
        "signed.jpg": signed,
        "altered.jpg": made.change_pixels(signed),
        "plain.jpg": made.picture(),
        "generated.jpg": made.sign(SIGNER, manifest=made.definition(made.created("trainedAlgorithmicMedia"))),
        "empty.jpg": b"",
        "root.pem": ROOT.pem.encode(),
    }


def write(folder: Path, *names: str) -> None:
    """Put some of the media into a folder, all where none are named."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or media():
        (folder / name).write_bytes(media()[name])


def names(reports: list[dict[str, Any]]) -> list[str]:
    """What reports speak of, in order."""
    return [report["media"]["name"] for report in reports]
