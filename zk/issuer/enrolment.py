"""Who has been issued what? (The issuer's books: tags instead of names, one credential per person, class and epoch.)

Kept are a person's tag, continuity tag, generation and last reset; for each credential its class, epoch, level and the
digest of the request; for each code its id and public key, until it has expired or its epoch is over, and the day on
which it expires until it is used. No commitment, no signature, no identifier, nothing that a code could be found from
and no time of invitation or enrolment; rows lie in the order of their keys and not of their arrival.

SQLite, each change in one transaction that is on the disk before it is acted on. The unique constraints decide: two
processes, or one killed and started again, cannot enrol anybody twice. Every row is sealed (`zk.issuer.seals`): whoever
has not the passphrase can read the books and not write them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from zk.errors import RefusedError, StorageError
from zk.issuer import commitments, rules
from zk.issuer.books_schema import (
    CODES,
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
from zk.issuer.seals import Pen, SealKeys
from zk.profile.codes import CodeKind
from zk.profile.issuer_info import HolderCount, IssuerInfo
from zk.storage import system
from zk.storage.vault import PRIVATE_MODE, check_private


class EnrolmentBooks:
    """The open books of one issuer. Every method raises StorageError where the database fails."""

    def __init__(self, path: Path, engine: sa.Engine, keys: SealKeys | None = None) -> None:
        self._path = path
        self._engine = engine
        self._keys = keys

    def __repr__(self) -> str:
        return f"EnrolmentBooks({str(self._path)!r})"

    @classmethod
    def create(cls, path: Path, first: Publication, keys: SealKeys, *, at: int) -> Self:
        """Make empty books with the first publication, mode 0600. Raises StorageError, also if the file is there."""
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | system.CLOEXEC, PRIVATE_MODE))
        except OSError as error:
            raise StorageError(f"{path}: cannot create: {error.strerror}") from error
        books = cls(path, engine_of(path), keys)
        with books._writing("create", by=Pen) as pen:
            create(pen.connection)
            pen.adopt()
            commitments.record(pen, first, at=at, done=True)
        return books

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the books for reading. Raises StorageError: not there, open to others, of another schema, or damaged."""
        try:
            check_private(path, path.stat())
        except OSError as error:
            raise StorageError(f"{path}: cannot open: {error.strerror}") from error
        books = cls(path, engine_of(path))
        try:
            with books._reading("open") as connection:
                bring_up_to_date(connection, path)
        except BaseException:
            books.close()
            raise
        return books

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def require_of(self, issuer: bytes) -> None:
        """Refuse the books of another issuer, whatever their seals. Raises StorageError."""
        with self._writing("read", by=Pen) as pen:
            commitments.require_of(pen.connection, issuer)

    def unlock(self, keys: SealKeys, *, adopt: bool = False) -> None:
        """Open the books for writing too. From now on whatever is done with them holds every seal first.

        `adopt` says that they were never sealed, as earlier versions left them: then they are, as they are. Raises
        ForeignRowError where a row was written, or taken out, by somebody who has not the keys.
        """
        self._keys = keys
        if adopt:
            with self._writing("seal", by=Pen) as pen:
                if not pen.is_sealed:
                    pen.adopt()
        with self._reading("check"):
            pass

    def mend(self, keys: SealKeys, issuer: bytes, serial: int) -> None:
        """Take out, for a recovery, whatever does not hold; then only a recovery takes the books up.

        What no publication committed to is from now on what the one after `serial` is the first to have.
        """
        self._keys = keys
        with self._writing("mend", by=Pen) as pen:
            if pen.mend(issuer):
                commitments.mark(pen, serial + 1)

    def mark_as_copy(self) -> None:
        """Make these books a backup's, with which nothing works but a recovery."""
        with self._writing("mark") as pen:
            pen.update(STATE, {"is_copy": True})

    def check(self, info: IssuerInfo) -> None:
        """Refuse books that are not those of this issuer.json and what came after it. Raises RolledBackError."""
        with self._reading("check") as connection:
            commitments.check(connection, info)

    def publish(self, issuer: bytes, least_serial: int, *, at: int) -> tuple[Publication, list[HolderCount], int]:
        """Commit to all rows, on the disk, for an issuer.json that is then to be written and told by `published`.

        Its serial is `least_serial`, or the next that the books do not know. Returns the publication, the counts and
        the number of resets, all of one moment.
        """
        with self._writing("commit") as pen:
            serial = max(least_serial, commitments.last_serial(pen.connection) + 1)
            made = commitments.commit(pen, issuer, serial, at=at)
            return made, rules.counts(pen.connection), rules.resets(pen.connection)

    def published(self, serial: int) -> None:
        """Write down that the issuer.json with this serial is written."""
        with self._writing("commit") as pen:
            pen.update(PUBLICATIONS, {"done": True}, PUBLICATIONS.c.serial == serial)

    def draft(self, issuer: bytes, after: int, *, jump: int, previous: bytes | None) -> Publication:
        """Return a commitment to all rows without writing it down. Raises StorageError for another issuer's books.

        Its serial is `jump` more than `after`, or than the last that the books know.
        """
        with self._reading("read") as connection:
            commitments.require_of(connection, issuer)
            serial = max(after, commitments.last_serial(connection)) + jump
            return commitments.draft(connection, issuer, serial, previous=previous)

    def take_up(self, made: Publication, *, more_resets: int, at: int) -> None:
        """Make these books those of a recovered issuer, whose issuer.json is written. Raises StorageError."""
        with self._writing("take up") as pen:
            commitments.take_up(pen, made, more_resets=more_resets, at=at)

    def person(self, tag: bytes) -> Person | None:
        """Return what is held of a person, or None."""
        with self._reading("read") as connection:
            return rules.person_of(connection, tag)

    def known(self, tags: Iterable[bytes]) -> list[bytes]:
        """Return those of these tags under which somebody was ever enrolled, in their order."""
        with self._reading("read") as connection:
            return [tag for tag in tags if rules.person_of(connection, tag) is not None]

    def near(self, skeletons: Iterable[bytes], *, but: bytes) -> list[bytes]:
        """Return the tags of others who were enrolled or invited and share a loose form, sorted."""
        columns = NEAR.c
        query = sa.select(columns.tag).where(columns.skeleton.in_(list(skeletons)), columns.tag != but).distinct()
        with self._reading("read") as connection:
            return sorted(connection.execute(query).scalars())

    def latest(self, tag: bytes) -> tuple[str, int] | None:
        """Return epoch and level of this person's latest lasting credential, or None."""
        with self._reading("read") as connection:
            return rules.latest_of(connection, tag)

    def is_invited(self, tag: bytes) -> bool:
        """Return whether there is a code of this person that is not used."""
        query = sa.select(sa.func.count()).where(CODES.c.tag == tag, CODES.c.epoch.is_(None))
        with self._reading("read") as connection:
            return bool(connection.execute(query).scalar_one())

    def code(self, code_id: bytes) -> CodeRow:
        """Return the code with this id. Raises RefusedError if there is none."""
        with self._reading("read") as connection:
            return rules.code_of(connection, code_id)

    def add_code(self, row: CodeRow, near: Iterable[bytes] = ()) -> None:
        """Write down a new code; the person's earlier ones that were not used are void from now on.

        `near` are keyed hashes of the loose forms of the person's identifier.
        """
        code = {
            "id": row.id,
            "key": row.key,
            "tag": row.tag,
            "kind": row.kind.value,
            "generation": row.generation,
            "level": row.level,
            "expires_at": row.expires_at,
            "renewable_until": row.renewable_until,
            "void": False,
        }
        with self._writing("write a code") as pen:
            rules.revoke(pen, row.tag)
            pen.delete(LEFT, LEFT.c.tag == row.tag)
            for skeleton in near:
                pen.insert(NEAR, {"skeleton": skeleton, "tag": row.tag})
            if not pen.insert(CODES, code):
                raise RefusedError("code: one with this id is in the books already")

    def revoke(self, tag: bytes, epoch: str) -> int:
        """Make every unused code and token of a person void; return how many there were.

        That the person left is kept, with the epoch in which it was said, until they are invited again.
        """
        with self._writing("revoke") as pen:
            pen.insert(LEFT, {"tag": tag, "epoch": epoch})
            return rules.revoke(pen, tag)

    def receive(self, enrolment: Enrolment) -> CodeRow:
        """Write down that a request has come under a code that could be enrolled now, before anything is signed.

        A second, different one before that makes the code void for good. Returns the code as it is then. Raises
        RefusedError as `enrol` does, and then nothing is written down.
        """
        with self._writing("receive a request") as pen:
            code = rules.code_of(pen.connection, enrolment.code.id)
            rules.require_open(code, enrolment.request, at=enrolment.at)
            if code.epoch is not None:
                return code
            with pen.attempt():
                rules.enrol(pen, enrolment)
            this = CODES.c.id == code.id
            if code.request in (None, enrolment.request):
                pen.update(CODES, {"request": enrolment.request}, this)
                return replace(code, request=enrolment.request)
            pen.update(CODES, {"void": True}, this)
        raise RefusedError(rules.TWO_REQUESTS)

    def enrol(self, enrolment: Enrolment) -> CodeRow:
        """Write down person, both credentials, the used code and its renewal token: all of it, on the disk.

        Returns the code as it is then; also if this very request was written down before. Raises RefusedError, with
        nothing changed.
        """
        with self._writing("enrol") as pen:
            if not rules.use_code(pen, enrolment):
                rules.enrol(pen, enrolment)
                rules.add_token(pen, enrolment)
            return rules.code_of(pen.connection, enrolment.code.id)

    def counts(self, *, until: int | None = None) -> list[HolderCount]:
        """Return the holders of each class, epoch and level, sorted.

        With `until` only those that the issuer.json with that serial can have counted.
        """
        with self._reading("count") as connection:
            return rules.counts(connection, until=until, following=commitments.last_serial(connection) + 1)

    def resets(self) -> int:
        """Return how many resets there were in all, those included that lost rows may stand for."""
        with self._reading("count") as connection:
            return rules.resets(connection)

    def open_codes(self, at: int) -> int:
        """Return how many codes may still be used at a time (seconds since 1970), renewal tokens apart."""
        return self.standing(at).open_codes

    def standing(self, at: int) -> Standing:
        """Return how these books stand at a time, seconds since 1970."""
        usable = (CODES.c.epoch.is_(None), CODES.c.void.is_(False), CODES.c.expires_at > at)
        is_token = CODES.c.kind == CodeKind.TOKEN.value
        last = sa.select(PUBLICATIONS.c.at).where(PUBLICATIONS.c.done).order_by(PUBLICATIONS.c.serial.desc()).limit(1)
        with self._reading("count") as connection:
            return Standing(
                open_codes=connection.execute(sa.select(sa.func.count()).where(*usable, ~is_token)).scalar_one(),
                open_tokens=connection.execute(sa.select(sa.func.count()).where(*usable, is_token)).scalar_one(),
                left=connection.execute(sa.select(sa.func.count()).select_from(LEFT)).scalar_one(),
                published_at=connection.execute(last).scalar_one_or_none(),
            )

    def forget_codes(self, at: int, first_open_epoch: str) -> None:
        """Delete codes that have expired unused, and those used for an epoch that is over."""
        expired = sa.and_(CODES.c.epoch.is_(None), CODES.c.expires_at <= at)
        with self._writing("forget codes") as pen:
            pen.delete(CODES, sa.or_(expired, CODES.c.epoch < first_open_epoch))
            # Of whoever was invited and never came nothing stays.
            here = [sa.exists().where(table.c.tag == NEAR.c.tag) for table in (CODES, PERSONS)]
            pen.delete(NEAR, ~sa.or_(*here))

    @contextmanager
    def _reading(self, doing: str) -> Iterator[sa.Connection]:
        """Read, from books whose seals hold where there are keys."""
        with self._writing(doing) as pen:
            yield pen.connection

    @contextmanager
    def _writing(
        self, doing: str, *, by: Callable[[sa.Connection, SealKeys | None], Pen] = Pen.checked
    ) -> Iterator[Pen]:
        """Write within one transaction that is on the disk when it ends; the head is sealed in it."""
        try:
            with self._engine.begin() as connection:
                pen = by(connection, self._keys)
                yield pen
                is_on_disk = pen.finish()
            is_on_disk()
        except sa.exc.SQLAlchemyError as error:
            lines = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
            # Parameters and statement stay out of it.
            raise StorageError(f"{self._path}: cannot {doing}: {lines[0][:200]}") from None
