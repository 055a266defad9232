"""How does a stranger's picture become a small one that a browser may be shown?

Decoded here, in the worker, and encoded anew: no byte that the media's author chose reaches whoever looks at a report.
The asset's own picture, and the thumbnails that manifests carry of themselves where a signature covers them.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from provenance.errors import ProvenanceError
from provenance.reasons import Reason

if TYPE_CHECKING:
    from PIL import Image

    from provenance.credentials.history.lineage import History

SIDE: Final = 640
"""Pixels of the longer side: sharp at half that size on a fine screen, and some 60 KB."""
ANCESTOR_SIDE: Final = 400
"""Pixels of the longer side of an earlier version."""
MAX_ANCESTORS: Final = 32
"""Earlier versions with a picture, nearest first; real histories stay below ten."""
MAX_DECODED: Final = 64_000_000
"""Pixels that are decoded, some 256 MB; a JPEG is decoded at an eighth of its size, so that it may announce more."""
MAX_SCANNED: Final = 1_000_000_000
"""Pixels times scans of a progressive JPEG: each scan goes over the whole picture, and a few bytes make a scan."""
MAX_STORED_PIXELS: Final = 8_000_000
"""Pixels of a thumbnail in a manifest; real ones have 1 million."""
MAX_STORED: Final = 16 * 1024 * 1024
"""Bytes of a thumbnail in a manifest; real ones stay below 1 MiB."""
MAX_PROFILE: Final = 4 * 1024 * 1024
"""Bytes of a colour profile that is applied; printers' profiles have 2 MiB."""
MAX_ENCODED: Final = 2 * 1024 * 1024
"""Bytes of a small picture: uncompressed, 640 x 640 pixels have 1.2 MB."""
_QUALITY: Final = 82
_CHECK: Final = 8
"""Pixels of one field of the checkerboard behind transparent parts."""
_LIGHT, _DARK = (255, 255, 255), (222, 222, 222)

MEDIA_TYPE: Final = "image/jpeg"
"""Of every small picture; its bytes start as JPEG does."""

READERS: Final[Mapping[str, tuple[str, str]]] = {
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/webp": ("WebPImagePlugin", "WebPImageFile"),
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/bmp": ("BmpImagePlugin", "BmpImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
}
"""Pillow's readers, called themselves: `Image.open` has a pixel limit of its own, global to the process."""


class Preview(Struct, frozen=True, kw_only=True):
    """One small picture."""

    label: str
    """Of the manifest that carries it; empty for the asset's own picture."""
    data: bytes
    """JPEG, at most `MAX_ENCODED` bytes."""
    is_transparent: bool = False
    """Whether a checkerboard shows through."""
    is_turned: bool = False
    """Whether it was turned or mirrored as its EXIF orientation says."""


class Previews(Struct, frozen=True, kw_only=True):
    """Every small picture of one asset."""

    pictures: tuple[Preview, ...] = ()
    reason: Reason | None = None
    """Why the asset's own picture is missing: `no-picture`, `not-drawn`, `unsupported`, `too-many-pixels`,
    `undecodable`, or what ended the part (`time-limit`, `memory-limit`, `crash`); empty where it is there."""


class PreviewError(ProvenanceError):
    """There is no small picture; the message is the reason."""

    hint = "it cannot be drawn; nothing else depends on it"

    def __init__(self, reason: Reason) -> None:
        """Say why."""
        super().__init__(reason.value)
        self.reason = reason


def preview(data: bytes, media_type: str, history: History | None, *, pixels: int) -> Previews:
    """The small pictures of one asset, each encoded anew; for the worker.

    Args:
        data: The whole file.
        media_type: As recognised from the content.
        history: With its thumbnails, where there is one.
        pixels: How many pixels a picture may announce.
    """
    pictures: list[Preview] = []
    reason = None
    try:
        pictures.append(_small(data, media_type, label="", side=SIDE, pixels=pixels))
    except PreviewError as error:
        reason = error.reason
    stored_pixels = min(pixels, MAX_STORED_PIXELS)
    for label, stored in stored_thumbnails(history):
        try:
            pictures.append(_small(stored, _kind(stored), label=label, side=ANCESTOR_SIDE, pixels=stored_pixels))
        except PreviewError:
            continue
    return Previews(pictures=tuple(pictures), reason=reason)


def is_small_picture(picture: Preview) -> bool:
    """Whether it is what this module makes; a worker that a file has taken over may say anything."""
    return picture.data.startswith(b"\xff\xd8\xff") and len(picture.data) <= MAX_ENCODED


def stored_thumbnails(history: History | None) -> Iterator[tuple[str, bytes]]:
    """(label, thumbnail) of manifests whose signature holds and covers it, reached by verified links, nearest first."""
    from provenance.credentials.history.lineage import LinkState

    visited: set[str] = set()
    for node in sorted(history.root.walk(), key=lambda node: node.depth) if history else ():
        check, thumbnail = node.check, node.thumbnail
        if check is None or thumbnail is None or not check.is_intact or check.label in visited:
            continue
        if node.link is not None and node.link.state is not LinkState.VERIFIED:
            continue
        if len(visited) == MAX_ANCESTORS:
            return
        visited.add(check.label)
        if len(thumbnail.data) <= MAX_STORED:
            yield check.label, bytes(thumbnail.data)


def _kind(data: bytes) -> str:
    """The type of a thumbnail by its content: what a manifest says of it is the author's word."""
    from provenance.media_type import recognise

    return recognise(data)


def _small(data: bytes, media_type: str, *, label: str, side: int, pixels: int) -> Preview:
    """One small picture.

    Raises:
        PreviewError: There is none.
        MemoryError: Not enough memory for it.
    """
    if not media_type.startswith("image/"):
        raise PreviewError(Reason.NO_PICTURE)
    if media_type == "image/svg+xml":
        # A drawing is a program in disguise; nothing here runs it.
        raise PreviewError(Reason.NOT_DRAWN)
    if media_type not in READERS:
        raise PreviewError(Reason.UNSUPPORTED)
    try:
        return _decoded(data, media_type, label=label, side=side, pixels=pixels)
    except (PreviewError, MemoryError):
        raise
    except Exception as error:  # a reader may raise anything over hostile bytes
        raise PreviewError(Reason.UNDECODABLE) from error


def _decoded(data: bytes, media_type: str, *, label: str, side: int, pixels: int) -> Preview:
    from PIL import Image, ImageOps

    module, reader = READERS[media_type]
    with getattr(importlib.import_module(f"PIL.{module}"), reader)(io.BytesIO(data)) as opened:
        width, height = opened.size
        # A progressive JPEG is held whole, and gone over once for each scan.
        is_progressive = "progressive" in opened.info
        scans = data.count(b"\xff\xda") if is_progressive else 1
        limit = pixels if media_type == "image/jpeg" and not is_progressive else min(pixels, MAX_DECODED)
        if width * height > limit or width * height * scans > MAX_SCANNED:
            raise PreviewError(Reason.TOO_MANY_PIXELS)
        # Twice the size that is wanted, as far as a JPEG can be decoded smaller than it is.
        opened.draft(None, (2 * side, 2 * side))
        if opened.size[0] * opened.size[1] > MAX_DECODED:
            raise PreviewError(Reason.TOO_MANY_PIXELS)
        opened.load()
        picture = _in_plain_colours(opened)
        picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        upright = ImageOps.exif_transpose(picture)
        is_turned = opened.getexif().get(0x0112, 1) not in (0, 1)
        picture = _in_srgb(upright, opened.info.get("icc_profile"))
    transparent = picture.mode in ("LA", "RGBA") and picture.getchannel("A").getextrema() != (255, 255)
    output = io.BytesIO()
    _on_checkerboard(picture).save(output, "JPEG", quality=_QUALITY, optimize=True)
    if len(output.getvalue()) > MAX_ENCODED:
        raise PreviewError(Reason.UNDECODABLE)
    return Preview(label=label, data=output.getvalue(), is_transparent=transparent, is_turned=is_turned)


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """The same in a mode that can be scaled smoothly: L, LA, RGB, RGBA or CMYK."""
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture if "transparency" not in picture.info else picture.convert("RGBA")
    if picture.mode.startswith(("I", "F")):
        low, high = _range(picture)
        wide = picture.convert("F")
        scale = 255.0 / (high - low) if high > low else 0.0
        return wide.point(lambda value: value * scale - low * scale).convert("L")
    has_alpha = "transparency" in picture.info or picture.mode in ("PA", "La", "RGBa")
    return picture.convert("RGBA" if has_alpha else "RGB")


def _range(picture: Image.Image) -> tuple[float, float]:
    """The darkest and the lightest value that mean black and white: 16 bits by their type, others as they come."""
    if picture.mode.startswith("I;16"):
        return 0.0, 65535.0
    low, high = picture.convert("F").getextrema()
    return float(low), float(high)  # type: ignore[arg-type]


def _in_srgb(picture: Image.Image, profile: Any) -> Image.Image:
    """The same in the colours of a screen; as it is where its profile is missing, too large or no good."""
    from PIL import ImageCms

    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    base = picture.convert(picture.mode.removesuffix("A")) if alpha else picture
    if isinstance(profile, bytes) and 0 < len(profile) <= MAX_PROFILE:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(base, source, target, outputMode="RGB")
            base = converted if converted is not None else base
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    base = base.convert("RGB")
    if alpha is not None:
        base.putalpha(alpha)
    return base


def _on_checkerboard(picture: Image.Image) -> Image.Image:
    """A new, opaque picture: transparent parts show a light checkerboard, so that nothing is hidden in them."""
    from PIL import Image

    blank = Image.new("RGB", picture.size)
    if picture.mode != "RGBA":
        # Into a new one: what the file says of itself (its comment) would be written again with the old one.
        blank.paste(picture)
        return blank
    field = Image.new("RGB", (2 * _CHECK, 2 * _CHECK), _LIGHT)
    for corner in ((0, 0), (_CHECK, _CHECK)):
        field.paste(_DARK, (*corner, corner[0] + _CHECK, corner[1] + _CHECK))
    for x in range(0, picture.size[0], 2 * _CHECK):
        for y in range(0, picture.size[1], 2 * _CHECK):
            blank.paste(field, (x, y))
    blank.paste(picture.convert("RGB"), (0, 0), picture.getchannel("A"))
    return blank
