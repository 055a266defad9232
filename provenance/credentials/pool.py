"""How are files examined by workers that may crash, hang or run out of memory, without the run noticing?

What callers use: a `Pool` of worker processes, what is asked of it (`Job`) and what comes back (`Examination`).
Nothing here loads an engine, so that `start()` can be called before anything else is imported.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from provenance.asset import Asset, Limits
from provenance.credentials.crew import Crew, Ticket

if TYPE_CHECKING:
    from provenance.credentials.model import Reading
    from provenance.credentials.trust_lists import TrustSettings
    from provenance.credentials.wire import Picture, Task

T = TypeVar("T")

ENGINES: Final = ("c2pa-rs", "encypher-c2pa")
"""The engines by name; the account of the first one is shown."""

DEFAULT_SECONDS: Final = 30.0
"""For one file, all engines together; the slowest real files take below 1 s."""
DEFAULT_MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Bytes for one worker beyond its loaded engines: a file of 512 MiB, which the engines hold twice, and some room."""
READ_AHEAD: Final = 64 * 1024 * 1024
"""Bytes of opened files beyond which no further one is opened before its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is asked about one asset."""

    media_type: str
    trust: TrustSettings
    at: dt.datetime
    """When certificates are judged, by engines that can be told."""
    sidecar: bytes | None = field(default=None, repr=False)
    """A manifest store kept outside the asset."""
    sidecar_wins: bool = True
    """Whether the sidecar is read even where the asset has a store of its own; False for one found beside it."""
    fragment: bytes | None = field(default=None, repr=False)
    """A media segment, where the asset is a fragmented video's initialisation segment."""
    engines: tuple[str, ...] = ENGINES
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was read from one asset."""

    readings: tuple[Reading, ...]
    """One for each engine that was asked, in that order."""
    width: int | None
    """Pixels as stored; None where it is no picture or was not measured."""
    height: int | None
    picture_reason: str
    """Why a picture was not measured: `too-many-pixels`, `time-limit`, `memory-limit`, `crash`; else empty."""
    versions: Mapping[str, str]
    """Engine and package names to versions, of those that were loaded."""


class Pool:
    """Worker processes that examine assets. A context manager; one thread at a time may use it."""

    def __init__(self, workers: int = 1, *, seconds: float = DEFAULT_SECONDS, memory: int = DEFAULT_MEMORY) -> None:
        """Settle the limits; nothing is started yet.

        Args:
            workers: Processes at work at the same time, at least 1.
            seconds: For one file, all engines together; a file that needs longer gets an `error`.
            memory: Bytes for one worker beyond its loaded engines. Where the system cannot limit it, time still is.

        Raises:
            ValueError: A number below what makes sense.
        """
        if workers < 1 or seconds <= 0 or memory < 1:
            raise ValueError(f"got {workers} workers, {seconds} s and {memory} bytes, expected more than none of each")
        self._workers = workers
        self._seconds = seconds
        self._crew = Crew(workers=workers, memory=memory)
        self._submitted = 0
        self._lists: tuple[TrustSettings, bytes] | None = None

    def __enter__(self) -> Self:
        """Start the workers, where that has not been done."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers."""
        self.close()

    def start(self) -> None:
        """Start the worker processes now, so that they load their engines while the caller does something else."""
        self._crew.start()

    def close(self) -> None:
        """End the workers, at once also where they are busy. Idempotent."""
        self._crew.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are there now."""
        return self._crew.pids

    def examine(self, asset: Asset, job: Job) -> Examination:
        """Examine one asset. Whatever it does to a worker is told in the examination."""
        return self._result(self._submit(asset, job))

    def examine_stream(self, items: Iterable[tuple[T, Job | None]]) -> Iterator[tuple[T, Examination | None]]:
        """Examine one asset after the other, keeping every worker busy.

        Args:
            items: Assets with their jobs, taken a few ahead; what comes with None for a job is handed through.

        Yields:
            Each item with its examination (None where it had no job), in the same order.

        Raises:
            TypeError: A job came with something that is no `Asset`.
        """
        source = iter(items)
        pending: deque[tuple[T, Ticket | None]] = deque()
        more = True
        try:
            while more or pending:
                while more and self._has_room(pending):
                    entry = next(source, None)
                    if entry is None:
                        more = False
                    else:
                        pending.append((entry[0], None if entry[1] is None else self._submit(*entry)))
                if pending:
                    item, ticket = pending.popleft()
                    yield item, None if ticket is None else self._result(ticket)
        finally:
            for _item, ticket in pending:
                if ticket is not None:
                    self._crew.cancel(ticket)

    def _has_room(self, pending: deque[tuple[T, Ticket | None]]) -> bool:
        held = sum(ticket.size for _item, ticket in pending if ticket is not None)
        return not pending or (len(pending) < 2 * self._workers + 2 and held < READ_AHEAD)

    def _submit(self, asset: object, job: Job | None) -> Ticket:
        if not isinstance(asset, Asset) or job is None:
            raise TypeError(f"got a job for {type(asset).__name__}, expected one for an Asset")
        import msgspec

        from provenance.credentials import wire

        self.start()
        self._submitted += 1
        task = _task(self._submitted, asset, job, self._seconds)
        outside = (part for part in (job.sidecar, job.fragment) if part is not None)
        ticket = Ticket(
            content=(wire.frame(wire.TASK, msgspec.msgpack.encode(task)), asset.data, *outside),
            lists=self._frame_of(job.trust),
            number=self._submitted,
            left=list(task.parts),
            remaining=self._seconds,
        )
        self._crew.submit(ticket)
        return ticket

    def _frame_of(self, trust: TrustSettings) -> bytes:
        """The frame that tells a worker of these lists, made once as long as they stay the same."""
        import msgspec

        from provenance.credentials import wire

        if self._lists is None or (self._lists[0] is not trust and self._lists[0] != trust):
            self._lists = trust, wire.frame(wire.TRUST, msgspec.msgpack.encode(trust))
        return self._lists[1]

    def _result(self, ticket: Ticket) -> Examination:
        self._crew.wait(ticket)
        return _examination(ticket.values, self._crew.versions)


def examine_in_process(asset: Asset, job: Job) -> Examination:
    """Examine an asset in this process, without any limit on time and memory: only for input that you trust."""
    from provenance.credentials.worker import Media, load_engines, run_part

    task = _task(1, asset, job, 0)
    media = Media(data=asset.data, sidecar=job.sidecar, fragment=job.fragment)
    values = {name: run_part(name, task, media, job.trust) for name in task.parts}
    return _examination(values, load_engines())


def _task(number: int, asset: Asset, job: Job, seconds: float) -> Task:
    from provenance.credentials import wire

    return wire.Task(
        number=number,
        media_type=job.media_type,
        parts=(wire.PICTURE, *job.engines),
        at=job.at,
        pixels=job.limits.pixels,
        seconds=seconds + wire.GRACE,
        sizes=(
            asset.size,
            None if job.sidecar is None else len(job.sidecar),
            None if job.fragment is None else len(job.fragment),
        ),
        sidecar_wins=job.sidecar_wins,
    )


def _examination(values: Mapping[str, Picture | Reading], versions: Mapping[str, str]) -> Examination:
    from provenance.credentials.model import Reading
    from provenance.credentials.wire import Picture

    picture = next((value for value in values.values() if isinstance(value, Picture)), Picture())
    return Examination(
        readings=tuple(value for value in values.values() if isinstance(value, Reading)),
        width=picture.width,
        height=picture.height,
        picture_reason=picture.reason,
        versions=versions,
    )
