"""How is each report of a run written down, one after the other, in the time that its file has?"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

if TYPE_CHECKING:
    from vouchmark.examination.settings import Settings
    from vouchmark.report import Report

MIN_WIDTH, MAX_WIDTH = 40, 200
"""Columns between which text is laid out."""

Pieces: TypeAlias = "Iterator[tuple[str, Report | None]]"
"""Pieces of output, each with the report that it completes; None with one that completes none."""


def written(
    reports: Iterator[Report], options: dict[str, Any], settings: Settings, out: TextIO, *, one: bool
) -> Pieces:
    """Everything that a run writes to one place.

    Args:
        reports: as they become ready.
        options: of the command.
        settings: what the reports are a function of.
        out: where they will go.
        one: whether there will be exactly one report.
    """
    form = options["form"]
    if form == "html":
        return _as_html(reports, one=one)
    straight = _texts(reports, _writer(options, out), options, settings)
    texts: Pieces = straight
    if options["sort"]:
        from vouchmark.cli.check.sorting import sorted_texts

        texts = sorted_texts(straight, options["sort"])
    if form == "text":
        return _joined(texts, before="", between="" if options["quiet"] else "\n", after="", empty="")
    if form == "csv":
        from vouchmark.render import csv

        return _joined(texts, before=csv.head(), between="", after="", empty=csv.head())
    if form == "jsonl" or one:
        return _joined(texts, before="", between="\n", after="\n", empty="")
    return _joined(texts, before="[\n", between=",\n", after="\n]\n", empty="[]\n")


def _joined(texts: Pieces, *, before: str, between: str, after: str, empty: str) -> Pieces:
    """Records with what stands before, between and after them, or what is written where there is none."""
    count = 0
    for text, report in texts:
        if not text:
            yield "", report
            continue
        yield (between if count else before) + text, report
        count += 1
    yield (after if count else empty), None


def _writer(options: dict[str, Any], out: TextIO) -> Callable[[Report], str]:
    """What writes one report down."""
    if options["form"] == "text":
        return _text_writer(options, out)
    from vouchmark.render import crjson, csv, disclosure, json

    return {
        "crjson": crjson.dumps,
        "csv": csv.row,
        "disclosure": disclosure.dumps,
        "json": json.dumps,
        "jsonl": json.dumps_line,
    }[options["form"]]


def _texts(
    reports: Iterator[Report], write: Callable[[Report], str], options: dict[str, Any], settings: Settings
) -> Iterator[tuple[str, Report]]:
    """Each report written down, in the time that its file had; one that takes longer says no more than that."""
    from vouchmark.examination.examine import without_lines
    from vouchmark.examination.late import in_time

    seconds = math.inf if options["in_process"] else options["time_limit"]
    for report in reports:
        text = in_time(partial(write, report), str, seconds=seconds)
        bare = report if text else without_lines(report, settings)
        yield text or write(bare), bare


def _text_writer(options: dict[str, Any], out: TextIO) -> Callable[[Report], str]:
    from vouchmark.render import text

    terminal = out.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    columns = min(MAX_WIDTH, max(MIN_WIDTH, shutil.get_terminal_size((100, 24)).columns))
    verbosity = -min(options["quiet"], 2) or options["verbose"]
    unicode = text.can_encode(getattr(out, "encoding", None))
    return partial(text.render, width=columns, colour=colour, verbosity=verbosity, unicode=unicode)


def _as_html(reports: Iterator[Report], *, one: bool) -> Pieces:
    """One page on all of them: its first piece comes after the last report, which stands in its table."""
    from vouchmark.render.html import Page

    with Page(one=one) as page:
        for report in reports:
            page.add(report)
            yield "", report
        for piece in page.pieces():
            yield piece, None
