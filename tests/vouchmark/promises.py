"""What does each example policy promise in its first lines, so that a verdict on any report keeps or breaks it?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from vouchmark import Policy
from vouchmark.policies.conditions import fits
from vouchmark.report import Finding, Line, Outcome, Report, Root, Status, Verdict

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "policies"
NAMES: Final = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
GENERATED: Final = ("ai.generated", "ai.generator", "ai.synthetic")
WITH_AI: Final = (*GENERATED, "ai.edited", "ai.used")
CHANGED: Final = (
    "assertion.*",
    "hashedURI.*",
    "claimSignature.*",
    "integrity.store.foreign",
    "integrity.padding.filled",
)
SERIOUS: Final = (Outcome.REVIEW, Outcome.BLOCK)
DOUBTFUL: Final = (Status.FAIL, Status.UNKNOWN, Status.ERROR)


@functools.cache
def policy(name: str) -> Policy:
    if name == "default":
        return Policy.default()
    return Policy.load(EXAMPLES / f"{name}.toml")


def declared(report: Report) -> Iterator[tuple[Finding, str]]:
    """Every signed declaration of AI, and the label that belongs to that of which it is made."""
    for one in report.evidence[Line.AI].findings:
        if one.code not in WITH_AI or one.root not in (Root.CLAIM_SIGNATURE, Root.INGREDIENT):
            continue
        own = "ai-generated" if one.code in GENERATED else "ai-edited"
        labels = {"this file": own, "earlier file": "ai-inherited", "part": "ai-in-part", "input": "ai-in-part"}
        if one.detail.get("of") in labels:
            yield one, labels[str(one.detail["of"])]


def status(report: Report, line: Line) -> Status:
    return report.evidence[line].status


def failed(report: Report) -> list[Finding]:
    return [one for one in report.evidence[Line.INTEGRITY].findings if one.status is Status.FAIL]


def labelled(report: Report, verdict: Verdict) -> Iterator[str]:
    """Every declaration of AI is labelled as that of which it is made, and nothing is called changed without a sign."""
    for one, label in declared(report):
        if label not in verdict.labels:
            yield f"{one.code} of {one.detail['of']} has no label {label}: {verdict.labels}"
    unsigned = {one.code for one in report.evidence[Line.AI].findings if one.root is Root.UNSIGNED_METADATA}
    if unsigned & {"ai.generated", "ai.generator"} and "ai-generated-unsigned" not in verdict.labels:
        yield "what nobody signed says generated, and no label"
    if "altered-after-signing" in verdict.labels:
        codes = [one.code for one in failed(report)]
        if not any(fits(code, pattern) for code in codes for pattern in CHANGED):
            yield f"called altered for {codes}"


def newsroom(report: Report, verdict: Verdict) -> Iterator[str]:
    """Allowed is only what is in no doubt; what fails is refused; what is declared is looked at."""
    if verdict.outcome is Outcome.ALLOW:
        doubtful = [line for line in Line if status(report, line) in DOUBTFUL]
        needed = (Line.INTEGRITY, Line.SIGNER, Line.TIME)
        if doubtful or any(status(report, line) is not Status.PASS for line in needed):
            yield f"allowed with {doubtful}"
        if list(declared(report)):
            yield "allowed with AI declared"
    for line in (Line.INTEGRITY, Line.HISTORY, Line.TIME, Line.CLAIM, Line.AI):
        if status(report, line) is Status.FAIL and verdict.outcome is not Outcome.BLOCK:
            yield f"{line} fails, and {verdict.outcome}"
    if list(declared(report)) and verdict.outcome not in SERIOUS:
        yield "declared AI is not looked at"
    gone = [one.code for one in report.evidence[Line.HISTORY].findings if one.code.startswith("history.redaction.")]
    removed = set(gone) - {f"history.redaction.{word}" for word in ("nothing", "not_done", "forbidden")}
    if bool(removed) is not ("statement-removed" in verdict.labels):
        yield "a removal is not labelled, or what is none is"


def moderation(report: Report, verdict: Verdict) -> Iterator[str]:
    """Changed under a listed signature is blocked; nobody is for having no credentials; refused signers are shown."""
    pass_signer = status(report, Line.SIGNER) is Status.PASS
    codes = [one.code for one in failed(report)]
    cut = any(one.code == "integrity.cut" for one in report.evidence[Line.INTEGRITY].findings)
    changed = any(fits(code, pattern) for code in codes for pattern in CHANGED)
    if changed and pass_signer and not cut and verdict.outcome is not Outcome.BLOCK:
        yield f"changed under a listed signature, and {verdict.outcome}"
    if all(status(report, line) is not Status.FAIL for line in Line) and verdict.outcome is Outcome.BLOCK:
        yield "blocked where nothing fails"
    refused = any(
        isinstance(by := one.detail.get("by"), Mapping) and by.get("standing") in ("revoked", "distrusted")
        for one in report.evidence[Line.HISTORY].findings
        if one.code.endswith(".signer")
    )
    if refused and "distrusted-signer" not in verdict.labels:
        yield "a refused signer below is not shown"


def news_desk_persons(report: Report, verdict: Verdict) -> Iterator[str]:
    """Allowed is only what a person vouches for, where nothing fails and no AI is declared or shown."""
    if verdict.outcome is Outcome.ALLOW:
        failing = [line for line in Line if status(report, line) in (Status.FAIL, Status.ERROR)]
        if failing or status(report, Line.PERSON) is not Status.PASS:
            yield f"allowed with {failing}"
        if any(one.code in WITH_AI for one in report.evidence[Line.AI].findings if one.status is not Status.ABSENT):
            yield "allowed with AI"


def review_site(report: Report, verdict: Verdict) -> Iterator[str]:
    """What is generated, or was changed, is looked at, whoever vouches for it."""
    told = [one for one in report.evidence[Line.AI].findings if one.code in GENERATED]
    if any(one.status in (Status.PASS, Status.UNKNOWN) for one in told) and verdict.outcome not in SERIOUS:
        yield "generated and not looked at"
    broken = Status.FAIL in (status(report, Line.INTEGRITY), status(report, Line.HISTORY))
    if broken and verdict.outcome not in SERIOUS:
        yield "changed and not looked at"


def open_forum(report: Report, verdict: Verdict) -> Iterator[str]:
    """Nobody is held back."""
    if verdict.outcome in SERIOUS:
        yield f"held back: {verdict.outcome}"


PROMISES: Final[Mapping[str, Callable[[Report, Verdict], Iterator[str]]]] = {
    "newsroom": newsroom,
    "moderation": moderation,
    "news-desk-persons": news_desk_persons,
    "review-site": review_site,
    "open-forum": open_forum,
}


def broken(name: str, report: Report) -> list[str]:
    """Every promise of an example policy that its verdict on a report breaks."""
    verdict = policy(name).decide(report)
    return [*labelled(report, verdict), *PROMISES[name](report, verdict)]
