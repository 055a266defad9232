"""Is every ancestor believed only as far as verified links lead, and is the first broken one named?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import brotli
import cbor2
import pytest

from provenance.credentials.history.history import MAX_DEPTH, MAX_LINKS, History, LinkState, trace
from provenance.credentials.history.manifest_check import SignatureState, check_manifest
from provenance.credentials.store import jumbf
from tests.support.authority import created, make_root, make_signer, opened
from tests.support.media.crafting import Draft, actions, assertion_box, box, link_to, sha256, store, superbox

SIGNER = make_signer(make_root())
OTHER = make_signer(make_root("Other"))
PARENT = "urn:c2pa:parent"
CHILD = "urn:c2pa:child"
BINDING = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b""})
THUMBNAIL = ("c2pa.thumbnail.claim", b"\x89PNG parent")


def parent(**options: Any) -> bytes:
    options.setdefault("assertions", [actions(), THUMBNAIL, BINDING])
    options.setdefault("label", PARENT)
    return Draft(signer=options.pop("signer", SIGNER), **options).build()


def child(ingredient: dict[str, Any] | None, **options: Any) -> bytes:
    links = [("c2pa.ingredient.v3", ingredient)] if ingredient is not None else []
    options.setdefault("assertions", [actions(opened()), *links, BINDING])
    options.setdefault("label", CHILD)
    return Draft(signer=options.pop("signer", OTHER), **options).build()


def history(*manifests: bytes) -> History:
    return trace(jumbf.parse_store(store(*manifests)))


def first(found: History) -> Any:
    return found.root.children[0]


def test_a_file_without_ancestors_has_none() -> None:
    found = history(parent())
    assert found.codes == ()
    assert found.first_break is None
    assert found.root.outcome == "intact"


def test_an_intact_parent_is_intact() -> None:
    before = parent()
    found = history(before, child(link_to(before, PARENT)))
    assert found.codes == ("history.parent.intact",)
    assert first(found).link.state is LinkState.VERIFIED
    assert first(found).check.signature is SignatureState.VALID
    assert found.first_break is None
    assert found.unreferenced == ()


def test_a_component_is_told_from_a_parent() -> None:
    before = parent()
    found = history(before, child(link_to(before, PARENT, relationship="componentOf")))
    assert found.codes == ("history.component.intact",)


def test_an_ingredient_without_credentials_is_unsigned() -> None:
    found = history(child({"relationship": "parentOf", "dc:title": "scan"}))
    assert found.codes == ("history.parent.unsigned",)
    assert found.first_break is None


def break_signature(signature: bytes) -> bytes:
    place = signature.index(b"\x58\x40", len(signature) - 100) + 10
    return signature[:place] + bytes((signature[place] ^ 1,)) + signature[place + 1 :]


def test_a_parent_with_a_broken_signature_laundered_by_a_new_signer_is_broken() -> None:
    before = parent(after=break_signature)
    found = history(before, child(link_to(before, PARENT)))
    assert found.root.outcome == "intact"
    assert found.codes == ("history.parent.broken",)
    assert first(found).reasons == ("claimSignature.mismatch",)
    assert found.first_break is first(found)


def test_a_parent_whose_claim_was_rewritten_is_broken() -> None:
    before = parent(claim_after=lambda claim: claim.replace(b"Test", b"Tost"))
    found = history(before, child(link_to(before, PARENT)))
    assert "claimSignature.mismatch" in first(found).reasons


def test_a_parent_with_a_changed_assertion_is_broken() -> None:
    draft = Draft(signer=SIGNER, label=PARENT, assertions=[actions(created("digitalCapture")), BINDING])
    before = draft.build().replace(b"digitalCapture", b"digitalCreated")
    found = history(before, child(link_to(before, PARENT)))
    assert first(found).reasons == ("assertion.hashedURI.mismatch",)
    assert first(found).check.changed == ("c2pa.actions.v2",)


def test_media_that_was_changed_when_it_was_added_is_broken_by_what_was_recorded() -> None:
    before = parent()
    failure = [{"code": "assertion.dataHash.mismatch", "url": "x"}]
    recorded = {"activeManifest": {"success": [], "informational": [], "failure": failure}}
    found = history(before, child(link_to(before, PARENT, validationResults=recorded)))
    assert found.codes == ("history.parent.broken",)
    assert first(found).reasons == ("recorded:assertion.dataHash.mismatch",)


def test_old_recorded_failures_count_as_well() -> None:
    before = parent()
    status = [{"code": "assertion.dataHash.mismatch"}, {"code": "claimSignature.validated"}]
    ingredient = {
        "relationship": "parentOf",
        "c2pa_manifest": {"url": f"self#jumbf=/c2pa/{PARENT}", "hash": sha256(before[8:])},
        "validationStatus": status,
    }
    found = history(before, child(ingredient))
    assert first(found).reasons == ("recorded:assertion.dataHash.mismatch",)


@pytest.mark.parametrize(
    "code", ["signingCredential.untrusted", "signingCredential.expired", "timeStamp.untrusted", "cawg.x"]
)
def test_recorded_doubts_on_a_signer_break_nothing(code: str) -> None:
    before = parent()
    recorded = {"activeManifest": {"success": [], "informational": [], "failure": [{"code": code}]}}
    found = history(before, child(link_to(before, PARENT, validationResults=recorded)))
    assert found.codes == ("history.parent.intact",)
    assert first(found).link.recorded == (code,)


def test_failures_recorded_deeper_down_count() -> None:
    before = parent()
    delta = {"validationDeltas": {"failure": [{"code": "ingredient.manifest.mismatch"}]}}
    recorded = {"activeManifest": {"failure": []}, "ingredientDeltas": [delta]}
    found = history(before, child(link_to(before, PARENT, validationResults=recorded)))
    assert found.codes == ("history.parent.broken",)


def test_a_swapped_parent_is_not_entered() -> None:
    # Same label, validly signed, other content: the link's digest tells.
    before, forged = parent(), parent(signer=OTHER, assertions=[actions(created("trainedAlgorithmicMedia")), BINDING])
    found = history(forged, child(link_to(before, PARENT)))
    assert found.codes == ("history.parent.broken", "history.unreferenced")
    assert first(found).link.state is LinkState.CHANGED
    assert first(found).check is None
    assert found.unreferenced == (PARENT,)


def test_a_missing_parent_is_missing() -> None:
    found = history(child(link_to(parent(), PARENT)))
    assert found.codes == ("history.parent.missing",)
    assert first(found).reasons == ("ingredient.manifest.missing",)


def test_a_manifest_under_the_active_ones_name_is_reported_and_not_believed() -> None:
    before = parent()
    active = child(link_to(before, PARENT))
    found = history(before, Draft(signer=SIGNER, label=CHILD, assertions=[actions(), BINDING]).build(), active)
    assert found.unreferenced == (CHILD,)
    assert "history.unreferenced" in found.codes


def test_a_name_that_two_manifests_carry_is_not_followed() -> None:
    before = parent()
    found = history(before, parent(signer=OTHER), child(link_to(before, PARENT)))
    assert first(found).link.state is LinkState.AMBIGUOUS
    assert found.codes[0] == "history.parent.broken"


def test_a_forged_manifest_that_nothing_references_is_reported_and_not_believed() -> None:
    before, forged = parent(), parent(label="urn:c2pa:forged", signer=OTHER)
    found = history(before, forged, child(link_to(before, PARENT)))
    assert found.unreferenced == ("urn:c2pa:forged",)
    assert "history.unreferenced" in found.codes
    assert all(node.check is None or node.check.label != "urn:c2pa:forged" for node in found.root.walk())


def test_an_ingredient_that_no_claim_covers_leads_nowhere() -> None:
    before = parent()
    planted = child(None, undeclared=[("c2pa.ingredient.v3", link_to(before, PARENT))])
    found = history(before, planted)
    assert found.root.children == ()
    assert found.root.reasons == ("assertion.undeclared",)
    assert found.unreferenced == (PARENT,)


def test_an_ingredient_changed_after_signing_leads_nowhere() -> None:
    before, other = parent(), parent(label="urn:c2pa:parens")
    after = child(link_to(before, PARENT)).replace(b"urn:c2pa:parent", b"urn:c2pa:parens")
    found = history(before, other, after)
    assert found.root.children == ()
    assert "assertion.hashedURI.mismatch" in found.root.reasons


def test_ancestors_are_followed_to_the_first_and_the_nearest_break_is_named() -> None:
    oldest = parent(label="urn:c2pa:oldest", after=break_signature)
    middle = child(link_to(oldest, "urn:c2pa:oldest"), label="urn:c2pa:middle")
    last = child(link_to(middle, "urn:c2pa:middle"))
    found = history(oldest, middle, last)
    assert [node.depth for node in found.root.walk()] == [0, 1, 2]
    assert found.codes == ("history.parent.intact", "history.parent.broken")
    assert found.first_break is not None
    assert found.first_break.depth == 2


def test_an_ancestor_named_twice_is_entered_once() -> None:
    before = parent()
    links = [(f"c2pa.ingredient.v3__{n}", link_to(before, PARENT, relationship="componentOf")) for n in range(1, 4)]
    after = child(None, assertions=[actions(), *links, BINDING])
    nodes = list(history(before, after).root.walk())
    assert [node.is_repeated for node in nodes] == [False, False, True, True]


def test_an_ancestor_that_names_itself_ends() -> None:
    # A link cannot hold its own digest, so a cycle is always a changed link.
    ring = parent(assertions=[actions(), ("c2pa.ingredient.v3", link_to(parent(), PARENT)), BINDING])
    found = history(ring)
    assert found.codes == ("history.parent.broken",)


def test_links_beyond_the_bound_are_said_to_be_cut() -> None:
    before = parent()
    many = [(f"c2pa.ingredient__{n}", {"relationship": "componentOf"}) for n in range(1, MAX_LINKS + 20)]
    found = history(before, child(None, assertions=[actions(), *many, BINDING]))
    assert found.is_cut
    assert "history.cut" in found.codes


def test_a_chain_deeper_than_the_bound_is_cut() -> None:
    built = [parent(label="urn:c2pa:0")]
    for number in range(1, MAX_DEPTH + 3):
        built.append(child(link_to(built[-1], f"urn:c2pa:{number - 1}"), label=f"urn:c2pa:{number}"))
    found = history(*built)
    assert found.is_cut
    assert max(node.depth for node in found.root.walk()) == MAX_DEPTH


def test_links_of_the_first_version_hash_the_claim() -> None:
    draft = Draft(signer=SIGNER, label=PARENT, version=1, assertions=[actions(), BINDING])
    before = draft.build()
    claim = jumbf.parse_store(store(before)).active.claim_bytes
    link = {"relationship": "parentOf", "c2pa_manifest": {"url": f"self#jumbf=/c2pa/{PARENT}", "hash": sha256(claim)}}
    assert history(before, child(link)).codes == ("history.parent.intact",)


def test_links_to_compressed_manifests_hash_what_they_unfold_to() -> None:
    before = parent()
    packed = superbox(b"c2cm", PARENT, box(b"brob", brotli.compress(before)))
    assert history(packed, child(link_to(before, PARENT))).codes == ("history.parent.intact",)


REDACTED = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/org.test.place"
PLACE = ("org.test.place", {"where": "home"})


def redacting(
    url: str = REDACTED,
    *,
    gone: Callable[[bytes], bytes] | None = None,
    link: Callable[[bytes, bytes], dict[str, Any]] = lambda _, after: link_to(after, PARENT),
    place: tuple[str, Any] = PLACE,
) -> History:
    """A parent with an assertion removed by its child, which says so."""
    full = parent(assertions=[actions(), place, BINDING])
    after = gone(full) if gone else full
    return history(after, child(link(full, after), claim={"redacted_assertions": [url]}))


def zeroed(manifest: bytes) -> bytes:
    payload = cbor2.dumps(PLACE[1])
    return manifest.replace(payload, bytes(len(payload)))


def test_an_allowed_redaction_breaks_nothing() -> None:
    found = redacting(gone=zeroed)
    assert found.codes == ("history.parent.intact", "history.redaction.done")
    assert [(one.is_allowed, one.is_done) for one in found.redactions] == [(True, True)]


def test_a_redaction_after_the_link_is_followed_by_the_signatures_digest() -> None:
    found = redacting(gone=zeroed, link=lambda full, _: link_to(full, PARENT))
    assert first(found).link.state is LinkState.VERIFIED
    assert found.codes == ("history.parent.intact", "history.redaction.done")


def test_a_redaction_without_the_signatures_digest_is_unverifiable() -> None:
    def old(full: bytes, _: bytes) -> dict[str, Any]:
        link = link_to(full, PARENT)
        del link["claimSignature"]
        return link

    found = redacting(gone=zeroed, link=old)
    assert first(found).link.state is LinkState.UNVERIFIABLE
    assert found.codes == ("history.parent.broken", "history.redaction.done")


def test_an_assertion_gone_without_a_redaction_is_broken() -> None:
    before = zeroed(parent(assertions=[actions(), PLACE, BINDING]))
    found = history(before, child(link_to(before, PARENT)))
    assert first(found).reasons == ("assertion.missing",)


def test_a_redaction_that_was_not_done_is_named() -> None:
    assert "history.redaction.not_done" in redacting().codes


@pytest.mark.parametrize("name", ["c2pa.actions.v2", "c2pa.hash.data"])
def test_actions_and_bindings_may_not_be_redacted(name: str) -> None:
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/{name}"
    content = cbor2.dumps(dict([actions(), BINDING])[name])
    found = redacting(url, gone=lambda manifest: manifest.replace(content, bytes(len(content))))
    assert "history.redaction.forbidden" in found.codes
    assert found.codes[0] == "history.parent.broken"


def test_a_manifest_may_not_redact_itself() -> None:
    found = redacting(f"self#jumbf=/c2pa/{CHILD}/c2pa.assertions/c2pa.actions.v2")
    assert "history.redaction.forbidden" in found.codes


def test_a_redaction_by_a_broken_manifest_does_not_count() -> None:
    full = parent(assertions=[actions(), PLACE, BINDING])
    after = zeroed(full)
    bad = child(link_to(after, PARENT), claim={"redacted_assertions": [REDACTED]}, after=break_signature)
    found = history(after, bad)
    assert found.redactions == ()
    assert "assertion.missing" in first(found).reasons


def test_each_ancestor_shows_its_own_thumbnail() -> None:
    before = parent()
    found = history(before, child(link_to(before, PARENT)))
    assert bytes(first(found).thumbnail.data) == THUMBNAIL[1]
    assert first(found).thumbnail.media_type == "image/png"
    assert found.root.thumbnail is None


def test_a_thumbnail_that_the_claim_does_not_cover_is_not_shown() -> None:
    assert history(parent(assertions=[actions(), BINDING], undeclared=[THUMBNAIL])).root.thumbnail is None


def update(ingredient: dict[str, Any], **options: Any) -> bytes:
    options.setdefault("assertions", [("c2pa.ingredient.v3", ingredient), actions(opened())])
    return child(ingredient, kind=b"c2um", **options)


def test_an_update_manifest_is_recognised() -> None:
    before = parent()
    found = history(before, update(link_to(before, PARENT)))
    assert found.root.is_update
    assert found.root.outcome == "intact"


@pytest.mark.parametrize(
    ("assertions", "code"),
    [
        (lambda link: [link, actions({"action": "c2pa.cropped"})], "manifest.update.invalid"),
        (lambda link: [link, BINDING], "manifest.update.invalid"),
        (lambda link: [actions(opened())], "manifest.update.wrongParents"),
        (lambda link: [link, ("c2pa.ingredient.v3__1", link[1])], "manifest.update.wrongParents"),
        (
            lambda link: [("c2pa.ingredient.v3", link[1] | {"relationship": "componentOf"})],
            "manifest.update.wrongParents",
        ),
    ],
)
def test_an_update_manifest_with_more_than_updates_is_against_the_rules(assertions: Any, code: str) -> None:
    before = parent()
    link = ("c2pa.ingredient.v3", link_to(before, PARENT))
    found = history(before, update(link[1], assertions=assertions(link)))
    assert code in found.root.reasons


@pytest.mark.parametrize(
    ("assertions", "code"),
    [
        ([actions()], "claim.hardBindings.missing"),
        ([BINDING, ("c2pa.hash.data__1", BINDING[1])], "assertion.multipleHardBindings"),
    ],
)
def test_a_manifest_has_exactly_one_hard_binding(assertions: list[Any], code: str) -> None:
    assert code in history(parent(assertions=assertions)).root.reasons


def test_a_reference_outside_the_manifest_is_against_the_rules() -> None:
    reference = {"url": "self#jumbf=/c2pa/other/c2pa.assertions/x", "hash": bytes(32)}
    check = history(parent(claim={"created_assertions": [reference]})).root.check
    assert check is not None
    assert "assertion.outsideManifest" in check.codes


def test_an_assertion_referenced_twice_is_against_the_rules() -> None:
    draft = Draft(signer=SIGNER, label=PARENT, assertions=[actions(), BINDING])
    twice = [*draft.references(), draft.references()[0] | {"hash": bytes(32)}]
    check = history(parent(claim={"created_assertions": twice}, assertions=[actions(), BINDING])).root.check
    assert check is not None
    assert "claim.malformed" in check.codes


def test_a_missing_signature_is_missing() -> None:
    parts = Draft(signer=SIGNER, assertions=[actions(), BINDING]).parts()
    manifest = jumbf.parse_store(store(superbox(b"c2ma", PARENT, *parts[:2]))).active
    check = check_manifest(manifest)
    assert check.signature is SignatureState.MISSING
    assert check.codes[0] == "claimSignature.missing"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"alg": "md5"}, "algorithm.unsupported"),
        ({"url": f"self#jumbf=/c2pa/{CHILD}/c2pa.assertions/x"}, "assertion.outsideManifest"),
    ],
)
def test_what_cannot_be_held_against_a_reference_is_not_called_changed(more: dict[str, Any], code: str) -> None:
    extra = ("org.test.gathered", {"a": 1})
    draft = Draft(signer=SIGNER, label=PARENT, assertions=[actions(), BINDING])
    reference = {"url": f"self#jumbf=c2pa.assertions/{extra[0]}", "hash": sha256(assertion_box(*extra)[8:])}
    draft.claim = {"gathered_assertions": [reference | more]}
    if code == "algorithm.unsupported":
        draft.undeclared = [extra]
    check = check_manifest(jumbf.parse_store(store(draft.build())).active)
    assert (check.changed, check.is_intact) == ((), False)
    assert check.shape_failures == (code,)
    assert extra[0] not in [one.label for one in check.verified]


def test_gathered_assertions_are_checked_like_created_ones() -> None:
    extra = ("org.test.gathered", {"a": 1})
    draft = Draft(signer=SIGNER, label=PARENT, assertions=[actions(), BINDING], undeclared=[extra])
    reference = {"url": f"self#jumbf=c2pa.assertions/{extra[0]}", "hash": sha256(assertion_box(*extra)[8:])}
    draft.claim = {"gathered_assertions": [reference]}
    assert history(draft.build()).root.outcome == "intact"
    draft.claim = {"gathered_assertions": [reference | {"hash": bytes(32)}]}
    assert history(draft.build()).root.reasons == ("assertion.hashedURI.mismatch",)


@pytest.mark.parametrize(
    "ingredient",
    [
        {"relationship": "parentOf", "activeManifest": "text"},
        {"relationship": "parentOf", "activeManifest": {"url": "http://x", "hash": b""}},
        {"relationship": "parentOf", "activeManifest": {"url": f"self#jumbf=/c2pa/{PARENT}/deeper", "hash": b""}},
        {"relationship": 7, "activeManifest": {"url": 1, "hash": 2}, "validationResults": [1], "validationStatus": {}},
        {"relationship": "parentOf", "activeManifest": {"hash": bytes(32)}},
    ],
)
def test_a_malformed_link_is_broken_and_raises_nothing(ingredient: dict[str, Any]) -> None:
    found = history(parent(), child(ingredient))
    assert first(found).link.state is LinkState.MALFORMED
    assert first(found).outcome == "broken"


def test_an_ingredient_that_is_no_map_is_broken_and_raises_nothing() -> None:
    found = history(child(None, assertions=[actions(), ("c2pa.ingredient.v3", ["no", "map"]), BINDING]))
    assert first(found).outcome == "broken"


@pytest.mark.parametrize(
    "extra",
    [
        ("org.test.actions", {"actions": [created("trainedAlgorithmicMedia")]}),
        ("c2pa.metadata", {"actions": [created("trainedAlgorithmicMedia")]}),
        ("c2pa.actions", json.dumps({"actions": [created("trainedAlgorithmicMedia")]})),
    ],
    ids=["another-label", "another-of-c2pa", "json"],
)
def test_a_list_called_actions_in_another_assertion_says_nothing(extra: tuple[str, Any]) -> None:
    alone = Draft(signer=SIGNER, label=PARENT, assertions=[actions(), BINDING])
    both = Draft(signer=SIGNER, label=PARENT, assertions=[actions(), BINDING, extra])
    first, second = (check_manifest(jumbf.parse_store(store(one.build())).active) for one in (alone, both))
    assert extra[0] in [one.label for one in second.verified]
    assert (second.actions, second.source_types) == (first.actions, first.source_types)
    assert not any("trainedAlgorithmicMedia" in one for one in second.source_types)


@pytest.mark.parametrize("content", [{"data": b"cbor"}, '{"data": "json"}'], ids=["cbor", "json"])
def test_only_an_embedded_thumbnail_is_one(content: Any) -> None:
    thumbnail = "c2pa.thumbnail.claim"
    shown, other = (
        history(parent(assertions=[actions(), BINDING, (thumbnail, one)])).root for one in (b"\x89PNG", content)
    )
    assert shown.thumbnail is not None
    assert shown.thumbnail.size == 4
    assert other.check is not None
    assert thumbnail in [one.label for one in other.check.verified]
    assert other.thumbnail is None
