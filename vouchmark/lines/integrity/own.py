"""What is said of the bytes where the first engine gives no account of a file? Part of the integrity line.

A refusal confirms nothing. That all is unchanged passes only where a condition of a short, reviewed list says why the
refusal does not concern the bytes, our own computation holds over these very bytes, and the second engine finds no
change either; else it stays unknown, and what our own check found is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.engines.model import Outcome, Reading
from vouchmark.examination.accounts import OF_TYPE
from vouchmark.lines.facts import Draft, Drafter, Facts, failures, source_of
from vouchmark.lines.integrity import coverage
from vouchmark.report import Root, Status

REFUSED: Final = "integrity.engine.refused"

WHY: Final = {
    "chain-depth": "follows no more than 200 earlier versions, and there are more",
    "claim": "cannot read the claim, which lacks a field or has one in another form",
    "assertion": "cannot read one of the signed statements, which lacks a field or has one in another form",
    "store": "refuses the Content Credentials",
    "asset": "cannot parse the file",
    "rules": "was not asked, because it would take too long over so many exclusion rules and boxes",
    "parts": "was not asked, because it would take too long over so many ingredients and other statements",
    "too-deep": "does not read parts that are nested so deeply",
    "no-active-manifest": "finds no active manifest",
    OF_TYPE: "does not read this type of file",
}
"""Why an engine gives no account, behind its name."""

REVIEWED: Final = {
    "chain-depth": "that concerns how many earlier versions there are, and no byte of the file",
    "parts": "that concerns how many of them there are, and no byte of the file",
    OF_TYPE: "another engine and our own check do",
}
"""Reasons of refusals that do not concern the bytes, and why, reviewed one by one. Our own computation has to hold over
the bytes at hand in any case."""


def drafts(facts: Facts, ours: Sequence[Draft], *, unchanged: str) -> list[Draft]:
    """What stands beside our own findings.

    Args:
        facts: with `refused`.
        ours: what our own check found.
        unchanged: the sentence where all holds.
    """
    own = facts.own
    if facts.first is facts.second:
        return [_refusal(facts, f"{facts.first.engine} alone reads it, {_alone(facts.first)}")]
    if own is None or own.coverage is None:
        return [_refusal(facts, "nothing but that is known")]
    holds = _holds(facts) and all(draft.status in (Status.PASS, Status.ABSENT) for draft in ours)
    if not holds:
        return [_refusal(facts, "our own check reads it, and nothing confirms what it finds")]
    engine = facts.engine
    if engine.reason not in REVIEWED or facts.second is None or not _confirms(facts.second):
        return [_refusal(facts, "our own check alone finds the file unchanged since it was signed")]
    match = Drafter(coverage.OWN, Root.CLAIM_SIGNATURE)(own.coverage.codes[0], Status.PASS, unchanged, own.bound)
    return [match, _refusal(facts, REVIEWED[engine.reason], status=Status.ABSENT)]


def _holds(facts: Facts) -> bool:
    """Whether every signature down to the bound manifest, and the hash over the file, hold by our own computation."""
    own = facts.own
    if own is None or own.coverage is None or not own.bound:
        return False
    return own.coverage.match is Match.MATCH and own.coverage.is_whole and all(one.is_intact for one in own.chain)


def _confirms(second: Reading) -> bool:
    """Whether the second engine read it, and says nothing against bytes, statements or signature."""
    against = ("assertion.", "claimSignature.", "claim.")
    return second.outcome is Outcome.FOUND and not any(one.code.startswith(against) for one in failures(second.codes))


def _alone(second: Reading) -> str:
    """What the only engine that reads a file says of its bytes, as nobody's word but its own."""
    if any(one.code.endswith("Hash.mismatch") for one in failures(second.codes)):
        return "and says that they are not the signed bytes"
    return "and finds no change" if _confirms(second) else "and finds something against it"


def _refusal(facts: Facts, consequence: str, *, status: Status = Status.UNKNOWN) -> Draft:
    engine = facts.engine
    why = WHY.get(engine.reason or "", "failed on this file")
    draft = Drafter(source_of(engine), Root.ENGINE)
    detail = {"engine": engine.engine, "reason": str(engine.reason or "")}
    return draft(REFUSED, status, f"{engine.engine} {why}; {consequence}.", facts.name, dict(detail))
