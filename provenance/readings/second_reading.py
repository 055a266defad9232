"""What else than itself is this file, to readers of other types?

A file that two readers take for two types can show two things under one signature. Here every reader's own rule is
asked, not the first bytes alone. What the file's format declares as a part of it is none (an archive's entries, the
film of a motion photo), nor is a type that is a kind of the file's own (DNG and TIFF, HEIC and MP4, DOCX and ZIP).
"""

from __future__ import annotations

from provenance.formats.parts import Layout
from provenance.media_type import UNKNOWN
from provenance.readings.archives import archives
from provenance.readings.declared import declared_parts
from provenance.readings.documents import documents
from provenance.readings.media import media
from provenance.readings.model import Declared, SecondReading, Source

__all__ = ["Declared", "SecondReading", "declared_parts", "second_readings"]


def second_readings(
    data: bytes, media_type: str, layout: Layout, *, declared: Declared | None = None
) -> tuple[SecondReading, ...]:
    """Every other type as which a file can be read, once each, in order of their places. Linear in its length.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        layout: its parts.
        declared: parts that are none of these readings; what the file declares itself where not given.
    """
    if media_type == UNKNOWN:
        # There is no first reading that another one could differ from.
        return ()
    given = declared_parts(data, layout) if declared is None else declared
    source = Source(data=data, media_type=media_type, layout=layout, declared=given)
    found: dict[str, SecondReading] = {}
    for reader in (documents, archives, media):
        for reading in reader(source):
            if reading.media_type != media_type or reading.is_behind:
                found.setdefault(reading.media_type, reading)
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.media_type)))
