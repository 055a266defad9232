"""What does a film show, twice a second, and which part of one film's picture is another's?

Small grey frames at half seconds. A long film is looked at by its key frames alone, so that an hour costs seconds:
which of the two depends on the file and nothing else. A clip whose picture was cut is registered with the original's
(`registration`), and both are then compared on what both show. PyAV and OpenCV are loaded inside.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from provenance.hashes.clips.sound import beginning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.hashes.pictures.registration import Pixels, Registration

STEP: Final = 0.5
"""Seconds from one frame to the next: half of what a place has to be right within."""
THUMB: Final = 128
"""Pixels of the longer side of a kept frame: 9 KB, 66 MB for an hour."""
STILL: Final = 512
"""Pixels of the longer side of the few frames that are kept for registration."""
STILLS: Final = 24
"""How many of those at most, evenly over the film."""
TRIED: Final = 4
"""The clip's own frames that are tried for it."""
MAX_DECODED: Final = 3_000_000_000
"""Pixels that are decoded of one film: 24 minutes of 320 x 240 at 30 a second, or a minute and a half of 1280 x 720; of
longer ones key frames alone, 1,400 of 1920 x 1080."""
MAX_FRAMES: Final = 2 * 2 * 3600
"""Steps that are kept: two hours."""
MAX_SIDE: Final = 8192
"""Pixels of a frame's longer side."""
MAX_PIXELS: Final = 36_000_000
"""Pixels of one frame."""
GRID: Final = (32, 18)
"""Points across and down at which what both show is compared."""
STILLNESS: Final = 0.06
"""Of a frame's own contrast: what changes less than that is noise of the encoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """The pictures of a recording."""

    thumbs: NDArray[np.uint8]
    """Steps x height x width; all 0 where nothing was decoded at that step."""
    there: NDArray[np.bool_]
    """Which steps have a frame."""
    stills: tuple[Pixels, ...]
    """A few larger grey frames."""
    size: tuple[int, int]
    """Width and height of a frame, upright."""
    seconds: float
    is_cut: bool = False
    """Whether it goes on after what was looked at."""


def read_film(data: bytes, *, budget: int = MAX_DECODED) -> Film | None:
    """The pictures of a file. Never raises on hostile bytes.

    Args:
        data: The file.
        budget: Pixels that may be decoded.

    Returns:
        None where it has no frames that can be decoded.

    Raises:
        ImportError: PyAV is not installed.
        MemoryError: There is no room.
    """
    av = importlib.import_module("av")
    kept: dict[int, NDArray[np.uint8]] = {}
    stills: list[Pixels] = []
    size, last, is_cut, gap = (0, 0), 0.0, False, 1
    try:
        for at, grey in _decoded(av, data, budget):
            if grey is None or at >= MAX_FRAMES * STEP:
                is_cut = True
                break
            last = max(last, at)
            step = int(at / STEP)
            if step in kept:
                continue
            pixels = grey()
            size = size if kept else (pixels.shape[1], pixels.shape[0])
            kept[step] = _reduced(pixels, THUMB)
            if (len(kept) - 1) % gap == 0:
                stills.append(_reduced(pixels, STILL))
            if len(stills) > STILLS:
                stills, gap = stills[::2], 2 * gap
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a demuxer or decoder may raise anything over hostile bytes
        is_cut = bool(kept)
    if not kept:
        return None
    return _film(kept, stills, size, last, is_cut=is_cut)


def _film(
    kept: dict[int, NDArray[np.uint8]], stills: list[Pixels], size: tuple[int, int], last: float, *, is_cut: bool
) -> Film:
    shape = next(iter(kept.values())).shape
    count = max(kept) + 1
    thumbs = np.zeros((count, *shape), np.uint8)
    there = np.zeros(count, bool)
    for step, thumb in kept.items():
        if thumb.shape == shape:  # a film may change its size on the way
            thumbs[step], there[step] = thumb, True
    return Film(thumbs=thumbs, there=there, stills=tuple(stills), size=size, seconds=last, is_cut=is_cut)


def _decoded(av: Any, data: bytes, budget: int) -> Iterator[tuple[float, Any]]:
    """Each frame's time in seconds from the recording's beginning, and what gives its grey pixels; None at the end of
    the budget.
    """
    with contextlib.ExitStack() as stack:
        container = stack.enter_context(av.open(io.BytesIO(data), mode="r", metadata_errors="ignore"))
        if not container.streams.video:
            return
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        if _expected(stream, container) > budget:
            stream.codec_context.skip_frame = "NONKEY"
        first = beginning(container)
        for frame in container.decode(stream):
            pixels = frame.width * frame.height
            budget -= pixels
            if budget < 0 or max(frame.width, frame.height) > MAX_SIDE or pixels > MAX_PIXELS:
                yield 0.0, None
                return
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            if frame.time >= first:
                yield frame.time - first, lambda frame=frame: _grey(frame)


def _expected(stream: Any, container: Any) -> float:
    """Pixels of all frames, as far as the file tells."""
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    else:
        seconds = (container.duration or 0) / 1_000_000
    count = stream.frames or seconds * float(stream.average_rate or 25)
    return float(count) * float(stream.codec_context.width) * float(stream.codec_context.height)


def _grey(frame: Any) -> Pixels:
    """A frame's luma, upright."""
    values: Pixels = frame.to_ndarray(format="gray")
    return np.ascontiguousarray(np.rot90(values, round(getattr(frame, "rotation", 0) / 90) % 4))


def _reduced(pixels: Pixels, side: int) -> Pixels:
    """A smaller copy, by means over areas, with a longer side of at most so many pixels."""
    from PIL import Image

    height, width = pixels.shape
    scale = min(1.0, side / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def in_common(original: Film, clip: Film) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features over time of what both films show: steps x points, each row of length 1, or 0 where nothing moves."""
    found = _movement(original, clip)
    across, down = GRID
    x, y = np.meshgrid((np.arange(across) + 0.5) / across, (np.arange(down) + 0.5) / down)
    points = np.stack([x.ravel(), y.ravel()])
    if found is None:
        first = second = points
    else:
        first, second = _shared(found, points)
    whole, part = _sampled(original, first), _sampled(clip, second)
    # What never moves in the original is everywhere alike, and would hide what does.
    standing = whole[original.there].mean(axis=0)
    return _rows(whole - standing, original.there), _rows(part - standing, clip.there)


def _movement(original: Film, clip: Film) -> Registration | None:
    """How the original's picture lies in the clip's; None where that is not known: taken to be whole, then."""
    from provenance.hashes.pictures import registration

    try:
        registration.opencv()
    except registration.ComparisonUnavailableError:
        return None
    best: Registration | None = None
    with registration.one_thread():
        wholes = [registration.find_features(still) for still in original.stills]
        tried = clip.stills[:: max(1, len(clip.stills) // TRIED)][:TRIED]
        for still in tried:
            part = registration.find_features(still)
            for whole in wholes:
                found = registration.match(whole, part)
                if isinstance(found, registration.Registration) and (best is None or found.inliers > best.inliers):
                    best = found
            if best is not None and best.inliers >= registration.SURE_INLIERS:
                break
    return best


def _shared(found: Registration, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same points, 0 to 1 across what both show, in the original's picture and in the clip's."""
    from provenance.hashes.pictures.registration import shared_box

    left, top, right, bottom = shared_box(found)
    inside = np.stack([left + points[0] * (right - left), top + points[1] * (bottom - top), np.ones(points.shape[1])])
    ahead = np.array(found.matrix) @ inside
    width, height = found.original_size
    across, down = found.picture_size
    return inside[:2] / [[width], [height]], ahead / [[across], [down]]


def _sampled(film: Film, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each step's levels at some points (0 to 1 across and down), with a mean of 0 and a deviation of 1."""
    height, width = film.thumbs.shape[1:]
    x = np.clip(points[0] * width - 0.5, 0, width - 1.001)
    y = np.clip(points[1] * height - 0.5, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    part_x, part_y = (x - left).astype(np.float32), (y - top).astype(np.float32)
    thumbs = film.thumbs
    upper = thumbs[:, top, left] * (1 - part_x) + thumbs[:, top, right] * part_x
    lower = thumbs[:, bottom, left] * (1 - part_x) + thumbs[:, bottom, right] * part_x
    levels = upper * (1 - part_y) + lower * part_y
    levels -= levels.mean(axis=1, keepdims=True)
    deviation = levels.std(axis=1, keepdims=True)
    return np.where(deviation > 1.0, levels / np.maximum(deviation, 1.0), 0).astype(np.float32)


def _rows(levels: NDArray[np.float32], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What differs from the standing picture, each row of length 1, or 0 where next to nothing does."""
    deviation = np.sqrt((levels * levels).mean(axis=1, keepdims=True))
    lengths = np.linalg.norm(levels, axis=1, keepdims=True)
    informative = there[:, None] & (deviation > STILLNESS)
    return np.where(informative, levels / np.maximum(lengths, 1e-6), 0).astype(np.float32)
