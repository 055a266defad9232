"""Is every block of a FLAC file named for what it is?"""

from __future__ import annotations

import base64

import pytest

from provenance.formats import read_layout
from tests.provenance.by_hand import STORE, leaving, named, without
from tests.support.media.forms import flac


def block(kind: int, content: bytes) -> bytes:
    return bytes((kind,)) + len(content).to_bytes(3, "big") + content


def with_blocks(*blocks: bytes) -> bytes:
    """A FLAC file with blocks behind its first."""
    plain = flac()
    return b"fLaC\0" + plain[5:] + b"".join(blocks) + block(0x81, bytes(8))


def comments(*words: bytes) -> bytes:
    parts = [b"maker", *words]
    listed = b"".join(len(part).to_bytes(4, "little") + part for part in parts[1:])
    return block(4, len(parts[0]).to_bytes(4, "little") + parts[0] + (len(words)).to_bytes(4, "little") + listed)


def test_a_store_in_a_block_of_an_application_is_that_block() -> None:
    own = block(2, b"c2pa" + STORE)
    assert read_layout(with_blocks(own)).stores == (STORE,)
    assert named(without(with_blocks(own), own)) == ["integrity.coverage.full"]


@pytest.mark.parametrize("content", [b"c2pa" + STORE + b"<html>", b"c2pa page " + STORE, b"page"])
def test_anything_else_in_such_a_block_is_not(content: bytes) -> None:
    own = block(2, content)
    found = named(without(with_blocks(own), own))
    assert {"integrity.store.foreign", "integrity.coverage.media_excluded"} & set(found)


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (block(6, bytes(32)), ("cover picture",)),
        (comments(b"METADATA_BLOCK_PICTURE=" + base64.b64encode(bytes(40))), ("cover picture",)),
        (comments(b"replaygain_track_gain=-20 dB"), ("loudness",)),
        (comments(b"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x0003"), ("channels",)),
        (comments(b"TITLE=a title"), ()),
    ],
)
def test_comments_and_pictures_that_are_left_out_are_neutral_or_named(own: bytes, shown: tuple[str, ...]) -> None:
    data = with_blocks(own)
    start, end = data.index(own), data.index(own) + len(own)
    found = leaving(data, (start + 4, end))
    assert "integrity.coverage.metadata_excluded" in named(found)
    assert found.shown_names == shown
    # With its header anybody could make it the last, or take in what follows.
    assert leaving(data, (start, end)).shown_names == tuple(sorted({*shown, "header of a block"}))


@pytest.mark.parametrize(("content", "filled"), [(bytes(40), False), (bytes(30) + b"<html>", True)])
def test_padding_that_is_left_out_is_zeros(content: bytes, filled: bool) -> None:
    own = block(1, content)
    data = with_blocks(own)
    assert ("integrity.padding.filled" in named(without(data, own))) is filled
    assert named(leaving(data)) == ["integrity.coverage.full"]


def test_stream_information_and_tables_are_media() -> None:
    own = block(3, bytes(36))
    assert "integrity.coverage.media_excluded" in named(without(with_blocks(own), own))
