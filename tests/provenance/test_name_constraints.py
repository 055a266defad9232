"""May a certificate carry only the names that every authority above allows, on every kind of path?"""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.certificates.chain import _usable
from provenance.credentials.certificates.keys import unwarned
from provenance.credentials.certificates.path_rules import why_refused
from tests.provenance.chains import (
    ALLOWED,
    FAMOUS,
    JUNK,
    PATHS,
    authority,
    built,
    directory,
    find,
    holds,
    limited,
    named,
    with_junk,
)
from tests.support.authority import Identity, certify, make_signer
from tests.support.effort import at_most


def _uri(text: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(text)


def _mail(text: str) -> x509.RFC822Name:
    """Also what the library would refuse to write."""
    return x509.RFC822Name._init_without_validation(text)


def _ip(text: str) -> x509.IPAddress:
    return x509.IPAddress(ipaddress.ip_address(text))


def _net(text: str) -> x509.IPAddress:
    return x509.IPAddress(ipaddress.ip_network(text))


@pytest.mark.parametrize("path", PATHS, ids=["-".join(filter(None, path)) for path in PATHS])
@pytest.mark.parametrize("where", ["root", "middle"])
class TestNameConstraints:
    """Each on every kind of path, by the anchor and by an authority between, with unrelated certificates beside."""

    def _is(self, signer: Identity, right: bool) -> None:
        assert holds(signer) is right
        for junk in JUNK.values():
            assert with_junk(signer, junk) == [right] * 2

    @pytest.mark.parametrize(
        ("limits", "subject", "right"),
        [
            ({"permitted": [directory(O="Allowed Org")]}, ALLOWED, True),
            ({"permitted": [directory(O="Allowed Org")]}, FAMOUS, False),
            ({"permitted": [directory(O="Allowed Org", CN="Camera 1")]}, ALLOWED | {"CN": "Camera 2"}, False),
            ({"permitted": [directory(O="allowed  ORG")]}, ALLOWED, True),
            ({"permitted": [directory(O="Famous"), directory(O="Allowed Org")]}, ALLOWED, True),
            ({"permitted": [directory(CN="Camera 1")]}, ALLOWED, False),
            ({"permitted": [directory()]}, FAMOUS, True),
            ({"excluded": [directory(O="Famous")]}, ALLOWED, True),
            ({"excluded": [directory(O="Famous")]}, FAMOUS, False),
            ({"excluded": [directory(O="FAMOUS")]}, FAMOUS, False),
            ({"excluded": [directory(O="Famous", CN="Camera 2")]}, FAMOUS, True),
            ({"excluded": [directory()]}, ALLOWED, False),
            (
                {"permitted": [directory(O="Allowed Org")], "excluded": [directory(O="Allowed Org", CN="Camera 1")]},
                ALLOWED,
                False,
            ),
        ],
    )
    def test_directory_names(
        self, path: tuple[str, str | None], where: str, limits: Any, subject: dict[str, str], right: bool
    ) -> None:
        self._is(built(path, where, limited(**limits), subject), right)

    @pytest.mark.parametrize(
        ("limits", "names", "right"),
        [
            # Directory names among the alternative names
            ({"permitted": [directory(O="Allowed Org")]}, [directory(O="Allowed Org", CN="x")], True),
            ({"permitted": [directory(O="Allowed Org")]}, [directory(O="Famous")], False),
            ({"excluded": [directory(O="Famous")]}, [directory(O="Famous", CN="x")], False),
            # DNS
            ({"permitted": [x509.DNSName("example.com")]}, [x509.DNSName("cam.EXAMPLE.com")], True),
            ({"permitted": [x509.DNSName("example.com")]}, [x509.DNSName("example.com")], True),
            ({"permitted": [x509.DNSName("example.com")]}, [x509.DNSName("badexample.com")], False),
            ({"permitted": [x509.DNSName("example.com")]}, [x509.DNSName("famous.org")], False),
            (
                {"permitted": [x509.DNSName("example.com")]},
                [x509.DNSName("a.example.com"), x509.DNSName("b.org")],
                False,
            ),
            ({"permitted": [x509.DNSName("example.com")]}, [], True),
            ({"permitted": [x509.DNSName("")]}, [x509.DNSName("famous.org")], True),
            ({"excluded": [x509.DNSName("")]}, [x509.DNSName("famous.org")], False),
            ({"excluded": [x509.DNSName("")]}, [], True),
            ({"excluded": [x509.DNSName("famous.org")]}, [x509.DNSName("cam.famous.org")], False),
            ({"excluded": [x509.DNSName("famous.org")]}, [x509.DNSName("infamous.org")], True),
            ({"excluded": [x509.DNSName("cam.famous.org")]}, [x509.DNSName("*.famous.org")], False),
            ({"permitted": [x509.DNSName(".example.com")]}, [x509.DNSName("example.com")], False),
            ({"permitted": [x509.DNSName("example.com")]}, [x509.DNSName("not a name")], False),
            # E-mail
            ({"permitted": [x509.RFC822Name("example.com")]}, [x509.RFC822Name("jo@EXAMPLE.com")], True),
            ({"permitted": [x509.RFC822Name("example.com")]}, [x509.RFC822Name("jo@mail.example.com")], False),
            ({"permitted": [x509.RFC822Name(".example.com")]}, [x509.RFC822Name("jo@mail.example.com")], True),
            ({"permitted": [x509.RFC822Name("jo@example.com")]}, [x509.RFC822Name("jo@example.com")], True),
            ({"permitted": [x509.RFC822Name("jo@example.com")]}, [x509.RFC822Name("al@example.com")], False),
            ({"permitted": [x509.RFC822Name("example.com")]}, [x509.RFC822Name("no address")], False),
            ({"permitted": [x509.RFC822Name("example.com")]}, [_mail("a@b@example.com")], False),
            ({"permitted": [x509.RFC822Name("example.com")]}, [_mail('"a@b"@example.com')], True),
            ({"permitted": [x509.RFC822Name("example.com")]}, [_mail('"a"b"@example.com')], False),
            ({"excluded": [x509.RFC822Name("famous.org")]}, [x509.RFC822Name("ceo@famous.org")], False),
            ({"excluded": [x509.RFC822Name("famous.org")]}, [x509.RFC822Name("ceo@example.com")], True),
            ({"excluded": [x509.RFC822Name("ceo@famous.org")]}, [x509.RFC822Name('"ceo"@famous.org')], False),
            # URI
            ({"permitted": [_uri("example.com")]}, [_uri("https://example.com/x")], True),
            ({"permitted": [_uri("example.com")]}, [_uri("https://u@example.com:8443?x")], True),
            ({"permitted": [_uri("example.com")]}, [_uri("https://cam.example.com/x")], False),
            ({"permitted": [_uri(".example.com")]}, [_uri("https://cam.example.com/x")], True),
            ({"permitted": [_uri("example.com")]}, [_uri("https://famous.org#@example.com")], False),
            ({"permitted": [_uri("example.com")]}, [_uri("https://famous.org\\@example.com")], False),
            ({"permitted": [_uri("example.com")]}, [_uri("urn:uuid:0000")], False),
            ({"permitted": [_uri("example.com")]}, [_uri("https://192.0.2.1/")], False),
            ({"excluded": [_uri("famous.org")]}, [_uri("https://famous.org/")], False),
            ({"excluded": [_uri("famous.org")]}, [_uri("https://example.com/?famous.org")], True),
            ({"excluded": [_uri("famous.org")]}, [_uri("urn:uuid:0000")], False),
            # IP
            ({"permitted": [_net("198.51.100.0/24")]}, [_ip("198.51.100.7")], True),
            ({"permitted": [_net("198.51.100.0/24")]}, [_ip("198.51.101.7")], False),
            ({"permitted": [_net("198.51.100.0/24")]}, [_ip("2001:db8::1")], False),
            ({"permitted": [_net("2001:db8::/32")]}, [_ip("2001:db8::1")], True),
            ({"excluded": [_net("198.51.100.0/24")]}, [_ip("198.51.100.7")], False),
            ({"excluded": [_net("0.0.0.0/0")]}, [_ip("198.51.100.7")], False),
            ({"excluded": [_net("0.0.0.0/0")]}, [_ip("2001:db8::1")], True),
            # Forms that are not compared
            ({"permitted": [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))]}, [], True),
            (
                {"permitted": [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))]},
                [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))],
                False,
            ),
            (
                {"excluded": [x509.RFC822Name("famous.org")]},
                [x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), b"\x0c\x0eceo@famous.org")],
                False,
            ),
            # What is not constrained
            ({"permitted": [x509.DNSName("example.com")]}, [_uri("https://famous.org/"), _ip("192.0.2.1")], True),
        ],
    )
    def test_alternative_names(
        self, path: tuple[str, str | None], where: str, limits: Any, names: list[Any], right: bool
    ) -> None:
        self._is(built(path, where, limited(**limits), ALLOWED, **(named(*names) if names else {})), right)


@cache
def _limited_chain() -> tuple[bytes, ...]:
    """A path with names of every form that constraints are compared with, all of them permitted."""
    names = [directory(O="Allowed Org"), x509.DNSName("a.org"), x509.RFC822Name("a@a.org"), _uri("https://a.org/")]
    trees = [directory(O="Allowed Org"), x509.DNSName("org"), x509.RFC822Name("a.org"), _uri("a.org")]
    limits = limited(permitted=[*trees, _net("10.0.0.0/8")], excluded=[x509.DNSName("b.org")])
    root = authority("Root", **limits)
    middle = authority("Allowed Org", root)
    signer = certify(ALLOWED, issuer=middle, **named(*names, _ip("10.0.0.1")))
    assert why_refused([one.certificate for one in (signer, middle, root)]) == ""
    return signer.der, middle.der, root.der


class TestHowConstraintsAddUp:
    def _path(self, upper: dict[str, Any], lower: dict[str, Any], names: list[x509.GeneralName]) -> Identity:
        middle = authority("Allowed Org", authority("Root", **limited(**upper)), **limited(**lower))
        return certify(ALLOWED, issuer=middle, **named(*names))

    def test_an_authority_below_can_only_narrow_what_is_permitted(self) -> None:
        upper = {"permitted": [x509.DNSName("example.com"), x509.DNSName("example.org")]}
        lower = {"permitted": [x509.DNSName("example.org"), x509.DNSName("famous.org")]}
        assert holds(self._path(upper, lower, [x509.DNSName("a.example.org")]))
        assert not holds(self._path(upper, lower, [x509.DNSName("a.example.com")]))
        assert not holds(self._path(upper, lower, [x509.DNSName("a.famous.org")]))

    def test_what_either_excludes_is_excluded(self) -> None:
        upper, lower = {"excluded": [x509.DNSName("a.org")]}, {"excluded": [x509.DNSName("b.org")]}
        assert [holds(self._path(upper, lower, [x509.DNSName(f"{one}.org")])) for one in "abc"] == [False, False, True]

    def test_forms_are_limited_apart(self) -> None:
        upper, lower = {"permitted": [x509.DNSName("example.com")]}, {"permitted": [directory(O="Allowed Org")]}
        assert holds(self._path(upper, lower, [x509.DNSName("a.example.com")]))
        assert not holds(self._path(upper, lower, [x509.DNSName("a.famous.org")]))

    def test_an_authority_between_is_held_to_them_too(self) -> None:
        root = authority("Root", **limited(permitted=[directory(O="Allowed Org")]))
        assert not holds(certify(ALLOWED, issuer=authority("Other", root)))
        assert holds(certify(ALLOWED, issuer=authority("Allowed Org", root)))

    def test_a_self_issued_authority_between_is_not_but_a_self_issued_signer_is(self) -> None:
        root = authority("Root", **limited(permitted=[directory(O="Allowed Org")]))
        renewed = certify({"O": "Root", "CN": "Root CA"}, issuer=root, is_authority=True)
        assert holds(certify(ALLOWED, issuer=renewed))
        assert not holds(certify({"O": "Root", "CN": "Root CA"}, issuer=root))

    def test_a_signers_own_constraints_bind_nobody(self) -> None:
        assert holds(certify(FAMOUS, issuer=authority("Root"), **limited(permitted=[directory(O="Allowed Org")])))

    @pytest.mark.parametrize("names", [[], [x509.DNSName("x.org")]])
    @pytest.mark.parametrize(("address", "right"), [("jo@example.com", True), ("jo@famous.org", False)])
    def test_an_e_mail_address_in_the_subject_counts(self, names: list[Any], address: str, right: bool) -> None:
        root = authority("Root", **limited(permitted=[x509.RFC822Name("example.com")]))
        signer = certify(ALLOWED | {"E": address}, issuer=root, **(named(*names) if names else {}))
        assert holds(signer) is right

    @pytest.mark.parametrize(
        "value",
        [
            "3000",  # neither permitted nor excluded
            "3002a000",  # an empty list of permitted subtrees
            "3002a100",
            "300ca00a30088203616263800101",  # minimum 1
            "300ca10a30088203616263810103",  # maximum 3
            "3006a00430028700",  # a network of no bytes
            "3008a0063004a4023100",  # a directory name that is none
            "3008a0063004a3023000",  # an X.400 address
            "05",
            "",
        ],
    )
    @pytest.mark.parametrize("kind", ["es256", "ed25519"])
    @pytest.mark.parametrize("critical", [True, False])
    def test_constraints_that_cannot_be_read_refuse_every_path(self, value: str, kind: str, critical: bool) -> None:
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.30"), bytes.fromhex(value))
        for where in ("root", "middle"):
            limits = {"extra": [(extension, critical)]}
            signer = built((kind, None), where, limits, ALLOWED)
            assert find(signer) is None

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from([0, 1, 2]), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=3))
    def test_no_changed_certificate_is_judged_with_an_error(self, place: int, changes: list[tuple[int, int]]) -> None:
        chain = [bytearray(der) for der in _limited_chain()]
        for where, octet in changes:
            chain[place][where % len(chain[place])] = octet
        with unwarned():
            found = [certificate for der in chain if (certificate := _usable(bytes(der))) is not None]
            assert len(found) < 3 or isinstance(why_refused(found), str)

    def test_more_names_than_can_be_compared_are_refused_in_time(self) -> None:
        names = [x509.DNSName(f"a{number}.example.com") for number in range(1_500)]
        trees = [x509.DNSName(f"b{number}.example.com") for number in range(1_500)]
        root = authority("Root", **limited(excluded=trees))
        signer = make_signer(root, **named(*names))
        assert at_most(1, lambda: find(signer)) is None
        assert holds(make_signer(root, **named(*names[:10])))
