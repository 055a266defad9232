"""What do signers say about data mining and the training of AI? Part of the ai line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.history.ai_statements import Carrier
from vouchmark.lines.ai.signed import Said, by_label, doubt_of
from vouchmark.lines.authority import WHOSE, Of
from vouchmark.lines.facts import Draft, Facts, source_of
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Fact
from vouchmark.wording.model import Said as Sentence

_USES: Final = ("data_mining", "ai_training", "ai_generative_training", "ai_inference")
"""What the entries of a training-and-mining assertion are about (CAWG training and data mining 1.1, section 3)."""
_STRICT: Final = ("notAllowed", "constrained", "allowed")
"""Every answer, the strictest first."""
_FOLDED: Final = {answer.casefold(): answer for answer in _STRICT}
MAX_STRANGE: Final = 4
"""Answers in unknown words that a sentence quotes."""


def drafts(facts: Facts, told: list[Said]) -> list[Draft]:
    """What signers say about data mining and training: one finding a manifest, and one more where it says both."""
    training = [one for one in told if one.statement.carrier is Carrier.TRAINING]
    found: list[Draft] = []
    for mine in by_label(training).values():
        # What is only passed on is not the signer's, and contradicts nothing that is.
        for gathered in (False, True):
            found += _of_one(facts, [one for one in mine if one.statement.gathered is gathered])
    return found


def _of_one(facts: Facts, mine: list[Said]) -> Iterator[Draft]:
    answers: dict[str, set[str]] = {}
    for one in mine:
        for use, answer in one.statement.fields:
            if use in _USES and (known := _FOLDED.get(answer.casefold())):
                answers.setdefault(use, set()).add(known)
    yield from _unread(facts, mine)
    if not answers:
        return
    entries = {use: min(found, key=_STRICT.index) for use, found in answers.items()}
    one = mine[0]
    yield _draft(facts, one, entries, dict[str, Json](sorted(entries.items())))
    both = sorted(use for use, found in answers.items() if len(found) > 1)
    if both and one.of is not Of.UPDATE and not one.statement.gathered:
        statement = say(f"ai.training.twice{WHOSE[one.speaker.of]}", uses=[{"id": f"use.{use}"} for use in both])
        detail: dict[str, Json] = {use: list[Json](sorted(answers[use])) for use in both}
        status = Status.UNKNOWN if one.of in (Of.CONTENT, Of.EARLIER) else Status.ABSENT
        yield _finding(facts, one, "ai.training.contradiction", status, statement, detail)


def _told(entries: dict[str, str], end: str, **facts: Fact) -> Sentence:
    """What is allowed for which use, one sentence for each answer, the strictest first."""
    said = []
    for answer in _STRICT:
        uses = [{"id": f"use.{use}"} for use in _USES if entries.get(use) == answer]
        said += [say(f"ai.training.{answer}{end}", uses=uses, **facts)] if uses else []
    return together(*said)


def _unread(facts: Facts, mine: list[Said]) -> Iterator[Draft]:
    """An answer in a word that the specification does not have: nobody knows whether it allows anything."""
    for one in mine:
        strange = [(use, answer) for use, answer in one.statement.fields if answer.casefold() not in _FOLDED]
        if strange and one.of is not Of.UPDATE:
            words = [f"{use}: {answer}" for use, answer in strange[:MAX_STRANGE]]
            statement = say(f"ai.training.unread{WHOSE[one.speaker.of]}", words=words)
            detail: dict[str, Json] = dict(strange)
            yield _finding(facts, one, "ai.unread", Status.UNKNOWN, statement, detail)


def _draft(facts: Facts, one: Said, entries: dict[str, str], detail: dict[str, Json]) -> Draft:
    speaker = one.speaker
    if one.of is Of.UPDATE:
        statement = _told(entries, ".update", who=speaker.called)
        return _finding(facts, one, "ai.update", Status.ABSENT, statement, detail)
    doubt, whose = doubt_of(facts, speaker), WHOSE[speaker.of]
    if doubt:
        statement = together(_told(entries, ".doubted"), say(f"doubt.{doubt}"))
    elif one.statement.gathered:
        statement = _told(entries, f".passed_on{whose}")
    elif speaker.is_hearsay:
        statement = together(_told(entries, whose), speaker.but)
    else:
        statement = _told(entries, whose)
    status = Status.PASS if speaker.of is Of.CONTENT else Status.ABSENT
    return _finding(facts, one, "ai.training", status if one.counts else Status.UNKNOWN, statement, detail)


def _finding(facts: Facts, one: Said, code: str, status: Status, statement: Sentence, detail: dict[str, Json]) -> Draft:
    roots = {Of.CONTENT: Root.CLAIM_SIGNATURE, Of.UPDATE: Root.UPDATE}
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=roots.get(one.speaker.of, Root.INGREDIENT),
        subject=one.speaker.label,
        detail=detail | one.speaker.detail(),
    )
