"""Which small films and sounds are signed before they are changed? Every frame and every tone is another one."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np

from tests.viewers.makers.raster import scene

FRAMES: Final = 6
RATE: Final = 5
"""Frames a second."""
SOUND_RATE: Final = 22_050


def tone(seconds: float = 0.5, *, hertz: float = 300.0) -> np.ndarray[Any, np.dtype[np.int16]]:
    """A tone that rises, so that no part of it sounds like another."""
    at = np.arange(int(SOUND_RATE * seconds)) / SOUND_RATE
    return (12_000 * np.sin(2 * np.pi * (hertz + 400 * at) * at)).astype(np.int16)


def clip(container: str, *, video: str = "", audio: str = "", options: dict[str, str] | None = None) -> bytes:
    """A clip as FFmpeg writes it: frames, sound or both."""
    import av

    target = io.BytesIO()
    with av.open(target, "w", format=container, options=options or {}) as output:
        pictures: Any = output.add_stream(video, rate=RATE) if video else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuvj420p" if video == "mjpeg" else "yuv420p"
            pictures.codec_context.thread_count = 1
            if video in ("libx264", "mpeg4"):
                pictures.codec_context.gop_size = 3
        sounds: Any = output.add_stream(audio, rate=SOUND_RATE) if audio else None
        if sounds is not None:
            sounds.layout = "mono"
        if pictures is not None:
            for number in range(FRAMES):
                frame = av.VideoFrame.from_image(scene(number)).reformat(format=pictures.pix_fmt)
                frame.pts = number
                output.mux(pictures.encode(frame))
            output.mux(pictures.encode())
        if sounds is not None:
            _encode_sound(output, sounds, tone(FRAMES / RATE if pictures is not None else 0.5))
    return target.getvalue()


def _encode_sound(output: Any, sounds: Any, samples: np.ndarray[Any, np.dtype[np.int16]]) -> None:
    import av

    if not sounds.codec_context.is_open:
        sounds.codec_context.open()
    resampler = av.AudioResampler(format=sounds.format, layout="mono", rate=SOUND_RATE)
    step = sounds.codec_context.frame_size or 1152
    for start in range(0, len(samples), step):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + step], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SOUND_RATE, start
        for one in resampler.resample(frame):
            output.mux(sounds.encode(one))
    output.mux(sounds.encode())


def mp4() -> bytes:
    return clip("mp4", video="libx264", audio="aac")


def mp4_silent() -> bytes:
    return clip("mp4", video="mpeg4")


def mp4_in_pieces() -> bytes:
    """A fragmented film in one file."""
    return clip("mp4", video="libx264", audio="aac", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"})


def mov() -> bytes:
    return clip("mov", video="mjpeg", audio="pcm_s16le")


def m4a() -> bytes:
    return clip("ipod", audio="aac")


def avi() -> bytes:
    return clip("avi", video="mjpeg", audio="pcm_s16le")


def mp3() -> bytes:
    return clip("mp3", audio="libmp3lame")


def flac() -> bytes:
    return clip("flac", audio="flac")


def wav() -> bytes:
    return clip("wav", audio="pcm_s16le")
