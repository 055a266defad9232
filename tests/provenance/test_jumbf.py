"""Does the reader of raw manifest stores give the right parts, and does no hostile store get past its bounds?"""

from __future__ import annotations

import struct

import brotli
import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.errors import (
    CredentialsError,
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)
from provenance.credentials.store import boxes, cbor, jumbf, uris
from tests.support.authority import make_signer
from tests.support.effort import costs_at_most
from tests.support.media.crafting import Draft, actions, assertion_box, box, sha256, store, superbox

SIGNER = make_signer()
LABEL = "urn:c2pa:00000000-0000-4000-8000-000000000001"


def plain(**options: object) -> bytes:
    options.setdefault("assertions", [actions(), ("c2pa.thumbnail.claim", b"\x89PNG")])
    return Draft(signer=SIGNER, **options).build()  # type: ignore[arg-type]


def test_gives_claim_signature_and_assertions_with_their_digests() -> None:
    built = plain()
    manifest = jumbf.parse_store(store(built)).active
    assert manifest.label == LABEL
    assert manifest.claim_version == 2
    assert manifest.problems == ()
    assert [assertion.label for assertion in manifest.assertions] == ["c2pa.actions.v2", "c2pa.thumbnail.claim"]
    assert manifest.assertion("c2pa.actions.v2").version == 2  # type: ignore[union-attr]
    assert manifest.assertion("c2pa.thumbnail.claim").media_type == "image/png"  # type: ignore[union-attr]
    for reference in manifest.references():
        _, path = uris.split_uri(reference.url, manifest=manifest.label)
        assertion = manifest.assertion(path[-1])
        assert assertion is not None
        assert boxes.digest("sha256", assertion.content) == reference.hash


def test_manifest_digest_is_over_the_superbox_without_its_header() -> None:
    built = plain()
    assert jumbf.parse_store(store(built)).active.digest == sha256(built[8:])


def test_a_large_box_header_counts_as_sixteen_bytes() -> None:
    built = plain()
    large = struct.pack(">I4sQ", 1, b"jumb", len(built) + 8) + built[8:]
    assert jumbf.parse_store(store(large)).active.digest == sha256(built[8:])


def test_a_compressed_manifest_has_the_digest_of_the_plain_one() -> None:
    built = plain()
    packed = superbox(b"c2cm", LABEL, box(b"brob", brotli.compress(built)))
    manifest = jumbf.parse_store(store(packed)).active
    assert manifest.is_compressed
    assert manifest.digest == sha256(built[8:])


def test_the_last_manifest_is_active() -> None:
    second = plain(label="urn:c2pa:second")
    assert jumbf.parse_store(store(plain(), second)).active.label == "urn:c2pa:second"


def test_a_label_that_two_manifests_carry_leads_nowhere() -> None:
    parsed = jumbf.parse_store(store(plain(), plain(version=1)))
    assert parsed.ambiguous == {LABEL}
    assert parsed.manifest(LABEL) is None


def test_an_assertion_label_used_twice_leads_nowhere() -> None:
    parsed = jumbf.parse_store(store(plain(undeclared=[actions()]))).active
    assert parsed.assertion("c2pa.actions.v2") is None
    assert "assertion.multiple" in parsed.problems


@pytest.mark.parametrize(
    ("keep", "problem"), [((1, 2), "assertion.missing"), ((0, 2), "claim.missing"), ((0, 1), "claimSignature.missing")]
)
def test_a_missing_part_is_named(keep: tuple[int, ...], problem: str) -> None:
    parts = Draft(signer=SIGNER, assertions=[actions()]).parts()
    built = superbox(b"c2ma", LABEL, *(parts[number] for number in keep))
    assert problem in jumbf.parse_store(store(built)).active.problems


def test_two_claims_are_named_and_neither_is_read() -> None:
    parts = Draft(signer=SIGNER, assertions=[actions()]).parts()
    manifest = jumbf.parse_store(store(superbox(b"c2ma", LABEL, *parts, parts[1]))).active
    assert "claim.multiple" in manifest.problems
    assert manifest.claim_bytes == b""


def test_a_claim_that_is_no_cbor_is_named() -> None:
    built = plain(claim_after=lambda claim: claim[:-3])
    assert "claim.cbor.invalid" in jumbf.parse_store(store(built)).active.problems


def test_one_unreadable_manifest_does_not_hide_the_others() -> None:
    broken = superbox(b"c2cm", "urn:c2pa:broken", box(b"brob", b"no brotli"))
    parsed = jumbf.parse_store(store(broken, plain()))
    assert parsed.unreadable == ("urn:c2pa:broken",)
    assert parsed.active.label == LABEL


def test_refuses_a_brotli_bomb_before_it_unfolds() -> None:
    bomb = brotli.compress(bytes(boxes.MAX_INFLATED_BYTES + 1), lgwin=24)

    def refused() -> None:
        with pytest.raises(CredentialsLimitError):
            jumbf.parse_store(store(superbox(b"c2cm", LABEL, box(b"brob", bomb))))

    assert costs_at_most(5, refused)


def test_the_budget_for_compressed_manifests_is_shared() -> None:
    half = brotli.compress(bytes(boxes.MAX_INFLATED_BYTES // 2 + 1), lgwin=24)
    packed = [superbox(b"c2cm", f"urn:c2pa:{number}", box(b"brob", half)) for number in range(2)]
    with pytest.raises(CredentialsLimitError):
        jumbf.parse_store(store(*packed))


def test_refuses_a_compressed_manifest_under_another_label() -> None:
    packed = superbox(b"c2cm", "urn:c2pa:other", box(b"brob", brotli.compress(plain())))
    with pytest.raises(MalformedCredentialsError):
        jumbf.parse_store(store(packed))


def test_refuses_a_compressed_manifest_that_ends_too_early() -> None:
    packed = superbox(b"c2cm", LABEL, box(b"brob", brotli.compress(plain())[:-20]))
    with pytest.raises(MalformedCredentialsError):
        jumbf.parse_store(store(packed))


def test_refuses_more_boxes_than_any_store_has() -> None:
    many = superbox(b"c2ma", LABEL, box(b"free", b"") * boxes.MAX_BOXES)
    with pytest.raises(CredentialsLimitError):
        jumbf.parse_store(store(many))


def test_refuses_more_manifests_than_any_store_has() -> None:
    small = superbox(b"c2ma", "m")
    with pytest.raises(CredentialsLimitError):
        jumbf.parse_store(store(*[small] * (jumbf.MAX_MANIFESTS + 1)))


def test_refuses_boxes_nested_a_thousand_deep() -> None:
    nested = b""
    for _ in range(1000):
        nested = superbox(b"c2as", "x", nested)
    with pytest.raises(CredentialsLimitError):
        jumbf.parse_store(store(superbox(b"c2ma", LABEL, nested)))


@pytest.mark.parametrize("size", [1, 7, 9, 1 << 31])
def test_refuses_a_forged_box_size(size: int) -> None:
    built = store(plain())
    place = built.index(b"c2ma") - 16
    with pytest.raises(CredentialsError):
        jumbf.parse_store(built[:place] + struct.pack(">I", size) + built[place + 4 :])


def test_no_cut_of_a_store_escapes_as_another_error() -> None:
    built = store(plain())
    for end in range(0, len(built), 97):
        with pytest.raises(CredentialsError):
            jumbf.parse_store(built[:end])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_flipped_byte_escapes_as_another_error(data: st.DataObject) -> None:
    built = bytearray(store(plain()))
    for _ in range(data.draw(st.integers(1, 4))):
        built[data.draw(st.integers(0, len(built) - 1))] = data.draw(st.integers(0, 255))
    try:
        for manifest in jumbf.parse_store(bytes(built)).manifests:
            manifest.references()
    except CredentialsError:
        return


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_random_bytes_escape_as_another_error(data: bytes) -> None:
    with pytest.raises(CredentialsError):
        jumbf.parse_store(data)


def test_bytes_hidden_behind_the_store_are_named() -> None:
    whole = store(plain())
    assert jumbf.parse_store(whole + bytes(9)).unreadable == ()
    assert jumbf.parse_store(whole + store(plain())).unreadable == ("",)
    assert [jumbf.parse_store(whole + tail).has_tail for tail in (b"", bytes(9), bytes(9) + b"x")] == [
        False,
        False,
        True,
    ]


def test_refuses_bytes_that_are_no_store() -> None:
    with pytest.raises(MalformedCredentialsError):
        jumbf.parse_store(superbox(b"c2ma", "c2pa", plain()))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("self#jumbf=c2pa.assertions/a", ("here", ("c2pa.assertions", "a"))),
        ("self#jumbf=/c2pa/there/c2pa.assertions/a", ("there", ("c2pa.assertions", "a"))),
        ("self#jumbf=c2pa/there/c2pa.signature", ("there", ("c2pa.signature",))),
        ("self#jumbf=/c2pa/there", ("there", ())),
    ],
)
def test_splits_uris(url: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert uris.split_uri(url, manifest="here") == expected


@pytest.mark.parametrize("url", ["", "http://x", "self#jumbf=/other/there", "self#jumbf=/c2pa", "x self#jumbf=/c2pa/y"])
def test_refuses_other_uris(url: str) -> None:
    with pytest.raises(MalformedCredentialsError):
        uris.split_uri(url, manifest="here")


def test_refuses_a_weak_hash() -> None:
    with pytest.raises(UnsupportedCredentialsError):
        boxes.digest("sha1", b"")


def test_a_zeroed_assertion_is_recognised() -> None:
    built = superbox(b"cbor", "x", box(b"cbor", bytes(40)))
    manifest = superbox(b"c2ma", LABEL, superbox(b"c2as", "c2pa.assertions", built))
    assert jumbf.parse_store(store(manifest)).active.assertions[0].is_zeroed


@pytest.mark.parametrize(
    "raw",
    [
        b"\x81" * 100 + b"\0",
        b"\x9f" * 100,
        b"\x9b\0\0\xff\xff\xff\xff\xff\xff",
        b"\x5b\0\0\0\xff\xff\xff\xff\xff",
        b"\xa1\x80\0",
        b"\xa2\x61a\0\x61a\0",
        b"\xff",
        b"",
        b"\0\0",
    ],
)
def test_refuses_hostile_cbor(raw: bytes) -> None:
    with pytest.raises(CredentialsError):
        cbor.decode(raw, what="a test")


@pytest.mark.parametrize("tag", [0, 2, 4, 5, 28, 30, 35, 37, 258, 9999])
def test_cbor_tags_are_dropped_and_never_interpreted(tag: int) -> None:
    assert list(cbor.decode(cbor2.dumps(cbor2.CBORTag(tag, ["(a+)+$"])), what="a test")) == ["(a+)+$"]


def test_shared_references_do_not_multiply() -> None:
    # 28 marks a value, 29 refers to it: interpreted, thirty levels would be a billion elements.
    value: object = cbor2.CBORTag(28, [0])
    for level in range(12):
        value = cbor2.CBORTag(28, [value, cbor2.CBORTag(29, level)])
    assert len(repr(cbor.decode(cbor2.dumps(value), what="a test"))) < 1000


def test_a_json_assertion_is_kept_as_bytes() -> None:
    built = superbox(b"json", "x", box(b"json", b"{}"))
    manifest = superbox(b"c2ma", LABEL, superbox(b"c2as", "c2pa.assertions", built, assertion_box("y", {"a": 1})))
    found = jumbf.parse_store(store(manifest)).active.assertions
    assert bytes(found[0].data) == b"{}"
    with pytest.raises(MalformedCredentialsError):
        found[0].map()
    assert found[1].map() == {"a": 1}
