"""Does `check` answer for every real file as documented, under each of the four trust settings?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from provenance.credentials.trust.lists import TrustLists
from provenance.workers.pool import Pool
from tests.support.corpus import SETTINGS, Row, media, needs_corpus, trust
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.report import Exit, Line, Report, Root, Status, exit_code, most_serious

pytestmark = [needs_corpus, pytest.mark.corpus]

MEASURED = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
"""The day on which the index was measured: states with expiry depend on it."""

WORDS = {
    "absent": {"no manifest"},
    "remote": {"remote only"},
    "unsupported": {"unsupported type"},
    "unparsable": {"unparsable"},
}

SECOND = {"absent": {"None"}, "remote": {"Invalid"}, "unsupported": {"ValueError", "None"}, "unparsable": {"Invalid"}}


def store(setting: str) -> TrustLists:
    signers, authorities = SETTINGS[setting]
    return TrustLists.empty().with_run_lists(
        trust=[trust(name) for name in signers], tsa_trust=[trust(name) for name in authorities]
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=2) as running:
        yield running


def reports(pool: Pool, setting: str) -> list[tuple[Row, Report]]:
    rows = media()
    settings = make_settings(trust=store(setting), at=MEASURED)
    return list(zip(rows, examine_all([row.path for row in rows], settings, pool=pool), strict=True))


def shown(report: Report, engine: str) -> tuple[str, str | None]:
    for finding in report.evidence[Line.ENGINES].findings:
        if finding.detail.get("engine") == engine:
            return str(finding.detail["outcome"]), finding.detail["state"]  # type: ignore[return-value]
    raise AssertionError(f"no finding by {engine}")


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_each_engines_state_agrees_with_the_index(pool: Pool, setting: str) -> None:
    wrong = []
    for row, report in reports(pool, setting):
        outcome, state = shown(report, "c2pa-rs")
        documented = row.columns[f"state {setting}"]
        if documented not in ({state} if outcome == "found" else WORDS[outcome]):
            wrong.append((row.id, "c2pa-rs", documented, outcome, state))
        outcome, state = shown(report, "encypher-c2pa")
        documented = row.columns["state encypher-c2pa 1.7.1"].partition(":")[0]
        if documented not in ({state} if outcome == "found" else SECOND[outcome]):
            wrong.append((row.id, "encypher-c2pa", documented, outcome, state))
    assert not wrong


def test_files_without_a_manifest_are_absent_and_inconclusive(pool: Pool) -> None:
    for row, report in reports(pool, "none"):
        if row.columns["state none"] == "no manifest":
            assert report.evidence[Line.INTEGRITY].status is Status.ABSENT, row.id
            assert exit_code(report) is Exit.INCONCLUSIVE, row.id


CHANGED = {
    "pub__adobe-20220124-E-dat-CA.jpg",
    "pub__adobe-20220124-E-sig-CA.jpg",
    "pub__adobe-20220124-E-uri-CA.jpg",
    "pub__adobe-20220124-XCA.jpg",
    "rs__E-sig-CA.jpg",
    "rs__XCA.jpg",
}
"""Altered on purpose by their makers."""

IDENTITIES = ("rs__cawgx509-", "rs__ica-", "rs__C_with_CAWG", "rs__adobe_connected", "rs__ims_multiple")
"""Files with an identity attached, good and bad."""


def test_integrity_fails_exactly_where_something_was_altered(pool: Pool) -> None:
    failed = {row.id for row, report in reports(pool, "none") if report.evidence[Line.INTEGRITY].status is Status.FAIL}
    assert failed == CHANGED


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_no_identity_moves_the_integrity_or_the_signer(pool: Pool, setting: str) -> None:
    looked = 0
    for row, report in reports(pool, setting):
        if not row.id.startswith(IDENTITIES):
            continue
        looked += 1
        assert report.evidence[Line.INTEGRITY].status is Status.PASS, row.id
        signer = report.evidence[Line.SIGNER]
        identities = [finding for finding in signer.findings if finding.root is Root.IDENTITY]
        assert identities, row.id
        assert signer.status is most_serious(f.status for f in signer.findings if f not in identities), row.id
        assert all(finding.status is not Status.FAIL for finding in identities), row.id
        # Where both can look, the engine and we agree on each of these.
        assert "signer.identity.disputed" not in {finding.code for finding in identities}, row.id
    assert looked == 27


def test_a_broken_ingredient_fails_the_history_and_not_the_file(pool: Pool) -> None:
    for row, report in reports(pool, "test-roots"):
        if "CIE-sig" in row.id:
            assert report.evidence[Line.INTEGRITY].status is Status.PASS, row.id
            assert report.evidence[Line.HISTORY].status is Status.FAIL, row.id
            assert exit_code(report) is Exit.FAILED
