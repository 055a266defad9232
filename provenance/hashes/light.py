"""What would the original look like with the light, the colours and the softness of a picture made from it?

Filters change all of a picture by a smooth rule; edits change a part of it by none. So the rule is fitted on the means
of small blocks, in rounds in which those count less that it does not explain (iteratively reweighted least squares):
for each colour a brightness factor and an offset that vary smoothly over the picture, a mixture with the other two
colours, and a tone curve. Greyscale, sepia, gamma, vignettes and most filters are of that kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from provenance.hashes.registration import Laid, opencv

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
"""Of a block's pixels that may be clipped: their mean would bend the rule for all others."""
SOFTENINGS: Final = (0.0, 0.6, 0.9, 1.3, 1.8, 2.6, 3.6, 5.0)
"""Frame pixels of blur that the picture may have had; beyond it there is little left to compare."""
SOFTER: Final = 0.02
"""Grey levels that a stronger blur must explain better to be believed."""
FAR: Final = 20.0
"""Grey levels beyond which a pixel says no more on the softness: it was changed."""
LUMA: Final = (0.299, 0.587, 0.114)
"""Rec. ITU-R BT.601, as JPEG has it."""


def luma(pixels: Plane) -> Plane:
    """Brightness of a coloured plane."""
    weighed: Plane = pixels @ np.array(LUMA, np.float32)
    return weighed


def in_the_light_of(laid: Laid) -> Plane:
    """The original as it would look in the picture, in levels; both must be coloured."""
    relit = _relit(laid)
    seen = luma(laid.picture.astype(np.float32))
    return _softened(relit, seen, laid.covered)


def _relit(laid: Laid) -> Plane:
    cv2 = opencv()
    height, width = laid.covered.shape
    rows, columns = max(2, height // BLOCK), max(2, width // BLOCK)

    def means(values: Plane) -> Numbers:
        small = cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float64).reshape(rows * columns, -1)

    inside = means(laid.covered.astype(np.float32)).ravel() > 0.99
    original: Plane = laid.original.astype(np.float32) / np.float32(255)
    first = means(original)
    second = means(laid.picture.astype(np.float32) / np.float32(255))
    lost = means(_clipped(original, laid.picture.astype(np.float32) / np.float32(255)))
    places = _powers(rows, columns)
    relit = np.empty_like(original)
    for colour in range(3):
        kept = inside & (lost[:, colour] < CLIPPED_SHARE)
        design = _design(first, places, colour)
        if kept.sum() < 2 * design.shape[1]:
            kept = inside
        if kept.sum() < 2 * design.shape[1]:
            relit[..., colour] = original[..., colour]
            continue
        # Fitted on what changed, so that what the blocks leave open stays as it is.
        rule = _fit(design[kept], second[kept, colour] - first[kept, colour])
        gains, offsets = len(places[0]), len(_low(places)[0])
        gain = (places @ rule[:gains]).reshape(rows, columns).astype(np.float32)
        offset = (_low(places) @ rule[gains : gains + offsets]).reshape(rows, columns).astype(np.float32)
        mixed = [other for other in range(3) if other != colour]
        one, two, squared, cubed = (np.float32(number) for number in rule[gains + offsets :])
        level = original[..., colour]
        relit[..., colour] = (
            level
            + level * cv2.resize(gain, (width, height), interpolation=cv2.INTER_CUBIC)
            + cv2.resize(offset, (width, height), interpolation=cv2.INTER_CUBIC)
            + original[..., mixed[0]] * one
            + original[..., mixed[1]] * two
            + level * level * (squared + cubed * level)
        )
    clipped: Plane = np.clip(relit, 0, 1) * np.float32(255)
    return clipped


def _clipped(original: Plane, seen: Plane) -> Plane:
    """1 where a level ran into an end of the scale at which it was not before: no rule shows there."""
    at_an_end = (seen < CLIPPED) | (seen > 1 - CLIPPED)
    return np.asarray(at_an_end & (np.abs(seen - original) > MOVED), np.float32)


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


def _fit(design: Numbers, seen: Numbers) -> Numbers:
    """Coefficients by which the rows explain what is seen, outliers left out."""
    size = design.shape[1]
    ridge = np.eye(size) * (RIDGE * len(seen))
    weights: Numbers = np.ones(len(seen))
    rule: Numbers = np.zeros(size)
    for number in range(ROUNDS):
        weighed = design * weights[:, None]
        # Not by a matrix product: that one adds up in an order which depends on how many threads there are.
        square, right = np.einsum("ki,kj->ij", design, weighed), np.einsum("ki,k->i", weighed, seen)
        rule = np.asarray(np.linalg.solve(square + ridge, right), np.float64)
        missed = np.abs(seen - np.einsum("ki,i->k", design, rule))
        deviation = max(1.4826 * float(np.median(missed)), LEAST_DEVIATION)
        if number < GENTLE_ROUNDS:
            weights = np.asarray(np.minimum(1.0, HUBER * deviation / np.maximum(missed, 1e-9)), np.float64)
        else:
            weights = np.asarray(np.clip(1 - (missed / (TUKEY * deviation)) ** 2, 0.0, None) ** 2, np.float64)
    return rule


def _softened(relit: Plane, seen: Plane, covered: NDArray[np.bool_]) -> Plane:
    """The relit original with that blur under which it comes closest to what is seen."""
    cv2 = opencv()
    bright = luma(relit)
    best, least = 0.0, np.inf
    for blur in SOFTENINGS:
        soft = cv2.GaussianBlur(bright, (0, 0), blur) if blur else bright
        distance = float(np.minimum(np.abs(soft - seen)[covered], FAR).mean())
        if distance < least - SOFTER:
            best, least = blur, distance
    softened: Plane = cv2.GaussianBlur(relit, (0, 0), best) if best else relit
    return softened
