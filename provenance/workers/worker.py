"""How is one file parsed where a crash, a hang or a flood of memory harms nobody?

The child side of `dispatcher.py`, started by `process.py` with its memory limit as the last argument: it reads tasks
from its standard input and answers part by part on its standard output, so that what one engine has said is safe before
the next begins. What each part is stands in `tasks.py`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
from typing import BinaryIO, Final

import msgspec

from provenance.reasons import Reason
from provenance.workers import parts, wire
from provenance.workers.parts import Value
from provenance.workers.task import Lists, Task
from provenance.workers.tasks import ENGINE, load, loaded_versions, opened, reason_in, release, run_parts
from provenance.workers.wire import Order

MAX_TASKS: Final = 2000
"""Tasks after which a worker makes room for a new one: what the engines leak stays small (see benchmarks)."""
MAX_LEFT_BEHIND: Final = 0.25
"""Share of a worker's memory that earlier tasks may have left behind before it makes room for a new one."""
MAX_NOISE: Final = 64 * 1024
"""Bytes read of what an engine wrote to standard error."""
MAX_WRITTEN: Final = 16 * 1024 * 1024
"""Bytes that a worker may write to any file, standard error included."""
COLLECTED_AFTER: Final = 20_000
"""Objects made and kept after which cycles are looked for, some megabytes; Python's own number is 700."""
_USUAL: Final = ("own", "encypher-c2pa", "metadata", "picture")
"""Parts that almost every task asks for."""
BLIND_BASELINE: Final = 1024 * 1024 * 1024
"""Bytes of address space taken to be in use where the system does not tell."""


def main() -> None:
    """Serve tasks until the other side closes its pipe. Arguments: the memory limit in bytes."""
    with contextlib.suppress(ValueError, OSError):
        # Ctrl-C goes to the whole group; the parent decides what becomes of us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = own_pipes()
    room = Room(int(sys.argv[-1]))
    room.load(ENGINE)
    versions = loaded_versions()
    send(target, wire.frame(wire.READY, msgspec.msgpack.encode(wire.Ready(versions=versions))))
    for name in _USUAL:
        # Done in advance only as long as nobody is waiting: a cold command asks while the rest is still to be loaded.
        if not _is_asked(source):
            room.load(name)
    _spare_collections()
    with contextlib.suppress(BrokenPipeError, wire.BrokenWireError):
        _serve(source, target, room)


def _spare_collections() -> None:
    """Have the collector look for cycles rarely, and never among what was loaded: a task leaves hardly any behind."""
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


def _is_asked(source: BinaryIO) -> bool:
    """Whether somebody waits for an answer; not told of pipes on Windows, where everything is loaded first."""
    try:
        return bool(select.select([source], [], [], 0)[0])
    except OSError:
        return False


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes away from standard input and output, so that nothing that prints can speak for us."""
    source, target = os.dup(0), os.dup(1)
    blank = os.open(os.devnull, os.O_RDONLY)
    os.dup2(blank, 0)
    os.dup2(2, 1)
    return os.fdopen(source, "rb"), os.fdopen(target, "wb", buffering=0)


def send(target: BinaryIO, content: bytes) -> None:
    """Write all of it to an unbuffered pipe."""
    view = memoryview(content)
    while view:
        view = view[target.write(view) :]


def _serve(source: BinaryIO, target: BinaryIO, room: Room) -> None:
    lists: Lists | None = None
    served = 0
    room.limit()
    while received := wire.read_frame(source):
        kind, content = received
        if kind == wire.LISTS:
            lists = msgspec.msgpack.decode(content, type=Lists)
            continue
        order = msgspec.msgpack.decode(content, type=Order)
        if lists is None:
            raise wire.BrokenWireError("got a task before the lists")
        alarm(order.seconds)
        troubled = _perform(source, target, order, lists, room)
        alarm(0)
        served += 1
        retire = troubled or served >= MAX_TASKS or room.is_outgrown()
        send(target, wire.frame(wire.DONE, msgspec.msgpack.encode(wire.Done(number=order.number, retire=retire))))
        if retire:
            return


def _perform(source: BinaryIO, target: BinaryIO, order: Order, lists: Lists, room: Room) -> bool:
    """Answer one task part by part; whether something happened after which this process should not go on."""
    try:
        data, task = _receive(source, order, lists, room)
    except (MemoryError, OSError) as error:
        reason = Reason.MEMORY_LIMIT if isinstance(error, MemoryError) else Reason.IO
        for name in order.parts:
            send(target, _encoded(order.number, name, parts.failed(name, reason)))
        return True
    troubled = False
    if order.task.options.look_first and "own" in order.parts:
        room.load("own")
    _prepare(room, order, 0)
    for number, (name, value) in enumerate(run_parts(task, order.parts, data), start=1):
        trouble = reason_in(_noise())
        # An answer that comes with trouble on standard error does not count, however whole it looks.
        send(target, _encoded(order.number, name, parts.failed(name, trouble) if trouble else value))
        troubled = troubled or bool(trouble)
        _prepare(room, order, number)
    release(data)
    room.map(0)
    return troubled


def _prepare(room: Room, order: Order, number: int) -> None:
    """Load what the part at that place needs, if there is one: the answer before it is on its way already."""
    for name in order.parts[number : number + 1]:
        if parts.registry()[name].needs_library(order.task):
            room.load(name)


def _receive(source: BinaryIO, order: Order, lists: Lists, room: Room) -> tuple[bytes, Task]:
    """The media behind an order, and its task with attachments and lists.

    Raises:
        MemoryError: There is no room for them; they have been read all the same, so that the next task can follow.
        OSError: What lies at the task's place is another file, or cannot be opened.
    """
    media: list[bytes | None] = []
    full = False
    for size in (order.media, *order.sizes):
        try:
            media.append(None if size is None else b"" if full else wire.read_exactly(source, size))
        except MemoryError:
            full = True
        if full:
            wire.skip(source, size or 0)
    if full:
        raise MemoryError
    data, sidecar, original, *fragments = media
    if order.place is not None:
        room.map(order.place.identity[2])
        data = opened(order.place)
    task = msgspec.structs.replace(
        order.task, lists=lists, sidecar=sidecar, original=original, fragments=tuple(one or b"" for one in fragments)
    )
    return data or b"", task


def _encoded(number: int, name: str, value: Value) -> bytes:
    """The frame of one part."""
    try:
        return parts.encoded(number, name, value)
    except (MemoryError, RecursionError, ValueError, TypeError) as error:
        reason = Reason.MEMORY_LIMIT if isinstance(error, MemoryError) else Reason.TOO_DEEP
        return parts.encoded(number, name, parts.failed(name, reason))


def _noise() -> bytes:
    """What was written to standard error since the last time, bounded; it is emptied, so that it stays small."""
    size = os.fstat(2).st_size
    if not size:
        return b""
    with contextlib.suppress(OSError):
        os.lseek(2, max(0, size - MAX_NOISE), os.SEEK_SET)
        text = os.read(2, MAX_NOISE)
        os.ftruncate(2, 0)
        os.lseek(2, 0, os.SEEK_SET)
        return text
    return b""


def alarm(seconds: float) -> None:
    """Have the system end this process after so long, or no more; a last resort where the parent is gone."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


class Room:
    """How much address space this process may use: what its libraries need, and so much more."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._loaded: set[str] = set()
        self._base = 0
        """Bytes in use before the first task, and by what was loaded later."""
        self._limited = False

    def load(self, name: str) -> None:
        """Load what a part needs; that does not count against the limit."""
        if name in self._loaded:
            return
        self._loaded.add(name)
        before = _address_space()
        if self._limited:
            _bound_memory(None)
        load(name)
        if self._limited:
            self._base += _address_space() - before
            _bound_memory(self._base + self._memory)

    def limit(self) -> None:
        """Begin to hold the limit."""
        self._base = _address_space() or BLIND_BASELINE
        self._limited = _bound_memory(self._base + self._memory)
        with contextlib.suppress(ImportError, ValueError, OSError):
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def map(self, size: int) -> None:
        """Allow for so much address space besides: a file that is mapped, of which only pieces are ever held."""
        if self._limited:
            _bound_memory(self._base + self._memory + size)

    def is_outgrown(self) -> bool:
        """Whether earlier tasks have left behind so much that it would be held against the next one."""
        return _address_space() - self._base > self._memory * MAX_LEFT_BEHIND


def _bound_memory(size: int | None) -> bool:
    """Bound the address space, or not at all; whether the system can."""
    try:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = hard if size is None else size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (ImportError, AttributeError, ValueError, OSError):
        return False
    return True


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main()
