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
from vouchmark.lines.person.stance import beside, deed, number_of, supports
from vouchmark.render.safe import plain, quoted
from vouchmark.render.scope import period_words, scope_words
from vouchmark.report import Json, NotChecked, Root, Status

if TYPE_CHECKING:
    from zk.profile.personhood import Vouch
    from zk.verifier.voices import People, Refusal, Voice, VoiceCount

MAX_GROUPS: Final = 3
"""Groups of voices in the line's sentence; the findings have them all."""
STATEMENT_SHOWN: Final = 300
"""Code points of a person's statement in a sentence; the detail has the whole."""

NO_LEDGER: Final = NotChecked(
    what="whether the same person vouched for something else as well", why="no --ledger given"
)
SPLIT: Final = NotChecked(
    what="whether the same person vouched for something else in another part of this run",
    why="it has more vouches than are looked at together",
)
UNRECORDED: Final = NotChecked(
    what="whether the same person vouches for something else as well",
    why="the ledger was only read, so a voice that it does not know is not kept by it either",
)
NO_CHALLENGE: Final = NotChecked(
    what="whether a vouch was made for you, and now", why="no --nonce or --audience given, so it may be a copy"
)
NO_NONCE: Final = NotChecked(
    what="whether a vouch was made now", why="no --nonce given, so it may be a copy of one that was made for you before"
)
NO_REVOCATION: Final = NotChecked(
    what="whether an issuer has withdrawn a credential",
    why="by design there is no revocation within an epoch, because it could be used to follow people",
)
ASSUMED_TIME: Final = NotChecked(
    what="when a vouch was made", why="without a ledger's record or a trusted time stamp it is taken as made just now"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One vouch in words."""

    code: str
    statement: str
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
    called: Mapping[bytes, str] | None = None,
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
    gaps = [*left]
    if counted.at_least:
        drafts.append(bound(counted, voices, slots=slots))
        is_unrecorded = any(voice.code == "voice.unrecorded" for voice in voices)
        gaps += [*([] if has_ledger else [NO_LEDGER]), *([UNRECORDED] if is_unrecorded else [])]
        gaps += [SPLIT] if is_split else []
    if any(voice.time_basis == "assumed" for voice in voices):
        gaps.append(ASSUMED_TIME)
    if any(isinstance(one.result, Voice) for one in judged):
        gaps += [] if is_fresh else [NO_NONCE if is_addressed else NO_CHALLENGE]
        gaps.append(NO_REVOCATION)
    summary = _people(counted, voices, called) if counted.at_least else _none(drafts)
    if counted.at_least and others:
        summary = f"{summary} {beside(others)}"
    return Answer(summary=summary, drafts=tuple(drafts), not_checked=tuple(gaps))


_ORDER: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)


def unreadable(name: str) -> Answer:
    """The answer where the file's bytes could not be had."""
    statement = "The file could not be read, so nothing can be bound to it."
    return Answer(summary=statement, drafts=(_about_file(name, "person.unreadable", Status.ERROR, statement),))


def wrong_clock(name: str, clocks: str) -> Answer:
    """The answer where the ledger's clock is not ours: then no voice can be recorded, and none was judged."""
    statement = f"Nothing was judged or recorded: {clocks}."
    return Answer(summary=statement, drafts=(_about_file(name, "person.clock", Status.ERROR, statement),))


def _nothing(name: str, gaps: tuple[NotChecked, ...]) -> Answer:
    statement = "No vouch was found; that says nothing about the file."
    draft = _about_file(name, "person.absent", Status.ABSENT, statement)
    return Answer(summary=statement, drafts=(draft,), not_checked=gaps)


def _about_file(name: str, code: str, status: Status, statement: str) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=SOURCE, root=Root.FILE, subject=name)


def _left_out(more: int) -> tuple[NotChecked, ...]:
    if not more:
        return ()
    return (NotChecked(what=f"{more} more vouches beside the file or in it", why="more than are read for one file"),)


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


_MISPLACED: Final = {
    "": "The Content Credentials carry a vouch in a place where none counts",
    "not-update": "The Content Credentials carry a vouch in a manifest that may have changed the content",
    "broken": "The Content Credentials carry a vouch in a part of them that does not hold",
    "unreferenced": "The Content Credentials carry a vouch in a manifest that nothing refers to",
    "unreached": "The Content Credentials carry a vouch further down than is looked at",
    "parent": "The Content Credentials carry a vouch in an update of something that could not be verified",
    "several": "The Content Credentials carry more than one vouch in one manifest, where exactly one may be",
    "malformed": "The Content Credentials carry a vouch that is not written as vouches are",
    "too-large": "The Content Credentials carry a vouch that is larger than any can be",
}
"""Why an embedded vouch was not looked at, by `history.carried.CarriedState` (a test compares)."""


def _say(one: Judged, called: Mapping[bytes, str], *, is_required: bool) -> _Said:
    """What one vouch turned out to be, in words."""
    from zk.verifier.voices import Voice

    can_fail = is_required or one.found.where in (Where.GIVEN, Where.EMBEDDED)
    fail = Status.FAIL if can_fail else Status.UNKNOWN
    if one.found.where is Where.MISPLACED:
        statement = f"{_MISPLACED.get(one.found.trouble, _MISPLACED[''])}, so it counts for nothing."
        return _Said(
            code="person.vouch.misplaced",
            statement=statement,
            status=Status.UNKNOWN,
            detail={"reason": one.found.trouble},
        )
    if one.result is None or one.found.trouble:
        statement = "This is said to be a vouch, and is none, or is damaged."
        detail: dict[str, Json] = {"reason": one.found.trouble} if one.found.trouble else {}
        return _Said(code="person.vouch.malformed", statement=statement, status=fail, detail=detail)
    if isinstance(one.result, Voice):
        return _voice(one, one.result, called[one.result.issuer.id])
    return _refusal(one, one.result, fail)


_LEDGER: Final = {
    "voice.new": "the ledger had not met this voice before",
    "voice.seen": "the ledger knows this voice, for the same file and statement",
    "voice.unrecorded": "the ledger was only read, and does not know this voice",
}


def _voice(one: Judged, voice: Voice, issuer: str) -> _Said:
    vouch = voice.vouch
    who = f"A person enrolled by {issuer}"
    does = deed(vouch)
    which = "this file" if one.elsewhere is None else "that file"
    purpose = f"for {scope_words(voice.scope, which=which)}, {_period(vouch.period)}"
    words = vouch.presentation.statement
    saying = f" They say: {quoted(words, limit=STATEMENT_SHOWN)}" if words is not None else ""
    detail = {**_of_voice(voice), "issuer_called": issuer}
    if one.elsewhere is Elsewhere.LOOKALIKE:
        statement = (
            f"{who} {does} a picture that by its own hint looks like this one (distance {one.distance} of 256), "
            f"not for these bytes; {purpose}."
        )
        return _Said(
            code="person.lookalike",
            statement=statement + saying,
            status=Status.UNKNOWN,
            detail={**detail, "distance": one.distance},
            root=Root.PERCEPTUAL_HASH,
        )
    if one.elsewhere is not None:
        code, what = _BEFORE[one.elsewhere]
        label: dict[str, Json] = {"manifest": one.found.counts_for} if one.found.counts_for else {}
        return _Said(
            code=code,
            statement=f"{who} {does} {what.format(purpose=purpose)}{saying}",
            status=Status.UNKNOWN,
            detail={**detail, **label},
        )
    if not voice.counted:
        statement = f"{who} {does} this file, {purpose}; you did not name that scope, so it counts for nothing."
        return _Said(code="person.voice.uncounted", statement=statement + saying, status=Status.UNKNOWN, detail=detail)
    ledger = _LEDGER.get(voice.code, "")
    statement = f"{who} {does} this file, {purpose}{f'; {ledger}' if ledger else ''}.{saying}"
    if not supports(voice):
        code = "person.against" if vouch.presentation.effective_stance == "against" else "person.statement"
        return _Said(code=code, statement=statement, status=Status.UNKNOWN, detail=detail)
    identity = {"voice": hashlib.sha256(vouch.pseudonym).hexdigest()}
    return _Said(code=f"person.{voice.code}", statement=statement, status=Status.PASS, detail={**detail, **identity})


_BEFORE: Final = {
    Elsewhere.ANCESTOR: (
        "person.ancestor",
        "an earlier version, {purpose}; it was edited since, so that is not about this file.",
    ),
    Elsewhere.COMPONENT: (
        "person.component",
        "something that was used in this file, {purpose}; so that is not about this file.",
    ),
    Elsewhere.BARE: (
        "person.bare",
        "this file as it was before these Content Credentials were added, {purpose}; so that is not about them.",
    ),
}
"""Code and words by what a person stands behind, where it is not this file as it is now."""


def _period(period: str) -> str:
    """How often a person is counted there, for a sentence that has named the scope."""
    return f"one voice each {period_words(period)}"


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


_REFUSED: Final = {
    "vouch.malformed": "This is said to be a vouch, and is none, or is damaged.",
    "vouch.unsupported": "The vouch is made for another version of the profile, so it cannot be verified here.",
    "issuer.unknown": "The vouch is by an issuer that you do not trust, so nothing in it was verified.",
    "epoch.closed": "The credential's epoch was not open at the time that counts.",
    "binding.mismatch": "The vouch is bound to other media, not to this file.",
    "nonce.mismatch": "The vouch does not answer your challenge: it was made for something else, or is a copy.",
    "audience.mismatch": "The vouch was made for somebody else.",
    "proof.invalid": "The proof does not hold: it was changed, or made up.",
    "duplicate": "The same person used this voice for another file or statement, where only one counts.",
}
_DOUBTS: Final = frozenset({"vouch.unsupported", "issuer.unknown"})
"""Refusals after which nothing is known of the vouch."""

_KEYS: Final = {
    False: "Your issuer.json names no key for the vouch's epoch; a later version of it may.",
    True: "The issuer has withdrawn its key for the vouch's epoch, or never showed that it holds it.",
}
"""By whether the issuer published any key for the epoch."""
_REPLACED: Final = (
    "The proof does not hold with the issuer's present key for the vouch's epoch: it was made with the one that the "
    "issuer has withdrawn, or changed, or made up."
)

_MISMATCHES: Final = {
    Elsewhere.BROKEN: "The vouch is bound to Content Credentials that do not hold for this file.",
    Elsewhere.UNMEASURED: "The vouch is bound to Content Credentials, and this file's could not be checked.",
    Elsewhere.MISPUT: "The vouch names another manifest of this file than the one that it was put over, so whoever "
    "put it there had no leave to.",
    Elsewhere.PART: "The vouch is bound to the bytes of the first part alone, not to the fragments given with it.",
}


def _refusal(one: Judged, refusal: Refusal, fail: Status) -> _Said:
    code, vouch = refusal.code.value, refusal.vouch
    detail = _of_vouch(vouch) if vouch is not None else {}
    statement, status = _REFUSED.get(code, ""), Status.UNKNOWN if code in _DOUBTS else fail
    if code == "binding.mismatch" and one.elsewhere is not None:
        statement = _MISMATCHES.get(one.elsewhere, statement)
        detail["bound_to"] = one.elsewhere.value
        if one.elsewhere is Elsewhere.UNMEASURED:
            code, status = "binding.unknown", Status.UNKNOWN
    elif code == "issuer.key.unknown":
        # An issuer's file that is only old is the reader's matter, and no mistake in the vouch.
        statement, status = _KEYS[one.has_key], fail if one.has_key else Status.UNKNOWN
    elif code == "proof.invalid" and one.has_withdrawn:
        statement = _REPLACED
    elif code == "slot.exceeded" and vouch is not None:
        statement = f"The vouch uses slot {vouch.slot}, which you do not count (--slots)."
        status = Status.UNKNOWN
    return _Said(code=f"person.{code}", statement=statement, status=status, detail=detail)


def _people(counted: People, voices: Sequence[Voice], called: Mapping[bytes, str]) -> str:
    """How many people, by whom and for what: never a sum over issuers, scopes or slots."""
    groups = sorted(counted.counts, key=lambda group: (-group.voices, group.issuer_name, group.scope, group.slot))
    first, *others = [_group(group, called[group.issuer]) for group in groups[:MAX_GROUPS]]
    if len(groups) == 1:
        said = {voice.vouch.presentation.statement for voice in voices if voice.counted}
        words = next(iter(said)) if len(said) == 1 and groups[0].voices == 1 else None
        if not words:
            return f"{first}."
        end = "" if words.rstrip().endswith((".", "!", "?", "…")) else "."
        return f"{first}, saying {quoted(words, limit=STATEMENT_SHOWN)}{end}"
    more = f"; and {len(groups) - MAX_GROUPS} more" if len(groups) > MAX_GROUPS else ""
    return f"At least {number_of(counted.at_least)}: {'; '.join((first, *others))}{more}. They may be the same people."


def _group(group: VoiceCount, issuer: str) -> str:
    slot = f", slot {group.slot}" if group.slot else ""
    purpose = f"for {scope_words(group.scope)}, {_period(group.period)}{slot}"
    return f"{number_of(group.voices)} enrolled by {issuer}, {purpose}"


def _none(drafts: Sequence[Draft]) -> str:
    """The most serious finding's sentence; how many there are, where there are several."""
    if len(drafts) == 1:
        return drafts[0].statement
    return f"None of {len(drafts)} vouches counts. {drafts[0].statement}"
