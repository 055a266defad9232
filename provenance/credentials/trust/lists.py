"""Which lists of signers does the reader trust, of what kind, how old, and are they still the ones imported?

A list has a kind (what it vouches for), a label (who says so), a date and the SHA-256 of its file. Kinds are never
mixed: a root listed for time stamps vouches for no signer. Labels are never mixed either. Loading checks every kept
file against its SHA-256 and refuses the lot where one differs; nothing here opens a connection
(`update.py` does, when asked) and nothing here loads an X.509 library unless a new file is read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.credentials.trust import distrust as distrust_file
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.folder import KeptRow, TrustFolder, TrustListMissingError
from provenance.credentials.trust.formats import (
    MAX_LIST_BYTES,
    Content,
    Label,
    ListFile,
    ListKind,
    Origin,
    TrustListDataError,
    TrustListError,
    TrustListFetchError,
    TrustListOlderError,
    TrustListStoreError,
    parse,
    split,
    to_pem,
)
from provenance.credentials.trust.listed import STALE_DAYS, KeptConfiguration, TrustList, make_list
from provenance.credentials.trust.settings import DEFAULT_EKU_OIDS, PROGRAMME_EKU_OIDS, TrustSettings
from provenance.files.home import default_home

__all__ = [
    "DEFAULT_EKU_OIDS",
    "STALE_DAYS",
    "KeptConfiguration",
    "Label",
    "ListKind",
    "Origin",
    "TrustList",
    "TrustListDataError",
    "TrustListError",
    "TrustListFetchError",
    "TrustListOlderError",
    "TrustListStoreError",
    "TrustLists",
    "TrustSettings",
    "make_list",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLists:
    """All that the reader trusts and distrusts, for one run."""

    lists: tuple[TrustList, ...] = ()
    """Sorted by label, kind and name; lists of this run last."""
    distrust: tuple[DistrustEntry, ...] = ()
    eku_oids: tuple[str, ...] = DEFAULT_EKU_OIDS
    configurations: tuple[KeptConfiguration, ...] = ()

    @classmethod
    def empty(cls) -> TrustLists:
        """No list at all: every signer is unknown."""
        return cls()

    @classmethod
    def load(cls, home: Path | None = None) -> TrustLists:
        """Read the kept lists; empty where none was ever imported.

        Args:
            home: The folder; `default_home()` where not given.

        Raises:
            TrustListStoreError: The folder cannot be read, or a file is not the one that was imported.
        """
        folder = TrustFolder(home or default_home())
        try:
            return cls._read(folder)
        except TrustListMissingError:
            # Another command replaced the list between our reading the index and the file.
            return cls._read(folder)

    @classmethod
    def _read(cls, folder: TrustFolder) -> TrustLists:
        rows = folder.read_index()
        lists = sorted(
            (_load_list(folder, row) for row in rows if row.content is Content.CERTIFICATES),
            key=lambda item: ([*Label].index(item.label), [*ListKind].index(item.kind), item.name),
        )
        kept = tuple(_load_configuration(folder, row) for row in rows if row.content is not Content.CERTIFICATES)
        oids = [oid for item in kept if item.content is Content.KEY_USAGES for oid in split(item.data).oids]
        return cls(
            lists=tuple(lists),
            distrust=folder.read_distrust(),
            eku_oids=tuple(dict.fromkeys(oids)) or DEFAULT_EKU_OIDS,
            configurations=kept,
        )

    def with_run_lists(
        self,
        *,
        trust: Iterable[Path] = (),
        tsa_trust: Iterable[Path] = (),
        cawg_trust: Iterable[Path] = (),
        no_default: bool = False,
    ) -> TrustLists:
        """This store and, for one run, the certificates of these files (label `yours`, without a date).

        Args:
            trust: Lists of claim signers.
            tsa_trust: Lists of time-stamping authorities.
            cawg_trust: Lists of signers of attached identities (CAWG).
            no_default: Leave out everything that is kept, the distrust file too.

        Raises:
            TrustListDataError: A file cannot be read, is no list, or says of itself that it is of another kind.
        """
        added = [_run_list(path, ListKind.SIGNER) for path in trust]
        added += [_run_list(path, ListKind.TSA) for path in tsa_trust]
        added += [_run_list(path, ListKind.CAWG) for path in cawg_trust]
        base = TrustLists.empty() if no_default else self
        return replace(base, lists=(*base.lists, *added)) if added else base

    def as_programme(self) -> TrustLists:
        """The same lists as the conformance programme means them: signers need C2PA's own purpose.

        Purposes that the reader imported stay; the interim list keeps the older ones in any case.
        """
        return replace(self, eku_oids=PROGRAMME_EKU_OIDS) if self.eku_oids == DEFAULT_EKU_OIDS else self

    def of_kind(self, kind: ListKind) -> tuple[TrustList, ...]:
        """The lists of one kind."""
        return tuple(item for item in self.lists if item.kind is kind)

    @property
    def digest(self) -> str:
        """SHA-256 over all that decides: lists by file, kind and label, distrust, key usages, products."""
        parts = {
            "lists": sorted([item.kind, item.words, item.name, item.sha256] for item in self.lists),
            "distrust": hashlib.sha256(distrust_file.dump(self.distrust)).hexdigest() if self.distrust else "",
            "eku": list(self.eku_oids),
            "configurations": sorted([item.content, item.words, item.sha256] for item in self.configurations),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def settings(self) -> TrustSettings:
        """What the engine is told. Our own chain check judges by kind and label all the same (`signer.py`)."""
        kinds = (ListKind.SIGNER, ListKind.PUBLISHER)
        hashes = sorted({item for listed in self.lists for kind in kinds for item in listed.leaves_for(kind)})
        lines = (base64.b64encode(bytes.fromhex(item)).decode("ascii") + "\n" for item in hashes)
        return TrustSettings(
            signer_anchors=(*self._anchors(ListKind.SIGNER), *self._anchors(ListKind.PUBLISHER)),
            tsa_anchors=self._anchors(ListKind.TSA),
            cawg_anchors=self._anchors(ListKind.CAWG),
            allowed="".join(lines),
            eku_oids=self.eku_oids,
        )

    def _anchors(self, kind: ListKind) -> tuple[tuple[str, str], ...]:
        return tuple(
            (item.name, "".join(map(to_pem, anchors))) for item in self.lists if (anchors := item.anchors_for(kind))
        )


def check_kind(found: ListFile, kind: ListKind) -> None:
    """Refuse a list that says of itself that it vouches for something else. Raises TrustListDataError."""
    if found.content is not Content.CERTIFICATES:
        raise TrustListDataError(f"expected a list of certificates, got {found.content}")
    if found.scheme_kind and found.scheme_kind != kind:
        raise TrustListDataError(f"{found.scheme!r} is a list of kind {found.scheme_kind}, not {kind}")


def read_file(path: Path) -> bytes:
    """The bytes of a list that the reader names, up to the bound. Raises TrustListDataError."""
    try:
        if not path.is_file():
            raise TrustListDataError(f"{path}: no such file" if not path.exists() else f"{path}: not a regular file")
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise TrustListDataError(f"{path}: {error.strerror}") from error
    if len(data) > MAX_LIST_BYTES:
        raise TrustListDataError(f"{path}: more than {MAX_LIST_BYTES} bytes, too large for a list")
    return data


def _run_list(path: Path, kind: ListKind) -> TrustList:
    data = read_file(path)
    try:
        found = parse(data)
        check_kind(found, kind)
    except TrustListDataError as error:
        raise TrustListDataError(f"{path}: {error}") from error
    return make_list(data, found, name=path.name, kind=kind, label=Label.YOURS, dated=None, origin=Origin.READER)


def _load_list(folder: TrustFolder, row: KeptRow) -> TrustList:
    data = folder.read_pinned(row)
    if row.kind is None:
        raise TrustListStoreError(f"the trust list {row.name!r} has no kind")
    try:
        found = replace(split(data), leaves=row.leaves)
    except TrustListDataError as error:
        raise TrustListStoreError(f"the trust list {row.name!r}: {error}") from error
    return make_list(
        data,
        found,
        name=row.name,
        kind=row.kind,
        label=row.label,
        dated=row.dated,
        confirmed=row.confirmed,
        imported=row.imported,
        origin=row.origin,
    )


def _load_configuration(folder: TrustFolder, row: KeptRow) -> KeptConfiguration:
    return KeptConfiguration(
        name=row.name,
        content=row.content,
        label=row.label,
        dated=row.dated,
        sha256=row.sha256,
        data=folder.read_pinned(row),
        confirmed=row.confirmed,
        imported=row.imported,
        origin=row.origin,
    )
