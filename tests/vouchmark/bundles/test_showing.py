"""Is the page of a bundle made anew, and are its commands right and safe whatever files are called?"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provenance.credentials.trust.formats import ListKind
from tests.vouchmark.bundles import cases
from vouchmark.bundles import cover, making, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.hands.sealing import Sealer
from vouchmark.bundles.inputs.asked import Asked
from vouchmark.bundles.inputs.lists import TrustFiles, run_file
from vouchmark.bundles.verifying import Expected, verify

NAMES = (
    "$(touch x).jpg",
    "`touch x`.jpg",
    "; touch x #.jpg",
    "-rf.jpg",
    "a'b\".jpg",
    "a\nb.jpg",
    "<script>x.jpg",
    "%0A.jpg",
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "in").mkdir()
    for number, name in enumerate(NAMES):
        (folder / "in" / name).write_bytes(b"not a picture %d" % number)
    with pytest.MonkeyPatch.context() as patch, cases.authority(folder / "tsa") as address:
        patch.setattr(tool, "wheel", lambda: b"the program")
        seal = Sealer(key=cases.new_key(folder), authority=address)
        keeper = making.Keeper(sources=("javascript:alert(1)",), notes=("<b>$(touch x)</b>",))
        asked = Asked(only=("integrity",), engines=("c2pa-rs",))
        making.make([folder / "in"], folder / "$(touch x)", asked, keeper=keeper, seal=seal)
        (folder / "$(touch x)").rename(folder / "case")
    return folder / "case"


def page(case: Path) -> str:
    stamps = run_file(case.parent / "tsa" / "tsa-root.pem", ListKind.TSA)
    yours = Asked(trust=TrustFiles(files=(stamps,)), only=("integrity",), engines=("c2pa-rs",))
    expected = Expected(keys=((case.parent / "ed25519.pub").read_bytes(),), pictures=True)
    return "".join(cover.page(verify(case, yours, expected), name="$(touch x) <i>"))


def commands(text: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'<code class="command">(.*?)</code>', text)]


def test_every_command_runs_as_shown_and_does_nothing_else(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    shutil.copy(case.parent / "tsa" / "tsa-root.pem", tmp_path / "root.pem")
    for program in ("sha256sum", "openssl", "python3"):
        cases.needs(program)
    ran = 0
    for command in commands(page(case)):
        if "venv" in command:
            continue  # from a registry; tried by hand
        words = command.replace("python3", shutil.which("python3") or "python3")
        if "bagit" in words:
            import sys

            words = command.replace("python3", sys.executable)
        done = subprocess.run(["bash", "-c", words], cwd=tmp_path / "case", capture_output=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
        ran += 1
    assert ran == 7
    made = {path.name for path in tmp_path.iterdir()} | {path.name for path in (tmp_path / "case").iterdir()}
    assert "x" not in made


def test_a_changed_bundle_is_told_by_those_commands_too(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    (tmp_path / "case" / "data" / "README.txt").write_bytes(b"x")
    failed = [
        command
        for command in commands(page(case))[:3]
        if subprocess.run(["bash", "-c", command], cwd=tmp_path / "case", capture_output=True, check=False).returncode
    ]
    assert any(layout.TAG_MANIFEST in command for command in failed)


def test_no_name_of_a_stranger_stands_in_a_command(case: Path) -> None:
    for command in commands(page(case)):
        assert "touch" not in command


def test_texts_of_strangers_are_text(case: Path) -> None:
    text = page(case)
    assert "<script>x" not in text
    assert "<b>$(touch" not in text
    assert 'href="javascript' not in text
    assert "&lt;b&gt;$(touch x)&lt;/b&gt;" in text


def test_the_page_in_the_bundle_is_not_what_is_shown(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    path = tmp_path / "case" / layout.report_path(1, "html")
    path.write_text("<h1>All is well</h1>")
    cases.closed_again(tmp_path / "case")
    found = verify(tmp_path / "case", Asked(only=("integrity",), engines=("c2pa-rs",)))
    text = "".join(cover.page(found, name="case"))
    assert "All is well" not in text
    assert cover.ALTERED in text
