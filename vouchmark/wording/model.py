"""What is a sentence of the catalogue, and what is left of it where it was said?

A sentence is written once, with named parameters. Whoever says it names its id and gives facts; what the facts look
like in it (quoted, listed) stands in the sentence. `Said` is the English text, and still knows its id and its facts, so
that a saved report can be shown in another language later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from vouchmark.render.safe import plain, quoted
from vouchmark.report import Message

Fact: TypeAlias = "str | int | Sequence[Fact] | Mapping[str, Fact]"
"""A value of a parameter, as JSON has it; an object is a signer and how it stands, or a phrase with its facts."""
Phrase: TypeAlias = "Mapping[str, Fact]"
"""A clause or sentence of the catalogue within another: `{"id": …}` with its facts beside it."""

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

    def __reduce__(self) -> tuple[type[Said], tuple[str, Message]]:
        """Both travel between processes, and into what a long run keeps on the disk."""
        return Said, (str(self), self.message)


def message_of(text: str) -> Message | None:
    """Which sentence a text is; None where it is not from the catalogue."""
    return text.message if isinstance(text, Said) else None


class Argument:
    """A fact on its way into a sentence; foreign text becomes harmless here, and nowhere before."""

    __slots__ = ("_fact", "_phrase")

    def __init__(self, fact: Fact, phrase: Callable[[Phrase], str]) -> None:
        """A fact, and how a phrase of the catalogue is said."""
        self._fact, self._phrase = fact, phrase

    def __format__(self, form: str) -> str:
        """`quoted` text of the media, `listed` words, a `signer` by name and standing, a `phrase`; else as it is.

        `quoted:80` is cut off after so many code points; what is `listed` are words or phrases, of `quotes` each is
        text of the media. A signer is `{"name": …, "vouched": "yes" or ""}`: the name is the signer's own only where a
        list vouches for it.
        """
        kind, _, limit = form.partition(":")
        fact = self._fact
        if isinstance(fact, Mapping):
            return self._signer(fact) if kind == "signer" else self._phrase(fact)
        if not isinstance(fact, str | int):
            return listed([self._one(one, quotes=kind == "quotes") for one in fact])
        if kind == "quoted":
            return quoted(str(fact), limit=int(limit or NAME_SHOWN))
        return plain(str(fact))

    def _one(self, fact: Fact, *, quotes: bool) -> str:
        """One of several that are listed."""
        if isinstance(fact, Mapping):
            return self._phrase(fact)
        return quoted(str(fact), limit=NAME_SHOWN) if quotes else plain(str(fact))

    def _signer(self, who: Phrase) -> str:
        name = str(who.get("name", ""))
        if not name:
            return self._phrase({"id": "signer.nameless"})
        return plain(name) if who.get("vouched") else self._phrase({"id": "signer.claimed", "name": name})


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them; at least one."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
