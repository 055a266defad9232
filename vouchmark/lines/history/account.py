"""What does an engine's account say of a file's history, where our own check is missing? Part of the history line."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.engines.model import Ingredient, Kind, Manifest, ManifestStore, ValidationCode
from vouchmark.lines.facts import Draft, Drafter, Facts, certificate_name, own_lack, source_of
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

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


def _broken(codes: tuple[ValidationCode, ...]) -> list[str]:
    """Failures that say the ancestor was changed or its link is broken."""
    found = {code.code for code in codes if code.kind is Kind.FAILURE and not code.code.startswith(NOT_A_BREAK)}
    return sorted(found)


def judge(facts: Facts, step: Step) -> Draft:
    """What is said of one ingredient by an engine's account, where our own check has none."""
    ingredient, manifest = step.ingredient, step.manifest
    role = "parent" if ingredient.relationship == "parentOf" else "component"
    title = ingredient.title or ingredient.label
    live = list(ingredient.live)
    if manifest is not None:
        live.extend(facts.codes_of(manifest))
    recorded, broken_now = _broken(ingredient.recorded), _broken(tuple(live))
    detail: dict[str, Json] = {
        "relationship": ingredient.relationship,
        "depth": step.depth,
        "title": ingredient.title or "",
        "manifest": ingredient.manifest or "",
        "recorded_failures": list(recorded),
        "failures": list(broken_now),
    }
    if manifest is not None and manifest.signer is not None:
        detail["signer"] = certificate_name(manifest.signer.certificate)
    subject = ingredient.url or step.owner.label
    status, end, outcome = _judged(facts, ingredient, manifest, broken_now, recorded)
    facts_of: dict[str, Fact] = {"codes": ", ".join(recorded[:MAX_CODES])} if end == "recorded" else {}
    statement = say(f"history.{role}.{end}{'.below' if step.depth > 1 else ''}", title=title, **facts_of)
    return draft_of(facts, f"history.{role}.{outcome}", status, statement, subject, detail)


def _judged(
    facts: Facts, ingredient: Ingredient, manifest: Manifest | None, broken_now: list[str], recorded: list[str]
) -> tuple[Status, str, str]:
    """Status, end of the sentence's id and of the code, by an engine's account alone."""
    if broken_now or recorded:
        return Status.FAIL, "broken" if broken_now else "recorded", "broken"
    if ingredient.manifest and manifest is None:
        return Status.FAIL, "missing", "missing"
    if manifest is None:
        return Status.UNKNOWN, "unsigned", "unsigned"
    if own_lack(facts):
        # The engine believes what was written down when it was added.
        return Status.UNKNOWN, "engine", "intact"
    return Status.PASS, "intact", "intact"


def unreferenced(facts: Facts, store: ManifestStore, steps: list[Step]) -> Iterator[Draft]:
    """A finding for each manifest to which no ingredient leads."""
    reached = {store.active.label} | {step.manifest.label for step in steps if step.manifest}
    for manifest in store.manifests:
        if manifest.label not in reached:
            yield draft_of(
                facts,
                "history.unreferenced",
                Status.UNKNOWN,
                say("history.unreferenced"),
                manifest.label,
                {"manifest": manifest.label},
            )


def draft_of(
    facts: Facts, code: str, status: Status, statement: Said, subject: str, detail: Mapping[str, Json]
) -> Draft:
    """A finding on an ingredient, by the first engine."""
    return Drafter(source_of(facts.first), Root.INGREDIENT)(code, status, statement, subject, detail)
