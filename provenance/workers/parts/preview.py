"""The part that makes small pictures, for reports that show them."""

from __future__ import annotations

import importlib
from typing import Final

import msgspec

from provenance.pictures.preview import Previews, is_small_picture, preview
from provenance.workers import wire
from provenance.workers.parts import MIB, Part, Work

NAME: Final = "preview"

_previews: Final = msgspec.msgpack.Decoder(Previews)


def _load() -> None:
    for module in ("PIL.Image", "PIL.ImageOps", "PIL.ImageCms"):
        importlib.import_module(module)


def _run(work: Work) -> Previews:
    return preview(work.data, work.task.media_type, work.history, pixels=work.task.options.limits.pixels)


def _decode(body: memoryview) -> Previews:
    found = _previews.decode(body)
    if not all(map(is_small_picture, found.pictures)):
        raise wire.BrokenWireError("got a small picture that is none")
    return found


PART: Final = Part(
    name=NAME,
    place=70,
    wanted=lambda task: task.options.pictures,
    load=_load,
    run=_run,
    failed=lambda reason, _version: Previews(reason=reason),
    decode=_decode,
    budget=64 * MIB,
)
