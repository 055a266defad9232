"""Is a pseudonym one person's in one context, unlinkable elsewhere, and impossible to claim for anybody else?"""

import contextlib
import copy
import random
import threading
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.effort import grows_no_faster
from tests.zk.holder import CONTEXT, HEADER, MESSAGES, NYMS, flips, holder, nyms
from tests.zk.mocked_random import SEED, seeded_random_scalars
from zk.bbs import bbs, blind, core, pseudonym
from zk.bbs import proof as proof_room
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, MAX_MESSAGES, SUITES
from zk.bbs.core import MAX_OCTETS
from zk.bbs.curve import BACKENDS, R, backend, using
from zk.bbs.encoding import octets_to_scalar, scalar_to_octets
from zk.errors import EncodingError, ProofError, SignatureError, ZkError

SUITE = BLS12_381_SHA_256
IDENTITY = bytes([0xC0]) + bytes(47)
ORDER_THREE = bytes([0x80]) + bytes(47)

# Pseudonym draft, BLS12-381-SHA-256: "valid no committed messages commitment with proof", and the signature with
# neither messages nor committed messages; the pseudonym is that of its proofs' context.
DRAFT_NYM = bytes.fromhex("6830ea571e9fca0194d9ebd5c571369d8b81655afe0bbb9c6f5efe934f699418")
DRAFT_ENTROPY = bytes.fromhex("3d40961fce6c09eec24a371322732932503b458d7a4cf7891bdaa765b30027c5")
DRAFT_NYM_SECRET = bytes.fromhex("3183d923c36e56a823ea4ae0de4287ca87ff06e5785a57268b39a5fa0269bbdc")
DRAFT_CONTEXT = bytes.fromhex("bbb4750cdce6d2122bb4c4f039b6ad5a79f028eb448013a38636a95d63af360a")
DRAFT_PSEUDONYM = "b04bd002c85e31d2735ee2e6b36aea85147cbf197934f99ae26a7da73b98ebc34561848426aded0967e07fb333f79487"
DRAFT_BLIND = bytes.fromhex("3ba0a2583bc7229fa9f2ae3a6697091032947c3a48f302b7fd2b08ca9d193041")
DRAFT_SIGNATURE = bytes.fromhex(
    "aabc3014c598f3cd8fcc162950ff9aa9ac93c0877d33d1cc0b71b31964e3b109715d5af307e580b498b0ec8c0b8f8480"
    "28ba9d881be84bf405295f27f02131028498c50c4fa3f6bb93483bf676ef1f1c"
)
DRAFT_COMMITMENT = bytes.fromhex(
    "b989fc492e2047f602504eb3e236c0acb04224c77ad0d4cbd31c887b9eb05a1f27d7acfb266fe0ae062914bfa060984c"
    "5c2ac3247080eb71fefc7e9622ffae372425a699a298ba991a0bc5c6a3d92113"
    "47d0ce98d5c0550667269df1fb81f8fa30c07d4917c7c0786411ee5c05b00b9d"
    "501d3f8e244b860b7b11140cddc9787a3ab54ec7fd0a8950dae339f396f2641b"
)

engines = pytest.mark.parametrize("engine", BACKENDS)
suites = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name[18:25])


@pytest.fixture(scope="module")
def shown():
    """What a verifier sees of the shared holder."""
    return holder(SUITE).show()


@engines
def test_commitment_secret_and_pseudonym_are_the_drafts(engine):
    scalars = seeded_random_scalars(SEED, SUITE.api_id + b"COMMIT_MOCK_RANDOM_SCALARS_DST_", 3, suite=SUITE)
    with using(engine):
        made = pseudonym._commit_with_nym([DRAFT_NYM], [], suite=SUITE, random_scalars=scalars)
        assert made == (DRAFT_COMMITMENT, DRAFT_BLIND)
        sk = bytes.fromhex("60e55110f76883a13d030b2f6bd11883422d5abde717569fc0731f51237169fc")
        pk, header = bbs.sk_to_pk(sk), bytes.fromhex("11223344556677889900aabbccddeeff")
        signature = pseudonym.blind_sign_with_nym(
            sk, pk, DRAFT_COMMITMENT, 1, DRAFT_ENTROPY, header, [], suite=SUITE
        )  # fmt: skip
        assert signature == DRAFT_SIGNATURE
        nym_secrets = pseudonym.verify_finalize_with_nym(
            pk, signature, header, [], [], [DRAFT_NYM], DRAFT_ENTROPY, DRAFT_BLIND, suite=SUITE
        )
        assert nym_secrets == (DRAFT_NYM_SECRET,)
        assert pseudonym.calculate_pseudonym(nym_secrets, DRAFT_CONTEXT, suite=SUITE).hex() == DRAFT_PSEUDONYM


@suites
@pytest.mark.parametrize("count", [1, 2, NYMS, 16])
def test_a_proof_shows_the_calculated_pseudonym_and_verifies(suite, count):
    who = holder(suite, count=count)
    shown = who.show()
    assert shown.pseudonym == pseudonym.calculate_pseudonym(who.nym_secrets, CONTEXT, suite=suite)
    assert len(shown.proof) == 272 + 32 * (1 + count)
    shown.verify()
    hidden = who.show(indexes=())
    assert len(hidden.proof) == 272 + 32 * (len(MESSAGES) + 1 + count)
    hidden.verify()


def test_one_engine_verifies_what_the_other_made():
    who = holder(SUITE)
    for prover, reader in (BACKENDS, BACKENDS[::-1]):
        with using(prover):
            shown = who.show()
        with using(reader):
            shown.verify()


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_committed_messages_can_be_disclosed_beside_the_pseudonym(data):
    hidden = data.draw(st.lists(st.binary(max_size=20), max_size=3))
    known = data.draw(st.lists(st.binary(max_size=20), max_size=3))
    count = data.draw(st.integers(1, 3))
    who, secrets, entropy = holder(SUITE), nyms(count), scalar_to_octets(99)
    commitment, prover_blind = pseudonym.commit_with_nym(secrets, hidden, suite=SUITE)
    signature = pseudonym.blind_sign_with_nym(
        who.sk, who.pk, commitment, count, entropy, HEADER, known, suite=SUITE
    )  # fmt: skip
    nym_secrets = pseudonym.verify_finalize_with_nym(
        who.pk, signature, HEADER, known, hidden, secrets, entropy, prover_blind, suite=SUITE
    )
    indexes = [i for i in range(len(known)) if data.draw(st.booleans())]
    committed = [i for i in range(len(hidden)) if data.draw(st.booleans())]
    proof, nym = pseudonym.proof_gen_with_nym(
        who.pk, signature, HEADER, b"ph", nym_secrets, CONTEXT, known, hidden, indexes, committed, prover_blind,
        suite=SUITE,
    )  # fmt: skip
    arguments = (
        who.pk, proof, HEADER, b"ph", nym, CONTEXT, count, len(known),
        [known[i] for i in indexes], [hidden[i] for i in committed], indexes, committed,
    )  # fmt: skip
    assert pseudonym.is_valid_proof_with_nym(*arguments, suite=SUITE)
    for other in (count - 1, count + 1):
        assert not pseudonym.is_valid_proof_with_nym(*arguments[:6], other, *arguments[7:], suite=SUITE)


def test_the_pseudonym_is_constant_in_a_context_and_differs_between_contexts_suites_and_people():
    who = holder(SUITE)
    assert who.show().pseudonym == who.show(ph=b"other", indexes=()).pseudonym
    names = {
        who.show().pseudonym,
        who.show(context_id=b"").pseudonym,
        who.show(context_id=CONTEXT + b"\x00").pseudonym,
        holder(SUITE, count=5).show().pseudonym,
        holder(BLS12_381_SHAKE_256).show().pseudonym,
    }
    assert len(names) == 5


def test_two_proofs_share_no_octets_but_the_pseudonym():
    who = holder(SUITE)
    one, two = who.show(), who.show()
    seen = {one.proof[i : i + 8] for i in range(len(one.proof) - 7)}
    secret = who.signature + b"".join(who.nym_secrets) + who.prover_blind
    for octets in (two.proof, secret):
        assert not any(octets[i : i + 8] in seen for i in range(len(octets) - 7))
    assert one.pseudonym == two.pseudonym


def test_refuses_every_flipped_bit_of_proof_pseudonym_headers_context_message_and_key(shown):
    for _, changed in flips(shown.proof):
        with pytest.raises((EncodingError, ProofError)):
            shown.verify(proof=changed)
    for _, changed in flips(shown.pseudonym):
        with pytest.raises((EncodingError, ProofError)):
            shown.verify(pseudonym=changed)
    for _, changed in flips(shown.pk):
        with pytest.raises((EncodingError, ProofError)):
            shown.verify(pk=changed)
    for name in ("header", "ph", "context_id"):
        for _, changed in flips(getattr(shown, name)):
            with pytest.raises(ProofError):
                shown.verify(**{name: changed})
    for i, message in enumerate(shown.disclosed_messages):
        for _, changed in flips(message):
            messages = [*shown.disclosed_messages[:i], changed, *shown.disclosed_messages[i + 1 :]]
            with pytest.raises(ProofError):
                shown.verify(disclosed_messages=tuple(messages))


def test_the_reference_engine_refuses_a_sample_of_flipped_bits(shown):
    sample = random.Random(3)
    with using("py_ecc"):
        shown.verify()
        for name, count in (("proof", 10), ("pseudonym", 6), ("pk", 4), ("header", 2), ("ph", 2), ("context_id", 2)):
            for _, changed in sample.sample(list(flips(getattr(shown, name))), count):
                with pytest.raises((EncodingError, ProofError)):
                    shown.verify(**{name: changed})


@engines
@pytest.mark.parametrize(
    "point",
    [IDENTITY, ORDER_THREE, bytes([0xC0]) + b"\x01" * 47, bytes(48)],
    ids=["identity", "order 3", "junk", "zero"],
)
def test_refuses_a_bad_point_as_pseudonym_or_in_the_proof(shown, engine, point):
    with using(engine):
        with pytest.raises(EncodingError):
            shown.verify(pseudonym=point)
        for place in (0, 48, 96):
            with pytest.raises(EncodingError):
                shown.verify(proof=shown.proof[:place] + point + shown.proof[place + 48 :])


@engines
@pytest.mark.parametrize("scalar", [0, R, R + 1, (1 << 256) - 1], ids=["0", "r", "r+1", "most"])
def test_refuses_a_scalar_of_zero_or_r_or_above_anywhere(shown, engine, scalar):
    octets = scalar.to_bytes(32, "big")
    with using(engine):
        for place in range(144, len(shown.proof), 32):
            with pytest.raises(EncodingError):
                shown.verify(proof=shown.proof[:place] + octets + shown.proof[place + 32 :])


def test_refuses_truncated_extended_and_swapped_values(shown):
    other = holder(SUITE).show(context_id=b"elsewhere")
    for changes in (
        {"proof": shown.proof[:-1]},
        {"proof": shown.proof[:-32]},
        {"proof": shown.proof[:144] + shown.proof[176:]},
        {"proof": shown.proof + b"\x00"},
        {"proof": shown.proof + shown.proof[-32:]},
        {"proof": b""},
        {"proof": other.proof},
        {"pseudonym": other.pseudonym},
        {"proof": other.proof, "pseudonym": other.pseudonym},
        {"context_id": other.context_id},
        {"context_id": other.context_id, "pseudonym": other.pseudonym},
        {"header": shown.ph, "ph": shown.header},
        {"ph": shown.context_id, "context_id": shown.ph},
        {"disclosed_messages": shown.disclosed_messages[::-1]},
        {"pseudonym": shown.pseudonym[:-1]},
        {"pseudonym": shown.pseudonym + b"\x00"},
        {"pseudonym": b""},
    ):
        with pytest.raises((EncodingError, ProofError)):
            shown.verify(**changes)


def test_octets_cannot_be_shifted_between_header_presentation_header_and_context(shown):
    for changes in (
        {"ph": shown.ph + shown.context_id, "context_id": b""},
        {"ph": b"", "context_id": shown.ph + shown.context_id},
        {"header": shown.header + shown.ph, "ph": b""},
    ):
        with pytest.raises(ProofError):
            shown.verify(**changes)


def test_a_nym_secret_or_the_blinding_factor_can_never_be_disclosed(shown):
    """Neither by an index beyond the messages, nor by a smaller N that would make a nym secret a message."""
    for changes in (
        {"length_nym_vector": NYMS - 1},
        {"length_nym_vector": NYMS + 1},
        {"length_nym_vector": 0},
        {"length_nym_vector": -1},
        {"length_nym_vector": 10**6},
        {"L": len(MESSAGES) - 1},
        {"L": len(MESSAGES) + 1},
        {"L": 0, "disclosed_messages": (), "disclosed_indexes": ()},
        {"disclosed_indexes": (0, 1, 2, 3, 5)},
        {"disclosed_indexes": (0, 1, 2, 3, 9)},
        {"disclosed_committed_messages": (b"x",), "disclosed_committed_indexes": (0,)},
        {"disclosed_committed_messages": (b"x",), "disclosed_committed_indexes": (NYMS,)},
        {"length_nym_vector": 1, "disclosed_committed_messages": (b"x",), "disclosed_committed_indexes": (0,)},
    ):
        with pytest.raises((EncodingError, ProofError)):
            shown.verify(**changes)
    who = holder(SUITE)
    for indexes, committed in (((5,), ()), ((), (0,)), ((), (NYMS - 1,)), ((-1,), ())):
        with pytest.raises(EncodingError):
            pseudonym.proof_gen_with_nym(
                who.pk, who.signature, HEADER, b"", who.nym_secrets, CONTEXT, MESSAGES, (), indexes, committed,
                who.prover_blind, suite=SUITE,
            )  # fmt: skip


def test_a_holder_cannot_show_another_pseudonym_than_the_signed_secrets_give():
    """With other nym secrets the pairing fails; with another pseudonym alone the challenge does."""
    who = holder(SUITE)
    liar = replace(who, nym_secrets=(who.nym_secrets[1], who.nym_secrets[0], *who.nym_secrets[2:]))
    lie = liar.show()
    assert lie.pseudonym != who.show().pseudonym
    with pytest.raises(ProofError, match="signature of this key"):
        lie.verify()
    shorter = replace(who, nym_secrets=who.nym_secrets[:-1])
    with pytest.raises(ZkError):
        shorter.show().verify()
    with pytest.raises((EncodingError, ProofError)):
        shorter.show().verify(length_nym_vector=NYMS)


def test_nym_secrets_with_the_same_value_at_one_context_are_not_the_signed_ones():
    """The pseudonym is a polynomial's value: other coefficients can meet it at one context, and must not pass."""
    who = holder(SUITE)
    _, z = pseudonym._context(CONTEXT, SUITE)
    first, second, *rest = (octets_to_scalar(nym) for nym in who.nym_secrets)
    forged = tuple(scalar_to_octets(k) for k in ((first - z) % R, (second + 1) % R, *rest))
    assert pseudonym.calculate_pseudonym(forged, CONTEXT, suite=SUITE) == who.show().pseudonym
    liar = replace(who, nym_secrets=forged)
    with pytest.raises(ProofError, match="signature of this key"):
        liar.show().verify()


def test_a_holder_cannot_lend_a_pseudonym_to_anothers_credential():
    """Bob proves with his credential, but with Alice's nym secrets for the pseudonym's half."""
    alice, bob = holder(SUITE, count=NYMS), holder(SUITE, count=NYMS, key=b"b" * 32)
    for prover, key in ((replace(bob, nym_secrets=alice.nym_secrets[::-1]), bob.pk), (alice, bob.pk)):
        with pytest.raises(ProofError):
            prover.show().verify(pk=key)


def test_refuses_a_commitment_with_fewer_scalars_than_nyms():
    who = holder(SUITE)
    commitment, _ = pseudonym.commit_with_nym(nyms(3), (), suite=SUITE)
    for count in (0, -1, 4, 1 << 40, True, None, "3"):
        with pytest.raises(EncodingError):
            pseudonym.blind_sign_with_nym(
                who.sk, who.pk, commitment, count, nyms(1)[0], HEADER, MESSAGES, suite=SUITE
            )  # fmt: skip


def test_n_is_bound_into_the_signature():
    who, secrets = holder(SUITE), nyms(3)
    commitment, prover_blind = pseudonym.commit_with_nym(secrets, (), suite=SUITE)
    for count in (1, 2):
        signature = pseudonym.blind_sign_with_nym(
            who.sk, who.pk, commitment, count, nyms(1)[0], HEADER, MESSAGES, suite=SUITE
        )  # fmt: skip
        with pytest.raises(SignatureError):
            pseudonym.verify_finalize_with_nym(
                who.pk, signature, HEADER, MESSAGES, (), secrets, nyms(1)[0], prover_blind, suite=SUITE
            )


def test_the_signers_entropy_changes_the_secrets_and_cannot_be_swapped():
    who, secrets = holder(SUITE), nyms(NYMS)
    commitment, prover_blind = pseudonym.commit_with_nym(secrets, (), suite=SUITE)
    one, two = scalar_to_octets(11), scalar_to_octets(12)
    signature = pseudonym.blind_sign_with_nym(who.sk, who.pk, commitment, NYMS, one, HEADER, MESSAGES, suite=SUITE)
    finalize = (who.pk, signature, HEADER, MESSAGES, ())
    made = pseudonym.verify_finalize_with_nym(*finalize, secrets, one, prover_blind, suite=SUITE)
    assert made[:-1] == tuple(secrets[:-1])
    assert made[-1] != secrets[-1]
    for nym_values, entropy, factor in (
        (secrets, two, prover_blind),
        (secrets[::-1], one, prover_blind),
        (secrets[:-1], one, prover_blind),
        (secrets, one, scalar_to_octets(5)),
    ):
        with pytest.raises(SignatureError):
            pseudonym.verify_finalize_with_nym(*finalize, nym_values, entropy, factor, suite=SUITE)
    for entropy in (bytes(32), R.to_bytes(32, "big"), b"", None):
        with pytest.raises(EncodingError):
            pseudonym.blind_sign_with_nym(who.sk, who.pk, commitment, NYMS, entropy, HEADER, MESSAGES, suite=SUITE)


def test_refuses_every_flipped_bit_of_a_commitment():
    who = holder(SUITE)
    commitment, _ = pseudonym.commit_with_nym(nyms(2), (), suite=SUITE)
    for _, changed in flips(commitment):
        with pytest.raises((EncodingError, ProofError)):
            pseudonym.blind_sign_with_nym(who.sk, who.pk, changed, 2, nyms(1)[0], HEADER, MESSAGES, suite=SUITE)
    plain, _ = blind.commit([b"a", b"b"], suite=SUITE)
    with pytest.raises(ProofError):
        pseudonym.blind_sign_with_nym(who.sk, who.pk, plain, 2, nyms(1)[0], HEADER, MESSAGES, suite=SUITE)


def test_refuses_nyms_that_are_no_scalars():
    for bad in ([], [bytes(32)], [b"\xff" * 32], [b"\x01" * 31], b"\x01" * 32, None, [None], [5]):
        with pytest.raises(EncodingError):
            pseudonym.commit_with_nym(bad, (), suite=SUITE)
        with pytest.raises(EncodingError):
            pseudonym.calculate_pseudonym(bad, CONTEXT, suite=SUITE)


def test_refuses_nym_secrets_that_give_the_identity():
    _, z = pseudonym._context(CONTEXT, SUITE)
    zero = [scalar_to_octets(R - z), scalar_to_octets(1)]
    with pytest.raises(EncodingError, match="identity"):
        pseudonym.calculate_pseudonym(zero, CONTEXT, suite=SUITE)


class TestBatches:
    """`prepare_verify` and `check_pairings`."""

    @engines
    def test_a_batch_of_right_proofs_passes(self, engine):
        others = [holder(SUITE).show(context_id=b"c%d" % i) for i in range(2)]
        with using(engine):
            pseudonym.check_pairings([shown.prepare() for shown in others])

    def test_a_batch_of_many_issuers_and_both_suites_passes(self):
        people = [holder(suite, count=2, key=bytes([i]) * 32) for i in range(4) for suite in SUITES]
        pseudonym.check_pairings([who.show().prepare() for who in people for _ in range(3)])

    def test_one_bad_proof_anywhere_fails_the_batch(self):
        who = holder(SUITE)
        liar = replace(who, nym_secrets=who.nym_secrets[::-1])
        good, bad = who.show().prepare(), liar.show().prepare()
        for terms in ([bad], [bad, good], [good, bad], [good] * 20 + [bad], [bad, bad]):
            with pytest.raises(ProofError, match="signature of"):
                pseudonym.check_pairings(terms)
        pseudonym.check_pairings([good] * 5)

    def test_errors_that_cancel_out_in_a_plain_sum_are_found(self):
        """Without coefficients, one proof's error could be the negative of another's."""
        curve = backend()
        term = holder(SUITE).show().prepare()
        error = curve.hash_to_curve_g1(b"error", b"test", SUITE.expand_message)
        plus = replace(term, Bbar=curve.add(term.Bbar, error))
        minus = replace(term, Bbar=curve.sub(term.Bbar, error))
        for _ in range(5):
            with pytest.raises(ProofError):
                pseudonym.check_pairings([plus, minus])

    def test_a_term_under_another_key_fails(self):
        term = holder(SUITE).show().prepare()
        other = holder(SUITE, key=b"b" * 32)
        with pytest.raises(ProofError):
            pseudonym.check_pairings([term, replace(term, pk=other.pk)])

    def test_coefficients_are_drawn_anew_for_each_check(self, monkeypatch):
        drawn = []
        real = core.secrets.randbelow
        terms = [holder(SUITE).show().prepare() for _ in range(3)]
        monkeypatch.setattr(core.secrets, "randbelow", lambda bound: drawn.append(real(bound)) or drawn[-1])
        pseudonym.check_pairings(terms)
        pseudonym.check_pairings(terms)
        assert len(drawn) == len(set(drawn)) == 6
        assert min(drawn) > 1 << 64  # with probability 1 - 2^-61

    def test_refuses_an_empty_batch(self):
        with pytest.raises(EncodingError, match="at least one"):
            pseudonym.check_pairings([])

    def test_preparing_finds_what_is_not_about_the_signature(self, shown):
        for changes in ({"ph": b"x"}, {"context_id": b"x"}, {"disclosed_messages": (b"x",) * 5}):
            with pytest.raises(ProofError):
                shown.prepare(**changes)

    def test_a_term_cannot_be_changed(self, shown):
        term = shown.prepare()
        with pytest.raises(AttributeError):
            term.pk = b""
        assert "Abar" not in repr(term)


WRONG = [None, 1.5, "text", bytearray(b"octets"), [b"a"], object()]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
def test_raises_our_own_errors_for_values_of_another_type(shown, wrong):
    who = holder(SUITE)
    commitment, prover_blind = pseudonym.commit_with_nym(nyms(2), (), suite=SUITE)
    calls = [
        (pseudonym.proof_verify_with_nym, list(shown.arguments())),
        (
            pseudonym.proof_gen_with_nym,
            [who.pk, who.signature, HEADER, b"", who.nym_secrets, CONTEXT, MESSAGES, (), (), (), who.prover_blind],
        ),
        (pseudonym.blind_sign_with_nym, [who.sk, who.pk, commitment, 2, nyms(1)[0], HEADER, MESSAGES]),
        (
            pseudonym.verify_finalize_with_nym,
            [who.pk, who.signature, HEADER, MESSAGES, (), nyms(NYMS), nyms(1)[0], prover_blind],
        ),
        (pseudonym.commit_with_nym, [nyms(2), ()]),
        (pseudonym.calculate_pseudonym, [who.nym_secrets, CONTEXT]),
    ]
    for function, arguments in calls:
        for i, argument in enumerate(arguments):
            if isinstance(wrong, list) and isinstance(argument, list | tuple):
                continue
            with pytest.raises(ZkError):
                function(*arguments[:i], wrong, *arguments[i + 1 :], suite=SUITE)


def test_a_missing_blinding_factor_is_no_zero():
    """Blind BBS allows "nothing was committed to"; here something always was."""
    who = holder(SUITE)
    with pytest.raises(EncodingError):
        replace(who, prover_blind=None).show()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_other_octets_for_proof_or_pseudonym_are_refused(shown, data):
    name = data.draw(st.sampled_from(["proof", "pseudonym"]))
    right = getattr(shown, name)
    at = data.draw(st.integers(0, len(right)))
    octets = data.draw(
        st.binary(max_size=600)
        | st.builds(
            lambda part, to: right[:at] + part + right[to:], st.binary(max_size=64), st.integers(at, len(right))
        )
    )
    if octets == right:
        return
    with pytest.raises((EncodingError, ProofError)):
        shown.verify(**{name: octets})


def hostile(shown):
    """Inputs made to be expensive, by name."""
    scalars, one = shown.proof[144:176], b"\x00" * 31 + b"\x01"
    most = MAX_MESSAGES - len(MESSAGES)
    return {
        "as many hidden scalars as are allowed": {"proof": shown.proof[:144] + scalars * (4 + most)},
        "one more than that": {"proof": shown.proof[:144] + scalars * (5 + most)},
        "ones": {"proof": shown.proof[:144] + one * (4 + most)},
        "a megabyte of proof": {"proof": shown.proof[:144] + scalars * 32768},
        "the longest header": {"header": b"x" * MAX_OCTETS},
        "the longest presentation header": {"ph": b"x" * MAX_OCTETS},
        "the longest context": {"context_id": b"x" * MAX_OCTETS},
        "a context over the bound": {"context_id": b"x" * (64 * MAX_OCTETS)},
        "the longest messages": {"disclosed_messages": (b"x" * MAX_OCTETS,) * 5},
        "as many nyms as are allowed": {"length_nym_vector": MAX_MESSAGES},
        "more nyms than that": {"length_nym_vector": 1 << 62},
        "as large an L as is allowed": {"L": MAX_MESSAGES},
        "a huge L": {"L": 1 << 62},
        "a million indexes": {"disclosed_indexes": tuple(range(1_000_000))},
        "a million messages": {"disclosed_messages": (b"",) * 1_000_000},
        "points of order three": {"proof": ORDER_THREE * 3 + shown.proof[144:]},
        "a proof of another pseudonym": {"pseudonym": shown.proof[:48]},
    }


@suites
def test_no_input_takes_ten_times_an_honest_verification(suite):
    shown = holder(suite).show()
    attacks = hostile(shown)
    for changes in attacks.values():  # generators are hashed once per process, which is not what is measured here
        with pytest.raises(ZkError):
            shown.verify(**changes)

    def verify(changes):
        with contextlib.suppress(ZkError):
            shown.verify(**changes)

    for name, changes in attacks.items():
        assert grows_no_faster(shown.verify, partial(verify, changes), factor=10, spare=0.02), name


def test_a_batch_is_the_same_from_any_thread():
    results = []

    def work():
        shown = holder(SUITE).show()
        pseudonym.check_pairings([shown.prepare(), shown.prepare()])
        results.append(shown.pseudonym)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


def test_caches_hold_nothing_secret():
    """What the caches keep between calls is keyed by public values alone."""
    who = holder(SUITE)
    keys = []
    original = proof_room._compute_disclosed_part
    cached = proof_room._cached_disclosed_part
    proof_room._cached_disclosed_part = lambda *arguments: (keys.append(arguments), original(*arguments))[1]
    try:
        shown = who.show(indexes=(0, 1))
        shown.verify()
    finally:
        proof_room._cached_disclosed_part = cached
    secrets = {octets_to_scalar(octets) for octets in (*who.nym_secrets, who.prover_blind)}
    hidden = bbs.messages_to_scalars(MESSAGES[2:], SUITE.pseudonym_api_id, suite=SUITE)
    assert len(keys) == 2
    assert keys[0] == keys[1]  # the prover's key is the verifier's
    for arguments in keys:
        assert not (secrets | set(hidden)) & set(copy.copy(arguments[-1]))
