"""Do a hundred odd, hostile and broken pictures hash rightly, or give a clear reason, and never anything else?"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from provenance.asset import Limits
from provenance.hashes.fingerprint import SMALL_SIDE, fingerprint
from provenance.hashes.pictures.pdq import distance, pdq_of_bytes
from tests.support.authority import join_png
from tests.support.effort import at_most
from vouchmark.demo.pictures import harbour

WORDS = {"too-small", "undecodable", "too-many-pixels", "unsupported"}
FORMS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
LARGE = (640, 480)
"""Dots of one bit need room to look like shades."""
LIMITS = Limits(pixels=2_000_000)


def photo(size: tuple[int, int] = (160, 120)) -> Image.Image:
    return harbour().convert("RGB").resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, content: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return join_png([(b"IHDR", header), (b"IDAT", zlib.compress(content)), (b"IEND", b"")])


def clear(image: Image.Image) -> Image.Image:
    """A picture with a transparent half that hides noise."""
    noise = np.random.default_rng(1).integers(0, 256, (image.height, image.width, 4), dtype=np.uint8)
    noise[..., 3] = 0
    values = np.asarray(image.convert("RGBA")).copy()
    values[:, : image.width // 2] = noise[:, : image.width // 2]
    return Image.fromarray(values)


def half_white(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.paste((255, 255, 255), (0, 0, image.width // 2, image.height))
    return image


def inverted_cmyk() -> bytes:
    """As Adobe's programs write CMYK into JPEG: inverted, with their marker."""
    return encoded(photo().convert("CMYK"), "JPEG", quality=95)


def grey_of_16_bits(order: str = "<") -> Image.Image:
    values = (np.asarray(photo().convert("L")).astype(np.uint16) * 257).astype(f"{order}u2")
    return Image.fromarray(values.astype("<u2"))


def colour_of_16_bits() -> bytes:
    values = np.asarray(photo()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png(160, 120, depth=16, content=rows)


def oriented(form: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    inverse = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = photo() if inverse is None else photo().transpose(Image.Transpose(inverse))
    return encoded(stored, form, exif=exif, **({"lossless": True} if form == "WEBP" else {"quality": 95}))


def with_profile(name: str, form: str) -> bytes:
    return encoded(photo(), form, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes())  # type: ignore[arg-type]


def indexed(transparency: object = None) -> bytes:
    return encoded(photo().quantize(64), "PNG", **({} if transparency is None else {"transparency": transparency}))


Case = tuple[str, Callable[[], bytes], str, object]
"""A name, the file, its type, and what comes of it: a reason, or the picture that it looks like with a tolerance."""

LIKE_PHOTO = (photo, 12)


def good() -> Iterator[Case]:
    for orientation in range(1, 9):
        for form in ("JPEG", "PNG", "WEBP", "TIFF"):
            kind = f"image/{form.lower()}"
            yield f"{form} orientation {orientation}", lambda f=form, o=orientation: oriented(f, o), kind, LIKE_PHOTO
    yield "orientation 0", lambda: encoded(photo(), "JPEG", exif=_exif(0)), "image/jpeg", LIKE_PHOTO
    yield "orientation 99", lambda: encoded(photo(), "JPEG", exif=_exif(99)), "image/jpeg", LIKE_PHOTO
    for form in FORMS:
        yield f"grey {form}", lambda f=form: encoded(photo().convert("L"), f), f"image/{form.lower()}", LIKE_PHOTO
        yield f"colour {form}", lambda f=form: encoded(photo(), f), f"image/{form.lower()}", LIKE_PHOTO
    yield "CMYK JPEG", inverted_cmyk, "image/jpeg", LIKE_PHOTO
    yield "CMYK TIFF", lambda: encoded(photo().convert("CMYK"), "TIFF"), "image/tiff", LIKE_PHOTO
    yield "YCbCr TIFF", lambda: encoded(photo().convert("YCbCr"), "TIFF"), "image/tiff", LIKE_PHOTO
    yield "16 bit grey PNG", lambda: encoded(grey_of_16_bits()), "image/png", LIKE_PHOTO
    yield "16 bit grey TIFF", lambda: encoded(grey_of_16_bits(), "TIFF"), "image/tiff", LIKE_PHOTO
    yield "16 bit colour PNG", colour_of_16_bits, "image/png", LIKE_PHOTO
    yield "32 bit float TIFF", lambda: encoded(photo().convert("F"), "TIFF"), "image/tiff", LIKE_PHOTO
    yield "1 bit PNG", lambda: encoded(photo(LARGE).convert("1")), "image/png", (_large, 24)
    yield "1 bit TIFF", lambda: encoded(photo(LARGE).convert("1"), "TIFF"), "image/tiff", (_large, 24)
    yield "1 bit BMP", lambda: encoded(photo(LARGE).convert("1"), "BMP"), "image/bmp", (_large, 24)
    yield "palette", indexed, "image/png", (photo, 20)
    yield "palette of 2", lambda: encoded(photo().quantize(2)), "image/png", (photo, 90)
    yield "palette with a transparent colour", lambda: indexed(0), "image/png", None
    yield "palette with alpha values", lambda: indexed(bytes(range(64))), "image/png", None
    yield "interlaced GIF", lambda: encoded(photo().quantize(64), "GIF", interlace=1), "image/gif", (photo, 20)
    for form in ("PNG", "WEBP", "TIFF", "AVIF"):
        options = {"lossless": True} if form == "WEBP" else {}
        kind = f"image/{form.lower()}"
        yield f"alpha {form}", lambda f=form, o=options: encoded(clear(photo()), f, **o), kind, (_half, 12)
    yield "grey with alpha", lambda: encoded(clear(photo()).convert("LA")), "image/png", (_half, 12)
    yield "opaque alpha", lambda: encoded(photo().convert("RGBA")), "image/png", (photo, 0)
    yield "one clear colour", lambda: encoded(photo(), transparency=(1, 2, 3)), "image/png", LIKE_PHOTO
    yield "everything clear", lambda: encoded(Image.new("RGBA", (64, 64), (9, 9, 9, 0))), "image/png", None
    for form in ("GIF", "PNG", "WEBP", "TIFF", "AVIF"):
        kind = f"image/{form.lower()}"
        yield f"animated {form}", lambda f=form: _animated(f), kind, (photo, 24)
    for form in ("JPEG", "PNG", "TIFF", "WEBP"):
        yield f"sRGB profile {form}", lambda f=form: with_profile("sRGB", f), f"image/{form.lower()}", LIKE_PHOTO
    yield "profile of another kind", lambda: with_profile("LAB", "PNG"), "image/png", LIKE_PHOTO
    yield "profile of noise", lambda: encoded(photo(), icc_profile=bytes(range(256)) * 9), "image/png", LIKE_PHOTO
    yield "huge profile", lambda: encoded(photo(), "JPEG", icc_profile=bytes(5_000_000)), "image/jpeg", LIKE_PHOTO
    yield "progressive", lambda: encoded(photo(), "JPEG", progressive=True), "image/jpeg", LIKE_PHOTO
    yield "sub-sampled", lambda: encoded(photo(), "JPEG", subsampling=2, quality=50), "image/jpeg", (photo, 24)
    yield "five by five", lambda: encoded(photo((5, 5))), "image/png", None
    yield "a strip", lambda: encoded(photo((30_000, 5))), "image/png", None
    yield "a tower", lambda: encoded(photo((6, 30_000))), "image/png", None
    yield "flat", lambda: encoded(Image.new("RGB", (300, 200), "teal")), "image/png", None
    yield "bytes after the end", lambda: encoded(photo()) + bytes(1000), "image/png", LIKE_PHOTO
    yield "LZW TIFF", lambda: encoded(photo(), "TIFF", compression="tiff_lzw"), "image/tiff", LIKE_PHOTO
    yield "JPEG in TIFF", lambda: encoded(photo(), "TIFF", compression="jpeg"), "image/tiff", LIKE_PHOTO


def bad() -> Iterator[Case]:
    for form in FORMS:
        kind = f"image/{form.lower()}"
        yield f"half a {form}", lambda f=form: _half_of(f), kind, WORDS
        yield f"the head of a {form}", lambda f=form: encoded(photo(), f)[:60], kind, WORDS
        yield f"an empty {form}", lambda: b"", kind, "undecodable"
    yield "one pixel", lambda: encoded(Image.new("RGB", (1, 1))), "image/png", "too-small"
    yield "a line", lambda: encoded(Image.new("L", (30_000, 1))), "image/png", "too-small"
    yield "four rows", lambda: encoded(Image.new("L", (300, 4))), "image/png", "too-small"
    yield "no pixel", lambda: png(0, 5), "image/png", WORDS
    yield "a PNG bomb", lambda: png(100_000, 100_000), "image/png", "too-many-pixels"
    yield "a flat bomb", lambda: encoded(Image.new("1", (9000, 9000))), "image/png", "too-many-pixels"
    yield "a GIF bomb", lambda: _gif_bomb(), "image/gif", "too-many-pixels"
    yield "a BMP bomb", lambda: _bmp_bomb(), "image/bmp", WORDS
    yield "a text bomb", lambda: _text_bomb(), "image/png", WORDS | {None}
    yield "a profile bomb", lambda: encoded(photo(), icc_profile=bytes(50_000_000)), "image/png", WORDS
    yield "too little in it", lambda: png(100, 100, content=b"\0" * 5), "image/png", WORDS
    yield (
        "a palette that is missing",
        lambda: png(64, 64, colour=3, content=bytes(65 * 64)),
        "image/png",
        WORDS | {None},
    )
    yield "a wrong checksum", lambda: _wrong_checksum(), "image/png", WORDS
    yield "another type's bytes", lambda: encoded(photo(), "PNG"), "image/jpeg", "undecodable"
    yield "noise", lambda: np.random.default_rng(3).bytes(9000), "image/webp", "undecodable"
    yield "HEIC", lambda: b"\0\0\0\x18ftypheic" + bytes(50), "image/heic", "unsupported"
    yield "JPEG XL", lambda: b"\xff\x0a" + bytes(50), "image/jxl", "unsupported"
    yield "SVG", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "unsupported"
    yield "a raw photo", lambda: encoded(photo(), "TIFF"), "image/x-adobe-dng", "unsupported"
    yield (
        "a float of no number",
        lambda: encoded(Image.fromarray(np.full((9, 9), np.nan, "f4")), "TIFF"),
        "image/tiff",
        ("undecodable"),
    )


def _large() -> Image.Image:
    return photo(LARGE)


def _half() -> Image.Image:
    return half_white(photo())


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _animated(form: str) -> bytes:
    frames = [photo(), ImageOps.mirror(photo()), ImageOps.invert(photo())]
    if form == "GIF":
        frames = [frame.quantize(128) for frame in frames]
    options = {"lossless": True} if form == "WEBP" else {}
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)


def _half_of(form: str) -> bytes:
    data = encoded(photo(), form)
    return data[: len(data) // 2]


def _gif_bomb() -> bytes:
    data = bytearray(encoded(photo().quantize(16), "GIF"))
    data[6:10] = b"\xff\xff\xff\xff"
    return bytes(data)


def _bmp_bomb() -> bytes:
    data = bytearray(encoded(photo(), "BMP"))
    data[18:26] = struct.pack("<ii", 1_000_000, 1_000_000)
    return bytes(data)


def _text_bomb() -> bytes:
    packed = b"Comment\0\0" + zlib.compress(bytes(80_000_000))
    head, *rest = [encoded(photo())[:33], encoded(photo())[33:]]
    chunk = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    return head + chunk + rest[0]


def _wrong_checksum() -> bytes:
    data = bytearray(encoded(photo()))
    data[29] ^= 0xFF
    return bytes(data)


GOOD, BAD = list(good()), list(bad())


def test_there_are_a_hundred_of_them_and_more() -> None:
    assert len(GOOD) + len(BAD) >= 100
    assert len({name for name, *_ in GOOD + BAD}) == len(GOOD) + len(BAD)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case[0])
def test_an_odd_picture_hashes_like_what_it_shows(case: Case) -> None:
    _, make, media_type, like = case
    found = pdq_of_bytes(make(), media_type, LIMITS, with_orientations=True)
    assert found.pdq is not None, found.reason
    assert found.reason is None
    assert len(found.orientations) == 8
    if isinstance(like, tuple):
        wanted = pdq_of_bytes(encoded(like[0]()), "image/png").pdq
        assert wanted is not None
        assert distance(found.pdq.bits, wanted.bits) <= like[1]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case[0])
def test_a_broken_or_hostile_picture_gives_a_reason_and_soon(case: Case) -> None:
    _, make, media_type, wanted = case
    data = make()
    found = at_most(2, lambda: pdq_of_bytes(data, media_type, LIMITS))
    assert found.reason in (wanted if isinstance(wanted, set) else {wanted})
    assert (found.pdq is None) == bool(found.reason)


@pytest.mark.parametrize("case", GOOD + BAD, ids=lambda case: case[0])
def test_whatever_it_is_the_fingerprint_is_sound(case: Case) -> None:
    _, make, media_type, _ = case
    found = fingerprint(make(), media_type, LIMITS)
    assert found.is_sound
    assert found.codes[0].value.startswith("ISCC:K")
    assert (found.small is None) == (found.picture is None or found.picture.width == 0)
    if found.small is not None:
        assert max(found.small.width, found.small.height) <= SMALL_SIDE
