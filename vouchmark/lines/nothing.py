"""What does a line say that needs Content Credentials, where there are none that could be this file's?"""

from __future__ import annotations

from provenance.credentials.engines.model import Outcome
from provenance.credentials.history.manifest_check import SignatureState
from vouchmark.examination.accounts import OF_TYPE
from vouchmark.lines.facts import (
    FRAGMENT,
    Answer,
    Draft,
    Facts,
    certificate_name,
    has_unreached_store,
    is_cut_off,
    is_searched_in_part,
    source_of,
)
from vouchmark.lines.integrity import malformed, outside
from vouchmark.render.safe import quoted
from vouchmark.report import Line, Root, Status


def nothing_to_look_at(facts: Facts, line: Line) -> Answer | None:
    """The answer of a line that needs a manifest store where there is none; None where there is one."""
    if outside.is_foreign(facts):
        summary = f"{outside.whose(facts)} may belong to another file, so that nothing in them is said of this one."
        if line is Line.SIGNER and (name := _name(facts)):
            summary = f"{outside.whose(facts)} are by a signer using the name {quoted(name)}, for other bytes."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "foreign", summary),))
    if facts.first.outcome is Outcome.FOUND:
        return None
    if facts.media_type == FRAGMENT and facts.first.outcome is Outcome.UNPARSABLE:
        summary = "The Content Credentials are in the video's first part."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if facts.first.outcome in (Outcome.UNPARSABLE, Outcome.ABSENT) and is_cut_off(facts):
        summary = "The file is cut off, and no Content Credentials could be read in the part that is here."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if malformed.is_only_refused(facts):
        summary = "One engine cannot parse the file, and no Content Credentials were seen in it."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if facts.unreadable or facts.first.outcome in (Outcome.ERROR, Outcome.UNPARSABLE):
        return Answer(summary="Could not be looked at.", drafts=(_blank(facts, line, Status.ERROR, "unreadable"),))
    if facts.first.outcome is Outcome.SKIPPED:
        return Answer(summary="The engine was not asked.", status=Status.SKIPPED)
    if facts.first.outcome is Outcome.REMOTE:
        could = "could not be had" if facts.is_online else "were not fetched"
        summary = f"The Content Credentials are kept elsewhere and {could}."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "remote", summary),))
    if facts.first.outcome is Outcome.UNSUPPORTED:
        # Nobody looked, so that nothing was found is not what is known.
        is_type = facts.first.reason == OF_TYPE
        summary = "Nothing was looked for." if is_type else "Content Credentials in this file cannot be read here."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if has_unreached_store(facts):
        summary = "Content Credentials that lie in the file were not found by the engine."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if is_searched_in_part(facts):
        summary = "No Content Credentials were found in what was searched of the file."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    if any(one.is_shared for one in facts.beside.unused):
        summary = "No Content Credentials in the file; those that lie beside it were not used."
        return Answer(summary=summary, drafts=(_blank(facts, line, Status.UNKNOWN, "unreadable", summary),))
    summary = "No Content Credentials in the file."
    return Answer(summary=summary, drafts=(_blank(facts, line, Status.ABSENT, "absent", summary),))


def _name(facts: Facts) -> str:
    """What the signer of the store calls itself; empty where the signature does not hold."""
    own = facts.own
    if own is None or own.signer is None or own.check is None or own.check.signature is not SignatureState.VALID:
        return ""
    return certificate_name(own.signer.certificate)


def _blank(facts: Facts, line: Line, status: Status, word: str, statement: str = "") -> Draft:
    """A finding that says only that this line had nothing to look at."""
    return Draft(
        code=f"{line}.{word}",
        status=status,
        statement=statement or "The Content Credentials could not be read, so this could not be looked at.",
        source=source_of(facts.first),
        root=Root.FILE,
        subject=facts.name,
    )
