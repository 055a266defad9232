"""Does `check` pass a signed file, fail an altered one and call an unsigned one absent, in every format it claims?

The table of formats in the manual is held to what is found here: what cannot be checked in a format must be said.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from provenance.credentials.store.hidden import Hidden, find_hidden
from provenance.formats import read_layout
from provenance.formats.parts import Kind
from provenance.formats.stores import places as store_places
from tests.fuzz.seeds import LARGER
from tests.support.attacks import CAMERA, LISTED, ROOT, examine
from tests.support.authority import sign
from tests.support.command import AT, Command
from tests.support.media.forms import DOCUMENTS, FORMS
from tests.support.media.streams import signed_stream
from vouchmark.render.json import dumps
from vouchmark.report import Line, Status

NAMES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "HEIC": "image/heic",
    "HEIF": "image/heif",
    "TIFF": "image/tiff",
    "DNG": "image/x-adobe-dng",
    "JPEG XL": "image/jxl",
    "SVG": "image/svg+xml",
    "MP4": "video/mp4",
    "MOV": "video/quicktime",
    "AVI": "video/x-msvideo",
    "M4A": "audio/mp4",
    "MP3": "audio/mpeg",
    "WAV": "audio/wav",
    "FLAC": "audio/flac",
    "PDF": "application/pdf",
    "DOCX and its family": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "EPUB": "application/epub+zip",
    "ODT and its family": "application/vnd.oasis.opendocument.text",
}
"""Formats by the manual's names; fragmented MP4 stands in `test_fragments.py`."""


def plain(media_type: str) -> bytes:
    return LARGER.get(media_type, FORMS[media_type])()


def altered(data: bytes, media_type: str) -> bytes:
    """One bit in the middle of the largest piece of media."""
    region = max(read_layout(data, media_type).of_kind(Kind.MEDIA), key=lambda one: one.end - one.start)
    place = (region.start + region.end) // 2
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the command says of a signed, an altered and an unsigned file of each format, by the file's name."""
    folder = tmp_path_factory.mktemp("formats")
    run = Command(folder=folder, home=folder / "home")
    (folder / "root.pem").write_text(ROOT.pem)
    names = []
    for number, media_type in enumerate(NAMES.values()):
        bare = plain(media_type)
        whole = sign(CAMERA, bare, media_type=media_type)
        for kind, data in (("signed", whole), ("altered", altered(whole, media_type)), ("unsigned", bare)):
            names.append(f"{kind}-{number}")
            (folder / names[-1]).write_bytes(data)
    done = run("check", *names, "--no-default-trust", "--trust", "root.pem", "--at", AT, "--format", "json")
    assert (done.code, done.stderr) == (1, "")
    return {report["media"]["name"]: report for report in json.loads(done.stdout)}


@pytest.mark.parametrize("number", range(len(NAMES)), ids=list(NAMES))
class TestEveryFormat:
    def test_a_signed_file_passes_and_all_of_its_media_is_covered(self, number: int, found: Mapping[str, Any]) -> None:
        report = found[f"signed-{number}"]
        assert report["media"]["type"] == list(NAMES.values())[number]
        lines = report["evidence"]
        assert (lines["integrity"]["status"], lines["signer"]["status"]) == ("pass", "pass")
        (full,) = [one for one in lines["integrity"]["findings"] if one["code"] == "integrity.coverage.full"]
        assert full["detail"]["media"] == full["detail"]["media_covered"] > 0

    def test_an_altered_file_fails(self, number: int, found: Mapping[str, Any]) -> None:
        report = found[f"altered-{number}"]
        assert report["evidence"]["integrity"]["status"] == "fail"
        codes = {one["code"] for one in report["evidence"]["integrity"]["findings"]}
        assert {code for code in codes if code.endswith("Hash.mismatch")}
        assert report["evidence"]["integrity"]["summary"].startswith("These are not the bytes that were signed")

    def test_an_unsigned_file_is_absent_and_nothing_follows(self, number: int, found: Mapping[str, Any]) -> None:
        report = found[f"unsigned-{number}"]
        assert report["evidence"]["integrity"]["status"] == "absent"
        assert report["evidence"]["signer"]["status"] == "absent"
        assert not any(line["status"] == "fail" for line in report["evidence"].values())


def rows() -> dict[str, list[str]]:
    """The manual's table of formats."""
    text = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    table = text.split("<!-- formats -->")[1].split("<!-- end -->")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "|" in line]
    return {row[0]: row[1:] for row in cells[2:]}


class TestTheTable:
    def test_it_names_every_format_and_no_other(self) -> None:
        assert list(rows()) == [*NAMES, "fragmented MP4"]

    def test_it_says_where_both_verifiers_agree(self, found: Mapping[str, Any]) -> None:
        for number, name in enumerate(NAMES):
            agree = found[f"signed-{number}"]["evidence"]["engines"]["status"] == "pass"
            assert rows()[name][0] == ("both" if agree else "they disagree"), name
        first, fragments = signed_stream(CAMERA, (b"a" * 50, b"b" * 50))
        agree = examine(first, fragments=fragments).evidence[Line.ENGINES].status is Status.PASS
        assert rows()["fragmented MP4"][0] == ("both" if agree else "they disagree")

    def test_it_leaves_out_what_the_report_says_that_it_left_out(self, found: Mapping[str, Any]) -> None:
        every = {gap["what"] for gap in found["signed-0"]["not_checked"]}
        for number, (name, media_type) in enumerate(NAMES.items()):
            report = found[f"signed-{number}"]
            own = [gap["what"] for gap in report["not_checked"] if gap["what"] not in every]
            own = ["unsigned metadata" if what == f"metadata of {media_type}" else what for what in own]
            assert "; ".join(own) == rows()[name][1], name
            measured = report["media"]["width"] is not None
            assert measured is ("size of the picture" not in rows()[name][1]) or not media_type.startswith("image/")

    def test_what_a_row_leaves_out_is_said_in_the_report_too(self) -> None:
        first, fragments = signed_stream(CAMERA, (b"a" * 50, b"b" * 50))
        assert "fragments" in rows()["fragmented MP4"][1]
        for given in ((), fragments[:1]):
            report = examine(first, fragments=given)
            assert re.search(r"fragments", dumps(report)), given


MARKS: Final = {
    "APP11 segments": b"\xff\xeb",
    "chunk `caBX`": b"caBX",
    "ID3 frame `GEOB` of type `application/c2pa`": b"GEOB",
    "tag 52545": struct.pack("<H", 52_545),
    "application extension `C2PA_GIF`": b"C2PA_GIF",
    "chunk `C2PA`": b"C2PA",
    "box `jumb`": b"jumb",
    "element `c2pa:manifest` in `metadata`, as base64": b"<c2pa:manifest",
    "embedded file stream": b"/C2PA_Manifest",
    "box `uuid` d8fec3d6-1b0e-483c-9297-5828877ec481": bytes.fromhex("d8fec3d61b0e483c92975828877ec481"),
    "part `META-INF/content_credential.c2pa`": b"META-INF/content_credential.c2pa",
}
"""What a signed file has and its unsigned one has not, by its store's place in the table."""


class TestThePlacesOfStores:
    def test_the_table_is_what_the_code_prints(self) -> None:
        text = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
        assert text.split("<!-- stores -->\n")[1].split("<!-- end -->")[0] == store_places.markdown()

    def test_every_format_has_one_place(self) -> None:
        named = [name for one in store_places.PLACES for name in one.formats]
        texts = {store_places.TEXT, store_places.STRUCTURED, store_places.PAGE, store_places.FONT, store_places.OGG}
        assert sorted(set(named) - texts) == sorted(NAMES)
        assert len(named) == len(NAMES) + len(texts)

    @pytest.mark.parametrize("name", NAMES)
    def test_a_signed_file_has_its_store_there_and_only_there(self, name: str) -> None:
        media_type = NAMES[name]
        whole = sign(CAMERA, plain(media_type), media_type=media_type)
        layout = read_layout(whole, media_type)
        (place,) = (one.place for one in store_places.PLACES if name in one.formats)
        assert len(layout.stores) == 1
        assert MARKS[place] in whole
        assert MARKS[place] not in plain(media_type)
        assert find_hidden(whole, media_type, layout) == Hidden()


@pytest.mark.parametrize("media_type", DOCUMENTS)
def test_a_document_with_something_hidden_between_its_parts_does_not_pass(media_type: str) -> None:
    whole = sign(CAMERA, plain(media_type), media_type=media_type)
    place = whole.index(b"PK\x01\x02") + 50
    hidden = whole[:place] + b"X" + whole[place + 1 :]
    assert examine(hidden).evidence[Line.INTEGRITY].status is Status.UNKNOWN


def test_a_part_that_was_added_to_a_document_fails() -> None:
    whole = sign(CAMERA, plain(DOCUMENTS[0]), media_type=DOCUMENTS[0])
    target = io.BytesIO(whole)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(zipfile.ZipInfo("word/more.xml"), "<w:p>more</w:p>")
    assert examine(target.getvalue(), LISTED).evidence[Line.INTEGRITY].status is Status.FAIL
