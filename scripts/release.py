"""How does a commit become files that can be published, the same bytes on every machine?

python scripts/release.py [--out dist] [--draft]

Builds sdist and wheel twice from the files of the commit and compares them, checks what the index will show of them,
installs the wheel into a bare environment and runs the demo there, writes down what was installed (a CycloneDX bill of
materials) and the SHA-256 of everything. It signs nothing and uploads nothing. Needs the extra `release`, and an index
from which pip can install.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
NAME: Final = "vouchmark"
VERSION: Final = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
"""Where the version stands in `vouchmark/__init__.py`, and nowhere else."""
NEEDED: Final = frozenset({"c2pa-python", "encypher-c2pa", "cryptography"})
"""Without these the package is none; a bill of materials that lacks one was made of another environment."""
SECONDS: Final = 1800
"""For one command."""


class ReleaseError(Exception):
    """The commit is not one to release, or what was built of it is not what it should be."""


def main(words: Sequence[str] | None = None) -> None:
    """Build, compare, check, try, and write down; exit code 1 with the reason where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="a folder that is made; it must not hold files")
    parser.add_argument("--draft", action="store_true", help="of a commit whose change log is not cut yet")
    chosen = parser.parse_args(words)
    try:
        for line in release(chosen.out, draft=chosen.draft):
            print(line)
    except ReleaseError as error:
        sys.exit(f"error: {error}")


def release(out: Path, *, draft: bool) -> list[str]:
    """All of it.

    Args:
        out: where the files go.
        draft: whether the change log may still have unreleased changes.

    Returns:
        What was made, one line each.

    Raises:
        ReleaseError: Something does not hold.
    """
    if out.exists() and any(out.iterdir()):
        raise ReleaseError(f"{out} holds files; expected an empty folder, or none")
    if changed := run("git", "status", "--porcelain", cwd=ROOT).strip():
        raise ReleaseError(f"the work tree is not what was committed:\n{changed}")
    with tempfile.TemporaryDirectory(prefix="release-") as made:
        folder = Path(made)
        source = export(folder)
        found = version_of((source / NAME / "__init__.py").read_text(encoding="utf-8"))
        if not draft:
            check_changes((source / "CHANGELOG.md").read_text(encoding="utf-8"), found)
        epoch = run("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
        files = build_twice(source, folder, epoch)
        run(sys.executable, "-m", "twine", "check", "--strict", *map(str, files))
        (wheel,) = (path for path in files if path.suffix == ".whl")
        python = install(wheel, folder / "bare")
        try_out(python, found, folder)
        files.append(bill_of_materials(python, source, found, folder, epoch))
        out.mkdir(parents=True, exist_ok=True)
        sums = "".join(f"{sha256(path)}  {path.name}\n" for path in files)
        for path in files:
            shutil.copyfile(path, out / path.name)
        (out / "SHA256SUMS").write_text(sums, encoding="ascii")
    return [*sums.splitlines(), f"In {out}. Nothing was signed and nothing was uploaded."]


def version_of(module: str) -> str:
    """The version that the package's first module says."""
    (found,) = VERSION.findall(module)
    return str(found)


def check_changes(log: str, version: str) -> None:
    """Hold the change log to the version that is released.

    Args:
        log: the text of the change log.
        version: the version.

    Raises:
        ReleaseError: Changes stand under no version, or the topmost version is another one or has no day.
    """
    parts = re.split(r"^## ", log, flags=re.MULTILINE)[1:]
    headings = [part.splitlines()[0] for part in parts]
    if headings[:1] != ["[Unreleased]"]:
        raise ReleaseError("the change log begins with no heading 'Unreleased'")
    if parts[0].splitlines()[1:] and "".join(parts[0].splitlines()[1:]).strip():
        raise ReleaseError("changes stand under 'Unreleased'; give them their version and day, or use --draft")
    if len(headings) < 2 or not re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", headings[1]):
        raise ReleaseError(f"the change log's topmost version is not '[{version}] - YYYY-MM-DD'")


def export(folder: Path) -> Path:
    """The files of the commit and nothing else, in a folder of their own."""
    archive, source = folder / "source.tar", folder / "source"
    run("git", "archive", "--format=tar", "-o", str(archive), "HEAD", cwd=ROOT)
    with tarfile.open(archive) as packed:
        packed.extractall(source, filter="data")
    return source


def build_twice(source: Path, folder: Path, epoch: str) -> list[Path]:
    """Build sdist and wheel two times, and hold both to be the same bytes.

    Args:
        source: the files of the commit.
        folder: where the builds go.
        epoch: seconds since 1970, the time that stands in the files.

    Raises:
        ReleaseError: The builds differ.
    """
    builds = [build(source, folder / name, epoch) for name in ("first", "second")]
    first, second = ({path.name: sha256(path) for path in files} for files in builds)
    if first != second:
        differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
        raise ReleaseError(f"two builds of the same commit differ: {', '.join(differing)}")
    return builds[0]


def build(source: Path, out: Path, epoch: str) -> list[Path]:
    """The sdist of a folder and the wheel of that sdist, by the builder that is installed; no index is asked."""
    more = {"SOURCE_DATE_EPOCH": epoch}
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source), more=more)
    return sorted(out.iterdir())


def install(wheel: Path, folder: Path) -> Path:
    """A bare environment with the wheel and what it requires, and no pip; its Python."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", str(wheel))
    return python


def try_out(python: Path, version: str, folder: Path) -> None:
    """Run the installed command and the demo, outside the checkout.

    Raises:
        ReleaseError: It is another version, or the demo ends with anything but 0.
    """
    command = str(python.with_name(NAME))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    home = {"VOUCHMARK_HOME": str(folder / "home")}
    said = run(command, "--version", cwd=elsewhere, more=home).strip()
    if said != f"{NAME} {version}":
        raise ReleaseError(f"the installed command is {said!r}, expected version {version}")
    run(command, "demo", "--quiet", cwd=elsewhere, more=home)


def bill_of_materials(python: Path, source: Path, version: str, folder: Path, epoch: str) -> Path:
    """What is installed in an environment, as CycloneDX 1.6 in JSON, the same bytes for the same environment.

    Args:
        python: the environment's Python.
        source: the files of the commit; their `pyproject.toml` describes the package itself.
        version: the package's version, which that file does not have.
        folder: where the file goes.
        epoch: seconds since 1970, the time that stands in the file.

    Raises:
        ReleaseError: What the package cannot do without is missing in it.
    """
    described, out = folder / "pyproject.toml", folder / f"{NAME}-{version}.cdx.json"
    project = (source / "pyproject.toml").read_text(encoding="utf-8")
    described.write_text(project.replace('dynamic = ["version"]', f'version = "{version}"'), encoding="utf-8")
    words = ("--output-reproducible", "--sv", "1.6", "--of", "JSON", "--pyproject", str(described), "-o", str(out))
    run(
        *(sys.executable, "-m", "cyclonedx_py", "environment", *words, str(python)),
        more={"SOURCE_DATE_EPOCH": epoch},
    )
    listed = json.loads(out.read_text(encoding="utf-8"))
    if listed["metadata"]["component"].get("version") != version:
        raise ReleaseError("the bill of materials does not name the version")
    if missing := NEEDED - {part["name"] for part in listed["components"]}:
        raise ReleaseError(f"the bill of materials lacks {', '.join(sorted(missing))}")
    return out


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(*words: str, cwd: Path | None = None, more: Mapping[str, str] | None = None) -> str:
    """What a command prints.

    Raises:
        ReleaseError: It failed, with what it said.
    """
    done = subprocess.run(
        words, cwd=cwd, env=os.environ | (more or {}), capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if done.returncode:
        raise ReleaseError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
