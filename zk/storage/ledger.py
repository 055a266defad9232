"""Has this nullifier been used before, and for what? (The verifier's ledger: one voice per person and context.)

Key: issuer, class, context, pseudonym (re-encoded, canonical bytes). Value: SHA-256 of what it was used for, and when,
by the clock of the database. One insert decides: the unique constraint settles races between threads, processes and
machines, never this program. SQLite (write-ahead log, flushed before a call returns) for one machine, PostgreSQL for
several.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from zk.errors import EncodingError, StorageError

if TYPE_CHECKING:
    import sqlalchemy as sa

ISSUER_BYTES: Final = 32
"""An issuer id is a SHA-256."""

PSEUDONYM_BYTES: Final = 48
"""A compressed point of G1."""

CONTENT_BYTES: Final = 32
"""A SHA-256 over what the nullifier was used for."""

MAX_CLASS_CHARS: Final = 32
"""Characters of a class name; the profile's are `lasting` and `epoch`."""

MAX_CONTEXT_BYTES: Final = 1024
"""A context id is about 130 bytes plus a scope of at most 200."""

BATCH_ENTRIES: Final = 1000
"""Entries a transaction: above it speed no longer grows, and others would wait longer for the writer's lock."""

LOOKUP_ENTRIES: Final = 500
"""Pseudonyms a query, far below the databases' limits on parameters."""

NO_CONTEXT: Final = -1
"""No context has this number: databases count from 1."""


class Outcome(StrEnum):
    """What the ledger says about one entry."""

    NEW = "new"
    """Recorded by this very call: nobody else was told so for this key, and nobody will be."""
    SEEN = "seen"
    """Recorded before with equal content: the same voice again."""
    DUPLICATE = "duplicate"
    """Recorded before with other content: a second use of the same voice."""
    ABSENT = "absent"
    """Not recorded (`look_up` only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One use of one nullifier. Raises `EncodingError` on any other length."""

    issuer: bytes
    """Issuer id, 32 bytes."""
    credential_class: str
    """`lasting` or `epoch`."""
    context: bytes
    """Context id: canonical dCBOR, built by the verifier."""
    pseudonym: bytes
    """48 bytes, as re-encoded from the parsed point, never as received."""
    content: bytes
    """SHA-256(dCBOR[binding, statement]), 32 bytes."""

    def __post_init__(self) -> None:
        """Refuse what could never be a key."""
        for name, length in (("issuer", ISSUER_BYTES), ("pseudonym", PSEUDONYM_BYTES), ("content", CONTENT_BYTES)):
            value = getattr(self, name)
            if not isinstance(value, bytes) or len(value) != length:
                raise EncodingError(f"ledger entry: {name} must be {length} bytes")
        if not isinstance(self.context, bytes) or not 0 < len(self.context) <= MAX_CONTEXT_BYTES:
            raise EncodingError(f"ledger entry: context must be 1 to {MAX_CONTEXT_BYTES} bytes")
        name = self.credential_class
        if not isinstance(name, str) or not 0 < len(name) <= MAX_CLASS_CHARS or not name.isascii():
            raise EncodingError(f"ledger entry: class must be 1 to {MAX_CLASS_CHARS} ASCII characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The ledger's answer for one entry."""

    outcome: Outcome
    recorded_at: datetime | None
    """When the key was first recorded, by the database's clock (UTC, whole seconds); None only with `ABSENT`."""


class NullifierLedger:
    """An open ledger; use `open_ledger`. Safe between threads; a forked child opens its own.

    Every method raises `StorageError` where the database fails. Where `consume` raised, the entries may or may not have
    been recorded: asking again then says `seen` for those that were, and never `new` twice.
    """

    def __init__(self, engine: sa.Engine, url: sa.URL, *, read_only: bool) -> None:
        self._engine = engine
        self._url = url
        self._process = os.getpid()
        self.read_only: Final = read_only
        """Whether `consume` is refused."""

    def __repr__(self) -> str:
        return f"NullifierLedger({self.name!r}, read_only={self.read_only})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The ledger's kind and place for messages and reports; never a user, password or option."""
        from zk.storage.database import describe

        return describe(self._url)

    def close(self) -> None:
        """Close every connection of this process."""
        self._engine.dispose(close=os.getpid() == self._process)

    def now(self) -> datetime:
        """Return the database's clock (UTC, whole seconds)."""
        import sqlalchemy as sa

        from zk.storage.database import clock

        with self._reading("read the clock") as connection:
            return _time(connection.execute(sa.select(clock(self._engine.dialect.name))).scalar_one())

    def consume(self, entry: Entry) -> Record:
        """Record one nullifier for one content, or say what it was recorded for: `new`, `seen` or `duplicate`.

        When it returns, the record is on the disk (SQLite: synced log; PostgreSQL: committed synchronously).
        """
        return self.consume_many([entry])[0]

    def consume_many(self, entries: Iterable[Entry]) -> list[Record]:
        """Record many nullifiers; one answer an entry, in the order given, as if consumed one after the other.

        Transactions of `BATCH_ENTRIES`: after an error those already committed stay recorded.
        """
        if self.read_only:
            raise StorageError(f"ledger {self.name}: opened read-only")
        pending = list(entries)
        records: list[Record] = []
        for start in range(0, len(pending), BATCH_ENTRIES):
            batch = pending[start : start + BATCH_ENTRIES]
            with self._connection("record nullifiers", writes=True) as connection:
                records += _consume_batch(connection, batch)
        return records

    def look_up(self, entries: Iterable[Entry]) -> list[Record]:
        """Return what `consume_many` would find, without recording: `seen`, `duplicate` or `absent` an entry."""
        wanted = list(entries)
        with self._reading("look up nullifiers") as connection:
            ids = _context_ids(connection, wanted, create=False)
            numbered = {(ids[_context(entry)], entry.pseudonym) for entry in wanted if _context(entry) in ids}
            rows = _read_rows(connection, numbered)
        return [_judge(entry, rows.get((ids.get(_context(entry), NO_CONTEXT), entry.pseudonym))) for entry in wanted]

    def count(self, *, issuer: bytes, credential_class: str, context: bytes) -> int:
        """Return how many voices are recorded in one context."""
        import sqlalchemy as sa

        from zk.storage.database import CONTEXTS, NULLIFIERS

        of_context = (
            sa.select(sa.func.count())
            .select_from(NULLIFIERS.join(CONTEXTS, CONTEXTS.c.id == NULLIFIERS.c.context_id))
            .where(CONTEXTS.c.issuer == issuer, CONTEXTS.c["class"] == credential_class, CONTEXTS.c.context == context)
        )
        with self._reading("count nullifiers") as connection:
            return connection.execute(of_context).scalar_one()

    def _reading(self, doing: str) -> AbstractContextManager[sa.Connection]:
        return self._connection(doing, writes=False)

    @contextmanager
    def _connection(self, doing: str, *, writes: bool) -> Iterator[sa.Connection]:
        import sqlalchemy as sa

        from zk.storage.database import failure

        if os.getpid() != self._process:
            raise StorageError(f"ledger {self.name}: opened in another process, open it again in this one")
        try:
            with self._engine.connect().execution_options(reads_only=not writes) as connection, connection.begin():
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise failure(self._url, doing, error) from None


def open_ledger(location: str | os.PathLike[str], *, read_only: bool = False) -> NullifierLedger:
    """Open, and if need be create or migrate, the ledger at a file path, `sqlite:///FILE` or `postgresql://…`.

    A new SQLite file is created with mode 0600; one that others may read or write is refused. `read_only` creates and
    migrates nothing. Raises `StorageError` (cannot open; newer schema; nothing there to read) or `UnsupportedError`
    (another database; psycopg missing; SQLite too old).
    """
    from zk.storage.database import open_engine, parse_location

    url = parse_location(location)
    return NullifierLedger(open_engine(url, read_only=read_only), url, read_only=read_only)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _context(entry: Entry) -> tuple[bytes, str, bytes]:
    return (entry.issuer, entry.credential_class, entry.context)


def _judge(entry: Entry, row: tuple[bytes, int] | None) -> Record:
    if row is None:
        return Record(outcome=Outcome.ABSENT, recorded_at=None)
    content, recorded_at = row
    return Record(
        outcome=Outcome.SEEN if content == entry.content else Outcome.DUPLICATE, recorded_at=_time(recorded_at)
    )


def _consume_batch(connection: sa.Connection, batch: Sequence[Entry]) -> list[Record]:
    """Insert what is not there, let the constraint decide, read what was there."""
    ids = _context_ids(connection, batch, create=True)
    keys = [(ids[_context(entry)], entry.pseudonym) for entry in batch]
    first: dict[tuple[int, bytes], int] = {}
    for position, key in enumerate(keys):
        first.setdefault(key, position)
    accepted = _insert_rows(connection, {key: batch[position].content for key, position in first.items()})
    rows = {key: (batch[first[key]].content, recorded_at) for key, recorded_at in accepted.items()}
    rows |= _read_rows(connection, first.keys() - accepted.keys())
    records = []
    for position, (key, entry) in enumerate(zip(keys, batch, strict=True)):
        if key not in rows:
            raise StorageError("ledger: a conflicting record vanished while it was read; ledgers are append-only")
        if key in accepted and first[key] == position:
            records.append(Record(outcome=Outcome.NEW, recorded_at=_time(accepted[key])))
        else:
            records.append(_judge(entry, rows[key]))
    return records


def _insert_rows(connection: sa.Connection, contents: dict[tuple[int, bytes], bytes]) -> dict[tuple[int, bytes], int]:
    """Return the keys that this transaction was the first to insert, with their time."""
    from zk.storage.database import insert_nullifiers

    # Sorted: two transactions that meet in several keys take them in the same order, and so cannot deadlock.
    parameters = [
        {"context_id": context_id, "pseudonym": pseudonym, "content": content}
        for (context_id, pseudonym), content in sorted(contents.items())
    ]
    statement = insert_nullifiers(connection.dialect.name)
    return {(row[0], bytes(row[1])): row[2] for row in connection.execute(statement, parameters)}


def _read_rows(
    connection: sa.Connection, keys: Iterable[tuple[int, bytes]]
) -> dict[tuple[int, bytes], tuple[bytes, int]]:
    """Return content and time of those keys that are recorded."""
    from zk.storage.database import select_nullifiers

    rows: dict[tuple[int, bytes], tuple[bytes, int]] = {}
    for context_id, group in groupby(sorted(keys), key=lambda key: key[0]):
        pseudonyms = [pseudonym for _, pseudonym in group]
        for start in range(0, len(pseudonyms), LOOKUP_ENTRIES):
            chunk = pseudonyms[start : start + LOOKUP_ENTRIES]
            found = connection.execute(select_nullifiers(), {"context_id": context_id, "pseudonyms": chunk})
            rows |= {(context_id, bytes(row[0])): (bytes(row[1]), row[2]) for row in found}
    return rows


def _context_ids(
    connection: sa.Connection, entries: Iterable[Entry], *, create: bool
) -> dict[tuple[bytes, str, bytes], int]:
    """Return the numbers of the entries' contexts; without `create`, of those that have one."""
    from zk.storage.database import insert_context, select_context

    ids: dict[tuple[bytes, str, bytes], int] = {}
    for key in sorted({_context(entry) for entry in entries}):  # sorted for the same reason as the rows
        parameters = {"issuer": key[0], "class": key[1], "context": key[2]}
        number = connection.execute(select_context(), parameters).scalar()
        if number is None and create:
            connection.execute(insert_context(connection.dialect.name), parameters)
            number = connection.execute(select_context(), parameters).scalar_one()
        if number is not None:
            ids[key] = number
    return ids
