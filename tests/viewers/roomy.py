"""Which originals leave out words with so much room that anything could stand in their place?

None of them need pass; what passes must be shown the same whatever is put there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.support.authority import jpeg_segment
from tests.viewers.carriers import riff_chunk
from tests.viewers.makers import clips, documents, raster
from tests.viewers.opened import Find, Range, named, ranges, without_boxes
from tests.viewers.structure.parse import as_synchsafe, blocks, boxes, chunks, frames, riff, segments, synchsafe

if TYPE_CHECKING:
    from tests.viewers.originals import Recipe

ROOM: Final = 1600
"""Bytes of harmless words that are left out: enough for whatever decides what is shown."""


WORDS: Final = b"w" * (ROOM - 40)


def roomy() -> Iterator[Recipe]:
    """Every one of them."""
    yield from _pictures()
    yield from _in_riff()
    yield from _others()


def _pictures() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe, png_with

    jpeg = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg", is_trap=True)
    described = jpeg_segment(0xE1, raster.exif(1, words="w" * (ROOM - 100)))
    exif: Find = lambda data: [(one.start, one.end) for one in segments(data) if one.kind == b"\xe1"]  # noqa: E731
    for name, build in (("mpf", raster.jpeg_pages), ("rgb", raster.jpeg_rgb), ("plain", raster.jpeg)):
        whole = lambda build=build: raster.with_segment(build(), described)  # noqa: E731
        yield jpeg(name=f"jpeg-{name}-roomy", build=whole, bind=ranges("jpeg", exif))
    png = partial(Recipe, format="PNG", media_type="image/png", family="png", is_trap=True)
    text = partial(png_with, b"tEXt", b"Comment\0" + WORDS)
    yield png(name="png-roomy", build=text, bind=ranges("png", named(chunks, b"tEXt")))
    comment = b"\x21\xfe" + (b"\xc8" + b"w" * 200) * 8 + b"\0"

    def gif() -> bytes:
        plain = raster.gif_animated()
        at = blocks(plain)[1].start
        return plain[:at] + comment + plain[at:]

    yield Recipe(
        name="gif-roomy", format="GIF", media_type="image/gif", family="gif", is_trap=True, build=gif,
        bind=ranges("gif", named(blocks, b"\xfe")),
    )  # fmt: skip
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + WORDS + b"</x:xmpmeta>"
    yield Recipe(
        name="webp-roomy", format="WebP", media_type="image/webp", family="riff", is_trap=True,
        build=lambda: raster.encoded(raster.scene(), "WEBP", xmp=packet), bind=ranges("riff", named(riff, b"XMP ")),
    )  # fmt: skip


def _in_riff() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe

    info = riff_chunk(b"LIST", b"INFO" + riff_chunk(b"ICMT", WORDS))

    def find(data: bytes) -> list[Range]:
        return [(one.start, one.end) for one in riff(data) if data[one.start + 8 : one.start + 16] == b"INFOICMT"]

    for name, form, media_type, make in (
        ("wav-roomy", "WAV", "audio/wav", clips.wav), ("avi-roomy", "AVI", "video/x-msvideo", clips.avi),
    ):  # fmt: skip
        with_info = lambda make=make: _longer_riff(make(), info)  # noqa: E731
        yield Recipe(
            name=name, format=form, media_type=media_type, family="riff", is_trap=True, build=with_info,
            bind=ranges("riff", find),
        )  # fmt: skip


def _others() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe

    tag = b"TXXX" + len(WORDS).to_bytes(4, "big") + b"\0\0" + b"\0a\0" + WORDS[3:]
    tagged = lambda: b"ID3\3\0\0" + as_synchsafe(len(tag)) + tag + clips.mp3()[10 + synchsafe(clips.mp3()[6:10]) :]  # noqa: E731
    yield Recipe(
        name="mp3-roomy", format="MP3", media_type="audio/mpeg", family="id3", is_trap=True, build=tagged,
        bind=ranges("id3", named(frames, b"TXXX")),
    )  # fmt: skip
    yield Recipe(
        name="mp4-roomy", format="MP4", media_type="video/mp4", family="bmff", is_trap=True, build=_wordy_film,
        bind=without_boxes("/moov/udta"),
    )  # fmt: skip
    said = documents.SVG.replace(b"<title>", b"<metadata>" + WORDS + b"</metadata>\n<title>")
    inside: Find = lambda data: [(data.index(b"wwww"), data.index(b"wwww") + len(WORDS))]  # noqa: E731
    yield Recipe(
        name="svg-roomy", format="SVG", media_type="image/svg+xml", family="svg", is_trap=True, build=lambda: said,
        bind=ranges("svg", inside),
    )  # fmt: skip
    yield Recipe(
        name="pdf-roomy", format="PDF", media_type="application/pdf", family="pdf", is_trap=True,
        build=documents.pdf, bind=lambda data, signer: _pdf_with_comment(data, WORDS, signer),
    )  # fmt: skip


def _longer_riff(data: bytes, chunk: bytes) -> bytes:
    """A RIFF file with one more chunk behind its first."""
    at = riff(data)[0].end
    return data[:4] + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:at] + chunk + data[at:]


def _pdf_with_comment(data: bytes, words: bytes, signer: object) -> bytes:
    """A document with a long comment in front of its table; the signer leaves the comment out."""
    start = data.rindex(b"xref\n0 ")
    whole = documents.with_new_table(data[:start] + b"%" + words + b"\n" + data[start:])
    find: Find = lambda found: [(found.index(b"%wwww") + 1, found.index(b"%wwww") + 1 + len(words))]  # noqa: E731
    return ranges("pdf", find)(whole, signer)


def _wordy_film() -> bytes:
    """A film with much user data at its end, where it moves nothing."""
    plain = clips.mp4()
    moov = next(one for one in boxes(plain) if one.kind == b"moov")
    udta = moov.inner[-1]
    if udta.kind != b"udta" or moov.end != len(plain):
        raise ValueError("got a film whose user data does not stand last")
    more = struct.pack(">I", ROOM) + b"free" + bytes(ROOM - 8)
    whole = bytearray(plain + more)
    for one in (moov, udta):
        struct.pack_into(">I", whole, one.start, one.end - one.start + ROOM)
    return bytes(whole)
