"""Which times and which place does a file's own metadata state, and is nothing guessed?"""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from provenance.metadata import Metadata, Role, read_metadata
from tests.support.media.metadata_files import (
    box,
    chunk,
    document,
    exif,
    iim,
    jpeg_with,
    keyed,
    movie,
    picture,
    png_with,
    wave,
    with_gps,
    xmp,
)

UTC = dt.UTC


def read_jpeg(**save: object) -> Metadata:
    return read_metadata(picture("JPEG", **save), "image/jpeg")


def test_reads_a_capture_time_with_its_fraction_and_offset_in_utc():
    found = read_jpeg(exif=exif(sub={0x9003: "2025:08:18 08:50:24", 0x9291: "632", 0x9011: "-07:00"}))
    (time,) = found.times
    assert (time.field, time.role, time.offset_known) == ("EXIF DateTimeOriginal", Role.CAPTURED, True)
    assert time.time == dt.datetime(2025, 8, 18, 15, 50, 24, 632000, UTC)
    assert time.written == "2025:08:18 08:50:24.632-07:00"


def test_leaves_a_time_without_an_offset_naive():
    (time,) = read_jpeg(exif=exif({0x0132: "2025:08:18 08:50:24"})).times
    assert (time.time, time.offset_known, time.role) == (dt.datetime(2025, 8, 18, 8, 50, 24), False, Role.MODIFIED)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "2025:13:40 25:61:61", "    :  :     :  :  ", "2025", "9999:99:99 99:99:99"]
)
def test_leaves_out_what_cannot_be_a_date(text):
    assert read_jpeg(exif=exif({0x0132: text})).times == ()


def test_reads_the_times_of_xmp_with_and_without_a_zone():
    found = read_jpeg(xmp=xmp(xmp_CreateDate="2024-05-06T07:08:09+02:00", photoshop_DateCreated="2024-05-06T07:08"))
    by_name = {time.field: time for time in found.times}
    assert by_name["XMP xmp:CreateDate"].time == dt.datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert by_name["XMP photoshop:DateCreated"].time == dt.datetime(2024, 5, 6, 7, 8)
    assert by_name["XMP photoshop:DateCreated"].role is Role.CAPTURED


def test_reads_the_position_and_the_time_of_its_measurement():
    found = read_jpeg(exif=with_gps(-33.8568, 151.2153, metres=-4))
    assert found.place is not None
    assert (found.place.latitude, found.place.longitude) == pytest.approx((-33.8568, 151.2153), abs=1e-6)
    assert (found.place.altitude, found.place.source) == (-4, "EXIF GPS")
    assert [(time.field, time.time) for time in found.times] == [
        ("EXIF GPSTimeStamp", dt.datetime(2025, 3, 4, 14, 5, 9, tzinfo=UTC))
    ]


def test_reads_a_position_in_xmp():
    found = read_jpeg(xmp=xmp(exif_GPSLatitude="41,24.2028N", exif_GPSLongitude="2,10.4418W", exif_GPSAltitude="35/2"))
    assert found.place is not None
    assert (found.place.latitude, found.place.longitude) == pytest.approx((41.40338, -2.17403))
    assert (found.place.altitude, found.place.source) == (17.5, "XMP exif:GPSLatitude")


@pytest.mark.parametrize(("north", "east"), [("91,0N", "0,0E"), ("1,1E", "1,1N"), ("x", "y"), ("1,1N", "181,0E")])
def test_refuses_a_position_that_cannot_be(north, east):
    assert read_jpeg(xmp=xmp(exif_GPSLatitude=north, exif_GPSLongitude=east)).place is None


def test_refuses_a_position_with_a_zero_denominator():
    data = bytearray(with_gps(10.5, 20.5))
    at = data.index((10).to_bytes(4, "big") + (1).to_bytes(4, "big"))
    data[at + 4 : at + 8] = bytes(4)
    assert read_metadata(jpeg_with(0xE1, bytes(data)), "image/jpeg").place is None


SECONDS = int((dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC) - dt.datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
APPLE = {
    "com.apple.quicktime.creationdate": "2024-05-06T09:08:09+0200",
    "com.apple.quicktime.location.ISO6709": "+52.5163+013.3777+034.000/",
}


@pytest.mark.parametrize(
    ("data", "media_type", "field"),
    [
        (movie(box(b"mvhd", bytes(4), SECONDS.to_bytes(4, "big"), bytes(90))), "video/mp4", "MP4 movie creation"),
        (
            movie(box(b"mvhd", b"\1\0\0\0", SECONDS.to_bytes(8, "big"), bytes(90))),
            "video/mp4",
            "MP4 movie creation",
        ),
        (movie(keyed(**APPLE)), "video/quicktime", "MP4 com.apple.quicktime.creationdate"),
        (png_with(chunk(b"tIME", b"\x07\xe8\5\6\7\x08\x09")), "image/png", "PNG time"),
        (jpeg_with(0xED, iim((55, "20240506"), (60, "090809+0200"))), "image/jpeg", "IPTC DateCreated"),
        (document(b"", b"/CreationDate (D:20240506090809+02'00')"), "application/pdf", "PDF CreationDate"),
    ],
    ids=["mvhd", "mvhd-64", "apple", "tIME", "iim", "pdf"],
)
def test_reads_the_times_of_other_formats_in_utc(data, media_type, field):
    times = {time.field: time for time in read_metadata(data, media_type).times}
    assert times[field].time == dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert times[field].offset_known


def test_a_film_without_a_creation_time_has_none():
    assert read_metadata(movie(box(b"mvhd", bytes(100))), "video/mp4").times == ()


def test_reads_the_wall_clock_of_a_broadcast_recording():
    body = bytes(320) + b"2024-05-06" + b"07:08:09" + bytes(264)
    (time,) = read_metadata(wave((b"bext", body)), "audio/wav").times
    assert (time.time, time.offset_known) == (dt.datetime(2024, 5, 6, 7, 8, 9), False)


def test_reads_the_position_of_a_film():
    place = read_metadata(movie(keyed(**APPLE)), "video/quicktime").place
    assert place is not None
    assert (place.latitude, place.longitude, place.altitude) == (52.5163, 13.3777, 34)


def test_reads_the_camera_without_saying_its_make_twice():
    assert read_jpeg(exif=exif({0x010F: "Canon", 0x0110: "Canon EOS R5"})).camera == "Canon EOS R5"
    assert read_jpeg(exif=exif({0x010F: "Apple", 0x0110: "iPhone 15"})).camera == "Apple iPhone 15"


def test_travels_between_processes_unchanged():
    found = read_jpeg(exif=with_gps(1.5, 2.5), xmp=xmp(xmp_CreateDate="2024-05-06T07:08:09"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Metadata) == found
