"""Which of many proofs do not hold, and why? Checked together, on several threads, or ahead of everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Final, TypeVar

from zk.bbs.ciphersuite import Suite
from zk.bbs.pseudonym import PairingTerm, check_pairings, prepare_verify, proof_verify_with_nym
from zk.errors import EncodingError, ProofError

BATCH_PROOFS: Final = 1024
"""Proofs whose pairings are checked at once: beyond it a proof gets no cheaper."""

LEAST_FOR_PROCESSES: Final = 400
"""Proofs from which on another process is worth its start, about half a second."""

CHUNK_PROOFS: Final = 8
"""Proofs a thread takes at a time, so that none waits long for another's last ones."""

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


def troubles(
    questions: Mapping[int, Question], *, threads: int, processes: int = 1, proofs: Proofs | None = None
) -> dict[int, str]:
    """Return why each proof that does not hold does not; pairings are checked in batches, on `threads` threads.

    Of LEAST_FOR_PROCESSES and more, `processes` - 1 other processes get their shares. What is among `proofs` is not
    looked at again.
    """
    answered = {i: proofs.found[question] for i, question in questions.items() if proofs and question in proofs}
    bad = {i: words for i, words in answered.items() if words}
    unanswered = {i: question for i, question in questions.items() if i not in answered}
    if processes > 1 and len(unanswered) >= LEAST_FOR_PROCESSES:
        return bad | _shared(unanswered, processes)
    if len(unanswered) == 1:
        ((i, alone),) = unanswered.items()
        words = trouble(alone)
        return bad | ({i: words} if words else {})
    prepared = dict(
        zip(unanswered, _map(_prepare, list(unanswered.values()), threads=threads, chunk=CHUNK_PROOFS), strict=True)
    )
    bad |= {i: found for i, found in prepared.items() if isinstance(found, str)}
    terms = [(i, found) for i, found in prepared.items() if isinstance(found, PairingTerm)]
    size = min(BATCH_PROOFS, max(1, -(-len(terms) // threads)))
    batches = [terms[start : start + size] for start in range(0, len(terms), size)]
    for failing in _map(_bad_terms, batches, threads=threads, chunk=1):
        bad |= dict.fromkeys(failing, "the proof is not about a credential of this issuer's key")
    return bad


def _shared(questions: Mapping[int, Question], processes: int) -> dict[int, str]:
    """Give each process its share, take one here, and what a process does not answer for in full as well."""
    from zk.verifier.worker import answer, ask

    own, *others = [dict(list(questions.items())[start::processes]) for start in range(processes)]
    try:
        asked = [(ask(share), share) for share in others if share]
    except OSError:  # no room for a process, or no leave
        return troubles(questions, threads=1)
    bad = troubles(own, threads=1)
    for worker, share in asked:
        found = answer(worker, share)
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


def _prepare(question: Question) -> PairingTerm | str:
    """Check all of a proof but its pairing; return what that is about, or why the proof does not hold."""
    suite, statement = question
    try:
        return prepare_verify(*statement, suite=suite)
    except (EncodingError, ProofError) as error:
        return str(error)


def _bad_terms(terms: Sequence[tuple[int, PairingTerm]]) -> list[int]:
    """Return those that fail: all at once if none does, else by halves as long as that helps.

    Where both halves fail, and both halves of one of these, many are bad, and each is looked at alone: made-up proofs
    cost a pairing each and no more. A few bad ones among many cost some 2 log n checks of ever smaller lots.
    """
    return [] if _hold(terms) else _bad_among(terms, has_spread=False)


def _bad_among(terms: Sequence[tuple[int, PairingTerm]], *, has_spread: bool) -> list[int]:
    """Return those that fail of terms that do not all hold; `has_spread` is whether both halves failed before."""
    if len(terms) == 1:
        return [terms[0][0]]
    middle = len(terms) // 2
    failing = [half for half in (terms[:middle], terms[middle:]) if not _hold(half)]
    if len(failing) == 2 and has_spread:
        return [i for i, term in terms if not _hold([(i, term)])]
    return [i for half in failing for i in _bad_among(half, has_spread=len(failing) == 2)]


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
