"""Is a list used for what it says and for nothing else, and does its label rest on what it is said to rest on?"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509

from provenance.asset import open_asset
from provenance.credentials.certificates.signer import SignerAssessment, assess_signer
from provenance.credentials.certificates.time_trust import Doubt, StampAssessment, assess_time
from provenance.credentials.cose import parse_sign1
from provenance.credentials.own_check import examine_own
from provenance.credentials.trust import known_files, update
from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.formats import Label, ListKind, Origin, TrustListDataError, parse
from provenance.credentials.trust.known_files import KnownFile
from provenance.credentials.trust.lists import TrustList, TrustLists, make_list
from provenance.credentials.trust.purposes import stamps_alone
from provenance.credentials.trust.update import INTERIM, PUBLISHERS, Fetch, import_list
from provenance.credentials.trust.view import Label as Vouching
from provenance.credentials.trust.view import view_of
from tests.support.authority import (
    CLAIM_SIGNING,
    DAY,
    EMAIL_PROTECTION,
    NOW,
    TIME_STAMPING,
    Identity,
    certify,
    list_of,
    make_root,
    make_signer,
    store_of,
)
from tests.support.corpus import media, needs_corpus, trust
from tests.support.media.crafting import cose, make_authority, stamper

CLAIM: Final = b"\xa1\x61a\x01"
THEN: Final = NOW - dt.timedelta(hours=3)
STAMPING: Final = certify({"O": "Time", "CN": "Only"}, is_authority=True, purposes=(TIME_STAMPING,))
BARE: Final = make_root("Bare")
MIXED: Final = certify({"O": "Mixed", "CN": "Mixed"}, is_authority=True, purposes=(TIME_STAMPING, CLAIM_SIGNING))
BAG: Final = (BARE, STAMPING, MIXED)
OLD_ROOT: Final = make_root("Bare old", start=NOW - 99 * DAY)
OLD_STAMPING: Final = certify(
    {"O": "Time", "CN": "Old"}, is_authority=True, purposes=(TIME_STAMPING,), start=NOW - 99 * DAY
)


def bag(kind: ListKind = ListKind.SIGNER, label: Label = Label.INTERIM) -> TrustLists:
    return store_of(list_of(*BAG, kind=kind, label=label))


def stamped(root: Identity, store: TrustLists) -> StampAssessment:
    built = cose(make_signer(BARE), CLAIM, stamp=stamper(make_authority(root), THEN))
    return assess_time(parse_sign1(built), CLAIM, view_of(store), at=NOW)


def signed(root: Identity, store: TrustLists, **options: Any) -> SignerAssessment:
    return assess_signer(parse_sign1(cose(make_signer(root, **options), CLAIM)), CLAIM, trust=view_of(store), at=NOW)


class TestTheInterimListIsKeptByPurpose:
    @pytest.mark.parametrize("kind", [ListKind.SIGNER, ListKind.TSA])
    def test_an_anchor_for_time_stamping_alone_counts_for_stamps(self, kind: ListKind) -> None:
        found = stamped(STAMPING, bag(kind))
        assert (found.is_trusted, found.label) == (True, Vouching.INTERIM)

    @pytest.mark.parametrize("kind", [ListKind.SIGNER, ListKind.TSA])
    @pytest.mark.parametrize("root", [BARE, MIXED], ids=["without any usage", "with another beside it"])
    def test_no_other_anchor_does(self, root: Identity, kind: ListKind) -> None:
        assert stamped(root, bag(kind)).doubt is Doubt.UNLISTED

    def test_an_anchor_for_time_stamping_alone_vouches_for_no_signer(self) -> None:
        assert signed(STAMPING, bag()).codes == ("signer.unknown",)
        assert signed(BARE, bag()).codes == ("signer.interim",)

    def test_a_list_of_the_readers_own_is_what_the_reader_says_it_is(self) -> None:
        own = bag(ListKind.TSA, Label.YOURS)
        assert stamped(BARE, own).is_trusted
        assert not stamped(STAMPING, bag(ListKind.SIGNER, Label.YOURS)).is_trusted

    def test_a_signing_authority_cannot_date_its_revoked_signers_back(self) -> None:
        trust = view_of(store_of(list_of(OLD_ROOT, OLD_STAMPING, label=Label.INTERIM)))
        late = make_signer(OLD_ROOT, start=NOW - 90 * DAY, end=NOW - 50 * DAY)

        def judged(by: Identity) -> SignerAssessment:
            clock = make_authority(by, start=NOW - 95 * DAY)
            built = cose(late, CLAIM, stamp=stamper(clock, NOW - 60 * DAY))
            return assess_signer(parse_sign1(built), CLAIM, trust=trust, at=NOW)

        assert judged(OLD_ROOT).codes == ("signer.expired", "signer.unknown")
        assert judged(OLD_STAMPING).codes == ("signer.interim",)

    def test_the_engine_is_told_the_same(self) -> None:
        told = bag().settings()
        assert [pem.count("BEGIN") for _, pem in told.signer_anchors] == [2]
        assert [pem.count("BEGIN") for _, pem in told.tsa_anchors] == [1]

    @pytest.mark.parametrize("kind", [ListKind.SIGNER, ListKind.TSA])
    def test_a_leaf_for_time_stamping_alone_vouches_for_itself_as_that(self, kind: ListKind) -> None:
        authority = make_authority(make_root("Else"))
        store = store_of(list_of(authority, kind=kind, label=Label.INTERIM))
        built = cose(make_signer(BARE), CLAIM, stamp=stamper(authority, THEN))
        found = assess_time(parse_sign1(built), CLAIM, view_of(store), at=NOW)
        assert (found.is_trusted, found.label) == (True, Vouching.INTERIM)
        assert view_of(store).leaves == {}

    @pytest.mark.parametrize("label", [Label.OFFICIAL, Label.YOURS])
    def test_of_other_lists_leaves_count_for_what_the_list_is_for(self, label: Label) -> None:
        authority = make_authority(make_root("Else"))
        built = cose(make_signer(BARE), CLAIM, stamp=stamper(authority, THEN))
        for kind in (ListKind.SIGNER, ListKind.TSA):
            store = store_of(list_of(authority, kind=kind, label=label))
            found = assess_time(parse_sign1(built), CLAIM, view_of(store), at=NOW)
            assert found.is_trusted is (kind is ListKind.TSA), kind

    def test_what_cannot_be_read_is_for_nothing(self) -> None:
        der = STAMPING.der
        assert stamps_alone(der)
        assert not any(stamps_alone(der[:end]) for end in range(0, len(der), 7))
        assert not stamps_alone(b"")

    @needs_corpus
    def test_of_the_published_list_six_of_twenty_seven_entries_are_for_stamps(self) -> None:
        text = trust("ITL-anchors.pem").read_bytes()
        ders = [one.public_bytes(_der()) for one in x509.load_pem_x509_certificates(text)]
        assert (len(ders), sum(map(stamps_alone, ders))) == (27, 6)


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


@needs_corpus
@pytest.mark.corpus
def test_the_interim_lists_time_authorities_bring_back_as_many_old_files_as_the_manual_says() -> None:
    names = ("ITL-anchors.pem", "ITL-allowed.pem")
    interim = [_interim(name) for name in names]
    view = view_of(store_of(*interim))
    blind = replace(view, authorities={}, authority_leaves={})
    at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    paths = [row.path for row in media()]
    # The manual counts the public files of the cases too.
    paths += sorted((trust("x").parent.parent / "cases/reading/real").iterdir())
    assert len(paths) == 96
    stamps, makers = 0, Counter[str]()
    for path in paths:
        item = open_asset(path)
        before, after = (
            examine_own(item.data, item.media_type, None, trust=one, at=at).signer for one in (blind, view)
        )
        if before is None or after is None:
            continue
        stamps += after.stamp.is_trusted
        if "signer.expired" in before.codes and after.codes == ("signer.interim",) and after.certificate:
            makers[after.certificate.subject["O"]] += 1
    assert makers == {"Adobe Inc.": 8, "Microsoft Corporation": 1, "OpenAI": 1}
    assert stamps == 34


def _interim(name: str) -> TrustList:
    data = trust(name).read_bytes()
    return make_list(data, parse(data), name=name, kind=ListKind.SIGNER, label=Label.INTERIM, dated=None)


class TestWhatALabelRestsOn:
    def _import(self, home: Path, data: bytes, **options: Any) -> Any:
        import_list(TrustFolder(home), data, name="one", at=NOW, **options)
        (kept,) = TrustLists.load(home).lists
        return kept

    def test_a_file_gives_none(self, tmp_path: Path) -> None:
        kept = self._import(tmp_path, BARE.pem.encode(), kind=ListKind.SIGNER)
        assert (kept.label, kept.origin, kept.words) == (Label.YOURS, Origin.READER, "yours")

    def test_what_the_reader_says_is_the_readers_word(self, tmp_path: Path) -> None:
        kept = self._import(tmp_path, BARE.pem.encode(), kind=ListKind.SIGNER, label=Label.OFFICIAL)
        assert (kept.origin, kept.words) == (Origin.READER, "official, as you said")
        assert signed(BARE, TrustLists.load(tmp_path)).is_said

    def test_a_file_whose_digest_is_known_has_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data = BARE.pem.encode()
        known = KnownFile(name="interim", label=Label.INTERIM, kind=ListKind.SIGNER, dated=dt.date(2026, 1, 1))
        monkeypatch.setattr(update, "KNOWN_FILES", {hashlib.sha256(data).hexdigest(): known})
        kept = self._import(tmp_path, data)
        assert (kept.label, kept.origin, kept.words, kept.dated) == (
            Label.INTERIM,
            Origin.DIGEST,
            "interim",
            dt.date(2026, 1, 1),
        )
        assert not signed(BARE, TrustLists.load(tmp_path)).is_said
        same = self._import(tmp_path / "same", data, kind=ListKind.SIGNER, label=Label.INTERIM)
        assert (same.origin, same.words) == (Origin.DIGEST, "interim")
        said = self._import(tmp_path / "said", data, label=Label.OFFICIAL, kind=ListKind.SIGNER)
        assert (said.origin, said.words, said.dated) == (Origin.READER, "official, as you said", None)
        one_more = self._import(tmp_path / "other", data + b"\n", kind=ListKind.SIGNER)
        assert one_more.label is Label.YOURS

    def test_an_address_over_https_earns_it(self, tmp_path: Path) -> None:
        (result,) = update.update(TrustFolder(tmp_path), INTERIM[:1], at=NOW, fetch=lambda _: BARE.pem.encode())
        assert not isinstance(result[1], Exception)
        (kept,) = TrustLists.load(tmp_path).lists
        assert (kept.origin, kept.words) == (Origin.ADDRESS, "interim")

    def test_a_list_that_was_earned_is_not_made_the_readers_word_by_another_that_is_not(self, tmp_path: Path) -> None:
        folder = TrustFolder(tmp_path)
        update.update(folder, INTERIM[:1], at=NOW, fetch=lambda _: BARE.pem.encode())
        data = (BARE.pem + STAMPING.pem).encode()
        import_list(folder, data, name="two", at=NOW, kind=ListKind.SIGNER, label=Label.INTERIM)
        store = TrustLists.load(tmp_path)
        assert not signed(BARE, store).is_said
        assert stamped(STAMPING, store).is_said

    def test_a_folder_from_before_says_that_its_dates_are_days_of_import(self, tmp_path: Path) -> None:
        kept = self._import(tmp_path, BARE.pem.encode(), kind=ListKind.SIGNER, label=Label.OFFICIAL)
        path = tmp_path / "trust/index.json"
        value = json.loads(path.read_text())
        (row,) = value["lists"]
        del row["origin"], row["imported"]
        row["dated"] = "2026-11-01"
        path.write_text(json.dumps(value))
        (old,) = TrustLists.load(tmp_path).lists
        assert (old.dated, old.imported, old.words) == (None, dt.date(2026, 11, 1), "official, as you said")
        assert old.sha256 == kept.sha256

    def test_every_known_file_is_named_by_a_digest_and_by_a_label_that_is_no_readers(self) -> None:
        for digest, known in known_files.KNOWN_FILES.items():
            assert len(bytes.fromhex(digest)) == 32
            assert known.label is not Label.YOURS

    @needs_corpus
    def test_the_published_files_are_the_known_ones(self, tmp_path: Path) -> None:
        for number, name in enumerate(("ITL-anchors.pem", "ITL-allowed.pem", "C2PA-TRUST-LIST.json",
                                       "C2PA-TRUST-LIST.pem", "C2PA-TSA-TRUST-LIST.json", "C2PA-TSA-TRUST-LIST.pem",
                                       "conforming-products-list.json")):  # fmt: skip
            data = trust(name).read_bytes()
            known = update.known_file(data)
            assert known is not None, name
            home = tmp_path / str(number)
            import_list(TrustFolder(home), data, name=update.default_name(data, stem="x"), at=NOW)
            store = TrustLists.load(home)
            assert {one.words for one in store.lists} | {one.words for one in store.configurations} == {known.label}


class TestPublishers:
    PAPER: Final = make_signer(make_root("Public"), organization="Daily Paper", common_name="Paper",
                               purposes=(EMAIL_PROTECTION,))  # fmt: skip

    def _store(self, *more: Any, **options: Any) -> TrustLists:
        listed = list_of(self.PAPER, kind=ListKind.PUBLISHER, label=Label.IPTC, **options)
        return store_of(listed, *more)

    def _assess(self, store: TrustLists, signer: Identity | None = None, **options: Any) -> SignerAssessment:
        sign1 = parse_sign1(cose(signer or self.PAPER, CLAIM, **options))
        return assess_signer(sign1, CLAIM, trust=view_of(store), at=NOW)

    def test_a_publishers_own_certificate_is_vouched_for(self) -> None:
        found = self._assess(self._store())
        assert (found.codes, found.label, found.publisher) == (("signer.publisher",), Vouching.IPTC, Vouching.IPTC)
        assert found.is_vouched

    def test_another_certificate_of_the_same_authority_or_name_is_not(self) -> None:
        same_name = make_signer(self.PAPER.root, organization="Daily Paper", purposes=(EMAIL_PROTECTION,))
        assert self._assess(self._store(), same_name).codes == ("signer.unknown",)

    def test_beside_another_list_it_adds_who_that_is(self) -> None:
        store = self._store(list_of(self.PAPER.root, label=Label.YOURS))
        found = self._assess(store)
        assert found.codes == ("signer.yours", "signer.publisher")
        assert (found.label, found.publisher) == (Vouching.YOURS, Vouching.IPTC)

    def test_it_vouches_for_no_time_stamp_and_as_a_list_of_signers_for_nobody(self) -> None:
        view = view_of(self._store())
        assert (view.signers, view.leaves, view.authorities, view.identities) == ({}, {}, {}, {})
        with pytest.raises(TrustListDataError, match="who is a publisher"):
            import_list(TrustFolder(Path("/nowhere")), self.PAPER.pem.encode(), name="x", at=NOW,
                        kind=ListKind.SIGNER, label=Label.IPTC)  # fmt: skip

    def test_an_expired_one_is_named_only_as_who_would_vouch(self) -> None:
        old = make_signer(self.PAPER.root, purposes=(EMAIL_PROTECTION,), start=NOW - 90 * DAY, end=NOW - 50 * DAY)
        store = store_of(list_of(old, kind=ListKind.PUBLISHER, label=Label.IPTC))
        found = self._assess(store, old)
        assert found.codes == ("signer.expired", "signer.unknown")
        assert (found.would_be, found.publisher) == (Vouching.IPTC, Vouching.UNKNOWN)

    def test_distrust_outweighs_it(self) -> None:
        from provenance.credentials.trust.distrust import DistrustEntry

        entry = DistrustEntry(subject=(("O", "Daily Paper"),))
        listed = list_of(self.PAPER, kind=ListKind.PUBLISHER, label=Label.IPTC)
        found = self._assess(store_of(listed, distrust=(entry,)))
        assert found.codes == ("signer.distrusted", "signer.unknown")

    def test_an_anchor_on_such_a_list_makes_publishers_of_those_it_issued(self) -> None:
        store = store_of(list_of(self.PAPER.root, kind=ListKind.PUBLISHER, label=Label.YOURS))
        assert self._assess(store).codes == ("signer.publisher",)

    def test_the_engine_is_told_of_their_certificates(self) -> None:
        assert self._store().settings().allowed

    def _json(self, **changed: Any) -> bytes:
        key = {"kty": "EC", "x5c": [base64.b64encode(self.PAPER.der).decode()]}
        digest = base64.urlsafe_b64encode(hashlib.sha256(BARE.der).digest()).decode().rstrip("=")
        value = {
            "version": "0.1",
            "name": "Publishers",
            "download_url": "https://example.org/list.json",
            "description": "…",
            "website": "https://example.org",
            "last_updated": "2026-09-18T10:00:00Z",
            "entities": [
                {"display_name": "Paper", "contact": "…", "isCA": False, "jwks": {"keys": [key]}},
                {"display_name": "B", "contact": "…", "isCA": False,
                 "jwks": {"keys": [{"kty": "EC", "x5t#S256": digest}]}},
            ],
        }  # fmt: skip
        return json.dumps(value | changed).encode()

    def test_the_form_that_names_publishers_is_read_with_its_date(self, tmp_path: Path) -> None:
        found = parse(self._json())
        assert (found.scheme_kind, found.issued) == (
            ListKind.PUBLISHER,
            dt.datetime(2026, 9, 18, 10, tzinfo=dt.UTC),
        )
        assert found.leaf_hashes == {hashlib.sha256(BARE.der).hexdigest()}
        import_list(TrustFolder(tmp_path), self._json(), name="iptc", at=NOW, label=Label.IPTC)
        (kept,) = TrustLists.load(tmp_path).lists
        assert (kept.kind, kept.dated, len(kept.allowed)) == (ListKind.PUBLISHER, dt.date(2026, 9, 18), 2)

    @pytest.mark.parametrize(
        "changed",
        [
            {"version": "0.2"},
            {"entities": []},
            {"entities": [{}]},
            {"entities": [{"jwks": {"keys": [{}]}}]},
            {"entities": [{"jwks": {"keys": [{"x5c": ["%%"]}]}}]},
            {"entities": [{"jwks": {"keys": [{"x5c": [7]}]}}]},
            {"entities": [{"jwks": {"keys": [{"x5t#S256": "AAAA"}]}}]},
            {"entities": [{"jwks": {"keys": []}}]},
            {"last_updated": "yesterday"},
            {"last_updated": None},
        ],
    )
    def test_a_broken_one_is_refused(self, changed: dict[str, Any]) -> None:
        with pytest.raises(TrustListDataError):
            parse(self._json(**changed))

    def test_the_published_address_is_asked_and_what_comes_is_kept_as_iptcs(self, tmp_path: Path) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            return self.PAPER.pem.encode()

        typed: Fetch = fetch
        update.update(TrustFolder(tmp_path), PUBLISHERS, at=NOW, fetch=typed)
        (kept,) = TrustLists.load(tmp_path).lists
        assert asked == ["https://trust.iptc.org/end-entity-list.pem"]
        assert (kept.kind, kept.words, kept.dated) == (ListKind.PUBLISHER, "iptc", None)
        assert (kept.imported, kept.confirmed) == (NOW.date(), NOW.date())
