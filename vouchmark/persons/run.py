"""What do the vouches of a whole run turn out to be, and what does each file's report say of them?

Vouches are verified together: in batches, because that is cheaper, and over the whole run, because the same person may
have spoken for two files of it. Reports stay in order. Where no vouch is in play each report passes at once; from the
first one that may count on, reports wait until the last file was looked at.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from vouchmark.examination.spool import Spool
from vouchmark.lines.facts import Answer, Facts
from vouchmark.lines.person import line as person
from vouchmark.lines.person.facts import Elsewhere, Found, Judged, Where
from vouchmark.persons.settings import PersonSettings
from vouchmark.report import Json, Line, Report
from vouchmark.vouching.files import Beside, VouchFile
from vouchmark.vouching.likeness import likeness
from vouchmark.vouching.vouch import MediaBindings, bindings_of

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.credentials.history.carried import CarriedAssertion
    from provenance.credentials.own_check import OwnCheck
    from zk.profile.personhood import Binding, Vouch
    from zk.verifier.verifier import Presented, Proofs
    from zk.verifier.voices import Refusal, Voice

BATCH_VOUCHES: Final = 512
"""Vouches verified at once where none of them can meet another: a proof gets hardly cheaper beyond it."""
BATCH_REPORTS: Final = 512
"""Reports that wait at most for such a batch to fill."""
MAX_WAITING: Final = 50_000
"""Vouches that wait for the end of a run at most, some 400 MB: whoever fills a folder must not fill the memory."""
MAX_AHEAD: Final = 2
"""Embedded vouches looked at while the last file is still being examined: more would take longer than that."""
MAX_THREADS: Final = 4
"""Threads that verify, and of large batches processes: sums of points run beside each other, the rest does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVouches:
    """The vouches that speak of one file, before anything is verified."""

    found: tuple[Found, ...] = ()
    more: int = 0
    """How many more there are than are read."""


def vouches_for(path: Path | None, settings: PersonSettings, beside: Beside) -> FileVouches:
    """The vouches given for a file or lying beside it."""
    files, more = beside.find(path) if path is not None else ((), 0)
    return vouches_of(files, more, settings)


def vouches_of(files: Iterable[VouchFile], more: int, settings: PersonSettings) -> FileVouches:
    """The vouches given for a file, and those that lay beside it; `more` as `FileVouches` has it."""
    given = tuple(_of_file(file, Where.GIVEN) for file in settings.vouches)
    known = {found.octets for found in given if found.octets}
    lying = tuple(_of_file(file, Where.BESIDE) for file in files if file.octets not in known)
    return FileVouches(found=(*given, *lying), more=more)


def _of_file(file: VouchFile, where: Where) -> Found:
    return Found(octets=file.octets, where=where, name=file.name, trouble=file.trouble)


def _of_assertion(one: CarriedAssertion) -> Found:
    return Found(
        octets=one.octets,
        where=Where.EMBEDDED if one.may_count else Where.MISPLACED,
        name=one.carrier,
        trouble="" if one.may_count else str(one.state),
        manifest=one.updated,
        counts_for=one.for_manifest,
        reaches_file=one.reaches_file,
        stamped=one.stamped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One vouch with what it may be bound to: ready to be verified."""

    found: Found
    vouch: Vouch | None
    """As decoded; None where it is none."""
    bindings: tuple[Binding, ...] = ()
    elsewhere: Elsewhere | None = None
    """Where it is bound to something that is not this file, to what."""
    distance: int | None = None
    """Bits by which the picture's hash differs from the vouch's hint, where the two look alike."""

    @property
    def hint(self) -> bytes | None:
        """The perceptual hash of the picture that it was made for, where that is not this file."""
        told = self.found.where in (Where.GIVEN, Where.BESIDE) and self.elsewhere in (Elsewhere.OTHER, Elsewhere.BROKEN)
        return self.vouch.presentation.pdq if told and self.vouch is not None else None

    def compared(self, pdq: bytes | None) -> Claim:
        """The same, with what a look at the picture adds."""
        bits = likeness(pdq, self.hint)
        return self if bits is None else replace(self, elsewhere=Elsewhere.LOOKALIKE, distance=bits)

    @property
    def presented(self) -> Presented:
        """For the verifier."""
        from zk.verifier.verifier import Presented

        return Presented(vouch=self.found.octets, bindings=self.bindings, time_stamp=self.found.stamped)


def claims_of(vouches: FileVouches, asset: Asset, facts: Facts) -> tuple[Claim, ...]:
    """Every vouch that speaks of an asset, with the bindings that it may name: given, embedded, beside it."""
    embedded = tuple(map(_of_assertion, facts.own.carried)) if facts.own is not None else ()
    found = sorted((*vouches.found, *embedded), key=lambda one: _ORDER.index(one.where))
    if not found:
        return ()
    decoded = [(one, _decode(one)) for one in found]
    media = bindings_of(asset, facts, bare=any(_needs_bare(vouch, asset) for _, vouch in decoded))
    return tuple(_claim(one, vouch, media) for one, vouch in decoded)


_ORDER: Final = (Where.GIVEN, Where.EMBEDDED, Where.BESIDE, Where.MISPLACED)


def _decode(found: Found) -> Vouch | None:
    from zk.errors import ZkError
    from zk.profile.personhood import Vouch

    try:
        return Vouch.decode(found.octets)
    except ZkError:
        return None


def _needs_bare(vouch: Vouch | None, asset: Asset) -> bool:
    """Whether the file without its manifest store could be what a vouch names."""
    if vouch is None or vouch.presentation.binding.kind != "file":
        return False
    return vouch.media_digest.hex() != asset.sha256


def _claim(found: Found, vouch: Vouch | None, media: MediaBindings) -> Claim:
    from zk.profile.personhood import BindingKind

    if vouch is None:
        return Claim(found=found, vouch=None)
    accepted = media.accepted()
    if found.where in (Where.EMBEDDED, Where.MISPLACED):
        # An embedded vouch names the manifest that its carrier updates, and none other; elsewhere it names nothing.
        labels = {found.manifest} if found.where is Where.EMBEDDED and found.reaches_file else set()
        accepted = tuple(one for one in media.accepted(labels=labels) if one.kind is BindingKind.MANIFEST)
    binding = vouch.presentation.binding
    elsewhere = None if binding in accepted else _elsewhere(found, binding, media)
    return Claim(found=found, vouch=vouch, bindings=accepted, elsewhere=elsewhere)


def _elsewhere(found: Found, binding: Binding, media: MediaBindings) -> Elsewhere:
    """To what a vouch is bound that is not bound to this file."""
    if not binding.kind.is_media:
        return Elsewhere.OTHER
    if binding.kind == "file":
        if media.is_part and binding.digest in (*media.files, *media.bare):
            return Elsewhere.PART
        is_bare = binding.digest in media.bare and found.where in (Where.GIVEN, Where.BESIDE)
        return Elsewhere.BARE if is_bare else Elsewhere.OTHER
    if not media.measured:
        return Elsewhere.UNMEASURED
    label = media.known.get(binding.digest, "")
    if not label or found.where is Where.MISPLACED:
        return Elsewhere.OTHER
    if found.where is Where.EMBEDDED and label != found.manifest:
        return Elsewhere.MISPUT
    if not found.reaches_file and binding.digest in media.ancestors:
        return Elsewhere.ANCESTOR
    if not found.reaches_file and binding.digest in media.components:
        return Elsewhere.COMPONENT
    return Elsewhere.BROKEN


Finish: TypeAlias = "Callable[[Report, Answer, Mapping[str, Json]], Report]"
"""Puts the person line's answer, and what it is a function of, into a report whose other lines are filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    claims: tuple[Claim, ...]
    more: int
    is_read: bool


@dataclass(slots=True)
class Run:
    """The vouches of one run over one or many files."""

    settings: PersonSettings
    at: dt.datetime
    finish: Finish
    _began: float = field(default_factory=time.monotonic, init=False)
    """On a clock that is never set."""
    _waiting: list[_Waiting] = field(default_factory=list, init=False)
    _reports: Spool = field(default_factory=Spool, init=False)
    """One for each that waits."""
    _vouches: int = field(default=0, init=False)
    _to_the_end: bool = field(default=False, init=False)
    """Whether some vouch counts: another file of this run may carry the same voice."""
    _in_play: bool = field(default=False, init=False)
    """Whether any of what waits is by an issuer whom the reader trusts."""
    _is_split: bool = field(default=False, init=False)
    """Whether there were more vouches than can wait, so that the run is settled in parts."""
    _proofs: Proofs | None = field(default=None, init=False)
    """Those that were looked at ahead."""
    _clocks: str = field(default="", init=False)
    """Both times, where the ledger's clock is not ours and so nothing was judged."""

    def look_ahead(self, own: OwnCheck) -> None:
        """Check proofs of embedded vouches while a file's examination is still going on. Raises as `take` does.

        A proof holds or not whatever else is found out; the few looked at here could be refused for less.
        """
        octets = [one.octets for one in own.carried[:MAX_AHEAD] if one.may_count and one.octets]
        if not octets or not self.settings.trusted:
            return
        from zk.verifier.verifier import prove_ahead

        self._proofs = prove_ahead(octets, issuers=[info for info, _ in self.settings.trusted.values()], at=self.at)

    def take(
        self, report: Report, claims: tuple[Claim, ...], *, more: int = 0, is_read: bool = True
    ) -> Iterator[Report]:
        """Take one report without its person line; give back those that are complete, in order.

        Args:
            report: about one file.
            claims: the vouches that speak of it.
            more: how many further ones were not read.
            is_read: whether the file's bytes could be had.

        Raises StorageError where the ledger fails, and what `PersonSettings.trusted` raises.
        """
        one = _Waiting(claims=claims, more=more, is_read=is_read)
        if not self._waiting and not any(claim.vouch is not None for claim in claims):
            yield self._complete(report, one, self._judge(list(claims)))
            return
        self._waiting.append(one)
        self._reports.put(report)
        self._vouches += len(claims)
        self._in_play = self._in_play or any(map(self._is_trusted, claims))
        self._to_the_end = self._to_the_end or any(map(self._may_meet, claims))
        self._is_split = self._is_split or self._vouches >= MAX_WAITING
        full = self._vouches >= BATCH_VOUCHES or len(self._waiting) >= BATCH_REPORTS or not self._in_play
        if self._vouches >= MAX_WAITING or (full and not self._to_the_end):
            yield from self.rest()

    def rest(self) -> Iterator[Report]:
        """Verify what has waited, and give the reports back in order. Raises as `take` does."""
        waiting, self._waiting, self._vouches, self._in_play = self._waiting, [], 0, False
        judged = self._judge([claim for one in waiting for claim in one.claims])
        for one, report in zip(waiting, self._reports.drain(), strict=True):
            yield self._complete(report, one, judged)

    def close(self) -> None:
        """Forget what still waits."""
        self._reports.close()

    def _may_meet(self, claim: Claim) -> bool:
        """Whether this vouch may be a counted voice, so that another of the run may be the same."""
        counted = claim.vouch is not None and claim.vouch.scope in self.settings.named
        return counted and claim.elsewhere is None and self._is_trusted(claim)

    def _is_trusted(self, claim: Claim) -> bool:
        """Whether there is anything to verify."""
        return claim.vouch is not None and claim.vouch.issuer in self.settings.trusted

    def _judge(self, claims: list[Claim]) -> dict[int, Judged]:
        """What each claim turns out to be, by its identity."""
        if not any(claim.found.octets for claim in claims):
            return {}
        from zk.errors import ClockError

        self._clocks = ""  # of an earlier part of the run, when they may have differed
        try:
            results = self._verify([claim.presented for claim in claims], counting=True)
        except ClockError as error:
            self._clocks = str(error)
            return {}
        judged = {id(claim): self._judged(claim, result) for claim, result in zip(claims, results, strict=True)}
        # What is bound to an earlier version, to something that was used in this one, to the file without its Content
        # Credentials, or to a picture that looks like it, may hold for that: looked at apart, and never counted or
        # recorded.
        others = (Elsewhere.ANCESTOR, Elsewhere.COMPONENT, Elsewhere.LOOKALIKE, Elsewhere.BARE)
        apart = [claim for claim in claims if claim.elsewhere in others and claim.vouch is not None]
        for claim, result in zip(apart, self._verify_elsewhere(apart), strict=True):
            judged[id(claim)] = self._judged(claim, result)
        return judged

    def _judged(self, claim: Claim, result: Voice | Refusal) -> Judged:
        vouch = claim.vouch
        info = self.settings.trusted[vouch.issuer][0] if vouch and vouch.issuer in self.settings.trusted else None
        keys = [key for key in info.keys if key.epoch == vouch.epoch] if info is not None and vouch is not None else []
        return Judged(
            found=claim.found,
            result=result,
            elsewhere=claim.elsewhere,
            distance=claim.distance,
            has_key=bool(keys),
            has_withdrawn=any(key.compromised for key in keys),
        )

    def _verify_elsewhere(self, claims: list[Claim]) -> list[Voice | Refusal]:
        from zk.verifier.verifier import Presented

        return self._verify(
            [
                Presented(
                    vouch=claim.found.octets,
                    bindings=(claim.vouch.presentation.binding,) if claim.vouch is not None else (),
                    time_stamp=claim.found.stamped,
                )
                for claim in claims
            ],
            counting=False,
        )

    def _verify(self, presented: list[Presented], *, counting: bool) -> list[Voice | Refusal]:
        from zk.verifier.verifier import verify_many

        if not presented:
            return []
        settings = self.settings
        return verify_many(
            presented,
            issuers=[info for info, _ in settings.trusted.values()],
            scopes=settings.named if counting else (),
            at=self._moment() if counting else self.at,
            ledger=settings.ledger if counting else None,
            grace=settings.grace,
            slots=settings.slots,
            nonce=settings.nonce,
            audience=settings.audience,
            threads=min(MAX_THREADS, os.cpu_count() or 1),
            processes=min(MAX_THREADS, os.cpu_count() or 1),
            proofs=self._proofs,
        )

    def _moment(self) -> dt.datetime:
        """The time to verify at: a run that began as about now is about now, however long it takes.

        Else a run of more than `AT_TOLERANCE` would end by recording nothing, as one about the past does.
        """
        ledger = self.settings.ledger
        if ledger is None:
            return self.at
        from zk.verifier.reader import AT_TOLERANCE, our_clock

        elapsed = dt.timedelta(seconds=time.monotonic() - self._began)
        for now in (our_clock(), ledger.now()):
            if abs(now - elapsed - self.at) <= AT_TOLERANCE:
                return now
        return self.at

    def _complete(self, report: Report, one: _Waiting, judged: Mapping[int, Judged]) -> Report:
        asked = one.claims or self.settings.vouches or Line.PERSON in report.required
        if not one.is_read and not asked:
            return self.finish(report, person.unasked(), {})
        if not one.is_read:
            return self.finish(report, person.unreadable(report.media.name), {})
        if self._clocks and one.claims:
            inputs = self.settings.inputs(claim.found for claim in one.claims)
            return self.finish(report, person.wrong_clock(report.media.name, self._clocks), inputs)
        found = [judged.get(id(claim)) or Judged(found=claim.found, result=None) for claim in one.claims]
        answer = person.answer(
            report.media.name,
            found,
            has_ledger=self.settings.ledger is not None,
            is_fresh=self.settings.nonce is not None,
            is_addressed=self.settings.audience is not None,
            slots=self.settings.slots,
            is_required=Line.PERSON in report.required,
            more=one.more,
            is_split=self._is_split,
            called=self.settings.called if found else {},
        )
        inputs = self.settings.inputs(claim.found for claim in one.claims) if one.claims else {}
        if not inputs and self.settings.is_asked:
            inputs = self.settings.inputs(())
        return self.finish(report, answer, inputs)
