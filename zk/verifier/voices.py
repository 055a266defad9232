"""What can a vouch turn out to be, and how many people do several vouches amount to?

Counting is by (issuer, class, scope, period, slot): within one such group two voices are two people. Across groups they
may be the same person, so "at least n people" is the largest group and never a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from zk.errors import EncodingError, ProofError, RefusedError, UnsupportedError, UntrustedError, ZkError
from zk.profile.personhood import Binding, CredentialClass, IssuerInfo, Vouch


class Code(StrEnum):
    """What a vouch turned out to be. Stable names; a report puts `person.` before them."""

    VOICE_NEW = "voice.new"
    """Holds, and the ledger recorded it by this very call."""
    VOICE_SEEN = "voice.seen"
    """Holds, and the ledger had it already with the same media and statement: the same voice."""
    VOICE_UNRECORDED = "voice.unrecorded"
    """Holds, and a ledger that was only read knows nothing of it yet."""
    VOICE_UNCHECKED = "voice.unchecked"
    """Holds, but there was no ledger: whether the voice was used elsewhere was not checked."""
    VOICE_UNCOUNTED = "voice.uncounted"
    """Holds, for a scope that the reader did not name: it counts for nothing here and was not recorded."""
    MALFORMED = "vouch.malformed"
    UNSUPPORTED = "vouch.unsupported"
    ISSUER_UNKNOWN = "issuer.unknown"
    KEY_UNKNOWN = "issuer.key.unknown"
    EPOCH_CLOSED = "epoch.closed"
    BINDING_MISMATCH = "binding.mismatch"
    SLOT_EXCEEDED = "slot.exceeded"
    NONCE_MISMATCH = "nonce.mismatch"
    AUDIENCE_MISMATCH = "audience.mismatch"
    PROOF_INVALID = "proof.invalid"
    DUPLICATE = "duplicate"


class MalformedVouchError(EncodingError):
    """The octets are no vouch in canonical form."""

    code: Code = Code.MALFORMED


class UnsupportedVouchError(UnsupportedError):
    """The vouch is for a profile, draft or suite that this version, or its issuer, does not use."""

    code: Code = Code.UNSUPPORTED


class IssuerUnknownError(UntrustedError):
    """The reader trusts no issuer with this id."""

    code: Code = Code.ISSUER_UNKNOWN


class KeyUnknownError(UntrustedError):
    """The trusted issuer has no good key for the epoch: none published, compromised, or never shown to be held."""

    code: Code = Code.KEY_UNKNOWN


class EpochClosedError(UntrustedError):
    """The credential's epoch was not open at the time that counts."""

    code: Code = Code.EPOCH_CLOSED


class BindingMismatchError(ProofError):
    """The vouch is bound to other media."""

    code: Code = Code.BINDING_MISMATCH


class SlotExceededError(RefusedError):
    """The slot is not one of those that issuer and reader allow."""

    code: Code = Code.SLOT_EXCEEDED


class NonceMismatchError(ProofError):
    """The vouch does not answer the reader's challenge."""

    code: Code = Code.NONCE_MISMATCH


class AudienceMismatchError(ProofError):
    """The vouch was made for somebody else."""

    code: Code = Code.AUDIENCE_MISMATCH


class InvalidProofError(ProofError):
    """Proof or pseudonym does not verify for what the reader rebuilt."""

    code: Code = Code.PROOF_INVALID


class DuplicateVoiceError(RefusedError):
    """The same voice was used for something else."""

    code: Code = Code.DUPLICATE


class TimeBasis(StrEnum):
    """Where the time that counts is from."""

    RECORDED = "recorded"
    """The ledger recorded equal content then, by its database's clock."""
    STAMPED = "stamped"
    """A trusted time stamp that the caller verified."""
    ASSUMED = "assumed"
    """Only the reader's `at`: an assumption, and to be labelled so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A vouch that holds: proof, binding, epoch and slot are verified; `code` says how far uniqueness is."""

    code: Code
    """One of the VOICE_ codes."""
    vouch: Vouch
    issuer: IssuerInfo
    """As trusted by the reader; name and counts are from here, never from the vouch."""
    binding: Binding
    """The reader's own, which the vouch names."""
    scope: str
    """The scope as it entered the context: with the binding's digest where the vouch says `media`."""
    context: bytes = field(repr=False)
    """Context id as rebuilt by the verifier."""
    time: datetime
    """The time that counts, UTC."""
    time_basis: TimeBasis
    recorded_at: datetime | None
    """When the ledger first recorded this voice; None without a record."""

    @property
    def nullifier(self) -> tuple[bytes, CredentialClass, bytes, bytes]:
        """Issuer, class, context, pseudonym: equal for two vouches exactly if one person spoke in one context."""
        return (self.issuer.id, self.vouch.credential_class, self.context, self.vouch.pseudonym)

    @property
    def content(self) -> bytes:
        """SHA-256(dCBOR[binding, statement]): what the voice was used for."""
        return self.vouch.presentation.content_digest

    @property
    def counted(self) -> bool:
        """Whether the reader named its scope."""
        return self.code is not Code.VOICE_UNCOUNTED

    @property
    def uniqueness_checked(self) -> bool:
        """Whether a ledger holds this voice for exactly this: what was only looked for may be used elsewhere too."""
        return self.code in (Code.VOICE_NEW, Code.VOICE_SEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A vouch that does not hold: what `verify` would have raised, as a value."""

    code: Code
    reason: str
    """One sentence, safe to show: got and expected, no secret."""
    vouch: Vouch | None
    """What the vouch claims, where it could be read at all; nothing of it is verified."""


def refusal_of(error: ZkError, vouch: Vouch | None = None) -> Refusal:
    """Return an error of `verify` as a value. Raises the error itself where it says nothing about the vouch."""
    code = getattr(error, "code", None)
    if not isinstance(code, Code):
        raise error
    return Refusal(code=code, reason=str(error), vouch=vouch)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceCount:
    """How many different voices there are in one group."""

    issuer: bytes
    """Issuer id."""
    issuer_name: str
    credential_class: CredentialClass
    scope: str
    """With the binding's digest where the reader's scope is `media`."""
    period: str
    slot: int
    voices: int
    """Different people, as far as the issuer keeps to one credential a person."""
    new: int
    """How many of them the ledger met for the first time in this run: what a running total grows by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What a run's voices amount to."""

    at_least: int
    """The largest count of any group: that many different people, or more."""
    counts: tuple[VoiceCount, ...]
    """Every group, in a fixed order."""
    duplicates: tuple[Voice, ...]
    """Voices used for different things within this run: none of them is counted."""
    uniqueness_checked: bool
    """Whether a ledger holds every counted voice. If not, each may have been used elsewhere, or may be yet."""


def conflicting(uses: Iterable[tuple[tuple[bytes, CredentialClass, bytes, bytes], bytes]]) -> set[object]:
    """Return the nullifiers that occur with more than one content, from pairs of both."""
    first: dict[object, bytes] = {}
    return {nullifier for nullifier, content in uses if first.setdefault(nullifier, content) != content}


def people(voices: Iterable[Voice]) -> People:
    """Count the voices of one run: those whose scopes the reader named, each nullifier once.

    The order never matters: of voices that share a nullifier and differ in content none is counted, except the one
    that a ledger had recorded before the others.
    """
    counted = [voice for voice in voices if voice.counted]
    doubled = conflicting((voice.nullifier, voice.content) for voice in counted)
    recorded = (Code.VOICE_NEW, Code.VOICE_SEEN)
    duplicates = tuple(v for v in counted if v.nullifier in doubled and v.code not in recorded)
    groups: dict[tuple[bytes, str, str, str, int], dict[object, Voice]] = {}
    for voice in counted:
        if voice.nullifier in doubled and voice.code not in recorded:
            continue
        vouch = voice.vouch
        group = groups.setdefault(
            (voice.issuer.id, vouch.credential_class.value, voice.scope, vouch.period, vouch.slot), {}
        )
        # The same voice on several files or twice on one: new if it was so anywhere in this run.
        if voice.nullifier not in group or voice.code is Code.VOICE_NEW:
            group[voice.nullifier] = voice
    counts = tuple(_count(list(groups[key].values())) for key in sorted(groups))
    return People(
        at_least=max((count.voices for count in counts), default=0),
        counts=counts,
        duplicates=duplicates,
        uniqueness_checked=bool(counts)
        and all(v.uniqueness_checked for group in groups.values() for v in group.values()),
    )


def _count(group: list[Voice]) -> VoiceCount:
    first = group[0]
    return VoiceCount(
        issuer=first.issuer.id,
        issuer_name=first.issuer.name,
        credential_class=first.vouch.credential_class,
        scope=first.scope,
        period=first.vouch.period,
        slot=first.vouch.slot,
        voices=len(group),
        new=sum(voice.code is Code.VOICE_NEW for voice in group),
    )
