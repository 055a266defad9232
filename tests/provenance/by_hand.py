"""How do tests measure what a data hash covers of a container that no engine would write?

The hash is right whatever it leaves out, as that of a signer would be who means to change those bytes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from provenance.credentials.binding.coverage import Coverage, measure
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import read_layout
from tests.support.media.crafting import assertion_box, sha256, store, superbox


def stored(*assertions: tuple[str, Any]) -> bytes:
    """A manifest store with those assertions and no signature: to be found, not to be checked."""
    boxes = [assertion_box(label, content) for label, content in assertions]
    return store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", *boxes)))


STORE: Final = stored(("c2pa.x", {"a": "something"}))


def measured(label: str, content: dict[str, Any], data: bytes, media_type: str = "") -> Coverage:
    """What an assertion covers of a file."""
    assertion = parse_store(stored((label, content))).active.assertions[0]
    return measure(assertion, data, read_layout(data, media_type), manifest="m", algorithm="sha256")


def leaving(data: bytes, *ranges: tuple[int, int], media_type: str = "") -> Coverage:
    """What a right data hash covers that leaves out ranges (start, end), none of which overlap."""
    kept, position = b"", 0
    for start, end in sorted(ranges):
        kept += data[position:start]
        position = end
    exclusions = [{"start": start, "length": end - start} for start, end in sorted(ranges)]
    content = {"hash": sha256(kept + data[position:]), "alg": "sha256", "exclusions": exclusions}
    return measured("c2pa.hash.data", content, data, media_type)


def without(data: bytes, part: bytes, *more: tuple[int, int], media_type: str = "") -> Coverage:
    """The same for bytes that stand in the file once."""
    assert data.count(part) == 1
    start = data.index(part)
    return leaving(data, (start, start + len(part)), *more, media_type=media_type)


def named(coverage: Coverage) -> Sequence[str]:
    """Our own codes, the specification's left out."""
    return [code for code in coverage.codes if code.startswith("integrity.")]


def whats(coverage: Coverage) -> Sequence[str]:
    """What each doubt is about."""
    return [doubt.what for doubt in coverage.doubts]


__all__ = ["STORE", "leaving", "measured", "named", "stored", "whats", "without"]
