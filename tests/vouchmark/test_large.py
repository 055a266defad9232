"""Is a film that is never held checked as one that is, and is what is left out said?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from provenance.asset import LARGE, Limits, open_asset
from provenance.credentials.trust.formats import ListKind
from provenance.workers.pool import Pool
from tests.support.authority import NOW, list_of, make_root, make_signer, sign, store_of
from tests.support.media.forms import movie
from vouchmark import Report, check
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.report import Line, Status

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)
TRUST: Final = store_of(list_of(ROOT, kind=ListKind.SIGNER))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(sign(SIGNER, movie(5_000), media_type="video/mp4"))
    return path


@pytest.fixture
def windowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every film counts as large."""
    monkeypatch.setattr("provenance.asset.LARGE", 1_000)


LIMITS: Final = Limits(second_bytes=2_000)


def examined(path: Path, pool: Pool | None, **options: Limits) -> Report:
    return next(examine_all([path], make_settings(trust=TRUST, at=NOW, **options), pool=pool))


def lines(report: Report) -> dict[Line, tuple[Status, str, list[str]]]:
    """What is said, line by line; what the engines line says is another thing."""
    return {
        line: (one.status, one.summary, [finding.code for finding in one.findings])
        for line, one in report.evidence.items()
        if line is not Line.ENGINES
    }


@pytest.fixture(params=["here", "in a worker"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool | None]:
    if request.param == "here":
        yield None
        return
    with Pool() as workers:
        yield workers


def test_a_film_in_a_window_is_said_the_same_of(film: Path, pool: Pool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    held = check(film, trust=TRUST, at=NOW, in_process=True)
    monkeypatch.setattr("provenance.asset.LARGE", 1_000)
    seen = examined(film, pool, limits=LIMITS)

    assert lines(seen) == lines(held)
    assert seen.evidence[Line.INTEGRITY].status is Status.PASS
    assert seen.media == held.media


@pytest.mark.usefixtures("windowed")
def test_a_changed_film_in_a_window_fails(film: Path, pool: Pool | None) -> None:
    data = bytearray(film.read_bytes())
    data[-7] ^= 1
    film.write_bytes(data)

    assert examined(film, pool, limits=LIMITS).evidence[Line.INTEGRITY].status is Status.FAIL


@pytest.mark.usefixtures("windowed")
def test_an_engine_that_holds_files_whole_is_not_asked_and_named(film: Path, pool: Pool | None) -> None:
    engines = examined(film, pool, limits=LIMITS).evidence[Line.ENGINES]

    assert "encypher-c2pa was not asked" in engines.summary
    assert "--memory-limit" in engines.summary
    assert engines.findings[0].detail["not_asked"] == "encypher-c2pa"
    assert examined(film, pool).evidence[Line.ENGINES].findings[0].code == "engines.agree"


@pytest.mark.usefixtures("windowed")
def test_another_type_in_a_film_is_found_in_a_window_too(tmp_path: Path, pool: Pool | None) -> None:
    path = tmp_path / "film.mp4"
    page = b"<!DOCTYPE html><html><body><h1>Not so.</h1></body></html>"
    path.write_bytes(sign(SIGNER, movie(9_000).replace(bytes(len(page)), page, 1), media_type="video/mp4"))

    assert page in path.read_bytes()
    codes = [finding.code for finding in examined(path, pool, limits=LIMITS).evidence[Line.INTEGRITY].findings]
    assert "integrity.second_reading" in codes


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.usefixtures("windowed")
@pytest.mark.parametrize(
    "change",
    [_grow, lambda path: os.utime(path, ns=(9, 9))],
    ids=["grown", "new"],
)
def test_a_film_that_is_written_to_meanwhile_is_told(film: Path, change: Callable[[Path], object]) -> None:
    def sources() -> Iterator[Path]:
        yield film
        change(film)

    report = next(_ahead(sources()))
    (finding,) = report.evidence[Line.INTEGRITY].findings
    assert (finding.status, finding.detail["reason"]) == (Status.ERROR, "changed-meanwhile")
    assert report.media.sha256 is None


def _ahead(sources: Iterator[Path]) -> Iterator[Report]:
    """Reports on sources, each of which is changed when it has been opened and is not yet read."""
    with Pool() as workers:
        yield from examine_all(sources, make_settings(trust=TRUST, at=NOW), pool=workers)


@pytest.mark.usefixtures("windowed")
def test_the_time_limit_grows_with_the_size(film: Path) -> None:
    workers = Pool(seconds=60)
    large = open_asset(film, may_be_large=True)
    assert workers.seconds_for(open_asset(film)) == 60
    assert workers.seconds_for(large) == pytest.approx(60 * (1 + large.size / 2**29))


@pytest.mark.skipif(os.environ.get("VOUCHMARK_SLOW") != "1", reason="writes 130 MB; VOUCHMARK_SLOW=1 runs it")
def test_the_command_reads_a_film_over_the_limit_through_a_window(tmp_path: Path) -> None:
    path, root = tmp_path / "film.mp4", tmp_path / "root.pem"
    path.write_bytes(sign(SIGNER, movie(LARGE + 1), media_type="video/mp4"))
    root.write_text(ROOT.pem)
    command = [sys.executable, "-m", "vouchmark", "check", str(path), "--no-default-trust", "--trust", str(root)]
    plain, more, less = (
        subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        for options in ([], ["--memory-limit", "1024"], ["--max-size", "100"])
    )

    assert (plain.returncode, "was not asked" in plain.stdout) == (0, True)
    assert (more.returncode, "Both engines" in more.stdout) == (0, True)
    assert (less.returncode, "(--max-size)" in less.stdout) == (4, True)
