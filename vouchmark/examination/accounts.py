"""Whose reading of a file do the lines describe, where the first engine gives no account of it?

Our own, where it holds together; else the second engine's, where the file is of a type that the first one does not
read. What the first engine came to stays beside it.
"""

from __future__ import annotations

from typing import Final

from provenance.credentials.crjson.reading import all_codes
from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.own_check import Problem
from provenance.reasons import Reason
from provenance.workers.pool import Examination

_NO_ACCOUNT: Final = frozenset({Reason.PRERELEASE, Reason.SIDECAR})
"""Reasons of a refusal beside which our own reading tells nothing: a draft's rules were others."""
OF_TYPE: Final = Reason.TYPE
"""The reason of an engine that does not read files of a type."""
_SAYS: Final = (Outcome.FOUND, Outcome.ABSENT, Outcome.REMOTE, Outcome.UNPARSABLE)
"""Outcomes of an engine that has looked at the file."""
OURS: Final = "vouchmark"
"""The engine's name in a reading of ours."""


def account_in_place_of(first: Reading, second: Reading | None, examination: Examination | None) -> Reading | None:
    """What the lines describe in the first engine's place; None where they describe that one's account.

    Args:
        first: the first engine's reading.
        second: the other engine's; None where it was not asked.
        examination: with our own check.
    """
    is_type = first.outcome is Outcome.UNSUPPORTED and first.reason == OF_TYPE
    if not is_type and (first.outcome is not Outcome.UNPARSABLE or first.reason in _NO_ACCOUNT):
        return None
    if examination is not None and examination.account is not None:
        account = examination.account
        codes = all_codes(account.manifests)
        return Reading(engine=OURS, version="", outcome=Outcome.FOUND, store=account, codes=codes)
    if not is_type or second is None or second.outcome not in _SAYS:
        return None
    own = examination.own if examination is not None else None
    if own is not None and own.problem is Problem.ABSENT and own.addresses:
        # One that looks for a store and finds an address calls it none, or malformed.
        return Reading(engine=OURS, version="", outcome=Outcome.REMOTE, remote_url=own.addresses[0])
    if second.outcome is Outcome.UNPARSABLE and (
        own is None or (own.problem is Problem.ABSENT and own.container.stops < 0)
    ):
        # It may have given up on what is not malformed: our own reading names no place at which the file goes wrong.
        return None
    return second
