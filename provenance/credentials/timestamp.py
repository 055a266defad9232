"""Which time does a token stamp, and does it stamp exactly these bytes?

RFC 3161 tokens over the counter-signature structure of a claim signature (C2PA 2.4, section 10.3.2.5). Whether its
authority is believed is another question (`time_trust.py`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from provenance.credentials.errors import CredentialsError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.keys import public_key_of

MAX_TOKEN_BYTES: Final = 256 * 1024
"""Bytes of one time-stamp token; real ones have 2-8 KiB."""
MAX_TOKEN_CERTIFICATES: Final = 10
"""Certificates in one token."""
MAX_KEPT: Final = 64 * 1024
"""Bytes that a token stamps of which the answer is kept: a claim of some hundreds of assertions."""

_HASHES: Final = ("sha256", "sha384", "sha512")
# Imprints and signatures of old authorities; refused for claims, read in stamps only to say what they are.
_WEAK: Final = ("md5", "sha1")


class TimeStampError(CredentialsError):
    """A token whose signature or imprint does not hold."""

    def __init__(self, message: str, *, code: str) -> None:
        """`code` is the specification's."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A token whose own signature holds and which stamps this very signature."""

    time: dt.datetime
    certificate: bytes = field(repr=False)
    """DER of the authority's certificate."""
    others: tuple[bytes, ...] = field(default=(), repr=False)


def _signed_data(token: bytes) -> Any:
    """The CMS SignedData of a token, or of a response that carries one."""
    from asn1crypto import cms, tsp

    if len(token) > MAX_TOKEN_BYTES:
        raise MalformedCredentialsError(f"got a time stamp of {len(token)} bytes, expected at most {MAX_TOKEN_BYTES}")
    try:
        content = cms.ContentInfo.load(token, strict=True)
        content["content_type"].native  # noqa: B018 - parsing is lazy, and this is where a response fails
    except (ValueError, TypeError):
        content = tsp.TimeStampResp.load(token, strict=True)["time_stamp_token"]
    if content["content_type"].native != "signed_data":
        raise MalformedCredentialsError("got a time stamp that is no CMS SignedData")
    return content["content"]


def _certificates(signed: Any) -> tuple[bytes, ...]:
    entries = signed["certificates"]
    if len(entries) > MAX_TOKEN_CERTIFICATES:
        raise MalformedCredentialsError(f"got {len(entries)} certificates in a time stamp")
    return tuple(entry.chosen.dump() for entry in entries if entry.name == "certificate")


def _of_signer(signer: Any, certificates: tuple[bytes, ...]) -> bytes:
    """The certificate that the signer info names."""
    from asn1crypto import x509

    identifier = signer["sid"]
    for der in certificates:
        certificate = x509.Certificate.load(der)
        if identifier.name == "issuer_and_serial_number":
            named = identifier.chosen
            if named["serial_number"].native == certificate.serial_number and _same(
                named["issuer"], certificate.issuer
            ):
                return der
        elif identifier.chosen.native == certificate.key_identifier:
            return der
    raise TimeStampError("the authority's certificate is not in the time stamp", code="timeStamp.untrusted")


def _same(left: Any, right: Any) -> bool:
    """Two names: the same bytes, or equal as RFC 5280 compares them, which takes longer."""
    return bool(left.dump() == right.dump() or left == right)


def _attribute(signer: Any, name: str) -> Any:
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == name:
            if len(attribute["values"]) != 1:
                raise MalformedCredentialsError(f"got {len(attribute['values'])} values of {name}, expected one")
            return attribute["values"][0]
    return None


def _names_certificate(signer: Any, der: bytes) -> None:
    """The signed attributes pin the certificate (RFC 3161, section 2.4.2; RFC 5816)."""
    second, first = _attribute(signer, "signing_certificate_v2"), _attribute(signer, "signing_certificate")
    if second is not None:
        entry = second["certs"][0]
        algorithm, stored = entry["hash_algorithm"]["algorithm"].native, entry["cert_hash"].native
    elif first is not None:
        algorithm, stored = "sha1", first["certs"][0]["cert_hash"].native
    else:
        raise TimeStampError("the time stamp does not name its certificate", code="timeStamp.malformed")
    if algorithm not in (*_HASHES, "sha1") or hashlib.new(algorithm, der).digest() != stored:
        raise TimeStampError("the time stamp names another certificate", code="timeStamp.mismatch")


def _verify(signer: Any, der: bytes, message: bytes) -> None:
    """The CMS signature over the signed attributes (RFC 5652, section 5.4)."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    named = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    key, signature = public_key_of(der), signer["signature"].native
    scheme = signer["signature_algorithm"].signature_algo
    own = {"rsassa_pkcs1v15": "", "ecdsa": ""}.get(scheme)
    full = signer["signature_algorithm"]["algorithm"].native
    # `rsassa_pkcs1v15` and old `ecdsa` identifiers leave the hash to the digest algorithm (RFC 5754, section 3).
    name = signer["digest_algorithm"]["algorithm"].native
    if scheme == "rsassa_pss" or (own is not None and full.split("_")[0] in (*_HASHES, *_WEAK)):
        name = signer["signature_algorithm"].hash_algo
    digest = named.get(name)
    try:
        if scheme == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif digest is None:
            raise UnsupportedCredentialsError(f"got a time stamp signed with {name}")
        elif scheme == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(digest))
        elif scheme == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif scheme == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=padding.PSS.AUTO)
            key.verify(signature, message, pss, digest)
        else:
            raise UnsupportedCredentialsError(f"got a time stamp signed with {scheme}")
    except InvalidSignature as error:
        raise TimeStampError("the time stamp's signature does not hold", code="timeStamp.mismatch") from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedCredentialsError(f"got a time stamp signed with {scheme}") from error


@lru_cache(maxsize=32)
def _read_once(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    """The same, kept: versions of one picture carry the same ancestors, each with its stamp."""
    return _read(token, stamped)


def _read(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    signed = _signed_data(token)
    if signed["encap_content_info"]["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise MalformedCredentialsError("got a time stamp without one signer and a TSTInfo")
    # 1. The content is what the signer signed.
    signer, content = signed["signer_infos"][0], signed["encap_content_info"]["content"]
    # Signed as a SET, kept as [0] IMPLICIT: only the first byte differs (RFC 5652, section 5.4). Taken before anything
    # looks inside: the library writes them anew afterwards, at ten times the cost of all the rest.
    attributes = b"\x31" + signer["signed_attrs"].dump()[1:]
    digest_name = signer["digest_algorithm"]["algorithm"].native
    if digest_name not in _HASHES:
        raise UnsupportedCredentialsError(f"got a time stamp digested with {digest_name}")
    recorded = _attribute(signer, "message_digest")
    kind = _attribute(signer, "content_type")
    if recorded is None or kind is None or kind.native != "tst_info":
        raise MalformedCredentialsError("got a time stamp without signed attributes")
    if not hmac.compare_digest(hashlib.new(digest_name, content.contents).digest(), recorded.native):
        raise TimeStampError("the time stamp's content was changed", code="timeStamp.mismatch")
    # 2. The signature is the named certificate's.
    certificates = _certificates(signed)
    der = _of_signer(signer, certificates)
    _names_certificate(signer, der)
    _verify(signer, der, attributes)
    # 3. It stamps exactly this signature.
    info = content.parsed
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise UnsupportedCredentialsError(f"got a time stamp over a {name} digest")
    stored = imprint["hashed_message"].native
    if not any(hmac.compare_digest(hashlib.new(name, message).digest(), stored) for message in stamped):
        raise TimeStampError("the time stamp belongs to other bytes", code="timeStamp.mismatch")
    time = info["gen_time"].native
    if not isinstance(time, dt.datetime):
        raise MalformedCredentialsError("got a time stamp without a time")
    aware = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    return Stamp(time=aware.astimezone(dt.UTC), certificate=der, others=tuple(c for c in certificates if c != der))


def read_stamp(token: bytes, stamped: tuple[bytes, ...]) -> Stamp:
    """The content of a token that holds over one of the byte strings in `stamped`.

    Raises TimeStampError with the specification's code; MalformedCredentialsError, UnsupportedCredentialsError.
    """
    try:
        return (_read_once if sum(map(len, stamped)) <= MAX_KEPT else _read)(token, stamped)
    except CredentialsError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise MalformedCredentialsError("got bytes that are no time stamp") from error
