"""Is every block of a GIF named for what it is, and a store in it only where its block is cut as a writer cuts it?"""

from __future__ import annotations

import pytest

from provenance.formats import read_layout
from tests.provenance.by_hand import STORE, named, without
from tests.support.media.forms import animation
from tests.support.media.gaps import gif_block

TAIL = b"\x01" + bytes(range(255, -1, -1)) + b"\0"


def with_block(block: bytes) -> bytes:
    """An animation with a block before its first picture."""
    plain = animation()
    at = plain.index(b"!\xf9")
    return plain[:at] + block + plain[at:]


@pytest.mark.parametrize(
    ("block", "foreign"),
    [
        (gif_block(STORE), False),
        (gif_block(STORE + bytes(300)), False),
        (gif_block(STORE + b"<html>"), True),
        (gif_block(STORE, size=100), True),
        (gif_block(STORE, size=1), True),
        (gif_block(b"\xff\xff\xff\xff" + STORE[4:]), True),
        (gif_block(bytes(4) + STORE[4:]), True),
    ],
)
def test_only_full_blocks_of_the_store_alone_carry_it(block: bytes, foreign: bool) -> None:
    found = named(without(with_block(block), block))
    assert ("integrity.store.foreign" in found) is foreign
    assert found == (found if foreign else ["integrity.coverage.full"])


def test_the_store_is_read_however_it_is_cut() -> None:
    for size in (1, 100, 255):
        assert read_layout(with_block(gif_block(STORE, size=size))).stores == (STORE,)


def test_an_extension_of_another_length_of_name_carries_no_store() -> None:
    block = b"!\xff\x0cC2PA_GIF\x01\0\0x" + gif_block(STORE)[14:]
    data = with_block(block)
    assert not read_layout(data).stores
    assert "integrity.coverage.other_excluded" in named(without(data, block))


@pytest.mark.parametrize(
    ("packet", "shown"),
    [
        (b"<x:xmpmeta/>" + TAIL, ()),
        (b"<r tiff:Orientation='3'/>" + TAIL, ("XMP orientation",)),
        (b"\x0c<x:xmpmeta/>\0", ("XMP that cannot be read",)),
    ],
)
def test_xmp_that_is_left_out_is_neutral_or_named(packet: bytes, shown: tuple[str, ...]) -> None:
    block = b"!\xff\x0bXMP DataXMP" + packet
    found = without(with_block(block), block)
    assert "integrity.coverage.metadata_excluded" in named(found)
    assert found.shown_names == shown
