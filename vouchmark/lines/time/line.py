"""When was it signed, says who, and can all the times that are stated be true?

A time stamp counts as trusted only where the reader has a list of time-stamping authorities and the authority leads to
it. Stamps of version-1 claims read "trusted" in the engine without any list; here they do not. What stands beside a
trusted time and cannot have happened by then fails; every other difference is stated and never failed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.certificates.time_trust import Doubt, StampAssessment
from provenance.credentials.certificates.timestamp import Flaw
from provenance.credentials.engines.model import Manifest
from provenance.credentials.history.lineage import Removed
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.trust.view import Label
from vouchmark.lines import about
from vouchmark.lines.authority import Of
from vouchmark.lines.facts import (
    Answer,
    Draft,
    Drafter,
    Facts,
    certificate_name,
    day,
    has,
    instant,
    source_of,
)
from vouchmark.lines.integrity.code_families import BYTES_CHANGED
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.redactions import removals
from vouchmark.lines.signer.trust_words import shown_label
from vouchmark.lines.time import order as time_order
from vouchmark.report import SERIOUSNESS, Json, Line, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Fact, Phrase, Said

OWN = "vouchmark time-stamp check"


def answer(facts: Facts) -> Answer:
    """The time line, about the manifest that carries the hard binding."""
    nothing = nothing_to_look_at(facts, Line.TIME)
    if nothing is not None:
        left_out = time_order.unsigned_cut(facts) if nothing.status is None else []
        summary = left_out[0].statement if left_out and _is_absent(nothing) else nothing.summary
        told = (*left_out, *nothing.drafts, *time_order.unsigned(facts, None))
        return replace(nothing, summary=summary, drafts=told)
    manifest = facts.bound
    own = facts.own
    if manifest is None and own is not None and own.history is not None and own.history.is_cut:
        statement = say("time.unbound.cut")
        draft = Drafter(OWN, Root.TIME_STAMP)("time.cut", Status.UNKNOWN, statement, own.active)
        return Answer(summary=statement, drafts=(draft,))
    if manifest is None:
        return Answer(summary=say("time.unbound"), status=Status.ABSENT)
    signer = own.signer if own is not None else None
    if own is None or signer is None:
        draft = _stamp(facts, manifest)
        return Answer(summary=draft.statement, drafts=(draft,))
    shown = _shown(legacy=signer.stamp.version == 1, other_bytes=about.doubt(facts) == about.OTHER_BYTES)
    drafts = [_own_stamp(manifest, signer.stamp, own, facts.at, shown)]
    drafts += _legacy(manifest, signer.stamp)
    drafts += _certificate(manifest, signer)
    drafts += time_order.impossible(own, facts.speakers)
    drafts += time_order.cut(own)
    drafts += _removed(facts, own)
    drafts += time_order.stated(facts, own, signer.stamp.time)
    if all(draft.status is Status.ABSENT for draft in drafts):
        drafts += time_order.unsigned_cut(facts)
    drafts.sort(key=lambda draft: SERIOUSNESS.index(draft.status))
    lost = drafts[0].code == "time.redacted" and drafts[0].status is Status.UNKNOWN
    first = drafts[0] if lost or drafts[0].status is Status.FAIL else next(d for d in drafts if d.code in _ANSWERS)
    return Answer(summary=first.statement, drafts=tuple(drafts))


def _removed(facts: Facts, own: OwnCheck) -> list[Draft]:
    """That a later signer took a time stamp away: where no other one is trusted, it may have told the time."""
    trusted = own.signer is not None and own.signer.stamp.is_trusted
    return [
        Draft(
            code="time.redacted",
            status=Status.ABSENT if trusted else Status.UNKNOWN,
            statement=together(one.statement, say("redaction.gone.time")),
            source=OWN,
            root=Root.TIME_STAMP,
            subject=one.redaction.manifest,
            detail=one.detail(),
        )
        for one in removals(own, facts.speakers)
        if one.kind is Removed.TIME and one.of in (Of.CONTENT, Of.EARLIER, Of.UPDATE)
    ]


def _is_absent(found: Answer) -> bool:
    return all(draft.status is Status.ABSENT for draft in found.drafts)


_DOUBTS: Final[Mapping[Doubt, str]] = {
    Doubt.NONE: "time.unlisted",
    Doubt.UNLISTED: "time.unlisted",
    Doubt.DISTRUSTED: "time.distrusted",
    Doubt.WEAK: "time.weak",
    Doubt.OUTSIDE: "time.outside",
    Doubt.LATER: "time.later",
    Doubt.LOOSE: "time.loose",
}
"""Why a stamp that holds is not believed: the code, and how its sentence is called."""
_FLAWS: Final[Mapping[Flaw, tuple[str, str]]] = {
    Flaw.NONE: ("time.stamp.invalid", "time.flaw.unfit"),
    Flaw.UNREADABLE: ("time.stamp.unreadable", "time.flaw.unreadable"),
    Flaw.UNSUPPORTED: ("time.stamp.unreadable", "time.flaw.unsupported"),
    Flaw.SEVERAL: ("time.stamp.unreadable", "time.flaw.several"),
    Flaw.NO_CERTIFICATE: ("time.stamp.unreadable", "time.flaw.no-certificate"),
    Flaw.BROKEN: ("time.stamp.invalid", "time.flaw.broken"),
    Flaw.OTHER_BYTES: ("time.stamp.invalid", "time.flaw.unfit"),
}
"""Why a stamp shows no time: the code, and its sentence."""
_ANSWERS: Final = frozenset(
    {
        "time.trusted",
        "time.stamp.invalid",
        "time.stamp.unreadable",
        "time.claimed",
        "time.none",
        "time.cut",
        *_DOUBTS.values(),
    }
)
"""Exactly one of them stands on the line wherever there is a manifest."""


def _shown(*, legacy: bool, other_bytes: bool) -> str:
    """How the ids of sentences end that tell what a stamp shows: of what, and of which bytes."""
    return f"{'.legacy' if legacy else ''}{'.other_bytes' if other_bytes else ''}"


def _own_stamp(manifest: Manifest, stamp: StampAssessment, own: OwnCheck, at: dt.datetime, shown: str) -> Draft:
    """By our own reading of the token and the reader's lists of time-stamping authorities alone.

    `shown` is what `_shown` gives.
    """
    who = certificate_name(stamp.authority)
    detail: dict[str, Json] = {"claim_version": manifest.claim_version, "codes": list[Json](stamp.codes)}
    if stamp.time is not None:
        detail |= {
            "time": instant(stamp.time),
            "authority": who or "without a name",
            "label": shown_label(stamp.label, is_said=stamp.is_said),
        }
        detail |= {"kept_later": True} if stamp.is_kept else {}
    if not stamp.is_present:
        return _no_stamp(manifest, own, detail)
    if stamp.time is None:
        code, sentence = _FLAWS[stamp.flaw]
        return _own_draft(manifest, code, Status.UNKNOWN, say(sentence), detail | {"flaw": str(stamp.flaw)})
    if stamp.is_trusted:
        return _own_draft(manifest, "time.trusted", Status.PASS, _trusted(stamp, day(stamp.time), who, shown), detail)
    code = _DOUBTS[stamp.doubt]
    above = ".above" if stamp.doubt is Doubt.OUTSIDE and not stamp.is_authority_outside else ""
    said: dict[str, Fact] = {"at": instant(at)} if stamp.doubt is Doubt.LATER else {}
    sentence = f"{code}{above}{'.kept' if stamp.is_kept else ''}{shown}"
    statement = say(sentence, day=day(stamp.time), who=_named(who), **said)
    return _own_draft(manifest, code, Status.UNKNOWN, statement, detail)


def _trusted(stamp: StampAssessment, when: str, name: str, shown: str) -> Said:
    """Who shows the time, by which list."""
    if not name:
        return say(f"time.trusted.nameless{shown}", day=when)
    if stamp.is_kept:
        return say(f"time.trusted.kept{shown}", day=when, name=name)
    if stamp.is_said:
        return say(f"time.trusted.said{shown}", day=when, name=name, label=shown_label(stamp.label, is_said=True))
    return say(f"time.trusted{'.interim' if stamp.label is Label.INTERIM else ''}{shown}", day=when, name=name)


def _named(name: str) -> Phrase:
    """An authority that no list vouches for: by the name that it uses."""
    return {"id": "authority.named", "name": name} if name else {"id": "authority.nameless"}


def _no_stamp(manifest: Manifest, own: OwnCheck, detail: dict[str, Json]) -> Draft:
    """The signer's own clock, where it says anything."""
    clock = time_order.own_clock(own, manifest.label)
    declared = own.declared.get(manifest.label)
    if clock is None and declared is not None and declared.is_cut:
        statement = say("time.none.cut", cut=declared.cut)
        return _own_draft(manifest, "time.cut", Status.UNKNOWN, statement, detail)
    if clock is None:
        return _own_draft(manifest, "time.none", Status.ABSENT, say("time.none"), detail)
    more: dict[str, Json] = {"claimed": clock.day, "where": clock.where}
    return _own_draft(
        manifest, "time.claimed", Status.UNKNOWN, clock.statement, detail | more, root=Root.CLAIM_SIGNATURE
    )


def _legacy(manifest: Manifest, stamp: StampAssessment) -> list[Draft]:
    if stamp.version != 1 or stamp.time is None:
        return []
    return [_own_draft(manifest, "time.stamp.legacy", Status.ABSENT, say("time.stamp.legacy"), {"claim_version": 1})]


def _certificate(manifest: Manifest, signer: SignerAssessment) -> list[Draft]:
    """Whether the signer's certificate was valid at the moment that counts."""
    certificate = signer.certificate
    if certificate is None or certificate.not_before is None or certificate.not_after is None:
        return []
    start, end = certificate.not_before, certificate.not_after
    detail: dict[str, Json] = {
        "valid_from": instant(start),
        "valid_until": instant(end),
        "judged_at": instant(signer.moment),
        "judged_by": signer.moment_by,
    }
    inside = start <= signer.moment <= end
    stamped = signer.moment_by == "time-stamp"
    # A stamp shows that it was signed by then: within the dates that is enough, outside them it shows nothing more.
    sentence = f"time.certificate{'.stamped' if stamped else ''}.{'inside' if inside else 'outside'}"
    statement = say(sentence, day=day(signer.moment), start=day(start), end=day(end))
    # Stated here, and judged on the signer's line.
    code = "time.certificate.inside" if inside else "time.certificate.outside"
    return [_own_draft(manifest, code, Status.ABSENT, statement, detail, root=Root.CERTIFICATE)]


def _own_draft(
    manifest: Manifest,
    code: str,
    status: Status,
    statement: Said,
    detail: Mapping[str, Json],
    *,
    root: Root = Root.TIME_STAMP,
) -> Draft:
    return Drafter(OWN, root)(code, status, statement, manifest.label, detail)


def _stamp(facts: Facts, manifest: Manifest) -> Draft:
    """By the first engine; only where our own check is missing."""
    codes = facts.codes_of(manifest)
    stamp = manifest.timestamp
    if has(codes, "timeStamp.mismatch", "timeStamp.malformed"):
        code, sentence = _FLAWS[Flaw.OTHER_BYTES if has(codes, "timeStamp.mismatch") else Flaw.UNREADABLE]
        return _draft(facts, manifest, code, Status.UNKNOWN, say(sentence))
    if has(codes, "timeStamp.outsideValidity"):
        return _draft(facts, manifest, "time.outside", Status.UNKNOWN, say("time.flaw.outside"))
    if stamp is None and (facts.own is not None or facts.own_failure):
        return _draft(facts, manifest, "time.cut", Status.UNKNOWN, say("time.none.engine"))
    if stamp is None:
        return _draft(facts, manifest, "time.none", Status.ABSENT, say("time.none"))
    name, when = certificate_name(stamp.authority), day(stamp.time)
    who = name or "an unnamed authority"
    detail: dict[str, Json] = {"time": instant(stamp.time), "authority": who, "claim_version": manifest.claim_version}
    shown = _shown(legacy=manifest.claim_version < 2, other_bytes=has(codes, *BYTES_CHANGED))
    if facts.own is not None or facts.own_failure:
        statement = say(f"time.unlisted.engine{shown}", day=when, who=_named(name))
        return _draft(facts, manifest, "time.unlisted", Status.UNKNOWN, statement, detail)
    trusted = has(codes, "timeStamp.trusted") and facts.tsa_lists and manifest.claim_version >= 2
    trusted = trusted and stamp.time <= facts.at
    if trusted and has(codes, "timeStamp.validated"):
        named: dict[str, Fact] = {"name": name} if name else {}
        statement = say(f"time.trusted{'' if name else '.nameless'}{shown}", day=when, **named)
        return _draft(facts, manifest, "time.trusted", Status.PASS, statement, detail)
    statement = say(f"time.unlisted{shown}", day=when, who=_named(name))
    return _draft(facts, manifest, "time.unlisted", Status.UNKNOWN, statement, detail)


def _draft(
    facts: Facts,
    manifest: Manifest,
    code: str,
    status: Status,
    statement: Said,
    detail: Mapping[str, Json] | None = None,
) -> Draft:
    return Drafter(source_of(facts.first), Root.TIME_STAMP)(code, status, statement, manifest.label, detail)
