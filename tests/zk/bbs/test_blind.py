"""Does an issuer sign what it never sees, and only that?"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zk.holder import flips
from tests.zk.mocked_random import SEED, seeded_random_scalars
from zk.bbs import bbs, blind
from zk.bbs.blind import COMMITMENT_FLOOR
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, MAX_MESSAGES, SUITES
from zk.bbs.curve import BACKENDS, R, using
from zk.bbs.proof import PROOF_FLOOR
from zk.errors import EncodingError, ProofError, SignatureError, ZkError

SUITE = BLS12_381_SHA_256
IDENTITY = bytes([0xC0]) + bytes(47)
ORDER_THREE = bytes([0x80]) + bytes(47)
HEADER, PH = b"header", b"presentation header"
KNOWN = [b"known one", b"known two"]
HIDDEN = [b"hidden one", b"", b"hidden three"]

# Blind BBS draft, BLS12-381-SHA-256: "valid no committed messages commitment with proof", and the signature with
# neither messages nor committed messages over the header 1122…eeff.
DRAFT_COMMITMENT = bytes.fromhex(
    "849d3cc626720202cbc1610fc01ab41ce32099af602def0c579f37dd18b485ef60719275a036bdd8120e7e938c8e1a3d"
    "4d0322587441ccc5caf186001b45dd09ee159713c3e3ea0f411f94a5d6665546"
    "562d09c093b687a129e464a57e18cdbf5306bcabf3e7cc95f5ba98cdd9bf3768"
)
DRAFT_BLIND = bytes.fromhex("1b6f406b17aaf92dc7deb911c7cae49756a6623b5c385b5ae6214d7e3d9597f7")
DRAFT_SK = bytes.fromhex("60e55110f76883a13d030b2f6bd11883422d5abde717569fc0731f51237169fc")
DRAFT_HEADER = bytes.fromhex("11223344556677889900aabbccddeeff")
DRAFT_SIGNATURE = bytes.fromhex(
    "ab54c35fb2af5c75d6368bc5772547e126d60a92205d011bb9ee5d1149432e91611fd376fe5b79d6ed7c2ba00a19b743"
    "4744945fd77bf02cd4628a6e5deeae50768116d55510251bb6a716a38340e184"
)

engines = pytest.mark.parametrize("engine", BACKENDS)


@pytest.fixture(scope="module")
def made():
    """Key pair, commitment, blinding factor, signature and proof of the SHA-256 suite."""
    sk = bbs.key_gen(b"s" * 32, suite=SUITE)
    pk = bbs.sk_to_pk(sk)
    commitment, prover_blind = blind.commit(HIDDEN, suite=SUITE)
    signature = blind.blind_sign(sk, pk, commitment, HEADER, KNOWN, suite=SUITE)
    proof = blind.blind_proof_gen(
        pk, signature, HEADER, PH, KNOWN, HIDDEN, [1], [0, 1], prover_blind, suite=SUITE
    )  # fmt: skip
    return sk, pk, commitment, prover_blind, signature, proof


def check(made, **changes):
    """Verify the fixture's proof with some values changed."""
    values = {
        "pk": made[1], "proof": made[5], "header": HEADER, "ph": PH, "L": 2, "messages": [KNOWN[1]],
        "committed": HIDDEN[:2], "indexes": [1], "committed_indexes": [0, 1], **changes,
    }  # fmt: skip
    blind.blind_proof_verify(*values.values(), suite=SUITE)


@engines
def test_commitment_and_signature_are_the_drafts(engine):
    scalars = seeded_random_scalars(SEED, SUITE.api_id + b"COMMIT_MOCK_RANDOM_SCALARS_DST_", 2, suite=SUITE)
    with using(engine):
        assert blind._commit([], suite=SUITE, random_scalars=scalars) == (DRAFT_COMMITMENT, DRAFT_BLIND)
        pk = bbs.sk_to_pk(DRAFT_SK)
        signature = blind.blind_sign(DRAFT_SK, pk, DRAFT_COMMITMENT, DRAFT_HEADER, [], suite=SUITE)
        assert signature == DRAFT_SIGNATURE
        blind.verify_blind_sign(pk, signature, DRAFT_HEADER, [], [], DRAFT_BLIND, suite=SUITE)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name[18:25])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_messages_of_both_kinds_can_be_signed_and_disclosed(suite, data):
    lists = st.lists(st.binary(max_size=30), max_size=4)
    known, hidden = data.draw(lists), data.draw(lists)
    sk = bbs.key_gen(b"s" * 32, suite=suite)
    pk = bbs.sk_to_pk(sk)
    commitment, prover_blind = blind.commit(hidden, suite=suite)
    assert len(commitment) == COMMITMENT_FLOOR + 32 * len(hidden)
    signature = blind.blind_sign(sk, pk, commitment, HEADER, known, suite=suite)
    assert blind.is_valid_blind_signature(pk, signature, HEADER, known, hidden, prover_blind, suite=suite)
    indexes = [i for i in range(len(known)) if data.draw(st.booleans())]
    committed_indexes = [i for i in range(len(hidden)) if data.draw(st.booleans())]
    proof = blind.blind_proof_gen(
        pk, signature, HEADER, PH, known, hidden, indexes, committed_indexes, prover_blind, suite=suite
    )  # fmt: skip
    assert len(proof) == PROOF_FLOOR + 32 * (len(known) + 1 + len(hidden) - len(indexes) - len(committed_indexes))
    shown, shown_committed = [known[i] for i in indexes], [hidden[i] for i in committed_indexes]
    arguments = (pk, proof, HEADER, PH, len(known), shown, shown_committed, indexes, committed_indexes)
    assert blind.is_valid_blind_proof(*arguments, suite=suite)
    assert not blind.is_valid_blind_proof(*arguments[:3], b"other", *arguments[4:], suite=suite)
    assert not blind.is_valid_blind_proof(*arguments[:4], len(known) + 1, *arguments[5:], suite=suite)


def test_one_engine_verifies_what_the_other_made(made):
    sk, pk, commitment, prover_blind, _, _ = made
    for signer, holder in (BACKENDS, BACKENDS[::-1]):
        with using(signer):
            signature = blind.blind_sign(sk, pk, commitment, HEADER, KNOWN, suite=SUITE)
        with using(holder):
            blind.verify_blind_sign(pk, signature, HEADER, KNOWN, HIDDEN, prover_blind, suite=SUITE)
            check(made)


def test_signs_without_a_commitment(made):
    sk, pk = made[:2]
    signature = blind.blind_sign(sk, pk, b"", HEADER, KNOWN, suite=SUITE)
    blind.verify_blind_sign(pk, signature, HEADER, KNOWN, [], None, suite=SUITE)
    proof = blind.blind_proof_gen(pk, signature, HEADER, PH, KNOWN, [], [0], [], None, suite=SUITE)
    blind.blind_proof_verify(pk, proof, HEADER, PH, 2, KNOWN[:1], [], [0], [], suite=SUITE)
    with pytest.raises(SignatureError):
        blind.verify_blind_sign(pk, signature, HEADER, KNOWN, [b"x"], None, suite=SUITE)


def test_commitments_hide_what_they_commit_to():
    """Same messages, other octets: and no octets of the one in the other."""
    (first, _), (second, _) = (blind.commit(HIDDEN, suite=SUITE) for _ in range(2))
    windows = {first[i : i + 8] for i in range(len(first) - 7)}
    assert not any(second[i : i + 8] in windows for i in range(len(second) - 7))


def test_refuses_every_flipped_bit_of_a_commitment(made):
    sk, pk, commitment = made[:3]
    for _, changed in flips(commitment):
        with pytest.raises((EncodingError, ProofError)):
            blind.blind_sign(sk, pk, changed, HEADER, KNOWN, suite=SUITE)


def test_refuses_every_flipped_bit_of_a_proof(made):
    for _, changed in flips(made[5]):
        with pytest.raises((EncodingError, ProofError)):
            check(made, proof=changed)


def test_the_reference_engine_refuses_a_sample_of_flipped_bits(made):
    sk, pk, commitment, _, _, proof = made
    sample = random.Random(5)
    with using("py_ecc"):
        for _, changed in sample.sample(list(flips(proof)), 8):
            with pytest.raises((EncodingError, ProofError)):
                check(made, proof=changed)
        for _, changed in sample.sample(list(flips(commitment)), 8):
            with pytest.raises((EncodingError, ProofError)):
                blind.blind_sign(sk, pk, changed, HEADER, KNOWN, suite=SUITE)


@engines
@pytest.mark.parametrize(
    "point",
    [IDENTITY, ORDER_THREE, bytes([0xC0]) + b"\x01" * 47, bytes(48)],
    ids=["identity", "order 3", "junk", "zero"],
)
def test_refuses_a_commitment_to_a_bad_point(made, engine, point):
    with using(engine), pytest.raises(EncodingError):
        blind.deserialize_and_validate_commit(point + made[2][48:], suite=SUITE)


@engines
@pytest.mark.parametrize("scalar", [0, R, (1 << 256) - 1], ids=["0", "r", "most"])
def test_refuses_a_scalar_of_zero_or_r_or_above_in_a_commitment(made, engine, scalar):
    commitment = made[2]
    with using(engine):
        for place in range(48, len(commitment), 32):
            changed = commitment[:place] + scalar.to_bytes(32, "big") + commitment[place + 32 :]
            with pytest.raises(EncodingError):
                blind.deserialize_and_validate_commit(changed, suite=SUITE)


def test_refuses_truncated_extended_swapped_and_empty_commitments(made):
    commitment = made[2]
    for changed in (
        b"", commitment[:48], commitment[:-1], commitment[:-32], commitment + b"\x00", commitment + commitment[-32:],
        commitment[:48] + commitment[80:], commitment[:48] + commitment[80:112] + commitment[48:80] + commitment[112:],
        commitment[:48] + b"\x01" * 32 * (MAX_MESSAGES + 3),
    ):  # fmt: skip
        with pytest.raises((EncodingError, ProofError)):
            blind.deserialize_and_validate_commit(changed, suite=SUITE)


def test_refuses_a_commitment_of_another_suite_or_interface(made):
    with pytest.raises(ProofError):
        blind.deserialize_and_validate_commit(made[2], suite=BLS12_381_SHAKE_256)
    with pytest.raises(ProofError):
        blind.deserialize_and_validate_commit(made[2], SUITE.pseudonym_api_id, suite=SUITE)


def test_refuses_a_commitment_joined_from_two(made):
    """One's point with the other's proof, and one's challenge with the other's responses."""
    first, (second, _) = made[2], blind.commit(HIDDEN, suite=SUITE)
    for changed in (first[:48] + second[48:], first[:-32] + second[-32:]):
        with pytest.raises(ProofError):
            blind.deserialize_and_validate_commit(changed, suite=SUITE)


def test_a_signature_is_about_these_messages_and_this_blinding_factor_only(made):
    _, pk, _, prover_blind, signature, _ = made
    other = blind.commit(HIDDEN, suite=SUITE)[1]
    for arguments in (
        (HEADER, KNOWN, HIDDEN, other),
        (HEADER, KNOWN, HIDDEN, None),
        (HEADER, KNOWN, HIDDEN[::-1], prover_blind),
        (HEADER, KNOWN, HIDDEN[:2], prover_blind),
        (HEADER, KNOWN[::-1], HIDDEN, prover_blind),
        (HEADER, [*KNOWN, HIDDEN[0]], HIDDEN[1:], prover_blind),
        (b"", KNOWN, HIDDEN, prover_blind),
    ):
        with pytest.raises(SignatureError):
            blind.verify_blind_sign(pk, signature, *arguments, suite=SUITE)
        assert not blind.is_valid_blind_signature(pk, signature, *arguments, suite=SUITE)
    with pytest.raises(SignatureError):
        bbs.verify(pk, signature, HEADER, [*KNOWN, *HIDDEN], suite=SUITE)


def test_a_committed_message_cannot_be_shown_as_the_issuers(made):
    """The heart of L: what the issuer knew and what only the holder knew stay apart."""
    for changes in (
        {"messages": [HIDDEN[0]], "indexes": [1]},
        {"L": 3},
        {"L": 1, "messages": [], "indexes": []},
        {"L": 3, "messages": [KNOWN[1], HIDDEN[0]], "indexes": [1, 2], "committed": [], "committed_indexes": []},
        {"messages": [KNOWN[1], b"x"], "indexes": [1, 2]},
        {"committed": [HIDDEN[0]], "committed_indexes": [0]},
        {"committed": HIDDEN[:2][::-1]},
        {"committed_indexes": [1, 2]},
        {"committed_indexes": [0, 3]},
        {"committed_indexes": [-1, 0]},
        {"committed_indexes": [0]},
        {"L": -1},
        {"L": 10**9},
        {"L": True, "messages": [], "indexes": []},
        {"L": "2"},
    ):
        with pytest.raises((EncodingError, ProofError)):
            check(made, **changes)


WRONG = [None, 1, 1.5, "text", bytearray(b"octets"), object()]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
def test_raises_our_own_errors_for_values_of_another_type(made, wrong):
    sk, pk, commitment, prover_blind, signature, proof = made
    calls = [
        (blind.commit, [HIDDEN]),
        (blind.blind_sign, [sk, pk, commitment, HEADER, KNOWN]),
        (blind.verify_blind_sign, [pk, signature, HEADER, KNOWN, HIDDEN, prover_blind]),
        (blind.blind_proof_gen, [pk, signature, HEADER, PH, KNOWN, HIDDEN, [1], [0], prover_blind]),
        (blind.blind_proof_verify, [pk, proof, HEADER, PH, 2, [KNOWN[1]], HIDDEN[:2], [1], [0, 1]]),
    ]
    for function, arguments in calls:
        for i in range(len(arguments)):
            if wrong is None and function is blind.blind_proof_gen and i == 8:
                continue  # None means that nothing was committed to
            with pytest.raises(ZkError):
                function(*arguments[:i], wrong, *arguments[i + 1 :], suite=SUITE)


@engines
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_commitment_decoder_refuses_any_other_octets(made, engine, data):
    right = made[2]
    at = data.draw(st.integers(0, len(right)))
    octets = data.draw(
        st.binary(max_size=400)
        | st.builds(
            lambda part, to: right[:at] + part + right[to:], st.binary(max_size=40), st.integers(at, len(right))
        )
    )
    if octets == right:
        return
    with using(engine), pytest.raises((EncodingError, ProofError)):
        blind.deserialize_and_validate_commit(octets, suite=SUITE)
