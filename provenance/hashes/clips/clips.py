"""Which part of a talk is a clip, and what of it was left out? Placed by its sound, by its pictures, or by both.

Sound and pictures are placed independently (`placing`): where both are found, they have to agree. PyAV is loaded
inside, for decoding. For the worker.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from provenance.hashes.clips import frames
from provenance.hashes.clips.frames import Film, in_common, read_film
from provenance.hashes.clips.placing import MIN_CLIP, Placed, place
from provenance.hashes.clips.sound import STEP, Track, read_track
from provenance.reasons import Reason

SOUND_SCORE: Final = 0.45
"""Mean correlation of a window's sound at its place; unrelated speech stays below 0.3 over an hour."""
PICTURE_SCORE: Final = 0.5
"""The same of its pictures, once what never moves is taken away."""


class Placement(Struct, frozen=True, kw_only=True):
    """A clip against its original."""

    sound: Placed | None = None
    """None where one of them has none."""
    pictures: Placed | None = None
    seconds: float = 0.0
    """Length of the clip, as far as it was looked at."""
    original_seconds: float = 0.0
    """The same of the original."""
    is_cut: bool = False
    """Whether the clip is longer than what was looked at."""
    original_is_cut: bool = False
    """Whether the original is."""
    alone: tuple[str, ...] = ()
    """What the clip has and the original has not: `sound`, `pictures`."""
    reason: Reason | None = None
    """Why nothing was looked for: `not-installed`, `undecodable`, `original-undecodable`, `too-short`,
    `original-too-short`, `too-plain`, `too-sparse` (only key frames of the original were looked at, and the clip spans
    too few), `nothing-in-common` (one has only sound, the other only pictures); empty where something was."""


def is_timed(media_type: str) -> bool:
    """Whether it is video or sound."""
    return media_type.startswith(("video/", "audio/"))


def place_files(original: bytes, clip: bytes) -> Placement:
    """Find a clip in its original. Never raises on hostile bytes.

    Raises:
        MemoryError: There is no room.
    """
    try:
        first, second = read_track(original), read_track(clip)
    except ImportError:
        return Placement(reason=Reason.NOT_INSTALLED)
    sound = pictures = None
    if first is not None and second is not None:
        sound = place_sound(first, second)
    whole, part = read_film(original), read_film(clip)
    if whole is not None and part is not None:
        pictures = place_pictures(whole, part)
    seconds = max(second.seconds if second else 0.0, part.seconds if part else 0.0)
    all_seconds = max(first.seconds if first else 0.0, whole.seconds if whole else 0.0)
    reason = None
    if first is None and whole is None:
        reason = Reason.ORIGINAL_UNDECODABLE
    elif second is None and part is None:
        reason = Reason.UNDECODABLE
    elif sound is None and pictures is None:
        reason = Reason.NOTHING_IN_COMMON
    elif seconds < MIN_CLIP:
        reason = Reason.TOO_SHORT
    elif all_seconds < MIN_CLIP:
        reason = Reason.ORIGINAL_TOO_SHORT
    elif not any(one is not None and one.informative for one in (sound, pictures)):
        reason = Reason.TOO_SPARSE if pictures is not None and pictures.sparse else Reason.TOO_PLAIN
    return Placement(
        sound=sound,
        pictures=pictures,
        seconds=round(seconds, 1),
        original_seconds=round(all_seconds, 1),
        is_cut=any(one is not None and one.is_cut for one in (second, part))
        or any(one is not None and not one.is_whole for one in (sound, pictures)),
        original_is_cut=any(one is not None and one.is_cut for one in (first, whole)),
        alone=(
            *(("sound",) if second is not None and first is None else ()),
            *(("pictures",) if part is not None and whole is None else ()),
        ),
        reason=reason,
    )


def place_sound(original: Track, clip: Track) -> Placed:
    """Where a clip's sound lies in the original's."""
    return place(original.rows, clip.rows, step=STEP, least=SOUND_SCORE)


def place_pictures(original: Film, clip: Film) -> Placed:
    """Where a clip's pictures lie in the original's, also where they were cut or scaled."""
    whole, part = in_common(original, clip)
    return place(whole, part, step=frames.STEP, least=PICTURE_SCORE, looked=original.there)
