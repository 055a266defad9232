"""Where does a picture lie inside a plain border: a frame, letterbox bars, the margins of a scan?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BORDER_STEP: Final = 16
"""Steps of 255 within which a border is plain: what JPEG leaves around an edge."""
SAMPLES: Final = 1024
"""Pixels looked at in each row and each column to tell whether it is plain."""
MIN_KEPT: Final = 64
"""Pixels of the shorter side that must be left after trimming."""
_CHUNK: Final = 1 << 20
"""Pixels looked at together."""


class Pixels(Protocol):
    """Something whose pixels can be had part by part."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""

    def pixels(self, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """The rectangle from left, top to right, bottom: rows x columns (x 3)."""


def find_border(image: Pixels) -> tuple[int, int, int, int] | None:
    """Where a picture lies inside a plain border: left, top, right, bottom; None where it has none worth trimming.

    A row or column is border where everything in it, as far as it is inside the border's other sides, has one colour
    (within `BORDER_STEP`) and that of its side's edge.
    """
    width, height = image.size
    rows, columns = _samples(image)
    left, top, right, bottom = 0, 0, width, height
    for _ in range(2):  # a second time: what lay beside a border may only now be plain
        kept_columns = _between(rows.shape[1], width, left, right)
        first, last = _plain_ends(rows[top:bottom, kept_columns])
        top, bottom = top + first, bottom - last
        kept_rows = _between(columns.shape[0], height, top, bottom)
        first, last = _plain_ends(columns[kept_rows, left:right].T)
        left, right = left + first, right - last
    if (left, top, right, bottom) == (0, 0, width, height) or min(right - left, bottom - top) < MIN_KEPT:
        return None
    return left, top, right, bottom


def _samples(image: Pixels) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey values: every row at some columns, and every column at some rows."""
    import numpy as np

    width, height = image.size
    at_columns = np.linspace(0, width - 1, min(width, SAMPLES)).round().astype(int)
    at_rows = np.linspace(0, height - 1, min(height, SAMPLES)).round().astype(int)
    rows = np.empty((height, len(at_columns)), dtype=np.uint8)
    columns = np.empty((len(at_rows), width), dtype=np.uint8)
    step = max(1, _CHUNK // width)
    for top in range(0, height, step):
        bottom = min(height, top + step)
        part = image.pixels((0, top, width, bottom))
        rows[top:bottom] = _grey(part[:, at_columns])
        first, last = np.searchsorted(at_rows, (top, bottom))
        columns[first:last] = _grey(part[at_rows[first:last] - top])
    return rows, columns


def _grey(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One value a pixel: a grey one as it is, else a quarter of red and blue each and half of green."""
    import numpy as np

    if part.ndim == 2:
        return part
    wide = part.astype(np.uint16)
    grey: NDArray[np.uint8] = ((wide[..., 0] + 2 * wide[..., 1] + wide[..., 2]) >> 2).astype(np.uint8)
    return grey


def _between(count: int, size: int, first: int, last: int) -> NDArray[np.intp]:
    """Which of `count` samples over `size` pixels lie from one pixel up to another."""
    import numpy as np

    at = np.linspace(0, size - 1, count).round().astype(int)
    return np.flatnonzero((at >= first) & (at < last))


def _plain_ends(lines: NDArray[Any]) -> tuple[int, int]:
    """How many lines at the start and at the end are plain and of one colour."""
    import numpy as np

    if not lines.size:
        return 0, 0
    low, high = lines.min(axis=1).astype(int), lines.max(axis=1).astype(int)
    counts = []
    for least, most in ((low, high), (low[::-1], high[::-1])):
        plain = (most - least <= BORDER_STEP) & (np.abs(most - most[0]) <= BORDER_STEP)
        counts.append(len(plain) if plain.all() else int(np.argmin(plain)))
    return (counts[0], counts[1]) if counts[0] + counts[1] < len(lines) else (0, 0)
