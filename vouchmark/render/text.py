"""How does a report look on a terminal?

First the answer, then one line for each line of evidence, the verdict, what was not checked and what no report shows.
Everything can be read without colour, and with ASCII signs where the terminal's encoding has no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from vouchmark.codes.values import is_told
from vouchmark.render.ancestry import draw
from vouchmark.render.headline.answer import answer, not_shown
from vouchmark.render.layout import MIN_WIDTH, pad, wrap
from vouchmark.render.of_itself import HEADING, says_of_itself, sentence_of_itself
from vouchmark.render.safe import plain
from vouchmark.render.updates import updates
from vouchmark.render.words import list_date, sentence
from vouchmark.report import Evidence, Finding, Json, Line, Report, Status, TrustListInput, Verdict

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

_TYPOGRAPHY: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-"})
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
COLUMN: Final = max(len(line) for line in Line) + 1
"""Cells of the column with the lines' names."""


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
        verbosity: -2 the verdict's outcome alone, -1 the answer alone, 0 the lines of evidence, 1 every finding, 2
            their details as well.
        unicode: False writes ASCII alone.
    """
    painter = _Painter(colour=colour, unicode=unicode, width=max(MIN_WIDTH, width))
    if verbosity < -1:
        return f"{report.verdict.outcome if report.verdict else NO_VERDICT}\n"
    if verbosity < 0:
        return painter.answer_line(report) + "\n"
    blocks = [
        painter.answer(report),
        painter.evidence(report, verbosity),
        painter.of_itself(report, verbosity),
        (*painter.verdict(report.verdict), *(painter.inputs(report) if verbosity >= 1 else ())),
        (*painter.asked(report), *painter.not_checked(report), *painter.not_shown(report, long=verbosity >= 1)),
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

    def answer(self, report: Report) -> Iterator[str]:
        """The first lines: the file's name and the answer."""
        head, *rest = wrap(self._answer(report), width=self.width, rest="  ")
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

    def evidence(self, report: Report, verbosity: int) -> Iterator[str]:
        """One line for each line of evidence; its findings below it where asked for."""
        for line, evidence in report.evidence.items():
            yield from self.line(line, evidence)
            if line is Line.HISTORY:
                yield from self.tree(report, whole=verbosity >= 1)
            if verbosity >= 1:
                for finding in evidence.findings:
                    yield from self.finding(finding, evidence.summary, detail=verbosity >= 2)
        if verbosity < 1:
            yield from self.updates(report)

    def updates(self, report: Report) -> Iterator[str]:
        """What later updates say, below the lines and no part of them."""
        told = list(updates(report))
        head = f"  {self.sign(Status.SKIPPED)} {pad('update', COLUMN)}"
        for number, words in enumerate(told[:UPDATE_ROWS]):
            first = head if number == 0 else " " * len(head)
            yield from wrap(self.clean(words), width=self.width, first=first, rest=" " * len(head))
        if len(told) > UPDATE_ROWS:
            yield f"{' ' * len(head)}and {len(told) - UPDATE_ROWS} more; -v shows them all"

    def line(self, line: Line, evidence: Evidence) -> Iterator[str]:
        """Sign, name, sentence."""
        told = is_told(line, evidence.status)
        sgr = TOLD_COLOUR if told else _COLOURS[evidence.status]
        sign = TOLD[0 if self.unicode else 1] if told else self.sign(evidence.status)
        head = f"  {sign} {pad(line, COLUMN)}"
        first, *rest = wrap(self.clean(evidence.summary), width=self.width, first=head, rest=" " * len(head))
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
            yield f"{indent}and {len(rows) - len(shown)} more; -v shows them all"

    def finding(self, finding: Finding, summary: str, *, detail: bool) -> Iterator[str]:
        """Number, status and code; its sentence where the line has not said it; who established it, about what."""
        texts = [self.clean(finding.statement)] if finding.statement != summary else []
        texts.append(self.clean(f"by {finding.source or 'nobody'}, from {finding.root}, about {finding.subject}"))
        if detail and finding.detail:
            texts.append(self.clean(_compact(finding.detail), DETAIL_LIMIT))
        head = f"{finding.id} {finding.status} {self.clean(finding.code)}"
        yield from wrap(head, width=self.width, first=" " * 4, rest=" " * 4)
        for text in texts:
            yield from wrap(text, width=self.width, first=" " * 6, rest=" " * 6)

    def of_itself(self, report: Report, verbosity: int) -> Iterator[str]:
        """What the file says of itself; with its fields where every finding is asked for."""
        if verbosity < 1:
            if words := sentence_of_itself(report):
                yield from wrap(self.clean(words), width=self.width)
            return
        for number, one in enumerate(says_of_itself(report)):
            if not number:
                yield f"{HEADING}:"
            head = f"  {pad(one.what, COLUMN + 2)}"
            told = "; ".join(f"{value} ({where})" for value, where in zip(one.values, one.where, strict=True))
            told += "; these contradict each other" if one.contradicted else ""
            yield from wrap(self.clean(told), width=self.width, first=head, rest=" " * len(head))

    def verdict(self, verdict: Verdict | None) -> Iterator[str]:
        """What the policy says."""
        if verdict is None:
            return
        labels = ", ".join(verdict.labels)
        said = f"{verdict.outcome}{f': {labels}' if labels else ''}"
        head = f"  {pad('verdict', COLUMN + 2)}"
        yield from wrap(
            self.clean(f"{said} (policy “{verdict.policy.name}”)"), width=self.width, first=head, rest=" " * len(head)
        )

    def inputs(self, report: Report) -> Iterator[str]:
        """What the report is a function of."""
        media, inputs = report.media, report.inputs
        size = "" if media.size is None else f"{media.size} bytes"
        pixels = f"{media.width} x {media.height} pixels" if media.width and media.height else ""
        digest = f"SHA-256 {media.sha256}" if media.sha256 else ""
        rows = [
            ("file", ", ".join(part for part in (media.type or "", size, pixels, digest) if part) or "not read"),
            ("at", f"{inputs.at}, by {inputs.tool}"),
            ("engines", ", ".join(f"{name} {version}" for name, version in sorted(inputs.engines.items())) or "none"),
            ("lists", "; ".join(map(_list_words, inputs.trust_lists)) or "none"),
        ]
        for name, text in rows:
            head = f"  {pad(name, COLUMN + 2)}"
            yield from wrap(self.clean(text), width=self.width, first=head, rest=" " * len(head))

    def asked(self, report: Report) -> Iterator[str]:
        """Who was asked over the network, where that was allowed."""
        contacts = report.inputs.options.get("online")
        if not isinstance(contacts, list):
            return
        words = [
            f"{contact.get('host') or 'an address without a host'} ({contact.get('purpose')}: {contact.get('outcome')})"
            for contact in contacts
            if isinstance(contact, dict)
        ]
        said = "; ".join(dict.fromkeys(words)) or "nobody, there was nothing to ask"
        yield from wrap(self.clean(f"Asked over the network: {said}."), width=self.width)

    def not_checked(self, report: Report) -> Iterator[str]:
        """What a reader might expect to have been checked."""
        reasons: dict[str, list[str]] = {}
        for gap in report.not_checked:
            reasons.setdefault(sentence(gap.why), []).append(sentence(gap.what))
        gaps = "; ".join(f"{', '.join(whats)} ({why})" for why, whats in reasons.items())
        if not gaps:
            skipped = any(evidence.status is Status.SKIPPED for evidence in report.evidence.values())
            gaps = f"the lines marked {self.sign(Status.SKIPPED)}" if skipped else "nothing was left out"
        yield from wrap(self.clean(f"Not checked: {gaps}."), width=self.width)

    def not_shown(self, report: Report, *, long: bool) -> Iterator[str]:
        """What this report does not show."""
        head = "What this report does not show:"
        if not long:
            short = "; ".join(short for short, _ in not_shown(report))
            yield from wrap(self.clean(f"{head} {short}."), width=self.width)
            return
        yield head
        for _, words in not_shown(report):
            yield from wrap(self.clean(words), width=self.width, first="  - ", rest="    ")


def _list_words(one: TrustListInput) -> str:
    return f"{one.name} ({one.label}{list_date(one.dated, one.imported)}, SHA-256 {one.sha256[:16]}…)"


def _compact(detail: Mapping[str, Json]) -> str:
    """A finding's detail on one line."""
    return json.dumps(dict(sorted(detail.items())), ensure_ascii=False, default=str)
