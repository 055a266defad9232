"""Does each attached identity get the result that its own bytes deserve, and never move anything else?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.binding.base import Match
from provenance.credentials.certificates.chain import fingerprint
from provenance.credentials.errors import CredentialsError
from provenance.credentials.identities.certificate import INTERIM_ENDS
from provenance.credentials.identities.did import DidError, key_of
from provenance.credentials.identities.identity import IdentityCheck
from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.store import cbor
from provenance.credentials.store.jumbf import parse_store
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import Label as ListLabel
from provenance.credentials.trust.formats import ListKind
from provenance.credentials.trust.view import Label, TrustView, view_of
from provenance.media_type import recognise
from tests.support.authority import (
    CLAIM_SIGNING,
    DAY,
    EMAIL_PROTECTION,
    NOW,
    certify,
    list_of,
    make_key,
    make_root,
    make_signer,
    name_of,
    store_of,
)
from tests.support.corpus import media, needs_corpus, trust
from tests.support.effort import at_most
from tests.support.media.crafting import (
    Draft,
    actions,
    link_to,
    make_authority,
    revocation_answer,
    stamper,
    store,
    updated,
)
from tests.support.media.identities import ACCOUNT, Attached, Service, actor, attach, by_certificate, did_jwk

ROOT: Final = make_root("Identity CA", start=NOW - 900 * DAY, end=NOW + 900 * DAY)
CAMERA: Final = make_signer()
JO: Final = actor(ROOT)
TIME_ROOT: Final = make_root("Time CA", start=NOW - 900 * DAY, end=NOW + 900 * DAY)
CLOCK: Final = make_authority(TIME_ROOT, start=NOW - 900 * DAY, end=NOW + 900 * DAY)
NOBODY: Final = view_of(store_of())
LISTED: Final = view_of(store_of(list_of(ROOT, kind=ListKind.CAWG)))
TIMED: Final = view_of(
    store_of(list_of(ROOT, kind=ListKind.CAWG), list_of(TIME_ROOT, kind=ListKind.TSA, name="clocks"))
)
SERVICE: Final = Service()
_VC: Final = "cawg.ica.invalid_verifiable_credential"


def look(data: bytes, lists: TrustView = LISTED, *, at: dt.datetime = NOW) -> OwnCheck:
    found = examine_own(data, recognise(data), None, trust=lists, at=at)
    assert found.problem is None
    assert found.coverage is not None
    # Whatever becomes of the identity, the file stays what it is.
    assert found.coverage.match is Match.MATCH
    assert found.check is not None
    assert found.check.is_intact
    return found


def only(data: bytes, lists: TrustView = LISTED, *, at: dt.datetime = NOW) -> IdentityCheck:
    (identity,) = look(data, lists, at=at).identities
    return identity


class TestByCertificate:
    @pytest.mark.parametrize("place", ["root", "middle"])
    def test_a_weak_key_on_the_path_makes_no_trusted_actor(self, place: str) -> None:
        weak = ec.generate_private_key(ec.SECP256K1())
        root = make_root("Identity CA", key=weak if place == "root" else None)
        middle = certify({"O": "I", "CN": "M"}, issuer=root, is_authority=True, key=weak if place == "middle" else None)
        found = only(
            attach(CAMERA, by_certificate(actor(middle))), view_of(store_of(list_of(root, kind=ListKind.CAWG)))
        )
        assert not found.is_trusted
        assert found.listed is Label.UNKNOWN
        strong = certify({"O": "I", "CN": "M"}, issuer=ROOT, is_authority=True)
        assert only(attach(CAMERA, by_certificate(actor(strong)))).is_trusted

    @pytest.mark.parametrize(("organisation", "right"), [("Harbour Press", True), ("Harbour", False)])
    def test_an_actor_is_held_to_the_names_that_its_root_allows(self, organisation: str, right: bool) -> None:
        allowed = x509.NameConstraints([x509.DirectoryName(name_of({"O": organisation}))], None)
        root = make_root("Identity CA", extra=[(allowed, True)])
        trusted = view_of(store_of(list_of(root, kind=ListKind.CAWG)))
        assert only(attach(CAMERA, by_certificate(actor(root))), trusted).is_trusted is right

    def test_a_later_time_stamp_moves_no_identity(self) -> None:
        data = attach(CAMERA, by_certificate(JO, stamp=stamper(CLOCK, NOW + DAY)))
        found = only(data, TIMED)
        assert (found.moment, found.moment_by) == (NOW, "asked")
        assert only(data, TIMED, at=NOW + 2 * DAY).moment_by == "identity-time-stamp"

    def test_a_listed_actor_is_trusted_by_name(self) -> None:
        found = only(attach(CAMERA, by_certificate(JO, also=("c2pa.actions.v2",))))
        assert found.codes == ("cawg.identity.trusted", "cawg.x509.credential.trusted", "cawg.x509.signature.validated")
        assert (found.name, found.listed, found.moment_by) == ("Harbour Press (Jo)", Label.YOURS, "asked")
        assert found.references == ("c2pa.actions.v2", "c2pa.hash.data")

    def test_an_actor_on_no_list_is_well_formed_and_no_more(self) -> None:
        found = only(attach(CAMERA, by_certificate(JO)), NOBODY)
        assert found.codes[:2] == ("cawg.x509.credential.untrusted", "cawg.identity.well-formed")
        assert not found.is_trusted
        assert not found.is_broken

    @pytest.mark.parametrize("kind", [ListKind.SIGNER, ListKind.TSA])
    def test_lists_of_other_kinds_vouch_for_no_identity(self, kind: ListKind) -> None:
        found = only(attach(CAMERA, by_certificate(JO)), view_of(store_of(list_of(ROOT, kind=kind))))
        assert found.listed is Label.UNKNOWN
        assert "cawg.x509.credential.untrusted" in found.codes

    def test_a_list_for_identities_vouches_for_no_claim_signer(self) -> None:
        signer = make_signer(ROOT)
        found = look(attach(signer, by_certificate(JO)))
        assert found.signer is not None
        assert found.signer.codes == ("signer.unknown",)
        assert found.identities[0].is_trusted

    def test_a_self_issued_famous_name_is_only_a_claim(self) -> None:
        famous = actor(make_root("Own CA"), organization="Reuters", common_name="Desk")
        found = only(attach(CAMERA, by_certificate(famous)))
        assert found.name == "Reuters (Desk)"
        assert not found.is_trusted

    @pytest.mark.parametrize("algorithm", ["es256", "es384", "es512", "ps256", "ed25519"])
    def test_verifies_every_algorithm(self, algorithm: str) -> None:
        assert only(attach(CAMERA, by_certificate(actor(ROOT, algorithm=algorithm)))).is_trusted

    def test_accepts_the_deterministic_encoding_too(self) -> None:
        encoded = by_certificate(JO, encode=lambda payload: cbor2.dumps(payload, canonical=True))
        assert only(attach(CAMERA, encoded)).is_trusted

    def test_a_signature_over_another_payload_does_not_hold(self) -> None:
        other = by_certificate(JO, encode=lambda payload: cbor2.dumps({**payload, "role": ["cawg.editor"]}))
        found = only(attach(CAMERA, other))
        assert found.codes[0] == "cawg.x509.signature.mismatch"
        assert found.is_broken
        assert "cawg.x509.signature.validated" not in found.codes

    def test_a_role_that_was_added_after_signing_breaks_it(self) -> None:
        sneaky = by_certificate(JO, payload={"role": ["cawg.creator"]})
        make = sneaky.make
        sneaky.make = lambda payload: make({key: value for key, value in payload.items() if key != "role"})
        assert "cawg.x509.signature.mismatch" in only(attach(CAMERA, sneaky)).codes

    def test_shows_roles(self) -> None:
        assert only(attach(CAMERA, by_certificate(JO, payload={"role": ["cawg.creator"]}))).roles == ("cawg.creator",)

    def test_a_chain_that_nobody_signed_vouches_for_nobody(self) -> None:
        loose = by_certificate(JO, header={1: -7}, unprotected={33: list(JO.chain)})
        found = only(attach(CAMERA, loose))
        assert "cawg.x509.credential.invalid" in found.codes
        assert not found.is_trusted

    def test_another_algorithm_is_named(self) -> None:
        found = only(attach(CAMERA, by_certificate(JO, header={1: -14, 33: list(JO.chain)})))
        assert found.codes == ("cawg.x509.algorithm.unsupported",)

    @pytest.mark.parametrize("signature", [b"", b"\xd2", b"\xd2\x84", b"nonsense" * 9, cbor2.dumps({"a": 1})])
    def test_a_signature_that_is_none_does_not_hold(self, signature: bytes) -> None:
        found = only(attach(CAMERA, Attached(make=lambda _: signature)))
        assert found.codes == ("cawg.x509.signature.mismatch",)

    def test_a_revoked_certificate_speaks_against_it(self) -> None:
        answer = revocation_answer(JO, revoked_at=NOW - DAY)
        stapled = by_certificate(JO, chain=[JO.der, ROOT.der], answers=[answer])
        found = only(attach(CAMERA, stapled))
        assert found.codes[0] == "cawg.identity.credential_revoked"
        assert found.is_broken

    def test_an_answer_that_it_is_good_is_said(self) -> None:
        stapled = by_certificate(JO, chain=[JO.der, ROOT.der], answers=[revocation_answer(JO)])
        found = only(attach(CAMERA, stapled))
        assert found.is_trusted
        assert "cawg.x509.ocsp.not_revoked" in found.codes

    def test_whom_the_reader_distrusts_no_list_makes_trusted(self) -> None:
        entry = DistrustEntry(sha256=fingerprint(JO.der), reason="leaked")
        found = only(attach(CAMERA, by_certificate(JO)), replace(LISTED, distrust=(entry,)))
        assert found.codes[0] == "cawg.x509.credential.untrusted"
        assert found.distrusted
        above = DistrustEntry(sha256=fingerprint(ROOT.der))
        assert not only(attach(CAMERA, by_certificate(JO)), replace(LISTED, distrust=(above,))).is_trusted

    def test_a_list_may_name_the_certificate_itself(self) -> None:
        alone = actor(make_root("Own CA"))
        leaves = {Label.YOURS: frozenset({fingerprint(alone.der)})}
        data = attach(CAMERA, by_certificate(alone))
        assert only(data, replace(NOBODY, identity_leaves=leaves)).is_trusted
        # The same certificate on a list of signers says nothing about identities.
        assert not only(data, replace(NOBODY, leaves=leaves)).is_trusted


class TestPurposes:
    def test_a_claim_signers_certificate_is_no_identity(self) -> None:
        found = only(attach(CAMERA, by_certificate(actor(ROOT, purposes=(CLAIM_SIGNING,)))))
        assert "cawg.x509.credential.untrusted" in found.codes

    def test_a_time_stamping_certificate_breaks_the_rules(self) -> None:
        found = only(attach(CAMERA, by_certificate(actor(ROOT, purposes=("1.3.6.1.5.5.7.3.8",)))))
        assert found.codes[0] == "cawg.x509.credential.invalid"

    @pytest.mark.parametrize(
        ("policy", "trusted"),
        [("", True), ("2.23.140.1.5.2.3", True), ("2.23.140.1.5.1.2", False), ("2.23.140.1.5.3.1", False)],
    )
    def test_a_mailbox_alone_is_nobody(self, policy: str, trusted: bool) -> None:
        """Mailbox-validated and legacy e-mail certificates name an address; an authority of the reader's own may."""
        assert only(attach(CAMERA, by_certificate(_mailbox(policy)))).is_trusted is trusted

    @pytest.mark.parametrize(("late", "trusted"), [(False, True), (True, False)])
    def test_public_e_mail_certificates_serve_until_the_interim_ends(self, late: bool, trusted: bool) -> None:
        lists = replace(LISTED, identities={Label.OFFICIAL: LISTED.identities[Label.YOURS]})
        at = INTERIM_ENDS + DAY if late else INTERIM_ENDS - DAY
        dates = {"start": INTERIM_ENDS - 20 * DAY, "end": INTERIM_ENDS + 20 * DAY}
        root = make_root("Identity CA", key=ROOT.key, start=NOW - 900 * DAY, end=INTERIM_ENDS + 900 * DAY)
        lists = replace(lists, identities={Label.OFFICIAL: (root.der,)})
        data = attach(CAMERA, by_certificate(_mailbox("2.23.140.1.5.3.2", root=root, **dates)))
        assert only(data, lists, at=at).is_trusted is trusted


def _mailbox(policy: str, *, root: Any = ROOT, **options: Any) -> Any:
    named = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None)] if policy else []
    extra = [(x509.CertificatePolicies(named), False)] if named else []
    return actor(root, purposes=(EMAIL_PROTECTION,), extra=extra, **options)


class TestDates:
    OLD: Final = actor(ROOT, start=NOW - 100 * DAY, end=NOW - 50 * DAY)

    def test_an_expired_certificate_without_a_time_was_not_valid(self) -> None:
        found = only(attach(CAMERA, by_certificate(self.OLD)), TIMED)
        assert found.codes[0] == "cawg.x509.signature.outside_validity"
        assert found.moment_by == "asked"

    def test_its_own_trusted_time_stamp_saves_it(self) -> None:
        stamped = by_certificate(self.OLD, stamp=stamper(CLOCK, NOW - 70 * DAY))
        found = only(attach(CAMERA, stamped), TIMED)
        assert found.is_trusted
        assert (found.moment, found.moment_by) == (NOW - 70 * DAY, "identity-time-stamp")

    def test_an_unlisted_time_stamp_saves_nothing(self) -> None:
        stamped = by_certificate(self.OLD, stamp=stamper(CLOCK, NOW - 70 * DAY))
        found = only(attach(CAMERA, stamped), LISTED)
        assert "cawg.x509.signature.outside_validity" in found.codes
        assert "cawg.x509.time_stamp.untrusted" in found.codes

    def test_the_claims_trusted_time_stamp_saves_it(self) -> None:
        data = attach(CAMERA, by_certificate(self.OLD), cose={"stamp": stamper(CLOCK, NOW - 70 * DAY)})
        found = only(data, TIMED)
        assert found.is_trusted
        assert found.moment_by == "claim-time-stamp"

    def test_a_stamp_of_version_one_is_none(self) -> None:
        stamped = by_certificate(JO, stamp=stamper(CLOCK, NOW - 70 * DAY), stamp_version=1)
        found = only(attach(CAMERA, stamped), TIMED)
        assert "cawg.x509.time_stamp.malformed" in found.codes
        assert found.moment_by == "asked"

    def test_a_stamp_over_other_bytes_does_not_hold(self) -> None:
        stamped = by_certificate(JO, stamp=stamper(CLOCK, NOW - 70 * DAY, imprint=b"\1" * 32))
        assert "cawg.x509.time_stamp.mismatch" in only(attach(CAMERA, stamped), TIMED).codes


class TestWhatItRefersTo:
    def test_an_identity_of_another_file_is_refused(self) -> None:
        """Swapped: Jo's identity, cut out of one file and put into another with other content."""
        kept: list[dict[str, Any]] = []
        first = by_certificate(JO)
        make = first.make
        first.make = lambda payload: (kept.append(dict(payload)), make(payload))[1]
        attach(CAMERA, first)
        stolen = Attached(make=lambda _: make(kept[-1]), payload=kept[-1])
        found = only(attach(CAMERA, stolen, assertions=[actions({"action": "c2pa.edited"})], media=_other()))
        assert found.codes[0] == "cawg.identity.assertion.mismatch"
        assert not found.is_trusted

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda refs: [*refs, refs[0]], "cawg.identity.assertion.duplicate"),
            (lambda refs: [{**refs[0], "hash": b"\0" * 32}], "cawg.identity.assertion.mismatch"),
            (lambda refs: [{**refs[0], "alg": "sha512"}, refs[0]], "cawg.identity.assertion.duplicate"),
            (lambda refs: [one for one in refs if "hash.data" not in one["url"]], "cawg.identity.hard_binding_missing"),
            (lambda refs: [*refs, _reference("c2pa.not.there")], "cawg.identity.assertion.mismatch"),
            (lambda refs: [*refs, {**refs[0], "url": "https://example.com/"}], "cawg.identity.assertion.mismatch"),
            (
                lambda refs: [{**refs[0], "url": "self#jumbf=/c2pa/urn:c2pa:x/c2pa.assertions/c2pa.hash.data"}],
                "cawg.identity.hard_binding_incorrect",
            ),
        ],
    )
    def test_a_wrong_reference_is_named(self, change: Callable[[list[Any]], list[Any]], code: str) -> None:
        wrong = by_certificate(JO, references=change, also=("c2pa.actions.v2",))
        found = only(attach(CAMERA, wrong))
        assert code in found.codes
        assert found.is_broken
        assert not found.is_trusted

    def test_the_full_address_of_a_statement_is_as_good(self) -> None:
        label = "urn:c2pa:00000000-0000-4000-8000-000000000001"
        full = by_certificate(
            JO,
            references=lambda refs: [
                {**one, "url": one["url"].replace("self#jumbf=", f"self#jumbf=/c2pa/{label}/"), "alg": "sha256"}
                for one in refs
            ],
        )
        found = only(attach(CAMERA, full))
        assert found.is_trusted

    @pytest.mark.parametrize("right", [True, False])
    def test_an_update_refers_to_the_binding_of_what_it_updates(self, right: bool) -> None:
        label = "urn:c2pa:00000000-0000-4000-8000-00000000000a"

        def above(below: bytes) -> Draft:
            bound = parse_store(store(below)).active
            binding = next(one for one in bound.references() if "c2pa.hash" in one.url)
            url = f"self#jumbf=/c2pa/{label}/c2pa.assertions/c2pa.hash.data"
            named = [{"url": url, "hash": binding.hash if right else b"\0" * 32}]
            identity = by_certificate(JO, references=lambda _: named).build([])
            return Draft(
                signer=CAMERA,
                assertions=[("c2pa.ingredient.v3", link_to(below, label)), ("cawg.identity", identity)],
            )

        data = updated(Draft(signer=CAMERA, label=label, assertions=[actions()]), _other(), above)
        found = examine_own(data, recognise(data), None, trust=LISTED, at=NOW)
        assert found.bound == label
        (identity,) = found.identities
        assert identity.is_trusted is right
        assert identity.manifest == found.active

    def test_several_identities_have_a_result_each(self) -> None:
        two = (by_certificate(JO), by_certificate(actor(make_root()), label="cawg.identity__1"))
        good, bad = look(attach(CAMERA, *two)).identities
        assert (good.label, good.is_trusted) == ("cawg.identity", True)
        assert (bad.label, bad.is_trusted) == ("cawg.identity__1", False)

    def test_so_many_are_looked_at_and_no_more(self) -> None:
        many = [by_certificate(JO, label=f"cawg.identity__{n}", room=0) for n in range(1, 30)]
        assert len(look(attach(CAMERA, *many)).identities) == 16


def _reference(label: str) -> dict[str, Any]:
    return {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": b"\1" * 32}


def _other() -> bytes:
    from tests.support.authority import picture

    return picture(shade=200)


def _nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


class TestShape:
    @pytest.mark.parametrize(
        "content",
        [
            {"signer_payload": None},
            {"signer_payload": {"referenced_assertions": [], "sig_type": "cawg.x509.cose"}},
            {"signer_payload": {"referenced_assertions": [_reference("c2pa.hash.data")]}},
            {"signer_payload": {"referenced_assertions": [{"url": 1}], "sig_type": "cawg.x509.cose"}},
            {
                "signer_payload": {
                    "referenced_assertions": [_reference(f"a{n}") for n in range(300)],
                    "sig_type": "cawg.x509.cose",
                }
            },
            {"signature": "text"},
            {"pad1": "text"},
            {"pad2": 7},
        ],
    )
    def test_what_breaks_the_schema_is_malformed_and_no_more(self, content: Mapping[str, Any]) -> None:
        found = only(attach(CAMERA, by_certificate(JO, content=content)))
        assert found.codes == ("cawg.identity.cbor.invalid",)

    @pytest.mark.parametrize(
        "content",
        [
            {f"k{n}": n for n in range(100)},
            {"more": [[[]]] * 10, "deep": _nest(60)},
            {"pad1": bytes(1), "many": list(range(200_000))},
        ],
        ids=["keys", "depth", "entries"],
    )
    def test_what_is_built_to_exhaust_its_reader_is_refused_or_read_in_time(self, content: Mapping[str, Any]) -> None:
        data = attach(CAMERA, by_certificate(JO, content=content))
        found = at_most(2, lambda: only(data))
        assert found.codes == ("cawg.identity.cbor.invalid",) or found.is_trusted

    @pytest.mark.parametrize("pad", ["pad1", "pad2"])
    def test_padding_that_hides_something_is_named(self, pad: str) -> None:
        found = only(attach(CAMERA, by_certificate(JO, content={pad: b"\0\0\0hidden"})))
        assert found.codes[0] == "cawg.identity.pad.invalid"
        assert not found.is_trusted

    def test_the_second_padding_may_be_left_out(self) -> None:
        bare = by_certificate(JO)
        build = bare.build
        bare.build = lambda assertions: {k: v for k, v in build(assertions).items() if k != "pad2"}  # type: ignore[method-assign]
        assert only(attach(CAMERA, bare)).is_trusted

    def test_unknown_fields_change_nothing(self) -> None:
        assert only(attach(CAMERA, by_certificate(JO, content={"more": "x"}))).is_trusted

    def test_an_unknown_kind_of_signature_is_left_open(self) -> None:
        found = only(attach(CAMERA, by_certificate(JO, sig_type="cawg.new")))
        assert found.codes == ("cawg.identity.sig_type.unknown",)
        assert not found.is_broken

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_never_raises_over_changed_bytes(self, data: st.DataObject) -> None:
        """Bytes of the assertion flipped before the claim is signed, as a hostile writer could."""
        built = by_certificate(JO) if data.draw(st.booleans()) else SERVICE.vouches()
        build = built.build
        place, bit = data.draw(st.integers(0, 400)), data.draw(st.integers(1, 255))

        def changed(assertions: Any) -> Any:
            raw = bytearray(build(assertions)["signature"])
            raw[place % len(raw)] ^= bit
            return build(assertions) | {"signature": bytes(raw)}

        built.build = changed  # type: ignore[method-assign]
        found = only(attach(CAMERA, built))
        assert not found.is_trusted or found.codes == only(attach(CAMERA, by_certificate(JO))).codes

    @given(st.binary(max_size=200))
    def test_slices_agree_with_the_decoder(self, raw: bytes) -> None:
        try:
            parts = cbor.slices(raw, what="a test")
        except CredentialsError:
            return
        for value in parts.values():
            cbor.decode(value, what="a test")

    @given(st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.binary(max_size=9), st.lists(st.text()))))
    def test_slices_are_the_bytes_as_they_stand(self, value: dict[str, Any]) -> None:
        if len(value) <= cbor.MAX_HEADER_ENTRIES:
            parts = cbor.slices(cbor2.dumps(value), what="a test")
            assert parts == {key: cbor2.dumps(inner) for key, inner in value.items()}

    def test_an_endless_map_and_a_doubled_key_are_refused(self) -> None:
        for raw in (b"\xbf\x61a\x01\xff", b"\xa2\x61a\x01\x61a\x02", b"\xb9\xff\xff", b"\xa1\x01\x01", b""):
            with pytest.raises(CredentialsError):
                cbor.slices(raw, what="a test")


class TestByService:
    def test_what_a_service_says_is_read_and_its_signature_verified(self) -> None:
        found = only(attach(CAMERA, SERVICE.vouches()))
        assert found.codes == ("cawg.ica.untrusted_issuer", "cawg.identity.well-formed")
        assert found.issuer == SERVICE.did
        (account,) = found.identities
        assert (account.kind, account.username, account.provider) == ("cawg.social_media", "jo", "Social Example")
        assert not found.is_broken

    @pytest.mark.parametrize("algorithm", ["ed25519", "es256", "es384", "es512", "ps256"])
    def test_verifies_every_kind_of_key(self, algorithm: str) -> None:
        found = only(attach(CAMERA, Service(algorithm=algorithm).vouches()))
        assert found.codes[-1] == "cawg.identity.well-formed"

    def test_a_did_with_a_fragment_names_the_same_key(self) -> None:
        service = Service()
        found = only(attach(CAMERA, service.vouches(credential={"issuer": f"{service.did}#0"})))
        assert "cawg.identity.well-formed" in found.codes

    def test_an_issuer_may_be_an_object(self) -> None:
        service = Service()
        found = only(attach(CAMERA, service.vouches(credential={"issuer": {"id": service.did, "name": "S"}})))
        assert "cawg.identity.well-formed" in found.codes

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ({"header": {1: -8}}, "cawg.ica.invalid_content_type"),
            ({"header": {1: -8, 3: 42}}, "cawg.ica.invalid_content_type"),
            ({"header": {1: -8, 3: "application/json"}}, "cawg.ica.invalid_content_type"),
            ({"header": {3: "application/vc"}}, "cawg.ica.invalid_alg"),
            ({"header": {1: -14, 3: "application/vc"}}, "cawg.ica.invalid_alg"),
            ({"header": {1: -7, 3: "application/vc"}}, "cawg.ica.signature_mismatch"),
            ({"raw": lambda _: None}, "cawg.ica.invalid_verifiable_credential"),
            ({"raw": lambda raw: raw[:-1]}, "cawg.ica.invalid_verifiable_credential"),
            ({"raw": lambda raw: raw.replace(b'"issuer"', b'"type": 1, "issuer"')}, _VC),
            ({"raw": lambda raw: raw.replace(b'"type"', b'"x": NaN, "type"', 1)}, _VC),
            ({"raw": lambda raw: b"[" * 100_000}, _VC),
            ({"raw": lambda raw: raw + b" " * 300_000, "room": 0}, _VC),
            ({"credential": {"type": ["VerifiableCredential"]}}, _VC),
            ({"credential": {"type": "VerifiableCredential"}}, _VC),
            ({"credential": {"credentialSubject": []}}, _VC),
            ({"without": ["issuer"]}, "cawg.ica.invalid_issuer"),
            ({"credential": {"issuer": 7}}, "cawg.ica.invalid_issuer"),
            ({"credential": {"issuer": "not-did:jwk:e30"}}, "cawg.ica.invalid_issuer"),
            ({"credential": {"issuer": "did:example:x"}}, "cawg.ica.did_unsupported_method"),
            ({"credential": {"issuer": "did:web:example.com"}}, "cawg.ica.did_unavailable"),
            ({"credential": {"issuer": "did:jwk:"}}, "cawg.ica.invalid_did_document"),
            ({"credential": {"issuer": "did:jwk:e30"}}, "cawg.ica.invalid_did_document"),
            ({"without": ["validFrom"]}, "cawg.ica.valid_from.missing"),
            ({"credential": {"validFrom": "2200-01-01T12:00:00Z"}}, "cawg.ica.valid_from.invalid"),
            ({"credential": {"validFrom": "2020-01-01T12:00:00"}}, "cawg.ica.valid_from.invalid"),
            ({"credential": {"validFrom": "soon"}}, "cawg.ica.valid_from.invalid"),
            ({"credential": {"validFrom": 7}}, "cawg.ica.valid_from.invalid"),
            ({"credential": {"validUntil": "2020-01-01T12:00:00Z"}}, "cawg.ica.valid_until.invalid"),
            ({"credential": {"validUntil": "never"}}, "cawg.ica.valid_until.invalid"),
            ({"credential": {"credentialStatus": {"type": "X"}}}, "cawg.ica.revocation.unsupported"),
            ({"verified": ()}, "cawg.ica.verified_identities.missing"),
            ({"subject": {"verifiedIdentities": "jo"}}, "cawg.ica.verified_identities.missing"),
            ({"verified": [7]}, "cawg.ica.verified_identities.invalid"),
            ({"verified": [{**ACCOUNT, "type": ""}]}, "cawg.ica.verified_identities.invalid"),
            ({"verified": [{**ACCOUNT, "provider": "x"}]}, "cawg.ica.verified_identities.invalid"),
            ({"verified": [{**ACCOUNT, "verifiedAt": "today"}]}, "cawg.ica.verified_identities.invalid"),
            ({"verified": [ACCOUNT] * 100, "room": 0}, "cawg.ica.verified_identities.invalid"),
            ({"asset": lambda asset: None}, "cawg.ica.signer_payload.mismatch"),
            ({"asset": lambda asset: {**asset, "sig_type": "x"}}, "cawg.ica.signer_payload.mismatch"),
            ({"asset": lambda asset: {**asset, "role": ["x"]}}, "cawg.ica.signer_payload.mismatch"),
            ({"asset": lambda asset: {**asset, "referenced_assertions": []}}, "cawg.ica.signer_payload.mismatch"),
        ],
    )
    def test_each_fault_has_its_code(self, fault: Mapping[str, Any], code: str) -> None:
        found = only(attach(CAMERA, SERVICE.vouches(**fault)))
        assert code in found.codes, found.codes
        assert "cawg.identity.well-formed" not in found.codes

    def test_a_credential_for_another_file_speaks_of_something_else(self) -> None:
        """Replayed: the service vouched for another picture, and the signer refers to this one."""
        kept: list[bytes] = []
        first = SERVICE.vouches()
        make = first.make
        first.make = lambda payload: (kept.append(make(payload)), kept[-1])[1]
        attach(CAMERA, first)
        replayed = Attached(make=lambda _: kept[-1], sig_type=first.sig_type)
        found = only(attach(CAMERA, replayed, media=_other()))
        assert "cawg.ica.signer_payload.mismatch" in found.codes
        assert found.is_broken

    @pytest.mark.parametrize("form", ["numbers", "numbers of base64", "alg"])
    def test_reads_the_digests_of_older_writers(self, form: str) -> None:
        import base64

        def asset(value: dict[str, Any]) -> dict[str, Any]:
            for one in value["referenced_assertions"]:
                if form == "alg":
                    one["alg"] = "sha256"
                else:
                    raw = base64.b64decode(one["hash"]) if form == "numbers" else one["hash"].encode()
                    one["hash"] = list(raw)
            return value

        assert "cawg.identity.well-formed" in only(attach(CAMERA, SERVICE.vouches(asset=asset))).codes

    def test_an_effective_date_after_the_claims_trusted_time_is_impossible(self) -> None:
        late = SERVICE.vouches(credential={"validFrom": (NOW - 10 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")})
        data = attach(CAMERA, late, cose={"stamp": stamper(CLOCK, NOW - 20 * DAY)})
        assert "cawg.ica.valid_from.invalid" in only(data, TIMED).codes
        assert "cawg.ica.valid_from.invalid" not in only(data, LISTED).codes

    def test_its_own_stamp_is_checked(self) -> None:
        good = only(attach(CAMERA, SERVICE.vouches(stamp=stamper(CLOCK, NOW - DAY))))
        assert "cawg.ica.time_stamp.validated" in good.codes
        bad = only(attach(CAMERA, SERVICE.vouches(stamp=stamper(CLOCK, NOW - DAY, imprint=b"\2" * 32))))
        assert "cawg.ica.time_stamp.invalid" in bad.codes
        early = SERVICE.vouches(
            stamp=stamper(CLOCK, NOW - 20 * DAY),
            credential={"validFrom": (NOW - 10 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        assert "cawg.ica.valid_from.invalid" in only(attach(CAMERA, early)).codes


class TestDids:
    @pytest.mark.parametrize("algorithm", ["ed25519", "es256", "es384", "es512", "ps256"])
    def test_a_key_comes_back_as_it_was(self, algorithm: str) -> None:
        key = make_key(algorithm)
        assert key_of(did_jwk(key, alg="X")) == key.public_key()

    @given(st.text(max_size=60))
    def test_never_raises_anything_else(self, text: str) -> None:
        for did in (text, f"did:jwk:{text}", f"did:{text}", f"did:web:{text}"):
            with pytest.raises(DidError):
                key_of(did)

    @pytest.mark.parametrize(
        "more",
        [{"x": "AA"}, {"x": 7}, {"crv": "P-256"}, {"kty": "oct"}, {"crv": ["Ed25519"]}, {"x": "é"}, {"x": "_" * 43}],
    )
    def test_a_key_that_cannot_be_is_refused(self, more: Mapping[str, Any]) -> None:
        did = did_jwk(make_key("ed25519"), **more)
        if more.get("x") == "_" * 43:
            key_of(did)
            return
        with pytest.raises(DidError):
            key_of(did)


WITHOUT_LISTS: Final = {
    "rs__C_with_CAWG_data.jpg": "cawg.x509.credential.untrusted",
    "rs__adobe_connected_identities.jpg": "cawg.ica.did_unavailable",
    "rs__ims_multiple_manifests.jpg": "cawg.ica.did_unavailable",
    "rs__cawgx509-duplicate_assertion_reference.jpg": "cawg.identity.assertion.duplicate",
    "rs__cawgx509-extra_field.jpg": "cawg.x509.credential.untrusted",
    "rs__cawgx509-invalid_sig_type.jpg": "cawg.identity.sig_type.unknown",
    "rs__cawgx509-malformed_cbor.jpg": "cawg.identity.cbor.invalid",
    "rs__cawgx509-pad1_invalid.jpg": "cawg.identity.pad.invalid",
    "rs__cawgx509-pad2_invalid.jpg": "cawg.identity.pad.invalid",
    "rs__ica-did_doc_without_assertion_method.jpg": "cawg.ica.did_unavailable",
    "rs__ica-invalid_content_type.jpg": "cawg.ica.invalid_content_type",
    "rs__ica-invalid_content_type_assigned.jpg": "cawg.ica.invalid_content_type",
    "rs__ica-invalid_cose_sign1.jpg": "cawg.ica.invalid_cose_sign1",
    "rs__ica-invalid_cose_sign_alg.jpg": "cawg.ica.invalid_alg",
    "rs__ica-invalid_issuer_did.jpg": "cawg.ica.invalid_issuer",
    "rs__ica-invalid_time_stamp.jpg": "cawg.ica.time_stamp.invalid",
    "rs__ica-missing_content_type.jpg": "cawg.ica.invalid_content_type",
    "rs__ica-missing_cose_sign_alg.jpg": "cawg.ica.invalid_alg",
    "rs__ica-missing_vc.jpg": "cawg.ica.invalid_verifiable_credential",
    "rs__ica-signer_payload_mismatch.jpg": "cawg.ica.signer_payload.mismatch",
    "rs__ica-success.jpg": "cawg.ica.untrusted_issuer",
    "rs__ica-unresolvable_did.jpg": "cawg.ica.did_unavailable",
    # The index has the engine's word, cawg.ica.invalid_issuer; the specification has one for this very case.
    "rs__ica-unsupported_did_method.jpg": "cawg.ica.did_unsupported_method",
    "rs__ica-valid_from_after_time_stamp.jpg": "cawg.ica.valid_from.invalid",
    "rs__ica-valid_from_in_future.jpg": "cawg.ica.valid_from.invalid",
    "rs__ica-valid_from_missing.jpg": "cawg.ica.valid_from.missing",
    "rs__ica-valid_until_in_future.jpg": "cawg.ica.untrusted_issuer",
}
"""What each public file's identity comes to first, without any list."""
HOLDS: Final = {
    "rs__C_with_CAWG_data.jpg",
    "rs__cawgx509-extra_field.jpg",
    "rs__ica-success.jpg",
    "rs__ica-valid_until_in_future.jpg",
}
AT: Final = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


@needs_corpus
def test_every_public_file_with_an_identity_gets_its_documented_result() -> None:
    found = {
        row.id: own.identities
        for row in media()
        if (own := _own(row.path.read_bytes(), NOBODY)) is not None and own.identities
    }
    assert {name: identities[0].codes[0] for name, identities in found.items()} == WITHOUT_LISTS
    well = {name for name, identities in found.items() if "cawg.identity.well-formed" in identities[0].codes}
    assert well == HOLDS


@needs_corpus
def test_the_test_authority_as_a_list_for_identities_makes_its_signers_trusted() -> None:
    from provenance.credentials.trust.formats import parse
    from provenance.credentials.trust.lists import make_list

    roots = trust("c2pa-rs-test-roots.pem").read_bytes()
    kept = make_list(roots, parse(roots), name="test", kind=ListKind.CAWG, label=ListLabel.YOURS, dated=None)
    lists = view_of(store_of(kept))
    for name in ("rs__C_with_CAWG_data.jpg", "rs__cawgx509-extra_field.jpg"):
        row = next(row for row in media() if row.id == name)
        own = _own(row.path.read_bytes(), lists)
        assert own is not None
        assert own.identities[0].is_trusted
        assert own.identities[0].test_key


def _own(data: bytes, lists: TrustView) -> OwnCheck | None:
    found = examine_own(data, recognise(data), None, trust=lists, at=AT)
    return found if not found.problem else None
