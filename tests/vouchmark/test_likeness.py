"""Is a picture held against the thumbnails that were signed, and is no more said than that tells?"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from provenance.credentials.signing.c2pa_sign import Source, sign_media
from provenance.hashes.likeness import MAX_OTHER, likeness
from provenance.workers.parts import parts_of
from tests.support.attacks import CAMERA, LISTED, examine, said
from tests.support.authority import change_pixels, created, definition, sign_with_thumbnail
from vouchmark.policies.policy import Policy
from vouchmark.report import Finding, Line, Report, Status


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A drawing with enough detail to be recognised."""
    dice = np.random.default_rng(seed)
    image = Image.fromarray(dice.integers(0, 255, (12, 16, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(90):
        x, y, w, h = (int(one) for one in dice.integers(0, (size[0], size[1], 90, 90)))
        draw.rectangle((x, y, x + w, y + h), fill=tuple(int(one) for one in dice.integers(0, 255, 3)))
    return image.filter(ImageFilter.GaussianBlur(0.7))


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def small(image: Image.Image) -> bytes:
    return encoded(image.resize((256, 192)), quality=80)


OPENED = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}
HARBOUR, MARKET = scene(1), scene(2)
PHOTO = sign_with_thumbnail(CAMERA, encoded(HARBOUR, quality=90), small(HARBOUR))


def edit(picture: Image.Image, parent: bytes = PHOTO) -> bytes:
    """A picture whose signer names the photo as what it was made from."""
    content = definition(created("digitalCapture"))
    content["assertions"] = [
        {
            "label": "c2pa.actions",
            "data": {"actions": [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}]},
        }
    ]
    source = Source(data=parent, media_type="image/jpeg", title="harbour.jpg", instance_id="p")
    data = encoded(picture, quality=88)
    return sign_media(data, media_type="image/jpeg", manifest=content, key=CAMERA.signing_key(), sources=[source])


def finding(report: Report, code: str) -> Finding | None:
    return next(iter(report.having(code)), None)


class TestUnasked:
    """By the cheap hash, which may only say that it looks like."""

    def test_of_signed_bytes_it_is_not_asked_whether_they_look_like_their_own_thumbnail(self) -> None:
        report = examine(PHOTO, LISTED)
        assert report.evidence[Line.INTEGRITY].status is Status.PASS
        assert not report.having("integrity.thumbnail.*")
        assert any("thumbnail" in gap.what for gap in report.not_checked)

    def test_a_changed_picture_that_looks_like_its_signed_thumbnail_is_told_as_that(self) -> None:
        place = PHOTO.rindex(b"\xff\xd9") - 40
        report = examine(PHOTO[:place] + bytes([PHOTO[place] ^ 1]) + PHOTO[place + 1 :], LISTED)
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        told = finding(report, "integrity.thumbnail.like")
        assert told is not None
        assert told.status is Status.ABSENT
        assert told.detail["distance"] <= 31  # type: ignore[operator]
        assert not any("thumbnail" in gap.what for gap in report.not_checked)

    def test_another_picture_is_not_called_unlike(self) -> None:
        signed = sign_with_thumbnail(CAMERA, encoded(MARKET), small(HARBOUR))
        report = examine(signed, LISTED)
        assert not report.having("integrity.thumbnail.*")
        assert report.evidence[Line.INTEGRITY].status is Status.PASS
        assert any("thumbnail" in gap.what for gap in report.not_checked)

    @pytest.mark.parametrize(
        "change",
        [
            lambda image: image.resize((320, 240)),
            lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            lambda image: image.transpose(Image.Transpose.ROTATE_90),
            lambda image: image.point(lambda value: min(255, value + 25)),
        ],
        ids=["smaller", "mirrored", "on its side", "brighter"],
    )
    def test_an_edit_that_shows_the_same_looks_like_what_its_signer_names(self, change: Any) -> None:
        report = examine(edit(change(HARBOUR)), LISTED)
        told = finding(report, "history.parent.like")
        assert told is not None, [one.code for one in report.findings()]
        assert "“harbour.jpg”" in told.statement
        assert report.evidence[Line.HISTORY].status is Status.PASS

    def test_a_false_parent_is_not_recognised_and_nothing_is_said_of_that(self) -> None:
        report = examine(edit(MARKET), LISTED)
        assert not report.having("history.parent.like")
        assert not report.having("history.parent.unlike")
        assert report.evidence[Line.HISTORY].status is Status.PASS
        assert report.evidence[Line.HISTORY].summary == (
            "Its signer names “harbour.jpg” as the earlier version; the credentials of that file are valid."
        )

    def test_a_picture_too_large_to_be_decoded_whole_is_not_held_against_anything(self) -> None:
        side = int(MAX_OTHER**0.5) + 1
        found = likeness(encoded(Image.new("L", (side, side)), "PNG"), "image/png", None, pixels=10**9, register=False)
        assert found.found == ()


class TestAsked:
    """By registration, which may also say that it does not look like: unknown, and never a failure."""

    def test_a_false_parent_is_told_and_is_the_first_thing_said(self) -> None:
        report = examine(edit(MARKET), LISTED, compare_pictures=True)
        told = finding(report, "history.parent.unlike")
        assert told is not None
        assert (told.status, report.evidence[Line.HISTORY].value) == (Status.UNKNOWN, "unlike")
        assert said(report).startswith("it does not look like the earlier file that its signer names; ")
        assert report.inputs.options["compare_pictures"] is True

    def test_a_crop_is_found_and_is_not_called_unlike(self) -> None:
        report = examine(edit(HARBOUR.crop((64, 48, 576, 432))), LISTED, compare_pictures=True)
        assert not report.having("history.parent.unlike")
        assert finding(report, "history.parent.like") is not None

    def test_a_thumbnail_of_another_picture_leaves_the_bytes_open(self) -> None:
        signed = sign_with_thumbnail(CAMERA, encoded(MARKET, quality=90), small(HARBOUR))
        report = examine(signed, LISTED, compare_pictures=True)
        assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
        assert report.evidence[Line.INTEGRITY].value == "unlike-thumbnail"
        assert said(report).startswith("it does not look like the picture that was signed with it; ")

    def test_a_policy_may_ask_for_it(self) -> None:
        words = b'name = "desk"\notherwise = "allow"\n[compare]\npictures = true\n'
        policy = Policy.parse(words, "desk")
        assert policy.compare_pictures
        report = examine(edit(MARKET), LISTED, policy=policy)
        assert finding(report, "history.parent.unlike") is not None
        assert report.inputs.options["compare_pictures"] is True

    def test_changed_bytes_are_still_held_against_what_was_signed(self) -> None:
        report = examine(change_pixels(PHOTO), LISTED, compare_pictures=True)
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        assert report.evidence[Line.INTEGRITY].value == "altered"


def test_nothing_is_compared_where_our_own_check_is_not_made() -> None:
    from provenance.workers.task import Task
    from tests.support.authority import NOW

    assert "likeness" not in parts_of(Task(media_type="image/jpeg", at=NOW))
    assert "likeness" not in parts_of(Task(media_type="video/mp4", at=NOW))
