"""Who stands behind a file, as a page shows it: how many people by which issuer, for what, and what they say."""

from __future__ import annotations

from typing import Any, Final

from vouchmark.render.html.words import more
from vouchmark.render.safe import quoted
from vouchmark.render.scope import period_words, scope_words
from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import say

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
    return shown, more(len(found) - MAX_PEOPLE, "group")


def _group(named: tuple[str, ...], voices: dict[str, set[str]]) -> dict[str, Any]:
    name, scope, period, slot, _number, called = named
    issuer = called or (quoted(name) if name else "")
    said = sorted(set().union(*voices.values()))
    who = {"issuer": issuer or say("page.people.issuer")}
    what = {"scope": scope_words(scope), "period": period_words(period)}
    return {
        "who": say("page.people.one", **who) if len(voices) == 1 else say("page.people", count=len(voices), **who),
        "purpose": say("page.people.for.slot", slot=slot, **what) if slot else say("page.people.for", **what),
        "said": [quoted(words, limit=SAID_SHOWN) for words in said[:MAX_SAID]],
        "cut": more(len(said) - MAX_SAID, "statement"),
    }
