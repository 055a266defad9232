"""The process that parses what strangers wrote: one job after another over pipes, under a memory limit.

Started as `python -P -m provenance.credentials.worker`, so that nothing in the current folder is imported. Each part of
an answer is sent as soon as it is there: when one engine takes the process down, the other's answer is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Final

from provenance.credentials.job import Answer, Failed, Job, Part, Sized, Started, read_message, write_message

MEMORY_VARIABLE: Final = "VOUCHMARK_WORKER_MEMORY"
"""Bytes of address space that a job may use beyond what the loaded process has."""

MAX_WRITTEN: Final = 1024 * 1024
"""Bytes of any file that a worker may write: it writes none but its standard error."""


def main() -> int:
    """Serve jobs from standard input until it ends."""
    # Engines that print must not write into the answers: keep the pipe, and let descriptor 1 lead to standard error.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    jobs = sys.stdin.buffer
    versions = load()
    _limit_memory(int(os.environ.get(MEMORY_VARIABLE, "0")))
    write_message(answers, Started(versions=versions))
    while True:
        message = read_message(jobs, Job)
        if message is None:
            return 0
        for part in perform(message):
            write_message(answers, part)


def load() -> dict[str, str]:
    """Import the engines and say their versions; done before the first job, while the parent is busy with its own."""
    from provenance.credentials import c2pa_rs, encypher

    return {"c2pa-rs": c2pa_rs.version(), "c2pa-python": _binding_version(), "encypher-c2pa": encypher.VERSION}


def _binding_version() -> str:
    import c2pa

    return str(getattr(c2pa, "__version__", "") or "")


def _limit_memory(size: int) -> None:
    """Bound the address space by what is in use now and `size`; without effect where the system has no such limit."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    if size <= 0:
        return
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + size
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def perform(job: Job) -> Iterator[Part]:
    """Every part of a job's answer; a part that ran out of memory says so."""
    yield _guarded(job, "picture")
    for engine in job.engines:
        yield _guarded(job, engine)


def _guarded(job: Job, part: str) -> Part:
    try:
        return _picture(job) if part == "picture" else _engine(job, part)
    except MemoryError:
        return Failed(part=part, reason="memory-limit")
    except RecursionError:
        return Failed(part=part, reason="too-deep")


def _picture(job: Job) -> Part:
    from provenance.asset import Limits, PictureTooLargeError
    from provenance.picture import measure

    try:
        size = measure(job.data, job.media_type, limits=Limits(pixels=job.pixels))
    except PictureTooLargeError:
        return Failed(part="picture", reason="pixel-limit")
    return Sized(width=size[0], height=size[1]) if size else Sized(width=None, height=None)


def _engine(job: Job, engine: str) -> Part:
    from provenance.credentials import c2pa_rs, encypher

    if engine == c2pa_rs.ENGINE:
        reading = c2pa_rs.read(job.data, job.media_type, sidecar=job.sidecar, trust=job.trust)
    else:
        # Asked with its own lists: its answer is a second opinion, labelled with the date of its snapshot.
        reading = encypher.read(job.data, job.media_type, sidecar=job.sidecar, at=job.at)
    return Answer(reading=reading)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
