"""By what may a file be recognised: its picture's hashes, its frames', its codes for interchange, and a small picture?

One decoding for all of it, in the worker. The small picture goes out as plain pixels: what a hostile file may have made
of the worker is no file that anybody has to decode again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from provenance.asset import Limits
from provenance.hashes.clips.video import MAX_FRAMES, TYPES, Frames, frames_of
from provenance.hashes.index.entry import Code
from provenance.hashes.pictures.pdq import BITS, Pictured, pictured
from provenance.reasons import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from provenance.hashes.pictures.pixels import Picture

SMALL_SIDE: Final = 512
"""Pixels of the longer side of the small picture: enough local features for registration, and some 40 KB as JPEG."""

MAX_CODES: Final = 8
"""Codes of one file: four units and what joins them."""
BAND: Final = 64
"""Rows of a reduced picture that are made together."""


class Small(Struct, frozen=True, kw_only=True):
    """A small picture as plain pixels."""

    width: int
    height: int
    data: bytes
    """Red, green and blue of each pixel, row by row."""

    @property
    def is_whole(self) -> bool:
        """Whether there are as many pixels as it says, and no more than there may be."""
        sides = 0 < self.width <= SMALL_SIDE and 0 < self.height <= SMALL_SIDE
        return sides and len(self.data) == 3 * self.width * self.height

    def array(self) -> NDArray[np.uint8]:
        """Rows x columns x 3."""
        import numpy as np

        return np.frombuffer(self.data, dtype=np.uint8).reshape(self.height, self.width, 3)


class Fingerprint(Struct, frozen=True, kw_only=True):
    """Everything by which a file may be recognised besides its digest."""

    picture: Pictured | None = None
    """With all eight orientations; None where it is no picture."""
    frames: Frames | None = None
    """None where it is no video."""
    small: Small | None = None
    codes: tuple[Code, ...] = ()
    reason: Reason | None = None
    """What ended the part (`time-limit`, `memory-limit`, `crash`); empty where nothing did."""

    @property
    def is_sound(self) -> bool:
        """Whether everything has the length that its readers rely on, and no more than there may be."""
        picture, frames = self.picture, self.frames.frames if self.frames else ()
        bits = [bits for frame in frames for bits in (frame.bits, frame.mirrored)]
        if picture is not None:
            bits += [*picture.orientations.values(), *picture.trimmed_orientations.values()]
            bits += [one.bits for one in (picture.pdq, picture.trimmed) if one is not None]
        lengths = all(len(one) == BITS // 8 for one in bits) and len(frames) <= MAX_FRAMES
        return lengths and len(self.codes) <= MAX_CODES and (self.small is None or self.small.is_whole)


def fingerprint(data: bytes, media_type: str, limits: Limits | None = None) -> Fingerprint:
    """Everything by which a file may be recognised. Meant for the worker; never raises on hostile bytes.

    Raises:
        MemoryError: there is no room.
    """
    from provenance.hashes.iscc import codes_of
    from provenance.hashes.pictures.pixels import PictureError, decode

    if media_type in TYPES:
        return Fingerprint(frames=frames_of(data), codes=codes_of(data, media_type, None))
    if not media_type.startswith("image/"):
        return Fingerprint(codes=codes_of(data, media_type, None))
    try:
        picture = decode(data, media_type, limits)
    except PictureError as error:
        return Fingerprint(picture=Pictured(reason=error.reason), codes=codes_of(data, media_type, None))
    return Fingerprint(
        picture=pictured(picture, with_orientations=True),
        small=_small(picture),
        codes=codes_of(data, media_type, picture),
    )


def _small(picture: Picture) -> Small:
    """The picture, at most `SMALL_SIDE` pixels wide and high."""
    from PIL import Image

    width, height = picture.size
    scale = min(1.0, SMALL_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    factor = int(1 / scale) // 3
    if factor < 2:
        image = picture.whole().convert("RGB")
    else:
        # In bands, to three times the size or more: there may be no room for a second copy of a large picture.
        image = Image.new("RGB", (max(1, width // factor), max(1, height // factor)))
        for top in range(0, image.height, BAND):
            bottom = min(image.height, top + BAND)
            band = picture.part((0, top * factor, width, min(height, bottom * factor))).convert("RGB")
            image.paste(band.reduce(factor).crop((0, 0, image.width, bottom - top)), (0, top))
    small = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
    return Small(width=size[0], height=size[1], data=small.tobytes())
