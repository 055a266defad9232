"""What is found in a manifest store that nobody signed, as data?"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

MAX_NAMED: Final = 32
"""Findings kept one by one; the rest is counted."""


class Place(enum.StrEnum):
    """Where something lies that no signature covers and that no rule of the format explains."""

    BOX = "box"
    """A box that C2PA does not have there."""
    HEADER = "box-header"
    """A box header in a longer form than its size needs, or without a size."""
    DESCRIPTION = "box-description"
    """A description box that says more than a kind and a label, or another label than C2PA gives."""
    ASSERTION = "assertion"
    """An assertion whose hash no claim has."""
    DATA_BOX = "data-box"
    """A data box whose hash no signed statement has."""
    CREDENTIAL = "credential"
    """A credential whose hash no signed statement has."""
    MANIFEST = "manifest"
    """A manifest whose own signature does not hold and that no signed link covers."""
    UNREADABLE = "unreadable-manifest"
    """A manifest that cannot be read."""
    COMPRESSION = "compression"
    """A compressed manifest that is longer than its content explains, or of which something is left over."""
    HEADER_ENTRY = "signature-header"
    """An entry of a signature's unsigned header that C2PA does not have, or of another form."""
    CERTIFICATE = "certificate"
    """A certificate in an unsigned place that leads nowhere, or holds more than certificates do."""
    TIME_STAMP = "time-stamp"
    """A time stamp with parts that its authority did not sign, or that cannot be read to its last octet."""
    REVOCATION = "revocation-answer"
    """A revocation answer that nobody of the chain signed, or with more in it than one."""
    PADDING = "padding"
    """Padding that is not zero: the only thing here that may be there, and must be empty."""
    TAIL = "tail"
    """Bytes behind the store that are not zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """One thing that nobody signed."""

    place: Place
    manifest: str
    """Label of the manifest in which it lies; empty beside all of them."""
    size: int
    """Bytes of it, its header included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOctets:
    """What of one store nobody signed, in the order in which it lies; nothing where all of it is accounted for."""

    found: tuple[Unsigned, ...] = ()
    """At most MAX_NAMED."""
    more: int = 0
    """How many more there are."""
