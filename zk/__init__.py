"""The person: zero-knowledge personhood credentials over BLS12-381 (BBS, Blind BBS, per-verifier pseudonyms).

A library of its own: it never imports `provenance`, `vouchmark`, Pillow, c2pa or click.
"""

from zk.errors import (
    EncodingError,
    ProofError,
    RefusedError,
    SignatureError,
    StorageError,
    UnsupportedError,
    UntrustedError,
    ZkError,
)

__all__ = [
    "EncodingError",
    "ProofError",
    "RefusedError",
    "SignatureError",
    "StorageError",
    "UnsupportedError",
    "UntrustedError",
    "ZkError",
]
