"""What is a sentence of the catalogue, and what is left of it where it was said?

A sentence is written once, with named parameters. Whoever says it names its id and gives facts; what the facts look
like in it (quoted, listed) stands in the sentence. `Said` is the English text, and still knows its id and its facts, so
that a saved report can be shown in another language later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from vouchmark.render.safe import plain, quoted
from vouchmark.report import Message

Fact: TypeAlias = "str | int | list[str] | dict[str, str]"
"""A value of a parameter, as JSON has it; a dict is a signer and how it stands, or a phrase with facts (`Argument`)."""

NAME_SHOWN: Final = 120
"""Code points of a name or title in a sentence."""


class Sentence(NamedTuple):
    """One sentence of the catalogue."""

    id: str
    """Dotted words, the first of them the line or the place where it stands. Never changes its meaning."""
    text: str
    """English, with parameters as `{name}`, `{name:quoted}`, `{names:listed}`, `{who:signer}` or `{what:phrase}`."""
    when: str
    """The facts under which it may be said; for those who change it."""


class Said(str):
    """The English text of a sentence that was said."""

    __slots__ = ("message",)
    message: Message

    def __new__(cls, text: str, message: Message) -> Said:
        """The text with its message."""
        said = super().__new__(cls, text)
        said.message = message
        return said


def message_of(text: str) -> Message | None:
    """Which sentence a text is; None where it is not from the catalogue."""
    return text.message if isinstance(text, Said) else None


class Argument:
    """A fact on its way into a sentence; foreign text becomes harmless here, and nowhere before."""

    __slots__ = ("_fact", "_phrases")

    def __init__(self, fact: Fact, phrases: Mapping[str, str]) -> None:
        """A fact, and the phrases of the catalogue for what has no words of its own."""
        self._fact, self._phrases = fact, phrases

    def __format__(self, form: str) -> str:
        """`quoted` text of the media, `listed` words, a `signer` by name and standing, a `phrase`; else as it is.

        A phrase is `{"id": …}` with its facts beside it: a clause of the catalogue within a sentence. A signer is
        `{"name": …, "vouched": "yes" or ""}`: the name is the signer's own only where a list vouches for it.
        """
        fact = self._fact
        if form == "listed" and isinstance(fact, list):
            return listed([plain(one) for one in fact])
        if form == "signer" and isinstance(fact, dict):
            name = fact.get("name", "")
            if not name:
                return self._phrases["signer.nameless"]
            if fact.get("vouched"):
                return plain(name)
            return self._phrases["signer.claimed"].format(name=quoted(name, limit=NAME_SHOWN))
        if form == "phrase" and isinstance(fact, dict):
            return self._phrases[fact["id"]].format(**{key: Argument(one, self._phrases) for key, one in fact.items()})
        return quoted(str(fact), limit=NAME_SHOWN) if form == "quoted" else plain(str(fact))


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them; at least one."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
