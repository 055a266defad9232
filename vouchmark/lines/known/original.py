"""Is a file the original that the reader gave, encoded anew, or was a part of it replaced or left out?

`pass` says that no region differs, within what is measured (see docs/comparison.md); `fail` that one does, and where.
What was cut off or put around a picture is told as such and is no change of what both show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from provenance.reasons import Reason
from vouchmark.examination.pictures import DIFFERENCE
from vouchmark.known.originals import Compared
from vouchmark.lines.facts import Answer, Draft, Facts
from vouchmark.lines.known.clip import clip_answer
from vouchmark.lines.known.words import FALSE_ALARMS, how, missed, percent, where
from vouchmark.report import Json, NotChecked, ReportPicture, Root, Status
from vouchmark.wording.catalogue import gap, has, say, together
from vouchmark.wording.model import Fact, Phrase, Said

if TYPE_CHECKING:
    from provenance.hashes.pictures.compare import Comparison

GIVEN, THUMBNAIL, KEPT = "original", "signed thumbnail", "picture in your index"
"""With what a file is compared; behind "the"."""
MAX_TOLD: Final = 5
"""Regions that are told one by one in a sentence; the detail has them all."""

_ENDS: Final = {GIVEN: "original", THUMBNAIL: "thumbnail", KEPT: "kept"}
"""The same as the ids of sentences end."""


def answer(facts: Facts, compared: Compared) -> Answer:
    """What comparing with the original came to."""
    if compared.is_same_file:
        kept = compared.original.is_kept
        words = say("known.same.bytes", name=compared.original.name)
        if kept:
            words = say("known.same.bytes.kept", name=compared.entry)
        detail: dict[str, Json] = {"same_bytes": True, "against": _what(compared)}
        draft = _draft(facts, "known.same", Status.PASS, words, detail, source="SHA-256", root=Root.FILE)
        return Answer(summary=say(f"known.answer.same.bytes{'.kept' if kept else ''}"), drafts=(draft,))
    against, what = compared.against, _what(compared)
    if against is not None and against.clip is not None:
        return clip_answer(facts, against.clip, name=compared.original.name, source=against.engine)
    if against is not None and against.picture is not None:
        found = against.picture
        if found.verdict == "failed":
            return _uncompared(facts, found.reason or Reason.FAILURE, what)
        name = compared.entry if compared.original.is_kept else compared.original.name
        with_what = Against(what, "" if compared.original.is_thumbnail else name)
        return _picture_answer(facts, found, with_what, source=against.engine, label=against.label)
    return _uncompared(facts, (against.reason if against else None) or Reason.UNREAD, what)


def _what(compared: Compared) -> str:
    """What it was compared with, in a word that an `against` in a detail has."""
    if compared.original.is_thumbnail:
        return THUMBNAIL
    return KEPT if compared.original.is_kept else GIVEN


class Against(NamedTuple):
    """With what it is compared, for sentences."""

    what: str
    """As an `against` in a detail has it."""
    name: str
    """Of the original or of what the index keeps; empty of a signed thumbnail."""

    @property
    def end(self) -> str:
        """As the ids of sentences end."""
        return _ENDS[self.what]

    @property
    def named(self) -> dict[str, Fact]:
        """Its name as a fact of sentences that tell it."""
        return {"name": self.name} if self.name else {}


def _uncompared(facts: Facts, reason: Reason, what: str) -> Answer:
    why = f"uncompared.{reason}"
    words = say(f"known.uncompared.{_ENDS[what]}", why={"id": why if has(why) else "uncompared.other"})
    status = Status.UNKNOWN if reason in ("different-kinds", "no-thumbnail", "no-entry") else Status.ERROR
    code = "known.unaligned" if status is Status.UNKNOWN else "known.uncompared"
    detail: dict[str, Json] = {"reason": str(reason), "against": what}
    draft = _draft(facts, code, status, words, detail, source="vouchmark", root=Root.FILE)
    return Answer(summary=say(f"known.answer.uncompared.{_ENDS[what]}"), drafts=(draft,))


def _picture_answer(facts: Facts, found: Comparison, against: Against, *, source: str, label: str) -> Answer:
    detail = _detail(found) | ({"manifest": label} if label else {}) | {"against": against.what}
    if found.verdict == "unaligned":
        reason = f"unaligned.{found.reason}"
        why: Phrase = {"id": reason if has(reason) else "unaligned.other"}
        words = say(f"known.unaligned.{against.end}", **against.named, why=why)
        draft = _draft(facts, "known.unaligned", Status.UNKNOWN, words, detail, source=source)
        summary = say(f"known.answer.unaligned.{against.end}")
        return Answer(summary=summary, drafts=(draft,), not_checked=_gaps(found))
    drafts = tuple(_picture_drafts(facts, found, detail, against, source=source))
    pictures = (_map(facts, found),) if found.map else ()
    return Answer(summary=_summary(found, against), drafts=drafts, pictures=pictures, not_checked=_gaps(found))


def _gaps(found: Comparison) -> tuple[NotChecked, ...]:
    """What of either file was not compared."""
    which = (("file", found.is_first), ("original", found.original_is_first))
    return tuple(gap(say(f"gap.pictures.{file}"), say("gap.pictures.why")) for file, is_first in which if is_first)


def _summary(found: Comparison, against: Against) -> Said:
    shown = () if found.shown == 1 else (say("known.answer.shown", share=percent(found.shown)),)
    around = (say(f"known.answer.around.{against.end}"),) if found.added and not found.plain else ()
    if found.verdict == "other":
        told = say(f"known.answer.other.{against.end}")
    elif not found.regions:
        told = say(f"known.answer.same{_of_first(found)}.{against.end}")
    elif len(found.regions) == 1:
        told = say(f"known.answer.changed.one.{against.end}", share=percent(found.share))
    else:
        number, share = len(found.regions), percent(found.share)
        told = say(f"known.answer.changed.{against.end}", number=number, share=share)
    return together(told, *shown, *around)


def _picture_drafts(
    facts: Facts, found: Comparison, detail: dict[str, Json], against: Against, *, source: str
) -> Iterator[Draft]:
    words = how(found)
    done = () if words is None else (words,)
    is_other = found.verdict == "other"
    if found.regions:
        places: list[Fact] = [where(one.picture, found.picture_size) for one in found.regions[:MAX_TOLD]]
        more = len(found.regions) - MAX_TOLD
        said: dict[str, Fact] = {"share": percent(found.share)}
        said["places"] = [*places, {"id": "list.more.number", "number": more}] if more > 0 else places
        told = say(f"known.changed.one.{against.end}", **against.named, **said)
        if len(found.regions) > 1:
            told = say(f"known.changed.{against.end}", **against.named, **said, number=len(found.regions))
        if is_other:
            words = together(told, _why_other(found), *done)
            yield _draft(facts, "known.other", Status.UNKNOWN, words, detail, source=source)
        else:
            yield _draft(facts, "known.changed", Status.FAIL, together(told, *done), detail, source=source)
    elif is_other:
        told = say(f"known.other.vague.{against.end}", **against.named, agreement=_agreement(found))
        yield _draft(facts, "known.other", Status.UNKNOWN, together(told, *done), detail, source=source)
    else:
        told = say(f"known.same{_of_first(found)}.{against.end}", **against.named)
        told = together(told, *done, say("known.missed", share=missed(found)))
        yield _draft(facts, "known.same", Status.PASS, told, detail, source=source)
    if found.added and not found.plain:
        told = say(f"known.added.{against.end}", share=percent(found.added), sides=_sides(found))
        yield _draft(facts, "known.added", Status.UNKNOWN, told, {"share": found.added}, source=source)


def _agreement(found: Comparison) -> str:
    return percent(found.movement.agreement if found.movement else 0.0)


def _why_other(found: Comparison) -> Said:
    """Why what differs may be no edit."""
    return say("known.other.form") if found.is_plain else say("known.other.broad", agreement=_agreement(found))


def _of_first(found: Comparison) -> str:
    return ".first" if found.is_first else ""


def _sides(found: Comparison) -> list[Fact]:
    around = found.around
    sides = {"above": around.top, "below": around.bottom, "left": around.left, "right": around.right}
    named: list[Fact] = [{"id": f"side.{side}"} for side, share in sides.items() if share]
    return named or [{"id": "side.around"}]


def _detail(found: Comparison) -> dict[str, Json]:
    detail: dict[str, Json] = {"verdict": str(found.verdict), "false_alarm_rate": FALSE_ALARMS}
    if found.reason:
        return detail | {"reason": str(found.reason)}
    detail |= {
        "share": found.share,
        "can_be_missed": found.least,
        "shown": found.shown,
        "added": found.added,
        "added_is_plain": found.plain,
    }
    detail["light_changed"] = found.relit
    detail["mostly_plain"] = found.is_plain
    if found.straightened:
        detail["straightened"] = found.straightened
    if found.inside is not None:
        detail["inside"] = list[Json](found.inside)
    detail["cut"] = {side: getattr(found.cut, side) for side in ("left", "top", "right", "bottom")}
    detail["around"] = {side: getattr(found.around, side) for side in ("left", "top", "right", "bottom")}
    if found.movement:
        detail["movement"] = {
            "scale_across": found.movement.across,
            "scale_down": found.movement.down,
            "turned_clockwise": found.movement.rotation,
            "mirrored": found.movement.mirrored,
            "features": found.movement.inliers,
            "agreement": found.movement.agreement,
        }
    detail["regions"] = [
        {
            "share": one.share,
            "strength": one.strength,
            "box": list[Json](one.picture),
            "original_box": list[Json](one.original),
        }
        for one in found.regions
    ]
    detail["size"] = list[Json](found.picture_size)
    detail["original_size"] = list[Json](found.original_size)
    return detail


def _map(facts: Facts, found: Comparison) -> ReportPicture:
    alt = say("picture.difference" if found.regions else "picture.difference.none")
    return ReportPicture(role=DIFFERENCE, subject=facts.name, media_type="image/png", data=found.map, alt=alt)


def _draft(
    facts: Facts,
    code: str,
    status: Status,
    statement: Said,
    detail: dict[str, Json],
    *,
    source: str,
    root: Root = Root.PERCEPTUAL_HASH,
) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source or "vouchmark",
        root=root,
        subject=facts.name,
        detail=detail,
    )
