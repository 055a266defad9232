"""How does one sign messages and prove some of them without showing signature or the rest? (BBS signatures)

The interface of draft-irtf-cfrg-bbs-signatures-09 ("BBS Signatures Interface"), octets in and out, parameters in
the draft's order. Everything raises `EncodingError` for octets and counts that are not what they should be,
`SignatureError` or `ProofError` for well-formed ones that do not verify, and nothing else on any input.

`proof_gen` does not verify the signature first: verify it once, when it is received.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zk.bbs.ciphersuite import Suite, messages_to_scalars, prepare_generators
from zk.bbs.core import (
    as_bool,
    check_indexes,
    check_messages,
    check_octets,
    core_sign,
    core_verify,
    draw_scalars,
    octets_to_pubkey,
)
from zk.bbs.curve import backend
from zk.bbs.encoding import i2osp, octets_to_scalar, require_octets, scalar_to_octets
from zk.bbs.hashing import MAX_DST_OCTETS, hash_to_scalar
from zk.bbs.proof import core_proof_gen, core_proof_verify, octets_to_proof
from zk.errors import EncodingError

MIN_KEY_MATERIAL: Final = 32
"""Octets of key material at least."""
MAX_KEY_OCTETS: Final = 65535
"""Octets of key_material and key_info at most (key_info's length is two octets)."""


def key_gen(key_material: bytes, key_info: bytes = b"", *, suite: Suite, key_dst: bytes | None = None) -> bytes:
    """Return a secret key, 32 octets, derived from at least 32 octets of secret random material ("Secret Key").

    `key_info` derives distinct keys from one material; `key_dst` defaults to ciphersuite_id || "KEYGEN_DST_" (the
    draft's fixtures pass api_id || "KEYGEN_DST_"). Raises EncodingError.
    """
    require_octets(key_material, "key material", most=MAX_KEY_OCTETS)
    require_octets(key_info, "key info", most=MAX_KEY_OCTETS)
    # 1., 2.
    if len(key_material) < MIN_KEY_MATERIAL:
        raise EncodingError(f"key material: expected at least {MIN_KEY_MATERIAL} octets, got {len(key_material)}")
    dst = (
        suite.suite_id + b"KEYGEN_DST_" if key_dst is None else require_octets(key_dst, "key dst", most=MAX_DST_OCTETS)
    )
    # 3., 4.
    sk = hash_to_scalar(key_material + i2osp(len(key_info), 2) + key_info, dst, suite)
    # 5.
    if sk == 0:
        raise EncodingError("key material: gives no key, take another")
    return scalar_to_octets(sk)


def sk_to_pk(sk: bytes) -> bytes:
    """Return the public key, 96 octets, of a secret key ("Public Key"). Raises EncodingError."""
    curve = backend()
    return curve.encode_g2(curve.g2_public(octets_to_scalar(sk, "secret key")))


def sign(sk: bytes, pk: bytes, header: bytes, messages: Sequence[bytes], *, suite: Suite) -> bytes:
    """Return the signature, 80 octets, over header and messages; deterministic ("Signature Generation").

    `pk` is not recomputed here: it must be `sk_to_pk(sk)`, or nobody will accept the signature. Raises EncodingError.
    """
    secret = octets_to_scalar(sk, "secret key")
    octets_to_pubkey(pk)
    check_octets({"header": header})
    check_messages(messages)
    generators = prepare_generators(len(messages), 0, suite.api_id, suite=suite)
    return core_sign(secret, pk, generators, header, messages_to_scalars(messages, suite.api_id, suite=suite))


def verify(pk: bytes, signature: bytes, header: bytes, messages: Sequence[bytes], *, suite: Suite) -> None:
    """Verify a signature over header and all messages in order ("Signature Verification").

    Raises EncodingError or SignatureError.
    """
    check_octets({"header": header})
    check_messages(messages)
    generators = prepare_generators(len(messages), 0, suite.api_id, suite=suite)
    core_verify(pk, signature, generators, header, messages_to_scalars(messages, suite.api_id, suite=suite))


def proof_gen(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> bytes:
    """Return a fresh unlinkable proof that discloses the messages at ascending indexes ("Proof Generation").

    Its length is 272 octets and 32 for each hidden message. Raises EncodingError.
    """
    check_messages(messages)
    check_indexes(disclosed_indexes, len(messages))
    random_scalars = draw_scalars(5 + len(messages) - len(disclosed_indexes))
    return _proof_gen(
        pk, signature, header, ph, messages, disclosed_indexes, suite=suite, random_scalars=random_scalars
    )


def _proof_gen(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    *,
    suite: Suite,
    random_scalars: Sequence[int],
) -> bytes:
    """`proof_gen` with its randomness given: for the official fixtures, which publish theirs, and for nobody else."""
    check_octets({"header": header, "presentation header": ph})
    generators = prepare_generators(len(messages), 0, suite.api_id, suite=suite)
    scalars = messages_to_scalars(messages, suite.api_id, suite=suite)
    return core_proof_gen(
        pk, signature, generators, header, ph, scalars, disclosed_indexes, random_scalars=random_scalars
    )


def proof_verify(
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    disclosed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> None:
    """Verify a proof for header, presentation header and the disclosed messages ("Proof Verification").

    The number of signed messages follows from the proof's length and is bound by the proof. Raises EncodingError or
    ProofError.
    """
    check_octets({"header": header, "presentation header": ph})
    check_messages(disclosed_messages, "disclosed messages")
    parsed = octets_to_proof(proof)
    total = len(parsed.m_hat) + len(disclosed_messages)
    check_indexes(disclosed_indexes, total)
    generators = prepare_generators(total, 0, suite.api_id, suite=suite)
    scalars = messages_to_scalars(disclosed_messages, suite.api_id, suite=suite)
    core_proof_verify(pk, parsed, generators, header, ph, scalars, disclosed_indexes)


is_valid = as_bool(verify)
is_valid_proof = as_bool(proof_verify)
