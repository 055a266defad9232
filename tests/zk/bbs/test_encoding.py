"""Does every decoder accept one form of each value, and nothing but our own error come out of the others?"""

import contextlib
from functools import partial

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.effort import grows_no_faster
from zk.bbs.curve import R
from zk.bbs.encoding import (
    MAX_DEPTH,
    dcbor_decode,
    dcbor_encode,
    i2osp,
    octets_to_scalar,
    octets_to_scalars,
    scalar_to_octets,
)
from zk.errors import EncodingError

LIMIT = 1 << 16

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=30), inner, max_size=5),
    max_leaves=20,
)


def depth(value):
    """Nested containers of a value."""
    if isinstance(value, list | dict):
        return 1 + max((depth(v) for v in (value.values() if isinstance(value, dict) else value)), default=0)
    return 0


def test_integers_take_as_many_octets_as_asked():
    assert i2osp(0, 8) == bytes(8)
    assert i2osp(258, 2) == b"\x01\x02"
    for value, length in ((256, 1), (-1, 8), (1 << 64, 8)):
        with pytest.raises(EncodingError):
            i2osp(value, length)


@pytest.mark.parametrize("scalar", [1, 2, R - 1])
def test_scalars_come_back(scalar):
    assert octets_to_scalar(scalar_to_octets(scalar)) == scalar


@pytest.mark.parametrize("number", [0, R, R + 1, 2 * R - 1, (1 << 256) - 1])
def test_refuses_zero_and_r_or_more_as_a_scalar(number):
    with pytest.raises(EncodingError, match="1 to r - 1"):
        octets_to_scalar(number.to_bytes(32, "big"))
    with pytest.raises(EncodingError):
        octets_to_scalars(scalar_to_octets(5) + number.to_bytes(32, "big"), "scalars")


@pytest.mark.parametrize("octets", [b"", b"\x01" * 31, b"\x01" * 33, None, 5, "01" * 32, bytearray(b"\x01" * 32)])
def test_refuses_what_is_no_scalar_of_32_octets(octets):
    with pytest.raises(EncodingError):
        octets_to_scalar(octets)


@pytest.mark.parametrize("scalar", [-1, R, 1 << 256])
def test_does_not_write_a_scalar_that_is_not_reduced(scalar):
    with pytest.raises(EncodingError):
        scalar_to_octets(scalar)


# RFC 8949, appendix A: the examples that our subset can carry.
EXAMPLES = [
    (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"), (1000, "1903e8"),
    (1000000, "1a000f4240"), (1000000000000, "1b000000e8d4a51000"), (18446744073709551615, "1bffffffffffffffff"),
    (-18446744073709551616, "3bffffffffffffffff"), (-1, "20"), (-10, "29"), (-100, "3863"), (-1000, "3903e7"),
    (False, "f4"), (True, "f5"), (None, "f6"), (b"", "40"), (b"\x01\x02\x03\x04", "4401020304"), ("", "60"),
    ("a", "6161"), ("IETF", "6449455446"), ("ü", "62c3bc"), ("水", "63e6b0b4"), ("\U00010151", "64f0908591"),
    ([], "80"), ([1, 2, 3], "83010203"), ([1, [2, 3], [4, 5]], "8301820203820405"), ({}, "a0"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"), (["a", {"b": "c"}], "826161a161626163"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), EXAMPLES)
def test_writes_and_reads_the_examples_of_rfc_8949(value, text):
    assert dcbor_encode(value).hex() == text
    read = dcbor_decode(bytes.fromhex(text), max_size=LIMIT)
    assert read == value
    assert type(read) is type(value)


REFUSED = {
    "indefinite octets": "5f42010243030405ff",
    "indefinite text": "7f657374726561646d696e67ff",
    "indefinite array": "9fff",
    "indefinite map": "bfff",
    "a break alone": "ff",
    "reserved information": "1c",
    "a number in 2 octets that fits in 1": "1817",
    "a number in 3 octets that fits in 2": "190018",
    "a number in 5 octets that fits in 3": "1a0000ffff",
    "a number in 9 octets that fits in 5": "1b00000000ffffffff",
    "a long negative": "3817",
    "a long length": "580161",
    "a long array": "980101",
    "a long map": "b801616100",
    "a long key": "a178016100",
    "keys not in order": "a2616200616100",
    "shorter key after longer": "a262616100616200",
    "a key twice": "a2616100616101",
    "a number as key": "a10000",
    "octets as key": "a1416100",
    "null as key": "a1f600",
    "an array as key": "a18000",
    "half float": "f90000",
    "float": "fa47c35000",
    "double": "fb3ff199999999999a",
    "undefined": "f7",
    "simple value": "f0",
    "long simple value": "f8ff",
    "false in two octets": "f814",
    "a tag: date": "c074323031332d30332d32315432303a30343a30305a",
    "a tag: bignum": "c249010000000000000000",
    "a tag: shared reference": "d81c80",
    "a tag: regular expression": "d82363282a29",
    "text that is not UTF-8": "61ff",
    "text with a surrogate": "63eda080",
    "overlong UTF-8": "62c080",
    "nothing": "",
    "half an item": "1a0000",
    "octets cut short": "4401",
    "text cut short": "6461",
    "array cut short": "8301",
    "map cut short": "a16161",
    "an octet after the item": "0000",
    "an enormous string": "5b7fffffffffffffff00",
    "an enormous array": "9b7fffffffffffffff00",
    "an enormous map": "bb7fffffffffffffff00",
    "an array of more than fits": "9a00010000" + "00" * 100,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_every_form_that_is_not_deterministic(text):
    with pytest.raises(EncodingError, match="cbor"):
        dcbor_decode(bytes.fromhex(text), max_size=LIMIT)


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), {1: 2}, {b"a": 1}, {1, 2}, object(), 1 << 64, -(1 << 64) - 1, "\ud800", {"\ud800": 1}]
)
def test_refuses_to_write_what_it_would_not_read(value):
    with pytest.raises(EncodingError):
        dcbor_encode(value)
    with pytest.raises(EncodingError):
        dcbor_encode([value])


def test_refuses_nesting_beyond_the_bound_in_both_directions():
    value = 0
    for _ in range(MAX_DEPTH):
        value = [value]
    assert dcbor_decode(dcbor_encode(value), max_size=LIMIT) == value
    with pytest.raises(EncodingError, match="levels"):
        dcbor_encode([value])
    for opener in ("81", "a16161"):
        with pytest.raises(EncodingError):
            dcbor_decode(bytes.fromhex(opener * 20000 + "00"), max_size=1 << 17)
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(EncodingError, match="levels"):
        dcbor_encode(endless)


def test_refuses_more_octets_than_the_caller_allows():
    octets = dcbor_encode(b"x" * 100)
    assert dcbor_decode(octets, max_size=len(octets)) == b"x" * 100
    with pytest.raises(EncodingError, match="at most"):
        dcbor_decode(octets, max_size=len(octets) - 1)


@pytest.mark.parametrize("octets", [None, "a0", bytearray(b"\xa0"), memoryview(b"\xa0"), 5])
def test_refuses_what_is_no_bytes_object(octets):
    with pytest.raises(EncodingError, match="octets"):
        dcbor_decode(octets, max_size=LIMIT)


@given(values)
def test_every_value_comes_back_and_cbor2_agrees(value):
    if depth(value) > MAX_DEPTH:
        with pytest.raises(EncodingError):
            dcbor_encode(value)
        return
    octets = dcbor_encode(value)
    assert dcbor_decode(octets, max_size=LIMIT) == value
    assert cbor2.loads(octets) == value
    assert cbor2.dumps(value, canonical=True) == octets


@settings(max_examples=500)
@given(st.binary(max_size=60))
def test_any_octets_are_refused_or_the_one_form_of_their_value(octets):
    try:
        value = dcbor_decode(octets, max_size=LIMIT)
    except EncodingError:
        return
    assert dcbor_encode(value) == octets


@settings(max_examples=500)
@given(values, st.data())
def test_a_changed_item_is_refused_or_the_one_form_of_another_value(value, data):
    if depth(value) > MAX_DEPTH:
        return
    octets = bytearray(dcbor_encode(value))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = dcbor_decode(bytes(octets), max_size=LIMIT)
    except EncodingError:
        return
    assert dcbor_encode(other) == bytes(octets)


def test_hostile_items_take_no_longer_than_honest_ones_of_their_size():
    honest = dcbor_encode([[] for _ in range(60_000)])
    hostile = [
        bytes.fromhex("9a0000ffff") + b"\x81" * 60000,
        bytes.fromhex("9b00000000ffffffff") + b"\x00" * 60000,
        b"\xa1\x61\x61" * 20000,
        bytes.fromhex("99ea60") + b"\x80" * 60000,
        b"\xbf" * 60000,
        bytes.fromhex("1b") * 60000,
    ]

    def read(octets):
        with contextlib.suppress(EncodingError):
            dcbor_decode(octets, max_size=1 << 17)

    for octets in hostile:
        assert grows_no_faster(partial(read, honest), partial(read, octets), factor=10), octets[:8].hex()
