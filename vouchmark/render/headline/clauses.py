"""In which order does the first line of a report say its facts?"""

from __future__ import annotations

import enum
from typing import NamedTuple

from vouchmark.wording.model import Said


class Rank(enum.IntEnum):
    """What a clause tells, the worst or most telling first."""

    UNREAD = enum.auto()
    """Nothing could be looked at."""
    BYTES = enum.auto()
    """A mismatch, a signature that does not verify, a broken record, a file that breaks off."""
    SIGNER = enum.auto()
    """A public test key, a distrusted or revoked signer."""
    FAILURE = enum.auto()
    """Another line fails."""
    DOUBT = enum.auto()
    """Whether it was changed cannot be told, or not of all of it."""
    AI = enum.auto()
    """The file's own signer declares a use of AI."""
    UNKNOWN = enum.auto()
    """An unknown signer."""
    SIGNED = enum.auto()
    """A recognised signer."""
    BESIDE = enum.auto()
    """What a reader should hear besides."""
    NOTHING = enum.auto()


class Clause(NamedTuple):
    """One clause of the answer."""

    rank: Rank
    said: Said
