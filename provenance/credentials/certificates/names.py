"""What does a name say whose strings break their types?

X.520 gives each string of a name a type, and authorities break them: an underscore in a PrintableString, Latin letters
beyond ASCII in an IA5String. The library refuses such a certificate as a whole. Here its name is read as what was
meant, and the certificate through a copy in which those strings alone have a type that they keep to; what was signed,
its digest and its key stay those of the certificate itself (`BrokenNames`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from provenance.credentials.certificates.name_constraints import fold
from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.ber import written
from provenance.credentials.store.octets.der import (
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTF8_STRING,
    Element,
    elements,
    only,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

MAX_DEPTH: Final = 24
"""Elements within each other in a certificate; real ones have a dozen."""
MAX_BYTES: Final = 4_096
"""Of a certificate that is mended: real ones have one to three thousand."""
MAX_ELEMENTS: Final = 512
"""DER elements in it; real ones have some 150. Whoever sends ten others with each of many manifests gains no time."""

_CONSTRUCTED: Final = 0x20
_EXTENSIONS: Final = 0xA3
_UNIVERSAL: Final = 0xC0
_BMP: Final = 0x1E
_UNIVERSAL_STRING: Final = 0x1C
_PRINTABLE: Final = re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*")
_ASCII: Final = re.compile(rb"[\x00-\x7f]*")
_NUMERIC: Final = re.compile(rb"[0-9 ]*")
_KEPT: Final = {0x12: _NUMERIC, 0x13: _PRINTABLE, 0x16: _ASCII, 0x1A: _ASCII}
"""NumericString, PrintableString, IA5String and VisibleString, with what each may hold (X.680, section 41)."""
_T61: Final = 0x14


def _text(tag: int, content: bytes) -> str | None:
    """What a string says, whichever type it claims; None for what is no string."""
    if tag == _BMP:
        return content.decode("utf-16-be", "replace")
    if tag == _UNIVERSAL_STRING:
        return content.decode("utf-32-be", "replace")
    if tag not in (*_KEPT, _T61, UTF8_STRING):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # What is neither is Latin-1 in practice: so do T61String and PrintableString of old authorities read.
        return content.decode("latin-1")


def _breaks(tag: int, content: bytes) -> bool:
    """Whether a string holds what its type does not allow, or is of a type that the library does not read."""
    allowed = _KEPT.get(tag)
    if allowed is not None:
        return allowed.fullmatch(content) is None
    if tag not in (UTF8_STRING, _T61, _BMP, _UNIVERSAL_STRING):
        return False
    try:
        content.decode({_BMP: "utf-16-be", _UNIVERSAL_STRING: "utf-32-be"}.get(tag, "utf-8"))
    except UnicodeDecodeError:
        return True
    return False


@lru_cache(maxsize=256)
def _folded(name: bytes) -> tuple[frozenset[tuple[bytes, str | bytes]], ...]:
    """A Name (RFC 5280, section 4.1.2.4), DER, as section 7.1 compares it. Raises MalformedCredentialsError."""
    found = []
    for rdn in only(name).children:
        pairs = set[tuple[bytes, str | bytes]]()
        for attribute in rdn.children if rdn.tag == SET else ():
            kind, value = attribute.children
            text = _text(value.tag, value.content)
            pairs.add((kind.content, value.raw if text is None else fold(text)))
        found.append(frozenset(pairs))
    return tuple(found)


def same_name(left: bytes, right: bytes) -> bool:
    """Whether two names, DER, are one: the same octets, or alike as RFC 5280, section 7.1, compares them."""
    try:
        return left == right or _folded(left) == _folded(right)
    except (MalformedCredentialsError, ValueError):
        return False


def mended(der: bytes) -> bytes:
    """The certificate with every string of a wrong type as UTF8String; the same bytes where there is none.

    Its signature does not hold any more, so that it serves to read names and extensions, and nothing else. Raises
    MalformedCredentialsError where it is no strict DER.
    """
    if len(der) > MAX_BYTES:
        raise MalformedCredentialsError(f"got a certificate of {len(der)} bytes whose names would have to be mended")
    certificate = only(der)
    parts = certificate.children
    if len(parts) != 3 or parts[0].tag != SEQUENCE:
        raise MalformedCredentialsError("got bytes that are no X.509 certificate")
    mender = _Mender()
    signed = b"".join(
        written(_EXTENSIONS, mender.extensions(part)) if part.tag == _EXTENSIONS else mender.mended(part)
        for part in parts[0].children
    )
    return written(SEQUENCE, written(SEQUENCE, signed) + parts[1].raw + parts[2].raw)


class _Mender:
    """Mends one certificate, of no more elements than certificates have."""

    def __init__(self) -> None:
        self._left = MAX_ELEMENTS

    def mended(self, element: Element, depth: int = MAX_DEPTH) -> bytes:
        """An element with every string in it of a type that it keeps to. Raises MalformedCredentialsError."""
        self._left -= 1
        if not depth or self._left < 0:
            raise MalformedCredentialsError("got a certificate with too many elements, or nested too deeply")
        if element.tag & _CONSTRUCTED:
            return written(element.tag, b"".join(self.mended(child, depth - 1) for child in element.children))
        if element.tag & _UNIVERSAL or not _breaks(element.tag, element.content):
            return element.raw
        text = _text(element.tag, element.content) or ""
        return written(UTF8_STRING, text.encode())

    def extensions(self, extensions: Element) -> bytes:
        """Names stand in extensions too (an authority key identifier's issuer), inside octet strings."""
        made = []
        for extension in only(extensions.content).children:
            *head, value = extension.children or [extension]
            inner = value.content
            if value.tag == OCTET_STRING and head and head[0].tag == OID:
                try:
                    inner = b"".join(self.mended(one) for one in elements(inner))
                except MalformedCredentialsError:
                    inner = value.content
            made.append(written(SEQUENCE, b"".join(one.raw for one in head) + written(value.tag, inner)))
        return written(SEQUENCE, b"".join(made))


class BrokenNames:
    """A certificate whose names the library refuses, read like any other `x509.Certificate`.

    Names, dates, extensions and key come from a mended copy; octets, digest and signature are its own.
    """

    def __init__(self, der: bytes, copy: x509.Certificate, signed: bytes) -> None:
        """`signed` is the TBSCertificate as it was signed."""
        self._der = der
        self._copy = copy
        self.tbs_certificate_bytes = signed

    def __getattr__(self, name: str) -> Any:
        """Whatever mending does not touch."""
        return getattr(self._copy, name)

    def __eq__(self, other: object) -> bool:
        """By octets."""
        return isinstance(other, BrokenNames) and other._der == self._der

    def __hash__(self) -> int:
        """By octets."""
        return hash(self._der)

    def public_bytes(self, encoding: Encoding) -> bytes:
        """The certificate itself, in DER. Raises TypeError for any other encoding."""
        from cryptography.hazmat.primitives.serialization import Encoding as Known

        if encoding is not Known.DER:
            raise TypeError("got another encoding than DER for a certificate whose names break their types")
        return self._der

    def verify_directly_issued_by(self, issuer: x509.Certificate) -> None:
        """As the library does it (RFC 5280, section 6.1.3, (a)(1) and (a)(4)), over what was signed.

        Raises InvalidSignature, ValueError and TypeError like the library.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

        if self._copy.issuer != issuer.subject:
            raise ValueError("got a certificate of another issuer")
        key, parameters = issuer.public_key(), self._copy.signature_algorithm_parameters
        signature, message = self._copy.signature, self.tbs_certificate_bytes
        digest = self._copy.signature_hash_algorithm
        if isinstance(key, rsa.RSAPublicKey) and isinstance(parameters, padding.PKCS1v15 | padding.PSS) and digest:
            key.verify(signature, message, parameters, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(parameters, ec.ECDSA):
            key.verify(signature, message, parameters)
        elif isinstance(key, ed25519.Ed25519PublicKey) and parameters is None:
            key.verify(signature, message)
        else:
            raise TypeError("got a signature of another kind than its issuer's key")


@lru_cache(maxsize=256)
def read_broken(der: bytes) -> x509.Certificate | None:
    """A certificate that the library refuses for the strings in its names; None where that is not why."""
    from cryptography import x509

    try:
        copy = mended(der)
        if copy == der:
            return None
        loaded = x509.load_der_x509_certificate(copy)
        _ = loaded.subject, loaded.issuer
    except (MalformedCredentialsError, ValueError, TypeError, x509.InvalidVersion):
        return None
    return cast("x509.Certificate", BrokenNames(der, loaded, only(der).children[0].raw))
