"""What is asked about one asset (the task), for callers and over the pipe alike?"""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from provenance.credentials.trust.settings import TrustSettings
from provenance.options import CarriedLabel, MediaOptions

if TYPE_CHECKING:
    from provenance.credentials.trust.view import TrustView


class Lists(Struct, frozen=True, kw_only=True):
    """The reader's lists, as the first engine and as our own check are told of them."""

    trust: TrustSettings = msgspec.field(default_factory=TrustSettings)
    packed: bytes = b""
    """A `TrustView` in MessagePack: unpacked only where our own check runs; empty where there is none for it."""

    @classmethod
    def of(cls, trust: TrustSettings, view: TrustView | None = None) -> Lists:
        """Both in one; without a view our own check is left out."""
        return cls(trust=trust, packed=b"" if view is None else msgspec.msgpack.encode(view))

    @property
    def view(self) -> TrustView:
        """The lists as our own check looks at them. Raises MsgspecError where there are none."""
        return _unpacked(self.packed)


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> TrustView:
    from provenance.credentials.trust.view import TrustView

    return msgspec.msgpack.decode(packed, type=TrustView)


class Task(Struct, frozen=True, kw_only=True):
    """What is asked about one asset. Its bytes go apart, behind the message that this is (`wire.Order`)."""

    media_type: str
    """By its content."""
    at: dt.datetime
    """When certificates are judged, by engines that can be told. Aware."""
    options: MediaOptions = msgspec.field(default_factory=MediaOptions)
    lists: Lists = msgspec.field(default_factory=Lists)
    own: bool = True
    """Whether our own check is made, where the lists have a view for it."""
    metadata: bool = True
    """Whether the file's own metadata is read too."""
    hashes: bool = False
    """Whether it is wanted what the file may be recognised by."""
    sidecar: bytes | None = None
    """A manifest store kept outside the asset."""
    sidecar_wins: bool = True
    """Whether the sidecar is read even where the asset has a store of its own; False for one found beside it."""
    fragments: tuple[bytes, ...] = ()
    """Media segments, where the asset is a fragmented video's initialisation segment."""
    carries: CarriedLabel | None = None
    """What our own check shall look for among the assertions of the history."""
    asking: bool = False
    """Whether our own check shall say what could be asked about revocation."""
    answers: tuple[bytes, ...] = ()
    """Revocation answers that were asked for just now."""
    answered: dt.datetime | None = None
    """When they were; None where nothing was asked."""
    original: bytes | None = None
    """What the asset may have been made from."""
    original_type: str = ""
    """Its media type by its content."""
    own_thumbnail: bool = False
    """Whether the thumbnail in the asset's own verified history takes the place of an original."""

    def __repr__(self) -> str:
        """Without the bytes."""
        return f"Task(media_type={self.media_type!r}, at={self.at}, options={self.options!r})"

    @property
    def sizes(self) -> tuple[int | None, ...]:
        """Bytes of the sidecar, of the original (None without one), then of each fragment."""
        sidecar = None if self.sidecar is None else len(self.sidecar)
        return (sidecar, None if self.original is None else len(self.original), *map(len, self.fragments))

    @property
    def attached(self) -> tuple[bytes, ...]:
        """What goes behind the message, in the order of `sizes`; what is not there is left out."""
        return tuple(one for one in (self.sidecar, self.original, *self.fragments) if one is not None)

    def bare(self) -> Task:
        """The same without attachments and lists: the message."""
        return msgspec.structs.replace(self, sidecar=None, original=None, fragments=(), lists=Lists())

    def for_hashes(self) -> Task:
        """What of this file can be recognised, and nothing else."""
        return Task(
            media_type=self.media_type,
            at=self.at,
            options=MediaOptions(engines=(), limits=self.options.limits),
            lists=self.lists,
            own=False,
            metadata=False,
            hashes=True,
        )
