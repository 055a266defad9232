"""What does a video show, a second at a time? PDQ of its frames, with their times.

The first frame at or after each whole second of playing time, upright, at full size. Decoding is bounded by the number
of pixels, so that the same file gives the same frames on any machine: of a long film only the beginning is looked at,
and that is said. Needs PyAV, which is loaded inside.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from provenance.hashes.pictures.pdq import MIN_SIDE, RULE, Orientation, pdq_orientations
from provenance.reasons import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TYPES: Final = ("video/mp4", "video/quicktime", "video/x-msvideo")
"""Media types whose frames are looked at."""
FRAME_RULE: Final = f"vouchmark-frames-1: first frame at or after each second; {RULE}"
MAX_DECODED: Final = 3_000_000_000
"""Pixels that are decoded: 1,450 frames of 1920 x 1080, 48 s at 30 a second; some 10 s of one core."""
MAX_FRAMES: Final = 600
"""Frames that are hashed."""
MAX_SIDE: Final = 8192
"""Pixels of a frame's longer side."""


class Frame(Struct, frozen=True, kw_only=True):
    """One frame."""

    at: int
    """Milliseconds from the first frame."""
    bits: bytes
    """32 bytes of PDQ."""
    mirrored: bytes
    """The same of the frame with left and right exchanged."""
    quality: int


class Frames(Struct, frozen=True, kw_only=True):
    """What was seen of a video, or why nothing was."""

    frames: tuple[Frame, ...] = ()
    until: int = 0
    """Milliseconds of playing time that were looked at."""
    is_cut: bool = False
    """Whether it goes on after that."""
    reason: Reason | None = None
    """`not-installed`, `undecodable`, `no-frames`, `too-many-pixels`; empty where there are frames."""


def frames_of(data: bytes, *, budget: int = MAX_DECODED) -> Frames:
    """Hash a video's frames. Meant for the worker; never raises on hostile bytes.

    Args:
        data: the file.
        budget: pixels that may be decoded.

    Raises:
        MemoryError: there is no room.
    """
    try:
        av = importlib.import_module("av")
    except ImportError:
        return Frames(reason=Reason.NOT_INSTALLED)
    sampled: list[Frame] = []
    until, is_cut, reason = 0, False, None
    try:
        for at, picture in _decoded(av, data, budget):
            if picture is None:
                is_cut = True
                break
            until = at
            if not sampled or at // 1000 > sampled[-1].at // 1000:
                if len(sampled) == MAX_FRAMES:
                    is_cut = True
                    break
                sampled.append(_hashed(at, picture()))
    except MemoryError:
        raise
    except _TooLargeError:
        reason = Reason.TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 - a demuxer or decoder may raise anything over hostile bytes
        is_cut = True
    if not sampled:
        return Frames(reason=reason or (Reason.UNDECODABLE if is_cut else Reason.NO_FRAMES))
    return Frames(frames=tuple(sampled), until=until, is_cut=is_cut)


class _TooLargeError(Exception):
    """A frame has more pixels than is reasonable."""


def _decoded(av: Any, data: bytes, budget: int) -> Iterator[tuple[int, Any]]:
    """Each frame's time in milliseconds and what gives its pixels; None for those at the end of the budget."""
    with contextlib.ExitStack() as stack:
        container = stack.enter_context(av.open(io.BytesIO(data), mode="r", metadata_errors="ignore"))
        streams = container.streams.video
        if not streams:
            return
        stream = streams[0]
        stream.thread_type = "SLICE"
        first: float | None = None
        for frame in container.decode(stream):
            if max(frame.width, frame.height) > MAX_SIDE:
                raise _TooLargeError
            budget -= frame.width * frame.height
            if budget < 0:
                yield 0, None
                return
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            at = round((frame.time - first) * 1000)
            if at < 0:
                continue
            yield at, lambda frame=frame: _pixels(frame)


def _pixels(frame: Any) -> NDArray[np.uint8]:
    """A frame as RGB, upright."""
    import numpy as np

    values: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    quarters = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(values, quarters))


def _hashed(at: int, values: NDArray[np.uint8]) -> Frame:
    if min(values.shape[:2]) < MIN_SIDE:
        raise _TooLargeError
    orientations = pdq_orientations(values)
    plain = orientations[Orientation.NONE]
    return Frame(at=at, bits=plain.bits, mirrored=orientations[Orientation.MIRROR].bits, quality=plain.quality)
