"""What of a file does a hard binding leave out, and what of that decides how the media is shown?"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Final

from provenance.credentials.binding.base import Bound, Runs, complement
from provenance.formats import Kind, Layout, Region
from provenance.formats.parts import Doubt, Sized, join
from provenance.formats.pictures.jpeg import START

_OF_MANIFEST: Final = frozenset({Kind.MANIFEST, Kind.FOREIGN})
PADDING: Final = "integrity.padding.filled"


def meets(runs: Runs, start: int, end: int) -> bool:
    """Whether bytes `start` to `end` (exclusive) have any in common with joined runs."""
    number = bisect.bisect_left(runs, (end, 0)) - 1
    return number >= 0 and start < runs[number][1] and start < end


def outside(bound: Bound, layout: Layout) -> list[Region]:
    """The parts of the file outside the binding, each with what it is."""
    left_out, found, number = complement(bound.covered, layout.size), list[Region](), 0
    for region in layout.regions:
        while number < len(left_out) and left_out[number][1] <= region.start:
            number += 1
        at = number
        while at < len(left_out) and left_out[at][0] < region.end:
            start, end = max(left_out[at][0], region.start), min(left_out[at][1], region.end)
            if start < end:
                found.append(region._replace(start=start, end=end))
            at += 1
    return found


def _swallowing(bound: Bound, layout: Layout) -> Iterator[Sized]:
    """Parts whose header is outside the binding, and some of whose content within: their length is another one now."""
    left_out = complement(bound.covered, layout.size)
    for part in layout.sized:
        if meets(left_out, part.start, part.body) and meets(bound.covered, part.start, part.end):
            yield part


def swallows(bound: Bound, layout: Layout) -> bool:
    """Whether what carries the manifest store was made longer, over what was signed as something else."""
    return any(part.kind in _OF_MANIFEST for part in _swallowing(bound, layout))


def shown_outside(bound: Bound, layout: Layout) -> tuple[str, ...]:
    """Names of parts outside the binding that decide how the media is shown, sorted."""
    left_out = complement(bound.covered, layout.size)
    lengths = {f"length of {part.name}" for part in _swallowing(bound, layout) if part.kind not in _OF_MANIFEST}
    return tuple(sorted(lengths | {part.name for part in layout.shown if meets(left_out, part.start, part.end)}))


def beside_manifest(bound: Bound, layout: Layout) -> tuple[str, ...]:
    """Names of what lies in a range that its signer left out for the manifest store, and is none of it, sorted.

    Who makes the store smaller, by its unsigned padding, can put there what he likes, and no hash tells it from what
    the signer left there.
    """
    stores = layout.manifest_runs()
    wide = join(run for run in bound.left_out if meets(stores, *run))
    return tuple(
        sorted(
            {
                region.name
                for region in layout.regions
                if region.kind not in _OF_MANIFEST and region.name != START and meets(wide, region.start, region.end)
            }
        )
    )


def doubts_about(bound: Bound, layout: Layout) -> tuple[Doubt, ...]:
    """The container's doubts; whatever fills padding that the digest covers was signed."""
    left_out = complement(bound.covered, layout.size)
    return tuple(
        doubt
        for doubt in layout.doubts
        if doubt.code != PADDING or doubt.start == doubt.end or meets(left_out, doubt.start, doubt.end)
    )
