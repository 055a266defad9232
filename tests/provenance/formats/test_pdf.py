"""Does nothing in a PDF lead its readers into the manifest, and is what it runs or fetches told?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from provenance.credentials.binding.coverage import Coverage
from provenance.formats import read_layout
from provenance.formats.pdf.syntax import Budget, Dictionary, Keyword, Name, Reference, String, value_at
from tests.provenance.by_hand import STORE, leaving, named, stored, whats, without
from tests.provenance.formats.pdf_files import CONTENT, PAGE, SPECIFICATION, Pdf, pdf, plain, stream
from tests.support.authority import make_root, make_signer, sign
from tests.support.effort import costs_at_most, grows_no_faster
from tests.support.media.forms import FORMS

SIGNED = stream(STORE, b"/Type/EmbeddedFile")


def cover(data: bytes, store: bytes = STORE) -> Coverage:
    return without(data, store)


def with_objects(**objects: bytes) -> bytes:
    """The plain file with some objects instead, or more: `o7=…`."""
    return pdf(plain() | {int(name[1:]): inside for name, inside in objects.items()})


def modern(inside: dict[int, bytes] | None = None, **options: object) -> bytes:
    """A file whose catalog, pages and attachment are packed, and whose table is a stream."""
    objects = plain()
    packed = {number: objects[number] for number in (1, 2, 3, 6)} | (inside or {})
    file = Pdf().put({number: objects[number] for number in (4, 5)}).packed(8, packed)
    rows = {number: (1, place, 0) for number, place in file.places.items()}
    rows |= {number: (2, 8, index) for index, number in enumerate(packed)}
    return file.table_stream(9, rows, **options).data  # type: ignore[arg-type]


def updated(objects: dict[int, bytes], trailer: bytes = b"", places: dict[int, int] | None = None) -> bytes:
    """The plain file with an incremental update."""
    first = Pdf().put(plain())
    start = len(first.data)
    first.table()
    file = Pdf(data=first.data).put(objects)
    return file.table(file.places | (places or {}), b"/Prev %d" % start + trailer).data


@pytest.mark.parametrize(
    "make",
    [
        pdf,
        modern,
        lambda: updated({4: stream(b"1 1 2 2 re f")}),
        lambda: b"garbage\n" + pdf(),
        lambda: with_objects(o5=stream(STORE)),
        lambda: with_objects(o5=stream(STORE, b"/F<</Subtype(application/x-c2pa-manifest-store)/Length 9>>")),
        lambda: with_objects(o5=stream(STORE, b"/DL 9/Params<</Size 9/CheckSum<00>>>")),
        lambda: with_objects(
            o5=stream(STORE, b"/Filter/Crypt/DecodeParms<</Type/CryptFilterDecodeParms/Name/Identity>>")
        ),
        lambda: with_objects(o5=stream(STORE, length="7 0 R"), o7=b"%d" % len(STORE)),
        lambda: with_objects(o5=stream(STORE, close=b"\r\nendstream")),
        lambda: with_objects(o6=SPECIFICATION.replace(b"/F 5 0 R", b"/F 5 0 R/UF 5 0 R")),
        lambda: with_objects(o6=SPECIFICATION.replace(b"<<", b"<<%a comment >>\n", 1)),
    ],
)
def test_a_page_beside_its_manifest_is_covered(make: Callable[[], bytes]) -> None:
    assert named(cover(make())) == ["integrity.coverage.full"]


def test_a_document_as_the_engine_signs_it_has_no_doubts() -> None:
    signer = make_signer(make_root())
    whole = sign(signer, FORMS["application/pdf"](), media_type="application/pdf")
    assert read_layout(whole).doubts == ()
    assert len(read_layout(whole).stores) == 1


@pytest.mark.parametrize("predicted", [None, 0, 1, 2, 3, 4])
def test_tables_in_streams_are_read_whatever_they_are_predicted_from(predicted: int | None) -> None:
    assert named(cover(modern(predicted=predicted))) == ["integrity.coverage.full"]


def into(data: bytes, at: int = 60) -> int:
    """A place in the store."""
    return data.index(STORE) + at


@pytest.mark.parametrize("number", [3, 4, 5, 7])
def test_an_object_that_a_table_places_in_the_store_fails(number: int) -> None:
    found = cover(pdf(places={number: into(pdf())}))
    assert "integrity.pointer.store" in named(found)
    assert (found.is_open, found.is_whole) == (True, False)


@pytest.mark.parametrize("predicted", [None, 2])
def test_an_object_that_a_table_in_a_stream_places_in_the_store_fails(predicted: int | None) -> None:
    place = into(modern())
    objects = plain()
    file = Pdf().put({4: objects[4], 5: objects[5]}).packed(8, {number: objects[number] for number in (1, 2, 3, 6)})
    rows = {number: (1, there, 0) for number, there in file.places.items()} | {4: (1, place, 0)}
    rows |= {number: (2, 8, index) for index, number in enumerate((1, 2, 3, 6))}
    assert "integrity.pointer.store" in named(cover(file.table_stream(9, rows, predicted=predicted).data))


def test_places_that_some_readers_count_from_the_header_are_counted_so_too() -> None:
    lead = b"x" * 40
    data = lead + pdf(places={4: into(pdf()) - 10})
    assert "integrity.pointer.store" in named(cover(data))
    far = lead + pdf(places={4: into(pdf()) - 10 + (1 << 32)})
    assert "integrity.pointer.store" in named(cover(far))


@pytest.mark.parametrize(
    "make",
    [
        lambda place: Pdf().put(plain()).table(start=place).data,
        lambda place: Pdf().put(plain()).table(trailer=b"/Prev %d" % place).data,
        lambda place: Pdf().put(plain()).table(trailer=b"/XRefStm %d" % place).data,
        lambda place: Pdf().put(plain()).table(trailer=b"/Prev %d 0 R" % place).data,
        lambda place: Pdf().put(plain() | {7: b"%d" % place}).table(trailer=b"/Prev 7 0 R").data,
        lambda place: updated({}, b"/XRefStm %d" % place),
        lambda place: Pdf().put(plain()).table(start=place).table().data,
        lambda place: b"%PDF-1.7\n" + b"7 0 obj<</Linearized 1/H[%d 9]/T 0>>endobj\n" % place + pdf(),
        lambda place: b"%PDF-1.7\n" + b"7 0 obj<</Linearized 1/H[0 9]/T %d>>endobj\n" % place + pdf(),
    ],
)
def test_a_table_that_lies_in_the_store_fails(make: Callable[[int], bytes]) -> None:
    assert "integrity.pointer.store" in named(cover(make(into(make(1000)))))


@pytest.mark.parametrize(
    "objects",
    [
        {3: PAGE.replace(b"4 0 R", b"5 0 R")},
        {3: PAGE.replace(b"4 0 R", b"[4 0 R 5 0 R]")},
        {3: PAGE.replace(b"/Contents", b"/Resources<</XObject<</I 5 0 R>>>>/Contents")},
        {3: PAGE.replace(b"4 0 R", b"4 0 R/Contents 5 0 R")},
        {3: PAGE.replace(b"4 0 R", b"5%x\n0 R")},
        {3: PAGE.replace(b"4 0 R", b"0005\x000 R")},
        {3: PAGE.replace(b"4 0 R", b"7 0 R"), 7: b"5 0 R"},
        {3: PAGE.replace(b"4 0 R", b"7 0 R"), 7: b"5%x\n0 R"},
        {3: PAGE.replace(b"4 0 R", b"7 0 R"), 7: b"[5 0 R]"},
        {7: stream(b"x", b"/Filter/JBIG2Decode/DecodeParms<</JBIG2Globals 5 0 R>>")},
        {7: stream(b"x", b"/Length 5 0 R")},
        {7: b"<</Type/Font/ToUnicode 5 0 R>>"},
        {7: b"<</F 5 0 R/Im0 5 0 R>>"},
        {7: b"<</EF[5 0 R]>>"},
        {7: b"<</E#46<</F 5 0 R>>/EF<</Other 5 0 R>>>>"},
    ],
)
def test_a_manifest_that_is_used_as_anything_but_an_attachment_fails(objects: dict[int, bytes]) -> None:
    assert "integrity.pointer.store" in named(cover(pdf(plain() | objects)))
    if all(not inside.endswith(b"endstream") for inside in objects.values()):
        rest = {number: inside for number, inside in objects.items() if number != 3}
        if rest:
            assert "integrity.pointer.store" in named(cover(modern(rest)))


def test_a_list_of_an_attachments_files_may_be_an_object_of_its_own_and_does_not_pass() -> None:
    data = with_objects(o6=SPECIFICATION.replace(b"<</F 5 0 R>>", b" 7 0 R"), o7=b"<</F 5 0 R>>")
    assert named(cover(data)) == ["integrity.tables"]


@pytest.mark.parametrize(
    "inside",
    [
        b"<</Type/Rendition/S/MR/C<</Type/MediaClip/S/MCD/D 6 0 R>>>>",
        b"<</S/GoToE/F 6 0 R>>",
        b"<</S/Launch/F " + SPECIFICATION + b">>",
        b"<</Type/RichMediaInstance/Asset 6 0 R>>",
    ],
)
def test_an_attachment_that_something_opens_does_not_pass(inside: bytes) -> None:
    for data in (with_objects(o7=inside), modern({7: inside})):
        assert "Content Credentials that something opens as a file" in whats(cover(data))
    annotation = b"<</Type/Annot/Subtype/FileAttachment/FS 6 0 R>>"
    assert named(cover(with_objects(o7=annotation))) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "entries",
    [
        b"/Type/XObject/Subtype/Image/Width 9/Height 9", b"/Type/ObjStm/N 1/First 4", b"/Type/XRef/W[1 2 1]/Size 9",
        b"/Filter/FlateDecode", b"/Filter[/ASCIIHexDecode]", b"/F(another file)", b"/F<</FS/URL/F(http://a)>>",
        b"/Subtype/Form", b"/Type/EmbeddedFile/Type/XObject", b"/FFilter/FlateDecode", b"/BBox[0 0 9 9]",
        b"/Filter/Crypt/DecodeParms<</Name/StdCF>>", b"/Length 3",
    ],
)  # fmt: skip
def test_a_manifests_stream_that_says_more_of_itself_does_not_pass(entries: bytes) -> None:
    assert "integrity.tables" in named(cover(with_objects(o5=stream(STORE, entries))))


@pytest.mark.parametrize(
    "carried",
    [
        stream(STORE, b"/Type/EmbeddedFile", length=len(STORE) - 1),
        stream(STORE, b"/Type/EmbeddedFile", length=len(STORE) + 300),
        stream(STORE, b"/Type/EmbeddedFile", length="9 0 R"),
        stream(STORE + b"more", b"/Type/EmbeddedFile"),
        stream(STORE, b"/Type/EmbeddedFile", close=b""),
        b"(" + stream(STORE) + b")",
    ],
)
def test_a_manifest_that_is_not_all_of_its_stream_does_not_pass(carried: bytes) -> None:
    assert "integrity.tables" in named(cover(with_objects(o5=carried)))


def test_a_manifest_that_is_its_files_table_or_stream_of_objects_fails() -> None:
    file = Pdf().put(plain())
    place = file.places[5]
    assert "integrity.pointer.store" in named(cover(file.table(start=place).data))
    objects = plain()
    file = Pdf().put(objects)
    rows = {number: (1, there, 0) for number, there in file.places.items()} | {3: (2, 5, 0)}
    assert "integrity.pointer.store" in named(cover(file.table_stream(9, rows).data))


def test_another_object_at_the_manifests_place_fails() -> None:
    file = Pdf().put(plain())
    assert "integrity.pointer.store" in named(cover(pdf(places={4: file.places[5]})))
    assert "integrity.pointer.store" in named(cover(pdf(places={4: file.places[5] + 9})))


def reaching(
    length: Callable[[int], object], *, close: bytes = b"endstream", more: dict[int, bytes] | None = None
) -> bytes:
    """A picture before the manifest that is longer than it looks; `length` is given how far the store's end is."""
    picture = b"<</Type/XObject/Subtype/Image/Length %s>>stream\nabc\n%s"
    objects = plain()
    behind = {number: objects.pop(number) for number in (5, 6)}
    said = 0
    for _ in range(3):
        inside = picture % (str(length(said)).encode(), close)
        data = pdf(
            objects
            | {7: inside}
            | behind
            | {number: one % said if b"%d" in one else one for number, one in (more or {}).items()}
        )
        said = into(data, len(STORE)) - data.index(b"abc\n")
    return data


def test_a_stream_that_reaches_into_the_store_fails() -> None:
    assert "integrity.pointer.store" in named(cover(reaching(lambda said: said)))
    assert "integrity.pointer.store" in named(cover(reaching(lambda said: said - 100)))
    assert "integrity.pointer.store" in named(cover(reaching(lambda _: "9 0 R", more={9: b"%d"})))
    assert "integrity.pointer.store" in named(cover(reaching(lambda said: f"3/Length {said}")))
    assert "integrity.pointer.store" in named(cover(reaching(lambda _: 3, close=b"")))
    assert "integrity.pointer.store" in named(cover(reaching(lambda _: 900_000)))
    assert named(cover(reaching(lambda _: 4))) == ["integrity.coverage.full"]


def test_a_streams_length_may_lie_in_a_stream_of_objects() -> None:
    objects = plain()
    first = {number: objects[number] for number in (1, 2, 3, 4)}
    picture = {7: b"<</Subtype/Image/Length 10 0 R>>stream\nabc\nendstream"}
    rest = {number: objects[number] for number in (5, 6)}
    base = Pdf().put(first).put(picture)
    distance = len(base.data) + len(b"5 0 obj\n") + len(objects[5]) - base.data.index(b"abc\n") - len(b"\nendstream")
    for said, code in ((distance, "integrity.pointer.store"), (4, "integrity.coverage.full")):
        file = Pdf().put(first).put(picture).put(rest).packed(8, {10: b"%d" % said})
        rows = {number: (1, place, 0) for number, place in file.places.items()} | {10: (2, 8, 0)}
        assert code in named(cover(file.table_stream(9, rows).data))


@pytest.mark.parametrize(
    "hidden",
    [
        b"7 0 obj<</Type/Page>>endobj", b"7\0\0\0\0\0\0\0\0\0\0\0\x000 obj", b"7 0%comment\nobj", b"7%\n%\n0\tobj[",
        b"7 +0 obj", b"7 0000000 obj", b"startxref", b"trailer<<", b"trailer \n<<", b"trailer%a\n<<", b"xref\n0 1",
        b"xref%\n0", b"%%EOF", b"%PDF-1.7", b"endstream", b"endobj",
    ],
)  # fmt: skip
def test_what_readers_look_for_who_mend_a_file_does_not_pass_in_the_store(hidden: bytes) -> None:
    held = stored(("c2pa.x", {"a": hidden}))
    assert "integrity.coverage.other_excluded" in named(cover(pdf(plain(held)), held))
    harmless = stored(("c2pa.x", {"a": b"an object in the trailer of a film, 7 objects"}))
    assert named(cover(pdf(plain(harmless)), harmless)) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Pdf().put(plain()).data,
        lambda: Pdf().put(plain()).table(start=1).data,
        lambda: Pdf().put(plain()).table(trailer=b"/Prev 3").data,
        lambda: Pdf().put(plain()).table(trailer=b"/Prev 3.5").data,
        lambda: pdf(places={4: 30}),
        lambda: pdf().replace(b"trailer", b"trailed"),
        lambda: pdf().replace(b"00000 n", b"00000 x", 1),
        lambda: modern(entries=b"/Filter/LZWDecode"),
        lambda: modern(entries=b"/Filter/FlateDecode/DecodeParms<</Predictor 2>>"),
        lambda: modern().replace(b"/W[1 4 2]", b"/W[9 4 2]"),
        lambda: modern().replace(b"/W[1 4 2]", b"/W[0 0 0]"),
        lambda: modern().replace(b"/Type/XRef", b"/Type/Xref"),
    ],
)
def test_tables_by_which_readers_cannot_go_do_not_pass(make: Callable[[], bytes]) -> None:
    assert "tables by which not every object is found" in whats(cover(make()))


@pytest.mark.parametrize(
    "entries", [b"/Filter/LZWDecode", b"/Filter[/FlateDecode/ASCIIHexDecode]", b"/Filter/FlateDecode/Filter 9"]
)
def test_objects_that_cannot_be_unpacked_do_not_pass(entries: bytes) -> None:
    data = Pdf(data=pdf()).packed(8, {10: b"<<>>"}, entries=entries).data
    assert "streams of objects that cannot be read" in whats(cover(data))
    odd = Pdf(data=pdf()).packed(8, {10: b"<<>>"}, head=b"10 0 11 ").data
    assert "streams of objects that cannot be read" in whats(cover(odd))


def test_packed_objects_of_an_encrypted_document_cannot_be_told() -> None:
    assert whats(cover(modern(entries=b"/Filter/FlateDecode/Encrypt<</Filter/Standard>>"))) == [
        "parts of it that are encrypted"
    ]
    assert named(cover(pdf(trailer=b"/Encrypt<</Filter/Standard>>"))) == ["integrity.coverage.full"]


def test_an_object_that_is_also_packed_under_the_manifests_number_does_not_pass() -> None:
    assert "integrity.tables" in named(cover(modern({5: b"<</Type/Page>>"})))
    assert "integrity.tables" in named(cover(updated({5: b"<</Type/Page>>"})))


def test_an_object_that_does_not_end_is_looked_through_too() -> None:
    assert "integrity.tables" in named(cover(with_objects(o7=b"<</Resources<</XObject<</I 5 0 R>>")))
    assert named(cover(with_objects(o7=b"<</Resources<</XObject<</I 4 0 R>>"))) == ["integrity.coverage.full"]


def test_packed_objects_that_run_into_each_other_hide_nothing() -> None:
    for inside in (
        {10: b"<</A (", 11: b") /XObject <</I 5 0 R>>>>"},
        {10: b"<</A<</XObject", 11: b"<</I", 12: b"5 0 R>>>>>>"},
    ):
        assert "integrity.pointer.store" in named(cover(modern(inside)))


ACTION = "<</Type/Action/S/{}>>"


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        (b"<</S/JavaScript/JS(x)>>", "scripts"),
        (b"<</S/J#61vaScript/JS(x)>>", "scripts"),
        (b"<</AA<</O<</S/JavaScript/JS 4 0 R>>>>>>", "scripts"),
        (b"<</Names[(a)<</JS(x)>>]>>", "scripts"),
        (b"<</S/Rendition/JS(x)>>", "films with scripts"),
        (b"<</XFA[(a) 4 0 R]>>", "forms that are made anew (XFA)"),
        (b"<</Type/Annot/Subtype/RichMedia>>", "rich media"),
        (b"<</Type/Annot/Subtype/3D>>", "3D models"),
    ],
)
def test_a_program_is_named_and_does_not_pass(inside: bytes, what: str) -> None:
    for data in (with_objects(o7=inside), modern({7: inside})):
        assert named(cover(data)) == ["integrity.script"]
        assert whats(cover(data)) == [what]


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        (stream(b"", b"/F(picture.bin)"), "streams in other files"),
        (stream(b"", b"/F<</FS/URL/F(http://a)>>"), "streams in other files"),
        (stream(b"x", b"/Type/XObject/Subtype/Form/Ref<</F(a.pdf)/Page 0>>"), "pages of other documents"),
        (stream(b"x", b"/Subtype/Image/OPI<</1.3<<>>>>"), "images of a printing system"),
        (b"<</Subtype/Movie/Movie<</F(film.avi)>>>>", "films or sounds in other files"),
        (b"<</OpenAction<</S/URI/URI(http://a)>>>>", "links at opening"),
        (b"<</OpenAction 10 0 R>>", "other documents at opening"),
        (b"<</AA<</O 10 0 R>>>>", "other documents at opening"),
        (b"<</AA 11 0 R>>", "other documents at opening"),
        (b"<</OpenAction 12 0 R>>", "other documents at opening"),
        (b"<</OpenAction 13 0 R>>", "other documents at opening"),
        (b"<</OpenAction<</S/Named/N/Print/Next 10 0 R>>>>", "other documents at opening"),
        (b"<</OpenAction<</S/Named/Next[<</S/Named/Next<</S/URI/URI(a)>>>>]>>>>", "links at opening"),
        (b"<</AA<</O<</S/Named/Next<</S/URI/URI(a)>>>>>>>>", "links at opening"),
        (stream(b"x", b"/Type/XObject/Subtype/Form/Ref 10 0 R"), "pages of other documents"),
        (stream(b"x", b"/Type 14 0 R/Subtype/Form/Ref<</F(a.pdf)/Page 0>>"), "pages of other documents"),
        (b"<</Subtype/Movie/Movie 10 0 R>>", "films or sounds in other files"),
        (b"<</AA<</WC<</S/SubmitForm/F(http://a)>>>>>>", "forms at opening"),
    ],
)
def test_what_comes_from_elsewhere_is_counted_and_does_not_pass(inside: bytes, what: str) -> None:
    more = {10: b"<</S/GoToR/F(a.pdf)>>", 11: b"<</O 10 0 R>>", 12: b"<</Type/Action/S/Named/Next 10 0 R>>"}
    more |= {13: b"12 0 R", 14: b"/XObject"}
    found = cover(pdf(plain() | more | {7: inside}))
    assert "integrity.references.outside" in named(found)
    assert (what, 1) in [(doubt.what, doubt.number) for doubt in found.doubts]


@pytest.mark.parametrize(
    ("inside", "what", "number"),
    [
        (b"[<</Subtype/Link/A<</S/URI/URI(http://a)>>>><</Subtype/Link/A<</S /URI/URI(b)>>>>]", "links", 2),
        (b"<</S/GoToR/F(a.pdf)>>", "other documents", 1),
        (b"<</S/Launch/F(a.exe)>>", "programs to start", 1),
        (b"<</S/SubmitForm/F(http://a)>>", "forms", 1),
        (b"<</Type/Filespec/F(a.txt)>>", "other files", 1),
    ],
)
def test_what_only_a_click_leads_to_is_listed_and_changes_nothing(inside: bytes, what: str, number: int) -> None:
    for data in (with_objects(o7=inside), modern({7: inside})):
        found = cover(data)
        assert named(found) == ["integrity.references.listed", "integrity.coverage.full"]
        assert [(doubt.what, doubt.number) for doubt in found.doubts] == [(what, number)]


@pytest.mark.parametrize(
    "inside",
    [
        b"<</OpenAction<</S 8 0 R/URI(http://a)>>>>",
        b"<</OpenAction<</S/Named/Next<</S\n8 0 R/F(a.pdf)>>>>>>",
        b"<</AA<</O<</S 8 0 R/JS(x)>>>>>>",
        b"<</A<</S 8 0 R/F(a.exe)>>>>",
        b"<</S 8 0 R>>",
        b"<</Type/Annot/Subtype 8 0 R>>",
        b"<</S%\n8 0 R>>",
    ],
)
def test_a_kind_that_stands_in_another_object_does_not_pass(inside: bytes) -> None:
    what = "an action or annotation whose kind stands in another object"
    for data in (with_objects(o7=inside), modern({7: inside})):
        assert what in whats(cover(data))
    for other in (b"<</S 38/Length 9>>", b"<</S/D/St 1>>", b"<</K<</S/P/Pg 3 0 R>>>>"):
        assert named(cover(modern({7: other}))) == ["integrity.coverage.full"]


def test_words_in_strings_and_comments_are_no_actions() -> None:
    inside = rb"<</A(/JS \) (/S/JavaScript) /XFA)/B<2F4A53>%/JS" + b"\n/S/GoTo>>"
    for data in (with_objects(o7=inside), modern({7: inside})):
        assert named(cover(data)) == ["integrity.coverage.full"]


def test_bytes_of_the_document_outside_the_hash_fail() -> None:
    data = pdf()
    start = data.index(CONTENT)
    store = data.index(STORE)
    found = leaving(data, (start, start + 3), (store, store + len(STORE)))
    assert "integrity.coverage.media_excluded" in named(found)


def test_two_stores_are_told() -> None:
    data = with_objects(o7=stream(STORE))
    assert len(read_layout(data).stores) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"12", 12),
        (b"-3", -3),
        (b"1 0 R", Reference(1, 0)),
        (b"1 0 obj", 1),
        (b"/a#20b", Name(b"a b")),
        (b"true", Keyword(b"true")),
        (b"(a(b)\\)c)", String(0, 9)),
        (b"<61>", String(0, 4)),
        (b"[1 2 3 0 R]", [1, 2, Reference(3, 0)]),
        (b"<</A 1/A 2>>", Dictionary(((b"A", 1), (b"A", 2)))),
        (b"<</A<</B[1]>>>>", Dictionary(((b"A", Dictionary(((b"B", [1]),))),))),
        (b"<<5/A 1>>", Dictionary(((b"A", 1),), (5,))),
        (b"<</A", None),
        (b"(a", None),
        (b"<</A 1]", None),
        (b">>", None),
        (b"<</A 1 endobj", None),
        (b"", None),
        (b"[" * 600, None),
    ],
)
def test_a_value_is_read_as_it_stands_there(text: bytes, expected: object) -> None:
    assert value_at(text, 0, Budget(10_000))[0] == expected


def lines(unit: bytes, number: int) -> bytes:
    return b"%PDF-1.7\n" + unit * number


def same_places(number: int) -> bytes:
    file = Pdf().put(plain() | {7: b"<<" + b"/A 1" * (4 * number) + b">>"})
    rows = {8 + one: file.places[7] + 8 + 4 * one for one in range(number)}
    return file.table(file.places | rows).data


def packed_in_each_other(number: int) -> bytes:
    body = b"[" * number
    head = b" ".join(b"%d %d" % (10 + one, one) for one in range(number)) + b" "
    return (
        Pdf(data=pdf()).put({8: stream(head + body + b"%", b"/Type/ObjStm/N %d/First %d" % (number, len(head)))}).data
    )


def many_tables(number: int) -> bytes:
    data = Pdf().put(plain() | {7: b" " * number}).table().data
    place = data.rindex(b"xref\n0 1")
    return data + b"".join(b"startxref\n%d\n" % (place - one % 5) for one in range(number))


@pytest.mark.parametrize(
    "make",
    [
        partial(lines, b"1 0 obj<<"),
        partial(lines, b"1 0 obj("),
        partial(lines, b"1 0 obj<</Length 9>>stream\n"),
        partial(lines, b"1 0 obj<</A(b)/C 1 0 R>>endobj\n"),
        partial(lines, b"1%1%1\n"),
        partial(lines, b"1 " * 8),
        partial(lines, b"startxref\n9\n"),
        partial(lines, b"[[[[[["),
        same_places,
        packed_in_each_other,
        many_tables,
    ],
)
def test_a_document_is_read_in_linear_time(make: Callable[[int], bytes]) -> None:
    small, large = (make(number) for number in (4_000, 32_000))
    assert grows_no_faster(lambda: read_layout(small), lambda: read_layout(large), spare=0.3)
    assert costs_at_most(1 + 2 * len(large) / 1_000_000, lambda: read_layout(large))
