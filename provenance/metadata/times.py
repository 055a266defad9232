"""When and where do fields of metadata say that something was captured or changed?

Dates of EXIF, XMP (ISO 8601), IPTC and PDF. What cannot be a date is left out; nothing is guessed, least of all a zone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Final

from provenance.metadata.model import Field, GeoPoint, MetadataTime, Role, kept

_EXIF: Final = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_PDF: Final = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d'?\d\d'?)?", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d\d):?'?(\d\d)'?", re.ASCII)
_ISO_6709: Final = re.compile(r"([+-]\d{1,3}(?:\.\d{1,12})?)([+-]\d{1,3}(?:\.\d{1,12})?)([+-]\d{1,6}(?:\.\d{1,6})?)?")
_XMP_DEGREES: Final = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", re.ASCII)
_RATIONAL: Final = re.compile(r"(\d{1,12})(?:/(\d{1,12})|\.(\d{1,12}))?", re.ASCII)

_TRIPLES: Final = (
    ("DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal", Role.CAPTURED),
    ("DateTimeDigitized", "SubSecTimeDigitized", "OffsetTimeDigitized", Role.DIGITISED),
    ("DateTime", "SubSecTime", "OffsetTime", Role.MODIFIED),
)
"""EXIF's date, fraction and offset, each in a field of its own (CIPA DC-008-2023, section 4.6.5)."""
_ISO_FIELDS: Final = {
    "XMP exif:DateTimeOriginal": Role.CAPTURED,
    "XMP photoshop:DateCreated": Role.CAPTURED,
    "XMP exif:DateTimeDigitized": Role.DIGITISED,
    "XMP xmp:CreateDate": Role.DIGITISED,
    "XMP xmp:ModifyDate": Role.MODIFIED,
    "MP4 movie creation": Role.DIGITISED,
    "MP4 com.apple.quicktime.creationdate": Role.CAPTURED,
    "MP4 day": Role.CAPTURED,
    "PNG time": Role.MODIFIED,
    "PNG text Creation Time": Role.DIGITISED,
    "RIFF ICRD": Role.CAPTURED,
    "RIFF bext origination": Role.CAPTURED,
    "PDF CreationDate": Role.DIGITISED,
    "PDF ModDate": Role.MODIFIED,
}
"""Fields whose text is a whole time (XMP specification part 2; IPTC; ISO 32000-1, section 7.9.4)."""


def times(fields: Iterable[Field]) -> tuple[MetadataTime, ...]:
    """Every time that the fields state, in their order, each field's once."""
    found = list(fields)
    by_name = {field.name: field for field in reversed(found)}
    unique = {time.field: time for time in reversed([*_exif(by_name), *_iso(found), *_iptc(by_name)])}
    return tuple(reversed(unique.values()))


def _exif(by_name: dict[str, Field]) -> Iterator[MetadataTime]:
    for name, fraction, offset, role in _TRIPLES:
        field = by_name.get(f"EXIF {name}")
        clock = _EXIF.match(field.text.strip()) if field else None
        if field is None or clock is None:
            continue
        parts = (by_name.get(f"EXIF {fraction}"), by_name.get(f"EXIF {offset}"))
        texts = [part.text.strip() if part else "" for part in parts]
        digits = texts[0] if texts[0].isascii() and texts[0].isdigit() else ""
        written = field.text.strip() + (f".{digits[:9]}" if digits else "") + texts[1][:6]
        yield from _made(field, f"EXIF {name}", role, clock.groups(), digits, texts[1], written)
    date, clock_field = by_name.get("EXIF GPSDateStamp"), by_name.get("EXIF GPSTimeStamp")
    if date and clock_field:
        written = f"{date.text.strip()} {clock_field.text}"
        found = _EXIF.match(written)
        if found:
            yield from _made(date, "EXIF GPSTimeStamp", Role.POSITION, found.groups(), "", "Z", f"{written}Z")


def _iso(fields: Iterable[Field]) -> Iterator[MetadataTime]:
    for field in fields:
        role = _ISO_FIELDS.get(field.name)
        if role is None:
            continue
        text = field.text.strip()
        found = _ISO.match(text) or _PDF.match(text)
        if found:
            *clock, last = found.groups()
            yield from _made(field, field.name, role, clock[:6], clock[6] if len(clock) > 6 else "", last, text)
            continue
        plain = _EXIF.match(text)
        if plain:
            yield from _made(field, field.name, role, plain.groups(), "", "", text)


def _iptc(by_name: dict[str, Field]) -> Iterator[MetadataTime]:
    date, clock = by_name.get("IPTC DateCreated"), by_name.get("IPTC TimeCreated")
    if date is None or clock is None:
        return
    written = f"{date.text.strip()[:8]}T{clock.text.strip()[:11]}"
    found = re.match(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)([+-]\d{4})?", written, re.ASCII)
    if found:
        *parts, offset = found.groups()
        yield from _made(date, "IPTC DateCreated", Role.CAPTURED, parts, "", offset, written)


def _made(
    field: Field,
    name: str,
    role: Role,
    clock: Iterable[str | None],
    fraction: str | None,
    offset: str | None,
    written: str,
) -> Iterator[MetadataTime]:
    """The time, where there can be such a one."""
    numbers = [int(part or 0) for part in clock]
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    zone = _zone(offset or "")
    try:
        year, month, day, hour, minute, second = numbers
        time = dt.datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)
        time = time.astimezone(dt.UTC) if zone is not None else time
    except (ValueError, OverflowError):
        return
    yield MetadataTime(
        field=name, role=role, written=kept(written, 64), time=time, offset_known=zone is not None, spans=field.spans
    )


def _zone(text: str) -> dt.timezone | None:
    if text == "Z":
        return dt.UTC
    found = _OFFSET.fullmatch(text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    offset = dt.timedelta(hours=int(found[2]), minutes=int(found[3]))
    return dt.timezone(-offset if found[1] == "-" else offset)


def place(fields: Iterable[Field]) -> GeoPoint | None:
    """The position that XMP or a video's metadata states; None where there is none that can be."""
    by_name = {field.name: field for field in reversed(list(fields))}
    north, east = by_name.get("XMP exif:GPSLatitude"), by_name.get("XMP exif:GPSLongitude")
    if north and east:
        degrees = _degrees(north.text, "NS"), _degrees(east.text, "EW")
        if degrees[0] is not None and degrees[1] is not None:
            above = _altitude(by_name)
            return _point(degrees[0], degrees[1], above, "XMP exif:GPSLatitude", north.spans)
    for name in ("MP4 com.apple.quicktime.location.ISO6709", "MP4 xyz"):
        field = by_name.get(name)
        found = _ISO_6709.match(field.text.strip()) if field else None
        if field and found:
            altitude = float(found[3]) if found[3] else None
            return _point(float(found[1]), float(found[2]), altitude, name, field.spans)
    return None


def _point(
    north: float, east: float, altitude: float | None, source: str, spans: tuple[tuple[int, int], ...]
) -> GeoPoint | None:
    if abs(north) > 90 or abs(east) > 180:
        return None
    return GeoPoint(
        latitude=round(north, 7),
        longitude=round(east, 7),
        altitude=None if altitude is None else round(altitude, 2),
        source=source,
        spans=spans,
    )


def _degrees(text: str, ends: str) -> float | None:
    """XMP's `41,24.2028N` or `41,24,12N` in degrees."""
    found = _XMP_DEGREES.fullmatch(text.strip())
    if not found or found[4] not in ends:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -degrees if found[4] in "SW" else degrees


def _altitude(by_name: dict[str, Field]) -> float | None:
    field, below = by_name.get("XMP exif:GPSAltitude"), by_name.get("XMP exif:GPSAltitudeRef")
    found = _RATIONAL.fullmatch(field.text.strip()) if field else None
    if not found or (found[2] and not int(found[2])):
        return None
    metres = int(found[1]) / int(found[2]) if found[2] else float(f"{found[1]}.{found[3] or 0}")
    return -metres if below and below.text.strip() == "1" else metres
