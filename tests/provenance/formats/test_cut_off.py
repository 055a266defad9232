"""Is a file that breaks off told by its own account, and nothing else taken for one?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest

from provenance.credentials.store.in_file import layout_of
from provenance.formats.cut_off.model import CutOff
from provenance.formats.cut_off.reading import cut_off
from provenance.media_type import recognise
from tests.fuzz.seeds import LARGER
from tests.support.authority import jpeg_segment, make_signer, picture, sign
from tests.support.effort import costs_at_most
from tests.support.media.crafting import box, store, superbox
from tests.support.media.forms import FORMS, film, music

SIGNER = make_signer()
UNTOLD = {"audio/mpeg": 1_300}
"""Bytes at the start of whose sound nothing is announced yet: three frames of an MP3 show how long each is."""


def found(data: bytes, media_type: str = "") -> CutOff | None:
    kind = recognise(data)
    return cut_off(data, layout_of(data, media_type if kind == "text/plain" else kind))


def plain(media_type: str) -> bytes:
    return LARGER.get(media_type, FORMS[media_type])()


@pytest.mark.parametrize("media_type", FORMS)
def test_a_whole_file_is_all_there(media_type: str) -> None:
    bare = plain(media_type)
    assert found(bare, media_type) is None
    assert found(sign(SIGNER, bare, media_type=media_type), media_type) is None


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.95])
@pytest.mark.parametrize("media_type", FORMS)
def test_a_signed_file_that_breaks_off_is_told(media_type: str, share: float) -> None:
    whole = sign(SIGNER, plain(media_type), media_type=media_type)
    size = int(len(whole) * share)
    cut = found(whole[:size], media_type)
    if media_type in UNTOLD and cut is None:
        assert size < len(whole) - len(plain(media_type)) + UNTOLD[media_type]
        return
    assert cut is not None
    assert cut.present == size
    assert cut.announced > size or (cut.lacks and not cut.announced)
    if cut.announced and not cut.is_least:
        assert cut.announced == len(whole)
    assert cut.announced <= len(whole)


@pytest.mark.parametrize("media_type", FORMS)
@pytest.mark.parametrize("tail", [b"after the end", b"\0" * 32, bytes(range(32, 127)), b"\xff" * 40])
def test_what_was_put_behind_a_file_does_not_make_it_one_that_breaks_off(media_type: str, tail: bytes) -> None:
    assert found(plain(media_type) + tail, media_type) is None


class TestNumbers:
    def test_a_film_announces_its_samples_by_its_tables(self) -> None:
        whole = film()
        open_ended = whole.replace(
            struct.pack(">I", len(whole) - whole.rindex(b"mdat") + 4) + b"mdat", bytes(4) + b"mdat"
        )
        assert open_ended != whole
        assert found(open_ended) is None
        cut = found(open_ended[:-20])
        assert cut == CutOff(present=len(whole) - 20, announced=len(whole), is_least=True)

    def test_a_box_with_a_size_of_64_bits_announces_it(self) -> None:
        head = FORMS["video/mp4"]()[:136]
        large = head + struct.pack(">I4sQ", 1, b"mdat", 5_000_000_000)
        assert found(large + bytes(100)) == CutOff(present=252, announced=136 + 5_000_000_000, is_least=True)

    def test_sound_of_a_length_that_was_not_known_is_not_cut_off(self) -> None:
        whole = FORMS["audio/wav"]()
        for size in (0, 0xFFFFFFFF, 0x7FFFFFFF):
            sent = whole[:4] + struct.pack("<I", size) + whole[8:]
            assert found(sent) is None

    def test_a_long_recording_announces_64_bits(self) -> None:
        sizes = struct.pack("<QQQI", 6_000_000_000, 5_999_000_000, 0, 0)
        whole = b"RF64\xff\xff\xff\xffWAVE" + b"ds64" + struct.pack("<I", len(sizes)) + sizes + bytes(200)
        assert found(whole) == CutOff(present=len(whole), announced=6_000_000_008)

    def test_writers_that_count_the_header_in_miss_nothing(self) -> None:
        whole = FORMS["audio/wav"]()
        assert found(whole[:4] + struct.pack("<I", len(whole)) + whole[8:]) is None

    def test_a_table_of_an_mp3_announces_its_bytes(self) -> None:
        first = bytearray(FORMS["audio/mpeg"]()[:417])
        first[36:48] = b"Xing" + struct.pack(">II", 2, 90_000)
        assert found(bytes(first) + music()[26:]) == CutOff(present=417 + len(music()) - 26, announced=90_000)
        first[44:48] = struct.pack(">I", 417 + len(music()) - 26 + 500)
        assert found(bytes(first) + music()[26:]) is None

    def test_a_linearized_document_announces_its_length(self) -> None:
        head = b"%PDF-1.7\n1 0 obj\n<</Linearized 1/L 40000/H [1 2]/O 3/E 9/N 1/T 8>>\nendobj\n%%EOF\n"
        assert found(head) == CutOff(present=len(head), announced=40_000)

    def test_a_picture_announces_the_pictures_that_follow_it(self) -> None:
        entry = struct.pack(">III", 0x30000, 9_000, 0) + bytes(4) + struct.pack(">III", 0, 5_000, 9_000) + bytes(4)
        table = b"MM\0*" + struct.pack(">IHHHII", 8, 1, 0xB002, 7, 32, 26) + bytes(4) + entry
        whole = picture()
        named = whole[:2] + jpeg_segment(0xE2, b"MPF\0" + table) + whole[2:]
        assert found(named) is None  # programs leave such tables behind
        cut = found(named[:-100])
        assert cut is not None
        assert cut.announced == 2 + 8 + 9_000 + 5_000

    @pytest.mark.parametrize(
        ("data", "announced"),
        [
            (b"BM" + struct.pack("<I", 9_000) + bytes(4) + struct.pack("<II", 54, 40) + bytes(60), 9_000),
            (b"OTTO\0\1" + bytes(6) + b"CFF " + struct.pack(">III", 0, 28, 7_000) + bytes(9), 7_028),
            (b"\x1aE\xdf\xa3\x81\0\x18S\x80\x67\x40\x7f" + bytes(20), 12 + 127),
            (b"OggS\0\2" + bytes(20) + b"\2\xff\xff" + bytes(60), 29 + 510),
        ],
        ids=["bitmap", "font", "matroska", "ogg"],
    )
    def test_files_that_no_engine_reads_announce_their_length_too(self, data: bytes, announced: int) -> None:
        cut = found(data)
        assert cut is not None
        assert (cut.present, cut.announced) == (len(data), announced)

    def test_a_store_of_its_own_announces_its_length(self) -> None:
        whole = store(superbox(b"c2ma", "x", bytes(box(b"free", bytes(300)))))
        assert found(whole) is None
        assert found(whole[:200]) == CutOff(present=200, announced=len(whole))


def recording(frames: int, *, of: int) -> bytes:
    """A FLAC of one channel with so many of its frames of 4,096 samples, all the same."""
    about = struct.pack(">HH", 4096, 4096) + bytes(6)
    packed = 44_100 << 44 | 0 << 41 | 15 << 36 | of * 4_096
    about += packed.to_bytes(8, "big") + bytes(16)
    whole = b"fLaC\x80" + len(about).to_bytes(3, "big") + about
    for number in range(frames):
        header = b"\xff\xf8\xc0\x08" + chr(number).encode()
        whole += header + bytes((crc8(header),)) + b"\0\0\0" + b"\0\0"
    return whole


def crc8(header: bytes) -> int:
    """RFC 9639, section 9.1.8, as a division of polynomials."""
    value = int.from_bytes(header + b"\0", "big")
    for bit in range(value.bit_length() - 1, 7, -1):
        if value >> bit & 1:
            value ^= 0x107 << (bit - 8)
    return value


class TestSound:
    def test_a_recording_with_all_of_its_frames_is_all_there(self) -> None:
        assert found(recording(200, of=200)) is None

    def test_a_recording_without_its_last_frames_says_from_when_on(self) -> None:
        cut = found(recording(150, of=200))
        assert cut is not None
        assert cut.lacks == "the sound from second 13 of 19 on"

    def test_a_frame_with_a_wrong_checksum_is_none(self) -> None:
        whole = recording(150, of=200)
        broken = whole[:-6] + bytes((whole[-6] ^ 1,)) + whole[-5:]
        cut = found(broken)
        assert cut is not None
        assert cut.lacks == "the sound from second 13 of 19 on"


class TestMalformed:
    """What goes on, but not as it must, does not break off."""

    def test_a_picture_with_something_else_amid_its_segments(self) -> None:
        whole = picture()
        assert found(whole[:20] + b"garbage" + whole[20:]) is None

    def test_a_picture_whose_chunk_has_no_name(self) -> None:
        whole = picture("PNG")
        assert found(whole[:33] + b"\0\0\1\0\1\2\3\4" + whole[33:]) is None

    def test_a_drawing_with_a_tag_that_does_not_fit(self) -> None:
        assert found(FORMS["image/svg+xml"]().replace(b"<rect", b"<g><rect"), "image/svg+xml") is None

    def test_a_picture_with_another_block(self) -> None:
        whole = picture("GIF")
        assert found(whole[:-1] + b"\x77" + b"not a block at all") is None


@pytest.mark.parametrize(
    "build",
    [
        lambda: b"\xff\xfb\x90\x00" + b"\xff" * 4_000_000,
        lambda: recording(3, of=200) + b"\xff\xf8\xc9\x08" * 500_000,
        lambda: b"%PDF-1.7\n" + b"<</Linearized" * 200_000,
        lambda: b"%PDF-1.7\n%%EOF" + b"1 1 1 " * 500_000,
        lambda: b"PK\3\4" * 500_000,
        lambda: picture("GIF")[:-1] + b"!\xfe" + b"\1x" * 900_000,
        lambda: b"OggS\0" * 500_000,
        lambda: zlib.compress(b"x") + b"\0" * 3_000_000,
    ],
    ids=["mp3", "flac", "linearized", "objects", "zip", "gif", "ogg", "nothing"],
)
def test_hostile_files_cost_no_more_than_their_length(build: Callable[[], bytes]) -> None:
    data = build()
    layout = layout_of(data, recognise(data))
    assert costs_at_most(1.5, lambda: cut_off(data, layout))
