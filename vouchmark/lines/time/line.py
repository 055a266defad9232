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
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.redactions import removals
from vouchmark.lines.signer.trust_words import shown_label
from vouchmark.lines.time import order as time_order
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import SERIOUSNESS, Json, Line, Root, Status

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
        statement = "The version that is bound to this content was not found, as there are more than are followed."
        draft = Drafter(OWN, Root.TIME_STAMP)("time.cut", Status.UNKNOWN, statement, own.active)
        return Answer(summary=statement, drafts=(draft,))
    if manifest is None:
        return Answer(summary="No manifest is bound to the content, so no time is either.", status=Status.ABSENT)
    signer = own.signer if own is not None else None
    if own is None or signer is None:
        draft = _stamp(facts, manifest)
        return Answer(summary=draft.statement, drafts=(draft,))
    drafts = [_own_stamp(manifest, signer.stamp, own, facts.at)]
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
            statement=one.statement,
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


_ON: Final = {Label.INTERIM: "on the interim list, frozen on 2026-01-01"}
_LISTED: Final = "an authority on a list you use ({name})"
_DOUBTS: Final[Mapping[Doubt, tuple[str, str]]] = {
    Doubt.NONE: ("time.unlisted", "an authority not on a list you use ({name})"),
    Doubt.UNLISTED: ("time.unlisted", "an authority not on a list you use ({name})"),
    Doubt.DISTRUSTED: ("time.distrusted", "an authority that you distrust, itself or above it ({name})"),
    Doubt.WEAK: ("time.weak", f"{_LISTED}, whose certificate rests on a key or a digest that is too weak"),
    Doubt.OUTSIDE: ("time.outside", f"{_LISTED}, {{whose}} was not valid then"),
    Doubt.LATER: ("time.later", f"{_LISTED}; that is later than the time of judging, {{at}}"),
    Doubt.LOOSE: (
        "time.loose",
        f"{_LISTED}, but the signature does not cover its key, so the stamp could be another's",
    ),
}
"""Why a stamp that holds is not believed: the code, and how the sentence ends."""
_NO_TIME: Final = "so it shows no time"
_UNREADABLE: Final = ("time.stamp.unreadable", f"There is a time stamp that cannot be read, {_NO_TIME}.")
_UNFIT: Final = ("time.stamp.invalid", f"There is a time stamp, but it does not fit this signature, {_NO_TIME}.")
_FLAWS: Final[Mapping[Flaw, tuple[str, str]]] = {
    Flaw.NONE: _UNFIT,
    Flaw.UNREADABLE: _UNREADABLE,
    Flaw.UNSUPPORTED: (
        "time.stamp.unreadable",
        f"There is a time stamp of a kind that is not read here, {_NO_TIME}.",
    ),
    Flaw.SEVERAL: (
        "time.stamp.unreadable",
        "There are several time stamps where there may be one, so they show no time.",
    ),
    Flaw.NO_CERTIFICATE: (
        "time.stamp.unreadable",
        f"There is a time stamp that does not show by whose certificate it was made, {_NO_TIME}.",
    ),
    Flaw.BROKEN: ("time.stamp.invalid", f"There is a time stamp whose own signature does not hold, {_NO_TIME}."),
    Flaw.OTHER_BYTES: _UNFIT,
}
"""Why a stamp shows no time: the code, and the sentence."""
_ANSWERS: Final = frozenset(
    {
        "time.trusted",
        "time.stamp.invalid",
        "time.stamp.unreadable",
        "time.claimed",
        "time.none",
        "time.cut",
        *(code for code, _ in _DOUBTS.values()),
    }
)
"""Exactly one of them stands on the line wherever there is a manifest."""


def _own_stamp(manifest: Manifest, stamp: StampAssessment, own: OwnCheck, at: dt.datetime) -> Draft:
    """By our own reading of the token and the reader's lists of time-stamping authorities alone."""
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
        code, statement = _FLAWS[stamp.flaw]
        return _own_draft(manifest, code, Status.UNKNOWN, statement, detail | {"flaw": str(stamp.flaw)})
    by = " that a later update keeps" if stamp.is_kept else ""
    if stamp.is_trusted:
        named = who or "an authority without a name"
        listed = _ON.get(stamp.label, "on a list you use") if not stamp.is_said else f"on a list ({detail['label']})"
        statement = f"Signed on {day(stamp.time)}, says {named}, a time-stamping authority {listed}."
        if stamp.is_kept:
            statement = f"Signed by {day(stamp.time)}, says {named}, whose time stamp a later update keeps."
        return _own_draft(manifest, "time.trusted", Status.PASS, statement, detail)
    code, words = _DOUBTS[stamp.doubt]
    whose = "whose certificate" if stamp.is_authority_outside else "and a certificate above it"
    named = quoted(who) if who else "it has no name that can be read"
    words = words.format(name=named, at=instant(at), whose=whose)
    statement = f"Signed on {day(stamp.time)}, says a time stamp{by} by {words}."
    return _own_draft(manifest, code, Status.UNKNOWN, statement, detail)


def _no_stamp(manifest: Manifest, own: OwnCheck, detail: dict[str, Json]) -> Draft:
    """The signer's own clock, where it says anything."""
    clock = time_order.own_clock(own, manifest.label)
    declared = own.declared.get(manifest.label)
    if clock is None and declared is not None and declared.is_cut:
        statement = (
            f"There is no time stamp, and not all that the signer says of times could be looked at "
            f"({listed(declared.cut)})."
        )
        return _own_draft(manifest, "time.cut", Status.UNKNOWN, statement, detail)
    if clock is None:
        statement = "There is no time stamp; nothing shows when it was signed."
        return _own_draft(manifest, "time.none", Status.ABSENT, statement, detail)
    statement = f"There is no time stamp; the signer's own clock, and nobody else, says {clock.words}."
    more: dict[str, Json] = {"claimed": clock.day, "where": clock.where}
    return _own_draft(manifest, "time.claimed", Status.UNKNOWN, statement, detail | more, root=Root.CLAIM_SIGNATURE)


def _legacy(manifest: Manifest, stamp: StampAssessment) -> list[Draft]:
    if stamp.version != 1 or stamp.time is None:
        return []
    statement = "The time stamp is of an older form: it shows that the statements existed then, not the signature."
    return [_own_draft(manifest, "time.stamp.legacy", Status.ABSENT, statement, {"claim_version": 1})]


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
    when = f"at the time of this report, {day(signer.moment)}"
    if stamped:
        then = day(signer.moment)
        when = f"when it was signed, {f'on {then}' if inside else f'says the only trusted time, {then}'}"
    word = "was valid" if inside else "was not valid" if stamped else "is not valid"
    word = "is valid" if inside and not stamped else word
    statement = f"The signer's certificate {word} {when} (it runs from {day(start)} to {day(end)})."
    if not stamped:
        statement = f"{statement[:-1]}; no trusted time says whether it was when it signed."
    # Stated here, and judged on the signer's line.
    code = "time.certificate.inside" if inside else "time.certificate.outside"
    return [_own_draft(manifest, code, Status.ABSENT, statement, detail, root=Root.CERTIFICATE)]


def _own_draft(
    manifest: Manifest,
    code: str,
    status: Status,
    statement: str,
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
        code, statement = _UNFIT if has(codes, "timeStamp.mismatch") else _UNREADABLE
        return _draft(facts, manifest, code, Status.UNKNOWN, statement)
    if has(codes, "timeStamp.outsideValidity"):
        statement = "There is a time stamp by an authority whose certificate was not valid then, so it shows no time."
        return _draft(facts, manifest, "time.outside", Status.UNKNOWN, statement)
    if stamp is None and (facts.own is not None or facts.own_failure):
        statement = (
            "An engine finds no time stamp; our own check, which also reads what the signer says of times, could not "
            "be made."
        )
        return _draft(facts, manifest, "time.cut", Status.UNKNOWN, statement)
    if stamp is None:
        statement = "There is no time stamp; nothing shows when it was signed."
        return _draft(facts, manifest, "time.none", Status.ABSENT, statement)
    who = certificate_name(stamp.authority) or "an unnamed authority"
    detail: dict[str, Json] = {"time": instant(stamp.time), "authority": who, "claim_version": manifest.claim_version}
    if facts.own is not None or facts.own_failure:
        statement = (
            f"Signed on {day(stamp.time)}, says a time stamp ({quoted(who)}); our own check, which would tell whether "
            "its authority is on a list of such authorities, could not read it."
        )
        return _draft(facts, manifest, "time.unlisted", Status.UNKNOWN, statement, detail)
    trusted = has(codes, "timeStamp.trusted") and facts.tsa_lists and manifest.claim_version >= 2
    trusted = trusted and stamp.time <= facts.at
    if trusted and has(codes, "timeStamp.validated"):
        statement = f"Signed on {day(stamp.time)}, says {who}, a time-stamping authority on a list you use."
        return _draft(facts, manifest, "time.trusted", Status.PASS, statement, detail)
    statement = f"Signed on {day(stamp.time)}, says a time stamp by an authority not on a list you use ({quoted(who)})."
    return _draft(facts, manifest, "time.unlisted", Status.UNKNOWN, statement, detail)


def _draft(
    facts: Facts,
    manifest: Manifest,
    code: str,
    status: Status,
    statement: str,
    detail: Mapping[str, Json] | None = None,
) -> Draft:
    return Drafter(source_of(facts.first), Root.TIME_STAMP)(code, status, statement, manifest.label, detail)
