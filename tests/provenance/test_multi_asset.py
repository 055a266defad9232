"""Where parts of a file may be gone, is what is shown still what was shown?"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pytest

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.multi_asset import LABEL, Parts, check_parts
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import read_layout
from tests.provenance.by_hand import stored
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.crafting import assertion_box, sha256

SECOND, THIRD = picture(size=(24, 24), shade=40), picture(size=(16, 16), shade=80)
FILM = b"\0\0\0\x18ftypmp42" + bytes(100)


def checked(parts: Sequence[tuple[bytes, bool]], keep: Sequence[int]) -> Parts:
    """The hashes of parts, each with whether it may be gone, against those of them that are left."""
    assertions, listed, position = list[tuple[str, Any]](), [], 0
    for number, (part, optional) in enumerate(parts):
        label = "c2pa.hash.data.part" + (f"__{number}" if number else "")
        content = {"alg": "sha256", "hash": sha256(part), "exclusions": []}
        assertions.append((label, content))
        reference = {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": sha256(assertion_box(label, content)[8:])}
        location = {"byteOffset": position, "length": len(part)}
        listed.append({"location": location, "hashAssertion": reference, "optional": optional})
        position += len(part)
    verified = parse_store(stored(*assertions, (LABEL, {"parts": listed}))).active.assertions
    data = b"".join(parts[number][0] for number in keep)
    return check_parts(verified[-1].map(), verified, data, read_layout(data), manifest="m", algorithm="sha256")


def halves(data: bytes) -> tuple[bytes, bytes]:
    """A JPEG's head, up to its first frame, and the picture itself."""
    at = data.index(b"\xff\xdb")
    return data[:at], data[at:]


def test_parts_behind_the_picture_may_be_gone() -> None:
    parts = [(picture(), False), (SECOND, True), (THIRD, True)]
    for keep, missing in (((0, 1, 2), 0), ((0, 1), 1), ((0, 2), 1), ((0,), 2)):
        found = checked(parts, keep)
        assert (found.match, found.missing) == (Match.MATCH, missing)


def test_the_picture_itself_may_not_be_gone_so_that_another_is_shown() -> None:
    head, body = halves(picture())
    other = halves(SECOND)[1]
    parts = [(head, False), (body, True), (other, True)]
    assert checked(parts, (0, 1, 2)).match is Match.MATCH
    assert checked(parts, (0, 1)).match is Match.MATCH
    assert checked(parts, (0, 2)).match is Match.MISMATCH


def test_a_part_that_must_be_there_shows_nothing_in_the_place_of_one_that_is_gone() -> None:
    head, body = halves(picture())
    parts = [(head, False), (body, True), (halves(SECOND)[1], False)]
    assert checked(parts, (0, 2)).match is Match.MISMATCH


def test_a_picture_that_breaks_off_is_not_what_was_signed() -> None:
    head, body = halves(picture())
    parts = [(head, False), (body[:-40], False), (body[-40:], True)]
    assert checked(parts, (0, 1, 2)).match is Match.MATCH
    assert checked(parts, (0, 1)).match is Match.MISMATCH


def test_the_first_of_two_whole_pictures_may_not_be_gone() -> None:
    assert checked([(picture(), True), (SECOND, False)], (1,)).match is Match.MISMATCH
    assert checked([(picture(), True), (SECOND, True)], (1,)).match is Match.MISMATCH


def with_table(offset: int, size: int) -> bytes:
    """A JPEG whose table names a picture by its place behind it."""
    segments, scan = jpeg_segments(picture())
    entries = bytes(16) + struct.pack(">IIIHH", 0, size, offset, 0, 0)
    fields = struct.pack(">HHII", 0xB002, 7, len(entries), 8 + 2 + 12 + 4)
    table = jpeg_segment(0xE2, b"MPF\0MM\0*" + struct.pack(">IH", 8, 1) + fields + bytes(4) + entries)
    return join_jpeg([segments[0], table, *segments[1:]], scan)


@pytest.mark.parametrize(("third", "match"), [(THIRD, Match.MISMATCH), (FILM, Match.MATCH)])
def test_a_table_may_not_come_to_name_another_picture(third: bytes, match: Match) -> None:
    first = with_table(0, 0)
    first = with_table(len(first) - first.index(b"MM\0*"), len(SECOND))
    parts = [(first, False), (SECOND, True), (third, True)]
    assert checked(parts, (0, 1, 2)).match is Match.MATCH
    assert checked(parts, (0, 1)).match is Match.MATCH
    third_match = checked(parts, (0, 2)).match
    assert third_match is match


def test_a_part_that_must_be_there_is_a_missing_part() -> None:
    found = checked([(picture(), False), (SECOND, False)], (0,))
    assert found.match is Match.MISMATCH
    assert found.lacks_required
