"""How do 64 consumers meet over the same nullifiers, on whichever database? (Shared by the two ledgers' tests.)"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 4
THREADS = 16
KEYS = 20


def start(*arguments: str) -> "subprocess.Popen[str]":
    """Start a child of `tests.zk.ledger_worker`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.zk.ledger_worker", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def pour_and_kill(location: str, *, size: int, after: float) -> list[str]:
    """Return the pseudonyms that a child had accepted, and said so, when it was killed some seconds after the first."""
    child = start("pour", location, str(size))
    assert child.stdout is not None
    assert child.stderr is not None
    with child:
        said = child.stdout.readline()
        assert said, child.stderr.read()
        time.sleep(after)
        child.kill()  # SIGKILL: no handler, no clean-up
        # Not communicate(), which would drop what readline() has read ahead.
        said += child.stdout.read()
        errors = child.stderr.read()
    assert child.returncode == -signal.SIGKILL, errors
    return said[: said.rfind("\n") + 1].split()


def race(location: str, *, salt: str) -> list[list[str]]:
    """Return, for each of the 64 consumers, what it was told about each key."""
    children = [start("race", location, str(THREADS), str(KEYS), salt) for _ in range(PROCESSES)]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n", child.communicate()[1]
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        told = []
        for child in children:
            output, errors = child.communicate(timeout=300)
            assert child.returncode == 0, errors
            told += [line.split()[1:] for line in output.splitlines()]
    finally:
        for child in children:
            child.kill()
            child.wait()
    return told


def assert_exactly_one_accepted(told: list[list[str]]) -> None:
    """Every key: one `new`, and 63 `duplicate` (all contents differ)."""
    assert len(told) == PROCESSES * THREADS
    for outcomes in zip(*told, strict=True):
        assert Counter(outcomes) == {"new": 1, "duplicate": PROCESSES * THREADS - 1}
