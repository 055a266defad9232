"""Does an issuer hold the secret of a key that it publishes? (BLS proofs of possession)"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from zk.bbs.bbs import sk_to_pk
from zk.bbs.curve import G1_OCTETS, G2_OCTETS, backend, load
from zk.bbs.encoding import octets_to_point_g1, octets_to_point_g2, octets_to_scalar, require_octets
from zk.bbs.hashing import expand_message_xmd
from zk.errors import ProofError

POP_DST: Final = b"BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
"""Domain separation of proofs of possession (draft-irtf-cfrg-bls-signature, section 4.2.3, minimal-signature-size)."""

_CHECKED_KEYS: Final = 1024  # proofs of possession that held, kept; 150 octets each


def prove_possession(secret_key: bytes) -> bytes:
    """Return the BLS proof of possession, 48 octets, of a secret key of 32 octets (PopProve)."""
    curve = backend()
    point = curve.hash_to_curve_g1(sk_to_pk(secret_key), POP_DST, expand_message_xmd)
    return curve.encode_g1(curve.mul_secret(point, octets_to_scalar(secret_key, "secret key")))


def check_possession(public_key: bytes, possession: bytes) -> None:
    """Check a proof of possession (PopVerify): without one, a key could be made from others' keys.

    Raises EncodingError or ProofError. What held once is not computed again.
    """
    require_octets(public_key, "public key", length=G2_OCTETS)
    require_octets(possession, "proof of possession", length=G1_OCTETS)
    _check_possession(backend().name, public_key, possession)


@lru_cache(maxsize=_CHECKED_KEYS)
def _check_possession(backend_name: str, public_key: bytes, possession: bytes) -> None:
    curve = load(backend_name)
    key = octets_to_point_g2(public_key, "public key")
    proof = octets_to_point_g1(possession, "proof of possession")
    point = curve.hash_to_curve_g1(public_key, POP_DST, expand_message_xmd)
    if not curve.pairing_check([(point, key), (curve.neg(proof), curve.g2_generator)]):
        raise ProofError("issuer: a key's proof of possession does not verify")
