"""Does a picture look like the thumbnails that signatures in its own history cover? For the worker.

By the cheap hash, which may only say that it looks like one: a crop of a fifth is never recognised by it, so that its
silence says nothing. By registration, where that is asked for, it may also be said that it does not.
"""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from provenance.hashes.pictures.pdq import (
    MIN_QUALITY,
    MIN_SIDE,
    NEAR,
    Orientation,
    PdqHash,
    distance,
    roughly,
)
from provenance.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from provenance.credentials.history.lineage import History

MOST: Final = 8
"""Thumbnails that are compared, the nearest first; real histories have fewer."""
MOST_REGISTERED: Final = 4
"""The same by registration, which takes some 100 ms each."""
MAX_BYTES: Final = 512 * 1024
"""Bytes of a picture that is compared by the cheap hash, and of all thumbnails together: what nobody asked for may cost
a tenth of a check, and decoding takes the longer the more bytes there are."""
MAX_JPEG: Final = 24_000_000
"""Pixels of a JPEG, which is decoded at an eighth of its size."""
MAX_OTHER: Final = 500_000
"""Pixels of other pictures, which are decoded whole: some 8 ms."""
SIDE: Final = 64
"""Pixels of each side of what is hashed; a JPEG is decoded no larger than need be for it."""
_UNLIKE: Final = frozenset({"no-movement", "implausible-movement", "differs-everywhere"})
"""Why registration found no agreement where both pictures had enough to go by."""


class Like(Struct, frozen=True, kw_only=True):
    """The picture against one thumbnail."""

    label: str
    """Of the manifest that carries it."""
    distance: int = -1
    """Bits of 256 by which the cheap hashes differ, in the orientation that fits best; -1 where they say nothing."""
    registered: str = ""
    """`like`, `unlike`, or why registration could not tell; empty where it was not asked for."""

    @property
    def is_alike(self) -> bool:
        """Whether either way finds them alike."""
        return 0 <= self.distance <= NEAR or self.registered == "like"

    @property
    def is_unlike(self) -> bool:
        """Whether registration finds no agreement and the cheap hash none either."""
        return self.registered == "unlike" and not self.is_alike


class Likeness(Struct, frozen=True, kw_only=True):
    """The picture against every thumbnail, the nearest first."""

    found: tuple[Like, ...] = ()
    reason: Reason | None = None
    """What ended the part; empty where nothing did."""
    engine: str = ""
    """The package that registered, with its version; empty where registration was not asked for."""


def likeness(
    data: bytes, media_type: str, history: History | None, *, pixels: int, register: bool, known: str = ""
) -> Likeness:
    """Compare a picture with the thumbnails in its own verified history.

    Args:
        data: the whole file.
        media_type: by its content.
        history: with its thumbnails, where there is one.
        pixels: how many pixels a picture may announce.
        register: whether they are matched by local features as well.
        known: label of a manifest whose own thumbnail is left out.

    Raises:
        MemoryError: there is no room.
    """
    from provenance.media_type import recognise
    from provenance.pictures.preview import stored_thumbnails

    stored = [(label, one) for label, one in stored_thumbnails(history) if label != known][:MOST]
    if not stored or not media_type.startswith("image/"):
        return Likeness()
    mine = _oriented(data, media_type, stored, pixels=pixels)
    left = MAX_BYTES
    found = []
    for place, (label, thumbnail) in enumerate(stored):
        kind = recognise(thumbnail)
        left -= len(thumbnail)
        apart = _apart(mine, thumbnail, kind, pixels=pixels) if mine and left >= 0 else -1
        registered = ""
        if register and place < MOST_REGISTERED:
            registered = _registered(thumbnail, kind, data, media_type, pixels=pixels)
        found.append(Like(label=label, distance=apart, registered=registered))
    return Likeness(found=tuple(found), engine=_engine() if register else "")


def _oriented(data: bytes, media_type: str, stored: Sequence[tuple[str, bytes]], *, pixels: int) -> list[PdqHash]:
    """The picture's cheap hashes, in every orientation; none where it is too large, or has too little to go by."""
    # Thumbnails lie in the file as a rule, and are no part of what is decoded.
    if len(data) - sum(len(thumbnail) for _, thumbnail in stored) > MAX_BYTES:
        return []
    small = _grey(data, media_type, pixels=pixels)
    return [] if small is None else [one for one in roughly(small).values() if one.quality >= MIN_QUALITY]


def _apart(mine: Sequence[PdqHash], thumbnail: bytes, kind: str, *, pixels: int) -> int:
    """Bits by which the cheap hashes differ in the orientation that fits best; -1 where they say nothing."""
    small = _grey(thumbnail, kind, pixels=pixels)
    if small is None:
        return -1
    theirs = roughly(small, oriented=False)[Orientation.NONE]
    return min(distance(one.bits, theirs.bits) for one in mine) if theirs.quality >= MIN_QUALITY else -1


def _grey(data: bytes, media_type: str, *, pixels: int) -> NDArray[np.float32] | None:
    """A picture in 64 x 64 grey values, by area; None where it is too large, too small, or cannot be decoded."""
    from provenance.pictures.preview import READERS

    if media_type not in READERS:
        return None
    try:
        import numpy as np
        from PIL import Image

        module, reader = READERS[media_type]
        with getattr(importlib.import_module(f"PIL.{module}"), reader)(io.BytesIO(data)) as opened:
            size = opened.size[0] * opened.size[1]
            is_progressive = "progressive" in opened.info
            limit = MAX_JPEG if media_type == "image/jpeg" and not is_progressive else MAX_OTHER
            if size > min(pixels, limit) or min(opened.size) < MIN_SIDE:
                return None
            opened.draft("L", (SIDE, SIDE))
            small = opened.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=1.0)
            return np.asarray(small, dtype=np.float32)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a reader may raise anything over hostile bytes
        return None


def _registered(thumbnail: bytes, kind: str, data: bytes, media_type: str, *, pixels: int) -> str:
    """`like`, `unlike`, or why that could not be told."""
    from provenance.hashes.pictures.compare import Verdict, compare_files
    from provenance.hashes.pictures.registration import ComparisonUnavailableError

    if not kind.startswith("image/"):
        return "unsupported"
    try:
        found = compare_files(thumbnail, kind, data, media_type, pixels=pixels)
    except ComparisonUnavailableError:
        return "not-installed"
    if found.verdict is Verdict.UNALIGNED:
        return "unlike" if found.reason in _UNLIKE else found.reason or Reason.FAILURE
    return found.reason or Reason.FAILURE if found.verdict is Verdict.FAILED else "like"


def _engine() -> str:
    from provenance.hashes.original import engine

    return engine("cv2", "OpenCV")
