"""Which signed statements about one making cannot both be true? Part of the ai line.

Judged by authority: what one signer says is held against that signer's own words and against what its file was made
from. What is said of a part contradicts nothing that is said of the whole, and silences no contradiction either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from provenance.credentials.history.ai_statements import Carrier
from provenance.metadata import Meaning
from provenance.metadata.generators import only_generates
from vouchmark.lines.ai.signed import Said, by_label
from vouchmark.lines.ai.words import CAPTURED, MADE_BY_PEOPLE, SOURCE_TYPES, WHOLLY
from vouchmark.lines.authority import WHOSE, Of
from vouchmark.lines.facts import Draft, Facts, source_of
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said as Sentence

WITHOUT: Final = frozenset(
    kind for kind, meaning in SOURCE_TYPES.items() if meaning.code in CAPTURED or kind in MADE_BY_PEOPLE
)
"""Source types of a whole that was captured, or that a person made."""


def drafts(facts: Facts, told: list[Said]) -> list[Draft]:
    """One finding for each contradiction, those about the content first."""
    found: list[Draft] = []
    for mine in by_label(told).values():
        found += _within(facts, mine)
    if not any(draft.status is Status.FAIL for draft in found):
        found += _against_ancestors(facts, told)
    return found


def _within(facts: Facts, mine: list[Said]) -> Iterator[Draft]:
    """What one signer says of one file."""
    origins = {one.kind for one in mine if _is_own_origin(one)}
    captured = origins & WITHOUT
    if not captured:
        return
    if origins & WHOLLY:
        statement = say(f"ai.contradiction{WHOSE[mine[0].speaker.of]}")
        yield _draft(facts, mine[0], statement, captured | (origins & WHOLLY))
        return
    outright = next((one for one in mine if _generates(one)), None)
    if outright is not None:
        name = outright.statement.software or outright.statement.written
        statement = say(f"ai.contradiction.program{WHOSE[outright.speaker.of]}", name=name)
        yield _draft(facts, outright, statement, captured)


def _is_own_origin(one: Said) -> bool:
    return one.is_beginning and not one.statement.gathered and one.speaker.in_order and one.of is not Of.UPDATE


def _generates(one: Said) -> bool:
    """Whether a statement in another form than a source type says that a generator made the whole."""
    if not _is_own_origin(one):
        return False
    if one.statement.carrier is Carrier.GENERATOR:
        # A program that also edits may have made the claim of a photograph.
        return only_generates(one.statement.software)
    if one.statement.carrier is Carrier.DESCRIPTION:
        return one.statement.means is Meaning.GENERATED
    return one.statement.carrier in (Carrier.AGENT, Carrier.ADOBE, Carrier.CONTENT)


def _against_ancestors(facts: Facts, told: list[Said]) -> Iterator[Draft]:
    """The content's signer says captured, and what it was made from is said to be generated."""
    captured = next((one for one in told if one.speaker.of is Of.CONTENT and one.counts and _says_captured(one)), None)
    if captured is None:
        return
    for one in told:
        heard = one.speaker.in_order and not one.statement.gathered
        generated = one.of is Of.EARLIER and heard and one.kind in WHOLLY
        if generated and (one.is_beginning or one.statement.carrier is Carrier.INGREDIENT):
            statement = say(f"ai.contradiction.parent{WHOSE[one.speaker.of]}")
            draft = _draft(facts, captured, statement, frozenset({captured.kind, one.kind}))
            # An ancestor for whose signer nothing vouches raises a doubt and proves nothing.
            yield replace(draft, status=Status.UNKNOWN) if one.speaker.is_hearsay else draft
            return


def _says_captured(one: Said) -> bool:
    return _is_own_origin(one) and one.kind in WITHOUT


def _draft(facts: Facts, one: Said, statement: Sentence, declared: frozenset[str] | set[str]) -> Draft:
    """A failure where it is about this file or what it was made from, by a signer whose word counts."""
    of_whole = one.speaker.of in (Of.CONTENT, Of.EARLIER)
    status = (Status.UNKNOWN if one.speaker.is_hearsay else Status.FAIL) if of_whole else Status.ABSENT
    return Draft(
        code="ai.contradiction",
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=Root.CLAIM_SIGNATURE if one.speaker.of is Of.CONTENT else Root.INGREDIENT,
        subject=one.speaker.label,
        detail={"declared": list[Json](sorted(declared)), **one.speaker.detail()},
    )
