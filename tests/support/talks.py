"""Which talks do the tests cut clips from? Drawn and sung here and now: a speaker who moves, slides, and syllables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

RATE: Final = 16_000
SIZE: Final = (320, 180)
FRAMES: Final = 8
"""A second."""

Span = tuple[float, float]


def speech(seconds: float, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Something like a voice: syllables of a pitch with formants that glide, and pauses; one channel, -1 to 1."""
    chance = np.random.default_rng(seed)
    samples = np.zeros(int(seconds * RATE), np.float32)
    place = 0
    while place < len(samples):
        length = int(chance.uniform(0.09, 0.32) * RATE)
        time = np.arange(length) / RATE
        pitch = chance.uniform(95, 220) * (1 + chance.uniform(-0.15, 0.15) * time / time[-1])
        formants = chance.uniform([250, 800, 2100], [850, 2200, 3100])
        voice = np.zeros(length)
        for harmonic in range(1, 32):
            frequency = harmonic * pitch.mean()
            weight = sum(np.exp(-(((frequency - formant) / 160) ** 2)) for formant in formants) + 0.02
            voice += weight * np.sin(2 * np.pi * np.cumsum(harmonic * pitch) / RATE)
        voice *= np.hanning(length) * chance.uniform(0.03, 0.1)
        part = samples[place : place + length]
        part += voice[: len(part)].astype(np.float32)
        place += length + int((chance.uniform(0.3, 0.9) if chance.random() < 0.12 else 0.02) * RATE)
    return np.clip(samples + chance.normal(0, 0.002, len(samples)).astype(np.float32), -1, 1)


def pictures(seconds: float, seed: int) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """A hall with a speaker who walks and waves, beside slides that change."""
    chance = np.random.default_rng(seed)
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hall = np.stack([40 + 50 * y / height + chance.uniform(-8, 8, (height, width)) for _ in range(3)], axis=-1)
    for _ in range(12):
        left, top = chance.integers(0, width - 40), chance.integers(0, height - 25)
        hall[top : top + 18, left : left + 30] += chance.uniform(-40, 60, 3)
    frames = []
    slide = hall
    until = 0.0
    way = np.cumsum(chance.normal(0, 1, (int(seconds * FRAMES) + 1, 4)), axis=0)
    way -= np.linspace(0, 1, len(way))[:, None] * way[-1]
    for number in range(int(seconds * FRAMES)):
        if number / FRAMES >= until:
            until = number / FRAMES + chance.uniform(9, 17)
            slide = hall.copy()
            slide[20:130, 130:300] = chance.uniform(190, 250, 3)
            for _ in range(9):
                left, top = chance.integers(134, 270), chance.integers(24, 118)
                slide[top : top + chance.integers(3, 14), left : left + chance.integers(8, 60)] = chance.uniform(
                    20, 200, 3
                )
        frame = slide.copy()
        step = way[number]
        centre = 65 + 22 * np.sin(step[0] / 4), 95 + 5 * np.sin(step[1] / 3)
        hand = centre[0] + 34 * np.cos(step[2] / 2), centre[1] - 10 + 30 * np.sin(step[3] / 2)
        frame[((x - centre[0]) / 16) ** 2 + ((y - centre[1] - 30) / 45) ** 2 < 1] = (30, 40, 90)
        frame[((x - centre[0]) / 10) ** 2 + ((y - centre[1] + 25) / 13) ** 2 < 1] = (205, 160, 130)
        frame[((x - hand[0]) / 7) ** 2 + ((y - hand[1]) / 7) ** 2 < 1] = (210, 165, 135)
        frames.append(np.clip(frame, 0, 255).astype(np.uint8))
    return frames


def encode(
    images: Sequence[np.ndarray[Any, Any]] | None,
    sound: np.ndarray[Any, Any] | None,
    *,
    kind: str = "mp4",
    rate: int = 96_000,
    late: float = 0.0,
    gap: Span = (0.0, 0.0),
    every: int = 12,
) -> bytes:
    """A film, or sound alone, as a file.

    Args:
        images: `FRAMES` a second, height x width x 3; None for sound alone.
        sound: One channel at `RATE`; None for pictures alone.
        kind: `mp4`, `mov`, `wav` or `mp3`.
        rate: Bits a second of the sound.
        late: Seconds by which the sound begins after the pictures.
        every: Frames from one key frame to the next.
        gap: After how many seconds the sound pauses, and for how long; nothing is stored of the pause.
    """
    import av

    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        video = audio = None
        if images is not None:
            video = container.add_stream("mpeg4", rate=FRAMES)
            video.width, video.height = images[0].shape[1] // 2 * 2, images[0].shape[0] // 2 * 2
            video.pix_fmt, video.bit_rate, video.gop_size = "yuv420p", 600_000, every
        if sound is not None:
            codec = {"wav": "pcm_s16le", "mp3": "mp3"}.get(kind, "aac")
            audio = container.add_stream(codec, rate=RATE)
            audio.layout = "mono"
            if codec != "pcm_s16le":
                audio.bit_rate = rate
        for number, image in enumerate(images or ()):
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(image[: video.height, : video.width]), format="rgb24"
            )
            frame.pts = number
            container.mux(video.encode(frame))
        if video is not None:
            container.mux(video.encode(None))
        if sound is not None:
            for place in range(0, len(sound), 1024):
                piece = av.AudioFrame.from_ndarray(
                    sound[None, place : place + 1024].astype(np.float32), format="flt", layout="mono"
                )
                waited = late + (gap[1] if place >= gap[0] * RATE else 0.0)
                piece.sample_rate, piece.pts = RATE, place + int(waited * RATE)
                container.mux(audio.encode(_as(audio, piece)))
            container.mux(audio.encode(None))
    return target.getvalue()


def _as(stream: Any, piece: Any) -> Any:
    """A piece of sound in the format that its encoder takes."""
    import av

    resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=RATE)
    return resampler.resample(piece)[0]


def cut_sound(sound: np.ndarray[Any, Any], *spans: Span) -> np.ndarray[Any, Any]:
    """Some spans of it, one after the other."""
    return np.concatenate([sound[int(start * RATE) : int(end * RATE)] for start, end in spans])


def cut_pictures(images: Sequence[Any], *spans: Span) -> list[Any]:
    """The same of pictures."""
    return [image for start, end in spans for image in images[int(start * FRAMES) : int(end * FRAMES)]]
