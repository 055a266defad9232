"""Is a picture that was seen from the side, or bent by a lens, compared as if it had not been?"""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks import transforms
from provenance.hashes.pictures.compare import Verdict, compare
from tests.provenance.hashes.pictures.test_compare import PIXELS, SCENE, against, edited, overlap


def tilted(image: Image.Image, share: float) -> Image.Image:
    """As from a little to the left and above."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    off = share * width
    before = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    after = np.array([[off, off * 0.6], [width, 0], [width, height], [off * 0.2, height - off]], np.float32)
    matrix = cv2.getPerspectiveTransform(before, after)
    return Image.fromarray(cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC))


def bent(image: Image.Image, strength: float) -> Image.Image:
    """As photo editors correct a lens."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    focal = float(max(pixels.shape))
    lens = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    return Image.fromarray(cv2.undistort(pixels, lens, np.array([strength, strength / 4, 0, 0])))


@pytest.mark.parametrize("share", [0.03, 0.08])
def test_a_tilt_is_no_edit(share: float) -> None:
    found = against(transforms.encoded(tilted(SCENE, share), "JPEG", 80))
    assert (found.verdict, found.straightened, found.regions) == (Verdict.SAME, "perspective", ())


@pytest.mark.parametrize("strength", [-0.16, 0.12])
def test_a_corrected_lens_is_no_edit(strength: float) -> None:
    found = against(transforms.encoded(bent(SCENE, strength), "JPEG", 80))
    assert (found.verdict, found.straightened, found.regions) == (Verdict.SAME, "lens", ())


@pytest.mark.parametrize("kind", ["perspective", "lens"])
def test_an_edit_is_found_all_the_same_and_where_it_lies_in_the_picture_as_it_is(kind: str) -> None:
    made = edited(0.02)
    picture = tilted(made.picture, 0.05) if kind == "perspective" else bent(made.picture, -0.16)
    found = against(transforms.encoded(picture, "JPEG", 85))
    assert found.verdict is Verdict.CHANGED
    assert max(overlap(one.original, made.box) for one in found.regions) > 0.5
    marked = np.zeros(PIXELS.shape, np.uint8)
    left, top, right, bottom = made.box
    marked[top:bottom, left:right] = 255
    moved = tilted(Image.fromarray(marked), 0.05) if kind == "perspective" else bent(Image.fromarray(marked), -0.16)
    rows, columns = np.nonzero(np.asarray(moved)[..., 0] > 127)
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    assert max(overlap(one.picture, box) for one in found.regions) > 0.5


@pytest.mark.parametrize("name", ["JPEG 30", "crop 10 %", "half size", "mirror", "rotate 2°"])
def test_a_plain_copy_is_not_bent(name: str) -> None:
    found = against(transforms.COPIES[name](SCENE, random.Random(3)))
    assert (found.verdict, found.straightened) == (Verdict.SAME, "")


def test_a_part_that_was_bent_straightens_nothing_else() -> None:
    """A bend of a part is an edit: no model of all of the picture explains it."""
    pixels = PIXELS.copy()
    rows, columns = np.mgrid[0:160, 0:160].astype(np.float32)
    off = 14 * np.exp(-((rows - 80) ** 2 + (columns - 80) ** 2) / 1800)
    pixels[150:310, 250:410] = cv2.remap(
        np.ascontiguousarray(pixels[150:310, 250:410]),
        columns + off,
        rows,
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    found = compare(PIXELS, pixels)
    assert found.straightened == ""
    assert found.verdict is Verdict.CHANGED
