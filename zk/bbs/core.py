"""What do the three BBS interfaces (plain, blind, with pseudonym) check and sign alike?

The core operations of draft-irtf-cfrg-bbs-signatures-09 ("Core Operations", "Serialization") on points and scalars;
`zk.bbs.proof` has those about proofs. For the interfaces in `zk.bbs.bbs`, `zk.bbs.blind` and
`zk.bbs.pseudonym`: applications call those, with octets.

Where a step needs randomness its function takes the scalars as the argument `random_scalars`. That is what the
official fixtures pin proofs to, and it is no way in for a caller: every public function draws them itself
(`draw_scalars`) and none has a parameter that could replace them.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Final, ParamSpec

from zk.bbs.ciphersuite import MAX_MESSAGES, Generators
from zk.bbs.curve import G1, G1_OCTETS, G2, G2_OCTETS, R, backend, load
from zk.bbs.encoding import (
    SCALAR_OCTETS,
    i2osp,
    octets_to_point_g1,
    octets_to_scalar,
    require_octets,
    scalar_to_octets,
)
from zk.bbs.hashing import hash_to_scalar
from zk.errors import EncodingError, ProofError, SignatureError

_P = ParamSpec("_P")

MAX_OCTETS: Final = 65536
"""Octets of a header, presentation header, context identifier or message at most: hashing them costs under 1 ms."""

MAX_MESSAGE_OCTETS: Final = 1 << 20
"""Octets of all messages of one list together at most: hashing them costs 1.4 ms (SHA-256) or 4 ms (SHAKE-256)."""

SIGNATURE_OCTETS: Final = G1_OCTETS + SCALAR_OCTETS

_PUBLIC_KEYS: Final = 256  # parsed keys kept: an issuer has one for each epoch


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signature:
    """A decoded signature (A, e). A secret of its holder: it has no repr."""

    A: G1
    e: int


def draw_scalars(count: int) -> tuple[int, ...]:
    """Return `count` fresh uniform scalars in 1..r-1 (calculate_random_scalars), from the system's generator."""
    return tuple(1 + secrets.randbelow(R - 1) for _ in range(count))


def as_bool(verify: Callable[_P, None]) -> Callable[_P, bool]:
    """Return a verification in the form that answers True or False: malformed octets are simply not valid."""

    @wraps(verify)
    def is_valid(*args: _P.args, **kwargs: _P.kwargs) -> bool:
        try:
            verify(*args, **kwargs)
        except (EncodingError, SignatureError, ProofError):
            return False
        return True

    is_valid.__doc__ = f"Return whether `{verify.__name__}` accepts; malformed octets are simply not valid."
    return is_valid


# Checks that every interface makes of its arguments.


def check_octets(values: Mapping[str, object]) -> None:
    """Refuse values that are no octets or longer than MAX_OCTETS. Raises EncodingError."""
    for what, value in values.items():
        require_octets(value, what, most=MAX_OCTETS)


def check_messages(messages: object, what: str = "messages") -> None:
    """Refuse lists over MAX_MESSAGES and messages that are no octets or too long, each or together.

    Raises EncodingError.
    """
    if isinstance(messages, bytes | str) or not isinstance(messages, Sequence):
        raise EncodingError(f"{what}: expected a list of octets, got {type(messages).__name__}")
    if len(messages) > MAX_MESSAGES:
        raise EncodingError(f"{what}: expected at most {MAX_MESSAGES}, got {len(messages)}")
    size = sum(len(require_octets(message, what, most=MAX_OCTETS)) for message in messages)
    if size > MAX_MESSAGE_OCTETS:
        raise EncodingError(f"{what}: expected at most {MAX_MESSAGE_OCTETS} octets together, got {size}")


def check_count(value: object, what: str, *, least: int = 0) -> None:
    """Refuse a count that is no integer from `least` to MAX_MESSAGES. Raises EncodingError."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_MESSAGES:
        raise EncodingError(f"{what}: expected an integer from {least} to {MAX_MESSAGES}")


def check_indexes(indexes: object, total: int, what: str = "disclosed indexes") -> None:
    """Refuse indexes that are not integers in strictly ascending order from 0 to total - 1. Raises EncodingError."""
    if isinstance(indexes, bytes | str) or not isinstance(indexes, Sequence):
        raise EncodingError(f"{what}: expected a list of integers, got {type(indexes).__name__}")
    previous = -1
    for index in indexes:
        if not isinstance(index, int) or isinstance(index, bool) or not previous < index < total:
            raise EncodingError(f"{what}: expected ascending integers from 0 to {total - 1}")
        previous = index


# Serialization


def signature_to_octets(signature: Signature) -> bytes:
    """Return the 80 octets of a signature."""
    return backend().encode_g1(signature.A) + scalar_to_octets(signature.e)


def octets_to_signature(octets: bytes) -> Signature:
    """Decode a signature. Raises EncodingError."""
    require_octets(octets, "signature", length=SIGNATURE_OCTETS)
    e = octets_to_scalar(octets[G1_OCTETS:], "signature scalar")
    return Signature(A=octets_to_point_g1(octets[:G1_OCTETS], "signature point"), e=e)


def octets_to_pubkey(pk: bytes) -> G2:
    """Return the point of a public key: in the subgroup, canonical, not the identity. Cached. Raises EncodingError."""
    require_octets(pk, "public key", length=G2_OCTETS)
    return _public_key(backend().name, pk)


@lru_cache(maxsize=_PUBLIC_KEYS)
def _public_key(backend_name: str, pk: bytes) -> G2:
    return load(backend_name).decode_g2(pk, what="public key")


# Core operations


def calculate_domain(pk: bytes, generators: Generators, header: bytes) -> int:
    """Return the domain scalar that binds key, generators, interface and header ("Domain Calculation")."""
    dom_input = pk + generators.octets + generators.api_id + i2osp(len(header), 8) + header
    return hash_to_scalar(dom_input, generators.api_id + b"H2S_", generators.suite)


def core_sign(sk: int, pk: bytes, generators: Generators, header: bytes, scalars: Sequence[int]) -> bytes:
    """CoreSign: return the 80 octets of a deterministic signature. Raises SignatureError (probability 2^-255)."""
    curve = backend()
    # 1.
    domain = calculate_domain(pk, generators, header)
    # 2.
    e_input = b"".join(scalar_to_octets(scalar) for scalar in (sk, *scalars, domain))
    e = hash_to_scalar(e_input, generators.api_id + b"H2S_", generators.suite)
    # 3.
    B = curve.add(generators.p1, curve.msm_secret([generators.q_1, *generators.h], [domain, *scalars]))
    # 4., 5.
    return signature_to_octets(finish_signature(sk, e, B))


def finish_signature(sk: int, e: int, B: G1) -> Signature:
    """Return (B * 1/(sk + e), e). Raises SignatureError if sk + e or e is zero modulo r, or B is the identity."""
    mask = 1 + secrets.randbelow(R - 1)
    blinded = (sk + e) * mask % R
    if blinded == 0 or e == 0 or backend().is_identity(B):
        raise SignatureError("the signature came out degenerate: sign other messages")
    # The inverse is taken of a blinded value, since its running time depends on it.
    return Signature(A=backend().mul_secret(B, pow(blinded, -1, R) * mask), e=e)


def core_verify(pk: bytes, signature: bytes, generators: Generators, header: bytes, scalars: Sequence[int]) -> None:
    """CoreVerify. Raises EncodingError or SignatureError."""
    sig = octets_to_signature(signature)
    W = octets_to_pubkey(pk)
    if len(scalars) != len(generators.h):
        raise EncodingError(f"messages: expected {len(generators.h)}, got {len(scalars)}")
    curve = backend()
    # 1.
    domain = calculate_domain(pk, generators, header)
    # 2.
    B = curve.add(generators.p1, curve.msm_secret([generators.q_1, *generators.h], [domain, *scalars]))
    # 3.
    pairs = [(sig.A, W), (curve.sub(curve.mul_secret(sig.A, sig.e), B), curve.g2_generator)]
    if not curve.pairing_check(pairs):
        raise SignatureError("the signature does not verify")


def require_challenge(got: int, expected: int, what: str) -> None:
    """Raise ProofError unless the challenge in a proof is the one that its statement hashes to."""
    if not hmac.compare_digest(scalar_to_octets(got), scalar_to_octets(expected)):
        raise ProofError(f"the {what} does not verify: it was not made for these values")
