"""Which issuers of personhood credentials does the reader trust, and are their files still what was put there?

`issuers/index.json` names every kept issuer.json by its issuer's id, with its serial, its SHA-256 and the day it was
taken; `issuers/<id>.json` holds the bytes exactly as they came. An older serial, or the same serial with other bytes,
is refused: an issuer's list of keys only grows. A petname is what the reader calls an issuer; what it calls itself is
shown and matched by nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.trust.strict_json import read_json
from provenance.files.home import HomeFolder
from vouchmark.errors import VouchmarkError

if TYPE_CHECKING:
    from zk.profile.issuer_info import IssuerInfo

SCHEMA: Final = "vouchmark.issuers/1"
MAX_ISSUERS: Final = 200
"""Kept issuers; a reader has a handful."""
MAX_INDEX_OCTETS: Final = 1024 * 1024
"""Octets of the index; 200 rows take about 60 KiB."""
MAX_ISSUER_OCTETS: Final = 8 << 20
"""Octets of one issuer.json, as in zk.profile.issuer_info, not imported before there is a vouch (a test compares)."""
LEAST_DIGITS: Final = 8
"""Hex digits of an issuer's id that name it."""
MAX_PETNAME: Final = 40
"""Characters of a petname."""
_HEX: Final = re.compile(r"[0-9a-f]{64}")


class IssuersError(VouchmarkError):
    """The kept issuers cannot be read or written."""

    hint = "run: vouchmark trust issuer show"


class IssuerRefusedError(VouchmarkError):
    """An issuer.json that is not taken: older than the kept one, or something else under the same serial."""

    hint = "take the issuer's present issuer.json from where everybody takes it"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerFile:
    """An issuer.json as the reader has it."""

    octets: bytes = field(repr=False)
    sha256: str
    """Lower-case hex."""
    dated: dt.date | None = None
    """The day it was taken into the reader's data; None for a file given for this run."""
    petname: str | None = None
    """What the reader calls the issuer."""

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
    """What the issuer calls itself."""
    serial: int
    sha256: str
    dated: dt.date
    petname: str | None = None
    """What the reader calls it; None where they gave it no name."""

    def to_json(self) -> dict[str, Any]:
        """As it stands in the index."""
        return {
            "id": self.id,
            "name": self.name,
            "serial": self.serial,
            "sha256": self.sha256,
            "dated": self.dated.isoformat(),
            **({} if self.petname is None else {"petname": self.petname}),
        }

    @classmethod
    def from_json(cls, row: Any) -> KeptIssuer:
        """From the index. Raises ValueError, TypeError or KeyError where it is not of this shape."""
        if set(row) | {"petname"} != set(cls.__slots__):
            raise ValueError("a row lacks a key or has one too many")
        if row.get("petname") is not None:
            check_petname(row["petname"])
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
        petnames = [row.petname for row in rows if row.petname is not None]
        if len(set(petnames)) != len(petnames):
            raise IssuersError(f"the index of issuers {path} is damaged: a petname stands there twice")
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
                return IssuerFile(octets=newer, sha256=row.sha256, dated=row.dated, petname=row.petname)
        if data is None:
            raise IssuersError(f"the issuer {row.name!r} is missing: {path}")
        if found != row.sha256:
            raise IssuersError(
                f"the issuer {row.name!r} was changed since it was added: got SHA-256 {found}, expected {row.sha256}"
            )
        return IssuerFile(octets=data, sha256=found, dated=row.dated, petname=row.petname)

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

    def add(
        self, octets: bytes, *, at: dt.datetime, petname: str | None = None
    ) -> tuple[KeptIssuer, KeptIssuer | None]:
        """Keep an issuer.json; return its row and the one that it replaces (the same row where nothing changed).

        `petname` is what the reader calls it from now on; without it, as before. Raises ValueError (a petname that is
        none, or is taken for another kept one), IssuersError, IssuerRefusedError, or the errors of
        `zk.profile.issuer_info.IssuerInfo.from_json`; every key's possession is checked.
        """
        from zk.errors import UntrustedError
        from zk.profile.issuer_info import IssuerInfo

        info = IssuerInfo.from_json(octets)
        petname = None if petname is None else check_petname(petname)
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
            row = replace(row, petname=petname or (before.petname if before else None))
            _require_unlike(row, rows.values())
            if before is not None:
                known = self.read(before).parse()
                if before.serial == row.serial and before.sha256 != row.sha256:
                    raise IssuerRefusedError(f"serial {row.serial} is kept already, with other bytes")
                try:
                    if not info.supersedes(known) and row.petname == before.petname:
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
        """Drop the issuer with that petname, id, or beginning of an id (8 digits at least).

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
    """The kept issuer with that petname, id, or beginning of an id; what it calls itself names none.

    Raises LookupError.
    """
    named = [row for row in rows if word in (row.petname, row.id)] or [
        row for row in rows if len(word) >= LEAST_DIGITS and row.id.startswith(word.lower())
    ]
    if len(named) != 1:
        have = "s have" if len(named) > 1 else " has"
        raise LookupError(f"{len(named) or 'no'} kept issuer{have} the petname or id {word!r}")
    return named[0]


def check_petname(name: object) -> str:
    """Return what a reader calls an issuer: printable, NFC, 1 to 40 characters, unlike an id. Raises ValueError."""
    from zk.profile.names import resembles_id

    if not isinstance(name, str) or not 0 < len(name) <= MAX_PETNAME:
        raise ValueError(f"a petname has 1 to {MAX_PETNAME} characters")
    if not name.isprintable() or name != name.strip() or name != unicodedata.normalize("NFC", name):
        raise ValueError("a petname has printable characters in NFC, and no space around them")
    if resembles_id(name, least=LEAST_DIGITS):
        raise ValueError("a petname must not look like an issuer's id")
    return name


def _require_unlike(row: KeptIssuer, others: Iterable[KeptIssuer]) -> None:
    """Refuse a petname that people would take for another kept issuer's. Raises ValueError."""
    from zk.profile.names import skeleton

    if row.petname is None:
        return
    for other in others:
        if other.id != row.id and other.petname is not None and skeleton(other.petname) == skeleton(row.petname):
            raise ValueError(f"a petname is one issuer's alone: {other.petname!r} is {other.id}")
