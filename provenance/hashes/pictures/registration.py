"""Does one picture show what another one shows, and by which movement do the two lie upon each other?

Local features (ORB) are matched both ways round (plain and mirrored), an affine movement that many of them agree on is
sought (RANSAC) and refined on the pixels (ECC). Pure functions over arrays: nothing is read or written, and the same
arrays give the same answer on any number of threads. OpenCV is loaded inside, and only here and in `difference`.

Coordinates are continuous: (0, 0) is the picture's upper left corner and (width, height) its lower right one.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from provenance.errors import ProvenanceError
from provenance.reasons import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"
"""Height x width (grey) or height x width x 3 (red, green, blue), upright, in sRGB."""
Matrix: TypeAlias = "NDArray[np.float64]"
"""2 x 3: an affine movement of continuous coordinates."""

WORKING: Final = 768
"""Pixels of the longer side at which features are sought: all of 179 photos keep enough of them there."""
MIN_WORKING: Final = 512
"""Pixels to which a smaller picture is enlarged, so that features of its details exist at all."""
MIN_SIDE: Final = 24
"""Pixels of the shorter side below which a picture holds no features."""
FEATURES: Final = 2000
"""ORB features a picture; more cost time and found no further copy."""
MIN_INLIERS: Final = 20
"""Features that must agree on one movement; 10,000 unrelated pairs have at most 14 (see the robustness table)."""
SURE_INLIERS: Final = 60
"""So many settle that a picture is not mirrored, without trying."""
RATIO: Final = 0.85
"""A match counts where the second best is so much worse: repeated texture matches everywhere equally well."""
REACH: Final = 3.0
"""Working pixels by which a feature may miss the movement."""
MAX_STRETCH: Final = 2.0
"""How much more one direction may be enlarged than the other, and most a right angle may lean: no copy does that."""
MIN_SCALE, MAX_SCALE = 1 / 16, 16.0
"""Enlargement, working pixels to working pixels, outside which a movement is an accident."""
MIN_AGREEMENT: Final = 0.3
"""Share of the common area's detail that must look the same, once the movement is known."""
ECC_STEPS: Final = 40
ECC_GAIN: Final = 1e-5
"""At most so many steps of refinement, and no further one that gains less."""
MAX_STRAY: Final = 0.03
"""Of the common area's diagonal, by which refinement may move its corners away from where the features put them: what
leaves them further follows an edit, or lays another picture upon this one."""
ECC_RIM: Final = 6
"""Frame pixels at each edge that are left out of it: what lies around an original in a picture would pull at them."""


class ComparisonUnavailableError(ProvenanceError):
    """The packages that compare pictures are not installed; says nothing about any picture."""

    hint = "install them with: pip install 'vouchmark[compare]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How an original lies in a picture that was made from it."""

    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    """From coordinates in the original to coordinates in the picture."""
    inliers: int
    """Local features that agree on it."""
    agreement: float
    """Share of the common area's detail that looks the same, 0 to 1."""
    original_size: tuple[int, int]
    """Width and height in pixels."""
    picture_size: tuple[int, int]

    @property
    def mirrored(self) -> bool:
        """Whether left and right were exchanged."""
        return self._determinant < 0

    @property
    def scale(self) -> float:
        """Lengths in the picture for one in the original."""
        return math.sqrt(abs(self._determinant))

    @property
    def rotation(self) -> float:
        """Degrees by which the original was turned clockwise, after any mirroring left to right; -180 to 180."""
        (a, _, _), (c, _, _) = self.matrix
        return math.degrees(math.atan2(-c, -a) if self.mirrored else math.atan2(c, a))

    @property
    def _determinant(self) -> float:
        (a, b, _), (c, d, _) = self.matrix
        return a * d - b * c


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAligned:
    """No movement was found that lays one picture upon the other. Says nothing on whether they are related."""

    reason: Reason
    """`too-small`, `few-features`, `no-movement`, `implausible-movement`, `differs-everywhere`."""
    inliers: int = 0
    """The most local features that agreed on anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is remembered of one picture to recognise it in another."""

    points: NDArray[np.float64]
    """n x 2, in coordinates of the picture itself."""
    descriptors: NDArray[np.uint8]
    """n x 32: 256 comparisons each."""
    reach: float
    """Pixels of the picture itself for one working pixel."""
    size: tuple[int, int]
    """Width and height in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Features of two pictures that are each other's clear best match."""

    first: NDArray[np.float64]
    """n x 2, in coordinates of the original."""
    second: NDArray[np.float64]
    """n x 2, in coordinates of the picture."""
    reach: float
    """Pixels of the picture for one working pixel."""


def opencv() -> Any:
    """The library, loaded when it is needed first.

    Raises:
        ComparisonUnavailableError: It is not installed.
    """
    try:
        return importlib.import_module("cv2")
    except ImportError as error:
        raise ComparisonUnavailableError("the package opencv-python-headless is not installed") from error


@contextmanager
def one_thread() -> Iterator[Any]:
    """The library on one thread and with a fixed seed, for as long as it lasts: sums do not depend on the machine."""
    cv2 = opencv()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    cv2.setRNGSeed(0)
    try:
        yield cv2
    finally:
        cv2.setNumThreads(threads)


def register(original: Pixels, picture: Pixels) -> Registration | NotAligned:
    """How an original lies in a picture, if it does: resized, cut, turned, mirrored, framed or partly covered.

    Args:
        original: What the picture may have been made from.
        picture: The picture in question.

    Raises:
        ComparisonUnavailableError: OpenCV is not installed.
        ValueError: An array is not one of pixels.
    """
    with one_thread():
        found, _ = find_movement(original, picture)
        return refine(found, original, picture) if isinstance(found, Registration) else found


def find_movement(original: Pixels, picture: Pixels) -> tuple[Registration | NotAligned, Pairs]:
    """The movement that most features agree on, plain or mirrored, not refined; with all pairs of features."""
    first = find_features(original)
    second = find_features(picture)
    plain = match_pairs(first, second)
    if isinstance(plain[0], Registration) and plain[0].inliers >= SURE_INLIERS:
        return plain
    mirrored = match_pairs(first, mirror(find_features(picture[:, ::-1])))
    return max(plain, mirrored, key=lambda one: (isinstance(one[0], Registration), one[0].inliers))


def grey(pixels: Pixels) -> Pixels:
    """Luma of a picture.

    Raises:
        ValueError: It is not an array of pixels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(f"got an array of {pixels.dtype} and shape {pixels.shape}, expected bytes, grey or RGB")
    return pixels if pixels.ndim == 2 else opencv().cvtColor(np.ascontiguousarray(pixels), opencv().COLOR_RGB2GRAY)


def find_features(pixels: Pixels) -> Features:
    """The local features of a picture; none where it is too small or plain."""
    cv2 = opencv()
    height, width = pixels.shape[:2]
    none = Features(points=np.zeros((0, 2)), descriptors=np.zeros((0, 32), np.uint8), reach=1.0, size=(width, height))
    if min(height, width) < MIN_SIDE:
        return none
    scale = min(WORKING / max(height, width), max(1.0, MIN_WORKING / max(height, width)))
    small = resized(grey(pixels), scale)
    # A low threshold and a levelled contrast: skies, snow and night hold few strong corners, and those must be found.
    levelled = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(small)
    orb = cv2.ORB_create(nfeatures=FEATURES, scaleFactor=1.2, nlevels=10, fastThreshold=7)
    points, descriptors = orb.detectAndCompute(levelled, None)
    if descriptors is None or not len(points):
        return none
    places = np.array([point.pt for point in points]) + 0.5
    factors = width / small.shape[1], height / small.shape[0]
    return Features(points=places * factors, descriptors=descriptors, reach=max(factors), size=(width, height))


def mirror(features: Features) -> Features:
    """Features of a mirrored picture, in the coordinates of the picture as it is."""
    points = features.points.copy()
    points[:, 0] = features.size[0] - points[:, 0]
    return Features(points=points, descriptors=features.descriptors, reach=features.reach, size=features.size)


def resized(pixels: Pixels, scale: float) -> Pixels:
    """A picture enlarged or reduced, never to nothing; reduced by means over areas."""
    cv2 = opencv()
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return pixels
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    enlarged: Pixels = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=method)
    return enlarged


def match(original: Features, picture: Features) -> Registration | NotAligned:
    """The movement that most features agree on, not refined, and not yet compared with the pixels."""
    return match_pairs(original, picture)[0]


def match_pairs(original: Features, picture: Features) -> tuple[Registration | NotAligned, Pairs]:
    """The same, with all pairs of features."""
    none = Pairs(first=np.zeros((0, 2)), second=np.zeros((0, 2)), reach=picture.reach)
    for features in (original, picture):
        if min(features.size) < MIN_SIDE:
            return NotAligned(reason=Reason.TOO_SMALL), none
    if min(len(original.points), len(picture.points)) < MIN_INLIERS:
        return NotAligned(reason=Reason.FEW_FEATURES), none
    first, second = _pairs(original, picture)
    pairs = Pairs(first=original.points[first], second=picture.points[second], reach=picture.reach)
    return _agreed(original, picture, pairs), pairs


def _agreed(original: Features, picture: Features, pairs: Pairs) -> Registration | NotAligned:
    """The affine movement that most pairs agree on."""
    if len(pairs.first) < 3:
        return NotAligned(reason=Reason.NO_MOVEMENT)
    cv2 = opencv()
    matrix, inside = cv2.estimateAffine2D(
        pairs.first,
        pairs.second,
        method=cv2.RANSAC,
        ransacReprojThreshold=REACH * picture.reach,
        maxIters=4000,
        confidence=0.999,
    )
    if matrix is None:
        return NotAligned(reason=Reason.NO_MOVEMENT)
    # Features at one place on several levels are one witness, not several.
    witnesses = np.unique(np.round(pairs.first[inside.ravel() > 0] / (2 * original.reach)), axis=0)
    inliers = len(witnesses)
    if inliers < MIN_INLIERS:
        return NotAligned(reason=Reason.NO_MOVEMENT, inliers=inliers)
    if not _is_plausible(matrix, original.reach / picture.reach):
        return NotAligned(reason=Reason.IMPLAUSIBLE_MOVEMENT, inliers=inliers)
    return _registration(matrix, inliers, 0.0, original.size, picture.size)


def _registration(
    matrix: Matrix, inliers: int, agreement: float, original: tuple[int, int], picture: tuple[int, int]
) -> Registration:
    (a, b, e), (c, d, f) = matrix.tolist()
    return Registration(
        matrix=((a, b, e), (c, d, f)),
        inliers=inliers,
        agreement=agreement,
        original_size=original,
        picture_size=picture,
    )


def _pairs(original: Features, picture: Features) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in both lists of the features that are each other's clear best match."""
    cv2 = opencv()
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING)
    forward = matcher.knnMatch(original.descriptors, picture.descriptors, k=2)
    back = {one.queryIdx: one.trainIdx for one in matcher.match(picture.descriptors, original.descriptors)}
    kept = [
        (best.queryIdx, best.trainIdx)
        for best, second in (pair for pair in forward if len(pair) == 2)
        if best.distance < RATIO * second.distance and back.get(best.trainIdx) == best.queryIdx
    ]
    pairs = np.array(kept, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _is_plausible(matrix: Matrix, reach: float) -> bool:
    """Whether somebody could have moved a picture like that."""
    if not np.isfinite(matrix).all():
        return False
    large, small = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(small > 0 and large / small <= MAX_STRETCH and MIN_SCALE <= large * reach <= MAX_SCALE)


def refine(
    found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None = None
) -> Registration | NotAligned:
    """The movement fitted to the pixels, and how much of what both show looks the same.

    Args:
        found: The movement of the features, which the pixels may correct a little and no more.
        original: What the picture may have been made from.
        picture: The picture in question.
        shown: 255 where the picture counts; all of it where None.
    """
    # Twice: at first what lies around the original in the picture may reach a little into the frame.
    once = refined(found, original, picture, shown)
    candidates = (refined(once, original, picture, shown), once, found)
    near = [one for one in candidates if _strays(one, found) <= MAX_STRAY]
    best = max(near, key=lambda one: correlation(one, original, picture, shown))
    share = agreement(best, original, picture, shown)
    if share < MIN_AGREEMENT:
        return NotAligned(reason=Reason.DIFFERS_EVERYWHERE, inliers=found.inliers)
    return _registration(np.array(best.matrix), found.inliers, round(share, 3), found.original_size, found.picture_size)


def _strays(moved: Registration, found: Registration) -> float:
    """By how much a movement puts the corners of what both show elsewhere than another one, of its diagonal."""
    left, top, right, bottom = shared_box(found)
    corners = np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]], np.float64)
    apart = np.hypot(*((np.array(moved.matrix) - np.array(found.matrix)) @ corners))
    diagonal = math.hypot(right - left, bottom - top) * found.scale
    return float(apart.max() / diagonal) if diagonal > 0 else math.inf


def refined(found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None = None) -> Registration:
    """The movement that the pixels suggest (ECC); the one that was known where they suggest none."""
    cv2 = opencv()
    aligned = align(found, grey(original), grey(picture), limit=WORKING // 2, shown=shown)
    if aligned is None:
        return found
    inner = _inside(aligned)
    start = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ECC_STEPS, ECC_GAIN)
    try:
        _, step = cv2.findTransformECC(aligned.original, aligned.picture, start, cv2.MOTION_AFFINE, criteria, inner, 5)
    except cv2.error:
        return found  # It does not converge where a large part was replaced.
    frame = aligned.frame
    moved = np.array(found.matrix) @ square(_inverse(frame) @ square(_continuous(step) @ square(frame)))
    if not _is_plausible(moved, 1.0):
        return found
    return _registration(moved, found.inliers, 0.0, found.original_size, found.picture_size)


def _inside(aligned: AlignedPair) -> NDArray[np.uint8]:
    """1 where both are, but for the frame's rim."""
    inside = aligned.covered.astype(np.uint8)
    inside[:ECC_RIM], inside[-ECC_RIM:], inside[:, :ECC_RIM], inside[:, -ECC_RIM:] = 0, 0, 0, 0
    return inside


def correlation(found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None = None) -> float:
    """How well the levels of both go together under a movement, -1 to 1: what the refinement raises."""
    aligned = align(found, grey(original), grey(picture), limit=WORKING // 2, shown=shown)
    if aligned is None:
        return -1.0
    inside = _inside(aligned) > 0
    first, second = (side[inside].astype(np.float64) for side in (aligned.original, aligned.picture))
    if len(first) < 2 or not first.std() or not second.std():
        return -1.0
    return float(np.mean((first - first.mean()) * (second - second.mean())) / (first.std() * second.std()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedPair:
    """An original and a picture upon each other, in a frame that covers what both can show."""

    original: Pixels
    picture: Pixels
    """Moved into the frame; black where it does not reach."""
    covered: NDArray[np.bool_]
    """Where the picture reaches."""
    frame: Matrix
    """From coordinates in the original to those in the frame: a move and an enlargement by one factor."""


def align(
    found: Registration, original: Pixels, picture: Pixels, *, limit: int, shown: Pixels | None = None
) -> AlignedPair | None:
    """Lay the picture upon the original, no finer than either is, and with a longer side of at most `limit` pixels.

    Args:
        found: How they lie upon each other.
        original: The original.
        picture: The picture.
        limit: Pixels.
        shown: 255 where the picture counts, of its size; all of it where None.

    Returns:
        None where they share less than `MIN_SIDE` pixels in one direction.
    """
    cv2 = opencv()
    matrix = np.array(found.matrix)
    left, top, right, bottom = shared_box(found)
    longer = max(right - left, bottom - top)
    if min(right - left, bottom - top) < 1:
        return None
    scale = min(1.0, found.scale, limit / longer)
    width, height = round((right - left) * scale), round((bottom - top) * scale)
    if min(width, height) < MIN_SIDE:
        return None
    frame = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    reduced = min(1.0, scale / found.scale)
    small = resized(picture, reduced)
    factors = np.diag([small.shape[1] / picture.shape[1], small.shape[0] / picture.shape[0]])
    into = _pixel_centres(factors @ matrix @ square(_inverse(frame)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(small, into, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    ones = np.full(small.shape[:2], 255, np.uint8) if shown is None else resized(shown, reduced)
    covered = cv2.warpAffine(ones, into, (width, height), flags=flags) > 250
    whole = resized(original, min(1.0, scale))
    shrunk = np.diag([whole.shape[1] / original.shape[1], whole.shape[0] / original.shape[0]])
    cut = _pixel_centres(np.hstack([shrunk, np.zeros((2, 1))]) @ square(_inverse(frame)))
    first = cv2.warpAffine(whole, cut, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return AlignedPair(original=first, picture=moved, covered=covered, frame=frame)


def shared_box(found: Registration) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the part of the original that the picture can show, in the original's pixels."""
    width, height = found.picture_size
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    places = corners @ _inverse(np.array(found.matrix)).T
    low, high = places.min(axis=0), places.max(axis=0)
    limit = found.original_size
    left, top = max(0.0, float(low[0])), max(0.0, float(low[1]))
    return left, top, min(float(limit[0]), float(high[0])), min(float(limit[1]), float(high[1]))


def square(matrix: Matrix) -> Matrix:
    """A movement as 3 x 3, to be followed by another one."""
    return np.vstack([matrix, [0, 0, 1]])


def _inverse(matrix: Matrix) -> Matrix:
    """The movement back."""
    return np.asarray(np.linalg.inv(square(matrix))[:2])


def _pixel_centres(matrix: Matrix) -> Matrix:
    """A movement of continuous coordinates as one of pixel numbers, whose centres lie half a pixel further."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2].sum(axis=1) * 0.5 - 0.5
    return shifted


def _continuous(matrix: Matrix) -> Matrix:
    """The other way round."""
    shifted = np.array(matrix, np.float64)
    shifted[:, 2] += 0.5 - shifted[:, :2].sum(axis=1) * 0.5
    return shifted


AGREEMENT_SIDE: Final = 320
"""Pixels of the longer side at which agreement is judged: the shapes of things count there, not their surfaces."""
AGREEMENT_RIM: Final = 6
"""Pixels at the edge of what counts that are not judged there."""
SAME: Final = 0.6
"""Correlation of small neighbourhoods from which on they look the same."""
MIN_DETAIL: Final = 9.0
"""Variance of grey levels below which a neighbourhood shows nothing to compare."""


def agreement(found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None = None) -> float:
    """Share of the detail in the common area that looks the same, 0 to 1; 0 where there is nothing to compare."""
    aligned = align(found, grey(original), grey(picture), limit=AGREEMENT_SIDE, shown=shown)
    if aligned is None:
        return 0.0
    detailed, alike = likenesses(aligned)
    # Neighbourhoods reach across the edge of what counts; the frame's own edge has nothing behind it.
    kernel = np.ones((2 * AGREEMENT_RIM + 1, 2 * AGREEMENT_RIM + 1), np.uint8)
    inner = opencv().erode(aligned.covered.astype(np.uint8), kernel) > 0
    detailed = detailed & inner if (detailed & inner).any() else detailed
    return float(alike[detailed].mean()) if detailed.any() else 0.0


def likenesses(aligned: AlignedPair) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where there is something to compare in two grey pictures, and where small neighbourhoods look the same."""
    cv2 = opencv()
    a, b = aligned.original.astype(np.float32), aligned.picture.astype(np.float32)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred: NDArray[np.float32] = cv2.GaussianBlur(values, (0, 0), 4.0)
        return blurred

    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    both = mean(a * b) - mean_a * mean_b
    detailed = aligned.covered & (np.maximum(var_a, var_b) > MIN_DETAIL)
    alike = both > SAME * np.sqrt(np.maximum(var_a, 1e-3) * np.maximum(var_b, 1e-3))
    return detailed, alike
