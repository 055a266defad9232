"""Who signed, and who vouches for that signer?

A name in a certificate is shown as that maker's name only where a list vouches for the certificate; else it is
"a signer who calls itself …". A certificate that has expired is another sentence than an unknown signer.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.credentials.model import Manifest
from vouchmark.lines.facts import (
    Answer,
    Draft,
    Facts,
    certificate_name,
    failures,
    has,
    instant,
    nothing_to_look_at,
    source_of,
)
from vouchmark.report import Json, Line, NotChecked, Root, Status

REVOCATION = NotChecked(what="revocation", why="network off")


def answer(facts: Facts) -> Answer:
    """The signer line, by the first engine's own chain check."""
    nothing = nothing_to_look_at(facts, Line.SIGNER)
    if nothing is not None:
        return nothing
    manifest = facts.bound
    if manifest is None or manifest.signer is None or manifest.signer.certificate is None:
        draft = _draft(facts, "signer.unreadable", Status.UNKNOWN, "The signer's certificate could not be read.", "")
        return Answer(summary=draft.statement, drafts=(draft,))
    drafts = [_who(facts, manifest)]
    drafts.extend(_certificate_failures(facts, manifest))
    drafts.sort(key=lambda draft: draft.status is not Status.FAIL)
    return Answer(summary=drafts[0].statement, drafts=tuple(drafts), not_checked=(REVOCATION,))


def _who(facts: Facts, manifest: Manifest) -> Draft:
    """One finding about the certificate and the lists."""
    certificate = manifest.signer.certificate if manifest.signer else None
    name = certificate_name(certificate) or "nobody in particular"
    codes = facts.codes_of(manifest)
    detail: dict[str, Json] = {
        "name": name,
        "algorithm": manifest.signer.algorithm if manifest.signer else "",
    }
    if certificate:
        detail["issuer"] = _words(certificate.issuer)
        detail["serial"] = certificate.serial
        if certificate.not_before and certificate.not_after:
            detail["valid_from"] = instant(certificate.not_before)
            detail["valid_until"] = instant(certificate.not_after)
    if not has(codes, "claimSignature.validated"):
        statement = f"The signature does not verify, so it is not established that {_calls_itself(name)} signed this."
        return _draft(facts, "signer.unestablished", Status.UNKNOWN, statement, manifest.label, detail)
    expired = facts.expired(manifest)
    if has(codes, "signingCredential.trusted") and not expired:
        return _draft(
            facts, "signer.listed", Status.PASS, f"Signed by {name}, who is on a list you use.", manifest.label, detail
        )
    if expired:
        statement = (
            f"Signed by {_calls_itself(name)}; the certificate is out of date and no trusted time says when it signed."
        )
        return _draft(facts, "signer.expired", Status.UNKNOWN, statement, manifest.label, detail)
    statement = f"Signed by {_calls_itself(name)}; no list that you use vouches for this signer."
    return _draft(facts, "signer.unknown", Status.UNKNOWN, statement, manifest.label, detail)


def _certificate_failures(facts: Facts, manifest: Manifest) -> list[Draft]:
    """Failures of the certificate itself: revoked, or against the profile."""
    drafts = []
    for code in sorted({c.code for c in failures(facts.codes_of(manifest)) if c.code.startswith("signingCredential.")}):
        if code in ("signingCredential.untrusted", "signingCredential.expired"):
            continue
        words = (
            "The signer's certificate was revoked."
            if "revoked" in code
            else "The signer's certificate breaks the rules."
        )
        drafts.append(_draft(facts, code, Status.FAIL, words, manifest.label))
    return drafts


def _calls_itself(name: str) -> str:
    return f"a signer who calls itself “{name}”"


def _words(names: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(names.items()))


def _draft(
    facts: Facts, code: str, status: Status, statement: str, subject: str, detail: Mapping[str, Json] | None = None
) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=Root.CERTIFICATE,
        subject=subject or facts.name,
        detail=dict(detail or {}),
    )
