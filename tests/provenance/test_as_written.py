"""Is the engine asked for its account where a field is not written as the specification has it?"""

from __future__ import annotations

from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.crjson.as_written import is_claim_as_written, is_ingredient_as_written
from tests.provenance.test_handed_out import stores
from tests.support.attacks import CAMERA
from tests.support.authority import picture
from tests.support.media.crafting import Draft, actions, bind

LINK: Final = {"url": "self#jumbf=/c2pa/urn:x", "hash": bytes(32)}
NOTHING: Final[dict[str, Any]] = {"success": [], "informational": [], "failure": []}
CODE: Final = {"code": "claimSignature.validated", "url": "self#jumbf=/c2pa/x"}


def made_from(version: int, **fields: Any) -> bytes:
    """A picture made from a part that is written in one way or another."""
    label = "c2pa.ingredient" if version == 1 else f"c2pa.ingredient.v{version}"
    part = {
        "relationship": "componentOf",
        "dc:title": "a",
        "dc:format": "image/png",
        "instanceID": "xmp:iid:2",
    } | fields
    return bind(Draft(signer=CAMERA, assertions=[actions(), (label, part)]), picture())


ODD: Final[dict[str, tuple[int, dict[str, Any]]]] = {
    "a title in bytes": (3, {"dc:title": b"bytes"}),
    "a format that is undefined": (3, {"dc:format": cbor2.undefined}),
    "a link of a later version": (1, {"activeManifest": LINK}),
    "a link of a later version in the second": (2, {"activeManifest": LINK}),
    "a link of an earlier version": (3, {"c2pa_manifest": LINK}),
    "no link, and one of an earlier version": (3, {"activeManifest": cbor2.undefined, "c2pa_manifest": LINK}),
    "results of a later version": (2, {"validationResults": {"activeManifest": NOTHING}}),
    "codes of an earlier version": (3, {"validationStatus": [CODE]}),
    "a code in bytes": (1, {"validationStatus": [{"code": b"bytes"}]}),
    "a success that is neither true nor false": (1, {"validationStatus": [CODE | {"success": None}]}),
    "results without successes": (3, {"validationResults": {"activeManifest": {"failure": [CODE]}}}),
    "a delta of nothing": (3, {"validationResults": {"ingredientDeltas": [{"validationDeltas": NOTHING}]}}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_ingredient_is_told_as_the_engine_tells_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    version, fields = ODD[name]
    ours, theirs, asked = stores(made_from(version, **fields), "image/jpeg", monkeypatch)
    assert asked == 1
    assert ours.manifests == theirs.manifests


@pytest.mark.parametrize(
    "fields", [{"dc:title": b"bytes"}, {"instanceID": b"bytes"}, {"redacted_assertions": ["a", 1, None]}]
)
def test_an_odd_claim_is_told_as_the_engine_tells_it(fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    data = bind(Draft(signer=CAMERA, assertions=[actions()], claim=fields), picture())
    ours, theirs, asked = stores(data, "image/jpeg", monkeypatch)
    assert asked == 1
    assert ours.manifests == theirs.manifests


WRITTEN: Final[dict[str, tuple[int, dict[str, Any]]]] = {
    "no field but what has to be": (3, {}),
    "codes": (1, {"validationStatus": [CODE, CODE | {"success": False, "explanation": "why"}]}),
    "a link": (2, {"c2pa_manifest": LINK}),
    "results": (3, {"validationResults": {"activeManifest": NOTHING | {"failure": [CODE]}}, "activeManifest": LINK}),
    "deltas": (
        3,
        {
            "validationResults": {
                "activeManifest": NOTHING,
                "ingredientDeltas": [{"ingredientAssertionURI": "self#jumbf=x", "validationDeltas": NOTHING}],
            }
        },
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_ingredient_as_it_has_to_be_is_read(name: str) -> None:
    version, fields = WRITTEN[name]
    assert is_ingredient_as_written({"relationship": "parentOf"} | fields, version)


@pytest.mark.parametrize(("content", "version"), [({}, 4), ({}, 0), ([], 3), (None, 1)])
def test_what_is_no_ingredient_of_a_known_version_is_none(content: object, version: int) -> None:
    assert not is_ingredient_as_written(content, version)


def test_a_claim_as_it_has_to_be_is_read() -> None:
    assert is_claim_as_written({"dc:title": "a", "instanceID": "b", "redacted_assertions": ["self#jumbf=x"]})
    assert is_claim_as_written({})
