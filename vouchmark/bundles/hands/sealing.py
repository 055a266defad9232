"""Who signs for a bundle as it was closed? An in-toto statement over every digest, in a DSSE envelope.

The statement follows from the bundle octet for octet, so that whoever reads a seal writes it anew and compares. Keys
are Ed25519 or ECDSA on P-256, and are known by the SHA-256 of their public form (SubjectPublicKeyInfo, DER).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import BundleError, BundleExtraError
from vouchmark.bundles.hands import stamping

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://github.com/vouchmark/vouchmark/bundle/v1"
PAYLOAD: Final = "application/vnd.in-toto+json"
MAX_KEY: Final = 64 * 1024
"""Bytes of a key in PEM."""


class SealKeyError(BundleError):
    """A key that cannot seal, or no key at all."""

    hint = "make one with: openssl genpkey -algorithm ed25519 -out seal.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal adds to a bundle."""

    files: dict[str, bytes]
    sealed_by: str
    """SHA-256 of the public key."""
    stamped: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key that seals."""

    private: Any = field(repr=False)
    public_pem: bytes
    id: str
    """SHA-256 of the public key, lower-case hex."""

    @classmethod
    def load(cls, pem: bytes, passphrase: bytes | None = None) -> Key:
        """Read a private key in PEM.

        Raises:
            SealKeyError: it is none, of another kind, or encrypted with another passphrase.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        if len(pem) > MAX_KEY:
            raise SealKeyError(f"got {len(pem)} bytes of a key, expected at most {MAX_KEY}")
        is_encrypted = b"ENCRYPTED" in pem
        if is_encrypted and not passphrase:
            raise SealKeyError("the key is encrypted, and no passphrase was given for it")
        try:
            private = load_pem_private_key(pem, password=passphrase if is_encrypted else None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            why = "its passphrase is another" if is_encrypted else "it is no private key in PEM"
            raise SealKeyError(f"the key cannot be read: {why}") from error
        public = private.public_key()
        _require_kind(public)
        return cls(private=private, public_pem=_pem(public), id=_id(public))


def read_public(pem: bytes) -> tuple[Any, str]:
    """(a public key, its id). Raises SealKeyError where it is none that can seal."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(pem[: MAX_KEY + 1])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SealKeyError(
            "the public key cannot be read: it is none in PEM",
            hint="make one of a private key with: openssl pkey -in seal.key -pubout",
        ) from error
    _require_kind(public)
    return public, _id(public)


def _require_kind(public: Any) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    is_p256 = isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)
    if not is_p256 and not isinstance(public, ed25519.Ed25519PublicKey):
        raise SealKeyError("the key is of another kind, expected Ed25519 or ECDSA on P-256")


def _pem(public: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _id(public: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def statement(digests: Mapping[str, str], *, bag: str, head: str, lines: int = 1) -> bytes:
    """What is signed: every digest below `data`, that of the manifest, and that of the last line of custody so far."""
    value = {
        "_type": STATEMENT,
        "subject": [{"name": path, "digest": {"sha256": digests[path]}} for path in sorted(digests)],
        "predicateType": PREDICATE,
        "predicate": {
            "schema": layout.SCHEMA,
            "manifest": {"sha256": bag},
            "custody": {"lines": lines, "sha256": head},
        },
    }
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def lines_of(content: bytes) -> int:
    """Over how many lines of custody a statement was made, as it says; 0 where it says nothing of the kind."""
    try:
        found = json.loads(content)["predicate"]["custody"]["lines"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals a bundle with a key, and has the seal stamped where that was asked for."""

    key: Key
    authority: str = ""
    """Address of a time-stamping authority; nobody is asked where empty."""

    def seal(self, digests: Mapping[str, str], *, bag: str, head: str, lines: int = 1) -> Sealed:
        """The files of a seal.

        Raises:
            BundleExtraError: securesystemslib is not installed.
            TimeStampFetchError: the authority gave no time stamp.
        """
        envelope = signed(statement(digests, bag=bag, head=head, lines=lines), PAYLOAD, self.key)
        files = {layout.SEAL: envelope, layout.SEAL_KEY: self.key.public_pem}
        stamped = None
        if self.authority:
            answer, stamped = stamping.stamp(envelope, self.authority)
            files[layout.STAMP] = answer
        return Sealed(files=files, sealed_by=self.key.id, stamped=stamped)


def signed(content: bytes, kind: str, key: Key) -> bytes:
    """A DSSE envelope around some octets, signed. Raises BundleExtraError."""
    try:
        from securesystemslib import signer as signing
        from securesystemslib.dsse import Envelope
    except ImportError as error:
        raise BundleExtraError("securesystemslib") from error
    envelope = Envelope(content, kind, {})
    public = signing.SSlibKey.from_crypto(key.private.public_key(), keyid=key.id)  # type: ignore[attr-defined]
    envelope.sign(signing.CryptoSigner(key.private, public))  # type: ignore[attr-defined]
    return written(envelope.to_dict())


def written(envelope: Mapping[str, Any]) -> bytes:
    """An envelope as it stands in a bundle."""
    return (json.dumps(envelope, sort_keys=True, separators=(",", ":")) + "\n").encode()


class SealError(ValueError):
    """An envelope that is none, or does not hold. Caught where it is raised."""


def opened(envelope: bytes, kind: str, public: Any, key_id: str) -> bytes:
    """The content of an envelope that a key signed.

    Raises:
        SealError: it is none, of another kind, or not signed by that key alone.
        BundleExtraError: securesystemslib is not installed.
    """
    try:
        from securesystemslib import signer as signing
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import Error
    except ImportError as error:
        raise BundleExtraError("securesystemslib") from error
    value = _parsed(envelope)
    if value["payloadType"] != kind:
        raise SealError("it is a statement of another kind")
    try:
        read = Envelope.from_dict(value)
        known = signing.SSlibKey.from_crypto(public, keyid=key_id)  # type: ignore[attr-defined]
        read.verify([known], 1)
    except (Error, ValueError, KeyError, TypeError) as error:
        raise SealError("its signature does not hold, or is another key's") from error
    return bytes(read.payload)


def content_of(envelope: bytes) -> bytes:
    """What an envelope holds, whoever signed it, if anybody. Raises SealError where it is none."""
    return base64.b64decode(_parsed(envelope)["payload"])


def _parsed(envelope: bytes) -> dict[str, Any]:
    """An envelope of exactly the members that there are, each once, with one signature."""
    from provenance.credentials.trust.strict_json import read_json

    try:
        value = read_json(envelope)
        if set(value) != {"payload", "payloadType", "signatures"} or len(value["signatures"]) != 1:
            raise ValueError("other members")
        if set(value["signatures"][0]) != {"keyid", "sig"}:
            raise ValueError("other members")
        texts = (value["payload"], value["payloadType"], *value["signatures"][0].values())
        if not all(isinstance(text, str) for text in texts) or written(value) != envelope:
            raise ValueError("written otherwise")
        for text in (value["payload"], value["signatures"][0]["sig"]):
            if base64.b64encode(base64.b64decode(text, validate=True)).decode() != text:
                raise ValueError("written otherwise")
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError) as error:
        raise SealError("it is no envelope as bundles have them") from error
    found: dict[str, Any] = value
    return found
