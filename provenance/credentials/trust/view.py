"""Which anchors, distrust entries and products does our own chain check look at? Plain data, apart by kind of list.

The kinds never mix: an anchor listed for time stamps or identities cannot be reached from a claim signer, because the
lists stand in different fields and each check is handed one of them. Small enough to be sent to a worker once.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import Product

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustLists

CLAIM_SIGNING: Final = "1.3.6.1.4.1.62558.2.1"
"""c2pa-kp-claimSigning: the only purpose that makes a claim signer under the official list."""
LEGACY_PURPOSES: Final = frozenset(
    {
        CLAIM_SIGNING,
        "1.3.6.1.5.5.7.3.4",  # e-mail protection
        "1.3.6.1.5.5.7.3.36",  # document signing (RFC 9336)
        "1.2.840.113583.1.1.5",  # document signing, Adobe
        "1.3.6.1.4.1.311.76.59.1.9",  # C2PA signing, Microsoft
    }
)
"""Purposes accepted before C2PA's own existed: always under the interim list, by default under yours."""
_NEVER_SIGNERS: Final = frozenset({"1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"})


class Label(enum.StrEnum):
    """Whose list vouched. Never mixed."""

    OFFICIAL = "official"
    """The C2PA trust list."""
    INTERIM = "interim"
    """The interim list, frozen on 2026-01-01."""
    IPTC = "iptc"
    """IPTC's list of verified news publishers."""
    YOURS = "yours"
    """The reader's own."""
    UNKNOWN = "unknown"
    """Nobody's."""


ORDER: Final = (Label.OFFICIAL, Label.INTERIM, Label.IPTC, Label.YOURS)
"""The first list that vouches names the signer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """Everything about trust that one check is a function of."""

    signers: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors for claim signers, DER."""
    leaves: Mapping[Label, frozenset[str]] = field(default_factory=dict, repr=False)
    """SHA-256 of claim signers' own certificates that a list allows without a path."""
    authorities: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors for time-stamping authorities, DER."""
    authority_leaves: Mapping[Label, frozenset[str]] = field(default_factory=dict, repr=False)
    """SHA-256 of time-stamping authorities' own certificates that a list allows without a path."""
    identities: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors for signers of CAWG identity assertions, DER."""
    identity_leaves: Mapping[Label, frozenset[str]] = field(default_factory=dict, repr=False)
    """SHA-256 of identity signers' own certificates that a list allows without a path."""
    publishers: Mapping[Label, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Anchors under which every certificate is a publisher's, DER."""
    publisher_leaves: Mapping[Label, frozenset[str]] = field(default_factory=dict, repr=False)
    """SHA-256 of publishers' own certificates."""
    said: frozenset[str] = field(default=frozenset(), repr=False)
    """Certificates whose label rests on the reader's word alone, as `KIND LABEL SHA-256` (`is_said`)."""
    distrust: tuple[DistrustEntry, ...] = ()
    products: tuple[Product, ...] = field(default=(), repr=False)
    """Conforming products that sign; empty where no such list is kept."""
    your_purposes: frozenset[str] = LEGACY_PURPOSES
    """Extended key usages that make a claim signer under the reader's own lists."""

    def purposes(self, label: Label) -> frozenset[str]:
        """Extended key usages that make a claim signer under a list of that label."""
        if label is Label.OFFICIAL:
            return frozenset({CLAIM_SIGNING})
        return LEGACY_PURPOSES if label in (Label.INTERIM, Label.IPTC) else self.your_purposes

    def is_said(self, kind: str, label: Label, anchor: str) -> bool:
        """Whether a list of that kind and label has a certificate only because the reader said that it is such a list.

        `kind` is a `ListKind`'s value, `anchor` the certificate's SHA-256.
        """
        return f"{kind} {label} {anchor}" in self.said

    def product(self, *, record: str, organization: str, common_name: str) -> Product | None:
        """The conforming product that a certificate names: by record id where it carries one, else by (O, CN).

        Where several entries share a name, the one with the highest level counts: the certificate does not say which.
        """
        if record:
            return next((product for product in self.products if product.record == record), None)
        wanted = (organization.casefold(), common_name.casefold())
        named = [p for p in self.products if (p.organization.casefold(), p.common_name.casefold()) == wanted]
        return max(named, key=lambda product: product.assurance_level, default=None)


def view_of(store: TrustLists) -> TrustView:
    """What the own chain check needs of the reader's lists. Raises TrustListDataError for a damaged products list."""
    from provenance.credentials.trust.formats import Content, products
    from provenance.credentials.trust.lists import ListKind

    def anchors(kind: ListKind) -> dict[Label, tuple[bytes, ...]]:
        found: dict[Label, tuple[bytes, ...]] = {}
        for item in store.lists:
            if listed := item.anchors_for(kind):
                label = Label(item.label.value)
                found[label] = tuple(dict.fromkeys((*found.get(label, ()), *listed)))
        return found

    def allowed(kind: ListKind) -> dict[Label, frozenset[str]]:
        found: dict[Label, frozenset[str]] = {}
        for item in store.lists:
            if listed := item.leaves_for(kind):
                label = Label(item.label.value)
                found[label] = found.get(label, frozenset()) | listed
        return found

    return TrustView(
        signers=anchors(ListKind.SIGNER),
        leaves=allowed(ListKind.SIGNER),
        authorities=anchors(ListKind.TSA),
        authority_leaves=allowed(ListKind.TSA),
        identities=anchors(ListKind.CAWG),
        identity_leaves=allowed(ListKind.CAWG),
        publishers=anchors(ListKind.PUBLISHER),
        publisher_leaves=allowed(ListKind.PUBLISHER),
        said=_said(store),
        distrust=store.distrust,
        products=tuple(
            product
            for kept in store.configurations
            if kept.content is Content.PRODUCTS
            for product in products(kept.data)
        ),
        your_purposes=frozenset(store.eku_oids) - _NEVER_SIGNERS,
    )


def _said(store: TrustLists) -> frozenset[str]:
    """`KIND LABEL SHA-256` of every certificate that no list has whose label was earned."""
    from provenance.credentials.trust.formats import Label as Given
    from provenance.credentials.trust.formats import Origin, certificate_hash
    from provenance.credentials.trust.lists import ListKind

    said, earned = set[str](), set[str]()
    for item in store.lists:
        if item.label is Given.YOURS:
            continue
        into = said if item.origin is Origin.READER else earned
        for kind in ListKind:
            hashes = {certificate_hash(der) for der in item.anchors_for(kind)} | item.leaves_for(kind)
            into |= {f"{kind.value} {item.label.value} {one}" for one in hashes}
    return frozenset(said - earned)
