"""Which anchors, distrust entries and products does our own chain check look at? Plain data, apart by kind of list.

The kinds never mix: an anchor listed for time stamps or identities cannot be reached from a claim signer, because the
lists stand in different fields and each check is handed one of them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


class Label(enum.StrEnum):
    """Whose list vouched. Never mixed."""

    OFFICIAL = "official"
    """The C2PA trust list."""
    INTERIM = "interim"
    """The interim list, frozen on 2026-01-01."""
    YOURS = "yours"
    """The reader's own."""
    UNKNOWN = "unknown"
    """Nobody's."""


ORDER = (Label.OFFICIAL, Label.INTERIM, Label.YOURS)
"""The first list that vouches names the signer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distrust:
    """What the reader, or a public announcement, has withdrawn trust from."""

    certificates: frozenset[str] = frozenset()
    """SHA-256 of certificates, lower-case hex, anywhere on a path or in the chain that the signer sent."""
    issuers: frozenset[str] = frozenset()
    """Issuer names as RFC 4514 strings, compared case-folded: every certificate issued under that name."""
    subjects: frozenset[tuple[str, str]] = frozenset()
    """(O, CN) of signers, compared case-folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One entry of the conforming-products list."""

    record: str
    """The list's record id; newer certificates carry it."""
    organisation: str
    common_name: str
    max_assurance_level: int | None
    """None where the entry names none."""
    disallowed_signals: tuple[str, ...] = ()
    """The programme's words for what the product may not claim (`capturedMedia`, …), sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """Everything about trust that one check is a function of."""

    signers: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors for claim signers, DER."""
    leaves: Mapping[Label, frozenset[str]] = field(default_factory=dict, repr=False)
    """SHA-256 of claim signers' own certificates that a list allows without a path."""
    authorities: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors for time-stamping authorities, DER."""
    distrust: Distrust = field(default_factory=Distrust)
    products: tuple[Product, ...] = field(default=(), repr=False)
    accept_legacy_purposes: bool = True
    """Whether certificates for e-mail protection or document signing count under your own list; under the interim list
    they always do, under the official one never. Off for the conformance programme's cases."""


@dataclass(frozen=True)
class ProductIndex:
    """Products by record id and by (O, CN)."""

    products: tuple[Product, ...]

    @cached_property
    def by_record(self) -> Mapping[str, Product]:
        """By record id."""
        return {product.record: product for product in self.products if product.record}

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], tuple[Product, ...]]:
        """By (O, CN), case-folded."""
        found: dict[tuple[str, str], tuple[Product, ...]] = {}
        for product in self.products:
            key = (product.organisation.casefold(), product.common_name.casefold())
            found[key] = (*found.get(key, ()), product)
        return found
