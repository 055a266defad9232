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
from vouchmark.render.safe import quoted
from vouchmark.report import Json, NotChecked, Root, Status

if TYPE_CHECKING:
    from vouchmark.known.lookup import Lookup, Match

LABEL_LIMIT: Final = 80
"""Characters of a label in a sentence."""
SAID_LIMIT: Final = 300
"""Characters of what credentials said, in a sentence."""
SAID_LINES: Final = ("integrity", "signer", "ai")
"""The lines of the report on the other file that are quoted."""

ORIENTATIONS: Final[Mapping[Orientation, str]] = {
    Orientation.NONE: "",
    Orientation.ROTATE_90: "turned anticlockwise by 90°",
    Orientation.ROTATE_180: "turned by 180°",
    Orientation.ROTATE_270: "turned clockwise by 90°",
    Orientation.MIRROR: "mirrored left to right",
    Orientation.FLIP: "mirrored top to bottom",
    Orientation.TRANSPOSE: "mirrored and turned by 90°",
    Orientation.TRANSVERSE: "mirrored and turned by 90°",
}
"""What has to be done to what is looked up, so that it is turned as the known one is."""
_UNSOFT: Final[Mapping[str, str]] = {
    "malformed": "its value is no ISCC",
    "part": "it speaks of a part of the file",
    "not-comparable": "it holds no code of the content that can be recomputed here",
    "not-made": "the file's own code could not be made",
}
UNSEARCHED: Final[Mapping[str, str]] = {
    "no-picture": "only pictures and videos have look-alikes here",
    "unsupported": "pictures of this type are not decoded here",
    "undecodable": "the picture could not be decoded",
    "too-small": "the picture is too small",
    "too-plain": "there is too little in it to tell it from others",
    "too-many-pixels": "it has too many pixels",
    "no-frames": "no frame of the video could be decoded",
    "not-installed": "the package that decodes videos is not installed (vouchmark[video])",
    "time-limit": "it took too long",
    "memory-limit": "it needed too much memory",
}
"""Why look-alikes were not looked for, by the reason that a fingerprint gives."""


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
        summary=" ".join(part.summary for part in told),
        drafts=tuple(draft for part in told for draft in part.drafts),
        not_checked=gaps,
        pictures=tuple(picture for part in told for picture in part.pictures),
    )


def _looked_up(facts: Facts) -> Answer:
    """What the reader's index says."""
    lookup = facts.known
    if lookup is None:
        if facts.unreadable and facts.has_index:
            words = "The file could not be read, so it could not be looked up."
            return Answer(summary="Could not be looked at.", drafts=(_plain(facts, "unreadable", Status.ERROR, words),))
        gap = NotChecked(what="known media", why="no --index and no --original given")
        return Answer(summary="No index and no original was named.", status=Status.SKIPPED, not_checked=(gap,))
    if lookup.trouble:
        words = f"The index {quoted(lookup.name)} could not be searched: {lookup.trouble}."
        return Answer(
            summary="The index could not be searched.", drafts=(_plain(facts, "unreadable", Status.ERROR, words),)
        )
    drafts = tuple(_drafts(facts, lookup))
    if not drafts:
        words = f"Nothing like it is in the index {quoted(lookup.name)}."
        if lookup.unsearched:
            words = f"This very file is not in the index {quoted(lookup.name)}; look-alikes were not looked for."
        drafts = (_plain(facts, "none", Status.ABSENT, words),)
    return Answer(summary=_summary(lookup), drafts=drafts, not_checked=tuple(_gaps(lookup)))


def _softly(facts: Facts) -> Answer:
    """What signed soft bindings come to; those that nobody else can recompute are named as not checked."""
    others = sorted({one.algorithm for one in facts.soft_bindings if one.algorithm != ISCC})
    gaps = [
        NotChecked(what=f"the soft binding {quoted(name)}", why="only its maker can recompute it") for name in others
    ]
    for one in facts.soft_checks:
        if not one.bits:
            reason = str(one.reason or "")
            why = _UNSOFT.get(reason) or UNSEARCHED.get(reason, reason)
            gaps.append(NotChecked(what="the signed ISCC soft binding", why=why))
    drafts = tuple(_soft_draft(facts, one) for one in facts.soft_checks if one.bits)
    differs = any(draft.status is Status.UNKNOWN for draft in drafts)
    summary = "It does not look like its signed fingerprint." if differs else "It looks like its signed fingerprint."
    return Answer(summary=summary, drafts=drafts, not_checked=tuple(gaps))


def _soft_draft(facts: Facts, one: SoftCheck) -> Draft:
    """One signed code that was recomputed."""
    verdict = "looks like that" if one.agrees else "does not look like that"
    words = (
        f"Its signer wrote down a code of its looks (ISCC), and it {verdict}: {one.distance} of {one.bits} bits differ."
    )
    return Draft(
        code="known.soft.agrees" if one.agrees else "known.soft.differs",
        status=Status.PASS if one.agrees else Status.UNKNOWN,
        statement=f"{words} A soft binding binds no byte.",
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
        why = UNSEARCHED.get(lookup.unsearched, lookup.unsearched)
        yield NotChecked(what="look-alikes in the index", why=why)
    if lookup.is_first:
        why = "of an animation, or of several pages, only the first picture is looked for"
        yield NotChecked(what="look-alikes of further pictures in the file", why=why)
    if lookup.until:
        why = f"only the first {lookup.until // 1000} s were looked at"
        yield NotChecked(what="look-alikes of the rest of the video", why=why)


def _summary(lookup: Lookup) -> str:
    if lookup.exact:
        own = next((entry for entry in lookup.exact if not entry.source), None)
        if own is None:
            return f"A list in your index names this very file{_as(lookup.exact[0])}."
        return f"The very same file is in your index{_as(own)}."
    sure = [match for match in lookup.near if match.pixels != "unaligned"]
    if sure:
        others = len(lookup.near) + lookup.more - 1
        more = f", and {others} more" if others else ""
        return f"It looks like something in your index{_as(sure[0].entry)}{more}. That binds nothing."
    if lookup.near:
        return f"Its hash is like that of something in your index{_as(lookup.near[0].entry)}, its pixels are not."
    if lookup.unsearched:
        return "This very file is not in your index; look-alikes were not looked for."
    return "Nothing like it is in your index."


def _as(entry: Entry) -> str:
    """How an entry is called, where it is called anything."""
    name = entry.label or entry.name
    return f" as {quoted(name, limit=LABEL_LIMIT)}" if name else ""


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


def _exact(entry: Entry, lookup: Lookup) -> str:
    """How the same bytes are known: because they were there once, or because a list names their digest."""
    if entry.source:
        listed = f"The list {quoted(entry.source, limit=LABEL_LIMIT)} in the index {quoted(lookup.name)}"
        return f"{listed} names the digest (SHA-256) of this very file{_as(entry)}."
    return f"The very same file, byte for byte, is in the index {quoted(lookup.name)}{_as(entry)}."


def _near(match: Match, lookup: Lookup) -> str:
    """How a look-alike was found, and how far that carries."""
    like = "a picture"
    if match.hashed.of == FRAME:
        into = f"a frame of a video, {_clock(match.hashed.at)} into it,"
        like = "frames of a video" if match.frames > 1 else into
    which = f"{match.frames} of {lookup.frames} frames look" if match.frames else "It looks"
    there = "that is in"
    if match.entry.source:
        # Nobody has seen that picture here: a list gave its hash and says what it is.
        there = f"whose hash the list {quoted(match.entry.source, limit=LABEL_LIMIT)} put into"
    words = [f"{which} like {like} {there} the index {quoted(lookup.name)}{_as(match.entry)}"]
    how = [ORIENTATIONS[match.orientation], "without its plain border" if match.is_trimmed else ""]
    turned = " and ".join(word for word in how if word)
    words.append(f": {match.distance} of 256 bits differ{f' once it is {turned}' if turned else ''}.")
    if match.pixels == "aligned":
        words.append(" Their pixels lie upon each other.")
    elif match.pixels == "unaligned":
        words.append(" Their pixels could not be matched: it may well be another picture.")
    if match.hashed.rule != RULE and match.hashed.of != FRAME:
        words.append(f" That hash was made by another rule, which alone may change {FOREIGN_TOLERANCE} bits.")
    words.append(" Similarity binds nothing: hashes can be made alike on purpose.")
    return "".join(words)


def _clock(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def _about(facts: Facts, entry: Entry, *, is_same: bool) -> Iterator[Draft]:
    """What the index keeps with an entry: what its credentials said, and its vouches."""
    root = Root.FILE if is_same else Root.PERCEPTUAL_HASH
    said = " ".join(one.summary for line in SAID_LINES for one in entry.said if one.line == line)
    if said and not (is_same and facts.first.store is not None):
        which = "this file" if is_same else "a file that looks like this one"
        bound = "" if is_same else " That was matched by similarity, and is not bound to this file."
        yield Draft(
            code="known.credentials",
            status=Status.PASS,
            statement=f"When {which} was added to the index, its Content Credentials said: "
            f"{quoted(said, limit=SAID_LIMIT)}{bound}",
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
        count = f"{len(entry.vouches)} {'vouch is' if len(entry.vouches) == 1 else 'vouches are'}"
        about = "it was made for this very file" if is_same else "a vouch for a picture that looks like this one"
        also = f"{about}." if not is_same else "the person line counts those that lie beside or inside a file."
        yield Draft(
            code="known.vouches",
            status=Status.PASS,
            statement=f"{count} kept with it in the index{_as(entry)}, not checked here: {also}",
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


def _plain(facts: Facts, word: str, status: Status, statement: str) -> Draft:
    return Draft(
        code=f"known.{word}",
        status=status,
        statement=statement,
        source="the reader's index",
        root=Root.FILE,
        subject=facts.name,
    )
