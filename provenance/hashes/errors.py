"""What can be wrong with an index of known media, and whose fault is it?"""

from __future__ import annotations

from provenance.errors import ProvenanceError


class KnownIndexError(ProvenanceError):
    """An index cannot be used. Says nothing on any media."""

    hint = "make a new one with: vouchmark index add FOLDER --index NAME"


class NoIndexError(KnownIndexError):
    """There is nothing at that path."""


class ForeignIndexError(KnownIndexError):
    """What is there is no index, or one of a newer version."""

    hint = "name an index that this version wrote; nothing in what you named was changed"


class DamagedIndexError(KnownIndexError):
    """It was one, and is truncated or changed."""

    hint = "restore it from a copy, or add the media to a new index; vouchmark index show --verify looks at all of it"


class BusyIndexError(KnownIndexError):
    """Somebody else is writing to it."""

    hint = "wait until the other run has ended; reading goes on meanwhile"


class ExchangeError(KnownIndexError):
    """A list of hashes is not of the form that it should have."""

    hint = "see docs/known-media.md for the columns of a list"
