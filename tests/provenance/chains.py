"""How do tests get chains of certificates with any limits, and ask whether a path over them holds?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from provenance.credentials.certificates.chain import Path, find_path
from tests.support.authority import NOW, Identity, certify, make_key, make_root, make_signer, name_of

FAMOUS: Final = {"O": "Famous", "CN": "Camera 1"}
ALLOWED: Final = {"O": "Allowed Org", "CN": "Camera 1"}
KINDS: Final = ("es256", "es384", "es512", "ps256", "ed25519")
"""Keys that C2PA allows."""
JUNK: Final = {
    **{kind: make_signer(make_root("Junk", algorithm=kind), algorithm=kind) for kind in KINDS},
    "secp256k1": make_signer(make_root("Junk"), key=ec.generate_private_key(ec.SECP256K1())),
}
"""Certificates that have nothing to do with anything, one of every kind of key."""


def authority(name: str, issuer: Identity | None = None, **options: Any) -> Identity:
    return certify({"O": name, "CN": f"{name} CA"}, issuer=issuer, is_authority=True, **options)


def find(
    signer: Identity, *anchors: Identity, sent: Sequence[Identity] | None = None, at: dt.datetime = NOW
) -> Path | None:
    """The path from a signer to one of these, with its own chain sent along or another."""
    chain = signer.chain if sent is None else (signer.der, *(one.der for one in sent))
    return find_path(chain, tuple(one.der for one in anchors or (signer.root,)), at)


def holds(signer: Identity, *anchors: Identity, sent: Sequence[Identity] | None = None) -> bool:
    path = find(signer, *anchors, sent=sent)
    return path is not None and path.holds


def with_junk(signer: Identity, junk: Identity) -> list[bool]:
    """Whether the path holds, with the junk at every place behind the signer's certificate."""
    above = signer.chain[1:]
    chains = [(signer.der, *above[:place], junk.der, *above[place:]) for place in range(len(above) + 1)]
    found = [find_path(chain, (signer.root.der,), NOW) for chain in chains]
    return [path is not None and path.holds for path in found]


def limited(*, permitted: Any = None, excluded: Any = None) -> dict[str, Any]:
    """Options for an authority with name constraints."""
    return {"extra": [(x509.NameConstraints(permitted, excluded), True)]}


def directory(**attributes: str) -> x509.DirectoryName:
    return x509.DirectoryName(name_of(attributes))


def named(*names: x509.GeneralName, **options: Any) -> dict[str, Any]:
    """Options for a signer with alternative names."""
    return {"extra": [(x509.SubjectAlternativeName(names), False)], **options}


PATHS: Final = [("es256", None), ("es384", None), ("ps256", None), ("ps256", "pss"), ("ed25519", None)]
"""Kinds of key, and of signature, of which a whole path consists."""


def built(
    path: tuple[str, str | None], where: str, limits: dict[str, Any], subject: dict[str, str], **options: Any
) -> Identity:
    """A signer whose authority in that place has name constraints."""
    kind, scheme = path
    pss: dict[str, Any] = {"scheme": padding.PSS(padding.MGF1(hashes.SHA256()), 32)} if scheme else {}
    keys = (make_key(kind, number) if kind == "ps256" else None for number in range(3))
    root = authority("Root", algorithm=kind, key=next(keys), **(limits if where == "root" else {}))
    middle = authority(
        "Allowed Org", root, algorithm=kind, key=next(keys), **pss, **(limits if where == "middle" else {})
    )
    return certify(subject, issuer=middle, algorithm=kind, key=next(keys), **pss, **options)


def signed_anew(identity: Identity, digest: Any, mask: Any = None) -> Identity:
    """The same certificate under a signature by the same issuer with another digest, as the library signs no more.

    By ECDSA, by PKCS #1 v1.5, or, where `mask` is given, by RSASSA-PSS with that digest in its mask.
    """
    from asn1crypto import core
    from asn1crypto import x509 as asn1_x509

    key, name = (identity.issuer or identity).key, digest.name
    made = asn1_x509.Certificate.load(identity.der)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm: dict[str, Any] = {"algorithm": f"{name}_ecdsa"}
    elif mask is None:
        algorithm = {"algorithm": f"{name}_rsa"}
    else:
        masked = {"algorithm": "mgf1", "parameters": {"algorithm": mask.name}}
        chosen = {"hash_algorithm": {"algorithm": name}, "mask_gen_algorithm": masked, "salt_length": 20}
        algorithm = {"algorithm": "rsassa_pss", "parameters": chosen}
    made["tbs_certificate"]["signature"] = algorithm
    made["signature_algorithm"] = algorithm
    signed = made["tbs_certificate"].dump(force=True)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(signed, ec.ECDSA(digest()))
    else:
        scheme = padding.PKCS1v15() if mask is None else padding.PSS(padding.MGF1(mask()), 20)
        signature = key.sign(signed, scheme, digest())
    made["signature_value"] = core.OctetBitString(signature)
    return replace(identity, certificate=x509.load_der_x509_certificate(made.dump(force=True)))


def with_pss_key(identity: Identity) -> Identity:
    """The same certificate with its RSA key marked as one for RSASSA-PSS alone (RFC 4055), and signed anew by it."""
    from asn1crypto import core, keys
    from asn1crypto import x509 as asn1_x509

    made = asn1_x509.Certificate.load(signed_anew(identity, hashes.SHA256, hashes.SHA256).der)
    info = made["tbs_certificate"]["subject_public_key_info"]
    marked = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsassa_pss"}, "public_key": info["public_key"].parsed})
    made["tbs_certificate"]["subject_public_key_info"] = marked
    signed = made["tbs_certificate"].dump(force=True)
    issuer = identity.issuer or identity
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 20)
    made["signature_value"] = core.OctetBitString(issuer.key.sign(signed, scheme, hashes.SHA256()))
    return replace(identity, certificate=x509.load_der_x509_certificate(made.dump(force=True)))


def with_written_out_curve(identity: Identity) -> Identity:
    """The same certificate with P-256 by all its parameters instead of its name (X9.62), signed anew."""
    from asn1crypto import core, keys
    from asn1crypto import x509 as asn1_x509

    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    x = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
    y = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5
    domain = keys.SpecifiedECDomain(
        {
            "version": 1,
            "field_id": {"field_type": "prime_field", "parameters": p},
            "curve": {
                "a": (p - 3).to_bytes(32, "big"),
                "b": bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
            },
            "base": b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"),
            "order": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
            "cofactor": 1,
        }
    )
    made = asn1_x509.Certificate.load(identity.der)
    info = made["tbs_certificate"]["subject_public_key_info"]
    info["algorithm"]["parameters"] = keys.ECDomainParameters(name="specified", value=domain)
    issuer = identity.issuer or identity
    signed = made["tbs_certificate"].dump(force=True)
    made["signature_value"] = core.OctetBitString(issuer.key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return replace(identity, certificate=x509.load_der_x509_certificate(made.dump(force=True)))
