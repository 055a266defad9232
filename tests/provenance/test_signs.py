"""Does the cheap look see every file in which an engine may find something?"""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance.asset import AssetError, open_asset
from provenance.credentials.engines import c2pa_rs, encypher
from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.store.in_file import layout_of
from provenance.credentials.store.signs import PLAIN, may_hold_credentials
from provenance.credentials.trust.settings import TrustSettings
from provenance.credentials.trust.view import TrustView
from provenance.options import MediaOptions
from provenance.reasons import Reason
from provenance.workers import look
from provenance.workers.parts import Value, Work
from provenance.workers.task import Lists, Task
from tests.support.authority import make_signer, sign

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
ENGINES = ("c2pa-rs", "encypher-c2pa")
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}


def plain(media_type: str, **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 90, 200)).save(target, FORMATS[media_type], **options)
    return target.getvalue()


def looked(data: bytes, media_type: str, **changes: Any) -> dict[str, Value]:
    """What the cheap look knows already; nothing where the engines have to be asked."""
    task = Task(
        media_type=media_type,
        at=AT,
        options=MediaOptions(look_first=True),
        lists=Lists.of(TrustSettings(), TrustView()),
        **changes,
    )
    return dict(look.first(Work(task=task, data=data, parts=(ENGINES[0], "own", ENGINES[1]))))


def outcomes(data: bytes, media_type: str) -> set[Outcome]:
    return {c2pa_rs.read(data, media_type).outcome, encypher.read(data, media_type, at=AT).outcome}


SIGNED = {media_type: sign(make_signer(), plain(media_type), media_type=media_type) for media_type in FORMATS}


def test_every_type_that_is_looked_at_is_tried_here() -> None:
    assert set(FORMATS) == PLAIN


@pytest.mark.parametrize("media_type", sorted(FORMATS))
def test_a_plain_picture_gives_the_engines_nothing_to_read(media_type: str) -> None:
    known = looked(plain(media_type), media_type)
    assert set(known) == {"own", *ENGINES}
    readings = [known[engine] for engine in ENGINES]
    for reading in readings:
        assert isinstance(reading, Reading)
        assert (reading.outcome, reading.reason, reading.version) == (Outcome.ABSENT, Reason.NOTHING_TO_READ, "")
    assert outcomes(plain(media_type), media_type) == {Outcome.ABSENT}


@pytest.mark.parametrize("media_type", sorted(FORMATS))
def test_a_store_in_its_place_is_seen(media_type: str) -> None:
    assert looked(SIGNED[media_type], media_type) == {}


@pytest.mark.parametrize("media_type", sorted(FORMATS))
@settings(max_examples=120, deadline=None)
@given(start=st.integers(0, 40_000), length=st.integers(1, 3_000), flip=st.integers(0, 255))
def test_whatever_is_left_of_a_damaged_store_is_seen_where_an_engine_would_speak_of_it(
    media_type: str, start: int, length: int, flip: int
) -> None:
    whole = SIGNED[media_type]
    at = start % len(whole)
    for data in (
        whole[:at] + whole[at + length :],
        whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :],
        whole[:at] + whole[at + 1 : at + length][::-1] + whole[at + length :],
    ):
        if looked(data, media_type):
            assert outcomes(data, media_type) == {Outcome.ABSENT}


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def with_segment(marker: int, content: bytes) -> bytes:
    data = plain("image/jpeg")
    return data[:2] + segment(marker, content) + data[2:]


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://example.com/1.c2pa"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
SIGNS: dict[str, Callable[[], bytes]] = {
    "an address in XMP": lambda: with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
    "the same in UTF-16": lambda: with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.decode().encode("utf-16")),
    "XMP in pieces": lambda: with_segment(
        0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + b"<dcterms:prove"
    ),
    "an APP11 segment of anybody": lambda: with_segment(0xEB, b"HDR_RI ver=11"),
    "a piece of a store without its first one": lambda: with_segment(0xEB, b"JP\0\x01\0\0\0\x02\0\0\0\0xxxx"),
    "the label in a comment": lambda: with_segment(0xFE, b"some c2pa here"),
    "a store behind the end": lambda: plain("image/jpeg") + SIGNED["image/png"],
    "the label behind the end": lambda: plain("image/jpeg") + b"...c2pa",
    "a picture that breaks off": lambda: plain("image/jpeg")[:-60],
    "a picture with a second one behind it": lambda: plain("image/jpeg") + with_segment(0xEB, b"JP\0\x01"),
}


@pytest.mark.parametrize("what", list(SIGNS))
def test_in_doubt_the_engines_are_asked(what: str) -> None:
    data = SIGNS[what]()
    assert looked(data, "image/jpeg") == {}
    report = c2pa_rs.read(data, "image/jpeg")
    assert report.outcome is not Outcome.ERROR


def test_a_file_that_an_engine_may_not_be_able_to_parse_is_left_to_them() -> None:
    jpeg, png = plain("image/jpeg"), plain("image/png")
    bare = jpeg[:2] + b"\xff\xd5" + jpeg[2:]
    named = png.replace(b"IDAT", b"I\xdeAT")
    for data, media_type in ((bare, "image/jpeg"), (named, "image/png"), (jpeg[:2] + b"\xff\xd9", "image/jpeg")):
        assert looked(data, media_type) == {}


def test_xmp_that_may_be_packed_or_cut_is_left_to_the_engines() -> None:
    from PIL import PngImagePlugin

    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    packed = plain("image/png", pnginfo=texts)
    assert b"provenance" not in packed
    assert looked(packed, "image/png") == {}
    assert looked(plain("image/gif", comment=b"XMP Data"), "image/gif") == {}


@pytest.mark.parametrize(
    "changes", [{"sidecar": b""}, {"sidecar": b"store", "sidecar_wins": False}, {"fragments": (b"x",)}]
)
def test_what_comes_with_a_file_is_never_passed_over(changes: dict[str, Any]) -> None:
    assert looked(plain("image/jpeg"), "image/jpeg", **changes) == {}


def test_other_types_are_always_asked_about() -> None:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "TIFF")
    webp = io.BytesIO()
    Image.new("RGB", (8, 8)).save(webp, "WEBP")
    for data, media_type in (
        (target.getvalue(), "image/tiff"),
        (webp.getvalue(), "image/webp"),
        (b"words", "text/plain"),
        (b"%PDF-1.7", "application/pdf"),
    ):
        assert may_hold_credentials(data, media_type, layout_of(data, media_type))
        assert looked(data, media_type) == {}


def test_a_fault_of_ours_in_looking_leaves_everything_to_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(look, "_looked", fail)
    assert looked(plain("image/jpeg"), "image/jpeg") == {}


@pytest.mark.corpus
@pytest.mark.skipif(not os.environ.get("VOUCHMARK_CORPUS"), reason="VOUCHMARK_CORPUS names no shared corpus")
def test_no_file_of_the_corpus_is_passed_over_of_which_an_engine_speaks() -> None:
    passed = 0
    for path in sorted(Path(os.environ["VOUCHMARK_CORPUS"]).rglob("*")):
        if not path.is_file() or path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".gif", ".webp"):
            continue
        try:
            asset = open_asset(path)
        except AssetError:
            continue
        if looked(asset.data, asset.media_type):
            passed += 1
            assert outcomes(asset.data, asset.media_type) == {Outcome.ABSENT}, path
    assert passed
