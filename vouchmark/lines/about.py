"""Is what a signer says about what is seen? Only where the content is what was signed, and all of it that matters.

What stands against it is a word, by which each line finds its own sentence.
"""

from __future__ import annotations

from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.history.manifest_check import SignatureState
from vouchmark.lines.facts import STORE_ALONE, Facts

OTHER_BYTES: Final = "other_bytes"
"""The digest of the bytes at hand is not the signed one."""
UNSIGNED: Final = "unsigned"
"""The signature does not verify: nothing under it is signed."""
BROKEN: Final = "broken"
"""Something else of signature or binding does not hold."""
UNMEASURED: Final = "unmeasured"
"""What of the content is covered is not known."""


def doubt(facts: Facts) -> str:
    """What stands against it, in one of the words above; empty where nothing does."""
    own = facts.own
    coverage = own.coverage if own is not None else None
    if own is not None and own.check is not None and own.check.signature is SignatureState.MISMATCH:
        return UNSIGNED
    if coverage is None:
        return ""
    if coverage.match is Match.MISMATCH:
        return UNMEASURED if facts.media_type == STORE_ALONE else OTHER_BYTES
    if coverage.is_open:
        return BROKEN
    # That an engine calls the bytes the signed ones is not enough: nobody then knows what of them is.
    measured = coverage.match is Match.MATCH and "integrity.coverage.unknown" not in coverage.codes
    return "" if measured else UNMEASURED
