"""Is PDQ the reference's, on every mode and orientation of a picture, and never a surprise on hostile bytes?"""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from provenance.asset import Limits
from provenance.hashes.pictures.border import find_border
from provenance.hashes.pictures.pdq import (
    MIN_QUALITY,
    NEAR,
    RULE,
    ArrayPixels,
    Orientation,
    distance,
    pdq,
    pdq_of_bytes,
    pdq_orientations,
    shrink,
)
from tests.support.authority import picture
from vouchmark.demo.pictures import harbour


def photo(width: int = 400, height: int = 300) -> Image.Image:
    """A picture with as much in it as a photograph."""
    return harbour().convert("RGB").resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def bits_of(data: bytes, media_type: str = "image/png") -> bytes:
    found = pdq_of_bytes(data, media_type)
    assert found.pdq is not None, found.reason
    return found.pdq.bits


REFERENCE = [
    # height, width, channels, hash and quality, computed with pdqhash 0.2.8 (Meta's C++ code) from the same formula.
    (64, 64, 3, "0e0fea2542a59fee7b25e11b754f155a71f094a57a1094a75de0d425abf05ea2", 100),
    (240, 320, 3, "8e0f62a58ab09fe480dae01bbd5e975a79f09ca57a1014af3fe420a54ff0dea4", 100),
    (701, 1009, 3, "ce0feaa54af09fe4a5ff201bbd4e975a79f094a5fa1094a77de420254bb01a24", 100),
    (90, 2000, 1, "af0fbfa53171e8a4edcf15cfdeac435af0f0ae00fb548a05fff0102537506820", 100),
    (5, 7, 3, "b4dab4dacb254b251e7034da1e70cb25e18fb4da34dab4dacb254b251e7034da", 100),
    (1500, 1100, 1, "af0ffea5a153eaa0dfdb955fdeac015af0f0ee00fb548a057fe0102537d06820", 100),
]


def patterned(height: int, width: int, channels: int) -> np.ndarray:
    """A picture that any machine makes from a formula."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    waves = [(x * x * 7 + y * 13 + x * y * 3) // (shift + 97) % 256 for shift in (0, 31, 62)]
    blocks = [((x * 16 // width) * 37 + (y * 12 // height) * 91 + number * 50) % 256 for number in range(3)]
    values = np.stack([wave // 3 + block * 2 // 3 for wave, block in zip(waves, blocks, strict=True)], -1).astype(
        np.uint8
    )
    return values if channels == 3 else values[..., 0]


@pytest.mark.parametrize(("height", "width", "channels", "expected", "quality"), REFERENCE)
def test_gives_the_references_hashes(height: int, width: int, channels: int, expected: str, quality: int) -> None:
    found = pdq(patterned(height, width, channels))
    assert (found.hex, found.quality) == (expected, quality)


TURNED = {
    Orientation.NONE: lambda image: image,
    Orientation.ROTATE_90: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    Orientation.ROTATE_180: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    Orientation.ROTATE_270: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    Orientation.MIRROR: ImageOps.mirror,
    Orientation.FLIP: ImageOps.flip,
    Orientation.TRANSPOSE: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    Orientation.TRANSVERSE: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
}


def test_a_hash_says_by_which_rule_it_came_about() -> None:
    found = pdq(np.asarray(photo()))
    assert (len(found.bits), len(found.hex), found.rule) == (32, 64, RULE)
    assert found.quality >= MIN_QUALITY


@pytest.mark.parametrize("turn", list(Orientation))
def test_every_orientation_is_the_hash_of_the_picture_turned_that_way(turn: Orientation) -> None:
    turned = pdq(np.ascontiguousarray(TURNED[turn](photo())))
    derived = pdq_orientations(np.asarray(photo()))
    assert distance(derived[turn].bits, turned.bits) <= NEAR
    assert all(distance(derived[other].bits, turned.bits) > 64 for other in Orientation if other is not turn)


def test_a_view_of_an_array_hashes_like_its_copy() -> None:
    view = np.asarray(photo()).transpose(1, 0, 2)
    assert pdq(view) == pdq(np.ascontiguousarray(view))


def test_a_flat_picture_hashes_alike_everywhere_and_has_no_quality() -> None:
    flat = [pdq(np.full((height, width, 3), 128, dtype=np.uint8)) for height, width in ((64, 64), (300, 400), (5, 999))]
    assert len({found.bits for found in flat}) == 1
    assert {found.quality for found in flat} == {0}


@pytest.mark.parametrize("shape", [(4, 100), (100, 4, 3), (1, 1)])
def test_refuses_what_is_too_small(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected at least 5"):
        pdq(np.zeros(shape, dtype=np.uint8))


@pytest.mark.parametrize(
    "values", [np.zeros((9, 9), np.float32), np.zeros((9, 9, 4), np.uint8), np.zeros(81, np.uint8)]
)
def test_refuses_arrays_of_another_shape_or_type(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        pdq(values)


def slow_box(line: list[float], window: int) -> list[float]:
    """The mean over a window that is cut off at both ends, one after the other."""
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    parts = [line[max(0, place - behind) : place + ahead + 1] for place in range(len(line))]
    return [sum(part) / len(part) for part in parts]


def slow_shrink(values: np.ndarray) -> np.ndarray:
    """The filter as the reference walks it: along rows, along columns, twice, then one point in each 64th."""
    current = values.astype(float)
    for _ in range(2):
        for _axis in range(2):
            window = (current.shape[1] + 127) // 128
            current = np.array([slow_box(list(line), window) for line in current]).T
    rows, columns = (
        [int((point + 0.5) * size / 64) for point in range(64)] for size in (current.shape[0], current.shape[1])
    )
    return current[np.ix_(rows, columns)]


@given(height=st.integers(5, 420), width=st.integers(5, 420), seed=st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_the_filter_is_two_box_passes_of_any_size(height: int, width: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert np.abs(shrink(values) - slow_shrink(values)).max() < 1e-4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_carries_out_the_orientation_that_exif_asks_for(form: str, orientation: int) -> None:
    upright = photo()
    inverse = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = upright if inverse is None else upright.transpose(Image.Transpose(inverse))
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"lossless": True} if form == "WEBP" else {"quality": 95} if form == "JPEG" else {}
    data = encoded(stored, form, exif=exif, **lossless)
    plain = bits_of(encoded(upright, form, **lossless), f"image/{form.lower()}")
    assert distance(bits_of(data, f"image/{form.lower()}"), plain) <= (4 if form == "JPEG" else 0)


def sixteen_bits(image: Image.Image) -> Image.Image:
    grey = np.asarray(image.convert("L")).astype(np.uint16)
    return Image.fromarray(grey * 257)


MODES = {
    "grey": (lambda image: encoded(image.convert("L")), "image/png", 2),
    "palette": (lambda image: encoded(image.quantize(200)), "image/png", 10),
    "palette GIF": (lambda image: encoded(image.quantize(200), "GIF"), "image/gif", 10),
    "16 bit": (lambda image: encoded(sixteen_bits(image)), "image/png", 2),
    "16 bit TIFF": (lambda image: encoded(sixteen_bits(image), "TIFF"), "image/tiff", 2),
    "32 bit TIFF": (lambda image: encoded(image.convert("L").convert("I"), "TIFF"), "image/tiff", 256),
    "float TIFF": (lambda image: encoded(image.convert("L").convert("F"), "TIFF"), "image/tiff", 4),
    "1 bit": (lambda image: encoded(image.convert("1")), "image/png", 24),
    "CMYK": (lambda image: encoded(image.convert("CMYK"), "JPEG", quality=95), "image/jpeg", 4),
    "CMYK TIFF": (lambda image: encoded(image.convert("CMYK"), "TIFF"), "image/tiff", 4),
    "opaque alpha": (lambda image: encoded(image.convert("RGBA")), "image/png", 0),
    "grey and alpha": (lambda image: encoded(image.convert("LA")), "image/png", 2),
    "YCbCr": (lambda image: encoded(image.convert("YCbCr"), "TIFF"), "image/tiff", 4),
    "LAB": (lambda image: encoded(lab(image), "TIFF"), "image/tiff", 6),
    "BMP": (lambda image: encoded(image, "BMP"), "image/bmp", 0),
    "lossless WebP": (lambda image: encoded(image, "WEBP", lossless=True), "image/webp", 0),
    "AVIF": (lambda image: encoded(image, "AVIF", quality=90), "image/avif", 10),
    "animated GIF": (
        lambda image: encoded(image.quantize(200), "GIF", save_all=True, append_images=[ImageOps.mirror(image)]),
        "image/gif",
        10,
    ),
    "animated PNG": (
        lambda image: encoded(image, "PNG", save_all=True, append_images=[ImageOps.mirror(image)]),
        "image/png",
        0,
    ),
}


def lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(image, *profiles, outputMode="LAB")


@pytest.mark.parametrize("name", [name for name in MODES if name != "32 bit TIFF"])
def test_every_mode_hashes_like_the_plain_picture(name: str) -> None:
    make, media_type, tolerance = MODES[name]
    assert distance(bits_of(make(photo()), media_type), bits_of(encoded(photo()))) <= tolerance


def test_says_what_was_done_to_the_pixels() -> None:
    notes = {name: pdq_of_bytes(make(photo()), media_type).notes for name, (make, media_type, _) in MODES.items()}
    assert notes["grey"] == notes["opaque alpha"] == notes["BMP"] == ()
    assert notes["palette"] == ("palette",)
    assert notes["16 bit"] == notes["16 bit TIFF"] == ("16-bit",)
    assert notes["float TIFF"] == ("stretched",)
    assert notes["1 bit"] == ("1-bit",)
    assert notes["CMYK"] == notes["CMYK TIFF"] == ("cmyk",)
    assert notes["animated GIF"] == ("first-frame", "palette")
    assert notes["animated PNG"] == ("first-frame",)


def test_lays_transparency_over_white_whatever_colour_hides_below() -> None:
    clear = photo().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    assert distance(bits_of(encoded(clear)), bits_of(encoded(white))) <= 2
    hidden = Image.new("RGBA", clear.size, (255, 255, 255, 0))
    assert pdq_of_bytes(encoded(hidden), "image/png").notes == ("over-white",)


def test_a_profile_that_is_srgb_by_another_name_changes_no_bit() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = pdq_of_bytes(encoded(photo(), icc_profile=profile), "image/png")
    assert (found.notes, found.pdq) == ((), pdq(np.asarray(photo())))


def test_a_broken_profile_is_told_and_left_aside() -> None:
    found = pdq_of_bytes(encoded(photo(), icc_profile=b"no profile at all" * 20), "image/png")
    assert (found.notes, found.pdq) == (("bad-profile",), pdq(np.asarray(photo())))


@pytest.mark.parametrize("colour", ["white", "black", (200, 30, 90)])
@pytest.mark.parametrize("border", [(40, 40, 40, 40), (0, 60, 0, 60), (90, 0, 10, 0), (0, 0, 0, 80)])
def test_finds_a_picture_inside_a_plain_border(border: tuple[int, int, int, int], colour: object) -> None:
    inner = photo()
    left, top, right, bottom = border
    framed = Image.new("RGB", (inner.width + left + right, inner.height + top + bottom), colour)
    framed.paste(inner, (left, top))
    found = pdq_of_bytes(encoded(framed, "JPEG", quality=80), "image/jpeg")
    assert found.trimmed is not None
    assert distance(found.trimmed.bits, bits_of(encoded(inner))) <= NEAR


@pytest.mark.parametrize("image", [photo(), Image.new("RGB", (300, 300), "white"), Image.new("L", (5, 5))])
def test_trims_nothing_where_there_is_no_border(image: Image.Image) -> None:
    assert find_border(ArrayPixels(np.asarray(image))) is None


HOSTILE = {
    "nothing": (b"", "image/png", "undecodable"),
    "noise": (random.Random(1).randbytes(5000), "image/jpeg", "undecodable"),
    "a truncated JPEG": (encoded(photo(), "JPEG")[:9000], "image/jpeg", "undecodable"),
    "a truncated PNG": (encoded(photo())[:9000], "image/png", "undecodable"),
    "one pixel": (encoded(Image.new("RGB", (1, 1))), "image/png", "too-small"),
    "a line": (encoded(Image.new("L", (30_000, 1))), "image/png", "too-small"),
    "a type without reader": (picture(), "image/heic", "unsupported"),
    "no picture": (b"%PDF-1.7", "application/pdf", "unsupported"),
    "another type's bytes": (picture("PNG"), "image/jpeg", "undecodable"),
    "a float picture of no number": (
        encoded(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"),
        "image/tiff",
        "undecodable",
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_says_why_there_is_no_hash(name: str) -> None:
    data, media_type, reason = HOSTILE[name]
    found = pdq_of_bytes(data, media_type)
    assert (found.pdq, found.reason) == (None, reason)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    found = pdq_of_bytes(encoded(Image.new("1", (20_000, 20_000))), "image/png")
    assert found.reason == "too-many-pixels"
    assert pdq_of_bytes(encoded(photo()), "image/png", Limits(pixels=1000)).reason == "too-many-pixels"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_flipped_and_cut_bytes_never_raise(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"]))
    content = bytearray(encoded(photo(64, 48), form))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = pdq_of_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]), f"image/{form.lower()}")
    assert (found.pdq is None) == bool(found.reason)


def test_distance_counts_bits_and_refuses_other_lengths() -> None:
    assert distance(bytes(32), bytes(31) + b"\x81") == 2
    with pytest.raises(ValueError, match="expected 32 each"):
        distance(bytes(32), bytes(31))
