"""What does the file's own metadata say about AI, which anybody could have written? Part of the ai line.

Every finding here has the weaker root and says so in its sentence. That a signature covers the bytes of the metadata is
told, and does not make their words the signer's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import MAX_NAMED
from provenance.metadata import Meaning, Sort, Statement
from vouchmark.lines.ai.words import SOURCE_TYPES, loudness, source_type
from vouchmark.lines.facts import Draft, Facts
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import because, gap, say

OWN: Final = "vouchmark metadata check"
MAX_FINDINGS: Final = 24
"""Findings from unsigned metadata; what is louder comes first."""

_CODES: Final = {
    Meaning.GENERATED: "ai.generated",
    Meaning.EDITED: "ai.edited",
    Meaning.USED: "ai.used",
    Meaning.POSSIBLE: "ai.possible",
}
_MARKS: Final = (Sort.PARAMETERS, Sort.SOFTWARE)
"""Sorts that say which program writes like that, and nothing about the media in words."""
_MINING: Final = {
    "DMI-ALLOWED": "allowed",
    "DMI-PROHIBITED": "prohibited",
    "DMI-PROHIBITED-AIMLTRAINING": "training",
    "DMI-PROHIBITED-GENAIMLTRAINING": "generative",
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": "search",
    "DMI-PROHIBITED-SEECONSTRAINT": "constraint",
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": "embedded",
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": "linked",
}
"""PLUS data mining vocabulary (https://ns.useplus.org/LDF/ldf-XMPSpecification), by the end of its URI."""


def drafts(facts: Facts) -> list[Draft]:
    """One finding for each different statement of the metadata, the loudest first."""
    if facts.metadata is None:
        return []
    grouped: dict[tuple[str, tuple[str, str]], list[Statement]] = {}
    for statement in facts.metadata.statements:
        said = _says(statement)
        if said is not None:
            grouped.setdefault(said, []).append(statement)
    found = [_draft(facts, code, phrase, said) for (code, phrase), said in grouped.items()]
    found.sort(key=lambda draft: loudness(draft.code))
    return found[:MAX_FINDINGS]


def gaps(facts: Facts) -> tuple[NotChecked, ...]:
    """What of the metadata was not looked at, and why."""
    what = say("gap.unsigned_ai")
    if facts.metadata is None:
        return () if facts.unreadable else (gap(what, say("gap.unsigned_ai.why")),)
    if facts.metadata.reason:
        return (gap(what, because(facts.metadata.reason)),)
    unread = [("gap.metadata.unread", one) for one in facts.metadata.unread]
    cut = [("gap.metadata.cut", one) for one in facts.metadata.cut]
    return tuple(gap(say(sentence, what=one), say(f"{sentence}.why")) for sentence, one in (*unread, *cut))


def was_read(facts: Facts) -> bool:
    """Whether the metadata was read as far as this type's is, so that its silence may be told."""
    metadata = facts.metadata
    return metadata is not None and not (metadata.reason or metadata.unread or metadata.cut)


def cut(facts: Facts) -> list[Draft]:
    """That there is more metadata than was looked at, so that its silence means nothing."""
    left_out = facts.metadata_cut
    if not left_out:
        return []
    return [
        Draft(
            code="ai.cut",
            status=Status.UNKNOWN,
            statement=say("ai.cut.metadata", cut=left_out),
            source=OWN,
            root=Root.UNSIGNED_METADATA,
            subject=facts.name,
            detail={"cut": list[Json](left_out)},
        )
    ]


def _says(statement: Statement) -> tuple[str, tuple[str, str]] | None:
    """(code, the phrase that follows whose metadata it is, with what it names); None where it is not about AI."""
    system = statement.system
    if statement.kind is Sort.SOURCE_TYPE:
        kind = source_type(statement.value)
        meaning = SOURCE_TYPES.get(kind)
        if meaning is not None:
            return meaning.code, (f"ai.says.{kind}", "")
        return ("ai.other", ("ai.says.other", kind)) if kind else None
    if statement.kind is Sort.TRAINING:
        words = _MINING.get(statement.value)
        return ("ai.training", (f"ai.says.mining.{words}", "")) if words else None
    if statement.kind is Sort.PARAMETERS:
        return "ai.generator", ("ai.says.parameters", system)
    if statement.kind is Sort.SOFTWARE:
        code = "ai.generator" if statement.meaning is Meaning.GENERATED else "ai.used"
        return code, ("ai.says.generator" if code == "ai.generator" else "ai.says.also_generates", system)
    return _CODES.get(statement.meaning, "ai.used"), _named(statement)


def _named(statement: Statement) -> tuple[str, str]:
    if statement.kind is Sort.CREDIT:
        return "ai.says.credit", statement.value
    if statement.kind is Sort.SYSTEM:
        return "ai.says.system", statement.value
    if statement.kind is Sort.PROMPT:
        return "ai.says.prompt", ""
    if statement.system == "GB 45438-2025":
        certain = statement.meaning is Meaning.GENERATED
        return "ai.says.label" if certain else "ai.says.label.possible", statement.system
    if statement.system == "TikTok":
        return "ai.says.tiktok", ""
    return "ai.says.noted", statement.system


def _draft(facts: Facts, code: str, phrase: tuple[str, str], said: list[Statement]) -> Draft:
    is_covered = all(covered(facts, statement.spans) for statement in said)
    where = list(dict.fromkeys(statement.where for statement in said))
    first = said[0]
    detail: dict[str, Json] = {
        "kind": str(first.kind),
        "value": first.value,
        "where": list[Json](where),
        "system": first.system,
        "covered": is_covered,
    }
    if first.kind is Sort.SOURCE_TYPE:
        detail["digital_source_type"] = source_type(first.value)
    what = {"id": phrase[0], **({"name": phrase[1]} if phrase[1] else {})}
    statement = say("ai.covered" if is_covered else "ai.unsigned", what=what, where=where[0])
    return Draft(
        code=code,
        status=Status.UNKNOWN,
        statement=statement,
        source=OWN,
        root=Root.UNSIGNED_METADATA,
        subject=facts.name,
        detail=detail,
    )


def covered(facts: Facts, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a signature that holds covers these bytes of the file, by our own computation."""
    own = facts.own
    runs = list(spans)
    if own is None or own.problem or own.coverage is None or own.check is None or not own.check.is_intact:
        return False
    coverage = own.coverage
    if not runs or coverage.match is not Match.MATCH or len(coverage.excluded) >= MAX_NAMED:
        return False
    return all(end <= out.start or out.end <= start for start, end in runs for out in coverage.excluded)
