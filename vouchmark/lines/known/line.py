"""Have we seen this, or something like it, in the reader's own index?

`pass` means found, and nothing more. Similarity binds nothing: perceptual hashes can be made alike on purpose, and made
different; what an index says of a look-alike it says of that other file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provenance.hashes.index.entry import FRAME, Entry
from provenance.hashes.pictures.pdq import FOREIGN_TOLERANCE, RULE, Orientation
from vouchmark.known.soft_bindings import ISCC, SoftCheck
from vouchmark.lines.facts import Answer, Draft, Facts
from vouchmark.lines.known import original as known_original
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import because, gap, has, say, together
from vouchmark.wording.model import Fact, Said

if TYPE_CHECKING:
    from vouchmark.known.lookup import Lookup, Match

SAID_LINES: Final = ("integrity", "signer", "ai")
"""The lines of the report on the other file that are quoted."""

ORIENTATIONS: Final[Mapping[Orientation, str]] = {
    Orientation.NONE: "",
    Orientation.ROTATE_90: "turned.rotate-90",
    Orientation.ROTATE_180: "turned.rotate-180",
    Orientation.ROTATE_270: "turned.rotate-270",
    Orientation.MIRROR: "turned.mirror",
    Orientation.FLIP: "turned.flip",
    Orientation.TRANSPOSE: "turned.diagonal",
    Orientation.TRANSVERSE: "turned.diagonal",
}
"""What has to be done to what is looked up, so that it is turned as the known one is: the phrase for it."""


def unsearched(reason: str) -> Said:
    """Why look-alikes were not looked for, by the reason that a fingerprint gives."""
    return say(f"gap.unsearched.{reason}") if has(f"gap.unsearched.{reason}") else because(reason)


def answer(facts: Facts) -> Answer:
    """What the original that the reader gave, the reader's index and the signer's own word on its looks say of it."""
    parts = [known_original.answer(facts, facts.original)] if facts.original is not None else []
    if not parts or facts.has_index:
        parts.append(_looked_up(facts))
    softly = _softly(facts)
    told = [part for part in (*parts, softly) if part.drafts]
    gaps = tuple(gap for part in (*parts, softly) for gap in part.not_checked)
    if not told:
        return replace(parts[0], not_checked=gaps)
    return Answer(
        summary=together(*(part.summary for part in told)),
        drafts=tuple(draft for part in told for draft in part.drafts),
        not_checked=gaps,
        pictures=tuple(picture for part in told for picture in part.pictures),
    )


def _looked_up(facts: Facts) -> Answer:
    """What the reader's index says."""
    lookup = facts.known
    if lookup is None:
        if facts.unreadable and facts.has_index:
            draft = _plain(facts, "unreadable", Status.ERROR, say("known.unread"))
            return Answer(summary=say("known.answer.unread"), drafts=(draft,))
        unnamed = gap(say("gap.index"), say("gap.index.why"))
        return Answer(summary=say("known.skipped"), status=Status.SKIPPED, not_checked=(unnamed,))
    if lookup.trouble:
        words = say("known.trouble", index=lookup.name, why=lookup.trouble)
        return Answer(summary=say("known.answer.trouble"), drafts=(_plain(facts, "unreadable", Status.ERROR, words),))
    drafts = tuple(_drafts(facts, lookup))
    if not drafts:
        words = say(f"known.none{'.exact' if lookup.unsearched else ''}", index=lookup.name)
        drafts = (_plain(facts, "none", Status.ABSENT, words),)
    return Answer(summary=_summary(lookup), drafts=drafts, not_checked=tuple(_gaps(lookup)))


def _softly(facts: Facts) -> Answer:
    """What signed soft bindings come to; those that nobody else can recompute are named as not checked."""
    others = sorted({one.algorithm for one in facts.soft_bindings if one.algorithm != ISCC})
    gaps = [gap(say("gap.soft", name=name), say("gap.soft.why")) for name in others]
    for one in facts.soft_checks:
        if not one.bits:
            own = f"gap.iscc.{one.reason}"
            gaps.append(gap(say("gap.iscc"), say(own) if has(own) else unsearched(str(one.reason or ""))))
    drafts = tuple(_soft_draft(facts, one) for one in facts.soft_checks if one.bits)
    differs = any(draft.status is Status.UNKNOWN for draft in drafts)
    summary = say(f"known.answer.soft.{'differs' if differs else 'agrees'}")
    return Answer(summary=summary, drafts=drafts, not_checked=tuple(gaps))


def _soft_draft(facts: Facts, one: SoftCheck) -> Draft:
    """One signed code that was recomputed."""
    code = "known.soft.agrees" if one.agrees else "known.soft.differs"
    return Draft(
        code=code,
        status=Status.PASS if one.agrees else Status.UNKNOWN,
        statement=say(code, distance=one.distance, bits=one.bits),
        source="iscc-lib",
        root=Root.PERCEPTUAL_HASH,
        subject=facts.bound.label if facts.bound is not None else facts.name,
        detail={
            "assertion": one.binding.label,
            "algorithm": one.binding.algorithm,
            "value": one.binding.value,
            "distance": one.distance,
            "bits": one.bits,
        },
    )


def _gaps(lookup: Lookup) -> Iterator[NotChecked]:
    if lookup.unsearched:
        yield gap(say("gap.alike"), unsearched(lookup.unsearched))
    if lookup.is_first:
        yield gap(say("gap.alike.further"), say("gap.alike.further.why"))
    if lookup.until:
        yield gap(say("gap.alike.rest"), say("gap.alike.rest.why", seconds=lookup.until // 1000))


def _summary(lookup: Lookup) -> Said:
    if lookup.exact:
        own = next((entry for entry in lookup.exact if not entry.source), None)
        return _called(lookup.exact[0], "known.answer.exact.listed") if own is None else _called(
            own, "known.answer.exact"
        )  # fmt: skip
    sure = [match for match in lookup.near if match.pixels != "unaligned"]
    if sure:
        others = len(lookup.near) + lookup.more - 1
        more = (say("known.answer.near.more", number=others),) if others else ()
        return together(_called(sure[0].entry, "known.answer.near"), *more, say("known.answer.binds"))
    if lookup.near:
        return _called(lookup.near[0].entry, "known.answer.doubtful")
    return say(f"known.answer.none{'.exact' if lookup.unsearched else ''}")


def _called(entry: Entry, sentence: str, **facts: Fact) -> Said:
    """A sentence about an entry, with how it is called where it is called anything."""
    name = entry.label or entry.name
    return say(f"{sentence}.named", **facts, label=name) if name else say(sentence, **facts)


def _drafts(facts: Facts, lookup: Lookup) -> Iterator[Draft]:
    for entry in lookup.exact:
        yield Draft(
            code="known.exact",
            status=Status.PASS,
            statement=_exact(entry, lookup),
            source="SHA-256",
            root=Root.FILE,
            subject=facts.name,
            detail=_detail(entry),
        )
        yield from _about(facts, entry, is_same=True)
    for match in lookup.near:
        yield Draft(
            code="known.near",
            status=Status.UNKNOWN if match.pixels == "unaligned" else Status.PASS,
            statement=_near(match, lookup),
            source=RULE.partition(":")[0],
            root=Root.PERCEPTUAL_HASH,
            subject=facts.name,
            detail=_detail(match.entry) | _match_detail(match),
        )
        # What may well be another picture has nothing to say of this one.
        if match.pixels != "unaligned":
            yield from _about(facts, match.entry, is_same=False)


def _exact(entry: Entry, lookup: Lookup) -> Said:
    """How the same bytes are known: because they were there once, or because a list names their digest."""
    if entry.source:
        return _called(entry, "known.exact.listed", list=entry.source, index=lookup.name)
    return _called(entry, "known.exact", index=lookup.name)


def _near(match: Match, lookup: Lookup) -> Said:
    """How a look-alike was found, and how far that carries."""
    said: dict[str, Fact] = {"index": lookup.name}
    sentence = "known.near.picture"
    if match.hashed.of == FRAME:
        sentence = "known.near.frames" if match.frames > 1 else "known.near.frame"
        said |= {"into": _clock(match.hashed.at)} if match.frames <= 1 else {}
    if match.frames:
        sentence, said = f"{sentence}.frames", said | {"frames": match.frames, "all": lookup.frames}
    if match.entry.source:
        # Nobody has seen that picture here: a list gave its hash and says what it is.
        sentence, said = f"{sentence}.listed", said | {"list": match.entry.source}
    told = [_called(match.entry, sentence, **said), _bits(match)]
    if match.pixels in ("aligned", "unaligned"):
        told.append(say(f"known.near.{match.pixels}"))
    if match.hashed.rule != RULE and match.hashed.of != FRAME:
        told.append(say("known.near.rule", bits=FOREIGN_TOLERANCE))
    return together(*told, say("known.near.binds"))


def _bits(match: Match) -> Said:
    """How far the hashes are apart, and what had to be done to it for that."""
    turned = [{"id": ORIENTATIONS[match.orientation]}] if ORIENTATIONS[match.orientation] else []
    turned += [{"id": "turned.trimmed"}] if match.is_trimmed else []
    if turned:
        return say("known.near.bits.turned", distance=match.distance, turned=turned)
    return say("known.near.bits", distance=match.distance)


def _clock(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def _about(facts: Facts, entry: Entry, *, is_same: bool) -> Iterator[Draft]:
    """What the index keeps with an entry: what its credentials said, and its vouches."""
    root = Root.FILE if is_same else Root.PERCEPTUAL_HASH
    said = " ".join(one.summary for line in SAID_LINES for one in entry.said if one.line == line)
    if said and not (is_same and facts.first.store is not None):
        yield Draft(
            code="known.credentials",
            status=Status.PASS,
            statement=say(f"known.credentials{'' if is_same else '.like'}", said=said),
            source="the reader's index",
            root=root,
            subject=facts.name,
            detail={
                "label": entry.label,
                "judged_at": entry.judged_at,
                "said": [{"line": one.line, "status": one.status, "summary": one.summary} for one in entry.said],
            },
        )
    if entry.vouches:
        number = len(entry.vouches)
        sentence = f"known.vouches{'' if is_same else '.like'}{'.one' if number == 1 else ''}"
        kept = _called(entry, sentence) if number == 1 else _called(entry, sentence, number=number)
        yield Draft(
            code="known.vouches",
            status=Status.PASS,
            statement=kept,
            source="the reader's index",
            root=root,
            subject=facts.name,
            detail={"label": entry.label, "vouches": len(entry.vouches)},
        )


def _detail(entry: Entry) -> dict[str, Json]:
    detail: dict[str, Json] = {"label": entry.label, "name": entry.name, "sha256": entry.sha256.hex() or None}
    if entry.source:
        detail["list"] = entry.source
    return detail


def _match_detail(match: Match) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "distance": match.distance,
        "turn": str(match.orientation),
        "trimmed": match.is_trimmed,
        "of": match.hashed.of,
        "rule": match.hashed.rule or None,
        "pixels": match.pixels or None,
    }
    if match.pixels:
        detail["inliers"] = match.inliers
    if match.hashed.of == FRAME:
        detail["at_ms"] = match.hashed.at
    if match.frames:
        detail |= {"frames": match.frames, "first_ms": match.first}
    return detail


def _plain(facts: Facts, word: str, status: Status, statement: Said) -> Draft:
    return Draft(
        code=f"known.{word}",
        status=status,
        statement=statement,
        source="the reader's index",
        root=Root.FILE,
        subject=facts.name,
    )
