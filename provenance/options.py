"""What can be asked of any examination of media, and goes to a worker as it is (MediaOptions)?

Plain values that MessagePack carries. `vouchmark.options.Options` adds what stays in the caller's process: lists,
ledger, index, policy.
"""

from __future__ import annotations

from typing import Final, TypedDict

import msgspec
from msgspec import Struct

from provenance.asset import Limits
from provenance.errors import OptionError

ENGINES: Final = ("c2pa-rs", "encypher-c2pa")
"""The engines by name; the account of the first one is shown."""


class CarriedLabel(Struct, frozen=True, kw_only=True):
    """Assertions that somebody puts into update manifests, for our own check to say where they stand.

    Content of such an assertion: a CBOR map with exactly one entry, whose value is octets as base64 text.
    """

    label: str
    key: str
    """Of the one entry."""
    max_octets: int
    """Octets of one at most."""


class MediaOptions(Struct, frozen=True, kw_only=True):
    """What a worker needs to know besides the bytes, the reader's lists and the time.

    Raises:
        OptionError: an engine has no such name.
    """

    engines: tuple[str, ...] = ENGINES
    """Engines to ask, out of ENGINES; the account of the first one is shown."""
    limits: Limits = msgspec.field(default_factory=Limits)
    """Bytes and pixels that one file may have."""
    crjson: bool = False
    """Whether the manifests are wanted as crJSON."""
    pictures: bool = False
    """Whether small pictures are wanted, of the asset and of its earlier versions."""
    compare_pictures: bool = False
    """Whether a picture is matched to the thumbnails in its own history, so that it may be said to be unlike them."""
    look_first: bool = False
    """Whether engines are asked only where there may be something for them to read
    (`credentials.store.signs`); the report says where they were not."""

    def __post_init__(self) -> None:
        """Refuse what is no engine."""
        if any(name not in ENGINES for name in self.engines):
            raise OptionError(f"got engines {list(self.engines)}, expected some of {list(ENGINES)}")


class MediaOverrides(TypedDict, total=False):
    """The same as keyword arguments, for those who ask in words of their own; a test holds both together."""

    engines: tuple[str, ...]
    limits: Limits | None
    crjson: bool
    pictures: bool
    compare_pictures: bool
    look_first: bool
