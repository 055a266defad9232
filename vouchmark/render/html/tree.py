"""How is the history of a file drawn on a page: the file itself, and below it what it was made from?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from vouchmark.render.ancestry import Version, signed_by, state_of, versions
from vouchmark.render.html.pictures import Pictures, by_role
from vouchmark.render.html.words import WORDS
from vouchmark.render.safe import plain, quoted
from vouchmark.render.values import value_words
from vouchmark.render.words import sentence
from vouchmark.report import Line, Report, ReportPicture
from vouchmark.wording.catalogue import say

MAX_TWIGS: Final = 60
"""Versions in the drawn history; real ones stay below ten."""
MAX_TREE_DEPTH: Final = 8
"""Versions within versions in the drawn history; deeper ones stand beside their parent, so that they can be read."""
NAME_SHOWN: Final = 120
"""Code points of a file's name."""
_ROLES: Final = frozenset({"parentOf", "componentOf", "inputTo"})
"""Relationships with a sentence of their own."""


def tree(report: Report, pictures: Pictures) -> dict[str, Any] | None:
    """The file itself and, below it, what it was made from; None where nothing is recorded."""
    top = versions(report)
    if not top:
        return None
    ancestors = {picture.subject: picture for picture in by_role(report).get("ancestor", ())}
    integrity = report.evidence[Line.INTEGRITY]
    room = [MAX_TWIGS]
    return {
        "status": integrity.status,
        "state": WORDS[integrity.status],
        "role": say("page.role.this"),
        "statement": _this(report, integrity.summary),
        "facts": [],
        "picture": None,
        "children": [_twig(one, ancestors, pictures, room, depth=1) for one in _within(top, room)],
    }


def _this(report: Report, summary: str) -> str:
    """The file itself, with the answer of its integrity line."""
    return say("page.tree.this", name=plain(report.media.shown, limit=NAME_SHOWN), statement=sentence(summary))


def _within(found: Sequence[Version], room: list[int]) -> Iterator[Version]:
    """Versions as long as there is room on the page."""
    for version in found:
        if room[0] <= 0:
            return
        room[0] -= 1
        yield version


def _twig(
    version: Version, ancestors: Mapping[str, ReportPicture], pictures: Pictures, room: list[int], *, depth: int
) -> dict[str, Any]:
    """A version and all below it; those beyond the bound stand side by side, so that a page stays readable."""
    finding = version.finding
    picture = ancestors.get(str(finding.detail.get("manifest") or ""))
    relationship = str(finding.detail.get("relationship"))
    children = _below(version) if depth >= MAX_TREE_DEPTH else version.children
    return {
        "status": finding.status,
        "state": state_of(finding),
        "role": say(f"page.role.{relationship if relationship in _ROLES else 'other'}"),
        "statement": finding.statement,
        "facts": _twig_facts(finding.detail),
        "picture": pictures.shown(picture) if picture else None,
        "children": [_twig(one, ancestors, pictures, room, depth=depth + 1) for one in _within(children, room)],
    }


def _below(version: Version) -> list[Version]:
    """All versions below one, each without children."""
    found: list[Version] = []
    queue = list(version.children)
    while queue:
        one = queue.pop(0)
        queue.extend(one.children)
        found.append(Version(finding=one.finding))
    return found


def _twig_facts(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who and what made that version, in words that claim no more than is known."""
    facts: list[tuple[str, str]] = []
    if signer := signed_by(detail):
        facts.append((say("page.fact.signer"), signer))
    if detail.get("time"):
        stamp = "page.stamp.trusted" if detail.get("time_trusted") else "page.stamp"
        facts.append((say("page.fact.time"), say(stamp, time=str(detail["time"]))))
    if detail.get("generator"):
        facts.append((say("page.fact.generator"), quoted(str(detail["generator"]))))
    actions = detail.get("actions")
    if isinstance(actions, list) and actions:
        facts.append((say("page.fact.actions"), value_words(actions)))
    reasons = detail.get("reasons") or detail.get("failures")
    if isinstance(reasons, list) and reasons:
        facts.append((say("page.fact.reasons"), value_words([_reason(str(reason)) for reason in reasons])))
    return facts


def _reason(code: str) -> str:
    """A code with the word of who saw it."""
    when, found, what = code.partition(":")
    return say("page.recorded", code=what) if found and when == "recorded" else code
