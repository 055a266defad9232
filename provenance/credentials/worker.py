"""How is one file parsed where a crash, a hang or a flood of memory harms nobody?

The child side of `pool.py`: `python -m provenance.credentials.worker MEMORY` reads tasks from its standard input and
answers part by part on its standard output, so that what one engine has said is safe before the next begins. It also
holds the one procedure that runs the parts, which `--in-process` calls without any of that protection.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from provenance.credentials import wire
from provenance.credentials.model import Outcome, Reading
from provenance.credentials.wire import Picture, Task

if TYPE_CHECKING:
    from provenance.credentials.trust_lists import TrustSettings

MAX_TASKS: Final = 2000
"""Tasks after which a worker makes room for a new one: what the engines leak stays small (see benchmarks)."""
MAX_GROWTH: Final = 512 * 1024 * 1024
"""Bytes of resident memory beyond what the loaded engines need, after which a worker makes room for a new one."""
MAX_NOISE: Final = 64 * 1024
"""Bytes read of what an engine wrote to standard error."""
MAX_WRITTEN: Final = 16 * 1024 * 1024
"""Bytes that a worker may write to any file, standard error included."""
BLIND_BASELINE: Final = 1024 * 1024 * 1024
"""Bytes of address space taken to be in use where the system does not tell."""

_TROUBLE: Final = re.compile(rb"panicked at|MemoryError|memory allocation of|out of memory|Exception ignored|os error")
"""Words on standard error after which an engine's answer does not count, however whole it looks."""
_NO_MEMORY: Final = re.compile(rb"MemoryError|memory allocation of|out of memory|os error 12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The bytes of one task."""

    data: bytes
    sidecar: bytes | None = None
    fragment: bytes | None = None


def failed(engine: str, reason: str, *, version: str = "") -> Reading:
    """The reading of an engine that could not finish: says nothing about the media."""
    return Reading(engine=engine, version=version, outcome=Outcome.ERROR, reason=reason)


def reason_in(noise: bytes) -> str:
    """Our word for the trouble that standard error tells of; empty where it tells of none."""
    if not _TROUBLE.search(noise):
        return ""
    return "memory-limit" if _NO_MEMORY.search(noise) else "panic"


def run_part(name: str, task: Task, media: Media, trust: TrustSettings | None) -> Picture | Reading:
    """One part of a task; whatever happens short of the end of the process becomes a value."""
    try:
        return _measure(task, media) if name == wire.PICTURE else _engine(name, task, media, trust)
    except MemoryError:
        reason = "memory-limit"
    except ImportError:
        reason = "not-installed"
    except Exception:  # noqa: BLE001 - an engine's binding may raise anything over hostile bytes; it must not end the run
        reason = "failure"
    return Picture(reason=reason) if name == wire.PICTURE else failed(name, reason)


def _measure(task: Task, media: Media) -> Picture:
    from provenance.asset import Limits, PictureTooLargeError
    from provenance.picture import measure

    try:
        size = measure(media.data, task.media_type, limits=Limits(pixels=task.pixels))
    except PictureTooLargeError as error:
        return Picture(reason=error.reason)
    return Picture() if size is None else Picture(width=size[0], height=size[1])


def _engine(name: str, task: Task, media: Media, trust: TrustSettings | None) -> Reading:
    from provenance.credentials import c2pa_rs, encypher

    if name == c2pa_rs.ENGINE:
        return c2pa_rs.read(
            media.data,
            task.media_type,
            sidecar=media.sidecar,
            sidecar_wins=task.sidecar_wins,
            fragment=media.fragment,
            trust=trust,
        )
    # By its own bundled snapshot, always: it is asked for a second opinion, and cannot take every list we have.
    return encypher.read(
        media.data,
        task.media_type,
        at=task.at,
        sidecar=media.sidecar,
        sidecar_wins=task.sidecar_wins,
        fragment=media.fragment,
    )


def load_engines() -> dict[str, str]:
    """Load everything a task may need, and name the versions of what is there."""
    from provenance.credentials import c2pa_rs, encypher

    versions = {}
    with contextlib.suppress(ImportError, OSError):
        versions[c2pa_rs.ENGINE] = c2pa_rs.version()
        versions["c2pa-python"] = c2pa_rs.binding_version()
    with contextlib.suppress(ImportError, OSError):
        versions[encypher.ENGINE] = encypher.version()
    with contextlib.suppress(ImportError, OSError):
        import PIL.Image  # noqa: F401 - loaded before the memory limit holds
    return versions


def main() -> None:
    """Serve tasks until the other side closes its pipe. Arguments: the memory limit in bytes."""
    with contextlib.suppress(ValueError, OSError):
        # Ctrl-C goes to the whole group; the parent decides what becomes of us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = _own_pipes()
    versions = load_engines()
    limited = _limit(int(sys.argv[-1]))
    _send(target, wire.frame(wire.READY, msgspec.msgpack.encode(wire.Ready(versions=versions, memory_limited=limited))))
    with contextlib.suppress(BrokenPipeError, wire.BrokenWireError):
        _serve(source, target)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes away from standard input and output, so that nothing that prints can speak for us."""
    source, target = os.dup(0), os.dup(1)
    blank = os.open(os.devnull, os.O_RDONLY)
    os.dup2(blank, 0)
    os.dup2(2, 1)
    return os.fdopen(source, "rb"), os.fdopen(target, "wb", buffering=0)


def _send(target: BinaryIO, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[target.write(view) :]


def _serve(source: BinaryIO, target: BinaryIO) -> None:
    from provenance.credentials.trust_lists import TrustSettings

    tasks = msgspec.msgpack.Decoder(Task)
    trusts = msgspec.msgpack.Decoder(TrustSettings)
    trust: TrustSettings | None = None
    baseline = _resident()
    served = 0
    while received := wire.read_frame(source):
        kind, content = received
        if kind == wire.TRUST:
            trust = trusts.decode(content)
            continue
        task = tasks.decode(content)
        _alarm(task.seconds)
        size, sidecar, fragment = task.sizes
        media = Media(
            data=wire.read_exactly(source, size),
            sidecar=None if sidecar is None else wire.read_exactly(source, sidecar),
            fragment=None if fragment is None else wire.read_exactly(source, fragment),
        )
        for name in task.parts:
            _send(target, _answer(name, task, media, trust))
        del media
        _alarm(0)
        served += 1
        retire = served >= MAX_TASKS or _resident() - baseline > MAX_GROWTH
        _send(target, wire.frame(wire.DONE, msgspec.msgpack.encode(wire.Done(number=task.number, retire=retire))))
        if retire:
            return


def _answer(name: str, task: Task, media: Media, trust: TrustSettings | None) -> bytes:
    """The frame of one part; an answer that comes with trouble on standard error does not count."""
    value = run_part(name, task, media, trust)
    trouble = reason_in(_noise())
    if trouble and isinstance(value, Reading):
        value = failed(name, trouble, version=value.version)
    try:
        return wire.part(task.number, name, msgspec.msgpack.encode(value))
    except (MemoryError, RecursionError, ValueError, TypeError) as error:
        reason = "memory-limit" if isinstance(error, MemoryError) else "too-deep"
        small = failed(name, reason) if isinstance(value, Reading) else replace(value, reason=reason)
        return wire.part(task.number, name, msgspec.msgpack.encode(small))


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


def _alarm(seconds: float) -> None:
    """Have the system end this process after so long, or no more; a last resort where the parent is gone."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _statm(field: int) -> int | None:
    """Bytes of one field of /proc/self/statm; None where there is no such file."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[field]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _resident() -> int:
    return _statm(1) or 0


def _limit(memory: int) -> bool:
    """Bound address space to what is in use now and so much more, files written, and core dumps; whether it could."""
    try:
        import resource
    except ImportError:
        return False
    bound = (_statm(0) or BLIND_BASELINE) + memory
    limited = False
    for kind, most in (
        (resource.RLIMIT_AS, bound),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
            limited = limited or kind == resource.RLIMIT_AS
    return limited


if __name__ == "__main__":
    main()
