"""Whom do the tests of the person line know? An issuer with keys for today, people, media, and a quick check."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.support import authority as made
from tests.support import command
from tests.support.people import world
from vouchmark import check
from vouchmark.report import Evidence, Finding, Line, Report
from zk.profile.personhood import Binding, BindingKind, EpochLength, IssuerInfo, Scope, Stance

AT: Final = made.NOW
"""When the tests look: inside the validity of certificates that are made on the spot."""
EPOCH: Final = EpochLength.MONTH.epoch_at(AT)
_START: Final = EpochLength.MONTH.epoch_bounds(EPOCH)[0]
LAST_EPOCH: Final = EpochLength.MONTH.epoch_at(_START - dt.timedelta(days=1))
NEXT_EPOCH: Final = EpochLength.MONTH.next_epoch(EPOCH)
EPOCHS: Final = (LAST_EPOCH, EPOCH, NEXT_EPOCH)

CLUB: Final = world.Issuer(name="Harbour Press Club", epochs=EPOCHS, slots=3)
TOWN: Final = world.Issuer(name="Town Hall", epochs=EPOCHS, slots=1)
STRANGER: Final = world.Issuer(name="Nobody Knows", epochs=EPOCHS)
CAFE, OTHER_SCOPE = "public:review/cafe-harbour", "public:review/other"

TRUST: Final = made.store_of(made.list_of(command.ROOT))
PLAIN: Final = command.media()["plain.jpg"]
SIGNED: Final = command.media()["signed.jpg"]


def file_binding(data: bytes) -> Binding:
    return Binding(kind=BindingKind.FILE, digest=hashlib.sha256(data).digest())


def manifest_binding(digest: str) -> Binding:
    return Binding(kind=BindingKind.MANIFEST, digest=bytes.fromhex(digest))


def vouch(
    data: bytes | Binding,
    *,
    by: world.Person | None = None,
    scope: str = CAFE,
    epoch: str = EPOCH,
    **more: Any,
) -> bytes:
    """The octets of a vouch for these bytes, by somebody new where nobody is named; for them unless told otherwise."""
    more.setdefault("stance", Stance.FOR)
    bound = file_binding(data) if isinstance(data, bytes) else data
    return (by or somebody()).vouch(scope=Scope.parse(scope), bound=bound, epoch=epoch, **more).encode()


def somebody(issuer: world.Issuer = CLUB, **more: Any) -> world.Person:
    return world.person(issuer, **more)


def issuer_json(*issuers: world.Issuer) -> list[bytes]:
    return [_info(issuer).to_json() for issuer in issuers]


def _info(issuer: world.Issuer) -> IssuerInfo:
    return issuer.info


def look(source: Any, **options: Any) -> Report:
    """A check in this process that trusts the club and counts the café."""
    defaults = {"in_process": True, "at": AT, "trust": TRUST, "issuers": issuer_json(CLUB), "scopes": [CAFE]}
    return check(source, **defaults | options)


def line(source: Any, **options: Any) -> Evidence:
    """The person line alone."""
    return look(source, **options).evidence[Line.PERSON]


def codes(evidence: Evidence) -> list[tuple[str, str]]:
    """Code and status of each finding but the bound."""
    return [(finding.code, str(finding.status)) for finding in evidence.findings if finding.code != "person.bound"]


def one(evidence: Evidence) -> Finding:
    """The only finding but the bound."""
    (finding,) = [finding for finding in evidence.findings if finding.code != "person.bound"]
    return finding


def put(folder: Path, name: str, data: bytes, vouches: Iterable[bytes] = ()) -> Path:
    """A file with vouches beside it: `NAME.vouch`, then `NAME.2.vouch` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    for number, octets in enumerate(vouches, start=1):
        (folder / (f"{name}.vouch" if number == 1 else f"{name}.{number}.vouch")).write_bytes(octets)
    return path
