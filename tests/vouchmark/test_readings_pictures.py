"""Is what lies in small pictures of a signed file looked through, their scans too, whoever signed them?"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from provenance.formats import read_layout
from tests.provenance.test_streams import STREAMS, transport
from tests.support.attacks import CAMERA, INCONCLUSIVE, OK, examine
from tests.support.authority import (
    Identity,
    jpeg_segment,
    make_root,
    make_signer,
    picture,
    sign_edit,
    sign_update,
    sign_with_thumbnail,
)
from tests.support.media.crafting import Draft, actions, bind
from tests.support.media.forms import PDF, mp3
from tests.support.media.polyglots import RAR, SEVEN_ZIP, archive
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
    (scan,) = (box for box in read_layout(thumbnail).boxes if box.name == "SOS")
    middle = (scan.start + scan.end) // 2
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


SCANS: Final = {
    "RAR": (RAR, "application/vnd.rar"),
    "7z": (SEVEN_ZIP, "application/x-7z-compressed"),
    "transport stream": STREAMS["transport stream"],
    "many packets of pictures": (STREAMS["packets of pictures"][0] * 20, "video/mpeg"),
    "much DV": (STREAMS["DV"][0] * 20, "video/dv"),
    "much AAC in LOAS": (STREAMS["AAC in LOAS"][0] * 20, STREAMS["AAC in LOAS"][1]),
}
"""Each is what FFmpeg or an archiver opens the file as, if there is enough of it in the scan of a thumbnail."""


@pytest.mark.parametrize("name", SCANS)
def test_whatever_lies_in_its_scan_is_found_though_the_signer_signed_it(name: str) -> None:
    inside, kind = SCANS[name]
    assert kind in also(sign_with_thumbnail(CAMERA, picture(), in_scan(inside)))


@pytest.mark.parametrize("label", ["c2pa.thumbnail.ingredient", "c2pa.icon", "org.example.picture"])
def test_so_is_what_lies_in_a_picture_that_the_signer_took_over(label: str) -> None:
    assert "video/mp2t" in also(
        bind(Draft(signer=CAMERA, assertions=[actions(), (label, in_scan(PACKETS))]), picture())
    )


@pytest.mark.parametrize("inside", [SEVEN_ZIP, RAR])
def test_the_scan_of_the_file_itself_is_not_looked_through_for_archives(inside: bytes) -> None:
    assert also(sign_with_thumbnail(CAMERA, in_scan(inside, noise(301)), THUMBNAIL)) == set()


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_in_the_scan_of_the_file_itself_is_found(name: str) -> None:
    inside, kind = STREAMS[name]
    assert kind in also(sign_with_thumbnail(CAMERA, in_scan(inside), THUMBNAIL))


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="FFmpeg's ffprobe is not installed")
@pytest.mark.parametrize("place", ["in the thumbnail", "in the file"])
@pytest.mark.parametrize("name", STREAMS)
def test_what_passes_is_a_picture_to_ffmpeg_too(name: str, place: str, tmp_path: Path) -> None:
    hostile = in_scan(STREAMS[name][0] * 20)
    shown, small = (picture(), hostile) if place == "in the thumbnail" else (hostile, THUMBNAIL)
    data = sign_with_thumbnail(CAMERA, shown, small)
    if also(data):
        return
    (tmp_path / "file").write_bytes(data)
    command = ["ffprobe", "-v", "error", "-show_entries", "format=format_name", "-of", "csv=p=0", tmp_path / "file"]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == "jpeg_pipe"


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


@pytest.mark.parametrize("signer", [STRANGER, CAMERA], ids=["a stranger", "the same"])
def test_a_scan_in_an_update_is_looked_through(signer: Identity) -> None:
    whole = sign_with_thumbnail(CAMERA, picture(), THUMBNAIL)
    report = examine(sign_update(whole, signer, icon=in_scan(PACKETS), said="image/jpeg"))
    assert "video/mp2t" in {one.detail["also"] for one in report.having("integrity.second_reading")}
    assert report.evidence[Line.INTEGRITY].status != "pass"
