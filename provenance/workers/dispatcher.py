"""Who hands files to worker processes, takes their answers, and replaces the workers that end?

One thread writes to each worker, one reads from it, and one keeps the time for all; one lock guards everything that
they share. The next small file lies in a worker's pipe while it parses the one before. A worker that ends takes no
other answer with it: what it had said is kept, the part it died in becomes an `error`, the rest goes to its successor.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from provenance.reasons import Reason
from provenance.workers.forks import Home
from provenance.workers.process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from provenance.workers.parts import Value
    from provenance.workers.wire import Order

STARTING_SECONDS: Final = 60.0
"""Within which a worker must have loaded its engines; it takes 0.2 s where the machine has time to give."""
MAX_FALSE_STARTS: Final = 3
"""Workers in a row that end before they are ready, after which no more are started."""
SMALL: Final = 1024 * 1024
"""Bytes of a file that may lie in a worker's pipe while it parses another one: as much as the pipe takes."""
NEVER: Final = float("inf")


@dataclass(slots=True, kw_only=True, eq=False)
class PendingTask:
    """One file on its way through a worker."""

    order: Order
    content: tuple[bytes, ...] = field(repr=False)
    """The media that a worker is sent behind the task; emptied at the end."""
    lists: bytes = field(repr=False)
    """The frame with the reader's lists, one object for all pending tasks that share them."""
    left: list[str]
    """Parts without a value, in the order in which they are answered."""
    remaining: float
    """Seconds left of the file's own time, which runs only while a worker has it in hand."""
    deadline: float = NEVER
    values: dict[str, Value] = field(default_factory=dict, repr=False)
    watched: str = ""
    """The part for whose value somebody waits; empty where they wait for all."""

    @property
    def size(self) -> int:
        """Bytes to be sent."""
        return sum(map(len, self.content))

    @property
    def number(self) -> int:
        """The order's own."""
        return self.order.number

    def start_clock(self) -> None:
        """Begin or go on counting."""
        if self.deadline == NEVER:
            self.deadline = time.monotonic() + self.remaining

    def stop_clock(self) -> None:
        """Stop counting, and keep what is left."""
        if self.deadline != NEVER:
            self.remaining = max(0.0, self.deadline - time.monotonic())
            self.deadline = NEVER

    def answer(self, name: str, value: Value) -> None:
        """Note the value of a part."""
        self.values[name] = value
        self.left.remove(name)
        if not self.left:
            self.content = ()
            if self.deadline != NEVER:
                self.remaining = max(0.0, self.deadline - time.monotonic())


@dataclass(slots=True, kw_only=True, eq=False)
class _Slot:
    """The place of one worker."""

    process: WorkerProcess | None = None
    started: float = 0.0
    ready: bool = False
    retired: bool = False
    given: deque[PendingTask] = field(default_factory=deque)
    """What the worker has been sent, oldest first; at most two."""
    told: bytes = b""
    """The frame with the lists that it was sent last."""


class Dispatcher:
    """Worker processes and the threads that serve them; of the process that started them, and of no copy of it."""

    def __init__(self, *, workers: int, memory: int) -> None:
        """Settle the size; nothing is started yet."""
        self._memory = memory
        self._slots = [_Slot() for _ in range(workers)]
        self._waiting: deque[PendingTask] = deque()
        self._changed = threading.Condition()
        self._starting = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._false_starts = 0
        self._closing = False
        self._broken = False
        self._versions: dict[str, str] = {}
        self._home = Home("these workers belong to the process that this one was forked from; make a new Pool here")

    @property
    def versions(self) -> dict[str, str]:
        """Engine and package names to versions, as the last worker told them; empty before one was ready."""
        return self._versions

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are there now."""
        return tuple(slot.process.pid for slot in self._slots if slot.process is not None)

    def start(self) -> None:
        """Start the worker processes. Idempotent."""
        self._home.begin()
        with self._starting:
            self._start()

    def _start(self) -> None:
        if self._threads or self._closing:
            return
        for slot in self._slots:
            self._spawn(slot)
        for slot in self._slots:
            for work in (self._write, self._read):
                self._threads.append(threading.Thread(target=self._guarded, args=(work, slot), daemon=True))
        self._threads.append(threading.Thread(target=self._guarded, args=(self._keep_time,), daemon=True))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the workers, at once also where they are busy. Idempotent; a copy of the process leaves them alone."""
        if self._home.is_elsewhere:
            return
        with self._changed:
            self._closing = True
            for slot in self._slots:
                if slot.process is not None:
                    slot.process.kill(Reason.CLOSED)
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def submit(self, pending: PendingTask) -> None:
        """Line a pending task up. Raises ForkedError."""
        self._home.check()
        with self._changed:
            self._waiting.append(pending)
            self._changed.notify_all()

    def wait(self, pending: PendingTask) -> None:
        """Wait until every part of a pending task has its value. Raises ForkedError."""
        self._home.check()
        with self._changed:
            while pending.left:
                if self._closing or self._broken:
                    self._fail(pending, Reason.CLOSED if self._closing else Reason.NOT_STARTED)
                    return
                self._changed.wait()

    def wait_for(self, pending: PendingTask, name: str) -> Value | None:
        """Wait for one part's value; None where all the parts are there as soon, or it was not asked for.

        Raises ForkedError.
        """
        self._home.check()
        with self._changed:
            pending.watched = name
            while name in pending.left and not (self._closing or self._broken):
                self._changed.wait()
            pending.watched = ""
            return pending.values.get(name) if pending.left else None

    def cancel(self, pending: PendingTask) -> None:
        """Forget a pending task that nobody waits for, where it has not been given to a worker yet."""
        if self._home.is_elsewhere:
            return
        with self._changed:
            if pending in self._waiting:
                self._waiting.remove(pending)

    def _fail(self, pending: PendingTask, reason: Reason, *, parts: int | None = None) -> None:
        """Give so many of the parts that are left (all where not told) an error for their value."""
        from provenance.workers.parts import failed

        for name in pending.left[:parts]:
            pending.answer(name, failed(name, reason, version=self._versions.get(name, "")))

    def _spawn(self, slot: _Slot) -> None:
        try:
            process = WorkerProcess(memory=self._memory)
        except OSError:
            process = None
        with self._changed:
            slot.process = process
            slot.started = time.monotonic()
            if process is not None and self._closing:
                process.kill(Reason.CLOSED)
            self._changed.notify_all()

    def _guarded(self, work: Callable[..., None], *arguments: _Slot) -> None:
        """A thread's work; a fault of ours in it breaks the dispatcher instead of leaving those who wait for ever."""
        try:
            work(*arguments)
        except Exception:  # noqa: BLE001 - nobody hears of it in a thread
            with self._changed:
                self._broken = True
                self._changed.notify_all()

    # The writing side

    def _write(self, slot: _Slot) -> None:
        """Send pending tasks to one worker after the other, as long as there is a dispatcher."""
        import msgspec

        from provenance.workers import wire

        while True:
            with self._changed:
                while (process := self._free(slot)) is None and not self._closing:
                    self._changed.wait()
                if process is None or self._closing:
                    return
                pending = self._waiting.popleft()
                slot.given.append(pending)
                if slot.ready and len(slot.given) == 1:
                    pending.start_clock()
                lists = b"" if slot.told is pending.lists else pending.lists
                slot.told = pending.lists
                # What a predecessor has answered is not asked again: it may be what that one died of.
                order = msgspec.structs.replace(
                    pending.order, parts=tuple(pending.left), seconds=pending.remaining + wire.GRACE
                )
                content = pending.content
                self._changed.notify_all()
            try:
                for piece in (lists, wire.frame(wire.TASK, msgspec.msgpack.encode(order)), *content):
                    process.stdin.write(piece)
                process.stdin.flush()
            except (OSError, ValueError):
                continue  # It has ended; the reading side sees that too and puts the task back.

    def _free(self, slot: _Slot) -> WorkerProcess | None:
        """The worker, where it should be sent the next task: one in hand, and one small one in its pipe."""
        if not self._waiting or slot.process is None or slot.retired or slot.process.killed_for:
            return None
        others_idle = any(other is not slot and other.process and not other.given for other in self._slots)
        second = len(slot.given) == 1 and self._waiting[0].size <= SMALL and not others_idle
        return slot.process if second or not slot.given else None

    # The reading side

    def _read(self, slot: _Slot) -> None:
        """Take one worker's answers, reap it, and start its successor, as long as there is a dispatcher."""
        while True:
            cause = Reason.NOT_STARTED
            if slot.process is not None:
                self._listen(slot, slot.process)
                cause = slot.process.reap()
            with self._changed:
                self._settle(slot, cause)
                self._changed.notify_all()
                if self._closing or self._broken:
                    return
            self._spawn(slot)

    def _listen(self, slot: _Slot, process: WorkerProcess) -> None:
        """Take answers until the worker ends, or is ended because it said what it may not."""
        from provenance.workers import wire

        try:
            while received := wire.read_frame(process.stdout):
                self._take(slot, *received)
        except Exception:  # noqa: BLE001 - whatever an answer does to us, somebody waits for the end of this
            process.kill(Reason.BROKEN_ANSWER)

    def _take(self, slot: _Slot, kind: bytes, content: bytes) -> None:
        """Note one answer."""
        from provenance.workers import parts, wire

        if kind == wire.READY:
            ready = wire.decode_ready(content)
            with self._changed:
                slot.ready, self._false_starts, self._versions = True, 0, dict(ready.versions)
                if slot.given:
                    slot.given[0].start_clock()
                self._changed.notify_all()
            return
        # Decoded before the lock is taken: this is the part that costs time.
        value = parts.decoded(content) if kind == wire.PART else None
        done = wire.decode_done(content) if kind == wire.DONE else None
        with self._changed:
            pending = slot.given[0] if slot.given else None
            if value is not None and pending and (value.number, value.name) == (pending.number, *pending.left[:1]):
                pending.answer(value.name, value.value)
                if pending.left and pending.watched != value.name:
                    return  # Nobody waits for this one: every wake-up costs more than noting it.
            elif done is not None and pending and done.number == pending.number and not pending.left:
                slot.given.popleft()
                slot.retired = done.retire
                if slot.given:
                    slot.given[0].start_clock()
            else:
                raise wire.BrokenWireError("got an answer to what was not asked")
            self._changed.notify_all()

    def _settle(self, slot: _Slot, cause: Reason) -> None:
        """After a worker's end: who is to blame, and what is done again by its successor."""
        given = list(slot.given)
        if not slot.ready and not self._closing:
            self._false_starts += 1
            self._broken = self._false_starts >= MAX_FALSE_STARTS
        elif given and not slot.retired:
            # Out of time is out of time for the whole file; what else ended it ended one part.
            self._fail(given[0], cause, parts=None if cause is Reason.TIME_LIMIT else 1)
        for pending in reversed(given):
            pending.stop_clock()
            if pending.left:
                self._waiting.appendleft(pending)
        slot.given.clear()
        slot.process, slot.ready, slot.retired, slot.told = None, False, False, b""

    # The clock

    def _keep_time(self) -> None:
        """End every worker whose time is over."""
        with self._changed:
            while not self._closing:
                now, next_end = time.monotonic(), NEVER
                for slot in self._slots:
                    process = slot.process
                    if process is None or process.killed_for:
                        continue
                    end = slot.given[0].deadline if slot.ready and slot.given else NEVER
                    if not slot.ready:
                        end = slot.started + STARTING_SECONDS
                    if end <= now:
                        process.kill(Reason.TIME_LIMIT if slot.ready else Reason.NOT_STARTED)
                    else:
                        next_end = min(next_end, end)
                self._changed.wait(None if next_end == NEVER else next_end - now)
