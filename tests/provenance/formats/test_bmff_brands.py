"""Is what a file says of its own type, which no hash covers, held against what it holds?"""

from __future__ import annotations

import pytest

from provenance.formats import read_layout
from tests.provenance.test_coverage import cover
from tests.support.authority import make_signer, sign
from tests.support.media.bmff_files import (
    AVCC,
    FULL,
    NEW,
    Film,
    Item,
    Pictures,
    Track,
    animation,
    av1,
    codes,
    described,
    ftyp,
    handler,
    nal,
    sound,
    video,
)
from tests.support.media.crafting import box
from tests.support.media.forms import jxl

BRANDS = {"integrity.brands"}
MHLR = b"mhlr"


def film(*brands: bytes, tracks: list[Track] | None = None, more: bytes = b"") -> bytes:
    return Film(tracks=tracks or [video(70), sound(40)], brands=brands, more=more).build()


def still(*brands: bytes, kind: bytes = b"av01", items: list[Item] | None = None) -> bytes:
    return Pictures(items=items or [Item(kind=kind, content=av1())], brands=brands).build()


def brightened(*brands: bytes, kind: bytes = b"av01") -> bytes:
    """A picture, its gain map and the item that says how to put them together."""
    picture = Item(kind=kind, content=av1())
    return still(*brands, items=[picture, picture, Item(kind=b"tmap", content=b"\0" * 62, made_of=[1, 2])])


def sequence(*brands: bytes, codec: bytes = b"av01", beside: bool = True, kind: bytes = b"pict") -> bytes:
    """A sequence of pictures, and a picture beside it."""
    track = Track(chunks=[[av1()], [av1(1)]], kind=kind, codec=codec)
    data = Film(tracks=[track], brands=brands).build()
    picture = Pictures(items=[Item(kind=codec if codec != b"hev1" else b"hvc1", content=av1())], brands=brands).build()
    return data + picture[len(ftyp(*brands)) :] if beside else data


@pytest.mark.parametrize(
    "data",
    [
        still(b"avif", b"mif1", b"miaf", b"MA1B"),
        still(b"mif1", b"avif", b"miaf"),
        still(b"heic", b"mif1", b"heic", kind=b"hvc1"),
        still(b"heix", b"mif1", b"heix", kind=b"hvc1"),
        still(b"mif1", b"heic", kind=b"hvc1"),
        still(b"avci", b"mif1", kind=b"avc1"),
        still(b"mif1", b"jpeg", kind=b"jpeg"),
        still(b"avif", items=[Item(kind=b"grid", made_of=[2, 3]), *[Item(kind=b"av01", content=av1())] * 2]),
        brightened(b"avif", b"mif1", b"miaf", b"tmap"),
        brightened(b"heic", b"mif1", b"MiHB", b"tmap", kind=b"hvc1"),
        sequence(b"avis", b"avif", b"msf1", b"iso8", b"mif1", b"miaf", b"MA1B"),
        sequence(b"msf1", b"avis"),
        sequence(b"hevc", b"msf1", b"mif1", codec=b"hvc1"),
        sequence(b"avis", b"msf1", beside=False),
        sequence(b"avis", b"msf1", b"iso8", b"mp41"),
        film(b"isom", b"iso2", b"avc1", b"mp41"),
        film(b"mp42", b"mp41"),
        film(b"3gp4", b"3gp6"),
        film(b"XXXX", b"isom"),
        film(b"M4V ", b"isom"),
        film(b"avc1", b"isom"),
        film(b"av01", b"iso6", tracks=[Track(chunks=[[av1()]], codec=b"av01")]),
        film(b"M4A ", b"mp42", tracks=[sound(40)]),
        film(b"M4A ", b"mp42", tracks=[sound(40), Track(chunks=[[b"\xff\xd8"]], codec=b"jpeg")]),
        film(b"mp42", tracks=[sound(40)]),
        film(b"qt  ", tracks=[video(70, component=MHLR)]),
        film(b"mp42", tracks=[video(70, component=MHLR)]),
        film(b"qt  ", b"\0\0\0\0", tracks=[video(70, component=MHLR)]),
        film(b"crx ", b"isom", tracks=[Track(chunks=[[b"raw"]], codec=b"CRAW")]),
        film(b"dash", b"iso6", more=box(b"mvex", b"")),
        film(b"cmfc", b"iso6", more=box(b"mvex", b"")),
    ],
)
def test_what_writers_say_fits(data: bytes) -> None:
    assert codes(data) == FULL


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (sequence(b"avif", b"avis", b"msf1", b"mif1"), "the brand avif beside a sequence of pictures"),
        (sequence(b"mif1", b"avis", b"msf1"), "the brand mif1 beside a sequence of pictures"),
        (sequence(b"isom", b"avis", b"msf1"), "the brand isom beside a sequence of pictures"),
        (sequence(b"XXXX", b"avis", b"avif"), "the brand XXXX beside a sequence of pictures"),
        (sequence(b"heic", b"msf1", codec=b"hvc1"), "the brand heic beside a sequence of pictures"),
        (sequence(b"hevc", b"avis"), "the brand hevc on a picture in av01"),
        (sequence(b"avif", beside=False), "the brand avif on a sequence of pictures"),
        (sequence(b"isom", b"avis", beside=False), "the brand isom on a sequence of pictures"),
        (sequence(b"hevc", b"msf1", beside=False), "the brand hevc on a picture in av01"),
        (sequence(b"avis", kind=b"vide"), "a picture beside a film"),
        (still(b"avis", b"avif"), "the brand avis without a sequence of pictures"),
        (still(b"avif", b"mif1", b"avis"), "the brand avis without a sequence of pictures"),
        (still(b"msf1", b"avif"), "the brand msf1 without a sequence of pictures"),
        (still(b"isom", b"avif"), "the brand isom on a picture"),
        (still(b"mp42", b"mif1", kind=b"hvc1"), "the brand mp42 on a picture"),
        (still(b"qt  ", b"mif1"), "the brand qt on a picture"),
        (still(b"crx ", b"mif1"), "the brand crx on a picture"),
        (still(b"XXXX", b"mif1", b"avif"), "the brand XXXX on a picture"),
        (still(b"MA1B", b"mif1", b"avif"), "the brand MA1B in the first place"),
        (still(b"tmap", b"mif1", b"heic", kind=b"hvc1"), "the brand tmap in the first place"),
        (brightened(b"avif", b"mif1", b"miaf"), "a gain map without the brand tmap"),
        (brightened(b"mif1", b"heic", b"MA1B", kind=b"hvc1"), "a gain map without the brand tmap"),
        (still(b"avif", b"mif1", b"tmap"), "the brand tmap without a gain map"),
        (still(b"heic", b"tmap", b"mif1", kind=b"hvc1"), "the brand tmap without a gain map"),
        (still(b"heis", b"mif1", b"heic", kind=b"hvc1"), "the brand heis on a picture in hvc1"),
        (still(b"mif1", b"miaf"), "the brand mif1 on a picture in av01"),
        (sequence(b"msf1", b"mif1"), "the brand msf1 on a picture in av01"),
        (still(b"heic", b"mif1"), "the brand heic on a picture in av01"),
        (still(b"avif", b"mif1", kind=b"hvc1"), "the brand avif on a picture in hvc1"),
        (
            still(b"heic", items=[Item(kind=b"grid", made_of=[2]), Item(kind=b"av01", content=av1())]),
            "the brand heic on a picture in av01",
        ),
        (still(b"jxl ", b"avif"), "the brand jxl on another container"),
        (film(b"jxl ", b"isom"), "the brand jxl on another container"),
        (film(b"avif", b"mif1"), "the brand avif on a film"),
        (film(b"isom", b"avis"), "the brand avis on a film"),
        (film(b"mp42", b"heic"), "the brand heic on a film"),
        (film(b"XXXX", b"YYYY"), "the brand XXXX, which is not known here"),
        (film(b"M4A ", b"mp42"), "the brand M4A on a film with pictures"),
        (film(b"dash", b"iso6"), "the brand dash on a film in one piece"),
        (film(b"cmfc", b"iso6"), "the brand cmfc on a film in one piece"),
        (film(b"crx ", b"isom"), "the brand crx on a film"),
        (
            film(b"isom", tracks=[Track(chunks=[[b"raw"]], codec=b"CRAW")]),
            "the brand isom on raw pictures",
        ),
        (film(b"av01", b"isom"), "the brand av01 on a film that is coded otherwise"),
        (film(b"avc1", b"isom", tracks=[video(70, codec=b"hvc1")]), "the brand avc1 on a film that is coded otherwise"),
        (film(b"qt  "), "the brand qt on tracks that are not QuickTime's"),
        (
            film(b"isom", tracks=[sound(40, description=described(b"mp4a", entry_version=1), component=MHLR)]),
            "the brand isom on sound in QuickTime's form",
        ),
        (film(b"isom", b"<scr", b"ipt>"), "the brand <scr"),
        (film(b"\0\0\0\0", b"isom"), "the brand \\x00\\x00\\x00\\x00"),
        (film(b"isom", *[b"mp41"] * 70), "a declaration of the type that is none"),
    ],
)
def test_what_does_not_fit_is_named(data: bytes, what: str) -> None:
    assert codes(data) == BRANDS
    assert read_layout(data).doubts[0].what == what


def test_sound_in_quicktimes_form_fits_quicktime() -> None:
    long = sound(40, description=described(b"mp4a", entry_version=1), component=MHLR)
    assert codes(film(b"qt  ", tracks=[long])) == FULL
    assert codes(film(b"mp42", b"qt  ", tracks=[long])) == FULL
    # In the second version of the list of descriptions the same number has another meaning.
    newer = sound(40, description=described(b"mp4a", entry_version=1, version=1))
    assert codes(film(b"isom", tracks=[newer])) == FULL


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (ftyp(b"isom") + ftyp(b"avif"), "a second declaration of the type"),
        (ftyp(b"isom") + box(b"free", b"") + ftyp(b"isom"), "a second declaration of the type"),
        (box(b"free", bytes(20)) + ftyp(b"isom"), "a declaration of the type that does not come first"),
        (box(b"free", bytes(20)), "no declaration of the type"),
        (box(b"ftyp", b"isom\0\0\0\0mp4"), "a declaration of the type that is none"),
        (box(b"ftyp", b"isom"), "a declaration of the type that is none"),
        (ftyp(b"isom") + box(b"styp", b"msdh\0\0\0\0"), "a segment's brands in a file that has none"),
    ],
)
def test_the_type_is_said_once_at_the_beginning_and_in_full(head: bytes, what: str) -> None:
    whole = film(b"isom")
    data = head + whole[len(ftyp(b"isom")) :]
    rules = [*NEW, {"xpath": "/styp"}]
    assert "integrity.brands" in codes(data, rules=rules)
    assert what in [doubt.what for doubt in read_layout(data).doubts]


def test_old_quicktime_says_no_type_and_others_do() -> None:
    def bare(component: bytes) -> bytes:
        data = film(b"isom", tracks=[video(70, component=component), sound(40, component=component)])
        return data[len(ftyp(b"isom")) :]

    assert codes(bare(MHLR)) == FULL
    assert codes(bare(bytes(4))) == BRANDS
    assert codes(box(b"free", b"") + still(b"avif")[len(ftyp(b"avif")) :]) == BRANDS


def test_a_segment_of_a_film_is_no_picture() -> None:
    def segment(*brands: bytes) -> bytes:
        return box(b"styp", brands[0] + bytes(4) + b"".join(brands)) + box(b"moof", b"") + box(b"mdat", nal(b"x"))

    assert not read_layout(segment(b"msdh", b"msix")).doubts
    assert [doubt.what for doubt in read_layout(segment(b"msdh", b"avis")).doubts] == [
        "the brand avis on a segment of a film"
    ]


def test_jpeg_xl_says_its_own_name_and_nothing_else() -> None:
    assert not read_layout(jxl()).doubts
    for other in (ftyp(b"avif", b"jxl "), ftyp(b"jxl ", b"isom")):
        found = read_layout(jxl().replace(ftyp(b"jxl "), other)).doubts
        assert [doubt.code for doubt in found] == ["integrity.brands"]
    assert read_layout(jxl().replace(ftyp(b"jxl "), b"")).doubts[0].what == "no declaration of the type"


def test_an_animation_does_not_become_a_still_picture_by_a_word() -> None:
    # Decoders show the sequence under one major brand and the picture beside it under another.
    data = sign(make_signer(), animation(), media_type="image/avif")
    assert cover(data).codes == ("assertion.bmffHash.match", "integrity.coverage.full")
    place = data.index(b"ftyp") + 4
    assert data[place : place + 4] == b"avis"
    for other in (b"avif", b"mif1", b"heic", b"isom", b"jxl ", b"miaf"):
        found = cover(data[:place] + other + data[place + 4 :])
        assert found.codes == ("assertion.bmffHash.match", "integrity.brands")
        assert not found.is_open


def test_a_tracks_handler_tells_films_from_sequences() -> None:
    assert handler(b"pict")[16:20] == b"pict"
    assert AVCC[4:8] == b"avcC"
