"""Are ISCC codes those of the standard: by its own vectors, and by the reference where that is installed?"""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageOps

from provenance.hashes.fingerprint import fingerprint
from provenance.hashes.iscc import MAX_PIXELS, _pixels, agreements, codes_of, image_code, rule
from provenance.hashes.pictures.pixels import decode
from vouchmark.demo.pictures import harbour


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def photo(size: tuple[int, int] = (400, 300)) -> Image.Image:
    return harbour().convert("RGB").resize(size)


def test_the_library_passes_the_standards_own_vectors() -> None:
    import iscc_lib

    assert iscc_lib.conformance_selftest()


def test_the_codes_of_a_picture_are_content_data_and_instance_in_one() -> None:
    data = encoded(photo())
    found = fingerprint(data, "image/png").codes
    assert [code.value[:7] for code in found] == ["ISCC:KE", "ISCC:EE", "ISCC:GA", "ISCC:IA"]
    assert {code.algorithm for code in found} == {"iscc"}
    assert {code.rule for code in found} == {rule()}
    kinds = {unit.kind: unit.distance for unit in agreements(found[0].value, found[0].value)}
    assert kinds == {"content-image": 0, "data-none": 0, "instance-none": 0}


def test_a_text_has_a_text_code_and_other_files_a_sum() -> None:
    text = [code.value[:7] for code in codes_of(b"The harbour at dusk. " * 40, "text/plain", None)]
    assert text == ["ISCC:KA", "ISCC:EA", "ISCC:GA", "ISCC:IA"]
    assert [code.value[:7] for code in codes_of(b"%PDF-1.7", "application/pdf", None)] == [
        "ISCC:KU",
        "ISCC:GA",
        "ISCC:IA",
    ]


def test_an_image_code_survives_another_format_and_a_frame_of_one_colour() -> None:
    plain = image_code(decode(encoded(photo()), "image/png"))
    framed = image_code(decode(encoded(ImageOps.expand(photo(), 30, "navy")), "image/png"))
    smaller = image_code(decode(encoded(photo().resize((200, 150)), "JPEG", quality=60), "image/jpeg"))
    other = image_code(decode(encoded(ImageOps.mirror(photo())), "image/png"))
    assert agreements(plain, framed)[0].distance <= 2
    assert agreements(plain, smaller)[0].distance <= 6
    assert agreements(plain, other)[0].distance > 12


def test_a_picture_of_one_colour_has_a_code() -> None:
    assert image_code(decode(encoded(Image.new("L", (9, 9), 7)), "image/png")).startswith("ISCC:EE")


def test_a_picture_that_is_too_large_to_prepare_has_the_other_codes() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    data = encoded(Image.new("1", (side, side)))
    assert [code.value[:7] for code in fingerprint(data, "image/png").codes] == ["ISCC:KU", "ISCC:GA", "ISCC:IA"]


@pytest.mark.parametrize("size", [0, 1, 1000, 100_000])
def test_equals_the_reference(size: int) -> None:
    core = pytest.importorskip("iscc_core", reason="the reference implementation is not installed")
    data = random.Random(size).randbytes(size)
    units = [
        core.gen_data_code(io.BytesIO(data), bits=64)["iscc"],
        core.gen_instance_code(io.BytesIO(data), bits=64)["iscc"],
    ]
    joined = core.gen_iscc_code(units)["iscc"]
    assert [code.value for code in codes_of(data, "application/pdf", None)] == [joined, *units]


@pytest.mark.parametrize("bits", [64, 128, 256])
@pytest.mark.parametrize("turned", [0, 45, 90])
def test_an_image_code_equals_the_references(bits: int, turned: int) -> None:
    core = pytest.importorskip("iscc_core", reason="the reference implementation is not installed")
    data = encoded(photo().rotate(turned, expand=True, fillcolor="white"))
    picture = decode(data, "image/png")
    pixels = _pixels(picture.whole())
    assert len(pixels) == 1024
    assert image_code(picture, bits=bits) == core.gen_image_code(pixels, bits=bits)["iscc"]
