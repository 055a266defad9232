"""Is what decides how a film or picture is shown named where a signer leaves it out, and whatever lies elsewhere?"""

from __future__ import annotations

import struct
from typing import Any

import pytest

from provenance.formats import Kind, read_layout
from tests.support.media.bmff_files import (
    FULL,
    NEW,
    Film,
    Item,
    Pictures,
    Track,
    av1,
    codes,
    full,
    handler,
    held,
    sound,
    video,
)
from tests.support.media.crafting import box

SHOWN = "integrity.shown.excluded"
OUTSIDE = {"integrity.references.outside"}


def without(*paths: str) -> list[dict[str, Any]]:
    return [*NEW, *({"xpath": path} for path in paths)]


def film(*, head: bytes = b"", more: bytes = b"", track: bytes = b"") -> bytes:
    return Film(tracks=[video(70, head=head, more=track)], more=more).build()


def picture(*properties: bytes, **more: Any) -> bytes:
    return Pictures(items=[Item(kind=b"av01", content=av1())], properties=b"".join(properties), **more).build()


def ilst(*items: bytes) -> bytes:
    return full(b"meta", handler(b"mdir") + box(b"ilst", b"".join(items)))


KEYS = full(b"meta", handler(b"mdta") + full(b"keys", struct.pack(">I", 1) + box(b"mdta", b"com.x.rotation")))
ELST = box(b"edts", full(b"elst", struct.pack(">IIIHH", 1, 1000, 0, 1, 0)))


@pytest.mark.parametrize(
    ("data", "path", "name"),
    [
        (picture(box(b"irot", b"\2")), "/meta/iprp/ipco/irot", "the rotation"),
        (picture(box(b"imir", b"\0")), "/meta/iprp/ipco/imir", "the mirroring"),
        (picture(box(b"imir", b"\1")), "/meta/iprp/ipco/imir", "the mirroring"),
        (picture(box(b"clap", bytes(32))), "/meta/iprp/ipco/clap", "the cut-out"),
        (picture(box(b"pasp", struct.pack(">II", 2, 1))), "/meta/iprp/ipco/pasp", "the shape of the pixels"),
        (picture(box(b"colr", b"nclx" + bytes(7))), "/meta/iprp/ipco/colr", "the colours"),
        (picture(), "/meta/pitm", "which picture comes first"),
        (film(head=full(b"tkhd", bytes(80), flags=3)), "/moov/trak/tkhd", "the track's header"),
        (film(head=ELST), "/moov/trak/edts", "the edit list"),
        (film(more=full(b"mvhd", bytes(96))), "/moov/mvhd", "the film's header"),
        (film(more=box(b"udta", ilst(box(b"covr", b"\xff\xd8")))), "/moov/udta", "a cover picture"),
        (film(more=box(b"udta", box(b"chpl", bytes(9)))), "/moov/udta", "chapters"),
        (film(more=box(b"udta", box(b"SelO", b"\1"))), "/moov/udta", "the part that is played"),
        (film(head=box(b"udta", full(b"kind", b"urn:x\0main\0"))), "/moov/trak/udta", "the track's role"),
        (film(head=box(b"udta", full(b"tsel", bytes(4)))), "/moov/trak/udta", "the choice of tracks"),
        (film(more=KEYS), "/moov/meta", "the rotation"),
        (film(more=full(b"meta", handler(b"pict") + box(b"idat", b"picture"))), "/moov/meta", "a cover picture"),
        (film() + full(b"emsg", bytes(30)), "/emsg", "timed messages"),
        (film() + full(b"sidx", bytes(30)), "/sidx", "the index of segments"),
    ],
)
def test_what_decides_how_it_is_shown_is_named_where_it_is_left_out(data: bytes, path: str, name: str) -> None:
    assert codes(data) == FULL
    found = held(data, rules=without(path))
    assert SHOWN in found.codes
    assert not {"integrity.coverage.media_excluded", "integrity.coverage.full"} & set(found.codes)
    assert found.shown_names == (name,)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (picture(box(b"irot", b"\0")), "/meta/iprp/ipco/irot"),
        (picture(box(b"pasp", struct.pack(">II", 1, 1))), "/meta/iprp/ipco/pasp"),
        (film(head=box(b"edts", b"")), "/moov/trak/edts"),
        (film(more=full(b"pssh", bytes(24))), "/moov/pssh"),
        (film(more=box(b"udta", box(b"\xa9nam", b"a title"))), "/moov/udta"),
        (film(more=box(b"udta", ilst(box(b"\xa9too", b"a program")))), "/moov/udta"),
    ],
)
def test_what_changes_nothing_may_be_left_out(data: bytes, path: str) -> None:
    assert SHOWN not in codes(data, rules=without(path))
    assert held(data, rules=without(path)).is_whole


def own(name: bytes, value: bytes = b"x" * 40, *, of: bytes = b"com.apple.iTunes") -> bytes:
    """An item of iTunes with a name of its own."""
    return box(b"----", full(b"mean", of) + full(b"name", name) + box(b"data", struct.pack(">II", 1, 0) + value))


def keys(name: bytes) -> bytes:
    return full(b"meta", handler(b"mdta") + full(b"keys", struct.pack(">I", 1) + box(b"mdta", name)))


NCLX = box(b"colr", b"nclx" + bytes(7))
PADDED = box(b"meta", bytes(16) + box(b"hdlr", bytes(8) + b"mdir" + bytes(13)))
IN_USER_DATA: dict[str, tuple[bytes, str]] = {
    **{
        kind: (full(kind.encode(), bytes(40)), "a part of a film in its user data")
        for kind in ("trak", "stbl", "moof", "traf", "trex", "trun", "mvex", "stsd", "stco", "sidx", "mdat", "ftyp",
                     "esds", "avcC", "hvcC", "av1C", "tref", "chap", "SMI ", "st3d", "dvcC", "cmov", "iprp")
    },
    "colr": (NCLX, "the colours"),
    "pasp": (box(b"pasp", struct.pack(">II", 3, 1)), "the shape of the pixels"),
    "tkhd": (full(b"tkhd", bytes(80)), "the track's header"),
    "edts": (ELST, "the edit list"),
    "irot": (box(b"irot", b"\1"), "the rotation"),
    "in user data again": (box(b"udta", NCLX), "the colours"),
    "in metadata": (full(b"meta", handler(b"mdir") + NCLX), "the colours"),
    "a handler of tracks": (handler(b"vide"), "a part of a film in its user data"),
    "metadata behind octets": (PADDED + NCLX, "the colours"),
    "metadata whose handler is not first": (
        full(b"meta", box(b"free", b"") + handler(b"mdir")), "a part of a film in its user data"
    ),
    "spherical": (
        box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd") + b"<x/>"), "a part of a film in its user data"
    ),
    "samples cut off": (ilst(own(b"iTunSMPB", b" 00000000 00001800 00000200")), "the part that is played"),
    "samples cut off, whoever says it": (ilst(own(b"iTunSMPB", of=b"x" * 900)), "the part that is played"),
    "loudness": (ilst(own(b"replaygain_track_gain")), "the loudness"),
    "Apple's loudness": (ilst(box(b"\xa9nam", b"x"), own(b"iTunNORM")), "the loudness"),
    "slow motion": (keys(b"com.android.capture.fps"), "the speed"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_USER_DATA)
def test_what_players_read_in_user_data_is_named(name: str) -> None:
    inside, what = IN_USER_DATA[name]
    for data, path in (
        (film(more=box(b"udta", inside)), "/moov/udta"),
        (film(head=box(b"udta", inside)), "/moov/trak/udta"),
        (film() + box(b"udta", inside), "/udta"),
    ):
        found = held(data, rules=without(path))
        assert SHOWN in found.codes, path
        assert what in found.shown_names, path


@pytest.mark.parametrize(
    "inside",
    [
        ilst(own(b"MusicBrainz Album Id")),
        ilst(own(b"cdec"), own(b"LABEL", b"iTunSMPB")),
        keys(b"com.apple.quicktime.make"),
        full(b"meta", handler(b"mdir")),
        handler(b"mdir"),
        box(b"pasp", struct.pack(">II", 1, 1)),
        box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x/>"),
        box(b"GPMF", b"x" * 40) + box(b"Xtra", bytes(9)) + box(b"free", bytes(20)),
    ],
)
def test_words_in_user_data_may_be_left_out(inside: bytes) -> None:
    for data, path in ((film(more=box(b"udta", inside)), "/moov/udta"), (film() + box(b"udta", inside), "/udta")):
        assert SHOWN not in codes(data, rules=without(path))


def test_items_of_a_files_own_metadata_count_too() -> None:
    data = film() + ilst(own(b"iTunSMPB"))
    assert held(data, rules=without("/meta/ilst")).shown_names == ("the part that is played",)


def test_a_turn_that_was_put_in_afterwards_is_told() -> None:
    rules = without("/meta/iprp/ipco/irot")
    plain, turned = picture(box(b"irot", b"\0")), picture(box(b"irot", b"\1"))
    assert codes(plain, rules=rules) == FULL
    assert codes(turned, plain, rules) == {SHOWN}


@pytest.mark.parametrize(
    "path", ["/meta/iinf", "/meta/iprp/ipco/av1C", "/moov/trak", "/moov/trak/mdia/minf/stbl/stsd", "/moov/trak/mdia"]
)
def test_the_rest_of_a_header_counts_as_media(path: str) -> None:
    data = film() if path.startswith("/moov") else picture(box(b"av1C", b"\x81\0\0\0"))
    assert "integrity.coverage.media_excluded" in codes(data, rules=without(path))


def test_user_data_that_ends_with_zeros_or_with_its_own_is_read_to_the_end() -> None:
    for inside in (box(b"\xa9nam", b"x") + bytes(4), b"not a box at all", box(b"\xa9nam", b"x") + b"rest"):
        data = film(more=box(b"udta", inside))
        assert read_layout(data).complete
        assert codes(data) == FULL
    assert not read_layout(film(more=box(b"trak", b"\0\0\0\1"))).complete


# Indexes of fragments.


def stream(*, index: bytes = b"", fragments: int = 2) -> bytes:
    head = Film(tracks=[video()], more=box(b"mvex", b""), brands=(b"iso6",)).build()
    head = head[: head.index(b"mdat") - 4]
    piece = box(b"moof", full(b"mfhd", bytes(4))) + box(b"mdat", b"x" * 20)
    return head + piece * fragments + index


def places() -> list[int]:
    data = stream()
    first = data.index(b"moof") - 4
    return [first, data.index(b"moof", first + 8) - 4]


def mfra(*entries: tuple[int, int], wide: bool = False, size: int = 0, more: bytes = b"") -> bytes:
    rows = b"".join(struct.pack(">QQ" if wide else ">II", *entry) + b"\1\1\1" for entry in entries)
    tfra = full(b"tfra", struct.pack(">III", 1, 0, len(entries)) + rows, version=int(wide))
    inside = tfra + more
    whole = 8 + len(inside) + 16
    return box(b"mfra", inside + full(b"mfro", struct.pack(">I", size or whole)))


@pytest.mark.parametrize("wide", [False, True])
def test_an_index_that_leads_to_the_fragments_in_their_order_is_left_alone(*, wide: bool) -> None:
    first, second = places()
    assert codes(stream(index=mfra((0, first), (90, second), wide=wide))) == FULL
    assert codes(stream(index=mfra((0, first), wide=wide))) == FULL


@pytest.mark.parametrize(
    "index",
    [
        lambda first, second: mfra((0, second), (90, first)),
        lambda first, second: mfra((90, first), (0, second)),
        lambda first, second: mfra((0, first + 8), (90, second)),
        lambda first, second: mfra((0, first), (90, second + 4_000)),
        lambda first, second: mfra((0, first), (90, second), size=40),
        lambda first, second: mfra((0, first), more=box(b"html", b"<html>")),
        lambda first, second: box(b"mfra", full(b"tfra", struct.pack(">III", 1, 0, 9))),
        lambda first, second: box(b"mfra", full(b"tfra", struct.pack(">III", 1, 0, 0) + b"<html>")),
    ],
    ids=["swapped", "other times", "elsewhere", "behind the end", "other size", "more in it", "cut", "more behind it"],
)
def test_an_index_that_leads_elsewhere_is_told(index: Any) -> None:
    found = held(stream(index=index(*places())))
    assert found.codes[1:] == (SHOWN,)
    assert found.shown_names == ("an index that does not fit the fragments",)


def test_an_index_without_fragments_is_an_init_segments_or_told() -> None:
    assert codes(stream(index=mfra((0, 700)), fragments=0)) == FULL
    assert codes(Film(tracks=[video(70)], after=mfra((0, 700))).build()) == {SHOWN}


MOTION = box(b"mpvd", b"film")


def test_nothing_may_follow_on_the_film_of_a_motion_photo() -> None:
    # Its place is counted from the end of the file: whatever is put there moves into its place.
    assert codes(picture(after=MOTION)) == FULL
    for tail in (box(b"free", b"another film"), box(b"skip", b""), mfra()):
        assert SHOWN in codes(picture(after=MOTION + tail))
    assert codes(picture(after=box(b"free", b"") + MOTION)) == FULL


@pytest.mark.parametrize("word", [b"GCamera:MotionPhoto", b"GCamera:MicroVideoOffset", b"hdrgm:Version"])
def test_xmp_that_leads_to_more_media_is_no_mere_metadata(word: bytes) -> None:
    def xmp(content: bytes) -> bytes:
        return picture(after=box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + content))

    rules = [*NEW, {"xpath": "/uuid"}]
    assert codes(xmp(b"<x:xmpmeta/>"), rules=rules) == {"integrity.coverage.metadata_excluded"}
    assert SHOWN in codes(xmp(b"<x:xmpmeta " + word + b"='1'/>"), rules=rules)
    assert codes(xmp(b"<x:xmpmeta " + word + b"='1'/>")) == FULL


# Media that lies elsewhere.


def sources(*entries: bytes, count: int = 0) -> bytes:
    return full(b"dref", struct.pack(">I", count or len(entries)) + b"".join(entries))


@pytest.mark.parametrize(
    "entry",
    [
        full(b"url ", b"other.mp4\0"),
        full(b"url ", b"https://example.com/film.mp4\0"),
        full(b"urn ", b"urn:x\0other.mp4\0"),
        full(b"alis", b"\0\1" + b"other"),
    ],
)
def test_media_of_another_file_is_named(entry: bytes) -> None:
    for table in (sources(entry), sources(full(b"url ", b"", flags=1), entry)):
        data = Film(tracks=[video(70, sources=table)]).build()
        assert codes(data) == OUTSIDE
        (doubt,) = read_layout(data).doubts
        assert data[doubt.start : doubt.end] == entry
        assert doubt.what == "media that lies in another file"


@pytest.mark.parametrize(
    "entry",
    [
        full(b"url ", b"", flags=1),
        full(b"url ", b"left.over\0", flags=1),
        full(b"alis", b"", flags=1),
        full(b"url ", b"\0"),
        full(b"imdt", b"\0\0\0\1"),
    ],
)
def test_media_of_this_file_is_not(entry: bytes) -> None:
    assert codes(Film(tracks=[video(70, sources=sources(entry))]).build()) == FULL


def test_a_list_of_other_files_that_breaks_off_is_no_empty_one() -> None:
    for table in (sources(full(b"url ", b"", flags=1), count=2), sources(b"\0\0\0\x40url ")):
        assert codes(Film(tracks=[video(70, sources=table)]).build()) == OUTSIDE


def test_a_picture_of_another_file_is_named() -> None:
    item = Item(kind=b"av01", content=av1(), source=1)
    assert codes(Pictures(items=[item]).build()) == OUTSIDE
    here = box(b"dinf", sources(full(b"url ", b"", flags=1)))
    there = box(b"dinf", sources(full(b"url ", b"other.avif\0")))
    assert codes(Pictures(items=[item], more=here).build()) == FULL
    assert codes(Pictures(items=[item], more=there).build()) == OUTSIDE
    assert codes(Pictures(items=[Item(kind=b"av01", content=av1(), source=2)], more=here).build()) == OUTSIDE


def test_a_film_that_stands_for_another_is_named() -> None:
    reference = box(b"rmra", box(b"rmda", full(b"rdrf", b"url \0\0\0\x0aother.mov\0")))
    assert codes(film(more=reference)) == OUTSIDE


def test_a_compressed_header_is_not_read_and_that_is_said() -> None:
    assert not read_layout(film(more=box(b"cmov", bytes(20)))).complete


def test_metadata_within_a_film_is_metadata() -> None:
    data = film(more=box(b"udta", b"") + KEYS)
    assert {region.name for region in read_layout(data).of_kind(Kind.METADATA)} == {"user data", "metadata"}
    assert Track(chunks=[]).kind == b"vide"
    assert sound(3).kind == b"soun"
