"""Which checks run on one asset, in which order, and how do they become a report?

One asset in, one report out; nothing of the media decides which lists or policy are used. Every input yields a report,
also one that cannot be read.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Unpack

from provenance.asset import Asset
from provenance.credentials.engines.model import Outcome
from provenance.workers.pool import Examination, Pool
from vouchmark.examination import late
from vouchmark.examination.asking import Examine, Examined, examine_by, examine_sources
from vouchmark.examination.gather import facts_of, with_soft_bindings
from vouchmark.examination.inputs import inputs_of
from vouchmark.examination.of_itself import media_facts
from vouchmark.examination.opening.opened import OpenedSource, open_sources
from vouchmark.examination.opening.sources import Source
from vouchmark.examination.pictures import pictures_of
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.lines.ai import line as ai
from vouchmark.lines.authority import attributed
from vouchmark.lines.claim import line as claim
from vouchmark.lines.engines import line as engines
from vouchmark.lines.facts import Answer, Facts, evidence
from vouchmark.lines.history import line as history
from vouchmark.lines.integrity import formats
from vouchmark.lines.integrity import line as integrity
from vouchmark.lines.known import line as known
from vouchmark.lines.signer import line as signer
from vouchmark.lines.time import line as time
from vouchmark.options import Options, Overrides
from vouchmark.persons.run import Claim, Run, claims_of
from vouchmark.report import (
    CrJson,
    Json,
    Line,
    Media,
    NotChecked,
    Report,
    Status,
)
from vouchmark.vouching.likeness import pdq_of
from vouchmark.wording.catalogue import gap, say
from vouchmark.wording.model import Said

if TYPE_CHECKING:
    from provenance.hashes.fingerprint import Fingerprint

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


def check(
    source: str | Path | bytes | BinaryIO,
    options: Options | None = None,
    *,
    in_process: bool = False,
    **overrides: Unpack[Overrides],
) -> Report:
    """Examine one asset, offline unless asked otherwise, and return its report.

    Args:
        source: a path, the bytes, or a binary stream; with `online` the address of one file (`https://…`).
        options: what is asked (`vouchmark.options.Options`); the defaults where None.
        in_process: parse in this process, without time and memory limit; for input that you trust.
        overrides: what is asked otherwise, by the names of `Options`.

    Returns:
        A report, also for an asset that cannot be read (`integrity` is then `error`).

    Raises:
        OptionError: `at` is naive, a line, engine or scope has no such name, or what is claimed is no place or time.
        zk.errors.ZkError: an issuer is none, or the ledger fails.
        vouchmark.persons.issuers.IssuersError: the kept issuers cannot be read.
        provenance.workers.forks.ForkedError: `in_process`, in a process that was forked from one that has
            done so before.
    """
    settings = make_settings(options, **overrides)
    if in_process:
        return next(examine_all([source], settings, pool=None))
    with Pool(workers=1) as pool:
        return next(examine_all([source], settings, pool=pool))


def examine_all(sources: Iterable[Source], settings: Settings, *, pool: Pool | None) -> Iterator[Report]:
    """One report for each source, in order, as they become ready.

    Args:
        sources: paths, bytes, binary streams or files found in a folder; each is opened once, when it is asked for.
        settings: what the reports are a function of.
        pool: where to parse; None parses in this process.
    """
    run = Run(settings=settings.person, at=settings.at, finish=functools.partial(_finished, settings=settings))
    with contextlib.closing(run):
        ahead = run.look_ahead if settings.asks(Line.PERSON) else None
        for source, examined in examine_sources(open_sources(sources, settings), settings, pool, ahead=ahead):
            told = late.in_time(
                functools.partial(_told, source, examined, settings, examine_by(pool, seconds=examined.seconds_left)),
                functools.partial(_told, source, late.nothing_examined(settings.media.engines), settings, None),
                seconds=examined.seconds_left,
            )
            is_read = isinstance(source.item, Asset) and source.item.size > 0
            yield from run.take(told.report, told.claims, more=told.more, is_read=is_read)
        yield from run.rest()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is said of one source before its vouches are verified."""

    report: Report
    claims: tuple[Claim, ...]
    """The vouches that speak of it."""
    more: int
    """How many further vouches are not read."""


def _told(source: OpenedSource, examined: Examined, settings: Settings, examine: Examine | None) -> _Told:
    """All lines of one source but its person line; `examine` is asked where pixels are needed, None asks for none."""
    facts = facts_of(source, examined, settings)
    if examine is not None:
        facts = with_soft_bindings(facts, source, examined, settings, examine)
    report = _report_of(source, facts, examined, settings)
    inside = facts.own.more_carried if facts.own is not None else 0
    return _Told(report=report, claims=_claims(source, facts, settings, examine), more=source.vouches.more + inside)


def without_lines(report: Report, settings: Settings) -> Report:
    """A report that takes too long to be written down, with nothing in it but that."""
    readings = late.out_of_time(settings.media.engines)
    facts = Facts(
        name=report.media.name,
        media_type=report.media.type,
        named_type=None,
        first=readings[0],
        second=readings[1] if len(readings) > 1 else None,
        at=settings.at,
        own_failure=late.REASON,
    )
    lines = {line: evidence(line, _answer(line, facts, settings)) for line in Line}
    lines[Line.PERSON] = report.evidence[Line.PERSON]
    bare = replace(report, evidence=lines, crjson=None, pictures=(), not_checked=())
    crjson = CrJson(problem=late.REASON) if settings.options.crjson else None
    return settings.policy.applied(replace(bare, crjson=crjson))


def _claims(source: OpenedSource, facts: Facts, settings: Settings, examine: Examine | None) -> tuple[Claim, ...]:
    """The vouches that speak of one source, with what each may be bound to."""
    if not isinstance(source.item, Asset) or source.task is None or not settings.asks(Line.PERSON):
        return ()
    claims = claims_of(source.vouches, source.item, facts)
    if examine is None or not any(one.hint for one in claims):
        return claims
    pdq = pdq_of(source.item, source.task, examine)
    return tuple(one.compared(pdq) for one in claims)


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


def examine_to_keep(sources: Iterable[Source], settings: Settings, *, pool: Pool | None) -> Iterator[Kept]:
    """What an index keeps of each source, in order; `settings.options.hashes` has to be set."""
    for source, examined in examine_sources(open_sources(sources, settings), settings, pool):
        facts = facts_of(source, examined, settings)
        octets = [one.octets for one in source.vouches.found if one.octets]
        octets += [one.octets for one in (facts.own.carried if facts.own else ()) if one.octets]
        yield Kept(
            report=_report_of(source, facts, examined, settings),
            sha256=bytes.fromhex(source.item.sha256) if isinstance(source.item, Asset) and source.item.size else b"",
            fingerprint=examined.examination.fingerprint if examined.examination else None,
            vouches=tuple(dict.fromkeys(octets)),
        )


_LOOKED: Final = (Outcome.FOUND, Outcome.ABSENT, Outcome.REMOTE)
"""Where the file's type was read as far as it is read at all, so that what is never looked at in it can be told."""


def _report_of(source: OpenedSource, facts: Facts, examined: Examined, settings: Settings) -> Report:
    """Fill the lines in order, but for the person line, which hears of the whole run."""
    item, examination = source.item, examined.examination
    lines, not_checked = {}, list(_general_gaps(facts, settings))
    if facts.first.outcome in _LOOKED and settings.asks(Line.INTEGRITY):
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
            path=source.below,
            metadata=media_facts(facts.metadata),
        ),
        evidence=lines,
        verdict=None,
        not_checked=tuple(not_checked),
        inputs=inputs_of(examined, settings),
        required=settings.required,
        crjson=_crjson(facts, examination) if settings.options.crjson else None,
        pictures=tuple(pictures),
    )


def _finished(report: Report, person: Answer, asked: Mapping[str, Json], *, settings: Settings) -> Report:
    """The same report with its person line; then the policy speaks."""
    if settings.asks(Line.PERSON):
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
    return CrJson(manifests=examination.crjson or (), problem=str(examination.crjson_reason or ""))


def _answer(line: Line, facts: Facts, settings: Settings) -> Answer:
    if not settings.asks(line) or line is Line.PERSON:
        return Answer(summary=say("nothing.unasked"), status=Status.SKIPPED)
    return attributed(LINES[line](facts), facts.speakers)


def _general_gaps(facts: Facts, settings: Settings) -> Iterator[NotChecked]:
    """What no single line can say: lists that are missing or old."""
    if facts.first.outcome is not Outcome.FOUND:
        return
    if not facts.signer_lists:
        yield gap(say("gap.official"), say("gap.official.why"))
    for trust_list in settings.trust.lists:
        if trust_list.is_stale(at=settings.at):
            age = trust_list.age_days(at=settings.at)
            why = say("gap.changes.days", days=age) if age is not None else _undated(trust_list.imported)
            yield gap(say("gap.changes", name=trust_list.name), why)


def _undated(imported: dt.date | None) -> Said:
    """Of a list without a date, when it came."""
    return say("gap.changes.imported", day=str(imported)) if imported else say("gap.changes.kept")
