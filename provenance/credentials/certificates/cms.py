"""What are the parts of the CMS SignedData that a time stamp is (RFC 3161, section 2.4.2; RFC 5652, section 5)?

By object identifiers and octets alone: neither the version that it gives itself (authorities write 1 and 3) nor how a
name in it is spelled matters. Whether anything in it holds is asked in `timestamp.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.ber import to_der
from provenance.credentials.store.octets.der import OCTET_STRING, OID, SEQUENCE, SET, Element, elements, of_tags, only

MAX_TOKEN_BYTES: Final = 256 * 1024
"""Bytes of one time-stamp token; real ones have 2-8 KiB."""
MAX_TOKEN_CERTIFICATES: Final = 10
"""Certificates in one token."""

CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
SIGNING_CERTIFICATE: Final = bytes.fromhex("2a864886f70d010910020c")
SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("2a864886f70d010910022f")
_READ: Final = frozenset({CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2})
TST_INFO: Final = bytes.fromhex("2a864886f70d0109100104")
_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")

_INTEGER: Final = 0x02
_GENERALIZED_TIME: Final = 0x18
_CONTEXT_0: Final = 0xA0
_TIME: Final = re.compile(rb"(\d{14})(?:\.(\d{1,18}))?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A token's SignedData, with its one signer."""

    info: bytes = field(repr=False)
    """TSTInfo, DER."""
    certificates: tuple[bytes, ...] = field(repr=False)
    """DER, in the order in which they lie."""
    named: Element = field(repr=False)
    """SignerIdentifier: which of them signed."""
    digest: bytes
    """Object identifier of the digest of the content and the attributes."""
    attributes: bytes = field(repr=False)
    """The signed attributes as they are signed, a SET (RFC 5652, section 5.4)."""
    values: Mapping[bytes, Element] = field(repr=False)
    """Those of them that are read here, by object identifier: each has one value."""
    algorithm: Element = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What a TSTInfo says (RFC 3161, section 2.4.2), as far as it is asked here."""

    digest: bytes
    """Object identifier of the imprint's digest."""
    imprint: bytes
    time: dt.datetime
    """Aware, UTC."""


def read_signed(token: bytes) -> Signed:
    """The parts of a token, or of a response that carries one, in DER or BER. Raises MalformedCredentialsError."""
    if len(token) > MAX_TOKEN_BYTES:
        raise MalformedCredentialsError(f"got a time stamp of {len(token)} bytes, expected at most {MAX_TOKEN_BYTES}")
    try:
        return _signed(token)
    except MalformedCredentialsError:
        settled = to_der(token)
        if settled == token:
            raise
        return _signed(settled)


def _signed(token: bytes) -> Signed:
    content = only(token)
    parts = content.children
    if parts and parts[0].tag == SEQUENCE:
        # TimeStampResp: a status, and the token where it was granted.
        _, content = of_tags(parts, SEQUENCE, SEQUENCE)
    kind, wrapped = of_tags(content.children, OID, _CONTEXT_0)
    if kind.content != _SIGNED_DATA:
        raise MalformedCredentialsError("got a time stamp that is no CMS SignedData")
    version, _, encapsulated, *rest = only(wrapped.content).children
    kind, inner = of_tags(encapsulated.children, OID, _CONTEXT_0)
    if version.tag != _INTEGER or kind.content != TST_INFO or not rest:
        raise MalformedCredentialsError("got CMS SignedData that holds no TSTInfo")
    bag = elements(rest[0].content) if rest[0].tag == _CONTEXT_0 else []
    if len(bag) > MAX_TOKEN_CERTIFICATES:
        raise MalformedCredentialsError(f"got {len(bag)} certificates in a time stamp")
    signers = rest[-1].children if rest[-1].tag == SET else []
    if len(signers) != 1:
        raise MalformedCredentialsError(f"got a time stamp with {len(signers)} signers, expected one")
    return _with_signer(
        only(inner.content, OCTET_STRING).content, tuple(one.raw for one in bag if one.tag == SEQUENCE), signers[0]
    )


def _with_signer(info: bytes, certificates: tuple[bytes, ...], signer: Element) -> Signed:
    """SignerInfo (RFC 5652, section 5.3); attributes that nobody signed are passed over."""
    parts = signer.children
    if len(parts) < 6:
        raise MalformedCredentialsError("got a time stamp without signed attributes")
    _, named, digest, attributes, algorithm, signature = parts[:6]
    of_tags([digest, attributes, algorithm, signature], SEQUENCE, _CONTEXT_0, SEQUENCE, OCTET_STRING)
    return Signed(
        info=info,
        certificates=certificates,
        named=named,
        digest=algorithm_of(digest),
        attributes=bytes([SET]) + attributes.raw[1:],
        values=_values(attributes),
        algorithm=algorithm,
        signature=signature.content,
    )


def _values(attributes: Element) -> dict[bytes, Element]:
    """The attributes that are read here, each of which stands there once, with one value."""
    found: dict[bytes, Element] = {}
    for attribute in attributes.children:
        kind, values = of_tags(attribute.children, OID, SET)
        if kind.content not in _READ:
            continue
        inner = values.children
        if kind.content in found or len(inner) != 1:
            raise MalformedCredentialsError("got a signed attribute twice, or not with one value")
        found[kind.content] = inner[0]
    return found


def algorithm_of(identifier: Element) -> bytes:
    """The object identifier of an AlgorithmIdentifier. Raises MalformedCredentialsError."""
    parts = identifier.children
    if not parts or parts[0].tag != OID:
        raise MalformedCredentialsError("got an algorithm identifier of another form")
    return parts[0].content


def read_info(data: bytes) -> Info:
    """A TSTInfo, of which what comes after the time is not read. Raises MalformedCredentialsError."""
    parts = only(data).children
    _, _, imprint, _, time = of_tags(parts[:5], _INTEGER, OID, SEQUENCE, _INTEGER, _GENERALIZED_TIME)
    algorithm, digest = of_tags(imprint.children, SEQUENCE, OCTET_STRING)
    return Info(digest=algorithm_of(algorithm), imprint=digest.content, time=_instant(time.content))


def _instant(text: bytes) -> dt.datetime:
    """A GeneralizedTime as RFC 3161 has it: with seconds, perhaps with a fraction of one, in UTC."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise MalformedCredentialsError("got a time stamp without a time")
    try:
        whole = dt.datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise MalformedCredentialsError("got a time stamp of a time that is in no calendar") from error
    return whole + dt.timedelta(microseconds=int((match[2] or b"0").ljust(6, b"0")[:6]))


def named_digest(values: Mapping[bytes, Element]) -> tuple[bytes | None, bytes] | None:
    """(digest's object identifier, digest) by which the signed attributes pin the signer's certificate.

    RFC 3161, section 2.4.2, with SHA-1, and RFC 5816 with any, SHA-256 (None) by default; None where neither stands
    there. Raises MalformedCredentialsError.
    """
    second, first = values.get(SIGNING_CERTIFICATE_V2), values.get(SIGNING_CERTIFICATE)
    named = second or first
    if named is None:
        return None
    entries = named.children[0].children if named.children else []
    parts = entries[0].children if entries else []
    algorithm: bytes | None = None
    if second is None:
        algorithm = bytes.fromhex("2b0e03021a")
    elif parts and parts[0].tag == SEQUENCE:
        algorithm, parts = algorithm_of(parts[0]), parts[1:]
    if not parts or parts[0].tag != OCTET_STRING:
        raise MalformedCredentialsError("got a time stamp that names its certificate in another form")
    return algorithm, parts[0].content
