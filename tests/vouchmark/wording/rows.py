"""The table: a sentence's id, the facts under which it is said, and a neighbour under which it must not be.

A group is a family of cases that differ in one fact each; the neighbour of each is the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Facts = Callable[[], Any]
"""Builds what is said under some facts: texts, findings, answers, gaps."""


class Row(NamedTuple):
    """When a sentence is said, and when not."""

    facts: Facts
    neighbour: Facts


ROWS: Final[dict[str, Row]] = {}


def row(id_: str, facts: Facts, neighbour: Facts) -> None:
    """One sentence."""
    assert id_ not in ROWS, id_
    ROWS[id_] = Row(facts, neighbour)


def group(cases: Mapping[str, Facts]) -> None:
    """Sentences of one family: each case is the neighbour of the one before it."""
    names = list(cases)
    assert len(names) > 1
    for name, following in zip(names, (*names[1:], names[0]), strict=True):
        row(name, cases[name], cases[following])
