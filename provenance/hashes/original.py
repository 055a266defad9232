"""What does a file have in common with the original that the reader gave, of whatever kind both are?

Pictures are compared place by place (`compare`), videos and sound are looked for in time (`clips`). For the worker.
"""

from __future__ import annotations

from msgspec import Struct

from provenance.hashes.clips import Placement, is_timed, place_files
from provenance.hashes.compare import Comparison, compare_files, is_map


class Against(Struct, frozen=True, kw_only=True):
    """A file against its original; exactly one of the three is there."""

    picture: Comparison | None = None
    clip: Placement | None = None
    reason: str = ""
    """Why they were not compared: `different-kinds`, `unsupported`, `time-limit`, `memory-limit`, `crash`, …"""

    @property
    def is_sound(self) -> bool:
        """Whether its readers can rely on it; a worker that a file has taken over may say anything."""
        return [self.picture is not None, self.clip is not None, bool(self.reason)].count(True) == 1 and (
            self.picture is None or is_map(self.picture.map)
        )


def against(original: bytes, original_type: str, data: bytes, media_type: str, *, pixels: int) -> Against:
    """Compare a file with its original.

    Args:
        original: The original's bytes.
        original_type: Its type by its content.
        data: The file in question.
        media_type: Its type by its content.
        pixels: How many pixels a picture may announce.

    Raises:
        MemoryError: There is no room.
    """
    if is_timed(original_type) and is_timed(media_type):
        return Against(clip=place_files(original, data))
    kinds = {kind.partition("/")[0] for kind in (original_type, media_type)}
    if kinds == {"image"}:
        return Against(picture=compare_files(original, original_type, data, media_type, pixels=pixels))
    known = all(is_timed(kind) or kind.startswith("image/") for kind in (original_type, media_type))
    return Against(reason="different-kinds" if known else "unsupported")
