"""The part that is the second engine: what does encypher-c2pa say?"""

from __future__ import annotations

import functools
from typing import Final

from provenance.credentials.engines.model import Reading
from provenance.files.window import window_of
from provenance.workers import wire
from provenance.workers.parts import Part, Work
from provenance.workers.parts.c2pa_rs import decode, error, fragments_of, kept

NAME: Final = "encypher-c2pa"


def _load() -> None:
    from provenance.credentials.engines import encypher

    encypher.load()


def _run(work: Work) -> Reading:
    """By its own bundled snapshot, always: it is asked for a second opinion, and cannot take every list we have."""
    from provenance.credentials.engines import encypher

    task = work.task
    reading = encypher.read(
        # It takes nothing but bytes: whoever has it asked about a large file has said that there is room for them.
        work.data if window_of(work.data) is None else work.data[:],
        task.media_type,
        at=task.at,
        sidecar=task.sidecar,
        sidecar_wins=task.sidecar_wins,
        fragments=fragments_of(work),
    )
    return kept(reading, work)


PART: Final = Part(
    name=NAME,
    place=30,
    wanted=lambda task: NAME in task.options.engines,
    load=_load,
    run=_run,
    failed=functools.partial(error, NAME),
    decode=functools.partial(decode, NAME),
    budget=wire.MAX_FRAME,
)
