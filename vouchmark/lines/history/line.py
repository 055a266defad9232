"""What happened before?

Walks from the active manifest through ingredient links only. A manifest that lies in the file but is not reached that
way is reported as such and never believed. The first broken or missing link is named, also where the outer signature
is fine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.engines.model import Ingredient, Kind, Manifest, ManifestStore, ValidationCode
from provenance.credentials.history.history import History, Node
from provenance.credentials.history.lineage import LinkState
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines import authority
from vouchmark.lines.authority import Of, Speaker, Standing
from vouchmark.lines.facts import (
    Answer,
    Draft,
    Drafter,
    Facts,
    certificate_name,
    instant,
    own_gap,
    own_lack,
    source_of,
)
from vouchmark.lines.history import actions as history_actions
from vouchmark.lines.history import redacted as history_redacted
from vouchmark.lines.links import malformed_link
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.render.safe import quoted
from vouchmark.render.words import ROLES, listed
from vouchmark.report import Json, Line, NotChecked, Root, Status

MAX_DEPTH: Final = 64
"""Links from the active manifest; deeper chains are reported as not followed. Real files stay below ten."""
MAX_STEPS: Final = 512
"""Ingredients looked at in one file; a signed store can name the same ancestor many times."""

MAX_CODES: Final = 3
"""Recorded codes named in a sentence; the detail has all."""

NOT_A_BREAK: Final = (
    "signingCredential.untrusted",
    "signingCredential.expired",
    "signingCredential.ocsp",
    "cawg.",
    "timeStamp.",
)
"""Recorded or live failures of an ancestor that do not say its bytes or statements were changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One ingredient link met on the walk."""

    depth: int
    owner: Manifest
    ingredient: Ingredient
    manifest: Manifest | None


def walk(store: ManifestStore) -> tuple[list[Step], bool]:
    """(every ingredient reached from the active manifest, nearest first, each manifest entered once; whether there are
    more than are followed)."""
    queue: deque[tuple[int, Manifest]] = deque([(1, store.active)])
    entered = {store.active.label}
    steps: list[Step] = []
    is_cut = False
    while queue:
        depth, owner = queue.popleft()
        for ingredient in owner.ingredients:
            if len(steps) >= MAX_STEPS:
                return steps, True
            manifest = store.manifest(ingredient.manifest) if ingredient.manifest else None
            steps.append(Step(depth=depth, owner=owner, ingredient=ingredient, manifest=manifest))
            if manifest is not None and manifest.label not in entered:
                entered.add(manifest.label)
                if depth < MAX_DEPTH:
                    queue.append((depth + 1, manifest))
                else:
                    is_cut = is_cut or bool(manifest.ingredients)
    return steps, is_cut


def answer(facts: Facts) -> Answer:
    """The history line."""
    nothing = nothing_to_look_at(facts, Line.HISTORY)
    if nothing is not None:
        return nothing
    store = facts.first.store
    if store is None:
        return Answer(summary="No history could be read.", status=Status.UNKNOWN)
    if facts.own is not None and facts.own.history is not None:
        drafts = list(_own_tree(facts.own, facts.own.history, facts.speakers))
        gap: tuple[NotChecked, ...] = ()
    else:
        steps, is_cut = walk(store)
        drafts = [_judge(facts, step) for step in steps]
        if is_cut:
            drafts.append(_draft(facts, "history.cut", Status.UNKNOWN, _CUT, store.active.label, {}))
        else:
            drafts += _unreferenced(facts, store, steps)
        gap = own_gap(facts)
    content = facts.bound.label if facts.bound is not None else store.active.label
    return _concluded(facts, drafts, content, gap)


def _concluded(facts: Facts, drafts: list[Draft], active: str, gap: tuple[NotChecked, ...]) -> Answer:
    """The line's sentence: the first break, else the first doubt, else that all is well."""
    if all(draft.status is Status.ABSENT for draft in drafts):
        statement = "No earlier version is recorded."
        draft = _draft(facts, "history.none", Status.ABSENT, statement, active, {})
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
        number = "Both" if len(intact) == 2 else f"All {len(intact)}"
        but = " but for what later signers removed" if len(intact) < len(drafts) else ""
        summary = f"{number} recorded {_kinds(intact)} are unchanged{but}."
    return Answer(summary=summary, drafts=tuple(drafts), not_checked=gap)


def _kinds(drafts: list[Draft]) -> str:
    """What several ingredients are together."""
    roles = [role for role in ROLES if any(draft.code.startswith(f"history.{role}.") for draft in drafts)]
    return " and ".join(f"{ROLES[role]}s" for role in roles) or "ingredients"


_CUT: Final = "There are more recorded steps than were followed; the rest was not looked at."

_own: Final = Drafter("vouchmark history check", Root.INGREDIENT)

_OUTCOMES: Final = {
    "intact": (Status.PASS, "has Content Credentials of its own, unchanged"),
    "broken": (Status.FAIL, "was changed or broken; what it says of itself cannot be relied on"),
    "missing": (Status.FAIL, "has Content Credentials that are named but missing"),
    "unsigned": (Status.UNKNOWN, "has no Content Credentials of its own; what happened before it is not recorded"),
}


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
            "A manifest lies in the file that nothing signed refers to; what it says is not believed.",
            label,
            {"manifest": label},
        )
    yield from history_redacted.drafts(own, history, known)
    if history.cut:
        words = f"Not all recorded steps were followed ({listed(history.cut)}); the rest was not looked at."
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
        words = (
            f"Whoever signed a later update ({speaker.who}) recorded that the file did not hold then "
            f"({quoted(', '.join(recorded[:MAX_CODES]))}); our own check does not rest on that."
        )
        detail = speaker.detail() | {"recorded_failures": list[Json](recorded)}
        yield _own("history.update.recorded", Status.ABSENT, words, label, detail)


def _whose_update(known: Mapping[str, Speaker], speaker: Speaker) -> str:
    content = next((one for one in known.values() if one.of is Of.CONTENT), None)
    if content is not None and speaker.fingerprint and speaker.fingerprint == content.fingerprint:
        return f"A later update, which changes no content, was signed by the same signer ({speaker.who})."
    return f"A later update, which changes no content, was signed by {speaker.who}."


def _node(own: OwnCheck, node: Node, known: Mapping[str, Speaker], *, depth: int) -> Draft:
    link = node.link
    if link is None:
        raise ValueError("got the active manifest, expected an ancestor")
    title = quoted(link.title) if link.title else f"without a title ({link.assertion})"
    status, words = _OUTCOMES[node.outcome]
    code = node.code
    speaker = known.get(node.check.label) if node.check is not None else None
    of = authority.of_node(known, node)
    early = node.outcome == "broken" and all(reason.startswith("recorded:") for reason in node.reasons)
    if node.outcome == "intact" and _is_redacted(own, node):
        words = "has Content Credentials of its own, unchanged but for what a later signer removed from them"
    if link.state is LinkState.MALFORMED:
        words = f"is not known: the link to it {malformed_link(link)}"
    if early:
        seen = quoted(", ".join(link.recorded_breaks[:MAX_CODES]))
        words = f"did not hold when it was added, recorded its later signer ({seen}); what it says cannot be relied on"
    if node.outcome == "intact" and link.recorded_revocations and not (speaker and speaker.standing.is_refused):
        code, status = f"history.{link.role}.signer", Status.UNKNOWN
        seen = quoted(", ".join(link.recorded_revocations[:MAX_CODES]))
        words = f"{words}; but its later signer recorded that its signer's certificate was revoked ({seen})"
    elif node.outcome == "intact" and (speaker is None or speaker.standing is not Standing.LISTED):
        standing = speaker.standing if speaker is not None else Standing.UNESTABLISHED
        code = f"history.{link.role}.signer"
        status = Status.FAIL if standing.is_refused and of is Of.EARLIER else Status.UNKNOWN
        by = f", signed by {speaker.who}" if speaker is not None else ""
        words = f"{words}{by}; but {authority.WHY[standing]}"
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
    whose = f" of {_WHOSE[of]}" if link.role == "parent" and of in _WHOSE else ""
    return _own(code, status, f"The {ROLES[link.role]} {title}{whose} {words}.", link.target or link.owner, detail)


_WHOSE: Final = {Of.PART: "something used in it", Of.INPUT: "something that went into it"}
"""Of what else than this file something is an earlier version."""


def _is_redacted(own: OwnCheck, node: Node) -> bool:
    """Whether a statement of this version is gone because a later one says so: whoever signs next may do that."""
    redactions = own.history.redactions if own.history is not None else ()
    absent = node.check.absent if node.check is not None else ()
    return any(
        node.check is not None and one.manifest == node.check.label and one.assertion in absent for one in redactions
    )


def _broken(codes: tuple[ValidationCode, ...]) -> list[str]:
    """Failures that say the ancestor was changed or its link is broken."""
    found = {code.code for code in codes if code.kind is Kind.FAILURE and not code.code.startswith(NOT_A_BREAK)}
    return sorted(found)


def _judge(facts: Facts, step: Step) -> Draft:
    ingredient, manifest = step.ingredient, step.manifest
    role = "parent" if ingredient.relationship == "parentOf" else "component"
    title = quoted(ingredient.title) if ingredient.title else f"an ingredient without a title ({ingredient.label})"
    live = list(ingredient.live)
    if manifest is not None:
        live.extend(facts.codes_of(manifest))
    recorded, seen = _broken(ingredient.recorded), _broken(tuple(live))
    detail: dict[str, Json] = {
        "relationship": ingredient.relationship,
        "depth": step.depth,
        "title": ingredient.title or "",
        "manifest": ingredient.manifest or "",
        "recorded_failures": list(recorded),
        "failures": list(seen),
    }
    if manifest is not None and manifest.signer is not None:
        detail["signer"] = certificate_name(manifest.signer.certificate)
    subject = ingredient.url or step.owner.label
    if seen or recorded:
        when = "" if seen else " already when it was added"
        statement = (
            f"The {ROLES[role]} {title} was changed or broken{when}; what it says of itself cannot be relied on."
        )
        return _draft(facts, f"history.{role}.broken", Status.FAIL, statement, subject, detail)
    if ingredient.manifest and manifest is None:
        statement = f"The Content Credentials of the {ROLES[role]} {title} are named but missing."
        return _draft(facts, f"history.{role}.missing", Status.FAIL, statement, subject, detail)
    if manifest is None:
        statement = (
            f"The {ROLES[role]} {title} has no Content Credentials of its own; what happened before it is not recorded."
        )
        return _draft(facts, f"history.{role}.unsigned", Status.UNKNOWN, statement, subject, detail)
    if own_lack(facts):
        # The engine believes what was written down when it was added.
        statement = (
            f"The {ROLES[role]} {title} has Content Credentials of its own; only an engine calls them unchanged."
        )
        return _draft(facts, f"history.{role}.intact", Status.UNKNOWN, statement, subject, detail)
    statement = f"The {ROLES[role]} {title} has Content Credentials of its own, unchanged."
    return _draft(facts, f"history.{role}.intact", Status.PASS, statement, subject, detail)


def _unreferenced(facts: Facts, store: ManifestStore, steps: list[Step]) -> Iterator[Draft]:
    reached = {store.active.label} | {step.manifest.label for step in steps if step.manifest}
    for manifest in store.manifests:
        if manifest.label not in reached:
            yield _draft(
                facts,
                "history.unreferenced",
                Status.UNKNOWN,
                "A manifest lies in the file that nothing signed refers to; what it says is not believed.",
                manifest.label,
                {"manifest": manifest.label},
            )


def _draft(facts: Facts, code: str, status: Status, statement: str, subject: str, detail: Mapping[str, Json]) -> Draft:
    return Drafter(source_of(facts.first), Root.INGREDIENT)(code, status, statement, subject, detail)
