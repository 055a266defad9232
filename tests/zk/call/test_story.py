"""Three people in one meeting: a stranger takes over, one joins twice, a month ends. Is each seen, and told apart?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.people.club import Club, club
from tests.support.people.meeting import Host, wire
from zk.call.answering import Answerer
from zk.call.asking import Asker
from zk.call.refusals import EpochOverError, SamePersonError, TakenOverError
from zk.profile.codes import CodeKind

EVENING = datetime(2026, 11, 30, 23, 40, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
RENEWAL = 300.0


@pytest.fixture
def clubhouse(tmp_path: Path) -> Club:
    made = club(tmp_path)
    made.rotate(EVENING)
    return made


def test_three_people_one_meeting(clubhouse: Club) -> None:
    host = Host.of(clubhouse)
    people = {name: clubhouse.member(name) for name in ("anna", "ben", "carl")}
    for name, wallet in people.items():
        host.seat(name, wallet)
    first = {name: host.round(name) for name in people}
    assert len({heard.pseudonym for heard in first.values()}) == 3
    assert not any(heard.again for heard in first.values())

    # Five minutes later they are the ones of before, also over a new connection.
    host.now += RENEWAL
    host.seat("carl", people["carl"])
    for name in people:
        assert host.round(name).again
        assert host.asker.voices[name] == first[name].pseudonym

    # Carl leaves, and a stranger sits down in his place: seen at the next renewal, and not before.
    host.seat("carl", clubhouse.member("stranger"))
    assert host.asker.voices["carl"] == first["carl"].pseudonym
    host.now += RENEWAL
    assert host.round("anna").again
    with pytest.raises(TakenOverError, match="another person"):
        host.round("carl")

    # Ben joins once more under another name: the stranger would have been new, Ben is not.
    host.seat("dora", people["ben"])
    with pytest.raises(SamePersonError, match="in the meeting already"):
        host.round("dora")
    assert set(host.asker.voices) == set(people)


def test_each_of_them_sees_the_same_voice_and_other_meetings_none(clubhouse: Club) -> None:
    """One person answers two peers as one voice; in another meeting they cannot be recognised."""
    host = Host.of(clubhouse)
    ben = clubhouse.member("ben")
    host.seat("ben", ben)
    to_host = host.round("ben")
    anna = Asker(host.meeting, clubhouse.info)
    near, far = wire("anna", "ben")
    answer = Answerer(ben, far, lambda _: True).answer(anna.ask("ben", near, now=0, at=host.at), at=host.at)
    assert anna.hear("ben", answer, now=1, at=host.at).pseudonym == to_host.pseudonym
    elsewhere = Host.of(clubhouse)
    elsewhere.seat("ben", ben)
    assert elsewhere.round("ben").pseudonym != to_host.pseudonym


def test_the_month_ends_in_between(clubhouse: Club) -> None:
    host, ben = Host.of(clubhouse), clubhouse.member("ben")
    host.seat("ben", ben)
    host.at = EVENING
    before = host.round("ben")
    waiting = host.ask("ben")

    host.at = MIDNIGHT
    host.now += 1
    with pytest.raises(EpochOverError) as asked:
        host.ask("ben")
    with pytest.raises(EpochOverError) as answered:
        host.answerers["ben"].answer(waiting, at=MIDNIGHT)
    late = host.answerers["ben"].answer(waiting, at=EVENING)  # by a clock that is behind
    with pytest.raises(EpochOverError) as heard:
        host.hear("ben", late)
    for error in (asked, answered, heard):
        assert "2026-11: is over" in str(error.value)
        assert "open a new meeting" in error.value.hint
        assert "nobody is suspect" in error.value.hint

    # In a new meeting, after he renewed, Ben is a new pseudonym: neither a stranger nor taken over.
    clubhouse.renew(ben, "ben", MIDNIGHT)
    after = Host.of(clubhouse)
    after.at = MIDNIGHT
    after.meeting = type(host.meeting).open(clubhouse.info.id, "2026-12")
    after.asker = Asker(after.meeting, clubhouse.info)
    after.seat("ben", ben)
    challenge = after.ask("ben")
    again = after.hear("ben", after.answerers["ben"].answer(challenge, at=MIDNIGHT))
    assert again.pseudonym != before.pseudonym
    assert not again.again


def test_a_renewal_in_advance_changes_nothing_in_the_running_meeting(clubhouse: Club) -> None:
    host, ben = Host.of(clubhouse), clubhouse.member("ben")
    host.seat("ben", ben)
    host.at = EVENING
    first = host.round("ben")
    ahead = ben.renew(clubhouse.invite("ben", CodeKind.RENEW, EVENING), at=EVENING)
    ben.accept(clubhouse.approve(ahead, EVENING), newer=clubhouse.info)
    assert host.round("ben").pseudonym == first.pseudonym
