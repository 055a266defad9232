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
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import Json, NotChecked, Root, Status

OWN: Final = "vouchmark metadata check"
SHOWN: Final = 80
"""Code points of a text from the media that a sentence quotes."""
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
    "DMI-ALLOWED": "data mining is allowed",
    "DMI-PROHIBITED": "data mining is prohibited",
    "DMI-PROHIBITED-AIMLTRAINING": "the training of AI is prohibited",
    "DMI-PROHIBITED-GENAIMLTRAINING": "the training of generative AI is prohibited",
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": "data mining is prohibited, except for search engines",
    "DMI-PROHIBITED-SEECONSTRAINT": "data mining is prohibited but for a constraint that is stated with it",
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": "data mining is prohibited but for rights that are stated with it",
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": "data mining is prohibited but for rights that are stated elsewhere",
}
"""PLUS data mining vocabulary (https://ns.useplus.org/LDF/ldf-XMPSpecification), by the end of its URI."""


def drafts(facts: Facts) -> list[Draft]:
    """One finding for each different statement of the metadata, the loudest first."""
    if facts.metadata is None:
        return []
    grouped: dict[tuple[str, str], list[Statement]] = {}
    for statement in facts.metadata.statements:
        said = _says(statement)
        if said is not None:
            grouped.setdefault(said, []).append(statement)
    found = [_draft(facts, code, words, said) for (code, words), said in grouped.items()]
    found.sort(key=lambda draft: loudness(draft.code))
    return found[:MAX_FINDINGS]


def gaps(facts: Facts) -> tuple[NotChecked, ...]:
    """What of the metadata was not looked at, and why."""
    what = "unsigned AI declarations (XMP, IPTC, EXIF, texts)"
    if facts.metadata is None:
        return () if facts.unreadable else (NotChecked(what=what, why="the metadata was not read"),)
    if facts.metadata.reason:
        return (NotChecked(what=what, why=facts.metadata.reason),)
    unread = (NotChecked(what=one, why="not read here") for one in facts.metadata.unread)
    return (*unread, *(NotChecked(what=f"metadata: {one}", why="beyond a limit") for one in facts.metadata.cut))


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
            statement=f"Not all of its metadata could be looked at ({listed(left_out)}); the rest may speak of AI.",
            source=OWN,
            root=Root.UNSIGNED_METADATA,
            subject=facts.name,
            detail={"cut": list[Json](left_out)},
        )
    ]


def _says(statement: Statement) -> tuple[str, str] | None:
    """(code, rest of a sentence that starts with whose metadata it is); None where it says nothing about AI."""
    system = statement.system
    if statement.kind is Sort.SOURCE_TYPE:
        kind = source_type(statement.value)
        meaning = SOURCE_TYPES.get(kind)
        if meaning is not None:
            return meaning.code, f"says {meaning.words}"
        return ("ai.other", f"names the source type {quoted(kind, limit=SHOWN)}") if kind else None
    if statement.kind is Sort.TRAINING:
        words = _MINING.get(statement.value)
        return ("ai.training", f"says that {words}") if words else None
    if statement.kind is Sort.PARAMETERS:
        return "ai.generator", f"holds parameters in the form in which {system}, an AI generator, writes them"
    if statement.kind is Sort.SOFTWARE:
        code = "ai.generator" if statement.meaning is Meaning.GENERATED else "ai.used"
        what = "an AI generator" if code == "ai.generator" else "which also generates with AI"
        return code, f"names {system}, {what}"
    return _CODES.get(statement.meaning, "ai.used"), _named(statement)


def _named(statement: Statement) -> str:
    value, system = quoted(statement.value, limit=SHOWN), statement.system
    if statement.kind is Sort.CREDIT:
        return f"has the credit line {value}"
    if statement.kind is Sort.SYSTEM:
        return f"names {value} as the AI system that was used"
    if statement.kind is Sort.PROMPT:
        return "tells of a prompt that was given to an AI system"
    if system == "GB 45438-2025":
        certain = statement.meaning is Meaning.GENERATED
        return f"has the label {'of' if certain else 'of possibly'} AI-generated media after {system}"
    if system == "TikTok":
        return "has TikTok's label for media that was made or much changed with AI"
    return f"notes that a generative tool was used ({system})"


def _draft(facts: Facts, code: str, words: str, said: list[Statement]) -> Draft:
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
    place = f" ({where[0]})"
    statement = f"Metadata that nobody signed {words}{place}; anybody could have written that."
    if is_covered:
        statement = (
            f"Its metadata {words}{place}; it was there when it was signed, but is no statement of the signer's, and "
            "anybody could have written it before."
        )
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
