"""Are suites, generators and scalars those of the drafts, on both engines, and bounded?"""

import threading
from dataclasses import FrozenInstanceError

import pytest

from zk.bbs.ciphersuite import (
    BLS12_381_SHA_256,
    BLS12_381_SHAKE_256,
    MAX_MESSAGES,
    SUITES,
    _generator_list,
    by_name,
    create_generators,
    messages_to_scalars,
    prepare_generators,
)
from zk.bbs.curve import BACKENDS, backend, using
from zk.errors import EncodingError, UnsupportedError

# BBS draft, "Message Generators" of both ciphersuites; Blind BBS and pseudonym drafts, "Generators".
GENERATORS = [
    (
        BLS12_381_SHA_256,
        BLS12_381_SHA_256.api_id,
        [
            "a9ec65b70a7fbe40c874c9eb041c2cb0a7af36ccec1bea48fa2ba4c2eb67ef7f9ecb17ed27d38d27cdeddff44c8137be",
            "98cd5313283aaf5db1b3ba8611fe6070d19e605de4078c38df36019fbaad0bd28dd090fd24ed27f7f4d22d5ff5dea7d4",
        ],
    ),
    (
        BLS12_381_SHAKE_256,
        BLS12_381_SHAKE_256.api_id,
        [
            "a9d40131066399fd41af51d883f4473b0dcd7d028d3d34ef17f3241d204e28507d7ecae032afa1d5490849b7678ec1f8",
            "903c7ca0b7e78a2017d0baf74103bd00ca8ff9bf429f834f071c75ffe6bfdec6d6dca15417e4ac08ca4ae1e78b7adc0e",
        ],
    ),
    (
        BLS12_381_SHA_256,
        b"BLIND_" + BLS12_381_SHA_256.blind_api_id,
        ["a347532dc0ba9b83e4f15f3eeb7dffd934f5fa4668d927fbcb68096d5a26f6e59f66681201be1c263af1a25b6749759c"],
    ),
]


@pytest.mark.parametrize("engine", BACKENDS)
@pytest.mark.parametrize(("suite", "api_id", "expected"), GENERATORS)
def test_generators_are_the_drafts(engine, suite, api_id, expected):
    with using(engine) as curve:
        points = create_generators(len(expected), api_id, suite=suite)
        assert [curve.encode_g1(point).hex() for point in points] == expected


def test_messages_map_to_the_drafts_scalars():
    """BBS draft, "Map Messages to Scalars": the last message is empty."""
    scalars = messages_to_scalars([b""], BLS12_381_SHA_256.api_id, suite=BLS12_381_SHA_256)
    assert scalars == (0x08E3AFEB2B4F2B5F907924EF42856616E6F2D5F1FB373736DB1CCA32707A7D16,)


def test_a_suite_is_found_by_its_name_and_no_other():
    for suite in SUITES:
        assert by_name(suite.name) is suite
    for name in ("", "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO", "bbs_bls12381g1_xmd:sha-256_sswu_ro_", "BLS12-381-SHA-256"):
        with pytest.raises(UnsupportedError, match="ciphersuite"):
            by_name(name)


def test_a_suite_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        BLS12_381_SHA_256.name = "other"


def test_every_interface_has_generators_of_its_own():
    seen = set()
    for suite in SUITES:
        for api_id in (suite.api_id, suite.blind_api_id, suite.pseudonym_api_id):
            assert len(b"BLIND_" + api_id + b"SIG_GENERATOR_SEED_") <= 255
            for prefix in (b"", b"BLIND_"):
                seen |= {backend().encode_g1(p) for p in create_generators(3, prefix + api_id, suite=suite)}
    assert len(seen) == 2 * 3 * 2 * 3


def test_a_longer_list_begins_with_the_shorter_one():
    suite = BLS12_381_SHAKE_256
    long = create_generators(9, suite.api_id, suite=suite)
    assert create_generators(4, suite.api_id, suite=suite) == long[:4]
    prepared = prepare_generators(3, 2, suite.api_id, suite=suite)
    assert (prepared.q_1, *prepared.h[:3]) == long[:4]
    assert prepared.h[3:] == create_generators(2, b"BLIND_" + suite.api_id, suite=suite)
    assert prepared.octets[:8] == (5).to_bytes(8, "big")


def test_generators_are_hashed_once_and_the_same_from_many_threads():
    suite = BLS12_381_SHA_256
    _generator_list.cache_clear()
    results = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(create_generators(n, suite.api_id, suite=suite)))
        for n in (5, 20, 12, 20, 7, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    longest = max(results, key=len)
    assert len(longest) == 20
    assert all(result == longest[: len(result)] for result in results)
    _generator_list.cache_clear()
    assert create_generators(20, suite.api_id, suite=suite) == longest


def test_refuses_more_generators_than_the_bound():
    suite = BLS12_381_SHA_256
    for count in (-1, MAX_MESSAGES + 2, 1 << 64):
        with pytest.raises(EncodingError):
            create_generators(count, suite.api_id, suite=suite)
    for count, blind_count in ((MAX_MESSAGES + 1, 0), (MAX_MESSAGES, 1), (0, MAX_MESSAGES + 1), (-1, 5), (5, -1)):
        with pytest.raises(EncodingError):
            prepare_generators(count, blind_count, suite.api_id, suite=suite)
