"""Which few colours is a picture made of, and what would another one look like in them?

A GIF and many a PNG have no more than 256. Where none of them is near, a thing has another colour than it had, and that
is the palette's doing and no edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.hashes.pictures.photometric import Plane
    from provenance.hashes.pictures.registration import Pixels

MOST: Final = 256
"""Colours of a palette."""
TONES, TONE_STEP, TONE_GAP = 128, 6, 24
"""Colours at least, and levels from nine of ten of them, and from each, to the next brighter one, that make a tone."""
CHUNK: Final = 1 << 14
"""Pixels that are looked at together."""
SAMPLE: Final = 10_000
"""Pixels that are looked at first: a photograph has more colours among them."""


def few_colours(picture: Pixels) -> NDArray[np.int32] | None:
    """The colours of a picture.

    Args:
        picture: Height x width x 3, as its file has them.

    Returns:
        n x 3, or None where they are more than a palette has, or make one tone.
    """
    pixels = picture.reshape(-1, 3)
    for part in (pixels[:: max(1, len(pixels) // SAMPLE)], pixels):
        numbers = part.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        different = np.unique(numbers)
        if len(different) > MOST:
            return None
    colours = np.stack([different >> 16, different >> 8 & 255, different & 255], axis=1).astype(np.int32)
    return None if _is_tone(colours) else colours


def _is_tone(colours: NDArray[np.int32]) -> bool:
    """Whether colours are one, from dark to bright, without gaps: greyscale and sepia are no palettes."""
    if len(colours) < TONES:
        return False
    bright = colours[np.argsort(colours @ np.array([299, 587, 114]), kind="stable")]
    steps = np.sort(np.abs(np.diff(bright, axis=0)).max(axis=1))
    return bool(steps[len(steps) * 9 // 10] <= TONE_STEP and steps[-1] <= TONE_GAP)


def by_palette(levels: Plane, colours: NDArray[np.int32]) -> Plane:
    """Each pixel as the nearest of some colours.

    Args:
        levels: Height x width x 3, 0 to 255.
        colours: n x 3.
    """
    wanted, known = np.rint(levels).reshape(-1, 3).astype(np.float32), colours.astype(np.float32)
    # Whole numbers below 2^24, so that sums are exact in whatever order they are added up.
    lengths = (known * known).sum(axis=1)
    nearest = np.empty(len(wanted), np.int64)
    for first in range(0, len(wanted), CHUNK):
        part = wanted[first : first + CHUNK]
        nearest[first : first + CHUNK] = (lengths - 2 * (part @ known.T)).argmin(axis=1)
    return known[nearest].reshape(levels.shape)
