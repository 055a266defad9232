"""What does a file's own metadata say: when, where, and how it was made?

Nobody has signed any of it by its being there: whether a signature covers it is for whoever knows the signature.
"""

from __future__ import annotations

from provenance.metadata.model import (
    GeoPoint,
    Meaning,
    Metadata,
    MetadataTime,
    Role,
    Sort,
    Stated,
    StatedKind,
    Statement,
)

__all__ = [
    "GeoPoint",
    "Meaning",
    "Metadata",
    "MetadataTime",
    "Role",
    "Sort",
    "Stated",
    "StatedKind",
    "Statement",
    "read_metadata",
]


def read_metadata(data: bytes, media_type: str) -> Metadata:
    """What a file's metadata says.

    Args:
        data: the whole file.
        media_type: as recognised from the content.

    Returns:
        What was found; `unread` says what was not looked at. Never raises for what the bytes hold, but MemoryError.
    """
    from provenance.metadata.reading import read

    return read(data, media_type)
