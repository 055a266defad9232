"""Does every command that reads or writes a standard stream say in words that it is closed, and change nothing else?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.support.authority import picture
from tests.support.command import CHECKOUT, environment
from tests.vouchmark.persons_cli import NOVEMBER, PASSPHRASE, Desk

SECRETS: Final = {"VOUCHMARK_PASSPHRASE": PASSPHRASE, "VOUCHMARK_SCRYPT_COST": "15"}

READS: Final[dict[str, tuple[str, ...]]] = {
    "check": ("check", "-"),
    "check in process": ("check", "-", "--in-process"),
    "check as JSON": ("check", "--format", "json", "-"),
    "check with others": ("check", "{picture}", "-"),
    "index import": ("index", "import", "-", "--index", "{new}"),
    "vouch show": ("vouch", "show", "-"),
    "vouch embed": (*("vouch", "embed", "{picture}", "-", "-o", "{new}", "--cert", "{picture}", "--key", "{picture}"),),
    "issuer invite": ("issuer", "invite", "{club}", "--person", "-", "--at", NOVEMBER),
    "issuer approve": ("issuer", "approve", "{club}", "-", "-o", "{new}", "--at", NOVEMBER),
    "wallet request by a code file": (
        *("wallet", "request", "--issuer", "{club}/issuer.json", "--code-file", "-", "-o", "{new}", "--at", NOVEMBER),
    ),
    "wallet request by typing": (
        *("wallet", "request", "--issuer", "{club}/issuer.json", "-o", "{new}", "--at", NOVEMBER),
    ),
    "wallet accept": ("wallet", "accept", "-", "--issuer", "{club}/issuer.json", "--at", NOVEMBER),
}
"""What reads standard input, each in a way that goes as far as reading."""
ASKS: Final[dict[str, tuple[str, ...]]] = {
    "wallet init": ("wallet", "init"),
    "wallet show": ("wallet", "show"),
    "issuer init": ("issuer", "init", "{new}", "--name", "Club"),
    "issuer rotate": ("issuer", "rotate", "{club}"),
}
"""What would ask somebody at a terminal."""
WRITES: Final[dict[str, tuple[str, ...]]] = {
    "check": ("check", "{picture}", "--no-default-trust"),
    "check as JSON": ("check", "{picture}", "--no-default-trust", "--format", "json"),
    "check as a page": ("check", "{picture}", "--no-default-trust", "--format", "html"),
    "demo": ("demo", "{new}"),
    "wallet request": (
        *("wallet", "request", "--issuer", "{club}/issuer.json", "--code", "x", "-o", "-", "--at", NOVEMBER),
    ),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An issuer, a wallet, a picture, and a name that nothing has."""
    home = tmp_path_factory.mktemp("desk")
    desk = Desk(home)
    desk.issuer()
    desk.run("wallet", "init")
    (home / "picture.jpg").write_bytes(picture())
    return {"home": home, "club": home / "club", "picture": home / "picture.jpg", "new": home / "new"}


def run(
    words: tuple[str, ...], places: dict[str, Path], *, closed: int, **more: str
) -> subprocess.CompletedProcess[str]:
    command = [word.format(**places) for word in words]
    clean = environment(places["home"] / "data") | {"TMPDIR": str(places["home"])} | more
    close: Callable[[], None] = lambda: os.close(closed)  # noqa: E731 - what runs between fork and exec
    streams = {name: subprocess.PIPE for number, name in enumerate(("stdin", "stdout", "stderr")) if number != closed}
    started = subprocess.Popen(
        [sys.executable, "-m", "vouchmark", *command], cwd=CHECKOUT, env=clean, preexec_fn=close, text=True, **streams
    )  # type: ignore[call-overload]
    out, errors = started.communicate(timeout=300)
    return subprocess.CompletedProcess(command, started.returncode, out or "", errors or "")


def in_words(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode in (2, 4), (done.returncode, done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("error: ")
    assert words in done.stderr, done.stderr
    assert "\nhint: " in done.stderr


@pytest.mark.parametrize("name", READS)
def test_closed_standard_input_is_said_in_words(name: str, places: dict[str, Path]) -> None:
    in_words(run(READS[name], places, closed=0, **SECRETS), "standard input is closed")
    assert not places["new"].exists()


@pytest.mark.parametrize("name", ASKS)
def test_where_nobody_can_be_asked_that_is_said(name: str, places: dict[str, Path]) -> None:
    in_words(run(ASKS[name], places, closed=0), "no passphrase for")
    assert not places["new"].exists()


@pytest.mark.parametrize(
    "words", [("check", "{picture}"), ("trust", "show"), ("explain",), ("doctor",), ("explain", "schema")]
)
def test_what_reads_no_standard_input_does_not_miss_it(words: tuple[str, ...], places: dict[str, Path]) -> None:
    closed = run(words, places, closed=0)
    assert closed.stdout
    assert closed.returncode == (3 if words[0] == "check" else 0), closed.stderr


@pytest.mark.parametrize("name", WRITES)
def test_closed_standard_output_is_said_in_words(name: str, places: dict[str, Path]) -> None:
    done = run(WRITES[name], places, closed=1, **SECRETS)
    assert done.returncode in (2, 4), (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert not places["new"].exists()


def test_what_is_printed_where_a_stream_is_closed_lands_in_no_file(places: dict[str, Path]) -> None:
    """The next file to be opened would take the stream's number."""
    output = places["home"] / "out.json"
    for closed in (0, 1, 2):
        words = ("check", "{picture}", "--no-default-trust", "--format", "json", "-o", str(output), "--in-process")
        run(words, places, closed=closed)
        assert output.read_text().startswith("{")
        assert output.read_text().endswith("}\n")
        output.unlink()


@pytest.mark.parametrize("name", ["check", "index import", "vouch show"])
def test_standard_input_that_cannot_be_read_is_said_in_words(
    name: str, places: dict[str, Path], tmp_path: Path
) -> None:
    command = [
        word.format(
            **places,
        )
        for word in READS[name]
    ]
    with (tmp_path / "written").open("wb") as only_written:
        done = subprocess.run(
            [sys.executable, "-m", "vouchmark", *command], stdin=only_written, capture_output=True, text=True,
            cwd=CHECKOUT, env=environment(places["home"] / "data"), timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert "could not be read" in done.stdout or done.stderr.startswith("error: ")
