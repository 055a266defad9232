"""Does a signed file that is also something else, or is called so, end with a doubt and the types' names?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import MAX_NAMED, Coverage, Excluded
from provenance.credentials.binding.readings import readings_of
from provenance.credentials.history.history import trace
from provenance.credentials.history.manifest_check import SignatureState, check_manifest
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import Kind, read_layout
from tests.provenance.test_second_reading import photo
from tests.support.attacks import BY_LISTED, CAMERA, INCONCLUSIVE, OK, UNKNOWN, codes, examine, said
from tests.support.authority import (
    make_root,
    make_signer,
    manifest_store,
    picture,
    remove_manifest,
    sign,
    sign_edit,
    sign_update,
    sign_with_icon,
    sign_with_thumbnail,
    with_manifest_store,
)
from tests.support.media.crafting import Draft, actions, bind, link_to, opening, superbox, updated
from tests.support.media.forms import FORMS, PDF, exif_of, leaving_out, with_exif
from tests.support.media.hostile import movie
from tests.support.media.parts import parted_jpeg
from tests.support.media.polyglots import PAGE, POLYGLOTS, archive, with_comment
from tests.vouchmark.readings import covered
from vouchmark.report import Finding, Line, Report, Status, exit_code

PDF_TYPE = "application/pdf"
SIGNED = [
    "PDF in a comment", "PDF without a header, far in", "HTML in a comment", "HTML in a text", "PHP",
    "ZIP behind a JPEG", "ZIP in a comment", "RAR", "7z", "a batch file", "MHTML", "MP3", "PDF behind a film",
    "a second JPEG", "a PNG behind a JPEG", "a JPEG behind a PNG", "a film behind a JPEG",
    "a GIF behind a GIF", "JavaScript by a width", "ISO 9660",
]  # fmt: skip
"""Those that stay what they are when the engine signs them: somebody was made to sign the whole of them."""


def doubts(report: Report) -> list[Finding]:
    return [one for one in report.evidence[Line.INTEGRITY].findings if one.code == "integrity.second_reading"]


@pytest.mark.parametrize("name", SIGNED)
def test_who_signs_a_polyglot_signs_two_contents_and_the_report_says_so(name: str) -> None:
    build, own, other = POLYGLOTS[name]
    report = examine(sign(CAMERA, build(), media_type=own))
    integrity = report.evidence[Line.INTEGRITY]
    (doubt,) = [one for one in doubts(report) if one.detail["also"] == other]
    assert (integrity.status, doubt.status, exit_code(report)) == (UNKNOWN, UNKNOWN, INCONCLUSIVE)
    assert own in doubt.statement
    assert other in doubt.statement
    assert doubt.detail["content"] == own
    assert 0 <= int(str(doubt.detail["start"])) < int(str(doubt.detail["end"])) <= int(str(report.media.size))
    # All bytes are as they were signed, and that is said too.
    assert f"{integrity.findings[1].code}".endswith("Hash.match") or len(doubts(report)) > 1
    assert not [one for one in integrity.findings if one.status is Status.FAIL]
    assert said(report).startswith("it can be read as another type of file too")
    assert said(report).endswith(BY_LISTED)


def test_a_worker_process_finds_the_same() -> None:
    whole = sign(CAMERA, with_comment(PAGE) + archive())
    here, there = examine(whole), examine(whole, in_process=False)
    assert [one.detail["also"] for one in doubts(here)] == ["text/html", "application/zip"]
    assert doubts(here) == doubts(there)


def test_what_is_only_itself_passes_under_every_type() -> None:
    for media_type, build in FORMS.items():
        report = examine(sign(CAMERA, build(), media_type=media_type))
        assert not doubts(report), media_type


@pytest.mark.parametrize("form", ["container", "micro video", "samsung", "mpf"])
def test_a_signed_photo_with_its_film_passes_where_the_film_is_declared(form: str) -> None:
    plain = photo(form, movie(256))
    draft = Draft(signer=CAMERA, assertions=[actions()])
    # Bound behind the index, so that no place in it moves but those that count from the start of the index.
    whole = bind(draft, plain)
    report = examine(whole)
    if form == "mpf":
        # The store lies in front of the index and its pictures alike: the distance between them stays.
        assert whole.index(b"MPF\0") > len(manifest_store(whole))
    assert not doubts(report)
    assert exit_code(report) is OK
    undeclared = examine(bind(draft, photo(form, movie(256), moved=16)))
    assert [one.detail["also"] for one in doubts(undeclared)] == ["video/mp4"]
    assert exit_code(undeclared) is INCONCLUSIVE


def test_a_declared_part_that_nobody_hashed_is_none() -> None:
    plain = photo("container", movie(256))
    at = plain.index(b"ftyp") - 4
    behind = len(plain) - at
    whole = leaving_out(CAMERA, plain, lambda data: (len(data) - behind, behind))
    assert [one.detail["also"] for one in doubts(examine(whole))] == ["video/mp4"]


def test_parts_of_a_multi_asset_hash_are_declared() -> None:
    assert not doubts(examine(parted_jpeg(CAMERA)))
    assert not doubts(examine(parted_jpeg(CAMERA, keep=(0, 2))))


DRAWN = b'<svg width="9" height="9" xmlns="http://www.w3.org/2000/svg">%s</svg>'
ICON = DRAWN % b"<style>rect{fill:red}</style><a href='#x'><rect width='9' height='9'/></a>"


def test_a_drawing_in_the_statements_is_no_second_reading() -> None:
    assert not doubts(examine(sign_with_icon(CAMERA, picture(), ICON)))


@pytest.mark.parametrize(
    ("inside", "also"),
    [
        (b"<script>1</script>", "text/html"),
        (b'<rect class="' + b"x" * 300 + b'" onload="1"/>', "text/html"),
        (b'<a href="javascript:1">x</a>', "text/html"),
        (b"<foreignObject></foreignObject>", "text/html"),
        (b"<?php system('id'); ?>", "application/x-httpd-php"),
        (PDF, PDF_TYPE),
    ],
)
def test_a_drawing_in_the_statements_that_is_more_than_one_is_a_second_reading(inside: bytes, also: str) -> None:
    assert also in [one.detail["also"] for one in doubts(examine(sign_with_icon(CAMERA, picture(), DRAWN % inside)))]


def test_a_page_in_the_statements_is_one_whatever_type_is_said() -> None:
    for said_type, content in (("image/png", ICON), ("image/svg+xml", PAGE), ("image/png", PAGE)):
        found = doubts(examine(sign_with_icon(CAMERA, picture(), content, said=said_type)))
        assert [one.detail["also"] for one in found] == ["text/html"]


def test_an_archive_in_a_signers_own_thumbnail_is_a_second_reading() -> None:
    assert not doubts(examine(sign_with_thumbnail(CAMERA, picture(), picture(shade=3))))
    report = examine(sign_with_thumbnail(CAMERA, picture(), picture(shade=3) + archive()))
    assert [one.detail["also"] for one in doubts(report)] == ["application/zip"]
    assert exit_code(report) is INCONCLUSIVE


STRANGER = make_signer(make_root("Another Authority"), organization="Nobody")


@pytest.mark.parametrize(
    ("icon", "said_type", "also"),
    [
        (archive(), "image/png", "application/zip"),
        (PDF, "image/png", PDF_TYPE),
        (PAGE, "image/png", "text/html"),
        (b"<?php system('id'); ?>", "image/png", "application/x-httpd-php"),
        (ICON, "image/svg+xml", "text/html"),
    ],
)
def test_a_strangers_update_brings_no_second_file_in(icon: bytes, said_type: str, also: str) -> None:
    whole = sign(CAMERA)
    assert exit_code(examine(sign_update(whole, STRANGER, icon=picture("PNG")))) is OK
    report = examine(sign_update(whole, STRANGER, icon=icon, said=said_type))
    assert also in [one.detail["also"] for one in doubts(report)]
    assert report.evidence[Line.INTEGRITY].status is UNKNOWN
    assert exit_code(report) is INCONCLUSIVE


def test_an_update_by_the_same_certificate_speaks_for_the_signer() -> None:
    assert not doubts(examine(sign_update(sign(CAMERA), CAMERA, icon=ICON, said="image/svg+xml")))


def test_drawings_of_what_the_content_was_made_from_are_the_signers() -> None:
    """Links hash earlier versions, whoever signed them: an update in front of all of it changes nothing."""
    edited = sign_edit(CAMERA, sign_with_icon(STRANGER, picture(), ICON))
    assert ICON in manifest_store(edited)
    assert not doubts(examine(edited))
    assert not doubts(examine(sign_update(edited, STRANGER)))


def test_words_of_a_strangers_update_may_not_speak_of_tags() -> None:
    def above(below: bytes) -> Draft:
        link = ("c2pa.ingredient.v3", link_to(below, "urn:c2pa:below"))
        note = ("org.example.note", {"text": "<script>alert(1)</script>"})
        return Draft(signer=STRANGER, label="urn:c2pa:above", kind=b"c2um", assertions=[link, opening(link), note])

    report = examine(updated(Draft(signer=CAMERA, label="urn:c2pa:below", assertions=[actions()]), picture(), above))
    assert [one.detail["also"] for one in doubts(report)] == ["text/html"]


class TestWhatIsHashed:
    """Declared parts count as parts only where the signature covers them."""

    @staticmethod
    def found(data: bytes, media_type: str, coverage: Coverage, **changed: SignatureState) -> set[str]:
        layout = read_layout(data, media_type)
        store = parse_store(layout.stores[0] if layout.stores else superbox(b"c2pa", "c2pa", signed_manifest()))
        check = replace(check_manifest(store.active), **changed)
        history = trace(store)
        history = replace(history, root=replace(history.root, check=check))
        readings = readings_of(data, media_type, layout, coverage, bound=check, store=store, history=history)
        return {one.media_type for one in readings}

    def test_an_entry_of_an_archive_outside_the_hash(self) -> None:
        data = archive(stored=PDF, name="a.pdf")
        place = Excluded(start=0, end=data.index(b"PK\x01\x02"), kind=Kind.OTHER, name="entry")
        assert self.found(data, "application/zip", covered()) == set()
        assert self.found(data, "application/zip", covered(excluded=(place,))) == {"application/pdf"}

    @pytest.mark.parametrize("match", [Match.MISMATCH, Match.MALFORMED, Match.UNSUPPORTED])
    def test_a_hash_that_does_not_hold(self, match: Match) -> None:
        assert self.found(archive(stored=PDF, name="a.pdf"), "application/zip", covered(match=match)) == {PDF_TYPE}

    def test_parts_that_moved_together_when_one_between_them_went(self) -> None:
        data = picture() + picture(shade=9)
        assert self.found(data, "image/jpeg", covered()) == {"image/jpeg"}
        assert self.found(data, "image/jpeg", covered(codes=("assertion.multiAssetHash.match",))) == set()

    def test_more_outside_than_is_listed(self) -> None:
        many = tuple(Excluded(start=n, end=n, kind=Kind.OTHER, name="entry") for n in range(MAX_NAMED))
        data = archive(stored=PDF, name="a.pdf")
        assert self.found(data, "application/zip", covered(excluded=many)) == {PDF_TYPE}

    def test_a_file_in_statements_that_do_not_hold(self) -> None:
        data = sign_with_icon(CAMERA, picture(), ICON)
        assert self.found(data, "image/jpeg", covered()) == set()
        assert self.found(data, "image/jpeg", covered(), signature=SignatureState.MISMATCH) == {"text/html"}


def signed_manifest() -> bytes:
    return Draft(signer=CAMERA, assertions=[actions()]).build()


def test_a_page_in_the_statements_that_is_no_file_of_theirs_is_one() -> None:
    draft = Draft(signer=CAMERA, assertions=[actions(), ("org.example.note", {"text": PAGE.decode()})])
    assert [one.detail["also"] for one in doubts(examine(bind(draft, picture())))] == ["text/html"]


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "<b>bold</b>", "<?php system('id'); ?>"])
def test_words_of_a_signer_may_speak_of_tags(words: str) -> None:
    draft = Draft(signer=CAMERA, assertions=[actions(), ("org.example.note", {"text": words})])
    draft.claim["dc:title"] = words
    assert not doubts(examine(bind(draft, picture())))
    # The same beside the statements is a page, for whoever opens it as one.
    assert doubts(examine(sign(CAMERA, with_comment(words.encode()))))


def test_an_unsigned_file_is_told_nothing_of_readings() -> None:
    for data in (with_comment(PDF), picture() + archive()):
        report = examine(data)
        assert not doubts(report)
        assert report.evidence[Line.INTEGRITY].status is Status.ABSENT


def test_a_changed_polyglot_stays_changed() -> None:
    whole = sign(CAMERA, with_comment(PAGE))
    report = examine(whole.replace(b"Another", b"Anotter"))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert len(doubts(report)) == 1


def test_what_a_signer_left_out_can_become_another_type() -> None:
    """A signer who leaves EXIF out: anybody can make it a page afterwards, as long as it is."""
    whole = leaving_out(CAMERA, with_exif(), exif_of)
    start, _ = exif_of(whole)
    turned = whole[: start + 10] + b"<script>1" + whole[start + 20 :]
    assert not doubts(examine(whole))
    assert [one.detail["also"] for one in doubts(examine(turned))] == ["text/html"]


NAMES = [
    ("x.jpg", "PNG", "The name says image/jpeg, the content is image/png."),
    ("x.png", "JPEG", "The name says image/png, the content is image/jpeg."),
    ("photo.jpg.html", "JPEG", "The name says text/html, the content is image/jpeg."),
    ("photo.pdf", "JPEG", "The name says application/pdf, the content is image/jpeg."),
    ("photo.php", "JPEG", "The name says application/x-httpd-php, the content is image/jpeg."),
    ("photo.JS", "JPEG", "The name says text/javascript, the content is image/jpeg."),
    ("photo.hta. ", "JPEG", "The name says application/hta, the content is image/jpeg."),
    ("photo.zip", "JPEG", "The name says application/zip, the content is image/jpeg."),
    ("photo.mp4", "JPEG", "The name says video/mp4, the content is image/jpeg."),
]


@pytest.mark.parametrize(("name", "form", "statement"), NAMES, ids=[name for name, *_ in NAMES])
def test_a_signed_file_under_another_types_name_is_in_doubt(
    tmp_path: Path, name: str, form: str, statement: str
) -> None:
    path = tmp_path / name
    path.write_bytes(sign(CAMERA, picture(form), media_type=f"image/{form.lower()}"))
    report = examine(path)
    first = report.evidence[Line.INTEGRITY].findings[0]
    assert (first.code, first.status, first.statement) == ("integrity.name", UNKNOWN, statement)
    assert exit_code(report) is INCONCLUSIVE
    assert said(report) == f"its name says another type of file than it is; {BY_LISTED}"


@pytest.mark.parametrize("name", ["x.jpg", "x.JPEG", "x.jfif", "x", "x.v2", "x.thm", "x.com"])
def test_a_name_that_fits_or_says_nothing_is_no_doubt(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(sign(CAMERA))
    assert exit_code(examine(path)) is OK


@pytest.mark.parametrize(
    ("media_type", "names"),
    [
        ("image/x-adobe-dng", ["x.dng", "x.tif"]),
        ("video/quicktime", ["x.mov", "x.mp4"]),
        ("audio/mp4", ["x.m4a", "x.mp4"]),
        ("image/svg+xml", ["x.svg", "x.xml"]),
        ("image/heic", ["x.heic", "x.heif"]),
        ("application/epub+zip", ["x.epub", "x.zip"]),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["x.docx", "x.zip", "x.docm"]),
    ],
)
def test_a_kind_of_another_type_may_carry_its_name(tmp_path: Path, media_type: str, names: list[str]) -> None:
    whole = sign(CAMERA, FORMS[media_type](), media_type=media_type)
    for name in names:
        (tmp_path / name).write_bytes(whole)
        assert "integrity.name" not in codes(examine(tmp_path / name), Line.INTEGRITY), name


def test_an_unsigned_file_under_another_types_name_is_told_so_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(remove_manifest(sign(CAMERA)))
    report = examine(path)
    assert codes(report, Line.INTEGRITY)[-1] == "integrity.type.misnamed"
    assert report.evidence[Line.INTEGRITY].status is Status.ABSENT


def test_a_wrong_name_never_hides_a_change(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    whole = sign(CAMERA)
    path.write_bytes(with_manifest_store(picture(shade=9), manifest_store(whole)))
    report = examine(path)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert "integrity.name" in codes(report, Line.INTEGRITY)
