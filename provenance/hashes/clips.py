"""Which part of a talk is a clip, and what of it was left out? Placed by its sound, by its pictures, or by both.

A clip is cut into windows of some seconds; each is looked for in the whole of the original by itself, and neighbours
that agree on one shift in time become a stretch. So an excerpt has one stretch, a cut in its middle makes two, and what
is found nowhere in the original is told as well. Sound and pictures are placed independently: where both are found,
they have to agree. Pure numpy over features; PyAV is loaded inside, for decoding. For the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from provenance.hashes import frames
from provenance.hashes.frames import Film, in_common, read_film
from provenance.hashes.sound import STEP, Track, read_track

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]
    """Features over time: one row, of length 1 or all zero, for each step."""

WINDOW: Final = 8.0
"""Seconds of one window: a sentence; in shorter ones chance alignments come close to true ones."""
HOP: Final = 2.0
"""Seconds from one window to the next."""
MIN_CLIP: Final = 3.0
"""Seconds below which a clip is not looked for."""
SOUND_SCORE: Final = 0.45
"""Mean correlation of a window's sound at its place; unrelated speech stays below 0.3 over an hour."""
PICTURE_SCORE: Final = 0.5
"""The same of its pictures, once what never moves is taken away."""
MARGIN: Final = 0.08
"""By which the best place must beat every other one: music repeats, and a standing picture is everywhere alike."""
NEIGHBOURHOOD: Final = 1.5
"""Seconds around the best place that are that place."""
SAME_SHIFT: Final = 1.0
"""Seconds by which two shifts may differ and still be one."""
MIN_LIVELY: Final = 0.3
"""Share of a window's steps that must hold sound, or movement, to be looked for."""
MIN_SHARED: Final = 0.2
"""Share of a window's steps at which the original must have something too: its key frames may be seconds apart."""
MAX_STRETCHES: Final = 64
"""In order of the clip; more are no excerpt of anything."""


class Stretch(Struct, frozen=True, kw_only=True):
    """A part of the clip and where it lies in the original, in seconds."""

    start: float
    end: float
    original_start: float
    original_end: float
    score: float


class Placed(Struct, frozen=True, kw_only=True):
    """Where the clip's sound, or its pictures, lie in the original."""

    stretches: tuple[Stretch, ...] = ()
    """In order of the clip."""
    unfound: tuple[tuple[float, float], ...] = ()
    """Parts of the clip, in seconds, with something in them that was found nowhere."""
    lively: float = 0.0
    """Seconds of the clip that could be looked for at all."""


class Placement(Struct, frozen=True, kw_only=True):
    """A clip against its original."""

    sound: Placed | None = None
    """None where one of them has none."""
    pictures: Placed | None = None
    seconds: float = 0.0
    """Length of the clip."""
    original_seconds: float = 0.0
    is_cut: bool = False
    """Whether one of the two is longer than what was looked at."""
    reason: str = ""
    """Why nothing was looked for: `not-installed`, `undecodable`, `original-undecodable`, `too-short`, `too-plain`,
    `nothing-in-common` (one has only sound, the other only pictures); empty where something was."""


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
        return Placement(reason="not-installed")
    sound = pictures = None
    if first is not None and second is not None:
        sound = place_sound(first, second)
    whole, part = read_film(original), read_film(clip)
    if whole is not None and part is not None:
        pictures = place_pictures(whole, part)
    seconds = max(second.seconds if second else 0.0, part.seconds if part else 0.0)
    all_seconds = max(first.seconds if first else 0.0, whole.seconds if whole else 0.0)
    reason = ""
    if first is None and whole is None:
        reason = "original-undecodable"
    elif second is None and part is None:
        reason = "undecodable"
    elif sound is None and pictures is None:
        reason = "nothing-in-common"
    elif seconds < MIN_CLIP:
        reason = "too-short"
    elif not any(one is not None and one.lively for one in (sound, pictures)):
        reason = "too-plain"
    return Placement(
        sound=sound,
        pictures=pictures,
        seconds=round(seconds, 1),
        original_seconds=round(all_seconds, 1),
        is_cut=any(one is not None and one.is_cut for one in (first, second, whole, part)),
        reason=reason,
    )


def place_sound(original: Track, clip: Track) -> Placed:
    """Where a clip's sound lies in the original's."""
    return place(original.rows, clip.rows, step=STEP, least=SOUND_SCORE)


def place(original: Rows, clip: Rows, *, step: float, least: float) -> Placed:
    """Where a clip's features lie in the original's.

    Args:
        original: Steps x features.
        clip: Steps x features.
        step: Seconds of one step.
        least: Mean correlation from which a window counts as found.
    """
    length = min(len(clip), round(WINDOW / step))
    if length < MIN_CLIP / step or len(original) < length:
        return Placed()
    starts = list(range(0, len(clip) - length + 1, max(1, round(HOP / step))))
    if starts[-1] != len(clip) - length:
        starts.append(len(clip) - length)
    found: list[tuple[int, int | None, float]] = []
    lively = np.zeros(len(clip), bool)
    searched = _searched(original, length)
    for start in starts:
        window = clip[start : start + length]
        if (np.abs(window).sum(axis=1) > 0).mean() < MIN_LIVELY:
            continue
        lively[start : start + length] = True
        found.append((start, *_best(searched, window, step, least)))
    runs = _fitted(_runs(found, length, step), original, clip, length, least)
    stretches = [_stretch(run, step) for run in runs]
    unfound = _unfound(lively, runs, step)
    return Placed(
        stretches=tuple(stretches[:MAX_STRETCHES]), unfound=unfound, lively=round(float(lively.sum()) * step, 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """The original's features, ready to be searched by windows of one length."""

    rows: NDArray[np.complex128]
    """In the frequency domain, padded so that nothing wraps around."""
    there: NDArray[np.complex128]
    """The same of where there are any."""
    size: int
    count: int
    """Places at which a window fits whole."""


def _searched(original: Rows, length: int) -> _Searched:
    size = 1 << (len(original) + length).bit_length()
    there = np.abs(original).sum(axis=1) > 0
    return _Searched(
        rows=np.fft.rfft(original.astype(np.float64), size, axis=0),
        there=np.fft.rfft(there.astype(np.float64), size),
        size=size,
        count=len(original) - length + 1,
    )


def _best(searched: _Searched, window: Rows, step: float, least: float) -> tuple[int | None, float]:
    """Where in the original a window fits best, and how well; no place where it fits nowhere, or in several places."""
    lively = np.abs(window).sum(axis=1) > 0
    ahead = np.conj(np.fft.rfft(window.astype(np.float64), searched.size, axis=0))
    sums = np.fft.irfft((searched.rows * ahead).sum(axis=1), searched.size)[: searched.count]
    mask = np.conj(np.fft.rfft(lively.astype(np.float64), searched.size))
    both = np.rint(np.fft.irfft(searched.there * mask, searched.size)[: searched.count])
    # A mean over the steps at which both have something: pauses, and frames that were not decoded, say nothing.
    scores = np.where(both >= MIN_SHARED * lively.sum(), sums / np.maximum(both, 1), 0.0)
    best = int(scores.argmax())
    score = float(scores[best])
    around = round(NEIGHBOURHOOD / step)
    elsewhere = np.concatenate([scores[: max(0, best - around)], scores[best + around + 1 :]])
    second = float(elsewhere.max()) if len(elsewhere) else 0.0
    return best if score >= least and score - second >= MARGIN else None, score


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Neighbouring windows with one shift, in steps; the end is outside."""

    start: int
    end: int
    shift: int
    score: float


def _runs(found: list[tuple[int, int | None, float]], length: int, step: float) -> list[_Run]:
    """Neighbouring windows with one shift, joined."""
    groups: list[list[tuple[int, int, float]]] = []
    for start, at, score in found:
        if at is None:
            continue
        if groups and abs((at - start) - (groups[-1][-1][1] - groups[-1][-1][0])) * step <= SAME_SHIFT:
            groups[-1].append((start, at, score))
        else:
            groups.append([(start, at, score)])
    return [
        _Run(
            start=group[0][0],
            end=group[-1][0] + length,
            shift=round(float(np.median([at - start for start, at, _ in group]))),
            score=round(float(np.mean([score for _, _, score in group])), 2),
        )
        for group in groups
    ]


def _fitted(runs: list[_Run], original: Rows, clip: Rows, length: int, least: float) -> list[_Run]:
    """The same as far as sound or picture follow, and without overlap: a window over a cut has both sides."""
    from dataclasses import replace

    kept: list[_Run] = []
    for run in runs:
        one = _trimmed(run, original, clip, length, least)
        if kept and kept[-1].end > one.start:
            before = kept[-1]
            first, last = max(before.start, one.start - length), min(one.end, before.end + length)
            sides = [_likeness(original, clip, first, last, shift) for shift in (before.shift, one.shift)]
            middle = first + int(np.concatenate([[0.0], np.cumsum(sides[0] - sides[1])]).argmax())
            kept[-1], one = replace(before, end=middle), replace(one, start=middle)
        kept.append(one)
    return [one for one in kept if one.end > one.start]


def _trimmed(run: _Run, original: Rows, clip: Rows, length: int, least: float) -> _Run:
    """A run from where it begins to fit to where it no longer does: the part with the greatest sum of fits."""
    from dataclasses import replace

    first, last = max(0, run.start - length), min(len(clip), run.end + length)
    lively = np.abs(clip[first:last]).sum(axis=1) > 0
    # What is quiet neither speaks for it nor against it.
    gains = np.where(lively, _likeness(original, clip, first, last, run.shift) - least / 2, 0.0)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    middle = (run.start + run.end) // 2 - first
    start = int(sums[: middle + 1].argmin())
    end = len(sums) - 1 - int(sums[middle:][::-1].argmax())
    return replace(run, start=first + start, end=first + end)


def _likeness(original: Rows, clip: Rows, first: int, last: int, shift: int) -> NDArray[np.float64]:
    """How well each step of a part of the clip fits under a shift; 0 beyond the original's ends."""
    places = np.arange(first, last) + shift
    inside = (places >= 0) & (places < len(original))
    fits = np.einsum("kf,kf->k", original[np.clip(places, 0, len(original) - 1)], clip[first:last])
    return np.where(inside, fits, 0.0).astype(np.float64)


def _stretch(run: _Run, step: float) -> Stretch:
    return Stretch(
        start=round(run.start * step, 1),
        end=round(run.end * step, 1),
        original_start=round(max(0, run.start + run.shift) * step, 1),
        original_end=round((run.end + run.shift) * step, 1),
        score=run.score,
    )


def _unfound(lively: NDArray[np.bool_], runs: list[_Run], step: float) -> tuple[tuple[float, float], ...]:
    """Parts that were looked for and lie outside of every run; shorter ones than `MIN_CLIP` are left out."""
    left = lively.copy()
    for run in runs:
        left[run.start : run.end] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], left.astype(np.int8), [0]])))
    parts = [(float(start) * step, float(end) * step) for start, end in edges.reshape(-1, 2)]
    long = [(round(start, 1), round(end, 1)) for start, end in parts if end - start >= MIN_CLIP]
    return tuple(long[:MAX_STRETCHES])


def place_pictures(original: Film, clip: Film) -> Placed:
    """Where a clip's pictures lie in the original's, also where they were cut or scaled."""
    whole, part = in_common(original, clip)
    return place(whole, part, step=frames.STEP, least=PICTURE_SCORE)
