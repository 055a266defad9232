"""Is what lies in small pictures of a signed file looked through, but for the scans that the signer signed along?"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Final

import pytest
from PIL import Image

from provenance.credentials.binding.pictures import LEAST, coded_pictures
from provenance.credentials.history.history import trace
from provenance.credentials.history.manifest_check import ManifestCheck
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import read_layout
from provenance.formats.jpeg import scans_alone
from tests.authority import (
    Identity,
    jpeg_segment,
    make_root,
    make_signer,
    manifest_store,
    picture,
    sign_edit,
    sign_update,
    sign_with_thumbnail,
    with_manifest_store,
)
from tests.provenance.forms import PDF, mp3
from tests.provenance.polyglots import RAR, SEVEN_ZIP, archive
from tests.provenance.test_streams import STREAMS, transport
from tests.vouchmark.attacks import CAMERA, INCONCLUSIVE, OK, examine
from vouchmark.report import Line, exit_code

STRANGER: Final = make_signer(make_root("Another Authority"), organization="Nobody")
PACKETS: Final = transport(188)


def noise(size: int = 200) -> bytes:
    """A JPEG that compresses badly."""
    made = io.BytesIO()
    Image.frombytes("L", (size, size), random.Random(size).randbytes(size * size)).save(made, "JPEG", quality=90)
    return made.getvalue()


THUMBNAIL: Final = noise()


def in_scan(inside: bytes, thumbnail: bytes = THUMBNAIL) -> bytes:
    """Among the coded bytes, where a decoder shows noise."""
    ((start, end),) = scans_alone(thumbnail)
    middle = (start + end) // 2
    while thumbnail[middle - 1] == 0xFF:
        middle += 1
    return thumbnail[:middle] + inside + thumbnail[middle:]


def in_segment(marker: int) -> Callable[[bytes], bytes]:
    return lambda inside: THUMBNAIL[:2] + jpeg_segment(marker, inside) + THUMBNAIL[2:]


def also(data: bytes) -> set[str]:
    """As what else a signed file can be read, by its report."""
    report = examine(data)
    found = {str(one.detail["also"]) for one in report.having("integrity.second_reading")}
    assert exit_code(report) is (INCONCLUSIVE if found else OK)
    return found


def test_a_small_picture_is_no_second_reading() -> None:
    assert len(THUMBNAIL) > LEAST
    assert also(sign_with_thumbnail(CAMERA, picture(), THUMBNAIL)) == set()


@pytest.mark.parametrize(
    ("behind", "kind"),
    [
        (PDF, "application/pdf"),
        (archive(), "application/zip"),
        (mp3(), "audio/mpeg"),
        (PACKETS, "video/mp2t"),
        (RAR, "application/vnd.rar"),
        (SEVEN_ZIP, "application/x-7z-compressed"),
        *STREAMS.values(),
    ],
)
def test_whatever_lies_behind_its_end_is_found(behind: bytes, kind: str) -> None:
    assert kind in also(sign_with_thumbnail(CAMERA, picture(), THUMBNAIL + behind))


@pytest.mark.parametrize("marker", [0xFE, 0xE1, 0xE5, 0xEB])
@pytest.mark.parametrize("name", ["transport stream", "MPEG-1 video", "AC-3", "DTS"])
def test_whatever_lies_beside_its_scan_is_found(name: str, marker: int) -> None:
    inside, kind = STREAMS[name]
    assert kind in also(sign_with_thumbnail(CAMERA, picture(), in_segment(marker)(inside)))


@pytest.mark.parametrize("inside", [PACKETS, SEVEN_ZIP, RAR])
def test_a_scan_that_the_signer_signed_along_is_looked_through_as_little_as_the_files_own(inside: bytes) -> None:
    assert also(sign_with_thumbnail(CAMERA, picture(), in_scan(inside))) == set()
    assert also(sign_with_thumbnail(CAMERA, in_scan(inside, noise(301)), THUMBNAIL)) == set()


@pytest.mark.parametrize("inside", [PDF, b"<script>alert(1)</script>"])
def test_what_viewers_find_anywhere_is_found_there_too(inside: bytes) -> None:
    assert also(sign_with_thumbnail(CAMERA, picture(), in_scan(inside)))


def test_a_scan_that_breaks_off_is_looked_through() -> None:
    whole = in_scan(PACKETS)
    for cut in (whole[:-2], whole[:-1], whole[:-2] + b"\xff\xd8\xff\xd9"):
        assert also(sign_with_thumbnail(CAMERA, picture(), cut)) == {"video/mp2t"}


def test_a_scan_by_anybody_else_is_looked_through() -> None:
    hostile = sign_with_thumbnail(STRANGER, picture(), in_scan(PACKETS))
    assert also(sign_edit(CAMERA, hostile)) == {"video/mp2t"}
    assert also(sign_edit(CAMERA, sign_with_thumbnail(CAMERA, picture(), in_scan(PACKETS)))) == set()


@pytest.mark.parametrize("signer", [STRANGER, CAMERA], ids=["a stranger", "the same"])
def test_a_scan_in_an_update_is_looked_through(signer: Identity) -> None:
    whole = sign_with_thumbnail(CAMERA, picture(), THUMBNAIL)
    report = examine(sign_update(whole, signer, icon=in_scan(PACKETS), said="image/jpeg"))
    assert "video/mp2t" in {one.detail["also"] for one in report.having("integrity.second_reading")}
    assert report.evidence[Line.INTEGRITY].status != "pass"


class TestWhere:
    """Which bytes those are."""

    @staticmethod
    def runs(data: bytes) -> tuple[tuple[int, int], ...]:
        layout = read_layout(data)
        store = parse_store(layout.stores[0])
        check = trace(store).root.check
        assert isinstance(check, ManifestCheck)
        return coded_pictures(data, layout, store, [check])

    @pytest.mark.parametrize("size", [200, 700], ids=["one segment", "several segments"])
    def test_they_are_the_scan_piece_by_piece(self, size: int) -> None:
        thumbnail = noise(size)
        ((start, end),) = scans_alone(thumbnail)
        data = sign_with_thumbnail(CAMERA, picture(), thumbnail)
        found = self.runs(data)
        assert b"".join(data[run[0] : run[1]] for run in found) == thumbnail[start:end]
        assert (len(found) > 1) == (len(thumbnail) > 0xFFFF)

    def test_they_are_found_in_a_container_that_does_not_cut_the_store(self) -> None:
        data = with_manifest_store(picture("PNG"), manifest_store(sign_with_thumbnail(CAMERA, picture(), THUMBNAIL)))
        ((start, end),) = self.runs(data)
        assert data[start:end] == THUMBNAIL[slice(*scans_alone(THUMBNAIL)[0])]

    def test_another_store_than_the_files_has_none(self) -> None:
        data = sign_with_thumbnail(CAMERA, picture(), THUMBNAIL)
        store = parse_store(manifest_store(sign_with_thumbnail(CAMERA, picture(), noise(301))))
        check = trace(store).root.check
        assert check is not None
        assert coded_pictures(data, read_layout(data), store, [check]) == ()

    def test_a_picture_whose_hash_does_not_hold_has_none(self) -> None:
        data = bytearray(sign_with_thumbnail(CAMERA, picture(), THUMBNAIL))
        at = data.index(THUMBNAIL[-200:-100])
        data[at] ^= 1
        assert self.runs(bytes(data)) == ()

    def test_a_small_one_is_looked_through(self) -> None:
        assert self.runs(sign_with_thumbnail(CAMERA, picture(), picture(shade=3))) == ()

    def test_the_same_beginning_many_times_costs_no_more_than_so_many_looks(self) -> None:
        raw = THUMBNAIL[:64] * 1_000 + THUMBNAIL
        from provenance.credentials.binding.pictures import _place

        assert _place(raw, THUMBNAIL, 0) == -1
        assert _place(THUMBNAIL[:64] * 10 + THUMBNAIL, THUMBNAIL, 0) == 640


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        THUMBNAIL[:100],
        THUMBNAIL[:-2],
        THUMBNAIL[:-1],
        THUMBNAIL + b"\0",
        THUMBNAIL + THUMBNAIL,
        b"\xff" + THUMBNAIL,
        THUMBNAIL[:2] + b"\xff\xff" + THUMBNAIL[2:],
        THUMBNAIL[:2] + jpeg_segment(0xE5, b"x") + THUMBNAIL[2:],
        THUMBNAIL[:2] + jpeg_segment(0xEB, b"JP\0\1\0\0\0\1") + THUMBNAIL[2:],
        THUMBNAIL[:2] + b"\xff\xfe\0\1" + THUMBNAIL[2:],
        b"\xff\xd8\xff\xda\0\x02\xff\xd9\xff\xd9",
        picture("PNG"),
    ],
)
def test_what_is_more_or_less_than_a_picture_has_no_scan(data: bytes) -> None:
    assert scans_alone(data) == ()


def test_several_scans_are_found() -> None:
    made = io.BytesIO()
    Image.open(io.BytesIO(THUMBNAIL)).save(made, "JPEG", progressive=True)
    scans = scans_alone(made.getvalue())
    regions = read_layout(made.getvalue()).boxes
    assert len(scans) == sum(box.name == "SOS" for box in regions) > 1
    assert [end for _, end in scans] == [box.end for box in regions if box.name == "SOS"]
