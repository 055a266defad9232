"""How do an issuer's books lie in their file, and how are older ones brought to the present schema?

SQLite, each change in one transaction that is on the disk before it is acted on. Rows of persons and credentials are
only ever added, and lie in the order of their keys and not of their arrival.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from zk.errors import StorageError
from zk.profile.codes import CODE_ID_OCTETS, CODE_KEY_OCTETS

SCHEMA_VERSION: Final = 4
"""The schema that this version reads and writes. A newer one is refused; an older one is brought up to it."""

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another one."""

SEAL: Final = "seal"
"""The column of a row's seal (`zk.issuer.seals`); null in books of an earlier version that no passphrase opened yet."""

SEAL_OCTETS: Final = 32

BOOKS: Final = sa.MetaData()

SCHEMA: Final = sa.Table(
    "enrolment_schema", BOOKS, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
)


def _octets(name: str, length: int, *, is_key: bool = False, is_nullable: bool = False) -> sa.Column[bytes]:
    """A column of octet strings of one length."""
    check = sa.CheckConstraint(f"length({name}) = {length}")
    return sa.Column(name, sa.LargeBinary, check, primary_key=is_key, nullable=is_nullable)


def _seal() -> sa.Column[bytes]:
    """A row's seal."""
    return sa.Column(SEAL, sa.LargeBinary, sa.CheckConstraint(f"{SEAL} IS NULL OR length({SEAL}) = {SEAL_OCTETS}"))


def _published_in() -> sa.Column[int]:
    """The serial of the first publication that commits to the row; null until there is one."""
    return sa.Column("published_in", sa.BigInteger, sa.CheckConstraint("published_in > 0"))


PERSONS: Final = sa.Table(
    "lasting_person",
    BOOKS,
    _octets("tag", 32, is_key=True),
    sa.Column("generation", sa.Integer, sa.CheckConstraint("generation >= 0"), primary_key=True, autoincrement=False),
    _octets("continuity", 48),
    sa.Column("reset_at", sa.BigInteger),
    _published_in(),
    sa.CheckConstraint("(reset_at IS NULL) = (generation = 0)"),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row a person who was ever enrolled, and one more for each reset; the highest generation is the person's."""

ENROLMENTS: Final = sa.Table(
    "enrolment",
    BOOKS,
    _octets("tag", 32, is_key=True),
    sa.Column("class", sa.Text, sa.CheckConstraint("class IN ('lasting', 'epoch')"), primary_key=True),
    sa.Column("epoch", sa.Text, primary_key=True),
    sa.Column("level", sa.Integer, sa.CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
    _octets("request", 32),
    _published_in(),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row a credential; the primary key is what makes it one per person, class and epoch."""

CODES: Final = sa.Table(
    "code",
    BOOKS,
    _octets("id", CODE_ID_OCTETS, is_key=True),
    _octets("key", CODE_KEY_OCTETS),
    sa.Column("tag", sa.LargeBinary, sa.CheckConstraint("length(tag) = 32"), nullable=False, index=True),
    sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('enrol', 'renew', 'reset', 'token')"), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, sa.CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("renewable_until", sa.BigInteger),
    sa.Column("after", sa.Text),
    sa.Column("request", sa.LargeBinary, sa.CheckConstraint("request IS NULL OR length(request) = 32")),
    sa.Column("epoch", sa.Text),
    sa.Column("void", sa.Boolean, nullable=False),
    sa.CheckConstraint("epoch IS NULL OR (request IS NOT NULL AND NOT void)"),
    sa.CheckConstraint("(epoch IS NULL) = (expires_at IS NOT NULL)"),
    sa.CheckConstraint("(after IS NULL) = (kind <> 'token')"),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row a code or renewal token that may still be used, or whose request may still come again."""

LEFT: Final = sa.Table(
    "person_left",
    BOOKS,
    _octets("tag", 32, is_key=True),
    sa.Column("epoch", sa.Text, nullable=False),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row a person whose codes and tokens the issuer revoked, with the epoch in which it did; gone once invited."""

NEAR: Final = sa.Table(
    "person_near",
    BOOKS,
    _octets("skeleton", 32, is_key=True),
    _octets("tag", 32, is_key=True),
    _seal(),
    sqlite_with_rowid=False,
)
"""By what a person's identifier may be mistaken for another: keyed hashes of its loose forms."""

PUBLICATIONS: Final = sa.Table(
    "publication",
    BOOKS,
    sa.Column("serial", sa.BigInteger, sa.CheckConstraint("serial > 0"), primary_key=True, autoincrement=False),
    sa.Column("previous", sa.LargeBinary, sa.CheckConstraint("previous IS NULL OR length(previous) = 32")),
    _octets("salt", 32),
    _octets("rows", 32),
    sa.Column("persons", sa.Integer, nullable=False),
    sa.Column("credentials", sa.Integer, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row a version of issuer.json: what it commits to, how many rows that are, and whether the file was written."""

STATE: Final = sa.Table(
    "state",
    BOOKS,
    sa.Column("only", sa.Integer, sa.CheckConstraint("only = 0"), primary_key=True, autoincrement=False),
    sa.Column("is_copy", sa.Boolean, nullable=False),
    sa.Column("lost_resets", sa.BigInteger, sa.CheckConstraint("lost_resets >= 0"), nullable=False),
    sa.Column("issuer", sa.LargeBinary, sa.CheckConstraint("issuer IS NULL OR length(issuer) = 32")),
    _seal(),
    sqlite_with_rowid=False,
)
"""One row: whether these books are a backup's, how many second identities lost rows may have allowed, and whose they
are (null until the first publication after an earlier version)."""

HEAD: Final = sa.Table(
    "head",
    BOOKS,
    sa.Column("only", sa.Integer, sa.CheckConstraint("only = 0"), primary_key=True, autoincrement=False),
    sa.Column("changes", sa.BigInteger, nullable=False),
    _octets(SEAL, SEAL_OCTETS),
    sqlite_with_rowid=False,
)
"""One row: how often the books were changed, and the seal of all rows together."""

SEALED: Final = (PERSONS, ENROLMENTS, CODES, LEFT, NEAR, PUBLICATIONS, STATE)
"""The tables whose rows are sealed."""


def create(connection: sa.Connection) -> None:
    """Make empty books, whose one row is to be sealed yet."""
    BOOKS.create_all(connection, checkfirst=False)
    connection.execute(sa.insert(SCHEMA).values(version=SCHEMA_VERSION))
    connection.execute(sa.insert(STATE).values(only=0, is_copy=False, lost_resets=0))


def _from_1(connection: sa.Connection) -> None:
    """Version 1 to the present one: rows that are only added, and keys of codes.

    Version 1 kept an HMAC of each code; no key follows from it, so open codes have to be given again. Of a person it
    kept the last generation only: each earlier reset counts as one whose row was lost.
    """
    for statement in (
        "DROP TABLE code",
        "ALTER TABLE lasting_person RENAME TO lasting_person_1",
        "ALTER TABLE enrolment RENAME TO enrolment_1",
    ):
        connection.exec_driver_sql(statement)
    BOOKS.create_all(
        connection, tables=[table for table in BOOKS.sorted_tables if table is not SCHEMA], checkfirst=False
    )
    for statement in (
        "INSERT INTO lasting_person (tag, generation, continuity, reset_at) "
        "SELECT tag, generation, continuity, reset_at FROM lasting_person_1",
        "INSERT INTO enrolment (tag, class, epoch, level, request) "
        "SELECT tag, class, epoch, level, request FROM enrolment_1",
        "INSERT INTO state (only, is_copy, lost_resets) "
        "SELECT 0, 0, coalesce(sum(max(generation - 1, 0)), 0) FROM lasting_person_1",
        "DROP TABLE lasting_person_1",
        "DROP TABLE enrolment_1",
    ):
        connection.exec_driver_sql(statement)


def _from_2(connection: sa.Connection) -> None:
    """Version 2 to the present one: by which publication each row was first committed to.

    Version 2 kept no more than that one does. Raises StorageError where that leaves open which rows are the last
    finished one's.
    """
    serial = _last_of_2(connection)
    for statement in (
        "ALTER TABLE lasting_person RENAME TO lasting_person_2",
        "ALTER TABLE enrolment RENAME TO enrolment_2",
    ):
        connection.exec_driver_sql(statement)
    BOOKS.create_all(connection, tables=[PERSONS, ENROLMENTS], checkfirst=False)
    for table, names in (
        ("lasting_person", "tag, generation, continuity, reset_at"),
        ("enrolment", "tag, class, epoch, level, request"),
    ):
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({names}, published_in) "  # noqa: S608 - names of ours
            f"SELECT {names}, CASE WHEN published THEN ? END FROM {table}_2",
            (serial,),
        )
        connection.exec_driver_sql(f"DROP TABLE {table}_2")
    _from_3(connection)


def _from_3(connection: sa.Connection) -> None:
    """Version 3 to the present one: room for seals, which are set when the passphrase is there."""
    check = f"CHECK ({SEAL} IS NULL OR length({SEAL}) = {SEAL_OCTETS})"
    for table in SEALED:
        known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        if SEAL not in known:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {SEAL} BLOB {check}")
    HEAD.create(connection)


def _last_of_2(connection: sa.Connection) -> int | None:
    """Return the serial of the publication that commits to all rows which are marked so."""
    columns = PUBLICATIONS.c
    query = sa.select(columns.serial, columns.persons, columns.credentials, columns.done)
    rows = list(connection.execute(query.order_by(columns.serial.desc())))
    finished = next((row for row in rows if row.done), None)
    if not rows or rows[0] is finished:
        return rows[0].serial if rows else None
    if finished is None or (rows[0].persons, rows[0].credentials) != (finished.persons, finished.credentials):
        raise StorageError("books: a publication was not finished: run 'issuer rotate' once with version 0.2.0")
    return int(finished.serial)


_MIGRATIONS: Final[dict[int, Callable[[sa.Connection], None]]] = {1: _from_1, 2: _from_2, 3: _from_3}
"""The step that leads from each older version to the present one."""


def bring_up_to_date(connection: sa.Connection, path: Path) -> None:
    """Bring older books to the present schema. Raises StorageError for those of a version that is not known."""
    versions = list(connection.execute(sa.select(SCHEMA.c.version)).scalars())
    found = versions[0] if len(versions) == 1 else None
    if found not in (SCHEMA_VERSION, *_MIGRATIONS):
        shown = ", ".join(str(version) for version in versions) or "none"
        raise StorageError(f"{path}: expected schema {SCHEMA_VERSION}, got {shown}: use a version that knows it")
    if found != SCHEMA_VERSION:
        _MIGRATIONS[found](connection)
        connection.execute(sa.update(SCHEMA).values(version=SCHEMA_VERSION))


def engine_of(path: Path) -> sa.Engine:
    """Return an engine whose every transaction may write, is alone, and is on the disk when it ends."""
    engine = sa.create_engine(
        sa.URL.create("sqlite+pysqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling would begin late and let two writers read before either writes.
        connection.isolation_level = None
        # One file without a log beside it; a commit flushes the directory too; deleted rows are overwritten.
        for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "fullfsync = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
