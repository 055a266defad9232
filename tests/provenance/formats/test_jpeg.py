"""Is every byte of a JPEG named for what it is, and a store in it only where a writer would put one?"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageOps

from provenance.credentials.binding.base import Match
from provenance.formats import Kind, Layout, read_layout
from tests.provenance.by_hand import STORE, leaving, measured, named
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.crafting import sha256
from tests.support.media.gaps import JFIF, exif_segment, orientation

FIRST = 40
"""Bytes of the store in the first of two pieces."""


def piece(content: bytes, number: int, *, instance: int = 0x0211, header: bytes = b"") -> bytes:
    """An APP11 segment with some of a box; `header` repeats its length and type."""
    return jpeg_segment(0xEB, b"JP" + struct.pack(">HI", instance, number) + header + content)


def two(store: bytes = STORE, *, instance: int = 0x0211) -> list[bytes]:
    return [
        piece(store[:FIRST], 1, instance=instance),
        piece(store[FIRST:], 2, instance=instance, header=store[:8]),
    ]


def with_segments(*own: bytes, media: bytes | None = None) -> bytes:
    """A JPEG with segments behind its first."""
    segments, scan = jpeg_segments(media or picture())
    return join_jpeg([segments[0], *own, *segments[1:]], scan)


def kinds(layout: Layout, data: bytes, segments: Sequence[bytes]) -> list[Kind]:
    """What each segment is for, by its first byte."""
    starts = [data.index(segment) for segment in segments]
    return [next(one.kind for one in layout.regions if one.start <= start < one.end) for start in starts]


def test_pieces_in_a_row_join_to_their_store() -> None:
    data = with_segments(*two())
    layout = read_layout(data)
    assert layout.stores == (STORE,)
    assert [one.name for one in layout.boxes].count("C2PA") == 1
    assert not layout.doubts


def test_one_writer_counts_its_only_piece_as_0() -> None:
    layout = read_layout(with_segments(piece(STORE, 0)))
    assert layout.stores == (STORE,)
    assert not list(layout.of_kind(Kind.FOREIGN))


def test_a_box_with_a_long_length_repeats_all_of_it() -> None:
    long = b"\0\0\0\1jumb" + struct.pack(">Q", len(STORE) + 8) + STORE[8:]
    data = with_segments(piece(long[:60], 1), piece(long[60:], 2, header=long[:16]))
    layout = read_layout(data)
    assert layout.stores == (long,)
    assert not list(layout.of_kind(Kind.FOREIGN))
    short = with_segments(piece(long[:60], 1), piece(long[60:], 2, header=long[:8]))
    assert list(read_layout(short).of_kind(Kind.FOREIGN))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_segment_of_another_box_never_joins_the_store(number: int) -> None:
    other = piece(b"not of this store", number, instance=0x0909, header=STORE[:8])
    own = two()
    behind = with_segments(*own, other)
    assert read_layout(behind).stores == (STORE,)
    assert kinds(read_layout(behind), behind, [*own, other]) == [Kind.MANIFEST, Kind.MANIFEST, Kind.OTHER]
    amid = with_segments(own[0], other, own[1])
    assert read_layout(amid).stores == (STORE,)
    assert kinds(read_layout(amid), amid, [own[0], other, own[1]]) == [Kind.MANIFEST, Kind.FOREIGN, Kind.MANIFEST]


def test_a_further_segment_of_the_same_box_is_foreign_to_it() -> None:
    own = [*two(), exif_segment(orientation(1)), piece(b"more", 3, header=STORE[:8])]
    data = with_segments(*own)
    assert read_layout(data).stores == (STORE,)
    assert kinds(read_layout(data), data, own) == [Kind.MANIFEST, Kind.MANIFEST, Kind.FOREIGN, Kind.FOREIGN]


@pytest.mark.parametrize(
    "own",
    [
        [two()[1], two()[0]],
        [piece(STORE[:FIRST], 1), piece(STORE[FIRST:], 3, header=STORE[:8])],
        [piece(STORE[:FIRST], 1), piece(STORE[FIRST:], 2, header=b"\0\0\1\0jumb")],
        [piece(STORE[:FIRST], 1), piece(STORE[FIRST:], 2, header=STORE[:4] + b"jumd")],
        [piece(STORE[:FIRST], 1), piece(b"", 2, header=STORE[:8]), piece(STORE[FIRST:], 3, header=STORE[:8])],
        [piece(STORE, 7)],
    ],
    ids=["turned-round", "number", "length", "type", "empty", "from-7"],
)  # fmt: skip
def test_segments_as_no_writer_makes_them_carry_no_store(own: list[bytes]) -> None:
    data = with_segments(*own)
    start = data.index(own[0])
    found = leaving(data, (start, start + sum(map(len, own))))
    assert found.match is Match.MATCH
    assert {"integrity.store.foreign", "integrity.coverage.other_excluded"} & set(named(found))


def test_zeros_may_fill_up_the_last_segment_and_nothing_else_may() -> None:
    for tail, foreign in ((bytes(20), False), (bytes(20) + b"x", True)):
        own = piece(STORE + tail, 1)
        data = with_segments(own)
        assert read_layout(data).stores == (STORE,)
        found = leaving(data, (data.index(own), data.index(own) + len(own)))
        assert ("integrity.store.foreign" in found.codes) is foreign


def test_what_is_foreign_to_a_store_and_hashed_is_no_matter() -> None:
    own = [two()[0], exif_segment(orientation(6)), two()[1]]
    data = with_segments(*own)
    ranges = [(data.index(one), data.index(one) + len(one)) for one in (own[0], own[2])]
    assert named(leaving(data, *ranges)) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    ("segment", "name"),
    [
        (exif_segment(orientation(6)), "EXIF orientation"),
        (exif_segment(b"MM\0*\0\0\0\xff" + bytes(20)), "EXIF that cannot be read"),
        (jpeg_segment(0xE1, b"Exif\0\1" + orientation(1)), "EXIF that cannot be read"),
        (jpeg_segment(0xE1, b"Exif\0\1" + orientation(1) + b"Exif\0\0" + orientation(6)), "EXIF that cannot be read"),
        (jpeg_segment(0xE1, b"Exif\0\xff" + bytes(30)), "EXIF that cannot be read"),
        (jpeg_segment(0xE1, b"EXIF\0\0" + orientation(6)), "EXIF that cannot be read"),
        (jpeg_segment(0xE1, b"Exif" + orientation(6)), "EXIF that cannot be read"),
        (exif_segment(orientation(1) + b"Exif\0\0" + orientation(6)), "second EXIF block"),
        (exif_segment(bytes(9) + b"Exif\0\0" + orientation(6)), "EXIF that cannot be read"),
        (jpeg_segment(0xE0, b"JFXX\0\x10" + picture(size=(8, 8))), "JFIF extension"),
        (jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\2\0\0"), "JFIF"),
        (jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1\xff\0\0"), "JFIF"),
        (jpeg_segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\0\0\0\0\0"), "MPF"),
        (jpeg_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40)), "extended XMP"),
        (
            jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<rdf:Description tiff:Orientation='6'/>"),
            "XMP orientation",
        ),
        (jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x0c\0\0\0\0\0\4abcd"), "Photoshop thumbnail"),
    ],
)
def test_metadata_that_decides_what_is_shown_is_named_where_it_is_left_out(segment: bytes, name: str) -> None:
    data = with_segments(*two(), segment)
    start = data.index(segment)
    found = leaving(data, (start, start + len(segment)))
    assert "integrity.shown.excluded" in named(found)
    assert found.shown_names == (name,)
    hashed = leaving(data, (data.index(two()[0]), start))
    assert named(hashed) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "segment",
    [
        exif_segment(orientation(1)),
        exif_segment(bytes(40)),
        JFIF,
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"),
        jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\4\x1c\2\x05\0"),
        jpeg_segment(0xFE, b"a comment"),
    ],
)
def test_neutral_metadata_is_left_out_without_a_doubt(segment: bytes) -> None:
    data = with_segments(*two(), segment)
    start = data.index(segment)
    assert named(leaving(data, (start, start + len(segment)))) == ["integrity.coverage.metadata_excluded"]


XMP = b"http://ns.adobe.com/xap/1.0/\0"


@pytest.mark.parametrize(
    ("signed", "put_in", "shown"),
    [
        (exif_segment(orientation(6)), exif_segment(orientation(1)), ("EXIF",)),
        (exif_segment(orientation(6)), exif_segment(bytes(30)), ("EXIF",)),
        (jpeg_segment(0xE1, XMP + b"<r tiff:Orientation='6'/>"), exif_segment(orientation(1)), ("EXIF",)),
        (exif_segment(orientation(6)), jpeg_segment(0xE1, XMP + b"<r tiff:Orientation='1'/>"), ("XMP",)),
        (jpeg_segment(0xE1, XMP + b"<r GCamera:MotionPhoto='1'/>"), jpeg_segment(0xE1, XMP + b"<r/>"), ("XMP",)),
        (jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\2\0\0"), JFIF, ("JFIF",)),
        (exif_segment(orientation(6)), jpeg_segment(0xE1, XMP + b"<r/>"), ()),
        (exif_segment(orientation(6)), jpeg_segment(0xFE, b"a comment"), ()),
        (exif_segment(orientation(1)), exif_segment(orientation(1)), ("EXIF",)),
        (jpeg_segment(0xE1, b"Exif\0\1" + orientation(6)), exif_segment(orientation(1)), ("EXIF",)),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_neutral_by_itself_is_not_beside_what_it_may_hide(
    signed: bytes, put_in: bytes, shown: tuple[str, ...], first: bool
) -> None:
    segments, scan = jpeg_segments(picture())
    both = [put_in, signed] if first else [signed, put_in]
    # Without the usual first segment: its place is the signed one's here.
    data = join_jpeg([*both, *segments[1:]], scan)
    start = data.index(put_in) if put_in != signed else 2
    found = leaving(data, (start, start + len(put_in)))
    assert found.shown_names == shown
    assert ("integrity.shown.excluded" in named(found)) is bool(shown)


def test_a_viewer_takes_one_of_two_exif_blocks() -> None:
    segments, scan = jpeg_segments(picture())
    sizes = []
    for own in ([], [exif_segment(orientation(1))]):
        data = join_jpeg([segments[0], *own, exif_segment(orientation(6)), *segments[1:]], scan)
        sizes.append(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).size)
    assert sizes[0] == sizes[1][::-1]


@pytest.mark.parametrize("marker", [0xC0, 0xC2, 0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xEE])
def test_headers_and_tables_of_the_picture_are_media_wherever_they_are_put_in(marker: int) -> None:
    segment = jpeg_segment(marker, b"Adobe\0\x64\0\0\0\0\0")
    data = with_segments(*two(), segment)
    start = data.index(segment)
    found = named(leaving(data, (start, start + len(segment))))
    assert {"integrity.coverage.media_excluded", "integrity.coverage.unknown"} & set(found)


@pytest.mark.parametrize("marker", [b"\xff\xd8", b"\xff\xd9", b"\xff\xd0", b"\xff\x01"])
def test_markers_without_content_are_media_wherever_they_are_put_in(marker: bytes) -> None:
    data = with_segments(marker)
    start = data.index(marker, 2)
    assert "integrity.coverage.media_excluded" in named(leaving(data, (start, start + 2)))


@pytest.mark.parametrize(
    ("names", "transform", "is_neutral"),
    [
        (b"\1\2\3", None, True), (b"RGB", None, False), (b"rgb", None, False), (b"RGB", 1, True), (b"\1\2\3", 0, False),
        (b"\1\2\3", 1, True), (b"\1", None, True), (b"CMYK", 0, True),
    ],
)  # fmt: skip
def test_jfif_is_neutral_where_colours_are_read_alike_without_it(
    names: bytes, transform: int | None, is_neutral: bool
) -> None:
    parts = b"".join(bytes((name, 0x11, 0)) for name in names)
    frame = jpeg_segment(0xC0, b"\x08\0\x08\0\x08" + bytes((len(names),)) + parts)
    adobe = b"" if transform is None else jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes((transform,)))
    data = b"\xff\xd8" + JFIF + adobe + frame + jpeg_segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\xff\xd9"
    found = leaving(data, (2, 2 + len(JFIF)))
    assert ("integrity.shown.excluded" not in named(found)) is is_neutral


def test_a_range_that_is_wider_than_the_store_says_what_else_it_holds() -> None:
    own, exif = two(), exif_segment(orientation(1))
    for segments in ([exif, *own], [*own, exif]):
        data = with_segments(*segments)
        start = data.index(segments[0])
        found = leaving(data, (start, start + sum(map(len, segments))))
        assert "integrity.coverage.wide" in named(found)
        assert found.wide_names == ("EXIF",)
        assert found.is_whole


def test_ranges_beside_each_other_are_told_apart() -> None:
    own, exif = two(), exif_segment(orientation(1))
    data = with_segments(*own, exif)
    start, middle = data.index(own[0]), data.index(exif)
    found = leaving(data, (start, middle), (middle, middle + len(exif)))
    assert named(found) == ["integrity.coverage.metadata_excluded"]


def test_a_range_from_the_files_start_leaves_out_no_media() -> None:
    segments, scan = jpeg_segments(picture())
    own, exif = two(), exif_segment(orientation(1))
    data = b"\xff\xd8" + exif + b"".join(own) + b"".join(segments) + scan
    found = leaving(data, (0, 2 + len(exif) + sum(map(len, own))))
    assert named(found) == ["integrity.coverage.metadata_excluded", "integrity.coverage.wide"]
    assert found.wide_names == ("EXIF",)


def test_fill_bytes_among_the_pieces_are_foreign_and_elsewhere_part_of_the_container() -> None:
    own = two()
    amid = with_segments(own[0], b"\xff\xff\xff", own[1])
    assert [one.end - one.start for one in read_layout(amid).of_kind(Kind.FOREIGN)] == [3]
    behind = with_segments(*own, b"\xff" * 300_000)
    assert not list(read_layout(behind).of_kind(Kind.FOREIGN))
    assert [one.name for one in read_layout(behind).of_kind(Kind.STRUCTURE)] == ["start of image", "fill"]


def test_a_picture_that_ends_early_leaves_the_rest_behind_it() -> None:
    own = b"".join(two())
    data = b"\xff\xd8\xff\xd9" + own + picture()[2:]
    layout = read_layout(data)
    assert not layout.stores
    assert "integrity.coverage.trailing_excluded" in named(leaving(data, (4, 4 + len(own))))


def with_intervals() -> bytes:
    """A JPEG whose scan is divided by restart markers."""
    output = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(output, "JPEG", restart_marker_rows=1)
    return output.getvalue()


def box_hash(boxes: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """A box hash of names and digests, one box each."""
    return {"alg": "sha256", "boxes": [{"names": [name], "hash": own, "pad": b""} for name, own in boxes]}


@pytest.mark.parametrize("restarts", [True, False])
def test_a_box_hash_may_name_restart_markers_or_count_them_to_their_scan(restarts: bool) -> None:
    data = with_segments(*two(), media=with_intervals())
    boxes: list[tuple[str, bytes]] = []
    for box in read_layout(data).boxes:
        boxes.append((box.name, b"\0" if box.name == "C2PA" else sha256(data[box.start : box.end])))
        if box.name == "SOS" and restarts:
            scan = data[box.start : box.end]
            markers = [at for at in range(len(scan) - 1) if scan[at] == 0xFF and 0xD0 <= scan[at + 1] <= 0xD7]
            boxes += [(f"RST{scan[at + 1] - 0xD0}", sha256(scan[at : at + 2])) for at in markers]
    assert len(boxes) > 12 or not restarts
    assert named(measured("c2pa.hash.boxes", box_hash(boxes), data)) == ["integrity.coverage.full"]
    if restarts:
        fewer = box_hash([one for one in boxes if one[0] != "RST1"])
        assert measured("c2pa.hash.boxes", fewer, data).match is Match.MISMATCH


@pytest.mark.parametrize("where", ["gap", "behind"])
def test_a_box_hash_lets_nothing_into_the_stores_own_box(where: str) -> None:
    own = two()
    data = with_segments(*own)
    boxes = [
        (one.name, b"\0" if one.name == "C2PA" else sha256(data[one.start : one.end]))
        for one in read_layout(data).boxes
    ]
    more = piece(b"more", 3, header=STORE[:8])
    changed = with_segments(own[0], more, own[1]) if where == "gap" else with_segments(*own, more)
    content = box_hash(boxes)
    assert measured("c2pa.hash.boxes", content, data).match is Match.MATCH
    found = measured("c2pa.hash.boxes", content, changed)
    assert found.match is Match.MISMATCH or "integrity.store.foreign" in named(found)
