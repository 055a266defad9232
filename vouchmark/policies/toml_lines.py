"""On which line of a TOML document does a key stand? tomllib does not say."""

from __future__ import annotations

import tomllib
from typing import Any, Final, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of the document."""

BUDGET: Final = 4 * 1024 * 1024
"""Characters that are parsed at most in search of a line: about a second."""


def line_of(text: str, path: KeyPath) -> int | None:
    """The line on which a key stands, from 1; None where it cannot be told.

    Found by parsing ever longer beginnings of the document: exact for any way of writing TOML, unlike a search for
    words. Where the key itself is missing, the statement of the longest path that exists is named.

    Args:
        text: a valid TOML document.
        path: where to look.
    """
    document = tomllib.loads(text)
    while path and not _contains(document, path):
        path = path[:-1]
    if not path:
        return None
    lines = text.split("\n")
    before, floor, found = 0, 0, len(lines)
    # The first `before` lines are whole statements without it; the first `found` lines are whole and have it; between
    # `before` and `floor` no statement ends.
    budget = BUDGET
    while found - floor > 1:
        middle = (floor + found) // 2
        end, part = middle, None
        while part is None and end > floor:
            beginning = "\n".join(lines[:end])
            budget -= len(beginning)
            if budget < 0:
                return None
            try:
                part = tomllib.loads(beginning)
            except ValueError:
                end -= 1
        if part is None:
            floor = middle
        elif _contains(part, path):
            found = end
        else:
            before, floor = end, middle
    return _narrowed(lines, range(before, found), _value(document, path), path)


def _narrowed(lines: list[str], statement: range, value: object, path: KeyPath) -> int:
    """The only line of a statement that has the value or the key on it; else the statement's first line."""
    wanted = [f'"{value}"', f"'{value}'"] if isinstance(value, str) else []
    if isinstance(path[-1], str):
        wanted.append(path[-1])
    for word in wanted:
        hits = [number for number in statement if word in lines[number]]
        if len(hits) == 1:
            return hits[0] + 1
    for number in statement:
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number + 1
    return statement.start + 1


def _value(document: Any, path: KeyPath) -> Any:
    for part in path:
        document = document[part]
    return document


def _contains(document: object, path: KeyPath) -> bool:
    try:
        _value(document, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True
