"""Which reports do the tests look at? A small builder, and one report for each thing that can be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vouchmark.report import (
    Evidence,
    Finding,
    Inputs,
    Json,
    Line,
    Media,
    NotChecked,
    Report,
    Root,
    Status,
    TrustListInput,
    Verdict,
    most_serious,
)

MANIFEST = "urn:c2pa:6f2a1c3e-8d1b-4c55-9a51-0f0f6f1f2a11"
ENGINE = "c2pa-rs 0.91.3"
REVOCATION = NotChecked(what="revocation", why="network off")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A finding without its number."""

    code: str
    status: Status
    statement: str
    source: str = ENGINE
    root: Root = Root.CLAIM_SIGNATURE
    subject: str = MANIFEST
    detail: Mapping[str, Json] = field(default_factory=dict)


def report(
    name: str = "harbour.jpg",
    *,
    lines: Mapping[Line, list[Said]] | None = None,
    summaries: Mapping[Line, str] | None = None,
    not_checked: tuple[NotChecked, ...] = (REVOCATION,),
    verdict: Verdict | None = None,
    required: tuple[Line, ...] = (Line.INTEGRITY, Line.SIGNER),
    media: Media | None = None,
    trust_lists: tuple[TrustListInput, ...] = (),
) -> Report:
    """A report with those findings; every line that is not given is skipped."""
    evidence = {}
    for line in Line:
        said = (lines or {}).get(line, [])
        findings = tuple(
            Finding(
                id=f"{line}.{number}",
                code=item.code,
                status=item.status,
                statement=item.statement,
                source=item.source,
                root=item.root,
                subject=item.subject,
                detail=item.detail,
            )
            for number, item in enumerate(said, start=1)
        )
        default = findings[0].statement if findings else "Not looked at in this version."
        evidence[line] = Evidence(
            status=most_serious(finding.status for finding in findings),
            summary=(summaries or {}).get(line, default),
            findings=findings,
        )
    return Report(
        media=media or Media(name=name, type="image/jpeg", size=183204, sha256="ab" * 32, width=1200, height=800),
        evidence=evidence,
        verdict=verdict,
        not_checked=not_checked,
        inputs=Inputs(
            at="2026-11-21T00:00:00Z",
            tool="vouchmark 0.1.0",
            engines={"c2pa-python": "0.38.1", "c2pa-rs": "0.91.3", "encypher-c2pa": "1.7.1"},
            trust_lists=trust_lists,
        ),
        required=required,
    )
