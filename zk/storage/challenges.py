"""Was this nonce given out, for what, and has nobody answered it yet? (The verifier's challenges: each is used once.)

A challenge stands beside the ledger, in the same database, so that servers that share the one share the other. Using it
is one update that finds it unused and unexpired, by the clock of the database: of many at the same moment one succeeds.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from zk.errors import EncodingError, RefusedError, StorageError

if TYPE_CHECKING:
    import sqlalchemy as sa

NONCE_OCTETS: Final = 32
"""Octets of a nonce: nobody guesses it, and none is given twice."""
MAX_TEXT: Final = 400
"""Octets of a scope, an audience or an owner's name."""
MAX_SECONDS: Final = 86_400
"""How long a challenge can be answered at most."""
KEPT_SECONDS: Final = 86_400
"""How long one that is over is remembered, so that whoever is late hears why."""


class ChallengeError(RefusedError):
    """There is no such challenge, or it was used, or its time is over, or somebody else asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A nonce that was given out."""

    nonce: bytes
    scope: str
    """The scope that a vouch has to be for."""
    audience: str
    """For whom it has to be made; empty where for nobody in particular."""
    expires_at: datetime
    """By the database's clock, UTC, whole seconds."""


class ChallengeBook:
    """Challenges beside a ledger; `open_challenges` opens it. Safe between threads."""

    def __init__(self, engine: sa.Engine, url: sa.URL) -> None:
        self._engine = engine
        self._url = url
        self._process = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection of this process."""
        self._engine.dispose(close=os.getpid() == self._process)

    def give(self, *, scope: str, audience: str = "", owner: str = "", seconds: int) -> Challenge:
        """Make a nonce and remember it. Raises EncodingError or StorageError.

        Args:
            scope: what a vouch has to be for.
            audience: for whom it has to be made.
            owner: who asked, and alone may have it answered.
            seconds: how long it can be answered.
        """
        import sqlalchemy as sa

        from zk.storage.challenges_schema import CHALLENGES
        from zk.storage.database import clock

        for name, text in (("scope", scope), ("audience", audience), ("owner", owner)):
            if len(text.encode("utf-8", "replace")) > MAX_TEXT:
                raise EncodingError(f"challenge: {name} of more than {MAX_TEXT} octets")
        if not 1 <= seconds <= MAX_SECONDS:
            raise EncodingError(f"challenge: got {seconds} seconds, expected 1 to {MAX_SECONDS}")
        nonce = secrets.token_bytes(NONCE_OCTETS)
        now = clock(self._engine.dialect.name)
        with self._connection("give a challenge") as connection:
            connection.execute(sa.delete(CHALLENGES).where(CHALLENGES.c.expires_at < now - KEPT_SECONDS))
            row = {"digest": _digest(nonce), "scope": scope, "audience": audience, "owner": owner}
            values = {**row, "expires_at": now + seconds, "used": False}
            statement = sa.insert(CHALLENGES).values(**values).returning(CHALLENGES.c.expires_at)
            expires_at = connection.execute(statement).scalar_one()
        return Challenge(
            nonce=nonce, scope=scope, audience=audience, expires_at=datetime.fromtimestamp(expires_at, UTC)
        )

    def use(self, nonce: bytes, *, owner: str = "") -> Challenge:
        """Use a challenge up, and return it. Raises ChallengeError or StorageError."""
        import sqlalchemy as sa

        from zk.storage.challenges_schema import CHALLENGES
        from zk.storage.database import clock

        table, now = CHALLENGES.c, clock(self._engine.dialect.name)
        is_it = (table.digest == _digest(nonce), table.owner == owner)
        statement = (
            sa.update(CHALLENGES)
            .where(*is_it, table.used.is_(False), table.expires_at >= now)
            .values(used=True)
            .returning(table.scope, table.audience, table.expires_at)
        )
        with self._connection("use a challenge") as connection:
            row = connection.execute(statement).one_or_none()
            left = None if row is not None else connection.execute(sa.select(table.used).where(*is_it)).scalar()
        if row is None:
            reason = "none of that nonce was given to this caller" if left is None else "was used already"
            raise ChallengeError("challenge: " + (reason if left is None or left else "its time is over"))
        return Challenge(nonce=nonce, scope=row[0], audience=row[1], expires_at=datetime.fromtimestamp(row[2], UTC))

    def ping(self) -> None:
        """Ask the database for its time. Raises StorageError."""
        import sqlalchemy as sa

        from zk.storage.database import clock

        with self._connection("read the clock") as connection:
            connection.execute(sa.select(clock(self._engine.dialect.name))).scalar_one()

    @contextmanager
    def _connection(self, doing: str) -> Iterator[sa.Connection]:
        import sqlalchemy as sa

        from zk.storage.database import failure

        if os.getpid() != self._process:
            raise StorageError("challenges: opened in another process, open them again in this one")
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise failure(self._url, doing, error) from None


def open_challenges(location: str | os.PathLike[str]) -> ChallengeBook:
    """Open, and if need be make, the challenges beside the ledger at that place; the ledger is made too.

    Raises as `zk.storage.ledger.open_ledger` does.
    """
    import sqlalchemy as sa

    from zk.storage.challenges_schema import make_table
    from zk.storage.database import failure, open_engine, parse_location

    url = parse_location(location)
    engine = open_engine(url, read_only=False)
    try:
        make_table(engine)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        raise failure(url, "open", error) from None
    return ChallengeBook(engine, url)


def _digest(nonce: bytes) -> bytes:
    """What is kept of a nonce: whoever reads the database cannot answer in somebody's place."""
    return hashlib.sha256(nonce).digest()
