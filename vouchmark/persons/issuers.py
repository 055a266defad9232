"""Which issuers of personhood credentials does the reader trust, and are their files still what was put there?

`issuers/index.json` names every kept issuer.json by its issuer's id, with its serial, its SHA-256 and the day it was
taken; `issuers/<id>.json` holds the bytes exactly as they came. An older serial, or the same serial with other bytes,
is refused: an issuer's list of keys only grows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.trust.strict_json import read_json
from provenance.files.home import HomeFolder

if TYPE_CHECKING:
    from zk.profile.issuer_info import IssuerInfo

SCHEMA: Final = "vouchmark.issuers/1"
MAX_ISSUERS: Final = 200
"""Kept issuers; a reader has a handful."""
MAX_INDEX_OCTETS: Final = 1024 * 1024
"""Octets of the index; 200 rows take about 60 KiB."""
MAX_ISSUER_OCTETS: Final = 8 << 20
"""Octets of one issuer.json, as in zk.profile.issuer_info, not imported before there is a vouch (a test compares)."""
_HEX: Final = re.compile(r"[0-9a-f]{64}")


class IssuersError(Exception):
    """The kept issuers cannot be read or written."""


class IssuerRefusedError(Exception):
    """An issuer.json that is not taken: older than the kept one, or something else under the same serial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerFile:
    """An issuer.json as the reader has it."""

    octets: bytes = field(repr=False)
    sha256: str
    """Lower-case hex."""
    dated: dt.date | None = None
    """The day it was taken into the reader's data; None for a file given for this run."""

    @classmethod
    def of(cls, octets: bytes) -> IssuerFile:
        """A file given for this run."""
        return cls(octets=octets, sha256=hashlib.sha256(octets).hexdigest())

    def parse(self) -> IssuerInfo:
        """The issuer. Raises the errors of `zk.profile.issuer_info.IssuerInfo.from_json`.

        Possessions of keys are checked when a key is used, not for the whole list.
        """
        from zk.profile.issuer_info import IssuerInfo

        return IssuerInfo.from_json(self.octets, check_keys=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIssuer:
    """What the index says of one kept file."""

    id: str
    """Issuer id, lower-case hex."""
    name: str
    serial: int
    sha256: str
    dated: dt.date

    def to_json(self) -> dict[str, Any]:
        """As it stands in the index."""
        return {
            "id": self.id,
            "name": self.name,
            "serial": self.serial,
            "sha256": self.sha256,
            "dated": self.dated.isoformat(),
        }

    @classmethod
    def from_json(cls, row: Any) -> KeptIssuer:
        """From the index. Raises ValueError, TypeError or KeyError where it is not of this shape."""
        if set(row) != set(cls.__slots__):
            raise ValueError("a row lacks a key or has one too many")
        if not _HEX.fullmatch(row["id"]) or not _HEX.fullmatch(row["sha256"]):
            raise ValueError("an id or a digest is malformed")
        if isinstance(row["serial"], bool) or not isinstance(row["serial"], int) or not isinstance(row["name"], str):
            raise ValueError("a serial or a name is malformed")
        return cls(**{**row, "dated": dt.date.fromisoformat(row["dated"])})


class IssuerFolder:
    """The folder `issuers` of a reader's data. Reading never creates anything."""

    def __init__(self, home: Path) -> None:
        self.path = home / "issuers"
        self._folder = HomeFolder(self.path, IssuersError)

    def rows(self) -> list[KeptIssuer]:
        """The kept issuers, sorted by id; none where none was ever added. Raises IssuersError."""
        path = self.path / "index.json"
        data = self._folder.read(path.name, limit=MAX_INDEX_OCTETS)
        if data is None:
            return []
        try:
            value = read_json(data)
            if value["schema"] != SCHEMA or len(value["issuers"]) > MAX_ISSUERS:
                raise ValueError("unknown schema, or too many issuers")
            rows = [KeptIssuer.from_json(row) for row in value["issuers"]]
        except (ValueError, KeyError, TypeError) as error:
            raise IssuersError(f"the index of issuers {path} is damaged: {error}") from error
        if len({row.id for row in rows}) != len(rows):
            raise IssuersError(f"the index of issuers {path} is damaged: an issuer stands there twice")
        return sorted(rows, key=lambda row: row.id)

    def read(self, row: KeptIssuer) -> IssuerFile:
        """A kept file, which is the one that was added. Raises IssuersError where it is not."""
        path, coming = self._places(row.id)
        data = self._folder.read(path.name, limit=MAX_ISSUER_OCTETS)
        found = hashlib.sha256(data or b"").hexdigest()
        if found != row.sha256:
            # A writer that was killed came as far as the index: what that names is here.
            newer = self._folder.read(coming.name, limit=MAX_ISSUER_OCTETS)
            if newer is not None and hashlib.sha256(newer).hexdigest() == row.sha256:
                return IssuerFile(octets=newer, sha256=row.sha256, dated=row.dated)
        if data is None:
            raise IssuersError(f"the issuer {row.name!r} is missing: {path}")
        if found != row.sha256:
            raise IssuersError(
                f"the issuer {row.name!r} was changed since it was added: got SHA-256 {found}, expected {row.sha256}"
            )
        return IssuerFile(octets=data, sha256=found, dated=row.dated)

    def files(self) -> list[IssuerFile]:
        """Every kept file. Raises IssuersError."""
        while True:
            rows = self.rows()
            try:
                return [self.read(row) for row in rows]
            except IssuersError:
                if self.rows() == rows:
                    raise
                # Somebody added or removed one just now.

    def add(self, octets: bytes, *, at: dt.datetime) -> tuple[KeptIssuer, KeptIssuer | None]:
        """Keep an issuer.json; return its row and the one that it replaces (the same row where nothing changed).

        Raises IssuersError, IssuerRefusedError, or the errors of `zk.profile.issuer_info.IssuerInfo.from_json`; every
        key's possession is checked.
        """
        from zk.errors import UntrustedError
        from zk.profile.issuer_info import IssuerInfo

        info = IssuerInfo.from_json(octets)
        row = KeptIssuer(
            id=info.id.hex(),
            name=info.name,
            serial=info.serial,
            sha256=hashlib.sha256(octets).hexdigest(),
            dated=at.astimezone(dt.UTC).date(),
        )
        with self._folder.locked():
            rows = {kept.id: kept for kept in self.rows()}
            before = rows.get(row.id)
            if before is not None:
                known = self.read(before).parse()
                if before.serial == row.serial and before.sha256 != row.sha256:
                    raise IssuerRefusedError(f"serial {row.serial} is kept already, with other bytes")
                try:
                    if not info.supersedes(known):
                        return before, before
                except UntrustedError as error:
                    raise IssuerRefusedError(str(error)) from error
            elif len(rows) >= MAX_ISSUERS:
                raise IssuersError(f"got more than {MAX_ISSUERS} issuers")
            path, coming = self._places(row.id)
            # In this order a writer that is killed leaves an index that names what is there.
            self._folder.write(coming.name, octets)
            self._write_index([*(kept for kept in rows.values() if kept.id != row.id), row])
            self._folder.move(coming.name, path.name)
        return row, before

    def remove(self, word: str) -> KeptIssuer:
        """Drop the issuer with that name, id, or beginning of an id (8 digits at least).

        Raises:
            IssuersError: it cannot be written, or is damaged.
            LookupError: none or more than one is called so.
        """
        with self._folder.locked():
            rows = self.rows()
            row = find(rows, word)
            self._write_index([kept for kept in rows if kept.id != row.id])
            for path in self._places(row.id):
                path.unlink(missing_ok=True)
        return row

    def _places(self, issuer: str) -> tuple[Path, Path]:
        """Where an issuer's file lies, and where a later version lies until the index names it."""
        return self.path / f"{issuer}.json", self.path / f"{issuer}.new.json"

    def _write_index(self, rows: list[KeptIssuer]) -> None:
        rows = sorted(rows, key=lambda row: row.id)
        index = {"schema": SCHEMA, "issuers": [row.to_json() for row in rows]}
        self._folder.write("index.json", (json.dumps(index, indent=1) + "\n").encode())


def find(rows: list[KeptIssuer], word: str) -> KeptIssuer:
    """The kept issuer with that name, id, or beginning of an id. Raises LookupError."""
    named = [row for row in rows if row.name == word] or [
        row for row in rows if len(word) >= 8 and row.id.startswith(word.lower())
    ]
    if len(named) != 1:
        raise LookupError(f"{len(named) or 'no'} kept issuer{'s are' if len(named) > 1 else ' is'} called {word!r}")
    return named[0]
