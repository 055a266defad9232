"""What does the reader's own index say of one file: the same, something like it, or nothing?

Looked up in this process, from hashes that the worker made: the index is the reader's, and the file's own bytes are not
touched again. A look-alike whose small picture is kept is aligned with the file's own one, where OpenCV is installed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from provenance.hashes.errors import KnownIndexError
from provenance.hashes.index.entry import FRAME, TRIMMED, WHOLE, Entry, Hashed
from provenance.hashes.pictures.pdq import MIN_QUALITY, NEAR, RELATED, Orientation
from provenance.reasons import Reason

if TYPE_CHECKING:
    from provenance.hashes.fingerprint import Fingerprint, Small
    from provenance.hashes.index.index import Hit, KnownMedia
    from provenance.hashes.original import Against
    from vouchmark.known.originals import Compared, Original

LEAST_QUALITY: Final = 5
"""Of 100: below `MIN_QUALITY` and down to here a hash leads to look-alikes of which only the pixels decide."""
MAX_TOLD: Final = 5
"""Look-alikes that are told one by one, nearest first."""
MAX_CONFIRMED: Final = 5
"""Look-alikes whose pixels are compared: each costs a tenth of a second."""
THUMBNAIL_PIXELS: Final = 1_000_000
"""Pixels of a small picture out of an index; ours have at most 512 x 512."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSettings:
    """What a report's known line is asked of."""

    index: KnownMedia
    """Open; a snapshot of one moment."""
    radius: int = NEAR
    """Bits by which a hash may differ to count without a look at the pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One entry that looks like the file."""

    entry: Entry
    hashed: Hashed
    """What the hash of the entry is of."""
    distance: int
    """Bits by which the nearest two hashes differ."""
    orientation: Orientation
    """How the file must be turned to look like the entry."""
    is_trimmed: bool = False
    """Whether it is the file without its plain border."""
    frames: int = 0
    """Of a video: its frames that look like something in the entry."""
    first: int = 0
    """Milliseconds into the file of the first of them."""
    pixels: str = ""
    """`aligned` where the pixels lie upon each other, `unaligned` where they don't; empty where there was nothing to
    compare, or nothing to compare with."""
    inliers: int = 0
    """Local features that agree on how they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What an index says of one file."""

    name: str
    """The index's."""
    exact: tuple[Entry, ...] = ()
    near: tuple[Match, ...] = ()
    more: int = 0
    """Look-alikes that are not told one by one."""
    frames: int = 0
    """Frames of the file that were looked for."""
    until: int = 0
    """Milliseconds of a video that were looked at, where it goes on; 0 where all of it was."""
    is_first: bool = False
    """Whether the picture that was looked for is the first of several in its file: an animation, or pages."""
    unsearched: str = ""
    """Why nothing but the exact file was looked for, in a stable word; empty where look-alikes were."""
    trouble: str = ""
    """Why the index could not be searched."""


def look_up(sha256: str, found: Fingerprint | None, settings: KnownSettings) -> Lookup:
    """Everything that an index says of one file.

    Args:
        sha256: of the file, lower-case hex.
        found: what it may be recognised by; None where that was not made.
        settings: the open index.
    """
    name = settings.index.name
    try:
        exact = tuple(settings.index.exact(bytes.fromhex(sha256)))[:MAX_TOLD]
        lookup = _near(found, settings, Lookup(name=name, exact=exact))
    except KnownIndexError as error:
        return Lookup(name=name, trouble=str(error))
    return lookup


def _near(found: Fingerprint | None, settings: KnownSettings, lookup: Lookup) -> Lookup:
    unsearched = _why_not(found)
    if found is None or unsearched:
        return replace(lookup, unsearched=unsearched)
    if found.frames is not None:
        good = [frame for frame in found.frames.frames if frame.quality >= MIN_QUALITY]
        matches = list(_of_frames(settings, [(frame.at, (frame.bits, frame.mirrored)) for frame in good]))
        until = found.frames.until if found.frames.is_cut else 0
        lookup = replace(lookup, frames=len(good), until=until)
    else:
        matches = list(_of_picture(settings, found))
        lookup = replace(lookup, is_first=found.picture is not None and "first-frame" in found.picture.notes)
    others = [match for match in matches if match.entry not in lookup.exact]
    return replace(lookup, near=tuple(others[:MAX_TOLD]), more=max(0, len(others) - MAX_TOLD))


def _why_not(found: Fingerprint | None) -> str:
    """Why look-alikes cannot be looked for; empty where they can."""
    if found is None:
        return "not-made"
    if found.reason:
        return found.reason
    if found.frames is not None:
        if found.frames.reason:
            return found.frames.reason
        return "" if any(frame.quality >= MIN_QUALITY for frame in found.frames.frames) else "too-plain"
    if found.picture is None:
        return "no-picture"
    if found.picture.reason or found.picture.pdq is None:
        return found.picture.reason or "not-made"
    qualities = [one.quality for one in (found.picture.pdq, found.picture.trimmed) if one is not None]
    return "" if max(qualities) >= (LEAST_QUALITY if _can_compare() else MIN_QUALITY) else "too-plain"


def _of_picture(settings: KnownSettings, found: Fingerprint) -> Iterator[Match]:
    """Look-alikes of a picture, nearest first.

    Within the radius by hashes alone, where both pictures have enough in them; else only where the pixels agree.
    """
    picture, small = found.picture, found.small
    if picture is None or picture.pdq is None:
        return
    qualities = {False: picture.pdq.quality, True: picture.trimmed.quality if picture.trimmed else 0}
    asked = [(orientation, False, bits) for orientation, bits in picture.orientations.items()]
    if picture.trimmed is not None and picture.trimmed.quality >= LEAST_QUALITY:
        asked += [(orientation, True, bits) for orientation, bits in picture.trimmed_orientations.items()]
    bits = [one for _, _, one in asked]
    near = settings.index.near(bits, settings.radius)
    listed = {hit.ref for hit in near}
    further: list[Hit] = []
    if small is not None and _can_compare():
        further = settings.index.near(bits, RELATED, limit=MAX_CONFIRMED, with_thumbnail=True)
    left = MAX_CONFIRMED
    for hit in (*near, *(hit for hit in further if hit.ref not in listed)):
        orientation, is_trimmed, _ = asked[hit.query]
        hashed = hit.entry.hashes[hit.place]
        match = Match(
            entry=hit.entry, hashed=hashed, distance=hit.distance, orientation=orientation, is_trimmed=is_trimmed
        )
        if small is not None and hit.entry.thumbnail and left:
            left -= 1
            match = _compared(match, small)
        least = min(qualities[is_trimmed], MIN_QUALITY if hashed.quality is None else hashed.quality)
        if match.pixels == "aligned" or (hit.distance <= settings.radius and least >= MIN_QUALITY):
            yield match


def _of_frames(settings: KnownSettings, frames: Sequence[tuple[int, tuple[bytes, bytes]]]) -> Iterator[Match]:
    """Entries that look like frames of a video, those with the most frames first."""
    best: dict[tuple[int, int], Match] = {}
    for at, both in frames:
        for hit in settings.index.near(both, settings.radius):
            before = best.get(hit.ref)
            match = Match(
                entry=hit.entry,
                hashed=hit.entry.hashes[hit.place],
                distance=hit.distance,
                orientation=(Orientation.NONE, Orientation.MIRROR)[hit.query],
                frames=1,
                first=at,
            )
            if before is not None:
                nearer = match if match.distance < before.distance else before
                match = replace(nearer, frames=before.frames + 1, first=before.first)
            best[hit.ref] = match
    yield from sorted(best.values(), key=lambda match: (-match.frames, match.distance))


def _can_compare() -> bool:
    """Whether pictures can be aligned here."""
    from provenance.hashes.pictures.registration import ComparisonUnavailableError, opencv

    try:
        opencv()
    except ComparisonUnavailableError:
        return False
    return True


def _compared(match: Match, small: Small) -> Match:
    """The same match with what the pixels say."""
    from provenance.asset import Limits
    from provenance.hashes.pictures.pixels import PictureError, decode
    from provenance.hashes.pictures.registration import ComparisonUnavailableError, Registration, register

    with contextlib.suppress(ComparisonUnavailableError, PictureError, ValueError):
        kept = decode(match.entry.thumbnail, "image/jpeg", Limits(pixels=THUMBNAIL_PIXELS))
        found = register(kept.pixels((0, 0, *kept.size)), small.array())
        if isinstance(found, Registration):
            return replace(match, pixels="aligned", inliers=found.inliers)
        return replace(match, pixels="unaligned", inliers=found.inliers)
    return match


def compared_with_kept(original: Original, lookup: Lookup | None, found: Fingerprint | None) -> Compared:
    """The file place by place against the small picture that the index keeps of what it looks most like."""
    from vouchmark.known.originals import Compared

    if lookup is not None and lookup.exact:
        return Compared(original=original, is_same_file=True, against=None, entry=called(lookup.exact[0]))
    near = lookup.near if lookup is not None else ()
    match = next((one for one in near if one.entry.thumbnail and one.pixels == "aligned"), None)
    small = found.small if found is not None else None
    if match is None or small is None:
        from provenance.hashes.original import Against

        return Compared(original=original, is_same_file=False, against=Against(reason=Reason.NO_ENTRY))
    against = _against(match.entry, small)
    return Compared(original=original, is_same_file=False, against=against, entry=called(match.entry))


def called(entry: Entry) -> str:
    """What the reader calls a known file; the start of its digest where it has no name."""
    return entry.label or entry.name or entry.sha256.hex()[:16]


def _against(entry: Entry, small: Small) -> Against:
    from provenance.asset import Limits
    from provenance.hashes.original import Against, engine
    from provenance.hashes.pictures.compare import compare
    from provenance.hashes.pictures.pixels import PictureError, decode

    try:
        kept = decode(entry.thumbnail, "image/jpeg", Limits(pixels=THUMBNAIL_PIXELS))
        return Against(picture=compare(kept.pixels((0, 0, *kept.size)), small.array()), engine=engine("cv2", "OpenCV"))
    except (PictureError, ValueError):
        return Against(reason=Reason.NO_ENTRY)


def hashes_to_keep(found: Fingerprint) -> tuple[tuple[Hashed, ...], list[bytes]]:
    """What an index remembers of a file: its hashes that say anything, and what each is of."""
    from provenance.hashes.clips.video import FRAME_RULE
    from provenance.hashes.pictures.pdq import RULE

    kept: list[tuple[Hashed, bytes]] = []
    picture = found.picture
    if picture is not None:
        for of, one in ((WHOLE, picture.pdq), (TRIMMED, picture.trimmed)):
            if one is not None and one.quality >= LEAST_QUALITY:
                kept.append((Hashed(rule=RULE, of=of, quality=one.quality), one.bits))
    for frame in found.frames.frames if found.frames else ():
        if frame.quality >= MIN_QUALITY:
            kept.append((Hashed(rule=FRAME_RULE, of=FRAME, at=frame.at, quality=frame.quality), frame.bits))
    return tuple(hashed for hashed, _ in kept), [bits for _, bits in kept]
