"""How do words and findings of a report become part of a sentence?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from vouchmark.render.safe import plain
from vouchmark.report import Finding, Line, Report, Status

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
