"""How do the reader's trust lists go into a bundle and come out of it again, octet for octet?

Lists are kept as they came, and parsed strictly when they are taken out: whoever made a bundle may have put anything
there, and has it decide nothing but what the bundle itself says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from provenance.credentials.trust import distrust as distrust_file
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.folder import KeptRow, TrustFolder, TrustListMissingError
from provenance.credentials.trust.formats import parse, split
from provenance.credentials.trust.kinds import Content, Label, ListKind, Origin, TrustListDataError
from provenance.credentials.trust.listed import KeptConfiguration, TrustList, make_list
from provenance.credentials.trust.lists import DEFAULT_EKU_OIDS, TrustLists, check_kind, read_file
from provenance.files.home import default_home
from vouchmark.bundles.bag.errors import NoBundleError
from vouchmark.bundles.bag.model import ListRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFile:
    """One file of the reader's trust."""

    row: ListRow
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFiles:
    """All that the reader trusts and distrusts, as files."""

    files: tuple[TrustFile, ...] = ()
    """Kept ones in the order in which they are loaded, then those for one run."""
    distrust: tuple[DistrustEntry, ...] = ()

    def lists(self) -> TrustLists:
        """The same, as checks take it: `TrustLists.load` and `with_run_lists` give equal ones.

        Raises:
            TrustListDataError: a file is no list, or of another kind.
        """
        made = [_list(one) for one in self.files if one.row.content == Content.CERTIFICATES]
        kept = tuple(_configuration(one) for one in self.files if one.row.content != Content.CERTIFICATES)
        oids = [oid for one in kept if one.content is Content.KEY_USAGES for oid in split(one.data).oids]
        return TrustLists(
            lists=tuple(made),
            distrust=self.distrust,
            eku_oids=tuple(dict.fromkeys(oids)) or DEFAULT_EKU_OIDS,
            configurations=kept,
        )

    @property
    def distrust_octets(self) -> bytes | None:
        """The distrust file; None where nothing is distrusted."""
        return distrust_file.dump(self.distrust) if self.distrust else None


def kept_files(home: Path | None = None) -> TrustFiles:
    """The reader's kept lists. Raises TrustListStoreError."""
    folder = TrustFolder(home or default_home())
    try:
        return _read(folder)
    except TrustListMissingError:
        # Another command replaced the list between our reading the index and the file.
        return _read(folder)


def _read(folder: TrustFolder) -> TrustFiles:
    rows = folder.read_index()
    certificates = sorted(
        (row for row in rows if row.content is Content.CERTIFICATES and row.kind is not None),
        key=lambda row: ([*Label].index(row.label), [*ListKind].index(row.kind or ListKind.SIGNER), row.name),
    )
    others = [row for row in rows if row.content is not Content.CERTIFICATES]
    files = tuple(TrustFile(row=_row(row), data=folder.read_pinned(row)) for row in (*certificates, *others))
    return TrustFiles(files=files, distrust=folder.read_distrust())


def _row(row: KeptRow) -> ListRow:
    return ListRow(
        name=row.name,
        content=row.content.value,
        kind=row.kind.value if row.kind else None,
        label=row.label.value,
        origin=row.origin.value,
        dated=_text(row.dated),
        imported=_text(row.imported),
        confirmed=_text(row.confirmed),
        sha256=row.sha256,
    )


def run_file(path: Path, kind: ListKind) -> TrustFile:
    """A list that the reader names for one run. Raises TrustListDataError where it is none of that kind."""
    data = read_file(path)
    try:
        check_kind(parse(data), kind)
    except TrustListDataError as error:
        raise TrustListDataError(f"{path}: {error}") from error
    row = ListRow(
        name=path.name.encode("utf-8", "replace").decode(),
        content=Content.CERTIFICATES.value,
        kind=kind.value,
        label=Label.YOURS.value,
        origin=Origin.READER.value,
        dated=None,
        imported=None,
        confirmed=None,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return TrustFile(row=row, data=data)


def check_row(row: ListRow) -> None:
    """Refuse a row out of a bundle that is none. Raises NoBundleError."""
    try:
        content = Content(row.content)
        if (content is Content.CERTIFICATES) is (row.kind is None):
            raise ValueError("a list has no kind, or something else has one")
        _ = (None if row.kind is None else ListKind(row.kind), Label(row.label), Origin(row.origin))
        _ = (_day(row.dated), _day(row.imported), _day(row.confirmed))
    except ValueError as error:
        raise NoBundleError(f"a trust list in it is described wrongly: {str(error)[:100]}") from error


def _list(one: TrustFile) -> TrustList:
    found = parse(one.data)
    kind = ListKind(one.row.kind or "")
    check_kind(found, kind)
    return make_list(
        one.data,
        found,
        name=one.row.name,
        kind=kind,
        label=Label(one.row.label),
        dated=_day(one.row.dated),
        confirmed=_day(one.row.confirmed),
        imported=_day(one.row.imported),
        origin=Origin(one.row.origin),
    )


def _configuration(one: TrustFile) -> KeptConfiguration:
    parse(one.data)
    return KeptConfiguration(
        name=one.row.name,
        content=Content(one.row.content),
        label=Label(one.row.label),
        dated=_day(one.row.dated),
        sha256=one.row.sha256,
        data=one.data,
        confirmed=_day(one.row.confirmed),
        imported=_day(one.row.imported),
        origin=Origin(one.row.origin),
    )


def _text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
