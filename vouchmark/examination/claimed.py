"""What does somebody say about where and when something was taken, so that it can be compared?

The words of a caption or a message, as the reader types them: a place with a radius, a day, an instant or a span. What
is no place on Earth or no time is refused; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Final

from provenance.written.places import HALF_AROUND, Place, PlaceError, place_of
from provenance.written.times import Span, TimeTextError, read_time
from vouchmark.errors import VouchmarkError

DEFAULT_RADIUS: Final = 1.0
"""Kilometres: satellite positions in a city err by up to some hundred metres, and a place is named by one point of it;
a kilometre still tells one quarter of a town from another."""
MAX_TEXT: Final = 128
"""Characters of what is claimed."""

_NUMBER: Final = re.compile(r"[+-]?\d{1,5}(?:\.\d{1,15})?", re.ASCII)


class ClaimedError(VouchmarkError, ValueError):
    """What is claimed is no place or no time."""

    hint = "a place is 59.3293,18.0686,2 (LAT,LON or LAT,LON,KM), a time 2026-05-01 or START/END"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPlace:
    """Where something is said to have been taken."""

    place: Place
    radius: float
    """Kilometres within which a statement agrees."""

    @property
    def text(self) -> str:
        """As it stands among a report's inputs."""
        return f"{self.place.text},{self.radius:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedTime:
    """When something is said to have been taken."""

    span: Span
    text: str
    """As it stands among a report's inputs: without spaces around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Everything that is said; at least one of the three."""

    place: ClaimedPlace | None = None
    time: ClaimedTime | None = None
    ai: bool | None = None
    """Whether it is said to have been made or edited with AI."""


def claimed(place: str | None, time: str | None, ai: bool | None = None) -> Claimed | None:
    """What is said, from its words; None where nothing is.

    Raises:
        ClaimedError: one of them is no place or no time.
    """
    if place is None and time is None and ai is None:
        return None
    return Claimed(
        ai=ai,
        place=None if place is None else read_claimed_place(place),
        time=None if time is None else read_claimed_time(time),
    )


def read_claimed_place(text: str) -> ClaimedPlace:
    """`LAT,LON` or `LAT,LON,KM`: decimal degrees, north and east positive, and a radius.

    Raises:
        ClaimedError: it is none, or lies not on Earth.
    """
    parts = [part.strip() for part in text.split(",")] if len(text) <= MAX_TEXT else []
    if len(parts) not in (2, 3) or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ClaimedError(
            f"got {text[:40]!r}, expected LAT,LON or LAT,LON,KM in decimal degrees, as in 59.3293,18.0686"
        )
    north, east, *rest = (float(part) for part in parts)
    radius = rest[0] if rest else DEFAULT_RADIUS
    if not math.isfinite(radius) or not 0 < radius <= HALF_AROUND:
        raise ClaimedError(f"got a radius of {radius:g} km, expected more than 0 and at most {HALF_AROUND:.0f}")
    try:
        return ClaimedPlace(place=place_of(north, east), radius=radius)
    except PlaceError as error:
        raise ClaimedError(str(error)) from error


def read_claimed_time(text: str) -> ClaimedTime:
    """An instant, a day, a month or a year in ISO 8601, or two of them with a slash between.

    What names no time zone counts in every one.

    Raises:
        ClaimedError: it is none, or ends before it begins.
    """
    parts = text.strip().split("/") if len(text) <= MAX_TEXT else []
    if len(parts) not in (1, 2):
        raise ClaimedError(
            f"got {text[:40]!r}, expected a time such as 2026-05-01 or 2026-05-01T12:00:00Z, or START/END"
        )
    try:
        spans = [read_time(part) for part in parts]
    except TimeTextError as error:
        raise ClaimedError(str(error)) from error
    first, last = spans[0], spans[-1]
    if last.end < first.start or (len(spans) == 2 and _bare(last) < _bare(first)):
        raise ClaimedError(f"got {text[:60]!r}, which ends before it begins")
    span = Span(
        start=first.start,
        end=last.end,
        zoned=first.zoned and last.zoned,
        is_day=first.is_day or last.is_day,
    )
    return ClaimedTime(span=span, text="/".join(part.strip() for part in parts))


def _bare(span: Span) -> dt.datetime:
    """The middle of what is meant: the order of two times that leave their zone open alike."""
    return span.start + (span.end - span.start) / 2
