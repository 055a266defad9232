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
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import because, gap, has, say, together
from vouchmark.wording.model import Said

TOO_DEEP: Final = Reason.TOO_DEEP
"""The engine's reason for a file of a known type that was built to exhaust its reader."""


def unreadable(facts: Facts) -> Answer:
    """The line of a file whose bytes could not be read."""
    sentence = f"integrity.unreadable.{facts.unreadable}"
    statement = say(sentence) if has(sentence) else say("integrity.unreadable", why=facts.unreadable_words)
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
        say("integrity.fragments.missing.alone"),
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
                not_checked=_unread_type() if facts.first.outcome is Outcome.UNSUPPORTED else (),
            )
        case Outcome.ABSENT if has_unreached_store(facts) and facts.own is not None and facts.own.problem:
            return _one(
                facts,
                "integrity.unparsable",
                Status.ERROR,
                say("integrity.unparsable.form"),
                detail={"reason": str(facts.own.problem)},
            )
        case Outcome.ABSENT if has_unreached_store(facts):
            return _one(
                facts,
                "integrity.store.unreached",
                Status.UNKNOWN,
                say("integrity.unreached.engine"),
            )
        case Outcome.ABSENT if is_searched_in_part(facts):
            return _one(
                facts,
                "integrity.unsearched",
                Status.UNKNOWN,
                say("integrity.unsearched"),
            )
        case Outcome.ABSENT if unused := outside.unused(facts):
            return _one(facts, outside.UNUSED, Status.UNKNOWN, unused[0].statement, detail=unused[0].detail)
        case Outcome.ABSENT:
            return _one(facts, "integrity.absent", Status.ABSENT, say("integrity.absent"))
        case Outcome.REMOTE:
            return _remote(facts)
        case Outcome.UNSUPPORTED if facts.first.reason == TOO_DEEP:
            return _one(
                facts,
                "integrity.unparsable",
                Status.ERROR,
                say("integrity.unparsable.deep"),
                detail={"reason": str(facts.first.reason or "")},
            )
        case Outcome.UNSUPPORTED:
            return _one(
                facts,
                "integrity.unsupported",
                Status.UNKNOWN,
                _unsupported(facts),
                detail={"type": facts.media_type, "reason": str(facts.first.reason or "")},
                not_checked=_unread_type(),
            )
        case Outcome.SKIPPED:
            return Answer(summary=say("integrity.skipped"), status=Status.SKIPPED)
        case Outcome.UNPARSABLE:
            return _unparsable(facts)
        case _:  # ERROR: who asks has dealt with FOUND
            return _one(
                facts,
                "integrity.error",
                Status.ERROR,
                say(error if has(error := f"integrity.error.{facts.first.reason}") else "integrity.error.other"),
                detail={"reason": str(facts.first.reason or "")},
            )


def _unread_type() -> tuple[NotChecked, ...]:
    return (gap(say("gap.credentials"), say("gap.credentials.why")),)


def _unsupported(facts: Facts) -> Said:
    """What is said of a type that nobody reads; of stores that lie about the whole file was searched all the same."""
    if facts.first.reason != OF_TYPE:
        return say("integrity.unsupported.here")
    searched = facts.own is not None and not facts.own.hidden.is_cut
    return say("integrity.unsupported" if searched else "integrity.unsupported.unsearched")


def _unparsable(facts: Facts) -> Answer:
    """The first engine cannot read the file or its Content Credentials."""
    told = malformed.told(facts)
    hidden = stores.hidden_of(facts)
    if hidden is None:
        return _one(facts, told.code, told.status, told.statement, detail=told.detail)
    statement = together(told.statement, stores.statement(hidden))
    return _one(facts, told.code, told.status, statement, detail={**told.detail, "found": stores.detail(hidden)})


def _remote(facts: Facts) -> Answer:
    """The Content Credentials lie at an address, and are not here."""
    refused = next((contact for contact in facts.contacts if contact.purpose == "manifest"), None)
    what, address = say("gap.remote"), facts.first.remote_url
    if refused is None:
        statement, why = say("integrity.remote", address=address), say("gap.remote.why")
    else:
        why = because(refused.outcome)
        statement = (
            say("integrity.remote.refused", address=address, host=refused.host)
            if refused.host
            else say("integrity.remote.unasked", address=address)
        )
    return _one(
        facts,
        "integrity.remote",
        Status.UNKNOWN,
        statement,
        detail={"url": facts.first.remote_url},
        not_checked=(gap(what, why),),
    )


def _one(
    facts: Facts,
    code: str,
    status: Status,
    statement: Said,
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
