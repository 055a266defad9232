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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from zk.errors import RefusedError, StorageError
from zk.issuer import commitments
from zk.issuer.books_schema import (
    CODES,
    ENROLMENTS,
    LEFT,
    NEAR,
    PERSONS,
    PUBLICATIONS,
    STATE,
    bring_up_to_date,
    create,
    engine_of,
)
from zk.issuer.commitments import Publication
from zk.issuer.rows import CodeRow, Enrolment, Person, Standing
from zk.profile.codes import CodeKind
from zk.profile.constants import CredentialClass, check_class, check_level
from zk.profile.issuer_info import HolderCount, IssuerInfo
from zk.storage import system
from zk.storage.vault import PRIVATE_MODE, check_private


class EnrolmentBooks:
    """The open books of one issuer. Every method raises StorageError where the database fails."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self._path = path
        self._engine = engine

    def __repr__(self) -> str:
        return f"EnrolmentBooks({str(self._path)!r})"

    @classmethod
    def create(cls, path: Path, first: Publication, *, at: int) -> Self:
        """Make empty books with the first publication, mode 0600. Raises StorageError, also if the file is there."""
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | system.CLOEXEC, PRIVATE_MODE))
        except OSError as error:
            raise StorageError(f"{path}: cannot create: {error.strerror}") from error
        books = cls(path, engine_of(path))
        with books._transaction("create") as connection:
            create(connection)
            commitments.record(connection, first, at=at, done=True)
        return books

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the books. Raises StorageError: not there, open to others, of another schema, or damaged."""
        try:
            check_private(path, path.stat())
        except OSError as error:
            raise StorageError(f"{path}: cannot open: {error.strerror}") from error
        books = cls(path, engine_of(path))
        try:
            with books._transaction("open") as connection:
                bring_up_to_date(connection, path)
        except BaseException:
            books.close()
            raise
        return books

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def check(self, info: IssuerInfo) -> None:
        """Refuse books that are not those of this issuer.json and what came after it. Raises RolledBackError."""
        with self._transaction("check") as connection:
            commitments.check(connection, info)

    def publish(self, issuer: bytes, least_serial: int, *, at: int) -> tuple[Publication, list[HolderCount], int]:
        """Commit to all rows, on the disk, for an issuer.json that is then to be written and told by `published`.

        Its serial is `least_serial`, or the next that the books do not know. Returns the publication, the counts and
        the number of resets, all of one moment.
        """
        with self._transaction("commit") as connection:
            serial = max(least_serial, commitments.last_serial(connection) + 1)
            made = commitments.commit(connection, issuer, serial, at=at)
            return made, _counts(connection), _resets(connection)

    def published(self, serial: int) -> None:
        """Write down that the issuer.json with this serial is written."""
        with self._transaction("commit") as connection:
            connection.execute(sa.update(PUBLICATIONS).where(PUBLICATIONS.c.serial == serial).values(done=True))

    def draft(self, issuer: bytes, serial: int, *, previous: bytes | None) -> Publication:
        """Return a commitment to all rows without writing it down. Raises StorageError for another issuer's books."""
        with self._transaction("read") as connection:
            commitments.require_of(connection, issuer)
            return commitments.draft(connection, issuer, serial, previous=previous)

    def take_up(self, made: Publication, *, more_resets: int, at: int) -> None:
        """Make these books those of a recovered issuer, whose issuer.json is written. Raises StorageError."""
        with self._transaction("take up") as connection:
            commitments.take_up(connection, made, more_resets=more_resets, at=at)

    def person(self, tag: bytes) -> Person | None:
        """Return what is held of a person, or None."""
        with self._transaction("read") as connection:
            return _person(connection, tag)

    def known(self, tags: Iterable[bytes]) -> list[bytes]:
        """Return those of these tags under which somebody was ever enrolled, in their order."""
        with self._transaction("read") as connection:
            return [tag for tag in tags if _person(connection, tag) is not None]

    def near(self, skeletons: Iterable[bytes], *, but: bytes) -> list[bytes]:
        """Return the tags of others who were enrolled or invited and share a loose form, sorted."""
        columns = NEAR.c
        query = sa.select(columns.tag).where(columns.skeleton.in_(list(skeletons)), columns.tag != but).distinct()
        with self._transaction("read") as connection:
            return sorted(connection.execute(query).scalars())

    def latest(self, tag: bytes) -> tuple[str, int] | None:
        """Return epoch and level of this person's latest lasting credential, or None."""
        with self._transaction("read") as connection:
            return _latest(connection, tag)

    def is_invited(self, tag: bytes) -> bool:
        """Return whether there is a code of this person that is not used."""
        query = sa.select(sa.func.count()).where(CODES.c.tag == tag, CODES.c.epoch.is_(None))
        with self._transaction("read") as connection:
            return bool(connection.execute(query).scalar_one())

    def code(self, code_id: bytes) -> CodeRow:
        """Return the code with this id. Raises RefusedError if there is none."""
        with self._transaction("read") as connection:
            return _code(connection, code_id)

    def add_code(self, row: CodeRow, issuer: bytes, near: Iterable[bytes] = ()) -> None:
        """Write down a new code; the person's earlier ones that were not used are void from now on.

        `near` are keyed hashes of the loose forms of the person's identifier. Raises RolledBackError where the books of
        this issuer id have lost rows since they were opened.
        """
        with self._transaction("write a code") as connection:
            commitments.require_count(connection, issuer)
            _revoke(connection, row.tag)
            connection.execute(sa.delete(LEFT).where(LEFT.c.tag == row.tag))
            for skeleton in near:
                _inserted(connection, NEAR, {"skeleton": skeleton, "tag": row.tag})
            connection.execute(
                sa.insert(CODES).values(
                    id=row.id,
                    key=row.key,
                    tag=row.tag,
                    kind=row.kind.value,
                    generation=row.generation,
                    level=row.level,
                    expires_at=row.expires_at,
                    renewable_until=row.renewable_until,
                    void=False,
                )
            )

    def revoke(self, tag: bytes, epoch: str) -> int:
        """Make every unused code and token of a person void; return how many there were.

        That the person left is kept, with the epoch in which it was said, until they are invited again.
        """
        with self._transaction("revoke") as connection:
            connection.execute(insert(LEFT).values(tag=tag, epoch=epoch).on_conflict_do_nothing())
            return _revoke(connection, tag)

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
            this = CODES.c.id == code.id
            if code.request in (None, enrolment.request):
                connection.execute(sa.update(CODES).where(this).values(request=enrolment.request))
                return replace(code, request=enrolment.request)
            connection.execute(sa.update(CODES).where(this).values(void=True))
        raise RefusedError(_TWO_REQUESTS)

    def enrol(self, enrolment: Enrolment) -> CodeRow:
        """Write down person, both credentials, the used code and its renewal token: all of it, on the disk.

        Returns the code as it is then; also if this very request was written down before. Raises RefusedError, with
        nothing changed.
        """
        with self._transaction("enrol") as connection:
            if not _use_code(connection, enrolment):
                _enrol(connection, enrolment)
                _add_token(connection, enrolment)
            return _code(connection, enrolment.code.id)

    def counts(self) -> list[HolderCount]:
        """Return the holders of each class, epoch and level, sorted."""
        with self._transaction("count") as connection:
            return _counts(connection)

    def resets(self) -> int:
        """Return how many resets there were in all, those included that lost rows may stand for."""
        with self._transaction("count") as connection:
            return _resets(connection)

    def open_codes(self, at: int) -> int:
        """Return how many codes may still be used at a time (seconds since 1970), renewal tokens apart."""
        return self.standing(at).open_codes

    def standing(self, at: int) -> Standing:
        """Return how these books stand at a time, seconds since 1970."""
        usable = (CODES.c.epoch.is_(None), CODES.c.void.is_(False), CODES.c.expires_at > at)
        is_token = CODES.c.kind == CodeKind.TOKEN.value
        last = sa.select(PUBLICATIONS.c.at).where(PUBLICATIONS.c.done).order_by(PUBLICATIONS.c.serial.desc()).limit(1)
        with self._transaction("count") as connection:
            return Standing(
                open_codes=connection.execute(sa.select(sa.func.count()).where(*usable, ~is_token)).scalar_one(),
                open_tokens=connection.execute(sa.select(sa.func.count()).where(*usable, is_token)).scalar_one(),
                left=connection.execute(sa.select(sa.func.count()).select_from(LEFT)).scalar_one(),
                published_at=connection.execute(last).scalar_one_or_none(),
            )

    def forget_codes(self, at: int, first_open_epoch: str) -> None:
        """Delete codes that have expired unused, and those used for an epoch that is over."""
        expired = sa.and_(CODES.c.epoch.is_(None), CODES.c.expires_at <= at)
        with self._transaction("forget codes") as connection:
            connection.execute(sa.delete(CODES).where(sa.or_(expired, CODES.c.epoch < first_open_epoch)))
            # Of whoever was invited and never came nothing stays.
            here = [sa.exists().where(table.c.tag == NEAR.c.tag) for table in (CODES, PERSONS)]
            connection.execute(sa.delete(NEAR).where(~sa.or_(*here)))

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            lines = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
            # Parameters and statement stay out of it.
            raise StorageError(f"{self._path}: cannot {doing}: {lines[0][:200]}") from None


def _inserted(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is there; the constraint decides."""
    return connection.execute(insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _counts(connection: sa.Connection) -> list[HolderCount]:
    columns = (ENROLMENTS.c["class"], ENROLMENTS.c.epoch, ENROLMENTS.c.level)
    query = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
    return [
        HolderCount(credential_class=check_class(row[0]), epoch=row[1], level=check_level(row[2]), holders=row[3])
        for row in connection.execute(query)
    ]


def _resets(connection: sa.Connection) -> int:
    known = connection.execute(sa.select(sa.func.count()).where(PERSONS.c.generation > 0)).scalar_one()
    return int(known) + int(connection.execute(sa.select(STATE.c.lost_resets)).scalar_one())


def _person(connection: sa.Connection, tag: bytes) -> Person | None:
    columns = PERSONS.c
    query = sa.select(columns.continuity, columns.generation, columns.reset_at).where(columns.tag == tag)
    row = connection.execute(query.order_by(columns.generation.desc()).limit(1)).one_or_none()
    return None if row is None else Person(continuity=row[0], generation=row[1], reset_at=row[2])


def _latest(connection: sa.Connection, tag: bytes) -> tuple[str, int] | None:
    columns = ENROLMENTS.c
    of_person = (columns.tag == tag, columns["class"] == CredentialClass.LASTING.value)
    # Canonical epochs of one length sort as the times do.
    query = sa.select(columns.epoch, columns.level).where(*of_person).order_by(columns.epoch.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def _revoke(connection: sa.Connection, tag: bytes) -> int:
    return connection.execute(sa.delete(CODES).where(CODES.c.tag == tag, CODES.c.epoch.is_(None))).rowcount


def _code(connection: sa.Connection, code_id: bytes) -> CodeRow:
    row = connection.execute(sa.select(CODES).where(CODES.c.id == code_id)).mappings().one_or_none()
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
    used: dict[str, Any] = {"request": enrolment.request, "epoch": enrolment.epoch, "expires_at": None}
    if code.renewable_until is not None and code.renewable_until <= enrolment.at:
        used["renewable_until"] = None  # nobody may be renewed by it any more: no token goes with the answer
    connection.execute(sa.update(CODES).where(CODES.c.id == code.id).values(used))
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
        if not _inserted(connection, ENROLMENTS, row):
            raise RefusedError(f"this person already has credentials for epoch {enrolment.epoch}")


def _add_token(connection: sa.Connection, enrolment: Enrolment) -> None:
    """Write down the renewal token that goes with the answer, if one does; every other unused one is void."""
    code = _code(connection, enrolment.code.id)
    connection.execute(
        sa.delete(CODES).where(CODES.c.tag == code.tag, CODES.c.kind == CodeKind.TOKEN.value, CODES.c.epoch.is_(None))
    )
    if code.renewable_until is None:
        return
    token_id, key = enrolment.token
    row = {
        "id": token_id,
        "key": key,
        "tag": code.tag,
        "kind": CodeKind.TOKEN.value,
        "generation": code.generation,
        "level": code.level,
        "expires_at": code.renewable_until,
        "renewable_until": code.renewable_until,
        "after": enrolment.epoch,
        "void": False,
    }
    if not _inserted(connection, CODES, row):
        raise RefusedError("renewal: its token is in the books already")


def _first(connection: sa.Connection, enrolment: Enrolment) -> None:
    row = {"tag": enrolment.code.tag, "continuity": enrolment.continuity, "generation": 0}
    if not _inserted(connection, PERSONS, row):
        raise RefusedError("this person is enrolled already: renewal and reset need codes of their own")


def _renewal(connection: sa.Connection, enrolment: Enrolment) -> None:
    person = _person(connection, enrolment.code.tag)
    if person is None or (person.continuity, person.generation) != (enrolment.continuity, enrolment.code.generation):
        raise RefusedError("renewal: the person's nym secrets have been reset in the meantime")


def _by_token(connection: sa.Connection, enrolment: Enrolment) -> None:
    if enrolment.code.after is None or enrolment.epoch <= enrolment.code.after:
        raise RefusedError(f"renewal: its token is for epochs after {enrolment.code.after}")
    _renewal(connection, enrolment)


def _reset(connection: sa.Connection, enrolment: Enrolment) -> None:
    latest = _latest(connection, enrolment.code.tag)
    if latest is not None and latest[0] >= enrolment.epoch:
        raise RefusedError(f"reset: this person has a lasting credential for epoch {latest[0]}: reset for a later one")
    person, at = _person(connection, enrolment.code.tag), enrolment.at
    if person is None or person.generation != enrolment.code.generation - 1:
        raise RefusedError("reset: before its time")
    if person.reset_at is not None and person.reset_at > at - enrolment.reset_seconds:
        raise RefusedError("reset: before its time")
    row = {
        "tag": enrolment.code.tag,
        "generation": enrolment.code.generation,
        "continuity": enrolment.continuity,
        "reset_at": at,
    }
    if not _inserted(connection, PERSONS, row):
        raise RefusedError("reset: before its time")


_TWO_REQUESTS: Final = (
    "code: two different requests came under it, so neither is signed and the code is void: ask the person "
    "whether both are theirs, and invite again"
)
_PERSON_RULES: Final = {
    CodeKind.ENROL: _first,
    CodeKind.RENEW: _renewal,
    CodeKind.RESET: _reset,
    CodeKind.TOKEN: _by_token,
}
