"""What instant, or what span of time, does a written date mean?

Dates in media come in ISO 8601, in RFC 3339 and in EXIF's own form, with and without an offset. One without an offset
may mean any place on Earth, so it is kept as the span of all of them: nobody may be accused over a missing time zone.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from provenance.errors import ProvenanceError

EAST: Final = dt.timedelta(hours=14)
"""The clock that is furthest ahead of UTC (Kiribati)."""
WEST: Final = dt.timedelta(hours=12)
"""The clock that is furthest behind UTC (Baker Island)."""
MAX_TEXT: Final = 64
"""Characters of a written time; the longest real ones have about 35."""

_EXIF_DATE: Final = re.compile(r"(\d{4}):(\d{2}):(\d{2})(?=$|[ T])")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,12})?)?) ?([Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)


class TimeTextError(ProvenanceError, ValueError):
    """A written time that means none."""

    hint = "write a time as 2026-05-01 or 2026-05-01T12:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first to the last instant that a written time may mean, both aware and in UTC."""

    start: dt.datetime
    end: dt.datetime
    zoned: bool
    """Whether it says its time zone; where not, the span holds every zone."""
    is_day: bool = False
    """Whether only a day, a month or a year is written."""

    def gap(self, other: Span) -> dt.timedelta:
        """How far the two lie apart at least: zero where they may mean the same, positive where this one is later."""
        if self.start > other.end:
            return self.start - other.end
        return self.end - other.start if self.end < other.start else dt.timedelta()


def read_time(text: str) -> Span:
    """What a written time means: `2026-05-01T12:00:00+02:00`, `2026:05:01 12:00:00`, `2026-05-01`, `2026-05`, `2026`.

    Raises:
        TimeTextError: it is none, or lies outside the years that a clock can count.
    """
    words = text.strip()
    if len(words) > MAX_TEXT or not words.isascii():
        raise TimeTextError("got no time, expected one such as 2026-05-01T12:00:00Z or 2026-05-01")
    words = _EXIF_DATE.sub(r"\1-\2-\3", words, count=1)
    try:
        if _DATE.fullmatch(words):
            start = dt.datetime.combine(dt.date.fromisoformat(words), dt.time(), tzinfo=dt.UTC)
            return _open(start, start + dt.timedelta(days=1), is_day=True)
        if month := _MONTH.fullmatch(words):
            year, number = int(month[1]), int(month[2] or 1)
            start = dt.datetime(year, number, 1, tzinfo=dt.UTC)
            after = dt.datetime(
                year + (number == 12 or not month[2]), number % 12 + 1 if month[2] else 1, 1, tzinfo=dt.UTC
            )
            return _open(start, after, is_day=True)
        match = _MOMENT.fullmatch(words)
        if match is None:
            raise TimeTextError(f"got {words[:40]!r}, expected a time such as 2026-05-01T12:00:00Z or 2026-05-01")
        day, clock, zone = match.groups()
        # A leap second is a time that clocks show, and none that can be kept here (RFC 3339, section 5.7).
        clock = re.sub(r"(:[25]9):60", r"\1:59", clock)
        moment = dt.datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}")
        if zone is None:
            moment = moment.replace(tzinfo=dt.UTC)
            return _open(moment, moment + dt.timedelta(microseconds=1), is_day=False)
        aware = (moment.replace(tzinfo=dt.UTC) - _offset(zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, TimeTextError):
            raise
        raise TimeTextError(f"got {words[:40]!r}, expected a time that a clock can show") from error
    return Span(start=aware, end=aware, zoned=True)


def _offset(zone: str) -> dt.timedelta:
    """Raises TimeTextError."""
    if zone in "Zz":
        return dt.timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    found = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if found > EAST or int(digits[2:]) > 59:
        raise TimeTextError(f"got the offset {zone}, expected at most 14 hours")
    return -found if zone[0] == "-" else found


def _open(start: dt.datetime, after: dt.datetime, *, is_day: bool) -> Span:
    """A time that leaves its zone open: every zone is meant. `after` is the first moment that is not meant any more."""
    end = after - dt.timedelta(microseconds=1)
    return Span(start=start - EAST, end=end + WEST, zoned=False, is_day=is_day)


def span_of(moment: dt.datetime) -> Span:
    """The span of a clock's time: one instant where it is aware, every zone where it is naive."""
    if moment.tzinfo is not None:
        aware = moment.astimezone(dt.UTC)
        return Span(start=aware, end=aware, zoned=True)
    bare = moment.replace(tzinfo=dt.UTC)
    try:
        return Span(start=bare - EAST, end=bare + WEST, zoned=False)
    except OverflowError:
        return Span(start=bare, end=bare, zoned=False)


def rounded(gap: dt.timedelta) -> tuple[int, str]:
    """How long that is in a round unit: 40, `seconds`; 3, `hours`; 2, `days`; 3, `years`."""
    seconds = abs(gap.total_seconds())
    for size, name in ((31_557_600, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        # Two of a unit at least, so that the rounding stays small beside what is said.
        if seconds >= 2 * size:
            return int(seconds // size), f"{name}s"
    return int(seconds), "second" if int(seconds) == 1 else "seconds"
