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
from vouchmark.wording.catalogue import has, say
from vouchmark.wording.model import Fact, Said

REFUSED: Final = "integrity.engine.refused"

REVIEWED: Final = frozenset({"chain-depth", "parts", OF_TYPE})
"""Reasons of refusals that do not concern the bytes, reviewed one by one. Our own computation has to hold over the
bytes at hand in any case."""


def refuses(reading: Reading) -> dict[str, Fact]:
    """Which engine gives no account, and why, as facts of a sentence."""
    word = "unsupported" if reading.reason == OF_TYPE else str(reading.reason or "")
    reason = f"engines.says.{word}"
    return {"engine": reading.engine, "reason": {"id": reason if word and has(reason) else "engines.says.failed"}}


def drafts(facts: Facts, ours: Sequence[Draft], *, unchanged: Said) -> list[Draft]:
    """What stands beside our own findings.

    Args:
        facts: with `refused`.
        ours: what our own check found.
        unchanged: the sentence where all holds.
    """
    own = facts.own
    if facts.first is facts.second:
        return [_refusal(facts, _alone(facts.first), other=facts.first.engine)]
    if own is None or own.coverage is None:
        return [_refusal(facts, "nothing")]
    holds = _holds(facts) and all(draft.status in (Status.PASS, Status.ABSENT) for draft in ours)
    if not holds:
        return [_refusal(facts, "unconfirmed")]
    engine = facts.engine
    if engine.reason not in REVIEWED or facts.second is None or not _confirms(facts.second):
        return [_refusal(facts, "alone")]
    match = Drafter(coverage.OWN, Root.CLAIM_SIGNATURE)(own.coverage.codes[0], Status.PASS, unchanged, own.bound)
    return [match, _refusal(facts, str(engine.reason), status=Status.ABSENT)]


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
        return "only.changed"
    return "only" if _confirms(second) else "only.against"


def _refusal(facts: Facts, follows: str, *, status: Status = Status.UNKNOWN, **more: Fact) -> Draft:
    """That an engine gives no account; `follows` ends the name of the sentence."""
    engine = facts.engine
    draft = Drafter(source_of(engine), Root.ENGINE)
    detail = {"engine": engine.engine, "reason": str(engine.reason or "")}
    return draft(REFUSED, status, say(f"{REFUSED}.{follows}", **refuses(engine), **more), facts.name, dict(detail))
