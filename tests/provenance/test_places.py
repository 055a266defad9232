"""Does every written coordinate lead to its place, and a doubtful one nowhere?"""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.written.places import (
    HALF_AROUND,
    LATITUDE,
    LONGITUDE,
    Place,
    PlaceError,
    distance_km,
    distance_words,
    place_of,
    read_degrees,
)

NORTH = 39 + 21.102 / 60


@pytest.mark.parametrize(
    ("value", "half"),
    [
        ("39,21.102N", None),
        ("39,21,6.12N", None),
        ("39,21.102", "N"),
        (["39,21.102N"], None),
        ("39 deg 21' 6.12\" N", None),
        ("39° 21′ 6.12″ N", None),
        ("39.3517 North", None),
        ("N 39.3517", None),
        ("39/1,21/1,612/100", "N"),
        ("39/1 21/1 612/100", "North"),
        (["39/1", "21/1", "612/100"], "N"),
        ([[39, 1], [21, 1], [612, 100]], "N\0"),
        ([39, 21, 6.12], "n"),
        (39.3517, None),
        (39.3517, "N"),
        ("39.3517", None),
        ("+39.3517", None),
    ],
)
def test_reads_every_form(value: Any, half: Any) -> None:
    assert read_degrees(value, half, ends=LATITUDE) == pytest.approx(NORTH, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "half", "ends", "degrees"),
    [
        ("74,26.5737W", None, LONGITUDE, -74.442895),
        ("39,21.102S", None, LATITUDE, -39.3517),
        (-74.5, "W", LONGITUDE, -74.5),
        (74.5, "W", LONGITUDE, -74.5),
        ("74.5", "West", LONGITUDE, -74.5),
        (0, None, LATITUDE, 0.0),
    ],
)
def test_keeps_the_half_of_the_earth(value: Any, half: Any, ends: tuple[str, str], degrees: float) -> None:
    assert read_degrees(value, half, ends=ends) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "half"),
    [
        ("39,21.102", None),
        ([39, 21, 6], None),
        ("39,21.102E", None),
        ("39,21.102N", "S"),
        (-39.5, "N"),
        ("39,61N", None),
        ("39,21,60N", None),
        ([39, -1, 0], "N"),
        ([-39, 1, 0], "N"),
        ([1, 2, 3, 4], "N"),
        ([], "N"),
        ("39/0,1/1", "N"),
        ([[39, 0]], "N"),
        ([[[1, 2], 3]], "N"),
        (math.nan, None),
        (math.inf, "N"),
        (10**400, None),
        ("1e999", None),
        ("nan", None),
        ("inf", "N"),
        (True, None),
        (None, "N"),
        ({}, "N"),
        (b"39N", None),
        ("", None),
        ("N", None),
        ("39" * 100 + "N", None),
        ("٣٩N", None),
        ("39.5", "up"),
        ("39.5", 7),
    ],
)
def test_refuses_what_is_none_or_leaves_it_open(value: Any, half: Any) -> None:
    with pytest.raises(PlaceError):
        read_degrees(value, half, ends=LATITUDE)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(JSON, JSON)
def test_never_raises_anything_else(value: Any, half: Any) -> None:
    with contextlib.suppress(PlaceError):
        assert math.isfinite(read_degrees(value, half, ends=LONGITUDE))


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 599_999), st.sampled_from("NS"))
def test_reads_back_degrees_minutes_and_seconds_in_all_forms(d: int, m: int, s: int, half: str) -> None:
    expected = (d + m / 60 + s / 10_000 / 3600) * (1 if half == "N" else -1)
    forms: list[tuple[Any, Any]] = [
        (f"{d},{m},{s / 10_000:.4f}{half}", None),
        (f"{d}/1,{m}/1,{s}/10000", half),
        ([[d, 1], [m, 1], [s, 10_000]], half),
        (f"{expected:.12f}", None),
    ]
    for value, beside in forms:
        assert read_degrees(value, beside, ends=LATITUDE) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("north", "east"), [(91, 0), (-90.001, 0), (0, 181), (math.nan, 0), (0, -math.inf)])
def test_a_place_that_is_not_on_earth_is_none(north: float, east: float) -> None:
    with pytest.raises(PlaceError):
        place_of(north, east)


STOCKHOLM, PARIS, SYDNEY = place_of(59.3293, 18.0686), place_of(48.8566, 2.3522), place_of(-33.8688, 151.2093)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        (STOCKHOLM, PARIS, 1546),
        (STOCKHOLM, SYDNEY, 15_590),
        (place_of(0, 0), place_of(0, 180), 20_015),
        (place_of(90, 0), place_of(90, 120), 0),
        (place_of(0, 179.999), place_of(0, -179.999), 0.22),
        (STOCKHOLM, STOCKHOLM, 0),
    ],
)
def test_distances_agree_with_the_ellipsoid_within_its_flattening(one: Place, other: Place, kilometres: float) -> None:
    assert distance_km(one, other) == pytest.approx(kilometres, rel=0.006, abs=0.01)


POINTS = st.builds(place_of, st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways_and_never_beyond_half_around(one: Place, other: Place) -> None:
    assert 0 <= distance_km(one, other) <= HALF_AROUND
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))


@pytest.mark.parametrize(
    ("kilometres", "words"), [(0.08, "80 m"), (1.2, "1.2 km"), (9.96, "10.0 km"), (340.4, "340 km"), (0, "0 m")]
)
def test_says_distances_in_round_words(kilometres: float, words: str) -> None:
    assert distance_words(kilometres) == words
