"""About which certificates would a responder be asked, and where? (RFC 6960; RFC 5280, 4.2.2.1)"""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from provenance.credentials.certificates.ocsp import MAX_QUESTIONS, questions
from tests.support.authority import Identity, certify, make_root

ROOT = make_root()
OCSP, ISSUERS = AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS
FIRST, SECOND = (x509.UniformResourceIdentifier(f"http://{name}.example/ocsp") for name in ("first", "second"))
Place = tuple[x509.ObjectIdentifier, x509.GeneralName]


def leaf(*places: Place) -> Identity:
    access = x509.AuthorityInformationAccess([x509.AccessDescription(*place) for place in places])
    return certify({"O": "Camera"}, issuer=ROOT, extra=[(access, False)] if places else [])


def asked(*chain: Identity) -> list[str]:
    return [one.url for one in questions([one.der for one in chain])]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ((), []),
        (((ISSUERS, FIRST),), []),
        (((OCSP, x509.DNSName("first.example")),), []),
        (((OCSP, FIRST),), [FIRST.value]),
        (((ISSUERS, SECOND), (OCSP, x509.DNSName("a.example")), (OCSP, FIRST)), [FIRST.value]),
        (((OCSP, FIRST), (OCSP, SECOND)), [FIRST.value]),
    ],
    ids=["no-access", "issuers-alone", "no-address", "one", "among-others", "two"],
)
def test_the_first_responder_with_an_address_is_asked(places: tuple[Place, ...], expected: list[str]) -> None:
    assert asked(leaf(*places), ROOT) == expected


def test_nobody_is_asked_about_a_root_or_what_cannot_be_read() -> None:
    one = leaf((OCSP, FIRST))
    assert asked(one) == asked(one, one) == asked(ROOT, ROOT) == []
    assert questions([b"no certificate", ROOT.der]) == questions([one.der, b"no certificate"]) == ()


def test_so_many_are_asked_about_and_no_more() -> None:
    chain = [leaf((OCSP, FIRST)) for _ in range(MAX_QUESTIONS + 3)]
    assert len(asked(*chain)) == MAX_QUESTIONS
