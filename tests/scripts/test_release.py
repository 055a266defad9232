"""Is what is released the same bytes on every machine, and refused where something does not hold?"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from vouchmark import __version__

CHECKOUT: Final = Path(__file__).resolve().parents[2]
FIRST, SECOND = "1700000000", "1800000000"
LOG: Final = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-30\n\n### Added\n\n- A thing.\n"

can_build: Final = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("build", "hatchling")) or shutil.which("git") is None,
    reason="the extra 'release' is not installed, or there is no git",
)


@pytest.fixture(scope="module")
def release() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("release", CHECKOUT / "scripts/release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path, release: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository in the place of this one."""
    folder = tmp_path / "checkout"
    (folder / "vouchmark").mkdir(parents=True)
    (folder / "vouchmark/__init__.py").write_text('__version__ = "1.2.0"\n')
    (folder / "CHANGELOG.md").write_text(LOG)
    git = ("git", "-c", "user.name=T", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "Begin")):
        subprocess.run([*git, *words], cwd=folder, check=True)
    monkeypatch.setattr(release, "ROOT", folder)
    return folder


class TestTheChangeLog:
    def test_a_version_with_its_day_is_released(self, release: ModuleType) -> None:
        release.check_changes(LOG, "1.2.0")

    @pytest.mark.parametrize(
        ("log", "reason"),
        [
            (LOG.replace("[Unreleased]\n", "[Unreleased]\n\n- Another thing.\n"), "stand under 'Unreleased'"),
            (LOG.replace("1.2.0", "1.1.0"), "topmost version"),
            (LOG.replace("1.2.0", "1x2.0"), "topmost version"),
            (LOG.replace(" - 2026-11-30", ""), "topmost version"),
            (LOG.replace("## [Unreleased]\n\n", ""), "no heading"),
            ("# Changelog\n\n## [Unreleased]\n", "topmost version"),
            ("", "no heading"),
        ],
    )
    def test_another_one_is_not(self, release: ModuleType, log: str, reason: str) -> None:
        with pytest.raises(release.ReleaseError, match=reason):
            release.check_changes(log, "1.2.0")

    def test_the_version_is_the_packages(self, release: ModuleType) -> None:
        assert release.version_of((CHECKOUT / "vouchmark/__init__.py").read_text(encoding="utf-8")) == __version__


class TestRefusals:
    def test_a_work_tree_with_changes(self, release: ModuleType, checkout: Path, tmp_path: Path) -> None:
        (checkout / "stray.py").touch()
        with pytest.raises(release.ReleaseError, match=r"not what was committed:\n\?\? stray.py"):
            release.release(tmp_path / "out", draft=False)

    def test_a_folder_that_holds_files(self, release: ModuleType, checkout: Path, tmp_path: Path) -> None:
        (tmp_path / "old.whl").touch()
        with pytest.raises(release.ReleaseError, match="holds files"):
            release.release(tmp_path, draft=False)

    def test_a_log_that_is_not_cut_but_for_a_draft(
        self, release: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (checkout / "vouchmark/__init__.py").write_text('__version__ = "1.3.0"\n')
        subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qam", "Go on"],
            cwd=checkout,
            check=True,
        )
        with pytest.raises(release.ReleaseError, match="topmost version"):
            release.release(tmp_path / "out", draft=False)
        monkeypatch.setattr(release, "build_twice", _reached)
        with pytest.raises(_Reached):
            release.release(tmp_path / "out", draft=True)

    def test_two_builds_that_differ(self, release: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def build(_source: Path, out: Path, _epoch: str) -> list[Path]:
            out.mkdir()
            (out / "same.tar.gz").write_text("alike")
            (out / "one.whl").write_text(out.name)
            return sorted(out.iterdir())

        monkeypatch.setattr(release, "build", build)
        with pytest.raises(release.ReleaseError, match=r"differ: one\.whl$"):
            release.build_twice(tmp_path, tmp_path, FIRST)

    def test_an_installed_command_of_another_version(
        self, release: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(release, "run", lambda *_words, **_more: "vouchmark 1.1.9\n")
        with pytest.raises(release.ReleaseError, match=r"1\.1\.9"):
            release.try_out(tmp_path / "python", "1.2.0", tmp_path)

    @pytest.mark.parametrize(
        ("version", "names", "reason"),
        [("1.2.0", ["cryptography", "c2pa-python"], "lacks encypher-c2pa"), (None, [], "does not name the version")],
    )
    def test_a_bill_of_another_environment(
        self,
        release: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        version: str | None,
        names: list[str],
        reason: str,
    ) -> None:
        own: dict[str, Any] = {"name": "vouchmark"} | ({"version": version} if version else {})
        bill = {"metadata": {"component": own}, "components": [{"name": name} for name in names]}
        (tmp_path / "source").mkdir()
        (tmp_path / "source/pyproject.toml").write_text('[project]\ndynamic = ["version"]\n')
        written = tmp_path / "vouchmark-1.2.0.cdx.json"
        monkeypatch.setattr(release, "run", lambda *_words, **_more: written.write_text(json.dumps(bill)))
        with pytest.raises(release.ReleaseError, match=reason):
            release.bill_of_materials(tmp_path / "python", tmp_path / "source", "1.2.0", tmp_path, FIRST)
        assert 'version = "1.2.0"' in (tmp_path / "pyproject.toml").read_text()

    def test_a_command_that_fails_is_quoted(self, release: ModuleType) -> None:
        with pytest.raises(release.ReleaseError, match=r"exit code 3\nsaid and told"):
            release.run(
                sys.executable, "-c", "import sys; print('said', end=''); sys.stderr.write(' and told'); sys.exit(3)"
            )


class _Reached(Exception):
    """The step was reached."""


def _reached(*_words: object) -> None:
    raise _Reached


@can_build
class TestBuilding:
    def test_the_same_bytes_from_another_folder_with_other_times_and_modes(
        self, release: ModuleType, tmp_path: Path
    ) -> None:
        if not (CHECKOUT / ".git").exists():
            pytest.skip("this is no checkout of git")
        built = []
        for name, time in (("one", FIRST), ("another", SECOND)):
            (tmp_path / name).mkdir()
            source = release.export(tmp_path / name)
            for path in source.rglob("*"):
                os.utime(path, (int(time), int(time)))
                if path.is_file() and name == "another":
                    path.chmod(0o700 if path.stat().st_mode & 0o100 else 0o600)
            built.append(
                {path.name: path.read_bytes() for path in release.build(source, tmp_path / name / "out", FIRST)}
            )
        assert [name.rpartition("-")[2].rpartition(".")[2] for name in built[0]] == ["whl", "gz"]
        assert built[0] == built[1]

    def test_the_time_that_is_given_stands_in_them(self, release: ModuleType, tmp_path: Path) -> None:
        (tmp_path / "small").mkdir()
        (tmp_path / "small" / "small.py").touch()
        (tmp_path / "small" / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            '[project]\nname = "small"\nversion = "1"\n'
        )
        built = [release.build(tmp_path / "small", tmp_path / time, time) for time in (FIRST, SECOND)]
        for first, second in zip(*built, strict=True):
            assert first.name == second.name
            assert first.read_bytes() != second.read_bytes()
