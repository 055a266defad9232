"""How does an issuer sign messages that it never sees? (Blind BBS signatures)

The interface of draft-irtf-cfrg-bbs-blind-signatures-02, octets in and out, parameters in the draft's order. Pinned
to the official vectors where the draft's text says otherwise:

- the signature's scalar is e = H(SK, B), where the text also hashes the domain, which B contains;
- B = P1 + Q_1 * domain + sum H_i * msg_i + commitment, where the text puts the domain in later;
- the commitment's challenge is H(I2OSP(M, 8) || Q_2 || J_1 … J_M || C || Cbar);
- the domain covers Q_2 as well as J_1 … J_M, also where nothing was committed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zk.bbs.ciphersuite import (
    MAX_MESSAGES,
    Generators,
    Suite,
    create_generators,
    messages_to_scalars,
    prepare_generators,
)
from zk.bbs.core import (
    as_bool,
    calculate_domain,
    check_count,
    check_indexes,
    check_messages,
    check_octets,
    core_verify,
    draw_scalars,
    finish_signature,
    octets_to_pubkey,
    require_challenge,
    signature_to_octets,
)
from zk.bbs.curve import G1, G1_OCTETS, R, backend
from zk.bbs.encoding import (
    SCALAR_OCTETS,
    i2osp,
    octets_to_point_g1,
    octets_to_scalar,
    octets_to_scalars,
    require_octets,
    scalar_to_octets,
)
from zk.bbs.hashing import hash_to_scalar
from zk.bbs.proof import core_proof_gen, core_proof_verify, octets_to_proof
from zk.errors import EncodingError

COMMITMENT_FLOOR: Final = G1_OCTETS + 2 * SCALAR_OCTETS
"""Octets of a commitment with proof to no message; each committed scalar adds 32."""


def commit(committed_messages: Sequence[bytes], *, suite: Suite) -> tuple[bytes, bytes]:
    """Commit: return (commitment_with_proof, secret_prover_blind) for messages that the signer shall not see.

    The first goes to the signer (112 octets and 32 for each message), the second (32 octets) stays secret and is
    needed for every proof. Raises EncodingError.
    """
    check_messages(committed_messages, "committed messages")
    return _commit(committed_messages, suite=suite, random_scalars=draw_scalars(len(committed_messages) + 2))


def _commit(committed_messages: Sequence[bytes], *, suite: Suite, random_scalars: Sequence[int]) -> tuple[bytes, bytes]:
    """`commit` with its randomness given: for the official fixtures, which publish theirs, and for nobody else."""
    scalars = messages_to_scalars(committed_messages, suite.blind_api_id, suite=suite)
    return core_commit(scalars, suite.blind_api_id, suite=suite, random_scalars=random_scalars)


def core_commit(
    scalars: Sequence[int], api_id: bytes, *, suite: Suite, random_scalars: Sequence[int]
) -> tuple[bytes, bytes]:
    """CoreCommit, for the interfaces: `random_scalars` are the blinding factor, s~ and one m~ for each scalar."""
    if len(random_scalars) != len(scalars) + 2:
        raise EncodingError(f"random scalars: expected {len(scalars) + 2}, got {len(random_scalars)}")
    blind_generators = create_generators(len(scalars) + 1, b"BLIND_" + api_id, suite=suite)
    curve = backend()
    # 1.
    secret_prover_blind, s_tilde, *m_tilde = random_scalars
    # 2., 3.
    C, Cbar = curve.both(
        lambda: curve.msm_secret(blind_generators, [secret_prover_blind, *scalars]),
        lambda: curve.msm_secret(blind_generators, [s_tilde, *m_tilde]),
    )
    # 4.
    challenge = blind_challenge(C, Cbar, blind_generators, api_id, suite=suite)
    # 5. to 7.
    responses = [
        s_tilde + secret_prover_blind * challenge,
        *(tilde + scalar * challenge for tilde, scalar in zip(m_tilde, scalars, strict=True)),
        challenge,
    ]
    # 8., 9.
    octets = curve.encode_g1(C) + b"".join(scalar_to_octets(s % R) for s in responses)
    return octets, scalar_to_octets(secret_prover_blind)


def blind_challenge(C: G1, Cbar: G1, blind_generators: Sequence[G1], api_id: bytes, *, suite: Suite) -> int:
    """calculate_blind_challenge: the challenge of a commitment's proof."""
    points = b"".join(backend().encode_g1(point) for point in (*blind_generators, C, Cbar))
    return hash_to_scalar(i2osp(len(blind_generators) - 1, 8) + points, api_id + b"H2S_", suite)


def committed_count(commitment_with_proof: bytes) -> int:
    """Return how many scalars a commitment with proof of this length commits to (M). Raises EncodingError."""
    most = COMMITMENT_FLOOR + SCALAR_OCTETS * MAX_MESSAGES
    size = len(require_octets(commitment_with_proof, "commitment", most=most))
    if size < COMMITMENT_FLOOR or (size - COMMITMENT_FLOOR) % SCALAR_OCTETS:
        raise EncodingError(
            f"commitment: expected {COMMITMENT_FLOOR} octets and {SCALAR_OCTETS} for each scalar, got {size}"
        )
    return (size - COMMITMENT_FLOOR) // SCALAR_OCTETS


def deserialize_and_validate_commit(
    commitment_with_proof: bytes, api_id: bytes | None = None, *, suite: Suite
) -> tuple[G1, int]:
    """Verify a commitment's proof and return the commitment C with the number of scalars in it.

    deserialize_and_validate_commit and CoreCommitVerify. `api_id` is the interface's, Blind BBS if not given. An empty
    commitment is refused here: what signs without one does not ask. Raises EncodingError or ProofError.
    """
    interface = suite.blind_api_id if api_id is None else api_id
    M = committed_count(commitment_with_proof)
    s_hat, *m_hat, cp = octets_to_scalars(commitment_with_proof[G1_OCTETS:], "commitment scalar")
    C = octets_to_point_g1(commitment_with_proof[:G1_OCTETS], "commitment point")
    blind_generators = create_generators(M + 1, b"BLIND_" + interface, suite=suite)
    # 1.
    Cbar = backend().msm([*blind_generators, C], [s_hat, *m_hat, -cp])
    # 2. to 4.
    require_challenge(cp, blind_challenge(C, Cbar, blind_generators, interface, suite=suite), "commitment")
    return C, M


def blind_sign(
    sk: bytes, pk: bytes, commitment_with_proof: bytes, header: bytes, messages: Sequence[bytes], *, suite: Suite
) -> bytes:
    """BlindSign: return a signature, 80 octets, over header, messages and whatever is committed to.

    An empty `commitment_with_proof` means none. Raises EncodingError, or ProofError if the commitment's proof does
    not verify.
    """
    check_octets({"header": header})
    check_messages(messages)
    require_octets(commitment_with_proof, "commitment")
    C, M = None, 0
    if commitment_with_proof:
        C, M = deserialize_and_validate_commit(commitment_with_proof, suite=suite)
    generators = prepare_generators(len(messages), M + 1, suite.blind_api_id, suite=suite)
    scalars = messages_to_scalars(messages, suite.blind_api_id, suite=suite)
    return finalize_blind_sign(sk, pk, generators, header, scalars, [] if C is None else [C])


def finalize_blind_sign(
    sk: bytes, pk: bytes, generators: Generators, header: bytes, scalars: Sequence[int], committed: Sequence[G1]
) -> bytes:
    """B_calculate and FinalizeBlindSign, for the interfaces: `committed` are points added to B as they are.

    Raises EncodingError, or SignatureError with probability 2^-255.
    """
    secret = octets_to_scalar(sk, "secret key")
    octets_to_pubkey(pk)
    curve = backend()
    domain = calculate_domain(pk, generators, header)
    H = generators.h[: len(scalars)]
    B = curve.add(generators.p1, curve.msm([generators.q_1, *H], [domain, *scalars]))
    for point in committed:
        B = curve.add(B, point)
    e_input = scalar_to_octets(secret) + curve.encode_g1(B)
    e = hash_to_scalar(e_input, generators.api_id + b"H2S_", generators.suite)
    return signature_to_octets(finish_signature(secret, e, B))


def blind_scalar(secret_prover_blind: bytes | None) -> int:
    """Return the blinding factor, 0 where nothing was committed to (None). Raises EncodingError."""
    return 0 if secret_prover_blind is None else octets_to_scalar(secret_prover_blind, "secret prover blind")


def verify_blind_sign(
    pk: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    secret_prover_blind: bytes | None,
    *,
    suite: Suite,
) -> None:
    """VerifyBlindSign: verify what the signer returned, before it is stored. Raises EncodingError or SignatureError.

    `secret_prover_blind` is None where nothing was committed to.
    """
    check_octets({"header": header})
    generators, scalars = _prepare(messages, committed_messages, secret_prover_blind, suite=suite)
    core_verify(pk, signature, generators, header, scalars)


def blind_proof_gen(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_commitment_indexes: Sequence[int],
    secret_prover_blind: bytes | None,
    *,
    suite: Suite,
) -> bytes:
    """BlindProofGen: return a fresh proof that discloses messages of both kinds by their ascending indexes.

    272 octets and 32 for each hidden message and the blinding factor. Raises EncodingError.
    """
    check_messages(messages)
    check_messages(committed_messages, "committed messages")
    disclosed = len(check_both(disclosed_indexes, len(messages), disclosed_commitment_indexes, len(committed_messages)))
    random_scalars = draw_scalars(5 + len(messages) + 1 + len(committed_messages) - disclosed)
    return _blind_proof_gen(
        pk,
        signature,
        header,
        ph,
        messages,
        committed_messages,
        disclosed_indexes,
        disclosed_commitment_indexes,
        secret_prover_blind,
        suite=suite,
        random_scalars=random_scalars,
    )


def _blind_proof_gen(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_commitment_indexes: Sequence[int],
    secret_prover_blind: bytes | None,
    *,
    suite: Suite,
    random_scalars: Sequence[int],
) -> bytes:
    """`blind_proof_gen` with its randomness given: for the official fixtures and nobody else."""
    check_octets({"header": header, "presentation header": ph})
    generators, scalars = _prepare(messages, committed_messages, secret_prover_blind, suite=suite)
    indexes = check_both(disclosed_indexes, len(messages), disclosed_commitment_indexes, len(committed_messages))
    return core_proof_gen(pk, signature, generators, header, ph, scalars, indexes, random_scalars=random_scalars)


def blind_proof_verify(
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    L: int,
    disclosed_messages: Sequence[bytes],
    disclosed_committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_committed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> None:
    """BlindProofVerify: verify a proof; `L` is the number of messages that the signer knew.

    The number of committed messages follows from the proof's length and is bound by the proof. Raises EncodingError or
    ProofError.
    """
    check_octets({"header": header, "presentation header": ph})
    check_count(L, "L")
    check_messages(disclosed_messages, "disclosed messages")
    check_messages(disclosed_committed_messages, "disclosed committed messages")
    parsed = octets_to_proof(proof)
    total = len(parsed.m_hat) + len(disclosed_messages) + len(disclosed_committed_messages)
    M = total - L - 1  # the blinding factor is always there, and hidden
    if M < 0:
        raise EncodingError(f"proof: expected more than {L} scalars in all, got {total}")
    indexes = check_both(disclosed_indexes, L, disclosed_committed_indexes, M)
    check_lengths(disclosed_messages, disclosed_indexes, disclosed_committed_messages, disclosed_committed_indexes)
    generators = prepare_generators(L, M + 1, suite.blind_api_id, suite=suite)
    messages = [*disclosed_messages, *disclosed_committed_messages]
    scalars = messages_to_scalars(messages, suite.blind_api_id, suite=suite)
    core_proof_verify(pk, parsed, generators, header, ph, scalars, indexes)


def check_both(indexes: Sequence[int], L: int, committed_indexes: Sequence[int], M: int) -> list[int]:
    """Check both lists and return the positions that they name among all signed scalars.

    Those are the L messages, the blinding factor (never disclosed), the M committed messages, and more that no index
    reaches. Raises EncodingError.
    """
    check_indexes(indexes, L)
    check_indexes(committed_indexes, M, "disclosed committed indexes")
    return [*indexes, *(index + L + 1 for index in committed_indexes)]


def check_lengths(
    messages: Sequence[bytes],
    indexes: Sequence[int],
    committed_messages: Sequence[bytes],
    committed_indexes: Sequence[int],
) -> None:
    """Refuse lists of messages that are not as long as their indexes. Raises EncodingError."""
    if len(messages) != len(indexes) or len(committed_messages) != len(committed_indexes):
        raise EncodingError(
            f"disclosed messages: expected {len(indexes)} and {len(committed_indexes)} committed ones, "
            f"got {len(messages)} and {len(committed_messages)}"
        )


def _prepare(
    messages: Sequence[bytes], committed_messages: Sequence[bytes], secret_prover_blind: bytes | None, *, suite: Suite
) -> tuple[Generators, tuple[int, ...]]:
    """prepare_parameters for one who knows all messages."""
    check_messages(messages)
    check_messages(committed_messages, "committed messages")
    api_id = suite.blind_api_id
    generators = prepare_generators(len(messages), len(committed_messages) + 1, api_id, suite=suite)
    known = messages_to_scalars(messages, api_id, suite=suite)
    committed = messages_to_scalars(committed_messages, api_id, suite=suite)
    return generators, (*known, blind_scalar(secret_prover_blind), *committed)


is_valid_blind_signature = as_bool(verify_blind_sign)
is_valid_blind_proof = as_bool(blind_proof_verify)
