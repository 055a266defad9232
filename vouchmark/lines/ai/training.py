"""What do signers say about data mining and the training of AI? Part of the ai line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.history.ai_statements import Carrier
from vouchmark.lines import about, authority
from vouchmark.lines.ai.signed import MAX_SHOWN, Said, by_label, doubt_of
from vouchmark.lines.authority import Of
from vouchmark.lines.facts import Draft, Facts, source_of
from vouchmark.render.safe import quoted
from vouchmark.report import Json, Root, Status

_USES: Final = {
    "data_mining": "data mining",
    "ai_training": "the training of AI",
    "ai_generative_training": "the training of generative AI",
    "ai_inference": "the use as input to AI",
}
"""What the entries of a training-and-mining assertion are about (CAWG training and data mining 1.1, section 3)."""
_JOINED: Final = {"notAllowed": " or ", "constrained": " and ", "allowed": " and "}
_ANSWERS: Final = (("notAllowed", "does not allow"), ("constrained", "constrains"), ("allowed", "allows"))
"""Every answer, the strictest first."""
_STRICT: Final = tuple(answer for answer, _ in _ANSWERS)
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
    words = _in_words(entries)
    one = mine[0]
    yield _draft(facts, one, "ai.training", words, dict[str, Json](sorted(entries.items())))
    both = sorted(use for use, found in answers.items() if len(found) > 1)
    if both and one.of is not Of.UPDATE and not one.statement.gathered:
        named = ", ".join(_USES[use] for use in both)
        told = _in_words({use: entries[use] for use in both})
        statement = f"{authority.WHO[one.speaker.of]} says two things about {named}; the stricter counts: it {told}."
        detail: dict[str, Json] = {use: list[Json](sorted(answers[use])) for use in both}
        status = Status.UNKNOWN if one.of in (Of.CONTENT, Of.EARLIER) else Status.ABSENT
        yield _finding(facts, one, "ai.training.contradiction", status, statement, detail)


def _in_words(entries: dict[str, str]) -> str:
    """What is allowed for which use, behind who says so; the strictest first."""
    return "; ".join(
        f"{verb} {_JOINED[answer].join(_USES[use] for use in _USES if entries.get(use) == answer)}"
        for answer, verb in _ANSWERS
        if answer in entries.values()
    )


def _unread(facts: Facts, mine: list[Said]) -> Iterator[Draft]:
    """An answer in a word that the specification does not have: nobody knows whether it allows anything."""
    for one in mine:
        strange = [(use, answer) for use, answer in one.statement.fields if answer.casefold() not in _FOLDED]
        if strange and one.of is not Of.UPDATE:
            words = ", ".join(quoted(f"{use}: {answer}", limit=MAX_SHOWN) for use, answer in strange[:MAX_STRANGE])
            statement = f"{authority.WHO[one.speaker.of]} says something on training that is not read here ({words})."
            detail: dict[str, Json] = dict(strange)
            yield _finding(facts, one, "ai.unread", Status.UNKNOWN, statement, detail)


def _draft(facts: Facts, one: Said, code: str, words: str, detail: dict[str, Json]) -> Draft:
    speaker = one.speaker
    if one.of is Of.UPDATE:
        statement = f"Whoever signed a later update ({speaker.who}) {words}."
        return _finding(facts, one, "ai.update", Status.ABSENT, statement, detail)
    statement = f"{authority.WHO[speaker.of]} {words}."
    doubt = doubt_of(facts, speaker)
    if doubt:
        statement = f"It is stated whether it may be used for AI ({words}); {about.WORDS[doubt]}."
    elif one.statement.gathered:
        statement = f"{authority.WHO[speaker.of]} passes on, as somebody else's word, that somebody {words}."
    elif speaker.is_hearsay:
        statement = f"{statement[:-1]}; but {speaker.but}."
    status = Status.PASS if speaker.of is Of.CONTENT else Status.ABSENT
    return _finding(facts, one, code, status if one.counts else Status.UNKNOWN, statement, detail)


def _finding(facts: Facts, one: Said, code: str, status: Status, statement: str, detail: dict[str, Json]) -> Draft:
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
