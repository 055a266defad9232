"""Does a real person stand behind this?

Unlike the other lines this one hears of a whole run: the same person may have spoken for two of its files. What each
vouch turned out to be comes from `vouchmark.persons.run`; here it becomes findings and a sentence. A vouch that does
not hold takes nothing from one that does: then it is listed, and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vouchmark.lines.facts import Answer, Draft, instant
from vouchmark.lines.person.counting import SOURCE, bound, called_by_themselves, crowd
from vouchmark.lines.person.facts import Elsewhere, Judged, Where
from vouchmark.lines.person.stance import beside, deed, supports
from vouchmark.render.safe import plain
from vouchmark.render.scope import period_phrase, scope_phrase
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, has, phrase, say, together
from vouchmark.wording.model import Fact, Said

if TYPE_CHECKING:
    from zk.profile.personhood import Vouch
    from zk.verifier.voices import People, Refusal, Voice, VoiceCount

MAX_GROUPS: Final = 3
"""Groups of voices in the line's answer; the findings have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One vouch in words."""

    code: str
    statement: Said
    status: Status
    """As it is where no other vouch holds."""
    detail: dict[str, Json]
    root: Root = Root.PERSONHOOD_PROOF


def answer(
    name: str,
    judged: Sequence[Judged],
    *,
    has_ledger: bool,
    is_fresh: bool,
    is_addressed: bool = False,
    slots: int,
    is_required: bool,
    more: int = 0,
    is_split: bool = False,
    called: Mapping[bytes, Said] | None = None,
) -> Answer:
    """The person line of one file.

    Args:
        name: what the file is called.
        judged: every vouch that speaks of it.
        has_ledger: whether uniqueness was checked.
        is_fresh: whether the reader demanded a nonce.
        is_addressed: whether the reader demanded an audience, which keeps away what was made for others, but not what
            was made for this reader before.
        slots: how many slots the reader counts.
        is_required: whether the reader requires this line.
        is_split: whether the run had more vouches than are looked at together.
        more: how many vouches beside the file or in it were not read.
        called: what to call each trusted issuer, by id; else what those of these vouches call themselves, quoted.
    """
    left = _left_out(more)
    if not judged:
        return _nothing(name, left)
    from zk.verifier.voices import Voice, people

    voices = [one.result for one in judged if isinstance(one.result, Voice) and one.elsewhere is None]
    # Whoever speaks against it, or only says something of it, is a person and no support.
    everybody = voices
    voices = [voice for voice in voices if supports(voice)]
    counted, others = people(voices), [voice for voice in everybody if voice.counted and not supports(voice)]
    if called is None:
        called = called_by_themselves(judged)
    drafts = [_draft(one, _say(one, called, is_required=is_required), holds=counted.at_least > 0) for one in judged]
    drafts.sort(key=lambda draft: _ORDER.index(draft.status))
    gaps: list[str] = []
    if counted.at_least:
        drafts.append(bound(counted, voices, slots=slots))
        is_unrecorded = any(voice.code == "voice.unrecorded" for voice in voices)
        gaps += [*([] if has_ledger else ["gap.elsewhere_vouched"]), *(["gap.unrecorded"] if is_unrecorded else [])]
        gaps += ["gap.split"] if is_split else []
    if any(voice.time_basis == "assumed" for voice in voices):
        gaps.append("gap.vouch_time")
    if any(isinstance(one.result, Voice) for one in judged):
        gaps += [] if is_fresh else ["gap.nonce" if is_addressed else "gap.challenge"]
        gaps.append("gap.withdrawn")
    summary = _people(counted, voices, called) if counted.at_least else _none(drafts)
    if counted.at_least:
        summary = together(summary, *beside(others))
    named = (gap(say(one), say(f"{one}.why")) for one in gaps)
    return Answer(summary=summary, drafts=tuple(drafts), not_checked=(*left, *named))


_ORDER: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)


def unreadable(name: str) -> Answer:
    """The answer where the file's bytes could not be had."""
    statement = say("person.unreadable")
    return Answer(summary=statement, drafts=(_about_file(name, "person.unreadable", Status.ERROR, statement),))


def unasked() -> Answer:
    """The answer where the bytes could not be had, and nobody asked for people or gave a vouch."""
    return Answer(summary=say("nothing.unasked"), status=Status.SKIPPED)


def wrong_clock(name: str, clocks: str) -> Answer:
    """The answer where the ledger's clock is not ours: then no voice can be recorded, and none was judged."""
    statement = say("person.clock", why=clocks)
    return Answer(summary=statement, drafts=(_about_file(name, "person.clock", Status.ERROR, statement),))


def _nothing(name: str, gaps: tuple[NotChecked, ...]) -> Answer:
    statement = say("person.absent")
    draft = _about_file(name, "person.absent", Status.ABSENT, statement)
    return Answer(summary=statement, drafts=(draft,), not_checked=gaps)


def _about_file(name: str, code: str, status: Status, statement: Said) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=SOURCE, root=Root.FILE, subject=name)


def _left_out(more: int) -> tuple[NotChecked, ...]:
    if not more:
        return ()
    return (gap(say("gap.vouches", number=more), say("gap.vouches.why")),)


def _draft(one: Judged, said: _Said, *, holds: bool) -> Draft:
    """A finding. Beside a vouch that holds, another one is information, whatever is wrong with it."""
    status = said.status
    if holds and status is not Status.PASS:
        status = Status.ABSENT
    detail: dict[str, Json] = {"where": one.found.where.value, **said.detail}
    if one.found.octets:
        detail["sha256"] = one.found.sha256
    return Draft(
        code=said.code,
        status=status,
        statement=said.statement,
        source=SOURCE,
        root=said.root,
        subject=one.found.name,
        detail=detail,
    )


def misplaced(trouble: str) -> Said:
    """Why an embedded vouch was not looked at, by `history.carried.CarriedState` (a test compares)."""
    sentence = f"person.misplaced.{trouble or 'other'}"
    return say(sentence if has(sentence) else "person.misplaced.other")


def _say(one: Judged, called: Mapping[bytes, Said], *, is_required: bool) -> _Said:
    """What one vouch turned out to be, in words."""
    from zk.verifier.voices import Voice

    can_fail = is_required or one.found.where in (Where.GIVEN, Where.EMBEDDED)
    fail = Status.FAIL if can_fail else Status.UNKNOWN
    if one.found.where is Where.MISPLACED:
        return _Said(
            code="person.vouch.misplaced",
            statement=misplaced(one.found.trouble),
            status=Status.UNKNOWN,
            detail={"reason": one.found.trouble},
        )
    if one.result is None or one.found.trouble:
        statement = say("person.vouch.malformed")
        detail: dict[str, Json] = {"reason": one.found.trouble} if one.found.trouble else {}
        return _Said(code="person.vouch.malformed", statement=statement, status=fail, detail=detail)
    if isinstance(one.result, Voice):
        return _voice(one, one.result, called[one.result.issuer.id])
    return _refusal(one, one.result, fail)


def _voice(one: Judged, voice: Voice, issuer: Said) -> _Said:
    vouch = voice.vouch
    does = deed(vouch)
    said: dict[str, Fact] = {
        "issuer": phrase(issuer),
        "scope": scope_phrase(voice.scope, other=one.elsewhere is not None),
        "period": period_phrase(vouch.period),
    }
    words = vouch.presentation.statement
    saying = () if words is None else (say("person.says", words=words),)
    detail: dict[str, Json] = {**_of_voice(voice), "issuer_called": str(issuer)}
    if one.elsewhere is Elsewhere.LOOKALIKE:
        return _Said(
            code="person.lookalike",
            statement=together(say(f"person.lookalike.{does}", **said, distance=one.distance or 0), *saying),
            status=Status.UNKNOWN,
            detail={**detail, "distance": one.distance},
            root=Root.PERCEPTUAL_HASH,
        )
    if one.elsewhere is not None:
        code = _BEFORE[one.elsewhere]
        label: dict[str, Json] = {"manifest": one.found.counts_for} if one.found.counts_for else {}
        statement = together(say(f"{code}.{does}", **said), *saying)
        return _Said(code=code, statement=statement, status=Status.UNKNOWN, detail={**detail, **label})
    if not voice.counted:
        statement = together(say(f"person.voice.uncounted.{does}", **said), *saying)
        return _Said(code="person.voice.uncounted", statement=statement, status=Status.UNKNOWN, detail=detail)
    ledger = f"person.ledger.{voice.code}"
    known = (say(ledger),) if has(ledger) else ()
    statement = together(say(f"person.voice.{does}", **said), *known, *saying)
    if not supports(voice):
        code = "person.against" if vouch.presentation.effective_stance == "against" else "person.statement"
        return _Said(code=code, statement=statement, status=Status.UNKNOWN, detail=detail)
    identity = {"voice": hashlib.sha256(vouch.pseudonym).hexdigest()}
    return _Said(code=f"person.{voice.code}", statement=statement, status=Status.PASS, detail={**detail, **identity})


_BEFORE: Final = {
    Elsewhere.ANCESTOR: "person.ancestor",
    Elsewhere.COMPONENT: "person.component",
    Elsewhere.BARE: "person.bare",
}
"""Code and beginning of the sentence, by what a person vouches for where it is not this file as it is now."""


def _of_voice(voice: Voice) -> dict[str, Json]:
    """What was verified, and nothing that only the vouch says."""
    detail = {**_of_vouch(voice.vouch), "scope": voice.scope, "issuer_name": plain(voice.issuer.name)}
    detail["time_basis"] = voice.time_basis.value
    detail["crowd"] = crowd(voice)
    if voice.time_basis == "stamped" or voice.code == "voice.seen":
        detail["time"] = instant(voice.time)
    if voice.code == "voice.seen" and voice.recorded_at is not None:
        detail["recorded_at"] = instant(voice.recorded_at)
    return detail


def _of_vouch(vouch: Vouch) -> dict[str, Json]:
    said = vouch.presentation
    detail: dict[str, Json] = {
        "issuer": vouch.issuer.hex(),
        "class": vouch.credential_class.value,
        "epoch": vouch.epoch,
        "level": int(vouch.level),
        "scope": str(vouch.scope),
        "period": vouch.period,
        "slot": vouch.slot,
        "binding": {"kind": said.binding.kind.value, "digest": said.binding.digest.hex()},
    }
    detail["stance"] = said.effective_stance.value
    if said.statement is not None:
        detail["statement"] = plain(said.statement)
    if said.audience is not None:
        detail["audience"] = plain(said.audience)
    return detail


_DOUBTS: Final = frozenset({"vouch.unsupported", "issuer.unknown"})
"""Refusals after which nothing is known of the vouch."""


def _refusal(one: Judged, refusal: Refusal, fail: Status) -> _Said:
    code, vouch = refusal.code.value, refusal.vouch
    detail = _of_vouch(vouch) if vouch is not None else {}
    sentence, status = f"person.{code}", Status.UNKNOWN if code in _DOUBTS else fail
    facts: dict[str, Fact] = {}
    if code == "binding.mismatch" and one.elsewhere is not None:
        bound_to = f"person.binding.{one.elsewhere.value}"
        sentence = bound_to if has(bound_to) else sentence
        detail["bound_to"] = one.elsewhere.value
        if one.elsewhere is Elsewhere.UNMEASURED:
            code, status = "binding.unknown", Status.UNKNOWN
    elif code == "issuer.key.unknown":
        # An issuer's file that is only old is the reader's matter, and no mistake in the vouch.
        sentence = "person.issuer.key.withdrawn" if one.has_key else sentence
        status = fail if one.has_key else Status.UNKNOWN
    elif code == "proof.invalid" and one.has_withdrawn:
        sentence = "person.proof.withdrawn"
    elif code == "slot.exceeded" and vouch is not None:
        facts, status = {"slot": vouch.slot}, Status.UNKNOWN
    return _Said(code=f"person.{code}", statement=say(sentence, **facts), status=status, detail=detail)


def _people(counted: People, voices: Sequence[Voice], called: Mapping[bytes, Said]) -> Said:
    """How many people, by whom and for what: never a sum over issuers, scopes or slots."""
    groups = sorted(counted.counts, key=lambda group: (-group.voices, group.issuer_name, group.scope, group.slot))
    first, *others = [_group(group, called[group.issuer]) for group in groups[:MAX_GROUPS]]
    if len(groups) == 1:
        said = {voice.vouch.presentation.statement for voice in voices if voice.counted}
        words = next(iter(said)) if len(said) == 1 and groups[0].voices == 1 else None
        return together(first, say("person.says", words=words)) if words else first
    more = (say("person.groups.more", number=len(groups) - MAX_GROUPS),) if len(groups) > MAX_GROUPS else ()
    least, number = counted.at_least, len(groups)
    told = say("person.groups.one", number=number)
    if least > 1:
        told = say("person.groups", least=least, number=number)
    return together(told, first, *others, *more)


def _group(group: VoiceCount, issuer: Said) -> Said:
    said: dict[str, Fact] = {
        "issuer": phrase(issuer),
        "scope": scope_phrase(group.scope),
        "period": period_phrase(group.period),
    }
    said |= {"slot": group.slot} if group.slot else {}
    said |= {"number": group.voices} if group.voices != 1 else {}
    return say(f"person.group{'.one' if group.voices == 1 else ''}{'.slot' if group.slot else ''}", **said)


def _none(drafts: Sequence[Draft]) -> Said:
    """The most serious finding's sentence; how many there are, where there are several."""
    if len(drafts) == 1:
        return drafts[0].statement
    return together(say("person.none", number=len(drafts)), drafts[0].statement)
