"""Does the file still look like what its signer wrote down of its looks? Signed soft bindings, recomputed offline.

Of the algorithms on C2PA's list only ISCC (`io.iscc.v0`) can be recomputed by everybody; the others need their maker. A
soft binding says what something looked like and binds no byte (C2PA 2.4, section 18.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.history.manifest_check import SignatureState
from provenance.reasons import Reason

if TYPE_CHECKING:
    from provenance.credentials.engines.model import Manifest
    from provenance.credentials.own_check import OwnCheck
    from provenance.hashes.fingerprint import Fingerprint

ISCC: Final = "io.iscc.v0"
"""As in provenance.hashes.iscc, which is loaded only where there is such a binding (a test compares)."""
MOST_DIFFERENT: Final = 0.1
"""Share of the bits by which a code may differ and still be the same: what resizing by another library does."""

_LABEL: Final = re.compile(r"c2pa\.soft-binding(?:__\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBinding:
    """One value that a signer wrote down."""

    label: str
    """Of its assertion."""
    algorithm: str
    """As written."""
    value: str
    """As written; empty where it is none that is read here."""
    is_whole: bool
    """Whether it speaks of the whole file, and not of a part or some seconds of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftCheck:
    """One soft binding, recomputed, or why not."""

    binding: SoftBinding
    distance: int = 0
    """Bits by which the signed code and the file's own differ."""
    bits: int = 0
    """Bits that were compared; 0 where none were."""
    reason: Reason | None = None
    """`malformed`, `part`, `not-comparable`, or why the file could not be looked at; empty where bits were compared."""

    @property
    def agrees(self) -> bool:
        """Whether the file looks like what was signed."""
        return bool(self.bits) and self.distance <= self.bits * MOST_DIFFERENT


def soft_bindings(manifest: Manifest | None, own: OwnCheck | None) -> tuple[SoftBinding, ...]:
    """The soft bindings of a manifest, where by our own check its signature holds and nobody changed them."""
    check = own.checks.get(manifest.label) if manifest is not None and own is not None else None
    if manifest is None or check is None or check.signature is not SignatureState.VALID:
        return ()
    unsigned = {*check.changed, *check.absent, *check.undeclared}
    found = (
        binding
        for label, content in manifest.assertions.items()
        if _LABEL.fullmatch(label) and label not in unsigned and isinstance(content, dict)
        for binding in _bindings(label, content)
    )
    return tuple(found)


def _bindings(label: str, content: dict[str, Any]) -> Iterator[SoftBinding]:
    algorithm = content.get("alg")
    blocks = content.get("blocks")
    name = algorithm if isinstance(algorithm, str) else ""
    for block in blocks if isinstance(blocks, list) else [None]:
        value = block.get("value") if isinstance(block, dict) else None
        scope = block.get("scope") if isinstance(block, dict) else None
        yield SoftBinding(
            label=label,
            algorithm=name,
            value=value if isinstance(value, str) else "",
            is_whole=not (
                isinstance(scope, dict) and any(scope.get(part) for part in ("timespan", "region", "extent"))
            ),
        )


def check_softly(bindings: Sequence[SoftBinding], found: Fingerprint | None) -> tuple[SoftCheck, ...]:
    """Hold each ISCC among some soft bindings against what the file is recognised by."""
    return tuple(_checked(binding, found) for binding in bindings if binding.algorithm == ISCC)


def _checked(binding: SoftBinding, found: Fingerprint | None) -> SoftCheck:
    from provenance.hashes.iscc import agreements

    if not binding.is_whole:
        return SoftCheck(binding=binding, reason=Reason.PART)
    if found is None or not found.codes:
        return SoftCheck(binding=binding, reason=(found.reason if found else None) or Reason.NOT_MADE)
    try:
        units = agreements(binding.value, found.codes[0].value)
    except ValueError:
        return SoftCheck(binding=binding, reason=Reason.MALFORMED)
    # Data and instance codes are of the file before the Content Credentials were put into it.
    content = next((unit for unit in units if unit.kind.startswith("content-")), None)
    if content is None:
        reason = found.picture.reason if found.picture is not None and found.picture.reason else Reason.NOT_COMPARABLE
        return SoftCheck(binding=binding, reason=reason)
    return SoftCheck(binding=binding, distance=content.distance, bits=content.bits)
