"""Do commands run where nothing is that only Unix has, and does a report say so where an engine cannot be had?"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import provenance
import vouchmark
import zk
from tests.support.authority import NOW, change_pixels, make_signer, picture, sign
from vouchmark import check
from vouchmark.examination import settings
from vouchmark.report import Line, Status
from zk.storage import system as zk_system

ROOT = Path(__file__).parents[1]
ELSEWHERE = ROOT / "tests" / "support" / "elsewhere.py"
AT = "2026-11-10T09:30:00Z"
GUARDED = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "msvcrt", "winreg"}
"""Modules that not every system has."""

RUN = f"""
exec(compile(open({str(ELSEWHERE)!r}).read(), "elsewhere", "exec"))
import sys
from provenance.workers import process
process._BOOT = "exec(compile(open({str(ELSEWHERE)!r}).read(), 'elsewhere', 'exec')); " + process._BOOT
from vouchmark.cli import main
main(prog_name="vouchmark")
"""


class Elsewhere:
    """A folder in which commands run on such a system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, code: int = 0) -> str:
        """What a command writes."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "VOUCHMARK_PASSPHRASE": "correct horse battery staple",
            "VOUCHMARK_SCRYPT_COST": "15",
            "VOUCHMARK_HOME": str(self.folder / "home"),
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, *words],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=environment,
            timeout=300,
        )
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path)


def test_a_file_is_checked_as_here(elsewhere: Elsewhere) -> None:
    signed = sign(make_signer(), picture())
    (elsewhere.folder / "signed.jpg").write_bytes(signed)
    (elsewhere.folder / "altered.jpg").write_bytes(change_pixels(signed))
    for name, code in (("signed.jpg", 3), ("altered.jpg", 1)):
        words = ("check", name, "--format", "json", "--no-default-trust", "--at", "2026-12-01T00:00:00Z")
        told = json.loads(elsewhere.run(*words, code=code))
        here = subprocess.run(
            [sys.executable, "-m", "vouchmark", *words],
            capture_output=True,
            check=False,
            cwd=elsewhere.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "VOUCHMARK_HOME": str(elsewhere.folder / "home")},
        )
        assert told == json.loads(here.stdout)


def test_lists_are_kept_and_shown(elsewhere: Elsewhere) -> None:
    signer = make_signer()
    (elsewhere.folder / "mine.pem").write_text(signer.root.pem)
    elsewhere.run("trust", "import", "mine.pem", "--kind", "signer")
    assert "mine" in elsewhere.run("trust", "show")


def test_known_media_are_kept_and_found(elsewhere: Elsewhere) -> None:
    (elsewhere.folder / "a.jpg").write_bytes(picture())
    elsewhere.run("index", "add", "a.jpg", "--index", "known")
    told = json.loads(elsewhere.run("check", "a.jpg", "--index", "known", "--format", "json", code=3))
    assert told["evidence"]["known"]["status"] == "pass"


def test_an_issuer_enrols_and_a_wallet_vouches(elsewhere: Elsewhere) -> None:
    run, at = elsewhere.run, ("--at", AT)
    run("issuer", "init", "club", "--name", "Harbour Press Club", "--epoch", "month", *at)
    code = json.loads(run("issuer", "invite", "club", "--person", "ID-4711", "--json", *at))["code"]
    run("wallet", "init")
    run("wallet", "request", "--issuer", "club/issuer.json", "--code", code, "-o", "request.vmr", *at)
    run("issuer", "approve", "club", "request.vmr", "-o", "response.vma", *at)
    run("wallet", "accept", "response.vma", *at)
    (elsewhere.folder / "a.jpg").write_bytes(picture())
    run("vouch", "make", "a.jpg", "--scope", "public:review/cafe-harbour", *at)
    scope = ("--scope", "public:review/cafe-harbour", "--require", "person")
    checked = run("check", "a.jpg", "--issuer", "club/issuer.json", *scope, "--format", "json", *at)
    assert json.loads(checked)["evidence"]["person"]["status"] == "pass"


def modules() -> list[Path]:
    return [path for one in (provenance, vouchmark, zk) for path in Path(one.__path__[0]).rglob("*.py")]


def test_no_module_imports_at_once_what_not_every_system_has() -> None:
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [one.name for one in node.names] if isinstance(node, ast.Import) else [str(node.module)]
                assert GUARDED.isdisjoint(name.split(".")[0] for name in named), path


def test_locks_and_modes_are_asked_for_in_one_module_of_each_wing() -> None:
    words = (".flock(", "msvcrt.locking", "os.fchmod(", "os.O_CLOEXEC")
    users = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if any(word in path.read_text(encoding="utf-8") for word in words)
    }
    assert users == {"provenance/files/system.py", "zk/storage/system.py"}


def test_without_any_locks_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zk.errors import StorageError
    from zk.storage.vault import locked

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    with pytest.raises(StorageError, match="no locks on files"), locked(tmp_path / "wallet"):
        pytest.fail("written")


def test_a_lock_that_another_holds_is_waited_for_or_refused(tmp_path: Path) -> None:
    handles = [os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2)]
    zk_system.try_lock(handles[0])
    with pytest.raises(BlockingIOError):
        zk_system.try_lock(handles[1])
    os.close(handles[0])
    zk_system.try_lock(handles[1])
    os.close(handles[1])


# An engine without a build for the system


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    real = settings.without_build
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *_: None if name == "c2pa" else object())
    monkeypatch.setattr(sys, "platform", "win32")
    missing = real()
    monkeypatch.undo()
    assert missing == ("c2pa-rs",)
    monkeypatch.setattr(settings, "without_build", lambda: missing)


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(
    ("data", "status"), [(sign(make_signer(), picture()), Status.PASS), (picture(), Status.ABSENT)]
)
def test_a_report_rests_on_the_engine_that_there_is_and_says_so(data: bytes, status: Status) -> None:
    report = check(data, at=NOW, in_process=True)
    assert report.evidence[Line.INTEGRITY].status is status
    line = report.evidence[Line.ENGINES]
    assert "no build of c2pa-rs for this system" in line.summary
    assert [finding.code for finding in line.findings] == ["engines.state"]
    assert any("no build of c2pa-rs" in gap.why for gap in report.not_checked)
    assert set(report.inputs.engines) & {"c2pa-rs", "encypher-c2pa"} == {"encypher-c2pa"}


@pytest.mark.usefixtures("windows")
def test_whoever_asks_for_that_engine_alone_hears_that_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.credentials.engines import c2pa_rs

    def absent() -> Any:
        raise ImportError("c2pa-python is not installed")

    monkeypatch.setattr(c2pa_rs, "load", absent)
    monkeypatch.setattr(c2pa_rs, "read", lambda *_, **__: absent())
    report = check(picture(), at=NOW, engines=("c2pa-rs",), in_process=True)
    assert report.evidence[Line.ENGINES].status is Status.ERROR


def test_an_engine_that_has_a_build_and_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    assert settings.without_build() == ()
