"""How does a program of one's own check many files, each in a child process that may crash, one report at a time?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Unpack

from provenance.errors import OptionError
from provenance.workers.pool import Pool
from vouchmark.examination.examine import examine_all
from vouchmark.examination.opening.sources import files
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.options import Options, Overrides
from vouchmark.report import Report


def check_many(
    sources: Iterable[str | Path | bytes | BinaryIO],
    options: Options | None = None,
    *,
    jobs: int = 1,
    in_process: bool = False,
    **overrides: Unpack[Overrides],
) -> Iterator[Report]:
    """Examine many assets and yield one report for each, in order, as they become ready.

    A file that crashes its reader, hangs it or floods its memory costs one child process and is reported as `error`;
    the run goes on. Reports are not kept: take each as it comes.

    Args:
        sources: paths, bytes or binary streams; a folder stands for every file in it, and the folders within. A vouch
            beside a file there is looked at with that file.
        options: what is asked, as in `check`.
        jobs: child processes at work at the same time.
        in_process: parse in this process, without time and memory limit; for input that you trust.
        overrides: what is asked otherwise, by the names of `Options`.

    Raises:
        OptionError: at once, as `check` does, or where `jobs` is below one.
    """
    settings = make_settings(options, **overrides)
    if jobs < 1:
        raise OptionError(f"got {jobs} jobs, expected at least 1")
    return _reports(sources, settings, jobs=0 if in_process else jobs)


def _reports(sources: Iterable[str | Path | bytes | BinaryIO], settings: Settings, *, jobs: int) -> Iterator[Report]:
    found = files(sources, several=are_several(sources))
    if not jobs:
        yield from examine_all(found, settings, pool=None)
        return
    with Pool(workers=jobs) as pool:
        yield from examine_all(found, settings, pool=pool)


def are_several(sources: Iterable[str | Path | bytes | BinaryIO]) -> bool:
    """Whether more than one input is named, as far as that is known before they are taken."""
    return not isinstance(sources, Sequence) or len(sources) > 1
