"""Do the tables of a JPEG that name further pictures lead only to where a hash answers?"""

from __future__ import annotations

import struct

import pytest

from provenance.formats import read_layout
from tests.provenance.by_hand import leaving, named, stored, whats
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.gaps import exif, exif_segment

SECOND = picture(size=(16, 16), shade=60)
PICTURE_IN_STORE = stored(("c2pa.thumbnail.claim", SECOND))
FILM = b"\0\0\0\x18ftypmp42" + bytes(60)


def table(*places: tuple[int, int], order: str = ">") -> bytes:
    """An MPF segment that names pictures by their offset from its header and their size."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = b"".join(struct.pack(f"{order}IIIHH", 0, size, offset, 0, 0) for offset, size in ((0, 0), *places))
    fields = [
        struct.pack(f"{order}HHI", 0xB000, 7, 4) + b"0100",
        struct.pack(f"{order}HHII", 0xB001, 4, 1, 1 + len(places)),
        struct.pack(f"{order}HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4),
    ]
    head = mark + struct.pack(f"{order}IH", 8, 3)
    return jpeg_segment(0xE2, b"MPF\0" + head + b"".join(fields) + bytes(4) + entries)


def two_pictures(*names: bytes, store: bytes = PICTURE_IN_STORE, tail: bytes = SECOND) -> bytes:
    """A JPEG with a table and a store, and something behind it; `names` are segments that name it."""
    segments, scan = jpeg_segments(picture())
    own = jpeg_segment(0xEB, b"JP\x02\x11\0\0\0\1" + store)
    return join_jpeg([segments[0], *names, own, *segments[1:]], scan) + tail


def pointing(target: bytes, *, shift: int = 0, order: str = ">", tail: bytes = SECOND) -> bytes:
    """The same whose table leads to the last place of some bytes."""
    data = two_pictures(table((0x7FFFFFFF, 0), order=order), tail=tail)
    start = data.index(b"MPF\0") + 4
    return two_pictures(table((data.rindex(target) + shift - start, len(target)), order=order), tail=tail)


def store_of(data: bytes) -> tuple[int, int]:
    start = data.index(b"\xff\xeb")
    return start, start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0]


@pytest.mark.parametrize("order", [">", "<"])
def test_a_table_that_leads_to_what_is_hashed_is_right(order: str) -> None:
    data = pointing(SECOND, order=order)
    assert named(leaving(data, store_of(data))) == ["integrity.coverage.full"]
    assert [(one.start, one.end) for one in read_layout(data).pointers] == [(data.rindex(SECOND), len(data))]


def test_a_table_that_leads_to_a_picture_that_is_left_out_fails() -> None:
    data = pointing(SECOND)
    found = named(leaving(data, store_of(data), (len(data) - len(SECOND), len(data))))
    assert "integrity.coverage.media_excluded" in found


def test_a_table_that_leads_to_a_picture_in_the_store_fails() -> None:
    data = pointing(PICTURE_IN_STORE, shift=PICTURE_IN_STORE.index(SECOND))
    found = leaving(data, store_of(data))
    assert named(found) == ["integrity.pointer.store"]
    assert whats(found) == ["a picture that MPF names"]


def test_a_table_whose_places_were_moved_shows_nothing_and_is_left_alone() -> None:
    data = pointing(PICTURE_IN_STORE, shift=PICTURE_IN_STORE.index(SECOND) + 5)
    assert named(leaving(data, store_of(data))) == ["integrity.coverage.full"]
    assert not read_layout(pointing(SECOND, tail=SECOND)[: -len(SECOND)]).pointers


@pytest.mark.parametrize("cut", range(8, 80, 6))
def test_a_table_that_breaks_off_is_read_as_far_as_it_goes(cut: int) -> None:
    whole = table((100, 100))
    data = two_pictures(jpeg_segment(0xE2, whole[4:][:cut]))
    assert named(leaving(data, store_of(data))) == ["integrity.coverage.full"]


def container(*lengths: int, name: bytes = b"Item:Length") -> bytes:
    items = b"".join(b'<Container:Item %s="%07d"/>' % (name, length) for length in lengths)
    space = b'<x:xmpmeta xmlns:Container="http://ns.google.com/photos/1.0/container/">'
    return jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + space + items + b"</x:xmpmeta>")


@pytest.mark.parametrize("tail", [SECOND, FILM])
def test_what_a_container_names_behind_the_picture_is_media(tail: bytes) -> None:
    data = two_pictures(container(len(tail)), tail=tail)
    assert named(leaving(data, store_of(data))) == ["integrity.coverage.full"]
    found = named(leaving(data, store_of(data), (len(data) - len(tail), len(data))))
    assert "integrity.coverage.media_excluded" in found


@pytest.mark.parametrize("name", [b"Item:Length", b"GCamera:MicroVideoOffset"])
def test_a_container_that_leads_to_a_film_in_the_store_fails(name: bytes) -> None:
    inner = stored(("c2pa.thumbnail.claim", FILM))
    blank = two_pictures(container(0, name=name), store=inner, tail=b"")
    data = two_pictures(container(len(blank) - blank.index(FILM), name=name), store=inner, tail=b"")
    found = leaving(data, store_of(data))
    assert named(found) == ["integrity.pointer.store"]
    assert whats(found) == ["a picture or film that XMP names"]


def test_a_length_that_names_no_picture_is_left_alone() -> None:
    data = two_pictures(container(500, 1_000_000, 3), tail=b"")
    assert named(leaving(data, store_of(data))) == ["integrity.coverage.full"]


def thumbnail_at(offset: int, *, order: str = ">") -> bytes:
    """An EXIF segment whose thumbnail lies somewhere, counted from its own header."""
    fields = ((0x0201, offset), (0x0202, len(SECOND)))
    second = struct.pack(f"{order}H", 2) + b"".join(struct.pack(f"{order}HHII", tag, 4, 1, one) for tag, one in fields)
    upright = (0x0112, 3, 1, struct.pack(f"{order}HH", 1, 0))
    return exif_segment(exif(upright, following=second + bytes(4), order=order))


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize(
    ("target", "shift", "codes"),
    [
        (SECOND, 0, ["integrity.coverage.full"]),
        (PICTURE_IN_STORE, PICTURE_IN_STORE.index(SECOND), ["integrity.pointer.store"]),
        (PICTURE_IN_STORE, PICTURE_IN_STORE.index(SECOND) + 3, ["integrity.coverage.full"]),
    ],
    ids=["behind", "store", "nowhere"],
)
def test_a_thumbnail_outside_its_segment_lies_where_a_hash_answers(
    order: str, target: bytes, shift: int, codes: list[str]
) -> None:
    blank = two_pictures(thumbnail_at(0, order=order))
    place = blank.rindex(target) + shift - (blank.index(b"Exif\0\0") + 6)
    data = two_pictures(thumbnail_at(place, order=order))
    assert named(leaving(data, store_of(data))) == codes


def test_a_thumbnail_that_is_left_out_elsewhere_fails() -> None:
    blank = two_pictures(thumbnail_at(0))
    data = two_pictures(thumbnail_at(blank.rindex(SECOND) - (blank.index(b"Exif\0\0") + 6)))
    found = named(leaving(data, store_of(data), (len(data) - len(SECOND), len(data))))
    assert "integrity.coverage.media_excluded" in found
