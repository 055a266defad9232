"""How does text fit into columns of a terminal? Measured in display cells, wrapped with a hanging indent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

MIN_WIDTH: Final = 40
"""Columns below which nothing is laid out any narrower."""


def wrap(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    """Lines of at most `width` cells; a word that is too long is cut.

    Args:
        text: one paragraph of harmless text; runs of spaces count as one.
        width: columns.
        first: what stands before the first line; its cells must be those of `rest`.
        rest: what stands before the others.
    """
    room = max(8, width - cell_len(rest))
    lines: list[str] = []
    current, used = "", 0
    for piece in _pieces(text, room):
        size = cell_len(piece)
        if current and used + 1 + size > room:
            lines.append(current)
            current, used = piece, size
        elif current:
            current, used = f"{current} {piece}", used + 1 + size
        else:
            current, used = piece, size
    lines.append(current)
    return [f"{first if number == 0 else rest}{line}".rstrip(" ") for number, line in enumerate(lines)]


def _pieces(text: str, room: int) -> Iterator[str]:
    """Words, those longer than a line in parts."""
    for word in text.split(" "):
        if not word:
            continue
        if cell_len(word) <= room:
            yield word
            continue
        part, used = "", 0
        for character in word:
            size = cell_len(character)
            if part and used + size > room:
                yield part
                part, used = "", 0
            part, used = part + character, used + size
        yield part


def pad(text: str, cells: int) -> str:
    """Text and spaces up to so many cells."""
    return text + " " * max(0, cells - cell_len(text))
