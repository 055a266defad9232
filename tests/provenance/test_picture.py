"""Is a picture's size read from its header alone, however large it says it is and however broken it lies?"""

from __future__ import annotations

import io
import struct
import sys
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance.asset import Limits, PictureTooLargeError
from provenance.pictures.size import measure
from tests.support.authority import join_png, picture
from tests.support.effort import at_most

TYPES = {form: f"image/{form.lower()}" for form in ("JPEG", "PNG", "GIF", "TIFF", "AVIF", "BMP", "WEBP")}


def png_bomb(width: int = 100_000, height: int = 100_000) -> bytes:
    """A PNG of a few bytes that announces ten thousand million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return join_png([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(4096))), (b"IEND", b"")])


@pytest.mark.parametrize("form", list(TYPES))
def test_measures_every_common_form(form: str) -> None:
    assert measure(picture(form, size=(96, 64)), TYPES[form]) == (96, 64)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}])
def test_measures_every_kind_of_webp(options: dict[str, object]) -> None:
    target = io.BytesIO()
    Image.new("RGB", (301, 17)).save(target, "WEBP", **options)
    assert measure(target.getvalue(), "image/webp") == (301, 17)


@pytest.mark.parametrize("media_type", ["video/mp4", "image/svg+xml", "image/x-nikon-nef", "text/plain"])
def test_what_is_no_picture_with_a_header_has_no_size(media_type: str) -> None:
    assert measure(picture(), media_type) is None


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    def refused() -> str:
        with pytest.raises(PictureTooLargeError, match="100000 x 100000") as caught:
            measure(png_bomb(), "image/png")
        return caught.value.reason

    assert at_most(1, refused) == "too-many-pixels"


def test_the_limit_is_ours_alone_and_leaves_pillows_own_as_it_is() -> None:
    before = Image.MAX_IMAGE_PIXELS
    # Twice what Pillow lets through.
    assert measure(png_bomb(20_000, 12_000), "image/png") == (20_000, 12_000)
    assert before == Image.MAX_IMAGE_PIXELS
    assert measure(picture(size=(10, 10)), "image/jpeg", limits=Limits(pixels=100)) == (10, 10)
    with pytest.raises(PictureTooLargeError):
        measure(picture(size=(10, 10)), "image/jpeg", limits=Limits(pixels=99))


def test_a_webp_bomb_is_refused_before_a_canvas_is_made() -> None:
    header = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" * 2
    with pytest.raises(PictureTooLargeError, match="16777216 x 16777216"):
        measure(b"RIFF\0\0\0\0WEBP" + header, "image/webp")


@pytest.mark.parametrize("form", list(TYPES))
def test_a_cut_header_has_no_size(form: str) -> None:
    data = picture(form)
    for cut in range(48):
        assert measure(data[:cut], TYPES[form]) in (None, (96, 64))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(TYPES)), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_broken_header_is_no_crash(form: str, place: int, noise: bytes) -> None:
    data = bytearray(picture(form))
    place = min(place, len(data) - 1)
    data[place : place + len(noise)] = noise
    try:
        size = measure(bytes(data), TYPES[form])
    except PictureTooLargeError:
        return
    assert size is None or min(size) > 0


def test_the_commonest_forms_are_measured_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.JpegImagePlugin", None)
    monkeypatch.setitem(sys.modules, "PIL.PngImagePlugin", None)
    monkeypatch.setitem(sys.modules, "PIL.GifImagePlugin", None)
    for form, data in COMMON.items():
        assert measure(data, TYPES[form]) == (96, 64)


COMMON = {form: picture(form) for form in ("JPEG", "PNG", "GIF")}


@given(st.sampled_from(["JPEG", "PNG", "GIF"]), st.integers(1, 3000), st.integers(1, 3000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_measures_as_pillow_does(form: str, width: int, height: int, progressive: bool) -> None:
    target = io.BytesIO()
    Image.new("L", (width, height)).save(target, form, progressive=progressive)
    assert measure(target.getvalue(), TYPES[form]) == (width, height)


def test_a_jpeg_is_measured_behind_fill_bytes_and_long_segments() -> None:
    data = picture("JPEG")
    padded = data[:2] + b"\xff\xe2\xff\xff".ljust(0xFFFF + 2, b"\0") + b"\xff" * 3000 + data[2:]
    assert measure(padded, "image/jpeg") == (96, 64)


@pytest.mark.parametrize("tail", [b"", b"\xff", b"\xff\xd9", b"\xff\xda\0\x08", b"\xff\xe0\0\0", b"no marker"])
def test_a_jpeg_without_a_frame_has_no_size(tail: bytes) -> None:
    assert measure(b"\xff\xd8" + tail + bytes(16), "image/jpeg") is None


def test_segments_without_end_are_given_up() -> None:
    data = b"\xff\xd8" + b"\xff\xe0\0\2" * 1_000_000
    assert at_most(2, lambda: measure(data, "image/jpeg")) is None


def test_pixels_are_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("pixels were decoded")

    monkeypatch.setattr(sys.modules["PIL.ImageFile"].ImageFile, "load", refuse)
    assert measure(picture("TIFF"), "image/tiff") == (96, 64)
