"""Which sentences were said by a finding, a line or a report, with all that stand within them?"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vouchmark.lines.facts import Answer, Draft
from vouchmark.report import Message, NotChecked, Report
from vouchmark.wording.model import Said, Sentence

OPEN, CLOSE, FACT, END = "⟦", "⟧", "‹", "›"
"""Around a sentence and around each of its facts, in the language of the tests."""
_LETTERS: Final = {ord(one): 0x0430 + number % 32 for number, one in enumerate(string.ascii_lowercase)} | {
    ord(one): 0x0410 + number % 32 for number, one in enumerate(string.ascii_uppercase)
}


def in_marks(sentence: Sentence) -> str:
    """A language of other letters, in which beginning and end of every sentence and fact can be seen."""
    parts = [OPEN]
    for literal, name, form, _ in string.Formatter().parse(sentence.text):
        parts.append(literal.translate(_LETTERS).replace("{", "{{").replace("}", "}}"))
        if name:
            parts.append(f"{FACT}{{{name}{':' if form else ''}{form}}}{END}")
    return "".join((*parts, CLOSE))


def outside_of_facts(text: str) -> str:
    """What of a text in that language is the catalogue's: all of it has to be in its letters."""
    return re.sub(f"{FACT}[^{FACT}{END}{OPEN}{CLOSE}]*{END}", "", text)


def messages(what: Report | Answer) -> Iterator[tuple[str, Message]]:
    """(text, message) of everything that a reader may see of it."""
    if isinstance(what, Report):
        for evidence in what.evidence.values():
            assert evidence.message is not None, evidence.summary
            yield evidence.summary, evidence.message
        for finding in what.findings():
            assert finding.message is not None, finding.statement
            yield finding.statement, finding.message
    else:
        yield what.summary, what.summary.message
        yield from ((draft.statement, draft.statement.message) for draft in what.drafts)
    for gap in what.not_checked:
        yield from _of_gap(gap)


def _of_gap(gap: NotChecked) -> Iterator[tuple[str, Message]]:
    assert gap.messages is not None, gap
    yield gap.what, gap.messages[0]
    yield gap.why, gap.messages[1]


def said(*what: object) -> set[str]:
    """The ids of all sentences and phrases in texts, findings, answers, gaps and reports."""
    found: set[str] = set()
    for one in what:
        if isinstance(one, Said):
            found |= ids(one.message)
        elif isinstance(one, Draft):
            found |= ids(one.statement.message)
        elif isinstance(one, NotChecked):
            found |= {id_ for _, message in _of_gap(one) for id_ in ids(message)}
        elif isinstance(one, Report | Answer):
            found |= {id_ for _, message in messages(one) for id_ in ids(message)}
        elif isinstance(one, Mapping):
            found |= set(_within(one))
        elif isinstance(one, Iterable) and not isinstance(one, str | bytes):
            found |= said(*one)
    return found


def ids(message: Message) -> set[str]:
    """A message's own id and those of its phrases."""
    return {message.id, *_within(dict(message.args))}


def _within(fact: Any) -> Iterator[str]:
    if isinstance(fact, Mapping):
        if "id" in fact:
            yield str(fact["id"])
        elif "name" in fact:
            yield "signer.nameless" if not fact["name"] else "" if fact.get("vouched") else "signer.claimed"
        for one in fact.values():
            yield from _within(one)
    elif isinstance(fact, list | tuple):
        for one in fact:
            yield from _within(one)


def facts_of(message: Message) -> Iterator[tuple[str, str, str]]:
    """(id, parameter, text) of every fact that is a text, those of phrases included."""
    yield from _texts(message.id, dict(message.args))


def _texts(id_: str, args: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, fact in args.items():
        for one in fact if isinstance(fact, list | tuple) else [fact]:
            if isinstance(one, Mapping):
                yield from _texts(str(one.get("id", id_)), {k: v for k, v in one.items() if k != "id"})
            elif isinstance(one, str):
                yield id_, name, one
