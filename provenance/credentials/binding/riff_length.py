"""Does a data hash hold once the length of a RIFF file is put back to what it was before an update was added?

A RIFF file begins with its own length, which a data hash covers (C2PA 2.4, section A.3.3). An update manifest makes the
store longer and so changes that field, and whether the store's chunk is padded to an even length, and nothing else: the
first signature does not hold over the bytes as they are, and nobody changed them but whoever added the update. It holds
over the only other values that they can have had.
"""

from __future__ import annotations

import hmac
from typing import Final

from provenance.credentials.store.boxes import digest

Runs = tuple[tuple[int, int], ...]

FIELD: Final = (4, 8)
"""Where the length stands: 32 bits, little-endian, counted from behind itself."""


def holds_at_its_old_length(
    data: bytes, covered: Runs, *, store: tuple[int, int], was: int, algorithm: str, expected: bytes
) -> bool:
    """Whether the digest is `expected` with the length, and the padding behind the store, of the file before.

    Args:
        data: the whole file.
        covered: what the digest goes over, in order, the store's chunk left out.
        store: where that chunk lies now, with its padding.
        was: how long it was when the digest was made, without padding.
        algorithm: the digest's.
        expected: the digest that was signed.
    """
    padding = was & 1
    grown_by = store[1] - store[0] - was - padding
    start, end = FIELD
    length = int.from_bytes(data[start:end], "little")
    if grown_by <= 0 or length < grown_by or not any(first <= start and end <= last for first, last in covered):
        return False
    before = bytearray(data[: store[0]])
    before[start:end] = (length - grown_by).to_bytes(end - start, "little")
    parts = [memoryview(before)[first : min(last, store[0])] for first, last in covered if first < store[0]]
    behind = [memoryview(data)[first:last] for first, last in covered if first >= store[1]]
    own = digest(algorithm, *parts, bytes(padding), *behind)
    return hmac.compare_digest(own, expected)
