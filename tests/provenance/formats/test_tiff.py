"""Does nothing in a TIFF lead its readers to where no hash answers: whichever of its tables they follow, and how?"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from provenance.formats import read_layout
from provenance.formats.tiff import directories
from provenance.formats.tiff.directories import SIZES
from tests.provenance.by_hand import STORE, leaving, named, whats, without
from tests.support.effort import grows_no_faster

MANIFEST = 0xCD41
Entry = tuple[int, int, Sequence[int] | bytes]
"""Tag, type, values; octets stand for themselves."""
FORMATS = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}


class Builder:
    """Writes a TIFF piece by piece; what is added first comes first."""

    def __init__(self, mark: str = "<", *, big: bool = False) -> None:
        self.mark, self.big = mark, big
        order = b"II" if mark == "<" else b"MM"
        head = struct.pack(mark + "HHH", 43, 8, 0) if big else struct.pack(mark + "H", 42)
        self.data = bytearray(order + head + self.offset(0))

    def offset(self, value: int) -> bytes:
        return struct.pack(self.mark + ("Q" if self.big else "I"), value)

    def put(self, content: bytes) -> int:
        place = len(self.data)
        self.data += content
        return place

    def directory(self, entries: Sequence[Entry], *, follows: int = 0) -> int:
        """A directory; `follows` is the offset of the next one. Values that do not fit come before it."""
        rows = []
        for tag, kind, values in entries:
            raw = values if isinstance(values, bytes) else self.values(kind, values)
            number = len(raw) // SIZES.get(kind, 1)
            room = 8 if self.big else 4
            where = raw.ljust(room, b"\0") if len(raw) <= room else self.offset(self.put(raw))
            rows.append(struct.pack(self.mark + "HH", tag, kind) + self.offset(number) + where)
        count = struct.pack(self.mark + ("Q" if self.big else "H"), len(rows))
        return self.put(count + b"".join(rows) + self.offset(follows))

    def values(self, kind: int, values: Sequence[int]) -> bytes:
        return struct.pack(f"{self.mark}{len(values)}{FORMATS[kind]}", *values)

    def entry_to(self, directory: int, tag: int, place: int, number: int | None = None) -> None:
        """Sets the one value of an entry of a directory that is written already, or the offset of several."""
        size, count = (20, 8) if self.big else (12, 2)
        at = directory + count
        while struct.unpack_from(self.mark + "H", self.data, at)[0] != tag:
            at += size
        kind, room = struct.unpack_from(self.mark + "H", self.data, at + 2)[0], len(self.offset(0))
        if number is not None:
            self.data[at + 4 : at + 4 + room] = self.offset(number)
        number = int.from_bytes(self.data[at + 4 : at + 4 + room], "little" if self.mark == "<" else "big")
        value = self.values(kind, [place]).ljust(room, b"\0") if number == 1 and kind in FORMATS else self.offset(place)
        self.data[at + 4 + room : at + 4 + 2 * room] = value

    def finish(self, first: int) -> bytes:
        at = 8 if self.big else 4
        self.data[at : at + len(self.offset(0))] = self.offset(first)
        return bytes(self.data)


def grey(width: int = 8, height: int = 8, **more: Any) -> list[Entry]:
    """A grey picture's measures."""
    base: dict[int, Entry] = {
        256: (256, 3, [width]), 257: (257, 3, [height]), 258: (258, 3, [8]), 259: (259, 3, [1]), 262: (262, 3, [1]),
        277: (277, 3, [1]), 278: (278, 3, [height]),
    }  # fmt: skip
    return [entry for tag, entry in base.items() if tag not in more.get("but", ())]


def with_store(
    entries: Sequence[Entry],
    *,
    mark: str = "<",
    big: bool = False,
    kind: int = 7,
    tail: bytes = b"",
    pixels: int = 64,
    into: Sequence[int] = (),
    parent: int = 0,
    at: int = 0,
) -> bytes:
    """A page whose manifest is the last thing in the file; the tags of `into` are set to lead into the store.

    Strip places stand as 0 and are set to pixels of their own unless `into` has the tag. With `parent` the entries are
    those of a directory that the page names by that tag.
    """
    builder = Builder(mark, big=big)
    body = builder.put(bytes(range(pixels)))
    inner = builder.directory([*entries, *([] if parent else [(MANIFEST, kind, b"\0" * 16)])])
    outer = inner
    if parent:
        outer = builder.directory([(parent, 4, [inner]), (MANIFEST, kind, b"\0" * 16)])
    place = builder.put(STORE + tail)
    builder.entry_to(outer, MANIFEST, place, (len(STORE) + len(tail)) // SIZES.get(kind, 1))
    tags = {tag for tag, _, _ in entries}
    for tag in (273, 324, 513):
        if tag in tags and tag not in into:
            builder.entry_to(inner, tag, body)
    for tag in into:
        builder.entry_to(inner, tag, place + at)
    return builder.finish(outer)


def store_of(data: bytes) -> tuple[int, int]:
    start = data.index(STORE)
    return start, start + len(STORE)


STRIP = [*grey(), (273, 4, [0]), (279, 4, [64])]


@pytest.mark.parametrize("mark", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_a_page_beside_its_manifest_is_covered(mark: str, *, big: bool) -> None:
    data = with_store(STRIP, mark=mark, big=big)
    assert named(without(data, STORE)) == ["integrity.coverage.full"]
    if mark == "<" or not big:
        # Pillow takes a big-endian BigTIFF for a classic one.
        assert Image.open(io.BytesIO(data)).tobytes() == bytes(range(64))


@pytest.mark.parametrize("mark", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("tag", [273, 324, 513, 519, 520, 521, 52541])
def test_pixels_and_tables_of_pixels_in_the_store_fail(tag: int, mark: str, *, big: bool) -> None:
    lengths = {273: 279, 324: 325, 513: 514, 52541: 52542}
    entries: list[Entry] = [*grey(), (322, 3, [8]), (323, 3, [8]), (tag, 4, [0])]
    if tag in lengths:
        entries.append((lengths[tag], 4, [16]))
    found = without(with_store(entries, mark=mark, big=big, into=[tag], at=20), STORE)
    assert {"integrity.coverage.media_excluded", "integrity.pointer.store"} <= set(named(found))


@pytest.mark.parametrize("kind", [3, 4, 13, 16, 18])
def test_places_count_in_every_type_that_readers_take(kind: int) -> None:
    entries = [*grey(), (273, kind, [0]), (279, kind, [64])]
    assert named(without(with_store(entries, big=True), STORE)) == ["integrity.coverage.full"]
    assert "integrity.pointer.store" in named(without(with_store(entries, into=[273], big=True), STORE))


@pytest.mark.parametrize("kind", [5, 7, 9, 11, 12, 77])
def test_places_in_a_type_for_other_things_do_not_pass(kind: int) -> None:
    entries: list[Entry] = [*grey(), (273, kind, b"\0" * 8), (279, 4, [64])]
    assert "integrity.tables" in named(without(with_store(entries), STORE))


def test_pixels_without_a_length_reach_as_far_as_the_picture_needs() -> None:
    # Pillow and libtiff read strips without StripByteCounts by the picture's own measures.
    data = with_store([*grey(), (273, 4, [0])], into=[273], at=24)
    seen = Image.open(io.BytesIO(data)).tobytes()
    start = store_of(data)[0] + 24
    assert seen == data[start : start + 64]
    assert {"integrity.pointer.store", "integrity.tables"} <= set(named(without(data, STORE)))


def test_compressed_pixels_without_a_length_do_not_pass() -> None:
    compressed = [entry for entry in grey() if entry[0] != 259] + [(259, 3, [5]), (273, 4, [0])]
    assert named(without(with_store(compressed), STORE)) == ["integrity.tables"]
    assert "integrity.pointer.store" in named(without(with_store(compressed, into=[273]), STORE))


@pytest.mark.parametrize("said", [0, 1, 40])
def test_pixels_that_are_shorter_than_their_picture_reach_on_into_the_store(said: int) -> None:
    # Pillow reads what is not compressed without a look at StripByteCounts.
    data = with_store([*grey(), (273, 4, [0]), (279, 4, [said])], into=[273])
    builder = bytearray(data)
    start = store_of(data)[0]
    place = data.index(struct.pack("<HHII", 273, 4, 1, start)) + 8
    builder[place : place + 4] = struct.pack("<I", start - 24)
    forged = bytes(builder)
    assert Image.open(io.BytesIO(forged)).tobytes()[24:] == STORE[:40]
    assert "integrity.pointer.store" in named(without(forged, STORE))


def test_the_last_strip_may_be_shorter_than_the_others() -> None:
    builder = Builder()
    entries = [*grey(height=7, but=(278,)), (278, 3, [4]), (273, 4, [8, 40]), (279, 4, [32, 24])]
    builder.put(bytes(56))
    directory = builder.directory([*entries, (MANIFEST, 7, STORE)])
    assert named(without(builder.finish(directory), STORE)) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    ("entries", "length"),
    [
        ([(277, 3, [3]), (258, 3, [8, 8, 8])], 192),
        ([(277, 3, [3]), (258, 3, [8])], 192),
        ([(258, 3, [16])], 128),
        ([(258, 3, [1])], 8),
        ([(277, 3, [3]), (262, 3, [6]), (530, 3, [2, 2])], 96),
    ],
)
def test_what_a_picture_needs_is_counted_in_bits(entries: list[Entry], length: int) -> None:
    tags = [entry[0] for entry in entries]
    page = [*grey(but=tags), *entries, (273, 4, [8]), (279, 4, [1])]
    for spare, fails in ((0, False), (1, True)):
        builder = Builder()
        body = builder.put(bytes(400))
        directory = builder.directory([*page, (MANIFEST, 7, b"\0" * 16)])
        place = builder.put(STORE)
        builder.entry_to(directory, MANIFEST, place, len(STORE))
        builder.entry_to(directory, 273, place - length + spare)
        assert body < place - length
        found = named(without(builder.finish(directory), STORE))
        assert ("integrity.pointer.store" in found) is fails


def test_planes_of_a_picture_are_counted_one_by_one() -> None:
    page = [*grey(but=(258, 277)), (277, 3, [2]), (258, 3, [8, 16]), (284, 3, [2])]
    builder = Builder()
    builder.put(bytes(400))
    directory = builder.directory([*page, (273, 4, [8, 8]), (279, 4, [64, 64]), (MANIFEST, 7, b"\0" * 16)])
    place = builder.put(STORE)
    builder.entry_to(directory, MANIFEST, place, len(STORE))
    for second, fails in ((place - 128, False), (place - 127, True)):
        at = builder.data.index(struct.pack("<II", 64, 64)) - 8
        builder.data[at : at + 8] = struct.pack("<II", 8, second)
        found = named(without(builder.finish(directory), STORE))
        assert ("integrity.pointer.store" in found) is fails


@pytest.mark.parametrize("tag", [256, 257, 259, 273, 279, 330])
def test_a_tag_that_is_there_twice_does_not_pass(tag: int) -> None:
    (again,) = [entry for entry in [*STRIP, (330, 4, [0])] if entry[0] == tag]
    data = with_store([*STRIP, *([(330, 4, [0])] if tag == 330 else []), again])
    found = without(data, STORE)
    assert "integrity.tables" in named(found)
    assert "a tag that is there twice" in whats(found)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_tags_for_pixels_both_are_followed(*, first: bool) -> None:
    # Pillow takes the last one, libtiff the first.
    builder = Builder()
    body = builder.put(bytes(64))
    directory = builder.directory([*grey(), (273, 4, [0]), (273, 4, [0]), (279, 4, [64]), (MANIFEST, 7, b"\0" * 16)])
    place = builder.put(STORE)
    builder.entry_to(directory, MANIFEST, place, len(STORE))
    at = builder.data.index(struct.pack("<HHI", 273, 4, 1))
    for number, there in enumerate((place, body) if first else (body, place)):
        builder.data[at + 8 + 12 * number : at + 12 + 12 * number] = struct.pack("<I", there)
    assert "integrity.pointer.store" in named(without(builder.finish(directory), STORE))


def test_more_places_than_lengths_do_not_pass() -> None:
    builder = Builder()
    builder.put(bytes(64))
    entries = [*grey(but=(259, 278)), (259, 3, [5]), (278, 3, [4]), (273, 4, [8, 8]), (279, 4, [32])]
    directory = builder.directory([*entries, (MANIFEST, 7, STORE)])
    assert named(without(builder.finish(directory), STORE)) == ["integrity.tables"]


@pytest.mark.parametrize("parent", [330, 400, 33424, 34665, 34853, 40965])
@pytest.mark.parametrize("kind", [4, 13])
def test_pixels_behind_every_table_of_directories_count(parent: int, kind: int) -> None:
    data = with_store(STRIP, parent=parent, into=[273])
    data = data.replace(struct.pack("<HHI", parent, 4, 1), struct.pack("<HHI", parent, kind, 1))
    found = named(without(data, STORE))
    assert ("integrity.pointer.store" in found) is (parent not in (34665, 34853, 40965))


@pytest.mark.parametrize("parent", [330, 34665, 34853, 40965])
def test_a_directory_in_the_store_fails(parent: int) -> None:
    builder = Builder()
    builder.put(bytes(64))
    directory = builder.directory([*STRIP[:-2], (273, 4, [8]), (279, 4, [64]), (parent, 4, [0]), (MANIFEST, 7, STORE)])
    data = bytearray(builder.finish(directory))
    place = data.index(STORE) + 60
    data[place : place + 18] = struct.pack("<HHHIII", 1, 36864, 7, 4, 0, 0)
    builder.data = data
    builder.entry_to(directory, parent, place)
    start = bytes(data).index(STORE[:40])
    assert "integrity.pointer.store" in named(leaving(bytes(data), (start, start + len(STORE))))


def linked(*, as_page: bool) -> tuple[bytes, int, int]:
    """A page with an Exif directory that has pixels of its own; it may be the next page too."""
    builder = Builder()
    pixels = builder.put(bytes(range(64)))
    hidden = builder.put(bytes(64))
    exif = builder.directory([*grey(), (273, 4, [hidden]), (279, 4, [64])])
    end = len(builder.data)
    page = [*grey(), (273, 4, [pixels]), (279, 4, [64]), (34665, 4, [exif]), (MANIFEST, 7, STORE)]
    return builder.finish(builder.directory(page, follows=exif if as_page else 0)), exif, end


def test_a_page_that_is_linked_as_exif_too_is_a_page() -> None:
    for as_page, code in ((True, "integrity.coverage.media_excluded"), (False, "integrity.coverage.metadata_excluded")):
        data, start, end = linked(as_page=as_page)
        assert Image.open(io.BytesIO(data)).n_frames == 1 + as_page  # type: ignore[attr-defined]
        assert named(without(data, STORE, (start, end))) == [code]


def test_exif_of_a_raw_picture_decides_how_it_is_developed() -> None:
    builder = Builder()
    builder.put(bytes(64))
    exif = builder.directory([(36867, 2, b"2026:01:01 00:00:00\0")])
    end = len(builder.data)
    page = [*grey(), (273, 4, [8]), (279, 4, [64]), (34665, 4, [exif]), (50706, 1, b"\1\4\0\0"), (MANIFEST, 7, STORE)]
    data = builder.finish(builder.directory(page))
    found = without(data, STORE, (exif, end))
    assert named(found) == ["integrity.coverage.metadata_excluded", "integrity.shown.excluded"]
    assert found.shown_names == ("EXIF of a raw picture",)


@pytest.mark.parametrize(
    ("tag", "content", "name"),
    [
        (34377, b"8BIM\x04\x0c\0\0\0\0\0\4abcd", "Photoshop thumbnail"),
        (700, b"<x xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/'/>", "Camera Raw settings"),
        (34377, b"8BIM\x04\x22\0\0\0\0\0\4abcd", "EXIF in a Photoshop block"),
        (34377, b"8BIM\x04\x23\0\0\0\0\0\4abcd", "EXIF in a Photoshop block"),
        (34377, b"8BIM\x04\x0f\0\0\0\0\0\4abcd", "colour profile in a Photoshop block"),
        (34377, b"8BIM\x04\x24\0\0\0\0\0\4abcd", "XMP in a Photoshop block"),
        (34377, b"8BIM\x04\x04\0\0\0\0\0\4\x1c\2\xca\0", "IPTC preview"),
        (34377, b"8BIM\x04\x04\0\0" + bytes(40), "Photoshop block that cannot be read"),
        (33723, b"\x1c\2\xca\0\1x", "IPTC preview"),
        (33723, b"\x1c\2\x05\0\1x", ""),
        (700, b"<r tiff:Orientation='6'/>", "XMP orientation"),
        (700, b"<r tiff:Orientation='1'/>", ""),
        (700, "<r tiff:Orientation='6'/>".encode("utf-16-le"), "XMP that cannot be read"),
        (37500, b"the maker's own notes", "maker note"),
        (50740, b"the maker's own data", "maker data"),
        (34377, b"8BIM\x04\x04\0\0\0\0\0\4abcd", ""),
        (700, b"<x xmlns:dc='http://purl.org/dc/elements/1.1/'/>", ""),
    ],
)
def test_metadata_that_decides_what_is_shown_is_told_apart(tag: int, content: bytes, name: str) -> None:
    builder = Builder()
    builder.put(bytes(64))
    data = builder.finish(
        builder.directory([*grey(), (273, 4, [8]), (279, 4, [64]), (tag, 7, content), (MANIFEST, 7, STORE)])
    )
    start = data.index(content)
    found = without(data, STORE, (start, start + len(content)))
    assert found.shown_names == ((name,) if name else ())
    assert ("integrity.shown.excluded" in named(found)) is bool(name)


@pytest.mark.parametrize("tag", [700, 270, 33723, 37500])
def test_metadata_in_the_store_fails(tag: int) -> None:
    builder = Builder()
    builder.put(bytes(64))
    directory = builder.directory(
        [*grey(), (273, 4, [8]), (279, 4, [64]), (tag, 1, bytes(30)), (MANIFEST, 7, bytes(16))]
    )
    place = builder.put(STORE)
    builder.entry_to(directory, MANIFEST, place, len(STORE))
    builder.entry_to(directory, tag, place - 4)
    assert "integrity.pointer.store" in named(without(builder.finish(directory), STORE))


def test_only_one_entry_of_one_type_carries_the_store() -> None:
    found = without(with_store(STRIP, kind=1), STORE)
    assert named(found) == ["integrity.tables"]
    data = with_store([*STRIP, (MANIFEST, 7, b"\0" * 16)])
    builder = Builder()
    builder.data = bytearray(data)
    start, end = store_of(data)
    at = data.index(struct.pack("<HHI", MANIFEST, 7, 16))
    builder.data[at + 4 : at + 12] = struct.pack("<II", len(STORE), start)
    assert len(read_layout(bytes(builder.data)).stores) == 2
    assert "integrity.stores.multiple" in leaving(bytes(builder.data), (start, end)).codes


@pytest.mark.parametrize(
    ("tail", "code"), [(bytes(5), "integrity.coverage.full"), (b"\0\0x", "integrity.store.foreign")]
)
def test_behind_the_store_only_zeros_are_padding(tail: bytes, code: str) -> None:
    data = with_store(STRIP, tail=tail)
    start, end = store_of(data)
    assert code in named(leaving(data, (start, end + len(tail))))


def test_what_lies_behind_the_store_and_is_hashed_is_nobodys_hiding_place() -> None:
    data = with_store(STRIP, tail=b"abc")
    assert "integrity.store.foreign" not in named(without(data, STORE))


@pytest.mark.parametrize("tag", [288, 50933, 65000])
def test_a_place_in_the_store_by_a_tag_of_unknown_meaning_does_not_pass(tag: int) -> None:
    entries = [*STRIP, (tag, 4, [1])]
    assert named(without(with_store(entries), STORE)) == ["integrity.coverage.full"]
    assert named(without(with_store(entries, into=[tag], at=7), STORE)) == ["integrity.tables"]


def test_private_data_of_four_octets_is_a_place() -> None:
    entries = [*STRIP, (50740, 1, b"\1\0\0\0")]
    assert named(without(with_store(entries), STORE)) == ["integrity.coverage.full"]
    assert "integrity.tables" in named(without(with_store(entries, into=[50740]), STORE))


@pytest.mark.parametrize("kind", [9, 16])
def test_every_known_type_has_its_size(kind: int) -> None:
    builder = Builder()
    builder.put(bytes(64))
    values = [1] * 5
    page = [*grey(), (273, 4, [8]), (279, 4, [64]), (65000, kind, values), (MANIFEST, 7, STORE)]
    data = builder.finish(builder.directory(page))
    length = len(builder.values(kind, values))
    start = data.index(builder.values(kind, values))
    region = next(one for one in read_layout(data).regions if one.start <= start < one.end)
    assert (region.kind.value, region.end >= start + length) == ("media", True)


@pytest.mark.parametrize("kind", sorted(SIZES))
def test_values_of_every_type_are_named_to_their_last_octet(kind: int) -> None:
    # The offset table (LONG8, IFD8) of a big file, the UTF-8 text of Exif 3.0: a type that is not known hides octets.
    builder = Builder(big=True)
    builder.put(bytes(64))
    content = b"\1" * SIZES[kind] * 16
    data = builder.finish(
        builder.directory([*grey(), (273, 4, [16]), (279, 4, [64]), (60000, kind, content), (MANIFEST, 7, STORE)])
    )
    start = data.index(content)
    assert named(without(data, STORE, (start, start + len(content)))) == ["integrity.coverage.media_excluded"]


@pytest.mark.parametrize("beyond", [0, 1, 2, 1 << 20])
def test_a_directory_behind_the_end_of_the_file_cannot_be_followed(beyond: int) -> None:
    data = with_store(STRIP)
    first = struct.unpack_from("<I", data, 4)[0]
    follows = first + 2 + 12 * (len(STRIP) + 1)
    forged = data[:follows] + struct.pack("<I", len(data) - 2 + beyond) + data[follows + 4 :]
    layout = read_layout(forged)
    assert not layout.complete
    assert "integrity.tables" in named(without(forged, STORE))


def test_a_directory_that_ends_with_the_file_is_read() -> None:
    builder = Builder()
    builder.put(bytes(64))
    data = builder.finish(builder.directory([*grey(), (273, 4, [8]), (279, 4, [64])]))
    assert read_layout(data).complete
    assert not read_layout(data[:-1]).complete


@pytest.mark.parametrize("beyond", [0, 1, 1 << 20])
def test_values_that_end_behind_the_file_are_not_all_there(beyond: int) -> None:
    builder = Builder()
    builder.put(bytes(64))
    first = builder.directory([*grey(), (273, 4, [8]), (279, 4, [64]), (60000, 2, bytes(20))])
    builder.entry_to(first, 60000, builder.put(bytes(20)) + beyond)
    assert read_layout(builder.finish(first)).complete is (beyond == 0)


def test_directories_that_lead_in_a_ring_are_each_read_once() -> None:
    data = with_store(STRIP)
    first = struct.unpack_from("<I", data, 4)[0]
    follows = first + 2 + 12 * (len(STRIP) + 1)
    forged = data[:follows] + struct.pack("<I", first) + data[follows + 4 :]
    assert named(without(forged, STORE)) == ["integrity.coverage.full"]


@pytest.mark.parametrize("magic", [b"IIU\0", b"IIRO", b"IIRS"])
def test_makers_own_tables_are_not_taken_for_read(magic: bytes) -> None:
    data = magic + with_store(STRIP)[4:]
    assert "integrity.tables" in named(without(data, STORE))


def test_a_sensors_pixels_may_be_packed_tighter_than_their_measures_say() -> None:
    page = [*grey(but=(258, 262)), (258, 3, [16]), (262, 3, [32803]), (273, 4, [0]), (279, 4, [64])]
    builder = Builder()
    builder.put(bytes(64))
    directory = builder.directory([*page, (MANIFEST, 7, b"\0" * 16)])
    body = builder.put(bytes(64))
    place = builder.put(STORE)
    builder.entry_to(directory, 273, body)
    builder.entry_to(directory, MANIFEST, place, len(STORE))
    assert named(without(builder.finish(directory), STORE)) == ["integrity.tables"]


@pytest.mark.parametrize("photometric", [32803, 34892])
@pytest.mark.parametrize("compression", [7, 34892])
def test_a_raw_pictures_streams_end_themselves(photometric: int, compression: int) -> None:
    # LibRaw reads a JPEG stream on until it ends, and not only as far as StripByteCounts says.
    for body, codes in (
        (b"\xff\xd8" + bytes(20) + b"\xff\xd9\0\0", ["integrity.coverage.full"]),
        (b"\xff\xd8" + bytes(24), ["integrity.tables"]),
    ):
        builder = Builder()
        place = builder.put(body)
        page: list[Entry] = [*grey(but=(259, 262)), (259, 3, [compression]), (262, 3, [photometric])]
        page += [(273, 4, [place]), (279, 4, [len(body)]), (MANIFEST, 7, STORE)]
        assert named(without(builder.finish(builder.directory(page)), STORE)) == codes


def test_a_big_file_that_one_reader_takes_for_a_classic_one_does_not_lead_it_into_the_store() -> None:
    for before, codes in ((0x80000 - 400, ["integrity.tables"]), (0x80000 + 400, ["integrity.coverage.full"])):
        builder = Builder(">", big=True)
        page: list[Entry] = [*STRIP[:-2], (273, 4, [16]), (279, 4, [64]), (MANIFEST, 7, bytes(16))]
        builder.put(bytes(before))
        directory = builder.directory(page)
        builder.entry_to(directory, MANIFEST, builder.put(STORE + bytes(900)), len(STORE) + 900)
        data = builder.finish(directory)
        start = data.index(STORE)
        assert named(leaving(data, (start, start + len(STORE) + 900))) == codes


def test_many_directories_entries_and_strips_are_read_in_linear_time() -> None:
    def crowded(number: int) -> bytes:
        builder = Builder()
        entries: list[Entry] = [*grey(), (273, 4, [8] * number), (273, 4, [8] * number), (279, 4, [1] * number)]
        entries += [(MANIFEST, 7, STORE) for _ in range(number // 100)]
        return builder.finish(builder.directory(entries))

    small, large = crowded(3_000), crowded(24_000)
    assert grows_no_faster(lambda: read_layout(small), lambda: read_layout(large), factor=40)


@pytest.mark.parametrize(
    ("kinds", "size"), [((1, 2, 6, 7, 129), 1), ((3, 8), 2), ((4, 9, 11, 13), 4), ((5, 10, 12, 16, 17, 18), 8)]
)
def test_values_take_as_many_bytes_as_their_type_has(kinds: tuple[int, ...], size: int) -> None:
    for kind in kinds:
        assert directories.Entry(700, kind, 3, 100, 10).end == 100 + 3 * size, kind
    assert directories.Entry(700, 99, 3, 100, 10).end == 100, "of an unknown type nothing is read"


def test_the_types_are_those_of_the_specifications() -> None:
    assert sorted(SIZES) == [*range(1, 14), 16, 17, 18, 129]
