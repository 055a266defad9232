"""What is a person, a code and a request to be written down, in an issuer's books?"""

from __future__ import annotations

from dataclasses import dataclass, field

from zk.profile.codes import CodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the books hold of somebody."""

    continuity: bytes = field(repr=False)
    """T, 48 octets: the one against which every renewal is proved."""
    generation: int
    reset_at: int | None
    """When the last reset was, seconds since 1970; None if there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """What the books hold of a code."""

    id: bytes
    """16 octets."""
    key: bytes = field(repr=False)
    """The code's public key, 32 octets."""
    tag: bytes = field(repr=False)
    kind: CodeKind
    generation: int
    level: int
    expires_at: int | None
    """Seconds since 1970, the end of a day; None once the code is used."""
    request: bytes | None = field(default=None, repr=False)
    """Digest of the first good request that came under it."""
    epoch: str | None = None
    """The epoch for which it was used; None as long as nothing is signed."""
    renewable_until: int | None = None
    """Until when renewal tokens may follow from this code without another check, seconds since 1970."""
    after: str | None = None
    """Of a renewal token the epoch of the credentials with which it was given: it is for later ones."""
    void: bool = False
    """Whether two different requests came under it before either was signed: neither ever is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many codes and persons there are of a kind, and when issuer.json was last written."""

    open_codes: int
    open_tokens: int
    left: int
    published_at: int | None
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A request that holds in every other respect, to be written down or refused."""

    code: CodeRow
    """As it was when the request was received."""
    epoch: str
    request: bytes = field(repr=False)
    """Digest of the request."""
    continuity: bytes = field(repr=False)
    """T that was verified: of the request, or for a renewal that of the books."""
    at: int
    """Seconds since 1970."""
    reset_seconds: int
    """How long after a reset the next may be."""
    token: tuple[bytes, bytes]
    """Id and public key of the renewal token that goes with the answer, if one does."""
