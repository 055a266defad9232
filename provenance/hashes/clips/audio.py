"""What does a recording sound like? Chromaprint features, for the Audio-Code of ISCC.

No package carries Chromaprint for Python, so that the system's own library is called where it is installed (Debian:
`libchromaprint1`); PyAV decodes for it. Where one of the two is missing there is no Audio-Code, and recordings are then
known byte for byte alone. Only decoded samples ever reach the library.
"""

from __future__ import annotations

import ctypes
import importlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TYPES: Final = ("audio/mpeg", "audio/mp4", "audio/wav", "audio/flac", "audio/ogg")
"""Media types whose sound is listened to."""
LIBRARIES: Final = ("libchromaprint.so.1", "libchromaprint.so.0", "libchromaprint.1.dylib")
ALGORITHM: Final = 1
"""CHROMAPRINT_ALGORITHM_DEFAULT, which the standard's reference software uses."""
MAX_SAMPLES: Final = 2 * 48_000 * 3600
"""Samples of all channels: an hour of stereo, some 10 s of one core. The standard hashes all of it or nothing."""


class SoundError(ProvenanceError):
    """A recording has no features here; the message is the reason in a stable word."""

    hint = "run: pip install 'vouchmark[video]', if that is what is missing"


def features_of(data: bytes) -> list[int]:
    """The Chromaprint features of a recording, signed, one for about an eighth of a second.

    Raises:
        SoundError: `not-installed`, `undecodable`, `too-long` or `too-short`.
        MemoryError: there is no room.
    """
    library = _library()
    try:
        av = importlib.import_module("av")
    except ImportError as error:
        raise SoundError("not-installed") from error
    context = library.chromaprint_new(ALGORITHM)
    try:
        return _features(library, context, _samples(av, data))
    except (SoundError, MemoryError):
        raise
    except Exception as error:
        raise SoundError("undecodable") from error
    finally:
        library.chromaprint_free(context)


def _library() -> Any:
    """Chromaprint with the types of what is called.

    Raises:
        SoundError: it is not installed.
    """
    for name in LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.chromaprint_new.restype = ctypes.c_void_p
        library.chromaprint_new.argtypes = [ctypes.c_int]
        library.chromaprint_free.argtypes = [ctypes.c_void_p]
        library.chromaprint_start.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        library.chromaprint_feed.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
        library.chromaprint_finish.argtypes = [ctypes.c_void_p]
        library.chromaprint_get_raw_fingerprint.argtypes = [
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)),
            ctypes.POINTER(ctypes.c_int),
        ]
        library.chromaprint_dealloc.argtypes = [ctypes.c_void_p]
        return library
    raise SoundError("not-installed")


def _features(library: Any, context: int, sound: Iterator[tuple[int, int, NDArray[np.int16]]]) -> list[int]:
    """Feed the samples, piece by piece, and take the features out."""
    started = False
    heard = 0
    for rate, channels, samples in sound:
        if not started and not library.chromaprint_start(context, rate, channels):
            raise SoundError("undecodable")
        started = True
        heard += samples.size
        if heard > MAX_SAMPLES:
            raise SoundError("too-long")
        if not library.chromaprint_feed(context, samples.ctypes.data, samples.size):
            raise SoundError("undecodable")
    if not started or not library.chromaprint_finish(context):
        raise SoundError("undecodable")
    found, count = ctypes.POINTER(ctypes.c_int32)(), ctypes.c_int()
    if not library.chromaprint_get_raw_fingerprint(context, ctypes.byref(found), ctypes.byref(count)):
        raise SoundError("undecodable")
    try:
        features = [int(found[place]) for place in range(count.value)]
    finally:
        library.chromaprint_dealloc(found)
    if not features:
        raise SoundError("too-short")
    return features


def _samples(av: Any, data: bytes) -> Iterator[tuple[int, int, NDArray[np.int16]]]:
    """Rate, channels and 16-bit samples of the first sound track, as it is played, mono or stereo."""
    import numpy as np

    with av.open(io.BytesIO(data), mode="r", metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise SoundError("undecodable")
        stream = container.streams.audio[0]
        resampler: Any = None
        rate, channels = 0, 1
        for frame in container.decode(stream):
            if resampler is None:
                rate, channels = frame.sample_rate, min(2, len(frame.layout.channels))
                resampler = av.AudioResampler(format="s16", layout=("mono", "stereo")[channels - 1], rate=rate)
            for part in resampler.resample(frame):
                yield rate, channels, np.ascontiguousarray(part.to_ndarray().reshape(-1))
        if resampler is not None:
            for part in resampler.resample(None):
                yield rate, channels, np.ascontiguousarray(part.to_ndarray().reshape(-1))
