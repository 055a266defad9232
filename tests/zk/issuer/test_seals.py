"""Seals of the books: whoever can write to the file, and has not the passphrase, changes nothing unnoticed."""

import random
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.people.club import (
    DECEMBER,
    NOVEMBER,
    PASSPHRASE,
    Club,
    as_of_version_2,
    as_of_version_3,
    club,
    keyed_books,
    never_sealed,
)
from tests.support.people.dying import killed_at
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError, ForeignRowError, RefusedError, RolledBackError, StorageError
from zk.issuer import seals
from zk.issuer.books_schema import SEALED
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.issuer import Issuer
from zk.issuer.recovery import back_up, recover
from zk.issuer.seals import SealKeys
from zk.issuer.secrets import IssuerSecrets
from zk.issuer.status import status
from zk.profile.codes import Code, CodeKind
from zk.storage.vault import Vault

TABLES = {
    "lasting_person": ("tag", "generation"),
    "enrolment": ("tag", "class", "epoch"),
    "code": ("id",),
    "person_left": ("tag",),
    "person_near": ("skeleton", "tag"),
    "publication": ("serial",),
    "state": ("only",),
}
"""Every sealed table with its key."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Club:
    """A club whose books have several rows in every table, some that no publication commits to."""
    the_club = club(tmp_path_factory.mktemp("busy"))
    for person in ("ann", "bob"):
        the_club.member(person)
    the_club.rotate(NOVEMBER)
    the_club.member("cem")
    for person in ("dora", "ed"):
        the_club.invite(person)
    with the_club.open() as issuer:
        issuer.revoke("ann", at=NOVEMBER)
        issuer.revoke("ed", at=NOVEMBER)
    return the_club


@pytest.fixture(scope="module")
def before(busy: Club) -> bytes:
    return books(busy).read_bytes()


@pytest.fixture
def the_club(busy: Club, before: bytes) -> Iterator[Club]:
    books(busy).write_bytes(before)
    yield busy
    books(busy).write_bytes(before)


def books(the_club: Club) -> Path:
    return the_club.folder / "enrolment.sqlite"


def sql(the_club: Club, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(books(the_club))) as connection:
        found = connection.execute(statement, parameters).fetchall()
        connection.commit()
        return found


def columns(the_club: Club, table: str) -> list[str]:
    return [str(row[1]) for row in sql(the_club, f"PRAGMA table_info({table})")]


def is_noticed(the_club: Club) -> bool:
    try:
        the_club.open().close()
    except ForeignRowError:
        return True
    except StorageError as error:
        return str(error) == "books: of another issuer"  # the one word of theirs on whose they are
    return False


def rows(the_club: Club, table: str) -> list[tuple[object, ...]]:
    names = ", ".join(f'"{key}"' for key in TABLES[table])
    return sql(the_club, f"SELECT {names} FROM {table}")


def here(table: str) -> str:
    return " AND ".join(f'"{key}" IS ?' for key in TABLES[table])


# Every row of every table


def test_every_table_that_holds_anything_is_sealed_and_tried_here(the_club: Club) -> None:
    assert {table.name for table in SEALED} == set(TABLES)
    found = {str(row[0]) for row in sql(the_club, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert found == {*TABLES, "head", "enrolment_schema"}
    assert all(len(rows(the_club, table)) > 1 for table in TABLES if table != "state")
    assert not is_noticed(the_club)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_that_is_taken_out_is_noticed(the_club: Club, before: bytes, table: str) -> None:
    for key in rows(the_club, table):
        books(the_club).write_bytes(before)
        sql(the_club, f"DELETE FROM {table} WHERE {here(table)}", *key)
        assert is_noticed(the_club), key


CHANGES: dict[str, Callable[[object], object]] = {
    "number": lambda value: value + 1 if isinstance(value, int) else 1,
    "fraction": lambda value: value + 0.5 if isinstance(value, int) else value,
    "octet": lambda value: bytes([value[0] ^ 1]) + value[1:] if isinstance(value, bytes) else value,
    "text for octets": lambda value: "x" * len(value) if isinstance(value, bytes) else value,
    "text": lambda value: value + "0" if isinstance(value, str) else value,
    "none": lambda _: None,
    "zero": lambda _: 0,
}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_row_that_is_changed_is_noticed(the_club: Club, before: bytes, table: str) -> None:
    tried = 0
    for key in rows(the_club, table):
        for column in columns(the_club, table):
            was = sql(the_club, f'SELECT "{column}" FROM {table} WHERE {here(table)}', *key)[0][0]
            for name, change in CHANGES.items():
                if type(change(was)) is type(was) and change(was) == was:
                    continue
                with closing(sqlite3.connect(books(the_club))) as connection:
                    connection.execute("PRAGMA ignore_check_constraints = ON")  # whoever writes keeps no rules
                    try:
                        connection.execute(
                            f'UPDATE {table} SET "{column}" = ? WHERE {here(table)}', (change(was), *key)
                        )
                    except sqlite3.IntegrityError:  # not null, or the key of another row
                        continue
                    connection.commit()
                tried += 1
                assert is_noticed(the_club), (column, name)
                books(the_club).write_bytes(before)
    assert tried >= 5


@pytest.mark.parametrize("table", [table for table in TABLES if table != "state"])
def test_every_column_that_is_swapped_between_two_rows_is_noticed(the_club: Club, before: bytes, table: str) -> None:
    one, other = rows(the_club, table)[:2]
    tried = 0
    for column in [name for name in columns(the_club, table) if name not in TABLES[table]]:
        with closing(sqlite3.connect(books(the_club))) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            values = [
                connection.execute(f'SELECT "{column}" FROM {table} WHERE {here(table)}', key).fetchone()[0]
                for key in (one, other)
            ]
            if values[0] == values[1]:
                continue
            for value, key in zip(reversed(values), (one, other), strict=True):
                connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE {here(table)}', (value, *key))
            connection.commit()
        tried += 1
        assert is_noticed(the_club), column
        books(the_club).write_bytes(before)
    assert tried >= 1  # the seal at least


@pytest.mark.parametrize("table", TABLES)
def test_every_row_that_is_copied_from_an_older_copy_is_noticed(the_club: Club, table: str) -> None:
    """Each of those rows has a good seal."""
    older = the_club.home / "older.sqlite"
    shutil.copy(books(the_club), older)
    with the_club.open() as issuer:  # something in every table goes, comes or changes
        issuer.revoke("cem", at=NOVEMBER)
        issuer.invite("ann", at=NOVEMBER, kind=CodeKind.RENEW)
        issuer.revoke("dora", at=NOVEMBER)
    books_now = keyed_books(the_club)
    with books_now._writing("change") as pen:
        for one in SEALED:
            if one.name in ("lasting_person", "enrolment"):
                pen.update(one, {"published_in": 7}, one.c.published_in.is_(None))
            elif one.name == "publication":
                pen.update(one, {"at": 1})
            elif one.name == "person_near":
                pen.delete(one, one.c.tag == sql(the_club, "SELECT min(tag) FROM person_near")[0][0])
            elif one.name == "state":
                pen.update(one, {"lost_resets": 1})
    books_now.close()
    now, tried = books(the_club).read_bytes(), 0
    with closing(sqlite3.connect(older)) as connection:
        past = connection.execute(f"SELECT * FROM {table}").fetchall()
    present = set(sql(the_club, f"SELECT * FROM {table}"))
    for row in past:
        if row not in present:
            sql(the_club, f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
            tried += 1
            assert is_noticed(the_club), row
            books(the_club).write_bytes(now)
    assert tried >= 1


def test_the_head_of_an_older_copy_is_noticed_and_so_is_none(the_club: Club) -> None:
    older = sql(the_club, "SELECT * FROM head")[0]
    the_club.invite("fay")
    sql(the_club, "INSERT OR REPLACE INTO head VALUES (?, ?, ?)", *older)
    assert is_noticed(the_club)
    sql(the_club, "DELETE FROM head")
    assert is_noticed(the_club)
    sql(the_club, "INSERT INTO head VALUES (0, 99, randomblob(32))")
    assert is_noticed(the_club)


def test_a_code_that_was_put_in_enrols_nobody(the_club: Club) -> None:
    """The way in that there was: a code of one's own, with somebody's row for a model."""
    code = Code.draw(CodeKind.ENROL, 0)
    sql(
        the_club,
        "INSERT INTO code SELECT ?, ?, ?, kind, 0, 3, expires_at, renewable_until, after, NULL, NULL, 0, seal "
        "FROM code WHERE kind = 'enrol' AND epoch IS NULL LIMIT 1",
        code.id,
        code.public_key,
        secrets.token_bytes(32),
    )
    assert is_noticed(the_club)


# While somebody has them open


def test_what_is_written_beside_an_open_issuer_is_noticed_before_its_next_act(the_club: Club) -> None:
    request = the_club.wallet("late").request(the_club.info, the_club.invite("gus"), at=NOVEMBER)
    with the_club.open() as issuer:
        issuer.near("gus")
        sql(the_club, "UPDATE code SET level = 3")
        for act in (
            lambda: issuer.approve(request, at=NOVEMBER),
            lambda: issuer.review(request, at=NOVEMBER),
            lambda: issuer.invite("hal", at=NOVEMBER),
            lambda: issuer.revoke("bob", at=NOVEMBER),
            lambda: issuer.rotate(PASSPHRASE, at=NOVEMBER),
        ):
            with pytest.raises(ForeignRowError):
                act()
    with pytest.raises(ForeignRowError):
        back_up(the_club.folder, the_club.home / "never", PASSPHRASE)


def test_two_who_have_the_passphrase_write_in_turn(the_club: Club) -> None:
    with the_club.open() as one, the_club.open() as other:
        for n in range(3):
            one.invite(f"one-{n}", at=NOVEMBER)
            other.invite(f"other-{n}", at=NOVEMBER)
    assert not is_noticed(the_club)


def test_books_are_read_through_once_and_not_at_every_act(the_club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    read, calls = seals._read, []
    monkeypatch.setattr(seals, "_read", lambda *given: calls.append(1) or read(*given))
    with the_club.open() as issuer:
        for n in range(5):
            issuer.invite(f"person-{n}", at=NOVEMBER)
        assert len(calls) == 1
        sql(the_club, "UPDATE enrolment_schema SET version = version")  # somebody writes
        issuer.invite("last", at=NOVEMBER)
        assert len(calls) == 2


def test_whoever_has_no_passphrase_reads_the_books_and_writes_nothing(the_club: Club) -> None:
    opened = EnrolmentBooks.open(books(the_club))
    assert opened.counts()
    for act in (lambda: opened.revoke(bytes(32), "2026-11"), opened.mark_as_copy, lambda: opened.published(2)):
        with pytest.raises(StorageError, match="opened without the passphrase"):
            act()
    opened.close()
    assert not is_noticed(the_club)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), acts=st.integers(1, 12))
def test_any_row_of_changes_keeps_the_seals_and_any_row_put_back_breaks_them(
    the_club: Club, before: bytes, seed: int, acts: int
) -> None:
    books(the_club).write_bytes(before)
    chance, states = random.Random(seed), [before]
    with the_club.open() as issuer:
        for _ in range(acts):
            person = chance.choice(("dora", "ed", "fay", "gus"))
            if chance.random() < 0.6:
                issuer.invite(person, at=NOVEMBER)
            else:
                try:
                    issuer.revoke(person, at=NOVEMBER)
                except RefusedError:  # nobody of that name yet
                    continue
            states.append(books(the_club).read_bytes())
    assert not is_noticed(the_club)
    older = the_club.home / "random.sqlite"
    older.write_bytes(chance.choice(states))
    table = chance.choice(("code", "person_left", "person_near"))
    present = set(sql(the_club, f"SELECT * FROM {table}"))
    with closing(sqlite3.connect(older)) as connection:
        past = [row for row in connection.execute(f"SELECT * FROM {table}") if row not in present]
    for row in past:
        sql(the_club, f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    assert is_noticed(the_club) == bool(past)


# Keys


def test_an_issuers_keys_are_its_own_and_stay_the_same() -> None:
    own = IssuerSecrets.draw(bytes(32), reset_days=365, keys=())
    again = IssuerSecrets.decode(own.encode())
    assert own.seal_keys == again.seal_keys == own.with_keys(()).seal_keys
    assert own.seal_keys.row != own.seal_keys.head
    assert "row=" not in repr(own.seal_keys)
    others = [
        SealKeys.derive(bytes(31) + b"\x01", own.pepper + own.entropy_key),
        SealKeys.derive(bytes(32), own.pepper + bytes(32)),
        IssuerSecrets.draw(bytes(32), reset_days=365, keys=()).seal_keys,
    ]
    assert len({key for keys in (own.seal_keys, *others) for key in (keys.row, keys.head)}) == 8


def test_a_row_of_one_table_is_none_of_another(the_club: Club) -> None:
    """Equal values in a table of another name have another seal."""
    keys = SealKeys.derive(bytes(32), b"secret")
    names = {table.name: table for table in SEALED}
    values = {"tag": bytes(32), "epoch": "2026-11", "skeleton": bytes(32)}
    assert keys.of_row(names["person_left"], values) != keys.of_row(names["person_near"], values)


# Copies and recoveries


def test_a_copy_is_sealed_and_its_mark_cannot_be_taken_off(the_club: Club, tmp_path: Path) -> None:
    copy = back_up(the_club.folder, tmp_path / "copy", PASSPHRASE)
    with pytest.raises(RolledBackError, match="a backup's"):
        Issuer.open(copy, PASSPHRASE)
    with closing(sqlite3.connect(copy / "enrolment.sqlite")) as connection:
        connection.execute("UPDATE state SET is_copy = 0")
        connection.commit()
    with pytest.raises(ForeignRowError):
        Issuer.open(copy, PASSPHRASE)


@pytest.fixture
def own_club(tmp_path: Path) -> Club:
    """One that a test may recover."""
    the_club = club(tmp_path)
    for person in ("ann", "bob"):
        the_club.member(person)
    the_club.rotate(NOVEMBER)
    return the_club


def recovered(the_club: Club) -> object:
    return recover(the_club.folder, PASSPHRASE, published=the_club.info, at=NOVEMBER)


def test_a_recovery_takes_out_what_does_not_hold_and_counts_whom_that_may_be(own_club: Club) -> None:
    the_club = own_club
    ann = sql(the_club, "SELECT tag FROM lasting_person ORDER BY tag LIMIT 1")[0][0]
    sql(the_club, "UPDATE lasting_person SET continuity = zeroblob(48) WHERE tag = ?", ann)
    sql(the_club, "UPDATE enrolment SET level = 2 WHERE tag = ?", ann)
    sql(the_club, "UPDATE state SET lost_resets = 0, is_copy = 0, seal = NULL")
    sql(the_club, "INSERT INTO person_left VALUES (randomblob(32), '2026-11', randomblob(32))")
    assert is_noticed(the_club)
    done = recovered(the_club)
    assert (done.lost, done.info.resets) == (1, 1)  # type: ignore[attr-defined]
    assert sql(the_club, "SELECT count(*) FROM lasting_person WHERE tag = ?", ann) == [(0,)]
    assert sql(the_club, "SELECT (SELECT count(*) FROM lasting_person), (SELECT count(*) FROM enrolment)") == [(1, 2)]
    assert sql(the_club, "SELECT count(*) FROM person_left") == [(0,)]
    assert not is_noticed(the_club)
    the_club.rotate(DECEMBER)
    assert the_club.info.resets == 1


def test_rows_that_are_missing_are_lost_in_a_recovery_and_not_forgotten(own_club: Club) -> None:
    the_club = own_club
    the_club.member("cem")
    for table in ("enrolment", "lasting_person"):
        sql(the_club, f"DELETE FROM {table} WHERE published_in IS NOT NULL")
    sql(the_club, "DELETE FROM publication")
    done = recovered(the_club)
    # cem was enrolled later, and stands for neither of the two who were counted.
    assert (done.lost, done.info.resets) == (2, 2)  # type: ignore[attr-defined]
    assert not is_noticed(the_club)


@pytest.mark.parametrize(("name", "after"), [("draft", 0), ("mend", 0), ("take_up", 0)])
def test_a_recovery_that_is_killed_leaves_books_that_nothing_but_a_recovery_takes_up(
    own_club: Club, name: str, after: int
) -> None:
    the_club = own_club
    sql(the_club, "DELETE FROM code")
    sql(the_club, "UPDATE enrolment SET level = 3 WHERE published_in IS NULL OR class = 'epoch'")
    assert killed_at(EnrolmentBooks, name, lambda: recovered(the_club), after=after)
    with pytest.raises(RolledBackError):
        the_club.open()
    recovered(the_club)
    assert not is_noticed(the_club)
    assert {count.holders for count in the_club.info.counts} == {2}


def test_a_recovery_of_books_that_hold_takes_nothing_out(own_club: Club) -> None:
    the_club = own_club
    kept = sql(the_club, "SELECT count(*) FROM lasting_person"), sql(the_club, "SELECT count(*) FROM enrolment")
    recovered(the_club)
    assert kept == (
        sql(the_club, "SELECT count(*) FROM lasting_person"),
        sql(the_club, "SELECT count(*) FROM enrolment"),
    )


# Earlier versions


def test_books_of_a_version_without_seals_are_sealed_once_when_the_passphrase_is_there(own_club: Club) -> None:
    the_club = own_club
    as_of_version_3(the_club)
    status(the_club.folder, at=NOVEMBER)  # brings the tables up to date, without the passphrase
    assert sql(the_club, "SELECT count(*) FROM lasting_person WHERE seal IS NOT NULL") == [(0,)]
    member = the_club.member("cem")
    assert not is_noticed(the_club)
    assert IssuerSecrets.decode(the_club.vault.read()).sealed
    the_club.rotate(DECEMBER)
    the_club.renew(member, "cem", DECEMBER)
    sql(the_club, "UPDATE code SET level = 3")
    assert is_noticed(the_club)


@pytest.mark.parametrize("earlier", [as_of_version_2, as_of_version_3])
def test_books_made_into_those_of_a_version_without_seals_are_refused(
    own_club: Club, earlier: Callable[..., None]
) -> None:
    the_club = own_club
    earlier(the_club, vault_too=False)
    sql(the_club, "UPDATE code SET level = 3")
    assert is_noticed(the_club)
    with pytest.raises(ForeignRowError):
        back_up(the_club.folder, the_club.home / "never", PASSPHRASE)


@pytest.mark.parametrize(("owner", "name"), [(EnrolmentBooks, "unlock"), (Vault, "write")])
def test_a_first_sealing_that_is_killed_is_finished_by_the_next_one(own_club: Club, owner: object, name: str) -> None:
    the_club = own_club
    as_of_version_3(the_club)
    assert killed_at(owner, name, lambda: the_club.open().close())
    the_club.member("cem")
    assert not is_noticed(the_club)


def test_rows_changed_between_a_killed_first_sealing_and_the_next_are_noticed(own_club: Club) -> None:
    the_club = own_club
    as_of_version_3(the_club)
    assert killed_at(Vault, "write", lambda: the_club.open().close())
    sql(the_club, "UPDATE code SET level = 3")
    assert is_noticed(the_club)


def test_a_vault_that_says_of_seals_anything_but_that_they_are_there_is_none(own_club: Club) -> None:
    never_sealed(own_club)
    assert b"sealed" not in own_club.vault.read()
    own_club.open().close()  # the books are sealed already: they are held to it
    assert b"sealed" in own_club.vault.read()
    members = dcbor_decode(own_club.vault.read(), max_size=1 << 20)
    for other in (False, 1, None):
        with pytest.raises(EncodingError, match="expected that the books are sealed"):
            IssuerSecrets.decode(dcbor_encode({**members, "sealed": other}))  # type: ignore[dict-item]
