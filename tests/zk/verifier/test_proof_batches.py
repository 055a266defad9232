"""Large batches: what made-up proofs cost, and what other processes are trusted with."""

import random
import subprocess
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.support.people.world import CAFE, CLUB, NOW, PHOTO, person, presented
from zk.bbs.curve import using
from zk.errors import EncodingError
from zk.verifier import proof_batches, worker
from zk.verifier.proof_batches import Question, workers
from zk.verifier.proof_batches import troubles as one_process
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


def troubles(questions: dict[int, Question], *, threads: int = 1, processes: int = 1) -> dict[int, str]:
    """With the other processes that a run would start."""
    with workers(len(questions), processes) as others:
        return one_process(questions, threads=threads, others=others)


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
    assert len(troubles(lot(64, *range(64)))) == 64
    assert Counter(checks)[1] >= 63  # the last step of the first halving is one of them
    assert len(checks) <= 64 + 1 + 6


@pytest.mark.parametrize("order", ["each other", "first half", "last half"])
def test_half_of_them_made_up_cost_no_more_checks_in_whatever_order(checks: list[int], order: str) -> None:
    chosen = {"each other": range(0, 64, 2), "first half": range(32), "last half": range(32, 64)}[order]
    assert set(troubles(lot(64, *chosen))) == set(chosen)
    assert len(checks) <= 1.5 * 64


def test_a_made_up_proof_is_out_before_the_dear_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only whoever has a signature makes a reader compute the sums of points behind a challenge."""
    finished: list[int] = []
    real = proof_batches._finish
    monkeypatch.setattr(proof_batches, "_finish", lambda one: finished.append(one.number) or real(one))
    assert set(troubles(lot(16, *range(1, 16)))) == set(range(1, 16))
    assert finished == [0]


def test_a_right_pairing_alone_is_nothing() -> None:
    """Whoever copies the points of an honest proof passes the pairings, and not the challenge."""
    suite, statement = question()
    proof = bytearray(statement[1])
    proof[-1] ^= 1  # the challenge itself
    copied: Question = (suite, (statement[0], bytes(proof), *statement[2:]))
    found = troubles({0: question(), 1: copied, 2: question(changed=True), 3: question(made_up=True)})
    assert set(found) == {1, 2, 3}
    assert found[3] == PAIRING
    assert "challenge" in found[1] or "verify" in found[1]


def test_large_lots_are_looked_at_in_bounded_parts(checks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_batches, "BATCH_PROOFS", 8)
    assert set(troubles(lot(40, 3, 39), threads=2)) == {3, 39}
    assert max(checks) == 8


def test_a_few_bad_ones_do_not_make_all_the_others_dear(checks: list[int]) -> None:
    troubles(lot(64, 3))
    assert len(checks) <= 20
    checks.clear()
    troubles(lot(64, 3, 60))
    assert len(checks) <= 36


@pytest.mark.parametrize("share", [0, 1, 4, 16, 24, 32, 48, 64])
def test_every_share_of_bad_ones_is_found_with_hardly_more_checks_than_terms(
    share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search alone, many times and without curves."""
    asked: list[int] = []

    def hold(terms: Any) -> bool:
        asked.append(len(terms))
        return not any(term for _, term in terms)

    monkeypatch.setattr(proof_batches, "_hold", hold)
    for seed in range(50):
        bad = set(random.Random(seed).sample(range(64), share))
        assert set(proof_batches._bad_terms([(i, i in bad) for i in range(64)])) == bad  # type: ignore[misc]
    assert len(asked) / 50 <= 64 * 1.3


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
    monkeypatch.setattr(worker.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
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
        "import sys; sys.stdout.buffer.write(b'\\x82\\x04\\x81\\x82\\x80\\x60')",
        "import sys; sys.stdout.buffer.write(b'\\x82\\x04\\x81\\x82\\x01\\x01')",
        "import os; os.close(0); os.write(1, b'\\x82\\x04\\x80'); os._exit(2)",
    ],
    ids=["nothing", "failed", "of fewer", "of others", "killed", "no CBOR", "no number", "no words", "deaf"],
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


def test_processes_that_nobody_asks_are_ended_and_say_nothing(small: None, capfd: pytest.CaptureFixture[str]) -> None:
    with workers(8, 3) as others:
        assert len(others) == 2
    assert [other._process.poll() is not None for other in others] == [True, True]
    with pytest.raises(RuntimeError), workers(8, 2) as others:
        raise RuntimeError
    assert others[0]._process.poll() is not None
    left = worker.Worker()
    left._hang_up()  # as when the caller was killed
    assert left._process.wait(timeout=60) == 1
    left.end()
    assert capfd.readouterr() == ("", "")
