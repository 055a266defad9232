"""Is synthetic origin or editing declared, and by whom?

Signed statements first: source types of actions, templates and ingredients in every manifest that is reached through
verified links, and what is said about training. Then, with its own, weaker root, what the file's metadata says. No
statement is never "not AI".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, cast

from provenance.credentials.engines.model import Manifest
from provenance.credentials.history.lineage import Removed
from vouchmark.lines.ai import contradictions as ai_contradictions
from vouchmark.lines.ai import signed as ai_signed
from vouchmark.lines.ai import training as ai_training
from vouchmark.lines.ai import unsigned as ai_unsigned
from vouchmark.lines.ai.words import (
    BEGINNINGS,
    CAPTURED,
    GENERATED,
    INHERITED,
    MADE_BY_PEOPLE,
    WITH_AI,
    loudness,
    plain_code,
)
from vouchmark.lines.authority import Of
from vouchmark.lines.facts import Answer, Draft, Facts, source_of
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.redactions import removals
from vouchmark.report import Json, Line, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, say, together
from vouchmark.wording.model import Phrase, Said


def answer(facts: Facts) -> Answer:
    """The ai line: signed statements, then unsigned ones, then what contradicts what."""
    unsigned = ai_unsigned.drafts(facts)
    nothing = nothing_to_look_at(facts, Line.AI)
    if nothing is not None:
        return _without_store(facts, nothing, unsigned)
    manifests, told = ai_signed.reached(facts), ai_signed.said(facts)
    signed = ai_signed.drafts(facts, told)
    against = [*ai_contradictions.drafts(facts, told), *_against_metadata(signed, unsigned)]
    training = ai_training.drafts(facts, told)
    lacking = [*_removed(facts), *_cut(facts)]
    signed.sort(key=_weight)
    reserved = [draft for draft in unsigned if draft.code == "ai.training"]
    unsigned = [draft for draft in unsigned if draft.code != "ai.training"]
    failing = [draft for draft in against if draft.status is not Status.ABSENT]
    aside = [draft for draft in against if draft.status is Status.ABSENT]
    found = [*failing, *lacking, *signed, *unsigned, *training, *reserved, *aside]
    not_checked = _gaps(facts, manifests, found)
    by_itself = [draft for draft in signed if not draft.code.startswith((*INHERITED, "ai.update"))]
    if all(draft.code == "ai.update" for draft in signed) and not ai_signed.cut(facts):
        silence = _silence(facts, manifests, unsigned)
        found = [*failing, *lacking, silence, *signed, *unsigned, *training, *reserved, *aside] if signed else [
            *found, silence
        ]  # fmt: skip
    silent = () if by_itself or not _speaks(found[0]) else (say("ai.own.nothing"),)
    return Answer(
        summary=together(*silent, _summary(found)),
        drafts=tuple(found),
        not_checked=not_checked,
        status=_status([*failing, *lacking], signed),
    )


def _speaks(draft: Draft) -> bool:
    """Whether it is what another file's signer says, and that file's credentials hold."""
    return draft.code.startswith(INHERITED) and not draft.statement.message.id.endswith(".broken")


def _removed(facts: Facts) -> list[Draft]:
    """That a later signer took away something that may have been about AI: nobody knows what it said."""
    gone = removals(facts.own, facts.speakers)
    return [
        Draft(
            code="ai.redacted",
            status=Status.UNKNOWN,
            statement=together(one.statement, say(_GONE.get(one.kind, "redaction.gone.ai"))),
            source=source_of(facts.first),
            root=Root.CLAIM_SIGNATURE,
            subject=one.redaction.manifest,
            detail=one.detail(),
        )
        for one in gone
        if one.concerns_ai
    ]


_GONE: Final = {Removed.METADATA: "ai.redacted.besides"}
"""What follows from a removal, where that is less than that it spoke of AI."""


def _cut(facts: Facts) -> list[Draft]:
    """That there is more than was looked at, so that no silence means anything."""
    left_out = ai_signed.cut(facts)
    if not left_out:
        return ai_unsigned.cut(facts)
    return [
        Draft(
            code="ai.cut",
            status=Status.UNKNOWN,
            statement=_unseen(facts, left_out),
            source=source_of(facts.first),
            root=Root.CLAIM_SIGNATURE,
            subject=facts.own.active if facts.own is not None else facts.name,
            detail={"cut": list[Json](left_out)},
        ),
        *ai_unsigned.cut(facts),
    ]


def _unseen(facts: Facts, left_out: tuple[str, ...]) -> Said:
    """What was not looked at."""
    if facts.own is None or facts.own.history is None:
        return say("ai.cut.unchecked", reason=left_out[0])
    return say(f"ai.cut.{'steps' if facts.own.history.is_cut else 'signed'}", cut=left_out)


def _weight(draft: Draft) -> tuple[int, bool, bool, int]:
    """What a reader should hear first: what holds, then what tells of AI, and of that what is said of the whole."""
    status = {Status.PASS: 0, Status.UNKNOWN: 1}.get(draft.status, 2)
    code = plain_code(draft.code)
    return status, code not in WITH_AI, _is_of_part(draft), loudness(code)


def _is_of_part(draft: Draft) -> bool:
    return draft.detail.get("of") not in (str(Of.CONTENT), str(Of.EARLIER))


def _summary(found: list[Draft]) -> Said:
    """The first statement on where it comes from; what may be done with it is no answer to that, and comes after."""
    first = found[0].statement
    both = next((draft.statement for draft in found if draft.code == "ai.training.contradiction"), None)
    if found[0].code != "ai.training":
        return together(first, both) if both is not None and found[0].status is not Status.FAIL else first
    origin = next((draft for draft in found if draft.code != "ai.training"), found[0])
    return together(origin.statement, first) if origin is not found[0] else first


def _status(against: list[Draft], signed: list[Draft]) -> Status | None:
    """A signed statement that holds and that nothing contradicts passes, whatever the unsigned ones beside it say."""
    if not against and any(draft.status is Status.PASS for draft in signed):
        return Status.PASS
    return None


def _without_store(facts: Facts, nothing: Answer, unsigned: list[Draft]) -> Answer:
    """Where there are no Content Credentials, or none that can be read: the metadata alone speaks."""
    not_checked = _gaps(facts, [], unsigned)
    unsigned = [*unsigned, *ai_unsigned.cut(facts)]
    drafts = nothing.drafts
    if drafts and drafts[0].code == "ai.absent":
        drafts = (replace(drafts[0], statement=_absence(facts, unsigned)),)
    if unsigned and nothing.status is None and not any(draft.status is Status.ERROR for draft in drafts):
        drafts = (*unsigned, *drafts)
        return Answer(summary=_summary(list(drafts)), drafts=drafts, not_checked=not_checked)
    summary = drafts[0].statement if drafts and drafts[0].code == "ai.absent" else nothing.summary
    status = None if unsigned else nothing.status
    return Answer(summary=summary, drafts=(*drafts, *unsigned), not_checked=not_checked, status=status)


def _absence(facts: Facts, unsigned: list[Draft]) -> Said:
    if any(draft.code not in ("ai.training", "ai.cut") for draft in unsigned):
        return say("ai.absent.signed")
    return say("ai.absent" if ai_unsigned.was_read(facts) else "ai.absent.unread")


def _silence(facts: Facts, manifests: list[Manifest], unsigned: list[Draft]) -> Draft:
    speaks = any(draft.code != "ai.training" for draft in unsigned)
    software = {action.software_agent for manifest in manifests for action in manifest.actions if action.software_agent}
    return Draft(
        code="ai.none",
        status=Status.ABSENT,
        statement=say("ai.none.metadata" if ai_unsigned.was_read(facts) and not speaks else "ai.none"),
        source=source_of(facts.first),
        root=Root.CLAIM_SIGNATURE,
        subject=_spoken_of(facts, manifests),
        detail={"software": list[Json](sorted(software))} if software else {},
    )


def _spoken_of(facts: Facts, manifests: list[Manifest]) -> str:
    """The manifest in which nothing was found: the content's own, and no update of it."""
    if facts.bound is not None:
        return facts.bound.label
    return manifests[0].label if manifests else facts.name


def _against_metadata(signed: list[Draft], unsigned: list[Draft]) -> list[Draft]:
    """A signed "captured" beside an unsigned "generated", where nothing signed speaks of AI; and the reverse."""
    holding = [draft for draft in signed if draft.status is Status.PASS]
    with_ai = any(draft.code in WITH_AI for draft in holding if not _is_of_part(draft))
    origin = next((draft for draft in holding if not with_ai and _is_origin_without_ai(draft)), None)
    other = next((draft for draft in unsigned if draft.code in GENERATED), None)
    says = "generated"
    if origin is None:
        origin = next((draft for draft in holding if _is_wholly_generated(draft)), None)
        other = next((draft for draft in unsigned if draft.code in CAPTURED), None)
        says = "captured"
    if origin is None or other is None:
        return []
    return [
        Draft(
            code="ai.contradiction",
            status=Status.FAIL,
            statement=say(
                f"ai.contradiction.metadata.{says}", what=cast(Phrase, origin.statement.message.args["what"])
            ),
            source=ai_unsigned.OWN,
            # What it rests on is as weak as its weaker side.
            root=Root.UNSIGNED_METADATA,
            subject=origin.subject,
            detail={
                "signed": origin.code,
                "unsigned": other.code,
                "where": other.detail.get("where"),
                "covered": other.detail.get("covered"),
            },
        )
    ]


def _is_wholly_generated(draft: Draft) -> bool:
    """Whether a signer says of the whole, and of no earlier version, that AI generated it."""
    of_it = draft.detail.get("of") == str(Of.CONTENT) and draft.detail.get("action") in BEGINNINGS
    return of_it and draft.code == "ai.generated"


def _is_origin_without_ai(draft: Draft) -> bool:
    """Whether a signer says of the whole how it came about, and that without AI."""
    if _is_of_part(draft) or draft.detail.get("action") not in BEGINNINGS:
        return False
    return draft.code in CAPTURED or draft.detail.get("digital_source_type") in MADE_BY_PEOPLE


def _gaps(facts: Facts, manifests: list[Manifest], found: Iterable[Draft]) -> tuple[NotChecked, ...]:
    """What was not looked at, and watermarks where something says that there may be one."""
    gaps = ai_unsigned.gaps(facts)
    marked = any(ai_signed.may_be_watermarked(manifest) for manifest in manifests)
    named = any(draft.detail.get("system") == "Google AI" for draft in found)
    return (*gaps, gap(say("gap.watermarks"), say("gap.watermarks.why"))) if marked or named else gaps
