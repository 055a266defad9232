"""What does a page show of one report, and in which words?

The report as its JSON form has it (harmless, sorted, bounded), cut where a page would become too long to read, with
its pictures and the tree of its history. Templates get nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vouchmark.policies.labels import LABELS
from vouchmark.render import json
from vouchmark.render.ancestry import Version, signed_by, versions
from vouchmark.render.answer import answer, not_shown
from vouchmark.render.html_people import more, people
from vouchmark.render.safe import plain, quoted
from vouchmark.render.words import list_date, sentence
from vouchmark.report import QUESTIONS, Line, Report, ReportPicture, Status

NAME_SHOWN: Final = 120
"""Code points of a file's name in a heading, as on a terminal; the whole stands at the end."""
MAX_FINDINGS: Final = 100
"""Findings of one line on a page; the JSON report has all of them."""
MAX_TWIGS: Final = 60
"""Versions in the drawn history; real ones stay below ten."""
MAX_TREE_DEPTH: Final = 8
"""Versions within versions in the drawn history; deeper ones stand beside their parent, so that they can be read."""
MAX_VALUE: Final = 1000
"""Characters of one value of a detail; the JSON report has the whole."""
MAX_VALUES: Final = 60
"""Values of one finding's detail."""
MAX_PICTURES: Final = 24 * 1024 * 1024
"""Bytes of pictures on one page, encoded: some three hundred files. Later ones are left out, and that is said."""

WORDS: Final[Mapping[str, str]] = {
    Status.PASS: "established",
    Status.FAIL: "failed",
    Status.UNKNOWN: "cannot tell",
    Status.ABSENT: "nothing there",
    Status.ERROR: "could not look",
    Status.SKIPPED: "not looked at",
}
"""Statuses in words for people; findings give the report's own."""

_MAGIC: Final[Mapping[str, tuple[int, bytes]]] = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
}
"""The types of pictures that may stand in a page, and how their bytes begin."""

_STATES: Final[Mapping[str, str]] = {
    "intact": "unchanged",
    "broken": "changed or broken",
    "missing": "missing",
    "unsigned": "not recorded",
}
"""How an earlier version fares, by the last word of its code."""
_ROLES: Final = {"parentOf": "Made from", "componentOf": "Used in it", "inputTo": "Given to its tool"}
_LEFT_OUT: Final = "The picture is left out: with it, this page would become too large."


@dataclass(slots=True)
class Pictures:
    """How many bytes of pictures stand in a page already."""

    used: int = 0

    def shown(self, picture: ReportPicture) -> dict[str, str]:
        """A picture as a template shows it: `source` is empty where there is none, and `alt` then says why."""
        place, magic = _MAGIC.get(picture.media_type, (0, b"\0"))
        if not picture.data or not picture.data[place:].startswith(magic):
            return {"source": "", "alt": picture.alt}
        encoded = base64.b64encode(picture.data).decode()
        if self.used + len(encoded) > MAX_PICTURES:
            return {"source": "", "alt": _LEFT_OUT}
        self.used += len(encoded)
        return {"source": f"data:{picture.media_type};base64,{encoded}", "alt": picture.alt}


def view(report: Report, *, anchor: str, pictures: Pictures) -> dict[str, Any]:
    """Everything that a template shows of one report.

    Args:
        report: what to show.
        anchor: starts the names of its places in the page.
        pictures: what stands in the page already; grows.
    """
    document: Any = json.to_dict(report)
    by_role: dict[str, list[ReportPicture]] = {}
    for picture in report.pictures:
        by_role.setdefault(picture.role, []).append(picture)
    asset = next((pictures.shown(picture) for picture in by_role.get("asset", ())), None)
    ancestors = {picture.subject: picture for picture in by_role.get("ancestor", ())}
    signed = _signed_picture(report, ancestors)
    as_signed = pictures.shown(signed) if signed else None
    cards = [_card(line, document["evidence"][line], anchor) for line in Line]
    for card in cards:
        if card["line"] == Line.HISTORY:
            card["tree"] = _tree(report, ancestors, pictures)
        elif card["line"] == Line.PERSON:
            card["people"], card["cut_people"] = people(report)
        elif card["line"] == Line.KNOWN:
            card["pictures"] = [pictures.shown(picture) for picture in by_role.get("difference", ())]
    return {
        "anchor": anchor,
        "name": plain(report.media.shown, limit=NAME_SHOWN),
        "answer": f"{answer(report)}.",
        "words": WORDS,
        "media": document["media"],
        "digest": [(report.media.sha256 or "")[start : start + 8] for start in range(0, 64, 8)],
        "described": _described(document["media"]),
        "asset": asset,
        "as_signed": as_signed,
        "as_is_words": "The file as it is now.",
        "as_signed_words": "The thumbnail that its signer stored with it, and signed. The file was changed after that.",
        "cards": cards,
        "verdict": _verdict(document["verdict"], anchor),
        "gaps": _gaps(report),
        "no_gaps": "Nothing was left out."
        if all(evidence.status is not Status.SKIPPED for evidence in report.evidence.values())
        else "The lines marked as not looked at.",
        "not_shown": [words for _, words in not_shown(report)],
        "inputs": _inputs(document),
        "sha256": document["sha256"],
    }


def _signed_picture(report: Report, ancestors: Mapping[str, ReportPicture]) -> ReportPicture | None:
    """The thumbnail of what was signed, where the file is no longer that."""
    evidence = report.evidence[Line.INTEGRITY]
    if evidence.status is not Status.FAIL:
        return None
    return next((ancestors[found.subject] for found in evidence.findings if found.subject in ancestors), None)


def _card(line: Line, evidence: Mapping[str, Any], anchor: str) -> dict[str, Any]:
    findings = evidence["findings"]
    shown = findings[:MAX_FINDINGS]
    steps = sum(isinstance(depth := finding["detail"].get("depth"), int) and depth > 0 for finding in findings)
    return {
        "line": line,
        "anchor": f"{anchor}-{line}",
        "question": QUESTIONS[line],
        "status": evidence["status"],
        "summary": evidence["summary"],
        "findings": [_finding(finding, anchor) for finding in shown],
        "findings_named": f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'}",
        "cut_findings": more(len(findings) - len(shown), "finding"),
        "pictures": [],
        "people": [],
        "cut_people": "",
        "tree": None,
        "cut_tree": more(steps - MAX_TWIGS, "version") if line is Line.HISTORY else "",
    }


def _finding(finding: Mapping[str, Any], anchor: str) -> dict[str, Any]:
    detail = [(_named(name), _value(value)) for name, value in finding["detail"].items()]
    left = more(len(detail) - MAX_VALUES, "value")
    return {
        **finding,
        "anchor": f"{anchor}-{finding['id']}",
        "detail": [*detail[:MAX_VALUES], *([("…", left)] if left else [])],
    }


def _named(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    """One value of a detail on one line, not longer than a page can bear."""
    if isinstance(value, bool) or value is None:
        text = {True: "yes", False: "no", None: "none"}[value]
    elif isinstance(value, list):
        inner = [_value(item) for item in value[:MAX_VALUES]]
        text = ("; " if any(isinstance(item, dict | list) for item in value) else ", ").join(inner) or "none"
    elif isinstance(value, dict):
        pairs = list(value.items())[:MAX_VALUES]
        text = ", ".join(f"{_named(name)}: {_value(item)}" for name, item in pairs) or "none"
    else:
        text = str(value) or "none"
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


# The history as a tree


def _tree(report: Report, ancestors: Mapping[str, ReportPicture], pictures: Pictures) -> dict[str, Any] | None:
    """The file itself and, below it, what it was made from; None where nothing is recorded."""
    top = versions(report)
    if not top:
        return None
    integrity = report.evidence[Line.INTEGRITY]
    room = [MAX_TWIGS]
    return {
        "status": integrity.status,
        "state": WORDS[integrity.status],
        "role": "This file",
        "statement": f"{plain(report.media.shown, limit=NAME_SHOWN)}: {sentence(integrity.summary)}.",
        "facts": [],
        "picture": None,
        "children": [_twig(one, ancestors, pictures, room, depth=1) for one in _within(top, room)],
    }


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
    children = _below(version) if depth >= MAX_TREE_DEPTH else version.children
    return {
        "status": finding.status,
        "state": _STATES.get(finding.code.rpartition(".")[2], WORDS[finding.status]),
        "role": _ROLES.get(str(finding.detail.get("relationship")), "Named by it"),
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
        facts.append(("signed by", signer))
    if detail.get("time"):
        stamp = "a trusted time stamp" if detail.get("time_trusted") else "a time stamp that is not believed"
        facts.append(("signed at", f"{detail['time']}, says {stamp}"))
    if detail.get("generator"):
        facts.append(("made with", quoted(str(detail["generator"]))))
    actions = detail.get("actions")
    if isinstance(actions, list) and actions:
        facts.append(("declares", _value(actions)))
    reasons = detail.get("reasons") or detail.get("failures")
    if isinstance(reasons, list) and reasons:
        facts.append(("because of", _value([_reason(str(reason)) for reason in reasons])))
    return facts


def _reason(code: str) -> str:
    """A code with the word of who saw it."""
    when, found, what = code.partition(":")
    return f"{what} (recorded when it was added)" if found and when == "recorded" else code


# What stands around the lines


def _described(media: Mapping[str, Any]) -> str:
    if media["size"] is None:
        return "It could not be read."
    parts = [media["type"] or "", f"{media['size']:,} bytes".replace(",", "\u202f")]
    if media["width"] and media["height"]:
        parts.append(f"{media['width']} × {media['height']} pixels")
    return ", ".join(part for part in parts if part)


def _verdict(verdict: Mapping[str, Any] | None, anchor: str) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "outcome": verdict["outcome"],
        "policy_quoted": quoted(verdict["policy"]["name"]),
        "labels": [{"name": name, "meaning": LABELS.get(name, "")} for name in verdict["labels"]],
        "reasons": [{"id": reason, "anchor": f"{anchor}-{reason.partition('.')[0]}"} for reason in verdict["reasons"]],
    }


def _gaps(report: Report) -> list[str]:
    """What was not checked, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for gap in report.not_checked:
        reasons.setdefault(sentence(gap.why), []).append(sentence(gap.what))
    told = [f"{', '.join(whats)}: {why}." for why, whats in reasons.items()]
    return [f"{text[:1].upper()}{text[1:]}" for text in told]


def _inputs(document: Any) -> list[tuple[str, list[str]]]:
    inputs, verdict = document["inputs"], document["verdict"]
    rows = [
        ("file", [document["media"]["name"]]),
        ("judged at", [f"{inputs['at']}, by {inputs['tool']}"]),
        ("engines", [f"{name} {version}" for name, version in inputs["engines"].items()] or ["none"]),
        ("lists", [_list_words(one) for one in inputs["trust_lists"]] or ["none"]),
    ]
    if verdict is not None:
        rows.append(("policy", [f"{verdict['policy']['name']}, SHA-256 {verdict['policy']['sha256']}"]))
    for name, value in (inputs.get("options") or {}).items():
        pairs = value.items() if isinstance(value, dict) else ()
        values = [f"{_named(inner)}: {_value(item)}" for inner, item in pairs] or [_value(value)]
        rows.append((f"asked: {_named(name)}", values))
    return rows


def _list_words(one: Mapping[str, Any]) -> str:
    dated = list_date(one["dated"], one.get("imported"))
    return f"{one['name']} ({one['label']}, {one['kind']}{dated}), SHA-256 {one['sha256']}"
