"""Which words say where something comes from: IPTC source types and the conformance programme's signals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from vouchmark.wording.model import Fact, Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one IPTC digital source type declares."""

    code: str
    """Our finding code."""
    phrase: str
    """Id of the clause that follows "declares" (`vouchmark.wording.ai`)."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What the clause names."""

    def __call__(self) -> Phrase:
        """The clause, for a sentence."""
        return {"id": self.phrase, **self.facts}


SOURCE_TYPES: Final = {
    "trainedAlgorithmicMedia": Meaning(code="ai.generated", phrase="ai.that.trainedAlgorithmicMedia"),
    "compositeWithTrainedAlgorithmicMedia": Meaning(
        code="ai.edited", phrase="ai.that.compositeWithTrainedAlgorithmicMedia"
    ),
    "compositeSynthetic": Meaning(code="ai.edited", phrase="ai.that.compositeSynthetic"),
    "trainedAlgorithmicData": Meaning(code="ai.generated", phrase="ai.that.trainedAlgorithmicData"),
    "algorithmicMedia": Meaning(code="ai.algorithmic", phrase="ai.that.algorithmicMedia"),
    "algorithmicallyEnhanced": Meaning(code="ai.algorithmic", phrase="ai.that.algorithmicallyEnhanced"),
    "dataDrivenMedia": Meaning(code="ai.algorithmic", phrase="ai.that.dataDrivenMedia"),
    "virtualRecording": Meaning(code="ai.synthetic", phrase="ai.that.virtualRecording"),
    "digitalCapture": Meaning(code="ai.captured", phrase="ai.that.digitalCapture"),
    "computationalCapture": Meaning(code="ai.captured", phrase="ai.that.computationalCapture"),
    "negativeFilm": Meaning(code="ai.captured", phrase="ai.that.negativeFilm"),
    "positiveFilm": Meaning(code="ai.captured", phrase="ai.that.positiveFilm"),
    "print": Meaning(code="ai.captured", phrase="ai.that.print"),
    "screenCapture": Meaning(code="ai.screen", phrase="ai.that.screenCapture"),
    "humanEdits": Meaning(code="ai.human", phrase="ai.that.humanEdits"),
    "minorHumanEdits": Meaning(code="ai.human", phrase="ai.that.minorHumanEdits"),
    "digitalCreation": Meaning(code="ai.human", phrase="ai.that.digitalCreation"),
    "digitalArt": Meaning(code="ai.human", phrase="ai.that.digitalArt"),
    "composite": Meaning(code="ai.composite", phrase="ai.that.composite"),
    "compositeCapture": Meaning(code="ai.composite", phrase="ai.that.compositeCapture"),
    "softwareImage": Meaning(code="ai.human", phrase="ai.that.softwareImage"),
    "empty": Meaning(code="ai.human", phrase="ai.that.empty"),
}
"""IPTC NewsCodes digitalsourcetype, and C2PA's own, by the last part of the URI
(https://cv.iptc.org/newscodes/digitalsourcetype; C2PA 2.4, section 18.15.4)."""

LOUDEST: Final = (
    "ai.generated", "ai.generator", "ai.edited", "ai.used", "ai.possible", "ai.synthetic", "ai.composite",
    "ai.algorithmic", "ai.screen", "ai.captured", "ai.human", "ai.other", "ai.training",
)  # fmt: skip
"""Which declaration a reader should hear first."""

CAPTURED: Final = frozenset({"ai.captured"})
"""What cannot be true of something that was generated as a whole."""
MADE_BY_PEOPLE: Final = frozenset({"digitalCreation"})
"""Source types of a whole that a person made, which cannot be true of something that was generated as a whole."""
GENERATED: Final = frozenset({"ai.generated", "ai.generator"})
"""Generated as a whole, by declaration or by the marks of a program that does nothing else."""
WITH_AI: Final = frozenset({"ai.generated", "ai.generator", "ai.edited", "ai.used", "ai.synthetic"})
"""Signed declarations beside which an unsigned "generated" contradicts nothing."""

BEGINNINGS: Final = ("c2pa.created", "c2pa.opened")
"""Actions that say how it came about (the programme's inception actions)."""
MECHANICAL: Final = frozenset(
    ("c2pa.converted", "c2pa.published", "c2pa.repackaged", "c2pa.transcoded", "c2pa.resized.proportional",
     "c2pa.enhanced", "c2pa.edited.metadata", "c2pa.watermarked", "c2pa.watermarked.bound", "c2pa.watermarked.unbound",
     "c2pa.redacted")
)  # fmt: skip
"""The programme's non-editorial actions."""
_INCEPTIONS: Final = {
    "empty": "blankCanvas",
    "digitalCapture": "capturedMedia",
    "computationalCapture": "capturedMedia",
    "compositeCapture": "capturedMediaStitched",
    "composite": "compositionMayContainGenAI",
    "trainedAlgorithmicMedia": "fullyGenAIMedia",
    "digitalCreation": "nonGenAIDigitalCreation",
    "compositeWithTrainedAlgorithmicMedia": "partlyGenAICreation",
    "screenCapture": "screenCaptureMayContainGenAI",
}
_GENERATIVE: Final = (
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", "trainedAlgorithmicData",
)  # fmt: skip


def signal(action: str, kind: str) -> str:
    """The conformance programme's word for an action with a source type; empty where it has none.

    After the programme's local signals rubric, version 1.0 of 2026-08-06: inception for what began it, transformation
    for what changed it. Where the rubric gives two, the one that says more.
    """
    if action in BEGINNINGS:
        return _INCEPTIONS.get(kind, "")
    if action in MECHANICAL:
        return "nonEditorial"
    if kind in _GENERATIVE:
        return "perceptibleGenAI"
    if kind in ("digitalArt", "composite"):
        return "perceptiblePossiblyGenAI"
    return "perceptibleNonGenAI" if kind else ""


WHOLLY: Final = frozenset(kind for kind, meaning in SOURCE_TYPES.items() if meaning.code == "ai.generated")
"""Source types of what was generated as a whole."""

_VOCABULARY: Final = re.compile(
    r"(?:https?://(?:[a-z0-9-]+\.)*(?:iptc|c2pa)\.org/(?:[a-z0-9._-]+/)*|(?:[a-z0-9_-]+:)|c2pa\.)?([a-z0-9_-]+)/?",
    re.IGNORECASE,
)
"""A value of IPTC's or C2PA's vocabulary: its address, a QCode (`digsrctype:…`), or the word alone. Nothing else may
stand in it, no query and no fragment: what such an address means is not known here."""
_SCHEMA_ORG: Final = re.compile(r"(?:https?://schema\.org/|schema:)?([a-z]{1,60}?)DigitalSource/?", re.IGNORECASE)
"""The same in the words of schema.org's IPTCDigitalSourceEnumeration."""
_FOLDED: Final = {kind.casefold(): kind for kind in SOURCE_TYPES}


def source_type(uri: str | None) -> str:
    """The digital source type that a URI or QCode names, as the vocabulary spells it; empty where there is none.

    By the last segment of the path, whatever its case. What is no value of IPTC's or C2PA's vocabulary is handed on
    whole.
    """
    written = (uri or "").strip()
    other = _SCHEMA_ORG.fullmatch(written)
    if other is not None:
        kind = other[1].casefold().removeprefix("multiframe")
        return _FOLDED.get(kind, written)
    found = _VOCABULARY.fullmatch(written)
    return _FOLDED.get(found[1].casefold(), found[1]) if found else written


def loudness(code: str) -> int:
    """Where a code stands among what a reader should hear first."""
    return LOUDEST.index(code) if code in LOUDEST else len(LOUDEST)


INHERITED: Final = ("ai.inherited.", "ai.part.")
"""How codes begin of what is said of an earlier file, or of something used in this one, by its own signer."""


def plain_code(code: str) -> str:
    """The code without that beginning: `ai.inherited.generated` is `ai.generated`."""
    start = next((one for one in INHERITED if code.startswith(one)), "")
    return f"ai.{code.removeprefix(start)}" if start else code
