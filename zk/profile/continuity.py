"""Does a new commitment hide the same nym secrets as the person's first one? (Our own proof, beside the drafts.)

It stands beside the draft's commitment, whose octets stay unchanged:

    Public : issuer_id, suite_id, N, epoch, generation, code id, requests; C, T       Secret : b, x_1 … x_N
    Claim  : C = Q_2*b + sum J_i*x_i   and   T = sum G_i*x_i

Q_2, J_i are the draft's N + 1 generators for "BLIND_" || api_id, and C the first 48 octets of what `commit_with_nym`
returned. T is kept by the issuer: equal in every renewal, and worth nothing to whoever wants to link it with
pseudonyms (decisional Diffie-Hellman in G1; the G_i are hashed with a tag of their own).

Sound: two transcripts give (b, x) for both equations; that C is binding ties x to the commitment, and so to the
signature; x other than x' with equal T would be a discrete-logarithm relation among the G_i. T is not the drafts'
polynomial of the nym secrets at one context, because many vectors share one value of that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from zk.bbs.blind import COMMITMENT_FLOOR, deserialize_and_validate_commit
from zk.bbs.ciphersuite import Suite, create_generators
from zk.bbs.core import draw_scalars, require_challenge
from zk.bbs.curve import G1, G1_OCTETS, R, backend, load
from zk.bbs.encoding import (
    SCALAR_OCTETS,
    dcbor_encode,
    i2osp,
    octets_to_point_g1,
    octets_to_scalar,
    octets_to_scalars,
    require_octets,
    scalar_to_octets,
)
from zk.bbs.hashing import hash_to_scalar
from zk.errors import EncodingError

GENERATOR_DST: Final = b"VOUCHMARK_CONTINUITY_V1_GENERATOR_"
"""After suite_id: the domain separation tag under which the G_i are hashed, and nothing else."""

CHALLENGE_DST: Final = b"VOUCHMARK_CONTINUITY_V1_H2S_"
"""After suite_id: the domain separation tag of the challenge."""

_GENERATOR_SETS: Final = 64  # G_1 … G_N kept, one for each issuer that this process serves


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuityStatement:
    """What a continuity proof is about, but for the tag T: the public values that both sides know."""

    issuer_id: bytes
    """32 octets."""
    suite: Suite
    n: int
    """N, as the issuer publishes it; never as a request says."""
    epoch: str
    generation: int
    """How often this person's nym secrets have been reset."""
    code_id: bytes
    """The id of the code under which it is asked, 16 octets: public, unlike the code."""
    lasting: bytes = field(repr=False)
    """commitment_with_proof of class `lasting`: the commitment that the proof is about."""
    epochal: bytes = field(repr=False)
    """commitment_with_proof of class `epoch`, bound so that neither can be exchanged alone."""

    def bind(self) -> bytes:
        """Return dCBOR["vouchmark/continuity/2", …], the octets that tie a proof to this one request."""
        return dcbor_encode(
            [
                "vouchmark/continuity/2",
                self.issuer_id,
                self.suite.name,
                self.n,
                self.epoch,
                self.generation,
                hashlib.sha256(self.code_id).digest(),
                hashlib.sha256(self.lasting).digest(),
                hashlib.sha256(self.epochal).digest(),
            ]
        )


def continuity_octets(n: int) -> int:
    """Return the exact length of a proof: N + 2 scalars."""
    return SCALAR_OCTETS * (n + 2)


def commitment_octets(n: int) -> int:
    """Return the exact length of the draft's commitment_with_proof to N scalars and nothing else."""
    return COMMITMENT_FLOOR + SCALAR_OCTETS * n


def validate_commitment(commitment_with_proof: bytes, n: int, *, suite: Suite) -> G1:
    """Check a commitment as the draft says, and that it hides exactly N scalars; return its point C.

    The draft alone would sign a commitment to more or fewer. Raises EncodingError or ProofError.
    """
    require_octets(commitment_with_proof, "commitment", length=commitment_octets(n))
    C, M = deserialize_and_validate_commit(commitment_with_proof, suite.pseudonym_api_id, suite=suite)
    if n != M:
        raise EncodingError(f"commitment: expected {n} scalars, got {M}")
    return C


def continuity_tag(nyms: Sequence[bytes], issuer_id: bytes, *, suite: Suite) -> bytes:
    """Return T = sum G_i*x_i, 48 octets, for N nyms of 32 octets each. Raises EncodingError."""
    scalars = [octets_to_scalar(nym, "prover nym") for nym in nyms]
    curve = backend()
    T = curve.msm_secret(_generators(issuer_id, len(nyms), suite)[0], scalars)
    if curve.is_identity(T):
        raise EncodingError("prover nyms: give the identity as continuity tag, take others")
    return curve.encode_g1(T)


def prove_continuity(
    statement: ContinuityStatement, tag: bytes, *, nyms: Sequence[bytes], secret_prover_blind: bytes
) -> bytes:
    """Return the proof, 32*(N + 2) octets, that `tag` and `statement.lasting` hide the same nyms.

    `nyms` and `secret_prover_blind` are what went into and came out of `commit_with_nym`. Fresh random scalars are
    drawn, never the commitment's: two challenges over one set of them would give the secrets away. Raises
    EncodingError.
    """
    return _prove_continuity(
        statement,
        tag,
        nyms=nyms,
        secret_prover_blind=secret_prover_blind,
        random_scalars=draw_scalars(statement.n + 1),
    )


def _prove_continuity(
    statement: ContinuityStatement,
    tag: bytes,
    *,
    nyms: Sequence[bytes],
    secret_prover_blind: bytes,
    random_scalars: Sequence[int],
) -> bytes:
    """`prove_continuity` with its randomness given: for the tests that attack it, and nobody else."""
    if len(nyms) != statement.n:
        raise EncodingError(f"prover nyms: expected {statement.n}, got {len(nyms)}")
    secrets = [octets_to_scalar(secret_prover_blind, "secret prover blind")]
    secrets += [octets_to_scalar(nym, "prover nym") for nym in nyms]
    blind_generators, generators, _ = _all_generators(statement)
    curve = backend()
    # Cbar = Q_2*b~ + sum J_i*x~_i ;  Tbar = sum G_i*x~_i
    Cbar, Tbar = curve.both(
        lambda: curve.msm_secret(blind_generators, random_scalars),
        lambda: curve.msm_secret(generators, random_scalars[1:]),
    )
    c = _challenge(statement, tag, Cbar, Tbar)
    # b^ = b~ + c*b ;  x^_i = x~_i + c*x_i
    responses = [(tilde + c * secret) % R for tilde, secret in zip(random_scalars, secrets, strict=True)]
    return b"".join(scalar_to_octets(scalar) for scalar in (*responses, c))


def verify_continuity(statement: ContinuityStatement, tag: bytes, proof: bytes) -> None:
    """Verify both commitments of the request and the continuity proof.

    `statement` holds the issuer's own values, `tag` is T: from the request for a first enrolment, from the issuer's
    books and nowhere else for a renewal. Raises EncodingError or ProofError.
    """
    n = statement.n
    require_octets(proof, "continuity proof", length=continuity_octets(n))
    *responses, c = octets_to_scalars(proof, "continuity proof")
    T = octets_to_point_g1(tag, "continuity tag")
    C = validate_commitment(statement.lasting, n, suite=statement.suite)
    validate_commitment(statement.epochal, n, suite=statement.suite)
    blind_generators, generators, _ = _all_generators(statement)
    curve = backend()
    # Cbar' = Q_2*b^ + sum J_i*x^_i - c*C ;  Tbar' = sum G_i*x^_i - c*T
    Cbar, Tbar = curve.both(
        lambda: curve.msm([*blind_generators, C], [*responses, -c]),
        lambda: curve.msm([*generators, T], [*responses[1:], -c]),
    )
    require_challenge(c, _challenge(statement, tag, Cbar, Tbar), "continuity proof")


def _challenge(statement: ContinuityStatement, tag: bytes, Cbar: G1, Tbar: G1) -> int:
    curve = backend()
    bind = statement.bind()
    _, _, generator_octets = _all_generators(statement)
    # I2OSP(|bind|,8) || bind || I2OSP(N,8) || Q_2 || J_1..J_N || G_1..G_N || C || T || Cbar || Tbar
    octets = b"".join(
        [
            i2osp(len(bind), 8),
            bind,
            i2osp(statement.n, 8),
            generator_octets,
            statement.lasting[:G1_OCTETS],
            tag,
            curve.encode_g1(Cbar),
            curve.encode_g1(Tbar),
        ]
    )
    return hash_to_scalar(octets, statement.suite.suite_id + CHALLENGE_DST, statement.suite)


def _all_generators(statement: ContinuityStatement) -> tuple[tuple[G1, ...], tuple[G1, ...], bytes]:
    """Return Q_2, J_1 … J_N; G_1 … G_N; and the octets of them all in that order."""
    suite, n = statement.suite, statement.n
    blind_generators = create_generators(n + 1, b"BLIND_" + suite.pseudonym_api_id, suite=suite)
    generators, octets = _generators(statement.issuer_id, n, suite)
    curve = backend()
    return blind_generators, generators, b"".join(curve.encode_g1(point) for point in blind_generators) + octets


def _generators(issuer_id: bytes, n: int, suite: Suite) -> tuple[tuple[G1, ...], bytes]:
    return _cached_generators(backend().name, issuer_id, n, suite)


@lru_cache(maxsize=_GENERATOR_SETS)
def _cached_generators(backend_name: str, issuer_id: bytes, n: int, suite: Suite) -> tuple[tuple[G1, ...], bytes]:
    """G_i = hash_to_curve_g1(dCBOR["vouchmark/continuity-generator/1", issuer_id, N, i]), i = 1 … N."""
    curve = load(backend_name)
    dst = suite.suite_id + GENERATOR_DST
    points = tuple(
        curve.hash_to_curve_g1(
            dcbor_encode(["vouchmark/continuity-generator/1", issuer_id, n, i]), dst, suite.expand_message
        )
        for i in range(1, n + 1)
    )
    return points, b"".join(curve.encode_g1(point) for point in points)
