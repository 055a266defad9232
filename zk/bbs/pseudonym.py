"""How does one person show one unlinkable name for each context, bound to a blind signature? (BBS pseudonyms)

The interface of draft-irtf-cfrg-bbs-per-verifier-linkability-02/-03, octets in and out, parameters in the draft's
order; nym secrets and entropy are scalars of 32 octets. Pinned to the official vectors where the text says otherwise:

- api_id = ciphersuite_id || "H2G_HM2S_PSEUDONYM_"; OP = hash_to_curve_g1(context_id, api_id) and
  z = hash_to_scalar(context_id, api_id || "VECT_NYM_SECRETS");
- the header that is signed is header || I2OSP(N, 8), and the N nym secrets are the last signed scalars;
- the signature's scalar is e = H(SK, B), B with the signer's entropy in it;
- indexes count from 0 (the text's check `i < 1` is off by one), and reach neither blinding factor nor nym secrets.

Longer than its neighbours because the draft's twelve parameters are spelt out wherever they are passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from zk.bbs.blind import (
    check_both,
    check_lengths,
    core_commit,
    deserialize_and_validate_commit,
    finalize_blind_sign,
)
from zk.bbs.ciphersuite import Generators, Suite, messages_to_scalars, prepare_generators
from zk.bbs.core import (
    as_bool,
    check_count,
    check_messages,
    check_octets,
    core_verify,
    draw_scalars,
    octets_to_pubkey,
    octets_to_signature,
    require_challenge,
)
from zk.bbs.curve import G1, R, backend, load
from zk.bbs.encoding import i2osp, octets_to_point_g1, octets_to_scalar, scalar_to_octets
from zk.bbs.hashing import hash_to_scalar
from zk.bbs.proof import (
    PairingTerm,
    check_pairings,
    octets_to_proof,
    ph_octets,
    proof_challenge,
    proof_finalize,
    proof_init,
    proof_verify_init,
    undisclosed,
)
from zk.errors import EncodingError, ProofError

__all__ = [
    "PairingTerm",
    "begin_verify",
    "blind_sign_with_nym",
    "calculate_pseudonym",
    "check_pairings",
    "commit_with_nym",
    "is_valid_proof_with_nym",
    "prepare_verify",
    "proof_gen_with_nym",
    "proof_verify_with_nym",
    "verify_finalize_with_nym",
]

_CONTEXTS: Final = 1024  # hashed contexts kept (a verifier meets the same ones again), 200 octets each
_STATEMENTS: Final = 256  # lists of disclosed messages kept with their scalars: an issuer signs the same for everybody
_MAX_CACHED: Final = 1024  # octets: longer context identifiers and lists are not kept as keys of those caches


def commit_with_nym(
    prover_nyms: Sequence[bytes], committed_messages: Sequence[bytes], *, suite: Suite
) -> tuple[bytes, bytes]:
    """CommitWithNym: return (commitment_with_proof, secret_prover_blind) for messages and the prover's nyms.

    `prover_nyms` are fresh random scalars of 32 octets, at least one. Raises EncodingError.
    """
    check_messages(committed_messages, "committed messages")
    random_scalars = draw_scalars(len(committed_messages) + len(_nyms(prover_nyms, "prover nyms")) + 2)
    return _commit_with_nym(prover_nyms, committed_messages, suite=suite, random_scalars=random_scalars)


def _commit_with_nym(
    prover_nyms: Sequence[bytes], committed_messages: Sequence[bytes], *, suite: Suite, random_scalars: Sequence[int]
) -> tuple[bytes, bytes]:
    """`commit_with_nym` with its randomness given: for the official fixtures and nobody else."""
    api_id = suite.pseudonym_api_id
    committed = messages_to_scalars(committed_messages, api_id, suite=suite)
    scalars = (*committed, *_nyms(prover_nyms, "prover nyms"))
    return core_commit(scalars, api_id, suite=suite, random_scalars=random_scalars)


def blind_sign_with_nym(
    sk: bytes,
    pk: bytes,
    commitment_with_proof: bytes,
    length_nym_vector: int,
    signer_nym_entropy: bytes,
    header: bytes,
    messages: Sequence[bytes],
    *,
    suite: Suite,
) -> bytes:
    """BlindSignWithNym: return a signature, 80 octets, over header, messages, commitment and the signer's entropy.

    `length_nym_vector` (N) is how many of the committed scalars, from the end, are nyms: it is bound into the header.
    Raises EncodingError, or ProofError if the commitment's proof does not verify.
    """
    check_octets({"header": header})
    check_messages(messages)
    check_count(length_nym_vector, "length of the nym vector", least=1)
    entropy = octets_to_scalar(signer_nym_entropy, "signer nym entropy")
    api_id = suite.pseudonym_api_id
    C, M = deserialize_and_validate_commit(commitment_with_proof, api_id, suite=suite)
    if length_nym_vector > M:
        raise EncodingError(f"commitment: expected at least {length_nym_vector} scalars, got {M}")
    generators = prepare_generators(len(messages), M + 1, api_id, suite=suite)
    scalars = messages_to_scalars(messages, api_id, suite=suite)
    added = backend().mul_secret(generators.h[-1], entropy)
    return finalize_blind_sign(sk, pk, generators, _combined(header, length_nym_vector), scalars, [C, added])


def verify_finalize_with_nym(
    pk: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    prover_nyms: Sequence[bytes],
    signer_nym_entropy: bytes,
    secret_prover_blind: bytes,
    *,
    suite: Suite,
) -> tuple[bytes, ...]:
    """VerifyFinalizeWithNym: verify what the signer returned and return the N nym secrets, 32 octets each.

    They are the prover's nyms with the entropy added to the last. Raises EncodingError or SignatureError.
    """
    check_octets({"header": header})
    nyms = list(_nyms(prover_nyms, "prover nyms"))
    nyms[-1] = (nyms[-1] + octets_to_scalar(signer_nym_entropy, "signer nym entropy")) % R
    generators, scalars = _prepare(messages, committed_messages, nyms, secret_prover_blind, suite=suite)
    core_verify(pk, signature, generators, _combined(header, len(nyms)), scalars)
    if nyms[-1] == 0:
        raise EncodingError("nym secrets: the last came out as zero, take other prover nyms")
    return tuple(scalar_to_octets(nym) for nym in nyms)


def calculate_pseudonym(nym_secrets: Sequence[bytes], context_id: bytes, *, suite: Suite) -> bytes:
    """Return the pseudonym, 48 octets, of these nym secrets in this context ("Pseudonym Calculation Procedure").

    Raises EncodingError.
    """
    check_octets({"context identifier": context_id})
    OP, z = _context(context_id, suite)
    pseudonym = backend().mul_secret(OP, _polynomial(_nyms(nym_secrets, "nym secrets"), z))
    return _encode_pseudonym(pseudonym)


def proof_gen_with_nym(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    nym_secrets: Sequence[bytes],
    context_id: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_commitment_indexes: Sequence[int],
    secret_prover_blind: bytes,
    *,
    suite: Suite,
) -> tuple[bytes, bytes]:
    """ProofGenWithNym: return (proof, pseudonym) for a context, disclosing messages by their ascending indexes.

    The proof is 272 octets and 32 for each hidden message, the blinding factor and each nym secret; the pseudonym is
    48 octets and the same in every proof for this context. Raises EncodingError.
    """
    check_messages(messages)
    check_messages(committed_messages, "committed messages")
    disclosed = check_both(disclosed_indexes, len(messages), disclosed_commitment_indexes, len(committed_messages))
    total = len(messages) + 1 + len(committed_messages) + len(_nyms(nym_secrets, "nym secrets"))
    return _proof_gen_with_nym(
        pk,
        signature,
        header,
        ph,
        nym_secrets,
        context_id,
        messages,
        committed_messages,
        disclosed_indexes,
        disclosed_commitment_indexes,
        secret_prover_blind,
        suite=suite,
        random_scalars=draw_scalars(5 + total - len(disclosed)),
    )


def _proof_gen_with_nym(
    pk: bytes,
    signature: bytes,
    header: bytes,
    ph: bytes,
    nym_secrets: Sequence[bytes],
    context_id: bytes,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_commitment_indexes: Sequence[int],
    secret_prover_blind: bytes,
    *,
    suite: Suite,
    random_scalars: Sequence[int],
) -> tuple[bytes, bytes]:
    """`proof_gen_with_nym` (and CoreProofGenWithNym) with its randomness given: for the official fixtures alone."""
    check_octets({"header": header, "presentation header": ph, "context identifier": context_id})
    nyms = _nyms(nym_secrets, "nym secrets")
    generators, scalars = _prepare(messages, committed_messages, nyms, secret_prover_blind, suite=suite)
    indexes = check_both(disclosed_indexes, len(messages), disclosed_commitment_indexes, len(committed_messages))
    sig = octets_to_signature(signature)
    octets_to_pubkey(pk)
    # 2., 3., beside 5., 7. PseudonymProofInit, with the random scalars of the nym secrets, which are the last
    combined_header = _combined(header, len(nyms))
    OP, z = _context(context_id, suite)
    curve = backend()
    points, init = curve.both(
        lambda: [
            curve.mul_secret(OP, _polynomial(coefficients, z)) for coefficients in (nyms, random_scalars[-len(nyms) :])
        ],
        lambda: proof_init(pk, sig, generators, combined_header, scalars, indexes, random_scalars=random_scalars),
    )
    pseudonym, Ut = (_encode_pseudonym(point) for point in points)
    # 8.
    tail = ph_octets(ph) + i2osp(len(context_id), 8) + context_id
    challenge = proof_challenge(init, generators, [scalars[i] for i in indexes], indexes, pseudonym + Ut, tail)
    # 9., 10.
    hidden = [scalars[j] for j in undisclosed(len(scalars), indexes)]
    return proof_finalize(init, challenge, sig.e, hidden, random_scalars=random_scalars), pseudonym


def proof_verify_with_nym(
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    pseudonym: bytes,
    context_id: bytes,
    length_nym_vector: int,
    L: int,
    disclosed_messages: Sequence[bytes],
    disclosed_committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_committed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> None:
    """ProofVerifyWithNym: verify a proof and that the pseudonym is its holder's in this context.

    `length_nym_vector` (N) and `L`, the number of messages that the signer knew, are the verifier's own knowledge and
    never taken from the prover. Raises EncodingError or ProofError.
    """
    term, check_challenge = begin_verify(
        pk,
        proof,
        header,
        ph,
        pseudonym,
        context_id,
        length_nym_vector,
        L,
        disclosed_messages,
        disclosed_committed_messages,
        disclosed_indexes,
        disclosed_committed_indexes,
        suite=suite,
    )
    backend().both(lambda: check_pairings([term]), check_challenge, are_even=True)


def prepare_verify(
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    pseudonym: bytes,
    context_id: bytes,
    length_nym_vector: int,
    L: int,
    disclosed_messages: Sequence[bytes],
    disclosed_committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_committed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> PairingTerm:
    """Do all of `proof_verify_with_nym` but the pairing, and return what `check_pairings` has still to check.

    A returned term says nothing yet: the proof holds only once `check_pairings` has accepted a list that contains it.
    Raises EncodingError or ProofError.
    """
    term, check_challenge = begin_verify(
        pk,
        proof,
        header,
        ph,
        pseudonym,
        context_id,
        length_nym_vector,
        L,
        disclosed_messages,
        disclosed_committed_messages,
        disclosed_indexes,
        disclosed_committed_indexes,
        suite=suite,
    )
    check_challenge()
    return term


def begin_verify(
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    pseudonym: bytes,
    context_id: bytes,
    length_nym_vector: int,
    L: int,
    disclosed_messages: Sequence[bytes],
    disclosed_committed_messages: Sequence[bytes],
    disclosed_indexes: Sequence[int],
    disclosed_committed_indexes: Sequence[int],
    *,
    suite: Suite,
) -> tuple[PairingTerm, Callable[[], None]]:
    """Parse everything; return the pairing and the challenge that are still to be checked, in either order.

    The proof holds only once `check_pairings` has accepted a list that contains the term, and the call of the second
    part has returned: it raises ProofError. Where many proofs are made up, their pairings are the cheaper thing to know
    first. Raises EncodingError.
    """
    check_octets({"header": header, "presentation header": ph, "context identifier": context_id})
    check_messages(disclosed_messages, "disclosed messages")
    check_messages(disclosed_committed_messages, "disclosed committed messages")
    check_count(length_nym_vector, "length of the nym vector", least=1)
    check_count(L, "L")
    parsed = octets_to_proof(proof)
    total = len(parsed.m_hat) + len(disclosed_messages) + len(disclosed_committed_messages)
    M = total - L - 1 - length_nym_vector  # committed messages without blinding factor and nym secrets
    if M < 0:
        raise EncodingError(f"proof: expected at least {total - M} scalars in all, got {total}")
    indexes = check_both(disclosed_indexes, L, disclosed_committed_indexes, M)
    check_lengths(disclosed_messages, disclosed_indexes, disclosed_committed_messages, disclosed_committed_indexes)
    octets_to_pubkey(pk)
    nym_point = octets_to_point_g1(pseudonym, "pseudonym")
    api_id = suite.pseudonym_api_id
    generators = prepare_generators(L, total - L, api_id, suite=suite)
    scalars = _disclosed_scalars((*disclosed_messages, *disclosed_committed_messages), api_id, suite)
    OP, z = _context(context_id, suite)
    curve = backend()

    def check_challenge() -> None:
        # 1., 2., beside 3. PseudonymProofVerifyInit
        response = _polynomial(parsed.m_hat[-length_nym_vector:], z)
        init, Uv = proof_verify_init(
            pk,
            parsed,
            generators,
            _combined(header, length_nym_vector),
            scalars,
            indexes,
            lambda: curve.msm([OP, nym_point], [response, -parsed.challenge]),
        )
        if curve.is_identity(Uv):
            raise ProofError("the pseudonym's proof is degenerate")
        # 5., 6.
        tail = ph_octets(ph) + i2osp(len(context_id), 8) + context_id
        nym_octets = pseudonym + curve.encode_g1(Uv)
        challenge = proof_challenge(init, generators, scalars, indexes, nym_octets, tail)
        require_challenge(parsed.challenge, challenge, "proof")

    return PairingTerm(Abar=parsed.Abar, Bbar=parsed.Bbar, pk=pk), check_challenge


is_valid_proof_with_nym = as_bool(proof_verify_with_nym)


def _combined(header: bytes, length_nym_vector: int) -> bytes:
    return header + i2osp(length_nym_vector, 8)


def _nyms(nyms: Sequence[bytes], what: str) -> tuple[int, ...]:
    check_messages(nyms, what)
    if not nyms:
        raise EncodingError(f"{what}: expected at least one, got none")
    return tuple(octets_to_scalar(nym, what) for nym in nyms)


def _context(context_id: bytes, suite: Suite) -> tuple[G1, int]:
    """Return OP and z of a context; cached, because a context is public and comes again."""
    if len(context_id) > _MAX_CACHED:
        return _hash_context(backend().name, context_id, suite)
    return _cached_context(backend().name, context_id, suite)


def _hash_context(backend_name: str, context_id: bytes, suite: Suite) -> tuple[G1, int]:
    api_id = suite.pseudonym_api_id
    OP = load(backend_name).hash_to_curve_g1(context_id, api_id, suite.expand_message)
    return OP, hash_to_scalar(context_id, api_id + b"VECT_NYM_SECRETS", suite)


_cached_context = lru_cache(maxsize=_CONTEXTS)(_hash_context)


def _disclosed_scalars(messages: tuple[bytes, ...], api_id: bytes, suite: Suite) -> tuple[int, ...]:
    """Map disclosed messages, which are public, to scalars; cached, because an issuer signs the same for everybody."""
    if sum(map(len, messages)) > _MAX_CACHED:
        return _hash_messages(messages, api_id, suite)
    return _cached_scalars(messages, api_id, suite)


def _hash_messages(messages: tuple[bytes, ...], api_id: bytes, suite: Suite) -> tuple[int, ...]:
    return messages_to_scalars(messages, api_id, suite=suite)


_cached_scalars = lru_cache(maxsize=_STATEMENTS)(_hash_messages)


def _polynomial(coefficients: Sequence[int], z: int) -> int:
    """Return sum of coefficients[i] * z^i modulo r (Horner)."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * z + coefficient) % R
    return value


def _encode_pseudonym(point: G1) -> bytes:
    curve = backend()
    if curve.is_identity(point):
        raise EncodingError("nym secrets: give the identity as pseudonym in this context")
    return curve.encode_g1(point)


def _prepare(
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    nyms: Sequence[int],
    secret_prover_blind: bytes,
    *,
    suite: Suite,
) -> tuple[Generators, tuple[int, ...]]:
    """prepare_parameters for one who knows all messages, with the nym secrets last."""
    check_messages(messages)
    check_messages(committed_messages, "committed messages")
    prover_blind = octets_to_scalar(secret_prover_blind, "secret prover blind")  # something is always committed to
    api_id = suite.pseudonym_api_id
    blind_count = len(committed_messages) + len(nyms) + 1
    generators = prepare_generators(len(messages), blind_count, api_id, suite=suite)
    known = messages_to_scalars(messages, api_id, suite=suite)
    committed = messages_to_scalars(committed_messages, api_id, suite=suite)
    return generators, (*known, prover_blind, *committed, *nyms)
