"""What does a picture look like, whatever its file keeps it as: upright, in sRGB, over white, the first frame?

One rule for every mode, so that two files that look alike are alike: EXIF orientation is carried out, ICC profiles are
turned into sRGB, transparency is put over white, and palettes, CMYK, 1, 16 and 32 bit become 8-bit RGB or grey.
Decoding belongs into a worker; afterwards parts of the picture are converted as they are asked for, so that no second
copy of a large picture is ever made.
"""

from __future__ import annotations

import importlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from provenance.asset import Limits
from provenance.errors import ProvenanceError
from provenance.reasons import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

READERS: Final = {
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/webp": ("WebPImagePlugin", "WebPImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/bmp": ("BmpImagePlugin", "BmpImageFile"),
}
"""Pillow's readers by media type. Each is called by itself: `Image.open` would guess the type again, and has a limit of
pixels that is global to the process."""
MAX_PROFILE: Final = 4 * 1024 * 1024
"""Bytes of an ICC profile that are looked at; printers' largest have about 2 MiB."""
SAME_COLOUR: Final = 2
"""Steps of 255 by which a profile may move colours and still count as sRGB: what rounding alone does."""

_ORIENTATIONS: Final = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"} | {
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""EXIF orientation (CIPA DC-008, tag 0x0112) to what makes the picture upright."""
_ORIENTATION: Final = 0x0112


class PictureError(ProvenanceError):
    """A picture cannot be looked at. Says nothing on what it shows."""

    hint = "open it in a program of your own; nothing is said of what it shows"

    reason: ClassVar[Reason] = Reason.UNDECODABLE
    """A stable word for machines."""


class UnsupportedPictureError(PictureError):
    """No reader for this type here: HEIC, JPEG XL, SVG, raw photos, and what is no picture at all."""

    reason = Reason.UNSUPPORTED


class TooManyPixelsError(PictureError):
    """More pixels than the limit (a decompression bomb)."""

    reason = Reason.TOO_MANY_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture that is upright, in sRGB and over white wherever one looks at it."""

    stored: Image
    """As decoded: still in the file's own orientation and mode."""
    orientation: str
    """Pillow's name of what makes it upright; empty where it is."""
    convert: Callable[[Image], Image]
    """Makes a part of it RGB or grey (`L`)."""
    notes: tuple[str, ...] = ()
    """What was done besides decoding, in stable words: `turned`, `first-frame`, `over-white`, `profile`, `bad-profile`,
    `cmyk`, `palette`, `16-bit`, `stretched`, `1-bit`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, upright."""
        width, height = self.stored.size
        return (
            (height, width)
            if self.orientation in ("TRANSPOSE", "TRANSVERSE", "ROTATE_90", "ROTATE_270")
            else (width, height)
        )

    def part(self, box: tuple[int, int, int, int]) -> Image:
        """A rectangle of it as an RGB or grey (`L`) image.

        Args:
            box: left, top, right, bottom in upright pixels; right and bottom are outside.
        """
        from PIL.Image import Transpose

        part = self.convert(self.stored.crop(self._stored_box(box)))
        return part.transpose(Transpose[self.orientation]) if self.orientation else part

    def pixels(self, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """The same as an array: rows x columns x 3, or rows x columns where it is grey."""
        import numpy as np

        return np.asarray(self.part(box))

    def whole(self) -> Image:
        """All of it."""
        return self.part((0, 0, *self.size))

    def _stored_box(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """Where an upright rectangle lies in the file's own orientation."""
        left, top, right, bottom = box
        width, height = self.size
        if self.orientation in ("FLIP_LEFT_RIGHT", "ROTATE_180", "TRANSVERSE", "ROTATE_270"):
            left, right = width - right, width - left
        if self.orientation in ("FLIP_TOP_BOTTOM", "ROTATE_180", "TRANSVERSE", "ROTATE_90"):
            top, bottom = height - bottom, height - top
        if self.size != self.stored.size or self.orientation in ("TRANSPOSE", "TRANSVERSE", "ROTATE_90", "ROTATE_270"):
            return top, left, bottom, right
        return left, top, right, bottom


def decode(data: bytes, media_type: str, limits: Limits | None = None) -> Picture:
    """Decode a picture's first frame. Meant for the worker: this is where hostile bytes meet decoders.

    Args:
        data: the file.
        media_type: as its content says.
        limits: how many pixels it may have; they are counted before any is decoded.

    Raises:
        UnsupportedPictureError: no reader for this type.
        TooManyPixelsError: over the limit.
        PictureError: it is broken, or breaks off.
        MemoryError: there is no room for it.
    """
    if media_type not in READERS:
        raise UnsupportedPictureError(f"pictures of type {media_type} are not decoded here")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(data, media_type, limits or Limits())
        except (PictureError, MemoryError):
            raise
        except Exception as error:
            if type(error).__name__.startswith("DecompressionBomb"):
                raise TooManyPixelsError("a part of it announces too many pixels") from error
            raise PictureError("it is broken or incomplete") from error


def _decode(data: bytes, media_type: str, limits: Limits) -> Picture:
    module, name = READERS[media_type]
    reader = getattr(importlib.import_module(f"PIL.{module}"), name)
    image: Image = reader(io.BytesIO(data))
    width, height = image.size
    if width * height > limits.pixels:
        raise TooManyPixelsError(f"it announces {width} x {height} pixels, over the limit of {limits.pixels}")
    notes = ["first-frame"] if media_type != "image/jpeg" and getattr(image, "is_animated", False) else []
    profile = image.info.get("icc_profile")
    image.load()
    # Asked after loading: Pillow makes TIFF pictures upright itself, and forgets the tag.
    orientation = _ORIENTATIONS.get(image.getexif().get(_ORIENTATION, 1), "")
    if orientation:
        notes.append("turned")
    stored, convert, words = _normalised(image, profile if isinstance(profile, bytes) else b"")
    return Picture(stored=stored, orientation=orientation, convert=convert, notes=(*notes, *words))


def _normalised(image: Image, profile: bytes) -> tuple[Image, Callable[[Image], Image], list[str]]:
    """The picture, what makes any part of it RGB or grey, and in which words that is told."""
    mode, words = image.mode, list[str]()
    if mode.startswith("I") or mode == "F":
        image, words = _eight_bits(image)
        mode = "L"
    has_alpha = _has_alpha(image, mode) and not words
    if mode in ("P", "PA"):
        words.append("palette")
    elif mode == "1":
        words.append("1-bit")
    elif mode == "CMYK":
        words.append("cmyk")
    if has_alpha:
        words.append("over-white")
    plain = "CMYK" if mode == "CMYK" else "LAB" if mode == "LAB" else "L" if mode in ("1", "L", "LA", "La") else "RGB"
    transform, word = _to_srgb(profile, plain)
    if word:
        words.append(word)
    return image, _converter(plain, has_alpha=has_alpha, transform=transform), words


def _has_alpha(image: Image, mode: str) -> bool:
    """Whether anything of a picture can be seen through."""
    if mode in ("LA", "RGBA"):
        least = image.getchannel("A").getextrema()[0]
        return isinstance(least, int | float) and least < 255
    return mode in ("La", "PA", "RGBa") or "transparency" in image.info


def _converter(plain: str, *, has_alpha: bool, transform: Any) -> Callable[[Image], Image]:
    """What makes a part of a picture RGB or grey.

    Args:
        plain: the mode without transparency in which a profile applies.
        has_alpha: whether something of it is transparent.
        transform: from `plain` to sRGB; None to take the values as they are.
    """
    from PIL import Image, ImageCms

    def convert(part: Image.Image) -> Image.Image:
        alpha = None
        if has_alpha:
            part = part.convert("RGBA")
            alpha = part.getchannel("A")
        if part.mode != plain:
            part = part.convert(plain)
        if transform is not None:
            changed = ImageCms.applyTransform(part, transform)
            part = part if changed is None else changed
        elif plain not in ("L", "RGB"):
            part = part.convert("RGB")
        if alpha is None:
            return part
        white = Image.new(part.mode, part.size, "white")
        white.paste(part, mask=alpha)
        return white

    return convert


def _eight_bits(image: Image) -> tuple[Image, list[str]]:
    """A picture of 16 or 32 bits a pixel as grey: the high byte of 16 bits; 32 bits and floats from least to most."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image)
    if values.dtype.itemsize == 2:
        grey = (values >> 8).astype(np.uint8)
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            grey[values == clear] = 255
        return Image.fromarray(grey), ["16-bit"]
    finite = np.isfinite(values)
    if not finite.any():
        raise PictureError("it holds no number")
    least, most = float(values[finite].min()), float(values[finite].max())
    if values.dtype.kind != "f" and least >= 0 and most <= 0xFFFF:
        return Image.fromarray((values >> 8).astype(np.uint8)), ["16-bit"]
    scaled = (np.where(finite, values, least) - least) * (255 / (most - least) if most > least else 0.0)
    return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8)), ["stretched"]


def _to_srgb(profile: bytes, plain: str) -> tuple[Any, str]:
    """The transform from a profile's colours to sRGB, and in which word that is told; None where none is needed."""
    if not profile and plain != "LAB":
        return None, ""
    if len(profile) > MAX_PROFILE:
        return None, "bad-profile"
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile)) if profile else ImageCms.createProfile("LAB")
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, plain, "RGB", ImageCms.Intent.PERCEPTUAL)
        if plain in ("L", "RGB") and _changes_little(transform, plain):
            return None, ""
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None, "bad-profile"
    return transform, "profile"


def _changes_little(transform: Any, plain: str) -> bool:
    """Whether a profile is sRGB by another name: then the values stay as they are, bit by bit."""
    import numpy as np
    from PIL import Image, ImageCms

    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    before: NDArray[np.uint8]
    if plain == "L":
        before = np.arange(256, dtype=np.uint8).reshape(16, 16)
    else:
        before = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    after = np.asarray(ImageCms.applyTransform(Image.fromarray(before), transform)).astype(np.int16)
    wanted = before[..., None] if plain == "L" else before
    return bool(np.abs(after - wanted).max() <= SAME_COLOUR)
