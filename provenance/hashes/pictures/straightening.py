"""Was a picture taken a little from the side, or its lens corrected, and how does it look without that?

An affine movement explains neither. Where a homography, or a lens with two radial coefficients (Brown 1966), brings
clearly more of the matched features together, the picture is resampled so that an affine movement is left: what is
compared then are pixels that belong together. Pure functions over arrays.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from provenance.hashes.pictures.registration import (
    Matrix,
    Pairs,
    Pixels,
    Registration,
    align,
    correlation,
    grey,
    likenesses,
    opencv,
    refined,
    square,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Points: TypeAlias = "NDArray[np.float64]"
"""n x 2 continuous coordinates."""

LOOSE: Final = 40.0
"""Working pixels around the affine movement within which a pair may belong to a bent one."""
TIGHT: Final = 1.5
"""Working pixels by which a pair may miss a bent movement: half of what the affine one is given."""
AT_LEAST: Final = 8
"""Pairs more than the affine movement explains so closely, that make a bent one worth a try."""
GAIN, REST = 0.001, 0.7
"""By which the levels of both have to go together better for it, and how much of what was missing may still be."""
MAX_BEND: Final = 0.3
"""Of the picture's diagonal, by which a corner may be moved; a corner may lie far from all that was matched."""
ROUNDS: Final = 12
"""Of reweighting, as for light and colours."""
REFITS: Final = 2
"""Times that a bend is fitted to the pixels."""
FLOW_SIDE, GRID, CLOSE = 512, 6, 0.5
"""Frame pixels of the longer side for that, from one place that is looked at to the next, and that it may be missed."""
ENOUGH: Final = 100
"""Such places from which on the pixels say more than the features."""
STEPS: Final = 30
"""Of the fixed-point iteration that turns a lens around; it ends sooner where nothing moves any more."""


class Bend(enum.StrEnum):
    """What was undone."""

    PERSPECTIVE = "perspective"
    LENS = "lens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """A picture as it would be without its bend."""

    by: Bend
    picture: Pixels
    """Of the same size."""
    shown: Pixels
    """255 where the picture reaches, 0 elsewhere."""
    back: Callable[[Points], Points]
    """From coordinates in it to coordinates in the picture as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    by: Bend
    explained: int
    """Pairs that it explains closely."""
    matrix: Matrix
    """The affine movement that is left, from the original to the straightened picture."""
    back: Callable[[Points], Points]


def straighten(
    found: Registration, pairs: Pairs, original: Pixels, picture: Pixels
) -> tuple[Registration, Straightened] | None:
    """Undo a bend that explains the features clearly better than the affine movement alone.

    Args:
        found: That movement.
        pairs: All pairs of features.
        original: What the picture may have been made from.
        picture: The picture in question.

    Returns:
        The movement that is left, and the straightened picture; None where nothing is clearly better.
    """
    apart = np.hypot(*(_moved(np.array(found.matrix), pairs.first) - pairs.second).T)
    near = apart <= LOOSE * pairs.reach
    if near.sum() < 3 * AT_LEAST:
        return None
    first, second, reach = pairs.first[near], pairs.second[near], pairs.reach * TIGHT
    plain = _affine(first, second, reach)
    models = [one for one in (_perspective(first, second, plain, reach), _lens(first, second, found, reach)) if one]
    best = max(models, key=lambda one: one.explained, default=None)
    if plain is None or best is None or best.explained < _explained(plain, first, second, reach) + AT_LEAST:
        return None
    if not _is_slight(best, found.picture_size):
        return None
    before = max(correlation(one, original, picture) for one in (found, refined(found, original, picture)))
    straight = _resampled(best, picture)
    for _ in range(REFITS):
        closer = _closer(best, found, original, straight)
        if closer is None or not _is_slight(closer, found.picture_size):
            break
        best, straight = closer, _resampled(closer, picture)
    left = _left(best, found)
    after = correlation(left, original, straight.picture, straight.shown)
    return (left, straight) if after > before + GAIN and 1 - after < REST * (1 - before) else None


def _left(model: _Model, found: Registration) -> Registration:
    """The affine movement that is left once a bend is undone."""
    (a, b, e), (c, d, f) = model.matrix.tolist()
    return dataclasses.replace(found, matrix=((a, b, e), (c, d, f)))


def _closer(model: _Model, found: Registration, original: Pixels, straight: Straightened) -> _Model | None:
    """The same kind of bend fitted to the pixels: features lie a pixel or two beside where they belong."""
    cv2 = opencv()
    left = _left(model, found)
    aligned = align(left, grey(original), grey(straight.picture), limit=FLOW_SIDE, shown=straight.shown)
    if aligned is None:
        return None
    # Dense inverse search (Kroeger et al. 2016) on levelled light; where there is no detail it says nothing.
    levelled = [cv2.createCLAHE(2.0, (8, 8)).apply(side) for side in (aligned.original, aligned.picture)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*levelled, None)
    detailed, alike = likenesses(aligned)
    kept = np.zeros_like(detailed)
    kept[GRID // 2 :: GRID, GRID // 2 :: GRID] = True
    rows, columns = np.nonzero(kept & detailed & alike & aligned.covered)
    if len(rows) < ENOUGH:
        return None
    places = np.asarray(np.stack([columns, rows], axis=1) + 0.5, np.float64)
    back = np.asarray(np.linalg.inv(square(aligned.frame))[:2], np.float64)
    first = _moved(back, places)
    second = model.back(_moved(model.matrix, _moved(back, places + flow[rows, columns])))
    reach = CLOSE / float(aligned.frame[0, 0]) * left.scale
    if model.by == Bend.LENS:
        return _lens(first, second, found, reach)
    return _perspective(first, second, _affine(first, second, 3 * reach), reach)


def _moved(matrix: Matrix, points: Points) -> Points:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def _explained(matrix: Matrix, first: Points, second: Points, reach: float) -> int:
    return int((np.hypot(*(_moved(matrix, first) - second).T) <= reach).sum())


def _affine(first: Points, second: Points, reach: float) -> Matrix | None:
    """The affine movement that brings most pairs closely together."""
    matrix, _ = opencv().estimateAffine2D(
        first, second, method=opencv().RANSAC, ransacReprojThreshold=reach, maxIters=4000, confidence=0.999
    )
    return None if matrix is None else np.asarray(matrix, np.float64)


def _perspective(first: Points, second: Points, plain: Matrix | None, reach: float) -> _Model | None:
    """Both are seen from different sides, or a screen was photographed from the side."""
    cv2 = opencv()
    found, inside = cv2.findHomography(first, second, cv2.RANSAC, reach, maxIters=4000, confidence=0.999)
    if found is None or plain is None or not np.isfinite(found).all():
        return None
    # What is left is the affine movement that is nearest to it over all that was matched.
    spread = np.column_stack([first, np.ones(len(first))])
    left = np.asarray(np.linalg.lstsq(spread, _projected(found, first), rcond=None)[0].T, np.float64)
    if abs(float(np.linalg.det(left[:, :2]))) < 1e-9:
        return None
    ahead = np.asarray(found @ np.linalg.inv(square(left)), np.float64)
    return _Model(
        by=Bend.PERSPECTIVE,
        explained=int(inside.sum()),
        matrix=left,
        back=lambda points: _projected(ahead, points),
    )


def _projected(matrix: NDArray[np.float64], points: Points) -> Points:
    whole = points @ matrix[:, :2].T + matrix[:, 2]
    depth = np.where(np.abs(whole[:, 2:]) < 1e-9, 1e-9, whole[:, 2:])
    return np.asarray(whole[:, :2] / depth)


def _lens(first: Points, second: Points, found: Registration, reach: float) -> _Model | None:
    """Places lie nearer to the picture's middle, or further from it, the further out they are."""
    middle = np.array(found.picture_size, np.float64) / 2
    size = float(np.hypot(*middle))
    out = (second - middle) / size
    square_out = (out**2).sum(axis=1)
    zeros, ones = np.zeros(len(first)), np.ones(len(first))
    radial = np.stack([square_out, square_out**2], axis=1)
    across = np.column_stack([first, ones, zeros, zeros, zeros, -(radial * out[:, :1]) * size])
    down = np.column_stack([zeros, zeros, zeros, first, ones, -(radial * out[:, 1:]) * size])
    weights = ones
    answer = np.zeros(8)
    missed = zeros
    for _ in range(ROUNDS):
        design = np.vstack([across * weights[:, None], down * weights[:, None]])
        observed = np.concatenate([second[:, 0] * weights, second[:, 1] * weights])
        scale = np.maximum(np.abs(design).max(axis=0), 1e-12)
        # By sums in a fixed order, so that the answer does not depend on the number of threads.
        scaled = design / scale
        normal = np.einsum("ki,kj->ij", scaled, scaled) + np.eye(8) * 1e-9
        answer = np.linalg.solve(normal, np.einsum("ki,k->i", scaled, observed)) / scale
        missed = np.hypot(across @ answer - second[:, 0], down @ answer - second[:, 1])
        deviation = max(1.4826 * float(np.median(missed)), reach / 3)
        weights = np.clip(1 - (missed / (4.685 * deviation)) ** 2, 0, None)
    straight, bent = float(answer[6]), float(answer[7])
    if not np.isfinite(answer).all():
        return None

    def back(points: Points) -> Points:
        places = (points - middle) / size
        guess = places.copy()
        for _ in range(STEPS):
            outer = (guess**2).sum(axis=1, keepdims=True)
            step = places / np.maximum(1 + straight * outer + bent * outer**2, 0.2)
            is_still = float(np.abs(step - guess).max()) < 1e-6
            guess = step
            if is_still:
                break
        return np.asarray(guess * size + middle)

    explained = int((missed <= reach).sum())
    return _Model(by=Bend.LENS, explained=explained, matrix=answer[:6].reshape(2, 3), back=back)


def _is_slight(model: _Model, size: tuple[int, int]) -> bool:
    """Whether somebody might not notice the bend."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    apart = np.hypot(*(model.back(corners) - corners).T)
    return bool(np.isfinite(apart).all() and apart.max() <= MAX_BEND * np.hypot(width, height))


def _resampled(model: _Model, picture: Pixels) -> Straightened:
    cv2 = opencv()
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    places = np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1).astype(np.float64)
    back = (model.back(places) - 0.5).astype(np.float32).reshape(height, width, 2)
    straight: Pixels = cv2.remap(
        np.ascontiguousarray(picture), back[..., 0], back[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    inside = (back >= -0.5) & (back <= np.array([width - 0.5, height - 0.5], np.float32))
    shown = np.where(inside.all(axis=2), 255, 0).astype(np.uint8)
    return Straightened(by=model.by, picture=straight, shown=shown, back=model.back)
