"""Who stands behind a file, as a page shows it: how many people by which issuer, for what, and what they say."""

from __future__ import annotations

from typing import Any, Final

from vouchmark.render.safe import quoted
from vouchmark.report import Line, Report, Status

MAX_PEOPLE: Final = 20
"""Groups of people in their card, by issuer, scope and period."""
MAX_SAID: Final = 20
"""Statements of one group of people."""
SAID_SHOWN: Final = 600
"""Code points of one statement."""


def people(report: Report) -> list[dict[str, Any]]:
    """Who stands behind the file, once for each issuer, scope and period, with what they say."""
    groups: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for finding in report.evidence[Line.PERSON].findings:
        detail = finding.detail
        if finding.status is not Status.PASS or not finding.code.startswith("person.voice."):
            continue
        named = tuple(str(detail.get(name) or "") for name in ("issuer_name", "scope", "period", "issuer"))
        voices = groups.setdefault(named, {})
        said = voices.setdefault(str(detail.get("voice") or finding.id), set())
        if isinstance(statement := detail.get("statement"), str):
            said.add(statement)
    return [
        {
            "who": f"{len(voices)} {'person' if len(voices) == 1 else 'people'} by {name or 'an issuer'}",
            "purpose": f"for {scope}, {'for ever' if period == 'ever' else f'in {period}'}",
            "said": [quoted(words, limit=SAID_SHOWN) for words in sorted(set().union(*voices.values()))[:MAX_SAID]],
            "cut": more(len(set().union(*voices.values())) - MAX_SAID, "statement"),
        }
        for (name, scope, period, _), voices in sorted(groups.items())[:MAX_PEOPLE]
    ]


def more(count: int, what: str) -> str:
    """That so many more are in the JSON report; empty where none are."""
    if count <= 0:
        return ""
    return f"{count} more {what}{'' if count == 1 else 's'} in the JSON report."
