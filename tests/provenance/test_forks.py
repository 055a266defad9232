"""Does a process that was forked from one that has examined files give right answers, or say that it cannot?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.authority import make_root, make_signer, picture, sign

CHECKOUT: Final = Path(__file__).resolve().parents[2]
LEAD: Final = """
import os, signal, sys
from pathlib import Path
from provenance.credentials.trust.lists import TrustLists
from provenance.workers.forks import ForkedError
from provenance.workers.pool import Pool
from vouchmark.examination.examine import check, examine_all
from vouchmark.examination.many import check_many
from vouchmark.examination.settings import make_settings

files = [Path(name) for name in sys.argv[1:]]
NOBODY = TrustLists.empty()

def told(reports):
    return [[str(evidence.status) for evidence in report.evidence.values()] for report in reports]

def here():
    return told([check(file, trust=NOBODY, in_process=True) for file in files])

def by(pool):
    return told(examine_all(files, make_settings(trust=NOBODY), pool=pool))

def forked(work):
    # What the child says; nothing where it hangs.
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(40)
        try:
            said = repr(work())
        except ForkedError as error:
            said = f"refused: {error}"
        os.write(theirs, said.encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    signer = make_signer(make_root())
    made = {"signed.jpg": sign(signer), "signed.png": sign(signer, picture("PNG"), media_type="image/png")}
    made["plain.jpg"] = picture()
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in made]


def run(code: str, files: list[Path]) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LEAD + code, *map(str, files)],
        capture_output=True, text=True, timeout=300, cwd=CHECKOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_a_copy_does_not_go_on_in_process_but_says_so(files: list[Path]) -> None:
    said = run("before = here()\nprint(forked(here))\nassert here() == before", files)
    assert said.startswith("refused: this process was forked from one that has examined files in itself")
    assert "Pool" in said
    assert "spawn" in said


def test_a_copy_of_a_copy_says_so_too(files: list[Path]) -> None:
    assert run("here()\nprint(forked(lambda: forked(here)))", files).count("refused: this process") == 1


def test_a_copy_with_a_pool_of_its_own_gives_the_same_answers(files: list[Path]) -> None:
    code = """
before = here()
def work():
    with Pool(1) as pool:
        return by(pool)
print(forked(work) == repr(before), forked(lambda: told(check_many(files, trust=NOBODY))) == repr(before))
"""
    assert run(code, files) == "True True"


def test_a_copy_of_a_process_that_has_examined_nothing_may(files: list[Path]) -> None:
    assert run("said = forked(here)\nprint(said == repr(here()))", files) == "True"


def test_a_copy_neither_uses_nor_ends_the_workers_of_another_process(files: list[Path]) -> None:
    code = """
with Pool(1) as pool:
    before = by(pool)
    print(forked(lambda: by(pool)))
    def leave():
        with pool:
            pass
        pool.close()
        return "left"
    print(forked(leave))
    workers = pool.pids
    assert by(pool) == before
    assert pool.pids == workers
"""
    refused, left = run(code, files).splitlines()
    assert refused.startswith("refused: these workers belong to the process that this one was forked from")
    assert left.startswith("refused: these workers belong") or left == "'left'"


def test_a_run_that_is_under_way_is_not_gone_on_with_in_a_copy(files: list[Path]) -> None:
    code = """
with Pool(1) as pool:
    reports = iter(examine_all(files, make_settings(trust=NOBODY), pool=pool))
    next(reports)
    print(forked(lambda: told(reports)))
    assert len(list(reports)) == len(files) - 1
"""
    assert run(code, files).startswith("refused: these workers belong")


def test_the_first_engine_by_itself_reads_the_same_in_a_copy(files: list[Path]) -> None:
    code = """
from provenance.credentials.engines import c2pa_rs
def read():
    return [repr(c2pa_rs.read(file.read_bytes(), "image/jpeg")) for file in files if file.suffix == ".jpg"]
before = read()
print(forked(read) == repr(before))
"""
    assert run(code, files) == "True"
