"""What would the original look like with the light, the colours and the softness of a picture made from it?

Filters change all of a picture by a rule; edits change a part of it by none. Some rules are fitted, from none at all,
a mixture of the colours (brightness, contrast, greyscale) and tone curves (gamma, sepia) to brightness and offset that
vary smoothly over the picture (vignettes, most filters), each in rounds in which those places count less that it does
not explain (iteratively reweighted least squares). The simplest of them that explains most of the picture is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import numpy as np

from provenance.hashes.pictures.registration import AlignedPair, opencv

if TYPE_CHECKING:
    from numpy.typing import NDArray

Plane: TypeAlias = "NDArray[np.float32]"
"""Height x width (or height x width x 3) of levels, 0 to 255."""
Numbers: TypeAlias = "NDArray[np.float64]"

BLOCK: Final = 14
"""Frame pixels a side of the blocks: 2,000 of them in a frame of 768 x 512."""
GAIN_DEGREE: Final = 4
"""Of the polynomial of place that brightness follows: a vignette needs 2, its edges on a crop 4."""
OFFSET_DEGREE: Final = 2
"""Of the one that the offset follows: haze and flare are broad."""
ROUNDS: Final = 12
"""Of reweighting; a twentieth of the picture replaced has no weight left after eight."""
GENTLE_ROUNDS: Final = 4
"""At first outliers only count less (Huber), later not at all (Tukey): the other way round good blocks are lost."""
HUBER, TUKEY = 1.345, 4.685
"""Deviations at which they begin to count less, and not at all: 95 % efficiency on normal noise."""
LEAST_DEVIATION: Final = 0.004
"""One grey level of 255: rounding is no noise."""
RIDGE: Final = 1e-5
"""Of the number of blocks: settles what a plain picture leaves open, and moves nothing else."""
CLIPPED: Final = 0.02
"""Of full scale from both ends, within which a level counts as clipped."""
MOVED: Final = 0.012
"""Of full scale: a level at an end that was there before, to three of 255, was not clipped."""
CLIPPED_SHARE: Final = 0.02
"""Of a block's pixels that may be clipped; of one with more the rule may lead further than to the mean that is seen."""
KNOTS: Final = 33
"""Of a tone curve: one at every eighth level, so that a bend between two misses it by less than a level or two."""
ENOUGH: Final = 50
"""Pixels of one level from which on it counts in full for a curve."""
GREY_SAMPLE, GREY_STEP, GREY_SHARE = 7, 4, 0.999
"""Every seventh pixel is looked at; levels by which its colours may differ, and share of those that must not more."""
MOST: Final = 0.9
"""Share of the blocks by which a rule is judged, those that it explains best: the others may be an edit."""
GOOD: Final = 0.001
"""Of full scale, a quarter of a level: what is missed by less is explained."""
TIE: Final = 0.0001
"""Of full scale: by so little one rule is no better than another one."""
ABOUT: Final = 1.2
"""Times the least that any rule misses, up to which a simpler one is as good."""
SOFTENINGS: Final = (0.0, 0.6, 0.9, 1.3, 1.8, 2.6, 3.6, 5.0)
"""Frame pixels of blur that the picture may have had; beyond it there is little left to compare."""
SOFTER: Final = 0.02
"""Grey levels that a stronger blur must explain better to be believed."""
FAR: Final = 20.0
"""Grey levels beyond which a place says no more on light and softness: it was changed."""
LUMA: Final = (0.299, 0.587, 0.114)
"""Rec. ITU-R BT.601, as JPEG has it."""


def luma(pixels: Plane) -> Plane:
    """Brightness of a coloured plane."""
    weighed: Plane = pixels @ np.array(LUMA, np.float32)
    return weighed


def in_the_light_of(aligned: AlignedPair) -> Plane:
    """The original as it would look in the picture, in levels; both must be coloured."""
    relit = _relit(aligned)
    observed = luma(aligned.picture.astype(np.float32))
    return _softened(relit, observed, aligned.covered)


def far_off(aligned: AlignedPair, expected: Plane) -> float:
    """Share of the blocks that differ from what was expected by more than `FAR` levels on average, 0 to 1.

    Neither noise nor an encoder moves a block's mean by so much; a few tenths of the picture replaced do.
    """
    height, width = aligned.covered.shape
    shape = max(2, height // BLOCK), max(2, width // BLOCK)
    inside = _means(aligned.covered.astype(np.float32), shape).ravel() > 0.99
    apart = np.abs(_means(expected, shape) - _means(aligned.picture.astype(np.float32), shape)).mean(axis=1)
    return float((apart[inside] > FAR).mean()) if inside.any() else 0.0


def _relit(aligned: AlignedPair) -> Plane:
    """By the simplest of some rules that explains most of the picture about as well as any of them does.

    A rich rule explains edits as well, or leads astray where a simple one would have shown the way.
    """
    pair = _Pair.of(aligned)
    if not pair.inside.any():
        return aligned.original.astype(np.float32)
    plain = _tried(pair, _unchanged)
    if plain.most > GOOD:
        # Of those that are one for all places none explains edits: the first that is about the best over all of it.
        same = [_tried(pair, rule) for rule in (_mixed, _toned, _curved)]
        good = min(one.every for one in same) + TIE
        everywhere = next(one for one in same if one.every <= good)
        placed = _tried(pair, _placed)
        bearable = min(plain.most, everywhere.most, placed.most) * ABOUT + GOOD
        plain = next(one for one in (plain, everywhere, placed) if one.most <= bearable)
    return plain.relit * np.float32(255)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A rule that was tried."""

    relit: Plane
    most: float
    """Mean over most blocks, those that it explains best, of what it misses them by."""
    every: float
    """The same over all, no block counting more than `FAR`."""


def _tried(pair: _Pair, rule: Callable[[_Pair], Plane]) -> _Tried:
    relit: Plane = np.clip(rule(pair), 0, 1)
    missed = np.abs(pair.means(relit) - pair.second).mean(axis=1)[pair.inside]
    most = np.sort(missed)[: max(1, round(len(missed) * MOST))]
    return _Tried(relit=relit, most=float(most.mean()), every=float(np.minimum(missed, FAR / 255).mean()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An original and a picture upon each other, 0 to 1, with the means of their blocks."""

    original: Plane
    picture: Plane
    covered: NDArray[np.bool_]
    shape: tuple[int, int]
    """Rows and columns of blocks."""
    inside: NDArray[np.bool_]
    """Which blocks are covered."""
    first: Numbers
    """Blocks x 3: means of the original."""
    second: Numbers
    """The same of the picture."""

    @classmethod
    def of(cls, aligned: AlignedPair) -> Self:
        height, width = aligned.covered.shape
        shape = max(2, height // BLOCK), max(2, width // BLOCK)
        original: Plane = aligned.original.astype(np.float32) / np.float32(255)
        picture: Plane = aligned.picture.astype(np.float32) / np.float32(255)
        if _is_grey(aligned):
            # Where there are no colours, those of the original say nothing.
            original = np.repeat(luma(original)[..., None], 3, axis=2)
        return cls(
            original=original,
            picture=picture,
            covered=aligned.covered,
            shape=shape,
            inside=_means(aligned.covered.astype(np.float32), shape).ravel() > 0.99,
            first=_means(original, shape),
            second=_means(picture, shape),
        )

    def means(self, values: Plane) -> Numbers:
        """Of each block."""
        return _means(values, self.shape)

    def enlarged(self, values: Numbers) -> Plane:
        """A value for each block as a smooth surface."""
        height, width = self.covered.shape
        small = values.reshape(self.shape).astype(np.float32)
        surface: Plane = opencv().resize(small, (width, height), interpolation=opencv().INTER_CUBIC)
        return surface


def _is_grey(aligned: AlignedPair) -> bool:
    """Whether a picture has no colours, but for what an encoder leaves of some."""
    observed = aligned.picture[aligned.covered][::GREY_SAMPLE].astype(np.int16)
    return bool(len(observed)) and bool((np.ptp(observed, axis=1) <= GREY_STEP).mean() >= GREY_SHARE)


def _means(values: Plane, shape: tuple[int, int]) -> Numbers:
    small = opencv().resize(values, shape[::-1], interpolation=opencv().INTER_AREA)
    return np.asarray(small, np.float64).reshape(shape[0] * shape[1], -1)


def _unchanged(pair: _Pair) -> Plane:
    """Nothing was done to light and colours."""
    return pair.original


def _mixed(pair: _Pair) -> Plane:
    """Each colour is a mixture of the three, and an offset: brightness, contrast, saturation, greyscale."""
    relit = np.empty_like(pair.original)
    for colour in range(3):
        rule = _rule(pair, np.hstack([pair.first, np.ones((len(pair.first), 1))]), colour)
        level = pair.original[..., colour]
        mixture = sum(pair.original[..., other] * np.float32(rule[other]) for other in range(3))
        relit[..., colour] = level + mixture + np.float32(rule[3])
    return relit


def _toned(pair: _Pair) -> Plane:
    """Each colour follows the brightness by a curve: sepia, duotones."""
    bright = luma(pair.original)
    return np.stack([_by_curve(pair, bright, colour) for colour in range(3)], axis=-1)


def _curved(pair: _Pair) -> Plane:
    """Each colour follows itself by a curve: gamma, levels, the curves of photo editors."""
    return np.stack([_by_curve(pair, pair.original[..., colour], colour) for colour in range(3)], axis=-1)


def _by_curve(pair: _Pair, levels: Plane, colour: int) -> Plane:
    """A colour as a rising curve over some levels: what most pixels of each level became."""
    known, observed = (_whole(values[pair.covered]) for values in (levels, pair.picture[..., colour]))
    counts = np.bincount(known * 256 + observed, minlength=65536).reshape(256, 256)
    total = counts.sum(axis=1)
    medians = (2 * counts.cumsum(axis=1) >= total[:, None]).argmax(axis=1) / 255
    steps, knots = np.linspace(0, 1, 256), np.linspace(0, 1, KNOTS)
    design = np.clip(1 - np.abs(steps[:, None] - knots) * (KNOTS - 1), 0, None)
    weighed = design * (np.minimum(total, ENOUGH) / ENOUGH)[:, None]
    square, right = np.einsum("ki,kj->ij", design, weighed), np.einsum("ki,k->i", weighed, medians - steps)
    curve = knots + np.linalg.solve(square + np.eye(KNOTS) * RIDGE * 256, right)
    return np.interp(levels, knots, np.maximum.accumulate(curve)).astype(np.float32)


def _whole(values: Plane) -> NDArray[np.int64]:
    """Levels, 0 to 255."""
    return np.clip(np.rint(values * 255), 0, 255).astype(np.int64)


def _placed(pair: _Pair) -> Plane:
    """Brightness and offset vary over the picture, besides a mixture and a curve: vignettes, and most filters."""
    places = _powers(*pair.shape)
    relit = np.empty_like(pair.original)
    for colour in range(3):
        # Fitted on what changed, so that what the blocks leave open stays as it is.
        rule = _rule(pair, _design(pair.first, places, colour), colour)
        gains, offsets = len(places[0]), len(_low(places)[0])
        gain = pair.enlarged(places @ rule[:gains])
        offset = pair.enlarged(_low(places) @ rule[gains : gains + offsets])
        mixed = [other for other in range(3) if other != colour]
        one, two, squared, cubed = (np.float32(number) for number in rule[gains + offsets :])
        level = pair.original[..., colour]
        others = pair.original[..., mixed[0]] * one + pair.original[..., mixed[1]] * two
        relit[..., colour] = level + level * gain + offset + others + level * level * (squared + cubed * level)
    return relit


def _rule(pair: _Pair, design: Numbers, colour: int) -> Numbers:
    """By which a colour changed from block to block; zeros where there are too few blocks to tell."""
    dark, bright = (pair.means(lost)[:, colour] > CLIPPED_SHARE for lost in _clipped(pair.original, pair.picture))
    kept = pair.inside & ~(dark & bright)
    if kept.sum() < 2 * design.shape[1]:
        return np.zeros(design.shape[1])
    ends = bright[kept].astype(np.int8) - dark[kept]
    return _fit(design[kept], (pair.second - pair.first)[kept, colour], ends)


def _clipped(original: Plane, observed: Plane) -> tuple[Plane, Plane]:
    """1 where a level ran into the dark or the bright end of the scale, at which it was not before."""
    moved = np.abs(observed - original) > MOVED
    dark, bright = (observed < CLIPPED) & moved, (observed > 1 - CLIPPED) & moved
    return dark.astype(np.float32), bright.astype(np.float32)


def _powers(rows: int, columns: int) -> Numbers:
    """The polynomial terms of place at each block's centre, those of lower degree first."""
    y = ((np.arange(rows) + 0.5) / rows * 2 - 1)[:, None]
    x = ((np.arange(columns) + 0.5) / columns * 2 - 1)[None, :]
    degrees = sorted(
        ((i, j) for i in range(GAIN_DEGREE + 1) for j in range(GAIN_DEGREE + 1 - i)), key=lambda pair: (sum(pair), pair)
    )
    return np.stack([(x**i * y**j).ravel() for i, j in degrees], axis=1)


def _low(places: Numbers) -> Numbers:
    """The terms that the offset follows."""
    return places[:, : (OFFSET_DEGREE + 1) * (OFFSET_DEGREE + 2) // 2]


def _design(levels: Numbers, places: Numbers, colour: int) -> Numbers:
    """What a block's level in the picture may be made of, a row for each block."""
    level = levels[:, colour : colour + 1]
    others = np.delete(levels, colour, axis=1)
    return np.hstack([places * level, _low(places), others, level**2, level**3])


def _fit(design: Numbers, observed: Numbers, ends: NDArray[np.int8]) -> Numbers:
    """Coefficients by which the rows explain what is seen, outliers left out.

    Args:
        design: What each row may be made of.
        observed: What is to be explained.
        ends: 1 for rows of which the scale's bright end has cut something off, -1 for the dark one, 0 for the others:
            a rule that leads beyond what is seen of those explains it.
    """
    size = design.shape[1]
    ridge = np.eye(size) * (RIDGE * len(observed))
    weights: Numbers = np.ones(len(observed))
    rule: Numbers = np.zeros(size)
    for number in range(ROUNDS):
        weighed = design * weights[:, None]
        # Not by a matrix product: that one adds up in an order which depends on how many threads there are.
        square, right = np.einsum("ki,kj->ij", design, weighed), np.einsum("ki,k->i", weighed, observed)
        rule = np.asarray(np.linalg.solve(square + ridge, right), np.float64)
        missed = observed - np.einsum("ki,i->k", design, rule)
        judged = (ends == 0) | (missed * ends > 0)
        missed = np.abs(missed)
        deviation = max(1.4826 * float(np.median(missed[judged])) if judged.any() else 0.0, LEAST_DEVIATION)
        if number < GENTLE_ROUNDS:
            weights = np.asarray(np.minimum(1.0, HUBER * deviation / np.maximum(missed, 1e-9)), np.float64)
        else:
            weights = np.asarray(np.clip(1 - (missed / (TUKEY * deviation)) ** 2, 0.0, None) ** 2, np.float64)
        weights = weights * judged
    return rule


def _softened(relit: Plane, observed: Plane, covered: NDArray[np.bool_]) -> Plane:
    """The relit original with that blur under which it comes closest to what is seen."""
    cv2 = opencv()
    bright = luma(relit)
    best, least = 0.0, np.inf
    for blur in SOFTENINGS:
        soft = cv2.GaussianBlur(bright, (0, 0), blur) if blur else bright
        distance = float(np.minimum(np.abs(soft - observed)[covered], FAR).mean())
        if distance < least - SOFTER:
            best, least = blur, distance
    softened: Plane = cv2.GaussianBlur(relit, (0, 0), best) if best else relit
    return softened
