"""What does a reader trust and ask for, and what does a vouch claim before them, of which nothing is proved yet?

Header, messages, period and context are rebuilt here from the issuer's public part; the vouch only says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from zk.errors import ClockError, EncodingError, ProofError, UnsupportedError, UntrustedError
from zk.profile.personhood import (
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
from zk.storage.ledger import Entry, NullifierLedger
from zk.verifier.proof_batches import Question
from zk.verifier.voices import (
    InvalidProofError,
    IssuerUnknownError,
    KeyUnknownError,
    MalformedVouchError,
    UnsupportedVouchError,
)

MAX_GRACE: Final = timedelta(days=366)
"""How long after its epoch a credential may still be accepted at most: beyond a year the epoch would mean nothing."""

AT_TOLERANCE: Final = timedelta(hours=1)
"""How far `at` may be from the present for it to mean now: a long run's start."""

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""How far the ledger's clock and ours may differ where `at` means now; beyond it nothing is judged or recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """One vouch as it was found, with what the reader knows about the media beside it."""

    vouch: bytes = field(repr=False)
    """The octets of the `.vouch` file or assertion."""
    bindings: Collection[Binding]
    """Those that the reader computed from the media and accepts: one of these, or the vouch is for other media."""
    time_stamp: datetime | None = None
    """A trusted time stamp over a verified manifest that contains the vouch, aware; the caller has checked it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What an issuer signs besides the nym secrets."""

    header: bytes
    messages: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
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
    signed: dict[tuple[bytes, CredentialClass, str, Level], Signed] = field(default_factory=dict)
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
        """Raise EncodingError for options out of range, UntrustedError for two versions of an issuer that disagree.

        Raises ClockError where `at` means now and the ledger's clock shows another time.
        """
        if not timedelta(0) <= grace <= MAX_GRACE:
            raise EncodingError(f"grace: expected 0 to {MAX_GRACE.days} days")
        time, records = utc(at, "at"), False
        if ledger is not None:
            now = present(ledger, time)
            if now is not None:
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

    def statement(self, issuer: IssuerInfo, vouch: Vouch) -> Signed:
        """Return the header and messages that this issuer signs for everybody of the vouch's class, epoch and level."""
        key = (issuer.id, vouch.credential_class, vouch.epoch, vouch.level)
        if key not in self.signed:
            self.signed[key] = Signed(
                header=header(issuer, vouch.credential_class, vouch.epoch),
                messages=tuple(issuer_messages(issuer, vouch.credential_class, vouch.epoch, vouch.level)),
            )
        return self.signed[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A vouch that could be read and whose issuer is trusted; nothing of it is proved yet."""

    vouch: Vouch
    presented: Presented
    issuer: IssuerInfo
    public_key: bytes
    signed: Signed
    scope: str
    context: bytes
    content: bytes

    @property
    def nullifier(self) -> tuple[bytes, CredentialClass, bytes, bytes]:
        """As that of `zk.verifier.voices.Voice`."""
        return (self.issuer.id, self.vouch.credential_class, self.context, self.vouch.pseudonym)

    @property
    def entry(self) -> Entry:
        """What the ledger is asked about."""
        return Entry(
            issuer=self.issuer.id,
            credential_class=self.vouch.credential_class.value,
            context=self.context,
            pseudonym=self.vouch.pseudonym,
            content=self.content,
        )

    @property
    def question(self) -> Question:
        """What its proof is about, in the draft's order: header and messages are what its issuer signs for all."""
        statement = (
            self.public_key,
            self.vouch.proof,
            self.signed.header,
            self.vouch.presentation_header,
            self.vouch.pseudonym,
            self.context,
            self.issuer.n,
            ISSUER_MESSAGES,
            self.signed.messages,
            (),
            DISCLOSED_INDEXES,
            (),
        )
        return self.issuer.suite, statement


def decode(octets: bytes) -> Vouch:
    """Parse a vouch. Raises MalformedVouchError or UnsupportedVouchError."""
    try:
        return Vouch.decode(octets)
    except UnsupportedError as error:
        raise UnsupportedVouchError(str(error)) from error
    except EncodingError as error:
        raise MalformedVouchError(str(error)) from error


def claim_of(vouch: Vouch, presented: Presented, reader: Reader) -> Claim:
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
    return Claim(
        vouch=vouch,
        presented=presented,
        issuer=issuer,
        public_key=public_key,
        signed=reader.statement(issuer, vouch),
        content=vouch.presentation.content_digest,
        scope=vouch.scope.resolved(digest),
        context=context_id(issuer.id, vouch.credential_class, vouch.scope, period, vouch.slot, digest),
    )


def our_clock() -> datetime:
    """Return the time by this machine's clock, UTC."""
    return datetime.now(UTC)


def present(ledger: NullifierLedger, at: datetime) -> datetime | None:
    """Return the present by the ledger's clock if `at` means now, else None: the ledger is then only read.

    Where `at` is now by our own clock and the ledger's differs from that, no voice could be recorded at the right time,
    and each would pass as one that is not known yet. Raises ClockError, with both times; nothing was looked at.
    """
    theirs, ours = ledger.now(), our_clock()
    if abs(ours - at) <= AT_TOLERANCE and abs(theirs - ours) > CLOCK_TOLERANCE:
        raise ClockError(
            f"ledger {ledger.name}: its clock shows {theirs:%Y-%m-%dT%H:%M:%SZ} and ours {ours:%Y-%m-%dT%H:%M:%SZ}: "
            f"more than {CLOCK_TOLERANCE // timedelta(minutes=1)} minutes apart"
        )
    return theirs if abs(theirs - at) <= AT_TOLERANCE else None


def utc(moment: datetime, what: str) -> datetime:
    """Return an aware time in UTC. Raises EncodingError, also where the calendar ends before it in UTC."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise EncodingError(f"{what}: expected a datetime with a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise EncodingError(f"{what}: expected a time of the years 1 to 9999 in UTC") from None


def _latest(issuers: Iterable[IssuerInfo]) -> dict[bytes, IssuerInfo]:
    latest: dict[bytes, IssuerInfo] = {}
    for issuer in issuers:
        known = latest.get(issuer.id)
        if known is None or (known.serial <= issuer.serial and issuer.supersedes(known)):
            latest[issuer.id] = issuer
        else:
            known.supersedes(issuer)  # raises if the older one was not a version of this one
    return latest
