"""Does `check` open no connection, whatever the files ask for? The kernel ends any process that tries."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import no_network
from tests.support.authority import picture
from tests.support.command import SECONDS, arguments, environment
from tests.support.corpus import media, needs_corpus
from tests.support.media import hostile

WHY_NOT = no_network.why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "this machine can forbid connections")


def without_network(words: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        no_network.command(words),
        capture_output=True,
        text=True,
        check=False,
        env=environment(home),
        timeout=SECONDS,
        cwd=home,
    )


def check(home: Path, *words: str | Path) -> tuple[int, list[Any]]:
    """Exit code and records of `vouchmark check` where no connection can be opened."""
    run = without_network(arguments("check", "--format", "jsonl", "--no-default-trust", *words), home)
    assert run.stderr == ""
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()]


SOCKET = "import socket; socket.socket()"
TRIES = {
    "a socket": SOCKET,
    "a socket of this machine alone": "import socket; socket.socket(socket.AF_UNIX)",
    "a child": f"import subprocess, sys; sys.exit(-subprocess.run([sys.executable, '-c', {SOCKET!r}]).returncode)",
    "a thread": "import socket, threading; t = threading.Thread(target=socket.socket); t.start(); t.join()",
    "a name to be resolved": "import socket; socket.getaddrinfo('vouchmark.invalid', 443)",
}


@pytest.mark.parametrize("how", TRIES)
def test_the_kernel_ends_whoever_tries(tmp_path: Path, how: str) -> None:
    run = without_network([sys.executable, "-c", TRIES[how]], tmp_path)
    assert abs(run.returncode) == signal.SIGSYS


def test_what_needs_no_connection_goes_on(tmp_path: Path) -> None:
    run = without_network([sys.executable, "-c", "import socket; socket.socketpair(); print('still here')"], tmp_path)
    assert (run.returncode, run.stdout) == (0, "still here\n")


def test_checking_every_hostile_file_opens_no_connection(tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    hostile.write_all(folder)
    code, records = check(tmp_path, folder, "--jobs", "2")
    wanted = {case.name: str(case.integrity) for case in hostile.CASES} | hostile.OTHERS
    assert {record["media"]["name"]: record["evidence"]["integrity"]["status"] for record in records} == wanted
    assert code == 1


def test_in_this_very_process_neither(tmp_path: Path) -> None:
    (tmp_path / "signed.jpg").write_bytes(hostile.signed())
    code, (record,) = check(tmp_path, "signed.jpg", "--in-process")
    assert (code, record["evidence"]["integrity"]["status"]) == (3, "pass")


def test_an_address_in_the_file_is_told_and_not_asked(tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/beacon"
    (tmp_path / "beacon.jpg").write_bytes(hostile.with_remote_address(picture(), address))
    code, (record,) = check(tmp_path, "beacon.jpg")
    finding = record["evidence"]["integrity"]["findings"][0]
    assert (code, finding["code"], finding["detail"]["url"]) == (3, "integrity.remote", address)


@needs_corpus
@pytest.mark.corpus
def test_checking_every_real_file_opens_no_connection(tmp_path: Path) -> None:
    rows = media()
    code, records = check(tmp_path, *(row.path for row in rows), "--jobs", "2")
    assert [record["media"]["name"] for record in records] == [row.path.name for row in rows]
    errors = [
        record["media"]["name"]
        for record in records
        for finding in record["evidence"]["engines"]["findings"]
        if finding["detail"].get("outcome") == "error"
    ]
    assert not errors
    assert code == 1
    remote = [r for r in records if r["evidence"]["integrity"]["findings"][0]["code"] == "integrity.remote"]
    assert remote, "the set holds files whose Content Credentials lie elsewhere"
