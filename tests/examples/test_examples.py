"""Does every example run as it stands, from a folder of a reader's own?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("script", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_runs_without_arguments_and_says_something(script: str, tmp_path: Path) -> None:
    environment = os.environ | {"VOUCHMARK_HOME": str(tmp_path / "home"), "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_gallery_s_example_shows_the_whole_range(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "make_gallery.py"), "here"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "1-signed.jpg: integrity pass, signer pass, history absent, ai pass",
        "2-edited.jpg: integrity pass, signer pass, history pass, ai absent",
        "3-generated.png: integrity pass, signer pass, history absent, ai pass",
        "4-altered.jpg: integrity fail, signer unknown, history absent, ai unknown",
        "5-laundered.jpg: integrity pass, signer pass, history fail, ai unknown",
        "6-plain.jpg: integrity absent, signer absent, history absent, ai absent",
        "7-calls-itself-nikon.jpg: integrity pass, signer unknown, history absent, ai pass",
        "8-false-parent.jpg: integrity pass, signer pass, history pass, ai absent",
        "9-moved-credentials.jpg: integrity fail, signer unknown, history absent, ai unknown",
    ]
    assert {path.name for path in (tmp_path / "here").iterdir()} >= {"1-signed.jpg", "demo-authority.pem"}
