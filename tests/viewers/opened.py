"""Which originals has a signer made who leaves out what decides what is shown? Whoever changes that breaks no hash.

None of them need pass; what passes must be shown the same whatever is put there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import cbor2

from tests.viewers import rebinding
from tests.viewers.carriers import C2PA_UUID, carrier_of
from tests.viewers.makers import clips, documents, raster
from tests.viewers.rebinding import TODAY, left_out_boxes
from tests.viewers.stores import children
from tests.viewers.structure.parse import (
    blocks,
    chunks,
    directories,
    frames,
    riff,
    segments,
)

if TYPE_CHECKING:
    from tests.viewers.originals import Recipe

Range = tuple[int, int]
Find = Callable[[bytes], Sequence[Range]]


def bindings(store: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    """Label and content of every hard binding in the last manifest of a store."""
    *_, (_, start, end) = (one for one in children(store, 8, len(store)) if one[0] == b"jumb")
    for kind, low, high in children(store, start + 8, end):
        if kind != b"jumb" or store[low + 16 : low + 20] != b"c2as":
            continue
        for inner, first, last in children(store, low + 8, high):
            if inner != b"jumb":
                continue
            (_, about, _), *rest = children(store, first + 8, last)
            label = store[about + 25 : store.index(b"\0", about + 25)].decode()
            if label.startswith("c2pa.hash."):
                yield label, cbor2.loads(store[rest[0][1] + 8 : rest[0][2]])


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


def named(reader: Callable[[bytes], Sequence[tuple[bytes, int, int]]], *kinds: bytes) -> Find:
    return lambda data: [(start, end) for kind, start, end in reader(data) if kind in kinds]


def _entry(*tags: int) -> Find:
    return lambda data: [
        (field.at, field.at + 12) for _, found in directories(data) for field in found if field.tag in tags
    ]


def without_boxes(*paths: str) -> Callable[[bytes, object], bytes]:
    rules = (*TODAY, *({"xpath": path} for path in paths))
    return lambda data, signer: rebinding.by_bmff(data, signer, rules, 3)  # type: ignore[arg-type]


def ranges(family: str, find: Find) -> Callable[[bytes, object], bytes]:
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
    from tests.viewers.roomy import roomy

    yield from _jpegs_and_pngs()
    yield from _other_pictures()
    yield from _in_boxes()
    yield from _sounds_and_pages()
    yield from roomy()


def _jpegs_and_pngs() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe, png_with

    jpeg = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg", is_trap=True)
    profile = partial(raster.encoded, raster.scene(), icc_profile=raster.srgb_profile())
    for name, kind, build in (
        ("jfif", b"\xe0", raster.jpeg),
        ("icc", b"\xe2", partial(profile, "JPEG")),
        ("adobe", b"\xee", lambda: raster.encoded(raster.scene(mode="CMYK"), "JPEG")),
        ("mpf", b"\xe2", raster.jpeg_pages),
        ("tables", b"\xdb", raster.jpeg),
    ):
        yield jpeg(name=f"jpeg-without-{name}", build=build, bind=ranges("jpeg", named(segments, kind)))
    yield jpeg(name="jpeg-without-tail", build=raster.jpeg, bind=_tail("jpeg"))
    png = partial(Recipe, format="PNG", media_type="image/png", family="png", is_trap=True)
    for name, kind, content in (
        ("exif", b"eXIf", raster.exif(1)[6:]),
        ("gamma", b"gAMA", struct.pack(">I", 45455)),
        ("transparency", b"tRNS", struct.pack(">3H", 1, 2, 3)),
        ("resolution", b"pHYs", struct.pack(">IIB", 3000, 3000, 1)),
        ("text", b"tEXt", b"Comment\0" + b"words " * 9),
        ("unknown", b"teSt", bytes(60)),
    ):
        build = partial(png_with, kind, content)
        yield png(name=f"png-without-{name}", build=build, bind=ranges("png", named(chunks, kind)))
    yield png(
        name="png-without-control", build=raster.png_animated, bind=ranges("png", named(chunks, b"fcTL", b"acTL"))
    )
    yield png(name="png-without-tail", build=lambda: raster.encoded(raster.scene(), "PNG"), bind=_tail("png"))


def _other_pictures() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe

    gif = partial(Recipe, format="GIF", media_type="image/gif", family="gif", is_trap=True, build=raster.gif_animated)
    yield gif(name="gif-without-control", bind=ranges("gif", named(blocks, b"\xf9")))
    yield gif(name="gif-without-loop", bind=ranges("gif", named(blocks, b"NETSCAPE")))
    yield gif(name="gif-without-tail", bind=_tail("gif"))
    webp = partial(Recipe, format="WebP", media_type="image/webp", family="riff", is_trap=True)
    turned = lambda: raster.encoded(raster.scene(), "WEBP", exif=raster.exif(1)[6:])  # noqa: E731
    yield webp(name="webp-without-exif", build=turned, bind=ranges("riff", named(riff, b"EXIF")))
    profiled = lambda: raster.encoded(raster.scene(), "WEBP", icc_profile=raster.srgb_profile())  # noqa: E731
    yield webp(name="webp-without-icc", build=profiled, bind=ranges("riff", named(riff, b"ICCP")))
    head = named(riff, b"VP8X", b"ANIM")
    yield webp(name="webp-without-head", build=raster.webp_animated, bind=ranges("riff", head))
    tiff = partial(
        Recipe, format="TIFF", media_type="image/tiff", family="tiff", is_trap=True, build=raster.tiff_turned
    )
    yield tiff(name="tiff-without-orientation", bind=ranges("tiff", _entry(0x0112)))
    yield tiff(name="tiff-without-strips", bind=ranges("tiff", _entry(273, 279)))


def _in_boxes() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe

    heic = partial(Recipe, format="HEIC", media_type="image/heic", family="bmff", is_trap=True)
    for name, build, path in (
        ("irot", partial(raster.heic, orientation=6), "/meta/iprp/ipco/irot"),
        ("links", partial(raster.heic, orientation=6), "/meta/iprp/ipma"),
        ("pitm", partial(raster.heic, pages=2), "/meta/pitm"),
        ("iref", partial(raster.heic, thumbnail=True), "/meta/iref"),
    ):
        yield heic(name=f"heic-without-{name}", build=build, bind=without_boxes(path))
    mp4 = partial(Recipe, format="MP4", media_type="video/mp4", family="bmff", is_trap=True, build=clips.mp4)
    for name, path in (
        ("matrix", "/moov/trak/tkhd"), ("edits", "/moov/trak/edts"), ("times", "/moov/trak/mdia/mdhd"),
        ("durations", "/moov/trak/mdia/minf/stbl/stts"), ("words", "/moov/udta"),
        ("references", "/moov/trak/mdia/minf/dinf"),
    ):  # fmt: skip
        yield mp4(name=f"mp4-without-{name}", bind=without_boxes(path))


def _sounds_and_pages() -> Iterator[Recipe]:
    from tests.viewers.originals import Recipe

    avi = partial(Recipe, format="AVI", media_type="video/x-msvideo", family="riff", is_trap=True, build=clips.avi)
    yield avi(name="avi-without-index", bind=ranges("riff", named(riff, b"idx1")))
    yield avi(name="avi-without-junk", bind=ranges("riff", named(riff, b"JUNK", b"LIST")))
    mp3 = partial(Recipe, format="MP3", media_type="audio/mpeg", family="id3", is_trap=True, build=clips.mp3)
    yield mp3(name="mp3-without-text", bind=ranges("id3", named(frames, b"TSSE")))
    yield mp3(name="mp3-without-tail", bind=_tail("id3"))
    pdf = partial(Recipe, format="PDF", media_type="application/pdf", family="pdf", is_trap=True, build=documents.pdf)
    yield pdf(name="pdf-without-tail", bind=_tail("pdf"))
