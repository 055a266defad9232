"""Which of many proofs do not hold, and why? Checked together, on several threads, or ahead of everything else.

Of many the pairings come first. Whoever has no signature can give a proof a right challenge, and nothing but its
pairing tells that from an honest one; so the sums of points behind the challenge, the dearest part, are for those whose
pairing holds.

Decoding points is not batched. Each needs a square root of its own (36 microseconds on arkworks). That they lie in the
subgroup (96 more) could be told of many from random sums, but not from one: the cofactor of G1 is 3 * (11 * 10177 *
859267 * 52437899)^2, so that a third of such sums would hide a point with a part of order 3. It takes 81 sums with
coefficients 0 to 2 for 2^-128, at 3 microseconds a point each, which is 240 instead of 96; with 2^-40 they would cost
as much as they save. Nothing is to be gained by hashing together either: a challenge hashes some hundred octets of its
own, and generators and points of contexts are kept.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from zk.bbs.ciphersuite import Suite
from zk.bbs.pseudonym import PairingTerm, begin_verify, check_pairings, proof_verify_with_nym
from zk.errors import EncodingError, ProofError

if TYPE_CHECKING:
    from zk.verifier.worker import Worker

BATCH_PROOFS: Final = 1024
"""Proofs whose pairings are checked at once: beyond it a proof gets no cheaper."""

LEAST_FOR_PROCESSES: Final = 400
"""Proofs from which on another process is worth its start, about a tenth of a second of a processor's time."""

CHUNK_PROOFS: Final = 8
"""Proofs a thread takes at a time, so that none waits long for another's last ones."""

ALONE: Final = 0.38
"""Share of bad proofs from which on each is looked at alone: beyond (3 - sqrt(5)) / 2 no grouping is cheaper."""

_RANDOM: Final = random.SystemRandom()
_In = TypeVar("_In")
_Out = TypeVar("_Out")

_Octets = Sequence[bytes]
Statement = tuple[bytes, bytes, bytes, bytes, bytes, bytes, int, int, _Octets, _Octets, Sequence[int], Sequence[int]]
"""The positional parameters of ProofVerifyWithNym, in the draft's order."""
Question = tuple[Suite, Statement]
"""Everything on which it depends whether a proof holds."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What proofs came to that were looked at before anything else of their vouches was."""

    found: Mapping[Question, str] = field(default_factory=dict, repr=False)
    """For each whole statement why it does not hold, or nothing where it does: whoever asks, and whenever."""

    def __contains__(self, question: Question) -> bool:
        return question in self.found


@contextmanager
def workers(number: int, processes: int) -> Iterator[list[Worker]]:
    """Start `processes` - 1 other processes where so many proofs are worth it, and end those that nobody has asked.

    They load while the caller is still finding out what there is to ask.
    """
    if processes == 1 or number < LEAST_FOR_PROCESSES:
        yield []
        return
    from zk.verifier.worker import Worker

    started: list[Worker] = []
    try:
        with suppress(OSError):  # no room for a process, or no leave: those that there are will do
            started.extend(Worker() for _ in range(processes - 1))
        yield started
    finally:
        for worker in started:
            worker.end()


def troubles(
    questions: Mapping[int, Question],
    *,
    threads: int,
    others: Sequence[Worker] = (),
    proofs: Proofs | None = None,
) -> dict[int, str]:
    """Return why each proof that does not hold does not; pairings are checked in batches, on `threads` threads.

    Of LEAST_FOR_PROCESSES and more, other processes (`workers`) get their shares. What is among `proofs` is not looked
    at again.
    """
    answered = {i: proofs.found[question] for i, question in questions.items() if proofs and question in proofs}
    bad = {i: words for i, words in answered.items() if words}
    unanswered = {i: question for i, question in questions.items() if i not in answered}
    if others and len(unanswered) >= LEAST_FOR_PROCESSES:
        return bad | _shared(unanswered, others)
    if len(unanswered) == 1:
        ((i, alone),) = unanswered.items()
        words = trouble(alone)
        return bad | ({i: words} if words else {})
    rows, size = list(unanswered.items()), BATCH_PROOFS * threads
    for start in range(0, len(rows), size):
        bad |= _troubles_of(rows[start : start + size], threads=threads)
    return bad


def _troubles_of(questions: Sequence[tuple[int, Question]], *, threads: int) -> dict[int, str]:
    """Return why each of a bounded number of proofs does not hold: form, then pairings, then challenges."""
    begun = _map(_begin, questions, threads=threads, chunk=CHUNK_PROOFS)
    bad = {one.number: one.trouble for one in begun if one.term is None}
    terms = [(one.number, one.term) for one in begun if one.term is not None]
    size = min(BATCH_PROOFS, max(1, -(-len(terms) // threads)))
    batches = [terms[start : start + size] for start in range(0, len(terms), size)]
    for failing in _map(_bad_terms, batches, threads=threads, chunk=1):
        bad |= dict.fromkeys(failing, "the proof is not about a credential of this issuer's key")
    left = [one for one in begun if one.number not in bad]
    for one, words in zip(left, _map(_finish, left, threads=threads, chunk=CHUNK_PROOFS), strict=True):
        if words:
            bad[one.number] = words
    return bad


def _shared(questions: Mapping[int, Question], others: Sequence[Worker]) -> dict[int, str]:
    """Give each process its share, take one here, and what a process does not answer for in full as well."""
    rows, processes = list(questions.items()), len(others) + 1
    own, *shares = [dict(rows[start::processes]) for start in range(processes)]
    for worker, share in zip(others, shares, strict=True):
        worker.ask(share)
    bad = troubles(own, threads=1)
    for worker, share in zip(others, shares, strict=True):
        found = worker.answer(share)
        bad |= troubles(share, threads=1) if found is None else found
    return bad


def trouble(question: Question) -> str:
    """Return why one proof does not hold, empty where it does: its pairing is checked beside its sums of points."""
    suite, statement = question
    try:
        proof_verify_with_nym(*statement, suite=suite)
    except (EncodingError, ProofError) as error:
        return str(error) or "the proof does not verify"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A proof of which nothing but the form was looked at."""

    number: int
    trouble: str = ""
    term: PairingTerm | None = None
    """What its pairing is about; None where there is a trouble."""
    check_challenge: Callable[[], None] = lambda: None


def _begin(row: tuple[int, Question]) -> _Begun:
    number, (suite, statement) = row
    try:
        term, check_challenge = begin_verify(*statement, suite=suite)
    except (EncodingError, ProofError) as error:
        return _Begun(number=number, trouble=str(error) or "the proof does not verify")
    return _Begun(number=number, term=term, check_challenge=check_challenge)


def _finish(begun: _Begun) -> str:
    """Check the challenge; return why the proof does not hold, empty where it does."""
    try:
        begun.check_challenge()
    except (EncodingError, ProofError) as error:
        return str(error) or "the proof does not verify"
    return ""


def _bad_terms(terms: Sequence[tuple[int, PairingTerm]]) -> list[int]:
    """Return those that fail: all at once if none does, else by lots, each as large as the bad ones found so far allow.

    A lot that fails is halved down to its first bad term; what stands behind that is looked at in the next lots. (This
    is F. K. Hwang's generalised binary splitting of 1972, with the share of bad ones estimated.) One bad one among n
    costs some log2 n checks; where more than a third is bad, which no halving would find cheaper, each costs one. In
    random order, so that nobody arranges theirs to cost more.
    """
    if _hold(terms):
        return []
    lot, bad, start, size = list(terms), [], 0, len(terms)
    _RANDOM.shuffle(lot)
    while start < len(lot):
        group = lot[start : start + size]
        if start and _hold(group):
            start += len(group)
        else:
            first = _first_bad(group)
            bad.append(group[first][0])
            start += first + 1
        share = (len(bad) + 0.5) / (start + 1)
        size = 1 if share > ALONE else int(math.log(2) / share)
    return bad


def _first_bad(terms: Sequence[tuple[int, PairingTerm]]) -> int:
    """Return the place of the first that fails of terms that do not all hold: what is before the middle decides."""
    least, most = 0, len(terms)
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if _hold(terms[least:middle]) else (least, middle)
    return least


def _hold(terms: Sequence[tuple[int, PairingTerm]]) -> bool:
    try:
        check_pairings([term for _, term in terms])
    except ProofError:
        return False
    return True


def _map(call: Callable[[_In], _Out], items: Sequence[_In], *, threads: int, chunk: int) -> list[_Out]:
    """Return `call` of each item in order; each thread computes with the caller's curve engine."""
    if threads == 1 or len(items) <= chunk:
        return [call(item) for item in items]
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        running = [pool.submit(copy_context().run, lambda part: [call(item) for item in part], part) for part in chunks]
        return [result for done in running for result in done.result()]
