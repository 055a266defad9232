"""How does a report look on a terminal?

First the answer, then the lines of evidence that tell something, the worst first; what is not there and what nobody
asked for in a line each; what a policy suggests, what was not checked and what no report shows. Everything can be read
without colour, and with ASCII signs where the terminal's encoding has no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from vouchmark.codes.values import is_told
from vouchmark.render.ancestry import draw
from vouchmark.render.folding import Folding, folding
from vouchmark.render.headline.answer import answer, not_shown, not_shown_short
from vouchmark.render.inputs import BUILT_IN, asked, gaps, inputs
from vouchmark.render.layout import MIN_WIDTH, pad, wrap
from vouchmark.render.of_itself import HEADING, says_of_itself, sentence_of_itself
from vouchmark.render.safe import plain
from vouchmark.render.updates import updates
from vouchmark.report import Evidence, Finding, Json, Line, Report, Status, Verdict
from vouchmark.wording.catalogue import say

SIGNS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.PASS: ("✔", "+"),
    Status.FAIL: ("✘", "X"),
    Status.UNKNOWN: ("?", "?"),
    Status.ABSENT: ("–", "-"),
    Status.ERROR: ("!", "!"),
    Status.SKIPPED: ("·", "."),
}
"""A sign for each status, and the same in ASCII; no two are alike in either."""

TOLD: Final = ("•", "*")
"""The sign of a line that passes and only tells what somebody declares."""
TOLD_COLOUR: Final = "36"
_COLOURS: Final[Mapping[Status, str]] = {
    Status.PASS: "32",
    Status.FAIL: "1;31",
    Status.UNKNOWN: "33",
    Status.ABSENT: "2",
    Status.ERROR: "35",
    Status.SKIPPED: "2",
}
"""SGR parameters; red and green never stand alone, the sign always says the same."""

_TYPOGRAPHY: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "×": "x"})
STATEMENT_LIMIT: Final = 1000
"""Code points of one sentence on a terminal; the JSON report has the whole."""
DETAIL_LIMIT: Final = 2000
"""Code points of one finding's detail on a terminal."""
UPDATE_ROWS: Final = 5
"""Sentences on later updates without -v."""
TREE_ROWS: Final = 8
"""Earlier versions drawn without -v."""
NO_VERDICT: Final = "none"
"""In place of an outcome, before a policy has spoken."""
NAME_LIMIT: Final = 120
"""Code points of a file's name in the answer."""
NAMES: Final[Mapping[Line, str]] = {line: say(f"line.{line}") for line in Line}
"""What each line is called."""
COLUMN: Final = max(map(len, NAMES.values())) + 1
"""Cells of the column with the lines' names."""
INDENT: Final = "  "


def can_encode(encoding: str | None) -> bool:
    """Whether a terminal's encoding has the signs that are used; if not, render with `unicode=False`."""
    try:
        "".join(sign for sign, _ in SIGNS.values()).encode(encoding or "ascii")
        "“”’…é".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def render(report: Report, *, width: int, colour: bool, verbosity: int, unicode: bool = True) -> str:
    """A report as text that ends with a newline.

    Args:
        report: what to show.
        width: columns, from 40.
        colour: whether to write SGR colour sequences.
        verbosity: -2 the verdict's outcome alone, -1 the answer alone, 0 what tells something, 1 every line and
            finding, 2 their details as well.
        unicode: False writes ASCII alone.
    """
    painter = _Painter(colour=colour, unicode=unicode, width=max(MIN_WIDTH, width))
    if verbosity < -1:
        return f"{report.verdict.outcome if report.verdict else NO_VERDICT}\n"
    if verbosity < 0:
        return painter.answer_line(report) + "\n"
    fold = folding(report)
    long = verbosity >= 1
    itself = tuple(painter.of_itself(report, verbosity))
    first = not long and not fold.told
    blocks: list[Iterable[str]] = [
        (*painter.answer(report), *(itself if first else ())),
        (*painter.evidence(report, fold, verbosity), *(() if long else painter.folded(fold))),
        () if first else itself,
        (
            *painter.verdict(report.verdict),
            *(painter.inputs(report) if long else ()),
            *painter.asked(report),
            *painter.not_checked(report),
            *painter.not_shown(report, long=long),
        ),
    ]
    return "\n\n".join(text for block in blocks if (text := "\n".join(block))) + "\n"


class _Painter:
    """Lays out parts of a report for one terminal."""

    def __init__(self, *, colour: bool, unicode: bool, width: int) -> None:
        self.colour = colour
        self.unicode = unicode
        self.width = width

    def clean(self, text: str, limit: int = STATEMENT_LIMIT) -> str:
        """Harmless text in the terminal's signs."""
        text = plain(text, limit=limit)
        if self.unicode:
            return text
        return text.translate(_TYPOGRAPHY).encode("ascii", "backslashreplace").decode("ascii")

    def paint(self, text: str, sgr: str) -> str:
        """Text in a colour, where there are colours."""
        return f"\x1b[{sgr}m{text}\x1b[0m" if self.colour and text else text

    def sign(self, status: Status) -> str:
        """The status's sign."""
        return SIGNS[status][0 if self.unicode else 1]

    def lines(self, text: str, first: str = INDENT, limit: int = STATEMENT_LIMIT) -> list[str]:
        """A sentence below what stands before it."""
        return wrap(self.clean(text, limit), width=self.width, first=first, rest=" " * len(first))

    def answer(self, report: Report) -> Iterator[str]:
        """The first lines: the file's name and the answer."""
        head, *rest = wrap(self._answer(report), width=self.width, rest=INDENT)
        yield self._bold_name(head, report)
        yield from rest

    def answer_line(self, report: Report) -> str:
        """The same on one line, however long it is, so that a file is a line for other tools."""
        return self._bold_name(" ".join(self._answer(report).split()), report)

    def _answer(self, report: Report) -> str:
        return f"{self.clean(report.media.shown, NAME_LIMIT)}: {self.clean(answer(report))}"

    def _bold_name(self, line: str, report: Report) -> str:
        name = self.clean(report.media.shown, NAME_LIMIT)
        return self.paint(name, "1") + line[len(name) :] if line.startswith(name) else line

    def evidence(self, report: Report, fold: Folding, verbosity: int) -> Iterator[str]:
        """The lines that tell something; all of them with every finding where that was asked for."""
        for line in fold.told if verbosity < 1 else Line:
            evidence = report.evidence[line]
            yield from self.line(line, evidence)
            if line is Line.HISTORY:
                yield from self.tree(report, whole=verbosity >= 1)
            if verbosity >= 1:
                for finding in evidence.findings:
                    yield from self.finding(finding, evidence.summary, detail=verbosity >= 2)
        if verbosity < 1:
            yield from self.updates(report)

    def folded(self, fold: Folding) -> Iterator[str]:
        """What was not found, what follows from one reason, and what nobody asked for."""
        rows = (
            ("folded.unknown", "line", fold.unknown),
            ("folded.absent", "none", fold.absent),
            ("folded.skipped", "line", fold.skipped),
        )
        said = [say(word, what=", ".join(say(f"{of}.{line}") for line in found)) for word, of, found in rows if found]
        if said:
            yield from self.lines("; ".join(said))

    def updates(self, report: Report) -> Iterator[str]:
        """What later updates say, below the lines and no part of them."""
        told = list(updates(report))
        head = f"{INDENT}{pad(say('update'), COLUMN)}{self.sign(Status.SKIPPED)} "
        for number, words in enumerate(told[:UPDATE_ROWS]):
            yield from self.lines(words, head if number == 0 else " " * len(head))
        if len(told) > UPDATE_ROWS:
            yield from self.lines(say("more.verbose", count=len(told) - UPDATE_ROWS), " " * len(head))

    def line(self, line: Line, evidence: Evidence) -> Iterator[str]:
        """Name, sign, sentence."""
        told = is_told(line, evidence.status)
        sgr = TOLD_COLOUR if told else _COLOURS[evidence.status]
        sign = TOLD[0 if self.unicode else 1] if told else self.sign(evidence.status)
        head = f"{INDENT}{pad(NAMES[line], COLUMN)}{sign} "
        first, *rest = self.lines(evidence.summary, head)
        yield self.paint(head, sgr) + first[len(head) :]
        yield from rest

    def tree(self, report: Report, *, whole: bool) -> Iterator[str]:
        """What the file was made from, drawn; where there is only one thing, the line has said it."""
        rows = list(draw(report, unicode=self.unicode))
        if len(rows) < 2 and not whole:
            return
        shown = rows if whole else rows[:TREE_ROWS]
        indent = " " * (COLUMN + 4)
        for branches, words in shown:
            rest = branches.replace("├─ ", "│  ").replace("└─ ", "   ").replace("|- ", "|  ").replace("`- ", "   ")
            yield from wrap(self.clean(words), width=self.width, first=indent + branches, rest=indent + rest)
        if len(shown) < len(rows):
            yield from self.lines(say("more.verbose", count=len(rows) - len(shown)), indent)

    def finding(self, finding: Finding, summary: str, *, detail: bool) -> Iterator[str]:
        """Number, status and code; its sentence where the line has not said it; who established it, about what."""
        texts = [finding.statement] if finding.statement != summary else []
        facts = {"root": str(finding.root), "subject": finding.subject}
        by = say("finding.by", source=finding.source, **facts) if finding.source else say("finding.by.nobody", **facts)
        yield from self.lines(f"{finding.id} {finding.status} {finding.code}", " " * 4)
        for text in (*texts, by):
            yield from self.lines(text, " " * 6)
        if detail and finding.detail:
            yield from self.lines(_compact(finding.detail), " " * 6, DETAIL_LIMIT)

    def of_itself(self, report: Report, verbosity: int) -> Iterator[str]:
        """What the file says of itself; with its fields where every finding is asked for."""
        if verbosity < 1:
            if words := sentence_of_itself(report):
                yield from self.lines(words)
            return
        for number, one in enumerate(says_of_itself(report)):
            if not number:
                yield from self.lines(say("said.heading", heading=HEADING))
            told = "; ".join(f"{value} ({where})" for value, where in zip(one.values, one.where, strict=True))
            told = say("contradicted", what=told) if one.contradicted else told
            yield from self.lines(told, f"{INDENT * 2}{pad(one.named, COLUMN)}")

    def verdict(self, verdict: Verdict | None) -> Iterator[str]:
        """What the policy suggests."""
        if verdict is None:
            return
        outcome, labels = str(verdict.outcome), ", ".join(verdict.labels)
        said = say("suggested.labels", outcome=outcome, labels=labels) if labels else say("suggested", outcome=outcome)
        if verdict.policy.name != BUILT_IN:
            said = say("suggested.by", what=said, policy=verdict.policy.name)
        yield from self.lines(said)

    def inputs(self, report: Report) -> Iterator[str]:
        """What the report is a function of."""
        for name, values in inputs(report):
            yield from self.lines("; ".join(values), f"{INDENT}{pad(name, COLUMN + 2)}")

    def asked(self, report: Report) -> Iterator[str]:
        """Who was asked over the network, where that was allowed."""
        if found := asked(report):
            yield from self.lines(say("asked", what="; ".join(found)))

    def not_checked(self, report: Report) -> Iterator[str]:
        """What a reader might expect to have been checked."""
        if found := gaps(report):
            yield from self.lines(say("not_checked", what="; ".join(found)))

    def not_shown(self, report: Report, *, long: bool) -> Iterator[str]:
        """What this report does not show."""
        if not long:
            yield from self.lines(say("not_shown", what="; ".join(not_shown_short(report))))
            return
        yield from self.lines(say("not_shown.heading"))
        for words in not_shown(report):
            yield from self.lines(words, f"{INDENT}- ")


def _compact(detail: Mapping[str, Json]) -> str:
    """A finding's detail on one line."""
    return json.dumps(dict(sorted(detail.items())), ensure_ascii=False, default=str)


__all__: Sequence[str] = ("COLUMN", "NAMES", "SIGNS", "TOLD", "TREE_ROWS", "can_encode", "render")
