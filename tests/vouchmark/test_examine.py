"""Is `check`, as a library, one function from bytes and settings to a report?"""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

import vouchmark
from provenance.asset import Limits
from provenance.credentials.trust.lists import TrustLists
from provenance.options import ENGINES
from provenance.workers.pool import Pool
from tests.support import authority as made
from tests.support import command
from vouchmark import Policy, check
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.render import json
from vouchmark.report import REQUIRED, Exit, Line, Outcome, Report, Status, exit_code

TRUST = made.store_of(made.list_of(command.ROOT))
SIGNED = command.media()["signed.jpg"]
PLAIN = command.media()["plain.jpg"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def quick(source: str | Path | bytes | BinaryIO, **options: object) -> Report:
    return check(source, **{"in_process": True, "at": made.NOW, "trust": TRUST} | options)  # type: ignore[arg-type]


class TestSources:
    def test_a_path_its_name_its_bytes_and_a_stream_give_the_same_evidence(self, tmp_path: Path) -> None:
        path = tmp_path / "signed.jpg"
        path.write_bytes(SIGNED)
        with path.open("rb") as stream:
            reports = [quick(source) for source in (path, str(path), SIGNED, io.BytesIO(SIGNED), stream)]
        assert [report.media.name for report in reports] == ["signed.jpg", "signed.jpg", "-", "-", "-"]
        assert len({report.media.sha256 for report in reports}) == 1
        summaries = [[evidence.summary for evidence in report.evidence.values()] for report in reports]
        assert all(summary == summaries[0] for summary in summaries)
        assert exit_code(reports[0]) is Exit.OK

    def test_a_child_process_and_this_one_say_the_same(self) -> None:
        assert json.dumps(quick(SIGNED)) == json.dumps(quick(SIGNED, in_process=False))

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            (lambda folder: folder / "missing", "not-found"),
            (lambda folder: folder, "folder"),
            (lambda folder: b"", "empty"),
            (lambda folder: Path("/dev/null"), "not-a-file"),
            (lambda folder: folder / "nul\0", "not-found"),
        ],
    )
    def test_what_cannot_be_read_is_a_report_too(self, make: object, reason: str, tmp_path: Path) -> None:
        report = quick(make(tmp_path))  # type: ignore[operator]
        (finding,) = report.evidence[Line.INTEGRITY].findings
        assert (finding.code, finding.detail) == ("integrity.unreadable", {"reason": reason})
        assert finding.status is Status.ERROR
        assert exit_code(report) is Exit.ERROR
        assert json.dumps(json.loads(json.dumps(report))) == json.dumps(report)

    def test_a_file_over_the_limit_is_a_report_too(self) -> None:
        report = quick(SIGNED, limits=Limits(bytes=len(SIGNED) - 1))
        assert report.evidence[Line.INTEGRITY].findings[0].detail == {"reason": "too-large"}
        assert report.media.sha256 is None

    def test_text_is_no_stream_of_bytes(self) -> None:
        with pytest.raises(TypeError, match="expected one of bytes"):
            quick(io.StringIO("text"))  # type: ignore[arg-type]


class TestSettings:
    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="without a zone"):
            quick(PLAIN, at=dt.datetime(2026, 11, 21))

    def test_the_time_is_told_in_whole_seconds_of_utc(self) -> None:
        moment = dt.datetime(2026, 11, 21, 14, 0, 0, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=2)))
        assert quick(PLAIN, at=moment).inputs.at == "2026-11-21T12:00:00Z"

    def test_names_that_do_not_exist_are_refused(self) -> None:
        for options in ({"only": ["truth"]}, {"require": ["truth"]}, {"engines": ("mine",)}, {"engines": ()}):
            with pytest.raises(ValueError, match=r"truth|expected some of"):
                quick(PLAIN, **options)

    def test_engines_keep_their_order_whatever_the_callers(self) -> None:
        assert make_settings(engines=tuple(reversed(ENGINES)), trust=TRUST).media.engines == ENGINES

    def test_only_and_require_are_in_the_order_of_the_lines_and_stand_in_the_report(self) -> None:
        report = quick(SIGNED, only=["signer", "ai", Line.AI, "integrity"])
        assert report.required == (Line.INTEGRITY, Line.SIGNER, Line.AI)
        assert report.inputs.options == {"only": ["integrity", "signer", "ai"]}
        report = quick(SIGNED, require=["time"])
        assert report.inputs.options == {"require": ["time"]}
        assert exit_code(report) is Exit.INCONCLUSIVE
        assert quick(SIGNED).inputs.options == {}
        assert quick(SIGNED).required == REQUIRED

    def test_nobody_but_the_reader_decides_who_is_trusted(self) -> None:
        assert quick(SIGNED).evidence[Line.SIGNER].status is Status.PASS
        assert quick(SIGNED, trust=TrustLists.empty()).evidence[Line.SIGNER].status is Status.UNKNOWN
        other = made.store_of(made.list_of(made.make_root("Other")))
        assert quick(SIGNED, trust=other).evidence[Line.SIGNER].status is Status.UNKNOWN

    def test_without_lists_given_the_kept_ones_are_used(self, tmp_path: Path) -> None:
        (tmp_path / "root.pem").write_text(command.ROOT.pem)
        run = command.Command(folder=tmp_path, home=tmp_path / "home")
        assert run("trust", "import", "root.pem", "--kind", "signer").code == 0
        assert quick(SIGNED, trust=None).evidence[Line.SIGNER].status is Status.PASS

    def test_a_policy_given_gives_the_verdict(self) -> None:
        policy = Policy.parse(b'name = "all"\notherwise = "block"\n', "all")
        verdict = quick(SIGNED, policy=policy).verdict
        assert verdict is not None
        assert (verdict.outcome, verdict.policy.name) == (Outcome.BLOCK, "all")

    def test_a_manifest_store_kept_outside_is_read_from_beside_or_from_the_hand(self, tmp_path: Path) -> None:
        bare, store = made.picture(), made.sign_detached(command.SIGNER, made.picture())
        path = tmp_path / "bare.jpg"
        path.write_bytes(bare)
        assert quick(path).evidence[Line.INTEGRITY].status is Status.ABSENT
        by_hand = quick(path, manifest=store)
        assert by_hand.evidence[Line.SIGNER].status is Status.PASS
        (tmp_path / "bare.jpg.c2pa").write_bytes(store)
        beside = quick(path)
        (*others, given), (*same, found) = (report.evidence[Line.INTEGRITY].findings for report in (by_hand, beside))
        assert others == same
        assert (given.code, given.detail["from"]) == ("integrity.store.outside", "given")
        assert (found.code, found.detail["from"]) == ("integrity.store.outside", "beside")
        assert beside.evidence[Line.SIGNER] == by_hand.evidence[Line.SIGNER]

    def test_a_detached_store_holds_for_its_media_and_for_no_other(self, tmp_path: Path) -> None:
        media = made.picture()
        path = tmp_path / "apart.jpg"
        path.write_bytes(media)
        (tmp_path / "apart.c2pa").write_bytes(made.sign_detached(command.SIGNER, media))
        report = quick(path)
        assert exit_code(report) is Exit.OK
        assert report.evidence[Line.INTEGRITY].findings[-1].detail["from"] == "beside"
        path.write_bytes(made.change_pixels(media))
        assert quick(path).evidence[Line.INTEGRITY].status is Status.FAIL
        path.write_bytes(made.append_bytes(media))
        assert quick(path).evidence[Line.INTEGRITY].status is Status.FAIL


class TestMany:
    def test_reports_come_in_order_with_the_unreadable_ones_in_their_places(self, tmp_path: Path) -> None:
        (tmp_path / "signed.jpg").write_bytes(SIGNED)
        sources = [tmp_path / "missing", tmp_path / "signed.jpg", PLAIN, tmp_path, SIGNED] * 3
        with Pool(2) as pool:
            found = [*examine_all(sources, make_settings(trust=TRUST, at=made.NOW), pool=pool)]
        statuses = [str(report.evidence[Line.INTEGRITY].status) for report in found]
        assert statuses == ["error", "pass", "absent", "error", "pass"] * 3

    def test_files_are_opened_only_a_few_ahead(self) -> None:
        taken = 0

        def endless() -> Iterator[bytes]:
            nonlocal taken
            while True:
                taken += 1
                yield PLAIN

        with Pool(1) as pool:
            reports = examine_all(endless(), make_settings(trust=TRUST, at=made.NOW), pool=pool)
            for _ in range(20):
                next(reports)
            assert taken <= 20 + 8
            reports.close()  # type: ignore[attr-defined]


class TestImport:
    def test_the_public_names_are_there_and_loaded_only_when_asked_for(self) -> None:
        code = (
            "import sys, vouchmark\n"
            "assert not any(name.startswith('provenance') for name in sys.modules)\n"
            "from vouchmark import Policy, Report, TrustLists, check\n"
            "assert check.__module__ == 'vouchmark.examination.examine'\n"
        )
        env = command.environment(Path("/nonexistent"))
        subprocess.run([sys.executable, "-P", "-c", code], env=env, check=True)
        assert {"Policy", "Report", "TrustLists", "check", "check_many", "to_crjson", "to_html"} <= set(
            vouchmark.__all__
        )
        with pytest.raises(AttributeError, match="no attribute 'verify'"):
            _ = vouchmark.verify

    def test_a_script_needs_no_main_guard_wherever_it_comes_from(self, tmp_path: Path) -> None:
        (tmp_path / "photo.jpg").write_bytes(SIGNED)
        script = "from vouchmark import check\nprint(check('photo.jpg').evidence['integrity'].status)\n"
        (tmp_path / "script.py").write_text(script)
        env = command.environment(tmp_path / "home")
        for words, given in ((["script.py"], ""), (["-c", script], ""), (["-"], script)):
            done = subprocess.run(
                [sys.executable, "-W", "error", *words],
                input=given,
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=command.SECONDS,
            )
            assert (done.returncode, done.stdout, done.stderr) == (0, "pass\n", ""), words

    def test_a_namesake_in_the_folder_of_the_files_is_not_run_by_the_child(self, tmp_path: Path) -> None:
        (tmp_path / "photo.jpg").write_bytes(SIGNED)
        for name in ("msgspec", "c2pa", "encypher_c2pa", "provenance"):
            (tmp_path / f"{name}.py").write_text("import pathlib\npathlib.Path('ran').touch()\nraise SystemExit(9)\n")
        run = command.Command(folder=tmp_path, home=tmp_path / "home")
        done = run("check", "photo.jpg", "-q", "--at", command.AT)
        assert (done.code, "ran" in done.files) == (3, False)
