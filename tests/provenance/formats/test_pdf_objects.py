"""Are a PDF's objects found at the same places, whichever way is taken to them?"""

from __future__ import annotations

import random

import pytest

from provenance.formats.pdf.objects import HEADER, Objects
from provenance.formats.pdf.syntax import Budget

TOKENS = 1_000_000


def numbers(data: bytes) -> list[tuple[int, int]]:
    """(number, start) of each object that is found."""
    return [(one.number, one.start) for one in Objects(data, Budget(TOKENS)).scan()]


@pytest.mark.parametrize(
    "data",
    [
        b"\n12 0 obj 7 endobj",
        b"12 0 obj 7 endobj",
        b" 12\0 0\tobj 7 endobj",
        b"\n12 +0obj 7 endobj",
        b"12 % a comment\n0 % another\robj 7 endobj",
        b"12 % 99 0 obj 5 endobj\n0 obj 7 endobj",
        b"12 %\n99 0 objx\n0 obj 7 endobj".replace(b"\n99", b" 99"),
        b"xobj endobj\n12 0 obj 7 endobj",
        b"\n12 " + b" " * 300 + b"0 obj 7 endobj",
    ],
)
def test_an_object_is_found_however_its_header_is_written(data: bytes) -> None:
    assert numbers(data) == [(12, data.index(b"12"))]


def test_only_ten_digits_of_a_number_count_wherever_the_header_stands() -> None:
    for lead in (b"", b"\n", b" "):
        data = lead + b"991234567890 0 obj 7 endobj"
        assert numbers(data) == [(1234567890, data.index(b"1234"))]


def test_every_header_is_the_first_that_stands_behind_the_one_before() -> None:
    words = (b"\n5 0 obj", b"6 0 obj", b"%", b" ", b"\n", b"\r", b"obj", b"endobj", b" 7 ", b"0", b"/A", b"objx", b"\0")
    chance = random.Random(3)
    for _ in range(2_000):
        data = b"".join(chance.choices(words, k=12))
        objects, position = Objects(data, Budget(TOKENS)), 0
        for one in objects.scan():
            found = HEADER.search(data, position)
            assert found is not None
            assert found.start() == one.start
            position = found.end()
        assert HEADER.search(data, position) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\n5 0 obj\n41\nendobj",
        b"\n5 0 obj 41 endobj\n6 0 obj 3 endobj",
        b" 5 0 obj % so long\n41 endobj",
        b"5 % 6 0 obj 99 endobj\n 0 obj 41 endobj",
        b"\n5 0 obj 41 endobj 5 0 obj 40 endobj",
        b"\n5 0 obj 40 endobj\n5 0 obj 41 endobj",
    ],
)
def test_a_length_in_an_object_of_its_own_is_known_however_it_is_written(data: bytes) -> None:
    objects = Objects(data + b"\n1 0 obj <</Length 5 0 R>> stream\nxyz", Budget(TOKENS))
    stream = list(objects.scan())[-1]
    assert objects.said(stream) - stream.stream == 41
