"""Who stands behind a file, as a page shows it: how many people by which issuer, for what, and what they say."""

from __future__ import annotations

from typing import Any, Final

from vouchmark.render.safe import quoted
from vouchmark.render.scope import period_words, scope_words
from vouchmark.report import Line, Report, Status

MAX_PEOPLE: Final = 20
"""Groups of people in their card, by issuer, scope, period and slot; the largest come first."""
MAX_SAID: Final = 20
"""Statements of one group of people."""
SAID_SHOWN: Final = 600
"""Code points of one statement."""


def people(report: Report) -> tuple[list[dict[str, Any]], str]:
    """(who stands behind the file, once for each issuer, scope, period and slot, with what they say; what is left out).

    Never across slots: in each of them the same person has another voice.
    """
    groups: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for finding in report.evidence[Line.PERSON].findings:
        detail = finding.detail
        if finding.status is not Status.PASS or not finding.code.startswith("person.voice."):
            continue
        keys = ("issuer_name", "scope", "period", "slot", "issuer", "issuer_called")
        named = tuple(str(detail.get(name) or "") for name in keys)
        voices = groups.setdefault(named, {})
        said = voices.setdefault(str(detail.get("voice") or finding.id), set())
        if isinstance(statement := detail.get("statement"), str):
            said.add(statement)
    found = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    shown = [_group(named, voices) for named, voices in found[:MAX_PEOPLE]]
    return shown, more(len(found) - MAX_PEOPLE, "group of people", "groups of people")


def _group(named: tuple[str, ...], voices: dict[str, set[str]]) -> dict[str, Any]:
    name, scope, period, slot, _number, called = named
    issuer = called or (quoted(name) if name else "")
    said = sorted(set().union(*voices.values()))
    when = f"one voice each {period_words(period)}"
    return {
        "who": f"{len(voices)} {'person' if len(voices) == 1 else 'people'} enrolled by {issuer or 'an issuer'}",
        "purpose": f"for {scope_words(scope)}, {when}{f', slot {slot}' if slot else ''}",
        "said": [quoted(words, limit=SAID_SHOWN) for words in said[:MAX_SAID]],
        "cut": more(len(said) - MAX_SAID, "statement"),
    }


def more(count: int, what: str, several: str = "") -> str:
    """That so many more are in the JSON report; empty where none are."""
    if count <= 0:
        return ""
    return f"{count} more {what if count == 1 else several or what + 's'} in the JSON report."
