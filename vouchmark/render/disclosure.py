"""What of a report does the law ask a platform to show: provenance data, what made it, signatures, where to inspect?

The four facts of California's AI Transparency Act (Business and Professions Code, section 22757.3.1(a)), each with what
was found or the words `not established`: what was not found is never said not to be there. A fact that does not hold
for these bytes is told as that and names nothing. The text is ASCII, so that no sign out of a file reaches a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from vouchmark.render.safe import plain
from vouchmark.report import Evidence, Finding, Line, Report, Root, Status

SCHEMA: Final = "vouchmark.disclosure/1"
AVAILABLE, DOES_NOT_HOLD, NOT_ESTABLISHED = "available", "does not hold", "not established"
"""The findings that a fact can have."""
STANDARD: Final = "C2PA Content Credentials"
NOT_SHOWN: Final = (
    "Nothing here says whether the file is true. What is not established may still be so: most files carry no "
    "provenance data, and it is easily lost."
)

_MARKUP: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_SYSTEMS: Final = ("ai.generated", "ai.generator", "ai.edited", "ai.used")
_DEVICES: Final = ("ai.captured",)
_NO_SIGNATURE: Final = ("signer.absent", "signer.remote", "signer.unreadable", "signer.foreign", "signer.unestablished")
_OF_CONTENT: Final = "this file"


def to_dict(report: Report) -> dict[str, Any]:
    """The four facts of one report."""
    media, inputs = report.media, report.inputs
    return {
        "schema": SCHEMA,
        "media": {"name": plain(media.shown), "type": media.type, "sha256": media.sha256},
        "provenance_data": _provenance(report),
        "made_by": _made_by(report),
        "digital_signatures": _signatures(report),
        "inspect": _inspect(report),
        "not_shown": NOT_SHOWN,
        "judged_at": inputs.at,
        "tool": inputs.tool,
    }


def dumps(report: Report, *, indent: int | None = 2) -> str:
    """The four facts as JSON, without a final newline; the same bytes for the same report."""
    text = json.dumps(to_dict(report), indent=indent, ensure_ascii=True, allow_nan=False)
    # Markup signs occur in JSON only inside strings, so that they can be escaped in the finished text.
    return text.translate(_MARKUP)


def _fact(finding: str, evidence: Evidence, findings: list[Finding], **more: Any) -> dict[str, Any]:
    return {
        "finding": finding,
        "statement": plain(evidence.summary),
        "rests_on": [one.id for one in findings],
        **more,
    }


def _is_there(report: Report) -> bool:
    """Whether a signed manifest was read: some signature stands on the signer's line."""
    found = report.evidence[Line.SIGNER].findings
    return any(one.root in (Root.CERTIFICATE, Root.CLAIM_SIGNATURE) and one.code not in _NO_SIGNATURE for one in found)


def _provenance(report: Report) -> dict[str, Any]:
    """Whether provenance data of a recognised standard is there, and holds for these bytes."""
    evidence = report.evidence[Line.INTEGRITY]
    deciding = [one for one in evidence.findings if one.status is evidence.status]
    if evidence.status is Status.PASS:
        return _fact(AVAILABLE, evidence, deciding, standard=STANDARD)
    if evidence.status is Status.FAIL and _is_there(report):
        return _fact(DOES_NOT_HOLD, evidence, deciding, standard=STANDARD)
    return _fact(NOT_ESTABLISHED, evidence, deciding)


def _made_by(report: Report) -> dict[str, Any]:
    """Which generative system or capture device the signer of this content names."""
    evidence = report.evidence[Line.AI]
    holds = report.evidence[Line.INTEGRITY].status is Status.PASS and evidence.status is Status.PASS
    own = [one for one in evidence.findings if _is_own(one)] if holds else []
    systems = [one for one in own if one.code in _SYSTEMS]
    devices = [one for one in own if one.code in _DEVICES]
    told = systems or devices
    hints = list(_hints(report))
    if not told:
        return _fact(NOT_ESTABLISHED, evidence, [], **({"unsigned": hints} if hints else {}))
    names = list(dict.fromkeys(name for one in told if (name := _name(one))))
    return _fact(
        AVAILABLE,
        evidence,
        told,
        kind="generative system" if systems else "capture device",
        name=names or NOT_ESTABLISHED,
        signer_vouched_for=report.evidence[Line.SIGNER].status is Status.PASS,
        **({"unsigned": hints} if hints else {}),
    )


def _is_own(one: Finding) -> bool:
    """Whether the signer of this content declares it of this content, and that holds."""
    of = one.detail.get("of", _OF_CONTENT)
    return one.status is Status.PASS and one.root is Root.CLAIM_SIGNATURE and of == _OF_CONTENT


def _name(one: Finding) -> str:
    """What a declaration calls the system or device; empty where it names none."""
    named = one.detail.get("software") or one.detail.get("generator")
    return plain(named) if isinstance(named, str) else ""


def _hints(report: Report) -> Iterator[dict[str, str]]:
    """What the file says of itself, unsigned: anybody could have written it."""
    for fact in report.media.metadata:
        if fact.what in ("camera", "software") and not fact.contradicted:
            yield {"what": fact.what, "value": plain(fact.value), "where": plain(fact.where)}


def _signatures(report: Report) -> dict[str, Any]:
    """Whether a digital signature is there, and whether anybody vouches for who signed."""
    evidence = report.evidence[Line.SIGNER]
    deciding = [one for one in evidence.findings if one.status is evidence.status]
    if not _is_there(report):
        return _fact(NOT_ESTABLISHED, evidence, [])
    holds = report.evidence[Line.INTEGRITY].status is Status.PASS and evidence.status is not Status.FAIL
    vouched = holds and evidence.status is Status.PASS
    return _fact(AVAILABLE if holds else DOES_NOT_HOLD, evidence, deciding, signer_vouched_for=vouched)


def _inspect(report: Report) -> dict[str, Any]:
    """Where all of it can be inspected."""
    how = ["vouchmark check FILE --format html", "vouchmark check FILE --format crjson"]
    remote = next((one for one in report.evidence[Line.INTEGRITY].findings if one.code == "integrity.remote"), None)
    if remote is not None:
        address = plain(str(remote.detail.get("url", "")))
        return {"finding": AVAILABLE, "where": "at an address that the file names", "address": address, "how": how}
    if not _is_there(report):
        return {"finding": NOT_ESTABLISHED, "how": how}
    apart = "manifest_sha256" in report.inputs.options
    return {"finding": AVAILABLE, "where": "beside the file" if apart else "in the file itself", "how": how}
