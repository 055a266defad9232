"""What does a file say of itself that a person asks first: with what, by whom, under which terms was it made?

Camera, lens, programs, encoder, author and copyright, as the fields have them. Anybody could have written any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from provenance.metadata.model import Field, Stated, StatedKind, kept

MAX_STATED: Final = 24
"""Facts of one file that are kept; real files state below ten."""
MAX_OF_A_KIND: Final = 4
"""Different ones of one kind that are kept: a list of authors may be long."""
MAX_VALUE: Final = 160
"""Characters of one of them."""

_FIELDS: Final[dict[StatedKind, tuple[str, ...]]] = {
    StatedKind.LENS: ("EXIF LensModel", "XMP exifEX:LensModel", "XMP aux:Lens"),
    StatedKind.SOFTWARE: (
        "EXIF Software",
        "EXIF ImageEditingSoftware",
        "XMP xmp:CreatorTool",
        "XMP tiff:Software",
        "IPTC OriginatingProgram",
        "PNG text Software",
        "PDF Creator",
        "PDF Producer",
        "XMP pdf:Producer",
        "MP4 com.apple.quicktime.software",
        "MP4 software",
        "MP4 swr",
    ),
    StatedKind.ENCODER: ("MP4 too", "MP4 encoder", "RIFF ISFT", "ID3 TSSE", "ID3 encoder", "FLAC encoder"),
    StatedKind.AUTHOR: (
        "EXIF Artist",
        "XMP dc:creator",
        "IPTC By-line",
        "PNG text Author",
        "MP4 ART",
        "MP4 aut",
        "RIFF IART",
        "RIFF bext originator",
        "ID3 TPE1",
    ),
    StatedKind.COPYRIGHT: ("EXIF Copyright", "XMP dc:rights", "IPTC CopyrightNotice", "RIFF ICOP"),
}
"""Fields by what they state; the first ones are shown first."""

_CAMERAS: Final = (
    ("EXIF Make", "EXIF Model"),
    ("XMP tiff:Make", "XMP tiff:Model"),
    ("MP4 com.apple.quicktime.make", "MP4 com.apple.quicktime.model"),
)
"""Make and model, which stand in two fields."""


def stated(fields: Iterable[Field]) -> tuple[Stated, ...]:
    """What the fields state, each value of a kind once, with the first field that has it."""
    texts: dict[str, list[str]] = {}
    for field in fields:
        if value := kept(" ".join(field.text.split()), MAX_VALUE):
            texts.setdefault(field.name, []).append(value)
    found = [*_cameras(texts)]
    for kind, names in _FIELDS.items():
        distinct: dict[str, Stated] = {}
        for name in names:
            for value in texts.get(name, ()):
                distinct.setdefault(value.casefold(), Stated(kind=kind, value=value, where=name))
        found += list(distinct.values())[:MAX_OF_A_KIND]
    return tuple(found[:MAX_STATED])


def _cameras(texts: dict[str, list[str]]) -> Iterator[Stated]:
    """Each camera that is named, make and model as one."""
    distinct = set[str]()
    for make_field, model_field in _CAMERAS:
        make, model = (texts.get(name, [""])[0] for name in (make_field, model_field))
        value = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
        if value and value.casefold() not in distinct:
            distinct.add(value.casefold())
            where = model_field if make_field not in texts else make_field if model_field not in texts else ""
            yield Stated(kind=StatedKind.CAMERA, value=value, where=where or f"{make_field}, {model_field}")
