"""How do reports become rows of a spreadsheet, in which no name of a file is ever computed?

RFC 4180: UTF-8, every cell in quotes, lines that end with CR LF, the first row with the columns' names. A cell that
begins like a formula gets an apostrophe (OWASP, CSV injection); so does whatever follows a sign at which a spreadsheet
may cut a line that is set up for another separator.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Final

from vouchmark.render.groups import group_of
from vouchmark.render.headline.answer import answer
from vouchmark.render.safe import plain
from vouchmark.report import Line, Report

COLUMNS: Final = (
    "file",
    "group",
    "answer",
    "outcome",
    "labels",
    *(str(line) for line in Line),
    "type",
    "size",
    "sha256",
    "judged_at",
)
"""In this order; `group` as `vouchmark.render.groups` has it, each line of evidence with its status."""

_CUT: Final = re.compile(r"""(?P<cut>[;,|][\s"']*)(?=[=+\-@＝＋－＠])""")
"""A sign at which a line may be cut (an export set up for `;` or `|`), before what would then begin a formula."""


def head() -> str:
    """The first row, with its line end."""
    return _line(COLUMNS)


def row(report: Report) -> str:
    """One report as a row, with its line end."""
    cells = _cells(report)
    return _line(cell(cells[name]) for name in COLUMNS)


def _cells(report: Report) -> Mapping[str, str]:
    media, verdict = report.media, report.verdict
    return {
        "file": media.shown,
        "group": group_of(report),
        "answer": answer(report),
        "outcome": verdict.outcome if verdict else "",
        "labels": " ".join(verdict.labels) if verdict else "",
        **{str(line): str(evidence.status) for line, evidence in report.evidence.items()},
        "type": media.type or "",
        "size": "" if media.size is None else str(media.size),
        "sha256": media.sha256 or "",
        "judged_at": report.inputs.at,
    }


def cell(text: str) -> str:
    """Harmless text that begins no formula, wherever a spreadsheet may cut the line."""
    return _CUT.sub(r"\g<cut>'", plain(text))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()
