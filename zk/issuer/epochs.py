"""Which epochs may be issued now, may the clock be believed, and whose secret keys are no longer needed?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from zk.errors import ClockJumpError
from zk.profile.constants import EpochLength
from zk.profile.issuer_info import IssuerInfo

RENEWABLE_DAYS: Final = 365
"""Days for which a check of a person may stand for renewals."""


def open_epochs(length: EpochLength, at: datetime) -> tuple[str, str]:
    """Return the epochs that may be issued: this one, and the next one ahead."""
    now = length.epoch_at(at)
    return now, length.next_epoch(now)


def refuse_jump(info: IssuerInfo, at: datetime, *, after_gap: bool) -> None:
    """Refuse a clock that no issuer's routine explains, unless somebody says that it is right (`after_gap`).

    Keys are published an epoch ahead. A clock that shows a time more than one epoch past the last published one, or
    before the first, is more likely wrong than the issuer asleep. Raises ClockJumpError, or EncodingError for a time
    that lies in no epoch.
    """
    length, now = info.epoch_length, info.epoch_length.epoch_at(at)
    # Canonical epochs of one length sort as the times do.
    published = sorted({key.epoch for key in info.keys})
    if after_gap or not published:
        return
    if now > length.next_epoch(published[-1]):
        raise ClockJumpError(
            f"clock: shows {at:%Y-%m-%d}, epoch {now}, and the last published epoch is {published[-1]}: "
            "more than one epoch later"
        )
    if now < published[0]:
        raise ClockJumpError(
            f"clock: shows {at:%Y-%m-%d}, epoch {now}, before this issuer's first epoch {published[0]}"
        )


def over(length: EpochLength, published: Iterable[str], at: datetime) -> set[str]:
    """Return the published epochs that are over, so that their secret keys can be destroyed.

    Where the epoch before the present one is not among them, the clock was just seen to jump, and may be wrong: then
    nothing is over until the next epoch has begun.
    """
    now = length.epoch_at(at)
    past = {epoch for epoch in published if epoch < now}
    return past if any(length.next_epoch(epoch) == now for epoch in past) else set()


def renewable_until(checked: datetime) -> int:
    """Return until when a person who was checked now may renew without being checked again, seconds since 1970.

    At most a year, down to the beginning of a month (UTC): it stays in the books, and tells of the invitation no more
    than that.
    """
    in_a_year = checked.astimezone(UTC) + timedelta(days=RENEWABLE_DAYS)
    return int(in_a_year.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp())
