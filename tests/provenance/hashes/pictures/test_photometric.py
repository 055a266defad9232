"""Is light that was changed all over told from an edit, and an edit from light, where a picture makes that hard?"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from benchmarks import transforms
from provenance.hashes.pictures.compare import Comparison, Verdict, compare
from provenance.hashes.pictures.palette import by_palette, few_colours

SIZE = (640, 420)


def grain(deviation: float, seed: int = 1) -> Any:
    """Detail of several sizes, as things have it."""
    chance = np.random.default_rng(seed)
    levels = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    for scale in (3, 9, 27):
        small = chance.normal(0, 1, (SIZE[1] // scale + 2, SIZE[0] // scale + 2, 3)).astype(np.float32)
        layers = [Image.fromarray(small[..., one]).resize(SIZE, Image.Resampling.BICUBIC) for one in range(3)]
        levels += np.stack([np.asarray(layer) for layer in layers], axis=-1) * deviation
    return levels


def picture(levels: Any) -> Image.Image:
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def dunes() -> Image.Image:
    """Sand below, and above it a sky without anything, which grows white at one side."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    sand = np.stack([150 + 0 * x, 110 + 0 * x, 70 + 0 * x], axis=-1) + grain(20)
    sky = np.stack([150 + x / 8, 180 + x / 9, 225 + x / 12], axis=-1)
    return picture(np.where((y > 190 + 25 * np.sin(x / 60))[..., None], sand, sky))


def night() -> Image.Image:
    """Lamps and fire: next to no blue, most of it dark, and a small bright thing of its own colour."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    levels = np.stack([60 + 50 * np.sin(x / 90) ** 2, 25 + 0 * x, 2 + 0 * x], axis=-1) + grain(14, 2) * (1, 0.5, 0.03)
    for place in range(5):
        near = np.exp(-((x - 90 - 110 * place) ** 2 + (y - 60) ** 2) / 300)[..., None]
        levels = levels + near * (230, 180, 60)
    thing = ((x - 480) ** 2 / 45**2 + (y - 300) ** 2 / 30**2 < 1)[..., None]
    return picture(np.where(thing, np.array([240, 200, 150]) + grain(7, 3), levels))


def stones() -> Image.Image:
    """All grey, with one red thing."""
    levels = np.repeat((120 + grain(25, 4)[..., :1]), 3, axis=2)
    image = picture(levels)
    ImageDraw.Draw(image).ellipse((500, 60, 540, 100), fill=(210, 40, 40))
    return image


PICTURES = {"dunes": dunes(), "night": night(), "stones": stones()}


def against(image: Image.Image, original: Image.Image) -> Comparison:
    return compare(np.asarray(original), np.asarray(image.convert("RGB")))


FILTERS = {
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.5),
    "grey": ImageOps.grayscale,
    "sepia": lambda image: transforms.toned(image, None),  # type: ignore[arg-type]
    "gamma": lambda image: transforms.gamma(1.7)(image, None),  # type: ignore[arg-type]
    "vignette": lambda image: transforms.vignetted(image, None),  # type: ignore[arg-type]
    "64 colours": lambda image: image.quantize(64),
    "16 colours": lambda image: image.quantize(16),
    "dithered": lambda image: image.quantize(32).convert("RGB").quantize(palette=image.quantize(32)),
    "JPEG 30": lambda image: transforms.encoded(image, "JPEG", 30),
    "brighter JPEG": lambda image: transforms.encoded(ImageEnhance.Brightness(image).enhance(1.4), "JPEG", 60),
}
SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"
CHANGED = [
    (name, kind)
    for row, name in enumerate(PICTURES)
    for place, kind in enumerate(FILTERS)
    if SLOW or name == "night" or (row + place) % 3 == 0
]
"""Every filter on the hardest picture, and on one other in turn; all of them at length."""


@pytest.mark.parametrize(("name", "kind"), CHANGED)
def test_what_was_changed_all_over_is_no_region_that_was_replaced(name: str, kind: str) -> None:
    found = against(FILTERS[kind](PICTURES[name]), PICTURES[name])
    assert (found.verdict, found.reason, found.regions) == (Verdict.SAME, None, ())


def pasted(name: str, piece: str, share: float) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A piece laid over the plainest place: what is usual there may not be learnt from the piece."""
    image = PICTURES[name].copy()
    height = round((share * SIZE[0] * SIZE[1] / 1.5) ** 0.5)
    width = round(1.5 * height)
    x, y = {"dunes": (300, 12), "night": (60, 130), "stones": (60, 150)}[name]
    content = {
        "board": lambda: np.asarray(picture(np.array([40, 120, 60]) + grain(45, 5)))[:height, :width],
        "plain": lambda: np.full((height, width, 3), (205, 200, 160), np.uint8),
    }[piece]()
    image.paste(Image.fromarray(content), (x, y))
    return image, (x, y, x + width, y + height)


@pytest.mark.parametrize("channel", ["PNG", "JPEG 50, half size", "brightness and vignette, JPEG 70"])
@pytest.mark.parametrize("share", [0.02, 0.05, 0.12])
@pytest.mark.parametrize("piece", ["board", "plain"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_piece_upon_a_plain_place_is_found(name: str, piece: str, share: float, channel: str) -> None:
    image, box = pasted(name, piece, share)
    found = against(transforms.CHANNELS[channel](image, None), PICTURES[name])  # type: ignore[arg-type]
    assert found.verdict is Verdict.CHANGED
    left, top, right, bottom = found.regions[0].original
    shared = max(0, min(right, box[2]) - max(left, box[0])) * max(0, min(bottom, box[3]) - max(top, box[1]))
    both = (right - left) * (bottom - top) + (box[2] - box[0]) * (box[3] - box[1]) - shared
    assert shared / both > 0.4, (found.regions[0], box)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("share", [0.2, 0.35, 0.5])
def test_where_much_was_replaced_it_is_never_said_to_be_the_same(name: str, share: float) -> None:
    """Whatever else is said: changed, with the place or not, or that nothing follows."""
    chance = np.random.default_rng(7)
    width, height = round(SIZE[0] * share**0.5), round(SIZE[1] * share**0.5)
    for x, y in ((0, 0), (SIZE[0] - width, SIZE[1] - height)):
        image = PICTURES[name].copy()
        other = picture(np.array(chance.uniform(60, 200, 3)) + grain(18, 8))
        image.paste(other.crop((0, 0, width, height)), (x, y))
        for seen in (image, transforms.encoded(image.resize((320, 210)), "JPEG", 50)):
            assert against(seen, PICTURES[name]).verdict is not Verdict.SAME


def test_a_picture_of_few_colours_is_known_by_them() -> None:
    photo = np.asarray(PICTURES["dunes"])
    assert few_colours(photo) is None
    few = np.asarray(PICTURES["dunes"].quantize(40).convert("RGB"))
    colours = few_colours(few)
    assert colours is not None
    assert len(colours) == len({tuple(colour) for colour in few.reshape(-1, 3).tolist()})
    assert np.array_equal(by_palette(few.astype(np.float32), colours), few)
    greys = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert few_colours(greys) is None
    assert few_colours(np.asarray(FILTERS["sepia"](PICTURES["dunes"]))) is None
    assert few_colours(greys[:, ::4]) is not None


def test_the_nearest_colour_is_the_nearest() -> None:
    chance = np.random.default_rng(6)
    colours = chance.integers(0, 256, (30, 3)).astype(np.int32)
    levels = chance.uniform(0, 255, (20, 25, 3)).astype(np.float32)
    expected = [
        colours[((colours - np.rint(level)) ** 2).sum(axis=1).argmin()] for level in levels.reshape(-1, 3).tolist()
    ]
    assert np.array_equal(by_palette(levels, colours).reshape(-1, 3), expected)
