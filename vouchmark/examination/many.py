"""How does a program of one's own check many files, each in a child process that may crash, one report at a time?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Unpack

from provenance.workers.pool import Pool
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import Options, Settings, settings_for
from vouchmark.examination.sources import files
from vouchmark.report import Report


def check_many(
    sources: Iterable[str | Path | bytes | BinaryIO],
    *,
    jobs: int = 1,
    in_process: bool = False,
    **options: Unpack[Options],
) -> Iterator[Report]:
    """Examine many assets and yield one report for each, in order, as they become ready.

    A file that crashes its reader, hangs it or floods its memory costs one child process and is reported as `error`;
    the run goes on. Reports are not kept: take each as it comes.

    Args:
        sources: paths, bytes or binary streams; a folder stands for every file in it, and the folders within. A vouch
            beside a file there is looked at with that file.
        jobs: child processes at work at the same time.
        in_process: parse in this process, without time and memory limit; for input that you trust.
        options: everything that `check` takes besides.

    Raises:
        ValueError: at once, as `check` does, or where `jobs` is below one.
    """
    settings = settings_for(**options)
    if jobs < 1:
        raise ValueError(f"got {jobs} jobs, expected at least 1")
    return _reports(sources, settings, jobs=0 if in_process else jobs)


def _reports(sources: Iterable[str | Path | bytes | BinaryIO], settings: Settings, *, jobs: int) -> Iterator[Report]:
    found = files(sources, several=not isinstance(sources, Sequence) or len(sources) > 1)
    if not jobs:
        yield from examine_all(found, settings, pool=None)
        return
    with Pool(workers=jobs) as pool:
        yield from examine_all(found, settings, pool=pool)
