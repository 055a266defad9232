"""How does a report become one page that a browser shows and a printer prints, and that can do nothing?

One self-contained file: no script, no link to anywhere, its pictures inside it, and a policy that forbids everything
else. Every string passes `safe.plain` and is escaped by one function on its way into a template, so that no template
can forget it; text in other writing directions is isolated there, so that it turns nothing around it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import resources
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from vouchmark.render.answer import answer
from vouchmark.render.html_view import NAME_SHOWN, Pictures, view
from vouchmark.render.safe import NAME_LIMIT, plain
from vouchmark.report import Outcome

if TYPE_CHECKING:
    from vouchmark.report import Report

SPOOLED: Final = 8 * 1024 * 1024
"""Bytes of reports kept in memory before they wait in a temporary file: a table of all of them stands before them."""
MAX_FLAT: Final = 4 * 1024 * 1024
"""Code points of an attribute: a picture inside the page is the longest."""
CHUNK: Final = 1024 * 1024
"""Characters of a page that are handed on at a time."""

_RTL: Final = (
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # Hebrew, Arabic, Syriac, Thaana, N'Ko, …, and their presentation forms
    "\U00010800-\U00010fff\U0001e800-\U0001efff"  # the same in the supplementary plane
)
_APART: Final = re.compile(f"“[^“”]*”|[{_RTL}](?:[^A-Za-z“”]*[{_RTL}])?")
"""What is set apart: a quotation, which is the media's own text, and any run of letters that read from the right."""

_OPTION: Final = re.compile(r"--[a-z]+(?:-[a-z]+)*")


def render(report: Report) -> str:
    """One report as a page that ends with a newline. The thumbnails are those that the report brings."""
    return "".join(render_many([report], one=True))


def render_many(reports: Iterable[Report], *, one: bool = False) -> Iterator[str]:
    """Pieces of one page on several reports, a table of all of them first.

    Args:
        reports: taken one after the other; what has been taken waits on the disk, not in memory.
        one: whether there is exactly one, so that the page needs no table.
    """
    with Page(one=one) as page:
        for report in reports:
            page.add(report)
        yield from page.pieces()


class Page:
    """One page in the making. A context manager: what waits on the disk is gone afterwards."""

    def __init__(self, *, one: bool = False) -> None:
        """Begin a page; `one` where exactly one report will be added, which then needs no table."""
        self._one = one
        self._body: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the page
            max_size=SPOOLED, mode="w+", encoding="utf-8", newline="\n"
        )
        self._rows: list[dict[str, str]] = []
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
        """Put one more report on the page."""
        number = len(self._rows) + 1
        shown = view(report, anchor=f"file-{number}", pictures=self._pictures)
        level = 1 if self._one else 2
        self._body.write(_environment().get_template("report.html.j2").render(shown | {"level": level}))
        self._tool = report.inputs.tool
        self._rows.append(
            {
                "anchor": f"file-{number}",
                "name": plain(report.media.shown, limit=NAME_SHOWN),
                "answer": f"{answer(report)}.",
                "outcome": str(report.verdict.outcome) if report.verdict else "",
            }
        )

    def pieces(self) -> Iterator[str]:
        """The whole page."""
        environment = _environment()
        style = _style()
        title = f"{self._rows[0]['name']}: {self._rows[0]['answer']}" if self._one and self._rows else self._counted()
        yield environment.get_template("head.html.j2").render(
            title=plain(title, limit=NAME_LIMIT),
            style=Markup(style),  # noqa: S704 - our own file
            policy=_policy(style),
        )
        if not (self._one and self._rows):
            counts = Counter(row["outcome"] for row in self._rows if row["outcome"])
            outcomes = [(str(outcome), counts[outcome]) for outcome in reversed(Outcome) if counts[outcome]]
            yield environment.get_template("summary.html.j2").render(rows=self._rows, outcomes=outcomes)
        self._body.seek(0)
        while piece := self._body.read(CHUNK):
            yield piece
        yield environment.get_template("foot.html.j2").render(tool=self._tool) + "\n"

    def _counted(self) -> str:
        return f"Vouchmark report on {len(self._rows)} {'file' if len(self._rows) == 1 else 'files'}"


@functools.cache
def _style() -> str:
    return resources.files("vouchmark.render").joinpath("templates/report.css").read_text(encoding="utf-8")


def _policy(style: str) -> Markup:
    """What the page may do: show our style and the pictures inside it. Nothing else, whatever comes into it."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    style_source = f"style-src 'sha256-{digest}'"
    parts = ("default-src 'none'", style_source, "img-src data:", "base-uri 'none'", "form-action 'none'")
    return Markup("; ".join(parts))  # noqa: S704 - our own words and a digest


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("vouchmark.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    environment.filters["flat"] = flat
    environment.filters["apart"] = apart
    environment.filters["options"] = options
    return environment


def shown(value: Any) -> Markup:
    """Anything that a template shows, harmless: a stranger's text and letters from the right set apart."""
    if isinstance(value, Markup):
        return value
    text, end = plain(str(value)), 0
    parts: list[Markup] = []
    for match in _APART.finditer(text):
        inner = match[0]
        quoted = inner.startswith("“")
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup("“<bdi>{}</bdi>”").format(inner[1:-1]) if quoted else Markup("<bdi>{}</bdi>").format(inner))
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


def flat(value: Any) -> Markup:
    """Text where no markup may be: in an attribute or a title."""
    return escape(plain(str(value), limit=MAX_FLAT) if not isinstance(value, Markup) else value)


def options(value: Any) -> Markup:
    """A sentence of ours in which options of the command (`--index`) are not torn apart where a line ends."""
    text, end = plain(str(value)), 0
    parts: list[Markup] = []
    if "“" in text:
        # A quotation is the media's own text, and stays in one piece.
        return shown(text)
    for match in _OPTION.finditer(text):
        parts += [shown(text[end : match.start()]), Markup('<span class="option">{}</span>').format(match[0])]
        end = match.end()
    return Markup().join([*parts, shown(text[end:])])


def apart(value: Any) -> Markup:
    """A stranger's text as a whole, set apart from what stands around it."""
    return value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(plain(str(value)))
