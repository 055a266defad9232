"""Does a picture look like the one that a vouch was made for?

A vouch may carry the perceptual hash of its picture, so that a recompressed copy can be found to be one. That is a hint
for searching: likeness never binds, counts or is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.workers.pool import Examination
    from provenance.workers.task import Task

MOST_DISTANCE: Final = 31
"""Bits of 256 by which two pictures that look alike differ at most; PDQ's own advice."""


def pdq_of(asset: Asset, task: Task, examine: Callable[[Asset, Task], Examination]) -> bytes | None:
    """The PDQ hash of a picture, 32 octets; None where it is no picture, or has too little in it to be told by.

    Args:
        asset: the file.
        task: what was asked about it; here nothing but its hash is.
        examine: where it is decoded, within the limits of a worker.
    """
    if not asset.media_type.startswith("image/"):
        return None
    from provenance.hashes.pictures.pdq import MIN_QUALITY

    found = examine(asset, task.for_hashes()).fingerprint
    pdq = found.picture.pdq if found is not None and found.picture is not None else None
    return pdq.bits if pdq is not None and pdq.quality >= MIN_QUALITY else None


def likeness(pdq: bytes | None, hint: bytes | None) -> int | None:
    """Bits by which two pictures' hashes differ, where they look alike; None where they do not."""
    if pdq is None or hint is None:
        return None
    from provenance.hashes.pictures.pdq import distance

    bits = distance(pdq, hint)
    return bits if bits <= MOST_DISTANCE else None
