"""Does a viewer show the pixels that a program gave out, whatever EXIF it copied beside them?"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.viewers.model import RefusedError
from tests.viewers.viewing.libraries import pillow, refusing, shown
from tests.viewers.viewing.programs import into_pictures

BROKEN = (
    b"\0\0\0\0MM\0*",
    b"Exif\0\0\0\0\0\0MM\0*",
    b"MM\0*\xff\xff\xff\xff",
    b"II",
    b"MM\0*\0\0\0\x08\0\1\x01\x12\0\x0c\0\0\0\1",
)
TURNED = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"


def drawing() -> Image.Image:
    """Wider than high, each corner another."""
    image = Image.new("RGB", (6, 4), (9, 9, 9))
    image.putpixel((0, 0), (255, 0, 0))
    return image


def saved(form: str, exif: bytes) -> bytes:
    target = io.BytesIO()
    drawing().save(target, form, exif=exif)
    return target.getvalue()


@pytest.mark.parametrize("exif", BROKEN)
def test_exif_that_cannot_be_read_turns_no_picture_and_hides_none(exif: bytes) -> None:
    with Image.open(io.BytesIO(saved("PNG", exif))) as image:
        assert shown(image) == shown(drawing())
    assert pillow(saved("PNG", exif), "image/png")


def test_exif_that_can_be_read_turns_it() -> None:
    with Image.open(io.BytesIO(saved("PNG", TURNED))) as image:
        assert shown(image) == shown(drawing().transpose(Image.Transpose.ROTATE_270))
        assert shown(image, is_upright=True) == shown(drawing())


def test_pixels_that_break_off_are_refused() -> None:
    with pytest.raises(RefusedError):
        refusing(pillow)(saved("PNG", TURNED)[:-40], "image/png")


@pytest.mark.parametrize("exif", [*BROKEN, TURNED])
def test_what_a_program_gives_out_as_png_is_what_it_shows(exif: bytes, tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(saved("PNG", exif))
    (line,) = into_pictures(lambda _, out: ["cp", str(source), f"{out}/a.png"])(b"", "image/png")
    assert line == f"a.png {shown(drawing())}"


def test_a_jpeg_that_a_program_gives_back_is_shown_by_its_exif(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(saved("JPEG", b"Exif\0\0" + TURNED))
    (line,) = into_pictures(lambda _, out: ["cp", str(source), f"{out}/a.jpg"])(b"", "image/jxl")
    assert line.startswith("a.jpg 4x6 ")
