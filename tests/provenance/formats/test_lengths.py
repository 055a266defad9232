"""Can a part whose own length no hash covers take in what was signed as something else, and read as harmless?

The bytes stay where they are, and every digest holds; but readers no longer see a segment that has become the end of
another one.
"""

from __future__ import annotations

import struct
import zlib

import pytest

from provenance.credentials.binding.coverage import Coverage
from tests.provenance.by_hand import STORE, leaving, named
from tests.provenance.formats.test_gif import with_block
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.forms import flac, mp3
from tests.support.media.gaps import exif_segment, gif_block, orientation

TURNED = exif_segment(orientation(6))
SHOWN = "integrity.shown.excluded"
FOREIGN = "integrity.store.foreign"


def grown(data: bytes, part: bytes, longer: bytes) -> Coverage:
    """What a hash covers that leaves one part out, after its header was changed to another of the same size."""
    assert data.count(part) == 1
    start = data.index(part)
    changed = data[:start] + longer + data[start + len(longer) :]
    assert len(longer) <= len(part)
    return leaving(changed, (start, start + len(part)))


def jpeg(*own: bytes) -> bytes:
    segments, scan = jpeg_segments(picture())
    return join_jpeg([segments[0], *own, *segments[1:]], scan)


def lengthened(segment: bytes, by: int) -> bytes:
    (length,) = struct.unpack(">H", segment[2:4])
    return segment[:2] + struct.pack(">H", length + by)


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        (jpeg_segment(0xEB, b"JP\x02\x11\0\0\0\1" + STORE), FOREIGN),
        (jpeg_segment(0xFE, b"a comment"), SHOWN),
        (exif_segment(orientation(1)), SHOWN),
        (jpeg_segment(0xED, b"Photoshop 3.0\0"), SHOWN),
    ],
    ids=["store", "comment", "EXIF", "Photoshop"],
)
def test_a_segment_that_takes_in_the_next_does_not_pass(segment: bytes, code: str) -> None:
    data = jpeg(segment, TURNED)
    start = data.index(segment)
    assert code not in named(leaving(jpeg(segment), (start, start + len(segment))))
    assert code in named(grown(data, segment, lengthened(segment, len(TURNED))))


def test_a_range_within_a_segment_leaves_its_length_as_it_was() -> None:
    segment = jpeg_segment(0xFE, b"a comment of some length")
    data = jpeg(jpeg_segment(0xEB, b"JP\x02\x11\0\0\0\1" + STORE), segment)
    start = data.index(segment)
    assert named(leaving(data, (start + 4, start + 10))) == ["integrity.coverage.metadata_excluded"]


def png(*chunks: bytes) -> bytes:
    plain = picture("PNG")
    return plain[:33] + b"".join(chunks) + plain[33:]


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize(
    ("own", "code"), [(chunk(b"caBX", STORE), FOREIGN), (chunk(b"tEXt", b"Comment\0words"), SHOWN)]
)
def test_a_chunk_of_a_png_that_takes_in_the_next_does_not_pass(own: bytes, code: str) -> None:
    turned = chunk(b"eXIf", orientation(6))
    longer = struct.pack(">I", struct.unpack(">I", own[:4])[0] + len(turned))
    assert code in named(grown(png(own, turned), own, longer))


def riff(*chunks: bytes) -> bytes:
    content = b"WEBP" + picture("WEBP")[12:] + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


@pytest.mark.parametrize(("name", "content", "code"), [(b"C2PA", STORE, FOREIGN), (b"XMP ", b"<x:xmpmeta/>", SHOWN)])
def test_a_chunk_of_a_riff_file_that_takes_in_the_next_does_not_pass(name: bytes, content: bytes, code: str) -> None:
    def own(size: int) -> bytes:
        return name + struct.pack("<I", size) + content + bytes(len(content) & 1)

    turned = b"EXIF" + struct.pack("<I", len(orientation(6))) + orientation(6)
    data = riff(own(len(content)), turned)
    assert code in named(grown(data, own(len(content)), own(len(content) + len(turned))[:8]))


def frame(name: bytes, content: bytes, *, more: int = 0) -> bytes:
    size = len(content) + more
    return name + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + b"\0\0" + content


@pytest.mark.parametrize("sound", [mp3(), flac()], ids=["MP3", "FLAC"])
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [(b"GEOB", b"\3application/c2pa\0c2pa\0c2pa manifest store\0" + STORE, FOREIGN), (b"TIT2", b"\3title", SHOWN)],
)
def test_a_frame_that_takes_in_the_next_does_not_pass(sound: bytes, name: bytes, content: bytes, code: str) -> None:
    cover = frame(b"APIC", b"\0image/png\0\3\0picture")
    own = frame(name, content)
    size = len(own) + len(cover)
    tag = b"ID3\4\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + own + cover
    assert code in named(grown(tag + sound, own, frame(name, content, more=len(cover))[:10]))


def test_a_frame_without_a_name_that_ends_a_tag_early_does_not_pass() -> None:
    words, cover = frame(b"TIT2", b"\3title"), frame(b"APIC", b"\0image/png\0\3\0picture")
    size = len(words) + len(cover)
    tag = b"ID3\4\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + words + cover
    for name in (b"\0\0\0\0", b"abcd", b"\1\2\3\4"):
        assert "integrity.padding.filled" in named(grown(tag + mp3(), words, name))


@pytest.mark.parametrize(
    ("block", "at", "code"),
    [(gif_block(STORE), 14, FOREIGN), (b"!\xfe\x0bsome words!\0", 2, SHOWN)],
    ids=["store", "comment"],
)
def test_a_block_of_a_gif_that_takes_in_the_next_does_not_pass(block: bytes, at: int, code: str) -> None:
    data = with_block(block)
    after = data.index(block) + len(block)
    assert data[after : after + 3] == b"!\xf9\x04"
    # The only sub-block goes on over its own end and the extension that follows, up to the end of that.
    assert at + 1 + block[at] + 1 == len(block)
    assert code in named(grown(data, block, block[:at] + bytes((block[at] + 8,))))
