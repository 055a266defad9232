"""What does a recording sound like, ten times a second? The shape of its spectrum, whatever its loudness and codec.

Decoded to one channel at 8 kHz, which every codec for speech carries; the logarithms of 24 bands between 200 and 3,600
Hz, less their running mean, so that neither equaliser nor loudness shows. Bounded in length. PyAV is loaded inside.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE: Final = 8000
"""Samples a second."""
STEP: Final = 0.1
"""Seconds from one row to the next."""
HOP: Final = round(RATE * STEP)
"""Samples from one row to the next."""
FRAME: Final = 2048
"""Samples looked at for each row: a quarter of a second, so that a step's half matters little."""
BANDS: Final = 24
LOWEST, HIGHEST = 200.0, 3600.0
"""Hertz: what a telephone carries."""
MEAN: Final = 2.0
"""Seconds of the running mean that is taken away."""
QUIET: Final = 1e-3
"""Of full scale, root mean square, below which there is nothing to recognise."""
GAP: Final = 0.25
"""Seconds without sound from which on they count as silence: a recorder's clock jitters by less."""
MAX_SECONDS: Final = 4 * 3600
"""Seconds that are looked at: 144,000 rows, 14 MB, and some 40 s to decode."""
CHUNK: Final = 600
"""Rows computed together: a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The sound of a recording."""

    rows: NDArray[np.float32]
    """n x `BANDS`, each of length 1, or 0 where it is quiet."""
    seconds: float
    is_cut: bool = False
    """Whether it goes on after what was looked at."""


def read_track(data: bytes, *, limit: float = MAX_SECONDS) -> Track | None:
    """The sound of a file. Never raises on hostile bytes.

    Returns:
        None where it has no sound that can be decoded.

    Raises:
        ImportError: PyAV is not installed.
        MemoryError: There is no room.
    """
    av = importlib.import_module("av")
    heard = _Heard()
    is_cut = False
    try:
        for piece in _decoded(av, data, limit):
            heard.add(piece)
            if heard.count > limit * RATE:
                is_cut = True
                break
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a demuxer or decoder may raise anything over hostile bytes
        is_cut = bool(heard.count)
    if not heard.count:
        return None
    return Track(rows=heard.rows(), seconds=heard.count / RATE, is_cut=is_cut)


def beginning(container: Any) -> float | None:
    """When a recording begins, in seconds of its own clock, which sound and pictures share; None where it is silent."""
    return None if container.start_time is None else container.start_time / 1_000_000


def _decoded(av: Any, data: bytes, limit: float) -> Iterator[NDArray[np.float32]]:
    """One channel at `RATE`, piece by piece, from the recording's beginning, with silence where it has a gap."""
    with contextlib.ExitStack() as stack:
        container = stack.enter_context(av.open(io.BytesIO(data), mode="r", metadata_errors="ignore"))
        if not container.streams.audio:
            return
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        start, count = beginning(container), 0
        for frame in container.decode(container.streams.audio[0]):
            if frame.time is not None:
                start = frame.time if start is None else start
                missing = frame.time - start - count / RATE
                while missing > GAP and count <= limit * RATE:
                    silence = np.zeros(min(round(missing * RATE), CHUNK * HOP), np.float32)
                    count += len(silence)
                    missing -= len(silence) / RATE
                    yield silence
            frame.pts = None
            for piece in resampler.resample(frame):
                count += piece.samples
                yield piece.to_ndarray().reshape(-1)
        for piece in resampler.resample(None):
            yield piece.to_ndarray().reshape(-1)


def rows_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The shape of the spectrum of one channel at `RATE`, a row for each `STEP`."""
    heard = _Heard()
    heard.add(samples)
    return heard.rows()


class _Heard:
    """Levels of what was heard so far; of the samples themselves no more than a minute is kept."""

    def __init__(self) -> None:
        self.count = 0
        """Samples."""
        self._pieces: list[NDArray[np.float32]] = [np.zeros(FRAME // 2, np.float32)]
        self._held = FRAME // 2
        self._levels: list[NDArray[np.float32]] = []
        self._loud: list[NDArray[np.bool_]] = []
        self._window, self._weights = np.hanning(FRAME).astype(np.float32), _bands()

    def add(self, samples: NDArray[np.float32]) -> None:
        """Hear some more."""
        for first in range(0, len(samples), CHUNK * HOP):
            part = samples[first : first + CHUNK * HOP]
            clean = np.nan_to_num(part.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
            self._pieces.append(np.clip(clean, -1, 1))
            self._held += len(part)
            if self._held >= CHUNK * HOP + FRAME:
                self._look(CHUNK)
        self.count += len(samples)

    def _look(self, rows: int) -> None:
        """The next so many rows."""
        held = np.concatenate(self._pieces)
        frames = held[np.arange(rows)[:, None] * HOP + np.arange(FRAME)[None, :]]
        self._loud.append(np.sqrt((frames * frames).mean(axis=1)) > QUIET)
        power = np.abs(np.fft.rfft(frames * self._window, axis=1)) ** 2
        self._levels.append(np.log(np.einsum("kf,fb->kb", power, self._weights) + 1e-6).astype(np.float32))
        self._pieces = [held[rows * HOP :]]
        self._held = len(self._pieces[0])

    def rows(self) -> NDArray[np.float32]:
        """A row for each `STEP` of all of it."""
        self._pieces.append(np.zeros(FRAME, np.float32))
        left = max(1, self.count // HOP) - CHUNK * len(self._levels)
        while left > 0:
            self._look(min(left, CHUNK))
            left -= CHUNK
        return _shapes(np.concatenate(self._levels), np.concatenate(self._loud))


def _shapes(levels: NDArray[np.float32], loud: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Each row without its running mean and its loudness, of length 1; 0 where it is quiet."""
    levels = levels - _running_mean(levels)
    levels -= levels.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(levels, axis=1, keepdims=True)
    rows: NDArray[np.float32] = np.where(
        loud[:, None] & (lengths > 1e-3), levels / np.maximum(lengths, 1e-6), 0
    ).astype(np.float32)
    return rows


def _bands() -> NDArray[np.float64]:
    """Triangles that are evenly spaced on a logarithmic scale: frequencies x bands."""
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 2)
    rising = (frequencies[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - frequencies[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None), np.float64)


def _running_mean(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean over `MEAN` seconds around each row."""
    half = max(1, round(MEAN / STEP / 2))
    sums = np.concatenate([np.zeros((1, levels.shape[1])), np.cumsum(levels, axis=0, dtype=np.float64)])
    places = np.arange(len(levels))
    low, high = np.maximum(0, places - half), np.minimum(len(levels), places + half + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None], np.float32)
