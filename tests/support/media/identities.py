"""How do tests attach identities to a manifest, with any fault they like?

Writes CAWG identity assertions byte by byte: X.509 ones and those of an aggregator. Nothing here checks anything.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.support.authority import NOW, Identity, certify, make_key, picture
from tests.support.media.crafting import Draft, actions, assertion_box, bind, cose, sha256

DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"
X509: Final = "cawg.x509.cose"
AGGREGATION: Final = "cawg.identity_claims_aggregation"


def actor(root: Identity, *, organization: str = "Harbour Press", common_name: str = "Jo", **options: Any) -> Identity:
    """Somebody whose certificate serves to sign identities; options as for `certify`."""
    options.setdefault("purposes", (DOCUMENT_SIGNING,))
    return certify({"O": organization, "CN": common_name}, issuer=root, **options)


@dataclass(kw_only=True)
class Attached:
    """An identity before it is signed; every part may be wrong."""

    make: Callable[[Mapping[str, Any]], bytes]
    """The signature over a payload."""
    sig_type: str = X509
    label: str = "cawg.identity"
    also: Sequence[str] = ()
    """Labels of other statements that it refers to."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """More in the payload, or other values."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """More in the assertion, or other values."""
    references: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] | None = None
    """Changes what it refers to."""
    room: int = 6_000

    def build(self, assertions: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        """The assertion, always of the same size, so that a layout settles."""
        named = [
            {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": sha256(assertion_box(label, content)[8:])}
            for label, content in assertions
            if label.startswith("c2pa.hash.") or label in self.also
        ]
        named = self.references(named) if self.references else named
        payload = {"referenced_assertions": named, "sig_type": self.sig_type} | dict(self.payload)
        found = {"signer_payload": payload, "signature": self.make(payload), "pad1": b"", "pad2": bytes(3)}
        found |= dict(self.content)
        if found.get("pad1") == b"":
            found["pad1"] = bytes(max(0, self.room - len(cbor2.dumps(found)) - 2))
        return found


@dataclass(kw_only=True)
class WithIdentities(Draft):
    """A manifest with identities attached; they refer to its own hard binding."""

    identities: Sequence[Attached] = ()

    def build(self) -> bytes:
        plain = list(self.assertions)
        self.assertions = [*plain, *((one.label, one.build(plain)) for one in self.identities)]
        try:
            return super().build()
        finally:
            self.assertions = plain


def attach(signer: Identity, *identities: Attached, media: bytes | None = None, **options: Any) -> bytes:
    """A picture whose one manifest carries these identities; options for `Draft`."""
    options.setdefault("assertions", [actions()])
    draft = WithIdentities(signer=signer, identities=identities, **options)
    return bind(draft, picture() if media is None else media)


def by_certificate(who: Identity, *, encode: Callable[[Any], bytes] = cbor2.dumps, **options: Any) -> Attached:
    """An X.509 identity; `encode` makes the signed bytes of the payload, the rest is for `cose` and `Attached`."""
    names = ("chain", "header", "unprotected", "stamp", "stamp_version", "answers")
    signing = {name: options.pop(name) for name in names if name in options}
    return Attached(make=lambda payload: cose(who, encode(payload), room=0, **signing), **options)


def did_jwk(key: Any, **more: Any) -> str:
    """The DID that carries a public key."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        value = {"kty": "OKP", "crv": "Ed25519", "x": _url(key.public_key().public_bytes_raw())}
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        numbers, size = key.public_key().public_numbers(), (key.curve.key_size + 7) // 8
        value = {"kty": "EC", "crv": f"P-{key.curve.key_size}"}
        value |= {"x": _url(numbers.x.to_bytes(size, "big")), "y": _url(numbers.y.to_bytes(size, "big"))}
    else:
        assert isinstance(key, rsa.RSAPrivateKey)
        public = key.public_key().public_numbers()
        value = {"kty": "RSA", "n": _url(public.n.to_bytes(512, "big").lstrip(b"\0")), "e": _url(b"\1\0\1")}
    return f"did:jwk:{_url(json.dumps(value | more).encode())}"


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


ACCOUNT: Final = {
    "type": "cawg.social_media",
    "name": "Jo of the Harbour",
    "username": "jo",
    "uri": "https://social.example/jo",
    "verifiedAt": "2025-05-27T08:40:39.569856Z",
    "provider": {"id": "https://social.example", "name": "Social Example"},
}


@dataclass(kw_only=True)
class Service:
    """An aggregator that signs credentials."""

    algorithm: str = "ed25519"
    key: Any = None
    did: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or make_key(self.algorithm)
        self.did = self.did or did_jwk(self.key)

    def vouches(
        self,
        *,
        verified: Any = (ACCOUNT,),
        credential: Mapping[str, Any] | None = None,
        subject: Mapping[str, Any] | None = None,
        header: Mapping[Any, Any] | None = None,
        without: Sequence[str] = (),
        asset: Callable[[dict[str, Any]], Any] = lambda asset: asset,
        raw: Callable[[bytes], bytes | None] = lambda raw: raw,
        stamp: Callable[[bytes], bytes] | None = None,
        **options: Any,
    ) -> Attached:
        """An identity by this aggregator, with whatever fault a test asks for."""

        def make(payload: Mapping[str, Any]) -> bytes:
            value = {
                "@context": ["https://www.w3.org/ns/credentials/v2", "https://cawg.io/identity/1.1/ica/context/"],
                "type": ["VerifiableCredential", "IdentityClaimsAggregationCredential"],
                "issuer": self.did,
                "validFrom": (NOW.replace(year=NOW.year - 1, day=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "credentialSubject": {"verifiedIdentities": list(verified), "c2paAsset": asset(_json(payload))}
                | dict(subject or {}),
            } | dict(credential or {})
            body = raw(json.dumps({key: inner for key, inner in value.items() if key not in without}).encode())
            return self.signed(body, header=header, stamp=stamp)

        return Attached(make=make, sig_type=AGGREGATION, **options)

    def signed(
        self,
        body: bytes | None,
        *,
        header: Mapping[Any, Any] | None = None,
        stamp: Callable[[bytes], bytes] | None = None,
    ) -> bytes:
        """A COSE_Sign1 that carries its payload."""
        number = {"ed25519": -8, "es256": -7, "es384": -35, "es512": -36, "ps256": -37}[self.algorithm]
        protected = cbor2.dumps({1: number, 3: "application/vc"} if header is None else dict(header))
        who = Identity(certificate=None, key=self.key, algorithm=self.algorithm, issuer=None)  # type: ignore[arg-type]
        signature = who.sign(cbor2.dumps(["Signature1", protected, b"", body or b""]))
        unprotected: dict[Any, Any] = {}
        if stamp is not None:
            token = stamp(cbor2.dumps(["CounterSignature", protected, b"", cbor2.dumps(signature)]))
            unprotected["sigTst2"] = {"tstTokens": [{"val": token}]}
        return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected, body, signature]))


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
