"""Is expand_message RFC 9380's, and are its limits kept?"""

import hashlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256
from zk.bbs.curve import R
from zk.bbs.hashing import MAX_EXPANDED_OCTETS, expand_message_xmd, expand_message_xof, hash_to_scalar
from zk.errors import EncodingError

EXPANDERS = [
    expand_message_xmd,
    expand_message_xof,
    partial(expand_message_xmd, hash_name="sha512"),
    partial(expand_message_xof, xof_name="shake_128"),
]
# RFC 9380, appendices K.1, K.3 and K.6, message "abc": 32 octets, then the start of 128.
VECTORS = [
    (
        expand_message_xmd,
        b"QUUX-V01-CS02-with-expander-SHA256-128",
        "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615",
        "abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a",
    ),
    (
        expand_message_xof,
        b"QUUX-V01-CS02-with-expander-SHAKE256",
        "b39e493867e2767216792abce1f2676c197c0692aed061560ead251821808e07",
        "a54303e6b172909783353ab05ef08dd435a558c3197db0c132134649708e0b9b",
    ),
    (
        EXPANDERS[2],
        b"QUUX-V01-CS02-with-expander-SHA512-256",
        "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc",
        "7f1dddd13c08b543f2e2037b14cefb255b44c83cc397c1786d975653e36a6b11",
    ),
]


@pytest.mark.parametrize(("expand", "dst", "short", "long"), VECTORS)
def test_expands_as_rfc_9380_says(expand, dst, short, long):
    assert expand(b"abc", dst, 32).hex() == short
    assert expand(b"abc", dst, 128).hex().startswith(long)


def test_hashes_to_the_scalars_of_the_draft():
    """BBS draft, "Hash to Scalar Test Vectors"."""
    message = bytes.fromhex("9872ad089e452c7b6e283dfac2a80d58e8d0ff71cc4d5e310a1debdda4a45f02")
    for suite, expected in (
        (BLS12_381_SHA_256, "0f90cbee27beb214e6545becb8404640d3612da5d6758dffeccd77ed7169807c"),
        (BLS12_381_SHAKE_256, "0500031f786fde5326aa9370dd7ffe9535ec7a52cf2b8f432cad5d9acfb73cd3"),
    ):
        assert hash_to_scalar(message, suite.api_id + b"H2S_", suite) == int(expected, 16)


@pytest.mark.parametrize("expand", EXPANDERS)
def test_refuses_a_tag_over_255_octets_and_takes_255(expand):
    assert len(expand(b"m", b"t" * 255, 48)) == 48
    for size in (256, 300, 70000):
        with pytest.raises(EncodingError, match=r"at most 255 octets"):
            expand(b"m", b"t" * size, 48)


@pytest.mark.parametrize("expand", EXPANDERS)
@pytest.mark.parametrize("length", [0, -1, MAX_EXPANDED_OCTETS + 1, 1 << 40])
def test_refuses_lengths_that_two_octets_do_not_hold(expand, length):
    with pytest.raises(EncodingError, match="expand_message"):
        expand(b"m", b"t", length)


def test_refuses_more_than_255_blocks():
    assert len(expand_message_xmd(b"m", b"t", 255 * 32)) == 255 * 32
    with pytest.raises(EncodingError, match="expand_message"):
        expand_message_xmd(b"m", b"t", 255 * 32 + 1)


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=255), st.integers(1, 300))
def test_neither_message_tag_nor_length_can_be_shifted_into_each_other(msg, dst, length):
    for expand in EXPANDERS:
        out = expand(msg, dst, length)
        assert len(out) == length
        if length >= 16:
            assert out != expand(msg + dst[:1], dst[1:], length)
            assert out != expand(msg, dst + b"\x00", length) if len(dst) < 255 else True
            assert out != expand(msg, dst, length + 1)[:length]


@given(st.binary(max_size=64))
def test_scalars_are_reduced(msg):
    for suite in (BLS12_381_SHA_256, BLS12_381_SHAKE_256):
        assert 0 <= hash_to_scalar(msg, b"t", suite) < R


def test_does_not_use_the_long_tag_rule_silently():
    """RFC 9380, section 5.3.3, would hash a long tag down: two long tags must not meet there unseen."""
    long = b"t" * 300
    reduced = hashlib.sha256(b"H2C-OVERSIZE-DST-" + long).digest()
    assert len(expand_message_xmd(b"m", reduced, 32)) == 32
    with pytest.raises(EncodingError):
        expand_message_xmd(b"m", long, 32)
