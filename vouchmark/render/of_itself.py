"""How is it shown what a file says of itself, so that nobody takes it for something that was checked?

Always under a heading that says that anybody could have written it, always in quotes, with the fields named where two
of them cannot both be true. No line of evidence and no verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vouchmark.render.safe import plain, quoted
from vouchmark.report import MediaFact, Report
from vouchmark.wording.catalogue import has, say

HEADING: Final = say("of_itself.heading")
"""What stands before it, everywhere."""
VALUE_SHOWN: Final = 80
"""Code points of one value."""
_SHORT: Final = ("camera", "taken", "place", "software", "encoder", "author", "copyright")
"""What is told where there is little room, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One kind of fact, with every value that the file has for it."""

    what: str
    values: tuple[str, ...]
    """Each in quotes, harmless."""
    where: tuple[str, ...]
    """The field of each."""
    contradicted: bool
    """Whether the values cannot all be true."""

    @property
    def named(self) -> str:
        """The kind in words."""
        return say(f"of_itself.{self.what}") if has(f"of_itself.{self.what}") else plain(self.what)


def says_of_itself(report: Report) -> Iterator[Shown]:
    """What the file says, one entry for each kind; a time that only repeats when it was taken is left out."""
    taken = [fact.value for fact in report.media.metadata if fact.what == "taken"]
    kinds: dict[str, list[MediaFact]] = {}
    for fact in report.media.metadata:
        repeats = fact.what == "digitised" and any(fact.value[:19] == value[:19] for value in taken)
        if not repeats:
            kinds.setdefault(fact.what, []).append(fact)
    for what, facts in kinds.items():
        yield Shown(
            what=what,
            values=tuple(quoted(fact.value, limit=VALUE_SHOWN) for fact in facts),
            where=tuple(plain(fact.where) for fact in facts),
            contradicted=any(fact.contradicted for fact in facts),
        )


def sentence_of_itself(report: Report) -> str:
    """The same as one sentence; empty where it says nothing that is told there."""
    shown = {one.what: one for one in says_of_itself(report)}
    parts = [_part(shown[what]) for what in _SHORT if what in shown]
    return say("of_itself.said", heading=HEADING, what="; ".join(parts)) if parts else ""


def _part(one: Shown) -> str:
    if one.contradicted:
        named = [f"{value} ({where})" for value, where in zip(one.values, one.where, strict=True)]
        return say("of_itself.contradicted", kind=one.named, values=named)
    return say("of_itself.value", kind=one.named, values=", ".join(one.values))
