"""Are manifests written as crJSON as they lie in the file, and judged at the time asked for, whatever they hold?"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.crjson import results as crjson_results
from provenance.credentials.crjson.content import MAX_DEPTH, MAX_PAYLOAD, Budget, plain
from provenance.credentials.crjson.results import manifests
from provenance.credentials.engines.model import Kind, Manifest, ManifestStore, ValidationCode
from provenance.credentials.own_check import examine_own
from provenance.credentials.trust.view import view_of
from tests.support.authority import DAY, NOW, list_of, make_root, make_signer, manifest_store, picture, sign, store_of
from tests.support.media.crafting import Draft, actions, bind, signed, store
from tests.support.media.streams import signed_stream

ROOT = make_root("Written", start=NOW - 90 * DAY)
SIGNER = make_signer(ROOT)
VIEW = view_of(store_of(list_of(ROOT)))


def written(data: bytes, *, at: dt.datetime = NOW, engine: ManifestStore | None = None) -> list[Any]:
    """The manifests of a JPEG file in crJSON."""
    check = examine_own(data, "image/jpeg", None, trust=VIEW, at=at)
    assert check.store is not None
    return manifests(check.store, check, engine, at=at)


def codes(manifest: dict[str, Any], kind: str) -> set[str]:
    return {entry["code"] for entry in manifest["validationResults"][kind]}


def values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=40)
    keys = st.text(max_size=8) | st.binary(max_size=8)
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


@settings(deadline=None)
@given(values())
def test_whatever_cbor_holds_becomes_json_that_is_read_back_the_same(value: Any) -> None:
    shown = plain(value)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_half_characters_and_endless_nesting_are_written_too() -> None:
    assert plain("\ud800x") == "?x"
    deep: Any = 1
    for _ in range(MAX_DEPTH + 5):
        deep = [deep]
    assert json.dumps(plain(deep)).count("[") == MAX_DEPTH + 1


def test_bytes_and_statements_stand_there_as_they_were_signed() -> None:
    (found,) = written(bind(Draft(signer=SIGNER, assertions=[actions(), ("org.test", {"raw": b"abc"})]), picture()))
    assert found["assertions"]["org.test"] == {"raw": "b64'YWJj'"}
    assert found["claim.v2"]["instanceID"] == "xmp:iid:1"
    assert [set(one) for one in found["claim.v2"]["created_assertions"]] == [{"url", "hash"}] * 3
    assert found["signature"]["algorithm"] == "ES256"
    assert found["signature"]["certificateInfo"]["subject"]["O"] == "Test Camera"


def test_a_payload_that_is_no_cbor_is_a_reference_with_its_digest() -> None:
    draft = Draft(signer=SIGNER, assertions=[actions(), ("c2pa.thumbnail.claim", b"not really a picture")])
    (found,) = written(bind(draft, picture()))
    shown = found["assertions"]["c2pa.thumbnail.claim"]
    assert set(shown) == {"format", "identifier", "hash"}
    assert shown["identifier"].endswith("/c2pa.assertions/c2pa.thumbnail.claim")


def test_a_file_of_many_megabytes_of_statements_becomes_no_document_of_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crjson_results, "Budget", lambda: Budget(left=3_000))
    notes = [(f"org.test.n{number}", {"raw": bytes(1_000)}) for number in range(9)]
    (found,) = written(bind(Draft(signer=SIGNER, assertions=[actions(), *notes]), picture()))
    shown = [found["assertions"][label] for label, _ in notes]
    assert [set(one) for one in shown[:2]] == [{"raw"}] * 2
    assert all(set(one) == {"identifier", "hash"} for one in shown[3:])
    assert Budget().allows(MAX_PAYLOAD)
    assert not Budget().allows(MAX_PAYLOAD + 1)


def test_the_first_part_of_a_stream_alone_matches_nothing() -> None:
    first, fragments = signed_stream(SIGNER, (b"a" * 40, b"b" * 40))
    for offered, matches in (((), False), (fragments, True)):
        check = examine_own(first, "video/mp4", None, trust=VIEW, at=NOW, fragments=offered)
        assert check.store is not None
        (found,) = manifests(check.store, check, None, at=NOW)
        assert ("assertion.bmffHash.match" in codes(found, "success")) is matches
        assert codes(found, "failure") == set()


def test_the_validation_time_decides_and_is_written_down() -> None:
    data = signed(make_signer(ROOT, start=NOW - 9 * DAY, end=NOW - DAY))
    (late,) = written(data)
    (before,) = written(data, at=NOW - 2 * DAY)
    assert codes(late, "failure") == {"claimSignature.outsideValidity"}
    assert codes(before, "failure") == set()
    assert "signingCredential.trusted" in codes(before, "success")
    assert before["validationResults"]["validationTime"] == (NOW - 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_no_success_stands_behind_a_step_that_failed_for_good() -> None:
    (found,) = written(signed(make_signer(ROOT, usages=("digital_signature", "key_cert_sign"))))
    assert codes(found, "failure") == {"signingCredential.invalid"}
    assert codes(found, "success") == set()


def test_a_manifest_that_nothing_refers_to_is_named_and_not_judged() -> None:
    stray = Draft(signer=make_signer(make_root("Stranger")), label="urn:c2pa:stray", assertions=[actions()]).build()
    found = written(bind(Draft(signer=SIGNER, assertions=[actions()]), picture(), before=[stray]))
    assert [one["label"] for one in found] == [Draft.label, "urn:c2pa:stray"]
    assert codes(found[1], "success") == codes(found[1], "failure") == set()
    assert codes(found[1], "informational") == {"manifest.unreferenced"}


def test_a_second_manifest_of_the_same_name_takes_over_no_result() -> None:
    stray = Draft(signer=make_signer(make_root("Stranger")), assertions=[actions()]).build()
    first, second = written(bind(Draft(signer=SIGNER, assertions=[actions()]), picture(), before=[stray]))
    assert first["label"] == second["label"]
    assert "signingCredential.trusted" in codes(first, "success")
    assert codes(second, "success") == codes(second, "failure") == set()


def engine_says(*said: tuple[str, Kind]) -> ManifestStore:
    entries = tuple(ValidationCode(code=code, kind=kind, url="") for code, kind in said)
    manifest = Manifest(
        label=Draft.label, claim_version=2, is_update=False, is_compressed=False, title=None, format=None,
        instance_id=None, claim_generator="", signer=None, timestamp=None, actions=(), ingredients=(), assertions={},
        codes=entries,
    )  # fmt: skip
    return ManifestStore(manifests=(manifest,), embedded=True)


def test_codes_that_rest_on_the_engines_clock_or_lists_are_ours() -> None:
    engine = engine_says(
        ("signingCredential.untrusted", Kind.FAILURE),
        ("signingCredential.expired", Kind.FAILURE),
        ("claimSignature.outsideValidity", Kind.FAILURE),
        ("timeStamp.trusted", Kind.SUCCESS),
        ("assertion.dataHash.mismatch", Kind.FAILURE),
        ("assertion.action.malformed", Kind.FAILURE),
        ("assertion.dataHash.additionalExclusionsPresent", Kind.INFORMATIONAL),
        ("cawg.identity.trusted", Kind.SUCCESS),
        ("com.engine.own", Kind.INFORMATIONAL),
    )
    (found,) = written(signed(SIGNER), engine=engine)
    assert codes(found, "failure") == {"assertion.action.malformed"}
    assert "assertion.dataHash.additionalExclusionsPresent" in codes(found, "informational")
    assert "com.engine.own" not in codes(found, "informational")
    assert "cawg.identity.trusted" not in codes(found, "success")
    assert "timeStamp.trusted" not in codes(found, "success")


def test_an_update_and_its_ancestor_have_results_of_their_own() -> None:
    parent = Draft(signer=SIGNER, assertions=[actions()])
    data = bind(parent, picture())
    whole = sign(SIGNER, data, media_type="image/jpeg")
    assert manifest_store(whole)
    (found,) = written(whole)
    assert codes(found, "failure") == set()


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_damaged_store_is_written_or_refused_but_never_raises(junk: bytes, where: int) -> None:
    raw = bytearray(store(Draft(signer=SIGNER, assertions=[actions()]).build()))
    start = where * len(raw) // 401
    raw[start : start + len(junk)] = junk
    check = examine_own(b"", "application/c2pa", bytes(raw), trust=VIEW, at=NOW, is_sidecar=True)
    if check.store is not None:
        json.dumps(manifests(check.store, check, None, at=NOW), allow_nan=False)


@pytest.mark.parametrize("missing", ["instanceID", "claim_generator_info", "signature", "created_assertions"])
def test_a_claim_without_a_required_field_is_malformed(missing: str) -> None:
    class Without(Draft):
        def claim_bytes(self) -> bytes:
            claim = cbor2.loads(super().claim_bytes())
            del claim[missing]
            return cbor2.dumps(claim)

    (found,) = written(bind(Without(signer=SIGNER, assertions=[actions()]), picture()))
    assert "claim.malformed" in codes(found, "failure")
    assert codes(found, "success") == set()
