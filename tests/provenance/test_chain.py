"""Does only a path that holds by every rule lead to an anchor, whichever keys are on it and whatever is sent along?"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.credentials.certificates import path_search
from provenance.credentials.certificates.chain import Path, find_path
from provenance.credentials.certificates.path_rules import why_refused
from tests.provenance.chains import (
    ALLOWED,
    FAMOUS,
    JUNK,
    KINDS,
    authority,
    directory,
    find,
    holds,
    limited,
    signed_anew,
    with_junk,
    with_pss_key,
    with_written_out_curve,
)
from tests.support.authority import DAY, NOW, Identity, certify, make_key, make_signer
from tests.support.effort import at_most

CURVES: Final = (
    ec.SECP192R1,
    ec.SECP224R1,
    ec.SECP256K1,
    ec.BrainpoolP256R1,
    ec.BrainpoolP384R1,
    ec.BrainpoolP512R1,
)
WEAK: Final[dict[str, Callable[[], Any]]] = {
    **{curve.name: lambda curve=curve: ec.generate_private_key(curve()) for curve in CURVES},
    "rsa-1024": lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),
    "rsa-2047": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2047),
}


class TestWeakKeysAndSignatures:
    @pytest.mark.parametrize("kind", WEAK)
    @pytest.mark.parametrize("place", ["root", "middle", "signer"])
    def test_a_weak_key_is_refused_wherever_it_stands_and_whatever_is_sent_along(self, kind: str, place: str) -> None:
        weak = WEAK[kind]()
        root = authority("Root", key=weak if place == "root" else None)
        middle = authority("Middle", root, key=weak if place == "middle" else None)
        signer = make_signer(middle, key=weak if place == "signer" else None)
        assert find(signer) is None
        for junk in JUNK.values():
            assert not any(with_junk(signer, junk))

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_key_that_is_allowed_holds_whatever_is_sent_along(self, kind: str) -> None:
        root = authority("Root", algorithm=kind)
        signer = make_signer(authority("Middle", root, algorithm=kind), algorithm=kind)
        assert holds(signer)
        for junk in JUNK.values():
            assert all(with_junk(signer, junk))

    @pytest.mark.parametrize(("upper", "lower"), list(itertools.permutations(KINDS, 2)))
    def test_kinds_of_key_may_be_mixed(self, upper: str, lower: str) -> None:
        assert holds(make_signer(authority("Middle", authority("Root", algorithm=upper), algorithm=lower)))

    @pytest.mark.parametrize("kind", ["es256", "ps256"])
    @pytest.mark.parametrize(("digest", "right"), [(hashes.SHA384, True), (hashes.SHA224, False), (hashes.SHA1, False)])
    @pytest.mark.parametrize("place", ["middle", "signer"])
    def test_a_weak_digest_is_refused(self, kind: str, digest: Any, right: bool, place: str) -> None:
        middle = authority("Middle", authority("Root", algorithm=kind, key=make_key(kind, 1)), algorithm=kind)
        signer = make_signer(signed_anew(middle, digest) if place == "middle" else middle)
        signer = signed_anew(signer, digest) if place == "signer" else signer
        assert holds(signer) is right
        for junk in JUNK.values():
            assert with_junk(signer, junk) == [right] * 2

    @pytest.mark.parametrize("kind", ["es256", "ps256"])
    def test_the_signature_on_a_self_signed_anchor_is_nobodys_ground(self, kind: str) -> None:
        assert holds(make_signer(signed_anew(authority("Root", algorithm=kind), hashes.SHA1)))

    def test_an_old_copy_of_the_root_sent_along_changes_nothing(self) -> None:
        root = authority("Root", algorithm="ps256")
        old, signer = signed_anew(root, hashes.SHA1), make_signer(root)
        assert holds(signer, root, sent=[old])
        assert holds(signer, old, sent=[root])

    def test_a_listed_authority_between_that_was_signed_with_sha_1_is_refused(self) -> None:
        listed = signed_anew(authority("Middle", authority("Root")), hashes.SHA1)
        assert find(make_signer(listed), listed) is None

    @pytest.mark.parametrize(
        ("digest", "mask", "right"),
        [
            (hashes.SHA256, hashes.SHA256, True),
            (hashes.SHA512, hashes.SHA512, True),
            (hashes.SHA256, hashes.SHA1, False),
            (hashes.SHA1, hashes.SHA1, False),
            (hashes.SHA1, hashes.SHA256, False),
            (hashes.SHA384, hashes.SHA256, False),
        ],
    )
    def test_pss_signatures_hold_with_one_strong_digest(self, digest: Any, mask: Any, right: bool) -> None:
        root = authority("Root", algorithm="ps256", key=make_key("ps256", 1))
        signer = signed_anew(make_signer(root), digest, mask)
        signer.certificate.verify_directly_issued_by(root.certificate)
        assert holds(signer) is right

    def test_a_curve_that_is_written_out_with_its_parameters_is_refused(self) -> None:
        root = authority("Root")
        signer = make_signer(with_written_out_curve(authority("Middle", root)))
        assert signer.issuer is not None
        assert signer.issuer.certificate.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
        assert why_refused((signer.certificate, signer.issuer.certificate, root.certificate)) == "algorithm"
        assert find(signer) is None

    def test_keys_for_pss_alone_hold_and_are_held_to_their_size_and_constraints(self) -> None:
        root = with_pss_key(authority("Root", algorithm="ps256", key=make_key("ps256", 1)))
        middle = with_pss_key(authority("Middle", root, algorithm="ps256", key=make_key("ps256", 2)))
        signer = with_pss_key(make_signer(middle, algorithm="ps256"))
        assert signer.certificate.public_key_algorithm_oid.dotted_string == "1.2.840.113549.1.1.10"
        assert holds(signer)
        for junk in JUNK.values():
            assert all(with_junk(signer, junk))
        small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        assert find(make_signer(with_pss_key(authority("Small", root, key=small)))) is None
        limits = limited(permitted=[directory(O="Allowed Org")])
        only = with_pss_key(authority("Only", algorithm="ps256", key=make_key("ps256", 1), **limits))
        for subject, right in ((ALLOWED, True), (FAMOUS, False)):
            assert holds(with_pss_key(certify(subject, issuer=only, algorithm="ps256"))) is right

    def test_an_ed25519_authority_of_small_order_signs_nothing(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ed25519

        root = authority("Root")
        nobody = ed25519.Ed25519PublicKey.from_public_bytes(bytes([1]) + bytes(31))

        class Key:
            def public_key(self) -> object:
                return nobody

        middle = certify({"O": "M", "CN": "M"}, issuer=root, is_authority=True, key=Key())
        forged = _resigned(make_signer(authority("M", algorithm="ed25519"), algorithm="ed25519"), middle)
        forged.verify_directly_issued_by(middle.certificate)  # anything is signed under such a key
        assert why_refused((forged, middle.certificate, root.certificate)) == "algorithm"
        chain = (forged.public_bytes(Encoding.DER), middle.der)
        assert find_path(chain, (root.der,), NOW) is None


def _resigned(signer: Identity, issuer: Identity) -> x509.Certificate:
    """A certificate that claims to come from `issuer`, with the one signature that holds for any bytes."""
    from asn1crypto import core
    from asn1crypto import x509 as asn1_x509

    made = asn1_x509.Certificate.load(signer.der)
    made["tbs_certificate"]["issuer"] = asn1_x509.Certificate.load(issuer.der).subject
    made["signature_value"] = core.OctetBitString(bytes([1]) + bytes(63))
    return x509.load_der_x509_certificate(made.dump(force=True))


class TestWhichPathIsFound:
    def test_of_two_anchors_of_one_name_the_one_with_the_key_counts(self) -> None:
        one, two = authority("Root"), authority("Root")
        for listed in itertools.permutations((one, two)):
            path = find(make_signer(one), *listed)
            assert path is not None
            assert path.certificates[-1] == one.der
        assert find(make_signer(one), two) is None

    @pytest.mark.parametrize("kinds", list(itertools.product(["es256", "ed25519"], repeat=2)))
    def test_a_cross_signed_authority_leads_to_either_root(self, kinds: tuple[str, str]) -> None:
        own, other = (authority(name, algorithm=kind) for name, kind in zip(("Own", "Other"), kinds, strict=True))
        crossed = authority("Own", other, key=own.key)
        signer = make_signer(own)
        assert find(signer, own, sent=[crossed]) == Path(certificates=(signer.der, own.der))
        assert find(signer, other, sent=[crossed]) == Path(certificates=(signer.der, crossed.der, other.der))
        assert find(signer, other, sent=[]) is None

    def test_what_limits_one_way_does_not_limit_the_other(self) -> None:
        other = authority("Other")
        free = authority("Own", other)
        tight = certify(
            {"O": "Own", "CN": "Own CA"}, issuer=other, is_authority=True, key=free.key,
            **limited(permitted=[directory(O="Allowed Org")]),
        )  # fmt: skip
        signer = certify(FAMOUS, issuer=free)
        for sent in itertools.permutations((free, tight)):
            assert find(signer, other, sent=sent) == Path(certificates=(signer.der, free.der, other.der))
        assert find(signer, other, sent=[tight]) is None

    def test_an_outdated_way_does_not_hide_one_that_holds(self) -> None:
        root = authority("Root")
        old = authority("Own", root, start=NOW - 9 * DAY, end=NOW - 5 * DAY)
        new = authority("Own", root, key=old.key)
        signer = make_signer(new)
        for sent in itertools.permutations((old, new)):
            assert find(signer, root, sent=sent) == Path(certificates=(signer.der, new.der, root.der))

    def test_a_renewed_root_key_leads_back_to_the_old_root(self) -> None:
        old, new = authority("Root"), authority("Root")
        rollover = authority("Root", old, key=new.key)
        assert holds(make_signer(new), old, sent=[rollover])
        assert find(make_signer(new), old, sent=[new]) is None

    def test_the_order_in_which_certificates_are_sent_does_not_matter(self) -> None:
        upper = authority("Upper", authority("Root"))
        lower = authority("Lower", upper)
        signer = make_signer(lower)
        found = {
            find(signer, sent=sent) for sent in itertools.permutations((upper, lower, JUNK["es256"], signer, upper))
        }
        assert found == {Path(certificates=(signer.der, lower.der, upper.der, signer.root.der))}

    def test_authorities_that_sign_each_other_end_the_search(self) -> None:
        one, two = authority("One"), authority("Two")
        crossed = [authority("One", two, key=one.key), authority("Two", one, key=two.key)]
        signer = make_signer(one)
        assert find(signer, authority("Root"), sent=crossed) is None
        assert holds(signer, two, sent=crossed)

    def test_only_dates_that_never_met_are_told_as_dates(self) -> None:
        root = authority("Root", start=NOW - 100 * DAY, end=NOW - 90 * DAY)
        middle = authority("Middle", root, start=NOW - 80 * DAY, end=NOW - 70 * DAY)
        path = find(make_signer(middle))
        assert path is not None
        assert len(path.outside) == 2
        assert not path.holds

    def test_a_path_of_eight_authorities_is_followed_and_one_of_nine_is_not(self) -> None:
        chain = [authority("Root")]
        for number in range(9):
            chain.append(authority(f"A{number}", chain[-1]))
        assert holds(make_signer(chain[8]))
        assert find(make_signer(chain[9])) is None

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("lengths", [(0, None), (None, 0), (1, 0), (1, None), (5, 5)])
    def test_path_lengths_count_what_is_not_self_issued(
        self, kind: str, lengths: tuple[int | None, int | None]
    ) -> None:
        upper, lower = lengths
        root = authority("Root", path_length=upper, algorithm=kind)
        first = authority("First", root, path_length=lower, algorithm=kind)
        renewed = certify({"O": "First", "CN": "First CA"}, issuer=first, is_authority=True, algorithm=kind)
        assert holds(make_signer(first)) is (upper is None or upper >= 1)
        assert holds(make_signer(renewed)) is holds(make_signer(first))
        second = authority("Second", first, algorithm=kind)
        assert holds(make_signer(second)) is ((upper is None or upper >= 2) and (lower is None or lower >= 1))

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("place", ["root", "middle", "signer"])
    def test_a_critical_extension_that_nobody_knows_refuses_every_path(self, kind: str, place: str) -> None:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")
        for critical in (True, False):
            extra: dict[str, Any] = {"extra": [(unknown, critical)]}
            root = authority("Root", algorithm=kind, **(extra if place == "root" else {}))
            middle = authority("Middle", root, algorithm=kind, **(extra if place == "middle" else {}))
            signer = make_signer(middle, algorithm=kind, **(extra if place == "signer" else {}))
            assert holds(signer) is not critical


class TestTheSearchIsBounded:
    def test_crossing_ways_without_an_end_are_left_in_time(self) -> None:
        """Three layers of three certificates for one name and key: the most ways that ten certificates can make."""
        keys = [make_key.__wrapped__("es256") for _ in range(4)]
        layers = [
            [authority(f"L{depth}", authority(f"L{depth + 1}", key=keys[depth + 1]), key=keys[depth]) for _ in range(3)]
            for depth in range(3)
        ]
        sent = [one for layer in layers for one in layer]
        signer = make_signer(layers[0][0])
        assert at_most(1, lambda: find(signer, authority("L3"), sent=sent)) is None
        top = authority("L3", key=keys[3], **limited(permitted=[directory(O="Allowed Org")]))
        assert at_most(1, lambda: find(signer, top, sent=sent)) is None
        assert at_most(1, lambda: holds(signer, authority("L3", key=keys[3]), sent=sent))

    def test_the_one_good_way_among_all_of_them_is_found(self) -> None:
        keys = [make_key.__wrapped__("es256") for _ in range(4)]
        bad = limited(permitted=[directory(O="Allowed Org")])
        top = authority("L3", key=keys[3])
        layers = [
            [
                authority(
                    f"L{depth}",
                    authority(f"L{depth + 1}", key=keys[depth + 1]),
                    key=keys[depth],
                    **({} if good else bad),
                )
                for good in (False, False, True)
            ]
            for depth in range(3)
        ]
        signer = certify(FAMOUS, issuer=layers[0][0])
        for sent in (
            [one for layer in layers for one in layer],
            [one for layer in layers[::-1] for one in layer[::-1]],
        ):
            path = find(signer, top, sent=sent)
            assert path is not None
            assert path.certificates == (signer.der, *(layer[2].der for layer in layers), top.der)

    def test_time_does_not_grow_with_what_is_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        checked: list[object] = []
        real = path_search._is_issued_by

        def counted(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
            checked.append(None)
            return real(certificate, issuer)

        monkeypatch.setattr(path_search, "_is_issued_by", counted)
        keys = [make_key.__wrapped__("es256") for _ in range(2)]
        issuers = [authority(f"R{number}", key=keys[number]) for number in range(2)]
        ring = [authority(f"R{number % 2}", issuers[1 - number % 2], key=keys[number % 2]) for number in range(200)]
        signer = make_signer(ring[0])
        assert find(signer, authority("R1"), sent=ring) is None
        assert len(checked) <= path_search.MAX_CHECKS
        assert holds(signer, authority("R0", key=keys[0]), sent=ring)
