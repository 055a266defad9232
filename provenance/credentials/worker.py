"""How is one file parsed where a crash, a hang or a flood of memory harms nobody?

The child side of `crew.py`, started by `process.py` with its memory limit as the last argument: it reads tasks from
its standard input and answers part by part on its standard output, so that what one engine has said is safe before the
next begins. It also holds the one procedure that runs the parts, which `--in-process` calls without any protection.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from provenance.credentials import wire
from provenance.credentials.model import ManifestStore, Outcome, Reading
from provenance.credentials.trust_settings import TrustSettings
from provenance.credentials.wire import Crjson, Lists, Own, Picture, Task, Value
from provenance.metadata import Metadata, read_metadata
from provenance.preview import Previews, preview

if TYPE_CHECKING:
    from provenance.credentials.lineage import History
    from provenance.credentials.own_check import OwnCheck
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.original import Against

ENGINE, SECOND_ENGINE = "c2pa-rs", "encypher-c2pa"
"""The engines by name; the modules that say so too are loaded with them."""

FRAGMENTED: Final = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
"""Types that may be the first part of a stream; elsewhere no engine is given fragments, and our own check says so."""

MAX_TASKS: Final = 2000
"""Tasks after which a worker makes room for a new one: what the engines leak stays small (see benchmarks)."""
MAX_LEFT_BEHIND: Final = 0.25
"""Share of a worker's memory that earlier tasks may have left behind before it makes room for a new one."""
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
    fragments: tuple[bytes, ...] = ()
    original: bytes | None = None
    """What the file may have been made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What earlier parts of the same task have found, for those that build on it."""

    store: ManifestStore | None = None
    """The store that the first engine read."""
    history: History | None = None
    """With its thumbnails; only where those are wanted."""
    check: OwnCheck | None = None
    """Our own check with all bytes; only where crJSON is wanted."""


def failed(name: str, reason: str, *, version: str = "") -> Value:
    """What a part comes to that could not be finished: says nothing about the media."""
    if name == wire.PICTURE:
        return Picture(reason=reason)
    if name == wire.METADATA:
        return Metadata(reason=reason)
    if name == wire.PREVIEW:
        return Previews(reason=reason)
    if name == wire.OWN:
        return Own(reason=reason)
    if name == wire.ORIGINAL:
        from provenance.hashes.original import Against

        return Against(reason=reason)
    if name == wire.CRJSON:
        return Crjson(reason=reason)
    if name == wire.HASHES:
        from provenance.hashes.fingerprint import Fingerprint

        return Fingerprint(reason=reason)
    return Reading(engine=name, version=version, outcome=Outcome.ERROR, reason=reason)


def reason_in(noise: bytes) -> str:
    """Our word for the trouble that standard error tells of; empty where it tells of none."""
    if not _TROUBLE.search(noise):
        return ""
    return "memory-limit" if _NO_MEMORY.search(noise) else "panic"


def run_parts(task: Task, media: Media, lists: Lists) -> Iterator[tuple[str, Value]]:
    """Every part of a task in order, as soon as it is there."""
    before = Before()
    for name in task.parts:
        value = _run_part(name, task, media, lists, before)
        if isinstance(value, Own) and value.check is not None:
            before = replace(
                before,
                history=value.check.history if {wire.PREVIEW, wire.ORIGINAL} & set(task.parts) else None,
                check=value.check if wire.CRJSON in task.parts else None,
            )
            value = Own(check=value.check.without_bytes())
        if isinstance(value, Reading):
            before = replace(before, store=before.store or value.store)
            if value.store is not None and value.store.raw and not task.resources:
                value = msgspec.structs.replace(value, store=replace(value.store, raw=b""))
        yield name, value


def _run_part(name: str, task: Task, media: Media, lists: Lists, before: Before) -> Value:
    """One part of a task; whatever happens short of the end of the process becomes a value."""
    try:
        if name == wire.PICTURE:
            return _measure(task, media)
        if name == wire.METADATA:
            return read_metadata(media.data, task.media_type)
        if name == wire.PREVIEW:
            return preview(media.data, task.media_type, before.history, pixels=task.pixels)
        if name == wire.ORIGINAL:
            return _against(task, media, before)
        if name == wire.CRJSON:
            return _crjson(task, before)
        if name == wire.HASHES:
            return _hashes(task, media)
        return _own(task, media, lists, before.store) if name == wire.OWN else _engine(name, task, media, lists.trust)
    except MemoryError:
        reason = "memory-limit"
    except RecursionError:
        reason = "too-deep"
    except ImportError:
        reason = "not-installed"
    except Exception:  # noqa: BLE001 - an engine's binding may raise anything over hostile bytes; it must not end the run
        reason = "failure"
    return failed(name, reason)


def _own(task: Task, media: Media, lists: Lists, store: ManifestStore | None) -> Own:
    """Our own check of the store that the first engine read, or of what lies in the file where it read none."""
    from provenance.credentials.ocsp import Fresh
    from provenance.credentials.own_check import examine_own

    view = wire.decode_view(lists.view)
    raw, is_sidecar = (store.raw or None, not store.embedded) if store is not None else (None, False)
    if raw is None and media.sidecar:
        raw, is_sidecar = media.sidecar, True
    check = examine_own(
        media.data,
        task.media_type,
        raw,
        trust=view,
        at=task.at,
        is_sidecar=is_sidecar,
        fragments=media.fragments,
        fresh=Fresh(answers=task.answers, fetched=task.answered) if task.answered is not None else None,
        asking=task.asking,
    )
    return Own(check=check)


def _against(task: Task, media: Media, before: Before) -> Against:
    """The file against the original that was given, or against the nearest thumbnail in its own verified history."""
    from provenance.hashes.original import against, against_thumbnail
    from provenance.preview import stored_thumbnails

    if media.original is not None:
        return against(media.original, task.original_type, media.data, task.media_type, pixels=task.pixels)
    label, thumbnail = next(stored_thumbnails(before.history), ("", b""))
    return against_thumbnail(label, thumbnail, media.data, task.media_type, pixels=task.pixels)


def _crjson(task: Task, before: Before) -> Crjson:
    """The manifests as crJSON has them, out of what the parts before have found."""
    from provenance.credentials.crjson_results import manifests

    if before.check is None:
        return Crjson(reason="failure")
    if before.check.store is None:
        return Crjson(reason=before.check.problem)
    return Crjson(manifests=tuple(manifests(before.check.store, before.check, before.store, at=task.at)))


def _hashes(task: Task, media: Media) -> Fingerprint:
    from provenance.asset import Limits
    from provenance.hashes.fingerprint import fingerprint

    return fingerprint(media.data, task.media_type, Limits(pixels=task.pixels))


def _measure(task: Task, media: Media) -> Picture:
    from provenance.asset import Limits, PictureTooLargeError
    from provenance.picture import measure

    try:
        size = measure(media.data, task.media_type, limits=Limits(pixels=task.pixels))
    except PictureTooLargeError as error:
        return Picture(reason=error.reason)
    return Picture() if size is None else Picture(width=size[0], height=size[1])


def _engine(name: str, task: Task, media: Media, trust: TrustSettings) -> Reading:
    from provenance.credentials import c2pa_rs, encypher

    if name == c2pa_rs.ENGINE:
        return c2pa_rs.read(
            media.data,
            task.media_type,
            sidecar=media.sidecar,
            sidecar_wins=task.sidecar_wins,
            fragments=media.fragments if task.media_type in FRAGMENTED else (),
            trust=trust,
            raw=task.resources or wire.OWN in task.parts,
            thumbnail=task.resources,
        )
    # By its own bundled snapshot, always: it is asked for a second opinion, and cannot take every list we have.
    return encypher.read(
        media.data,
        task.media_type,
        at=task.at,
        sidecar=media.sidecar,
        sidecar_wins=task.sidecar_wins,
        fragments=media.fragments if task.media_type in FRAGMENTED else (),
    )


def _load(name: str) -> None:
    """Load what one part needs."""
    from provenance.credentials import c2pa_rs, encypher

    with contextlib.suppress(ImportError, OSError):
        if name == c2pa_rs.ENGINE:
            c2pa_rs.load()
        elif name == encypher.ENGINE:
            encypher.load()
        elif name == wire.OWN:
            importlib.import_module("provenance.credentials.own_check")
        elif name == wire.METADATA:
            importlib.import_module("provenance.metadata.reading")
        elif name == wire.HASHES:
            for module in ("PIL.ImageChops", "PIL.ImageCms", "iscc_lib", "numpy", "provenance.hashes.fingerprint"):
                importlib.import_module(module)
        elif name == wire.ORIGINAL:
            for module in ("provenance.hashes.original", "PIL.ImageCms", "PIL.PngImagePlugin", "cv2", "av"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(module)
        elif name == wire.CRJSON:
            importlib.import_module("provenance.credentials.crjson_results")
        else:
            for module in ("PIL.Image", "PIL.ImageOps", "PIL.ImageCms")[: 1 if name == wire.PICTURE else None]:
                importlib.import_module(module)


def loaded_versions() -> dict[str, str]:
    """The versions of the packages that speak for no engine of their own, as far as they are loaded."""
    from provenance.credentials import c2pa_rs

    with contextlib.suppress(ImportError, OSError):
        return {"c2pa-python": c2pa_rs.binding_version()}
    return {}


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
    for name in (SECOND_ENGINE, wire.OWN, wire.METADATA, wire.PICTURE):
        # Done in advance only as long as nobody is waiting: a cold command asks while the rest is still to be loaded.
        if not select.select([source], [], [], 0)[0]:
            room.load(name)
    with contextlib.suppress(BrokenPipeError, wire.BrokenWireError):
        _serve(source, target, room)


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
        task = msgspec.msgpack.decode(content, type=Task)
        if lists is None:
            raise wire.BrokenWireError("got a task before the lists")
        alarm(task.seconds)
        troubled = _perform(source, target, task, lists, room)
        alarm(0)
        served += 1
        retire = troubled or served >= MAX_TASKS or room.is_outgrown()
        send(target, wire.frame(wire.DONE, msgspec.msgpack.encode(wire.Done(number=task.number, retire=retire))))
        if retire:
            return


def _perform(source: BinaryIO, target: BinaryIO, task: Task, lists: Lists, room: Room) -> bool:
    """Answer one task part by part; whether something happened after which this process should not go on."""
    try:
        media = _receive(source, task)
    except MemoryError:
        for name in task.parts:
            send(target, _encoded(task, name, failed(name, "memory-limit")))
        return True
    troubled = False
    _prepare(room, task, 0)
    for number, (name, value) in enumerate(run_parts(task, media, lists), start=1):
        trouble = reason_in(_noise())
        # An answer that comes with trouble on standard error does not count, however whole it looks.
        send(target, _encoded(task, name, failed(name, trouble) if trouble else value))
        troubled = troubled or bool(trouble)
        _prepare(room, task, number)
    return troubled


def _prepare(room: Room, task: Task, number: int) -> None:
    """Load what the part at that place needs, if there is one: the answer before it is on its way already."""
    from provenance.picture import needs_library

    for name in task.parts[number : number + 1]:
        if name != wire.PICTURE or needs_library(task.media_type):
            room.load(name)


def _receive(source: BinaryIO, task: Task) -> Media:
    """The bytes behind a task.

    Raises:
        MemoryError: There is no room for them; they have been read all the same, so that the next task can follow.
    """
    media: list[bytes | None] = []
    full = False
    for size in (*task.sizes, *task.fragments, task.original):
        try:
            media.append(None if size is None else b"" if full else wire.read_exactly(source, size))
        except MemoryError:
            full = True
        if full:
            wire.skip(source, size or 0)
    if full:
        raise MemoryError
    data, sidecar, *fragments, original = media
    return Media(data=data or b"", sidecar=sidecar, fragments=tuple(one or b"" for one in fragments), original=original)


def _encoded(task: Task, name: str, value: Value) -> bytes:
    """The frame of one part."""
    try:
        return wire.part(task.number, name, wire.encode_value(value))
    except (MemoryError, RecursionError, ValueError, TypeError) as error:
        reason = "memory-limit" if isinstance(error, MemoryError) else "too-deep"
        return wire.part(task.number, name, wire.encode_value(failed(name, reason)))


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
        _load(name)
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
    except (OSError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main()
