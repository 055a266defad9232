"""Is every byte of a JPEG XL file that a hash leaves out named for what it is?"""

from __future__ import annotations

import struct
from typing import Any

import brotli
import pytest

from provenance.formats import Kind, read_layout
from provenance.formats.bmff.jxl_metadata import MAX_UNFOLDED
from tests.provenance.test_coverage import direct
from tests.support.media.bmff_files import ftyp
from tests.support.media.crafting import box, sha256, store, superbox
from tests.support.media.forms import jxl

STORE = store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions")))
HEAD, CODE = jxl()[:32], jxl()[32:]
EXIF = box(b"Exif", bytes(4) + b"MM\0*")


def by_range(inserted: bytes) -> set[str]:
    """Our codes where a range was signed for a larger store, and `inserted` was put in its place."""
    size = len(STORE) + len(inserted)
    content = {"exclusions": [{"start": len(HEAD), "length": size}], "alg": "sha256", "hash": sha256(HEAD + CODE)}
    found = direct("c2pa.hash.data", content, HEAD + STORE + inserted + CODE, "image/jxl")
    assert found.codes[0] == "assertion.dataHash.match"
    return set(found.codes[1:])


def by_boxes(inserted: bytes) -> set[str]:
    """Our codes where the signer left out the box `inserted` by its name."""
    data = HEAD + STORE + inserted + CODE
    groups: list[dict[str, Any]] = []
    for one in read_layout(data).boxes:
        raw = data[one.start : one.end]
        hashed = {"alg": "sha256", "hash": sha256(raw), "excluded": raw == inserted}
        groups.append({"names": [one.name]} | ({"hash": b"\0"} if one.name == "C2PA" else hashed))
    found = direct("c2pa.hash.boxes", {"alg": "sha256", "boxes": groups}, data, "image/jxl")
    assert found.codes[0] == "assertion.boxesHash.match"
    return set(found.codes[1:])


def test_a_store_in_its_own_box_leaves_nothing_open() -> None:
    assert by_range(b"") == by_boxes(b"") == {"integrity.coverage.full"}


@pytest.mark.parametrize(
    ("inserted", "code"),
    [
        (box(b"jxlp", b"\x80\0\0\1\xff\x0a"), "integrity.coverage.media_excluded"),
        (box(b"jxlc", b"\xff\x0a"), "integrity.coverage.media_excluded"),
        (box(b"jxll", b"\5"), "integrity.coverage.media_excluded"),
        (box(b"jbrd", b"x"), "integrity.coverage.media_excluded"),
        (box(b"jxli", b"x"), "integrity.coverage.other_excluded"),
        (box(b"jumb", box(b"jumd", bytes(20))), "integrity.coverage.other_excluded"),
        (box(b"brob", b"jumb" + b"x"), "integrity.coverage.other_excluded"),
        (ftyp(b"jxl "), "integrity.brands"),
        (b"\xff\x0a" + bytes(range(1, 40)), "integrity.coverage.unknown"),
        (EXIF, "integrity.coverage.metadata_excluded"),
        (box(b"xml ", b"<x/>"), "integrity.coverage.metadata_excluded"),
        (box(b"brob", b"Exif" + b"x"), "integrity.coverage.metadata_excluded"),
    ],
)
def test_a_box_that_is_left_out_is_named_for_what_it_is(inserted: bytes, code: str) -> None:
    assert code in by_boxes(inserted)
    # In the range of the store nobody can tell whether its signer left it there: that never passes.
    assert {code, "integrity.coverage.wide"} <= by_range(inserted)


def tiff(orientation: int) -> bytes:
    """EXIF with an orientation alone."""
    return b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0" + bytes([orientation]) + bytes(6)


def xmp(inside: bytes) -> bytes:
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ' + inside + b"/></x:xmpmeta>"


def packed(kind: bytes, content: bytes) -> bytes:
    return box(b"brob", kind + brotli.compress(content))


TURNED = xmp(b'tiff:Orientation="6"')
SHOWN = "integrity.shown.excluded"


@pytest.mark.parametrize(
    ("inserted", "names"),
    [
        (box(b"Exif", bytes(4) + tiff(6)), ("EXIF orientation",)),
        (box(b"Exif", b"\0\0\0\2ab" + tiff(1)), ("EXIF that cannot be read",)),
        (box(b"Exif", bytes(3)), ("EXIF that cannot be read",)),
        (box(b"xml ", TURNED), ("XMP orientation",)),
        (box(b"xml ", b"<!DOCTYPE x>"), ("XMP that cannot be read",)),
        (packed(b"Exif", bytes(4) + tiff(8)), ("EXIF orientation",)),
        (packed(b"xml ", TURNED), ("XMP orientation",)),
        (box(b"brob", b"Exif" + b"x" * 20), ("EXIF that cannot be read",)),
        (packed(b"xml ", xmp(b"") + b" " * 9000)[:-3], ("XMP that cannot be read",)),
    ],
)
def test_metadata_that_turns_the_picture_is_named(inserted: bytes, names: tuple[str, ...]) -> None:
    """A JPEG file that is given back out of a JPEG XL file has this metadata, and viewers go by it."""
    inserted = struct.pack(">I", len(inserted)) + inserted[4:]
    assert SHOWN in by_boxes(inserted)
    assert tuple(region.name for region in read_layout(HEAD + inserted + CODE).shown) == names


@pytest.mark.parametrize(
    "inserted",
    [
        box(b"Exif", bytes(4) + tiff(1)), packed(b"Exif", bytes(4) + tiff(1)), box(b"xml ", xmp(b"")),
        packed(b"xml ", xmp(b'tiff:Orientation="1"')), box(b"brob", b"abcd" + b"x"),
    ],
)  # fmt: skip
def test_metadata_that_changes_nothing_may_be_left_out(inserted: bytes) -> None:
    assert SHOWN not in by_boxes(inserted)


def test_one_block_of_metadata_hides_no_other() -> None:
    upright, turned = box(b"Exif", bytes(4) + tiff(1)), packed(b"Exif", bytes(4) + tiff(6))
    found = read_layout(HEAD + upright + turned + CODE).shown
    assert sorted(region.name for region in found) == ["EXIF", "EXIF orientation"]
    found = read_layout(HEAD + upright + packed(b"xml ", TURNED) + CODE).shown
    assert sorted(region.name for region in found) == ["EXIF", "XMP orientation"]


def test_metadata_that_unfolds_without_end_is_not_read() -> None:
    bomb = packed(b"xml ", b" " * (MAX_UNFOLDED + 1))
    assert [one.name for one in read_layout(HEAD + bomb + CODE).shown] == ["XMP that cannot be read"]
    halves = packed(b"xml ", b" " * (MAX_UNFOLDED // 2 + 1))
    assert len(read_layout(HEAD + halves + CODE).shown) == 0
    assert len(read_layout(HEAD + halves * 2 + CODE).shown) == 2


def test_boxes_of_a_jpeg_xl_file_that_are_no_store_are_left_alone() -> None:
    layout = read_layout(HEAD + box(b"jumb", box(b"jumd", bytes(20))) + CODE)
    assert not layout.stores
    assert not any(layout.of_kind(Kind.MANIFEST))
