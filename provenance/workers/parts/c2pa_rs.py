"""The part that is the first engine: what does c2pa-rs say?"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

import msgspec

from provenance.credentials.engines.model import Outcome, Reading
from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import Part, Work

NAME: Final = "c2pa-rs"
"""The engine's own; its module, which says so too, is loaded with it."""
FRAGMENTED: Final = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
"""Types that may be the first part of a stream; elsewhere no engine is given fragments, and our own check says so."""

_readings: Final = msgspec.msgpack.Decoder(Reading)


def load() -> None:
    """Load the engine's library."""
    from provenance.credentials.engines import c2pa_rs

    c2pa_rs.load()


def _run(work: Work) -> Reading:
    from provenance.credentials.engines import c2pa_rs

    task, is_checked = work.task, work.wants("own")
    reading = c2pa_rs.read(
        work.data,
        task.media_type,
        sidecar=task.sidecar,
        sidecar_wins=task.sidecar_wins,
        fragments=fragments_of(work),
        trust=task.lists.trust,
        raw=is_checked,
        inside=next(iter(work.layout.stores), b"") if is_checked else b"",
    )
    return kept(reading, work)


def fragments_of(work: Work) -> tuple[bytes, ...]:
    """The fragments, where the media may be the first part of a stream."""
    return work.task.fragments if work.task.media_type in FRAGMENTED else ()


def kept(reading: Reading, work: Work) -> Reading:
    """A reading without the store's own bytes: most of an answer, and what needs them is here."""
    work.store = work.store or reading.store
    if reading.store is None or not reading.store.raw:
        return reading
    return msgspec.structs.replace(reading, store=replace(reading.store, raw=b""))


def error(engine: str, reason: Reason, version: str) -> Reading:
    """What an engine comes to that did not finish."""
    return Reading(engine=engine, version=version, outcome=Outcome.ERROR, reason=reason)


def decode(engine: str, body: memoryview) -> Reading:
    """A reading of that engine, which does not contradict itself."""
    reading = _readings.decode(body)
    found = reading.outcome is Outcome.FOUND
    if reading.engine != engine or found != (reading.store is not None) or (found and reading.state is None):
        raise wire.BrokenWireError("got a reading that contradicts itself")
    if reading.store is not None and not reading.store.manifests:
        raise wire.BrokenWireError("got a manifest store without a manifest")
    return reading


PART: Final = Part(
    name=NAME,
    place=10,
    wanted=lambda task: NAME in task.options.engines,
    load=load,
    run=_run,
    failed=functools.partial(error, NAME),
    decode=functools.partial(decode, NAME),
    budget=wire.MAX_FRAME,
)
