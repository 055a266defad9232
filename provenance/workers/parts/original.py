"""The part that compares the file with its original: where do they differ?"""

from __future__ import annotations

import contextlib
import importlib
from typing import TYPE_CHECKING, Final

import msgspec

from provenance.files.window import window_of
from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import Part, Work

if TYPE_CHECKING:
    from provenance.hashes.original import Against

NAME: Final = "original"


def _load() -> None:
    for module in ("provenance.hashes.original", "PIL.ImageCms", "PIL.PngImagePlugin", "cv2", "av"):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def _run(work: Work) -> Against:
    """Against the original that was given, or against the nearest thumbnail in the file's own verified history."""
    from provenance.hashes.original import Against, against, against_thumbnail
    from provenance.pictures.preview import stored_thumbnails

    data, task = work.data, work.task
    pixels = task.options.limits.pixels
    if window_of(data) is not None:
        return Against(reason=Reason.TOO_LARGE)
    if task.original is not None:
        return against(task.original, task.original_type, data, task.media_type, pixels=pixels)
    label, thumbnail = next(stored_thumbnails(work.history), ("", b""))
    return against_thumbnail(label, thumbnail, data, task.media_type, pixels=pixels)


def _failed(reason: Reason, _version: str) -> Against:
    from provenance.hashes.original import Against

    return Against(reason=reason)


def _decode(body: memoryview) -> Against:
    # Only now: nothing of it is loaded where no original was given.
    from provenance.hashes.original import Against

    found = msgspec.msgpack.decode(body, type=Against)
    if not found.is_sound:
        raise wire.BrokenWireError("got a comparison that contradicts itself, or a map that is none")
    return found


PART: Final = Part(
    name=NAME,
    place=80,
    wanted=lambda task: task.original is not None or task.own_thumbnail,
    load=_load,
    run=_run,
    failed=_failed,
    decode=_decode,
    budget=wire.MAX_FRAME,
)
