"""Which key signs, and do the certificates that speak for it fit? PEM files in, a signing key or a clear refusal out.

Everything that an engine would only call an internal error is said here in words: a key of another certificate, a
passphrase that is missing or wrong, a certificate that has run out or may not sign Content Credentials.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.certificates.algorithms import MIN_RSA_BITS
from provenance.credentials.certificates.keys import MAX_RSA_BITS, unwarned
from provenance.credentials.certificates.profile import violations
from provenance.credentials.cose import MAX_CHAIN_CERTIFICATES
from provenance.credentials.errors import CredentialsError
from provenance.credentials.signing.c2pa_sign import ALGORITHMS, SigningKey

if TYPE_CHECKING:
    from cryptography import x509

MAX_PEM: Final = 256 * 1024
"""Bytes of a PEM file; a chain of ten certificates has about 20 KiB."""
AUTO: Final = "auto"
"""The algorithm that goes with the key."""

_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_RSA: Final = ("ps256", "ps384", "ps512")
_WORDS: Final = {
    "version": "it is no X.509 version 3 certificate",
    "signature-algorithm": "it was signed with an algorithm that C2PA does not allow",
    "key-kind": "its key is of a kind that C2PA does not allow",
    "key-curve": "its key's curve is none of P-256, P-384 and P-521",
    "key-size": f"its RSA key has fewer than {MIN_RSA_BITS} bits",
    "key-too-large": f"its RSA key has more than {MAX_RSA_BITS} bits",
    "is-ca": "it is a certificate authority's",
    "no-key-usage": "it does not say what its key may be used for",
    "no-digital-signature": "its key may not make digital signatures",
    "key-cert-sign": "its key may sign certificates",
    "no-authority-key-id": "it does not name its authority's key",
    "unknown-critical-extension": "it has a critical extension that is not known here",
    "no-purpose": "it names no purpose (extended key usage)",
    "any-purpose": "it allows any purpose",
    "wrong-purpose": "none of its purposes is one for signing Content Credentials",
    "mixed-purposes": "it is for time stamps or revocation answers as well",
    "unique-id": "it has a unique identifier",
    "unreadable-extensions": "its extensions cannot be read",
}
"""What breaks the certificate profile (`profile.violations`), in words."""


class SigningKeyError(CredentialsError):
    """Key and certificates cannot sign; the message says which of them and why."""

    hint = "give the signer's key and its certificates, the signer's own first"


def load_signing_key(
    chain_pem: bytes, key_pem: bytes, *, at: dt.datetime, passphrase: bytes | None = None, algorithm: str = AUTO
) -> SigningKey:
    """A key that signs and the certificates that speak for it, checked against each other and against `at`.

    Args:
        chain_pem: The signer's certificate, then the authorities' above it; a root at the end is left out.
        key_pem: The private key.
        at: Aware; every certificate must be valid then.
        passphrase: Of the key, where it is encrypted.
        algorithm: One of `c2pa_sign.ALGORITHMS` that fits the key, or AUTO.

    Raises:
        SigningKeyError: Something is no PEM, does not fit, has run out, or may not sign Content Credentials.
    """
    certificates = _certificates(chain_pem)
    key = _private_key(key_pem, passphrase)
    leaf = certificates[0]
    _belongs(key, certificates)
    for number, certificate in enumerate(certificates, start=1):
        _in_time(certificate, at, number)
    broken = violations(leaf)
    if broken:
        reasons = "; ".join(_WORDS.get(word, word) for word in broken)
        raise SigningKeyError(f"the certificate may not sign Content Credentials: {reasons}")
    from cryptography.hazmat.primitives.serialization import Encoding

    sent = [one for one in certificates if one is leaf or one.subject != one.issuer]
    return SigningKey(
        algorithm=_algorithm(key, algorithm),
        certificates=tuple(one.public_bytes(Encoding.DER) for one in sent),
        sign=_signs(key, _algorithm(key, algorithm)),
    )


def _certificates(pem: bytes) -> list[x509.Certificate]:
    from cryptography import x509

    if len(pem) > MAX_PEM:
        raise SigningKeyError(f"got {len(pem)} bytes of certificates, expected at most {MAX_PEM}")
    try:
        with unwarned():
            found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        also = ", but a private key" if b"PRIVATE KEY-----" in pem else ""
        raise SigningKeyError(f"the certificates cannot be read: got no PEM with certificates{also}") from error
    if len(found) > MAX_CHAIN_CERTIFICATES:
        raise SigningKeyError(f"got {len(found)} certificates, expected at most {MAX_CHAIN_CERTIFICATES}")
    return found


def _private_key(pem: bytes, passphrase: bytes | None) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if len(pem) > MAX_PEM:
        raise SigningKeyError(f"got {len(pem)} bytes of a private key, expected at most {MAX_PEM}")
    is_encrypted = b"ENCRYPTED" in pem
    if is_encrypted and not passphrase:
        raise SigningKeyError("the private key is encrypted, and no passphrase was given for it")
    try:
        # Where a passphrase is set and the key is not encrypted, it was meant for another key: no reason to refuse.
        return load_pem_private_key(pem, password=passphrase if is_encrypted else None)
    except (ValueError, TypeError) as error:
        if is_encrypted:
            raise SigningKeyError("the private key cannot be decrypted: the passphrase is another's") from error
        also = ", but a certificate" if b"CERTIFICATE-----" in pem else ""
        raise SigningKeyError(f"the private key cannot be read: got no PEM with one{also}") from error
    except UnsupportedAlgorithm as error:
        raise SigningKeyError("the private key is of a kind that C2PA does not allow") from error


def _spki(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _belongs(key: Any, certificates: Sequence[x509.Certificate]) -> None:
    """The key is the first certificate's."""
    from cryptography.exceptions import UnsupportedAlgorithm

    for number, certificate in enumerate(certificates, start=1):
        try:
            fits = _spki(certificate.public_key()) == _spki(key.public_key())
        except (UnsupportedAlgorithm, ValueError, TypeError):
            fits = False
        if fits and number == 1:
            return
        if fits:
            raise SigningKeyError(
                f"the private key belongs to certificate {number} of {len(certificates)}, expected the first: the "
                "signer's own stands in front, then the authorities' above it"
            )
    raise SigningKeyError("the private key does not belong to the certificate")


def _in_time(certificate: x509.Certificate, at: dt.datetime, number: int) -> None:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    which = "the certificate" if number == 1 else f"certificate {number} of the chain"
    if at < start:
        raise SigningKeyError(f"{which} is not valid before {start.date().isoformat()}")
    if at > end:
        raise SigningKeyError(f"{which} expired on {end.date().isoformat()}")


def _algorithm(key: Any, wanted: str) -> str:
    """The COSE algorithm for a key (C2PA 2.4, section 13.2)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    fitting: tuple[str, ...] = ()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        fitting = tuple(name for curve, name in _CURVES.items() if curve == key.curve.name)
    elif isinstance(key, rsa.RSAPrivateKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        fitting = _RSA
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        fitting = ("ed25519",)
    if not fitting:
        raise SigningKeyError("the private key is of a kind or size that C2PA does not allow")
    if wanted == AUTO:
        return fitting[0]
    if wanted not in ALGORITHMS or wanted not in fitting:
        raise SigningKeyError(f"got the algorithm {wanted!r}, expected {' or '.join(fitting)} for this key")
    return wanted


def _signs(key: Any, algorithm: str) -> Callable[[bytes], bytes]:
    """A function that signs in COSE form: ECDSA as r and s side by side (RFC 9053, section 2.1)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}.get(algorithm[2:])

    def sign(data: bytes) -> bytes:
        if digest is None:
            return bytes(key.sign(data))
        if algorithm.startswith("ps"):
            return bytes(key.sign(data, padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size), digest))
        size = (key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return sign
