"""How are trust lists kept on disk, and are they still what was put there?

`trust/index.json` names every kept file by its SHA-256; `trust/lists/<SHA-256>` holds the bytes exactly as they came;
`trust/distrust.json` is the reader's own. A crash or a failed download leaves what was there before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provenance.credentials.trust import distrust as distrust_file
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import (
    MAX_LIST_BYTES,
    Content,
    Label,
    ListKind,
    Origin,
    TrustListDataError,
    TrustListStoreError,
)
from provenance.credentials.trust.strict_json import read_json
from provenance.files.home import HomeFolder

SCHEMA: Final = "vouchmark.trust/1"
LISTS: Final = "lists"
MAX_INDEX_BYTES: Final = 16 * 1024 * 1024
"""Bytes of the index or the distrust file; both are small (one line of 68 bytes a leaf certificate)."""
MAX_LISTS: Final = 1_000
"""Kept files; a reader has a handful."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""Names that a list can be given: short, and the same on every system."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class TrustListMissingError(TrustListStoreError):
    """The index names a file that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """What the index says of one kept file."""

    name: str
    content: Content
    kind: ListKind | None
    """None for what is no list of certificates."""
    label: Label
    origin: Origin
    dated: dt.date | None
    """What the list says of itself, or its publisher of it; None where nobody says."""
    imported: dt.date | None
    """When this file came; None for one that was kept before this was written down."""
    confirmed: dt.date | None
    issued: dt.datetime | None
    sequence: int | None
    sha256: str
    leaves: frozenset[str]
    """SHA-256 of the list's certificates that are no CA: found out at import, when each was read."""

    def to_json(self) -> dict[str, Any]:
        """As it stands in the index."""
        return {
            "name": self.name,
            "content": self.content.value,
            "kind": self.kind.value if self.kind else None,
            "label": self.label.value,
            "origin": self.origin.value,
            "dated": self.dated.isoformat() if self.dated else None,
            "imported": self.imported.isoformat() if self.imported else None,
            "confirmed": self.confirmed.isoformat() if self.confirmed else None,
            "issued": self.issued.isoformat() if self.issued else None,
            "sequence": self.sequence,
            "sha256": self.sha256,
            "leaves": sorted(self.leaves),
        }

    @classmethod
    def from_json(cls, row: Any) -> KeptRow:
        """From the index. Raises ValueError, TypeError or KeyError where it is not of this shape."""
        row = _of_today(row)
        if set(row) != set(cls.__slots__):
            raise ValueError("a row lacks a key or has one too many")
        leaves = frozenset(row["leaves"])
        if not all(_DIGEST.fullmatch(item) for item in (*leaves, row["sha256"])) or not NAME.fullmatch(row["name"]):
            raise ValueError("a name or a digest is malformed")
        content = Content(row["content"])
        if (content is Content.CERTIFICATES) is (row["kind"] is None) or not isinstance(row["sequence"], int | None):
            raise ValueError("kind or sequence is malformed")
        if row["label"] == Label.IPTC and row["kind"] != ListKind.PUBLISHER:
            raise ValueError("a list of publishers has another kind")
        issued = None if row["issued"] is None else dt.datetime.fromisoformat(row["issued"])
        if issued is not None and issued.tzinfo is None:
            raise ValueError("a date of issue has no zone")
        return cls(
            name=row["name"],
            content=content,
            kind=None if row["kind"] is None else ListKind(row["kind"]),
            label=Label(row["label"]),
            origin=Origin(row["origin"]),
            dated=_day(row["dated"]),
            imported=_day(row["imported"]),
            confirmed=_day(row["confirmed"]),
            issued=issued,
            sequence=row["sequence"],
            sha256=row["sha256"],
            leaves=leaves,
        )


def _day(text: Any) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _of_today(row: Any) -> Any:
    """A row as it is written today: before, the day of import stood in for a date, and nobody kept who gave a label."""
    if not isinstance(row, dict) or {"origin", "imported"} & set(row):
        return row
    is_own = row["issued"] is not None or row["label"] == Label.INTERIM
    return {
        **row,
        "origin": Origin.ADDRESS if row["confirmed"] is not None else Origin.READER,
        "dated": row["dated"] if is_own else None,
        "imported": None if is_own else row["dated"],
    }


class TrustFolder:
    """The folder `trust` of a reader's data. Reading never creates anything."""

    def __init__(self, home: Path) -> None:
        self.path = home / "trust"
        self._folder = HomeFolder(self.path, TrustListStoreError)

    def read_index(self) -> list[KeptRow]:
        """The kept files, sorted by name; none where nothing was ever imported. Raises TrustListStoreError."""
        path = self.path / "index.json"
        data = self._folder.read(path.name, limit=MAX_INDEX_BYTES)
        if data is None:
            return []
        try:
            value = read_json(data)
            if value["schema"] != SCHEMA or len(value["lists"]) > MAX_LISTS:
                raise ValueError("unknown schema, or too many lists")
            rows = [KeptRow.from_json(row) for row in value["lists"]]
        except (ValueError, KeyError, TypeError) as error:
            raise TrustListStoreError(f"the index of trust lists {path} is damaged: {error}") from error
        if len({row.name for row in rows}) != len(rows):
            raise TrustListStoreError(f"the index of trust lists {path} is damaged: a name stands there twice")
        return rows

    def read_pinned(self, row: KeptRow) -> bytes:
        """A kept file's bytes, which are those that were imported. Raises TrustListStoreError where they are not."""
        place = f"{LISTS}/{row.sha256}"
        data = self._folder.read(place, limit=MAX_LIST_BYTES)
        if data is None:
            raise TrustListMissingError(f"the trust list {row.name!r} is missing: {self.path / place}")
        found = hashlib.sha256(data).hexdigest()
        if found != row.sha256:
            raise TrustListStoreError(
                f"the trust list {row.name!r} was changed since it was imported: "
                f"got SHA-256 {found}, expected {row.sha256}"
            )
        return data

    def read_distrust(self) -> tuple[DistrustEntry, ...]:
        """The distrust file; empty where there is none. Raises TrustListStoreError."""
        path = self.path / "distrust.json"
        data = self._folder.read(path.name, limit=MAX_INDEX_BYTES)
        try:
            return () if data is None else distrust_file.parse(data)
        except TrustListDataError as error:
            raise TrustListStoreError(f"{path}: {error}") from error

    def locked(self) -> AbstractContextManager[None]:
        """Keep other commands from writing meanwhile. Raises TrustListStoreError where the folder cannot be made."""
        return self._folder.locked()

    def write(self, rows: Iterable[KeptRow], *, files: Iterable[bytes] = ()) -> None:
        """Put new files in place, then the index that names them, then drop files that it no longer names.

        Call it under `locked()`. Raises TrustListStoreError; what was there before then still stands.
        """
        kept = sorted(rows, key=lambda row: row.name)
        if len(kept) > MAX_LISTS:
            raise TrustListStoreError(f"got {len(kept)} lists, expected at most {MAX_LISTS}")
        index = {"schema": SCHEMA, "lists": [row.to_json() for row in kept]}
        for data in files:
            self._folder.write(f"{LISTS}/{hashlib.sha256(data).hexdigest()}", data)
        self._folder.write("index.json", (json.dumps(index, indent=1) + "\n").encode())
        self._folder.keep_only(frozenset(row.sha256 for row in kept), within=LISTS)

    def write_distrust(self, entries: Iterable[DistrustEntry]) -> None:
        """Replace the distrust file. Call it under `locked()`. Raises TrustListStoreError."""
        self._folder.write("distrust.json", distrust_file.dump(tuple(entries)))
