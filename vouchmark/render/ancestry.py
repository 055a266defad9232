"""How do a history's findings hang together, as a tree that can be drawn?

Findings say what they were named by (`owner`), what they are (`manifest`) and how far they lie from the file (`depth`);
from that the tree is put together again, for a terminal here and for pages elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from vouchmark.render.safe import plain, quoted
from vouchmark.render.words import ROLES
from vouchmark.report import Finding, Json, Line, Report

MAX_DRAWN_DEPTH: Final = 12
"""Steps to the right on a terminal; what lies deeper is drawn at that step."""
TITLE_SHOWN: Final = 60
"""Code points of a title or name in the tree."""

_STATES: Final = {
    "intact": "unchanged",
    "broken": "changed or broken",
    "signer": "unchanged",
    "missing": "its Content Credentials are missing",
    "unsigned": "no Content Credentials of its own",
}
"""The last word of a finding's code, for a version in the tree."""
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
        return f"somebody unknown: the signature in the name of {quoted(signer, limit=TITLE_SHOWN)} does not verify"
    if known & VOUCHED:
        return plain(signer, limit=TITLE_SHOWN)
    return f"a signer using the name {quoted(signer, limit=TITLE_SHOWN)}"


def _words(finding: Finding) -> str:
    detail = finding.detail
    title = _word(detail, "title")
    name = quoted(title, limit=TITLE_SHOWN) if title else "without a title"
    _, role, outcome = finding.code.split(".", 2) if finding.code.count(".") == 2 else ("", "ingredient", "")
    parts = [_STATES.get(outcome, str(finding.status))]
    signer, time = signed_by(detail), _word(detail, "time")
    if signer:
        day = f" on {time[:10]}" if time and detail.get("time_trusted") else ""
        parts.append(f"signed by {signer}{day}")
    elif detail.get("link") == "verified" and outcome == "intact":
        parts.append("by a signer who could not be read")
    if detail.get("repeated"):
        parts.append("as above")
    return f"{ROLES.get(role, role)} {name}: {', '.join(parts)} ({finding.id})"


def _depth(detail: Mapping[str, Json]) -> int:
    depth = detail.get("depth")
    return depth if isinstance(depth, int) and not isinstance(depth, bool) else 0


def _word(detail: Mapping[str, Json], name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""
