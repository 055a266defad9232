"""Are a key and its certificates taken only where they fit, and is everything else named for what it is?"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from provenance.credentials.certificates.profile import violations
from provenance.credentials.cose import parse_sign1, verify_claim
from provenance.credentials.signing.c2pa_sign import ALGORITHMS, SigningKey
from provenance.credentials.signing.key import _WORDS, AUTO, MAX_PEM, SigningKeyError, load_signing_key
from tests.support.authority import (
    ANY_PURPOSE,
    CLAIM_SIGNING,
    DAY,
    NOW,
    TIME_STAMPING,
    Identity,
    certify,
    make_root,
    make_signer,
)
from tests.support.media.crafting import cose

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)


def key_pem(key: Any, *, passphrase: bytes = b"", form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, form, how))


def chain_pem(*identities: Identity) -> bytes:
    return "".join(one.pem for one in identities).encode()


def load(signer: Identity = SIGNER, *above: Identity, **options: Any) -> SigningKey:
    return load_signing_key(chain_pem(signer, *above), key_pem(signer.key), **{"at": NOW, **options})


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signs_with_the_algorithm_that_goes_with_the_key_and_with_one_that_fits(algorithm: str) -> None:
    signer = make_signer(ROOT, algorithm=algorithm)
    key = load(signer, algorithm=algorithm)
    assert key.algorithm == algorithm
    assert load(signer).algorithm == ("ps256" if algorithm.startswith("ps") else algorithm)
    verify_claim(parse_sign1(cose(_Stand(algorithm, key.certificates, key.sign), b"claim")), b"claim")  # type: ignore[arg-type]


class _Stand(NamedTuple):
    """As much of a signer as `crafting.cose` needs, with the key that was loaded."""

    algorithm: str
    chain: tuple[bytes, ...]
    sign: Any


def test_a_root_at_the_end_of_the_chain_is_left_out_and_what_is_between_is_sent() -> None:
    between = certify({"O": "Test", "CN": "Issuing"}, issuer=ROOT, is_authority=True, path_length=0)
    signer = make_signer(between)
    assert load(signer, between, ROOT).certificates == (signer.der, between.der)
    assert load(SIGNER, ROOT).certificates == (SIGNER.der,)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_takes_its_passphrase_and_no_other(form: PrivateFormat) -> None:
    locked = key_pem(SIGNER.key, passphrase=b"harbour", form=form)
    assert load_signing_key(chain_pem(SIGNER), locked, at=NOW, passphrase=b"harbour").algorithm == "es256"
    for passphrase, words in ((None, "no passphrase was given"), (b"", "no passphrase"), (b"other", "is another's")):
        with pytest.raises(SigningKeyError, match=words) as caught:
            load_signing_key(chain_pem(SIGNER), locked, at=NOW, passphrase=passphrase)
        assert "other" not in str(caught.value).replace("another", "")


def test_a_passphrase_for_some_other_key_does_not_stop_one_that_needs_none() -> None:
    assert load(passphrase=b"harbour").algorithm == "es256"


def test_a_key_of_another_certificate_is_refused_and_of_a_wrong_place_told_apart() -> None:
    with pytest.raises(SigningKeyError, match=r"does not belong to the certificate$"):
        load_signing_key(chain_pem(SIGNER), key_pem(make_signer(ROOT).key), at=NOW)
    with pytest.raises(SigningKeyError, match="belongs to certificate 2 of 2, expected the first"):
        load_signing_key(chain_pem(ROOT, SIGNER), key_pem(SIGNER.key), at=NOW)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"end": NOW - DAY / 2}, "the certificate expired on"),
        ({"start": NOW + DAY}, "the certificate is not valid before"),
        ({"purposes": (ANY_PURPOSE,)}, "it allows any purpose"),
        ({"purposes": None}, "it names no purpose"),
        ({"purposes": (TIME_STAMPING,)}, "none of its purposes"),
        ({"purposes": (CLAIM_SIGNING, TIME_STAMPING)}, "it is for time stamps"),
        ({"usages": ("key_agreement",)}, "may not make digital signatures"),
        ({"usages": None}, "does not say what its key may be used for"),
        ({"is_authority": True, "purposes": (CLAIM_SIGNING,)}, "it is a certificate authority's"),
        ({"authority_key_id": False}, "does not name its authority's key"),
    ],
)
def test_a_certificate_that_has_run_out_or_may_not_sign_is_refused_in_words(
    options: dict[str, Any], words: str
) -> None:
    with pytest.raises(SigningKeyError, match=words):
        load(make_signer(ROOT, **options))


def test_an_authority_that_has_run_out_is_named_by_its_place() -> None:
    old = certify({"O": "Test", "CN": "Issuing"}, issuer=ROOT, is_authority=True, end=NOW - DAY / 2)
    with pytest.raises(SigningKeyError, match="certificate 2 of the chain expired on"):
        load(make_signer(old), old)


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [
        ("es256", "es384"),
        ("es256", "ps256"),
        ("ps256", "es256"),
        ("ed25519", "es256"),
        ("es256", "es256k"),
        ("es256", ""),
    ],
)
def test_an_algorithm_that_does_not_fit_the_key_is_refused(algorithm: str, wanted: str) -> None:
    with pytest.raises(SigningKeyError, match=r"expected .* for this key"):
        load(make_signer(ROOT, algorithm=algorithm), algorithm=wanted)


WRONG_KEYS: Final[dict[str, Any]] = {
    "an-rsa-key-that-is-short": lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),
    "another-curve": lambda: ec.generate_private_key(ec.SECP256K1()),
    "dsa": lambda: dsa.generate_private_key(key_size=1024),
}


@pytest.mark.parametrize("kind", WRONG_KEYS)
def test_a_key_of_a_kind_that_c2pa_does_not_allow_is_refused(kind: str) -> None:
    key = WRONG_KEYS[kind]()
    with pytest.raises(SigningKeyError, match=r"C2PA does not allow|RSA key has fewer|none of P-256"):
        load(make_signer(ROOT, key=key))


JUNK: Final[dict[str, tuple[bytes, bytes, str]]] = {
    "no-certificates": (b"", key_pem(SIGNER.key), "certificates cannot be read: got no PEM with certificates$"),
    "junk-for-certificates": (b"\xff" * 100, key_pem(SIGNER.key), "certificates cannot be read"),
    "a-broken-certificate": (
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        key_pem(SIGNER.key),
        "certificates cannot be read",
    ),
    "a-key-for-certificates": (key_pem(SIGNER.key), key_pem(SIGNER.key), "but a private key"),
    "no-key": (chain_pem(SIGNER), b"", "private key cannot be read: got no PEM with one$"),
    "junk-for-a-key": (chain_pem(SIGNER), b"\0" * 100, "private key cannot be read"),
    "a-certificate-for-a-key": (chain_pem(SIGNER), chain_pem(SIGNER), "but a certificate"),
    "too-much": (b"\n" * (MAX_PEM + 1), key_pem(SIGNER.key), "expected at most"),
    "too-much-key": (chain_pem(SIGNER), b"\n" * (MAX_PEM + 1), "expected at most"),
    "too-many": (chain_pem(*[SIGNER] * 11), key_pem(SIGNER.key), "got 11 certificates, expected at most 10"),
}


@pytest.mark.parametrize("name", JUNK)
def test_what_is_no_key_or_certificate_is_refused_without_a_word_of_it(name: str) -> None:
    chain, key, words = JUNK[name]
    with pytest.raises(SigningKeyError, match=words) as caught:
        load_signing_key(chain, key, at=NOW)
    assert "BEGIN" not in str(caught.value)


def test_neither_the_key_nor_the_certificates_show_in_what_is_printed() -> None:
    assert repr(load()) == "SigningKey(algorithm='es256')"
    assert AUTO not in ALGORITHMS


def test_every_break_of_the_profile_has_words() -> None:
    import inspect
    import re

    from provenance.credentials.certificates import profile
    from provenance.credentials.certificates.algorithms import Problem

    assert violations(SIGNER.certificate) == ()
    named = set(re.findall(r'(?:append\(|\[)"([a-z-]+)"[)\]]', inspect.getsource(profile)))
    assert named | {"unreadable-extensions", *Problem} == set(_WORDS)
