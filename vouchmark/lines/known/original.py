"""Is a file the original that the reader gave, encoded anew, or was a part of it replaced or left out?

`pass` says that no region differs, within what is measured (see docs/comparison.md); `fail` that one does, and where.
What was cut off or put around a picture is told as such and is no change of what both show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from provenance.reasons import Reason
from vouchmark.examination.pictures import DIFFERENCE
from vouchmark.known.originals import Compared
from vouchmark.lines.facts import Answer, Draft, Facts
from vouchmark.lines.known.clip import clip_answer
from vouchmark.lines.known.words import FALSE_ALARMS, how, missed, percent, where
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import Json, NotChecked, ReportPicture, Root, Status

if TYPE_CHECKING:
    from provenance.hashes.pictures.compare import Comparison

ENTRY_SHOWN: Final = 80
"""Code points of what the index calls a known file."""
GIVEN, THUMBNAIL, KEPT = "original", "signed thumbnail", "picture in your index"
"""With what a file is compared; behind "the"."""
MAX_TOLD: Final = 5
"""Regions that are told one by one in a sentence; the detail has them all."""

_UNALIGNED: Final = {
    "too-small": "one of them is too small",
    "few-features": "one of them has too little in it to be recognised by",
    "no-movement": "too few places in both look alike",
    "implausible-movement": "what looks alike lies in places that no copy has",
    "differs-everywhere": "only a small part of both looks alike",
    "differs-widely": "too much of both differs to say where",
    "too-little-in-common": "they share too small a part",
}
_FAILED: Final = {
    "not-installed": "the packages for it are not installed (pip install 'vouchmark[compare,video]')",
    "different-kinds": "one is a picture and the other is not",
    "unsupported": "this type of file is not decoded here",
    "undecodable": "the file could not be decoded",
    "too-many-pixels": "the file announces too many pixels",
    "original-unsupported": "an original of this type is not decoded here",
    "original-undecodable": "the original could not be decoded",
    "original-too-many-pixels": "the original announces too many pixels",
    "no-entry": "nothing that the index keeps a picture of looks like it",
    "no-thumbnail": "no signature in its history covers a thumbnail",
    "time-limit": "it took longer than the time limit",
    "memory-limit": "it needed more memory than the limit",
    "crash": "a decoder crashed over one of them",
    "unread": "the file could not be read",
}


def answer(facts: Facts, compared: Compared) -> Answer:
    """What comparing with the original came to."""
    name = f"the original {quoted(compared.original.name)}"
    if compared.original.is_thumbnail:
        name = "the thumbnail that a signature in its own history covers"
    if compared.original.is_kept:
        name = f"the small picture of {quoted(compared.entry, limit=ENTRY_SHOWN)} in your index"
    if compared.is_same_file:
        name = f"{quoted(compared.entry, limit=ENTRY_SHOWN)} in your index" if compared.original.is_kept else name
        words = f"It is {name}, byte for byte."
        detail: dict[str, Json] = {"same_bytes": True, "against": _what(compared)}
        draft = _draft(facts, "known.same", Status.PASS, words, detail, source="SHA-256", root=Root.FILE)
        what = "a file in your index" if compared.original.is_kept else "the original"
        return Answer(summary=f"It is {what}, byte for byte.", drafts=(draft,))
    against, what = compared.against, _what(compared)
    if against is not None and against.clip is not None:
        return clip_answer(facts, against.clip, name=name, source=against.engine)
    if against is not None and against.picture is not None:
        found = against.picture
        if found.verdict == "failed":
            return _uncompared(facts, found.reason or Reason.FAILURE, what)
        return _picture_answer(facts, found, name=name, what=what, source=against.engine, label=against.label)
    return _uncompared(facts, (against.reason if against else None) or Reason.UNREAD, what)


def _what(compared: Compared) -> str:
    """What it was compared with, in a word that an `against` in a detail has."""
    if compared.original.is_thumbnail:
        return THUMBNAIL
    return KEPT if compared.original.is_kept else GIVEN


def _uncompared(facts: Facts, reason: Reason, what: str) -> Answer:
    words = f"It could not be compared with the {what}: {_FAILED.get(reason, 'the comparison itself failed')}."
    status = Status.UNKNOWN if reason in ("different-kinds", "no-thumbnail", "no-entry") else Status.ERROR
    code = "known.unaligned" if status is Status.UNKNOWN else "known.uncompared"
    detail: dict[str, Json] = {"reason": str(reason), "against": what}
    draft = _draft(facts, code, status, words, detail, source="vouchmark", root=Root.FILE)
    return Answer(summary=f"It could not be compared with the {what}.", drafts=(draft,))


def _picture_answer(facts: Facts, found: Comparison, *, name: str, what: str, source: str, label: str) -> Answer:
    detail = _detail(found) | ({"manifest": label} if label else {}) | {"against": what}
    if found.verdict == "unaligned":
        why = _UNALIGNED.get(found.reason or "", "no movement was found")
        words = f"It could not be matched to {name} ({why}): another picture, or heavily edited."
        draft = _draft(facts, "known.unaligned", Status.UNKNOWN, words, detail, source=source)
        summary = f"It could not be matched to the {what}: another picture, or heavily edited."
        return Answer(summary=summary, drafts=(draft,), not_checked=_gaps(found))
    drafts = tuple(_picture_drafts(facts, found, detail, name=name, source=source))
    pictures = (_map(facts, found),) if found.map else ()
    return Answer(summary=_summary(found, what), drafts=drafts, pictures=pictures, not_checked=_gaps(found))


def _gaps(found: Comparison) -> tuple[NotChecked, ...]:
    """What of either file was not compared."""
    why = "of an animation, or of several pages, only the first picture is compared"
    which = (("the file", found.is_first), ("the original", found.original_is_first))
    return tuple(NotChecked(what=f"further pictures in {file}", why=why) for file, is_first in which if is_first)


def _summary(found: Comparison, what: str) -> str:
    part = "" if found.shown == 1 else f" It shows {percent(found.shown)} of it."
    around = f" What lies around it is not from the {what}." if found.added and not found.plain else ""
    if not found.regions:
        return f"No region{_of_first(found)} differs from the {what}.{part}{around}"
    if len(found.regions) == 1:
        return f"It differs from the {what} in one region, {percent(found.share)} of what both show.{part}{around}"
    regions = f"{len(found.regions)} regions, {percent(found.share)} of what both show"
    return f"It differs from the {what} in {regions}.{part}{around}"


def _picture_drafts(
    facts: Facts, found: Comparison, detail: dict[str, Json], *, name: str, source: str
) -> Iterator[Draft]:
    words = how(found)
    if found.regions:
        count = "One region differs" if len(found.regions) == 1 else f"{len(found.regions)} regions differ"
        places = "; ".join(where(one.picture, found.picture_size) for one in found.regions[:MAX_TOLD])
        more = f"; and {len(found.regions) - MAX_TOLD} more" if len(found.regions) > MAX_TOLD else ""
        # "It" would read as the region.
        whole = f"The picture {words.removeprefix('It ')}" if words.startswith("It ") else words
        told = f"{count} from {name}, {percent(found.share)} of what both show: {places}{more}. {whole}"
        yield _draft(facts, "known.changed", Status.FAIL, told.strip(), detail, source=source)
    else:
        told = (
            f"No region{_of_first(found)} differs from {name}. {words} "
            f"Changes of less than about {missed(found)} of the area can be missed."
        )
        yield _draft(facts, "known.same", Status.PASS, told, detail, source=source)
    if found.added and not found.plain:
        told = (
            f"{percent(found.added)} of the picture is not from the original: what lies {_sides(found)} was added, and "
            "there was nothing to compare it with."
        )
        yield _draft(facts, "known.added", Status.UNKNOWN, told, {"share": found.added}, source=source)


def _of_first(found: Comparison) -> str:
    return " of its first picture" if found.is_first else ""


def _sides(found: Comparison) -> str:
    around = found.around
    sides = {"above": around.top, "below": around.bottom, "left of": around.left, "right of": around.right}
    named = [side for side, share in sides.items() if share]
    return f"{listed(named)} it" if named else "around it"


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
    alt = "The picture in grey, as the original is turned: where it differs from the original it is red."
    if not found.regions:
        alt = "The picture in grey, as the original is turned. No region differs from the original."
    return ReportPicture(role=DIFFERENCE, subject=facts.name, media_type="image/png", data=found.map, alt=alt)


def _draft(
    facts: Facts,
    code: str,
    status: Status,
    statement: str,
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
