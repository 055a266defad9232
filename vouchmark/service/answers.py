"""In which form is a report answered: a summary, or by `Accept` the whole of it as JSON, crJSON or a page?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from vouchmark.service.problems import ProblemError

if TYPE_CHECKING:
    from vouchmark.report import Report

SUMMARY: Final = "application/json"
REPORT: Final = "application/vnd.vouchmark.report+json"
CRJSON: Final = "application/vnd.vouchmark.crjson+json"
HTML: Final = "text/html"
FORMS: Final = (SUMMARY, REPORT, CRJSON, HTML)
"""Media types that can be asked for, the first where a caller takes anything."""
SCHEMA: Final = "vouchmark.summary/1"
MAX_ACCEPT: Final = 50
"""Kinds in an `Accept` that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A report as it is sent."""

    content: bytes
    media_type: str
    sha256: str
    """Of the file; empty where it could not be read."""
    outcome: str


def sandbox(*, ancestors: str = "'none'") -> str:
    """What a page on a stranger's file may do, as a header: its own style and script by their digests, no origin.

    Args:
        ancestors: who may show it in a frame.
    """
    from vouchmark.render.html.markup import policy

    return f"sandbox allow-scripts; {policy()}; frame-ancestors {ancestors}"


def chosen(accept: str | None) -> str:
    """The form that an `Accept` header asks for (RFC 9110, 12.5.1). Raises ProblemError where there is none."""
    if accept is None or not accept.strip():
        return SUMMARY
    weights: dict[str, tuple[float, int]] = {}
    for entry in accept.split(",")[:MAX_ACCEPT]:
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        weight = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        for form in FORMS:
            exact = 2 if kind == form else 1 if kind == f"{form.partition('/')[0]}/*" else 0 if kind == "*/*" else -1
            if exact >= 0 and exact >= weights.get(form, (0.0, -1))[1]:
                weights[form] = (weight, exact)
    best = max(FORMS, key=lambda form: weights.get(form, (0.0, 0))[0])
    if weights.get(best, (0.0, 0))[0] <= 0:
        raise ProblemError("not-acceptable", f"expected one of {list(FORMS)}")
    return best


def _weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0


def summary(report: Report) -> dict[str, Any]:
    """What a platform acts on: outcome, labels, headline, the value of each line, digests."""
    from vouchmark.render.headline.answer import answer
    from vouchmark.render.json import to_dict
    from vouchmark.render.safe import plain

    verdict = report.verdict
    whole = to_dict(report)
    return {
        "schema": SCHEMA,
        "outcome": str(verdict.outcome) if verdict else None,
        "labels": list(verdict.labels) if verdict else [],
        "headline": plain(answer(report)),
        "values": {
            str(line): {
                "status": str(found.status),
                "value": plain(found.value) if isinstance(found.value, str) else found.value,
            }
            for line, found in report.evidence.items()
        },
        "media": {"type": report.media.type, "size": report.media.size, "sha256": report.media.sha256},
        "policy": {"name": plain(verdict.policy.name), "sha256": verdict.policy.sha256} if verdict else None,
        "exit_code": int(report.exit_code),
        "at": report.inputs.at,
        "tool": report.inputs.tool,
        "report_sha256": whole["sha256"],
    }


def written(report: Report, form: str) -> bytes:
    """A report in one of `FORMS`; the whole one and crJSON with the same bytes that the command line writes."""
    if form == HTML:
        from vouchmark.render import html

        return html.render(report).encode("utf-8", "replace")
    from vouchmark.render import crjson
    from vouchmark.render import json as whole

    if form == REPORT:
        text = whole.dumps(report)
    elif form == CRJSON:
        text = crjson.dumps(report)
    else:
        text = json.dumps(summary(report), ensure_ascii=False, separators=(",", ":"))
    return (text + "\n").encode("utf-8", "surrogatepass")
