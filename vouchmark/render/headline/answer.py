"""What is the answer about one file, in one line that a tired reader understands?

The worst or most telling fact first: a mismatch, a signer to be refused, another failure, a declared use of AI, an
unknown signer, a recognised one, nothing. Derived from statuses and codes alone; the words are the catalogue's
(`vouchmark.wording.headlines`). Nothing here judges, and never "real", "fake" or "authentic".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vouchmark.render.headline.additions import Clause, Rank, additions
from vouchmark.render.headline.bytes_answer import base, lower
from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

MOST: Final = 3
"""Clauses of an answer; what is left out stands on its line."""


def not_shown(report: Report) -> tuple[Said, ...]:
    """What this report does not show, a sentence each."""
    names = ("made", "ai") if _unsigned(report) else ("caption", "honest", "ai")
    return tuple(say(f"not_shown.{name}") for name in (*names, *(("person",) if _on_persons(report) else ())))


def not_shown_short(report: Report) -> tuple[Said, ...]:
    """The same where there is little room."""
    names = ("unsigned" if _unsigned(report) else "signed", *(("person",) if _on_persons(report) else ()))
    return tuple(say(f"not_shown.short.{name}") for name in names)


def _unsigned(report: Report) -> bool:
    return report.evidence[Line.INTEGRITY].status is Status.ABSENT


def _on_persons(report: Report) -> bool:
    return report.evidence[Line.PERSON].status in (Status.PASS, Status.FAIL, Status.UNKNOWN)


def answer(report: Report) -> str:
    """The answer without the file's name and without a full stop: at most `MOST` clauses."""
    return "; ".join(headline(report))


def headline(report: Report) -> tuple[Said, ...]:
    """The clauses of the answer, the worst or most telling first."""
    if report.evidence[Line.INTEGRITY].status is Status.SKIPPED:
        return (_partial(report),)
    clauses = sorted(_clauses(report), key=lambda clause: clause.rank)[:MOST]
    return tuple(dict.fromkeys(clause.said for clause in clauses))


def _clauses(report: Report) -> Iterator[Clause]:
    found = [*base(report), *additions(report)]
    if report.evidence[Line.INTEGRITY].status is Status.ABSENT:
        yield Clause(Rank.NOTHING, say(_nothing(report, beside=bool(found))))
    told = any(clause.said.message.id.startswith("headline.ai.") for clause in base(report))
    # What the clause on the signer tells already is not told again.
    yield from (one for one in found if not (told and one.said.message.id.endswith(".own")))


def _nothing(report: Report, *, beside: bool) -> str:
    """The id of the sentence where there are no Content Credentials."""
    if (report.media.type or "").startswith(_SIGNED_OTHERWISE):
        return "headline.nothing.document"
    return "headline.nothing.beside" if beside else "headline.nothing"


_SIGNED_OTHERWISE: Final = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)
"""How the types of documents begin that may have digital signatures of their own, which are not read here."""


def _partial(report: Report) -> Said:
    """Where integrity was not asked for: what the asked lines say, the worst first."""
    order = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)
    for status in order:
        for line, evidence in report.evidence.items():
            if evidence.status is status:
                return say("headline.only", line=str(line), what=lower(evidence.summary))
    return say("headline.none")
