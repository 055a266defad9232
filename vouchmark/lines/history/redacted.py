"""What did later signers remove, or say that they removed? Part of the history line.

What is gone of what it was made from leaves the history open; the rest concerns other lines, which tell it as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provenance.credentials.history.history import History
from provenance.credentials.history.lineage import Redaction, Removed
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.authority import Of, Speaker
from vouchmark.lines.facts import Draft, Drafter
from vouchmark.lines.redactions import removals
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say

_own: Final = Drafter("vouchmark history check", Root.INGREDIENT)


def drafts(own: OwnCheck, history: History, known: Mapping[str, Speaker]) -> Iterator[Draft]:
    """One finding for each redaction: first those that are none or may not be, then what is gone."""
    for redaction in history.redactions:
        yield from _improper(known, redaction)
    for removal in removals(own, known):
        lost = removal.kind is Removed.INGREDIENT and removal.concerns_content
        status = Status.UNKNOWN if lost else Status.ABSENT
        code, subject = f"history.redaction.{removal.kind}", removal.redaction.manifest
        yield _own(code, status, removal.statement, subject, removal.detail())


def _improper(known: Mapping[str, Speaker], redaction: Redaction) -> Iterator[Draft]:
    """A redaction that may not be, or by which nothing is gone."""
    detail: dict[str, Json] = {"manifest": redaction.manifest, "assertion": redaction.assertion}
    by = known.get(redaction.by)
    # Whoever signed an update can declare anything; by which nothing is gone, nothing of the content is in doubt.
    status = Status.ABSENT if by is not None and by.of is Of.UPDATE else Status.UNKNOWN
    if not redaction.is_named:
        code = "history.redaction.nothing"
        yield _own(code, Status.ABSENT, say(code, label=redaction.assertion), redaction.by, detail)
    elif not redaction.is_allowed:
        code = "history.redaction.forbidden"
        yield _own(code, Status.FAIL, say(code), redaction.by, detail)
    elif not redaction.is_done:
        code = "history.redaction.not_done"
        yield _own(code, status, say(code), redaction.by, detail)
