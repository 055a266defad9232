"""What is an original, a mutant of it, and what a viewer shows of either?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

View = tuple[str, ...]
"""What a viewer shows, a line for each frame, page, sound or part: equal where the same is shown."""


class RefusedError(Exception):
    """A viewer shows nothing of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One signed file, before anybody changed it."""

    name: str
    format: str
    """As people call it: `JPEG`, `animated AVIF`."""
    media_type: str
    family: str
    """Which structure its mutators know: `jpeg`, `bmff`, `zip` …"""
    data: bytes
    is_trap: bool = False
    """Whether its signer meant harm: then it need not pass; what passes must hold all the same."""
    fragments: tuple[bytes, ...] = ()
    """The other files of a stream."""

    @property
    def shown(self) -> bytes:
        """What a viewer is given."""
        return self.data + b"".join(self.fragments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """An original after somebody without a key had it."""

    mutator: str
    """The kind of change: `gap`, `pointer`, `brand` …"""
    detail: str
    """What was done, for whoever looks into it."""
    data: bytes
    fragments: tuple[bytes, ...] | None = None
    """The other files of a stream where they are not the original's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Something that shows files of some formats."""

    name: str
    look: Callable[[bytes, str], View]
    """What it shows of bytes of a media type; RefusedError where it shows nothing."""
    formats: frozenset[str] = frozenset()
    """Media types that it is asked about; empty for all of them."""
    is_stranger: bool = False
    """Whether it reads another type of file: then it must refuse the mutant as it refuses the original."""
    missing: str = ""
    """Why it cannot be asked here; empty where it can."""


def difference(one: View, other: View) -> str:
    """The first thing that two views do not share; empty where they are the same."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return f"{number}: {left} | {right}"
    return "" if len(one) == len(other) else f"{len(one)} things | {len(other)}"
