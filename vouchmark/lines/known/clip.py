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

if TYPE_CHECKING:
    from provenance.hashes.clips.clips import Placement
    from provenance.hashes.clips.placing import Placed, Stretch

ENDS: Final = 2.0
"""Seconds at an end that count as nothing left out: encoders add and drop some."""
JOINED: Final = 0.8
"""Seconds that may be missing between two stretches which still are one."""
APART: Final = 1.5
"""Seconds by which sound and pictures may be apart."""

_NOT_LOOKED: Final = {
    "too-short": "it is shorter than three seconds",
    "original-too-short": "the original is shorter than three seconds",
    "too-sparse": "of the original, which is long, only key frames are looked at, and it spans too few of them",
    "too-plain": "there is too little in it to be found by",
    "nothing-in-common": "one of them has only sound, and the other only pictures",
}
_FAILED: Final = {
    "not-installed": "the package that decodes recordings is not installed (pip install 'vouchmark[video]')",
    "undecodable": "it could not be decoded",
    "original-undecodable": "the original could not be decoded",
}


def clip_answer(facts: Facts, found: Placement, *, name: str, source: str) -> Answer:
    """What looking for a clip in its original came to."""
    if found.reason in _FAILED:
        words = f"It could not be looked for in {name}: {_FAILED[found.reason]}."
        draft = _draft(facts, "known.uncompared", Status.ERROR, words, {"reason": str(found.reason)}, source)
        return Answer(summary="It could not be compared with the original.", drafts=(draft,))
    detail = _detail(found)
    best = _best(found)
    if found.reason or best is None:
        why = _NOT_LOOKED.get(found.reason or "")
        words = f"It was found nowhere in {name}: another recording, or heavily edited."
        if why:
            words = f"It was not looked for in {name}: {why}."
        draft = _draft(facts, "known.unaligned", Status.UNKNOWN, words, detail, source)
        summary = "It was not found in the original: another recording, or heavily edited."
        return Answer(summary=summary, drafts=(draft,), not_checked=_gaps(found))
    drafts = tuple(_drafts(facts, found, best, detail, name=name, source=source))
    return Answer(summary=_summary(found, drafts, best), drafts=drafts, not_checked=_gaps(found))


def _gaps(found: Placement) -> tuple[NotChecked, ...]:
    gaps = [NotChecked(what="edits within single frames of the recording", why="only the order in time is looked at")]
    for kind in found.alone:
        gaps.append(NotChecked(what=f"its {kind}", why="the original has none that can be decoded"))
    if found.pictures is not None and found.pictures.sparse:
        why = f"of the original, which is long, only key frames are looked at, {found.pictures.sparse:.0f} s apart"
        what = "its pictures between key frames" if found.pictures.informative else "its pictures"
        gaps.append(NotChecked(what=what, why=why))
    for which, is_cut, seconds in (
        ("the recording", found.is_cut, found.seconds),
        ("the original", found.original_is_cut, found.original_seconds),
    ):
        if is_cut:
            why = f"only what lies before {clock(seconds)} was looked at, or a part of that"
            gaps.append(NotChecked(what=f"all of {which}", why=why))
    return tuple(gaps)


def _subject(found: Placement) -> str:
    """What of the clip was found: all that it has, or one of two."""
    heard, shown = (one is not None and bool(one.stretches) for one in (found.sound, found.pictures))
    if heard and not shown and (_is_unfound(found.pictures) or "pictures" in found.alone):
        return "Its sound"
    if shown and not heard and (_is_unfound(found.sound) or "sound" in found.alone):
        return "What its pictures show"
    return "It"


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
        words = f"It was put together from parts of {name}: {'; '.join(troubles)}."
        yield _draft(facts, "known.spliced", Status.FAIL, words, detail, source)
    else:
        yield _draft(facts, "known.excerpt", Status.PASS, _excerpt(found, best, name), detail, source)
    for kind, placed in (("sound", found.sound), ("pictures", found.pictures)):
        if placed is None or not placed.informative:
            continue
        if not placed.stretches:
            words = f"Its {kind} {'was' if kind == 'sound' else 'were'} found nowhere in the original."
            yield _draft(facts, "known.unfound", Status.UNKNOWN, words, {"of": kind}, source)
        elif placed.unfound:
            parts = ", ".join(f"{clock(start)} to {clock(end)}" for start, end in placed.unfound)
            words = f"Parts of its {kind} were found nowhere in the original: {parts}."
            yield _draft(facts, "known.unfound", Status.UNKNOWN, words, {"of": kind}, source)


def _splices(placed: Placed) -> Iterator[str]:
    """What was left out within the clip, or moved."""
    for one, other in zip(placed.stretches, placed.stretches[1:], strict=False):
        left_out = other.original_start - one.original_end
        if left_out < -JOINED:
            yield (
                f"at {clock(other.start)} it goes back to {clock(other.original_start)} of the original, after "
                f"{clock(one.original_end)}"
            )
        elif left_out - max(0.0, other.start - one.end) > JOINED:
            gap = f"from {clock(one.original_end)} to {clock(other.original_start)}"
            yield f"at {clock(one.end)} what lies {gap} in the original was left out"


def _apart(found: Placement) -> str:
    """That sound and pictures come from different places; empty where they don't, or only one was found."""
    if found.sound is None or found.pictures is None:
        return ""
    for heard in found.sound.stretches:
        for shown in found.pictures.stretches:
            if min(heard.end, shown.end) - max(heard.start, shown.start) <= ENDS:
                continue
            shift = (heard.original_start - heard.start) - (shown.original_start - shown.start)
            if abs(shift) > APART:
                at = max(heard.start, shown.start)
                return (
                    f"from {clock(at)} on its sound is that of {clock(heard.original_start - heard.start + at)}, and "
                    f"its pictures are those of {clock(shown.original_start - shown.start + at)}"
                )
    return ""


def _excerpt(found: Placement, best: Placed, name: str) -> str:
    first, last = best.stretches[0], best.stretches[-1]
    start, end = _ends(first, last, found)
    by = " and ".join(
        word
        for word, placed in (("its sound", found.sound), ("its pictures", found.pictures))
        if placed is not None and placed.stretches
    )
    subject = _subject(found)
    # By which of the two it was placed is said already where it is the only one that was found.
    by = f", by {by}" if subject == "It" else ""
    if found.is_cut:
        subject = f"As far as it was looked at, {subject[0].lower()}{subject[1:]}"
    left = [f"{clock(start)} before it"] if start > ENDS else []
    part = f"{subject} is the part from {clock(start)} to {clock(end)} of {name}"
    if found.original_is_cut:
        left_out = f"; left out: {left[0]}" if left else ""
        return f"{part}, of which what lies before {clock(found.original_seconds)} was looked at{by}{left_out}."
    if start <= ENDS and found.original_seconds - end <= ENDS:
        return f"{subject} follows {name} from beginning to end{by}."
    left += [f"{clock(found.original_seconds - end)} after it"] if found.original_seconds - end > ENDS else []
    return f"{part}, which lasts {clock(found.original_seconds)}{by}; left out: {' and '.join(left)}."


def _ends(first: Stretch, last: Stretch, found: Placement) -> tuple[float, float]:
    """Start and end in the original of the whole clip, a quiet beginning or end included."""
    start = max(0.0, first.original_start - first.start)
    return start, min(found.original_seconds, last.original_end + max(0.0, found.seconds - last.end))


def _summary(found: Placement, drafts: tuple[Draft, ...], best: Placed) -> str:
    if drafts[0].code == "known.spliced":
        return "It was put together from parts of the original."
    start, end = best.stretches[0].original_start, best.stretches[-1].original_end
    more = " Something in it was not found there." if len(drafts) > 1 else ""
    return f"{_subject(found)} is a part of the original: {clock(start)} to {clock(end)}.{more}"


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


def _draft(facts: Facts, code: str, status: Status, statement: str, detail: dict[str, Json], source: str) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source or "vouchmark",
        root=Root.PERCEPTUAL_HASH if code != "known.uncompared" else Root.FILE,
        subject=facts.name,
        detail=detail,
    )
