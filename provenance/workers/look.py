"""Is there anything in a file for the engines to read, and what do they come to where there is not?

The cheap look: our own check and a search for signs go first. Where both find nothing, the engines have nothing to
read and are not asked; in any doubt they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.credentials.engines.model import Outcome, Reading
from provenance.files.window import window_of
from provenance.reasons import Reason
from provenance.workers.parts import Value, Work
from provenance.workers.parts import own as own_part
from provenance.workers.parts.own import Own


def first(work: Work) -> Mapping[str, Value]:
    """The values of the engines and of our own check where there is nothing to read; none where there may be.

    Only where our own check is asked for, nothing was given beside the file, and the file is held whole.
    """
    task = work.task
    is_plain = not task.fragments and task.sidecar is None and window_of(work.data) is None
    if not is_plain or own_part.NAME not in work.parts or not task.options.engines:
        return {}
    try:
        found = _looked(work)
    except Exception:  # noqa: BLE001 - whatever it is, the parts themselves say it, each for itself
        found = None
    if found is None:
        work.history, work.check = None, None
        return {}
    engines = {
        engine: Reading(engine=engine, version="", outcome=Outcome.ABSENT, reason=Reason.NOTHING_TO_READ)
        for engine in task.options.engines
    }
    return {own_part.NAME: found, **engines}


def _looked(work: Work) -> Own | None:
    """Our own check where neither it nor the search for signs found anything; else None."""
    from provenance.credentials.own_check import Problem
    from provenance.credentials.store.signs import may_hold_credentials

    if may_hold_credentials(work.data, work.task.media_type, work.layout):
        return None
    value = own_part.run(work)
    check = value.check
    if check is None or check.problem is not Problem.ABSENT or check.cut is not None or not check.container.is_whole:
        return None
    hidden = check.hidden
    return None if hidden.stores or hidden.more or hidden.is_cut or check.addresses else value
