"""Where in a file lies the coded media of small pictures that the signer of its content signed with it?

Thumbnails are most of a manifest store. Their scans are compressed as the file's own are, and hashed for the same
signer: whoever looks for streams and archives among what is not coded media need not look there. Pictures of anybody
else are looked through, those that are more than a picture, and all that stands in them beside their scans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from provenance.credentials.history.manifest_check import ManifestCheck
from provenance.credentials.store.jumbf import RawStore
from provenance.formats import Layout
from provenance.formats.jpeg import scans_alone
from provenance.formats.parts import join

Runs = tuple[tuple[int, int], ...]

MAX_PICTURES: Final = 64
"""Pictures that are looked for, and places where each may begin; each look costs the store's length at most."""
LEAST: Final = 16_384
"""Bytes below which looking through a picture costs less than finding out that there is no need to."""
_BEGINNING: Final = 64
"""Bytes by which a picture is looked for, before all of it is compared."""


def coded_pictures(data: bytes, layout: Layout, store: RawStore, checks: Iterable[ManifestCheck]) -> Runs:
    """Those runs, joined; none where the store is not the one that lies in the file.

    Args:
        data: the whole file.
        layout: its parts.
        store: the store that was checked.
        checks: the manifests whose pictures count.
    """
    raw = next(iter(layout.stores), b"")
    if store.raw.obj != raw:
        return ()
    found, position = [], 0
    for content in islice(_pictures(checks), MAX_PICTURES):
        scans = scans_alone(content)
        # Mostly they lie in the order in which they are named.
        at = _place(raw, content, position) if scans else -1
        if at >= 0:
            position = at + len(content)
            found += [(at + start, at + end) for start, end in scans]
    return join(_in_file(join(found), layout.store_places or _in_one_piece(data, layout, raw))) if found else ()


def _pictures(checks: Iterable[ManifestCheck]) -> Iterator[bytes]:
    """The content of the JPEG pictures that intact manifests cover."""
    for check in checks:
        for one in check.verified if check.is_intact else ():
            if one.kind == "embedded" and len(one.data) >= LEAST and one.media_type.lower() == "image/jpeg":
                yield bytes(one.data)


def _place(raw: bytes, content: bytes, position: int) -> int:
    """Where a picture lies in the store, from some place on or before it; -1 where it does not."""
    head = content[:_BEGINNING]
    for start in (position, 0):
        at = raw.find(head, start)
        for _ in range(MAX_PICTURES):
            if at < 0 or raw.startswith(content, at):
                break
            at = raw.find(head, at + 1)
        if at >= 0 and raw.startswith(content, at):
            return at
    return -1


def _in_one_piece(data: bytes, layout: Layout, raw: bytes) -> Runs:
    """Where the store lies in a file that does not cut it."""
    for start, end in layout.manifest_runs():
        at = data.find(raw[:_BEGINNING], start, end)
        if at >= 0 and data[at : at + len(raw)] == raw:
            return ((at, at + len(raw)),)
    return ()


def _in_file(runs: Runs, places: Runs) -> Iterator[tuple[int, int]]:
    """Where runs of the store, in order, lie in the file, piece by piece. Linear in both."""
    number, before = 0, 0
    for start, end in places:
        after = before + end - start
        while number < len(runs) and runs[number][0] < after:
            yield start + max(runs[number][0] - before, 0), start + min(runs[number][1], after) - before
            if runs[number][1] > after:
                break
            number += 1
        before = after
