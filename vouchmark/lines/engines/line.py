"""Do independent verifiers agree, and if not, on what?

Each engine's overall state is shown as the specification words it (Invalid, Valid, Trusted). Expiry is recomputed at
the report's own time, because an engine judges it by the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from provenance.credentials.engines.model import Outcome, Reading, State, ValidationCode
from provenance.reasons import Reason
from vouchmark.lines.engines import causes as engine_causes
from vouchmark.lines.engines.causes import CLOCK, UNTRUSTED
from vouchmark.lines.facts import Answer, Draft, Facts, failures, has, source_of
from vouchmark.lines.integrity.unread import TOO_DEEP
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, say, together
from vouchmark.wording.model import Fact, Phrase, Said

OUTCOMES: Final = {
    Outcome.ABSENT: "absent",
    Outcome.REMOTE: "remote",
    Outcome.UNSUPPORTED: "unsupported",
    Outcome.UNPARSABLE: "unparsable",
    Outcome.ERROR: "failed",
}
"""What an engine came to, as phrases end (`engines.says.…`)."""

NEITHER: Final = {Outcome.UNSUPPORTED: Status.UNKNOWN, Outcome.UNPARSABLE: Status.ERROR}
"""Where both engines say the same because neither could look."""

SIZE: Final = Reason.SIZE
"""Why an engine was not asked that holds a file whole."""

_UNASKED: Final = frozenset({Reason.RULES, Reason.PARTS})
"""Reasons for which an engine was not asked about a file."""
_REFUSALS: Final = frozenset({Reason.CHAIN_DEPTH, Reason.CLAIM, Reason.ASSERTION}) | _UNASKED
"""Reasons that say more than that an engine cannot parse a file."""


def answer(facts: Facts) -> Answer:
    """The engines line."""
    if facts.unreadable:
        return Answer(summary=say("engines.unread.file"), status=Status.SKIPPED)
    if facts.engine.reason is Reason.NOTHING_TO_READ:
        return _nothing(facts)
    if facts.second is not None and facts.second.reason == SIZE:
        return _without(facts, facts.second)
    readings = [r for r in (facts.engine, facts.second) if r is not None and r.outcome is not Outcome.SKIPPED]
    drafts = [_state(facts, reading) for reading in readings]
    if len(readings) < 2:
        return Answer(
            summary=_alone(facts, drafts),
            drafts=tuple(drafts),
            not_checked=(_lonely(facts),),
            status=None if drafts else Status.SKIPPED,
        )
    drafts.insert(0, _compare(facts, readings[0], readings[1]))
    return Answer(summary=drafts[0].statement, drafts=tuple(drafts))


def _lonely(facts: Facts) -> NotChecked:
    """That one engine was asked and no other, and why."""
    why = say("gap.second.unbuilt", missing=facts.missing) if facts.missing else say("gap.second.unasked")
    return gap(say("gap.second"), why)


def _alone(facts: Facts, drafts: list[Draft]) -> Said:
    """The line's sentence where at most one engine has looked."""
    if not drafts:
        return say("engines.unasked")
    said = drafts[0].statement
    return together(said, say("engines.unbuilt", missing=facts.missing)) if facts.missing else said


def _nothing(facts: Facts) -> Answer:
    """The line of a file in which no engine has anything to read, where the reader asks them only where one has."""
    statement = say("engines.nothing")
    draft = Draft(
        code="engines.nothing",
        status=Status.ABSENT,
        statement=statement,
        source=source_of(facts.engine),
        root=Root.FILE,
        subject=facts.name,
    )
    lonely = () if facts.second is not None else (_lonely(facts),)
    return Answer(summary=statement, drafts=(draft,), not_checked=lonely)


def _without(facts: Facts, second: Reading) -> Answer:
    """The line of a file that is too large for the second engine."""
    draft = _state(facts, facts.engine)
    statement = together(draft.statement, say("engines.large", engine=second.engine))
    return Answer(
        summary=statement,
        drafts=(replace(draft, statement=statement, detail={**draft.detail, "not_asked": second.engine}),),
        not_checked=(gap(say("gap.second"), say("gap.second.large")),),
    )


def state_at(facts: Facts, reading: Reading) -> State | None:
    """The engine's state with expiry as of the report's time; None where it found nothing to judge.

    Only the first engine needs it: the second is given the report's time and judges expiry by that.
    """
    if reading.outcome is Outcome.UNPARSABLE:
        # Called Invalid as well by an engine that could not read it: there was nothing to judge.
        return None
    if reading.state is None or reading.store is None or reading is not facts.engine:
        return reading.state
    active = reading.store.active
    if reading.state is not State.INVALID:
        return State.INVALID if facts.expired(active) else reading.state
    serious = {code.code for code in failures(active.codes)} - {UNTRUSTED}
    if not serious:
        # Something else than the active manifest: an ancestor whose certificate has run out by the wall clock alone?
        serious = {code.code for code in failures(reading.codes)} - {UNTRUSTED}
    if not serious or not serious <= CLOCK or engine_causes.out_of_date(facts, reading):
        return State.INVALID
    # By the wall clock the engine could no longer ask its lists; ours were asked at the report's time.
    own = facts.own.signers.get(active.label) if facts.own else None
    vouched = has(active.codes, "signingCredential.trusted") or (own is not None and own.is_vouched)
    return State.TRUSTED if vouched else State.VALID


def _state(facts: Facts, reading: Reading) -> Draft:
    state = state_at(facts, reading)
    detail: dict[str, Json] = {
        "engine": reading.engine,
        "outcome": str(reading.outcome),
        "state": str(state) if state else None,
        "failures": _names(code for code in failures(reading.codes) if code.code not in (*CLOCK, UNTRUSTED)),
    }
    if reading.reason:
        detail["reason"] = str(reading.reason)
    if reading.answers:
        detail["answers"] = dict(sorted(reading.answers.items()))
    if state is not None:
        statement, status = say("engines.state", engine=reading.engine, state=str(state)), Status.PASS
    else:
        statement = say("engines.state.unread", engine=reading.engine, reason=_unread(reading))
        is_failure = reading.outcome in (Outcome.ERROR, Outcome.UNPARSABLE) and reading.reason not in _UNASKED
        status = Status.ERROR if is_failure else Status.ABSENT
    return Draft(
        code="engines.state",
        status=status,
        statement=statement,
        source=source_of(reading),
        root=Root.ENGINE,
        subject=facts.name,
        detail=detail,
    )


def _unread(reading: Reading) -> Phrase:
    """Why an engine gives no state, behind its name."""
    if reading.outcome is Outcome.UNSUPPORTED and reading.reason == TOO_DEEP:
        return {"id": "engines.says.too_deep"}
    if reading.outcome is Outcome.UNPARSABLE and reading.reason in _REFUSALS:
        return {"id": f"engines.says.{reading.reason}"}
    return {"id": f"engines.says.{OUTCOMES.get(reading.outcome, 'nothing')}"}


def _says(facts: Facts, reading: Reading) -> Phrase:
    """What an engine makes of a file that another one cannot parse."""
    state = state_at(facts, reading)
    return {"id": "engines.says.state", "state": str(state)} if state is not None else _unread(reading)


def _names(codes: Iterable[ValidationCode]) -> list[Json]:
    return list[Json](sorted({code.code for code in codes}))


def _compare(facts: Facts, first: Reading, second: Reading) -> Draft:
    """One finding: agree, disagree and on what, or not comparable."""
    ours, theirs = _answers(facts, first), _answers(facts, second)
    if Outcome.ERROR in (first.outcome, second.outcome):
        failed = first if first.outcome is Outcome.ERROR else second
        statement = say("engines.incomparable.failed", engine=failed.engine)
        return _verdict(facts, "engines.incomparable", Status.ERROR, statement, {"failed": failed.engine})
    if unasked := [r for r in (first, second) if r.reason in _UNASKED]:
        return _unlike(facts, unasked[0], second if unasked[0] is first else first)
    if first.outcome is second.outcome and first.outcome in NEITHER:
        # That both are silent is no agreement about the file.
        status, statement = NEITHER[first.outcome], say(f"engines.neither.{OUTCOMES[first.outcome]}")
        both: list[Json] = [first.engine, second.engine]
        return _verdict(facts, "engines.incomparable", status, statement, {"failed": both})
    unsupported = [r for r in (first, second) if r.outcome is Outcome.UNSUPPORTED]
    if unsupported and first.outcome is not second.outcome:
        return _unlike(facts, unsupported[0], second if unsupported[0] is first else first)
    if Outcome.UNPARSABLE in (first.outcome, second.outcome) and first.outcome is not second.outcome:
        # Whoever cannot read a file says nothing of what is in it.
        reader, other = (second, first) if first.outcome is Outcome.UNPARSABLE else (first, second)
        reason = other.reason if other.reason in _REFUSALS else "unparsable"
        unread: dict[str, Fact] = {"other": other.engine, "reason": {"id": f"engines.says.{reason}"}}
        statement = say("engines.unread", reader=reader.engine, says=_says(facts, reader), **unread)
        return _verdict(facts, "engines.incomparable", Status.UNKNOWN, statement, {"unread": other.engine})
    differ = [question for question in ours if ours[question] != theirs[question]]
    if "presence" in differ:
        # Whoever finds nothing says nothing of what is in it.
        differ = ["presence"]
    if not differ:
        statement, trust = _agreement(facts, first, second, ours)
        return _verdict(facts, "engines.agree", Status.PASS, statement, {"on": list(ours), **trust})
    statement = _differing(facts, first, second, differ)
    if "bytes" in differ and MALFORMED in (ours["bytes"], theirs["bytes"]):
        # Whoever calls a hash malformed has compared nothing with it.
        which, answer = ("first", theirs["bytes"]) if ours["bytes"] == MALFORMED else ("second", ours["bytes"])
        said: dict[str, Fact] = {"first": first.engine, "second": second.engine, "answer": {"id": BYTES[answer]}}
        statement = say(f"engines.differ.malformed.{which}", **said)
    table: dict[str, Json] = {q: {first.engine: ours[q], second.engine: theirs[q]} for q in differ}
    detail: dict[str, Json] = {"on": list[Json](differ), "answers": table}
    return _verdict(facts, "engines.disagree", Status.UNKNOWN, statement, detail)


def _unlike(facts: Facts, silent: Reading, other: Reading) -> Draft:
    """That one engine has looked and the other has not."""
    said: dict[str, Fact] = {"engine": silent.engine, "reason": _unread(silent)}
    statement = say("engines.incomparable.unread", **said, other=other.engine, says=_says(facts, other))
    return _verdict(facts, "engines.incomparable", Status.UNKNOWN, statement, {"failed": silent.engine})


def _differing(facts: Facts, first: Reading, second: Reading, differ: list[str]) -> Said:
    """On what they differ, and why where that is known."""
    why = _cause(facts, first, second, differ)
    sentence = f"engines.differ.{'-'.join(differ)}"
    return say(f"{sentence}.why", why=why) if why else say(sentence)


def _cause(facts: Facts, first: Reading, second: Reading, differ: list[str]) -> Phrase:
    """Why they differ; empty where that is not known."""
    if differ == ["presence"]:
        return engine_causes.of_presence(first, second)
    under = engine_causes.of_answers(first, second, differ)
    if under or "state" not in differ:
        return under
    states = {one.engine: _answers(facts, one)["state"] for one in (first, second)}
    return engine_causes.of_state(facts, first, second, states)


def _agreement(
    facts: Facts, first: Reading, second: Reading, found: Mapping[str, str]
) -> tuple[Said, dict[str, dict[str, Json]]]:
    """What both find, question by question; and where they differ on trust, that they do."""
    states = {one.engine: state_at(facts, one) for one in (first, second)}
    said = set(states.values())
    if first.outcome is not Outcome.FOUND:
        words = {Outcome.ABSENT: "absent", Outcome.REMOTE: "remote"}.get(first.outcome, "silent")
        return say(f"engines.agree.{words}"), {}
    if found["signature"] == "broken":
        return say("engines.agree.signature"), {}
    if found["bytes"] == MALFORMED:
        return say("engines.agree.malformed"), {}
    word = "holds" if found["bytes"] == "not changed" else "changed"
    if None in said or len(said) < 2:
        invalid = word == "holds" and State.INVALID in said
        return say("engines.agree.invalid" if invalid else f"engines.agree.{word}"), {}
    (one, state), (other, theirs) = ((engine, str(found_state)) for engine, found_state in states.items())
    statement = say(f"engines.agree.{word}.trust", first=one, state=state, second=other, other=theirs)
    return statement, {"trust": {one: state, other: theirs}}


MALFORMED: Final = "malformed"
"""An engine's answer about bytes that it could not compare, because it could not follow the hash."""
BYTES: Final = {
    "changed": "engines.bytes.changed",
    "not changed": "engines.bytes.unchanged",
    "not said": "engines.bytes.unsaid",
}
"""The answers on bytes as phrases."""


def _answers(facts: Facts, reading: Reading) -> dict[str, str]:
    """Comparable answers of one engine. Trust is left out: the engines are not always given the same lists."""
    presence = "absent" if reading.outcome in (Outcome.ABSENT, Outcome.UNSUPPORTED) else "present"
    if reading.outcome is not Outcome.FOUND:
        return {"presence": presence, "bytes": "not said", "signature": "not said", "state": "not said"}
    codes = reading.codes if reading.store is None else (reading.store.active.codes or reading.codes)
    state = state_at(facts, reading)
    return {
        "presence": presence,
        "bytes": _bytes(codes),
        "signature": "broken" if has(failures(codes), "claimSignature.mismatch", "claimSignature.missing") else "holds",
        "state": "Invalid" if state is State.INVALID else "not Invalid",
    }


def _bytes(codes: tuple[ValidationCode, ...]) -> str:
    """What an engine says of the bytes by its failures: changed before malformed, where it says both."""
    about = [code.code for code in failures(codes) if code.code.startswith("assertion.") and "Hash." in code.code]
    if any(name.endswith((".mismatch", ".unknownBox")) for name in about):
        return "changed"
    return MALFORMED if any(name.endswith(".malformed") for name in about) else "not changed"


def _verdict(facts: Facts, code: str, status: Status, statement: Said, detail: Mapping[str, Json]) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source="vouchmark",
        root=Root.ENGINE,
        subject=facts.name,
        detail=dict(detail),
    )
