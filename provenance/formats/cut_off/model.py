"""What is known of a file whose end is missing?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A file that breaks off before the end that its own format gives it."""

    present: int
    """Bytes that are there."""
    announced: int = 0
    """Bytes that its own headers and tables say it has; 0 where none says more than are there."""
    is_least: bool = False
    """Whether it has that many at least: a part that breaks off tells of nothing behind itself."""
    lacks: str = ""
    """What its format has at its end and is not there, for the middle of a sentence; empty where a number says all."""


def short_of(size: int, announced: int, *, is_least: bool = False, lacks: str = "") -> CutOff | None:
    """A file of a size that announces another one; None where it is all there."""
    if announced > size:
        return CutOff(present=size, announced=announced, is_least=is_least, lacks=lacks)
    return None


def without(size: int, lacks: str) -> CutOff:
    """A file that lacks its end."""
    return CutOff(present=size, lacks=lacks)
