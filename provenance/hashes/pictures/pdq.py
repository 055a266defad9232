"""Which pictures look alike? PDQ, 256 bits of what a picture shows, in numpy.

PDQ (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019; reference code in
ThreatExchange, pdq/cpp) as a rule that depends on no library's resizing: a tent filter (two box passes, "Jarosz") to
64 x 64 written as a matrix on each side, the lowest 16 x 16 cosines but the constant one, and a bit for each that lies
above their median. Up to rounding in the filter the steps are the reference's own, in its order and 32-bit precision.

Similarity binds nothing, and perceptual hashes can be forged both ways: made alike, and made different.
"""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from provenance.asset import Limits
from provenance.hashes.pictures.border import Pixels, find_border
from provenance.reasons import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from provenance.hashes.pictures.pixels import Picture

ALGORITHM: Final = "pdq"
RULE: Final = (
    "vouchmark-pdq-1: first frame, upright, sRGB, over white, 8 bit, full size, BT.601 luma, tent filter to 64x64"
)
"""How the hash comes about, written down with each one. Another pipeline's hashes of the same file differ: see
`FOREIGN_TOLERANCE`."""
BITS: Final = 256
NEAR: Final = 31
"""Bits by which a look-alike may differ. Of 803,274 pairs of different photos the nearest were 82 apart."""
RELATED: Final = 64
"""Bits up to which two pictures are worth a second look at their pixels, and no more than that."""
FOREIGN_TOLERANCE: Final = 42
"""Bits by which two official pipelines (shrunk to 512 pixels first, or not) were seen to differ on one file."""
MIN_QUALITY: Final = 50
"""Of 100. Below, a picture has so few edges that its hash says little (the reference's own advice)."""
MIN_SIDE: Final = 5
"""Pixels of the shorter side; the reference hashes nothing smaller."""

_SIDE: Final = 64
_LOW: Final = 16
_CHUNK: Final = 1 << 17
"""Values converted to 64-bit numbers at a time: 1 MiB, which stays in a core's cache and is no work for two threads."""


class Orientation(enum.StrEnum):
    """How one picture must be turned to look like another: the eight orientations of a rectangle."""

    NONE = "none"
    ROTATE_90 = "rotate-90"
    """Anticlockwise."""
    ROTATE_180 = "rotate-180"
    ROTATE_270 = "rotate-270"
    """Anticlockwise, which is 90 degrees clockwise."""
    MIRROR = "mirror"
    """Left and right exchanged."""
    FLIP = "flip"
    """Top and bottom exchanged."""
    TRANSPOSE = "transpose"
    """Mirrored at the diagonal from top left to bottom right."""
    TRANSVERSE = "transverse"
    """Mirrored at the diagonal from top right to bottom left."""


class PdqHash(Struct, frozen=True, kw_only=True):
    """One PDQ hash."""

    bits: bytes
    """32 bytes, in the order in which the hash is written as hex."""
    quality: int
    """0 to 100: how much there is to hash; see `MIN_QUALITY`."""
    rule: str = RULE

    @property
    def hex(self) -> str:
        """64 lower-case digits, as PDQ hashes are exchanged."""
        return self.bits.hex()


class Pictured(Struct, frozen=True, kw_only=True):
    """What the bytes of a picture come to: its hashes, or why there are none."""

    pdq: PdqHash | None = None
    trimmed: PdqHash | None = None
    """Of what is left without a plain border; None where there is none."""
    orientations: Mapping[Orientation, bytes] = {}
    """The 32 bytes of each orientation, the plain one too; empty where they were not asked for."""
    trimmed_orientations: Mapping[Orientation, bytes] = {}
    """The same without a plain border."""
    width: int = 0
    height: int = 0
    """Pixels, upright."""
    notes: tuple[str, ...] = ()
    """What was done to the pixels first; see `provenance.hashes.pictures.pixels.Picture.notes`."""
    reason: Reason | None = None
    """`too-small`, `undecodable`, `too-many-pixels`, `unsupported`; empty where there is a hash."""


class ArrayPixels:
    """An array of 8-bit grey (rows x columns) or RGB (rows x columns x 3) as `Pixels`."""

    def __init__(self, values: NDArray[np.uint8]) -> None:
        """Take an array; ValueError where it is of another shape or type."""
        if values.dtype.name != "uint8" or not (values.ndim == 2 or (values.ndim == 3 and values.shape[2] == 3)):
            raise ValueError(f"got {values.dtype} of shape {values.shape}, expected uint8, rows x columns (x 3)")
        self._values = values

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return int(self._values.shape[1]), int(self._values.shape[0])

    def pixels(self, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """The rectangle from left, top to right, bottom."""
        left, top, right, bottom = box
        return self._values[top:bottom, left:right]


def pdq(image: NDArray[np.uint8] | Pixels, box: tuple[int, int, int, int] | None = None) -> PdqHash:
    """The PDQ hash of a picture.

    Args:
        image: 8-bit grey or RGB as an array, or anything that gives its pixels part by part.
        box: left, top, right, bottom of the part to hash; all where None.

    Raises:
        ValueError: a side has less than `MIN_SIDE` pixels, or the array is of another shape or type.
    """
    small = shrink(image, box)
    return PdqHash(bits=_bits(_cosines(small)), quality=_quality(small))


def pdq_orientations(
    image: NDArray[np.uint8] | Pixels, box: tuple[int, int, int, int] | None = None
) -> dict[Orientation, PdqHash]:
    """The hashes of all eight orientations, from one look at the pixels.

    Each is close to the hash of the picture turned that way (its filter's windows lie half a pixel off).

    Raises:
        ValueError: as for `pdq`.
    """
    small = shrink(image, box)
    return _orientations_of(_cosines(small), _quality(small))


def roughly(small: NDArray[np.float32], *, oriented: bool = True) -> dict[Orientation, PdqHash]:
    """The hashes of a picture that another filter has brought to 64 x 64 grey values, of all orientations or as it is.

    Some bits off the hash proper: for comparing pictures that were both brought there in the same way, in a tenth of
    the time.
    """
    if small.shape != (_SIDE, _SIDE):
        raise ValueError(f"got shape {small.shape}, expected {_SIDE} x {_SIDE}")
    matrix = _cosine_matrix()
    low, quality = matrix @ small @ matrix.T, _quality(small)
    return _orientations_of(low, quality) if oriented else {Orientation.NONE: PdqHash(bits=_bits(low), quality=quality)}


def pdq_of_bytes(
    data: bytes, media_type: str, limits: Limits | None = None, *, with_orientations: bool = False, trim: bool = True
) -> Pictured:
    """Decode a picture and hash it. Meant for the worker; never raises on hostile bytes.

    Args:
        data: the file.
        media_type: as its content says.
        limits: how many pixels it may have.
        with_orientations: Whether the eight orientations are wanted as well.
        trim: whether to look for a plain border.

    Raises:
        MemoryError: there is no room for the picture.
    """
    from provenance.hashes.pictures.pixels import PictureError, decode

    try:
        return pictured(decode(data, media_type, limits), with_orientations=with_orientations, trim=trim)
    except PictureError as error:
        return Pictured(reason=error.reason)


def pictured(picture: Picture, *, with_orientations: bool = False, trim: bool = True) -> Pictured:
    """The hashes of a decoded picture; see `pdq_of_bytes`."""
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        return Pictured(width=width, height=height, notes=picture.notes, reason=Reason.TOO_SMALL)
    whole = pdq_orientations(picture)
    box = find_border(picture) if trim else None
    inner = pdq_orientations(picture, box) if box else {}
    return Pictured(
        pdq=whole[Orientation.NONE],
        trimmed=inner.get(Orientation.NONE),
        orientations={orientation: found.bits for orientation, found in whole.items()} if with_orientations else {},
        trimmed_orientations={orientation: found.bits for orientation, found in inner.items()}
        if with_orientations
        else {},
        width=width,
        height=height,
        notes=picture.notes,
    )


def distance(one: bytes, other: bytes) -> int:
    """Bits by which two hashes differ: 0 to 256, near 128 for pictures that have nothing to do with each other.

    Raises:
        ValueError: one of them has not 32 bytes.
    """
    if len(one) != BITS // 8 or len(other) != BITS // 8:
        raise ValueError(f"got hashes of {len(one)} and {len(other)} bytes, expected {BITS // 8} each")
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def shrink(image: NDArray[np.uint8] | Pixels, box: tuple[int, int, int, int] | None = None) -> NDArray[np.float32]:
    """A picture's luma (ITU-R BT.601) on 64 x 64 points, after the tent filter.

    Raises:
        ValueError: as for `pdq`.
    """
    import numpy as np

    source = ArrayPixels(image) if isinstance(image, np.ndarray) else image
    left, top, right, bottom = box or (0, 0, *source.size)
    width, height = right - left, bottom - top
    if min(width, height) < MIN_SIDE:
        raise ValueError(f"got {width} x {height} pixels, expected at least {MIN_SIDE} on each side")
    down, across = _tent(height), _tent(width)
    small = np.empty((_SIDE, _SIDE), dtype=np.float64)
    before: tuple[int, int] | None = None
    for row, (start, weights) in enumerate(down):
        extent = start, len(weights)
        if extent == before and len(weights) == 1:
            small[row] = small[row - 1]  # a picture of less than 64 rows: the same one again
            continue
        before = extent
        line = _weighted(source.pixels((left, top + start, right, top + start + len(weights))), weights)
        small[row] = [line[first : first + len(shares)] @ shares for first, shares in across]
    return small.astype(np.float32)


def _weighted(rows: NDArray[np.uint8], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted sum of some rows, as luma: one value a column."""
    import numpy as np

    flat = rows.reshape(len(rows), -1)
    step = max(1, _CHUNK // len(rows))
    line = np.empty(flat.shape[1], dtype=np.float64)
    for first in range(0, flat.shape[1], step):
        line[first : first + step] = weights @ flat[:, first : first + step].astype(np.float64)
    return line if rows.ndim == 2 else line.reshape(-1, 3) @ np.array([0.299, 0.587, 0.114])


@functools.lru_cache(maxsize=8)
def _tent(size: int) -> tuple[tuple[int, NDArray[np.float64]], ...]:
    """For each of the 64 points: the first pixel that it looks at, and the share of each from there on.

    Two passes of a box of `size / 128` pixels, rounded up, that is cut off at the edges and divided by what is left of
    it (`box1DFloat`), looked at in the middle of each 64th (`decimateFloat`).
    """
    import numpy as np

    window = (size + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    points = []
    for point in range(_SIDE):
        centre = int((point + 0.5) * size / _SIDE)
        inner = np.arange(max(0, centre - behind), min(size, centre + ahead + 1))
        first, last = np.maximum(0, inner - behind), np.minimum(size, inner + ahead + 1)
        shares = 1.0 / ((last - first) * len(inner))
        start = int(first[0])
        steps = np.zeros(int(last[-1]) - start + 1)
        np.add.at(steps, first - start, shares)
        np.subtract.at(steps, last - start, shares)
        points.append((start, np.cumsum(steps)[:-1]))
    return tuple(points)


@functools.cache
def _cosine_matrix() -> NDArray[np.float32]:
    """The 16 x 64 matrix of cosines 1 to 16, in the reference's precision (`dct_matrix_64`)."""
    import numpy as np

    scale = float(np.float32(math.sqrt(2 / _SIDE)))
    values = [
        [scale * math.cos(math.pi / 2 / _SIDE * (row + 1) * (2 * column + 1)) for column in range(_SIDE)]
        for row in range(_LOW)
    ]
    return np.array(values, dtype=np.float32)


def _cosines(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 16 x 16 lowest cosines, added up one after the other in 32 bits as the reference does (`dct64To16`)."""
    import numpy as np

    matrix = _cosine_matrix()
    half = np.zeros((_LOW, _SIDE), dtype=np.float32)
    for place in range(_SIDE):
        half += matrix[:, place, None] * small[place]
    low = np.zeros((_LOW, _LOW), dtype=np.float32)
    for place in range(_SIDE):
        low += half[:, place, None] * matrix[:, place]
    return low


@functools.cache
def _signs() -> NDArray[np.float32]:
    """By which the cosines change under reversal: the one of order k + 1 changes its sign where k + 1 is odd."""
    import numpy as np

    return np.array([-1.0 if order % 2 == 0 else 1.0 for order in range(_LOW)], dtype=np.float32)


def _bits(low: NDArray[np.floating[Any]]) -> bytes:
    """A bit for each cosine above the lower median (`torben`), the last one first."""
    import numpy as np

    flat = low.reshape(-1)
    median = np.partition(flat, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes()


def _quality(small: NDArray[np.float32]) -> int:
    """How many steps there are between neighbours, 100 at most (`pdqImageDomainQualityMetric`)."""
    import numpy as np

    hundred, most = np.float32(100), np.float32(255)
    total = sum(
        int(np.abs(((one - other) * hundred / most).astype(np.int32)).sum())
        for one, other in ((small[:-1], small[1:]), (small[:, :-1], small[:, 1:]))
    )
    return min(100, total // 90)


def _orientations_of(low: NDArray[np.floating[Any]], quality: int) -> dict[Orientation, PdqHash]:
    """The hash of every orientation: turning a picture changes signs of its cosines and exchanges rows and columns."""
    import numpy as np

    sign = _signs()
    mirrored, flipped = low * sign, low * sign[:, None]
    both = mirrored * sign[:, None]
    forms = {
        Orientation.NONE: low,
        Orientation.ROTATE_90: mirrored.T,
        Orientation.ROTATE_180: both,
        Orientation.ROTATE_270: flipped.T,
        Orientation.MIRROR: mirrored,
        Orientation.FLIP: flipped,
        Orientation.TRANSPOSE: low.T,
        Orientation.TRANSVERSE: both.T,
    }
    every = np.array([form.reshape(-1) for form in forms.values()])
    # No value is changed by turning, only its sign: each form still has a median of its own.
    medians = np.partition(every, BITS // 2 - 1, axis=1)[:, BITS // 2 - 1, None]
    packed = np.packbits((every > medians)[:, ::-1], axis=1)
    return {
        orientation: PdqHash(bits=row.tobytes(), quality=quality)
        for orientation, row in zip(forms, packed, strict=True)
    }
