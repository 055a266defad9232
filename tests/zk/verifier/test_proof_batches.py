"""Large batches: what made-up proofs cost, and what other processes are trusted with."""

import subprocess
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.support.people.world import CAFE, CLUB, NOW, PHOTO, person, presented
from zk.bbs.curve import using
from zk.errors import EncodingError
from zk.verifier import proof_batches, worker
from zk.verifier.proof_batches import Question, troubles
from zk.verifier.reader import Reader, claim_of
from zk.verifier.verifier import Presented, verify_many

PAIRING = "the proof is not about a credential of this issuer's key"


@cache
def question(*, made_up: bool = False, changed: bool = False) -> Question:
    """Return what a proof is about: one that holds, one with a right challenge and no signature, or a changed one."""
    vouch = person(CLUB).vouch(self_signed=made_up)
    reader = Reader.check([CLUB.info], [CAFE], NOW, NOW - NOW, 1, None, None, None)
    suite, statement = claim_of(vouch, Presented(vouch=vouch.encode(), bindings=[PHOTO]), reader).question
    if changed:
        statement = (*statement[:3], b"other", *statement[4:])
    return suite, statement


def lot(size: int, *made_up: int) -> dict[int, Question]:
    return {i: question(made_up=i in made_up) for i in range(size)}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all lots whose pairings were checked."""
    sizes: list[int] = []
    real = proof_batches.check_pairings

    def counting(terms: Any) -> None:
        sizes.append(len(terms))
        real(terms)

    monkeypatch.setattr(proof_batches, "check_pairings", counting)
    return sizes


@pytest.mark.parametrize(
    "bad", [(), (0,), (63,), (0, 63), (5, 6), (1, 2, 3, 40), tuple(range(0, 64, 2)), tuple(range(64))]
)
def test_names_exactly_the_bad_ones(bad: tuple[int, ...], checks: list[int]) -> None:
    assert troubles(lot(64, *bad), threads=1) == dict.fromkeys(bad, PAIRING)


def test_made_up_proofs_cost_one_pairing_each_and_little_more(checks: list[int]) -> None:
    """Halving down to each would cost two for each."""
    assert len(troubles(lot(64, *range(64)), threads=1)) == 64
    assert Counter(checks)[1] == 64
    assert len(checks) <= 64 + 1 + 2 + 4
    checks.clear()
    troubles(lot(64, *range(0, 64, 2)), threads=1)
    assert len(checks) <= 64 + 1 + 2 + 4


def test_a_few_bad_ones_do_not_make_all_the_others_dear(checks: list[int]) -> None:
    troubles(lot(64, 3), threads=1)
    assert len(checks) <= 1 + 2 * 6
    checks.clear()
    troubles(lot(64, 3, 60), threads=1)  # one in each half
    assert len(checks) <= 1 + 2 + 4 * 5


# Other processes


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_batches, "LEAST_FOR_PROCESSES", 4)


@pytest.mark.parametrize("engine", ["arkworks", "py_ecc"])
def test_two_processes_find_what_one_does(small: None, engine: str) -> None:
    questions = {**lot(7, 1, 4), 7: question(changed=True)}
    with using(engine):
        alone = troubles(questions, threads=1)
        assert troubles(questions, threads=1, processes=2) == alone
    assert set(alone) == {1, 4, 7}


def test_a_run_on_two_processes_gives_the_same_voices(small: None) -> None:
    items = [presented(person(CLUB).vouch(self_signed=i % 3 == 0)) for i in range(8)]
    options: dict[str, Any] = {"issuers": [CLUB.info], "scopes": [CAFE], "at": NOW}
    alone = [result.code for result in verify_many(items, **options)]
    assert [result.code for result in verify_many(items, **options, processes=3)] == alone
    assert len(set(alone)) == 2
    for processes in (0, 17, True, "2"):
        with pytest.raises(EncodingError, match="processes"):
            verify_many(items, **options, processes=processes)  # type: ignore[arg-type]


def test_small_batches_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "ask", lambda share: pytest.fail("a process was started"))
    assert troubles(lot(8, 2), threads=1, processes=4) == {2: PAIRING}


@pytest.mark.parametrize(
    "says",
    [
        "",
        "import sys; sys.stdout.buffer.write(b'\\x82\\x04\\x80'); sys.exit(1)",
        "import sys; sys.stdout.buffer.write(b'\\x82\\x03\\x80')",
        "import sys; sys.stdout.buffer.write(b'\\x82\\x04\\x81\\x82\\x18\\x63\\x60')",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "print('all is well')",
    ],
    ids=["nothing", "failed", "of fewer", "of others", "killed", "no CBOR"],
)
def test_what_a_process_does_not_answer_for_in_full_is_checked_here(
    small: None, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    """Nothing passes because a process was out of memory."""
    real = subprocess.Popen

    def other(command: list[str], **keywords: Any) -> Any:
        return real([command[0], "-c", says], **keywords)

    monkeypatch.setattr(worker.subprocess, "Popen", other)
    assert set(troubles(lot(8, *range(8)), threads=1, processes=2)) == set(range(8))


def test_where_no_process_can_be_started_all_is_checked_here(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_keywords: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(worker.subprocess, "Popen", refused)
    assert set(troubles(lot(6, 5), threads=1, processes=2)) == {5}
