"""Does a report say rightly what happened before, whoever signed last?"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.authority import created, picture, sign, sign_edit
from tests.provenance.crafting import Draft, actions, bind
from tests.vouchmark.attacks import (
    ABSENT,
    BY_LISTED,
    CAMERA,
    FAIL,
    FAILED,
    LISTED,
    MALFORMED,
    OK,
    PASS,
    UNKNOWN,
    Must,
    codes,
    examine,
    other,
)
from tests.vouchmark.histories import (
    BINDING,
    NOTE,
    broken_deep_down,
    earlier,
    edited,
    laundered,
    redacted,
    swapped_parent,
    unreferenced,
    update_with,
)
from vouchmark.report import Line

BROKEN_BEFORE: Final = f"{BY_LISTED}; but an earlier version of it was changed or broken"
RECORDED: Final = f"{BY_LISTED}; but its later signer recorded that an earlier version of it did not hold"


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
        says=RECORDED,
        others={Line.INTEGRITY: PASS, Line.SIGNER: PASS, Line.AI: UNKNOWN},
    ),
    Must(
        name="a-tampered-parent-of-the-same-listed-signer",
        build=lambda: laundered(CAMERA),
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=RECORDED,
    ),
    Must(
        name="a-break-below-an-intact-parent",
        build=broken_deep_down,
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says=RECORDED,
        others={Line.INTEGRITY: PASS, Line.SIGNER: PASS},
    ),
    Must(
        name="a-parent-that-is-named-and-missing",
        build=lambda: edited(earlier().build(), before=()),
        line=Line.HISTORY,
        code="history.parent.missing",
        status=FAIL,
        exit=FAILED,
        says=f"{BY_LISTED}; but the Content Credentials of an earlier version of it are missing",
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
        others={Line.HISTORY: ABSENT},
    ),
    *(
        Must(
            name=f"an-update-with-{name}",
            build=build,
            line=Line.INTEGRITY,
            code="integrity.malformed",
            status=FAIL,
            exit=FAILED,
            says="a later update of its Content Credentials was malformed by whoever signed it",
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
    assert finding.statement.startswith(
        "The earlier version “parent” did not hold when it was added, recorded its later signer (“"
    )
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
    assert removed.statement == (
        f"A later signer (Test Camera (Camera 1)) removed from an earlier version a statement (“{NOTE[0]}”)."
    )
    assert removed.detail["assertion"] == NOTE[0]


def test_a_forged_manifests_words_are_believed_nowhere() -> None:
    report = examine(unreferenced())
    for finding in report.findings():
        assert "NIKON" not in finding.statement
        assert "NIKON" not in str(finding.detail)
    assert codes(report, Line.AI) == ["ai.generated"]


@pytest.mark.parametrize(
    ("acts", "reason"),
    [
        (({"action": "c2pa.opened"}, {"action": "c2pa.edited"}), "opened-without-ingredient"),
        ((created(), created()), "several-beginnings"),
        (({"action": "c2pa.edited"}, created()), "late-beginning"),
    ],
)
def test_an_account_of_the_making_that_does_not_hang_together_leaves_the_history_open(
    acts: tuple[dict[str, Any], ...], reason: str
) -> None:
    draft = Draft(signer=CAMERA, version=1, assertions=[("c2pa.actions", {"actions": list(acts)})])
    evidence = examine(bind(draft, picture()), LISTED).evidence[Line.HISTORY]
    assert str(evidence.status) == "unknown"
    assert [(one.code, one.detail["reason"]) for one in evidence.findings] == [("history.actions", reason)]


def test_an_identity_of_a_part_is_told_as_a_parts() -> None:
    from provenance.credentials.signing.c2pa_sign import Source, sign_media
    from tests.authority import definition
    from tests.vouchmark.test_lines_identity import JO, attach, by_certificate

    part = Source(
        data=attach(CAMERA, by_certificate(JO)),
        media_type="image/jpeg",
        title="part",
        relationship="componentOf",
        instance_id="part",
    )
    placed = {"action": "c2pa.placed", "parameters": {"ingredientIds": ["part"]}}
    whole = sign_media(
        picture(),
        media_type="image/jpeg",
        manifest=definition(created(), placed),
        key=CAMERA.signing_key(),
        sources=[part],
    )
    signer = examine(whole, LISTED).evidence[Line.SIGNER]
    told = [one for one in signer.findings if one.code.startswith("cawg.")]
    assert [one.detail["of"] for one in told] == ["part"]
    assert told[0].statement.startswith("Of something used in it: ")
    assert "stands behind" not in signer.summary
