"""When and where does a signer say that something happened?

Times and places in the verified assertions of one manifest: actions, and metadata that was put under the signature
(`c2pa.metadata`, `cawg.metadata`, `stds.exif`, `stds.iptc`, `stds.schema-org.CreativeWork`, `c2pa.location…`). They are
the signer's word; that they are signed says whose word, not that it is true. Only what speaks of the making of this
file is read: where its creator lives, where its publisher sits, what it shows, is based on or mentions is something
else, and left alone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from provenance.written.places import Place
from provenance.written.times import Span

MAX_TIMES: Final = 64
"""Times of one manifest that are kept; a long edit records one for each action."""
MAX_PLACES: Final = 16
"""Places of one manifest that are kept."""
MAX_KEPT: Final = 80
"""Characters kept of what is written."""


class Role(enum.StrEnum):
    """What a signed time is said to be the time of."""

    CREATED = "created"
    """`c2pa.created`, and what is said of the capture: the file's content came about then."""
    DIGITISED = "digitised"
    """When it became digital: what it shows may be older, as with a scan."""
    ACTION = "action"
    """Another action on it: it existed by then."""
    MODIFIED = "modified"
    """Metadata's own time of the last change."""
    PUBLISHED = "published"
    """When a catalogue entry says that it is published, which may be planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTime:
    """A time as a signer states it."""

    where: str
    """`c2pa.edited`, `exif:DateTimeOriginal`, …"""
    assertion: str
    """Label of the assertion."""
    role: Role
    written: str
    span: Span

    @property
    def is_past(self) -> bool:
        """Whether it must lie before the signing: standard actions and captures do, an embargo need not."""
        return self.role is not Role.PUBLISHED and (self.role is not Role.ACTION or self.where.startswith("c2pa."))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPlace:
    """A place as a signer states it."""

    where: str
    assertion: str
    place: Place
    error: float = 0.0
    """Kilometres by which it may be wrong, as its signer states it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedArea:
    """A town or country as a signer names it, without coordinates."""

    where: str
    assertion: str
    name: str
    """`Kyiv, Ukraine`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Everything of that kind in one manifest."""

    times: tuple[SignedTime, ...] = ()
    places: tuple[SignedPlace, ...] = ()
    areas: tuple[SignedArea, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    """(field, what is written) of times and places that are none."""
    cut: tuple[str, ...] = ()
    """What there is beyond what was looked at and kept, in our words."""

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was looked at and kept."""
        return bool(self.cut)

    @property
    def is_empty(self) -> bool:
        """Nothing of the kind."""
        return not (self.times or self.places or self.areas or self.unreadable or self.is_cut)
