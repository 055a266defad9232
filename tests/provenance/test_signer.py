"""Is a signer named only where a list of claim signers leads there, at the time that counts?"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.certificates.ocsp import Revocation
from provenance.credentials.certificates.signer import SignerAssessment, assess_signer
from provenance.credentials.cose import parse_sign1
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import Label as ListLabel
from provenance.credentials.trust.formats import Product
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.view import Label, TrustView, view_of
from tests.provenance.chains import signed_anew
from tests.support.authority import (
    ANY_PURPOSE,
    ASSURANCE_LEVEL,
    CLAIM_SIGNING,
    DAY,
    EMAIL_PROTECTION,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    Identity,
    certify,
    list_of,
    make_root,
    make_signer,
    store_of,
)
from tests.support.media.crafting import cose, make_authority, make_responder, revocation_answer, stamper

CLAIM = b"\xa1\x61a\x01"
ROOT = make_root()
SIGNER = make_signer(ROOT)
HOUR = dt.timedelta(hours=1)


def view(*identities: Identity, label: ListLabel = ListLabel.YOURS, **fields: Any) -> TrustView:
    return view_of(store_of(list_of(*identities, label=label), **fields))


LISTED = view(ROOT)


def assess(
    signer: Identity = SIGNER,
    trust: TrustView = LISTED,
    *,
    at: dt.datetime = NOW,
    source_types: frozenset[str] = frozenset(),
    **options: Any,
) -> SignerAssessment:
    sign1 = parse_sign1(cose(signer, CLAIM, **options))
    return assess_signer(sign1, CLAIM, trust=trust, at=at, source_types=source_types)


@pytest.mark.parametrize("label", list(ListLabel))
def test_a_listed_signer_carries_its_lists_label(label: ListLabel) -> None:
    found = assess(trust=view(ROOT, label=label))
    assert found.codes == (f"signer.{label}",)
    assert found.is_vouched
    assert found.anchor == view_anchor(ROOT)


def view_anchor(identity: Identity) -> str:
    import hashlib

    return hashlib.sha256(identity.der).hexdigest()


def test_official_comes_before_interim_and_interim_before_yours() -> None:
    lists = [
        list_of(ROOT, label=label, name=label) for label in (ListLabel.YOURS, ListLabel.INTERIM, ListLabel.OFFICIAL)
    ]
    assert assess(trust=view_of(store_of(*lists))).label is Label.OFFICIAL
    assert assess(trust=view_of(store_of(*lists[:2]))).label is Label.INTERIM


def test_an_own_ca_that_calls_itself_a_maker_is_unknown() -> None:
    maker = make_signer(make_root("NIKON"), organization="Nikon Corporation", common_name="Z6III")
    found = assess(maker)
    assert found.codes == ("signer.unknown",)
    assert not found.is_vouched
    assert found.certificate is not None
    assert found.certificate.subject["O"] == "Nikon Corporation"


def test_an_own_root_with_the_name_of_a_listed_one_is_unknown() -> None:
    namesake = make_signer(make_root())
    assert assess(namesake).codes == ("signer.unknown",)


def test_sending_the_own_root_along_changes_nothing() -> None:
    stranger = make_signer(make_root("Other"))
    assert assess(stranger, chain=[*stranger.chain, stranger.root.der]).codes == ("signer.unknown",)


@pytest.mark.parametrize("kind", [ListKind.TSA, ListKind.CAWG])
def test_a_root_on_another_kind_of_list_vouches_for_no_signer(kind: ListKind) -> None:
    assert assess(trust=view_of(store_of(list_of(ROOT, kind=kind)))).codes == ("signer.unknown",)


def test_a_leaf_on_a_list_is_allowed_without_a_path() -> None:
    alone = make_signer(make_root("Other"))
    assert assess(alone, view(alone)).codes == ("signer.yours",)
    sibling = make_signer(alone.issuer)
    assert assess(sibling, view(alone)).codes == ("signer.unknown",)


def test_an_intermediate_between_signer_and_root_is_followed() -> None:
    middle = certify({"O": "Test", "CN": "Middle"}, issuer=ROOT, is_authority=True)
    signer = make_signer(middle)
    assert assess(signer).codes == ("signer.yours",)
    assert assess(signer, chain=[signer.der]).codes == ("signer.unknown",)


def test_a_listed_intermediate_is_an_anchor() -> None:
    middle = certify({"O": "Test", "CN": "Middle"}, issuer=make_root("Unlisted"), is_authority=True)
    assert assess(make_signer(middle), view(middle)).codes == ("signer.yours",)


def test_a_chain_in_reverse_order_names_an_authority_as_signer() -> None:
    middle = certify({"O": "Test", "CN": "Middle"}, issuer=ROOT, is_authority=True)
    signer = make_signer(middle)
    found = assess(signer, chain=[middle.der, signer.der])
    assert found.codes[0] == "signer.profile.violated"
    assert "is-ca" in found.violations


@pytest.mark.parametrize("algorithm", ["es384", "es512", "ps256", "ed25519"])
def test_paths_are_found_for_every_kind_of_key(algorithm: str) -> None:
    assert assess(make_signer(ROOT, algorithm=algorithm)).codes == ("signer.yours",)


def test_paths_are_found_under_an_ed25519_authority() -> None:
    root = make_root(algorithm="ed25519")
    middle = certify({"O": "Test", "CN": "Middle"}, issuer=root, is_authority=True, algorithm="ed25519")
    assert assess(make_signer(middle, algorithm="ed25519"), view(root)).codes == ("signer.yours",)


@pytest.mark.parametrize("algorithm", ["es256", "ed25519"])
def test_a_signer_that_issues_certificates_makes_no_path(algorithm: str) -> None:
    # The classic: a listed signer's own key signs another certificate.
    signer = make_signer(ROOT, algorithm=algorithm)
    forged = make_signer(signer, organization="Famous Maker", algorithm=algorithm)
    assert assess(forged, chain=[forged.der, signer.der]).codes == ("signer.unknown",)


@pytest.mark.parametrize("algorithm", ["es256", "ed25519"])
def test_a_path_longer_than_its_root_allows_is_none(algorithm: str) -> None:
    root = make_root(path_length=0, algorithm=algorithm)
    middle = certify({"O": "T", "CN": "M"}, issuer=root, is_authority=True, algorithm=algorithm)
    assert assess(make_signer(root, algorithm=algorithm), view(root)).is_vouched
    assert assess(make_signer(middle, algorithm=algorithm), view(root)).codes == ("signer.unknown",)


@pytest.mark.parametrize("algorithm", ["es256", "ed25519"])
def test_an_authority_that_may_not_sign_certificates_makes_no_path(algorithm: str) -> None:
    root = make_root(algorithm=algorithm)
    options: dict[str, Any] = {"issuer": root, "is_authority": True, "algorithm": algorithm}
    middle = certify({"O": "T", "CN": "M"}, usages=("digital_signature",), **options)
    assert assess(make_signer(middle, algorithm=algorithm), view(root)).codes == ("signer.unknown",)


def test_an_authority_limited_to_another_trade_makes_no_path() -> None:
    web = certify({"O": "T", "CN": "Web"}, issuer=ROOT, is_authority=True, purposes=("1.3.6.1.5.5.7.3.1",))
    assert assess(make_signer(web)).codes == ("signer.unknown",)
    own = certify({"O": "T", "CN": "Maker"}, issuer=ROOT, is_authority=True, purposes=("1.2.840.113583.1.1.7",))
    assert assess(make_signer(own)).codes == ("signer.yours",)


@pytest.mark.parametrize("algorithm", ["es256", "ed25519"])
def test_a_forged_issuer_signature_makes_no_path(algorithm: str) -> None:
    root, twin = make_root(algorithm=algorithm), make_root(algorithm=algorithm)
    assert root.certificate.subject == twin.certificate.subject
    assert assess(make_signer(twin, algorithm=algorithm), view(root)).codes == ("signer.unknown",)


@pytest.mark.parametrize(
    ("options", "violation"),
    [
        ({"is_authority": True, "usages": ("digital_signature",)}, "is-ca"),
        ({"usages": ("digital_signature", "key_cert_sign")}, "key-cert-sign"),
        ({"usages": ("key_agreement",)}, "no-digital-signature"),
        ({"usages": None}, "no-key-usage"),
        ({"purposes": None}, "no-purpose"),
        ({"purposes": (ANY_PURPOSE,)}, "any-purpose"),
        ({"purposes": (CLAIM_SIGNING, ANY_PURPOSE)}, "any-purpose"),
        ({"purposes": ("1.3.6.1.5.5.7.3.1",)}, "wrong-purpose"),
        ({"purposes": (CLAIM_SIGNING, TIME_STAMPING)}, "mixed-purposes"),
        ({"purposes": (CLAIM_SIGNING, OCSP_SIGNING)}, "mixed-purposes"),
        ({"authority_key_id": False}, "no-authority-key-id"),
        (
            {"extra": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0"), True)]},
            "unknown-critical-extension",
        ),
    ],
)
def test_a_certificate_against_the_profile_is_named(options: dict[str, Any], violation: str) -> None:
    found = assess(make_signer(ROOT, **options))
    assert found.codes[0] == "signer.profile.violated"
    assert violation in found.violations
    assert not found.is_vouched


def test_a_certificate_with_the_profile_breaks_nothing() -> None:
    assert assess().violations == ()


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        (ListLabel.OFFICIAL, ("signer.unknown",)),
        (ListLabel.INTERIM, ("signer.interim",)),
        (ListLabel.YOURS, ("signer.yours",)),
    ],
)
def test_email_protection_alone_is_no_claim_signer_on_the_official_list(
    label: ListLabel, codes: tuple[str, ...]
) -> None:
    assert assess(make_signer(ROOT, purposes=(EMAIL_PROTECTION,)), view(ROOT, label=label)).codes == codes


def test_a_reader_can_do_without_old_purposes() -> None:
    strict = view(ROOT, eku_oids=(CLAIM_SIGNING,))
    assert assess(make_signer(ROOT, purposes=(EMAIL_PROTECTION,)), strict).codes == ("signer.unknown",)
    assert assess(trust=strict).codes == ("signer.yours",)


OLD = {"start": NOW - 100 * DAY, "end": NOW - 50 * DAY}
LONG = {"start": NOW - 1000 * DAY, "end": NOW + 1000 * DAY}
OLD_ROOT = make_root(**LONG)
TSA_ROOT = make_root("Time", **LONG)
TSA = make_authority(TSA_ROOT, **LONG)
EXPIRED = make_signer(OLD_ROOT, **OLD)
WITH_TSA = view_of(store_of(list_of(OLD_ROOT), list_of(TSA_ROOT, kind=ListKind.TSA)))


def test_an_expired_certificate_without_a_stamp_is_expired_and_would_be_yours() -> None:
    found = assess(EXPIRED, WITH_TSA)
    assert found.codes == ("signer.expired", "signer.unknown")
    assert found.would_be is Label.YOURS
    assert found.moment == NOW
    assert not found.is_vouched


def test_an_expired_certificate_is_fine_with_a_listed_stamp_in_its_time() -> None:
    found = assess(EXPIRED, WITH_TSA, stamp=stamper(TSA, NOW - 60 * DAY))
    assert found.codes == ("signer.yours",)
    assert (found.moment, found.moment_by) == (NOW - 60 * DAY, "time-stamp")


def test_an_expired_certificate_is_expired_with_an_unlisted_stamp() -> None:
    found = assess(EXPIRED, view(OLD_ROOT), stamp=stamper(TSA, NOW - 60 * DAY))
    assert found.codes == ("signer.expired", "signer.unknown")
    assert found.stamp.time == NOW - 60 * DAY
    assert found.moment_by == "asked"


@pytest.mark.parametrize(("days", "code"), [(10, "signer.expired"), (200, "signer.not_yet_valid")])
def test_a_listed_stamp_outside_the_certificates_time_does_not_help(days: int, code: str) -> None:
    found = assess(EXPIRED, WITH_TSA, stamp=stamper(TSA, NOW - days * DAY))
    assert found.codes[0] == code
    assert not found.is_vouched


def test_expiry_is_judged_at_the_instant_asked_for() -> None:
    assert assess(EXPIRED, WITH_TSA, at=NOW - 70 * DAY).codes == ("signer.yours",)
    assert assess(SIGNER, at=NOW + 3650 * DAY).codes == ("signer.expired", "signer.unknown")
    assert assess(SIGNER, at=NOW - 3650 * DAY).codes[0] == "signer.not_yet_valid"


@pytest.mark.parametrize("algorithm", ["es256", "ed25519"])
@pytest.mark.parametrize("span", [OLD, {"start": NOW + DAY, "end": NOW + 50 * DAY}])
def test_an_authority_between_that_is_not_valid_then_makes_no_path(algorithm: str, span: dict[str, Any]) -> None:
    root = make_root(algorithm=algorithm, **LONG)
    middle = certify({"O": "T", "CN": "M"}, issuer=root, is_authority=True, algorithm=algorithm, **span)
    signer = make_signer(middle, algorithm=algorithm, **LONG)
    found = assess(signer, view(root))
    assert found.codes == ("signer.expired", "signer.unknown")
    assert found.would_be is Label.YOURS
    assert found.outside == (view_anchor(middle),)


def test_an_authority_between_that_expired_after_a_listed_stamp_is_fine() -> None:
    middle = certify({"O": "T", "CN": "M"}, issuer=OLD_ROOT, is_authority=True, **OLD)
    signer = make_signer(middle, **OLD)
    assert assess(signer, WITH_TSA, stamp=stamper(TSA, NOW - 60 * DAY)).codes == ("signer.yours",)


@pytest.mark.parametrize(
    "entry",
    [
        DistrustEntry(sha256=view_anchor(SIGNER)),
        DistrustEntry(sha256=view_anchor(ROOT)),
        DistrustEntry(issuer=(("O", "Test Authority"),)),
        DistrustEntry(subject=(("CN", "camera 1"), ("O", "TEST camera"))),
    ],
)
def test_a_distrusted_signer_is_distrusted_whatever_lists_say(entry: DistrustEntry) -> None:
    found = assess(trust=view(ROOT, label=ListLabel.OFFICIAL, distrust=(entry,)))
    assert found.codes == ("signer.distrusted", "signer.unknown")
    assert found.distrusted_by == entry
    assert not found.is_vouched


ORDERS: Final = {
    "es256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "es384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}


def twin(der: bytes, order: int) -> bytes:
    """The same certificate under the other signature that anybody can make of the first."""
    from asn1crypto import core
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    made = asn1_x509.Certificate.load(der)
    r, s = decode_dss_signature(made["signature_value"].native)
    made["signature_value"] = core.OctetBitString(encode_dss_signature(r, order - s))
    return bytes(made.dump())


@pytest.mark.parametrize("algorithm", list(ORDERS))
def test_a_distrusted_certificate_does_not_slip_past_under_its_other_signature(algorithm: str) -> None:
    root = make_root(algorithm=algorithm)
    signer = make_signer(root)
    other = twin(signer.der, ORDERS[algorithm])
    assert other != signer.der
    shown = parse_sign1(cose(signer, CLAIM, chain=[other]))
    trusted = assess_signer(shown, CLAIM, trust=view(root), at=NOW)
    assert trusted.codes == ("signer.yours",)
    for known, met in ((signer.der, other), (other, signer.der)):
        entry = DistrustEntry(sha256=hashlib.sha256(known).hexdigest())
        sign1 = parse_sign1(cose(signer, CLAIM, chain=[met]))
        found = assess_signer(sign1, CLAIM, trust=view(root, distrust=(entry,)), at=NOW)
        assert found.codes == ("signer.distrusted", "signer.unknown")
    plain = DistrustEntry(sha256=hashlib.sha256(make_signer(root).der).hexdigest())
    assert assess_signer(shown, CLAIM, trust=view(root, distrust=(plain,)), at=NOW).codes == ("signer.yours",)


def test_another_signers_distrust_changes_nothing() -> None:
    entry = DistrustEntry(subject=(("O", "Test Camera"), ("CN", "Camera 2")))
    assert assess(trust=view(ROOT, distrust=(entry,))).codes == ("signer.yours",)


def test_a_stapled_good_answer_is_read() -> None:
    assert assess(answers=[revocation_answer(SIGNER)]).revocation.state is Revocation.GOOD


def test_without_an_answer_revocation_is_not_checked() -> None:
    assert assess().revocation.state is Revocation.NOT_CHECKED


def test_a_stapled_revocation_fails_the_signer() -> None:
    found = assess(answers=[revocation_answer(SIGNER, revoked_at=NOW - HOUR)])
    assert found.codes == ("signer.revoked", "signer.unknown")
    assert found.revocation.revoked_at == NOW - HOUR


def test_a_revocation_outweighs_an_older_good_answer() -> None:
    answers = [revocation_answer(SIGNER), revocation_answer(SIGNER, revoked_at=NOW - HOUR)]
    assert assess(answers=answers).codes[0] == "signer.revoked"


def test_a_revocation_after_the_stamped_time_does_not_count_against_it() -> None:
    signer = make_signer(OLD_ROOT, **LONG)
    late = revocation_answer(signer, revoked_at=NOW - HOUR)
    assert assess(signer, WITH_TSA, answers=[late], stamp=stamper(TSA, NOW - 2 * DAY)).codes == ("signer.yours",)
    assert assess(signer, WITH_TSA, answers=[late]).codes[0] == "signer.revoked"


def test_a_revoked_authority_between_fails_the_signer() -> None:
    middle = certify({"O": "T", "CN": "M"}, issuer=ROOT, is_authority=True)
    answer = revocation_answer(middle, revoked_at=NOW - HOUR)
    assert assess(make_signer(middle), answers=[answer]).codes[0] == "signer.revoked"


def test_an_appointed_responder_is_believed() -> None:
    answer = revocation_answer(SIGNER, responder=make_responder(ROOT), revoked_at=NOW - HOUR)
    assert assess(answers=[answer]).codes[0] == "signer.revoked"


def test_what_is_sent_along_with_an_appointed_responder_does_not_hide_it() -> None:
    responder = make_responder(ROOT)
    namesakes = [
        make_responder(ROOT, key=responder.key, purposes=None),
        make_responder(ROOT, key=responder.key, **OLD),
        make_responder(make_root("Other"), key=responder.key),
    ]
    answer = revocation_answer(SIGNER, responder=responder, revoked_at=NOW - HOUR, along=namesakes)
    assert assess(answers=[answer]).codes[0] == "signer.revoked"


@pytest.mark.parametrize("curve", [ec.SECP192R1, ec.SECP224R1, ec.SECP256K1, ec.BrainpoolP256R1])
def test_a_responder_with_a_weak_key_is_not_believed(curve: type[ec.EllipticCurve]) -> None:
    weak = ec.generate_private_key(curve())
    answer = revocation_answer(SIGNER, responder=make_responder(ROOT, key=weak), revoked_at=NOW - HOUR)
    assert assess(answers=[answer]).revocation.state is Revocation.NOT_CHECKED
    below = make_signer(make_root(key=weak))
    for responder in (None, make_responder(below.root)):
        answer = revocation_answer(below, responder=responder, revoked_at=NOW - HOUR)
        found = assess(below, view(below.root), chain=[below.der, below.root.der], answers=[answer])
        assert found.revocation.state is Revocation.NOT_CHECKED


@pytest.mark.parametrize(("digest", "state"), [(hashes.SHA1, "not-checked"), (hashes.SHA384, "revoked")])
def test_a_responder_that_was_appointed_with_sha_1_is_not_believed(digest: Any, state: str) -> None:
    responder = signed_anew(make_responder(ROOT), digest)
    answer = revocation_answer(SIGNER, responder=responder, revoked_at=NOW - HOUR)
    assert assess(answers=[answer]).revocation.state == state


@pytest.mark.parametrize(
    "answer",
    [
        revocation_answer(SIGNER, responder=make_responder(make_root("Other")), revoked_at=NOW - HOUR),
        revocation_answer(SIGNER, responder=make_responder(ROOT, purposes=None), revoked_at=NOW - HOUR),
        revocation_answer(SIGNER, responder=make_responder(ROOT, **OLD), revoked_at=NOW - HOUR),
        revocation_answer(make_signer(ROOT), revoked_at=NOW - HOUR),
        revocation_answer(SIGNER, revoked_at=NOW - HOUR)[:-1] + b"\0",
        revocation_answer(SIGNER, next_update=NOW - dt.timedelta(minutes=1)),
        revocation_answer(SIGNER, this_update=NOW - dt.timedelta(hours=25), next_update=None),
        revocation_answer(SIGNER, this_update=NOW + HOUR),
        b"",
        b"\x30\x03\x0a\x01\x06",
        b"no answer",
    ],
    ids=[
        "stranger",
        "no-purpose",
        "expired-responder",
        "other",
        "bad-signature",
        "stale",
        "stale-without-an-end",
        "future",
        "empty",
        "refusal",
        "junk",
    ],
)
def test_an_answer_that_may_not_be_believed_is_not_checked(answer: bytes) -> None:
    found = assess(answers=[answer])
    assert found.codes == ("signer.yours",)
    assert found.revocation.state is Revocation.NOT_CHECKED


def test_an_answer_signed_with_a_weak_digest_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.credentials.certificates import ocsp

    answer = revocation_answer(SIGNER, revoked_at=NOW - HOUR)
    assert assess(answers=[answer]).codes[0] == "signer.revoked"
    monkeypatch.setattr(ocsp, "_STRONG", ("sha384",))
    ocsp._quietly_judge.cache_clear()
    assert assess(answers=[answer]).revocation.state is Revocation.NOT_CHECKED


def level(number: int) -> tuple[x509.ExtensionType, bool]:
    """The C2PA assurance level as certificates carry it: a DER object identifier."""
    der = bytes.fromhex("060a2b0601040183e85e03") + bytes((number * 10,))
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(ASSURANCE_LEVEL), der), False


RECORD = "0197aa34-665b-7811-9bbc-317cfd988d0a"


def record(text: str = RECORD) -> tuple[x509.ExtensionType, bool]:
    der = b"\x0c" + bytes((len(text),)) + text.encode()
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.62558.4"), der), False


def products(**fields: Any) -> tuple[Product, ...]:
    base = {"record": RECORD, "organization": "Test Camera", "common_name": "Camera 1", "assurance_level": 1}
    return (Product(**{**base, "disallowed": frozenset(), **fields}),)


def official(listed: tuple[Product, ...]) -> TrustView:
    from dataclasses import replace

    return replace(view(ROOT, label=ListLabel.OFFICIAL), products=listed)


@pytest.mark.parametrize("number", [1, 2])
def test_the_assurance_level_is_read(number: int) -> None:
    assert assess(make_signer(ROOT, extra=[level(number)])).assurance_level == number


def test_no_assurance_level_is_none() -> None:
    assert assess().assurance_level is None


def test_a_conforming_product_is_found_by_record_and_by_name() -> None:
    by_record = assess(make_signer(ROOT, organization="Renamed", extra=[level(1), record()]), official(products()))
    by_name = assess(trust=official(products()))
    assert by_record.codes == by_name.codes == ("signer.official", "signer.product.listed")
    assert by_record.product == by_name.product == RECORD


def test_a_level_above_the_products_is_named() -> None:
    found = assess(make_signer(ROOT, extra=[level(2), record()]), official(products()))
    assert found.codes == ("signer.official", "signer.assurance.exceeded")
    assert found.max_assurance_level == 1


def test_a_signal_that_the_product_may_not_claim_is_named() -> None:
    source = frozenset({"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"})
    trust = official(products(disallowed=frozenset({"capturedMedia"})))
    found = assess(trust=trust, source_types=source)
    assert found.codes == ("signer.official", "signer.signal.disallowed")
    assert found.disallowed_signals == ("capturedMedia",)
    assert assess(trust=trust).codes == ("signer.official", "signer.product.listed")


def test_only_what_says_how_it_began_is_a_signal() -> None:
    from provenance.credentials.history.manifest_check import check_manifest
    from provenance.credentials.store.jumbf import parse_store
    from tests.support.authority import created, definition, manifest_store, sign

    captured = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    edited = {"action": "c2pa.edited", "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty"}
    media = sign(SIGNER, manifest=definition(created(), edited))
    check = check_manifest(parse_store(manifest_store(media)).active)
    assert (check.source_types, check.actions) == (frozenset({captured}), ("c2pa.created", "c2pa.edited"))


def test_an_official_signer_without_a_product_entry_is_named() -> None:
    assert assess(trust=official(products(common_name="Other"))).codes == ("signer.official", "signer.product.unlisted")


def test_a_certificate_that_cannot_be_read_is_unreadable() -> None:
    assert assess(chain=[b"no certificate"]).codes == ("signer.unreadable",)


def test_junk_among_the_other_certificates_does_not_hide_the_signer() -> None:
    assert assess(chain=[*SIGNER.chain, b"junk"]).codes == ("signer.yours",)


def test_a_public_test_key_is_named_unless_the_reader_lists_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.credentials.certificates import signer

    monkeypatch.setattr(signer, "TEST_SIGNERS", {signer._key_hash(SIGNER.certificate): "a public key"})
    assert assess(trust=TrustView()).codes == ("signer.test_key", "signer.unknown")
    assert assess(trust=view(ROOT, label=ListLabel.OFFICIAL)).codes == ("signer.test_key", "signer.unknown")
    assert assess().codes == ("signer.yours",)
    assert assess().test_key == "a public key"


def test_a_signer_under_a_public_test_authority_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.credentials.certificates import signer

    monkeypatch.setattr(signer, "TEST_AUTHORITIES", frozenset({signer._key_hash(ROOT.certificate)}))
    assert assess(trust=TrustView(), chain=[SIGNER.der, ROOT.der]).codes == ("signer.test_key", "signer.unknown")
    # Sending that authority along does not make it the issuer.
    stranger = make_signer(make_root("Other"))
    assert assess(stranger, TrustView(), chain=[stranger.der, ROOT.der]).codes == ("signer.unknown",)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 1 << 32), algorithm=st.sampled_from(["es256", "ed25519"]), which=st.integers(0, 3))
def test_no_changed_certificate_answer_or_stamp_escapes_as_an_error(seed: int, algorithm: str, which: int) -> None:
    # Keys differ from run to run, so places are drawn here and not by the strategy.
    chance = random.Random(seed)

    def changed(raw: bytes) -> bytes:
        new = bytearray(raw)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(new))
            new[place : place + 1] = chance.randbytes(chance.choice((0, 1, 1, 1, 2)))
        return bytes(new)

    middle = certify({"O": "T", "CN": "M"}, issuer=ROOT, is_authority=True)
    signer = make_signer(middle, algorithm=algorithm)
    parts = [signer.der, middle.der, revocation_answer(signer)]
    stamp = stamper(TSA, NOW)
    if which < len(parts):
        parts[which] = changed(parts[which])
    found = assess(
        signer,
        WITH_TSA,
        chain=parts[:2],
        answers=parts[2:],
        stamp=(lambda message: changed(stamp(message))) if which == len(parts) else None,
    )
    assert found.codes
