"""Is every stream found that a player finds among bytes of other types, and nothing in files without one?"""

from __future__ import annotations

import io
import random
import struct

import pytest

from provenance.formats import read_layout
from provenance.readings import streams
from provenance.readings.second_reading import second_readings
from tests.support.authority import picture
from tests.support.media.forms import FORMS, PDF
from tests.support.media.polyglots import with_comment, with_text
from tests.support.shares import in_its_share

CLOCK = b"\0\0\x01\xba\x21\0\x01\0\x01\x80\x03\xe9"
SEQUENCE = b"\0\0\x01\xb3\x02\x00\x20\x13\xff\xff\xe0\x18"


def packet(code: int = 0xE0, body: bytes = b"\x0f" + bytes(12)) -> bytes:
    return b"\0\0\x01" + bytes([code]) + struct.pack(">H", len(body)) + body


def dts() -> bytes:
    return (b"\x7f\xfe\x80\x01" + bytes(92)) * 5


def adts(size: int = 40) -> bytes:
    return bytes([0xFF, 0xF1, 0x50, 0x80 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 0x1F, 0xFC]) + bytes(size - 7)


def transport(size: int, number: int = 8) -> bytes:
    return b"".join((b"G\x40\0\x10" + bytes(184)).ljust(size, b"\0") for _ in range(number))


STREAMS: dict[str, tuple[bytes, str]] = {
    "packs": (CLOCK * 2, "video/mpeg"),
    "packs of MPEG-2": ((b"\0\0\x01\xba\x44" + bytes(9)) * 2, "video/mpeg"),
    "packets of pictures": (packet() * 5, "video/mpeg"),
    "packets of sound with a time": (packet(0xC0, b"\x21\0\x01\0\x01" + bytes(20)) * 5, "video/mpeg"),
    "packets of MPEG-2": (packet(0xE0, b"\x80\0\0" + bytes(20)) * 5, "video/mpeg"),
    "packets behind stuffing": (packet(0xE0, b"\xff" * 9 + b"\x40\0\x0f" + bytes(20)) * 5, "video/mpeg"),
    "MPEG-1 video": (SEQUENCE + b"\0\0\x01\0\0\x08\0\0\0\0\x01\x01" + bytes(9), "video/mpv"),
    "MPEG-1 video with a matrix": (
        SEQUENCE[:-1] + b"\x1a" + bytes([8] * 64) + b"\0\0\x01\0\0\x08\0\0\0\0\x01\x01", "video/mpv"
    ),
    "MPEG-4 video": (b"\0\0\x01\0\0\0\x01\x20abc" + b"\0\0\x01\xb6abcdefgh" * 4, "video/mp4v-es"),
    "H.264": (b"\0\0\0\x01\x67\x42\0\x1e\0\0\x01\x68\xce\0\0\x01\x65\x88", "video/h264"),
    "H.265": (b"\0\0\x01\x40\x01a\0\0\x01\x42\x01a\0\0\x01\x44\x01a\0\0\x01\x26\x01a", "video/h265"),
    "H.266": (b"\0\0\x01\0\x79a\0\0\x01\0\x81a\0\0\x01\0\x39a", "video/h266"),
    "VC-1": (b"\0\0\x01\x0f\xc0a\0\0\x01\x0ea\0\0\x01\x0da", "video/vc1"),
    "DV": (b"\x1f\x07\0\x3f" * 4, "video/dv"),
    "DTS": (dts(), "audio/vnd.dts"),
    "AC-3": ((b"\x0b\x77\0\0\0\x40\0\0" + bytes(120)) * 5, "audio/ac3"),
    "AC-3 at 44.1 kHz": ((b"\x0b\x77\0\0\x41\x40" + bytes(134)) * 5, "audio/ac3"),
    "enhanced AC-3": ((b"\x0b\x77\0\x1f\0\x80" + bytes(58)) * 5, "audio/ac3"),
    "AAC": (adts() * 5, "audio/aac"),
    "AAC in LOAS": ((b"\x56\xe0\x10" + bytes(16)) * 5, "audio/loas"),
    "transport stream": (transport(188), "video/mp2t"),
    "transport stream with times": (transport(192), "video/mp2t"),
    "transport stream with corrections": (transport(204), "video/mp2t"),
}  # fmt: skip
"""The least of each that is found; of H.265 and the like only heads, which decode to nothing."""


def kinds(data: bytes, media_type: str) -> set[str]:
    return {one.media_type for one in second_readings(data, media_type, read_layout(data, media_type))}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("before", [0, 20_000])
def test_a_stream_within_a_picture_is_found_wherever_it_lies(name: str, before: int) -> None:
    stream, kind = STREAMS[name]
    data = with_comment(b" " * before + stream)
    found = second_readings(data, "image/jpeg", read_layout(data, "image/jpeg"))
    assert [one.media_type for one in found] == [kind]
    assert found[0].start >= data.index(b" " * before + stream[:3]) + before


@pytest.mark.parametrize("name", STREAMS)
def test_in_a_picture_that_players_are_sure_of_only_a_transport_stream_counts(name: str) -> None:
    stream, kind = STREAMS[name]
    assert kinds(with_text(b" " * 20_000 + stream), "image/png") == ({kind} & {"video/mp2t"})


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_within_a_document_is_found(name: str) -> None:
    stream, kind = STREAMS[name]
    assert kind in kinds(PDF + b"\n%" + stream, "application/pdf")


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_no_player_looks_for_any_more_is_none(name: str) -> None:
    stream, _ = STREAMS[name]
    assert kinds(PDF + b"\n%" + b" " * streams.PROBED + stream, "application/pdf") == set()


@pytest.mark.parametrize(
    ("sign", "kind"),
    [
        (b"\x7f\xfe\x80\x01", "audio/vnd.dts"), (b"\xfe\x7f\x01\x80", "audio/vnd.dts"),
        (b"\x1f\xff\xe8\0\x07", "audio/vnd.dts"), (b"\xff\x1f\0\xe8\xf1\x07", "audio/vnd.dts"),
        (b"\x1f\x07\0\x3f", "video/dv"), (b"\x1f\x07\0\xbf", "video/dv"), (b"\xff\x3f\x07\x01", "video/dv"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", [b"", b".", bytes(300)], ids=["nothing", "a dot", "zeros"])
def test_a_sign_that_comes_again_is_found_from_the_fourth_time_on(sign: bytes, kind: str, between: bytes) -> None:
    assert kinds(with_comment(b"." + (sign + between) * streams.REPEATED), "image/jpeg") == {kind}
    assert kinds(with_comment(b"." + (sign + between) * (streams.REPEATED - 1)), "image/jpeg") == set()


@pytest.mark.parametrize(
    "words",
    [
        CLOCK, packet() * 4, packet(body=b"\x01" * 20) * 40 + packet() * 5, SEQUENCE,
        b"\0\0\x01\0\0\x08\0\0\x01\x01" + SEQUENCE, b"\0\0\x01\xb3" + b"\xff" * 20 + b"\0\0\x01\0\0\x08\0\0\x01\x01",
        b"\0\0\x01\x20" * 9, b"\0\0\x01\0\0\0\x01\x20\0\0\x01\xb6" * 4 + b"\0\0\x01\x99" * 3,
        b"\0\0\x01\x67\x42\0\0\x01\x68", b"\x1f\x07\0\x3f" * 3, b"\x0b\x77" * 400, adts() * 4, adts()[:30] * 20,
        b"\x56\xe0" * 400, b"G\x40\0\0" * 2000, transport(188, 4), b"G" * 5000, struct.pack(">400I", *range(100, 500)),
        struct.pack(">900I", *(400 + n // 9 for n in range(900))),
    ],
)  # fmt: skip
def test_what_only_resembles_a_stream_is_none(words: bytes) -> None:
    assert kinds(with_comment(b"." + words + b"."), "image/jpeg") == set()


def test_chance_makes_no_stream() -> None:
    for seed in range(4):
        data = random.Random(seed).randbytes(300_000)
        assert not kinds(PDF + b"\n" + data, "application/pdf") & {kind for _, kind in STREAMS.values()}
    for media_type, build in FORMS.items():
        assert kinds(build(), media_type) == set()


def test_sound_in_films_is_their_own() -> None:
    data = b"ID3\x04\0\0\0\0\0\0" + adts() * 9
    assert kinds(data, "audio/aac") == set()


@pytest.mark.parametrize("name", ["program", "video"])
def test_ffmpeg_plays_what_is_found_in_a_picture(name: str) -> None:
    """A film of some hundred bytes in a comment: what the player shows is no picture any more."""
    av = pytest.importorskip("av", reason="PyAV is not installed")
    target = io.BytesIO()
    with av.open(target, "w", format={"program": "mpeg", "video": "mpeg1video"}[name]) as out:
        stream = out.add_stream("mpeg1video", rate=25)
        stream.width = stream.height = 32
        for shade in range(9):
            frame = av.VideoFrame(32, 32, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([16 * shade]) * plane.buffer_size)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    data = with_comment(target.getvalue()[:30_000])
    assert kinds(data, "image/jpeg") & {"video/mpeg", "video/mpv"}
    with av.open(io.BytesIO(picture())) as opened:
        assert opened.format.name.startswith("jpeg")
    if name == "program":
        with av.open(io.BytesIO(data)) as opened:
            assert opened.format.name == "mpeg"


@pytest.mark.parametrize(
    "unit",
    [
        b"\0\0\x01\xe0",
        b"\0\0\x01",
        b"\0",
        b"\x0b\x77",
        b"\xff\xf1",
        b"G\x40\0\x10",
        b"\x1f\x07",
        b"\0\0\x01\xb3" + b"\xff" * 8,
    ],
)
def test_hostile_bytes_cost_no_more_than_their_length(unit: bytes) -> None:
    data = PDF + b"\n%" + unit * (900_000 // len(unit))
    layout = read_layout(data, "application/pdf")
    in_its_share(len(data), lambda: second_readings(data, "application/pdf", layout))
