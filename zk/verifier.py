"""Does a real, unlinkable person of a trusted issuer stand behind exactly this media, at most once per scope?

The order is fixed and each step relies on those before it: canonical form and lengths; issuer trusted, epoch's key;
epoch open at the time that counts; binding; slot; reader's challenge; proof and pseudonym; and only then the ledger.
Header, messages, period and context are rebuilt here from the issuer's public part; the vouch only says which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self, TypeVar

from zk.ciphersuite import Suite
from zk.errors import EncodingError, ProofError, UnsupportedError, UntrustedError, ZkError
from zk.ledger import Entry, NullifierLedger, Outcome, Record
from zk.personhood import (
    DISCLOSED_INDEXES,
    ISSUER_MESSAGES,
    Binding,
    CredentialClass,
    IssuerInfo,
    Level,
    Scope,
    Vouch,
    check_slots,
    context_id,
    header,
    issuer_messages,
    period_of,
    proof_octets,
)
from zk.pseudonym import PairingTerm, check_pairings, prepare_verify, proof_verify_with_nym
from zk.voices import (
    AudienceMismatchError,
    BindingMismatchError,
    Code,
    DuplicateVoiceError,
    EpochClosedError,
    InvalidProofError,
    IssuerUnknownError,
    KeyUnknownError,
    MalformedVouchError,
    NonceMismatchError,
    People,
    Refusal,
    SlotExceededError,
    TimeBasis,
    UnsupportedVouchError,
    Voice,
    VoiceCount,
    conflicting,
    people,
    refusal_of,
)

__all__ = [
    "AT_TOLERANCE",
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
    "prove_ahead",
    "verify",
    "verify_many",
]

MAX_GRACE: Final = timedelta(days=366)
"""How long after its epoch a credential may still be accepted at most: beyond a year the epoch would mean nothing."""

AT_TOLERANCE: Final = timedelta(hours=1)
"""How far `at` may be from the ledger's clock for voices to be recorded: a long run's start, or clocks that differ."""

MAX_THREADS: Final = 16
"""Threads at most: sums of points run beside each other, the rest of the work does not."""

BATCH_PROOFS: Final = 1024
"""Proofs whose pairings are checked at once: beyond it a proof gets no cheaper."""

_In = TypeVar("_In")
_Out = TypeVar("_Out")

CHUNK_PROOFS: Final = 8
"""Proofs a thread takes at a time, so that none waits long for another's last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """One vouch as it was found, with what the reader knows about the media beside it."""

    vouch: bytes = field(repr=False)
    """The octets of the `.vouch` file or assertion."""
    bindings: Collection[Binding]
    """Those that the reader computed from the media and accepts: one of these, or the vouch is for other media."""
    time_stamp: datetime | None = None
    """A trusted time stamp over a verified manifest that contains the vouch, aware; the caller has checked it."""


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

    Raises one of the typed errors of `zk.voices`, each with its `code` (all are `ZkError`), EncodingError for options
    out of range, StorageError where the ledger fails.
    """
    presented = Presented(vouch=vouch, bindings=bindings, time_stamp=time_stamp)
    reader = _Reader.check(issuers, scopes, at, grace, slots, nonce, audience, ledger)
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
    proofs: Proofs | None = None,
) -> list[Voice | Refusal]:
    """Verify the vouches of one run; one result each, in order, as `verify` would give, in about half the time.

    issuers: those that the reader trusts. scopes: those that count; a vouch for another may hold, but counts for
    nothing and is not recorded. at: the reader's time, aware; within AT_TOLERANCE of the ledger's clock it means now,
    by that clock, and voices are recorded; at any other time the ledger is only read. grace: how long after its epoch
    a credential is accepted (never before). slots: how many of the issuer's slots the reader counts. nonce, audience:
    demanded where given; without them a vouch may be a replay. threads: 1 to MAX_THREADS. proofs: those that
    `prove_ahead` has looked at; everything else is checked here.

    Pairings are checked in batches; a batch that fails is halved until the bad proofs are known. Within a run all
    vouches that share a nullifier and differ in content are duplicates, whatever their order, and none is recorded;
    only where the ledger had recorded one before does that one stay `voice.seen`. Raises EncodingError for options out
    of range, StorageError where the ledger fails.
    """
    reader = _Reader.check(issuers, scopes, at, grace, slots, nonce, audience, ledger)
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= MAX_THREADS:
        raise EncodingError(f"threads: expected 1 to {MAX_THREADS}")
    results = _run(list(presented), reader, threads=threads, proofs=proofs)
    return [refusal_of(r.error, r.vouch) if isinstance(r, _Failed) else r for r in results]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """What an issuer signs besides the nym secrets."""

    header: bytes
    messages: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What the reader trusts and asks for, checked once a run."""

    issuers: dict[bytes, IssuerInfo]
    scopes: frozenset[Scope]
    at: datetime
    grace: timedelta
    slots: int
    nonce: bytes | None
    audience: str | None
    ledger: NullifierLedger | None
    records: bool
    """Whether voices are recorded, or the ledger is only read."""
    keys: dict[tuple[bytes, str], bytes | KeyUnknownError] = field(default_factory=dict)
    """Keys by issuer and epoch, or why there is none: looked for once a run."""
    signed: dict[tuple[bytes, CredentialClass, str, Level], _Signed] = field(default_factory=dict)
    """What issuers sign, by issuer, class, epoch and level: equal for everybody, built once a run."""

    @classmethod
    def check(
        cls,
        issuers: Iterable[IssuerInfo],
        scopes: Iterable[Scope],
        at: datetime,
        grace: timedelta,
        slots: int,
        nonce: bytes | None,
        audience: str | None,
        ledger: NullifierLedger | None,
    ) -> Self:
        """Raise EncodingError for options out of range, UntrustedError for two versions of an issuer that disagree."""
        if not timedelta(0) <= grace <= MAX_GRACE:
            raise EncodingError(f"grace: expected 0 to {MAX_GRACE.days} days")
        time, records = _utc(at, "at"), False
        if ledger is not None:
            now = ledger.now()
            if abs(now - time) <= AT_TOLERANCE:
                time, records = now, not ledger.read_only
        return cls(
            issuers=_latest(issuers),
            scopes=frozenset(scopes),
            at=time,
            grace=grace,
            slots=check_slots(slots),
            nonce=nonce,
            audience=audience,
            ledger=ledger,
            records=records,
        )

    def key(self, issuer: IssuerInfo, epoch: str) -> bytes:
        """Return the issuer's BBS key of an epoch. Raises KeyUnknownError."""
        found = self.keys.get((issuer.id, epoch))
        if found is None:
            try:
                found = issuer.key_for(epoch)
            except (EncodingError, UntrustedError, ProofError) as error:
                found = KeyUnknownError(str(error))
            self.keys[issuer.id, epoch] = found
        if isinstance(found, KeyUnknownError):
            raise KeyUnknownError(str(found))
        return found

    def statement(self, issuer: IssuerInfo, vouch: Vouch) -> _Signed:
        """Return the header and messages that this issuer signs for everybody of the vouch's class, epoch and level."""
        key = (issuer.id, vouch.credential_class, vouch.epoch, vouch.level)
        if key not in self.signed:
            self.signed[key] = _Signed(
                header=header(issuer, vouch.credential_class, vouch.epoch),
                messages=tuple(issuer_messages(issuer, vouch.credential_class, vouch.epoch, vouch.level)),
            )
        return self.signed[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A vouch that could be read and whose issuer is trusted; nothing of it is proved yet."""

    vouch: Vouch
    presented: Presented
    issuer: IssuerInfo
    public_key: bytes
    signed: _Signed
    scope: str
    context: bytes
    content: bytes

    @property
    def nullifier(self) -> tuple[bytes, CredentialClass, bytes, bytes]:
        return (self.issuer.id, self.vouch.credential_class, self.context, self.vouch.pseudonym)

    @property
    def entry(self) -> Entry:
        return Entry(
            issuer=self.issuer.id,
            credential_class=self.vouch.credential_class.value,
            context=self.context,
            pseudonym=self.vouch.pseudonym,
            content=self.content,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    error: ZkError
    vouch: Vouch | None


_Proved = tuple[_Claim, datetime, TimeBasis]
_Octets = Sequence[bytes]
_Statement = tuple[bytes, bytes, bytes, bytes, bytes, bytes, int, int, _Octets, _Octets, Sequence[int], Sequence[int]]
"""The positional parameters of ProofVerifyWithNym, in the draft's order."""
_Question = tuple[Suite, _Statement]
"""Everything on which it depends whether a proof holds."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What proofs came to that were looked at before anything else of their vouches was."""

    found: Mapping[_Question, str] = field(default_factory=dict, repr=False)
    """For each whole statement why it does not hold, or nothing where it does: whoever asks, and whenever."""

    def __contains__(self, question: _Question) -> bool:
        return question in self.found


def prove_ahead(vouches: Iterable[bytes], *, issuers: Iterable[IssuerInfo], at: datetime) -> Proofs:
    """Look at proofs alone, while what else decides about their vouches is still being found out.

    What is not a vouch by one of these issuers is left to `verify_many`, which says why. Parameters as there; raises
    as it does.
    """
    reader = _Reader.check(issuers, (), at, timedelta(0), 1, None, None, None)
    found: dict[_Question, str] = {}
    for octets in vouches:
        try:
            claim = _claim(_decode(octets), Presented(vouch=octets, bindings=()), reader)
        except ZkError:
            continue
        found[_question(claim)] = _trouble_alone(claim)
    return Proofs(found)


def _run(
    items: list[Presented], reader: _Reader, *, threads: int, proofs: Proofs | None = None
) -> list[Voice | _Failed]:
    """Take all vouches through the steps together; those that fail one take no part in the next."""
    failed: dict[int, _Failed] = {}
    # 1., 2. form and lengths; issuer and key
    claims: dict[int, _Claim] = {}
    for i, item in enumerate(items):
        vouch = None
        try:
            vouch = _decode(item.vouch)
            claims[i] = _claim(vouch, item, reader)
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
    admitted = {i: claim for i, claim in claims.items() if i not in failed}
    for i, bad_proof in _bad_proofs(admitted, threads=threads, proofs=proofs).items():
        failed[i] = _Failed(error=bad_proof, vouch=claims[i].vouch)
    # 8. the ledger
    proved = {i: (claim, *times[i]) for i, claim in claims.items() if i not in failed}
    settled = _settle(proved, reader)
    return [failed[i] if i in failed else settled[i] for i in range(len(items))]


def _utc(moment: datetime, what: str) -> datetime:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise EncodingError(f"{what}: expected a datetime with a time zone")
    return moment.astimezone(UTC)


def _latest(issuers: Iterable[IssuerInfo]) -> dict[bytes, IssuerInfo]:
    latest: dict[bytes, IssuerInfo] = {}
    for issuer in issuers:
        known = latest.get(issuer.id)
        if known is None or (known.serial <= issuer.serial and issuer.supersedes(known)):
            latest[issuer.id] = issuer
        else:
            known.supersedes(issuer)  # raises if the older one was not a version of this one
    return latest


def _decode(octets: bytes) -> Vouch:
    try:
        return Vouch.decode(octets)
    except UnsupportedError as error:
        raise UnsupportedVouchError(str(error)) from error
    except EncodingError as error:
        raise MalformedVouchError(str(error)) from error


def _claim(vouch: Vouch, presented: Presented, reader: _Reader) -> _Claim:
    """Find issuer and key and rebuild the context; suite, N and with them the proof's length are the issuer's."""
    issuer = reader.issuers.get(vouch.issuer)
    if issuer is None:
        raise IssuerUnknownError(f"issuer {vouch.issuer.hex()[:16]} is not among the {len(reader.issuers)} trusted")
    if vouch.suite is not issuer.suite:
        raise UnsupportedVouchError(f"suite: expected the issuer's, {issuer.suite.name}, got {vouch.suite.name}")
    if len(vouch.proof) != proof_octets(issuer.n):
        raise InvalidProofError(f"proof: expected {proof_octets(issuer.n)} octets, got {len(vouch.proof)}")
    public_key = reader.key(issuer, vouch.epoch)
    digest = vouch.media_digest  # of the vouch's own binding, which is later required to be one of the reader's
    period = period_of(vouch.credential_class, vouch.epoch)
    return _Claim(
        vouch=vouch,
        presented=presented,
        issuer=issuer,
        public_key=public_key,
        signed=reader.statement(issuer, vouch),
        content=vouch.presentation.content_digest,
        scope=vouch.scope.resolved(digest),
        context=context_id(issuer.id, vouch.credential_class, vouch.scope, period, vouch.slot, digest),
    )


def _look_up(claims: dict[int, _Claim], reader: _Reader) -> dict[int, datetime]:
    """Return when the ledger recorded equal content. The proof that the record is this person's comes later."""
    if reader.ledger is None or not claims:
        return {}
    records = reader.ledger.look_up(claim.entry for claim in claims.values())
    return {
        i: record.recorded_at
        for i, record in zip(claims, records, strict=True)
        if record.outcome is Outcome.SEEN and record.recorded_at is not None
    }


def _time_that_counts(claim: _Claim, recorded: datetime | None, reader: _Reader) -> tuple[datetime, TimeBasis]:
    """Return the earliest of record, trusted time stamp and `at` at which the epoch was open, and which it is.

    Not simply the earliest: the record of a voice `lasting` may be older than the credential that repeats it today.
    What is later than `at` does not exist yet. Raises EpochClosedError.
    """
    start, end = claim.issuer.epoch_length.epoch_bounds(claim.vouch.epoch)
    times = [(reader.at, TimeBasis.ASSUMED)]
    if claim.presented.time_stamp is not None:
        times.insert(0, (_utc(claim.presented.time_stamp, "time stamp"), TimeBasis.STAMPED))
    if recorded is not None:
        times.insert(0, (recorded, TimeBasis.RECORDED))
    times = [time for time in times if time[0] <= reader.at]
    in_time = [time for time in times if start <= time[0] < end + reader.grace]
    if not in_time:
        earliest = min(time for time, _ in times)
        raise EpochClosedError(f"epoch {claim.vouch.epoch} was not open at {earliest:%Y-%m-%dT%H:%M:%SZ}")
    return min(in_time, key=lambda time: time[0])  # on a tie the first, which is the better ground


def _admit(claim: _Claim, reader: _Reader) -> None:
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


def _bad_proofs(
    claims: dict[int, _Claim], *, threads: int, proofs: Proofs | None = None
) -> dict[int, InvalidProofError]:
    """Return the claims that are not proved, and why; pairings are checked in batches, on `threads` threads."""
    seen = {i: proofs.found[_question(claim)] for i, claim in claims.items() if proofs and _question(claim) in proofs}
    bad = {i: InvalidProofError(words) for i, words in seen.items() if words}
    unseen = {i: claim for i, claim in claims.items() if i not in seen}
    if len(unseen) == 1:
        ((i, alone),) = unseen.items()
        words = _trouble_alone(alone)
        return bad | ({i: InvalidProofError(words)} if words else {})
    prepared = dict(
        zip(unseen, _map(_prepare, list(unseen.values()), threads=threads, chunk=CHUNK_PROOFS), strict=True)
    )
    bad |= {i: found for i, found in prepared.items() if isinstance(found, InvalidProofError)}
    terms = [(i, found) for i, found in prepared.items() if isinstance(found, PairingTerm)]
    size = min(BATCH_PROOFS, max(1, -(-len(terms) // threads)))
    batches = [terms[start : start + size] for start in range(0, len(terms), size)]
    for failing in _map(_bad_terms, batches, threads=threads, chunk=1):
        bad |= {i: InvalidProofError("the proof is not about a credential of this issuer's key") for i in failing}
    return bad


def _trouble_alone(claim: _Claim) -> str:
    """Return why a proof does not hold, empty where it does: a single one's pairing is checked beside its sums."""
    try:
        proof_verify_with_nym(*_statement(claim), suite=claim.issuer.suite)
    except (EncodingError, ProofError) as error:
        return str(error) or "the proof does not verify"
    return ""


def _prepare(claim: _Claim) -> PairingTerm | InvalidProofError:
    """Check all of a proof but its pairing."""
    try:
        return prepare_verify(*_statement(claim), suite=claim.issuer.suite)
    except (EncodingError, ProofError) as error:
        return InvalidProofError(str(error))


def _question(claim: _Claim) -> _Question:
    return claim.issuer.suite, _statement(claim)


def _statement(claim: _Claim) -> _Statement:
    """Return what a proof is about, in the draft's order: header and messages are what its issuer signs for all."""
    vouch = claim.vouch
    return (
        claim.public_key,
        vouch.proof,
        claim.signed.header,
        vouch.presentation_header,
        vouch.pseudonym,
        claim.context,
        claim.issuer.n,
        ISSUER_MESSAGES,
        claim.signed.messages,
        (),
        DISCLOSED_INDEXES,
        (),
    )


def _bad_terms(terms: Sequence[tuple[int, PairingTerm]]) -> list[int]:
    """Return those that fail: all at once if none does, else by halves. n bad ones cost about 2n checks."""
    try:
        check_pairings([term for _, term in terms])
    except ProofError:
        if len(terms) == 1:
            return [terms[0][0]]
        middle = len(terms) // 2
        return _bad_terms(terms[:middle]) + _bad_terms(terms[middle:])
    return []


def _map(call: Callable[[_In], _Out], items: Sequence[_In], *, threads: int, chunk: int) -> list[_Out]:
    """Return `call` of each item in order; each thread computes with the caller's curve engine."""
    if threads == 1 or len(items) <= chunk:
        return [call(item) for item in items]
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        running = [pool.submit(copy_context().run, lambda part: [call(item) for item in part], part) for part in chunks]
        return [result for done in running for result in done.result()]


def _settle(proved: dict[int, _Proved], reader: _Reader) -> dict[int, Voice | _Failed]:
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


def _ask_ledger(counted: dict[int, _Claim], doubled: set[object], reader: _Reader) -> dict[int, Record]:
    """Record the voices, or only look them up: in a run in the past, and where this run contradicts itself."""
    if reader.ledger is None:
        return {}
    clear = [i for i, claim in counted.items() if reader.records and claim.nullifier not in doubled]
    unclear = [i for i in counted if i not in set(clear)]
    records = (
        dict(zip(clear, reader.ledger.consume_many(counted[i].entry for i in clear), strict=True)) if clear else {}
    )
    return records | dict(zip(unclear, reader.ledger.look_up(counted[i].entry for i in unclear), strict=True))
