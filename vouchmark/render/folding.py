"""Which lines of evidence stand by themselves, in which order, and which are folded into one line with others?

What failed or tells most goes first. A line that only says that nothing is there, that nobody asked for it, or the one
reason over again for which all of them cannot be told, is named in a list.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vouchmark.codes.values import tells_ai
from vouchmark.report import Evidence, Line, Report, Status

_ORDER: Final = {Status.FAIL: 0, Status.ERROR: 1, Status.UNKNOWN: 2}
"""Of the lines that stand by themselves; others follow as the report has them."""
_QUIET: Final = frozenset({"none", "nothing", "0", 0})
"""Values of a line that is absent and has nothing else to tell."""
_OF_CREDENTIALS: Final = (Line.SIGNER, Line.TIME, Line.HISTORY)
"""Lines of which nothing can be there without Content Credentials."""
_FOLLOW: Final = "nothing."
"""How the ids of sentences begin that only follow from there being no Content Credentials that could be read."""


class Folding(NamedTuple):
    """The lines of one report."""

    told: tuple[Line, ...]
    """Those that stand by themselves, the worst or most telling first."""
    absent: tuple[Line, ...]
    """What was looked for and is not there."""
    unknown: tuple[Line, ...]
    """What cannot be told for a reason that another line gives."""
    skipped: tuple[Line, ...]
    """What nobody asked for."""


def folding(report: Report) -> Folding:
    """How the lines of a report are shown."""
    evidence = report.evidence
    without = evidence[Line.INTEGRITY].status is Status.ABSENT
    told, absent, unknown, skipped = list[Line](), list[Line](), list[Line](), list[Line]()
    for line, one in evidence.items():
        if one.status is Status.SKIPPED:
            skipped.append(line)
        elif one.status is Status.ABSENT and one.value in _QUIET and line not in (Line.KNOWN, Line.CLAIM):
            if not (without and line in _OF_CREDENTIALS):
                absent.append(line)
        elif one.status in (Status.UNKNOWN, Status.ERROR) and line is not Line.INTEGRITY and _follows(one):
            unknown.append(line)
        elif not (line is Line.ENGINES and without and one.status is Status.PASS):
            told.append(line)
    if len(unknown) == 1:
        told += unknown
        unknown = []
    return Folding(
        told=tuple(sorted(told, key=lambda line: (_place(line, evidence[line]), list(Line).index(line)))),
        absent=tuple(absent),
        unknown=tuple(unknown),
        skipped=tuple(skipped),
    )


def _place(line: Line, evidence: Evidence) -> int:
    if line is Line.ENGINES and evidence.status is not Status.FAIL:
        return len(_ORDER) + 1  # the answers go before whoever gave them
    place = _ORDER.get(evidence.status, len(_ORDER))
    return min(place, _ORDER[Status.UNKNOWN]) if line is Line.AI and tells_ai(str(evidence.value)) else place


def _follows(evidence: Evidence) -> bool:
    """Whether a line says no more than why there are no Content Credentials to read."""
    said = [one.message.id for one in evidence.findings if one.message is not None and one.status is evidence.status]
    return (
        bool(said)
        and len(said) == len([one for one in evidence.findings if one.status is evidence.status])
        and all(one.startswith(_FOLLOW) for one in said)
    )
