"""QR codes: read by another implementation, and refused where they could not hold a text."""

import secrets
import string
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from vouchmark.issuing.qr import MOST, SIZE, modules, svg
from zk.profile.codes import Code, CodeKind

ALPHABET = string.digits + string.ascii_uppercase + "$%*+-./: "


def read(rows: tuple[tuple[bool, ...], ...]) -> str:
    """What OpenCV reads; at some sizes it does not find a code that it finds at others."""
    picture = 255 * (1 - np.pad(np.array(rows, dtype=np.uint8), 4))
    for scale in (8, 5, 10, 3):
        large = np.kron(picture, np.ones((scale, scale), np.uint8)).astype(np.uint8)
        if text := cv2.QRCodeDetector().detectAndDecode(large)[0]:
            return str(text)
    return ""


@pytest.mark.parametrize("text", ["A", "AB", "0" * MOST, "VM1-RESET-999-" + "7" * 26, "$%*+-./:", "Z" * 60])
def test_another_reader_reads_what_was_written(text: str) -> None:
    assert len(modules(text)) == SIZE
    assert read(modules(text)) == text


def test_every_code_is_read_back_as_itself() -> None:
    for number in range(60):
        code = Code.draw(list(CodeKind)[number % 3], number)
        assert Code.parse(read(modules(code.reveal().upper()))) == code
    for length in range(1, MOST + 1):
        text = "".join(secrets.choice(ALPHABET.strip()) for _ in range(length))
        assert read(modules(text)) == text


def test_a_code_with_damaged_modules_is_still_read() -> None:
    """Level M corrects some 15 % of the codewords."""
    rows = [list(row) for row in modules("VM1-ENROL-0-" + "A" * 26)]
    for y in range(13, 17):
        for x in range(12, 16):
            rows[y][x] = not rows[y][x]
    assert read(tuple(map(tuple, rows))) == "VM1-ENROL-0-" + "A" * 26


@pytest.mark.parametrize("text", ["", "a", "0" * (MOST + 1), "Ä", "A\n"])
def test_refuses_what_it_cannot_hold(text: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        modules(text)


def test_the_picture_is_well_formed_and_named() -> None:
    root = ElementTree.fromstring(svg("A", title='<&"'))
    assert root.find("{http://www.w3.org/2000/svg}title").text == '<&"'  # type: ignore[union-attr]
