"""Where a hash leaves out the tables of offsets, does a file pass only if no other offsets could be meant?"""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from provenance.credentials.binding.base import Match
from provenance.formats import read_layout
from provenance.formats.bmff import units
from provenance.formats.bmff.order import is_only_order
from tests.support.media.bmff_files import (
    AVCC,
    EXIF,
    FULL,
    NEW,
    OLD,
    ORDER,
    XMP,
    Film,
    Item,
    Pictures,
    Track,
    at,
    av1,
    c2pa_box,
    codes,
    described,
    full,
    held,
    nal,
    obu,
    sound,
    video,
)
from tests.support.media.crafting import box
from tests.support.shares import in_its_share


def old(data: bytes, signed: bytes | None = None, *, version: int = 2) -> set[str]:
    """The codes under a hash as it was written from 2022 to 2024."""
    return codes(data, signed, OLD, version=version)


SHOTS = (70, 90, 110, 80)
BEATS = (40, 50, 60, 30)
FORTH = [0, 1, 0, 1, 0, 1, 0, 1]
BACK = [1, 0, 1, 0, 1, 0, 1, 0]


def movie(order: list[int] = FORTH, **more: object) -> bytes:
    return Film(tracks=[video(*SHOTS), sound(*BEATS)], order=order, **more).build()  # type: ignore[arg-type]


def permuted(signed: bytes, order: list[int]) -> bytes:
    """The same media with offsets that say that the tracks' chunks lie in another order."""
    sizes, place, places = [iter(SHOTS), iter(BEATS)], 0, [list[int](), list[int]()]
    for number in order:
        places[number].append(place)
        place += next(sizes[number])
    shown = Film(tracks=[video(*SHOTS), sound(*BEATS)], places=dict(enumerate(places))).build()
    start = signed.index(b"mdat") + 4
    return shown[:start] + signed[start:]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("wide", [False, True])
def test_chunks_of_video_and_sound_in_their_only_order_are_whole(version: int, *, wide: bool) -> None:
    data = Film(tracks=[video(*SHOTS, wide=wide), sound(*BEATS, wide=wide)], order=FORTH).build()
    assert old(data, version=version) == FULL


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("order", [BACK, [1, 0, 0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 1, 1, 1, 1]])
def test_chunks_that_change_places_between_tracks_are_told(order: list[int], version: int) -> None:
    # Each track still goes from front to back and all media is used once: only the samples themselves tell.
    signed = movie()
    assert old(permuted(signed, FORTH), signed, version=version) == FULL
    assert old(permuted(signed, order), signed, version=version) == ORDER


@pytest.mark.parametrize(
    "tracks",
    [
        [sound(*SHOTS), sound(*BEATS)],
        [video(*SHOTS), video(*BEATS)],
        [video(*SHOTS), sound(*BEATS), sound(30, 30)],
        [video(*SHOTS, codec=b"av01"), sound(*BEATS)],
        [video(*SHOTS, configuration=box(b"avcC", b"\1\x64\0\x0a\xfd\xe1\0\1\x67\1\0\1\x68")), sound(*BEATS)],
        [video(*SHOTS, configuration=AVCC * 2), sound(*BEATS)],
        [Track(chunks=[[b"\x65" * size] for size in SHOTS]), sound(*BEATS)],
        [video(*SHOTS, description=box(b"free", b"")), sound(*BEATS)],
    ],
    ids=[
        "two of sound",
        "two of video",
        "three",
        "no units",
        "short lengths",
        "two configurations",
        "no lengths",
        "bare",
    ],
)
def test_tracks_that_could_be_laid_down_otherwise_are_told(tracks: list[Track]) -> None:
    assert old(Film(tracks=tracks).build()) == ORDER


def test_hevc_has_an_only_order_too_and_needs_its_own_configuration() -> None:
    def hevc(lengths: int) -> bytes:
        configuration = box(b"hvcC", b"\1" + bytes(20) + bytes([0xF8 | lengths, 0]))
        return Film(
            tracks=[video(*SHOTS, codec=b"hvc1", configuration=configuration), sound(*BEATS)], order=FORTH
        ).build()

    assert old(hevc(3)) == FULL
    assert old(hevc(1)) == ORDER
    assert old(Film(tracks=[video(*SHOTS, codec=b"hvc1"), sound(*BEATS)]).build()) == ORDER


def test_a_track_without_media_takes_no_part_in_it() -> None:
    assert old(Film(tracks=[video(*SHOTS), sound(*BEATS), sound()], order=FORTH).build()) == FULL


@pytest.mark.parametrize(
    "places",
    [(70, 0, 160, 270), (0, 70, 270, 160), (0, 0, 160, 270), (0, 70, 160, 160)],
    ids=["first two", "last two", "one twice", "another twice"],
)
def test_one_track_goes_through_its_media_from_front_to_back_or_is_told(places: tuple[int, ...]) -> None:
    signed = Film(tracks=[video(*SHOTS)]).build()
    assert old(signed) == FULL
    assert old(Film(tracks=[video(*SHOTS)], places={0: places}).build(), signed) == ORDER


def test_media_that_no_table_uses_could_have_been_shown() -> None:
    signed = Film(tracks=[video(*SHOTS)]).build()
    assert old(Film(tracks=[video(*SHOTS[:3]), Track(chunks=[[b"x" * 80]], kind=b"none")]).build()) == ORDER
    spare = signed[: signed.index(b"mdat") - 4] + box(b"mdat", signed[signed.index(b"mdat") + 4 :] + b"more")
    assert old(spare) == ORDER


def test_sound_that_could_be_read_as_video_leaves_no_single_order() -> None:
    # A chunk of sound that is itself one unit of the right size: the two could change places.
    twin = Track(chunks=[[nal(b"\x65" * 66)]], kind=b"soun", codec=b"mp4a")
    assert old(Film(tracks=[video(70, 90), twin], order=[0, 1, 0]).build()) == ORDER
    # At a place to which the rest cannot be laid so that it is filled, it does no harm.
    beside = Track(chunks=[[b"\xff" * 7 + nal(b"\x65" * 66) + b"\xff" * 3]], kind=b"soun", codec=b"mp4a")
    assert old(Film(tracks=[video(70, 90), beside], order=[0, 1, 0]).build()) == FULL


def test_video_that_hides_a_second_reading_leaves_no_single_order() -> None:
    # The first sample holds, 30 bytes in, a unit that ends where the 30 bytes of sound behind it end.
    shadow = nal(b"\x66" * 86)
    sample = nal(b"\x65" * 26 + shadow[:60])
    beat = Track(chunks=[[shadow[60:]]], kind=b"soun", codec=b"mp4a")
    assert len(sample) == 90
    assert len(shadow) - 60 == 30
    signed = Film(tracks=[Track(chunks=[[sample]]), beat], order=[0, 1]).build()
    shown = Film(tracks=[Track(chunks=[[sample]]), beat], places={0: [30], 1: [0]}).build()
    start = signed.index(b"mdat") + 4
    assert old(signed) == ORDER
    assert old(shown[:start] + signed[start:], signed) == ORDER


def test_samples_of_many_units_are_followed_to_their_ends() -> None:
    sample = nal(b"\x06" * 9) + nal(b"\x65" * 50) + nal(b"\x65" * 20)
    tracks = [Track(chunks=[[sample, sample], [sample]]), sound(30, 20)]
    signed = Film(tracks=tracks, order=[0, 1, 0, 1]).build()
    assert old(signed) == FULL
    cut = Film(tracks=[Track(chunks=[[sample[:-1]], [sample]]), sound(30, 20)], order=[0, 1, 0, 1]).build()
    assert old(cut) == ORDER


@pytest.mark.parametrize("count", [3, 0xFFFFFFFF])
def test_a_table_that_counts_more_samples_than_there_are_is_not_gone_through(count: int) -> None:
    data = movie()
    place = data.index(b"stsc") + 12 + 12 * 3 + 4
    assert data[place : place + 4] == b"\0\0\0\1"
    longer = data[:place] + struct.pack(">I", count) + data[place + 4 :]
    assert in_its_share(len(longer), lambda: old(longer)) == ORDER


def test_media_full_of_beginnings_costs_its_share_and_is_then_not_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    full_of = Track(chunks=[[b"\0\0\0\1" * 4_000]], kind=b"soun", codec=b"mp4a")
    data = Film(tracks=[video(16_000, 90), full_of], order=[0, 1, 0]).build()
    assert in_its_share(len(data), lambda: is_only_order(data, read_layout(data).bmff)) is False
    monkeypatch.setattr(units, "BYTES_PER_STEP", 10_000)
    for steps, code in ((20, FULL), (3, ORDER)):
        monkeypatch.setattr(units, "MAX_STEPS", steps)
        assert old(movie()) == code


def test_two_boxes_of_media_are_one_for_one_track_and_not_settled_for_two() -> None:
    def two(tracks: list[Track]) -> bytes:
        data = Film(tracks=tracks, order=FORTH if len(tracks) > 1 else ()).build()
        start = data.index(b"mdat") + 4
        cut = start + 70 + (40 if len(tracks) > 1 else 0)
        places = [data[start:cut], data[cut:]]
        head = Film(tracks=tracks, order=FORTH if len(tracks) > 1 else ()).build()[: start - 8]
        for number in (0, 1) if len(tracks) > 1 else (0,):
            table = [place for place in range(len(head)) if head[place : place + 4] == b"stco"][number] + 12
            for entry in range(1, 4):
                (value,) = struct.unpack(">I", head[table + 4 * entry : table + 4 * entry + 4])
                head = head[: table + 4 * entry] + struct.pack(">I", value + 8) + head[table + 4 * entry + 4 :]
        return head + box(b"mdat", places[0]) + box(b"mdat", places[1])

    assert old(two([video(*SHOTS)])) == FULL
    assert old(two([video(*SHOTS), sound(*BEATS)])) == ORDER


@pytest.mark.parametrize("tracks", [[Track(chunks=[[b"a" * 50]]), Track(chunks=[[b"b" * 50]])], [video(70)]])
def test_where_a_first_hash_lets_the_media_move_signed_offsets_may_lead_elsewhere(tracks: list[Track]) -> None:
    # Version 1 hashes no places: with the store made smaller by 50 bytes the table leads to the other track's chunk.
    rules = NEW[:2]

    def film(room: int) -> bytes:
        return Film(tracks=tracks, before=c2pa_box(bytes(room))).build()

    signed, shorter = film(200), film(150)
    start = shorter.index(b"moov")
    moved = shorter[:start] + signed[signed.index(b"moov") :]
    settled = ORDER if len(tracks) > 1 else FULL
    assert codes(signed, rules=rules, version=1) == settled
    assert codes(signed, rules=rules, version=2) == FULL
    assert "integrity.coverage.order_excluded" in codes(moved, signed, rules, version=1)
    assert held(moved, signed, rules, version=2).match is Match.MISMATCH


# Pieces of a stream in one file.


def pieces(offsets: list[int], *, together: bool = False, stray: bytes = b"") -> bytes:
    """Two fragments, the second of another track unless both lie in one; offsets are counted from the media."""

    def traf(track: int, offset: int, size: int, count: int) -> bytes:
        header = full(b"tfhd", struct.pack(">II", track, size), flags=0x20010)
        return box(b"traf", header + full(b"trun", struct.pack(">Ii", count, offset), flags=1))

    def moof(*inside: bytes) -> bytes:
        return box(b"moof", full(b"mfhd", bytes(4)) + b"".join(inside))

    head = Film(tracks=[video(), sound()], more=box(b"mvex", b""), brands=(b"iso6",)).build()
    head = head[: head.index(b"mdat") - 4]
    size = len(moof(traf(1, 0, 35, 2))) + 8
    if together:
        both = size + len(traf(2, 0, 20, 1))
        inside = [traf(1, both + offsets[0], 35, 2), traf(2, both + offsets[1], 20, 1)]
        return head + moof(*inside) + box(b"mdat", b"a" * 70 + b"c" * 20)
    first = moof(traf(1, size + offsets[0], 35, 2)) + box(b"mdat", b"a" * 70)
    second = moof(traf(2, size + offsets[1], 20, 1)) + box(b"mdat", b"c" * 20 + stray)
    return head + first + second


def test_fragments_of_one_track_each_have_an_only_order() -> None:
    assert old(pieces([0, 0])) == FULL


@pytest.mark.parametrize("offsets", [[0, -100], [1, 0], [-8, 0]])
def test_a_fragment_that_reads_elsewhere_is_told(offsets: list[int]) -> None:
    assert "integrity.coverage.order_excluded" in old(pieces(offsets), pieces([0, 0]))


def test_two_tracks_in_one_fragment_and_media_that_none_uses_are_told() -> None:
    assert old(pieces([0, 70], together=True)) == ORDER
    assert old(pieces([0, 0], stray=b"x")) == ORDER


# Pictures.


def still(*items: Item, **more: object) -> bytes:
    return Pictures(items=items, **more).build()  # type: ignore[arg-type]


MAIN = Item(kind=b"av01", content=av1())
ABOUT = Item(kind=b"Exif", content=EXIF)
WORDS = Item(kind=b"mime", content=XMP, mime=b"application/rdf+xml")


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 3, 1), (3, 2, 1), (2, 1, 3)])
@pytest.mark.parametrize("in_box", [False, True])
def test_one_picture_with_exif_and_xmp_lies_only_where_it_does(order: tuple[int, ...], *, in_box: bool) -> None:
    assert old(still(MAIN, ABOUT, WORDS, order=order, in_box=in_box)) == FULL


@pytest.mark.parametrize("items", [[MAIN], [MAIN, ABOUT], [MAIN, WORDS], [Item(kind=b"av01", content=b"any")]])
def test_fewer_of_them_do_too(items: list[Item]) -> None:
    assert old(still(*items)) == FULL


@pytest.mark.parametrize("in_box", [False, True])
def test_two_pictures_could_be_taken_for_each_other(*, in_box: bool) -> None:
    # Method 0 and method 1: whoever swaps the numbers in the list of locations shows the second picture.
    pair = [MAIN, Item(kind=b"av01", content=av1(0x55))]
    signed, swapped = still(*pair, in_box=in_box), still(*pair, in_box=in_box, located=(2, 1))
    assert signed != swapped
    assert old(signed) == ORDER
    assert old(swapped, signed) == ORDER


@pytest.mark.parametrize("located", [(2, 1, 3), (3, 2, 1), (1, 1, 3), (1, 2, 4)])
def test_items_under_each_others_numbers_are_told(located: tuple[int, ...]) -> None:
    signed = still(MAIN, ABOUT, WORDS)
    assert old(still(MAIN, ABOUT, WORDS, located=located), signed) == ORDER


@pytest.mark.parametrize(
    "places",
    [[(0, 100), (100, len(av1()) - 100)], [(100, len(av1()) - 100), (0, 100)], [(0, len(av1()) - 1)]],
    ids=["in halves", "halves swapped", "cut"],
)
def test_a_picture_in_pieces_beside_others_is_told(places: list[tuple[int, int]]) -> None:
    # The list of locations is left out whole, so that it may well have another length: `free` fills up the rest.
    signed = still(MAIN, ABOUT)
    shown = still(Item(kind=b"av01", content=av1(), places=places), ABOUT)
    assert is_only_order(signed, read_layout(signed).bmff)
    assert not is_only_order(shown, read_layout(shown).bmff)


def test_one_picture_in_pieces_goes_from_front_to_back() -> None:
    size = len(av1())
    whole = still(Item(kind=b"av01", content=av1(), places=[(0, 100), (100, size - 100)]))
    swapped = still(Item(kind=b"av01", content=av1(), places=[(100, size - 100), (0, 100)]))
    assert old(whole) == FULL
    assert old(swapped, whole) == ORDER


@pytest.mark.parametrize(
    "change",
    [
        lambda item: Item(kind=item.kind, content=item.content, method=2),
        lambda item: Item(kind=item.kind, content=item.content, method=1),
    ],
)
def test_a_picture_by_another_method_is_told(change: Callable[[Item], Item]) -> None:
    assert "integrity.coverage.order_excluded" in old(still(change(MAIN)), still(MAIN))


@pytest.mark.parametrize(
    "items",
    [
        [MAIN, Item(kind=b"grid", content=bytes(8), made_of=[1])],
        [MAIN, Item(kind=b"jpeg", content=b"\xff\xd8\xff")],
        [MAIN, ABOUT, ABOUT],
        [MAIN, Item(kind=b"Exif", content=b"no such thing")],
        [MAIN, Item(kind=b"mime", content=b"\0\0\0", mime=b"text/plain")],
        [Item(kind=b"av01", content=b"\x0a\x02ab" + b"no units"), ABOUT],
    ],
    ids=["grid", "jpeg", "two Exif", "no Exif", "no XMP", "no OBUs"],
)
def test_what_could_lie_elsewhere_is_told(items: list[Item]) -> None:
    assert old(still(*items)) == ORDER


def test_a_picture_hidden_in_what_is_said_of_another_is_found() -> None:
    # The EXIF block ends with a whole second picture: it could be shown, and the first one be the end of the XMP.
    hiding = Item(kind=b"Exif", content=EXIF + av1(0x55))
    assert old(still(MAIN, ABOUT, WORDS, order=(2, 3, 1))) == FULL
    assert old(still(MAIN, hiding, WORDS, order=(2, 3, 1))) == ORDER
    # One that could end early, where the words begin that it holds.
    early = Item(kind=b"av01", content=av1() + obu(15, XMP)[2:])
    assert old(still(Item(kind=b"av01", content=obu(1, b"abc") + obu(6, b"x" * 9) + XMP), WORDS)) == ORDER
    assert old(still(early, ABOUT)) == ORDER


def test_hevc_pictures_have_an_only_order_where_nothing_lies_in_front_of_them() -> None:
    main = Item(kind=b"hvc1", content=nal(b"\x26\1" + b"\xee" * 90))
    configuration = box(b"hvcC", b"\1" + bytes(20) + b"\xfb\0")
    assert old(still(main, ABOUT, properties=configuration, brands=(b"heic", b"mif1"))) == FULL
    assert old(still(main, ABOUT, properties=configuration, brands=(b"heic", b"mif1"), order=(2, 1))) == FULL
    assert old(still(main, ABOUT, brands=(b"heic", b"mif1"))) == ORDER
    slices = Item(kind=b"hvc1", content=main.content * 2)
    assert old(still(slices, ABOUT, properties=configuration, brands=(b"heic", b"mif1"))) == FULL
    assert old(still(slices, ABOUT, properties=configuration, brands=(b"heic", b"mif1"), order=(2, 1))) == ORDER


def test_pictures_beside_a_film_have_no_single_order() -> None:
    film = Film(tracks=[video(*SHOTS)]).build()
    both = film + Pictures(items=[MAIN]).build()[28:]
    assert not is_only_order(both, read_layout(both).bmff)


def test_sound_described_alone_is_no_film() -> None:
    assert described(b"mp4a")[12:16] == b"\0\0\0\1"
    assert old(Film(tracks=[sound(*BEATS)]).build()) == FULL


def test_a_picture_of_no_length_is_whole_to_some_readers_and_nothing_to_others() -> None:
    signed = still(MAIN)
    shown = still(Item(kind=b"av01", content=av1(), places=[(0, 0)]))
    assert old(shown, signed) == ORDER


def test_a_list_of_locations_with_more_behind_it_could_hold_anything() -> None:
    signed = still(MAIN)
    start, end = at(signed, "/meta/iloc")[0]
    # One item fewer in an empty list is as long as the row that is then nobody's.
    none = signed[: start + 14] + b"\0\0" + signed[start + 16 :]
    assert old(none, signed) == ORDER
    room = full(b"iloc", signed[start + 12 : end] + b"<html>", version=1)
    more = signed[:start] + room + signed[end:]
    assert not is_only_order(more, read_layout(more).bmff)


@pytest.mark.parametrize("longest", [5, 40, 255 + 4, 0x1FF + 4, 0x1FFFF + 4, 0x1FFFFFF + 4])
def test_every_place_with_a_length_that_fits_is_a_start(longest: int) -> None:
    media = bytes.fromhex("00000001000000000000000200000100ff00000000010101007f0000000a000000") * 3
    found = set(units.Nal(longest).starts(media, 0, len(media)))
    most = longest - 4
    lengths = {at: int.from_bytes(media[at : at + 4], "big") for at in range(len(media) - 4)}
    assert {place for place, length in lengths.items() if 0 < length <= most} <= found
    assert all(lengths[place] for place in found if place in lengths)
