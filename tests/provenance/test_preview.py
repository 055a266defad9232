"""Does a stranger's picture come out small, upright, opaque and encoded anew, and does a broken one do no harm?"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from provenance.asset import Limits, open_asset
from provenance.credentials.trust.settings import TrustSettings
from provenance.credentials.trust.view import TrustView
from provenance.options import MediaOptions
from provenance.pictures import preview as made
from provenance.pictures.preview import Preview, Previews, preview
from provenance.workers import parts, wire
from provenance.workers.pool import Pool, examine_in_process
from provenance.workers.task import Lists, Task
from tests.support.authority import (
    change_pixels,
    join_png,
    make_root,
    make_signer,
    picture,
    sign,
    sign_edit,
)
from tests.support.effort import at_most

AT = dt.datetime.now(dt.UTC).replace(microsecond=0)
TYPES = {form: f"image/{form.lower()}" for form in ("JPEG", "PNG", "GIF", "TIFF", "AVIF", "BMP", "WEBP")}
PIXELS = 256_000_000
SECRET = b"a stranger's own words"


def drawn(data: bytes, media_type: str = "image/jpeg", *, pixels: int = PIXELS) -> Image.Image:
    """The asset's small picture, decoded."""
    [found] = preview(data, media_type, None, pixels=pixels).pictures
    assert found.label == ""
    opened = Image.open(io.BytesIO(found.data))
    assert opened.format == "JPEG"
    opened.load()
    return opened


def reason(data: bytes, media_type: str, *, pixels: int = PIXELS) -> str:
    found = preview(data, media_type, None, pixels=pixels)
    assert not found.pictures
    return found.reason


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def near(pixel: Any, colour: tuple[int, int, int], *, within: int = 12) -> bool:
    return all(abs(got - wanted) <= within for got, wanted in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("form", list(TYPES))
def test_every_common_form_is_drawn_small(form: str) -> None:
    image = Image.new("RGB", (1600, 900), (200, 40, 40))
    small = drawn(saved(image, form), TYPES[form])
    assert small.size == (640, 360)
    assert near(small.convert("RGB").getpixel((320, 180)), (200, 40, 40))


def test_a_small_picture_is_not_blown_up() -> None:
    assert drawn(picture(size=(96, 64))).size == (96, 64)


@pytest.mark.parametrize("size", [(1, 30_000), (30_000, 1)])
def test_the_thinnest_picture_keeps_a_pixel(size: tuple[int, int]) -> None:
    assert sorted(drawn(saved(Image.new("L", size), "PNG"), "image/png").size) == [1, 640]


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr", "LAB"], ids=lambda mode: mode
)
def test_every_mode_of_colour_is_drawn(mode: str) -> None:
    form = "TIFF" if mode in ("CMYK", "F", "I", "LAB", "YCbCr", "1") else "PNG"
    assert drawn(saved(Image.new(mode, (80, 60)), form), TYPES[form]).size == (80, 60)


def test_sixteen_bits_a_pixel_are_scaled_and_not_clipped() -> None:
    grey = drawn(saved(Image.new("I;16", (32, 32), 32768), "PNG"), "image/png")
    assert near(grey.convert("RGB").getpixel((9, 9)), (127, 127, 127))


def test_orientation_is_applied_and_told() -> None:
    image = Image.new("RGB", (120, 60), (250, 250, 250))
    image.paste((10, 10, 10), (0, 0, 60, 60))
    exif = Image.Exif()
    exif[0x0112] = 6
    [found] = preview(saved(image, "JPEG", exif=exif), "image/jpeg", None, pixels=PIXELS).pictures
    upright = Image.open(io.BytesIO(found.data)).convert("RGB")
    assert found.is_turned
    assert upright.size == (60, 120)
    # Six means: turn clockwise, so that the dark left half comes to the top.
    assert near(upright.getpixel((30, 10)), (10, 10, 10))
    assert near(upright.getpixel((30, 110)), (250, 250, 250))


def test_transparent_parts_show_a_checkerboard_and_that_is_told() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    [found] = preview(saved(image, "PNG"), "image/png", None, pixels=PIXELS).pictures
    small = Image.open(io.BytesIO(found.data)).convert("RGB")
    assert found.is_transparent
    assert near(small.getpixel((4, 4)), (222, 222, 222))
    assert near(small.getpixel((12, 4)), (255, 255, 255))
    opaque = saved(Image.new("RGBA", (64, 64), (255, 0, 0, 255)), "PNG")
    assert not preview(opaque, "image/png", None, pixels=PIXELS).pictures[0].is_transparent


def test_a_palette_with_a_transparent_colour_is_transparent_too() -> None:
    image = Image.new("P", (64, 64), 0)
    [found] = preview(saved(image, "GIF", transparency=0), "image/gif", None, pixels=PIXELS).pictures
    assert found.is_transparent


def test_colours_of_a_profile_are_those_of_a_screen() -> None:
    image = Image.new("LAB", (32, 32), (136, 208, 195))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    small = drawn(saved(image, "TIFF", icc_profile=profile), "image/tiff").convert("RGB")
    red, green, blue = small.getpixel((9, 9))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 90


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 128, b"x" * (5 * 1024 * 1024)])
def test_a_bad_profile_is_passed_over(profile: bytes) -> None:
    small = drawn(saved(Image.new("RGB", (32, 32), (200, 40, 40)), "TIFF", icc_profile=profile), "image/tiff")
    assert near(small.convert("RGB").getpixel((9, 9)), (200, 40, 40))


def test_no_byte_of_the_author_comes_through() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    data = saved(Image.new("RGB", (64, 64)), "JPEG", exif=exif, comment=SECRET) + SECRET
    assert SECRET in data
    for found in preview(data, "image/jpeg", None, pixels=PIXELS).pictures:
        assert SECRET not in found.data
        assert b"Exif" not in found.data


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("image/svg+xml", "not-drawn"),
        ("video/mp4", "no-picture"),
        ("audio/wav", "no-picture"),
        ("application/pdf", "no-picture"),
        ("image/heic", "unsupported"),
        ("image/jxl", "unsupported"),
        ("image/x-nikon-nef", "unsupported"),
    ],
)
def test_what_is_not_drawn_has_its_reason(media_type: str, expected: str) -> None:
    assert reason(picture(), media_type) == expected


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that announces any number of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return join_png([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(4096))), (b"IEND", b"")])


def test_a_decompression_bomb_is_not_decoded() -> None:
    assert at_most(1, lambda: reason(bomb(100_000, 100_000), "image/png")) == "too-many-pixels"
    assert at_most(1, lambda: reason(bomb(8_001, 8_000), "image/png")) == "too-many-pixels"


def test_the_reader_s_own_limit_counts_too() -> None:
    assert reason(picture(size=(96, 64)), "image/jpeg", pixels=96 * 64 - 1) == "too-many-pixels"
    assert drawn(picture(size=(96, 64)), pixels=96 * 64).size == (96, 64)


def test_a_jpeg_of_two_hundred_megapixels_is_decoded_at_an_eighth() -> None:
    data = saved(Image.new("L", (16_000, 12_500), 90), "JPEG", quality=30)
    assert drawn(data).size == (640, 500)


def test_a_progressive_jpeg_is_bounded_by_what_it_takes_to_decode_it() -> None:
    image = Image.new("L", (1000, 1000), 90)
    data = saved(image, "JPEG", progressive=True)
    assert drawn(data).size == (640, 640)
    assert reason(saved(Image.new("L", (8_001, 8_000)), "JPEG", progressive=True), "image/jpeg") == "too-many-pixels"
    # The last scan two thousand times: a small file that would be gone over for minutes.
    last = data.rindex(b"\xff\xda")
    repeated = data[:-2] + data[last:-2] * 2000 + data[-2:]
    assert at_most(1, lambda: reason(repeated, "image/jpeg")) == "too-many-pixels"


def test_a_thumbnail_in_a_manifest_may_not_be_larger_than_any_is(monkeypatch: pytest.MonkeyPatch) -> None:
    item = open_asset(sign(CAMERA, thumbnail=True))
    monkeypatch.setattr(made, "MAX_STORED_PIXELS", 100)
    found = examine_in_process(item, task(item.media_type)).previews
    assert found is not None
    assert [one.label for one in found.pictures] == [""]


def test_pillow_s_own_limit_is_left_as_it_is() -> None:
    before = Image.MAX_IMAGE_PIXELS
    preview(bomb(20_000, 12_000), "image/png", None, pixels=PIXELS)
    assert before == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("form", list(TYPES))
def test_a_cut_picture_is_undecodable_and_no_crash(form: str) -> None:
    data = picture(form, size=(200, 200))
    outcomes = {preview(data[:cut], TYPES[form], None, pixels=PIXELS).reason for cut in range(0, len(data) // 2, 7)}
    assert outcomes <= {"undecodable", "too-many-pixels", None}
    assert "undecodable" in outcomes


COMMON = {form: picture(form) for form in TYPES}


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(TYPES)), st.integers(0, 3000), st.binary(min_size=1, max_size=8))
@pytest.mark.filterwarnings("ignore")
def test_broken_bytes_are_no_crash(form: str, place: int, noise: bytes) -> None:
    data = bytearray(COMMON[form])
    place = min(place, len(data) - 1)
    data[place : place + len(noise)] = noise
    found = preview(bytes(data), TYPES[form], None, pixels=1_000_000)
    assert bool(found.pictures) != bool(found.reason)
    assert all(made.is_small_picture(one) for one in found.pictures)


# Earlier versions, through the worker


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as running:
        yield running


ROOT = make_root()
CAMERA = make_signer(ROOT)


def task(media_type: str, **options: Any) -> Task:
    asked = MediaOptions(**({"pictures": True} | options))
    return Task(media_type=media_type, at=AT, options=asked, lists=Lists.of(TrustSettings(), TrustView()))


def test_nothing_is_drawn_where_nobody_asks(pool: Pool) -> None:
    item = open_asset(sign(CAMERA, thumbnail=True))
    assert pool.examine(item, task(item.media_type, pictures=False)).previews is None


def test_the_worker_draws_the_file_and_the_thumbnail_that_was_signed(pool: Pool) -> None:
    item = open_asset(sign(CAMERA, thumbnail=True))
    found = pool.examine(item, task(item.media_type))
    assert found.previews == examine_in_process(item, task(item.media_type)).previews
    assert found.previews is not None
    assert found.own is not None
    assert [one.label for one in found.previews.pictures] == ["", found.own.active]
    # The thumbnails themselves stay where they were.
    assert found.own.history is not None
    assert not any(node.thumbnail.data for node in found.own.history.root.walk() if node.thumbnail)


def test_an_altered_file_still_shows_what_was_signed(pool: Pool) -> None:
    item = open_asset(change_pixels(sign(CAMERA, thumbnail=True)))
    found = pool.examine(item, task(item.media_type))
    assert found.previews is not None
    assert found.own is not None
    assert [one.label for one in found.previews.pictures] == ["", found.own.active]


def test_each_earlier_version_shows_its_own(pool: Pool) -> None:
    item = open_asset(sign_edit(CAMERA, sign(CAMERA, thumbnail=True), title="earlier"))
    found = pool.examine(item, task(item.media_type))
    assert found.previews is not None
    assert found.own is not None
    assert found.own.history is not None
    [parent] = found.own.history.root.children
    assert parent.check is not None
    assert parent.check.label in [one.label for one in found.previews.pictures]


def test_a_thumbnail_that_nobody_signed_is_not_shown(pool: Pool) -> None:
    data = bytearray(sign(CAMERA, thumbnail=True))
    place = data.rindex(b"\xff\xd8\xff")
    assert place > 0
    data[place + 200] ^= 1
    item = open_asset(bytes(data))
    found = pool.examine(item, task(item.media_type))
    assert found.previews is not None
    assert [one.label for one in found.previews.pictures] == [""]


def test_pictures_that_a_worker_could_not_have_made_break_the_wire() -> None:
    for data in (b"<svg/>", b"\xff\xd8\xff" + bytes(made.MAX_ENCODED)):
        lie = Previews(pictures=(Preview(label="", data=data),))
        content = parts.encoded(1, "preview", lie)[9:]
        with pytest.raises(wire.BrokenWireError, match="small picture"):
            parts.decoded(content)


def test_a_limit_that_ends_the_drawing_ends_nothing_else(pool: Pool) -> None:
    item = open_asset(sign(CAMERA, thumbnail=True))
    found = pool.examine(item, task(item.media_type, limits=Limits(pixels=100)))
    assert found.previews is not None
    assert found.previews.reason == "too-many-pixels"
    assert found.own is not None
    assert not found.own.problem
