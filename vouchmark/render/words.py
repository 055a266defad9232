"""How do words and findings of a report become part of a sentence?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from vouchmark.render.safe import plain
from vouchmark.report import Finding, Line, Report, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

NAME_SHOWN: Final = 80
"""Code points of a signer's or a program's name in the answer."""

ROLES: Final = {"parent": "earlier version", "component": "part", "input": "input"}
"""What an ingredient is called for people, by the second word of its codes."""


def sentence(text: str) -> str:
    """A sentence of the report as part of a longer one: harmless, without its full stop."""
    return plain(text).strip().rstrip(".")


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them; at least one."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def with_status(report: Report, line: Line, *statuses: Status) -> Iterator[Finding]:
    """The findings of a line that have one of these statuses, in order."""
    return (finding for finding in report.evidence[line].findings if finding.status in statuses)


_UNITS: Final = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"), (1, "bytes"))


def amount(size: int, *, of: int = 0, at_least: bool = False) -> Said:
    """`1.2 MB`, or `1.2 of 3.4 MB`: bytes, with as many places as tell the two apart."""
    least = ".least" if at_least else ""
    unit, name = next(((one, word) for one, word in _UNITS if max(size, of) >= one), _UNITS[-1])
    if of and size < unit // 10:
        return say(f"amount.apart{least}", part=amount(size), whole=amount(of))
    for places in range(0 if unit == 1 else 1, 4):
        shown, total = f"{size / unit:.{places}f}", f"{of / unit:.{places}f}"
        if not of or shown != total:
            facts: dict[str, Fact] = {"size": shown, "unit": {"id": f"amount.{name.lower()}"}}
            return say(f"amount.of{least}", total=total, **facts) if of else say("amount.all", **facts)
    exact: dict[str, Fact] = {"size": f"{size:,}", "unit": {"id": "amount.bytes"}}
    return say(f"amount.of{least}", total=f"{of:,}", **exact)
