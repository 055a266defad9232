"""Does no update that an engine writes for a stranger move a line about the content, whatever it states?"""

from __future__ import annotations

import functools
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.attacks import CAMERA, examine, other, said
from tests.support.authority import created, definition, picture, sign, sign_edit, sign_update
from tests.vouchmark.test_authority import about_content
from vouchmark.report import Line, Report

SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
EXIF: Final = {
    "@context": {"exif": "http://ns.adobe.com/exif/1.0/", "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
    "exif:GPSLatitude": "50,27.0N",
    "exif:GPSLongitude": "30,31.4E",
    "exif:DateTimeOriginal": "2099-02-24T10:00:00Z",
    "Iptc4xmpExt:DigitalSourceType": SOURCE,
}
WORK: Final = {"@context": "https://schema.org", "@type": "CreativeWork", "dateCreated": "2024-02-24"}
STATED: Final[dict[str, dict[str, Any]]] = {
    "action": {"label": "c2pa.actions.v2", "data": {"actions": [
        {"action": "c2pa.edited.metadata", "digitalSourceType": SOURCE, "softwareAgent": {"name": "Midjourney"}}]}},
    "place-time-ai": {"label": "c2pa.metadata", "data": EXIF},
    "rights": {"label": "stds.schema-org.CreativeWork", "data": WORK},
    "disclosure": {"label": "c2pa.ai-disclosure", "data": {"modelType": "c2pa.types.model", "modelName": "Any"}},
    "training": {"label": "cawg.training-mining", "data": {"entries": {"cawg.ai_training": {"use": "notAllowed"}}}},
    "vendor": {"label": "com.adobe.generative-ai", "data": {"description": "Any", "version": "1"}},
}  # fmt: skip
SIGNERS: Final = {"stranger": other("Somebody Ltd"), "same": CAMERA}
ASKED: Final = {"claim_place": "50.45,30.52,5", "claim_time": "2024-02-24"}


@functools.cache
def media(name: str) -> bytes:
    """The listed camera's picture, generated or captured, in either format; or an edit of one."""
    if name == "png":
        return sign(CAMERA, picture("PNG"), media_type="image/png")
    if name == "generated":
        return sign(CAMERA, manifest=definition(created("trainedAlgorithmicMedia")))
    return sign_edit(CAMERA, sign(CAMERA)) if name == "edit" else sign(CAMERA)


@functools.cache
def before(name: str) -> Report:
    return examine(media(name), **ASKED)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["captured", "generated", "png", "edit"]),
    st.lists(st.tuples(st.sampled_from(list(STATED)), st.sampled_from(list(SIGNERS))), min_size=1, max_size=3),
)
def test_no_number_of_updates_moves_a_line(name: str, updates: list[tuple[str, str]]) -> None:
    data, kind = media(name), "image/png" if name == "png" else "image/jpeg"
    for stated, who in updates:
        data = sign_update(data, SIGNERS[who], media_type=kind, assertions=[STATED[stated]])
    after = examine(data, **ASKED)
    assert about_content(after) == about_content(before(name))
    assert said(after).split("; but one of two")[0] == said(before(name)).split("; but one of two")[0]


@pytest.mark.parametrize("name", list(STATED))
def test_what_it_states_is_told_as_its_own_signers_word(name: str) -> None:
    report = examine(sign_update(media("captured"), SIGNERS["stranger"], assertions=[STATED[name]]), **ASKED)
    told = [
        one
        for line in (Line.TIME, Line.AI, Line.CLAIM)
        for one in report.evidence[line].findings
        if one.detail.get("of") == "update"
    ]
    assert told
    whose = "A signer using the name “Somebody Ltd (Camera 1)”, who signed a later update, "
    assert all(one.statement.startswith(whose) for one in told)
    assert all(one.detail["by"]["standing"] == "unlisted" for one in told if isinstance(one.detail["by"], dict))
