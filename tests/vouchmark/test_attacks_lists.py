"""Is the right list named for the right signer, and does time turn no file from unchanged into changed?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.formats import Label, ListKind
from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.update import import_list
from provenance.workers.pool import Pool
from tests.support.attacks import CAMERA, LISTED, PASS, ROOT, UNKNOWN, Must, codes, examine, said
from tests.support.authority import NOW, list_of, make_root, make_signer, sign, store_of
from tests.support.corpus import Row, media, needs_corpus, trust
from tests.support.lists import lote
from tests.vouchmark import test_attacks_bytes, test_attacks_history, test_attacks_signer
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.report import Line, Report, Status

MEASURED: Final = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
LATER: Final = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)

OFFICIAL: Final = (
    ("C2PA-TRUST-LIST.json", ListKind.SIGNER, Label.OFFICIAL),
    ("C2PA-TSA-TRUST-LIST.json", ListKind.TSA, Label.OFFICIAL),
    ("conforming-products-list.json", None, Label.OFFICIAL),
)
INTERIM: Final = (
    ("ITL-anchors.pem", ListKind.SIGNER, Label.INTERIM),
    ("ITL-allowed.pem", ListKind.SIGNER, Label.INTERIM),
)
TEST_ROOTS: Final = (("c2pa-rs-test-roots.pem", ListKind.SIGNER, Label.YOURS),)
SETTINGS: Final = {
    "none": (),
    "official": OFFICIAL,
    "official+interim": OFFICIAL + INTERIM,
    "interim": INTERIM,
    "test-roots": TEST_ROOTS,
}

ALL: Final[tuple[Must, ...]] = (*test_attacks_signer.CASES, *test_attacks_bytes.CASES, *test_attacks_history.CASES)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh reader's folder."""
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path))
    return tmp_path


def keep(home: Path, data: bytes, *, name: str, kind: ListKind | None, label: Label) -> None:
    import_list(TrustFolder(home), data, name=name.lower(), at=MEASURED, kind=kind, label=label)


@pytest.mark.parametrize("label", list(Label))
def test_an_imported_list_speaks_under_its_label(home: Path, label: Label) -> None:
    kind = ListKind.PUBLISHER if label is Label.IPTC else ListKind.SIGNER
    keep(home, ROOT.pem.encode(), name="one", kind=kind, label=label)
    report = examine(sign(CAMERA), TrustLists.load())
    words = {
        Label.OFFICIAL: ", certified under a list that is official, as you said",
        Label.INTERIM: ", certified under a list that is interim, as you said",
        Label.IPTC: ", on a list of news publishers (iptc, as you said)",
        Label.YOURS: ", certified under your own list",
    }[label]
    assert codes(report, Line.SIGNER)[0] == ("signer.publisher" if label is Label.IPTC else f"signer.{label}")
    assert said(report) == f"signed by Test Camera (Camera 1){words}; unchanged since"
    if label is not Label.YOURS:
        assert f"{label}, as you said" in report.evidence[Line.SIGNER].summary
        assert report.inputs.trust_lists[0].label == f"{label}, as you said"


def test_labels_are_never_mixed_between_two_imported_lists(home: Path) -> None:
    second = make_root("Second")
    keep(home, lote(ROOT), name="c2pa", kind=None, label=Label.OFFICIAL)
    keep(home, second.pem.encode(), name="interim", kind=ListKind.SIGNER, label=Label.INTERIM)
    store = TrustLists.load()
    assert codes(examine(sign(CAMERA), store), Line.SIGNER)[0] == "signer.official"
    assert codes(examine(sign(make_signer(second)), store), Line.SIGNER) == ["signer.interim"]


def test_an_imported_list_of_time_stamps_vouches_for_no_signer(home: Path) -> None:
    keep(home, lote(ROOT, scheme="C2PA TSA Trust List"), name="c2pa-tsa", kind=None, label=Label.OFFICIAL)
    report = examine(sign(CAMERA), TrustLists.load())
    assert codes(report, Line.SIGNER) == ["signer.unknown"]
    assert [one.kind for one in report.inputs.trust_lists] == ["tsa"]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_ten_years_later_no_file_of_ours_has_changed(case: Must) -> None:
    data, store = case.build(), case.trust()
    now = examine(data, store, **case.options)
    later = examine(data, store, **{**case.options, "at": LATER})
    assert later.evidence[Line.INTEGRITY].status is now.evidence[Line.INTEGRITY].status
    assert codes(later, Line.INTEGRITY) == codes(now, Line.INTEGRITY)
    # An ancestor's signer counts as well: out of date, it is no listed one any more.
    was = [code.replace(".signer", ".intact") for code in codes(later, Line.HISTORY)]
    assert was == [code.replace(".signer", ".intact") for code in codes(now, Line.HISTORY)]
    if later.evidence[Line.INTEGRITY].status is PASS:
        assert "unchanged since" in said(later) or said(later).startswith(
            ("signed with a public test key", "declared as AI-generated")
        )
    # Ten years on nothing that a certificate of a month vouched for passes, unless a listed stamp proves its time.
    if later.evidence[Line.TIME].status is not PASS:
        assert later.evidence[Line.SIGNER].status is not PASS


def test_before_a_certificate_was_valid_its_file_is_unchanged_too() -> None:
    report = examine(sign(CAMERA), at=NOW - dt.timedelta(days=400))
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert codes(report, Line.SIGNER) == ["signer.not_yet_valid"]
    assert report.evidence[Line.SIGNER].status is UNKNOWN


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=2) as running:
        yield running


def kept(folder: Path, setting: str) -> TrustLists:
    """The store of a reader who imported those lists."""
    for name, kind, label in SETTINGS[setting]:
        keep(folder, trust(name).read_bytes(), name=name, kind=kind, label=label)
    return TrustLists.load(folder)


def reports(pool: Pool, store: TrustLists, *, at: dt.datetime = MEASURED) -> list[tuple[Row, Report]]:
    rows = media()
    # The first engine and our own check: the second engine's states are compared with the index elsewhere.
    settings = make_settings(trust=store, at=at, engines=("c2pa-rs",), snapshot=False)
    return list(zip(rows, examine_all([row.path for row in rows], settings, pool=pool), strict=True))


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("setting", SETTINGS)
def test_real_signers_carry_the_label_of_the_list_that_names_them(pool: Pool, tmp_path: Path, setting: str) -> None:
    for row, report in reports(pool, kept(tmp_path, setting)):
        found, issuer = codes(report, Line.SIGNER), row.columns["issuer"]
        statement = report.evidence[Line.SIGNER].findings[0].statement
        told = (row.id, setting, found, statement)
        if issuer == "Google LLC":
            assert (found[0] == "signer.official") is setting.startswith("official"), told
        elif issuer in ("Adobe Inc.", "OpenAI"):
            # Long out of date; of their time stamps' authorities only the interim list knows.
            is_interim = setting.endswith("interim")
            assert found[0] == ("signer.interim" if is_interim else "signer.expired"), told
            assert ("on the interim C2PA list" in statement) is is_interim, told
        elif issuer == "C2PA Test Signing Cert" and report.evidence[Line.INTEGRITY].status is PASS:
            assert ("signer.test_key" in found) is (setting != "test-roots"), told
            if setting == "test-roots":
                assert "signer.yours" in found or "signer.expired" in found, told
        assert "signer.official" not in found or setting.startswith("official"), told
        assert "signer.interim" not in found or setting.endswith("interim"), told
        assert "signer.yours" not in found or setting == "test-roots", told


@needs_corpus
@pytest.mark.corpus
def test_in_their_time_signers_of_the_interim_list_read_interim(pool: Pool, tmp_path: Path) -> None:
    store = kept(tmp_path, "official+interim")
    seen = set()
    for row, report in reports(pool, store):
        if row.columns["issuer"] not in ("Adobe Inc.", "OpenAI") or report.evidence[Line.INTEGRITY].status is not PASS:
            continue
        until = dt.datetime.fromisoformat(str(report.evidence[Line.SIGNER].findings[0].detail["valid_until"]))
        settings = make_settings(trust=store, at=until - dt.timedelta(days=1), engines=("c2pa-rs",), snapshot=False)
        (then,) = examine_all([row.path], settings, pool=pool)
        assert codes(then, Line.SIGNER)[0] == "signer.interim", (row.id, codes(then, Line.SIGNER))
        assert "on the interim C2PA list" in then.evidence[Line.SIGNER].summary
        seen.add(row.columns["issuer"])
    assert seen == {"Adobe Inc.", "OpenAI"}


@needs_corpus
@pytest.mark.corpus
def test_ten_years_later_no_real_file_has_changed(pool: Pool, tmp_path: Path) -> None:
    store = kept(tmp_path, "official+interim")
    pairs = zip(reports(pool, store), reports(pool, store, at=LATER), strict=True)
    for (row, now), (_, later) in pairs:
        for line in (Line.INTEGRITY, Line.HISTORY, Line.AI):
            assert later.evidence[line].status is now.evidence[line].status, (row.id, line)
            assert codes(later, line) == codes(now, line), (row.id, line)
        if later.evidence[Line.INTEGRITY].status is Status.PASS:
            assert "changed after" not in said(later), row.id
    pixel = next(report for row, report in reports(pool, store, at=LATER) if row.columns["issuer"] == "Google LLC")
    assert codes(pixel, Line.SIGNER)[0] == "signer.official", "its trusted stamp proves when it was signed"


def test_a_list_of_another_name_for_the_same_root_changes_no_label() -> None:
    store = store_of(list_of(ROOT), list_of(ROOT, label=Label.INTERIM, name="interim"))
    assert codes(examine(sign(CAMERA), store), Line.SIGNER) == ["signer.interim"]
    assert codes(examine(sign(CAMERA), LISTED), Line.SIGNER) == ["signer.yours"]
