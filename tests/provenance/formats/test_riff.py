"""Is every chunk of a RIFF file named for what it is, and does no index of an AVI lead to where no hash answers?"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from provenance.credentials.binding.coverage import Coverage
from provenance.formats import Kind, read_layout
from tests.provenance.by_hand import STORE, leaving, named, whats, without
from tests.support.authority import picture
from tests.support.media.forms import sound
from tests.support.media.gaps import orientation

FRAME = b"a frame of a film"


def chunk(name: bytes, content: bytes, *, pad: bytes = b"\0") -> bytes:
    return name + struct.pack("<I", len(content)) + content + (pad if len(content) & 1 else b"")


def riff(form: bytes, *chunks: bytes) -> bytes:
    content = form + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def webp(*own: bytes) -> bytes:
    """A WebP picture with chunks behind its pixels."""
    plain = picture("WEBP")
    return riff(b"WEBP", plain[12:], *own)


ODD = STORE if len(STORE) & 1 else STORE + b"\0"


def test_a_store_is_its_chunk_and_the_zero_that_fills_it_up() -> None:
    for store in (STORE, ODD):
        own = chunk(b"C2PA", store)
        assert read_layout(webp(own)).stores == (STORE,)
        assert named(without(webp(own), own)) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "own", [chunk(b"C2PA", ODD, pad=b"x"), chunk(b"C2PA", STORE + b"<html>"), chunk(b"C2PA", STORE + bytes(8) + b"xy")]
)
def test_anything_else_in_the_chunk_is_foreign(own: bytes) -> None:
    assert "integrity.store.foreign" in named(without(webp(own), own))


def test_a_store_that_is_none_of_the_files_own_chunks_is_none() -> None:
    nested = chunk(b"LIST", b"abcd" + chunk(b"C2PA", STORE))
    assert not read_layout(webp(nested)).stores


@pytest.mark.parametrize("at", [0, 4, 8])
def test_the_length_of_the_file_decides_what_is_read(at: int) -> None:
    own = chunk(b"C2PA", STORE)
    data = webp(own)
    found = leaving(data, (at, at + 4), (data.index(own), len(data)))
    assert named(found) == ["integrity.shown.excluded"]
    assert found.shown_names == ("length of the file",)


def test_a_length_that_leaves_the_end_out_leaves_it_behind_the_file() -> None:
    data = webp(chunk(b"C2PA", STORE), chunk(b"XMP ", b"<x/>"))
    cut = data[:4] + struct.pack("<I", len(data) - 8 - 12) + data[8:]
    assert [one.kind for one in read_layout(cut).regions][-1] is Kind.TRAILING
    assert "integrity.coverage.trailing_excluded" in named(leaving(cut, (len(cut) - 12, len(cut))))


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (chunk(b"EXIF", orientation(8)), "EXIF orientation"),
        (chunk(b"EXIF", b"Exif\0\0" + orientation(8)), "EXIF orientation"),
        (chunk(b"EXIF", orientation(1) + b"Exif\0\0" + orientation(8)), "second EXIF block"),
        (chunk(b"EXIF", b"Exif\0\1" + orientation(1)), "EXIF that cannot be read"),
        (chunk(b"XMP ", b"<r tiff:Orientation='8'/>"), "XMP orientation"),
        (chunk(b"id3 ", b"ID3\4\0\0\0\0\0\x0cAPIC\0\0\0\2\0\0xx"), "cover picture"),
        (chunk(b"id3 ", b"no tag at all"), "ID3 tag that cannot be read"),
    ],
)
def test_chunks_that_decide_what_is_shown_are_named_where_they_are_left_out(own: bytes, shown: str) -> None:
    found = without(webp(own, chunk(b"C2PA", STORE)), own)
    assert "integrity.shown.excluded" in named(found)
    assert found.shown_names == (shown,)


@pytest.mark.parametrize(
    "own",
    [
        chunk(b"EXIF", orientation(1)),
        chunk(b"XMP ", b"<x:xmpmeta/>"),
        chunk(b"LIST", b"INFOIART\4\0\0\0name"),
        chunk(b"bext", bytes(602)),
        chunk(b"id3 ", b"ID3\4\0\0\0\0\0\x0cTIT2\0\0\0\2\0\0\3x"),
    ],
)
def test_neutral_chunks_are_left_out_without_a_doubt(own: bytes) -> None:
    found = without(webp(own, chunk(b"C2PA", STORE)), own)
    assert named(found) == ["integrity.coverage.metadata_excluded"]


def test_what_is_neutral_by_itself_is_not_beside_what_it_may_hide() -> None:
    own = chunk(b"EXIF", orientation(1))
    for signed in (
        chunk(b"EXIF", orientation(6)),
        chunk(b"EXIF", orientation(0)),
        chunk(b"XMP ", b"<r tiff:Orientation='6'/>"),
    ):
        assert without(webp(own, signed, chunk(b"C2PA", STORE)), own).shown_names == ("EXIF",)


@pytest.mark.parametrize("name", [b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"VP8X", b"cue ", b"smpl", b"data", b"JUNK"])
def test_chunks_that_decide_colours_frames_and_sound_are_media(name: bytes) -> None:
    own = chunk(name, b"content!")
    assert "integrity.coverage.media_excluded" in named(without(webp(own, chunk(b"C2PA", STORE)), own))


@pytest.mark.parametrize("name", [b"axml", b"chna", b"ABCD"])
def test_chunks_that_may_decide_anything_are_not_harmless(name: bytes) -> None:
    own = chunk(name, b"content!")
    assert "integrity.coverage.other_excluded" in named(without(webp(own, chunk(b"C2PA", STORE)), own))


def test_sound_of_an_announced_length_of_nothing_is_a_matter_of_the_player() -> None:
    plain = sound()
    own = chunk(b"C2PA", STORE)
    data = riff(b"WAVE", plain[12 : plain.index(b"data")], b"data\0\0\0\0", own)
    found = without(data, own)
    assert named(found) == ["integrity.tables"]
    assert whats(found) == ["sound of an announced length of nothing"]


def avi(
    *,
    offsets: Sequence[int] = (4,),
    absolute: bool = False,
    newer: bytes = b"",
    last: bytes = b"",
    store: bytes = STORE,
) -> bytes:
    """A film of one frame, an index of the old kind with those offsets, and a store behind it."""
    stream = chunk(b"LIST", b"strl" + chunk(b"strh", bytes(56)) + newer)
    header = chunk(b"LIST", b"hdrl" + chunk(b"avih", bytes(56)) + stream)
    frames = chunk(b"LIST", b"movi" + chunk(b"00dc", FRAME) + last)
    base = 12 + len(header) + 8 if absolute else 0
    entries = b"".join(b"00dc" + struct.pack("<III", 0x10, base + offset, len(FRAME)) for offset in offsets)
    return riff(b"AVI ", header, frames, chunk(b"idx1", entries), chunk(b"C2PA", store))


def left_out(data: bytes) -> Coverage:
    """What a hash covers that leaves out the store's chunk."""
    return leaving(data, (data.index(b"C2PA"), len(data)))


def into_store(data: bytes) -> int:
    """Where the store lies, as an index of the old kind counts."""
    return data.index(STORE) - data.index(b"movi")


@pytest.mark.parametrize("absolute", [False, True])
def test_an_index_that_leads_to_frames_is_right_wherever_it_counts_from(absolute: bool) -> None:
    assert named(left_out(avi(absolute=absolute))) == ["integrity.coverage.full"]


@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("shift", [-4, 0, 40])
def test_an_index_into_the_store_fails(shift: int, absolute: bool) -> None:
    place = into_store(avi(offsets=(4, 4))) + shift
    found = left_out(avi(offsets=(4, place), absolute=absolute))
    assert named(found) == ["integrity.pointer.store"]
    assert whats(found) == ["frames that its index names"]


def test_an_index_whose_first_entry_fits_nowhere_is_taken_both_ways() -> None:
    plain = avi(offsets=(999_999, 4))
    relative, absolute = into_store(plain), plain.index(STORE)
    for place in (relative, absolute):
        assert "integrity.pointer.store" in named(left_out(avi(offsets=(999_999, place))))


def test_an_index_into_what_else_is_left_out_fails() -> None:
    data = avi(offsets=(4, 4), store=STORE)
    data = riff(b"AVI ", data[12:], chunk(b"LIST", b"INFO" + chunk(b"IART", b"somebody")))
    place = data.index(b"INFO")
    entry = data.index(b"idx1") + 8 + 16 + 8
    data = data[:entry] + struct.pack("<I", place - data.index(b"movi")) + data[entry + 4 :]
    start, end = data.index(b"C2PA"), place - 8
    found = leaving(data, (start, end), (place - 8, len(data)))
    assert "integrity.coverage.media_excluded" in named(found)
    assert "integrity.coverage.media_excluded" not in named(leaving(data, (start, end)))


def super_index(*places: tuple[int, int]) -> bytes:
    head = struct.pack("<HBBI4s12x", 4, 0, 0, len(places), b"00dc")
    return chunk(b"indx", head + b"".join(struct.pack("<QII", place, size, 1) for place, size in places))


def standard_index(base: int, *offsets: int) -> bytes:
    head = struct.pack("<HBBI4sQ4x", 2, 0, 1, len(offsets), b"00dc", base)
    return chunk(b"ix00", head + b"".join(struct.pack("<II", offset, len(FRAME)) for offset in offsets))


def opendml(*, offset: int | None = None, place: int | None = None, kind: int = 0) -> bytes:
    """A film with a newer index: of frames (`offset` from the list of frames), named by a super index (`place`)."""
    blank = avi(newer=super_index((0, 0)), last=standard_index(0, 0))
    base = blank.index(b"movi")
    index = blank.index(b"ix00")
    frame = blank.index(FRAME) - base
    inner = standard_index(base, frame if offset is None else offset)
    outer = super_index((index if place is None else place, len(inner)))
    data = avi(newer=outer, last=inner)
    assert len(data) == len(blank)
    return data


def test_a_newer_index_that_leads_to_frames_is_right() -> None:
    assert named(left_out(opendml())) == ["integrity.coverage.full"]


def test_a_newer_index_into_the_store_fails() -> None:
    plain = opendml()
    assert named(left_out(opendml(offset=into_store(plain)))) == ["integrity.pointer.store"]
    assert named(left_out(opendml(place=plain.index(STORE)))) == ["integrity.pointer.store"]


def test_a_stream_whose_own_index_is_one_of_frames_is_followed() -> None:
    head = standard_index(0, 0).replace(b"ix00", b"indx")
    plain = avi(newer=head)
    right = standard_index(0, plain.index(FRAME)).replace(b"ix00", b"indx")
    wrong = standard_index(0, plain.index(STORE)).replace(b"ix00", b"indx")
    assert named(left_out(avi(newer=right))) == ["integrity.coverage.full"]
    assert named(left_out(avi(newer=wrong))) == ["integrity.pointer.store"]


def test_indexes_that_overlap_are_not_read_again_and_again() -> None:
    plain = avi(newer=super_index(*[(0, 0)] * 400), last=standard_index(0, *[0] * 4000))
    index = plain.index(b"ix00")
    data = avi(newer=super_index(*[(index, 32_000)] * 400), last=standard_index(plain.index(b"movi"), *[4] * 4000))
    found = left_out(data)
    assert "integrity.tables" in named(found)
    assert whats(found)[0] == "indexes that overlap"
