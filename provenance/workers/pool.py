"""How are files examined by workers that may crash, hang or run out of memory, without the run noticing?

What callers use: a `Pool` of worker processes, what is asked of it (`Task`) and what comes back (`Examination`).
Nothing here loads an engine, so that `start()` can be called before anything else is imported.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from provenance.asset import DEFAULT_BYTES, Asset
from provenance.errors import OptionError
from provenance.reasons import Reason
from provenance.workers.dispatcher import NEVER, Dispatcher, PendingTask
from provenance.workers.forks import Home

if TYPE_CHECKING:
    from provenance.credentials.engines.model import ManifestStore, Reading
    from provenance.credentials.own_check import OwnCheck
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.original import Against
    from provenance.metadata import Metadata
    from provenance.pictures.preview import Previews
    from provenance.workers.parts import Value
    from provenance.workers.task import Lists, Task
    from provenance.workers.wire import Order, Place

T = TypeVar("T")

DEFAULT_SECONDS: Final = 30.0
"""For one file, all engines together; the slowest real files take below 1 s."""
DEFAULT_MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Bytes for one worker beyond its loaded engines: a file of 512 MiB, which the engines hold twice, and some room."""
READ_AHEAD: Final = 64 * 1024 * 1024
"""Bytes of opened files beyond which no further one is opened before its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was read from one asset."""

    readings: tuple[Reading, ...]
    """One for each engine that was asked, in that order."""
    width: int | None
    """Pixels as stored; None where it is no picture or was not measured."""
    height: int | None
    picture_reason: Reason | None
    """Why a picture was not measured; None where it was, or is none."""
    own: OwnCheck | None
    """What we established ourselves; None where that was not asked for or did not come about."""
    own_failure: Reason | None
    """Why our own check did not come about; None where it did or was not asked for."""
    account: ManifestStore | None = None
    """The manifests as we read them ourselves, where the first engine gave no account of them."""
    versions: Mapping[str, str]
    """Engine and package names to versions, of those that were loaded."""
    metadata: Metadata | None = None
    """What the file's own metadata says, or why that was not read; None where it was not asked for."""
    crjson: tuple[dict[str, Any], ...] | None = None
    """The manifests as crJSON; None where that was not asked for."""
    crjson_reason: Reason | None = None
    """Why there are none; None where there are."""
    previews: Previews | None = None
    """Small pictures, or why there are none; None where they were not asked for."""
    against: Against | None = None
    """The asset against its original; None where there was none."""
    fingerprint: Fingerprint | None = None
    """What the file may be recognised by; None where that was not asked for."""
    values: Mapping[str, Value] = field(default_factory=dict, compare=False, repr=False)
    """What every part came to, by its name, as the registry has it (`parts`)."""
    seconds_left: float = field(default=NEVER, compare=False)
    """Of the file's time, after a worker had it in hand; without end where there is no limit."""


class Pool:
    """Worker processes that examine assets. A context manager; threads may share it."""

    def __init__(self, workers: int = 1, *, seconds: float = DEFAULT_SECONDS, memory: int = DEFAULT_MEMORY) -> None:
        """Settle the limits; nothing is started yet.

        Args:
            workers: Processes at work at the same time, at least 1.
            seconds: For one file, all engines together; a file that needs longer gets an `error`.
            memory: Bytes for one worker beyond its loaded engines. Where the system cannot limit it, time still is.

        Raises:
            OptionError: A number below what makes sense.
        """
        if workers < 1 or seconds <= 0 or memory < 1:
            raise OptionError(f"got {workers} workers, {seconds} s and {memory} bytes, expected more than none of each")
        self._workers = workers
        self._seconds = seconds
        self._dispatcher = Dispatcher(workers=workers, memory=memory)
        self._numbers = itertools.count(1)
        self._lists: tuple[Lists, bytes] | None = None

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
        self._dispatcher.start()

    def close(self) -> None:
        """End the workers, at once also where they are busy. Idempotent."""
        self._dispatcher.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are there now."""
        return self._dispatcher.pids

    def seconds_for(self, asset: Asset) -> float:
        """The time limit for one file: it grows with the size of one that is read through a window."""
        return self._seconds * (1 + (asset.size / DEFAULT_BYTES if asset.large is not None else 0))

    def examine(self, asset: Asset, task: Task, *, seconds: float | None = None) -> Examination:
        """Examine one asset, in what is left of its time. Whatever it does to a worker is told in the examination."""
        return self._result(self._submit(asset, task, seconds=seconds))

    def examine_stream(
        self, items: Iterable[tuple[T, Task | None]], *, ahead: Callable[[OwnCheck], None] | None = None
    ) -> Iterator[tuple[T, Examination | None]]:
        """Examine one asset after the other, keeping every worker busy.

        Args:
            items: Assets with their tasks, taken a few ahead; what comes with None for a task is handed through.
            ahead: Is told what we established ourselves about the last asset, where the other parts are still to come:
                a processor is idle then.

        Yields:
            Each item with its examination (None where it had no task), in the same order.

        Raises:
            TypeError: A task came with something that is no `Asset`.
        """
        source = iter(items)
        submitted: deque[tuple[T, PendingTask | None]] = deque()
        more = True
        try:
            while more or submitted:
                while more and self._has_room(submitted):
                    entry = next(source, None)
                    if entry is None:
                        more = False
                    else:
                        submitted.append((entry[0], None if entry[1] is None else self._submit(*entry)))
                if submitted:
                    item, pending = submitted.popleft()
                    if ahead is not None and pending is not None and not submitted and not more:
                        self._look_ahead(pending, ahead)
                    yield item, None if pending is None else self._result(pending)
        finally:
            for _item, pending in submitted:
                if pending is not None:
                    self._dispatcher.cancel(pending)

    def _has_room(self, submitted: deque[tuple[T, PendingTask | None]]) -> bool:
        # What has been answered is still held until its turn comes.
        held = sum(item.size for item, _pending in submitted if isinstance(item, Asset))
        return not submitted or (len(submitted) < 2 * self._workers + 2 and held < READ_AHEAD)

    def _submit(self, asset: object, task: Task | None, *, seconds: float | None = None) -> PendingTask:
        from provenance.workers.parts import parts_of

        if not isinstance(asset, Asset) or task is None:
            raise TypeError(f"got a task for {type(asset).__name__}, expected one for an Asset")
        self.start()
        limit = self.seconds_for(asset) if seconds is None else min(seconds, self.seconds_for(asset))
        parts = parts_of(task)
        pending = PendingTask(
            order=_order(next(self._numbers), asset, task, parts, limit),
            content=(b"" if asset.large is not None else asset.data, *task.attached),
            lists=self._frame_of(task.lists),
            left=list(parts),
            remaining=limit,
        )
        self._dispatcher.submit(pending)
        return pending

    def _frame_of(self, lists: Lists) -> bytes:
        """The frame that tells a worker of these lists, made once as long as they stay the same."""
        from provenance.workers import wire

        known = self._lists
        if known is None or known[0] is not lists:
            self._lists = known = lists, wire.lists_frame(lists)
        return known[1]

    def _look_ahead(self, pending: PendingTask, ahead: Callable[[OwnCheck], None]) -> None:
        from provenance.workers.parts.own import NAME, Own

        own = self._dispatcher.wait_for(pending, NAME)
        if isinstance(own, Own) and own.check is not None:
            ahead(own.check)

    def _result(self, pending: PendingTask) -> Examination:
        self._dispatcher.wait(pending)
        return replace(_examination(pending.values, self._dispatcher.versions), seconds_left=pending.remaining)


_home: Final = Home(
    "this process was forked from one that has examined files in itself, which the engines do not survive; "
    "examine by a Pool here (not in_process), or start processes by spawn"
)
"""The process in which assets are examined without workers."""


def examine_in_process(asset: Asset, task: Task) -> Examination:
    """Examine an asset in this process, without any limit on time and memory: only for input that you trust.

    Raises:
        ForkedError: This process was forked from one that has done so: the engines would call sound files malformed.
    """
    _home.begin()
    from provenance.workers.parts import parts_of
    from provenance.workers.tasks import loaded_versions, run_parts, scout

    scout(asset.data)
    return _examination(dict(run_parts(task, parts_of(task), asset.data)), loaded_versions())


def _order(number: int, asset: Asset, task: Task, parts: tuple[str, ...], seconds: float) -> Order:
    from provenance.workers import wire

    return wire.Order(
        number=number,
        task=task.bare(),
        parts=parts,
        seconds=seconds,
        media=0 if asset.large is not None else asset.size,
        place=_place(asset),
        sizes=task.sizes,
    )


def _place(asset: Asset) -> Place | None:
    from provenance.workers.wire import Place

    if asset.large is None:
        return None
    return Place(path=str(asset.large.path), identity=(*asset.large.identity,))


def _examination(values: Mapping[str, Value], versions: Mapping[str, str]) -> Examination:
    from provenance.credentials.engines.model import Reading
    from provenance.metadata import Metadata
    from provenance.pictures.preview import Previews
    from provenance.workers.parts import crjson, own, picture

    measured = _of(values, picture.NAME, picture.Picture) or picture.Picture()
    established = _of(values, own.NAME, own.Own) or own.Own()
    written = _of(values, crjson.NAME, crjson.Crjson)
    readings = tuple(value for value in values.values() if isinstance(value, Reading))
    is_asked = not readings or any(reading.reason is not Reason.NOTHING_TO_READ for reading in readings)
    return Examination(
        readings=readings,
        width=measured.width,
        height=measured.height,
        picture_reason=measured.reason,
        own=established.check,
        own_failure=established.reason,
        account=established.account,
        metadata=_of(values, "metadata", Metadata),
        crjson=written.manifests if written is not None else None,
        crjson_reason=written.reason if written is not None else None,
        previews=_of(values, "preview", Previews),
        fingerprint=_fingerprint(values.get("hashes")),
        against=_against(values.get("original")),
        versions={**versions, **{one.engine: one.version for one in readings if one.version}} if is_asked else {},
        values=values,
    )


def _of(values: Mapping[str, Value], name: str, kind: type[T]) -> T | None:
    """A part's value, where it was asked for."""
    value = values.get(name)
    return value if isinstance(value, kind) else None


def _against(value: Value | None) -> Against | None:
    if value is None:
        return None
    from provenance.hashes.original import Against

    return value if isinstance(value, Against) else None


def _fingerprint(value: Value | None) -> Fingerprint | None:
    if value is None:
        return None
    from provenance.hashes.fingerprint import Fingerprint

    return value if isinstance(value, Fingerprint) else None
