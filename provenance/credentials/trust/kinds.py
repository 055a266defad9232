"""What sorts of lists are there, by whose word does one have its label, and what can go wrong with one?

Words and errors alone: what everything about lists speaks of.
"""

from __future__ import annotations

import enum
from typing import Final

from provenance.errors import ProvenanceError


class TrustListError(ProvenanceError):
    """Base of every error about trust lists."""

    hint = "a list is a PEM file of certificates or a published list in JSON; see: vouchmark trust show"


class TrustListDataError(TrustListError, ValueError):
    """The file is no trust list, or one that cannot be used as asked."""


class TrustListStoreError(TrustListError):
    """The folder of kept lists cannot be read or written, or a kept list is not the one that was imported."""


class TrustListOlderError(TrustListError):
    """The list is older than the one that is already kept."""


class TrustListFetchError(TrustListError):
    """An official list could not be downloaded."""


class ListKind(enum.StrEnum):
    """What a list vouches for."""

    SIGNER = "signer"
    """Claim signers."""
    TSA = "tsa"
    """Time-stamping authorities."""
    CAWG = "cawg"
    """Signers of CAWG identity assertions."""
    PUBLISHER = "publisher"
    """Who is a news publisher: whoever signs or attaches an identity with one of its certificates is that one."""


class Label(enum.StrEnum):
    """Who vouches. A file's own name for itself is a claim: the address over HTTPS from which `trust update` has it
    earns a label, the digest of a file that the product knows does, or the reader says so (`Origin`)."""

    OFFICIAL = "official"
    """The C2PA's lists."""
    INTERIM = "interim"
    """The interim trust list, frozen on 2026-01-01."""
    IPTC = "iptc"
    """IPTC's list of verified news publishers."""
    YOURS = "yours"
    """The reader's own."""


class Origin(enum.StrEnum):
    """By what a list has its label."""

    ADDRESS = "address"
    """It came from its publisher's address over HTTPS."""
    DIGEST = "digest"
    """Its file is one that the product knows by its SHA-256."""
    READER = "reader"
    """The reader says so: what it says is shown as the reader's word, but for their own lists."""


AS_SAID: Final = ", as you said"
"""Behind a label that rests on the reader's word alone."""


def worded(label: Label, origin: Origin) -> str:
    """A label as it is shown: `official`, or `official, as you said`."""
    return f"{label}{AS_SAID}" if origin is Origin.READER and label is not Label.YOURS else str(label)


class Content(enum.StrEnum):
    """What a file holds."""

    CERTIFICATES = "certificates"
    PRODUCTS = "products"
    KEY_USAGES = "key-usages"
