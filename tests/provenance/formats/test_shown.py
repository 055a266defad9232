"""Is metadata taken for neutral only where a picture is shown the same with it and without it?"""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageOps

from provenance.formats.shown import exif_shows, photoshop_shows, xmp_shows
from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.gaps import exif, exif_segment, orientation, thumbnail

UNREADABLE = ("EXIF that cannot be read",)


def short(tag: int, value: int, *, order: str = ">") -> tuple[int, int, int, bytes]:
    return tag, 3, 1, struct.pack(f"{order}HH", value, 0)


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("order", [">", "<"])
def test_an_orientation_is_neutral_exactly_where_a_viewer_turns_nothing(value: int, order: str) -> None:
    block = exif(short(0x0112, value, order=order), order=order)
    plain = picture()
    segments, scan = jpeg_segments(plain)
    marked = join_jpeg([segments[0], exif_segment(block), *segments[1:]], scan)
    pixels = [ImageOps.exif_transpose(Image.open(io.BytesIO(one))).tobytes() for one in (plain, marked)]
    assert (pixels[0] == pixels[1]) is (value == 1)
    assert exif_shows(block) == (() if value == 1 else ("EXIF orientation",))


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (b"", ()),
        (bytes(60), ()),
        (exif(), ()),
        (orientation(0), ()),
        (exif(short(0x0112, 1), short(0x0112, 6)), ("EXIF orientation",)),
        (exif((0x0112, 4, 1, struct.pack(">I", 1))), ("EXIF orientation",)),
        (exif((0x0112, 3, 2, struct.pack(">HH", 1, 6))), ("EXIF orientation",)),
        (exif((0x8769, 4, 1, struct.pack(">I", 26))) + orientation(6)[8:], ("EXIF orientation",)),
        (exif((0x8769, 4, 1, struct.pack(">I", 26))) + orientation(1)[8:], ()),
        (exif(short(0xA001, 1)), ()),
        (exif(short(0xA001, 0xFFFF)), ()),
        (exif(short(0xA001, 2)), ("EXIF colour space",)),
        (exif((0x0001, 2, 4, b"R03\0")), ("EXIF colour space",)),
        (exif((0x0001, 2, 4, b"R98\0")), ()),
        (exif((0xA500, 5, 1, bytes(4))), ("EXIF gamma",)),
        (exif((0x0201, 4, 1, bytes(4))), ("EXIF thumbnail",)),
        (exif((0x014A, 4, 1, bytes(4))), ("EXIF thumbnail",)),
        (thumbnail(picture(size=(8, 8))), ("EXIF thumbnail",)),
        (exif((0x927C, 7, 4, b"\xff\xd8\xff\xe0")), ("EXIF thumbnail",)),
        (exif((0x02BC, 1, 4, bytes(4))), ("XMP within EXIF",)),
        (exif() + b"<x:xmpmeta>", ("XMP within EXIF", )),
        (exif((0x010F, 2, 4, b"abc\0"), (0x0131, 2, 4, b"def\0")), ()),
        (exif() + b"exif\0", ("second EXIF block",)),
        (exif(following=b"Exif\0\0"), ("EXIF thumbnail", "second EXIF block")),
        (exif((0x010F, 2, 4, b"Exi\0")), ()),
        (b"MM\0*", UNREADABLE),
        (b"MM\0*\0\0\0\x08", UNREADABLE),
        (b"XX\0*\0\0\0\x08\0\0\0\0\0\0", UNREADABLE),
        (b"MM\0*\0\0\0\x08\0\xff" + bytes(20), UNREADABLE),
        (exif((0x8769, 4, 1, struct.pack(">I", 5_000))), UNREADABLE),
        (exif(*[(0x8769, 4, 1, struct.pack(">I", 8 + 2 * n)) for n in range(12)]), UNREADABLE),
    ],
)  # fmt: skip
def test_exif_is_neutral_only_where_it_is_read_to_the_end(block: bytes, shown: tuple[str, ...]) -> None:
    assert exif_shows(block) == shown


def scaled(dots: int, width: int, height: int, *, unit: int = 2) -> bytes:
    """An EXIF block that states a resolution and a size in pixels."""
    start = 8 + 2 + 12 * 5 + 4
    entries = [
        (0x011A, 5, 1, struct.pack(">I", start)),
        (0x011B, 5, 1, struct.pack(">I", start)),
        short(0x0128, unit),
        (0xA002, 4, 1, struct.pack(">I", width)),
        (0xA003, 4, 1, struct.pack(">I", height)),
    ]
    block = exif(*entries)
    assert len(block) == start
    return block + struct.pack(">II", dots, 1)


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (scaled(144, 48, 32), True), (scaled(144, 96, 64), False), (scaled(72, 96, 64), False),
        (scaled(72, 48, 32), False), (scaled(144, 48, 32, unit=3), False), (scaled(300, 96, 64), False),
    ],
)  # fmt: skip
def test_a_resolution_is_neutral_unless_browsers_scale_by_it(block: bytes, shown: bool) -> None:
    assert exif_shows(block, size=(96, 64)) == (("EXIF resolution",) if shown else ())


def test_without_the_pictures_own_size_only_the_usual_resolution_is_neutral() -> None:
    assert exif_shows(scaled(72, 96, 64)) == ()
    assert exif_shows(scaled(144, 96, 64)) == ("EXIF resolution",)


@pytest.mark.parametrize(
    ("packet", "shown"),
    [
        (b"<x:xmpmeta><rdf:Description dc:title='a'/></x:xmpmeta>", ()),
        (b"<r tiff:Orientation='1'/>", ()),
        (b'<r tiff:Orientation = "1"/>', ()),
        (b"<tiff:Orientation>1</tiff:Orientation>", ()),
        (b"<t:Orientation> 1 </t:Orientation>", ()),
        (b"<r tiff:Orientation='6'/>", ("XMP orientation",)),
        (b"<tiff:Orientation>6</tiff:Orientation>", ("XMP orientation",)),
        (b"<r tiff:Orientation='&#54;'/>", ("XMP orientation",)),
        (b"<r tiff:Orientation='1' z:Orientation='8'/>", ("XMP orientation",)),
        (b"<r xmlns:g='http://ns.adobe.com/hdr-gain-map/1.0/'/>", ("gain map",)),
        (b"<r xmlns:g='http://ns.adobe.com/hdr&#45;gain&#x2d;map/1.0/'/>", ("gain map",)),
        (b"<r xmlns:G='http://ns.google.com/photos/1.0/panorama/'/>", ("panorama",)),
        (b"<r GCamera:MotionPhoto='1'/>", ("motion photo",)),
        (b"<r xmlns:c='http://ns.google.com/photos/1.0/container/'/>", ("table of further pictures",)),
        (b"<xmpGImg:image xmlns:xmpGImg='http://ns.adobe.com/xap/1.0/g/img/'/>", ("XMP thumbnail",)),
        ("<r tiff:Orientation='6'/>".encode("utf-16"), ("XMP that cannot be read",)),
        (b"<!DOCTYPE x [<!ENTITY a 'tiff:Orientation'>]>", ("XMP that cannot be read",)),
        (b"<x:xmpmeta/>" + bytes(9), ()),
    ],
)
def test_xmp_is_neutral_only_where_no_viewer_shows_by_it(packet: bytes, shown: tuple[str, ...]) -> None:
    assert xmp_shows(packet) == shown


def test_a_viewer_turns_a_picture_by_xmp_alone() -> None:
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><r tiff:Orientation=\"6\"/></x:xmpmeta>"
    segments, scan = jpeg_segments(picture())
    marked = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
    with Image.open(io.BytesIO(join_jpeg([segments[0], marked, *segments[1:]], scan))) as image:
        assert ImageOps.exif_transpose(image).size == image.size[::-1]
    assert xmp_shows(packet) == ("XMP orientation",)


def resource(number: int, content: bytes, name: bytes = b"") -> bytes:
    title = bytes((len(name),)) + name
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + title
        + bytes(len(title) & 1)
        + struct.pack(">I", len(content))
        + content
        + bytes(len(content) & 1)
    )


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (b"", ()),
        (resource(0x0404, b"\x1c\2\x05\0\5title"), ()),
        (resource(0x0404, b"odd") + resource(0x0425, b"digest", b"a name"), ()),
        (resource(0x0404, b"\x1c\2\xca\0\4abcd"), ("IPTC preview",)),
        (resource(0x0404, b"odd", b"odd name") + resource(0x040C, b"thumb"), ("Photoshop thumbnail",)),
        (resource(0x0409, b"thumb"), ("Photoshop thumbnail",)),
        (resource(0x040F, b"profile"), ("colour profile in a Photoshop block",)),
        (resource(0x0422, b"exif"), ("EXIF in a Photoshop block",)),
        (resource(0x0424, b"xmp"), ("XMP in a Photoshop block",)),
        (resource(0x0404, b"title")[:-3], ("Photoshop block that cannot be read",)),
        (b"MeSa" + resource(0x0404, b"")[4:], ("Photoshop block that cannot be read",)),
        (resource(0x0404, b"") * 3_000, ("Photoshop block that cannot be read",)),
    ],
)
def test_a_photoshop_block_is_neutral_only_where_it_holds_nothing_that_is_shown(
    block: bytes, shown: tuple[str, ...]
) -> None:
    assert photoshop_shows(block) == shown
