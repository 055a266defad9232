"""Can a page of text be put into signed Content Credentials, wherever in whatever file, and the file still pass?"""

from __future__ import annotations

from typing import Any, Final

import pytest

from provenance.formats import read_layout
from tests.fuzz.seeds import LARGER
from tests.support.attacks import (
    CAMERA,
    FAIL,
    LISTED,
    NOW,
    OK,
    PASS,
    ROOT,
    UNKNOWN,
    codes,
    examine,
    said,
)
from tests.support.authority import list_of, make_root, manifest_store, picture, sign, store_of, with_manifest_store
from tests.support.media.crafting import Draft, actions, bind, make_authority, stamper
from tests.support.media.forms import FORMS
from tests.support.media.hiding import BOXES, HEADER, TEXT, authorities, certificate_ways, hide, stamp_ways
from vouchmark.report import Line, Report, exit_code

WHOLE: Final = bind(Draft(signer=CAMERA, assertions=[actions()]), picture())
TSA: Final = make_authority(make_root("Time"))
FORMATS: Final = {
    "WebP": "image/webp",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "JPEG XL": "image/jxl",
    "MP4": "video/mp4",
    "AVI": "video/x-msvideo",
    "MP3": "audio/mpeg",
    "WAV": "audio/wav",
    "PDF": "application/pdf",
}
"""Types of file in which a store lies in one piece, without a checksum over it."""


def must_not_pass(report: Report) -> None:
    found = report.evidence[Line.INTEGRITY]
    assert found.status is not PASS, codes(report, Line.INTEGRITY)
    assert exit_code(report) is not OK
    assert "unchanged" not in said(report).split(";")[0] or "cannot tell" in said(report)


def test_without_any_of_it_the_file_passes() -> None:
    report = examine(WHOLE)
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert exit_code(report) is OK


@pytest.mark.parametrize("way", [*HEADER, *BOXES])
def test_no_way_into_a_store_passes(way: str) -> None:
    hidden = with_manifest_store(WHOLE, hide(manifest_store(WHOLE), (HEADER | BOXES)[way]))
    assert len(hidden) == len(WHOLE)
    must_not_pass(examine(hidden))


@pytest.mark.parametrize("way", sorted(stamp_ways(stamper(TSA, NOW)(b""))))
def test_no_way_into_a_time_stamp_passes(way: str) -> None:
    draft = Draft(
        signer=CAMERA,
        assertions=[actions()],
        cose={"stamp": lambda message: stamp_ways(stamper(TSA, NOW)(message))[way]},
    )
    report = examine(bind(draft, picture()))
    must_not_pass(report)
    assert "integrity.store.unsigned" in codes(report, Line.INTEGRITY)


@pytest.mark.parametrize("way", sorted(certificate_ways(*authorities()[1:])))
def test_no_way_into_an_unsigned_chain_passes(way: str) -> None:
    root, between, signer = authorities()
    chain = certificate_ways(between, signer)[way]
    draft = Draft(signer=signer, assertions=[actions()], cose={"header": {1: -7}, "unprotected": {"x5chain": chain}})
    report = examine(bind(draft, picture()), store_of(list_of(root)))
    must_not_pass(report)
    assert "integrity.store.unsigned" in codes(report, Line.INTEGRITY)


def replaced(data: bytes, media_type: str, way: Any) -> bytes:
    """The file with its store changed where it lies."""
    (stored,) = read_layout(data, media_type).stores
    assert data.count(stored) == 1
    return data.replace(stored, hide(stored, way))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_holds_in_every_type_of_file(name: str) -> None:
    media_type = FORMATS[name]
    whole = sign(CAMERA, LARGER.get(media_type, FORMS[media_type])(), media_type=media_type)
    assert examine(whole).evidence[Line.INTEGRITY].status is PASS
    for way, code, status in (
        (HEADER["padding under another name"], "integrity.store.unsigned", UNKNOWN),
        (HEADER["padding that is filled"], "integrity.padding.filled", FAIL),
        (BOXES["html box in the store"], "integrity.store.unsigned", UNKNOWN),
    ):
        report = examine(replaced(whole, media_type, way))
        must_not_pass(report)
        assert report.evidence[Line.INTEGRITY].status is status
        assert code in codes(report, Line.INTEGRITY)


def test_what_lies_where_is_said_in_words_and_in_detail() -> None:
    report = examine(with_manifest_store(WHOLE, hide(manifest_store(WHOLE), HEADER["padding under another name"])))
    first = report.evidence[Line.INTEGRITY].findings[0]
    assert first.statement == (
        "The Content Credentials hold what nobody signed, and anybody could have put there: an entry in the unsigned "
        "part of a signature that does not belong there."
    )
    assert first.detail["found"] == [
        {"what": "signature-header", "manifest": "urn:c2pa:00000000-0000-4000-8000-000000000001", "size": len(TEXT) + 6}
    ]
    filled = examine(with_manifest_store(WHOLE, hide(manifest_store(WHOLE), HEADER["padding that is filled"])))
    assert filled.evidence[Line.INTEGRITY].findings[0].statement == (
        "Padding in the Content Credentials, which no signature covers and which must be empty, holds something."
    )


def test_boxes_that_an_engine_skips_are_named_from_the_file_itself() -> None:
    hidden = with_manifest_store(WHOLE, hide(manifest_store(WHOLE), BOXES["html box in the manifest"]))
    found = codes(examine(hidden), Line.INTEGRITY)
    assert {"integrity.store.differs", "integrity.store.unsigned"} <= set(found)


def test_a_reader_without_lists_gets_the_same_answer() -> None:
    hidden = with_manifest_store(WHOLE, hide(manifest_store(WHOLE), HEADER["padding under another name"]))
    assert codes(examine(hidden, LISTED), Line.INTEGRITY) == codes(examine(hidden, store_of()), Line.INTEGRITY)
    assert ROOT.der not in hidden
