"""Which checks run on one asset, in which order, and how do they become a report?

One asset in, one report out; nothing of the media decides which lists or policy are used. Every input yields a report,
also one that cannot be read.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypedDict, Unpack

from provenance.asset import Asset, AssetError, Limits, find_sidecar, open_asset
from provenance.credentials.encypher import SNAPSHOT_DATED
from provenance.credentials.model import Outcome, Reading
from provenance.credentials.pool import ENGINES, Examination, Job, Pool, examine_in_process
from provenance.credentials.trust_lists import TrustLists
from provenance.credentials.trust_settings import TrustSettings
from provenance.credentials.trust_view import TrustView, view_of
from vouchmark import __version__
from vouchmark.claimed import Claimed, claimed
from vouchmark.known import KnownSettings, look_up
from vouchmark.lines import ai, claim, engines, formats, history, integrity, known, signer, time
from vouchmark.lines.facts import Answer, Facts, OutsideStore, evidence, instant
from vouchmark.looks import pdq_of
from vouchmark.person_settings import PersonSettings, counting, person_settings
from vouchmark.persons import Beheld, Claim, Run, behold, claims_of
from vouchmark.pictures import pictures_of
from vouchmark.policy import Policy
from vouchmark.report import (
    CrJson,
    Inputs,
    Json,
    Line,
    Media,
    NotChecked,
    Report,
    Status,
    TrustListInput,
)
from vouchmark.soft_bindings import ISCC, check_softly, soft_bindings
from vouchmark.vouch_files import Beside

if TYPE_CHECKING:
    from provenance.credentials.online import Contact, Online
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.index import KnownMedia
    from vouchmark.known import Lookup
    from vouchmark.originals import Compared, Original
    from zk.ledger import NullifierLedger

LINES: Final[Mapping[Line, Callable[[Facts], Answer]]] = {
    Line.INTEGRITY: integrity.answer,
    Line.SIGNER: signer.answer,
    Line.TIME: time.answer,
    Line.HISTORY: history.answer,
    Line.AI: ai.answer,
    Line.KNOWN: known.answer,
    Line.CLAIM: claim.answer,
    Line.ENGINES: engines.answer,
}
"""What fills each line but the person line, which hears of the whole run."""

REQUIRED: Final = (Line.INTEGRITY, Line.SIGNER)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a report is a function of, besides the bytes."""

    at: dt.datetime
    """Aware; expiry and lists are judged at this instant."""
    policy: Policy
    trust: TrustLists
    engines: tuple[str, ...] = ENGINES
    only: tuple[Line, ...] = ()
    """Lines to check and require; empty for all."""
    require: tuple[Line, ...] = REQUIRED
    limits: Limits = field(default_factory=Limits)
    fragments: tuple[bytes, ...] = ()
    """Media segments, where the asset is the first part of a video in pieces."""
    sidecar: bytes | None = None
    """A manifest store given by hand; None to look beside the file."""
    crjson: bool = False
    """Whether the manifests go with the report in crJSON."""
    pictures: bool = False
    """Whether small pictures go with the report, for people's eyes."""
    online: Online | None = None
    """The reader's leave to ask over the network in this run; None asks nobody."""
    claim: Claimed | None = None
    """What somebody says about place and time, to be compared."""
    may_use_snapshot: bool = True
    """Whether the second engine's bundled lists may answer where the reader has none."""
    person: PersonSettings = field(default_factory=PersonSettings)
    """Which issuers and scopes count, and which vouches were given."""
    known: KnownSettings | None = None
    """The reader's index of known media; None where none was named."""
    original: Original | None = None
    """What the asset may have been made from; None where none was given."""
    fingerprints: bool = False
    """Whether it is wanted what each file may be recognised by, for an index to keep."""

    @functools.cached_property
    def told(self) -> TrustSettings:
        """The lists as the engines are told of them."""
        return self.trust.settings()

    @functools.cached_property
    def view(self) -> TrustView:
        """The lists as our own chain check looks at them."""
        return view_of(self.trust)

    @property
    def reads_metadata(self) -> bool:
        """Whether any line asks for what the file's own metadata says."""
        return not self.only or any(line in self.only for line in (Line.AI, Line.TIME, Line.CLAIM))

    @property
    def makes_hashes(self) -> bool:
        """Whether anybody asks what a file may be recognised by."""
        return self.fingerprints or (self.known is not None and (not self.only or Line.KNOWN in self.only))

    @property
    def required(self) -> tuple[Line, ...]:
        """The lines that the exit code rests on."""
        return self.only or self.require


class Options(TypedDict, total=False):
    """What `check` can be asked besides its source, by the same names; what is missing has the default of `check`."""

    policy: Policy | None
    trust: TrustLists | None
    at: dt.datetime | None
    engines: tuple[str, ...]
    only: Iterable[Line | str]
    require: Iterable[Line | str]
    limits: Limits | None
    manifest: bytes | None
    fragments: Iterable[bytes]
    snapshot: bool
    crjson: bool
    pictures: bool
    online: bool
    claim_place: str | None
    claim_time: str | None
    vouches: Iterable[bytes]
    issuers: Iterable[bytes] | None
    scopes: Iterable[str]
    slots: int
    ledger: NullifierLedger | None
    nonce: bytes | None
    audience: str | None
    grace: dt.timedelta
    known: KnownMedia | None
    original: Original | None


def check(
    source: str | Path | bytes | BinaryIO,
    *,
    policy: Policy | None = None,
    trust: TrustLists | None = None,
    at: dt.datetime | None = None,
    engines: tuple[str, ...] = ENGINES,
    only: Iterable[Line | str] = (),
    require: Iterable[Line | str] = REQUIRED,
    limits: Limits | None = None,
    manifest: bytes | None = None,
    fragments: Iterable[bytes] = (),
    snapshot: bool = True,
    crjson: bool = False,
    pictures: bool = False,
    online: bool = False,
    claim_place: str | None = None,
    claim_time: str | None = None,
    vouches: Iterable[bytes] = (),
    issuers: Iterable[bytes] | None = None,
    scopes: Iterable[str] = (),
    slots: int = 1,
    ledger: NullifierLedger | None = None,
    nonce: bytes | None = None,
    audience: str | None = None,
    grace: dt.timedelta = dt.timedelta(0),
    known: KnownMedia | None = None,
    original: Original | None = None,
    in_process: bool = False,
) -> Report:
    """Examine one asset, offline unless asked otherwise, and return its report.

    Args:
        source: a path, the bytes, or a binary stream.
        policy: the reader's policy; the built-in default where None.
        trust: the reader's lists; those of the user's data folder where None.
        at: aware instant at which expiry and lists are judged; now where None.
        engines: names out of `provenance.credentials.pool.ENGINES`.
        only: lines to check and require, where not all.
        require: lines that the exit code rests on.
        limits: size and pixel limits.
        manifest: a manifest store kept outside the asset.
        fragments: media segments, where the asset is the first part of a video in pieces.
        snapshot: whether the dated lists inside the second engine may answer where `trust` has none.
        crjson: whether the manifests go with the report, for `render.crjson`; they are never part of its JSON.
        pictures: whether small pictures go with the report, for `render.html`; they are never part of its JSON.
        online: whether the hosts that the asset names may be asked for remote manifests and revocation; each one that
            was asked is named in the report.
        claim_place: where it is said to be from, `LAT,LON` or `LAT,LON,KM` in decimal degrees (1 km without).
        claim_time: when it is said to be from: an instant, a day, a month or a year in ISO 8601, or START/END.
        vouches: octets of `.vouch` files that speak of this asset, besides those beside it and inside it.
        issuers: octets of the `issuer.json` of each issuer that you trust; those of your data folder where None.
        scopes: the scopes whose voices count, besides those that the policy names.
        slots: how many of an issuer's slots count.
        ledger: where voices are recorded, once each (`zk.ledger.open_ledger`); without one, uniqueness is not checked.
        nonce: the challenge that a vouch must answer.
        audience: the name of a reader for whom a vouch must be made.
        grace: how long after its epoch a credential is accepted.
        known: your index of known media, open (`provenance.hashes.index.KnownMedia`).
        original: what the asset may have been made from (`vouchmark.originals.Original`): where do they differ?
        in_process: parse in this process, without time and memory limit; for input that you trust.

    Returns:
        A report, also for an asset that cannot be read (`integrity` is then `error`).

    Raises:
        ValueError: `at` is naive, a line, engine or scope has no such name, or what is claimed is no place or time.
        zk.errors.ZkError: an issuer is none, or the ledger fails.
        vouchmark.issuers.IssuersError: the kept issuers cannot be read.
    """
    settings = settings_for(
        policy=policy,
        trust=trust,
        at=at,
        engines=engines,
        only=only,
        require=require,
        limits=limits,
        manifest=manifest,
        fragments=fragments,
        snapshot=snapshot,
        crjson=crjson,
        pictures=pictures,
        online=online,
        claim_place=claim_place,
        claim_time=claim_time,
        vouches=vouches,
        issuers=issuers,
        scopes=scopes,
        slots=slots,
        ledger=ledger,
        nonce=nonce,
        audience=audience,
        grace=grace,
        known=known,
        original=original,
    )
    if in_process:
        return next(examine_all([source], settings, pool=None))
    with Pool(workers=1) as pool:
        return next(examine_all([source], settings, pool=pool))


def settings_for(**options: Unpack[Options]) -> Settings:
    """Settings out of what `check` was asked, so that whoever checks many files asks for the same in the same words.

    Raises the errors of `check`.
    """
    rest: dict[str, Any] = dict(options)
    claim = claimed(rest.pop("claim_place", None), rest.pop("claim_time", None))
    person = {name: rest.pop(name) for name in PERSON_OPTIONS if name in rest}
    known: KnownMedia | None = rest.pop("known", None)
    return make_settings(
        **rest,
        claim=claim,
        person=person_settings(**person),
        known=KnownSettings(index=known) if known is not None else None,
    )


PERSON_OPTIONS: Final = ("vouches", "issuers", "scopes", "slots", "ledger", "nonce", "audience", "grace")
"""The options that are settings of the person line."""


def make_settings(
    *,
    policy: Policy | None = None,
    trust: TrustLists | None = None,
    at: dt.datetime | None = None,
    engines: tuple[str, ...] = ENGINES,
    only: Iterable[Line | str] = (),
    require: Iterable[Line | str] = REQUIRED,
    limits: Limits | None = None,
    manifest: bytes | None = None,
    fragments: Iterable[bytes] = (),
    snapshot: bool = True,
    crjson: bool = False,
    pictures: bool = False,
    online: bool = False,
    claim: Claimed | None = None,
    person: PersonSettings | None = None,
    known: KnownSettings | None = None,
    original: Original | None = None,
) -> Settings:
    """Settings with the defaults filled in; see `check` for what each one is.

    Raises:
        ValueError: `at` is naive, or a line or engine has no such name.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError("got a time without a zone, expected an aware one")
    unknown = [name for name in engines if name not in ENGINES]
    if unknown or not engines:
        raise ValueError(f"got engines {list(engines)}, expected some of {list(ENGINES)}")
    lists = trust if trust is not None else TrustLists.load()
    return Settings(
        at=(at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).replace(microsecond=0),
        policy=policy or Policy.default(),
        trust=lists.as_programme() if crjson else lists,
        engines=tuple(name for name in ENGINES if name in engines),
        only=_lines(only),
        require=_lines(require),
        limits=limits or Limits(),
        fragments=tuple(fragments),
        sidecar=manifest,
        may_use_snapshot=snapshot,
        crjson=crjson,
        pictures=pictures,
        online=_leave() if online else None,
        claim=claim,
        person=counting(person or PersonSettings(), policy),
        known=known,
        original=original,
    )


def _leave() -> Online:
    """Leave to ask over the network; only here, because a run without it needs no network library."""
    from provenance.credentials.online import Online

    return Online()


def _lines(names: Iterable[Line | str]) -> tuple[Line, ...]:
    """Lines in report order, without repeats."""
    wanted = {Line(name) for name in names}
    return tuple(line for line in Line if line in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """An input whose bytes could not be had."""

    name: str
    error: AssetError


def examine_all(
    sources: Iterable[str | Path | bytes | BinaryIO], settings: Settings, *, pool: Pool | None
) -> Iterator[Report]:
    """One report for each source, in order, as they become ready.

    Args:
        sources: paths, bytes or binary streams; each is opened once, when its turn comes.
        settings: what the reports are a function of.
        pool: where to parse; None parses in this process.
    """
    run = Run(settings=settings.person, at=settings.at, finish=functools.partial(_finished, settings=settings))
    with contextlib.closing(run):
        for turn, seen in _examined(_turns(sources, settings), settings, pool):
            facts = _soft(_facts(turn, seen, settings), turn, seen, settings, pool)
            report = _report_of(turn, facts, seen, settings)
            inside = facts.own.more_vouches if facts.own is not None else 0
            claims = _claims(turn, facts, settings, pool)
            is_read = isinstance(turn.item, Asset) and turn.item.size > 0
            yield from run.take(report, claims, more=turn.beheld.more + inside, is_read=is_read)
        yield from run.rest()


def _claims(turn: _Turn, facts: Facts, settings: Settings, pool: Pool | None) -> tuple[Claim, ...]:
    """The vouches that speak of one source, with what each may be bound to."""
    if not isinstance(turn.item, Asset) or turn.job is None or not _is_asked(Line.PERSON, settings):
        return ()
    claims = claims_of(turn.beheld, turn.item, facts)
    if not any(one.hint for one in claims):
        return claims
    pdq = pdq_of(turn.item, turn.job, examine_in_process if pool is None else pool.examine)
    return tuple(one.compared(pdq) for one in claims)


def _turns(sources: Iterable[str | Path | bytes | BinaryIO], settings: Settings) -> Iterator[_Turn]:
    """Each source, opened when its turn comes."""
    beside = Beside()
    return (_turn(source, settings, beside) for source in sources)


def _examined(turns: Iterator[_Turn], settings: Settings, pool: Pool | None) -> Iterator[tuple[_Turn, _Seen]]:
    """Each source with what was found out about it, in order."""
    if pool is None or settings.online is not None:
        examine = examine_in_process if pool is None else pool.examine
        for turn in turns:
            yield turn, _seen(turn, settings, examine)
        return
    opened: deque[_Turn] = deque()

    def jobs() -> Iterator[tuple[Asset | _Unread, Job | None]]:
        for turn in turns:
            opened.append(turn)
            yield turn.item, turn.job

    for _item, examination in pool.examine_stream(jobs()):
        yield opened.popleft(), _Seen(examination=examination)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One source on its way to its report."""

    item: Asset | _Unread
    job: Job | None
    """None where there is nothing to parse."""
    beheld: Beheld
    """The vouches given for it or lying beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was found out about one source."""

    examination: Examination | None
    contacts: tuple[Contact, ...] = ()
    """Who was asked over the network."""
    remote: bytes | None = None
    """The remote manifest store, where one was fetched."""


def _seen(turn: _Turn, settings: Settings, examine: Callable[[Asset, Job], Examination]) -> _Seen:
    """Examine one source by itself, with what the reader allows to be fetched."""
    if turn.job is None or not isinstance(turn.item, Asset):
        return _Seen(examination=None)
    if settings.online is None:
        return _Seen(examination=examine(turn.item, turn.job))
    from vouchmark.online import ask

    asked = ask(turn.item, turn.job, settings.online, examine)
    return _Seen(examination=asked.examination, contacts=asked.contacts, remote=asked.remote)


def _turn(source: str | Path | bytes | BinaryIO, settings: Settings, beside: Beside) -> _Turn:
    item = _open(source, settings)
    path = Path(source) if isinstance(source, str | Path) else None
    beheld = behold(path, settings.person, beside) if _is_asked(Line.PERSON, settings) else Beheld()
    return _Turn(item=item, job=_job(item, source, settings), beheld=beheld)


def look(source: Path | bytes, settings: Settings, *, pool: Pool | None) -> tuple[Asset, Facts]:
    """One asset and what is known of it before any line has spoken.

    Raises:
        AssetError: its bytes could not be had.
    """
    asset = open_asset(source, limits=settings.limits)
    turn = _Turn(item=asset, job=_job(asset, source, settings), beheld=Beheld())
    seen = _seen(turn, settings, examine_in_process if pool is None else pool.examine)
    return asset, _facts(turn, seen, settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One asset with everything that an index keeps of it."""

    report: Report
    """Without its person line and verdict."""
    sha256: bytes
    """Empty where it could not be read."""
    fingerprint: Fingerprint | None
    vouches: tuple[bytes, ...]
    """Octets of the vouches beside it and inside it, unchecked."""


def examine_to_keep(sources: Iterable[Path], settings: Settings, *, pool: Pool | None) -> Iterator[Kept]:
    """What an index keeps of each source, in order; `settings.fingerprints` has to be set."""
    beside = Beside()
    for turn, seen in _examined((_turn(source, settings, beside) for source in sources), settings, pool):
        facts = _facts(turn, seen, settings)
        octets = [one.octets for one in turn.beheld.found if one.octets]
        octets += [one.octets for one in (facts.own.vouches if facts.own else ()) if one.octets]
        yield Kept(
            report=_report_of(turn, facts, seen, settings),
            sha256=bytes.fromhex(turn.item.sha256) if isinstance(turn.item, Asset) and turn.item.size else b"",
            fingerprint=seen.examination.fingerprint if seen.examination else None,
            vouches=tuple(dict.fromkeys(octets)),
        )


def picture_hint(asset: Asset, settings: Settings, *, pool: Pool | None) -> bytes | None:
    """The perceptual hash that a vouch for a picture carries as a hint; None for what is no picture, or too plain."""
    job = _job(asset, None, settings)
    examine = examine_in_process if pool is None else pool.examine
    return None if job is None else pdq_of(asset, job, examine)


def _open(source: str | Path | bytes | BinaryIO, settings: Settings) -> Asset | _Unread:
    try:
        return open_asset(Path(source) if isinstance(source, str) else source, limits=settings.limits)
    except AssetError as error:
        name = Path(source).name if isinstance(source, str | Path) else "-"
        return _Unread(name=name or str(source), error=error)


def _job(item: Asset | _Unread, source: object, settings: Settings) -> Job | None:
    if isinstance(item, _Unread) or not item.size:
        return None
    sidecar = settings.sidecar
    if sidecar is None and isinstance(source, str | Path):
        sidecar = find_sidecar(Path(source))
    return Job(
        media_type=item.media_type,
        fragments=settings.fragments,
        sidecar=sidecar,
        sidecar_wins=settings.sidecar is not None,
        engines=settings.engines,
        trust=settings.told,
        at=settings.at,
        limits=settings.limits,
        view=settings.view,
        crjson=settings.crjson,
        previews=settings.pictures,
        metadata=settings.reads_metadata,
        hashes=settings.makes_hashes,
        original=_given(item, settings),
        own_thumbnail=_takes_thumbnail(settings),
    )


def _report_of(turn: _Turn, facts: Facts, seen: _Seen, settings: Settings) -> Report:
    """Fill the lines in order, but for the person line, which hears of the whole run."""
    item, examination = turn.item, seen.examination
    lines, not_checked = {}, list(_general_gaps(facts, settings))
    if facts.first.outcome is Outcome.FOUND and _is_asked(Line.INTEGRITY, settings):
        measured = examination is not None and (examination.width is not None or bool(examination.picture_reason))
        not_checked.extend(formats.gaps(facts.media_type, measured=measured))
    pictures = list(pictures_of(facts.name, facts.media_type, examination.previews if examination else None))
    for line in Line:
        answer = _answer(line, facts, settings)
        lines[line] = evidence(line, answer)
        pictures.extend(answer.pictures)
        not_checked.extend(gap for gap in answer.not_checked if gap not in not_checked)
    asset = item if isinstance(item, Asset) else None
    return Report(
        media=Media(
            name=facts.name,
            type=asset.media_type if asset else None,
            size=asset.size if asset else None,
            sha256=asset.sha256 if asset else None,
            width=examination.width if examination else None,
            height=examination.height if examination else None,
        ),
        evidence=lines,
        verdict=None,
        not_checked=tuple(not_checked),
        inputs=_inputs(seen, settings),
        required=settings.required,
        crjson=_crjson(facts, examination) if settings.crjson else None,
        pictures=tuple(pictures),
    )


def _finished(report: Report, person: Answer, asked: Mapping[str, Json], *, settings: Settings) -> Report:
    """The same report with its person line; then the policy speaks."""
    if _is_asked(Line.PERSON, settings):
        gaps = tuple(gap for gap in person.not_checked if gap not in report.not_checked)
        options = {**report.inputs.options, **({"person": dict(asked)} if asked else {})}
        report = replace(
            report,
            evidence={**report.evidence, Line.PERSON: evidence(Line.PERSON, person)},
            not_checked=(*report.not_checked, *gaps),
            inputs=replace(report.inputs, options=options),
        )
    return settings.policy.applied(report)


def _crjson(facts: Facts, examination: Examination | None) -> CrJson:
    """The manifests that our own check wrote down, or why there are none."""
    if facts.unreadable or examination is None:
        return CrJson(problem="unreadable")
    return CrJson(manifests=examination.crjson or (), problem=examination.crjson_reason)


def _is_asked(line: Line, settings: Settings) -> bool:
    return not settings.only or line in settings.only


def _answer(line: Line, facts: Facts, settings: Settings) -> Answer:
    if not _is_asked(line, settings) or line is Line.PERSON:
        return Answer(summary="Not asked for.", status=Status.SKIPPED)
    return LINES[line](facts)


def _outside(turn: _Turn, seen: _Seen, first: Reading, settings: Settings) -> OutsideStore | None:
    """Where the store that was read came from, where not from the file."""
    if first.store is None or first.store.embedded or turn.job is None:
        return None
    if seen.remote is not None:
        host = next((contact.host for contact in seen.contacts if contact.purpose == "manifest"), "")
        return OutsideStore(origin="remote", host=host, sha256=hashlib.sha256(seen.remote).hexdigest())
    if turn.job.sidecar is None:
        return None
    origin = "beside" if settings.sidecar is None else "given"
    return OutsideStore(origin=origin, sha256=hashlib.sha256(turn.job.sidecar).hexdigest())


def _facts(turn: _Turn, seen: _Seen, settings: Settings) -> Facts:
    item, examination = turn.item, seen.examination
    readings = {reading.engine: reading for reading in (examination.readings if examination else ())}
    asked = [readings[name] for name in settings.engines if name in readings]
    first = asked[0] if asked else Reading(engine=settings.engines[0], version="", outcome=Outcome.SKIPPED)
    kinds = {trust_list.kind for trust_list in settings.trust.lists}
    unreadable, words = "", ""
    if isinstance(item, _Unread):
        unreadable, words = item.error.reason, str(item.error)
    elif not item.size:
        # No type of file is empty: a copy or a download failed, and that must not look like an answer.
        unreadable, words = "empty", "it is empty"
    return Facts(
        name=item.name,
        media_type=None if isinstance(item, _Unread) else item.media_type,
        named_type=None if isinstance(item, _Unread) else item.named_type,
        first=first,
        second=asked[1] if len(asked) > 1 else None,
        at=settings.at,
        unreadable=unreadable,
        unreadable_words=words,
        signer_lists="signer" in kinds,
        tsa_lists="tsa" in kinds,
        own=examination.own if examination else None,
        fragments=len(settings.fragments),
        own_failure=examination.own_failure if examination else "",
        metadata=examination.metadata if examination else None,
        claim=settings.claim,
        picture_reason=examination.picture_reason if examination else "",
        outside=_outside(turn, seen, first, settings),
        is_online=settings.online is not None,
        contacts=seen.contacts,
        snapshot=SNAPSHOT_DATED if settings.may_use_snapshot and "signer" not in kinds else None,
        has_index=settings.known is not None,
        known=_known(item, examination, settings) if not unreadable else None,
        original=_compared(item, examination, settings),
    )


def _takes_thumbnail(settings: Settings) -> bool:
    """Whether the thumbnail in the asset's own history takes the place of an original."""
    return settings.original is not None and settings.original.is_thumbnail and _is_asked(Line.KNOWN, settings)


def _given(item: Asset, settings: Settings) -> tuple[bytes, str] | None:
    """The original that the worker shall compare with; None where there is none, or it is the same file."""
    original = settings.original
    if original is None or original.is_thumbnail or not _is_asked(Line.KNOWN, settings):
        return None
    return None if original.sha256 == item.sha256 else (original.data, original.media_type)


def _compared(item: Asset | _Unread, examination: Examination | None, settings: Settings) -> Compared | None:
    """What came of comparing with the original; None where there is none, or nobody asks."""
    from vouchmark.originals import Compared

    if settings.original is None or not _is_asked(Line.KNOWN, settings):
        return None
    return Compared(
        original=settings.original,
        is_same_file=isinstance(item, Asset) and settings.original.sha256 == item.sha256,
        against=examination.against if examination else None,
    )


def _known(item: Asset | _Unread, examination: Examination | None, settings: Settings) -> Lookup | None:
    """What the reader's index says; None where there is none, or nobody asks."""
    if settings.known is None or not isinstance(item, Asset) or not _is_asked(Line.KNOWN, settings):
        return None
    return look_up(item.sha256, examination.fingerprint if examination else None, settings.known)


def _general_gaps(facts: Facts, settings: Settings) -> Iterator[NotChecked]:
    """What no single line can say: lists that are missing or old."""
    if facts.first.outcome is not Outcome.FOUND:
        return
    if not facts.signer_lists:
        yield NotChecked(what="the signer against the official list", why="no list imported (vouchmark trust update)")
    for trust_list in settings.trust.lists:
        if trust_list.is_stale(at=settings.at):
            age = trust_list.age_days(at=settings.at)
            yield NotChecked(what=f"changes to the list {trust_list.name}", why=f"the list is {age} days old")


def _soft(facts: Facts, turn: _Turn, seen: _Seen, settings: Settings, pool: Pool | None) -> Facts:
    """The same facts with what signed soft bindings come to: for the few files that have any, the pixels are needed."""
    bindings = soft_bindings(facts) if _is_asked(Line.KNOWN, settings) else ()
    if not bindings or not isinstance(turn.item, Asset) or turn.job is None:
        return facts
    found = seen.examination.fingerprint if seen.examination else None
    if found is None and any(binding.algorithm == ISCC for binding in bindings):
        job = replace(turn.job, engines=(), view=None, metadata=False, crjson=False, previews=False, hashes=True)
        found = (examine_in_process if pool is None else pool.examine)(turn.item, job).fingerprint
    return replace(facts, soft_bindings=bindings, soft_checks=check_softly(bindings, found))


def _inputs(seen: _Seen, settings: Settings) -> Inputs:
    examination = seen.examination
    options: dict[str, Json] = {}
    if settings.online is not None:
        options["online"] = [
            {"host": one.host, "purpose": one.purpose, "outcome": one.outcome, "sha256": one.sha256}
            for one in seen.contacts
        ]
    if settings.claim is not None and settings.claim.place is not None:
        options["claim_place"] = settings.claim.place.text
    if settings.claim is not None and settings.claim.time is not None:
        options["claim_time"] = settings.claim.time.text
    if settings.original is not None:
        options["original"] = dict[str, Json](settings.original.as_input())
    if settings.known is not None:
        index = settings.known.index
        options["index"] = {"name": index.name, "generation": index.listing.generation, "sha256": index.sha256}
    if settings.only:
        options["only"] = list[Json](settings.only)
    if settings.fragments:
        options["fragments_sha256"] = [hashlib.sha256(one).hexdigest() for one in settings.fragments]
    if settings.sidecar is not None:
        options["manifest_sha256"] = hashlib.sha256(settings.sidecar).hexdigest()
    if settings.require != REQUIRED and not settings.only:
        options["require"] = list[Json](settings.require)
    return Inputs(
        at=instant(settings.at),
        tool=f"vouchmark {__version__}",
        engines=dict(sorted(examination.versions.items())) if examination else {},
        trust_lists=tuple(
            TrustListInput(
                name=trust_list.name,
                kind=str(trust_list.kind),
                label=str(trust_list.label),
                dated=trust_list.dated.isoformat() if trust_list.dated else None,
                sha256=trust_list.sha256,
            )
            for trust_list in settings.trust.lists
        ),
        options=options,
    )
