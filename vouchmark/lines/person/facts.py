"""What does the person line hear of: where was a vouch found, to what is it bound, and what did it turn out to be?"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zk.verifier.voices import Refusal, Voice


class Where(enum.StrEnum):
    """Where a vouch was found."""

    GIVEN = "given"
    """By the reader, for this file."""
    EMBEDDED = "embedded"
    """In an update manifest of the verified history, where it may count."""
    BESIDE = "beside"
    """In a file beside this one: anybody may have put it there."""
    MISPLACED = "misplaced"
    """In the Content Credentials, where it counts for nothing."""


class Elsewhere(enum.StrEnum):
    """To what a vouch is bound, if not to this file."""

    ANCESTOR = "earlier-version"
    """To an intact earlier version, across an edit."""
    COMPONENT = "used-in-it"
    """To something intact that was used in this file, or that such a thing was made from."""
    BARE = "without-credentials"
    """To this file as it is without the Content Credentials that speak of it."""
    LOOKALIKE = "lookalike"
    """To a picture that looks like this one."""
    BROKEN = "broken-credentials"
    """To Content Credentials that lie in this file and do not hold for it."""
    UNMEASURED = "not-measured"
    """To Content Credentials, and those of this file could not be checked here."""
    MISPUT = "another-manifest"
    """Embedded: to another manifest of this very file than the one that it was put over."""
    PART = "first-part"
    """To the bytes of the first part of a video in pieces, which say nothing of the others."""
    OTHER = "other-media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A vouch as it was found."""

    octets: bytes = field(repr=False)
    where: Where
    name: str
    """The file's name, or the label of the manifest that carries it."""
    trouble: str = ""
    """Why it could not be read, or why its place lets it count for nothing; empty where neither."""
    manifest: str = ""
    """Embedded: label of the manifest that it must name."""
    counts_for: str = ""
    """Embedded: label of the manifest with the hard binding that it speaks of."""
    reaches_file: bool = False
    """Embedded: whether that is this file's, with nothing but updates between."""
    stamped: dt.datetime | None = None
    """A trusted time stamp that binds the manifest that carries it."""

    @property
    def sha256(self) -> str:
        """Of its octets, lower-case hex."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a vouch turned out to be."""

    found: Found
    result: Voice | Refusal | None
    """None where there was nothing to verify: it is no vouch."""
    elsewhere: Elsewhere | None = None
    distance: int | None = None
    """Bits of 256 by which the pictures' hashes differ, where it is bound to one that looks like this."""
    has_key: bool = False
    """Whether the trusted issuer published any key for the vouch's epoch, withdrawn or not."""
    has_withdrawn: bool = False
    """Whether one of these was withdrawn: what was proved with it does not hold with the one that took its place."""
