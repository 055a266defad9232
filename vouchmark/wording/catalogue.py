"""Which sentences are there, and how is one said?

`say("signer.unknown", who=…)` gives the English text with its id and facts. A part of the product has its sentences in
a file of its own beside this one; nothing is parsed when they are loaded.
"""

from __future__ import annotations

import importlib
import string
from collections.abc import Iterator, Mapping
from typing import Final, cast

from vouchmark.report import Json, Message, NotChecked
from vouchmark.wording.model import Argument, Fact, Phrase, Said, Sentence

PARTS: Final = (
    "headlines", "nothing", "integrity", "coverage", "unread", "signer", "identity", "time", "history", "ai",
    "training", "known", "person", "call", "claim", "engines", "gaps", "pictures", "furniture", "report", "page",
    "commands", "phrases",
)  # fmt: skip
"""The files of the catalogue, in the order in which the manual prints them; each is read where it is first needed."""
_HOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "integrity": ("integrity", "coverage", "unread"),
    "list": ("coverage",),
    "metadata": ("coverage",),
    "octets": ("coverage",),
    "format": ("unread",),
    "store": ("unread",),
    "cut": ("integrity", "phrases"),
    "signer": ("signer", "phrases"),
    "hearsay": ("phrases",),
    "both": ("phrases",),
    "amount": ("phrases",),
    "doctor": ("commands",),
    "demo": ("commands",),
    "authority": ("time",),
    "when": ("time",),
    "done": ("time",),
    "span": ("time",),
    "redaction": ("history",),
    "ai": ("ai", "training"),
    "disclosed": ("ai",),
    "use": ("training",),
    "doubt": ("training",),
    "issuer": ("person",),
    "scope": ("person",),
    "period": ("person",),
    "gap": ("gaps",),
    "of_itself": ("furniture", "report"),
    **dict.fromkeys(
        (
            "line",
            "question",
            "status",
            "none",
            "folded",
            "suggested",
            "not_checked",
            "not_shown",
            "asked",
            "update",
            "more",
            "said",
            "total",
            "finding",
            "contradicted",
            "fact",
            "value",
            "version",
            "role",
        ),
        ("report",),
    ),
    "picture": ("pictures",),
    "headline": ("headlines",),
    **dict.fromkeys(
        ("unaligned", "uncompared", "clip", "turned", "splice", "made", "crop", "side", "region"), ("known",)
    ),
}
"""Where to look first, by the first word of an id; else the part of that name, or all."""
_read: dict[str, Sentence] = {}
_parts_read: set[str] = set()


def everything() -> tuple[Sentence, ...]:
    """All sentences, in the order in which the manual prints them; what stands in tables behind them."""
    for part in PARTS:
        _read_part(part)
    return (*(one for part in PARTS for one in _sentences(part)), *_of_tables())


def _sentences(part: str) -> tuple[Sentence, ...]:
    found = importlib.import_module(f"vouchmark.wording.{part}")
    return (*found.SENTENCES, *getattr(found, "PHRASES", ()))


def _read_part(part: str) -> None:
    if part not in _parts_read:
        _read.update((one.id, one) for one in _sentences(part))
        # Only now: another thread that finds the part named here looks for its sentences at once.
        _parts_read.add(part)


def say(sentence: str, **facts: Fact) -> Said:
    """A sentence with its facts, in English.

    Raises:
        KeyError: there is no such sentence, or a parameter of it was not given.
    """
    plain: Mapping[str, Fact] = {name: _as_fact(fact) for name, fact in facts.items()}
    return Said(_filled(_found(sentence), plain), Message(sentence, dict[str, Json](cast(Mapping[str, Json], plain))))


def render(message: Message) -> Said:
    """The sentence that a saved report names: the same text as when it was said.

    Raises:
        KeyError: there is no such sentence, or a parameter of it is missing.
    """
    return say(message.id, **cast(Mapping[str, Fact], message.args))


def render_phrase(said: Phrase) -> str:
    """A phrase by itself, as text."""
    return _phrased(said)


def phrase(said: Said) -> Phrase:
    """What was said, as a fact of another sentence."""
    return {"id": said.message.id, **cast(Mapping[str, Fact], said.message.args)}


def together(first: Said, *others: Said) -> Said:
    """Whole sentences behind each other, as a line's answer has them."""
    for other in others:
        first = say("both", first=phrase(first), second=phrase(other))
    return first


def gap(what: Said, why: Said) -> NotChecked:
    """Something that was not checked, and why, both of the catalogue."""
    return NotChecked(what=what, why=why, messages=(what.message, why.message))


def because(reason: str) -> Said:
    """Why something was not checked, by the stable word of what failed."""
    return say(f"gap.why.{reason}") if has(f"gap.why.{reason}") else say("gap.why", reason=reason)


def has(sentence: str) -> bool:
    """Whether there is a sentence of that id."""
    return _look(sentence) is not None


def parameters(sentence: Sentence) -> tuple[str, ...]:
    """The names of its parameters, in order of appearance; for the manual and the tests."""
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(sentence.text) if name))


def page() -> Iterator[str]:
    """All sentences as lines of text: id, sentence, when it may be said."""
    for one in everything():
        yield one.id
        yield f"  {one.text}"
        yield f"  When: {one.when}"


def rooms() -> Iterator[tuple[str, tuple[Sentence, ...]]]:
    """The question that each part of the catalogue answers, with its sentences; what stands in tables last."""
    for part in PARTS:
        said = importlib.import_module(f"vouchmark.wording.{part}").__doc__ or part
        yield said.partition("\n")[0], _sentences(part)
    yield "What do labels and exit codes mean, and which rule of the specification stands behind a code?", _of_tables()


_RULE: Final = "rule"
_TABLES: Final = (_RULE, "label", "exit")
"""How the ids of sentences begin that stand in a table of their own, beside what they explain."""


def _table(kind: str) -> Mapping[str, str]:
    """A table's sentences by what they explain; loaded where one of them is said."""
    if kind == _RULE:
        from vouchmark.codes.specification import SPECIFICATION

        return {code: lowered(row[1].rstrip(".")) for code, row in SPECIFICATION.items()}
    if kind == "label":
        from vouchmark.policies.labels import LABELS

        return LABELS
    from vouchmark.codes.exits import EXITS

    return {str(code): f"{words[0].upper()}{words[1:]}." for code, words in EXITS.items()}


def lowered(text: str) -> str:
    """A sentence within another, with a small first letter."""
    return f"{text[:1].lower()}{text[1:]}"


_WHEN: Final = {
    _RULE: "The specification's code is {}.",
    "label": "A policy gives the label {}.",
    "exit": "The command ends with {}.",
}


def _tabled(kind: str, name: str) -> Sentence | None:
    """The sentence of a table that explains something; None where the table has none."""
    text = _table(kind).get(name)
    if text is None:
        return None
    return Sentence(f"{kind}.{name}", text.replace("{", "{{").replace("}", "}}"), _WHEN[kind].format(name))


def _of_tables() -> tuple[Sentence, ...]:
    """What stands in tables: the specification's rules as clauses, labels, exit codes."""
    return tuple(one for kind in _TABLES for name in _table(kind) if (one := _tabled(kind, name)) is not None)


def _found(sentence: str) -> Sentence:
    one = _look(sentence)
    if one is None:
        raise KeyError(sentence)
    return one


def _look(sentence: str) -> Sentence | None:
    """A sentence by its id, out of the part where it stands."""
    if sentence not in _read:
        first, _, rest = sentence.partition(".")
        if first in _TABLES:
            return _tabled(first, rest)
        for part in _HOMES.get(first, (first,) if first in PARTS else PARTS):
            _read_part(part)
    return _read.get(sentence)


def _as_fact(fact: Fact) -> Fact:
    """What was said, as a phrase; all else as it is."""
    if isinstance(fact, Said):
        return phrase(fact)
    if isinstance(fact, list | tuple):
        return [_as_fact(one) for one in fact]
    return fact


def _text(sentence: Sentence) -> str:
    """Its text in the language of the report; English is the only one yet, and the tests put another in its place."""
    return sentence.text


def _filled(one: Sentence, facts: Mapping[str, Fact]) -> str:
    text = _text(one).format(**{name: Argument(fact, _phrased) for name, fact in facts.items()})
    who = facts.get("who")
    if one.text.startswith("{who:signer}") and isinstance(who, Mapping) and not who.get("vouched"):
        # "A signer using the name …": a phrase of ours begins the sentence.
        return f"{text[:1].upper()}{text[1:]}"
    return text


def _phrased(said: Phrase) -> str:
    """A phrase with its facts."""
    return _filled(_found(str(said["id"])), {name: fact for name, fact in said.items() if name != "id"})
