"""Do all readers of a signed document find the same parts in it, and none of them one for which nothing answers?"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage
from provenance.formats import read_layout
from provenance.formats.markup.references import References
from provenance.formats.zip import zip_directory
from provenance.formats.zip.office import count
from tests.provenance.by_hand import STORE, measured, named, stored, whats
from tests.support.authority import make_root, make_signer, sign
from tests.support.effort import grows_no_faster
from tests.support.media.crafting import sha256
from tests.support.media.forms import DOCUMENTS, FORMS

MANIFEST = b"META-INF/content_credential.c2pa"
FOLDER = b"META-INF/"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part, both of its headers to be written as asked."""

    name: bytes
    content: bytes = b""
    method: int = 0
    flags: int = 0
    extra: bytes = b""
    """In the local header."""
    more: bytes = b""
    """Extra fields in the record."""
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    """What the local header says instead."""
    record: Mapping[str, int | bytes] = field(default_factory=dict)
    behind: bytes = b""
    """Behind the part: a descriptor, or anything else."""

    @property
    def packed(self) -> bytes:
        if not self.method:
            return self.content
        packing = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packing.compress(self.content) + packing.flush()

    def fields(self, other: Mapping[str, int | bytes]) -> tuple[bytes, bytes]:
        """What both headers say, and the name."""
        values: dict[str, int | bytes] = {
            "version": 20, "flags": self.flags, "method": self.method, "time": 0, "date": 33,
            "checksum": zlib.crc32(self.content), "size": len(self.packed), "full": len(self.content),
            "name": self.name, "length": len(self.name),
        } | dict(other)  # fmt: skip
        numbers = [values[name] for name in ("version", "flags", "method", "time", "date", "checksum", "size", "full")]
        name = values["name"]
        assert isinstance(name, bytes)
        length = len(name) if "name" in other and "length" not in other else values["length"]
        return struct.pack("<HHHHHIIIH", *numbers, length), name

    def header(self) -> bytes:
        fields, name = self.fields(self.local)
        return b"PK\3\4" + fields + struct.pack("<H", len(self.extra)) + name + self.extra

    def entry(self, place: int) -> bytes:
        fields, name = self.fields(self.record)
        rest = struct.pack("<HHHHII", len(self.more), 0, 0, 0, 0, int(self.record.get("place", place)))
        return b"PK\1\2" + struct.pack("<H", 20) + fields + rest + name + self.more


def pack(
    parts: Sequence[Part], *, before: bytes = b"", gap: bytes = b"", old: bool = False, **end: int | bytes
) -> bytes:
    """An archive; with `old` the directory of the parts before the manifest's stands there too, as writers leave it."""
    whole, places = bytearray(before), list[int]()
    for number, part in enumerate(parts):
        if old and part.name == FOLDER:
            whole += b"".join(one.entry(place) for one, place in zip(parts[:number], places, strict=True))
        places.append(len(whole))
        whole += part.header() + part.packed + part.behind
    whole += gap
    start = len(whole)
    whole += b"".join(part.entry(place) for part, place in zip(parts, places, strict=True))
    values: dict[str, int | bytes] = {
        "disk": 0, "here": len(parts), "count": len(parts), "size": len(whole) - start, "start": start, "comment": b"",
    } | end  # fmt: skip
    comment = values["comment"]
    assert isinstance(comment, bytes)
    numbers = [values[name] for name in ("disk", "here", "count", "size", "start")]
    record = struct.pack("<HHHHIIH", numbers[0], 0, *numbers[1:], end.get("length", len(comment)))
    return bytes(whole) + b"PK\5\6" + record + comment


TEXTS = (Part(name=b"one", content=b"first"), Part(name=b"folder/two", content=b"second" * 20, method=8))
SIGNED = (Part(name=FOLDER), Part(name=MANIFEST, content=STORE))
PLAIN = (*TEXTS, *SIGNED)


def cover(data: bytes, *names: bytes) -> Coverage:
    """What a collection hash covers, over all parts but the manifest's and folders, or those named."""
    directory = zip_directory(data)
    listed = names or [e.name for e in directory.entries if not e.name.endswith(b"/") and e.name != MANIFEST]
    parts = {entry.name: data[entry.start : entry.end] for entry in directory.entries}
    checksum = directory.manifest_checksum or (directory.end, directory.end)
    hashed = data[directory.start : checksum[0]] + data[checksum[1] : directory.end]
    content = {
        "alg": "sha256",
        "uris": [{"uri": name.decode(), "hash": sha256(parts[name])} for name in dict.fromkeys(listed)],
        "zip_central_directory_hash": sha256(hashed),
    }
    return measured("c2pa.hash.collection.data", content, data)


def changed(part: Part, **more: object) -> tuple[Part, ...]:
    """The plain archive with one part in the place of the one of its name."""
    return tuple(replace(part, **more) if one.name == part.name else one for one in PLAIN)  # type: ignore[arg-type]


@pytest.mark.parametrize("old", [False, True])
def test_a_document_beside_its_manifest_is_covered(*, old: bool) -> None:
    data = pack(PLAIN, old=old)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
    found = cover(data)
    assert named(found) == ["integrity.coverage.full"]
    assert (found.is_whole, found.media_share) == (True, 1.0)


@pytest.mark.parametrize("media_type", DOCUMENTS)
def test_a_document_as_the_engine_signs_it_has_no_doubts(media_type: str) -> None:
    signer = make_signer(make_root())
    layout = read_layout(sign(signer, FORMS[media_type](), media_type=media_type))
    assert (len(layout.stores), layout.doubts, layout.complete) == (1, (), True)
    assert {region.kind.value for region in layout.regions} == {"manifest", "media", "structure"}


def test_a_manifest_that_an_engine_left_behind_when_it_signed_again_is_not_harmless() -> None:
    signer, media_type = make_signer(make_root()), DOCUMENTS[0]
    once = sign(signer, FORMS[media_type](), media_type=media_type)
    layout = read_layout(sign(signer, once, media_type=media_type))
    assert len(layout.stores) == 1
    assert sum(r.end - r.start for r in layout.regions if r.name == "between") > 10_000


DESCRIBED = {"checksum": 0, "size": 0, "full": 0}


def described(content: bytes, *, mark: bytes = b"PK\7\x08", form: str = "<III", checksum: int = 0) -> bytes:
    return mark + struct.pack(form, zlib.crc32(content) ^ checksum, len(content), len(content))


@pytest.mark.parametrize(
    "part",
    [
        Part(name=b"one", content=b"first", flags=8, local=DESCRIBED, behind=described(b"first")),
        Part(name=b"one", content=b"first", flags=8, local=DESCRIBED, behind=described(b"first", mark=b"")),
        Part(name=b"one", content=b"first", flags=8, behind=described(b"first")),
        Part(name=b"one", content=b"first", flags=2, local={"flags": 6, "version": 10, "time": 9}),
        Part(name=b"one", content=b"first", extra=b"\x55\x54\5\0\1abcd", more=b"\x55\x54\1\0\1"),
        Part(name=b"one", content=b"first", extra=struct.pack("<HHB", 0x7075, 8, 1) + b"\0\0\0\0one"),
    ],
)
def test_parts_as_writers_make_them_are_covered(part: Part) -> None:
    assert named(cover(pack(changed(part)))) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "part",
    [
        Part(name=b"one", content=b"first", local={"name": b"two"}),
        Part(name=b"one", content=b"first", local={"name": b"One"}),
        Part(name=b"one", content=b"first", local={"method": 8}),
        Part(name=b"one", content=b"first", local={"flags": 1}),
        Part(name=b"one", content=b"first", local={"flags": 0x800}),
        Part(name=b"one", content=b"first", local={"checksum": 1}),
        Part(name=b"one", content=b"first", local={"size": 4}),
        Part(name=b"one", content=b"first", local={"full": 4}),
        Part(name=b"one", content=b"first", flags=0x2000),
        Part(name=b"one", content=b"first", extra=struct.pack("<HHB", 0x7075, 8, 1) + b"\0\0\0\0two"),
        Part(name=b"one", content=b"first", more=struct.pack("<HHB", 0x7075, 8, 1) + b"\0\0\0\0two"),
        Part(name=b"one", content=b"first", extra=struct.pack("<HHQHHQ", 1, 8, 5, 1, 8, 6)),
        Part(name=b"one", content=b"first", flags=8, local=DESCRIBED, behind=described(b"first", checksum=1)),
        Part(name=b"one", content=b"first", flags=8, local=DESCRIBED, behind=described(b"firs")),
        Part(name=b"one", content=b"first", flags=8, local=DESCRIBED | {"size": 3}, behind=described(b"first")),
    ],
)
def test_a_part_whose_headers_differ_does_not_pass(part: Part) -> None:
    found = cover(pack(changed(part)))
    assert "parts whose two headers differ" in whats(found)
    assert "integrity.tables" in named(found)


@pytest.mark.parametrize(
    "name",
    [
        b"one",
        b"ONE",
        b"./one",
        b"/one",
        b"folder/../one/.",
        b"one.",
        b"\xef\xbd\x8fne",
        b"one\0.txt",
        b"folder\\two",
        b"folder//two",
    ],
)
def test_two_parts_under_names_that_some_reader_holds_for_one_do_not_pass(name: bytes) -> None:
    found = cover(pack((*TEXTS, Part(name=name, content=b"other"), *SIGNED)), *{b"one", b"folder/two"} - {name})
    assert ("parts that some readers hold for the same" in whats(found)) is (b".." not in name)


@pytest.mark.parametrize(
    ("end", "what"),
    [
        ({"disk": 1}, "an archive on several disks"),
        ({"here": 3}, "an archive on several disks"),
        ({"size": 9}, "a directory that does not end where its end record begins"),
        ({"comment": b"PK\5\6" + bytes(18)}, "a directory that does not end where its end record begins"),
        ({"length": 5}, "more than one end record, or none at the end"),
        ({"comment": b"words", "length": 0}, "more than one end record, or none at the end"),
    ],
)
def test_an_end_record_that_can_be_read_in_two_ways_does_not_pass(end: dict[str, int | bytes], what: str) -> None:
    layout = read_layout(pack(PLAIN, **end))
    assert what in [doubt.what for doubt in layout.doubts] or not layout.complete
    assert "integrity.tables" in [doubt.code for doubt in layout.doubts]


def test_an_end_record_inside_the_directory_does_not_pass() -> None:
    layout = read_layout(pack(changed(Part(name=b"one", content=b"first", more=b"\x55\x54\x16\0PK\5\6" + bytes(18)))))
    assert "more than one end record, or none at the end" in [doubt.what for doubt in layout.doubts]


def test_a_comment_is_no_matter() -> None:
    assert named(cover(pack(PLAIN, comment=b"packed by hand"))) == ["integrity.coverage.full"]


@pytest.mark.parametrize("at", [24, 32, 40, 48])
def test_end_records_that_differ_do_not_pass(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name in ("one", "two"):
            file.writestr(zipfile.ZipInfo(name), name)
    data = bytearray(output.getvalue())
    record = data.index(b"PK\6\6")
    end = data.index(b"PK\5\6")
    assert not read_layout(bytes(data)).doubts
    # The plain record says all of it too, and something else.
    data[end + 8 : end + 20] = struct.pack("<HHII", 2, 2, record - data.index(b"PK\1\2"), data.index(b"PK\1\2"))
    assert not read_layout(bytes(data)).doubts
    data[record + at] ^= 1
    assert read_layout(bytes(data)).doubts


def test_bytes_before_and_between_the_parts_do_not_pass() -> None:
    for options in ({"before": b"PK\3\4"}, {"gap": b"x"}):
        data = pack(PLAIN, **options)  # type: ignore[arg-type]
        assert "integrity.tables" in named(cover(data))
        assert "integrity.coverage.other_excluded" in named(cover(data))


def test_a_part_that_only_readers_of_headers_come_to_does_not_pass() -> None:
    for hidden in (Part(name=b"one", content=b"other"), Part(name=b"three", content=b"other")):
        data = pack(PLAIN, gap=hidden.header() + hidden.packed)
        assert "parts that only some readers come to" in whats(cover(data))


def test_parts_behind_an_old_directory_do_not_pass() -> None:
    data = pack((TEXTS[0], *SIGNED, TEXTS[1]), old=True)
    assert "parts that only some readers come to" in whats(cover(data))


def test_parts_that_overlap_do_not_pass() -> None:
    data = pack(changed(Part(name=b"one", content=b"first", record={"size": 9})))
    assert {"parts that overlap", "parts whose two headers differ"} <= set(whats(cover(data)))


def test_parts_that_overlap_are_not_hashed_again_and_again() -> None:
    inner = Part(name=b"a", content=b"x" * 100)
    data = pack([inner, *(Part(name=b"%d" % number, record={"place": 0, "size": 100}) for number in range(9))])
    directory = zip_directory(data)
    parts = {entry.name: data[entry.start : entry.end] for entry in directory.entries}
    uris = [{"uri": name.decode(), "hash": sha256(part)} for name, part in parts.items()]
    assert measured("c2pa.hash.collection.data", {"alg": "sha256", "uris": uris}, data).match is Match.MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {"local": {"version": 21}},
        {"local": {"flags": 8}},
        {"local": {"method": 8}},
        {"local": {"time": 1}},
        {"local": {"checksum": 1}},
        {"local": {"size": 1}},
        {"local": {"full": 1}},
        {"local": {"name": b"META-INF/content_credential.c2pb"}},
        {"extra": b"\x55\x54\1\0\1"},
        {"local": {"checksum": 7}, "record": {"checksum": 7}},
        {"behind": b"x", "flags": 0},
    ],
)
def test_a_header_of_the_manifest_that_no_writer_makes_is_foreign(change: dict[str, object]) -> None:
    found = cover(pack(changed(SIGNED[1], **change)))
    if "behind" in change:
        assert "integrity.coverage.other_excluded" in named(found)
    else:
        assert "integrity.store.foreign" in named(found)


def test_what_follows_the_store_in_its_part_is_foreign_unless_it_is_nothing() -> None:
    for tail, code in ((b"\0" * 9, "integrity.coverage.full"), (b"hidden", "integrity.store.foreign")):
        assert code in named(cover(pack(changed(SIGNED[1], content=STORE + tail))))


def test_a_manifest_that_is_packed_is_of_another_form() -> None:
    data = pack(changed(SIGNED[1], method=8))
    assert not read_layout(data).stores
    assert "integrity.coverage.other_excluded" in named(cover(data))


@pytest.mark.parametrize("mark", [b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\7\x08"])
def test_parts_inside_the_store_do_not_pass(mark: bytes) -> None:
    held = stored(("c2pa.x", {"a": mark + bytes(30)}))
    assert "parts inside the Content Credentials" in whats(cover(pack(changed(SIGNED[1], content=held))))


def test_two_manifests_are_told() -> None:
    found = cover(pack((*PLAIN, SIGNED[1])), b"one", b"folder/two")
    assert "integrity.stores.multiple" in found.codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "integrity.coverage.full"),
        ({"local": {"version": 10, "time": 4}}, "integrity.coverage.full"),
        ({"extra": b"\xfe\xca\0\0"}, "integrity.coverage.full"),
        ({"extra": b"\x55\x54\5\0\1abcd"}, "integrity.coverage.full"),
        ({"local": {"length": 200}}, "integrity.tables"),
        ({"local": {"name": b"META-INF/x"}}, "integrity.tables"),
        ({"local": {"size": 100, "full": 100}}, "integrity.tables"),
        ({"extra": b"\x99\x99\5\0words"}, "integrity.coverage.other_excluded"),
        ({"extra": b"\x55\x54\x50\0" + b"w" * 80}, "integrity.coverage.other_excluded"),
        ({"extra": b"\x55\x54\x50\0"}, "integrity.coverage.other_excluded"),
    ],
)
def test_an_unsigned_header_of_a_folder_has_room_for_nothing(change: dict[str, object], code: str) -> None:
    assert code in named(cover(pack(changed(SIGNED[0], **change))))


def test_a_name_that_is_too_long_hides_what_follows_and_does_not_pass() -> None:
    honest = pack(PLAIN, old=True)
    at = honest.index(b"PK\3\4", honest.index(TEXTS[1].packed)) + 26
    for length in (9 + 30 + len(MANIFEST), 0x7FFF):
        forged = honest[:at] + struct.pack("<H", length) + honest[at + 2 :]
        layout = read_layout(forged)
        assert "integrity.tables" in [doubt.code for doubt in layout.doubts]


def office(**parts: bytes) -> bytes:
    named_parts = {b"[Content_Types].xml": b"<Types/>"} | {
        name.replace("__", "/").replace("_dot_", ".").encode(): content for name, content in parts.items()
    }
    return pack([*(Part(name=name, content=c, method=8) for name, c in named_parts.items()), *SIGNED])


def relation(kind: str, mode: str = "External") -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    one = f'<Relationship Type="{space}{kind}" Target="http://a" TargetMode="{mode}"/>'
    return f"<Relationships>{one}</Relationships>".encode()


@pytest.mark.parametrize(
    ("kind", "what"),
    [("image", "images"), ("attachedTemplate", "templates"), ("oleObject", "objects"), ("frame", "pages in a window"),
     ("subDocument", "other documents"), ("somethingNew", "other things")],
)  # fmt: skip
def test_what_an_office_document_fetches_is_counted_and_does_not_pass(kind: str, what: str) -> None:
    found = cover(office(word___rels__document_dot_xml_dot_rels=relation(kind)))
    assert [(doubt.code, doubt.what, doubt.number) for doubt in found.doubts] == [
        ("integrity.references.outside", what, 1)
    ]


def test_links_and_parts_of_a_document_change_nothing() -> None:
    for rels, number in ((relation("hyperlink"), 1), (relation("image", "Internal"), 0)):
        found = cover(office(word___rels__document_dot_xml_dot_rels=rels))
        assert named(found)[-1] == "integrity.coverage.full"
        assert [doubt.number for doubt in found.doubts] == [1] * number


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_relations_are_read_in_every_encoding_that_office_documents_have(encoding: str) -> None:
    text = ('<?xml version="1.0" encoding="utf-16"?>' + relation("image").decode()).encode(encoding)
    text = text if encoding == "utf-16" else b"\xfe\xff" + text
    assert "integrity.references.outside" in named(cover(office(word___rels__a_dot_rels=text)))
    other = b'<?xml version="1.0" encoding="IBM037"?>' + relation("image", "Internal")
    assert "integrity.tables" in named(cover(office(word___rels__a_dot_rels=other)))


@pytest.mark.parametrize(
    "name", ["word__vbaProject_dot_bin", "xl__vbaProject_dot_bin", "word__activeX__activeX1_dot_xml"]
)
def test_macros_and_controls_are_programs(name: str) -> None:
    assert named(cover(office(**{name: b"x"}))) == ["integrity.script"]


@pytest.mark.parametrize("field", ["INCLUDEPICTURE", "DDEAUTO", "link"])
def test_fields_that_are_filled_from_elsewhere_do_not_pass(field: str) -> None:
    for form in ("<w:instrText xml:space='preserve'> {} http://a</w:instrText>", '<w:fldSimple w:instr="{} x"/>'):
        found = cover(office(word__document_dot_xml=form.format(field).encode()))
        assert whats(found) == ["fields"]
    assert not cover(office(word__document_dot_xml=b"<w:t>LINK</w:t>")).doubts


def run(text: bytes) -> bytes:
    return b"<w:r><w:instrText>" + text + b"</w:instrText></w:r>"


def mark(kind: bytes) -> bytes:
    return b'<w:r><w:fldChar w:fldCharType="' + kind + b'"/></w:r>'


BEGIN, SEPARATE, END = mark(b"begin"), mark(b"separate"), mark(b"end")
UNREAD = "fields that cannot be read"
PICTURE = b'INCLUDEPICTURE "http://a"'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (BEGIN + run(b"INCLUDE") + run(b'PICTURE "a"') + END, ["fields"]),
        (BEGIN + run(b" ") + b"<w:p/>" + run(b"I") + run(b"NCLUDETEXT a") + SEPARATE + END, ["fields"]),
        (BEGIN + run(b"I&#78;CLUDEPICTURE a") + END, ["fields"]),
        (BEGIN + run(PICTURE), ["fields"]),
        (BEGIN + run(b"RD a") + END, ["fields"]),
        (BEGIN + run(b" " * 300) + run(b"LINK a") + END, ["fields"]),
        (run(b"DD") + run(b"E a b"), ["fields"]),
        (b'<w:fldSimple w:instr="&#73;NCLUDEPICTURE a"/>', ["fields"]),
        (b"<w:fldSimple w:dirty='a>b' w:instr='LINK a'/>", ["fields"]),
        (BEGIN + run(b"IF ") + BEGIN + run(PICTURE) + END + run(b"= 1") + END, ["fields"]),
        (BEGIN + run(b"INC") + BEGIN + run(b"QUOTE LUDE") + END + run(b"PICTURE a") + END, [UNREAD]),
        (BEGIN + BEGIN + run(b"QUOTE LINK") + END + run(b" a") + END, [UNREAD]),
        (BEGIN + run(b"INC<!-- -->LUDEPICTURE a") + END, [UNREAD]),
        (BEGIN + run(b"<![CDATA[INCLUDEPICTURE a]]>") + END, [UNREAD]),
        (BEGIN + run(b"INC<?a?>LUDEPICTURE a") + END, [UNREAD]),
        (BEGIN + run(b"PAGE") + SEPARATE + b"<w:t>LINK</w:t>" + END, []),
        (BEGIN + run(b"TOC \\o") + SEPARATE + BEGIN + run(b"PAGEREF a") + END + END, []),
        (BEGIN + run(b"HYPERLINK ") + run(b"LINK") + END, []),
        (BEGIN + run(b"IF ") + BEGIN + run(b"MERGEFIELD a") + END + run(b" = 1 LINK") + END, []),
    ],
)  # fmt: skip
def test_a_field_is_put_together_from_its_runs(content: bytes, what: list[str]) -> None:
    for name in ("word__document_dot_xml", "elsewhere__main_dot_xml"):
        assert whats(cover(office(**{name: content}))) == what


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        (b'_xlfn.IMAGE("http://a")', ["formulas"]),
        (b'IF(A1, _xlfn._xlws.WEBSERVICE ("http://a"), 1)', ["formulas"]),
        (b'webs&#101;rvice("http://a")', ["formulas"]),
        (b'RTD("a",,"b")', ["formulas"]),
        (b"cmd|'/c calc'!A0", ["other documents"]),
        (b"'cmd'|b!A0", ["other documents"]),
        (b"'http://a/[b.xlsx]c'!A1", ["other documents"]),
        (b"cmd&#124;b!A0", ["other documents"]),
        (b"S<!-- -->UM(A1)", ["formulas that cannot be read"]),
        (b'"IMAGE(" &amp; "a|b" &amp; "it\'s"', []),
        (b"SUM('a|b'!A1, B2/2)", []),
        (b"MYIMAGE(A1)", []),
        (b"SUM(A1:A9)", []),
    ],
)
@pytest.mark.parametrize(
    "around",
    [b"<c><f t='shared'>%s</f></c>", b"<x:f>%s</x:f>", b"<definedName name='a'>%s</definedName>",
     b"<formula1>%s</formula1>",
     b"<calculatedColumnFormula>%s</calculatedColumnFormula>"],
)  # fmt: skip
def test_formulas_that_are_filled_from_elsewhere_do_not_pass(formula: bytes, what: list[str], around: bytes) -> None:
    content = b"<?xml version='1.0'?><x>" + around.replace(b"%s", formula) + b"</x>"
    assert whats(cover(office(xl__worksheets__sheet1_dot_xml=content))) == what


def test_words_in_cells_are_no_formulas() -> None:
    assert not cover(office(xl__sharedStrings_dot_xml=b"<si><t>IMAGE(a) | LINK</t></si>")).doubts


def test_a_link_to_another_program_is_another_document() -> None:
    content = b"<externalLink><ddeLink ddeService='cmd' ddeTopic='a'/></externalLink>"
    assert whats(cover(office(xl__externalLinks__externalLink1_dot_xml=content))) == ["other documents"]


@pytest.mark.parametrize(
    "unit",
    [
        BEGIN,
        END,
        run(b"a"),
        BEGIN + run(b"a"),
        b"<f>",
        b"<f '",
        b"<f>'</f>",
        b'<f>"</f>',
        b"<w:instrText ",
        b"instr",
        b"<!",
    ],
)
def test_any_part_is_read_in_linear_time(unit: bytes) -> None:
    small, large = (BEGIN + unit * (size // len(unit)) for size in (50_000, 400_000))
    assert grows_no_faster(lambda: count(small, References()), lambda: count(large, References()))


def test_a_query_of_a_table_is_data_from_elsewhere() -> None:
    assert whats(cover(office(xl__connections_dot_xml=b"<x/>"))) == ["data"]


def open_document(content: bytes) -> bytes:
    kind = Part(name=b"mimetype", content=b"application/vnd.oasis.opendocument.text")
    spaces = b" ".join(
        b'xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (name, name)
        for name in (b"office", b"text", b"draw", b"script", b"presentation")
    )
    body = b"<office:document-content " + spaces + b' xmlns:xlink="http://www.w3.org/1999/xlink">' + content
    return pack([kind, Part(name=b"content.xml", content=body + b"</office:document-content>", method=8), *SIGNED])


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b'<draw:image xlink:href="Pictures/a.png"/><draw:object xlink:href="./Object 1"/>', []),
        (b'<text:a xlink:href="http://a">b</text:a>', ["integrity.references.listed"]),
        (b'<draw:image xlink:href="http://a"/>', ["integrity.references.outside"]),
        (b'<draw:image xlink:href="../a.png"/>', ["integrity.references.outside"]),
        (b'<text:section><text:section-source xlink:href="/a.odt"/></text:section>', ["integrity.references.outside"]),
        (b'<script:event-listener script:language="ooo:script" xlink:href="vnd.sun.star.script:a"/>',
         ["integrity.script", "integrity.references.outside"]),
        (b"<office:scripts/>", []),
        (b"<s:event-listener xmlns:s='urn:oasis:names:tc:opendocument:xmlns:script:1.0'/>", ["integrity.script"]),
    ],
)  # fmt: skip
def test_what_an_open_document_leads_to_is_told(content: bytes, codes: list[str]) -> None:
    found = cover(open_document(content))
    assert [code for code in named(found) if "coverage" not in code] == codes


def book(**parts: bytes) -> bytes:
    kind = Part(name=b"mimetype", content=b"application/epub+zip")
    rest = [Part(name=name.replace("_dot_", ".").encode(), content=c, method=8) for name, c in parts.items()]
    return pack([kind, *rest, *SIGNED])


OUTSIDE = "integrity.references.outside"
PAGE = b'<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head>%s</head><body>%s</body></html>'


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (book(a_dot_xhtml=PAGE % (b'<link rel="stylesheet" href="b.css"/>', b'<img src="c.png"/><br>&nbsp;')), []),
        (book(a_dot_xhtml=PAGE % (b"", b'<a href="http://a">b</a>')), ["integrity.references.listed"]),
        (book(a_dot_xhtml=PAGE % (b"", b'<img src="https://a"/>')), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<style>@import '//a'</style>", b"")), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<style>@imp&#111;rt '//a'</style>", b"")), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<style>&commat;import '//a'</style>", b"")), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<style>@imp<![CDATA[ort '//a']]></style>", b"")), [OUTSIDE]),
        (book(a_dot_xhtml=PAGE % (b"<style>@import 'a.css'</style>", b"")), []),
        (book(a_dot_css=b"@charset '/*';@import '//a';/**/"), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<style>@import 'data:text/css,a'</style>", b"")), ["integrity.tables"]),
        (book(a_dot_xhtml=PAGE % (b"<style type=text/css>@import '//a'</style>", b"")), ["integrity.tables"]),
        (book(a_dot_xhtml=b"<?xml-stylesheet href='a.css'?>" + PAGE % (b"", b"")), []),
        (book(a_dot_xhtml=b"<?xml-stylesheet href='//a'?>" + PAGE % (b"", b"")), ["integrity.references.outside"]),
        (book(a_dot_xhtml=PAGE % (b"<script>x</script>", b"")), ["integrity.script"]),
        (book(a_dot_css=b"@font-face{src:url(https://a)}"), ["integrity.references.outside"]),
        (book(a_dot_css=b"@font-face{src:url(../a.woff)}"), []),
        (book(a_dot_opf=b'<package><item href="https://a"/></package>'), ["integrity.references.outside"]),
        (book(a_dot_opf=b'<package><metadata><link href="https://a"/></metadata></package>'),
         ["integrity.references.listed"]),
        (book(a_dot_svg=b'<svg xmlns="http://www.w3.org/2000/svg"><image href="//a"/></svg>'),
         ["integrity.references.outside"]),
    ],
)  # fmt: skip
def test_what_a_book_leads_to_is_told(data: bytes, codes: list[str]) -> None:
    assert [code for code in named(cover(data)) if "coverage" not in code] == codes


@pytest.mark.parametrize(
    ("part", "what"),
    [
        (Part(name=b"a.rels", content=relation("image"), method=12), "parts that cannot be unpacked"),
        (Part(name=b"a.rels", content=relation("image"), flags=1), "parts that cannot be unpacked"),
        (Part(name=b"a.rels", content=b" " * 20_000_000, method=8), "parts that cannot be unpacked"),
    ],
)
def test_a_part_that_cannot_be_looked_into_does_not_pass(part: Part, what: str) -> None:
    data = pack([Part(name=b"[Content_Types].xml", content=b"<Types/>"), part, *SIGNED])
    assert what in [doubt.what for doubt in read_layout(data).doubts]


def test_an_archive_of_no_known_family_is_only_its_parts() -> None:
    data = pack((Part(name=b"a.html", content=b"<script/>"), *SIGNED))
    assert named(cover(data)) == ["integrity.coverage.full"]


def many_gaps(number: int) -> bytes:
    return pack([Part(name=b"%d" % one, behind=b"PK\1\2" + bytes(50)) for one in range(number)])


def many_manifests(number: int) -> bytes:
    return pack([Part(name=MANIFEST, content=STORE) for _ in range(number)])


def many_headers_in_one(number: int) -> bytes:
    parts = [Part(name=b"%d" % one, extra=b"", local={"length": 60_000}) for one in range(number)]
    return pack([*parts, Part(name=b"x", content=bytes(60_000))])


def many_parts_in_one(number: int) -> bytes:
    inner = Part(name=b"a.rels", content=b"<x>" * 60_000, method=8)
    same = [
        Part(name=b"%d.rels" % one, method=8, record={"place": 0, "size": len(inner.packed)}) for one in range(number)
    ]
    return pack([inner, Part(name=b"[Content_Types].xml"), *same])


@pytest.mark.parametrize("make", [many_gaps, many_manifests, many_headers_in_one, many_parts_in_one])
def test_an_archive_is_read_in_linear_time(make: Callable[[int], bytes]) -> None:
    small, large = (make(number) for number in (1_000, 8_000))
    assert grows_no_faster(lambda: read_layout(small), lambda: read_layout(large), spare=0.3)
