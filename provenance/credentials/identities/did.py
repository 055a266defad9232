"""Which public key does a DID name, as far as that can be known without the network?

Only `did:jwk` carries its key in itself. Resolving `did:web` would ask a server that the media's author chose: a beacon
that tells who looks at which file, so it is left alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from provenance.credentials.certificates.algorithms import MIN_RSA_BITS
from provenance.credentials.certificates.keys import MAX_RSA_BITS
from provenance.credentials.errors import CredentialsError
from provenance.nesting import loads

MAX_DID: Final = 4_096
"""Characters of a DID: an RSA key of 8192 bits as a `did:jwk` has about 2,000."""
_CURVES: Final = ("P-256", "P-384", "P-521")


class DidError(CredentialsError):
    """A DID whose key cannot be used."""


class UnresolvableDidError(DidError):
    """A DID whose document lies on the network."""


class UnsupportedDidError(DidError):
    """A DID of a method that is not read here."""


def key_of(did: str) -> Any:
    """The public key of a DID, with or without a fragment.

    Raises UnresolvableDidError, UnsupportedDidError, DidError.
    """
    bare = did.partition("#")[0]
    if len(bare) > MAX_DID:
        raise DidError(f"got a DID of {len(bare)} characters, expected at most {MAX_DID}")
    _, _, rest = bare.partition(":")
    method, _, name = rest.partition(":")
    if method == "web":
        raise UnresolvableDidError("a did:web lies on the network")
    if method != "jwk":
        raise UnsupportedDidError("got a DID of a method that is not read here, expected did:jwk")
    try:
        value = loads(_bytes(name))
    except ValueError as error:
        raise DidError("got a did:jwk that holds no JSON") from error
    if not isinstance(value, dict):
        raise DidError("got a did:jwk that holds no key")
    return _key(value)


def _bytes(text: object) -> bytes:
    """Raises DidError."""
    if not isinstance(text, str) or not text.isascii():
        raise DidError("got a key part that is no text")
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise DidError("got a key part that is no base64url") from error


def _key(jwk: Mapping[str, Any]) -> Any:
    """A public key from a JSON Web Key (RFC 7517, RFC 7518, RFC 8037). Raises DidError."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    kind, curve = jwk.get("kty"), jwk.get("crv")
    try:
        if kind == "OKP" and curve == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk.get("x")))
        if kind == "EC" and curve in _CURVES:
            curves = dict(zip(_CURVES, (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()), strict=True))
            x, y = (int.from_bytes(_bytes(jwk.get(part)), "big") for part in ("x", "y"))
            return ec.EllipticCurvePublicNumbers(x, y, curves[curve]).public_key()
        if kind == "RSA":
            n, e = (int.from_bytes(_bytes(jwk.get(part)), "big") for part in ("n", "e"))
            if MIN_RSA_BITS <= n.bit_length() <= MAX_RSA_BITS:
                return rsa.RSAPublicNumbers(e, n).public_key()
    except (ValueError, TypeError) as error:
        raise DidError("got a key whose numbers do not fit") from error
    raise DidError("got a key of a kind that is not used here")
