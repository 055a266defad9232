"""Does core BBS sign, prove and verify as the draft says, and refuse everything else?"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zk.holder import flips
from tests.zk.mocked_random import SEED, seeded_random_scalars
from zk.bbs import bbs, core
from zk.bbs import proof as proof_room
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, MAX_MESSAGES, SUITES
from zk.bbs.core import MAX_MESSAGE_OCTETS, MAX_OCTETS
from zk.bbs.curve import BACKENDS, R, backend, using
from zk.bbs.proof import PROOF_FLOOR
from zk.errors import EncodingError, ProofError, SignatureError, ZkError

IDENTITY = bytes([0xC0]) + bytes(47)
ORDER_THREE = bytes([0x80]) + bytes(47)  # (0, 2): on the curve, of order 3
HEADER = b"header"
PH = b"presentation header"
MESSAGES = [b"one", b"two", b"", b"four"]
SHOWN = [0, 2]

# BBS draft, BLS12-381-SHA-256 and -SHAKE-256 test vectors: key pair, "Valid Multi-Message Signature", and for the
# first "Valid Multi-Message, Some Messages Disclosed Proof".
KEY_MATERIAL = b"this-IS-just-an-Test-IKM-to-generate-$e(r@t#-key"
KEY_INFO = b"this-IS-some-key-metadata-to-be-used-in-test-key-gen"
DRAFT_HEADER = bytes.fromhex("11223344556677889900aabbccddeeff")
DRAFT_PH = bytes.fromhex("bed231d880675ed101ead304512e043ade9958dd0241ea70b4b3957fba941501")
DRAFT_MESSAGES = [
    bytes.fromhex(text)
    for text in (
        "9872ad089e452c7b6e283dfac2a80d58e8d0ff71cc4d5e310a1debdda4a45f02",
        "c344136d9ab02da4dd5908bbba913ae6f58c2cc844b802a6f811f5fb075f9b80",
        "7372e9daa5ed31e6cd5c825eac1b855e84476a1d94932aa348e07b73",
        "77fe97eb97a1ebe2e81e4e3597a3ee740a66e9ef2412472c",
        "496694774c5604ab1b2544eababcf0f53278ff50",
        "515ae153e22aae04ad16f759e07237b4",
        "d183ddc6e2665aa4e2f088af",
        "ac55fb33a75909ed",
        "96012096",
        "",
    )
]
DRAFT = {
    BLS12_381_SHA_256: (
        "60e55110f76883a13d030b2f6bd11883422d5abde717569fc0731f51237169fc",
        "a820f230f6ae38503b86c70dc50b61c58a77e45c39ab25c0652bbaa8fa136f2851bd4781c9dcde39fc9d1d52c9e60268"
        "061e7d7632171d91aa8d460acee0e96f1e7c4cfb12d3ff9ab5d5dc91c277db75c845d649ef3c4f63aebc364cd55ded0c",
        "8339b285a4acd89dec7777c09543a43e3cc60684b0a6f8ab335da4825c96e1463e28f8c5f4fd0641d19cec5920d3a8ff"
        "4bedb6c9691454597bbd298288abed3632078557b2ace7d44caed846e1a0a1e8",
    ),
    BLS12_381_SHAKE_256: (
        "2eee0f60a8a3a8bec0ee942bfd46cbdae9a0738ee68f5a64e7238311cf09a079",
        "92d37d1d6cd38fea3a873953333eab23a4c0377e3e049974eb62bd45949cdeb18fb0490edcd4429adff56e65cbce42cf"
        "188b31bddbd619e419b99c2c41b38179eb001963bc3decaae0d9f702c7a8c004f207f46c734a5eae2e8e82833f3e7ea5",
        "956a3427b1b8e3642e60e6a7990b67626811adeec7a0a6cb4f770cdd7c20cf08faabb913ac94d18e1e92832e924cb6e2"
        "02912b624261fc6c59b0fea801547f67fb7d3253e1e2acbcf90ef59a6911931e",
    ),
}
DRAFT_PROOF = (
    "a2ed608e8e12ed21abc2bf154e462d744a367c7f1f969bdbf784a2a134c7db2d340394223a5397a3011b1c340ebc4151"
    "99462ba6f31106d8a6da8b513b37a47afe93c9b3474d0d7a354b2edc1b88818b063332df774c141f7a07c48fe50d452f"
    "897739228c88afc797916dca01e8f03bd9c5375c7a7c59996e514bb952a436afd24457658acbaba5ddac2e693ac48135"
    "6918cd38025d86b28650e909defe9604a7259f44386b861608be742af7775a2e"
    "71a6070e5836f5f54dc43c60096834a5b6da295bf8f081f72b7cdf7f3b4347fb"
    "3ff19edaa9e74055c8ba46dbcb7594fb2b06633bb5324192eb9be91be0d33e45"
    "3b4d3127459de59a5e2193c900816f049a02cb9127dac894418105fa1641d5a2"
    "06ec9c42177af9316f433417441478276ca0303da8f941bf2e0222a43251cf5c"
    "2bf6eac1961890aa740534e519c1767e1223392a3a286b0f4d91f7f25217a786"
    "2b8fcc1810cdcfddde2a01c80fcc90b632585fec12dc4ae8fea1918e9ddeb941"
    "4623a457e88f53f545841f9d5dcb1f8e160d1560770aa79d65e2eca8edeaecb7"
    "3fb7e995608b820c4a64de6313a370ba05dc25ed7c1d185192084963652f2870"
    "341bdaa4b1a37f8c06348f38a4f80c5a2650a21d59f09e8305dcd3fc3ac30e2a"
)

suites = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name[18:25])
engines = pytest.mark.parametrize("engine", BACKENDS)


@pytest.fixture(scope="module")
def made():
    """Key pair, signature and proof of the SHA-256 suite."""
    suite = BLS12_381_SHA_256
    sk = bbs.key_gen(b"s" * 32, suite=suite)
    pk = bbs.sk_to_pk(sk)
    signature = bbs.sign(sk, pk, HEADER, MESSAGES, suite=suite)
    proof = bbs.proof_gen(pk, signature, HEADER, PH, MESSAGES, SHOWN, suite=suite)
    return sk, pk, signature, proof


def check(made, **changes):
    """Verify the fixture's proof with some values changed."""
    _, pk, _, proof = made
    values = {
        "pk": pk, "proof": proof, "header": HEADER, "ph": PH,
        "messages": [MESSAGES[i] for i in SHOWN], "indexes": SHOWN, **changes,
    }  # fmt: skip
    bbs.proof_verify(*values.values(), suite=BLS12_381_SHA_256)


@engines
@suites
def test_keys_and_signatures_are_the_drafts(engine, suite):
    secret, public, signature = (bytes.fromhex(text) for text in DRAFT[suite])
    with using(engine):
        assert bbs.key_gen(KEY_MATERIAL, KEY_INFO, suite=suite, key_dst=suite.api_id + b"KEYGEN_DST_") == secret
        assert bbs.sk_to_pk(secret) == public
        assert bbs.sign(secret, public, DRAFT_HEADER, DRAFT_MESSAGES, suite=suite) == signature
        bbs.verify(public, signature, DRAFT_HEADER, DRAFT_MESSAGES, suite=suite)


@engines
def test_the_proof_under_the_mocked_generator_is_the_drafts(engine):
    suite = BLS12_381_SHA_256
    _, public, signature = (bytes.fromhex(text) for text in DRAFT[suite])
    scalars = seeded_random_scalars(SEED, suite.api_id + b"MOCK_RANDOM_SCALARS_DST_", 11, suite=suite)
    shown = [0, 2, 4, 6]
    with using(engine):
        proof = bbs._proof_gen(
            public, signature, DRAFT_HEADER, DRAFT_PH, DRAFT_MESSAGES, shown, suite=suite, random_scalars=scalars
        )
        assert proof.hex() == DRAFT_PROOF
        bbs.proof_verify(public, proof, DRAFT_HEADER, DRAFT_PH, [DRAFT_MESSAGES[i] for i in shown], shown, suite=suite)


@pytest.mark.parametrize("count", [1, 5, 10, 12])
def test_a_proof_is_begun_with_as_many_random_scalars_as_it_hides(count):
    suite = BLS12_381_SHA_256
    _, public, signature = (bytes.fromhex(text) for text in DRAFT[suite])
    scalars = seeded_random_scalars(SEED, suite.api_id + b"MOCK_RANDOM_SCALARS_DST_", count, suite=suite)
    with pytest.raises(EncodingError, match=f"random scalars: expected 11, got {count}"):
        bbs._proof_gen(
            public, signature, DRAFT_HEADER, DRAFT_PH, DRAFT_MESSAGES, [0, 2, 4, 6], suite=suite, random_scalars=scalars
        )


@pytest.mark.parametrize("count", [len(DRAFT_MESSAGES) - 1, len(DRAFT_MESSAGES) + 1])
def test_a_proof_is_begun_with_as_many_messages_as_generators(count):
    suite = BLS12_381_SHA_256
    _, public, signature = (bytes.fromhex(text) for text in DRAFT[suite])
    generators = bbs.prepare_generators(len(DRAFT_MESSAGES), 0, suite.api_id, suite=suite)
    with pytest.raises(EncodingError, match=f"messages: expected {len(DRAFT_MESSAGES)}, got {count}"):
        proof_room.proof_init(
            public, core.octets_to_signature(signature), generators, DRAFT_HEADER, [1] * count, [0],
            random_scalars=[1] * (count + 4),
        )  # fmt: skip


@suites
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_choice_of_messages_can_be_disclosed(suite, data):
    messages = data.draw(st.lists(st.binary(max_size=40), max_size=6))
    shown = [i for i in range(len(messages)) if data.draw(st.booleans())]
    header, ph = data.draw(st.binary(max_size=40)), data.draw(st.binary(max_size=40))
    sk = bbs.key_gen(data.draw(st.binary(min_size=32, max_size=40)), suite=suite)
    pk = bbs.sk_to_pk(sk)
    signature = bbs.sign(sk, pk, header, messages, suite=suite)
    assert bbs.is_valid(pk, signature, header, messages, suite=suite)
    proof = bbs.proof_gen(pk, signature, header, ph, messages, shown, suite=suite)
    assert len(proof) == PROOF_FLOOR + 32 * (len(messages) - len(shown))
    disclosed = [messages[i] for i in shown]
    assert bbs.is_valid_proof(pk, proof, header, ph, disclosed, shown, suite=suite)
    assert not bbs.is_valid_proof(pk, proof, header, ph + b"x", disclosed, shown, suite=suite)
    assert not bbs.is_valid_proof(pk, proof, header + b"x", ph, disclosed, shown, suite=suite)


def test_one_engine_verifies_what_the_other_made(made):
    _, pk, signature, _ = made
    for maker, reader in (BACKENDS, BACKENDS[::-1]):
        with using(maker):
            proof = bbs.proof_gen(pk, signature, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
        with using(reader):
            check(made, proof=proof)


def test_two_proofs_share_no_octets(made):
    _, pk, signature, first = made
    second = bbs.proof_gen(pk, signature, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
    windows = {first[i : i + 8] for i in range(len(first) - 7)}
    assert not any(second[i : i + 8] in windows for i in range(len(second) - 7))
    assert not any(signature[i : i + 8] in windows for i in range(len(signature) - 7))


def test_refuses_every_flipped_bit_of_proof_header_message_and_key(made):
    _, pk, _, proof = made
    for _, changed in flips(proof):
        with pytest.raises((EncodingError, ProofError)):
            check(made, proof=changed)
    for _, changed in flips(pk):
        with pytest.raises((EncodingError, ProofError)):
            check(made, pk=changed)
    for name, value in (("header", HEADER), ("ph", PH)):
        for _, changed in flips(value):
            with pytest.raises(ProofError):
                check(made, **{name: changed})
    for _, changed in flips(MESSAGES[0]):
        with pytest.raises(ProofError):
            check(made, messages=[changed, MESSAGES[2]])


def test_refuses_every_flipped_bit_of_a_signature(made):
    _, pk, signature, _ = made
    for _, changed in flips(signature):
        with pytest.raises((EncodingError, SignatureError)):
            bbs.verify(pk, changed, HEADER, MESSAGES, suite=BLS12_381_SHA_256)


def test_the_reference_engine_refuses_a_sample_of_flipped_bits(made):
    _, pk, signature, proof = made
    sample = random.Random(7)
    with using("py_ecc"):
        for octets, call in (
            (proof, lambda changed: check(made, proof=changed)),
            (pk, lambda changed: check(made, pk=changed)),
            (signature, lambda changed: bbs.verify(pk, changed, HEADER, MESSAGES, suite=BLS12_381_SHA_256)),
        ):
            for _, changed in sample.sample(list(flips(octets)), 8):
                with pytest.raises((EncodingError, ProofError, SignatureError)):
                    call(changed)


def replaced(octets, at, part):
    return octets[:at] + part + octets[at + len(part) :]


@engines
@pytest.mark.parametrize("place", [0, 48, 96], ids=["Abar", "Bbar", "D"])
@pytest.mark.parametrize(
    "point",
    [IDENTITY, ORDER_THREE, bytes([0xC0]) + b"\x01" * 47, bytes(48)],
    ids=["identity", "order 3", "junk", "zero"],
)
def test_refuses_a_bad_point_in_a_proof(made, engine, place, point):
    with using(engine), pytest.raises(EncodingError):
        check(made, proof=replaced(made[3], place, point))


@engines
@pytest.mark.parametrize("scalar", [0, R, R + 1, (1 << 256) - 1], ids=["0", "r", "r+1", "most"])
def test_refuses_a_scalar_of_zero_or_r_or_above_anywhere(made, engine, scalar):
    octets = scalar.to_bytes(32, "big")
    with using(engine):
        for place in range(144, len(made[3]), 32):
            with pytest.raises(EncodingError):
                check(made, proof=replaced(made[3], place, octets))
        with pytest.raises(EncodingError):
            bbs.verify(made[1], replaced(made[2], 48, octets), HEADER, MESSAGES, suite=BLS12_381_SHA_256)
        with pytest.raises(EncodingError):
            bbs.sk_to_pk(octets)


def test_a_scalar_plus_r_is_not_the_same_scalar(made):
    """2^256 - r leaves room for s + r: a second form of the same proof, refused."""
    proof = made[3]
    changed = 0
    for place in range(144, len(proof), 32):
        larger = int.from_bytes(proof[place : place + 32], "big") + R
        if larger < 1 << 256:
            changed += 1
            with pytest.raises(EncodingError):
                check(made, proof=replaced(proof, place, larger.to_bytes(32, "big")))
    assert changed


def test_refuses_truncated_extended_and_swapped_parts(made):
    proof = made[3]
    for changed in (
        proof[:-1], proof[:-32], proof[1:], proof[:143], proof[:PROOF_FLOOR - 1], b"",
        proof + b"\x00", proof + proof[-32:], proof[:144] + proof[176:], proof * 2,
        proof[48:96] + proof[:48] + proof[96:],
        proof[:144] + proof[176:208] + proof[144:176] + proof[208:],
    ):  # fmt: skip
        with pytest.raises((EncodingError, ProofError)):
            check(made, proof=changed)


def test_refuses_the_same_messages_in_another_place_or_order(made):
    shown = [MESSAGES[i] for i in SHOWN]
    for changes in (
        {"messages": shown[::-1]},
        {"indexes": [0, 1]},
        {"indexes": [1, 3]},
        {"indexes": [2, 0], "messages": shown[::-1]},
        {"indexes": [0, 0]},
        {"indexes": [0, 4]},
        {"indexes": [-1, 2]},
        {"indexes": [0]},
        {"messages": shown[:1]},
        {"messages": [*shown, b"four"]},
        {"messages": [*shown, b"four"], "indexes": [0, 2, 3]},
        {"messages": [], "indexes": []},
        {"indexes": [0, 1 << 70]},
        {"indexes": [False, 2]},
        {"indexes": ["0", 2]},
        {"indexes": [0.0, 2]},
        {"indexes": None},
        {"indexes": b"\x00\x02"},
    ):
        with pytest.raises((EncodingError, ProofError)):
            check(made, **changes)


def test_refuses_a_proof_under_another_suite_key_or_signature(made):
    sk, pk, signature, proof = made
    with pytest.raises(ProofError):
        bbs.proof_verify(pk, proof, HEADER, PH, [b"one", b""], SHOWN, suite=BLS12_381_SHAKE_256)
    other = bbs.sk_to_pk(bbs.key_gen(b"o" * 32, suite=BLS12_381_SHA_256))
    with pytest.raises(ProofError):
        check(made, pk=other)
    with pytest.raises(SignatureError):
        bbs.verify(other, signature, HEADER, MESSAGES, suite=BLS12_381_SHA_256)
    forged = bbs.proof_gen(other, signature, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
    with pytest.raises(ProofError, match="signature of this key"):
        check(made, pk=other, proof=forged)
    foreign = bbs.sign(sk, pk, HEADER, [b"x", *MESSAGES[1:]], suite=BLS12_381_SHA_256)
    lie = bbs.proof_gen(pk, foreign, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
    with pytest.raises(ProofError, match="signature of this key"):
        check(made, proof=lie)


def test_a_signature_says_nothing_about_other_messages_or_header(made):
    _, pk, signature, _ = made
    for header, messages in (
        (HEADER, MESSAGES[:-1]),
        (HEADER, [*MESSAGES, b""]),
        (HEADER, MESSAGES[::-1]),
        (HEADER, [b"onetwo", b"", b"", b"four"]),
        (b"", MESSAGES),
        (HEADER + b"\x00", MESSAGES),
    ):
        with pytest.raises(SignatureError):
            bbs.verify(pk, signature, header, messages, suite=BLS12_381_SHA_256)


def test_key_material_and_info_have_their_lengths():
    suite = BLS12_381_SHA_256
    keys = {
        bbs.key_gen(b"m" * 32, suite=suite),
        bbs.key_gen(b"m" * 33, suite=suite),
        bbs.key_gen(b"m" * 32, b"m", suite=suite),
        bbs.key_gen(b"m" * 32, b"i" * 65535, suite=suite),
        bbs.key_gen(b"m" * 32, suite=BLS12_381_SHAKE_256),
        bbs.key_gen(b"m" * 32, suite=suite, key_dst=b"other"),
    }
    assert len(keys) == 6
    for material, info, dst in (
        (b"m" * 31, b"", None),
        (b"m" * 32, b"i" * 65536, None),
        (b"m" * 65536, b"", None),
        (b"m" * 32, b"", b"t" * 256),
        ("m" * 32, b"", None),
        (b"m" * 32, None, None),
    ):
        with pytest.raises(EncodingError):
            bbs.key_gen(material, info, suite=suite, key_dst=dst)


WRONG = [None, 1, 1.5, "text", bytearray(b"octets"), memoryview(b"octets"), [b"a"], object()]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
def test_raises_our_own_errors_for_values_of_another_type(made, wrong):
    sk, pk, signature, proof = made
    suite = BLS12_381_SHA_256
    calls = [
        (bbs.sign, [sk, pk, HEADER, MESSAGES]),
        (bbs.verify, [pk, signature, HEADER, MESSAGES]),
        (bbs.proof_gen, [pk, signature, HEADER, PH, MESSAGES, SHOWN]),
        (bbs.proof_verify, [pk, proof, HEADER, PH, [MESSAGES[i] for i in SHOWN], SHOWN]),
    ]
    for function, arguments in calls:
        for i, argument in enumerate(arguments):
            if isinstance(argument, list) and isinstance(wrong, list):
                continue  # a list of octets is what it should be
            with pytest.raises(ZkError):
                function(*arguments[:i], wrong, *arguments[i + 1 :], suite=suite)
    with pytest.raises(ZkError):
        bbs.sign(sk, pk, HEADER, [b"a", wrong], suite=suite)
    assert not bbs.is_valid(pk, wrong, HEADER, MESSAGES, suite=suite)
    assert not bbs.is_valid_proof(pk, wrong, HEADER, PH, [], [], suite=suite)


def test_bounds_messages_and_octets(made):
    sk, pk, signature, proof = made
    suite = BLS12_381_SHA_256
    for header, messages in (
        (HEADER, [b""] * (MAX_MESSAGES + 1)),
        (HEADER, [b"x" * (MAX_OCTETS + 1)]),
        (HEADER, [b"x" * MAX_OCTETS] * (MAX_MESSAGE_OCTETS // MAX_OCTETS + 1)),
        (b"x" * (MAX_OCTETS + 1), MESSAGES),
    ):
        with pytest.raises(EncodingError, match="at most"):
            bbs.sign(sk, pk, header, messages, suite=suite)
        with pytest.raises(EncodingError, match="at most"):
            bbs.verify(pk, signature, header, messages, suite=suite)
    with pytest.raises(EncodingError, match="at most"):
        check(made, ph=b"x" * (MAX_OCTETS + 1))
    with pytest.raises(EncodingError, match="at most"):
        check(made, proof=proof[:144] + b"\x01" * 32 * (MAX_MESSAGES + 5))
    most = bbs.sign(sk, pk, b"x" * MAX_OCTETS, [b"m"] * MAX_MESSAGES, suite=suite)
    bbs.verify(pk, most, b"x" * MAX_OCTETS, [b"m"] * MAX_MESSAGES, suite=suite)


def test_every_proof_draws_its_own_randomness(made, monkeypatch):
    """No public way leads to given scalars: each proof asks the system's generator for all it needs."""
    _, pk, signature, _ = made
    drawn = []
    real = core.secrets.randbelow
    monkeypatch.setattr(core.secrets, "randbelow", lambda bound: drawn.append(real(bound)) or drawn[-1])
    bbs.proof_gen(pk, signature, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
    first = len(drawn)
    assert first >= 5 + 2
    bbs.proof_gen(pk, signature, HEADER, PH, MESSAGES, SHOWN, suite=BLS12_381_SHA_256)
    assert len(drawn) == 2 * first
    assert len(set(drawn)) == len(drawn)


def test_secrets_are_in_no_error_and_no_repr(made):
    sk, pk, signature, _ = made
    texts = [repr(core.octets_to_signature(signature)), repr(proof_room.octets_to_proof(made[3]))]
    for call in (
        lambda: bbs.sign(sk + b"\x00", pk, HEADER, MESSAGES, suite=BLS12_381_SHA_256),
        lambda: bbs.sign(sk, pk[:-1], HEADER, MESSAGES, suite=BLS12_381_SHA_256),
        lambda: bbs.sign(sk, pk, HEADER, [b"secret message", 5], suite=BLS12_381_SHA_256),
        lambda: bbs.proof_gen(pk, signature[:-1], HEADER, PH, [b"secret message"], [], suite=BLS12_381_SHA_256),
    ):
        with pytest.raises(ZkError) as caught:
            call()
        texts.append(str(caught.value))
    for text in texts:
        assert "secret message" not in text
        assert sk.hex()[:16] not in text
        assert str(int.from_bytes(sk, "big"))[:16] not in text
        assert signature.hex()[96:112] not in text
        assert str(int.from_bytes(signature[48:], "big"))[:16] not in text


decoders = {
    "signature": core.octets_to_signature,
    "proof": proof_room.octets_to_proof,
    "public key": core.octets_to_pubkey,
}


@engines
@pytest.mark.parametrize("name", decoders)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_decoders_return_the_value_of_these_octets_or_refuse(made, engine, name, data):
    """Fuzzing: any octets, and the right ones with a stretch replaced."""
    right = {"signature": made[2], "proof": made[3], "public key": made[1]}[name]
    if data.draw(st.booleans()):
        octets = data.draw(st.binary(max_size=len(right) + 40))
    else:
        at = data.draw(st.integers(0, len(right)))
        octets = right[:at] + data.draw(st.binary(max_size=40)) + right[data.draw(st.integers(at, len(right))) :]
    with using(engine):
        try:
            value = decoders[name](octets)
        except EncodingError:
            return
        if name == "signature":
            assert core.signature_to_octets(value) == octets
        elif name == "public key":
            assert backend().encode_g2(value) == octets
        else:
            assert value.point_octets == octets[:144]
            assert len(octets) == PROOF_FLOOR + 32 * len(value.m_hat)
