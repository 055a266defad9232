"""Does every written time mean what it says, and nothing that it leaves open?"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.written.times import EAST, WEST, Span, TimeTextError, read_time, rounded, span_of

UTC = dt.UTC
AWARE = st.datetimes(
    min_value=dt.datetime(2, 1, 1), max_value=dt.datetime(9998, 12, 30), timezones=st.just(UTC)
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T12:00:00Z", dt.datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01t12:00:00z", dt.datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01 12:00:00+02:00", dt.datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("2026-05-01T12:00:00-0530", dt.datetime(2026, 5, 1, 17, 30, tzinfo=UTC)),
        ("2026:05:01 12:00:00+01:00", dt.datetime(2026, 5, 1, 11, tzinfo=UTC)),
        ("2026-05-01T12:00Z", dt.datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", dt.datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2017-01-01T05:29:60.5+05:30", dt.datetime(2016, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)),
        ("2024-05-27T08:40:39.569856Z", dt.datetime(2024, 5, 27, 8, 40, 39, 569856, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_is_an_instant(text: str, moment: dt.datetime) -> None:
    assert read_time(text) == Span(start=moment, end=moment, zoned=True)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026:05:01 12:00:00", dt.datetime(2026, 5, 1, 12), dt.datetime(2026, 5, 1, 12)),
        ("2026-05-01T12:00:00", dt.datetime(2026, 5, 1, 12), dt.datetime(2026, 5, 1, 12)),
        ("2026-05-01", dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 2)),
        ("2026:05:01", dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 2)),
        ("2026-12", dt.datetime(2026, 12, 1), dt.datetime(2027, 1, 1)),
        ("2026", dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)),
    ],
)
def test_a_time_without_a_zone_may_mean_every_one(text: str, first: dt.datetime, last: dt.datetime) -> None:
    found = read_time(text)
    assert not found.zoned
    assert found.start == first.replace(tzinfo=UTC) - EAST
    assert found.end - (last.replace(tzinfo=UTC) + WEST) <= dt.timedelta()
    assert (last.replace(tzinfo=UTC) + WEST) - found.end <= dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-02-30", "2026-13", "2026-05-01T25:00:00Z", "2026-05-01T12:00:60Z", "20260501", "0000-01-01",
        "2026-05-01T12:00:00+15:00", "2026-05-01T12:00:00+02:60", "0001-01-01", "9999-12-31", "9999", "-2026-05-01",
        "2026-05-01T12:00:00Z extra", "٢٠٢٦-٠٥-٠١", "2026-05-01T12", "1e9", "nan", "2026/05/01", "0000:00:00 00:00:00",
        "2026-05-01T12:00:00." + "9" * 60 + "Z",
    ],
)  # fmt: skip
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(TimeTextError, match=r"^got "):
        read_time(text)


@given(st.text(max_size=80))
def test_never_raises_anything_else(text: str) -> None:
    try:
        found = read_time(text)
    except TimeTextError:
        return
    assert found.start <= found.end
    assert found.start.tzinfo is not None


@given(AWARE, st.integers(-14 * 60, 14 * 60))
def test_reads_back_what_a_clock_of_any_zone_writes(moment: dt.datetime, minutes: int) -> None:
    local = moment.astimezone(dt.timezone(dt.timedelta(minutes=minutes)))
    assert read_time(local.isoformat()).start == moment


@given(AWARE, st.integers(-12 * 60, 14 * 60))
def test_the_span_of_a_bare_time_holds_the_true_one_whatever_the_zone(moment: dt.datetime, minutes: int) -> None:
    bare = moment.astimezone(dt.timezone(dt.timedelta(minutes=minutes))).replace(tzinfo=None)
    for span in (read_time(bare.isoformat()), span_of(bare)):
        assert span.start <= moment <= span.end


@given(AWARE, AWARE)
def test_a_gap_is_as_far_one_way_as_the_other(one: dt.datetime, other: dt.datetime) -> None:
    here, there = span_of(one), span_of(other)
    assert here.gap(there) == -there.gap(here) == one - other


def test_spans_that_may_mean_the_same_have_no_gap() -> None:
    assert not read_time("2026-05-01").gap(read_time("2026-05-01T23:00:00-08:00"))
    assert read_time("2026-05-03T12:00:00Z").gap(read_time("2026-05-01")) == dt.timedelta(days=1, microseconds=1)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (dt.timedelta(seconds=1), "1 second"),
        (dt.timedelta(seconds=119), "119 seconds"),
        (dt.timedelta(minutes=2), "2 minutes"),
        (dt.timedelta(hours=-3), "3 hours"),
        (dt.timedelta(days=2), "2 days"),
        (dt.timedelta(days=729), "729 days"),
        (dt.timedelta(days=1096), "3 years"),
        (dt.timedelta(), "0 seconds"),
    ],
)
def test_says_gaps_in_round_words(gap: dt.timedelta, words: str) -> None:
    number, unit = rounded(gap)
    assert f"{number} {unit}" == words
