"""What does somebody see and copy who looks at a page for ten seconds: banner, sentences to paste, three values?"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from vouchmark.render.groups import group_of
from vouchmark.render.headline.answer import answer
from vouchmark.render.html.markup import without_options
from vouchmark.render.html.words import (
    AI,
    AI_BY_STATUS,
    AI_ELSEWHERE,
    AI_MADE,
    BYTES,
    CAVEATS,
    SIGNER_BY_STATUS,
    SIGNS,
    TONES,
)
from vouchmark.render.safe import plain, quoted
from vouchmark.report import Finding, Line, Report, Status
from vouchmark.wording.catalogue import has, say

NAME_SHOWN: Final = 80
"""Code points of a signer's name in its row."""
FILE_SHOWN: Final = 80
"""Code points of a file's name in a sentence to paste."""


def banner(report: Report) -> dict[str, Any]:
    """The worst or most telling fact, with the sentences to paste."""
    group = group_of(report)
    return {
        "tone": TONES[group],
        "answer": say("page.answer", answer=without_options(answer(report))),
        "paste": paste(report),
    }


def paste(report: Report) -> str:
    """Two sentences for a chat or an article: what was found and when, one caveat, and which file was meant."""
    digest = report.media.sha256
    name = plain(report.media.shown, limit=FILE_SHOWN)
    said = without_options(answer(report))
    facts = {"day": day(report.inputs.at), "name": name, "answer": said, "caveat": CAVEATS[group_of(report)]}
    if digest is None:
        return say("paste.unread", **facts)
    return say("paste.file", digest=f"{digest[:8]}…{digest[-8:]}", **facts)


def day(instant: str) -> str:
    """`30 November 2026`, of an RFC 3339 instant; as it is where it is none."""
    try:
        moment = dt.datetime.fromisoformat(instant)
    except ValueError:
        return plain(instant)
    return say(f"page.day.{moment.month}", day=moment.day, year=moment.year)


def three(report: Report, anchor: str) -> list[dict[str, str]]:
    """Bytes, signer and AI, each with its value and tone."""
    rows = (
        (Line.INTEGRITY, say("page.three.integrity"), _bytes(report)),
        (Line.SIGNER, _who(report), _signer(report)),
        (Line.AI, say("page.three.ai"), _ai(report)),
    )
    return [
        {
            "anchor": f"{anchor}-{line}",
            "question": question,
            "value": value,
            "tone": tone,
            "sign": SIGNS[tone],
        }
        for line, question, (value, tone) in rows
    ]


def _bytes(report: Report) -> tuple[str, str]:
    return BYTES[report.evidence[Line.INTEGRITY].status]


def _for_other_bytes(report: Report) -> bool:
    return report.evidence[Line.INTEGRITY].status is Status.FAIL or report.evidence[Line.SIGNER].value == "other-bytes"


def _who(report: Report) -> str:
    return say("page.three.signer.other_bytes" if _for_other_bytes(report) else "page.three.signer")


def _signer(report: Report) -> tuple[str, str]:
    """The name in quotes unless a list vouches for it, and for which bytes it speaks."""
    evidence = report.evidence[Line.SIGNER]
    words, tone = SIGNER_BY_STATUS[evidence.status]
    named = [found for found in evidence.findings if found.status is evidence.status and found.detail.get("name")]
    name = str(named[0].detail["name"]) if named else ""
    if not name or evidence.status not in (Status.PASS, Status.UNKNOWN, Status.FAIL):
        return words, tone
    vouched = evidence.status is Status.PASS or _is_vouched_for(named[0])
    shown = plain(name, limit=NAME_SHOWN) if vouched else quoted(name, limit=NAME_SHOWN)
    why = "other-bytes" if _for_other_bytes(report) else str(evidence.value)
    if evidence.status is Status.PASS or not has(f"signed_by.{why}"):
        why = str(evidence.status)
    return say(f"signed_by.{why}", name=shown), tone


def _is_vouched_for(finding: Finding) -> bool:
    """Whether a list vouches for the name, as the finding's own sentence has it."""
    who = finding.message.args.get("who") if finding.message is not None else None
    return isinstance(who, dict) and bool(who.get("vouched"))


def _ai(report: Report) -> tuple[str, str]:
    """What is declared of AI, where these are the bytes of which it was declared."""
    evidence = report.evidence[Line.AI]
    if _for_other_bytes(report) and evidence.status in (Status.PASS, Status.UNKNOWN):
        return say("page.three.ai.other_bytes"), "doubt"
    if evidence.status is Status.PASS:
        for finding in evidence.findings:
            if finding.status is Status.PASS and finding.code in AI:
                return AI[finding.code]
    for start, words in AI_ELSEWHERE.items():
        if str(evidence.value).startswith(start) and str(evidence.value).removeprefix(start) in AI_MADE:
            return words, "note"
    return AI_BY_STATUS[evidence.status]
