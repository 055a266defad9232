"""Which rows may be added to an issuer's books, and what do those that are there say? (Within one transaction.)

Each function takes connection or pen of a transaction that is alone; what raises leaves it to the caller to roll back.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from zk.errors import RefusedError
from zk.issuer.books_schema import CODES, ENROLMENTS, PERSONS, SEAL, STATE
from zk.issuer.rows import CodeRow, Enrolment, Person
from zk.issuer.seals import Pen
from zk.profile.codes import CodeKind
from zk.profile.constants import CredentialClass, check_class, check_level
from zk.profile.issuer_info import HolderCount


def counts(connection: sa.Connection, *, until: int | None = None, following: int = 0) -> list[HolderCount]:
    """How many persons hold a credential of each class, epoch and level, in that order.

    With `until` only those that the publication with that serial can have counted: what no publication commits to yet
    belongs to the `following` one.
    """
    columns = (ENROLMENTS.c["class"], ENROLMENTS.c.epoch, ENROLMENTS.c.level)
    query = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
    if until is not None:
        query = query.where(sa.func.coalesce(ENROLMENTS.c.published_in, following) <= until)
    return [
        HolderCount(credential_class=check_class(row[0]), epoch=row[1], level=check_level(row[2]), holders=row[3])
        for row in connection.execute(query)
    ]


def resets(connection: sa.Connection) -> int:
    """How many second identities there may be: resets in the books, and those that lost books may have held."""
    known = connection.execute(sa.select(sa.func.count()).where(PERSONS.c.generation > 0)).scalar_one()
    return int(known) + int(connection.execute(sa.select(STATE.c.lost_resets)).scalar_one())


def person_of(connection: sa.Connection, tag: bytes) -> Person | None:
    """The person behind a tag as the latest reset left them; None where nobody is enrolled under it."""
    columns = PERSONS.c
    query = sa.select(columns.continuity, columns.generation, columns.reset_at).where(columns.tag == tag)
    row = connection.execute(query.order_by(columns.generation.desc()).limit(1)).one_or_none()
    return None if row is None else Person(continuity=row[0], generation=row[1], reset_at=row[2])


def latest_of(connection: sa.Connection, tag: bytes) -> tuple[str, int] | None:
    """(epoch, level) of a person's latest lasting credential; None where there is none."""
    columns = ENROLMENTS.c
    of_person = (columns.tag == tag, columns["class"] == CredentialClass.LASTING.value)
    # Canonical epochs of one length sort as the times do.
    query = sa.select(columns.epoch, columns.level).where(*of_person).order_by(columns.epoch.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def revoke(pen: Pen, tag: bytes) -> int:
    """Delete a person's unused codes and tokens, and return how many there were."""
    return pen.delete(CODES, CODES.c.tag == tag, CODES.c.epoch.is_(None))


def code_of(connection: sa.Connection, code_id: bytes) -> CodeRow:
    """The code of an id. Raises RefusedError where the books have none."""
    row = connection.execute(sa.select(CODES).where(CODES.c.id == code_id)).mappings().one_or_none()
    if row is None:
        raise RefusedError("code: unknown, or replaced by a later one")
    return CodeRow(**{name: value for name, value in row.items() if name != SEAL} | {"kind": CodeKind(row["kind"])})


def require_open(code: CodeRow, request: bytes, *, at: int) -> None:
    """Refuse what can no more be signed under a code; the request that was signed once may come again."""
    if code.void:
        raise RefusedError(TWO_REQUESTS)
    if code.epoch is not None and code.request != request:
        raise RefusedError(
            "code: already used for another request; if the person made one only, somebody else had the code"
        )
    if code.expires_at is not None and code.expires_at <= at:
        raise RefusedError("code: expired")


def use_code(pen: Pen, enrolment: Enrolment) -> bool:
    """Mark the code as used; return whether this very request had used it before. Raises RefusedError."""
    code = code_of(pen.connection, enrolment.code.id)
    require_open(code, enrolment.request, at=enrolment.at)
    if code.epoch is not None:
        return True
    if code != enrolment.code:
        raise RefusedError("code: changed while the request was verified")
    used: dict[str, Any] = {"request": enrolment.request, "epoch": enrolment.epoch, "expires_at": None}
    if code.renewable_until is not None and code.renewable_until <= enrolment.at:
        used["renewable_until"] = None  # nobody may be renewed by it any more: no token goes with the answer
    pen.update(CODES, used, CODES.c.id == code.id)
    return False


def enrol(pen: Pen, enrolment: Enrolment) -> None:
    """Write down person and both credentials. Raises RefusedError; the caller rolls back."""
    _PERSON_RULES[enrolment.code.kind](pen, enrolment)
    for credential_class in CredentialClass:
        row = {
            "tag": enrolment.code.tag,
            "class": credential_class.value,
            "epoch": enrolment.epoch,
            "level": enrolment.code.level,
            "request": enrolment.request,
        }
        if not pen.insert(ENROLMENTS, row):
            raise RefusedError(f"this person already has credentials for epoch {enrolment.epoch}")


def add_token(pen: Pen, enrolment: Enrolment) -> None:
    """Write down the renewal token that goes with the answer, if one does; every other unused one is void."""
    code = code_of(pen.connection, enrolment.code.id)
    pen.delete(CODES, CODES.c.tag == code.tag, CODES.c.kind == CodeKind.TOKEN.value, CODES.c.epoch.is_(None))
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
    if not pen.insert(CODES, row):
        raise RefusedError("renewal: its token is in the books already")


def _first(pen: Pen, enrolment: Enrolment) -> None:
    row = {"tag": enrolment.code.tag, "continuity": enrolment.continuity, "generation": 0}
    if not pen.insert(PERSONS, row):
        raise RefusedError("this person is enrolled already: renewal and reset need codes of their own")


def _renewal(pen: Pen, enrolment: Enrolment) -> None:
    person = person_of(pen.connection, enrolment.code.tag)
    if person is None or (person.continuity, person.generation) != (enrolment.continuity, enrolment.code.generation):
        raise RefusedError("renewal: the person's nym secrets have been reset in the meantime")


def _by_token(pen: Pen, enrolment: Enrolment) -> None:
    if enrolment.code.after is None or enrolment.epoch <= enrolment.code.after:
        raise RefusedError(f"renewal: its token is for epochs after {enrolment.code.after}")
    _renewal(pen, enrolment)


def _reset(pen: Pen, enrolment: Enrolment) -> None:
    latest = latest_of(pen.connection, enrolment.code.tag)
    if latest is not None and latest[0] >= enrolment.epoch:
        raise RefusedError(f"reset: this person has a lasting credential for epoch {latest[0]}: reset for a later one")
    person, at = person_of(pen.connection, enrolment.code.tag), enrolment.at
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
    if not pen.insert(PERSONS, row):
        raise RefusedError("reset: before its time")


TWO_REQUESTS: Final = (
    "code: two different requests came under it, so neither is signed and the code is void: ask the person "
    "whether both are theirs, and invite again"
)
"""What whoever brings one of them is told."""

_PERSON_RULES: Final = {
    CodeKind.ENROL: _first,
    CodeKind.RENEW: _renewal,
    CodeKind.RESET: _reset,
    CodeKind.TOKEN: _by_token,
}
