"""Are manifests the same by the store that an engine hands out as by its account, which is asked for in doubt?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import pytest

from provenance.asset import open_asset
from provenance.credentials.crjson import handed_out
from provenance.credentials.engines import c2pa_rs
from provenance.credentials.engines.model import ManifestStore, Outcome
from provenance.credentials.store.jumbf import parse_store
from tests.support.attacks import CAMERA, LONG
from tests.support.authority import (
    change_pixels,
    created,
    make_root,
    picture,
    sign,
    sign_edit,
    sign_update,
    sign_with_icon,
)
from tests.support.corpus import Row, media, needs_corpus
from tests.support.media.crafting import Draft, actions, bind, make_authority, stamper, store
from tests.support.media.histories import PARENT, earlier, edited, redacted, unreferenced, update_with

STAMPED: Final = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1)
CLOCKS: Final = make_root("Test Clocks", **LONG)
TSA: Final = make_authority(CLOCKS, **LONG)
MATCH: Final = "assertion.dataHash.match"


def stamped(stamp: Callable[[bytes], bytes]) -> bytes:
    """A picture whose signature bears that stamp."""
    return bind(Draft(signer=CAMERA, assertions=[actions()], cose={"stamp": stamp}), picture())


def old_claim() -> bytes:
    generator = {"claim_generator": "old/0.1", "claim_generator_info": [{"name": "unused"}], "dc:format": "image/jpeg"}
    acts = ("c2pa.actions", {"actions": [{"action": "c2pa.edited", "softwareAgent": "Old Editor 1"}]})
    return bind(Draft(signer=CAMERA, version=1, assertions=[acts], claim=generator), picture())


def with_parts() -> bytes:
    """Made from two parts, of which nothing is signed."""
    parts = [
        ("c2pa.ingredient.v3", {"relationship": "componentOf", "dc:title": "a"}),
        ("c2pa.ingredient.v3__1", {"relationship": "inputTo", "dc:title": "b", "dc:format": "image/png"}),
    ]
    return bind(Draft(signer=CAMERA, assertions=[actions(), *parts]), picture())


def doubtful_stamp() -> bytes:
    """Stamped over other bytes."""
    return stamped(lambda _: stamper(TSA, STAMPED)(b"other bytes"))


FILES: Final[dict[str, Callable[[], bytes]]] = {
    "signed": lambda: sign(CAMERA, thumbnail=True),
    "edited": lambda: sign_edit(CAMERA, sign(CAMERA)),
    "edited twice": lambda: sign_edit(CAMERA, sign_edit(CAMERA, sign(CAMERA))),
    "edited from a changed file": lambda: sign_edit(CAMERA, change_pixels(sign(CAMERA))),
    "changed": lambda: change_pixels(sign(CAMERA)),
    "by an update": lambda: sign_update(sign(CAMERA), CAMERA),
    "by an update by hand": update_with,
    "with an icon": lambda: sign_with_icon(CAMERA, picture(), b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "of the first version": old_claim,
    "stamped": lambda: stamped(stamper(TSA, STAMPED)),
    "stamped over other bytes": doubtful_stamp,
    "with parts": with_parts,
    "with a part redacted": lambda: redacted("org.test.note", how="dropped"),
    "with a parent": lambda: edited(earlier().build(), before=(earlier().build(),)),
    "another container": lambda: sign(CAMERA, picture("PNG"), media_type="image/png"),
}


def stores(data: bytes, media_type: str, monkeypatch: pytest.MonkeyPatch) -> tuple[ManifestStore, ManifestStore, int]:
    """By what is handed out, by the engine's own account, and how often that was asked for in the first place."""
    asked: list[None] = []
    whole = c2pa_rs._by_account
    with monkeypatch.context() as patch:
        patch.setattr(c2pa_rs, "_by_account", lambda reader: asked.append(None) or whole(reader))
        ours = c2pa_rs.read(data, media_type)
    with monkeypatch.context() as patch:
        patch.setattr(c2pa_rs, "_by_store", lambda *_: ())
        theirs = c2pa_rs.read(data, media_type)
    assert ours.outcome is Outcome.FOUND
    assert ours.codes == theirs.codes
    assert ours.store is not None
    assert theirs.store is not None
    return ours.store, theirs.store, len(asked)


@pytest.mark.parametrize("name", FILES)
def test_every_manifest_is_the_same_by_both(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = FILES[name]()
    ours, theirs, asked = stores(data, open_asset(data).media_type, monkeypatch)
    assert ours.manifests == theirs.manifests
    assert not asked


def test_the_account_is_asked_for_where_the_store_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sign(CAMERA)
    monkeypatch.setattr(c2pa_rs, "_by_store", lambda store, _: () if store is None else pytest.fail("there is none"))
    found = c2pa_rs.read(data, "image/jpeg", raw=False)
    assert found.store is not None
    assert [one.action for one in found.store.active.actions] == ["c2pa.created"]


def ended_authority() -> bytes:
    """Stamped when the authority's certificate had ended."""
    past = STAMPED - dt.timedelta(days=800)
    late = make_authority(CLOCKS, start=past, end=past + dt.timedelta(days=30))
    return stamped(stamper(late, STAMPED))


IN_DOUBT: Final[dict[str, Callable[[], bytes]]] = {
    "an authority that had ended": ended_authority,
    "a manifest beside the others": unreferenced,
    "no action at all": lambda: bind(Draft(signer=CAMERA), picture()),
}


@pytest.mark.parametrize("name", IN_DOUBT)
def test_in_doubt_the_engine_is_asked_for_its_account(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs, asked = stores(IN_DOUBT[name](), "image/jpeg", monkeypatch)
    assert ours.manifests == theirs.manifests
    assert asked == 1


class TestOdd:
    """What is never taken for what the engine read."""

    RESULTS: Final = {"activeManifest": {"success": [{"code": MATCH, "url": ""}], "informational": [], "failure": []}}

    def read(self, *drafts: Draft, labels: tuple[str, ...] = (PARENT,), **results: Any) -> Any:
        raw = parse_store(store(*(draft.build() for draft in drafts)))
        return handed_out.manifests(raw, active=PARENT, labels=labels, results=self.RESULTS | results)

    def test_a_store_that_is_not_odd_is_read(self) -> None:
        (found,) = self.read(earlier())
        assert [code.code for code in found.codes] == [MATCH]

    def test_other_manifests_than_the_engine_has_read(self) -> None:
        for labels in ((), (PARENT, "another"), ("another",)):
            with pytest.raises(handed_out.OddError):
                self.read(earlier(), labels=labels)

    def test_two_manifests_with_one_label(self) -> None:
        with pytest.raises(handed_out.OddError):
            self.read(earlier(), earlier())

    def test_two_assertions_with_one_label(self) -> None:
        with pytest.raises(handed_out.OddError):
            self.read(earlier(CAMERA, PARENT, actions(created("trainedAlgorithmicMedia"))))

    def test_a_second_version_that_names_its_generator_as_the_first(self) -> None:
        with pytest.raises(handed_out.OddError):
            self.read(earlier(claim={"claim_generator_info": [{"name": "Test"}]}))

    @pytest.mark.parametrize("kind", ["success", "informational", "failure"])
    @pytest.mark.parametrize(
        "code", ["assertion.action.malformed", "claim.cbor.invalid", "assertion.missing", "timeStamp.outsideValidity"]
    )
    def test_codes_by_which_something_was_not_read_as_it_stands(self, code: str, kind: str) -> None:
        with pytest.raises(handed_out.OddError):
            self.read(earlier(), activeManifest={kind: [{"code": code, "url": ""}]})

    @pytest.mark.parametrize(
        ("stamp", "code"),
        [
            (stamper(TSA, STAMPED), "timeStamp.mismatch"),
            (stamper(TSA, STAMPED), "timeStamp.malformed"),
            (lambda _: stamper(TSA, STAMPED)(b"other bytes"), "timeStamp.validated"),
            (lambda _: stamper(TSA, STAMPED)(b"other bytes"), MATCH),
        ],
    )
    def test_a_stamp_of_which_the_engine_says_otherwise(self, stamp: Callable[[bytes], bytes], code: str) -> None:
        with pytest.raises(handed_out.OddError):
            self.read(earlier(cose={"stamp": stamp}), activeManifest={"success": [{"code": code, "url": ""}]})

    def test_a_stamp_that_is_none_to_both(self) -> None:
        draft = earlier(cose={"stamp": lambda _: stamper(TSA, STAMPED)(b"other bytes")})
        (found,) = self.read(draft, activeManifest={"failure": [{"code": "timeStamp.mismatch", "url": ""}]})
        assert found.timestamp is None

    def test_codes_about_identities_are_none_of_those(self) -> None:
        failed = {"failure": [{"code": "cawg.ica.valid_from.missing", "url": ""}]}
        assert self.read(earlier(), activeManifest=failed)[0].codes[0].code == "cawg.ica.valid_from.missing"


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("row", media(), ids=lambda row: row.id)
def test_every_real_file_says_the_same_by_both(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = open_asset(row.path)
    if c2pa_rs.read(asset.data, asset.media_type).store is None:
        pytest.skip("no store that the engine reads")
    ours, theirs, _ = stores(asset.data, asset.media_type, monkeypatch)
    assert {one.label: plainly(one) for one in ours.manifests} == {one.label: plainly(one) for one in theirs.manifests}


def plainly(manifest: Any) -> dict[str, Any]:
    """All of a manifest but how bytes are written in the content of its assertions."""
    said = {name: getattr(manifest, name) for name in manifest.__struct_fields__}
    return said | {"assertions": list(manifest.assertions)}
