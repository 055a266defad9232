"""How do tests get manifest stores that no engine would write: any claim, any exclusion, any link, any stamp?

Writes JUMBF, claims, COSE signatures, RFC 3161 tokens and OCSP answers byte by byte. Nothing here checks anything, and
nothing of the product is used to write them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.support.authority import (
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    Identity,
    certify,
    created,
    jumbf_boxes,
    manifest_store,
    picture,
    with_manifest_store,
)

TAIL: Final = bytes.fromhex("00110010800000aa00389b71")
EMBEDDED: Final = bytes.fromhex("40cb0c32bb8a489da70b2ad6f47f4369")
ALGORITHMS: Final = {"es256": -7, "es384": -35, "es512": -36, "ps256": -37, "ps384": -38, "ps512": -39, "ed25519": -8}
SIGNATURE_ROOM: Final = 16_384


def box(kind: bytes, payload: bytes) -> bytes:
    """A box with a 32-bit size."""
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def superbox(kind: bytes, label: str, *boxes: bytes) -> bytes:
    """A JUMBF superbox; `kind` is four characters or a whole UUID."""
    uuid = kind if len(kind) == 16 else kind + TAIL
    return box(b"jumb", box(b"jumd", uuid + b"\x03" + label.encode() + b"\0") + b"".join(boxes))


def assertion_box(label: str, content: Any) -> bytes:
    """A CBOR assertion; bytes become an embedded PNG, text is JSON."""
    if isinstance(content, str):
        return superbox(b"json", label, box(b"json", content.encode()))
    if isinstance(content, bytes):
        return superbox(EMBEDDED, label, box(b"bfdb", b"\0image/png\0"), box(b"bidb", content))
    return superbox(b"cbor", label, box(b"cbor", cbor2.dumps(content)))


def store(*manifests: bytes) -> bytes:
    """A manifest store; the last manifest is active."""
    return superbox(b"c2pa", "c2pa", *manifests)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def cose(
    signer: Identity,
    claim: bytes,
    *,
    chain: Sequence[bytes] | None = None,
    header: Mapping[Any, Any] | None = None,
    unprotected: Mapping[Any, Any] | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
    stamp_version: int = 2,
    answers: Sequence[bytes] = (),
    room: int = SIGNATURE_ROOM,
) -> bytes:
    """A tagged COSE_Sign1 over a detached claim, with whatever else a test wants in it."""
    certificates = list(signer.chain if chain is None else chain)
    protected = cbor2.dumps(dict(header) if header is not None else {1: ALGORITHMS[signer.algorithm], 33: certificates})
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", claim]))
    extra = dict(unprotected or {})
    if stamp is not None:
        body = claim if stamp_version == 1 else cbor2.dumps(signature)
        token = stamp(cbor2.dumps(["CounterSignature", protected, b"", body]))
        extra["sigTst" if stamp_version == 1 else "sigTst2"] = {"tstTokens": [{"val": token}]}
    if answers:
        extra["rVals"] = {"ocspVals": list(answers)}
    extra.setdefault("pad", b"")
    spare = room - len(cbor2.dumps(cbor2.CBORTag(18, [protected, extra, None, signature])))
    if spare > 300:
        # Always the same size: stamps and answers vary by a byte or two. A long byte string has a head of three bytes.
        extra["pad"] = bytes(spare - 2)
    return cbor2.dumps(cbor2.CBORTag(18, [protected, extra, None, signature]))


@dataclass(kw_only=True)
class Draft:
    """A manifest before it is signed; every field may be wrong."""

    signer: Identity
    label: str = "urn:c2pa:00000000-0000-4000-8000-000000000001"
    assertions: list[tuple[str, Any]] = field(default_factory=list)
    undeclared: list[tuple[str, Any]] = field(default_factory=list)
    kind: bytes = b"c2ma"
    version: int = 2
    claim: dict[str, Any] = field(default_factory=dict)
    """More claim entries, or others."""
    cose: dict[str, Any] = field(default_factory=dict)
    """Options for `cose`."""
    after: Callable[[bytes], bytes] | None = None
    """Changes the finished signature bytes."""
    claim_after: Callable[[bytes], bytes] | None = None
    """Changes the claim bytes after signing."""

    def references(self) -> list[dict[str, Any]]:
        return [
            {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": sha256(assertion_box(label, content)[8:])}
            for label, content in self.assertions
        ]

    def claim_bytes(self) -> bytes:
        names = "assertions" if self.version == 1 else "created_assertions"
        base = {
            "instanceID": "xmp:iid:1",
            "claim_generator_info": {"name": "Test", "version": "1"},
            "signature": f"self#jumbf=/c2pa/{self.label}/c2pa.signature",
            names: self.references(),
            "alg": "sha256",
        }
        return cbor2.dumps(base | self.claim)

    def parts(self) -> list[bytes]:
        claim = self.claim_bytes()
        signature = cose(self.signer, claim, **self.cose)
        if self.after:
            signature = self.after(signature)
        if self.claim_after:
            claim = self.claim_after(claim)
        name = "c2pa.claim" if self.version == 1 else "c2pa.claim.v2"
        boxes = [assertion_box(label, content) for label, content in [*self.assertions, *self.undeclared]]
        return [
            superbox(b"c2as", "c2pa.assertions", *boxes),
            superbox(b"c2cl", name, box(b"cbor", claim)),
            superbox(b"c2cs", "c2pa.signature", box(b"cbor", signature)),
        ]

    def build(self) -> bytes:
        """The manifest superbox."""
        return superbox(self.kind, self.label, *self.parts())


def actions(*items: Mapping[str, Any]) -> tuple[str, Any]:
    return "c2pa.actions.v2", {"actions": list(items or [created()])}


def link_to(manifest: bytes, label: str, *, relationship: str = "parentOf", **more: Any) -> dict[str, Any]:
    """An ingredient (version 3) whose link is right."""
    return {
        "relationship": relationship,
        "dc:title": "before",
        "activeManifest": {"url": f"self#jumbf=/c2pa/{label}", "hash": sha256(manifest[8:])},
        "claimSignature": {
            "url": f"self#jumbf=/c2pa/{label}/c2pa.signature",
            "hash": sha256(signature_content(manifest)),
        },
        "validationResults": {"activeManifest": {"success": [], "informational": [], "failure": []}},
    } | more


def opening(link: tuple[str, Any], *more: dict[str, Any]) -> tuple[str, Any]:
    """The actions of an edit of what `link` names."""
    reference = {"url": "self#jumbf=c2pa.assertions/c2pa.ingredient.v3", "hash": sha256(assertion_box(*link)[8:])}
    return actions({"action": "c2pa.opened", "parameters": {"ingredients": [reference]}}, *more)


def signature_content(manifest: bytes) -> bytes:
    """The signature superbox's content of a manifest superbox."""
    position = 8 + struct.unpack(">I", manifest[8:12])[0]
    while position < len(manifest):
        (size,) = struct.unpack(">I", manifest[position : position + 4])
        if manifest[position + 16 : position + 20] == b"c2cs":
            return manifest[position + 8 : position + size]
        position += size
    raise AssertionError("no signature in the manifest")


def bind(
    draft: Draft,
    media: bytes,
    *,
    before: Sequence[bytes] = (),
    extra: Callable[[bytes], Sequence[tuple[int, int]]] = lambda _: (),
    after: Sequence[bytes] = (),
    wide: Callable[[int, int], tuple[int, int]] = lambda start, length: (start, length),
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """JPEG or PNG media with a store in which `draft` carries a data hash over everything but the store.

    `before` are manifests in front of it, `after` behind it; `extra` names more ranges (start, length) to leave out,
    seen the finished layout, and `wide` another range for the store than its own; `more` are fields of the assertion,
    or others. The hash is right whatever is left out.
    """
    base = list(draft.assertions)
    room, ranges = 0, list[tuple[int, int]]()
    for _ in range(6):
        digest = sha256(
            _without(with_manifest_store(media, _padded(draft, base, ranges, b"\0" * 32, before, after, more)), ranges)
        )
        signed = _padded(draft, base, ranges, digest, before, after, more)
        whole = with_manifest_store(media, signed)
        found = [wide(*_store_range(whole)), *extra(whole)]
        if found == ranges and len(signed) == room:
            draft.assertions = base
            return whole
        ranges, room = found, len(signed)
    raise AssertionError("the layout does not settle")


def _padded(
    draft: Draft,
    base: list[tuple[str, Any]],
    ranges: Sequence[tuple[int, int]],
    digest: bytes,
    before: Sequence[bytes],
    after: Sequence[bytes],
    more: Mapping[str, Any] | None = None,
) -> bytes:
    content: dict[str, Any] = {
        "exclusions": [{"start": start, "length": length} for start, length in ranges],
        "alg": "sha256",
        "hash": digest,
        "pad": b"",
        **(more or {}),
    }
    spare = 512 - len(cbor2.dumps(content))
    draft.assertions = [*base, ("c2pa.hash.data", content | {"pad": bytes(max(0, spare))})]
    built = draft.build()
    return store(*before, built, *after)


def _store_range(whole: bytes) -> tuple[int, int]:
    """(start, length) of the bytes that carry the store."""
    raw = manifest_store(whole)
    if whole.startswith(b"\x89PNG"):
        start = whole.index(b"caBX") - 4
        return start, len(raw) + 12
    start = whole.index(b"\xff\xeb")
    end, position = start, start
    while whole[position : position + 2] == b"\xff\xeb":
        position += 2 + struct.unpack(">H", whole[position + 2 : position + 4])[0]
        end = position
    return start, end - start


def _without(whole: bytes, ranges: Sequence[tuple[int, int]]) -> bytes:
    kept, position = [], 0
    for start, length in sorted(ranges):
        kept.append(whole[position : max(position, start)])
        position = max(position, start + length)
    return b"".join([*kept, whole[position:]])


def updated(draft: Draft, media: bytes, above: Callable[[bytes], Draft]) -> bytes:
    """Media with `draft` bound to it and an update manifest above, which is made from the finished manifest below.

    The update takes exactly the place that was kept for it, so that the layout stays what the binding says.
    """
    whole = bind(draft, media, after=[superbox(b"c2um", "x", box(b"free", bytes(30_000)))])
    stored = manifest_store(whole)
    first, last = manifests(stored)
    update = above(first)
    base = list(update.assertions)

    def built(pad: int) -> bytes:
        update.kind = b"c2um"
        update.assertions = [*base, ("org.example.pad", {"pad": bytes(pad)})]
        return update.build()

    short = 1_000
    padded = built(short + len(last) - len(built(short)))
    assert len(padded) == len(last)
    return with_manifest_store(whole, stored.replace(last, padded))


def manifests(stored: bytes) -> list[bytes]:
    """The manifest superboxes of a store."""
    ((_, start, end),) = jumbf_boxes(stored)
    return [stored[low - 8 : high] for kind, low, high in jumbf_boxes(stored, start, end) if kind == b"jumb"]


def signed(signer: Identity, media: bytes | None = None, **options: Any) -> bytes:
    """A picture with one plain manifest; options for `Draft`."""
    options.setdefault("assertions", [actions()])
    return bind(Draft(signer=signer, **options), picture() if media is None else media)


def make_authority(root: Identity, **options: Any) -> Identity:
    """A time-stamping authority; options as for `certify`."""
    options.setdefault("purposes", (TIME_STAMPING,))
    return certify({"O": "Test Time", "CN": "Stamper"}, issuer=root, **options)


def stamper(
    authority: Identity,
    at: dt.datetime,
    *,
    imprint: bytes | None = None,
    nonce: int | None = None,
    more: Mapping[str, Any] | None = None,
    attributed: Sequence[Any] = (),
) -> Callable[[bytes], bytes]:
    """A function that stamps bytes with an RFC 3161 token at any time.

    `more` are further parts of what is stamped, `attributed` further signed attributes.
    """

    def stamp(message: bytes) -> bytes:
        from asn1crypto import algos, cms, core, tsp
        from asn1crypto import x509 as asn1_x509

        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": imprint or sha256(message),
                },
                "serial_number": 7,
                "gen_time": core.GeneralizedTime(at.astimezone(dt.UTC)),
                **({} if nonce is None else {"nonce": nonce}),
                **(more or {}),
            }
        )
        certificate = asn1_x509.Certificate.load(authority.der)
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [sha256(info.dump())]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(authority.der)}]})],
                    }
                ),
                *attributed,
            ]
        )
        signature = authority.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": {
                            "issuer": certificate.issuer,
                            "serial_number": certificate.serial_number,
                        }
                    }
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signature": signature,
            }
        )
        data = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
                "certificates": [certificate],
                "signer_infos": [signer],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())

    return stamp


def revocation_answer(
    signer: Identity,
    *,
    responder: Identity | None = None,
    issuer: Identity | None = None,
    revoked_at: dt.datetime | None = None,
    this_update: dt.datetime = NOW - dt.timedelta(hours=1),
    next_update: dt.datetime | None = NOW + dt.timedelta(days=1),
    reason: x509.ReasonFlags | None = None,
    along: Sequence[Identity] = (),
) -> bytes:
    """An OCSP response about a signer, by its issuer or by `responder`; `along` are sent in front of that one."""
    above = issuer or signer.issuer
    assert above is not None
    by = responder or above
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=signer.certificate,
        issuer=above.certificate,
        algorithm=hashes.SHA1(),
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
        this_update=this_update,
        next_update=next_update,
        revocation_time=revoked_at,
        revocation_reason=reason,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    if responder is not None:
        builder = builder.certificates([*(one.certificate for one in along), responder.certificate])
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def make_responder(issuer: Identity, **options: Any) -> Identity:
    """An OCSP responder that `issuer` appointed; options as for `certify`."""
    options.setdefault("purposes", (OCSP_SIGNING,))
    return certify({"O": "Test", "CN": "Responder"}, issuer=issuer, **options)
