"""Which versions, names, bounds and spans of time does the personhood profile fix?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from zk.errors import EncodingError, UnsupportedError

PROFILE: Final = "vouchmark/1"
"""The profile's version; every artefact carries it, and another number is another profile."""

DRAFTS: Final = (
    "draft-irtf-cfrg-bbs-signatures-09",
    "draft-irtf-cfrg-bbs-blind-signatures-02",
    "draft-irtf-cfrg-bbs-per-verifier-linkability-02",
)
"""The drafts whose octets this version writes; another draft is another suite and not a silent break."""

ID_OCTETS: Final = 32
"""Octets of an issuer id and of every digest here: SHA-256."""

DEFAULT_N: Final = 4
"""Nym secrets of a credential: fewer contexts than this in an epoch stay unlinkable even to a quantum computer."""

MAX_N: Final = 16
"""Nym secrets at most: a proof grows by 32 octets with each, and no use of more is known."""

DEFAULT_SLOTS: Final = 1
"""Voices per scope and period that an issuer allows unless it says otherwise."""

MAX_SLOTS: Final = 1024
"""Slots at most: more would be no rate limit, and a ledger row is kept for each."""

LEAST_YEAR: Final = 2000
MOST_YEAR: Final = 9998
"""Years that an epoch may lie in; the year after the last must still be a date."""


class CredentialClass(StrEnum):
    """The two classes of credential, which share nothing that links them."""

    LASTING = "lasting"
    """Same nym secrets through every renewal: for scopes that count once per person for ever."""
    EPOCH = "epoch"
    """Fresh nym secrets each epoch: for rate limits."""


class Level(IntEnum):
    """How carefully the issuer checked the person, in the issuer's own terms; the only attribute there is."""

    ONE = 1
    TWO = 2
    THREE = 3


class EpochLength(StrEnum):
    """How long a credential lives. All epochs are UTC and proleptic Gregorian."""

    DAY = "day"
    """2026-11-21"""
    WEEK = "week"
    """2026-W47, ISO 8601 weeks from Monday"""
    MONTH = "month"
    """2026-11"""
    QUARTER = "quarter"
    """2026-Q4"""
    YEAR = "year"
    """2026"""

    def epoch_at(self, moment: datetime) -> str:
        """Return the epoch that contains an aware datetime, in canonical form. Raises EncodingError."""
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise EncodingError("time: expected a datetime with a time zone")
        try:
            day = moment.astimezone(UTC).date()
        except OverflowError:
            raise EncodingError(f"time: expected one of the years {LEAST_YEAR} to {MOST_YEAR}") from None
        epoch = self._format(day)
        self.epoch_bounds(epoch)  # refuses years out of range
        return epoch

    def epoch_bounds(self, epoch: str) -> tuple[datetime, datetime]:
        """Return when an epoch starts and when the next one does: start <= t < end, UTC.

        Raises EncodingError for anything but this length's one canonical form.
        """
        match = _PATTERNS[self].fullmatch(epoch) if isinstance(epoch, str) else None
        if match is None or not LEAST_YEAR <= int(match[1]) <= MOST_YEAR:
            raise EncodingError(f"epoch: expected a {self.value} such as {self._format(_SAMPLE)}, got {_shown(epoch)}")
        year, *parts = (int(part) for part in match.groups())
        try:
            start = self._start(year, parts)
        except ValueError as error:
            raise EncodingError(f"epoch: there is no {self.value} {epoch}") from error
        if self._format(start) != epoch:
            raise EncodingError(f"epoch: expected canonical form, got {_shown(epoch)}")
        return _midnight(start), _midnight(self._after(start))

    def next_epoch(self, epoch: str) -> str:
        """Return the epoch after a canonical one. Raises EncodingError."""
        return self.epoch_at(self.epoch_bounds(epoch)[1])

    def _format(self, day: date) -> str:
        match self:
            case EpochLength.DAY:
                return f"{day:%Y-%m-%d}" if day.year >= 1000 else f"{day.year:04}-{day:%m-%d}"
            case EpochLength.WEEK:
                year, week, _ = day.isocalendar()
                return f"{year:04}-W{week:02}"
            case EpochLength.MONTH:
                return f"{day.year:04}-{day.month:02}"
            case EpochLength.QUARTER:
                return f"{day.year:04}-Q{(day.month + 2) // 3}"
            case EpochLength.YEAR:
                return f"{day.year:04}"

    def _start(self, year: int, parts: list[int]) -> date:
        match self:
            case EpochLength.DAY:
                return date(year, parts[0], parts[1])
            case EpochLength.WEEK:
                return date.fromisocalendar(year, parts[0], 1)
            case EpochLength.MONTH:
                return date(year, parts[0], 1)
            case EpochLength.QUARTER:
                return date(year, 3 * parts[0] - 2, 1)
            case EpochLength.YEAR:
                return date(year, 1, 1)

    def _after(self, start: date) -> date:
        match self:
            case EpochLength.DAY:
                return start + timedelta(days=1)
            case EpochLength.WEEK:
                return start + timedelta(weeks=1)
            case EpochLength.MONTH:
                return (start + timedelta(days=31)).replace(day=1)
            case EpochLength.QUARTER:
                return (start + timedelta(days=93)).replace(day=1)
            case EpochLength.YEAR:
                return date(start.year + 1, 1, 1)


DEFAULT_EPOCH_LENGTH: Final = EpochLength.QUARTER
"""Unless an issuer says otherwise: a club can live with four renewals a year."""

_PATTERNS: Final = {
    EpochLength.DAY: re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    EpochLength.WEEK: re.compile(r"([0-9]{4})-W([0-9]{2})"),
    EpochLength.MONTH: re.compile(r"([0-9]{4})-([0-9]{2})"),
    EpochLength.QUARTER: re.compile(r"([0-9]{4})-Q([0-9])"),
    EpochLength.YEAR: re.compile(r"([0-9]{4})"),
}
_SAMPLE: Final = date(2026, 11, 21)
_SHOWN: Final = 40  # characters of a refused text that an error repeats


def is_epoch(text: str) -> bool:
    """Return whether a text is a canonical epoch of some length (each text is one of at most one length)."""
    return any(_accepts(length, text) for length in EpochLength)


def _accepts(length: EpochLength, text: str) -> bool:
    try:
        length.epoch_bounds(text)
    except EncodingError:
        return False
    return True


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _shown(text: object) -> str:
    return repr(text[:_SHOWN]) if isinstance(text, str) else type(text).__name__


def check_n(n: object) -> int:
    """Return N if it is 1 to MAX_N. Raises EncodingError."""
    return _bounded(n, "n", 1, MAX_N)


def check_slots(slots: object) -> int:
    """Return the number of slots k if it is 1 to MAX_SLOTS. Raises EncodingError."""
    return _bounded(slots, "slots", 1, MAX_SLOTS)


def check_slot(slot: object, slots: int = MAX_SLOTS) -> int:
    """Return a slot if it is 0 to slots - 1. Raises EncodingError."""
    return _bounded(slot, "slot", 0, slots - 1)


def check_level(level: object) -> Level:
    """Return a level of 1 to 3. Raises EncodingError."""
    return Level(_bounded(level, "level", Level.ONE, Level.THREE))


def check_profile(value: object) -> None:
    """Refuse what names another profile. Raises EncodingError or UnsupportedError."""
    if not isinstance(value, str):
        raise EncodingError("profile: expected text")
    if value != PROFILE:
        raise UnsupportedError(f"profile: expected {PROFILE}, got {value[:40]!r}")


def check_class(name: object) -> CredentialClass:
    """Return the credential class of that name. Raises EncodingError."""
    if isinstance(name, str) and name in CredentialClass.__members__.values():
        return CredentialClass(name)
    raise EncodingError(f"class: expected lasting or epoch, got {_shown(name)}")


def check_epoch_length(name: object) -> EpochLength:
    """Return the epoch length of that name. Raises EncodingError."""
    if isinstance(name, str) and name in EpochLength.__members__.values():
        return EpochLength(name)
    raise EncodingError(f"epoch length: expected day, week, month, quarter or year, got {_shown(name)}")


def _bounded(value: object, what: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EncodingError(f"{what}: expected an integer, got {type(value).__name__}")
    if not least <= value <= most:
        raise EncodingError(
            f"{what}: expected {least} to {most}, got {value if abs(value) < 1 << 64 else 'a larger one'}"
        )
    return int(value)
