"""Where do a picture and its original differ, once encoding, size, light and colours are accounted for?

The original is aligned to the picture (`registration`) and given its light (`photometric`). What then still differs, in
level or in structure, by much more than places of as much detail usually do, is a change. Pure functions over arrays,
with the same answer on every machine of a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from provenance.hashes.pictures.palette import by_palette, few_colours
from provenance.hashes.pictures.photometric import Plane, far_off, in_the_light_of, luma
from provenance.hashes.pictures.registration import (
    WORKING,
    AlignedPair,
    Pixels,
    Registration,
    align,
    one_thread,
    opencv,
    square,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS: Final = 24
"""Steps of detail, each of as many pixels, at which the usual difference is learnt."""
SAMPLE: Final = 7
"""Every seventh pixel is looked at for that: neighbours say the same."""
ODD: Final = 2.0
"""Times what places of more and of less detail lead to expect: what is usual at one step alone is an edit of its own
kind of place, such as a piece that fills a plain sky."""
LEVEL_TIMES, LEVEL_FLOOR = 4.0, 5.0
"""A difference in level counts from so many times the usual one, and so many levels, on."""
STRUCTURE_TIMES, STRUCTURE_FLOOR = 2.5, 0.28
"""The same for one in structure, which is 0 where patterns agree and 2 where they are opposed."""
LEVEL_BLUR, COLOUR_BLUR, STRUCTURE_BLUR = 1.6, 2.5, 3.0
"""Frame pixels over which each is taken: an encoder's blocks are 8 wide, its colours 16."""
QUIET: Final = 20.0
"""Variance of levels (4.5 levels of grain) that hides structure in both pictures."""
EDGE: Final = 3
"""Frame pixels at the rim of what both show that are left out: there one is mixed with what lies around the other."""
WEAK, STRONG = 1.0, 2.2
"""A region reaches as far as the first, and counts where a tenth of it exceeds the second on average."""
CORE: Final = 0.2
"""Of a region's strength: its box reaches as far."""
OPENING, CLOSING = 3, 9
"""Frame pixels: thinner lines are edges that moved, narrower gaps are one region."""
MIN_SHARE: Final = 0.0004
"""Of the frame: smaller regions are not told from noise (0.25 % is found, see the robustness table)."""
VISIBLE_SHARE, VISIBLE_PIXELS = 0.0025, 110
"""Of what both show, and frame pixels: what is larger than either was always found; with a quarter of those pixels, in
small copies, six of seven were."""
HALO: Final = 2
"""Frame pixels by which blurring enlarges a region on each side."""
MAX_REGIONS: Final = 50
"""Largest first; a picture with more was changed all over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in pixels, its right and lower ends outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One connected place where the two differ."""

    share: float
    """Of the area that both show, 0 to 1."""
    strength: float
    """How many times over the threshold, on average of its strongest tenth."""
    original: Box
    picture: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where two registered pictures differ."""

    regions: tuple[Region, ...]
    """Largest first."""
    share: float
    """Of the area that both show that lies in regions, 0 to 1."""
    far_off: float
    """Share of small blocks whose light is far off, 0 to 1."""
    least: float
    """Of the area that both show: a smaller change can be missed."""
    strengths: Plane
    """Height x width over the frame: 1 is the threshold, 0 what was not compared."""
    aligned: AlignedPair


def difference(
    found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None = None
) -> Difference | None:
    """Where a picture differs from its original.

    Args:
        found: How they lie upon each other.
        original: Height x width x 3.
        picture: Height x width x 3.
        shown: 255 where the picture counts; all of it where None.

    Returns:
        None where they share too few pixels to be compared.

    Raises:
        ComparisonUnavailableError: OpenCV is not installed.
    """
    with one_thread():
        aligned = align(found, original, picture, limit=WORKING, shown=shown)
        if aligned is None or not (inner := _inner(aligned.covered)).any():
            return None
        expected = in_the_light_of(aligned)
        strengths = _strengths(aligned, expected, inner)
        colours = few_colours(picture)
        if colours is not None:
            # Where the palette had no better one, another colour is no edit.
            for levels in (expected, aligned.original.astype(np.float32)):
                strengths = np.minimum(strengths, _strengths(aligned, by_palette(levels, colours), inner))
        strengths = np.where(inner, strengths, np.float32(0))
        regions, share = _regions(strengths, inner, aligned, found)
        least = round(min(1.0, max(VISIBLE_SHARE, VISIBLE_PIXELS / int(inner.sum()))), 4)
        off = round(far_off(aligned, expected), 4)
    return Difference(regions=regions, share=share, far_off=off, least=least, strengths=strengths, aligned=aligned)


def _inner(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is covered without its rim; the frame's own edge is a rim too."""
    cv2 = opencv()
    kernel = np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8)
    eroded = cv2.erode(covered.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(eroded > 0)


def _blur(values: Plane, width: float) -> Plane:
    blurred: Plane = opencv().GaussianBlur(values, (0, 0), width)
    return blurred


def _strengths(aligned: AlignedPair, expected: Plane, inner: NDArray[np.bool_]) -> Plane:
    """How strongly each place differs from what is expected there, 1 where it begins to count."""
    # What is left out must not reach in by blurring either.
    observed = np.where(inner[..., None], aligned.picture.astype(np.float32), expected)
    apart = observed - expected
    level = luma(apart)
    blue, red = (apart[..., 2] - level) * np.float32(0.564), (apart[..., 0] - level) * np.float32(0.713)
    distance = np.sqrt(_blur(level, LEVEL_BLUR) ** 2 + _blur(blue, COLOUR_BLUR) ** 2 + _blur(red, COLOUR_BLUR) ** 2)
    first, second = luma(expected), luma(observed)
    mean_first, mean_second = _blur(first, STRUCTURE_BLUR), _blur(second, STRUCTURE_BLUR)
    var_first = np.maximum(_blur(first * first, STRUCTURE_BLUR) - mean_first**2, 0)
    var_second = np.maximum(_blur(second * second, STRUCTURE_BLUR) - mean_second**2, 0)
    both = _blur(first * second, STRUCTURE_BLUR) - mean_first * mean_second
    detail = np.sqrt(var_first)
    usual = _usual(distance, detail, inner)
    quiet = np.float32(QUIET + (2 * float(usual.min())) ** 2)
    # The structural part of SSIM (Wang et al. 2004, equation 10), as a distance.
    structure = 1 - (2 * both + quiet) / (var_first + var_second + quiet)
    strengths: Plane = np.maximum(
        distance / (usual * LEVEL_TIMES + LEVEL_FLOOR),
        structure / (_usual(structure, detail, inner) * STRUCTURE_TIMES + STRUCTURE_FLOOR),
    )
    return strengths


def _usual(values: Plane, detail: Plane, inner: NDArray[np.bool_]) -> Plane:
    """The median of some values at places of as much detail: what encoding and resampling do there."""
    details, sample = detail[inner][::SAMPLE], values[inner][::SAMPLE]
    order = np.argsort(details, kind="stable")
    steps = [part for part in np.array_split(order, LEVELS) if len(part)]
    centres = np.array([float(details[part].mean()) for part in steps])
    medians = np.array([float(np.median(sample[part])) for part in steps])
    medians = np.maximum.accumulate(np.minimum(medians, ODD * _expected(centres, medians)))
    usual: Plane = np.interp(detail, centres, medians).astype(np.float32)
    return usual


def _expected(centres: NDArray[np.float64], medians: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a line through most of some values has at each, never falling (Theil and Sen's: a quarter may be wrong)."""
    first, second = np.triu_indices(len(centres), 1)
    run = centres[second] - centres[first]
    slopes = (medians[second] - medians[first])[run > 0] / run[run > 0]
    slope = max(0.0, float(np.median(slopes))) if len(slopes) else 0.0
    return np.asarray(np.maximum(float(np.median(medians - slope * centres)) + slope * centres, 0.0))


def _regions(
    strengths: Plane, inner: NDArray[np.bool_], aligned: AlignedPair, found: Registration
) -> tuple[tuple[Region, ...], float]:
    cv2 = opencv()

    def round_kernel(size: int) -> NDArray[np.uint8]:
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))

    mask = (strengths > WEAK).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, round_kernel(OPENING))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, round_kernel(CLOSING)) * inner
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    common = int(inner.sum())
    regions = []
    for number in range(1, count):
        left, top, width, height, area = (int(value) for value in statistics[number])
        if area < MIN_SHARE * inner.size:
            continue
        window = (slice(top, top + height), slice(left, left + width))
        values = np.where(labels[window] == number, strengths[window], np.float32(0))
        strength = float(np.sort(values[values > 0])[-max(1, area // 10) :].mean())
        if strength > STRONG:
            # Blurring carries a strong difference further out than a weak one.
            core = values > max(WEAK, CORE * strength)
            rows, columns = np.flatnonzero(core.any(axis=1)), np.flatnonzero(core.any(axis=0))
            inside = left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1
            first, second = _box(aligned, found, tuple(map(int, inside)))
            share = round(area / common, 5)
            regions.append(Region(share=share, strength=round(strength, 2), original=first, picture=second))
    regions.sort(key=lambda one: (-one.share, one.original.top, one.original.left))
    together = round(min(1.0, sum(one.share for one in regions)), 5)
    return tuple(regions[:MAX_REGIONS]), together


def _box(aligned: AlignedPair, found: Registration, place: tuple[int, ...]) -> tuple[Box, Box]:
    """A rectangle of the frame in the original and in the picture."""
    left, top, right, bottom = place
    slim_x, slim_y = min(HALO, (right - left - 1) // 2), min(HALO, (bottom - top - 1) // 2)
    left, right, top, bottom = left + slim_x, right - slim_x, top + slim_y, bottom - slim_y
    corners = np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]], np.float64)
    back = np.linalg.inv(square(aligned.frame)) @ corners
    ahead = np.array(found.matrix) @ back
    return _upright(back, found.original_size), _upright(ahead, found.picture_size)


def _upright(corners: NDArray[np.float64], size: tuple[int, int]) -> Box:
    low, high = np.floor(corners.min(axis=1) + 0.25), np.ceil(corners.max(axis=1) - 0.25)
    return Box(
        left=int(np.clip(low[0], 0, size[0] - 1)),
        top=int(np.clip(low[1], 0, size[1] - 1)),
        right=int(np.clip(high[0], 1, size[0])),
        bottom=int(np.clip(high[1], 1, size[1])),
    )


def heat_map(found: Difference) -> Pixels:
    """A picture of where they differ: the picture in grey, changes in red, what is outside or not compared in blue.

    Returns:
        Height x width x 3 over what both show, upright as the original is.
    """
    grey = luma(found.aligned.picture.astype(np.float32))[..., None] * np.array([1, 1, 1], np.float32)
    strength = np.clip((found.strengths - 0.5) / 1.5, 0, 1)[..., None]
    red = np.array([235, 30, 20], np.float32)
    shown = (grey * np.float32(0.55) + 60) * (1 - strength * np.float32(0.8)) + red * strength * np.float32(0.8)
    outside = ~found.aligned.covered
    shown[outside] = (40, 60, 110)
    pixels: Pixels = np.clip(np.rint(shown), 0, 255).astype(np.uint8)
    return pixels
