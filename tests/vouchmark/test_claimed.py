"""Is what the reader was told understood as it was meant, and nonsense refused?"""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.written.places import HALF_AROUND
from vouchmark.examination.claimed import DEFAULT_RADIUS, ClaimedError, claimed, read_claimed_place, read_claimed_time


@pytest.mark.parametrize(
    ("text", "north", "east", "radius"),
    [
        ("59.3293,18.0686", 59.3293, 18.0686, DEFAULT_RADIUS),
        (" -33.8688 , 151.2093 , 2.5 ", -33.8688, 151.2093, 2.5),
        ("90,-180,20016", 90, -180, 20016),
        ("+0,0,0.001", 0, 0, 0.001),
    ],
)
def test_reads_a_place(text: str, north: float, east: float, radius: float) -> None:
    found = read_claimed_place(text)
    assert (found.place.latitude, found.place.longitude, found.radius) == (north, east, radius)


@pytest.mark.parametrize(
    "text",
    [
        "", "59.3293", "59,18,1,1", "nan,1", "1,inf", "1e999,0", "91,0", "-90.1,0", "0,180.001", "0,0,0", "0,0,-1",
        "0,0,20017", "0,0,1e9", "59°N,18°E", "٥٩,١٨", "59.3293;18.0686", "a" * 500, "0x10,0", "1_0,0", "99999,0",
    ],
)  # fmt: skip
def test_refuses_what_is_no_place(text: str) -> None:
    with pytest.raises(ClaimedError, match=r"^got "):
        read_claimed_place(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-05-01T12:00:00Z", "2026-05-01T12:00:00", "2026-05-01T12:00:00"),
        ("2026-05-01", "2026-04-30T10:00:00", "2026-05-02T11:59:59"),
        ("2026-05", "2026-04-30T10:00:00", "2026-06-01T11:59:59"),
        ("2026", "2025-12-31T10:00:00", "2027-01-01T11:59:59"),
        ("2026-05-01/2026-05-03", "2026-04-30T10:00:00", "2026-05-04T11:59:59"),
        ("2026-05-01T10:00:00Z/2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00", "2026-05-01T10:00:00"),
        (" 2026-05-01 / 2026-05-01 ", "2026-04-30T10:00:00", "2026-05-02T11:59:59"),
    ],
)
def test_reads_a_time_and_counts_every_zone_where_none_is_named(text: str, start: str, end: str) -> None:
    span = read_claimed_time(text).span
    assert (span.start.strftime("%Y-%m-%dT%H:%M:%S"), span.end.strftime("%Y-%m-%dT%H:%M:%S")) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "yesterday", "2026-13", "2026-05-01/", "2026-05-02/2026-05-01", "2026-05-01/2026-05-02/2026-05-03",
        "2026-05-01T12:00:00Z/2026-05-01T11:00:00Z", "2026-05-01T12:00:00/2026-05-01T11:00:00", "9" * 200, "1/2",
    ],
)  # fmt: skip
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ClaimedError, match=r"^got "):
        read_claimed_time(text)


def test_nothing_said_is_nothing_claimed() -> None:
    assert claimed(None, None) is None
    both = claimed("1,2", "2026")
    assert both is not None
    assert both.place is not None
    assert both.time is not None
    assert (both.place.text, both.time.text) == ("1.00000,2.00000,1", "2026")


@given(st.text(max_size=150))
def test_never_raises_anything_else(text: str) -> None:
    for read in (read_claimed_place, read_claimed_time):
        try:
            read(text)
        except ClaimedError:
            continue


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.01, HALF_AROUND))
def test_reads_back_every_place_that_can_be_written(north: float, east: float, radius: float) -> None:
    found = read_claimed_place(f"{north:.6f},{east:.6f},{radius:.3f}")
    assert math.isclose(found.place.latitude, north, abs_tol=1e-6)
    assert math.isclose(found.place.longitude, east, abs_tol=1e-6)
    assert math.isclose(found.radius, radius, abs_tol=1e-3)


@given(
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)), st.timedeltas(dt.timedelta(0), dt.timedelta(999))
)
def test_a_span_holds_both_of_its_ends(first: dt.datetime, long: dt.timedelta) -> None:
    last = first + long
    span = read_claimed_time(f"{first.isoformat()}Z/{last.isoformat()}Z").span
    assert span.start == first.replace(tzinfo=dt.UTC)
    assert span.end == last.replace(tzinfo=dt.UTC)
