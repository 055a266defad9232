"""Which key does a certificate carry, and is a signature by it over these bytes?

Says nothing about whom a key belongs to. Keys that cost too much, and those under which anything is signed, are
refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.errors import (
    CredentialsError,
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)

if TYPE_CHECKING:
    from cryptography import x509

MAX_RSA_BITS: Final = 8192
"""Bits of an RSA modulus: the cost of a check grows with its square, and no certificate of these lists has more."""
_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
# Ed25519 points of order 1, 2, 4 and 8, every encoding, without the sign bit: under such a key one signature belongs to
# any number of claims, so that it says nothing of any (RFC 8032 leaves refusing them to the caller).


class ClaimSignatureError(CredentialsError):
    """The signature does not belong to these claim bytes under the certificate's key."""


@contextmanager
def unwarned() -> Iterator[None]:
    """What the library dislikes about strangers' certificates (a serial number below 1) is no news for a reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@lru_cache(maxsize=256)
def load_certificate(der: bytes) -> x509.Certificate:
    """An X.509 certificate; kept, as one file asks for the same ones again.

    One whose names break their string types, as real authorities' do, is read through `BrokenNames`. Raises
    MalformedCredentialsError.
    """
    from cryptography import x509

    try:
        with unwarned():
            try:
                certificate = x509.load_der_x509_certificate(der)
                _ = certificate.subject, certificate.issuer  # some types are held to only when names are asked for
                return certificate
            except ValueError:
                from provenance.credentials.certificates.names import read_broken

                broken = read_broken(der)
                if broken is None:
                    raise
                return broken
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise MalformedCredentialsError("got bytes that are no X.509 certificate") from error


def _bounded_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    if isinstance(key, rsa.RSAPublicKey) and key.key_size > MAX_RSA_BITS:
        raise CredentialsLimitError(f"got an RSA key of {key.key_size} bits, expected at most {MAX_RSA_BITS}")
    return key


def public_key(certificate: x509.Certificate) -> Any:
    """The certificate's key. Raises MalformedCredentialsError, UnsupportedCredentialsError."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return _bounded_key(certificate.public_key())
    except UnsupportedAlgorithm as error:
        raise UnsupportedCredentialsError("got a public key of a kind that is not read here") from error
    except (ValueError, TypeError) as error:
        raise MalformedCredentialsError("got a certificate whose public key cannot be read") from error


def key_of(info: bytes) -> Any:
    """The key of a SubjectPublicKeyInfo, DER. Raises MalformedCredentialsError, UnsupportedCredentialsError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return _bounded_key(load_der_public_key(info))
    except UnsupportedAlgorithm as error:
        raise UnsupportedCredentialsError("got a public key of a kind that is not read here") from error
    except (ValueError, TypeError) as error:
        raise MalformedCredentialsError("got bytes that are no public key") from error


def public_key_of(der: bytes) -> Any:
    """The key of a certificate, also of one whose names `cryptography` refuses to read (real authorities have such).

    Enough to verify a signature; such a certificate leads to no list. Raises like `public_key`.
    """
    try:
        return public_key(load_certificate(der))
    except MalformedCredentialsError:
        from asn1crypto import x509 as asn1_x509

        try:
            return key_of(asn1_x509.Certificate.load(der, strict=True).public_key.dump())
        except (ValueError, TypeError, KeyError) as error:
            raise MalformedCredentialsError("got bytes that are no X.509 certificate") from error


def is_of_small_order(key: Any) -> bool:
    """Whether an Ed25519 key is one under which anything is signed."""
    raw = bytes(key.public_bytes_raw())
    return raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER


def _verify_ecdsa(key: Any, signature: bytes, message: bytes, digest: Any) -> None:
    """ECDSA with the two integers side by side (RFC 9053, section 2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in ("secp256r1", "secp384r1", "secp521r1"):
        raise ClaimSignatureError("got a key that is none of P-256, P-384, P-521 for an ECDSA signature")
    size = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        raise ClaimSignatureError(f"got a signature of {len(signature)} bytes, expected {2 * size}")
    r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))


def verify_with(key: Any, algorithm: str, signature: bytes, message: bytes) -> None:
    """Accept a COSE signature over `message` (a Sig_structure) by this key, or raise.

    `algorithm` is C2PA's name. Raises ClaimSignatureError, UnsupportedCredentialsError.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

    digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}.get(algorithm[2:])
    try:
        if algorithm == "ed25519":
            if not isinstance(key, ed25519.Ed25519PublicKey):
                raise ClaimSignatureError("got a key that is no Ed25519 key for an EdDSA signature")
            if is_of_small_order(key):
                raise ClaimSignatureError("got an Ed25519 key of small order, under which anything is signed")
            key.verify(signature, message)
        elif algorithm.startswith("es"):
            _verify_ecdsa(key, signature, message, digest)
        elif digest is not None:
            if not isinstance(key, rsa.RSAPublicKey):
                raise ClaimSignatureError("got a key that is no RSA key for an RSASSA-PSS signature")
            scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
            key.verify(signature, message, scheme, digest)
        else:
            raise UnsupportedCredentialsError("got a signature algorithm that C2PA does not allow")
    except InvalidSignature as error:
        raise ClaimSignatureError("the signature does not belong to these claim bytes") from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedCredentialsError("got a signature of a kind that is not read here") from error
    except ValueError as error:
        raise ClaimSignatureError("got a signature that cannot be one of this key") from error
