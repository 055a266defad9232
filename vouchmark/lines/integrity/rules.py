"""Which rule of the specification did an issuer break, and does it concern the bytes? Part of the integrity line.

Engines call a file Invalid for any broken rule, and its bytes may be what was signed all the same. A short reviewed
list says where that is so; each condition on it is what our own check establishes of this very manifest, never a code
alone. What is not on it stays a failure, and is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.engines.model import Manifest, ValidationCode
from provenance.credentials.own_check import OwnCheck
from vouchmark.codes.specification import SPECIFICATION
from vouchmark.lines.authority import Of
from vouchmark.lines.facts import Draft, Drafter, Facts, source_of
from vouchmark.report import Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Phrase, Said

BROKEN: Final = "integrity.rule"
_LIST: Final = "c2pa.actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that is broken in files that are as they were signed."""

    name: str
    """Also of its sentence: `integrity.rule.NAME`."""
    codes: frozenset[str]
    """What engines say then; nothing else is explained."""
    holds: Callable[[Manifest, tuple[str, ...]], bool]
    """Over the bound manifest, and the actions in it that are signed by our own check, in order."""


REVIEWED: Final = (
    Rule(
        # Pictures of ChatGPT of 2025. From version 2.2 of the specification on there has to be a list of actions.
        name="no-actions",
        codes=frozenset({"assertion.action.malformed", "assertion.action.missing"}),
        holds=lambda manifest, actions: (
            not actions and not any(label.startswith(_LIST) for label in manifest.assertions)
        ),
    ),
)
"""Looked at one by one; each with a test that it holds, and one that a changed byte or statement ends it."""


OF_UPDATE: Final = "integrity.update.rule"
_BY_UPDATES: Final = frozenset(
    (
        "assertion.notRedacted", "assertion.action.redactionMismatch", "assertion.action.redacted",
        "assertion.dataHash.redacted", "assertion.hardBinding.redacted", "assertion.action.malformed",
        "assertion.action.ingredientMismatch", "assertion.timestamp.malformed", "assertion.metadata.disallowed",
    )
)  # fmt: skip
"""What engines say of what an update states, and of no byte of the content or of what its signer states."""


def reviewed(facts: Facts, manifest: Manifest, code: ValidationCode) -> Draft | None:
    """A finding where a broken rule does not concern the bytes; None where it is not known not to."""
    own = facts.own
    if own is None or own.coverage is None or own.check is None:
        return None
    is_whole = own.coverage.match is Match.MATCH and own.coverage.is_whole and all(one.is_intact for one in own.chain)
    if not is_whole:
        return None
    if is_update(facts, manifest):
        return _of_update(facts, own, manifest, code)
    if manifest.label != own.bound:
        return None
    for rule in REVIEWED:
        if code.code in rule.codes and rule.holds(manifest, own.check.actions):
            statement = say(f"integrity.rule.{rule.name}")
            draft = Drafter(source_of(facts.first), Root.CLAIM_SIGNATURE)
            return draft(BROKEN, Status.ABSENT, statement, manifest.label, {"from": code.code, "rule": rule.name})
    return None


def _of_update(facts: Facts, own: OwnCheck, manifest: Manifest, code: ValidationCode) -> Draft | None:
    """A rule that whoever signed an update broke: that somebody may do to any file, and it is about the update.

    Not where something is gone that must not go.
    """
    forbidden = own.history is not None and any(not one.is_allowed and one.is_named for one in own.history.redactions)
    if code.code not in _BY_UPDATES or forbidden:
        return None
    broken = broken_rule(code.code)
    statement = say("integrity.update.rule.known", rule=broken) if broken else say("integrity.update.rule")
    draft = Drafter(source_of(facts.first), Root.UPDATE)
    return draft(OF_UPDATE, Status.ABSENT, statement, manifest.label, {"from": code.code})


def is_update(facts: Facts, manifest: Manifest) -> bool:
    """Whether a manifest is an update above the content."""
    speaker = facts.speakers.get(manifest.label)
    return speaker is not None and speaker.of is Of.UPDATE


def malformed(code: str, *, update: bool = False) -> Said:
    """What is said of any other broken rule: with what is malformed, where that is known."""
    sentence = f"integrity.malformed.{'updater' if update else 'issuer'}"
    rule = broken_rule(code)
    return say(f"{sentence}.rule", rule=rule) if rule else say(sentence)


def broken_rule(code: str) -> Phrase:
    """The rule behind a code of the specification, as a phrase; empty where it is not known."""
    return {"id": f"rule.{code}"} if code in SPECIFICATION else {}
