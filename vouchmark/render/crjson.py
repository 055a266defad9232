"""How is a report written as crJSON, the format that C2PA's conformance programme asks of validators?

One object for one asset: its manifests with claim, assertions, signature and the results of this validation (C2PA 2.4,
crJSON). What the format has no place for stands under `vouchmark`: which file it was, the status of every line, and why
there is no manifest where there is none. The text is ASCII, so that no sign out of a file reaches a terminal.
"""

from __future__ import annotations

import json
from typing import Any, Final

from vouchmark.report import CrJson, Report

CONTEXT: Final = {"@vocab": "https://c2pa.org/crjson", "extras": "https://c2pa.org/crjson/extras"}
"""The namespaces of the format, as c2pa-rs writes them."""
SCHEMA: Final = "vouchmark.crjson/1"

_MARKUP: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def to_dict(report: Report) -> dict[str, Any]:
    """A report as a crJSON document; without manifests where it was made without asking for them."""
    found = report.crjson or CrJson(problem="not-asked-for")
    name, _, version = report.inputs.tool.partition(" ")
    about: dict[str, Any] = {
        "schema": SCHEMA,
        "name": report.media.shown,
        "type": report.media.type,
        "size": report.media.size,
        "sha256": report.media.sha256,
        "validationTime": report.inputs.at,
        "status": {line.value: evidence.status.value for line, evidence in report.evidence.items()},
    }
    if found.problem:
        about["problem"] = found.problem
    return {
        "@context": dict(CONTEXT),
        "manifests": list(found.manifests),
        "jsonGenerator": {"name": name, "version": version},
        "vouchmark": about,
    }


def dumps(report: Report, *, indent: int | None = 2) -> str:
    """A report as crJSON text, without a final newline; the same bytes for the same report."""
    text = json.dumps(to_dict(report), indent=indent, ensure_ascii=True, allow_nan=False)
    # Markup signs occur in JSON only inside strings, so that they can be escaped in the finished text.
    return text.translate(_MARKUP)
