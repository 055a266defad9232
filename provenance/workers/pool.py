"""How are files examined by workers that may crash, hang or run out of memory, without the run noticing?

What callers use: a `Pool` of worker processes, what is asked of it (`Job`) and what comes back (`Examination`).
Nothing here loads an engine, so that `start()` can be called before anything else is imported.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from provenance.asset import DEFAULT_BYTES, Asset, Limits
from provenance.workers.crew import NEVER, Crew, Ticket
from provenance.workers.forks import Home

if TYPE_CHECKING:
    from provenance.credentials.engines.model import ManifestStore, Reading
    from provenance.credentials.own_check import OwnCheck
    from provenance.credentials.trust.settings import TrustSettings
    from provenance.credentials.trust.view import TrustView
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.original import Against
    from provenance.metadata import Metadata
    from provenance.preview import Previews
    from provenance.workers.wire import Place, Task, Value

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
    fragments: tuple[bytes, ...] = field(default=(), repr=False)
    """Media segments, where the asset is a fragmented video's initialisation segment."""
    engines: tuple[str, ...] = ENGINES
    limits: Limits = field(default_factory=Limits)
    metadata: bool = True
    """Whether the file's own metadata is read too."""
    view: TrustView | None = None
    """The lists as our own check looks at them; None to leave that check out."""
    crjson: bool = False
    """Whether the manifests are wanted as crJSON, with results by `view` at `at`."""
    previews: bool = False
    """Whether small pictures are wanted, of the asset and of its earlier versions."""
    hashes: bool = False
    """Whether it is wanted what the file may be recognised by."""
    asking: bool = False
    """Whether our own check shall say what could be asked about revocation."""
    answers: tuple[bytes, ...] = field(default=(), repr=False)
    """Revocation answers that were asked for just now."""
    answered: dt.datetime | None = None
    """When they were; None where nothing was asked."""
    original: tuple[bytes, str] | None = field(default=None, repr=False)
    """What the asset may have been made from, and its media type by its content."""
    own_thumbnail: bool = False
    """Whether the thumbnail in the asset's own verified history takes the place of an original."""


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
    own: OwnCheck | None
    """What we established ourselves; None where that was not asked for or did not come about."""
    own_failure: str
    """Why our own check did not come about, in a stable word; empty where it did or was not asked for."""
    account: ManifestStore | None = None
    """The manifests as we read them ourselves, where the first engine gave no account of them."""
    versions: Mapping[str, str]
    """Engine and package names to versions, of those that were loaded."""
    metadata: Metadata | None = None
    """What the file's own metadata says, or why that was not read; None where it was not asked for."""
    crjson: tuple[dict[str, Any], ...] | None = None
    """The manifests as crJSON; None where that was not asked for."""
    crjson_reason: str = ""
    """Why there are none, in a stable word; empty where there are."""
    previews: Previews | None = None
    """Small pictures, or why there are none; None where they were not asked for."""
    against: Against | None = None
    """The asset against its original; None where there was none."""
    fingerprint: Fingerprint | None = None
    """What the file may be recognised by; None where that was not asked for."""
    seconds_left: float = field(default=NEVER, compare=False)
    """Of the file's time, after a worker had it in hand; without end where there is no limit."""


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
        self._lists: tuple[TrustSettings, TrustView | None, bytes] | None = None

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

    def seconds_for(self, asset: Asset) -> float:
        """The time limit for one file: it grows with the size of one that is read through a window."""
        return self._seconds * (1 + (asset.size / DEFAULT_BYTES if asset.large is not None else 0))

    def examine(self, asset: Asset, job: Job, *, seconds: float | None = None) -> Examination:
        """Examine one asset, in what is left of its time. Whatever it does to a worker is told in the examination."""
        return self._result(self._submit(asset, job, seconds=seconds))

    def examine_stream(
        self, items: Iterable[tuple[T, Job | None]], *, ahead: Callable[[OwnCheck], None] | None = None
    ) -> Iterator[tuple[T, Examination | None]]:
        """Examine one asset after the other, keeping every worker busy.

        Args:
            items: Assets with their jobs, taken a few ahead; what comes with None for a job is handed through.
            ahead: Is told what we established ourselves about the last asset, where the other parts are still to come:
                a processor is idle then.

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
                    if ahead is not None and ticket is not None and not pending and not more:
                        self._look_ahead(ticket, ahead)
                    yield item, None if ticket is None else self._result(ticket)
        finally:
            for _item, ticket in pending:
                if ticket is not None:
                    self._crew.cancel(ticket)

    def _has_room(self, pending: deque[tuple[T, Ticket | None]]) -> bool:
        # What has been answered is still held until its turn comes.
        held = sum(item.size for item, _ticket in pending if isinstance(item, Asset))
        return not pending or (len(pending) < 2 * self._workers + 2 and held < READ_AHEAD)

    def _submit(self, asset: object, job: Job | None, *, seconds: float | None = None) -> Ticket:
        if not isinstance(asset, Asset) or job is None:
            raise TypeError(f"got a job for {type(asset).__name__}, expected one for an Asset")
        self.start()
        self._submitted += 1
        limit = self.seconds_for(asset) if seconds is None else min(seconds, self.seconds_for(asset))
        task = _task(self._submitted, asset, job, limit)
        outside = () if job.sidecar is None else (job.sidecar,)
        ticket = Ticket(
            task=task,
            content=(
                b"" if asset.large is not None else asset.data,
                *outside,
                *job.fragments,
                *(job.original or ())[:1],
            ),
            lists=self._frame_of(job),
            left=list(task.parts),
            remaining=limit,
        )
        self._crew.submit(ticket)
        return ticket

    def _frame_of(self, job: Job) -> bytes:
        """The frame that tells a worker of these lists, made once as long as they stay the same."""
        from provenance.workers import wire

        known = self._lists
        if known is None or known[0] is not job.trust or known[1] is not job.view:
            self._lists = known = job.trust, job.view, wire.encode_lists(job.trust, job.view)
        return known[2]

    def _look_ahead(self, ticket: Ticket, ahead: Callable[[OwnCheck], None]) -> None:
        from provenance.workers import wire

        own = self._crew.wait_for(ticket, wire.OWN)
        if isinstance(own, wire.Own) and own.check is not None:
            ahead(own.check)

    def _result(self, ticket: Ticket) -> Examination:
        self._crew.wait(ticket)
        return replace(_examination(ticket.values, self._crew.versions), seconds_left=ticket.remaining)


_home: Final = Home(
    "this process was forked from one that has examined files in itself, which the engines do not survive; "
    "examine by a Pool here (not in_process), or start processes by spawn"
)
"""The process in which assets are examined without workers."""


def examine_in_process(asset: Asset, job: Job) -> Examination:
    """Examine an asset in this process, without any limit on time and memory: only for input that you trust.

    Raises:
        ForkedError: This process was forked from one that has done so: the engines would call sound files malformed.
    """
    import msgspec

    _home.begin()
    from provenance.workers import wire
    from provenance.workers.tasks import Media, loaded_versions, run_parts, scout

    task = _task(1, asset, job, 0)
    original = job.original[0] if job.original else None
    scout(asset.data)
    media = Media(data=asset.data, sidecar=job.sidecar, fragments=job.fragments, original=original)
    view = b"" if job.view is None else msgspec.msgpack.encode(job.view)
    values = dict(run_parts(task, media, wire.Lists(trust=job.trust, view=view)))
    return _examination(values, loaded_versions())


def _task(number: int, asset: Asset, job: Job, seconds: float) -> Task:
    from provenance.workers import wire

    return wire.Task(
        number=number,
        media_type=job.media_type,
        # What most depends on comes first: our own check needs the store that the first engine read, and nothing of
        # the second. The picture's size brings a library of its own.
        parts=(
            *job.engines[:1],
            *((wire.OWN,) if job.view is not None else ()),
            *job.engines[1:],
            *((wire.METADATA,) if job.metadata else ()),
            *((wire.CRJSON,) if job.view is not None and job.crjson else ()),
            wire.PICTURE,
            *((wire.PREVIEW,) if job.previews else ()),
            *((wire.ORIGINAL,) if job.original is not None or job.own_thumbnail else ()),
            *((wire.HASHES,) if job.hashes else ()),
        ),
        at=job.at,
        pixels=job.limits.pixels,
        seconds=seconds,
        sizes=(0 if asset.large is not None else asset.size, None if job.sidecar is None else len(job.sidecar)),
        place=_place(asset),
        fragments=tuple(map(len, job.fragments)),
        sidecar_wins=job.sidecar_wins,
        asking=job.asking,
        answers=job.answers,
        answered=job.answered,
        original=len(job.original[0]) if job.original else None,
        original_type=job.original[1] if job.original else "",
    )


def _place(asset: Asset) -> Place | None:
    from provenance.workers.wire import Place

    if asset.large is None:
        return None
    return Place(path=str(asset.large.path), identity=(*asset.large.identity,))


def _examination(values: Mapping[str, Value], versions: Mapping[str, str]) -> Examination:
    from provenance.credentials.engines.model import Reading
    from provenance.metadata import Metadata
    from provenance.preview import Previews
    from provenance.workers import wire

    picture = values.get(wire.PICTURE)
    own = values.get(wire.OWN)
    crjson = values.get(wire.CRJSON)
    measured = picture if isinstance(picture, wire.Picture) else wire.Picture()
    previews = values.get(wire.PREVIEW)
    metadata = values.get(wire.METADATA)
    established = own if isinstance(own, wire.Own) else wire.Own()
    readings = tuple(value for value in values.values() if isinstance(value, Reading))
    return Examination(
        readings=readings,
        width=measured.width,
        height=measured.height,
        picture_reason=measured.reason,
        own=established.check,
        own_failure=established.reason,
        account=established.account,
        metadata=metadata if isinstance(metadata, Metadata) else None,
        crjson=crjson.manifests if isinstance(crjson, wire.Crjson) else None,
        crjson_reason=crjson.reason if isinstance(crjson, wire.Crjson) else "",
        previews=previews if isinstance(previews, Previews) else None,
        fingerprint=_fingerprint(values.get(wire.HASHES)),
        against=_against(values.get(wire.ORIGINAL)),
        versions={**versions, **{reading.engine: reading.version for reading in readings if reading.version}},
    )


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
