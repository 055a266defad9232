"""How do a history's findings hang together, as a tree that can be drawn?

Findings say what they were named by (`owner`), what they are (`manifest`) and how far they lie from the file (`depth`);
from that the tree is put together again, for a terminal here and for pages elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from vouchmark.render.safe import plain
from vouchmark.report import Finding, Json, Line, Report
from vouchmark.wording.catalogue import has, say

MAX_DRAWN_DEPTH: Final = 12
"""Steps to the right on a terminal; what lies deeper is drawn at that step."""
TITLE_SHOWN: Final = 60
"""Code points of a title or name in the tree."""

_VALID: Final = ("intact", "signer")
"""Last words of the codes of versions whose credentials hold."""
VOUCHED: Final = frozenset({"signer.official", "signer.interim", "signer.yours", "signer.publisher"})
"""Codes of a signer whose name a list vouches for."""


@dataclass(slots=True, kw_only=True)
class Version:
    """One earlier version or ingredient, and what it was made from in turn."""

    finding: Finding
    children: list[Version] = field(default_factory=list)


def versions(report: Report) -> list[Version]:
    """What the file was directly made from; empty where nothing is recorded."""
    found = [finding for finding in report.evidence[Line.HISTORY].findings if _depth(finding.detail) > 0]
    top: list[Version] = []
    by_label: dict[str, Version] = {}
    for finding in sorted(found, key=lambda finding: _depth(finding.detail)):
        version = Version(finding=finding)
        owner = by_label.get(_word(finding.detail, "owner"))
        (top if owner is None or _depth(finding.detail) == 1 else owner.children).append(version)
        label = _word(finding.detail, "manifest")
        if label:
            by_label.setdefault(label, version)
    return top


def draw(report: Report, *, unicode: bool) -> Iterator[tuple[str, str]]:
    """The tree for a terminal: for each version the branches before it and its words, which are still to be cleaned."""
    tee, last, bar = ("├─ ", "└─ ", "│  ") if unicode else ("|- ", "`- ", "|  ")
    stack = [(version, "", number == 0) for number, version in enumerate(reversed(versions(report)))]
    while stack:
        version, before, is_last = stack.pop()
        yield before + (last if is_last else tee), _words(version.finding)
        deeper = before + ("   " if is_last else bar)
        below = before if len(before) >= 3 * MAX_DRAWN_DEPTH else deeper
        stack += [(child, below, number == 0) for number, child in enumerate(reversed(version.children))]


def signed_by(detail: Mapping[str, Json]) -> str:
    """Who signed a version, as a claim unless a list vouches for the name; empty where nobody is named."""
    signer = _word(detail, "signer")
    if not signer:
        return ""
    codes = detail.get("signer_codes")
    known = set(map(str, codes)) if isinstance(codes, list) else set()
    if "signer.unestablished" in known:
        return say("version.somebody", name=signer)
    if known & VOUCHED:
        return plain(signer, limit=TITLE_SHOWN)
    return say("version.claimed", name=signer)


def state_of(finding: Finding) -> str:
    """How a version stands, by the last word of its finding's code."""
    word = finding.code.rpartition(".")[2]
    word = "intact" if word in _VALID else word
    return say(f"version.{word}" if has(f"version.{word}") else f"status.{finding.status}")


def _words(finding: Finding) -> str:
    detail = finding.detail
    title = _word(detail, "title")
    name = say("version.titled", title=plain(title, limit=TITLE_SHOWN)) if title else say("version.untitled")
    _, role, outcome = finding.code.split(".", 2) if finding.code.count(".") == 2 else ("", "ingredient", "")
    states = [state_of(finding)]
    signer, time = signed_by(detail), _word(detail, "time")
    if signer:
        dated = bool(time and detail.get("time_trusted"))
        states.append(say("version.by.dated", who=signer, day=time[:10]) if dated else say("version.by", who=signer))
    elif detail.get("link") == "verified" and outcome == "intact":
        states.append(say("version.by.unreadable"))
    if detail.get("repeated"):
        states.append(say("version.repeated"))
    called = say(f"role.{role if has(f'role.{role}') else 'ingredient'}")
    return say("version.row", role=called, title=name, states=", ".join(states), id=finding.id)


def _depth(detail: Mapping[str, Json]) -> int:
    depth = detail.get("depth")
    return depth if isinstance(depth, int) and not isinstance(depth, bool) else 0


def _word(detail: Mapping[str, Json], name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""
