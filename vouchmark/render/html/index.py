"""How does somebody find their way among ten thousand pages: by the answer, worst first, with totals and a filter?

Everything can be read without the script: totals lead to their groups, groups fold and unfold by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from markupsafe import escape

from vouchmark.render.groups import NAMES, Group, files_in_words, group_of
from vouchmark.render.headline.answer import answer
from vouchmark.render.html.markup import apart, environment, foot, head, shown, without_options
from vouchmark.render.html.top import day
from vouchmark.render.html.view import NAME_SHOWN
from vouchmark.render.html.words import TONES, titled
from vouchmark.render.safe import NAME_LIMIT, plain
from vouchmark.report import Report
from vouchmark.wording.catalogue import say

UNFOLDED: Final = 200
"""Rows of a group that is shown unfolded; a browser lays out no more than it has to."""
ROWS: Final = 200
"""Rows that are handed on at a time."""
INSIDE: Final = "files"
"""The folder beside the index in which the pages lie."""
_WORD: Final = re.compile(r"[a-z0-9]+")
SLUG: Final = 40
"""Characters of a file's name in the name of its page; the number before it is what tells pages apart."""


class _Row(NamedTuple):
    """One file in the index."""

    name: str
    href: str
    answer: str
    outcome: str


def page_name(number: int, report: Report) -> str:
    """What the page of the file with that number is called: nothing that a file's name can choose but a few letters."""
    slug = "-".join(_WORD.findall(report.media.shown[-4 * SLUG :].lower()))[-SLUG:].strip("-")
    return f"{number:06}{f'-{slug}' if slug else ''}.html"


class Index:
    """The index of a folder of pages, in the making."""

    def __init__(self) -> None:
        """Begin one."""
        self._rows: dict[Group, list[_Row]] = {group: [] for group in Group}
        self._tool = "vouchmark"
        self._at = ""

    def add(self, report: Report, page: str) -> None:
        """Put one report in; `page` is the name of its page."""
        self._tool, self._at = report.inputs.tool, report.inputs.at
        row = _Row(
            name=plain(report.media.shown, limit=NAME_SHOWN),
            href=f"{INSIDE}/{page}",
            answer=say("page.answer", answer=without_options(answer(report))),
            outcome=str(report.verdict.outcome) if report.verdict else "",
        )
        self._rows[group_of(report)].append(row)

    def pieces(self) -> Iterator[str]:
        """The whole page, worst answers first, and files by name within one."""
        filled = {group: sorted(rows) for group, rows in self._rows.items() if rows}
        groups = [
            {
                "id": str(group),
                "name": f"{NAMES[group][0].upper()}{NAMES[group][1:]}",
                "tone": TONES[group],
                "count": len(rows),
            }
            for group, rows in filled.items()
        ]
        count = sum(len(rows) for rows in self._rows.values())
        files = files_in_words(count)
        yield head(plain(titled(count), limit=NAME_LIMIT), "index")
        begins = environment().get_template("index.html.j2")
        checked = day(self._at) if self._at else ""
        yield begins.render(files=files, groups=groups, checked=checked, is_open=UNFOLDED, one="")
        for group, rows in zip(groups, filled.values(), strict=True):
            yield begins.render(files=files, groups=[], checked="", is_open=UNFOLDED, one=group)
            for start in range(0, len(rows), ROWS):
                yield "".join(map(_row, rows[start : start + ROWS]))
            yield "</tbody>\n</table>\n</details>\n"
        yield foot(self._tool)


def _row(row: _Row) -> str:
    """A row, written without a template: there may be ten thousand."""
    outcome = f'<span class="outcome outcome-{escape(row.outcome)}">{escape(row.outcome)}</span>' if row.outcome else ""
    return (
        f'<tr data-row><th scope="row"><a href="{escape(row.href)}">{apart(row.name)}</a></th>'
        f"<td>{shown(row.answer)}</td><td>{outcome}</td></tr>\n"
    )
