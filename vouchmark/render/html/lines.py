"""What does a page show of each line of evidence: failed ones first, what is not there or was not asked folded away?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vouchmark.codes.values import is_told
from vouchmark.render.html.markup import without_options
from vouchmark.render.html.people import people
from vouchmark.render.html.words import LISTED, NAMES, more
from vouchmark.render.values import MAX_VALUES, named, value_words
from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import say

MAX_FINDINGS: Final = 100
"""Findings of one line on a page; the JSON report has all of them."""
_LOUD: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS)
"""Statuses whose lines stand by themselves, in this order."""


def lines(report: Report, document: Any, anchor: str) -> dict[str, Any]:
    """The lines that stand by themselves, the worst first, and those that are folded into one line each.

    Args:
        report: what to show.
        document: the same as JSON values.
        anchor: starts the names of places in the page.
    """
    cards = [_card(report, line, document["evidence"][line], anchor) for line in Line]
    ordered = sorted((card for card in cards if card["status"] in _LOUD), key=lambda card: _LOUD.index(card["status"]))
    folded = [
        {"heading": heading, "anchor": f"{anchor}-{name}", "cards": found}
        for name, heading, status in (
            ("absent", say("page.heading.absent"), Status.ABSENT),
            ("skipped", say("page.heading.skipped"), Status.SKIPPED),
        )
        if (found := [card for card in cards if card["status"] == status])
    ]
    return {"cards": ordered, "folded": folded, "appendix": [one for card in cards for one in card["findings"]]}


def _card(report: Report, line: Line, evidence: Mapping[str, Any], anchor: str) -> dict[str, Any]:
    findings = evidence["findings"]
    shown = findings[:MAX_FINDINGS]
    groups, cut = people(report) if line is Line.PERSON else ([], "")
    return {
        "line": line,
        "name": NAMES[line],
        "listed": LISTED[line],
        "anchor": f"{anchor}-{line}",
        "question": say(f"question.{line}"),
        "status": evidence["status"],
        "sign": "note" if is_told(line, Status(evidence["status"])) else evidence["status"],
        "value": evidence["value"],
        "open": evidence["status"] == Status.FAIL or bool(groups),
        "summary": without_options(evidence["summary"]),
        "findings": [_finding(finding, evidence["summary"], anchor, NAMES[line]) for finding in shown],
        "cut_findings": more(len(findings) - len(shown), "finding"),
        "people": groups,
        "cut_people": cut,
    }


def _finding(finding: Mapping[str, Any], summary: str, anchor: str, name: str) -> dict[str, Any]:
    detail = [(named(key), value_words(value)) for key, value in finding["detail"].items()]
    left = more(len(detail) - MAX_VALUES, "value")
    return {
        **finding,
        "line_name": name,
        "statement": without_options(finding["statement"]),
        "repeats": finding["statement"] == summary,
        "anchor": f"{anchor}-{finding['id']}",
        "detail": [*detail[:MAX_VALUES], *([("…", left)] if left else [])],
    }
