"""Do an issuer's books lie behind what it has published, and are they still what it committed to?

Each version of issuer.json commits to the rows that the books then had:

    SHA-256(dCBOR["vouchmark-books/1", issuer id, serial, previous commitment or null, salt, SHA-256(rows)])

`rows` is a CBOR sequence (RFC 8742): of each person [tag, generation, continuity tag, reset at or null], sorted by the
first two; then of each credential [tag, class, epoch, level, SHA-256 of the request], sorted by the first three. The
salt stays in the books, so that nobody who sees the commitment learns anything from it. Each row keeps the serial of
the first publication that commits to it, so that whenever the books are opened those of the signed issuer.json are held
against its commitment, whatever else the books say. A whole folder that was put back to an earlier state agrees with
itself: no commitment shows that.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from zk.bbs.encoding import CborValue, dcbor_encode
from zk.errors import RolledBackError, StorageError
from zk.issuer.books_schema import CODES, ENROLMENTS, PERSONS, PUBLICATIONS, STATE
from zk.issuer.seals import Pen
from zk.profile.issuer_info import IssuerInfo

COMMITMENT_FORMAT: Final = "vouchmark-books/1"
SALT_OCTETS: Final = 32

_TAKE_UP: Final = "the issuer has to be recovered from the last issuer.json that anybody has"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one version of issuer.json commits to."""

    issuer: bytes
    """Issuer id, 32 octets."""
    serial: int
    previous: bytes | None
    """The commitment before this one, 32 octets."""
    salt: bytes = field(repr=False)
    rows: bytes
    """SHA-256 of the rows."""
    persons: int
    credentials: int
    """How many rows there are of each kind."""

    @classmethod
    def of_nothing(cls, issuer: bytes) -> Publication:
        """The first publication of a new issuer, whose books are empty."""
        return cls(
            issuer=issuer,
            serial=1,
            previous=None,
            salt=secrets.token_bytes(SALT_OCTETS),
            rows=hashlib.sha256().digest(),
            persons=0,
            credentials=0,
        )

    @property
    def commitment(self) -> bytes:
        """SHA-256, 32 octets, as it stands in issuer.json."""
        content: list[CborValue] = [COMMITMENT_FORMAT, self.issuer, self.serial, self.previous, self.salt, self.rows]
        return hashlib.sha256(dcbor_encode(content)).digest()


def draft(connection: sa.Connection, issuer: bytes, serial: int, *, previous: bytes | None) -> Publication:
    """Return a commitment to all rows that there are, for the issuer.json with this serial; nothing is changed."""
    rows, persons, credentials = _digest(connection)
    return Publication(
        issuer=issuer,
        serial=serial,
        previous=previous,
        salt=secrets.token_bytes(SALT_OCTETS),
        rows=rows,
        persons=persons,
        credentials=credentials,
    )


def commit(pen: Pen, issuer: bytes, serial: int, *, at: int) -> Publication:
    """Commit to all rows that there are, for the issuer.json with this serial, which is about to be written.

    `at` is in seconds since 1970. Returns what to publish.
    """
    latest = _latest(pen.connection, issuer)
    made = draft(pen.connection, issuer, serial, previous=None if latest is None else latest.commitment)
    record(pen, made, at=at)
    return made


def take_up(pen: Pen, made: Publication, *, more_resets: int, at: int) -> None:
    """Make books those of an issuer.json that a recovery has just written.

    The mark of a backup goes; codes for first enrolments and resets are void, since they may have been used already.
    Rows that no publication had committed to are those of the one after the last that the books know: what is enrolled
    from now on is told from them. Raises StorageError where the rows are no longer those that were committed to.
    """
    if _digest(pen.connection)[0] != made.rows:
        raise StorageError("books: were changed by another process during the recovery: recover again")
    mark(pen, last_serial(pen.connection) + 1)
    record(pen, made, at=at, done=True)
    pen.delete(CODES, CODES.c.epoch.is_(None), CODES.c.kind.in_(("enrol", "reset")))
    lost = int(pen.connection.execute(sa.select(STATE.c.lost_resets)).scalar_one())
    pen.update(STATE, {"is_copy": False, "lost_resets": lost + more_resets})


def record(pen: Pen, made: Publication, *, at: int, done: bool = False) -> None:
    """Write down a publication that commits to all rows; `done` says that its issuer.json is written."""
    row = {
        "serial": made.serial,
        "previous": made.previous,
        "salt": made.salt,
        "rows": made.rows,
        "persons": made.persons,
        "credentials": made.credentials,
        "at": at,
        "done": done,
    }
    if not pen.insert(PUBLICATIONS, row):
        raise StorageError(f"books: they know another publication with serial {made.serial}")
    pen.update(STATE, {"issuer": made.issuer})
    mark(pen, made.serial)


def mark(pen: Pen, serial: int) -> None:
    """Write down the publication that is the first to commit to all rows that have none yet."""
    for table in (PERSONS, ENROLMENTS):
        pen.update(table, {"published_in": serial}, table.c.published_in.is_(None))


def last_serial(connection: sa.Connection) -> int:
    """Return the highest serial that the books know, 0 where they know none."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(PUBLICATIONS.c.serial), 0))).scalar_one())


def require_of(connection: sa.Connection, issuer: bytes) -> None:
    """Refuse the books of another issuer, whose persons this one would not know. Raises StorageError."""
    if connection.execute(sa.select(STATE.c.issuer)).scalar_one_or_none() not in (None, issuer):
        raise StorageError("books: of another issuer")


def check(connection: sa.Connection, info: IssuerInfo) -> None:
    """Refuse books that are a backup's, lie behind an issuer.json, belong to another, or lack or changed a row.

    Raises RolledBackError.
    """
    require_of(connection, info.id)
    if connection.execute(sa.select(STATE.c.is_copy)).scalar_one():
        raise RolledBackError(f"books: a backup's, in which later enrolments are missing: {_TAKE_UP}")
    latest = _latest(connection, info.id)
    if info.books is None and latest is None:
        return  # of a version that did not commit yet
    known = 0 if latest is None else latest.serial
    if known < info.serial:
        raise RolledBackError(f"books: lie behind issuer.json (serial {info.serial}, they know {known}): {_TAKE_UP}")
    if latest is None or _is_done_after(connection, info.serial):
        raise RolledBackError(
            f"issuer.json: has serial {info.serial}, and one with serial {known} was published: put that back"
        )
    own = _of_serial(connection, info.id, info.serial)
    if (own.commitment if own is not None else None) != info.books:
        raise RolledBackError(f"books: not those to which issuer.json commits: {_TAKE_UP}")
    # Only what the signed issuer.json commits to is certain. One that was begun after it, and may be finished yet, is
    # checked besides: anybody who can write to the books could have begun it.
    for one in {latest.serial: latest, **({} if own is None else {own.serial: own})}.values():
        if _digest(connection, until=one.serial)[0] != one.rows:
            raise RolledBackError(f"books: rows to which issuer.json commits are missing or changed: {_TAKE_UP}")


def _digest(connection: sa.Connection, *, until: int | None = None) -> tuple[bytes, int, int]:
    """Return the digest and number of the rows that were published with this serial or before, or of all."""
    digest, numbers = hashlib.sha256(), []
    for table, keys, names in (
        (PERSONS, ("tag", "generation"), ("tag", "generation", "continuity", "reset_at")),
        (ENROLMENTS, ("tag", "class", "epoch"), ("tag", "class", "epoch", "level", "request")),
    ):
        query = sa.select(*(table.c[name] for name in names)).order_by(*(table.c[name] for name in keys))
        number = 0
        for row in connection.execute(query if until is None else query.where(table.c.published_in <= until)):
            digest.update(dcbor_encode(list(row)))
            number += 1
        numbers.append(number)
    return digest.digest(), numbers[0], numbers[1]


def _latest(connection: sa.Connection, issuer: bytes) -> Publication | None:
    return _of_serial(connection, issuer, last_serial(connection))


def _of_serial(connection: sa.Connection, issuer: bytes, serial: int) -> Publication | None:
    query = sa.select(PUBLICATIONS).where(PUBLICATIONS.c.serial == serial)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    names = ("serial", "previous", "salt", "rows", "persons", "credentials")
    return Publication(issuer=issuer, **{name: row[name] for name in names})


def _is_done_after(connection: sa.Connection, serial: int) -> bool:
    query = sa.select(sa.func.count()).where(PUBLICATIONS.c.serial > serial, PUBLICATIONS.c.done)
    return bool(connection.execute(query).scalar_one())
