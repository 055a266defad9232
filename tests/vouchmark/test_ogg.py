"""Are signed Ogg files checked by our own reading beside the one engine that reads them?"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.trust.formats import ListKind
from provenance.formats import Kind, read_layout
from tests.support.authority import NOW, list_of, make_root, make_signer, store_of
from tests.support.media.crafting import Draft, actions, sha256, store
from vouchmark import Report, check
from vouchmark.report import Line, Status

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)
MOST: Final = 255 * 255
"""Bytes of a page's segments."""


def checksum(page: bytes) -> int:
    """The checksum of a page (RFC 3533, section 6), bit by bit."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1 ^ 0x04C11DB7 if found & 0x80000000 else found << 1) & 0xFFFFFFFF
    return found


def page(body: bytes, *, flags: int, serial: int, number: int, position: int = 0, ends: bool = True) -> bytes:
    """One page; `ends` says whether its packet ends in it."""
    lengths = b"\xff" * (len(body) // 255) + (bytes((len(body) % 255,)) if ends else b"")
    head = b"OggS\0" + struct.pack("<BqII", flags, position, serial, number)
    rest = bytes((len(lengths),)) + lengths + body
    return head + struct.pack("<I", checksum(head + bytes(4) + rest)) + rest


def stream(packet: bytes, serial: int, *, position: int = 0, last: int = 4) -> list[bytes]:
    """A logical bitstream of one packet."""
    bodies = [packet[at : at + MOST] for at in range(0, len(packet) + 1, MOST)]
    return [
        page(
            body,
            flags=(1 if number else 2) | (last if number == len(bodies) - 1 else 0),
            serial=serial,
            number=number,
            position=position,
            ends=number == len(bodies) - 1,
        )
        for number, body in enumerate(bodies)
    ]


SOUND: Final = stream(b"\x01vorbis" + bytes(range(200)) * 9, 7, position=4_800)


def whole(
    stored: bytes, make: Callable[[bytes], list[bytes]] = lambda stored: stream(b"\0c2pa" + stored, 9)
) -> list[bytes]:
    """The pages of a file with a store in front of its sound."""
    return [*make(stored), *SOUND]


def sign_ogg(
    *,
    more: Sequence[tuple[int, int]] = (),
    make: Callable[[bytes], list[bytes]] = lambda stored: stream(b"\0c2pa" + stored, 9),
) -> bytes:
    """A signed Ogg file; `more` are further ranges (start, length), counted from where the sound begins."""
    draft, stored = Draft(signer=SIGNER, assertions=[actions()]), b""
    base = list(draft.assertions)
    for _ in range(6):
        size = len(b"".join(make(stored)))
        sound = b"".join(SOUND)
        ranges = [(0, size), *((size + start, length) for start, length in more)]
        kept, position = b"", 0
        for start, length in more:
            kept += sound[position:start]
            position = start + length
        exclusions = [{"start": start, "length": length} for start, length in ranges]
        content: dict[str, Any] = {"exclusions": exclusions, "alg": "sha256", "hash": sha256(kept + sound[position:])}
        content["pad"] = bytes(400 - len(cbor2.dumps(content)))
        draft.assertions = [*base, ("c2pa.hash.data", content)]
        made = store(draft.build())
        if len(made) == len(stored):
            return b"".join(whole(made, make))
        stored = made
    raise AssertionError("the layout does not settle")


def examined(data: bytes) -> Report:
    return check(data, trust=store_of(list_of(ROOT, kind=ListKind.SIGNER)), at=NOW, in_process=True)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.evidence[Line.INTEGRITY].findings}


def test_a_signed_file_passes_by_us_and_the_engine_that_reads_it() -> None:
    report = examined(sign_ogg())

    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert report.evidence[Line.SIGNER].status is Status.PASS
    assert "integrity.coverage.full" in codes(report)


def test_changed_sound_fails() -> None:
    report = examined(sign_ogg().replace(bytes(range(100, 120)), bytes(20), 1))

    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert "assertion.dataHash.mismatch" in codes(report)


def test_sound_that_a_hash_leaves_out_fails() -> None:
    report = examined(sign_ogg(more=[(100, 50)]))

    assert "integrity.coverage.media_excluded" in codes(report)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL


def test_an_unsigned_file_has_none() -> None:
    assert codes(examined(b"".join(SOUND))) == {"integrity.absent"}


@pytest.mark.parametrize(
    "make",
    [
        lambda stored: stream(b"\0c2pa" + stored + b"evil", 9),
        lambda stored: stream(b"\0c2pa" + stored, 9, position=77),
        lambda stored: [*stream(b"\0c2pa" + stored, 9, last=0), page(b"evil", flags=4, serial=9, number=1)],
    ],
    ids=["behind the store", "position", "another packet"],
)
def test_what_no_writer_puts_among_the_pages_is_foreign(make: Callable[[bytes], list[bytes]]) -> None:
    report = examined(sign_ogg(make=make))

    assert "integrity.store.foreign" in codes(report)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL


def test_a_page_whose_checksum_is_wrong_is_foreign() -> None:
    data = bytearray(sign_ogg())
    data[23] ^= 1

    assert any(region.kind is Kind.FOREIGN for region in read_layout(bytes(data), "audio/ogg").regions)


def test_a_file_that_breaks_off_is_not_whole() -> None:
    data = sign_ogg()
    layout = read_layout(data[:-9], "audio/ogg")

    assert not layout.complete
    assert sum(region.end - region.start for region in layout.regions) == len(data) - 9


def test_pages_of_a_stream_that_does_not_begin_are_told() -> None:
    stray = page(b"evil", flags=4, serial=3, number=5)

    assert [one.code for one in read_layout(b"".join(SOUND) + stray, "audio/ogg").doubts] == ["integrity.tables"]
