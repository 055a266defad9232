"""Is every public form of a trust list read, and everything else refused in one clear line?"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from provenance.credentials.trust import formats
from provenance.credentials.trust.formats import Content, ListKind, TrustListDataError, parse, products, split, to_pem
from tests.support import authority as made
from tests.support.lists import lote, product, products_list

ROOT = made.make_root()
OTHER = made.make_root("Other Authority")
LEAF = made.make_signer(ROOT)
LEAF_HASH = hashlib.sha256(LEAF.der).hexdigest()
HASH_LINE = base64.b64encode(hashlib.sha256(LEAF.der).digest()).decode()

CORPUS = os.environ.get("VOUCHMARK_CORPUS")


def test_reads_a_pem_bundle_with_comments_and_drops_what_stands_there_twice() -> None:
    text = f"## a list\nSubject\tCN=x\n{ROOT.pem}\n# O=Comma\\, Inc.\n{OTHER.pem}{ROOT.pem}\n"
    found = parse(text.encode())
    assert found.content is Content.CERTIFICATES
    assert found.certificates == (ROOT.der, OTHER.der)
    assert (found.leaves, found.leaf_hashes, found.issued) == (frozenset(), frozenset(), None)


def test_reads_windows_line_ends_and_a_byte_order_mark() -> None:
    assert parse(("\ufeff" + ROOT.pem.replace("\n", "\r\n")).encode()).certificates == (ROOT.der,)


def test_reads_one_der_certificate() -> None:
    assert parse(ROOT.der).certificates == (ROOT.der,)


def test_tells_leaf_certificates_from_authorities_and_reads_hash_lines() -> None:
    other_leaf = made.make_signer(ROOT)
    found = parse(f"{ROOT.pem}{LEAF.pem}\n{HASH_LINE}\n# note\n{other_leaf.pem}".encode())
    assert found.leaves == {LEAF_HASH, hashlib.sha256(other_leaf.der).hexdigest()}
    assert found.leaf_hashes == {LEAF_HASH}


def test_reads_a_list_of_hashes_alone() -> None:
    assert parse(f"{HASH_LINE}\n".encode()).leaf_hashes == {LEAF_HASH}


def test_reads_the_c2pa_list_in_json_with_its_date_kind_and_number() -> None:
    found = parse(lote(ROOT, OTHER, sequence=7))
    assert found.certificates == (ROOT.der, OTHER.der)
    assert (found.scheme_kind, found.sequence) == (ListKind.SIGNER, 7)
    assert found.issued == dt.datetime(2026, 8, 5, 0, 11, 39, tzinfo=dt.UTC)
    assert parse(lote(ROOT, scheme="C2PA TSA Trust List")).scheme_kind is ListKind.TSA
    assert parse(lote(ROOT, scheme="Our own list")).scheme_kind is None


def test_leaves_out_a_certificate_that_the_list_no_longer_trusts() -> None:
    assert parse(lote(ROOT, withdrawn=[OTHER])).certificates == (ROOT.der,)
    # Also where another entry still names it.
    assert parse(lote(ROOT, OTHER, withdrawn=[OTHER])).certificates == (ROOT.der,)
    with pytest.raises(TrustListDataError, match="no certificate"):
        parse(lote(withdrawn=[OTHER]))


def test_reads_the_conforming_products_that_sign() -> None:
    data = products_list(
        product(level=2, disallowed=["capturedMedia"], modified="2026-03-01"),
        product(common_name="Viewer", kind="validatorProduct", modified="2026-08-20"),
        product(common_name="Old", status="revoked", modified="2026-02-01"),
    )
    found = parse(data)
    assert found.content is Content.PRODUCTS
    assert found.issued == dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    (camera,) = products(data)
    assert (camera.organization, camera.common_name, camera.assurance_level) == ("Test Camera", "Camera 1", 2)
    assert camera.disallowed == {"capturedMedia"}


def test_reads_a_configuration_of_key_usages() -> None:
    found = parse(b"//id-kp-emailProtection \n1.3.6.1.5.5.7.3.4\n# ours\n1.3.6.1.4.1.62558.2.1")
    assert found.content is Content.KEY_USAGES
    assert found.oids == ("1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.62558.2.1")


BROKEN_PEM = ROOT.pem.replace("MII", "MIJ", 1)
KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
WITH_STATUS = lote(ROOT).replace(b"/trusted", b"/perhaps")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"just words\n", "no certificate"),
        (b"\xff\xfe\x00", "not text"),
        (ROOT.pem.encode() + BROKEN_PEM.encode(), "certificate 2 cannot be read"),
        (ROOT.pem.replace("M", "!", 1).encode(), "not base64"),
        (ROOT.pem[:-20].encode(), "END|marker"),
        (ROOT.pem.replace("-----END CERTIFICATE-----", "").encode(), "no END"),
        (ROOT.pem.split("\n", 1)[1].encode(), "marker"),
        ((ROOT.pem.split("-----END")[0] + ROOT.pem).encode(), "marker"),
        ((ROOT.pem + KEY).encode(), "PRIVATE KEY"),
        (ROOT.der + b"\0", "cannot be read"),
        (ROOT.der[:-1], "cannot be read"),
        (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "nothing in it"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "LoTE"),
        (b"[]", "products"),
        (b"[1]", "dates"),
        (b'[{"dates": {"lastModification": "yesterday"}}]', "date"),
        (lote(), "no certificate"),
        (WITH_STATUS, "ServiceStatus"),
        (lote(ROOT).replace(b"2026-08-05T", b"some day"), "date"),
        (lote(ROOT).replace(b'"val": "MII', b'"val": "MIJ'), "cannot be read"),
        (lote(ROOT).replace(b'"val": "M', b'"val": "!'), "not base64"),
        (lote(ROOT).replace(b'"LoTESequenceNumber": 1', b'"LoTESequenceNumber": true'), "LoTESequenceNumber"),
        (lote(ROOT).replace(b'"X509Certificates"', b'"Certificates"'), "X509Certificates"),
        (products_list(product() | {"recordId": 3}), "recordId"),
        (products_list(product(level=True)), "maxAssuranceLevel"),
        (products_list(product(disallowed=[3])), "disallowedSignals"),  # type: ignore[list-item]
        (b"1.3.6\n" + b"1.3.6.1\n" * 200, "at most 100"),
        (b"1.3.6.1\nnot an identifier\n", "no certificate"),
    ],
)
def test_refuses_what_is_no_list_and_says_why(data: bytes, words: str) -> None:
    with pytest.raises(TrustListDataError, match=words):
        parse(data)


def test_refuses_what_is_larger_than_any_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrustListDataError, match="at most"):
        parse(ROOT.pem.encode() + b"#" * formats.MAX_LIST_BYTES)
    with pytest.raises(TrustListDataError, match="65536"):
        parse(to_pem(b"\x30" * (formats.MAX_CERTIFICATE_BYTES + 1)).encode())
    monkeypatch.setattr(formats, "MAX_CERTIFICATES", 2)
    assert parse((ROOT.pem + OTHER.pem).encode())
    with pytest.raises(TrustListDataError, match="more than 2"):
        parse(f"{ROOT.pem}{OTHER.pem}{LEAF.pem}".encode())
    with pytest.raises(TrustListDataError, match="more than 2"):
        parse(f"{ROOT.pem}{OTHER.pem}{HASH_LINE}".encode())
    with pytest.raises(TrustListDataError, match="more than 2"):
        parse(lote(ROOT, OTHER, LEAF))
    monkeypatch.setattr(formats, "MAX_PRODUCTS", 1)
    with pytest.raises(TrustListDataError, match="got 2 products"):
        parse(products_list(product(), product()))


def _sequence(content: bytes) -> bytes:
    size = len(content)
    return (bytes((0x30, 0x81, size)) if size < 256 else b"\x30\x82" + size.to_bytes(2, "big")) + content


def _as_version_1(identity: made.Identity) -> bytes:
    """The certificate without version field and extensions, signed again: no library makes such a one any more."""
    body = identity.certificate.tbs_certificate_bytes
    content = body[3:] if body[1] == 0x81 else body[4:]
    assert content.startswith(b"\xa0\x03\x02\x01\x02")
    signed = _sequence(content[5:])
    signature = identity.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return _sequence(signed + algorithm + b"\x03" + bytes((len(signature) + 1, 0)) + signature)


def test_an_old_root_without_extensions_is_an_authority_only_where_it_signed_itself() -> None:
    bare = {"is_authority": None, "usages": None, "purposes": None, "authority_key_id": False, "subject_key_id": False}
    name = {"O": "Old", "CN": "Old Root"}
    root, version_3 = (made.certify(name, **bare) for _ in range(2))
    issued = made.certify({"O": "Old", "CN": "Old Leaf"}, issuer=root, **bare)
    root_1, issued_1 = _as_version_1(root), _as_version_1(issued)
    found = parse((to_pem(root_1) + to_pem(issued_1) + version_3.pem).encode())
    assert found.leaves == {hashlib.sha256(der).hexdigest() for der in (issued_1, version_3.der)}


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = parse(data)
    except TrustListDataError:
        return
    assert found.certificates or found.leaf_hashes or found.oids or found.issued


@given(st.integers(min_value=0, max_value=len(ROOT.pem) * 2 - 1), st.characters(max_codepoint=127))
def test_a_damaged_bundle_never_loses_a_certificate_in_silence(place: int, letter: str) -> None:
    text = ROOT.pem + OTHER.pem
    damaged = (text[:place] + letter + text[place + 1 :]).encode()
    try:
        found = parse(damaged)
    except TrustListDataError:
        return
    assert len(found.certificates) == 2


@given(st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)))
def test_any_json_in_place_of_a_part_is_read_or_refused(part: object) -> None:
    value = json.loads(lote(ROOT))
    value["LoTE"]["TrustedEntitiesList"][0]["TrustedEntityServices"] = part
    try:
        parse(json.dumps(value).encode())
    except TrustListDataError:
        return
    raise AssertionError("a list without a certificate was taken")


@given(st.binary(min_size=1, max_size=300))
def test_pem_goes_there_and_back(der: bytes) -> None:
    assert split(to_pem(der).encode()).certificates == (der,)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="VOUCHMARK_CORPUS names no folder with the public trust lists")
@pytest.mark.parametrize(
    ("name", "certificates", "leaves"),
    [
        ("C2PA-TRUST-LIST.json", 30, 0),
        ("C2PA-TRUST-LIST.pem", 30, 0),
        ("C2PA-TSA-TRUST-LIST.json", 22, 0),
        ("C2PA-TSA-TRUST-LIST.pem", 22, 0),
        ("ITL-anchors.pem", 26, 0),
        ("ITL-allowed.pem", 117, 117),
        ("c2pa-rs-test-roots.pem", 8, 0),
    ],
)
def test_reads_the_public_lists(name: str, certificates: int, leaves: int) -> None:
    found = parse((Path(str(CORPUS)) / "trust" / name).read_bytes())
    assert (len(found.certificates), len(found.leaves)) == (certificates, leaves)
