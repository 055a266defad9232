"""Codes: what follows from one, what does not, and the words by which two people compare a request."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from zk.errors import EncodingError, RefusedError, SignatureError
from zk.profile.codes import Code, CodeKind, check_code_signature
from zk.profile.words import check_words, word_list, words_of

CODE = Code(kind=CodeKind.ENROL, generation=0, secret=bytes(range(16)))
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_key_follows_from_the_whole_code() -> None:
    again = Code.parse(CODE.reveal())
    assert (again.public_key, again.id) == (CODE.public_key, CODE.id)
    assert CODE.id == hashlib.sha256(CODE.public_key).digest()[:16]
    others = [
        replace(CODE, kind=CodeKind.RESET),
        replace(CODE, generation=1),
        replace(CODE, secret=bytes(15) + b"\1"),
    ]
    assert len({code.id for code in (CODE, *others)}) == 4


def test_the_key_is_hkdf_sha_256_as_written_down() -> None:
    """RFC 5869 by hand: extract with a salt of zeros, expand one block."""
    import hmac

    pseudorandom = hmac.digest(bytes(32), CODE.secret, "sha256")
    info = b"\x83" + b"\x70vouchmark/code/1" + b"\x65enrol" + b"\x00"  # dCBOR of a list of three
    seed = hmac.digest(pseudorandom, info + b"\x01", "sha256")
    assert Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == CODE.public_key


def test_neither_id_nor_key_shows_the_code() -> None:
    text = repr(CODE) + CODE.public_key.hex() + CODE.id.hex()
    assert CODE.secret.hex() not in text
    assert CODE.reveal().rpartition("-")[2] not in text


def test_a_signature_is_of_this_code_and_these_octets() -> None:
    signature = CODE.sign(b"asked")
    check_code_signature(CODE.public_key, signature, b"asked")
    for key, octets in ((CODE.public_key, b"else"), (Code.draw(CodeKind.ENROL, 0).public_key, b"asked")):
        with pytest.raises(SignatureError):
            check_code_signature(key, signature, octets)
    with pytest.raises(SignatureError):
        check_code_signature(bytes(32), signature, b"asked")


def test_no_second_signature_can_be_made_of_a_first() -> None:
    """Else whoever sees a request could make another that holds, and so void the code of both."""
    signature = CODE.sign(b"asked")
    s = int.from_bytes(signature[32:], "little")
    assert s + GROUP_ORDER < 1 << 256
    malleated = signature[:32] + (s + GROUP_ORDER).to_bytes(32, "little")
    with pytest.raises(SignatureError):
        check_code_signature(CODE.public_key, malleated, b"asked")


def test_the_words_are_those_of_bip_39_and_never_change() -> None:
    assert len(set(word_list())) == 2048
    listed = "\n".join(word_list()).encode() + b"\n"
    assert hashlib.sha256(listed).hexdigest() == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert len({word[:4] for word in word_list()}) == 2048


def test_four_words_are_the_first_44_bits() -> None:
    assert words_of(bytes(32)) == ("abandon",) * 4
    assert words_of(b"\xff" * 32) == ("zoo",) * 4
    assert words_of(b"\x00\x20\x04\x00\x80\x1f" + bytes(26)) == ("ability", "ability", "ability", "ability")
    assert words_of(bytes(5) + b"\x0f" + b"\xff" * 26) == ("abandon",) * 4  # what comes after is not shown
    with pytest.raises(EncodingError):
        words_of(bytes(31))


@given(st.binary(min_size=32, max_size=32))
def test_words_can_be_typed_as_they_were_heard(digest: bytes) -> None:
    words = words_of(digest)
    for text in (" ".join(words), f"  {'-'.join(words).upper()}.\n", ", ".join(words)):
        check_words(text, digest)
    with pytest.raises(RefusedError, match="not those"):
        check_words(" ".join(reversed(words)) if len(set(words)) > 1 else "zoo zoo zoo zone", digest)


@pytest.mark.parametrize("text", ["", "zoo", "zoo zoo zoo", "zoo zoo zoo zoo zoo", "zoo " * 1000])
def test_fewer_or_more_words_are_none(text: str) -> None:
    with pytest.raises(EncodingError, match="expected 4 words"):
        check_words(text, b"\xff" * 32)
