"""How does a program of one's own check many files, each in a child process that may crash, one report at a time?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Unpack

from provenance.asset import walk
from provenance.workers.pool import Pool
from vouchmark.examination.addresses import is_address
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import Options, Settings, settings_for
from vouchmark.report import Report
from vouchmark.vouching.files import Beside


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
    if not jobs:
        yield from examine_all(_files(sources), settings, pool=None)
        return
    with Pool(workers=jobs) as pool:
        yield from examine_all(_files(sources), settings, pool=pool)


def _files(sources: Iterable[str | Path | bytes | BinaryIO]) -> Iterator[str | Path | bytes | BinaryIO]:
    """Every file, folders walked in order, without the vouches that lie beside one."""
    beside = Beside()
    for source in sources:
        if isinstance(source, str) and is_address(source):
            yield source
        elif isinstance(source, str | Path):
            named = Path(source)
            yield from (path for path in walk([named]) if path == named or not beside.belongs(path))
        else:
            yield source
