"""What does a page say of its own: names of lines, statuses in words, the three values, the sentences to paste?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vouchmark.render.groups import Group
from vouchmark.report import Line, Status
from vouchmark.wording.catalogue import say

WORDS: Final[Mapping[str, str]] = {status: say(f"status.{status}") for status in Status}
"""Statuses in words for people; findings give the report's own."""

NAMES: Final[Mapping[Line, str]] = {line: say(f"page.line.{line}") for line in Line}
"""What each line is called on a page."""
LISTED: Final[Mapping[Line, str]] = {line: say(f"page.listed.{line}") for line in Line}
"""The same within a list."""


def titled(count: int) -> str:
    """The title of a page on so many files."""
    return say("page.title.one") if count == 1 else say("page.title", count=f"{count:,}")


def more(count: int, what: str) -> str:
    """That so many more are in the JSON report; empty where none are. `what` ends an id: `finding`, `group`, …"""
    if count <= 0:
        return ""
    return say(f"page.more.{what}.one") if count == 1 else say(f"page.more.{what}", count=count)


TONES: Final[Mapping[Group, str]] = {
    Group.MISMATCH: "bad",
    Group.SIGNER_REFUSED: "bad",
    Group.HISTORY_BROKEN: "bad",
    Group.FAILED: "bad",
    Group.ERROR: "doubt",
    Group.AI_DECLARED: "note",
    Group.CANNOT_TELL: "doubt",
    Group.UNKNOWN_SIGNER: "doubt",
    Group.RECOGNISED: "good",
    Group.NOTHING: "quiet",
}
"""The banner's colour, by the answer."""

SIGNS: Final[Mapping[str, str]] = {
    "good": "pass",
    "bad": "fail",
    "note": "note",
    "plain": "note",
    "doubt": "unknown",
    "quiet": "absent",
}
"""The sign beside a value, by its tone."""

CAVEATS: Final[Mapping[Group, str]] = {group: say(f"caveat.{group}") for group in Group}
"""The one caveat that goes with an answer, wherever it is pasted."""

_BY_STATUS: Final = {
    Status.PASS: "good",
    Status.FAIL: "bad",
    Status.UNKNOWN: "doubt",
    Status.ERROR: "doubt",
    Status.ABSENT: "quiet",
    Status.SKIPPED: "quiet",
}
BYTES: Final[Mapping[Status, tuple[str, str]]] = {
    status: (say(f"bytes_row.{status}"), tone) for status, tone in _BY_STATUS.items()
}
"""The answer to "Are these the signed bytes?", and its tone."""

_AI: Final = {
    "generated": "note",
    "edited": "note",
    "used": "note",
    "generator": "note",
    "captured": "plain",
    "human": "plain",
}
AI: Final[Mapping[str, tuple[str, str]]] = {
    f"ai.{word}": (say(f"ai_row.says.{word}"), tone) for word, tone in _AI.items()
}
"""The answer to "Is AI declared?", by the code that gives it, where the declaration counts."""
AI_BY_STATUS: Final[Mapping[Status, tuple[str, str]]] = {
    status: (say(f"ai_row.{status}"), "plain" if status is Status.PASS else tone) for status, tone in _BY_STATUS.items()
}
"""The same by the line's status, where no code says more."""

AI_ELSEWHERE: Final[Mapping[str, str]] = {f"{of}-": say(f"ai_row.of.{of}") for of in ("inherited", "part")}
"""The answer where AI is declared of something else alone, by how the line's value begins."""
AI_MADE: Final = frozenset({"generated", "generator", "edited", "used"})
"""Values, without that beginning, which say that AI made something or a part of it."""

SIGNER_BY_STATUS: Final[Mapping[Status, tuple[str, str]]] = {
    status: (say(f"signer_row.{status}"), tone) for status, tone in _BY_STATUS.items()
}
"""The answer to "Who signed?" where there is no name."""
