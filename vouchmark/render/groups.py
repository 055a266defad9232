"""Which answer has a file, among few enough to be counted, and which answers are worse than others?

Derived from statuses and codes alone, in the order in which somebody with a thousand files wants to look at them. A
group is no score: what is not in an earlier group may still have failed there.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Final

from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import say


class Group(enum.StrEnum):
    """The answers that are counted, from the worst or most telling to the least."""

    MISMATCH = "mismatch"
    SIGNER_REFUSED = "signer-refused"
    HISTORY_BROKEN = "history-broken"
    FAILED = "failed"
    ERROR = "error"
    AI_DECLARED = "ai-declared"
    CANNOT_TELL = "cannot-tell"
    UNKNOWN_SIGNER = "unknown-signer"
    RECOGNISED = "recognised"
    NOTHING = "nothing"


NAMES: Final[Mapping[Group, str]] = {group: say(f"group.{group}") for group in Group}
"""What each group is called in totals and headings."""

_AI: Final = frozenset({"ai.generated", "ai.generator", "ai.edited", "ai.used"})
"""Codes of statements, in a signed file's own credentials, that AI made it or a part of it."""


def _status(line: Line, *statuses: Status) -> Callable[[Report], bool]:
    return lambda report: report.evidence[line].status in statuses


def declares_ai(report: Report) -> bool:
    """Whether the file's own signer declares that AI made it, or a part of it."""
    found = report.evidence[Line.AI]
    return found.status is Status.PASS and any(
        finding.code in _AI and finding.status is Status.PASS for finding in found.findings
    )


def _needed(report: Report) -> tuple[Line, ...]:
    """The lines without which nothing can be said of a file."""
    return (*report.required, Line.INTEGRITY)


_RULES: Final[tuple[tuple[Group, Callable[[Report], bool]], ...]] = (
    (Group.MISMATCH, _status(Line.INTEGRITY, Status.FAIL)),
    (Group.SIGNER_REFUSED, _status(Line.SIGNER, Status.FAIL)),
    (Group.HISTORY_BROKEN, _status(Line.HISTORY, Status.FAIL)),
    (Group.FAILED, lambda report: any(one.status is Status.FAIL for one in report.evidence.values())),
    (Group.ERROR, lambda report: any(report.evidence[line].status is Status.ERROR for line in _needed(report))),
    (Group.AI_DECLARED, declares_ai),
    (Group.CANNOT_TELL, _status(Line.INTEGRITY, Status.UNKNOWN, Status.SKIPPED)),
    (Group.NOTHING, _status(Line.INTEGRITY, Status.ABSENT)),
    (Group.RECOGNISED, _status(Line.SIGNER, Status.PASS)),
)


def group_of(report: Report) -> Group:
    """The first group whose rule holds; an unchanged file of a signer who is not established where none does."""
    return next((group for group, holds in _RULES if holds(report)), Group.UNKNOWN_SIGNER)


def files_in_words(count: int) -> str:
    """`1 file`, `5,000 files`."""
    return say("total.files.one") if count == 1 else say("total.files", count=f"{count:,}")


def worst_first(report: Report) -> int:
    """The group's place, to sort by."""
    return _PLACES[group_of(report)]


_PLACES: Final = {group: place for place, group in enumerate(Group)}
