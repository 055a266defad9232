"""How do challenges lie in a database? One table beside the ledger's own, of a version of its own.

Imported only once challenges are opened, as SQLAlchemy takes a quarter of a second to load.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from zk.storage.database import POSTGRES_LOCK

METADATA: Final = sa.MetaData()

CHALLENGES: Final = sa.Table(
    "vouchmark_challenge_1",
    METADATA,
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("used", sa.Boolean, nullable=False),
)
"""One row a nonce, by its SHA-256. The 1 in its name is the version: another one would be another table."""


def make_table(engine: sa.Engine) -> None:
    """Make the table where it is not there; one process at a time."""
    if sa.inspect(engine).has_table(CHALLENGES.name):
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POSTGRES_LOCK)))
        METADATA.create_all(connection, checkfirst=True)
