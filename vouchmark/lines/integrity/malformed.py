"""What is wrong with a file that an engine cannot read: its Content Credentials, the file, or nothing that we see?

Malformed is said only of what our own reading finds so, with what. An engine that gives up on a file that we read to
its end confirms nothing and accuses nobody. Part of the integrity line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.own_check import Problem
from provenance.reasons import Reason
from vouchmark.codes.specification import SPECIFICATION, Kind
from vouchmark.lines.facts import Facts, StoreOrigin
from vouchmark.lines.integrity import outside
from vouchmark.lines.integrity.own import REFUSED, WHY
from vouchmark.render.safe import plain
from vouchmark.report import Json, Status

_CODE: Final = "integrity.unparsable"
_DRAFT: Final = "The Content Credentials are of a pre-release draft (0.x) that can no longer be checked."
FORMATS: Final = {
    "jpeg": "JPEG", "png": "PNG", "gif": "GIF", "tiff": "TIFF", "riff": "WebP, WAV or AVI", "bmff": "MP4, HEIC or AVIF",
    "jxl": "JPEG XL", "mp3": "MP3", "flac": "FLAC", "pdf": "PDF", "svg": "SVG", "zip": "ZIP document",
    "text": "text", "structured text": "text", "html": "HTML", "sfnt": "font", "ogg": "Ogg",
}  # fmt: skip
"""Families of formats as people know them."""


class Told(NamedTuple):
    """What is said of such a file."""

    code: str
    status: Status
    statement: str
    detail: Mapping[str, Json]


def told(facts: Facts) -> Told:
    """Why the first engine gives no account of a file, by our own reading of it."""
    reason = facts.first.reason
    given = facts.outside is not None and facts.outside.origin is StoreOrigin.GIVEN
    detail: dict[str, Json] = {
        "reason": str(reason or ""),
        "from": "given" if given else "",
        "engine": facts.first.engine,
    }
    if reason is Reason.PRERELEASE:
        return Told(_CODE, Status.ERROR, _DRAFT, detail)
    if reason is Reason.SIDECAR:
        words = f"{outside.whose(facts)} could not be had: they are empty, too large, or may not be read."
        return Told(_CODE, Status.ERROR, words, detail)
    own = facts.own
    if own is None:
        return Told(_CODE, Status.ERROR, f"{_refuses(facts.first)}, and our own check did not come about.", detail)
    if own.problem in (Problem.MALFORMED, Problem.LIMIT):
        what = "are malformed" if own.problem is Problem.MALFORMED else "are over a limit"
        why = plain(own.why).removeprefix("got ")
        return Told(_CODE, Status.ERROR, f"{outside.whose(facts)} {what}: {why}.", detail | {"what": why})
    if not own.problem:
        return Told(_CODE, Status.ERROR, f"{outside.whose(facts)} are malformed: {_faults(facts)}", detail)
    return _without_store(facts, detail)


def _without_store(facts: Facts, detail: Mapping[str, Json]) -> Told:
    """No Content Credentials are seen in the file: is it the file that is malformed?"""
    container = facts.own.container if facts.own is not None else None
    if container is None or not container.format or container.is_whole:
        return Told(REFUSED, Status.UNKNOWN, f"{_refuses(facts.first)}; {_nobody_else(facts)}.", detail)
    name = FORMATS.get(container.format, container.format)
    where = f"from byte {container.stops:,} on it is no {name}" if container.stops >= 0 else f"it is no whole {name}"
    if container.stops >= 0:
        detail = {**detail, "stops": container.stops}
    return Told(_CODE, Status.ERROR, f"The file is malformed: {where}; {_nobody_else(facts)}.", detail)


def is_only_refused(facts: Facts) -> bool:
    """Whether an engine gives up on a file in which nobody else sees Content Credentials, and nothing wrong."""
    own = facts.own
    if facts.first.outcome is not Outcome.UNPARSABLE or own is None or own.problem is not Problem.ABSENT:
        return False
    return not own.container.format or own.container.is_whole


def _refuses(reading: Reading) -> str:
    return f"{reading.engine} {WHY.get(reading.reason or '', 'failed on this file')}"


def _nobody_else(facts: Facts) -> str:
    """Who looked besides and found nothing."""
    found = facts.second is not None and facts.second.outcome is Outcome.ABSENT
    who = f"our own check and {facts.second.engine} find" if found and facts.second else "our own check finds"
    return f"{who} no Content Credentials in it"


def _faults(facts: Facts) -> str:
    """What of the manifests breaks the rules, by the specification's codes."""
    own = facts.own
    codes = dict.fromkeys(code for check in (own.checks.values() if own is not None else ()) for code in check.codes)
    # Without a claim there is no signature either: the cause first.
    known = [SPECIFICATION[code] for code in sorted(codes, key=_is_signature) if code in SPECIFICATION]
    first = next((meaning for kind, meaning in known if kind is Kind.FAILURE), "")
    return f"{first[:1].lower()}{first[1:]}" if first else "nothing in them is signed that could be read."


def _is_signature(code: str) -> bool:
    return code.startswith("claimSignature.")
