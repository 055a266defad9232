"""Does a report say rightly whether these are the signed bytes, however a file was put together or changed?"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any, Final

import pytest

from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import ListKind
from provenance.workers.pool import Pool
from tests.support.attacks import (
    ABSENT,
    BROKEN,
    BY_LISTED,
    BY_UNKNOWN,
    CAMERA,
    CHANGED,
    ERROR,
    FAIL,
    FAILED,
    INCONCLUSIVE,
    LISTED,
    OK,
    PASS,
    ROOT,
    UNKNOWN,
    UNREADABLE,
    Must,
    codes,
    examine,
    other,
    said,
)
from tests.support.authority import (
    add_xmp,
    append_bytes,
    change_pixels,
    created,
    definition,
    join_jpeg,
    join_png,
    jpeg_segments,
    list_of,
    manifest_store,
    picture,
    png_chunks,
    remove_manifest,
    sign,
    sign_update,
    store_of,
    transplant,
    with_manifest_store,
)
from tests.support.media import hostile
from tests.support.media.crafting import Draft, actions, bind, box, manifests, superbox
from tests.support.media.forms import exif_of, leaving_out, scan_of, with_exif
from tests.support.media.hostile import movie
from tests.support.media.parts import parted_jpeg
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.report import Line, exit_code

PNG: Final[dict[str, Any]] = {"media_type": "image/png"}
MISMATCH: Final = "assertion.dataHash.mismatch"


def xmp_of(whole: bytes) -> tuple[int, int]:
    start = whole.index(b"http://ns.adobe.com/xap/1.0/") - 4
    return start, 2 + struct.unpack(">H", whole[start + 2 : start + 4])[0]


def swapped(data: bytes) -> bytes:
    """Every pixel replaced where the hash does not look."""
    start, length = scan_of(data)
    return data[: start + 20] + bytes(length - 20) + data[start + length :]


def two_png_stores() -> bytes:
    first, second = sign(CAMERA, picture("PNG"), **PNG), sign(CAMERA, picture("PNG", shade=9), **PNG)
    chunks = png_chunks(first)
    chunks.insert(2, next(chunk for chunk in png_chunks(second) if chunk[0] == b"caBX"))
    return join_png(chunks)


def two_jpeg_stores(number: bytes = b"\x02\x11") -> bytes:
    segments, scan = jpeg_segments(sign(CAMERA))
    second = [s for s in jpeg_segments(sign(CAMERA, picture(shade=70)))[0] if s[1] == 0xEB]
    return join_jpeg([*segments, *(s[:6] + number + s[8:] for s in second)], scan)


def change(name: str, build: Any, **more: Any) -> Must:
    """A file whose bytes were changed after signing by a listed signer."""
    fields: dict[str, Any] = {
        "line": Line.INTEGRITY,
        "code": MISMATCH,
        "status": FAIL,
        "exit": FAILED,
        "says": CHANGED,
        "others": {Line.SIGNER: UNKNOWN, Line.AI: UNKNOWN},
        "never": ("integrity.malformed", "integrity.coverage.full"),
    }
    return Must(name=name, build=build, **(fields | more))


CASES: Final = (
    Must(
        name="unchanged",
        build=lambda: sign(CAMERA),
        line=Line.INTEGRITY,
        code="integrity.coverage.full",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
    ),
    change("changed-pixels", lambda: change_pixels(sign(CAMERA))),
    change("changed-pixels-png", lambda: change_pixels(sign(CAMERA, picture("PNG"), **PNG))),
    change("a-transplanted-manifest", lambda: transplant(sign(CAMERA), picture(shade=90))),
    change("appended-bytes", lambda: append_bytes(sign(CAMERA))),
    change("appended-bytes-png", lambda: append_bytes(sign(CAMERA, picture("PNG"), **PNG))),
    change("added-xmp", lambda: add_xmp(sign(CAMERA))),
    change("added-xmp-png", lambda: add_xmp(sign(CAMERA, picture("PNG"), **PNG))),
    change("a-second-store", two_jpeg_stores),
    change("a-zip-behind-the-picture", lambda: append_bytes(sign(CAMERA), b"PK\x03\x04" + bytes(64))),
    change(
        "a-sidecar-of-another-file",
        lambda: picture(shade=90),
        options={"manifest": manifest_store(sign(CAMERA))},
        says="the credentials that you gave do not match it: it was changed, or they are another file's",
        others={Line.SIGNER: UNKNOWN, Line.AI: UNKNOWN},
    ),
    change("pixels-under-an-update", lambda: change_pixels(sign_update(sign(CAMERA), other("Platform")))),
    change(
        "two-stores-that-an-engine-refuses",
        lambda: two_jpeg_stores(b"\x02\x12"),
        code="integrity.stores.multiple",
        others={},
    ),
    change("two-stores-png", two_png_stores, code="integrity.stores.multiple", others={}),
    Must(
        name="exclusions-over-the-media",
        build=lambda: leaving_out(CAMERA, picture(), scan_of),
        line=Line.INTEGRITY,
        code="integrity.coverage.media_excluded",
        status=FAIL,
        exit=FAILED,
        says="part of the content is not signed and could be anything",
        others={Line.SIGNER: PASS, Line.AI: UNKNOWN},
    ),
    Must(
        name="pixels-swapped-under-exclusions",
        build=lambda: swapped(leaving_out(CAMERA, picture(), scan_of)),
        line=Line.INTEGRITY,
        code="integrity.coverage.media_excluded",
        status=FAIL,
        exit=FAILED,
        says="part of the content is not signed and could be anything",
        others={Line.SIGNER: PASS, Line.AI: UNKNOWN},
    ),
    Must(
        name="exclusions-over-exif",
        build=lambda: leaving_out(CAMERA, with_exif(), exif_of),
        line=Line.INTEGRITY,
        code="integrity.coverage.metadata_excluded",
        status=PASS,
        exit=OK,
        says=f"{BY_LISTED}, but for its EXIF, which the signature does not cover",
    ),
    Must(
        name="exclusions-over-xmp",
        build=lambda: leaving_out(CAMERA, add_xmp(picture()), xmp_of),
        line=Line.INTEGRITY,
        code="integrity.coverage.metadata_excluded",
        status=PASS,
        # What was added says that AI generated it, and the signer that a camera captured it.
        exit=FAILED,
        says=f"its statements about AI contradict each other; {BY_LISTED}, but for its XMP, ",
        others={Line.AI: FAIL},
    ),
    Must(
        name="exclusions-behind-the-end",
        build=lambda: leaving_out(CAMERA, picture() + b"tail of bytes", lambda whole: (len(whole) - 13, 13)),
        line=Line.INTEGRITY,
        code="integrity.coverage.trailing_excluded",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says="something after its end is not signed; the rest is unchanged since Test Camera (Camera 1) signed",
    ),
    Must(
        name="a-stripped-manifest-is-absence",
        build=lambda: remove_manifest(sign(CAMERA)),
        line=Line.INTEGRITY,
        code="integrity.absent",
        status=ABSENT,
        exit=INCONCLUSIVE,
        says="nothing here proves where it comes from; that is true of most files",
        others={Line.SIGNER: ABSENT, Line.AI: ABSENT, Line.HISTORY: ABSENT},
    ),
    Must(
        name="an-update-leaves-the-file-unchanged",
        build=lambda: sign_update(sign(CAMERA), other("Platform")),
        line=Line.INTEGRITY,
        code="assertion.dataHash.match",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
    ),
    Must(
        name="a-listed-platforms-update-raises-no-unknown-signer",
        build=lambda: sign_update(sign(other("Test Camera")), CAMERA),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=BY_UNKNOWN,
        others={Line.INTEGRITY: PASS},
    ),
    Must(
        name="two-signed-statements-that-contradict-each-other",
        build=lambda: sign(CAMERA, manifest=definition(created(), created("trainedAlgorithmicMedia"))),
        line=Line.AI,
        code="ai.contradiction",
        status=FAIL,
        exit=FAILED,
        says="its credentials were malformed by whoever made them, and show nothing; "
        "its statements about AI contradict each other",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_bytes_are_told_as_what_they_are(case: Must) -> None:
    case.hold()


GIVEN_UP: Final = {
    # Each is one that the engine reads and our own check does not: (assertions, options for the signature).
    "an-assertion-with-a-long-name": ([("org." + "x" * 1_100, {"a": 1})], {}),
    "a-chain-in-both-headers": ([], {"unprotected": {33: list(CAMERA.chain)}}),
    "more-certificates-than-any-chain": ([], {"chain": [*CAMERA.chain] * 11}),
    "a-signature-in-a-huge-box": ([], {"room": 1_100_000}),
}


@pytest.mark.parametrize("name", list(GIVEN_UP))
@pytest.mark.parametrize("hole", [True, False])
def test_what_our_own_check_gives_up_on_passes_by_no_engines_word(name: str, *, hole: bool) -> None:
    assertions, options = GIVEN_UP[name]
    draft = Draft(signer=CAMERA, assertions=[actions(), *assertions], cose=options)
    data = bind(draft, picture(), extra=lambda whole: [scan_of(whole)] if hole else [])
    distrusted = DistrustEntry(sha256=hashlib.sha256(CAMERA.der).hexdigest())
    for listed in (
        LISTED,
        store_of(list_of(ROOT, kind=ListKind.CAWG)),
        store_of(list_of(ROOT), distrust=(distrusted,)),
    ):
        report = examine(data, listed)
        assert report.evidence[Line.INTEGRITY].status in (UNKNOWN, FAIL), codes(report, Line.INTEGRITY)
        assert report.evidence[Line.SIGNER].status in (UNKNOWN, FAIL), codes(report, Line.SIGNER)
        assert report.evidence[Line.AI].status is UNKNOWN, codes(report, Line.AI)
        assert exit_code(report) in (INCONCLUSIVE, FAILED)
        assert not [f for f in report.findings() if f.statement.startswith(("The file is unchanged", "Signed by Test"))]


def test_what_neither_we_nor_the_engine_asked_can_read_is_not_called_none() -> None:
    assertions, options = GIVEN_UP["an-assertion-with-a-long-name"]
    data = bind(Draft(signer=CAMERA, assertions=[actions(), *assertions], cose=options), picture())
    report = examine(data, engines=("encypher-c2pa",))
    assert codes(report, Line.INTEGRITY) == ["integrity.unparsable"]
    assert exit_code(report) is BROKEN
    assert report.evidence[Line.AI].status is UNKNOWN


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_bytes_behind_the_store_in_what_carries_it_are_foreign_to_it(form: str) -> None:
    media = picture(form)
    whole = bind(
        Draft(signer=CAMERA, assertions=[actions()]), media, after=[superbox(b"c2ma", "x", box(b"free", b"y"))]
    )
    store = manifest_store(whole)
    spare = len(manifests(store)[1])
    bare = box(b"jumb", store[8 : len(store) - spare])
    for tail, status in ((bytes(spare), PASS), (b"\0" * (spare - 6) + b"HIDDEN", FAIL)):
        report = examine(with_manifest_store(whole, bare + tail))
        assert report.evidence[Line.INTEGRITY].status is status, codes(report, Line.INTEGRITY)
        assert ("integrity.store.foreign" in codes(report, Line.INTEGRITY)) is (status is FAIL)


def page_with(image: bytes) -> bytes:
    """A PDF whose only page shows a JPEG as it is."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 96 64]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/XObject/Subtype/Image/Width 96/Height 64/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
        b"/Length %d>>\nstream\n%s\nendstream" % (len(image), image),
        b"<</Length 20>>\nstream\n96 0 0 64 0 0 cm /I Do\nendstream",
    ]
    data, places = b"%PDF-1.4\n", list[int]()
    for number, part in enumerate(parts, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(data),
    )


def test_a_signed_picture_on_a_signed_page_is_no_second_set_of_credentials() -> None:
    page = page_with(sign(CAMERA))
    bare = examine(page)
    assert codes(bare, Line.INTEGRITY) == ["integrity.store.unreached"]
    assert "in a JPEG picture inside it" in bare.evidence[Line.INTEGRITY].summary
    report = examine(sign(CAMERA, page, media_type="application/pdf"))
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert said(report).startswith(BY_LISTED)


def test_credentials_that_a_later_change_cut_off_are_told_and_not_called_none() -> None:
    whole = sign(CAMERA, page_with(picture()), media_type="application/pdf")
    before = int(whole[whole.rindex(b"startxref") + 9 :].split()[0])
    # A new catalogue that names no attachments any more.
    catalogue = b"\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    last = (
        catalogue
        + b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 12/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(whole) + 1,
            before,
            len(whole) + len(catalogue),
        )
    )
    case = Must(
        name="cut-off",
        build=lambda: whole + last,
        line=Line.INTEGRITY,
        code="integrity.store.unreached",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says="it holds credentials that no engine finds: cut off, or not its own",
        others={Line.SIGNER: UNKNOWN, Line.HISTORY: UNKNOWN, Line.AI: UNKNOWN},
        never=("integrity.absent",),
    )
    case.hold()


def test_a_file_without_its_optional_parts_is_not_said_to_be_as_it_was() -> None:
    report = examine(parted_jpeg(CAMERA, keep=(0, 1)))
    (doubt,) = [one for one in report.evidence[Line.INTEGRITY].findings if one.code == "integrity.unconfirmed"]
    assert doubt.statement.endswith("only parts are gone that the signer allows to be missing.")
    assert not [one for one in report.findings() if "unchanged since" in one.statement]


def test_no_sentence_calls_the_file_unchanged_where_parts_of_it_may_have_been() -> None:
    film = sign(CAMERA, movie(256), media_type="video/mp4")
    place = film.index(b"ftyp") + 8
    for data in (film, film[:place] + b"\1\2\3\4" + film[place + 4 :]):
        report = examine(data)
        assert report.evidence[Line.INTEGRITY].summary == "The media is unchanged since it was signed."
        (full,) = [f for f in report.evidence[Line.INTEGRITY].findings if f.code == "integrity.coverage.full"]
        assert full.statement == (
            "The signature covers all of the file, but for the Content Credentials and parts of the container that "
            "hold no media (ftyp)."
        )
    holed = examine(leaving_out(CAMERA, picture(), scan_of))
    assert not [f for f in holed.findings() if "The file is unchanged" in f.statement]


def test_the_ranges_outside_the_signature_are_in_the_report() -> None:
    data = leaving_out(CAMERA, picture(), scan_of)
    start, length = scan_of(data)
    finding = examine(data).evidence[Line.INTEGRITY].findings[0]
    assert finding.detail["excluded"] == [{"start": start, "end": start + length, "kind": "media", "name": "image"}]


def test_a_text_under_a_pictures_name_is_told_as_that_in_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_text("no picture\n")
    report = examine(path)
    assert exit_code(report) is INCONCLUSIVE
    assert said(report) == "its name says image/jpeg, its content is text/plain; no Content Credentials"


def test_a_thumbnail_is_said_not_to_be_compared_with_the_picture() -> None:
    gaps = [gap.what for gap in examine(sign(CAMERA, thumbnail=True)).not_checked]
    assert "whether the thumbnail in the Content Credentials shows the same picture" in gaps
    assert not [gap for gap in examine(sign(CAMERA)).not_checked if "thumbnail" in gap.what]


def test_hostile_files_end_in_words_and_not_in_a_crash() -> None:
    built = {
        "jumbf_in_jumbf": (ERROR, BROKEN, UNREADABLE),
        "brotli_bomb": (ERROR, BROKEN, UNREADABLE),
        "brotli_bomb_under_the_manifests_name": (ERROR, BROKEN, UNREADABLE),
        "claim_of_nested_arrays": (ERROR, BROKEN, UNREADABLE),
        "polyglot": (FAIL, FAILED, CHANGED),
    }
    settings = make_settings(trust=store_of(list_of(hostile.signer().root)), snapshot=False)
    with Pool(workers=1) as pool:
        reports = list(examine_all([getattr(hostile, name)() for name in built], settings, pool=pool))
    for name, report in zip(built, reports, strict=True):
        status, code, words = built[name]
        assert report.evidence[Line.INTEGRITY].status is status, (name, codes(report, Line.INTEGRITY))
        assert exit_code(report) is code, name
        assert said(report).startswith(words), (name, said(report))


def test_a_worker_process_says_the_same_as_this_one() -> None:
    files = [leaving_out(CAMERA, picture(), scan_of), change_pixels(sign(CAMERA)), two_png_stores()]
    with Pool(workers=1) as pool:
        settings = make_settings(trust=LISTED, snapshot=False)
        for data, report in zip(files, examine_all(files, settings, pool=pool), strict=True):
            here = examine(data, at=settings.at)
            assert here.evidence == report.evidence
