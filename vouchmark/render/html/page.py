"""How does a report become one page that a browser shows and a printer prints, and that can do nothing?

One self-contained file: one script of ours that copies and unfolds, no link to anywhere, its pictures inside it, and a
policy that forbids everything else. Without the script everything can be read as well.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

from vouchmark.errors import VouchmarkError
from vouchmark.render.groups import NAMES, Group, files_in_words, group_of
from vouchmark.render.headline.answer import answer
from vouchmark.render.html.markup import environment, foot, head, without_options
from vouchmark.render.html.pictures import Pictures
from vouchmark.render.html.view import NAME_SHOWN, view
from vouchmark.render.html.words import TONES, titled
from vouchmark.render.safe import NAME_LIMIT, plain
from vouchmark.wording.catalogue import say

if TYPE_CHECKING:
    from vouchmark.report import Report

SPOOLED: Final = 8 * 1024 * 1024
"""Bytes of reports kept in memory before they wait in a temporary file: a table of all of them stands before them."""
CHUNK: Final = 1024 * 1024
"""Characters of a page that are handed on at a time."""
MAX_ON_ONE_PAGE: Final = 50
"""Files on one page; more are a folder of pages with an index, which a browser can open."""


class TooManyError(VouchmarkError, ValueError):
    """More files than one page bears."""

    hint = "make several pages, or write JSON lines"

    def __init__(self) -> None:
        """Say how many it bears."""
        super().__init__(f"a single page bears {MAX_ON_ONE_PAGE} files, and there are more")


def render(report: Report) -> str:
    """One report as a page that ends with a newline. The thumbnails are those that the report brings."""
    return "".join(render_many([report], one=True))


def render_many(reports: Iterable[Report], *, one: bool = False) -> Iterator[str]:
    """Pieces of one page on several reports, a table of all of them first.

    Args:
        reports: at most `MAX_ON_ONE_PAGE`, taken one after the other; what was taken waits on the disk, not in memory.
        one: whether there is exactly one, so that the page needs no table.

    Raises:
        TooManyError: there are more.
    """
    with Page(one=one) as page:
        for report in reports:
            page.add(report)
        yield from page.pieces()


class Page:
    """One page in the making. A context manager: what waits on the disk is gone afterwards."""

    def __init__(self, *, one: bool = False, back: str = "") -> None:
        """Begin a page.

        Args:
            one: whether exactly one report will be added, which then needs no table.
            back: the relative address of the index that the page belongs to; empty where there is none.
        """
        self._one = one
        self._back = back
        self._body: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the page
            max_size=SPOOLED, mode="w+", encoding="utf-8", newline="\n"
        )
        self._rows: list[dict[str, str]] = []
        self._groups: Counter[Group] = Counter()
        self._tool = "vouchmark"
        self._pictures = Pictures()

    def __enter__(self) -> Self:
        """The page itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what waits on the disk."""
        self._body.close()

    def add(self, report: Report) -> None:
        """Put one more report on the page. Raises TooManyError."""
        number = len(self._rows) + 1
        if number > MAX_ON_ONE_PAGE:
            raise TooManyError
        shown = view(report, anchor=f"file-{number}", pictures=self._pictures)
        level = 1 if self._one else 2
        self._body.write(environment().get_template("report.html.j2").render(shown | {"level": level}))
        self._tool = report.inputs.tool
        self._groups[group_of(report)] += 1
        self._rows.append(
            {
                "anchor": f"file-{number}",
                "name": plain(report.media.shown, limit=NAME_SHOWN),
                "answer": say("page.answer", answer=without_options(answer(report))),
                "outcome": str(report.verdict.outcome) if report.verdict else "",
                "tone": TONES[group_of(report)],
            }
        )

    def pieces(self) -> Iterator[str]:
        """The whole page."""
        title = titled(len(self._rows))
        if self._one and self._rows:
            title = say("page.title.file", name=self._rows[0]["name"], answer=self._rows[0]["answer"])
        yield head(plain(title, limit=NAME_LIMIT))
        if self._back:
            yield environment().get_template("back.html.j2").render(back=self._back)
        if not (self._one and self._rows):
            yield (
                environment()
                .get_template("summary.html.j2")
                .render(rows=self._rows, totals=self._totals(), files=files_in_words(len(self._rows)))
            )
        self._body.seek(0)
        while piece := self._body.read(CHUNK):
            yield piece
        yield foot(self._tool)

    def _totals(self) -> list[dict[str, Any]]:
        return [
            {"count": self._groups[group], "name": NAMES[group], "tone": TONES[group]}
            for group in Group
            if self._groups[group]
        ]
