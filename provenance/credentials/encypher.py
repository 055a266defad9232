"""What does the second, independent engine say: encypher-c2pa, which shares no code with the first?

The only module that imports it. Its telemetry is off, always, and it is never online. Left to itself it uses a dated
snapshot of public lists inside its package, which mixes several lists and does not say which one matched.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any, Final

from provenance.credentials.model import Kind, Outcome, Reading, State, ValidationCode
from provenance.credentials.trust_settings import TrustSettings

os.environ["ENCYPHER_C2PA_TELEMETRY"] = "off"
os.environ.pop("ENCYPHER_C2PA_ONLINE", None)

import encypher_c2pa  # only after its telemetry is off

ENGINE: Final = "encypher-c2pa"
VERSION: Final = "1.7.1"
"""Pinned in pyproject.toml; a test compares it with what is installed."""
SNAPSHOT: Final = dt.date(2026, 9, 24)
"""Date of the trust lists inside the package, which stands in its metadata alone."""
MAX_TEXT: Final = 2048
"""Code points kept of any one text."""
ANSWERS: Final = ("integrity", "signature", "hard_binding")
"""Single answers that it gives besides codes."""


def read(
    data: bytes,
    media_type: str,
    *,
    sidecar: bytes | None = None,
    trust: TrustSettings | None = None,
    at: dt.datetime | None = None,
) -> Reading:
    """Read and validate an asset's manifest store.

    Args:
        data: the asset's bytes.
        media_type: as found from its content.
        sidecar: a manifest store kept outside the asset.
        trust: lists to use in place of the bundled snapshot; the snapshot where None.
        at: aware instant at which validity is judged; now where None.

    Returns:
        A reading; never an error for what the asset holds.
    """
    options: dict[str, Any] = {"online": False, "telemetry": None}
    if sidecar is not None:
        options["manifest_store"] = sidecar
    if at is not None:
        options["validation_time"] = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if trust is not None:
        options["no_default_trust"] = True
        options["trust_pem"] = "".join(pem for _name, pem in trust.signer_anchors) or None
        options["tsa_trust_pem"] = "".join(pem for _name, pem in trust.tsa_anchors) or None
    if media_type == "application/c2pa":
        return _empty(Outcome.UNSUPPORTED, "type")
    try:
        return _reading(encypher_c2pa.verify(data, media_type, **options))
    except ValueError as error:
        if "unsupported_mime" in str(error) or "mime_type is required" in str(error):
            return _empty(Outcome.UNSUPPORTED, "type")
        return _empty(Outcome.UNPARSABLE, "malformed")
    except (RuntimeError, OSError, KeyError, TypeError, AttributeError):
        return _empty(Outcome.ERROR, "engine")


def _reading(result: Mapping[str, Any]) -> Reading:
    codes = tuple(sorted(_codes(result.get("validation_results"))))
    if not result.get("present"):
        return _empty(Outcome.ABSENT, "")
    if any(code.code == "manifest.inaccessible" for code in codes):
        return _empty(Outcome.REMOTE, "remote", state=result.get("validation_state"), codes=codes)
    trust = result.get("trust") or {}
    answers = {name: str(result.get(name) or "")[:MAX_TEXT] for name in ANSWERS}
    answers["trust"] = str(trust.get("status") or "")[:MAX_TEXT]
    return Reading(
        engine=ENGINE,
        version=VERSION,
        outcome=Outcome.FOUND,
        state=_state(result.get("validation_state")),
        codes=codes,
        answers=answers,
    )


def _state(value: Any) -> State | None:
    return State(value) if value in [*State] else None


def _codes(results: Any) -> set[ValidationCode]:
    if not isinstance(results, Mapping):
        return set()
    return {
        ValidationCode(code=str(raw.get("code") or "")[:MAX_TEXT], kind=kind, url=str(raw.get("url") or "")[:MAX_TEXT])
        for kind in Kind
        for raw in results.get(str(kind)) or ()
        if isinstance(raw, Mapping)
    }


def _empty(outcome: Outcome, reason: str, *, state: Any = None, codes: tuple[ValidationCode, ...] = ()) -> Reading:
    return Reading(engine=ENGINE, version=VERSION, outcome=outcome, reason=reason, state=_state(state), codes=codes)
