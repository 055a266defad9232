"""What may a file have been made from, and what came of comparing the two?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from provenance.asset import Limits, open_asset

if TYPE_CHECKING:
    from provenance.hashes.original import Against

THUMBNAIL: Final = "thumbnail"
"""In place of a file: the thumbnail that the asset's own verified history carries, the nearest one."""
INDEX: Final = "index"
"""In place of a file: the small picture that the reader's index keeps of what the asset looks most like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What the reader holds to be the original."""

    name: str
    """The file's name without its folder, `THUMBNAIL` or `INDEX`."""
    data: bytes = field(default=b"", repr=False)
    media_type: str = ""
    """From the content."""
    sha256: str = ""
    """Lower-case hex; empty where it is no file."""
    is_thumbnail: bool = False
    is_kept: bool = False
    """Whether it is what the reader's index keeps."""

    @classmethod
    def load(cls, source: Path | bytes | BinaryIO, *, limits: Limits | None = None) -> Self:
        """Read an original.

        Raises:
            AssetError: It cannot be read.
        """
        asset = open_asset(source, limits=limits)
        return cls(name=asset.name, data=asset.data, media_type=asset.media_type, sha256=asset.sha256)

    @classmethod
    def thumbnail(cls) -> Self:
        """The one that the asset's own history carries."""
        return cls(name=THUMBNAIL, is_thumbnail=True)

    @classmethod
    def kept(cls) -> Self:
        """What the reader's index keeps of the known file that the asset looks most like."""
        return cls(name=INDEX, is_kept=True)

    @property
    def is_file(self) -> bool:
        """Whether it has bytes of its own."""
        return not (self.is_thumbnail or self.is_kept)

    def as_input(self) -> dict[str, str | None]:
        """How a report names it among its inputs."""
        return {"name": self.name, "sha256": self.sha256 or None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One asset against the original that was given."""

    original: Original
    is_same_file: bool
    """Whether both have the same bytes; then nothing else was compared."""
    against: Against | None
    """None where the asset could not be read, or is the same file."""
    entry: str = ""
    """What the index calls the known file, where its small picture took the place of an original."""
