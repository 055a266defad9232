"""What does a page show of one report?

The report as its JSON form has it (harmless, sorted, bounded), cut where a page would become too long to read, with
its pictures and the tree of its history. Templates get nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vouchmark.render import json
from vouchmark.render.headline.answer import not_shown
from vouchmark.render.html.lines import lines
from vouchmark.render.html.markup import without_options
from vouchmark.render.html.pictures import Pictures, side_by_side
from vouchmark.render.html.top import banner, three
from vouchmark.render.html.tree import MAX_TWIGS, tree
from vouchmark.render.html.words import WORDS, more
from vouchmark.render.inputs import gaps, inputs
from vouchmark.render.of_itself import says_of_itself
from vouchmark.render.safe import plain, quoted
from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import has, say

NAME_SHOWN: Final = 120
"""Code points of a file's name in a heading, as on a terminal; the whole stands at the end."""


def view(report: Report, *, anchor: str, pictures: Pictures) -> dict[str, Any]:
    """Everything that a template shows of one report.

    Args:
        report: what to show.
        anchor: starts the names of its places in the page.
        pictures: what stands in the page already; grows.
    """
    document: Any = json.to_dict(report)
    steps = sum(isinstance(one.detail.get("depth"), int) for one in report.evidence[Line.HISTORY].findings)
    return {
        "anchor": anchor,
        "name": plain(report.media.shown, limit=NAME_SHOWN),
        "banner": banner(report),
        "three": three(report, anchor),
        "words": WORDS,
        "media": document["media"],
        "digest": [(report.media.sha256 or "")[start : start + 8] for start in range(0, 64, 8)],
        "described": _described(document["media"]),
        "pair": side_by_side(report, pictures),
        "tree": tree(report, pictures),
        "cut_tree": more(steps - MAX_TWIGS, "version"),
        **lines(report, document, anchor),
        "of_itself": list(says_of_itself(report)),
        "verdict": _verdict(document["verdict"], anchor),
        "gaps": [say("page.gap", gap=_begun(without_options(gap))) for gap in gaps(report)],
        "no_gaps": say("page.no_gaps.skipped" if _was_skipped(report) else "page.no_gaps"),
        "not_shown": list(not_shown(report)),
        "inputs": list(inputs(report, short=False)),
        "sha256": document["sha256"],
    }


def _described(media: Mapping[str, Any]) -> str:
    if media["size"] is None:
        return say("page.unread")
    parts = [media["type"] or "", say("fact.bytes", count=f"{media['size']:,}".replace(",", "\u202f"))]
    if media["width"] and media["height"]:
        parts.append(say("fact.pixels", width=media["width"], height=media["height"]))
    return ", ".join(part for part in parts if part)


def _verdict(verdict: Mapping[str, Any] | None, anchor: str) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "outcome": verdict["outcome"],
        "policy_quoted": quoted(verdict["policy"]["name"]),
        "labels": [
            {"name": name, "meaning": say(f"label.{name}") if has(f"label.{name}") else ""}
            for name in verdict["labels"]
        ],
        "reasons": [{"id": reason, "anchor": f"{anchor}-{reason}"} for reason in verdict["reasons"]],
    }


def _begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _was_skipped(report: Report) -> bool:
    return any(evidence.status is Status.SKIPPED for evidence in report.evidence.values())
