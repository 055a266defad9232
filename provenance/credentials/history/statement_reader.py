"""How are times and places taken out of one assertion: of actions, of JSON-LD metadata, of a location?

By an allow-list: fields of the picture itself, and objects that speak of where it was made. What stands under another
prefix is another statement, and none hides another. What is left out because there is more than any real file has, or
because it is in a form that is not read, is named (`cut`).
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from provenance.credentials.history.content import content_of
from provenance.credentials.history.content import unread as unread_words
from provenance.credentials.history.statements import (
    MAX_KEPT,
    MAX_PLACES,
    MAX_TIMES,
    Declared,
    Role,
    SignedArea,
    SignedPlace,
    SignedTime,
)
from provenance.credentials.store.jumbf import Assertion
from provenance.written.places import HALF_AROUND, LATITUDE, LONGITUDE, PlaceError, place_of, read_degrees
from provenance.written.times import Span, TimeTextError, read_time

MAX_ACTIONS: Final = 5_000
"""Actions of one assertion that are looked at."""
MAX_RELATED: Final = 100
"""Related actions of one action that are looked at."""
MAX_DEPTH: Final = 8
"""Nested objects of one metadata assertion that are looked into."""
MAX_FIELDS: Final = 1_000
"""Fields of one object that are looked at."""
MAX_AREAS: Final = 4
"""Different values of one part of an area that are told."""
METADATA: Final = ("c2pa.metadata", "cawg.metadata", "stds.exif", "stds.iptc", "stds.schema-org.CreativeWork")
"""Starts of labels of assertions with metadata in JSON-LD (C2PA 2.4, section 18.22; CAWG Metadata 1.1)."""
LOCATION: Final = "c2pa.location"

_OF_MAKING: Final = frozenset(("LocationCreated", "locationCreated", "exifData"))
"""Objects inside metadata that speak of where, or how, this very file was made (IPTC; schema.org)."""
_OF_PLACE: Final = _OF_MAKING | {"geo", "geoMidpoint", "address"}
"""The same inside one of them: a place has a position and an address; so have authors and publishers elsewhere."""
_OF_LOCATION: Final = _OF_PLACE | {"location", "coordinates", "position", "place", "geometry"}
"""The same inside an assertion that is about nothing else."""
_NO_MEDIA: Final = frozenset(("Person", "Organization", "NewsMediaOrganization", "Corporation", "Event"))
"""Types of schema.org of what is no file: whatever stands there says nothing of this one's making."""
_TIMES: Final[Mapping[str, Role]] = {
    "DateTimeOriginal": Role.CREATED,
    "DateTimeDigitized": Role.DIGITISED,
    "DateCreated": Role.CREATED,
    "CreateDate": Role.DIGITISED,
    "GPSTimeStamp": Role.CREATED,
    "dateCreated": Role.CREATED,
    "ModifyDate": Role.MODIFIED,
    "DateTime": Role.MODIFIED,
    "dateModified": Role.MODIFIED,
    "datePublished": Role.PUBLISHED,
    "uploadDate": Role.PUBLISHED,
}
_AREA: Final = (
    ("Sublocation", "Location"),
    ("City", "addressLocality"),
    ("ProvinceState", "State", "addressRegion"),
    ("CountryName", "Country", "addressCountry", "CountryCode"),
)
"""Names of an area's parts, from the smallest to the largest (IPTC, Photoshop, schema.org)."""
_POSITIONS: Final = (("GPSLatitude", "GPSLongitude"), ("latitude", "longitude"))
_ERRORS: Final = ("GPSHPositioningError", "geoRadius", "accuracy", "horizontalAccuracy")
"""Fields for the metres by which a position may be wrong (EXIF 2.31; schema.org; W3C Geolocation)."""
_SCANS: Final = frozenset({"negativefilm", "positivefilm", "print"})
"""Digital source types (IPTC), folded, of what was made from something older than its file."""
_SINGLE: Final = frozenset((*_TIMES, *itertools.chain.from_iterable(_AREA)))
"""Fields of which one value is read: a list of several says more than that."""
_OFFSETS: Final = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "DateTimeDigitized": "OffsetTimeDigitized",
    "DateTime": "OffsetTime",
}
_LD_VALUE: Final = ("@value", "x-default", "en", "name")
"""Keys of an object that stands for a text: JSON-LD's value, alternatives by language, a named thing."""
_RATIONAL: Final = re.compile(r"(\d{1,12}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,2})?)(?:/(\d{1,12}))?(?: ?m)?", re.ASCII)

Fields: TypeAlias = Mapping[str, Mapping[str, tuple[str, Any]]]
"""Of one object: name without its prefix -> prefix -> (key as written, value)."""


class Reader:
    """Collects within the bounds."""

    def __init__(self, assertion: str, *, is_location: bool = False) -> None:
        """Of one assertion, by its label."""
        self.assertion = assertion
        self.is_location = is_location
        self.areas: list[SignedArea] = []
        self.cut: dict[str, None] = {}
        self.times: list[SignedTime] = []
        self.places: list[SignedPlace] = []
        self.unreadable: list[tuple[str, str]] = []

    def time(self, where: str, role: Role, value: object) -> None:
        """One time, in whatever form."""
        try:
            span, written = _span(value)
        except TimeTextError:
            self.unreadable.append((where[:MAX_KEPT], str(value)[:MAX_KEPT] if isinstance(value, str) else ""))
            return
        self.times.append(
            SignedTime(where=where[:MAX_KEPT], assertion=self.assertion, role=role, written=written, span=span)
        )

    def place(self, where: str, position: tuple[object, object], halves: tuple[object, object], error: float) -> None:
        """One place, north and east, in whatever form."""
        try:
            found = place_of(
                read_degrees(position[0], halves[0], ends=LATITUDE),
                read_degrees(position[1], halves[1], ends=LONGITUDE),
            )
        except PlaceError:
            written = ",".join(str(part)[:30] for part in position if isinstance(part, str | int | float))
            self.unreadable.append((where[:MAX_KEPT], written[:MAX_KEPT]))
            return
        self.places.append(SignedPlace(where=where[:MAX_KEPT], assertion=self.assertion, place=found, error=error))

    def area(self, fields: Fields) -> None:
        """A town or country from its parts, and one more for each other value of a part."""
        parts = [_values(fields, names) for names in _AREA]
        chosen = [part[0] if part else None for part in parts]
        self.named(chosen)
        if any(len(part) > MAX_AREAS for part in parts):
            self.cut[f"names of one place beyond {MAX_AREAS:,}"] = None
        for number, part in enumerate(parts):
            for other in part[1:MAX_AREAS]:
                self.named([other if at == number else one for at, one in enumerate(chosen)])

    def named(self, parts: list[tuple[str, str] | None]) -> None:
        """One area by (field, name) of its parts; a sub-location alone names no place on Earth."""
        found = [part for part in parts if part is not None]
        if len(found) > 1 or (found and parts[0] is None):
            name = ", ".join(words for _, words in found)
            self.areas.append(SignedArea(where=found[0][0][:MAX_KEPT], assertion=self.assertion, name=name[:MAX_KEPT]))

    def actions(self, content: Mapping[str, Any]) -> None:
        """`when` of every action and of those related to it (C2PA 2.4, section 18.17)."""
        entries = content.get("actions")
        if isinstance(entries, list) and len(entries) > MAX_ACTIONS:
            self.cut[f"actions beyond {MAX_ACTIONS:,}"] = None
        for action in entries[:MAX_ACTIONS] if isinstance(entries, list) else []:
            related = action.get("related") if isinstance(action, Mapping) else None
            if isinstance(related, list) and len(related) > MAX_RELATED:
                self.cut[f"related actions beyond {MAX_RELATED:,}"] = None
            for one in (action, *(related[:MAX_RELATED] if isinstance(related, list) else ())):
                name = one.get("action") if isinstance(one, Mapping) else None
                if isinstance(name, str) and one.get("when") is not None:
                    self.time(name, _role(name, one.get("digitalSourceType")), one["when"])

    def metadata(self, content: Mapping[str, Any], depth: int = 0, error: float = 0.0) -> None:
        """One object of JSON-LD and those inside it; `error` is what stands around it, in kilometres."""
        if _types(content) & _NO_MEDIA:
            return
        if isinstance(content.get("@graph"), list | Mapping):
            self.cut["a graph of JSON-LD"] = None
        if len(content) > MAX_FIELDS:
            self.cut[f"fields beyond {MAX_FIELDS:,}"] = None
        fields: dict[str, dict[str, tuple[str, Any]]] = {}
        for key, value in itertools.islice(content.items(), MAX_FIELDS):
            prefix, _, name = key.rpartition(":")
            fields.setdefault(name, {}).setdefault(prefix, (key, value))
            if isinstance(value, list) and len(value) > 1 and name in _SINGLE:
                self.cut["values beyond the first of one field"] = None
        for name, role in _TIMES.items():
            for prefix, (key, value) in fields.get(name, {}).items():
                self.time(key, role, _joined(name, _text(value), prefix, fields))
        for names in _POSITIONS:
            for prefix in dict.fromkeys((*fields.get(names[0], ()), *fields.get(names[1], ()))):
                self.position(fields, names, prefix, error)
        self.area(fields)
        self.inside(content, depth, max(error, *_errors(fields, "")))

    def position(self, fields: Fields, names: tuple[str, str], prefix: str, error: float) -> None:
        """The two coordinates under one prefix; one without the other is no place."""
        keys = [fields.get(name, {}).get(prefix, ("", None)) for name in names]
        halves = tuple(_text(_beside(fields, f"{name}Ref", prefix)) for name in names)
        where = keys[0][0] or keys[1][0]
        # A list is degrees, minutes and seconds here, not several values.
        self.place(where, (keys[0][1], keys[1][1]), (halves[0], halves[1]), max(error, *_errors(fields, prefix)))

    def inside(self, content: Mapping[str, Any], depth: int, error: float) -> None:
        """The objects within one that speak of the making or, there, of its place."""
        inner = _OF_LOCATION if self.is_location else _OF_PLACE if depth else _OF_MAKING
        for key, value in itertools.islice(content.items(), MAX_FIELDS):
            if key.rpartition(":")[2] not in inner:
                continue
            if depth >= MAX_DEPTH:
                self.cut[f"objects inside each other beyond {MAX_DEPTH:,}"] = None
            if isinstance(value, list) and len(value) > MAX_PLACES:
                self.cut[f"places beyond {MAX_PLACES:,}"] = None
            for one in value[:MAX_PLACES] if isinstance(value, list) else [value]:
                if isinstance(one, Mapping) and depth < MAX_DEPTH:
                    self.metadata(one, depth + 1, error)


def _types(content: Mapping[str, Any]) -> set[str]:
    """What JSON-LD says that an object is, without prefixes."""
    written = content.get("@type")
    return {
        one.rpartition(":")[2].rpartition("/")[2]
        for one in (written if isinstance(written, list) else [written])[:MAX_PLACES]
        if isinstance(one, str)
    }


def _beside(fields: Fields, name: str, prefix: str) -> Any:
    """A field of that name under the same prefix, else under any; None where there is none."""
    found = fields.get(name, {})
    return found.get(prefix, next(iter(found.values()), ("", None)))[1]


def _values(fields: Fields, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """(key, text) of every different value of one part of an area, by the first of its names that is there."""
    for name in names:
        found: dict[str, str] = {}
        for key, value in fields.get(name, {}).values():
            words = _text(value)
            if isinstance(words, str) and words.strip():
                found.setdefault(words.strip(), key)
        if found:
            return [(key, words) for words, key in found.items()]
    return []


def _errors(fields: Fields, prefix: str) -> tuple[float, float]:
    """(0, kilometres of the largest stated positioning error): infinite where one is stated and cannot be read."""
    found = 0.0
    for name in _ERRORS:
        value = _text(_beside(fields, name, prefix))
        if value is None or value == "":
            continue
        match = _RATIONAL.fullmatch(str(value).strip()) if isinstance(value, str | int | float) else None
        below = int(match[2] or 1) if match else 0
        metres = float(match[1]) / below if match and below else math.inf
        found = max(found, min(metres / 1000, HALF_AROUND) if math.isfinite(metres) else math.inf)
    return 0.0, found


def _role(name: str, source: object) -> Role:
    if name != "c2pa.created":
        return Role.ACTION
    kind = source.rstrip("/").rpartition("/")[2].casefold() if isinstance(source, str) else ""
    is_plain = isinstance(source, str) and not set(source) & {"?", "#"}
    return Role.DIGITISED if is_plain and kind in _SCANS else Role.CREATED


def _text(value: Any) -> Any:
    """The first of several values, and the text of an object that stands for one."""
    if isinstance(value, list):
        value = value[0] if value else value
    if isinstance(value, Mapping):
        found = [value[key] for key in _LD_VALUE if isinstance(value.get(key), str)]
        found += [one for one in itertools.islice(value.values(), 1) if isinstance(one, str)]
        return found[0] if found else value
    return value


def _joined(name: str, value: Any, prefix: str, fields: Fields) -> Any:
    """A time with what stands in fields of its own: the offset, and for the position's time the date."""
    if not isinstance(value, str):
        return value
    if name == "GPSTimeStamp" and len(value) < 16:
        date = _text(_beside(fields, "GPSDateStamp", prefix))
        return f"{date}T{value.strip().rstrip('Z')}Z" if isinstance(date, str) else value
    offset = _text(_beside(fields, _OFFSETS.get(name, ""), prefix))
    if isinstance(offset, str):
        try:
            return value if read_time(value).zoned else f"{value.strip()}{offset.strip()}"
        except TimeTextError:
            return value
    return value


def _span(value: object) -> tuple[Span, str]:
    """(what it means, as written). Raises TimeTextError."""
    if isinstance(value, str):
        return read_time(value), value.strip()[:MAX_KEPT]
    if isinstance(value, int | float) and not isinstance(value, bool):
        # CBOR's tag 1: seconds since 1970 (RFC 8949, section 3.4.2).
        try:
            moment = dt.datetime.fromtimestamp(value, tz=dt.UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise TimeTextError("got a number that is no time") from error
        return Span(start=moment, end=moment, zoned=True), moment.isoformat()
    raise TimeTextError("got no time")


def read(assertions: tuple[Assertion, ...]) -> Iterator[Reader]:
    """One reader for each assertion, with what it found."""
    for assertion in assertions:
        reader = Reader(assertion.label[:MAX_KEPT], is_location=assertion.base_label.startswith(LOCATION))
        is_actions = assertion.base_label == "c2pa.actions"
        if is_actions or assertion.base_label.startswith((*METADATA, LOCATION)):
            content = content_of(assertion)
            if content is None:
                reader.cut[unread_words(assertion)] = None
            elif is_actions:
                reader.actions(content)
            else:
                reader.metadata(content)
        yield reader


def declared(assertions: tuple[Assertion, ...], unread: tuple[str, ...] = ()) -> Declared:
    """Times and places of one manifest's verified assertions. Never raises for what the bytes hold.

    `unread` is, in words, what of the manifest could not be looked at.
    """
    readers = list(read(assertions))
    times = tuple(time for reader in readers for time in reader.times)
    places = tuple(place for reader in readers for place in reader.places)
    areas = tuple(area for reader in readers for area in reader.areas)
    unreadable = tuple(entry for reader in readers for entry in reader.unreadable)
    cut = dict.fromkeys((*unread, *(words for reader in readers for words in reader.cut)))
    kept = (("times", times, MAX_TIMES), ("places", places, MAX_PLACES), ("places", areas, MAX_PLACES),
            ("times and places that are none", unreadable, MAX_PLACES))  # fmt: skip
    cut |= {f"{what} beyond {most:,}": None for what, found, most in kept if len(found) > most}
    return Declared(
        times=times[:MAX_TIMES],
        places=places[:MAX_PLACES],
        areas=tuple({area.name: area for area in areas[:MAX_PLACES]}.values()),
        unreadable=unreadable[:MAX_PLACES],
        cut=tuple(cut),
    )
