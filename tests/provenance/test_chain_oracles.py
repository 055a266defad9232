"""Do independent verifiers say the same of a path wherever they can judge it?

`cryptography`'s for P-256 and RSA, `pyhanko-certvalidator` for Ed25519 too. Left out is what each is known not to do:
the first compares no directory names in constraints and, told to permit every extension, looks at no key usage; the
second passes over an anchor's own limits and dates.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.x509 import verification
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.provenance.chains import authority, directory, holds, limited, named
from tests.support.authority import DAY, NOW, Identity, certify, make_key

SPANS: Final[list[dict[str, dt.datetime]]] = [{}, {}, {}, {"start": NOW - 9 * DAY, "end": NOW - DAY}]
TREES: Final = [None, None, "example.com", "cam.example.com", "famous.org"]
HOSTS: Final = ["cam.example.com", "example.com", "famous.org", "a.famous.org", "xexample.com"]
USAGES: Final[list[tuple[str, ...] | None]] = [("key_cert_sign",), None, ("digital_signature",)]
ORGANISATIONS: Final = ["Allowed Org", "Famous", "allowed org"]


def by_cryptography(signer: Identity) -> bool:
    policy, agnostic = verification.ExtensionPolicy, verification.Criticality.AGNOSTIC
    issuers = policy.permit_all().require_present(x509.BasicConstraints, agnostic, None)
    builder = verification.PolicyBuilder().store(verification.Store([signer.root.certificate])).time(NOW)
    verifier = builder.extension_policies(ca_policy=issuers, ee_policy=policy.permit_all()).build_client_verifier()
    between = [x509.load_der_x509_certificate(der) for der in signer.chain[1:]]
    try:
        verifier.verify(signer.certificate, between)
    except (verification.VerificationError, ValueError):
        return False
    return True


def by_pyhanko(signer: Identity) -> bool:
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    load = asn1_x509.Certificate.load
    between = [load(der) for der in signer.chain[1:]]
    context = ValidationContext(
        trust_roots=[load(signer.root.der)],
        other_certs=between,
        moment=NOW,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    steps = CertificateValidator(load(signer.der), between, validation_context=context).async_validate_path()
    try:
        steps.send(None)
    except StopIteration:
        return True
    except (PathError, ValidationError, ValueError):
        return False
    finally:
        steps.close()
    return False


def dns(text: str | None) -> list[x509.GeneralName] | None:
    return None if text is None else [x509.DNSName(text)]


def told(signer: Identity) -> str:
    """A chain in words, the signer's certificate first."""
    lines, one = [], signer
    while True:
        found = [f"{extension.value} critical={extension.critical}" for extension in one.certificate.extensions]
        lines.append(f"{one.certificate.subject} until {one.certificate.not_valid_after_utc}: {found}")
        if one.issuer is None:
            return "\n".join(lines)
        one = one.issuer


@st.composite
def chains(draw: st.DrawFn, *, kind: str, root_is_limited: bool, directories: bool) -> Identity:
    """A signer under up to two authorities, any of which may break a rule."""

    def limits() -> dict[str, Any]:
        permitted, excluded = dns(draw(st.sampled_from(TREES))), dns(draw(st.sampled_from(TREES)))
        if directories and draw(st.booleans()):
            (permitted := permitted or []).append(directory(O=draw(st.sampled_from(ORGANISATIONS))))
        return limited(permitted=permitted, excluded=excluded) if permitted or excluded else {}

    def options(number: int) -> dict[str, Any]:
        return {
            "algorithm": kind,
            "key": make_key(kind, number) if kind == "ps256" else None,
            **(draw(st.sampled_from(SPANS)) if number or root_is_limited else {}),
        }

    length = draw(st.sampled_from([None, None, 0, 1])) if root_is_limited else None
    above = authority("Root", **options(0), path_length=length, **(limits() if root_is_limited else {}))
    for number in range(draw(st.integers(0, 2))):
        is_authority = draw(st.sampled_from([True, True, True, False]))
        above = certify(
            {"O": "Allowed Org", "CN": f"Middle {number}"},
            issuer=above,
            is_authority=is_authority,
            usages=draw(st.sampled_from(USAGES if directories else USAGES[:2])),
            path_length=draw(st.sampled_from([None, None, 0, 1])) if is_authority else None,
            **options(1 + number),
            **limits(),
        )
    names = [x509.DNSName(host) for host in draw(st.lists(st.sampled_from(HOSTS), min_size=1, max_size=2))]
    subject = {"O": draw(st.sampled_from(ORGANISATIONS)) if directories else "Allowed Org", "CN": "Camera"}
    return certify(subject, issuer=above, **options(3), **named(*names))


@pytest.mark.parametrize("kind", ["es256", "ps256"])
def test_cryptography_says_the_same(kind: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(chains(kind=kind, root_is_limited=True, directories=False))
    def same(signer: Identity) -> None:
        assert holds(signer) is by_cryptography(signer), told(signer)

    same()


@pytest.mark.parametrize("kind", ["es256", "ed25519", "ps256"])
def test_pyhanko_says_the_same(kind: str) -> None:
    @settings(max_examples=100, deadline=None)
    @given(chains(kind=kind, root_is_limited=False, directories=True))
    def same(signer: Identity) -> None:
        assert holds(signer) is by_pyhanko(signer), told(signer)

    same()
