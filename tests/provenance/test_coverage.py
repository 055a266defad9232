"""Is every byte outside a hard binding named for what it is, in every container, and does media outside it fail?"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import cbor2
import pytest

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage, hard_bindings, measure
from provenance.credentials.errors import CredentialsLimitError
from provenance.credentials.store import jumbf
from provenance.formats import Kind, Layout, read_layout
from provenance.formats.bmff import C2PA_UUID
from provenance.formats.bmff.order import is_only_order
from tests.support.authority import (
    add_xmp,
    append_bytes,
    change_pixels,
    join_jpeg,
    jpeg_segments,
    make_root,
    make_signer,
    picture,
    sign,
    transplant,
    with_manifest_store,
)
from tests.support.effort import grows_no_faster
from tests.support.media.crafting import assertion_box, box, sha256, signed, store, superbox
from tests.support.media.forms import FORMS, MEDIA, PDF, SVG, exif_of, film, leaving_out, scan_of, sound, with_exif

SIGNER = make_signer(make_root())


def cover(data: bytes, media_type: str = "", **options: Any) -> Coverage:
    """The coverage of the active manifest's binding."""
    layout = read_layout(data, media_type)
    manifest = jumbf.parse_store(layout.stores[0]).active
    bindings = hard_bindings(manifest.assertions)
    return measure(
        bindings[0] if bindings else None,
        data,
        layout,
        manifest=manifest.label,
        algorithm=manifest.algorithm,
        **options,
    )


def direct(label: str, content: dict[str, Any], data: bytes, media_type: str = "", **options: Any) -> Coverage:
    """The coverage of an assertion given by hand."""
    box_bytes = assertion_box(label, content)
    store = jumbf.parse_store(
        box_store(box_bytes),
    )
    assertion = store.active.assertions[0]
    return measure(assertion, data, read_layout(data, media_type), manifest="m", algorithm="sha256", **options)


def box_store(assertion: bytes) -> bytes:
    return store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", assertion)))


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_a_file_as_the_engine_signs_it_is_covered_whole(media_type: str) -> None:
    data = sign(SIGNER, MEDIA[media_type](), media_type=media_type)
    found = cover(data, media_type)
    assert found.match is Match.MATCH
    assert found.codes[-1] == "integrity.coverage.full"
    assert found.media_share == 1.0
    assert found.is_whole
    assert sum(size for _, size in found.totals) + found.covered == len(data)


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_one_changed_byte_of_media_is_a_mismatch_in_every_container(media_type: str) -> None:
    data = bytearray(sign(SIGNER, MEDIA[media_type](), media_type=media_type))
    regions = [r for r in read_layout(bytes(data), media_type).of_kind(Kind.MEDIA) if r.end - r.start > 8]
    place = max(regions, key=lambda region: region.end - region.start)
    middle = (place.start + place.end) // 2
    data[middle] ^= 1
    try:
        found = cover(bytes(data), media_type)
    except IndexError:
        pytest.fail("the store was lost")
    assert found.match is Match.MISMATCH
    assert found.covered == 0
    assert not found.is_whole


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_the_regions_of_a_file_leave_no_gap_and_no_overlap(media_type: str) -> None:
    data = sign(SIGNER, MEDIA[media_type](), media_type=media_type)
    layout = read_layout(data, media_type)
    position = 0
    for region in layout.regions:
        assert region.start == position
        assert region.end > region.start
        position = region.end
    assert position == len(data)
    assert layout.complete


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_no_cut_of_a_file_escapes_as_an_error(media_type: str) -> None:
    data = sign(SIGNER, MEDIA[media_type](), media_type=media_type)
    for end in range(0, len(data), max(1, len(data) // 60)):
        layout = read_layout(data[:end], media_type)
        assert sum(region.end - region.start for region in layout.regions) == end


def test_pixels_outside_the_binding_fail_though_the_digest_matches() -> None:
    data = leaving_out(SIGNER, picture(), scan_of)
    start, length = scan_of(data)
    swapped = data[:start] + data[start : start + 20] + bytes(length - 20) + data[start + length :]
    for version in (data, swapped):
        found = cover(version)
        assert found.match is Match.MATCH
        assert "integrity.coverage.media_excluded" in found.codes
        assert found.media_share < 0.9
        assert not found.is_whole
        assert any(one.kind is Kind.MEDIA and one.start == start for one in found.excluded)


@pytest.mark.parametrize("size", [1, 2, 16])
def test_a_single_pixel_byte_outside_the_binding_fails(size: int) -> None:
    data = leaving_out(SIGNER, picture(), lambda whole: (scan_of(whole)[0] + 40, size))
    found = cover(data)
    assert "integrity.coverage.media_excluded" in found.codes
    assert found.media - found.media_covered == size


def test_tables_that_decide_what_is_seen_count_as_media() -> None:
    def quantisation(whole: bytes) -> tuple[int, int]:
        start = whole.index(b"\xff\xdb")
        return start, 2 + struct.unpack(">H", whole[start + 2 : start + 4])[0]

    assert "integrity.coverage.media_excluded" in cover(leaving_out(SIGNER, picture(), quantisation)).codes


def test_exif_outside_the_binding_is_named_and_does_not_fail() -> None:
    found = cover(leaving_out(SIGNER, with_exif(), exif_of))
    assert found.codes == ("assertion.dataHash.match", "integrity.coverage.metadata_excluded")
    assert found.excluded_names == ("EXIF",)
    assert found.media_share == 1.0
    assert found.is_whole


def test_exif_and_pixels_outside_the_binding_are_both_named() -> None:
    found = cover(leaving_out(SIGNER, with_exif(), exif_of, scan_of))
    assert "integrity.coverage.media_excluded" in found.codes
    assert "integrity.coverage.metadata_excluded" in found.codes


def test_pixels_hidden_behind_an_exif_range_that_is_too_long_fail() -> None:
    def too_long(whole: bytes) -> tuple[int, int]:
        start = exif_of(whole)[0]
        return start, len(whole) - start - 10

    assert "integrity.coverage.media_excluded" in cover(leaving_out(SIGNER, with_exif(), too_long)).codes


def test_png_pixels_and_text_outside_the_binding_are_told_apart() -> None:
    def chunk(kind: bytes) -> Callable[[bytes], tuple[int, int]]:
        def find(whole: bytes) -> tuple[int, int]:
            at = whole.index(kind) - 4
            return at, 12 + struct.unpack(">I", whole[at : at + 4])[0]

        return find

    media = add_xmp(picture("PNG"))
    assert "integrity.coverage.media_excluded" in cover(leaving_out(SIGNER, media, chunk(b"IDAT"))).codes
    found = cover(leaving_out(SIGNER, media, chunk(b"iTXt")))
    assert found.codes[-1] == "integrity.coverage.metadata_excluded"
    assert found.excluded_names == ("XMP",)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"Exif\0\0MM\0*", "integrity.coverage.metadata_excluded"),
        (b"urn:iso:std:iso:ts:21496:-1\0" + bytes(40), "integrity.coverage.media_excluded"),
        (b"a layer of somebody's own", "integrity.coverage.other_excluded"),
    ],
)
def test_segments_of_a_jpeg_outside_the_binding_are_told_apart(payload: bytes, code: str) -> None:
    marker = 0xE1 if payload.startswith(b"Exif") else 0xE2
    segment = struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload
    data = picture()[:2] + segment + picture()[2:]
    exclusions = [{"start": 2, "length": len(segment)}]
    content = {"hash": sha256(picture()), "alg": "sha256", "exclusions": exclusions}
    found = direct("c2pa.hash.data", content, data)
    assert found.match is Match.MATCH
    assert code in found.codes


def test_a_chunk_of_unknown_kind_outside_the_binding_is_not_harmless() -> None:
    media = picture("PNG")
    strange = struct.pack(">I", 4) + b"teSt" + b"abcd" + struct.pack(">I", 0)
    media = media[:33] + strange + media[33:]

    def unknown(whole: bytes) -> tuple[int, int]:
        return whole.index(b"teSt") - 4, 16

    found = cover(leaving_out(SIGNER, media, unknown))
    assert "integrity.coverage.other_excluded" in found.codes
    assert not found.is_whole


def test_bytes_after_the_end_are_a_mismatch() -> None:
    for media in (picture(), picture("PNG")):
        assert cover(append_bytes(signed(SIGNER, media))).codes == ("assertion.dataHash.mismatch",)


def test_bytes_after_the_end_outside_the_binding_are_named() -> None:
    data = leaving_out(SIGNER, picture() + b"tail of bytes", lambda whole: (len(whole) - 13, 13))
    assert "integrity.coverage.trailing_excluded" in cover(data).codes


@pytest.mark.parametrize("change", [change_pixels, add_xmp, append_bytes])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_changes_after_signing_are_a_mismatch(change: Callable[[bytes], bytes], form: str) -> None:
    assert cover(change(signed(SIGNER, picture(form)))).codes == ("assertion.dataHash.mismatch",)


def test_a_transplanted_manifest_is_a_mismatch() -> None:
    data = transplant(signed(SIGNER), picture(shade=80))
    assert cover(data).match is Match.MISMATCH


def test_two_stores_are_named() -> None:
    first = signed(SIGNER, picture())
    segments, scan = jpeg_segments(first)
    own = [segment for segment in segments if segment[1] == 0xEB]
    second = [segment[:6] + b"\x09\x99" + segment[8:] for segment in own]
    place = segments.index(own[-1]) + 1
    data = join_jpeg([*segments[:place], *second, *segments[place:]], scan)
    assert len(read_layout(data).stores) == 2
    assert "integrity.stores.multiple" in cover(data).codes


def test_other_jumbf_in_a_jpeg_xl_is_no_second_store() -> None:
    whole = sign(make_signer(), FORMS["image/jxl"](), media_type="image/jxl")
    assert len(read_layout(whole).stores) == 1
    other = superbox(b"json", "org.example.notes", box(b"json", b"{}"))
    layout = read_layout(whole + other)
    assert len(layout.stores) == 1
    assert layout.regions[-1].kind is Kind.OTHER
    assert len(read_layout(whole + manifest_store_of_jxl(whole)).stores) == 2


def manifest_store_of_jxl(data: bytes) -> bytes:
    start = data.index(b"jumb") - 4
    return data[start : start + int.from_bytes(data[start : start + 4], "big")]


def test_two_png_stores_are_named() -> None:
    from tests.support.authority import join_png, png_chunks

    chunks = png_chunks(signed(SIGNER, picture("PNG")))
    store = next(chunk for chunk in chunks if chunk[0] == b"caBX")
    data = join_png([*chunks[:2], store, *chunks[2:]])
    assert "integrity.stores.multiple" in cover(data).codes


def test_an_exclusion_past_the_end_is_a_mismatch() -> None:
    content = {"exclusions": [{"start": 0, "length": 1 << 40}], "alg": "sha256", "hash": bytes(32)}
    assert direct("c2pa.hash.data", content, picture()).match is Match.MISMATCH


@pytest.mark.parametrize(
    "content",
    [
        {"hash": bytes(32), "exclusions": [{"start": -1, "length": 1}]},
        {"hash": bytes(32), "exclusions": [{"start": 0}]},
        {"hash": bytes(32), "exclusions": "all"},
        {"hash": bytes(32), "exclusions": [{"start": True, "length": 1}]},
        {"exclusions": []},
    ],
)
def test_a_data_hash_against_its_own_rules_is_malformed_and_no_change(content: dict[str, Any]) -> None:
    found = direct("c2pa.hash.data", content, picture())
    assert found.match is Match.MALFORMED
    assert found.codes == ("assertion.dataHash.malformed",)


def test_an_unknown_hash_algorithm_is_unsupported() -> None:
    found = direct("c2pa.hash.data", {"hash": b"", "alg": "md5"}, picture())
    assert found.match is Match.UNSUPPORTED
    assert "integrity.coverage.unknown" in found.codes


def test_a_container_that_is_not_read_is_never_covered_by_default() -> None:
    data = b"some text that is no media at all"
    content = {"hash": sha256(data[5:]), "alg": "sha256", "exclusions": [{"start": 0, "length": 5}]}
    found = direct("c2pa.hash.data", content, data)
    assert found.match is Match.MATCH
    assert "integrity.coverage.unknown" in found.codes
    assert not found.is_whole
    assert found.media_share == 0.0


@pytest.mark.parametrize("hidden", [b"", b"7 0 obj\n<</Length 3>>stream\nABC\nendstream\nendobj\n"])
def test_objects_of_a_pdf_that_lie_in_the_store_are_not_its_own(hidden: bytes) -> None:
    stored = box_store(assertion_box("c2pa.x", {"a": hidden}))
    data = PDF + b"9 0 obj\n<</Type/EmbeddedFile>>stream\n" + stored + b"\nendstream\nendobj\n"
    start = data.index(stored)
    exclusions = [{"start": start, "length": len(stored)}]
    content = {"hash": sha256(data.replace(stored, b"")), "alg": "sha256", "exclusions": exclusions}
    found = direct("c2pa.hash.data", content, data)
    assert found.match is Match.MATCH
    assert ("integrity.coverage.other_excluded" in found.codes) is bool(hidden)


def test_where_nothing_is_left_out_the_container_does_not_matter() -> None:
    data = b"some text that is no media at all"
    found = direct("c2pa.hash.data", {"hash": sha256(data), "alg": "sha256"}, data)
    assert found.codes == ("assertion.dataHash.match", "integrity.coverage.full")
    assert found.media_share == 1.0


def test_without_a_binding_nothing_is_covered() -> None:
    found = measure(None, picture(), read_layout(picture()), manifest="m", algorithm="sha256")
    assert found.match is Match.MISSING
    assert found.codes == ("claim.hardBindings.missing",)


def named_boxes(layout: Layout, data: bytes, groups: Sequence[Sequence[str]], **more: Any) -> dict[str, Any]:
    """A box hash whose digests are right."""
    found, position = [], 0
    for names in groups:
        taken = layout.boxes[position : position + len(names)]
        position += len(names)
        digest = b"\0" if list(names) == ["C2PA"] else sha256(data[taken[0].start : taken[-1].end])
        found.append({"names": list(names), "alg": "sha256", "hash": digest, "pad": b""} | more.get(names[0], {}))
    return {"boxes": found}


def all_boxes(data: bytes, **more: Any) -> dict[str, Any]:
    layout = read_layout(data)
    return named_boxes(layout, data, [[one.name] for one in layout.boxes], **more)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_box_hash_covers_whole_files(form: str) -> None:
    data = signed(SIGNER, picture(form))
    found = direct("c2pa.hash.boxes", all_boxes(data), data)
    assert found.codes == ("assertion.boxesHash.match", "integrity.coverage.full")


def test_a_box_hash_over_changed_pixels_is_a_mismatch() -> None:
    data = signed(SIGNER)
    assert direct("c2pa.hash.boxes", all_boxes(data), change_pixels(data)).codes == ("assertion.boxesHash.mismatch",)


def test_a_box_hash_that_leaves_out_the_scan_fails() -> None:
    data = signed(SIGNER)
    found = direct("c2pa.hash.boxes", all_boxes(data, SOS={"excluded": True}), data)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def test_a_box_hash_that_stops_before_the_scan_fails() -> None:
    data = signed(SIGNER)
    content = all_boxes(data)
    names = [group["names"][0] for group in content["boxes"]]
    content["boxes"] = content["boxes"][: names.index("SOS")]
    assert "integrity.coverage.media_excluded" in direct("c2pa.hash.boxes", content, data).codes


@pytest.mark.parametrize("where", ["front", "back"])
def test_a_box_hash_over_another_order_of_boxes_is_a_mismatch(where: str) -> None:
    data = signed(SIGNER)
    content = all_boxes(data)
    place = 1 if where == "front" else -2
    content["boxes"][place]["names"] = ["APP9"]
    assert direct("c2pa.hash.boxes", content, data).match is Match.MISMATCH


def test_a_box_hash_over_the_manifest_is_malformed() -> None:
    data = signed(SIGNER)
    names = [one.name for one in read_layout(data).boxes]
    content = named_boxes(read_layout(data), data, [names])
    assert direct("c2pa.hash.boxes", content, data).codes == ("assertion.boxesHash.malformed",)


def test_bytes_after_a_box_hashed_image_are_named() -> None:
    data = signed(SIGNER)
    found = direct("c2pa.hash.boxes", all_boxes(data), append_bytes(data))
    assert "integrity.coverage.trailing_excluded" in found.codes


def test_a_box_hash_for_a_container_without_boxes_is_unsupported() -> None:
    content = {"boxes": [{"names": ["x"], "hash": b"", "pad": b""}]}
    assert direct("c2pa.hash.boxes", content, sound()).match is Match.UNSUPPORTED


MOVIE_HEAD = box(b"ftyp", b"isom\0\0\0\0isom")


def full_box(kind: bytes, payload: bytes) -> bytes:
    return box(kind, bytes(4) + payload)


def movie(pixels: bytes, *, offset: int | None = None, before: bytes = b"", extra: bytes = b"") -> bytes:
    """A minimal film: ftyp, moov with one chunk offset, mdat."""

    def tracks(at: int) -> bytes:
        table = full_box(b"stco", struct.pack(">II", 1, at))
        stbl = box(b"stbl", table)
        return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", stbl))))

    start = len(MOVIE_HEAD) + len(before) + len(tracks(0)) + 8
    return MOVIE_HEAD + before + tracks(start if offset is None else offset) + box(b"mdat", pixels) + extra


MANDATORY = [
    {"xpath": "/uuid", "data": [{"offset": 8, "value": C2PA_UUID}]},
    {"xpath": "/ftyp"},
    {"xpath": "/mfra"},
    {"xpath": "/free"},
    {"xpath": "/skip"},
]


def bmff_digest(data: bytes, *, leave_out: Sequence[bytes] = (b"ftyp", b"free"), offsets: bool = True) -> bytes:
    """A BMFF digest written straight from the specification: offset and bytes of every top-level box that counts."""
    state, position = hashlib.sha256(), 0
    while position < len(data):
        (size,) = struct.unpack(">I", data[position : position + 4])
        if data[position + 4 : position + 8] not in leave_out:
            if offsets:
                state.update(struct.pack(">Q", position))
            state.update(data[position : position + size])
        position += size
    return state.digest()


@pytest.mark.parametrize(
    ("label", "offsets", "code"),
    [
        ("c2pa.hash.bmff", False, "integrity.coverage.order_excluded"),
        ("c2pa.hash.bmff.v2", True, "integrity.coverage.full"),
        ("c2pa.hash.bmff.v3", True, "integrity.coverage.full"),
    ],
)
def test_a_bmff_hash_covers_boxes_and_from_version_2_their_places(label: str, code: str, *, offsets: bool) -> None:
    data = movie(b"p" * 100)
    content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data, offsets=offsets)}
    assert direct(label, content, data).codes == ("assertion.bmffHash.match", code)
    moved = movie(b"p" * 100, offset=len(MOVIE_HEAD) + 80, before=box(b"free", bytes(8)))
    expected = Match.MISMATCH
    assert direct(label, content, moved).match is expected


@pytest.mark.parametrize("purpose", [b"junk\0", b"\0", b"x" * 40, b"Manifest\0"])
def test_a_c2pa_box_of_no_known_purpose_is_no_place_to_keep_anything_in(purpose: bytes) -> None:
    data = movie(b"p" * 100)
    content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data)}
    found = direct("c2pa.hash.bmff.v2", content, data + box(b"uuid", C2PA_UUID + bytes(4) + purpose + b"anything"))
    assert found.match is Match.MATCH
    assert "integrity.coverage.other_excluded" in found.codes


def test_a_bmff_hash_over_changed_media_is_a_mismatch() -> None:
    data = movie(b"p" * 100)
    content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data)}
    assert direct("c2pa.hash.bmff.v2", content, data[:-1] + b"q").codes == ("assertion.bmffHash.mismatch",)


def test_a_bmff_hash_that_leaves_out_the_media_fails() -> None:
    data = movie(b"p" * 100)
    content = {
        "exclusions": [*MANDATORY, {"xpath": "/mdat"}],
        "alg": "sha256",
        "hash": bmff_digest(data, leave_out=(b"ftyp", b"free", b"mdat")),
    }
    found = direct("c2pa.hash.bmff.v2", content, data)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def test_an_offset_table_that_points_outside_the_binding_fails() -> None:
    # The old default exclusions leave out the offsets: whoever moves them into a free box swaps every frame.
    data = movie(b"p" * 100, extra=box(b"free", b"q" * 100))
    rules = [*MANDATORY, {"xpath": "/moov/trak/mdia/minf/stbl/stco", "subset": [{"offset": 16, "length": 0}]}]
    table = data.index(b"stco") - 4 + 16
    free = data.index(b"free", table) + 4

    def digest(whole: bytes) -> bytes:
        state, position = hashlib.sha256(), len(MOVIE_HEAD)
        moov = position
        state.update(struct.pack(">Q", moov) + whole[moov:table] + whole[table + 4 : whole.index(b"mdat") - 4])
        mdat = whole.index(b"mdat") - 4
        state.update(struct.pack(">Q", mdat) + whole[mdat : free - 8])
        return state.digest()

    content = {"exclusions": rules, "alg": "sha256", "hash": digest(data)}
    assert "integrity.coverage.media_excluded" not in direct("c2pa.hash.bmff.v2", content, data).codes
    swapped = data[:table] + struct.pack(">I", free) + data[table + 4 :]
    found = direct("c2pa.hash.bmff.v2", content, swapped)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def tree_content(data: bytes, block: int, *, rows: int = 1, **more: Any) -> dict[str, Any]:
    """A version 3 hash with a Merkle tree over the only mdat."""
    at = data.index(b"mdat") - 4
    start, end = at + 16, at + struct.unpack(">I", data[at : at + 4])[0]
    leaves = [sha256(data[place : min(end, place + block)]) for place in range(start, end, block)]
    row = leaves
    while len(row) > rows:
        row = [sha256(row[n] + row[n + 1]) if n + 1 < len(row) else row[n] for n in range(0, len(row), 2)]
    rules = [*MANDATORY, {"xpath": "/mdat", "subset": [{"offset": 16, "length": 0}]}]
    state = hashlib.sha256()
    moov = len(MOVIE_HEAD)
    state.update(struct.pack(">Q", moov) + data[moov:at] + struct.pack(">Q", at) + data[at : at + 16])
    tree = {"uniqueId": 1, "localId": 1, "count": len(leaves), "hashes": row, "fixedBlockSize": block} | more
    return {"exclusions": rules, "alg": "sha256", "hash": state.digest(), "merkle": [tree]}


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_a_merkle_tree_covers_the_media_in_blocks(rows: int) -> None:
    data = movie(bytes(range(200)))
    found = direct("c2pa.hash.bmff.v3", tree_content(data, 45, rows=rows), data)
    assert found.codes == ("assertion.bmffHash.match", "integrity.coverage.full")
    assert found.media_share == 1.0


@pytest.mark.parametrize("place", [1, 50, 100, 150, 191])
def test_a_merkle_tree_over_a_changed_block_is_a_mismatch(place: int) -> None:
    data = movie(bytes(range(200)))
    changed = bytearray(data)
    changed[-place] ^= 1
    assert direct("c2pa.hash.bmff.v3", tree_content(data, 45), bytes(changed)).match is Match.MISMATCH


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"count": 4}, Match.MISMATCH),
        ({"hashes": [bytes(32)]}, Match.MISMATCH),
        ({"hashes": []}, Match.MALFORMED),
        ({"fixedBlockSize": 1}, Match.MALFORMED),
        ({"fixedBlockSize": 0}, Match.MALFORMED),
        ({"variableBlockSizes": [1]}, Match.MALFORMED),
        ({"fixedBlockSize": None, "variableBlockSizes": [1, 2]}, Match.MALFORMED),
        ({"count": 1 << 60}, Match.MALFORMED),
    ],
)
def test_a_broken_merkle_tree_never_matches(more: dict[str, Any], match: Match) -> None:
    data = movie(bytes(range(200)))
    assert direct("c2pa.hash.bmff.v3", tree_content(data, 45, **more), data).match is match


def test_a_merkle_tree_in_blocks_of_different_size_is_followed() -> None:
    data = movie(bytes(range(200)))
    at = data.index(b"mdat") - 4
    sizes = [100, 20, len(data) - at - 16 - 120]
    start, leaves = at + 16, []
    for size in sizes:
        leaves.append(sha256(data[start : start + size]))
        start += size
    content = tree_content(data, 1000, hashes=leaves, count=3, fixedBlockSize=None, variableBlockSizes=sizes)
    assert direct("c2pa.hash.bmff.v3", content, data).match is Match.MATCH


def test_a_bmff_hash_without_exclusions_is_malformed() -> None:
    found = direct("c2pa.hash.bmff.v2", {"hash": bytes(32), "exclusions": []}, movie(b"p"))
    assert found.codes == ("assertion.bmffHash.malformed",)


def merkle_box(location: int, hashes: Sequence[bytes]) -> bytes:
    content = cbor2.dumps({"uniqueId": 1, "localId": 1, "location": location, "hashes": list(hashes)})
    return box(b"uuid", C2PA_UUID + bytes(4) + b"merkle\0" + content)


def stream(media: Sequence[bytes]) -> tuple[dict[str, Any], bytes, list[bytes]]:
    """(assertion, init segment, fragments) of a fragmented film."""
    init = MOVIE_HEAD + box(b"moov", box(b"mvhd", bytes(20)))
    plain = [box(b"styp", b"msdh") + box(b"moof", bytes(12)) + box(b"mdat", one) for one in media]
    merkle = len(merkle_box(0, [bytes(32)]))

    def leaf(fragment: bytes, shift: int) -> bytes:
        state, position = hashlib.sha256(), 0
        while position < len(fragment):
            (size,) = struct.unpack(">I", fragment[position : position + 4])
            state.update(struct.pack(">Q", position + shift) + fragment[position : position + size])
            position += size
        return state.digest()

    # The Merkle box stands first in each fragment and is left out, so the others move by its length.
    leaves = [leaf(one, merkle) for one in plain]
    assert len(leaves) == 2
    fragments = [merkle_box(n, [leaves[1 - n]]) + one for n, one in enumerate(plain)]
    tree = {
        "uniqueId": 1,
        "localId": 1,
        "count": 2,
        "hashes": [sha256(leaves[0] + leaves[1])],
        "initHash": bmff_digest(init),
    }
    return {"exclusions": MANDATORY, "alg": "sha256", "merkle": [tree]}, init, fragments


def test_fragments_of_a_stream_are_proved_one_by_one() -> None:
    content, init, fragments = stream([b"a" * 40, b"b" * 40])
    found = direct("c2pa.hash.bmff.v2", content, init, fragments=fragments)
    assert found.match is Match.MATCH
    assert "integrity.fragments.missing" not in found.codes
    for number in range(2):
        changed = list(fragments)
        changed[number] = changed[number][:-1] + b"x"
        assert direct("c2pa.hash.bmff.v2", content, init, fragments=changed).match is Match.MISMATCH
    assert direct("c2pa.hash.bmff.v2", content, init[:-1] + b"x", fragments=fragments).match is Match.MISMATCH


def test_an_init_segment_alone_says_that_fragments_are_missing() -> None:
    content, init, _ = stream([b"a" * 40, b"b" * 40])
    assert "integrity.fragments.missing" in direct("c2pa.hash.bmff.v2", content, init).codes


@pytest.mark.parametrize("first", [b"sidx", b"emsg", b"prft"])
def test_a_fragment_may_begin_with_any_box_that_segments_begin_with(first: bytes) -> None:
    fragment = box(first, bytes(8)) + box(b"moof", bytes(12)) + box(b"mdat", b"a" * 40)
    assert [one.type for one in read_layout(fragment).bmff] == [first.decode(), "moof", "mdat"]


def test_media_of_a_fragment_that_the_rules_leave_out_fails() -> None:
    init = MOVIE_HEAD + box(b"moov", box(b"mvhd", bytes(20)))
    fragment = merkle_box(0, []) + box(b"moof", bytes(12)) + box(b"mdat", b"a" * 40)
    moof = fragment.index(b"moof") - 4
    leaf = sha256(struct.pack(">Q", moof) + fragment[moof : moof + 20])
    tree = {"uniqueId": 1, "localId": 1, "count": 1, "hashes": [leaf], "initHash": bmff_digest(init)}
    content = {"exclusions": [*MANDATORY, {"xpath": "/mdat"}], "alg": "sha256", "merkle": [tree]}
    for given in (fragment, fragment[:-1] + b"x"):
        found = direct("c2pa.hash.bmff.v2", content, init, fragments=[given])
        assert found.match is Match.MATCH
        assert "integrity.coverage.media_excluded" in found.codes
        assert not found.is_whole


def inner_stream(order: Sequence[int]) -> tuple[dict[str, Any], bytes]:
    """A fragmented film in one file under a hash of the first version, which holds no places; and its assertion."""
    init = MOVIE_HEAD + box(b"moov", box(b"mvhd", bytes(20)))
    bare = [box(b"moof", bytes(12)) + box(b"mdat", bytes((number,)) * 40) for number in range(2)]
    leaves = [sha256(one) for one in bare]
    fragments = [bare[n] + merkle_box(n, [leaves[1 - n]]) for n in range(2)]
    tree = {
        "uniqueId": 1,
        "localId": 1,
        "count": 2,
        "hashes": [sha256(leaves[0] + leaves[1])],
        "initHash": bmff_digest(init, offsets=False),
    }
    content = {"exclusions": MANDATORY, "alg": "sha256", "merkle": [tree]}
    return content, init + b"".join(fragments[number] for number in order)


@pytest.mark.parametrize(
    ("order", "match"), [((0, 1), Match.MATCH), ((1, 0), Match.MISMATCH), ((0, 0), Match.MISMATCH)]
)
def test_fragments_in_one_file_stand_in_their_order(order: Sequence[int], match: Match) -> None:
    content, data = inner_stream(order)
    assert direct("c2pa.hash.bmff", content, data).match is match


def test_a_fragment_without_a_proof_is_a_mismatch() -> None:
    content, init, fragments = stream([b"a" * 40, b"b" * 40])
    bare = fragments[0][len(merkle_box(0, [bytes(32)])) :]
    assert direct("c2pa.hash.bmff.v2", content, init, fragments=[bare]).match is Match.MISMATCH


def archive(**files: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, content in files.items():
            file.writestr(zipfile.ZipInfo(name.replace("__", "/")), content)
    return output.getvalue()


def collection(data: bytes, names: Sequence[str], *, directory: bool = True) -> dict[str, Any]:
    from provenance.formats.zip import zip_directory

    found = zip_directory(data)
    by_name = {entry.name.decode(): data[entry.start : entry.end] for entry in found.entries}
    content: dict[str, Any] = {
        "alg": "sha256",
        "uris": [{"uri": name, "hash": sha256(by_name[name])} for name in names],
    }
    return content | ({"zip_central_directory_hash": sha256(data[found.start : found.end])} if directory else {})


def test_a_collection_hash_covers_a_document() -> None:
    data = archive(a__text=b"one", b__text=b"two")
    found = direct("c2pa.hash.collection.data", collection(data, ["a/text", "b/text"]), data)
    assert found.codes == ("assertion.collectionHash.match", "integrity.coverage.full")


class OneWay(io.RawIOBase):
    """Where an archive is streamed to: sizes stand behind each entry, in a descriptor."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.written += data
        return len(data)


def streamed() -> bytes:
    output = OneWay()
    with zipfile.ZipFile(output, "w") as file:  # type: ignore[call-overload]
        file.writestr(zipfile.ZipInfo("a/text"), b"one")
        file.writestr(zipfile.ZipInfo("b/text"), b"two")
    return bytes(output.written)


@pytest.mark.parametrize("make", [lambda: archive(a__text=b"one", b__text=b"two"), streamed], ids=["plain", "streamed"])
def test_a_large_archives_directory_is_read_like_any(
    make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    data = make()
    assert b"PK\x06\x06" in data
    content = collection(data, ["a/text", "b/text"])
    found = direct("c2pa.hash.collection.data", content, data)
    assert found.codes == ("assertion.collectionHash.match", "integrity.coverage.full")
    assert direct("c2pa.hash.collection.data", content, data.replace(b"two", b"tWo")).match is Match.MISMATCH


def test_a_large_archive_with_a_directory_of_lies_is_not_covered_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.formats.zip import zip_directory

    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1)
    data = archive(a__text=b"one", b__text=b"two")
    whole = zip_directory(data)
    assert (whole.complete, len(whole.entries)) == (True, 2)
    for at in range(data.index(b"PK\x01\x02"), len(data)):
        for value in (0x00, 0xFF, data[at] ^ 0x40):
            changed = data[:at] + bytes((value,)) + data[at + 1 :]
            found = zip_directory(changed)
            assert all(entry.start >= 0 for entry in found.entries)
            layout = read_layout(changed)
            assert layout.regions[-1].end == len(changed)


def test_a_collection_hash_in_the_form_of_a_map_by_uri_covers_a_document_too() -> None:
    data = archive(a__text=b"one", b__text=b"two")
    content = collection(data, ["a/text", "b/text"])
    content["uris"] = {one.pop("uri"): one for one in content["uris"]}
    assert direct("c2pa.hash.collection.data", content, data).codes[0] == "assertion.collectionHash.match"
    assert direct("c2pa.hash.collection.data", content, data.replace(b"two", b"tWo")).match is Match.MISMATCH
    content["uris"] = {"a/text": b"no map"}
    assert direct("c2pa.hash.collection.data", content, data).match is Match.MALFORMED


def test_records_that_stand_in_the_directory_too_are_no_hiding_place_and_others_are() -> None:
    data = archive(a__text=b"one")
    start = data.index(b"PK\x01\x02")
    old = data[start : data.index(b"PK\x05\x06")]
    for left, kinds in ((old, set()), (old[:-1] + b"X", {Kind.OTHER}), (old + b"X", {Kind.OTHER})):
        moved = bytearray(data[:start] + left + data[start:])
        end = moved.rindex(b"PK\x05\x06")
        moved[end + 16 : end + 20] = struct.pack("<I", start + len(left))
        regions = read_layout(bytes(moved)).regions
        assert {region.kind for region in regions if region.name == "between"} == kinds


def test_a_collection_hash_over_a_changed_entry_is_a_mismatch() -> None:
    data = archive(a__text=b"one", b__text=b"two")
    content = collection(data, ["a/text", "b/text"])
    assert direct("c2pa.hash.collection.data", content, data.replace(b"two", b"tWo")).match is Match.MISMATCH


def test_an_entry_outside_the_collection_hash_fails() -> None:
    data = archive(a__text=b"one", b__text=b"two")
    found = direct("c2pa.hash.collection.data", collection(data, ["a/text"]), data)
    assert "integrity.coverage.media_excluded" in found.codes


def test_an_entry_added_under_a_listed_name_is_a_mismatch() -> None:
    data = archive(a__text=b"one")
    content = collection(data, ["a/text"], directory=False)
    output = io.BytesIO(data)
    with zipfile.ZipFile(output, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr(zipfile.ZipInfo("a/text"), b"other")
    assert direct("c2pa.hash.collection.data", content, output.getvalue()).match is Match.MISMATCH


def test_a_collection_uri_that_leaves_the_collection_is_malformed() -> None:
    data = archive(a__text=b"one")
    content = {"alg": "sha256", "uris": [{"uri": "../a/text", "hash": bytes(32)}]}
    assert direct("c2pa.hash.collection.data", content, data).codes == ("assertion.collectionHash.malformed",)


def test_more_parts_than_any_file_has_are_refused() -> None:
    many = b"\x89PNG\r\n\x1a\n" + (struct.pack(">I", 0) + b"tEXt" + bytes(4)) * 200_001
    with pytest.raises(CredentialsLimitError):
        read_layout(many)


def test_a_thousand_nested_boxes_are_refused() -> None:
    nested = b""
    for _ in range(1000):
        nested = box(b"moov", nested)
    with pytest.raises(CredentialsLimitError):
        read_layout(MOVIE_HEAD + nested)


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff",
        b"II*\0\xff\xff\xff\x7f" + bytes(64),
        b"II*\0\x08\0\0\0\xff\xff" + bytes(64),
        b"II+\0\x08\0\0\0" + b"\xff" * 64,
        b"\0\0\0\x08ftyp\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff",
        b"GIF89a" + bytes(4) + b"\xf7\0\0",
        b"\xff\xd8\xff\xe1\0\x01",
        b"\xff\xd8\xff" * 100,
        b"PK\x05\x06" + b"\xff" * 18,
        b"fLaC" + b"\x01\xff\xff\xff",
        b"ID3\x04\0\x40\x7f\x7f\x7f\x7f" + b"\xff" * 20,
    ],
)
def test_forged_sizes_are_read_as_broken_containers(data: bytes) -> None:
    layout = read_layout(data)
    assert sum(region.end - region.start for region in layout.regions) == len(data)


def test_a_broken_container_with_bytes_left_out_is_never_covered_whole() -> None:
    data = signed(SIGNER)
    broken = data[: data.index(b"\xff\xdb") + 30]
    left = len(broken) - 20
    content = {"hash": sha256(broken[:left]), "alg": "sha256", "exclusions": [{"start": left, "length": 20}]}
    found = direct("c2pa.hash.data", content, broken)
    assert found.match is Match.MATCH
    assert "integrity.coverage.unknown" in found.codes
    assert not found.is_whole


def test_pixels_that_a_tiff_hides_in_its_manifest_fail() -> None:
    # Tag 0xCD41 says that the strip is the manifest, and the digest leaves the manifest out.
    strip = 26 + 3 * 12
    entries = [
        struct.pack("<HHII", 273, 4, 1, strip),
        struct.pack("<HHII", 279, 4, 1, 64),
        struct.pack("<HHII", 0xCD41, 7, 64, strip),
    ]
    directory = struct.pack("<H", 3) + b"".join(entries) + bytes(4)
    data = b"II*\0\x08\0\0\0" + directory
    data += bytes(strip - len(data)) + bytes(64)
    content = {"hash": sha256(data[:strip]), "alg": "sha256", "exclusions": [{"start": strip, "length": 64}]}
    assert "integrity.coverage.media_excluded" in direct("c2pa.hash.data", content, data).codes


def test_a_fragments_run_that_points_outside_the_binding_fails() -> None:
    def film(offset: int) -> bytes:
        run = box(b"trun", struct.pack(">III", 1, 1, offset))
        moof = box(b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)) + run))
        return (
            MOVIE_HEAD + box(b"moov", box(b"mvhd", bytes(8))) + moof + box(b"mdat", b"p" * 40) + box(b"free", b"q" * 40)
        )

    data = film(0)
    moof, mdat, free = (data.index(kind) - 4 for kind in (b"moof", b"mdat", b"free"))
    rules = [*MANDATORY, {"xpath": "/moof/traf/trun", "subset": [{"offset": 16, "length": 4}]}]
    good, bad = film(mdat + 8 - moof), film(free + 8 - moof)
    place = good.index(b"trun") - 4 + 16

    def digest(whole: bytes) -> bytes:
        state = hashlib.sha256()
        moov = len(MOVIE_HEAD)
        state.update(struct.pack(">Q", moov) + whole[moov:moof] + struct.pack(">Q", moof) + whole[moof:place])
        state.update(whole[place + 4 : mdat] + struct.pack(">Q", mdat) + whole[mdat:free])
        return state.digest()

    content = {"exclusions": rules, "alg": "sha256", "hash": digest(good)}
    assert "integrity.coverage.media_excluded" not in direct("c2pa.hash.bmff.v2", content, good).codes
    found = direct("c2pa.hash.bmff.v2", content, bad)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def sampled(*sizes: int, same: int = 0, compact: int = 0, start: int = 0, chunks: bytes = b"") -> bytes:
    """A film of one chunk of samples, then an mdat of 40 bytes and 40 bytes that no rule covers."""
    if compact == 4:
        packed = bytes((sizes[n] << 4) | (sizes[n + 1] if n + 1 < len(sizes) else 0) for n in range(0, len(sizes), 2))
        table = full_box(b"stz2", bytes(3) + b"\4" + struct.pack(">I", len(sizes)) + packed)
    elif compact:
        form = f">{len(sizes)}{'B' if compact == 8 else 'H'}"
        table = full_box(b"stz2", bytes((0, 0, 0, compact)) + struct.pack(">I", len(sizes)) + struct.pack(form, *sizes))
    elif same:
        table = full_box(b"stsz", struct.pack(">II", same, len(sizes)))
    else:
        table = full_box(b"stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    groups = full_box(b"stsc", chunks or struct.pack(">IIII", 1, 1, len(sizes), 1))

    def film(at: int) -> bytes:
        stbl = box(b"stbl", groups + table + full_box(b"stco", struct.pack(">II", 1, at)))
        moov = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", stbl))))
        return MOVIE_HEAD + moov + box(b"mdat", b"p" * 40) + box(b"free", b"q" * 40)

    return film(film(0).index(b"mdat") + 4 + start)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (sampled(10, 20), sampled(10, 39)),
        (sampled(40), sampled(41 + 8)),
        (sampled(0, 0, same=20), sampled(0, 0, 0, same=20)),
        (sampled(15, 15, 10, compact=4), sampled(15, 15, 15, 15, compact=4)),
        (sampled(40, compact=8), sampled(50, compact=8)),
        (sampled(20, 20, compact=16), sampled(20, 50, compact=16)),
        (sampled(20, start=20), sampled(30, start=20)),
        # One sample in the first chunk, whatever stands in those that are not there.
        (sampled(40, 40, chunks=struct.pack(">IIIIIII", 2, 1, 1, 1, 2, 9, 1)), sampled(50, 40)),
    ],
)
def test_a_chunk_that_runs_on_into_what_no_rule_covers_fails(inside: bytes, outside: bytes) -> None:
    for data, code in ((inside, "integrity.coverage.full"), (outside, "integrity.coverage.media_excluded")):
        content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data)}
        found = direct("c2pa.hash.bmff.v2", content, data)
        assert found.match is Match.MATCH
        assert code in found.codes


def scenes(order: Sequence[int], *, sizes: Sequence[int] = (10, 10, 20)) -> bytes:
    """A film of three chunks whose table shows them in an order."""

    def film(start: int) -> bytes:
        places = [start + sum(sizes[:number]) for number in order]
        stbl = box(
            b"stbl",
            full_box(b"stsc", struct.pack(">IIII", 1, 1, 1, 1))
            + full_box(b"stsz", struct.pack(">II3I", 0, 3, *(sizes[number] for number in range(3))))
            + full_box(b"stco", struct.pack(">I3I", 3, *places)),
        )
        moov = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", stbl))))
        return MOVIE_HEAD + moov + box(b"mdat", b"1" * sizes[0] + b"2" * sizes[1] + b"3" * sizes[2])

    return film(film(0).index(b"mdat") + 4)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ((0, 1, 2), "integrity.coverage.full"),
        ((1, 0, 2), "integrity.coverage.order_excluded"),
        ((0, 0, 2), "integrity.coverage.order_excluded"),
        ((0, 1, 1), "integrity.coverage.order_excluded"),
    ],
)
def test_scenes_in_another_order_are_told_where_the_hash_leaves_out_the_table(order: Sequence[int], code: str) -> None:
    # The old default exclusions do: anybody could then move scenes of a film that somebody else signed.
    rules = [*MANDATORY, {"xpath": "/moov/trak/mdia/minf/stbl/stco", "subset": [{"offset": 16, "length": 0}]}]
    signed, shown = scenes((0, 1, 2)), scenes(order)
    table, mdat = signed.index(b"stco") - 4 + 16, signed.index(b"mdat") - 4
    moov = len(MOVIE_HEAD)
    state = hashlib.sha256(struct.pack(">Q", moov) + signed[moov:table] + signed[table + 12 : mdat])
    state.update(struct.pack(">Q", mdat) + signed[mdat:])
    found = direct("c2pa.hash.bmff.v2", {"exclusions": rules, "alg": "sha256", "hash": state.digest()}, shown)
    assert found.match is Match.MATCH
    assert code in found.codes
    assert found.is_whole is (code == "integrity.coverage.full")


def test_what_is_played_of_a_run_is_media_where_no_offset_stands_in_its_place() -> None:
    def names(flags: int) -> set[str]:
        run = box(b"trun", struct.pack(">IIII", flags, 1, 0, 0))
        header = box(b"tfhd", struct.pack(">IIII", flags, 1, 0, 0))
        data = MOVIE_HEAD + box(b"moof", box(b"traf", header + run)) + box(b"mdat", b"p" * 40)
        return {region.name for region in read_layout(data).regions}

    assert "offsets" in names(1)
    assert "offsets" not in names(0x200)


@pytest.mark.parametrize("by", ["run", "header", "defaults"])
@pytest.mark.parametrize("size", [20, 60])
def test_a_fragments_run_that_runs_on_into_what_no_rule_covers_fails(by: str, size: int) -> None:
    def film(offset: int) -> bytes:
        flags = 0x301 if by == "run" else 0x1
        sizes = struct.pack(">IIII", 9, 20, 9, size - 20) if by == "run" else b""
        run = box(b"trun", struct.pack(">III", flags, 2, offset) + sizes)
        header = struct.pack(">III", 0x10, 1, size // 2) if by == "header" else struct.pack(">II", 0, 1)
        defaults = box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 0, size // 2, 0)))
        moov = box(b"moov", box(b"mvhd", bytes(8)) + (defaults if by == "defaults" else b""))
        moof = box(b"moof", box(b"traf", box(b"tfhd", header) + run))
        return MOVIE_HEAD + moov + moof + box(b"mdat", b"p" * 40) + box(b"free", b"q" * 40)

    data = film(0)
    data = film(data.index(b"mdat") + 4 - (data.index(b"moof") - 4))
    content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data)}
    found = direct("c2pa.hash.bmff.v2", content, data)
    assert found.match is Match.MATCH
    assert ("integrity.coverage.media_excluded" in found.codes) is (size > 40)


def test_the_tables_of_a_film_as_the_engine_signs_it_lead_through_all_of_its_media() -> None:
    data = sign(make_signer(), film((200, 300, 250, 100), each=2), media_type="video/mp4")
    layout = read_layout(data)
    assert (is_only_order(data, layout.bmff), layout.complete) == (True, True)
    assert [end - start for start, end, *_ in layout.pointers] == [500, 350]
    assert layout.pointers[0].start == data.index(b"mdat") + 4


def test_a_table_of_more_samples_than_any_film_has_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.formats.bmff import tables as samples

    data = sampled(10, 20)
    monkeypatch.setattr(samples, "MAX_SAMPLES", 1)
    content = {"exclusions": MANDATORY, "alg": "sha256", "hash": bmff_digest(data)}
    assert "integrity.coverage.unknown" in direct("c2pa.hash.bmff.v2", content, data).codes


def test_content_that_a_document_hides_in_its_manifest_fails() -> None:
    name = "META-INF/content_credential.c2pa"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        file.writestr(zipfile.ZipInfo("a/text"), b"one")
        file.writestr(zipfile.ZipInfo(name), archive(hidden=b"anything"))
    data = output.getvalue()
    # The directory names the entry that lies inside the manifest's.
    inner = data.index(b"PK\x03\x04", data.index(name.encode()))
    record = data.index(b"PK\x01\x02")
    assert data[record + 46 : record + 52] == b"hidden"
    end = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    entry = data[record : record + 42] + struct.pack("<I", inner) + b"hidden"
    directory = data[start:end] + entry
    count = struct.pack("<HHII", 3, 3, len(directory), start)
    forged = data[:start] + directory + data[end : end + 8] + count + bytes(2)
    found = direct("c2pa.hash.collection.data", collection(forged, ["a/text"]), forged)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def test_a_collection_hash_without_the_directory_leaves_open_what_the_parts_are() -> None:
    data = archive(a__text=b"one")
    assert "integrity.coverage.full" in direct("c2pa.hash.collection.data", collection(data, ["a/text"]), data).codes
    found = direct("c2pa.hash.collection.data", collection(data, ["a/text"], directory=False), data)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def test_what_is_drawn_between_comments_that_hold_tags_is_no_metadata() -> None:
    drawing = b'<rect width="9" height="9"/>'
    for data, code in (
        (SVG.replace(drawing, b"<!-- <metadata> -->" + drawing + b"<!-- </metadata> -->"), "media_excluded"),
        (
            SVG.replace(drawing, b"<metadata><g id='a'>" + drawing + b"</g></metadata><use href='#a'/>"),
            "other_excluded",
        ),
    ):
        start = data.index(drawing)
        exclusions = [{"start": start, "length": len(drawing)}]
        content = {"hash": sha256(data.replace(drawing, b"")), "alg": "sha256", "exclusions": exclusions}
        found = direct("c2pa.hash.data", content, data, media_type="image/svg+xml")
        assert found.match is Match.MATCH
        assert f"integrity.coverage.{code}" in found.codes


def test_a_table_of_colours_that_a_tiff_hides_in_its_metadata_fails() -> None:
    # Tag 700 says that the values from before the colours on are XMP, and the digest leaves all of it out.
    place = 8 + 2 + 3 * 12 + 4
    entries = [
        struct.pack("<HHII", 259, 4, 1, 1),
        struct.pack("<HHII", 320, 3, 48, place + 4),
        struct.pack("<HHII", 700, 1, 100, place),
    ]
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", 3) + b"".join(entries) + bytes(4) + bytes(100)
    content = {"hash": sha256(data[:place]), "alg": "sha256", "exclusions": [{"start": place, "length": 100}]}
    found = direct("c2pa.hash.data", content, data)
    assert found.match is Match.MATCH
    assert "integrity.coverage.media_excluded" in found.codes


def test_reading_a_layout_is_linear_in_the_files_size() -> None:
    small, large = (b"\xff\xd8\xff\xda\x00\x02" + b"\xff\x00" * pairs + b"\xff\xd9" for pairs in (200_000, 1_600_000))
    assert grows_no_faster(lambda: read_layout(small), lambda: read_layout(large))


def test_flac_metadata_and_sound_are_told_apart() -> None:
    streaminfo, comment = b"\0\0\0\x22" + bytes(34), b"\x84\0\0\x04text"
    layout = read_layout(b"fLaC" + streaminfo + comment + bytes(50))
    assert [(region.kind, region.name) for region in layout.regions] == [
        (Kind.MEDIA, "sound"),
        (Kind.METADATA, "comments"),
        (Kind.MEDIA, "sound"),
    ]


def test_a_store_put_back_by_surgery_is_found_again() -> None:
    data = signed(SIGNER)
    (store,) = read_layout(data).stores
    assert read_layout(with_manifest_store(data, store)).stores == (store,)


PARTS: Sequence[bytes] = (b"a" * 50, b"b" * 30, b"c" * 20)


def parted(*, optional: Sequence[bool] = (False, True, True), gap: int = 0) -> tuple[list[tuple[str, Any]], bytes]:
    """(assertions, file) of a file in three parts; the first leaves its first four bytes out."""
    whole, position, found, listed = b"".join(PARTS), 0, list[tuple[str, Any]](), []
    for number, part in enumerate(PARTS):
        left = 4 if number == 0 else 0
        label = "c2pa.hash.data.part" + (f"__{number}" if number else "")
        content = {
            "alg": "sha256",
            "hash": sha256(part[left:]),
            "exclusions": [{"start": 0, "length": left}],
            "pad": b"",
        }
        found.append((label, content))
        uri = {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": sha256(assertion_box(label, content)[8:])}
        location = {"byteOffset": position, "length": len(part)}
        listed.append({"location": location, "hashAssertion": uri, "optional": optional[number]})
        position += len(part) + gap
    main = {"alg": "sha256", "hash": sha256(whole[4:]), "exclusions": [{"start": 0, "length": 4}], "pad": b""}
    return [("c2pa.hash.data", main), *found, ("c2pa.hash.multi-asset", {"parts": listed})], whole


def cover_parts(data: bytes, assertions: Sequence[tuple[str, Any]]) -> Coverage:
    boxes = [assertion_box(*one) for one in assertions]
    parsed = jumbf.parse_store(store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", *boxes)))).active
    binding = parsed.assertion("c2pa.hash.data")
    layout = read_layout(data)
    return measure(binding, data, layout, manifest="m", algorithm="sha256", verified=parsed.assertions)


def test_a_file_in_parts_is_first_of_all_one_file() -> None:
    assertions, whole = parted()
    assert cover_parts(whole, assertions).codes[0] == "assertion.dataHash.match"


@pytest.mark.parametrize(("keep", "missing"), [((0, 1), True), ((0,), True), ((0, 2), True)])
def test_optional_parts_may_be_gone(keep: Sequence[int], *, missing: bool) -> None:
    assertions, _ = parted()
    found = cover_parts(b"".join(PARTS[number] for number in keep), assertions)
    assert found.match is Match.MATCH
    assert found.codes[0] == "assertion.multiAssetHash.match"
    assert ("integrity.parts.missing" in found.codes) is missing
    assert found.covered == sum(len(PARTS[number]) for number in keep) - 4


@pytest.mark.parametrize(
    "data",
    [
        PARTS[1] + PARTS[2],
        PARTS[0][:-1],
        PARTS[0] + PARTS[1][:-1],
        PARTS[0] + PARTS[1] + b"extra",
        PARTS[0] + b"x" * 30 + PARTS[2],
        PARTS[0] + b" " + PARTS[1],
        PARTS[0] + PARTS[2] + PARTS[1],
        b"",
    ],
    ids=["no-first", "first-cut", "optional-cut", "extra", "optional-changed", "gap", "order", "empty"],
)
def test_anything_else_than_whole_parts_is_a_mismatch(data: bytes) -> None:
    assertions, _ = parted()
    assert cover_parts(data, assertions).codes[0] == "assertion.dataHash.mismatch"


def test_a_required_part_that_is_gone_is_named() -> None:
    assertions, _ = parted(optional=(False, False, True))
    found = cover_parts(PARTS[0], assertions)
    assert found.codes == ("assertion.dataHash.mismatch", "assertion.multiAssetHash.missingPart")


def test_parts_with_a_gap_between_them_are_not_followed() -> None:
    assertions, _ = parted(gap=1)
    found = cover_parts(PARTS[0], assertions)
    assert found.codes == ("assertion.dataHash.mismatch", "assertion.multiAssetHash.malformed")


def test_a_part_whose_hash_no_claim_covers_is_not_followed() -> None:
    assertions, _ = parted()
    kept = [one for one in assertions if one[0] != "c2pa.hash.data.part__2"]
    found = cover_parts(PARTS[0], kept)
    assert found.codes == ("assertion.dataHash.mismatch", "assertion.multiAssetHash.malformed")
