"""Which signed files are mutated: one of every format that the signing library writes, with its media's place in it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance.formats import read_layout
from provenance.formats.parts import Kind
from tests.support.attacks import CAMERA, examine
from tests.support.authority import picture, sign
from tests.support.media.forms import FORMS, animation, film, music, sound
from tests.support.media.hostile import movie
from tests.support.media.streams import signed_stream
from vouchmark.report import Line, Status

LARGER: Final[dict[str, Callable[[], bytes]]] = {
    "image/gif": animation,
    "audio/wav": sound,
    "audio/mpeg": music,
    "video/mp4": lambda: movie(2048),
}
"""In place of the smallest files of a format, where there are ones with more in them."""
STREAM: Final = (b"a" * 200, b"b" * 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One signed file that passes."""

    media_type: str
    data: bytes
    media: tuple[tuple[int, int], ...]
    """Where its media lies (start, end), by our own container reader."""
    fragments: tuple[bytes, ...] = ()
    """Of a stream; then the first of them is mutated, and all of it but its proof is media."""


def _seed(media_type: str, data: bytes) -> Seed:
    regions = read_layout(data, media_type).of_kind(Kind.MEDIA)
    media = tuple((region.start, region.end) for region in regions if region.end > region.start)
    return Seed(media_type=media_type, data=data, media=media)


def of_folder(folder: Path) -> Sequence[Seed]:
    """One seed for every file of a folder that passes as it is."""
    found = []
    for path in sorted(folder.iterdir()):
        report = examine(path)
        if report.evidence[Line.INTEGRITY].status is Status.PASS and report.media.type is not None:
            found.append(_seed(report.media.type, path.read_bytes()))
    return found


@functools.cache
def seeds() -> Sequence[Seed]:
    """Made once a run: signatures and keys are new each time."""
    found = []
    for media_type, build in FORMS.items():
        plain = LARGER.get(media_type, build)()
        found.append(_seed(media_type, sign(CAMERA, plain, media_type=media_type)))
    large = sign(CAMERA, picture(size=(400, 300)))
    found.append(_seed("image/jpeg", large))
    found.append(_seed("video/mp4", sign(CAMERA, film(), media_type="video/mp4")))
    first, fragments = signed_stream(CAMERA, STREAM)
    found.append(Seed(media_type="video/mp4", data=first, media=(), fragments=tuple(fragments)))
    return found
