"""What did whoever signed later updates say, in a few lines apart from every answer?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vouchmark.report import Finding, Report

_APART: Final = ("signer.update", "history.update")
"""Who signed it, which is said once, and before what it says."""
OF: Final = "update"


def _what(finding: Finding) -> tuple[str, object]:
    """By which update, and of which field."""
    return finding.subject, finding.detail.get("where")


def updates(report: Report) -> Iterator[str]:
    """One sentence for each thing that is told of later updates, each once, who signed them first."""
    told = [finding for finding in report.findings() if finding.detail.get("of") == OF]
    times = {_what(finding) for finding in told if finding.code == "time.update"}
    # What a reader asked of a time has been told among the times.
    told = [finding for finding in told if finding.code != "claim.update" or _what(finding) not in times]
    signed = [finding.statement for finding in told if finding.code in _APART]
    said = [finding.statement for finding in told if finding.code not in _APART]
    yield from dict.fromkeys((*signed, *said))
