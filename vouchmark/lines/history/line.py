"""What happened before?

Walks from the active manifest through ingredient links only. A manifest that lies in the file but is not reached that
way is reported as such and never believed. The first broken or missing link is named, also where the outer signature
is fine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from provenance.credentials.history.history import History, Node
from provenance.credentials.history.lineage import LinkState
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines import about, authority, likeness
from vouchmark.lines.authority import Of, Speaker, Standing
from vouchmark.lines.facts import (
    Answer,
    Draft,
    Drafter,
    Facts,
    certificate_name,
    instant,
    own_gap,
)
from vouchmark.lines.history import account
from vouchmark.lines.history import actions as history_actions
from vouchmark.lines.history import redacted as history_redacted
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.render.words import ROLES
from vouchmark.report import Json, Line, NotChecked, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said


def answer(facts: Facts) -> Answer:
    """The history line."""
    nothing = nothing_to_look_at(facts, Line.HISTORY)
    if nothing is not None:
        return nothing
    store = facts.first.store
    if store is None:
        return Answer(summary=say("history.unread"), status=Status.UNKNOWN)
    if facts.own is not None and facts.own.history is not None:
        drafts = list(_own_tree(facts.own, facts.own.history, facts.speakers))
        drafts += likeness.of_parents(facts, authority.titles_of(facts.own))
        gap: tuple[NotChecked, ...] = ()
    else:
        steps, is_cut = account.walk(store)
        drafts = [account.judge(facts, step) for step in steps]
        if is_cut:
            drafts.append(
                account.draft_of(facts, "history.cut", Status.UNKNOWN, say("history.cut"), store.active.label, {})
            )
        else:
            drafts += account.unreferenced(facts, store, steps)
        gap = own_gap(facts)
    content = facts.bound.label if facts.bound is not None else store.active.label
    return _concluded(facts, _doubted(facts, drafts), content, gap)


def _doubted(facts: Facts, drafts: list[Draft]) -> list[Draft]:
    """The same where signature and bytes hold; else what was named is named of nothing that is here."""
    doubt = about.doubt(facts)
    if doubt not in (about.OTHER_BYTES, about.UNSIGNED, about.BROKEN):
        return drafts
    return [
        replace(
            draft,
            status=Status.UNKNOWN,
            statement=say(f"history.hearsay.{doubt}", title=str(draft.detail.get("title") or draft.subject)),
        )
        if draft.status in (Status.PASS, Status.UNKNOWN) and draft.detail.get("depth")
        else draft
        for draft in drafts
    ]


def _concluded(facts: Facts, drafts: list[Draft], active: str, gap: tuple[NotChecked, ...]) -> Answer:
    """The line's sentence: the first break, else the first doubt, else that all is well."""
    if all(draft.status is Status.ABSENT for draft in drafts):
        statement = say("history.none")
        draft = account.draft_of(facts, "history.none", Status.ABSENT, statement, active, {})
        return Answer(summary=statement, drafts=(draft, *drafts), not_checked=gap)
    for status in (Status.FAIL, Status.UNKNOWN, Status.PASS):
        first = next((draft for draft in drafts if draft.status is status), None)
        if first is not None:
            break
    else:
        first = drafts[0]
    summary = first.statement
    intact = [draft for draft in drafts if draft.status is Status.PASS]
    if first.status is Status.PASS and len(intact) > 1:
        roles = {role for role in ROLES if any(draft.code.startswith(f"history.{role}.") for draft in intact)}
        kind = next(iter(roles)) if len(roles) == 1 else "mixed"
        summary = say(f"history.all.{kind}{'.redacted' if len(intact) < len(drafts) else ''}", number=len(intact))
    return Answer(summary=summary, drafts=tuple(drafts), not_checked=gap)


_own: Final = Drafter("vouchmark history check", Root.INGREDIENT)

_OUTCOMES: Final = {
    "intact": Status.PASS,
    "broken": Status.FAIL,
    "missing": Status.FAIL,
    "unsigned": Status.UNKNOWN,
}
_STANDINGS: Final = {
    Standing.UNLISTED: "unlisted",
    Standing.EXPIRED: "expired",
    Standing.NOT_YET_VALID: "not_yet_valid",
    Standing.TEST_KEY: "test_key",
    Standing.IRREGULAR: "irregular",
    Standing.UNESTABLISHED: "unestablished",
    Standing.REVOKED: "revoked",
    Standing.DISTRUSTED: "distrusted",
}
"""What stands against an ancestor's signer, in the ids of sentences."""


def _own_tree(own: OwnCheck, history: History, known: Mapping[str, Speaker]) -> Iterator[Draft]:
    """Every ancestor that verified links lead to, the nearest first, then what else is wrong with the store.

    Below the content: an update changes none, so that what it updates is this file and no earlier version.
    """
    root = authority.content_of(own) or history.root
    nodes = [node for node in root.walk() if node is not root and node.link is not None]
    for node in sorted(nodes, key=lambda node: node.depth):
        yield _node(own, node, known, depth=node.depth - root.depth)
    yield from history_actions.drafts(own, root, known)
    for update in authority.updates_of(own):
        yield from _update(known, update)
    for label in history.unreferenced:
        yield _own(
            "history.unreferenced",
            Status.UNKNOWN,
            say("history.unreferenced"),
            label,
            {"manifest": label},
        )
    yield from history_redacted.drafts(own, history, known)
    if history.cut:
        words = say("history.cut.named", cut=list(history.cut))
        yield _own("history.cut", Status.UNKNOWN, words, own.active, {"cut": list[Json](history.cut)})


def _update(known: Mapping[str, Speaker], node: Node) -> Iterator[Draft]:
    """What is to be told of an update above the content: never more than information."""
    label = node.check.label if node.check is not None else ""
    speaker = known.get(label)
    if speaker is None:
        return
    yield _own("history.update", Status.ABSENT, _whose_update(known, speaker), label, speaker.detail())
    links = [child.link for child in node.children if child.link is not None]
    recorded = [code for link in links for code in (*link.recorded_breaks, *link.recorded_revocations)]
    if recorded:
        codes = ", ".join(recorded[: account.MAX_CODES])
        words = say("history.update.recorded", who=speaker.called, codes=codes)
        detail = speaker.detail() | {"recorded_failures": list[Json](recorded)}
        yield _own("history.update.recorded", Status.ABSENT, words, label, detail)


def _whose_update(known: Mapping[str, Speaker], speaker: Speaker) -> Said:
    content = next((one for one in known.values() if one.of is Of.CONTENT), None)
    same = content is not None and speaker.fingerprint and speaker.fingerprint == content.fingerprint
    return say("history.update.same" if same else "history.update", who=speaker.called)


def _outcome(own: OwnCheck, node: Node, speaker: Speaker | None) -> tuple[str, dict[str, Fact]]:
    """What was found of an ancestor, as the end of a sentence's id, with its facts."""
    link, outcome = node.link, node.outcome
    if link is not None and link.state is LinkState.MALFORMED:
        return "malformed.part" if link.target else "malformed", {}
    if outcome == "broken" and link is not None and all(reason.startswith("recorded:") for reason in node.reasons):
        return "recorded", {"codes": ", ".join(link.recorded_breaks[: account.MAX_CODES])}
    if outcome != "intact":
        return outcome, {}
    standing = speaker.standing if speaker is not None else Standing.UNESTABLISHED
    if link is not None and link.recorded_revocations and not standing.is_refused:
        return "by.recorded", {"codes": ", ".join(link.recorded_revocations[: account.MAX_CODES])}
    if standing is not Standing.LISTED:
        word = f"by.{_STANDINGS[standing]}"
        named = standing not in (Standing.TEST_KEY, Standing.UNESTABLISHED)
        return word, {"who": speaker.called} if speaker is not None and named else {}
    return "redacted" if _is_redacted(own, node) else "intact", {}


def _node(own: OwnCheck, node: Node, known: Mapping[str, Speaker], *, depth: int) -> Draft:
    link = node.link
    if link is None:
        raise ValueError("got the active manifest, expected an ancestor")
    speaker = known.get(node.check.label) if node.check is not None else None
    of = authority.of_node(known, node)
    status, code = _OUTCOMES[node.outcome], node.code
    end, named = _outcome(own, node, speaker)
    if end.startswith("by."):
        code = f"history.{link.role}.signer"
        refused = speaker is not None and speaker.standing.is_refused and of is Of.EARLIER
        status = Status.FAIL if refused else Status.UNKNOWN
    owner = known.get(link.owner)
    whose = _WHOSE.get(owner.of, "") if owner is not None else ""
    statement = say(f"history.{link.role}.{end}{whose}", title=link.title or link.assertion, **named)
    detail: dict[str, Json] = {
        "relationship": link.relationship,
        "depth": depth,
        "title": link.title,
        "owner": link.owner,
        "manifest": link.target,
        "link": str(link.state),
        "reasons": list[Json](node.reasons),
        "recorded_failures": list[Json](link.recorded),
        "generator": node.generator,
        "update": node.is_update,
        "repeated": node.is_repeated,
        "of": str(of),
    }
    if node.thumbnail is not None:
        detail["thumbnail"] = {
            "media_type": node.thumbnail.media_type,
            "size": node.thumbnail.size,
            "sha256": node.thumbnail.sha256,
        }
    if node.check is not None:
        detail |= speaker.by() if speaker is not None else {}
        detail["actions"] = list[Json]([] if node.is_repeated else node.check.actions)
        signer = own.signers.get(node.check.label)
        if signer is not None:
            detail["signer"] = certificate_name(signer.certificate)
            established = node.check.signature is SignatureState.VALID
            detail["signer_codes"] = list[Json](signer.codes) if established else ["signer.unestablished"]
            if signer.stamp.time is not None:
                detail["time"] = instant(signer.stamp.time)
                detail["time_trusted"] = signer.stamp.is_trusted
    return _own(code, status, statement, link.target or link.owner, detail)


_WHOSE: Final = {Of.EARLIER: ".below", Of.PART: ".of_part", Of.INPUT: ".of_input"}
"""Who names it, where that is not the file's own signer, in the ids of sentences."""


def _is_redacted(own: OwnCheck, node: Node) -> bool:
    """Whether a statement of this version is gone because a later one says so: whoever signs next may do that."""
    redactions = own.history.redactions if own.history is not None else ()
    absent = node.check.absent if node.check is not None else ()
    return any(
        node.check is not None and one.manifest == node.check.label and one.assertion in absent for one in redactions
    )
