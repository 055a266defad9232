"""Does a file break off before its end, by what it says of its own length?

A download that stopped, a full disk, an attachment that was cut: such a file was not changed and is not malformed, and
has to be called what it is. Held against each other are the bytes that are there and those that headers and tables
announce; where a format announces none, the end that it prescribes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from provenance.formats.cut_off.documents import by_first_bytes, pdf, svg, zip_archive
from provenance.formats.cut_off.films import bmff, riff
from provenance.formats.cut_off.model import CutOff
from provenance.formats.cut_off.pictures import gif, jpeg, png, tiff
from provenance.formats.cut_off.sound import flac, mp3
from provenance.formats.parts import Layout

_FORMATS: Final[Mapping[str, Callable[[bytes, Layout], CutOff | None]]] = {
    "jpeg": jpeg,
    "png": png,
    "gif": gif,
    "tiff": tiff,
    "riff": riff,
    "bmff": bmff,
    "jxl": bmff,
    "mp3": mp3,
    "flac": flac,
    "pdf": pdf,
    "svg": svg,
    "zip": zip_archive,
}


def cut_off(data: bytes, layout: Layout) -> CutOff | None:
    """What is missing at a file's end; None where nothing is, or the format has no way to tell.

    Args:
        data: the whole file, as far as it is there.
        layout: its parts.

    Linear in the file's length; never raises for what the bytes hold.
    """
    read = _FORMATS.get(layout.format, by_first_bytes)
    return read(data, layout)
