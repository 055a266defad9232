"""Who signs the demo's pictures? A certificate authority that lives as long as the process and vouches for nobody.

Keys are made when asked for and never written anywhere. The certificates keep to the C2PA certificate profile (C2PA
2.4, section 14.5.1), so that a reader who lists this authority sees its signers as trusted, and everybody else as
unknown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from provenance.credentials.signing.c2pa_sign import SigningKey

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

CLAIM_SIGNING: Final = "1.3.6.1.4.1.62558.2.1"
"""c2pa-kp-claimSigning."""
LIFE: Final = dt.timedelta(days=7)
"""How long a certificate holds: long enough to look at the gallery, short enough that nobody builds on it."""
SLACK: Final = dt.timedelta(hours=1)
"""Backdating of the validity, for clocks that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A certificate, its private key and whoever issued it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    issuer: Holder | None = None

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.PEM)

    def signing_key(self) -> SigningKey:
        """For `sign_media`: this certificate and those above it, without the root."""
        chain, holder = [self.der], self.issuer
        while holder is not None and holder.issuer is not None:
            chain.append(holder.der)
            holder = holder.issuer
        return SigningKey(algorithm="es256", certificates=tuple(chain), sign=self._sign)

    def _sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def make_authority(organization: str, common_name: str, *, at: dt.datetime | None = None) -> Holder:
    """A new root with a new key.

    Args:
        organization: O of its name.
        common_name: CN of its name.
        at: When it begins to hold (aware); now where not given.
    """
    return _make(organization, common_name, issuer=None, at=at)


def issue_signer(authority: Holder, organization: str, common_name: str, *, at: dt.datetime | None = None) -> Holder:
    """A claim signer under an authority, which checks nothing of the name.

    Args:
        authority: Who issues.
        organization: O of the signer's name.
        common_name: CN of the signer's name.
        at: When it begins to hold (aware); now where not given.
    """
    return _make(organization, common_name, issuer=authority, at=at)


def _make(organization: str, common_name: str, *, issuer: Holder | None, at: dt.datetime | None) -> Holder:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    signing_key = issuer.key if issuer else key
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    start = (at or dt.datetime.now(dt.UTC)) - SLACK
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_key_usage(authority=issuer is None), critical=True)
    )
    if issuer is not None:
        purposes = x509.ExtendedKeyUsage([x509.ObjectIdentifier(CLAIM_SIGNING)])
        builder = builder.add_extension(purposes, critical=False)
    return Holder(certificate=builder.sign(signing_key, hashes.SHA256()), key=key, issuer=issuer)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
