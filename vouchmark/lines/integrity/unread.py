"""What is said of a file whose Content Credentials are not there, or could not be read? Part of the integrity line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provenance.credentials.engines.model import Outcome
from provenance.reasons import Reason
from vouchmark.examination.accounts import OF_TYPE
from vouchmark.lines.facts import Answer, Draft, Facts, has_unreached_store, is_searched_in_part, source_of
from vouchmark.lines.integrity import malformed, outside, stores
from vouchmark.lines.integrity.readings import wrong_name
from vouchmark.render.safe import quoted
from vouchmark.report import Json, NotChecked, Root, Status

TOO_DEEP: Final = Reason.TOO_DEEP
"""The engine's reason for a file of a known type that was built to exhaust its reader."""

_UNREAD_TYPE: Final = (NotChecked(what="Content Credentials", why="type of file not supported"),)

_ERRORS: Final = {
    "time-limit": "Reading it took longer than the time limit (--time-limit); that says nothing about the file.",
    "memory-limit": "Reading it took more than the memory limit (--memory-limit); that says nothing about the file.",
    "crash": "The engine crashed on this file; that says nothing about the file.",
}


def unreadable(facts: Facts) -> Answer:
    """The line of a file whose bytes could not be read."""
    statement = f"The file could not be read: {facts.unreadable_words}."
    draft = Draft(
        code="integrity.unreadable",
        status=Status.ERROR,
        statement=statement,
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail={"reason": facts.unreadable},
    )
    return Answer(summary=statement, drafts=(draft,))


def lone_fragment(facts: Facts) -> Answer:
    """The line of a fragment of a video, which has no Content Credentials of its own."""
    return _one(
        facts,
        "integrity.fragments.missing",
        Status.UNKNOWN,
        "This is one fragment of a video; its Content Credentials are in the video's first part.",
    )


def not_found(facts: Facts) -> Answer:
    """The line where the first engine found no Content Credentials that it could read."""
    match facts.first.outcome:
        case Outcome.ABSENT | Outcome.UNSUPPORTED if (hidden := stores.hidden_of(facts)) is not None:
            return _one(
                facts,
                "integrity.store.unreached",
                Status.UNKNOWN,
                stores.statement(hidden),
                detail={"found": stores.detail(hidden)},
                not_checked=_UNREAD_TYPE if facts.first.outcome is Outcome.UNSUPPORTED else (),
            )
        case Outcome.ABSENT if has_unreached_store(facts) and facts.own is not None and facts.own.problem:
            return _one(
                facts,
                "integrity.unparsable",
                Status.ERROR,
                "What lies in the file in the form of Content Credentials cannot be read.",
                detail={"reason": str(facts.own.problem)},
            )
        case Outcome.ABSENT if has_unreached_store(facts):
            return _one(
                facts,
                "integrity.store.unreached",
                Status.UNKNOWN,
                "Content Credentials lie in the file where the engine finds none: a later change cut them off, they "
                "belong to something inside it, or they are of a form that it does not read.",
            )
        case Outcome.ABSENT if is_searched_in_part(facts):
            return _one(
                facts,
                "integrity.unsearched",
                Status.UNKNOWN,
                "No Content Credentials were found, but not all that the file holds packed was searched.",
            )
        case Outcome.ABSENT if unused := outside.unused(facts):
            return _one(facts, "integrity.sidecar.unused", Status.UNKNOWN, unused[0].statement, detail=unused[0].detail)
        case Outcome.ABSENT:
            return _one(
                facts,
                "integrity.absent",
                Status.ABSENT,
                "The file has no Content Credentials, so whether it was changed cannot be told.",
            )
        case Outcome.REMOTE:
            return _remote(facts)
        case Outcome.UNSUPPORTED if facts.first.reason == TOO_DEEP:
            return _one(
                facts,
                "integrity.unparsable",
                Status.ERROR,
                "The file's parts are nested deeper than anything real, so it cannot be read.",
                detail={"reason": str(facts.first.reason or "")},
            )
        case Outcome.UNSUPPORTED:
            return _one(
                facts,
                "integrity.unsupported",
                Status.UNKNOWN,
                _unsupported(facts),
                detail={"type": facts.media_type, "reason": str(facts.first.reason or "")},
                not_checked=_UNREAD_TYPE,
            )
        case Outcome.SKIPPED:
            return Answer(summary="No engine was asked.", status=Status.SKIPPED)
        case Outcome.UNPARSABLE:
            return _unparsable(facts)
        case _:  # ERROR: who asks has dealt with FOUND
            return _one(
                facts,
                "integrity.error",
                Status.ERROR,
                _ERRORS.get(
                    facts.first.reason or "", "The engine failed on this file; that says nothing about the file."
                ),
                detail={"reason": str(facts.first.reason or "")},
            )


def _unsupported(facts: Facts) -> str:
    """What is said of a type that nobody reads; of stores that lie about the whole file was searched all the same."""
    if facts.first.reason != OF_TYPE:
        return "Content Credentials in this type of file cannot be read here."
    searched = facts.own is not None and not facts.own.hidden.is_cut
    but = " but manifest stores in plain bytes, of which there are none" if searched else ""
    return f"This type of file is not supported; nothing was looked for{but}."


def _unparsable(facts: Facts) -> Answer:
    """The first engine cannot read the file or its Content Credentials."""
    told = malformed.told(facts)
    hidden = stores.hidden_of(facts)
    if hidden is None:
        return _one(facts, told.code, told.status, told.statement, detail=told.detail)
    statement = f"{told.statement.rstrip('.')}. {stores.statement(hidden)}"
    return _one(facts, told.code, told.status, statement, detail={**told.detail, "found": stores.detail(hidden)})


def _remote(facts: Facts) -> Answer:
    """The Content Credentials lie at an address, and are not here."""
    refused = next((contact for contact in facts.contacts if contact.purpose == "manifest"), None)
    what, address = "remote Content Credentials", quoted(facts.first.remote_url)
    if refused is None:
        words, gap = "nothing was fetched", NotChecked(what=what, why="nothing is fetched without --online")
    else:
        host = quoted(refused.host) if refused.host else "that address"
        words, gap = f"they could not be had from {host}", NotChecked(what=what, why=refused.outcome)
    return _one(
        facts,
        "integrity.remote",
        Status.UNKNOWN,
        f"The file only names an address where its Content Credentials are kept, {address}; {words}.",
        detail={"url": facts.first.remote_url},
        not_checked=(gap,),
    )


def _one(
    facts: Facts,
    code: str,
    status: Status,
    statement: str,
    *,
    detail: Mapping[str, Json] | None = None,
    not_checked: tuple[NotChecked, ...] = (),
) -> Answer:
    draft = Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=Root.FILE,
        subject=facts.name,
        detail={key: value for key, value in (detail or {}).items() if value},
    )
    gaps = (*not_checked, *stores.gaps(facts), *outside.gaps(facts))
    return Answer(summary=statement, drafts=(draft, *wrong_name(facts)), not_checked=gaps)
