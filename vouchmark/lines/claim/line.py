"""Does what is said about it agree with what is signed about place and time?

Compares what the reader was told with what verified manifests state: the one that is bound to these bytes and, through
verified parents, the versions before it (not what was merely used in it, which may be from anywhere, and no later
update, which is told apart). An earlier signer's word counts where a list vouches for that signer. A trusted time of
signing bounds from above: nothing is taken after it was signed. Only where nothing is signed, unsigned metadata is
looked at, as the weaker root that it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from provenance.credentials.history.history import LinkState, Node
from provenance.credentials.history.statements import Declared, Role, SignedPlace, SignedTime
from provenance.credentials.own_check import OwnCheck
from provenance.metadata import Role as UnsignedRole
from provenance.written.places import distance_km, distance_words, place_of
from provenance.written.times import Span, span_of
from vouchmark.examination.claimed import ClaimedPlace, ClaimedTime
from vouchmark.lines import about, authority
from vouchmark.lines.authority import Of, Speaker
from vouchmark.lines.claim import ai as claim_ai
from vouchmark.lines.claim import apart as claim_apart
from vouchmark.lines.claim import beside as claim_beside
from vouchmark.lines.claim import named as claim_named
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Answer, Draft, Facts, day, has, instant, own_gap
from vouchmark.lines.integrity.line import BINDING_MATCH
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.redactions import removals
from vouchmark.lines.time.order import CLOCK_TOLERANCE, date_of, length_of, what_happened, when_of
from vouchmark.report import SERIOUSNESS, Json, Line, NotChecked, Root, Status
from vouchmark.wording.catalogue import because, gap, say, together
from vouchmark.wording.model import Fact, Said

_UNSIGNED_ROLES: Final = (UnsignedRole.CAPTURED, UnsignedRole.POSITION, UnsignedRole.DIGITISED)
"""Unsigned times that may tell when something was taken, the most telling first."""


def answer(facts: Facts) -> Answer:
    """The claim line; skipped where nothing is claimed."""
    said = facts.claim
    own = facts.own if facts.own is not None and not facts.own.problem else None
    known = facts.speakers
    versions = _versions(facts, own, known) if own is not None else []
    apart = list(claim_apart.drafts(versions[:1]))
    removed = list(claim_beside.removed(removals(own, known), versions))
    if said is None:
        unasked = [*apart, *removed]
        if not unasked:
            return Answer(summary=say("nothing.unasked"), status=Status.SKIPPED)
        return Answer(summary=unasked[0].statement, drafts=tuple(unasked))
    place = _place(facts, said.place, versions) if said.place is not None else []
    time = _time(facts, said.time, versions) if said.time is not None else []
    of_ai = claim_ai.drafts(facts, said=said.ai) if said.ai is not None else []
    unread = _unread(facts)
    if place:
        place = [*place, *removed]
    elif time:
        time = [*time, *removed]
    asks_where_or_when = said.place is not None or said.time is not None
    lacking = list(claim_beside.cut(own, versions)) if asks_where_or_when else []
    if any(one.code in _SILENT for one in (*place, *time)):
        lacking += claim_beside.unsigned_cut(facts)
    if lacking:
        # What was not looked at may say it: silence is not known.
        place, time = ([one for one in found if one.code not in _SILENT] for found in (place, time))
    drafts = [*place, *time, *of_ai, *apart, *claim_beside.nonsense(versions), *lacking]
    drafts += claim_beside.updates(own, known, said) if own is not None else []
    if unread is not None:
        # Nobody looked at what may be signed: that nothing was found is not known.
        drafts = [unread, *(draft for draft in drafts if draft.status is not Status.ABSENT)]
    order = SERIOUSNESS.index
    drafts.sort(key=lambda draft: order(draft.status))
    worst = [min(found, key=lambda draft: order(draft.status)) for found in (place, time, of_ai, lacking) if found]
    worst.sort(key=lambda draft: order(draft.status))
    summary = unread.statement if unread is not None else together(*(draft.statement for draft in worst))
    return Answer(summary=summary, drafts=tuple(drafts), not_checked=(*own_gap(facts), *_metadata_gap(facts)))


VAGUE: Final = 1_000.0
"""Kilometres: a position that may be wrong by more says nothing."""
_SILENT: Final = ("claim.place.none", "claim.time.none")


def _unread(facts: Facts) -> Draft | None:
    """A finding where signed statements could not be looked at."""
    nothing = nothing_to_look_at(facts, Line.CLAIM)
    if nothing is not None:
        return next((draft for draft in nothing.drafts if draft.status is not Status.ABSENT), None)
    if facts.own is not None and not facts.own.problem:
        return None
    return _draft("claim.unreadable", Status.ERROR, say("claim.unreadable"), facts.name, Root.FILE, {})


def _metadata_gap(facts: Facts) -> tuple[NotChecked, ...]:
    reason = facts.metadata.reason if facts.metadata is not None else ""
    return (gap(say("gap.places"), because(reason)),) if reason else ()


def _is_bound(facts: Facts, own: OwnCheck) -> bool:
    """Whether the content is what was signed: by our own digest, or by an engine's where we compute none."""
    if own.coverage is not None:
        return not about.doubt(facts)
    manifest = facts.bound
    return manifest is not None and has(facts.codes_of(manifest), *BINDING_MATCH)


def _versions(facts: Facts, own: OwnCheck, known: Mapping[str, Speaker]) -> list[Version]:
    """The manifest that is bound to these bytes, then the parents before it, nearest first; no updates."""
    found: list[Version] = []
    is_bound = _is_bound(facts, own)
    node = authority.content_of(own)
    while node is not None and node.check is not None:
        check = node.check
        speaker = known.get(check.label)
        if speaker is None or speaker.of is Of.UPDATE:
            node = _parent(node)
            continue
        stamp = own.signers[check.label].stamp if check.label in own.signers else None
        found.append(
            Version(
                speaker=speaker,
                gathered=check.gathered,
                holds=speaker.in_order and is_bound,
                declared=own.declared.get(check.label, Declared()),
                signed=stamp.time if stamp is not None and stamp.is_trusted else None,
            )
        )
        node = _parent(node)
    return found


def _parent(node: Node) -> Node | None:
    """The one version that this one was made from; None where there is none, or several are named."""
    parents = [
        child
        for child in node.children
        if child.link and child.link.relationship == "parentOf" and child.link.state is LinkState.VERIFIED
    ]
    return parents[0] if len(parents) == 1 and not parents[0].is_repeated else None


def _place(facts: Facts, said: ClaimedPlace, versions: list[Version]) -> list[Draft]:
    found = [_signed_place(said, version, one) for version in versions for one in version.declared.places]
    named = [
        claim_named.area(version, one, beside=bool(found)) for version in versions for one in version.declared.areas
    ]
    # A place that cannot be read may be another one: it stands beside those that can.
    unread = list(claim_named.unread(versions))
    return [*found, *named, *unread] if found or named or unread else [_unsigned_place(facts, said)]


def _signed_place(said: ClaimedPlace, version: Version, one: SignedPlace) -> Draft:
    if one.error > VAGUE:
        return claim_named.vague(version, one)
    away = distance_km(said.place, one.place)
    agrees = away <= said.radius + one.error
    word, whose = "agrees" if agrees else "contradicts", version.whose(one.assertion)
    statement = say(f"claim.place.{word}{whose}", away=distance_words(away))
    if one.error:
        both = {"away": distance_words(away), "error": distance_words(one.error)}
        statement = say(f"claim.place.{word}.error{whose}", **both)
    detail: dict[str, Json] = {
        "signed": one.place.text,
        "where": one.where,
        "assertion": one.assertion,
        "distance_m": round(away * 1000),
        "radius_m": round(said.radius * 1000),
    }
    detail |= {"error_m": round(one.error * 1000)} if one.error else {}
    return _judged("place", version, statement, detail, agrees=agrees)


def _judged(what: str, version: Version, statement: Said, detail: dict[str, Json], *, agrees: bool) -> Draft:
    status = Status.PASS if agrees else Status.FAIL
    if not version.holds:
        status = Status.UNKNOWN
        statement = together(statement, say("claim.but.unbound"))
    elif version.speaker.is_hearsay:
        status = Status.UNKNOWN
        statement = together(statement, version.speaker.but)
    elif detail.get("assertion") in version.gathered:
        status = Status.UNKNOWN
        statement = together(statement, say("claim.but.passed_on"))
    detail = detail | version.speaker.detail()
    root = Root.INGREDIENT if version.earlier else Root.CLAIM_SIGNATURE
    return _draft(_code(what, agrees), status, statement, version.label, root, detail)


def _code(what: str, agrees: bool) -> str:
    if what == "place":
        return "claim.place.agrees" if agrees else "claim.place.contradicts"
    return "claim.time.agrees" if agrees else "claim.time.contradicts"


def _unsigned_place(facts: Facts, said: ClaimedPlace) -> Draft:
    stated = facts.metadata.place if facts.metadata is not None else None
    if stated is None:
        return _draft("claim.place.none", Status.ABSENT, say("claim.place.none"), facts.name, Root.FILE, {})
    place = place_of(stated.latitude, stated.longitude)
    away = distance_km(said.place, place)
    agrees = away <= said.radius
    statement = say(f"claim.unsigned.place.{'agrees' if agrees else 'contradicts'}", away=distance_words(away))
    detail: dict[str, Json] = {
        "stated": place.text,
        "where": stated.source,
        "distance_m": round(away * 1000),
        "radius_m": round(said.radius * 1000),
    }
    return _draft(_code("place", agrees), Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def _time(facts: Facts, said: ClaimedTime, versions: list[Version]) -> list[Draft]:
    found = [
        _signed_time(facts, said, version, one)
        for version in versions
        for one in version.declared.times
        if one.role is Role.CREATED
    ]
    late = list(_too_late(said, versions))
    if found or late:
        return [*late, *found]
    return [_unsigned_time(facts, said, versions)]


def _signed_time(facts: Facts, said: ClaimedTime, version: Version, one: SignedTime) -> Draft:
    apart, whose = one.span.gap(said.span), version.whose(one.assertion)
    stated: dict[str, Fact] = {"what": what_happened(one), "when": when_of(one.span)}
    detail = _time_detail(one.where, one.written, one.span)
    if one.span.start > facts.at + CLOCK_TOLERANCE:
        statement = say(f"claim.time.future{whose}", **stated)
        more = detail | version.speaker.detail()
        return _draft("claim.time.future", Status.UNKNOWN, statement, version.label, Root.CLAIM_SIGNATURE, more)
    word, compared = _compared(apart, one.span, said)
    statement = say(f"claim.time.{word}{whose}", **stated, **compared)
    agrees = abs(apart) <= CLOCK_TOLERANCE
    return _judged("time", version, statement, detail | {"assertion": one.assertion}, agrees=agrees)


def _compared(apart: dt.timedelta, span: Span, said: ClaimedTime) -> tuple[str, dict[str, Fact]]:
    """Agreement or contradiction as ids of sentences end, with the slack that a missing time zone leaves."""
    zone = "" if span.zoned and said.span.zoned else ".zone"
    if abs(apart) <= CLOCK_TOLERANCE:
        return f"agrees{zone}", {"said": said.text}
    direction = "after" if apart > dt.timedelta() else "before"
    return f"{direction}{zone}", {"said": said.text, "gap": length_of(apart)}


def _time_detail(where: str, written: str, span: Span) -> dict[str, Json]:
    return {"where": where, "written": written, "earliest": instant(span.start), "latest": instant(span.end)}


def _too_late(said: ClaimedTime, versions: list[Version]) -> Iterator[Draft]:
    """That it existed before it is said to have been taken: signed, or worked on, by then."""
    for version in versions:
        earlier = ".earlier" if version.earlier else ""
        if version.signed is not None and said.span.start > version.signed + CLOCK_TOLERANCE:
            lag = length_of(said.span.start - version.signed)
            when = day(version.signed)
            statement = say(f"claim.time.signed_before{earlier}", day=when, gap=lag, said=said.text)
            draft = _judged("time", version, statement, {"signed": instant(version.signed)}, agrees=False)
            yield _draft(draft.code, draft.status, draft.statement, draft.subject, Root.TIME_STAMP, dict(draft.detail))
        for one in version.declared.times:
            by_then = one.role is Role.DIGITISED or (one.role is Role.ACTION and one.is_past)
            if by_then and said.span.start > one.span.end + CLOCK_TOLERANCE:
                lag = length_of(said.span.start - one.span.end)
                stated: dict[str, Fact] = {"what": what_happened(one), "when": when_of(one.span)}
                statement = say(f"claim.time.there_before{earlier}", **stated, gap=lag, said=said.text)
                yield _judged("time", version, statement, _time_detail(one.where, one.written, one.span), agrees=False)


def _unsigned_time(facts: Facts, said: ClaimedTime, versions: list[Version]) -> Draft:
    times = facts.metadata.times if facts.metadata is not None else ()
    stated = next((one for role in _UNSIGNED_ROLES for one in times if one.role is role), None)
    if stated is not None and stated.role is UnsignedRole.DIGITISED and span_of(stated.time).start > said.span.end:
        # What was digitised later may be as old as is said.
        stated = None
    signed = min((version.signed for version in versions if version.signed is not None), default=None)
    if stated is None:
        statement = say("claim.time.none")
        if signed is not None:
            statement = say("claim.time.none.signed", day=day(signed))
        return _draft("claim.time.none", Status.ABSENT, statement, facts.name, Root.FILE, {})
    span = span_of(stated.time)
    apart = span.gap(said.span)
    where: dict[str, Fact] = {"field": stated.field, "date": date_of(span)}
    detail = _time_detail(stated.field, stated.written, span)
    if span.start > facts.at + CLOCK_TOLERANCE:
        statement = say("claim.unsigned.time.future", **where)
        return _draft("claim.time.future", Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)
    word, compared = _compared(apart, span, said)
    statement = say(f"claim.unsigned.time.{word}", **where, **compared)
    code = _code("time", abs(apart) <= CLOCK_TOLERANCE)
    return _draft(code, Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def _draft(code: str, status: Status, statement: Said, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)
