"""Which originals are changed? Small files of every format, signed with its usual binding and with variants of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image

from tests.support.authority import Identity, jpeg_segment, png_chunks, sign, sign_edit, sign_update
from tests.support.media.parts import parted_jpeg
from tests.viewers import rebinding
from tests.viewers.carriers import carrier_of, png_chunk
from tests.viewers.makers import clips, documents, raster
from tests.viewers.makers.streams import signed_pieces
from tests.viewers.makers.trees import signed_in_blocks
from tests.viewers.model import Original
from tests.viewers.rebinding import FRAGMENTS, OLD, TODAY
from tests.viewers.structure.parse import segments

Build = Callable[[], bytes]
Bind = Callable[[bytes, Identity], bytes]


def _as_signed(data: bytes, _: Identity) -> bytes:
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one original comes about."""

    name: str
    format: str
    media_type: str
    family: str
    build: Build = bytes
    bind: Bind = _as_signed
    """What becomes of the engine's file."""
    whole: Callable[[Identity], tuple[bytes, tuple[bytes, ...]]] | None = None
    """Makes the signed file, and the other files of a stream, without the engine's usual way."""
    is_trap: bool = False


def _changed(change: Callable[[bytes], bytes], family: str) -> Bind:
    """What the engine signed, changed by the signer and signed again."""
    return lambda data, signer: rebinding.by_data(change(data), family, signer)


def _of_pages(data: bytes, signer: Identity) -> bytes:
    return rebinding.by_data(raster.with_page(raster.with_page(data, 1), 2), "tiff", signer)


def _exif_range(data: bytes) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in segments(data) if one.kind == b"\xe1"]


def _by_data(family: str, more: Callable[[bytes], Sequence[tuple[int, int]]] = lambda _: ()) -> Bind:
    return lambda data, signer: rebinding.by_data(data, family, signer, more)


def _by_boxes(family: str) -> Bind:
    return lambda data, signer: rebinding.by_boxes(data, family, signer)


def _by_bmff(rules: Sequence[dict[str, object]], version: int) -> Bind:
    return lambda data, signer: rebinding.by_bmff(data, signer, rules, version)


def png_with(kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    plain = raster.encoded(raster.scene(), "PNG")
    (head, *_rest) = png_chunks(plain)
    cut = 8 + 12 + len(head[1])
    return plain[:cut] + png_chunk(kind, content) + plain[cut:]


def _with_profile(form: str, profile: Callable[[], bytes] = raster.srgb_profile) -> bytes:
    return raster.encoded(raster.scene(), form, icc_profile=profile())


def _jpegs() -> Iterator[Recipe]:
    make = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg")
    with_thumbnail = partial(raster.jpeg_exif, 1)
    yield make(name="jpeg", build=raster.jpeg)
    yield make(name="jpeg-rgb", build=raster.jpeg_rgb)
    yield make(name="jpeg-grey", build=lambda: raster.encoded(raster.scene(mode="L"), "JPEG"))
    yield make(name="jpeg-cmyk", build=lambda: raster.encoded(raster.scene(mode="CMYK"), "JPEG"))
    yield make(name="jpeg-progressive", build=partial(raster.jpeg, progressive=True))
    yield make(name="jpeg-restarts", build=partial(raster.jpeg, restart_marker_rows=1))
    yield make(name="jpeg-exif", build=raster.jpeg_exif)
    yield make(name="jpeg-icc", build=partial(_with_profile, "JPEG"))
    yield make(name="jpeg-mpf", build=raster.jpeg_pages)
    yield make(name="jpeg-gain-map", build=raster.jpeg_gain_map)
    yield make(name="jpeg-boxes", build=raster.jpeg, bind=_by_boxes("jpeg"))
    yield make(name="jpeg-boxes-exif", build=raster.jpeg_exif, bind=_by_boxes("jpeg"))
    yield make(name="jpeg-data", build=raster.jpeg_exif, bind=_by_data("jpeg"))
    yield make(name="jpeg-without-exif", build=with_thumbnail, bind=_by_data("jpeg", _exif_range))
    worded = lambda: raster.with_segment(raster.jpeg(), jpeg_segment(0xE1, raster.exif(1, words="a harbour " * 20)))  # noqa: E731
    yield make(name="jpeg-without-words", build=worded, bind=_by_data("jpeg", _exif_range))
    yield make(name="jpeg-without-exif-turned", build=raster.jpeg_exif, bind=_by_data("jpeg", _exif_range))


def _pngs() -> Iterator[Recipe]:
    make = partial(Recipe, format="PNG", media_type="image/png", family="png")
    yield make(name="png", build=lambda: raster.encoded(raster.scene(), "PNG"))
    yield make(name="png-palette", build=raster.png_palette)
    yield make(name="png-alpha", build=lambda: raster.encoded(raster.scene(mode="RGBA"), "PNG"))
    yield make(name="png-animated", build=raster.png_animated)
    yield make(name="png-exif", build=partial(png_with, b"eXIf", raster.exif(6)[6:]))
    yield make(name="png-icc", build=partial(_with_profile, "PNG"))
    yield make(name="png-boxes", build=lambda: raster.encoded(raster.scene(), "PNG"), bind=_by_boxes("png"))
    yield make(name="png-data", build=lambda: raster.encoded(raster.scene(), "PNG"), bind=_by_data("png"))


def _rasters() -> Iterator[Recipe]:
    gif = partial(Recipe, format="GIF", media_type="image/gif", family="gif")
    yield gif(name="gif", build=lambda: raster.encoded(raster.scene().quantize(32), "GIF"))
    yield gif(name="gif-animated", build=raster.gif_animated)
    yield gif(name="gif-boxes", build=raster.gif_animated, bind=_by_boxes("gif"))
    webp = partial(Recipe, format="WebP", media_type="image/webp", family="riff")
    yield webp(name="webp", build=lambda: raster.encoded(raster.scene(), "WEBP"))
    yield webp(name="webp-lossless", build=lambda: raster.encoded(raster.scene(mode="RGBA"), "WEBP", lossless=True))
    yield webp(name="webp-animated", build=raster.webp_animated)
    yield webp(name="webp-alpha-animated", build=raster.webp_see_through)
    yield webp(name="webp-exif", build=lambda: raster.encoded(raster.scene(), "WEBP", exif=raster.exif(6)))
    yield webp(name="webp-icc", build=partial(_with_profile, "WEBP"))
    size = lambda data: [(4, 8)]  # noqa: E731
    yield webp(name="webp-without-size", build=raster.webp_animated, bind=_by_data("riff", size), is_trap=True)
    tiff = partial(Recipe, format="TIFF", media_type="image/tiff", family="tiff")
    yield tiff(name="tiff", build=raster.tiff)
    yield tiff(name="tiff-pages", build=raster.tiff, bind=_of_pages)
    yield tiff(name="tiff-strips", build=partial(raster.tiff, strip_size=2000))
    yield tiff(name="tiff-big", build=partial(raster.tiff, big_tiff=True), is_trap=True)
    yield tiff(name="tiff-packed", build=partial(raster.tiff, compression="tiff_deflate"))
    yield tiff(name="tiff-turned", build=raster.tiff_turned)
    yield tiff(name="tiff-icc", build=partial(_with_profile, "TIFF"))
    yield tiff(name="tiff-data", build=raster.tiff, bind=_by_data("tiff"))
    yield Recipe(name="dng", format="DNG", media_type="image/x-adobe-dng", family="tiff", build=raster.dng)


def _stills() -> Iterator[Recipe]:
    avif = partial(Recipe, format="AVIF", media_type="image/avif", family="bmff")
    plain = lambda: raster.encoded(raster.scene(), "AVIF")  # noqa: E731
    yield avif(name="avif", build=plain)
    yield avif(name="avif-turned", build=lambda: raster.encoded(raster.scene(), "AVIF", exif=raster.exif(6)))
    yield avif(name="avif-alpha", build=lambda: raster.encoded(_see_through(), "AVIF"))
    yield avif(name="avif-icc", build=partial(_with_profile, "AVIF"))
    yield avif(name="avif-plain-old", build=plain, bind=_by_bmff(OLD, 1))
    yield avif(name="avif-old", build=lambda: raster.encoded(_see_through(), "AVIF"), bind=_by_bmff(OLD, 1))
    yield avif(name="avif-v2", build=lambda: raster.encoded(_see_through(), "AVIF"), bind=_by_bmff(OLD, 2))
    in_meta = lambda: raster.in_meta(raster.encoded(_see_through(), "AVIF"))  # noqa: E731
    yield avif(name="avif-idat", build=in_meta)
    yield avif(name="avif-idat-old", build=in_meta, bind=_by_bmff(OLD, 1), is_trap=True)
    yield avif(name="avif-idat-v2", build=in_meta, bind=_by_bmff(OLD, 2), is_trap=True)
    moving = partial(Recipe, format="animated AVIF", media_type="image/avif", family="bmff")
    yield moving(name="avif-animated", build=raster.avif_animated)
    yield moving(name="avif-animated-old", build=raster.avif_animated, bind=_by_bmff(OLD, 1))
    heic = partial(Recipe, format="HEIC", media_type="image/heic", family="bmff")
    yield heic(name="heic", build=raster.heic)
    yield heic(name="heic-turned", build=partial(raster.heic, orientation=6))
    yield heic(name="heic-pages", build=partial(raster.heic, pages=2))
    yield heic(name="heic-thumbnail", build=partial(raster.heic, thumbnail=True))
    yield heic(name="heic-plain-old", build=raster.heic, bind=_by_bmff(OLD, 1))
    yield heic(name="heic-old", build=partial(raster.heic, pages=2), bind=_by_bmff(OLD, 1))
    yield heic(name="heic-v2", build=partial(raster.heic, pages=2), bind=_by_bmff(OLD, 2))


def _films() -> Iterator[Recipe]:
    mp4 = partial(Recipe, format="MP4", media_type="video/mp4", family="bmff")
    yield mp4(name="mp4", build=clips.mp4)
    yield mp4(name="mp4-silent", build=clips.mp4_silent)
    yield mp4(name="mp4-free", build=lambda: clips.mp4() + b"\0\0\0\x48free" + bytes(64))
    yield mp4(name="mp4-old", build=clips.mp4, bind=_by_bmff(OLD, 1))
    yield mp4(name="mp4-v2", build=clips.mp4, bind=_by_bmff(OLD, 2))
    yield mp4(name="mp4-v2-today", build=clips.mp4, bind=_by_bmff(TODAY, 2))
    yield mp4(name="mp4-v1-today", build=clips.mp4, bind=_by_bmff(TODAY, 1))
    pieces = partial(Recipe, format="fragmented MP4", media_type="video/mp4", family="bmff")
    yield pieces(name="mp4-pieces", build=clips.mp4_in_pieces)
    yield pieces(name="mp4-pieces-old", build=clips.mp4_in_pieces, bind=_by_bmff(FRAGMENTS, 2))
    yield pieces(name="mp4-stream", whole=signed_pieces)
    for name, film in (("mp4-blocks", clips.mp4), ("mp4-blocks-silent", clips.mp4_silent)):
        yield mp4(name=name, whole=lambda signer, film=film: (signed_in_blocks(film(), signer), ()))
    yield Recipe(name="mov", format="MOV", media_type="video/quicktime", family="bmff", build=clips.mov)
    for name, bind in (("mov-old", _by_bmff(OLD, 1)), ("mov-v1-today", _by_bmff(TODAY, 1))):
        yield Recipe(name=name, format="MOV", media_type="video/quicktime", family="bmff", build=clips.mov, bind=bind)
    yield Recipe(name="m4a", format="M4A", media_type="audio/mp4", family="bmff", build=clips.m4a)
    m4a_old = _by_bmff(OLD, 1)
    yield Recipe(name="m4a-old", format="M4A", media_type="audio/mp4", family="bmff", build=clips.m4a, bind=m4a_old)
    jxl = partial(Recipe, format="JPEG XL", media_type="image/jxl", family="jxl")
    yield jxl(name="jxl", build=documents.jxl)
    yield jxl(name="jxl-from-jpeg", build=partial(documents.jxl, "--lossless_jpeg=1"))
    yield jxl(name="jxl-animated", build=partial(documents.jxl, frames=3))


def _see_through() -> Image.Image:
    """A picture with another picture as its transparency: two items."""
    image = raster.scene()
    image.putalpha(raster.scene(2, mode="L"))
    return image


def _clips() -> Iterator[Recipe]:
    yield Recipe(name="avi", format="AVI", media_type="video/x-msvideo", family="riff", build=clips.avi)
    yield Recipe(name="wav", format="WAV", media_type="audio/wav", family="riff", build=clips.wav)
    yield Recipe(name="mp3", format="MP3", media_type="audio/mpeg", family="id3", build=clips.mp3)
    size = lambda data: [(6, 10)]  # noqa: E731
    yield Recipe(
        name="mp3-without-size", format="MP3", media_type="audio/mpeg", family="id3", build=clips.mp3,
        bind=_by_data("id3", size), is_trap=True,
    )  # fmt: skip
    yield Recipe(name="flac", format="FLAC", media_type="audio/flac", family="id3", build=clips.flac)


def _documents() -> Iterator[Recipe]:
    pdf = partial(Recipe, format="PDF", media_type="application/pdf", family="pdf")
    yield pdf(name="pdf", build=documents.pdf)
    yield pdf(name="pdf-data", build=documents.pdf, bind=_by_data("pdf"))
    yield pdf(name="pdf-updated", build=documents.pdf, bind=_changed(documents.with_update, "pdf"))
    yield pdf(name="pdf-streams", build=documents.pdf, bind=_changed(documents.with_streams, "pdf"))
    svg = partial(Recipe, format="SVG", media_type="image/svg+xml", family="svg")
    yield svg(name="svg", build=lambda: documents.SVG)
    yield svg(name="svg-styled", build=lambda: documents.SVG_STYLED)
    zips = partial(Recipe, family="zip")
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    yield zips(name="docx", format="DOCX", media_type=word, build=documents.docx)
    yield zips(name="odt", format="ODT", media_type="application/vnd.oasis.opendocument.text", build=documents.odt)
    yield zips(name="epub", format="EPUB", media_type="application/epub+zip", build=documents.epub)


def _edited(form: str) -> Bind:
    media_type = f"image/{form.lower()}"
    return lambda data, signer: sign_edit(
        signer, data, data=raster.encoded(raster.scene(1), form), media_type=media_type
    )


def _histories() -> Iterator[Recipe]:
    """Files with more than one manifest."""
    jpeg = partial(Recipe, format="JPEG", media_type="image/jpeg", family="jpeg", build=raster.jpeg)
    yield jpeg(name="jpeg-edited", bind=_edited("JPEG"))
    yield jpeg(name="jpeg-updated", bind=lambda data, signer: sign_update(data, signer))
    yield jpeg(name="jpeg-parts", whole=lambda signer: (parted_jpeg(signer, gap=0), ()))
    png = partial(Recipe, format="PNG", media_type="image/png", family="png")
    yield png(name="png-edited", build=lambda: raster.encoded(raster.scene(), "PNG"), bind=_edited("PNG"))
    yield Recipe(
        name="mp4-updated", format="MP4", media_type="video/mp4", family="bmff", build=clips.mp4,
        bind=lambda data, signer: sign_update(data, signer, media_type="video/mp4"),
    )  # fmt: skip


def recipes() -> Iterator[Recipe]:
    """Every original, the traps behind the others."""
    from tests.viewers.opened import opened
    from tests.viewers.traps import traps

    yield from _jpegs()
    yield from _pngs()
    yield from _rasters()
    yield from _stills()
    yield from _films()
    yield from _clips()
    yield from _documents()
    yield from _histories()
    yield from traps()
    yield from opened()


def made(recipe: Recipe, signer: Identity) -> Original:
    """One original, signed.

    Raises:
        Exception: whatever the maker, the engine or the binding raise; `originals` says so of each.
    """
    data, fragments = b"", tuple[bytes, ...]()
    if recipe.whole is not None:
        data, fragments = recipe.whole(signer)
    else:
        data = recipe.bind(sign(signer, recipe.build(), media_type=recipe.media_type), signer)
    assert carrier_of(data, recipe.family).store
    return Original(
        name=recipe.name,
        format=recipe.format,
        media_type=recipe.media_type,
        family=recipe.family,
        data=data,
        is_trap=recipe.is_trap,
        fragments=fragments,
    )


def originals(signer: Identity, formats: Sequence[str] = ()) -> tuple[list[Original], dict[str, str]]:
    """(originals, why the others could not be made) of these formats, or of all."""
    found, failed = list[Original](), dict[str, str]()
    for recipe in recipes():
        if formats and recipe.format not in formats and recipe.name not in formats:
            continue
        try:
            found.append(made(recipe, signer))
        except Exception as error:
            failed[recipe.name] = f"{type(error).__name__}: {error}"[:200]
    return found, failed
