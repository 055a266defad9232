"""Which small JPEG, PNG, GIF, WebP, TIFF, AVIF and HEIC pictures are signed before they are changed?

Every picture shows something that a turn, another colour space or another frame would show otherwise.
"""

from __future__ import annotations

import io
import struct
from typing import Any, Final

from PIL import Image, ImageCms, ImageDraw

from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments

SIZE: Final = (64, 48)
ORIENTATION: Final = 0x0112


def scene(number: int = 0, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """A picture without any symmetry, another one for each number."""
    wide, high = size
    image = Image.new("RGB", size, (200 - 40 * (number % 4), 60 + 45 * (number % 4), 90))
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, wide // 3, high // 4), fill=(250, 20, 30))
    draw.ellipse((wide // 2, high // 3, wide - 4, high - 6), fill=(20, 220, 40 + 50 * (number % 4)))
    draw.line((0, high - 1, wide // 2, high // 2), fill=(10, 20, 240), width=3)
    draw.rectangle((4 + 6 * (number % 5), high - 14, 12 + 6 * (number % 5), high - 6), fill=(255, 255, 255))
    return image.convert(mode)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as Pillow writes it."""
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def exif(orientation: int = 1, *, words: str = "", thumbnail: bytes = b"") -> bytes:
    """An Exif block with an orientation, a description and perhaps a thumbnail; with its `Exif` prefix."""
    text = words.encode() + b"\0"
    entries = [struct.pack(">HHII", 0x010E, 2, len(text), 8 + 2 + 24 + 4)] if words else []
    entries.append(struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0))
    first = 8 + 2 + 12 * len(entries) + 4
    body = text + bytes(len(text) & 1) if words else b""
    following = first + len(body) if thumbnail else 0
    if words:
        entries[0] = struct.pack(">HHII", 0x010E, 2, len(text), first)
    block = b"MM\0*" + struct.pack(">IH", 8, len(entries)) + b"".join(entries) + struct.pack(">I", following) + body
    if thumbnail:
        at = following + 2 + 36 + 4
        block += struct.pack(">H", 3) + struct.pack(">HHIHH", 0x0103, 3, 1, 6, 0)
        block += struct.pack(">HHIIHHIII", 0x0201, 4, 1, at, 0x0202, 4, 1, len(thumbnail), 0) + thumbnail
    return b"Exif\0\0" + block


def swapped_profile() -> bytes:
    """A small matrix profile in which red and green change places."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = plain.find(b"rXYZ", 128), plain.find(b"gXYZ", 128)
    plain[red : red + 4], plain[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(plain)


def srgb_profile() -> bytes:
    """The usual profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_segment(data: bytes, segment: bytes, place: int = 1) -> bytes:
    """A JPEG with one more segment at a place among its own."""
    own, scan = jpeg_segments(data)
    return join_jpeg([*own[:place], segment, *own[place:]], scan)


def jpeg(number: int = 0, **options: Any) -> bytes:
    """A JPEG with a JFIF segment."""
    return encoded(scene(number), "JPEG", **{"quality": 88, **options})


def jpeg_rgb() -> bytes:
    """A JPEG of red, green and blue as they are, which only the lack of JFIF tells."""
    data = encoded(scene(), "JPEG", quality=88, keep_rgb=True)
    own, scan = jpeg_segments(data)
    return join_jpeg([one for one in own if one[1] not in (0xE0, 0xEE)], scan)


def jpeg_exif(orientation: int = 6) -> bytes:
    """A turned JPEG with a thumbnail."""
    small = encoded(scene(0, (16, 12)), "JPEG")
    return with_segment(jpeg(), jpeg_segment(0xE1, exif(orientation, words="a harbour at noon", thumbnail=small)))


def jpeg_pages() -> bytes:
    """Two pictures in one file (MPF)."""
    return encoded(scene(0), "MPO", save_all=True, append_images=[scene(1)])


def jpeg_gain_map() -> bytes:
    """A picture with a gain map behind it, as phones write them (Ultra HDR)."""
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" '
        b'hdrgm:GainMapMax="3"/></rdf:RDF></x:xmpmeta>'
    )
    return with_segment(jpeg_pages(), jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))


def png_animated() -> bytes:
    """Three frames (APNG)."""
    more = [scene(1), scene(2)]
    return encoded(scene(0), "PNG", save_all=True, append_images=more, duration=[100, 200, 300])


def png_palette() -> bytes:
    """A palette with one colour that cannot be seen."""
    return encoded(scene().quantize(16), "PNG", transparency=3)


def gif_animated() -> bytes:
    """Three frames in a loop."""
    more = [scene(n).quantize(16) for n in (1, 2)]
    return encoded(scene().quantize(16), "GIF", save_all=True, append_images=more, duration=[100, 200, 300], loop=0)


def webp_animated() -> bytes:
    """Three frames."""
    return encoded(scene(), "WEBP", save_all=True, append_images=[scene(1), scene(2)], duration=[100, 200, 300])


def webp_see_through() -> bytes:
    """Two frames through which one can look."""
    frames = [scene(number, mode="RGBA") for number in (0, 1)]
    for number, frame in enumerate(frames):
        frame.putalpha(scene(number + 2, mode="L"))
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=[100, 200])


def avif_animated() -> bytes:
    """Three frames (an image sequence)."""
    return encoded(scene(), "AVIF", save_all=True, append_images=[scene(1), scene(2)], duration=[100, 200, 300])


def in_meta(data: bytes) -> bytes:
    """A HEIF or AVIF picture whose items lie in `idat` within `meta`, not in `mdat` (construction method 1)."""
    tops = {data[at + 4 : at + 8]: (at, size) for at, size in _tops(data)}
    start, size = tops[b"meta"]
    meta, mdat = data[start : start + size], tops[b"mdat"]
    at = meta.index(b"iloc") - 4
    old = meta[at : at + int.from_bytes(meta[at : at + 4], "big")]
    if old[8] != 0 or old[12:14] != b"\x44\x00":
        raise ValueError("got a table of items in a form that is not rewritten here")
    (count,) = struct.unpack_from(">H", old, 14)
    rows, position = b"", 16
    for _ in range(count):
        number, _, extents, place, length = struct.unpack_from(">HHHII", old, position)
        if extents != 1:
            raise ValueError("got an item in several pieces")
        rows += struct.pack(">HHHHII", number, 1, 0, 1, place - mdat[0] - 8, length)
        position += 14
    table = struct.pack(">I4sIBBH", 16 + len(rows), b"iloc", 1 << 24, 0x44, 0, count) + rows
    kept = data[mdat[0] + 8 : mdat[0] + mdat[1]]
    inner = meta[8:at] + table + meta[at + len(old) :] + struct.pack(">I4s", 8 + len(kept), b"idat") + kept
    return data[:start] + struct.pack(">I4s", 8 + len(inner), b"meta") + inner


def _tops(data: bytes) -> list[tuple[int, int]]:
    """(start, size) of the boxes at the top."""
    found, position = [], 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        found.append((position, size))
        position += size
    return found


def heic(*, orientation: int = 1, pages: int = 1, thumbnail: bool = False) -> bytes:
    """A HEIC picture; pillow-heif writes an orientation as `irot` and `imir`."""
    import pillow_heif

    file = pillow_heif.from_pillow(scene())
    for number in range(1, pages):
        file.add_from_pillow(scene(number))
    target = io.BytesIO()
    options: dict[str, Any] = {"quality": 70}
    if orientation != 1:
        options["exif"] = exif(orientation)
    if thumbnail:
        file[0].info["thumbnails"] = [24]
    file.save(target, **options)
    return target.getvalue()


def tiff(**options: Any) -> bytes:
    """A TIFF of strips."""
    return encoded(scene(), "TIFF", **options)


def with_page(data: bytes, number: int) -> bytes:
    """A little-endian TIFF with one more page behind its last: the engine itself loses pages that are there before."""
    pixels, (wide, high) = scene(number).tobytes(), SIZE
    strip = len(data) + (len(data) & 1)
    bits = strip + len(pixels)
    at = bits + 6
    rows = [
        (256, 3, 1, wide), (257, 3, 1, high), (258, 3, 3, bits), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, strip),
        (277, 3, 1, 3), (278, 3, 1, high), (279, 4, 1, len(pixels)),
    ]  # fmt: skip
    directory = struct.pack("<H", len(rows)) + b"".join(struct.pack("<HHII", *row) for row in rows) + bytes(4)
    whole = bytearray(data + bytes(strip - len(data)) + pixels + struct.pack("<3H", 8, 8, 8) + directory)
    link = 4
    while following := struct.unpack_from("<I", whole, link)[0]:
        link = following + 2 + 12 * struct.unpack_from("<H", whole, following)[0]
    struct.pack_into("<I", whole, link, at)
    return bytes(whole)


def tiff_turned() -> bytes:
    """A TIFF with an orientation."""
    return tiff(tiffinfo={ORIENTATION: 6})


def dng() -> bytes:
    """A raw picture of a 2 by 2 mosaic that LibRaw develops, with a preview in its first directory."""
    wide, high = 64, 48
    preview, mosaic = scene(0, (16, 12)).tobytes(), bytearray()
    full = scene(0, (wide, high)).load()
    for y in range(high):
        for x in range(wide):
            channel = ((0, 1), (1, 2))[y & 1][x & 1]
            mosaic += struct.pack("<H", full[x, y][channel] * 16)  # type: ignore[index]
    matrix = struct.pack("<18i", *(10000, 10000, 0, 10000, 0, 10000) + (0, 10000, 10000, 10000, 0, 10000) * 2)
    neutral = struct.pack("<6I", 1, 1, 1, 1, 1, 1)
    model = b"Test Camera\0"
    second = [
        (254, 4, 1, 0), (256, 4, 1, wide), (257, 4, 1, high), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 32803),
        (273, 4, 1, "mosaic"), (277, 3, 1, 1), (278, 4, 1, high), (279, 4, 1, len(mosaic)), (33421, 3, 2, 2 | 2 << 16),
        (33422, 1, 4, 0x02010100), (50717, 4, 1, 4095),
    ]  # fmt: skip
    first = [
        (254, 4, 1, 1), (256, 4, 1, 16), (257, 4, 1, 12), (258, 3, 3, "bits"), (259, 3, 1, 1), (262, 3, 1, 2),
        (271, 2, len(model), "model"), (272, 2, len(model), "model"), (273, 4, 1, "preview"), (274, 3, 1, 1),
        (277, 3, 1, 3), (278, 4, 1, 12), (279, 4, 1, len(preview)), (330, 4, 1, "second"), (50706, 1, 4, 0x0000_0401),
        (50708, 2, len(model), "model"), (50721, 10, 9, "matrix"), (50728, 5, 3, "neutral"), (50778, 3, 1, 21),
    ]  # fmt: skip
    at = 8 + 2 + 12 * len(first) + 4
    places = {"second": at}
    at += 2 + 12 * len(second) + 4
    bodies = {"bits": struct.pack("<3H", 8, 8, 8) + b"\0\0", "model": model, "matrix": matrix, "neutral": neutral}
    bodies |= {"preview": preview, "mosaic": bytes(mosaic)}
    for name, body in bodies.items():
        places[name] = at
        at += len(body)

    def listed(rows: list[tuple[int, int, int, Any]]) -> bytes:
        entries = [struct.pack("<HHII", tag, kind, many, places.get(value, value)) for tag, kind, many, value in rows]
        return struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)

    return b"II*\0\x08\0\0\0" + listed(first) + listed(second) + b"".join(bodies.values())
