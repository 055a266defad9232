"""Which times and places of a manifest's own assertions are read, from whatever its writer made of them?"""

from __future__ import annotations

import json
import math
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.credentials.history.statement_reader import declared
from provenance.credentials.history.statements import Declared, Role
from provenance.credentials.store.jumbf import Assertion

EXIF = {
    "@context": {"exif": "http://ns.adobe.com/exif/1.0/"},
    "exif:GPSVersionID": "2.2.0.0",
    "exif:GPSLatitude": "39,21.102N",
    "exif:GPSLongitude": "74,26.5737W",
    "exif:GPSAltitude": "100963/29890",
    "exif:GPSTimeStamp": "2019-09-22T18:22:57Z",
    "exif:DateTimeOriginal": "2019-09-22T14:22:50-04:00",
}
"""As the specification writes it."""


def stored(label: str, content: Any, kind: str = "json") -> Assertion:
    if isinstance(content, bytes):
        raw = content
    else:
        raw = json.dumps(content).encode() if kind == "json" else cbor2.dumps(content)
    return Assertion(label=label, kind=kind, content=memoryview(raw), data=memoryview(raw))


def look(label: str, content: Any, kind: str = "json") -> Declared:
    return declared((stored(label, content, kind),))


@pytest.mark.parametrize("label", ["stds.exif", "c2pa.metadata", "cawg.metadata", "stds.exif__2", "c2pa.metadata.v2"])
@pytest.mark.parametrize("kind", ["json", "cbor"])
def test_reads_signed_exif(label: str, kind: str) -> None:
    found = look(label, EXIF, kind)
    ((where, place),) = [(one.where, one.place) for one in found.places]
    assert where == "exif:GPSLatitude"
    assert place.text == "39.35170,-74.44289"
    assert {(one.where, one.role, one.span.start.isoformat()) for one in found.times} == {
        ("exif:DateTimeOriginal", Role.CREATED, "2019-09-22T18:22:50+00:00"),
        ("exif:GPSTimeStamp", Role.CREATED, "2019-09-22T18:22:57+00:00"),
    }
    assert not found.unreadable


@pytest.mark.parametrize("label", ["c2pa.location", "c2pa.location.broad", "c2pa.location.precise"])
def test_reads_locations(label: str) -> None:
    assert look(label, {"latitude": 59.3293, "longitude": 18.0686}, "cbor").places[0].place.text == "59.32930,18.06860"


def test_reads_what_stands_in_fields_of_its_own() -> None:
    found = look(
        "stds.exif",
        {
            "exif:DateTimeOriginal": "2019:09:22 14:22:50",
            "exifEX:OffsetTimeOriginal": "-04:00",
            "exif:GPSDateStamp": "2019:09:22",
            "exif:GPSTimeStamp": "18:22:57",
            "exif:GPSLatitude": ["39/1", "21/1", "612/100"],
            "exif:GPSLatitudeRef": "N",
            "exif:GPSLongitude": ["74/1", "26/1", "3442/100"],
            "exif:GPSLongitudeRef": "W",
        },
    )
    assert sorted(one.span.start.isoformat() for one in found.times) == [
        "2019-09-22T18:22:50+00:00",
        "2019-09-22T18:22:57+00:00",
    ]
    assert found.places[0].place.text == "39.35170,-74.44289"


def test_a_time_without_an_offset_stays_open() -> None:
    (time,) = look("stds.exif", {"exif:DateTimeOriginal": "2019:09:22 14:22:50"}).times
    assert not time.span.zoned


def test_reads_schema_org() -> None:
    found = look(
        "stds.schema-org.CreativeWork",
        {
            "@type": "CreativeWork",
            "dateCreated": "2026-05-01",
            "datePublished": "2026-05-03T08:00:00Z",
            "locationCreated": {"@type": "Place", "geo": {"latitude": 59.3293, "longitude": "18.0686"}},
            "contentLocation": {"@type": "Place", "geo": {"latitude": 1.0, "longitude": 2.0}},
        },
    )
    assert [one.place.text for one in found.places] == ["59.32930,18.06860"]
    assert {(one.where, one.role) for one in found.times} == {
        ("dateCreated", Role.CREATED),
        ("datePublished", Role.PUBLISHED),
    }


def test_where_something_shown_lies_is_not_where_it_was_taken() -> None:
    iptc = {
        "Iptc4xmpExt:LocationShown": {"exif:GPSLatitude": "1,0N", "exif:GPSLongitude": "1,0E"},
        "Iptc4xmpExt:LocationCreated": {"exif:GPSLatitude": "2,0N", "exif:GPSLongitude": "2,0E"},
    }
    assert [one.place.text for one in look("stds.iptc", iptc).places] == ["2.00000,2.00000"]


def test_reads_the_times_of_actions_in_text_and_in_numbers() -> None:
    actions = [
        {"action": "c2pa.created", "when": cbor2.CBORTag(0, "2026-05-01T12:00:00Z")},
        {"action": "c2pa.edited", "when": "2026-05-01T12:30:00+00:00"},
        {"action": "com.example.scheduled", "when": cbor2.CBORTag(1, 1_777_000_000)},
        {"action": "c2pa.cropped"},
        {"action": 7, "when": "2026-05-01T12:30:00Z"},
        "nonsense",
    ]
    found = look("c2pa.actions.v2", {"actions": actions}, "cbor")
    assert [(one.where, one.role, one.is_past) for one in found.times] == [
        ("c2pa.created", Role.CREATED, True),
        ("c2pa.edited", Role.ACTION, True),
        ("com.example.scheduled", Role.ACTION, False),
    ]


@pytest.mark.parametrize(
    ("source", "role"), [("negativeFilm", Role.DIGITISED), ("print", Role.DIGITISED), ("digitalCapture", Role.CREATED)]
)
def test_what_a_scan_shows_is_not_as_young_as_its_file(source: str, role: Role) -> None:
    uri = f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}"
    action = {"action": "c2pa.created", "when": "2026-05-01T12:00:00Z", "digitalSourceType": uri}
    assert [one.role for one in look("c2pa.actions.v2", {"actions": [action]}, "cbor").times] == [role]
    assert look("stds.exif", {"exif:DateTimeDigitized": "2026:05:01 12:00:00"}).times[0].role is Role.DIGITISED


@pytest.mark.parametrize(
    "values",
    [
        {"exif:GPSLatitude": "91,0N", "exif:GPSLongitude": "0,0E"},
        {"exif:GPSLatitude": "1e999", "exif:GPSLongitude": "0"},
        {"latitude": "NaN", "longitude": 0},
        {"latitude": 12, "longitude": 181},
        {"exif:DateTimeOriginal": "0000:00:00 00:00:00"},
        {"exif:DateTimeOriginal": {"a": 1}},
    ],
)
def test_what_cannot_be_is_named_and_not_believed(values: dict[str, Any]) -> None:
    found = look("c2pa.metadata", values)
    assert not found.places
    assert not found.times
    assert [where for where, _ in found.unreadable] == [next(iter(values))]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b"[" * 90_000,
        b'{"latitude": NaN, "longitude": 1}',
        b'{"latitude": 1e999, "longitude": 1}',
        b'{"latitude": 1, "latitude": 2, "longitude": 1}',
        b'{"latitude": 1, "longitude": 1' + b" " * 1_100_000 + b"}",
    ],
)
def test_hostile_json_yields_no_place(raw: bytes) -> None:
    assert not look("c2pa.metadata", raw).places


def test_other_assertions_and_deep_nests_are_left_alone() -> None:
    deep: Any = EXIF
    for _ in range(20):
        deep = {"a": deep}
    assert look("c2pa.metadata", deep).is_empty
    assert look("com.example.data", EXIF).is_empty


def test_keeps_to_its_bounds() -> None:
    many = {"actions": [{"action": "c2pa.edited", "when": "2026-05-01T12:30:00Z"}] * 6_000}
    assert len(look("c2pa.actions", many, "cbor").times) == 64
    places = {"LocationCreated": [{"latitude": n / 10, "longitude": 1} for n in range(500)]}
    assert len(look("c2pa.metadata", places).places) == 16
    assert look("c2pa.metadata", places).is_cut
    assert look("c2pa.actions", many, "cbor").is_cut
    assert not look("c2pa.metadata", {"LocationCreated": places["LocationCreated"][:16]}).is_cut


POINT = {"@type": "Place", "geo": {"latitude": 48.8566, "longitude": 2.3522}}


@pytest.mark.parametrize(
    "content",
    [
        {"author": [{"@type": "Person", "name": "Jo", "homeLocation": POINT, "birthDate": "1990-01-01"}]},
        {"publisher": {"location": POINT, "foundingDate": "1944"}},
        {"publisher": {"address": {"addressLocality": "Paris"}}},
        {"isBasedOn": {"@type": "Photograph", "dateCreated": "1968-05-10", "locationCreated": POINT}},
        {"mentions": POINT, "mainEntity": {"geo": POINT["geo"]}, "citation": {"dateCreated": "1968"}},
        {"about": POINT, "subjectOf": {"dateCreated": "1968"}, "spatialCoverage": POINT, "contentLocation": POINT},
        {"Iptc4xmpCore:CreatorContactInfo": {"Iptc4xmpCore:CiAdrCity": "Paris", "exif:GPSLatitude": "48,51N"}},
        {"copyrightHolder": {"location": POINT}, "provider": {"geo": POINT["geo"]}, "sponsor": POINT},
        {"hasPart": [{"dateCreated": "1968", "locationCreated": POINT}], "workExample": {"dateCreated": "1968"}},
    ],
)
def test_what_is_said_of_somebody_or_something_else_is_no_place_or_time_of_the_file(content: dict[str, Any]) -> None:
    assert look("stds.schema-org.CreativeWork", {"@context": "https://schema.org", **content}).is_empty


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"photoshop:City": "Kyiv", "photoshop:Country": "Ukraine"}, "Kyiv, Ukraine"),
        ({"Iptc4xmpExt:LocationCreated": [{"Iptc4xmpExt:City": "Kyiv"}]}, "Kyiv"),
        ({"locationCreated": {"address": {"addressLocality": "Kyiv", "addressCountry": "UA"}}}, "Kyiv, UA"),
        ({"photoshop:Country": "Ukraine"}, "Ukraine"),
    ],
)
def test_a_town_or_country_is_a_place_of_its_own_kind(content: dict[str, Any], name: str) -> None:
    found = look("c2pa.metadata", content)
    assert [one.name for one in found.areas] == [name]
    assert not found.places


@pytest.mark.parametrize(
    ("written", "kilometres"),
    [
        ("20000/1", 20.0),
        (35, 0.035),
        ("12.7", 0.0127),
        ("2e4", 20.0),
        ("20000 m", 20.0),
        ("9e9", 20_016.0),
        ("999999999999", 20_016.0),
        ("1/0", math.inf),
        ("some 20 km", math.inf),
        (None, 0),
    ],
)
def test_a_positioning_error_is_kept_with_its_place(written: object, kilometres: float) -> None:
    content = {"exif:GPSLatitude": "50,27.0N", "exif:GPSLongitude": "30,31.4E", "exif:GPSHPositioningError": written}
    assert look("c2pa.metadata", content).places[0].error == pytest.approx(kilometres)


def test_a_second_prefix_hides_no_place_and_no_time() -> None:
    content = {
        "exif:GPSLatitude": "50,27.0N", "exif:GPSLongitude": "30,31.4E",
        "EXIF:GPSLatitude": "48,51.0N", "EXIF:GPSLongitude": "2,21.0E",
        "exif:DateTimeOriginal": "2020-01-01T00:00:00Z", "photoshop:DateTimeOriginal": "2021-01-01T00:00:00Z",
    }  # fmt: skip
    found = look("c2pa.metadata", content)
    assert [round(one.place.latitude) for one in found.places] == [50, 49]
    assert [one.span.start.year for one in found.times] == [2020, 2021]


@pytest.mark.parametrize("name", ["GPSLatitude", "GPSLongitude"])
def test_half_a_position_is_a_place_that_cannot_be_read(name: str) -> None:
    found = look("stds.exif", {f"exif:{name}": "10,27.0N"})
    assert not found.places
    assert [where for where, _ in found.unreadable] == [f"exif:{name}"]


def test_coordinates_of_two_prefixes_are_no_one_place() -> None:
    found = look("stds.exif", {"exif:GPSLatitude": "50,27.0N", "tiff:GPSLongitude": "30,31.4E"})
    assert not found.places
    assert len(found.unreadable) == 2


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"Iptc4xmpCore:CountryCode": "UKR"}, ["UKR"]),
        ({"photoshop:City": {"@value": "Kyiv"}, "photoshop:Country": {"x-default": "Ukraine"}}, ["Kyiv, Ukraine"]),
        ({"locationCreated": {"address": {"addressCountry": {"@type": "Country", "name": "Ukraine"}}}}, ["Ukraine"]),
        ({"photoshop:City": "Kyiv", "Iptc4xmpExt:City": "Paris"}, ["Kyiv", "Paris"]),
        ({"Iptc4xmpCore:Location": "a yard"}, []),
    ],
)
def test_names_of_places_are_read_in_every_form(content: dict[str, Any], names: list[str]) -> None:
    assert [one.name for one in look("c2pa.metadata", content).areas] == names


@pytest.mark.parametrize(
    "content",
    [
        {"@type": "Person", "address": {"addressLocality": "Kyiv"}, "dateCreated": "2024-02-24"},
        {"@type": ["schema:Organization"], "geo": {"latitude": 50.45, "longitude": 30.52}},
        {"address": {"addressLocality": "Kyiv"}, "geo": {"latitude": 50.45, "longitude": 30.52}},
        {"author": {"@type": "Person", "address": {"addressLocality": "Kyiv"}}},
        {"publisher": {"location": {"geo": {"latitude": 50.45, "longitude": 30.52}}}},
        {"isBasedOn": {"dateCreated": "2024-02-24"}, "mentions": [{"dateCreated": "2024-02-24"}]},
        {"mainEntity": {"locationCreated": {"geo": {"latitude": 50.45, "longitude": 30.52}}}},
        {"contentLocation": {"geo": {"latitude": 50.45, "longitude": 30.52}}, "about": {"dateCreated": "2024"}},
        {
            "Iptc4xmpExt:LocationShown": [
                {"Iptc4xmpExt:City": "Paris", "exif:GPSLatitude": "1N", "exif:GPSLongitude": "1E"}
            ]
        },
    ],
)
def test_what_is_no_word_on_the_making_of_this_file_is_left_alone(content: dict[str, Any]) -> None:
    found = look("stds.schema-org.CreativeWork", content)
    assert found.is_empty


def test_a_graph_is_named_as_not_looked_at() -> None:
    found = look("stds.schema-org.CreativeWork", {"@graph": [{"dateCreated": "2024-02-24"}]})
    assert found.cut == ("a graph of JSON-LD",)


def test_a_circle_has_its_radius_for_an_error() -> None:
    circle = {"geoMidpoint": {"latitude": 50.45, "longitude": 30.52}, "geoRadius": 20000}
    (place,) = look("stds.schema-org.CreativeWork", {"locationCreated": {"geo": circle}}).places
    assert place.error == 20.0


@pytest.mark.parametrize(
    ("source", "role"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/print", Role.DIGITISED),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/Print/", Role.DIGITISED),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture?x=/print", Role.CREATED),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture#/print", Role.CREATED),
    ],
)
def test_only_a_scan_is_digitised_by_its_source_type(source: str, role: Role) -> None:
    act = {"action": "c2pa.created", "when": "2024-02-24T00:00:00Z", "digitalSourceType": source}
    (time,) = look("c2pa.actions.v2", {"actions": [act]}, "cbor").times
    assert time.role is role


def test_times_of_related_actions_are_read() -> None:
    act = {"action": "c2pa.edited", "related": [{"action": "c2pa.cropped", "when": "2024-02-24T00:00:00Z"}]}
    assert [one.where for one in look("c2pa.actions.v2", {"actions": [act]}, "cbor").times] == ["c2pa.cropped"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(2**70), 2**70) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["exif:GPSLatitude", "exif:GPSLongitude", "GPSLatitudeRef", "latitude", "longitude", "exif:DateTimeOriginal",
     "GPSTimeStamp", "GPSDateStamp", "OffsetTimeOriginal", "dateCreated"]
)  # fmt: skip


@given(st.dictionaries(NAMES, VALUES))
def test_never_raises_over_hostile_values(values: dict[str, Any]) -> None:
    found = look("c2pa.metadata", values, "cbor")
    assert all(abs(one.place.latitude) <= 90 for one in found.places)


@given(VALUES)
def test_never_raises_over_a_hostile_when(value: Any) -> None:
    look("c2pa.actions.v2", {"actions": [{"action": "c2pa.edited", "when": value}]}, "cbor")
