"""Does hostile metadata cost little, raise nothing, and say nothing that it does not say?"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.media_type import recognise
from provenance.metadata import Metadata, exif, iptc, read_metadata
from provenance.metadata.model import MAX_KEPT, MAX_STATEMENTS
from provenance.metadata.xmp import read_xmp
from provenance.workers import parts, wire
from tests.support.effort import at_most, costs_at_most
from tests.support.media.metadata_files import (
    SOURCE,
    box,
    chunk,
    codestream,
    document,
    drawing,
    edited_by_samsung,
    flac,
    iim,
    jpeg_with,
    keyed,
    movie,
    picture,
    png_with,
    riff,
    still,
    tagged,
    text_chunk,
    uuid_xmp,
    wave,
    with_gps,
    xmp,
)
from tests.support.media.metadata_files import exif as exif_of

DECLARED: Final = xmp(
    Iptc4xmpExt_DigitalSourceType=SOURCE + "trainedAlgorithmicMedia", xmp_CreateDate="2024-01-02T03:04:05Z"
)
SECONDS: Final = 4.0
"""Processor time that any of these may take on a busy machine; most take milliseconds."""


def read(data: bytes, media_type: str = "") -> Metadata:
    """Read within the time allowed, and travel between processes."""
    found = at_most(SECONDS, lambda: read_metadata(data, media_type or recognise(data)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Metadata) == found
    assert len(found.statements) <= MAX_STATEMENTS
    assert all(len(one.value) <= MAX_KEPT for one in found.statements)
    return found


def tiff(*entries: tuple[int, int, int, int], following: int = 0, order: str = "<", tail: bytes = b"") -> bytes:
    """A TIFF structure of one directory; entries are (tag, type, count, value or offset)."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    body = struct.pack(f"{order}H", len(entries)) + b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    return head + body + struct.pack(f"{order}I", following) + tail


class TestXml:
    def test_entities_are_refused_and_nothing_is_opened(self, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("Midjourney")
        for declaration in (
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>',
            '<!DOCTYPE x [<!ENTITY e "Midjourney">]>',
            '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
        ):
            packet = declaration.encode() + xmp("<xmp:CreatorTool>&e;</xmp:CreatorTool>")
            found = read(picture("JPEG", xmp=packet))
            assert found.statements == ()
            assert (found.unread, found.cut) == ((), ("part of the XMP, which is malformed",))

    def test_a_billion_laughs_are_not_heard(self):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        packet = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'.encode() + xmp("<dc:title>&l9;</dc:title>")
        assert read(picture("JPEG", xmp=packet)).statements == ()

    @pytest.mark.parametrize(
        "packet",
        [
            b"<a>" * 200_000,
            b"<a b='1'/>" * 200_000,
            b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + b"<x:a/>" * 200_000 + b"</x:xmpmeta>",
            b"<a " + b" ".join(b"b%d='1'" % n for n in range(100_000)) + b"/>",
            b"<a " + b" ".join(b"xmlns:b%d='u'" % n for n in range(50_000)) + b"/>",
            b"<a>" + b"&amp;" * 500_000 + b"</a>",
            b"<!--" + b"-" * 1_000_000,
            b"<![CDATA[" * 100_000,
            b"<" * 1_000_000,
            b"\xff\xfe" + "<a>".encode("utf-16-le") * 100_000,
            b"<a>" + b"\0" * 1_000_000 + b"</a>",
            b"<a>\xed\xa0\x80\xf8\x88\x80</a>",
        ],
        ids=range(12),
    )
    def test_deep_wide_and_broken_packets_cost_little(self, packet):
        assert at_most(SECONDS, lambda: read_xmp(packet)).values == ()

    def test_a_property_that_repeats_for_ever_is_cut(self):
        inner = "<dc:creator>x</dc:creator>" * 5_000
        packet = read_xmp(xmp(inner))
        assert len(packet.values) == 256
        assert packet.cut == ("values of XMP beyond 256",)

    def test_an_encoding_that_is_declared_wrongly_does_not_mislead(self):
        packet = b"<?xml version='1.0' encoding='utf-7'?>" + xmp(xmp_CreatorTool="Midjourney")
        assert read(picture("JPEG", xmp=packet)).statements[0].system == "Midjourney"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
    def test_reads_every_unicode_form(self, encoding):
        packet = xmp(Iptc4xmpExt_AISystemUsed="Träumer").decode().encode(encoding)
        assert read_xmp(packet).values == (("Iptc4xmpExt:AISystemUsed", "Träumer"),)

    def test_turned_and_invisible_letters_are_kept_as_data_and_cut(self):
        found = read(picture("JPEG", xmp=xmp(Iptc4xmpExt_AISystemUsed="\u202egpj.exe\u200b" + "A" * 5_000)))
        assert found.statements[0].value.startswith("\u202e")
        assert len(found.statements[0].value) == MAX_KEPT


class TestBombs:
    def test_compressed_texts_share_one_bound(self):
        bomb = zlib.compress(b"Steps: 1, Sampler: x, Seed: 1 " + bytes(64 * 1024 * 1024))
        found = read(png_with(*[chunk(b"zTXt", b"parameters\0\0" + bomb)] * 300))
        assert found.cut == (
            "bytes of one block of metadata beyond 4,194,304",
            "characters of one field beyond 65,536",
            "bytes of metadata beyond 16,777,216",
        )

    def test_compressed_boxes_share_one_bound(self):
        bomb = codestream(b"<a>" + bytes(48 * 1024 * 1024), compressed=True)
        held = bomb[12 + 20 : -10]
        assert "bytes of one block of metadata beyond 4,194,304" in read(bomb[:32] + held * 50).cut

    def test_a_text_that_is_not_wanted_is_never_inflated(self):
        bomb = chunk(b"zTXt", b"Evil\0\0" + zlib.compress(bytes(64 * 1024 * 1024)))
        found = read(png_with(*[bomb] * 300))
        assert (found.unread, found.cut) == ((), ())

    def test_a_huge_text_is_left_out_and_told(self):
        found = read(png_with(text_chunk("parameters", "x" * 5_000_000)))
        assert found.cut == ("bytes of one block of metadata beyond 4,194,304",)

    def test_broken_streams_say_nothing(self):
        assert read(png_with(chunk(b"zTXt", b"parameters\0\0" + b"\x78\x9c\0\0junk"))).statements == ()
        assert read(codestream(DECLARED, compressed=True).replace(b"xml ", b"xml \xff")).statements == ()

    def test_json_of_a_hundred_thousand_brackets_is_no_label(self):
        for text in ('{"Label":' + "[" * 60_000, '{"a":' * 12_000, '{"Label": ' + "9" * 60_000 + "}"):
            assert read(png_with(text_chunk("AIGC", text))).statements == ()

    @pytest.mark.parametrize(
        "text",
        [
            '"' * 60_000,
            '"' + " " * 60_000 + "-s",
            "{" + '"uc"' * 16_000,
            '{"base_model"' + " " * 60_000,
            "Steps: " * 9_000,
            " --v " * 12_000,
            "Job ID: " * 8_000,
            "Signature: " + "A" * 60_000,
            "\\" * 60_000,
        ],
    )
    @pytest.mark.parametrize("keyword", ["Dream", "parameters", "Description", "Comment"])
    def test_no_text_makes_a_search_slow(self, keyword, text):
        data = png_with(text_chunk(keyword, text))
        assert costs_at_most(1, lambda: read(data))


class TestDirectories:
    def test_circles_end(self):
        assert read(tiff((0x8769, 4, 1, 8), following=8)).times == ()
        assert read(tiff((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), following=8), "image/tiff").place is None

    def test_a_million_entries_are_not_read(self):
        entries = struct.pack("<HHII", 0x0131, 2, 4, 0) * 60_000
        data = b"II*\0\x08\0\0\0" + struct.pack("<H", 60_000) + entries + bytes(4)
        assert read(data, "image/tiff").statements == ()

    def test_the_same_block_named_by_every_entry_is_read_a_few_times(self):
        packet = DECLARED + b" " * 60_000
        entries = [(700, 1, len(packet), 8 + 2 + 12 * 900 + 4)] * 900
        found = read(tiff(*entries, tail=packet), "image/tiff")
        assert len(found.statements) == 1

    @pytest.mark.parametrize("count", [0xFFFFFFFF, 0x7FFFFFFF, 1 << 16])
    @pytest.mark.parametrize("offset", [0, 4, 0xFFFFFFFF])
    def test_values_beyond_the_end_are_left_out(self, count, offset):
        read(tiff((0x0131, 2, count, offset), (0x8769, 4, 1, offset), (700, 1, count, offset)), "image/tiff")

    def test_big_directories_with_counts_of_64_bits_end(self):
        data = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16) + struct.pack("<Q", 2**64 - 1) + bytes(60)
        assert read(data, "image/tiff").statements == ()

    def test_a_position_in_a_wrong_type_is_none(self):
        data = bytearray(with_gps(10.5, 20.5))
        start = data.index(b"\0\x02\0\x05\0\0\0\x03")
        data[start + 3] = 2
        assert read(jpeg_with(0xE1, bytes(data))).place is None

    @pytest.mark.parametrize("code", [b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8), b"\xff" * 8])
    def test_a_comment_in_a_wrong_encoding_is_text_all_the_same(self, code):
        read(jpeg_with(0xE1, exif_of(sub={0x9286: code + b"\xd8\x00\xff\xfe\x1b$B\0" * 50})))


class TestContainers:
    @pytest.mark.parametrize(
        "build",
        [
            lambda: b"\xff\xd8" + b"\xff" * 20_000_000,
            lambda: b"\xff\xd8" + b"\xff\x01" * 5_000_000,
            lambda: b"\xff\xd8" + b"\xff\xe1\0\x02" * 2_000_000,
            lambda: b"\x89PNG\r\n\x1a\n" + (b"\0\0\0\0tEXt" + bytes(4)) * 1_000_000,
            lambda: b"GIF89a" + bytes(7) + b"!\xfe" + b"\x01x" * 10_000_000,
            lambda: b"GIF89a" + bytes(7) + b"!\xfe\0" * 5_000_000,
            lambda: riff(b"WEBP", *[(b"EXIF", b"")] * 300_000),
            lambda: riff(b"WAVE", (b"LIST", b"INFO" + b"ISFT\0\0\0\0" * 500_000)),
            lambda: movie(*[box(b"udta")] * 300_000),
            lambda: movie(box(b"udta", box(b"\xa9too", b"\xff\xff"), box(b"meta"), box(b"XMP_"))),
            lambda: still(DECLARED)[:-40] + b"\xff" * 40,
            lambda: b"%PDF-1.7\n" + b"/Creator (" * 1_000_000,
            lambda: b"%PDF-1.7\n" + b"<rdf:RDF" * 1_000_000,
            lambda: b"%PDF-1.7\n" + b"/Creator <" + b"0" * 5_000_000,
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<x:xmpmeta" * 500_000,
            lambda: b"ID3\3\0\0\x7f\x7f\x7f\x7f" + b"TXXX\0\0\0\0\0\0" * 500_000,
            lambda: flac(*["a=b"] * 200_000),
            lambda: picture("JPEG") + b"SEFH" + b"\xff" * 8 + bytes(5_000_000) + struct.pack("<I", 5_000_012) + b"SEFT",
        ],
        ids=range(18),
    )  # fmt: skip
    def test_endless_parts_cost_little(self, build: Callable[[], bytes]):
        read(build())

    def test_extended_xmp_is_put_together_in_its_order_and_within_its_bound(self):
        head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32

        def piece(offset: int, body: bytes, whole: int) -> bytes:
            data = head + struct.pack(">II", whole, offset) + body
            return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data

        half = len(DECLARED) // 2
        plain = picture("JPEG")
        pieces = piece(half, DECLARED[half:], len(DECLARED)) + piece(0, DECLARED[:half], len(DECLARED))
        found = read(plain[:2] + pieces + plain[2:])
        assert len(found.statements) == 1
        assert len(found.statements[0].spans) == 2
        flood = piece(0, b"<a>", 100) * 100_000
        assert "pieces of an extended XMP packet beyond 128" in read(plain[:2] + flood + plain[2:]).cut

    def test_boxes_in_boxes_are_not_followed_for_ever(self):
        inner = b""
        for _ in range(3_000):
            inner = box(b"moov", inner)
        read(box(b"ftyp", b"mp42", bytes(4)) + inner)

    def test_a_picture_of_a_million_items_is_cut(self):
        place = b"\1\0\0\0\x44\0" + struct.pack(">H", 65_535) + bytes(60_000)
        entry = box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"Exif", b"\0")
        items = box(b"iinf", bytes(4), struct.pack(">H", 65_535), entry * 20_000)
        read(box(b"ftyp", b"heic", bytes(4)) + box(b"meta", bytes(4), items, box(b"iloc", place)))

    def test_keys_and_keywords_of_strangers_never_reach_a_statement(self):
        evil = "AI\x1b[2J\u202e"
        for data in (
            png_with(chunk(b"iTXt", evil.encode() + b"\0\0\0\0\0Midjourney")),
            movie(box(b"udta", keyed(**{evil: "Midjourney"}))),
            tagged((b"TXXX", b"\3" + evil.encode() + b"\0Midjourney")),
            flac(f"{evil}=Midjourney"),
        ):
            assert read(data).statements == ()


@pytest.mark.parametrize(
    "value", [Metadata(reason="crash"), read_metadata(picture("JPEG", xmp=DECLARED), "image/jpeg")]
)
def test_a_part_travels_and_says_why_it_failed(value):
    frame = parts.encoded(7, "metadata", value)
    kind, content = wire.read_frame(io.BytesIO(frame)) or (b"", b"")
    assert kind == wire.PART
    assert parts.decoded(content).value == value
    assert parts.failed("metadata", "crash") == Metadata(reason="crash")


SEEDS: Final = {
    "jpeg": picture("JPEG", exif=with_gps(1, 2), xmp=DECLARED),
    "jpeg-iptc": jpeg_with(0xED, iim((110, "Made with Google AI"), (55, "20240102"), (60, "030405+0100"))),
    "samsung": edited_by_samsung('{"genAIType": 1}'),
    "png": png_with(text_chunk("parameters", "Steps: 1, Sampler: x, Seed: 1"), chunk(b"eXIf", with_gps(1, 2)[6:])),
    "webp": picture("WEBP", exif=exif_of({0x0131: "Midjourney"}), xmp=DECLARED),
    "tiff": picture("TIFF", tiffinfo={700: DECLARED, 305: "Midjourney"}),
    "gif": picture("GIF", comment=b"Midjourney"),
    "heic": still(DECLARED),
    "jxl": codestream(DECLARED, compressed=True),
    "mp4": movie(box(b"mvhd", bytes(100)), box(b"udta", keyed(AIGC='{"Label":"1"}'))) + uuid_xmp(DECLARED),
    "wav": wave((b"_PMX", DECLARED), (b"bext", b"x" * 320 + b"2024-01-02" + b"03:04:05" + bytes(264))),
    "mp3": tagged((b"TSSE", b"\0Suno"), (b"TXXX", b"\1\xff\xfeA\0I\0G\0C\0\0\0{\0}\0")),
    "flac": flac("AIGC=" + json.dumps({"Label": "2"})),
    "pdf": document(DECLARED, b"/Creator (Adobe Firefly) /CreationDate (D:20240102030405+01'00')"),
    "svg": drawing(DECLARED),
}  # fmt: skip


@pytest.mark.parametrize("form", SEEDS)
def test_seeds_say_something(form):
    found = read(SEEDS[form])
    assert found.statements or found.times


@pytest.mark.parametrize("form", SEEDS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_changed_in_a_file_makes_reading_fail(form, data):
    seed = bytearray(SEEDS[form])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(seed) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "ff", "double", "zero"]))
        if kind == "flip":
            seed[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del seed[at : at + data.draw(st.integers(1, 40))]
        elif kind == "double":
            seed[at:at] = seed[at : at + data.draw(st.integers(1, 200))]
        else:
            seed[at : at + 4] = b"\xff" * 4 if kind == "ff" else bytes(4)
        if not seed:
            return
    read(bytes(seed), recognise(SEEDS[form]))


@given(data=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_without_an_error(data):
    exif.fields(exif.read_exif(b"II*\0" + data), ())
    exif.place(exif.read_exif(b"MM\0*" + data), ((0, 1),))
    iptc.fields(b"\x1c\2" + data, ())
    iptc.from_photoshop(b"8BIM" + data)
    read_xmp(data)


@given(
    north=st.floats(-90, 90, allow_nan=False),
    east=st.floats(-180, 180, allow_nan=False),
    metres=st.integers(-400, 8_000),
)
@settings(max_examples=60, deadline=None)
def test_a_position_comes_back_as_it_was_written(north, east, metres):
    found = read(jpeg_with(0xE1, with_gps(north, east, metres=metres))).place
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx((north, east), abs=2e-6)
    assert found.altitude == pytest.approx(metres, abs=0.01)
