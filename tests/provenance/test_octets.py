"""Is everything in a manifest store that nobody signed found, and nothing that belongs there?"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import brotli
import cbor2
import pytest
from cryptography import x509

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.store.octets import der, plain_cbor
from provenance.credentials.store.octets.certificates import read_certificate
from provenance.credentials.store.octets.found import MAX_NAMED, Place
from provenance.credentials.store.octets.signatures import MAX_SIGNATURES
from provenance.credentials.trust.view import TrustView, view_of
from tests.support.authority import (
    COSE_ALGORITHMS,
    NOW,
    Identity,
    certify,
    list_of,
    make_root,
    make_signer,
    manifest_store,
    picture,
    sign,
    sign_edit,
    sign_update,
    sign_with_icon,
    store_of,
)
from tests.support.corpus import media, needs_corpus
from tests.support.media.crafting import (
    Draft,
    actions,
    box,
    link_to,
    make_authority,
    make_responder,
    manifests,
    revocation_answer,
    sha256,
    stamper,
    store,
    superbox,
)
from tests.support.media.hiding import (
    BOXES,
    HEADER,
    TEXT,
    authorities,
    certificate_ways,
    compressed,
    fold,
    hide,
    read,
    stamp_ways,
    unfold,
    with_metadata,
)

ROOT = make_root()
SIGNER = make_signer(ROOT)
LISTED = view_of(store_of(list_of(ROOT)))
BINDING: Final = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b""})
PARENT: Final = "urn:c2pa:00000000-0000-4000-8000-0000000000aa"


def own(stored: bytes, lists: TrustView = LISTED) -> OwnCheck:
    """Our check of a store beside a picture; whether it fits that does not matter here."""
    return examine_own(picture(), "image/jpeg", stored, trust=lists, at=NOW, is_sidecar=True)


def places(stored: bytes, lists: TrustView = LISTED) -> list[str]:
    """Where something lies that nobody signed."""
    found = own(stored, lists)
    assert found.problem is None
    assert all(one.size > 0 for one in found.octets.found)
    return [str(one.place) for one in found.octets.found]


def draft(**options: Any) -> Draft:
    options.setdefault("assertions", [actions(), BINDING])
    return Draft(**{"signer": SIGNER, **options})


PLAIN: Final = store(draft().build())


@pytest.mark.parametrize("algorithm", sorted(COSE_ALGORITHMS))
def test_a_store_of_any_algorithm_is_accounted_for(algorithm: str) -> None:
    assert places(store(draft(signer=make_signer(ROOT, algorithm=algorithm)).build())) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda: sign(SIGNER),
        lambda: sign(SIGNER, thumbnail=True),
        lambda: sign_edit(SIGNER, sign(make_signer())),
        lambda: sign_update(sign(SIGNER), make_signer()),
        lambda: sign_with_icon(SIGNER, picture(), picture("PNG")),
    ],
    ids=["first", "thumbnail", "edit", "update", "data-box"],
)
def test_what_the_engine_writes_is_accounted_for(build: Callable[[], bytes]) -> None:
    assert places(manifest_store(build())) == []


def test_padding_may_be_shorter_than_it_was() -> None:
    parts = unfold(PLAIN)
    parts.unprotected["pad"] = b"\0"
    assert places(fold(parts, len(PLAIN) - 10_000)) == []


@pytest.mark.parametrize("way", HEADER)
def test_nothing_hides_in_a_signatures_unsigned_header(way: str) -> None:
    hidden = hide(PLAIN, HEADER[way])
    assert len(hidden) == len(PLAIN)
    assert places(hidden) != []


@pytest.mark.parametrize("way", BOXES)
def test_nothing_hides_in_boxes_around_what_is_signed(way: str) -> None:
    hidden = hide(PLAIN, BOXES[way])
    found = own(hidden)
    # Without a signature, or with a statement that no claim names, the file fails already, and is told there alone.
    assert found.octets.found or found.check is None or not found.check.is_intact or found.check.undeclared


def test_a_header_with_a_long_size_is_named() -> None:
    parts = unfold(PLAIN)
    content = parts.store.write()
    inner = content[8:]
    long = b"\0\0\0\1jumb" + (len(inner) + 16).to_bytes(8, "big") + inner
    assert places(long) == ["box-header"]
    assert places(b"\0\0\0\0jumb" + inner) == ["box-header"]


@pytest.mark.parametrize("at", ["store", "manifest", "claim", "sealed", "assertions"])
def test_empty_padding_may_stand_between_boxes(at: str) -> None:
    parts = unfold(PLAIN)
    getattr(parts, at).boxes.append(read(superbox(b"cbor", "x", box(b"free", bytes(64)))).boxes[0])
    assert places(fold(parts, len(PLAIN))) == []


def test_bytes_behind_a_store_are_named_where_the_store_lies_in_the_file() -> None:
    found = examine_own(picture(), "image/jpeg", PLAIN + TEXT, trust=LISTED, at=NOW).octets.found
    assert [str(one.place) for one in found] == ["tail"]
    zeros = examine_own(picture(), "image/jpeg", PLAIN + bytes(500), trust=LISTED, at=NOW)
    assert zeros.octets.found == ()


def test_no_more_is_kept_than_is_named_and_the_rest_is_counted() -> None:
    extra = [box(b"html", TEXT[:8]) for _ in range(MAX_NAMED + 7)]
    found = own(store(draft().build(), *extra)).octets
    assert (len(found.found), found.more) == (MAX_NAMED, 7)


# Labels.


@pytest.mark.parametrize(
    "label",
    [
        "urn:c2pa:00000000-0000-4000-8000-000000000001",
        "urn:c2pa:00000000-0000-4000-8000-000000000001:acme",
        "urn:c2pa:00000000-0000-4000-8000-000000000001:acme:2_1",
        "urn:uuid:00000000-0000-4000-8000-000000000001",
        "acme.example:urn:uuid:00000000-0000-4000-8000-000000000001",
    ],
)
def test_labels_of_every_version_need_no_signature(label: str) -> None:
    assert places(store(draft(label=label, claim={"signature": "self#jumbf=c2pa.signature"}).build())) == []


def test_a_label_that_is_not_the_one_in_the_claim_is_named() -> None:
    other = draft(claim={"signature": f"self#jumbf=/c2pa/{PARENT}/c2pa.signature"})
    assert places(store(other.build())) == ["box-description"]


def test_any_other_label_counts_where_the_claim_names_it() -> None:
    assert places(store(draft(label="urn:c2pa:mine").build())) == []
    unnamed = draft(label="urn:c2pa:mine", claim={"signature": "self#jumbf=c2pa.signature"})
    assert places(store(unnamed.build())) == ["box-description"]


# Links.


def linked(parent: bytes, **more: Any) -> bytes:
    link = ("c2pa.ingredient.v3", link_to(parent, PARENT, **more))
    return draft(assertions=[actions(), BINDING, link]).build()


def with_text(manifest: bytes) -> bytes:
    """A manifest whose signature was padded with text."""
    parts = unfold(store(manifest))
    HEADER["padding that is filled"](parts)
    return manifests(fold(parts, len(store(manifest))))[0]


def test_a_link_over_the_whole_manifest_covers_its_padding_too() -> None:
    filled = with_text(draft(label=PARENT).build())
    assert places(store(filled, linked(filled))) == []


def test_a_parent_whose_padding_was_filled_afterwards_accounts_for_itself() -> None:
    parent = draft(label=PARENT).build()
    assert places(store(parent, linked(parent))) == []
    assert places(store(with_text(parent), linked(parent))) == ["padding"]


def test_the_header_of_a_covered_manifests_box_is_covered_by_nothing() -> None:
    parent = draft(label=PARENT).build()
    long = b"\0\0\0\1jumb" + (len(parent) + 8).to_bytes(8, "big") + parent[8:]
    assert places(store(long, linked(parent))) == ["box-header"]


def test_a_manifest_that_nothing_reaches_has_to_hold_by_itself() -> None:
    lone = draft(label=PARENT).build()
    assert places(store(lone, draft().build())) == []
    assert places(store(with_text(lone), draft().build())) == ["padding"]
    broken = draft(label=PARENT, claim_after=lambda claim: claim.replace(b"xmp:iid:1", b"xmp:iid:2")).build()
    assert places(store(broken, draft().build())) == ["manifest"]
    undeclared = draft(label=PARENT, undeclared=[("org.example.note", {"text": TEXT})]).build()
    assert places(store(undeclared, draft().build())) == ["assertion"]


def test_a_link_of_a_manifest_that_nobody_signed_covers_nothing() -> None:
    filled = with_text(draft(label=PARENT).build())
    middle = "urn:c2pa:00000000-0000-4000-8000-0000000000bb"
    between = draft(
        label=middle,
        assertions=[actions(), BINDING, ("c2pa.ingredient.v3", link_to(filled, PARENT))],
        claim_after=lambda claim: claim.replace(b"xmp:iid:1", b"xmp:iid:2"),
    ).build()
    # It is reached, by a link to another manifest of its name: so its signature has to hold, and does not.
    found = places(store(filled, between, draft().build()))
    assert found == ["padding", "manifest"]


def test_an_old_link_over_the_claim_alone_leaves_the_signature_to_itself() -> None:
    claim = draft(label=PARENT, version=1).claim_bytes()
    old = {
        "relationship": "parentOf",
        "dc:title": "before",
        "c2pa_manifest": {"url": f"self#jumbf=/c2pa/{PARENT}", "hash": sha256(claim)},
    }
    for unprotected, found in (({}, []), ({"note": TEXT}, ["signature-header"])):
        for after in (None, _another_signature):
            parent = draft(label=PARENT, version=1, cose={"unprotected": unprotected}, after=after).build()
            child = draft(assertions=[actions(), BINDING, ("c2pa.ingredient", old)]).build()
            assert places(store(parent, child)) == found
    loud = draft(label=PARENT, version=1, cose={"header": {1: -7, 33: list(SIGNER.chain), "note": TEXT}})
    assert places(store(loud.build(), child)) == []
    loud.after = _another_signature
    assert places(store(loud.build(), child)) == ["signature-header"]


def _another_signature(signed: bytes) -> bytes:
    parts = cbor2.loads(signed).value
    return cbor2.dumps(cbor2.CBORTag(18, [*parts[:3], bytes(len(parts[3]))]))


# What is kept beside assertions.


def with_kept(inner: bytes, holders: list[tuple[str, Any]], *, kind: bytes = b"c2vc") -> bytes:
    name = "c2pa.credentials" if kind == b"c2vc" else "c2pa.databoxes"

    class Kept(Draft):
        def parts(self) -> list[bytes]:
            return [*super().parts(), superbox(kind, name, inner)]

    return store(Kept(signer=SIGNER, version=1, assertions=[actions(), BINDING, *holders]).build())


CREDENTIAL: Final = superbox(b"json", "did:example:1", box(b"json", b'{"id":"did:example:1"}'))


def author(hashed: bytes, *, form: Callable[[bytes], str] = lambda raw: str(list(raw))) -> tuple[str, Any]:
    text = (
        '{"@type":"CreativeWork","author":[{"credential":[{"url":"self#jumbf=c2pa.credentials/did:example:1",'
        f'"alg":"sha256","hash":{form(sha256(hashed))}}}]}}]}}'
    )
    return "stds.schema-org.CreativeWork", text


def test_a_credential_that_a_signed_statement_names_is_covered() -> None:
    import base64

    def encoded(raw: bytes) -> str:
        return f'"{base64.b64encode(raw).decode()}"'

    for form in ((lambda raw: str(list(raw))), encoded):
        assert places(with_kept(CREDENTIAL, [author(CREDENTIAL[8:], form=form)])) == []
    assert places(with_kept(CREDENTIAL, [])) == ["credential"]
    assert places(with_kept(CREDENTIAL, [author(b"another")])) == ["credential"]


def test_a_credential_of_which_the_payload_alone_is_hashed_has_no_room_for_more() -> None:
    payload = b'{"id":"did:example:1"}'
    assert places(with_kept(CREDENTIAL, [author(payload)])) == []
    salted = read(CREDENTIAL)
    salted.described = salted.described[:16] + b"\x13" + salted.described[17:] + box(b"c2sh", TEXT)
    assert places(with_kept(salted.write(), [author(payload)])) == ["box-description"]
    more = superbox(b"json", "did:example:1", box(b"json", payload), box(b"json", TEXT))
    assert places(with_kept(more, [author(payload)])) == ["box"]
    filled = superbox(b"json", "did:example:1", box(b"json", payload), box(b"free", TEXT))
    assert places(with_kept(filled, [author(payload)])) == ["padding"]


def test_a_data_box_that_no_statement_names_is_named() -> None:
    inner = superbox(b"cbor", "c2pa.data", box(b"cbor", cbor2.dumps({"dc:format": "text/plain", "data": TEXT})))
    url = {"url": "self#jumbf=c2pa.databoxes/c2pa.data", "alg": "sha256", "hash": sha256(inner[8:])}
    note = ("org.example.note", {"data": url})
    assert places(with_kept(inner, [note], kind=b"c2db")) == []
    assert places(with_kept(inner, [], kind=b"c2db")) == ["data-box"]


# Redaction by zeros.


def blanked(*more: bytes, described: Callable[[bytes], bytes] = lambda one: one) -> list[str]:
    """What is said of a manifest of which a later signer redacted one statement by zeros, and what else it did."""
    note = ("org.example.note", {"text": "secret"})
    built = draft(label=PARENT, assertions=[actions(), BINDING, note]).build()
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/org.example.note"
    act = {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": url}}
    link = ("c2pa.ingredient.v3", link_to(built, PARENT))
    child = draft(assertions=[actions(act), BINDING, link], claim={"redacted_assertions": [url]}).build()
    parent = read(built)
    inner = parent.find("c2pa.assertions", "org.example.note")
    inner.boxes[0].payload = bytes(len(inner.boxes[0].payload))
    inner.boxes += [read(superbox(b"cbor", "x", one)).boxes[0] for one in more]
    inner.described = described(inner.described)
    return places(store(parent.write(), child))


def test_a_statement_that_was_redacted_by_zeros_holds_nothing_else() -> None:
    assert blanked() == []
    assert blanked(box(b"json", TEXT)) == ["assertion"]
    assert blanked(box(b"html", bytes(9))) == ["assertion"]
    assert blanked(described=lambda one: one + TEXT) == ["assertion"]

    def salted(size: int) -> Callable[[bytes], bytes]:
        return lambda one: one[:16] + b"\x13" + one[17:] + box(b"c2sh", TEXT[:size])

    assert blanked(described=salted(16)) == []
    assert blanked(described=salted(700)) == ["assertion"]


# Certificates in the unsigned header.


def unsigned_chain(signer: Identity, chain: list[bytes], *, name: Any = 33) -> bytes:
    return store(draft(signer=signer, cose={"header": {1: -7}, "unprotected": {name: chain}}).build())


def test_a_chain_that_nobody_signed_counts_as_far_as_its_signatures_lead() -> None:
    root, between, signer = authorities()
    for name in (33, "x5chain"):
        assert places(unsigned_chain(signer, [signer.der, between.der], name=name)) == []
        assert places(unsigned_chain(signer, [signer.der, between.der, root.der], name=name)) == []
        assert places(unsigned_chain(signer, [signer.der, root.der, between.der], name=name)) == []
    assert places(unsigned_chain(signer, [signer.der, root.der])) == ["certificate"]
    assert places(unsigned_chain(signer, [signer.der, between.der, between.der])) == ["certificate"]


WAYS: Final = sorted(certificate_ways(*authorities()[1:]))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_hides_among_certificates_that_nobody_signed(way: str) -> None:
    _, between, signer = authorities()
    assert set(places(unsigned_chain(signer, certificate_ways(between, signer)[way]))) == {"certificate"}


def test_no_more_signatures_are_verified_than_a_second_allows() -> None:
    _, between, signer = authorities()
    header = {"header": {1: -7}, "unprotected": {"x5chain": [signer.der, between.der]}, "room": 100}
    lone = [
        draft(signer=signer, label=f"urn:c2pa:00000000-0000-4000-8000-{number:012}", cose=header).build()
        for number in range(MAX_SIGNATURES + 5)
    ]
    found = own(store(*lone)).octets
    assert [str(one.place) for one in found.found] == ["certificate"] * 5
    assert {one.manifest[-3:] for one in found.found} == {str(MAX_SIGNATURES + number) for number in range(5)}


def test_a_chain_that_was_signed_is_its_signers_own_business() -> None:
    _, between, signer = authorities()
    for chain in (certificate_ways(between, signer)["an unrelated certificate"], [*signer.chain, between.der]):
        assert places(store(draft(signer=signer, cose={"chain": chain}).build())) == []


def test_a_list_vouches_for_what_is_larger_than_certificates_are() -> None:
    from cryptography import x509

    wordy = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x04\x82\x08\x00" + TEXT)
    root = make_root()
    signer = certify({"O": "Test Camera", "CN": "Camera 1"}, issuer=root, extra=[(wordy, False)])
    stored = unsigned_chain(signer, [signer.der])
    assert places(stored) == ["certificate"]
    assert places(stored, view_of(store_of(list_of(root)))) == []
    assert places(stored, view_of(store_of(list_of(signer)))) == []


# Time stamps.


def stamped(stamp: Callable[[bytes], bytes], *, version: int = 2) -> bytes:
    return store(draft(cose={"stamp": stamp, "stamp_version": version}).build())


@pytest.mark.parametrize("version", [1, 2])
def test_a_time_stamp_is_accounted_for_whoever_made_it(version: int) -> None:
    tsa = make_authority(make_root("Time"))
    assert places(stamped(stamper(tsa, NOW), version=version)) == []
    response = b"\x30\x03\x02\x01\x00"
    assert places(stamped(lambda message: _sequence(response + stamper(tsa, NOW)(message)), version=version)) == []


def _sequence(content: bytes) -> bytes:
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def test_the_one_status_text_that_is_known_may_stand_beside_a_stamp() -> None:
    tsa = make_authority(make_root("Time"))
    for text, found in ((b"Operation Okay", []), (b"Operation okay", ["time-stamp"])):
        words = bytes([0x0C, len(text)]) + text
        status = b"\x02\x01\x00\x30" + bytes([len(words)]) + words
        answer = b"\x30" + bytes([len(status)]) + status

        def response(message: bytes, answer: bytes = answer) -> bytes:
            return _sequence(answer + stamper(tsa, NOW)(message))

        assert places(stamped(response)) == found


STAMPS: Final = sorted(stamp_ways(stamper(make_authority(make_root("Time")), NOW)(b"")))


@pytest.mark.parametrize("way", STAMPS)
def test_nothing_hides_in_a_time_stamp_that_its_authority_did_not_sign(way: str) -> None:
    tsa = make_authority(make_root("Time"))
    assert places(stamped(lambda message: stamp_ways(stamper(tsa, NOW)(message))[way])) == ["time-stamp"]


def wordy_stamps() -> Mapping[str, Callable[[bytes], bytes]]:
    """Stamps by an authority that nobody knows and that signs whatever it likes."""
    from asn1crypto import cms, core
    from cryptography import x509

    root = make_root("Time")
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), TEXT)
    inner = {"extn_id": "1.2.3.4", "critical": False, "extn_value": core.OctetString(TEXT)}
    plain = make_authority(root)
    attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(TEXT)]})
    return {
        "an extension of the stamp": stamper(plain, NOW, more={"extensions": [inner]}),
        "an attribute": stamper(plain, NOW, attributed=[attribute]),
        "an extension of the certificate": stamper(make_authority(root, extra=[(extension, False)]), NOW),
    }


@pytest.mark.parametrize("way", sorted(wordy_stamps()))
def test_an_authority_that_nobody_knows_says_no_more_than_a_time(way: str) -> None:
    assert places(stamped(wordy_stamps()[way])) == ["time-stamp"]


def test_a_time_stamp_of_other_bytes_is_the_time_lines_business() -> None:
    tsa = make_authority(make_root("Time"))
    assert places(stamped(lambda _: stamper(tsa, NOW)(b"other bytes"))) == []


def test_one_time_stamp_is_enough() -> None:
    tsa = make_authority(make_root("Time"))
    token = stamper(tsa, NOW)(b"")
    for header in (
        {"sigTst2": {"tstTokens": [{"val": token}, {"val": token}]}},
        {"sigTst2": {"tstTokens": [{"val": token, "note": TEXT}]}},
        {"sigTst2": {"tstTokens": [{"val": token}], "note": TEXT}},
        {"sigTst2": {"tstTokens": [{"val": token}]}, "sigTst": {"tstTokens": [{"val": token}]}},
    ):
        assert places(store(draft(cose={"unprotected": header}).build())) == ["time-stamp"]


# Revocation answers.


def answered(*answers: bytes, signer: Identity) -> list[str]:
    return places(store(draft(signer=signer, cose={"answers": answers}).build()), TrustView())


def test_an_answer_by_the_issuer_or_its_responder_is_accounted_for() -> None:
    _, between, signer = authorities()
    by_issuer = revocation_answer(signer)
    by_responder = revocation_answer(signer, responder=make_responder(between))
    assert answered(by_issuer, signer=signer) == []
    assert answered(by_responder, signer=signer) == []
    assert answered(by_issuer, by_responder, signer=signer) == []


def test_one_answer_may_be_by_an_issuer_that_is_not_here() -> None:
    for state in ({}, {"revoked_at": NOW}, {"revoked_at": NOW, "reason": x509.ReasonFlags.key_compromise}):
        lone = revocation_answer(SIGNER, **state)
        # No authority is sent along: who answered cannot be looked up.
        assert answered(lone, signer=SIGNER) == []
        assert answered(lone, lone, signer=SIGNER) == ["revocation-answer"]


def test_no_answer_is_by_a_stranger() -> None:
    """Whoever appoints himself could write anything into his certificate, or sign what is about somebody else."""
    _, _, signer = authorities()
    foreign = revocation_answer(signer, responder=make_responder(make_root("X")))
    assert answered(foreign, signer=signer) == ["revocation-answer"]
    assert answered(revocation_answer(SIGNER), signer=signer) == ["revocation-answer"]


def lone_answer(**changed: bytes) -> bytes:
    """An answer about SIGNER by nobody who is here, put together of raw parts, any of which may be another."""
    issuer = read_certificate(SIGNER.der).issuer
    parts = {
        "digest": _der(0x30, bytes.fromhex("06052b0e03021a0500")),
        "name": hashlib.sha1(issuer).digest(),
        "key": bytes(20),
        "serial": read_certificate(SIGNER.der).serial,
        "state": b"\x80\0",
        "made": _der(0x18, b"20260101000000Z"),
        "next": b"",
        "more": b"",
        "by": _der(0xA2, _der(4, bytes(20))),
        "algorithm": _der(0x30, bytes.fromhex("06082a8648ce3d040302")),
        "signature": _der(0x30, 2 * _der(2, b"\x01" * 32)),
    } | changed
    named = _der(0x30, parts["digest"] + _der(4, parts["name"]) + _der(4, parts["key"]) + parts["serial"])
    one = _der(0x30, named + parts["state"] + parts["made"] + parts["next"])
    said = _der(0x30, parts["by"] + parts["made"] + _der(0x30, one) + parts["more"])
    basic = _der(0x30, said + parts["algorithm"] + _der(3, b"\0" + parts["signature"]))
    wrapped = _der(0x30, bytes.fromhex("06092b0601050507300101") + _der(4, basic))
    return _der(0x30, b"\x0a\x01\0" + _der(0xA0, wrapped))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    wide = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(wide)]) + wide) + content


def test_an_answer_that_nobody_verifies_has_the_form_of_one() -> None:
    assert answered(lone_answer(), signer=SIGNER) == []
    assert answered(lone_answer(next=_der(0xA0, _der(0x18, b"20260102000000Z"))), signer=SIGNER) == []
    assert answered(lone_answer(by=_der(0xA1, read_certificate(SIGNER.der).issuer)), signer=SIGNER) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": bytes(512)},
        {"signature": _der(0x30, 2 * _der(2, b"\x01" * 70))},
        {"signature": _der(0x30, _der(2, b"\x01" * 32) + _der(4, TEXT))},
        {"signature": _der(0x30, _der(2, b"\x01" * 32))},
        {"signature": _der(0x30, 2 * _der(2, b"\0" * 32))},
        {"algorithm": _der(0x30, bytes.fromhex("06092a864886f70d01010b0500")), "signature": bytes(256)},
        {"algorithm": _der(0x30, bytes.fromhex("06082a8648ce3d040302") + _der(4, TEXT))},
        {"algorithm": _der(0x30, _der(6, TEXT))},
        {"name": bytes(20)},
        {"key": TEXT},
        {"serial": _der(2, b"\x55" * 400)},
        {"state": _der(0x80, TEXT)},
        {"state": _der(0xA1, _der(0x18, b"20260101000000Z") + _der(0xA0, _der(0x0A, TEXT)))},
        {"made": _der(0x18, TEXT)},
        {"next": _der(0xA1, TEXT)},
        {"next": _der(0xA0, _der(0x18, TEXT))},
        {"more": _der(0xA1, TEXT)},
        {"by": _der(0xA1, _der(0x30, TEXT))},
        {"by": _der(0xA2, _der(4, TEXT))},
        {"by": b""},
    ],
)
def test_nothing_hides_in_an_answer_that_nobody_verifies(changed: dict[str, bytes]) -> None:
    assert answered(lone_answer(**changed), signer=SIGNER) == ["revocation-answer"]


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer + TEXT,
        lambda _: TEXT,
        lambda answer: answer.replace(b"\x30\x03\x0a\x01\x00", b""),
    ],
    ids=["octets behind it", "text", "nothing of it"],
)
def test_nothing_hides_in_an_answer(change: Callable[[bytes], bytes]) -> None:
    _, _, signer = authorities()
    changed = change(revocation_answer(signer))
    expected = [] if changed == revocation_answer(signer) else ["revocation-answer"]
    if changed.startswith(b"\x30") and changed[-len(TEXT) :] != TEXT:
        return
    assert answered(changed, signer=signer) == expected


def test_an_answer_with_certificates_of_strangers_is_named() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    _, between, signer = authorities()
    wordy = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), TEXT)
    stranger = certify({"O": "S", "CN": "S"}, issuer=make_root("S"))
    for extensions, certificates in (([], [stranger]), ([wordy], [])):
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=signer.certificate,
            issuer=between.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=NOW - dt.timedelta(hours=1),
            next_update=None,
            revocation_time=None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, between.certificate)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        if certificates:
            builder = builder.certificates([one.certificate for one in certificates])
        answer = builder.sign(between.key, hashes.SHA256()).public_bytes(Encoding.DER)
        assert answered(answer, signer=signer) == ["revocation-answer"]


# Compressed manifests.


def test_a_compressed_manifest_is_accounted_for_at_every_setting_of_the_encoder() -> None:
    manifest = draft(assertions=[actions(), BINDING, ("org.example.note", {"text": TEXT * 4})]).build()
    for quality in range(12):
        assert places(store(compressed(manifest, stream=brotli.compress(manifest, quality=quality)))) == []


def test_nothing_hides_in_a_compressed_manifest() -> None:
    manifest = draft().build()
    stream = brotli.compress(manifest)
    assert brotli.decompress(with_metadata(manifest)) == manifest
    assert places(store(compressed(manifest, stream=with_metadata(manifest)))) == ["compression"]
    assert own(store(compressed(manifest, stream=stream + TEXT))).problem == "malformed"
    assert places(store(compressed(manifest, more=(box(b"html", TEXT),)))) == ["box"]
    assert places(store(compressed(manifest, more=(box(b"brob", TEXT),)))) == ["box"]
    assert places(store(compressed(manifest, more=(box(b"free", TEXT),)))) == ["padding"]
    assert places(store(compressed(manifest, more=(box(b"free", bytes(9)),)))) == []
    filled = with_text(manifest)
    assert places(store(compressed(filled))) == ["padding"]


def test_a_compressed_manifest_that_a_link_covers_has_a_stream_of_its_own() -> None:
    parent = draft(label=PARENT).build()
    child = linked(parent)
    assert places(store(compressed(parent), child)) == []
    assert places(store(compressed(parent, stream=with_metadata(parent)), child)) == ["compression"]


def test_no_more_is_compressed_anew_than_a_second_allows() -> None:
    note = ("org.example.note", {"text": bytes(2 * 1024 * 1024)})
    manifest = draft(assertions=[actions(), BINDING, note]).build()
    assert places(store(compressed(manifest))) == ["compression"]


# The readers below.


@pytest.mark.parametrize(
    "data",
    [
        "30",
        "3080020100 0000",
        "30820003020100",
        "3081",
        "308103020100",
        "1f8101020304",
        "308500000000010000",
        "3003020100 00",
    ],
)
def test_der_that_can_be_written_otherwise_is_refused(data: str) -> None:
    with pytest.raises(MalformedCredentialsError):
        der.only(bytes.fromhex(data))


@pytest.mark.parametrize(
    "data",
    [
        "c140",
        "5f4100ff",
        "7f6100ff",
        "f4",
        "f97c00",
        "a2010001 00",
        "81" * 9 + "00",
        "a1",
        "1c",
        "a18000",
    ],
)
def test_cbor_that_a_header_does_not_need_is_refused(data: str) -> None:
    with pytest.raises(MalformedCredentialsError):
        plain_cbor.read(bytes.fromhex(data), 0)


def test_cbor_with_longer_lengths_and_open_ends_is_read() -> None:
    assert plain_cbor.read(bytes.fromhex("bf63706164 5a00000002 0000 ff"), 0) == ({"pad": b"\0\0"}, 13)
    assert plain_cbor.read(bytes.fromhex("f6"), 0) == (None, 1)
    assert plain_cbor.read(bytes.fromhex("9f20 1800 ff 00"), 0) == ([-1, 0], 5)


def test_many_values_in_a_header_end_the_reading() -> None:
    with pytest.raises(MalformedCredentialsError):
        plain_cbor.read(cbor2.dumps([0] * 2000), 0)


def test_every_place_that_a_way_leads_to_has_a_name_of_its_own() -> None:
    reached = {
        str(one.place) for way in (*HEADER.values(), *BOXES.values()) for one in own(hide(PLAIN, way)).octets.found
    }
    others = {"certificate", "compression", "tail", "box-header", "assertion"}
    assert reached | others == {str(place) for place in Place}


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("name", sorted(row.id for row in media()))
def test_no_real_file_holds_anything_that_is_not_accounted_for(name: str) -> None:
    from provenance.media_type import recognise

    row = next(one for one in media() if one.id == name)
    data = row.path.read_bytes()
    is_alone = row.path.suffix == ".c2pa"
    found = examine_own(
        data, recognise(data, name=name), data if is_alone else None, trust=TrustView(), at=NOW, is_sidecar=is_alone
    )
    # A test file of c2pa-rs: the content of its time stamp was changed.
    expected = ["time-stamp"] if name == "rs__CA_ct.jpg" else []
    assert [str(one.place) for one in found.octets.found] == expected
