"""Do the example policies keep their promises on every case that is shared, on the whole table, and on any report?"""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.trust.lists import TrustLists
from tests.support.corpus import folder, needs_corpus
from tests.vouchmark import samples, test_authority
from tests.vouchmark.promises import NAMES, PROMISES, broken
from tests.vouchmark.samples import Said
from vouchmark.codes.codes import can_be
from vouchmark.examination.examine import check
from vouchmark.report import Line, Report, Root, Status

GROUPS: Final = ("bytes", "chains", "reading", "word", "words")
"""Folders of shared cases; those that only take long are left out."""
AT: Final = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
OF: Final = ("this file", "earlier file", "part", "input")
CODES: Final = (
    "assertion.dataHash.match", "assertion.dataHash.mismatch", "integrity.malformed", "integrity.coverage.full",
    "integrity.cut", "integrity.absent", "signer.yours", "signer.unknown", "signer.revoked", "time.trusted",
    "time.order.impossible", "time.claimed", "history.parent.intact", "history.parent.signer", "history.parent.broken",
    "history.component.signer", "history.redaction.ai", "history.redaction.done",
    "history.redaction.nothing", "ai.generated", "ai.generator",
    "ai.edited", "ai.used", "ai.captured", "ai.unread", "ai.other", "ai.contradiction", "ai.update", "ai.redacted",
    "claim.place.contradicts", "claim.place.agrees", "claim.time.future", "known.changed", "engines.disagree",
)  # fmt: skip


def test_there_is_a_promise_for_every_example() -> None:
    assert sorted(PROMISES) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("who", "statement"), list(test_authority.WANTED))
def test_a_policy_keeps_its_promises_on_the_whole_table(who: str, statement: str, name: str) -> None:
    assert not broken(name, test_authority.report(who, statement))


@st.composite
def findings(draw: st.DrawFn) -> dict[Line, list[Said]]:
    """Any findings that there can be, with of what they speak and by whom."""
    lines: dict[Line, list[Said]] = {}
    for code in draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True)):
        line = Line.INTEGRITY if code.startswith("assertion.") else Line(code.partition(".")[0])
        possible = [one for one in Status if can_be(code, one) and one is not Status.SKIPPED]
        standing = draw(st.sampled_from(["listed", "unlisted", "revoked", "distrusted", "expired"]))
        roots = [Root.CLAIM_SIGNATURE, Root.INGREDIENT, *([Root.UNSIGNED_METADATA] if line is Line.AI else [])]
        root = draw(st.sampled_from(roots))
        about = "update" if code.endswith(".update") else draw(st.sampled_from(OF))
        of = {} if root is Root.UNSIGNED_METADATA else {"of": about, "by": {"standing": standing}}
        said = Said(code=code, status=draw(st.sampled_from(possible)), statement="Said.", root=root, detail=of)
        lines.setdefault(line, []).append(said)
    return lines


@settings(max_examples=300, deadline=None)
@given(findings())
def test_a_policy_keeps_its_promises_on_any_report(lines: dict[Line, list[Said]]) -> None:
    report = samples.report("any", lines=lines)
    assert {name: kept for name in NAMES if (kept := broken(name, report))} == {}


def cases() -> list[Path]:
    base = folder()
    if base is None:
        return []
    kept = {".pem", ".c2pa", ".vouch", ".json", ".md"}
    found = (path for group in GROUPS for path in sorted((base / "cases" / group).rglob("*")))
    return [path for path in found if path.is_file() and path.suffix not in kept]


ROOTS: Final = (
    "bytes/ca.pem", "chains/chain.pem", "reading/roots.pem", "reading/root.pem", "words/false-parent-root.pem",
    "word/root.pem",
)  # fmt: skip
CLOCKS: Final = ("chains/tsa.pem", "reading/tsa-roots.pem", "word/tsa.pem")
ASKED: Final[dict[str, Any]] = {"claim_place": "50.45,30.5233,5", "claim_time": "2024-02-24"}


@functools.cache
def trust() -> TrustLists:
    """Every root of the shared cases as the reader's own."""
    base = folder()
    assert base is not None
    return TrustLists.empty().with_run_lists(
        trust=[base / "cases" / name for name in ROOTS],
        tsa_trust=[base / "cases" / name for name in CLOCKS],
        cawg_trust=[base / "cases/word/cawg.pem"],
    )


@needs_corpus
@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_policy_keeps_its_promises_on_every_shared_case(path: Path) -> None:
    report: Report = check(path, trust=trust(), at=AT, snapshot=False, in_process=True, **ASKED)
    assert {name: kept for name in NAMES if (kept := broken(name, report))} == {}
