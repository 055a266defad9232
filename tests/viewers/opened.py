"""Which originals has a signer made who leaves out what decides what is shown? Whoever changes that breaks no hash.

None of them need pass; what passes must be shown the same whatever is put there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import cbor2

from tests.authority import jpeg_segment, jumbf_boxes
from tests.viewers import rebinding
from tests.viewers.carriers import C2PA_UUID, carrier_of, riff_chunk
from tests.viewers.makers import clips, documents, raster
from tests.viewers.rebinding import TODAY, left_out_boxes
from tests.viewers.structure.parse import (
    as_synchsafe,
    blocks,
    boxes,
    chunks,
    directories,
    frames,
    riff,
    segments,
    synchsafe,
)

if TYPE_CHECKING:
    from tests.viewers.originals import Recipe

Range = tuple[int, int]
Find = Callable[[bytes], Sequence[Range]]


def bindings(store: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    """Label and content of every hard binding in the last manifest of a store."""
    ((_, start, end),) = jumbf_boxes(store)
    *_, (_, start, end) = (one for one in jumbf_boxes(store, start, end) if one[0] == b"jumb")
    for kind, low, high in jumbf_boxes(store, start, end):
        if kind != b"jumb" or store[low + 8 : low + 12] != b"c2as":
            continue
        for inner, first, last in jumbf_boxes(store, low, high):
            if inner != b"jumb":
                continue
            ((_, about, _), *rest) = jumbf_boxes(store, first, last)
            label = store[about + 17 : store.index(b"\0", about + 17)].decode()
            if label.startswith("c2pa.hash."):
                yield label, cbor2.loads(store[rest[0][1] : rest[0][2]])


def open_ranges(data: bytes, family: str) -> list[Range]:
    """What the binding leaves out besides the store itself (start, end)."""
    own, found = carrier_of(data, family), list[Range]()
    for label, content in bindings(own.store):
        rules = content.get("exclusions") or []
        if label.startswith("c2pa.hash.bmff"):
            taken = left_out_boxes(data, rules)  # type: ignore[arg-type]
            found += [(box.start, box.end) for box in taken if data[box.start + 8 : box.start + 24] != C2PA_UUID]
        elif label == "c2pa.hash.data":
            found += [(rule["start"], rule["start"] + rule["length"]) for rule in rules]  # type: ignore[index,attr-defined]
    return [one for one in found if one[0] < own.start or one[1] > own.end]


def _named(reader: Callable[[bytes], Sequence[tuple[bytes, int, int]]], *kinds: bytes) -> Find:
    return lambda data: [(start, end) for kind, start, end in reader(data) if kind in kinds]


def _entry(*tags: int) -> Find:
    return lambda data: [
        (field.at, field.at + 12) for _, found in directories(data) for field in found if field.tag in tags
    ]


def _boxes(*paths: str) -> Callable[[bytes, object], bytes]:
    rules = (*TODAY, *({"xpath": path} for path in paths))
    return lambda data, signer: rebinding.by_bmff(data, signer, rules, 3)  # type: ignore[arg-type]


def _ranges(family: str, find: Find) -> Callable[[bytes, object], bytes]:
    return lambda data, signer: rebinding.by_data(data, family, signer, find)  # type: ignore[arg-type]


def _with_tail(data: bytes, tail: bytes = bytes(1500)) -> bytes:
    """The file with room behind its end."""
    return data + tail


def _tail(family: str) -> Callable[[bytes, object], bytes]:
    return lambda data, signer: rebinding.by_data(
        _with_tail(data),
        family,
        signer,
        lambda whole: [(len(whole) - 1500, len(whole))],  # type: ignore[arg-type]
    )


def opened() -> Iterator[Recipe]:
    """Every one of them."""
    from tests.viewers.originals import Recipe

    jpeg = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg", is_trap=True)
    profile = partial(raster.encoded, raster.scene(), icc_profile=raster.srgb_profile())
    for name, kind, build in (
        ("jfif", b"\xe0", raster.jpeg),
        ("icc", b"\xe2", partial(profile, "JPEG")),
        ("adobe", b"\xee", lambda: raster.encoded(raster.scene(mode="CMYK"), "JPEG")),
        ("mpf", b"\xe2", raster.jpeg_pages),
        ("tables", b"\xdb", raster.jpeg),
    ):
        yield jpeg(name=f"jpeg-without-{name}", build=build, bind=_ranges("jpeg", _named(segments, kind)))
    yield jpeg(name="jpeg-without-tail", build=raster.jpeg, bind=_tail("jpeg"))
    png = partial(Recipe, format="PNG", media_type="image/png", family="png", is_trap=True)
    from tests.viewers.originals import png_with

    for name, kind, content in (
        ("exif", b"eXIf", raster.exif(1)[6:]),
        ("gamma", b"gAMA", struct.pack(">I", 45455)),
        ("transparency", b"tRNS", struct.pack(">3H", 1, 2, 3)),
        ("resolution", b"pHYs", struct.pack(">IIB", 3000, 3000, 1)),
        ("text", b"tEXt", b"Comment\0" + b"words " * 9),
        ("unknown", b"teSt", bytes(60)),
    ):
        build = partial(png_with, kind, content)
        yield png(name=f"png-without-{name}", build=build, bind=_ranges("png", _named(chunks, kind)))
    yield png(
        name="png-without-control", build=raster.png_animated, bind=_ranges("png", _named(chunks, b"fcTL", b"acTL"))
    )
    yield png(name="png-without-tail", build=lambda: raster.encoded(raster.scene(), "PNG"), bind=_tail("png"))
    gif = partial(Recipe, format="GIF", media_type="image/gif", family="gif", is_trap=True, build=raster.gif_animated)
    yield gif(name="gif-without-control", bind=_ranges("gif", _named(blocks, b"\xf9")))
    yield gif(name="gif-without-loop", bind=_ranges("gif", _named(blocks, b"NETSCAPE")))
    yield gif(name="gif-without-tail", bind=_tail("gif"))
    webp = partial(Recipe, format="WebP", media_type="image/webp", family="riff", is_trap=True)
    turned = lambda: raster.encoded(raster.scene(), "WEBP", exif=raster.exif(1)[6:])  # noqa: E731
    yield webp(name="webp-without-exif", build=turned, bind=_ranges("riff", _named(riff, b"EXIF")))
    yield webp(name="webp-without-icc", build=partial(profile, "WEBP"), bind=_ranges("riff", _named(riff, b"ICCP")))
    head = _named(riff, b"VP8X", b"ANIM")
    yield webp(name="webp-without-head", build=raster.webp_animated, bind=_ranges("riff", head))
    tiff = partial(
        Recipe, format="TIFF", media_type="image/tiff", family="tiff", is_trap=True, build=raster.tiff_turned
    )
    yield tiff(name="tiff-without-orientation", bind=_ranges("tiff", _entry(0x0112)))
    yield tiff(name="tiff-without-strips", bind=_ranges("tiff", _entry(273, 279)))
    heic = partial(Recipe, format="HEIC", media_type="image/heic", family="bmff", is_trap=True)
    for name, build, path in (
        ("irot", partial(raster.heic, orientation=6), "/meta/iprp/ipco/irot"),
        ("links", partial(raster.heic, orientation=6), "/meta/iprp/ipma"),
        ("pitm", partial(raster.heic, pages=2), "/meta/pitm"),
        ("iref", partial(raster.heic, thumbnail=True), "/meta/iref"),
    ):
        yield heic(name=f"heic-without-{name}", build=build, bind=_boxes(path))
    mp4 = partial(Recipe, format="MP4", media_type="video/mp4", family="bmff", is_trap=True, build=clips.mp4)
    for name, path in (
        ("matrix", "/moov/trak/tkhd"), ("edits", "/moov/trak/edts"), ("times", "/moov/trak/mdia/mdhd"),
        ("durations", "/moov/trak/mdia/minf/stbl/stts"), ("words", "/moov/udta"),
        ("references", "/moov/trak/mdia/minf/dinf"),
    ):  # fmt: skip
        yield mp4(name=f"mp4-without-{name}", bind=_boxes(path))
    avi = partial(Recipe, format="AVI", media_type="video/x-msvideo", family="riff", is_trap=True, build=clips.avi)
    yield avi(name="avi-without-index", bind=_ranges("riff", _named(riff, b"idx1")))
    yield avi(name="avi-without-junk", bind=_ranges("riff", _named(riff, b"JUNK", b"LIST")))
    mp3 = partial(Recipe, format="MP3", media_type="audio/mpeg", family="id3", is_trap=True, build=clips.mp3)
    yield mp3(name="mp3-without-text", bind=_ranges("id3", _named(frames, b"TSSE")))
    yield mp3(name="mp3-without-tail", bind=_tail("id3"))
    pdf = partial(Recipe, format="PDF", media_type="application/pdf", family="pdf", is_trap=True, build=documents.pdf)
    yield pdf(name="pdf-without-tail", bind=_tail("pdf"))
    yield from _roomy()


ROOM: Final = 1600
"""Bytes of harmless words that are left out: enough for whatever decides what is shown."""


def _roomy() -> Iterator[Recipe]:
    """Originals whose signer leaves out words with room for other things."""
    from tests.viewers.originals import Recipe, png_with

    words = b"w" * (ROOM - 40)
    jpeg = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg", is_trap=True)
    described = jpeg_segment(0xE1, raster.exif(1, words="w" * (ROOM - 100)))
    exif: Find = lambda data: [(one.start, one.end) for one in segments(data) if one.kind == b"\xe1"]  # noqa: E731
    for name, build in (("mpf", raster.jpeg_pages), ("rgb", raster.jpeg_rgb), ("plain", raster.jpeg)):
        whole = lambda build=build: raster.with_segment(build(), described)  # noqa: E731
        yield jpeg(name=f"jpeg-{name}-roomy", build=whole, bind=_ranges("jpeg", exif))
    png = partial(Recipe, format="PNG", media_type="image/png", family="png", is_trap=True)
    text = partial(png_with, b"tEXt", b"Comment\0" + words)
    yield png(name="png-roomy", build=text, bind=_ranges("png", _named(chunks, b"tEXt")))
    comment = b"\x21\xfe" + (b"\xc8" + b"w" * 200) * 8 + b"\0"

    def gif() -> bytes:
        plain = raster.gif_animated()
        at = blocks(plain)[1].start
        return plain[:at] + comment + plain[at:]

    yield Recipe(
        name="gif-roomy", format="GIF", media_type="image/gif", family="gif", is_trap=True, build=gif,
        bind=_ranges("gif", _named(blocks, b"\xfe")),
    )  # fmt: skip
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + words + b"</x:xmpmeta>"
    yield Recipe(
        name="webp-roomy", format="WebP", media_type="image/webp", family="riff", is_trap=True,
        build=lambda: raster.encoded(raster.scene(), "WEBP", xmp=packet), bind=_ranges("riff", _named(riff, b"XMP ")),
    )  # fmt: skip
    info = riff_chunk(b"LIST", b"INFO" + riff_chunk(b"ICMT", words))

    def find(data: bytes) -> list[Range]:
        return [(one.start, one.end) for one in riff(data) if data[one.start + 8 : one.start + 16] == b"INFOICMT"]

    for name, form, media_type, make in (
        ("wav-roomy", "WAV", "audio/wav", clips.wav), ("avi-roomy", "AVI", "video/x-msvideo", clips.avi),
    ):  # fmt: skip
        with_info = lambda make=make: _longer_riff(make(), info)  # noqa: E731
        yield Recipe(
            name=name, format=form, media_type=media_type, family="riff", is_trap=True, build=with_info,
            bind=_ranges("riff", find),
        )  # fmt: skip
    tag = b"TXXX" + len(words).to_bytes(4, "big") + b"\0\0" + b"\0a\0" + words[3:]
    tagged = lambda: b"ID3\3\0\0" + as_synchsafe(len(tag)) + tag + clips.mp3()[10 + synchsafe(clips.mp3()[6:10]) :]  # noqa: E731
    yield Recipe(
        name="mp3-roomy", format="MP3", media_type="audio/mpeg", family="id3", is_trap=True, build=tagged,
        bind=_ranges("id3", _named(frames, b"TXXX")),
    )  # fmt: skip
    yield Recipe(
        name="mp4-roomy", format="MP4", media_type="video/mp4", family="bmff", is_trap=True, build=_wordy_film,
        bind=_boxes("/moov/udta"),
    )  # fmt: skip
    said = documents.SVG.replace(b"<title>", b"<metadata>" + words + b"</metadata>\n<title>")
    inside: Find = lambda data: [(data.index(b"wwww"), data.index(b"wwww") + len(words))]  # noqa: E731
    yield Recipe(
        name="svg-roomy", format="SVG", media_type="image/svg+xml", family="svg", is_trap=True, build=lambda: said,
        bind=_ranges("svg", inside),
    )  # fmt: skip
    yield Recipe(
        name="pdf-roomy", format="PDF", media_type="application/pdf", family="pdf", is_trap=True,
        build=documents.pdf, bind=lambda data, signer: _pdf_with_comment(data, words, signer),
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
    return _ranges("pdf", find)(whole, signer)


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
