"""Does the claim signature hold, and what does the signature box carry: certificates, time stamp, revocation answers?

COSE_Sign1 with a detached payload (RFC 9052, section 4; C2PA 2.4, section 13.2). Verifying here, for every manifest of
a store, makes our answer on ancestors independent of the engines, which accept an ancestor by its recorded results.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from provenance.credentials.certificates.keys import public_key_of, verify_with
from provenance.credentials.errors import (
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)
from provenance.credentials.store.cbor import CWT_CLAIMS, read_header_map

MAX_SIGNATURE_BOX_BYTES: Final = 1024 * 1024
"""Bytes of one COSE_Sign1. Writers pad theirs to 10-20 KiB; chains and OCSP answers fit well below."""
MAX_CHAIN_CERTIFICATES: Final = 10
"""Certificates in one x5chain: each may cost a public-key operation."""
MAX_CERTIFICATE_BYTES: Final = 64 * 1024
"""Bytes of one certificate. Real ones stay below 4 KiB."""
MAX_CLAIMED_SECONDS: Final = 60_000_000_000
"""Seconds around 1970 within which a stated time is one that a calendar shows (years 69 to 3871)."""

_TAGGED_SIGN1: Final = 0xD2
_ARRAY_OF_FOUR: Final = 0x84
_NULL: Final = 0xF6
_ALG: Final = 1
_CRIT: Final = 2
_X5CHAIN: Final = 33
_IAT: Final = 6
_X5CHAIN_NAME: Final = "x5chain"
_UNDERSTOOD: Final = frozenset({_ALG, _CRIT, CWT_CLAIMS, _X5CHAIN, _X5CHAIN_NAME})
"""Labels that may be marked as critical: what they say is acted on here."""
# RFC 9053, 9054 and 9864 (fully specified ECDSA and EdDSA).
_ALGORITHMS: Final[Mapping[int, str]] = {
    -7: "es256", -35: "es384", -36: "es512", -37: "ps256", -38: "ps384", -39: "ps512", -8: "ed25519",
    -9: "es256", -51: "es384", -52: "es512", -19: "ed25519",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign1:
    """A claim signature's parts."""

    algorithm: str
    """`es256` … `es512`, `ps256` … `ps512`, `ed25519`."""
    protected: bytes = field(repr=False)
    """The protected header exactly as stored: it is signed."""
    signature: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    """DER certificates, the signer's first; what follows is whatever the signer put there."""
    chain_is_signed: bool
    """False for old files whose chain stands in the unprotected header."""
    time_stamps: tuple[bytes, ...] = field(default=(), repr=False)
    """RFC 3161 responses (version 1) or tokens (version 2), as stored."""
    time_stamp_version: int = 0
    """2 for `sigTst2`, which stamps the signature; 1 for `sigTst`, which stamps the claim; 0 without."""
    ocsp: tuple[bytes, ...] = field(default=(), repr=False)
    """Stapled OCSP responses (`rVals`)."""
    claimed_time: int | None = None
    """When the signer's own clock says that it signed, in seconds since 1970; None where it does not say."""


def _head(major: int, length: int) -> bytes:
    """The shortest CBOR head."""
    if length < 24:
        return bytes([major << 5 | length])
    size, short = next((size, short) for size, short in ((1, 24), (2, 25), (4, 26), (8, 27)) if length < 256**size)
    return bytes([major << 5 | short]) + length.to_bytes(size, "big")


def _bstr(data: bytes) -> bytes:
    return _head(2, len(data)) + data


def signed_bytes(sign1: Sign1, claim: bytes) -> bytes:
    """The Sig_structure over which a claim signature is made (RFC 9052, section 4.4)."""
    context = b"Signature1"
    return b"\x84" + _head(3, len(context)) + context + _bstr(sign1.protected) + _bstr(b"") + _bstr(claim)


def stamped_bytes(sign1: Sign1, claim: bytes) -> bytes:
    """The counter-signature structure that a time stamp hashes (C2PA 2.4, section 10.3.2.5)."""
    context = b"CounterSignature"
    payload = claim if sign1.time_stamp_version == 1 else _bstr(sign1.signature)
    return b"\x84" + _head(3, len(context)) + context + _bstr(sign1.protected) + _bstr(b"") + _bstr(payload)


def _read_bstr(stream: io.BytesIO, *, what: str) -> bytes:
    """One definite-length byte string."""
    head = stream.read(1)
    if not head or head[0] >> 5 != 2:
        raise MalformedCredentialsError(f"got no byte string, expected {what}")
    short = head[0] & 0x1F
    if short >= 24:
        size = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)
        if size is None:
            raise MalformedCredentialsError(f"got a byte string without a length, expected {what}")
        head = stream.read(size)
        if len(head) != size:
            raise MalformedCredentialsError(f"got a length that breaks off, expected {what}")
        short = int.from_bytes(head, "big")
    # A length of eight bytes may be more than any read can be asked for.
    data = stream.read(min(short, sys.maxsize))
    if len(data) != short:
        raise MalformedCredentialsError(f"got {len(data)} bytes, expected {short} in {what}")
    return data


def _certificates(value: Any) -> tuple[bytes, ...]:
    """An x5chain value, one certificate or a list, which old writers nest."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    entries = [value] if isinstance(value, bytes) else value
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, bytes) for entry in entries):
        raise MalformedCredentialsError("got an x5chain that is no list of certificates")
    if len(entries) > MAX_CHAIN_CERTIFICATES:
        raise CredentialsLimitError(f"got {len(entries)} certificates, expected at most {MAX_CHAIN_CERTIFICATES}")
    for entry in entries:
        if len(entry) > MAX_CERTIFICATE_BYTES:
            raise CredentialsLimitError(f"got a certificate of {len(entry)} bytes, expected <= {MAX_CERTIFICATE_BYTES}")
    return tuple(entries)


def _chain(protected: Mapping[int | str, Any], unprotected: Mapping[int | str, Any]) -> tuple[tuple[bytes, ...], bool]:
    """(certificates, stands in the signed header). Two chains would leave open which one counts: refused."""
    signed = [protected[label] for label in (_X5CHAIN, _X5CHAIN_NAME) if label in protected]
    unsigned = [unprotected[label] for label in (_X5CHAIN, _X5CHAIN_NAME) if label in unprotected]
    if len(signed) + len(unsigned) != 1:
        raise MalformedCredentialsError(f"got {len(signed) + len(unsigned)} certificate chains, expected one")
    return _certificates((signed or unsigned)[0]), bool(signed)


def _byte_strings(value: Any, *names: str) -> tuple[bytes, ...]:
    """The byte strings of `{"tstTokens": [{"val": …}]}` or `{"ocspVals": […]}`; anything else yields none."""
    entries = value.get(names[0]) if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return ()
    if len(names) > 1:
        entries = [entry.get(names[1]) if isinstance(entry, dict) else None for entry in entries]
    return tuple(entry for entry in entries if isinstance(entry, bytes))


def stamps_of(unprotected: Mapping[int | str, Any], *, version: int = 2) -> tuple[bytes, ...]:
    """The time stamps of an unprotected header, as stored (C2PA 2.4, section 10.3.2.5)."""
    return _byte_strings(unprotected.get("sigTst2" if version == 2 else "sigTst"), "tstTokens", "val")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A COSE_Sign1's four parts, before anybody asks what they mean."""

    raw_protected: bytes = field(repr=False)
    """Exactly as stored: it is signed."""
    protected: Mapping[int | str, Any]
    unprotected: Mapping[int | str, Any] = field(repr=False)
    payload: bytes | None = field(repr=False)
    """None where it is detached."""
    signature: bytes = field(repr=False)

    @property
    def algorithm(self) -> str:
        """By C2PA's name; empty where it is missing or none that C2PA allows."""
        number = self.protected.get(_ALG)
        return _ALGORITHMS.get(number, "") if isinstance(number, int) else ""


def split_sign1(data: bytes) -> Envelope:
    """The parts of a tagged COSE_Sign1 (RFC 9052, section 4.2).

    Raises MalformedCredentialsError, CredentialsLimitError.
    """
    if len(data) > MAX_SIGNATURE_BOX_BYTES:
        raise CredentialsLimitError(f"got a signature of {len(data)} bytes, expected <= {MAX_SIGNATURE_BOX_BYTES}")
    stream = io.BytesIO(data)
    if stream.read(2) != bytes([_TAGGED_SIGN1, _ARRAY_OF_FOUR]):
        raise MalformedCredentialsError("got no tagged COSE_Sign1")
    raw_protected = _read_bstr(stream, what="a protected header")
    inner = io.BytesIO(raw_protected)
    protected = read_header_map(inner, what="protected header")
    if inner.tell() != len(raw_protected):
        raise MalformedCredentialsError("got bytes after the protected header's map")
    unprotected = read_header_map(stream, what="unprotected header")
    payload, start = None, stream.tell()
    if stream.read(1) != bytes([_NULL]):
        stream.seek(start)
        payload = _read_bstr(stream, what="a payload")
    signature = _read_bstr(stream, what="a signature")
    if stream.tell() != len(data):
        raise MalformedCredentialsError(f"got {len(data) - stream.tell()} bytes after COSE_Sign1")
    return Envelope(
        raw_protected=raw_protected,
        protected=protected,
        unprotected=unprotected,
        payload=payload,
        signature=signature,
    )


@lru_cache(maxsize=16)
def parse_sign1(data: bytes) -> Sign1:
    """A claim signature from the signature box's CBOR; the latest ones are kept, which several want to read.

    Raises MalformedCredentialsError, CredentialsLimitError; UnsupportedCredentialsError for another algorithm.
    """
    parts = split_sign1(data)
    if parts.payload is not None:
        raise MalformedCredentialsError("got a payload inside the signature, expected a detached one")
    if not parts.algorithm:
        raise UnsupportedCredentialsError("got a signature algorithm that C2PA does not allow")
    unprotected = parts.unprotected
    _check_labels(parts.protected, unprotected)
    chain, is_signed = _chain(parts.protected, unprotected)
    version = 2 if "sigTst2" in unprotected else 1 if "sigTst" in unprotected else 0
    return Sign1(
        algorithm=parts.algorithm,
        protected=parts.raw_protected,
        signature=parts.signature,
        chain=chain,
        chain_is_signed=is_signed,
        time_stamps=stamps_of(unprotected, version=version),
        time_stamp_version=version,
        ocsp=_byte_strings(unprotected.get("rVals"), "ocspVals"),
        claimed_time=_claimed_time(parts.protected),
    )


def _check_labels(protected: Mapping[int | str, Any], unprotected: Mapping[int | str, Any]) -> None:
    """No label stands in both headers, and no critical one is unknown here (RFC 9052, sections 3 and 3.1)."""
    if _CRIT in unprotected or set(protected) & set(unprotected):
        raise MalformedCredentialsError("got a header label both signed and unsigned, or an unsigned critical one")
    critical = protected.get(_CRIT, [])
    if not isinstance(critical, list) or any(
        not isinstance(label, int | str) or label not in _UNDERSTOOD for label in critical
    ):
        raise UnsupportedCredentialsError("got a critical header that is not understood here")


def _claimed_time(protected: Mapping[int | str, Any]) -> int | None:
    """The signer's own time in the signed header: `iat` among the CWT claims (RFC 9597; RFC 8392, section 3.1.6)."""
    claims = protected.get(CWT_CLAIMS)
    value = claims.get(_IAT) if isinstance(claims, Mapping) else protected.get("iat")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return int(value) if abs(value) < MAX_CLAIMED_SECONDS else None


def verify_claim(sign1: Sign1, claim: bytes) -> None:
    """Accept `claim` as signed by the key of the first certificate, or raise.

    Says nothing about who that is. Raises ClaimSignatureError; MalformedCredentialsError, CredentialsLimitError and
    UnsupportedCredentialsError where certificate or key cannot be used.
    """
    verify_with(public_key_of(sign1.chain[0]), sign1.algorithm, sign1.signature, signed_bytes(sign1, claim))
