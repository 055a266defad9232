"""Are these the bytes that were signed?

Five sentences are kept apart here: changed after signing, malformed by its issuer, cannot be checked alone, kept
elsewhere, and not there at all. The signer's certificate, time stamps, identities and ancestors have lines of their
own and never move this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from provenance.credentials.engines.model import Kind, Manifest, ManifestStore, Outcome, ValidationCode
from provenance.credentials.history.lineage import SOFT_FAILURES
from provenance.reasons import Reason
from vouchmark.lines import likeness
from vouchmark.lines.facts import (
    FRAGMENT,
    STORE_ALONE,
    Answer,
    Draft,
    Drafter,
    Facts,
    failures,
    has,
    own_gap,
    source_of,
)
from vouchmark.lines.integrity import contradictions, coverage, cut_off, octets, outside, readings, rules, stores
from vouchmark.lines.integrity import own as integrity_own
from vouchmark.lines.integrity import unread as integrity_unread
from vouchmark.lines.integrity.code_families import BYTES_CHANGED, SIGNATURE_BROKEN, STATEMENTS_CHANGED
from vouchmark.lines.integrity.links import broken_update
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, say
from vouchmark.wording.model import Said

BINDING_MATCH: Final = frozenset(
    {
        "assertion.dataHash.match",
        "assertion.bmffHash.match",
        "assertion.boxesHash.match",
        "assertion.collectionHash.match",
        "assertion.multiAssetHash.match",
    }
)
"""The hard binding holds (C2PA 2.4, table of success codes)."""

OTHER_LINES: Final = (
    "signingCredential.",
    "timeStamp.",
    "timeOfSigning.",
    "cawg.",
    "ingredient.",
    "claimSignature.outside",
)
"""Failures that say nothing about these bytes: signer, time, identity and history have lines of their own."""


def answer(facts: Facts) -> Answer:
    """The integrity line."""
    said = cut_off.first_told(facts, _answer(facts))
    if facts.fetched_from:
        said = replace(said, drafts=(*said.drafts, _fetched(facts)))
    picture = _picture(facts)
    if picture is None:
        return said
    drafts = sorted((*said.drafts, picture), key=lambda draft: _ORDER.index(draft.status))
    return replace(said, drafts=tuple(drafts), summary=picture.statement if drafts[0] is picture else said.summary)


def _fetched(facts: Facts) -> Draft:
    """Where the file came from; that says nothing about it."""
    named, *sent_on = facts.fetched_from
    statement = say("integrity.fetched", host=named)
    if sent_on:
        statement = say("integrity.fetched.sent_on", host=sent_on[0], named=named)
    return Draft(
        code="integrity.fetched",
        status=Status.ABSENT,
        statement=statement,
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail={"hosts": list[Json](facts.fetched_from)},
    )


def _answer(facts: Facts) -> Answer:
    if facts.unreadable:
        return integrity_unread.unreadable(facts)
    if facts.media_type == FRAGMENT and facts.first.outcome is not Outcome.FOUND:
        return integrity_unread.lone_fragment(facts)
    match facts.first.outcome:
        case Outcome.FOUND:
            return _found(facts)
        case Outcome.UNPARSABLE if broken := coverage.failures(facts):
            # The engine refuses to read on where something is wrong; we read on, and can say what.
            return Answer(summary=_summary(broken), drafts=(*broken, *readings.wrong_name(facts)))
        case _:
            return integrity_unread.not_found(facts)


def _picture(facts: Facts) -> Draft | None:
    """A finding where the picture's size could not be measured: an error only where it is over the limit."""
    if not facts.picture_reason or facts.first.outcome is Outcome.ERROR:
        return None
    if facts.picture_reason is Reason.TOO_MANY_PIXELS:
        code, status = "integrity.picture.limit", Status.ERROR
    else:
        code, status = "integrity.picture.error", Status.ABSENT
    return Draft(
        code=code,
        status=status,
        statement=say(code),
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail={"reason": str(facts.picture_reason)},
    )


def _found(facts: Facts) -> Answer:
    manifest = facts.bound
    store = facts.first.store
    if store is None or manifest is None:
        draft = _unbound(facts)
        return Answer(summary=draft.statement, drafts=(draft, *readings.wrong_name(facts), *outside.origin(facts)))
    judged = _judged(facts, store, manifest) if facts.refused is None else []
    drafts = contradictions.settled(facts, judged)
    doubtful = any(draft.status in _DOUBTFUL for draft in drafts)
    ours = [*coverage.drafts(facts), *octets.drafts(facts)]
    if facts.refused is not None:
        drafts.extend(integrity_own.drafts(facts, ours, unchanged=_unchanged(facts, is_all=True)))
    elif not doubtful and not coverage.ignores_fragments(facts):
        drafts.insert(0, _match(facts, manifest, is_all=not any(draft.status in _DOUBTFUL for draft in ours)))
    drafts.extend((*ours, *readings.drafts(facts), *readings.wrong_name(facts), *likeness.of_itself(facts)))
    # Of what explains it the summary speaks, not of the engine that calls it a change.
    drafts.sort(key=lambda draft: (_ORDER.index(draft.status), draft.code not in coverage.TELLING))
    return Answer(
        summary=_summary(drafts),
        drafts=(*drafts, *outside.origin(facts)),
        not_checked=(
            *own_gap(facts),
            *coverage.fragments_gap(facts),
            *stores.gaps(facts),
            *outside.gaps(facts),
            *_pictures(facts, manifest),
        ),
    )


def _judged(facts: Facts, store: ManifestStore, bound: Manifest) -> list[Draft]:
    """What an engine says of the manifests that must hold: the bound one and the updates above it."""
    chain = [m for m in store.manifests if m is store.active or m is bound or m.is_update]
    return [
        draft
        for label in dict.fromkeys(member.label for member in chain)
        if (judged := store.manifest(label)) is not None
        for draft in _judge(facts, judged)
    ]


def _unbound(facts: Facts) -> Draft:
    """Why no manifest is bound to the content at hand."""
    if _is_cut(facts):
        return _draft(facts, "integrity.unbound", Status.UNKNOWN, say("integrity.unbound.cut"), facts.name)
    link = broken_update(facts)
    if link is None:
        return _draft(facts, "integrity.unbound", Status.FAIL, say("integrity.unbound"), facts.name)
    words = say(f"integrity.malformed.link{'.part' if link.target else ''}")
    detail: dict[str, Json] = {"from": "assertion.ingredient.malformed", "link": link.assertion}
    return _draft(facts, "integrity.malformed", Status.FAIL, words, link.owner, detail)


def _pictures(facts: Facts, manifest: Manifest) -> tuple[NotChecked, ...]:
    """A thumbnail is signed like any statement: that it shows the same as the file is its signer's word."""
    if likeness.is_answered(facts) or (facts.original is not None and facts.original.original.is_thumbnail):
        return ()
    if any(label.startswith("c2pa.thumbnail.") for label in manifest.assertions):
        return (gap(say("gap.thumbnail"), say("gap.thumbnail.why")),)
    return ()


_ORDER: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT, Status.SKIPPED)
_DOUBTFUL: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN)


def _is_cut(facts: Facts) -> bool:
    """Whether there are more versions than our own check looks at, and no engine found the bytes changed."""
    if facts.own is None or facts.own.history is None or not facts.own.history.is_cut:
        return False
    codes = [code for reading in (facts.first, facts.second) if reading is not None for code in reading.codes]
    return all(code.kind is not Kind.FAILURE or code.code.startswith(SOFT_FAILURES) for code in codes)


def _match(facts: Facts, manifest: Manifest, *, is_all: bool) -> Draft:
    """The hash matches: say so with the binding's own code; fail closed where no code says it.

    `is_all`: our own check finds no doubt in what it covers.
    """
    binding = sorted({c.code for c in facts.codes_of(manifest) if c.code in BINDING_MATCH and c.kind is Kind.SUCCESS})
    # Of a manifest below an update the engine says only that the link to it holds: the signature is verified by us.
    signed = has(facts.codes_of(manifest), "claimSignature.validated") or coverage.is_signed(facts)
    if binding and signed:
        detail = coverage.fragments_detail(facts)
        return _draft(facts, binding[0], Status.PASS, _unchanged(facts, is_all=is_all), manifest.label, detail)
    return _draft(
        facts,
        "integrity.unbound",
        Status.FAIL if not binding else Status.UNKNOWN,
        say("integrity.unbound.unconfirmed"),
        manifest.label,
    )


def _unchanged(facts: Facts, *, is_all: bool) -> Said:
    """What is unchanged where the hash matches: no more than it covers."""
    if not is_all:
        return say("integrity.unchanged.covered")
    if parts := coverage.left_out(facts):
        return say("integrity.unchanged.but", parts=parts)
    sentence = f"integrity.unchanged{'.media' if coverage.without_media(facts) else ''}"
    if facts.fragments and not coverage.ignores_fragments(facts):
        if facts.fragments == 1:
            return say(f"{sentence}.fragment")
        return say(f"{sentence}.fragments", number=facts.fragments)
    return say(sentence)


def _judge(facts: Facts, manifest: Manifest) -> list[Draft]:
    """One draft for each kind of failure that speaks about the bytes or the statements of a manifest."""
    drafts: list[Draft] = []
    for code in sorted(set(failures(manifest.codes))):
        if code.code.startswith(OTHER_LINES) or facts.is_about_identity(manifest, code):
            continue
        drafts.append(_failure(facts, manifest, code))
    return drafts


def _failure(facts: Facts, manifest: Manifest, code: ValidationCode) -> Draft:
    subject = code.url or manifest.label
    if code.io_error:
        statement = say("integrity.error.io")
        return _draft(facts, "integrity.error", Status.ERROR, statement, subject, {"reason": "io", "from": code.code})
    if code.code in BYTES_CHANGED:
        if facts.media_type == STORE_ALONE:
            statement = say("integrity.store.alone")
            return _draft(facts, "integrity.store.alone", Status.UNKNOWN, statement, subject, {"from": code.code})
        if _is_initialisation_segment(manifest) and not facts.fragments:
            statement = say("integrity.fragments.missing.first")
            return _draft(facts, "integrity.fragments.missing", Status.UNKNOWN, statement, subject, {"from": code.code})
        return _draft(facts, code.code, Status.FAIL, outside.changed(facts), subject)
    if code.code in SIGNATURE_BROKEN:
        statement = say("integrity.signature")
        return _draft(facts, code.code, Status.FAIL, statement, subject)
    if code.code in STATEMENTS_CHANGED:
        statement = say("integrity.statements")
        return _draft(facts, code.code, Status.FAIL, statement, subject)
    broken = rules.reviewed(facts, manifest, code)
    if broken is not None:
        return broken
    update = rules.is_update(facts, manifest)
    words = rules.malformed(code.code, update=update)
    # An engine's address may lead to what the update speaks of.
    where = manifest.label if update else subject
    return _draft(facts, "integrity.malformed", Status.FAIL, words, where, {"from": code.code})


def _is_initialisation_segment(manifest: Manifest) -> bool:
    """Whether the BMFF hash speaks of fragments in other files (`initHash`, C2PA 2.4, section 9.2.3)."""
    for label, content in manifest.assertions.items():
        if label.startswith("c2pa.hash.bmff") and isinstance(content, Mapping):
            tree = content.get("merkle")
            if isinstance(tree, list) and any(isinstance(row, Mapping) and row.get("initHash") for row in tree):
                return True
    return False


def _draft(
    facts: Facts, code: str, status: Status, statement: Said, subject: str, detail: Mapping[str, Json] | None = None
) -> Draft:
    return Drafter(source_of(facts.first), Root.CLAIM_SIGNATURE)(code, status, statement, subject, detail)


def _summary(drafts: list[Draft]) -> Said:
    """The sentence of the most serious finding; among failures a changed byte is named before anything else."""
    worst = [draft for draft in drafts if draft.status is drafts[0].status]
    for family in (BYTES_CHANGED, SIGNATURE_BROKEN, STATEMENTS_CHANGED):
        for draft in worst:
            if draft.code in family:
                return draft.statement
    return worst[0].statement
