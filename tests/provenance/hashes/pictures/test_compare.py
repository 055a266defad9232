"""Is a copy told from an edit, and both from another picture, whatever happened to light, size and frame?"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from benchmarks import transforms
from provenance.hashes.pictures import compare as comparing
from provenance.hashes.pictures.compare import Comparison, Verdict, compare, compare_files, is_map
from provenance.hashes.pictures.registration import NotAligned, Registration, register
from vouchmark.demo.pictures import harbour

ROOT = Path(__file__).resolve().parents[4]


def scene(seed: int = 1, size: tuple[int, int] = (720, 480)) -> Image.Image:
    """Something with the detail of a photograph: the harbour of the demonstration under grass of its own."""
    chance = np.random.default_rng(seed)
    base = np.asarray(harbour().convert("RGB").resize(size, Image.Resampling.BICUBIC), np.float32)
    for scale in (4, 12, 40):
        noise = chance.normal(0, 1, (size[1] // scale + 2, size[0] // scale + 2, 3)).astype(np.float32)
        layers = [Image.fromarray(noise[..., one]).resize(size, Image.Resampling.BICUBIC) for one in range(3)]
        base = base + np.stack([np.asarray(layer) for layer in layers], axis=-1) * 14
    return Image.fromarray(np.clip(base, 0, 255).astype(np.uint8))


SCENE = scene()
PIXELS = np.asarray(SCENE)
OTHER = scene(2)


def against(picture: Image.Image, original: Image.Image = SCENE) -> Comparison:
    return compare(np.asarray(original.convert("RGB")), np.asarray(picture.convert("RGB")))


def edited(share: float = 0.01) -> transforms.Pasted:
    """A paste that no crop of a tenth cuts off."""
    tries = (transforms.pasted(SCENE, ImageOps.invert(OTHER), share, random.Random(seed)) for seed in range(5, 100))
    return next(one for one in tries if one.box[0] > 80 and one.box[1] > 60 and one.box[2] < 640 and one.box[3] < 420)


def overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0, width) * max(0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


@pytest.mark.parametrize(
    "name",
    [name for name in transforms.COPIES if name not in ("words over it", "watermark", "pasted 5 %")],
)
def test_a_copy_without_an_edit_has_no_region_that_differs(name: str) -> None:
    found = against(transforms.COPIES[name](SCENE, random.Random(3)))
    assert (found.verdict, found.reason, found.regions) == (Verdict.SAME, None, ())


@pytest.mark.parametrize("channel", transforms.CHANNELS)
@pytest.mark.parametrize("share", transforms.PASTES)
def test_a_paste_is_found_at_its_place_through_every_channel(share: float, channel: str) -> None:
    made = edited(share)
    found = against(transforms.CHANNELS[channel](made.picture, random.Random(3)))
    assert found.verdict is Verdict.CHANGED
    best = max(overlap(one.original, made.box) for one in found.regions)
    assert best >= (0.3 if share < 0.01 else 0.5)


@pytest.mark.parametrize("channel", transforms.CHANNELS)
def test_a_removed_object_is_found(channel: str) -> None:
    made = transforms.removed(SCENE, transforms.REMOVED, random.Random(4))
    found = against(transforms.CHANNELS[channel](made.picture, random.Random(3)))
    assert max(overlap(one.original, made.box) for one in found.regions) >= 0.3


def test_the_boxes_lie_where_the_edit_is_in_both_pictures() -> None:
    made = edited(0.02)
    found = against(made.picture.resize((360, 240)).transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    left, top, right, bottom = made.box
    assert overlap(found.regions[0].original, made.box) > 0.6
    assert overlap(found.regions[0].picture, (360 - right // 2, top // 2, 360 - left // 2, bottom // 2)) > 0.5


def test_the_share_is_of_what_both_show() -> None:
    found = against(edited(0.05).picture)
    assert 0.04 < found.share < 0.08


def test_a_small_copy_says_that_more_can_be_missed() -> None:
    assert against(SCENE).least == 0.0025
    least = against(SCENE.resize((96, 64))).least
    assert least == pytest.approx(110 / (90 * 58), rel=0.03)
    image = SCENE.copy()
    side = round((1.6 * least * 720 * 480) ** 0.5)
    image.paste(OTHER.crop((200, 100, 200 + side, 100 + side)).transpose(Image.Transpose.ROTATE_90), (300, 200))
    assert against(image.resize((96, 64))).verdict is Verdict.CHANGED


def test_a_crop_is_told_with_its_sides_and_is_no_change() -> None:
    found = against(transforms.cut(0.2, 0.0, 0.1, 0.3)(SCENE, random.Random(1)))
    assert found.verdict is Verdict.SAME
    assert found.shown == pytest.approx(0.7 * 0.7, abs=0.01)
    sides = (found.cut.left, found.cut.top, found.cut.right, found.cut.bottom)
    assert sides == pytest.approx((0.2, 0.0, 0.1, 0.3), abs=0.01)
    assert found.added == 0


def test_a_plain_border_is_told_from_one_with_something_in_it() -> None:
    plain = against(ImageOps.expand(SCENE, 60, "white"))
    captioned = against(transforms.captioned(SCENE, random.Random(2)))
    assert (plain.plain, captioned.plain) == (True, False)
    assert captioned.around.top == pytest.approx(1 / 6, abs=0.01)
    assert (captioned.around.bottom, captioned.around.left) == (0, 0)
    assert captioned.added == pytest.approx(1 / 6, abs=0.01)


@pytest.mark.parametrize(
    ("method", "turned", "mirrored"),
    [
        (Image.Transpose.ROTATE_90, -90, False),
        (Image.Transpose.ROTATE_180, 180, False),
        (Image.Transpose.ROTATE_270, 90, False),
        (Image.Transpose.FLIP_LEFT_RIGHT, 0, True),
        (Image.Transpose.FLIP_TOP_BOTTOM, 180, True),
    ],
)
def test_turns_and_mirrors_are_named(method: Image.Transpose, turned: float, mirrored: bool) -> None:
    movement = against(SCENE.transpose(method)).movement
    assert movement is not None
    assert abs((movement.rotation - turned + 180) % 360 - 180) < 0.2
    assert movement.mirrored is mirrored


def test_a_size_is_told_each_way() -> None:
    movement = against(SCENE.resize((540, 240))).movement
    assert movement is not None
    assert (movement.across, movement.down) == pytest.approx((0.75, 0.5), abs=0.005)


def test_a_filter_is_told_as_one_and_hides_no_edit() -> None:
    plain, changed = (transforms.vignetted(one, random.Random(1)) for one in (SCENE, edited().picture))
    assert (against(plain).verdict, against(plain).relit) == (Verdict.SAME, True)
    assert against(changed).verdict is Verdict.CHANGED


def test_an_edit_of_colour_alone_is_found() -> None:
    pixels = PIXELS.copy()
    part = pixels[100:190, 200:330].astype(np.float32)
    grey = part @ np.array([0.299, 0.587, 0.114], np.float32)
    turned = part[..., [2, 0, 1]]
    turned += (grey - turned @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]
    turned += np.array([0, 25, -60], np.float32)
    pixels[100:190, 200:330] = np.clip(turned, 0, 255).astype(np.uint8)
    found = against(Image.fromarray(pixels))
    assert overlap(found.regions[0].original, (200, 100, 330, 190)) > 0.5


def test_another_picture_cannot_be_aligned() -> None:
    other = Image.fromarray(np.random.default_rng(9).integers(0, 255, (480, 720, 3), np.uint8))
    assert against(other).verdict is Verdict.UNALIGNED
    assert isinstance(register(PIXELS, np.asarray(other)), NotAligned)


@pytest.mark.parametrize("colour", ["black", "white", "grey"])
def test_a_plain_picture_cannot_be_aligned(colour: str) -> None:
    assert against(Image.new("RGB", (640, 480), colour)).reason == "few-features"
    assert against(SCENE, Image.new("RGB", (640, 480), colour)).reason == "few-features"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (23, 23), (900, 2)])
def test_a_tiny_picture_cannot_be_aligned(size: tuple[int, int]) -> None:
    assert against(SCENE.resize(size)).reason == "too-small"
    assert against(SCENE, SCENE.resize(size)).reason == "too-small"


def checks(size: tuple[int, int], field: int) -> Image.Image:
    y, x = np.mgrid[: size[1], : size[0]]
    return Image.fromarray((((x // field + y // field) % 2) * 255).astype(np.uint8)).convert("RGB")


def test_a_repeated_texture_is_never_taken_for_an_edit() -> None:
    first, second = checks((640, 480), 16), checks((640, 480), 23)
    assert against(second, first).verdict is Verdict.UNALIGNED
    assert against(first.crop((8, 4, 600, 440)), first).verdict in (Verdict.UNALIGNED, Verdict.SAME)


def letter(seed: int) -> Image.Image:
    """A letter with one letterhead, and a text of its own."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    draw.ellipse((40, 30, 120, 110), fill=(20, 70, 140))
    draw.polygon([(60, 95), (80, 40), (100, 95)], fill="white")
    draw.text((140, 50), "Department of Harbours and Lighthouses", fill="black", font_size=22)
    draw.line((40, 130, 580, 130), fill="black", width=3)
    chance = random.Random(seed)
    for line in range(34):
        words = " ".join("".join(chance.choices("abcdefghijklmnoprstuvwy", k=chance.randint(2, 9))) for _ in range(9))
        draw.text((50, 160 + 20 * line), words[:62], fill="black", font_size=15)
    return page


def test_two_letters_with_one_letterhead_are_no_copies_of_each_other() -> None:
    assert against(letter(1), letter(2)).verdict is not Verdict.SAME


def test_a_changed_word_in_a_letter_is_found_and_may_be_another_letter() -> None:
    page = letter(1)
    draw = ImageDraw.Draw(page)
    draw.rectangle((200, 398, 330, 420), fill="white")
    draw.text((202, 400), "99 000 000", fill="black", font_size=17)
    found = against(transforms.encoded(page, "JPEG", 80), letter(1))
    assert (found.verdict, found.is_plain) == (Verdict.OTHER, True)
    assert any(overlap(one.original, (200, 398, 330, 420)) > 0.2 for one in found.regions)


def test_one_answer_in_every_process_and_on_any_number_of_threads() -> None:
    script = (
        "import sys, hashlib, random, numpy as np, msgspec, cv2; cv2.setNumThreads(int(sys.argv[1]));"
        "from tests.provenance.hashes.pictures.test_compare import against, edited;"
        "found = against(edited().picture.resize((500, 333)));"
        "print(hashlib.sha256(msgspec.msgpack.encode(found)).hexdigest())"
    )
    answers = set()
    for threads in (1, 4):
        environment = {"OPENBLAS_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}
        ran = subprocess.run(
            [sys.executable, "-c", script, str(threads)], capture_output=True, text=True, check=True, env=environment
        )
        answers.add(ran.stdout.strip())
    assert len(answers) == 1


def test_the_threads_of_whoever_calls_stay_as_they_were() -> None:
    import cv2

    before = cv2.getNumThreads()
    register(PIXELS, PIXELS)
    assert cv2.getNumThreads() == before


def test_registration_of_a_picture_with_itself_moves_nothing() -> None:
    found = register(PIXELS, PIXELS)
    assert isinstance(found, Registration)
    assert np.array(found.matrix) == pytest.approx(np.array([[1, 0, 0], [0, 1, 0]]), abs=0.02)
    assert found.agreement == 1


@pytest.mark.parametrize(
    "values", [np.zeros((40, 40), np.float32), np.zeros((40, 40, 4), np.uint8), np.zeros((40, 40, 3, 3), np.uint8)]
)
def test_an_array_that_is_no_picture_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="expected bytes"):
        register(PIXELS, values)


def png(image: Image.Image, **options: Any) -> bytes:
    import io

    target = io.BytesIO()
    image.save(target, "PNG", **options)
    return target.getvalue()


def test_files_are_compared_in_their_own_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MAX_SIDE", 360)
    made = edited(0.03)
    found = compare_files(png(SCENE), "image/png", png(made.picture), "image/png", pixels=10**6)
    assert found.original_size == (720, 480)
    assert overlap(found.regions[0].original, made.box) > 0.5
    assert found.movement is not None
    assert found.movement.across == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("original", "data", "reason"),
    [
        (b"no picture", png(SCENE), "original-undecodable"),
        (png(SCENE), b"no picture", "undecodable"),
        (png(SCENE)[:4000], png(SCENE), "original-undecodable"),
    ],
)
def test_what_cannot_be_decoded_is_named(original: bytes, data: bytes, reason: str) -> None:
    found = compare_files(original, "image/png", data, "image/png", pixels=10**6)
    assert (found.verdict, found.reason) == (Verdict.FAILED, reason)


def test_a_bomb_is_refused_on_both_sides() -> None:
    bomb = png(Image.new("1", (4000, 4000)))
    assert compare_files(bomb, "image/png", png(SCENE), "image/png", pixels=10**6).reason == "original-too-many-pixels"
    assert compare_files(png(SCENE), "image/png", bomb, "image/png", pixels=10**6).reason == "too-many-pixels"


def test_the_heat_map_is_a_picture_that_shows_the_edit_in_red() -> None:
    import io

    made = edited(0.03)
    found = against(made.picture)
    assert is_map(found.map)
    shown = np.asarray(Image.open(io.BytesIO(found.map))).astype(int)
    reddish = shown[..., 0] - shown[..., 1:].max(axis=2)
    left, top, right, bottom = (round(value * shown.shape[1] / 720) for value in made.box)
    assert reddish[(top + bottom) // 2, (left + right) // 2] > 60
    assert reddish[5:30, 5:30].max() < 60 or top < 30


@pytest.mark.parametrize("data", [b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(comparing.MAX_MAP)])
def test_what_is_no_heat_map_is_not_taken_for_one(data: bytes) -> None:
    assert not is_map(data)


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    script = "import sys, provenance.hashes.original; print(sorted({'cv2', 'av', 'PIL'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]"
