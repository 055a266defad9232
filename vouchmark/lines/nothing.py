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
    StoreOrigin,
    certificate_name,
    has_unreached_store,
    is_cut_off,
    is_searched_in_part,
    source_of,
)
from vouchmark.lines.integrity import malformed, outside
from vouchmark.report import Line, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said


def nothing_to_look_at(facts: Facts, line: Line) -> Answer | None:
    """The answer of a line that needs a manifest store where there is none; None where there is one."""
    if outside.is_foreign(facts):
        return _foreign(facts, line)
    if facts.first.outcome is Outcome.FOUND:
        return None
    if facts.first.outcome is Outcome.SKIPPED and not facts.unreadable:
        return Answer(summary=say("nothing.skipped"), status=Status.SKIPPED)
    word, reason = _why(facts)
    status = {"absent": Status.ABSENT, "error": Status.ERROR}.get(word, Status.UNKNOWN)
    statement = say(f"nothing.{line}.{reason}")
    code = f"{line}.{'unreadable' if word == 'error' else word}"
    return Answer(summary=statement, drafts=(_blank(facts, code, status, statement),))


def _foreign(facts: Facts, line: Line) -> Answer:
    """A store that may be another file's: nothing in it is said of this one."""
    store, name = facts.outside, _name(facts)
    where = f"foreign.{store.origin if store is not None else StoreOrigin.GIVEN}"
    named: dict[str, Fact] = {"name": store.name} if store is not None and store.origin is StoreOrigin.BESIDE else {}
    if line is Line.SIGNER and name:
        statement = say(f"nothing.signer.{where}.by", who={"name": name, "vouched": ""}, **named)
    else:
        statement = say(f"nothing.{line}.{where}", **named)
    return Answer(summary=statement, drafts=(_blank(facts, f"{line}.foreign", Status.UNKNOWN, statement),))


def _why(facts: Facts) -> tuple[str, str]:
    """The last word of the code, `error` for an error, and why in the ids of sentences."""
    outcome = facts.first.outcome
    if facts.media_type == FRAGMENT and outcome is Outcome.UNPARSABLE:
        return "unreadable", "fragment"
    if outcome in (Outcome.UNPARSABLE, Outcome.ABSENT) and is_cut_off(facts):
        return "unreadable", "cut"
    if malformed.is_only_refused(facts):
        return "unreadable", "refused"
    if facts.unreadable or outcome in (Outcome.ERROR, Outcome.UNPARSABLE):
        return "error", "unreadable"
    if outcome is Outcome.REMOTE:
        return "remote", "remote.refused" if facts.is_online else "remote"
    if outcome is Outcome.UNSUPPORTED:
        # Nobody looked, so that nothing was found is not what is known.
        return "unreadable", "unsupported" if facts.first.reason == OF_TYPE else "unsupported.here"
    if has_unreached_store(facts):
        return "unreadable", "unreached"
    if is_searched_in_part(facts):
        return "unreadable", "in_part"
    if any(one.is_shared for one in facts.beside.unused):
        return "unreadable", "unused"
    return "absent", "absent"


def _name(facts: Facts) -> str:
    """What the signer of the store calls itself; empty where the signature does not hold."""
    own = facts.own
    if own is None or own.signer is None or own.check is None or own.check.signature is not SignatureState.VALID:
        return ""
    return certificate_name(own.signer.certificate)


def _blank(facts: Facts, code: str, status: Status, statement: Said) -> Draft:
    """A finding that says only that this line had nothing to look at."""
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=Root.FILE,
        subject=facts.name,
    )
