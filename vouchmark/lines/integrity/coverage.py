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
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, say
from vouchmark.wording.model import Fact, Said

OWN: Final = "vouchmark coverage check"
UNKNOWN: Final = "integrity.coverage.unknown"
WIDE: Final = "integrity.coverage.wide"
LENGTH: Final = "integrity.update.length"
FORM: Final = "integrity.text.form"
TELLING: Final = frozenset({WIDE, LENGTH, FORM})
"""What explains why an engine calls a file changed, and so is told first."""
MAX_NAMED: Final = 4
"""Kinds of metadata named in one sentence; the detail has the ranges."""

_CODES: Final = {
    "integrity.coverage.full": Status.PASS,
    "integrity.coverage.metadata_excluded": Status.PASS,
    "integrity.coverage.order_excluded": Status.UNKNOWN,
    "integrity.coverage.other_excluded": Status.UNKNOWN,
    "integrity.coverage.trailing_excluded": Status.UNKNOWN,
    "integrity.coverage.media_excluded": Status.FAIL,
    UNKNOWN: Status.UNKNOWN,
    WIDE: Status.UNKNOWN,
    "integrity.store.foreign": Status.FAIL,
    "integrity.padding.filled": Status.FAIL,
    "integrity.pointer.store": Status.FAIL,
    "integrity.shown.excluded": Status.UNKNOWN,
    "integrity.brands": Status.UNKNOWN,
    "integrity.tables": Status.UNKNOWN,
    "integrity.references.outside": Status.UNKNOWN,
    "integrity.references.listed": Status.ABSENT,
    "integrity.script": Status.UNKNOWN,
    FORM: Status.UNKNOWN,
    "integrity.text.unseen": Status.UNKNOWN,
    LENGTH: Status.UNKNOWN,
    "integrity.fragments.unused": Status.UNKNOWN,
    "integrity.parts.missing": Status.PASS,
    "integrity.stores.multiple": Status.FAIL,
}
"""What our own reading gives a code for; its sentence has the same name."""


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
        return (gap(say("gap.fragments"), say("gap.fragments.why")),)
    if own is None or not own.fragments_missing:
        return ()
    what = say("gap.fragments.some", missing=own.fragments_missing, number=own.fragments)
    return (gap(what, say("gap.fragments.why")),)


def fragments_detail(facts: Facts) -> dict[str, Json]:
    """How many fragments are signed and how many of them were not given, where some were; else nothing."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or not own.fragments_missing:
        return {}
    return {"fragments": own.fragments, "fragments_missing": own.fragments_missing}


def left_out(facts: Facts) -> list[Fact]:
    """Names of the metadata that the signature leaves out, for a sentence; empty where it leaves out none."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or "integrity.coverage.metadata_excluded" not in own.codes:
        return []
    more: list[Fact] = [{"id": "metadata.other"}] if len(own.excluded_names) > MAX_NAMED else []
    return [*own.excluded_names[:MAX_NAMED], *more] or [{"id": "metadata.any"}]


def without_media(facts: Facts) -> list[Fact]:
    """Names of the container's parts that the signature leaves out and that hold no media, for a sentence."""
    own = facts.own.coverage if facts.own is not None else None
    if own is None or "integrity.coverage.full" not in own.codes:
        return []
    names = {one.name for one in own.excluded if one.kind is Kind.STRUCTURE}
    # The manifest's length and checksum are what a container says of the Content Credentials themselves.
    return list(sorted(name for name in names if not name.startswith("manifest "))[:MAX_NAMED])


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
            found.append(_draft(coverage, "integrity.unbound", Status.UNKNOWN, say("integrity.unbound.form")))
    if coverage.match is Match.MISMATCH and _may_compare(facts):
        statement = outside.changed(facts, by_us=bool(told & BYTES_CHANGED))
        found.append(_draft(coverage, coverage.codes[0], Status.FAIL, statement))
    if coverage.match in _NOT_MEASURED and not coverage.has_unknown_field and _may_compare(facts):
        # An engine may read past what breaks the rules, or what is not computed here: its word alone is not enough.
        found.append(_draft(coverage, UNKNOWN, Status.UNKNOWN, say(UNKNOWN)))
    if coverage.match is Match.UNSUPPORTED and coverage.has_unknown_field and _may_compare(facts):
        found.append(_draft(coverage, UNKNOWN, Status.UNKNOWN, say("integrity.coverage.unknown.field")))
    if own.store_matches_file is False:
        found.append(_draft(coverage, "integrity.store.differs", Status.UNKNOWN, say("integrity.store.differs")))
    # Where the digest does not hold, coverage says nothing but that there are two stores.
    for code in coverage.codes:
        if code in _CODES and (coverage.match is Match.MATCH or code == "integrity.stores.multiple"):
            status = _CODES[code]
            if status is Status.PASS and not holds:
                # A signature that does not verify covers nothing.
                continue
            found.append(_draft(coverage, code, status, _statement(facts, coverage, code)))
    return found


def _statement(facts: Facts, coverage: Coverage, code: str) -> Said:
    """The sentence of a code, with what it is about."""
    if code == "integrity.coverage.metadata_excluded":
        return say(code, parts=left_out(facts))
    if code == "integrity.coverage.full" and (parts := without_media(facts)):
        return say("integrity.coverage.full.but", parts=parts)
    return say(code, what=_what(coverage, code)) if code in _NAMING else say(code)


_NAMING: Final = frozenset(
    {
        WIDE, "integrity.padding.filled", "integrity.pointer.store", "integrity.shown.excluded", "integrity.brands",
        "integrity.tables", "integrity.references.outside", "integrity.references.listed", "integrity.script",
        "integrity.text.unseen",
    }
)  # fmt: skip
"""Codes whose sentences say what they are about."""


def _what(coverage: Coverage, code: str) -> list[Fact]:
    """What a doubt or an open part is about, for a sentence."""
    if code in ("integrity.shown.excluded", WIDE):
        return list((coverage.wide_names if code == WIDE else coverage.shown_names)[:MAX_NAMED])
    found = [doubt for doubt in coverage.doubts if doubt.code == code]
    names = list(dict.fromkeys((one.what, one.number) for one in found))
    told: list[Fact] = [
        {"id": "list.counted", "what": what, "number": number} if number else what for what, number in names[:MAX_NAMED]
    ]
    return [*told, {"id": "list.more"}] if len(names) > MAX_NAMED else told


def _lack(facts: Facts) -> str:
    """Why nothing of the bytes is known to us although an engine read a store, in a word; empty where something is."""
    if why := own_lack(facts):
        return why
    if facts.first.outcome is not Outcome.FOUND or (facts.own is not None and facts.own.coverage is not None):
        return ""
    return "missing"


def _unmeasured(facts: Facts, why: str) -> Draft:
    """That nobody but an engine looked, which takes any pixel that it is told to leave out for covered."""
    return Draft(
        code=UNKNOWN,
        status=Status.UNKNOWN,
        statement=say(UNKNOWN),
        source=OWN,
        root=Root.CLAIM_SIGNATURE,
        subject=facts.name,
        detail={"reason": why},
    )


def _broken(check: ManifestCheck, told: frozenset[str]) -> Iterator[tuple[str, Said, str]]:
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
        what = "update" if update else "manifest"
        yield "integrity.malformed", say(f"integrity.malformed.{what}"), check.shape_failures[0]


def _may_compare(facts: Facts) -> bool:
    """Whether the bytes at hand are the media that the binding speaks of."""
    return facts.media_type not in (STORE_ALONE, FRAGMENT)


def _draft(coverage: Coverage, code: str, status: Status, statement: Said, *, origin: str = "", of: str = "") -> Draft:
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
