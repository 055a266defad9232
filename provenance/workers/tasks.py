"""In which order do the parts of a task run, and what do they need?

The one procedure that runs the parts: a worker calls it in its own process, `--in-process` without any protection. What
each part is stands in `parts/`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from provenance.files.window import Identity, Scout, open_window, window_of
from provenance.reasons import Reason
from provenance.workers import look, wire
from provenance.workers.parts import Value, Work, registry, run_part
from provenance.workers.parts.c2pa_rs import NAME as ENGINE
from provenance.workers.parts.encypher import NAME as SECOND_ENGINE
from provenance.workers.task import Task

__all__ = ["ENGINE", "SECOND_ENGINE", "load", "loaded_versions", "opened", "reason_in", "release", "run_parts", "scout"]

_TROUBLE: Final = re.compile(rb"panicked at|MemoryError|memory allocation of|out of memory|Exception ignored|os error")
"""Words on standard error after which an engine's answer does not count, however whole it looks."""
_NO_MEMORY: Final = re.compile(rb"MemoryError|memory allocation of|out of memory|os error 12")


def opened(place: wire.Place) -> bytes:
    """Media that were not sent: a window to them, with what goes over all of them at once begun.

    Raises:
        OSError: Another file lies there, or it cannot be opened.
    """
    data = open_window(Path(place.path), Identity(*place.identity))
    scout(data)
    return data


def scout(data: bytes) -> None:
    """Begin to look for what our own check looks for in all of a file; only where that is a window."""
    from provenance.formats.stores.scan import MARK
    from provenance.readings.documents import FAR

    if (window := window_of(data)) is not None and window.scout is None:
        window.scout = Scout(window.handle, len(window), {MARK: MARK, **FAR})
        window.scout.start()


def release(data: bytes) -> None:
    """Close what was opened."""
    if (window := window_of(data)) is not None:
        window.close()


def reason_in(noise: bytes) -> Reason | None:
    """The trouble that standard error tells of; None where it tells of none."""
    if not _TROUBLE.search(noise):
        return None
    return Reason.MEMORY_LIMIT if _NO_MEMORY.search(noise) else Reason.PANIC


def run_parts(task: Task, parts: tuple[str, ...], data: bytes) -> Iterator[tuple[str, Value]]:
    """Every part of a task in order, as soon as it is there.

    Args:
        task: what is asked, with its attachments.
        parts: those that are wanted.
        data: the media, or a window to them.
    """
    work = Work(task=task, data=data, parts=parts)
    known = look.first(work) if task.options.look_first else {}
    for name in parts:
        yield name, known[name] if name in known else run_part(name, work)


def load(name: str) -> None:
    """Load what one part needs."""
    with contextlib.suppress(ImportError, OSError):
        registry()[name].load()


def loaded_versions() -> dict[str, str]:
    """The versions of the packages that speak for no engine of their own, as far as they are loaded."""
    from provenance.credentials.engines import c2pa_rs

    with contextlib.suppress(ImportError, OSError):
        return {"c2pa-python": c2pa_rs.binding_version()}
    return {}
