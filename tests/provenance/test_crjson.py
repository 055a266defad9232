"""Does the engine's account become our model without a word lost, added or believed?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.crjson import reading as crjson
from provenance.credentials.engines.model import Kind

ACTIVE = "urn:c2pa:active"
PREFIX = f"self#jumbf=/c2pa/{ACTIVE}"

DOCUMENT: dict[str, Any] = {
    "manifests": [
        {
            "label": ACTIVE,
            "isUpdateManifest": False,
            "isCompressedManifest": True,
            "assertions": {
                "c2pa.actions.v2": {
                    "softwareAgents": [{"name": "Darkroom", "version": "2"}],
                    "actions": [
                        {"action": "c2pa.opened", "softwareAgentIndex": 0, "when": "2025-01-01T00:00:00Z"},
                        {"action": "c2pa.cropped", "softwareAgentIndex": 7, "digitalSourceType": "http://x/humanEdits"},
                    ],
                },
                "c2pa.actions__1": {"actions": [{"action": "c2pa.edited", "softwareAgent": "Old Editor 1"}]},
                "c2pa.actionsnot": {"actions": [{"action": "c2pa.never"}]},
                "c2pa.ingredient.v3": {
                    "relationship": "parentOf",
                    "dc:title": "before.jpg",
                    "dc:format": "image/jpeg",
                    "activeManifest": {"url": "self#jumbf=/c2pa/urn:c2pa:parent"},
                    "validationResults": {
                        "activeManifest": {"success": [{"code": "claimSignature.validated", "url": "a"}]},
                        "ingredientDeltas": [
                            {"validationDeltas": {"failure": [{"code": "assertion.dataHash.mismatch", "url": "b"}]}}
                        ],
                    },
                },
                "c2pa.ingredient__1": {
                    "relationship": "componentOf",
                    "c2pa_manifest": {"url": "self#jumbf=/c2pa/urn:uuid:old"},
                    "validationStatus": [
                        {"code": "claimSignature.mismatch", "url": "c"},
                        {"code": "assertion.dataHash.match", "url": "d"},
                        {"code": "a.word.of.their.own", "url": "e", "success": True},
                    ],
                },
                "c2pa.ingredient__2": {"relationship": "inputTo"},
            },
            "claim.v2": {
                "instanceID": "xmp:iid:1",
                "dc:title": "after.jpg",
                "claim_generator_info": {"name": "Desk", "version": "1.2"},
                "redacted_assertions": [f"{PREFIX}/c2pa.assertions/stds.exif", 5],
            },
            "signature": {
                "algorithm": "ES256",
                "certificateInfo": {
                    "serialNumber": "00AB",
                    "issuer": {"O": "Some Authority"},
                    "subject": {"O": "Harbour Press", "OU": ["not", "text"]},
                    "validity": {"notBefore": "2025-01-01T02:00:00+02:00", "notAfter": "never"},
                },
                "timeStampInfo": {"timestamp": "2025-06-01T00:00:00", "certificateInfo": {"subject": {"CN": "Clock"}}},
            },
            "validationResults": {
                "success": [{"code": "claimSignature.validated", "url": f"{PREFIX}/c2pa.signature"}],
                "informational": [{"code": "signingCredential.ocsp.skipped", "url": ""}],
                "failure": [{"code": "signingCredential.untrusted", "url": "", "explanation": "words of an engine"}],
            },
            "ingredientDeltas": [
                {
                    "ingredientAssertionURI": f"{PREFIX}/c2pa.assertions/c2pa.ingredient.v3",
                    "validationDeltas": {"success": [{"code": "ingredient.manifest.validated", "url": "f"}]},
                }
            ],
        },
        {
            "label": "urn:uuid:old",
            "claim": {"claim_generator": "old/0.1", "claim_generator_info": [{"name": "unused"}]},
            "assertions": {},
            "isUpdateManifest": True,
        },
    ]
}


def names(codes: Any) -> list[tuple[str, str]]:
    return [(code.kind.value, code.code) for code in codes]


def test_a_manifest_is_read_whole() -> None:
    active, old = crjson.manifests(DOCUMENT)
    assert (active.label, active.claim_version, active.is_update, active.is_compressed) == (ACTIVE, 2, False, True)
    assert (active.title, active.format, active.instance_id) == ("after.jpg", None, "xmp:iid:1")
    assert active.claim_generator == "Desk/1.2"
    assert active.redacted == (f"{PREFIX}/c2pa.assertions/stds.exif",)
    assert (old.claim_version, old.is_update, old.claim_generator, old.signer) == (1, True, "old/0.1", None)


def test_a_signer_is_what_the_certificate_says_and_no_more() -> None:
    signer = crjson.manifests(DOCUMENT)[0].signer
    assert signer is not None
    assert signer.algorithm == "es256"
    assert signer.certificate is not None
    assert signer.certificate.serial == "00ab"
    assert signer.certificate.subject == {"O": "Harbour Press"}
    assert signer.certificate.not_before == dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    assert signer.certificate.not_after is None


def test_a_time_without_a_zone_is_utc() -> None:
    stamp = crjson.manifests(DOCUMENT)[0].timestamp
    assert stamp is not None
    assert stamp.time == dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    assert stamp.authority is not None
    assert stamp.authority.subject == {"CN": "Clock"}


def test_actions_of_every_version_and_number_are_read_and_of_other_assertions_not() -> None:
    actions = crjson.manifests(DOCUMENT)[0].actions
    assert [(a.action, a.software_agent) for a in actions] == [
        ("c2pa.opened", "Darkroom/2"),
        ("c2pa.cropped", None),
        ("c2pa.edited", "Old Editor 1"),
    ]
    assert actions[0].when == "2025-01-01T00:00:00Z"
    assert actions[1].digital_source_type == "http://x/humanEdits"


def test_ingredients_of_every_version_lead_to_their_manifest() -> None:
    third, first, plain = crjson.manifests(DOCUMENT)[0].ingredients
    assert (third.label, third.relationship, third.manifest) == ("c2pa.ingredient.v3", "parentOf", "urn:c2pa:parent")
    assert (third.title, third.format) == ("before.jpg", "image/jpeg")
    assert third.url == f"{PREFIX}/c2pa.assertions/c2pa.ingredient.v3"
    assert (first.relationship, first.manifest) == ("componentOf", "urn:uuid:old")
    assert (plain.relationship, plain.manifest, plain.recorded, plain.live) == ("inputTo", None, (), ())


def test_what_was_recorded_and_what_is_seen_now_are_kept_apart() -> None:
    third, first, _plain = crjson.manifests(DOCUMENT)[0].ingredients
    recorded = [("failure", "assertion.dataHash.mismatch"), ("success", "claimSignature.validated")]
    assert names(third.recorded) == recorded
    assert names(third.live) == [("success", "ingredient.manifest.validated")]
    assert names(first.recorded) == [
        ("success", "a.word.of.their.own"),
        ("success", "assertion.dataHash.match"),
        ("failure", "claimSignature.mismatch"),
    ]


def test_all_codes_are_those_of_now_sorted_and_once() -> None:
    manifests = crjson.manifests(DOCUMENT)
    assert names(crjson.all_codes((*manifests, *manifests))) == [
        ("success", "claimSignature.validated"),
        ("success", "ingredient.manifest.validated"),
        ("informational", "signingCredential.ocsp.skipped"),
        ("failure", "signingCredential.untrusted"),
    ]


def test_no_explanation_leaves() -> None:
    assert "words of an engine" not in repr(crjson.manifests(DOCUMENT))


IO_WORDS = [
    "asset hash error, name: jumbf manifest, error: Resource temporarily unavailable (os error 11)",
    "asset hash error, name: jumbf manifest, error: hash verification( Success (os error 0) )",
    "asset hash error, name: jumbf manifest, error: Other: UntrackedPointer: 0x2",
    "asset hash error, name: x, error: out of memory",
]


@pytest.mark.parametrize("words", IO_WORDS)
def test_a_mismatch_that_was_a_failing_read_is_marked(words: str) -> None:
    raw = {"code": "assertion.bmffHash.mismatch", "url": "", "explanation": words}
    assert crjson.code(raw, Kind.FAILURE).io_error


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("assertion.dataHash.mismatch", "asset hash error, name: x, error: hash verification( Hashes do not match )"),
        # A name out of the media that plays the engine's words: the engine's own stand behind it.
        (
            "assertion.dataHash.mismatch",
            "asset hash error, name: x, error: (os error 11), error: hash verification( Hashes do not match )",
        ),
        # A label out of the media at the very end, of a code that no failing read can cause.
        ("assertion.hashedURI.mismatch", "hash does not match assertion data: self#jumbf=x, error: (os error 11)"),
        ("assertion.dataHash.mismatch", None),
        ("assertion.dataHash.mismatch", 5),
    ],
)
def test_media_cannot_make_a_mismatch_look_like_a_failing_read(name: str, words: object) -> None:
    assert not crjson.code({"code": name, "url": "", "explanation": words}, Kind.FAILURE).io_error


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (f"{PREFIX}/c2pa.signature", ACTIVE),
        (PREFIX, ACTIVE),
        ("self#jumbf=c2pa.assertions/x", None),
        ("self#jumbf=/c2pa/", None),
        (None, None),
        (5, None),
    ],
)
def test_a_uri_leads_to_a_manifest_or_to_none(url: object, label: str | None) -> None:
    assert crjson.manifest_label(url) == label


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    "label",
    "assertions",
    "claim",
    "claim.v2",
    "signature",
    "validationResults",
    "ingredientDeltas",
    "c2pa.actions",
    "c2pa.ingredient",
    "actions",
    "softwareAgents",
    "certificateInfo",
    "timeStampInfo",
    "redacted_assertions",
]
SHAPED = st.recursive(
    JSON,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner | st.lists(inner, max_size=3), max_size=6),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.lists(SHAPED, max_size=3))
def test_any_shape_at_any_place_is_read_as_far_as_it_goes(manifests: list[Any]) -> None:
    found = crjson.manifests({"manifests": manifests})
    assert len(found) == sum(isinstance(raw, dict) for raw in manifests)
    crjson.all_codes(found)
