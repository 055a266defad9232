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
from provenance.written.times import EAST, WEST, Span, rounded, span_of
from vouchmark.lines.authority import WHOSE, Of, Speaker, content_of
from vouchmark.lines.facts import Draft, Facts, day, instant
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Phrase, Said

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
    "GPSTimeStamp": "position",
    "ModifyDate": "changed",
    "dateModified": "changed",
    "datePublished": "published",
}
"""What happened at a signed time, as phrases end (`done.…`)."""
_UNSIGNED: Final = {
    UnsignedRole.CAPTURED: "captured",
    UnsignedRole.DIGITISED: "digitised",
    UnsignedRole.MODIFIED: "changed",
    UnsignedRole.POSITION: "position",
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
    statement: Said
    """What it says of a file without a time stamp."""


def own_clock(own: OwnCheck, label: str) -> OwnClock | None:
    """The signer's own time of signing, else the last time of an action; None where it says neither."""
    seconds = own.claimed_times.get(label)
    if seconds is not None:
        at = day(dt.datetime.fromtimestamp(seconds, tz=dt.UTC))
        return OwnClock(day=at, where="signature header", statement=say("time.claimed", day=at))
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
    statement = say("time.claimed.action", what=what_happened(last), when=when_of(last.span))
    return OwnClock(day=date_of(last.span), where=last.where, statement=statement)


def date_of(span: Span) -> str:
    """The day that is meant; the written one where no zone is, and no more than was written."""
    if span.zoned:
        return day(span.start)
    written = (span.start + EAST).date().isoformat()
    days = (span.end - span.start - EAST - WEST).days
    return written[:4] if days > 31 else written[:7] if days > 1 else written


def when_of(span: Span) -> Phrase:
    """The same behind a verb: `on 2026-05-01`, `in 2026-05`, `in 2026`."""
    written = date_of(span)
    return {"id": "when.day" if len(written) == 10 else "when.month", "date": written}


def length_of(gap: dt.timedelta) -> Phrase:
    """How long that is, in round words."""
    number, unit = rounded(gap)
    return {"id": f"span.{unit}", "number": number}


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
    limit, gap = day(above.time), length_of(time - above.time)
    statement = say(f"time.impossible.signed{WHOSE[_of(known, label)]}", day=day(time), gap=gap, limit=limit)
    detail: dict[str, Json] = {"time": instant(time), "limit": instant(above.time), "limit_of": above.label}
    return _draft("time.order.impossible", _weight(known, label), statement, label, Root.TIME_STAMP, detail)


def _of(known: Mapping[str, Speaker], label: str) -> Of:
    return known[label].of if label in known else Of.PART


def _weight(known: Mapping[str, Speaker], label: str) -> Status:
    """What cannot be of this file or an earlier version fails; of a part it is told, and speaks of that part alone."""
    return Status.FAIL if _of(known, label) in (Of.CONTENT, Of.EARLIER) else Status.ABSENT


def _late(known: Mapping[str, Speaker], check: ManifestCheck, one: SignedTime, limit: Limit) -> Draft:
    label, passed_on = check.label, one.assertion in check.gathered
    made = "" if limit.label == label else ".made"
    statement = say(
        f"time.impossible{WHOSE[_of(known, label)]}{made}",
        what=what_happened(one),
        when=when_of(one.span),
        gap=length_of(one.span.start - limit.time),
        limit=day(limit.time),
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
        statement = together(statement, say("hearsay.passed_on"))
    elif hearsay:
        statement = together(statement, known[label].but)
    return _draft("time.order.impossible", status, statement, label, Root.CLAIM_SIGNATURE, detail)


def what_happened(one: SignedTime) -> Phrase:
    """What happened then, behind "it was"."""
    word = _WHAT.get(one.where) or _WHAT.get(one.where.rpartition(":")[2])
    return {"id": f"done.{word}"} if word else {"id": "done.other", "name": one.where}


def stated(facts: Facts, own: OwnCheck, signed: dt.datetime | None) -> list[Draft]:
    """Every other time, with how far it lies from the signing: never a failure, and no evidence by itself."""
    return [*_signed(own, signed), *_by_updates(own, facts.speakers, signed), *unsigned(facts, signed)]


def _by_updates(own: OwnCheck, known: Mapping[str, Speaker], signed: dt.datetime | None) -> Iterator[Draft]:
    """What later updates say, and when they were signed: told, and no part of the answer."""
    for speaker in known.values():
        declared = own.declared.get(speaker.label)
        if speaker.of is not Of.UPDATE:
            continue
        for one in declared.times[:MAX_OF_UPDATE] if declared is not None else ():
            said = say("time.stated.update", who=speaker.called, what=what_happened(one), when=when_of(one.span))
            statement = together(said, *_gap(one.span, signed))
            detail: dict[str, Json] = {"where": one.where, "assertion": one.assertion, "written": one.written}
            yield _draft("time.update", Status.ABSENT, statement, speaker.label, Root.UPDATE, detail | speaker.detail())
        stamp = own.signers[speaker.label].stamp if speaker.label in own.signers else None
        if stamp is not None and stamp.time is not None:
            by = "trusted" if stamp.is_trusted else "unlisted"
            statement = say(f"time.update.{by}", day=day(stamp.time))
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
        sentence = "time.stated.passed_on" if one.assertion in check.gathered else "time.stated"
        said = say(sentence, what=what_happened(one), when=when_of(one.span))
        statement = together(said, *_gap(one.span, signed))
        detail: dict[str, Json] = {"where": one.where, "assertion": one.assertion, "written": one.written}
        detail |= _more(len(once) - MAX_SIGNED)
        yield _draft("time.stated", Status.ABSENT, statement, own.bound, Root.CLAIM_SIGNATURE, detail)


def unsigned(facts: Facts, signed: dt.datetime | None) -> Iterator[Draft]:
    """What the file's own metadata says, which anybody can write, and how far that lies from the signing if any."""
    metadata = facts.metadata or Metadata()
    for one in metadata.times[:MAX_UNSIGNED]:
        span = span_of(one.time)
        detail: dict[str, Json] = {"where": one.field, "written": one.written}
        detail |= _more(len(metadata.times) - MAX_UNSIGNED)
        said = say("time.unsigned", field=one.field, what={"id": f"done.{_role(one)}"}, when=when_of(span))
        statement = together(said, *_gap(span, signed))
        yield _draft("time.unsigned", Status.ABSENT, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def cut(own: OwnCheck) -> list[Draft]:
    """That not all that is signed of times was looked at, where there is a trusted time that it could contradict."""
    left_out = [words for declared in own.declared.values() for words in declared.cut]
    left_out += own.history.cut if own.history is not None else ()
    bounded = any(signer.stamp.is_trusted for signer in own.signers.values())
    if not left_out or not bounded:
        return []
    words = tuple(dict.fromkeys(left_out))
    statement = say("time.cut", cut=words)
    detail: dict[str, Json] = {"cut": list[Json](words)}
    return [_draft("time.cut", Status.UNKNOWN, statement, own.active, Root.CLAIM_SIGNATURE, detail)]


def unsigned_cut(facts: Facts) -> list[Draft]:
    """That there is more metadata than was looked at, which may state times."""
    left_out = facts.metadata_cut
    if not left_out:
        return []
    statement = say("time.cut.metadata", cut=left_out)
    detail: dict[str, Json] = {"cut": list[Json](left_out)}
    return [_draft("time.cut", Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)]


def _role(one: MetadataTime) -> str:
    """What a time of the metadata is that of; only EXIF tells digitising from creating."""
    if one.role is UnsignedRole.DIGITISED and not one.field.startswith("EXIF"):
        return "created"
    return _UNSIGNED[one.role]


def _more(number: int) -> dict[str, Json]:
    return {"more": number} if number > 0 else {}


def _gap(span: Span, signed: dt.datetime | None) -> tuple[Said, ...]:
    """How far from the signing; nothing where no time of signing is stated at all."""
    if signed is None:
        return ()
    gap = span.gap(span_of(signed))
    if abs(gap) <= CLOCK_TOLERANCE:
        return (say("time.gap.same" if span.zoned else "time.gap.same.zone"),)
    direction, least = "after" if gap > dt.timedelta() else "before", "" if span.zoned else ".least"
    return (say(f"time.gap.{direction}{least}", gap=length_of(gap)),)


def _draft(code: str, status: Status, statement: Said, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)
