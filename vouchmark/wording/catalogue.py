"""Which sentences are there, and how is one said?

`say("signer.unknown", who=…)` gives the English text with its id and facts. A part of the product has its sentences in
a file of its own beside this one; nothing is parsed when they are loaded.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, cast

from vouchmark.report import Json, Message
from vouchmark.wording import ai, engines, furniture, headlines, history, integrity, nothing, phrases, signer
from vouchmark.wording.model import Argument, Fact, Said, Sentence

ALL: Final[tuple[Sentence, ...]] = (
    *headlines.SENTENCES,
    *nothing.SENTENCES,
    *integrity.SENTENCES,
    *signer.SENTENCES,
    *history.SENTENCES,
    *ai.SENTENCES,
    *engines.SENTENCES,
    *furniture.SENTENCES,
    *phrases.SENTENCES,
    *ai.PHRASES,
    *history.PHRASES,
    *engines.PHRASES,
)
"""In the order in which the manual prints them."""

_BY_ID: Final[Mapping[str, Sentence]] = MappingProxyType({one.id: one for one in ALL})
_PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {one.id: one.text for one in (*phrases.SENTENCES, *ai.PHRASES, *history.PHRASES, *engines.PHRASES)}
)


def say(sentence: str, **facts: Fact) -> Said:
    """A sentence with its facts, in English.

    Raises:
        KeyError: there is no such sentence, or a parameter of it was not given.
    """
    one = _BY_ID[sentence]
    text = _text(one).format(**_arguments(facts))
    who = facts.get("who")
    if one.text.startswith("{who:signer}") and isinstance(who, dict) and not who.get("vouched"):
        # "A signer using the name …": a phrase of ours begins the sentence.
        text = f"{text[:1].upper()}{text[1:]}"
    return Said(text, Message(sentence, dict[str, Json](cast(Mapping[str, Json], facts))))


def has(sentence: str) -> bool:
    """Whether there is a sentence of that id."""
    return sentence in _BY_ID


def parameters(sentence: Sentence) -> tuple[str, ...]:
    """The names of its parameters, in order of appearance; for the manual and the tests."""
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(sentence.text) if name))


def page() -> Iterator[str]:
    """All sentences as lines of text: id, sentence, when it may be said."""
    for one in ALL:
        yield one.id
        yield f"  {one.text}"
        yield f"  When: {one.when}"


def _text(sentence: Sentence) -> str:
    """Its text in the language of the report; English is the only one yet, and the tests put another in its place."""
    return sentence.text


def _arguments(facts: Mapping[str, Fact]) -> dict[str, Argument]:
    return {name: Argument(fact, _PHRASES) for name, fact in facts.items()}
