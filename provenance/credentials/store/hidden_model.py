"""What is told of Content Credentials that lie where no engine looks? The types alone, for those who read them."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.formats.parts import Kind

JPEG, PNG, GIF, RIFF, BMFF = "jpeg", "png", "gif", "riff", "bmff"
"""Families of files that have stores of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenStore:
    """One manifest store that lies where its file's format has none."""

    start: int
    """Where it begins in the file; in what is unpacked from it, where that is packed."""
    size: int
    """Bytes, as it announces them."""
    is_whole: bool
    """False where only its beginning is one, and it cannot be read."""
    kind: Kind
    """What the part of the file is in which it lies, by the file's own format."""
    part: str
    """The name of that part: ours, or a chunk's own made printable."""
    inside: str = ""
    """The family of the picture, sound or film inside this file whose own it is; empty where none is known."""
    is_packed: bool = False
    """Whether it lies in a file of an archive or in an attachment."""
    name: str = ""
    """Of that file, as the archive has it; empty where it has none that is read."""
    is_text: bool = False
    """Whether it is written as base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """All of them."""

    stores: tuple[HiddenStore, ...] = ()
    """In order; at most MAX_TOLD."""
    more: int = 0
    """How many further ones there are, as far as the file was searched."""
    is_cut: bool = False
    """Whether there is more than is searched: parts that were not unpacked, or too many beginnings of stores."""
