"""Was every row of an issuer's books written by whoever has its passphrase, and is none of them missing?

Each row carries a seal, the first 32 octets of

    HMAC-SHA-512(row key, dCBOR["row", table, [value of each column]])

The other 32 octets never leave the process: added up over all rows, modulo 2^256, they stand for the whole content in
the seal of the head,

    HMAC-SHA-256(head key, dCBOR["head", changes, [rows of each table], sum])

which every change replaces in its own transaction. So a row that is changed, moved, put back as it was before, slipped
in or taken out is noticed by whoever has the keys, also where no publication commits to it yet: nobody else can find
other rows with the same sum. Both keys are HKDF-SHA-256 of secrets in the vault. What seals cannot show is that the
whole file was put back to an earlier state.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.dialects.sqlite import insert

from zk.bbs.encoding import CborValue, dcbor_encode
from zk.errors import EncodingError, ForeignRowError, StorageError
from zk.issuer.books_schema import HEAD, SEAL, SEAL_OCTETS, SEALED, STATE

_CONTEXT: Final = "vouchmark-books-seals/1"
_MODULUS: Final = 1 << 256
_SEEN: Final = "vouchmark-seen"  # where a connection keeps what it found

Row = dict[str, Any]
"""A row as SQLite holds it, column by column, without its seal: a truth value is a number."""


@dataclass(frozen=True, slots=True)
class SealKeys:
    """With what an issuer seals its books: as long as it lives the same keys."""

    row: bytes = field(repr=False)
    head: bytes = field(repr=False)

    @classmethod
    def derive(cls, issuer: bytes, secret: bytes) -> Self:
        """Return the keys that follow from an issuer's secret octets."""
        info = dcbor_encode([_CONTEXT, issuer])
        octets = HKDF(algorithm=SHA256(), length=2 * SEAL_OCTETS, salt=None, info=info).derive(secret)
        return cls(octets[:SEAL_OCTETS], octets[SEAL_OCTETS:])

    def of_row(self, table: sa.Table, row: Mapping[str, Any]) -> tuple[bytes, int]:
        """Return a row's seal and its share in the sum. Raises EncodingError for what no column of ours holds."""
        values: list[CborValue] = [row[column.name] for column in _columns(table)]
        octets = hmac.digest(self.row, dcbor_encode(["row", table.name, values]), "sha512")
        return octets[:SEAL_OCTETS], int.from_bytes(octets[SEAL_OCTETS:], "big")

    def of_head(self, content: Content) -> bytes:
        """Return the seal of the head."""
        numbers: list[CborValue] = [content.rows[table.name] for table in SEALED]
        total = content.total.to_bytes(SEAL_OCTETS, "big")
        return hmac.digest(self.head, dcbor_encode(["head", content.changes, numbers, total]), "sha256")


@dataclass(slots=True)
class Content:
    """What sealed books come to."""

    changes: int = 0
    """How often they were changed."""
    rows: dict[str, int] = field(default_factory=lambda: {table.name: 0 for table in SEALED})
    """How many rows each table has."""
    total: int = field(default=0, repr=False)
    """The sum of the rows' secret shares."""

    def add(self, table: sa.Table, share: int, *, sign: int = 1) -> None:
        """Take a row in, or out."""
        self.rows[table.name] += sign
        self.total = (self.total + sign * share) % _MODULUS

    def copy(self) -> Content:
        """Return the same once more."""
        return Content(self.changes, dict(self.rows), self.total)


class Pen:
    """What writes into the books within one transaction, and seals what it writes.

    Without keys it writes nothing: whoever has not the passphrase may only read.
    """

    def __init__(self, connection: sa.Connection, keys: SealKeys | None) -> None:
        self.connection = connection
        """For reading."""
        self._keys = keys
        self._content = Content()
        self._is_known = False  # whether that is what the books come to
        self._is_dirty = False

    @classmethod
    def checked(cls, connection: sa.Connection, keys: SealKeys | None) -> Self:
        """Return a pen for books whose every row and whose head hold. Raises ForeignRowError.

        Where nobody wrote since this connection looked last, the head alone is looked at.
        """
        pen = cls(connection, keys)
        if keys is None:
            return pen
        seen = connection.info.get(_SEEN)
        pen._content = seen[1].copy() if seen and seen[0] == _version(connection) else _read(connection, keys)
        head = connection.execute(sa.select(HEAD.c.changes, HEAD.c.seal)).one_or_none()
        if head is None:
            raise ForeignRowError("books: the seal of their head is missing")
        pen._content.changes = head.changes
        if not _is_equal(head.seal, keys.of_head(pen._content)):
            raise ForeignRowError("books: rows were taken out, slipped in or put back without the passphrase")
        pen._is_known = True
        return pen

    @property
    def is_sealed(self) -> bool:
        """Whether the books have a seal at all, be it a good one."""
        return bool(self.connection.execute(sa.select(sa.func.count()).select_from(HEAD)).scalar_one())

    def insert(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Insert a row unless its key is there: the constraint decides. Returns whether it was."""
        keys = self._writing()
        full = _raw({column.name: row.get(column.name) for column in _columns(table)})
        seal, share = keys.of_row(table, full)
        done = self.connection.execute(insert(table).values({**row, SEAL: seal}).on_conflict_do_nothing()).rowcount
        if done == 1:
            self._content.add(table, share)
        return done == 1

    def update(self, table: sa.Table, values: Mapping[str, Any], *where: sa.ColumnElement[bool]) -> int:
        """Change rows, not their keys; return how many."""
        keys = self._writing()
        before = rows_of(self.connection, table, *where)
        if not before:
            return 0
        self.connection.execute(sa.update(table).where(*where).values(values))
        after = [{**row, **_raw(values)} for row in before]
        for row in before:
            self._content.add(table, keys.of_row(table, row)[1], sign=-1)
        self._seal(table, after, keys)
        return len(after)

    def delete(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        """Delete rows; return how many."""
        keys = self._writing()
        rows = rows_of(self.connection, table, *where)
        if rows:
            self.connection.execute(sa.delete(table).where(*where))
        for row in rows:
            self._content.add(table, keys.of_row(table, row)[1], sign=-1)
        return len(rows)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Try changes of which nothing stays."""
        kept, was_dirty, nested = self._content.copy(), self._is_dirty, self.connection.begin_nested()
        try:
            yield
        finally:
            nested.rollback()
            self._content, self._is_dirty = kept, was_dirty

    def finish(self) -> Callable[[], None]:
        """Seal the head, if anything changed; return what to call once the transaction is on the disk."""
        if self._keys is None or not self._is_known:
            return lambda: None
        if self._is_dirty:
            self._content.changes += 1
            head = {"only": 0, "changes": self._content.changes, SEAL: self._keys.of_head(self._content)}
            self.connection.execute(sa.delete(HEAD))
            self.connection.execute(sa.insert(HEAD).values(head))
        # By then the connection is closed, and what is kept with it is not.
        kept, version, content = self.connection.info, _version(self.connection), self._content
        return lambda: kept.__setitem__(_SEEN, (version, content))

    def adopt(self) -> None:
        """Seal books as they are: new ones, or those of a version that did not."""
        self._content, self._is_known = Content(), True
        keys = self._writing()
        for table in SEALED:
            self._seal(table, rows_of(self.connection, table), keys)

    def mend(self, issuer: bytes) -> bool:
        """Take out every row whose seal does not hold, and seal what is left; return whether anything was wrong.

        Then the books are marked as a backup's: they lack rows, and nothing but a recovery may take them up.
        """
        try:
            Pen.checked(self.connection, self._keys)
        except ForeignRowError:
            self._content, self._is_known = Content(), True
        else:
            return False
        keys = self._writing()
        for table in SEALED:
            for row, seal in sealed_rows(self.connection, table):
                if (share := _share(keys, table, row, seal)) is None:
                    self.connection.execute(sa.delete(table).where(_key_is(table, row)))
                else:
                    self._content.add(table, share)
        if not self.update(STATE, {"is_copy": True}):
            self.insert(STATE, {"only": 0, "is_copy": True, "lost_resets": 0, "issuer": issuer})
        return True

    def _writing(self) -> SealKeys:
        if self._keys is None or not self._is_known:
            raise StorageError("books: opened without the passphrase, and so not to be written")
        self._is_dirty = True
        return self._keys

    def _seal(self, table: sa.Table, rows: list[Row], keys: SealKeys) -> None:
        """Write the seals of rows that are there, and take them into the sum."""
        found = []
        for row in rows:
            seal, share = keys.of_row(table, row)
            found.append(
                {f"key_{column.name}": row[column.name] for column in table.primary_key.columns} | {"sealed": seal}
            )
            self._content.add(table, share)
        if found:
            is_it = [_plain(column) == sa.bindparam(f"key_{column.name}") for column in table.primary_key.columns]
            self.connection.execute(sa.update(table).where(*is_it).values(seal=sa.bindparam("sealed")), found)


def rows_of(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Row]:
    """Return rows as SQLite holds them, whatever type their columns should have."""
    return [row for row, _ in sealed_rows(connection, table, *where)]


def sealed_rows(
    connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]
) -> Iterator[tuple[Row, object]]:
    """Return rows as SQLite holds them, each with what stands where its seal should."""
    names = [column.name for column in _columns(table)]
    columns = [_plain(table.c[name]) for name in (*names, SEAL)]
    found = connection.execute(sa.select(*columns).where(*where)).all()
    return ((dict(zip(names, row[:-1], strict=True)), row[-1]) for row in found)


def _read(connection: sa.Connection, keys: SealKeys) -> Content:
    """Return what the rows come to. Raises ForeignRowError where one's seal does not hold."""
    content = Content()
    for table in SEALED:
        for row, seal in sealed_rows(connection, table):
            share = _share(keys, table, row, seal)
            if share is None:
                raise ForeignRowError(f"books: a row of {table.name} was not written with the passphrase")
            content.add(table, share)
    return content


def _share(keys: SealKeys, table: sa.Table, row: Row, seal: object) -> int | None:
    """Return a row's share in the sum, None where its seal does not hold."""
    try:
        expected, share = keys.of_row(table, row)
    except EncodingError:  # a number with a fraction, say
        return None
    return share if _is_equal(seal, expected) else None


def _is_equal(found: object, expected: bytes) -> bool:
    return isinstance(found, bytes) and hmac.compare_digest(found, expected)


def _key_is(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(*(_plain(column) == row[column.name] for column in table.primary_key.columns))


def _plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return a column whose values nobody converts."""
    return sa.type_coerce(column, sa.types.NULLTYPE)


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name != SEAL]


def _raw(values: Mapping[str, Any]) -> Row:
    return {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}


def _version(connection: sa.Connection) -> int:
    """Return a number that changes for this connection whenever another one has written."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())
