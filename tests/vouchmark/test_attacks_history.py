"""Does a report say rightly what happened before, whoever signed last?"""

from __future__ import annotations

from typing import Any, Final

import cbor2
import pytest

from tests.authority import (
    Identity,
    change_pixels,
    created,
    jumbf_boxes,
    manifest_store,
    picture,
    sign,
    sign_edit,
    with_manifest_store,
)
from tests.provenance.crafting import Draft, actions, assertion_box, bind, link_to, sha256, store, superbox
from tests.vouchmark.attacks import (
    ABSENT,
    BY_LISTED,
    CAMERA,
    FAIL,
    FAILED,
    MALFORMED,
    OK,
    PASS,
    UNKNOWN,
    Must,
    codes,
    examine,
    other,
)
from vouchmark.report import Line

PARENT: Final = "urn:c2pa:00000000-0000-4000-8000-00000000aaaa"
FORGED: Final = "urn:c2pa:00000000-0000-4000-8000-00000000beef"
UPDATE: Final = "urn:c2pa:00000000-0000-4000-8000-00000000bbbb"
NOTE: Final = ("org.test.note", {"where": "at home"})
BINDING: Final = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})
BROKEN_BEFORE: Final = f"{BY_LISTED}; but an earlier version of it was changed or is missing"


def earlier(signer: Identity = CAMERA, label: str = PARENT, *more: Any, **options: Any) -> Draft:
    """A manifest of an earlier version."""
    return Draft(signer=signer, label=label, assertions=[actions(), NOTE, BINDING, *more], **options)


def opening(link: tuple[str, Any], *more: dict[str, Any]) -> tuple[str, Any]:
    """The actions of an edit of what `link` names."""
    reference = {"url": "self#jumbf=c2pa.assertions/c2pa.ingredient.v3", "hash": sha256(assertion_box(*link)[8:])}
    return actions({"action": "c2pa.opened", "parameters": {"ingredients": [reference]}}, *more)


def edited(parent: bytes, *, before: tuple[bytes, ...], link: dict[str, Any] | None = None, **options: Any) -> bytes:
    """A picture by the listed camera that was made from `parent`; `before` lie in its store."""
    named = ("c2pa.ingredient.v3", link or link_to(parent, PARENT))
    more = options.pop("acts", ())
    draft = Draft(signer=CAMERA, assertions=[opening(named, *more), named], **options)
    return bind(draft, picture(), before=before)


def redacted(name: str, *, how: str) -> bytes:
    """A picture whose parent lost an assertion, which the listed camera says it redacted.

    `how`: `dropped`, `zeroed`, or `kept` where it is still there.
    """
    draft = earlier()
    boxes, claim, signature = draft.parts()
    if how != "kept":
        left = []
        for label, content in draft.assertions:
            box = assertion_box(label, content)
            if label == name:
                if how == "dropped":
                    continue
                payload = cbor2.dumps(content)
                box = box.replace(payload, bytes(len(payload)))
            left.append(box)
        boxes = superbox(b"c2as", "c2pa.assertions", *left)
    parent = superbox(draft.kind, draft.label, boxes, claim, signature)
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/{name}"
    act = {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": url}}
    return edited(parent, before=(parent,), acts=(act,), claim={"redacted_assertions": [url]})


def laundered(signer: Identity) -> bytes:
    """A changed file, made clean by the listed camera."""
    return sign_edit(CAMERA, change_pixels(sign(signer)))


def unreferenced() -> bytes:
    """A manifest by somebody who calls itself a maker, beside the listed camera's."""
    forged = Draft(signer=other("NIKON CORPORATION"), label=FORGED, assertions=[actions(), BINDING]).build()
    return bind(
        Draft(signer=CAMERA, assertions=[actions(created("trainedAlgorithmicMedia"))]), picture(), before=[forged]
    )


def swapped_parent() -> bytes:
    """A store in which another manifest took the parent's name after signing."""
    return edited(earlier().build(), before=(earlier(other("Somebody")).build(),))


def broken_deep_down() -> bytes:
    """A broken grandparent below an intact parent, both under a listed signer."""
    return sign_edit(CAMERA, laundered(other()), title="middle")


def update_with(*acts: dict[str, Any], more: tuple[tuple[str, Any], ...] = ()) -> bytes:
    """The listed camera's picture with its own update above it, which says these actions and assertions."""
    media = bind(Draft(signer=CAMERA, label=PARENT, assertions=[actions()]), picture())
    raw = manifest_store(media)
    ((_, start, end),) = jumbf_boxes(raw)
    below = [raw[low - 8 : high] for kind, low, high in jumbf_boxes(raw, start, end) if kind == b"jumb"][-1]
    link = ("c2pa.ingredient.v3", link_to(below, PARENT))
    update = Draft(signer=CAMERA, label=UPDATE, kind=b"c2um", assertions=[opening(link, *acts), link, *more])
    return with_manifest_store(media, store(below, update.build()))


CASES: Final = (
    Must(
        name="an-intact-parent",
        build=lambda: sign_edit(CAMERA, sign(CAMERA)),
        line=Line.HISTORY,
        code="history.parent.intact",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
    ),
    Must(
        name="a-tampered-parent-laundered-by-a-listed-signer",
        build=lambda: laundered(other()),
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=BROKEN_BEFORE,
        others={Line.INTEGRITY: PASS, Line.SIGNER: PASS, Line.AI: UNKNOWN},
    ),
    Must(
        name="a-tampered-parent-of-the-same-listed-signer",
        build=lambda: laundered(CAMERA),
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=BROKEN_BEFORE,
    ),
    Must(
        name="a-break-below-an-intact-parent",
        build=broken_deep_down,
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=BROKEN_BEFORE,
        others={Line.INTEGRITY: PASS, Line.SIGNER: PASS},
    ),
    Must(
        name="a-parent-that-is-named-and-missing",
        build=lambda: edited(earlier().build(), before=()),
        line=Line.HISTORY,
        code="history.parent.missing",
        status=FAIL,
        exit=FAILED,
        says=BROKEN_BEFORE,
        others={Line.INTEGRITY: PASS},
    ),
    Must(
        name="a-parent-swapped-for-another-under-its-name",
        build=swapped_parent,
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=BROKEN_BEFORE,
        never=("ai.captured",),
    ),
    Must(
        name="a-parent-without-credentials",
        build=lambda: sign_edit(CAMERA, picture()),
        line=Line.HISTORY,
        code="history.parent.unsigned",
        status=UNKNOWN,
        exit=OK,
        says=BY_LISTED,
    ),
    Must(
        name="a-forged-manifest-that-nothing-refers-to",
        build=unreferenced,
        line=Line.HISTORY,
        code="history.unreferenced",
        status=UNKNOWN,
        exit=OK,
        says=BY_LISTED,
        others={Line.INTEGRITY: PASS, Line.SIGNER: PASS},
        never=("ai.captured", "integrity.store.differs"),
    ),
    Must(
        name="a-redaction-that-is-told",
        build=lambda: redacted(NOTE[0], how="dropped"),
        line=Line.HISTORY,
        code="history.redaction.done",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
    ),
    Must(
        name="an-allowed-redaction",
        build=lambda: redacted(NOTE[0], how="dropped"),
        line=Line.HISTORY,
        code="history.parent.intact",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
        never=("history.redaction.forbidden", "history.redaction.not_done"),
    ),
    Must(
        name="a-redaction-that-was-not-done",
        build=lambda: redacted(NOTE[0], how="kept"),
        line=Line.HISTORY,
        code="history.redaction.not_done",
        status=UNKNOWN,
        exit=FAILED,
        says=MALFORMED,
    ),
    *(
        Must(
            name=f"a-forbidden-redaction-of-{name}-{how}",
            build=lambda name=name, how=how: redacted(name, how=how),  # type: ignore[misc]
            line=Line.HISTORY,
            code="history.redaction.forbidden",
            status=FAIL,
            exit=FAILED,
            says=MALFORMED,
        )
        for name, how in (
            ("c2pa.actions.v2", "dropped"),
            ("c2pa.actions.v2", "kept"),
            ("c2pa.hash.data", "dropped"),
            ("c2pa.hash.data", "zeroed"),
        )
    ),
    Must(
        name="an-update-that-changes-no-content",
        build=lambda: update_with({"action": "c2pa.published"}),
        line=Line.INTEGRITY,
        code="assertion.dataHash.match",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
        others={Line.HISTORY: PASS},
    ),
    *(
        Must(
            name=f"an-update-with-{name}",
            build=build,
            line=Line.INTEGRITY,
            code="integrity.malformed",
            status=FAIL,
            exit=FAILED,
            says=MALFORMED,
        )
        for name, build in (
            ("a-change-of-content", lambda: update_with({"action": "c2pa.cropped"})),
            ("a-binding-of-its-own", lambda: update_with(more=(BINDING,))),
            ("a-thumbnail", lambda: update_with(more=(("c2pa.thumbnail.claim", picture("PNG")),))),
        )
    ),
    Must(
        name="nothing-before",
        build=lambda: sign(CAMERA),
        line=Line.HISTORY,
        code="history.none",
        status=ABSENT,
        exit=OK,
        says=BY_LISTED,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_past_is_told_as_what_it_was(case: Must) -> None:
    case.hold()


def test_the_first_break_is_named_with_its_title_and_its_reason() -> None:
    report = examine(laundered(other()))
    finding = report.evidence[Line.HISTORY].findings[0]
    assert finding.statement.startswith("The parent “parent” was changed or broken already when it was added")
    assert finding.detail["reasons"] == ["recorded:assertion.dataHash.mismatch"]
    assert finding.detail["signer"] == "Somebody (Camera 1)"


def test_a_manifest_under_the_active_ones_name_says_nothing() -> None:
    hidden = Draft(signer=other(), assertions=[actions(created("digitalCapture"))]).build()
    draft = Draft(signer=CAMERA, assertions=[actions(created("trainedAlgorithmicMedia"))])
    report = examine(bind(draft, picture(), before=[hidden]))
    assert codes(report, Line.HISTORY) == ["history.unreferenced"]
    assert codes(report, Line.AI) == ["ai.generated"]
    assert report.evidence[Line.SIGNER].status is PASS


def test_what_a_later_signer_removed_is_named() -> None:
    said, removed = examine(redacted(NOTE[0], how="dropped")).evidence[Line.HISTORY].findings
    assert said.statement.endswith("unchanged but for what a later signer removed from them.")
    assert removed.statement == f"“{NOTE[0]}” was removed from an earlier version, says whoever signed a later one."
    assert removed.detail["assertion"] == NOTE[0]


def test_a_forged_manifests_words_are_believed_nowhere() -> None:
    report = examine(unreferenced())
    for finding in report.findings():
        assert "NIKON" not in finding.statement
        assert "NIKON" not in str(finding.detail)
    assert codes(report, Line.AI) == ["ai.generated"]
