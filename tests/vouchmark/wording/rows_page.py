"""Rows on what stands around the lines: names, totals, days, amounts, what is left out, the three values."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.vouchmark.wording.rows import group
from vouchmark.render import text
from vouchmark.render.ancestry import signed_by, state_of
from vouchmark.render.groups import NAMES, Group, files_in_words
from vouchmark.render.html import top, tree, words
from vouchmark.render.html.people import _group
from vouchmark.render.words import amount
from vouchmark.report import Line, Status


def of(table: Any, key: Any) -> Callable[[], Any]:
    """What a table has for a key."""
    return lambda: table[key]


def first(table: Any, key: Any) -> Callable[[], Any]:
    """The words of what a table has for a key, which stand before a tone."""
    return lambda: table[key][0]


group({f"page.line.{line}": of(words.NAMES, line) for line in Line})
group({f"page.listed.{line}": of(words.LISTED, line) for line in Line})
group({f"line.{line}": of(text.NAMES, line) for line in Line})
group({f"status.{status}": of(words.WORDS, status) for status in Status})
group({f"group.{one}": of(NAMES, one) for one in Group})
group({f"caveat.{one}": of(words.CAVEATS, one) for one in Group})
group({f"bytes_row.{status}": first(words.BYTES, status) for status in Status})
group({f"ai_row.{status}": first(words.AI_BY_STATUS, status) for status in Status})
group({f"ai_row.says.{code.removeprefix('ai.')}": first(words.AI, code) for code in words.AI})
group({f"ai_row.of.{start.rstrip('-')}": of(words.AI_ELSEWHERE, start) for start in words.AI_ELSEWHERE})
group({f"signer_row.{status}": first(words.SIGNER_BY_STATUS, status) for status in Status})
group({f"page.day.{month}": lambda month=month: top.day(f"2026-{month:02}-07T00:00:00Z") for month in range(1, 13)})  # type: ignore[misc]
group(
    {
        f"page.more.{what}{one}": lambda what=what, one=one: words.more(1 if one else 2, what)  # type: ignore[misc]
        for what in ("finding", "value", "version", "statement", "group")
        for one in (".one", "")
    }
)
group({"total.files.one": lambda: files_in_words(1), "total.files": lambda: files_in_words(0)})
group({"page.title.one": lambda: words.titled(1), "page.title": lambda: words.titled(2)})
group(
    {
        "amount.all": lambda: amount(5),
        "amount.of": lambda: amount(1_200_000, of=3_400_000),
        "amount.of.least": lambda: amount(1_200_000, of=3_400_000, at_least=True),
        "amount.apart": lambda: amount(5, of=3_400_000),
        "amount.apart.least": lambda: amount(5, of=3_400_000, at_least=True),
    }
)
group(
    {
        "amount.gb": lambda: amount(5_000_000_000),
        "amount.mb": lambda: amount(5_000_000),
        "amount.kb": lambda: amount(5_000),
        "amount.bytes": lambda: amount(5),
    }
)


def people(count: int, *, issuer: str = "“Club”", slot: str = "") -> Callable[[], Any]:
    """A group of so many people."""
    said = {f"{number}": set[str]() for number in range(count)}
    return lambda: list(_group(("Club", "public:a", "ever", slot, "x", issuer), said).values())


group({"page.people.one": people(1), "page.people": people(2)})
group({"page.people.for": people(1), "page.people.for.slot": people(1, slot="2")})


group(
    {
        "page.stamp.trusted": lambda: tree._twig_facts({"time": "2026-01-01", "time_trusted": True}),
        "page.stamp": lambda: tree._twig_facts({"time": "2026-01-01"}),
        "page.fact.generator": lambda: tree._twig_facts({"generator": "x"}),
        "page.fact.actions": lambda: tree._twig_facts({"actions": ["c2pa.edited"]}),
        "page.fact.reasons": lambda: tree._twig_facts({"reasons": ["a.b"]}),
        "page.fact.signer": lambda: tree._twig_facts({"signer": "Somebody"}),
    }
)
group(
    {"page.recorded": lambda: tree._reason("recorded:a.b"), "page.fact.time": lambda: tree._twig_facts({"time": "x"})}
)
group(
    {
        "version.somebody": lambda: signed_by({"signer": "A", "signer_codes": ["signer.unestablished"]}),
        "version.claimed": lambda: signed_by({"signer": "A", "signer_codes": []}),
    }
)


def stands(last: str) -> Callable[[], Any]:
    """How a version stands whose code ends so."""
    one: Any = SimpleNamespace(code=f"history.parent.{last}", status=Status.FAIL)
    return lambda: state_of(one)


group({f"version.{last}": stands(last) for last in ("intact", "broken", "missing", "unsigned")})
