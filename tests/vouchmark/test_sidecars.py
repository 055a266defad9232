"""Are Content Credentials that lie beside a file, or that somebody gives, the file's only where they fit it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.attacks import BY_LISTED, CAMERA, FAILED, INCONCLUSIVE, OK, codes, examine, other, said
from tests.support.authority import change_pixels, manifest_store, picture, sign, sign_detached
from tests.support.media.crafting import Draft, bind
from tests.vouchmark.readings import facts, reading
from vouchmark.lines.integrity import line as integrity
from vouchmark.report import Line, Report, Status, exit_code

OTHERS = (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI)
BARE = picture(shade=90)
SIGNED = sign(CAMERA)
APART = sign_detached(CAMERA, picture())
"""A store for a picture that is not changed by it."""


def laid(folder: Path, **files: bytes) -> Path:
    """Files in a folder by name, `_` for the dot; the first one's path."""
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder / next(iter(files)).replace("_", ".")


def gaps(report: Report) -> list[str]:
    return [gap.what for gap in report.not_checked]


def test_its_own_sidecar_is_the_files(tmp_path: Path) -> None:
    report = examine(laid(tmp_path, x_jpg=picture(), x_c2pa=APART))
    assert said(report).startswith(BY_LISTED)
    assert exit_code(report) is OK


class TestForeign:
    @pytest.fixture
    def report(self, tmp_path: Path) -> Report:
        return examine(laid(tmp_path, x_jpg=BARE, x_c2pa=manifest_store(SIGNED)))

    def test_the_first_line_says_that_it_may_be_another_files(self, report: Report) -> None:
        assert said(report).startswith(
            "the credentials beside it do not match it: it was changed, or they are another file's"
        )
        assert report.evidence[Line.INTEGRITY].summary == (
            "The Content Credentials in “x.c2pa” beside this file do not fit it: "
            "it was changed afterwards, or they are another file's."
        )
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        assert exit_code(report) is FAILED

    def test_nothing_in_it_is_said_of_the_file(self, report: Report) -> None:
        assert {report.evidence[line].status for line in OTHERS} == {Status.UNKNOWN}
        assert codes(report, Line.SIGNER) == ["signer.foreign"]
        assert report.evidence[Line.SIGNER].summary == (
            "The Content Credentials in “x.c2pa” beside this file are "
            "by a signer using the name “Test Camera (Camera 1)”, for other bytes."
        )
        assert "ai.captured" not in codes(report, Line.AI)

    def test_it_is_labelled_as_what_it_is(self, report: Report) -> None:
        assert report.verdict is not None
        assert "foreign-credentials" in report.verdict.labels
        assert "altered-after-signing" not in report.verdict.labels
        assert report.verdict.outcome == "review"

    def test_no_finding_says_that_the_file_was_changed_and_nothing_else(self, report: Report) -> None:
        assert not any(one.statement.startswith("The file was changed") for one in report.findings())


def test_a_store_that_you_gave_and_that_does_not_fit_is_not_called_the_files() -> None:
    report = examine(BARE, manifest=manifest_store(SIGNED))
    assert said(report).startswith("the credentials that you gave do not match it")
    assert report.evidence[Line.INTEGRITY].summary.startswith(
        "The Content Credentials that you gave do not fit this file"
    )
    assert codes(report, Line.SIGNER) == ["signer.foreign"]


def test_a_changed_file_with_its_own_sidecar_does_not_pass_and_is_one_or_the_other(tmp_path: Path) -> None:
    report = examine(laid(tmp_path, x_jpg=change_pixels(picture()), x_c2pa=APART))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert "it was changed, or they are another file's" in said(report)


def test_a_changed_file_with_its_own_store_was_changed(tmp_path: Path) -> None:
    report = examine(laid(tmp_path, x_jpg=change_pixels(SIGNED), x_c2pa=manifest_store(SIGNED)))
    assert said(report).startswith("does not match its credentials: changed after ")
    assert report.verdict is not None
    assert "altered-after-signing" in report.verdict.labels


def test_a_record_that_was_changed_beside_a_file_was_changed(tmp_path: Path) -> None:
    stored = manifest_store(bind(Draft(signer=CAMERA, after=lambda raw: raw[:-1] + bytes((raw[-1] ^ 1,))), picture()))
    report = examine(laid(tmp_path, x_jpg=picture(), x_c2pa=stored))
    assert report.verdict is not None
    assert "altered-after-signing" in report.verdict.labels


class TestUnused:
    def test_one_beside_a_file_with_its_own_store_is_named(self, tmp_path: Path) -> None:
        report = examine(laid(tmp_path, x_jpg=SIGNED, x_c2pa=manifest_store(sign(other()))))
        assert said(report).startswith(BY_LISTED)
        assert "the Content Credentials in “x.c2pa” beside the file" in gaps(report)

    @pytest.mark.parametrize("name", ["x.jpg", "x.dng"])
    def test_one_that_two_files_could_own_is_named_and_nothing_is_absent(self, tmp_path: Path, name: str) -> None:
        laid(tmp_path, x_jpg=BARE, x_dng=picture("TIFF"), x_c2pa=manifest_store(SIGNED))
        report = examine(tmp_path / name)
        assert codes(report, Line.INTEGRITY) == ["integrity.sidecar.unused"]
        assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
        assert "“x.c2pa” beside this file" in report.evidence[Line.INTEGRITY].summary
        assert "the Content Credentials in “x.c2pa” beside the file" in gaps(report)
        assert {report.evidence[line].status for line in OTHERS} == {Status.UNKNOWN}
        assert exit_code(report) is INCONCLUSIVE

    def test_the_shorter_name_gives_way_and_is_named(self, tmp_path: Path) -> None:
        path = laid(tmp_path, x_jpg=picture(), x_jpg_c2pa=APART, x_c2pa=manifest_store(sign(other())))
        report = examine(path)
        assert said(report).startswith(BY_LISTED)
        assert "the Content Credentials in “x.c2pa” beside the file" in gaps(report)

    def test_a_file_that_is_alone_has_no_such_gap(self, tmp_path: Path) -> None:
        for data in (SIGNED, BARE):
            assert not any("beside the file" in gap for gap in gaps(examine(laid(tmp_path, x_jpg=data))))

    def test_a_name_cannot_close_its_quotes(self, tmp_path: Path) -> None:
        (tmp_path / "x”\x1b.jpg").write_bytes(BARE)
        (tmp_path / "x”\x1b.c2pa").write_bytes(manifest_store(SIGNED))
        assert '“x"\\x1b.c2pa”' in examine(tmp_path / "x”\x1b.jpg").evidence[Line.INTEGRITY].summary


def test_a_foreign_store_does_not_stand_in_for_one_that_an_engine_refuses(tmp_path: Path) -> None:
    odd = bind(Draft(signer=CAMERA, assertions=[("c2pa.actions.v2", {"actions": "none"})]), picture())
    report = examine(laid(tmp_path, x_jpg=odd, x_c2pa=manifest_store(sign(other()))))
    assert report.evidence[Line.SIGNER].summary.startswith("Signed by Test Camera (Camera 1)")
    assert not report.having("integrity.store.outside")


def test_the_address_of_remote_credentials_is_in_the_sentence() -> None:
    from provenance.credentials.engines.model import Outcome

    address = "https://example.org/store.c2pa"
    bare = facts(reading(outcome=Outcome.REMOTE, store=None, remote_url=address, codes=()))
    assert f"“{address}”" in integrity.answer(bare).summary
