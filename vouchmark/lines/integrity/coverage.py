"""Which bytes does the signature cover, by our own computation? Part of the integrity line.

An engine that says "match" may have been told to leave every pixel out. Here the covered ranges are computed from the
file itself, and what lies outside is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage
from provenance.credentials.engines.model import Outcome
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState
from provenance.formats import Kind
from provenance.formats.parts import Doubt
from provenance.reasons import Reason
from vouchmark.lines.facts import FRAGMENT, STORE_ALONE, Draft, Facts, own_lack
from vouchmark.lines.facts import failures as engine_failures
from vouchmark.lines.integrity import outside
from vouchmark.lines.integrity.code_families import BYTES_CHANGED, SIGNATURE_BROKEN, STATEMENTS_CHANGED
from vouchmark.render.words import listed
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import say

OWN: Final = "vouchmark coverage check"
WIDE: Final = "integrity.coverage.wide"
LENGTH: Final = "integrity.update.length"
FORM: Final = "integrity.text.form"
TELLING: Final = frozenset({WIDE, LENGTH, FORM})
"""What explains why an engine calls a file changed, and so is told first."""
MAX_NAMED: Final = 4
"""Kinds of metadata named in one sentence; the detail has the ranges."""

_CODES: Final = {
    "integrity.coverage.full": (
        Status.PASS,
        "The signature covers all of the file, but for the Content Credentials.",
    ),
    "integrity.coverage.metadata_excluded": (
        Status.PASS,
        "The signature covers all media bytes, and leaves out some metadata, which anybody could have changed.",
    ),
    "integrity.coverage.order_excluded": (
        Status.UNKNOWN,
        "The signature leaves open where in the file the media lies, and what it covers does not settle that: parts "
        "could be left out, or shown in another order or in place of each other.",
    ),
    "integrity.coverage.other_excluded": (
        Status.UNKNOWN,
        "The signature leaves out parts of the file whose meaning is not known here.",
    ),
    "integrity.coverage.trailing_excluded": (
        Status.UNKNOWN,
        "The signature leaves out bytes after the end of the media, where anything could be.",
    ),
    "integrity.coverage.media_excluded": (
        Status.FAIL,
        "The signature leaves out part of the media itself, which could be anything.",
    ),
    "integrity.coverage.unknown": (
        Status.UNKNOWN,
        "How much of the file the signature covers could not be measured.",
    ),
    WIDE: (
        Status.UNKNOWN,
        "What was hashed is unchanged since it was signed, but what was left out together with the Content Credentials "
        "is not covered, and anybody could have put it there: {what}.",
    ),
    "integrity.store.foreign": (
        Status.FAIL,
        "Something else lies among the Content Credentials, as if it were a part of them: no writer puts it there.",
    ),
    "integrity.padding.filled": (
        Status.FAIL,
        "Padding that no signature covers, and that must be empty, holds something: {what}.",
    ),
    "integrity.pointer.store": (
        Status.FAIL,
        "The file sends its readers into the Content Credentials, where no signature covers what they show: {what}.",
    ),
    "integrity.shown.excluded": (
        Status.UNKNOWN,
        "The signature leaves out what decides how the media is shown: {what}.",
    ),
    "integrity.brands": (
        Status.UNKNOWN,
        "What the file says of its own type, which no signature covers, does not fit its content: {what}.",
    ),
    "integrity.tables": (
        Status.UNKNOWN,
        "Readers of this file can disagree on what is in it: {what}.",
    ),
    "integrity.references.outside": (
        Status.UNKNOWN,
        "What is shown depends on things outside the file, which no signature in it covers: {what}.",
    ),
    "integrity.references.listed": (
        Status.ABSENT,
        "The file leads to things outside it, and does not need them to be shown as it was signed: {what}.",
    ),
    "integrity.script": (
        Status.UNKNOWN,
        "Programs in the file decide what is shown, so that it need not be the same each time: {what}.",
    ),
    FORM: (
        Status.UNKNOWN,
        "The same words, other line ends: the bytes differ from those that were signed in line ends, blanks at line "
        "ends, byte order mark or the form of the same letters alone.",
    ),
    "integrity.text.unseen": (
        Status.UNKNOWN,
        "The text holds what a reader does not see, or takes for something else: {what}.",
    ),
    LENGTH: (
        Status.UNKNOWN,
        "A later update made the file longer, and with it the length field at its start, which the first signature "
        "covers; all else is unchanged.",
    ),
    "integrity.fragments.unused": (
        Status.UNKNOWN,
        "Fragments were given, and what is signed in this file speaks of none: nothing was held against them.",
    ),
    "integrity.parts.missing": (
        Status.PASS,
        "Parts that the signer allows to be missing are missing; those that are here match the signed hashes.",
    ),
    "integrity.stores.multiple": (Status.FAIL, "The file carries two sets of Content Credentials."),
}


_NOT_MEASURED: Final = (Match.MALFORMED, Match.UNSUPPORTED, Match.MISSING)


def is_signed(facts: Facts) -> bool:
    """Whether the bound manifest's signature and statements hold by our own computation."""
    return facts.own is not None and facts.own.check is not None and facts.own.check.is_intact


def failures(facts: Facts) -> list[Draft]:
    """What we found broken ourselves in a file that an engine refuses to read: signed by somebody, and not as signed.

    Empty where nothing in it is signed that we could read: then it is malformed, and nobody's signature is broken.
    """
    own = facts.own
    if facts.first.reason is Reason.PRERELEASE:
        # A draft's rules were others: what looks broken by today's need not be.
        return []
    if own is None or not any(_is_signed_by_somebody(check) for check in own.chain):
        return []
    return [draft for draft in drafts(facts) if draft.status is Status.FAIL]


def _is_signed_by_somebody(check: ManifestCheck) -> bool:
    """Whether there is a claim with statements in it that we could read, and not only boxes of that shape."""
    return check.signature in (SignatureState.VALID, SignatureState.MISMATCH) or bool(check.actions or check.changed)


def ignores_fragments(facts: Facts) -> bool:
    """Whether fragments were given that the binding does not speak of."""
    own = facts.own.coverage if facts.own is not None else None
    return own is not None and "integrity.fragments.unused" in own.codes


def fragments_gap(facts: Facts) -> tuple[NotChecked, ...]:
    """Fragments of a stream that were not given."""
    own = facts.own.coverage if facts.own is not None else None
    if own is not None and "integrity.fragments.missing" in own.codes:
        return (NotChecked(what="the fragments of the video", why="not given with --fragment"),)
    if own is None or not own.fragments_missing:
        return ()
    what = f"{own.fragments_missing} of {own.fragments} fragments of the video"
    return (NotChecked(what=what, why="not given with --fragment"),)


def fragments_detail(facts: Facts) -> dict[str, Json]:
    """How many fragments are signed and how many of them were not given, where some were; else nothing."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or not own.fragments_missing:
        return {}
    return {"fragments": own.fragments, "fragments_missing": own.fragments_missing}


def left_out(facts: Facts) -> str:
    """Names of the metadata that the signature leaves out, for a sentence; empty where it leaves out none."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or "integrity.coverage.metadata_excluded" not in own.codes:
        return ""
    more = ("other metadata",) if len(own.excluded_names) > MAX_NAMED else ()
    return listed((*own.excluded_names[:MAX_NAMED], *more) or ("metadata",))


def without_media(facts: Facts) -> str:
    """Names of the container's parts that the signature leaves out and that hold no media, for a sentence."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or "integrity.coverage.full" not in own.codes:
        return ""
    names = {one.name for one in own.excluded if one.kind is Kind.STRUCTURE}
    # The manifest's length and checksum are what a container says of the Content Credentials themselves.
    return ", ".join(sorted(name for name in names if not name.startswith("manifest "))[:MAX_NAMED])


def drafts(facts: Facts) -> list[Draft]:
    """What our own reading of the binding adds to the engine's; empty where there is none."""
    own = facts.own
    if why := _lack(facts):
        return [_unmeasured(facts, why)]
    if own is None or own.problem or own.coverage is None:
        return []
    coverage, found = own.coverage, list[Draft]()
    # What an engine has said in full is confirmed in a sentence of its own.
    told = frozenset(code.code for code in engine_failures(facts.first.codes) if facts.refused is None)
    holds = all(check.signature not in (SignatureState.MISMATCH, SignatureState.MISSING) for check in own.chain)
    for check in own.chain:
        for code, statement, origin in _broken(check, told):
            found.append(_draft(coverage, code, Status.FAIL, statement, origin=origin, of=check.label))
        if check.signature in (SignatureState.MALFORMED, SignatureState.UNSUPPORTED):
            statement = "The signature is of a form that our own check cannot read, so what it covers is not known."
            found.append(_draft(coverage, "integrity.unbound", Status.UNKNOWN, statement))
    if coverage.match is Match.MISMATCH and _may_compare(facts):
        statement = outside.changed(facts, by_us=bool(told & BYTES_CHANGED))
        found.append(_draft(coverage, coverage.codes[0], Status.FAIL, statement))
    if coverage.match in _NOT_MEASURED and not coverage.has_unknown_field and _may_compare(facts):
        # An engine may read past what breaks the rules, or what is not computed here: its word alone is not enough.
        found.append(_draft(coverage, "integrity.coverage.unknown", *_CODES["integrity.coverage.unknown"]))
    if coverage.match is Match.UNSUPPORTED and coverage.has_unknown_field and _may_compare(facts):
        statement = "The signed hash has a field that is not known here, so that what it covers could not be measured."
        found.append(_draft(coverage, "integrity.coverage.unknown", Status.UNKNOWN, statement))
    if own.store_matches_file is False:
        statement = "The Content Credentials that were read are not the ones that lie in the file."
        found.append(_draft(coverage, "integrity.store.differs", Status.UNKNOWN, statement))
    # Where the digest does not hold, coverage says nothing but that there are two stores.
    for code in coverage.codes:
        if code in _CODES and (coverage.match is Match.MATCH or code == "integrity.stores.multiple"):
            status, statement = _CODES[code]
            if status is Status.PASS and not holds:
                # A signature that does not verify covers nothing.
                continue
            if "{what}" in statement:
                statement = statement.format(what=_what(coverage, code))
            if code == "integrity.coverage.metadata_excluded":
                statement = f"The signature covers all media bytes, but not {left_out(facts)}: anybody can change that."
            if code == "integrity.coverage.full" and (parts := without_media(facts)):
                statement = f"{statement.rstrip('.')} and parts of the container that hold no media ({parts})."
            found.append(_draft(coverage, code, status, statement))
    return found


def _what(coverage: Coverage, code: str) -> str:
    """What a doubt or an open part is about, for a sentence."""
    if code in ("integrity.shown.excluded", WIDE):
        return listed((coverage.wide_names if code == WIDE else coverage.shown_names)[:MAX_NAMED])
    found = (doubt for doubt in coverage.doubts if doubt.code == code)
    names = list(dict.fromkeys(f"{one.what} ({one.number})" if one.number else one.what for one in found))
    return listed((*names[:MAX_NAMED], *(("more",) if len(names) > MAX_NAMED else ())))


def _lack(facts: Facts) -> str:
    """Why nothing of the bytes is known to us although an engine read a store, in a word; empty where something is."""
    if why := own_lack(facts):
        return why
    if facts.first.outcome is not Outcome.FOUND or (facts.own is not None and facts.own.coverage is not None):
        return ""
    return "missing"


def _unmeasured(facts: Facts, why: str) -> Draft:
    """That nobody but an engine looked, which takes any pixel that it is told to leave out for covered."""
    status, statement = _CODES["integrity.coverage.unknown"]
    return Draft(
        code="integrity.coverage.unknown",
        status=status,
        statement=statement,
        source=OWN,
        root=Root.CLAIM_SIGNATURE,
        subject=facts.name,
        detail={"reason": why},
    )


def _broken(check: ManifestCheck, told: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """What our own verification says against one manifest, the bound one or an update above it.

    Args:
        check: of the manifest.
        told: codes that an engine gives of the file.

    Yields:
        Code, sentence, and the specification's code behind it where that is another one.
    """
    if check.signature in (SignatureState.MISMATCH, SignatureState.MISSING):
        beside = ".own" if told & SIGNATURE_BROKEN else ""
        yield f"claimSignature.{check.signature}", say(f"integrity.signature{beside}"), ""
    statement = say(f"integrity.statements{'.own' if told & STATEMENTS_CHANGED else ''}")
    if check.changed:
        yield "assertion.hashedURI.mismatch", statement, ""
    if check.undeclared:
        yield "assertion.undeclared", statement, ""
    if check.signature is SignatureState.VALID and check.shape_failures:
        update = any(code.startswith("manifest.update.") for code in check.shape_failures)
        what = "An update states more than an update may" if update else "A manifest lacks what it must have"
        yield "integrity.malformed", f"{what}; its issuer broke the rules.", check.shape_failures[0]


def _may_compare(facts: Facts) -> bool:
    """Whether the bytes at hand are the media that the binding speaks of."""
    return facts.media_type not in (STORE_ALONE, FRAGMENT)


def _draft(coverage: Coverage, code: str, status: Status, statement: str, *, origin: str = "", of: str = "") -> Draft:
    """One finding; `of` is the manifest that it is about, where that may be another than the bound one."""
    detail: dict[str, Json] = {
        "binding": coverage.binding,
        "format": coverage.format,
        "size": coverage.size,
        "covered": coverage.covered,
        "media": coverage.media,
        "media_covered": coverage.media_covered,
        "outside": dict(coverage.totals),
    }
    if origin:
        detail["from"] = origin
    if coverage.excluded:
        detail["excluded"] = [
            {"start": one.start, "end": one.end, "kind": str(one.kind), "name": one.name} for one in coverage.excluded
        ]
    if doubts := [doubt for doubt in coverage.doubts if doubt.code == code]:
        detail["found"] = [_place(doubt) for doubt in doubts]
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=OWN,
        root=Root.CLAIM_SIGNATURE,
        subject=of or coverage.manifest,
        detail=detail,
    )


def _place(doubt: Doubt) -> dict[str, Json]:
    place: dict[str, Json] = {"what": doubt.what, "start": doubt.start, "end": doubt.end}
    return place | {"number": doubt.number} if doubt.number else place
