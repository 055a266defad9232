"""Does a signature as X.509, CMS and OCSP write one hold, whatever else its certificate says?

By object identifiers and raw octets alone: names that a stricter reader refuses do not matter here. Who signed, and
whether anybody should believe it, is asked elsewhere.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

from provenance.credentials.certificates.keys import key_of
from provenance.credentials.errors import CredentialsError, MalformedCredentialsError
from provenance.credentials.store.octets.der import OID, Element

_NULL: Final = b"\x05\x00"
MAX_PARAMETERS: Final = 80
"""Bytes of the parameters of RSASSA-PSS, with every default written out; no other algorithm here has any."""

MAX_SIGNATURES: Final = 400
"""Signatures of certificates, stamps and answers in one store: below a second. A manifest that no link covers takes a
dozen at most, and real files have few such manifests."""

HASHES: Final = {
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040204"): "sha224",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
"""Object identifiers of digests (RFC 5754). SHA-1 too: nobody finds other octets to a digest that is given."""
_RSA: Final = "rsa"
_PSS: Final = "pss"
_ECDSA: Final = "ecdsa"
_ED25519: Final = "ed25519"
_SCHEMES: Final = {
    bytes.fromhex("2a864886f70d010101"): (_RSA, ""),
    bytes.fromhex("2a864886f70d010105"): (_RSA, "sha1"),
    bytes.fromhex("2a864886f70d01010e"): (_RSA, "sha224"),
    bytes.fromhex("2a864886f70d01010b"): (_RSA, "sha256"),
    bytes.fromhex("2a864886f70d01010c"): (_RSA, "sha384"),
    bytes.fromhex("2a864886f70d01010d"): (_RSA, "sha512"),
    bytes.fromhex("2a864886f70d01010a"): (_PSS, ""),
    bytes.fromhex("2a8648ce3d0201"): (_ECDSA, ""),
    bytes.fromhex("2a8648ce3d0401"): (_ECDSA, "sha1"),
    bytes.fromhex("2a8648ce3d040301"): (_ECDSA, "sha224"),
    bytes.fromhex("2a8648ce3d040302"): (_ECDSA, "sha256"),
    bytes.fromhex("2a8648ce3d040303"): (_ECDSA, "sha384"),
    bytes.fromhex("2a8648ce3d040304"): (_ECDSA, "sha512"),
    bytes.fromhex("2b6570"): (_ED25519, ""),
}
# RFC 8017, RFC 5758, RFC 8410. Without a digest of its own the one beside it counts (RFC 5754, section 3).


def digest_name(algorithm: Element) -> str:
    """The digest that an AlgorithmIdentifier names. Raises MalformedCredentialsError for any other, or more in it."""
    oid, parameters = _parts(algorithm)
    name = HASHES.get(oid)
    if name is None or parameters not in (b"", _NULL):
        raise MalformedCredentialsError("got a digest algorithm that is not known, or with parameters")
    return name


def _parts(algorithm: Element) -> tuple[bytes, bytes]:
    """(object identifier, raw parameters) of an AlgorithmIdentifier (RFC 5280, section 4.1.1.2)."""
    parts = algorithm.children
    if not 1 <= len(parts) <= 2 or parts[0].tag != OID:
        raise MalformedCredentialsError("got an algorithm identifier of another form")
    return parts[0].content, parts[1].raw if len(parts) == 2 else b""


class Verifier:
    """Verifies signatures over one store, and not more of them than a store has."""

    def __init__(self) -> None:
        """Begin with none."""
        self.left = MAX_SIGNATURES

    def holds(
        self,
        key: bytes,
        algorithm: Element,
        signature: bytes,
        message: bytes,
        *,
        digest: str = "",
        may_be_raw: bool = False,
    ) -> bool:
        """As `holds`; False for all that are too many."""
        self.left -= 1
        return self.left >= 0 and holds(key, algorithm, signature, message, digest=digest, may_be_raw=may_be_raw)


def hashed_with(algorithm: Element, beside: str) -> str:
    """The digest under a signature of this algorithm, by its name, `beside` being the one that stands next to it.

    `none` where the scheme brings its own (Ed25519); empty where the algorithm is not verified here.
    """
    try:
        oid, parameters = _parts(algorithm)
    except MalformedCredentialsError:
        return ""
    scheme, own = _SCHEMES.get(oid, ("", ""))
    if scheme == _PSS:
        return _pss_digest(parameters)
    return "none" if scheme == _ED25519 else own or beside if scheme else ""


def ecdsa_digest(algorithm: Element) -> str:
    """The digest of a signature over an elliptic curve, by its name; empty for all other algorithms.

    Raises MalformedCredentialsError where it is no identifier of one.
    """
    oid, parameters = _parts(algorithm)
    scheme, own = _SCHEMES.get(oid, ("", ""))
    return own if scheme == _ECDSA and not parameters else ""


def _pss_digest(parameters: bytes) -> str:
    return next((name for oid, name in HASHES.items() if oid in parameters), "sha1")


@lru_cache(maxsize=512)
def holds(
    key: bytes, algorithm: Element, signature: bytes, message: bytes, *, digest: str = "", may_be_raw: bool = False
) -> bool:
    """Whether a signature over `message` is by this key.

    Args:
        key: SubjectPublicKeyInfo, DER.
        algorithm: AlgorithmIdentifier of the signature.
        signature: the content of the bit or octet string.
        message: what is signed.
        digest: by its name, for algorithms that name none.
        may_be_raw: whether an ECDSA signature may also be its two integers side by side (IEEE P1363), as some
            authorities write them in time stamps, against RFC 5753: of one size, so that nothing else fits.

    False also for algorithms that are not verified here, and where the identifier holds more than the algorithm needs.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        oid, parameters = _parts(algorithm)
        scheme, own = _SCHEMES.get(oid, ("", ""))
        most = MAX_PARAMETERS if scheme == _PSS else len(_NULL)
        if not scheme or len(parameters) > most or (scheme != _PSS and parameters not in (b"", _NULL)):
            return False
        loaded = key_of(key)
        try:
            _verify(loaded, scheme, own or digest, parameters, signature, message)
        except InvalidSignature:
            if not (may_be_raw and scheme == _ECDSA):
                raise
            _verify(loaded, scheme, own or digest, parameters, _from_raw(loaded, signature), message)
    except (CredentialsError, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, AttributeError):
        return False
    return True


def _from_raw(key: Any, signature: bytes) -> bytes:
    """Two integers of the curve's size as DER (RFC 3279, section 2.2.3). Raises ValueError for another size."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    size = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        raise ValueError("got a signature that is neither DER nor two integers")
    return encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))


def _verify(key: Any, scheme: str, digest: str, parameters: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    if scheme == _ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    elif scheme == _ECDSA and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(_hash(digest)))
    elif scheme == _RSA and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), _hash(digest))
    elif scheme == _PSS and isinstance(key, rsa.RSAPublicKey):
        name = _pss_digest(parameters)
        pss = padding.PSS(mgf=padding.MGF1(_hash(name)), salt_length=padding.PSS.AUTO)
        key.verify(signature, message, pss, _hash(name))
    else:
        raise TypeError("got a key of another kind than its signature")


def _hash(name: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    return {
        "sha1": hashes.SHA1(),  # noqa: S303 - see HASHES
        "sha224": hashes.SHA224(),
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }[name]


def digest_of(name: str, data: bytes) -> bytes:
    """A digest by one of the names in HASHES."""
    return hashlib.new(name, data, usedforsecurity=False).digest()
