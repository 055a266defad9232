"""Which part of the recording that the reader gave is a clip, and what was left out, moved or put in?

Only the order of what is heard and seen is told. Whether single frames were edited, or words imitated in their place,
is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vouchmark.lines.facts import Answer, Draft, Facts
from vouchmark.lines.known.words import clock
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, has, say, together
from vouchmark.wording.model import Fact, Phrase, Said

if TYPE_CHECKING:
    from provenance.hashes.clips.clips import Placement
    from provenance.hashes.clips.placing import Placed, Stretch

ENDS, ENDS_SHARE, LEAST_ENDS = 2.0, 0.04, 0.75
"""At most so many seconds at an end, and such a share of the original, count as nothing left out: encoders add and drop
some. Pictures are looked at twice a second, so that less than the last of them is not seen."""
JOINED: Final = 0.8
"""Seconds that may be missing between two stretches which still are one."""
APART: Final = 1.5
"""Seconds by which sound and pictures may be apart."""

_FAILED: Final = frozenset({"not-installed", "undecodable", "original-undecodable"})
"""Reasons for which nothing could be looked for; others are of what is in it."""


def clip_answer(facts: Facts, found: Placement, *, name: str, source: str) -> Answer:
    """What looking for a clip in its original came to."""
    if found.reason in _FAILED:
        words = say("known.clip.uncompared", name=name, why={"id": f"clip.failed.{found.reason}"})
        draft = _draft(facts, "known.uncompared", Status.ERROR, words, {"reason": str(found.reason)}, source)
        return Answer(summary=say("known.answer.uncompared.original"), drafts=(draft,))
    detail = _detail(found)
    best = _best(found)
    if found.reason or best is None:
        why = f"clip.unlooked.{found.reason}"
        words = say("known.clip.unlooked", name=name, why={"id": why}) if has(why) else say(
            "known.clip.nowhere", name=name
        )  # fmt: skip
        draft = _draft(facts, "known.unaligned", Status.UNKNOWN, words, detail, source)
        return Answer(summary=say("known.answer.nowhere"), drafts=(draft,), not_checked=_gaps(found))
    drafts = tuple(_drafts(facts, found, best, detail, name=name, source=source))
    return Answer(summary=_summary(found, drafts, best), drafts=drafts, not_checked=_gaps(found))


def _gaps(found: Placement) -> tuple[NotChecked, ...]:
    gaps = [gap(say("gap.frames"), say("gap.frames.why"))]
    gaps += [gap(say(f"gap.alone.{kind}"), say("gap.alone.why")) for kind in found.alone]
    if found.pictures is not None and found.pictures.sparse:
        why = say("gap.sparse.why", seconds=f"{found.pictures.sparse:.0f}")
        gaps.append(gap(say("gap.sparse" if found.pictures.informative else "gap.alone.pictures"), why))
    for which, is_cut, seconds in (
        ("recording", found.is_cut, found.seconds),
        ("original", found.original_is_cut, found.original_seconds),
    ):
        if is_cut:
            gaps.append(gap(say(f"gap.all.{which}"), say("gap.all.why", time=clock(seconds))))
    return tuple(gaps)


def _subject(found: Placement) -> str:
    """What of the clip was found, as the ids of sentences end: all that it has, or one of two."""
    heard, shown = (one is not None and bool(one.stretches) for one in (found.sound, found.pictures))
    if heard and not shown and (_is_unfound(found.pictures) or "pictures" in found.alone):
        return "sound"
    if shown and not heard and (_is_unfound(found.sound) or "sound" in found.alone):
        return "pictures"
    return "it"


def _is_unfound(placed: Placed | None) -> bool:
    """Whether it was looked for and found nowhere."""
    return placed is not None and bool(placed.informative) and not placed.stretches


def _best(found: Placement) -> Placed | None:
    """What speaks for the clip: its sound where that was found, which is placed more finely, else its pictures."""
    placed = [one for one in (found.sound, found.pictures) if one is not None and one.stretches]
    return placed[0] if placed else None


def _drafts(
    facts: Facts, found: Placement, best: Placed, detail: dict[str, Json], *, name: str, source: str
) -> Iterator[Draft]:
    troubles = list(_splices(best))
    apart = _apart(found)
    if apart:
        troubles.append(apart)
    if troubles:
        words = say("known.spliced", name=name, troubles=troubles)
        yield _draft(facts, "known.spliced", Status.FAIL, words, detail, source)
    else:
        yield _draft(facts, "known.excerpt", Status.PASS, _excerpt(found, best, name), detail, source)
    for kind, placed in (("sound", found.sound), ("pictures", found.pictures)):
        if placed is None or not placed.informative:
            continue
        if not placed.stretches:
            words = say(f"known.unfound.{kind}")
            yield _draft(facts, "known.unfound", Status.UNKNOWN, words, {"of": kind}, source)
        elif placed.unfound:
            parts = [{"id": "splice.part", "start": clock(start), "end": clock(end)} for start, end in placed.unfound]
            words = say(f"known.unfound.part.{kind}", parts=parts)
            yield _draft(facts, "known.unfound", Status.UNKNOWN, words, {"of": kind}, source)


def _splices(placed: Placed) -> Iterator[Phrase]:
    """What was left out within the clip, or moved."""
    for one, other in zip(placed.stretches, placed.stretches[1:], strict=False):
        left_out = other.original_start - one.original_end
        start, end = clock(other.original_start), clock(one.original_end)
        if left_out < -JOINED:
            yield {"id": "splice.back", "at": clock(other.start), "start": start, "end": end}
        elif left_out - max(0.0, other.start - one.end) > JOINED:
            yield {"id": "splice.left_out", "at": clock(one.end), "start": end, "end": start}


def _apart(found: Placement) -> Phrase:
    """That sound and pictures come from different places; empty where they don't, or only one was found."""
    if found.sound is None or found.pictures is None:
        return {}
    for heard in found.sound.stretches:
        for shown in found.pictures.stretches:
            if min(heard.end, shown.end) - max(heard.start, shown.start) <= ENDS:
                continue
            shift = (heard.original_start - heard.start) - (shown.original_start - shown.start)
            if abs(shift) > APART:
                at = max(heard.start, shown.start)
                return {
                    "id": "splice.apart",
                    "at": clock(at),
                    "heard": clock(heard.original_start - heard.start + at),
                    "seen": clock(shown.original_start - shown.start + at),
                }
    return {}


def _excerpt(found: Placement, best: Placed, name: str) -> Said:
    first, last = best.stretches[0], best.stretches[-1]
    start, end = _ends(first, last, found)
    limit = min(ENDS, max(LEAST_ENDS, ENDS_SHARE * found.original_seconds))
    subject = _subject(found)
    # By which of the two it was placed is said already where it is the only one that was found.
    placed_by = (("clip.sound", found.sound), ("clip.pictures", found.pictures))
    said: dict[str, Fact] = {"name": name}
    if subject == "it":
        said["by"] = [{"id": word} for word, placed in placed_by if placed is not None and placed.stretches]
    which = f"{subject}{'.cut' if found.is_cut else ''}"
    part: dict[str, Fact] = {"start": clock(start), "end": clock(end), "whole": clock(found.original_seconds)}
    if found.original_is_cut:
        told = say(f"known.excerpt.bounded.{which}", **said, **part)
        return together(told, say("known.left_out.before", before=clock(start))) if start > limit else told
    after = found.original_seconds - end
    if start <= limit and after <= limit:
        return say(f"known.excerpt.whole.{which}", **said)
    told = say(f"known.excerpt.{which}", **said, **part)
    left: dict[str, Fact] = {"before": clock(start)} if start > limit else {}
    left |= {"after": clock(after)} if after > limit else {}
    word = "both" if len(left) == 2 else next(iter(left))
    return together(told, say(f"known.left_out.{word}", **left))


def _ends(first: Stretch, last: Stretch, found: Placement) -> tuple[float, float]:
    """Start and end in the original, with a short quiet beginning or end of the clip; more was not found there."""
    before, after = first.start, max(0.0, found.seconds - last.end)
    start = first.original_start - (before if before <= ENDS else 0.0)
    return max(0.0, start), min(found.original_seconds, last.original_end + (after if after <= ENDS else 0.0))


def _summary(found: Placement, drafts: tuple[Draft, ...], best: Placed) -> Said:
    if drafts[0].code == "known.spliced":
        return say("known.answer.spliced")
    start, end = best.stretches[0].original_start, best.stretches[-1].original_end
    told = say(f"known.answer.excerpt.{_subject(found)}", start=clock(start), end=clock(end))
    return together(told, say("known.answer.unfound")) if len(drafts) > 1 else told


def _detail(found: Placement) -> dict[str, Json]:
    detail: dict[str, Json] = {"seconds": found.seconds, "original_seconds": found.original_seconds}
    if found.reason:
        detail["reason"] = str(found.reason)
    if found.is_cut or found.original_is_cut:
        detail |= {"looked_at_whole": not found.is_cut, "original_looked_at_whole": not found.original_is_cut}
    for kind, placed in (("sound", found.sound), ("pictures", found.pictures)):
        if placed is None:
            continue
        detail[kind] = {
            "stretches": [
                {
                    "start": one.start,
                    "end": one.end,
                    "original_start": one.original_start,
                    "original_end": one.original_end,
                    "score": one.score,
                }
                for one in placed.stretches
            ],
            "unfound": [list[Json](part) for part in placed.unfound],
            "looked_for": placed.informative,
        }
    return detail


def _draft(facts: Facts, code: str, status: Status, statement: Said, detail: dict[str, Json], source: str) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source or "vouchmark",
        root=Root.PERCEPTUAL_HASH if code != "known.uncompared" else Root.FILE,
        subject=facts.name,
        detail=detail,
    )
