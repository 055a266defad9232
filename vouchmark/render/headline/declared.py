"""What does the first line say of a declared use of AI, and by whose word?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vouchmark.render.headline.clauses import Clause, Rank
from vouchmark.render.safe import plain
from vouchmark.render.words import NAME_SHOWN, with_status
from vouchmark.report import Finding, Line, Report, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

LOUDEST: Final = ("ai.generated", "ai.generator", "ai.edited", "ai.used")
"""Declarations that the first line tells, the loudest first."""
_UNSIGNED: Final = (*LOUDEST, "ai.possible")
INHERITED: Final = ("ai.inherited.", "ai.part.")
"""How codes begin of what is said of an earlier file, or of something used in it."""
_OF: Final = {"earlier file": "earlier", "part": "part", "input": "input"}


def own_declaration(report: Report) -> str:
    """The code of what the file's own signer declares of it, the loudest; empty where it declares no use of AI."""
    found = {one.code for one in _own(report) if one.status is Status.PASS}
    return next((code for code in LOUDEST if code in found), "")


def _own(report: Report) -> Iterator[Finding]:
    for finding in with_status(report, Line.AI, Status.PASS, Status.UNKNOWN):
        if finding.root is not Root.UNSIGNED_METADATA and finding.detail.get("of", "this file") == "this file":
            yield finding


def declared(report: Report) -> Iterator[Clause]:
    """A use of AI that the clause on the signer does not tell, neutrally, and whether anybody signed that."""
    own = own_declaration(report)
    if own:
        told = report.evidence[Line.SIGNER].status in (Status.PASS, Status.UNKNOWN)
        if not told or report.evidence[Line.INTEGRITY].status is not Status.PASS:
            yield Clause(Rank.AI, say(f"headline.{own}.own"))
        return
    for finding in _own(report):
        if finding.code in LOUDEST and finding.detail.get("gathered") is True:
            yield Clause(Rank.AI, say(f"headline.{finding.code}.passed_on"))
            return
    inherited = _inherited(report)
    if inherited is not None:
        yield Clause(Rank.BESIDE, inherited)
        return
    yield from _unsigned(report)


def _inherited(report: Report) -> Said | None:
    """What is declared of an earlier file, else of a part, else of an input; None where nothing is."""
    signed = [
        finding
        for finding in with_status(report, Line.AI, Status.PASS, Status.UNKNOWN, Status.ABSENT)
        if finding.root is not Root.UNSIGNED_METADATA
    ]
    for of, word in _OF.items():
        for code in LOUDEST:
            for finding in signed:
                if finding.detail.get("of") == of and _plain_code(finding.code) == code and _standing(finding):
                    vouched = _standing(finding) == "listed"
                    return say(f"headline.{code}.{word}" if vouched else f"headline.{code}.{word}.unknown")
    return None


def _plain_code(code: str) -> str:
    """The code without where it comes from: `ai.inherited.generated` is `ai.generated`."""
    for start in INHERITED:
        if code.startswith(start):
            return f"ai.{code.removeprefix(start)}"
    return code


def _standing(finding: Finding) -> str:
    """How its signer stands; empty where nobody's signature holds for it, so that it is not told."""
    by = finding.detail.get("by")
    standing = str(by.get("standing", "")) if isinstance(by, dict) else ""
    if finding.status is Status.PASS and not standing:
        return "listed"
    holds = finding.detail.get("holds", True) is True
    return standing if standing not in ("", "unestablished") and holds else ""


def _unsigned(report: Report) -> Iterator[Clause]:
    """What metadata says about a use of AI where no signer does."""
    for code in _UNSIGNED:
        for finding in with_status(report, Line.AI, Status.UNKNOWN):
            if finding.code != code or finding.root is not Root.UNSIGNED_METADATA:
                continue
            system = finding.detail.get("system")
            named = plain(system, limit=NAME_SHOWN) if isinstance(system, str) and system else "a program"
            whose = "covered" if finding.detail.get("covered") is True else "unsigned"
            facts = {"system": named} if code == "ai.generator" else {}
            yield Clause(Rank.BESIDE, say(f"headline.{whose}.{code}", **facts))
            return
