"""Does our own verification of claim signatures accept exactly what the named key signed?"""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.certificates.keys import ClaimSignatureError
from provenance.credentials.cose import MAX_CHAIN_CERTIFICATES, Sign1, parse_sign1, verify_claim
from provenance.credentials.errors import (
    CredentialsError,
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)
from tests.support.authority import Identity, make_root, make_signer
from tests.support.media.crafting import ALGORITHMS, cose

CLAIM = b"\xa1\x61a\x01"
ROOT = make_root()
SIGNER = make_signer(ROOT)


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_verifies_every_algorithm_that_c2pa_allows(algorithm: str) -> None:
    signer = make_signer(ROOT, algorithm=algorithm)
    sign1 = parse_sign1(cose(signer, CLAIM))
    assert sign1.algorithm == algorithm
    verify_claim(sign1, CLAIM)


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_refuses_other_claim_bytes(algorithm: str) -> None:
    sign1 = parse_sign1(cose(make_signer(ROOT, algorithm=algorithm), CLAIM))
    with pytest.raises(ClaimSignatureError):
        verify_claim(sign1, CLAIM + b"\0")


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_refuses_another_signers_certificate(algorithm: str) -> None:
    other = make_signer(ROOT, algorithm=algorithm)
    signer = make_signer(ROOT, algorithm="es256")
    sign1 = parse_sign1(cose(signer, CLAIM, chain=other.chain))
    with pytest.raises(ClaimSignatureError):
        verify_claim(sign1, CLAIM)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_of_the_signed_parts_verifies(data: st.DataObject) -> None:
    built = cose(SIGNER, CLAIM)
    sign1 = parse_sign1(built)
    # Everything but the unprotected header (padding, stamps) is under the signature or is the signature.
    spans = [(built.index(sign1.protected), len(sign1.protected)), (built.index(sign1.signature), len(sign1.signature))]
    start, size = data.draw(st.sampled_from(spans))
    place = start + data.draw(st.integers(0, size - 1))
    changed = bytearray(built)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CredentialsError):
        verify_claim(parse_sign1(bytes(changed)), CLAIM)


def rebuilt(signer: Identity = SIGNER, **parts: Any) -> bytes:
    """A COSE_Sign1 with parts replaced."""
    tag = cbor2.loads(cose(signer, CLAIM))
    protected, unprotected, payload, signature = tag.value
    values = {
        "protected": protected,
        "unprotected": dict(unprotected),
        "payload": payload,
        "signature": signature,
    } | parts
    return cbor2.dumps(cbor2.CBORTag(18, [values[n] for n in ("protected", "unprotected", "payload", "signature")]))


def test_refuses_an_ecdsa_signature_in_der() -> None:
    raw = cbor2.loads(cose(SIGNER, CLAIM)).value[3]
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    with pytest.raises(ClaimSignatureError):
        verify_claim(parse_sign1(rebuilt(signature=der)), CLAIM)


def test_refuses_a_payload_inside_the_signature() -> None:
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(rebuilt(payload=CLAIM))


def test_refuses_an_untagged_signature() -> None:
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(cbor2.dumps(cbor2.loads(cose(SIGNER, CLAIM)).value))


def test_refuses_bytes_after_the_signature() -> None:
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(cose(SIGNER, CLAIM) + b"\0")


def test_refuses_two_certificate_chains() -> None:
    other = make_signer(ROOT)
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(cose(SIGNER, CLAIM, unprotected={"x5chain": list(other.chain)}))


@pytest.mark.parametrize(
    ("header", "unprotected", "error"),
    [
        ({}, {1: -35}, MalformedCredentialsError),
        ({}, {2: [1]}, MalformedCredentialsError),
        ({2: ["org.example.only-in-may"]}, {}, UnsupportedCredentialsError),
        ({2: [[1]]}, {}, UnsupportedCredentialsError),
        ({2: 1}, {}, UnsupportedCredentialsError),
        ({2: [1, 33]}, {}, None),
    ],
)
def test_refuses_labels_in_both_headers_and_critical_ones_that_are_not_understood(
    header: dict[Any, Any], unprotected: dict[Any, Any], error: type[CredentialsError] | None
) -> None:
    made = cose(SIGNER, CLAIM, header={1: -7, 33: list(SIGNER.chain), **header}, unprotected=unprotected)
    if error is None:
        verify_claim(parse_sign1(made), CLAIM)
        return
    with pytest.raises(error, match=r"^got "):
        parse_sign1(made)


def test_refuses_a_signature_without_certificates() -> None:
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(cose(SIGNER, CLAIM, header={1: -7}))


@pytest.mark.parametrize("label", [33, "x5chain"])
@pytest.mark.parametrize("shape", ["one", "list", "nested"])
def test_reads_old_chains_in_the_unprotected_header(label: int | str, shape: str) -> None:
    chain = list(SIGNER.chain)
    value: Any = {"one": chain[0], "list": chain, "nested": [chain]}[shape]
    sign1 = parse_sign1(cose(SIGNER, CLAIM, header={1: -7}, unprotected={label: value}))
    assert sign1.chain[0] == SIGNER.der
    assert not sign1.chain_is_signed
    verify_claim(sign1, CLAIM)


@pytest.mark.parametrize("algorithm", [-257, -65535, 5, "ES256", None, True])
def test_refuses_algorithms_that_c2pa_does_not_allow(algorithm: Any) -> None:
    with pytest.raises((UnsupportedCredentialsError, MalformedCredentialsError)):
        verify_claim(parse_sign1(cose(SIGNER, CLAIM, header={1: algorithm, 33: list(SIGNER.chain)})), CLAIM)


def test_refuses_an_algorithm_that_does_not_fit_the_key() -> None:
    signer = make_signer(ROOT, algorithm="ps256")
    with pytest.raises(ClaimSignatureError):
        verify_claim(parse_sign1(cose(signer, CLAIM, header={1: -7, 33: list(signer.chain)})), CLAIM)


def test_refuses_more_certificates_than_any_chain_has() -> None:
    chain = [SIGNER.der] * (MAX_CHAIN_CERTIFICATES + 1)
    with pytest.raises(CredentialsLimitError):
        parse_sign1(cose(SIGNER, CLAIM, chain=chain))


def test_refuses_a_certificate_that_is_none() -> None:
    with pytest.raises(MalformedCredentialsError):
        verify_claim(parse_sign1(cose(SIGNER, CLAIM, chain=[b"no certificate"])), CLAIM)


def test_refuses_a_length_that_no_memory_holds() -> None:
    with pytest.raises(MalformedCredentialsError):
        parse_sign1(b"\x84\x5b\x80" + bytes(7))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_random_bytes_escape_as_another_error(data: bytes) -> None:
    with pytest.raises(CredentialsError):
        parse_sign1(b"\xd2\x84" + data)


def test_no_cut_of_a_signature_escapes_as_another_error() -> None:
    built = cose(SIGNER, CLAIM, room=0)
    for end in range(len(built)):
        with pytest.raises(CredentialsError):
            parse_sign1(built[:end])


def test_a_header_map_without_end_is_bounded() -> None:
    endless = b"\xd2\x84\x43\xa1\x01\x26" + b"\xbf" + b"".join(cbor2.dumps(n) + b"\0" for n in range(100))
    with pytest.raises(CredentialsLimitError):
        parse_sign1(endless)


def test_a_certificate_with_a_negative_serial_number_is_read_without_a_warning() -> None:
    serial = SIGNER.certificate.serial_number
    size = (serial.bit_length() + 8) // 8
    place = SIGNER.der.index(serial.to_bytes(size, "big"))
    negative = SIGNER.der[:place] + b"\xff" + SIGNER.der[place + 1 :]
    verify_claim(parse_sign1(cose(SIGNER, CLAIM, chain=[negative])), CLAIM)


def test_a_key_under_which_anything_is_signed_signs_nothing() -> None:
    """With an Ed25519 key of small order one signature belongs to many claims: an old time stamp over it would too."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.x509 import CertificateBuilder

    for encoded in (b"\1" + bytes(31), b"\1" + bytes(30) + b"\x80", bytes(32)):
        weak = Ed25519PublicKey.from_public_bytes(encoded)
        name = ROOT.certificate.subject
        certificate = (
            CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(weak)
            .serial_number(1)
            .not_valid_before(SIGNER.certificate.not_valid_before_utc)
            .not_valid_after(SIGNER.certificate.not_valid_after_utc)
            .sign(Ed25519PrivateKey.generate(), None)
        )
        # S = 1 and R = B: the equation S B = R + h A holds for every claim where A is the identity.
        base = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
        forged = Identity(
            certificate=certificate, key=_Fixed(base + b"\1" + bytes(31)), algorithm="ed25519", issuer=None
        )
        for claim in (CLAIM, CLAIM + b"\0"):
            with pytest.raises(ClaimSignatureError, match="small order"):
                verify_claim(parse_sign1(cose(forged, claim)), claim)


class _Fixed:
    """A key that signs everything alike."""

    def __init__(self, signature: bytes) -> None:
        self.signature = signature

    def sign(self, _: bytes) -> bytes:
        return self.signature


class TestClaimsInTheHeader:
    """CWT claims (RFC 9597) are the only map in a header whose keys are numbers."""

    def sign1(self, claims: Any) -> Sign1:
        head = cbor2.dumps({1: -7, 33: b"certificate", 15: claims})
        return parse_sign1(cbor2.dumps(cbor2.CBORTag(18, [head, {}, None, b"signature"])))

    def test_the_signers_own_time_is_read(self) -> None:
        assert self.sign1({1: "issuer", 6: 1_777_000_000}).claimed_time == 1_777_000_000
        assert self.sign1({6: 1_777_000_000.5}).claimed_time == 1_777_000_000

    @pytest.mark.parametrize("claims", [{}, {1: "x"}, {6: "soon"}, {6: True}, {6: float("nan")}, {6: 10**20}, 7, [6]])
    def test_what_says_no_time_says_none(self, claims: Any) -> None:
        assert self.sign1(claims).claimed_time is None

    def test_a_map_too_large_or_too_deep_is_refused(self) -> None:
        deep: Any = {6: 1}
        for _ in range(20_000):
            deep = b"\xa1\x0f" + (deep if isinstance(deep, bytes) else cbor2.dumps(deep))
        head = b"\xa3\x01\x26\x18\x21\x41\x00\x0f" + deep
        for bad in (head, cbor2.dumps({1: -7, 33: b"c", 15: {n: n for n in range(100)}})):
            with pytest.raises(CredentialsError):
                parse_sign1(cbor2.dumps(cbor2.CBORTag(18, [bad, {}, None, b"signature"])))
