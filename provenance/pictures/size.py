"""How large is a picture, according to its header? Pixels are never decoded here."""

from __future__ import annotations

import importlib
import io
from typing import Final

from provenance.asset import Limits, PictureTooLargeError

_PLUGINS: Final = {
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
    "image/bmp": ("BmpImagePlugin", "BmpImageFile"),
}
"""Pillow's readers whose constructors read headers only; a raw photo's first directory describes its preview, so that
is not measured. JPEG, PNG and GIF are read here: to load Pillow for a few bytes would take longer than everything else
that is done to most files. So is WebP, for which Pillow allocates the canvas."""
MAX_SEGMENTS: Final = 100_000
"""JPEG segments looked at for the frame header; a manifest store of 4 GiB would lie in 65,000."""


def measure(data: bytes, media_type: str, *, limits: Limits | None = None) -> tuple[int, int] | None:
    """Width and height of a picture in pixels as stored, before any EXIF orientation; from its header alone.

    Meant for the worker: the header of a hostile file is read by a library.

    Returns:
        None where it is no picture, or of a type or shape that is not measured.

    Raises:
        PictureTooLargeError: The header announces more pixels than the limit.
    """
    read = _OWN.get(media_type)
    size = read(data) if read else _pillow_size(data, media_type)
    if size is None or min(size) < 1:
        return None
    limit = (limits or Limits()).pixels
    if size[0] * size[1] > limit:
        raise PictureTooLargeError(f"it announces {size[0]} x {size[1]} pixels, over the limit of {limit}")
    return size


def needs_library(media_type: str) -> bool:
    """Whether a picture of that type is measured by Pillow, which takes a while to load."""
    return media_type in _PLUGINS


def _pillow_size(data: bytes, media_type: str) -> tuple[int, int] | None:
    if media_type not in _PLUGINS:
        return None
    module, reader = _PLUGINS[media_type]
    try:
        # The constructor itself, not Image.open: that has a limit of its own, which is global to the process.
        with getattr(importlib.import_module(f"PIL.{module}"), reader)(io.BytesIO(data)) as picture:
            width, height = picture.size
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a reader raises over a broken header, there is no size to tell
        return None
    return int(width), int(height)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the first chunk of a WebP file (RFC 9649, sections 2.5 to 2.7)."""
    body = data[20:30]
    if len(body) < 10:
        return None
    if data[12:16] == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if data[12:16] == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the first frame header (ITU-T T.81, annex B)."""
    place = 2
    for _ in range(MAX_SEGMENTS):
        if data[place : place + 1] != b"\xff":
            return None
        while data[place + 1 : place + 2] == b"\xff":  # fill bytes
            place += 1
        head = data[place : place + 9]
        if len(head) < 9:
            return None
        marker = head[1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big")
        if marker in (0xD9, 0xDA):  # the end, or a scan without a frame
            return None
        alone = marker == 0x01 or 0xD0 <= marker <= 0xD7
        place += 2 if alone else 2 + max(2, int.from_bytes(head[2:4], "big"))
    return None


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the header chunk (ISO/IEC 15948, section 11.2.2)."""
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the logical screen (GIF 89a, section 18)."""
    if len(data) < 13:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


_OWN: Final = {
    "image/jpeg": _jpeg_size,
    "image/png": _png_size,
    "image/gif": _gif_size,
    "image/webp": _webp_size,
}
