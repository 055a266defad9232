"""How do tests get time stamps in every form that authorities write, and certificates whose names break their types?

By surgery on what nobody signs in a token (versions, the bag of certificates, how the signer is named, the form of an
ECDSA signature, BER), and by signing a changed TBSCertificate anew. Nothing here checks anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.authority import Identity

Stamper = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten(Identity):
    """An identity whose certificate holds what no library writes."""

    raw: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.raw

    @property
    def pem(self) -> str:
        import base64

        body = base64.encodebytes(self.raw).decode()
        return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def element(tag: int, content: bytes) -> bytes:
    """DER."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def rewritten(identity: Identity, *changes: tuple[bytes, bytes]) -> Rewritten:
    """The same certificate with other octets in what is signed (of the same length each), signed anew."""
    signed = identity.certificate.tbs_certificate_bytes
    for old, new in changes:
        assert old in signed, old
        assert len(old) == len(new)
        signed = signed.replace(old, new)
    issuer = identity.issuer or identity
    signature = issuer.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    raw = element(0x30, signed + algorithm + element(0x03, b"\0" + signature))
    return Rewritten(
        certificate=identity.certificate,
        key=identity.key,
        algorithm=identity.algorithm,
        issuer=identity.issuer,
        raw=raw,
    )


def string(tag: int, text: bytes) -> bytes:
    """A string of a name, as it lies in a certificate."""
    return element(tag, text)


def _changed(make: Stamper, change: Callable[[Any, Any], None]) -> Stamper:
    def stamp(message: bytes) -> bytes:
        from asn1crypto import cms

        content = cms.ContentInfo.load(make(message))
        signed = content["content"]
        change(signed, signed["signer_infos"][0])
        return bytes(content.dump(force=True))

    return stamp


def of_version_1(make: Stamper) -> Stamper:
    """As OpenAI's authority writes it: CMS SignedData of version 1, whose content is an octet string all the same."""

    def stamp(message: bytes) -> bytes:
        token = make(message)
        assert token.count(b"\x02\x01\x03\x31") == 1
        return token.replace(b"\x02\x01\x03\x31", b"\x02\x01\x01\x31")

    return stamp


def with_raw_signature(make: Stamper, size: int = 32) -> Stamper:
    """With r and s side by side."""

    def change(signed: Any, signer: Any) -> None:
        r, s = decode_dss_signature(signer["signature"].native)
        signer["signature"] = r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return _changed(make, change)


def with_certificates(make: Stamper, certificates: Sequence[bytes]) -> Stamper:
    """With exactly these in the bag, in that order."""

    def stamp(message: bytes) -> bytes:
        from asn1crypto import cms

        token = make(message)
        bag = bytes(cms.ContentInfo.load(token)["content"]["certificates"].dump())
        return _resized(token, bag, element(0xA0, b"".join(certificates)))

    return stamp


def by_key_id(make: Stamper, authority: Identity) -> Stamper:
    """With the signer named by the subject key identifier (RFC 5652, section 5.3)."""

    def change(signed: Any, signer: Any) -> None:
        from asn1crypto import cms, x509

        found = x509.Certificate.load(authority.der).key_identifier
        signer["sid"] = cms.SignerIdentifier({"subject_key_identifier": found})

    return _changed(make, change)


def naming_issuer(make: Stamper, old: bytes, new: bytes) -> Stamper:
    """With other octets of the same length where the signer info names the issuer, which nobody signs."""

    def stamp(message: bytes) -> bytes:
        token = make(message)
        start = token.rindex(old)
        return token[:start] + new + token[start + len(old) :]

    return stamp


def in_ber(make: Stamper) -> Stamper:
    """With open lengths, and the content in two pieces."""

    def stamp(message: bytes) -> bytes:
        from asn1crypto import cms

        content = cms.ContentInfo.load(make(message))
        signed = content["content"]
        info = signed["encap_content_info"]["content"].contents
        pieces = element(0x04, info[:20]) + element(0x04, info[20:])
        eci = bytes(signed["encap_content_info"]["content_type"].dump()) + _open(0xA0, _open(0x24, pieces))
        parts = [
            bytes(signed["version"].dump()),
            bytes(signed["digest_algorithms"].dump()),
            _open(0x30, eci),
            bytes(signed["certificates"].dump()),
            bytes(signed["signer_infos"].dump()),
        ]
        return _open(0x30, bytes(content["content_type"].dump()) + _open(0xA0, _open(0x30, b"".join(parts))))

    return stamp


def _open(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def _resized(token: bytes, old: bytes, new: bytes) -> bytes:
    """A token with its bag of certificates replaced, and every length around it set anew."""
    from asn1crypto import cms

    content = cms.ContentInfo.load(token)
    signed = content["content"]
    parts = [
        bytes(signed["version"].dump()),
        bytes(signed["digest_algorithms"].dump()),
        bytes(signed["encap_content_info"].dump()),
        new,
        bytes(signed["signer_infos"].dump()),
    ]
    assert old in token
    return element(0x30, bytes(content["content_type"].dump()) + element(0xA0, element(0x30, b"".join(parts))))
