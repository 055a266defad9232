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

NOT_SHOWN: Final = (
    (
        "whether a caption is true",
        "Whether a caption is true: a signature proves who signed which bytes, not what was in front of the lens.",
    ),
    (
        "whether the signer is honest",
        "Whether the signer is honest: a list vouches for a name, not for a picture.",
    ),
    (
        "whether AI was used and not declared",
        "Whether AI was used and not declared: statements are read, the pictures are not judged.",
    ),
    (
        "anything about a file without Content Credentials",
        "Anything about a file without Content Credentials: that they are not there is evidence of nothing.",
    ),
)
"""What no report shows, short and long; the same under every report."""
OF_PERSONS: Final = (
    "that a file is truer for a person who vouches for it",
    "That a file is truer for a person who vouches for it: a person can vouch for anything.",
)
"""What a report on persons does not show besides."""


def not_shown(report: Report) -> tuple[tuple[str, str], ...]:
    """What this report does not show, short and long."""
    on_persons = report.evidence[Line.PERSON].status in (Status.PASS, Status.FAIL, Status.UNKNOWN)
    return (*NOT_SHOWN, OF_PERSONS) if on_persons else NOT_SHOWN


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
        yield Clause(Rank.NOTHING, say("headline.nothing.beside" if found else "headline.nothing"))
    yield from found


def _partial(report: Report) -> Said:
    """Where integrity was not asked for: what the asked lines say, the worst first."""
    order = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)
    for status in order:
        for line, evidence in report.evidence.items():
            if evidence.status is status:
                return say("headline.only", line=str(line), what=lower(evidence.summary))
    return say("headline.none")
