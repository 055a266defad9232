"""What is said of a bundle that was looked at, for machines and for people?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vouchmark.bundles.comparing import Compared
from vouchmark.bundles.hands import custody
from vouchmark.bundles.verifying import Answered, Verified
from vouchmark.render.headline.answer import answer
from vouchmark.render.safe import plain
from vouchmark.report import Report, Status, exit_code

SCHEMA: Final = "vouchmark.bundle-verification/1"
SIGNS: Final = {
    Status.PASS: "ok",
    Status.FAIL: "FAIL",
    Status.UNKNOWN: "?",
    Status.ABSENT: "none",
    Status.SKIPPED: "not run",
    Status.ERROR: "ERROR",
}
NOT_SHOWN: Final = (
    "Whether a picture shows what happened: a bundle keeps what was found, and proves no more than that did.",
    "Who brought the files: words on where they came from are the keeper's own.",
    "What came after: later lines of its custody, if there are any, are not in this copy.",
)
"""What no bundle shows."""


def to_dict(verified: Verified) -> dict[str, Any]:
    """What came of it as JSON values, every text of a stranger's harmless."""
    bundle = verified.bundle
    return {
        "schema": SCHEMA,
        "digest": verified.digest or None,
        "exit": int(verified.exit),
        "checks": [
            {
                "code": one.code,
                "status": str(one.status),
                "words": plain(one.words),
                "details": [plain(detail) for detail in one.details],
            }
            for one in verified.checks
        ],
        "files": [_file(one) for one in verified.files],
        "inputs_differ": [plain(one) for one in verified.inputs_differ],
        "made": None
        if bundle is None
        else {
            "at": plain(bundle.made),
            "judged_at": plain(bundle.inputs.options.at),
            "tool": plain(bundle.environment.tool),
            "sources": [plain(one) for one in bundle.sources],
            "notes": [plain(one) for one in bundle.notes],
        },
        "custody": [
            {"n": one.n, "at": plain(one.at), "action": one.action, "by": plain(one.by)} for one in verified.entries
        ],
    }


def _file(one: Answered) -> dict[str, Any]:
    return {
        "number": one.row.number,
        "name": plain(one.row.below or one.row.name),
        "sha256": one.row.sha256,
        "theirs": None if one.theirs is None else _report(one.theirs),
        "yours": _report(one.yours),
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "answer": answer(report),
        "exit": int(exit_code(report)),
        "outcome": str(report.verdict.outcome) if report.verdict else None,
        "policy": report.verdict.policy.name if report.verdict else None,
        "lines": {str(line): str(evidence.status) for line, evidence in report.evidence.items()},
    }


def lines(verified: Verified, *, name: str, last: bool = True) -> Iterator[str]:
    """The same for a person, line by line, every text of a stranger's harmless.

    Args:
        verified: what came of it.
        name: what the reader calls it.
        last: whether what no bundle shows is said after it.
    """
    yield plain(f"Bundle {name}")
    if verified.digest:
        yield f"digest {verified.digest}"
    for one in verified.checks:
        yield f"  {SIGNS[one.status]:8}{plain(one.words)}"
        yield from (f"          {plain(detail)}" for detail in one.details if detail)
    yield from _made(verified)
    yield from (f"Custody: {hand(entry)}" for entry in verified.entries)
    for file in verified.files:
        yield ""
        yield plain(f"{file.row.number}. {file.row.below or file.row.name}")
        yield f"  by its lists:   {_said(file.theirs)}"
        yield f"  by your lists:  {_said(file.yours)}"
    if verified.inputs_differ:
        yield ""
        yield "What you went by is other than what it brings:"
        yield from (f"  {plain(one)}" for one in verified.inputs_differ)
    yield ""
    if last:
        yield "What it does not show:"
        yield from (f"  {words}" for words in NOT_SHOWN)


def _made(verified: Verified) -> Iterator[str]:
    bundle = verified.bundle
    if bundle is None:
        return
    yield plain(f"Made {bundle.made} with {bundle.environment.tool}, by its maker's clock.")
    yield from said(verified)


def said(verified: Verified) -> Iterator[str]:
    """What the keeper says and added, clearly as that."""
    bundle = verified.bundle
    if bundle is None:
        return
    yield from (plain(f"The keeper says it came from: “{one}”") for one in bundle.sources)
    yield from (plain(f"The keeper notes: “{one}”") for one in bundle.notes)
    yield from (plain(f"The keeper added “{one.name}” ({one.media_type})") for one in bundle.attached)


def hand(entry: custody.Entry) -> str:
    """One line of custody."""
    deeds = {"make": "made it", "copy": "copied it", "receive": "received it"}
    without = f", without {entry.withheld} of its files" if entry.withheld else ""
    who = f"“{entry.by}”" if entry.by else "somebody"
    return plain(f"{entry.at}: {who} {deeds[entry.action]}{without}")


def _said(report: Report | None) -> str:
    if report is None:
        return "its report cannot be read"
    outcome = f" [{report.verdict.outcome}, policy {plain(report.verdict.policy.name)}]" if report.verdict else ""
    return f"{plain(answer(report))}{outcome}"


def pair_to_dict(verified: list[Verified], compared: Compared | None) -> dict[str, Any]:
    """Two bundles side by side as JSON values."""
    found: dict[str, Any] = {"schema": SCHEMA, "bundles": [to_dict(one) for one in verified], "compared": None}
    if compared is not None:
        found["compared"] = {
            "is_one": compared.is_one,
            "same_bytes": compared.same_bytes,
            "same_conclusions": compared.same_conclusions,
            "both": [
                {"name": plain(pair.name), "sha256": pair.sha256, "differ": [plain(one) for one in pair.differ]}
                for pair in compared.both
            ],
            **{
                name: [plain(one) for one in getattr(compared, name)]
                for name in ("first_alone", "second_alone", "withheld", "inputs", "versions")
            },
        }
    return found


def pair_lines(compared: Compared | None) -> Iterator[str]:
    """The same for a person."""
    yield ""
    if compared is None:
        yield "The two cannot be compared: one of them does not say what it holds, or was altered."
        return
    if compared.is_one:
        yield "Both are the same bundle, octet for octet below data."
    yield (
        f"They speak of the same bytes: {len(compared.both)} files."
        if compared.same_bytes
        else f"They do not speak of the same bytes: {len(compared.both)} files are in both."
    )
    for words, names in (
        ("in the first one alone", compared.first_alone),
        ("in the second one alone", compared.second_alone),
        ("withheld by one of them, by its salted digest", compared.withheld),
    ):
        yield from (f"  {words}: {plain(name)}" for name in names)
    if compared.same_conclusions:
        yield "By what each brings, they conclude the same of every file that both have."
    else:
        yield "By what each brings, they do not conclude the same:"
        for pair in compared.both:
            yield from (f"  {plain(pair.name)}: {plain(words)}" for words in pair.differ)
    if compared.inputs or compared.versions:
        yield f"They differ from this input on: {plain((*compared.inputs, *compared.versions)[0])}"
        yield from (f"  {plain(words)}" for words in (*compared.inputs, *compared.versions)[1:])
