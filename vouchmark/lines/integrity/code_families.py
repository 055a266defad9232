"""Which of the specification's codes say that bytes, statements or the signature changed, or break a rule?"""

from __future__ import annotations

from typing import Final

BYTES_CHANGED: Final = frozenset(
    {
        "assertion.dataHash.mismatch",
        "assertion.bmffHash.mismatch",
        "assertion.boxesHash.mismatch",
        "assertion.boxesHash.unknownBox",
        "assertion.collectionHash.mismatch",
        "assertion.collectionHash.incorrectFileCount",
        "assertion.multiAssetHash.mismatch",
    }
)
"""Media bytes differ from what was signed."""

MALFORMED: Final = frozenset(
    {
        "assertion.dataHash.malformed",
        "assertion.bmffHash.malformed",
        "assertion.boxesHash.malformed",
        "assertion.collectionHash.malformed",
        "assertion.multiAssetHash.malformed",
        "assertion.multiAssetHash.missingPart",
    }
)
"""The binding breaks its own rules, says whoever could not follow it."""

STATEMENTS_CHANGED: Final = frozenset(
    {
        "assertion.hashedURI.mismatch",
        "assertion.missing",
        "assertion.undeclared",
        "assertion.inaccessible",
        "hashedURI.mismatch",
        "hashedURI.missing",
    }
)
"""A signed statement differs, is gone, or was added without being signed."""

SIGNATURE_BROKEN: Final = frozenset({"claimSignature.mismatch", "claimSignature.missing"})
"""Nobody's signature covers the claim as it stands."""
