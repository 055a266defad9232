"""Is every octet of a time stamp signed by its authority, or of a form in which nothing else fits?

RFC 3161 tokens and responses: CMS SignedData (RFC 5652) has many places that no signature covers. Those that a stamp
needs may stand there, each in the one form that it has; anything else makes the stamp more than a stamp. Whether it
stamps this very claim, and who the authority is, are questions of `timestamp.py`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Sequence
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.certificates import Certificate, read_certificate, strays
from provenance.credentials.store.octets.der import (
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTF8_STRING,
    Element,
    elements,
    of_tags,
    only,
)
from provenance.credentials.store.octets.signatures import Verifier, digest_name, digest_of

MAX_STAMP: Final = 256 * 1024
"""Bytes of one token; as in `timestamp.py`."""
MAX_INFO: Final = 512
"""Bytes of TSTInfo: what an authority says. Real ones have 98 to 228, and whoever likes can be an authority."""
MAX_ATTRIBUTES: Final = 1_024
"""Bytes of the signed attributes. Real ones have 137 to 335."""
MAX_CERTIFICATES: Final = 10
"""As in `timestamp.py`."""
MAX_DIGESTS: Final = 4
"""Digest algorithms named in advance; real tokens name one."""

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")
_MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
_VERSIONS: Final = (bytes.fromhex("020101"), bytes.fromhex("020103"))
"""By RFC 5652, section 5.1, a token has version 3; some authorities write 1."""
_GRANTED: Final = (bytes.fromhex("020100"), bytes.fromhex("020101"))
_STATUS_TEXTS: Final = frozenset({b"Operation Okay"})
"""What SignServer writes beside a granted stamp; nobody signs it, and nothing else is known to be written there."""
_KEY_ID: Final = 0x80
_CERTIFICATES: Final = 0xA0
_EXPLICIT: Final = 0xA0

Vouching = Callable[[Sequence[bytes]], Collection[bytes]]
"""Which certificates of a chain stand on a path to a list that the reader uses."""


def is_accounted(token: bytes, vouching: Vouching, verifier: Verifier) -> bool:
    """Whether every octet of a time stamp is signed by its authority, or could not be another one."""
    try:
        return len(token) <= MAX_STAMP and _is_accounted(token, vouching, verifier)
    except (MalformedCredentialsError, ValueError, IndexError):
        return False


def _is_accounted(token: bytes, vouching: Vouching, verifier: Verifier) -> bool:
    content = only(token)
    parts = content.children
    if parts and parts[0].tag == SEQUENCE:
        status, content = of_tags(parts, SEQUENCE, SEQUENCE)
        if not _is_plain_status(status):
            return False
    kind, wrapped = of_tags(content.children, OID, _EXPLICIT)
    if kind.raw != _SIGNED_DATA:
        return False
    version, digests, encapsulated, *rest = only(wrapped.content).children
    if version.raw not in _VERSIONS or not _are_digests(digests):
        return False
    kind, inner = of_tags(encapsulated.children, OID, _EXPLICIT)
    info = only(inner.content, OCTET_STRING).content
    bag, signers = of_tags(rest, _CERTIFICATES, SET)
    signer = only(signers.content)
    return kind.raw == _TST_INFO and _is_signed(info, elements(bag.content), signer, vouching, verifier)


def _is_plain_status(status: Element) -> bool:
    """PKIStatusInfo that says that the stamp was granted, and nothing else (RFC 3161, section 2.4.2)."""
    granted, *texts = status.children
    return granted.raw in _GRANTED and (
        not texts
        or (
            [one.tag for one in texts] == [SEQUENCE]
            and [one.tag for one in texts[0].children] == [UTF8_STRING]
            and texts[0].children[0].content in _STATUS_TEXTS
        )
    )


def _are_digests(digests: Element) -> bool:
    """The digests named in advance: each once, or none (RFC 5652, section 5.1)."""
    names = [digest_name(one) for one in digests.children]
    return digests.tag == SET and len(names) == len(set(names)) <= MAX_DIGESTS


def _is_signed(info: bytes, bag: Sequence[Element], signer: Element, vouching: Vouching, verifier: Verifier) -> bool:
    """The one SignerInfo: it signs the content, and has no attributes that nobody signed."""
    version, named, digest, attributes, algorithm, signature = of_tags(
        signer.children, 0x02, signer.children[1].tag, SEQUENCE, 0xA0, SEQUENCE, OCTET_STRING
    )
    if version.raw not in _VERSIONS or len(bag) > MAX_CERTIFICATES or any(one.tag != SEQUENCE for one in bag):
        return False
    chain = _from_signer([one.raw for one in bag], named)
    name = digest_name(digest)
    if not hmac.compare_digest(_message_digest(attributes), digest_of(name, info)):
        return False
    key = read_certificate(chain[0]).key
    # Signed as a SET, kept as [0] IMPLICIT: only the first octet differs (RFC 5652, section 5.4).
    message = bytes([SET]) + attributes.raw[1:]
    if not verifier.holds(key, algorithm, signature.content, message, digest=name, may_be_raw=True):
        return False
    vouched: Collection[bytes] = ()
    is_short = len(info) <= MAX_INFO and len(attributes.content) <= MAX_ATTRIBUTES
    if strays(chain, verifier) or not is_short:
        vouched = vouching(chain)
    return not strays(chain, verifier, vouched) and (is_short or chain[0] in vouched)


def _from_signer(bag: list[bytes], named: Element) -> list[bytes]:
    """The certificates, the signer's first, the others in the order in which they lie."""
    number = next((n for n, der in enumerate(bag) if _is_named(read_certificate(der), named)), None)
    if number is None:
        raise MalformedCredentialsError("got a time stamp without its authority's certificate")
    return [bag[number], *bag[:number], *bag[number + 1 :]]


def _is_named(certificate: Certificate, named: Element) -> bool:
    """SignerIdentifier (RFC 5652, section 5.3), octet for octet: nobody signed how the name is written there."""
    if named.tag == _KEY_ID:
        return bool(named.content) and named.content == certificate.key_id
    return named.tag == SEQUENCE and named.content == certificate.issuer + certificate.serial


def _message_digest(attributes: Element) -> bytes:
    for attribute in attributes.children:
        kind, values = of_tags(attribute.children, OID, SET)
        if kind.raw == _MESSAGE_DIGEST:
            return only(values.content, OCTET_STRING).content
    raise MalformedCredentialsError("got a time stamp without a signed digest of its content")
