"""Which failures did a claim generator record of an ingredient when it added it?

Its own word at that time: what is recorded as having held counts for nothing, and what is recorded as failed is told as
recorded. Codes are kept whole, whatever they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MAX_CODE: Final = 1_024
"""Characters kept of a code."""
_NO_FAILURES: Final = frozenset(
    ("assertion.accessible", "assertion.bmffHash.match", "assertion.boxesHash.match", "assertion.collectionHash.match",
     "assertion.dataHash.match", "assertion.hashedURI.match", "claimSignature.insideValidity",
     "claimSignature.validated", "ingredient.claimSignature.validated", "ingredient.manifest.validated",
     "ingredient.unknownProvenance", "signingCredential.ocsp.notRevoked", "signingCredential.trusted",
     "timeStamp.trusted", "timeStamp.validated", "assertion.dataHash.redacted", "assertion.redacted")
)  # fmt: skip
"""Codes of success and information in lists of old ingredients, which hold all kinds (C2PA 1.4, section 16.1).
Newer ones keep their failures apart, and what stands there is one whatever it is called."""


def _failures(value: object, *, apart: bool) -> set[str]:
    """Failure codes of one list of recorded results; `apart` says that the list holds nothing else."""
    found: set[str] = set()
    for entry in value if isinstance(value, list) else []:
        code = entry.get("code") if isinstance(entry, Mapping) else None
        holds = isinstance(entry, Mapping) and entry.get("success") is True
        if isinstance(code, str) and (apart or not (holds or code in _NO_FAILURES)):
            found.add(code[:MAX_CODE])
    return found


def recorded_failures(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What the claim generator saw: `validationStatus` (v1, v2) or `validationResults` (v3)."""
    found = _failures(content.get("validationStatus"), apart=False)
    results = content.get("validationResults")
    if isinstance(results, Mapping):
        active = results.get("activeManifest")
        found |= _failures(active.get("failure"), apart=True) if isinstance(active, Mapping) else set()
        deltas = results.get("ingredientDeltas")
        for delta in deltas if isinstance(deltas, list) else []:
            inner = delta.get("validationDeltas") if isinstance(delta, Mapping) else None
            found |= _failures(inner.get("failure"), apart=True) if isinstance(inner, Mapping) else set()
    return tuple(sorted(found))
