"""How large is a picture, according to its header? Pixels are never decoded here."""

from __future__ import annotations

import importlib
import io
from typing import Final

from provenance.asset import Limits, PictureTooLargeError

_PLUGINS: Final = {
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
    "image/bmp": ("BmpImagePlugin", "BmpImageFile"),
}
"""Pillow's readers whose constructors read headers only. Its WebP reader allocates the canvas, so that is read here;
a raw photo's first directory describes its preview, so that is not measured."""


def measure(data: bytes, media_type: str, *, limits: Limits | None = None) -> tuple[int, int] | None:
    """Width and height of a picture in pixels as stored, before any EXIF orientation; from its header alone.

    Meant for the worker: the header of a hostile file is read by a library.

    Returns:
        None where it is no picture, or of a type or shape that is not measured.

    Raises:
        PictureTooLargeError: The header announces more pixels than the limit.
    """
    size = _webp_size(data) if media_type == "image/webp" else _pillow_size(data, media_type)
    if size is None or min(size) < 1:
        return None
    limit = (limits or Limits()).pixels
    if size[0] * size[1] > limit:
        raise PictureTooLargeError(f"it announces {size[0]} x {size[1]} pixels, over the limit of {limit}")
    return size


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
