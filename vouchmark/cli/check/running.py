"""How does a run go: which files, in which order, where does it all go, and what is left after Ctrl-C?"""

from __future__ import annotations

import io
import itertools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO, TypeAlias

import click

from vouchmark.cli import INTERRUPTED
from vouchmark.cli.check.interrupting import Interrupt, listening
from vouchmark.cli.check.original import write_difference
from vouchmark.cli.check.pages import Folder, prepare, write_pages
from vouchmark.cli.check.totals import Totals
from vouchmark.cli.check.writing import written
from vouchmark.cli.common import fail_usage, progress, standard_input, standard_output
from vouchmark.cli.placing import output_text
from vouchmark.examination.opening.addresses import is_address

if TYPE_CHECKING:
    from provenance.workers.pool import Pool
    from vouchmark.examination.opening.sources import Source
    from vouchmark.examination.settings import Settings
    from vouchmark.report import Exit

COUNTING: Final = 2.0
"""Seconds for counting what there is to do, where progress is shown; a tree that takes longer has no total."""

_Files: TypeAlias = "frozenset[tuple[int, int] | None]"


def run(options: dict[str, Any], settings: Settings, pool: Pool | None) -> set[Exit]:
    """Examine, render and write, one report after the other; the exit codes that came up.

    Raises:
        click.exceptions.Exit: something cannot be written, or Ctrl-C ended the run.
        KeyboardInterrupt: Ctrl-C came before anything was done.
    """
    from vouchmark.examination.examine import examine_all

    inputs: tuple[str, ...] = options["inputs"]
    totals, one = Totals(fail_on=options["fail_on"], lines_count=bool(options["require"])), is_one(inputs)
    if isinstance(options["output"], Folder):
        _run_into(options["output"].path, options, settings, pool, totals)
        return totals.codes
    with listening() as interrupt, _output(options["output"], form=options["form"]) as (out, own):
        shown = options["quiet"] or (options["output"] is None and out.isatty())
        found = examine_all(_sources(inputs, own), settings, pool=pool)
        reports = interrupt.until(progress(found, quiet=shown, total=lambda: _counted(inputs, own)))
        for text, report in written(reports, options, settings, out, one=one):
            if interrupt.came and not totals.files and report is None:
                break
            out.write(text)
            out.flush()
            if report is not None:
                write_difference(report, options["diff_out"])
                totals.add(report)
        if interrupt.came and not totals.files:
            raise KeyboardInterrupt
    _say(totals, interrupt, options, one=one)
    return totals.codes


def _run_into(folder: Path, options: dict[str, Any], settings: Settings, pool: Pool | None, totals: Totals) -> None:
    """The same with a page for each file, and an index of those that were done."""
    from vouchmark.examination.examine import examine_all

    prepare(folder)
    inputs: tuple[str, ...] = options["inputs"]
    with listening() as interrupt:
        found = examine_all(_sources(inputs, frozenset(), beside=folder), settings, pool=pool)
        counted = partial(_counted, inputs, frozenset(), beside=folder)
        reports = interrupt.until(progress(found, quiet=options["quiet"], total=counted))
        for report in write_pages(reports, folder):
            write_difference(report, options["diff_out"])
            totals.add(report)
        if interrupt.came and not totals.files:
            raise KeyboardInterrupt
    _say(totals, interrupt, options, one=False)


def _say(totals: Totals, interrupt: Interrupt, options: dict[str, Any], *, one: bool) -> None:
    """Words about the run, on standard error."""
    if not totals.files:
        click.echo("there is no file in what you named", err=True)
    elif not one and options["quiet"] < 2 and (options["form"] == "text" or isinstance(options["output"], Folder)):
        # Where both go to one terminal, the totals stand apart from the last report.
        apart = "" if options["output"] is not None else "\n"
        click.echo(apart + "\n".join(totals.lines()), err=True)
    if interrupt.came:
        place = options["output"]
        where = f"; what was found is in {place}" if place is not None and str(place) != "-" else ""
        count = f"{totals.files:,} {'file was' if totals.files == 1 else 'files were'}"
        click.echo(f"interrupted: {count} checked{where}", err=True)
        raise click.exceptions.Exit(INTERRUPTED)


def is_one(inputs: tuple[str, ...]) -> bool:
    """Whether there will be exactly one report."""
    return len(inputs) == 1 and (inputs[0] == "-" or not Path(inputs[0]).is_dir())


def identity(file: Path | int) -> tuple[int, int] | None:
    """Which file that is, by its name or open, whatever it is called; None where there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - takes an open file too
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _sources(inputs: tuple[str, ...], own: _Files, *, beside: Path | None = None) -> Iterator[Source]:
    """Every file to look at, in order; folders are walked, where what we write ourselves is passed over.

    Args:
        inputs: as named.
        own: files that this run writes.
        beside: a folder that it writes; None where it writes none.
    """
    from vouchmark.examination.opening.sources import STREAM, files

    ours = beside.resolve() if beside is not None else None

    def is_ours(path: Path) -> bool:
        return identity(path) in own or (ours is not None and path.resolve().is_relative_to(ours))

    def named() -> Iterator[str | Path | BinaryIO]:
        for name in inputs:
            yield standard_input().buffer if name == STREAM else name if is_address(name) else Path(name)

    return files(named(), several=len(inputs) > 1, leaves_out=is_ours)


def _counted(inputs: tuple[str, ...], own: _Files, *, beside: Path | None = None) -> int | None:
    """How many files there are to look at; None where counting them takes too long."""
    end = time.monotonic() + COUNTING
    folders = tuple(name for name in inputs if Path(name).is_dir())
    counted = len(inputs) - len(folders)
    for number, _ in enumerate(_sources(folders, own, beside=beside), start=1):
        if number % 1000 == 0 and time.monotonic() > end:
            return None
        counted += 1
    return counted


@contextmanager
def _output(path: Path | None, *, form: str) -> Iterator[tuple[TextIO, _Files]]:
    """Standard output, or a file that appears only when it is complete; with the files that are ours.

    Raises:
        click.exceptions.Exit: it cannot be written to.
    """
    if path is None or str(path) == "-":
        yield _standard_output(form), frozenset()
        return
    with output_text(path, newline="" if form == "csv" else "\n") as out:
        yield out, frozenset({identity(path), identity(out.fileno())} - {None})


def _standard_output(form: str) -> TextIO:
    """Standard output; for data always UTF-8 and plain line ends, whatever the system's habits are."""
    out = standard_output()
    if form != "text" and isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8", newline="" if form == "csv" else "\n")
    return out


def refuse_pages(options: dict[str, Any]) -> None:
    """A page on a terminal is no page, one page bears no thousand files, and a folder holds nothing but pages."""
    place, is_html = options["output"], options["form"] == "html"
    if isinstance(place, Folder):
        if not is_html:
            fail_usage(f"{place} is a folder, and a folder is written with pages", hint="add --format html")
        return
    if not is_html:
        return
    if place is None and sys.stdout is not None and sys.stdout.isatty():
        fail_usage("a page is for a browser, not for a terminal", hint="name a file: -o report.html")
    from vouchmark.render.html import MAX_ON_ONE_PAGE, TooManyError

    some = itertools.islice(_sources(options["inputs"], frozenset()), MAX_ON_ONE_PAGE + 1)
    if sum(1 for _ in some) > MAX_ON_ONE_PAGE:
        fail_usage(str(TooManyError()), hint="write a folder of pages with an index: --format html -o FOLDER/")
