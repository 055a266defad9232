"""The part that measures the picture: how large is it, by its header?"""

from __future__ import annotations

import importlib
from typing import Final

import msgspec
from msgspec import Struct

from provenance.pictures.size import measure, needs_library
from provenance.reasons import Reason
from provenance.workers.parts import Part, Work

NAME: Final = "picture"


class Picture(Struct, frozen=True, kw_only=True):
    """A picture's size, or why there is none."""

    width: int | None = None
    height: int | None = None
    reason: Reason | None = None


def _run(work: Work) -> Picture:
    from provenance.asset import PictureTooLargeError

    try:
        size = measure(work.data, work.task.media_type, limits=work.task.options.limits)
    except PictureTooLargeError as error:
        return Picture(reason=Reason(error.reason))
    return Picture() if size is None else Picture(width=size[0], height=size[1])


PART: Final = Part(
    name=NAME,
    place=60,
    wanted=lambda _task: True,
    load=lambda: importlib.import_module("PIL.Image"),
    run=_run,
    failed=lambda reason, _version: Picture(reason=reason),
    decode=msgspec.msgpack.Decoder(Picture).decode,
    budget=4096,
    needs_library=lambda task: needs_library(task.media_type),
)
