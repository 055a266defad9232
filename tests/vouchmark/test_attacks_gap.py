"""Can somebody without a key put anything into the range of a store, in any container, so that it reads as unchanged?

Each attack leaves every signature and hash right, and changes what viewers show, or could.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Final

import pytest
from PIL import Image, ImageOps

from provenance.credentials.trust.lists import TrustLists
from tests.support.attacks import CAMERA, FAIL, OK, PASS, UNKNOWN, codes, examine, said
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, manifest_store, picture, sign
from tests.support.corpus import SETTINGS, Row, media, needs_corpus, trust
from tests.support.media.crafting import Draft, actions, bind
from tests.support.media.forms import FORMS, MEDIA
from tests.support.media.gaps import (
    JFIF,
    PAGE,
    behind_store,
    exif_segment,
    gif_block,
    gif_store,
    gif_with,
    jpeg_with,
    orientation,
    pieces,
    png_with,
    riff_with,
    shrunk,
    thumbnail,
)
from vouchmark.report import Line, Report, exit_code

TURNED: Final = exif_segment(orientation(3))
FOREIGN: Final = "integrity.store.foreign"
WIDE: Final = "integrity.coverage.wide"
SHOWN: Final = "integrity.shown.excluded"


def rgb() -> bytes:
    """A JPEG that keeps red, green and blue as they are, which a JFIF segment overrules."""
    output = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(output, "JPEG", keep_rgb=True)
    return output.getvalue()


def two_pages() -> bytes:
    """A whole further JPEG, in segments that the first has no use for."""
    return jpeg_segment(0xFE, picture(shade=120)[:60_000])


def shows(data: bytes) -> bytes:
    """What Pillow shows, turned as the file asks for."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB").tobytes()


def refused(report: Report, *expected: str) -> None:
    """The report does not pass, and says why by these codes."""
    found = codes(report, Line.INTEGRITY)
    assert report.evidence[Line.INTEGRITY].status is not PASS, found
    assert exit_code(report) is not OK
    assert set(expected) <= set(found), found


def test_the_attack_itself_changes_what_is_shown_and_nothing_that_is_signed() -> None:
    signed = sign(CAMERA)
    turned = jpeg_with(signed, TURNED)
    assert turned is not None
    assert shows(turned) != shows(signed)
    report = examine(turned)
    assert "assertion.dataHash.match" in codes(report, Line.INTEGRITY)
    assert report.evidence[Line.SIGNER].status is PASS


@pytest.mark.parametrize(
    "foreign",
    [
        (TURNED,),
        (exif_segment(orientation(1)),),
        (exif_segment(thumbnail(picture(size=(8, 8), shade=90))),),
        (JFIF,),
        (jpeg_segment(0xFE, PAGE),),
        (jpeg_segment(0xFE, b"%PDF-1.4\n"),),
        (jpeg_segment(0xE2, b"MPF\0MM\0*\0\0\0\x08" + bytes(20)),),
        (jpeg_segment(0xE3, b"something of its own"),),
        (two_pages(),),
        (jpeg_segment(0xEB, b"JP\x09\x09\0\0\0\2\0\0\0\x10jumb" + bytes(30)),),
        (b"\xff" * 40,),
        (TURNED, JFIF),
        (exif_segment(orientation(6)), exif_segment(orientation(1))),
    ],
    ids=[
        "turned", "upright", "thumbnail", "JFIF", "page", "PDF", "table", "layer", "picture", "other-box", "fill",
        "in-three", "twice",
    ],
)  # fmt: skip
def test_anything_between_the_pieces_of_a_store_fails(foreign: tuple[bytes, ...]) -> None:
    data = jpeg_with(sign(CAMERA), *foreign) if len(foreign) == 1 else in_three(sign(CAMERA), foreign)
    assert data is not None
    report = examine(data)
    refused(report, FOREIGN)
    assert report.evidence[Line.INTEGRITY].status is FAIL


def in_three(signed: bytes, foreign: tuple[bytes, ...]) -> bytes:
    """Two things between three pieces."""
    segments, scan = jpeg_segments(signed)
    place = next(number for number, segment in enumerate(segments) if segment[1] == 0xEB)
    store = shrunk(manifest_store(signed), sum(map(len, foreign)) + 2 * 20)
    assert store is not None
    head = b"JP" + struct.pack(">H", 0x0211)
    cuts = [(0, 500), (500, 900), (900, len(store))]
    own = [
        jpeg_segment(0xEB, head + struct.pack(">I", number + 1) + (store[:8] if number else b"") + store[low:high])
        for number, (low, high) in enumerate(cuts)
    ]
    mixed = [own[0], foreign[0], own[1], foreign[1], own[2]]
    result = join_jpeg([*segments[:place], *mixed, *segments[place + 1 :]], scan)
    assert len(result) == len(signed)
    return result


@pytest.mark.parametrize("where", ["before", "behind"])
@pytest.mark.parametrize(
    ("foreign", "more"),
    [
        (TURNED, (SHOWN,)),
        (exif_segment(thumbnail(picture(size=(8, 8), shade=90))), (SHOWN,)),
        (exif_segment(orientation(1)), ()),
        (jpeg_segment(0xFE, PAGE), ()),
        (b"\xff" * 30, ()),
    ],
    ids=["turned", "thumbnail", "upright", "page", "fill"],
)
def test_anything_beside_a_store_in_its_range_does_not_pass(where: str, foreign: bytes, more: tuple[str, ...]) -> None:
    data = jpeg_with(sign(CAMERA), foreign, where=where)
    assert data is not None
    report = examine(data)
    refused(report, WIDE, *more)
    assert report.evidence[Line.INTEGRITY].status is UNKNOWN


def test_jfif_beside_the_store_of_a_picture_in_red_green_and_blue_is_named() -> None:
    signed = sign(CAMERA, rgb())
    data = jpeg_with(signed, JFIF, where="before")
    assert data is not None
    assert shows(data) != shows(signed)
    refused(examine(data), WIDE, SHOWN)


def wider(exif: bytes) -> bytes:
    """A JPEG whose signer left out everything up to the store's end, EXIF too, as one did up to 2023."""
    segments, scan = jpeg_segments(picture())
    media = join_jpeg([segments[0], exif_segment(exif), *segments[1:]], scan)
    draft = Draft(signer=CAMERA, assertions=[actions()])
    whole = bind(draft, media)
    # The store goes behind the EXIF segment.
    parts, scan = jpeg_segments(whole)
    own = [part for part in parts if part[1] == 0xEB]
    others = [part for part in parts if part[1] != 0xEB]
    assert others[1][4:8] == b"Exif"
    media = join_jpeg([*others[:2], *own, *others[2:]], scan)
    return bind(draft, media, wide=lambda start, length: (0, start + length))


@pytest.mark.parametrize("exif", [orientation(1), orientation(6), thumbnail(picture(size=(8, 8)))])
def test_a_signer_who_left_out_more_than_the_store_is_no_proof_of_a_change(exif: bytes) -> None:
    report = examine(wider(exif))
    refused(report, WIDE, "integrity.coverage.metadata_excluded", "integrity.unconfirmed")
    line = report.evidence[Line.INTEGRITY]
    assert line.status is UNKNOWN
    assert line.summary == (
        "What was hashed is unchanged. What was left out beside the Content Credentials could be anybody's: EXIF and "
        "JFIF."
    )
    assert "changed after" not in " ".join(finding.statement for finding in line.findings)
    assert said(report).startswith(
        "more is left out of the signature than the credentials; the rest is unchanged since "
    )


def again(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """A signed JPEG whose store is cut into three pieces that are then changed, at the same size."""
    signed = sign(CAMERA)
    segments, scan = jpeg_segments(signed)
    place = next(number for number, segment in enumerate(segments) if segment[1] == 0xEB)
    store = manifest_store(signed)
    for by in range(40, 400):
        smaller = shrunk(store, by)
        assert smaller is not None
        own = change(_three(smaller))
        result = join_jpeg([*segments[:place], *own, *segments[place + 1 :]], scan)
        if len(result) == len(signed):
            return result
    raise AssertionError("no size fits")


def _three(store: bytes) -> list[bytes]:
    cuts = [(0, 600), (600, 1200), (1200, len(store))]
    return [
        jpeg_segment(0xEB, b"JP" + struct.pack(">HI", 0x0211, n + 1) + (store[:8] if n else b"") + store[low:high])
        for n, (low, high) in enumerate(cuts)
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda own: [own[1], own[0], own[2]],
        lambda own: [own[0], own[2], own[1]],
        lambda own: [own[0], own[1][:11] + b"\x07" + own[1][12:], own[2]],
        lambda own: [own[0], own[1], jpeg_segment(0xEB, own[2][4:] + b"more")],
        lambda own: [own[0], own[1], own[2], jpeg_segment(0xEB, own[2][4:8] + b"\0\0\0\4" + own[2][12:20] + b"text")],
        lambda own: [own[0], own[1][:12] + b"\0\0\1\0" + own[1][16:], own[2]],
        lambda own: [own[0], b"\xff\xeb" + own[1][2:4] + b"PJ" + own[1][6:], own[2]],
    ],
    ids=["second-first", "third-second", "number", "longer", "fourth", "length-repeated", "identifier"],
)
def test_pieces_as_no_writer_makes_them_do_not_pass(change: Callable[[list[bytes]], list[bytes]]) -> None:
    refused(examine(again(change)))


def test_a_store_cut_into_other_pieces_and_nothing_more_shows_the_same_and_passes() -> None:
    report = examine(again(lambda own: own))
    assert report.evidence[Line.INTEGRITY].status is PASS


@pytest.mark.parametrize("where", ["before", "behind"])
@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        (b"eXIf", orientation(3), UNKNOWN),
        (b"eXIf", orientation(1), UNKNOWN),
        (b"tEXt", b"Comment\0" + PAGE, UNKNOWN),
        (b"pHYs", struct.pack(">IIB", 1000, 2000, 1), UNKNOWN),
        (b"gAMA", struct.pack(">I", 20_000), FAIL),
        (b"iCCP", b"x\0\0" + zlib.compress(b"profile"), FAIL),
        (b"tRNS", bytes(6), FAIL),
        (b"acTL", struct.pack(">II", 2, 0), FAIL),
        (b"orNT", b"\x06", UNKNOWN),
    ],
)
def test_no_chunk_beside_the_store_of_a_png_passes(where: str, name: bytes, content: bytes, status: str) -> None:
    signed = sign(CAMERA, picture("PNG"), media_type="image/png")
    report = examine(png_with(signed, (name, content), where=where))
    refused(report)
    assert report.evidence[Line.INTEGRITY].status is status


@pytest.mark.parametrize("where", ["before", "behind"])
@pytest.mark.parametrize(
    ("foreign", "status"),
    [
        (b"!\xfe\x04text\0", UNKNOWN),
        (b"!\xff\x0bXMP DataXMP" + b"<x/>" + b"\x01" + bytes(range(255, -1, -1)) + b"\0", UNKNOWN),
        (b"!\xff\x0bICCRGBG1012\x04abcd\0", UNKNOWN),
        (b"!\xf9\x04\x0d\x64\0\0\0", FAIL),
        (b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", FAIL),
        (b",\0\0\0\0\1\0\1\0\0\x02\x02D\x01\0", FAIL),
    ],
    ids=["comment", "XMP", "profile", "transparency", "loop", "picture"],
)
def test_no_block_beside_the_store_of_a_gif_passes(where: str, foreign: bytes, status: str) -> None:
    signed = sign(CAMERA, MEDIA["image/gif"](), media_type="image/gif")
    report = examine(gif_with(signed, foreign, where=where))
    refused(report)
    # The engine looks for no store behind a picture, and reads none.
    unread = foreign.startswith(b",") and where == "before"
    assert report.evidence[Line.INTEGRITY].status is (UNKNOWN if unread else status)


def test_a_gif_whose_store_is_cut_into_small_blocks_does_not_pass() -> None:
    signed = sign(CAMERA, MEDIA["image/gif"](), media_type="image/gif")
    start, end, store = gif_store(signed)
    for by in range(1, 400):
        smaller = shrunk(store, by)
        assert smaller is not None
        block = gif_block(smaller, size=250)
        if len(block) == end - start:
            refused(examine(signed[:start] + block + signed[end:]), FOREIGN)
            return
    raise AssertionError("no size fits")


@pytest.mark.parametrize("where", ["before", "behind"])
@pytest.mark.parametrize(
    ("media_type", "name", "content", "status"),
    [
        ("image/webp", b"EXIF", orientation(3) + b"\0" * (len(orientation(3)) & 1), UNKNOWN),
        ("image/webp", b"XMP ", b"<x:xmpmeta/>", UNKNOWN),
        ("image/webp", b"ANIM", bytes(6), FAIL),
        ("image/webp", b"ICCP", bytes(8), FAIL),
        ("image/webp", b"ABCD", PAGE + b" " * (len(PAGE) & 1), UNKNOWN),
        ("audio/wav", b"LIST", b"INFOIART\4\0\0\0name", UNKNOWN),
        ("audio/wav", b"cue ", bytes(4), FAIL),
        ("audio/wav", b"data", b"\x7f" * 64, FAIL),
        ("audio/wav", b"id3 ", b"ID3\4\0\0\0\0\0\x0cAPIC\0\0\0\2\0\0xx", UNKNOWN),
        ("video/x-msvideo", b"LIST", b"movi00dc\4\0\0\0abcd", FAIL),
        ("video/x-msvideo", b"JUNK", PAGE + b" " * (len(PAGE) & 1), FAIL),
    ],
)
def test_no_chunk_beside_the_store_of_a_riff_file_passes(
    where: str, media_type: str, name: bytes, content: bytes, status: str
) -> None:
    signed = sign(CAMERA, FORMS[media_type](), media_type=media_type)
    report = examine(riff_with(signed, name, content, where=where))
    refused(report)
    assert report.evidence[Line.INTEGRITY].status is status


@pytest.mark.parametrize("foreign", [PAGE, b"\0" * 30 + b"APIC", TURNED])
@pytest.mark.parametrize(
    "media_type", ["image/png", "image/webp", "audio/wav", "video/x-msvideo", "audio/mpeg", "audio/flac"]
)
def test_nothing_behind_the_store_in_what_carries_it_passes(media_type: str, foreign: bytes) -> None:
    signed = sign(CAMERA, FORMS[media_type](), media_type=media_type)
    data = behind_store(signed, foreign)
    if media_type == "image/png":
        start = data.index(b"caBX")
        (size,) = struct.unpack(">I", data[start - 4 : start])
        end = start + 4 + size
        data = data[:end] + struct.pack(">I", zlib.crc32(data[start:end])) + data[end + 4 :]
    report = examine(data)
    refused(report, FOREIGN)
    assert report.evidence[Line.INTEGRITY].status is FAIL


def test_a_wrong_checksum_of_the_stores_chunk_does_not_pass() -> None:
    signed = sign(CAMERA, picture("PNG"), media_type="image/png")
    start = signed.index(b"caBX")
    (size,) = struct.unpack(">I", signed[start - 4 : start])
    end = start + 4 + size
    refused(examine(signed[:end] + b"text" + signed[end + 4 :]), FOREIGN)


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_genuine_files_pass(media_type: str) -> None:
    signed = sign(CAMERA, MEDIA[media_type](), media_type=media_type)
    assert examine(signed).evidence[Line.INTEGRITY].status is PASS


def lists() -> TrustLists:
    signers = [name for setting in SETTINGS.values() for name in setting[0]]
    authorities = [name for setting in SETTINGS.values() for name in setting[1]]
    return TrustLists.empty().with_run_lists(
        trust=[trust(name) for name in dict.fromkeys(signers)],
        tsa_trust=[trust(name) for name in dict.fromkeys(authorities)],
    )


def pictures() -> list[Row]:
    return [row for row in media() if row.path.read_bytes()[:3] == b"\xff\xd8\xff"]


@needs_corpus
@pytest.mark.corpus
def test_no_real_picture_can_be_turned_in_the_range_of_its_store_and_pass() -> None:
    trusted, tried, wrong = lists(), 0, list[str]()
    for row in pictures():
        data = row.path.read_bytes()
        if examine(data, trusted).evidence[Line.INTEGRITY].status is not PASS:
            continue
        for where, status in (("between", FAIL), ("before", UNKNOWN), ("behind", UNKNOWN)):
            turned = jpeg_with(data, TURNED, where=where)
            if turned is None:
                continue
            tried += 1
            report = examine(turned, trusted)
            if report.evidence[Line.INTEGRITY].status is not status or exit_code(report) is OK:
                wrong.append(f"{row.id} {where}: {codes(report, Line.INTEGRITY)}")
    assert tried > 100
    assert not wrong


def swallowing(data: bytes) -> bytes | None:
    """A signed JPEG whose last piece of the store takes in the segment behind it; None where that is too long."""
    segments, scan = jpeg_segments(data)
    last = max(number for number, segment in enumerate(segments) if segment[1] == 0xEB)
    if last + 1 == len(segments) or len(segments[last]) + len(segments[last + 1]) - 2 > 0xFFFF:
        return None
    whole = jpeg_segment(0xEB, segments[last][4:] + segments[last + 1])
    return join_jpeg([*segments[:last], whole, *segments[last + 2 :]], scan)


def test_a_store_that_takes_in_a_signed_orientation_fails() -> None:
    segments, scan = jpeg_segments(picture())
    signed = sign(CAMERA, join_jpeg([segments[0], exif_segment(orientation(6)), *segments[1:]], scan))
    data = swallowing(signed)
    assert data is not None
    assert len(data) == len(signed)
    assert shows(data) != shows(signed)
    # By our own computation the digest holds.
    refused(examine(data), FOREIGN, "integrity.unconfirmed")


@needs_corpus
@pytest.mark.corpus
def test_no_real_pictures_store_can_take_in_what_follows_and_pass() -> None:
    trusted, tried, wrong = lists(), 0, list[str]()
    for row in pictures():
        data = row.path.read_bytes()
        if examine(data, trusted).evidence[Line.INTEGRITY].status is not PASS:
            continue
        longer = swallowing(data)
        if longer is not None:
            tried += 1
            report = examine(longer, trusted)
            if report.evidence[Line.INTEGRITY].status is not FAIL:
                wrong.append(f"{row.id}: {codes(report, Line.INTEGRITY)}")
    assert tried > 30
    assert not wrong


@needs_corpus
@pytest.mark.corpus
def test_no_real_files_store_is_called_foreign_or_wide() -> None:
    wrong = []
    for row in media():
        found = codes(examine(row.path, lists()), Line.INTEGRITY)
        if {FOREIGN, WIDE, SHOWN, "integrity.pointer.store", "integrity.padding.filled"} & set(found):
            wrong.append(f"{row.id}: {found}")
    assert not wrong


def test_pieces_join_to_the_store_again() -> None:
    store = manifest_store(sign(CAMERA))
    segments, scan = jpeg_segments(picture())
    assert manifest_store(join_jpeg([*segments, *pieces(store)], scan)) == store
