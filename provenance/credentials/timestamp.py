"""When was this signed, and does a time-stamping authority that somebody lists say so?

RFC 3161 tokens over the counter-signature structure of a claim signature (C2PA 2.4, section 10.3.2.5). A stamp moves
the time at which a certificate is judged only when its signature holds, it stamps exactly this signature, and its
authority leads to a list of time-stamping authorities: never to a list of claim signers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import Any, Final

from provenance.credentials.chain import describe, find_path, fingerprint
from provenance.credentials.cose import Sign1, stamped_bytes
from provenance.credentials.errors import CredentialsError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.keys import load_certificate, public_key_of
from provenance.credentials.model import CertificateInfo
from provenance.credentials.trust.distrust import distrust_of
from provenance.credentials.trust.view import ORDER, Label, TrustView

MAX_TOKEN_BYTES: Final = 256 * 1024
"""Bytes of one time-stamp token; real ones have 2-8 KiB."""
MAX_TOKEN_CERTIFICATES: Final = 10
"""Certificates in one token."""

_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_HOLDS: Final = ("timeStamp.validated",)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAssessment:
    """What one claim signature's time stamp is worth."""

    codes: tuple[str, ...]
    """The specification's: `timeStamp.validated`, `timeStamp.trusted`, `timeStamp.untrusted`, `timeStamp.mismatch`,
    `timeStamp.malformed`, `timeStamp.outsideValidity`; empty where there is no stamp."""
    time: dt.datetime | None = None
    """What the stamp says, where it holds, whoever made it."""
    label: Label = Label.UNKNOWN
    """The list that names the authority."""
    authority: CertificateInfo | None = None
    anchor: str = ""
    """SHA-256 of the listed certificate."""
    version: int = 0
    """Of the stamp that decided: 2 where it stamps the signature, 1 where it is of the older form, which stamps the
    claim; 0 without one."""
    is_kept: bool = False
    """Whether a later manifest keeps that stamp, so that it may be younger than the manifests between."""

    @property
    def is_present(self) -> bool:
        """Whether there was a stamp at all, good or bad."""
        return bool(self.codes)

    @property
    def is_trusted(self) -> bool:
        """Whether this time may decide which certificates were valid."""
        return "timeStamp.trusted" in self.codes


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
        return _read(token, stamped)
    except CredentialsError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise MalformedCredentialsError("got bytes that are no time stamp") from error


def _serves_stamps(der: bytes) -> bool:
    """Its only purpose is time stamping (RFC 3161, section 2.3)."""
    from cryptography import x509

    try:
        purposes = load_certificate(der).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError, TypeError):
        return False
    return [oid.dotted_string for oid in purposes] == [_TIME_STAMPING]


def assess_stamp(stamp: Stamp, trust: TrustView) -> StampAssessment:
    """Who vouches for the authority, at the moment that the stamp itself names.

    An authority's certificate that has expired since is fine; one that was not valid then is not.
    """
    try:
        authority = describe(stamp.certificate)
    except CredentialsError:
        return StampAssessment(codes=(*_HOLDS, "timeStamp.untrusted"), time=stamp.time)
    if not _serves_stamps(stamp.certificate):
        return StampAssessment(codes=(*_HOLDS, "timeStamp.untrusted"), time=stamp.time, authority=authority)
    own, outside = fingerprint(stamp.certificate), False
    for label in ORDER:
        anchor, path = "", None
        if own in trust.authority_leaves.get(label, frozenset()):
            if distrust_of((stamp.certificate,), trust.distrust) is not None:
                continue
            anchor, outside = own, not _was_valid(authority, stamp.time)
        else:
            path = find_path((stamp.certificate, *stamp.others), trust.authorities.get(label, ()), stamp.time)
            if path is None or distrust_of(path.certificates, trust.distrust) is not None:
                continue
            anchor, outside = path.anchor, not path.holds
        if not outside:
            codes = (*_HOLDS, "timeStamp.trusted")
            return StampAssessment(codes=codes, time=stamp.time, label=label, authority=authority, anchor=anchor)
    code = "timeStamp.outsideValidity" if outside else "timeStamp.untrusted"
    return StampAssessment(codes=(*_HOLDS, code), time=stamp.time, authority=authority)


def _was_valid(certificate: CertificateInfo, at: dt.datetime) -> bool:
    start, end = certificate.not_before, certificate.not_after
    return start is not None and end is not None and start <= at <= end


def assess_time(sign1: Sign1, claim: bytes, trust: TrustView, *, later: tuple[bytes, ...] = ()) -> StampAssessment:
    """What the stamps of one claim signature are worth: those stapled to it, then those that later manifests keep.

    `later` are tokens from `c2pa.time-stamp` assertions of verified manifests. The first trusted one decides; without
    any, the first that holds is reported; without any, what is wrong with the first.

    Version 1 stamps the claim itself. Version 2 and later tokens stamp the signature, and so the claim only through a
    key that the signature covers: whoever holds an old stamp over some signature could else find a key under which
    the same signature belongs to a claim of today. Where the certificate stands in the unprotected header such a stamp
    is therefore never trusted; no writer of version 2 stamps is known to put it there.
    """
    own = sign1.time_stamp_version
    tokens: list[tuple[bytes, tuple[bytes, ...], int, bool]] = [
        (token, (stamped_bytes(sign1, claim),), own, False) for token in sign1.time_stamps
    ]
    tokens += [(token, (sign1.signature, *_v2_bytes(sign1)), 2, True) for token in later]
    found: list[StampAssessment] = []
    if len(sign1.time_stamps) > 1:
        # C2PA 2.4, section 10.3.2.5: exactly one token; a choice of times is no time.
        tokens = tokens[len(sign1.time_stamps) :]
        found.append(StampAssessment(codes=("timeStamp.malformed",), version=own))
    for token, stamped, version, is_kept in tokens:
        try:
            one = assess_stamp(read_stamp(token, stamped), trust)
            one = one if version == 1 or sign1.chain_is_signed else _loose(one)
        except TimeStampError as error:
            one = StampAssessment(codes=(error.code,))
        except CredentialsError:
            one = StampAssessment(codes=("timeStamp.malformed",))
        found.append(replace(one, version=version, is_kept=is_kept))
    if not found:
        return StampAssessment(codes=())
    return max(found, key=lambda one: (one.is_trusted, one.time is not None))


def _loose(stamp: StampAssessment) -> StampAssessment:
    """A stamp that says nothing of the claim, whoever made it."""
    if not stamp.is_trusted:
        return stamp
    return replace(stamp, codes=(*_HOLDS, "timeStamp.untrusted"), label=Label.UNKNOWN, anchor="")


def _v2_bytes(sign1: Sign1) -> tuple[bytes, ...]:
    """What a version 2 stamp of this signature hashes, whichever version is stapled."""
    return (stamped_bytes(replace(sign1, time_stamp_version=2), b""),)
