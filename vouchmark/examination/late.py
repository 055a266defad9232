"""How does the time limit hold for all that is done with a file, and what is said where it does not suffice?

A worker that parses is ended from outside. What this process then makes of its answer (lines, index, claims, the text
of the report) is waited for no longer than what is left of the file's time, and always a moment, as it has to be said
that the time was over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from provenance.credentials.engines.model import Outcome, Reading
from provenance.net.deadline import TooLateError, within
from provenance.reasons import Reason
from provenance.workers.pool import Examination
from vouchmark.examination.asking import LEAST, Examined

T = TypeVar("T")

REASON: Final = Reason.TIME_LIMIT


def in_time(work: Callable[[], T], otherwise: Callable[[], T], *, seconds: float) -> T:
    """What `work` returns, or where so many seconds do not suffice for it, what `otherwise` does."""
    if seconds == float("inf"):
        return work()
    try:
        return within(max(LEAST, seconds), work, interrupt=True)
    except TooLateError:
        return otherwise()


def out_of_time(engines: tuple[str, ...]) -> tuple[Reading, ...]:
    """What engines come to that had no time to finish."""
    return tuple(Reading(engine=engine, version="", outcome=Outcome.ERROR, reason=REASON) for engine in engines)


def nothing_examined(engines: tuple[str, ...]) -> Examined:
    """What was found out about a file for which the time did not suffice."""
    return Examined(
        examination=Examination(
            readings=out_of_time(engines),
            width=None,
            height=None,
            picture_reason=REASON,
            own=None,
            own_failure=REASON,
            versions={},
        )
    )
