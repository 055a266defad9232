"""Which keys and which signatures may a certificate have, whoever it belongs to?

C2PA 2.4, section 14.5.1, which lists them for every certificate of a claim signer's path; the same list is held to
for time-stamping authorities, responders and identities, so that none of them hangs on a key that others refuse.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.certificates.keys import MAX_RSA_BITS, is_of_small_order

if TYPE_CHECKING:
    from cryptography import x509

MIN_RSA_BITS: Final = 2048
"""Bits of an RSA modulus (C2PA 2.4, section 14.5.1)."""
CURVES: Final[Mapping[str, bytes]] = {
    "secp256r1": bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107"),
    "secp384r1": bytes.fromhex("301006072a8648ce3d020106052b81040022"),
    "secp521r1": bytes.fromhex("301006072a8648ce3d020106052b81040023"),
}
"""P-256, P-384 and P-521 by the names of SEC 2, with the DER by which a certificate names them: no other curve may be
used, nor one of these that is written out with its parameters (RFC 5480, section 2.1.1)."""

_PSS: Final = "1.2.840.113549.1.1.10"
_SIGNATURES: Final = frozenset(
    {
        "1.2.840.113549.1.1.11",  # sha256WithRSAEncryption
        "1.2.840.113549.1.1.12",  # sha384WithRSAEncryption
        "1.2.840.113549.1.1.13",  # sha512WithRSAEncryption
        _PSS,
        "1.2.840.10045.4.3.2",  # ecdsa-with-SHA256
        "1.2.840.10045.4.3.3",  # ecdsa-with-SHA384
        "1.2.840.10045.4.3.4",  # ecdsa-with-SHA512
        "1.3.101.112",  # Ed25519
    }
)
_DIGESTS: Final = ("sha256", "sha384", "sha512")


class Problem(enum.StrEnum):
    """What forbids a certificate."""

    KIND = "key-kind"
    SIZE = "key-size"
    TOO_LARGE = "key-too-large"
    CURVE = "key-curve"
    SIGNATURE = "signature-algorithm"


def key_problems(certificate: x509.Certificate) -> tuple[Problem, ...]:
    """What forbids the certificate's key, empty where nothing does."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return (Problem.KIND,)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size > MAX_RSA_BITS:
        return (Problem.TOO_LARGE,)
    if isinstance(key, rsa.RSAPublicKey):
        return (Problem.SIZE,) if key.key_size < MIN_RSA_BITS else ()
    if isinstance(key, ec.EllipticCurvePublicKey):
        written = CURVES.get(key.curve.name)
        return () if written is not None and written in certificate.tbs_certificate_bytes else (Problem.CURVE,)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return (Problem.KIND,) if is_of_small_order(key) else ()
    return (Problem.KIND,)


def signature_problems(certificate: x509.Certificate) -> tuple[Problem, ...]:
    """What forbids the algorithm by which the certificate was signed, empty where nothing does."""
    from cryptography.exceptions import UnsupportedAlgorithm

    algorithm = certificate.signature_algorithm_oid.dotted_string
    if algorithm not in _SIGNATURES:
        return (Problem.SIGNATURE,)
    if algorithm != _PSS:
        return ()
    try:
        digest = certificate.signature_hash_algorithm
        allowed = digest is not None and digest.name in _DIGESTS and _mask(certificate) == digest.name
    except (UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return (Problem.SIGNATURE,)
    return () if allowed else (Problem.SIGNATURE,)


def _mask(certificate: x509.Certificate) -> Any:
    """The hash of RSASSA-PSS's mask generation, which has to be the signature's own (RFC 4055, section 3.1)."""
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.serialization import Encoding

    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    mask = parsed["signature_algorithm"]["parameters"]["mask_gen_algorithm"]
    return mask["parameters"]["algorithm"].native if mask["algorithm"].native == "mgf1" else None


def problems(certificate: x509.Certificate) -> tuple[Problem, ...]:
    """What forbids its key or the signature on it, each empty where nothing does."""
    return (*key_problems(certificate), *signature_problems(certificate))
