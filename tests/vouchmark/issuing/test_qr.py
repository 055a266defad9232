"""QR codes: read by another implementation, and refused where there is too much to say."""

import re
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from vouchmark.issuing.qr import svg
from zk.profile.codes import Code, CodeKind

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> np.ndarray:
    """The modules of a picture as pixels, dark ones black: each run is a stroke of its path, one unit high."""
    root = ElementTree.fromstring(f'<x xmlns="http://www.w3.org/2000/svg">{picture}</x>')[0]
    side = int(root.get("viewBox", "").split()[-1])
    pixels = np.full((side, side), 255, np.uint8)
    (stroke,) = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke")]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmhv])([-0-9. ]*)", stroke):
        values = [float(number) for number in re.findall(r"-?[0-9.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            assert command == "h"
            pixels[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return pixels


def read(picture: str) -> str:
    """What OpenCV reads; at some sizes it does not find a code that it finds at others."""
    pixels = drawn(picture)
    for scale in (8, 5, 10, 3):
        if text := cv2.QRCodeDetector().detectAndDecode(np.kron(pixels, np.ones((scale, scale), np.uint8)))[0]:
            return str(text)
    return ""


def test_every_code_is_read_back_as_itself() -> None:
    for number in range(12):
        code = Code.draw(list(CodeKind)[number % 3], number)
        assert Code.parse(read(svg(code.reveal().upper(), title="x"))) == code


def test_a_code_has_its_quiet_zone() -> None:
    pixels = drawn(svg("VM1-ENROL-0-" + "A" * 26, title="x"))
    assert (pixels[:4] == 255).all()
    assert (pixels[:, :4] == 255).all()
    assert not pixels[4, 4:11].any()


def test_refuses_what_says_too_much() -> None:
    for text in ("A" * 10_000, "é" * 3_000):
        with pytest.raises(ValueError, match=r"."):
            svg(text, title="x")


def test_the_picture_is_well_formed_and_named() -> None:
    root = ElementTree.fromstring(f'<x xmlns="http://www.w3.org/2000/svg">{svg("A", title=chr(60) + chr(38))}</x>')[0]
    assert [title.text for title in root.iter(f"{SVG}title")] == ["<&"]
