"""What does one kept list vouch for, how old is it, and by whose word is it that list?"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Final

from provenance.credentials.trust.formats import ListFile, certificate_hash
from provenance.credentials.trust.kinds import Content, Label, ListKind, Origin, worded
from provenance.credentials.trust.purposes import stamps_alone

STALE_DAYS: Final = 60
"""Days after which a list is called old: the official ones change every two to four weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """One list, as loaded."""

    name: str
    kind: ListKind
    label: Label
    dated: dt.date | None
    """The date that the list says of itself, or its publisher of it; None where nobody says."""
    sha256: str
    """Of the file's bytes, lower-case hex."""
    certificates: tuple[bytes, ...] = field(repr=False)
    """Anchors: DER of the CAs in the list."""
    leaves: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of the certificates that are no CA: they vouch for themselves alone."""
    allowed: frozenset[str] = field(default=frozenset(), repr=False)
    """SHA-256 (lower-case hex) of every leaf certificate that needs no anchor; those of `leaves` among them."""
    confirmed: dt.date | None = None
    """The day on which an update last found this to be the newest; None where it never came by update."""
    imported: dt.date | None = None
    """The day on which it was taken in; None for a file given for one run."""
    origin: Origin = Origin.ADDRESS
    """By what it has its label; whoever makes a list in code answers for it."""

    @property
    def words(self) -> str:
        """The label as it is shown."""
        return worded(self.label, self.origin)

    def age_days(self, *, at: dt.datetime) -> int | None:
        """Whole days from the list's own date to `at`, not below 0; None where it has none."""
        return _age_days(self.dated, at)

    def is_stale(self, *, at: dt.datetime) -> bool:
        """Whether it is older than `STALE_DAYS`: by its date, or since it was last known to be the newest.

        The interim list is frozen: age says nothing of it.
        """
        known = max((day for day in (self.imported, self.confirmed) if day is not None), default=None)
        age = _age_days(self.dated or known, at)
        return self.label is not Label.INTERIM and age is not None and age > STALE_DAYS

    def anchors_for(self, kind: ListKind) -> tuple[bytes, ...]:
        """The anchors that vouch for that kind: all of a list of that kind, but for the interim list.

        That one is kept by purpose: of its anchors those for time stamping alone count for stamps, and for them alone.
        """
        if self.label is not Label.INTERIM:
            return self.certificates if kind is self.kind else ()
        if kind is ListKind.TSA and self.kind in (ListKind.SIGNER, ListKind.TSA):
            return tuple(filter(stamps_alone, self.certificates))
        return tuple(der for der in self.certificates if not stamps_alone(der)) if kind is self.kind else ()

    def leaves_for(self, kind: ListKind) -> frozenset[str]:
        """SHA-256 of the leaf certificates that it vouches for as that kind."""
        if self.label is not Label.INTERIM:
            return self.allowed if kind is self.kind else frozenset()
        stamping = frozenset(certificate_hash(der) for der in self.leaves if stamps_alone(der))
        if kind is ListKind.TSA:
            return stamping if self.kind in (ListKind.SIGNER, ListKind.TSA) else frozenset()
        return self.allowed - stamping if kind is self.kind else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConfiguration:
    """A kept file that is no list of certificates: conforming products, or key usages."""

    name: str
    content: Content
    label: Label
    dated: dt.date | None
    sha256: str
    data: bytes = field(repr=False)
    confirmed: dt.date | None = None
    imported: dt.date | None = None
    origin: Origin = Origin.ADDRESS

    @property
    def words(self) -> str:
        """The label as it is shown."""
        return worded(self.label, self.origin)

    def age_days(self, *, at: dt.datetime) -> int | None:
        """Whole days from its date to `at`, not below 0; None where it has no date."""
        return _age_days(self.dated, at)

    def is_stale(self, *, at: dt.datetime) -> bool:
        """Whether it is a list of products older than `STALE_DAYS`; purposes do not age."""
        return self.content is Content.PRODUCTS and (self.age_days(at=at) or 0) > STALE_DAYS


def _age_days(dated: dt.date | None, at: dt.datetime) -> int | None:
    return None if dated is None else max(0, (at.astimezone(dt.UTC).date() - dated).days)


def make_list(
    data: bytes,
    found: ListFile,
    *,
    name: str,
    kind: ListKind,
    label: Label,
    dated: dt.date | None,
    confirmed: dt.date | None = None,
    imported: dt.date | None = None,
    origin: Origin = Origin.ADDRESS,
) -> TrustList:
    """A list from the bytes of its file and what `parse` found in them."""
    hashes = {der: certificate_hash(der) for der in found.certificates} if found.leaves else {}
    return TrustList(
        name=name,
        kind=kind,
        label=label,
        dated=dated,
        sha256=hashlib.sha256(data).hexdigest(),
        certificates=tuple(der for der in found.certificates if hashes.get(der) not in found.leaves),
        leaves=tuple(der for der in found.certificates if hashes.get(der) in found.leaves),
        allowed=found.leaf_hashes | found.leaves,
        confirmed=confirmed,
        imported=imported,
        origin=origin,
    )
