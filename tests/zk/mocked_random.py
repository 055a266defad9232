"""The drafts' mocked random scalars ("Mocked Random Scalars"): predictable, so here and nowhere in the library."""

from zk.bbs.ciphersuite import Suite
from zk.bbs.curve import R
from zk.bbs.hashing import EXPAND_OCTETS

SEED = b"3.141592653589793238462643383279"


def seeded_random_scalars(seed: bytes, dst: bytes, count: int, *, suite: Suite) -> list[int]:
    """Return the `count` scalars that a seed and a domain separation tag give."""
    v = suite.expand_message(seed, dst, EXPAND_OCTETS * count)
    return [int.from_bytes(v[i : i + EXPAND_OCTETS], "big") % R for i in range(0, len(v), EXPAND_OCTETS)]
