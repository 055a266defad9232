"""How an issuer stands: what is due and when, crowds, revoked persons, and books that are not its own."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.people.club import DECEMBER, NOVEMBER, Club, club
from zk.errors import EncodingError
from zk.issuer.status import status

PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def test_a_rotation_is_due_from_the_start_of_the_next_epoch(the_club: Club) -> None:
    seen = status(the_club.folder, at=NOVEMBER)
    assert (seen.is_due, seen.missing, seen.next_due) == (False, (), datetime(2026, 12, 1, tzinfo=UTC))
    assert not status(the_club.folder, at=datetime(2026, 12, 1, tzinfo=UTC) - timedelta(microseconds=1)).is_due
    due = status(the_club.folder, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert (due.is_due, due.missing) == (True, ("2027-01",))
    assert status(the_club.folder, at=datetime(2027, 1, 1, tzinfo=UTC)).missing == ("2027-01", "2027-02")
    the_club.rotate(DECEMBER)
    assert not status(the_club.folder, at=DECEMBER).is_due


def test_changed_counts_are_due_once_in_a_week(the_club: Club) -> None:
    the_club.member(PERSON)
    assert not status(the_club.folder, at=NOVEMBER).is_due
    seen = status(the_club.folder, at=NOVEMBER + timedelta(days=7))
    assert (seen.is_due, seen.is_behind) == (True, True)
    assert [count.holders for count in seen.counts] == [1, 1]
    assert seen.info.counts == ()
    the_club.rotate(NOVEMBER + timedelta(days=7))
    seen = status(the_club.folder, at=NOVEMBER + timedelta(days=15))
    assert (seen.is_due, seen.info.counts) == (False, seen.counts)
    assert seen.published_at == NOVEMBER + timedelta(days=7)


def test_codes_renewals_and_who_left_are_counted(the_club: Club) -> None:
    the_club.member(PERSON)
    the_club.invite("new")
    seen = status(the_club.folder, at=NOVEMBER)
    assert (seen.open_codes, seen.open_tokens, seen.left) == (1, 1, 0)
    with the_club.open() as issuer:
        issuer.revoke(PERSON, at=NOVEMBER)
    seen = status(the_club.folder, at=NOVEMBER)
    assert (seen.open_codes, seen.open_tokens, seen.left) == (1, 0, 1)
    the_club.rotate(NOVEMBER, "2026-11")
    assert status(the_club.folder, at=NOVEMBER).withdrawn == ("2026-11",)


def test_books_of_an_earlier_state_are_told_and_not_hidden(the_club: Club) -> None:
    kept = shutil.copy(the_club.folder / "enrolment.sqlite", the_club.home / "kept.sqlite")
    the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    assert status(the_club.folder, at=NOVEMBER).trouble == ""
    shutil.copy(kept, the_club.folder / "enrolment.sqlite")
    assert "lie behind issuer.json" in status(the_club.folder, at=NOVEMBER).trouble


def test_a_time_without_a_zone_is_an_error_of_ours(the_club: Club) -> None:
    with pytest.raises(EncodingError):
        status(the_club.folder, at=NOVEMBER.replace(tzinfo=None))
