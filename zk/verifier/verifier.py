"""Does a real, unlinkable person of a trusted issuer stand behind exactly this media, at most once per scope?

The order is fixed and each step relies on those before it: canonical form and lengths; issuer trusted, epoch's key;
epoch open at the time that counts; binding; slot; reader's challenge; proof and pseudonym; and only then the ledger.
Header, messages, period and context are rebuilt from the issuer's public part; the vouch only says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from zk.errors import EncodingError, ZkError
from zk.profile.personhood import Binding, IssuerInfo, Scope, Vouch
from zk.storage.ledger import NullifierLedger, Outcome, Record
from zk.verifier.proof_batches import Proofs, Question, trouble, troubles, workers
from zk.verifier.reader import (
    AT_TOLERANCE,
    CLOCK_TOLERANCE,
    MAX_GRACE,
    Claim,
    Presented,
    Reader,
    claim_of,
    decode,
    present,
    utc,
)
from zk.verifier.voices import (
    AudienceMismatchError,
    BindingMismatchError,
    Code,
    DuplicateVoiceError,
    EpochClosedError,
    InvalidProofError,
    NonceMismatchError,
    People,
    Refusal,
    SlotExceededError,
    TimeBasis,
    Voice,
    VoiceCount,
    conflicting,
    people,
    refusal_of,
)

if TYPE_CHECKING:
    from zk.verifier.worker import Worker

__all__ = [
    "AT_TOLERANCE",
    "CLOCK_TOLERANCE",
    "MAX_GRACE",
    "Code",
    "People",
    "Presented",
    "Proofs",
    "Refusal",
    "TimeBasis",
    "Voice",
    "VoiceCount",
    "people",
    "present",
    "prove_ahead",
    "verify",
    "verify_many",
]

MAX_THREADS: Final = 16
"""Threads at most: sums of points run beside each other, the rest of the work does not."""


def verify(
    vouch: bytes,
    *,
    bindings: Collection[Binding],
    issuers: Iterable[IssuerInfo],
    scopes: Iterable[Scope],
    at: datetime,
    ledger: NullifierLedger | None = None,
    grace: timedelta = timedelta(0),
    slots: int = 1,
    nonce: bytes | None = None,
    audience: str | None = None,
    time_stamp: datetime | None = None,
) -> Voice:
    """Verify one vouch and, with a ledger, record its voice. Parameters as in `verify_many`.

    Raises one of the typed errors of `zk.verifier.voices`, each with its `code` (all are `ZkError`), EncodingError for
    options out of range, StorageError where the ledger fails.
    """
    presented = Presented(vouch=vouch, bindings=bindings, time_stamp=time_stamp)
    reader = Reader.check(issuers, scopes, at, grace, slots, nonce, audience, ledger)
    result = _run([presented], reader, threads=1)[0]
    if isinstance(result, _Failed):
        raise result.error
    return result


def verify_many(
    presented: Iterable[Presented],
    *,
    issuers: Iterable[IssuerInfo],
    scopes: Iterable[Scope],
    at: datetime,
    ledger: NullifierLedger | None = None,
    grace: timedelta = timedelta(0),
    slots: int = 1,
    nonce: bytes | None = None,
    audience: str | None = None,
    threads: int = 1,
    processes: int = 1,
    proofs: Proofs | None = None,
) -> list[Voice | Refusal]:
    """Verify the vouches of one run; one result each, in order, as `verify` would give, in about half the time.

    issuers: those that the reader trusts. scopes: those that count; a vouch for another may hold, but counts for
    nothing and is not recorded. at: the reader's time, aware; within AT_TOLERANCE of the ledger's clock it means now,
    by that clock, and voices are recorded; at any other time the ledger is only read. grace: how long after its epoch
    a credential is accepted (never before). slots: how many of the issuer's slots the reader counts. nonce, audience:
    demanded where given; without them a vouch may be a replay. threads: 1 to MAX_THREADS. processes: 1
    to MAX_THREADS; they share large batches, and use processors better than threads do. proofs: those that
    `prove_ahead` has looked at; everything else is checked here.

    Pairings are checked in batches; a batch that fails is halved until the bad proofs are known. Within a run all
    vouches that share a nullifier and differ in content are duplicates, whatever their order, and none is recorded;
    only where the ledger had recorded one before does that one stay `voice.seen`. Raises EncodingError for options out
    of range, StorageError where the ledger fails, ClockError where `at` is now by our own clock and the ledger's
    differs from that by more than CLOCK_TOLERANCE.
    """
    reader = Reader.check(issuers, scopes, at, grace, slots, nonce, audience, ledger)
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= MAX_THREADS:
        raise EncodingError(f"threads: expected 1 to {MAX_THREADS}")
    if isinstance(processes, bool) or not isinstance(processes, int) or not 1 <= processes <= MAX_THREADS:
        raise EncodingError(f"processes: expected 1 to {MAX_THREADS}")
    items = list(presented)
    with workers(len(items) - (0 if proofs is None else len(proofs.found)), processes) as others:
        results = _run(items, reader, threads=threads, others=others, proofs=proofs)
    return [refusal_of(r.error, r.vouch) if isinstance(r, _Failed) else r for r in results]


def prove_ahead(vouches: Iterable[bytes], *, issuers: Iterable[IssuerInfo], at: datetime) -> Proofs:
    """Look at proofs alone, while what else decides about their vouches is still being found out.

    What is not a vouch by one of these issuers is left to `verify_many`, which says why. Parameters as there; raises
    as it does.
    """
    reader = Reader.check(issuers, (), at, timedelta(0), 1, None, None, None)
    found: dict[Question, str] = {}
    for octets in vouches:
        try:
            claim = claim_of(decode(octets), Presented(vouch=octets, bindings=()), reader)
        except ZkError:
            continue
        found[claim.question] = trouble(claim.question)
    return Proofs(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    error: ZkError
    vouch: Vouch | None


_Proved = tuple[Claim, datetime, TimeBasis]


def _run(
    items: list[Presented],
    reader: Reader,
    *,
    threads: int,
    others: Sequence[Worker] = (),
    proofs: Proofs | None = None,
) -> list[Voice | _Failed]:
    """Take all vouches through the steps together; those that fail one take no part in the next."""
    failed: dict[int, _Failed] = {}
    # 1., 2. form and lengths; issuer and key
    claims: dict[int, Claim] = {}
    for i, item in enumerate(items):
        vouch = None
        try:
            vouch = decode(item.vouch)
            claims[i] = claim_of(vouch, item, reader)
        except ZkError as error:
            failed[i] = _Failed(error=error, vouch=vouch)
    # 3. to 6. epoch at the time that counts, binding, slot, challenge
    recorded = _look_up(claims, reader)
    times: dict[int, tuple[datetime, TimeBasis]] = {}
    for i, claim in claims.items():
        try:
            times[i] = _time_that_counts(claim, recorded.get(i), reader)
            _admit(claim, reader)
        except ZkError as error:
            failed[i] = _Failed(error=error, vouch=claim.vouch)
    # 7. proof and pseudonym
    questions = {i: claim.question for i, claim in claims.items() if i not in failed}
    for i, words in troubles(questions, threads=threads, others=others, proofs=proofs).items():
        failed[i] = _Failed(error=InvalidProofError(words), vouch=claims[i].vouch)
    # 8. the ledger
    proved = {i: (claim, *times[i]) for i, claim in claims.items() if i not in failed}
    settled = _settle(proved, reader)
    return [failed[i] if i in failed else settled[i] for i in range(len(items))]


def _look_up(claims: dict[int, Claim], reader: Reader) -> dict[int, datetime]:
    """Return when the ledger recorded equal content. The proof that the record is this person's comes later."""
    if reader.ledger is None or not claims:
        return {}
    records = reader.ledger.look_up(claim.entry for claim in claims.values())
    return {
        i: record.recorded_at
        for i, record in zip(claims, records, strict=True)
        if record.outcome is Outcome.SEEN and record.recorded_at is not None
    }


def _time_that_counts(claim: Claim, recorded: datetime | None, reader: Reader) -> tuple[datetime, TimeBasis]:
    """Return the earliest of record, trusted time stamp and `at` at which the epoch was open, and which it is.

    Not simply the earliest: the record of a voice `lasting` may be older than the credential that repeats it today.
    What is later than `at` does not exist yet. Raises EpochClosedError.
    """
    start, end = claim.issuer.epoch_length.epoch_bounds(claim.vouch.epoch)
    times = [(reader.at, TimeBasis.ASSUMED)]
    if claim.presented.time_stamp is not None:
        times.insert(0, (utc(claim.presented.time_stamp, "time stamp"), TimeBasis.STAMPED))
    if recorded is not None:
        times.insert(0, (recorded, TimeBasis.RECORDED))
    times = [time for time in times if time[0] <= reader.at]
    in_time = [time for time in times if start <= time[0] and time[0] - end < reader.grace]
    if not in_time:
        earliest = min(time for time, _ in times)
        raise EpochClosedError(f"epoch {claim.vouch.epoch} was not open at {earliest:%Y-%m-%dT%H:%M:%SZ}")
    return min(in_time, key=lambda time: time[0])  # on a tie the first, which is the better ground


def _admit(claim: Claim, reader: Reader) -> None:
    """Check everything else that costs nothing, in the profile's order."""
    presentation = claim.vouch.presentation
    if presentation.binding not in claim.presented.bindings:
        raise BindingMismatchError("the vouch is bound to other media")
    slots = min(claim.issuer.slots, reader.slots)
    if claim.vouch.slot >= slots:
        raise SlotExceededError(f"slot: expected 0 to {slots - 1}, got {claim.vouch.slot}")
    if reader.nonce is not None and presentation.nonce != reader.nonce:
        raise NonceMismatchError("the vouch does not answer this reader's nonce")
    if reader.audience is not None and presentation.audience != reader.audience:
        raise AudienceMismatchError("the vouch was made for another audience")


def _settle(proved: dict[int, _Proved], reader: Reader) -> dict[int, Voice | _Failed]:
    """Say of each proved claim whether it is a voice, and record it."""
    counted = {i: claim for i, (claim, _, _) in proved.items() if claim.vouch.scope in reader.scopes}
    doubled = conflicting((claim.nullifier, claim.content) for claim in counted.values())
    records = _ask_ledger(counted, doubled, reader)
    settled: dict[int, Voice | _Failed] = {}
    for i, (claim, time, basis) in proved.items():
        record = records.get(i)
        code = Code.VOICE_UNCOUNTED
        if i in counted:
            code = _code(record, doubled=claim.nullifier in doubled)
        if code is Code.DUPLICATE:
            when = f", recorded {record.recorded_at:%Y-%m-%d}" if record is not None and record.recorded_at else ""
            error = DuplicateVoiceError(f"the same voice speaks for other media or with another statement{when}")
            settled[i] = _Failed(error=error, vouch=claim.vouch)
            continue
        recorded_at = record.recorded_at if record is not None else None
        if code is Code.VOICE_NEW and basis is TimeBasis.ASSUMED and recorded_at is not None:
            time, basis = recorded_at, TimeBasis.RECORDED
        settled[i] = Voice(
            code=code,
            vouch=claim.vouch,
            issuer=claim.issuer,
            binding=claim.vouch.presentation.binding,
            scope=claim.scope,
            context=claim.context,
            time=time,
            time_basis=basis,
            recorded_at=recorded_at,
        )
    return settled


def _code(record: Record | None, *, doubled: bool) -> Code:
    match record.outcome if record is not None else None:
        case Outcome.NEW:
            return Code.VOICE_NEW
        case Outcome.SEEN:
            return Code.VOICE_SEEN
        case Outcome.DUPLICATE:
            return Code.DUPLICATE
    if doubled:
        return Code.DUPLICATE
    return Code.VOICE_UNCHECKED if record is None else Code.VOICE_UNRECORDED


def _ask_ledger(counted: dict[int, Claim], doubled: set[object], reader: Reader) -> dict[int, Record]:
    """Record the voices, or only look them up: in a run in the past, and where this run contradicts itself."""
    if reader.ledger is None:
        return {}
    clear = [i for i, claim in counted.items() if reader.records and claim.nullifier not in doubled]
    unclear = [i for i in counted if i not in set(clear)]
    records = (
        dict(zip(clear, reader.ledger.consume_many(counted[i].entry for i in clear), strict=True)) if clear else {}
    )
    return records | dict(zip(unclear, reader.ledger.look_up(counted[i].entry for i in unclear), strict=True))
