"""Which of the times that are stated cannot be, and how far apart are the others?

Only what a signature covers can contradict, and only against a time that a trusted authority proves: real files differ
by days to years for good reasons, and a clock without a zone may mean any place on Earth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.history.history import LinkState, Node
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState
from provenance.credentials.history.statements import Role, SignedTime
from provenance.credentials.own_check import OwnCheck
from provenance.metadata import Metadata, MetadataTime
from provenance.metadata import Role as UnsignedRole
from provenance.written.times import EAST, WEST, Span, gap_words, span_of
from vouchmark.lines.authority import Of, Speaker, content_of
from vouchmark.lines.facts import Draft, Facts, day, instant
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import Json, Root, Status

CLOCK_TOLERANCE: Final = dt.timedelta(minutes=5)
"""By how much two honest clocks may differ: what Kerberos allows, for the same reason (RFC 4120, section 8.2)."""
MAX_IMPOSSIBLE: Final = 16
"""Impossible times that are told one by one."""
MAX_SIGNED: Final = 8
"""Signed times that are told one by one; a long edit records one for each action."""
MAX_OF_UPDATE: Final = 4
"""Times of one later update that are told one by one."""
MAX_UNSIGNED: Final = 4
"""Times of unsigned metadata that are told one by one."""

OWN: Final = "vouchmark order of times"

_WHAT: Final = {
    "c2pa.created": "created",
    "c2pa.edited": "edited",
    "c2pa.published": "published",
    "c2pa.opened": "opened",
    "DateTimeOriginal": "captured",
    "DateTimeDigitized": "digitised",
    "CreateDate": "digitised",
    "DateCreated": "created",
    "dateCreated": "created",
    "GPSTimeStamp": "at the stated position",
    "ModifyDate": "last changed",
    "dateModified": "last changed",
    "datePublished": "published",
}
_UNSIGNED: Final = {
    UnsignedRole.CAPTURED: "captured",
    UnsignedRole.DIGITISED: "digitised",
    UnsignedRole.MODIFIED: "last changed",
    UnsignedRole.POSITION: "at the stated position",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """By when everything below must have happened: a trusted time of the manifest itself, or of one made from it."""

    time: dt.datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClock:
    """What a signer's own clock says."""

    day: str
    where: str
    """`signature header`, or the action that it is the time of."""
    words: str
    """Behind "says"."""


def own_clock(own: OwnCheck, label: str) -> OwnClock | None:
    """The signer's own time of signing, else the last time of an action; None where it says neither."""
    seconds = own.claimed_times.get(label)
    if seconds is not None:
        at = day(dt.datetime.fromtimestamp(seconds, tz=dt.UTC))
        return OwnClock(day=at, where="signature header", words=f"that it was signed on {at}")
    stated = own.declared.get(label)
    passed_on = own.checks[label].gathered if label in own.checks else frozenset()
    times = [
        one
        for one in (stated.times if stated else ())
        if one.where.startswith("c2pa.") and one.assertion not in passed_on
    ]
    if not times:
        return None
    last = max(times, key=lambda one: (one.span.end, one.where))
    words = f"that it was {what_happened(last)} {when_of(last.span)}"
    return OwnClock(day=date_of(last.span), where=last.where, words=words)


def date_of(span: Span) -> str:
    """The day that is meant; the written one where no zone is, and no more than was written."""
    if span.zoned:
        return day(span.start)
    written = (span.start + EAST).date().isoformat()
    days = (span.end - span.start - EAST - WEST).days
    return written[:4] if days > 31 else written[:7] if days > 1 else written


def when_of(span: Span) -> str:
    """The same behind a verb: `on 2026-05-01`, `in 2026-05`, `in 2026`."""
    written = date_of(span)
    return f"on {written}" if len(written) == 10 else f"in {written}"


def impossible(own: OwnCheck, known: Mapping[str, Speaker]) -> list[Draft]:
    """Everything that cannot have been in the order in which it is signed; `known` is who says something."""
    if own.history is None:
        return []
    found: dict[tuple[str, str, str], Draft] = {}
    content = content_of(own)
    for draft in _walk(own, known, content, None) if content is not None else ():
        found.setdefault((draft.subject, draft.code, draft.statement), draft)
    return list(found.values())[:MAX_IMPOSSIBLE]


def _walk(own: OwnCheck, known: Mapping[str, Speaker], node: Node, above: Limit | None) -> Iterator[Draft]:
    """A manifest and all that verified links lead to; the limit only shrinks on the way down."""
    check = node.check
    if check is None or check.signature is not SignatureState.VALID:
        return
    stamp = own.signers[check.label].stamp if check.label in own.signers else None
    limit = above
    if stamp is not None and stamp.is_trusted and stamp.time is not None:
        # A stamp that a later manifest keeps may be younger than what was made in between.
        covered = node.link is not None and node.link.covers_signature and node.link.state is LinkState.VERIFIED
        if above is not None and covered and not stamp.is_kept and stamp.time > above.time + CLOCK_TOLERANCE:
            yield _ancestor(known, check.label, stamp.time, above)
        if above is None or stamp.time < above.time:
            limit = Limit(time=stamp.time, label=check.label)
    stated = own.declared.get(check.label)
    if limit is not None and stated is not None and check.is_intact:
        for one in stated.times:
            if one.is_past and one.span.start > limit.time + CLOCK_TOLERANCE:
                yield _late(known, check, one, limit)
    for child in node.children:
        yield from _walk(own, known, child, limit)


def _ancestor(known: Mapping[str, Speaker], label: str, time: dt.datetime, above: Limit) -> Draft:
    gap = gap_words(time - above.time)
    what = _NAMED.get(_of(known, label), "An earlier version")
    statement = (
        f"{what} was signed on {day(time)}, {gap} after the version that was made from it "
        f"({day(above.time)}): that cannot be."
    )
    detail: dict[str, Json] = {"time": instant(time), "limit": instant(above.time), "limit_of": above.label}
    return _draft("time.order.impossible", _weight(known, label), statement, label, Root.TIME_STAMP, detail)


_NAMED: Final = {Of.PART: "Something used in it", Of.INPUT: "Something that went into it"}
_ABOUT: Final = {Of.EARLIER: "Of an earlier version: ", Of.PART: "Of a part: ", Of.INPUT: "Of an input: "}


def _of(known: Mapping[str, Speaker], label: str) -> Of:
    return known[label].of if label in known else Of.PART


def _weight(known: Mapping[str, Speaker], label: str) -> Status:
    """What cannot be of this file or an earlier version fails; of a part it is told, and speaks of that part alone."""
    return Status.FAIL if _of(known, label) in (Of.CONTENT, Of.EARLIER) else Status.ABSENT


def _late(known: Mapping[str, Speaker], check: ManifestCheck, one: SignedTime, limit: Limit) -> Draft:
    label, passed_on = check.label, one.assertion in check.gathered
    gap = gap_words(one.span.start - limit.time)
    zone = "" if one.span.zoned else ", in whatever time zone that is"
    where = _ABOUT.get(_of(known, label), "")
    it = "it" if where else "It"
    then = "it was signed" if limit.label == label else "what was made from it was signed"
    statement = (
        f"{where}{it} is signed that it was {what_happened(one)} {when_of(one.span)}{zone}, at least {gap} "
        f"after {then} ({day(limit.time)}): that cannot be."
    )
    detail: dict[str, Json] = {
        "where": one.where,
        "assertion": one.assertion,
        "written": one.written,
        "earliest": instant(one.span.start),
        "limit": instant(limit.time),
        "limit_of": limit.label,
    }
    # An earlier signer for whom nothing vouches can state any time.
    hearsay = _weight(known, label) is Status.FAIL and known[label].is_hearsay
    status = Status.ABSENT if passed_on or hearsay else _weight(known, label)
    if passed_on:
        statement = f"{statement[:-1]}; but that is a statement that the signer only passes on."
    elif hearsay:
        statement = f"{statement[:-1]}; but {known[label].but}."
    return _draft("time.order.impossible", status, statement, label, Root.CLAIM_SIGNATURE, detail)


def what_happened(one: SignedTime) -> str:
    """What happened then, behind "it was"."""
    word = _WHAT.get(one.where) or _WHAT.get(one.where.rpartition(":")[2])
    return word or f"there ({quoted(one.where)})"


def stated(facts: Facts, own: OwnCheck, signed: dt.datetime | None) -> list[Draft]:
    """Every other time, with how far it lies from the signing: never a failure, and no evidence by itself."""
    return [*_signed(own, signed), *_by_updates(own, facts.speakers, signed), *unsigned(facts, signed)]


def _by_updates(own: OwnCheck, known: Mapping[str, Speaker], signed: dt.datetime | None) -> Iterator[Draft]:
    """What later updates say, and when they were signed: told, and no part of the answer."""
    for speaker in known.values():
        declared = own.declared.get(speaker.label)
        if speaker.of is not Of.UPDATE:
            continue
        who = f"Whoever signed a later update ({speaker.who})"
        for one in declared.times[:MAX_OF_UPDATE] if declared is not None else ():
            statement = f"{who} says that it was {what_happened(one)} {when_of(one.span)}{_gap(one.span, signed)}."
            detail: dict[str, Json] = {"where": one.where, "assertion": one.assertion, "written": one.written}
            yield _draft("time.update", Status.ABSENT, statement, speaker.label, Root.UPDATE, detail | speaker.detail())
        stamp = own.signers[speaker.label].stamp if speaker.label in own.signers else None
        if stamp is not None and stamp.time is not None:
            by = "a time-stamping authority on a list you use" if stamp.is_trusted else "a time stamp by no listed one"
            statement = f"A later update was signed on {day(stamp.time)}, says {by}."
            detail = {"time": instant(stamp.time), "time_trusted": stamp.is_trusted}
            yield _draft("time.update", Status.ABSENT, statement, speaker.label, Root.UPDATE, detail | speaker.detail())


def _signed(own: OwnCheck, signed: dt.datetime | None) -> Iterator[Draft]:
    declared = own.declared.get(own.bound)
    check = own.check
    if declared is None or check is None or not check.is_intact:
        return
    late = signed + CLOCK_TOLERANCE if own.signer and own.signer.stamp.is_trusted and signed else None
    # One for each thing that happened on a day: an edit may record hundreds.
    once: dict[tuple[str, str], SignedTime] = {}
    for one in declared.times:
        if not (late is not None and one.is_past and one.span.start > late):
            once.setdefault((one.where, date_of(one.span)), one)
    shown = sorted(once.values(), key=lambda one: (one.role is not Role.CREATED, one.span.start, one.where))
    for one in shown[:MAX_SIGNED]:
        who = "Somebody whose word the signer passes on" if one.assertion in check.gathered else "The signer"
        statement = f"{who} says that it was {what_happened(one)} {when_of(one.span)}{_gap(one.span, signed)}."
        detail: dict[str, Json] = {"where": one.where, "assertion": one.assertion, "written": one.written}
        detail |= _more(len(once) - MAX_SIGNED)
        yield _draft("time.stated", Status.ABSENT, statement, own.bound, Root.CLAIM_SIGNATURE, detail)


def unsigned(facts: Facts, signed: dt.datetime | None) -> Iterator[Draft]:
    """What the file's own metadata says, which anybody can write, and how far that lies from the signing if any."""
    metadata = facts.metadata or Metadata()
    for one in metadata.times[:MAX_UNSIGNED]:
        span = span_of(one.time)
        words = f"The file's own metadata ({one.field}) says that it was {_role(one)} {when_of(span)}"
        detail: dict[str, Json] = {"where": one.field, "written": one.written}
        detail |= _more(len(metadata.times) - MAX_UNSIGNED)
        statement = f"{words}{_gap(span, signed)}; that is no signed statement."
        yield _draft("time.unsigned", Status.ABSENT, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def cut(own: OwnCheck) -> list[Draft]:
    """That not all that is signed of times was looked at, where there is a trusted time that it could contradict."""
    left_out = [words for declared in own.declared.values() for words in declared.cut]
    left_out += own.history.cut if own.history is not None else ()
    bounded = any(signer.stamp.is_trusted for signer in own.signers.values())
    if not left_out or not bounded:
        return []
    words = tuple(dict.fromkeys(left_out))
    statement = (
        f"Not all that is signed of times could be looked at ({listed(words)}); the rest may contradict a trusted time."
    )
    detail: dict[str, Json] = {"cut": list[Json](words)}
    return [_draft("time.cut", Status.UNKNOWN, statement, own.active, Root.CLAIM_SIGNATURE, detail)]


def unsigned_cut(facts: Facts) -> list[Draft]:
    """That there is more metadata than was looked at, which may state times."""
    left_out = facts.metadata_cut
    if not left_out:
        return []
    statement = f"Not all of its metadata could be looked at ({listed(left_out)}); the rest may state times."
    detail: dict[str, Json] = {"cut": list[Json](left_out)}
    return [_draft("time.cut", Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)]


def _role(one: MetadataTime) -> str:
    """What a time of the metadata is that of; only EXIF tells digitising from creating."""
    if one.role is UnsignedRole.DIGITISED and not one.field.startswith("EXIF"):
        return "created"
    return _UNSIGNED[one.role]


def _more(number: int) -> dict[str, Json]:
    return {"more": number} if number > 0 else {}


def _gap(span: Span, signed: dt.datetime | None) -> str:
    """How far from the signing, in words; empty where no time of signing is stated at all."""
    if signed is None:
        return ""
    gap = span.gap(span_of(signed))
    if abs(gap) <= CLOCK_TOLERANCE:
        zone = "" if span.zoned else ", as far as its missing time zone tells"
        return f", about when it was signed{zone}"
    least = "" if span.zoned else "at least "
    return f", {least}{gap_words(gap)} {'after' if gap > dt.timedelta() else 'before'} it was signed"


def _draft(code: str, status: Status, statement: str, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)
