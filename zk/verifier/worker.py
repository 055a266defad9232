"""Which of these proofs do not hold? Asked by `zk.verifier.proof_batches` of another process.

Curve arithmetic holds Python's lock for a good part of its time, so that threads alone use a second processor badly.
The question comes on standard input as canonical CBOR, the answer goes to standard output as such.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any, Final, cast

from zk.bbs.ciphersuite import by_name
from zk.bbs.curve import backend, using
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError
from zk.verifier.proof_batches import Question, troubles

MAX_OCTETS: Final = 1 << 28
"""Octets of a question or answer: 50,000 proofs take about 100 MiB."""


def ask(questions: Mapping[int, Question]) -> subprocess.Popen[bytes]:
    """Start a worker on some proofs, with this process's curve engine. Raises OSError."""
    rows: list[Any] = [
        [i, suite.name, [list(part) if isinstance(part, tuple) else part for part in statement]]
        for i, (suite, statement) in questions.items()
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    # A file and no pipe: who asks goes on while the worker is still starting.
    with tempfile.TemporaryFile() as question:
        question.write(dcbor_encode([backend().name, rows]))
        question.seek(0)
        command = [sys.executable, "-m", "zk.verifier.worker"]
        return subprocess.Popen(command, stdin=question, stdout=subprocess.PIPE, env=environment)


def answer(worker: subprocess.Popen[bytes], questions: Mapping[int, Question]) -> dict[int, str] | None:
    """Return why each of these proofs that does not hold does not; None where the worker has not said so in full."""
    octets, _ = worker.communicate()
    try:
        value = dcbor_decode(octets, max_size=MAX_OCTETS)
    except EncodingError:
        return None
    if worker.returncode != 0 or not isinstance(value, list) or len(value) != 2 or value[0] != len(questions):
        return None
    rows = value[1] if isinstance(value[1], list) else [None]
    bad: dict[int, str] = {}
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or row[0] not in questions or not isinstance(row[1], str):
            return None
        bad[cast("int", row[0])] = row[1]
    return bad


def main() -> int:
    """Answer one question."""
    engine, rows = cast("list[Any]", dcbor_decode(sys.stdin.buffer.read(MAX_OCTETS), max_size=MAX_OCTETS))
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
