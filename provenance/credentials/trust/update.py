"""How does a list come into the reader's folder, from a file or, when asked, from its publisher?

Only what a caller hands to `update` as `fetch` opens a connection, and only to the addresses below. Whatever comes is
parsed strictly, may not be older than what is kept, and replaces it in one step or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.folder import NAME, KeptRow, TrustFolder
from provenance.credentials.trust.formats import (
    Content,
    Label,
    ListFile,
    ListKind,
    Origin,
    TrustListDataError,
    TrustListError,
    TrustListOlderError,
    parse,
)
from provenance.credentials.trust.known_files import FROZEN, KNOWN_FILES, KnownFile

_CONFORMANCE: Final = "https://raw.githubusercontent.com/c2pa-org/conformance-public/refs/heads/main"
"""The C2PA conformance programme's public repository, github.com/c2pa-org/conformance-public."""
_INTERIM: Final = "https://verify.contentauthenticity.org/trust"
"""Where the interim list has stood since it was frozen (opensource.contentauthenticity.org, "Trust lists")."""
_IPTC: Final = "https://trust.iptc.org"
"""Where IPTC keeps its list of verified news publishers, by CAWG Identity Assertion 1.3, section 8.2.4.1, and public
code (c2pa-rs, encypher-c2pa). Its `anchor-list.pem` was empty in September 2026 and is not fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A list that its publisher keeps at a fixed address."""

    name: str
    """Under which it is kept."""
    url: str
    label: Label
    content: Content = Content.CERTIFICATES
    kind: ListKind | None = None
    dated: dt.date | None = None
    """Where the file carries no date and its publisher gave it one."""


OFFICIAL: Final = (
    Publication(
        name="c2pa",
        url=f"{_CONFORMANCE}/trust-list/C2PA-TRUST-LIST.json",
        label=Label.OFFICIAL,
        kind=ListKind.SIGNER,
    ),
    Publication(
        name="c2pa-tsa",
        url=f"{_CONFORMANCE}/trust-list/C2PA-TSA-TRUST-LIST.json",
        label=Label.OFFICIAL,
        kind=ListKind.TSA,
    ),
    Publication(
        name="c2pa-products",
        url=f"{_CONFORMANCE}/conforming-products/conforming-products-list.json",
        label=Label.OFFICIAL,
        content=Content.PRODUCTS,
    ),
)
"""What `trust update` fetches."""
PUBLISHERS: Final = (
    Publication(name="iptc", url=f"{_IPTC}/end-entity-list.pem", label=Label.IPTC, kind=ListKind.PUBLISHER),
)
"""Fetched with them: the publishers' own certificates."""
INTERIM: Final = (
    Publication(
        name="interim",
        url=f"{_INTERIM}/anchors.pem",
        label=Label.INTERIM,
        kind=ListKind.SIGNER,
        dated=FROZEN,
    ),
    Publication(
        name="interim-allowed",
        url=f"{_INTERIM}/allowed.pem",
        label=Label.INTERIM,
        kind=ListKind.SIGNER,
        dated=FROZEN,
    ),
)
"""What `trust update --interim` fetches as well."""

Fetch = Callable[[str], bytes]
"""Takes an address, returns the bytes found there, raises TrustListFetchError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one list."""

    row: KeptRow
    before: KeptRow | None
    """What was kept under that name; None where nothing was."""

    @property
    def is_new(self) -> bool:
        """Whether the kept bytes are others than before."""
        return self.before is None or self.before.sha256 != self.row.sha256


def import_list(
    folder: TrustFolder,
    data: bytes,
    *,
    name: str,
    at: dt.datetime,
    kind: ListKind | None = None,
    label: Label | None = None,
    force: bool = False,
) -> Change:
    """Keep a list under a name; one of the same name, kind and label is replaced.

    Args:
        folder: The reader's trust folder.
        data: The file's bytes, in any form that `formats` reads.
        name: Lower-case letters, digits, `.`, `_` and `-`, at most 64.
        at: Aware; its day is the day of import.
        kind: What the list vouches for. Needed for a list of certificates that does not say so itself.
        label: Who vouches, as the reader says; what is known of a file of that digest needs no word.
        force: Take it also where it is older than the one that is kept.

    Raises:
        TrustListDataError: No list, an empty one, one of another kind, or a name that is taken by a different list.
        TrustListOlderError: Issued before the one that is kept.
        TrustListStoreError: The folder cannot be read or written.
    """
    known = known_file(data)
    known = known if known is not None and label in (None, known.label) else None
    row = _row(
        data,
        parse(data),
        name=name,
        at=at,
        kind=kind or (known.kind if known else None),
        label=known.label if known else label or Label.YOURS,
        origin=Origin.DIGEST if known else Origin.READER,
        dated=known.dated if known else None,
    )
    return _keep(folder, data, row, force=force)


def known_file(data: bytes) -> KnownFile | None:
    """What a file is known to be by its SHA-256; None where it is not known."""
    return KNOWN_FILES.get(hashlib.sha256(data).hexdigest())


def default_name(data: bytes, *, stem: str, label: Label | None = None) -> str:
    """The name under which a file is kept where the reader gives none: the published lists' own, else the file's."""
    known = known_file(data)
    if known is not None and label in (None, known.label):
        return known.name
    found = parse(data)
    for publication in (*OFFICIAL, *PUBLISHERS):
        if (
            label is publication.label
            and publication.content is found.content
            and publication.kind is found.scheme_kind
        ):
            return publication.name
    slug = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in stem.lower())
    return slug.strip("-")[:64] or "list"


def update(
    folder: TrustFolder, publications: Iterable[Publication], *, at: dt.datetime, fetch: Fetch, force: bool = False
) -> list[tuple[Publication, Change | TrustListError]]:
    """Fetch lists from their publishers and keep those that hold; the others stay as they are.

    Args:
        folder: The reader's trust folder.
        publications: `OFFICIAL`, `PUBLISHERS`, `INTERIM`.
        at: Now, aware: the day on which a list is confirmed to be the newest.
        fetch: `fetch.fetch_https`, or a caller's own.
        force: Take also lists that are older than the kept ones.

    Returns:
        For each publication what changed, or why it was left alone.
    """
    results: list[tuple[Publication, Change | TrustListError]] = []
    for publication in publications:
        try:
            data = fetch(publication.url)
            found = parse(data)
            if found.content is not publication.content:
                raise TrustListDataError(f"expected {publication.content}, got {found.content}")
            row = _row(
                data,
                found,
                name=publication.name,
                at=at,
                kind=publication.kind,
                label=publication.label,
                origin=Origin.ADDRESS,
                dated=publication.dated,
            )
            row = replace(row, confirmed=at.astimezone(dt.UTC).date())
            results.append((publication, _keep(folder, data, row, force=force)))
        except TrustListError as error:
            results.append((publication, error))
    return results


def remove(folder: TrustFolder, name: str) -> KeptRow:
    """Drop a kept list. Raises TrustListDataError where there is none of that name."""
    with folder.locked():
        rows = folder.read_index()
        row = next((row for row in rows if row.name == name), None)
        if row is None:
            raise TrustListDataError(f"there is no list named {name!r}")
        folder.write([other for other in rows if other is not row])
    return row


def add_distrust(folder: TrustFolder, entries: Iterable[DistrustEntry]) -> list[DistrustEntry]:
    """Add entries to the distrust file; the new ones among them. What is there already keeps its reason."""
    with folder.locked():
        kept = {entry.target: entry for entry in folder.read_distrust()}
        added = {entry.target: entry for entry in entries if entry.target not in kept}
        if added:
            folder.write_distrust([*kept.values(), *added.values()])
    return sorted(added.values())


def remove_distrust(folder: TrustFolder, entries: Iterable[DistrustEntry]) -> list[DistrustEntry]:
    """Take entries out of the distrust file, whatever their reason; those that were there."""
    targets = {entry.target for entry in entries}
    with folder.locked():
        kept = folder.read_distrust()
        removed = [entry for entry in kept if entry.target in targets]
        if removed:
            folder.write_distrust(entry for entry in kept if entry.target not in targets)
    return removed


def _row(
    data: bytes,
    found: ListFile,
    *,
    name: str,
    at: dt.datetime,
    kind: ListKind | None,
    label: Label,
    origin: Origin,
    dated: dt.date | None = None,
) -> KeptRow:
    if not NAME.fullmatch(name):
        raise TrustListDataError(f"got the name {name[:80]!r}, expected lower-case letters, digits and . _ - (max 64)")
    if found.content is not Content.CERTIFICATES:
        kind = None
    elif found.scheme_kind is not None and kind not in (None, found.scheme_kind):
        raise TrustListDataError(f"{found.scheme!r} is a list of kind {found.scheme_kind}, not {kind}")
    else:
        kind = kind or found.scheme_kind or (ListKind.PUBLISHER if label is Label.IPTC else None)
        if label is Label.IPTC and kind is not ListKind.PUBLISHER:
            raise TrustListDataError(f"IPTC's list says who is a publisher, and is no list of kind {kind}")
        if kind is None:
            raise TrustListDataError(
                "the file does not say what it vouches for: name a kind (signer, tsa, cawg or publisher)"
            )
    own = found.issued.date() if found.issued else dated
    return KeptRow(
        name=name,
        content=found.content,
        kind=kind,
        label=label,
        origin=origin,
        dated=own,
        imported=at.astimezone(dt.UTC).date(),
        confirmed=None,
        issued=found.issued,
        sequence=found.sequence,
        sha256=hashlib.sha256(data).hexdigest(),
        leaves=found.leaves,
    )


def _keep(folder: TrustFolder, data: bytes, row: KeptRow, *, force: bool) -> Change:
    with folder.locked():
        rows = folder.read_index()
        before = next((other for other in rows if other.name == row.name), None)
        if before is not None:
            _check_successor(before, row, force=force)
            if before.sha256 == row.sha256:
                # The same file again: its day of import stays, its day of confirmation moves on.
                row = replace(
                    row,
                    imported=before.imported or row.imported,
                    confirmed=row.confirmed or before.confirmed,
                    origin=_better(row.origin, before.origin),
                )
        folder.write([*(other for other in rows if other is not before), row], files=[data])
    return Change(row=row, before=before)


def _better(one: Origin, other: Origin) -> Origin:
    """An address or a digest that once earned the label of the very same file keeps it."""
    order = list(Origin)
    return min(one, other, key=order.index)


def _check_successor(before: KeptRow, row: KeptRow, *, force: bool) -> None:
    if (before.content, before.kind, before.label) != (row.content, row.kind, row.label):
        has = " ".join(str(word) for word in (before.label, before.kind or before.content))
        raise TrustListDataError(f"the name {row.name!r} is taken by a list of another sort ({has})")
    if force or before.sha256 == row.sha256:
        return
    if before.issued is not None and (row.issued is None or row.issued < before.issued):
        got = row.issued.isoformat() if row.issued else "no date"
        raise TrustListOlderError(f"older than the list that is kept: got {got}, kept {before.issued.isoformat()}")
    if before.sequence is not None and row.sequence is not None and row.sequence < before.sequence:
        raise TrustListOlderError(
            f"older than the list that is kept: got sequence number {row.sequence}, kept {before.sequence}"
        )
