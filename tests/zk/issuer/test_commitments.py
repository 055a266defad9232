"""The issuer's books and what issuer.json commits to: earlier states, missing rows and killed writers."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.people.club import (
    DECEMBER,
    NOVEMBER,
    PASSPHRASE,
    Club,
    as_of_version_1,
    as_of_version_2,
    club,
    keyed_books,
    reseal,
)
from tests.support.people.dying import killed_at
from zk.errors import ForeignRowError, RefusedError, RolledBackError, StorageError, UntrustedError, ZkError
from zk.issuer import publishing
from zk.issuer.commitments import Publication
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.issuer import Issuer
from zk.issuer.secrets import IssuerSecrets, SecretKey
from zk.profile.codes import CodeKind
from zk.profile.constants import EpochLength
from zk.storage.vault import Vault

PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def sql(the_club: Club, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        found = connection.execute(statement).fetchall()
        connection.commit()
        return found


# What it is


def test_each_version_commits_to_the_books_and_to_the_version_before(the_club: Club) -> None:
    the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    the_club.rotate(DECEMBER)
    found = sql(the_club, "SELECT serial, previous, salt, rows, persons, credentials, done FROM publication")
    chain = [
        Publication(
            issuer=the_club.info.id, serial=n, previous=previous, salt=salt, rows=rows, persons=people, credentials=held
        )
        for n, previous, salt, rows, people, held, _ in found
    ]
    assert [(one.serial, one.persons, one.credentials) for one in chain] == [(1, 0, 0), (2, 1, 2), (3, 1, 2)]
    assert [one.previous for one in chain] == [None, chain[0].commitment, chain[1].commitment]
    assert the_club.info.books == chain[-1].commitment
    assert chain[1].rows == chain[2].rows
    assert len({one.salt for one in chain} | {one.commitment for one in chain}) == 6
    assert all(row[-1] for row in found)


def test_the_commitment_tells_nobody_without_the_salt(the_club: Club) -> None:
    """Two issuers with equal (empty) books commit to different octets."""
    guessed = Publication(issuer=the_club.info.id, serial=1, previous=None, salt=bytes(32), rows=b"", persons=0,
                          credentials=0)  # fmt: skip
    assert the_club.info.books not in (guessed.commitment, None)


def test_a_later_version_that_commits_no_more_is_refused_by_readers(the_club: Club) -> None:
    before = the_club.info
    the_club.rotate(DECEMBER)
    as_of_version_1(the_club)
    with pytest.raises(UntrustedError, match="commits to its books no more"):
        the_club.info.supersedes(before)


# Earlier states


def test_books_that_were_put_back_alone_are_refused_by_every_act(the_club: Club) -> None:
    kept = the_club.home / "kept.sqlite"
    shutil.copy(the_club.folder / "enrolment.sqlite", kept)
    the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    shutil.copy(kept, the_club.folder / "enrolment.sqlite")
    with pytest.raises(RolledBackError, match=r"lie behind issuer.json \(serial 2, they know 1\)"):
        the_club.open()


def test_an_issuer_json_that_was_put_back_alone_is_refused(the_club: Club) -> None:
    kept = (the_club.folder / "issuer.json").read_bytes()
    the_club.rotate(DECEMBER)
    (the_club.folder / "issuer.json").write_bytes(kept)
    with pytest.raises(RolledBackError, match="has serial 1, and one with serial 2 was published"):
        the_club.open()


def test_books_of_another_branch_are_refused(the_club: Club) -> None:
    """Two copies of one issuer that both went on: each has serial 2, and neither is the other's."""
    other = Club(the_club.home / "other", the_club.model)
    shutil.copytree(the_club.folder, other.folder)
    for branch, person in ((the_club, "ann"), (other, "bob")):
        branch.member(person)
        branch.rotate(NOVEMBER)
    shutil.copy(other.folder / "enrolment.sqlite", the_club.folder / "enrolment.sqlite")
    with pytest.raises(RolledBackError, match=r"not those to which issuer\.json commits"):
        the_club.open()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM enrolment",
        "DELETE FROM lasting_person",
        "DELETE FROM enrolment WHERE class = 'epoch'",
        "UPDATE enrolment SET level = 3",
        "UPDATE enrolment SET epoch = '2026-10'",
        "UPDATE lasting_person SET continuity = zeroblob(48)",
        "UPDATE lasting_person SET published_in = NULL",
        "UPDATE lasting_person SET generation = 1, reset_at = 5",
        "DELETE FROM publication",
        "UPDATE publication SET rows = zeroblob(32)",
        "UPDATE publication SET salt = zeroblob(32)",
        "INSERT INTO enrolment VALUES (zeroblob(32), 'lasting', '2026-11', 1, zeroblob(32), 1, NULL)",
    ],
)
def test_a_row_that_is_missing_changed_or_slipped_in_is_seen_on_opening(the_club: Club, statement: str) -> None:
    the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    sql(the_club, statement)
    reseal(the_club)
    with pytest.raises(RolledBackError) as caught:
        the_club.open()
    assert not isinstance(caught.value, ForeignRowError)


def begun(the_club: Club) -> None:
    """What whoever can seal rows can make agree: a publication that was begun, of the rows as they are."""
    reseal(the_club)
    books = keyed_books(the_club)
    books.publish(the_club.info.id, the_club.info.serial + 1, at=1)
    books.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM enrolment WHERE tag IN (SELECT tag FROM enrolment LIMIT 1)",
        "DELETE FROM lasting_person WHERE tag IN (SELECT tag FROM lasting_person LIMIT 1)",
        "UPDATE enrolment SET level = 3",
        "UPDATE lasting_person SET published_in = NULL",
        "UPDATE lasting_person SET published_in = 3",
        "UPDATE lasting_person SET published_in = 1, continuity = zeroblob(48)",
        "INSERT INTO lasting_person VALUES (zeroblob(32), 0, zeroblob(48), NULL, 2, NULL)",
    ],
)
def test_a_publication_begun_over_changed_rows_hides_nothing(the_club: Club, statement: str) -> None:
    """Without the identity key nobody signs an issuer.json, but whoever has the other passphrase can begin one."""
    the_club.member("ann")
    the_club.member("bob")
    the_club.rotate(NOVEMBER)
    assert the_club.info.serial == 2
    sql(the_club, statement)
    begun(the_club)
    with pytest.raises(RolledBackError, match="missing or changed"):
        the_club.open()
    with pytest.raises(RolledBackError, match="missing or changed"):
        the_club.rotate(NOVEMBER)


def test_rows_of_a_publication_that_was_begun_may_be_finished_and_are_then_certain(the_club: Club) -> None:
    the_club.member("ann")
    the_club.rotate(NOVEMBER)
    the_club.member("bob")
    begun(the_club)
    the_club.open().close()
    the_club.rotate(NOVEMBER)
    assert (the_club.info.serial, {count.holders for count in the_club.info.counts}) == (4, {2})
    sql(the_club, "DELETE FROM lasting_person WHERE published_in = 3")  # bob's
    begun(the_club)
    with pytest.raises(RolledBackError, match="missing or changed"):
        the_club.open()


def test_rows_that_vanish_under_an_open_issuer_shrink_no_count_and_allow_no_second_identity(the_club: Club) -> None:
    the_club.member(PERSON)
    with the_club.open() as issuer:
        issuer.rotate(PASSPHRASE, at=NOVEMBER)
        published = the_club.info
        sql(the_club, "DELETE FROM enrolment")
        sql(the_club, "DELETE FROM lasting_person")
        for act in (
            lambda: issuer.rotate(PASSPHRASE, at=NOVEMBER),
            lambda: issuer.rotate(PASSPHRASE, at=DECEMBER),
            lambda: issuer.invite(PERSON, at=NOVEMBER),
        ):
            with pytest.raises(RolledBackError, match="taken out"):
                act()
    assert the_club.info == published


def test_what_came_after_a_publication_is_no_change_of_it(the_club: Club) -> None:
    member = the_club.member("ann")
    the_club.rotate(NOVEMBER)
    the_club.member("bob")
    the_club.open().close()
    the_club.rotate(DECEMBER)
    lost = the_club.wallet("lost")
    code = the_club.invite("ann", CodeKind.RESET, DECEMBER)
    lost.accept(the_club.approve(lost.request(the_club.info, code, at=DECEMBER), DECEMBER))
    the_club.open().close()  # a reset adds a row, and changes none
    assert the_club.info.resets == 0
    the_club.rotate(DECEMBER)
    assert the_club.info.resets == 1
    with pytest.raises(RefusedError, match=r"nym secrets"):
        the_club.renew(member, "ann", DECEMBER)


def test_an_issuer_of_the_first_version_goes_on_and_commits_from_its_next_rotation(the_club: Club) -> None:
    member = the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    as_of_version_1(the_club)
    assert the_club.info.books is None
    with pytest.raises(RefusedError, match="enrolled already"):
        the_club.invite(PERSON)
    the_club.rotate(NOVEMBER)
    assert (the_club.info.books is not None, the_club.info.serial) == (True, 3)
    the_club.rotate(DECEMBER)
    the_club.renew(member, PERSON, DECEMBER)


def test_books_of_version_2_keep_what_is_committed_to(the_club: Club) -> None:
    member = the_club.member("ann")
    the_club.rotate(NOVEMBER)
    the_club.member("bob")
    as_of_version_2(the_club)
    the_club.open().close()
    assert sorted(sql(the_club, "SELECT published_in FROM lasting_person"), key=str) == [(2,), (None,)]
    the_club.rotate(DECEMBER)
    the_club.renew(member, "ann", DECEMBER)
    assert {count.holders for count in the_club.info.counts} == {2}


@pytest.mark.parametrize("statement", ["DELETE FROM enrolment", "UPDATE lasting_person SET published = 0"])
def test_books_turned_into_those_of_version_2_hide_nothing(the_club: Club, statement: str) -> None:
    the_club.member("ann")
    the_club.rotate(NOVEMBER)
    as_of_version_2(the_club)  # with a vault of then
    sql(the_club, statement)
    with pytest.raises(RolledBackError, match="missing or changed"):
        the_club.open()


def test_an_unfinished_publication_of_version_2_is_taken_up_where_nothing_was_added(the_club: Club) -> None:
    the_club.member("ann")
    the_club.rotate(NOVEMBER)
    begun(the_club)
    as_of_version_2(the_club)
    the_club.rotate(NOVEMBER)
    the_club.member("bob")
    begun(the_club)
    as_of_version_2(the_club)
    before = sql(the_club, "SELECT * FROM lasting_person")
    with pytest.raises(StorageError, match=r"not finished: run 'issuer rotate' once with version 0\.2\.0"):
        the_club.open()
    assert sql(the_club, "SELECT * FROM lasting_person") == before


# Killed


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (Vault, "write", 0),
        (EnrolmentBooks, "publish", 0),
        (publishing, "write_private", 0),
        (EnrolmentBooks, "published", 0),
        (Vault, "write", 1),
        (EnrolmentBooks, "forget_codes", 0),
    ],
)
def test_a_rotation_killed_at_each_write_is_finished_and_nothing_is_published_twice(
    the_club: Club, owner: object, name: str, after: int
) -> None:
    member = the_club.member(PERSON)
    before = the_club.info
    assert killed_at(owner, name, lambda: the_club.rotate(DECEMBER), after=after)
    between = the_club.info  # what readers may have taken by now
    the_club.rotate(DECEMBER)
    info = the_club.info
    assert [key.epoch for key in info.keys] == ["2026-11", "2026-12", "2027-01"]
    for seen in (before, between):
        assert info.supersedes(seen) or info == seen
    the_club.renew(member, PERSON, DECEMBER)
    with the_club.open() as issuer:
        assert [key.epoch for key in issuer._secrets.keys] == ["2026-12", "2027-01"]


def test_enrolments_between_a_killed_rotation_and_the_next_are_all_counted(the_club: Club) -> None:
    the_club.member("ann")
    assert killed_at(publishing, "write_private", lambda: the_club.rotate(DECEMBER))
    the_club.member("bob")
    the_club.rotate(NOVEMBER)
    assert {count.holders for count in the_club.info.counts} == {2}
    the_club.open().close()


# Limits


def blocked(path: Path, *_: object, **__: object) -> None:
    """A disk on which issuer.json cannot be replaced."""
    raise StorageError(f"{path}: cannot write: Operation not permitted")


def test_an_issuer_json_that_cannot_be_replaced_for_weeks_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_club = club(tmp_path, epoch_length=EpochLength.DAY)
    first = the_club.info
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "write_private", blocked)
        for day in range(1, 41):
            with pytest.raises(ZkError):
                the_club.rotate(NOVEMBER + timedelta(days=day), after_gap=True)
    later = NOVEMBER + timedelta(days=41)
    with the_club.open() as issuer:
        assert len(issuer._secrets.keys) <= 4
        done = issuer.rotate(PASSPHRASE, at=later, after_gap=True)
        assert done.added == ("2026-12-21", "2026-12-22")
    assert the_club.info.supersedes(first)
    the_club.member(PERSON, later)


def test_secrets_that_could_not_be_read_again_are_not_written(the_club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    with the_club.open() as issuer:
        own = issuer._secrets
        many = own.with_keys(tuple(SecretKey.draw("2026-11", issuer.info.suite) for _ in range(17)))
        with pytest.raises(RefusedError, match="17 secret keys"):
            issuer._store(many)
        assert IssuerSecrets.decode(issuer._vault.read()) == own


def test_a_list_of_keys_that_is_full_is_told_before_anything_is_written(
    the_club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in the_club.folder.iterdir() if path.is_file()}
    monkeypatch.setattr(publishing, "MAX_KEYS", 2)
    with the_club.open() as issuer, pytest.raises(RefusedError, match="has published 2 keys"):
        issuer.rotate(PASSPHRASE, at=DECEMBER)
    assert {name: (the_club.folder / name).read_bytes() for name in before} == before


def test_another_process_that_publishes_just_now_is_no_earlier_state(the_club: Club) -> None:
    def opened_between(act: Callable[[], object]) -> None:
        before = the_club.info
        act()
        # A reader that had read issuer.json before the act, and the books after it.
        vault = Vault.open(the_club.folder / "secrets.vault", "issuer-secrets", PASSPHRASE)
        with Issuer(the_club.folder, before, vault, EnrolmentBooks.open(the_club.folder / "enrolment.sqlite")) as late:
            assert late.info == the_club.info

    opened_between(lambda: the_club.rotate(DECEMBER))
