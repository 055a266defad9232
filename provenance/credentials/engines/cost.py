"""Would an engine take longer over a file than its size justifies?

c2pa-rs holds every exclusion rule of a BMFF hash (C2PA 2.4, section 9.2.6) against every box of the file, one after the
other; every ingredient of a store against every other one, and every assertion of a manifest against every reference to
one. Real files have up to 16 rules, some tens of ingredients and a hundred assertions; one of a few hundred kB can have
thousands of each, and would be looked at for seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.credentials.store.jumbf import RawStore
from provenance.formats.bmff.boxes import Walker

FEW_RULES: Final = 64
"""Up to so many rules, boxes are not worth counting."""
MAX_COMPARISONS: Final = 3_000_000
"""Rules times boxes; a quarter of a second."""
_RULE: Final = b"xpath"
"""A key of every rule."""
MANY_PARTS: Final = 250_000
"""Pairs that are always looked at; a quarter of a second."""
PAIRS_A_MEGABYTE: Final = 250_000
"""Pairs of ingredients that may be looked at for each megabyte of the file; a quarter of a second."""
PAIRS_OF_ASSERTIONS: Final = 6
"""Pairs of an assertion and a reference that cost as much as one of ingredients."""
_INGREDIENT: Final = "c2pa.ingredient"


def is_too_much(data: bytes, *, store: bytes | None = None) -> bool:
    """Whether c2pa-rs would make more than MAX_COMPARISONS for the hash of a BMFF file; False for any other. Linear.

    Args:
        data: the whole file, or one fragment.
        store: the manifest store where that lies elsewhere.
    """
    rules = sum(data.count(_RULE, start, end) for start, end in _uuids(data)) if store is None else store.count(_RULE)
    if rules <= FEW_RULES:
        return False
    walker = Walker(data)
    try:
        for _ in walker.boxes(0, len(data)):
            pass
    except CredentialsLimitError:
        return True
    return rules * walker.count > MAX_COMPARISONS


def has_too_many_parts(store: RawStore, size: int) -> bool:
    """Whether c2pa-rs would hold more parts of a store against each other than a file of so many bytes justifies."""
    ingredients = sum(one.label.startswith(_INGREDIENT) for manifest in store.manifests for one in manifest.assertions)
    assertions = sum(len(manifest.assertions) ** 2 for manifest in store.manifests)
    allowed = max(MANY_PARTS, PAIRS_A_MEGABYTE * size // 1_000_000)
    return ingredients**2 + assertions // PAIRS_OF_ASSERTIONS > allowed


def _uuids(data: bytes) -> Iterator[tuple[int, int]]:
    """Where boxes of type `uuid` lie at the top; none in files that are no boxes."""
    start = 0
    while start + 8 <= len(data):
        size, kind = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8]
        if size == 1:
            size = int.from_bytes(data[start + 8 : start + 16], "big")
        end = start + size if size else len(data)
        if end < start + 8 or end > len(data):
            return
        if kind == b"uuid":
            yield start, end
        start = end
