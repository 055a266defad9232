"""What do signers say about data mining and the training of AI? Part of the ai line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from provenance.credentials.model import Manifest
from vouchmark.lines.ai_signed import WHO, Place, holds, place_of
from vouchmark.lines.facts import Draft, Facts, source_of
from vouchmark.report import Json, Root, Status

_TRAINING: Final = re.compile(r"(?:c2pa|cawg)\.training-mining(?:\.v\d+)?(?:__\d+)?")
_USES: Final = {
    "data_mining": "data mining",
    "ai_training": "the training of AI",
    "ai_generative_training": "the training of generative AI",
    "ai_inference": "the use as input to AI",
}
"""What the entries of a training-and-mining assertion are about (CAWG training and data mining 1.1, section 3)."""
_JOINED: Final = {"notAllowed": " or ", "constrained": " and ", "allowed": " and "}
_ANSWERS: Final = (("notAllowed", "does not allow"), ("constrained", "constrains"), ("allowed", "allows"))


def drafts(facts: Facts, manifests: list[Manifest]) -> list[Draft]:
    """What signers say about data mining and the training of AI, one finding a manifest that says something."""
    found = []
    for manifest in manifests:
        entries: dict[str, str] = {}
        for label, content in manifest.assertions.items():
            if _TRAINING.fullmatch(label) and isinstance(content, Mapping):
                entries |= _entries(content)
        if not entries:
            continue
        intact, place = holds(facts, manifest), place_of(facts, manifest)
        words = "; ".join(
            f"{verb} {_JOINED[answer].join(_USES[use] for use in _USES if entries.get(use) == answer)}"
            for answer, verb in _ANSWERS
            if answer in entries.values()
        )
        statement = f"{WHO[place]} {words}."
        if not intact:
            statement = (
                f"It is stated whether it may be used for AI ({words}), but the signature or content does not hold."
            )
        found.append(
            Draft(
                code="ai.training",
                status=Status.PASS if intact and place is not Place.UPDATE else Status.UNKNOWN,
                statement=statement,
                source=source_of(facts.first),
                root=Root.CLAIM_SIGNATURE if place is Place.BOUND else Root.INGREDIENT,
                subject=manifest.label,
                detail=dict[str, Json](sorted(entries.items())),
            )
        )
    return found


def _entries(content: Mapping[str, Any]) -> dict[str, str]:
    """Use to answer, of those that the specification names."""
    listed = content.get("entries")
    found = {}
    for name, entry in listed.items() if isinstance(listed, Mapping) else ():
        use = str(name).rsplit(".", 1)[-1]
        answer = entry.get("use") if isinstance(entry, Mapping) else None
        if use in _USES and answer in dict(_ANSWERS):
            found[use] = str(answer)
    return found
