"""Which of these proofs do not hold? Asked by `zk.verifier.proof_batches` of another process.

Curve arithmetic holds Python's lock for a good part of its time, so that threads alone use a second processor badly.
The question comes on standard input as canonical CBOR, the answer goes to standard output as such.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

from zk.bbs.ciphersuite import by_name
from zk.bbs.curve import backend, using
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError
from zk.verifier.proof_batches import Question, troubles

MAX_OCTETS: Final = 1 << 28
"""Octets of a question or answer: 50,000 proofs take about 100 MiB."""


class Worker:
    """Another process, which loads as soon as it is started. Raises OSError where there can be none."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "zk.verifier.worker"]
        # A session of its own: Ctrl-C is for the caller, who ends it.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
        )

    def ask(self, questions: Mapping[int, Question]) -> None:
        """Ask about some proofs, with this process's curve engine. A worker that does not listen answers nothing."""
        rows: list[Any] = [
            [i, suite.name, [list(part) if isinstance(part, tuple) else part for part in statement]]
            for i, (suite, statement) in questions.items()
        ]
        pipe = self._process.stdin
        if pipe is not None:
            with suppress(OSError):
                pipe.write(dcbor_encode([backend().name, rows]))
            self._hang_up()

    def answer(self, questions: Mapping[int, Question]) -> dict[int, str] | None:
        """Return why each of these proofs that does not hold does not; None where it has not said so in full."""
        octets, _ = self._process.communicate()
        try:
            value = dcbor_decode(octets, max_size=MAX_OCTETS)
        except EncodingError:
            return None
        if self._process.returncode != 0 or not isinstance(value, list) or len(value) != 2:
            return None
        if value[0] != len(questions) or not isinstance(value[1], list):
            return None
        bad: dict[int, str] = {}
        for row in value[1]:
            if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], int) or row[0] not in questions:
                return None
            if not isinstance(row[1], str):
                return None
            bad[row[0]] = row[1]
        return bad

    def end(self) -> None:
        """End the process, if it is still there."""
        if self._process.poll() is None:
            self._process.kill()
        self._hang_up()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _hang_up(self) -> None:
        pipe, self._process.stdin = self._process.stdin, None  # nothing is written by `communicate`
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def main() -> int:
    """Answer one question; 1 where none came."""
    octets = sys.stdin.buffer.read(MAX_OCTETS)
    if not octets:
        return 1
    engine, rows = cast("list[Any]", dcbor_decode(octets, max_size=MAX_OCTETS))
    questions: dict[int, Question] = {}
    for i, suite, statement in rows:
        parts = tuple(tuple(part) if isinstance(part, list) else part for part in statement)
        questions[i] = (by_name(suite), cast("Any", parts))
    with using(engine):
        bad = troubles(questions, threads=1)
    sys.stdout.buffer.write(dcbor_encode([len(questions), [[i, words] for i, words in sorted(bad.items())]]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
