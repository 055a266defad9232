"""The part that holds a picture against the thumbnails in its own history: does it look like what was signed?"""

from __future__ import annotations

import contextlib
import importlib
from typing import TYPE_CHECKING, Final

import msgspec

from provenance.files.window import window_of
from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import MIB, Part, Work, own

if TYPE_CHECKING:
    from provenance.hashes.likeness import Likeness
    from provenance.workers.task import Task

NAME: Final = "likeness"


def _wanted(task: Task) -> bool:
    """Only of pictures, and only where our own check finds which thumbnails a signature covers."""
    return own.PART.wanted(task) and task.media_type.startswith("image/")


def _load() -> None:
    """What registration needs; the cheap hash is loaded for the few files that have a thumbnail."""
    for module in ("provenance.hashes.likeness", "provenance.hashes.original", "cv2"):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def _run(work: Work) -> Likeness | None:
    from provenance.pictures.preview import stored_thumbnails

    data, options = work.data, work.task.options
    # Of bytes that are the signed ones, a likeness to the thumbnail that was signed with them would tell nothing new.
    known = "" if options.compare_pictures else work.held
    if work.history is None or all(label == known for label, _ in stored_thumbnails(work.history)):
        return None
    from provenance.hashes.likeness import Likeness, likeness

    if window_of(data) is not None:
        return Likeness(reason=Reason.TOO_LARGE)
    pixels, register = options.limits.pixels, options.compare_pictures
    return likeness(data, work.task.media_type, work.history, pixels=pixels, register=register, known=known)


def _failed(reason: Reason, _version: str) -> Likeness:
    from provenance.hashes.likeness import Likeness

    return Likeness(reason=reason)


def _decode(body: memoryview) -> Likeness | None:
    if bytes(body) == b"\xc0":
        # Nothing of it is loaded where no thumbnail was signed.
        return None
    from provenance.hashes.likeness import Likeness

    found = msgspec.msgpack.decode(body, type=Likeness)
    if any(not -1 <= one.distance <= 256 for one in found.found):
        raise wire.BrokenWireError("got a distance that is none")
    return found


PART: Final = Part(
    name=NAME,
    place=75,
    wanted=_wanted,
    load=_load,
    run=_run,
    failed=_failed,
    decode=_decode,
    budget=MIB,
    needs_library=lambda task: task.options.compare_pictures,
)
