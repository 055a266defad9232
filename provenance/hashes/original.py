"""What does a file have in common with the original that the reader gave, of whatever kind both are?

Pictures are compared place by place (`compare`), videos and sound are looked for in time (`clips`). For the worker.
"""

from __future__ import annotations

from msgspec import Struct

from provenance.hashes.clips.clips import Placement, is_timed, place_files
from provenance.hashes.pictures.compare import Comparison, compare_files, is_map
from provenance.reasons import Reason


class Against(Struct, frozen=True, kw_only=True):
    """A file against its original; exactly one of the first three is there."""

    picture: Comparison | None = None
    clip: Placement | None = None
    reason: Reason | None = None
    """Why they were not compared: `different-kinds`, `unsupported`, `no-thumbnail`, `time-limit`, `memory-limit`, …"""
    label: str = ""
    """The manifest whose thumbnail took the place of an original; empty where one was given."""
    engine: str = ""
    """The packages that compared, with their versions: another version may draw a line elsewhere."""

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
        return Against(clip=place_files(original, data), engine=engine("av", "PyAV"))
    kinds = {kind.partition("/")[0] for kind in (original_type, media_type)}
    if kinds == {"image"}:
        found = compare_files(original, original_type, data, media_type, pixels=pixels)
        return Against(picture=found, engine=engine("cv2", "OpenCV"))
    known = all(is_timed(kind) or kind.startswith("image/") for kind in (original_type, media_type))
    return Against(reason=Reason.DIFFERENT_KINDS if known else Reason.UNSUPPORTED)


def against_thumbnail(label: str, thumbnail: bytes, data: bytes, media_type: str, *, pixels: int) -> Against:
    """Compare a file with the thumbnail that a signature in its own history covers.

    Args:
        label: Of the manifest that carries it.
        thumbnail: Its bytes; empty where there is none.
        data: The file in question.
        media_type: Its type by its content.
        pixels: How many pixels each may announce.

    Raises:
        MemoryError: There is no room.
    """
    from msgspec.structs import replace

    from provenance.media_type import recognise

    if not thumbnail:
        return Against(reason=Reason.NO_THUMBNAIL)
    return replace(against(thumbnail, recognise(thumbnail), data, media_type, pixels=pixels), label=label)


def engine(module: str, name: str) -> str:
    """A package that compares, with its version; empty where it is not there."""
    import importlib

    try:
        return f"{name} {importlib.import_module(module).__version__}"
    except (ImportError, AttributeError):
        return ""
