"""How is a ledger's database opened, kept private, made durable and brought to the present schema?

Imported only once a ledger is opened: SQLAlchemy takes a quarter of a second to load.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from zk.errors import StorageError, UnsupportedError
from zk.storage import system

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

SCHEMA_VERSION: Final = 1
"""The schema that this version reads and writes. Never lowered, never reused."""

BUSY_TIMEOUT_SECONDS: Final = 30.0
"""How long a writer waits for the others: 64 writers with batches of 1,000 at 20,000 a second need about 4 s."""

CONNECT_TIMEOUT_SECONDS: Final = 10
"""How long a PostgreSQL server may take to answer at all."""

WAL_ATTEMPTS: Final = 100
"""Tries to switch a new file to WAL: SQLite does not always wait there while another process opens it."""

WAL_POLL_SECONDS: Final = 0.01
"""Between two of them; where SQLite does wait, the time for a busy file is the bound on all together."""

CHECKPOINT_PAGES: Final = 4000
"""Pages (16 MiB) that the log grows to before it is copied into the file: random keys touch the same pages again."""

PRIVATE_MODE: Final = 0o600
"""A ledger shows who spoke where, by pseudonym: its owner alone reads and writes it."""

SQLITE_MINIMUM: Final = (3, 35, 0)
"""The first SQLite with RETURNING, on which the verdict of the unique constraint is read."""

POSTGRES_LOCK: Final = 0x766F7563686D6172
"""Advisory lock ("vouchmar") that lets one process at a time create or migrate the tables."""

METADATA: Final = sa.MetaData()

SCHEMA: Final = sa.Table(
    "vouchmark_ledger_schema",
    METADATA,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)
"""One row: the version of the tables below."""

CONTEXTS: Final = sa.Table(
    "vouchmark_ledger_context",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("issuer", sa.LargeBinary(32), nullable=False),
    sa.Column("class", sa.Text, nullable=False),
    sa.Column("context", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("issuer", "class", "context", name="vouchmark_ledger_context_once"),
)
"""The first three parts of a key, written once and numbered: rows get 3 times smaller, writes twice as fast."""

NULLIFIERS: Final = sa.Table(
    "vouchmark_ledger_nullifier",
    METADATA,
    # No foreign key: rows are never deleted, and PostgreSQL would lock one hot context row for every voice in it.
    sa.Column("context_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
    sa.Column("pseudonym", sa.LargeBinary(48), nullable=False),
    sa.Column("content", sa.LargeBinary(32), nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("context_id", "pseudonym", name="vouchmark_ledger_nullifier_once"),
    sqlite_with_rowid=False,
)
"""One row a voice. The primary key decides races; `recorded_at` is the database's clock, seconds since 1970, UTC."""


def _create_first_tables(connection: sa.Connection) -> None:
    """Version 0 (nothing there) to 1."""
    METADATA.create_all(connection, checkfirst=False)


MIGRATIONS: Final[list[Callable[[sa.Connection], None]]] = [_create_first_tables]
"""Step i leads from version i to i + 1. Append only: a released step never changes."""


def parse_location(location: str | os.PathLike[str]) -> sa.URL:
    """Return the database URL for a path of a SQLite file, a `sqlite:///` or a `postgresql://` URL.

    Raises `UnsupportedError` for another database, `StorageError` for a URL that cannot be read or a ledger in memory.
    """
    text = os.fspath(location)
    if not text or text == ":memory:":
        raise StorageError("a ledger is a plain file or a database: expected the name of one")
    if "://" not in text:
        return sa.URL.create("sqlite+pysqlite", database=text)
    try:
        url = sa.make_url(text)
        backend = url.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise StorageError(
            "ledger location is not a path or a URL: expected sqlite:///FILE or postgresql://…"
        ) from None
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
            raise StorageError("a SQLite ledger is a plain file: expected sqlite:///FILE without options")
        return url.set(drivername="sqlite+pysqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise UnsupportedError(f"ledger database {backend!r} is not supported: expected sqlite or postgresql")


def describe(url: sa.URL) -> str:
    """Return a name for messages and reports: kind and file, or host and database; no user, password or options."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:{url.database}"
    return f"postgresql://{url.host or 'local'}/{url.database or ''}"


def failure(url: sa.URL, doing: str, error: Exception) -> StorageError:
    """Return the error to raise where the database said no: its first line, without statement and parameters."""
    origin = getattr(error, "orig", None) or error
    lines = str(origin).strip().splitlines()
    reason = lines[0][:200] if lines else type(origin).__name__
    if url.password:
        reason = reason.replace(str(url.password), "…")
    return StorageError(f"ledger {describe(url)}: cannot {doing}: {reason}")


def _make_private_file(path: Path) -> None:
    """Create the SQLite file for its owner alone; refuse one open to others, or that is not a plain file."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | system.CLOEXEC | system.NONBLOCK, PRIVATE_MODE)
    except OSError as error:
        raise StorageError(f"ledger sqlite:{path}: cannot open: {error.strerror}") from None
    try:
        _check_private(path, os.fstat(descriptor))
    finally:
        os.close(descriptor)


def _check_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(f"ledger sqlite:{path}: not a regular file")
    if system.open_to_others(status):
        mode = stat.S_IMODE(status.st_mode)
        raise StorageError(f"ledger sqlite:{path}: open to others (mode {mode:o}), expected 600: chmod 600 it")


def _sqlite_engine(url: sa.URL, *, read_only: bool) -> sa.Engine:
    if sqlite3.sqlite_version_info < SQLITE_MINIMUM:
        raise UnsupportedError(f"SQLite {sqlite3.sqlite_version} is too old: expected 3.35 or newer")
    path = Path(url.database or "")
    if read_only:
        try:
            _check_private(path, path.stat())
        except OSError as error:
            raise StorageError(f"ledger sqlite:{path}: cannot open: {error.strerror}") from None
    else:
        _make_private_file(path)
        _refuse_foreign(path, url)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling would begin late and let two writers read before either writes.
        connection.isolation_level = None
        if read_only:
            connection.execute("PRAGMA query_only = ON")
            return
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")  # the log is on the disk before `consume` returns
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone stops in the drive's cache

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads_only = read_only or connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def _refuse_foreign(path: Path, url: sa.URL) -> None:
    """Refuse a database that holds something else, before anything in it is changed; an empty file may become a ledger.

    A SQLite ledger is a file of its own: tables put into another program's would be that one's trouble.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master LIMIT 1000")}
    except sqlite3.Error as error:
        raise failure(url, "open", error) from None
    if names and SCHEMA.name not in names:
        raise StorageError(f"ledger {describe(url)}: holds something else, expected a ledger or a new file")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    for _ in range(WAL_ATTEMPTS):
        try:
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            if mode != "wal":
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode == "wal":
                return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        if time.monotonic() > deadline:
            break
        time.sleep(WAL_POLL_SECONDS)
    raise sqlite3.OperationalError(
        "cannot switch to write-ahead logging: the file is locked or on an unfit file system"
    )


def _postgres_engine(url: sa.URL, *, read_only: bool) -> sa.Engine:
    try:
        engine = sa.create_engine(
            url,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
            # After a conflict the winner's row must be visible to the next statement of the same transaction.
            isolation_level="READ COMMITTED",
            hide_parameters=True,
        )
    except ImportError:
        raise UnsupportedError("a PostgreSQL ledger needs psycopg: pip install 'vouchmark[postgres]'") from None

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = '{int(BUSY_TIMEOUT_SECONDS)}s'")
        if read_only:
            cursor.execute("SET default_transaction_read_only = on")
        cursor.execute("SHOW synchronous_commit")
        row = cursor.fetchone()
        if row is None or row[0] == "off":
            cursor.execute("SET synchronous_commit = on")  # an accepted nullifier must survive the server's crash
        cursor.close()
        connection.commit()

    return engine


def open_engine(url: sa.URL, *, read_only: bool) -> sa.Engine:
    """Return an engine whose tables have the present schema; creates or migrates them unless `read_only`.

    Raises `StorageError` where the database cannot be opened, is newer than this version, or (read-only) has no
    ledger or an older one; `UnsupportedError` where the driver is missing or too old.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = _sqlite_engine(url, read_only=read_only) if is_sqlite else _postgres_engine(url, read_only=read_only)
    try:
        _bring_up_to_date(engine, url, read_only=read_only)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        raise failure(url, "open", error) from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def _version(connection: sa.Connection) -> int:
    """0 where there is no ledger yet."""
    if not sa.inspect(connection).has_table(SCHEMA.name):
        return 0
    versions = connection.execute(sa.select(SCHEMA.c.version)).scalars().all()
    if len(versions) != 1:
        raise StorageError(f"ledger schema table has {len(versions)} rows, expected 1")
    return int(versions[0])


def _bring_up_to_date(engine: sa.Engine, url: sa.URL, *, read_only: bool) -> None:
    with engine.connect().execution_options(reads_only=True) as connection:
        found = _version(connection)
    if found == SCHEMA_VERSION:
        return
    if found > SCHEMA_VERSION:
        raise StorageError(
            f"ledger {describe(url)} has schema {found}, this version knows {SCHEMA_VERSION} and below: use a newer one"
        )
    if read_only:
        reason = (
            "holds no ledger" if found == 0 else f"has schema {found}, expected {SCHEMA_VERSION}: open it for writing"
        )
        raise StorageError(f"ledger {describe(url)} {reason}")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POSTGRES_LOCK)))
        # Read again under the lock: another process may have been first.
        found = _version(connection)
        for step in MIGRATIONS[found:SCHEMA_VERSION]:
            step(connection)
        if found < SCHEMA_VERSION:
            connection.execute(sa.delete(SCHEMA))
            connection.execute(sa.insert(SCHEMA).values(version=SCHEMA_VERSION))


def clock(dialect: str) -> sa.ColumnElement[int]:
    """Return the SQL for the database's own time: whole seconds since 1970, UTC."""
    if dialect == "sqlite":
        return sa.cast(sa.func.strftime("%s", "now"), sa.BigInteger)
    return sa.cast(sa.func.floor(sa.extract("epoch", sa.func.clock_timestamp())), sa.BigInteger)


@cache
def insert_nullifiers(dialect: str) -> ReturningInsert[int, bytes, int]:
    """Return the one statement that decides: rows whose key is new are inserted and returned, others are left alone."""
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(NULLIFIERS)
    columns = NULLIFIERS.c
    return (
        insert.values(recorded_at=clock(dialect))
        .on_conflict_do_nothing(index_elements=[columns.context_id, columns.pseudonym])
        .returning(columns.context_id, columns.pseudonym, columns.recorded_at)
    )


@cache
def insert_context(dialect: str) -> sa.Insert:
    """Return the statement that numbers a context, unless another transaction has just done so."""
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(CONTEXTS)
    return insert.on_conflict_do_nothing(index_elements=[CONTEXTS.c.issuer, CONTEXTS.c["class"], CONTEXTS.c.context])


@cache
def select_context() -> sa.Select[int]:
    """Return the query for a context's number; parameters `issuer`, `class`, `context`."""
    return sa.select(CONTEXTS.c.id).where(
        CONTEXTS.c.issuer == sa.bindparam("issuer"),
        CONTEXTS.c["class"] == sa.bindparam("class"),
        CONTEXTS.c.context == sa.bindparam("context"),
    )


@cache
def select_nullifiers() -> sa.Select[bytes, bytes, int]:
    """Return the query for records of one context; parameters `context_id`, `pseudonyms` (a list)."""
    columns = NULLIFIERS.c
    return sa.select(columns.pseudonym, columns.content, columns.recorded_at).where(
        columns.context_id == sa.bindparam("context_id"),
        columns.pseudonym.in_(sa.bindparam("pseudonyms", expanding=True)),
    )
