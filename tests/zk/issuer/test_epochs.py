"""The issuer's clock: what it may show, and that a wrong one destroys no key that is needed."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.support.people.club import DECEMBER, JANUARY, NOVEMBER, PASSPHRASE, Club, club
from zk.errors import EncodingError, RefusedError
from zk.issuer.epochs import open_epochs, over, refuse_jump
from zk.profile.constants import EpochLength

TEN_YEARS_AHEAD = datetime(2036, 1, 5, tzinfo=UTC)
PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def secret_epochs(the_club: Club) -> list[str]:
    with the_club.open() as issuer:
        return [key.epoch for key in issuer._secrets.keys]


def test_a_clock_years_ahead_neither_rotates_nor_invites_and_changes_nothing(the_club: Club) -> None:
    before = {path.name: path.read_bytes() for path in the_club.folder.iterdir() if path.is_file()}
    with the_club.open() as issuer:
        for act in (
            lambda: issuer.rotate(PASSPHRASE, at=TEN_YEARS_AHEAD),
            lambda: issuer.rotate(PASSPHRASE, at=TEN_YEARS_AHEAD, compromised="2026-11"),
            lambda: issuer.invite(PERSON, at=TEN_YEARS_AHEAD),
        ):
            with pytest.raises(RefusedError, match=r"clock: shows 2036-01-05.*last published epoch is 2026-12"):
                act()
    assert {name: (the_club.folder / name).read_bytes() for name in before} == before


def test_one_epoch_past_the_last_published_is_a_late_secretary_and_no_jump(the_club: Club) -> None:
    the_club.rotate(JANUARY)
    assert [key.epoch for key in the_club.info.keys] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    with the_club.open() as issuer, pytest.raises(RefusedError, match="clock"):
        issuer.rotate(PASSPHRASE, at=datetime(2027, 4, 1, tzinfo=UTC))


def test_the_edge_of_a_jump_is_exact(the_club: Club) -> None:
    edge = datetime(2027, 2, 1, tzinfo=UTC)
    refuse_jump(the_club.info, edge - timedelta(microseconds=1), after_gap=False)
    with pytest.raises(RefusedError):
        refuse_jump(the_club.info, edge, after_gap=False)
    beginning = datetime(2026, 11, 1, tzinfo=UTC)
    refuse_jump(the_club.info, beginning, after_gap=False)
    with pytest.raises(RefusedError, match="before this issuer's first epoch 2026-11"):
        refuse_jump(the_club.info, beginning - timedelta(microseconds=1), after_gap=False)


def test_a_jump_that_was_told_to_be_right_destroys_no_published_key_before_the_next_epoch(the_club: Club) -> None:
    member = the_club.member(PERSON)
    with the_club.open() as issuer:
        done = issuer.rotate(PASSPHRASE, at=TEN_YEARS_AHEAD, after_gap=True)
        assert (done.added, done.destroyed) == (("2036-01", "2036-02"), ())
        # A timer repeats it with the same wrong clock.
        assert issuer.rotate(PASSPHRASE, at=TEN_YEARS_AHEAD + timedelta(days=1)).destroyed == ()
    # The clock is set right: everybody goes on as before.
    the_club.member("ID-5", NOVEMBER)
    the_club.rotate(NOVEMBER)
    the_club.rotate(DECEMBER)
    the_club.renew(member, PERSON, DECEMBER)
    assert secret_epochs(the_club) == ["2026-12", "2036-01", "2036-02", "2027-01"]


def test_after_a_true_gap_old_keys_are_destroyed_in_the_epoch_after_it(the_club: Club) -> None:
    with the_club.open() as issuer:
        issuer.rotate(PASSPHRASE, at=datetime(2027, 6, 3, tzinfo=UTC), after_gap=True)
        assert [key.epoch for key in issuer._secrets.keys] == ["2026-11", "2026-12", "2027-06", "2027-07"]
        done = issuer.rotate(PASSPHRASE, at=datetime(2027, 7, 3, tzinfo=UTC))
    assert done.destroyed == ("2026-11", "2026-12", "2027-06")


@pytest.mark.parametrize("length", list(EpochLength))
def test_published_epochs_are_over_once_the_one_before_the_present_was_published(length: EpochLength) -> None:
    first = length.epoch_at(NOVEMBER)
    epochs = [first]
    for _ in range(4):
        epochs.append(length.next_epoch(epochs[-1]))
    moments = [length.epoch_bounds(epoch)[0] for epoch in epochs]
    assert open_epochs(length, moments[1]) == (epochs[1], epochs[2])
    assert over(length, epochs[:3], moments[0]) == set()
    assert over(length, epochs[:3], moments[2]) == {epochs[0], epochs[1]}
    assert over(length, epochs[:2], moments[3]) == set()
    assert over(length, [*epochs[:2], epochs[3]], moments[4]) == {epochs[0], epochs[1], epochs[3]}


@pytest.mark.parametrize(
    "edge",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14))),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 10),
    ],
    ids=str,
)
def test_times_at_the_calendars_edges_are_errors_of_ours(the_club: Club, edge: datetime) -> None:
    member = the_club.member(PERSON)
    with the_club.open() as issuer:
        for act in (
            lambda: issuer.invite("ID-5", at=edge),
            lambda: issuer.rotate(PASSPHRASE, at=edge, after_gap=True),
            lambda: issuer.invite("ID-5", at=edge, after_gap=True),
            lambda: member.held(at=edge),
        ):
            with pytest.raises((EncodingError, RefusedError)):
                act()
