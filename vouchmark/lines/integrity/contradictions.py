"""Does an engine contradict our own computation of the bytes, and is it known why? Part of the integrity line.

Any verifier's contradiction counts: with one, integrity is at most unknown. A short reviewed list says where an engine
is known to err; each condition on it is what our own check establishes on these very bytes, never an engine's code. And
a mismatch that our own digest contradicts is never called a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from provenance.credentials.binding.base import FILES_AS_MAP, PLACED_FRAGMENTS, Match
from provenance.credentials.binding.coverage import Coverage
from provenance.credentials.engines.model import Outcome, Reading
from provenance.workers.tasks import ENGINE, SECOND_ENGINE
from vouchmark.lines.facts import FRAGMENT, STORE_ALONE, Draft, Drafter, Facts, failures, source_of
from vouchmark.lines.integrity import coverage
from vouchmark.lines.integrity.code_families import BYTES_CHANGED, MALFORMED
from vouchmark.report import Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

_COMPUTED: Final = frozenset({"claimSignature.mismatch", "assertion.hashedURI.mismatch", "hashedURI.mismatch"})
"""Of those, what an engine says that looked; it calls missing what it cannot find, and that contradicts nothing."""

BINDING: Final = "hard_binding"
"""The second engine's answer on the binding, where it gives no code for it."""


BOTH: Final = frozenset({ENGINE, SECOND_ENGINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Where an engine is known to contradict what is right."""

    name: str
    """Also of its sentence: `integrity.contradiction.NAME`."""
    engines: frozenset[str]
    """Which engines are known to."""
    codes: frozenset[str]
    """What engines say then; nothing else is explained."""
    holds: Callable[[Coverage], bool]
    """Over our own check of these bytes, whose digest matches."""
    passes: bool = False
    """Whether the contradiction lowers nothing: only where our own check went through every byte in question."""


REVIEWED: Final = (
    Condition(
        name="files-as-map",
        # c2pa-rs writes the files of a collection as a map by name, and the second engine reads a list alone. Which
        # files there are and what is in them is the same; our own check hashes each of them and the directory.
        engines=frozenset({SECOND_ENGINE}),
        codes=frozenset({"assertion.collectionHash.malformed"}),
        holds=lambda own: FILES_AS_MAP in own.forms and own.is_whole,
        passes=True,
    ),
    Condition(
        name="placed-fragments",
        # From version 2 on the place of every box is hashed in front of it, in fragments as in whole files. The second
        # engine leaves the places out in fragments: streams that are signed against the rules hold with it, and no
        # others. Our own check proves each fragment that was given into the signed tree.
        engines=frozenset({SECOND_ENGINE}),
        codes=frozenset({"assertion.bmffHash.mismatch"}),
        holds=lambda own: PLACED_FRAGMENTS in own.forms and own.is_whole,
        passes=True,
    ),
    Condition(
        name="parts-missing",
        # The hash over all parts cannot match where one is gone; those that are left are hashed one by one. It does not
        # pass: the file is not what it was.
        engines=BOTH,
        codes=BYTES_CHANGED,
        holds=lambda own: "integrity.parts.missing" in own.codes,
    ),
    Condition(
        name="more-left-out",
        # Later versions of the rules allow nothing to be left out but the manifest; older files leave out EXIF as well.
        engines=BOTH,
        codes=BYTES_CHANGED,
        holds=lambda own: coverage.WIDE in own.codes,
    ),
    Condition(
        name="updated-length",
        # An update makes a RIFF file longer, and the length that stands at its start is hashed. Nobody can write such
        # an update that holds; who added it changed the field, and nothing else.
        engines=BOTH,
        codes=frozenset({"assertion.dataHash.mismatch"}),
        holds=lambda own: coverage.LENGTH in own.codes,
    ),
)
"""Looked at one by one, on real files; each with a test that it holds, and one that a changed byte ends it."""


def settled(facts: Facts, drafts: list[Draft]) -> list[Draft]:
    """The first engine's findings where our own digest contradicts none of them, and the second's contradictions."""
    own = facts.own.coverage if facts.own is not None else None
    if own is not None and own.has_unknown_field:
        statement = say("integrity.contradiction.field")
        return [_instead(facts.first, draft, statement) if _is_change(draft) else draft for draft in drafts]
    if own is None or own.match is not Match.MATCH:
        return drafts
    if coverage.ignores_fragments(facts):
        # The engine was given fragments that are none of this file's, and calls that a change of its bytes.
        return [draft for draft in drafts if not _is_change(draft)]
    found = [_contradiction(own, facts.first, draft) if _is_against(draft) else draft for draft in drafts]
    return [*found, *_second(facts, own)]


def _is_change(draft: Draft) -> bool:
    return draft.code in BYTES_CHANGED


def _is_against(draft: Draft) -> bool:
    """Whether a finding of the first engine's speaks against the binding."""
    return _is_change(draft) or draft.detail.get("from") in MALFORMED


def _contradiction(own: Coverage, reading: Reading, draft: Draft) -> Draft:
    code = draft.code if _is_change(draft) else str(draft.detail["from"])
    return _told(own, reading, (code,), draft.subject)


def _second(facts: Facts, own: Coverage) -> list[Draft]:
    """What the second engine says against the binding of the bytes at hand."""
    reading = facts.second
    if reading is None or reading.outcome is not Outcome.FOUND or reading.store is None:
        # Whoever finds nothing, or does not read on, contradicts nothing.
        return []
    if facts.media_type in (STORE_ALONE, FRAGMENT) or "integrity.fragments.missing" in own.codes:
        return []
    active = reading.store.active
    said = [code.code for code in failures(active.codes) if not code.io_error]
    against = [code for code in said if code in BYTES_CHANGED | MALFORMED]
    if not against and reading.answers.get(BINDING) == "mismatch":
        against = [BINDING]
    found = [_told(own, reading, against, active.label)] if against else []
    broken = [code for code in said if code in _COMPUTED]
    if broken and facts.own is not None and all(check.is_intact for check in facts.own.chain):
        statement = say("integrity.contradiction.signature")
        found.append(_draft(reading, "integrity.unconfirmed", Status.UNKNOWN, statement, active.label, broken))
    return found


def _told(own: Coverage, reading: Reading, codes: Iterable[str], subject: str) -> Draft:
    """One engine's contradiction: explained by the reviewed list, or a doubt."""
    said = sorted(set(codes))
    for condition in REVIEWED:
        if reading.engine in condition.engines and set(said) <= condition.codes and condition.holds(own):
            statement = say(f"integrity.contradiction.{condition.name}")
            if condition.passes:
                return _draft(reading, "integrity.contradiction.explained", Status.PASS, statement, subject, said)
            return _draft(reading, "integrity.unconfirmed", Status.UNKNOWN, statement, subject, said)
    statement = say(f"integrity.contradiction.{'malformed' if set(said) & MALFORMED else 'bytes'}")
    return _draft(reading, "integrity.unconfirmed", Status.UNKNOWN, statement, subject, said)


def _instead(reading: Reading, draft: Draft, statement: Said) -> Draft:
    return _draft(reading, "integrity.unconfirmed", Status.UNKNOWN, statement, draft.subject, (draft.code,))


def _draft(reading: Reading, code: str, status: Status, statement: Said, subject: str, said: Iterable[str]) -> Draft:
    detail = {"from": ", ".join(said), "engine": reading.engine}
    return Drafter(source_of(reading), Root.CLAIM_SIGNATURE)(code, status, statement, subject, dict(detail))
