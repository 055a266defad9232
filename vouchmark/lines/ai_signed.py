"""What do signers declare about AI, in every manifest that verified links lead to? Part of the ai line."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from provenance.credentials.binding import Match
from provenance.credentials.lineage import Node
from provenance.credentials.model import Kind, Manifest
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines import history
from vouchmark.lines.ai_words import (
    BEGINNINGS,
    CAPTURED,
    MADE_BY_PEOPLE,
    MECHANICAL,
    SOURCE_TYPES,
    Meaning,
    signal,
    source_type,
)
from vouchmark.lines.facts import Draft, Facts, has, own_lack, source_of
from vouchmark.render.safe import quoted
from vouchmark.report import Json, Root, Status

MAX_INGREDIENTS: Final = 64
"""Ingredients of one manifest whose own source types are looked at."""

_ACTIONS: Final = re.compile(r"c2pa\.actions(?:\.v\d+)?(?:__\d+)?")


class Place(enum.StrEnum):
    """Of what a manifest speaks, seen from the one that is bound to the content."""

    BOUND = "content"
    EARLIER = "earlier version"
    """Something that it was made from, step by step."""
    COMPONENT = "component"
    """Something that was used in it, or in an earlier version."""
    UPDATE = "update"
    """What a later signer added without changing content: it never raises the line."""


WHO: Final = {
    Place.BOUND: "The signer",
    Place.EARLIER: "The signer of an earlier version",
    Place.COMPONENT: "The signer of something used in it",
    Place.UPDATE: "The signer of a later update",
}


_OF: Final = {
    Place.BOUND: "It",
    Place.EARLIER: "Of an earlier version it",
    Place.COMPONENT: "Of a part it",
    Place.UPDATE: "In a later update it",
}


class _Stated(NamedTuple):
    """One source type as a manifest states it."""

    kind: str
    action: str
    """Empty for an ingredient's own."""
    software: str
    ingredient: str
    """Label of the ingredient assertion, empty for an action's."""

    @property
    def is_part(self) -> bool:
        """Whether it speaks of something that was used in it, and not of the whole."""
        return bool(self.ingredient) or self.action == "c2pa.placed"


def reached(facts: Facts) -> list[Manifest]:
    """The active manifest and every one that links lead to: ours, verified, where our own check is there."""
    store = facts.first.store
    if store is None:
        return []
    if facts.own is not None and not facts.own.problem:
        by_label = {manifest.label: manifest for manifest in reversed(store.manifests)}
        return [manifest for label, manifest in reversed(by_label.items()) if label in facts.own.checks]
    manifests = [store.active]
    for step in history.walk(store):
        if step.manifest is not None and step.manifest not in manifests:
            manifests.append(step.manifest)
    return manifests


def drafts(facts: Facts, manifests: list[Manifest]) -> list[Draft]:
    """One draft for each different source type that a manifest declares."""
    return [draft for manifest in manifests for draft in _declarations(facts, manifest)]


def holds(facts: Facts, manifest: Manifest) -> bool:
    """Whether a manifest's statements are as they were signed; for the bound one, its binding to this file too."""
    codes = facts.codes_of(manifest)
    changed = any(
        code.kind is Kind.FAILURE and code.code.startswith(("assertion.", "claimSignature.mismatch")) for code in codes
    )
    if changed:
        return False
    if facts.own is not None and manifest.label in facts.own.checks:
        if manifest.label == facts.own.bound and _is_about_something_else(facts.own):
            return False
        return facts.own.checks[manifest.label].is_intact and manifest.label not in facts.places.broken
    return has(codes, "claimSignature.validated") or manifest is not facts.bound


def _is_about_something_else(own: OwnCheck) -> bool:
    """Whether the content differs from what was signed, or could be anything."""
    return own.coverage is not None and (own.coverage.match is Match.MISMATCH or own.coverage.is_open)


def _nodes(own: OwnCheck | None) -> Iterator[Node]:
    return own.history.root.walk() if own is not None and own.history is not None else iter(())


def _declarations(facts: Facts, manifest: Manifest) -> list[Draft]:
    intact, place = holds(facts, manifest), place_of(facts, manifest)
    found: dict[tuple[str, str], Draft] = {}
    for stated in _stated(manifest):
        meaning = _meaning(stated)
        part = "of something used in it " if stated.is_part else ""
        words = f"{WHO[place]} declares {part}{meaning.words}"
        if not intact:
            words = (
                f"{_OF[place]} is declared {part}{meaning.words}, but the signature or content does not hold, so "
                "nobody stands for that"
            )
        draft = Draft(
            code=meaning.code,
            # Where only an engine looked, nobody knows which content a signature is about.
            status=Status.PASS if intact and place is not Place.UPDATE and not own_lack(facts) else Status.UNKNOWN,
            statement=f"{words}.",
            source=source_of(facts.first),
            root=Root.CLAIM_SIGNATURE if place is Place.BOUND and not stated.is_part else Root.INGREDIENT,
            subject=manifest.label,
            detail=_detail(stated, place),
        )
        found.setdefault((stated.kind, draft.statement), draft)
    return list(found.values())


def _meaning(stated: _Stated) -> Meaning:
    """What a source type comes to where it is stated: beside an edit it speaks of what the edit did."""
    meaning = SOURCE_TYPES.get(stated.kind)
    if meaning is None:
        return Meaning(code="ai.other", words=f"the source type {quoted(stated.kind)}")
    is_edit = stated.action not in (*BEGINNINGS, *MECHANICAL) and not stated.is_part
    return SOURCE_TYPES["compositeWithTrainedAlgorithmicMedia"] if is_edit and stated.kind in WHOLLY else meaning


def _detail(stated: _Stated, place: Place) -> dict[str, Json]:
    from provenance.metadata.generators import generator_named

    generator = generator_named(stated.software) if stated.software else ""
    return {
        "digital_source_type": stated.kind,
        "of": str(Place.COMPONENT if stated.is_part else place),
        **({"ingredient": stated.ingredient} if stated.ingredient else {"action": stated.action}),
        "signal": signal(stated.action, stated.kind) if stated.action else "",
        "software": stated.software,
        **({"generator": generator} if generator else {}),
    }


def place_of(facts: Facts, manifest: Manifest) -> Place:
    """Where a manifest stands seen from the one that is bound to the content."""
    if facts.bound is not None and manifest.label == facts.bound.label:
        return Place.BOUND
    own = facts.own
    if manifest.label in facts.places.current:
        return Place.UPDATE
    if own is None or own.history is None:
        return Place.EARLIER
    return Place.EARLIER if manifest.label in facts.places.earlier else Place.COMPONENT


def _stated(manifest: Manifest) -> Iterator[_Stated]:
    """Every source type that a manifest states, actions first."""
    templates = dict(_templates(manifest))
    for action in manifest.actions:
        written = action.digital_source_type or templates.get(action.action) or templates.get("*")
        if kind := source_type(written):
            yield _Stated(kind, action.action, action.software_agent or "", "")
    for ingredient in manifest.ingredients[:MAX_INGREDIENTS]:
        content = manifest.assertions.get(ingredient.label)
        written = content.get("digitalSourceType") if isinstance(content, Mapping) else None
        if isinstance(written, str) and (kind := source_type(written)):
            yield _Stated(kind, "", "", ingredient.label)


def _templates(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(action, source type) of templates, which speak for actions of that name (C2PA 2.4, section 18.15.9)."""
    for label, content in manifest.assertions.items():
        listed = content.get("templates") if _ACTIONS.fullmatch(label) and isinstance(content, Mapping) else None
        for template in listed if isinstance(listed, list) else ():
            if isinstance(template, Mapping):
                action, written = template.get("action"), template.get("digitalSourceType")
                if isinstance(action, str) and isinstance(written, str):
                    yield action, written


def contradictions(facts: Facts, manifests: list[Manifest]) -> list[Draft]:
    """Signed statements about one making that cannot both be true."""
    found = []
    for manifest in manifests:
        kinds = _origins(manifest)
        if kinds & _WITHOUT and kinds & WHOLLY:
            statement = "The same signer declares both that a camera or a person made it and that AI generated it."
            found.append(_contradiction(facts, manifest.label, statement, kinds & (_WITHOUT | WHOLLY)))
    origins = {manifest.label: _origins(manifest) for manifest in manifests if holds(facts, manifest)}
    bound = facts.bound.label if facts.bound else ""
    if origins.get(bound, frozenset()) & _WITHOUT and not found:
        for ancestor in _parents(facts, bound):
            generated = origins.get(ancestor, frozenset()) & WHOLLY
            if generated:
                statement = (
                    "The signer declares that a camera or a person made it, and the signer of the version it was made "
                    "from declares that AI generated that."
                )
                found.append(_contradiction(facts, bound, statement, (origins[bound] & _WITHOUT) | generated))
                break
    return found


_WITHOUT: Final = frozenset(
    kind for kind, meaning in SOURCE_TYPES.items() if meaning.code in CAPTURED or kind in MADE_BY_PEOPLE
)
WHOLLY: Final = frozenset(kind for kind, meaning in SOURCE_TYPES.items() if meaning.code == "ai.generated")


def _origins(manifest: Manifest) -> frozenset[str]:
    """Source types of the actions that began it."""
    return frozenset(stated.kind for stated in _stated(manifest) if stated.action in BEGINNINGS)


def _parents(facts: Facts, label: str) -> Iterator[str]:
    """Labels of the versions that a manifest was made from, nearest first, through intact parent links."""
    if facts.own is not None:
        for node in _nodes(facts.own):
            if node.check is not None and node.check.label == label:
                yield from _below(node)
                return
    store = facts.first.store
    manifest = store.manifest(label) if store else None
    seen = {label}
    while store and manifest:
        names = [one.manifest for one in manifest.ingredients if one.relationship == "parentOf" and one.manifest]
        manifest = store.manifest(names[0]) if len(names) == 1 and names[0] not in seen else None
        if manifest:
            seen.add(manifest.label)
            yield manifest.label


def _below(node: Node) -> Iterator[str]:
    """Labels of the versions below a manifest, by intact parent links alone; as deep as links are followed."""
    for child in node.children:
        if child.link is not None and child.link.relationship == "parentOf" and child.outcome == "intact":
            yield child.link.target
            yield from _below(child)


def _contradiction(facts: Facts, label: str, statement: str, declared: frozenset[str]) -> Draft:
    return Draft(
        code="ai.contradiction",
        status=Status.FAIL,
        statement=statement,
        source=source_of(facts.first),
        root=Root.CLAIM_SIGNATURE,
        subject=label,
        detail={"declared": list[Json](sorted(declared))},
    )


def may_be_watermarked(manifest: Manifest) -> bool:
    """Whether a manifest speaks of a watermark, or was made by a service that sets one."""
    if any(action.action.startswith("c2pa.watermarked") for action in manifest.actions):
        return True
    if any(label.startswith("c2pa.soft-binding") for label in manifest.assertions):
        return True
    names = (manifest.claim_generator, *(action.software_agent or "" for action in manifest.actions))
    return any(word in name.casefold() for name in names for word in ("google", "gemini", "imagen", "deepmind"))
