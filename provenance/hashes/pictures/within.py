"""In which part of a picture does the original show, where only a part of it was put into something else?

A crop in a page, a collage, a screenshot, a wall of screens: there the picture shows the original within a rectangle,
and what lies around it is no change of it. The rectangle is the one that gathers most of what looks alike and least of
what does not (the greatest sum of a table, Bentley 1984); it counts where next to nothing around it looks alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from provenance.hashes.pictures.registration import (
    AGREEMENT_SIDE,
    WORKING,
    AlignedPair,
    Pixels,
    Registration,
    align,
    grey,
    likenesses,
    opencv,
    square,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL: Final = 4
"""Frame pixels a side of the cells that are summed."""
RIM: Final = 6
"""Frame pixels around the rectangle that speak for neither side: neighbourhoods reach across its edge."""
ALIKE_INSIDE, ALIKE_OUTSIDE = 0.8, 0.3
"""Share of what can be compared that looks alike, at least inside (of its detail) and at most outside."""
ENOUGH: Final = 120
"""Frame pixels with detail outside, by which it is judged that nothing there looks alike."""
LEAST_INSIDE: Final = 0.03
"""Of the frame, that the rectangle covers at least."""
LEAST_OUTSIDE, MUCH_OUTSIDE = 0.03, 0.25
"""Of what the frame covers, that has to lie outside: where something lies around the original in the picture in any
case, and where nothing does. A strip that was replaced in a whole picture is an edit, and no frame."""
FRAMED: Final = 3
"""Sides of the rectangle at which something else lies, where nothing lies around the whole original: half a picture
that was replaced touches two of its sides at most."""
NEAR, APART = 14.0, 30.0
"""Levels of plain places, up to which they look alike, and from which on they do not."""
PLAIN_WEIGHT: Final = 0.3
"""Of a plain place, for or against: many things are plain."""
UNSEEN_WEIGHT: Final = -0.2
"""Of a place that the picture does not reach."""
SEARCHED: Final = 16
"""Frame pixels to both sides, at full size, within which an edge is looked for."""
JUMP_TIMES, JUMP_FLOOR = 3.0, 10.0
"""What a line of pixels differs by outside: so many times what lines inside do, and so many levels more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """The part of the original that shows, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def corners(self) -> NDArray[np.float64]:
        """3 x 4, to be moved by a matrix."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        return np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]], np.float64)

    def mask(self, found: Registration, shown: Pixels | None) -> Pixels:
        """255 where it lies in the picture, and the picture counts."""
        width, height = found.picture_size
        mask = np.zeros((height, width), np.uint8)
        fill(mask, (np.array(found.matrix) @ self.corners()).T, 255)
        return mask if shown is None else np.minimum(mask, shown)


def fill(raster: Pixels, corners: NDArray[np.float64], value: int) -> None:
    """Set what lies inside of four corners (4 x 2, continuous coordinates of the raster) to a value."""
    # 1/16 of a pixel; far corners of a wild movement stay within the numbers of the drawing routine.
    points = np.clip(corners * 16 - 8, -1e6, 1e6)
    opencv().fillConvexPoly(raster, np.rint(points).astype(np.int32), value, opencv().LINE_8, 4)


def find_rectangle(
    found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None, *, is_surrounded: bool
) -> Rectangle | None:
    """Where the original shows, if it does so in a part of the frame alone.

    Args:
        found: How they lie upon each other, to some pixels.
        original: The original.
        picture: The picture in question.
        shown: 255 where the picture counts; all of it where None.
        is_surrounded: Whether something lies around the whole original in the picture.
    """
    first, second = grey(original), grey(picture)
    aligned = align(found, first, second, limit=AGREEMENT_SIDE, shown=shown)
    if aligned is None:
        return None
    detailed, alike = likenesses(aligned)
    scores = _scores(aligned, detailed, alike)
    box = _greatest(scores)
    if box is None or not _is_alone(box, scores, aligned.covered, detailed, is_surrounded=is_surrounded):
        return None
    back = np.linalg.inv(square(aligned.frame))
    (left, right), (top, bottom) = (back[:2] @ np.array([box[0::2], box[1::2], (1, 1)], np.float64)).tolist()
    return _closer(Rectangle(left=left, top=top, right=right, bottom=bottom), found, first, second, shown)


def _relit(aligned: AlignedPair, alike: NDArray[np.bool_]) -> NDArray[np.float32]:
    """By how many levels places differ, once the light of those that look alike is accounted for."""
    first, second = aligned.original.astype(np.float32), aligned.picture.astype(np.float32)
    gain, offset = 1.0, 0.0
    if alike.any():
        one, two = first[alike].astype(np.float64), second[alike].astype(np.float64)
        gain = float(np.clip(two.std() / max(one.std(), 1.0), 0.3, 3.0))
        offset = float(np.median(two - gain * one))
    apart: NDArray[np.float32] = np.abs(second - np.float32(gain) * first - np.float32(offset))
    return apart


def _scores(aligned: AlignedPair, detailed: NDArray[np.bool_], alike: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What each place says for the rectangle, 1 to -1."""
    apart = opencv().GaussianBlur(_relit(aligned, alike & detailed & aligned.covered), (0, 0), 2.0)
    plain = np.where(apart <= NEAR, PLAIN_WEIGHT, np.where(apart >= APART, -PLAIN_WEIGHT, 0.0))
    scores = np.where(detailed, np.where(alike, 1.0, -1.0), plain)
    return np.where(aligned.covered, scores, UNSEEN_WEIGHT).astype(np.float32)


def _greatest(scores: NDArray[np.float32]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the rectangle of whole cells with the greatest sum; None where none is positive."""
    height, width = scores.shape
    rows, columns = max(1, height // CELL), max(1, width // CELL)
    cells = opencv().resize(scores, (columns, rows), interpolation=opencv().INTER_AREA).astype(np.float64)
    sums = np.vstack([np.zeros(columns), cells.cumsum(axis=0)])
    best, place = 0.0, None
    for top in range(rows):
        for bottom in range(top + 1, rows + 1):
            run = np.concatenate([[0.0], (sums[bottom] - sums[top]).cumsum()])
            lowest = np.minimum.accumulate(run)
            end = int(np.argmax(run - lowest))
            if run[end] - lowest[end] > best + 1e-9:
                best, place = float(run[end] - lowest[end]), (int(np.argmin(run[: end + 1])), top, end, bottom)
    if place is None:
        return None
    across, down = width / columns, height / rows
    left, top, right, bottom = place
    return round(left * across), round(top * down), round(right * across), round(bottom * down)


def _is_alone(
    box: tuple[int, int, int, int],
    scores: NDArray[np.float32],
    covered: NDArray[np.bool_],
    detailed: NDArray[np.bool_],
    *,
    is_surrounded: bool,
) -> bool:
    """Whether what lies inside looks alike, and next to nothing outside does."""
    left, top, right, bottom = box
    inside = np.zeros_like(covered)
    inside[top:bottom, left:right] = True
    outside = covered.copy()
    outside[max(0, top - RIM) : bottom + RIM, max(0, left - RIM) : right + RIM] = False
    least = LEAST_OUTSIDE if is_surrounded else MUCH_OUTSIDE
    if inside.mean() < LEAST_INSIDE or outside.sum() < least * covered.sum():
        return False
    height, width = covered.shape
    sides = (left > RIM, top > RIM, right < width - RIM, bottom < height - RIM)
    if not is_surrounded and sum(sides) < FRAMED:
        return False
    seen, unseen = inside & detailed & covered, outside & detailed
    if not seen.any() or unseen.sum() < ENOUGH:
        return False
    alike, spoken = scores > 0, outside & (scores != 0)
    return bool(
        alike[seen].mean() >= ALIKE_INSIDE
        and alike[unseen].mean() <= ALIKE_OUTSIDE
        and alike[spoken].mean() <= ALIKE_OUTSIDE
    )


def _closer(
    rough: Rectangle, found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None
) -> Rectangle:
    """The same with its edges to the pixel: where lines of pixels begin to differ."""
    aligned = align(found, original, picture, limit=WORKING, shown=shown)
    if aligned is None:
        return rough
    detailed, alike = likenesses(aligned)
    height, width = aligned.covered.shape
    corners = aligned.frame @ rough.corners()
    left, right = (int(np.clip(round(value), 0, width)) for value in (corners[0].min(), corners[0].max()))
    top, bottom = (int(np.clip(round(value), 0, height)) for value in (corners[1].min(), corners[1].max()))
    inner = np.zeros_like(aligned.covered)
    inner[top:bottom, left:right] = True
    apart = _relit(aligned, inner & detailed & alike & aligned.covered)
    apart = np.where(aligned.covered, apart, np.float32(255))
    thick, tall = max(1, (right - left) // 8), max(1, (bottom - top) // 8)
    across = apart[top + tall : max(top + tall + 1, bottom - tall)].mean(axis=0)
    down = apart[:, left + thick : max(left + thick + 1, right - thick)].mean(axis=1)
    left, right = _edges(across, left, right)
    top, bottom = _edges(down, top, bottom)
    back = np.linalg.inv(square(aligned.frame))
    low, high = back @ np.array([left, top, 1.0]), back @ np.array([right, bottom, 1.0])
    return Rectangle(left=float(low[0]), top=float(low[1]), right=float(high[0]), bottom=float(high[1]))


def _edges(lines: NDArray[np.float32], low: int, high: int) -> tuple[int, int]:
    """From and to which line the pixels agree, near where that was thought to be."""
    reach = min(SEARCHED, (high - low) // 4)
    limit = JUMP_TIMES * float(np.median(lines[low + reach : max(low + reach + 1, high - reach)])) + JUMP_FLOOR
    first = low + reach
    while first > max(0, low - reach) and lines[first - 1] <= limit:
        first -= 1
    last = high - reach
    while last < min(len(lines), high + reach) and lines[last] <= limit:
        last += 1
    return first, last
