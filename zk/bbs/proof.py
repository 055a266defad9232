"""How is knowledge of a signature proved, checked, and checked for many proofs at once?

The proof subroutines of draft-irtf-cfrg-bbs-signatures-09 ("CoreProofGen", "CoreProofVerify", "Proof Protocol
Subroutines", "Proof to Octets"), shared by the three interfaces in `zk.bbs.bbs`, `zk.bbs.blind` and `zk.bbs.pseudonym`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from zk.bbs.ciphersuite import MAX_MESSAGES, Generators
from zk.bbs.core import Signature, calculate_domain, octets_to_pubkey, octets_to_signature, require_challenge
from zk.bbs.curve import G1, G1_OCTETS, G2, R, backend, load
from zk.bbs.encoding import (
    SCALAR_OCTETS,
    i2osp,
    octets_to_point_g1,
    octets_to_scalars,
    require_octets,
    scalar_to_octets,
)
from zk.bbs.hashing import hash_to_scalar
from zk.errors import EncodingError, ProofError

_Beside = TypeVar("_Beside")

PROOF_FLOOR: Final = 3 * G1_OCTETS + 4 * SCALAR_OCTETS
"""Octets of a proof that hides nothing; each hidden scalar adds 32."""

_RHO_MAX: Final = (1 << 128) - 1  # batching coefficients are 1 to this: a bad batch passes with probability 2^-128
_DISCLOSED_PARTS: Final = 256  # sums kept; one for each (key, header, disclosed messages), 250 octets
_MAX_CACHED_HEADER: Final = 1024  # octets: longer headers are not kept as keys of that cache


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Proof:
    """A decoded proof: points Abar, Bbar, D, then the responses, the challenge last."""

    Abar: G1
    Bbar: G1
    D: G1
    e_hat: int
    r1_hat: int
    r3_hat: int
    m_hat: tuple[int, ...]
    challenge: int
    point_octets: bytes
    """Abar || Bbar || D as received."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InitResult:
    """What ProofInit and ProofVerifyInit hand to the challenge."""

    point_octets: bytes
    """Abar || Bbar || D || T1 || T2, serialised."""
    domain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingTerm:
    """The one check that a proof still owes: h(Abar, PK) * h(Bbar, -BP2) = 1.

    Made by `zk.bbs.pseudonym.prepare_verify`; valid only in the process and with the curve engine that made it.
    """

    Abar: G1 = field(repr=False)
    Bbar: G1 = field(repr=False)
    pk: bytes
    """The signer's public key, 96 octets."""


def _check_length(proof: object) -> None:
    """Refuse octets that are no proof by their length alone. Raises EncodingError."""
    size = len(require_octets(proof, "proof", most=PROOF_FLOOR + SCALAR_OCTETS * MAX_MESSAGES))
    if size < PROOF_FLOOR or (size - PROOF_FLOOR) % SCALAR_OCTETS:
        raise EncodingError(
            f"proof: expected {PROOF_FLOOR} octets and {SCALAR_OCTETS} for each hidden scalar, got {size}"
        )


def octets_to_proof(octets: bytes) -> Proof:
    """Decode a proof (octets_to_proof): the scalars first, because refusing them is cheaper. Raises EncodingError."""
    _check_length(octets)
    points, responses = octets[: 3 * G1_OCTETS], octets[3 * G1_OCTETS :]
    e_hat, r1_hat, r3_hat, *m_hat, challenge = octets_to_scalars(responses, "proof scalar")
    Abar, Bbar, D = (
        octets_to_point_g1(points[i : i + G1_OCTETS], "proof point") for i in (0, G1_OCTETS, 2 * G1_OCTETS)
    )
    return Proof(
        Abar=Abar,
        Bbar=Bbar,
        D=D,
        e_hat=e_hat,
        r1_hat=r1_hat,
        r3_hat=r3_hat,
        m_hat=tuple(m_hat),
        challenge=challenge,
        point_octets=points,
    )


def _disclosed_part(
    pk: bytes, generators: Generators, header: bytes, indexes: tuple[int, ...], scalars: tuple[int, ...]
) -> tuple[int, G1]:
    """Return the domain and P1 + Q_1 * domain + the disclosed messages' terms: public, equal for many proofs."""
    if len(header) > _MAX_CACHED_HEADER:
        return _compute_disclosed_part(backend().name, pk, generators, header, indexes, scalars)
    return _cached_disclosed_part(backend().name, pk, generators, header, indexes, scalars)


def _compute_disclosed_part(
    backend_name: str,
    pk: bytes,
    generators: Generators,
    header: bytes,
    indexes: tuple[int, ...],
    scalars: tuple[int, ...],
) -> tuple[int, G1]:
    curve = load(backend_name)
    domain = calculate_domain(pk, generators, header)
    terms = curve.msm([generators.q_1, *(generators.h[i] for i in indexes)], [domain, *scalars])
    return domain, curve.add(generators.p1, terms)


_cached_disclosed_part = lru_cache(maxsize=_DISCLOSED_PARTS)(_compute_disclosed_part)


def core_proof_gen(
    pk: bytes,
    signature: bytes,
    generators: Generators,
    header: bytes,
    ph: bytes,
    scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    *,
    random_scalars: Sequence[int],
) -> bytes:
    """CoreProofGen: return the octets of a proof. `random_scalars` are 5 and one for each hidden scalar."""
    sig = octets_to_signature(signature)
    octets_to_pubkey(pk)
    # 2. (1. is the caller's)
    init = proof_init(pk, sig, generators, header, scalars, disclosed_indexes, random_scalars=random_scalars)
    # 4.
    disclosed = [scalars[i] for i in disclosed_indexes]
    challenge = proof_challenge(init, generators, disclosed, disclosed_indexes, b"", ph_octets(ph))
    # 6.
    hidden = [scalars[j] for j in undisclosed(len(scalars), disclosed_indexes)]
    return proof_finalize(init, challenge, sig.e, hidden, random_scalars=random_scalars)


def undisclosed(total: int, disclosed_indexes: Sequence[int]) -> list[int]:
    """Return the indexes below `total` that are not disclosed, ascending."""
    disclosed = set(disclosed_indexes)
    return [index for index in range(total) if index not in disclosed]


def proof_init(
    pk: bytes,
    signature: Signature,
    generators: Generators,
    header: bytes,
    scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    *,
    random_scalars: Sequence[int],
) -> InitResult:
    """ProofInit ("Proof Initialization"). Raises EncodingError if the counts do not agree."""
    if len(scalars) != len(generators.h):
        raise EncodingError(f"messages: expected {len(generators.h)}, got {len(scalars)}")
    hidden = undisclosed(len(scalars), disclosed_indexes)
    if len(random_scalars) != len(hidden) + 5:
        raise EncodingError(f"random scalars: expected {len(hidden) + 5}, got {len(random_scalars)}")
    r1, r2, e_tilde, r1_tilde, r3_tilde, *m_tilde = random_scalars
    H_j = [generators.h[j] for j in hidden]
    curve = backend()
    # 1.
    disclosed = tuple(scalars[i] for i in disclosed_indexes)
    domain, part = _disclosed_part(pk, generators, header, tuple(disclosed_indexes), disclosed)
    # 2. to 4.
    B = curve.add(part, curve.msm_secret(H_j, [scalars[j] for j in hidden])) if hidden else part
    D, Abar = curve.both(lambda: curve.mul_secret(B, r2), lambda: curve.mul_secret(signature.A, r1 * r2))
    # 5. to 7.
    T2, (Bbar, T1) = curve.both(
        lambda: curve.msm_secret([D, *H_j], [r3_tilde, *m_tilde]),
        lambda: (
            curve.msm_secret([D, Abar], [r1, -signature.e]),
            curve.msm_secret([Abar, D], [e_tilde, r1_tilde]),
        ),
    )
    # 8.
    return InitResult(point_octets=b"".join(curve.encode_g1(p) for p in (Abar, Bbar, D, T1, T2)), domain=domain)


def proof_finalize(
    init: InitResult, challenge: int, e: int, hidden: Sequence[int], *, random_scalars: Sequence[int]
) -> bytes:
    """ProofFinalize ("Proof Finalization"): return the proof's octets."""
    r1, r2, e_tilde, r1_tilde, r3_tilde, *m_tilde = random_scalars
    # 1. (r2 is used once and masked: an inverse's running time depends on its argument)
    mask = 1 + secrets.randbelow(R - 1)
    r3 = pow(r2 * mask % R, -1, R) * mask
    # 2. to 5.
    responses = [
        e_tilde + e * challenge,
        r1_tilde - r1 * challenge,
        r3_tilde - r3 * challenge,
        *(tilde + scalar * challenge for tilde, scalar in zip(m_tilde, hidden, strict=True)),
        challenge,
    ]
    # 6., 7.
    return init.point_octets[: 3 * G1_OCTETS] + b"".join(scalar_to_octets(s % R) for s in responses)


def core_proof_verify(
    pk: bytes,
    proof: Proof,
    generators: Generators,
    header: bytes,
    ph: bytes,
    disclosed_scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
) -> None:
    """CoreProofVerify of a decoded proof. Raises EncodingError or ProofError."""
    W = octets_to_pubkey(pk)

    def check_challenge() -> None:
        # 1. to 5.
        init, _ = proof_verify_init(pk, proof, generators, header, disclosed_scalars, disclosed_indexes, lambda: None)
        challenge = proof_challenge(init, generators, disclosed_scalars, disclosed_indexes, b"", ph_octets(ph))
        require_challenge(proof.challenge, challenge, "proof")

    # 6.
    backend().both(lambda: _check_pairing(proof.Abar, proof.Bbar, W), check_challenge, are_even=True)


def proof_verify_init(
    pk: bytes,
    proof: Proof,
    generators: Generators,
    header: bytes,
    disclosed_scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    beside: Callable[[], _Beside],
) -> tuple[InitResult, _Beside]:
    """ProofVerifyInit ("Proof Verification Initialization"), with the result of an independent sum computed beside it.

    Raises EncodingError if the counts do not agree.
    """
    total = len(generators.h)
    if len(disclosed_scalars) != len(disclosed_indexes) or len(disclosed_indexes) + len(proof.m_hat) != total:
        raise EncodingError(
            f"proof: expected {total} scalars in all, got {len(disclosed_scalars)} messages for "
            f"{len(disclosed_indexes)} indexes and {len(proof.m_hat)} hidden"
        )
    curve = backend()
    # 1., 3.
    domain, Bv = _disclosed_part(pk, generators, header, tuple(disclosed_indexes), tuple(disclosed_scalars))
    # 2., 4.
    H_j = [generators.h[j] for j in undisclosed(total, disclosed_indexes)]
    T2, (T1, result) = curve.both(
        lambda: curve.msm([Bv, proof.D, *H_j], [proof.challenge, proof.r3_hat, *proof.m_hat]),
        lambda: (
            curve.msm([proof.Bbar, proof.Abar, proof.D], [proof.challenge, proof.e_hat, proof.r1_hat]),
            beside(),
        ),
    )
    # 5.
    octets = proof.point_octets + curve.encode_g1(T1) + curve.encode_g1(T2)
    return InitResult(point_octets=octets, domain=domain), result


def ph_octets(ph: bytes) -> bytes:
    """Return I2OSP(length(ph), 8) || ph, the challenge's last part."""
    return i2osp(len(ph), 8) + ph


def proof_challenge(
    init: InitResult,
    generators: Generators,
    disclosed_scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    pseudonym_octets: bytes,
    tail: bytes,
) -> int:
    """ProofChallengeCalculate, and its form with a pseudonym.

    `pseudonym_octets` (pseudonym || Ut, or nothing) stands before the domain; `tail` is what follows it: the
    presentation header with its length and, with a pseudonym, the context identifier with its.
    """
    pairs = zip(disclosed_indexes, disclosed_scalars, strict=True)
    c_octets = b"".join(
        [
            i2osp(len(disclosed_indexes), 8),
            *(i2osp(index, 8) + scalar_to_octets(scalar) for index, scalar in pairs),
            init.point_octets,
            pseudonym_octets,
            scalar_to_octets(init.domain),
            tail,
        ]
    )
    return hash_to_scalar(c_octets, generators.api_id + b"H2S_", generators.suite)


def check_pairings(terms: Sequence[PairingTerm]) -> None:
    """Check all terms at once: one pairing for each key and one more, under fresh secret 128-bit coefficients.

    The product over keys of h(sum rho_i * Abar_i, W), times h(-sum rho_i * Bbar_i, BP2), must be 1. If every term
    holds so does this; if any fails, this fails but with probability 2^-128. The coefficients are drawn here, after
    all proofs are parsed and fixed. Raises ProofError without naming the bad ones (bisect to find them), EncodingError
    for no terms.
    """
    curve = backend()
    if not terms:
        raise EncodingError("pairing terms: expected at least one, got none")
    if len(terms) == 1:
        return _check_pairing(terms[0].Abar, terms[0].Bbar, octets_to_pubkey(terms[0].pk))
    if not curve.pairing_check(_combine(terms)):
        raise ProofError("at least one proof does not verify: it is not about a signature of its key")
    return None


def _check_pairing(Abar: G1, Bbar: G1, W: G2) -> None:
    curve = backend()
    if not curve.pairing_check([(Abar, W), (curve.neg(Bbar), curve.g2_generator)]):
        raise ProofError("the proof does not verify: it is not about a signature of this key")


def _combine(terms: Sequence[PairingTerm]) -> list[tuple[G1, G2]]:
    curve = backend()
    rho = [1 + secrets.randbelow(_RHO_MAX) for _ in terms]
    by_key: dict[bytes, list[int]] = {}
    for i, term in enumerate(terms):
        by_key.setdefault(term.pk, []).append(i)
    pairs = [
        (curve.msm([terms[i].Abar for i in chosen], [rho[i] for i in chosen]), octets_to_pubkey(pk))
        for pk, chosen in by_key.items()
    ]
    return [*pairs, (curve.neg(curve.msm([term.Bbar for term in terms], rho)), curve.g2_generator)]
