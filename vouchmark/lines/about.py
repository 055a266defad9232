"""Is what a signer says about what is seen? Only where the content is what was signed, and all of it that matters."""

from __future__ import annotations

from typing import Final

from provenance.credentials.binding.base import Match
from vouchmark.lines.facts import Facts

BROKEN: Final = "the signature or content does not hold, so nobody stands for that"
UNMEASURED: Final = "whether it is about what is seen here could not be established"


def doubt(facts: Facts) -> str:
    """What stands against it, as the second half of a sentence; empty where nothing does."""
    coverage = facts.own.coverage if facts.own is not None else None
    if coverage is None:
        return ""
    if coverage.match is Match.MISMATCH or coverage.is_open:
        return BROKEN
    # That an engine calls the bytes the signed ones is not enough: nobody then knows what of them is.
    measured = coverage.match is Match.MATCH and "integrity.coverage.unknown" not in coverage.codes
    return "" if measured else UNMEASURED
