"""When was it signed, says who?

A time stamp counts as trusted only where the reader has a list of time-stamping authorities and the engine found the
authority on it. Stamps of version-1 claims read "trusted" in the engine without any list; here they do not.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.credentials.model import Manifest
from provenance.credentials.timestamp import StampAssessment
from vouchmark.lines.facts import (
    Answer,
    Draft,
    Facts,
    certificate_name,
    day,
    has,
    instant,
    nothing_to_look_at,
    source_of,
)
from vouchmark.render.safe import quoted
from vouchmark.report import Json, Line, Root, Status


def answer(facts: Facts) -> Answer:
    """The time line, about the manifest that carries the hard binding."""
    nothing = nothing_to_look_at(facts, Line.TIME)
    if nothing is not None:
        return nothing
    manifest = facts.bound
    if manifest is None:
        return Answer(summary="No manifest is bound to the content, so no time is either.", status=Status.ABSENT)
    own = facts.own
    signer = own.signer if own is not None else None
    draft = _own_stamp(manifest, signer.stamp) if signer is not None else _stamp(facts, manifest)
    return Answer(summary=draft.statement, drafts=(draft,))


def _own_stamp(manifest: Manifest, stamp: StampAssessment) -> Draft:
    """By our own reading of the token and the reader's lists of time-stamping authorities alone."""
    who = certificate_name(stamp.authority) or "without a name"
    detail: dict[str, Json] = {"claim_version": manifest.claim_version, "codes": list[Json](stamp.codes)}
    if stamp.time is not None:
        detail |= {"time": instant(stamp.time), "authority": who, "label": str(stamp.label)}
    if not stamp.is_present:
        statement = "There is no time stamp; when it was signed is not shown by anything but the signer's word."
        return _own_draft(manifest, "time.none", Status.ABSENT, statement, detail)
    if stamp.time is None:
        statement = "There is a time stamp, but it does not fit this signature, so it shows no time."
        return _own_draft(manifest, "time.stamp.invalid", Status.UNKNOWN, statement, detail)
    if stamp.is_trusted:
        statement = f"Signed on {day(stamp.time)}, says {who}, a time-stamping authority on a list you use."
        return _own_draft(manifest, "time.trusted", Status.PASS, statement, detail)
    statement = f"Signed on {day(stamp.time)}, says a time stamp by an authority not on a list you use ({quoted(who)})."
    return _own_draft(manifest, "time.unlisted", Status.UNKNOWN, statement, detail)


def _own_draft(manifest: Manifest, code: str, status: Status, statement: str, detail: Mapping[str, Json]) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source="vouchmark time-stamp check",
        root=Root.TIME_STAMP,
        subject=manifest.label,
        detail=dict(detail),
    )


def _stamp(facts: Facts, manifest: Manifest) -> Draft:
    codes = facts.codes_of(manifest)
    stamp = manifest.timestamp
    if has(codes, "timeStamp.mismatch", "timeStamp.malformed", "timeStamp.outsideValidity"):
        statement = "There is a time stamp, but it does not fit this signature, so it shows no time."
        return _draft(facts, manifest, "time.stamp.invalid", Status.UNKNOWN, statement)
    if stamp is None:
        statement = "There is no time stamp; when it was signed is not shown by anything but the signer's word."
        return _draft(facts, manifest, "time.none", Status.ABSENT, statement)
    who = certificate_name(stamp.authority) or "an unnamed authority"
    detail: dict[str, Json] = {"time": instant(stamp.time), "authority": who, "claim_version": manifest.claim_version}
    trusted = has(codes, "timeStamp.trusted") and facts.tsa_lists and manifest.claim_version >= 2
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
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=Root.TIME_STAMP,
        subject=manifest.label,
        detail=dict(detail or {}),
    )
