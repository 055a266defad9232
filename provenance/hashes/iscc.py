"""Which International Standard Content Codes (ISO 24138) does a file have?

Computed by iscc-lib, for interchange: the Image-Code of a picture, the Text-Code of plain text, the Audio-Code of a
recording where Chromaprint is installed, and for every file the Data-Code (similar bytes have similar ones) and the
Instance-Code (a digest), joined into one ISCC-CODE. The pixels of an Image-Code are prepared as the reference software
prepares them: upright, over white, without a border of exactly one colour, grey, 32 x 32 by bicubic reduction.
"""

from __future__ import annotations

import contextlib
import io
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from provenance.hashes.clips.audio import TYPES as AUDIO_TYPES
from provenance.hashes.clips.audio import SoundError, features_of
from provenance.hashes.index.entry import Code

ALGORITHM: Final = "io.iscc.v0"
"""The name of these codes among C2PA's soft binding algorithms."""


class Agreement(NamedTuple):
    """How one unit of two codes agrees, by the bits that both have."""

    kind: str
    """`content-image`, `content-none` (text), `data-none`, `instance-none`, …"""
    bits: int
    distance: int


if TYPE_CHECKING:
    from PIL.Image import Image as Decoded

    from provenance.hashes.pictures.pixels import Picture

RULE: Final = "ISO 24138:2024, iscc-lib"
"""How a code comes about; the library's version is added where it is written down."""
UNIT_BITS: Final = 64
"""Bits of each unit, as everybody exchanges them."""
SIDE: Final = 32
MAX_PIXELS: Final = 64_000_000
"""Pixels up to which a picture is prepared: the standard's way needs all of it in memory, twice."""
MAX_TEXT: Final = 16 * 1024 * 1024
"""Bytes of plain text that are read for a Text-Code."""
MAX_CODE: Final = 512
"""Characters of a code out of a file; the longest, of five units of 256 bits, stay below 300."""
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
    elif media_type in AUDIO_TYPES:
        with contextlib.suppress(SoundError):
            units.append(str(iscc_lib.gen_audio_code_v0(features_of(data), bits=UNIT_BITS)["iscc"]))
    units.append(str(iscc_lib.gen_data_code_v0(io.BytesIO(data), bits=UNIT_BITS)["iscc"]))
    units.append(str(iscc_lib.gen_instance_code_v0(io.BytesIO(data), bits=UNIT_BITS)["iscc"]))
    units = [unit for unit in units if unit]
    joined = str(iscc_lib.gen_iscc_code_v0(units)["iscc"])
    written = rule()
    return tuple(Code(algorithm="iscc", rule=written, value=value) for value in (joined, *units))


def agreements(one: str, other: str) -> list[Agreement]:
    """How the units that two codes have in common agree. The shorter of two units is the beginning of the longer one.

    Raises:
        ValueError: one of them is no ISCC of this version.
    """
    first, second = _units(one), _units(other)
    return [_agreement(kind, digest, second[kind]) for kind, digest in first.items() if kind in second]


def _units(code: str) -> dict[str, bytes]:
    """The units of a code, with their digests."""
    import iscc_lib

    if len(code) > MAX_CODE:
        raise ValueError(f"got a code of {len(code)} characters, expected at most {MAX_CODE}")
    units = {}
    for unit in iscc_lib.iscc_decompose(code.strip()):
        kind, of, release, _, digest = iscc_lib.iscc_decode(unit)
        if release != iscc_lib.VS.V0:
            raise ValueError(f"got a code of version {release}, expected 0")
        units[f"{kind.name}-{of.name}".lower()] = bytes(digest)
    return units


def _agreement(kind: str, one: bytes, other: bytes) -> Agreement:
    size = min(len(one), len(other))
    distance = (int.from_bytes(one[:size]) ^ int.from_bytes(other[:size])).bit_count()
    return Agreement(kind=kind, bits=8 * size, distance=distance)
