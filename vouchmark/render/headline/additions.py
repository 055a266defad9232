"""What should a reader hear besides the bytes and the signer, in the first line?

Failures of other lines, what was asked for, people who vouch for it: each with the word of whoever says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from vouchmark.render.headline.clauses import Clause, Rank
from vouchmark.render.headline.declared import declared
from vouchmark.render.safe import plain
from vouchmark.render.words import sentence, with_status
from vouchmark.report import Finding, Line, Report, Root, Status
from vouchmark.wording.catalogue import has, say
from vouchmark.wording.model import Fact, Said

__all__ = ["Clause", "Rank", "additions"]

_ALSO: Final = {
    Line.TIME: "headline.time",
    Line.AI: "headline.ai",
    Line.PERSON: "headline.person",
    Line.CLAIM: "headline.claim",
}
"""Failures of other lines, in the order in which they are told."""

_WEIGHTY: Final = ("presence", "bytes", "signature")
"""What verifiers may disagree on that touches the answer itself; the overall state also differs over expiry."""

_KNOWN: Final = {
    "known.changed": "headline.known.changed",
    "known.spliced": "headline.known.spliced",
    "known.other": "headline.known.other",
    "known.same": "headline.known.same",
    "known.excerpt": "headline.known.excerpt",
    "known.unaligned": "headline.known.uncompared",
    "known.uncompared": "headline.known.uncompared",
}
"""What comparing with an original came to."""


def additions(report: Report) -> Iterator[Clause]:
    """Every clause that is not about the bytes and the signer."""
    yield from _history(report)
    for line, words in _ALSO.items():
        if report.evidence[line].status is Status.FAIL:
            yield Clause(Rank.FAILURE, say(words))
    yield from _doubts(report)
    if report.evidence[Line.AI].status is not Status.FAIL and report.evidence[Line.INTEGRITY].status is not Status.FAIL:
        yield from declared(report)
    if report.evidence[Line.INTEGRITY].status is not Status.ERROR:
        yield from _claimed(report)
    yield from _compared(report)
    yield from _recognised(report)
    if report.evidence[Line.INTEGRITY].status is not Status.ERROR:
        yield from _people(report)


def _doubts(report: Report) -> Iterator[Clause]:
    """A name of another type, a broken rule, a statement that was removed, verifiers that disagree."""
    integrity = report.evidence[Line.INTEGRITY].status
    for finding in with_status(report, Line.INTEGRITY, Status.ABSENT):
        named, content = (plain(str(finding.detail.get(word))) for word in ("named", "content"))
        is_other = named.partition("/")[0] != content.partition("/")[0]
        if finding.code == "integrity.type.misnamed" and (
            integrity is Status.UNKNOWN or (integrity is Status.ABSENT and is_other)
        ):
            yield Clause(Rank.BESIDE, say("headline.misnamed", named=named, content=content))
        if finding.code == "integrity.rule":
            yield Clause(Rank.DOUBT, say("headline.rule"))
    yield from _unvouched(report)
    yield from _removed(report)
    if integrity in (Status.PASS, Status.FAIL, Status.ABSENT) and (said := _verifiers(report)) is not None:
        yield Clause(Rank.DOUBT, said)


def _verifiers(report: Report) -> Said | None:
    for finding in with_status(report, Line.ENGINES, Status.UNKNOWN):
        on = finding.detail.get("on")
        weighty = [say(f"headline.on.{word}") for word in _WEIGHTY if isinstance(on, list) and word in on]
        if finding.detail.get("unread"):
            return say("headline.unread_by_one")
        if finding.code == "engines.disagree" and weighty:
            return say("headline.verifiers", on=weighty)
    return None


def _history(report: Report) -> Iterator[Clause]:
    """What is wrong with what it was made from."""
    if report.evidence[Line.INTEGRITY].status not in (Status.PASS, Status.UNKNOWN):
        return
    broken = next(with_status(report, Line.HISTORY, Status.FAIL), None)
    if broken is not None:
        yield Clause(Rank.FAILURE, say(_break(broken)))
    elif any(one.code == "history.parent.unlike" for one in report.evidence[Line.HISTORY].findings):
        yield Clause(Rank.DOUBT, say("headline.parent.unlike"))


def _break(finding: Finding) -> str:
    """The id of the sentence for a failure of the history."""
    if finding.code == "history.redaction.forbidden":
        return "headline.redaction.forbidden"
    _, what, how = [*finding.code.split("."), "", ""][:3]
    if what == "parent" and finding.detail.get("of") in _PARTS:
        what = _PARTS[str(finding.detail["of"])]
    if how == "signer":
        by = finding.detail.get("by")
        word = f"headline.parent.{by.get('standing', '') if isinstance(by, dict) else ''}"
        return word if has(word) else "headline.parent.refused"
    reasons = finding.detail.get("reasons")
    recorded = isinstance(reasons, list) and reasons and all(str(one).startswith("recorded:") for one in reasons)
    word = f"headline.{what}.{'recorded' if how == 'broken' and recorded else how}"
    return word if has(word) else "headline.history"


_PARTS: Final = {"part": "part_before", "input": "input_before"}
"""What an earlier version of something else than this file is called in the ids of sentences."""


def _people(report: Report) -> Iterator[Clause]:
    """Who vouches for it, speaks against it or says something: by the signed stance, never by a text."""
    person = report.evidence[Line.PERSON]
    if person.status is Status.PASS:
        yield Clause(Rank.BESIDE, _vouched(report))
    if any(one.code == "person.against" for one in person.findings):
        yield Clause(Rank.BESIDE, say("headline.person.against"))
    elif person.status is not Status.PASS and any(one.code == "person.statement" for one in person.findings):
        yield Clause(Rank.BESIDE, say("headline.person.statement"))


def _vouched(report: Report) -> Said:
    voices = list(with_status(report, Line.PERSON, Status.PASS))
    if any("statement" in one.detail for one in voices):
        return say("headline.person.for")
    issuers = {(str(one.detail.get("issuer", "")), str(one.detail.get("issuer_name", ""))) for one in voices}
    name = next(iter(issuers))[1] if len(issuers) == 1 else ""
    return say("headline.person.vouched", issuer=name) if name else say("headline.person.several")


def _removed(report: Report) -> Iterator[Clause]:
    """That a later signer removed something which this report might have told."""
    gone = [
        finding
        for finding in report.evidence[Line.HISTORY].findings
        if finding.detail.get("removed") in _REMOVED and finding.detail.get("of") in ("this file", "earlier file")
    ]
    gone.sort(key=lambda finding: _REMOVED.index(str(finding.detail.get("removed"))))
    if gone:
        more = len({finding.detail.get("removed") for finding in gone}) > 1
        yield Clause(Rank.DOUBT, _gone(gone[0], ".more" if more else ""))


def _gone(finding: Finding, more: str) -> Said:
    """The finding's own sentence as a clause, by its facts."""
    of = ".earlier" if finding.detail.get("of") == "earlier file" else ""
    facts: dict[str, Fact] = {"what": {"id": f"redaction.what.{finding.detail.get('removed')}"}}
    if finding.message is not None:
        facts |= cast("Mapping[str, Fact]", finding.message.args)
    return say(f"headline.removed{of}{'' if 'who' in facts else '.nobody'}{more}", **facts)


_REMOVED: Final = ("ai", "training", "ingredient", "metadata", "identity", "time", "done")
"""What a later signer may have removed, the most telling first; a thumbnail states nothing."""


def _unvouched(report: Report) -> Iterator[Clause]:
    """That nothing vouches for the signer of an earlier version, where a list vouches for the last one."""
    if any(report.evidence[line].status is not Status.PASS for line in (Line.INTEGRITY, Line.SIGNER)):
        return
    for finding in with_status(report, Line.HISTORY, Status.UNKNOWN):
        if finding.code == "history.parent.signer" and finding.detail.get("of") == "earlier file":
            by = finding.detail.get("by")
            standing = str(by.get("standing")) if isinstance(by, dict) else ""
            word = f"headline.ancestor.{standing.replace(' ', '_')}"
            yield Clause(Rank.DOUBT, say(word if has(word) else "headline.ancestor"))
            return


def _compared(report: Report) -> Iterator[Clause]:
    """What comparing with an original came to, which is what a reader asked who gave one."""
    for finding in report.evidence[Line.KNOWN].findings:
        what = plain(str(finding.detail.get("against") or "original"))
        words = _KNOWN.get(finding.code, "")
        if finding.code == "known.same" and finding.detail.get("same_bytes") is True:
            words = "headline.known.bytes"
        if words:
            rank = Rank.FAILURE if finding.status is Status.FAIL else Rank.BESIDE
            yield Clause(rank, say(words, what=what))
            return


def _recognised(report: Report) -> Iterator[Clause]:
    """Whether the reader's own index knows it, which is what a reader with an index asked."""
    found = {finding.code for finding in with_status(report, Line.KNOWN, Status.PASS)}
    if "known.exact" in found:
        yield Clause(Rank.BESIDE, say("headline.known.exact"))
    elif "known.near" in found:
        yield Clause(Rank.BESIDE, say("headline.known.near"))


def _claimed(report: Report) -> Iterator[Clause]:
    """What became of a claim that the reader asked about; a signed contradiction is told with the other failures."""
    status = report.evidence[Line.CLAIM].status
    doubts = [one.code for one in with_status(report, Line.CLAIM, Status.UNKNOWN) if one.root is Root.UNSIGNED_METADATA]
    words = ""
    if status is Status.PASS:
        part = any(finding.code.endswith(".none") for finding in report.evidence[Line.CLAIM].findings)
        earlier = all(finding.root is Root.INGREDIENT for finding in with_status(report, Line.CLAIM, Status.PASS))
        words = f"headline.claim.agrees{'.earlier' if earlier else ''}{'.part' if part else ''}"
    elif status is Status.ABSENT:
        words = "headline.claim.none"
    elif status is Status.UNKNOWN and any(code.endswith(".contradicts") for code in doubts):
        words = "headline.claim.unsigned.contradicts"
    elif status is Status.UNKNOWN and any(code.endswith(".agrees") for code in doubts):
        words = "headline.claim.unsigned.agrees"
    if words:
        yield Clause(Rank.BESIDE, say(words))
    for finding in with_status(report, Line.CLAIM, Status.UNKNOWN):
        if finding.code in ("claim.place.apart", "claim.time.apart"):
            apart = sentence(finding.statement)
            yield Clause(Rank.DOUBT, say("headline.claim.apart", what=f"{apart[:1].lower()}{apart[1:]}"))
