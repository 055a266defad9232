"""The reader's clock and the ledger's: where they differ nothing is judged, recorded or said to be checked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.people.world import CAFE, CLUB, Person, Presented, in_epoch, person, presented
from tests.zk.verifier.test_verifier import live
from zk.errors import ClockError, EncodingError
from zk.profile.personhood import Vouch
from zk.storage import database
from zk.storage.ledger import NullifierLedger, open_ledger
from zk.verifier.reader import CLOCK_TOLERANCE
from zk.verifier.verifier import AT_TOLERANCE, MAX_GRACE, verify, verify_many
from zk.verifier.voices import Code, Voice, people

_REAL = database.clock


@pytest.fixture
def skewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[NullifierLedger, list[int]]]:
    """A ledger whose clock is off by so many seconds, which a test sets."""
    off = [0]

    def clock(dialect: str) -> sa.ColumnElement[int]:
        return _REAL(dialect) + off[0]

    monkeypatch.setattr(database, "clock", clock)
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened, off
    database.insert_nullifiers.cache_clear()


def check(somebody: Person, vouch: Vouch, ledger: NullifierLedger, at: datetime | None = None) -> Voice:
    return verify(
        vouch.encode(),
        bindings=[vouch.presentation.binding],
        issuers=[somebody.issuer.info],
        scopes=[CAFE],
        at=at or datetime.now(UTC),
        ledger=ledger,
    )


def rows(ledger: NullifierLedger) -> int:
    with ledger._engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(database.NULLIFIERS)).scalar_one())


@pytest.mark.parametrize("off", [-90_000, -7200, -3500, -660, 660, 3500, 3700, 7200, 90_000])
def test_a_ledger_whose_clock_is_off_ends_it_and_both_times_are_named(
    skewed: tuple[NullifierLedger, list[int]], off: int
) -> None:
    ledger, by = skewed
    by[0] = off
    database.insert_nullifiers.cache_clear()
    somebody, epoch = live()
    vouch = somebody.vouch(epoch=epoch)
    with pytest.raises(ClockError) as caught:
        check(somebody, vouch, ledger)
    now = datetime.now(UTC)
    for shown in (now, now + timedelta(seconds=off)):
        assert any(f"{shown - timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}" in str(caught.value) for s in range(-1, 5))
    assert "more than 10 minutes apart" in str(caught.value)
    assert rows(ledger) == 0


@pytest.mark.parametrize("off", [-540, 0, 540])
def test_minutes_are_left_to_clocks_and_a_second_use_is_still_found(
    skewed: tuple[NullifierLedger, list[int]], off: int
) -> None:
    ledger, by = skewed
    by[0] = off
    database.insert_nullifiers.cache_clear()
    somebody, epoch = live()
    first, second = somebody.vouch(epoch=epoch), somebody.vouch(epoch=epoch, statement="something else")
    voice = check(somebody, first, ledger)
    assert (voice.code, voice.uniqueness_checked) == (Code.VOICE_NEW, True)
    refused = verify_many(
        [presented(second)], issuers=[somebody.issuer.info], scopes=[CAFE], at=datetime.now(UTC), ledger=ledger
    )
    assert [one.code for one in refused] == [Code.DUPLICATE]


def test_a_ledger_that_is_only_read_must_show_our_time_too(
    skewed: tuple[NullifierLedger, list[int]], tmp_path: Path
) -> None:
    _, by = skewed
    by[0] = 7200
    somebody, epoch = live()
    with open_ledger(tmp_path / "ledger.db", read_only=True) as reading, pytest.raises(ClockError):
        check(somebody, somebody.vouch(epoch=epoch), reading)


def test_a_time_that_was_asked_for_is_no_matter_of_clocks_and_says_that_nothing_was_checked(
    skewed: tuple[NullifierLedger, list[int]],
) -> None:
    ledger, by = skewed
    by[0] = 7200
    somebody = person(CLUB)
    voice = check(somebody, somebody.vouch(epoch="2026-10"), ledger, at=in_epoch("2026-10"))
    assert (voice.code, voice.uniqueness_checked) == (Code.VOICE_UNRECORDED, False)
    assert not people([voice]).uniqueness_checked
    assert rows(ledger) == 0


def test_the_bounds_are_those_that_are_written_down() -> None:
    assert timedelta(minutes=10) == CLOCK_TOLERANCE < AT_TOLERANCE


@pytest.mark.parametrize(
    "edge",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
    ids=str,
)
def test_times_that_no_calendar_of_ours_has_in_utc_are_errors_of_ours(edge: datetime) -> None:
    somebody = person(CLUB)
    vouch = somebody.vouch(epoch="2026-11")
    with pytest.raises(EncodingError, match="years"):
        verify_many([presented(vouch)], issuers=[CLUB.info], scopes=[CAFE], at=edge)
    stamped = Presented(vouch=vouch.encode(), bindings=[vouch.presentation.binding], time_stamp=edge)
    with pytest.raises(EncodingError, match="years"):
        verify_many([stamped], issuers=[CLUB.info], scopes=[CAFE], at=in_epoch("2026-11"))


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)], ids=str)
def test_the_calendars_first_and_last_moment_are_times_like_others(
    skewed: tuple[NullifierLedger, list[int]], at: datetime
) -> None:
    ledger, _ = skewed
    somebody = person(CLUB)
    [refusal] = verify_many(
        [presented(somebody.vouch())], issuers=[CLUB.info], scopes=[CAFE], at=at, ledger=ledger, grace=MAX_GRACE
    )
    assert refusal.code is Code.EPOCH_CLOSED
