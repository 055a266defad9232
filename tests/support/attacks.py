"""How do tests hold a report to what it must say: code, status, exit code and first sentence, all at once?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provenance.credentials.trust.lists import TrustLists
from tests.support.authority import DAY, NOW, Identity, list_of, make_root, make_signer, store_of
from vouchmark.examination.examine import check
from vouchmark.render.text import render
from vouchmark.report import Exit, Line, Report, Status, exit_code

ROOT: Final = make_root()
CAMERA: Final = make_signer(ROOT)
LISTED: Final = store_of(list_of(ROOT))
"""The reader's own list names the camera's authority."""
NONE: Final = TrustLists.empty()

LONG: Final[Mapping[str, Any]] = {"start": NOW - 900 * DAY, "end": NOW + 900 * DAY}
PAST: Final[Mapping[str, Any]] = {"start": NOW - 100 * DAY, "end": NOW - 50 * DAY}

BY_LISTED: Final = "signed by Test Camera (Camera 1), certified under your own list; unchanged since"
BY_UNKNOWN: Final = "unknown signer using the name “Test Camera (Camera 1)”; unchanged since"
CHANGED: Final = "does not match its credentials: changed after "
RECORD_CHANGED: Final = "its signature is not valid; nothing in it is signed"
STATEMENT_CHANGED: Final = "a signed statement in its credentials was altered, removed or added"
MALFORMED: Final = "its credentials were malformed by whoever made them, and show nothing"
UNREADABLE: Final = "could not be read: its Content Credentials are "
"""Malformed, with what, or over a limit, with which."""

PASS, FAIL, UNKNOWN, ABSENT, ERROR = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT, Status.ERROR)
OK, FAILED, INCONCLUSIVE, BROKEN = (Exit.OK, Exit.FAILED, Exit.INCONCLUSIVE, Exit.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """What one file must come to."""

    name: str
    """Of the test."""
    build: Callable[[], bytes | Path]
    line: Line
    code: str
    status: Status
    """Of the line."""
    exit: Exit
    says: str
    """How the answer starts, behind the file's name."""
    trust: Callable[[], TrustLists] = lambda: LISTED
    options: Mapping[str, Any] = field(default_factory=dict)
    """More for `check`."""
    others: Mapping[Line, Status] = field(default_factory=dict)
    """Statuses of other lines."""
    never: tuple[str, ...] = ()
    """Codes that no finding may carry."""

    def hold(self) -> Report:
        """Examine the file and compare; the report, for what else a test wants of it."""
        report = examine(self.build(), self.trust(), **self.options)
        evidence = report.evidence[self.line]
        codes = [finding.code for finding in evidence.findings]
        told = f"{self.name}: {codes} {evidence.status} {exit_code(report)} {said(report)}"
        assert self.code in codes, told
        assert evidence.status is self.status, told
        assert exit_code(report) is self.exit, told
        assert said(report).startswith(self.says), told
        for line, status in self.others.items():
            found = report.evidence[line]
            assert found.status is status, f"{told}; {line}: {[f.code for f in found.findings]} {found.status}"
        assert not {finding.code for finding in report.findings()} & set(self.never), told
        return report


def examine(source: bytes | Path, trust: TrustLists = LISTED, **options: Any) -> Report:
    """A report made in this process, at the instant of the test run, by the reader's lists alone."""
    return check(source, trust=trust, **{"at": NOW, "snapshot": False, "in_process": True, **options})


def said(report: Report) -> str:
    """The first sentence of the text output, behind the file's name."""
    first = render(report, width=2000, colour=False, verbosity=0).splitlines()[0]
    return first.removeprefix(f"{report.media.name}: ")


def codes(report: Report, line: Line) -> list[str]:
    """The codes of one line, in order."""
    return [finding.code for finding in report.evidence[line].findings]


def other(organization: str = "Somebody", **options: Any) -> Identity:
    """A signer under an authority that nobody lists."""
    return make_signer(make_root(f"{organization} CA"), organization=organization, **options)
