"""At which place in something long does something short lie, and in which pieces? For features over time, of any kind.

A clip is cut into windows of some seconds; each is looked for in the whole of the original by itself, and neighbours
that agree on one shift in time become a stretch. So an excerpt has one stretch, a cut in its middle makes two, and what
is found nowhere in the original is told as well. Pure numpy, with bounded effort.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

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
MARGIN: Final = 0.08
"""By which the best place must beat every other one: music repeats, and a standing picture is everywhere alike."""
NEIGHBOURHOOD: Final = 1.5
"""Seconds around the best place that are that place."""
SAME_SHIFT: Final = 1.0
"""Seconds by which two shifts may differ and still be one."""
MIN_INFORMATIVE: Final = 0.3
"""Share of a window's steps that must hold sound, or movement, to be looked for."""
MIN_SHARED: Final = 0.2
"""Share of a window's steps at which the original must have something too, where all of it was looked at."""
DENSE: Final = 5.0
"""Steps from one that was looked at to the next, up to which that is so."""
KEY_FRAMES, FEWEST = 5, 3
"""Where the original was looked at by its key frames alone, a window spans so many of them, and at least so many."""
SURER: Final = 0.2
"""By which so few must agree better: two frames of one slide are alike by half."""
MAX_EFFORT: Final = 2e8
"""Numbers that are transformed in searching for all windows: some 10 s of one core."""
MIN_SEARCHES: Final = 24
"""Windows that are searched for in any case."""
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
    informative: float = 0.0
    """Seconds of the clip that were looked for: there was something in them to be found by."""
    is_whole: bool = True
    """Whether everything was looked for that could be."""
    sparse: float = 0.0
    """Seconds from one key frame to the next, where the original was looked at by those alone; else 0."""


def place(original: Rows, clip: Rows, *, step: float, least: float, looked: NDArray[np.bool_] | None = None) -> Placed:
    """Where a clip's features lie in the original's.

    Args:
        original: Steps x features.
        clip: Steps x features.
        step: Seconds of one step.
        least: Mean correlation from which a window counts as found.
        looked: At which steps the original was looked at; None where at all of them.
    """
    looked = np.ones(len(original), bool) if looked is None else looked
    apart = (len(original) - 1) / max(1, int(looked.sum()) - 1)
    if apart > DENSE:
        # It goes on after its last key frame.
        after = round(apart)
        original, looked, least = np.pad(original, ((0, after), (0, 0))), np.pad(looked, (0, after)), least + SURER
    wanted = round(WINDOW / step) if apart <= DENSE else round(KEY_FRAMES * apart)
    # Where the original is the shorter one, some window must lie within it whole.
    inside = max(round(MIN_CLIP / step), len(original) - round(HOP / step))
    length = min(len(clip), len(original), wanted, inside)
    sparse = round(apart * step, 1) if apart > DENSE else 0.0
    if length < (FEWEST * apart if sparse else MIN_CLIP / step):
        return Placed(sparse=sparse)
    searched = _searched(original, length, apart, step, least)
    found, informative, is_whole = _found(searched, clip)
    runs = _fitted(_runs(found, length, step), original, clip, looked, length, least)
    stretches = [_stretch(run, step) for run in runs]
    unfound = _unfound(informative, runs, step)
    return Placed(
        stretches=tuple(stretches[:MAX_STRETCHES]),
        unfound=unfound,
        informative=round(float(informative.sum()) * step, 1),
        is_whole=is_whole,
        sparse=sparse,
    )


_Found = list[tuple[int, int | None, float]]
"""Windows in order: where each begins in the clip, and in the original (None where nowhere), and how well it fits."""


def _found(searched: _Searched, clip: Rows) -> tuple[_Found, NDArray[np.bool_], bool]:
    """Each window's place, which steps of the clip were looked for, and whether all were that hold anything.

    To search all of a long original for every window of a long clip would take minutes. So windows are searched for at
    even distances first; the others are tried where their neighbours lead, and searched for only where they do not fit
    there, as long as the effort is bearable.
    """
    length, hop = searched.length, max(1, round(HOP / searched.step))
    starts = list(range(0, len(clip) - length + 1, hop))
    if starts[-1] != len(clip) - length:
        starts.append(len(clip) - length)
    alive = [start for start in starts if _informative(clip[start : start + length]).mean() >= MIN_INFORMATIVE]
    most = max(MIN_SEARCHES, int(MAX_EFFORT / searched.effort))
    known: dict[int, tuple[int | None, float]] = {}

    def search(numbers: Iterable[int]) -> None:
        for number in numbers:
            if number not in known and len(searched_for) < most:
                searched_for.add(number)
                start = alive[number]
                known[number] = _best(searched, clip[start : start + length])

    def follow(numbers: Iterable[int], back: int) -> None:
        for number in numbers:
            before = known.get(number - back, (None, 0.0))[0]
            if number in known or before is None:
                continue
            at = before + alive[number] - alive[number - back]
            score = _score_at(searched, clip[alive[number] : alive[number] + length], at)
            if score >= searched.least + MARGIN:
                known[number] = at, score

    searched_for: set[int] = set()
    search(range(0, len(alive), max(1, -(-2 * len(alive) // most))))
    if len(known) < len(alive):
        follow(range(1, len(alive)), 1)
        follow(range(len(alive) - 2, -1, -1), -1)
        search(range(len(alive)))
    informative = np.zeros(len(clip), bool)
    for number in known:
        informative[alive[number] : alive[number] + length] = True
    found = [(alive[number], *known[number]) for number in sorted(known)]
    return found, informative, len(known) == len(alive)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """The original's features, ready to be searched by windows of one length."""

    original: Rows
    rows: NDArray[np.complex128]
    """In the frequency domain, padded so that nothing wraps around."""
    there: NDArray[np.complex128]
    """The same of where there are any."""
    size: int
    count: int
    """Places at which a window fits whole."""
    length: int
    shared: float
    """Share of a window's steps at which the original must have something too."""
    step: float
    least: float

    @property
    def effort(self) -> float:
        """Of searching for one window: numbers that are transformed."""
        return float(self.size * self.original.shape[1])


def _searched(original: Rows, length: int, apart: float, step: float, least: float) -> _Searched:
    size = 1 << (len(original) + length).bit_length()
    there = _informative(original)
    return _Searched(
        original=original,
        rows=np.fft.rfft(original.astype(np.float64), size, axis=0),
        there=np.fft.rfft(there.astype(np.float64), size),
        size=size,
        count=len(original) - length + 1,
        length=length,
        shared=MIN_SHARED if apart <= DENSE else FEWEST / length,
        step=step,
        least=least,
    )


def _best(searched: _Searched, window: Rows) -> tuple[int | None, float]:
    """Where in the original a window fits best, and how well; no place where it fits nowhere, or in several places."""
    informative = _informative(window)
    ahead = np.conj(np.fft.rfft(window.astype(np.float64), searched.size, axis=0))
    sums = np.fft.irfft((searched.rows * ahead).sum(axis=1), searched.size)[: searched.count]
    mask = np.conj(np.fft.rfft(informative.astype(np.float64), searched.size))
    both = np.rint(np.fft.irfft(searched.there * mask, searched.size)[: searched.count])
    # A mean over the steps at which both have something: pauses, and frames that were not decoded, say nothing.
    scores = np.where(both >= searched.shared * informative.sum(), sums / np.maximum(both, 1), 0.0)
    best = int(scores.argmax())
    score = float(scores[best])
    around = round(NEIGHBOURHOOD / searched.step)
    elsewhere = np.concatenate([scores[: max(0, best - around)], scores[best + around + 1 :]])
    second = float(elsewhere.max()) if len(elsewhere) else 0.0
    return best if score >= searched.least and score - second >= MARGIN else None, score


def _score_at(searched: _Searched, window: Rows, at: int) -> float:
    """How well a window fits at one place; 0 where it does not lie within the original."""
    if not 0 <= at < searched.count:
        return 0.0
    part = searched.original[at : at + len(window)]
    informative = _informative(window)
    both = informative & _informative(part)
    if both.sum() < searched.shared * informative.sum() or not both.any():
        return 0.0
    return float(np.einsum("kf,kf->", part, window)) / int(both.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Neighbouring windows with one shift, in steps; the end is outside."""

    start: int
    end: int
    shift: int
    score: float


def _runs(found: _Found, length: int, step: float) -> list[_Run]:
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


def _fitted(
    runs: list[_Run], original: Rows, clip: Rows, looked: NDArray[np.bool_], length: int, least: float
) -> list[_Run]:
    """The same as far as sound or picture follow, and without overlap: a window over a cut has both sides."""
    kept: list[_Run] = []
    for run in runs:
        one = _trimmed(run, original, clip, looked, length, least)
        if kept and kept[-1].end > one.start:
            before = kept[-1]
            first, last = max(before.start, one.start - length), min(one.end, before.end + length)
            sides = [_likeness(original, clip, first, last, shift) for shift in (before.shift, one.shift)]
            middle = first + int(np.concatenate([[0.0], np.cumsum(sides[0] - sides[1])]).argmax())
            kept[-1], one = replace(before, end=middle), replace(one, start=middle)
        kept.append(one)
    return [one for one in kept if one.end > one.start]


def _trimmed(run: _Run, original: Rows, clip: Rows, looked: NDArray[np.bool_], length: int, least: float) -> _Run:
    """A run from where it begins to fit to where it no longer does: the part with the greatest sum of fits."""
    first, last = max(0, run.start - length), min(len(clip), run.end + length)
    places, inside = _under(run.shift, first, last, len(original))
    observed = ~inside | looked[places]
    # What is quiet, and what was not looked at in the original, neither speaks for it nor against it.
    gains = np.where(
        _informative(clip[first:last]) & observed, _likeness(original, clip, first, last, run.shift) - least / 2, 0.0
    )
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    middle = (run.start + run.end) // 2 - first
    start = int(sums[: middle + 1].argmin())
    end = len(sums) - 1 - int(sums[middle:][::-1].argmax())
    return replace(run, start=first + start, end=first + end)


def _likeness(original: Rows, clip: Rows, first: int, last: int, shift: int) -> NDArray[np.float64]:
    """How well each step of a part of the clip fits under a shift; 0 beyond the original's ends."""
    places, inside = _under(shift, first, last, len(original))
    fits = np.einsum("kf,kf->k", original[places], clip[first:last])
    return np.where(inside, fits, 0.0).astype(np.float64)


def _under(shift: int, first: int, last: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Which of `count` steps of the original lies under each step of a part of the clip, and whether one does at all.

    Beyond the ends it is the step at that end.
    """
    places = np.arange(first, last) + shift
    return np.clip(places, 0, count - 1), (places >= 0) & (places < count)


def _informative(rows: Rows) -> NDArray[np.bool_]:
    """At which steps there is something: a row of zeros is silence, or a picture that stands still."""
    return np.asarray(np.abs(rows).sum(axis=1) > 0)


def _stretch(run: _Run, step: float) -> Stretch:
    return Stretch(
        start=round(run.start * step, 1),
        end=round(run.end * step, 1),
        original_start=round(max(0, run.start + run.shift) * step, 1),
        original_end=round((run.end + run.shift) * step, 1),
        score=run.score,
    )


def _unfound(informative: NDArray[np.bool_], runs: list[_Run], step: float) -> tuple[tuple[float, float], ...]:
    """Parts that were looked for and lie outside of every run; shorter ones than `MIN_CLIP` are left out."""
    left = informative.copy()
    for run in runs:
        left[run.start : run.end] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], left.astype(np.int8), [0]])))
    parts = [(float(start) * step, float(end) * step) for start, end in edges.reshape(-1, 2)]
    long = [(round(start, 1), round(end, 1)) for start, end in parts if end - start >= MIN_CLIP]
    return tuple(long[:MAX_STRETCHES])
