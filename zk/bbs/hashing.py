"""How are octets hashed to more octets and to scalars? (RFC 9380, section 5.3; BBS draft, "Hash to Scalar")"""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

from zk.bbs.curve import Expander, R
from zk.errors import EncodingError

MAX_DST_OCTETS: Final = 255
"""Octets of a domain separation tag at most (its length is one octet): longer ones are refused, never hashed down."""

EXPAND_OCTETS: Final = 48
"""Octets hashed for one scalar (the drafts' expand_len): ceil((255 + 128) / 8)."""

MAX_EXPANDED_OCTETS: Final = 65535
"""Octets that expand_message returns at most (its length is two octets)."""


class HasExpander(Protocol):
    """What hashing needs of a ciphersuite: its expand_message."""

    @property
    def expand_message(self) -> Expander:
        """RFC 9380's expand_message as the suite fixes it."""


def expand_message_xmd(msg: bytes, dst: bytes, len_in_bytes: int, *, hash_name: str = "sha256") -> bytes:
    """Return `len_in_bytes` uniform octets by a Merkle-Damgard hash (RFC 9380, section 5.3.1).

    `hash_name` is one of hashlib's fixed-length hashes; both BBS suites that need it use SHA-256. Raises
    EncodingError for a tag over 255 octets, or more than 255 blocks or 65535 octets of output.
    """
    _check(dst, len_in_bytes)
    b_in_bytes = hashlib.new(hash_name).digest_size
    ell = -(-len_in_bytes // b_in_bytes)
    if ell > 255:
        raise EncodingError(f"expand_message: expected at most {255 * b_in_bytes} octets, got {len_in_bytes}")
    dst_prime = dst + bytes([len(dst)])
    z_pad = bytes(hashlib.new(hash_name).block_size)
    b_0 = hashlib.new(hash_name, z_pad + msg + len_in_bytes.to_bytes(2, "big") + b"\x00" + dst_prime).digest()
    b_i = hashlib.new(hash_name, b_0 + b"\x01" + dst_prime).digest()
    uniform = [b_i]
    for i in range(2, ell + 1):
        mixed = (int.from_bytes(b_0, "big") ^ int.from_bytes(b_i, "big")).to_bytes(b_in_bytes, "big")
        b_i = hashlib.new(hash_name, mixed + bytes([i]) + dst_prime).digest()
        uniform.append(b_i)
    return b"".join(uniform)[:len_in_bytes]


def expand_message_xof(msg: bytes, dst: bytes, len_in_bytes: int, *, xof_name: str = "shake_256") -> bytes:
    """Return `len_in_bytes` uniform octets by an extendable-output function (RFC 9380, section 5.3.2).

    `xof_name` is `shake_128` or `shake_256`. Raises EncodingError as `expand_message_xmd` does.
    """
    _check(dst, len_in_bytes)
    xof = hashlib.shake_128 if xof_name == "shake_128" else hashlib.shake_256
    return xof(msg + len_in_bytes.to_bytes(2, "big") + dst + bytes([len(dst)])).digest(len_in_bytes)


def hash_to_scalar(msg: bytes, dst: bytes, suite: HasExpander) -> int:
    """Return a scalar in 0..r-1 from a message (BBS draft, "Hash to Scalar"); 0 has probability 2^-255.

    Raises EncodingError for a tag over 255 octets.
    """
    return int.from_bytes(suite.expand_message(msg, dst, EXPAND_OCTETS), "big") % R


def _check(dst: bytes, len_in_bytes: int) -> None:
    if len(dst) > MAX_DST_OCTETS:
        raise EncodingError(f"domain separation tag: expected at most {MAX_DST_OCTETS} octets, got {len(dst)}")
    if not 0 < len_in_bytes <= MAX_EXPANDED_OCTETS:
        raise EncodingError(f"expand_message: expected 1 to {MAX_EXPANDED_OCTETS} octets, got {len_in_bytes}")
