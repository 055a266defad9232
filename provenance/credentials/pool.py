"""How are assets parsed in child processes, within time and memory, so that no file ends the run?

Each worker is its own `python -P -m provenance.credentials.worker` over pipes: users of the library need no
`__main__` guard, and nothing of the parent's memory is forked into a process that parses hostile input. A crash, a hang
or a lack of memory there is a reading with the outcome `error`; the worker is replaced.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import IO, Final, TypeVar

from provenance.credentials.job import (
    ENGINES,
    Answer,
    Failed,
    Job,
    Part,
    ProtocolError,
    Sized,
    Started,
    read_message,
    read_part,
    write_message,
)
from provenance.credentials.model import Outcome, Reading
from provenance.credentials.spawn import Child

__all__ = ["ENGINES", "Examination", "Job", "Pool", "examine_in_process"]

T = TypeVar("T")

SECONDS: Final = 30.0
"""Default time for one asset; real files of 500 MB take below three seconds."""
MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Default bytes of address space for one worker beyond what it has after loading."""
START_SECONDS: Final = 60.0
"""Time for a worker to load its engines: 0.1 s on a warm machine, much longer on a cold disk."""
MAX_JOBS: Final = 1000
"""Jobs after which a worker is replaced, so that what an engine leaks stays bounded."""
MAX_STDERR: Final = 64 * 1024
"""Bytes of a worker's standard error that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was read from one asset."""

    readings: tuple[Reading, ...]
    """One for each engine that was asked, in that order."""
    width: int | None = None
    height: int | None = None
    picture_error: str = ""
    """Why the picture's size could not be read (`pixel-limit`, `memory-limit`, …); empty where it could."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Packages and engines to their versions, as the process that read says."""


def examine_in_process(job: Job) -> Examination:
    """Read one asset in this process, without time and memory limit; for input that you trust."""
    from provenance.credentials.worker import load, perform

    return _collect(job, tuple(perform(job)), load(), "")


class Pool:
    """Worker processes, reused from asset to asset. Use it as a context manager.

    Args:
        workers: processes; one for each core that may be used.
        seconds: time for one asset.
        memory: bytes of address space for one worker beyond what it has after loading; 0 for no limit.
        started: processes that were started before this module was imported, with the same memory.
    """

    def __init__(
        self, *, workers: int = 1, seconds: float = SECONDS, memory: int = MEMORY, started: Iterable[Child] = ()
    ) -> None:
        early = deque(started)
        self._workers = deque(
            _Worker(seconds=seconds, memory=memory, started=early.popleft() if early else None) for _ in range(workers)
        )
        self._all = tuple(self._workers)
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="vouchmark-worker")

    def __enter__(self) -> Pool:
        """The pool itself; workers start with `start` or with their first asset."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every worker."""
        self.close()

    def start(self) -> None:
        """Start every worker now, so that it loads its engines while the caller does something else."""
        for worker in self._all:
            worker.start()

    def close(self) -> None:
        """End every worker; assets under way are given up."""
        for worker in self._all:
            worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def examine(self, job: Job) -> Examination:
        """Read one asset."""
        return self._threads.submit(self._run, job).result()

    def examine_stream(self, jobs: Iterable[tuple[T, Job | None]]) -> Iterator[tuple[T, Examination | None]]:
        """Read many assets, results in order; an item without a job is passed through.

        At most one asset more than there are workers is held in memory: the next is opened while the others are read.
        """
        waiting: deque[tuple[T, Future[Examination] | None]] = deque()
        for item, job in jobs:
            waiting.append((item, None if job is None else self._threads.submit(self._run, job)))
            while len(waiting) > len(self._all):
                yield _settled(*waiting.popleft())
        while waiting:
            yield _settled(*waiting.popleft())

    def _run(self, job: Job) -> Examination:
        worker = self._workers.popleft()
        try:
            return worker.examine(job)
        finally:
            self._workers.append(worker)


def _settled(item: T, future: Future[Examination] | None) -> tuple[T, Examination | None]:
    return item, None if future is None else future.result()


def _collect(job: Job, parts: tuple[Part, ...], versions: Mapping[str, str], reason: str) -> Examination:
    """One examination out of the parts that arrived; `reason` says why others did not."""
    readings = {part.reading.engine: part.reading for part in parts if isinstance(part, Answer)}
    failed = {part.part: part.reason for part in parts if isinstance(part, Failed)}
    sized = next((part for part in parts if isinstance(part, Sized)), None)
    for engine in job.engines:
        if engine not in readings:
            why = failed.get(engine) or reason or "crash"
            readings[engine] = Reading(
                engine=engine, version=versions.get(engine, ""), outcome=Outcome.ERROR, reason=why
            )
    return Examination(
        readings=tuple(readings[engine] for engine in job.engines),
        width=sized.width if sized else None,
        height=sized.height if sized else None,
        picture_error=failed.get("picture", "" if sized else reason or "crash"),
        versions=versions,
    )


class _Worker:
    """One process, started when needed and replaced when it is spent."""

    def __init__(self, *, seconds: float, memory: int, started: Child | None) -> None:
        self._seconds = seconds
        self._started = started
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._versions: dict[str, str] | None = None
        self._jobs = 0
        self._closed = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process where none runs."""
        with self._lock:
            if self._process is not None or self._closed:
                return
            child = self._started or Child(self._memory)
            self._started = None
            self._process, self._stderr = child.process, child.stderr
            self._versions = None
            self._jobs = 0

    def stop(self) -> None:
        """End the process for good."""
        if self._started is not None:
            self.start()  # takes over a process that was started early, so that it is ended too
        self._closed = True
        self._kill()

    def _kill(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            stderr, self._stderr = self._stderr, None
            if stderr is not None:
                stderr.close()
            if process is None:
                return
            with suppress(OSError):
                process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            process.wait()

    def examine(self, job: Job) -> Examination:
        """Read one asset; a failure in a worker that served before is tried once more in a fresh one.

        What an engine leaked over earlier assets must not be held against this one.
        """
        served_before = self._jobs > 0
        examination, reason = self._once(job)
        if reason in ("crash", "memory-limit") and served_before and not self._closed:
            examination, reason = self._once(job)
        return examination

    def _once(self, job: Job) -> tuple[Examination, str]:
        """One try: the examination, and why it is incomplete (empty where it is not)."""
        parts: list[Part] = []
        reason = ""
        expired = threading.Event()
        try:
            self.start()
            process = self._process
            if process is None or process.stdin is None or process.stdout is None:
                raise ProtocolError("the pool is closed")
            if self._versions is None:
                with _deadline(process, START_SECONDS, expired):
                    self._versions = _greeting(process.stdout)
            self._jobs += 1
            with _deadline(process, self._seconds, expired):
                write_message(process.stdin, job)
                for _ in range(len(job.engines) + 1):
                    part = read_part(process.stdout)
                    if part is None:
                        raise ProtocolError("the worker ended")
                    parts.append(part)
        except (OSError, ValueError, ProtocolError, MemoryError):
            reason = self._why(expired)
        versions = self._versions or {}
        examination = _collect(job, tuple(parts), versions, reason)
        if any(isinstance(part, Failed) and part.reason == "memory-limit" for part in parts):
            reason = "memory-limit"
        if not reason and self._panicked():
            # The engine caught its own panic: what it answered after that is no answer.
            examination, reason = _without_first_engine(examination), "crash"
        if reason or self._jobs >= MAX_JOBS:
            self._kill()
        return examination, reason

    def _said(self) -> bytes:
        """The end of what the worker wrote to standard error since it was last emptied."""
        if self._stderr is None:
            return b""
        with suppress(OSError):
            size = os.fstat(self._stderr.fileno()).st_size
            if size:
                self._stderr.seek(max(0, size - MAX_STDERR))
                said = self._stderr.read(MAX_STDERR)
                self._stderr.truncate(0)
                return said
        return b""

    def _panicked(self) -> bool:
        return b"panicked at" in self._said()

    def _why(self, expired: threading.Event) -> str:
        """A stable word for why the worker did not answer."""
        if expired.is_set():
            return "time-limit" if self._versions is not None else "start"
        process = self._process
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1.0)
        said = self._said()
        if b"memory allocation of" in said or b"MemoryError" in said or b"Cannot allocate memory" in said:
            return "memory-limit"
        return "crash" if self._versions is not None else "start"


def _without_first_engine(examination: Examination) -> Examination:
    first, *others = examination.readings
    blank = Reading(engine=first.engine, version=first.version, outcome=Outcome.ERROR, reason="crash")
    return replace(examination, readings=(blank, *others))


def _greeting(stream: IO[bytes]) -> dict[str, str]:
    message = read_message(stream, Started)
    if message is None:
        raise ProtocolError("the worker ended before it started")
    return message.versions


class _deadline:  # noqa: N801 - reads as the statement that it is
    """Kills a process where the block takes longer: reads and writes then end by themselves."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float, expired: threading.Event) -> None:
        def end() -> None:
            expired.set()
            with suppress(OSError):
                process.kill()

        self._timer = threading.Timer(seconds, end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
