"""Do the tables of a film, of its fragments and of pictures lead where real readers go, to the last byte?"""

from __future__ import annotations

import struct

import pytest

from provenance.credentials.binding.base import Match
from provenance.formats import Layout, read_layout
from provenance.formats.bmff import tables
from tests.support.media.bmff_files import (
    FULL,
    NEW,
    Film,
    Item,
    Pictures,
    Track,
    av1,
    codes,
    content,
    full,
    held,
    sound,
    video,
)
from tests.support.media.crafting import box
from tests.support.shares import in_its_share

MEDIA = "integrity.coverage.media_excluded"
UNKNOWN = "integrity.coverage.unknown"


def runs(data: bytes) -> list[tuple[int, int]]:
    """Media as the tables name it: (start within the first media, length)."""
    start = data.index(b"mdat") + 4
    return [(region.start - start, region.end - region.start) for region in read_layout(data).pointers]


def layout(data: bytes) -> Layout:
    return read_layout(data)


def test_the_last_sample_ends_where_it_ends() -> None:
    # More samples than there are sizes, from the last one on, and behind it.
    known = tables.summed([10, 20, 30])
    assert [known.between(first, 2) for first in range(5)] == [30, 50, 30, 0, 0]
    assert known.between(0, 3) == known.between(0, 4) == known.between(0, 9) == 60
    same = tables.Sizes(same=7, count=3)
    assert [same.between(first, 2) for first in range(5)] == [14, 14, 7, 0, 0]


def test_a_chunk_of_more_samples_than_the_table_has_ends_with_the_table() -> None:
    track = Track(chunks=[[b"a" * 10, b"b" * 20], [b"c" * 30]])
    data = Film(tracks=[track]).build()
    assert runs(data) == [(0, 30), (30, 30)]
    # One sample less in the list of sizes: the last chunk has none of a known size, and its start counts.
    place = data.index(b"stsz") + 12
    fewer = data[:place] + struct.pack(">I", 2) + data[place + 4 :]
    assert runs(fewer) == [(0, 30), (30, 1)]
    assert runs(data[:place] + struct.pack(">I", 1) + data[place + 4 :]) == [(0, 10), (30, 1)]


@pytest.mark.parametrize("again", [b"stsz", b"stco", b"stsc"])
def test_a_table_that_is_there_twice_is_not_chosen_from(again: bytes) -> None:
    plain = Film(tracks=[video(70, 40)]).build()
    start = plain.index(again) - 4
    copy = plain[start : start + struct.unpack(">I", plain[start : start + 4])[0]]
    data = Film(tracks=[video(70, 40, more=copy)]).build()
    assert not layout(data).complete
    assert UNKNOWN in codes(data)
    both = Film(tracks=[video(70, 40, more=full(b"co64", bytes(4)))]).build()
    assert not layout(both).complete


# Fragments.


def fragment(*trafs: bytes, media: bytes = b"x" * 100, after: bytes = b"") -> bytes:
    head = Film(tracks=[video(), sound()], more=box(b"mvex", b""), brands=(b"iso6",)).build()
    head = head[: head.index(b"mdat") - 4]
    return head + box(b"moof", b"".join(trafs)) + box(b"mdat", media) + after


def traf(offset: int | None, sizes: list[int], *, flags: int = 0, base: int = 0, more: bytes = b"") -> bytes:
    header = full(b"tfhd", struct.pack(">I", 1) + (struct.pack(">Q", base) if flags & 1 else b""), flags=flags)
    lead = struct.pack(">I", len(sizes)) + (struct.pack(">i", offset) if offset is not None else b"")
    rows = b"".join(struct.pack(">I", size) for size in sizes)
    return box(b"traf", header + more + full(b"trun", lead + rows, flags=0x200 | (offset is not None)))


def size_of(*trafs: bytes) -> int:
    """Bytes from the fragment's header to its media."""
    return 8 + sum(map(len, trafs)) + 8


def test_a_tracks_data_follows_on_the_one_before_unless_it_says_otherwise() -> None:
    # ISO/IEC 14496-12, section 8.8.7: the second track's base is the end of the first one's data.
    room = size_of(traf(0, [10, 20]), traf(0, [30]))
    follows = fragment(traf(room, [10, 20]), traf(0, [30]))
    assert runs(follows) == [(0, 30), (30, 30)]
    bare = size_of(traf(0, [10, 20]), traf(None, [30]))
    assert runs(fragment(traf(bare, [10, 20]), traf(None, [30]))) == [(0, 30), (30, 30)]
    anew = fragment(traf(room, [10, 20], flags=0x20000), traf(room + 30, [30], flags=0x20000))
    assert runs(anew) == [(0, 30), (30, 30)]
    assert codes(follows) == codes(anew) == FULL


def test_a_base_of_its_own_is_counted_from_the_files_start() -> None:
    plain = fragment(traf(0, [10], flags=1))
    start = plain.index(b"mdat") + 4
    assert runs(fragment(traf(5, [10], flags=1, base=start))) == [(5, 10)]


def test_a_run_that_leaves_the_media_fails_wherever_the_base_comes_from() -> None:
    room = box(b"free", b"f" * 60)
    size = size_of(traf(0, [10]), traf(0, [30]))
    outside = fragment(traf(size, [10]), traf(100, [30]), after=room)
    assert MEDIA in codes(outside)
    assert MEDIA not in codes(fragment(traf(size, [10]), traf(60, [30]), after=room))


@pytest.mark.parametrize("wide", [False, True])
def test_what_is_kept_beside_the_samples_is_media_too(*, wide: bool) -> None:
    # How samples are encrypted: kept where `saio` says, as long as `saiz` says (section 8.7.9).
    def data(place: int, each: bytes) -> bytes:
        saiz = full(b"saiz", each)
        saio = full(b"saio", struct.pack(">IQ" if wide else ">II", 1, place), version=int(wide))
        track = video(70, more=saio + saiz)
        return Film(tracks=[track], after=box(b"free", b"k" * 40)).build()

    same, single = b"\x08" + struct.pack(">I", 2), b"\0" + struct.pack(">I", 3) + b"\x08\x08\4"
    for each, size in ((same, 16), (single, 20)):
        end = len(data(0, each)) - 48
        assert MEDIA not in codes(data(end - size, each))
        assert MEDIA in codes(data(end - size + 1, each))
        assert MEDIA in codes(data(end + 8, each))


def test_keys_of_a_fragment_are_counted_from_its_base() -> None:
    def data(place: int) -> bytes:
        beside = full(b"saiz", b"\x08" + struct.pack(">I", 1)) + full(b"saio", struct.pack(">II", 1, place))
        size = size_of(traf(0, [10], more=beside))
        return fragment(traf(size, [10], more=beside), after=box(b"free", b"k" * 40))

    whole = data(0)
    base = whole.index(b"moof") - 4
    assert MEDIA not in codes(data(whole.index(b"mdat") - base))
    assert MEDIA in codes(data(whole.index(b"free") + 4 - base))


# Pictures.


@pytest.mark.parametrize(("version", "in_box"), [(0, False), (1, False), (2, False), (1, True), (2, True)])
def test_every_form_of_the_list_of_locations_is_followed(version: int, *, in_box: bool) -> None:
    data = Pictures(
        items=[Item(kind=b"av01", content=av1()), Item(kind=b"av01", content=b"y" * 50)], version=version, in_box=in_box
    ).build()
    start = data.index(b"idat" if in_box else b"mdat") + 4
    size = len(av1())
    found = [(region.start - start, region.end - start) for region in layout(data).pointers]
    assert found == [(0, size), (size, size + 50)]
    assert codes(data) == FULL


def test_a_list_of_locations_that_breaks_off_is_not_read() -> None:
    data = Pictures(items=[Item(kind=b"av01", content=av1())]).build()
    place = data.index(b"iloc") + 10
    more = data[:place] + struct.pack(">H", 9) + data[place + 2 :]
    assert not layout(more).complete
    assert UNKNOWN in codes(more)


def test_a_film_with_lists_of_items_within_it_is_followed_too() -> None:
    def data(place: int) -> bytes:
        entry = struct.pack(">HHHII", 1, 0, 1, place, 30)
        inside = full(b"hdlr", bytes(4) + b"pict" + bytes(13)) + full(b"iloc", b"\x44\0\0\1" + entry)
        return Film(tracks=[video(70)], more=full(b"meta", inside), after=box(b"free", b"p" * 40)).build()

    whole = data(0)
    assert MEDIA in codes(data(whole.index(b"free") + 4))
    assert codes(data(whole.index(b"mdat") + 4)) == FULL


# Which boxes an exclusion by flags takes.


@pytest.mark.parametrize(
    ("flags", "wanted", "taken"),
    [
        (0x000001, b"\0\0\1", True),
        (0x000003, b"\0\0\1", False),
        (0x010001, b"\0\0\1", False),
        (0x010100, b"\1\1\0", True),
        (0x010101, b"\1\1\0", False),
        (0x000000, b"\0\0\1", True),
    ],
)
def test_flags_that_need_not_be_exact_may_be_fewer_and_never_others(flags: int, wanted: bytes, *, taken: bool) -> None:
    # As c2pa-rs has it: every bit of the box's flags is among those of the rule, in each of the three bytes.
    data = Film(tracks=[video(70)], after=full(b"note", b"x" * 20, flags=flags)).build()
    rules = [*NEW, {"xpath": "/note", "flags": wanted, "exact": False}]
    without = content(data, [*NEW, {"xpath": "/note"}]) | {"exclusions": rules}
    assert (held(data, assertion=without).match is Match.MATCH) is taken
    whole = content(data) | {"exclusions": rules}
    assert (held(data, assertion=whole).match is Match.MATCH) is not taken


# Time.


def test_tables_of_many_entries_cost_their_share() -> None:
    many = Film(tracks=[Track(chunks=[[b"x"]] * 60_000), sound(*[1] * 60_000)]).build()
    assert in_its_share(len(many), lambda: read_layout(many)).complete
    empty = full(b"iloc", b"\0\0" + struct.pack(">H", 9_000) + struct.pack(">HHH", 1, 0, 0xFFFF) * 9_000)
    nothing = Pictures(items=[Item(kind=b"av01", content=b"x")], more=empty).build()
    assert not in_its_share(len(nothing), lambda: read_layout(nothing)).complete
    items = Pictures(items=[Item(kind=b"av01", content=b"x")] * 30_000).build()
    assert in_its_share(len(items), lambda: read_layout(items)).complete


def test_a_list_of_items_that_breaks_off_leaves_open_what_the_pictures_are() -> None:
    data = Pictures(items=[Item(kind=b"av01", content=av1())]).build()
    assert layout(data).complete
    place = data.index(b"iinf") + 8
    assert not layout(data[:place] + b"\0\7" + data[place + 2 :]).complete
