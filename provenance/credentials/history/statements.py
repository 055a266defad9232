"""When and where does a signer say that something happened?

Times and places in the verified assertions of one manifest: actions, and metadata that was put under the signature
(`c2pa.metadata`, `cawg.metadata`, `stds.exif`, `stds.iptc`, `stds.schema-org.CreativeWork`, `c2pa.location…`). They are
the signer's word; that they are signed says whose word, not that it is true. Only what speaks of the making of this
file is read: where its creator lives, where its publisher sits, what it shows, is based on or mentions is something
else, and left alone.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.history.content import content_of
from provenance.credentials.history.content import unread as unread_words
from provenance.credentials.store.jumbf import Assertion
from provenance.places import LATITUDE, LONGITUDE, Place, PlaceError, place_of, read_degrees
from provenance.times import Span, TimeTextError, read_time

MAX_TIMES: Final = 64
"""Times of one manifest that are kept; a long edit records one for each action."""
MAX_PLACES: Final = 16
"""Places of one manifest that are kept."""
MAX_ACTIONS: Final = 5_000
"""Actions of one assertion that are looked at."""
MAX_DEPTH: Final = 8
"""Nested objects of one metadata assertion that are looked into."""
MAX_KEPT: Final = 80
"""Characters kept of what is written."""

METADATA: Final = ("c2pa.metadata", "cawg.metadata", "stds.exif", "stds.iptc", "stds.schema-org.CreativeWork")
"""Starts of labels of assertions with metadata in JSON-LD (C2PA 2.4, section 18.22; CAWG Metadata 1.1)."""
LOCATION: Final = "c2pa.location"
_OF_MAKING: Final = frozenset(("LocationCreated", "locationCreated", "geo", "address", "exifData"))
"""Objects inside metadata that speak of where this very file was made (IPTC; schema.org), and the parts of these."""
_OF_LOCATION: Final = _OF_MAKING | {"location", "coordinates", "position", "place", "geometry"}
"""The same inside an assertion that is about nothing else."""
_AREA: Final = (
    ("Sublocation", "Location"),
    ("City", "addressLocality"),
    ("ProvinceState", "State", "addressRegion"),
    ("CountryName", "Country", "addressCountry"),
)
"""Names of an area's parts, from the smallest to the largest (IPTC, Photoshop, schema.org)."""
MAX_ERROR: Final = 1_000.0
"""Kilometres of a stated positioning error that are believed; more says nothing."""
_RATIONAL: Final = re.compile(r"(\d{1,12})(?:\.\d{1,12})?(?:/(\d{1,12}))?", re.ASCII)


class Role(enum.StrEnum):
    """What a signed time is said to be the time of."""

    CREATED = "created"
    """`c2pa.created`, and what is said of the capture: the file's content came about then."""
    DIGITISED = "digitised"
    """When it became digital: what it shows may be older, as with a scan."""
    ACTION = "action"
    """Another action on it: it existed by then."""
    MODIFIED = "modified"
    """Metadata's own time of the last change."""
    PUBLISHED = "published"
    """When a catalogue entry says that it is published, which may be planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTime:
    """A time as a signer states it."""

    where: str
    """`c2pa.edited`, `exif:DateTimeOriginal`, …"""
    assertion: str
    """Label of the assertion."""
    role: Role
    written: str
    span: Span

    @property
    def is_past(self) -> bool:
        """Whether it must lie before the signing: standard actions and captures do, an embargo need not."""
        return self.role is not Role.PUBLISHED and (self.role is not Role.ACTION or self.where.startswith("c2pa."))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPlace:
    """A place as a signer states it."""

    where: str
    assertion: str
    place: Place
    error: float = 0.0
    """Kilometres by which it may be wrong, as its signer states it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedArea:
    """A town or country as a signer names it, without coordinates."""

    where: str
    assertion: str
    name: str
    """`Kyiv, Ukraine`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Everything of that kind in one manifest."""

    times: tuple[SignedTime, ...] = ()
    places: tuple[SignedPlace, ...] = ()
    areas: tuple[SignedArea, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    """(field, what is written) of times and places that are none."""
    cut: tuple[str, ...] = ()
    """What there is beyond what was looked at and kept, in our words."""

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was looked at and kept."""
        return bool(self.cut)

    @property
    def is_empty(self) -> bool:
        """Nothing of the kind."""
        return not (self.times or self.places or self.areas or self.unreadable or self.is_cut)


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
_SCANS: Final = frozenset({"negativeFilm", "positiveFilm", "print"})
"""Digital source types (IPTC) of what was made from something older than its file."""
_SINGLE: Final = frozenset((*_TIMES, *itertools.chain.from_iterable(_AREA)))
"""Fields of which one value is read: a list of several says more than that."""
_OFFSETS: Final = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "DateTimeDigitized": "OffsetTimeDigitized",
    "DateTime": "OffsetTime",
}


class _Reader:
    """Collects within the bounds."""

    def __init__(self, assertion: str, *, is_location: bool = False) -> None:
        self.assertion = assertion
        self.inner = _OF_LOCATION if is_location else _OF_MAKING
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

    def place(
        self, where: str, north: object, east: object, halves: tuple[object, object], *, error: float = 0.0
    ) -> None:
        """One place, in whatever form."""
        try:
            found = place_of(
                read_degrees(north, halves[0], ends=LATITUDE), read_degrees(east, halves[1], ends=LONGITUDE)
            )
        except PlaceError:
            written = ",".join(str(part)[:30] for part in (north, east) if isinstance(part, str | int | float))
            self.unreadable.append((where[:MAX_KEPT], written[:MAX_KEPT]))
            return
        self.places.append(SignedPlace(where=where[:MAX_KEPT], assertion=self.assertion, place=found, error=error))

    def area(self, by_name: Mapping[str, tuple[str, Any]]) -> None:
        """A town or country, from its parts."""
        found: list[tuple[str, str]] = []
        for names in _AREA:
            part = next((by_name[name] for name in names if name in by_name), None)
            if part is not None and isinstance(part[1], str) and part[1].strip():
                found.append((part[0], part[1].strip()))
        # A sub-location alone names no place on Earth.
        if len(found) > 1 or (found and found[0][0].rpartition(":")[2] not in _AREA[0]):
            name = ", ".join(words for _, words in found)
            self.areas.append(SignedArea(where=found[0][0][:MAX_KEPT], assertion=self.assertion, name=name[:MAX_KEPT]))

    def actions(self, content: Mapping[str, Any]) -> None:
        """`when` of every action (C2PA 2.4, section 18.17)."""
        entries = content.get("actions")
        if isinstance(entries, list) and len(entries) > MAX_ACTIONS:
            self.cut[f"actions beyond {MAX_ACTIONS:,}"] = None
        for action in entries[:MAX_ACTIONS] if isinstance(entries, list) else []:
            name = action.get("action") if isinstance(action, Mapping) else None
            if not isinstance(name, str) or action.get("when") is None:
                continue
            self.time(name, _role(name, action.get("digitalSourceType")), action["when"])

    def metadata(self, content: Mapping[str, Any], depth: int = 0) -> None:
        """One object of JSON-LD and those inside it."""
        by_name: dict[str, tuple[str, Any]] = {}
        for key, value in content.items():
            name = key.rpartition(":")[2]
            by_name.setdefault(name, (key, _first(value)))
            if isinstance(value, list) and len(value) > 1 and name in _SINGLE:
                self.cut["values beyond the first of one field"] = None
        for name, role in _TIMES.items():
            if name in by_name:
                key, value = by_name[name]
                self.time(key, role, _joined(name, value, by_name))
        for north, east in (("GPSLatitude", "GPSLongitude"), ("latitude", "longitude")):
            if north in by_name and east in by_name:
                # A list is degrees, minutes and seconds here, not several values.
                values = (content[by_name[north][0]], content[by_name[east][0]])
                halves = tuple(by_name.get(f"{name}Ref", ("", None))[1] for name in (north, east))
                self.place(by_name[north][0], *values, (halves[0], halves[1]), error=_error(by_name))
        self.area(by_name)
        for key, value in content.items():
            if key.rpartition(":")[2] not in self.inner:
                continue
            if depth >= MAX_DEPTH:
                self.cut[f"objects inside each other beyond {MAX_DEPTH:,}"] = None
            if isinstance(value, list) and len(value) > MAX_PLACES:
                self.cut[f"places beyond {MAX_PLACES:,}"] = None
            for inner in value[:MAX_PLACES] if isinstance(value, list) else [value]:
                if isinstance(inner, Mapping) and depth < MAX_DEPTH:
                    self.metadata(inner, depth + 1)


def _error(by_name: Mapping[str, tuple[str, Any]]) -> float:
    """Kilometres of a positioning error (EXIF GPSHPositioningError, in metres)."""
    written = by_name.get("GPSHPositioningError", ("", None))[1]
    found = _RATIONAL.fullmatch(str(written).strip()) if isinstance(written, str | int | float) else None
    metres = int(found[1]) / (int(found[2] or 1) or 1) if found else 0.0
    return min(metres / 1000, MAX_ERROR)


def _role(name: str, source: object) -> Role:
    if name != "c2pa.created":
        return Role.ACTION
    kind = source.rstrip("/").rpartition("/")[2] if isinstance(source, str) else ""
    return Role.DIGITISED if kind in _SCANS else Role.CREATED


def _first(value: Any) -> Any:
    """The first of several values."""
    return value[0] if isinstance(value, list) and value else value


def _joined(name: str, value: Any, by_name: Mapping[str, tuple[str, Any]]) -> Any:
    """A time with what stands in fields of its own: the offset, and for the position's time the date."""
    if not isinstance(value, str):
        return value
    if name == "GPSTimeStamp" and len(value) < 16:
        date = by_name.get("GPSDateStamp", ("", None))[1]
        return f"{date}T{value.strip().rstrip('Z')}Z" if isinstance(date, str) else value
    offset = by_name.get(_OFFSETS.get(name, ""), ("", None))[1]
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


def _read(assertions: tuple[Assertion, ...]) -> Iterator[_Reader]:
    for assertion in assertions:
        reader = _Reader(assertion.label[:MAX_KEPT], is_location=assertion.base_label.startswith(LOCATION))
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
    readers = list(_read(assertions))
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
