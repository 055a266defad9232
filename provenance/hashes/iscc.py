"""Which International Standard Content Codes (ISO 24138) does a file have?

Computed by iscc-lib, for interchange: the Image-Code of a picture, the Text-Code of plain text, and for every file the
Data-Code (similar bytes have similar ones) and the Instance-Code (a digest), joined into one ISCC-CODE. The pixels of
an Image-Code are prepared as the reference software prepares them: upright, over white, without a border of exactly one
colour, grey, 32 x 32 by bicubic reduction.
"""

from __future__ import annotations

import io
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from provenance.hashes.entry import Code

if TYPE_CHECKING:
    from PIL.Image import Image as Decoded

    from provenance.hashes.pixels import Picture

RULE: Final = "ISO 24138:2024, iscc-lib"
"""How a code comes about; the library's version is added where it is written down."""
UNIT_BITS: Final = 64
"""Bits of each unit, as everybody exchanges them."""
SIDE: Final = 32
MAX_PIXELS: Final = 64_000_000
"""Pixels up to which a picture is prepared: the standard's way needs all of it in memory, twice."""
MAX_TEXT: Final = 16 * 1024 * 1024
"""Bytes of plain text that are read for a Text-Code."""
TEXTS: Final = ("text/plain", "text/markdown")


def rule() -> str:
    """The rule with the library's version."""
    return f"{RULE} {version('iscc-lib')}"


def image_code(picture: Picture, *, bits: int = UNIT_BITS) -> str:
    """The Image-Code of a picture, `ISCC:EE…`; empty where it has more pixels than `MAX_PIXELS`."""
    import iscc_lib

    if picture.size[0] * picture.size[1] > MAX_PIXELS:
        return ""
    return str(iscc_lib.gen_image_code_v0(_pixels(picture.whole()), bits=bits)["iscc"])


def _pixels(image: Decoded) -> list[int]:
    """The 1,024 grey values that the standard wants."""
    from PIL import Image, ImageChops

    colour: Any = image.getpixel((0, 0))
    difference = ImageChops.difference(image, Image.new(image.mode, image.size, colour))
    inner = ImageChops.add(difference, difference).getbbox()
    if inner is not None and inner != (0, 0, *image.size):
        image = image.crop(inner)
    return list(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC).tobytes())


def codes_of(data: bytes, media_type: str, picture: Picture | None) -> tuple[Code, ...]:
    """Every code of a file: its units, and the ISCC-CODE that joins them."""
    import iscc_lib

    units = []
    if picture is not None:
        units.append(image_code(picture))
    elif media_type in TEXTS and len(data) <= MAX_TEXT:
        units.append(str(iscc_lib.gen_text_code_v0(data.decode("utf-8", "replace"), bits=UNIT_BITS)["iscc"]))
    units.append(str(iscc_lib.gen_data_code_v0(io.BytesIO(data), bits=UNIT_BITS)["iscc"]))
    units.append(str(iscc_lib.gen_instance_code_v0(io.BytesIO(data), bits=UNIT_BITS)["iscc"]))
    units = [unit for unit in units if unit]
    joined = str(iscc_lib.gen_iscc_code_v0(units)["iscc"])
    written = rule()
    return tuple(Code(algorithm="iscc", rule=written, value=value) for value in (joined, *units))
