"""The part that makes what a file may be recognised by."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

import msgspec

from provenance.files.window import window_of
from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import MIB, Part, Work

if TYPE_CHECKING:
    from provenance.hashes.fingerprint import Fingerprint

NAME: Final = "hashes"


def _load() -> None:
    for module in ("PIL.ImageChops", "PIL.ImageCms", "iscc_lib", "numpy", "provenance.hashes.fingerprint"):
        importlib.import_module(module)


def _run(work: Work) -> Fingerprint:
    from provenance.hashes.fingerprint import Fingerprint, fingerprint

    if window_of(work.data) is not None:
        return Fingerprint(reason=Reason.TOO_LARGE)
    return fingerprint(work.data, work.task.media_type, work.task.options.limits)


def _failed(reason: Reason, _version: str) -> Fingerprint:
    from provenance.hashes.fingerprint import Fingerprint

    return Fingerprint(reason=reason)


def _decode(body: memoryview) -> Fingerprint:
    # Only now: nothing of it is loaded where nobody has an index.
    from provenance.hashes.fingerprint import Fingerprint

    found = msgspec.msgpack.decode(body, type=Fingerprint)
    if not found.is_sound:
        raise wire.BrokenWireError("got hashes of another length, or a small picture that is none")
    return found


PART: Final = Part(
    name=NAME,
    place=90,
    wanted=lambda task: task.hashes,
    load=_load,
    run=_run,
    failed=_failed,
    decode=_decode,
    budget=64 * MIB,
)
