"""Is a picture its original, encoded anew, or was a part of it replaced, and what was cut off or put around it?

The procedure over two files: decode both, register them, compare them in each other's light. For the worker; what comes
out is plain data. "Could not be aligned" is an answer of its own, and never "something else".
"""

from __future__ import annotations

import enum
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from provenance.asset import Limits
from provenance.hashes.pictures.difference import VISIBLE_SHARE, Box, Difference, Region, difference, heat_map
from provenance.hashes.pictures.registration import (
    ComparisonUnavailableError,
    NotAligned,
    Pixels,
    Registration,
    find_movement,
    one_thread,
    opencv,
    refine,
    resized,
)
from provenance.hashes.pictures.straightening import Straightened, straighten
from provenance.hashes.pictures.within import Rectangle, fill, find_rectangle
from provenance.reasons import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SIDE: Final = 2400
"""Pixels of the longer side that are kept of a decoded picture: a phone's screenshot whole, and enough of a part."""
WHOLE: Final = 0.985
"""Share of an original or a picture from which on nothing counts as missing or added: the rest is rounding."""
SURROUNDED: Final = 0.9
"""Share of a picture that its original covers, below which something lies around that."""
RASTER: Final = 512
"""Pixels of the longer side at which areas are measured."""
PLAIN_STEP: Final = 14
"""Levels within which an added area counts as plain: what JPEG leaves around an edge."""
PLAIN_SHARE: Final = 0.97
"""Of an added area's pixels that must lie so."""
RELIT: Final = 6.0
"""Mean levels by which light or colours must have changed to be mentioned."""
WIDELY: Final = 0.03
"""Share of small blocks far off, from which on nothing is the same: what is usual cannot be learnt where a third or a
half was replaced. Copies without an edit stay below 0.01."""
SAME_AGREEMENT: Final = 0.7
"""Share of the detail that looks alike, below which nothing is the same: plain copies stay above 0.79."""
OTHER_AGREEMENT: Final = 0.55
"""The same, below which what differs is no edit of a part."""
COLOUR_STEP, PLAIN_COLOURS, MOSTLY = 8, 3, 0.6
"""Levels that count as one colour, how many of them are looked at, and the share of the picture that they make up, from
which on it is mostly plain: of photos with a sky a third."""
BROAD: Final = 0.3
"""Of what both show, in regions that differ, above which it is none either."""
MAX_MAP: Final = 4 * 1024 * 1024
"""Bytes of a heat map; 768 x 768 pixels have 1.7 MB uncompressed."""


class Verdict(enum.StrEnum):
    """What came out."""

    SAME = "same"
    """No region differs in what both show."""
    CHANGED = "changed"
    """At least one region does."""
    OTHER = "other"
    """They lie upon each other, and too much differs for a copy with an edit: may be another picture of the same scene,
    or another document of the same form."""
    UNALIGNED = "unaligned"
    """They could not be aligned: says nothing."""
    FAILED = "failed"
    """One of them could not be looked at."""


class Sides(Struct, frozen=True, kw_only=True):
    """Parts of a width or height at each side, 0 to 1."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


class Place(Struct, frozen=True, kw_only=True):
    """A region that differs; boxes are left, top, right, bottom in pixels."""

    share: float
    """Of the area that both show."""
    strength: float
    original: tuple[int, int, int, int]
    picture: tuple[int, int, int, int]


class Movement(Struct, frozen=True, kw_only=True):
    """How the original lies in the picture."""

    across: float
    """Pixels in the picture for one of the original's width."""
    down: float
    """The same of its height."""
    rotation: float
    """Degrees clockwise."""
    mirrored: bool
    """Left and right exchanged, before the rotation."""
    inliers: int
    agreement: float


class Comparison(Struct, frozen=True, kw_only=True):
    """A picture against its original."""

    verdict: Verdict
    reason: Reason | None = None
    """For UNALIGNED and FAILED, in a stable word; a failure of the original's begins with `original-`."""
    movement: Movement | None = None
    regions: tuple[Place, ...] = ()
    """Largest first."""
    share: float = 0.0
    """Of the area that both show that lies in regions."""
    least: float = VISIBLE_SHARE
    """The same of what can be missed."""
    shown: float = 1.0
    """Of the original's area that the picture shows."""
    cut: Sides = Sides()
    """What the picture leaves out of the original, at the original's sides."""
    added: float = 0.0
    """Of the picture's area that is not from the original."""
    around: Sides = Sides()
    """Where that is, at the picture's sides."""
    plain: bool = False
    """Whether what was added is of plain colours."""
    inside: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom of the rectangle of the picture in which it shows, where a part of it was put into
    something else; None where it was not."""
    is_plain: bool = False
    """Whether a few plain colours make up most of the original, as in forms, letters, charts and screens."""
    straightened: str = ""
    """`perspective` or `lens`, where the picture was bent in one of these ways against the original; else empty."""
    relit: bool = False
    """Whether light or colours differ all over."""
    original_size: tuple[int, int] = (0, 0)
    picture_size: tuple[int, int] = (0, 0)
    is_first: bool = False
    """Whether the picture is the first of several in its file: an animation, or pages."""
    original_is_first: bool = False
    """Whether the original is."""
    map: bytes = b""
    """Where they differ, as PNG over what both show; empty where they were not compared."""


def compare(original: Pixels, picture: Pixels) -> Comparison:
    """Compare a picture with its original.

    Args:
        original: Height x width (grey) or height x width x 3, bytes, upright, in sRGB.
        picture: The same.

    Raises:
        ComparisonUnavailableError: OpenCV is not installed.
        ValueError: An array is not one of pixels.
    """
    first, second = (_coloured(_bounded(pixels)) for pixels in (original, picture))
    laid = _laid(first, second)
    if isinstance(laid, NotAligned):
        return _unaligned(laid.reason, original, picture)
    found, second = laid.found, laid.picture
    different = difference(found, first, second, laid.shown)
    if different is None:
        return _unaligned(Reason.TOO_LITTLE_IN_COMMON, original, picture)
    if not different.regions and different.far_off > WIDELY:
        return _unaligned(Reason.DIFFERS_WIDELY, original, picture)
    whole = _whole(found, original, picture, first, second)
    grown = np.diag([_size(original)[0] / _size(first)[0], _size(original)[1] / _size(first)[1], 1.0])
    places = grown @ laid.corners()
    corners = (_square(whole) @ places)[:2].T
    visible = _corners(whole.picture_size, _backward(whole)) if laid.rectangle is None else places[:2].T
    shown, cut = _missing(visible, whole.original_size)
    own, around = _missing(corners, whole.picture_size)
    inner = (_square(found) @ laid.corners())[:2].T
    is_form = is_mostly_plain(first)
    return Comparison(
        verdict=_verdict(found, different, is_form=is_form),
        movement=_movement(whole),
        regions=tuple(_place(region, laid, whole) for region in different.regions),
        share=different.share,
        least=different.least,
        shown=shown,
        cut=cut,
        added=round(1 - own, 4),
        around=around,
        plain=own < WHOLE and _is_plain(second, inner),
        inside=None if laid.rectangle is None else _upright(corners, whole.picture_size),
        is_plain=is_form,
        straightened="" if laid.straight is None else str(laid.straight.by),
        relit=_is_relit(different),
        original_size=whole.original_size,
        picture_size=whole.picture_size,
        map=_png(heat_map(different)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """An original found in a picture."""

    found: Registration
    picture: Pixels
    """Straightened where it was bent."""
    shown: Pixels | None
    """255 where it counts; all of it where None."""
    straight: Straightened | None
    rectangle: Rectangle | None
    """Where the original shows, in its pixels, if it does so in a part of the picture alone."""

    def corners(self) -> NDArray[np.float64]:
        """3 x 4: of what shows of the original."""
        if self.rectangle is not None:
            return self.rectangle.corners()
        width, height = self.found.original_size
        return Rectangle(left=0, top=0, right=width, bottom=height).corners()


def _laid(original: Pixels, picture: Pixels) -> _Laid | NotAligned:
    """How an original lies in a picture: straightened, and found within something else."""
    with one_thread():
        movement, pairs = find_movement(original, picture)
        if isinstance(movement, NotAligned):
            return movement
        bent = straighten(movement, pairs, original, picture)
        straight = None if bent is None else bent[1]
        if bent is not None:
            movement, picture = bent[0], bent[1].picture
        shown = None if straight is None else straight.shown
        rectangle = _rectangle(movement, original, picture, shown)
        found = refine(movement, original, picture, shown if rectangle is None else rectangle.mask(movement, shown))
        if rectangle is not None:
            # Only now are its edges known to the pixel, and that it is one.
            rectangle = None if isinstance(found, NotAligned) else _rectangle(found, original, picture, shown)
            found = found if rectangle is not None else refine(movement, original, picture, shown)
        if isinstance(found, NotAligned):
            return found
        counts = shown if rectangle is None else rectangle.mask(found, shown)
        return _Laid(found=found, picture=picture, shown=counts, straight=straight, rectangle=rectangle)


def _rectangle(found: Registration, original: Pixels, picture: Pixels, shown: Pixels | None) -> Rectangle | None:
    own, _ = _missing(_corners(found.original_size, _square(found)), found.picture_size)
    return find_rectangle(found, original, picture, shown, is_surrounded=own < SURROUNDED)


def _verdict(found: Registration, different: Difference, *, is_form: bool) -> Verdict:
    if not different.regions:
        return Verdict.SAME if found.agreement >= SAME_AGREEMENT else Verdict.OTHER
    is_part = found.agreement >= OTHER_AGREEMENT and different.share <= BROAD
    return Verdict.CHANGED if is_part and not is_form else Verdict.OTHER


def is_mostly_plain(pixels: Pixels) -> bool:
    """Whether a few colours make up most of a picture: whoever fills in a form twice makes two that look alike."""
    small = resized(pixels, min(1.0, RASTER / max(pixels.shape[:2]))).reshape(-1, 3).astype(np.int64) // COLOUR_STEP
    steps = -(-256 // COLOUR_STEP)
    counts = np.bincount((small[:, 0] * steps + small[:, 1]) * steps + small[:, 2])
    return bool(np.sort(counts)[-PLAIN_COLOURS:].sum() >= MOSTLY * len(small))


def _upright(corners: NDArray[np.float64], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The upright rectangle around four corners, within a picture."""
    low, high = np.rint(corners.min(axis=0)), np.rint(corners.max(axis=0))
    width, height = size
    return (
        int(np.clip(low[0], 0, width - 1)),
        int(np.clip(low[1], 0, height - 1)),
        int(np.clip(high[0], 1, width)),
        int(np.clip(high[1], 1, height)),
    )


def _unaligned(reason: Reason, original: Pixels, picture: Pixels) -> Comparison:
    return Comparison(
        verdict=Verdict.UNALIGNED, reason=reason, original_size=_size(original), picture_size=_size(picture)
    )


def compare_files(original: bytes, original_type: str, data: bytes, media_type: str, *, pixels: int) -> Comparison:
    """Decode both pictures and compare them. Meant for the worker.

    Args:
        original: The original's file.
        original_type: Its type by its content.
        data: The file in question.
        media_type: Its type by its content.
        pixels: How many pixels each may announce.
    """
    from provenance.hashes.pictures.pixels import PictureError, decode

    try:
        opencv()
    except ComparisonUnavailableError:
        return Comparison(verdict=Verdict.FAILED, reason=Reason.NOT_INSTALLED)
    decoded: list[Pixels] = []
    sizes: list[tuple[int, int]] = []
    first: list[bool] = []
    for whose, content, kind in (("original-", original, original_type), ("", data, media_type)):
        try:
            image = decode(content, kind, Limits(pixels=pixels))
            sizes.append(image.size)
            first.append("first-frame" in image.notes)
            decoded.append(_bounded(image.pixels((0, 0, *image.size))))
        except PictureError as error:
            return Comparison(verdict=Verdict.FAILED, reason=Reason(f"{whose}{error.reason}"))
    found = _scaled(compare(decoded[0], decoded[1]), decoded, sizes)
    return replace(found, original_is_first=first[0], is_first=first[1])


def _scaled(found: Comparison, decoded: list[Pixels], sizes: list[tuple[int, int]]) -> Comparison:
    """The same in the pixels of the files, where those were larger than what was kept of them."""
    factors = [sizes[number][0] / decoded[number].shape[1] for number in range(2)]

    def box(values: tuple[int, int, int, int], number: int) -> tuple[int, int, int, int]:
        left, top, right, bottom = (round(value * factors[number]) for value in values)
        width, height = sizes[number]
        return min(left, width - 1), min(top, height - 1), min(right, width), min(bottom, height)

    movement = found.movement and replace(
        found.movement,
        across=round(found.movement.across * factors[1] / factors[0], 4),
        down=round(found.movement.down * factors[1] / factors[0], 4),
    )
    regions = tuple(replace(one, original=box(one.original, 0), picture=box(one.picture, 1)) for one in found.regions)
    inside = None if found.inside is None else box(found.inside, 1)
    return replace(
        found, movement=movement, regions=regions, inside=inside, original_size=sizes[0], picture_size=sizes[1]
    )


def _size(pixels: Pixels) -> tuple[int, int]:
    return int(pixels.shape[1]), int(pixels.shape[0])


def _bounded(pixels: Pixels) -> Pixels:
    longer = max(pixels.shape[:2])
    return pixels if longer <= MAX_SIDE else resized(pixels, MAX_SIDE / longer)


def _coloured(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def _square(found: Registration) -> NDArray[np.float64]:
    return np.vstack([np.array(found.matrix), [0, 0, 1]])


def _backward(found: Registration) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(_square(found)), np.float64)


def _whole(found: Registration, original: Pixels, picture: Pixels, first: Pixels, second: Pixels) -> Registration:
    """The same between the pictures as they were given."""
    import dataclasses

    grow = np.diag([_size(picture)[0] / _size(second)[0], _size(picture)[1] / _size(second)[1], 1.0])
    shrink = np.diag([_size(first)[0] / _size(original)[0], _size(first)[1] / _size(original)[1], 1.0])
    (a, b, e), (c, d, f) = (grow @ _square(found) @ shrink)[:2].tolist()
    return dataclasses.replace(
        found, matrix=((a, b, e), (c, d, f)), original_size=_size(original), picture_size=_size(picture)
    )


def _movement(found: Registration) -> Movement:
    matrix = np.array(found.matrix)
    across, down = (float(np.hypot(*matrix[:, column])) for column in (0, 1))
    return Movement(
        across=round(across, 4),
        down=round(down, 4),
        rotation=round(found.rotation, 1) + 0.0,
        mirrored=found.mirrored,
        inliers=found.inliers,
        agreement=found.agreement,
    )


def _corners(size: tuple[int, int], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """4 x 2: where a picture's corners go."""
    width, height = size
    corners = np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], np.float64)
    return np.asarray((matrix @ corners)[:2].T)


def _covered(corners: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which parts of a picture, on a small raster, lie inside four corners."""
    scale = min(1.0, RASTER / max(size))
    raster = np.zeros((max(1, round(size[1] * scale)), max(1, round(size[0] * scale))), np.uint8)
    factors = raster.shape[1] / size[0], raster.shape[0] / size[1]
    fill(raster, corners * factors, 1)
    return raster > 0


def _missing(corners: NDArray[np.float64], size: tuple[int, int]) -> tuple[float, Sides]:
    """The share of a picture inside four corners, and how much of it lies beyond them at each side."""
    width, height = size
    inside = float(_covered(corners, size).mean())
    low, high = corners.min(axis=0), corners.max(axis=0)

    def part(length: float, whole: int) -> float:
        share = round(min(1.0, max(0.0, length / whole)), 4)
        return share if share >= (1 - WHOLE) / 2 else 0.0

    sides = Sides(
        left=part(float(low[0]), width),
        top=part(float(low[1]), height),
        right=part(width - float(high[0]), width),
        bottom=part(height - float(high[1]), height),
    )
    return round(inside, 4) if inside < WHOLE else 1.0, sides if inside < WHOLE else Sides()


def _is_plain(picture: Pixels, corners: NDArray[np.float64]) -> bool:
    """Whether what lies outside of four corners is of one colour on each side of the picture."""
    size = _size(picture)
    inside = _covered(corners, size)
    inside = opencv().dilate(inside.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    small = opencv().resize(picture, inside.shape[::-1], interpolation=opencv().INTER_AREA)
    outside = small[~inside].astype(np.int16)
    if not len(outside):
        return True
    middle = np.median(outside, axis=0)
    return bool((np.abs(outside - middle).max(axis=1) <= PLAIN_STEP).mean() >= PLAIN_SHARE)


def _is_relit(found: Difference) -> bool:
    apart = np.abs(found.aligned.picture.astype(np.int16) - found.aligned.original.astype(np.int16)).mean(axis=2)
    return bool(np.median(apart[found.aligned.covered]) > RELIT)


def _place(region: Region, laid: _Laid, whole: Registration) -> Place:
    found = laid.found

    def box(values: Box, inner: tuple[int, int], outer: tuple[int, int]) -> tuple[int, int, int, int]:
        x, y = outer[0] / inner[0], outer[1] / inner[1]
        return round(values.left * x), round(values.top * y), round(values.right * x), round(values.bottom * y)

    return Place(
        share=region.share,
        strength=region.strength,
        original=box(region.original, found.original_size, whole.original_size),
        picture=box(_bent_back(region.picture, laid), found.picture_size, whole.picture_size),
    )


def _bent_back(values: Box, laid: _Laid) -> Box:
    """A rectangle of the straightened picture in the picture as it is."""
    if laid.straight is None:
        return values
    left, top, right, bottom = values.left, values.top, values.right, values.bottom
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    places = np.clip(laid.straight.back(corners), 0, laid.found.picture_size)
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    return Box(left=int(low[0]), top=int(low[1]), right=int(high[0]), bottom=int(high[1]))


def _png(pixels: Pixels) -> bytes:
    """A picture as PNG; the same bytes for the same pixels with the same library."""
    from PIL import Image

    output = io.BytesIO()
    Image.fromarray(pixels).save(output, "PNG", compress_level=6)
    return output.getvalue() if len(output.getvalue()) <= MAX_MAP else b""


def is_map(data: bytes) -> bool:
    """Whether it is what this module makes; a worker that a file has taken over may say anything."""
    return not data or (data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) <= MAX_MAP)
