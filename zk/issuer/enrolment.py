"""Who has been issued what? (The issuer's books: tags instead of names, one credential per person, class and epoch.)

Kept are a person's tag, continuity tag, generation and last reset; for each credential its class, epoch, level and the
digest of the request; for each code its id and public key, until it has expired or its epoch is over, and the day on
which it expires until it is used. No commitment, no signature, no identifier, nothing that a code could be found from
and no time of invitation or enrolment; rows lie in the order of their keys and not of their arrival.

SQLite, each change in one transaction that is on the disk before it is acted on. The unique constraints decide: two
processes, or one killed and started again, cannot enrol anybody twice.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from zk.errors import RefusedError, StorageError
from zk.profile.codes import CODE_ID_OCTETS, CODE_KEY_OCTETS, CodeKind
from zk.profile.constants import CredentialClass, check_class, check_level
from zk.profile.issuer_info import HolderCount
from zk.storage.vault import PRIVATE_MODE, check_private

SCHEMA_VERSION: Final = 2
"""The schema that this version reads and writes. A newer one is refused; an older one is brought up to it."""

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another one."""

_BOOKS: Final = sa.MetaData()

_SCHEMA: Final = sa.Table(
    "enrolment_schema", _BOOKS, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
)

_PERSONS: Final = sa.Table(
    "lasting_person",
    _BOOKS,
    sa.Column("tag", sa.LargeBinary, sa.CheckConstraint("length(tag) = 32"), primary_key=True),
    sa.Column("continuity", sa.LargeBinary, sa.CheckConstraint("length(continuity) = 48"), nullable=False),
    sa.Column("generation", sa.Integer, sa.CheckConstraint("generation >= 0"), nullable=False),
    sa.Column("reset_at", sa.BigInteger),
    sqlite_with_rowid=False,
)
"""One row a person who was ever enrolled."""

_ENROLMENTS: Final = sa.Table(
    "enrolment",
    _BOOKS,
    sa.Column("tag", sa.LargeBinary, sa.CheckConstraint("length(tag) = 32"), primary_key=True),
    sa.Column("class", sa.Text, sa.CheckConstraint("class IN ('lasting', 'epoch')"), primary_key=True),
    sa.Column("epoch", sa.Text, primary_key=True),
    sa.Column("level", sa.Integer, sa.CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
    sa.Column("request", sa.LargeBinary, sa.CheckConstraint("length(request) = 32"), nullable=False),
    sqlite_with_rowid=False,
)
"""One row a credential; the primary key is what makes it one per person, class and epoch."""

_CODES: Final = sa.Table(
    "code",
    _BOOKS,
    sa.Column("id", sa.LargeBinary, sa.CheckConstraint(f"length(id) = {CODE_ID_OCTETS}"), primary_key=True),
    sa.Column("key", sa.LargeBinary, sa.CheckConstraint(f"length(key) = {CODE_KEY_OCTETS}"), nullable=False),
    sa.Column("tag", sa.LargeBinary, sa.CheckConstraint("length(tag) = 32"), nullable=False, index=True),
    sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('enrol', 'renew', 'reset')"), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, sa.CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("request", sa.LargeBinary, sa.CheckConstraint("request IS NULL OR length(request) = 32")),
    sa.Column("epoch", sa.Text),
    sa.Column("void", sa.Boolean, nullable=False),
    sa.CheckConstraint("epoch IS NULL OR (request IS NOT NULL AND NOT void)"),
    sa.CheckConstraint("(epoch IS NULL) = (expires_at IS NOT NULL)"),
    sqlite_with_rowid=False,
)
"""One row a code that may still be used, or whose request may still come again."""


def _codes_by_key(connection: sa.Connection) -> None:
    """Version 1 kept an HMAC of each code; no key follows from it, so open codes have to be given again."""
    connection.execute(sa.text("DROP TABLE code"))
    _CODES.create(connection, checkfirst=False)


_MIGRATIONS: Final[dict[int, Callable[[sa.Connection], None]]] = {1: _codes_by_key}
"""The step that leads from each older version to the one after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the books hold of somebody."""

    continuity: bytes = field(repr=False)
    """T, 48 octets: the one against which every renewal is proved."""
    generation: int
    reset_at: int | None
    """When the last reset was, seconds since 1970; None if there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """What the books hold of a code."""

    id: bytes
    """16 octets."""
    key: bytes = field(repr=False)
    """The code's public key, 32 octets."""
    tag: bytes = field(repr=False)
    kind: CodeKind
    generation: int
    level: int
    expires_at: int | None
    """Seconds since 1970, the end of a day; None once the code is used."""
    request: bytes | None = field(default=None, repr=False)
    """Digest of the first good request that came under it."""
    epoch: str | None = None
    """The epoch for which it was used; None as long as nothing is signed."""
    void: bool = False
    """Whether two different requests came under it before either was signed: neither ever is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A request that holds in every other respect, to be written down or refused."""

    code: CodeRow
    """As it was when the request was received."""
    epoch: str
    request: bytes = field(repr=False)
    """Digest of the request."""
    continuity: bytes = field(repr=False)
    """T that was verified: of the request, or for a renewal that of the books."""
    at: int
    """Seconds since 1970."""
    reset_seconds: int
    """How long after a reset the next may be."""


class EnrolmentBooks:
    """The open books of one issuer. Every method raises StorageError where the database fails."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self._path = path
        self._engine = engine

    def __repr__(self) -> str:
        return f"EnrolmentBooks({str(self._path)!r})"

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make empty books, mode 0600. Raises StorageError, also if the file is there."""
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE))
        except OSError as error:
            raise StorageError(f"{path}: cannot create: {error.strerror}") from error
        books = cls(path, _engine(path))
        with books._transaction("create") as connection:
            _BOOKS.create_all(connection, checkfirst=False)
            connection.execute(sa.insert(_SCHEMA).values(version=SCHEMA_VERSION))
        return books

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the books. Raises StorageError: not there, open to others, of another schema, or damaged."""
        try:
            check_private(path, path.stat())
        except OSError as error:
            raise StorageError(f"{path}: cannot open: {error.strerror}") from error
        books = cls(path, _engine(path))
        try:
            with books._transaction("open") as connection:
                _bring_up_to_date(connection, path)
        except BaseException:
            books.close()
            raise
        return books

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def person(self, tag: bytes) -> Person | None:
        """Return what is held of a person, or None."""
        with self._transaction("read") as connection:
            return _person(connection, tag)

    def latest(self, tag: bytes) -> tuple[str, int] | None:
        """Return epoch and level of this person's latest lasting credential, or None."""
        with self._transaction("read") as connection:
            return _latest(connection, tag)

    def code(self, code_id: bytes) -> CodeRow:
        """Return the code with this id. Raises RefusedError if there is none."""
        with self._transaction("read") as connection:
            return _code(connection, code_id)

    def add_code(self, row: CodeRow) -> None:
        """Write down a new code; the person's earlier ones that were not used are void from now on."""
        with self._transaction("write a code") as connection:
            connection.execute(sa.delete(_CODES).where(_CODES.c.tag == row.tag, _CODES.c.epoch.is_(None)))
            connection.execute(
                sa.insert(_CODES).values(
                    id=row.id,
                    key=row.key,
                    tag=row.tag,
                    kind=row.kind.value,
                    generation=row.generation,
                    level=row.level,
                    expires_at=row.expires_at,
                    void=False,
                )
            )

    def receive(self, enrolment: Enrolment) -> CodeRow:
        """Write down that a request has come under a code that could be enrolled now, before anything is signed.

        A second, different one before that makes the code void for good. Returns the code as it is then. Raises
        RefusedError as `enrol` does, and then nothing is written down.
        """
        with self._transaction("receive a request") as connection:
            code = _code(connection, enrolment.code.id)
            _require_open(code, enrolment.request, at=enrolment.at)
            if code.epoch is not None:
                return code
            attempt = connection.begin_nested()
            try:
                _enrol(connection, enrolment)
            finally:
                attempt.rollback()
            this = _CODES.c.id == code.id
            if code.request in (None, enrolment.request):
                connection.execute(sa.update(_CODES).where(this).values(request=enrolment.request))
                return replace(code, request=enrolment.request)
            connection.execute(sa.update(_CODES).where(this).values(void=True))
        raise RefusedError(_TWO_REQUESTS)

    def enrol(self, enrolment: Enrolment) -> None:
        """Write down person, both credentials and the used code: all of it, on the disk, before this returns.

        Returns also if this very request was written down before. Raises RefusedError, with nothing changed.
        """
        with self._transaction("enrol") as connection:
            if not _use_code(connection, enrolment):
                _enrol(connection, enrolment)

    def counts(self) -> list[HolderCount]:
        """Return the holders of each class, epoch and level, sorted."""
        columns = (_ENROLMENTS.c["class"], _ENROLMENTS.c.epoch, _ENROLMENTS.c.level)
        query = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
        with self._transaction("count") as connection:
            rows = connection.execute(query).all()
        return [
            HolderCount(credential_class=check_class(row[0]), epoch=row[1], level=check_level(row[2]), holders=row[3])
            for row in rows
        ]

    def resets(self) -> int:
        """Return how many resets there were in all."""
        with self._transaction("count") as connection:
            total = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(_PERSONS.c.generation), 0)))
            return int(total.scalar_one())

    def open_codes(self, at: int) -> int:
        """Return how many codes may still be used at a time (seconds since 1970)."""
        query = sa.select(sa.func.count()).where(
            _CODES.c.epoch.is_(None), _CODES.c.void.is_(False), _CODES.c.expires_at > at
        )
        with self._transaction("count") as connection:
            return int(connection.execute(query).scalar_one())

    def forget_codes(self, at: int, first_open_epoch: str) -> None:
        """Delete codes that have expired unused, and those used for an epoch that is over."""
        expired = sa.and_(_CODES.c.epoch.is_(None), _CODES.c.expires_at <= at)
        with self._transaction("forget codes") as connection:
            connection.execute(sa.delete(_CODES).where(sa.or_(expired, _CODES.c.epoch < first_open_epoch)))

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            lines = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
            # Parameters and statement stay out of it.
            raise StorageError(f"{self._path}: cannot {doing}: {lines[0][:200]}") from None


def _engine(path: Path) -> sa.Engine:
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


def _inserted(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is there; the constraint decides."""
    return connection.execute(insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _person(connection: sa.Connection, tag: bytes) -> Person | None:
    columns = _PERSONS.c
    query = sa.select(columns.continuity, columns.generation, columns.reset_at).where(columns.tag == tag)
    row = connection.execute(query).one_or_none()
    return None if row is None else Person(continuity=row[0], generation=row[1], reset_at=row[2])


def _latest(connection: sa.Connection, tag: bytes) -> tuple[str, int] | None:
    columns = _ENROLMENTS.c
    of_person = (columns.tag == tag, columns["class"] == CredentialClass.LASTING.value)
    # Canonical epochs of one length sort as the times do.
    query = sa.select(columns.epoch, columns.level).where(*of_person).order_by(columns.epoch.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def _bring_up_to_date(connection: sa.Connection, path: Path) -> None:
    versions = list(connection.execute(sa.select(_SCHEMA.c.version)).scalars())
    found = versions[0] if len(versions) == 1 else None
    if found not in (SCHEMA_VERSION, *_MIGRATIONS):
        shown = ", ".join(str(version) for version in versions) or "none"
        raise StorageError(f"{path}: expected schema {SCHEMA_VERSION}, got {shown}: use a version that knows it")
    for version in range(found, SCHEMA_VERSION):
        _MIGRATIONS[version](connection)
        connection.execute(sa.update(_SCHEMA).values(version=version + 1))


def _code(connection: sa.Connection, code_id: bytes) -> CodeRow:
    row = connection.execute(sa.select(_CODES).where(_CODES.c.id == code_id)).mappings().one_or_none()
    if row is None:
        raise RefusedError("code: unknown, or replaced by a later one")
    return CodeRow(**{**row, "kind": CodeKind(row["kind"])})


def _require_open(code: CodeRow, request: bytes, *, at: int) -> None:
    """Refuse what can no more be signed under a code; the request that was signed once may come again."""
    if code.void:
        raise RefusedError(_TWO_REQUESTS)
    if code.epoch is not None and code.request != request:
        raise RefusedError(
            "code: already used for another request; if the person made one only, somebody else had the code"
        )
    if code.expires_at is not None and code.expires_at <= at:
        raise RefusedError("code: expired")


def _use_code(connection: sa.Connection, enrolment: Enrolment) -> bool:
    """Mark the code as used; return whether this very request had used it before. Raises RefusedError."""
    code = _code(connection, enrolment.code.id)
    _require_open(code, enrolment.request, at=enrolment.at)
    if code.epoch is not None:
        return True
    if code != enrolment.code:
        raise RefusedError("code: changed while the request was verified")
    used = {"request": enrolment.request, "epoch": enrolment.epoch, "expires_at": None}
    connection.execute(sa.update(_CODES).where(_CODES.c.id == code.id).values(used))
    return False


def _enrol(connection: sa.Connection, enrolment: Enrolment) -> None:
    """Write down person and both credentials. Raises RefusedError; the caller rolls back."""
    _PERSON_RULES[enrolment.code.kind](connection, enrolment)
    for credential_class in CredentialClass:
        row = {
            "tag": enrolment.code.tag,
            "class": credential_class.value,
            "epoch": enrolment.epoch,
            "level": enrolment.code.level,
            "request": enrolment.request,
        }
        if not _inserted(connection, _ENROLMENTS, row):
            raise RefusedError(f"this person already has credentials for epoch {enrolment.epoch}")


def _first(connection: sa.Connection, enrolment: Enrolment) -> None:
    row = {"tag": enrolment.code.tag, "continuity": enrolment.continuity, "generation": 0}
    if not _inserted(connection, _PERSONS, row):
        raise RefusedError("this person is enrolled already: renewal and reset need codes of their own")


def _renewal(connection: sa.Connection, enrolment: Enrolment) -> None:
    person = _person(connection, enrolment.code.tag)
    if person is None or (person.continuity, person.generation) != (enrolment.continuity, enrolment.code.generation):
        raise RefusedError("renewal: the person's nym secrets have been reset in the meantime")


def _reset(connection: sa.Connection, enrolment: Enrolment) -> None:
    latest = _latest(connection, enrolment.code.tag)
    if latest is not None and latest[0] >= enrolment.epoch:
        raise RefusedError(f"reset: this person has a lasting credential for epoch {latest[0]}: reset for a later one")
    columns = _PERSONS.c
    changed = connection.execute(
        sa.update(_PERSONS)
        .where(
            columns.tag == enrolment.code.tag,
            columns.generation == enrolment.code.generation - 1,
            sa.or_(columns.reset_at.is_(None), columns.reset_at <= enrolment.at - enrolment.reset_seconds),
        )
        .values(continuity=enrolment.continuity, generation=enrolment.code.generation, reset_at=enrolment.at)
    )
    if changed.rowcount != 1:
        raise RefusedError("reset: before its time")


_TWO_REQUESTS: Final = (
    "code: two different requests came under it, so neither is signed and the code is void: ask the person "
    "whether both are theirs, and invite again"
)
_PERSON_RULES: Final = {CodeKind.ENROL: _first, CodeKind.RENEW: _renewal, CodeKind.RESET: _reset}
