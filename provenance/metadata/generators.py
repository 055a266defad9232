"""Which statements about AI do fields of metadata make, and which program's marks are they?

Only what is written counts: vocabulary of the IPTC, credit lines and labels that makers set, and parameters in the
forms in which generating programs write them. Nothing is inferred from pictures, and no absence is a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from provenance.metadata.model import MAX_STATEMENTS, Field, Meaning, Sort, Statement, kept

_SOURCE_TYPES: Final = (
    "XMP Iptc4xmpExt:DigitalSourceType",
    "XMP Iptc4xmpExt:DigitalSourcetype",
    "XMP Iptc4xmpExt:DigitalSourceFileType",
)
"""The IPTC property, its spelling before 2016, and Google's."""


def statements(fields: Iterable[Field]) -> tuple[Statement, ...]:
    """Every statement that the fields make, each once, in the order of the fields."""
    found: dict[tuple[str, str, str], Statement] = {}
    for field in fields:
        for statement in _of(field):
            found.setdefault((statement.kind, statement.value, statement.where), statement)
            if len(found) >= MAX_STATEMENTS:
                return tuple(found.values())
    return tuple(found.values())


def _of(field: Field) -> Iterator[Statement]:
    if field.name in _SOURCE_TYPES:
        yield Statement(
            kind=Sort.SOURCE_TYPE, value=kept(field.text), where=field.name, meaning=Meaning.OTHER, spans=field.spans
        )
