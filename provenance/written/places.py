"""Where on Earth is a written coordinate, and how far are two places apart?

EXIF and XMP write degrees in many ways (`39,21.102N`, rationals, decimals with a letter beside them). What leaves open
which half of the Earth is meant is no place; nothing is guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from provenance.errors import ProvenanceError

MEAN_RADIUS: Final = 6_371.0088
"""Kilometres: the mean radius R1 of the WGS 84 ellipsoid (IUGG; Moritz, Geodetic Reference System 1980)."""
HALF_AROUND: Final = 20_016.0
"""Kilometres half around that sphere, rounded up: no two places are further apart."""
MAX_TEXT: Final = 128
"""Characters of a written coordinate; three rationals of ten digits each way have fewer."""

_NUMBER: Final = r"\d{1,12}(?:\.\d{1,15})?(?:/\d{1,12}(?:\.\d{1,15})?)?"
_PARTS: Final = re.compile(
    rf"({_NUMBER})(?:[°ºd,; ]+(?:deg)?[,; ]*({_NUMBER})(?:['′m,; ]+({_NUMBER}))?)?[°º'′\"″ ]*", re.ASCII
)
_SIGNED: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?", re.ASCII)
_HALVES: Final = {"N": 1, "NORTH": 1, "S": -1, "SOUTH": -1, "E": 1, "EAST": 1, "W": -1, "WEST": -1}
LATITUDE: Final = ("N", "S")
LONGITUDE: Final = ("E", "W")


class PlaceError(ProvenanceError, ValueError):
    """A written place that is none on Earth."""

    hint = "write a place as 59.3293,18.0686 in decimal degrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point on Earth, in degrees of WGS 84."""

    latitude: float
    """North positive, -90 to 90."""
    longitude: float
    """East positive, -180 to 180."""

    @property
    def text(self) -> str:
        """`59.32930,18.06860`: five places are about a metre."""
        return f"{self.latitude:.5f},{self.longitude:.5f}"


def place_of(latitude: float, longitude: float) -> Place:
    """A place from degrees.

    Raises:
        PlaceError: not on Earth, or no number.
    """
    for value, limit, name in ((latitude, 90.0, "latitude"), (longitude, 180.0, "longitude")):
        if not math.isfinite(value) or abs(value) > limit:
            raise PlaceError(f"got {name} {value}, expected {-limit:.0f} to {limit:.0f}")
    return Place(latitude=latitude + 0.0, longitude=longitude + 0.0)


def distance_km(one: Place, other: Place) -> float:
    """Kilometres along the great circle, by the haversine formula on the mean sphere (Sinnott, 1984).

    The Earth is flatter than that sphere: the result errs by 0.6 % at most.
    """
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    step = math.sin((south - north) / 2) ** 2
    across = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    chord = step + math.cos(north) * math.cos(south) * across
    return 2 * MEAN_RADIUS * math.asin(math.sqrt(min(1.0, chord)))


def distance_words(kilometres: float) -> str:
    """How far that is, in round words: `80 m`, `1.2 km`, `340 km`."""
    if kilometres < 1:
        return f"{round(kilometres * 1000):d} m"
    return f"{kilometres:.1f} km" if kilometres < 10 else f"{round(kilometres):d} km"


def read_degrees(value: object, half: object, *, ends: tuple[str, str]) -> float:
    """Degrees from whatever form a writer chose; north and east positive.

    Args:
        value: text (`39,21.102N`, `39 deg 21' 6.12" N`, `39/1,21/1,612/100`, `-74.44`), a number, or a list of one to
            three of them (degrees, minutes, seconds), each a number, a text or a pair of numerator and denominator.
        half: the letter or word that stands beside it (`GPSLatitudeRef`), None where none does.
        ends: LATITUDE or LONGITUDE.

    Raises:
        PlaceError: it is none of these, or does not say which half of the Earth is meant.
    """
    sign = _sign(half, ends) if half is not None else None
    if isinstance(value, bool) or value is None:
        raise PlaceError("got no degrees")
    if isinstance(value, int | float):
        return _signed(_finite(value), sign)
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if isinstance(value, list | tuple):
        return _sum([_ratio(part) for part in value[:4]], sign)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise PlaceError("got no degrees")
    text = value.strip()
    if _SIGNED.fullmatch(text):
        return _signed(float(text), sign)
    words = text.upper()
    for name in sorted(_HALVES, key=len, reverse=True):
        if words.endswith(name) or (words.startswith(name) and len(name) == 1):
            own = _sign(name, ends)
            if sign is not None and sign != own:
                raise PlaceError("got two halves of the Earth for one place")
            cut = text[: -len(name)] if words.endswith(name) else text[len(name) :]
            return _sum(_parts(cut.strip(" ,;")), own)
    return _sum(_parts(text), sign)


def _sign(half: object, ends: tuple[str, str]) -> int:
    """1 or -1. Raises PlaceError."""
    name = half.strip(" \0").upper() if isinstance(half, str) else ""
    if name not in _HALVES or name[0] not in ends:
        raise PlaceError(f"got no half of the Earth, expected {ends[0]} or {ends[1]}")
    return _HALVES[name]


def _finite(value: float) -> float:
    """Raises PlaceError."""
    try:
        number = float(value)
    except OverflowError as error:
        raise PlaceError("got a number that is too large") from error
    if not math.isfinite(number):
        raise PlaceError("got a number that is none")
    return number


def _signed(value: float, sign: int | None) -> float:
    """One decimal number: a letter beside it counts, and then it has no sign of its own. Raises PlaceError."""
    if sign is None:
        return value
    if value < 0:
        if sign > 0:
            raise PlaceError("got a negative number and the other half of the Earth")
        return value
    return sign * value


def _parts(text: str) -> list[float]:
    """Raises PlaceError."""
    found = _PARTS.fullmatch(text)
    if found is None:
        raise PlaceError("got no degrees")
    return [_ratio(part) for part in found.groups() if part is not None]


def _ratio(part: object) -> float:
    """A number, a text of one, or a numerator with its denominator. Raises PlaceError."""
    if isinstance(part, list | tuple) and len(part) == 2:
        top, bottom = (_ratio(one) if not isinstance(one, list | tuple) else math.nan for one in part)
    elif isinstance(part, str) and re.fullmatch(_NUMBER, part.strip(), re.ASCII):
        above, _, below = part.strip().partition("/")
        top, bottom = float(above), float(below or 1)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        top, bottom = _finite(part), 1.0
    else:
        raise PlaceError("got no degrees")
    if not bottom or not math.isfinite(top) or not math.isfinite(bottom):
        raise PlaceError("got a fraction that is no number")
    return top / bottom


def _sum(parts: list[float], sign: int | None) -> float:
    """Degrees, minutes and seconds. Raises PlaceError."""
    if sign is None:
        raise PlaceError("got degrees without the half of the Earth that is meant")
    if not 1 <= len(parts) <= 3 or parts[0] < 0 or any(not 0 <= part < 60 for part in parts[1:]):
        raise PlaceError("got no degrees, minutes and seconds")
    return sign * math.fsum(part / 60**power for power, part in enumerate(parts))
