"""Is a picture that was put into something else found there, and compared within its rectangle alone?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from benchmarks import transforms
from provenance.hashes.pictures.compare import Comparison, Verdict
from tests.provenance.hashes.pictures.test_compare import OTHER, SCENE, against, edited, overlap

CROP = (72, 72, 576, 432)
"""What is shown of the scene."""
AT = (130, 90)
"""Where that lies in what surrounds it."""


def page(image: Image.Image, colour: str = "white") -> Image.Image:
    """A crop in a page with lines of words."""
    sheet = Image.new("RGB", (900, 640), colour)
    draw = ImageDraw.Draw(sheet)
    for line in range(24):
        draw.text((20, 10 + 26 * line), "words of an article about a harbour " * 4, fill="grey", font_size=14)
    sheet.paste(image.crop(CROP), AT)
    return sheet


def collage(image: Image.Image) -> Image.Image:
    """Beside and above other pictures, without a line between them."""
    sheet = Image.new("RGB", (1008, 720))
    other = OTHER.resize((504, 360))
    for place in ((504, 0), (0, 360), (504, 360)):
        sheet.paste(other, place)
    sheet.paste(image.crop(CROP), (0, 0))
    return sheet


def in_front_of_itself(image: Image.Image) -> Image.Image:
    """Whole, over its own blurred enlargement, as upright videos have it."""
    sheet = image.resize((1200, 800)).crop((240, 0, 720, 800)).filter(ImageFilter.GaussianBlur(25))
    sheet.paste(image.resize((480, 320)), (0, 240))
    return sheet


SURROUNDED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "a page": page,
    "a dark page": lambda image: page(image, "#101010"),
    "a collage": collage,
    "its own blur": in_front_of_itself,
}


def compared(image: Image.Image) -> Comparison:
    return against(transforms.encoded(image, "JPEG", 80))


@pytest.mark.parametrize("name", SURROUNDED)
def test_what_surrounds_a_picture_is_no_edit_of_it(name: str) -> None:
    found = compared(SURROUNDED[name](SCENE))
    assert (found.verdict, found.regions) == (Verdict.SAME, ())


@pytest.mark.parametrize("name", SURROUNDED)
def test_an_edit_within_it_is_found(name: str) -> None:
    made = edited(0.02)
    found = compared(SURROUNDED[name](made.picture))
    assert found.verdict is Verdict.CHANGED
    assert max(overlap(one.original, made.box) for one in found.regions) > 0.4


def test_where_it_lies_and_what_is_hidden_is_told() -> None:
    found = compared(page(SCENE))
    assert found.inside is not None
    assert overlap(found.inside, (*AT, AT[0] + CROP[2] - CROP[0], AT[1] + CROP[3] - CROP[1])) > 0.95
    assert found.shown == pytest.approx((504 / 720) * (360 / 480), abs=0.03)
    assert found.cut.left == pytest.approx(0.1, abs=0.02)
    assert found.cut.right == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("box", [(0, 0, 720, 110), (0, 0, 300, 480), (420, 240, 720, 480), (200, 150, 420, 330)])
def test_a_part_of_a_whole_picture_that_was_replaced_is_an_edit_and_no_frame(box: tuple[int, int, int, int]) -> None:
    image = SCENE.copy()
    image.paste(
        OTHER.transpose(Image.Transpose.FLIP_LEFT_RIGHT).crop((0, 0, box[2] - box[0], box[3] - box[1])), box[:2]
    )
    found = compared(image)
    assert found.inside is None
    assert found.verdict is not Verdict.SAME


def test_a_frame_of_the_same_picture_alone_hides_nothing() -> None:
    """A copy with a border shows all of it."""
    sheet = Image.new("RGB", (900, 640), "white")
    sheet.paste(SCENE, (60, 70))
    found = compared(sheet)
    assert (found.verdict, found.inside, found.shown) == (Verdict.SAME, None, 1.0)
    assert np.isclose(found.added, 1 - 720 * 480 / (900 * 640), atol=0.02)
